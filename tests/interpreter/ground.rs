//! The network that packets walk: every l3-switch taken apart into a switch and a router (spec section 1), links with
//! their VLAN tags, and which packets a filter or a route lets by (sections 4 and 5).

use super::document::{Document, End, Filter, Rule, ZoneMap};
use super::header::in_ranges;
use std::collections::BTreeSet;

pub struct Ground {
    pub nodes: Vec<GroundNode>,
    pub links: Vec<GroundLink>,
}

pub struct GroundNode {
    /// Index of the document's node.
    pub node: usize,
    pub is_switch: bool,
    /// The switch half of an l3-switch: it has links and forwards, everything else is the router half's.
    pub is_switch_half: bool,
}

pub struct GroundLink {
    /// Each `End::node` is a ground node.
    pub ends: [End; 2],
    /// Of each end.
    pub tags: [BTreeSet<u16>; 2],
    /// Which VLAN each end takes untagged frames for.
    pub native: Option<[u16; 2]>,
    pub one_way: bool,
    /// It is not there: the VLAN is not routed. Only in [`Ground::past_all`].
    pub unrouted: bool,
}

impl GroundLink {
    /// "what leaves the first end with tag v enters the second with tag w, and what leaves the second with w enters the
    /// first with v. Every other tag stays."
    pub fn tag_at_the_other_end(&self, leaves_end: usize, tag: u16) -> u16 {
        match self.native {
            Some(native) if native[leaves_end] == tag => native[1 - leaves_end],
            _ => tag,
        }
    }
}

impl Ground {
    pub fn of(document: &Document) -> Ground {
        Ground::made(document, false)
    }

    /// With links of VLANs that l3-switches do not route, marked.
    pub fn past_all(document: &Document) -> Ground {
        Ground::made(document, true)
    }

    fn made(document: &Document, with_unrouted: bool) -> Ground {
        let tags = representative_tags(document);
        let mut nodes: Vec<GroundNode> = document
            .nodes
            .iter()
            .enumerate()
            .map(|(node, declared)| GroundNode { node, is_switch: declared.kind == "switch", is_switch_half: false })
            .collect();
        let mut switch_half: Vec<usize> = (0..nodes.len()).collect();
        let mut links = vec![];
        for (node, declared) in document.nodes.iter().enumerate().filter(|(_, declared)| declared.kind == "l3-switch") {
            let half = nodes.len();
            switch_half[node] = half;
            nodes.push(GroundNode { node, is_switch: true, is_switch_half: true });
            let mut join = |interface: String, tags: BTreeSet<u16>, unrouted: bool| {
                let to_router = End { node: half, interface: String::new() };
                links.push(GroundLink {
                    ends: [to_router, End { node, interface }],
                    tags: [tags.clone(), tags],
                    native: None,
                    one_way: false,
                    unrouted,
                });
            };
            let routed = match &declared.routed_vlans {
                Some(vlans) => vlans.clone(),
                // "left out: every VLAN that any link of the document names in `vlans` or `native`"
                None => {
                    let of_link = |link: &super::document::Link| {
                        let native = link.native.iter().flatten().map(|&tag| (tag, tag));
                        link.vlans.iter().flatten().flatten().copied().chain(native).collect::<Vec<_>>()
                    };
                    document.links.iter().flat_map(of_link).collect()
                }
            };
            if routed.is_empty() {
                // "Where that names no VLAN, it is one link with all VLANs and interface `vlan1`."
                join("vlan1".to_string(), tags.clone(), false);
            }
            for &tag in tags.iter().filter(|&&tag| in_ranges(&routed, tag)) {
                join(format!("vlan{tag}"), BTreeSet::from([tag]), false);
            }
            let others = tags.iter().filter(|&&tag| with_unrouted && !routed.is_empty() && !in_ranges(&routed, tag));
            for &tag in others {
                join(format!("vlan{tag}"), BTreeSet::from([tag]), true);
            }
        }
        for link in &document.links {
            let on_ground = |end: &End| End { node: switch_half[end.node], interface: end.interface.clone() };
            // "a link's `vlans` default to all"
            let tags_of = |vlans: &Option<Vec<(u16, u16)>>| {
                let is_named = |tag: &u16| vlans.as_ref().is_none_or(|vlans| in_ranges(vlans, *tag));
                tags.iter().copied().filter(is_named).collect()
            };
            links.push(GroundLink {
                ends: [on_ground(&link.ends[0]), on_ground(&link.ends[1])],
                tags: [tags_of(&link.vlans[0]), tags_of(&link.vlans[1])],
                native: link.native,
                one_way: link.one_way,
                unrouted: false,
            });
        }
        Ground { nodes, links }
    }
}

/// One VLAN tag for each class of tags that no link, `routed_vlans` or name of a VLAN interface tells apart; every native
/// VLAN is a class of its own.
pub fn representative_tags(document: &Document) -> BTreeSet<u16> {
    let mut interfaces = BTreeSet::new();
    for node in &document.nodes {
        for filter in &node.filters {
            for ZoneMap { enters, leaves } in
                std::iter::once(&filter.sides).chain(filter.rules.iter().map(|r| &r.sides))
            {
                interfaces.extend(enters.iter().chain(leaves).flatten().cloned());
            }
        }
        let of_nat = node.nat.iter().flat_map(|entry| [&entry.sides.enters, &entry.sides.leaves]);
        interfaces.extend(of_nat.flatten().flatten().cloned());
        interfaces.extend(node.routes.iter().flatten().filter_map(|route| route.via.clone()));
    }
    let lists: Vec<&Vec<(u16, u16)>> = document
        .links
        .iter()
        .flat_map(|link| link.vlans.iter().flatten())
        .chain(document.nodes.iter().filter_map(|node| node.routed_vlans.as_ref()))
        .collect();
    let natives: BTreeSet<u16> = document.links.iter().filter_map(|link| link.native).flatten().collect();
    let mut seen = BTreeSet::new();
    (1..=4094)
        .filter(|&tag| {
            let answers: Vec<bool> = lists.iter().map(|list| in_ranges(list, tag)).collect();
            let is_named = |tag: &u16| natives.contains(tag) || interfaces.contains(&format!("vlan{tag}"));
            seen.insert((answers, Some(tag).filter(is_named)))
        })
        .collect()
}

/// Whether the sides of a filter, a rule or an entry of `nat` apply to a packet that enters and leaves by these
/// interfaces; `None` where the node itself emits the packet or it is delivered to it.
pub fn sides_apply(sides: &ZoneMap, enters: Option<&str>, leaves: Option<&str>) -> bool {
    let fits = |named: &Option<Vec<String>>, interface: Option<&str>| match (named, interface) {
        (None, _) => true,
        (Some(named), Some(interface)) => named.iter().any(|name| name == interface),
        (Some(_), None) => false,
    };
    fits(&sides.enters, enters) && fits(&sides.leaves, leaves)
}

/// "A filter applies to a packet that enters by one of its `in` interfaces and leaves by one of its `out` interfaces";
/// "`applies_to` is a list of `forwarded`, `emitted` (by the node itself) and `delivered` (to it)".
fn filter_applies(filter: &Filter, enters: Option<&str>, leaves: Option<&str>) -> bool {
    let moment = match (enters, leaves) {
        (Some(_), Some(_)) => "forwarded",
        (None, _) => "emitted",
        (Some(_), None) => "delivered",
    };
    let at_this_moment = filter.applies_to.as_ref().is_none_or(|moments| moments.iter().any(|word| word == moment));
    at_this_moment && sides_apply(&filter.sides, enters, leaves)
}

/// Whether a rule holds at all where it stands.
fn rule_holds(filter: &Filter, rule: &Rule) -> bool {
    // "matches nothing where the filter is stateful; where it is not, a permit rule with it is a permit rule like any
    // other, a deny rule with it matches nothing"
    let by_state = !rule.replies || (!filter.stateful && rule.permit);
    // "A rule with a `condition` holds always if it permits and matches nothing if it denies."
    let by_condition = !rule.has_condition || rule.permit;
    by_state && by_condition
}

/// Section 4: every filter that applies must permit; in a filter, the first rule that matches decides, else the
/// default. `matches(filter, rule)` tells whether the rule matches the header.
pub fn filters_permit(
    filters: &[Filter],
    enters: Option<&str>,
    leaves: Option<&str>,
    matches: impl Fn(usize, usize) -> bool,
) -> bool {
    filters_that_deny(filters, enters, leaves, matches) == 0
}

/// How many filters deny.
pub fn filters_that_deny(
    filters: &[Filter],
    enters: Option<&str>,
    leaves: Option<&str>,
    matches: impl Fn(usize, usize) -> bool,
) -> usize {
    let applying = filters.iter().enumerate().filter(|(_, filter)| filter_applies(filter, enters, leaves));
    let permits = |&(f, filter): &(usize, &Filter)| {
        let decides = |(r, rule): &(usize, &Rule)| {
            rule_holds(filter, rule) && sides_apply(&rule.sides, enters, leaves) && matches(f, *r)
        };
        filter.rules.iter().enumerate().find(decides).map_or(filter.permit_by_default, |(_, rule)| rule.permit)
    };
    applying.filter(|one| !permits(one)).count()
}
