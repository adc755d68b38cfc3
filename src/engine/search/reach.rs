//! Breadth-first search over the regions of a network, within one cell.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ground::{Edge, Ground, Part, leading};
use super::{Search, State, States};
use crate::network::{ClassId, Links, PredicateId, Region, TRUE};

/// Where a target takes a packet.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Taken {
    region: Region,
    predicate: PredicateId,
    /// Mixed predicates on the way.
    pub(in crate::engine) mixed: u32,
    /// The source it comes from.
    pub(in crate::engine) origin: ClassId,
}

/// Memory of a breadth-first search, reused from cell to cell.
#[derive(Default)]
pub(in crate::engine) struct Scratch {
    round: u32,
    seen: Vec<u32>,
    mixed: Vec<u32>,
    came_from: Vec<(Region, PredicateId)>,
    origin: Vec<ClassId>,
    queue: VecDeque<(Region, u32)>,
    /// Regions that the last search left, and how many edges it could pass; either may count some twice.
    visited: Vec<Region>,
    passed: usize,
}

/// Graphs with fewer edges are not parted.
const SMALL: usize = 8;

/// How many ways are looked at to choose an obstacle.
const WAYS: usize = 32;

const START: Region = u32::MAX;

impl Scratch {
    /// Makes room for so many regions.
    pub(in crate::engine) fn fit(&mut self, regions: usize) {
        if regions > self.seen.len() {
            self.seen.resize(regions, 0);
            self.mixed.resize(regions, 0);
            self.came_from.resize(regions, (START, TRUE));
            self.origin.resize(regions, ClassId(0));
        }
    }

    /// Begins a search that has seen nothing.
    fn begin(&mut self) {
        if self.round == u32::MAX {
            self.seen.fill(0);
            self.round = 0;
        }
        self.round += 1;
        self.queue.clear();
        self.visited.clear();
        self.passed = 0;
    }

    fn offer(&mut self, region: Region, mixed: u32, from: (Region, PredicateId), cost: u32, origin: ClassId) {
        let at = region as usize;
        if self.seen[at] == self.round && self.mixed[at] <= mixed {
            return;
        }
        self.seen[at] = self.round;
        self.mixed[at] = mixed;
        self.came_from[at] = from;
        self.origin[at] = origin;
        if cost == 0 { self.queue.push_front((region, mixed)) } else { self.queue.push_back((region, mixed)) }
    }

    /// Search with costs 0 and 1: the fewest mixed predicates to each region. O(edges).
    pub(in crate::engine) fn reach(
        &mut self,
        search: &Search<'_, '_>,
        links: Links,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) {
        self.search(search, links, &Ground::Whole(search.network.graph(links)), sources, states, 1);
    }

    /// As [`Self::reach`], on a part of the graph.
    pub(super) fn reach_on(
        &mut self,
        search: &Search<'_, '_>,
        links: Links,
        ground: &Ground<'_>,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) {
        self.search(search, links, ground, sources, states, 1);
    }

    /// The edges that the last search saw and could pass, by where they begin. O(what was seen).
    fn alive(&self, ground: &Ground<'_>, states: &mut States<'_, '_, '_>) -> Vec<Edge> {
        let mut regions = self.visited.clone();
        regions.sort_unstable();
        regions.dedup();
        let mut alive: Vec<Edge> = Vec::new();
        for from in regions {
            for &(to, predicate) in ground.edges(from) {
                if let Some(weight) = states.weight(predicate) {
                    alive.push(Edge { from, to, predicate, free: weight == 0 });
                }
            }
        }
        alive
    }

    /// The part of the graph that the last search saw, and from which targets are reached, where it is so much smaller
    /// that a copy pays. O(what was seen).
    pub(super) fn part<'n>(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        ground: &Ground<'n>,
        [sources, targets]: [&[ClassId]; 2],
        states: &mut States<'_, '_, '_>,
    ) -> Ground<'n> {
        let whole = matches!(ground, Ground::Whole(_));
        if ground.size() < SMALL || (self.passed * 2 > ground.size() && !whole) {
            return ground.clone();
        }
        let takes = targets.iter().flat_map(|&target| &search.attachment(target, links).takes).map(|take| take.0);
        let takes: FxHashSet<Region> = takes.collect();
        let mut alive = self.alive(ground, states);
        let useful = leading(&alive, takes.iter().copied());
        alive.retain(|edge| useful.contains(&edge.to));
        let emits = sources.iter().flat_map(|&source| &search.attachment(source, links).emits).map(|emit| emit.0);
        Ground::Part(Rc::new(Part::new(&alive, &emits.collect(), &takes)))
    }

    /// Search over permitted predicates only.
    pub(super) fn reach_freely(
        &mut self,
        search: &Search<'_, '_>,
        links: Links,
        ground: &Ground<'_>,
        source: ClassId,
        states: &mut States<'_, '_, '_>,
    ) {
        self.search(search, links, ground, &[source], states, 0);
    }

    fn search(
        &mut self,
        search: &Search<'_, '_>,
        links: Links,
        ground: &Ground<'_>,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
        dearest: u32,
    ) {
        self.begin();
        for &source in sources {
            for &(region, predicate) in &search.attachment(source, links).emits {
                if let Some(cost) = states.weight(predicate).filter(|&cost| cost <= dearest) {
                    self.offer(region, cost, (START, predicate), cost, source);
                }
            }
        }
        while let Some((region, mixed)) = self.queue.pop_front() {
            if self.mixed[region as usize] < mixed {
                continue;
            }
            self.visited.push(region);
            for &(next, predicate) in ground.edges(region) {
                if self.seen[next as usize] == self.round && self.mixed[next as usize] <= mixed {
                    self.passed += 1;
                    continue;
                }
                if let Some(cost) = states.weight(predicate).filter(|&cost| cost <= dearest) {
                    self.passed += 1;
                    let origin = self.origin[region as usize];
                    self.offer(next, mixed + cost, (region, predicate), cost, origin);
                }
            }
        }
    }

    /// Where a target takes packets of the last search with the fewest mixed predicates.
    pub(in crate::engine) fn take(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        target: ClassId,
        states: &mut States<'_, '_, '_>,
    ) -> Option<Taken> {
        let mut best: Option<Taken> = None;
        for &(region, predicate) in &search.attachment(target, links).takes {
            if self.seen[region as usize] != self.round {
                continue;
            }
            let Some(cost) = states.weight(predicate) else { continue };
            let mixed = self.mixed[region as usize] + cost;
            if best.as_ref().is_none_or(|known| mixed < known.mixed) {
                let origin = self.origin[region as usize];
                best = Some(Taken { region, predicate, mixed, origin });
            }
        }
        best
    }

    /// The regions that the last search saw, from which permitted predicates lead to some of the targets.
    pub(super) fn leading(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        ground: &Ground<'_>,
        targets: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) -> Leading {
        let takes = targets.iter().flat_map(|&target| &search.attachment(target, links).takes);
        let ends: Vec<Region> = takes.filter(|take| states.weight(take.1) == Some(0)).map(|take| take.0).collect();
        let mut free = self.alive(ground, states);
        free.retain(|edge| edge.free);
        Leading(leading(&free, ends.into_iter()))
    }

    /// The mixed predicate that is cheapest to split away: it has few rules left, and is on the ways to many targets.
    /// Bottlenecks first, or every site's own filter would be split before the one that stands between all of them.
    pub(in crate::engine) fn obstacle(&self, ways: &[Taken], states: &mut States<'_, '_, '_>) -> Option<PredicateId> {
        let mut votes: FxHashMap<PredicateId, u64> = FxHashMap::default();
        let mixed: Vec<&Taken> = ways.iter().filter(|way| way.mixed > 0).collect();
        for way in mixed.iter().step_by(mixed.len().div_ceil(WAYS).max(1)) {
            let (mut region, mut predicate) = (way.region, way.predicate);
            loop {
                if states.weight(predicate) == Some(1) {
                    *votes.entry(predicate).or_default() += 1;
                }
                if region == START {
                    break;
                }
                (region, predicate) = self.came_from[region as usize];
            }
        }
        let mut best: Option<(u64, u64, PredicateId)> = None;
        for (id, count) in votes {
            let State::Mixed(lists) = states.state(id) else { continue };
            let rules = lists.iter().map(|list| list.rules.len()).min().unwrap_or(0) as u64;
            // rules / count, without fractions; ties by id, for the order of the table means nothing
            let better = best.is_none_or(|(known_rules, known_count, known)| {
                (rules * known_count, id) < (known_rules * count, known)
            });
            if better {
                best = Some((rules, count, id));
            }
        }
        best.map(|(_, _, id)| id)
    }
}

/// Regions from which the way is free.
pub(super) struct Leading(FxHashSet<Region>);

impl Leading {
    /// Whether a source freely emits into one of them.
    pub(super) fn from(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        source: ClassId,
        states: &mut States<'_, '_, '_>,
    ) -> bool {
        let mut emits = search.attachment(source, links).emits.iter();
        emits.any(|&(region, predicate)| self.0.contains(&region) && states.weight(predicate) == Some(0))
    }
}
