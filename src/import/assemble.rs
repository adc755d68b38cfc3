//! Configurations, tables and cables together: one network. Devices become nodes, the switches in them switches, cables
//! links with the VLANs that both ends carry; who shares a network without anybody saying how is joined by a segment.

mod bridges;
mod drawn;
mod flows;
mod merge;
mod place;
mod routes;
mod segments;
mod tunnels;
mod ways;
mod wires;

pub use merge::{AT, tag};

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::device::{Device, Filter, Join, Names, Tag};
use super::emit;
use super::ledger::Origin;
use super::routing::Table;
use super::switch::SwitchPort;
use super::table::rows::{Host, Rows};
use super::text::Refusal;
use super::{Import, Read};
use crate::code::Code;
use crate::language::Phrase;

use segments::Segments;

/// A cable, as something told of it.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Where it is told of.
    pub origin: Origin,
    /// A device and a port at each end.
    pub ends: [(String, String); 2],
    /// Whether somebody wrote it down: a device that nobody knows is then an error, and not a machine that was seen.
    pub written: bool,
    /// Of a drawing, what else it says of it, in the keys of a document.
    pub said: Option<Map<String, Value>>,
    /// What an inventory says of the ports at its ends.
    pub ports: [Option<SwitchPort>; 2],
}

/// Two devices that are joined by nobody says which interfaces.
#[derive(Clone, Debug)]
pub struct Near {
    /// The devices.
    pub ends: [String; 2],
    /// Where it is told of.
    pub origin: Origin,
}

/// An interface and what is said of it.
#[derive(Clone, Debug)]
pub struct Said {
    /// Where it is said.
    pub origin: Origin,
    /// The device and the interface.
    pub end: (String, String),
    /// The node that it leads to, or its zone.
    pub what: String,
}

/// A table of communication, and what it is for.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Its rows.
    pub rows: Rows,
    /// The device whose rules it is.
    pub at: Option<String>,
    /// Whether it lists the excepted communication.
    pub exceptions: bool,
    /// Whether it is compared with what the device permits, or, without one, with what the network does.
    pub expect: bool,
    /// Requirements that its rows are excepted from; empty: what excepted communication is by itself.
    pub waives: Vec<String>,
    /// Where the site file names it.
    pub origin: Origin,
}

/// All that is known of a site.
#[derive(Debug, Default)]
pub struct Plan {
    /// Configurations.
    pub reads: Vec<Read>,
    /// Cables.
    pub wires: Vec<Wire>,
    /// Tables of routes.
    pub routes: Vec<Table>,
    /// Interfaces that lead out.
    pub external: Vec<Said>,
    /// Zones of interfaces.
    pub zone_of: Vec<Said>,
    /// Tables of machines, segments and lines.
    pub rows: Rows,
    /// Tables of communication that become part of the document.
    pub matrices: Vec<Matrix>,
    /// The keys of a document that were written by hand; objects bear their place under [`AT`].
    pub document: Map<String, Value>,
    /// Whether the machines that are listed are all there are.
    pub listed: bool,
    /// Devices that a drawing joins without saying how.
    pub near: Vec<Near>,
    /// What was told before they were put together.
    pub told: Vec<Note>,
}

/// What an assembly tells beside the document.
#[derive(Clone, Debug)]
pub struct Note {
    /// The code of the warning.
    pub code: Code,
    /// Where it is about.
    pub origin: Origin,
    /// What is the matter.
    pub what: Phrase,
    /// What to do.
    pub help: Phrase,
}

/// One network of all that is known.
///
/// # Errors
/// All that is wrong with it, each with its place.
pub fn assemble(plan: &mut Plan) -> Result<(Value, Vec<Note>), Vec<Refusal>> {
    let errors = drawn::join(plan);
    let mut builder = Builder::new(plan);
    builder.errors = errors;
    builder.notes.clone_from(&plan.told);
    builder.run();
    if builder.errors.is_empty() {
        let document = builder.document();
        Ok((document, builder.notes))
    } else {
        Err(builder.errors)
    }
}

/// A device of the network, without the ports of its switch.
struct Machine {
    unit: usize,
    /// Its number in the configuration.
    at: usize,
    /// The device without its filters, which are many: they stay where they were read.
    device: Device,
    /// Interfaces that a cable, a line or a link of the document leads from.
    joined: HashSet<String>,
}

struct Builder<'p> {
    plan: &'p Plan,
    machines: Vec<Machine>,
    /// Of each configuration the node of its switch.
    switches: Vec<Option<String>>,
    /// Ports of switches that something is known of: configuration, port.
    joined_ports: HashSet<(usize, usize)>,
    /// Switches that a cable joins to another one.
    wired: HashSet<usize>,
    segments: Segments,
    nodes: Vec<Map<String, Value>>,
    by_id: HashMap<String, usize>,
    links: Vec<Value>,
    /// Nodes that a link leads to.
    linked: HashSet<String>,
    /// Machines of tables that a cable places.
    placed: HashSet<String>,
    /// Devices of inventories.
    drawn: HashSet<String>,
    /// Those whose kind nobody said.
    presumed: HashSet<String>,
    /// Those that are firewalls of which nobody said what they let pass.
    unfiltered: HashSet<String>,
    /// Ids of links that are given.
    link_ids: HashSet<String>,
    errors: Vec<Refusal>,
    notes: Vec<Note>,
}

impl<'p> Builder<'p> {
    fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            machines: Vec::new(),
            switches: Vec::new(),
            joined_ports: HashSet::new(),
            wired: HashSet::new(),
            segments: Segments::default(),
            nodes: Vec::new(),
            by_id: HashMap::new(),
            links: Vec::new(),
            linked: HashSet::new(),
            placed: HashSet::new(),
            drawn: HashSet::new(),
            presumed: HashSet::new(),
            unfiltered: HashSet::new(),
            link_ids: HashSet::new(),
            errors: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn import(&self, unit: usize) -> &'p Import {
        &self.plan.reads[unit].import
    }

    fn run(&mut self) {
        self.devices();
        self.presume();
        self.tables_of_routes();
        self.hand_links();
        self.wires();
        self.ways_out();
        self.own_vlans();
        self.tunnels();
        self.loose_ways();
        self.table_segments();
        self.zones_of_ways();
        self.free_ports();
        self.wireless();
        self.join_unknown_switches();
        self.near_switches();
        self.device_nodes();
        self.hand_nodes();
        self.table_hosts();
        self.place_by_address();
        self.place_drawn();
        self.emit_segments();
        self.bridges();
        self.switch_nodes();
        self.joins();
        self.matrices();
        self.expectations();
        self.nobody_is_alone();
        self.drawn_alone();
    }

    fn error(&mut self, origin: &Origin, en: impl Into<String>, ja: impl Into<String>) {
        self.errors.push(Refusal::of(&origin.to_string(), Phrase::new(en, ja)));
    }

    fn note(&mut self, origin: &Origin, en: impl Into<String>, ja: impl Into<String>) {
        self.note_with(origin, Phrase::new(en, ja), None);
    }

    fn note_with(&mut self, origin: &Origin, what: Phrase, help: Option<Phrase>) {
        let otherwise = Phrase::new(
            "say it in the site file where it is otherwise (`cables`, `external`, tables of segments)",
            "実際と違うときはサイトファイル（`cables`、`external`、セグメントの表）に書くこと",
        );
        self.notes.push(Note {
            code: Code::ImportAssumed,
            origin: origin.clone(),
            what,
            help: help.unwrap_or(otherwise),
        });
    }

    /// The devices that have an interface, and the switches.
    fn devices(&mut self) {
        let mut taken: HashMap<String, String> = HashMap::new();
        for (unit, read) in self.plan.reads.iter().enumerate() {
            let Import { devices, switch, .. } = &read.import;
            let mut routed = false;
            for (at, device) in devices.iter().enumerate() {
                let mut device = device.without_filters();
                device.interfaces.retain(|way| !way.switched);
                if !read.import.open_names && read.import.inventory.is_none() {
                    device.interfaces = leading(&device, &read.import.joins);
                }
                if device.interfaces.is_empty() && switch.is_some() {
                    continue;
                }
                routed = true;
                if let Some(first) = taken.insert(device.id.clone(), read.ledger.file().to_owned()) {
                    let (id, file) = (&device.id, read.ledger.file());
                    self.errors.push(Refusal::of(
                        file,
                        Phrase::new(
                            format!(
                                "`{id}` is the name of {first} too; give one of the two another `id` in the site file"
                            ),
                            format!("「{id}」は {first} の名前でもある。サイトファイルの `id` で区別すること"),
                        ),
                    ));
                }
                self.machines.push(Machine { unit, at, device, joined: HashSet::new() });
            }
            let id =
                switch.as_ref().map(|switch| if routed { format!("{}/switch", switch.id) } else { switch.id.clone() });
            self.switches.push(id);
        }
    }

    /// Ends of links that were written by hand: those interfaces lead where they say.
    fn hand_links(&mut self) {
        for (node, _) in self.known_joins().into_iter().flat_map(|join| join.ends) {
            self.linked.insert(node);
        }
        for link in self.plan.document.get("links").and_then(Value::as_array).into_iter().flatten() {
            let ends = if link.is_array() { link } else { &link["between"] };
            for end in ends.as_array().into_iter().flatten().filter_map(Value::as_str) {
                let (node, way) = end.split_once(':').unwrap_or((end, ""));
                self.linked.insert(node.to_owned());
                if let Some(machine) = self.machines.iter_mut().find(|machine| machine.device.id == node) {
                    machine.joined.insert(way.to_owned());
                }
            }
        }
    }

    /// Interfaces of VLANs on the switch of the device.
    fn own_vlans(&mut self) {
        for at in 0..self.machines.len() {
            let machine = &self.machines[at];
            let Some(switch) = self.switches[machine.unit].clone() else { continue };
            let unit = machine.unit;
            let id = machine.device.id.clone();
            let ways = machine.device.interfaces.clone();
            for way in &ways {
                let Some(Tag::Own(vlan)) = way.tag else { continue };
                if self.machines[at].joined.contains(&way.name) {
                    continue;
                }
                self.machines[at].joined.insert(way.name.clone());
                let (a, b) = (end(&id, &way.name), end(&switch, &way.name));
                self.link(json!({ "between": [a, b], "vlans": [vlan], "origin": way.origin.to_string() }));
                self.segments.tap(&segments::nets(way), unit, vlan, &way.origin);
            }
        }
    }

    fn device_nodes(&mut self) {
        for at in 0..self.machines.len() {
            let Machine { device, joined, unit, at, .. } = &self.machines[at];
            let filters = &self.import(*unit).devices[*at].filters;
            let mut device = device.clone();
            if self.import(*unit).open_names && !joined.is_empty() {
                let (left, gone): (Vec<_>, Vec<_>) =
                    device.interfaces.iter().cloned().partition(|way| joined.contains(&way.name));
                device.interfaces = left;
                let names: Vec<&str> = gone.iter().map(|way| way.name.as_str()).collect();
                if !names.is_empty() {
                    let (id, names, origin) = (device.id.clone(), names.join(", "), device.origin.clone());
                    self.note(
                        &origin,
                        format!("{id} has the interfaces that cables name; rules for others ({names}) apply to nothing"),
                        format!("{id} のインターフェースは配線に現れるものだけとみなす。ほか（{names}）のルールは適用されない"),
                    );
                }
            }
            let Value::Object(node) = emit::node_with(&device, filters) else { continue };
            self.add(&device.id, node);
        }
    }

    /// The switches in devices; after all links, since a port that nothing leads from is no interface of a document.
    fn switch_nodes(&mut self) {
        for (unit, id) in self.switches.clone().into_iter().enumerate() {
            let (Some(id), Some(switch)) = (id, &self.import(unit).switch) else { continue };
            let mut device = Device::new(id.clone(), "switch", switch.origin.clone());
            device.filters = self.import(unit).devices.iter().flat_map(port_filters).collect();
            for port in &switch.ports {
                device.interfaces.push(super::device::Interface::new(port.name.clone(), port.origin.clone()));
            }
            let led: HashSet<String> = self.ends_of(&id);
            device.interfaces.retain(|way| led.contains(&way.name));
            let Value::Object(node) = emit::node(&device) else { continue };
            self.add(&id, node);
        }
    }

    /// Interfaces of a node that links lead from.
    fn ends_of(&self, id: &str) -> HashSet<String> {
        let ends = self.links.iter().flat_map(|link| link["between"].as_array().into_iter().flatten());
        let ends = ends.filter_map(Value::as_str).filter_map(|end| end.split_once(':'));
        ends.filter(|(node, _)| *node == id).map(|(_, way)| way.to_owned()).collect()
    }

    /// Links that configurations know: between VDOMs, between VRFs. Of those whose other end is not there nothing is left.
    fn known_joins(&self) -> Vec<Join> {
        let ways = |machine: &'_ Machine| {
            let id = machine.device.id.clone();
            machine.device.interfaces.iter().map(move |way| (id.clone(), way.name.clone())).collect::<Vec<_>>()
        };
        let all: HashSet<(String, String)> = self.machines.iter().flat_map(ways).collect();
        let known = |end: &(String, String)| all.contains(end);
        let all = self.plan.reads.iter().flat_map(|read| &read.import.joins);
        all.filter(|join| join.ends.iter().all(known)).cloned().collect()
    }

    fn joins(&mut self) {
        for join in self.known_joins() {
            match emit::joined_by(&self.with_kinds(join.clone())) {
                Some(link) => self.link(link),
                None => self.nothing_passes(&join.origin),
            }
        }
    }

    fn link(&mut self, link: Value) {
        for end in link["between"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.linked.insert(end.split(':').next().unwrap_or(end).to_owned());
        }
        self.links.push(link);
    }

    fn add(&mut self, id: &str, node: Map<String, Value>) {
        match self.by_id.get(id) {
            Some(_) => self.merge_node(id, node, &Origin::default()),
            None => {
                self.by_id.insert(id.to_owned(), self.nodes.len());
                self.nodes.push(node);
            }
        }
    }

    /// Every machine has a link: what nothing leads to would be proved to be kept apart.
    fn nobody_is_alone(&mut self) {
        let alone: Vec<(String, String)> = self
            .nodes
            .iter()
            .filter_map(|node| {
                let id = node.get("id")?.as_str()?;
                let place = node.get("origin").or_else(|| node.get(AT))?.as_str()?;
                (!self.linked.contains(id)).then(|| (id.to_owned(), place.to_owned()))
            })
            .collect();
        let forwards: HashSet<&str> = self.machines.iter().map(|machine| machine.device.id.as_str()).collect();
        for (id, place) in alone {
            if forwards.contains(id.as_str()) || self.switches.iter().flatten().any(|switch| *switch == id) {
                continue; // a device without a network passes nothing on
            }
            self.errors.push(Refusal::of(
                &place,
                Phrase::new(
                    format!("nothing leads to `{id}`: it has no address on a network of the configurations, no cable and no link; add one"),
                    format!("「{id}」につながるものがない。設定にあるネットワークのアドレスも、配線も、リンクもない。いずれかを加えること"),
                ),
            ));
        }
    }

    fn document(&mut self) -> Value {
        let mut out = Map::new();
        out.insert("sanso".into(), 1.into());
        for (key, value) in &self.plan.document {
            if key != "nodes" && key != "links" {
                out.insert(key.clone(), value.clone());
            }
        }
        self.put_zones(&mut out);
        self.put_exceptions(&mut out);
        self.put_expectations(&mut out);
        out.insert("nodes".into(), std::mem::take(&mut self.nodes).into_iter().map(Value::Object).collect());
        let by_hand = self.plan.document.get("links").and_then(Value::as_array).into_iter().flatten().cloned();
        out.insert("links".into(), std::mem::take(&mut self.links).into_iter().chain(by_hand).collect());
        Value::Object(out)
    }
}

/// An end of a link.
fn end(node: &str, way: &str) -> String {
    format!("{node}:{}", emit::way_word(way))
}

/// Interfaces that packets pass: those with an address, or one that is not told, and the ends of links within the device.
/// Where none is, all.
fn leading(device: &Device, joins: &[Join]) -> Vec<super::device::Interface> {
    let joined =
        |name: &str| joins.iter().flat_map(|join| &join.ends).any(|(node, way)| *node == device.id && way == name);
    let leads = |way: &&super::device::Interface| {
        !way.addresses.is_empty() || way.dynamic || way.tunnel.is_some() || way.internal || joined(&way.name)
    };
    let left: Vec<_> = device.interfaces.iter().filter(leads).cloned().collect();
    if left.iter().all(|way| way.internal) { device.interfaces.clone() } else { left }
}

/// Filters on ports of the switch.
fn port_filters(device: &Device) -> Vec<Filter> {
    let switched = |name: &String| device.interface(name).is_some_and(|way| way.switched);
    // the list of a VLAN's interface names its ports too; it is asked for what is routed only
    let of_ports =
        |ways: &Option<Names>| ways.as_ref().is_some_and(|ways| !ways.is_empty() && ways.iter().all(switched));
    device.filters.iter().filter(|filter| of_ports(&filter.ways_in) || of_ports(&filter.ways_out)).cloned().collect()
}

/// Machines of tables by name: rows that bear one name are one machine.
fn by_name(hosts: &[Host]) -> BTreeMap<&str, Vec<&Host>> {
    let mut out: BTreeMap<&str, Vec<&Host>> = BTreeMap::new();
    for host in hosts {
        out.entry(&host.name).or_default().push(host);
    }
    out
}
