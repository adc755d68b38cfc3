//! Zones, networks and hosts as entities, and applications.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::device::Selector;
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges};
use super::tree::Block;
use crate::language::Phrase;

/// A part of an entity: addresses, and the interface that they lie behind.
#[derive(Clone, Debug)]
pub struct Part {
    /// The addresses.
    pub addresses: Selector,
    /// The interface; `None`: any.
    pub way: Option<String>,
}

/// What an application is, and what else it asks that the model cannot judge.
pub type Application = (Services, Option<String>);

/// Entities by name (`zone.network.host`) and applications.
#[derive(Default)]
pub struct Entities {
    parts: BTreeMap<String, Vec<Part>>,
    applications: BTreeMap<String, Vec<Application>>,
}

impl Entities {
    /// What an entity is; `None` where it is not defined. It holds what stands below it.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Vec<Part>> {
        let below = format!("{name}.");
        let known = self.parts.contains_key(name);
        let all = self.parts.iter().filter(|(other, _)| *other == name || other.starts_with(&below));
        known.then(|| all.flat_map(|(_, parts)| parts.clone()).collect())
    }

    /// What an application is.
    #[must_use]
    pub fn application(&self, name: &str) -> Vec<Application> {
        if let Some(own) = self.applications.get(name) {
            return own.clone();
        }
        let of = |all: &[(u8, u16)]| {
            let one = |&(protocol, port): &(u8, u16)| {
                let protocols = Ranges::one(protocol.into(), protocol.into());
                (Services::ports(&protocols, all_ports(), Ranges::one(port.into(), port.into())), None)
            };
            all.iter().map(one).collect()
        };
        match name {
            "any" => vec![(Services::all(), None)],
            "tcp" => vec![(Services::protocol(6), None)],
            "udp" => vec![(Services::protocol(17), None)],
            "icmp" => vec![(Services::protocol(1), None)],
            "ping" => vec![(Services::protocol(1), Some("icmp-type echo-request".into()))],
            "dns" => of(&[(6, 53), (17, 53)]),
            "ftp" => of(&[(6, 21)]),
            "http" => of(&[(6, 80)]),
            "https" => of(&[(6, 443)]),
            "imap" => of(&[(6, 143)]),
            "ntp" => of(&[(17, 123)]),
            "pop3" => of(&[(6, 110)]),
            "smtp" => of(&[(6, 25)]),
            "snmp" => of(&[(17, 161)]),
            "ssh" => of(&[(6, 22)]),
            "telnet" => of(&[(6, 23)]),
            "tftp" => of(&[(17, 69)]),
            // one that deep inspection knows: on any port
            _ => vec![(Services::all(), Some(format!("application {name}")))],
        }
    }
}

/// Reads zones and applications.
pub fn read(blocks: &[Block<'_>], ledger: &mut Ledger) -> Entities {
    let mut out = Entities::default();
    for zone in blocks.iter().filter(|block| block.word(0) == "zone" && block.words.len() == 2) {
        ledger.used(zone.line);
        let name = zone.word(1).to_owned();
        out.parts.entry(name.clone()).or_default();
        for network in &zone.below {
            ledger.used(network.line);
            if network.word(0) != "network" {
                ledger.not_understood(network.line, unknown());
                continue;
            }
            let name = format!("{name}.{}", network.word(1));
            out.parts.entry(name.clone()).or_default();
            for line in &network.below {
                ledger.used(line.line);
                match line.words[..] {
                    ["ip" | "ipv6", "subnet", prefix, ref rest @ ..] => {
                        let way = match *rest {
                            ["interface", way] => Some(way.to_owned()),
                            _ => None,
                        };
                        let set = prefix.split_once('/').and_then(|(address, length)| {
                            AddressSet::network(address.parse().ok()?, length.parse().ok()?)
                        });
                        let addresses = set.map_or_else(
                            || {
                                ledger.not_understood(line.line, unknown());
                                Selector::named(format!("entity-{name}"))
                            },
                            Selector::of,
                        );
                        out.parts.entry(name.clone()).or_default().push(Part { addresses, way });
                    }
                    ["host", host] => {
                        let name = format!("{name}.{host}");
                        out.parts.entry(name.clone()).or_default();
                        for line in &line.below {
                            let part = self::host(line, &name, ledger);
                            out.parts.entry(name.clone()).or_default().extend(part);
                        }
                    }
                    _ => ledger.not_understood(line.line, unknown()),
                }
            }
        }
    }
    for block in blocks.iter().filter(|block| block.word(0) == "application" && block.words.len() == 2) {
        ledger.used(block.line);
        let application = application(block, ledger);
        out.applications.insert(block.word(1).to_owned(), application);
    }
    out
}

fn unknown() -> Phrase {
    Phrase::new("not understood; it may be any address", "解釈できない。どのアドレスでもありうるものとみなす")
}

fn host(line: &Block<'_>, name: &str, ledger: &mut Ledger) -> Option<Part> {
    ledger.used(line.line);
    let addresses = match line.words[..] {
        ["ip" | "ipv6", "address", "dynamic", "fqdn", host, ..] => Selector::named(host),
        ["ip" | "ipv6", "address", "dynamic", "interface", way, ..] => {
            // the address of the device itself there
            Selector::named(format!("address-of-{way}"))
        }
        ["ip" | "ipv6", "address", address, ..] => match address.parse::<IpAddr>() {
            Ok(address) => Selector::of(AddressSet::single(address)),
            Err(_) => {
                ledger.not_understood(line.line, unknown());
                Selector::named(format!("entity-{name}"))
            }
        },
        _ => {
            ledger.not_understood(line.line, unknown());
            Selector::named(format!("entity-{name}"))
        }
    };
    Some(Part { addresses, way: None })
}

/// `80`, `80 to 90`, `any`.
fn ports(words: &[&str], protocol: u8) -> Option<Ranges> {
    let port = |word: &str| names::port(word, protocol).map(u128::from);
    match *words {
        ["any"] => Some(all_ports()),
        [low, "to", high] => Some(Ranges::one(port(low)?, port(high)?)),
        [one] => match one.split_once('-') {
            Some((low, high)) if port(one).is_none() => Some(Ranges::one(port(low)?, port(high)?)),
            _ => Some(Ranges::one(port(one)?, port(one)?)),
        },
        _ => None,
    }
}

fn application(block: &Block<'_>, ledger: &mut Ledger) -> Vec<Application> {
    let mut conditions: Vec<String> = Vec::new();
    let (mut protocols, mut source, mut destination) = (Ranges::one(0, 255), all_ports(), all_ports());
    let named =
        block.below.iter().find(|line| line.word(0) == "protocol").and_then(|line| names::protocol(line.word(1)));
    for line in &block.below {
        ledger.used(line.line);
        let known = match line.words[..] {
            ["protocol", word] => {
                names::protocol(word).map(|number| protocols = Ranges::one(number.into(), number.into()))
            }
            ["sport", ref rest @ ..] => ports(rest, named.unwrap_or(6)).map(|set| source = set),
            ["dport", ref rest @ ..] => ports(rest, named.unwrap_or(6)).map(|set| destination = set),
            ["description", ..] => Some(()),
            _ => None,
        };
        if known.is_none() {
            conditions.push(line.words.join(" "));
            ledger.not_understood(
                line.line,
                Phrase::new(
                    "cannot be judged: taken to hold where the rule lets through, not to hold where it stops",
                    "判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす",
                ),
            );
        }
    }
    let condition = (!conditions.is_empty()).then(|| conditions.join("; "));
    vec![(Services::ports(&protocols, source, destination), condition)]
}
