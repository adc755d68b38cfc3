//! Addresses of NetBox. An interface that has one, and that no cable leads from, is on the segment of its network, like that of a
//! configuration; the address of an aggregate or of a subinterface belongs to the port that carries it.

use std::collections::{BTreeMap, HashMap};

use super::super::super::device::{Net, Tag};
use super::super::super::json::Json;
use super::super::super::ledger::Ledger;
use super::super::{Plan, net};
use super::vlans::said;
use super::{End, Found, id};

/// What is known of interfaces: those that are up with device and node, those with a cable with node and name.
type Known<'k, 'j> = (&'k BTreeMap<&'j str, (&'j str, usize)>, &'k HashMap<&'j str, (usize, String)>);

/// Gives every address to its interfaces.
pub(super) fn place(found: &Found<'_, '_>, (up, ways): Known<'_, '_>, plan: &mut Plan, ledger: &mut Ledger) {
    let mut parts: HashMap<String, &(usize, String)> = HashMap::new();
    for (key, interface) in &found.interfaces {
        if let (Some(whole), Some(way)) = (said(interface, "lag").and_then(id), ways.get(key.as_str())) {
            parts.entry(whole).or_insert(way);
        }
    }
    for (end, address) in &found.addresses {
        let Some(net) = address.str("address").and_then(net) else {
            ledger.nothing_taken(address.lines.0);
            continue;
        };
        for owner in owners(found, end) {
            let Some(&(_, node)) = up.get(owner) else { continue };
            if let Some((node, way)) = carrier(found, (ways, &parts), owner) {
                plan.address(*node, way, net);
                continue;
            }
            let interface = found.interfaces[owner];
            let way = plan.way(node, interface.str("name").unwrap_or(""), interface.lines.0, ledger);
            plan.address(node, &way, net);
            if let Some(vlan) = found.vlan_of(interface, net) {
                plan.own_vlan(node, &way, Tag::Own(vlan));
            }
        }
    }
}

/// The interfaces that an address is assigned to.
fn owners<'f>(found: &'f Found<'_, '_>, end: &'f End) -> Vec<&'f str> {
    let key = |end: &'f End| (end.0 == "interface").then_some(end.1.as_str());
    if end.0 == "fhrpgroup" {
        return found.groups.get(&end.1).into_iter().flatten().filter_map(key).collect();
    }
    key(end).into_iter().collect()
}

/// The port with a cable that carries what an interface sends: itself, the one that it is a part of, or one of its parts.
fn carrier<'w>(
    found: &Found<'_, '_>,
    (ways, parts): (&'w HashMap<&str, (usize, String)>, &HashMap<String, &'w (usize, String)>),
    owner: &str,
) -> Option<&'w (usize, String)> {
    let port = |key: &str| ways.get(key).or_else(|| parts.get(key).copied());
    let parent = || found.interfaces.get(owner).and_then(|interface| said(interface, "parent")).and_then(id);
    port(owner).or_else(|| port(&parent()?))
}

impl Found<'_, '_> {
    /// The VLAN of an interface that is no port: its own, else that of the prefix of its address.
    fn vlan_of(&self, interface: &Json<'_>, net: Net) -> Option<u16> {
        let own = said(interface, "untagged_vlan").and_then(|vlan| self.vlan(vlan));
        let of_prefix = || {
            let mut vlans = self.prefixes.iter().filter(|prefix| super::vlans::network(prefix) == Some(net.prefix()));
            let vlan = vlans.find_map(|prefix| said(prefix, "vlan")).and_then(|vlan| self.vlan(vlan));
            vlan.filter(|_| super::vlans::choice(interface, "type") == Some("virtual"))
        };
        own.or_else(of_prefix)
    }
}
