//! Sessions of one opener past obstacles: a search over (place, headers) in the order of obstacles met, then of hops.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap as HashMap;

use super::{Obstacle, Passage};
use crate::engine::limit::{LimitReached, Limits};
use crate::engine::route::{self, Adjacency};
use crate::engine::trace::{Half, Way};
use crate::engine::translate::settle::{Step, Visit, steps, way_to};
use crate::engine::translate::{Crossing, Devices, Entries, Place, Relation, roots};
use crate::header::{DESTINATION, Product, SOURCE, SetId};
use crate::model::{Model, Pools};
use crate::network::Side;
use crate::number::number;

/// Places with headers looked at before a search gives up.
const MOST_STATES: u64 = 4_000_000;

/// A packet's way past obstacles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The places.
    pub steps: Vec<Step>,
    /// What stops it, each with the step at which it does: at the node, or on the way that leaves it.
    pub stops: Vec<(usize, Obstacle)>,
}

/// Headers at a place, past obstacles.
struct State {
    visit: Visit,
    /// What stopped them since the place before.
    stops: Vec<Obstacle>,
    cost: u32,
    hops: u32,
    /// What the last node makes of them, where they are delivered.
    end: Option<(Crossing, Entries)>,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    /// Headers as they are sent, and as they are received.
    pub sent: Product,
    pub received: Product,
    /// Endpoints that are to receive, by node.
    pub targets: &'w [bool],
    /// Whether replies carry the data: over no link that is one-way.
    pub two_way: bool,
    /// So many obstacles at most.
    pub most: u32,
    /// Whether a new link may join the opener and a target.
    pub new_link: Option<u32>,
    /// Whether the first that is found will do.
    pub first: bool,
}

/// A session that was found.
#[derive(Clone, Copy)]
pub(super) struct Reached {
    pub to: u32,
    pub cost: u32,
    /// Headers as they are sent, and as they are received.
    pub relation: Relation,
    state: usize,
}

/// What searches of one model share.
pub(super) struct Ground<'g, 'm, 'd> {
    pub adjacency: &'g Adjacency<'m, 'd>,
    pub model: &'m Model<'d>,
    pub pools: Pools,
    pub devices: Devices<'m, 'd>,
    roots: Vec<Product>,
    limits: Limits,
    /// States that may still be looked at.
    left: u64,
}

impl<'g, 'm, 'd> Ground<'g, 'm, 'd> {
    pub fn new(adjacency: &'g Adjacency<'m, 'd>, limits: Limits) -> Self {
        let model = adjacency.model();
        let mut pools = model.pools.clone();
        let devices = Devices::new(model, &mut pools);
        let roots = roots(model, &mut pools, &devices.kinds);
        Self { adjacency, model, pools, devices, roots, limits, left: limits.cells.unwrap_or(MOST_STATES) }
    }

    /// The addresses that a node sends from (`end` 0) or receives at.
    pub fn held(&mut self, node: u32, end: usize) -> SetId {
        let held = if end == 0 { &self.model.sends } else { &self.model.receives };
        let set = self.model.holdings.get(held[node as usize]).clone();
        self.pools.address.intern(set)
    }

    fn spend(&mut self) -> Result<(), LimitReached> {
        self.left = self.left.checked_sub(1).ok_or(LimitReached)?;
        if self.left.is_multiple_of(256) { self.limits.check() } else { Ok(()) }
    }
}

/// One search.
pub(super) struct Walk<'w, 'g, 'm, 'd> {
    ground: &'w mut Ground<'g, 'm, 'd>,
    wanted: Wanted<'w>,
    may: &'w dyn Fn(&Obstacle) -> bool,
    from: u32,
    states: Vec<State>,
    queue: BTreeMap<(u32, u32), VecDeque<usize>>,
    known: HashMap<(u32, Half, Option<Way>, Option<u16>), Vec<(Relation, u32)>>,
}

/// A way out of a place, what it needs, and the tag with which it comes to a switch.
struct Exit {
    way: Way,
    node: u32,
    half: Half,
    tag: Option<u16>,
    stops: Vec<Obstacle>,
}

impl<'w, 'g, 'm, 'd> Walk<'w, 'g, 'm, 'd> {
    pub fn new(
        ground: &'w mut Ground<'g, 'm, 'd>,
        from: u32,
        wanted: Wanted<'w>,
        may: &'w dyn Fn(&Obstacle) -> bool,
    ) -> Self {
        let (states, queue, known) = (Vec::new(), BTreeMap::new(), HashMap::default());
        Self { ground, wanted, may, from, states, queue, known }
    }

    /// The sessions that are found, by cost and hops; of those with one receiver none whose headers another surely has.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn run(&mut self) -> Result<Vec<Reached>, LimitReached> {
        let (from, adjacency, model) = (self.from, self.ground.adjacency, self.ground.model);
        let held = self.ground.held(from, 0);
        let half = adjacency.half_of_endpoint(from);
        // Of packets that do equally well one with ports is shown.
        let roots: Vec<Product> = self.ground.roots.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect();
        for root in roots {
            let mut relation = Relation::untouched(root);
            let sent = self.wanted.sent;
            let pools = &mut self.ground.pools;
            let fits =
                (0..4).all(|at| relation.narrow_sent(pools, at, sent[at])) && relation.narrow_sent(pools, SOURCE, held);
            if fits {
                let parent = self.states.len();
                self.push(State {
                    visit: Visit { node: from, half, came: None, tag: None, relation, parent, passed: None },
                    stops: Vec::new(),
                    cost: 0,
                    hops: 0,
                    end: None,
                });
            }
        }
        let mut found: Vec<Reached> = Vec::new();
        while let Some(mut first) = self.queue.first_entry() {
            let Some(at) = first.get_mut().pop_front() else {
                first.remove();
                continue;
            };
            self.ground.spend()?;
            let State { visit: Visit { node, half, came, relation, .. }, cost, end, .. } = self.states[at];
            if let Some((end, _)) = end {
                let relation = end.leaving();
                let pools = &mut self.ground.pools;
                let known = |one: &Reached| one.to == node;
                if !found.iter().filter(|one| known(one)).any(|one| relation.is_within(pools, &one.relation)) {
                    found.push(Reached { to: node, cost, relation, state: at });
                    if self.wanted.first {
                        break;
                    }
                }
                continue;
            }
            let ends = came.is_some() && node != from && self.wanted.targets[node as usize];
            if ends && half == adjacency.half_of_endpoint(node) {
                self.deliver(at, relation);
            }
            if came.is_none() || model.labels.forwards[node as usize] {
                self.forward(at);
            }
        }
        Ok(found)
    }

    fn push(&mut self, state: State) {
        if state.cost <= self.wanted.most {
            self.queue.entry((state.cost, state.hops)).or_default().push_back(self.states.len());
            self.states.push(state);
        }
    }

    fn is_shut(&self, passage: Passage) -> bool {
        self.ground.devices.shut.contains(&passage)
    }

    fn budget(&self, cost: u32) -> usize {
        (self.wanted.most - cost) as usize
    }

    fn sides(&self, node: u32, came: Option<Way>, leaves: Option<Way>) -> [Side; 2] {
        [self.side(node, came, false), self.side(node, leaves, true)]
    }

    fn side(&self, node: u32, way: Option<Way>, leaving: bool) -> Side {
        if let (Some(way), Some(to)) = (way, self.wanted.new_link)
            && is_new(self.ground.model, way)
        {
            let names = self.ground.model.interfaces.get(&node);
            let other = self.ground.model.id(if leaving { to } else { self.from });
            let number = names.map_or(0, |names| names.get(other));
            return Some((number, number));
        }
        crate::engine::translate::settle::side(self.ground.adjacency, node, way, leaving)
    }

    fn deliver(&mut self, at: usize, relation: Relation) {
        let State { visit: Visit { node, half, came, tag, .. }, cost, hops, .. } = self.states[at];
        let place = Place { node, sides: self.sides(node, came, None), leaves: None };
        let held = self.ground.held(node, 1);
        let received = self.wanted.received;
        let budget = self.budget(cost);
        for one in self.ground.devices.cross(&mut self.ground.pools, place, &relation, budget, self.may) {
            let mut end = one.crossing;
            let pools = &mut self.ground.pools;
            let now = [true; 4];
            let fits =
                (0..4).all(|at| end.narrow(pools, now, at, received[at])) && end.narrow(pools, now, DESTINATION, held);
            if fits {
                let cost = cost + u32::try_from(one.stops.len()).unwrap_or(u32::MAX / 2);
                self.push(State {
                    visit: Visit { node, half, came, tag, relation, parent: at, passed: None },
                    stops: one.stops,
                    cost,
                    hops,
                    end: Some((end, one.entries)),
                });
            }
        }
    }

    fn forward(&mut self, at: usize) {
        let State { visit: Visit { node, half, came, tag, relation, .. }, cost, hops, .. } = self.states[at];
        let budget = self.budget(cost);
        for exit in self.exits(node, half, came, tag) {
            if exit.stops.len() > budget || !exit.stops.iter().all(self.may) {
                continue;
            }
            let budget = budget - exit.stops.len();
            let crossed = if half == Half::Switch {
                vec![(Crossing::entering(&relation), Entries::default(), Vec::new())]
            } else {
                let place = Place { node, sides: self.sides(node, came, Some(exit.way)), leaves: Some(exit.way) };
                let crossed = self.ground.devices.cross(&mut self.ground.pools, place, &relation, budget, self.may);
                crossed.into_iter().map(|one| (one.crossing, one.entries, one.stops)).collect()
            };
            for (crossing, entries, mut stops) in crossed {
                let relation = crossing.leaving();
                stops.extend(&exit.stops);
                let cost = cost + u32::try_from(stops.len()).unwrap_or(u32::MAX / 2);
                let key = (exit.node, exit.half, Some(exit.way), exit.tag);
                let known = self.known.entry(key).or_default();
                let pools = &mut self.ground.pools;
                if known.iter().any(|(other, least)| *least <= cost && relation.is_within(pools, other)) {
                    continue;
                }
                known.push((relation, cost));
                let visit = Visit {
                    node: exit.node,
                    half: exit.half,
                    came: Some(exit.way),
                    tag: exit.tag,
                    relation,
                    parent: at,
                    passed: Some((crossing, entries)),
                };
                self.push(State { visit, stops, cost, hops: hops + 1, end: None });
            }
        }
    }

    /// Ways out of a place to forwarding nodes and targets.
    fn exits(&self, node: u32, half: Half, came: Option<Way>, tag: Option<u16>) -> Vec<Exit> {
        let (adjacency, model) = (self.ground.adjacency, self.ground.model);
        let mut out = Vec::new();
        if half != Half::Router {
            let switch = came.is_some() && adjacency.is_switch(node, half);
            for (link, second) in adjacency.links_of(node) {
                let other = model.names.links[link as usize][usize::from(!second)];
                let ends = self.wanted.targets[other as usize] && other != self.from;
                let way = Way::Link { link, backward: second };
                let back = matches!(came, Some(Way::Link { link: same, .. }) if same == link);
                let shut = self.is_shut(Passage::Link(link));
                if (ends || model.labels.forwards[other as usize]) && !(switch && back) && !shut {
                    self.over(way, other, tag.filter(|_| switch), &mut out);
                }
            }
            if let Some(to) = self.wanted.new_link.filter(|_| came.is_none()) {
                let half = adjacency.half_at_links(to);
                let tag = adjacency.is_switch(to, half).then(|| adjacency.tags()[0]);
                let stops = vec![Obstacle::NoLink { from: self.from, to }];
                out.push(Exit { way: new_link(model), node: to, half, tag, stops });
            }
        }
        if half != Half::Whole {
            self.across(node, half, came, tag, &mut out);
        }
        out
    }

    /// Over a link; `tag` is that of a packet that leaves a switch.
    fn over(&self, way: Way, other: u32, tag: Option<u16>, out: &mut Vec<Exit>) {
        let Way::Link { link, backward } = way else { return };
        let adjacency = self.ground.adjacency;
        let document = &self.ground.model.document.links[link as usize];
        let end = usize::from(backward);
        let half = adjacency.half_at_links(other);
        let mut stops = Vec::new();
        if document.one_way() && (backward || self.wanted.two_way) {
            stops.push(Obstacle::OneWay { link });
        }
        let lacking = |vlan: u16| Obstacle::Vlan { link, vlan };
        let shut = |vlan: Option<u16>| vlan.is_some_and(|vlan| self.is_shut(Passage::Vlan { link, vlan }));
        let mut exit = |tag: Option<u16>, lacks: Option<u16>| {
            if shut(tag) {
                return;
            }
            let mut stops = stops.clone();
            stops.extend(lacks.map(lacking));
            out.push(Exit { way, node: other, half, tag, stops });
        };
        let switch = adjacency.is_switch(other, half);
        if shut(tag) {
            return;
        }
        match (tag, switch) {
            (None, false) => exit(None, None),
            (Some(tag), false) => exit(None, Some(tag).filter(|&tag| !adjacency.carries(link, end, tag))),
            (Some(tag), true) => {
                let there = document.renamed(end, tag);
                let carried = adjacency.carries(link, end, tag) && adjacency.carries(link, 1 - end, there);
                exit(Some(there), (!carried).then_some(tag));
            }
            (None, true) => {
                for &there in adjacency.tags() {
                    exit(Some(there), (!adjacency.carries(link, 1 - end, there)).then_some(there));
                }
            }
        }
    }

    /// Between the halves of an l3-switch.
    fn across(&self, node: u32, half: Half, came: Option<Way>, tag: Option<u16>, out: &mut Vec<Exit>) {
        let adjacency = self.ground.adjacency;
        let routed = adjacency.l3_links(node);
        let next = if half == Half::Switch { Half::Router } else { Half::Switch };
        let mut ways: Vec<(Option<u16>, bool)> = routed.iter().map(|joint| (*joint, true)).collect();
        if !routed.contains(&None) {
            let missing = adjacency.tags().iter().filter(|tag| !routed.contains(&Some(**tag)));
            ways.extend(missing.map(|tag| (Some(*tag), false)));
        }
        for (joint, there) in ways {
            if joint.is_some_and(|vlan| self.is_shut(Passage::RoutedVlan { node, vlan })) {
                continue;
            }
            let way = Way::L3Link(joint);
            let lacks: Vec<Obstacle> =
                joint.filter(|_| !there).map(|vlan| Obstacle::RoutedVlan { node, vlan }).into_iter().collect();
            if half == Half::Router {
                for tag in route::tags_after(adjacency, None, way) {
                    out.push(Exit { way, node, half: next, tag: Some(tag), stops: lacks.clone() });
                }
            } else if came != Some(way) && joint.is_none_or(|joint| tag == Some(joint)) {
                out.push(Exit { way, node, half: next, tag: None, stops: lacks });
            }
        }
    }

    /// One packet that takes the way of a session.
    pub fn trail(&self, reached: &Reached) -> Option<Trail> {
        let last = &self.states[reached.state];
        let (chain, legs) = way_to(|at| &self.states[at].visit, last.visit.parent, last.end?)?;
        let after = chain[1..].iter().map(|&at| &self.states[at].stops).chain([&last.stops]);
        let stops = after.enumerate().flat_map(|(at, stops)| stops.iter().map(move |stop| (at, *stop))).collect();
        let steps = steps(self.ground.model, &self.ground.pools, &legs, [self.from, reached.to])?;
        Some(Trail { steps, stops })
    }
}

/// The link that there is not: one more than the document has.
pub(super) fn new_link(model: &Model<'_>) -> Way {
    Way::Link { link: number(model.names.links.len()), backward: false }
}

/// Whether a way is the link that there is not.
#[must_use]
pub fn is_new(model: &Model<'_>, way: Way) -> bool {
    matches!(way, Way::Link { link, .. } if link as usize >= model.names.links.len())
}
