//! The links between the switch and the router that an l3-switch stands for: the document does not write them, but they have
//! numbers, VLANs and interfaces like others. Spec, section 1.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::tags::TAGS;
use crate::document::Kind;
use crate::model::{Interface, LinkId, Model};

/// The links within one l3-switch.
pub struct L3Switch {
    node: u32,
    /// Its first link.
    first: LinkId,
    /// The VLANs that it routes, ascending, one for each link; none: it has one link that carries all.
    vlans: Arc<[u16]>,
}

impl L3Switch {
    /// The node.
    #[must_use]
    pub const fn node(&self) -> u32 {
        self.node
    }

    /// How many links join its halves.
    fn count(&self) -> usize {
        self.vlans.len().max(1)
    }

    /// The links that join its halves, each with its VLAN; `None`: it carries all.
    pub fn links(&self) -> impl Iterator<Item = (LinkId, Option<u16>)> + '_ {
        let all = self.vlans.is_empty().then_some(None);
        (self.first.index()..).map(LinkId::new).zip(all.into_iter().chain(self.vlans.iter().copied().map(Some)))
    }

    /// The VLANs that it routes; none: all of them, by one link.
    #[must_use]
    pub fn vlans(&self) -> &[u16] {
        &self.vlans
    }

    /// Whether the link of a VLAN, or the one that carries all, is among its links.
    #[must_use]
    pub fn routes(&self, vlan: u16) -> bool {
        self.vlans.is_empty() || self.vlans.binary_search(&vlan).is_ok()
    }

    /// The name of the router's interface at a link.
    #[must_use]
    pub fn interface(vlan: Option<u16>) -> String {
        format!("vlan{}", vlan.unwrap_or(1))
    }

    /// Links by the number of the interface that the router has there, each with its VLANs. Those that no filter tells
    /// apart are one: a router may send back by the link a packet came by, and each tag still stays with its own VLAN.
    pub(super) fn by_interface(&self, model: &Model<'_>) -> Vec<(u16, Option<Vec<(u16, u16)>>)> {
        let interfaces = Interfaces::of(model, self.node);
        if self.vlans.is_empty() {
            return vec![(interfaces.number(None), None)];
        }
        let mut groups: Vec<(u16, Option<Vec<(u16, u16)>>)> = Vec::new();
        let mut index: HashMap<u16, usize> = HashMap::default();
        for &vlan in &*self.vlans {
            let interface = interfaces.number(Some(vlan));
            let at = *index.entry(interface).or_insert_with(|| {
                groups.push((interface, Some(Vec::new())));
                groups.len() - 1
            });
            if let Some(vlans) = &mut groups[at].1 {
                vlans.push((vlan, vlan));
            }
        }
        groups
    }
}

/// The interfaces of one l3-switch's router half.
#[derive(Clone, Copy)]
pub(crate) struct Interfaces<'m, 'd>(Option<&'m Interface<'d>>);

impl<'m, 'd> Interfaces<'m, 'd> {
    pub fn of(model: &'m Model<'d>, node: u32) -> Self {
        Self(model.interfaces.get(&node))
    }

    /// The number of the interface at the link of a VLAN, see [`Interface`].
    pub fn number(self, vlan: Option<u16>) -> u16 {
        self.0.map_or(0, |names| names.get(&L3Switch::interface(vlan)))
    }
}

/// The links within all l3-switches of a document. Their numbers follow those of the links that it writes: first those of the
/// first l3-switch, by VLAN, and so on, whether or not a network goes without it.
pub struct L3Links {
    first: LinkId,
    /// Ascending by node, and so by their links.
    switches: Vec<L3Switch>,
}

impl L3Links {
    /// Those of a model. O(nodes), and O(links) where an l3-switch does not say what it routes.
    #[must_use]
    pub fn new(model: &Model<'_>) -> Self {
        let mut named: Option<Arc<[u16]>> = None;
        let first = model.names.next_link();
        let (mut next, mut switches) = (first.index(), Vec::new());
        for (node, value) in (0_u32..).zip(&model.document.nodes).filter(|(_, value)| value.kind == Kind::L3Switch) {
            let declared = value.details.as_deref().and_then(|details| details.routed_vlans.as_deref());
            let vlans = match declared {
                Some(ranges) => of_ranges(ranges),
                None => Arc::clone(named.get_or_insert_with(|| named_vlans(model))),
            };
            let switch = L3Switch { node, first: LinkId::new(next), vlans };
            next += switch.count();
            switches.push(switch);
        }
        // The last number must be one too.
        let _ = LinkId::new(next);
        Self { first, switches }
    }

    /// The first link that the document does not write.
    #[must_use]
    pub const fn first(&self) -> LinkId {
        self.first
    }

    /// All l3-switches.
    #[must_use]
    pub fn switches(&self) -> &[L3Switch] {
        &self.switches
    }

    /// An l3-switch.
    #[must_use]
    pub fn of(&self, node: u32) -> Option<&L3Switch> {
        self.switches.binary_search_by_key(&node, |switch| switch.node).ok().map(|at| &self.switches[at])
    }

    /// An l3-switch's link of a VLAN; `None`: of the one that carries all.
    #[must_use]
    pub fn link(&self, node: u32, vlan: Option<u16>) -> Option<LinkId> {
        let switch = self.of(node)?;
        match vlan {
            None => switch.vlans.is_empty().then_some(switch.first),
            Some(vlan) => Some(LinkId::new(switch.first.index() + switch.vlans.binary_search(&vlan).ok()?)),
        }
    }
}

/// The VLANs of some ranges, ascending.
fn of_ranges(ranges: &[(u16, u16)]) -> Arc<[u16]> {
    let mut vlans: Vec<u16> = ranges.iter().flat_map(|&(low, high)| low..=high).collect();
    vlans.sort_unstable();
    vlans.dedup();
    vlans.into()
}

/// Every VLAN that any link names, ascending.
fn named_vlans(model: &Model<'_>) -> Arc<[u16]> {
    let mut named = vec![false; usize::from(*TAGS.end()) + 1];
    for link in &model.document.links {
        for &(low, high) in link.vlan_lists().flatten() {
            named[usize::from(low)..=usize::from(high)].fill(true);
        }
        link.native().into_iter().flatten().for_each(|vlan| named[usize::from(vlan)] = true);
    }
    TAGS.filter(|&vlan| named[usize::from(vlan)]).collect()
}
