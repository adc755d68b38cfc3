//! By which services pairs are joined: asked for one part of the services after the other.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::coverage::Coverage;
use super::decider::RequirementDecider;
use super::flow_graph::Rows;
use super::outcome::PathOutcome;
use super::paths::{PathAnswer, PathEngine, PathQuestion};
use super::reachability::LimitReached;
use crate::header::{Range, Ranges};
use crate::model::{Model, service_number};
use crate::network::ClassId;
use crate::number::number;

/// The services in parts that no rule, relay or exception of a document tells apart; the service of transfers is one of its own,
/// where there are any.
pub struct ServiceParts {
    /// The part of each atom.
    of_atom: Vec<u32>,
    /// First service number of each atom.
    starts: Vec<u32>,
    /// How many parts packets have.
    count: u32,
    transfers: bool,
}

impl ServiceParts {
    /// The parts of a document.
    #[must_use]
    pub fn new(model: &Model<'_>) -> Self {
        let space = &model.spaces.service;
        let mut of_atom = vec![0; space.atoms() as usize];
        let mut count = 1;
        for set in model.pools.service.sets() {
            let mut inside = vec![false; of_atom.len()];
            for range in set.as_slice() {
                inside[range.low as usize..=range.high as usize].fill(true);
            }
            let mut parts: HashMap<(u32, bool), u32> = HashMap::default();
            for (part, inside) in of_atom.iter_mut().zip(inside) {
                let next = number(parts.len());
                *part = *parts.entry((*part, inside)).or_insert(next);
            }
            count = number(parts.len());
        }
        let starts = (0..space.atoms()).map(|atom| space.first_value(atom)).collect();
        Self { of_atom, starts, count, transfers: !model.document.transfers.is_empty() }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count + self.transfers as u32
    }

    /// The part of transfers.
    #[must_use]
    pub fn of_transfers(&self) -> Option<u32> {
        self.transfers.then_some(self.count)
    }

    /// The service numbers at which an atom begins, ascending.
    #[must_use]
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The part of a service number.
    #[must_use]
    pub fn of(&self, number: u32) -> u32 {
        self.of_atom[self.starts.partition_point(|&start| start <= number).saturating_sub(1)]
    }

    fn atoms(&self, part: u32) -> Ranges {
        let atoms = (0_u32..).zip(&self.of_atom).filter(|(_, of)| **of == part);
        Ranges::from_unsorted(atoms.map(|(atom, _)| Range::new(atom, atom)).collect())
    }

    /// The highest service number.
    #[must_use]
    pub fn last() -> u32 {
        service_number(crate::model::SCTP, u16::MAX)
    }
}

impl RequirementDecider<'_, '_> {
    /// For each part of the services, which pairs of some classes (by position in `paths`) have a data path that the
    /// requirement does not excuse and on which at least one session is of that part.
    ///
    /// # Errors
    /// When a limit is reached first; parts told of before are as they are.
    pub fn joined_by(
        &mut self,
        id: &str,
        paths: &PathOutcome,
        [a, b]: [&[usize]; 2],
        parts: &ServiceParts,
        each: &mut dyn FnMut(u32, &[Vec<bool>]),
    ) -> Result<(), LimitReached> {
        let network = Arc::clone(&paths.network);
        let classes = |all: &[ClassId], positions: &[usize]| positions.iter().map(|&at| all[at]).collect::<Vec<_>>();
        let classes = [classes(&paths.a, a), classes(&paths.b, b)];
        let question = PathQuestion { a: &classes[0], b: &classes[1], terms: paths.answer.terms };
        let mut engine = PathEngine::new(self.model, &network, self.limits);
        engine.cells = self.cells;
        let waiving = |index: usize| self.model.exceptions[index].waives.contains(&id);
        let mut coverage = Coverage::new(self.model, &network, &mut engine.pools, waiving);
        let whole = engine.decide(&question, &mut coverage)?;
        for part in 0..parts.count() {
            engine.carries = parts.of_transfers() == Some(part);
            engine.within = engine.pools.service.intern(parts.atoms(part));
            let answer = engine.decide(&question, &mut coverage)?;
            each(part, &through(&whole, &answer, [a.len(), b.len()]));
        }
        self.cells = engine.cells;
        Ok(())
    }
}

/// Pairs with a data path that is not excused, of sessions of `whole`, at least one of which is a session of `part`.
fn through(whole: &PathAnswer, part: &PathAnswer, counts: [usize; 2]) -> Vec<Vec<bool>> {
    let mut out = vec![vec![false; counts[1]]; counts[0]];
    for side in 0..2 {
        for start in 0..counts[side] {
            for (target, _) in
                reached(whole, part, side, start, counts[1 - side]).iter().enumerate().filter(|(_, r)| **r)
            {
                let (a, b) = if side == 0 { (start, target) } else { (target, start) };
                out[a][b] = true;
            }
        }
    }
    out
}

fn reached(whole: &PathAnswer, part: &PathAnswer, side: usize, start: usize, count: usize) -> Vec<bool> {
    let (graph, part) = (&whole.graph, &part.graph);
    let mut out = vec![false; count];
    for (target, _) in part.direct[side][start].iter().filter(|(_, flow)| flow.uncovered) {
        out[*target as usize] = true;
    }
    // A state: the relay pass, whether a session of the part was passed, whether one that no exception covers was.
    let mut seen = vec![[false; 4]; graph.relay_passes.len()];
    let mut stack: Vec<(u32, bool, bool)> = Vec::new();
    let steps = |all: &Rows, some: &Rows, at: usize| -> Vec<(u32, bool, bool)> {
        let row = |rows: &Rows, of_part: bool| {
            rows.get(at).into_iter().flatten().map(|(to, flow)| (*to, of_part, flow.uncovered)).collect::<Vec<_>>()
        };
        [row(all, false), row(some, true)].concat()
    };
    let mut offer = |stack: &mut Vec<_>, state: (u32, bool, bool)| {
        let slot = &mut seen[state.0 as usize][usize::from(state.1) + 2 * usize::from(state.2)];
        if !std::mem::replace(slot, true) {
            stack.push(state);
        }
    };
    for step in steps(&graph.into[side], &part.into[side], start) {
        offer(&mut stack, step);
    }
    while let Some((relay_pass, passed, uncovered)) = stack.pop() {
        for (target, of_part, bare) in steps(&graph.out[1 - side], &part.out[1 - side], relay_pass as usize) {
            out[target as usize] |= (passed || of_part) && (uncovered || bare);
        }
        for (next, of_part, bare) in steps(&graph.between, &part.between, relay_pass as usize) {
            offer(&mut stack, (next, passed || of_part, uncovered || bare));
        }
    }
    out
}
