//! A document as a session holds it, and how it is edited.

use super::asked::AskedOfNodes;
use super::change::Edit;
use super::moves::Told;
use super::quotient::Quotient;
use super::store::{LinkNumber, NodeNumber, Store};
use crate::document::{self, Document, Tier};
use crate::model::ZoneNetworks;
use crate::model::names::Names;
use crate::policy::Policy;

/// Nodes and links, and what stands for what.
pub(super) struct Held<'s> {
    pub store: Store<'s>,
    pub quotient: Quotient,
}

/// What resolving the names of a document told.
pub(super) struct Resolved {
    pub networks: ZoneNetworks,
    /// Ids of zones by index.
    pub zones: Vec<String>,
    /// The tiers that they belong to.
    pub bases: Vec<Option<Tier>>,
    /// Nodes at the ends of links.
    pub ends: Vec<[NodeNumber; 2]>,
    /// The networks of all zones.
    pub all: Vec<document::Cidr>,
}

impl Resolved {
    /// What these names say.
    pub fn of(names: &Names<'_>) -> Self {
        Self {
            networks: ZoneNetworks::new(names),
            zones: names.zones.iter().map(|&zone| zone.to_owned()).collect(),
            bases: names.bases.clone(),
            ends: names.links.clone(),
            all: names.networks.concat(),
        }
    }
}

impl<'s> Held<'s> {
    /// A document, what its names resolved to, and what will be decided of it. O(n log n).
    pub fn new(mut document: Document<'s>, resolved: Resolved, policy: &Policy) -> Self {
        let Resolved { networks, zones, bases, ends, all } = resolved;
        let asked = AskedOfNodes::new(policy, zones.iter().cloned().zip(bases).collect());
        let (nodes, links) = (std::mem::take(&mut document.nodes), std::mem::take(&mut document.links));
        let mut store = Store::new(document, &zones, networks, asked);
        store.reserve(nodes.len(), links.len());
        for node in nodes {
            store.add_node(node);
        }
        for (link, ends) in links.into_iter().zip(ends) {
            store.add_link(link, ends);
        }
        let mut quotient = Quotient::new();
        all.iter().for_each(|network| drop(quotient.cells.cut(network.range())));
        quotient.place_all(&store);
        Self { store, quotient }
    }

    /// Makes an edit, and returns the one that takes it back.
    pub fn perform(&mut self, edit: Edit<'s>) -> Edit<'s> {
        let back = match edit {
            Edit::AddNode(node, links) => {
                let at = self.store.add_node(*node);
                self.quotient.node_came(&self.store, at);
                for (link, other, first) in links {
                    let ends = if first { [at, other] } else { [other, at] };
                    self.add_link(link, ends);
                }
                Edit::RemoveNode(at)
            }
            Edit::RemoveNode(at) => {
                let mut links = Vec::new();
                while let Some(&link) = self.store.links_of(at).last() {
                    let other = self.store.other(link, at);
                    if let Some((value, ends)) = self.remove_link(link) {
                        links.push((value, other, ends[0] == at));
                    }
                }
                // Taken back in this order, each link has the number that it had.
                links.reverse();
                self.quotient.node_goes(&self.store, at);
                match self.store.remove_node(at) {
                    Some(node) => {
                        self.quotient.node_went(&self.store, &node);
                        Edit::AddNode(Box::new(node), links)
                    }
                    None => Edit::Nothing,
                }
            }
            Edit::AddLink(link, ends) => Edit::RemoveLink(self.add_link(*link, ends)),
            Edit::RemoveLink(link) => match self.remove_link(link) {
                Some((link, ends)) => Edit::AddLink(Box::new(link), ends),
                None => Edit::Nothing,
            },
            Edit::AddRule { node, filter, at, rule } => {
                let told = Told::by(&rule);
                self.store.insert_rule(node, filter, at, *rule);
                self.quotient.rule_changed(&self.store, node, &told);
                Edit::RemoveRule { node, filter, at }
            }
            Edit::RemoveRule { node, filter, at } => match self.store.remove_rule(node, filter, at) {
                Some(rule) => {
                    self.quotient.rule_changed(&self.store, node, &Told::by(&rule));
                    Edit::AddRule { node, filter, at, rule: Box::new(rule) }
                }
                None => Edit::Nothing,
            },
            Edit::Nothing => Edit::Nothing,
        };
        self.quotient.settle(&self.store);
        back
    }

    fn add_link(&mut self, link: document::Link<'s>, ends: [NodeNumber; 2]) -> LinkNumber {
        let link = self.store.add_link(link, ends);
        self.quotient.link_changed(&self.store, ends);
        self.quotient.join_runs(&self.store, link);
        self.quotient.look_at_link(&self.store, link);
        link
    }

    fn remove_link(&mut self, link: LinkNumber) -> Option<(document::Link<'s>, [NodeNumber; 2])> {
        let stored = self.store.remove_link(link)?;
        let ends = stored.ends;
        self.quotient.link_went(&self.store, link, ends, stored.link.one_way());
        Some((stored.link, ends))
    }
}
