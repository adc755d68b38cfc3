//! A side of a question, or the peers of a relay: classes in some order.

use rustc_hash::FxHashMap as HashMap;

use super::relay_passes::Matches;
use crate::header::{ANY, SetId};
use crate::network::ClassId;
use crate::number::number;

/// Classes in some order, found by id.
pub(super) struct Party {
    /// In the order given.
    pub classes: Vec<ClassId>,
    positions: HashMap<ClassId, u32>,
}

impl Party {
    pub fn new(classes: &[ClassId]) -> Self {
        let positions = classes.iter().copied().zip(0..).collect();
        Self { classes: classes.to_vec(), positions }
    }

    /// The positions of classes that match, apart by the addresses at which they do. O(the smaller of both lists).
    pub fn parts(&self, matches: Option<&Matches>) -> Vec<(SetId, Vec<u32>)> {
        let Some(matches) = matches else {
            return vec![(ANY, (0..number(self.classes.len())).collect())];
        };
        let mut found: Vec<(u32, SetId)> = if matches.len() < self.classes.len() {
            let found = matches.iter().filter_map(|(class, set)| Some((*self.positions.get(class)?, *set)));
            found.collect()
        } else {
            let set_of =
                |class: &ClassId| matches.binary_search_by_key(class, |&(known, _)| known).ok().map(|at| matches[at].1);
            (0..).zip(&self.classes).filter_map(|(at, class)| Some((at, set_of(class)?))).collect()
        };
        found.sort_unstable();
        let mut parts: Vec<(SetId, Vec<u32>)> = Vec::new();
        let mut index: HashMap<SetId, usize> = HashMap::default();
        for (at, set) in found {
            let part = *index.entry(set).or_insert_with(|| {
                parts.push((set, Vec::new()));
                parts.len() - 1
            });
            parts[part].1.push(at);
        }
        parts
    }

    /// Where a class stands.
    pub fn position(&self, class: ClassId) -> Option<u32> {
        self.positions.get(&class).copied()
    }

    /// The classes at some positions.
    pub fn pick(&self, part: &[u32]) -> Vec<ClassId> {
        part.iter().map(|&at| self.classes[at as usize]).collect()
    }
}
