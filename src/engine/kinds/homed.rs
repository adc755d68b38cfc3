//! Nodes that stand in several tiers at once.

use crate::engine::decider::RequirementDecider;
use crate::engine::outcome::Outcome;
use crate::model::Model;
use crate::number::number;
use crate::policy::NodePattern;

/// The zones that a node's declared addresses lie in, by the longest prefix, ascending.
#[must_use]
pub fn zones_of_addresses(model: &Model<'_>, node: u32) -> Vec<u32> {
    let addresses = model.document.nodes[node as usize].addresses.iter();
    let mut zones: Vec<u32> = addresses.filter_map(|cidr| model.networks.zone_of(cidr)).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

impl RequirementDecider<'_, '_> {
    /// Decides whether endpoints, but those that may, have addresses in zones of one tier alone, or in one zone.
    pub(in crate::engine) fn homed(&self, nodes: &[NodePattern], allowed: Option<&[NodePattern]>) -> Outcome {
        let model = self.model;
        let (matcher, allowed) = (self.matcher(nodes), allowed.map(|allowed| self.matcher(allowed)));
        let is_spoken_of = |&node: &u32| {
            model.labels.endpoint[node as usize]
                && !model.document.nodes[node as usize].addresses.is_empty()
                && matcher.matches(node)
                && !allowed.as_ref().is_some_and(|allowed| allowed.matches(node))
        };
        let (mut any, mut violating) = (false, Vec::new());
        for node in (0..number(model.document.nodes.len())).filter(is_spoken_of) {
            let zones = zones_of_addresses(model, node);
            any |= !zones.is_empty();
            let mut tiers = zones.iter().map(|&zone| model.names.bases[zone as usize]);
            let first = tiers.next().flatten();
            if zones.len() > 1 && (first.is_none() || tiers.any(|tier| tier != first)) {
                violating.push(node);
            }
        }
        if any { Outcome::Nodes(violating) } else { Outcome::Vacuous }
    }
}
