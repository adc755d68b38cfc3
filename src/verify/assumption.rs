//! What the verdicts rely upon and nobody can see in the document: listed, so that whoever signs knows.

use std::collections::BTreeSet;

use super::show::Show;
use super::warning::names_multicast;
use crate::document::{Exception, Family, Node, Sanitise, SelectorItem, Spanned};
use crate::engine::Matcher;
use crate::number::number;
use crate::policy::{Asked, Policy};
use crate::report::note::{Assumption, Note};
use crate::report::{RequirementReport, Verdict};

/// The assumptions of a run, those of single places first. `relied`: the nodes whose routes the proofs rely on.
pub fn of(
    show: Show<'_, '_, '_>,
    policy: &Policy,
    requirements: &[RequirementReport],
    relied: &BTreeSet<u32>,
) -> Vec<Note<Assumption>> {
    let mut out = Vec::new();
    relays(show, &mut out);
    transfers(show, &mut out);
    exceptions(show, &mut out);
    controls(show, policy, requirements, &mut out);
    out.extend(one_family(show));
    out.extend(no_service(show));
    out.extend(routes(show, relied));
    out.extend(names_multicast(show.model).then(|| Note::general(Assumption::NoMulticast)));
    let translation = match show.model.nat.is_empty() {
        true => Assumption::NoTranslation,
        false => Assumption::DeclaredTranslation,
    };
    out.extend([translation, Assumption::Complete].map(Note::general));
    out
}

fn relays(show: Show<'_, '_, '_>, out: &mut Vec<Note<Assumption>>) {
    for node in show.model.detailed.iter().map(|&node| &show.model.document.nodes[node as usize]) {
        let Some(relays) = node.relays() else { continue };
        let span = relays.first().map_or(show.model.document.id_span(node), |relay| relay.span);
        let sanitising = relays.iter().filter(|relay| relay.sanitise.is_some()).count() as u64;
        let fact = Assumption::Relays { entries: relays.len() as u64, sanitising };
        out.push(Note::of(show.model.document.name(node.id), show.places.locate(span), fact));
    }
}

/// What is carried outside the network is as it is written, and nobody else sees it.
fn transfers(show: Show<'_, '_, '_>, out: &mut Vec<Note<Assumption>>) {
    let transfers = &show.model.document.transfers;
    for (at, transfer) in (0_u32..).zip(transfers) {
        let list = |items: &[Spanned<SelectorItem<'_>>]| items.iter().map(|item| item.value.to_string()).collect();
        let carried = Assumption::Carried {
            transfer: transfer.id.to_string(),
            from: list(&transfer.from),
            to: list(&transfer.to),
            sanitise: transfer.sanitise.map(Sanitise::word),
            approved_by: transfer.approved_by.as_deref().filter(|by| !by.trim().is_empty()).map(str::to_owned),
            expires: transfer.expires.map(|day| day.to_string()),
        };
        out.push(Note::at(show.transfer_at(at), carried));
    }
    if !transfers.is_empty() {
        out.push(Note::general(Assumption::NothingElseCarried));
    }
}

fn exceptions(show: Show<'_, '_, '_>, out: &mut Vec<Note<Assumption>>) {
    let exceptions = &show.model.document.exceptions;
    for exception in exceptions {
        let Exception { id, approved_by, expires, attested, span, .. } = exception;
        let location = show.places.locate(*span);
        let excused = Assumption::Excused {
            exception: id.to_string(),
            waives: exception.waived().into_iter().map(str::to_owned).collect(),
            approved_by: approved_by.as_deref().filter(|by| !by.trim().is_empty()).map(str::to_owned),
            expires: expires.map(|day| day.to_string()),
        };
        out.push(Note::at(location, excused));
        out.extend(attested.as_ref().map(|attested| {
            let (by, basis) = (attested.by.to_string(), attested.basis.to_string());
            Note::at(location, Assumption::Attested { exception: id.to_string(), by, basis })
        }));
    }
    if !exceptions.is_empty() {
        out.push(Note::general(Assumption::TiersPassNothing));
    }
}

/// Nodes whose declared controls a requirement that holds relies upon.
fn controls(
    show: Show<'_, '_, '_>,
    policy: &Policy,
    requirements: &[RequirementReport],
    out: &mut Vec<Note<Assumption>>,
) {
    let model = show.model;
    for (requirement, report) in policy.requirements.iter().zip(requirements) {
        let Asked::Attributes { nodes: Some(patterns), controls, .. } = &requirement.asked else { continue };
        if report.verdict != Verdict::Proved {
            continue;
        }
        let matcher = Matcher::new(model, patterns);
        let count = number(model.document.nodes.len());
        let mut nodes = (0..count).filter(|&node| matcher.matches(node));
        let Some(first) = nodes.next() else { continue };
        let (node, more) = (show.id(first).to_owned(), nodes.count() as u64);
        let fact = Assumption::Controls { node, more, controls: controls.clone() };
        out.push(Note::at(show.node_at(first), fact));
    }
}

/// What bears addresses of its own can be spoken to, and may do more than forward.
fn no_service(show: Show<'_, '_, '_>) -> Option<Note<Assumption>> {
    let nodes = &show.model.document.nodes;
    let silent = |node: &&Node<'_>| node.is_forwarder() && !node.addresses.is_empty() && node.relays().is_none();
    let mut silent = nodes.iter().filter(silent);
    let first = silent.next()?;
    let (node, forwarders) = (show.model.document.name(first.id).to_owned(), 1 + silent.count() as u64);
    let location = show.places.locate(show.model.document.id_span(first));
    Some(Note::at(location, Assumption::NoService { node, forwarders }))
}

/// The routes that proofs rely on are there when a packet comes.
fn routes(show: Show<'_, '_, '_>, relied: &BTreeSet<u32>) -> Option<Note<Assumption>> {
    let first = *relied.first()?;
    let (node, routers) = (show.id(first).to_owned(), relied.len() as u64);
    Some(Note::at(show.node_at(first), Assumption::RoutesInForce { node, routers }))
}

fn one_family(show: Show<'_, '_, '_>) -> Option<Note<Assumption>> {
    let model = show.model;
    let only_v4 = |(value, endpoint): &(&Node<'_>, &bool)| {
        **endpoint && !value.addresses.is_empty() && value.addresses.iter().all(|cidr| cidr.family == Family::V4)
    };
    let mut nodes = model.document.nodes.iter().zip(&model.labels.endpoint).filter(only_v4);
    let (first, _) = nodes.next()?;
    let (node, endpoints) = (model.document.name(first.id).to_owned(), 1 + nodes.count() as u64);
    let location = show.places.locate(model.document.id_span(first));
    Some(Note::at(location, Assumption::OneFamily { node, endpoints }))
}
