//! "All but one" of a list of places, in linear size.

use crate::network::predicate::TRUE;
use crate::network::regions::Builder;

/// Chains over the leaving darts of a switch such that "all but the i-th" is two places: everything before, and
/// everything after. Linear in the number of darts.
pub(super) struct Chain {
    before: Vec<Option<u32>>,
    after: Vec<Option<u32>>,
}

impl Chain {
    /// `darts` are the places of leaving darts.
    pub fn new(builder: &mut Builder, darts: &[u32]) -> Self {
        let mut before = vec![None; darts.len() + 1];
        let mut after = vec![None; darts.len() + 1];
        for at in 0..darts.len() {
            let place = builder.node();
            builder.edge(place, darts[at], TRUE);
            if let Some(previous) = before[at] {
                builder.edge(place, previous, TRUE);
            }
            before[at + 1] = Some(place);
        }
        for at in (0..darts.len()).rev() {
            let place = builder.node();
            builder.edge(place, darts[at], TRUE);
            if let Some(next) = after[at + 1] {
                builder.edge(place, next, TRUE);
            }
            after[at] = Some(place);
        }
        Self { before, after }
    }

    /// The place that leads to all darts.
    pub fn all(&self) -> Option<u32> {
        self.after[0]
    }

    /// The places that lead to all darts but one.
    pub fn all_but(&self, index: usize) -> impl Iterator<Item = u32> + use<> {
        [self.before[index], self.after[index + 1]].into_iter().flatten()
    }
}
