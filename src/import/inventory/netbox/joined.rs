//! What joins devices without a cable: stacks, and wireless networks.

use std::collections::{BTreeMap, HashMap};

use super::super::super::emit;
use super::super::super::ledger::Ledger;
use super::super::super::switch::SwitchPort;
use super::super::{FreePort, Plan};
use super::vlans::said;
use super::{Found, id};
use crate::language::Phrase;

/// The members of a virtual chassis (a stack) are devices each, and pass everything on to each other.
pub(super) fn stacks(found: &Found<'_, '_>, nodes: &HashMap<&str, usize>, plan: &mut Plan, ledger: &Ledger) {
    let mut first: BTreeMap<String, (usize, u32)> = BTreeMap::new();
    for (key, device) in &found.devices {
        let (Some(chassis), Some(&node)) = (said(device, "virtual_chassis").and_then(id), nodes.get(key.as_str()))
        else {
            continue;
        };
        let line = device.lines.0;
        let &mut (master, _) = first.entry(chassis).or_insert((node, line));
        if master != node {
            let ends = [(master, node), (node, master)]
                .map(|(at, other)| (at, plan.way(at, &format!("stack {}", plan.id(other)), line, ledger)));
            let [a, b] = ends;
            plan.join(a, b, line, ledger);
        }
    }
}

/// Wireless networks: a host `ssid NAME` at every access point that has them, else in the network of their VLAN.
pub(super) fn wireless(
    found: &Found<'_, '_>,
    up: &BTreeMap<&str, (&str, usize)>,
    plan: &mut Plan,
    ledger: &mut Ledger,
) {
    for (key, lan) in &found.wireless {
        let line = lan.lines.0;
        let ssid = lan.str("ssid").unwrap_or("");
        let host = plan.node(&format!("ssid {ssid}"), "host", line, ledger);
        let has = |interface: &super::Json<'_>| {
            let lans = interface.get("wireless_lans").map_or(&[][..], super::Json::list);
            lans.iter().filter_map(id).any(|one| one == *key)
        };
        let points: Vec<(usize, &str)> = up
            .iter()
            .filter(|(interface, _)| has(found.interfaces[**interface]))
            .map(|(interface, (_, node))| (*node, found.interfaces[*interface].str("name").unwrap_or("")))
            .collect();
        for (node, name) in &points {
            let way = plan.way(*node, name, line, ledger);
            let here = plan.way(host, &format!("{} {name}", plan.id(*node)), line, ledger);
            plan.join((host, here), (*node, way), line, ledger);
        }
        let vlan = said(lan, "vlan");
        match vlan.and_then(|vlan| found.vlan(vlan)) {
            _ if !points.is_empty() => {}
            Some(number) => {
                let port = SwitchPort {
                    name: emit::way_word("wlan"),
                    untagged: Some(number),
                    tagged: Vec::new(),
                    negotiates: false,
                    part_of: None,
                    origin: ledger.origin(line),
                };
                let nets = vlan.map_or_else(Vec::new, |vlan| found.nets(vlan));
                plan.ports.push(FreePort { node: plan.id(host).to_owned(), port, nets });
            }
            None => ledger.not_understood(
                line,
                Phrase::new(
                    "this SSID has neither a VLAN nor an access point: nobody says where it leads",
                    "この SSID には VLAN もアクセスポイントもない。どこにつながるか分からない",
                ),
            ),
        }
    }
}
