//! What all networks of a document have in common: which boxes contract into one device, and what is left of the links then.
//! Made by one pass over the nodes and one over the links, so that a network of the document, or of the document
//! without some nodes, is made from what is left.

mod halves;
mod l3_links;
mod signatures;
mod tags;
mod vlans;
mod walk;
mod walk_tags;

use rustc_hash::FxHashMap as HashMap;

use crate::document::{Kind, Link};
use crate::graph::{Csr, UnionFind};
use crate::model::Model;
use crate::number::number;
pub(crate) use l3_links::Interfaces;
pub(crate) use signatures::Signatures;
use tags::VlanLists;

pub use halves::Half;
pub use l3_links::{L3Links, L3Switch};
pub use tags::{TAGS, TagClass, TagClasses};
pub use vlans::Vlans;
pub use walk_tags::WalkTags;

/// Boxes that forward as one: a run of plain routers, or of plain switches, that links of all VLANs join; any other
/// forwarding node; or one half of an l3-switch.
pub(crate) type Device = u32;

/// Numbers of the interface and of the neighbour at one end of a link, see [`crate::model::Interface`].
pub(crate) type InterfacePair = (u16, u16);

/// Stands for "no device", "no link" and "no entry" in tables.
pub(crate) use crate::graph::NONE;

/// How a device forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceKind {
    /// Switches without filters and routes.
    PlainSwitch,
    /// A switch with filters or routes.
    FilteringSwitch,
    /// Anything else without filters and routes: drops tags, may send back.
    PlainRouter,
    /// The same with filters or routes.
    FilteringRouter,
}

impl DeviceKind {
    /// Whether it keeps tags.
    pub const fn is_switch(self) -> bool {
        matches!(self, Self::PlainSwitch | Self::FilteringSwitch)
    }
}

/// A device.
pub(crate) struct DeviceFacts {
    pub kind: DeviceKind,
    /// Its node; of several the first.
    pub node: u32,
    /// Whether it is several nodes. Each of them then has a link of all VLANs, both ways, to another.
    pub many: bool,
    /// Whether links of all VLANs within it form a ring.
    pub ring: bool,
}

/// A link between devices that does not contract.
pub(crate) struct DeviceLink {
    /// The link; [`NONE`] between the halves of an l3-switch.
    pub link: u32,
    pub devices: [Device; 2],
    pub sides: [InterfacePair; 2],
    /// Number of the list of VLANs of each end.
    pub vlans: [u32; 2],
    /// Numbers of the lists of the untagged VLAN of each end, where they differ.
    pub native: Option<[u32; 2]>,
    pub one_way: bool,
}

impl DeviceLink {
    /// Whether a tag may be carried by one end only, or be another at the other end.
    pub fn is_uneven(&self) -> bool {
        self.vlans[0] != self.vlans[1] || self.native.is_some()
    }
}

/// Where endpoints that do not forward hang on a device: all that do by the same node with links alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Attachment {
    pub node: u32,
    pub device: Device,
    pub side: InterfacePair,
    /// Number of the list of VLANs.
    pub vlans: u32,
    /// Whether the endpoints can send by it.
    pub sends: bool,
    /// Whether the endpoints can receive by it.
    pub takes: bool,
    /// The endpoint and its side, where it has filters of its own; it is then the only one.
    pub filtered: Option<(u32, InterfacePair)>,
}

/// A link between two endpoints that do not forward.
pub(crate) struct Direct {
    pub nodes: [u32; 2],
    pub sides: [InterfacePair; 2],
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

    const fn device_kind(self) -> Option<DeviceKind> {
        match self.what() {
            Self::SWITCH | Self::LONE_SWITCH => Some(DeviceKind::PlainSwitch),
            Self::ROUTER | Self::LONE_ROUTER => Some(DeviceKind::PlainRouter),
            Self::FILTERING_SWITCH => Some(DeviceKind::FilteringSwitch),
            Self::FILTERING_ROUTER => Some(DeviceKind::FilteringRouter),
            _ => None,
        }
    }
}

/// What all networks of a document have in common.
pub struct Topology {
    pub(crate) devices: Vec<DeviceFacts>,
    /// The device of each node at its links; [`NONE`]: it does not forward.
    pub(crate) device_of: Vec<Device>,
    /// Endpoints that forward and the device in which each ends sessions (the router half of an l3-switch), ascending.
    pub(crate) sessions: Vec<(u32, Device)>,
    /// Links between devices, in document order.
    pub(crate) device_links: Vec<DeviceLink>,
    /// The links of each device, as 2 * index + end.
    pub(crate) device_links_of: Csr,
    pub(crate) attachments: Vec<Attachment>,
    /// The attachments of each device.
    pub(crate) attachments_of: Csr,
    /// First attachment of each endpoint; [`NONE`]: none.
    pub(crate) first_attachment: Vec<u32>,
    /// The other attachments of the few endpoints with several.
    pub(crate) other_attachments: HashMap<u32, Vec<u32>>,
    /// A link of each attachment.
    pub(crate) attachment_links: Vec<u32>,
    pub(crate) direct: Vec<Direct>,
    /// One-way links that join an endpoint that does not forward to anything.
    pub(crate) one_way_leaves: Vec<u32>,
    /// Whether any link is one-way.
    pub(crate) has_one_way: bool,
    /// Classes of tags of each list of VLANs.
    pub(crate) tag_lists: Vec<Vec<TagClass>>,
    pub(crate) tag_classes: TagClass,
    pub(crate) endpoints: Vec<u32>,
    /// Endpoints by what they are themselves.
    pub(crate) signatures: Signatures,
    /// The links within l3-switches.
    l3_links: L3Links,
    /// The nodes that networks may go without, ascending.
    pub(crate) removable: Vec<u32>,
}

/// Numbers of the interface and of the neighbour that the node at one end of a link has there.
pub(crate) fn interface_pair(model: &Model<'_>, link: &Link<'_>, ends: [u32; 2], end: usize) -> InterfacePair {
    model.interfaces.get(&ends[end]).map_or((0, 0), |interface| {
        let neighbour = model.id(ends[1 - end]);
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

/// Attachments under construction.
struct Attachments {
    list: Vec<Attachment>,
    links: Vec<u32>,
    /// One more than the last attachment on each node; 0: none.
    last: Vec<u32>,
    /// One more than the attachment before each on its node.
    before: Vec<u32>,
    /// Attachments by what they are, of nodes with more than [`Attachments::FEW`].
    index: HashMap<Attachment, u32>,
    first: Vec<u32>,
    others: HashMap<u32, Vec<u32>>,
}

impl Attachments {
    /// Attachments of a node that are looked through one by one.
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

    fn find(&mut self, attachment: &Attachment, link: u32) -> u32 {
        let node = attachment.node as usize;
        if attachment.filtered.is_none() {
            let mut at = self.last[node];
            for _ in 0..Self::FEW {
                let Some(index) = at.checked_sub(1) else { break };
                if self.list[index as usize] == *attachment {
                    return index;
                }
                at = self.before[index as usize];
            }
            if at != 0
                && let Some(&known) = self.index.get(attachment)
            {
                return known;
            }
        }
        let next = number(self.list.len());
        self.list.push(*attachment);
        self.links.push(link);
        self.before.push(self.last[node]);
        if attachment.filtered.is_none() {
            self.last[node] = next + 1;
            self.index.insert(*attachment, next);
        }
        next
    }

    fn hang(&mut self, node: u32, attachment: &Attachment, link: u32) {
        let attachment = self.find(attachment, link);
        let first = &mut self.first[node as usize];
        if *first == NONE {
            *first = attachment;
        } else {
            self.others.entry(node).or_default().push(attachment);
        }
    }
}

impl Topology {
    /// The topology of a model; `removable`, ascending, are the nodes that networks may go without. O(nodes + links).
    #[must_use]
    pub fn new(model: &Model<'_>, removable: Vec<u32>) -> Self {
        let nodes = model.document.nodes.len();
        let roles = roles(model, &removable);
        let mut sets = UnionFind::new(nodes);
        let mut lists = VlanLists::new();
        let mut device_links: Vec<DeviceLink> = Vec::new();
        let mut attachments = Attachments::new(nodes);
        let mut direct: Vec<Direct> = Vec::new();
        let (mut has_one_way, mut one_way_leaves) = (false, Vec::new());
        for (index, (link, &ends)) in (0_u32..).zip(model.document.links.iter().zip(&model.names.links)) {
            let [a, b] = ends;
            let [role, other] = [roles[a as usize], roles[b as usize]];
            has_one_way |= link.one_way();
            // What passes everything and joins both ways contracts: between routers a packet goes back and forth, among
            // switches it goes everywhere but back, unless there is a ring. A one-way link joins nothing.
            let vlans = Vlans::of(model, link, ends);
            let contracts = role.what() == Role::ROUTER || role.what() == Role::SWITCH && vlans.are_all();
            if contracts && role.what() == other.what() && !link.one_way() {
                sets.join(a, b);
                continue;
            }
            let is_leaf = [role, other].map(|role| role.what() == Role::LEAF);
            if link.one_way() && is_leaf.contains(&true) {
                one_way_leaves.push(index);
            }
            let side = |end: usize| match [role, other][end].what() {
                // What is plain looks at no interface.
                Role::FILTERING_SWITCH | Role::FILTERING_ROUTER => interface_pair(model, link, ends, end),
                Role::LEAF if [role, other][end].0 & Role::FILTERED != 0 => interface_pair(model, link, ends, end),
                _ => (0, 0),
            };
            match is_leaf {
                [false, false] => {
                    let (vlans, native) = vlans.of_device_link(&mut lists);
                    let (sides, one_way) = ([side(0), side(1)], link.one_way());
                    device_links.push(DeviceLink { link: index, devices: ends, sides, vlans, native, one_way });
                }
                [true, true] => direct.push(Direct { nodes: ends, sides: [side(0), side(1)], one_way: link.one_way() }),
                [first, _] => {
                    let end = usize::from(!first);
                    let (leaf, node) = (ends[end], ends[1 - end]);
                    let filtered = [role, other][end].0 & Role::FILTERED != 0;
                    let attachment = Attachment {
                        node,
                        device: NONE,
                        side: side(1 - end),
                        vlans: vlans.of_leaf(&mut lists),
                        sends: first || !link.one_way(),
                        takes: !first || !link.one_way(),
                        filtered: filtered.then(|| (leaf, side(end))),
                    };
                    attachments.hang(leaf, &attachment, index);
                }
            }
        }
        let (devices, device_of) = devices(&roles, sets);
        device_links
            .iter_mut()
            .for_each(|device_link| device_link.devices = device_link.devices.map(|node| device_of[node as usize]));
        attachments.list.iter_mut().for_each(|attachment| attachment.device = device_of[attachment.node as usize]);
        let endpoint = &model.labels.endpoint;
        let endpoints = (0_u32..).zip(endpoint).filter(|(_, endpoint)| **endpoint).map(|(node, _)| node).collect();
        let mut out = Self {
            devices,
            device_of,
            sessions: Vec::new(),
            device_links,
            device_links_of: Csr::default(),
            attachments_of: Csr::default(),
            attachments: attachments.list,
            attachment_links: attachments.links,
            first_attachment: attachments.first,
            other_attachments: attachments.others,
            direct,
            one_way_leaves,
            has_one_way,
            tag_lists: Vec::new(),
            tag_classes: 0,
            endpoints,
            signatures: Signatures::new(model),
            l3_links: L3Links::new(model),
            removable,
        };
        let routers = out.split(model, &mut lists);
        let forwarding = out.endpoints.iter().filter(|&&node| out.device_of[node as usize] != NONE);
        let session = |&node: &u32| (node, routers.get(&node).copied().unwrap_or(out.device_of[node as usize]));
        out.sessions = forwarding.map(session).collect();
        (out.tag_lists, out.tag_classes) = lists.classes();
        let ends = (0_u32..).zip(&out.device_links).flat_map(|(at, device_link)| {
            let [a, b] = device_link.devices;
            [(a, 2 * at), (b, 2 * at + 1)]
        });
        out.device_links_of = Csr::new(out.devices.len(), ends);
        let attachments = (0_u32..).zip(&out.attachments).map(|(at, attachment)| (attachment.device, at));
        out.attachments_of = Csr::new(out.devices.len(), attachments);
        out
    }

    /// The attachments of a node that does not forward.
    pub(crate) fn attachments_at(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.first_attachment[node as usize];
        let others = if first == NONE { None } else { self.other_attachments.get(&node) };
        (first != NONE).then_some(first).into_iter().chain(others.into_iter().flatten().copied())
    }

    /// Adds the router half of every l3-switch, and the links to it. Returns the halves by node.
    fn split(&mut self, model: &Model<'_>, lists: &mut VlanLists) -> HashMap<u32, Device> {
        let mut routers = HashMap::default();
        for switch in self.l3_links.switches() {
            let node = switch.node();
            let switch_half = self.device_of[node as usize];
            if switch_half == NONE {
                continue;
            }
            let plain = Half::Router.is_plain(model, node);
            let kind = if plain { DeviceKind::PlainRouter } else { DeviceKind::FilteringRouter };
            let router = number(self.devices.len());
            self.devices.push(DeviceFacts { kind, node, many: false, ring: false });
            routers.insert(node, router);
            for (interface, vlans) in switch.by_interface(model) {
                self.device_links.push(DeviceLink {
                    link: NONE,
                    devices: [switch_half, router],
                    sides: [(0, 0), (if plain { 0 } else { interface }, 0)],
                    vlans: [lists.number(vlans.as_deref()); 2],
                    native: None,
                    one_way: false,
                });
            }
        }
        routers
    }
}

/// Numbers runs in the order of their first nodes. Returns them, and the device of each node.
fn devices(roles: &[Role], sets: UnionFind) -> (Vec<DeviceFacts>, Vec<Device>) {
    let mut devices: Vec<DeviceFacts> = Vec::new();
    let (mut device_of, ring) = sets.into_parts();
    for (node, role) in (0_u32..).zip(roles) {
        let parent = device_of[node as usize];
        // A parent is no later than what it is the parent of, so that its number is known.
        device_of[node as usize] = match role.device_kind() {
            None => NONE,
            Some(_) if parent < node => {
                let device = device_of[parent as usize];
                devices[device as usize].many = true;
                device
            }
            Some(kind) => {
                devices.push(DeviceFacts { kind, node, many: false, ring: ring[node as usize] });
                number(devices.len() - 1)
            }
        };
    }
    (devices, device_of)
}
