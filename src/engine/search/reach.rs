//! Breadth-first search over the regions of a network, within one cell.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Search, State, States};
use crate::network::{ClassId, Links, PredicateId, Region, RegionGraph, TRUE};

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

/// The part of a graph that matters in a cell: edges that no predicate denies there, on ways from the sources to the
/// targets. Shared by the cells below, so that a cell in which one of a thousand sites is left costs no more than that
/// site.
pub(super) struct Part {
    /// Where the edges of each region are.
    places: FxHashMap<Region, (u32, u32)>,
    edges: Vec<(Region, PredicateId)>,
}

/// What a search runs on.
#[derive(Clone)]
pub(super) enum Ground<'n> {
    Whole(&'n RegionGraph),
    Part(Rc<Part>),
}

impl Ground<'_> {
    fn edges(&self, region: Region) -> &[(Region, PredicateId)] {
        match self {
            Self::Whole(graph) => graph.edges(region),
            Self::Part(part) => match part.places.get(&region) {
                Some(&(first, end)) => &part.edges[first as usize..end as usize],
                None => &[],
            },
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Whole(graph) => graph.size(),
            Self::Part(part) => part.edges.len(),
        }
    }
}

/// Graphs with fewer edges are not parted.
const SMALL: usize = 64;

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

    /// The part of the graph that the last search saw, and from which targets are reached, where it is so much smaller
    /// that a copy pays. O(what was seen).
    pub(super) fn part<'n>(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        ground: &Ground<'n>,
        targets: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) -> Ground<'n> {
        let whole = matches!(ground, Ground::Whole(_));
        if ground.size() < SMALL || (self.passed * 2 > ground.size() && !whole) {
            return ground.clone();
        }
        let mut regions = self.visited.clone();
        regions.sort_unstable();
        regions.dedup();
        // Ways back: edges by target, as indices into `seen`.
        let mut seen: Vec<(Region, Region, PredicateId)> = Vec::new();
        for region in regions {
            let edges = ground.edges(region).iter().filter(|(_, predicate)| states.weight(*predicate).is_some());
            seen.extend(edges.map(|&(next, predicate)| (region, next, predicate)));
        }
        let mut back: Vec<u32> = (0..u32::try_from(seen.len()).unwrap_or(u32::MAX)).collect();
        back.sort_unstable_by_key(|&edge| seen[edge as usize].1);
        let mut useful: FxHashSet<Region> = FxHashSet::default();
        let takes = targets.iter().flat_map(|&target| &search.attachment(target, links).takes);
        let mut stack: Vec<Region> = takes.map(|take| take.0).filter(|&region| useful.insert(region)).collect();
        while let Some(region) = stack.pop() {
            let first = back.partition_point(|&edge| seen[edge as usize].1 < region);
            for edge in back[first..].iter().map(|&edge| seen[edge as usize]).take_while(|edge| edge.1 == region) {
                if useful.insert(edge.0) {
                    stack.push(edge.0);
                }
            }
        }
        let mut part = Part { places: FxHashMap::default(), edges: Vec::new() };
        for edges in seen.chunk_by(|a, b| a.0 == b.0) {
            let first = part.edges.len();
            part.edges.extend(edges.iter().filter(|edge| useful.contains(&edge.1)).map(|edge| (edge.1, edge.2)));
            if part.edges.len() > first {
                let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                part.places.insert(edges[0].0, (number(first), number(part.edges.len())));
            }
        }
        Ground::Part(Rc::new(part))
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

    /// The regions from which permitted predicates lead to some of the targets.
    pub(super) fn leading(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        targets: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) -> Leading {
        let mut seen = vec![false; self.seen.len()];
        let mut stack: Vec<Region> = Vec::new();
        for &target in targets {
            for &(region, predicate) in &search.attachment(target, links).takes {
                if !seen[region as usize] && states.weight(predicate) == Some(0) {
                    seen[region as usize] = true;
                    stack.push(region);
                }
            }
        }
        let back = search.network.graph(links).reversed();
        while let Some(region) = stack.pop() {
            for &(before, predicate) in back.edges(region) {
                if !seen[before as usize] && states.weight(predicate) == Some(0) {
                    seen[before as usize] = true;
                    stack.push(before);
                }
            }
        }
        Leading(seen)
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
pub(super) struct Leading(Vec<bool>);

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
        emits.any(|&(region, predicate)| self.0[region as usize] && states.weight(predicate) == Some(0))
    }
}
