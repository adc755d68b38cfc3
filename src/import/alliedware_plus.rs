//! AlliedWare Plus of Allied Telesis: switches of the x series, routers of the AR series.
//!
//! *Command Reference for AR4050S and the like* (C613-50186), firewall: the rules are looked through in the order of their
//! numbers, the first that matches application, source and destination entity decides; with `protect` on, what matches none
//! is dropped, without it nothing is. Destinations are translated (`portfwd`) before, sources (`masq`) after. *Command
//! Reference for the x series* (C613-50631): a hardware list acts on what comes in by a port or in a VLAN; what matches none
//! of its filters is permitted.

mod entities;
mod hardware;
mod interfaces;
mod rules;
mod tree;

use std::collections::BTreeSet;

use super::device::Device;
use super::ledger::Ledger;
use super::text::Refusal;
use super::{Configuration, Import, emit};
use crate::language::Phrase;

/// Whether a text is a configuration of AlliedWare Plus.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let mut zone = false;
    let mut network = false;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().take(5).collect();
        match words[..] {
            ["access-list", "hardware", _] => return true,
            // IOS tells no direction
            ["vlan", "filter", _, "vlan-list", ..] if line.split_whitespace().nth(5) == Some("input") => return true,
            ["rule", number, "permit" | "deny" | "masq" | "portfwd", ..]
                if number.parse::<u32>().is_ok() && line.contains(" from ") =>
            {
                return true;
            }
            ["interface", name, ..] if name.starts_with("port1.") || name.starts_with("port2.") => return true,
            ["!", "AlliedWare", ..] => return true,
            ["zone", _] if !line.starts_with(' ') => zone = true,
            ["network", _] if line.starts_with(' ') => network = true,
            ["ip", "subnet", ..] if zone && network => return true,
            _ => {}
        }
    }
    false
}

/// Reads a configuration.
///
/// # Errors
/// When blocks are nested too deep.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let blocks = tree::read(&configuration.lines, ledger)?;
    let mut id = configuration.id("allied");
    let mut line = 1;
    if let Some(host) = blocks.iter().find(|block| block.word(0) == "hostname" && block.words.len() > 1) {
        ledger.used(host.line);
        (id, line) = (emit::id_word(host.word(1)), host.line);
    }
    let ports = interfaces::read(&blocks, ledger);
    let protects = rules::protects(&blocks);
    let mut device = Device::new(id.clone(), if protects { "firewall" } else { "router" }, ledger.origin(line));
    for port in ports.iter().filter(|port| !port.down && (!port.is_port || !port.lists.is_empty())) {
        device.interfaces.push(port.way.clone());
    }
    device.ipv6 = ports.iter().any(|port| port.ipv6);
    let entities = entities::read(&blocks, ledger);
    hardware::filters(&blocks, &ports, &mut device, ledger);
    rules::read(&blocks, &entities, &mut device, ledger);
    device.routes = interfaces::routes(&blocks, &device, ledger);
    let switch = interfaces::switch(&id, &ports, ledger.origin(line));
    let vrfs: BTreeSet<&str> =
        blocks.iter().filter(|block| block.starts(&["ip", "vrf"])).map(|block| block.word(2)).collect();
    if let Some(block) = blocks.iter().find(|block| block.starts(&["ip", "vrf"])).filter(|_| !vrfs.is_empty()) {
        device.routes = None;
        ledger.remark(
            block.line,
            Phrase::new(
                "VRFs are not told apart: they are taken as one node in which every route is possible",
                "VRF は区別しない。1 つの機器とし、どの経路もありうるものとみなす",
            ),
        );
    }
    tree::settle(&blocks, ledger);
    let down = ports.iter().filter(|port| port.down).map(|port| port.way.name.clone()).collect();
    let members = ports.iter().filter_map(|port| Some((port.way.name.clone(), port.part_of.clone()?))).collect();
    Ok(Import { devices: vec![device], members, down, switch, ..Import::default() })
}
