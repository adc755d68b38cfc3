//! The part of a network that a search runs on.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::network::{Component, ComponentGraph, GuardId};
use crate::number::number;

/// The part of a graph that matters in a cell: edges that no guard denies there, on ways from the sources to the
/// targets. Shared by the cells below, so that a cell in which one of a thousand sites is left costs no more than that
/// site.
pub(super) struct Part {
    /// Where the edges of each component are.
    places: FxHashMap<Component, (u32, u32)>,
    edges: Vec<(Component, GuardId)>,
}

/// What a search runs on.
#[derive(Clone)]
pub(super) enum Subgraph<'n> {
    Whole(&'n ComponentGraph),
    Part(Rc<Part>),
}

/// An edge that no guard denies in a cell.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub from: Component,
    pub to: Component,
    pub guard: GuardId,
    /// Whether the guard is permitted.
    pub free: bool,
}

impl Part {
    /// Of edges by where they begin, all of which lead to one of `takes`. A component with one way on, and that free, is
    /// passed over: what is free in a cell is free in the cells below. Searches begin in `emits` and end in `takes`.
    pub(super) fn new(edges: &[Edge], emits: &FxHashSet<Component>, takes: &FxHashSet<Component>) -> Self {
        let mut onward: FxHashMap<Component, Component> = FxHashMap::default();
        for edges in edges.chunk_by(|a, b| a.from == b.from) {
            if let [Edge { from, to, free: true, .. }] = *edges
                && !takes.contains(&from)
            {
                onward.insert(from, to);
            }
        }
        let mut end_of = |mut component: Component| {
            // Each way ends in one of `takes`, at the latest; the count is for the reader who doubts it.
            for _ in 0..=edges.len() {
                let Some(&next) = onward.get(&component) else { break };
                // Halve the way for those who come after.
                let after = onward.get(&next).copied().unwrap_or(next);
                onward.insert(component, after);
                component = after;
            }
            component
        };
        let mut part = Self { places: FxHashMap::default(), edges: Vec::new() };
        for edges in edges.chunk_by(|a, b| a.from == b.from) {
            let from = edges[0].from;
            if end_of(from) != from && !emits.contains(&from) {
                continue;
            }
            let first = part.edges.len();
            part.edges.extend(edges.iter().map(|edge| (end_of(edge.to), edge.guard)));
            part.places.insert(from, (number(first), number(part.edges.len())));
        }
        part
    }
}

impl Subgraph<'_> {
    /// The edges that begin in a component.
    pub(super) fn edges(&self, component: Component) -> &[(Component, GuardId)] {
        match self {
            Self::Whole(graph) => graph.edges(component),
            Self::Part(part) => match part.places.get(&component) {
                Some(&(first, end)) => &part.edges[first as usize..end as usize],
                None => &[],
            },
        }
    }

    /// How many edges there are.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Whole(graph) => graph.size(),
            Self::Part(part) => part.edges.len(),
        }
    }
}

/// The components that edges, sorted by nothing, lead from to one of `ends`; these too. O(edges log edges).
pub(super) fn leading(edges: &[Edge], ends: impl Iterator<Item = Component>) -> FxHashSet<Component> {
    let mut back: Vec<(Component, Component)> = edges.iter().map(|edge| (edge.to, edge.from)).collect();
    back.sort_unstable();
    let mut found: FxHashSet<Component> = FxHashSet::default();
    let mut stack: Vec<Component> = ends.filter(|&component| found.insert(component)).collect();
    while let Some(component) = stack.pop() {
        let first = back.partition_point(|edge| edge.0 < component);
        for &(_, before) in back[first..].iter().take_while(|edge| edge.0 == component) {
            if found.insert(before) {
                stack.push(before);
            }
        }
    }
    found
}
