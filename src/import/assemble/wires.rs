//! Cables: what a port is joined to, and with which VLANs.

use serde_json::{Value, json};

use super::super::device::{Interface, Tag};
use super::super::ledger::Origin;
use super::super::neighbours::{same_device, same_port};
use super::super::switch::{Carried, SwitchPort, vlan_words};
use super::{Builder, Wire, end, segments};
use crate::language::Phrase;

/// What an end of a cable is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A port of a switch: configuration, port.
    Port(usize, usize),
    /// An interface of a device, and what lies on it: the device, the name.
    Way(usize, String),
    /// A port that is shut down.
    Down,
    /// A device without a configuration.
    Unknown(String),
}

fn holds(vlans: &[(u16, u16)], vlan: u16) -> bool {
    vlans.iter().any(|&(low, high)| (low..=high).contains(&vlan))
}

impl Builder<'_> {
    pub(super) fn wires(&mut self) {
        let mut seen: Vec<(End, End)> = Vec::new();
        for wire in &self.plan.wires {
            let ends = [self.find(&wire.ends[0], wire), self.find(&wire.ends[1], wire)];
            let [Some(a), Some(b)] = ends else { continue };
            // told by both neighbours, or once for each cable of an aggregate
            if seen.iter().any(|(x, y)| (*x == a && *y == b) || (*x == b && *y == a)) {
                continue;
            }
            seen.push((a.clone(), b.clone()));
            self.wire(wire, a, b);
        }
    }

    fn wire(&mut self, wire: &Wire, a: End, b: End) {
        match (a, b) {
            (End::Down, other) | (other, End::Down) => {
                // Where its far end leads is known: to a port that is shut down.
                if let End::Port(unit, port) = other {
                    self.joined_ports.insert((unit, port));
                }
                self.between_switches(wire);
                self.note(
                    &wire.origin,
                    "a port at an end of this cable is shut down; nothing passes it",
                    "配線の一端のポートが閉塞（shutdown）されている。何も通らない",
                );
            }
            (End::Port(a, p), End::Port(b, q)) => self.trunk(wire, (a, p), (b, q)),
            (End::Port(unit, port), End::Way(machine, way)) | (End::Way(machine, way), End::Port(unit, port)) => {
                self.at_port(wire, (unit, port), machine, &way);
            }
            (End::Way(a, p), End::Way(b, q)) => match (self.drawn_port(wire, a), self.drawn_port(wire, b)) {
                (Some(port), None) => self.at_drawn(wire, (a, &port), (b, &q)),
                (None, Some(port)) => self.at_drawn(wire, (b, &port), (a, &p)),
                _ => self.direct(wire, (a, &p), (b, &q)),
            },
            (End::Unknown(name), other) | (other, End::Unknown(name)) => self.machine(wire, &name, other),
        }
    }

    /// A cable between two switches is known, though nothing passes it: nobody has to guess how they are joined.
    fn between_switches(&mut self, wire: &Wire) {
        let switches = |device: &str| {
            let units = self.units(device).into_iter();
            units.filter(|&unit| self.switches[unit].is_some()).collect::<Vec<usize>>()
        };
        let [one, two] = [0, 1].map(|end: usize| switches(&wire.ends[end].0));
        if !one.is_empty() && !two.is_empty() {
            self.wired.extend(one.into_iter().chain(two));
        }
    }

    /// The end of a cable; `None`: it is wrong, which was told.
    fn find(&mut self, (device, port): &(String, String), wire: &Wire) -> Option<End> {
        let units = self.units(device);
        if units.is_empty() {
            return Some(End::Unknown(device.clone()));
        }
        for unit in units {
            if let Some(found) = self.in_unit(unit, device, port) {
                return Some(found);
            }
        }
        self.no_port(device, port, &wire.origin);
        None
    }

    fn no_port(&mut self, device: &str, port: &str, origin: &Origin) {
        let mut known: Vec<String> = Vec::new();
        for unit in self.units(device) {
            let import = self.import(unit);
            known.extend(import.switch.iter().flat_map(|switch| &switch.ports).map(|port| port.name.clone()));
            known.extend(import.devices.iter().flat_map(|device| &device.interfaces).map(|way| way.name.clone()));
        }
        known.sort();
        known.dedup();
        known.truncate(12);
        let known = known.join(", ");
        self.error(
            origin,
            format!("the configuration of {device} has no interface `{port}`; it has {known}"),
            format!("{device} の設定にインターフェース「{port}」はない。あるのは {known}"),
        );
    }

    /// The configurations of a device.
    pub(super) fn units(&self, device: &str) -> Vec<usize> {
        let named = |exact: bool, unit: &usize| {
            let import = self.import(*unit);
            let fits =
                |id: &str| if exact { id == device } else { same_device(id.split('/').next().unwrap_or(id), device) };
            import.devices.iter().any(|one| fits(&one.id))
                || import.switch.as_ref().is_some_and(|switch| fits(&switch.id))
        };
        let all = 0..self.plan.reads.len();
        let exact: Vec<usize> = all.clone().filter(|unit| named(true, unit)).collect();
        if exact.is_empty() { all.filter(|unit| named(false, unit)).collect() } else { exact }
    }

    fn in_unit(&self, unit: usize, device: &str, name: &str) -> Option<End> {
        let import = self.import(unit);
        if import.inventory.is_some() {
            let mut machines = self.machines.iter().enumerate().filter(|(_, machine)| machine.unit == unit);
            let (at, machine) = machines.find(|(_, machine)| same_device(&machine.device.id, device))?;
            return machine.device.interface(name).map(|way| End::Way(at, way.name.clone()));
        }
        let aggregate = import.members.iter().find(|(member, _)| same_port(member, name)).map(|(_, of)| of.as_str());
        let name = aggregate.unwrap_or(name);
        if let Some(switch) = &import.switch
            && let Some(at) = switch.ports.iter().position(|port| same_port(&port.name, name))
        {
            return Some(End::Port(unit, at));
        }
        // the nodes of a cloud are devices each, and may bear interfaces of one name
        let other = |id: &str| import.cloud.is_some() && id != device;
        let machines = self.machines.iter().enumerate().filter(|(_, machine)| machine.unit == unit);
        for (at, machine) in machines.filter(|(_, machine)| !other(&machine.device.id)) {
            let ways = &machine.device.interfaces;
            let parent = |way: &Interface| matches!(&way.tag, Some(Tag::On { parent, .. }) if same_port(parent, name));
            if let Some(way) = ways.iter().find(|way| same_port(&way.name, name)) {
                return Some(End::Way(at, way.name.clone()));
            }
            if let Some(Tag::On { parent, .. }) = ways.iter().find(|way| parent(way)).and_then(|way| way.tag.as_ref()) {
                return Some(End::Way(at, parent.clone()));
            }
            if import.open_names {
                return machine.device.standing_for(name).map(|way| End::Way(at, way));
            }
        }
        if import.down.iter().any(|down| same_port(down, name)) {
            return Some(End::Down);
        }
        // it is up, but has no address: nothing passes it
        let bare = import.devices.iter().any(|device| device.interfaces.iter().any(|way| same_port(&way.name, name)));
        bare.then_some(End::Down)
    }

    /// An interface of a device; told where there is none.
    pub(super) fn way(&mut self, device: &str, way: &str, origin: &Origin) -> Option<(usize, String)> {
        for unit in self.units(device) {
            let exact = self.machines.iter().enumerate().filter(|(_, machine)| machine.unit == unit);
            for (at, machine) in exact {
                let exact = device.contains('/') || self.import(unit).cloud.is_some();
                if exact && machine.device.id != device {
                    continue;
                }
                if let Some(found) = machine.device.interfaces.iter().find(|known| same_port(&known.name, way)) {
                    return Some((at, found.name.clone()));
                }
                if self.import(unit).open_names {
                    return machine.device.standing_for(way).map(|way| (at, way));
                }
            }
        }
        if self.units(device).is_empty() {
            self.error(origin, format!("there is no configuration of `{device}`"), format!("「{device}」の設定がない"));
        } else {
            self.no_port(device, way, origin);
        }
        None
    }

    pub(super) fn port(&self, (unit, port): (usize, usize)) -> Option<&SwitchPort> {
        self.import(unit).switch.as_ref()?.ports.get(port)
    }

    /// Two switches.
    fn trunk(&mut self, wire: &Wire, a: (usize, usize), b: (usize, usize)) {
        let (Some(one), Some(two)) = (self.port(a).cloned(), self.port(b).cloned()) else { return };
        self.joined_ports.extend([a, b]);
        self.wired.extend([a.0, b.0]);
        let Some(carried) = Carried::between(&one, &two) else { return };
        let (Some(x), Some(y)) = (self.switches[a.0].clone(), self.switches[b.0].clone()) else { return };
        let mut link = json!({ "between": [end(&x, &one.name), end(&y, &two.name)],
            "origin": one.origin.to_string(), "note": wire.origin.to_string() });
        carried.put(&mut link);
        link = self.drawn_link(wire, link);
        if let (Some(v), Some(w)) = (one.untagged, two.untagged)
            && v != w
        {
            let what = Phrase::new(
                format!(
                    "{x}:{} sends VLAN {v} untagged, {y}:{} takes that for VLAN {w}: the two are one network",
                    one.name, two.name
                ),
                format!(
                    "{x}:{} はタグなしを VLAN {v}、{y}:{} は VLAN {w} とみなす。二つの VLAN は一つのネットワークになる",
                    one.name, two.name
                ),
            );
            let help = Phrase::new(
                "give both ends the same native VLAN, one that nobody uses",
                "両端のネイティブ VLAN を、使っていない同じ VLAN にそろえること",
            );
            self.note_with(&wire.origin, what, Some(help));
        }
        self.link(link);
    }

    /// A device at a port of a switch.
    fn at_port(&mut self, wire: &Wire, at: (usize, usize), machine: usize, name: &str) {
        let (Some(port), Some(switch)) = (self.port(at).cloned(), self.switches[at.0].clone()) else { return };
        self.joined_ports.insert(at);
        if !self.is_drawn(self.machines[machine].unit) {
            return self.access(wire, (&switch, &port, Some(at.0)), machine, name);
        }
        self.machines[machine].joined.insert(name.to_owned());
        let ends = [end(&self.machines[machine].device.id, name), end(&switch, &port.name)];
        let mut link = json!({ "between": ends, "origin": port.origin.to_string(), "note": wire.origin.to_string() });
        match self.drawn_port(wire, machine) {
            Some(drawn) => match Carried::between(&drawn, &port) {
                Some(carried) => carried.put(&mut link),
                None => return self.nothing_passes(&wire.origin),
            },
            // nobody said how it takes the frames
            None => link["vlans"] = vlan_words(&port.vlans()),
        }
        let link = self.drawn_link(wire, link);
        self.link(link);
    }

    /// A device at a port of a switch that only an inventory knows.
    fn at_drawn(&mut self, wire: &Wire, (at, port): (usize, &SwitchPort), (machine, name): (usize, &str)) {
        self.machines[at].joined.insert(port.name.clone());
        let switch = self.machines[at].device.id.clone();
        self.access(wire, (&switch, port, None), machine, name);
    }

    pub(super) fn nothing_passes(&mut self, origin: &Origin) {
        self.note(
            origin,
            "the ports at the ends of this cable carry no VLAN in common; nothing passes it",
            "配線の両端のポートに共通の VLAN がない。何も通らない",
        );
    }

    /// A device at a port of a switch: its untagged interface, and those of VLANs on it. `unit`: of the switch's configuration.
    fn access(
        &mut self,
        wire: &Wire,
        (switch, port, unit): (&str, &SwitchPort, Option<usize>),
        machine: usize,
        name: &str,
    ) {
        let ways = self.machines[machine].device.interfaces.clone();
        let id = self.machines[machine].device.id.clone();
        for way in &ways {
            let vlan = match &way.tag {
                _ if way.name == name => port.untagged,
                Some(Tag::On { parent, vlan, native: false }) if same_port(parent, name) => {
                    holds(&port.tagged, *vlan).then_some(*vlan)
                }
                Some(Tag::On { parent, native: true, .. }) if same_port(parent, name) => port.untagged,
                _ => continue,
            };
            self.machines[machine].joined.insert(way.name.clone());
            let Some(vlan) = vlan else {
                self.note(
                    &wire.origin,
                    format!(
                        "{switch}:{} does not carry the VLAN of {id}:{}; nothing passes between them",
                        port.name, way.name
                    ),
                    format!("{switch}:{} は {id}:{} の VLAN を通さない。この間は何も通らない", port.name, way.name),
                );
                continue;
            };
            let ends = [end(&id, &way.name), end(switch, &port.name)];
            let link = json!({ "between": ends, "vlans": [vlan], "origin": port.origin.to_string(), "note": wire.origin.to_string() });
            let link = self.drawn_link(wire, link);
            self.link(link);
            if let Some(unit) = unit {
                self.segments.tap(&segments::nets(way), unit, vlan, &way.origin);
            }
        }
    }

    /// Two devices without a switch between them.
    fn direct(&mut self, wire: &Wire, (a, p): (usize, &str), (b, q): (usize, &str)) {
        let (ours, theirs) = (self.machines[a].device.clone(), self.machines[b].device.clone());
        let vlan = |way: &Interface, name: &str| match &way.tag {
            _ if way.name == name => Some(0),
            Some(Tag::On { parent, vlan, native }) if same_port(parent, name) => Some(if *native { 0 } else { *vlan }),
            _ => None,
        };
        // nobody said which frames of a trunk a drawn end takes: all
        let drawn = self.is_drawn(self.machines[a].unit) || self.is_drawn(self.machines[b].unit);
        for one in &ours.interfaces {
            let Some(tag) = vlan(one, p) else { continue };
            self.machines[a].joined.insert(one.name.clone());
            for (two, other) in theirs.interfaces.iter().filter_map(|two| Some((two, vlan(two, q)?))) {
                if other != tag && !drawn {
                    continue;
                }
                let ends = [end(&ours.id, &one.name), end(&theirs.id, &two.name)];
                let mut link =
                    json!({ "between": ends, "origin": one.origin.to_string(), "note": wire.origin.to_string() });
                if drawn && tag.max(other) != 0 {
                    link["vlans"] = json!([tag.max(other)]);
                }
                let link = self.drawn_link(wire, link);
                self.link(link);
            }
        }
        for two in theirs.interfaces.iter().filter(|two| vlan(two, q).is_some()) {
            self.machines[b].joined.insert(two.name.clone());
        }
    }

    /// A machine without a configuration at a port or an interface.
    fn machine(&mut self, wire: &Wire, name: &str, other: End) {
        let hosts =
            self.plan.rows.hosts.iter().find(|host| same_device(&host.name, name)).map(|host| host.name.clone());
        let by_hand = self.hand_node(name);
        let known = hosts.or(by_hand);
        if known.is_none() && wire.written {
            let devices: Vec<&str> = self.machines.iter().map(|machine| machine.device.id.as_str()).collect();
            let devices = devices.join(", ");
            self.error(
                &wire.origin,
                format!("`{name}` is no device, no machine of a table and no node; the devices are {devices}"),
                format!("「{name}」は機器でも、台帳の機器でも、ノードでもない。機器は {devices}"),
            );
            return;
        }
        let id = known.clone().unwrap_or_else(|| super::emit::id_word(name));
        if id.is_empty() {
            return;
        }
        let (near, vlans, origin) = match &other {
            End::Port(unit, at) => {
                let (Some(port), Some(switch)) = (self.port((*unit, *at)).cloned(), self.switches[*unit].clone())
                else {
                    return;
                };
                self.joined_ports.insert((*unit, *at));
                (end(&switch, &port.name), Some(port.vlans()), port.origin)
            }
            End::Way(at, way) => {
                self.machines[*at].joined.insert(way.clone());
                (end(&self.machines[*at].device.id, way), None, wire.origin.clone())
            }
            End::Down => {
                self.note(
                    &wire.origin,
                    "the port is shut down; nothing passes it",
                    "ポートが閉塞されている。何も通らない",
                );
                return;
            }
            End::Unknown(other) => {
                let other = other.clone();
                self.note(
                    &wire.origin,
                    format!("neither `{name}` nor `{other}` has a configuration; nothing was taken from this"),
                    format!("「{name}」にも「{other}」にも設定がない。何も取り込まない"),
                );
                return;
            }
        };
        let mut link = json!({ "between": [id.clone(), near], "origin": origin.to_string() });
        if let Some(vlans) = vlans {
            link["vlans"] = vlan_words(&vlans);
        }
        self.link(link);
        self.placed.insert(id.clone());
        if known.is_none() && !self.by_id.contains_key(&id) {
            self.note(
                &wire.origin,
                format!("`{id}` is seen by its neighbour, and nothing else is known of it: a host in no zone"),
                format!("「{id}」は隣接機器の情報にしか現れない。領域の分からないホストとする"),
            );
            let node = json!({ "id": id, "kind": "host", "origin": wire.origin.to_string() });
            if let Value::Object(node) = node {
                self.add(&id, node);
            }
        }
    }
}
