//! What is said of interfaces: those that lead out, and the zones of their segments.

use serde_json::{Map, json};

use super::super::device::Interface;
use super::super::ledger::Origin;
use super::{Builder, Machine, Said, end, segments};

impl Builder<'_> {
    /// Lines that lead out, of the site file and of tables.
    pub(super) fn ways_out(&mut self) {
        for said in &self.plan.external {
            self.way_out(&said.end, &said.what, &said.origin);
        }
        for circuit in &self.plan.rows.circuits {
            self.way_out(&circuit.end, &circuit.name, &circuit.origin);
            let mut node = Map::new();
            if let Some(zone) = &circuit.zone {
                node.insert("zone".into(), zone.clone().into());
            }
            if !circuit.addresses.is_empty() {
                node.insert("addresses".into(), circuit.addresses.clone().into());
            }
            self.merge_node(&circuit.name, node, &circuit.origin);
        }
    }

    fn way_out(&mut self, (device, way): &(String, String), node: &str, origin: &Origin) {
        let Some((at, name)) = self.way(device, way, origin) else { return };
        self.machines[at].joined.insert(name.clone());
        let id = self.machines[at].device.id.clone();
        self.link(json!({ "between": [end(&id, &name), node], "origin": origin.to_string() }));
        if !self.by_id.contains_key(node) && self.hand_node(node).is_none_or(|known| known != node) {
            let mut map = Map::new();
            map.insert("id".into(), node.into());
            map.insert("kind".into(), "external".into());
            map.insert("origin".into(), origin.to_string().into());
            self.add(node, map);
        }
    }

    pub(super) fn zones_of_ways(&mut self) {
        for said in &self.plan.zone_of {
            let (device, way) = &said.end;
            let of_zone = self.zone_of_device(device, way);
            if !of_zone.is_empty() {
                for (at, name) in of_zone {
                    let way = self.machines[at].device.interface(&name).cloned();
                    // one that is not up, or has no network, is in no segment
                    if let Some(way) = way.filter(|way| !segments::nets(way).is_empty()) {
                        self.zone_of_way(&way, said);
                    }
                }
                continue;
            }
            let Some((at, name)) = self.way(device, way, &said.origin) else { continue };
            if let Some(way) = self.machines[at].device.interface(&name).cloned() {
                self.zone_of_way(&way, said);
            }
        }
    }

    /// The interfaces of a zone that a device has; none where an interface is called so.
    fn zone_of_device(&self, device: &str, zone: &str) -> Vec<(usize, String)> {
        let units = self.units(device);
        let machines = || {
            let all = self.machines.iter().enumerate().filter(|(_, machine)| units.contains(&machine.unit));
            all.filter(|(_, machine)| !device.contains('/') || machine.device.id == device)
        };
        if machines().any(|(_, machine)| machine.device.interface(zone).is_some()) {
            return Vec::new();
        }
        let of = |(at, machine): (usize, &Machine)| {
            let zones: Vec<_> = machine.device.zones.iter().filter(|(name, _)| name == zone).collect();
            zones.into_iter().flat_map(|(_, ways)| ways.clone()).map(move |way| (at, way)).collect::<Vec<_>>()
        };
        machines().flat_map(of).collect()
    }

    fn zone_of_way(&mut self, way: &Interface, said: &Said) {
        if !self.segments.set_zone(&segments::nets(way), &said.what) {
            let (device, name, zone) = (said.end.0.clone(), way.name.clone(), said.what.clone());
            self.error(
                &said.origin,
                format!("{device}:{name} is on no segment that could be in `{zone}`, or it is in another zone already"),
                format!("{device}:{name} のセグメントがないか、すでに別の領域にあるため「{zone}」にできない"),
            );
        }
    }
}
