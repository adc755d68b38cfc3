//! Isolation, and what must lead through some nodes: data paths between two sides.

use std::sync::Arc;

use crate::engine::coverage::Coverage;
use crate::engine::decide::RequirementDecider;
use crate::engine::limit::LimitReached;
use crate::engine::methods::MethodSet;
use crate::engine::outcome::{Outcome, PathOutcome};
use crate::engine::paths::{PathEngine, PathQuestion, PathTerms};
use crate::network::Network;
use crate::policy::Paths;

impl RequirementDecider<'_, '_> {
    /// Decides whether data paths join two sides.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub(in crate::engine) fn isolation(
        &self,
        id: &str,
        asked: &Paths,
        (network, without): (&Arc<Network>, &Arc<[u32]>),
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        self.check()?;
        let (a, b) = (self.classes_of(network, &asked.a), self.classes_of(network, &asked.b));
        if a.is_empty() || b.is_empty() {
            return Ok(Outcome::Vacuous);
        }
        let mut engine = PathEngine::new(self.model, network, self.limits);
        engine.cells = *cells;
        let waiving = |index: usize| self.model.exceptions[index].waives.contains(&id);
        let mut coverage = Coverage::new(self.model, network, &mut engine.pools, waiving);
        let question = PathQuestion {
            a: &a,
            b: &b,
            terms: PathTerms { sanitised_by: MethodSet::of(asked.sanitised_by.as_ref()) },
        };
        let answer = engine.decide(&question, &mut coverage);
        *cells = engine.cells;
        let (answer, pools) = (answer?, engine.pools);
        let (network, without) = (Arc::clone(network), Arc::clone(without));
        Ok(Outcome::Paths(Box::new(PathOutcome { network, without, a, b, answer, pools })))
    }
}
