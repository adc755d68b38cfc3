//! The network as the certificate speaks of it: units, numbered links, and the states that a closed set lists.
//! `docs/certificate.md`, sections 4 and 5.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::link::Link;
use crate::certificate;
use crate::document::Kind;
use crate::engine::reachability::{Reachability, State, States};
use crate::header::HeaderBox;
use crate::model::Model;
use crate::network::{ClassId, DenyReason, Links, Side, lists};
use crate::number::number;
use crate::topology::{Half, Interfaces, L3Links, TagClass, TagClasses, Vlans, interface_pair};

pub(super) type Unit = u32;
pub(super) type Numbers = (u16, u16);

#[derive(Default)]
pub(super) struct UnitFacts {
    pub node: u32,
    half: u8,
    pub switch: bool,
    /// Has neither filters nor routes.
    pub plain: bool,
    /// Links to other units: number, and which end this unit is.
    pub links: Vec<(u32, usize)>,
    /// Sides behind which leaves hang.
    leaf_sides: BTreeSet<Numbers>,
}

impl UnitFacts {
    /// Which half of its node it is.
    pub(super) const fn half(&self) -> u8 {
        self.half
    }
}

/// Where a leaf hangs: link, its end there, unit, and the leaf's own side.
#[derive(Clone, Copy)]
pub(super) struct Port {
    pub link: u32,
    pub end: usize,
}

/// Units and links of a network.
pub(super) struct Ground {
    pub units: Vec<UnitFacts>,
    pub links: Vec<Link>,
    pub session_unit: HashMap<u32, Unit>,
    pub ports: HashMap<u32, Vec<Port>>,
    /// The ports of leaves that lead to other leaves.
    neighbours: HashMap<u32, Vec<Port>>,
    classes: TagClasses,
    /// Some link has VLANs or a direction.
    pub has_limits: bool,
}

/// What a packet came by; `u32::MAX`: by a link to a leaf, or emitted there.
pub(super) type By = u32;
pub(super) const LEAF: By = u32::MAX;
/// The tag class of states of units that are no switches.
pub(super) const UNTAGGED: TagClass = TagClass::MAX;

impl Ground {
    /// The network of the document without some nodes.
    pub fn new(model: &Model<'_>, without: &dyn Fn(u32) -> bool) -> Self {
        let document = model.document;
        let mut units: Vec<UnitFacts> = Vec::new();
        let (mut link_unit, mut session_unit) = (HashMap::new(), HashMap::new());
        for (node, value) in (0_u32..).zip(&document.nodes) {
            let left_out = !model.labels.forwards[node as usize] || without(node);
            if left_out {
                continue;
            }
            let mut unit = |half: Half| {
                let (switch, plain) = (half.keeps_tags(model, node), half.is_plain(model, node));
                units.push(UnitFacts {
                    node,
                    half: u8::from(half == Half::Router),
                    switch,
                    plain,
                    ..UnitFacts::default()
                });
                number(units.len() - 1)
            };
            let at_links = unit(Half::at_links(model, node));
            let own = if value.kind == Kind::L3Switch { unit(Half::Router) } else { at_links };
            link_unit.insert(node, at_links);
            session_unit.insert(node, own);
        }
        // Links have numbers whether or not their nodes are left out.
        let l3_links = L3Links::new(model);
        let joined = || document.links.iter().zip(&model.names.links);
        let link_sets = joined().flat_map(|(link, &ends)| Vlans::of(model, link, ends).sets());
        let l3_vlans = l3_links.switches().iter().flat_map(|switch| switch.vlans());
        let classes = TagClasses::new(link_sets.chain(l3_vlans.map(|&vlan| Cow::Owned(vec![(vlan, vlan)]))));
        let mut out = Self {
            units,
            links: Vec::new(),
            session_unit,
            ports: HashMap::new(),
            neighbours: HashMap::new(),
            classes,
            has_limits: false,
        };
        for (link, &ends) in joined() {
            let end = |at: usize| (link_unit.get(&ends[at]).copied(), ends[at], interface_pair(model, link, ends, at));
            let (tags, uneven) = Link::tags_of(&Vlans::of(model, link, ends), &out.classes);
            let link = Link { ends: [end(0), end(1)], tags, one_way: link.one_way(), uneven };
            out.add(link, ends.into_iter().any(without));
        }
        for switch in l3_links.switches() {
            let (node, interfaces) = (switch.node(), Interfaces::of(model, switch.node()));
            let halves = [link_unit.get(&node), out.session_unit.get(&node)].map(Option::<&Unit>::copied);
            for (link, vlan) in switch.links() {
                debug_assert_eq!(link as usize, out.links.len());
                let ends = [(halves[0], node, (0, 0)), (halves[1], node, (interfaces.number(vlan), 0))];
                let tags = out.classes.of(vlan.map(|vlan| (vlan, vlan)).as_ref().map(std::slice::from_ref));
                out.add(Link { ends, tags, one_way: false, uneven: None }, halves[0].is_none());
            }
        }
        out
    }

    /// Whether a link carries some tags only, or leads one way.
    pub(super) fn is_limited(&self, number: u32) -> bool {
        self.links[number as usize].is_limited(self.classes.of(None).len())
    }

    /// The tags of some classes.
    pub(super) fn ranges(&self, tags: &[TagClass]) -> Vec<(u16, u16)> {
        self.classes.ranges(tags)
    }

    fn add(&mut self, link: Link, left_out: bool) {
        let number = number(self.links.len());
        self.has_limits |= link.is_limited(self.classes.of(None).len());
        if !left_out {
            for (end, &(unit, node, _)) in link.ends.iter().enumerate() {
                match (unit, link.ends[1 - end].0) {
                    (Some(unit), Some(_)) => self.units[unit as usize].links.push((number, end)),
                    (None, far) => {
                        self.ports.entry(node).or_default().push(Port { link: number, end });
                        if far.is_none() {
                            self.neighbours.entry(node).or_default().push(Port { link: number, end });
                        }
                    }
                    (Some(unit), None) => {
                        self.units[unit as usize].leaf_sides.insert(link.ends[end].2);
                    }
                }
            }
        }
        self.links.push(link);
    }
}

/// Makes the closed sets of one session claim, and notes what they rely on.
pub(super) struct Walker<'g, 'a, 'd> {
    pub ground: &'g Ground,
    pub model: &'a Model<'d>,
    pub links: Links,
    pub relies_on: BTreeSet<(u32, Option<u32>, Option<u32>)>,
    /// Links whose limits the sets need.
    pub relies_on_links: BTreeSet<u32>,
    pub every_tag: Vec<TagClass>,
    /// Links that join a class to the network.
    pub sockets: HashMap<ClassId, super::limits::Sockets<'g>>,
    /// Distinct places where the members of a class enter the network.
    entries: HashMap<ClassId, Vec<Entry>>,
}

/// A state that a leaf emits into, with the leaf's own filters where it has some.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    unit: Unit,
    by: By,
    link: u32,
    filter: Option<(u32, Numbers)>,
}

pub(super) type Key = (Unit, By, TagClass);

impl<'g, 'a, 'd> Walker<'g, 'a, 'd> {
    pub fn new(ground: &'g Ground, model: &'a Model<'d>, links: Links) -> Self {
        let every_tag = ground.classes.of(None);
        let (relies_on, relies_on_links) = (BTreeSet::new(), BTreeSet::new());
        let (sockets, entries) = (HashMap::new(), HashMap::new());
        Self { ground, model, links, relies_on, relies_on_links, every_tag, sockets, entries }
    }

    /// Whether a link leads away from one of its ends.
    pub(super) fn leads(&self, one_way: bool, from_end: usize) -> bool {
        !one_way || (self.links == Links::All && from_end == 0)
    }

    fn is_open(&self, link: &Link, from_end: usize) -> bool {
        self.leads(link.one_way, from_end)
    }

    fn note(&mut self, decider: DenyReason) {
        self.relies_on.insert(match decider {
            DenyReason::Default(node, filter) => (node, Some(filter), None),
            DenyReason::Routes(node) => (node, None, None),
            DenyReason::Rule(id) => match self.model.rules[id.0 as usize].origin {
                crate::model::RuleOrigin::Filter(node, filter, rule) => (node, Some(filter), Some(rule)),
                crate::model::RuleOrigin::Route(node) => (node, None, None),
            },
        });
    }

    /// Whether a leaf's own filters let a header of the box pass.
    pub(super) fn leaf_passes(
        &mut self,
        search: &Reachability<'_, '_>,
        node: u32,
        r#in: Side,
        out: Side,
        header: &HeaderBox,
    ) -> bool {
        if !self.model.filters.contains_key(&node) {
            return true;
        }
        match search.narrow(&lists(self.model, node, r#in, out), header) {
            State::Denied(decider) => {
                self.note(decider);
                false
            }
            State::Permitted | State::Mixed(_) => true,
        }
    }

    fn entries(&mut self, class: ClassId, members: &[u32]) -> Vec<Entry> {
        if let Some(known) = self.entries.get(&class) {
            return known.clone();
        }
        let mut list = Vec::new();
        for &node in members {
            for port in self.ground.ports.get(&node).into_iter().flatten() {
                let link = &self.ground.links[port.link as usize];
                let Some(unit) = link.ends[1 - port.end].0.filter(|_| self.is_open(link, port.end)) else { continue };
                let plain = self.ground.units[unit as usize].plain;
                let side = link.ends[port.end].2;
                let filter = self.model.filters.contains_key(&node).then_some((node, side));
                list.push(Entry { unit, by: if plain { LEAF } else { port.link }, link: port.link, filter });
            }
        }
        // One entry stands for all that lead to the same states.
        let mut seen = HashSet::new();
        list.retain(|entry| {
            let tags = &self.ground.links[entry.link as usize].tags;
            entry.filter.is_some() || seen.insert((entry.unit, entry.by, tags.clone()))
        });
        self.entries.insert(class, list.clone());
        list
    }

    /// The set that is closed for a box and openers, and that its targets' own filters rely on. `guarded` says of a class
    /// whether a delivery to it is forbidden.
    #[allow(clippy::too_many_arguments)]
    pub fn close(
        &mut self,
        search: &Reachability<'_, '_>,
        openers: &[(ClassId, &[u32])],
        targets: &[(ClassId, &[u32])],
        states: &mut States<'_, '_, '_>,
        header: &HeaderBox,
        guards: &crate::network::Guards,
        guarded: &mut dyn FnMut(ClassId) -> bool,
    ) -> Vec<certificate::State> {
        let ground = self.ground;
        let mut seen: HashSet<Key> = HashSet::new();
        let mut queue: VecDeque<Key> = VecDeque::new();
        let mut arrive = |unit: Unit, by: By, tags: &[TagClass]| {
            let untagged = [UNTAGGED];
            let tags = if ground.units[unit as usize].switch { tags } else { &untagged[..] };
            for &tag in tags {
                if seen.insert((unit, by, tag)) {
                    queue.push_back((unit, by, tag));
                }
            }
        };
        for &(class, members) in openers {
            for entry in self.entries(class, members) {
                let passes =
                    entry.filter.is_none_or(|(node, side)| self.leaf_passes(search, node, None, Some(side), header));
                if passes {
                    arrive(entry.unit, entry.by, &ground.links[entry.link as usize].tags);
                }
            }
            for &node in members {
                let Some(&unit) = ground.session_unit.get(&node) else { continue };
                for &(number, end) in &ground.units[unit as usize].links {
                    let link = &ground.links[number as usize];
                    let Some(other) = link.ends[1 - end].0.filter(|_| self.is_open(link, end)) else { continue };
                    if self.passes(states, guards, node, None, Some(link.ends[end].2)) {
                        arrive(other, number, link.entered(end));
                    }
                }
            }
        }
        let mut next: Vec<(Unit, By, Vec<TagClass>)> = Vec::new();
        loop {
            for (unit, by, tags) in next.drain(..) {
                let untagged = [UNTAGGED];
                let tags = if ground.units[unit as usize].switch { &tags[..] } else { &untagged[..] };
                for &tag in tags {
                    if seen.insert((unit, by, tag)) {
                        queue.push_back((unit, by, tag));
                    }
                }
            }
            let Some((unit, by, tag)) = queue.pop_front() else { break };
            let facts = &ground.units[unit as usize];
            // The switch half of an l3-switch has no filters, though its node may.
            let side = (by != LEAF && !facts.plain).then(|| side_at(&ground.links[by as usize], unit));
            for &(number, end) in &facts.links {
                let link = &ground.links[number as usize];
                if !self.is_open(link, end) || (facts.switch && by == number) {
                    continue;
                }
                let tags = match (facts.switch, link.crossing(end, tag)) {
                    (true, Some(tag)) => vec![tag],
                    (true, None) => continue,
                    (false, _) => link.entered(end).to_vec(),
                };
                let Some(other) = link.ends[1 - end].0 else { continue };
                if side.is_none() || self.passes(states, guards, facts.node, side, Some(link.ends[end].2)) {
                    next.push((other, number, tags));
                }
            }
        }
        self.deliveries(search, targets, states, header, guards, &seen);
        self.between_leaves(search, openers, targets, header, guarded);
        self.rely_on_links(search, openers, targets, states, header, guards, &seen, guarded);
        self.write(seen)
    }

    /// Notes the denials that keep packets of the set from targets.
    fn deliveries(
        &mut self,
        search: &Reachability<'_, '_>,
        targets: &[(ClassId, &[u32])],
        states: &mut States<'_, '_, '_>,
        header: &HeaderBox,
        guards: &crate::network::Guards,
        seen: &HashSet<Key>,
    ) {
        let ground = self.ground;
        let mut at_endpoints: HashSet<u32> = HashSet::new();
        for &(_, members) in targets {
            for &node in members {
                if !self.model.filters.contains_key(&node) {
                    continue;
                }
                for port in ground.ports.get(&node).into_iter().flatten() {
                    let side = ground.links[port.link as usize].ends[port.end].2;
                    self.leaf_passes(search, node, Some(side), None, header);
                }
                at_endpoints.extend(ground.session_unit.get(&node));
            }
        }
        let mut keys: Vec<&Key> = seen.iter().filter(|key| at_endpoints.contains(&key.0)).collect();
        keys.sort_unstable();
        // What leaves of a filtering unit send to one another passes its filters too.
        for &&(unit, by, _) in &keys {
            if by != LEAF {
                let side = side_at(&ground.links[by as usize], unit);
                self.passes(states, guards, ground.units[unit as usize].node, Some(side), None);
            }
        }
        let mut filtering: Vec<&Key> = seen.iter().filter(|key| !ground.units[key.0 as usize].plain).collect();
        filtering.sort_unstable();
        for &&(unit, by, _) in &filtering {
            let node = ground.units[unit as usize].node;
            let side = side_at(&ground.links[by as usize], unit);
            for &out in &ground.units[unit as usize].leaf_sides {
                self.passes(states, guards, node, Some(side), Some(out));
            }
        }
        for (&node, &unit) in &ground.session_unit {
            if !ground.units[unit as usize].plain && self.model.labels.endpoint[node as usize] {
                for &out in &ground.units[unit as usize].leaf_sides {
                    self.passes(states, guards, node, None, Some(out));
                }
            }
        }
    }

    /// Notes the denials of openers' own filters that keep packets from targets at the other end of a link, where the
    /// target's own filters do not.
    fn between_leaves(
        &mut self,
        search: &Reachability<'_, '_>,
        openers: &[(ClassId, &[u32])],
        targets: &[(ClassId, &[u32])],
        header: &HeaderBox,
        guarded: &mut dyn FnMut(ClassId) -> bool,
    ) {
        let ground = self.ground;
        let filtering = |node: &&u32| self.model.filters.contains_key(node) && ground.neighbours.contains_key(node);
        let filtering: Vec<u32> =
            openers.iter().flat_map(|(_, members)| members.iter().filter(filtering)).copied().collect();
        for node in filtering {
            for port in &ground.neighbours[&node] {
                let link = &ground.links[port.link as usize];
                let (side, (_, other, other_side)) = (link.ends[port.end].2, link.ends[1 - port.end]);
                let class = search.network().classes.of_node[other as usize];
                let Some(&(class, _)) = targets.iter().find(|(target, _)| Some(*target) == class) else { continue };
                if self.is_open(link, port.end)
                    && self.leaf_passes(search, other, Some(other_side), None, header)
                    && guarded(class)
                {
                    self.leaf_passes(search, node, None, Some(side), header);
                }
            }
        }
    }

    /// Whether filters and routes of a unit let a header of the box pass.
    pub(super) fn passes(
        &mut self,
        states: &mut States<'_, '_, '_>,
        guards: &crate::network::Guards,
        node: u32,
        r#in: Side,
        out: Side,
    ) -> bool {
        let id = guards.find(node, r#in, out);
        if id == crate::network::TRUE {
            return true;
        }
        if let State::Denied(decider) = states.state(id) {
            let decider = *decider;
            self.note(decider);
            return false;
        }
        true
    }

    fn write(&self, seen: HashSet<Key>) -> Vec<certificate::State> {
        let mut grouped: BTreeMap<(u32, u8, Option<u32>), (bool, Vec<TagClass>)> = BTreeMap::new();
        for (unit, by, tag) in seen {
            let facts = &self.ground.units[unit as usize];
            let key = (facts.node, facts.half, (by != LEAF).then_some(by));
            grouped.entry(key).or_insert_with(|| (facts.switch, Vec::new())).1.push(tag);
        }
        grouped
            .into_iter()
            .map(|((node, half, by), (switch, tags))| {
                let tags = switch.then(|| self.ground.classes.ranges(&tags));
                (self.model.id(node).to_owned(), half, by, tags)
            })
            .collect()
    }
}

pub(super) fn side_at(link: &Link, unit: Unit) -> Numbers {
    if link.ends[0].0 == Some(unit) { link.ends[0].2 } else { link.ends[1].2 }
}
