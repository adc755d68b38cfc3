//! What iptables and nftables have in common: interfaces that only rules name, and translations.

use std::collections::BTreeSet;

use super::chain::{Flat, Target};
use super::device::{Becomes, Interface, Names, Selector, Tag, Translation};
use super::ledger::{Ledger, Origin};
use super::region::{NO_INTERFACE, Services, all_ways, with_ports};
use super::set::{AddressSet, Ranges};
use crate::document::Family;
use crate::language::Phrase;

/// The interface that stands for all that no rule names.
pub const OTHER: &str = "other interfaces";

/// The most ports of which any may be taken, each as an entry.
const MOST_PORTS: u32 = 64;

/// The interfaces that rules name, by number from 1; the last stands for all others. `eth+` stands for those that begin
/// so and are not named themselves.
pub struct Ways {
    names: Vec<String>,
}

impl Ways {
    /// The interfaces of these names and patterns.
    #[must_use]
    pub fn new(mut names: BTreeSet<String>) -> Self {
        names.remove("+");
        let mut names: Vec<String> = names.into_iter().collect();
        names.push(OTHER.to_owned());
        Self { names }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        &self.names
    }

    /// The numbers that a name or pattern of a rule matches.
    #[must_use]
    pub fn of(&self, pattern: &str) -> Ranges {
        let one = |at: usize| (at as u128 + 1, at as u128 + 1);
        let matched = |name: &str| match pattern.strip_suffix('+') {
            Some(prefix) => name.trim_end_matches('+').starts_with(prefix) || prefix.is_empty(),
            None => name == pattern,
        };
        let known = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, name)| if name.as_str() == OTHER { pattern == "+" } else { matched(name) });
        Ranges::of(known.map(|(at, _)| one(at)).collect())
    }

    /// The names of numbers; `None`: all of them.
    #[must_use]
    pub fn names(&self, ways: &Ranges) -> Option<Names> {
        let every = Ranges::one(NO_INTERFACE + 1, self.names.len() as u128);
        if every.is_within(ways) {
            return None;
        }
        let held = |at: usize| ways.contains(at as u128 + 1);
        Some(self.names.iter().enumerate().filter(|(at, _)| held(*at)).map(|(_, name)| name.clone()).collect())
    }
}

/// An interface of a name; `eth0.20` is what Linux calls VLAN 20 of `eth0`.
#[must_use]
pub fn interface(name: &str, origin: Origin) -> Interface {
    let mut way = Interface::new(name, origin);
    way.tag = name.rsplit_once('.').and_then(|(parent, vlan)| {
        Some(Tag::On { parent: parent.to_owned(), vlan: super::switch::vlan(vlan)?, native: false })
    });
    way
}

/// Tells that the file has neither addresses nor routes.
pub fn without_routes(ledger: &mut Ledger) {
    ledger.remark(
        0,
        Phrase::new(
            "addresses and routes of the machine are not in such a file: every route is taken to be possible",
            "機器のアドレスと経路はこのファイルにない。どの経路もありうるものとみなす",
        ),
    );
}

/// The ways that a chain's packets have: in and out.
#[must_use]
pub fn ways_of_chain(chain: &str) -> (Ranges, Ranges) {
    let none = Ranges::one(NO_INTERFACE, NO_INTERFACE);
    let some = all_ways().subtract(&none);
    match chain {
        "PREROUTING" | "INPUT" => (some, none),
        "OUTPUT" => (none, some),
        "POSTROUTING" => (all_ways(), some),
        _ => (some.clone(), some),
    }
}

/// A selector of one family's addresses, which is any where it is all of them.
#[must_use]
pub fn selector(set: &AddressSet, family: Family) -> Selector {
    if *set == AddressSet::family(family) { Selector::any() } else { Selector::of(set.clone()) }
}

/// What a translation makes of a packet.
#[derive(Clone, Debug)]
pub struct Makes {
    /// Into what.
    pub becomes: Becomes,
    /// The ports of which any is taken.
    pub ports: Option<(u16, u16)>,
    /// The k-th address becomes the k-th.
    pub one_to_one: bool,
}

/// The entries of a chain of translations; [`Target::Other`] is a number in `makes`.
pub fn entries(
    flat: &[Flat],
    makes: &[Makes],
    ways: &Ways,
    family: Family,
    destination: bool,
    emitted: bool,
    ledger: &mut Ledger,
) -> Vec<Translation> {
    let mut out = Vec::new();
    for line in flat {
        let (becomes, ports, one_to_one) = match line.target {
            Target::Other(made) => {
                let Makes { becomes, ports, one_to_one } = makes[made].clone();
                let becomes = match becomes {
                    Becomes::Addresses(set) => Becomes::Addresses(set.intersect(&AddressSet::family(family))),
                    other => other,
                };
                (becomes, ports, one_to_one)
            }
            // what a chain of translations drops is left out: iptables refuses such rules
            Target::Permit => (Becomes::Kept, None, false),
            _ => continue,
        };
        let mut entry = Translation::new(line.id.clone(), destination, becomes, line.origin.clone());
        entry.from = selector(&line.region.from, family);
        entry.to = selector(&line.region.to, family);
        entry.services = line.region.services.clone();
        entry.ways_in = if emitted { None } else { ways.names(&line.region.ways_in) };
        entry.ways_out = if destination { None } else { ways.names(&line.region.ways_out) };
        entry.one_to_one = one_to_one;
        entry.emitted = emitted;
        let mut conditions = line.conditions.clone();
        if emitted && ways.names(&line.region.ways_out).is_some() {
            conditions.push("-o".into());
        }
        entry.condition = (!conditions.is_empty()).then(|| conditions.join("; ")).map(Into::into);
        let Some((low, high)) = ports.filter(|_| destination) else {
            out.push(entry);
            continue;
        };
        entry.services = entry.services.intersect(&Services::protocols(with_ports()));
        if u32::from(high - low) >= MOST_PORTS {
            ledger.not_understood(
                line.origin.line,
                Phrase::new(
                    "translated to any of more than 64 ports: the port is taken to stay",
                    "65 以上のポートのいずれかへの変換。ポートは変わらないものとみなす",
                ),
            );
        }
        // Any of the ports may be taken: each but the last may be it or not.
        for port in low..=high.min(low.saturating_add(63)) {
            let mut entry = entry.clone();
            entry.port = Some(port);
            if port != high {
                entry.condition = Some(format!("port {port} of {low}-{high}").into());
            }
            out.push(entry);
        }
    }
    out
}
