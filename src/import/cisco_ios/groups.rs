//! Object groups: of addresses (`object-group network`, NX-OS `object-group ip address`) and of services
//! (`object-group service`, NX-OS `object-group ip port`).

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::super::device::Selector;
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges, mask_length, wildcard};
use super::super::text::{Refusal, nested};
use super::tree::Block;
use crate::language::Phrase;

enum Item<T> {
    Value(T),
    Group(String, u32),
}

/// A group as written.
struct Group<T> {
    items: Vec<Item<T>>,
}

/// The groups of a device, worked out.
#[derive(Default)]
pub struct Groups {
    networks: HashMap<String, AddressSet>,
    services: HashMap<String, Vec<Services>>,
    /// Groups with an item that is not understood: they may hold more.
    open: HashMap<String, ()>,
}

impl Groups {
    /// The addresses of a group; a name that may be anything where it is not known, or not wholly.
    #[must_use]
    pub fn network(&self, name: &str) -> Selector {
        match self.networks.get(name) {
            Some(set) if self.open.contains_key(name) => {
                Selector { set: set.clone(), names: vec![format!("object-group-{name}")].into(), not: false }
            }
            Some(set) => Selector::of(set.clone()),
            None => Selector::named(format!("object-group-{name}")),
        }
    }

    /// The services of a group; `None` where it is not known or not wholly.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<Vec<Services>> {
        self.services.get(name).filter(|_| !self.open.contains_key(name)).cloned()
    }
}

/// Reads all groups.
///
/// # Errors
/// When groups hold each other in a circle or too deep.
pub fn read(blocks: &[Block<'_>], ledger: &mut Ledger) -> Result<Groups, Refusal> {
    let mut networks: BTreeMap<String, Group<AddressSet>> = BTreeMap::new();
    let mut services: BTreeMap<String, Group<Vec<Services>>> = BTreeMap::new();
    let mut out = Groups::default();
    for block in blocks.iter().filter(|block| block.starts(&["object-group"])) {
        let words: Vec<&str> = block.words.iter().skip(1).copied().collect();
        match words[..] {
            ["network" | "v6-network", name, ..] | ["ip" | "ipv6", "address", name] => {
                ledger.used(block.line);
                let group = networks.entry(name.to_owned()).or_insert(Group { items: Vec::new() });
                for line in &block.below {
                    item(line, name, ledger, &mut group.items, &mut out, address);
                }
            }
            ["service", name, ref rest @ ..] => {
                ledger.used(block.line);
                // `object-group service NAME tcp`: ports of one protocol
                let protocol = rest.first().copied().unwrap_or("");
                let group = services.entry(name.to_owned()).or_insert(Group { items: Vec::new() });
                for line in &block.below {
                    item(line, name, ledger, &mut group.items, &mut out, |words| service(words, protocol));
                }
            }
            ["ip", "port", name] => {
                ledger.used(block.line);
                let group = services.entry(name.to_owned()).or_insert(Group { items: Vec::new() });
                for line in &block.below {
                    item(line, name, ledger, &mut group.items, &mut out, |words| {
                        let (ports, used) = ports(words, 6)?;
                        (used == words.len()).then(|| vec![Services::ports(&with_ports(), all_ports(), ports)])
                    });
                }
            }
            _ => {}
        }
    }
    let mut open_networks = Vec::new();
    for name in networks.keys() {
        let mut sets = Vec::new();
        collect(
            name,
            &networks,
            &mut Vec::new(),
            ledger,
            &mut |set: &AddressSet| sets.push(set.clone()),
            &mut |missing| {
                open_networks.push((name.clone(), missing));
            },
        )?;
        out.networks.insert(name.clone(), AddressSet::union_of(sets.iter()));
    }
    for name in services.keys() {
        let mut all = Vec::new();
        collect(
            name,
            &services,
            &mut Vec::new(),
            ledger,
            &mut |services: &Vec<Services>| all.extend(services.clone()),
            &mut |missing| {
                open_networks.push((name.clone(), missing));
            },
        )?;
        out.services.insert(name.clone(), all);
    }
    for (name, missing) in open_networks {
        if let Some(line) = missing {
            ledger.not_understood(
                line,
                Phrase::new(
                    "this group is not defined; it may hold anything",
                    "このグループは定義されていない。何でも含みうるものとみなす",
                ),
            );
        }
        out.open.insert(name, ());
    }
    Ok(out)
}

fn item<T>(
    line: &Block<'_>,
    name: &str,
    ledger: &mut Ledger,
    items: &mut Vec<Item<T>>,
    groups: &mut Groups,
    value: impl Fn(&[&str]) -> Option<T>,
) {
    let mut words = line.words.as_slice();
    // NX-OS numbers the lines
    if words.len() > 1 && words[0].parse::<u32>().is_ok() && words[1] != "-" {
        words = &words[1..];
    }
    match *words {
        ["description", ..] => return ledger.without_meaning(line.line),
        ["group-object", group] => items.push(Item::Group(group.to_owned(), line.line)),
        _ => match value(words).or_else(|| value(&line.words)) {
            Some(value) => items.push(Item::Value(value)),
            None => {
                groups.open.insert(name.to_owned(), ());
                return ledger.not_understood(
                    line.line,
                    Phrase::new(
                        "not understood: the group may hold anything",
                        "解釈できない。このグループは何でも含みうるものとみなす",
                    ),
                );
            }
        },
    }
    ledger.used(line.line);
}

/// Tells every value of a group and of the groups in it, and the lines of those that are not defined.
fn collect<T>(
    name: &str,
    groups: &BTreeMap<String, Group<T>>,
    above: &mut Vec<(String, u32)>,
    ledger: &Ledger,
    tell: &mut impl FnMut(&T),
    missing: &mut impl FnMut(Option<u32>),
) -> Result<(), Refusal> {
    let Some(group) = groups.get(name) else {
        missing(above.last().map(|(_, line)| *line));
        return Ok(());
    };
    for item in &group.items {
        match item {
            Item::Value(value) => tell(value),
            Item::Group(next, line) => {
                above.push((name.to_owned(), *line));
                nested(ledger.file(), above, next, *line)?;
                let result = collect(next, groups, above, ledger, tell, missing);
                above.pop();
                result?;
            }
        }
    }
    Ok(())
}

/// An address item: `host A`, `A MASK`, `A/n`, `range A B`, `any`, a bare address.
fn address(words: &[&str]) -> Option<AddressSet> {
    match *words {
        ["any"] => Some(AddressSet::all()),
        ["host", address] => Some(AddressSet::single(address.parse().ok()?)),
        ["range", low, high] => AddressSet::range(low.parse().ok()?, high.parse().ok()?),
        [prefix] if prefix.contains('/') => prefix_set(prefix),
        [address] => Some(AddressSet::single(address.parse().ok()?)),
        [address, mask] => {
            let (address, mask): (std::net::Ipv4Addr, std::net::Ipv4Addr) = (address.parse().ok()?, mask.parse().ok()?);
            match mask_length(mask) {
                Some(length) => AddressSet::network(IpAddr::V4(address), length),
                // NX-OS has wildcards here
                None => Some(wildcard(address, mask)).filter(|(_, exact)| *exact).map(|(set, _)| set),
            }
        }
        _ => None,
    }
}

/// `10.0.0.0/8`, `2001:db8::/32`.
#[must_use]
pub fn prefix_set(word: &str) -> Option<AddressSet> {
    let (address, length) = word.split_once('/')?;
    AddressSet::network(address.parse().ok()?, length.parse().ok()?)
}

/// A service item: `tcp eq 80`, `tcp source gt 1023 eq 80`, `tcp-udp range 1 9`, `icmp`, `89`, `eq 80` in a group of one
/// protocol.
fn service(words: &[&str], protocol: &str) -> Option<Vec<Services>> {
    let (first, rest) = words.split_first()?;
    let ported = |word: &str| match word {
        "tcp" => Some((Ranges::one(6, 6), 6)),
        "udp" => Some((Ranges::one(17, 17), 17)),
        "tcp-udp" => Some((Ranges::of(vec![(6, 6), (17, 17)]), 6)),
        "sctp" => Some((Ranges::one(132, 132), 132)),
        _ => None,
    };
    if let Some((protocols, number)) = ported(protocol) {
        let words = if *first == "port-object" { rest } else { words };
        let (destination, used) = ports(words, number)?;
        return (used == words.len()).then(|| vec![Services::ports(&protocols, all_ports(), destination)]);
    }
    if let Some((protocols, number)) = ported(first) {
        let mut rest = rest;
        let mut source = all_ports();
        if rest.first() == Some(&"source") {
            let (set, used) = ports(&rest[1..], number)?;
            source = set;
            rest = &rest[1 + used..];
        }
        let destination = if rest.is_empty() {
            all_ports()
        } else {
            // a bare port is `eq`
            let (set, used) = ports(rest, number).or_else(|| {
                let port = u128::from(names::port(rest[0], number)?);
                Some((Ranges::one(port, port), 1))
            })?;
            rest = &rest[used..];
            set
        };
        return rest.is_empty().then(|| vec![Services::ports(&protocols, source, destination)]);
    }
    if *first == "ip" {
        return rest.is_empty().then(|| vec![Services::all()]);
    }
    let number = names::protocol(first)?;
    // types of icmp cannot be judged: `icmp echo` is not wholly understood
    rest.is_empty().then(|| vec![Services::protocol(number)])
}

/// `eq 80 443`, `neq 80`, `gt 1023`, `lt 1024`, `range 1 9`: the ports and how many words they take.
#[must_use]
pub fn ports(words: &[&str], protocol: u8) -> Option<(Ranges, usize)> {
    let port = |at: usize| words.get(at).and_then(|word| names::port(word, protocol)).map(u128::from);
    match *words.first()? {
        "eq" => {
            let first = port(1)?;
            let mut all = vec![(first, first)];
            let mut at = 2;
            while let Some(next) = port(at) {
                all.push((next, next));
                at += 1;
            }
            Some((Ranges::of(all), at))
        }
        "neq" => {
            let port = port(1)?;
            Some((all_ports().subtract(&Ranges::one(port, port)), 2))
        }
        "gt" => Some((Ranges::one(port(1)? + 1, u128::from(u16::MAX)), 2)),
        "lt" => Some((port(1)?.checked_sub(1).map_or_else(Ranges::default, |last| Ranges::one(0, last)), 2)),
        "range" => {
            let (a, b) = (port(1)?, port(2)?);
            Some((Ranges::one(a.min(b), a.max(b)), 3))
        }
        _ => None,
    }
}
