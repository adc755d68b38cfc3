//! Static and connected routes. With a routing protocol, policy routing, or an address by DHCP anything is possible.

use super::super::cisco_ios::tree::Block;
use super::super::device::{Net, Route};
use super::super::ledger::Ledger;
use super::super::set::{AddressSet, mask_length};
use super::interfaces::Port;
use super::nat::Translations;
use super::objects::Objects;
use crate::language::Phrase;

/// The routes; `None`: anything is possible.
pub fn read(
    blocks: &[Block<'_>],
    objects: &Objects,
    ports: &[&Port],
    nat: &Translations,
    ledger: &mut Ledger,
) -> Option<Vec<Route>> {
    let mut possible = ports.iter().any(|port| port.dynamic || port.policy_routed || port.bridged);
    let mut out: Vec<Route> = Vec::new();
    for port in ports {
        for net in port.addresses.iter().filter(|net| !net.is_single()) {
            out.push(Route {
                to: net.prefix(),
                via: port.name.clone(),
                fails: false,
                origin: ledger.origin(port.line),
            });
        }
    }
    let connected = out.len();
    for block in blocks {
        match block.words[..] {
            ["router", protocol, ..] => {
                possible = true;
                block.each(|line| ledger.without_meaning(line));
                ledger.used(block.line);
                ledger.remark(
                    block.line,
                    Phrase::new(
                        format!("{protocol} runs: every route is taken to be possible"),
                        format!("{protocol} が動いている。どの経路もありうるものとみなす"),
                    ),
                );
            }
            ["route", way, address, mask, ref rest @ ..] => {
                let length = if mask == "0" { Some(0) } else { mask.parse().ok().and_then(mask_length) };
                let address = if address == "0" { "0.0.0.0".parse().ok() } else { objects.address(address) };
                let to = address.zip(length).map(|(address, length)| Net { address, length });
                possible |= !route(to, way, rest, block.line, ports, &mut out, ledger);
            }
            ["ipv6", "route", way, prefix, ref rest @ ..] => {
                let to = prefix.split_once('/').and_then(|(address, length)| {
                    Some(Net { address: address.parse().ok()?, length: length.parse().ok()? })
                });
                possible |= !route(to, way, rest, block.line, ports, &mut out, ledger);
            }
            _ => {}
        }
    }
    if possible || out.len() == connected {
        return None;
    }
    for (set, way, line) in &nat.diverted {
        if !leads(set, way, &out) {
            ledger.remark(
                *line,
                Phrase::new(
                    format!(
                        "this rule sends to {way} what the routes send elsewhere: every route is taken to be possible"
                    ),
                    format!("この変換は経路と異なり {way} に送る。どの経路もありうるものとみなす"),
                ),
            );
            return None;
        }
    }
    Some(out)
}

fn route(
    to: Option<Net>,
    way: &str,
    rest: &[&str],
    line: u32,
    ports: &[&Port],
    out: &mut Vec<Route>,
    ledger: &mut Ledger,
) -> bool {
    let Some(to) = to.filter(|net| net.length <= if net.address.is_ipv4() { 32 } else { 128 }) else {
        ledger.not_understood(
            line,
            Phrase::new(
                "not understood: every route is taken to be possible",
                "解釈できない。どの経路もありうるものとみなす",
            ),
        );
        return false;
    };
    ledger.used(line);
    let origin = ledger.origin(line);
    if way.eq_ignore_ascii_case("null0") {
        out.push(Route { to: to.prefix(), via: None, fails: false, origin });
    } else if ports.iter().any(|port| port.name.as_deref() == Some(way)) {
        // a default route for what comes out of tunnels counts for that alone: anything is possible
        if rest.contains(&"tunneled") {
            return false;
        }
        out.push(Route { to: to.prefix(), via: Some(way.to_owned()), fails: rest.contains(&"track"), origin });
    }
    true
}

/// Whether the routes surely lead all of a set to an interface: one route there holds it, and none that is as long leads
/// a part of it elsewhere.
fn leads(set: &AddressSet, way: &str, routes: &[Route]) -> bool {
    let own = |route: &&Route| route.via.as_deref() == Some(way);
    let holding = routes.iter().filter(own).filter(|route| set.subtract(&route.to.set()).is_empty());
    let Some(longest) = holding.map(|route| route.to.length).max() else { return false };
    !routes.iter().any(|route| !own(&route) && route.to.length >= longest && !route.to.set().intersect(set).is_empty())
}
