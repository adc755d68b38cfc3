//! The links between the switch and the router that an l3-switch stands for. Spec, section 1.

use rustc_hash::FxHashMap as HashMap;

use crate::model::{Interface, Model};

/// The VLANs of the links between the halves of an l3-switch, ascending; one `None`: a single link with all VLANs.
#[must_use]
pub fn l3_link_vlans(model: &Model<'_>, node: u32) -> Vec<Option<u16>> {
    let details = model.document.nodes[node as usize].details.as_deref();
    let declared = details.and_then(|details| details.routed_vlans.clone());
    let ranges = declared.unwrap_or_else(|| named_vlans(model));
    let mut vlans: Vec<u16> = ranges.iter().flat_map(|&(low, high)| low..=high).collect();
    vlans.sort_unstable();
    vlans.dedup();
    if vlans.is_empty() { vec![None] } else { vlans.into_iter().map(Some).collect() }
}

/// VLANs of the links that an l3-switch's halves are joined by: the interface numbers, each with its VLANs.
pub(crate) fn routed_interfaces(
    model: &Model<'_>,
    node: u32,
    named: &[(u16, u16)],
) -> Vec<(u16, Option<Vec<(u16, u16)>>)> {
    let details = model.document.nodes[node as usize].details.as_deref();
    let declared = details.and_then(|details| details.routed_vlans.as_deref());
    let vlans = declared.unwrap_or(named);
    let default = Interface::default();
    let interface = model.interfaces.get(&node).unwrap_or(&default);
    if vlans.is_empty() {
        return vec![(interface.get("vlan1"), None)];
    }
    // VLANs whose interfaces no filter tells apart share a link: a router may send back by the link a packet came by,
    // and each tag still stays with its own VLAN.
    let mut groups: Vec<(u16, Vec<(u16, u16)>)> = Vec::new();
    let mut index: HashMap<u16, usize> = HashMap::default();
    for vlan in vlans.iter().flat_map(|&(low, high)| low..=high) {
        let number = interface.get(&format!("vlan{vlan}"));
        let at = *index.entry(number).or_insert_with(|| {
            groups.push((number, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push((vlan, vlan));
    }
    groups.into_iter().map(|(number, vlans)| (number, Some(vlans))).collect()
}

/// Every VLAN that any link names.
pub(crate) fn named_vlans(model: &Model<'_>) -> Vec<(u16, u16)> {
    let mut named = vec![false; 4096];
    for link in &model.document.links {
        for &(low, high) in link.vlan_lists().flatten() {
            (low..=high).for_each(|vlan| named[usize::from(vlan)] = true);
        }
        link.native().into_iter().flatten().for_each(|vlan| named[usize::from(vlan)] = true);
    }
    (1..=4094_u16).filter(|&vlan| named[usize::from(vlan)]).map(|vlan| (vlan, vlan)).collect()
}
