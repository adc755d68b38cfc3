//! Transfers: data that is carried outside the network. Certificate section 6; nothing in a certificate speaks of them.

use crate::document::{Exception, Transfer};
use crate::meaning::{Meaning, Station};
use crate::proof::{Check, Flow, Nodes, Spot, Stand, refuse};
use crate::steps::Network;
use std::collections::{BTreeSet, HashMap};

/// The endpoints of the network among some nodes that a transfer begins at, or ends at.
fn ends_among(network: &Network, transfer: &Transfer, begins: bool, nodes: &Nodes) -> Vec<usize> {
    let document = network.meaning.document;
    let selector = if begins { &transfer.from } else { &transfer.to };
    let is_end = |n: &usize| {
        let endpoint = document.nodes.get(*n).is_some_and(|node| node.endpoint);
        endpoint && network.has_node(*n) && document.is_one_of(selector, *n)
    };
    nodes.iter().filter(is_end).collect()
}

/// A transfer lets data go from the one node to the other.
pub fn joins(network: &Network, transfer: &Transfer, x: usize, y: usize) -> bool {
    let is_end = |begins, node| !ends_among(network, transfer, begins, &Nodes::from_iter([node])).is_empty();
    x != y && is_end(true, x) && is_end(false, y)
}

/// Data in this state may go on by a transfer into this role, though no exceptions excuse it.
fn goes_on(meaning: &Meaning, flow: &Flow, (x, state): (usize, &Stand), (y, role): (usize, &Stand)) -> bool {
    let of = |stand: &Stand| stand.station.and_then(|s| meaning.stations.get(s));
    let gives = |s: &Station| s.to_service.transfer && meaning.document.is_one_of(&s.to, y);
    let takes = |r: &Station| r.from_service.transfer && meaning.document.is_one_of(&r.from, x);
    let ends = || flow.asks.last.is_none_or(|last| last.transfer);
    let mut waivers = flow.asks.waivers.iter().filter_map(|e| meaning.document.exceptions.get(*e));
    let mut excused = || waivers.any(|e| meaning.covers_transfer(e, [x, y]));
    of(state).is_none_or(gives)
        && of(role).map_or_else(ends, takes)
        && !(state.level == 0 && role.level == 0 && excused())
}

/// No transfer lets data go on from where it is said to be to where it must not come.
pub fn check_flows(network: &Network, flow: &Flow, near: &Nodes, far: &Nodes, step: &str) -> Check<()> {
    let (meaning, document) = (network.meaning, network.meaning.document);
    for transfer in document.transfers.iter().filter(|transfer| flow.asks.counts(transfer.sanitise)) {
        let (from, to) = (ends_among(network, transfer, true, near), ends_among(network, transfer, false, far));
        let (from, to) = (alike(meaning, flow, &from, &to, true), alike(meaning, flow, &to, &from, false));
        for (states, xs) in &from {
            for (roles, ys) in &to {
                let mut pairs = xs.iter().flat_map(|x| ys.iter().map(move |y| (*x, *y))).filter(|(x, y)| x != y);
                let Some((x, y)) = pairs.next() else { continue };
                if states.0.iter().any(|s| roles.0.iter().any(|r| goes_on(meaning, flow, (x, s), (y, r)))) {
                    let id = |n: usize| document.nodes.get(n).map_or("", |node| &node.id);
                    let en = format!("the transfer `{}` carries data from `{}` to `{}`", transfer.id, id(x), id(y));
                    let ja = format!("受渡し `{}` が `{}` から `{}` へデータを運びます", transfer.id, id(x), id(y));
                    return refuse(step, Spot::Document(transfer.at), en, ja);
                }
            }
        }
    }
    Ok(())
}

/// What `goes_on` can see of a node: its states or roles, and by which selectors of the other side it is matched.
type Look = (Vec<Stand>, Vec<bool>);

/// Nodes that look alike, two of each kind: one may be the other end itself.
fn alike(meaning: &Meaning, flow: &Flow, nodes: &[usize], others: &[usize], gives: bool) -> Vec<(Look, Vec<usize>)> {
    let document = meaning.document;
    let own = others.iter().filter_map(|node| meaning.stations_of.get(node)).flatten().copied();
    let stations: BTreeSet<usize> = own.collect();
    let mut groups: HashMap<Look, Vec<usize>> = HashMap::new();
    for node in nodes {
        let mut stands = if gives { flow.states(meaning, *node) } else { flow.roles(meaning, *node) };
        // What passes everything asks for nothing, as a start or an end; but an end may ask for services.
        let passes = |s: usize| {
            (gives || flow.asks.last.is_none())
                && meaning.stations.get(s).is_some_and(|station| station.entry.is_none())
        };
        stands.iter_mut().for_each(|stand| stand.station = stand.station.filter(|s| !passes(*s)));
        let of_stations = stations.iter().filter_map(|s| meaning.stations.get(*s));
        let asked = of_stations.map(|s| if gives { &s.from } else { &s.to });
        let of_exceptions = document.exceptions.iter().map(|e| if gives { &e.from } else { &e.to });
        let matched = asked.chain(of_exceptions).map(|selector| document.is_one_of(selector, *node)).collect();
        let group = groups.entry((stands, matched)).or_default();
        if group.len() < 2 {
            group.push(*node);
        }
    }
    groups.into_iter().collect()
}

/// An exception covers no transfer with an end among `apart`: certificate section 7.
pub fn check_ends(network: &Network, exception: &Exception, ends: [&Nodes; 2], apart: &Nodes, step: &str) -> Check<()> {
    let document = network.meaning.document;
    for transfer in document.transfers.iter().filter(|_| exception.service.transfer) {
        let covered = |begins: bool, nodes: &Nodes| -> Vec<usize> {
            let selector = if begins { &exception.from } else { &exception.to };
            let ends = ends_among(network, transfer, begins, nodes).into_iter();
            ends.filter(|n| document.is_one_of(selector, *n)).collect()
        };
        let (from, to) = (covered(true, ends[0]), covered(false, ends[1]));
        let meets = |own: &[usize], other: &[usize]| {
            let concerned = own.iter().filter(|n| apart.has(**n)).find(|n| other.iter().any(|o| o != *n));
            concerned.copied()
        };
        if let Some(node) = meets(&from, &to).or_else(|| meets(&to, &from)) {
            let id = document.nodes.get(node).map_or("", |node| &node.id);
            let en = format!("the exception covers the transfer `{}` with `{id}` at an end", transfer.id);
            let ja = format!("特定通信が `{id}` を端点とする受渡し `{}` に当たります", transfer.id);
            return refuse(step, Spot::Document(transfer.at), en, ja);
        }
    }
    Ok(())
}
