//! Findings of nodes and links that do not declare what they should.

use std::collections::BTreeMap;

use super::{finding, several};
use crate::engine::{Declared, Item, Lack};
use crate::report::Finding;
use crate::report::fault::{Fault, Lacking};
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

/// Nodes and links that do not declare what they should, by what they lack.
pub(super) fn undeclared(show: Show<'_, '_, '_>, asked: Declared<'_>, tuples: &[Vec<Item>]) -> Vec<Finding> {
    let model = show.model;
    let mut groups: BTreeMap<Vec<Lack>, Vec<Item>> = BTreeMap::new();
    for &item in tuples.iter().flatten() {
        let lacks = match item {
            Item::Link(link) => asked.lacking_of_link(model, link),
            Item::Node(node) => asked.lacking_of_node(model, node),
            _ => Vec::new(),
        };
        groups.entry(lacks).or_default().push(item);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, items)| items[0]);
    let findings = groups.into_iter().map(|(lacks, items)| {
        let first = items[0].id(model);
        let (location, path) = match items[0] {
            Item::Link(link) => {
                let ends = model.names.links[link.index()].map(|end| model.id(end).to_owned());
                (show.places.locate(model.document.links[link.index()].span), ends.to_vec())
            }
            Item::Node(node) => (show.node_at(node), vec![first.clone()]),
            _ => (show.node_at(0), Vec::new()),
        };
        let of_links = matches!(items[0], Item::Link(_));
        let lacking: Vec<Lacking> = lacks.into_iter().map(lacking_of).collect();
        let cause = std::iter::once("undeclared".to_owned()).chain(lacking.iter().map(Lacking::word)).collect();
        let fault = Fault::Undeclared { of_links, items: several(&first, items.len()), lacking };
        finding(cause, fault, items.len(), path, location)
    });
    findings.collect()
}

fn lacking_of(lack: Lack) -> Lacking {
    match lack {
        Lack::Control(control) => Lacking::Control(control),
        Lack::OneOf(controls) => Lacking::OneOf(controls),
        Lack::Owner => Lacking::Owner,
        Lack::Circuit(circuits) => Lacking::Circuit(circuits.into_iter().map(|one| one.word().to_owned()).collect()),
    }
}
