//! Sessions of one opener past obstacles: a search over (place, headers) in the order of obstacles met, then of hops.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap as HashMap;

use super::Obstacle;
use super::exits::{At, Came, Entrance, Leads};
use super::fold::Links;
use super::ground::{Ground, MOST_HELD, is_new};
use crate::engine::limit::LimitReached;
use crate::engine::trace::{Half, Way};
use crate::engine::translate::settle::{Step, Visit, steps, way_to};
use crate::engine::translate::{Crossing, Entries, Place, Relation};
use crate::header::{DESTINATION, Product, SOURCE};
use crate::network::Side;
use crate::number::number;

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
    /// The links that there are; `None`: all of the document.
    pub links: Option<&'w Links>,
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

/// One search.
pub(super) struct Walk<'w, 'g, 'm, 'd> {
    ground: &'w mut Ground<'g, 'm, 'd>,
    wanted: Wanted<'w>,
    may: &'w dyn Fn(&Obstacle) -> bool,
    from: u32,
    states: Vec<State>,
    queue: BTreeMap<(u32, u32), VecDeque<usize>>,
    known: HashMap<Entrance, Vec<(Relation, u32)>>,
    /// What plain switches sent on: with which tag, and the way that it came by, which it did not go back.
    sent_on: HashMap<(u32, Half, Option<u16>), Vec<(Relation, u32, Way)>>,
}

impl<'w, 'g, 'm, 'd> Walk<'w, 'g, 'm, 'd> {
    pub fn new(
        ground: &'w mut Ground<'g, 'm, 'd>,
        from: u32,
        wanted: Wanted<'w>,
        may: &'w dyn Fn(&Obstacle) -> bool,
    ) -> Self {
        let (states, queue, known) = (Vec::new(), BTreeMap::new(), HashMap::default());
        Self { ground, wanted, may, from, states, queue, known, sent_on: HashMap::default() }
    }

    /// The sessions that are found, by cost and hops; of those with one receiver none whose headers another surely has.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn run(&mut self) -> Result<Vec<Reached>, LimitReached> {
        let (from, adjacency, model) = (self.from, self.ground.adjacency, self.ground.model);
        let held = self.ground.held(from, 0);
        let half = adjacency.half_of_endpoint(from);
        for root in self.ground.roots().collect::<Vec<_>>() {
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
            if self.states.len() > MOST_HELD {
                return Err(LimitReached);
            }
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
                let cost = cost + number(one.stops.len());
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
        let leads = Leads {
            targets: self.wanted.targets,
            two_way: self.wanted.two_way,
            from: Some(self.from),
            new_link: self.wanted.new_link.map(|to| (self.from, to)),
            links: self.wanted.links,
        };
        let Some(only) = self.not_yet(at) else { return };
        for exit in self.ground.exits(At { node, half, came: Came::by(came), tag }, leads) {
            if only.is_some_and(|only| is_other(only, exit.way)) {
                continue;
            }
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
                let cost = cost + number(stops.len());
                let key = self.ground.entrance(&exit, self.wanted.links.is_some());
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

    /// By which way what comes to a plain switch of a large document has not gone on yet: by one way (`Some(Some)`), perhaps by any
    /// (`Some(None)`), or by none (`None`). What came by another way before went everywhere but back.
    fn not_yet(&mut self, at: usize) -> Option<Option<Way>> {
        let State { visit: Visit { node, half, came, tag, relation, .. }, cost, .. } = self.states[at];
        let switch = self.ground.adjacency.is_switch(node, half) && half.is_plain(self.ground.model, node);
        let Some(came) = came.filter(|_| switch && self.wanted.links.is_some()) else { return Some(None) };
        let sent_on = self.sent_on.entry((node, half, tag)).or_default();
        let mut only: Option<Way> = None;
        for (other, least, way) in sent_on.iter() {
            if *least <= cost && only != Some(*way) && relation.is_within(&mut self.ground.pools, other) {
                if only.is_some() {
                    return None;
                }
                only = Some(*way);
            }
        }
        sent_on.push((relation, cost, came));
        Some(only)
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

/// Whether ways are others, whatever their direction.
fn is_other(a: Way, b: Way) -> bool {
    match (a, b) {
        (Way::Link { link, .. }, Way::Link { link: other, .. }) => link != other,
        _ => a != b,
    }
}
