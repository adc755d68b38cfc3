//! What translations at a node may make of a header: section 4a of `docs/semantics.md`.

use std::net::IpAddr;

use super::super::matching::{Held, number, source_ports};
use super::super::{Address, Decided, Guess, Header};
use super::Judge;
use crate::document::{AddressRange, Family, NatEntry, NatSide, NatTarget, Selector, SelectorItem};

/// What a translation may make of a header.
#[derive(Clone)]
pub(super) struct Branch {
    pub address: Address,
    pub port: Option<u16>,
    pub decided: Option<Decided>,
    pub guess: Option<Guess>,
}

impl Judge<'_, '_> {
    /// What the header's destination may become.
    pub(super) fn destinations(&self, entries: &[NatEntry<'_>], before: &Header) -> Vec<Branch> {
        let asked = entries.iter().filter_map(|entry| {
            let NatSide::Destination { port, arrived, emitted } = entry.side else { return None };
            let for_it = if self.way_in.is_some() { arrived } else { emitted };
            (for_it && self.ways(entry.r#in.as_deref(), None)).then_some((entry, before, port))
        });
        let untouched = Branch { address: before.destination, port: None, decided: None, guess: None };
        self.translated(before, before, asked, untouched)
    }

    /// What the header's source may become.
    pub(super) fn sources(&self, entries: &[NatEntry<'_>], before: &Header, middle: &Header) -> Vec<Branch> {
        let untouched = Branch { address: before.source, port: before.source_port, decided: None, guess: None };
        if self.way_out.is_none() {
            return vec![untouched];
        }
        let asked = entries.iter().filter_map(|entry| {
            let NatSide::Source { sees_original_destination } = entry.side else { return None };
            let seen = if sees_original_destination { before } else { middle };
            // a translated source port may become any
            let port = if entry.one_to_one || entry.target == NatTarget::Keep { before.source_port } else { None };
            self.ways(entry.r#in.as_deref(), entry.out.as_deref()).then_some((entry, seen, port))
        });
        self.translated(before, middle, asked, untouched)
    }

    /// What the first that decides of some entries makes of a part of a header, and what those before it may. Each entry comes with the
    /// header whose destination it looks at, and the port that it makes; `step` is the header as the step sees it.
    fn translated<'e, 'h>(
        &self,
        before: &Header,
        step: &Header,
        asked: impl Iterator<Item = (&'e NatEntry<'e>, &'h Header, Option<u16>)>,
        untouched: Branch,
    ) -> Vec<Branch> {
        let mut out = Vec::new();
        for (entry, seen, port) in asked {
            let ports = (before.source_port, seen.destination_port);
            let held = self.entry(entry, before.source, seen.destination, before.protocol, ports);
            if !held.loose {
                continue;
            }
            let (what, looked_at) = match entry.side {
                NatSide::Destination { .. } => ("destination", &entry.to),
                NatSide::Source { .. } => ("source", &entry.from),
            };
            let guess = (!held.strict).then(|| guess_of_entry(entry));
            let made = Branch { address: untouched.address, port, decided: Some(decided(what, entry)), guess };
            match self.targets(entry, step, untouched.address, looked_at) {
                None => out.push(made),
                Some(targets) if targets.is_empty() => continue, // none of the packet's family
                Some(targets) => out.extend(targets.into_iter().map(|address| Branch { address, ..made.clone() })),
            }
            if held.strict {
                return out;
            }
        }
        out.push(untouched);
        out
    }

    fn entry(&self, entry: &NatEntry<'_>, from: Address, to: Address, protocol: u8, ports: (Option<u16>, u16)) -> Held {
        if !self.world.service(&entry.service, protocol, ports.1) {
            return Held::NO;
        }
        source_ports(entry.source_port.as_deref(), protocol, ports.0)
            .and(self.world.selector(&entry.from, from))
            .and(self.world.selector(&entry.to, to))
    }

    /// The addresses that an entry may make of one, `old`, in a header as its step sees it, those that no rule tells apart once; `None`: it
    /// stays.
    fn targets(
        &self,
        entry: &NatEntry<'_>,
        seen: &Header,
        old: Address,
        looked_at: &Selector<'_>,
    ) -> Option<Vec<Address>> {
        let NatTarget::Addresses(items) = &entry.target else { return None };
        // of both addresses, since one of them may be anybody's
        let family = [seen.source, seen.destination].into_iter().find_map(|address| match address {
            Address::Known(address) => Some(number(address).0),
            Address::Of(_) => None,
        });
        let fits = |of: Family| family.is_none_or(|family| family == of);
        if entry.one_to_one {
            let from = looked_at.first().map(|item| &item.value);
            let to = items.first().map(|item| &item.value);
            if let (Some(SelectorItem::Addresses(from)), Some(SelectorItem::Addresses(to)), Address::Known(address)) =
                (from, to, old)
            {
                let (_, value) = number(address);
                return Some(vec![known(to.family, to.low + (value - from.low))]);
            }
        }
        let mut out = Vec::new();
        for item in items {
            match &item.value {
                SelectorItem::Addresses(range) if fits(range.family) => out.extend(self.representatives(*range)),
                SelectorItem::Node(id) => {
                    let place = self
                        .world
                        .document
                        .names
                        .find(id)
                        .and_then(|name| self.world.document.nodes.iter().position(|node| node.id == name));
                    let Some(at) = place else { continue };
                    let own = self.world.addresses(at);
                    if own.is_empty() {
                        out.push(Address::Of(at));
                    }
                    for cidr in own.iter().filter(|cidr| fits(cidr.family)) {
                        let host = if cidr.family == Family::V4 { 32 } else { 128 } - u32::from(cidr.length);
                        let mask = if host == 128 { u128::MAX } else { (1u128 << host) - 1 };
                        let range = AddressRange { family: cidr.family, low: cidr.network, high: cidr.network | mask };
                        out.extend(self.representatives(range));
                    }
                }
                _ => {}
            }
        }
        Some(out)
    }

    /// One address of a range for each set of addresses that the node's filters tell apart.
    fn representatives(&self, range: AddressRange) -> Vec<Address> {
        let mut cuts = vec![range.low];
        let mut add = |value: u128| {
            if range.low <= value && value <= range.high {
                cuts.push(value);
            }
        };
        if range.low < range.high {
            let filters = self.node.details.iter().filter_map(|details| details.filters.as_ref()).flatten();
            for rule in filters.flat_map(|filter| &filter.rules) {
                for selector in [&rule.from, &rule.to] {
                    self.edges(selector, range.family, 0, &mut add);
                }
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        cuts.into_iter().map(|value| known(range.family, value)).collect()
    }

    fn edges(&self, selector: &Selector<'_>, family: Family, depth: usize, add: &mut dyn FnMut(u128)) {
        for item in selector.iter().filter(|_| depth < 64) {
            match &item.value {
                SelectorItem::Addresses(range) if range.family == family => {
                    add(range.low);
                    add(range.high.saturating_add(1));
                }
                SelectorItem::Not(items) => self.edges(items, family, depth + 1, add),
                SelectorItem::Group(name) => {
                    let group = self.world.document.groups.iter().find(|group| group.name.value == *name);
                    if let Some(group) = group {
                        self.edges(&group.items, family, depth + 1, add);
                    }
                }
                _ => {}
            }
        }
    }
}

fn known(family: Family, value: u128) -> Address {
    Address::Known(match family {
        Family::V4 => IpAddr::V4(crate::number::v4(value).into()),
        Family::V6 => IpAddr::V6(value.into()),
    })
}

fn decided(what: &str, entry: &NatEntry<'_>) -> Decided {
    Decided {
        what: what.to_owned(),
        id: entry.id.as_deref().unwrap_or("nat").to_owned(),
        origin: entry.origin.as_deref().map(str::to_owned),
    }
}

fn guess_of_entry(entry: &NatEntry<'_>) -> Guess {
    Guess::Translation { entry: entry.id.as_deref().unwrap_or("nat").to_owned() }
}
