//! What all networks of a document have in common: which boxes melt into one unit, and what is left of the links then.
//! Made by one pass over the nodes and one over the links, so that a network of the document, or of the document
//! without some nodes, is made from what is left.

use rustc_hash::FxHashMap as HashMap;

use super::classes::Sorts;
use super::joints::{named_vlans, routed_interfaces};
use super::runs::Runs;
use super::tags::{TagClass, VlanLists};
use super::uneven::Vlans;
use crate::document::{Kind, Link};
use crate::model::Model;

/// Boxes that forward as one: a run of plain routers, or of plain switches, that links of all VLANs join; any other
/// forwarding node; or one half of an l3-switch.
pub(super) type Unit = u32;

/// Numbers of the interface and of the neighbour at one end of a link, see [`crate::model::Interface`].
pub(super) type Numbers = (u16, u16);

/// Stands for "no unit", "no link" and "no entry" in tables.
pub(super) const NONE: u32 = u32::MAX;

/// How a unit forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// Switches without filters and routes.
    PlainSwitch,
    /// A switch with filters or routes.
    FilteringSwitch,
    /// Anything else without filters and routes: drops tags, may send back.
    PlainRouter,
    /// The same with filters or routes.
    FilteringRouter,
}

impl UnitKind {
    /// Whether it keeps tags.
    pub const fn is_switch(self) -> bool {
        matches!(self, Self::PlainSwitch | Self::FilteringSwitch)
    }
}

/// A unit.
pub(super) struct UnitInfo {
    pub kind: UnitKind,
    /// Its node; of several the first.
    pub node: u32,
    /// Whether it is several nodes. Each of them then has a link of all VLANs, both ways, to another.
    pub many: bool,
    /// Whether links of all VLANs within it form a ring.
    pub ring: bool,
}

/// A link between units that does not melt.
pub(super) struct Join {
    /// The link; [`NONE`] between the halves of an l3-switch.
    pub link: u32,
    pub units: [Unit; 2],
    pub sides: [Numbers; 2],
    /// Number of the list of VLANs of each end.
    pub vlans: [u32; 2],
    /// Numbers of the lists of the untagged VLAN of each end, where they differ.
    pub native: Option<[u32; 2]>,
    pub one_way: bool,
}

impl Join {
    /// Whether a tag may be carried by one end only, or be another at the other end.
    pub fn is_uneven(&self) -> bool {
        self.vlans[0] != self.vlans[1] || self.native.is_some()
    }
}

/// Where endpoints that do not forward hang on a unit: all that do by the same node with links alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Port {
    pub node: u32,
    pub unit: Unit,
    pub side: Numbers,
    /// Number of the list of VLANs.
    pub vlans: u32,
    /// Whether the endpoints can send by it.
    pub sends: bool,
    /// Whether the endpoints can receive by it.
    pub takes: bool,
    /// The endpoint and its side, where it has filters of its own; it is then the only one.
    pub filtered: Option<(u32, Numbers)>,
}

/// A link between two endpoints that do not forward.
pub(super) struct Direct {
    pub nodes: [u32; 2],
    pub sides: [Numbers; 2],
    pub one_way: bool,
}

/// What a node is, in a byte.
#[derive(Clone, Copy)]
struct Role(u8);

impl Role {
    const LEAF: u8 = 0;
    /// A plain switch.
    const SWITCH: u8 = 1;
    /// A plain router.
    const ROUTER: u8 = 2;
    /// Plain, but kept apart: an l3-switch, or a node that some networks go without.
    const LONE_SWITCH: u8 = 3;
    const LONE_ROUTER: u8 = 4;
    const FILTERING_SWITCH: u8 = 5;
    const FILTERING_ROUTER: u8 = 6;
    const WHAT: u8 = 7;
    /// A leaf with filters.
    const FILTERED: u8 = 8;

    const fn what(self) -> u8 {
        self.0 & Self::WHAT
    }

    const fn set(&mut self, what: u8) {
        self.0 = self.0 & !Self::WHAT | what;
    }

    const fn unit_kind(self) -> Option<UnitKind> {
        match self.what() {
            Self::SWITCH | Self::LONE_SWITCH => Some(UnitKind::PlainSwitch),
            Self::ROUTER | Self::LONE_ROUTER => Some(UnitKind::PlainRouter),
            Self::FILTERING_SWITCH => Some(UnitKind::FilteringSwitch),
            Self::FILTERING_ROUTER => Some(UnitKind::FilteringRouter),
            _ => None,
        }
    }
}

/// What all networks of a document have in common.
pub struct Skeleton {
    pub(super) units: Vec<UnitInfo>,
    /// The unit of each node at its links; [`NONE`]: it does not forward.
    pub(super) unit_of: Vec<Unit>,
    /// Endpoints that forward and the unit in which each ends sessions (the router half of an l3-switch), ascending.
    pub(super) sessions: Vec<(u32, Unit)>,
    /// Links between units, in document order.
    pub(super) joins: Vec<Join>,
    /// The joins of each unit, as 2 * index + end.
    pub(super) joins_of: Lists,
    pub(super) ports: Vec<Port>,
    /// The ports of each unit.
    pub(super) ports_of: Lists,
    /// First port of each endpoint; [`NONE`]: none.
    pub(super) first_port: Vec<u32>,
    /// The other ports of the few endpoints with several.
    pub(super) other_ports: HashMap<u32, Vec<u32>>,
    /// A link of each port.
    pub(super) port_links: Vec<u32>,
    pub(super) direct: Vec<Direct>,
    /// One-way links that join an endpoint that does not forward to anything.
    pub(super) one_way_leaves: Vec<u32>,
    /// Whether any link is one-way.
    pub(super) has_one_way: bool,
    /// Classes of tags of each list of VLANs.
    pub(super) tag_lists: Vec<Vec<TagClass>>,
    pub(super) tag_classes: TagClass,
    pub(super) endpoints: Vec<u32>,
    /// Endpoints by what they are themselves.
    pub(super) sorts: Sorts,
    /// The nodes that networks may go without, ascending.
    pub(super) removable: Vec<u32>,
}

/// Lists of numbers, one for each of a run of keys.
pub(super) struct Lists {
    offsets: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// From pairs of key and item; items of a key keep their order. O(keys + pairs).
    pub fn new(keys: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut offsets = vec![0_u32; keys + 2];
        pairs.clone().for_each(|(key, _)| offsets[key as usize + 2] += 1);
        for at in 2..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        // Filling moves the start of each list to its end, which is the start of the next.
        let mut items = vec![0_u32; offsets.last().map_or(0, |&end| end as usize)];
        for (key, item) in pairs {
            let next = &mut offsets[key as usize + 1];
            items[*next as usize] = item;
            *next += 1;
        }
        Self { offsets, items }
    }

    /// The items of a key.
    pub fn of(&self, key: u32) -> &[u32] {
        let at = key as usize;
        &self.items[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }
}

/// Numbers of a node's interface and neighbour at one end of a link.
fn numbers(model: &Model<'_>, link: &Link<'_>, end: usize, node: u32, other: u32) -> Numbers {
    model.interfaces.get(&node).map_or((0, 0), |interface| {
        let neighbour = model.id(other);
        (interface.get(model.document.name(link.interface_or_neighbour(end))), interface.get(neighbour))
    })
}

/// What each node is.
fn roles(model: &Model<'_>, removable: &[u32]) -> Vec<Role> {
    let forwards = model.labels.forwards.iter();
    let mut roles: Vec<Role> = forwards
        .zip(&model.document.nodes)
        .map(|(&forwards, node)| {
            Role(match node.kind {
                _ if !forwards => Role::LEAF,
                Kind::Switch => Role::SWITCH,
                Kind::L3Switch => Role::LONE_SWITCH,
                _ => Role::ROUTER,
            })
        })
        .collect();
    for &node in model.filters.keys().chain(model.routes.keys()).chain(model.nat.keys()) {
        let role = &mut roles[node as usize];
        match role.what() {
            Role::SWITCH => role.set(Role::FILTERING_SWITCH),
            Role::ROUTER => role.set(Role::FILTERING_ROUTER),
            Role::LEAF if model.filters.contains_key(&node) => role.0 |= Role::FILTERED,
            _ => {}
        }
    }
    for &node in removable {
        let role = &mut roles[node as usize];
        match role.what() {
            Role::SWITCH => role.set(Role::LONE_SWITCH),
            Role::ROUTER => role.set(Role::LONE_ROUTER),
            _ => {}
        }
    }
    roles
}

/// Ports under construction.
struct Ports {
    list: Vec<Port>,
    links: Vec<u32>,
    /// One more than the last port on each node; 0: none.
    last: Vec<u32>,
    /// One more than the port before each on its node.
    before: Vec<u32>,
    /// Ports by what they are, of nodes with more than [`Ports::FEW`].
    index: HashMap<Port, u32>,
    first: Vec<u32>,
    others: HashMap<u32, Vec<u32>>,
}

impl Ports {
    /// Ports of a node that are looked through one by one.
    const FEW: usize = 6;

    fn new(nodes: usize) -> Self {
        Self {
            list: Vec::new(),
            links: Vec::new(),
            last: vec![0; nodes],
            before: Vec::new(),
            index: HashMap::default(),
            first: vec![NONE; nodes],
            others: HashMap::default(),
        }
    }

    fn find(&mut self, port: &Port, link: u32) -> u32 {
        let node = port.node as usize;
        if port.filtered.is_none() {
            let mut at = self.last[node];
            for _ in 0..Self::FEW {
                let Some(index) = at.checked_sub(1) else { break };
                if self.list[index as usize] == *port {
                    return index;
                }
                at = self.before[index as usize];
            }
            if at != 0
                && let Some(&known) = self.index.get(port)
            {
                return known;
            }
        }
        let next = u32::try_from(self.list.len()).unwrap_or(NONE);
        self.list.push(*port);
        self.links.push(link);
        self.before.push(self.last[node]);
        if port.filtered.is_none() {
            self.last[node] = next + 1;
            self.index.insert(*port, next);
        }
        next
    }

    fn hang(&mut self, node: u32, port: &Port, link: u32) {
        let port = self.find(port, link);
        let first = &mut self.first[node as usize];
        if *first == NONE {
            *first = port;
        } else {
            self.others.entry(node).or_default().push(port);
        }
    }
}

impl Skeleton {
    /// The skeleton of a model; `removable`, ascending, are the nodes that networks may go without. O(nodes + links).
    #[must_use]
    pub fn new(model: &Model<'_>, removable: Vec<u32>) -> Self {
        let nodes = model.document.nodes.len();
        let roles = roles(model, &removable);
        let mut runs = Runs::new(nodes);
        let mut lists = VlanLists::new();
        let mut joins: Vec<Join> = Vec::new();
        let mut ports = Ports::new(nodes);
        let mut direct: Vec<Direct> = Vec::new();
        let (mut has_one_way, mut one_way_leaves) = (false, Vec::new());
        for (index, (link, &ends)) in (0_u32..).zip(model.document.links.iter().zip(&model.names.links)) {
            let [a, b] = ends;
            let [role, other] = [roles[a as usize], roles[b as usize]];
            has_one_way |= link.one_way();
            // What passes everything and joins both ways melts: between routers a packet goes back and forth, among
            // switches it goes everywhere but back, unless there is a ring. A one-way link joins nothing.
            let vlans = Vlans::of(model, link, ends);
            let melts = role.what() == Role::ROUTER || role.what() == Role::SWITCH && vlans.are_all();
            if melts && role.what() == other.what() && !link.one_way() {
                runs.join(a, b);
                continue;
            }
            let is_leaf = [role, other].map(|role| role.what() == Role::LEAF);
            if link.one_way() && is_leaf.contains(&true) {
                one_way_leaves.push(index);
            }
            let side = |end: usize| match [role, other][end].what() {
                // What is plain looks at no interface.
                Role::FILTERING_SWITCH | Role::FILTERING_ROUTER => numbers(model, link, end, ends[end], ends[1 - end]),
                Role::LEAF if [role, other][end].0 & Role::FILTERED != 0 => {
                    numbers(model, link, end, ends[end], ends[1 - end])
                }
                _ => (0, 0),
            };
            match is_leaf {
                [false, false] => {
                    let (vlans, native) = vlans.of_join(&mut lists);
                    let (sides, one_way) = ([side(0), side(1)], link.one_way());
                    joins.push(Join { link: index, units: ends, sides, vlans, native, one_way });
                }
                [true, true] => direct.push(Direct { nodes: ends, sides: [side(0), side(1)], one_way: link.one_way() }),
                [first, _] => {
                    let end = usize::from(!first);
                    let (leaf, node) = (ends[end], ends[1 - end]);
                    let filtered = [role, other][end].0 & Role::FILTERED != 0;
                    let port = Port {
                        node,
                        unit: NONE,
                        side: side(1 - end),
                        vlans: vlans.of_leaf(&mut lists),
                        sends: first || !link.one_way(),
                        takes: !first || !link.one_way(),
                        filtered: filtered.then(|| (leaf, side(end))),
                    };
                    ports.hang(leaf, &port, index);
                }
            }
        }
        let (units, unit_of) = units(&roles, runs);
        joins.iter_mut().for_each(|join| join.units = join.units.map(|node| unit_of[node as usize]));
        ports.list.iter_mut().for_each(|port| port.unit = unit_of[port.node as usize]);
        let endpoint = &model.labels.endpoint;
        let endpoints = (0_u32..).zip(endpoint).filter(|(_, endpoint)| **endpoint).map(|(node, _)| node).collect();
        let mut out = Self {
            units,
            unit_of,
            sessions: Vec::new(),
            joins,
            joins_of: Lists::new(0, std::iter::empty()),
            ports_of: Lists::new(0, std::iter::empty()),
            ports: ports.list,
            port_links: ports.links,
            first_port: ports.first,
            other_ports: ports.others,
            direct,
            one_way_leaves,
            has_one_way,
            tag_lists: Vec::new(),
            tag_classes: 0,
            endpoints,
            sorts: Sorts::new(model),
            removable,
        };
        let routers = out.split(model, &mut lists);
        let forwarding = out.endpoints.iter().filter(|&&node| out.unit_of[node as usize] != NONE);
        let session = |&node: &u32| (node, routers.get(&node).copied().unwrap_or(out.unit_of[node as usize]));
        out.sessions = forwarding.map(session).collect();
        (out.tag_lists, out.tag_classes) = lists.classes();
        let ends = (0_u32..).zip(&out.joins).flat_map(|(at, join)| {
            let [a, b] = join.units;
            [(a, 2 * at), (b, 2 * at + 1)]
        });
        out.joins_of = Lists::new(out.units.len(), ends);
        let ports = (0_u32..).zip(&out.ports).map(|(at, port)| (port.unit, at));
        out.ports_of = Lists::new(out.units.len(), ports);
        out
    }

    /// The ports of a node that does not forward.
    pub(super) fn ports_at(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.first_port[node as usize];
        let others = if first == NONE { None } else { self.other_ports.get(&node) };
        (first != NONE).then_some(first).into_iter().chain(others.into_iter().flatten().copied())
    }

    /// Adds the router half of every l3-switch, and the links to it. Returns the halves by node.
    fn split(&mut self, model: &Model<'_>, lists: &mut VlanLists) -> HashMap<u32, Unit> {
        let is_l3 = |node: &crate::document::Node<'_>| node.kind == Kind::L3Switch;
        let l3 = (0_u32..).zip(&model.document.nodes).filter(|(_, node)| is_l3(node)).map(|(node, _)| node);
        let l3: Vec<u32> = l3.filter(|&node| self.unit_of[node as usize] != NONE).collect();
        let named = if l3.is_empty() { Vec::new() } else { named_vlans(model) };
        let mut routers = HashMap::default();
        for node in l3 {
            let plain =
                ![model.filters.contains_key(&node), model.routes.contains_key(&node), model.nat.contains_key(&node)]
                    .contains(&true);
            let kind = if plain { UnitKind::PlainRouter } else { UnitKind::FilteringRouter };
            let router = u32::try_from(self.units.len()).unwrap_or(NONE);
            self.units.push(UnitInfo { kind, node, many: false, ring: false });
            routers.insert(node, router);
            for (number, vlans) in routed_interfaces(model, node, &named) {
                self.joins.push(Join {
                    link: NONE,
                    units: [self.unit_of[node as usize], router],
                    sides: [(0, 0), (if plain { 0 } else { number }, 0)],
                    vlans: [lists.number(vlans.as_deref()); 2],
                    native: None,
                    one_way: false,
                });
            }
        }
        routers
    }
}

/// Numbers runs in the order of their first nodes. Returns them, and the unit of each node.
fn units(roles: &[Role], runs: Runs) -> (Vec<UnitInfo>, Vec<Unit>) {
    let mut units: Vec<UnitInfo> = Vec::new();
    let (mut unit_of, ring) = runs.into_parts();
    for (node, role) in (0_u32..).zip(roles) {
        let parent = unit_of[node as usize];
        // A parent is no later than what it is the parent of, so that its number is known.
        unit_of[node as usize] = match role.unit_kind() {
            None => NONE,
            Some(_) if parent < node => {
                let unit = unit_of[parent as usize];
                units[unit as usize].many = true;
                unit
            }
            Some(kind) => {
                units.push(UnitInfo { kind, node, many: false, ring: ring[node as usize] });
                u32::try_from(units.len() - 1).unwrap_or(NONE)
            }
        };
    }
    (units, unit_of)
}
