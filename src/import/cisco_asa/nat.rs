//! Address translation since version 8.3: twice NAT, the NAT of objects, twice NAT behind it (*Cisco ASA Series Firewall CLI
//! Configuration Guide*, Information About NAT, "NAT Rule Order"). A rule with `static` translates both ways.

use super::super::cisco_ios::tree::Block;
use super::super::device::{Becomes, Selector, Translation};
use super::super::ledger::{Ledger, Origin, any_of_any};
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges};
use super::objects::{self, Objects};
use super::{Ways, interfaces::Port};
use crate::document::Family;

/// A rule as configured.
struct Nat {
    id: String,
    origin: Origin,
    /// The real and the mapped interface; `None`: any.
    sides: [Option<String>; 2],
    fixed: bool,
    real: Selector,
    mapped: Mapped,
    /// Destinations as they come, and as they leave.
    to: Option<(AddressSet, AddressSet)>,
    /// Services as they come, and as they leave.
    services: Option<(Services, Services)>,
    one_way: bool,
    condition: Option<Box<str>>,
    /// `route-lookup`: the table decides where it leaves, not the rule.
    by_route: bool,
}

#[derive(Clone)]
enum Mapped {
    Addresses(AddressSet),
    /// The interface's own address, which is not told.
    Own,
}

/// What a device translates.
#[derive(Default)]
pub struct Translations {
    /// The entries in order.
    pub entries: Vec<Translation>,
    /// Inner addresses that a rule leads to an interface, whatever the routes say.
    pub diverted: Vec<(AddressSet, String, u32)>,
}

struct Reader<'r> {
    objects: &'r Objects,
    ports: &'r [&'r Port],
}

/// Reads all rules.
pub fn read(
    blocks: &[Block<'_>],
    objects: &Objects,
    ports: &[&Port],
    ways: &Ways<'_>,
    ledger: &mut Ledger,
) -> Translations {
    let reader = Reader { objects, ports };
    let (mut first, mut auto, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let mut lost: Vec<u32> = Vec::new();
    for block in blocks {
        match block.words[..] {
            ["nat", sides, ref rest @ ..] if sides.contains(',') || sides == "source" => {
                let words = if sides == "source" { &block.words[1..] } else { rest };
                let sides = if sides == "source" { [None, None] } else { sides_of(sides) };
                let mut words = words;
                let mut after = false;
                while let Some((word, behind)) = words.split_first().filter(|(word, _)| **word != "source") {
                    after |= *word == "after-auto";
                    words = behind;
                }
                let origin = ledger.origin(block.line);
                if words.contains(&"inactive") {
                    ledger.used(block.line);
                    continue;
                }
                match reader.twice(words, sides, format!("nat {}", block.line), origin) {
                    Some(nat) => {
                        ledger.used(block.line);
                        if after { last.push(nat) } else { first.push(nat) }
                    }
                    None => lost.push(block.line),
                }
            }
            // before 8.3
            ["static" | "global", sides, ..] if sides.starts_with('(') => lost.push(block.line),
            ["nat" | "alias", sides, ..] if sides.starts_with('(') => lost.push(block.line),
            ["object", "network", name, ..] => {
                for line in block.below.iter().filter(|line| line.word(0) == "nat") {
                    let origin = ledger.origin(line.line);
                    match reader.of_object(name, &line.words[1..], origin) {
                        Some(nat) => {
                            ledger.used(line.line);
                            auto.push((name.to_owned(), nat));
                        }
                        None => lost.push(line.line),
                    }
                }
            }
            _ => {}
        }
    }
    // static before dynamic, few real addresses before many, the lowest first
    let size = |set: &AddressSet| -> u128 {
        let ranges = set.v4.ranges().chain(set.v6.ranges());
        ranges.fold(0, |sum, (low, high)| sum.saturating_add(high - low).saturating_add(1))
    };
    let lowest = |set: &AddressSet| set.v4.first().or_else(|| set.v6.first());
    auto.sort_by_key(|(name, nat)| (!nat.fixed, size(&nat.real.set), lowest(&nat.real.set), name.clone()));
    let mut out = Translations::default();
    let all = first.iter().chain(auto.iter().map(|(_, nat)| nat)).chain(&last);
    for nat in all {
        nat.entries(ways, &mut out);
    }
    for line in lost {
        // SOUNDNESS: it may make any address of any
        ledger.not_understood(line, any_of_any());
        let both = Translation::lost(&format!("nat {line}"), AddressSet::all(), None, "nat", &ledger.origin(line));
        both.into_iter().for_each(|entry| out.entries.insert(0, entry));
    }
    out
}

/// `(inside,outside)`: the real and the mapped interface.
fn sides_of(word: &str) -> [Option<String>; 2] {
    let inner = word.trim_matches(['(', ')']);
    let (real, mapped) = inner.split_once(',').unwrap_or((inner, "any"));
    [real, mapped].map(|name| Some(name.trim().to_owned()).filter(|name| name != "any"))
}

/// What goes the other way.
fn swapped(services: &Services) -> Services {
    Services {
        protocols: services.protocols.clone(),
        source: services.destination.clone(),
        destination: services.source.clone(),
    }
}

/// The new port, where one stands for another.
fn new_port(before: &Ranges, after: &Ranges) -> Option<u16> {
    match after.only() {
        Some((low, high)) if low == high && before != after => u16::try_from(low).ok(),
        _ => None,
    }
}

impl Reader<'_> {
    /// An object; one without addresses stands for nothing that could be translated.
    fn set(&self, word: &str) -> Option<Selector> {
        if matches!(word, "any" | "any4" | "any6") {
            return self.objects.plain(&[word]).map(|(set, _)| Selector::of(set));
        }
        self.objects.network(word).filter(|found| !found.set.is_empty() || !found.names.is_empty()).cloned()
    }

    /// The address of an interface.
    fn own(&self, way: Option<&String>) -> Mapped {
        let port = way.and_then(|way| self.ports.iter().find(|port| port.name.as_ref() == Some(way)));
        let address =
            port.and_then(|port| port.addresses.iter().map(|net| net.address).find(std::net::IpAddr::is_ipv4));
        address.map_or(Mapped::Own, |address| Mapped::Addresses(AddressSet::single(address)))
    }

    /// `source static|dynamic REAL MAPPED … [destination static MAPPED REAL] [service A B] …`.
    fn twice(&self, words: &[&str], sides: [Option<String>; 2], id: String, origin: Origin) -> Option<Nat> {
        let ["source", kind @ ("static" | "dynamic"), real, ref rest @ ..] = *words else { return None };
        let fixed = kind == "static";
        let real = self.set(real)?;
        let (mapped, rest) = self.mapped(rest, &sides, &real, None)?;
        let mut nat = Nat::new((id, origin), sides, fixed, real, mapped);
        nat.rest(rest, self)?;
        Some(nat)
    }

    /// `[(a,b)] static|dynamic MAPPED … [service tcp REAL MAPPED] …` of an object.
    fn of_object(&self, name: &str, words: &[&str], origin: Origin) -> Option<Nat> {
        let (sides, words) = match words {
            [sides, rest @ ..] if sides.starts_with('(') => (sides_of(sides), rest),
            words => ([None, None], words),
        };
        let [kind @ ("static" | "dynamic"), ref rest @ ..] = *words else { return None };
        let real = self.set(name)?;
        let fixed = kind == "static";
        let (mapped, rest) = self.mapped(rest, &sides, &real, Some(fixed))?;
        let mut nat = Nat::new((format!("nat {name}"), origin), sides, fixed, real, mapped);
        nat.rest(rest, self)?;
        Some(nat)
    }

    /// What the source becomes, and the words behind it. An address instead of an object stands for as many as there are real
    /// ones where the rule is static.
    fn mapped<'w>(
        &self,
        words: &'w [&'w str],
        sides: &[Option<String>; 2],
        real: &Selector,
        of_object: Option<bool>,
    ) -> Option<(Mapped, &'w [&'w str])> {
        match *words {
            ["interface", ref rest @ ..] => {
                let rest = if rest.first() == Some(&"ipv6") { &rest[1..] } else { rest };
                Some((self.own(sides[1].as_ref()), rest))
            }
            ["pat-pool", word, ref rest @ ..] => Some((Mapped::Addresses(self.pool(word)?), rest)),
            [word, ref rest @ ..] => {
                if let Some(found) = self.set(word) {
                    return found.names.is_empty().then_some((Mapped::Addresses(found.set), rest));
                }
                let (address, length) = word.split_once('/').unwrap_or((word, ""));
                let address = self.objects.address(address)?;
                if !length.is_empty() {
                    return Some((Mapped::Addresses(AddressSet::network(address, length.parse().ok()?)?), rest));
                }
                let (family, low) = super::super::set::number(address);
                let ranges = if family == Family::V4 { &real.set.v4 } else { &real.set.v6 };
                let Some((first, last)) = ranges.only() else {
                    return Some((Mapped::Addresses(AddressSet::single(address)), rest));
                };
                let high = if of_object == Some(true) { low.checked_add(last - first)? } else { low };
                let high = super::super::set::address_at(family, high)?;
                Some((Mapped::Addresses(AddressSet::range(address, high)?), rest))
            }
            [] => None,
        }
    }

    fn pool(&self, word: &str) -> Option<AddressSet> {
        let found = self.set(word).filter(|found| found.names.is_empty()).map(|found| found.set);
        found.or_else(|| self.objects.address(word).map(AddressSet::single))
    }
}

impl Nat {
    /// A rule of which what stands behind the mapped source is not read yet.
    fn new(
        (id, origin): (String, Origin),
        sides: [Option<String>; 2],
        fixed: bool,
        real: Selector,
        mapped: Mapped,
    ) -> Self {
        Self {
            id,
            origin,
            sides,
            fixed,
            condition: (!real.names.is_empty()).then(|| "object".into()),
            real,
            mapped,
            to: None,
            services: None,
            one_way: !fixed,
            by_route: false,
        }
    }

    /// What stands behind the mapped source; `None`: it is not understood.
    fn rest(&mut self, words: &[&str], reader: &Reader<'_>) -> Option<()> {
        let mut words = words;
        while let Some((word, behind)) = words.split_first() {
            words = match (*word, behind) {
                ("destination", ["static", mapped, real, rest @ ..]) => {
                    let own = (*mapped == "interface").then(|| reader.own(self.sides[0].as_ref()));
                    let mapped = match own {
                        Some(Mapped::Addresses(set)) => set,
                        Some(Mapped::Own) => return None,
                        None => reader.set(mapped).filter(|set| set.names.is_empty())?.set,
                    };
                    let real = reader.set(real).filter(|set| set.names.is_empty())?.set;
                    self.to = Some((mapped, real));
                    rest
                }
                // of an object: the real port and the mapped one
                ("service", [protocol @ ("tcp" | "udp" | "sctp"), real, mapped, rest @ ..]) => {
                    let protocols = objects::protocols(protocol)?;
                    let number = if protocols.contains(17) { 17 } else { 6 };
                    let of = |word: &str| {
                        let port = u128::from(objects::port(word, number)?);
                        Some(Services::ports(&protocols, Ranges::one(port, port), all_ports()))
                    };
                    self.services = Some((of(real)?, of(mapped)?));
                    rest
                }
                ("service", [real, mapped, rest @ ..]) => {
                    let one = |word: &str| match reader.objects.service(word) {
                        Some([(services, None)]) => Some(services.clone()),
                        _ => None,
                    };
                    self.services = Some((one(real)?, one(mapped)?));
                    rest
                }
                ("pat-pool", [word, rest @ ..]) => {
                    self.also(reader.pool(word)?);
                    rest
                }
                // where the pool has none left
                ("interface", rest) => {
                    match reader.own(self.sides[1].as_ref()) {
                        Mapped::Addresses(set) => self.also(set),
                        Mapped::Own => return None,
                    }
                    rest.strip_prefix(&["ipv6"]).unwrap_or(rest)
                }
                ("unidirectional", rest) => {
                    self.one_way = true;
                    rest
                }
                ("route-lookup", rest) => {
                    self.by_route = true;
                    rest
                }
                ("description", _) => &[],
                (
                    "dns" | "no-proxy-arp" | "net-to-net" | "round-robin" | "extended" | "flat" | "include-reserve"
                    | "block-allocation",
                    rest,
                ) => rest,
                _ => return None,
            };
        }
        Some(())
    }

    fn also(&mut self, more: AddressSet) {
        if let Mapped::Addresses(set) = &mut self.mapped {
            *set = set.union(&more);
        }
    }

    /// The entries of both directions.
    fn entries(&self, ways: &Ways<'_>, out: &mut Translations) {
        let all = (Services::all(), Services::all());
        let (before, after) = self.services.as_ref().unwrap_or(&all);
        let [real_side, mapped_side] = [&self.sides[0], &self.sides[1]].map(|side| ways.of(side.as_deref()));
        let real = self.real.loose();
        let new = |destination: bool, becomes: Becomes| {
            let mut entry = Translation::new(self.id.clone(), destination, becomes, self.origin.clone());
            entry.condition.clone_from(&self.condition);
            entry.one_to_one = self.fixed;
            entry
        };
        let kept = |from: &AddressSet, to: &AddressSet| {
            if from == to { Becomes::Kept } else { Becomes::Addresses(to.clone()) }
        };
        let selector = |set: &AddressSet| Selector::of(set.clone());
        // from the real side: the destination, then the source
        if let Some((mapped, inner)) = &self.to {
            let port = new_port(&before.destination, &after.destination);
            let becomes = if port.is_some() { Becomes::Addresses(inner.clone()) } else { kept(mapped, inner) };
            let mut entry = new(true, becomes);
            entry.one_to_one = entry.becomes != Becomes::Kept;
            (entry.from, entry.to, entry.services, entry.port) =
                (selector(&real), selector(mapped), before.clone(), port);
            entry.ways_in.clone_from(&real_side);
            out.entries.push(entry);
        }
        let mut entry = match &self.mapped {
            Mapped::Own => new(false, Becomes::Own),
            Mapped::Addresses(mapped) if self.fixed => new(false, kept(&real, mapped)),
            Mapped::Addresses(mapped) => new(false, Becomes::Addresses(mapped.clone())),
        };
        entry.one_to_one &= entry.becomes != Becomes::Kept;
        (entry.from, entry.services) = (selector(&real), before.clone());
        entry.to = self.to.as_ref().map_or_else(Selector::any, |(mapped, _)| selector(mapped));
        entry.sees_original_destination = true;
        entry.ways_in.clone_from(&real_side);
        entry.ways_out.clone_from(&mapped_side);
        out.entries.push(entry);
        if self.one_way {
            return;
        }
        // from the mapped side
        let back = swapped(after);
        let port = new_port(&after.source, &before.source);
        let outer = match &self.mapped {
            Mapped::Addresses(mapped) => mapped.clone(),
            Mapped::Own => AddressSet::all(),
        };
        let identical = outer == real && port.is_none();
        let mut entry = new(true, if identical { Becomes::Kept } else { Becomes::Addresses(real.clone()) });
        entry.one_to_one &= !identical;
        if matches!(self.mapped, Mapped::Own) {
            entry.condition = Some("address of the interface".into());
            entry.one_to_one = false;
        }
        (entry.to, entry.services, entry.port) = (selector(&outer), back.clone(), port);
        entry.from = self.to.as_ref().map_or_else(Selector::any, |(_, inner)| selector(inner));
        entry.ways_in.clone_from(&mapped_side);
        if let (Some(side), false, false) = (&self.sides[0], self.by_route, self.real.set.is_all()) {
            out.diverted.push((real.clone(), side.clone(), self.origin.line));
        }
        out.entries.push(entry);
        let Some((mapped, inner)) = &self.to else { return };
        let mut entry = new(false, kept(inner, mapped));
        entry.one_to_one = entry.becomes != Becomes::Kept;
        (entry.from, entry.to, entry.services) = (selector(inner), selector(&outer), back);
        entry.sees_original_destination = true;
        entry.ways_in = mapped_side;
        entry.ways_out = real_side;
        out.entries.push(entry);
    }
}
