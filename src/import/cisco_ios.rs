//! Cisco IOS and IOS-XE; NX-OS and Arista EOS where they agree.
//!
//! Order of operations (Cisco, *NAT Order of Operation*, document 6209): a packet that comes in passes the inbound list
//! with the header it came with; what comes from outside is then translated, then routed; what goes from inside to outside
//! is routed, then translated; then comes the outbound list, which sees both sides as translated. The outbound list is not
//! asked for what the router itself sends. The zone-based firewall sees the source as it came and the destination as
//! translated (*Zone-Based Policy Firewall*: policies name inside local addresses). A list ends in an implicit deny; a list
//! that is bound and has no entries, or is not defined, permits everything.

mod change;
mod crypto;
mod groups;
mod interfaces;
mod leaks;
mod lists;
mod nat;
mod ports;
mod ranges;
mod routes;
mod silent;
pub(super) mod tree;
mod vlans;
mod wireless;
mod zones;

use std::collections::{BTreeMap, BTreeSet};

use super::device::{Device, Filter, Interface, Tag};
use super::ledger::Ledger;
use super::text::Refusal;
use super::{Configuration, Import, emit};
use crate::document::Family;
use crate::language::Phrase;

pub use change::CHANGE;
use interfaces::Port;
use leaks::Leaks;
use lists::Lists;
use tree::Block;
use zones::Zones;

/// Whether a text is a configuration of IOS or what agrees with it.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    // their languages look like this one
    if super::alliedware_plus::recognise(lines) || super::nec_ix::recognise(lines) {
        return false;
    }
    // so do those of Alaxala AX and of Apresia, which are read by nobody
    let others = ["#Last modified by", "#configuration list for", "packet-filter", "# Apresia", "! Apresia"];
    if lines.iter().any(|line| others.iter().any(|other| line.starts_with(other)) || line.contains("AEOS Ver")) {
        return false;
    }
    let mut strong = false;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            // ASA, AlliedWare Plus, NEC IX, Junos
            ["ASA" | "PIX", "Version", ..] | ["nameif", _] | ["access-list", _, "extended" | "standard", ..] => {
                return false;
            }
            ["access-group", _, "in" | "out", "interface", _] => return false,
            ["interface", name, ..]
                if name.starts_with("port1.")
                    || name.starts_with("GigaEthernet")
                    || name.starts_with("FastEthernet0/0.0") =>
            {
                return false;
            }
            ["ip", "filter", _, _, "in" | "out"] => return false,
            ref words if super::yamaha::is_line(words) => return false,
            ["interface", name, ..] => {
                let known = [
                    "gigabit",
                    "fast",
                    "ethernet",
                    "ten",
                    "twenty",
                    "forty",
                    "hundred",
                    "two",
                    "five",
                    "vlan",
                    "loopback",
                    "port-channel",
                    "serial",
                    "tunnel",
                    "management",
                    "mgmt",
                    "bvi",
                    "dialer",
                    "cellular",
                    "app",
                    "virtual",
                    "gi",
                    "te",
                    "fa",
                    "eth",
                    "po",
                    "lo",
                    "bdi",
                ];
                let name = name.to_ascii_lowercase();
                strong |= known.iter().any(|known| name.starts_with(known));
            }
            ["ip" | "ipv6", "access-list", ..] | ["ip", "access-group", _, "in" | "out"] | ["switchport", ..] => {
                strong = true
            }
            ["access-list", number, "permit" | "deny" | "remark", ..] => strong |= number.parse::<u32>().is_ok(),
            ["zone-pair", "security", ..] | ["ip", "route", ..] | ["object-group", "network" | "service", ..] => {
                strong = true
            }
            _ => {}
        }
    }
    strong && !lines.iter().any(|line| matches!(line.trim(), "config firewall policy" | "next" | "COMMIT"))
}

/// Reads a configuration.
///
/// # Errors
/// When it is truncated, or groups or class maps hold themselves.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let mut blocks = tree::read(&configuration.lines, ledger)?;
    let groups = groups::read(&blocks, ledger)?;
    let lists = lists::read(&mut blocks, &groups, ledger);
    let ports = interfaces::read(&blocks, ledger);
    let host = blocks.iter().find(|block| matches!(block.word(0), "hostname" | "switchname") && block.words.len() > 1);
    let named = host.map(|block| emit::id_word(block.word(1).trim_matches('"'))).filter(|id| !id.is_empty());
    let id = named.unwrap_or_else(|| configuration.id("router"));
    let origin = ledger.origin(host.map_or(1, |block| block.line));
    if let Some(block) = host {
        ledger.used(block.line);
    }
    let switch = ports::switch(&id, &blocks, &ports, ledger);
    let leaks = leaks::read(&blocks, &ports, ledger);
    let device = Reader { blocks: &blocks, lists: &lists, ports: &ports, leaks: &leaks };
    let vrfs: BTreeSet<Option<&str>> =
        ports.iter().filter(|port| !port.down).map(|port| port.vrf.as_deref()).chain([None]).collect();
    let mut devices = Vec::new();
    for vrf in vrfs {
        let id = vrf.map_or_else(|| id.clone(), |vrf| format!("{id}/{}", emit::id_word(vrf)));
        let mut node = Device::new(id, "router", origin.clone());
        device.node(vrf, &mut node, ledger)?;
        // without interfaces of its own the global table is nobody's
        if !node.interfaces.is_empty() || devices.is_empty() && ports.iter().all(|port| port.down || port.vrf.is_none())
        {
            devices.push((vrf.map(str::to_owned), node));
        }
    }
    let joins = leaks.join(&mut devices, ledger);
    let devices = devices.into_iter().map(|(_, device)| device).collect();
    let ssids = wireless::read(&blocks, ledger);
    silent::settle(&blocks, &lists, ledger);
    let down = ports.iter().filter(|port| port.down).map(|port| port.name.clone()).collect();
    let part = |port: &Port| Some((port.name.clone(), ports::aggregate(port.member_of?, &ports)?));
    let members = ports.iter().filter_map(part).collect();
    Ok(Import { devices, joins, members, down, switch, ssids, ..Import::default() })
}

struct Reader<'b, 't> {
    blocks: &'b [Block<'t>],
    lists: &'b Lists,
    ports: &'b [Port],
    leaks: &'b Leaks,
}

impl Reader<'_, '_> {
    /// The node of a VRF, or of what is in none.
    fn node(&self, vrf: Option<&str>, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        let ports: Vec<&Port> = self
            .ports
            .iter()
            .filter(|port| !port.down && port.vrf.as_deref() == vrf && port.member_of.is_none())
            .filter(|port| !port.switched || !port.lists.is_empty())
            .collect();
        for port in &ports {
            let mut way = Interface::new(port.name.clone(), ledger.origin(port.line));
            way.addresses.clone_from(&port.addresses);
            way.switched = port.switched;
            // with IPv6 on it, it has an address that it made itself
            way.dynamic = port.dynamic || port.bridged || port.ipv6 && port.addresses.is_empty();
            way.tag = match (port.svi(), port.encapsulation, port.name.rsplit_once('.')) {
                (Some(vlan), ..) => Some(Tag::Own(vlan)),
                (None, Some((vlan, native)), Some((parent, _))) => {
                    Some(Tag::On { parent: parent.to_owned(), vlan, native })
                }
                _ => None,
            };
            way.tunnel = port.tunnel.clone().filter(|peer| peer.starts_with("tunnel "));
            way.internal =
                port.name.to_ascii_lowercase().starts_with("loopback") || port.name.eq_ignore_ascii_case("null0");
            device.interfaces.push(way);
        }
        let global = self.blocks.iter().any(|block| block.starts(&["ipv6", "unicast-routing"]));
        device.ipv6 = global || ports.iter().any(|port| port.ipv6);
        let tunnels = crypto::tunnels(self.blocks, &ports, ledger);
        let leaks = self.leaks.of(vrf);
        nat::read(
            self.blocks,
            self.lists,
            vrf,
            &ports,
            nat::Beside { leaks: &leaks, tunnels: &tunnels },
            device,
            ledger,
        )?;
        for port in &ports {
            for inward in [true, false] {
                self.lists_of(port, inward, &ports, device, ledger);
            }
        }
        device.routes = routes::read(self.blocks, vrf, &ports, ledger);
        device.tabled = !routes::by_policy(self.blocks, &ports);
        crypto::add(&tunnels, self.lists, device, ledger)?;
        vlans::filters(self.blocks, self.lists, &ports, device, ledger)?;
        let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut outside = Vec::new();
        for port in &ports {
            match &port.zone {
                Some((zone, _)) => {
                    let within = tunnels.iter().filter(|tunnel| tunnel.port == port.name);
                    let ways = [port.name.clone()].into_iter().chain(within.map(|tunnel| tunnel.name.clone()));
                    members.entry(zone.clone()).or_default().extend(ways);
                }
                None if device.interface(&port.name).is_some_and(|way| way.internal) => {}
                None => outside.push(port.name.clone()),
            }
        }
        device.zones = members.iter().map(|(name, ways)| (name.clone(), ways.clone())).collect();
        let zones = Zones { blocks: self.blocks, lists: self.lists, members, outside };
        device.filters.extend(zones.filters(ledger)?);
        // what looks at a packet as it came, what looks at it between the translations, what looks at it as it leaves
        device.filters.sort_by_key(|filter| {
            match (filter.sees_translated_source, filter.sees_translated_destination) {
                (_, false) => 0,
                (false, true) => 1,
                (true, true) => 2,
            }
        });
        Ok(())
    }

    /// The filter of an interface in one direction, of both families.
    fn lists_of(&self, port: &Port, inward: bool, ports: &[&Port], device: &mut Device, ledger: &mut Ledger) {
        let lists = || port.lists.iter().filter(|(_, _, way, _)| *way == inward);
        if let Some(line) = port.admits.filter(|_| inward && lists().next().is_some()) {
            ledger.not_understood(
                line,
                Phrase::new(
                    format!("whoever identifies himself gets rules of his own before those of the list: {} is taken to let everything in", port.name),
                    format!("認証した相手には、リストより優先するルールが加わる。{} はすべてを通すものとみなす", port.name),
                ),
            );
            return;
        }
        let mut filter: Option<Filter> = None;
        let mut families = BTreeSet::new();
        for (v6, name, _, line) in lists() {
            let family = if *v6 { Family::V6 } else { Family::V4 };
            let Some(list) = self.lists.get(family, name) else {
                ledger.remark(
                    *line,
                    Phrase::new(
                        format!("the list {name} has no entries here: the device permits everything"),
                        format!("リスト {name} の中身がない。機器はすべてを許可する"),
                    ),
                );
                continue;
            };
            families.insert(family);
            let filter = filter.get_or_insert_with(|| {
                let way = if inward { "in" } else { "out" };
                let mut filter = Filter::new(format!("{} {way} {name}", port.name), false, ledger.origin(*line));
                filter.default_id = "implicit deny".into();
                filter
            });
            filter.rules.extend(list.entries.iter().map(|entry| entry.line.clone()));
        }
        let Some(mut filter) = filter else { return };
        filter.passes = [Family::V4, Family::V6].into_iter().find(|family| !families.contains(family));
        // A list on a switched port is asked for what comes in there; the interface of its VLAN is that port too.
        let mut ways = vec![port.name.clone()];
        if let Some(vlan) = port.svi() {
            let of_vlan = ports.iter().filter(|other| other.switched && other.access_vlan == Some(vlan));
            ways.extend(of_vlan.map(|other| other.name.clone()));
        }
        filter.at_side(ways, inward, false);
        device.filters.push(filter);
    }
}
