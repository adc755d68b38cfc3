//! Findings of nodes that are where they may not be, or in several tiers at once.

use super::{finding, grouped, several};
use crate::engine::zones_of_addresses;
use crate::report::Finding;
use crate::report::fault::Fault;
use crate::verify::show::Show;

/// Nodes that are in a zone where they may not be, or in none, by zone.
pub(super) fn misplaced(show: Show<'_, '_, '_>, nodes: &[u32]) -> Vec<Finding> {
    let model = show.model;
    let groups = grouped(nodes.iter().map(|&node| (model.labels.labels[node as usize], node)));
    let findings = groups.into_iter().map(|(label, nodes)| {
        let first = show.id(nodes[0]);
        let zone = label.map(|zone| model.names.zones[zone as usize].to_owned());
        let cause = std::iter::once("misplaced".to_owned()).chain(zone.clone()).collect();
        let fault = Fault::Misplaced { nodes: several(first, nodes.len()), zone };
        finding(cause, fault, nodes.len(), vec![first.to_owned()], show.node_at(nodes[0]))
    });
    findings.collect()
}

/// Nodes with addresses in several tiers, by the zones of their addresses.
pub(super) fn between_tiers(show: Show<'_, '_, '_>, nodes: &[u32]) -> Vec<Finding> {
    let model = show.model;
    let groups = grouped(nodes.iter().map(|&node| (zones_of_addresses(model, node), node)));
    let findings = groups.into_iter().map(|(zones, nodes)| {
        let first = show.id(nodes[0]);
        let zones: Vec<String> = zones.iter().map(|&zone| model.names.zones[zone as usize].to_owned()).collect();
        let cause = std::iter::once("homed".to_owned()).chain(zones.iter().cloned()).collect();
        let fault = Fault::Homed { nodes: several(first, nodes.len()), zones };
        finding(cause, fault, nodes.len(), vec![first.to_owned()], show.node_at(nodes[0]))
    });
    findings.collect()
}
