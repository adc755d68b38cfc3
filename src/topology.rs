//! What all networks of a document have in common: which boxes contract into one device, and what is left of the links then.
//! Made by one pass over the nodes and one over the links, so that a network of the document, or of the document
//! without some nodes, is made from what is left.

mod attachments;
mod halves;
mod l3_links;
mod signatures;
mod tags;
#[cfg(test)]
mod tests;
mod vlans;
mod walk_tags;

use rustc_hash::FxHashMap as HashMap;

use crate::document::{Kind, Link};
use crate::graph::{Csr, UnionFind};
use crate::model::{LinkId, Model};
use crate::number::{id_type, number};
use attachments::Attachments;
pub(crate) use l3_links::Interfaces;
pub(crate) use signatures::Signatures;
use tags::VlanLists;

pub use halves::Half;
pub use l3_links::{L3Links, L3Switch};
pub use tags::{TAGS, TagClass, TagClasses};
pub use vlans::Vlans;
pub use walk_tags::WalkTags;

id_type! {
    /// Boxes that forward as one: a run of plain routers, or of plain switches, that links of all VLANs join; any other
    /// forwarding node; or one half of an l3-switch.
    pub(crate) struct DeviceId;
}
impl DeviceId {
    /// Its number, as keys of [`Csr`] are.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Not known before all links are seen.
const UNKNOWN: DeviceId = DeviceId(NONE);

/// Numbers of the interface and of the neighbour at one end of a link, see [`crate::model::Interface`].
pub(crate) type InterfacePair = (u16, u16);

/// Stands for "no entry" in tables.
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
    /// The link; `None` between the halves of an l3-switch.
    pub link: Option<LinkId>,
    pub devices: [DeviceId; 2],
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
    pub device: DeviceId,
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
    devices: Vec<DeviceFacts>,
    /// Number of the device of each node at its links; [`NONE`]: it does not forward.
    device_of: Vec<u32>,
    /// Endpoints that forward and the device in which each ends sessions (the router half of an l3-switch), ascending.
    pub(crate) sessions: Vec<(u32, DeviceId)>,
    /// Links between devices, in document order.
    pub(crate) device_links: Vec<DeviceLink>,
    /// The links of each device, as 2 * index + end.
    device_links_of: Csr,
    pub(crate) attachments: Vec<Attachment>,
    /// The attachments of each device.
    attachments_of: Csr,
    /// First attachment of each endpoint; [`NONE`]: none.
    pub(crate) first_attachment: Vec<u32>,
    /// The other attachments of the few endpoints with several.
    pub(crate) other_attachments: HashMap<u32, Vec<u32>>,
    pub(crate) direct: Vec<Direct>,
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

impl Topology {
    /// The topology of a model; `removable`, ascending, are the nodes that networks may go without; endpoints of different
    /// `marks` (by node; empty: none has one) are not alike. O(nodes + links).
    #[must_use]
    pub fn new(model: &Model<'_>, removable: Vec<u32>, marks: &[u32]) -> Self {
        let nodes = model.document.nodes.len();
        let roles = roles(model, &removable);
        let mut sets = UnionFind::new(nodes);
        let mut lists = VlanLists::new();
        let mut device_links: Vec<DeviceLink> = Vec::new();
        let mut attachments = Attachments::new(nodes);
        let mut direct: Vec<Direct> = Vec::new();
        let mut has_one_way = false;
        for (link, (id, ends)) in model.document.links.iter().zip(model.names.links()) {
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
                    device_links.push(DeviceLink {
                        link: Some(id),
                        devices: [UNKNOWN; 2],
                        sides,
                        vlans,
                        native,
                        one_way,
                    });
                }
                [true, true] => direct.push(Direct { nodes: ends, sides: [side(0), side(1)], one_way: link.one_way() }),
                [first, _] => {
                    let end = usize::from(!first);
                    let (leaf, node) = (ends[end], ends[1 - end]);
                    let filtered = [role, other][end].0 & Role::FILTERED != 0;
                    let attachment = Attachment {
                        node,
                        device: UNKNOWN,
                        side: side(1 - end),
                        vlans: vlans.of_leaf(&mut lists),
                        sends: first || !link.one_way(),
                        takes: !first || !link.one_way(),
                        filtered: filtered.then(|| (leaf, side(end))),
                    };
                    attachments.hang(leaf, &attachment);
                }
            }
        }
        let (devices, device_of) = devices(&roles, sets);
        let device_at = |node: u32| DeviceId(device_of[node as usize]);
        for device_link in &mut device_links {
            if let Some(link) = device_link.link {
                device_link.devices = model.names.links[link.index()].map(device_at);
            }
        }
        attachments.list.iter_mut().for_each(|attachment| attachment.device = device_at(attachment.node));
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
            first_attachment: attachments.first,
            other_attachments: attachments.others,
            direct,
            has_one_way,
            tag_lists: Vec::new(),
            tag_classes: 0,
            endpoints,
            signatures: Signatures::new(model, marks),
            l3_links: L3Links::new(model),
            removable,
        };
        let routers = out.split(model, &mut lists);
        let sessions = out.endpoints.iter().filter_map(|&node| {
            let at_links = out.device_of(node)?;
            Some((node, routers.get(&node).copied().unwrap_or(at_links)))
        });
        out.sessions = sessions.collect();
        (out.tag_lists, out.tag_classes) = lists.classes();
        let ends = (0_u32..).zip(&out.device_links).flat_map(|(at, device_link)| {
            let [a, b] = device_link.devices.map(DeviceId::number);
            [(a, 2 * at), (b, 2 * at + 1)]
        });
        out.device_links_of = Csr::new(out.devices.len(), ends);
        let attachments = (0_u32..).zip(&out.attachments).map(|(at, attachment)| (attachment.device.number(), at));
        out.attachments_of = Csr::new(out.devices.len(), attachments);
        out
    }

    /// The device of a node at its links, if it forwards.
    pub(crate) fn device_of(&self, node: u32) -> Option<DeviceId> {
        Some(self.device_of[node as usize]).filter(|&device| device != NONE).map(DeviceId)
    }

    /// All devices.
    pub(crate) fn devices(&self) -> impl Iterator<Item = (DeviceId, &DeviceFacts)> {
        (0..number(self.devices.len())).map(DeviceId).zip(&self.devices)
    }

    /// How many devices there are.
    pub(crate) fn device_count(&self) -> usize {
        self.devices.len()
    }

    /// A device.
    pub(crate) fn device(&self, device: DeviceId) -> &DeviceFacts {
        &self.devices[device.index()]
    }

    /// The links of a device to others: number, link, and the end that the device is.
    pub(crate) fn device_links_of(&self, device: DeviceId) -> impl Iterator<Item = (u32, &DeviceLink, usize)> {
        let entries = self.device_links_of.of(device.number()).iter();
        entries.map(|&entry| (entry / 2, &self.device_links[entry as usize / 2], entry as usize & 1))
    }

    /// The numbers of the attachments of a device.
    pub(crate) fn attachments_of(&self, device: DeviceId) -> &[u32] {
        self.attachments_of.of(device.number())
    }

    /// The links within l3-switches.
    #[must_use]
    pub const fn l3_links(&self) -> &L3Links {
        &self.l3_links
    }

    /// How many nodes the document has.
    pub(crate) fn node_count(&self) -> usize {
        self.device_of.len()
    }

    /// The attachments of a node that does not forward.
    pub(crate) fn attachments_at(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.first_attachment[node as usize];
        let others = if first == NONE { None } else { self.other_attachments.get(&node) };
        (first != NONE).then_some(first).into_iter().chain(others.into_iter().flatten().copied())
    }

    /// Adds the router half of every l3-switch, and the links to it. Returns the halves by node.
    fn split(&mut self, model: &Model<'_>, lists: &mut VlanLists) -> HashMap<u32, DeviceId> {
        let mut routers = HashMap::default();
        for switch in self.l3_links.switches() {
            let node = switch.node();
            let Some(switch_half) = self.device_of(node) else { continue };
            let plain = Half::Router.is_plain(model, node);
            let kind = if plain { DeviceKind::PlainRouter } else { DeviceKind::FilteringRouter };
            let router = DeviceId::new(self.devices.len());
            self.devices.push(DeviceFacts { kind, node, many: false, ring: false });
            routers.insert(node, router);
            for (interface, vlans) in switch.by_interface(model) {
                self.device_links.push(DeviceLink {
                    link: None,
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

/// Numbers runs in the order of their first nodes. Returns them, and the number of the device of each node.
fn devices(roles: &[Role], sets: UnionFind) -> (Vec<DeviceFacts>, Vec<u32>) {
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
