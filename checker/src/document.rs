//! The topology document: semantics sections 1 and 2, with all names resolved to indices. `read` makes it.
#![allow(clippy::indexing_slicing)] // every index was made by the reader, for the table it indexes

use crate::sets::{LAST_IPV4, Numbers};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Switch,
    L3Switch,
    Router,
    Firewall,
    Host,
    Terminal,
    Server,
    Printer,
    Storage,
    External,
    Gateway,
}

pub const KINDS: [(&str, Kind); 11] = [
    ("switch", Kind::Switch),
    ("l3-switch", Kind::L3Switch),
    ("router", Kind::Router),
    ("firewall", Kind::Firewall),
    ("host", Kind::Host),
    ("terminal", Kind::Terminal),
    ("server", Kind::Server),
    ("printer", Kind::Printer),
    ("storage", Kind::Storage),
    ("external", Kind::External),
    ("gateway", Kind::Gateway),
];

/// The tiers are the first three zones of every document, as `policy::TIERS` lists them.
pub const MY_NUMBER: usize = 0;
pub const INTERNET: usize = 2;
/// What an exception waives that does not say it: semantics section 1.
pub const WAIVED_BY_DEFAULT: &str = "MN-ISOLATION";

/// An address or a network; rank 0 is IPv4, 2 IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    pub rank: u8,
    pub first: u128,
    pub length: u32,
}

impl Cidr {
    pub fn host_bits(self) -> u128 {
        let all = if self.rank == 0 { LAST_IPV4 } else { u128::MAX };
        if self.is_single() { 0 } else { all >> self.length }
    }

    pub fn range(self) -> Range {
        Range { rank: self.rank, first: self.first, last: self.first | self.host_bits() }
    }

    pub fn is_single(self) -> bool {
        self.length == width(self.rank)
    }

    pub fn holds(self, other: Cidr) -> bool {
        let (outer, inner) = (self.range(), other.range());
        outer.rank == inner.rank && outer.first <= inner.first && inner.last <= outer.last
    }
}

pub fn width(rank: u8) -> u32 {
    if rank == 0 { 32 } else { 128 }
}

/// The addresses `first..=last` of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    pub rank: u8,
    pub first: u128,
    pub last: u128,
}

/// One item of a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    Any,
    Range(Range),
    Group(usize),
    Node(usize),
    Zone(usize),
    /// Index in `KINDS`.
    Kind(usize),
    Tag(Rc<str>),
    /// In rules and `nat` only.
    Not(Selector),
    /// `fqdn:`: what `names` gives, by index; `None`: nobody knows.
    Name(Option<usize>),
}

pub type Selector = Vec<Item>;

#[derive(Clone, Debug)]
pub struct Services {
    pub set: Numbers,
    /// A transfer matches it: it holds `any` or the word `transfer`.
    pub transfer: bool,
    /// It holds the word `transfer`.
    pub word: bool,
    /// Every item is a protocol with one port, icmp, icmpv6 or `transfer` (EXCEPTION-LIMITED).
    pub limited: bool,
}

impl Services {
    pub fn or(&self, other: &Services) -> Services {
        Services {
            set: self.set.or(&other.set),
            transfer: self.transfer || other.transfer,
            word: self.word || other.word,
            limited: self.limited && other.limited,
        }
    }
}

#[derive(Debug)]
pub struct Rule {
    pub at: usize,
    pub permit: bool,
    pub from: Selector,
    pub to: Selector,
    pub service: Numbers,
    pub source_port: Option<Numbers>,
    pub enters: Option<Vec<u32>>,
    pub leaves: Option<Vec<u32>>,
    /// Its `state` or `condition` makes it match nothing, as the filter is: semantics section 4.
    pub silent: bool,
}

#[derive(Debug)]
pub struct Filter {
    pub default_permit: bool,
    pub rules: Vec<Rule>,
    pub enters: Option<Vec<u32>>,
    pub leaves: Option<Vec<u32>>,
    /// Whether it is for what is forwarded, emitted by the node, delivered to it.
    pub applies_to: [bool; 3],
    /// Whether it looks at the translated source, and at the translated destination.
    pub sees_translated: [bool; 2],
}

impl Filter {
    /// It is for what comes from an interface (or is emitted) and goes to one (or is delivered).
    pub fn applies(&self, enters: Option<u32>, leaves: Option<u32>) -> bool {
        let [forwarded, emitted, delivered] = self.applies_to;
        let way = match (enters, leaves) {
            (Some(_), Some(_)) => forwarded,
            (None, _) => emitted,
            (_, None) => delivered,
        };
        way && fits(&self.enters, enters) && fits(&self.leaves, leaves)
    }
}

/// A list of interfaces, or its absence, names the interface of a side.
pub fn fits(named: &Option<Vec<u32>>, interface: Option<u32>) -> bool {
    named.as_ref().is_none_or(|named| interface.is_some_and(|i| named.contains(&i)))
}

/// An entry of `nat`: semantics section 4a.
#[derive(Debug)]
pub struct Translation {
    /// It translates the source; else the destination.
    pub of_source: bool,
    /// `None`: `keep`.
    pub target: Option<Vec<Target>>,
    /// The range that is matched and the range that it becomes, address by address.
    pub one_to_one: Option<[Range; 2]>,
    pub destination_port: Option<u32>,
    pub from: Selector,
    pub to: Selector,
    pub service: Numbers,
    pub source_port: Option<Numbers>,
    pub enters: Option<Vec<u32>>,
    pub leaves: Option<Vec<u32>>,
    /// Of a source entry: `to` and `service` look at the destination before its translation.
    pub sees_original: bool,
    /// Of a destination entry: it is for what came by a link, for what the node itself emits.
    pub arrived: bool,
    pub emitted: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Target {
    Range(Range),
    Node(usize),
}

#[derive(Debug)]
pub struct Relay {
    pub from: Selector,
    pub to: Selector,
    pub from_service: Services,
    pub to_service: Services,
    /// How it sanitises: index in `policy::METHODS`.
    pub sanitise: Option<usize>,
    pub both: bool,
}

#[derive(Debug)]
pub struct Route {
    pub to: Cidr,
    /// The links it leads to; none for a drop.
    pub via: Vec<usize>,
    /// It may be absent.
    pub fails: bool,
}

#[derive(Debug)]
pub struct Node {
    pub at: usize,
    pub id: String,
    pub kind: Kind,
    pub zone: Option<usize>,
    pub label: Option<usize>,
    pub addresses: Vec<Cidr>,
    pub forwards: bool,
    pub endpoint: bool,
    pub filters: Vec<Filter>,
    pub nat: Vec<Translation>,
    pub relays: Option<Vec<Relay>>,
    pub routes: Vec<Route>,
    pub controls: Vec<String>,
    pub tags: Vec<String>,
    pub business: Vec<String>,
    pub owner: Option<String>,
}

impl Node {
    pub fn sanitises(&self) -> bool {
        self.relays.iter().flatten().any(|relay| relay.sanitise.is_some())
    }

    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|t| t == tag)
    }

    /// The half where its sessions begin and end: of an l3-switch, the router.
    pub fn session_half(&self) -> usize {
        usize::from(self.kind == Kind::L3Switch)
    }
}

/// A link between units (node, half); those between the halves of l3-switches come after those of the document.
#[derive(Debug)]
pub struct Link {
    pub at: usize,
    pub ends: [(usize, usize); 2],
    pub interfaces: [Option<u32>; 2],
    /// The VLANs of each end.
    pub tags: [Rc<Numbers>; 2],
    /// The VLAN that each end takes untagged frames for.
    pub native: Option<[u32; 2]>,
    pub one_way: bool,
    /// What it says of itself; `None` of those between the halves of l3-switches.
    pub said: Option<LinkSaid>,
}

/// What a link says of itself beside what it carries.
#[derive(Debug, Default)]
pub struct LinkSaid {
    pub id: Option<String>,
    /// Index in `CIRCUITS`.
    pub circuit: usize,
    pub owner: Option<String>,
    pub controls: Vec<String>,
    pub tags: Vec<String>,
}

/// What `circuit` of a link can be.
pub const CIRCUITS: [&str; 7] = ["internal", "lgwan", "leased", "internet", "vpn", "mobile", "wireless"];

#[derive(Debug)]
pub struct Exception {
    pub at: usize,
    pub id: String,
    pub from: Selector,
    pub to: Selector,
    pub service: Services,
    /// The requirements that it names, and where.
    pub waives: Vec<(usize, String)>,
    pub attested: bool,
    pub expires: Option<String>,
    /// `reason` and `approved_by` are there and not blank.
    pub signed: bool,
}

/// What is carried outside the network.
#[derive(Debug)]
pub struct Transfer {
    pub at: usize,
    pub id: String,
    pub from: Selector,
    pub to: Selector,
    /// How it sanitises: index in `policy::METHODS`.
    pub sanitise: Option<usize>,
    pub expires: Option<String>,
    /// `reason` and `approved_by` are there and not blank.
    pub signed: bool,
}

/// A record that something was done.
#[derive(Debug)]
pub struct Evidence {
    pub at: usize,
    pub kind: String,
    pub date: String,
    pub valid_until: Option<String>,
}

/// Communication that must be possible.
#[derive(Debug)]
pub struct Expectation {
    pub at: usize,
    pub id: String,
    pub from: Selector,
    pub to: Selector,
    pub service: Numbers,
}

#[derive(Debug)]
pub struct Zone {
    pub name: String,
    /// The tier that it belongs to.
    pub base: Option<usize>,
    pub networks: Vec<Cidr>,
}

#[derive(Debug)]
pub struct Document {
    pub model: Option<&'static str>,
    pub zones: Vec<Zone>,
    pub groups: Vec<Vec<Range>>,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// What `names` gives.
    pub host_names: Vec<Selector>,
    pub transfers: Vec<Transfer>,
    pub exceptions: Vec<Exception>,
    pub evidence: Vec<Evidence>,
    pub expects: Vec<Expectation>,
    /// The policy that it asks to be held against, and the edition, as written.
    pub policy: Option<String>,
    pub edition: Option<String>,
    /// The nodes that a `node:` somewhere names.
    pub named: HashSet<usize>,
    pub node_index: HashMap<String, usize>,
}

impl Document {
    /// Some node translates addresses.
    pub fn translates(&self) -> bool {
        self.nodes.iter().any(|node| !node.nat.is_empty())
    }

    /// The tier of a node: that of its zone.
    pub fn tier(&self, node: usize) -> Option<usize> {
        self.nodes[node].label.and_then(|zone| self.zones[zone].base)
    }

    /// Nobody vouched for what it does with data: semantics section 6.
    pub fn passes_everything(&self, node: usize) -> bool {
        let n = &self.nodes[node];
        n.relays.is_none() && !n.forwards && self.tier(node).is_none()
    }

    /// The exceptions that waive a requirement.
    pub fn waiving(&self, requirement: &str) -> Vec<usize> {
        let waives = |e: &usize| self.exceptions[*e].waives.iter().any(|(_, id)| id == requirement);
        (0..self.exceptions.len()).filter(waives).collect()
    }

    /// What a node is, whatever its address: `any`, `node:`, `zone:`, `kind:`, `tag:` (semantics section 6).
    pub fn is_one_of(&self, selector: &Selector, node: usize) -> bool {
        let n = &self.nodes[node];
        selector.iter().any(|item| match item {
            Item::Any => true,
            Item::Node(other) => *other == node,
            Item::Zone(zone) => n.label == Some(*zone),
            Item::Kind(kind) => KINDS[*kind].1 == n.kind,
            Item::Tag(tag) => n.has_tag(tag),
            Item::Range(_) | Item::Group(_) | Item::Not(_) | Item::Name(_) => false,
        })
    }

    /// The addresses, ranges and members of groups that a selector names itself.
    pub fn ranges<'a>(&'a self, selector: &'a Selector) -> impl Iterator<Item = Range> + 'a {
        selector.iter().flat_map(|item| match item {
            Item::Range(range) => std::slice::from_ref(range).iter().copied(),
            Item::Group(group) => self.groups[*group].iter().copied(),
            _ => [].iter().copied(),
        })
    }
}

/// The zone whose networks hold all of the address in the longest prefix.
pub fn zone_of(address: Cidr, zones: &[Zone]) -> Option<usize> {
    let networks = zones.iter().enumerate().flat_map(|(z, zone)| zone.networks.iter().map(move |n| (n, z)));
    networks.filter(|(network, _)| network.holds(address)).max_by_key(|(network, _)| network.length).map(|(_, z)| z)
}

/// Semantics section 2.
pub fn label(node: &Node, zones: &[Zone]) -> Option<usize> {
    if node.zone.is_some() || node.forwards || node.kind == Kind::Gateway || node.sanitises() {
        return node.zone;
    }
    let first = zone_of(*node.addresses.first()?, zones)?;
    node.addresses.iter().all(|address| zone_of(*address, zones) == Some(first)).then_some(first)
}
