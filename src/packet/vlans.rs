//! VLANs of a document that packets are followed on.

use crate::document::{Document, Kind, Link, Node};

/// The VLANs that an `l3-switch` routes, ascending; none: its halves are joined by one link with all VLANs.
pub fn routed_vlans(document: &Document<'_>, node: &Node<'_>) -> Vec<u16> {
    let routed = node.details.as_ref().and_then(|details| details.routed_vlans.as_ref());
    let links = document.links.iter().filter(|_| routed.is_none());
    let lists = routed.into_iter().chain(links.clone().flat_map(|link| link.vlan_lists()));
    let mut vlans: Vec<u16> = lists.flatten().flat_map(|&(low, high)| low..=high).collect();
    vlans.extend(links.filter_map(crate::document::Link::native).flatten());
    vlans.sort_unstable();
    vlans.dedup();
    vlans
}

/// One tag at least of all that nothing in the document tells apart.
pub fn representative_tags(document: &Document<'_>) -> Vec<u16> {
    let mut tags: Vec<u16> = Vec::new();
    let routed = document.nodes.iter().filter_map(|node| node.details.as_ref()?.routed_vlans.as_ref());
    for &(low, high) in document.links.iter().flat_map(Link::vlan_lists).chain(routed).flatten() {
        // what is between the ends of all ranges is told apart by none
        tags.extend([low, high, high.saturating_add(1).min(4094), low.saturating_sub(1).max(1)]);
    }
    tags.extend(document.links.iter().filter_map(Link::native).flatten());
    // interfaces of l3-switches bear the numbers of VLANs
    let ways = document.nodes.iter().filter(|node| node.kind == Kind::L3Switch).flat_map(named_ways);
    tags.extend(
        ways.filter_map(|way| way.strip_prefix("vlan")?.parse::<u16>().ok()).filter(|tag| (1..=4094).contains(tag)),
    );
    tags.sort_unstable();
    tags.dedup();
    if let Some(other) = (1..=4094).find(|tag| tags.binary_search(tag).is_err()) {
        tags.push(other);
    }
    tags
}

/// The interfaces that filters, translations and routes of a node name.
fn named_ways<'n>(node: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let details = node.details.iter();
    details.flat_map(|details| {
        let filters = details.filters.iter().flatten();
        let of_filters = filters.flat_map(|filter| {
            let rules = filter.rules.iter().flat_map(|rule| [&rule.r#in, &rule.out]);
            [&filter.r#in, &filter.out].into_iter().chain(rules)
        });
        let of_nat = details.nat.iter().flatten().flat_map(|entry| [&entry.r#in, &entry.out]);
        let listed = of_filters.chain(of_nat).flatten().flatten().map(|way| &*way.value);
        listed.chain(details.routes.iter().flatten().filter_map(|route| route.via.as_ref()).map(|via| &*via.value))
    })
}
