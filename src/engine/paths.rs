//! Data paths: flows between endpoints and relay passes, and what they chain to. Spec, section 6.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::closure::close;
use super::coverage::Coverage;
use super::flow_graph::{Chain, Flow, FlowGraph, flow_to};
use super::methods::MethodSet;
use super::pairs::Pairs;
use super::party::Party;
use super::reachability::{Answer, LimitReached, Limits, Question, Reachability, Workspace};
use super::relay_passes::{RelayPass, relay_passes};
use super::translate::Translated;
use crate::header::{ANY, EMPTY, EVERYTHING, Product, SetId};
use crate::model::{AskedServices, Model, Pools};
use crate::network::{ClassId, Network};
use crate::number::number;

/// What is asked: data paths between two sides, either way.
pub struct PathQuestion<'a> {
    /// Classes of the side named first.
    pub a: &'a [ClassId],
    /// Classes of the other side.
    pub b: &'a [ClassId],
    /// Which paths count.
    pub terms: PathTerms,
}

/// Which data paths count.
#[derive(Clone, Copy, Debug)]
pub struct PathTerms {
    /// Paths with a pass of one of these methods do not.
    pub sanitised_by: MethodSet,
    /// The last session has one of these services, as its receiver sees it.
    pub last: AskedServices,
    /// Paths are single sessions of packets, opened by the side named first.
    pub sessions: bool,
}

impl Default for PathTerms {
    /// All of them.
    fn default() -> Self {
        Self { sanitised_by: MethodSet::NONE, last: AskedServices::ANY, sessions: false }
    }
}

/// Decides path questions on one network.
pub struct PathEngine<'a, 'd> {
    /// The model.
    pub model: &'a Model<'d>,
    /// The network.
    pub network: &'a Network,
    /// Sets of the model, and those made on the way.
    pub pools: Pools,
    /// Limits.
    pub limits: Limits,
    /// Cells looked at.
    pub cells: u64,
    /// Sessions of other services than these are left out.
    pub within: SetId,
    /// Whether transfers carry data: their service is none of `within`.
    pub carries: bool,
    /// Whether sessions that exceptions cover carry nothing, and not only excuse the paths that are made of them.
    pub covered_stop: bool,
    /// Memory of searches.
    pub(super) workspace: Workspace,
}

/// The answer to a path question.
pub struct PathAnswer {
    /// The pairs of positions in `a` and `b` with a data path that is not excused.
    pub violating: Pairs,
    /// Pairs of positions of one node on both sides that data comes back to; ascending, not among `violating`.
    pub(super) loops: Vec<(u32, u32)>,
    pub(super) graph: FlowGraph,
    /// Which paths counted.
    pub(super) terms: PathTerms,
    pub(super) a: Vec<ClassId>,
    pub(super) b: Vec<ClassId>,
}

impl<'a, 'd> PathEngine<'a, 'd> {
    /// An engine for one network.
    pub fn new(model: &'a Model<'d>, network: &'a Network, limits: Limits) -> Self {
        let pools = model.pools.clone();
        let workspace = Workspace::default();
        Self { model, network, pools, limits, cells: 0, within: ANY, carries: true, covered_stop: false, workspace }
    }

    /// Decides a question whose sessions are, as their receiver sees them, in `received`; and the product that the header
    /// as sent is then known to be in.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub(super) fn ask(
        &mut self,
        mut question: Question<'_>,
        received: Product,
    ) -> Result<(Answer, [Product; 2]), LimitReached> {
        if !self.model.nat.is_empty() {
            let sent = question.product;
            let search = Translated::new(self.model, self.network, &mut self.pools, self.limits, &mut self.cells);
            return Ok((search.answer(&question, &received)?, [sent, received]));
        }
        question.product = self.pools.meet(&question.product, &received);
        let products = [question.product, EVERYTHING];
        let search = Reachability::new(self.model, self.network, &self.pools, self.limits, &mut self.cells);
        if question.product.contains(&EMPTY) {
            return Ok((search.nothing(&question), products));
        }
        Ok((search.answer_in(&question, &mut self.workspace)?, products))
    }

    /// Decides a question; sessions covered by `coverage` excuse, paths of such sessions only are excused.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn decide(&mut self, question: &PathQuestion<'_>, coverage: &mut Coverage) -> Result<PathAnswer, LimitReached> {
        let sides = [Party::new(question.a), Party::new(question.b)];
        let mut graph = FlowGraph::default();
        let terms = question.terms;
        graph.direct[0] = self.direct([&sides[0], &sides[1]], terms.last.packets, coverage)?;
        if terms.sessions {
            graph.direct[1] = vec![Vec::new(); question.b.len()];
            graph.into = [question.a, question.b].map(|side| vec![Vec::new(); side.len()]);
        } else {
            graph.direct[1] = self.direct([&sides[1], &sides[0]], terms.last.packets, coverage)?;
            graph.relay_passes = relay_passes(self.model, self.network, terms.sanitised_by);
            self.wire_stations(&sides, terms.last.packets, coverage, &mut graph)?;
            self.carry(&sides, terms, coverage, &mut graph)?;
        }
        let (violating, loops) =
            self.apart(close(&graph, [question.a.len(), question.b.len()], self.limits)?, question);
        let (a, b) = (question.a.to_vec(), question.b.to_vec());
        Ok(PathAnswer { violating, loops, graph, terms, a, b })
    }

    /// What joins two different nodes: one alone on both sides is no pair, though data may come back to it. Those pairs of
    /// positions come second.
    fn apart(&self, violating: Pairs, question: &PathQuestion<'_>) -> (Pairs, Vec<(u32, u32)>) {
        let alone = |class: ClassId| self.network.classes.get(class).members.len() == 1;
        let position = |class: &ClassId| question.b.binary_search(class).ok();
        let both = (0_u32..).zip(question.a).filter(|(_, class)| alone(**class));
        let loops: Vec<(u32, u32)> = both
            .filter_map(|(a, class)| Some((a, number(position(class)?))))
            .filter(|&(a, b)| violating.holds(a as usize, b as usize))
            .collect();
        if loops.is_empty() {
            return (violating, loops);
        }
        let rows = (0_u32..).zip(violating.rows());
        let kept =
            rows.map(|(a, row)| row.iter().copied().filter(|&b| loops.binary_search(&(a, b)).is_err()).collect());
        (Pairs::new(kept.collect()), loops)
    }
}

impl PathAnswer {
    /// The classes of a side: 0 is the side named first.
    pub(super) fn sides(&self, side: usize) -> &[ClassId] {
        if side == 0 { &self.a } else { &self.b }
    }

    /// The relay passes that data of some classes of a side reaches, each with its level: 1 where an uncovered session was
    /// passed on some way there, else 0.
    #[must_use]
    pub fn levels(&self, side: usize, starts: &[ClassId]) -> Vec<(RelayPass, u8)> {
        let classes = self.sides(side);
        let mut levels: Vec<Option<u8>> = vec![None; self.graph.relay_passes.len()];
        let mut queue: VecDeque<u32> = VecDeque::new();
        let offer = |queue: &mut VecDeque<u32>, levels: &mut Vec<Option<u8>>, relay_pass: u32, uncovered: bool| {
            let slot = &mut levels[relay_pass as usize];
            if slot.is_none_or(|known| known < u8::from(uncovered)) {
                *slot = Some(u8::from(uncovered));
                queue.push_back(relay_pass);
            }
        };
        let starts: HashSet<ClassId> = starts.iter().copied().collect();
        for (at, _) in classes.iter().enumerate().filter(|(_, class)| starts.contains(class)) {
            for &(relay_pass, flow) in self.graph.into[side].get(at).into_iter().flatten() {
                offer(&mut queue, &mut levels, relay_pass, flow.uncovered);
            }
        }
        while let Some(relay_pass) = queue.pop_front() {
            let uncovered = levels[relay_pass as usize] == Some(1);
            for &(next, flow) in &self.graph.between[relay_pass as usize] {
                offer(&mut queue, &mut levels, next, uncovered || flow.uncovered);
            }
        }
        let reached = self.graph.relay_passes.iter().zip(levels);
        reached.filter_map(|(relay_pass, level)| Some((*relay_pass, level?))).collect()
    }

    /// A shortest data path between two positions that is not excused, in the direction of the data, with the relay passes
    /// it passes.
    #[must_use]
    pub fn witness(&self, a: usize, b: usize) -> Option<(Chain, Vec<RelayPass>)> {
        let candidates = [(0, a, b), (1, b, a)].into_iter().filter_map(|(side, from, to)| self.chain(side, from, to));
        candidates.min_by_key(|(chain, _)| chain.len())
    }

    fn chain(&self, side: usize, start: usize, target: usize) -> Option<(Chain, Vec<RelayPass>)> {
        if let Some(flow) = flow_to(&self.graph.direct[side][start], target).filter(|flow| flow.uncovered) {
            return Some((vec![flow], Vec::new()));
        }
        // Breadth-first over (relay pass, whether an uncovered session was passed), with the flow that led there.
        let mut came: HashMap<(u32, bool), (Option<(u32, bool)>, Flow)> = HashMap::default();
        let mut queue: VecDeque<(u32, bool)> = VecDeque::new();
        for &(relay_pass, flow) in &self.graph.into[side][start] {
            if let Entry::Vacant(slot) = came.entry((relay_pass, flow.uncovered)) {
                slot.insert((None, flow));
                queue.push_back((relay_pass, flow.uncovered));
            }
        }
        while let Some((relay_pass, uncovered)) = queue.pop_front() {
            let last = flow_to(&self.graph.out[1 - side][relay_pass as usize], target);
            if let Some(flow) = last.filter(|flow| uncovered || flow.uncovered) {
                let (mut chain, mut relay_passes) = (vec![flow], Vec::new());
                let mut state = Some((relay_pass, uncovered));
                while let Some((relay_pass, uncovered)) = state {
                    relay_passes.push(self.graph.relay_passes[relay_pass as usize]);
                    let &(before, flow) = came.get(&(relay_pass, uncovered))?;
                    chain.push(flow);
                    state = before;
                }
                chain.reverse();
                relay_passes.reverse();
                return Some((chain, relay_passes));
            }
            for &(next, flow) in &self.graph.between[relay_pass as usize] {
                let state = (next, uncovered || flow.uncovered);
                if let Entry::Vacant(slot) = came.entry(state) {
                    slot.insert((Some((relay_pass, uncovered)), flow));
                    queue.push_back(state);
                }
            }
        }
        None
    }
}
