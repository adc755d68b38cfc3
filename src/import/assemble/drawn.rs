//! Inventories beside configurations: what they draw of a device that has a configuration is joined to it by name. What the
//! device does, and which VLANs its ports carry, its configuration says; where its cables lead, the drawing.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::super::device::{Device, Join};
use super::super::inventory::FreePort;
use super::super::ledger::Origin;
use super::super::neighbours::same_device;
use super::super::set::AddressSet;
use super::super::switch::{SwitchPort, vlan_words};
use super::super::text::Refusal;
use super::merge::{AT, FORWARDING, tag};
use super::{Builder, Machine, Near, Note, Plan, Wire};
use crate::code::Code;
use crate::language::Phrase;

/// Kinds that do not forward.
const PLAIN: [&str; 5] = ["host", "terminal", "server", "printer", "storage"];

/// Kinds that know VLANs.
pub(super) const SWITCHING: [&str; 2] = ["switch", "l3-switch"];

/// Joins what inventories draw to the configurations, and to each other; what contradicts itself.
pub(super) fn join(plan: &mut Plan) -> Vec<Refusal> {
    if plan.reads.iter().all(|read| read.import.inventory.is_none()) {
        return Vec::new();
    }
    let known = Configured::of(plan);
    let mut joiner = Joiner { known, placed: HashMap::new(), errors: Vec::new() };
    for unit in 0..plan.reads.len() {
        if plan.reads[unit].import.inventory.is_some() {
            joiner.inventory(plan, unit);
        }
    }
    joiner.errors
}

/// The devices that have a configuration, with their addresses.
struct Configured(BTreeMap<String, Vec<String>>);

impl Configured {
    fn of(plan: &Plan) -> Self {
        let mut out = BTreeMap::new();
        for read in plan.reads.iter().filter(|read| read.import.inventory.is_none()) {
            for device in &read.import.devices {
                let nets = device.interfaces.iter().flat_map(|way| &way.addresses);
                out.insert(device.id.clone(), nets.map(|net| net.address.to_string()).collect());
            }
            if let Some(switch) = &read.import.switch {
                out.entry(switch.id.clone()).or_default();
            }
        }
        Self(out)
    }

    /// The device that a name means, and whether it is one node (otherwise there are several on it).
    fn named(&self, name: &str) -> Option<(String, bool)> {
        if self.0.contains_key(name) {
            return Some((name.to_owned(), true));
        }
        let one = self.0.keys().find(|id| same_device(id, name)).map(|id| (id.clone(), true));
        let base = |id: &String| id.split('/').next().unwrap_or(id).to_owned();
        one.or_else(|| self.0.keys().map(base).find(|id| same_device(id, name)).map(|id| (id, false)))
    }
}

struct Joiner {
    known: Configured,
    /// Devices without a configuration that an inventory before has too: its number, the device's.
    placed: HashMap<String, (usize, usize)>,
    errors: Vec<Refusal>,
}

impl Joiner {
    fn inventory(&mut self, plan: &mut Plan, unit: usize) {
        let import = &mut plan.reads[unit].import;
        let (devices, joins) = (std::mem::take(&mut import.devices), std::mem::take(&mut import.joins));
        let Some(inventory) = import.inventory.clone() else { return };
        for (id, entry, origin) in &inventory.zones {
            self.zone(plan, id, entry, origin);
        }
        let mut renamed: HashMap<String, String> = HashMap::new();
        for device in devices {
            match self.known.named(&device.id) {
                Some((id, one)) => {
                    self.configured(plan, &device, &id, one, inventory.kinds.contains(&device.id));
                    renamed.insert(device.id, id);
                }
                None => self.device(plan, unit, device),
            }
        }
        let mut degree: HashMap<String, usize> = HashMap::new();
        for (node, _) in joins.iter().flat_map(|join| &join.ends) {
            *degree.entry(node.clone()).or_default() += 1;
        }
        for join in joins {
            self.link(plan, unit, join, &renamed, &degree);
        }
    }

    /// What is said of a zone, added to what the site says of it.
    fn zone(&mut self, plan: &mut Plan, id: &str, entry: &Map<String, Value>, origin: &Origin) {
        let zones = plan.document.entry("zones").or_insert_with(|| json!({}));
        let Some(zones) = zones.as_object_mut() else { return };
        let known = zones.entry(id).or_insert_with(|| json!({}));
        tag(known, &origin.to_string());
        for (key, value) in entry {
            match (known.get_mut(key), value) {
                (None, _) => known[key] = value.clone(),
                (Some(Value::Array(list)), Value::Array(more)) => {
                    let new: Vec<Value> = more.iter().filter(|item| !list.contains(item)).cloned().collect();
                    list.extend(new);
                }
                (Some(other), _) if other != value => self.errors.push(Refusal::of(
                    &origin.to_string(),
                    Phrase::new(
                        format!("`{key}` of the zone `{id}` is {value} here and {other} elsewhere; they must agree"),
                        format!("領域「{id}」の `{key}` が、ここでは {value}、別の箇所では {other} になっている。一致させること"),
                    ),
                )),
                _ => {}
            }
        }
    }

    /// A device that has a configuration: what is said of it beyond what that says.
    fn configured(&mut self, plan: &mut Plan, device: &Device, id: &str, one: bool, kind: bool) {
        let mut node = device.said.clone();
        for key in ["forwards", "routed_vlans"] {
            node.remove(key);
        }
        let addresses = node.remove("addresses");
        let words = addresses.iter().flat_map(|list| list.as_array().into_iter().flatten()).filter_map(Value::as_str);
        let own = self.known.0.get(id);
        for word in words.filter(|word| own.is_some_and(|own| !own.iter().any(|known| known == word))) {
            plan.told.push(note(
                &device.origin,
                format!("the configuration of {id} has no address {word}; the configuration counts"),
                format!("{id} の設定に {word} はない。設定の方を採る"),
            ));
        }
        if kind && !FORWARDING.contains(&device.kind) {
            node.insert("kind".into(), device.kind.into());
        }
        if node.is_empty() {
            return;
        }
        if !one {
            plan.told.push(note(
                &device.origin,
                format!("{id} is several nodes in its configuration: what else is said of it here was not taken"),
                format!("{id} は設定では複数のノードになる。ここにあるほかの記載は取り込まない"),
            ));
            return;
        }
        node.insert("id".into(), id.into());
        node.insert(AT.into(), device.origin.to_string().into());
        if let Value::Array(nodes) = plan.document.entry("nodes").or_insert_with(|| json!([])) {
            nodes.push(node.into());
        }
    }

    /// A device that no configuration is known of: the same one where another inventory has it too.
    fn device(&mut self, plan: &mut Plan, unit: usize, device: Device) {
        let Some(&(first, at)) = self.placed.get(&device.id) else {
            self.placed.insert(device.id.clone(), (unit, plan.reads[unit].import.devices.len()));
            plan.reads[unit].import.devices.push(device);
            return;
        };
        let said = |unit: usize| {
            plan.reads[unit].import.inventory.as_ref().is_some_and(|inventory| inventory.kinds.contains(&device.id))
        };
        let (here, there) = (said(unit), said(first));
        let known = &mut plan.reads[first].import.devices[at];
        let mut other = (here && there && known.kind != device.kind).then(|| "kind".to_owned());
        if here && !there {
            known.kind = device.kind;
            known.filters.clone_from(&device.filters);
        }
        for way in device.interfaces {
            match known.interfaces.iter_mut().find(|known| known.name == way.name) {
                Some(known) => {
                    let new: Vec<_> = way.addresses.into_iter().filter(|net| !known.addresses.contains(net)).collect();
                    known.addresses.extend(new);
                }
                None => known.interfaces.push(way),
            }
        }
        for (key, value) in device.said {
            if known.said.get(&key).is_some_and(|known| *known != value) {
                other = Some(key);
            } else {
                known.said.insert(key, value);
            }
        }
        if here && let Some(inventory) = &mut plan.reads[first].import.inventory {
            inventory.kinds.insert(device.id.clone());
        }
        if let Some(key) = other {
            let id = &device.id;
            self.errors.push(Refusal::of(
                &device.origin.to_string(),
                Phrase::new(
                    format!("`{key}` of `{id}` is something else in the other file; they must agree"),
                    format!("「{id}」の `{key}` がもう一方のファイルと食い違っている。一致させること"),
                ),
            ));
        }
    }

    /// A link: where an end has a configuration, a cable to a port of it.
    fn link(
        &mut self,
        plan: &mut Plan,
        unit: usize,
        join: Join,
        renamed: &HashMap<String, String>,
        degree: &HashMap<String, usize>,
    ) {
        let known = [0, 1].map(|at| renamed.get(&join.ends[at].0));
        let open = [0, 1].map(|at| known[at].is_some() && join.bare[at]);
        match (known, open) {
            ([None, None], _) => plan.reads[unit].import.joins.push(join),
            (_, [false, false]) => {
                let ends = [0, 1].map(|at| {
                    let (node, way) = &join.ends[at];
                    (known[at].unwrap_or(node).clone(), way.clone())
                });
                let said = Some(join.said);
                plan.wires.push(Wire { origin: join.origin, ends, written: true, said, ports: join.ports });
            }
            ([Some(a), Some(b)], _) => {
                plan.told.push(note(
                    &join.origin,
                    format!("this connector names no interface of {a} or {b}: their addresses say which network each is on, and switches are joined by what both carry"),
                    format!("このコネクターには {a} か {b} のインターフェース名がない。どのネットワークにつながるかはアドレスにより、スイッチどうしは両方にある VLAN でつながるものとみなす"),
                ));
                plan.near.push(Near { ends: [a.clone(), b.clone()], origin: join.origin });
            }
            ([one, other], _) => {
                let (device, (node, way)) = match (one, other) {
                    (Some(device), _) => (device, &join.ends[1]),
                    (_, other) => (other.unwrap_or(&join.ends[1].0), &join.ends[0]),
                };
                self.unnamed(plan, unit, device, (node, way), degree.get(node).copied().unwrap_or(0), &join.origin);
            }
        }
    }

    /// A connector that leads to an interface nobody named: a plain machine with an address is on the segment of that.
    fn unnamed(
        &mut self,
        plan: &mut Plan,
        unit: usize,
        device: &str,
        (node, way): (&str, &str),
        degree: usize,
        origin: &Origin,
    ) {
        let (unit, at) = self.placed.get(node).copied().unwrap_or((unit, usize::MAX));
        if let Some(drawn) = plan.reads[unit].import.devices.get_mut(at)
            && degree == 1
            && PLAIN.contains(&drawn.kind)
            && drawn.said.contains_key("addresses")
        {
            drawn.interfaces.retain(|known| known.name != way);
            plan.told.push(note(
                origin,
                format!("this connector names no interface of {device}: {node} is on the segment of its address"),
                format!("このコネクターには {device} のインターフェース名がない。{node} はアドレスのセグメントにあるものとみなす"),
            ));
            return;
        }
        self.errors.push(Refusal::of(
            &origin.to_string(),
            Phrase::new(
                format!("which interface of {device} does this connector to `{node}` lead to? Write it as a label at that end, or as the property `interface_a` (source) or `interface_b` (target)"),
                format!("「{node}」へのコネクターが {device} のどのインターフェースにつながるのか分からない。その端のラベルか、プロパティ `interface_a`（始点側）・`interface_b`（終点側）に書くこと"),
            ),
        ));
    }
}

fn note(origin: &Origin, en: String, ja: String) -> Note {
    let help = Phrase::new("correct the drawing where it is otherwise", "実際と違うときは図を直すこと");
    Note { code: Code::ImportAssumed, origin: origin.clone(), what: Phrase::new(en, ja), help }
}

impl Builder<'_> {
    /// Whether a device of inventories alone.
    pub(super) fn is_drawn(&self, unit: usize) -> bool {
        self.import(unit).inventory.is_some()
    }

    /// Devices of inventories, and of what is presumed of them.
    pub(super) fn presume(&mut self) {
        for machine in &self.machines {
            let Some(inventory) = &self.import(machine.unit).inventory else { continue };
            let id = &machine.device.id;
            self.drawn.insert(id.clone());
            if !inventory.kinds.contains(id) {
                self.presumed.insert(id.clone());
            }
            if machine.device.kind == "firewall" {
                self.unfiltered.insert(id.clone());
            }
        }
    }

    /// Plain machines of a drawing that no connector leads to: on the segments of their addresses.
    pub(super) fn place_drawn(&mut self) {
        for at in 0..self.machines.len() {
            let machine = &self.machines[at];
            let id = machine.device.id.clone();
            if !self.is_drawn(machine.unit) || !PLAIN.contains(&machine.device.kind) || self.linked.contains(&id) {
                continue;
            }
            let origin = machine.device.origin.clone();
            let words = machine.device.said.get("addresses").and_then(Value::as_array).cloned().unwrap_or_default();
            for set in words.iter().filter_map(Value::as_str).filter_map(AddressSet::of_word) {
                if self.segments.list(&set, &id, &origin) {
                    self.linked.insert(id.clone());
                }
            }
        }
    }

    /// Machines of a drawing that nothing leads to. Beside configurations that is an error, as of any other machine; in a
    /// drawing that is all there is, it is what was drawn.
    pub(super) fn drawn_alone(&mut self) {
        let configured = self.machines.iter().any(|machine| !self.is_drawn(machine.unit));
        let alone: Vec<(String, Origin)> = self
            .machines
            .iter()
            .filter(|machine| self.is_drawn(machine.unit) && !self.linked.contains(&machine.device.id))
            .filter(|machine| !configured || PLAIN.contains(&machine.device.kind))
            .map(|machine| (machine.device.id.clone(), machine.device.origin.clone()))
            .collect();
        for (id, origin) in alone {
            if configured {
                self.error(
                    &origin,
                    format!("nothing leads to `{id}`: it has no address on a network of the configurations and no connector; add one"),
                    format!("「{id}」につながるものがない。設定にあるネットワークのアドレスも、コネクターもない。いずれかを加えること"),
                );
            } else {
                self.note(
                    &origin,
                    format!("nothing leads to `{id}` in the drawing: it is taken to be apart from all else"),
                    format!("図では「{id}」につながるものがない。ほかのどこからも離れているものとみなす"),
                );
            }
        }
    }

    /// What an inventory says of the port of a device that only it knows, at an end of a cable.
    pub(super) fn drawn_port(&self, wire: &Wire, machine: usize) -> Option<SwitchPort> {
        let Machine { unit, device, .. } = &self.machines[machine];
        let at = wire.ends.iter().position(|(node, _)| *node == device.id).filter(|_| self.is_drawn(*unit))?;
        wire.ports[at].clone()
    }

    /// Ports that no cable leads from, of switches that only an inventory knows: whoever is there is in their VLANs.
    pub(super) fn drawn_free_ports(&mut self) {
        for unit in 0..self.plan.reads.len() {
            let Some(inventory) = &self.import(unit).inventory else { continue };
            for FreePort { node, port, nets } in &inventory.ports {
                let Some(machine) = self.machines.iter().find(|machine| machine.device.id == *node) else { continue };
                if !self.is_drawn(machine.unit) {
                    continue;
                }
                let is_switch = SWITCHING.contains(&machine.device.kind);
                let (Some(vlan), true) = (port.untagged, port.tagged.is_empty()) else {
                    self.whoever(node, port, &vlan_words(&port.vlans()));
                    continue;
                };
                let end = super::end(node, &port.name);
                self.segments.plug((unit, vlan), nets, (end, is_switch), &port.origin);
            }
        }
    }

    /// A link that an inventory knows, as its ends are in the end: only switches have VLANs of their own.
    pub(super) fn with_kinds(&self, mut join: Join) -> Join {
        for (port, (node, _)) in join.ports.iter_mut().zip(&join.ends) {
            let kind = self.by_id.get(node).and_then(|&at| self.nodes[at].get("kind")?.as_str());
            if !kind.is_some_and(|kind| SWITCHING.contains(&kind)) {
                *port = None;
            }
        }
        join
    }

    /// Switches that a drawing joins without naming their ports: by the VLANs that both carry.
    pub(super) fn near_switches(&mut self) {
        for Near { ends: [a, b], origin } in &self.plan.near {
            let pairs: Vec<(usize, usize)> = self
                .units(a)
                .into_iter()
                .flat_map(|one| self.units(b).into_iter().map(move |two| (one, two)))
                .collect();
            for (one, two) in pairs {
                self.join_switches(one, two, origin);
            }
        }
    }

    /// A link of a cable, with what a drawing says of it beyond what configurations do.
    pub(super) fn drawn_link(&mut self, wire: &Wire, mut link: Value) -> Value {
        let Some(said) = &wire.said else { return link };
        for (key, value) in said {
            match key.as_str() {
                // what a configuration says of VLANs it says of those without a tag too
                "vlans" | "native" if link.get("vlans").is_some() => {
                    if link.get(key) != Some(value) {
                        let ours = link.get(key).map(Value::to_string);
                        let (en, ja) =
                            ours.map_or_else(|| ("none".into(), "記載なし".into()), |ours| (ours.clone(), ours));
                        self.note(
                            &wire.origin,
                            format!("`{key}` of this connector is {value}, that of the configuration {en}; the configuration counts"),
                            format!("このコネクターの `{key}` は {value}、設定では {ja}。設定の方を採る"),
                        );
                    }
                }
                "id" if !value.as_str().is_some_and(|id| self.link_ids.insert(id.to_owned())) => {}
                _ => link[key] = value.clone(),
            }
        }
        // what passes one way passes from the source of the connector
        let first = link["between"][0].as_str().map(|end| end.split(':').next().unwrap_or(end).to_owned());
        let is = |name: &str| {
            first.as_deref().is_some_and(|first| same_device(first.split('/').next().unwrap_or(first), name))
        };
        let turned = said.get("one_way") == Some(&true.into()) && !is(&wire.ends[0].0) && is(&wire.ends[1].0);
        if turned && let Some(ends) = link["between"].as_array_mut() {
            ends.reverse();
        }
        link
    }
}
