//! Silence that is no evidence: nodes, VLANs and tiers that nothing is connected to.

use std::collections::{HashMap, HashSet};

use super::{Slips, id_span};
use crate::document::{Kind, NodeDetails, Vlans};
use crate::graph::UnionFind;
use crate::model::{LinkId, Model};
use crate::report::slip::Slip;

/// Nodes without a link that are told of one by one; the rest is counted.
const SHOWN: usize = 1_000;

/// Nodes without any link: nothing can reach them, and whatever is proved of them says nothing.
pub fn unlinked(model: &Model<'_>, slips: &mut Slips) {
    let mut linked = vec![false; model.document.nodes.len()];
    model.names.links.iter().flatten().for_each(|&node| linked[node as usize] = true);
    let mut rest = (0_u32..).zip(&linked).filter(|(_, linked)| !**linked).map(|(node, _)| node);
    for node in rest.by_ref().take(SHOWN) {
        slips.push((id_span(model, node), Slip::UnlinkedNode { node: model.id(node).to_owned() }));
    }
    if let Some(first) = rest.next() {
        let (more, node) = (1 + rest.count() as u64, model.id(first).to_owned());
        slips.push((id_span(model, first), Slip::MoreUnlinked { more, node }));
    }
}

/// What the links of a switch carry.
#[derive(Default)]
struct Carried<'m> {
    /// Links that carry every VLAN.
    trunks: u32,
    /// Links that name their VLANs, alike ones counted.
    listed: HashMap<&'m [(u16, u16)], u32>,
}

fn overlap(one: &[(u16, u16)], other: &[(u16, u16)]) -> bool {
    one.iter().any(|&(low, high)| other.iter().any(|&(from, to)| low <= to && from <= high))
}

/// Links that join a node to a switch in VLANs that no other link of the switch carries.
pub fn unheard_vlans(model: &Model<'_>, slips: &mut Slips) {
    let document = model.document;
    let is_switch = |node: u32| matches!(document.nodes[node as usize].kind, Kind::Switch | Kind::L3Switch);
    let mut suspects: Vec<(LinkId, u32, &Vlans)> = Vec::new();
    let mut switches: HashSet<u32> = HashSet::new();
    for (link, (number, [a, b])) in document.links.iter().zip(model.names.links()) {
        let (switch, end) = match (is_switch(a), is_switch(b)) {
            (true, false) => (a, 0),
            (false, true) => (b, 1),
            _ => continue,
        };
        let Some(vlans) = link.vlans_at(end) else { continue };
        suspects.push((number, switch, vlans));
        switches.insert(switch);
    }
    if suspects.is_empty() {
        return;
    }
    let mut carried: HashMap<u32, Carried<'_>> = HashMap::with_capacity(switches.len());
    for (link, ends) in document.links.iter().zip(&model.names.links) {
        for (end, switch) in ends.iter().enumerate().filter(|(_, switch)| switches.contains(switch)) {
            let carried = carried.entry(*switch).or_default();
            match link.vlans_at(end) {
                None => carried.trunks += 1,
                Some(vlans) => *carried.listed.entry(vlans).or_default() += 1,
            }
        }
    }
    for (number, switch, vlans) in suspects {
        let Some(carried) = carried.get(&switch) else { continue };
        let alike = carried.listed.get(&vlans[..]).copied().unwrap_or_default();
        let heard = carried.trunks > 0
            || alike > 1
            || carried.listed.keys().any(|other| *other != &vlans[..] && overlap(vlans, other))
            || routes(model, switch, vlans);
        if heard {
            continue;
        }
        let [a, b] = model.names.links[number.index()];
        let [node, switch] = [if a == switch { b } else { a }, switch].map(|node| model.id(node).to_owned());
        let span = document.links[number.index()].span;
        slips.push((span, Slip::UnheardVlan { switch, vlans: vlans.to_vec(), node }));
    }
}

/// Whether a switch routes a VLAN of these.
fn routes(model: &Model<'_>, switch: u32, vlans: &[(u16, u16)]) -> bool {
    let node = &model.document.nodes[switch as usize];
    if node.kind != Kind::L3Switch {
        return false;
    }
    let declared = |details: &NodeDetails<'_>| details.routed_vlans.clone();
    match node.details.as_deref().and_then(declared) {
        // Left out, it routes every VLAN that a link names; empty, it has one link for all.
        None => true,
        Some(routed) => routed.is_empty() || overlap(&routed, vlans),
    }
}

/// An `l3-switch` whose list of routed VLANs is empty. That does not mean that it routes nothing.
pub fn routed_vlans(model: &Model<'_>, slips: &mut Slips) {
    for &node in &model.detailed {
        let details = model.document.nodes[node as usize].details.as_deref();
        if !details.and_then(|details| details.routed_vlans.as_ref()).is_some_and(Vec::is_empty) {
            continue;
        }
        slips.push((id_span(model, node), Slip::EmptyRoutedVlans { node: model.id(node).to_owned() }));
    }
}

/// Tiers from which no way of links leads to a filter.
pub fn unfiltered_tiers(model: &Model<'_>, slips: &mut Slips) {
    let zones = &model.names.zones;
    let of_tier: Vec<bool> = model.names.bases.iter().map(Option::is_some).collect();
    let mut first: Vec<Option<u32>> = vec![None; zones.len()];
    let mut missing = of_tier.iter().filter(|of_tier| **of_tier).count();
    let all = missing;
    for (node, label) in (0_u32..).zip(&model.labels.labels) {
        let Some(zone) = label.map(|zone| zone as usize).filter(|&zone| of_tier[zone]) else { continue };
        if first[zone].is_none() {
            first[zone] = Some(node);
            missing -= 1;
            if missing == 0 {
                break;
            }
        }
    }
    let mut filtered = vec![false; zones.len()];
    let mut found = 0;
    if !model.filters.is_empty() {
        let mut islands = UnionFind::new(model.document.nodes.len());
        model.names.links.iter().for_each(|&[a, b]| islands.join(a, b));
        let with_filter: HashSet<u32> = model.filters.keys().map(|&node| islands.find(node)).collect();
        let tiers = |label: &Option<u32>| label.map(|zone| zone as usize).filter(|&zone| of_tier[zone]);
        for (node, zone) in (0_u32..).zip(&model.labels.labels).filter_map(|(node, label)| Some((node, tiers(label)?)))
        {
            if !filtered[zone] && with_filter.contains(&islands.find(node)) {
                filtered[zone] = true;
                found += 1;
                if found == all {
                    break;
                }
            }
        }
    }
    for ((tier, first), _) in zones.iter().zip(first).zip(filtered).filter(|(_, filtered)| !filtered) {
        let Some(first) = first else { continue };
        slips.push((id_span(model, first), Slip::TierWithoutFilter { tier: (*tier).to_owned() }));
    }
}
