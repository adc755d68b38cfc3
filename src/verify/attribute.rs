//! Findings of requirements on single nodes and exceptions, grouped by what is wrong.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::show::Show;
use crate::document::Date;
use crate::engine::{self, exception_faults};
use crate::model::Model;
use crate::policy::Evaluator;
use crate::report::Finding;
use crate::report::fault::{ExceptionFault, Fault, LabelFault, Several};
use crate::source::Location;

/// Groups in the order of their first members.
pub(super) fn grouped<K: Clone + Eq + Hash, R>(items: impl Iterator<Item = (K, R)>) -> Vec<(K, Vec<R>)> {
    let mut index: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<(K, Vec<R>)> = Vec::new();
    for (key, item) in items {
        let at = *index.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(item);
    }
    groups
}

pub(super) fn finding(
    cause: Vec<String>,
    fault: Fault,
    tuples: usize,
    path: Vec<String>,
    location: Location,
) -> Finding {
    Finding {
        fault,
        tuples: tuples as u64,
        path,
        sessions: Vec::new(),
        location: Some(location),
        guesses: Vec::new(),
        cause,
        culprit: None,
    }
}

/// Findings of nodes that lack controls or a sound label.
pub fn of_nodes(show: Show<'_, '_, '_>, evaluator: &Evaluator, nodes: &[u32]) -> Vec<Finding> {
    match evaluator {
        Evaluator::Controls(controls) => lacking(show, &controls.controls, nodes),
        _ => unlabelled(show, nodes),
    }
}

fn lacking(show: Show<'_, '_, '_>, wanted: &[String], nodes: &[u32]) -> Vec<Finding> {
    let missing = |node: u32| {
        let declared = &show.model.document.nodes[node as usize].controls;
        let lacks = |control: &&String| !declared.iter().any(|own| **own == ***control);
        wanted.iter().filter(lacks).map(String::as_str).collect::<Vec<_>>()
    };
    let mut groups: BTreeMap<Vec<&str>, Vec<u32>> = BTreeMap::new();
    for &node in nodes {
        groups.entry(missing(node)).or_default().push(node);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, nodes)| nodes[0]);
    let findings = groups.into_iter().map(|(missing, nodes)| {
        let first = show.id(nodes[0]);
        let lacking: Vec<String> = missing.into_iter().map(str::to_owned).collect();
        let cause = ["controls".to_owned()].into_iter().chain(lacking.iter().cloned()).collect();
        let fault = Fault::Controls { nodes: several(first, nodes.len()), lacking };
        finding(cause, fault, nodes.len(), vec![first.to_owned()], show.node_at(nodes[0]))
    });
    findings.collect()
}

/// The first of so many.
pub(super) fn several(first: &str, count: usize) -> Several {
    Several { first: first.to_owned(), others: count as u64 - 1 }
}

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

fn unlabelled(show: Show<'_, '_, '_>, nodes: &[u32]) -> Vec<Finding> {
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

/// Findings of exceptions that are not limited.
pub fn of_exceptions(show: Show<'_, '_, '_>, exceptions: &[u32], today: Date) -> Vec<Finding> {
    let mut groups: BTreeMap<Vec<ExceptionFault>, Vec<u32>> = BTreeMap::new();
    for &at in exceptions {
        groups.entry(faults(show.model, at, today)).or_default().push(at);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, list)| list[0]);
    let findings = groups.into_iter().map(|(faults, list)| {
        let id = &*show.model.document.exceptions[list[0] as usize].id;
        let cause = faults.iter().map(|fault| fault.word().to_owned()).collect();
        let fault = Fault::Exceptions { exceptions: several(id, list.len()), faults };
        finding(cause, fault, list.len(), vec![id.to_owned()], exception_at(show, list[0]))
    });
    findings.collect()
}

pub(super) fn exception_at(show: Show<'_, '_, '_>, exception: u32) -> Location {
    let exception = &show.model.document.exceptions[exception as usize];
    show.places.locate(exception.span)
}

/// What is wrong with an exception.
pub(super) fn faults(model: &Model<'_>, exception: u32, today: Date) -> Vec<ExceptionFault> {
    let of = |fault| match fault {
        engine::ExceptionFault::WideFrom => ExceptionFault::WideFrom,
        engine::ExceptionFault::WideTo => ExceptionFault::WideTo,
        engine::ExceptionFault::WideService => ExceptionFault::WideService,
        engine::ExceptionFault::NoReason => ExceptionFault::NoReason,
        engine::ExceptionFault::NoApproval => ExceptionFault::NoApproval,
        engine::ExceptionFault::Expired => ExceptionFault::Expired,
    };
    exception_faults(model, exception, today).into_iter().map(of).collect()
}
