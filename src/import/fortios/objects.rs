//! Addresses and groups of addresses, of both families.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use super::super::device::Selector;
use super::super::ledger::Ledger;
use super::super::set::{AddressSet, mask_length, wildcard};
use super::super::text::{Refusal, nested};
use super::tree::Section;
use crate::document::Family;
use crate::language::Phrase;

/// The address objects of a VDOM.
#[derive(Default)]
pub struct Addresses<'s> {
    single: HashMap<(Family, &'s str), Selector>,
    groups: HashMap<(Family, &'s str), &'s Section>,
}

/// Reads all address objects.
pub fn read<'s>(root: &'s Section, ledger: &mut Ledger) -> Addresses<'s> {
    let mut out = Addresses::default();
    for (name, family, group) in [
        ("firewall address", Family::V4, false),
        ("firewall address6", Family::V6, false),
        ("firewall addrgrp", Family::V4, true),
        ("firewall addrgrp6", Family::V6, true),
    ] {
        for section in root.sections(name) {
            section.used(&[], ledger);
            for entry in &section.inner {
                if group {
                    entry.used(&["member", "exclude", "exclude-member"], ledger);
                    out.groups.insert((family, &entry.name), entry);
                } else {
                    let selector = address(entry, family, ledger);
                    out.single.insert((family, &entry.name), selector);
                }
                entry.rest_is_silent(ledger);
            }
        }
    }
    out
}

fn address(entry: &Section, family: Family, ledger: &mut Ledger) -> Selector {
    entry.used(
        &["type", "subnet", "start-ip", "end-ip", "fqdn", "wildcard", "wildcard-fqdn", "country", "ip6", "interface"],
        ledger,
    );
    let kind = entry.value("type");
    let known = match (family, kind) {
        (Family::V4, "" | "ipmask" | "interface-subnet") => match entry.values("subnet") {
            // an object without a network is all of them
            [] if kind != "interface-subnet" => Some(AddressSet::family(Family::V4)),
            [] => None,
            values => subnet(values),
        },
        (Family::V4, "iprange") => range(entry.value("start-ip"), entry.value("end-ip")),
        (Family::V4, "wildcard") => match entry.values("wildcard") {
            [address, mask] => {
                address.parse::<Ipv4Addr>().ok().zip(mask.parse::<Ipv4Addr>().ok()).and_then(|(address, mask)| {
                    Some(wildcard(address, (!u32::from(mask)).into())).filter(|(_, exact)| *exact).map(|(set, _)| set)
                })
            }
            _ => None,
        },
        (Family::V6, "" | "ipprefix") => match entry.value("ip6") {
            "" => Some(AddressSet::family(Family::V6)),
            prefix => prefix
                .split_once('/')
                .and_then(|(address, length)| AddressSet::network(address.parse().ok()?, length.parse().ok()?)),
        },
        (Family::V6, "iprange") => range(entry.value("start-ip"), entry.value("end-ip")),
        _ => None,
    };
    if let Some(set) = known {
        return Selector::of(set);
    }
    let name = match kind {
        "fqdn" | "wildcard-fqdn" => {
            let name = entry.value(if kind == "fqdn" { "fqdn" } else { "wildcard-fqdn" });
            if name.is_empty() { format!("address-{}", entry.name) } else { name.to_owned() }
        }
        "geography" => format!("geo:{}", entry.value("country")),
        "dynamic" => format!("dynamic:{}", entry.name),
        _ => {
            ledger.not_understood(
                entry.lines.0,
                Phrase::new(
                    format!("an address of the kind `{kind}` is not understood: it may be any address"),
                    format!("種類 `{kind}` のアドレスは解釈できない。どのアドレスでもありうるものとみなす"),
                ),
            );
            format!("address-{}", entry.name)
        }
    };
    Selector::named(super::word(&name))
}

/// `10.0.0.0 255.0.0.0` or `10.0.0.0/8`.
fn subnet(values: &[String]) -> Option<AddressSet> {
    match values {
        [prefix] => {
            let (address, length) = prefix.split_once('/')?;
            AddressSet::network(address.parse().ok()?, length.parse().ok()?)
        }
        [address, mask, ..] => {
            let address: IpAddr = address.parse().ok()?;
            AddressSet::network(address, mask_length(mask.parse().ok()?)?)
        }
        [] => None,
    }
}

fn range(low: &str, high: &str) -> Option<AddressSet> {
    AddressSet::range(low.parse().ok()?, high.parse().ok()?)
}

impl Addresses<'_> {
    /// Whether an object of this name is known, here or by the device itself.
    #[must_use]
    pub fn knows(&self, family: Family, name: &str) -> bool {
        let key = (family, name);
        self.single.contains_key(&key) || self.groups.contains_key(&key) || built_in(family, name).is_some()
    }

    /// The union of some objects. `line` is where they are named.
    ///
    /// # Errors
    /// When groups hold each other in a circle or too deep.
    pub fn union(&self, family: Family, names: &[String], line: u32, ledger: &mut Ledger) -> Result<Selector, Refusal> {
        let mut out = Selector::default();
        for name in names {
            out = out.union(&self.object(family, name, line, &mut Vec::new(), ledger)?);
        }
        Ok(out)
    }

    fn object(
        &self,
        family: Family,
        name: &str,
        line: u32,
        above: &mut Vec<(String, u32)>,
        ledger: &mut Ledger,
    ) -> Result<Selector, Refusal> {
        if let Some(selector) = self.single.get(&(family, name)) {
            return Ok(selector.clone());
        }
        let Some(group) = self.groups.get(&(family, name)) else {
            if let Some(set) = built_in(family, name) {
                return Ok(Selector::of(set));
            }
            ledger.not_understood(
                line,
                Phrase::new(
                    format!("the address {name} is not defined: it may be any address"),
                    format!("アドレス {name} が定義されていない。どのアドレスでもありうるものとみなす"),
                ),
            );
            return Ok(Selector::named(super::word(&format!("address-{name}"))));
        };
        nested(ledger.file(), above, name, line)?;
        let member = group.setting("member").map_or(group.lines.0, |setting| setting.lines.0);
        above.push((name.to_owned(), member));
        let mut out = Selector::default();
        for inner in group.values("member") {
            out = out.union(&self.object(family, inner, member, above, ledger)?);
        }
        if group.is_on("exclude") {
            for inner in group.values("exclude-member") {
                let excluded = self.object(family, inner, member, above, ledger)?;
                out = out.without(&excluded);
            }
        }
        above.pop();
        Ok(out)
    }
}

/// Objects that every device has.
fn built_in(family: Family, name: &str) -> Option<AddressSet> {
    match (family, name) {
        (family, "all" | "any") => Some(AddressSet::family(family)),
        (_, "none") => Some(AddressSet::default()),
        (Family::V4, "SSLVPN_TUNNEL_ADDR1") => range("10.212.134.200", "10.212.134.210"),
        (Family::V6, "SSLVPN_TUNNEL_IPv6_ADDR1") => AddressSet::network("fdff:ffff::".parse().ok()?, 120),
        _ => None,
    }
}
