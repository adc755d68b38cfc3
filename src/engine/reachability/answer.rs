//! The answer to a question: for each pair whether there is a session, in tables no larger than what was found.

use rustc_hash::FxHashMap;

use super::Question;
use crate::header::HeaderBox;
use crate::network::ClassId;
use crate::number::number;

/// For each pair of a question, whether there is a session, and a box of headers that all make one.
#[derive(Clone, Debug)]
pub struct Answer {
    targets: usize,
    /// For each source, what was found.
    rows: Vec<Row>,
    /// For each source, the target that is the same endpoint; [`NOBODY`]: none is.
    own: Vec<u32>,
    /// For each source how many targets are open, and for each target how many sources.
    left: [Vec<u32>; 2],
    boxes: Vec<HeaderBox>,
}

/// Indices of boxes by target.
#[derive(Clone, Debug)]
enum Row {
    /// Of those that were found.
    Few(FxHashMap<u32, u32>),
    /// Of all; [`NOBODY`]: none was found.
    All(Box<[u32]>),
}

const NOBODY: u32 = u32::MAX;

/// A table of all is no larger than a table of more than one in so many.
const DENSE: usize = 8;

impl Answer {
    /// Nothing found yet. `is_one` says of a class whether it is one endpoint: no session leads from it to itself.
    pub(in crate::engine) fn new(question: &Question<'_>, is_one: impl Fn(ClassId) -> bool) -> Self {
        let targets = question.targets.len();
        let positions: FxHashMap<ClassId, u32> = question.targets.iter().copied().zip(0..).collect();
        let own_of = |source: &ClassId| positions.get(source).copied().filter(|_| is_one(*source)).unwrap_or(NOBODY);
        let own: Vec<u32> = question.sources.iter().map(own_of).collect();
        let all = number(targets);
        let count = number(own.len());
        let mut left = [vec![all; own.len()], vec![count; targets]];
        for (source, &target) in own.iter().enumerate().filter(|(_, target)| **target != NOBODY) {
            left[0][source] -= 1;
            left[1][target as usize] -= 1;
        }
        let rows = own.iter().map(|_| Row::Few(FxHashMap::default())).collect();
        Self { targets, rows, own, left, boxes: Vec::new() }
    }

    /// Whether no session was found from source to target, and there may be one.
    pub(in crate::engine) fn is_open(&self, source: u32, target: u32) -> bool {
        let found = match &self.rows[source as usize] {
            Row::Few(boxes) => boxes.contains_key(&target),
            Row::All(boxes) => boxes[target as usize] != NOBODY,
        };
        !found && self.own[source as usize] != target
    }

    /// Whether a source has open targets at all.
    pub(super) fn asks(&self, source: u32) -> bool {
        self.left[0][source as usize] > 0
    }

    /// Whether a target has open sources at all.
    pub(super) fn is_asked(&self, target: u32) -> bool {
        self.left[1][target as usize] > 0
    }

    /// The index of the next box.
    pub(in crate::engine) fn next_box(&self) -> u32 {
        u32::try_from(self.boxes.len()).unwrap_or(NOBODY - 1)
    }

    /// Notes that a box joins an open pair.
    pub(in crate::engine) fn note(&mut self, source: u32, target: u32, index: u32) {
        self.left[0][source as usize] -= 1;
        self.left[1][target as usize] -= 1;
        let row = &mut self.rows[source as usize];
        match row {
            Row::Few(boxes) => {
                boxes.insert(target, index);
                if boxes.len() * DENSE > self.targets {
                    let mut all = vec![NOBODY; self.targets].into_boxed_slice();
                    boxes.iter().for_each(|(&target, &index)| all[target as usize] = index);
                    *row = Row::All(all);
                }
            }
            Row::All(boxes) => boxes[target as usize] = index,
        }
    }

    pub(in crate::engine) fn add_box(&mut self, header: HeaderBox) {
        self.boxes.push(header);
    }

    /// Whether there is no session at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.boxes.is_empty()
    }

    /// The box of headers that open a session from source to target (by position in the question), if any do.
    #[must_use]
    pub fn hit(&self, source: usize, target: usize) -> Option<HeaderBox> {
        let found = match &self.rows[source] {
            Row::Few(boxes) => boxes.get(&u32::try_from(target).ok()?).copied(),
            Row::All(boxes) => boxes.get(target).copied(),
        };
        self.boxes.get(found.filter(|&index| index != NOBODY)? as usize).copied()
    }

    /// The targets of all sessions from a source, ascending, each with its box.
    #[must_use]
    pub fn row(&self, source: usize) -> Vec<(usize, HeaderBox)> {
        let mut found: Vec<(u32, u32)> = match &self.rows[source] {
            Row::Few(boxes) => boxes.iter().map(|(&target, &index)| (target, index)).collect(),
            Row::All(boxes) => (0..).zip(boxes.iter().copied()).filter(|&(_, index)| index != NOBODY).collect(),
        };
        found.sort_unstable();
        found.into_iter().map(|(target, index)| (target as usize, self.boxes[index as usize])).collect()
    }
}
