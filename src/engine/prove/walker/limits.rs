//! The links that a tree relies on: those whose VLANs or direction keep a packet of a closed set from going where the set
//! does not hold it, or from being delivered where that is forbidden. `docs/certificate.md`, section 5.

use crate::model::LinkId;
use std::collections::{BTreeMap, HashSet};

use super::{Key, Walker};
use crate::engine::prove::link::{Link, ProofDevice};
use crate::engine::prove::topology::{By, LEAF, UNTAGGED};
use crate::engine::reachability::{Reachability, States};
use crate::header::HeaderBox;
use crate::network::{ClassId, Guards};
use crate::topology::{InterfacePair, TagClass};

/// Links of members of a class that are alike: same far end, same limits.
#[derive(Default)]
pub(super) struct AttachmentGroup {
    links: Vec<LinkId>,
    noted: bool,
}

/// Far device (`None`: another leaf), as what a packet comes by there, the leaf's filter, tags, one-way, the leaf's end.
pub(super) type Kind<'t> = (Option<ProofDevice>, By, Option<(u32, InterfacePair)>, &'t [TagClass], bool, usize);

/// The attachment groups of a class.
pub(super) type AttachmentGroups<'t> = BTreeMap<Kind<'t>, AttachmentGroup>;

/// A closed set, and how to ask what it holds.
struct Set<'s> {
    seen: &'s HashSet<Key>,
    by_device: BTreeMap<ProofDevice, Vec<(By, TagClass)>>,
}

impl<'t> Walker<'t, '_, '_> {
    /// Whether a link says anything that could stop a packet, and is not noted yet.
    fn is_limited(&self, number: LinkId, link: &Link) -> bool {
        link.is_limited(self.every_tag.len()) && !self.relies_on_links.contains(&number)
    }

    /// Whether packets with these tags that come to a device by a link are in the set.
    fn holds(&self, set: &Set<'_>, device: ProofDevice, by: By, tags: &[TagClass]) -> bool {
        let tags = if self.topology.device(device).switch { tags } else { &[UNTAGGED] };
        tags.iter().all(|&tag| set.seen.contains(&(device, by, tag)))
    }

    /// The links that join a class to the network, alike ones together; links without limits are left out.
    fn attachment_groups(&mut self, class: ClassId, members: &[u32]) -> AttachmentGroups<'t> {
        self.groups.remove(&class).unwrap_or_else(|| {
            let mut groups = AttachmentGroups::new();
            for &node in members {
                for port in self.topology.ports.get(&node).into_iter().flatten() {
                    let link = self.topology.link(port.link);
                    if !link.is_limited(self.every_tag.len()) {
                        continue;
                    }
                    let device = link.ends[1 - port.end].0;
                    let plain = device.is_some_and(|device| self.topology.device(device).plain);
                    let filter = self.model.filters.contains_key(&node).then(|| (node, link.ends[port.end].2));
                    let by = if plain { LEAF } else { By::link(port.link) };
                    let kind = (device, by, filter, &link.tags[..], link.one_way, port.end);
                    groups.entry(kind).or_default().links.push(port.link);
                }
            }
            groups
        })
    }

    /// Notes the links whose limits a closed set needs. `guarded` says of a class whether a delivery to it is forbidden.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn rely_on_links(
        &mut self,
        search: &Reachability<'_, '_>,
        openers: &[(ClassId, &[u32])],
        targets: &[(ClassId, &[u32])],
        states: &mut States<'_, '_, '_>,
        header: &HeaderBox,
        guards: &Guards,
        seen: &HashSet<Key>,
        guarded: &mut dyn FnMut(ClassId) -> bool,
    ) {
        if !self.topology.has_limits {
            return;
        }
        let mut set = Set { seen, by_device: BTreeMap::new() };
        for &(device, by, tag) in seen {
            set.by_device.entry(device).or_default().push((by, tag));
        }
        for &(class, members) in openers {
            self.emitted_by_leaves(search, class, members, header, &set);
            for &node in members {
                let Some(&device) = self.topology.session_device.get(&node) else { continue };
                self.emitted_by_device(states, guards, &set, device);
            }
        }
        for (&device, held) in &set.by_device {
            if self.topology.device(device).switch {
                self.sent_by_switch(&set, device, held);
            } else {
                self.sent_by_router(states, guards, &set, device, held);
            }
        }
        let session_devices = openers.iter().flat_map(|(_, members)| *members);
        let emitting: HashSet<ProofDevice> =
            session_devices.filter_map(|node| self.topology.session_device.get(node).copied()).collect();
        for &(class, members) in targets {
            self.delivered_to_leaves(class, members, &set, &emitting, guarded);
        }
    }

    fn note_all(&mut self, group: &mut AttachmentGroup) {
        group.noted = true;
        self.relies_on_links.extend(&group.links);
    }

    /// What leaves emit would go in with any tag, and against the direction.
    fn emitted_by_leaves(
        &mut self,
        search: &Reachability<'_, '_>,
        class: ClassId,
        members: &[u32],
        header: &HeaderBox,
        set: &Set<'_>,
    ) {
        let mut groups = self.attachment_groups(class, members);
        for ((device, by, filter, _, one_way, end), group) in groups.iter_mut().filter(|(_, group)| !group.noted) {
            let open = self.leads(*one_way, *end);
            let needed = match *device {
                None => !open,
                Some(device) => {
                    // A denial of the leaf's own was noted when the set was made.
                    let emits = !open
                        || filter.is_none_or(|(node, side)| self.leaf_passes(search, node, None, Some(side), header));
                    emits && !self.holds(set, device, *by, &self.every_tag)
                }
            };
            if needed {
                self.note_all(group);
            }
        }
        self.groups.insert(class, groups);
    }

    /// The links of a device to other devices that have limits and are not noted: number, its end, the other device.
    fn limited(&self, device: ProofDevice) -> Vec<(LinkId, usize, ProofDevice)> {
        let links = self.topology.device(device).links.iter();
        let far = links.filter_map(|&(number, end)| {
            let link = self.topology.link(number);
            Some((number, end, link.ends[1 - end].0?)).filter(|_| self.is_limited(number, link))
        });
        far.collect()
    }

    /// What a forwarding opener sends to other devices. Of what it sends whatever the limits, denials were noted when the
    /// set was made; and so they were for routers.
    fn emitted_by_device(
        &mut self,
        states: &mut States<'_, '_, '_>,
        guards: &Guards,
        set: &Set<'_>,
        device: ProofDevice,
    ) {
        let node = self.topology.device(device).node;
        for (number, end, other) in self.limited(device) {
            let link = self.topology.link(number);
            let open = self.leads(link.one_way, end);
            if !self.holds(set, other, By::link(number), &self.every_tag)
                && (!open || self.passes(states, guards, node, None, Some(link.ends[end].2)))
            {
                self.relies_on_links.insert(number);
            }
        }
    }

    /// What a switch sends on keeps its tag, and does not go back.
    fn sent_by_switch(&mut self, set: &Set<'_>, device: ProofDevice, held: &[(By, TagClass)]) {
        // For each tag the one link that it came by, or `None` if there are several.
        let mut senders: BTreeMap<TagClass, Option<By>> = BTreeMap::new();
        for &(by, tag) in held {
            senders.entry(tag).and_modify(|only| *only = only.filter(|&only| only == by)).or_insert(Some(by));
        }
        for (number, end, other) in self.limited(device) {
            let link = self.topology.link(number);
            let open = self.leads(link.one_way, end);
            // What an uneven link would do without its limits is not asked: where it could matter, it is relied on.
            let uneven =
                link.uneven.is_some() && !held.is_empty() && !self.holds(set, other, By::link(number), &self.every_tag);
            let needed = uneven
                || senders.iter().any(|(tag, only)| {
                    *only != Some(By::link(number))
                        && !(open && link.tags.contains(tag))
                        && !self.holds(set, other, By::link(number), std::slice::from_ref(tag))
                });
            if needed {
                self.relies_on_links.insert(number);
            }
        }
    }

    /// What a router sends on may have any tag.
    fn sent_by_router(
        &mut self,
        states: &mut States<'_, '_, '_>,
        guards: &Guards,
        set: &Set<'_>,
        device: ProofDevice,
        held: &[(By, TagClass)],
    ) {
        let facts = &self.topology.device(device);
        for (number, end, other) in self.limited(device) {
            let link = self.topology.link(number);
            if self.holds(set, other, By::link(number), &self.every_tag) {
                continue;
            }
            let open = self.leads(link.one_way, end);
            let side = |by: By| self.topology.side_of(device, by);
            let needed = !open
                || facts.plain
                || held.iter().any(|&(by, _)| {
                    by == LEAF || self.passes(states, guards, facts.node, Some(side(by)), Some(link.ends[end].2))
                });
            if needed {
                self.relies_on_links.insert(number);
            }
        }
    }

    /// What the limits of its link keep from a leaf to which nothing must be delivered.
    fn delivered_to_leaves(
        &mut self,
        class: ClassId,
        members: &[u32],
        set: &Set<'_>,
        emitting: &HashSet<ProofDevice>,
        guarded: &mut dyn FnMut(ClassId) -> bool,
    ) {
        let mut groups = self.attachment_groups(class, members);
        let mut is_guarded = None;
        for ((device, by, _, tags, one_way, end), group) in groups.iter_mut().filter(|(_, group)| !group.noted) {
            let Some(device) = *device else { continue };
            let switch = self.topology.device(device).switch;
            let open = self.leads(*one_way, 1 - end);
            let stopped = |&(came, tag): &(By, TagClass)| {
                !(switch && came != LEAF && came == *by) && (!open || switch && !tags.contains(&tag))
            };
            let stops = !open && emitting.contains(&device)
                || set.by_device.get(&device).is_some_and(|held| held.iter().any(stopped));
            if stops && *is_guarded.get_or_insert_with(|| guarded(class)) {
                self.note_all(group);
            }
        }
        self.groups.insert(class, groups);
    }
}
