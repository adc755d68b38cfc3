//! Decides the requirements of a policy on one model. What each kind asks is in `kinds`.

use super::decider::RequirementDecider;
use super::kinds;
use super::limit::LimitReached;
use super::outcome::Outcome;
use super::threads;
use crate::policy::{NodePattern, Requirement};

impl RequirementDecider<'_, '_> {
    /// Decides a requirement.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn decide(&mut self, requirement: &Requirement) -> Result<Outcome, LimitReached> {
        self.expect(std::slice::from_ref(requirement));
        let threads = threads::for_model(self.model);
        if let Some(without) = kinds::network_of(self, &requirement.asked) {
            self.networks.make(self.model, std::iter::once(without), threads);
        }
        let mut cells = self.cells;
        let outcome = kinds::judge(self, requirement, &mut cells);
        self.cells = cells;
        outcome
    }

    /// Decides requirements, several at a time where the document is large; `step` is told of each that is begun. The
    /// outcomes are those of [`Self::decide`], one after the other.
    ///
    /// # Errors
    /// For each that a limit prevents.
    pub fn decide_all(
        &mut self,
        requirements: &[Requirement],
        step: &(dyn Fn() + Sync),
    ) -> Vec<Result<Outcome, LimitReached>> {
        // Cells are counted from one requirement to the next where their number is limited.
        let threads = if self.limits.cells.is_some() { 1 } else { threads::for_model(self.model) };
        self.expect(requirements);
        if threads == 1 {
            let one = |requirement| {
                step();
                self.decide(requirement)
            };
            return requirements.iter().map(one).collect();
        }
        self.prepare(requirements);
        let this = &*self;
        let outcomes = threads::map(requirements, threads, |requirement| {
            step();
            let mut cells = 0;
            let outcome = kinds::judge(this, requirement, &mut cells);
            (outcome, cells)
        });
        self.cells += outcomes.iter().map(|(_, cells)| cells).sum::<u64>();
        outcomes.into_iter().map(|(outcome, _)| outcome).collect()
    }

    /// These will be decided. Saying so before anything is decided spares some work.
    pub fn expect(&mut self, requirements: &[Requirement]) {
        self.networks.mark(self.model, requirements.iter().flat_map(|one| one.asked.marking()));
        self.networks.expect(self.model, requirements.iter().filter_map(|one| one.asked.without()));
    }

    /// Makes the networks that these need.
    pub fn prepare(&mut self, requirements: &[Requirement]) {
        self.expect(requirements);
        let threads = threads::for_model(self.model);
        let networks: Vec<&[NodePattern]> =
            requirements.iter().filter_map(|requirement| kinds::network_of(self, &requirement.asked)).collect();
        self.networks.make(self.model, networks.into_iter(), threads);
    }
}
