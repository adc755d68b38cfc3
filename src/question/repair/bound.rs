//! What any repair costs at least, as a certificate shows it: edits that are told apart by their places alone, and all choices of
//! places for the ways. The checkers try the same with their own code (`docs/certificate.md`, section 10).

use std::collections::{BTreeMap, BTreeSet};

use super::edit::{Allowed, is_switch};
use crate::engine::trace::{PassTrace, Way as Step, Witness};
use crate::model::{LinkId, Model};

/// How many choices are tried; the checkers try ten times as many.
const MOST_CHOICES: u32 = 100_000;

/// Where an edit can lie that breaks a way. Denials are told apart by filter and interfaces only: whatever they match.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Rule(u32, u32, Option<String>, Option<String>),
    Relays(u32),
    Routed(u32, u16),
    Vlan(LinkId, u16),
    Link(LinkId),
}

impl Place {
    const fn cost(&self) -> u64 {
        if matches!(self, Self::Link(_)) { 3 } else { 1 }
    }
}

/// What is shown: the bound, and the ways that show it, by index; none of them can be left out.
pub struct Lower {
    pub bound: u64,
    pub ways: Vec<usize>,
}

/// The greatest bound, up to a cost, that can be shown by some ways.
pub fn lower(model: &Model<'_>, allowed: Allowed, ways: &[&Witness], cost: u64) -> Lower {
    let mut numbers: BTreeMap<Place, usize> = BTreeMap::new();
    let mut costs: Vec<u64> = Vec::new();
    let places: Vec<Vec<usize>> = ways
        .iter()
        .map(|way| {
            let own = places(model, allowed, way).into_iter().map(|place| {
                let of = place.cost();
                *numbers.entry(place).or_insert_with(|| {
                    costs.push(of);
                    costs.len() - 1
                })
            });
            own.collect()
        })
        .collect();
    let is_enough = |of: &[usize], budget: u64| {
        let ways: Vec<&[usize]> = of.iter().map(|&way| &places[way][..]).collect();
        let free = vec![false; costs.len()];
        Search { ways: &ways, costs: &costs, chosen: free.clone(), banned: free, tried: 0 }.is_enough(budget)
    };
    let all: Vec<usize> = (0..ways.len()).collect();
    let bound = (0..cost).find(|&budget| is_enough(&all, budget) != Some(false)).unwrap_or(cost);
    let mut needed = if bound == 0 { Vec::new() } else { all };
    let mut at = 0;
    while at < needed.len() {
        let mut without = needed.clone();
        without.remove(at);
        if is_enough(&without, bound - 1) == Some(false) {
            needed = without;
        } else {
            at += 1;
        }
    }
    Lower { bound, ways: needed }
}

/// The places of a way.
fn places(model: &Model<'_>, allowed: Allowed, witness: &Witness) -> BTreeSet<Place> {
    let document = model.document;
    let mut out = BTreeSet::new();
    let undeclared = witness.passes.iter().zip(witness.nodes.iter().skip(1));
    let undeclared = undeclared.filter(|(pass, _)| allowed.relays && **pass == PassTrace::Undeclared);
    out.extend(undeclared.map(|(_, node)| Place::Relays(*node)));
    let names_vlans = document.links.iter().any(|link| link.names_vlans());
    for session in witness.sessions.iter().filter(|session| session.packet().is_some()) {
        for (at, hop) in session.hops.iter().enumerate() {
            if allowed.rules {
                let place = |filter| Place::Rule(hop.node, filter, hop.r#in.clone(), hop.out.clone());
                out.extend(hop.deciders.iter().map(|decider| place(decider.filter)));
            }
            match (hop.way, session.hops.get(at + 1)) {
                (Some(Step::L3Link(Some(vlan))), _) if allowed.vlans => drop(out.insert(Place::Routed(hop.node, vlan))),
                (Some(Step::Link { link, backward }), Some(next)) => {
                    if allowed.links {
                        out.insert(Place::Link(link));
                    }
                    let value = &document.links[link.index()];
                    // What a switch emits has any tag: a certificate writes the first of the link.
                    let first =
                        value.vlans_at(usize::from(backward)).and_then(|vlans| vlans.first()).map_or(1, |run| run.0);
                    let near = is_switch(model, hop).then(|| hop.tag.or(next.tag).unwrap_or(first));
                    let far = next.tag.filter(|_| is_switch(model, next));
                    let native = |vlan: &u16| value.native().is_some_and(|native| native.contains(vlan));
                    let lost = |vlan: &u16| !native(vlan) && !value.carries_only(*vlan);
                    let tags = near.into_iter().chain(far).filter(|vlan| allowed.vlans && names_vlans && lost(vlan));
                    out.extend(tags.map(|vlan| Place::Vlan(link, vlan)));
                }
                _ => {}
            }
        }
    }
    out
}

/// The search for places that lie on all ways.
struct Search<'s> {
    ways: &'s [&'s [usize]],
    costs: &'s [u64],
    chosen: Vec<bool>,
    /// Places without which it is tried.
    banned: Vec<bool>,
    tried: u32,
}

impl Search<'_> {
    /// Whether so much is enough; `None`: too many choices.
    fn is_enough(&mut self, budget: u64) -> Option<bool> {
        self.tried += 1;
        if self.tried > MOST_CHOICES {
            return None;
        }
        let left = self.ways.iter().filter(|way| !way.iter().any(|&place| self.chosen[place]));
        let usable = |way: &&[usize]| way.iter().copied().filter(|&place| !self.banned[place]).collect::<Vec<usize>>();
        let left: Vec<Vec<usize>> = left.map(usable).collect();
        // Of ways that share no place each costs something.
        let (mut least, mut seen) = (0, BTreeSet::new());
        for way in &left {
            let cheapest = way.iter().map(|&place| self.costs[place]).min();
            let Some(cheapest) = cheapest else { return Some(false) };
            if way.iter().all(|place| !seen.contains(place)) {
                least += cheapest;
                seen.extend(way.iter().copied());
            }
        }
        if least > budget {
            return Some(false);
        }
        let Some(way) = left.into_iter().min_by_key(Vec::len) else { return Some(true) };
        let mut found = Some(false);
        let mut tried = 0;
        for &place in &way {
            if let Some(budget) = budget.checked_sub(self.costs[place]) {
                self.chosen[place] = true;
                found = self.is_enough(budget);
                self.chosen[place] = false;
            }
            if found != Some(false) {
                break;
            }
            self.banned[place] = true;
            tried += 1;
        }
        way.iter().take(tried).for_each(|&place| self.banned[place] = false);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least that any set of places costs that lies on all ways.
    fn by_hand(ways: &[&[usize]], costs: &[u64]) -> Option<u64> {
        let sets = 0..1_u32 << costs.len();
        let lies = |set: &u32| ways.iter().all(|way| way.iter().any(|place| set >> place & 1 == 1));
        let cost = |set: u32| costs.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, cost)| cost).sum();
        sets.filter(lies).map(cost).min()
    }

    #[test]
    fn what_is_enough_is_found_as_by_trying_all_sets() {
        let mut state: u64 = 11;
        let mut below = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        let mut seen = BTreeSet::new();
        for _ in 0..600 {
            let costs: Vec<u64> = (0..1 + below(7)).map(|_| if below(3) == 0 { 3 } else { 1 }).collect();
            let ways: Vec<Vec<usize>> =
                (0..below(7)).map(|_| (0..costs.len()).filter(|_| below(3) == 0).collect()).collect();
            let ways: Vec<&[usize]> = ways.iter().map(Vec::as_slice).collect();
            let least = by_hand(&ways, &costs);
            seen.insert(least);
            let free = vec![false; costs.len()];
            for budget in 0..12 {
                let mut search =
                    Search { ways: &ways, costs: &costs, chosen: free.clone(), banned: free.clone(), tried: 0 };
                assert_eq!(
                    search.is_enough(budget),
                    Some(least.is_some_and(|least| least <= budget)),
                    "{ways:?} {costs:?}"
                );
                assert_eq!((&search.chosen, &search.banned), (&free, &free));
            }
        }
        assert!(seen.len() > 5 && seen.contains(&None), "{seen:?}");
    }
}
