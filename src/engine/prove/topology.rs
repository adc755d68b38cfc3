//! The network as the certificate speaks of it: devices, and numbered links. `docs/certificate.md`, section 4.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::link::{Link, ProofDevice};
use crate::document::Kind;
use crate::model::{LinkId, Model};
use crate::topology::{Half, InterfacePair, Interfaces, L3Links, TagClass, TagClasses, Vlans, interface_pair};

#[derive(Default)]
pub(super) struct DeviceFacts {
    pub node: u32,
    half: u8,
    pub switch: bool,
    /// Has neither filters nor routes.
    pub plain: bool,
    /// Links to other devices: number, and which end this device is.
    pub links: Vec<(LinkId, usize)>,
    /// Sides behind which leaves hang.
    pub leaf_sides: BTreeSet<InterfacePair>,
}

impl DeviceFacts {
    /// Which half of its node it is.
    pub(super) const fn half(&self) -> u8 {
        self.half
    }
}

/// Where a leaf hangs: link, its end there, device, and the leaf's own side.
#[derive(Clone, Copy)]
pub(super) struct Port {
    pub link: LinkId,
    pub end: usize,
}

/// Devices and links of a network.
pub(super) struct ProofTopology {
    devices: Vec<DeviceFacts>,
    links: Vec<Link>,
    pub session_device: HashMap<u32, ProofDevice>,
    pub ports: HashMap<u32, Vec<Port>>,
    /// The ports of leaves that lead to other leaves.
    pub neighbours: HashMap<u32, Vec<Port>>,
    pub classes: TagClasses,
    /// Some link has VLANs or a direction.
    pub has_limits: bool,
}

/// What a packet came by: a link, or [`LEAF`]. A number no larger than a link's: proofs hold many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct By(u32);
/// By a link to a leaf, or emitted there; behind all links.
pub(super) const LEAF: By = By(u32::MAX);

impl By {
    /// By a link.
    pub const fn link(link: LinkId) -> Self {
        Self(link.number())
    }

    /// The number of the link, as certificates have it.
    pub fn number(self) -> Option<u32> {
        (self != LEAF).then_some(self.0)
    }
}

/// The tag class of states of devices that are no switches.
pub(super) const UNTAGGED: TagClass = TagClass::MAX;

impl ProofTopology {
    /// The network of the document without some nodes.
    pub fn new(model: &Model<'_>, without: &dyn Fn(u32) -> bool) -> Self {
        let document = model.document;
        let mut devices: Vec<DeviceFacts> = Vec::new();
        let (mut device_at_links, mut session_device) = (HashMap::new(), HashMap::new());
        for (node, value) in (0_u32..).zip(&document.nodes) {
            let left_out = !model.labels.forwards[node as usize] || without(node);
            if left_out {
                continue;
            }
            let mut device = |half: Half| {
                let (switch, plain) = (half.keeps_tags(model, node), half.is_plain(model, node));
                devices.push(DeviceFacts {
                    node,
                    half: u8::from(half == Half::Router),
                    switch,
                    plain,
                    ..DeviceFacts::default()
                });
                ProofDevice::at(devices.len() - 1)
            };
            let at_links = device(Half::at_links(model, node));
            let own = if value.kind == Kind::L3Switch { device(Half::Router) } else { at_links };
            device_at_links.insert(node, at_links);
            session_device.insert(node, own);
        }
        // Links have numbers whether or not their nodes are left out.
        let l3_links = L3Links::new(model);
        let joined = || document.links.iter().zip(&model.names.links);
        let link_sets = joined().flat_map(|(link, &ends)| Vlans::of(model, link, ends).sets());
        let l3_vlans = l3_links.switches().iter().flat_map(|switch| switch.vlans());
        let classes = TagClasses::new(link_sets.chain(l3_vlans.map(|&vlan| Cow::Owned(vec![(vlan, vlan)]))));
        let mut out = Self {
            devices,
            links: Vec::new(),
            session_device,
            ports: HashMap::new(),
            neighbours: HashMap::new(),
            classes,
            has_limits: false,
        };
        for (link, &ends) in joined() {
            let end =
                |at: usize| (device_at_links.get(&ends[at]).copied(), ends[at], interface_pair(model, link, ends, at));
            let (tags, uneven) = Link::tags_of(&Vlans::of(model, link, ends), &out.classes);
            let link = Link { ends: [end(0), end(1)], tags, one_way: link.one_way(), uneven };
            out.add(link, ends.into_iter().any(without));
        }
        for switch in l3_links.switches() {
            let (node, interfaces) = (switch.node(), Interfaces::of(model, switch.node()));
            let halves =
                [device_at_links.get(&node), out.session_device.get(&node)].map(Option::<&ProofDevice>::copied);
            for (link, vlan) in switch.links() {
                assert_eq!(link.index(), out.links.len());
                let ends = [(halves[0], node, (0, 0)), (halves[1], node, (interfaces.number(vlan), 0))];
                let tags = out.classes.of(vlan.map(|vlan| (vlan, vlan)).as_ref().map(std::slice::from_ref));
                out.add(Link { ends, tags, one_way: false, uneven: None }, halves[0].is_none());
            }
        }
        out
    }

    /// A device.
    pub(super) fn device(&self, device: ProofDevice) -> &DeviceFacts {
        &self.devices[device.index()]
    }

    /// A link.
    pub(super) fn link(&self, link: LinkId) -> &Link {
        &self.links[link.index()]
    }

    /// The side of a device at the link that a packet came to it by; not for [`LEAF`].
    pub(super) fn side_of(&self, device: ProofDevice, by: By) -> InterfacePair {
        side_at(&self.links[by.0 as usize], device)
    }

    /// Whether a link carries some tags only, or leads one way.
    pub(super) fn is_limited(&self, link: LinkId) -> bool {
        self.links[link.index()].is_limited(self.classes.of(None).len())
    }

    /// The tags of some classes.
    pub(super) fn ranges(&self, tags: &[TagClass]) -> Vec<(u16, u16)> {
        self.classes.ranges(tags)
    }

    fn add(&mut self, link: Link, left_out: bool) {
        let number = LinkId::new(self.links.len());
        self.has_limits |= link.is_limited(self.classes.of(None).len());
        if !left_out {
            for (end, &(device, node, _)) in link.ends.iter().enumerate() {
                match (device, link.ends[1 - end].0) {
                    (Some(device), Some(_)) => self.devices[device.index()].links.push((number, end)),
                    (None, far) => {
                        self.ports.entry(node).or_default().push(Port { link: number, end });
                        if far.is_none() {
                            self.neighbours.entry(node).or_default().push(Port { link: number, end });
                        }
                    }
                    (Some(device), None) => {
                        self.devices[device.index()].leaf_sides.insert(link.ends[end].2);
                    }
                }
            }
        }
        self.links.push(link);
    }
}

/// The interface that a device has at a link.
fn side_at(link: &Link, device: ProofDevice) -> InterfacePair {
    if link.ends[0].0 == Some(device) { link.ends[0].2 } else { link.ends[1].2 }
}

/// The numbers of the first and last link of each run.
pub(super) fn runs(links: impl Iterator<Item = LinkId>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in links.map(LinkId::number) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}
