//! Addresses, services and applications, of a virtual system and shared.

use std::net::{IpAddr, Ipv4Addr};

use super::super::device::Selector;
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges, wildcard};
use super::super::text::Refusal;
use super::super::words::Node;
use crate::language::Phrase;

/// The deepest that groups may hold groups.
const DEEPEST: usize = 64;

/// What a service is, and what else it asks that the model cannot judge.
pub type Service = (Services, Option<String>);

/// The objects that a virtual system sees: its own go before shared ones.
pub struct Objects<'n, 't> {
    /// Where they stand.
    pub places: Vec<&'n Node<'t>>,
}

fn circle(name: &Node<'_>, above: &[(String, u32)], ledger: &Ledger) -> Result<(), Refusal> {
    if let Some(at) = above.iter().position(|(known, _)| *known == *name.word) {
        let first = above.get(at + 1).map_or(name.line, |(_, line)| *line);
        return Err(Refusal::at(
            ledger.file(),
            name.line,
            Phrase::new(
                format!("the group {} holds itself, by this line and line {first}: take one out", name.word),
                format!("グループ {} がこの行と {first} 行目により自分自身を含む。どちらかを外すこと", name.word),
            ),
        ));
    }
    if above.len() >= DEEPEST {
        let what = Phrase::new("groups are nested more than 64 deep", "グループの入れ子が 64 段を超える");
        return Err(Refusal::at(ledger.file(), name.line, what));
    }
    Ok(())
}

/// `10.0.0.0/8`, `10.0.0.1`, `10.0.0.1-10.0.0.9`, the same of IPv6.
pub fn literal(word: &str) -> Option<AddressSet> {
    if let Some((low, high)) = word.split_once('-') {
        return AddressSet::range(low.trim().parse().ok()?, high.trim().parse().ok()?);
    }
    match word.split_once('/') {
        Some((address, length)) => AddressSet::network(address.parse().ok()?, length.parse().ok()?),
        None => Some(AddressSet::single(word.parse::<IpAddr>().ok()?)),
    }
}

impl<'n, 't> Objects<'n, 't> {
    fn find(&self, kind: &str, name: &str) -> Option<&'n Node<'t>> {
        self.places.iter().find_map(|place| place.at(&[kind, name]))
    }

    /// The union of some addresses.
    ///
    /// # Errors
    /// When groups hold each other in a circle or too deep.
    pub fn addresses<'a>(
        &self,
        names: impl Iterator<Item = &'a Node<'a>>,
        ledger: &mut Ledger,
    ) -> Result<Option<Selector>, Refusal> {
        let mut out: Option<Selector> = None;
        for name in names {
            let next = self.address(name, &mut Vec::new(), ledger)?;
            out = Some(match out {
                Some(known) => known.union(&next),
                None => next,
            });
        }
        Ok(out)
    }

    fn address(
        &self,
        name: &Node<'_>,
        above: &mut Vec<(String, u32)>,
        ledger: &mut Ledger,
    ) -> Result<Selector, Refusal> {
        if name.word == "any" {
            return Ok(Selector::any());
        }
        if let Some(object) = self.find("address", &name.word) {
            object.used(ledger);
            return Ok(one(object, ledger));
        }
        if let Some(group) = self.find("address-group", &name.word) {
            circle(name, above, ledger)?;
            group.used(ledger);
            if group.get("dynamic").is_some() {
                return Ok(Selector::named(format!("dynamic:{}", word(&name.word))));
            }
            above.push((name.word.to_string(), name.line));
            let mut out = Selector::default();
            // before the seventh release a group was its members
            let members = if group.get("static").is_some() { group.at(&["static"]) } else { Some(group) };
            for member in members.map_or(&[][..], |node| &node.below) {
                if !matches!(member.word.as_ref(), "description" | "tag") {
                    out = out.union(&self.address(member, above, ledger)?);
                }
            }
            above.pop();
            return Ok(out);
        }
        if let Some(set) = literal(&name.word) {
            return Ok(Selector::of(set));
        }
        if self.find("external-list", &name.word).is_some() || self.find("region", &name.word).is_some() {
            return Ok(Selector::named(word(&name.word)));
        }
        // a country is two letters; lists of the maker begin with its name
        if !(name.word.len() == 2 || name.word.starts_with("panw-")) {
            name.lost(
                &Phrase::new(
                    format!("the address {} is not defined: it may be any address", name.word),
                    format!("アドレス {} が定義されていない。どのアドレスでもありうるものとみなす", name.word),
                ),
                ledger,
            );
        }
        Ok(Selector::named(format!("address-{}", word(&name.word))))
    }

    /// What a service or a group of them is.
    ///
    /// # Errors
    /// When groups hold each other in a circle or too deep.
    pub fn service(
        &self,
        name: &Node<'_>,
        above: &mut Vec<(String, u32)>,
        out: &mut Vec<Service>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        if let Some(object) = self.find("service", &name.word) {
            object.used(ledger);
            out.extend(self::service(object, ledger));
            return Ok(());
        }
        if let Some(group) = self.find("service-group", &name.word) {
            circle(name, above, ledger)?;
            group.used(ledger);
            above.push((name.word.to_string(), name.line));
            let members = if group.get("members").is_some() { group.at(&["members"]) } else { Some(group) };
            for member in members.map_or(&[][..], |node| &node.below) {
                if member.word != "tag" {
                    self.service(member, above, out, ledger)?;
                }
            }
            above.pop();
            return Ok(());
        }
        match name.word.as_ref() {
            "any" => out.push((Services::all(), None)),
            "service-http" => {
                out.extend([tcp("80"), tcp("8080")].into_iter().flatten().map(|services| (services, None)))
            }
            "service-https" => out.extend(tcp("443").map(|services| (services, None))),
            _ => {
                name.lost(
                    &Phrase::new(
                        format!("the service {} is not defined; it may be any", name.word),
                        format!("サービス {} が定義されていない。どのサービスでもありうるものとみなす", name.word),
                    ),
                    ledger,
                );
                out.push((Services::all(), Some(format!("service {}", name.word))));
            }
        }
        Ok(())
    }

    /// The default ports of an application; `None` where they are not known.
    ///
    /// # Errors
    /// When groups hold each other in a circle or too deep.
    pub fn application(
        &self,
        name: &Node<'_>,
        above: &mut Vec<(String, u32)>,
        ledger: &mut Ledger,
    ) -> Result<Option<Vec<Services>>, Refusal> {
        if let Some(group) = self.find("application-group", &name.word) {
            circle(name, above, ledger)?;
            group.used(ledger);
            above.push((name.word.to_string(), name.line));
            let members = if group.get("members").is_some() { group.at(&["members"]) } else { Some(group) };
            let mut out = Some(Vec::new());
            for member in members.map_or(&[][..], |node| &node.below) {
                let next = self.application(member, above, ledger)?;
                out = out.zip(next).map(|(mut known, next): (Vec<Services>, Vec<Services>)| {
                    known.extend(next);
                    known
                });
            }
            above.pop();
            return Ok(out);
        }
        if let Some(own) = self.find("application", &name.word) {
            own.used(ledger);
            let ports: Vec<&Node<'_>> = own.under(&["default", "port"]).collect();
            let known: Option<Vec<Vec<Services>>> = ports.iter().map(|port| of_default(&port.word)).collect();
            return Ok(known.filter(|known| !known.is_empty()).map(|known| known.concat()));
        }
        Ok(defaults(&name.word))
    }
}

/// A name as it may stand behind `fqdn:`.
fn word(name: &str) -> String {
    name.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

fn one(object: &Node<'_>, ledger: &mut Ledger) -> Selector {
    let set = if let Some(word) = object.text("ip-netmask") {
        literal(word)
    } else if let Some(word) = object.text("ip-range") {
        literal(word)
    } else if let Some(word) = object.text("ip-wildcard") {
        let parts = word.split_once('/').and_then(|(address, mask)| Some((address.parse().ok()?, mask.parse().ok()?)));
        parts
            .map(|(address, mask): (Ipv4Addr, Ipv4Addr)| wildcard(address, mask))
            .filter(|(_, exact)| *exact)
            .map(|(set, _)| set)
    } else if let Some(name) = object.text("fqdn") {
        return Selector::named(word(name));
    } else {
        None
    };
    set.map(Selector::of).unwrap_or_else(|| {
        object.lost(
            &Phrase::new(
                "this address is not understood: it may be any",
                "解釈できないアドレス。どれでもありうるものとみなす",
            ),
            ledger,
        );
        Selector::named(format!("address-{}", word(&object.word)))
    })
}

/// `80,443,1024-65535`.
fn ports(word: &str) -> Option<Ranges> {
    let mut out = Vec::new();
    for item in word.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let (low, high) = item.split_once('-').unwrap_or((item, item));
        let (low, high): (u16, u16) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (low <= high).then(|| out.push((low.into(), high.into())))?;
    }
    (!out.is_empty()).then(|| Ranges::of(out))
}

fn tcp(word: &str) -> Option<Services> {
    Some(Services::ports(&Ranges::one(6, 6), all_ports(), ports(word)?))
}

fn service(object: &Node<'_>, ledger: &mut Ledger) -> Vec<Service> {
    let mut out = Vec::new();
    for protocol in object.values("protocol") {
        let number = names::protocol(&protocol.word).filter(|number| matches!(number, 6 | 17 | 132));
        // a list of ports may be one word with commas, or several words
        let side = |key: &str| -> Option<Option<Ranges>> {
            let words: Vec<&str> = protocol.values(key).map(|value| value.word.as_ref()).collect();
            if words.is_empty() { Some(None) } else { ports(&words.join(",")).map(Some) }
        };
        match (number, side("source-port"), side("port")) {
            (Some(number), Some(source), Some(destination)) => {
                let number = u128::from(number);
                let (source, destination) = (source.unwrap_or_else(all_ports), destination.unwrap_or_else(all_ports));
                out.push((Services::ports(&Ranges::one(number, number), source, destination), None));
            }
            _ => {
                object.lost(
                    &Phrase::new(
                        "this service is not understood; it may be any",
                        "解釈できないサービス。どれでもありうるものとみなす",
                    ),
                    ledger,
                );
                out.push((Services::all(), Some(format!("service {}", object.word))));
            }
        }
    }
    out
}

/// `tcp/80,8080`, `udp/53`, `tcp/dynamic`, `icmp`.
fn of_default(word: &str) -> Option<Vec<Services>> {
    let (protocol, list) = word.split_once('/').unwrap_or((word, ""));
    let number = names::protocol(protocol.trim())?;
    if list.is_empty() {
        return Some(vec![Services::protocol(number)]);
    }
    if list.contains("dynamic") {
        return None;
    }
    let number = u128::from(number);
    Some(vec![Services::ports(&Ranges::one(number, number), all_ports(), ports(list)?)])
}

/// The default ports of applications that everybody names (Palo Alto Networks, *Applipedia*).
const DEFAULTS: &[(&str, &[&str])] = &[
    ("bgp", &["tcp/179"]),
    ("dhcp", &["udp/67-68"]),
    ("dns", &["tcp/53", "udp/53"]),
    ("dns-base", &["tcp/53", "udp/53"]),
    ("ftp", &["tcp/21"]),
    ("gre", &["gre"]),
    ("icmp", &["icmp"]),
    ("ike", &["udp/500"]),
    ("imap", &["tcp/143,993"]),
    ("ipsec-ah", &["ah"]),
    ("ipsec-esp", &["esp"]),
    ("ipsec-esp-udp", &["udp/4500"]),
    ("ldap", &["tcp/389,3268-3269,636", "udp/389,3268"]),
    ("mssql-db", &["tcp/1433"]),
    ("mysql", &["tcp/3306"]),
    ("ntp", &["udp/123"]),
    ("ntp-base", &["udp/123"]),
    ("ospf", &["ospf"]),
    ("ping", &["icmp"]),
    ("ping6", &["icmp6"]),
    ("pop3", &["tcp/110,995"]),
    ("radius", &["udp/1812-1813,1645-1646"]),
    ("smtp", &["tcp/25,587"]),
    ("snmp", &["tcp/161", "udp/161"]),
    ("snmp-base", &["tcp/161", "udp/161"]),
    ("snmp-trap", &["tcp/162", "udp/162"]),
    ("ssh", &["tcp/22"]),
    ("ssl", &["tcp/443"]),
    ("syslog", &["tcp/514,1468,6514", "udp/514"]),
    ("tacacs-plus", &["tcp/49"]),
    ("telnet", &["tcp/23"]),
    ("tftp", &["udp/69"]),
    ("web-browsing", &["tcp/80"]),
];

fn defaults(name: &str) -> Option<Vec<Services>> {
    let (_, words) = DEFAULTS.iter().find(|(known, _)| *known == name)?;
    let all: Option<Vec<Vec<Services>>> = words.iter().map(|word| of_default(word)).collect();
    all.map(|all| all.concat())
}
