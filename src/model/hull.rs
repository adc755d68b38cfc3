//! What a rule spans, for the innermost loop of the search.

use super::{CompiledRule, Pools};
use crate::document::Action;
use crate::header::{HeaderBox, Range};

/// The least box around the headers of a rule: what is asked of a rule most often, without a way to its sets.
#[derive(Clone, Copy, Debug)]
pub struct Hull {
    /// In each dimension; a range that overlaps none where the rule matches nothing.
    pub ranges: HeaderBox,
    /// Whether the set is that range, in each dimension.
    pub exact: [bool; 4],
    /// What the rule says.
    pub action: Action,
}

impl Hull {
    pub(super) fn new(rule: &CompiledRule, pools: &Pools) -> Self {
        let [source, destination, service, port] = rule.headers;
        let sets = [
            pools.address.get(source),
            pools.address.get(destination),
            pools.service.get(service),
            pools.source_port.get(port),
        ];
        let ranges = sets.map(|set| match set.as_slice() {
            [] => Range::new(u32::MAX, 0),
            [first, .., last] => Range::new(first.low, last.high),
            [only] => *only,
        });
        Self { ranges, exact: sets.map(|set| set.as_slice().len() <= 1), action: rule.action }
    }
}
