//! What access lists and translations name: `name`, `object network|service`, `object-group network|service|protocol|icmp-type`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use super::super::cisco_ios::tree::Block;
use super::super::device::Selector;
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges, mask_length};
use super::super::text::{Refusal, nested};
use crate::language::Phrase;

/// A service, and what the model cannot judge about it (a type of icmp).
pub type Service = (Services, Option<String>);

enum Item<T> {
    Value(T),
    /// Another group, or an object, and the line that names it.
    Named(String, u32),
    /// A line that is not understood.
    Unknown,
}

/// The objects of a device, worked out.
#[derive(Default)]
pub struct Objects {
    names: HashMap<String, String>,
    networks: HashMap<String, Selector>,
    services: HashMap<String, Vec<Service>>,
    /// Groups of ports: the services that they are, and what their ports are for (`tcp`).
    ports: HashSet<String>,
}

impl Objects {
    /// An address as written, or by its `name`.
    #[must_use]
    pub fn address(&self, word: &str) -> Option<IpAddr> {
        word.parse().ok().or_else(|| self.names.get(word)?.parse().ok())
    }

    /// `host A`, `A MASK`, `P/n`: the addresses and how many words they take.
    #[must_use]
    pub fn plain(&self, words: &[&str]) -> Option<(AddressSet, usize)> {
        match *words {
            ["any", ..] => Some((AddressSet::all(), 1)),
            ["any4", ..] => Some((AddressSet::family(crate::document::Family::V4), 1)),
            ["any6", ..] => Some((AddressSet::family(crate::document::Family::V6), 1)),
            ["host", word, ..] => Some((AddressSet::single(self.address(word)?), 2)),
            [word, ..] if word.contains('/') => {
                let (address, length) = word.split_once('/')?;
                Some((AddressSet::network(self.address(address)?, length.parse().ok()?)?, 1))
            }
            [word, mask, ..] => {
                let IpAddr::V4(address) = self.address(word)? else { return None };
                let mask: Ipv4Addr = self.names.get(mask).map_or(mask, String::as_str).parse().ok()?;
                Some((AddressSet::network(address.into(), mask_length(mask)?)?, 2))
            }
            _ => None,
        }
    }

    /// The addresses of an object or group; `None`: there is none of this name.
    #[must_use]
    pub fn network(&self, name: &str) -> Option<&Selector> {
        self.networks.get(name)
    }

    /// The services of an object or group; `None`: there is none of this name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&[Service]> {
        self.services.get(name).map(Vec::as_slice)
    }

    /// Whether a group is one of ports (`object-group service X tcp`).
    #[must_use]
    pub fn is_ports(&self, name: &str) -> bool {
        self.ports.contains(name)
    }
}

/// Reads all of them.
///
/// # Errors
/// When groups hold each other in a circle or too deep.
pub fn read(blocks: &[Block<'_>], ledger: &mut Ledger) -> Result<Objects, Refusal> {
    let mut out = Objects::default();
    for block in blocks {
        if let ["name", address, name, ..] = block.words[..] {
            out.names.insert(name.to_owned(), address.to_owned());
            ledger.used(block.line);
        }
    }
    let mut networks: BTreeMap<String, Vec<Item<Selector>>> = BTreeMap::new();
    let mut services: BTreeMap<String, Vec<Item<Vec<Service>>>> = BTreeMap::new();
    for block in blocks {
        match block.words[..] {
            ["object", "network", name, ..] => {
                ledger.used(block.line);
                let items = networks.entry(name.to_owned()).or_default();
                for line in &block.below {
                    if line.word(0) == "nat" {
                        continue; // of what it translates
                    }
                    item(line, items, ledger, &|words| object(&out, words));
                }
            }
            ["object-group", "network", name, ..] => {
                ledger.used(block.line);
                let items = networks.entry(name.to_owned()).or_default();
                for line in &block.below {
                    item(line, items, ledger, &|words| match *words {
                        ["network-object", ref rest @ ..] => whole(out.plain(rest), rest.len()).map(Selector::of),
                        _ => None,
                    });
                }
            }
            ["object", "service", name, ..] => {
                ledger.used(block.line);
                let items = services.entry(name.to_owned()).or_default();
                for line in &block.below {
                    item(line, items, ledger, &|words| match *words {
                        ["service", ref rest @ ..] => service(rest),
                        _ => None,
                    });
                }
            }
            ["object-group", "service", name, ref rest @ ..] => {
                ledger.used(block.line);
                let protocol = rest.first().copied().unwrap_or("");
                if !protocol.is_empty() {
                    out.ports.insert(name.to_owned());
                }
                let items = services.entry(name.to_owned()).or_default();
                for line in &block.below {
                    item(line, items, ledger, &|words| match *words {
                        ["service-object", ref rest @ ..] => service(rest),
                        ["port-object", ref rest @ ..] => {
                            let protocols = protocols(if protocol.is_empty() { "tcp-udp" } else { protocol })?;
                            let (ports, used) = ports(rest, if protocols.contains(6) { 6 } else { 17 })?;
                            (used == rest.len()).then(|| vec![(Services::ports(&protocols, all_ports(), ports), None)])
                        }
                        _ => None,
                    });
                }
            }
            ["object-group", "protocol", name, ..] => {
                ledger.used(block.line);
                let items = services.entry(name.to_owned()).or_default();
                for line in &block.below {
                    item(line, items, ledger, &|words| match *words {
                        ["protocol-object", word] => Some(vec![(Services::protocols(protocols(word)?), None)]),
                        _ => None,
                    });
                }
            }
            ["object-group", "icmp-type", name, ..] => {
                ledger.used(block.line);
                let items = services.entry(name.to_owned()).or_default();
                for line in &block.below {
                    item(line, items, ledger, &|words| match *words {
                        ["icmp-object", ref rest @ ..] => {
                            Some(vec![(Services::protocol(1), Some(format!("icmp {}", rest.join(" "))))])
                        }
                        _ => None,
                    });
                }
            }
            // users and tags: what names them asks more than the model knows
            ["object-group", "user" | "security", ..] => block.each(|line| ledger.used(line)),
            _ => {}
        }
    }
    for name in networks.keys() {
        let mut all: Vec<Selector> = Vec::new();
        let mut unknown = false;
        collect(name, &networks, &mut Vec::new(), ledger, &mut |item| match item {
            Some(selector) => all.push(selector.clone()),
            None => unknown = true,
        })?;
        let set = AddressSet::union_of(all.iter().map(|one| &one.set));
        let mut names: Vec<String> = all.iter().flat_map(|one| one.names.to_vec()).collect();
        if unknown {
            names.push(format!("object-{name}"));
        }
        names.sort();
        names.dedup();
        out.networks.insert(name.clone(), Selector { set, names: names.into(), not: false });
    }
    for name in services.keys() {
        let mut all: Vec<Service> = Vec::new();
        collect(name, &services, &mut Vec::new(), ledger, &mut |item| match item {
            Some(services) => all.extend(services.iter().cloned()),
            None => all.push((Services::all(), Some(format!("object {name}")))),
        })?;
        out.services.insert(name.clone(), all);
    }
    Ok(out)
}

fn whole<T>(found: Option<(T, usize)>, words: usize) -> Option<T> {
    found.filter(|(_, used)| *used == words).map(|(value, _)| value)
}

fn item<T>(line: &Block<'_>, items: &mut Vec<Item<T>>, ledger: &mut Ledger, value: &dyn Fn(&[&str]) -> Option<T>) {
    ledger.used(line.line);
    match line.words[..] {
        ["description", ..] => ledger.without_meaning(line.line),
        ["group-object", name] | ["network-object" | "service-object", "object" | "object-group", name] => {
            items.push(Item::Named(name.to_owned(), line.line));
        }
        _ => match value(&line.words) {
            Some(value) => items.push(Item::Value(value)),
            None => {
                items.push(Item::Unknown);
                ledger.not_understood(
                    line.line,
                    Phrase::new("not understood: it may be anything", "解釈できない。何でもありうるものとみなす"),
                );
            }
        },
    }
}

/// `host A`, `subnet A M`, `range A B`, `fqdn [v4|v6] NAME`.
fn object(objects: &Objects, words: &[&str]) -> Option<Selector> {
    match *words {
        ["host", address] => Some(Selector::of(AddressSet::single(objects.address(address)?))),
        ["subnet", ref rest @ ..] => whole(objects.plain(rest), rest.len()).map(Selector::of),
        ["range", low, high] => AddressSet::range(objects.address(low)?, objects.address(high)?).map(Selector::of),
        ["fqdn", .., name] => Some(Selector::named(name)),
        _ => None,
    }
}

/// Tells every value of a group and of those in it; `None` for what is not known.
fn collect<T>(
    name: &str,
    groups: &BTreeMap<String, Vec<Item<T>>>,
    above: &mut Vec<(String, u32)>,
    ledger: &mut Ledger,
    tell: &mut impl FnMut(Option<&T>),
) -> Result<(), Refusal> {
    let Some(items) = groups.get(name) else {
        if let Some((_, line)) = above.last() {
            ledger.not_understood(
                *line,
                Phrase::new(
                    format!("{name} is not defined; it may be anything"),
                    format!("{name} が定義されていない。何でもありうるものとみなす"),
                ),
            );
        }
        tell(None);
        return Ok(());
    };
    for item in items {
        match item {
            Item::Value(value) => tell(Some(value)),
            Item::Unknown => tell(None),
            Item::Named(next, line) => {
                above.push((name.to_owned(), *line));
                nested(ledger.file(), above, next, *line)?;
                let result = collect(next, groups, above, ledger, tell);
                above.pop();
                result?;
            }
        }
    }
    Ok(())
}

/// A protocol, or `tcp-udp`; `ip` is every one.
#[must_use]
pub fn protocols(word: &str) -> Option<Ranges> {
    match word {
        "ip" => Some(Ranges::one(0, 255)),
        "tcp-udp" => Some(Ranges::of(vec![(6, 6), (17, 17)])),
        _ => names::protocol(word).map(|number| Ranges::one(number.into(), number.into())),
    }
}

/// `tcp destination eq 80`, `tcp source range 1 9 destination eq 80`, `tcp-udp eq 53`, `icmp echo`, `ip`, `89`.
fn service(words: &[&str]) -> Option<Vec<Service>> {
    let (first, mut rest) = words.split_first()?;
    let protocols = protocols(first)?;
    let ported = !protocols.intersect(&with_ports()).is_empty() && *first != "ip";
    if !ported {
        let condition = (!rest.is_empty()).then(|| format!("{first} {}", rest.join(" ")));
        let icmp = matches!(*first, "icmp" | "icmp6");
        return (rest.is_empty() || icmp).then(|| vec![(Services::protocols(protocols), condition)]);
    }
    let number = if protocols.contains(6) { 6 } else { 17 };
    let (mut source, mut destination) = (all_ports(), all_ports());
    while let Some((word, behind)) = rest.split_first() {
        let (side, behind) = match *word {
            "source" => (&mut source, behind),
            "destination" => (&mut destination, behind),
            _ => (&mut destination, rest),
        };
        let (set, used) = ports(behind, number)?;
        *side = set;
        rest = &behind[used..];
    }
    Some(vec![(Services::ports(&protocols, source, destination), None)])
}

/// `eq 80`, `neq 80`, `gt 1023`, `lt 1024`, `range 1 9`: the ports and how many words they take.
#[must_use]
pub fn ports(words: &[&str], protocol: u8) -> Option<(Ranges, usize)> {
    let at = |at: usize| words.get(at).and_then(|word| port(word, protocol)).map(u128::from);
    match *words.first()? {
        "eq" => Some((Ranges::one(at(1)?, at(1)?), 2)),
        "neq" => Some((all_ports().subtract(&Ranges::one(at(1)?, at(1)?)), 2)),
        "gt" => Some((Ranges::one(at(1)? + 1, u128::from(u16::MAX)), 2)),
        "lt" => Some((at(1)?.checked_sub(1).map_or_else(Ranges::default, |last| Ranges::one(0, last)), 2)),
        "range" => Some((Ranges::one(at(1)?.min(at(2)?), at(1)?.max(at(2)?)), 3)),
        _ => None,
    }
}

/// A port: some words mean other ports than in IOS (*Cisco ASA Series CLI Configuration Guide*, TCP and UDP ports).
#[must_use]
pub fn port(word: &str, protocol: u8) -> Option<u16> {
    match word {
        "aol" => Some(5190),
        "cifs" => Some(3020),
        "kerberos" => Some(750),
        "radius" => Some(1645),
        "radius-acct" => Some(1646),
        word => names::port(word, protocol),
    }
}
