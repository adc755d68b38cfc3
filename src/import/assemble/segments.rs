//! Segments: a network, and everybody in it. A segment is a switch; a switch of a configuration that carries its VLAN is
//! joined to it, and so is every interface in the network of which no cable is known.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::super::device::{Interface, Net, Tag};
use super::super::emit;
use super::super::ledger::Origin;
use super::super::switch::vlan_words;
use super::drawn::SWITCHING;
use super::{Builder, Machine, end};

/// A network, or several on one wire.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    nets: Vec<Net>,
    /// Switches that carry it: configuration, VLAN.
    taps: BTreeMap<(usize, u16), Origin>,
    /// Those of them with a free port in that VLAN: there machines are plugged in.
    open: BTreeSet<(usize, u16)>,
    /// Free ports with filters of their own.
    ports: Vec<(String, u16, Origin)>,
    /// Interfaces in it of which no cable is known.
    loose: Vec<(String, Origin)>,
    /// Machines in it: links that lead to it.
    machines: Vec<(String, Origin)>,
    /// Networks that tables or documents say who is in.
    listed: BTreeSet<Net>,
    zone: Option<String>,
    title: Option<String>,
    origin: Origin,
    /// Only an inventory knows of it: nobody is in it unless a port or an interface is.
    noted: bool,
    /// Merged into another one.
    gone: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Segments {
    all: Vec<Segment>,
    of_net: BTreeMap<Net, usize>,
    /// Segments by the number of a VLAN, wherever something said so.
    of_vlan: BTreeMap<u16, BTreeSet<usize>>,
}

/// The networks of an interface.
pub(super) fn nets(way: &Interface) -> Vec<Net> {
    let nets = way.addresses.iter().filter(|net| !net.is_single() && !emit::is_link_local(net));
    nets.map(|net| net.prefix()).collect()
}

impl Segments {
    /// The segment of some networks: two on one interface are one wire.
    fn of(&mut self, nets: &[Net], origin: &Origin) -> usize {
        let known: BTreeSet<usize> = nets.iter().filter_map(|net| self.of_net.get(net).copied()).collect();
        let at = known.first().copied().unwrap_or_else(|| {
            self.all.push(Segment { origin: origin.clone(), ..Segment::default() });
            self.all.len() - 1
        });
        for other in known.into_iter().filter(|other| *other != at) {
            self.merge(at, other);
        }
        for net in nets {
            if self.of_net.insert(*net, at).is_none() {
                self.all[at].nets.push(*net);
            }
        }
        at
    }

    fn merge(&mut self, at: usize, other: usize) {
        let gone = std::mem::replace(&mut self.all[other], Segment { gone: true, ..Segment::default() });
        self.of_net.values_mut().filter(|of| **of == other).for_each(|of| *of = at);
        for of in self.of_vlan.values_mut() {
            if of.remove(&other) {
                of.insert(at);
            }
        }
        let kept = &mut self.all[at];
        kept.noted &= gone.noted;
        kept.nets.extend(gone.nets);
        kept.taps.extend(gone.taps);
        kept.open.extend(gone.open);
        kept.ports.extend(gone.ports);
        kept.loose.extend(gone.loose);
        kept.machines.extend(gone.machines);
        kept.listed.extend(gone.listed);
        kept.zone = kept.zone.take().or(gone.zone);
        kept.title = kept.title.take().or(gone.title);
    }

    /// That a switch carries the segment of some networks as a VLAN.
    pub(super) fn tap(&mut self, nets: &[Net], unit: usize, vlan: u16, origin: &Origin) {
        if nets.is_empty() {
            return;
        }
        let at = self.of(nets, origin);
        self.all[at].taps.entry((unit, vlan)).or_insert_with(|| origin.clone());
        self.of_vlan.entry(vlan).or_default().insert(at);
    }

    /// The segments that a VLAN of a switch may be: what is said of the switch itself, else of the number.
    fn of_port(&mut self, unit: usize, vlan: u16, origin: &Origin) -> Vec<usize> {
        let own = (0..self.all.len()).find(|&at| self.all[at].taps.contains_key(&(unit, vlan)));
        if let Some(own) = own {
            return vec![own];
        }
        let known: Vec<usize> = self.of_vlan.get(&vlan).into_iter().flatten().copied().collect();
        if !known.is_empty() {
            return known;
        }
        self.all.push(Segment { origin: origin.clone(), title: Some(format!("VLAN {vlan}")), ..Segment::default() });
        self.of_vlan.entry(vlan).or_default().insert(self.all.len() - 1);
        vec![self.all.len() - 1]
    }

    /// The networks of a VLAN of a switch, which a machine is plugged into.
    pub(super) fn join_vlan(&mut self, (unit, vlan): (usize, u16), node: &str, origin: &Origin) -> Vec<Net> {
        let found = self.of_port(unit, vlan, origin);
        found.iter().for_each(|at| self.all[*at].machines.push((node.to_owned(), origin.clone())));
        found.into_iter().flat_map(|at| self.all[at].nets.clone()).collect()
    }

    /// That a port of a device that only an inventory knows leads to the VLAN of some networks, or to those of a number.
    pub(super) fn plug(
        &mut self,
        (unit, vlan): (usize, u16),
        nets: &[Net],
        (end, is_switch): (String, bool),
        origin: &Origin,
    ) {
        let found = if nets.is_empty() { self.of_port(unit, vlan, origin) } else { vec![self.of(nets, origin)] };
        for at in found {
            let segment = &mut self.all[at];
            if is_switch {
                segment.ports.push((end.clone(), vlan, origin.clone()));
            } else {
                segment.loose.push((end.clone(), origin.clone()));
            }
        }
    }

    /// Gives a segment its zone. `false`: it has another one, or there is no such segment.
    pub(super) fn set_zone(&mut self, nets: &[Net], zone: &str) -> bool {
        let Some(at) = nets.iter().find_map(|net| self.of_net.get(net)) else { return false };
        let segment = &mut self.all[*at];
        segment.zone.get_or_insert_with(|| zone.to_owned()) == zone
    }

    /// The segment that holds all of some addresses; what is in it is said by name from now on.
    pub(super) fn list(&mut self, addresses: &super::super::set::AddressSet, node: &str, origin: &Origin) -> bool {
        let holding = self.of_net.iter().filter(|(net, at)| {
            let Segment { noted, taps, loose, ports, .. } = &self.all[**at];
            let is_nowhere = *noted && taps.is_empty() && loose.is_empty() && ports.is_empty();
            !is_nowhere && addresses.subtract(&net.set()).is_empty()
        });
        let Some((net, at)) = holding.max_by_key(|(net, _)| net.length).map(|(net, at)| (*net, *at)) else {
            return false;
        };
        self.join(at, net, node, origin);
        true
    }

    fn join(&mut self, at: usize, net: Net, node: &str, origin: &Origin) {
        let segment = &mut self.all[at];
        segment.listed.insert(net);
        if !segment.machines.iter().any(|(known, _)| known == node) {
            segment.machines.push((node.to_owned(), origin.clone()));
        }
    }

    /// That who is in the network of some addresses is said by name.
    pub(super) fn mark_listed(&mut self, addresses: &super::super::set::AddressSet) {
        let holding = self.of_net.iter().filter(|(net, _)| addresses.subtract(&net.set()).is_empty());
        if let Some((net, at)) = holding.max_by_key(|(net, _)| net.length).map(|(net, at)| (*net, *at)) {
            self.all[at].listed.insert(net);
        }
    }
}

impl Segment {
    fn id(&self) -> String {
        match (self.nets.first(), &self.title) {
            (Some(net), _) => emit::id_word(&net.word()),
            (None, Some(title)) => emit::id_word(title),
            (None, None) => "segment".to_owned(),
        }
    }
}

impl Builder<'_> {
    /// Interfaces of which no cable is known: on the segment of their network, or alone with whoever is there.
    pub(super) fn loose_ways(&mut self) {
        let ends: HashSet<(String, String)> = self.known_joins().into_iter().flat_map(|join| join.ends).collect();
        for at in 0..self.machines.len() {
            let machine = &self.machines[at];
            let open = self.import(machine.unit).open_names;
            let id = machine.device.id.clone();
            // an iptables machine has the interfaces that cables name, where any does
            if open && !machine.joined.is_empty() {
                continue;
            }
            let joined =
                |way: &Interface| machine.joined.contains(&way.name) || ends.contains(&(id.clone(), way.name.clone()));
            let ways: Vec<Interface> = machine.device.interfaces.iter().filter(|way| !joined(way)).cloned().collect();
            for way in ways.iter().filter(|way| !way.internal) {
                let nets = nets(way);
                if nets.is_empty() && self.is_drawn(self.machines[at].unit) {
                    continue;
                }
                if nets.is_empty() || way.tunnel.is_some() {
                    self.alone(&id, way);
                    continue;
                }
                if let Some(Tag::Own(vlan)) = way.tag
                    && self.is_drawn(self.machines[at].unit)
                {
                    let Machine { unit, device, .. } = &self.machines[at];
                    let end = (end(&id, &way.name), SWITCHING.contains(&device.kind));
                    self.segments.plug((*unit, vlan), &nets, end, &way.origin);
                    continue;
                }
                let segment = self.segments.of(&nets, &way.origin);
                if let Some(Tag::On { vlan, .. } | Tag::Own(vlan)) = way.tag {
                    self.segments.of_vlan.entry(vlan).or_default().insert(segment);
                }
                self.segments.all[segment].loose.push((end(&id, &way.name), way.origin.clone()));
            }
        }
    }

    /// An interface without a network leads to a host of its own, a tunnel to its far end.
    fn alone(&mut self, id: &str, way: &Interface) {
        let (node, kind) = match &way.tunnel {
            Some(peer) => (emit::id_word(peer), "external"),
            None => (emit::id_word(&format!("hosts {id} {}", way.name)), "host"),
        };
        self.link(emit::link(&end(id, &way.name), &node, &way.origin));
        if let Value::Object(map) = json!({ "id": node, "kind": kind, "origin": way.origin.to_string() })
            && !self.by_id.contains_key(&node)
        {
            self.add(&node, map);
        }
    }

    /// What tables say of segments: their VLANs, names and zones.
    pub(super) fn table_segments(&mut self) {
        for row in &self.plan.rows.segments {
            if row.nets.is_empty() {
                continue;
            }
            let at = self.segments.of(&row.nets, &row.origin);
            if let Some(vlan) = row.vlan {
                self.segments.of_vlan.entry(vlan).or_default().insert(at);
            }
            let segment = &mut self.segments.all[at];
            segment.title = row.name.clone().or_else(|| segment.title.take());
            segment.noted = false;
        }
        for row in
            self.plan.reads.iter().filter_map(|read| read.import.inventory.as_ref()).flat_map(|one| &one.segments)
        {
            let known = row.nets.iter().any(|net| self.segments.of_net.contains_key(net));
            let at = self.segments.of(&row.nets, &row.origin);
            if let Some(vlan) = row.vlan {
                self.segments.of_vlan.entry(vlan).or_default().insert(at);
            }
            let segment = &mut self.segments.all[at];
            segment.title = segment.title.take().or_else(|| row.name.clone());
            segment.noted |= !known;
        }
    }

    /// Ports that are up and of which no cable is known: whoever is there is in the VLAN, or in every VLAN of a trunk.
    pub(super) fn free_ports(&mut self) {
        self.drawn_free_ports();
        let several = self.switches.iter().flatten().count() > 1;
        for unit in 0..self.plan.reads.len() {
            let (Some(id), Some(switch)) = (self.switches[unit].clone(), self.import(unit).switch.as_ref()) else {
                continue;
            };
            let unknown = several && !self.wired.contains(&unit);
            let filtered: BTreeSet<String> = self
                .import(unit)
                .devices
                .iter()
                .flat_map(|device| &device.interfaces)
                .filter(|way| way.switched)
                .map(|way| way.name.clone())
                .collect();
            for (at, port) in switch.ports.iter().enumerate() {
                if self.joined_ports.contains(&(unit, at)) || port.part_of.is_some() {
                    continue;
                }
                if !port.tagged.is_empty() {
                    // where nothing is known of cables, a trunk is taken to lead to another switch
                    if unknown && port.is_trunk() {
                        continue;
                    }
                    self.whoever(&id, port, &vlan_words(&port.vlans()));
                    continue;
                }
                let Some(vlan) = port.untagged else { continue };
                let found = self.segments.of_port(unit, vlan, &port.origin);
                if found.len() > 1 {
                    self.note(
                        &port.origin,
                        format!("VLAN {vlan} is more than one segment elsewhere, and nothing says which this is: it is all of them"),
                        format!("VLAN {vlan} に当たるセグメントが複数あり、どれか分からない。そのすべてとみなす"),
                    );
                }
                if filtered.contains(&port.name) {
                    // the filter of the port is asked for what comes in by it
                    for at in found {
                        self.segments.all[at].ports.push((end(&id, &port.name), vlan, port.origin.clone()));
                    }
                    continue;
                }
                for at in found {
                    let segment = &mut self.segments.all[at];
                    segment.taps.entry((unit, vlan)).or_insert_with(|| port.origin.clone());
                    segment.open.insert((unit, vlan));
                }
            }
        }
    }

    /// Whoever is plugged in where several VLANs are.
    pub(super) fn whoever(&mut self, switch: &str, port: &super::super::switch::SwitchPort, vlans: &Value) {
        let id = emit::id_word(&format!("{switch} {}", port.name));
        self.link(
            json!({ "between": [id, end(switch, &port.name)], "vlans": vlans, "origin": port.origin.to_string() }),
        );
        if let Value::Object(node) = json!({ "id": id, "kind": "host", "origin": port.origin.to_string() }) {
            self.add(&id, node);
        }
    }

    /// A switch of which no cable to another one is known is joined to every other such one; where it is the only one, to
    /// every switch.
    pub(super) fn join_unknown_switches(&mut self) {
        let all: Vec<usize> = (0..self.switches.len()).filter(|&unit| self.switches[unit].is_some()).collect();
        let lost: Vec<usize> = all.iter().copied().filter(|unit| !self.wired.contains(unit)).collect();
        if all.len() < 2 {
            return;
        }
        let others = if lost.len() > 1 { &lost } else { &all };
        for (at, &one) in lost.iter().enumerate() {
            for &two in others.iter().filter(|&&two| two != one && (lost.len() == 1 || !lost[..at].contains(&two))) {
                let origin = self.import(one).switch.as_ref().map(|switch| switch.origin.clone()).unwrap_or_default();
                let Some((a, b)) = self.join_switches(one, two, &origin) else { continue };
                self.note(
                    &origin,
                    format!("no cable between {a} and another switch is known: it is joined to {b} with every VLAN that both carry"),
                    format!("{a} と他のスイッチの配線が分からない。{b} と、両方にある VLAN すべてでつながるものとみなす"),
                );
            }
        }
    }

    /// Joins the switches of two configurations by the VLANs that both carry; the switches, where there are any.
    pub(super) fn join_switches(&mut self, one: usize, two: usize, origin: &Origin) -> Option<(String, String)> {
        let shared = common(&self.carried(one), &self.carried(two));
        let (a, b) = (self.switches[one].clone()?, self.switches[two].clone()?);
        if shared.is_empty() {
            return None;
        }
        self.link(json!({ "between": [&a, &b], "vlans": vlan_words(&shared), "origin": origin.to_string() }));
        Some((a, b))
    }

    fn carried(&self, unit: usize) -> Vec<(u16, u16)> {
        let ports = self.import(unit).switch.iter().flat_map(|switch| &switch.ports);
        let mut all: Vec<(u16, u16)> = ports.flat_map(super::super::switch::SwitchPort::vlans).collect();
        all.sort_unstable();
        let mut out: Vec<(u16, u16)> = Vec::new();
        for (low, high) in all {
            match out.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => out.push((low, high)),
            }
        }
        out
    }

    /// Segments as switches, and everybody in them of whom nothing else is said.
    pub(super) fn emit_segments(&mut self) {
        for segment in std::mem::take(&mut self.segments.all) {
            let Segment { nets, taps, open, ports, loose, machines, listed, zone, title, origin, gone, .. } = &segment;
            let empty = taps.is_empty() && loose.is_empty() && ports.is_empty();
            if *gone || (empty && machines.is_empty()) {
                continue;
            }
            let id = segment.id();
            let mut node = Map::new();
            node.insert("id".into(), id.clone().into());
            node.insert("kind".into(), "switch".into());
            node.insert("origin".into(), origin.to_string().into());
            if let (Some(title), false) = (title, nets.is_empty()) {
                node.insert("title".into(), title.clone().into());
            }
            self.add(&id, node);
            // the tag that frames have within the segment
            let numbers = taps.keys().map(|&(_, vlan)| vlan).chain(ports.iter().map(|&(_, vlan, _)| vlan));
            let tag = numbers.min();
            let with_tag = |mut link: Value| {
                if let Some(tag) = tag {
                    link["vlans"] = json!([tag]);
                }
                link
            };
            // Machines are where ports are free; a switch that only routes the VLAN, or passes it on, has none of them. An
            // interface of which no cable is known may be at any of them.
            let somewhere = !(open.is_empty() && ports.is_empty()) && loose.is_empty();
            let at_switches = taps.iter().filter(|(at, _)| !somewhere || open.contains(at));
            let at_switches = at_switches
                .filter_map(|(&(unit, vlan), origin)| Some((self.switches.get(unit)?.clone()?, vlan, origin.clone())));
            let attached: Vec<(String, u16, Origin)> = at_switches.chain(ports.iter().cloned()).collect();
            for (other, vlan, origin) in attached {
                let mut link = json!({ "between": [id.clone(), other], "origin": origin.to_string() });
                let inner = tag.unwrap_or(vlan);
                if inner == vlan {
                    link["vlans"] = json!([vlan]);
                } else {
                    link["vlans"] = json!({ "a": [inner], "b": [vlan] });
                    link["native"] = json!([inner, vlan]);
                }
                self.link(link);
            }
            for (way, origin) in loose {
                self.link(with_tag(emit::link(way, &id, origin)));
            }
            for (machine, origin) in machines {
                self.link(with_tag(emit::link(machine, &id, origin)));
            }
            if self.plan.listed {
                continue;
            }
            let mut everybody: Vec<(String, Value)> = nets
                .iter()
                .filter(|net| !listed.contains(net))
                .map(|net| (format!("hosts {}", emit::id_word(&net.word())), json!([net.word()])))
                .collect();
            if nets.is_empty() {
                everybody.push((format!("hosts {id}"), Value::Null));
            }
            for (hosts, addresses) in everybody {
                let mut node = Map::new();
                node.insert("id".into(), hosts.clone().into());
                node.insert("kind".into(), "host".into());
                node.insert("origin".into(), origin.to_string().into());
                if !addresses.is_null() {
                    node.insert("addresses".into(), addresses);
                }
                if let Some(zone) = zone {
                    node.insert("zone".into(), zone.clone().into());
                }
                self.link(with_tag(emit::link(&hosts, &id, origin)));
                self.add(&hosts, node);
            }
        }
    }
}

/// What is in both of two sorted lists of ranges.
fn common(a: &[(u16, u16)], b: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut out = Vec::new();
    for &(low, high) in a {
        for &(from, to) in b {
            if low.max(from) <= high.min(to) {
                out.push((low.max(from), high.min(to)));
            }
        }
    }
    out
}
