//! "All but one" of a list of places, in linear size.

use crate::network::condensation::Builder;
use crate::network::guard::TRUE;

/// Chains over the leaving directed links of a switch such that "all but the i-th" is two places: everything before, and
/// everything after. Linear in the number of directed links.
pub(super) struct AllButOne {
    before: Vec<Option<u32>>,
    after: Vec<Option<u32>>,
}

impl AllButOne {
    /// `directed_links` are the places of leaving directed links.
    pub fn new(builder: &mut Builder, directed_links: &[u32]) -> Self {
        let mut before = vec![None; directed_links.len() + 1];
        let mut after = vec![None; directed_links.len() + 1];
        for at in 0..directed_links.len() {
            let place = builder.node();
            builder.edge(place, directed_links[at], TRUE);
            if let Some(previous) = before[at] {
                builder.edge(place, previous, TRUE);
            }
            before[at + 1] = Some(place);
        }
        for at in (0..directed_links.len()).rev() {
            let place = builder.node();
            builder.edge(place, directed_links[at], TRUE);
            if let Some(next) = after[at + 1] {
                builder.edge(place, next, TRUE);
            }
            after[at] = Some(place);
        }
        Self { before, after }
    }

    /// The place that leads to all directed links.
    pub fn all(&self) -> Option<u32> {
        self.after[0]
    }

    /// The places that lead to all directed links but one.
    pub fn all_but(&self, index: usize) -> impl Iterator<Item = u32> + use<> {
        [self.before[index], self.after[index + 1]].into_iter().flatten()
    }
}
