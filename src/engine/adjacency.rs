//! The links of a document, indexed for walks, and VLAN tags that stand for all others.

use std::cell::OnceCell;
use std::collections::HashSet;

use rustc_hash::FxHashSet;

use super::trace::Half;
use crate::document::Kind;
use crate::model::Model;
use crate::topology::{TAGS, TagClasses};

/// Links by node.
#[derive(Default)]
pub(super) struct LinksByNode {
    offsets: Vec<u32>,
    /// Link, and whether the node is its second end.
    links: Vec<(u32, bool)>,
}

impl LinksByNode {
    fn new(nodes: usize, links: &[[u32; 2]], include: impl Fn(&[u32; 2]) -> bool) -> Self {
        let mut offsets = vec![0_u32; nodes + 1];
        for ends in links.iter().filter(|ends| include(ends)) {
            ends.iter().for_each(|&end| offsets[end as usize + 1] += 1);
        }
        for at in 0..nodes {
            offsets[at + 1] += offsets[at];
        }
        let mut next = offsets.clone();
        let mut list = vec![(0, false); offsets[nodes] as usize];
        for (link, ends) in (0_u32..).zip(links).filter(|(_, ends)| include(ends)) {
            for (&end, second) in ends.iter().zip([false, true]) {
                list[next[end as usize] as usize] = (link, second);
                next[end as usize] += 1;
            }
        }
        Self { offsets, links: list }
    }

    pub fn of(&self, node: u32) -> &[(u32, bool)] {
        let at = node as usize;
        &self.links[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }
}

/// The links of a document, ready to be walked.
pub struct Adjacency<'m, 'd> {
    pub(super) model: &'m Model<'d>,
    /// Links between forwarding nodes, once somebody asked for them.
    trunk_links: OnceCell<LinksByNode>,
    /// All other links, likewise.
    access_links: OnceCell<LinksByNode>,
    /// One VLAN tag of each class of tags that nothing tells apart; named ones first.
    pub(super) tags: Vec<u16>,
    /// Those of them that some link names.
    named: Vec<u16>,
}

impl<'m, 'd> Adjacency<'m, 'd> {
    /// The links of a model; they are indexed when first walked.
    #[must_use]
    pub fn new(model: &'m Model<'d>) -> Self {
        let natives = model.document.links.iter().filter_map(|link| link.native()).flatten();
        let natives: Vec<[(u16, u16); 1]> = natives.map(|vlan| [(vlan, vlan)]).collect();
        let lists = vlan_lists(model, &natives);
        let tags = tags(model, &lists);
        let named = Named::new(lists.into_iter());
        let named = tags.iter().copied().filter(|&tag| named.holds(tag)).collect();
        Self { model, trunk_links: OnceCell::new(), access_links: OnceCell::new(), tags, named }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'m Model<'d> {
        self.model
    }

    fn index(&self, between: bool) -> LinksByNode {
        let forwards = |node: u32| self.model.labels.forwards[node as usize];
        let nodes = self.model.document.nodes.len();
        LinksByNode::new(nodes, &self.model.names.links, |ends| (forwards(ends[0]) && forwards(ends[1])) == between)
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
        self.trunk_links().links.len() / 2
    }

    /// All links of a node, each with whether it is the second end.
    pub fn links_of(&self, node: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.trunk_links().of(node).iter().chain(self.access_links().of(node)).copied()
    }

    /// The links that join a node to nodes that do not forward, or a node that does not forward to anything.
    pub fn access_links_of(&self, node: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.access_links().of(node).iter().copied()
    }

    /// The links that join a forwarding node to others.
    pub fn trunk_links_of(&self, node: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.trunk_links().of(node).iter().copied()
    }

    /// The tags between which an l3-switch routes.
    #[must_use]
    pub fn routed_tags(&self, node: u32) -> Vec<u16> {
        let l3_links = self.l3_links(node).into_iter();
        l3_links.flat_map(|tag| tag.map_or_else(|| self.tags.clone(), |tag| vec![tag])).collect()
    }

    /// The tags that stand for all.
    #[must_use]
    pub fn tags(&self) -> &[u16] {
        &self.tags
    }

    /// Whether some link names a tag.
    #[must_use]
    pub fn is_named(&self, tag: u16) -> bool {
        self.named.contains(&tag)
    }

    /// Whether an end of a link carries a tag.
    #[must_use]
    pub fn carries(&self, link: u32, end: usize, tag: u16) -> bool {
        self.model.document.links[link as usize].carries(end, tag)
    }

    /// The tags with which what leaves an end of a link may enter the other, given the tag it has: none yet where it is
    /// emitted, or comes from what is no switch; it may then have any.
    #[must_use]
    pub fn entering(&self, link: u32, from_end: usize, tag: Option<u16>) -> Vec<u16> {
        let document = &self.model.document.links[link as usize];
        let taken = |tag: u16| document.carries(1 - from_end, tag);
        match tag {
            Some(tag) => Some(document.renamed(from_end, tag)).filter(|&tag| taken(tag)).into_iter().collect(),
            None => self.tags.iter().copied().filter(|&tag| taken(tag)).collect(),
        }
    }

    /// Name of the interface at one end of a link.
    #[must_use]
    pub fn interface(&self, link: u32, second: bool) -> &'d str {
        let document = self.model.document;
        document.name(document.links[link as usize].interface_or_neighbour(usize::from(second)))
    }

    pub(super) fn half_at_links(&self, node: u32) -> Half {
        match self.model.document.nodes[node as usize].kind {
            Kind::L3Switch => Half::Switch,
            _ => Half::Whole,
        }
    }

    pub(super) fn half_of_endpoint(&self, node: u32) -> Half {
        match self.half_at_links(node) {
            Half::Switch => Half::Router,
            half => half,
        }
    }

    /// A switch that does not forward keeps no tags: it is an end like any other.
    pub(super) fn is_switch(&self, node: u32, half: Half) -> bool {
        let plain = self.model.document.nodes[node as usize].kind == Kind::Switch;
        half == Half::Switch || plain && self.model.labels.forwards[node as usize]
    }

    pub(super) fn l3_links(&self, node: u32) -> Vec<Option<u16>> {
        let details = self.model.document.nodes[node as usize].details.as_deref();
        let routed = details.and_then(|details| details.routed_vlans.as_ref());
        let holds = |list: &[(u16, u16)], tag: u16| list.iter().any(|&(low, high)| low <= tag && tag <= high);
        let mut l3_links: Vec<Option<u16>> = match routed {
            Some(list) => self.tags.iter().filter(|&&tag| holds(list, tag)).map(|&tag| Some(tag)).collect(),
            None => self.named.iter().map(|&tag| Some(tag)).collect(),
        };
        if l3_links.is_empty() {
            l3_links.push(None);
        }
        l3_links
    }
}

/// One tag of each class of tags that no link, `routed_vlans` or name of an interface tells apart.
fn tags(model: &Model<'_>, lists: &[&[(u16, u16)]]) -> Vec<u16> {
    let mut lists: HashSet<&[(u16, u16)]> = lists.iter().copied().collect();
    let mut own_names: HashSet<u16> = HashSet::new();
    for node in model.document.nodes.iter().filter(|node| node.kind == Kind::L3Switch) {
        let Some(details) = node.details.as_deref() else { continue };
        lists.extend(details.routed_vlans.as_deref());
        let filters = || details.filters.iter().flatten();
        let of_filters = filters().flat_map(|filter| filter.r#in.iter().chain(&filter.out));
        let rules = filters().flat_map(|filter| &filter.rules);
        let of_rules = rules.flat_map(|rule| rule.r#in.iter().chain(&rule.out));
        let names = of_filters.chain(of_rules).flatten().map(|name| &*name.value);
        let vias = details.routes.iter().flatten().filter_map(|route| route.via.as_ref()).map(|via| &*via.value);
        own_names.extend(
            names
                .chain(vias)
                .filter_map(|name| name.strip_prefix("vlan")?.parse::<u16>().ok())
                .filter(|tag| TAGS.contains(tag)),
        );
    }
    let named = Named::new(lists.iter().copied());
    let alone: Vec<[(u16, u16); 1]> = own_names.into_iter().map(|tag| [(tag, tag)]).collect();
    let sets = lists.iter().copied().chain(alone.iter().map(|set| &set[..]));
    let mut out = TagClasses::new(sets).first_tags();
    out.sort_by_key(|&tag| (!named.holds(tag), tag));
    out
}

/// The tags that some list names.
struct Named(Vec<bool>);

impl Named {
    fn new<'a>(lists: impl Iterator<Item = &'a [(u16, u16)]>) -> Self {
        let mut named = vec![false; 1 << 16];
        for tag in lists.flatten().flat_map(|&(low, high)| low..=high) {
            named[usize::from(tag)] = true;
        }
        Self(named)
    }

    fn holds(&self, tag: u16) -> bool {
        self.0[usize::from(tag)]
    }
}

/// The distinct lists of VLANs of links; `natives` are their untagged VLANs as lists.
fn vlan_lists<'m>(model: &'m Model<'_>, natives: &'m [[(u16, u16); 1]]) -> Vec<&'m [(u16, u16)]> {
    let mut out: Vec<&[(u16, u16)]> = natives.iter().map(|list| &list[..]).collect();
    let mut seen: FxHashSet<&[(u16, u16)]> = FxHashSet::default();
    // Most lists are of one VLAN.
    let mut single = [false; 4096];
    for list in model.document.links.iter().flat_map(|link| link.vlan_lists()).map(Vec::as_slice) {
        let new = match *list {
            [(low, high)] if low == high => !std::mem::replace(&mut single[usize::from(low)], true),
            _ => seen.insert(list),
        };
        if new {
            out.push(list);
        }
    }
    out
}
