//! Breadth-first search over the components of a network, within one cell.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::subgraph::{Edge, Part, Subgraph, leading};
use super::{Reachability, State, States};
use crate::network::{ClassId, Component, GuardId, Links, TRUE};

/// Where a target takes a packet.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Taken {
    component: Component,
    guard: GuardId,
    /// Mixed guards on the way.
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
    came_from: Vec<(Component, GuardId)>,
    origin: Vec<ClassId>,
    queue: VecDeque<(Component, u32)>,
    /// Components that the last search left, and how many edges it could pass; either may count some twice.
    visited: Vec<Component>,
    passed: usize,
}

/// Graphs with fewer edges are not parted.
const SMALL: usize = 8;

/// How many ways are looked at to choose an obstacle.
const WAYS: usize = 32;

const START: Component = u32::MAX;

impl Scratch {
    /// Makes room for so many components.
    pub(in crate::engine) fn fit(&mut self, components: usize) {
        if components > self.seen.len() {
            self.seen.resize(components, 0);
            self.mixed.resize(components, 0);
            self.came_from.resize(components, (START, TRUE));
            self.origin.resize(components, ClassId::new(0));
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

    fn offer(&mut self, component: Component, mixed: u32, from: (Component, GuardId), cost: u32, origin: ClassId) {
        let at = component as usize;
        if self.seen[at] == self.round && self.mixed[at] <= mixed {
            return;
        }
        self.seen[at] = self.round;
        self.mixed[at] = mixed;
        self.came_from[at] = from;
        self.origin[at] = origin;
        if cost == 0 { self.queue.push_front((component, mixed)) } else { self.queue.push_back((component, mixed)) }
    }

    /// Search with costs 0 and 1: the fewest mixed guards to each component. O(edges).
    pub(in crate::engine) fn reach(
        &mut self,
        search: &Reachability<'_, '_>,
        links: Links,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) {
        self.search(search, links, &Subgraph::Whole(search.network.graph(links)), sources, states, 1);
    }

    /// As [`Self::reach`], on a part of the graph.
    pub(super) fn reach_on(
        &mut self,
        search: &Reachability<'_, '_>,
        links: Links,
        subgraph: &Subgraph<'_>,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) {
        self.search(search, links, subgraph, sources, states, 1);
    }

    /// The edges that the last search saw and could pass, by where they begin. O(what was seen).
    fn alive(&self, subgraph: &Subgraph<'_>, states: &mut States<'_, '_, '_>) -> Vec<Edge> {
        let mut components = self.visited.clone();
        components.sort_unstable();
        components.dedup();
        let mut alive: Vec<Edge> = Vec::new();
        for from in components {
            for &(to, guard) in subgraph.edges(from) {
                if let Some(weight) = states.weight(guard) {
                    alive.push(Edge { from, to, guard, free: weight == 0 });
                }
            }
        }
        alive
    }

    /// The part of the graph that the last search saw, and from which targets are reached, where it is so much smaller
    /// that a copy pays. O(what was seen).
    pub(super) fn part<'n>(
        &self,
        search: &Reachability<'_, '_>,
        links: Links,
        subgraph: &Subgraph<'n>,
        [sources, targets]: [&[ClassId]; 2],
        states: &mut States<'_, '_, '_>,
    ) -> Subgraph<'n> {
        let whole = matches!(subgraph, Subgraph::Whole(_));
        if subgraph.size() < SMALL || (self.passed * 2 > subgraph.size() && !whole) {
            return subgraph.clone();
        }
        let takes = targets.iter().flat_map(|&target| &search.access(target, links).takes).map(|take| take.0);
        let takes: FxHashSet<Component> = takes.collect();
        let mut alive = self.alive(subgraph, states);
        let useful = leading(&alive, takes.iter().copied());
        alive.retain(|edge| useful.contains(&edge.to));
        let emits = sources.iter().flat_map(|&source| &search.access(source, links).emits).map(|emit| emit.0);
        Subgraph::Part(Rc::new(Part::new(&alive, &emits.collect(), &takes)))
    }

    /// Search over permitted guards only.
    pub(super) fn reach_freely(
        &mut self,
        search: &Reachability<'_, '_>,
        links: Links,
        subgraph: &Subgraph<'_>,
        source: ClassId,
        states: &mut States<'_, '_, '_>,
    ) {
        self.search(search, links, subgraph, &[source], states, 0);
    }

    fn search(
        &mut self,
        search: &Reachability<'_, '_>,
        links: Links,
        subgraph: &Subgraph<'_>,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
        dearest: u32,
    ) {
        self.begin();
        for &source in sources {
            for &(component, guard) in &search.access(source, links).emits {
                if let Some(cost) = states.weight(guard).filter(|&cost| cost <= dearest) {
                    self.offer(component, cost, (START, guard), cost, source);
                }
            }
        }
        while let Some((component, mixed)) = self.queue.pop_front() {
            if self.mixed[component as usize] < mixed {
                continue;
            }
            self.visited.push(component);
            for &(next, guard) in subgraph.edges(component) {
                if self.seen[next as usize] == self.round && self.mixed[next as usize] <= mixed {
                    self.passed += 1;
                    continue;
                }
                if let Some(cost) = states.weight(guard).filter(|&cost| cost <= dearest) {
                    self.passed += 1;
                    let origin = self.origin[component as usize];
                    self.offer(next, mixed + cost, (component, guard), cost, origin);
                }
            }
        }
    }

    /// Where a target takes packets of the last search with the fewest mixed guards.
    pub(in crate::engine) fn take(
        &self,
        search: &Reachability<'_, '_>,
        links: Links,
        target: ClassId,
        states: &mut States<'_, '_, '_>,
    ) -> Option<Taken> {
        let mut best: Option<Taken> = None;
        for &(component, guard) in &search.access(target, links).takes {
            if self.seen[component as usize] != self.round {
                continue;
            }
            let Some(cost) = states.weight(guard) else { continue };
            let mixed = self.mixed[component as usize] + cost;
            if best.as_ref().is_none_or(|known| mixed < known.mixed) {
                let origin = self.origin[component as usize];
                best = Some(Taken { component, guard, mixed, origin });
            }
        }
        best
    }

    /// The components that the last search saw, from which permitted guards lead to some of the targets.
    pub(super) fn leading(
        &self,
        search: &Reachability<'_, '_>,
        links: Links,
        subgraph: &Subgraph<'_>,
        targets: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) -> Leading {
        let takes = targets.iter().flat_map(|&target| &search.access(target, links).takes);
        let ends: Vec<Component> = takes.filter(|take| states.weight(take.1) == Some(0)).map(|take| take.0).collect();
        let mut free = self.alive(subgraph, states);
        free.retain(|edge| edge.free);
        Leading(leading(&free, ends.into_iter()))
    }

    /// The mixed guard that is cheapest to split away: it has few rules left, and is on the ways to many targets.
    /// Bottlenecks first, or every site's own filter would be split before the one that stands between all of them.
    pub(in crate::engine) fn obstacle(&self, ways: &[Taken], states: &mut States<'_, '_, '_>) -> Option<GuardId> {
        let mut votes: FxHashMap<GuardId, u64> = FxHashMap::default();
        let mixed: Vec<&Taken> = ways.iter().filter(|way| way.mixed > 0).collect();
        for way in mixed.iter().step_by(mixed.len().div_ceil(WAYS).max(1)) {
            let (mut component, mut guard) = (way.component, way.guard);
            loop {
                if states.weight(guard) == Some(1) {
                    *votes.entry(guard).or_default() += 1;
                }
                if component == START {
                    break;
                }
                (component, guard) = self.came_from[component as usize];
            }
        }
        let mut best: Option<(u64, u64, GuardId)> = None;
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

/// Components from which the way is free.
pub(super) struct Leading(FxHashSet<Component>);

impl Leading {
    /// Whether a source freely emits into one of them.
    pub(super) fn from(
        &self,
        search: &Reachability<'_, '_>,
        links: Links,
        source: ClassId,
        states: &mut States<'_, '_, '_>,
    ) -> bool {
        let mut emits = search.access(source, links).emits.iter();
        emits.any(|&(component, guard)| self.0.contains(&component) && states.weight(guard) == Some(0))
    }
}
