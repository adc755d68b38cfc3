//! Decides the requirements of a policy on one model. What each kind asks is in `kinds`.

use std::sync::Arc;

use super::kinds;
use super::limit::{LimitReached, Limits};
use super::matcher::{Matcher, facts};
use super::networks::Networks;
use super::outcome::Outcome;
use super::threads;
use crate::document::Date;
use crate::model::Model;
use crate::network::{ClassId, Network};
use crate::policy::{NodePattern, Requirement, any_matches};

/// Decides requirements of one model.
pub struct RequirementDecider<'m, 'd> {
    pub(super) model: &'m Model<'d>,
    pub(super) date: Date,
    pub(super) limits: Limits,
    pub(super) cells: u64,
    networks: Networks,
}

impl<'m, 'd> RequirementDecider<'m, 'd> {
    /// A decider; `date` is today in Japan.
    #[must_use]
    pub fn new(model: &'m Model<'d>, date: Date, limits: Limits) -> Self {
        Self { model, date, limits, cells: 0, networks: Networks::default() }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'m Model<'d> {
        self.model
    }

    /// From now on these limits hold: what was decided stays, what is decided or proved hereafter has a time of its own.
    pub const fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// How many cells of header space were looked at so far.
    #[must_use]
    pub const fn cells(&self) -> u64 {
        self.cells
    }

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

    /// The network without nodes that match, where it was made, and these nodes.
    pub(super) fn made(&self, without: &[NodePattern]) -> Option<(&Arc<Network>, &Arc<[u32]>)> {
        self.networks.get(without)
    }

    /// Whether anything can be decided now.
    pub(super) fn check(&self) -> Result<(), LimitReached> {
        // SOUNDNESS: where atoms do not map to atoms, what is reached is not known.
        if self.model.too_many_cuts {
            return Err(LimitReached);
        }
        self.limits.check()
    }

    /// The network of the document.
    pub fn network(&mut self) -> Arc<Network> {
        self.network_without(&[])
    }

    /// The network of the document without the nodes that match one of some patterns.
    pub fn network_without(&mut self, without: &[NodePattern]) -> Arc<Network> {
        self.networks.make(self.model, std::iter::once(without), 1);
        match self.networks.get(without) {
            Some((network, _)) => Arc::clone(network),
            None => Arc::new(Network::new(self.model, &|node| self.matches(without, node))),
        }
    }

    /// Whether a node matches one of some patterns. Who asks of many nodes asks [a matcher](Self::matcher).
    #[must_use]
    pub fn matches(&self, patterns: &[NodePattern], node: u32) -> bool {
        any_matches(patterns, &facts(self.model, node))
    }

    /// Patterns, to be asked of nodes.
    #[must_use]
    pub fn matcher<'p>(&self, patterns: &'p [NodePattern]) -> Matcher<'p, 'm, 'd> {
        Matcher::new(self.model, patterns)
    }

    /// The classes that match.
    pub(super) fn classes_of(&self, network: &Network, patterns: &[NodePattern]) -> Vec<ClassId> {
        let first = |id: &ClassId| network.classes.get(*id).members[0];
        let matcher = self.matcher(patterns);
        network.classes.ids().filter(|id| matcher.matches(first(id))).collect()
    }
}
