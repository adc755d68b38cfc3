//! What comparisons hold of, as boxes. The first packet of a session is meant: in tcp it has SYN alone, its state is new, it
//! is no fragment and goes in the original direction.

use std::net::{IpAddr, Ipv4Addr};

use super::super::linux::Ways;
use super::super::names;
use super::super::region::{Region, Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges, mask_length, wildcard};
use super::tree::{Key, Raw, Table};
use crate::document::Family;

/// What a comparison holds of, and what makes it unsure.
#[derive(Clone, Debug)]
pub struct Held {
    /// It holds of nothing else.
    pub regions: Vec<Region>,
    /// Why it may not hold of all of that.
    pub condition: Option<String>,
}

impl Held {
    fn sure(regions: Vec<Region>) -> Self {
        Self { regions, condition: None }
    }

    fn unsure(region: Region, why: impl Into<String>) -> Self {
        Self { regions: vec![region], condition: Some(why.into()) }
    }
}

/// What holds where the chain is walked.
pub struct Place<'p> {
    /// Interfaces.
    pub ways: &'p Ways,
    /// The table, for its sets.
    pub table: &'p Table,
    /// Whether destinations are the device's own, or surely not; `None`: either.
    pub local: Option<bool>,
    /// Whether the state of what opens a session is sure to be new.
    pub tracked: bool,
}

fn family(of: Family) -> Region {
    let all = AddressSet::family(of);
    Region { from: all.clone(), to: all, ..Region::all() }
}

fn services(services: Services) -> Region {
    Region { services, ..Region::all() }
}

fn text(key: &Key) -> String {
    match key {
        Key::Payload(protocol, field) => format!("{protocol} {field}"),
        Key::Meta(word) => format!("meta {word}"),
        Key::Ct(word) => format!("ct {word}"),
        Key::Fib(flags, result) => format!("fib {} {result}", flags.join(" . ")),
        Key::Concat(all) => all.iter().map(text).collect::<Vec<String>>().join(" . "),
        Key::Masked(key, _) => format!("{} &", text(key)),
        Key::Other(word) => word.clone(),
    }
}

/// The protocols whose ports a key looks at; `None`: it looks at none.
fn ported(protocol: &str) -> Option<Ranges> {
    Some(match protocol {
        "tcp" => Ranges::one(6, 6),
        "udp" => Ranges::one(17, 17),
        "sctp" => Ranges::one(132, 132),
        "th" => with_ports(),
        _ => return None,
    })
}

impl Place<'_> {
    /// What a comparison by an operator holds of.
    #[must_use]
    pub fn held(&self, key: &Key, op: &str, raw: &Raw) -> Held {
        match op {
            "==" | "in" | "" => self.equal(key, raw),
            "!=" => {
                let base = self.base(key);
                let Held { regions, condition } = self.equal(key, raw);
                if condition.is_some() {
                    return Held { regions: vec![base], condition: condition.map(|why| format!("! {why}")) };
                }
                let mut left = vec![base];
                for region in &regions {
                    left = left.iter().flat_map(|part| part.subtract(region)).collect();
                }
                Held::sure(left)
            }
            "<" | ">" | "<=" | ">=" => match (key, raw) {
                (Key::Payload(protocol, field), Raw::Word(word)) if ported(protocol).is_some() => {
                    let Some(port) = names::port(word, 6).map(u128::from) else {
                        return Held::unsure(self.base(key), text(key));
                    };
                    let ports = match op {
                        "<" => port.checked_sub(1).map_or_else(Ranges::default, |last| Ranges::one(0, last)),
                        "<=" => Ranges::one(0, port),
                        ">" => Ranges::one(port + 1, 65535),
                        _ => Ranges::one(port, 65535),
                    };
                    Held::sure(self.ports(protocol, field, ports))
                }
                _ => Held::unsure(self.base(key), format!("{} {op}", text(key))),
            },
            _ => Held::unsure(self.base(key), format!("{} {op}", text(key))),
        }
    }

    /// What a key itself asks, whatever it is compared with.
    #[must_use]
    pub fn base(&self, key: &Key) -> Region {
        match key {
            Key::Payload(protocol, _) => match protocol.as_str() {
                "ip" => family(Family::V4),
                "ip6" => family(Family::V6),
                "icmp" => services(Services::protocol(1)),
                "icmpv6" => services(Services::protocol(58)),
                "th" => services(Services::protocols(with_ports())),
                word => match names::protocol(word) {
                    Some(number) if word != "ether" => services(Services::protocol(number)),
                    _ => Region::all(),
                },
            },
            Key::Concat(all) => all.iter().fold(Region::all(), |known, key| known.intersect(&self.base(key))),
            Key::Masked(key, _) => self.base(key),
            _ => Region::all(),
        }
    }

    fn ports(&self, protocol: &str, field: &str, ports: Ranges) -> Vec<Region> {
        let protocols = ported(protocol).unwrap_or_default();
        let (source, destination) = if field == "sport" { (ports, all_ports()) } else { (all_ports(), ports) };
        vec![services(Services::ports(&protocols, source, destination))]
    }

    /// What equality holds of.
    #[must_use]
    pub fn equal(&self, key: &Key, raw: &Raw) -> Held {
        match raw {
            Raw::Rest => return Held::sure(vec![self.base(key)]),
            Raw::Unknown(why) => return Held::unsure(self.base(key), format!("{} {why}", text(key))),
            Raw::Ref(name) => {
                let Some(set) = self.table.sets.get(name).filter(|set| !set.open) else {
                    return Held::unsure(self.base(key), format!("@{name}"));
                };
                let all: Vec<Raw> = set.elements.iter().map(|(raw, _)| raw.clone()).collect();
                return self.any(key, &all);
            }
            Raw::Set(all) => return self.any(key, all),
            _ => {}
        }
        match key {
            Key::Concat(keys) => {
                let Raw::Concat(values) = raw else {
                    return Held::unsure(self.base(key), text(key));
                };
                if keys.len() != values.len() {
                    return Held::unsure(self.base(key), text(key));
                }
                let mut out = Held::sure(vec![Region::all()]);
                for (key, value) in keys.iter().zip(values) {
                    let next = self.equal(key, value);
                    out.regions = meet(&out.regions, &next.regions);
                    out.condition = out.condition.or(next.condition);
                }
                out
            }
            Key::Payload(protocol, field) => self.payload(key, protocol, field, raw),
            Key::Meta(word) => self.meta(key, word, raw),
            Key::Ct(word) => self.session(key, word, raw),
            Key::Fib(flags, result) => {
                let asked = flags.iter().any(|flag| flag == "daddr") && result == "type";
                match (asked.then_some(self.local).flatten(), raw) {
                    (Some(local), Raw::Word(word)) if word == "local" => {
                        Held::sure(if local { vec![Region::all()] } else { Vec::new() })
                    }
                    _ => Held::unsure(Region::all(), text(key)),
                }
            }
            Key::Masked(inner, mask) => self.masked(key, inner, mask, raw),
            Key::Other(word) => Held::unsure(Region::all(), word.clone()),
        }
    }

    /// A union. What is unsure in it makes all of it unsure, but for what is sure besides: that is taken to be unsure too.
    fn any(&self, key: &Key, all: &[Raw]) -> Held {
        let mut out = Held::sure(Vec::new());
        let mut rest = false;
        // addresses, ports and the like as one box
        if let Some(regions) = self.together(key, all) {
            return Held::sure(regions);
        }
        for raw in all {
            rest |= *raw == Raw::Rest;
            let next = self.equal(key, raw);
            out.regions.extend(next.regions);
            out.condition = out.condition.or(next.condition);
        }
        if rest {
            out.regions = vec![self.base(key)];
        }
        out
    }

    fn together(&self, key: &Key, all: &[Raw]) -> Option<Vec<Region>> {
        let Key::Payload(protocol, field) = key else { return None };
        match (protocol.as_str(), field.as_str()) {
            ("ip" | "ip6", "saddr" | "daddr") => {
                let sets: Option<Vec<AddressSet>> = all.iter().map(addresses).collect();
                let sets = sets?;
                Some(vec![self.of_addresses(protocol, field, &AddressSet::union_of(sets.iter()))])
            }
            (protocol, "sport" | "dport") if ported(protocol).is_some() => {
                let ranges: Option<Vec<(u128, u128)>> =
                    all.iter().map(|raw| numbers(raw, &|word| names::port(word, 6).map(u128::from))).collect();
                Some(self.ports(protocol, field, Ranges::of(ranges?)))
            }
            _ => None,
        }
    }

    fn of_addresses(&self, protocol: &str, field: &str, set: &AddressSet) -> Region {
        let mut region = family(if protocol == "ip" { Family::V4 } else { Family::V6 });
        if field == "saddr" {
            region.from = region.from.intersect(set);
        } else {
            region.to = region.to.intersect(set);
        }
        region
    }

    fn payload(&self, key: &Key, protocol: &str, field: &str, raw: &Raw) -> Held {
        let unsure = || Held::unsure(self.base(key), text(key));
        match (protocol, field) {
            ("ip" | "ip6", "saddr" | "daddr") => match addresses(raw) {
                Some(set) => Held::sure(vec![self.of_addresses(protocol, field, &set)]),
                None => unsure(),
            },
            ("ip", "protocol") | ("ip6", "nexthdr") => match protocols(raw) {
                Some(set) => {
                    let mut region = self.base(key);
                    region.services = Services::protocols(set);
                    Held::sure(vec![region])
                }
                None => unsure(),
            },
            (_, "sport" | "dport") if ported(protocol).is_some() => {
                match numbers(raw, &|word| names::port(word, 6).map(u128::from)) {
                    Some((low, high)) => Held::sure(self.ports(protocol, field, Ranges::one(low, high))),
                    None => unsure(),
                }
            }
            ("tcp", "flags") => match raw {
                // `tcp flags syn`: one of these is set
                Raw::Word(word) => match flags(std::slice::from_ref(word)) {
                    Some(flags) => Held::sure(if flags & SYN != 0 { vec![self.base(key)] } else { Vec::new() }),
                    None => unsure(),
                },
                _ => unsure(),
            },
            ("ether", "type") => match raw {
                Raw::Word(word) => self.version(word).unwrap_or_else(unsure),
                _ => unsure(),
            },
            _ => unsure(),
        }
    }

    fn version(&self, word: &str) -> Option<Held> {
        Some(Held::sure(match word {
            "ip" | "ipv4" => vec![family(Family::V4)],
            "ip6" | "ipv6" => vec![family(Family::V6)],
            "arp" | "vlan" => Vec::new(),
            _ => return None,
        }))
    }

    fn meta(&self, key: &Key, word: &str, raw: &Raw) -> Held {
        let unsure = || Held::unsure(Region::all(), text(key));
        match (word, raw) {
            ("iif" | "iifname", Raw::Word(name)) => {
                Held::sure(vec![Region { ways_in: self.ways.of(&pattern(name)), ..Region::all() }])
            }
            ("oif" | "oifname", Raw::Word(name)) => {
                Held::sure(vec![Region { ways_out: self.ways.of(&pattern(name)), ..Region::all() }])
            }
            ("l4proto", raw) => match protocols(raw) {
                Some(set) => Held::sure(vec![services(Services::protocols(set))]),
                None => unsure(),
            },
            ("nfproto" | "protocol", Raw::Word(name)) => self.version(name).unwrap_or_else(unsure),
            _ => unsure(),
        }
    }

    fn session(&self, key: &Key, word: &str, raw: &Raw) -> Held {
        let unsure = || Held::unsure(Region::all(), text(key));
        let always = |held: bool| Held::sure(if held { vec![Region::all()] } else { Vec::new() });
        match (word, raw) {
            ("state", Raw::Word(state)) => match state.as_str() {
                "new" if self.tracked => always(true),
                "untracked" if self.tracked => always(false),
                "established" | "related" | "invalid" => always(false),
                _ => unsure(),
            },
            ("direction", Raw::Word(direction)) => always(matches!(direction.as_str(), "original" | "0")),
            _ => unsure(),
        }
    }

    fn masked(&self, key: &Key, inner: &Key, mask: &[String], raw: &Raw) -> Held {
        let unsure = || Held::unsure(self.base(key), text(key));
        let Key::Payload(protocol, field) = inner else { return unsure() };
        match (protocol.as_str(), field.as_str()) {
            ("tcp", "flags") => {
                let asked: Vec<String> = match raw {
                    Raw::Word(word) => vec![word.clone()],
                    Raw::Set(all) => all
                        .iter()
                        .filter_map(|raw| if let Raw::Word(word) = raw { Some(word.clone()) } else { None })
                        .collect(),
                    _ => return unsure(),
                };
                match flags(mask).zip(flags(&asked)) {
                    Some((mask, asked)) => {
                        Held::sure(if SYN & mask == asked { vec![self.base(key)] } else { Vec::new() })
                    }
                    None => unsure(),
                }
            }
            // the first packet of a session is no fragment
            ("ip", "frag-off") => match raw {
                Raw::Word(word) if word == "0" => Held::sure(vec![self.base(key)]),
                _ => unsure(),
            },
            ("ip", "saddr" | "daddr") => {
                let (Raw::Word(word), [mask]) = (raw, mask) else { return unsure() };
                let parsed = word.parse::<Ipv4Addr>().ok().zip(mask.parse::<Ipv4Addr>().ok());
                let Some((address, mask)) = parsed else { return unsure() };
                // bits outside the mask never agree
                if u32::from(address) & !u32::from(mask) != 0 {
                    return Held::sure(Vec::new());
                }
                let (set, exact) = match mask_length(mask) {
                    Some(length) => (AddressSet::network(address.into(), length).unwrap_or_default(), true),
                    None => wildcard(address, (!u32::from(mask)).into()),
                };
                let region = self.of_addresses(protocol, field, &set);
                if exact { Held::sure(vec![region]) } else { Held::unsure(region, text(key)) }
            }
            _ => unsure(),
        }
    }
}

/// `eth*` is `eth+` of iptables.
pub fn pattern(name: &str) -> String {
    match name.strip_suffix('*') {
        Some(prefix) if !prefix.ends_with('\\') => format!("{prefix}+"),
        _ => name.to_owned(),
    }
}

/// What is in one of each, without overlap where both are so.
pub fn meet(a: &[Region], b: &[Region]) -> Vec<Region> {
    let mut out = Vec::new();
    for first in a {
        out.extend(b.iter().map(|second| first.intersect(second)).filter(|region| !region.is_empty()));
    }
    out
}

fn addresses(raw: &Raw) -> Option<AddressSet> {
    match raw {
        Raw::Word(word) => Some(AddressSet::single(word.parse().ok()?)),
        Raw::Prefix(address, length) => AddressSet::network(address.parse().ok()?, *length),
        Raw::Range(low, high) => AddressSet::range(low.parse::<IpAddr>().ok()?, high.parse().ok()?),
        _ => None,
    }
}

/// The addresses of a translation.
pub fn targets(raw: &Raw) -> Option<AddressSet> {
    addresses(raw)
}

fn numbers(raw: &Raw, number: &dyn Fn(&str) -> Option<u128>) -> Option<(u128, u128)> {
    let (low, high) = match raw {
        Raw::Word(word) => (number(word)?, number(word)?),
        Raw::Range(low, high) => (number(low)?, number(high)?),
        _ => return None,
    };
    (low <= high).then_some((low, high))
}

/// Ports of a translation.
pub fn target_ports(raw: &Raw) -> Option<(u16, u16)> {
    let (low, high) = numbers(raw, &|word| names::port(word, 6).map(u128::from))?;
    Some((u16::try_from(low).ok()?, u16::try_from(high).ok()?))
}

fn protocols(raw: &Raw) -> Option<Ranges> {
    let (low, high) = numbers(raw, &|word| names::protocol(word).map(u128::from))?;
    Some(Ranges::one(low, high))
}

const SYN: u8 = 2;

fn flags(words: &[String]) -> Option<u8> {
    let mut out = 0;
    for word in words {
        out |= match word.as_str() {
            "fin" => 1,
            "syn" => SYN,
            "rst" => 4,
            "psh" => 8,
            "ack" => 16,
            "urg" => 32,
            "ecn" => 64,
            "cwr" => 128,
            word => word.parse().ok()?,
        };
    }
    Some(out)
}
