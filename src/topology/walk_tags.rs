//! VLAN tags that stand for all others, for walks of single packets.

use super::l3_links::L3Links;
use super::tags::{TAGS, TagClasses, VlanLists};
use crate::document::NodeDetails;
use crate::model::Model;

/// One tag of each class of those that nothing tells apart on the way of a packet: no end of a link, nothing that an l3-switch
/// routes, and no filter, route or translation by the name of an interface.
pub struct WalkTags {
    /// Those that some link names come first.
    all: Vec<u16>,
    /// How many these are.
    named: usize,
}

impl WalkTags {
    /// Those of a model. O(links + tags of distinct lists).
    #[must_use]
    pub fn new(model: &Model<'_>, l3_links: &L3Links) -> Self {
        let mut lists = VlanLists::new();
        for link in &model.document.links {
            link.vlan_lists().for_each(|list| _ = lists.number(Some(list)));
            link.native().into_iter().flatten().for_each(|vlan| _ = lists.number(Some(&[(vlan, vlan)])));
        }
        let mut named = vec![false; usize::from(*TAGS.end()) + 1];
        for &(low, high) in lists.lists().flatten() {
            named[usize::from(low)..=usize::from(high)].fill(true);
        }
        for switch in l3_links.switches() {
            let Some(details) = model.document.nodes[switch.node() as usize].details.as_deref() else { continue };
            _ = lists.number(details.routed_vlans.as_deref());
            of_interfaces(details, |vlan| _ = lists.number(Some(&[(vlan, vlan)])));
        }
        let mut all = TagClasses::new(lists.lists()).first_tags();
        all.sort_by_key(|&tag| (!named[usize::from(tag)], tag));
        let named = all.partition_point(|&tag| named[usize::from(tag)]);
        Self { all, named }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[u16] {
        &self.all
    }

    /// Those that some link names.
    #[must_use]
    pub fn named(&self) -> &[u16] {
        &self.all[..self.named]
    }
}

/// The VLANs whose interfaces filters, routes and translations of an l3-switch name.
fn of_interfaces(details: &NodeDetails<'_>, mut note: impl FnMut(u16)) {
    let filters = || details.filters.iter().flatten();
    let of_filters = filters().flat_map(|filter| filter.r#in.iter().chain(&filter.out));
    let rules = filters().flat_map(|filter| &filter.rules);
    let of_rules = rules.flat_map(|rule| rule.r#in.iter().chain(&rule.out));
    let of_nat = details.nat.iter().flatten().flat_map(|entry| entry.r#in.iter().chain(&entry.out));
    let names = of_filters.chain(of_rules).chain(of_nat).flatten().map(|name| &*name.value);
    let vias = details.routes.iter().flatten().filter_map(|route| route.via.as_ref()).map(|via| &*via.value);
    let vlan = |name: &str| name.strip_prefix("vlan")?.parse::<u16>().ok().filter(|tag| TAGS.contains(tag));
    names.chain(vias).filter_map(vlan).for_each(&mut note);
}
