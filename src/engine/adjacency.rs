//! The links of a document, indexed for walks.

use std::cell::OnceCell;

use crate::graph::Csr;
use crate::model::{LinkId, Model};
use crate::topology::{Half, L3Links, WalkTags};

/// Links by node: link, and whether the node is its second end.
type LinksByNode = Csr<(LinkId, bool)>;

/// The links of a document, ready to be walked.
pub struct Adjacency<'m, 'd> {
    pub(super) model: &'m Model<'d>,
    /// Links between forwarding nodes, once somebody asked for them.
    trunk_links: OnceCell<LinksByNode>,
    /// All other links, likewise.
    access_links: OnceCell<LinksByNode>,
    l3_links: L3Links,
    tags: WalkTags,
}

impl<'m, 'd> Adjacency<'m, 'd> {
    /// The links of a model; they are indexed when first walked.
    #[must_use]
    pub fn new(model: &'m Model<'d>) -> Self {
        let l3_links = L3Links::new(model);
        let tags = WalkTags::new(model, &l3_links);
        Self { model, trunk_links: OnceCell::new(), access_links: OnceCell::new(), l3_links, tags }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'m Model<'d> {
        self.model
    }

    fn index(&self, between: bool) -> LinksByNode {
        let forwards = |node: u32| self.model.labels.forwards[node as usize];
        let links = self.model.names.links().filter(|(_, [a, b])| (forwards(*a) && forwards(*b)) == between);
        let ends = links.flat_map(|(link, [a, b])| [(a, (link, false)), (b, (link, true))]);
        Csr::new(self.model.document.nodes.len(), ends)
    }

    /// Links between forwarding nodes.
    pub(super) fn trunk_links(&self) -> &LinksByNode {
        self.trunk_links.get_or_init(|| self.index(true))
    }

    /// All other links.
    pub(super) fn access_links(&self) -> &LinksByNode {
        self.access_links.get_or_init(|| self.index(false))
    }

    /// Number of links between forwarding nodes.
    #[must_use]
    pub fn trunk_link_count(&self) -> usize {
        self.trunk_links().items().len() / 2
    }

    /// All links of a node, each with whether it is the second end.
    pub fn links_of(&self, node: u32) -> impl Iterator<Item = (LinkId, bool)> + '_ {
        self.trunk_links().of(node).iter().chain(self.access_links().of(node)).copied()
    }

    /// The links that join a node to nodes that do not forward, or a node that does not forward to anything.
    pub fn access_links_of(&self, node: u32) -> impl Iterator<Item = (LinkId, bool)> + '_ {
        self.access_links().of(node).iter().copied()
    }

    /// The links that join a forwarding node to others.
    pub fn trunk_links_of(&self, node: u32) -> impl Iterator<Item = (LinkId, bool)> + '_ {
        self.trunk_links().of(node).iter().copied()
    }

    /// The tags between which an l3-switch routes.
    #[must_use]
    pub fn routed_tags(&self, node: u32) -> Vec<u16> {
        let l3_links = self.l3_links(node).into_iter();
        l3_links.flat_map(|tag| tag.map_or_else(|| self.tags().to_vec(), |tag| vec![tag])).collect()
    }

    /// One VLAN tag of each class of tags that nothing tells apart; named ones first.
    #[must_use]
    pub fn tags(&self) -> &[u16] {
        self.tags.all()
    }

    /// Whether some link names a tag.
    #[must_use]
    pub fn is_named(&self, tag: u16) -> bool {
        self.tags.named().contains(&tag)
    }

    /// Whether an end of a link carries a tag.
    #[must_use]
    pub fn carries(&self, link: LinkId, end: usize, tag: u16) -> bool {
        self.model.document.links[link.index()].carries(end, tag)
    }

    /// The tags with which what leaves an end of a link may enter the other, given the tag it has: none yet where it is
    /// emitted, or comes from what is no switch; it may then have any.
    #[must_use]
    pub fn entering(&self, link: LinkId, from_end: usize, tag: Option<u16>) -> Vec<u16> {
        let document = &self.model.document.links[link.index()];
        let taken = |tag: u16| document.carries(1 - from_end, tag);
        match tag {
            Some(tag) => Some(document.renamed(from_end, tag)).filter(|&tag| taken(tag)).into_iter().collect(),
            None => self.tags().iter().copied().filter(|&tag| taken(tag)).collect(),
        }
    }

    /// Name of the interface at one end of a link.
    #[must_use]
    pub fn interface(&self, link: LinkId, second: bool) -> &'d str {
        let document = self.model.document;
        document.name(document.links[link.index()].interface_or_neighbour(usize::from(second)))
    }

    pub(super) fn half_at_links(&self, node: u32) -> Half {
        Half::at_links(self.model, node)
    }

    pub(super) fn half_of_endpoint(&self, node: u32) -> Half {
        Half::of_sessions(self.model, node)
    }

    pub(super) fn is_switch(&self, node: u32, half: Half) -> bool {
        half.keeps_tags(self.model, node)
    }

    /// The links within an l3-switch that stand for all of them: those of tags that stand for all.
    pub(super) fn l3_links(&self, node: u32) -> Vec<Option<u16>> {
        let Some(switch) = self.l3_links.of(node) else { return Vec::new() };
        if switch.vlans().is_empty() {
            return vec![None];
        }
        self.tags().iter().copied().filter(|&tag| switch.routes(tag)).map(Some).collect()
    }
}
