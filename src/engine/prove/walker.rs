//! Closed sets: the states that packets of a box get to, and what keeps them from going further. `docs/certificate.md`, section 5.

mod limits;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::link::{Link, ProofDevice};
use super::topology::{By, LEAF, ProofTopology, UNTAGGED};
use crate::certificate;
use crate::engine::reachability::{Reachability, State, States};
use crate::header::HeaderBox;
use crate::model::{LinkId, Model};
use crate::network::{ClassId, DenyReason, Links, Side, lists};
use crate::topology::{InterfacePair, TagClass};

/// Makes the closed sets of one session claim, and notes what they rely on.
pub(super) struct Walker<'t, 'a, 'd> {
    topology: &'t ProofTopology,
    model: &'a Model<'d>,
    links: Links,
    pub relies_on: BTreeSet<(u32, Option<u32>, Option<u32>)>,
    /// Links whose limits the sets need.
    pub relies_on_links: BTreeSet<LinkId>,
    every_tag: Vec<TagClass>,
    /// Links that join a class to the network.
    groups: HashMap<ClassId, limits::AttachmentGroups<'t>>,
    /// Distinct places where the members of a class enter the network.
    entries: HashMap<ClassId, Vec<Entry>>,
}

/// A state that a leaf emits into, with the leaf's own filters where it has some.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    device: ProofDevice,
    by: By,
    link: LinkId,
    filter: Option<(u32, InterfacePair)>,
}

type Key = (ProofDevice, By, TagClass);

impl<'t, 'a, 'd> Walker<'t, 'a, 'd> {
    pub fn new(topology: &'t ProofTopology, model: &'a Model<'d>, links: Links) -> Self {
        let every_tag = topology.classes.of(None);
        let (relies_on, relies_on_links) = (BTreeSet::new(), BTreeSet::new());
        let (groups, entries) = (HashMap::new(), HashMap::new());
        Self { topology, model, links, relies_on, relies_on_links, every_tag, groups, entries }
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
            DenyReason::Rule(id) => match self.model.rules[id.index()].origin {
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
            for port in self.topology.ports.get(&node).into_iter().flatten() {
                let link = self.topology.link(port.link);
                let Some(device) = link.ends[1 - port.end].0.filter(|_| self.is_open(link, port.end)) else { continue };
                let plain = self.topology.device(device).plain;
                let side = link.ends[port.end].2;
                let filter = self.model.filters.contains_key(&node).then_some((node, side));
                list.push(Entry {
                    device,
                    by: if plain { LEAF } else { By::link(port.link) },
                    link: port.link,
                    filter,
                });
            }
        }
        // One entry stands for all that lead to the same states.
        let mut seen = HashSet::new();
        list.retain(|entry| {
            let tags = &self.topology.link(entry.link).tags;
            entry.filter.is_some() || seen.insert((entry.device, entry.by, tags.clone()))
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
        let topology = self.topology;
        let mut seen: HashSet<Key> = HashSet::new();
        let mut queue: VecDeque<Key> = VecDeque::new();
        let mut arrive = |device: ProofDevice, by: By, tags: &[TagClass]| {
            let untagged = [UNTAGGED];
            let tags = if topology.device(device).switch { tags } else { &untagged[..] };
            for &tag in tags {
                if seen.insert((device, by, tag)) {
                    queue.push_back((device, by, tag));
                }
            }
        };
        for &(class, members) in openers {
            for entry in self.entries(class, members) {
                let passes =
                    entry.filter.is_none_or(|(node, side)| self.leaf_passes(search, node, None, Some(side), header));
                if passes {
                    arrive(entry.device, entry.by, &topology.link(entry.link).tags);
                }
            }
            for &node in members {
                let Some(&device) = topology.session_device.get(&node) else { continue };
                for &(number, end) in &topology.device(device).links {
                    let link = topology.link(number);
                    let Some(other) = link.ends[1 - end].0.filter(|_| self.is_open(link, end)) else { continue };
                    if self.passes(states, guards, node, None, Some(link.ends[end].2)) {
                        arrive(other, By::link(number), link.entered(end));
                    }
                }
            }
        }
        let mut next: Vec<(ProofDevice, By, Vec<TagClass>)> = Vec::new();
        loop {
            for (device, by, tags) in next.drain(..) {
                let untagged = [UNTAGGED];
                let tags = if topology.device(device).switch { &tags[..] } else { &untagged[..] };
                for &tag in tags {
                    if seen.insert((device, by, tag)) {
                        queue.push_back((device, by, tag));
                    }
                }
            }
            let Some((device, by, tag)) = queue.pop_front() else { break };
            let facts = &topology.device(device);
            // The switch half of an l3-switch has no filters, though its node may.
            let side = (by != LEAF && !facts.plain).then(|| topology.side_of(device, by));
            for &(number, end) in &facts.links {
                let link = topology.link(number);
                if !self.is_open(link, end) || (facts.switch && by == By::link(number)) {
                    continue;
                }
                let tags = match (facts.switch, link.crossing(end, tag)) {
                    (true, Some(tag)) => vec![tag],
                    (true, None) => continue,
                    (false, _) => link.entered(end).to_vec(),
                };
                let Some(other) = link.ends[1 - end].0 else { continue };
                if side.is_none() || self.passes(states, guards, facts.node, side, Some(link.ends[end].2)) {
                    next.push((other, By::link(number), tags));
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
        let topology = self.topology;
        let mut at_endpoints: HashSet<ProofDevice> = HashSet::new();
        for &(_, members) in targets {
            for &node in members {
                if !self.model.filters.contains_key(&node) {
                    continue;
                }
                for port in topology.ports.get(&node).into_iter().flatten() {
                    let side = topology.link(port.link).ends[port.end].2;
                    self.leaf_passes(search, node, Some(side), None, header);
                }
                at_endpoints.extend(topology.session_device.get(&node));
            }
        }
        let mut keys: Vec<&Key> = seen.iter().filter(|key| at_endpoints.contains(&key.0)).collect();
        keys.sort_unstable();
        // What leaves of a filtering device send to one another passes its filters too.
        for &&(device, by, _) in &keys {
            if by != LEAF {
                let side = topology.side_of(device, by);
                self.passes(states, guards, topology.device(device).node, Some(side), None);
            }
        }
        let mut filtering: Vec<&Key> = seen.iter().filter(|key| !topology.device(key.0).plain).collect();
        filtering.sort_unstable();
        for &&(device, by, _) in &filtering {
            let node = topology.device(device).node;
            let side = topology.side_of(device, by);
            for &out in &topology.device(device).leaf_sides {
                self.passes(states, guards, node, Some(side), Some(out));
            }
        }
        for (&node, &device) in &topology.session_device {
            if !topology.device(device).plain && self.model.labels.endpoint[node as usize] {
                for &out in &topology.device(device).leaf_sides {
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
        let topology = self.topology;
        let filtering = |node: &&u32| self.model.filters.contains_key(node) && topology.neighbours.contains_key(node);
        let filtering: Vec<u32> =
            openers.iter().flat_map(|(_, members)| members.iter().filter(filtering)).copied().collect();
        for node in filtering {
            for port in &topology.neighbours[&node] {
                let link = topology.link(port.link);
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

    /// Whether filters and routes of a device let a header of the box pass.
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
        for (device, by, tag) in seen {
            let facts = &self.topology.device(device);
            let key = (facts.node, facts.half(), by.number());
            grouped.entry(key).or_insert_with(|| (facts.switch, Vec::new())).1.push(tag);
        }
        grouped
            .into_iter()
            .map(|((node, half, by), (switch, tags))| {
                let tags = switch.then(|| self.topology.classes.ranges(&tags));
                (self.model.id(node).to_owned(), half, by, tags)
            })
            .collect()
    }
}
