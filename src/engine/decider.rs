//! What every kind of check is decided with: the model, its networks, the limits.

use std::sync::Arc;

use super::limit::{LimitReached, Limits};
use super::matcher::{Matcher, facts};
use super::networks::Networks;
use crate::document::Date;
use crate::model::Model;
use crate::network::{ClassId, Network};
use crate::policy::{NodePattern, any_matches};

/// Decides requirements of one model.
pub struct RequirementDecider<'m, 'd> {
    pub(super) model: &'m Model<'d>,
    pub(super) date: Date,
    pub(super) limits: Limits,
    pub(super) cells: u64,
    pub(super) networks: Networks,
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
