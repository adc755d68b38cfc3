//! Findings of endpoints without a sound label.

use super::{finding, grouped, several};
use crate::report::Finding;
use crate::report::fault::{Fault, LabelFault};
use crate::verify::show::Show;

fn label_fault(show: Show<'_, '_, '_>, node: u32) -> LabelFault {
    let model = show.model;
    let value = &model.document.nodes[node as usize];
    let zones: Vec<Option<u32>> = value.addresses.iter().map(|cidr| model.networks.zone_of(cidr)).collect();
    if let Some(own) = model.labels.zones[node as usize] {
        let other = zones.iter().flatten().copied().find(|&zone| zone != own);
        let [own, other] = [own, other.unwrap_or(own)].map(|zone| model.names.zones[zone as usize].to_owned());
        return LabelFault::Contradiction { own, other };
    }
    if value.kind == crate::document::Kind::Gateway || value.is_forwarder() || value.sanitises() {
        return LabelFault::NoRelays;
    }
    match zones.as_slice() {
        [] => LabelFault::NoAddresses,
        zones if zones.contains(&None) => LabelFault::NoNetwork,
        _ => LabelFault::SeveralZones,
    }
}

/// Endpoints without a sound label, by what is wrong with it.
pub(super) fn unlabelled(show: Show<'_, '_, '_>, nodes: &[u32]) -> Vec<Finding> {
    let groups = grouped(nodes.iter().map(|&node| (label_fault(show, node), node)));
    let findings = groups.into_iter().map(|(fault, nodes)| {
        let first = show.id(nodes[0]);
        let cause = match &fault {
            LabelFault::Contradiction { own, other } => vec!["contradiction", own, other],
            LabelFault::NoRelays => vec!["no-relays"],
            LabelFault::NoAddresses => vec!["no-addresses"],
            LabelFault::SeveralZones => vec!["several-zones"],
            LabelFault::NoNetwork => vec!["no-network"],
        };
        let cause = cause.into_iter().map(str::to_owned).collect();
        let fault = Fault::Label { nodes: several(first, nodes.len()), fault };
        finding(cause, fault, nodes.len(), vec![first.to_owned()], show.node_at(nodes[0]))
    });
    findings.collect()
}
