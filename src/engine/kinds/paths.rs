//! Isolation, and what must lead through some nodes: data paths between two sides; and sessions from one to the other.

use std::sync::Arc;

use crate::engine::coverage::Coverage;
use crate::engine::decider::RequirementDecider;
use crate::engine::limit::LimitReached;
use crate::engine::methods::MethodSet;
use crate::engine::outcome::{Outcome, PathOutcome};
use crate::engine::paths::{PathEngine, PathQuestion, PathTerms};
use crate::model::AskedServices;
use crate::network::Network;
use crate::policy::{Asked, Paths, Requirement};

impl RequirementDecider<'_, '_> {
    /// Decides whether data paths join two sides, or one opens sessions to the other; another kind is undecided.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub(in crate::engine) fn paths(
        &self,
        requirement: &Requirement,
        (network, without): (&Arc<Network>, &Arc<[u32]>),
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        let (sides, sanitised_by, sessions) = match &requirement.asked {
            Asked::Isolation(Paths { a, b, sanitised_by, .. }) | Asked::Through(Paths { a, b, sanitised_by, .. }) => {
                ([a, b], MethodSet::of(sanitised_by.as_ref()), false)
            }
            Asked::Sessions { from, to, .. } => ([from, to], MethodSet::NONE, true),
            _ => return Err(LimitReached),
        };
        let services = requirement.asked.services();
        let last = match services {
            None => AskedServices::ANY,
            // SOUNDNESS: where the model does not know of these, they may cut its atoms.
            Some(items) => self.model.services_of(items).ok_or(LimitReached)?,
        };
        self.check()?;
        let [a, b] = sides.map(|side| self.classes_of(network, side));
        if a.is_empty() || b.is_empty() {
            return Ok(Outcome::Vacuous);
        }
        let mut engine = PathEngine::new(self.model, network, self.limits);
        engine.cells = *cells;
        engine.covered_stop = self.model.document.breached;
        let waiving = |index: usize| self.model.exceptions[index].waives.contains(&&*requirement.id);
        let mut coverage = Coverage::new(self.model, network, &mut engine.pools, waiving);
        let terms = PathTerms { sanitised_by, last, sessions };
        let answer = engine.decide(&PathQuestion { a: &a, b: &b, terms }, &mut coverage);
        *cells = engine.cells;
        let (answer, pools) = (answer?, engine.pools);
        let (network, without) = (Arc::clone(network), Arc::clone(without));
        let services = services.map(<[_]>::to_vec);
        Ok(Outcome::Paths(Box::new(PathOutcome { network, without, services, a, b, answer, pools })))
    }
}
