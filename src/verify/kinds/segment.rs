//! Findings of endpoints in one broadcast domain.

use super::{finding, grouped, several};
use crate::engine::{Domains, Item};
use crate::report::Finding;
use crate::report::fault::Fault;
use crate::verify::show::Show;

/// Ways that are looked for; further findings have none.
const MOST_WAYS: usize = 50;

/// Endpoints that links and switches alone join to others, by the first of each pair.
pub(super) fn joined(show: Show<'_, '_, '_>, tuples: &[Vec<Item>]) -> Vec<Finding> {
    let model = show.model;
    let pairs = tuples.iter().filter_map(|tuple| Some((tuple.first()?.node()?, tuple.get(1)?.node()?)));
    let domains = Domains::of(model).ok();
    let groups = grouped(pairs);
    let findings = groups.into_iter().enumerate().map(|(at, (node, others))| {
        let domains = domains.as_ref().filter(|_| at < MOST_WAYS);
        let way = domains.and_then(|domains| domains.way_between(node, others[0])).unwrap_or_default();
        let way: Vec<(String, u16)> =
            way.into_iter().map(|(switch, vlan)| (show.id(switch).to_owned(), vlan)).collect();
        let (first, other) = (show.id(node).to_owned(), show.id(others[0]).to_owned());
        let mut path = vec![first.clone()];
        path.extend(way.iter().map(|(switch, _)| switch.clone()));
        path.push(other.clone());
        path.dedup();
        let cause = std::iter::once("segment".to_owned()).chain(way.iter().map(|(switch, _)| switch.clone())).collect();
        let fault = Fault::Segment { node: first, others: several(&other, others.len()), way };
        finding(cause, fault, others.len(), path, show.node_at(node))
    });
    findings.collect()
}
