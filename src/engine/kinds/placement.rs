//! Where nodes are.

use crate::document::policy::Tier;
use crate::engine::decide::RequirementDecider;
use crate::engine::outcome::Outcome;
use crate::number::number;
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
        let matcher = self.matcher(nodes);
        let mut spoken = (0..number(model.document.nodes.len())).filter(|&node| matcher.matches(node)).peekable();
        if spoken.peek().is_none() {
            return Outcome::Vacuous;
        }
        let elsewhere = |node: &u32| !model.labels.labels[*node as usize].is_some_and(|zone| allowed[zone as usize]);
        Outcome::Nodes(spoken.filter(elsewhere).collect())
    }
}
