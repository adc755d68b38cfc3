//! Broadcast domains: runs of plain switches, one for each class of tags. A packet that enters a run of switches by one link leaves it by
//! any other; by the same link only where the run holds a ring, for a switch never sends back on the link a packet came by.

use super::all_but_one::AllButOne;
use super::{AttachmentOfDevice, DeviceId, DeviceKind, DirectedLinks};
use crate::graph::{Csr, UnionFind};
use crate::network::condensation::Builder;
use crate::network::guard::TRUE;
use crate::number::number;
use crate::topology::TagClass;

/// A connected run of plain switches, for one class of tags.
#[derive(Clone, Copy)]
pub(super) struct BroadcastDomain {
    /// Where endpoints emit into; leads everywhere.
    pub entry: u32,
    /// Where endpoints take from.
    pub exit: u32,
}

/// The domains of all plain switches.
pub(super) struct Switches {
    /// For each device its items, ascending; an item is a class of tags that links of a plain switch carry.
    tags: Csr<TagClass>,
    /// The domain of each item, by its number among those of all devices.
    domains: Vec<BroadcastDomain>,
}

impl Switches {
    /// Wires all plain switches.
    pub fn wire(directed_links: &DirectedLinks<'_, '_>, builder: &mut Builder) -> Self {
        let view = directed_links.view;
        let mut out = Self::items(directed_links);
        let plain = || view.topology.devices().filter(|(_, device)| device.kind == DeviceKind::PlainSwitch);
        let rings = plain().flat_map(|(device, info)| out.tags.range(device.number()).map(move |_| info.ring));
        let mut sets = UnionFind::with_rings(rings.collect());
        for device_link in view
            .topology
            .device_links
            .iter()
            .filter(|device_link| view.has_device_link(device_link) && view.contracts(device_link))
        {
            for &tag in view.tags(device_link.vlans[0]) {
                if let [Some(a), Some(b)] = device_link.devices.map(|device| out.item(device, tag)) {
                    sets.join(a, b);
                }
            }
        }
        let items = out.tags.items().len();
        let roots: Vec<u32> = (0..number(items)).map(|item| sets.find(item)).collect();
        let (mut members, mut of_set): (Vec<AttachmentOfDevice>, Vec<u32>) = Default::default();
        for (device, _) in plain() {
            for attachment in directed_links.of(device) {
                if let Some(item) = out.item(device, attachment.tag) {
                    members.push(attachment);
                    of_set.push(roots[item as usize]);
                }
            }
        }
        let by_set = Csr::new(items, of_set.iter().copied().zip(0_u32..));
        for (item, &root) in (0_u32..).zip(&roots) {
            // A root is the first item of its run.
            let domain = match out.domains.get(root as usize) {
                Some(&domain) => domain,
                None => {
                    let attachments = by_set.of(item).iter().map(|&at| members[at as usize]);
                    wire_domain(builder, &attachments.collect::<Vec<_>>(), sets.has_ring(root))
                }
            };
            out.domains.push(domain);
        }
        out
    }

    /// The classes of tags that the links of each plain switch carry.
    fn items(directed_links: &DirectedLinks<'_, '_>) -> Self {
        let view = directed_links.view;
        let mut endpoints: Vec<DeviceId> = view.topology.sessions.iter().map(|session| session.1).collect();
        endpoints.sort_unstable();
        let mut out = Self { tags: Csr::default(), domains: Vec::new() };
        // By class: one more than the last device that it was met at.
        let mut seen = vec![0_u32; usize::from(view.topology.tag_classes)];
        for (device, info) in view.topology.devices() {
            let stamp = device.number() + 1;
            if info.kind == DeviceKind::PlainSwitch && view.has_device(device) {
                let mut note = |tag: TagClass| {
                    if std::mem::replace(&mut seen[usize::from(tag)], stamp) != stamp {
                        out.tags.push(tag);
                    }
                };
                // An endpoint among several switches emits with any tag, since a link of all VLANs joins it to others.
                if info.many && endpoints.binary_search(&device).is_ok() {
                    (0..view.topology.tag_classes).for_each(&mut note);
                }
                view.device_links(device).for_each(|(_, device_link, end)| {
                    view.tags(device_link.vlans[end]).iter().copied().for_each(&mut note)
                });
                view.attachments(device)
                    .for_each(|attachment| view.tags(attachment.vlans).iter().copied().for_each(&mut note));
                out.tags.open_list().sort_unstable();
            }
            out.tags.end_list();
        }
        out
    }

    fn item(&self, device: DeviceId, tag: TagClass) -> Option<u32> {
        let at = self.tags.of(device.number()).binary_search(&tag).ok()?;
        Some(number(self.tags.range(device.number()).start + at))
    }

    /// The domain of a switch for a class of tags, if any of its links carries them.
    pub fn domain(&self, device: DeviceId, tag: TagClass) -> Option<BroadcastDomain> {
        self.item(device, tag).map(|item| self.domains[item as usize])
    }

    /// The domains of a switch.
    pub fn domains_of(&self, device: DeviceId) -> impl Iterator<Item = BroadcastDomain> + '_ {
        self.domains[self.tags.range(device.number())].iter().copied()
    }
}

fn wire_domain(builder: &mut Builder, attachments: &[AttachmentOfDevice], ring: bool) -> BroadcastDomain {
    let exit = builder.node();
    let leaving: Vec<u32> = attachments
        .iter()
        .filter(|attachment| attachment.leaving.open)
        .map(|attachment| attachment.leaving.place)
        .collect();
    if ring {
        leaving.iter().for_each(|&directed_link| builder.edge(exit, directed_link, TRUE));
        attachments
            .iter()
            .filter(|attachment| attachment.arriving.open)
            .for_each(|attachment| builder.edge(attachment.arriving.place, exit, TRUE));
        return BroadcastDomain { entry: exit, exit };
    }
    let chain = AllButOne::new(builder, &leaving);
    let entry = builder.node();
    builder.edge(entry, exit, TRUE);
    if let Some(all) = chain.all() {
        builder.edge(entry, all, TRUE);
    }
    let mut index = 0;
    for attachment in attachments {
        let own = attachment.leaving.open.then_some(index);
        index += usize::from(attachment.leaving.open);
        if !attachment.arriving.open {
            continue;
        }
        match own {
            Some(own) => {
                builder.edge(attachment.arriving.place, exit, TRUE);
                chain.all_but(own).for_each(|place| builder.edge(attachment.arriving.place, place, TRUE));
            }
            None => builder.edge(attachment.arriving.place, entry, TRUE),
        }
    }
    BroadcastDomain { entry, exit }
}
