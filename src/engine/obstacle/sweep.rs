//! Sessions of many openers past obstacles at once, in a large document: to whom any of them gets, with which headers, and how few
//! obstacles it meets. Who of them it is does not show; `search` looks for that only where somebody gets far enough.
//!
//! As in `walk`, headers go from place to place in the order of obstacles met. Those that come to a place with as many obstacles and hops go on
//! together: two relations that differ in one set alone are one.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap as HashMap;

use super::Obstacle;
use super::exits::{At, Came, Entrance, Exit, Leads};
use super::ground::Ground;
use super::walk::Wanted;
use crate::engine::limit::LimitReached;
use crate::engine::trace::{Half, Way};
use crate::engine::translate::settle::side;
use crate::engine::translate::{Place, Relation};
use crate::header::{DESTINATION, SOURCE};
use crate::model::Pools;
use crate::network::Side;
use crate::number::number;

/// Headers that come to a place.
#[derive(Clone, Copy)]
struct Arrival {
    node: u32,
    half: Half,
    tag: Option<u16>,
    came: Option<Way>,
    relation: Relation,
}

/// A receiver that somebody gets to.
#[derive(Clone, Copy)]
pub(super) struct Met {
    pub to: u32,
    pub cost: u32,
    /// Headers as they are sent, and as they are received.
    pub relation: Relation,
}

/// Relations, each with the fewest obstacles that it is known with.
type Known = Vec<(Relation, u32)>;

/// One search.
pub(super) struct Sweep<'w, 'g, 'm, 'd> {
    ground: &'w mut Ground<'g, 'm, 'd>,
    wanted: Wanted<'w>,
    may: &'w dyn Fn(&Obstacle) -> bool,
    queue: BTreeMap<(u32, u32), Vec<Arrival>>,
    known: HashMap<Entrance, Known>,
    met: BTreeMap<u32, Known>,
    /// The fewest obstacles with which somebody gets to a receiver.
    least: Option<u32>,
}

impl<'w, 'g, 'm, 'd> Sweep<'w, 'g, 'm, 'd> {
    pub fn new(ground: &'w mut Ground<'g, 'm, 'd>, wanted: Wanted<'w>, may: &'w dyn Fn(&Obstacle) -> bool) -> Self {
        let (queue, known, met) = (BTreeMap::new(), HashMap::default(), BTreeMap::new());
        Self { ground, wanted, may, queue, known, met, least: None }
    }

    /// Whom any of these gets to, by node; where the first will do, only somebody with the fewest obstacles.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn run(mut self, openers: &[u32]) -> Result<Vec<Met>, LimitReached> {
        for &opener in openers {
            self.ground.spend()?;
            self.emit(opener);
        }
        while let Some(((cost, hops), mut arrivals)) = self.queue.pop_first() {
            if self.wanted.first && self.least.is_some_and(|least| least <= cost) {
                break;
            }
            arrivals.sort_by_key(|one| (one.node, one.half, one.tag));
            for here in arrivals.chunk_by(|a, b| (a.node, a.half, a.tag) == (b.node, b.half, b.tag)) {
                self.ground.spend()?;
                self.arrive((cost, hops), here);
            }
        }
        let all = self.met.into_iter().flat_map(|(to, known)| known.into_iter().map(move |one| (to, one)));
        Ok(all.map(|(to, (relation, cost))| Met { to, cost, relation }).collect())
    }

    fn emit(&mut self, opener: u32) {
        let held = self.ground.held(opener, 0);
        let half = self.ground.adjacency.half_of_endpoint(opener);
        for mut relation in self.ground.roots().map(Relation::untouched).collect::<Vec<_>>() {
            let sent = self.wanted.sent;
            let pools = &mut self.ground.pools;
            let fits = (0..4).all(|at| relation.narrow_sent(pools, at, sent[at]));
            if fits && relation.narrow_sent(pools, SOURCE, held) {
                let first = Arrival { node: opener, half, tag: None, came: None, relation };
                self.queue.entry((0, 0)).or_default().push(first);
            }
        }
    }

    /// Headers that come to one place with as many obstacles and hops.
    fn arrive(&mut self, (cost, hops): (u32, u32), here: &[Arrival]) {
        let Arrival { node, half, tag, .. } = here[0];
        let (adjacency, model) = (self.ground.adjacency, self.ground.model);
        let emitted = here.iter().filter(|one| one.came.is_none()).map(|one| one.relation).collect();
        let emitted = self.joined(emitted);
        let came: Vec<Arrival> = here.iter().filter(|one| one.came.is_some()).copied().collect();
        if self.wanted.targets[node as usize] && half == adjacency.half_of_endpoint(node) {
            for (enters, relations) in self.by_side(&came) {
                relations.iter().for_each(|relation| self.deliver(cost, node, enters, relation));
            }
        }
        let at = |came: Came| At { node, half, came, tag };
        if !emitted.is_empty() {
            for exit in self.ground.exits(at(Came::Not), self.leads()) {
                self.leave((cost, hops), node, half, None, &exit, &emitted);
            }
        }
        if came.is_empty() || !model.labels.forwards[node as usize] {
            return;
        }
        match (adjacency.is_switch(node, half), half.is_plain(model, node)) {
            (true, true) => self.switch((cost, hops), at(Came::Anyhow), &came),
            (true, false) => {
                for one in came {
                    let enters = side(adjacency, node, one.came, false);
                    for exit in self.ground.exits(at(Came::by(one.came)), self.leads()) {
                        self.leave((cost, hops), node, half, enters, &exit, &[one.relation]);
                    }
                }
            }
            (false, _) => {
                let exits = self.ground.exits(at(Came::Anyhow), self.leads());
                for (enters, relations) in self.by_side(&came) {
                    for exit in &exits {
                        self.leave((cost, hops), node, half, enters, exit, &relations);
                    }
                }
            }
        }
    }

    /// A switch sends on whatever came, but never back. What comes back to a leaf switch was there already.
    fn switch(&mut self, place: (u32, u32), at: At, came: &[Arrival]) {
        let mut by_way: Vec<(Way, Vec<Relation>)> = Vec::new();
        let mut sorted: Vec<(Way, Relation)> =
            came.iter().filter_map(|one| Some((same(one.came?), one.relation))).collect();
        sorted.sort_by_key(|(way, _)| *way);
        for run in sorted.chunk_by(|a, b| a.0 == b.0) {
            let relations = self.joined(run.iter().map(|(_, relation)| *relation).collect());
            by_way.push((run[0].0, relations));
        }
        let all = self.joined(by_way.iter().flat_map(|(_, relations)| relations).copied().collect());
        let mut others: Option<Vec<Vec<Relation>>> = None;
        for exit in self.ground.exits(at, self.leads()) {
            let leaf = exit.node != at.node && self.wanted.links.is_some_and(|links| links.is_leaf(exit.node));
            let back = by_way.binary_search_by_key(&same(exit.way), |(way, _)| *way).ok().filter(|_| !leaf);
            let relations = match back {
                Some(back) => &others.get_or_insert_with(|| self.all_but_one(&by_way))[back],
                None => &all,
            };
            let relations = relations.clone();
            self.leave(place, at.node, at.half, None, &exit, &relations);
        }
    }

    /// For each way what came by all others.
    fn all_but_one(&mut self, by_way: &[(Way, Vec<Relation>)]) -> Vec<Vec<Relation>> {
        let mut after: Vec<Vec<Relation>> = vec![Vec::new()];
        for (_, relations) in by_way.iter().skip(1).rev() {
            let behind = after.last().into_iter().flatten().chain(relations).copied().collect();
            after.push(self.joined(behind));
        }
        let (mut before, mut out) = (Vec::new(), Vec::with_capacity(by_way.len()));
        for (_, relations) in by_way {
            let behind = after.pop().unwrap_or_default();
            out.push(self.joined(before.iter().chain(&behind).copied().collect()));
            before.extend(relations);
            before = self.joined(before);
        }
        out
    }

    /// Headers by the side that they come in by.
    fn by_side(&mut self, came: &[Arrival]) -> Vec<(Side, Vec<Relation>)> {
        let adjacency = self.ground.adjacency;
        let mut sides: Vec<(Side, Relation)> =
            came.iter().map(|one| (side(adjacency, one.node, one.came, false), one.relation)).collect();
        sides.sort_by_key(|(side, _)| *side);
        let runs = sides.chunk_by(|a, b| a.0 == b.0);
        runs.map(|run| (run[0].0, self.joined(run.iter().map(|(_, relation)| *relation).collect()))).collect()
    }

    /// Headers of one set, as few relations as they are joined to.
    fn joined(&mut self, relations: Vec<Relation>) -> Vec<Relation> {
        let mut out: Vec<Relation> = Vec::with_capacity(relations.len().min(4));
        for relation in relations {
            let pools = &mut self.ground.pools;
            match out.iter_mut().find_map(|known| Some((join(pools, known, &relation)?, known))) {
                Some((joined, known)) => *known = joined,
                None => out.push(relation),
            }
        }
        out
    }

    fn leads(&self) -> Leads<'w> {
        let Wanted { targets, two_way, links, .. } = self.wanted;
        Leads { targets, two_way, from: None, new_link: None, links }
    }

    fn deliver(&mut self, cost: u32, node: u32, enters: Side, relation: &Relation) {
        let place = Place { node, sides: [enters, None], leaves: None };
        let held = self.ground.held(node, 1);
        let (received, most) = (self.wanted.received, self.wanted.most);
        let pools = &mut self.ground.pools;
        for one in self.ground.devices.cross(pools, place, relation, (most - cost) as usize, self.may) {
            let mut relation = one.crossing.leaving();
            let fits = (0..4).all(|at| relation.narrow_now(pools, at, received[at]));
            if fits && relation.narrow_now(pools, DESTINATION, held) {
                let cost = cost + number(one.stops.len());
                let known = self.met.entry(node).or_default();
                add(pools, known, relation, cost);
                self.least = Some(self.least.map_or(cost, |least| least.min(cost)));
            }
        }
    }

    /// Sends headers out by an exit.
    fn leave(
        &mut self,
        (cost, hops): (u32, u32),
        node: u32,
        half: Half,
        enters: Side,
        exit: &Exit,
        relations: &[Relation],
    ) {
        let budget = (self.wanted.most - cost) as usize;
        if exit.stops.len() > budget || !exit.stops.iter().all(self.may) {
            return;
        }
        let budget = budget - exit.stops.len();
        let adjacency = self.ground.adjacency;
        let key = self.ground.entrance(exit, true);
        let plain = half.is_plain(self.ground.model, node);
        let sides = [enters, if plain { None } else { side(adjacency, node, Some(exit.way), true) }];
        let place = Place { node, sides, leaves: Some(exit.way) };
        for relation in relations {
            let pools = &mut self.ground.pools;
            let left: Vec<(Relation, usize)> = if plain {
                vec![(*relation, 0)]
            } else {
                let crossed = self.ground.devices.cross(pools, place, relation, budget, self.may);
                crossed.into_iter().map(|one| (one.crossing.leaving(), one.stops.len())).collect()
            };
            for (relation, stops) in left {
                let cost = cost + number(stops + exit.stops.len());
                if add(pools, self.known.entry(key).or_default(), relation, cost) {
                    let (node, half, tag) = (exit.node, exit.half, exit.tag);
                    let arrival = Arrival { node, half, tag, came: Some(exit.way), relation };
                    self.queue.entry((cost, hops + 1)).or_default().push(arrival);
                }
            }
        }
    }
}

/// A way without its direction.
const fn same(way: Way) -> Way {
    match way {
        Way::Link { link, .. } => Way::Link { link, backward: false },
        Way::L3Link(_) => way,
    }
}

/// Notes a relation; whether it says anything new.
fn add(pools: &mut Pools, known: &mut Known, relation: Relation, cost: u32) -> bool {
    if known.iter().any(|(other, least)| *least <= cost && relation.is_within(pools, other)) {
        return false;
    }
    for (other, _) in known.iter_mut().filter(|(_, least)| *least == cost) {
        if let Some(joined) = join(pools, other, &relation) {
            *other = joined;
            return true;
        }
    }
    known.push((relation, cost));
    true
}

/// The relation that holds just what two hold, if there is one: where they differ in one set alone, or the one holds the other.
fn join(pools: &mut Pools, a: &Relation, b: &Relation) -> Option<Relation> {
    if a.linked != b.linked {
        return None;
    }
    let mut sets = (0..4).flat_map(|at| [(at, true), (at, false)]).filter(|&(at, sent)| sent || !a.linked[at]);
    let differs = |&(at, sent): &(usize, bool)| if sent { a.sent[at] != b.sent[at] } else { a.now[at] != b.now[at] };
    let (first, second) = (sets.find(differs), sets.find(differs));
    match (first, second) {
        (None, _) => Some(*a),
        (Some((at, sent)), None) => {
            let mut out = *a;
            let mut unite = |a, b| match at {
                0 | 1 => pools.address.unite(a, b),
                2 => pools.service.unite(a, b),
                _ => pools.source_port.unite(a, b),
            };
            if sent {
                out.sent[at] = unite(a.sent[at], b.sent[at]);
            }
            if !sent || a.linked[at] {
                out.now[at] = unite(a.now[at], b.now[at]);
            }
            Some(out)
        }
        _ if b.is_within(pools, a) => Some(*a),
        _ if a.is_within(pools, b) => Some(*b),
        _ => None,
    }
}
