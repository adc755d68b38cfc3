//! The way with the fewest obstacles: one flow, or where that does not do several (`chain`).

mod chain;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::walk::{Ground, Trail, Walk, Wanted};
use super::{Obstacle, Passage, twins};
use crate::engine::limit::{LimitReached, Limits};
use crate::engine::relay_passes::selects_node;
use crate::engine::route::Adjacency;
use crate::engine::trace::{PacketAddress, PassTrace};
use crate::header::{ANY, DESTINATION, Range, Ranges, SERVICE, SOURCE, SetId};
use crate::model::{AskedServices, Model};
use crate::number::number;
use chain::Chaining;

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
}

impl<'g, 'm, 'd> Searcher<'g, 'm, 'd> {
    /// A searcher.
    #[must_use]
    pub fn new(adjacency: &'g Adjacency<'m, 'd>, limits: Limits) -> Self {
        let mut passes: HashMap<u32, Vec<u32>> = HashMap::default();
        for (at, pass) in (0_u32..).zip(&adjacency.model().passes) {
            passes.entry(pass.node).or_default().push(at);
        }
        Self { ground: Ground::new(adjacency, limits), passes }
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
        let may = |_: &Obstacle| false;
        let mut found = self.alone(asked, 0, false, &may);
        if let (Ok(None), false) = (&found, asked.direct) {
            found = self.chained(asked, 0, &may);
        }
        self.ground.devices.shut.clear();
        Ok(found?.map(|found| addressed(found, asked)))
    }

    /// The endpoints of a side that stand for all of it.
    fn few(&self, party: &Party, other: &Party) -> Vec<u32> {
        if !party.is_zone {
            return party.nodes.clone();
        }
        let reps = twins::representatives(self.ground.adjacency, &self.mask(other));
        reps.into_iter().filter(|node| party.nodes.binary_search(node).is_ok()).collect()
    }

    /// Nodes that no other stands for.
    fn mask(&self, party: &Party) -> Vec<bool> {
        let mut out = vec![false; self.model().document.nodes.len()];
        for passage in &self.ground.devices.shut {
            match *passage {
                Passage::Entry { node, .. } | Passage::Undeclared { node } => out[node as usize] = true,
                Passage::Link(link) | Passage::Vlan { link, .. } => {
                    self.model().names.links[link as usize].iter().for_each(|&end| out[end as usize] = true);
                }
                _ => {}
            }
        }
        if !party.is_zone {
            party.nodes.iter().for_each(|&node| out[node as usize] = true);
        }
        out
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
                for &opener in openers {
                    let Some(most) = best.as_ref().map_or(Some(most), |(cost, _)| cost.checked_sub(1)) else {
                        return Ok(best.map(|(_, found)| found));
                    };
                    let mut wanted = Wanted {
                        sent: [ANY; 4],
                        received: [ANY; 4],
                        targets: &targets,
                        two_way: pulled,
                        most,
                        new_link: set.first().copied().filter(|_| new_link),
                        first: true,
                    };
                    wanted.sent[SOURCE] = source;
                    wanted.received[DESTINATION] = destination;
                    wanted.received[SERVICE] = asked.services.packets;
                    let mut walk = Walk::new(&mut self.ground, opener, wanted, may);
                    let found = walk.run()?;
                    if let Some(reached) = found.first()
                        && let Some(trail) = walk.trail(reached)
                    {
                        let (a, b) = if pulled { (reached.to, opener) } else { (opener, reached.to) };
                        let stage = Stage { from: opener, to: reached.to, trail: Some(trail), transfer: None };
                        let found = Found { nodes: vec![a, b], stages: vec![stage], passes: Vec::new() };
                        best = Some((reached.cost, found));
                    }
                }
            }
        }
        Ok(best.map(|(_, found)| found))
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
        let mut alone = self.mask(asked.from);
        self.mask(asked.to).iter().zip(&mut alone).for_each(|(other, own)| *own |= other);
        let reps = twins::representatives(self.ground.adjacency, &alone);
        let ends = [self.address(asked.from), self.address(asked.to)];
        let mut search = Chaining {
            searcher: self,
            asked,
            ends,
            bound,
            may,
            targets: Vec::new(),
            reps,
            tables: HashMap::default(),
            flows: HashMap::default(),
        };
        search.targets = vec![false; search.searcher.model().document.nodes.len()];
        for &node in &search.reps {
            search.targets[node as usize] = true;
        }
        search.run()
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
