//! Static and connected routes. With a routing protocol, or policy routing, anything is possible: there are none.

use super::super::device::{Net, Route};
use super::super::ledger::Ledger;
use super::super::set::mask_length;
use super::interfaces::Port;
use super::tree::Block;
use crate::language::Phrase;

struct Static {
    to: Net,
    hop: Option<std::net::IpAddr>,
    way: Option<String>,
    fails: bool,
    line: u32,
}

/// The routes of a VRF; `None`: anything is possible.
pub fn read(blocks: &[Block<'_>], vrf: Option<&str>, ports: &[&Port], ledger: &mut Ledger) -> Option<Vec<Route>> {
    let mut possible = None;
    for block in blocks {
        let protocol = block.word(0) == "router" && !block.below.is_empty();
        if protocol || (block.starts(&["ipv6", "router"]) && !block.below.is_empty()) {
            ledger.used(block.line);
            block.below.iter().for_each(|line| line.each(|number| ledger.without_meaning(number)));
            possible = possible.or(Some(block.line));
        }
    }
    if let Some(line) = possible {
        ledger.remark(
            line,
            Phrase::new(
                "a routing protocol runs: every route is taken to be possible",
                "ルーティングプロトコルが動いている。どの経路もありうるものとみなす",
            ),
        );
    }
    let mut statics = Vec::new();
    for block in blocks {
        if let Some(route) = route(block, vrf) {
            ledger.used(block.line);
            statics.push(route);
        }
    }
    let dynamic = ports.iter().any(|port| port.dynamic || port.bridged);
    if possible.is_some() || by_policy(blocks, ports) || dynamic || statics.is_empty() {
        return None;
    }
    let mut out: Vec<Route> = Vec::new();
    for port in ports {
        for net in port.addresses.iter().filter(|net| !net.is_single()) {
            let via = Some(port.name.clone());
            out.push(Route { to: net.prefix(), via, fails: false, origin: ledger.origin(port.line) });
        }
    }
    for route in &statics {
        if route.way.as_deref().is_some_and(|way| way.eq_ignore_ascii_case("null0")) {
            out.push(Route { to: route.to, via: None, fails: false, origin: ledger.origin(route.line) });
            continue;
        }
        let ways = match &route.way {
            Some(way) => ports.iter().filter(|port| port.name == *way).map(|port| port.name.clone()).collect(),
            None => leads(route.hop?, ports, &statics, 0),
        };
        if ways.is_empty() && route.way.is_none() {
            ledger.not_understood(
                route.line,
                Phrase::new(
                    "no interface leads to this next hop: every route is taken to be possible",
                    "この次ホップに至るインターフェースがない。どの経路もありうるものとみなす",
                ),
            );
            return None;
        }
        for way in ways {
            out.push(Route { to: route.to, via: Some(way), fails: route.fails, origin: ledger.origin(route.line) });
        }
    }
    Some(out)
}

/// Whether something beside the table of routes decides where packets go.
pub fn by_policy(blocks: &[Block<'_>], ports: &[&Port]) -> bool {
    let local =
        |block: &Block<'_>| block.starts(&["ip", "local", "policy"]) || block.starts(&["ipv6", "local", "policy"]);
    ports.iter().any(|port| port.policy_routed) || blocks.iter().any(local)
}

/// The interfaces that lead to a next hop, by a connected network or by other static routes.
fn leads(hop: std::net::IpAddr, ports: &[&Port], statics: &[Static], depth: usize) -> Vec<String> {
    let connected: Vec<String> = ports
        .iter()
        .filter(|port| port.addresses.iter().any(|net| !net.is_single() && net.set().contains(hop)))
        .map(|port| port.name.clone())
        .collect();
    if !connected.is_empty() || depth >= 8 {
        return connected;
    }
    let longest = statics.iter().filter(|route| route.to.set().contains(hop)).map(|route| route.to.length).max();
    let mut out = Vec::new();
    for route in statics.iter().filter(|route| Some(route.to.length) == longest && route.to.set().contains(hop)) {
        match (&route.way, route.hop) {
            (Some(way), _) => out.push(way.clone()),
            (None, Some(next)) if next != hop => out.extend(leads(next, ports, statics, depth + 1)),
            _ => {}
        }
    }
    out.sort();
    out.dedup();
    out.retain(|way| ports.iter().any(|port| port.name == *way));
    out
}

/// `ip route [vrf V] P M|P/n [interface] [next hop] [distance] …`, `ipv6 route …`.
fn route(block: &Block<'_>, vrf: Option<&str>) -> Option<Static> {
    let mut words = match block.words[..] {
        ["ip" | "ipv6", "route", ref rest @ ..] => rest,
        _ => return None,
    };
    let mut of_vrf = None;
    if let ["vrf", name, ref rest @ ..] = *words {
        (of_vrf, words) = (Some(name), rest);
    }
    // what leads into the global table is a link to it (leaks)
    if of_vrf != vrf || of_vrf.is_some() && words.contains(&"global") {
        return None;
    }
    let to = match *words {
        [prefix, ref rest @ ..] if prefix.contains('/') => {
            let (address, length) = prefix.split_once('/')?;
            words = rest;
            Net { address: address.parse().ok()?, length: length.parse().ok()? }
        }
        [address, mask, ref rest @ ..] => {
            words = rest;
            Net { address: address.parse().ok()?, length: mask_length(mask.parse().ok()?)? }
        }
        _ => return None,
    };
    if to.length > if to.address.is_ipv4() { 32 } else { 128 } {
        return None;
    }
    let (mut hop, mut way) = (None, None);
    let mut fails = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Ok(address) = word.parse() {
            hop = hop.or(Some(address));
        } else if matches!(*word, "track") {
            fails = true;
            at += 1;
        } else if matches!(*word, "name" | "tag") {
            at += 1;
        } else if word.parse::<u32>().is_ok() || matches!(*word, "permanent" | "global" | "dhcp" | "multicast") {
            // a distance: of two routes to one prefix, either may count
        } else if way.is_none() && hop.is_none() {
            let next = words.get(at + 1).filter(|next| word.chars().all(char::is_alphabetic) && next.contains('/'));
            way = Some(next.map_or_else(|| (*word).to_owned(), |next| format!("{word}{next}")));
            at += usize::from(next.is_some());
        }
        at += 1;
    }
    (hop.is_some() || way.is_some()).then_some(Static { to, hop, way, fails, line: block.line })
}
