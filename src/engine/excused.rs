//! Which exceptions a proved path requirement owes its verdict to: those that cover a session on a data path that is
//! excused. Where nothing violates, every data path there is is one.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::Coverage;
use super::covered::covered_pairs;
use super::decider::RequirementDecider;
use super::flow_graph::{Flow, FlowGraph};
use super::outcome::PathOutcome;
use super::paths::{PathAnswer, PathEngine};
use crate::network::ClassId;

/// Excused data paths between nodes of two labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excuse {
    /// The labels of the ends.
    pub labels: [Option<u32>; 2],
    /// The exceptions that cover their sessions, ascending; never empty.
    pub exceptions: Vec<u32>,
}

/// A class that data comes from, those it reaches, and the ends of the sessions that may carry it, opener first.
struct Reach {
    from: ClassId,
    to: Vec<ClassId>,
    sessions: BTreeSet<(ClassId, ClassId)>,
}

impl PathAnswer {
    /// What data reaches from either side, as far as it reaches the other.
    fn reaches(&self) -> Vec<Reach> {
        let sides = [self.sides(0), self.sides(1)];
        let mut out = Vec::new();
        for side in 0..2 {
            let leading = leading(&self.graph, 1 - side);
            for (at, &from) in sides[side].iter().enumerate() {
                let mut reach = Reach { from, to: Vec::new(), sessions: BTreeSet::new() };
                let mut pass = |flow: &Flow| reach.sessions.insert((flow.carrier.from(), flow.carrier.to()));
                let mut targets: BTreeSet<u32> = BTreeSet::new();
                for (to, flow) in self.graph.direct[side].get(at).into_iter().flatten() {
                    targets.insert(*to);
                    pass(flow);
                }
                let mut seen = vec![false; leading.len()];
                let mut stack: Vec<u32> = Vec::new();
                for (relay_pass, flow) in self.graph.into[side].get(at).into_iter().flatten() {
                    if leading[*relay_pass as usize] {
                        pass(flow);
                        stack.push(*relay_pass);
                    }
                }
                while let Some(relay_pass) = stack.pop() {
                    if std::mem::replace(&mut seen[relay_pass as usize], true) {
                        continue;
                    }
                    for (to, flow) in &self.graph.out[1 - side][relay_pass as usize] {
                        targets.insert(*to);
                        pass(flow);
                    }
                    for (next, flow) in
                        self.graph.between[relay_pass as usize].iter().filter(|(next, _)| leading[*next as usize])
                    {
                        pass(flow);
                        stack.push(*next);
                    }
                }
                if !targets.is_empty() {
                    reach.to = targets.into_iter().map(|to| sides[1 - side][to as usize]).collect();
                    out.push(reach);
                }
            }
        }
        out
    }
}

/// The relay passes from which data gets to a side.
fn leading(graph: &FlowGraph, side: usize) -> Vec<bool> {
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); graph.relay_passes.len()];
    for (from, row) in (0_u32..).zip(&graph.between) {
        row.iter().for_each(|(to, _)| before[*to as usize].push(from));
    }
    let out = graph.out[side].iter().zip(0_u32..);
    let mut stack: Vec<u32> = out.filter(|(row, _)| !row.is_empty()).map(|(_, relay_pass)| relay_pass).collect();
    let mut leading = vec![false; graph.relay_passes.len()];
    while let Some(relay_pass) = stack.pop() {
        if !std::mem::replace(&mut leading[relay_pass as usize], true) {
            stack.extend(&before[relay_pass as usize]);
        }
    }
    leading
}

impl RequirementDecider<'_, '_> {
    /// The exceptions that a proved path requirement of this id owes its verdict to, by the labels of the nodes whose data
    /// paths are excused; none: it holds whatever the exceptions say.
    pub fn excused(&mut self, id: &str, outcome: &PathOutcome) -> Vec<Excuse> {
        let model = self.model;
        let waiving: Vec<u32> =
            (0_u32..).zip(&model.exceptions).filter(|(_, one)| one.waives.contains(&id)).map(|(at, _)| at).collect();
        if waiving.is_empty() || outcome.count() > 0 {
            return Vec::new();
        }
        let reaches = outcome.answer.reaches();
        if reaches.is_empty() {
            return Vec::new();
        }
        let network = &outcome.network;
        let mut engine = PathEngine::new(model, network, self.limits);
        engine.cells = self.cells;
        let mut covered: BTreeMap<(ClassId, ClassId), Vec<u32>> = BTreeMap::new();
        let mut known = true;
        for &exception in &waiving {
            let coverage = Coverage::new(model, network, &mut engine.pools, |at| at == exception as usize);
            for covering in coverage.exceptions() {
                let Ok(sessions) = covered_pairs(&mut engine, &covering, outcome.answer.terms.sanitised_by) else {
                    known = false;
                    continue;
                };
                for session in sessions {
                    let list = covered.entry((session.from(), session.to())).or_default();
                    if list.last() != Some(&exception) {
                        list.push(exception);
                    }
                }
            }
        }
        self.cells = engine.cells;
        let label = |class: ClassId| model.labels.labels[network.classes.get(class).members[0] as usize];
        let mut by_labels: BTreeMap<[Option<u32>; 2], BTreeSet<u32>> = BTreeMap::new();
        for reach in &reaches {
            let ends = reach.sessions.iter().flat_map(|&(from, to)| [(from, to), (to, from)]);
            let mut found: BTreeSet<u32> = ends.filter_map(|ends| covered.get(&ends)).flatten().copied().collect();
            // What could not be told apart is in use.
            if found.is_empty() || !known {
                found.extend(&waiving);
            }
            for &to in &reach.to {
                let mut labels = [label(reach.from), label(to)];
                labels.sort_unstable();
                by_labels.entry(labels).or_default().extend(&found);
            }
        }
        let excuses = by_labels.into_iter();
        excuses.map(|(labels, exceptions)| Excuse { labels, exceptions: exceptions.into_iter().collect() }).collect()
    }
}
