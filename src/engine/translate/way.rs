//! The way of a session whose header changes on it: the search of `translate` on the document itself. What comes out are sets of
//! headers, of which `settle` takes one packet for each part of the way.

use std::collections::VecDeque;

use rustc_hash::FxHashMap as HashMap;

use super::device::{Devices, Entries, Passed};
use super::relation::{Crossing, Relation};
use super::roots;
use super::settle::{self, Visit};
use crate::engine::flow_graph::SessionSample;
use crate::engine::route::{self, Adjacency, Detour};
use crate::engine::trace::{Half, Means, SessionTrace, Way};
use crate::header::{DESTINATION, SOURCE};
use crate::model::{LinkId, Model, Pools};

/// Looks for the way of a session.
struct Walk<'w, 'm, 'd> {
    adjacency: &'w Adjacency<'m, 'd>,
    model: &'m Model<'d>,
    devices: Devices<'m, 'd>,
    pools: Pools,
    to: u32,
    detour: Detour<'w>,
    /// Links to the target, by the node at the other end.
    last: HashMap<u32, Vec<(LinkId, bool)>>,
    states: Vec<Visit>,
    queue: VecDeque<usize>,
    known: HashMap<(u32, Half, Option<Way>, Option<u16>), Vec<Relation>>,
}

/// A shortest way of a session among those of a sample, from one endpoint to another, with a packet that takes it.
#[must_use]
pub fn trace<'m>(
    adjacency: &Adjacency<'m, '_>,
    pools: &Pools,
    sample: &SessionSample,
    [from, to]: [u32; 2],
    detour: Detour<'_>,
) -> Option<SessionTrace> {
    let model = adjacency.model();
    let mut pools = pools.clone();
    let devices = Devices::new(model, &mut pools);
    let mut last: HashMap<u32, Vec<(LinkId, bool)>> = HashMap::default();
    for (link, second) in adjacency.links_of(to) {
        let other = model.names.links[link.index()][usize::from(!second)];
        last.entry(other).or_default().push((link, !second));
    }
    let walk = Walk {
        adjacency,
        model,
        devices,
        pools,
        to,
        detour,
        last,
        states: Vec::new(),
        queue: VecDeque::new(),
        known: HashMap::default(),
    };
    walk.run(from, sample)
}

impl Walk<'_, '_, '_> {
    fn run(mut self, from: u32, sample: &SessionSample) -> Option<SessionTrace> {
        let gone = |node: u32| self.detour.without.binary_search(&node).is_ok();
        if from == self.to || gone(from) || gone(self.to) {
            return None;
        }
        let half = self.adjacency.half_of_endpoint(from);
        let held = self.model.holdings.get(self.model.sends[from as usize]).clone();
        let held = self.pools.address.intern(held);
        let roots = roots(self.model, &mut self.pools, &self.devices.kinds);
        for root in roots {
            let mut relation = Relation::untouched(root);
            let fits = (0..4).all(|at| relation.narrow_sent(&mut self.pools, at, sample.product[at]))
                && relation.narrow_sent(&mut self.pools, SOURCE, held);
            if fits {
                let at = self.states.len();
                self.states.push(Visit { node: from, half, came: None, tag: None, relation, parent: at, passed: None });
                self.queue.push_back(at);
            }
        }
        let received = self.model.holdings.get(self.model.receives[self.to as usize]).clone();
        let received = self.pools.address.intern(received);
        while let Some(at) = self.queue.pop_front() {
            let Visit { node, half, came, tag, relation, .. } = self.states[at];
            let begins = came.is_none();
            if node == self.to && !begins && half == self.adjacency.half_of_endpoint(node) {
                for passed in self.pass(node, half, came, None, &relation) {
                    let mut end = passed.crossing;
                    let view = [true; 4];
                    let fits = (0..4).all(|at| end.narrow(&mut self.pools, view, at, sample.received[at]))
                        && end.narrow(&mut self.pools, view, DESTINATION, received);
                    if fits {
                        return self.settle(from, at, Passed { crossing: end, ..passed });
                    }
                }
            }
            if begins || self.model.labels.forwards[node as usize] {
                self.forward(at, tag);
            }
        }
        None
    }

    /// What passes a node.
    fn pass(
        &mut self,
        node: u32,
        half: Half,
        came: Option<Way>,
        leaves: Option<Way>,
        relation: &Relation,
    ) -> Vec<Passed> {
        if half == Half::Switch {
            return vec![Passed { crossing: Crossing::entering(relation), entries: Entries::default() }];
        }
        let (r#in, out) =
            (settle::side(self.adjacency, node, came, false), settle::side(self.adjacency, node, leaves, true));
        self.devices.pass(&mut self.pools, node, r#in, out, relation)
    }

    fn forward(&mut self, at: usize, tag: Option<u16>) {
        let Visit { node, half, came, relation, .. } = self.states[at];
        let switch = self.adjacency.is_switch(node, half);
        for (way, next, next_half) in self.exits(node, half, came.is_none()) {
            if switch && came.is_some() && !route::switches(self.adjacency, came, tag, way) {
                continue;
            }
            for passed in self.pass(node, half, came, Some(way), &relation) {
                let relation = passed.crossing.leaving();
                let tags = match self.adjacency.is_switch(next, next_half) {
                    false => vec![None],
                    true => {
                        let tags = route::tags_after(self.adjacency, tag.filter(|_| switch), way);
                        tags.into_iter().map(Some).collect()
                    }
                };
                for tag in tags {
                    let key = (next, next_half, Some(way), tag);
                    let known = self.known.entry(key).or_default();
                    if known.iter().any(|other| relation.is_within(&mut self.pools, other)) {
                        continue;
                    }
                    known.push(relation);
                    self.queue.push_back(self.states.len());
                    self.states.push(Visit {
                        node: next,
                        half: next_half,
                        came: Some(way),
                        tag,
                        relation,
                        parent: at,
                        passed: Some((passed.crossing, passed.entries)),
                    });
                }
            }
        }
    }

    /// Ways out of a place, to forwarding nodes and the target.
    fn exits(&self, node: u32, half: Half, begins: bool) -> Vec<(Way, u32, Half)> {
        let l3_links = || self.adjacency.l3_links(node).into_iter().map(Way::L3Link);
        if half == Half::Router {
            return l3_links().map(|way| (way, node, Half::Switch)).collect();
        }
        let mut links: Vec<(LinkId, bool)> = self.adjacency.trunk_links_of(node).collect();
        if begins {
            links.extend(self.adjacency.access_links_of(node));
        }
        links.extend(self.last.get(&node).into_iter().flatten());
        links.sort_unstable();
        links.dedup();
        let open = |&(link, second): &(LinkId, bool)| {
            let one_way = self.model.document.links[link.index()].one_way();
            self.detour.without_link != Some(link) && !(one_way && (second || self.detour.two_way))
        };
        let mut exits = Vec::new();
        for (link, second) in links.into_iter().filter(open) {
            let other = self.model.names.links[link.index()][usize::from(!second)];
            let gone = self.detour.without.binary_search(&other).is_ok();
            if (other == self.to || self.model.labels.forwards[other as usize]) && !gone {
                exits.push((Way::Link { link, backward: second }, other, self.adjacency.half_at_links(other)));
            }
        }
        if half == Half::Switch {
            exits.extend(l3_links().map(|way| (way, node, Half::Router)));
        }
        exits
    }

    /// One packet for each part of the way that ends in a state, and the hops.
    fn settle(&self, from: u32, last: usize, end: Passed) -> Option<SessionTrace> {
        let (_, legs) = settle::way_to(|at| &self.states[at], last, (end.crossing, end.entries))?;
        let steps = settle::steps(self.model, &self.pools, &legs, [from, self.to])?;
        let hops = settle::hops(self.adjacency, &steps)?;
        Some(SessionTrace { from, to: self.to, means: Means::Packet(steps[0].before), hops })
    }
}
