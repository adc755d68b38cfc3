//! RFC 8345 (`ietf-network`, `ietf-network-topology`) as JSON. Of several layers, the one with most links is taken.

use std::collections::{HashMap, HashSet};

use super::super::device::Net;
use super::super::json::{self, Json};
use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::{Configuration, Import};
use super::{Plan, net, no_end};
use crate::language::Phrase;

/// Whether a text is such a topology.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.contains("\"ietf-network:networks\"") || line.contains("\"ietf-network:network\""))
        || (lines.iter().any(|line| line.contains("\"network-id\""))
            && lines.iter().any(|line| line.contains("\"node-id\"")))
}

/// What a key has, with the name of a module before it or without.
fn get<'j, 't>(json: &'j Json<'t>, key: &str) -> Option<&'j Json<'t>> {
    let all = json.object();
    all.iter().find(|(known, _)| known.rsplit(':').next() == Some(key)).map(|(_, value)| value)
}

fn str<'j>(json: &'j Json<'_>, key: &str) -> Option<&'j str> {
    get(json, key).and_then(Json::text)
}

/// Reads a topology.
///
/// # Errors
/// When it is no JSON, or cut off.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = json::read(configuration.file, &configuration.lines)?;
    ledger.all_without_meaning();
    let networks = get(&root, "networks").unwrap_or(&root);
    let all = get(networks, "network").map_or(&[][..], Json::list);
    let count = |network: &&Json<'_>| get(network, "link").map_or(0, |links| links.list().len());
    // of layers with as many links, the first
    let taken = all.iter().rev().max_by_key(count);
    let mut plan = Plan::default();
    for network in all {
        if taken.is_some_and(|taken| !std::ptr::eq(taken, network)) {
            ledger.remark(
                network.lines.0,
                Phrase::new(
                    "another layer has more links; this one was left out",
                    "リンクのより多い層がある。この層は取り込まない",
                ),
            );
        }
    }
    let Some(network) = taken else { return Ok(plan.finish(ledger)) };
    let mut nodes: HashMap<&str, usize> = HashMap::new();
    let mut ways: HashMap<(usize, String), String> = HashMap::new();
    for node in get(network, "node").map_or(&[][..], Json::list) {
        (node.lines.0..=node.lines.1).for_each(|line| ledger.used(line));
        let Some(id) = str(node, "node-id") else { continue };
        let at = plan.node(id, "router", node.lines.0, ledger);
        nodes.insert(id, at);
        for point in get(node, "termination-point").map_or(&[][..], Json::list) {
            let Some(name) = str(point, "tp-id") else { continue };
            let attributes = get(point, "l3-termination-point-attributes");
            let addresses = attributes.and_then(|attributes| get(attributes, "ip-address")).map_or(&[][..], Json::list);
            let nets: Vec<Net> = addresses.iter().filter_map(Json::text).filter_map(net).collect();
            if nets.is_empty() {
                continue;
            }
            let way = plan.way(at, name, point.lines.0, ledger);
            nets.into_iter().for_each(|net| plan.address(at, &way, net));
            ways.insert((at, name.to_owned()), way);
        }
    }
    let mut seen: HashSet<[(usize, String); 2]> = HashSet::new();
    for link in get(network, "link").map_or(&[][..], Json::list) {
        (link.lines.0..=link.lines.1).for_each(|line| ledger.used(line));
        let end = |side: &str, node: &str, point: &str| {
            let side = get(link, side)?;
            Some((*nodes.get(str(side, node)?)?, str(side, point).unwrap_or("").to_owned()))
        };
        let ends = end("source", "source-node", "source-tp").zip(end("destination", "dest-node", "dest-tp"));
        let Some((a, b)) = ends else {
            (link.lines.0..=link.lines.1).for_each(|line| ledger.not_understood(line, no_end()));
            continue;
        };
        // the way there and the way back are one link
        let key = if a <= b { [a.clone(), b.clone()] } else { [b.clone(), a.clone()] };
        if !seen.insert(key) {
            continue;
        }
        let line = link.lines.0;
        let ends = [a, b].map(|(node, point)| {
            let way = match ways.remove(&(node, point.clone())) {
                Some(way) => way,
                None => plan.way(node, &point, line, ledger),
            };
            (node, way)
        });
        let [a, b] = ends;
        plan.join(a, b, line, ledger);
    }
    Ok(plan.finish(ledger))
}
