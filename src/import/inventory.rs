//! Inventories and drawings: nodes, interfaces and links, never rules. What is not plainly something else is taken to
//! forward whatever comes, and a link to carry every VLAN: an inventory does not say what is stopped.

pub mod containerlab;
pub mod drawio;
pub mod gns3;
pub mod netbox;
pub mod rfc8345;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::Import;
use super::device::{Device, Filter, Interface, Join, Net, Tag};
use super::emit;
use super::ledger::{Ledger, Origin};
use super::switch::SwitchPort;
use super::table::rows::Segment;
use crate::document::Kind;
use crate::language::Phrase;

/// What an inventory says beside its devices and the links between them.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Zones: id, what is said of it, where.
    pub zones: Vec<(String, Map<String, Value>, Origin)>,
    /// Devices whose kind is said; of the others it is presumed.
    pub kinds: HashSet<String>,
    /// Configurations that its nodes start with.
    pub configs: Vec<Attached>,
    /// Networks and their VLANs.
    pub segments: Vec<Segment>,
    /// Ports that are up and that no cable leads from.
    pub ports: Vec<FreePort>,
}

/// A port that is up and that no cable leads from.
#[derive(Clone, Debug)]
pub struct FreePort {
    /// The node.
    pub node: String,
    /// The port.
    pub port: SwitchPort,
    /// The networks of its VLAN, where they are known.
    pub nets: Vec<Net>,
}

/// Where the text of a configuration stands.
#[derive(Clone, Debug)]
pub enum Start {
    /// In a file, named from the folder of the inventory.
    File(String),
    /// In the inventory itself: its lines at their places, all others blank.
    Within(String),
}

/// A configuration that a node of an inventory starts with.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The node.
    pub node: String,
    /// What the inventory calls its kind.
    pub kind: Option<String>,
    /// The format of configurations of that kind, where it is known.
    pub format: Option<&'static str>,
    /// Its text.
    pub text: Start,
    /// Where it is named.
    pub origin: Origin,
}

/// What is being drawn.
#[derive(Default)]
struct Plan {
    devices: Vec<Device>,
    joins: Vec<Join>,
    zones: Vec<(String, Map<String, Value>, Origin)>,
    /// Devices whose kind is said.
    kinds: HashSet<usize>,
    /// Ids, with the number that the next one of this name gets.
    taken: HashMap<String, usize>,
    ways: HashSet<(usize, String)>,
    configs: Vec<Attached>,
    segments: Vec<Segment>,
    ports: Vec<FreePort>,
}

impl Plan {
    fn base(name: &str) -> String {
        let base = emit::id_word(name);
        if base.is_empty() { "node".to_owned() } else { base }
    }

    /// Whether a node of this name is there already.
    fn has(&self, name: &str) -> bool {
        self.taken.contains_key(&Self::base(name))
    }

    /// A node of a name and a kind of the document; its number comes back.
    fn node(&mut self, name: &str, kind: &'static str, line: u32, ledger: &Ledger) -> usize {
        let base = Self::base(name);
        let mut id = base.clone();
        while self.taken.contains_key(&id) {
            let number = self.taken.entry(base.clone()).or_insert(2);
            id = format!("{base} ({number})");
            *number += 1;
        }
        self.taken.insert(id.clone(), 2);
        self.devices.push(Device::new(id, kind, ledger.origin(line)));
        self.devices.len() - 1
    }

    fn id(&self, node: usize) -> &str {
        &self.devices[node].id
    }

    /// What is said of a node, in the keys of a document; `kind` where that is said.
    fn say(&mut self, node: usize, kind: Option<&'static str>, said: Map<String, Value>) {
        if let Some(kind) = kind {
            self.devices[node].kind = kind;
            self.kinds.insert(node);
        }
        self.devices[node].said = said;
    }

    /// More of a node; the key that contradicts what is known.
    fn say_more(&mut self, node: usize, kind: Option<&'static str>, more: Map<String, Value>) -> Option<String> {
        let device = &mut self.devices[node];
        if let Some(kind) = kind {
            if self.kinds.insert(node) {
                device.kind = kind;
            } else if device.kind != kind {
                return Some("kind".to_owned());
            }
        }
        let other = more.iter().find(|(key, value)| device.said.get(*key).is_some_and(|known| known != *value));
        let other = other.map(|(key, _)| key.clone());
        device.said.extend(more);
        other
    }

    /// An interface of a node: the one of this name, where there is one.
    fn way(&mut self, node: usize, name: &str, line: u32, ledger: &Ledger) -> String {
        let word = emit::way_word(name);
        if self.ways.insert((node, word.clone())) {
            self.devices[node].interfaces.push(Interface::new(word.clone(), ledger.origin(line)));
        }
        word
    }

    fn address(&mut self, node: usize, way: &str, net: Net) {
        let ways = &mut self.devices[node].interfaces;
        if let Some(way) = ways.iter_mut().find(|known| known.name == way) {
            way.addresses.push(net);
        }
    }

    /// That an interface is in a VLAN of its device.
    fn own_vlan(&mut self, node: usize, way: &str, tag: Tag) {
        let ways = &mut self.devices[node].interfaces;
        if let Some(way) = ways.iter_mut().find(|known| known.name == way) {
            way.tag = Some(tag);
        }
    }

    fn join(&mut self, a: (usize, String), b: (usize, String), line: u32, ledger: &Ledger) {
        self.cable([a, b], [None, None], line, ledger);
    }

    /// A link between ports of which something is known.
    fn cable(&mut self, ends: [(usize, String); 2], ports: [Option<SwitchPort>; 2], line: u32, ledger: &Ledger) {
        let ends = ends.map(|(node, way)| (self.devices[node].id.clone(), way));
        // a cable from a node to itself leads nowhere
        if ends[0].0 != ends[1].0 {
            self.joins.push(Join { ports, ..Join::new(ends, ledger.origin(line)) });
        }
    }

    /// A link of a drawing: an end without an interface has one that is named after the other node, as in documents.
    fn draw(&mut self, ends: [(usize, Option<String>); 2], said: Map<String, Value>, line: u32, ledger: &Ledger) {
        let bare = [ends[0].1.is_none(), ends[1].1.is_none()];
        let others = [ends[1].0, ends[0].0].map(|other| self.devices[other].id.clone());
        let named = [0, 1].map(|at| {
            let (node, way) = &ends[at];
            (self.devices[*node].id.clone(), self.way(*node, way.as_deref().unwrap_or(&others[at]), line, ledger))
        });
        self.joins.push(Join { said, bare, ..Join::new(named, ledger.origin(line)) });
    }

    fn finish(mut self, ledger: &mut Ledger) -> Import {
        ledger.remark(
            0,
            Phrase::new(
                "an inventory has no rules: every node but plain hosts is taken to forward whatever comes, every link to carry every VLAN unless it names them",
                "台帳や図には通信のルールがない。端末以外のノードはすべての通信を中継し、リンクは VLAN の記載がない限りどの VLAN も運ぶものとみなす",
            ),
        );
        // a firewall must say what it lets pass
        for device in self.devices.iter_mut().filter(|device| device.kind == "firewall") {
            device.filters.push(Filter::new("not in the drawing", true, device.origin.clone()));
        }
        let kinds = self.kinds.iter().map(|at| self.devices[*at].id.clone()).collect();
        let Self { zones, configs, segments, ports, .. } = self;
        let inventory = Some(Box::new(Inventory { zones, kinds, configs, segments, ports }));
        Import { devices: self.devices, joins: self.joins, inventory, ..Import::default() }
    }
}

/// A kind of node, as the document spells it.
fn kind(word: &str) -> Option<&'static str> {
    word.trim().parse::<Kind>().ok().map(Kind::name)
}

/// An address with the length of its prefix.
fn net(word: &str) -> Option<Net> {
    let (address, length) = word.split_once('/')?;
    let (address, length): (std::net::IpAddr, u8) = (address.trim().parse().ok()?, length.trim().parse().ok()?);
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
}

/// What is told of a link whose end is not there.
fn no_end() -> Phrase {
    Phrase::new("an end of this link is not there; it was left out", "リンクの一端がない。取り込まない")
}
