//! What is for the device itself (local-in policies, `allowaccess`), and central source NAT.

use smallvec::smallvec;

use super::super::device::{Applies, Becomes, Filter, Rule, Translation};
use super::super::ledger::Ledger;
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges};
use super::super::text::Refusal;
use super::Objects;
use super::tree::Section;
use crate::document::Family;
use crate::language::Phrase;

/// The filter for what is delivered: local-in policies in order, then what interfaces and services open, else denied.
///
/// # Errors
/// When groups hold each other in a circle.
pub fn filter(root: &Section, objects: &mut Objects<'_>, line: u32, ledger: &mut Ledger) -> Result<Filter, Refusal> {
    let mut filter = Filter::new("local-in", false, ledger.origin(line));
    filter.default_id = "implicit deny".into();
    filter.applies = vec![Applies::Delivered];
    filter.stateful = true;
    for (name, family) in [("firewall local-in-policy", Family::V4), ("firewall local-in-policy6", Family::V6)] {
        for section in root.sections(name) {
            section.used(&[], ledger);
            for entry in &section.inner {
                entry.used(
                    &[
                        "intf",
                        "srcaddr",
                        "dstaddr",
                        "service",
                        "action",
                        "status",
                        "schedule",
                        "srcaddr-negate",
                        "dstaddr-negate",
                    ],
                    ledger,
                );
                if entry.value("status") != "disable" {
                    local_in(entry, family, objects, &mut filter, ledger)?;
                }
                entry.rest_is_silent(ledger);
            }
        }
    }
    let ports = |protocol: u8, low: u16, high: u16| {
        Services::ports(
            &Ranges::one(protocol.into(), protocol.into()),
            all_ports(),
            Ranges::one(low.into(), high.into()),
        )
    };
    for (name, words, line) in objects.ways.access.clone() {
        if !objects.ways.interfaces.iter().any(|way| way.name == name) {
            continue;
        }
        for word in words {
            let services = match word.as_str() {
                "ping" => vec![Services::protocol(1), Services::protocol(58)],
                "https" => vec![ports(6, 443, 443)],
                "http" => vec![ports(6, 80, 80)],
                "ssh" => vec![ports(6, 22, 22)],
                "telnet" => vec![ports(6, 23, 23)],
                "snmp" => vec![ports(17, 161, 161)],
                "fgfm" => vec![ports(6, 541, 541)],
                "radius-acct" => vec![ports(17, 1813, 1813)],
                "probe-response" => vec![ports(6, 8008, 8008)],
                "capwap" => vec![ports(17, 5246, 5247)],
                "fabric" | "security-fabric" => vec![ports(6, 8013, 8013), ports(17, 5246, 5247)],
                "ftm" => vec![ports(6, 4433, 4433)],
                "dnp" | "speed-test" | "scim" => continue,
                _ => vec![Services::all()],
            };
            let mut rule = Rule::all(format!("allowaccess {name} {word}"), true, ledger.origin(line));
            rule.ways_in = Some([name.clone()].into());
            rule.services = services.into();
            filter.rules.push(rule.into());
        }
    }
    // what a tunnel or a router of its own listens to; administrators may have moved ports: this is of no weight for others
    let listens: &[(&str, &[(u8, u16)])] = &[
        ("vpn ipsec phase1-interface", &[(17, 500), (17, 4500), (50, 0)]),
        ("vpn ipsec phase1", &[(17, 500), (17, 4500), (50, 0)]),
        ("system dhcp server", &[(17, 67)]),
        ("system dns-server", &[(17, 53), (6, 53)]),
        ("vpn ssl settings", &[(6, 443), (6, 10443)]),
    ];
    for (name, services) in listens {
        let Some(section) = root.sections(name).next() else { continue };
        let mut rule = Rule::all(*name, true, ledger.origin(section.lines.0));
        rule.services = services
            .iter()
            .map(|&(protocol, port)| if port == 0 { Services::protocol(protocol) } else { ports(protocol, port, port) })
            .collect();
        filter.rules.push(rule.into());
    }
    Ok(filter)
}

fn local_in(
    entry: &Section,
    family: Family,
    objects: &mut Objects<'_>,
    filter: &mut Filter,
    ledger: &mut Ledger,
) -> Result<(), Refusal> {
    let at = |key: &str| entry.setting(key).map_or(entry.lines.0, |setting| setting.lines.0);
    let permit = entry.value("action") == "accept";
    let mut rule = Rule::all(format!("local-in-policy {}", entry.name), permit, ledger.origin(entry.lines.0));
    for (key, side) in [("srcaddr", &mut rule.from), ("dstaddr", &mut rule.to)] {
        *side = objects.addresses.union(family, entry.values(key), at(key), ledger)?;
        if entry.is_on(&format!("{key}-negate")) {
            *side = std::mem::take(side).negated();
        }
    }
    rule.ways_in = objects.ways.of(entry.values("intf"), at("intf"), ledger);
    let schedule = Some(entry.value("schedule")).filter(|schedule| !matches!(*schedule, "" | "always"));
    for (services, condition) in objects.services.union(entry.values("service"), at("service"), ledger)? {
        let mut rule = rule.clone();
        rule.services = smallvec![services];
        rule.condition = condition.or_else(|| schedule.map(|schedule| format!("schedule {schedule}"))).map(Into::into);
        filter.rules.push(rule.into());
    }
    Ok(())
}

/// `firewall central-snat-map`: looked through from the top, after the policy.
///
/// # Errors
/// When groups hold each other in a circle.
pub fn central_snat(
    root: &Section,
    objects: &mut Objects<'_>,
    ledger: &mut Ledger,
) -> Result<Vec<Translation>, Refusal> {
    let mut out = Vec::new();
    for section in root.sections("firewall central-snat-map") {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(
                &[
                    "status",
                    "srcintf",
                    "dstintf",
                    "orig-addr",
                    "dst-addr",
                    "nat-ippool",
                    "nat",
                    "protocol",
                    "orig-port",
                    "dst-port",
                    "type",
                ],
                ledger,
            );
            entry.rest_is_silent(ledger);
            if entry.value("status") == "disable" {
                continue;
            }
            let at = |key: &str| entry.setting(key).map_or(entry.lines.0, |setting| setting.lines.0);
            let id = format!("central-snat-map {}", entry.name);
            let mut base = Translation::new(id, false, Becomes::Kept, ledger.origin(entry.lines.0));
            base.from = objects.addresses.union(Family::V4, entry.values("orig-addr"), at("orig-addr"), ledger)?;
            base.to = objects.addresses.union(Family::V4, entry.values("dst-addr"), at("dst-addr"), ledger)?;
            base.ways_in = objects.ways.of(entry.values("srcintf"), at("srcintf"), ledger);
            base.ways_out = objects.ways.of(entry.values("dstintf"), at("dstintf"), ledger);
            if let Ok(number @ 1..) = entry.value("protocol").parse::<u8>() {
                base.services = Services::protocol(number);
            }
            for key in ["orig-port", "dst-port"] {
                let (low, high) = entry.value(key).split_once('-').unwrap_or((entry.value(key), entry.value(key)));
                if let Some((low, high)) =
                    low.parse::<u16>().ok().zip(high.parse::<u16>().ok()).filter(|(low, _)| *low > 0)
                {
                    let range = Ranges::one(low.into(), high.into());
                    let (source, destination) =
                        if key == "orig-port" { (range, all_ports()) } else { (all_ports(), range) };
                    base.services =
                        base.services.intersect(&Services::ports(&base.services.protocols, source, destination));
                }
            }
            if entry.value("nat") == "disable" {
                out.push(base);
                continue;
            }
            let mut pools = AddressSet::default();
            for name in entry.values("nat-ippool") {
                match objects.pools.get(name).filter(|set| !set.is_empty()) {
                    Some(set) => pools = pools.union(set),
                    None => {
                        // SOUNDNESS: of no address at all it may be every one
                        pools = AddressSet::all();
                        ledger.not_understood(
                            at("nat-ippool"),
                            Phrase::new(
                                "no address of this pool is known: it may be any",
                                "IP プールのアドレスが分からない。どのアドレスでもありうるものとみなす",
                            ),
                        );
                    }
                }
            }
            if !pools.is_empty() {
                base.becomes = Becomes::Addresses(pools);
                out.push(base);
                continue;
            }
            for way in &objects.ways.interfaces {
                if base.ways_out.as_ref().is_some_and(|ways| !ways.contains(&way.name)) {
                    continue;
                }
                let own = way.addresses.iter().map(|net| net.address).find(std::net::IpAddr::is_ipv4);
                let mut entry = base.clone();
                entry.becomes = own.map_or(Becomes::Own, |address| Becomes::Addresses(AddressSet::single(address)));
                entry.ways_out = Some([way.name.clone()].into());
                out.push(entry);
            }
        }
    }
    Ok(out)
}
