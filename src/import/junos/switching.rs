//! VLANs, and the switch that the ports make.

use std::collections::BTreeMap;

use super::super::ledger::{Ledger, nothing_taken};
use super::super::switch::{Switch, SwitchPort, vlan as number_of};
use super::super::words::Node;
use super::unit::{Carries, Unit};
use crate::language::Phrase;

/// VLANs by name, as ranges of numbers.
pub fn vlans(root: &Node<'_>, ledger: &mut Ledger) -> BTreeMap<String, Vec<(u16, u16)>> {
    let mut out = BTreeMap::new();
    for vlan in root.under(&["vlans"]).chain(root.under(&["bridge-domains"])) {
        vlan.used_here(ledger);
        let mut numbers = Vec::new();
        for key in ["vlan-id", "vlan-range", "vlan-id-list"] {
            for value in vlan.values(key) {
                value.used(ledger);
                numbers.extend(vlan_range(&value.word));
            }
        }
        for key in ["l3-interface", "routing-interface"] {
            vlan.values(key).for_each(|value| value.used(ledger));
        }
        if vlan.word == "default" && numbers.is_empty() {
            numbers.push((1, 1));
        }
        vlan.silent_keys(&["description"], ledger);
        out.insert(vlan.word.to_string(), numbers);
    }
    out
}

trait SilentKeys {
    fn silent_keys(&self, keys: &[&str], ledger: &mut Ledger);
}

impl SilentKeys for Node<'_> {
    fn silent_keys(&self, keys: &[&str], ledger: &mut Ledger) {
        self.below.iter().filter(|node| keys.contains(&node.word.as_ref())).for_each(|node| node.silent(ledger));
    }
}

fn vlan_range(word: &str) -> Option<(u16, u16)> {
    let (low, high) = word.split_once('-').unwrap_or((word, word));
    let (low, high) = (number_of(low)?, number_of(high)?);
    (low <= high).then_some((low, high))
}

/// `family ethernet-switching`: what the port carries.
pub fn switching(
    node: &Node<'_>,
    native: Option<u16>,
    vlans: &BTreeMap<String, Vec<(u16, u16)>>,
    unit: &mut Unit,
    ledger: &mut Ledger,
) {
    node.used_here(ledger);
    let mode = node.text("interface-mode").or_else(|| node.text("port-mode")).unwrap_or("access");
    let mut members = Vec::new();
    for key in &node.below {
        match key.word.as_ref() {
            "interface-mode" | "port-mode" | "native-vlan-id" | "vlan-id" | "vlan-id-list" => key.used(ledger),
            "vlan" => key.used(ledger),
            "filter" => key.lost(
                &Phrase::new(
                    "what a filter on a switched port stops is not taken out",
                    "スイッチポートのフィルターが止める通信は除かない",
                ),
                ledger,
            ),
            "storm-control" | "recovery-timeout" => key.silent(ledger),
            _ => key.lost(&nothing_taken(), ledger),
        }
    }
    let listed = node.under(&["vlan", "members"]).chain(node.values("vlan-id")).chain(node.values("vlan-id-list"));
    for member in listed {
        if member.word == "all" {
            members.push((1, 4094));
        } else if let Some(range) = vlan_range(&member.word) {
            members.push(range);
        } else if let Some(known) = vlans.get(member.word.as_ref()) {
            members.extend(known);
        } else {
            member.lost(
                &Phrase::new(
                    "this VLAN has no number; the port may carry any",
                    "番号のない VLAN。どの VLAN も運びうるものとみなす",
                ),
                ledger,
            );
            members.push((1, 4094));
        }
    }
    let inner_native = node
        .text("native-vlan-id")
        .and_then(|word| number_of(word).or_else(|| vlans.get(word)?.first().map(|all| all.0)));
    unit.switched = Some(match mode {
        "trunk" | "tagged-access" => Carries { untagged: inner_native.or(native), tagged: members },
        _ => Carries { untagged: Some(members.first().map_or(1, |&(low, _)| low)), tagged: Vec::new() },
    });
}

/// Telephones: a port of one VLAN carries theirs too.
pub fn voices(root: &Node<'_>, vlans: &BTreeMap<String, Vec<(u16, u16)>>, units: &mut [Unit], ledger: &mut Ledger) {
    for options in ["switch-options", "ethernet-switching-options"] {
        for port in root.under(&[options, "voip", "interface"]) {
            port.used(ledger);
            let name = port.word.as_ref();
            let vlan = port.text("vlan").unwrap_or_default();
            let known = vlan_range(vlan).map(|range| vec![range]).or_else(|| vlans.get(vlan).cloned());
            let carried = known.filter(|ranges| !ranges.is_empty()).unwrap_or_else(|| vec![(1, 4094)]);
            let every = matches!(name, "all" | "access-ports");
            let meant = |unit: &&mut Unit| every || unit.name == name || unit.name == format!("{name}.0");
            for carries in units.iter_mut().filter(meant).filter_map(|unit| unit.switched.as_mut()) {
                if carries.tagged.is_empty() || !every {
                    carries.tagged.extend(&carried);
                }
            }
        }
    }
}

/// The switch that the ports make; `None` where none is switched.
pub fn switch(id: &str, units: &[Unit], ledger: &Ledger) -> Option<Switch> {
    let ports: Vec<SwitchPort> = units
        .iter()
        .filter_map(|unit| {
            let carries = unit.switched.as_ref()?;
            Some(SwitchPort {
                name: unit.name.clone(),
                untagged: carries.untagged,
                tagged: carries.tagged.clone(),
                negotiates: false,
                part_of: None,
                origin: ledger.origin(unit.line),
            })
        })
        .collect();
    (!ports.is_empty()).then(|| Switch { id: id.to_owned(), ports, origin: ledger.origin(1) })
}
