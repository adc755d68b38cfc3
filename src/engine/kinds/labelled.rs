//! Endpoints and their zones. Spec, section 7, LABELLED.

use crate::document::Kind;
use crate::engine::decider::RequirementDecider;
use crate::engine::outcome::Outcome;

impl RequirementDecider<'_, '_> {
    /// Decides whether every endpoint has a zone that no address contradicts.
    pub(in crate::engine) fn labelled(&self) -> Outcome {
        let labels = &self.model.labels;
        let mut endpoints = (0_u32..).zip(&self.model.document.nodes).filter(|(at, _)| labels.endpoint[*at as usize]);
        let violates = |(node, value): &(u32, &crate::document::Node<'_>)| match labels.zones[*node as usize] {
            Some(zone) => {
                let mut zones = value.addresses.iter().filter_map(|cidr| self.model.networks.zone_of(cidr));
                zones.any(|other| other != zone)
            }
            None if labels.labels[*node as usize].is_some() => false,
            None => {
                let stands_between = value.kind == Kind::Gateway || value.is_forwarder() || value.sanitises();
                !(stands_between && value.has_relay_entry())
            }
        };
        let mut peekable = endpoints.by_ref().peekable();
        if peekable.peek().is_none() {
            return Outcome::Vacuous;
        }
        Outcome::Nodes(peekable.filter(violates).map(|(node, _)| node).collect())
    }
}
