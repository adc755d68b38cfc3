//! Routing instances, and static and connected routes. With a routing protocol, or routes of one instance in another,
//! anything is possible.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::device::{Net, Route};
use super::super::ledger::Ledger;
use super::super::words::Node;
use super::unit::Unit;
use crate::language::Phrase;

/// An instance: the main one, or a virtual router.
pub struct Instance<'n, 't> {
    /// Its name; `None`: the main one.
    pub name: Option<String>,
    /// Where it stands.
    pub line: u32,
    /// Whether all units count as in it, since routes lead from instance to instance.
    pub whole: bool,
    nodes: Vec<&'n Node<'t>>,
    possible: bool,
}

/// Keys of `protocols` that bring no routes.
const NO_ROUTES: &[&str] = &[
    "lldp",
    "lldp-med",
    "rstp",
    "mstp",
    "vstp",
    "stp",
    "igmp",
    "igmp-snooping",
    "mld",
    "mld-snooping",
    "lacp",
    "dot1x",
    "oam",
    "pim",
    "router-advertisement",
    "router-discovery",
    "sflow",
    "bfd",
    "mpls",
    "rsvp",
    "vrrp",
    "neighbor-discovery",
    "layer2-control",
    "l2-learning",
    "loop-detect",
    "uplink-failure-detection",
    "apply-groups",
    "ppp",
    "ppp-service",
    "pppoe",
    "dcbx",
    "gvrp",
    "mvrp",
    "ethernet-switching",
    "captive-portal",
    "connections",
    "mac-rewrite",
];

/// The instances. Says in which one each unit is.
pub fn instances<'n, 't>(root: &'n Node<'t>, units: &mut [Unit], ledger: &mut Ledger) -> Vec<Instance<'n, 't>> {
    let mut leak = leaks(root);
    let mut out =
        vec![Instance { name: None, line: 1, whole: false, possible: possible(root, ledger), nodes: vec![root] }];
    for node in root.under(&["routing-instances"]) {
        node.used_here(ledger);
        let kind = node.text("instance-type").unwrap_or("virtual-router");
        for key in &node.below {
            match key.word.as_ref() {
                "instance-type" | "interface" => key.used(ledger),
                "routing-options" | "protocols" => {}
                "description"
                | "route-distinguisher"
                | "vrf-target"
                | "vrf-import"
                | "vrf-export"
                | "vrf-table-label"
                | "no-vrf-propagate-ttl" => {
                    key.silent(ledger);
                }
                _ => {}
            }
        }
        if kind == "vrf" && leak.is_none() {
            leak = Some(node.line);
        }
        if !matches!(kind, "virtual-router" | "vrf") {
            if kind != "forwarding" {
                node.lost(
                    &Phrase::new(
                        "an instance of this type is not read",
                        "この種別のルーティングインスタンスは取り込まない",
                    ),
                    ledger,
                );
            }
            out[0].possible = true;
            continue;
        }
        for interface in node.values("interface") {
            let name = super::unit_name(&interface.word);
            units
                .iter_mut()
                .filter(|unit| unit.name == name)
                .for_each(|unit| unit.instance = Some(node.word.to_string()));
        }
        out.push(Instance {
            name: Some(node.word.to_string()),
            line: node.line,
            whole: false,
            possible: possible(node, ledger),
            nodes: vec![node],
        });
    }
    if let Some(line) = leak
        && out.len() > 1
    {
        ledger.remark(
            line,
            Phrase::new(
                "routes lead from one instance to another: they are taken as one node in which every route is possible",
                "ルーティングインスタンスの間で経路を共有している。1 つの機器とし、どの経路もありうるものとみなす",
            ),
        );
        out.truncate(1);
        (out[0].whole, out[0].possible) = (true, true);
    }
    out
}

/// A line by which packets get from an instance to another.
fn leaks(root: &Node<'_>) -> Option<u32> {
    let mut found = None;
    let mut tell = |node: &Node<'_>| {
        let leak = matches!(
            node.word.as_ref(),
            "next-table" | "rib-groups" | "rib-group" | "instance-import" | "import-rib" | "auto-export"
        );
        if leak && found.is_none() {
            found = Some(node.line);
        }
    };
    for path in [&["routing-options"][..], &["routing-instances"], &["protocols"]] {
        if let Some(node) = root.at(path) {
            node.each(&mut tell);
        }
    }
    let mut steered = |node: &Node<'_>| {
        if node.word == "then" && node.get("routing-instance").is_some() {
            found = found.or(Some(node.line));
        }
    };
    if let Some(node) = root.get("firewall") {
        node.each(&mut steered);
    }
    for kind in ["source", "destination"] {
        for pool in root.under(&["security", "nat", kind, "pool"]) {
            if pool.get("routing-instance").is_some() {
                found = found.or(Some(pool.line));
            }
        }
    }
    found
}

/// Whether routes come from elsewhere than the configuration.
fn possible(node: &Node<'_>, ledger: &mut Ledger) -> bool {
    let mut out = false;
    for protocol in node.under(&["protocols"]) {
        let brings = !NO_ROUTES.contains(&protocol.word.as_ref());
        if brings && !out {
            ledger.remark(
                protocol.line,
                Phrase::new(
                    "a routing protocol runs: every route is taken to be possible",
                    "ルーティングプロトコルが動いている。どの経路もありうるものとみなす",
                ),
            );
        }
        protocol.silent(ledger);
        out |= brings;
    }
    for key in node.under(&["routing-options"]) {
        match key.word.as_ref() {
            "static" | "rib" => {}
            "aggregate" | "generate" | "interface-routes" | "rib-groups" | "instance-import" | "auto-export" => {
                out = true;
                key.silent(ledger);
            }
            _ => key.silent(ledger),
        }
    }
    out
}

struct Static<'n, 't> {
    to: Net,
    hops: Vec<&'n Node<'t>>,
    drops: bool,
    line: u32,
    fails: bool,
}

/// The routes of an instance; `None`: anything is possible.
pub fn read(instance: &Instance<'_, '_>, units: &[&Unit], ledger: &mut Ledger) -> Option<Vec<Route>> {
    let mut statics: Vec<Static<'_, '_>> = Vec::new();
    let mut unclear = instance.possible;
    for node in &instance.nodes {
        let ribs = node.under(&["routing-options", "rib"]).flat_map(|rib| rib.under(&["static", "route"]));
        for route in node.under(&["routing-options", "static", "route"]).chain(ribs) {
            route.used(ledger);
            let to = route.word.split_once('/').and_then(|(address, length)| {
                let address: IpAddr = address.parse().ok()?;
                let length: u8 = length.parse().ok()?;
                (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length }.prefix())
            });
            let Some(to) = to else {
                route.lost(&unplain(), ledger);
                unclear = true;
                continue;
            };
            let hops: Vec<&Node<'_>> = route.values("next-hop").chain(route.values("qualified-next-hop")).collect();
            let drops = ["discard", "reject"].iter().any(|word| route.get(word).is_some());
            if hops.is_empty() && !drops && route.get("receive").is_none() {
                route.lost(&unplain(), ledger);
                unclear = true;
            }
            let fails = route.get("bfd-liveness-detection").is_some();
            statics.push(Static { to, hops, drops, line: route.line, fails });
        }
        if let Some(defaults) = node.at(&["routing-options", "static", "defaults"]) {
            defaults.silent(ledger);
        }
    }
    if unclear || statics.is_empty() || units.iter().any(|unit| unit.dynamic) {
        return None;
    }
    let mut out: Vec<Route> = Vec::new();
    for unit in units {
        for net in unit.addresses.iter().filter(|net| !net.is_single()) {
            let via = Some(unit.name.clone());
            out.push(Route { to: net.prefix(), via, fails: false, origin: ledger.origin(unit.line) });
        }
    }
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for route in &statics {
        if route.drops {
            out.push(Route { to: route.to, via: None, fails: false, origin: ledger.origin(route.line) });
        }
        for hop in &route.hops {
            let ways =
                known.entry(hop.word.to_string()).or_insert_with(|| leads(&hop.word, units, &statics, 0)).clone();
            if ways.is_empty() {
                // a unit that is down or not there: no route; an address that nothing leads to: not known
                if hop.word.parse::<IpAddr>().is_err() {
                    continue;
                }
                hop.lost(
                    &Phrase::new(
                        "no interface leads to this next hop: every route is taken to be possible",
                        "この次ホップに至るインターフェースがない。どの経路もありうるものとみなす",
                    ),
                    ledger,
                );
                return None;
            }
            for way in ways {
                out.push(Route { to: route.to, via: Some(way), fails: route.fails, origin: ledger.origin(route.line) });
            }
        }
    }
    Some(out)
}

fn unplain() -> Phrase {
    Phrase::new(
        "it is not plain where this route leads: every route is taken to be possible",
        "経路の行き先がはっきりしない。どの経路もありうるものとみなす",
    )
}

/// The units that lead to a next hop, by name, by a connected network, or by other static routes.
fn leads(hop: &str, units: &[&Unit], statics: &[Static<'_, '_>], depth: usize) -> Vec<String> {
    let Ok(address) = hop.parse::<IpAddr>() else {
        let name = super::unit_name(hop);
        return units.iter().filter(|unit| unit.name == name).map(|unit| unit.name.clone()).collect();
    };
    let near = |unit: &&&Unit| unit.addresses.iter().any(|net| !net.is_single() && net.set().contains(address));
    let connected: Vec<String> = units.iter().filter(near).map(|unit| unit.name.clone()).collect();
    if !connected.is_empty() || depth >= 8 {
        return connected;
    }
    let covers = |route: &&Static<'_, '_>| route.to.set().contains(address);
    let longest = statics.iter().filter(covers).map(|route| route.to.length).max();
    let mut out = Vec::new();
    for route in statics.iter().filter(covers).filter(|route| Some(route.to.length) == longest) {
        for next in route.hops.iter().filter(|next| next.word != hop) {
            out.extend(leads(&next.word, units, statics, depth + 1));
        }
    }
    out.sort();
    out.dedup();
    out
}
