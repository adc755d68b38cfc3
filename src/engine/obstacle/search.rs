//! The way with the fewest obstacles: one flow, or where that does not do several (`chain`).

mod chain;

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::fold::{Fold, Links};
use super::ground::Ground;
use super::sweep::Sweep;
use super::walk::{Trail, Walk, Wanted};
use super::{Obstacle, Passage, twins};
use crate::engine::limit::{LimitReached, Limits};
use crate::engine::relay_passes::{passes_everything, selects_node};
use crate::engine::route::Adjacency;
use crate::engine::trace::{PacketAddress, PassTrace};
use crate::header::{ANY, DESTINATION, Range, Ranges, SERVICE, SOURCE, SetId};
use crate::model::{AskedServices, LinkId, Model};
use crate::number::number;
use chain::{Block, Chained, Chaining};

/// More obstacles than any way has.
const ALL: u32 = 1 << 20;

/// One side of a question.
#[derive(Clone, Debug)]
pub struct Party {
    /// Endpoints, ascending.
    pub nodes: Vec<u32>,
    /// The address that they are to bear in the session at this side; `None`: any of theirs.
    pub address: Option<PacketAddress>,
    /// Whether they are a zone: all that are alike are among them.
    pub is_zone: bool,
}

/// What is asked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Where data comes from.
    pub from: &'a Party,
    /// Where it is to get.
    pub to: &'a Party,
    /// What the last session is to have, as its receiver sees it.
    pub services: AskedServices,
    /// Whether it is to be one session that the first opens to the second.
    pub direct: bool,
}

/// A session of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Who opens it.
    pub from: u32,
    /// Who receives it.
    pub to: u32,
    /// The packet's way; `None`: it is a transfer.
    pub trail: Option<Trail>,
    /// The transfer.
    pub transfer: Option<u32>,
}

/// A way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Endpoints in the direction of the data.
    pub nodes: Vec<u32>,
    /// One session between each two neighbours.
    pub stages: Vec<Stage>,
    /// How each node between passes data on; `None`: it does not.
    pub passes: Vec<Option<PassTrace>>,
}

impl Found {
    /// What stops data on it, in its order.
    #[must_use]
    pub fn obstacles(&self) -> Vec<Obstacle> {
        let mut out = Vec::new();
        for (at, stage) in self.stages.iter().enumerate() {
            if at > 0 && self.passes[at - 1].is_none() {
                out.push(Obstacle::Relay { node: self.nodes[at] });
            }
            out.extend(stage.trail.iter().flat_map(|trail| trail.stops.iter().map(|(_, stop)| *stop)));
        }
        out
    }
}

/// Looks for ways in one model.
pub struct Searcher<'g, 'm, 'd> {
    pub(super) ground: Ground<'g, 'm, 'd>,
    /// Declared passes by node.
    pub(super) passes: HashMap<u32, Vec<u32>>,
    /// Whether one endpoint is looked at of those that are alike, wherever they hang.
    folds: bool,
    /// What stands for what, once somebody asked.
    fold: Option<Rc<Fold>>,
    /// Links at which an obstacle is barred.
    barred: Vec<LinkId>,
    /// Whether some link is one-way: without one replies go wherever packets do.
    has_one_way: bool,
}

/// In documents with so many nodes one endpoint is looked at of those that are alike, wherever they hang.
const LARGE: usize = 2_000;

/// Of an address that more nodes than that have, those are alike that are alike otherwise.
const MANY: usize = 64;

impl<'g, 'm, 'd> Searcher<'g, 'm, 'd> {
    /// A searcher.
    #[must_use]
    pub fn new(adjacency: &'g Adjacency<'m, 'd>, limits: Limits) -> Self {
        let mut passes: HashMap<u32, Vec<u32>> = HashMap::default();
        for (at, pass) in (0_u32..).zip(&adjacency.model().passes) {
            passes.entry(pass.node).or_default().push(at);
        }
        let folds = adjacency.model().document.nodes.len() >= LARGE;
        let has_one_way = adjacency.model().document.links.iter().any(crate::document::Link::one_way);
        Self { ground: Ground::new(adjacency, limits), passes, folds, fold: None, barred: Vec::new(), has_one_way }
    }

    /// The same, looking at one endpoint of those that are alike in small documents too.
    #[must_use]
    pub const fn folding(mut self) -> Self {
        self.folds = true;
        self
    }

    fn fold(&mut self) -> Option<Rc<Fold>> {
        if !self.folds {
            return None;
        }
        let adjacency = self.ground.adjacency;
        Some(Rc::clone(self.fold.get_or_insert_with(|| Rc::new(Fold::new(adjacency)))))
    }

    pub(super) fn model(&self) -> &'m Model<'d> {
        self.ground.model
    }

    /// A way with the fewest obstacles of those that meet none of the barred ones; `None`: there is none, for no packet can be addressed.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn least(&mut self, asked: Asked<'_>, barred: &BTreeSet<Obstacle>) -> Result<Option<Found>, LimitReached> {
        if self.model().too_many_cuts {
            return Err(LimitReached);
        }
        let may = |stop: &Obstacle| !barred.contains(stop);
        let adjacency = self.ground.adjacency;
        self.barred.clear();
        for stop in barred {
            match *stop {
                Obstacle::Vlan { link, .. } | Obstacle::OneWay { link } => self.barred.push(link),
                Obstacle::Relay { node } => self.barred.extend(adjacency.links_of(node).map(|(link, _)| link)),
                _ => {}
            }
        }
        let mut best = self.alone(asked, ALL, false, &may)?;
        let bound = best.as_ref().map_or(Some(ALL), |found| cost(found).checked_sub(1));
        if let (Some(bound), false) = (bound, asked.direct)
            && let Some(found) = self.chained(asked, bound, &may)?
        {
            best = Some(found);
        }
        // Where links lead there at all, a new one is no answer.
        if best.is_none() && barred.is_empty() {
            best = self.alone(asked, ALL, true, &may)?;
        }
        Ok(best.map(|found| addressed(found, asked)))
    }

    /// A way that nothing stops, and that takes none of what is shut; `None`: there is none.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn free(&mut self, asked: Asked<'_>, shut: &BTreeSet<Passage>) -> Result<Option<Found>, LimitReached> {
        if self.model().too_many_cuts {
            return Err(LimitReached);
        }
        self.ground.devices.shut.clone_from(shut);
        self.barred.clear();
        let may = |_: &Obstacle| false;
        let mut found = self.alone(asked, 0, false, &may);
        if let (Ok(None), false) = (&found, asked.direct) {
            found = self.chained(asked, 0, &may);
        }
        self.ground.devices.shut.clear();
        Ok(found?.map(|found| addressed(found, asked)))
    }

    /// The endpoints of a side that stand for all of it.
    fn few(&mut self, party: &Party, other: &Party) -> Vec<u32> {
        if !party.is_zone && (!self.folds || party.nodes.len() <= MANY) {
            return party.nodes.clone();
        }
        let mut reps = self.representatives(&[party, other]);
        reps.retain(|node| party.nodes.binary_search(node).is_ok());
        reps
    }

    /// The endpoints that stand for all, where some parties are spoken of.
    fn representatives(&mut self, parties: &[&Party]) -> Vec<u32> {
        let (mut alone, links) = self.shut();
        let Some(fold) = self.fold() else {
            parties.iter().filter(|party| !party.is_zone).for_each(|party| alone.extend(&party.nodes));
            return twins::representatives(self.ground.adjacency, &alone);
        };
        for party in parties.iter().filter(|party| !party.is_zone) {
            if party.nodes.len() <= MANY {
                alone.extend(&party.nodes);
            } else {
                alone.extend(fold.first_of_each(&party.nodes));
            }
        }
        let endpoint = &self.model().labels.endpoint;
        alone.retain(|&node| endpoint[node as usize]);
        fold.representatives(self.ground.adjacency, &alone, &links)
    }

    /// Nodes that no other stands for, because of what is shut; and links at which something is shut or barred.
    fn shut(&self) -> (BTreeSet<u32>, Vec<LinkId>) {
        let (mut alone, mut links) = (BTreeSet::new(), self.barred.clone());
        for passage in &self.ground.devices.shut {
            match *passage {
                Passage::Entry { node, .. } | Passage::Undeclared { node } => drop(alone.insert(node)),
                Passage::Link(link) | Passage::Vlan { link, .. } => {
                    alone.extend(self.model().names.links[link.index()]);
                    links.push(link);
                }
                _ => {}
            }
        }
        (alone, links)
    }

    fn address(&mut self, party: &Party) -> SetId {
        let Some(address) = party.address else { return ANY };
        let range = match address {
            PacketAddress::Known(family, value) => {
                let one = crate::document::AddressRange { family, low: value, high: value };
                Ranges::single(self.model().spaces.address.range(one))
            }
            PacketAddress::Symbolic(node) => self.model().holdings.get(self.model().sends[node as usize]).clone(),
        };
        assert!(range.as_slice().first().is_some_and(|range: &Range| range.low <= range.high));
        self.ground.pools.address.intern(range)
    }

    /// The services of an expectation that are told apart, one by one: each must be possible.
    pub fn expected(&mut self, expectation: u32) -> Vec<AskedServices> {
        let services = self.ground.pools.service.get(self.model().expected[expectation as usize]).clone();
        let atoms = services.as_slice().iter().flat_map(|range| range.low..=range.high);
        let one = |atom| Ranges::single(Range::new(atom, atom));
        let pool = &mut self.ground.pools.service;
        atoms.map(|atom| AskedServices { packets: pool.intern(one(atom)), transfer: false }).collect()
    }

    /// One flow from one side to the other.
    fn alone(
        &mut self,
        asked: Asked<'_>,
        most: u32,
        new_link: bool,
        may: &dyn Fn(&Obstacle) -> bool,
    ) -> Result<Option<Found>, LimitReached> {
        let (from, to) = (self.few(asked.from, asked.to), self.few(asked.to, asked.from));
        let (here, there) = (self.address(asked.from), self.address(asked.to));
        let has_transfers = !self.model().document.transfers.is_empty();
        if has_transfers && asked.services.transfer && !asked.direct {
            let mut pairs = from.iter().flat_map(|&a| to.iter().map(move |&b| (a, b)));
            if let Some(found) = pairs.find_map(|(a, b)| self.transferred(a, b)) {
                return Ok(Some(found));
            }
        }
        let links = self.fold().map(|fold| {
            let both: Vec<u32> = from.iter().chain(&to).copied().collect();
            Links::between(&fold, self.ground.adjacency, &both)
        });
        let mut best: Option<(u32, Found)> = None;
        for pulled in [false, true] {
            if pulled && asked.direct {
                continue;
            }
            let (openers, receivers) = if pulled { (&to, &from) } else { (&from, &to) };
            let (source, destination) = if pulled { (there, here) } else { (here, there) };
            // All receivers are looked for at once; a link that there is not leads to one.
            let sets: Vec<&[u32]> = if new_link { receivers.chunks(1).collect() } else { vec![receivers] };
            for set in sets {
                let mut targets = vec![false; self.model().document.nodes.len()];
                set.iter().for_each(|&node| targets[node as usize] = true);
                let mut wanted = Wanted {
                    sent: [ANY; 4],
                    received: [ANY; 4],
                    targets: &targets,
                    two_way: pulled,
                    most,
                    new_link: set.first().copied().filter(|_| new_link),
                    first: true,
                    links: links.as_ref(),
                };
                wanted.sent[SOURCE] = source;
                wanted.received[DESTINATION] = destination;
                wanted.received[SERVICE] = asked.services.packets;
                if links.is_some() && !new_link {
                    self.together(openers, None, wanted, may, &mut best)?;
                } else {
                    self.among(openers, wanted, may, &mut best)?;
                }
            }
        }
        Ok(best.map(|(_, found)| found))
    }

    /// The first of some openers with a session that meets the fewest obstacles, where they are fewer than those of the best.
    fn among(
        &mut self,
        openers: &[u32],
        wanted: Wanted<'_>,
        may: &dyn Fn(&Obstacle) -> bool,
        best: &mut Option<(u32, Found)>,
    ) -> Result<(), LimitReached> {
        for &opener in openers {
            let most = best.as_ref().map_or(Some(wanted.most), |(cost, _)| cost.checked_sub(1));
            // A new link is an obstacle itself: without one there is no way at all.
            let least = u32::from(wanted.new_link.is_some());
            let Some(most) = most.filter(|&most| most >= least) else { return Ok(()) };
            let most = most.min(wanted.most);
            let mut walk = Walk::new(&mut self.ground, opener, Wanted { most, ..wanted }, may);
            let found = walk.run()?;
            if let Some(reached) = found.first()
                && let Some(trail) = walk.trail(reached)
            {
                let pulled = wanted.two_way;
                let (a, b) = if pulled { (reached.to, opener) } else { (opener, reached.to) };
                let stage = Stage { from: opener, to: reached.to, trail: Some(trail), transfer: None };
                let found = Found { nodes: vec![a, b], stages: vec![stage], passes: Vec::new() };
                *best = Some((reached.cost, found));
            }
        }
        Ok(())
    }

    /// The same of many, who are looked at all at once, and then by halves; `known`: how few obstacles one of them meets.
    fn together(
        &mut self,
        openers: &[u32],
        known: Option<u32>,
        wanted: Wanted<'_>,
        may: &dyn Fn(&Obstacle) -> bool,
        best: &mut Option<(u32, Found)>,
    ) -> Result<(), LimitReached> {
        if openers.len() < 2 {
            return self.among(openers, wanted, may, best);
        }
        let most = best.as_ref().map_or(Some(wanted.most), |(cost, _)| cost.checked_sub(1));
        let Some(most) = most.map(|most| most.min(wanted.most)) else { return Ok(()) };
        let least = match known {
            Some(known) => Some(known),
            None => {
                let met = Sweep::new(&mut self.ground, Wanted { most, ..wanted }, may).run(openers)?;
                met.iter().map(|one| one.cost).min()
            }
        };
        let Some(least) = least else { return Ok(()) };
        // Nobody meets fewer, so that the first who meets as few is the one.
        let as_few = |best: &Option<(u32, Found)>| best.as_ref().is_some_and(|(cost, _)| *cost <= least);
        let (near, far) = openers.split_at(openers.len() / 2);
        for (half, known) in [(near, None), (far, Some(least))] {
            self.together(half, known, Wanted { most: least, ..wanted }, may, best)?;
            if as_few(best) {
                return Ok(());
            }
        }
        // All of them do no more than each of them; were it otherwise, each would have to be asked.
        self.among(openers, wanted, may, best)
    }

    fn transferred(&self, a: u32, b: u32) -> Option<Found> {
        let model = self.model();
        let mut transfers = (0_u32..).zip(&model.document.transfers);
        let fits =
            |one: &crate::document::Transfer<'_>| selects_node(model, &one.from, a) && selects_node(model, &one.to, b);
        let shut = &self.ground.devices.shut;
        let (transfer, _) = transfers.find(|(at, one)| fits(one) && !shut.contains(&Passage::Transfer(*at)))?;
        let stage = Stage { from: a, to: b, trail: None, transfer: Some(transfer) };
        Some(Found { nodes: vec![a, b], stages: vec![stage], passes: Vec::new() })
    }

    /// Several flows, with relays between.
    fn chained(
        &mut self,
        asked: Asked<'_>,
        bound: u32,
        may: &dyn Fn(&Obstacle) -> bool,
    ) -> Result<Option<Found>, LimitReached> {
        let mut reps = self.representatives(&[asked.from, asked.to]);
        let ends = [self.address(asked.from), self.address(asked.to)];
        let fold = self.fold();
        if fold.is_some() {
            // Where data can never rest it need not be looked for.
            let is_end =
                |node: &u32| [asked.from, asked.to].iter().any(|party| party.nodes.binary_search(node).is_ok());
            let rests = |node: &u32| {
                let node = *node;
                let thought = bound > 0 && may(&Obstacle::Relay { node });
                thought || passes_everything(self.model(), node) || self.passes.contains_key(&node)
            };
            reps.retain(|node| is_end(node) || rests(node));
        }
        let links = fold.map(|fold| Links::between(&fold, self.ground.adjacency, &reps));
        let mut targets = vec![false; self.model().document.nodes.len()];
        reps.iter().for_each(|&node| targets[node as usize] = true);
        let mut blocks = if links.is_some() { self.blocks(asked, &reps) } else { chain::apart(&reps) };
        let mut tables = HashMap::default();
        loop {
            let search = Chaining::new(self, asked, ends, bound, may, (&targets, links.as_ref()), &blocks, &mut tables);
            match search.run()? {
                None => return Ok(None),
                Some(Chained::Found(found)) => return Ok(Some(found)),
                // Somebody of each of these blocks, perhaps: closer.
                Some(Chained::Blocks(on_way)) => blocks = chain::split(&blocks, &on_way),
            }
        }
    }

    /// Endpoints in blocks that are searched together; who declares what it relays, or is named, is one of its own.
    fn blocks(&self, asked: Asked<'_>, reps: &[u32]) -> Vec<Block> {
        let model = self.model();
        let individuals = model.individuals();
        let mut blocks: Vec<Vec<u32>> = Vec::new();
        let mut known = HashMap::default();
        for &node in reps {
            let at = node as usize;
            let within = |party: &Party| party.nodes.binary_search(&node).is_ok();
            let key = (
                [within(asked.from), within(asked.to), passes_everything(model, node)],
                (model.labels.labels[at], model.document.nodes[at].kind),
                individuals[at].then_some(node),
            );
            let block = *known.entry(key).or_insert(blocks.len());
            if block == blocks.len() {
                blocks.push(Vec::new());
            }
            blocks[block].push(node);
        }
        blocks.into_iter().map(Block::from).collect()
    }
}

/// The way with the addresses that were asked for in place of others that nothing tells from them.
fn addressed(mut found: Found, asked: Asked<'_>) -> Found {
    let (first, last) = (found.nodes[0], found.nodes[found.nodes.len() - 1]);
    let end = found.stages.len() - 1;
    for (at, node, party) in [(0, first, asked.from), (end, last, asked.to)] {
        let stage = &mut found.stages[at];
        let opens = stage.from == node;
        let Some((address, trail)) = party.address.zip(stage.trail.as_mut()) else { continue };
        // What is translated one to one would become another.
        if trail.steps.iter().any(|step| step.entries.iter().any(Option::is_some)) {
            continue;
        }
        for packet in trail.steps.iter_mut().flat_map(|step| [&mut step.before, &mut step.after]) {
            *(if opens { &mut packet.source } else { &mut packet.destination }) = address;
        }
    }
    found
}

fn cost(found: &Found) -> u32 {
    number(found.obstacles().len())
}
