//! What searches of one model share.

use crate::engine::limit::{LimitReached, Limits};
use crate::engine::route::Adjacency;
use crate::engine::trace::Way;
use crate::engine::translate::{Devices, roots};
use crate::header::{Product, SetId};
use crate::model::{Model, Pools};

/// Places with headers looked at before a question is given up.
const MOST_STATES: u64 = 20_000_000;

/// Places with headers that one search may hold: some 250 bytes each.
pub(super) const MOST_HELD: usize = 4_000_000;

/// What searches of one model share.
pub(super) struct Ground<'g, 'm, 'd> {
    pub adjacency: &'g Adjacency<'m, 'd>,
    pub model: &'m Model<'d>,
    pub pools: Pools,
    pub devices: Devices<'m, 'd>,
    roots: Vec<Product>,
    limits: Limits,
    /// States that may still be looked at.
    left: u64,
}

impl<'g, 'm, 'd> Ground<'g, 'm, 'd> {
    pub fn new(adjacency: &'g Adjacency<'m, 'd>, limits: Limits) -> Self {
        let model = adjacency.model();
        let mut pools = model.pools.clone();
        let devices = Devices::new(model, &mut pools);
        let roots = roots(model, &mut pools, &devices.kinds);
        Self { adjacency, model, pools, devices, roots, limits, left: limits.cells.unwrap_or(MOST_STATES) }
    }

    /// All headers, in parts. Of packets that do equally well one with ports is shown.
    pub fn roots(&self) -> impl Iterator<Item = Product> + '_ {
        self.roots.chunks(2).flat_map(|pair| pair.iter().rev().copied())
    }

    /// The addresses that a node sends from (`end` 0) or receives at.
    pub fn held(&mut self, node: u32, end: usize) -> SetId {
        let held = if end == 0 { &self.model.sends } else { &self.model.receives };
        let set = self.model.holdings.get(held[node as usize]).clone();
        self.pools.address.intern(set)
    }

    pub fn spend(&mut self) -> Result<(), LimitReached> {
        self.left = self.left.checked_sub(1).ok_or(LimitReached)?;
        if self.left.is_multiple_of(256) { self.limits.check() } else { Ok(()) }
    }
}

/// The link that there is not: one more than the document has.
pub(super) fn new_link(model: &Model<'_>) -> Way {
    Way::Link { link: model.names.next_link(), backward: false }
}

/// Whether a way is the link that there is not.
#[must_use]
pub fn is_new(model: &Model<'_>, way: Way) -> bool {
    matches!(way, Way::Link { link, .. } if link >= model.names.next_link())
}
