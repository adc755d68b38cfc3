//! PAN-OS: the XML of a firewall, and `set` lines.
//!
//! Order of operations (Palo Alto Networks, *Packet Flow Sequence in PAN-OS*; *NAT Policy Rules*): the NAT rules are looked
//! through with the header as it came, the first that matches gives both translations; the packet is routed by the
//! translated destination, which gives the zone out; the security rules are looked through with the addresses and ports as
//! they came and that zone; then the translations are made. What no rule matches passes within a zone and is stopped between
//! zones. An interface without a zone passes nothing.

mod nat;
mod network;
mod objects;
mod rules;
mod silent;
mod tree;

use std::collections::BTreeMap;

use super::device::{Device, Interface, Names};
use super::ledger::Ledger;
use super::text::Refusal;
use super::words::Node;
use super::{Configuration, Import, emit};
use crate::language::Phrase;

use network::Port;
use objects::Objects;

/// Whether a text is a configuration of PAN-OS.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let mut xml = false;
    for line in lines {
        let line = line.trim();
        xml |= line.starts_with("<config") || line.contains("<response");
        if xml
            && (line.contains("urldb=")
                || line.contains("<vsys>")
                || line.contains("<deviceconfig>")
                || line.contains("<rulebase>"))
        {
            return true;
        }
        let words: Vec<&str> = line.split_whitespace().take(4).collect();
        match words[..] {
            ["set", "deviceconfig", ..]
            | ["set", "rulebase", "security" | "nat", ..]
            | ["set", "network", "interface" | "virtual-router", ..]
            | ["set", "vsys", _, "rulebase" | "zone" | "address" | "import"]
            | ["set", "zone", _, "network"]
            | ["set", "shared", "address" | "service" | "address-group", ..] => return true,
            _ => {}
        }
    }
    false
}

/// What a virtual system is made from.
struct System<'n, 't> {
    /// Its own part; of a firewall with one, the whole.
    node: &'n Node<'t>,
    objects: Objects<'n, 't>,
    zones: BTreeMap<&'n str, Vec<String>>,
    ports: &'n [Port],
}

impl System<'_, '_> {
    /// The interfaces of some zones; `None`: any.
    fn ways(&self, zones: &[&str]) -> Option<Names> {
        if zones.is_empty() || zones.contains(&"any") {
            return None;
        }
        Some(zones.iter().filter_map(|zone| self.zones.get(zone)).flatten().cloned().collect())
    }
}

/// Reads a configuration.
///
/// # Errors
/// When it is truncated, that of a manager of firewalls, or groups hold themselves.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = tree::read(&configuration.lines, ledger)?;
    root.used_here(ledger);
    let device = root.get("devices").and_then(|devices| devices.below.first()).unwrap_or(&root);
    device.used_here(ledger);
    if let Some(group) = device.get("device-group").or_else(|| root.get("device-group")) {
        return Err(Refusal::at(
            ledger.file(),
            group.line,
            Phrase::new(
                "this is a configuration of Panorama, whose rules reach firewalls by device group: export the merged configuration of the firewall itself (`show config merged`)",
                "Panorama の設定は取り込めない。ファイアウォール自身の統合済み設定（`show config merged`）を出力すること",
            ),
        ));
    }
    let host = device.at(&["deviceconfig", "system"]).and_then(|system| system.value("hostname"));
    let named = host.map(|name| emit::id_word(&name.word)).filter(|id| !id.is_empty());
    if let Some(host) = host {
        host.used(ledger);
    }
    let line = host.map_or(1, |host| host.line);
    let id = named.unwrap_or_else(|| configuration.id("panos"));
    let shared = root.get("shared").or_else(|| device.get("shared"));
    let mut out = Import::default();
    let mut systems: Vec<&Node<'_>> = device.under(&["vsys"]).collect();
    if systems.is_empty() {
        systems.push(device);
    }
    let all = Objects { places: systems.iter().copied().chain(shared).collect() };
    let ports = network::read(device, &all, &mut out, ledger)?;
    // what is said without a virtual system is of the first
    let plain = device.get("rulebase").is_some() && !std::ptr::eq(systems[0], device);
    if plain {
        systems.insert(0, device);
    }
    let many = systems.len() > 1;
    for node in systems {
        let imported: Vec<String> = node
            .under(&["import", "network", "interface"])
            .map(|name| {
                name.used(ledger);
                name.word.to_string()
            })
            .collect();
        let zones = zones(node, ledger);
        let own = |port: &&Port| {
            !many || imported.contains(&port.name) || zones.values().any(|members| members.contains(&port.name))
        };
        let mut own: Vec<Port> = ports.iter().filter(own).cloned().collect();
        // an interface that only a zone names
        for member in zones.values().flatten() {
            if !own.iter().any(|port| port.name == *member) && !out.down.contains(member) {
                own.push(Port::new(member.clone(), node.line.max(1)));
            }
        }
        let name = if many { format!("{id}/{}", emit::id_word(&node.word)) } else { id.clone() };
        let system = System {
            node,
            objects: Objects { places: [node].into_iter().chain(shared).collect() },
            zones,
            ports: &own,
        };
        let mut made = Device::new(name, "firewall", ledger.origin(if many { node.line } else { line }));
        made.ipv6 = own.iter().any(|port| port.ipv6);
        made.filters.push(system.policies(&root, shared, ledger)?);
        system.translations(&mut made, ledger)?;
        made.routes = network::routes(device, node, &own, ledger);
        made.interfaces = own.iter().map(|port| interface(port, ledger)).collect();
        out.devices.push(made);
    }
    silent::settle(&root, device, ledger);
    Ok(out)
}

fn interface(port: &Port, ledger: &Ledger) -> Interface {
    let mut way = Interface::new(port.name.clone(), ledger.origin(port.line));
    way.addresses.clone_from(&port.addresses);
    way.dynamic = port.dynamic;
    way.internal = port.name.starts_with("loopback");
    way.tunnel.clone_from(&port.tunnel);
    way.tag.clone_from(&port.tag);
    way
}

/// The zones of a virtual system and their interfaces.
fn zones<'n>(node: &'n Node<'_>, ledger: &mut Ledger) -> BTreeMap<&'n str, Vec<String>> {
    let mut out = BTreeMap::new();
    for zone in node.under(&["zone"]) {
        zone.used_here(ledger);
        let mut members = Vec::new();
        for key in zone.under(&["network"]) {
            match key.word.as_ref() {
                "layer3" | "layer2" | "virtual-wire" | "tap" | "tunnel" => {
                    key.used(ledger);
                    members.extend(key.below.iter().map(|name| name.word.to_string()));
                }
                "external" => key.lost(
                    &Phrase::new(
                        "ways from one virtual system to another are not followed: what enters here is taken to be anybody",
                        "仮想システム間の経路はたどらない",
                    ),
                    ledger,
                ),
                _ => key.silent(ledger),
            }
        }
        if let Some(network) = zone.get("network") {
            network.used_here(ledger);
        }
        zone.silent(ledger);
        out.insert(zone.word.as_ref(), members);
    }
    out
}
