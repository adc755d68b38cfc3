//! NEC UNIVERGE IX (Portable Internetwork Core Operating System Software).
//!
//! *UNIVERGE IX2000/IX3000 command reference*, `ip access-list`, `ip filter`: the lists bound to an interface are looked
//! through in the order of their numbers, each from its first line; the first line that matches decides; where a list is
//! bound and nothing matches, the packet is dropped. A dynamic list that permits opens the way back by itself. Inbound, the
//! filter sees the header before addresses are translated back, outbound after they are translated (*functional
//! description*, filter and NAPT): what comes from outside is filtered, then translated; what leaves is translated, then
//! filtered.

mod lists;
mod tree;

use std::net::IpAddr;

use super::device::{Becomes, Device, Interface, Net, Route, Tag, Translation};
use super::ledger::{Ledger, any_of_any};
use super::names;
use super::region::{Services, all_ports, with_ports};
use super::set::{AddressSet, Ranges};
use super::text::Refusal;
use super::{Configuration, Import, emit};
use crate::document::Family;
use crate::language::Phrase;

use lists::Bound;
use tree::Block;

/// Whether a text is a configuration of an IX router.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().any(|line| {
        let words: Vec<&str> = line.split_whitespace().take(6).collect();
        match words[..] {
            ["interface", name, ..] => {
                // of others, the number stands behind a blank
                let numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
                name.strip_prefix("GigaEthernet").is_some_and(numbered) || name.starts_with("FastEthernet0/0.0")
            }
            ["ip" | "ipv6", "access-list", _, "permit" | "deny", _, "src", ..] => true,
            // `ip filter set NAME in …` is Yamaha's
            ["ip" | "ipv6", "filter", list, number, "in" | "out", ..] => list != "set" && number.parse::<u32>().is_ok(),
            _ => line.starts_with("! NEC Portable Internetwork Core"),
        }
    })
}

/// Reads a configuration.
///
/// # Errors
/// When the number of a filter is none. Else its lines stand alone.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let blocks = tree::blocks(&configuration.lines, ledger);
    let mut id = configuration.id("ix");
    let mut line = 1;
    if let Some(host) = blocks.iter().find(|block| block.words[0] == "hostname" && block.words.len() > 1) {
        ledger.used(host.line);
        (id, line) = (emit::id_word(host.words[1]), host.line);
    }
    let lists = lists::lists(&blocks, ledger);
    let mut device = Device::new(id, "router", ledger.origin(line));
    let mut down = Vec::new();
    let mut bound: Vec<Bound> = Vec::new();
    let mut napt = Vec::new();
    let mut possible = None;
    for block in blocks.iter().filter(|block| block.words[0] == "interface" && block.words.len() > 1) {
        interface(block, &mut device, &mut bound, &mut napt, &mut down, ledger)?;
    }
    device.ipv6 = device.interfaces.iter().any(|way| way.addresses.iter().any(|net| net.address.is_ipv6()))
        || blocks.iter().any(|block| block.below.iter().any(|(words, _)| words[..] == ["ipv6", "enable"]));
    lists::filters(&bound, &lists, &mut device, ledger);
    device.translations = napt;
    for block in &blocks {
        // what is bridged asks no route
        let bridged = block.below.iter().any(|(words, _)| words[0] == "bridge-group");
        if bridged
            || matches!(
                block.words[..],
                ["router", ..] | ["ip", "router", ..] | ["ip", "rip" | "ospf", ..] | ["route-map", ..]
            )
        {
            possible = possible.or(Some(block.line));
        }
    }
    device.routes = routes(&blocks, &device, possible, ledger);
    tree::settle(&blocks, ledger);
    Ok(Import { devices: vec![device], down, ..Import::default() })
}

fn net(word: &str) -> Option<Net> {
    let (address, length) = word.split_once('/')?;
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
}

fn interface(
    block: &Block<'_>,
    device: &mut Device,
    bound: &mut Vec<Bound>,
    napt: &mut Vec<Translation>,
    down: &mut Vec<String>,
    ledger: &mut Ledger,
) -> Result<(), Refusal> {
    let name = block.words[1].to_owned();
    ledger.used(block.line);
    // an IX interface is down until it is told otherwise
    let up = block.below.iter().any(|(words, _)| words[..] == ["no", "shutdown"]);
    let virtual_way = ["Loopback", "Null", "Tunnel", "BVI"].iter().any(|word| name.starts_with(word));
    if block.below.iter().any(|(words, _)| words[..] == ["shutdown"])
        || (!up && !virtual_way && !block.below.is_empty())
    {
        down.push(name);
        for (words, line) in &block.below {
            if words[..] == ["shutdown"] { ledger.used(*line) } else { ledger.without_meaning(*line) }
        }
        return Ok(());
    }
    let mut way = Interface::new(name.clone(), ledger.origin(block.line));
    way.internal = name.starts_with("Loopback") || name.starts_with("Null");
    for (words, line) in &block.below {
        let line = *line;
        ledger.used(line);
        match words[..] {
            ["ip" | "ipv6", "address", "dhcp" | "ipcp" | "autoconfig", ..] | ["ip", "unnumbered", ..] => {
                way.dynamic = true
            }
            ["ip" | "ipv6", "address", word, ..] => match net(word) {
                Some(net) => way.addresses.push(net),
                None => {
                    way.dynamic = true;
                    ledger.not_understood(
                        line,
                        Phrase::new("this is no address; it may be any", "アドレスではない。どれでもありうる"),
                    );
                }
            },
            [family @ ("ip" | "ipv6"), "filter", list, place, direction @ ("in" | "out"), ..] => {
                let number = place.parse().map_err(|_| no_place(line, ledger))?;
                let family = if family == "ip" { Family::V4 } else { Family::V6 };
                bound.push(Bound {
                    family,
                    list: list.to_owned(),
                    number,
                    inward: direction == "in",
                    way: name.clone(),
                    line,
                });
            }
            ["ip", "napt", "enable"] | ["ip", "nat", "enable"] => {
                let mut entry =
                    Translation::new(format!("{name} {}", words[1]), false, Becomes::Own, ledger.origin(line));
                entry.ways_out = Some([name.clone()].into());
                napt.push(entry);
            }
            // a server behind it: `ip napt service NAME ADDRESS [PORT] PROTOCOL PORT`, `ip napt static ADDRESS PROTOCOL PORT`
            ["ip", "napt", "static", inner, protocol, ref rest @ ..] => {
                published(&name, inner, protocol, rest.first().copied(), line, napt, ledger);
            }
            ["ip", "napt" | "nat", ..] => {
                if !matches!(words[2..], ["hairpinning", ..] | ["translation", ..] | ["reserve", ..]) {
                    lost(&name, line, napt, ledger);
                }
            }
            ["encapsulation", "dot1q", vlan, ..] => {
                let parent = name.split('.').next().unwrap_or(&name).to_owned();
                way.tag = super::switch::vlan(vlan).map(|vlan| Tag::On {
                    parent,
                    vlan,
                    native: words.last() == Some(&"native"),
                });
            }
            ["tunnel", "destination", peer, ..] => way.tunnel = Some(format!("tunnel {peer}")),
            ["no", "shutdown"] => {}
            ["no", ..]
            | ["description", ..]
            | ["auto-connect"]
            | ["ppp", ..]
            | ["tunnel", ..]
            | ["ip", "mtu" | "tcp" | "dhcp" | "proxy-arp" | "policy-map", ..]
            | ["ipv6", "enable" | "dhcp" | "nd" | "mtu" | "tcp" | "interface-identifier", ..]
            | ["service-policy", ..]
            | ["encapsulation", ..]
            | ["vrrp", ..]
            | ["mtu", ..]
            | ["qos", ..] => ledger.without_meaning(line),
            ["ip" | "ipv6", "policy", ..] => {}
            // frames pass without an address
            ["bridge" | "bridge-group", ..] => {}
            _ => ledger.nothing_taken(line),
        }
    }
    if name.starts_with("Tunnel") && way.tunnel.is_none() {
        way.tunnel = Some(format!("tunnel {name}"));
    }
    way.dynamic |= way.addresses.is_empty()
        && block.below.iter().any(|(words, _)| words[0].starts_with("bridge") || words[..] == ["ipv6", "enable"]);
    device.interfaces.push(way);
    Ok(())
}

/// The lists of an interface are looked through by number: one that has none could stand before or behind any other.
fn no_place(line: u32, ledger: &Ledger) -> Refusal {
    let what = Phrase::new(
        "the number of this filter is none from 0 to 4294967295: mend it",
        "このフィルタの番号は 0～4294967295 の数ではない。直すこと",
    );
    Refusal::at(ledger.file(), line, what)
}

/// What is not understood may make any address of any.
fn lost(name: &str, line: u32, napt: &mut Vec<Translation>, ledger: &mut Ledger) {
    ledger.not_understood(line, any_of_any());
    let id = format!("{name} nat {line}");
    napt.extend(Translation::lost(&id, AddressSet::all(), Some(name), "ip nat", &ledger.origin(line)));
}

fn published(
    name: &str,
    inner: &str,
    protocol: &str,
    port: Option<&str>,
    line: u32,
    napt: &mut Vec<Translation>,
    ledger: &mut Ledger,
) {
    let number = names::protocol(protocol);
    let ports = match port {
        None => Some(all_ports()),
        Some(word) => {
            let (low, high) = word.split_once('-').unwrap_or((word, word));
            let port = |word: &str| names::port(word, number.unwrap_or(6)).map(u128::from);
            port(low).zip(port(high)).map(|(low, high)| Ranges::one(low, high))
        }
    };
    let parsed = inner.parse::<IpAddr>().ok().zip(number).zip(ports);
    let Some(((inner, number), ports)) = parsed else { return lost(name, line, napt, ledger) };
    let becomes = Becomes::Addresses(AddressSet::single(inner));
    let mut entry = Translation::new(format!("{name} {inner}"), true, becomes, ledger.origin(line));
    let protocols = Ranges::one(number.into(), number.into());
    let ported = protocols.is_within(&with_ports());
    entry.services =
        if ported { Services::ports(&protocols, all_ports(), ports) } else { Services::protocols(protocols) };
    entry.ways_in = Some([name.to_owned()].into());
    napt.push(entry);
}

fn routes(blocks: &[Block<'_>], device: &Device, possible: Option<u32>, ledger: &mut Ledger) -> Option<Vec<Route>> {
    let mut out: Vec<Route> = Vec::new();
    for way in &device.interfaces {
        for net in way.addresses.iter().filter(|net| !net.is_single()) {
            out.push(Route { to: net.prefix(), via: Some(way.name.clone()), fails: false, origin: way.origin.clone() });
        }
    }
    let connected = out.len();
    let mut unclear = possible;
    for block in blocks {
        let (v6, rest) = match block.words[..] {
            ["ip", "route", ref rest @ ..] => (false, rest),
            ["ipv6", "route", ref rest @ ..] => (true, rest),
            _ => continue,
        };
        ledger.used(block.line);
        let default = if v6 { "::/0" } else { "0.0.0.0/0" };
        let (Some(to), Some(hop)) =
            (rest.first().and_then(|word| net(if *word == "default" { default } else { word })), rest.get(1))
        else {
            unclear = unclear.or(Some(block.line));
            continue;
        };
        let via: Vec<String> = match hop.parse::<IpAddr>() {
            Ok(hop) => device
                .interfaces
                .iter()
                .filter(|way| way.addresses.iter().any(|net| !net.is_single() && net.set().contains(hop)))
                .map(|way| way.name.clone())
                .collect(),
            Err(_) if hop.starts_with("Null") => {
                out.push(Route { to: to.prefix(), via: None, fails: false, origin: ledger.origin(block.line) });
                continue;
            }
            Err(_) => device.interfaces.iter().filter(|way| way.name == *hop).map(|way| way.name.clone()).collect(),
        };
        if via.is_empty() && hop.parse::<IpAddr>().is_ok() {
            unclear = unclear.or(Some(block.line));
        }
        for via in via {
            out.push(Route {
                to: to.prefix(),
                via: Some(via),
                fails: rest.contains(&"track"),
                origin: ledger.origin(block.line),
            });
        }
    }
    if let Some(line) = unclear {
        ledger.remark(line, Phrase::new("every route is taken to be possible", "どの経路もありうるものとみなす"));
        return None;
    }
    (out.len() > connected && !device.interfaces.iter().any(|way| way.dynamic)).then_some(out)
}
