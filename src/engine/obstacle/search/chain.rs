//! Data paths past obstacles: sessions in a row, with relay passes between them, in the order of obstacles met, then of sessions.

use std::collections::BinaryHeap;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::{Asked, Found, Searcher, Stage};
use crate::engine::limit::LimitReached;
use crate::engine::obstacle::walk::{Reached, Walk, Wanted};
use crate::engine::obstacle::{Obstacle, Passage};
use crate::engine::relay_passes::{passes_everything, selects_node};
use crate::engine::trace::PassTrace;
use crate::engine::translate::Relation;
use crate::header::{ANY, DESTINATION, SERVICE, SOURCE, SetId};
use crate::model::PeerSelector;

/// How a node passes data on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Pass {
    Start,
    Undeclared,
    Entry(u32),
    /// Not at all.
    Thought,
    End,
}

/// A session, or a transfer, that carries data from one node to the next.
#[derive(Clone, Copy)]
pub(super) enum Flow {
    Packets { pulled: bool, relation: Relation, cost: u32 },
    Transfer(u32),
}

/// Where data rests.
type Rest = (u32, Pass);

/// Data somewhere, found along which flow.
struct Held {
    at: Rest,
    came: Option<(usize, Flow)>,
}

pub(super) struct Chaining<'c, 'g, 'm, 'd> {
    pub searcher: &'c mut Searcher<'g, 'm, 'd>,
    pub asked: Asked<'c>,
    /// Addresses at both ends.
    pub ends: [SetId; 2],
    /// So many obstacles at most.
    pub bound: u32,
    pub may: &'c dyn Fn(&Obstacle) -> bool,
    /// Endpoints that are looked at, by node, and in the order of the document.
    pub targets: Vec<bool>,
    pub reps: Vec<u32>,
    /// Sessions by opener, and whether replies carry data.
    pub tables: HashMap<(u32, bool), Rc<[Reached]>>,
    /// What flows from a node.
    pub flows: HashMap<u32, Rc<[(u32, Flow)]>>,
}

impl Chaining<'_, '_, '_, '_> {
    /// A way, if there is one.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn run(&mut self) -> Result<Option<Found>, LimitReached> {
        let mut held: Vec<Held> = Vec::new();
        let mut queue: BinaryHeap<std::cmp::Reverse<(u32, u32, usize)>> = BinaryHeap::new();
        let mut least: HashMap<Rest, (u32, u32)> = HashMap::default();
        for &node in self.reps.iter().filter(|node| self.asked.from.nodes.binary_search(node).is_ok()) {
            queue.push(std::cmp::Reverse((0, 0, held.len())));
            held.push(Held { at: (node, Pass::Start), came: None });
        }
        while let Some(std::cmp::Reverse((cost, sessions, at))) = queue.pop() {
            let (node, pass) = held[at].at;
            if pass == Pass::End {
                return self.found(&held, at).map(Some);
            }
            if least.get(&(node, pass)).is_some_and(|known| *known < (cost, sessions)) {
                continue;
            }
            for (next, flow) in self.flows_from(node)?.iter() {
                let more = if let Flow::Packets { cost, .. } = flow { *cost } else { 0 };
                if cost + more > self.bound {
                    continue;
                }
                let Some(sent) = self.narrowed(pass, *next, *flow, true) else { continue };
                for (taken, extra) in self.takes(*next) {
                    let total = cost + more + extra;
                    let rest = (*next, taken);
                    let value = (total, sessions + 1);
                    if total > self.bound || least.get(&rest).is_some_and(|known| *known <= value) {
                        continue;
                    }
                    let Some(flow) = self.narrowed(taken, node, sent, false) else { continue };
                    least.insert(rest, value);
                    queue.push(std::cmp::Reverse((total, sessions + 1, held.len())));
                    held.push(Held { at: rest, came: Some((at, flow)) });
                }
            }
        }
        Ok(None)
    }

    /// How a node may take what comes, and what that adds.
    fn takes(&self, node: u32) -> Vec<(Pass, u32)> {
        let mut out = Vec::new();
        if self.asked.to.nodes.binary_search(&node).is_ok() {
            out.push((Pass::End, 0));
        }
        let (model, shut) = (self.searcher.model(), &self.searcher.ground.devices.shut);
        if passes_everything(model, node) {
            if !shut.contains(&Passage::Undeclared { node }) {
                out.push((Pass::Undeclared, 0));
            }
            return out;
        }
        let own = self.searcher.passes.get(&node).map_or(&[][..], Vec::as_slice);
        let open = |pass: &&u32| !shut.contains(&Passage::Entry { node, entry: model.passes[**pass as usize].entry });
        out.extend(own.iter().filter(open).map(|&pass| (Pass::Entry(pass), 0)));
        if (self.may)(&Obstacle::Relay { node }) {
            out.push((Pass::Thought, 1));
        }
        out
    }

    /// What of a flow between a node and a peer is left where the node lets data out of a rest by it (`leaving`), or takes it into one.
    fn narrowed(&mut self, pass: Pass, peer: u32, flow: Flow, leaving: bool) -> Option<Flow> {
        let model = self.searcher.model();
        let side: Option<&PeerSelector<'_>> = match pass {
            Pass::Entry(pass) => {
                let pass = &model.passes[pass as usize];
                Some(if leaving { &pass.to } else { &pass.from })
            }
            _ => None,
        };
        let selected = side.is_some_and(|side| selects_node(model, side.items, peer));
        let (pulled, mut relation, cost) = match flow {
            Flow::Transfer(_) => {
                let fits = match (side, pass) {
                    (Some(side), _) => side.transfer && selected,
                    (None, Pass::End) => self.asked.services.transfer,
                    _ => true,
                };
                return fits.then_some(flow);
            }
            Flow::Packets { pulled, relation, cost } => (pulled, relation, cost),
        };
        // Who opened the session sees it as it is sent.
        let opened = leaving != pulled;
        let pools = &mut self.searcher.ground.pools;
        let mut keep = |relation: &mut Relation, sent: bool, dimension: usize, set: SetId| {
            if sent { relation.narrow_sent(pools, dimension, set) } else { relation.narrow_now(pools, dimension, set) }
        };
        let mut fits = true;
        if let Some(side) = side {
            let addresses = if selected { ANY } else { side.addresses };
            let of_peer = if opened { DESTINATION } else { SOURCE };
            fits &= keep(&mut relation, opened, of_peer, addresses);
            fits &= keep(&mut relation, opened, SERVICE, side.service);
        }
        if pass == Pass::Start || pass == Pass::End {
            let own = if opened { SOURCE } else { DESTINATION };
            fits &= keep(&mut relation, opened, own, self.ends[usize::from(pass == Pass::End)]);
        }
        if pass == Pass::End {
            fits &= keep(&mut relation, false, SERVICE, self.asked.services.packets);
        }
        fits.then_some(Flow::Packets { pulled, relation, cost })
    }

    fn table(&mut self, opener: u32, two_way: bool) -> Result<Rc<[Reached]>, LimitReached> {
        // Without one-way links replies go wherever packets do.
        let document = self.searcher.model().document;
        let two_way = two_way && document.links.iter().any(crate::document::Link::one_way);
        if let Some(known) = self.tables.get(&(opener, two_way)) {
            return Ok(Rc::clone(known));
        }
        let wanted = Wanted {
            sent: [ANY; 4],
            received: [ANY; 4],
            targets: &self.targets,
            two_way,
            most: self.bound,
            new_link: None,
            first: false,
        };
        let found: Rc<[Reached]> = Walk::new(&mut self.searcher.ground, opener, wanted, self.may).run()?.into();
        self.tables.insert((opener, two_way), Rc::clone(&found));
        Ok(found)
    }

    /// What flows from a node.
    fn flows_from(&mut self, node: u32) -> Result<Rc<[(u32, Flow)]>, LimitReached> {
        if let Some(known) = self.flows.get(&node) {
            return Ok(Rc::clone(known));
        }
        let mut out: Vec<(u32, Flow)> = Vec::new();
        let flow = |pulled: bool, one: &Reached| Flow::Packets { pulled, relation: one.relation, cost: one.cost };
        for one in self.table(node, false)?.iter() {
            out.push((one.to, flow(false, one)));
        }
        for opener in self.reps.clone().into_iter().filter(|&opener| opener != node) {
            let table = self.table(opener, true)?;
            out.extend(table.iter().filter(|one| one.to == node).map(|one| (opener, flow(true, one))));
        }
        let model = self.searcher.model();
        for (at, transfer) in (0_u32..).zip(&model.document.transfers) {
            let shut = self.searcher.ground.devices.shut.contains(&Passage::Transfer(at));
            if !shut && selects_node(model, &transfer.from, node) {
                let to = self.reps.iter().filter(|&&to| to != node && selects_node(model, &transfer.to, to));
                out.extend(to.map(|&to| (to, Flow::Transfer(at))));
            }
        }
        let out: Rc<[(u32, Flow)]> = out.into();
        self.flows.insert(node, Rc::clone(&out));
        Ok(out)
    }

    /// The way that ends in a rest, with a packet for each session.
    fn found(&mut self, held: &[Held], end: usize) -> Result<Found, LimitReached> {
        let (mut at, mut flows, mut rests) = (end, Vec::new(), vec![held[end].at]);
        while let Some((before, flow)) = held[at].came {
            flows.push(flow);
            rests.push(held[before].at);
            at = before;
        }
        flows.reverse();
        rests.reverse();
        let nodes: Vec<u32> = rests.iter().map(|(node, _)| *node).collect();
        let mut stages = Vec::with_capacity(flows.len());
        for (flow, ends) in flows.into_iter().zip(nodes.windows(2)) {
            let (pulled, relation, most) = match flow {
                Flow::Transfer(transfer) => {
                    stages.push(Stage { from: ends[0], to: ends[1], trail: None, transfer: Some(transfer) });
                    continue;
                }
                Flow::Packets { pulled, relation, cost } => (pulled, relation, cost),
            };
            let [from, to] = if pulled { [ends[1], ends[0]] } else { [ends[0], ends[1]] };
            let mut targets = vec![false; self.targets.len()];
            targets[to as usize] = true;
            let wanted = Wanted {
                sent: relation.sent,
                received: relation.now,
                targets: &targets,
                two_way: pulled,
                most,
                new_link: None,
                first: true,
            };
            let mut walk = Walk::new(&mut self.searcher.ground, from, wanted, self.may);
            let found = walk.run()?;
            // What was found of all receivers at once is found of one.
            let trail = found.first().and_then(|reached| walk.trail(reached)).ok_or(LimitReached)?;
            stages.push(Stage { from, to, trail: Some(trail), transfer: None });
        }
        let pass = |(_, pass): &Rest| match pass {
            Pass::Entry(pass) => {
                let pass = &self.searcher.model().passes[*pass as usize];
                Some(PassTrace::Entry { entry: pass.entry, mirror: pass.mirror })
            }
            Pass::Thought => None,
            Pass::Start | Pass::Undeclared | Pass::End => Some(PassTrace::Undeclared),
        };
        let passes = rests[1..rests.len() - 1].iter().map(pass).collect();
        Ok(Found { nodes, stages, passes })
    }
}
