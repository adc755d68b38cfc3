//! Where nodes are.

use crate::document::Tier;
use crate::engine::decider::RequirementDecider;
use crate::engine::outcome::Outcome;
use crate::policy::NodePattern;

impl RequirementDecider<'_, '_> {
    /// Decides whether nodes are labelled with some zones, or zones of some tiers.
    pub(in crate::engine) fn placement(&self, nodes: &[NodePattern], zones: &[String], tiers: &[Tier]) -> Outcome {
        let model = self.model;
        let allowed: Vec<bool> = model
            .names
            .zones
            .iter()
            .zip(&model.names.bases)
            .map(|(zone, base)| zones.iter().any(|one| one == zone) || base.is_some_and(|base| tiers.contains(&base)))
            .collect();
        self.nodes_that(nodes, |&node| !model.labels.labels[node as usize].is_some_and(|zone| allowed[zone as usize]))
    }
}
