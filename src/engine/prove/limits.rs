//! The links that a tree relies on: those whose VLANs or direction keep a packet of a closed set from going where the set
//! does not hold it, or from being delivered where that is forbidden. `docs/certificate.md`, section 5.

use std::collections::{BTreeMap, HashSet};

use super::ground::{By, Key, LEAF, Link, Numbers, UNTAGGED, Unit, Walker, side_at};
use crate::engine::search::{Search, States};
use crate::network::{ClassId, Predicates, Side, TagClass};
use crate::space::HeaderBox;

/// Links of members of a class that are alike: same far end, same limits.
#[derive(Default)]
pub(super) struct Socket {
    links: Vec<u32>,
    noted: bool,
}

/// Far unit (`None`: another leaf), as what a packet comes by there, the leaf's filter, tags, one-way, the leaf's end.
pub(super) type Kind = (Option<Unit>, By, Option<(u32, Numbers)>, Vec<TagClass>, bool, usize);

/// A closed set, and how to ask what it holds.
struct Set<'s> {
    seen: &'s HashSet<Key>,
    by_unit: BTreeMap<Unit, Vec<(By, TagClass)>>,
}

impl Walker<'_, '_, '_> {
    /// Whether a link says anything that could stop a packet, and is not noted yet.
    fn is_limited(&self, number: u32, link: &Link) -> bool {
        (link.one_way || link.tags.len() < self.every_tag.len()) && !self.relies_on_links.contains(&number)
    }

    /// Whether packets with these tags that come to a unit by a link are in the set.
    fn holds(&self, set: &Set<'_>, unit: Unit, by: By, tags: &[TagClass]) -> bool {
        let tags = if self.ground.units[unit as usize].switch { tags } else { &[UNTAGGED] };
        tags.iter().all(|&tag| set.seen.contains(&(unit, by, tag)))
    }

    /// The links that join a class to the network, alike ones together; links without limits are left out.
    fn sockets(&mut self, class: ClassId, members: &[u32]) -> BTreeMap<Kind, Socket> {
        self.sockets.remove(&class).unwrap_or_else(|| {
            let mut sockets: BTreeMap<Kind, Socket> = BTreeMap::new();
            for &node in members {
                for port in self.ground.ports.get(&node).into_iter().flatten() {
                    let link = &self.ground.links[port.link as usize];
                    if !link.one_way && link.tags.len() == self.every_tag.len() {
                        continue;
                    }
                    let unit = link.ends[1 - port.end].0;
                    let plain = unit.is_some_and(|unit| self.ground.units[unit as usize].plain);
                    let filter = self.model.filters.contains_key(&node).then(|| (node, link.ends[port.end].2));
                    let by = if plain { LEAF } else { port.link };
                    let kind = (unit, by, filter, link.tags.clone(), link.one_way, port.end);
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
        search: &Search<'_, '_>,
        openers: &[(ClassId, &[u32])],
        targets: &[(ClassId, &[u32])],
        states: &mut States<'_, '_, '_>,
        header: &HeaderBox,
        predicates: &Predicates,
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
                self.sent(states, predicates, &set, unit, None);
            }
        }
        for (&unit, held) in &set.by_unit {
            for &(by, tag) in held {
                self.sent(states, predicates, &set, unit, Some((by, tag)));
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
        search: &Search<'_, '_>,
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

    /// What a unit sends to other units, from a state or (`None`) as an opener.
    fn sent(
        &mut self,
        states: &mut States<'_, '_, '_>,
        predicates: &Predicates,
        set: &Set<'_>,
        unit: Unit,
        from: Option<(By, TagClass)>,
    ) {
        let ground = self.ground;
        let facts = &ground.units[unit as usize];
        for &(number, end) in &facts.links {
            let link = &ground.links[number as usize];
            let Some(other) = link.ends[1 - end].0 else { continue };
            let came_by = from.map(|(by, _)| by);
            if !self.is_limited(number, link) || facts.switch && came_by == Some(number) {
                continue;
            }
            let open = self.leads(link.one_way, end);
            let kept = from.filter(|_| facts.switch).map(|(_, tag)| tag);
            if open && kept.is_some_and(|tag| link.tags.contains(&tag)) {
                continue; // no limit stops it
            }
            let tags = kept.as_ref().map_or(&self.every_tag[..], std::slice::from_ref);
            if self.holds(set, other, number, tags) {
                continue;
            }
            // Of what goes this way whatever the limits, denials were noted when the set was made.
            let side: Side = came_by.filter(|&by| by != LEAF).map(|by| side_at(&ground.links[by as usize], unit));
            let free = from.is_some() && (side.is_none() || facts.plain);
            if open
                && kept.is_none()
                && !free
                && !self.passes(states, predicates, facts.node, side, Some(link.ends[end].2))
            {
                continue;
            }
            self.relies_on_links.insert(number);
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
