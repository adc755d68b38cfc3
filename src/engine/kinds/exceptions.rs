//! What is asked of exceptions.

use std::sync::Arc;

use crate::document::Tier;
use crate::engine::coverage::Coverage;
use crate::engine::covered::{covered_ends, covered_pairs};
use crate::engine::decider::RequirementDecider;
use crate::engine::flow_graph::Carrier;
use crate::engine::limit::LimitReached;
use crate::engine::limited::exception_faults;
use crate::engine::methods::MethodSet;
use crate::engine::outcome::{CoveredEnd, Outcome, PathOutcome, PeerOutcome};
use crate::engine::paths::{PathEngine, PathQuestion, PathTerms};
use crate::network::{ClassId, Network};

/// Where an exception leads out of.
pub const INSIDE: Option<Tier> = Some(Tier::MyNumber);

/// What the outer ends of exceptions must not meet.
pub const EXPOSED_TO: Option<Tier> = Some(Tier::Internet);

/// Whether an exception waives one of some requirements; of none: whether it is an exception at all.
#[must_use]
pub fn waives_one_of(waives: &[&str], of: &[String]) -> bool {
    of.is_empty() || of.iter().any(|id| waives.contains(&&**id))
}

impl RequirementDecider<'_, '_> {
    /// Decides whether exceptions are narrow, justified and in date.
    pub(in crate::engine) fn exceptions_limited(&self, of: &[String]) -> Outcome {
        self.exceptions_that(of, |at| !exception_faults(self.model, at, self.date).is_empty())
    }

    /// Decides whether somebody vouches for the peers of exceptions.
    pub(in crate::engine) fn exceptions_attested(&self, of: &[String]) -> Outcome {
        self.exceptions_that(of, |at| self.model.document.exceptions[at as usize].attested.is_none())
    }

    /// Exceptions that waive one of some requirements and violate what is asked of them.
    fn exceptions_that(&self, of: &[String], violates: impl Fn(u32) -> bool) -> Outcome {
        let exceptions = (0_u32..).zip(&self.model.exceptions);
        let mut spoken = exceptions.filter(|(_, one)| waives_one_of(&one.waives, of)).map(|(at, _)| at).peekable();
        if spoken.peek().is_none() {
            return Outcome::Vacuous;
        }
        Outcome::Exceptions(spoken.filter(|&at| violates(at)).collect())
    }

    /// Decides whether exceptions cover a session, or a transfer.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub(in crate::engine) fn exceptions_used(
        &self,
        of: &[String],
        network: &Arc<Network>,
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        let mut engine = PathEngine::new(self.model, network, self.limits);
        engine.cells = *cells;
        let uses = self.uses(of, &mut engine)?;
        *cells = engine.cells;
        Ok(self.exceptions_that(of, |at| uses[at as usize].is_none()))
    }

    /// For each exception: where it waives one of some requirements and covers a session of two different nodes, or a transfer,
    /// such a one.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn uses(&self, of: &[String], engine: &mut PathEngine<'_, '_>) -> Result<Vec<Option<Carrier>>, LimitReached> {
        self.check()?;
        let network = engine.network;
        let counts = |index: usize| waives_one_of(&self.model.exceptions[index].waives, of);
        let coverage = Coverage::new(self.model, network, &mut engine.pools, counts);
        let mut uses = vec![None; self.model.exceptions.len()];
        for covering in coverage.exceptions() {
            // A class by itself counts where it has several members.
            let several = |class: ClassId| network.classes.get(class).members.len() > 1;
            let between = |session: &Carrier| session.from() != session.to() || several(session.from());
            let found = covered_pairs(engine, &covering, MethodSet::NONE)?;
            uses[covering.exception as usize] = found.into_iter().find(between);
        }
        Ok(uses)
    }

    /// Decides whether the outer ends of exceptions are exposed: those outside the My Number tier, to the Internet tier.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub(in crate::engine) fn exceptions_peer(
        &self,
        of: &[String],
        (network, without): (&Arc<Network>, &Arc<[u32]>),
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        let model = self.model;
        self.check()?;
        let tier = |class: ClassId| model.tier(network.classes.get(class).members[0]);
        let exposed: Vec<ClassId> = network.classes.ids().filter(|&class| tier(class) == EXPOSED_TO).collect();
        let mut engine = PathEngine::new(model, network, self.limits);
        engine.cells = *cells;
        let mut ends: Vec<CoveredEnd> = Vec::new();
        let counts = |index: usize| {
            let attested = model.document.exceptions[index].attested.is_some();
            !attested && waives_one_of(&model.exceptions[index].waives, of)
        };
        let coverage = Coverage::new(model, network, &mut engine.pools, counts);
        for covering in coverage.exceptions() {
            let exception = covering.exception;
            let covered = covered_ends(&covered_pairs(&mut engine, &covering, MethodSet::NONE)?);
            let outside = covered.into_iter().filter(|&(class, _)| tier(class) != INSIDE);
            ends.extend(outside.map(|(class, session)| CoveredEnd { exception, class, session }));
        }
        let mut candidates: Vec<ClassId> = ends.iter().map(|end| end.class).collect();
        candidates.retain(|&class| tier(class) != EXPOSED_TO);
        candidates.sort_unstable();
        candidates.dedup();
        let mut none = Coverage::new(model, network, &mut engine.pools, |_| false);
        let question = PathQuestion {
            a: &candidates,
            b: &exposed,
            terms: PathTerms { sanitised_by: MethodSet::ALL, ..PathTerms::default() },
        };
        let answer = engine.decide(&question, &mut none);
        *cells = engine.cells;
        let (answer, pools) = (answer?, engine.pools);
        let violates = |class: ClassId| match candidates.binary_search(&class) {
            Ok(at) => !answer.violating.row(at).is_empty(),
            Err(_) => true,
        };
        let mut tuples: Vec<(u32, u32)> = Vec::new();
        for end in ends.iter().filter(|end| violates(end.class)) {
            tuples.extend(network.classes.get(end.class).members.iter().map(|&node| (end.exception, node)));
        }
        tuples.sort_unstable();
        tuples.dedup();
        let (network, without) = (Arc::clone(network), Arc::clone(without));
        let paths = PathOutcome { network, without, services: None, a: candidates, b: exposed, answer, pools };
        Ok(Outcome::Peers(Box::new(PeerOutcome { tuples, paths, ends })))
    }
}
