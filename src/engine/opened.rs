//! What exceptions open: the sessions that they cover and the network lets through.

use super::coverage::Coverage;
use super::covered::covered_pairs;
use super::decider::RequirementDecider;
use super::limit::LimitReached;
use super::methods::MethodSet;
use super::paths::PathEngine;
use crate::network::ClassId;

/// What an exception opens: see [`RequirementDecider::opened_by`].
pub struct Opened {
    /// The first pairs of nodes, opener first.
    pub pairs: Vec<(u32, u32)>,
    /// How many pairs there are.
    pub count: u64,
}

impl RequirementDecider<'_, '_> {
    /// Pairs of nodes with a session that an exception covers and the network lets through: in the order of the document,
    /// opener first, at most `limit` of them; and how many there are.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn opened_by(&mut self, exception: u32, limit: usize) -> Result<Opened, LimitReached> {
        self.check()?;
        let network = self.network();
        let mut engine = PathEngine::new(self.model, &network, self.limits);
        engine.cells = self.cells;
        let coverage = Coverage::new(self.model, &network, &mut engine.pools, |at| at == exception as usize);
        let mut sessions = Ok(Vec::new());
        for covering in coverage.exceptions() {
            sessions = covered_pairs(&mut engine, &covering, MethodSet::NONE);
        }
        self.cells = engine.cells;
        let mut pairs: Vec<(ClassId, ClassId)> =
            sessions?.into_iter().map(|session| (session.from(), session.to())).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let members = |class: ClassId| network.classes.get(class).members.as_slice();
        let (mut listed, mut count) = (Vec::new(), 0);
        for (from, to) in pairs {
            let others = members(to).len() as u64 - u64::from(from == to);
            count += members(from).len() as u64 * others;
            for &opener in members(from) {
                let receivers = members(to).iter().filter(|&&receiver| receiver != opener);
                listed.extend(receivers.take(limit.saturating_sub(listed.len())).map(|&receiver| (opener, receiver)));
                if listed.len() == limit {
                    break;
                }
            }
        }
        listed.sort_unstable();
        Ok(Opened { pairs: listed, count })
    }
}
