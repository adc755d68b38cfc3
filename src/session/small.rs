//! A small document that stands for a whole one, on its own: for questions that decide many variants of it.

use super::has_quotient;
use super::held::{Held, Resolved};
use super::quotient_document::{Stands, alone};
use super::store::LinkNumber;
use crate::document::{Document, Node};
use crate::model::LinkId;
use crate::model::names::Names;
use crate::number::number;
use crate::policy::Policy;

/// Whom a node of a small document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// This node of the whole document, and so many that are like it, itself among them.
    Node(u32, u64),
    /// This node of the whole document, which is counted with another that is like it.
    Like(u32),
    /// None, or parts of several.
    None,
}

impl Whom {
    /// The node of the whole document that it is, if it is one.
    #[must_use]
    pub const fn node(self) -> Option<u32> {
        match self {
            Self::Node(node, _) | Self::Like(node) => Some(node),
            Self::None => None,
        }
    }
}

/// A document that stands for a whole one.
pub struct Small<'d> {
    /// The document.
    pub document: Document<'d>,
    /// Whom its nodes stand for.
    pub nodes: Vec<Whom>,
    /// Which links of the whole one its links are.
    pub links: Vec<Option<LinkId>>,
    /// Whether it is the whole one.
    pub is_whole: bool,
}

impl<'d> Small<'d> {
    /// The small document for a whole one, where there is one, else the whole one itself; `names` are its names, and `policy` is what will
    /// be decided of it. O(n log n).
    #[must_use]
    pub fn of(document: Document<'d>, names: &Names<'_>, policy: &Policy) -> Self {
        if !has_quotient(&document) {
            let nodes = (0..number(document.nodes.len())).map(|node| Whom::Node(node, 1)).collect();
            let links = names.links().map(|(link, _)| Some(link)).collect();
            return Self { document, nodes, links, is_whole: true };
        }
        let Held { store, quotient } = Held::new(document, Resolved::of(names), policy);
        let (document, stands, links) = alone(&store, &quotient);
        let whom = |(stands, node): (Stands, &Node<'_>)| match (stands, names.node(document.name(node.id))) {
            (Stands::Group(at), Some(node)) => Whom::Node(node, quotient.groups[at as usize].members.len() as u64),
            (Stands::Node(_), Some(node)) => Whom::Node(node, 1),
            (Stands::Nobody, Some(node)) => Whom::Like(node),
            // A run of routers, and what only carries VLANs.
            (_, None) => Whom::None,
        };
        let links = links.into_iter().map(|link| link.map(LinkNumber::in_document)).collect();
        let nodes = stands.into_iter().zip(&document.nodes).map(whom).collect();
        Self { document, nodes, links, is_whole: false }
    }
}
