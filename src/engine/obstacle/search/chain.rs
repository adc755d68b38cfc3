//! Data paths past obstacles: sessions in a row, with relay passes between them, in the order of obstacles met, then of sessions.
//!
//! Data rests at *blocks* of endpoints. Of a large document many are looked at as one: whatever gets to one of them, or may leave one of them,
//! does for the block. No way that is found so means that there is none. Where one is found, its blocks are split, until each is one
//! endpoint.

use std::collections::BinaryHeap;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::{Asked, Found, Searcher, Stage};
use crate::engine::limit::LimitReached;
use crate::engine::obstacle::fold::Links;
use crate::engine::obstacle::sweep::{Met, Sweep};
use crate::engine::obstacle::walk::{Walk, Wanted};
use crate::engine::obstacle::{Obstacle, Passage};
use crate::engine::relay_passes::{passes_everything, selects_node};
use crate::engine::trace::PassTrace;
use crate::engine::translate::Relation;
use crate::header::{ANY, DESTINATION, SERVICE, SOURCE, SetId};
use crate::model::PeerSelector;
use crate::number::number;

/// Endpoints that are looked at as one, ascending.
pub(super) type Block = Rc<[u32]>;

/// Each endpoint a block of its own.
pub(super) fn apart(nodes: &[u32]) -> Vec<Block> {
    nodes.iter().map(|&node| Block::from([node])).collect()
}

/// Blocks some of which, by their places, are split.
pub(super) fn split(blocks: &[Block], places: &[u32]) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len() + places.len());
    for (at, block) in (0..).zip(blocks) {
        if block.len() > 1 && places.contains(&at) {
            let (near, far) = block.split_at(block.len() / 2);
            out.extend([Block::from(near), Block::from(far)]);
        } else {
            out.push(Rc::clone(block));
        }
    }
    out
}

/// What a search for data paths ends with.
pub(super) enum Chained {
    /// A way.
    Found(Found),
    /// Perhaps one, between endpoints of these blocks.
    Blocks(Vec<u32>),
}

/// Sessions by the first endpoint of their openers, how many these are, and whether replies carry data.
pub(super) type Tables = HashMap<(u32, usize, bool), Rc<[Met]>>;

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

/// Where data rests: a block, and how it passes it on.
type Rest = (u32, Pass);

/// Data somewhere, found along which flow.
struct Held {
    at: Rest,
    came: Option<(usize, Flow)>,
}

pub(super) struct Chaining<'c, 'g, 'm, 'd> {
    searcher: &'c mut Searcher<'g, 'm, 'd>,
    asked: Asked<'c>,
    /// Addresses at both ends.
    ends: [SetId; 2],
    /// So many obstacles at most.
    bound: u32,
    may: &'c dyn Fn(&Obstacle) -> bool,
    /// Endpoints that are looked at, by node, and the links between them.
    targets: &'c [bool],
    links: Option<&'c Links>,
    blocks: &'c [Block],
    /// The block of each.
    of: HashMap<u32, u32>,
    tables: &'c mut Tables,
    /// What flows from a block.
    flows: HashMap<u32, Rc<[(u32, Flow)]>>,
    /// How blocks take what comes.
    taken: HashMap<u32, Rc<[(Pass, u32)]>>,
}

impl<'c, 'g, 'm, 'd> Chaining<'c, 'g, 'm, 'd> {
    #[expect(clippy::too_many_arguments, reason = "they are its fields")]
    pub fn new(
        searcher: &'c mut Searcher<'g, 'm, 'd>,
        asked: Asked<'c>,
        ends: [SetId; 2],
        bound: u32,
        may: &'c dyn Fn(&Obstacle) -> bool,
        (targets, links): (&'c [bool], Option<&'c Links>),
        blocks: &'c [Block],
        tables: &'c mut Tables,
    ) -> Self {
        let of = (0..).zip(blocks).flat_map(|(at, block)| block.iter().map(move |&node| (node, at))).collect();
        let (flows, taken) = (HashMap::default(), HashMap::default());
        Self { searcher, asked, ends, bound, may, targets, links, blocks, of, tables, flows, taken }
    }

    /// A way, if there is one.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn run(mut self) -> Result<Option<Chained>, LimitReached> {
        let mut held: Vec<Held> = Vec::new();
        let mut queue: BinaryHeap<std::cmp::Reverse<(u32, u32, usize)>> = BinaryHeap::new();
        let mut least: HashMap<Rest, (u32, u32)> = HashMap::default();
        for (at, block) in (0..).zip(self.blocks) {
            if block.iter().any(|node| self.asked.from.nodes.binary_search(node).is_ok()) {
                queue.push(std::cmp::Reverse((0, 0, held.len())));
                held.push(Held { at: (at, Pass::Start), came: None });
            }
        }
        while let Some(std::cmp::Reverse((cost, sessions, at))) = queue.pop() {
            let (block, pass) = held[at].at;
            if pass == Pass::End {
                return self.ended(&held, at).map(Some);
            }
            if least.get(&(block, pass)).is_some_and(|known| *known < (cost, sessions)) {
                continue;
            }
            for (next, flow) in self.flows_from(block)?.iter() {
                let more = if let Flow::Packets { cost, .. } = flow { *cost } else { 0 };
                if cost + more > self.bound {
                    continue;
                }
                let Some(sent) = self.narrowed(pass, *next, *flow, true) else { continue };
                for &(taken, extra) in self.takes(*next).iter() {
                    let total = cost + more + extra;
                    let rest = (*next, taken);
                    let value = (total, sessions + 1);
                    if total > self.bound || least.get(&rest).is_some_and(|known| *known <= value) {
                        continue;
                    }
                    let Some(flow) = self.narrowed(taken, block, sent, false) else { continue };
                    least.insert(rest, value);
                    queue.push(std::cmp::Reverse((total, sessions + 1, held.len())));
                    held.push(Held { at: rest, came: Some((at, flow)) });
                }
            }
        }
        Ok(None)
    }

    /// How somebody of a block may take what comes, and what that adds.
    fn takes(&mut self, block: u32) -> Rc<[(Pass, u32)]> {
        if let Some(known) = self.taken.get(&block) {
            return Rc::clone(known);
        }
        let mut out = Vec::new();
        for &node in self.blocks[block as usize].iter() {
            for one in self.takes_at(node) {
                if !out.contains(&one) {
                    out.push(one);
                }
            }
        }
        let out: Rc<[(Pass, u32)]> = out.into();
        self.taken.insert(block, Rc::clone(&out));
        out
    }

    fn takes_at(&self, node: u32) -> Vec<(Pass, u32)> {
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

    /// What of a flow between a block and a peer is left where the block lets data out of a rest by it (`leaving`), or takes it into one.
    fn narrowed(&mut self, pass: Pass, peer: u32, flow: Flow, leaving: bool) -> Option<Flow> {
        let model = self.searcher.model();
        let side: Option<&PeerSelector<'_>> = match pass {
            Pass::Entry(pass) => {
                let pass = &model.passes[pass as usize];
                Some(if leaving { &pass.to } else { &pass.from })
            }
            _ => None,
        };
        let peers = &self.blocks[peer as usize];
        let selected = side.is_some_and(|side| peers.iter().any(|&peer| selects_node(model, side.items, peer)));
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

    /// Sessions that somebody of a block opens.
    fn table(&mut self, block: u32, two_way: bool) -> Result<Rc<[Met]>, LimitReached> {
        let two_way = two_way && self.searcher.has_one_way;
        let openers = &self.blocks[block as usize];
        let key = (openers[0], openers.len(), two_way);
        if let Some(known) = self.tables.get(&key) {
            return Ok(Rc::clone(known));
        }
        let wanted = self.wanted([ANY; 4], [ANY; 4], two_way, self.bound);
        let ground = &mut self.searcher.ground;
        let found: Rc<[Met]> = match **openers {
            [opener] => {
                let found = Walk::new(ground, opener, wanted, self.may).run()?.into_iter();
                found.map(|one| Met { to: one.to, cost: one.cost, relation: one.relation }).collect()
            }
            _ => Sweep::new(ground, wanted, self.may).run(openers)?.into(),
        };
        self.tables.insert(key, Rc::clone(&found));
        Ok(found)
    }

    fn wanted(&self, sent: [SetId; 4], received: [SetId; 4], two_way: bool, most: u32) -> Wanted<'c> {
        let (targets, links) = (self.targets, self.links);
        Wanted { sent, received, targets, two_way, most, new_link: None, first: false, links }
    }

    /// What flows from a block.
    fn flows_from(&mut self, block: u32) -> Result<Rc<[(u32, Flow)]>, LimitReached> {
        if let Some(known) = self.flows.get(&block) {
            return Ok(Rc::clone(known));
        }
        let mut out: Vec<(u32, Flow)> = Vec::new();
        let flow = |pulled: bool, one: &Met| Flow::Packets { pulled, relation: one.relation, cost: one.cost };
        for one in self.table(block, false)?.iter() {
            out.push((self.of[&one.to], flow(false, one)));
        }
        let own = Rc::clone(&self.blocks[block as usize]);
        for opener in 0..number(self.blocks.len()) {
            // Those of one block may open sessions to each other.
            if opener != block || own.len() > 1 {
                let table = self.table(opener, true)?;
                out.extend(table.iter().filter(|one| self.of[&one.to] == block).map(|one| (opener, flow(true, one))));
            }
        }
        let model = self.searcher.model();
        for (at, transfer) in (0_u32..).zip(&model.document.transfers) {
            let shut = self.searcher.ground.devices.shut.contains(&Passage::Transfer(at));
            if !shut && own.iter().any(|&node| selects_node(model, &transfer.from, node)) {
                let selects = |&to: &u32| selects_node(model, &transfer.to, to);
                let blocks = (0_u32..).zip(self.blocks).filter(|(to, _)| *to != block || own.len() > 1);
                let to = blocks.filter(|(_, nodes)| nodes.iter().any(selects));
                out.extend(to.map(|(to, _)| (to, Flow::Transfer(at))));
            }
        }
        let out: Rc<[(u32, Flow)]> = out.into();
        self.flows.insert(block, Rc::clone(&out));
        Ok(out)
    }

    /// The way that ends in a rest, with a packet for each session; or its blocks, where they are not single endpoints.
    fn ended(&mut self, held: &[Held], end: usize) -> Result<Chained, LimitReached> {
        let (mut at, mut flows, mut rests) = (end, Vec::new(), vec![held[end].at]);
        while let Some((before, flow)) = held[at].came {
            flows.push(flow);
            rests.push(held[before].at);
            at = before;
        }
        flows.reverse();
        rests.reverse();
        if rests.iter().any(|(block, _)| self.blocks[*block as usize].len() > 1) {
            return Ok(Chained::Blocks(rests.into_iter().map(|(block, _)| block).collect()));
        }
        self.found(&flows, &rests).map(Chained::Found)
    }

    /// A way along flows between single endpoints.
    fn found(&mut self, flows: &[Flow], rests: &[Rest]) -> Result<Found, LimitReached> {
        let nodes: Vec<u32> = rests.iter().map(|(block, _)| self.blocks[*block as usize][0]).collect();
        let mut stages = Vec::with_capacity(flows.len());
        for (flow, ends) in flows.iter().zip(nodes.windows(2)) {
            let (pulled, relation, most) = match *flow {
                Flow::Transfer(transfer) => {
                    stages.push(Stage { from: ends[0], to: ends[1], trail: None, transfer: Some(transfer) });
                    continue;
                }
                Flow::Packets { pulled, relation, cost } => (pulled, relation, cost),
            };
            let [from, to] = if pulled { [ends[1], ends[0]] } else { [ends[0], ends[1]] };
            let mut targets = vec![false; self.targets.len()];
            targets[to as usize] = true;
            let wanted = self.wanted(relation.sent, relation.now, pulled, most);
            let wanted = Wanted { targets: &targets, first: true, ..wanted };
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
