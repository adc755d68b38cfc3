//! Static and connected routes. With a routing protocol, routes by filter, or an address by DHCP anything is possible.

use std::net::IpAddr;

use super::super::device::{Interface, Net, Route};
use super::super::ledger::Ledger;
use super::interfaces::Ways;
use super::tree::{Line, is_interface};
use crate::language::Phrase;

/// The routes; `None`: anything is possible.
pub fn read(lines: &[Line<'_>], known: &Ways, ledger: &mut Ledger) -> Option<Vec<Route>> {
    let ways = &known.interfaces[..];
    let dynamic = |way: &Interface| way.dynamic && !way.name.starts_with("pp");
    let mut possible = ways.iter().any(dynamic);
    let mut out: Vec<Route> = Vec::new();
    for way in ways {
        for net in way.addresses.iter().filter(|net| !net.is_single()) {
            // a tunnel that is bridged with it leads to the same network
            let bridged = known.past.get(&way.name).into_iter().flatten();
            for name in [&way.name].into_iter().chain(bridged) {
                out.push(Route { to: net.prefix(), via: Some(name.clone()), fails: false, origin: way.origin.clone() });
            }
        }
    }
    let connected = out.len();
    for line in lines {
        match line.words[..] {
            ["rip" | "ospf" | "ospfv3" | "bgp" | "ripng", "use", "on"] | ["ipv6", "rip", "use", "on"] => {
                possible = true;
                ledger.used(line.line);
                ledger.remark(
                    line.line,
                    Phrase::new(
                        "a routing protocol runs: every route is taken to be possible",
                        "ルーティングプロトコルが動いている。どの経路もありうるものとみなす",
                    ),
                );
            }
            // a filter chooses the gateway
            ["ip" | "ipv6", "forward", "filter", ..] | ["ip" | "ipv6", _, "forward", "filter", ..] => {
                possible = true;
                ledger.used(line.line);
                ledger.remark(
                    line.line,
                    Phrase::new(
                        "routes depend on filters: every route is taken to be possible",
                        "経路がフィルターによって変わる。どの経路もありうるものとみなす",
                    ),
                );
            }
            ["ip" | "ipv6", "route", "change" | "source", ..] => ledger.without_meaning(line.line),
            ["ip" | "ipv6", "route", to, ref rest @ ..] if rest.first() == Some(&"gateway") => {
                ledger.used(line.line);
                if !route(to, line.words[0] == "ipv6", rest, line, ways, &mut out, ledger) {
                    possible = true;
                    ledger.remark(
                        line.line,
                        Phrase::new(
                            "it is not plain where this route leads: every route is taken to be possible",
                            "経路の行き先がはっきりしない。どの経路もありうるものとみなす",
                        ),
                    );
                }
            }
            _ => {}
        }
    }
    (!possible && out.len() > connected).then_some(out)
}

/// `default|P/n gateway G [options] [gateway G …]`; `false`: it is not plain where it leads.
fn route(
    to: &str,
    six: bool,
    words: &[&str],
    line: &Line<'_>,
    ways: &[Interface],
    out: &mut Vec<Route>,
    ledger: &Ledger,
) -> bool {
    let all = if six { "::/0" } else { "0.0.0.0/0" };
    let word = if to == "default" { all } else { to };
    let (address, length) = word.split_once('/').unwrap_or((word, if six { "128" } else { "32" }));
    let Some((address, length)) = address.parse::<IpAddr>().ok().zip(length.parse::<u8>().ok()) else { return false };
    if length > if address.is_ipv4() { 32 } else { 128 } {
        return false;
    }
    let to = Net { address, length }.prefix();
    let mut at = 0;
    while at < words.len() {
        if words[at] != "gateway" {
            return false;
        }
        let next = words[at + 1..].iter().position(|word| *word == "gateway").map_or(words.len(), |next| at + 1 + next);
        let hop = &words[at + 1..next];
        // a route for some packets only
        if hop.contains(&"filter") {
            return false;
        }
        let fails = hop.iter().any(|word| matches!(*word, "hide" | "keepalive"));
        let origin = ledger.origin(line.line);
        let mut push = |via: Option<String>| out.push(Route { to, via, fails, origin: origin.clone() });
        let there = |name: &str| ways.iter().any(|way| way.name == name);
        match *hop {
            ["null", ..] => push(None),
            ["loopback", ..] => {}
            [kind @ ("pp" | "tunnel"), number, ..] => {
                let name = if number == "anonymous" { format!("{kind} anonymous") } else { format!("{kind}{number}") };
                if there(&name) {
                    push(Some(name));
                }
            }
            ["dhcp", name, ..] if there(name) => push(Some(name.to_owned())),
            [name, ..] if is_interface(name) && there(name) => push(Some(name.to_owned())),
            [hop, ..] => {
                let (hop, name) = hop.split_once('%').unwrap_or((hop, ""));
                if there(name) {
                    push(Some(name.to_owned()));
                } else {
                    let Ok(hop) = hop.parse::<IpAddr>() else { return false };
                    let leads =
                        |way: &&Interface| way.addresses.iter().any(|net| !net.is_single() && net.set().contains(hop));
                    let found: Vec<String> = ways.iter().filter(leads).map(|way| way.name.clone()).collect();
                    if found.is_empty() {
                        return false;
                    }
                    found.into_iter().for_each(|way| push(Some(way)));
                }
            }
            [] => return false,
        }
        at = next;
    }
    true
}
