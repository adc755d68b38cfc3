//! Static and connected routes. With a routing protocol, policy routes or SD-WAN rules anything is possible.

use std::net::IpAddr;

use super::super::device::{Net, Route};
use super::super::ledger::Ledger;
use super::super::set::mask_length;
use super::super::text::Refusal;
use super::Objects;
use super::tree::Section;
use crate::document::Family;
use crate::language::Phrase;

/// The routes; `None`: anything is possible.
///
/// # Errors
/// When groups hold each other in a circle.
pub fn read(root: &Section, objects: &Objects<'_>, ledger: &mut Ledger) -> Result<Option<Vec<Route>>, Refusal> {
    let mut possible = objects.ways.dynamic;
    for name in [
        "router bgp",
        "router ospf",
        "router ospf6",
        "router rip",
        "router ripng",
        "router isis",
        "router policy",
        "router policy6",
    ] {
        for section in root.sections(name) {
            // a device prints all of them; those that do something have entries
            let runs = if name.contains("policy") {
                !section.inner.is_empty()
            } else {
                section.inner.iter().any(|inner| {
                    matches!(
                        inner.name.as_str(),
                        "neighbor"
                            | "neighbor-group"
                            | "area"
                            | "network"
                            | "ospf-interface"
                            | "interface"
                            | "isis-interface"
                    ) && !inner.inner.is_empty()
                })
            };
            section.used(&[], ledger);
            section.rest_is_silent(ledger);
            if runs {
                possible = true;
                ledger.remark(
                    section.lines.0,
                    Phrase::new(
                        "routes are not static alone: every route is taken to be possible",
                        "静的経路だけではない。どの経路もありうるものとみなす",
                    ),
                );
            }
        }
    }
    let mut out: Vec<Route> = Vec::new();
    for way in &objects.ways.interfaces {
        for net in way.addresses.iter().filter(|net| !net.is_single()) {
            out.push(Route { to: net.prefix(), via: Some(way.name.clone()), fails: false, origin: way.origin.clone() });
        }
    }
    let connected = out.len();
    for (name, family) in [("router static", Family::V4), ("router static6", Family::V6)] {
        for section in root.sections(name) {
            section.used(&[], ledger);
            for entry in &section.inner {
                entry.used(
                    &[
                        "dst",
                        "dstaddr",
                        "gateway",
                        "device",
                        "status",
                        "blackhole",
                        "sdwan-zone",
                        "sdwan",
                        "distance",
                        "priority",
                        "virtual-wan-link",
                    ],
                    ledger,
                );
                entry.rest_is_silent(ledger);
                if entry.value("status") == "disable" {
                    continue;
                }
                if !route(entry, family, objects, &mut out, ledger)? {
                    possible = true;
                    ledger.not_understood(
                        entry.lines.0,
                        Phrase::new(
                            "it is not plain where this route leads: every route is taken to be possible",
                            "経路の行き先がはっきりしない。どの経路もありうるものとみなす",
                        ),
                    );
                }
            }
        }
    }
    Ok((!possible && out.len() > connected).then_some(out))
}

fn route(
    entry: &Section,
    family: Family,
    objects: &Objects<'_>,
    out: &mut Vec<Route>,
    ledger: &mut Ledger,
) -> Result<bool, Refusal> {
    let origin = ledger.origin(entry.lines.0);
    let mut nets: Vec<Net> = Vec::new();
    if entry.setting("dstaddr").is_some() {
        let selector = objects.addresses.union(family, entry.values("dstaddr"), entry.lines.0, ledger)?;
        if !selector.names.is_empty() || selector.not {
            return Ok(false);
        }
        for word in selector.set.words() {
            let (address, length) =
                word.split_once('/').unwrap_or((&word, if family == Family::V4 { "32" } else { "128" }));
            match address.parse().ok().zip(length.parse().ok()) {
                Some((address, length)) => nets.push(Net { address, length }),
                None => return Ok(false), // a range that is no prefix
            }
        }
    } else {
        let net = match (family, entry.values("dst")) {
            (Family::V4, []) => Some(Net { address: IpAddr::from([0, 0, 0, 0]), length: 0 }),
            (Family::V6, []) => Some(Net { address: IpAddr::from([0u16; 8]), length: 0 }),
            (_, [address, mask]) => address
                .parse()
                .ok()
                .zip(mask.parse().ok().and_then(mask_length))
                .map(|(address, length)| Net { address, length }),
            (_, [prefix, ..]) => prefix
                .split_once('/')
                .and_then(|(address, length)| address.parse().ok().zip(length.parse().ok()))
                .map(|(address, length)| Net { address, length }),
        };
        match net {
            Some(net) if net.length <= if net.address.is_ipv4() { 32 } else { 128 } => nets.push(net),
            _ => return Ok(false),
        }
    }
    let mut ways: Vec<Option<String>> = Vec::new();
    let zone = [
        entry.value("sdwan-zone"),
        if entry.is_on("sdwan") || entry.is_on("virtual-wan-link") { "virtual-wan-link" } else { "" },
    ];
    if entry.is_on("blackhole") {
        ways.push(None);
    } else if !entry.value("device").is_empty() {
        let device = entry.value("device");
        if !objects.ways.interfaces.iter().any(|way| way.name == device) {
            return Ok(true); // its interface is down or not there: no route
        }
        ways.push(Some(device.to_owned()));
    } else if let Some((members, ..)) = zone.iter().find_map(|zone| objects.ways.zones.get(*zone)) {
        let there = |name: &&String| objects.ways.interfaces.iter().any(|way| way.name == **name);
        ways.extend(members.iter().filter(there).cloned().map(Some));
    } else {
        return Ok(false);
    }
    for to in nets {
        for via in &ways {
            out.push(Route { to: to.prefix(), via: via.clone(), fails: false, origin: origin.clone() });
        }
    }
    Ok(true)
}
