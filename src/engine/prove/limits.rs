//! The links that a tree relies on: those whose VLANs or direction keep a packet of a closed set from going where the set
//! does not hold it, or from being delivered where that is forbidden. `docs/certificate.md`, section 5.

use std::collections::{BTreeMap, HashSet};

use super::ground::{By, Key, LEAF, Numbers, UNTAGGED, Unit, Walker, side_at};
use super::link::Link;
use crate::engine::reachability::{Reachability, States};
use crate::header::HeaderBox;
use crate::network::{ClassId, Guards};
use crate::topology::TagClass;

/// Links of members of a class that are alike: same far end, same limits.
#[derive(Default)]
pub(super) struct Socket {
    links: Vec<u32>,
    noted: bool,
}

/// Far unit (`None`: another leaf), as what a packet comes by there, the leaf's filter, tags, one-way, the leaf's end.
pub(super) type Kind<'g> = (Option<Unit>, By, Option<(u32, Numbers)>, &'g [TagClass], bool, usize);

/// The sockets of a class.
pub(super) type Sockets<'g> = BTreeMap<Kind<'g>, Socket>;

/// A closed set, and how to ask what it holds.
struct Set<'s> {
    seen: &'s HashSet<Key>,
    by_unit: BTreeMap<Unit, Vec<(By, TagClass)>>,
}

impl<'g> Walker<'g, '_, '_> {
    /// Whether a link says anything that could stop a packet, and is not noted yet.
    fn is_limited(&self, number: u32, link: &Link) -> bool {
        link.is_limited(self.every_tag.len()) && !self.relies_on_links.contains(&number)
    }

    /// Whether packets with these tags that come to a unit by a link are in the set.
    fn holds(&self, set: &Set<'_>, unit: Unit, by: By, tags: &[TagClass]) -> bool {
        let tags = if self.ground.units[unit as usize].switch { tags } else { &[UNTAGGED] };
        tags.iter().all(|&tag| set.seen.contains(&(unit, by, tag)))
    }

    /// The links that join a class to the network, alike ones together; links without limits are left out.
    fn sockets(&mut self, class: ClassId, members: &[u32]) -> Sockets<'g> {
        self.sockets.remove(&class).unwrap_or_else(|| {
            let mut sockets = Sockets::new();
            for &node in members {
                for port in self.ground.ports.get(&node).into_iter().flatten() {
                    let link = &self.ground.links[port.link as usize];
                    if !link.is_limited(self.every_tag.len()) {
                        continue;
                    }
                    let unit = link.ends[1 - port.end].0;
                    let plain = unit.is_some_and(|unit| self.ground.units[unit as usize].plain);
                    let filter = self.model.filters.contains_key(&node).then(|| (node, link.ends[port.end].2));
                    let by = if plain { LEAF } else { port.link };
                    let kind = (unit, by, filter, &link.tags[..], link.one_way, port.end);
                    sockets.entry(kind).or_default().links.push(port.link);
                }
            }
            sockets
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
        if !self.ground.has_limits {
            return;
        }
        let mut set = Set { seen, by_unit: BTreeMap::new() };
        for &(unit, by, tag) in seen {
            set.by_unit.entry(unit).or_default().push((by, tag));
        }
        for &(class, members) in openers {
            self.emitted_by_leaves(search, class, members, header, &set);
            for &node in members {
                let Some(&unit) = self.ground.session_unit.get(&node) else { continue };
                self.emitted_by_unit(states, guards, &set, unit);
            }
        }
        for (&unit, held) in &set.by_unit {
            if self.ground.units[unit as usize].switch {
                self.sent_by_switch(&set, unit, held);
            } else {
                self.sent_by_router(states, guards, &set, unit, held);
            }
        }
        let session_units = openers.iter().flat_map(|(_, members)| *members);
        let emitting: HashSet<Unit> =
            session_units.filter_map(|node| self.ground.session_unit.get(node).copied()).collect();
        for &(class, members) in targets {
            self.delivered_to_leaves(class, members, &set, &emitting, guarded);
        }
    }

    fn note_all(&mut self, socket: &mut Socket) {
        socket.noted = true;
        self.relies_on_links.extend(&socket.links);
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
        let mut sockets = self.sockets(class, members);
        for ((unit, by, filter, _, one_way, end), socket) in sockets.iter_mut().filter(|(_, socket)| !socket.noted) {
            let open = self.leads(*one_way, *end);
            let needed = match *unit {
                None => !open,
                Some(unit) => {
                    // A denial of the leaf's own was noted when the set was made.
                    let emits = !open
                        || filter.is_none_or(|(node, side)| self.leaf_passes(search, node, None, Some(side), header));
                    emits && !self.holds(set, unit, *by, &self.every_tag)
                }
            };
            if needed {
                self.note_all(socket);
            }
        }
        self.sockets.insert(class, sockets);
    }

    /// The links of a unit to other units that have limits and are not noted: number, its end, the other unit.
    fn limited(&self, unit: Unit) -> Vec<(u32, usize, Unit)> {
        let links = self.ground.units[unit as usize].links.iter();
        let far = links.filter_map(|&(number, end)| {
            let link = &self.ground.links[number as usize];
            Some((number, end, link.ends[1 - end].0?)).filter(|_| self.is_limited(number, link))
        });
        far.collect()
    }

    /// What a forwarding opener sends to other units. Of what it sends whatever the limits, denials were noted when the
    /// set was made; and so they were for routers.
    fn emitted_by_unit(&mut self, states: &mut States<'_, '_, '_>, guards: &Guards, set: &Set<'_>, unit: Unit) {
        let node = self.ground.units[unit as usize].node;
        for (number, end, other) in self.limited(unit) {
            let link = &self.ground.links[number as usize];
            let open = self.leads(link.one_way, end);
            if !self.holds(set, other, number, &self.every_tag)
                && (!open || self.passes(states, guards, node, None, Some(link.ends[end].2)))
            {
                self.relies_on_links.insert(number);
            }
        }
    }

    /// What a switch sends on keeps its tag, and does not go back.
    fn sent_by_switch(&mut self, set: &Set<'_>, unit: Unit, held: &[(By, TagClass)]) {
        // For each tag the one link that it came by, or `None` if there are several.
        let mut senders: BTreeMap<TagClass, Option<By>> = BTreeMap::new();
        for &(by, tag) in held {
            senders.entry(tag).and_modify(|only| *only = only.filter(|&only| only == by)).or_insert(Some(by));
        }
        for (number, end, other) in self.limited(unit) {
            let link = &self.ground.links[number as usize];
            let open = self.leads(link.one_way, end);
            // What an uneven link would do without its limits is not asked: where it could matter, it is relied on.
            let uneven = link.uneven.is_some() && !held.is_empty() && !self.holds(set, other, number, &self.every_tag);
            let needed = uneven
                || senders.iter().any(|(tag, only)| {
                    *only != Some(number)
                        && !(open && link.tags.contains(tag))
                        && !self.holds(set, other, number, std::slice::from_ref(tag))
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
        unit: Unit,
        held: &[(By, TagClass)],
    ) {
        let facts = &self.ground.units[unit as usize];
        for (number, end, other) in self.limited(unit) {
            let link = &self.ground.links[number as usize];
            if self.holds(set, other, number, &self.every_tag) {
                continue;
            }
            let open = self.leads(link.one_way, end);
            let side = |by: By| side_at(&self.ground.links[by as usize], unit);
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
        emitting: &HashSet<Unit>,
        guarded: &mut dyn FnMut(ClassId) -> bool,
    ) {
        let mut sockets = self.sockets(class, members);
        let mut is_guarded = None;
        for ((unit, by, _, tags, one_way, end), socket) in sockets.iter_mut().filter(|(_, socket)| !socket.noted) {
            let Some(unit) = *unit else { continue };
            let switch = self.ground.units[unit as usize].switch;
            let open = self.leads(*one_way, 1 - end);
            let stopped = |&(came, tag): &(By, TagClass)| {
                !(switch && came != LEAF && came == *by) && (!open || switch && !tags.contains(&tag))
            };
            let stops = !open && emitting.contains(&unit)
                || set.by_unit.get(&unit).is_some_and(|held| held.iter().any(stopped));
            if stops && *is_guarded.get_or_insert_with(|| guarded(class)) {
                self.note_all(socket);
            }
        }
        self.sockets.insert(class, sockets);
    }
}

/// The first and last of each run.
pub(super) fn runs(numbers: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}
