//! How packets pass the devices of one network: domains of plain switches, filtering switches, routers.

mod all_but_one;
mod filtering;
mod switches;
mod uneven;

use rustc_hash::FxHashMap as HashMap;

use super::guard::{GuardId, Guards, Side, TRUE};
use crate::model::Model;
use crate::network::condensation::Builder;
use crate::number::number;
use crate::topology::TagClass;
use crate::topology::{DeviceId, DeviceKind, DeviceLink, InterfacePair, NONE, Topology};
use switches::Switches;

/// What one network has of a topology.
pub(super) struct View<'s> {
    pub topology: &'s Topology,
    /// Whether the network goes without each device; empty: without none.
    gone: Vec<bool>,
    /// Whether each attachment has nobody left on it; empty: every attachment has somebody.
    empty: Vec<bool>,
    /// Whether one-way links are in.
    pub with_one_way: bool,
}

impl<'s> View<'s> {
    /// The view without some removable nodes.
    pub fn new(topology: &'s Topology, gone: &[u32]) -> Self {
        let mut out = Self { topology, gone: Vec::new(), empty: Vec::new(), with_one_way: true };
        if gone.is_empty() {
            return out;
        }
        let mut left = vec![0_u32; topology.attachments.len()];
        let others = topology.other_attachments.values().flatten();
        let hung = topology.first_attachment.iter().filter(|&&attachment| attachment != NONE).chain(others);
        hung.for_each(|&attachment| left[attachment as usize] += 1);
        for &node in gone {
            topology.attachments_at(node).for_each(|attachment| left[attachment as usize] -= 1);
        }
        // A node that forwards is a device of its own, for it is removable; an l3-switch is two.
        let is_gone = |node: u32| gone.binary_search(&node).is_ok();
        out.gone = topology.devices().map(|(_, device)| !device.many && is_gone(device.node)).collect();
        out.empty = left.iter().map(|&left| left == 0).collect();
        out
    }

    fn has_device(&self, device: DeviceId) -> bool {
        self.gone.is_empty() || !self.gone[device.index()]
    }

    fn has_device_link(&self, device_link: &DeviceLink) -> bool {
        (self.with_one_way || !device_link.one_way) && device_link.devices.iter().all(|&device| self.has_device(device))
    }

    /// Whether anybody hangs on an attachment.
    pub fn has_attachment(&self, at: u32) -> bool {
        let attachment = &self.topology.attachments[at as usize];
        let used = self.empty.is_empty() || !self.empty[at as usize];
        used && (self.with_one_way || attachment.sends && attachment.takes) && self.has_device(attachment.device)
    }

    fn kind(&self, device: DeviceId) -> DeviceKind {
        self.topology.device(device).kind
    }

    pub fn tags(&self, vlans: u32) -> &'s [TagClass] {
        &self.topology.tag_lists[vlans as usize]
    }

    /// Whether a link joins plain switches so that they are one to each of its tags.
    fn contracts(&self, device_link: &DeviceLink) -> bool {
        !device_link.one_way
            && !device_link.is_uneven()
            && device_link.devices.iter().all(|&device| self.kind(device) == DeviceKind::PlainSwitch)
    }

    /// The attachments of a device that anybody hangs on.
    fn attachments(&self, device: DeviceId) -> impl Iterator<Item = &'s crate::topology::Attachment> + '_ {
        let attachments = self.topology.attachments_of(device).iter();
        attachments.filter(|&&at| self.has_attachment(at)).map(|&at| &self.topology.attachments[at as usize])
    }

    /// The links of a device to others, each with the end that the device is.
    fn device_links(&self, device: DeviceId) -> impl Iterator<Item = (u32, &'s DeviceLink, usize)> + '_ {
        self.topology.device_links_of(device).filter(|(_, device_link, _)| self.has_device_link(device_link))
    }
}

/// A link between two devices, in one direction, with one class of tags where an end is a switch.
#[derive(Clone, Copy)]
struct DirectedEnd {
    place: u32,
    /// Whether the link carries packets this way.
    open: bool,
}

/// A link as one of its devices sees it.
#[derive(Clone, Copy)]
struct AttachmentOfDevice {
    side: InterfacePair,
    tag: TagClass,
    leaving: DirectedEnd,
    arriving: DirectedEnd,
}

/// The directed links of all links that do not contract.
struct DirectedLinks<'v, 's> {
    view: &'v View<'s>,
    /// First place of each link: two for each class of its tags. [`NONE`]: it has none.
    first: Vec<u32>,
}

impl<'v, 's> DirectedLinks<'v, 's> {
    fn new(view: &'v View<'s>, builder: &mut Builder) -> Self {
        let first = view.topology.device_links.iter().map(|device_link| {
            if !view.has_device_link(device_link) || view.contracts(device_link) {
                return NONE;
            }
            if device_link.is_uneven() {
                return uneven::wire(device_link, [0, 1].map(|end| Self::tags(view, device_link, end)), view, builder);
            }
            builder.nodes(2 * Self::tags(view, device_link, 0).len())
        });
        Self { first: first.collect(), view }
    }

    fn tags(view: &View<'s>, device_link: &DeviceLink, end: usize) -> &'s [TagClass] {
        let tagged = device_link.devices.iter().any(|&device| view.kind(device).is_switch());
        if tagged { view.tags(device_link.vlans[end]) } else { &[0] }
    }

    /// The links whose ends differ, each with its first place.
    fn uneven(&self) -> Vec<(u32, u32)> {
        let device_links = (0_u32..).zip(&self.view.topology.device_links).zip(&self.first);
        let uneven = device_links.filter(|((_, device_link), first)| **first != NONE && device_link.is_uneven());
        uneven.map(|((at, _), &first)| (at, first)).collect()
    }

    /// The attachments of a device to other devices, in document order.
    fn of(&self, device: DeviceId) -> impl Iterator<Item = AttachmentOfDevice> + '_ {
        let device_links = self.view.device_links(device).filter(|&(at, ..)| self.first[at as usize] != NONE);
        device_links.flat_map(move |(at, device_link, end)| {
            // The places of an uneven link's ends are apart: those of the first end, then those of the second.
            let (uneven, tags) = (device_link.is_uneven(), Self::tags(self.view, device_link, end));
            let before = if uneven && end == 1 { Self::tags(self.view, device_link, 0).len() } else { 0 };
            let first = self.first[at as usize] + 2 * number(before);
            let places = (0_u32..).map(move |number| first + 2 * number);
            tags.iter().zip(places).map(move |(&tag, place)| {
                let [out, back] = if uneven && end == 1 { [place + 1, place] } else { [place, place + 1] };
                let there = DirectedEnd { place: out, open: true };
                let back = DirectedEnd { place: back, open: !device_link.one_way };
                let (leaving, arriving) = if end == 0 { (there, back) } else { (back, there) };
                AttachmentOfDevice { side: device_link.sides[end], tag, leaving, arriving }
            })
        })
    }
}

/// Places with the guards of the endpoint's own filters.
pub(super) type OwnAttachments = (Vec<(u32, GuardId)>, Vec<(u32, GuardId)>);

/// Where endpoints attach to devices.
pub(super) struct Forwarding<'v, 's> {
    view: &'v View<'s>,
    switches: Switches,
    /// Arrival and departure of plain routers, by device; [`NONE`]: it has no link.
    routers: Vec<(u32, u32)>,
    /// Arrivals and departures of filtering routers by interface.
    sides: HashMap<(DeviceId, InterfacePair), (u32, u32)>,
    /// Filtering switches: where leaves of a group of interfaces emit into and take from.
    groups: HashMap<(DeviceId, InterfacePair, TagClass), (u32, u32)>,
    /// What filtering devices that are endpoints themselves emit into and take from.
    own: HashMap<DeviceId, OwnAttachments>,
    /// The first places of links whose ends differ.
    uneven: Vec<(u32, u32)>,
}

impl<'v, 's> Forwarding<'v, 's> {
    /// Wires all devices.
    pub fn wire(view: &'v View<'s>, model: &Model<'_>, guards: &mut Guards, builder: &mut Builder) -> Self {
        let directed_links = DirectedLinks::new(view, builder);
        let switches = Switches::wire(&directed_links, builder);
        let mut domains = Self {
            view,
            switches,
            routers: vec![(NONE, NONE); view.topology.device_count()],
            sides: HashMap::default(),
            groups: HashMap::default(),
            own: HashMap::default(),
            uneven: directed_links.uneven(),
        };
        let mut sessions: Vec<DeviceId> = view.topology.sessions.iter().map(|session| session.1).collect();
        sessions.sort_unstable();
        for (device, info) in view.topology.devices().filter(|(device, _)| view.has_device(*device)) {
            let own = match info.kind {
                DeviceKind::PlainSwitch => continue,
                DeviceKind::PlainRouter => {
                    domains.wire_plain_router(device, info.many, &directed_links, builder);
                    continue;
                }
                DeviceKind::FilteringRouter => {
                    domains.wire_filtering_router(model, info.node, device, &directed_links, guards, builder)
                }
                DeviceKind::FilteringSwitch => {
                    domains.wire_filtering_switch(model, info.node, device, &directed_links, guards, builder)
                }
            };
            if sessions.binary_search(&device).is_ok() {
                domains.own.insert(device, own);
            }
        }
        domains
    }

    /// Where leaves on an attachment of a device emit into (`way` 0) or take from (`way` 1).
    pub fn places(&self, device: DeviceId, side: InterfacePair, vlans: u32, way: usize) -> Vec<u32> {
        let pick = |(entry, exit): (u32, u32)| if way == 0 { entry } else { exit };
        let tags = self.view.tags(vlans).iter();
        match self.view.kind(device) {
            DeviceKind::PlainSwitch => tags
                .filter_map(|&tag| self.switches.domain(device, tag))
                .map(|domain| pick((domain.entry, domain.exit)))
                .collect(),
            DeviceKind::PlainRouter => vec![pick(self.routers[device.index()])],
            DeviceKind::FilteringRouter => {
                self.sides.get(&(device, side)).map(|&pair| pick(pair)).into_iter().collect()
            }
            DeviceKind::FilteringSwitch => {
                tags.filter_map(|&tag| self.groups.get(&(device, side, tag))).map(|&pair| pick(pair)).collect()
            }
        }
    }

    /// What a device that is an endpoint itself emits into and takes from.
    pub fn own(&self, device: DeviceId) -> OwnAttachments {
        match self.view.kind(device) {
            // A plain switch with a zone emits on any of its links with any of their tags.
            DeviceKind::PlainSwitch => {
                let domains = || self.switches.domains_of(device);
                (
                    domains().map(|domain| (domain.entry, TRUE)).collect(),
                    domains().map(|domain| (domain.exit, TRUE)).collect(),
                )
            }
            DeviceKind::PlainRouter => match self.routers[device.index()] {
                (NONE, _) => OwnAttachments::default(),
                (arrival, departure) => (vec![(departure, TRUE)], vec![(arrival, TRUE)]),
            },
            _ => self.own.get(&device).cloned().unwrap_or_default(),
        }
    }

    /// What a switch that is an endpoint itself emits by its links whose ends differ. It has no tag yet, so that it enters the
    /// other end with any that this one carries, whatever this end carries.
    pub fn emitted_unevenly(&self, model: &Model<'_>, node: u32, guards: &mut Guards) -> Vec<(u32, GuardId)> {
        let mut out = Vec::new();
        for &(at, first) in &self.uneven {
            let device_link = &self.view.topology.device_links[at as usize];
            let Some(link) = device_link.link else { continue };
            let ends = model.names.links[link.index()];
            let open = |end: &usize| ends[*end] == node && !(device_link.one_way && *end == 1);
            for end in [0, 1].into_iter().filter(open) {
                let own = side(device_link.sides[end]);
                let guard = guards.between(model, node, None, own);
                let tags = [0, 1].map(|end| self.view.tags(device_link.vlans[end]).len());
                let before = if end == 0 { tags[0] } else { 0 };
                let places = (0..tags[1 - end]).map(|at| first + 2 * number(before + at) + 1);
                out.extend(places.map(|place| (place, guard)));
            }
        }
        out
    }

    /// A packet goes back and forth between routers that pass everything, so that a run of them is one place.
    fn wire_plain_router(
        &mut self,
        device: DeviceId,
        many: bool,
        directed_links: &DirectedLinks<'_, '_>,
        builder: &mut Builder,
    ) {
        let linked = self.view.device_links(device).next().is_some() || self.view.attachments(device).next().is_some();
        let (arrival, departure) = match (many, linked) {
            (false, false) => return,
            (true, _) => {
                let place = builder.node();
                (place, place)
            }
            (false, true) => {
                let places = (builder.node(), builder.node());
                builder.edge(places.0, places.1, TRUE);
                places
            }
        };
        self.routers[device.index()] = (arrival, departure);
        for attachment in directed_links.of(device) {
            if attachment.arriving.open {
                builder.edge(attachment.arriving.place, arrival, TRUE);
            }
            if attachment.leaving.open {
                builder.edge(departure, attachment.leaving.place, TRUE);
            }
        }
    }
}

/// A side of a node that is certainly there.
pub(super) const fn side(numbers: InterfacePair) -> Side {
    Some(numbers)
}
