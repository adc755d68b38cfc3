//! Switched ports: what they carry, and the switch that they make together.
//!
//! *Catalyst Configuration Guide, Configuring VLAN Trunks*: a port that is told nothing asks the other end (`dynamic auto` or
//! `desirable`), which may then make it a trunk with every VLAN that is allowed there; NX-OS and EOS begin with access ports.

use super::super::ledger::Ledger;
use super::super::set::Ranges;
use super::super::switch::{Switch, SwitchPort, vlan as number_of};
use super::interfaces::{Mode, Port};
use super::tree::Block;
use crate::language::Phrase;

/// The switch of a device; `None` where it has no switched ports.
pub fn switch(id: &str, blocks: &[Block<'_>], ports: &[Port], ledger: &mut Ledger) -> Option<Switch> {
    let has_svi = ports.iter().any(|port| port.svi().is_some());
    let is_physical = |port: &Port| {
        let name = port.name.to_ascii_lowercase();
        (name.contains("ethernet") || name.contains("gig") || name.starts_with("port-channel")) && !name.contains('.')
    };
    // a port that is told nothing is a switched one where there are others, or interfaces of VLANs
    let by_default =
        |port: &&Port| has_svi && !port.routed && port.addresses.is_empty() && port.vrf.is_none() && is_physical(port);
    if !ports.iter().any(|port| port.switched) && !ports.iter().any(|port| by_default(&port)) {
        return None;
    }
    let asks = !blocks.iter().any(|block| matches!(block.word(0), "feature" | "switchname" | "daemon" | "transceiver"));
    let any_switched = ports.iter().any(|port| port.switched);
    let mut out = Switch { id: id.to_owned(), ports: Vec::new(), origin: ledger.origin(1) };
    for port in ports.iter().filter(|port| !port.down && !port.is_virtual()) {
        let is_default = is_physical(port) && !port.routed && port.addresses.is_empty() && port.vrf.is_none();
        if !(port.switched || is_default && (has_svi || any_switched)) {
            continue;
        }
        let mode = if port.mode == Mode::Dynamic && !asks { Mode::Access } else { port.mode };
        let access = port.access_vlan.unwrap_or(1);
        let allowed = port.allowed.clone().unwrap_or_else(|| vec![(1, 4094)]);
        let native = port.native.unwrap_or(1);
        let (untagged, tagged) = match mode {
            Mode::Access => (Some(access), port.voice.map(|vlan| (vlan, vlan)).into_iter().collect()),
            Mode::Trunk => {
                let carried = allowed.iter().any(|&(low, high)| (low..=high).contains(&native));
                (carried.then_some(native), allowed)
            }
            Mode::Dynamic => (Some(access), allowed),
        };
        if mode == Mode::Dynamic && port.member_of.is_none() {
            ledger.remark(
                port.line,
                Phrase::new(
                    "this port lets the other end decide whether it is a trunk: whoever is plugged in may make it one; \
                     `switchport mode access` ends that",
                    "このポートは対向がトランクにできる（DTP）。つないだ者が全 VLAN に入れるものとみなす。\
                     `switchport mode access` で防げる",
                ),
            );
        }
        out.ports.push(SwitchPort {
            name: port.name.clone(),
            untagged,
            tagged,
            negotiates: mode == Mode::Dynamic,
            part_of: port.member_of.and_then(|group| aggregate(group, ports)),
            origin: ledger.origin(port.line),
        });
    }
    (!out.ports.is_empty()).then_some(out)
}

/// The name of an aggregate.
pub fn aggregate(group: u32, ports: &[Port]) -> Option<String> {
    let word = format!("port-channel{group}");
    ports.iter().find(|port| port.name.to_ascii_lowercase() == word).map(|port| port.name.clone())
}

impl Port {
    /// The VLAN of an SVI.
    #[must_use]
    pub fn svi(&self) -> Option<u16> {
        let name = self.name.to_ascii_lowercase();
        name.strip_prefix("vlan").and_then(|number| number_of(number.trim()))
    }

    /// Whether it is no port that a cable fits in.
    fn is_virtual(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        ["vlan", "loopback", "tunnel", "null", "bvi", "bdi", "nve", "dialer", "virtual", "mgmt"]
            .iter()
            .any(|word| name.starts_with(word))
    }

    /// What stands behind `switchport`. A line that is not known to narrow what the port carries takes nothing away.
    pub fn switchport(&mut self, words: &[&str], number: u32, ledger: &mut Ledger) -> bool {
        match *words {
            [] => {}
            ["mode", "access"] => self.mode = Mode::Access,
            ["mode", "trunk"] => self.mode = Mode::Trunk,
            ["mode", "dynamic", ..] => self.mode = Mode::Dynamic,
            // whoever is in a private VLAN is taken to reach all of the primary one
            ["mode", "private-vlan", "host" | "promiscuous"] => self.mode = Mode::Access,
            ["private-vlan", "host-association" | "mapping", primary, ..] => {
                self.access_vlan = number_of(primary);
                return self.access_vlan.is_some();
            }
            ["access", "vlan", vlan] => {
                self.access_vlan = number_of(vlan);
                return self.access_vlan.is_some();
            }
            ["voice", "vlan", vlan] => {
                self.voice = number_of(vlan);
                return self.voice.is_some() || matches!(vlan, "none" | "untagged" | "dot1p");
            }
            ["trunk", "native", "vlan", vlan] => {
                self.native = number_of(vlan);
                if vlan == "tag" {
                    return true;
                }
                return self.native.is_some();
            }
            ["trunk", "allowed", "vlan", ref list @ ..] => return self.allow(list),
            // what a trunk is told of encapsulation, and what a port does to whom it does not know
            ["trunk", "encapsulation", ..]
            | ["trunk", "pruning", ..]
            | ["nonegotiate" | "port-security" | "protected" | "block" | "backup" | "priority" | "host", ..] => {}
            _ => {
                ledger.not_understood(
                    number,
                    Phrase::new(
                        "unknown line of a switched port; nothing was taken from it",
                        "スイッチポートの未知の行。何も取り込まない",
                    ),
                );
                return false;
            }
        }
        true
    }

    /// `switchport trunk allowed vlan …`: long lists go on in lines with `add`.
    fn allow(&mut self, words: &[&str]) -> bool {
        const ALL: (u16, u16) = (1, 4094);
        let set = |list: &[(u16, u16)]| Ranges::of(list.iter().map(|&(low, high)| (low.into(), high.into())).collect());
        let narrow = |ranges: &Ranges| -> Vec<(u16, u16)> { ranges.vlans().collect() };
        let known = set(self.allowed.as_deref().unwrap_or(&[ALL]));
        let result = match *words {
            ["all"] => Some(set(&[ALL])),
            ["none"] => Some(Ranges::default()),
            ["add", ref list @ ..] => vlan_ranges(list).map(|list| known.union(&set(&list))),
            ["remove", ref list @ ..] => vlan_ranges(list).map(|list| known.subtract(&set(&list))),
            ["except", ref list @ ..] => vlan_ranges(list).map(|list| set(&[ALL]).subtract(&set(&list))),
            ref list => vlan_ranges(list).map(|list| set(&list)),
        };
        match result {
            Some(ranges) => {
                self.allowed = Some(narrow(&ranges));
                true
            }
            None => false,
        }
    }
}

/// `10,20-29`, also over several words.
fn vlan_ranges(words: &[&str]) -> Option<Vec<(u16, u16)>> {
    let items = words.iter().flat_map(|word| word.split(',')).filter(|item| !item.is_empty());
    items
        .map(|item| {
            let (low, high) = item.split_once('-').unwrap_or((item, item));
            let (low, high): (u16, u16) = (low.parse().ok()?, high.parse().ok()?);
            (1 <= low && low <= high && high <= 4094).then_some((low, high))
        })
        .collect()
}
