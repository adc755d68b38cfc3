//! Findings of nodes that lack controls.

use std::collections::BTreeMap;

use super::{finding, several};
use crate::report::Finding;
use crate::report::fault::Fault;
use crate::verify::show::Show;

/// Nodes that lack some of the controls wanted, by what they lack.
pub(super) fn lacking(show: Show<'_, '_, '_>, wanted: &[String], nodes: &[u32]) -> Vec<Finding> {
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
