//! Proofs of session claims where headers change on the way: what comes to every place, as relations between the headers
//! that were sent and those that are there. `docs/certificate.md`, section 9.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::{Value, json};

use super::link::ProofDevice;
use super::topology::{By, LEAF, ProofTopology, UNTAGGED};
use super::tree::ProveError;
use crate::certificate::{self, FlowSet, FlowTree, Line, Place, RelationOf};
use crate::engine::paths::PathEngine;
use crate::engine::reachability::LimitReached;
use crate::engine::translate::{Devices, Relation, roots};
use crate::header::{AddressAtom, DESTINATION, Range, Ranges, SERVICE, SOURCE, SetId};
use crate::model::{LinkId, Model, RuleOrigin};
use crate::network::{ClassId, DenyReason, Links, Side};
use crate::number::number;
use crate::topology::TagClass;

/// A place that headers come to.
type Key = (ProofDevice, By, TagClass);

/// Follows headers through the document.
struct Flood<'f, 'p, 'd> {
    model: &'p Model<'d>,
    engine: &'f mut PathEngine<'p, 'd>,
    topology: &'f ProofTopology,
    links: Links,
    devices: Devices<'p, 'd>,
    known: HashMap<Key, Vec<Relation>>,
    queue: VecDeque<(Key, Relation)>,
    relies_on: BTreeSet<(u32, Option<u32>, Option<u32>)>,
    relies_on_links: BTreeSet<LinkId>,
}

/// What a claim can see of an opener: the opener itself, or some marks that it shares with others.
pub(super) type Look = (Option<ClassId>, Vec<bool>);

/// Openers in as few parts as a greedy choice finds, so that what one of a part sends no other of it can be taken to send
/// from elsewhere, unless they look alike.
fn apart(
    engine: &PathEngine<'_, '_>,
    links: Links,
    openers: &[ClassId],
    look: &dyn Fn(ClassId) -> Look,
) -> Vec<Vec<ClassId>> {
    let slot = usize::from(links == Links::TwoWay);
    // By access and look: the classes and all their sources.
    let mut alike: BTreeMap<(Look, u32), (Vec<ClassId>, Vec<Range>)> = BTreeMap::new();
    for &class in openers {
        let facts = engine.network.classes.get(class);
        let (classes, sends) = alike.entry((look(class), facts.accesses[slot])).or_default();
        classes.push(class);
        sends.extend(engine.model.holdings.get(facts.sends).as_slice());
    }
    let mut parts: Vec<(Vec<ClassId>, Vec<(Look, u32, Ranges)>)> = Vec::new();
    for ((look, access), (classes, sends)) in alike {
        let sends = Ranges::from_unsorted(sends);
        let fits = |(_, known): &(Vec<ClassId>, Vec<(Look, u32, Ranges)>)| {
            known
                .iter()
                .all(|(other, place, sent)| *other == look || *place == access || sent.intersect(&sends).is_empty())
        };
        let at = parts.iter().position(fits).unwrap_or_else(|| {
            parts.push((Vec::new(), Vec::new()));
            parts.len() - 1
        });
        parts[at].0.extend(classes);
        parts[at].1.push((look, access, sends));
    }
    parts.into_iter().map(|(classes, _)| classes).collect()
}

/// Shows all that openers send to places; that no forbidden session is among it was decided before.
pub(super) fn prove(
    engine: &mut PathEngine<'_, '_>,
    topology: &ProofTopology,
    links: Links,
    [openers, targets]: [&[ClassId]; 2],
    look: &dyn Fn(ClassId) -> Look,
) -> Result<FlowTree, ProveError> {
    let model = engine.model;
    let parts = apart(engine, links, openers, look);
    let devices = Devices::new(model, &mut engine.pools);
    let mut flood = Flood {
        model,
        engine,
        topology,
        links,
        devices,
        known: HashMap::new(),
        queue: VecDeque::new(),
        relies_on: BTreeSet::new(),
        relies_on_links: BTreeSet::new(),
    };
    let mut written = Written::default();
    for part in parts {
        flood.known.clear();
        flood.run(&part, targets)?;
        flood.write(&part, &mut written);
    }
    let relies_on = flood.relies_on.into_iter();
    Ok(FlowTree {
        relies_on: relies_on.map(|(node, filter, rule)| (model.id(node).to_owned(), filter, rule)).collect(),
        links: super::topology::runs(flood.relies_on_links.into_iter()),
        sets: written.sets,
        relations: written.relations,
        floods: written.floods,
    })
}

/// What was written of floods so far.
#[derive(Default)]
struct Written {
    sets: Vec<FlowSet>,
    of_set: HashMap<(Line, SetId), u32>,
    relations: Vec<RelationOf>,
    of_relation: HashMap<Relation, u32>,
    floods: Vec<certificate::Flood>,
}

impl Flood<'_, '_, '_> {
    fn members(&self, class: ClassId) -> Vec<u32> {
        self.engine.network.classes.get(class).members.clone()
    }

    fn leads(&mut self, link: LinkId, from_end: usize) -> bool {
        let one_way = self.topology.link(link).one_way;
        let leads = !one_way || (self.links == Links::All && from_end == 0);
        if !leads {
            self.relies_on_links.insert(link);
        }
        leads
    }

    /// What a node lets pass, with a note of what it denies.
    fn pass(&mut self, node: u32, r#in: Side, out: Side, relation: &Relation) -> Vec<Relation> {
        let mut denied: Vec<DenyReason> = Vec::new();
        let note = &mut |decider| denied.push(decider);
        let passed = self.devices.pass_noting(&mut self.engine.pools, (node, r#in, out), relation, note);
        for decider in denied {
            self.relies_on.insert(match decider {
                DenyReason::Default(node, filter) => (node, Some(filter), None),
                DenyReason::Routes(node) => (node, None, None),
                DenyReason::Rule(id) => match self.model.rules[id.index()].origin {
                    RuleOrigin::Filter(node, filter, rule) => (node, Some(filter), Some(rule)),
                    RuleOrigin::Route(node) => (node, None, None),
                },
            });
        }
        passed.iter().map(|one| one.crossing.leaving()).collect()
    }

    fn arrive(&mut self, device: ProofDevice, by: By, tags: &[TagClass], relation: Relation) {
        let untagged = [UNTAGGED];
        let tags = if self.topology.device(device).switch { tags } else { &untagged[..] };
        for &tag in tags {
            let key = (device, by, tag);
            let known = self.known.entry(key).or_default();
            if known.iter().any(|other| relation.is_within(&mut self.engine.pools, other)) {
                continue;
            }
            known.push(relation);
            self.queue.push_back((key, relation));
        }
    }

    /// Headers that the members of a class may send.
    fn sent(&mut self, sends: &Ranges) -> Vec<Relation> {
        let held = self.engine.pools.address.intern(sends.clone());
        let roots = roots(self.model, &mut self.engine.pools, &self.devices.kinds);
        let mut out = Vec::new();
        for root in roots {
            let mut relation = Relation::untouched(root);
            if relation.narrow_sent(&mut self.engine.pools, SOURCE, held) {
                out.push(relation);
            }
        }
        out
    }

    fn run(&mut self, openers: &[ClassId], targets: &[ClassId]) -> Result<(), ProveError> {
        self.emit(openers);
        while let Some(((device, by, tag), relation)) = self.queue.pop_front() {
            self.engine.cells += 1;
            let (cells, limits) = (self.engine.cells, self.engine.limits);
            if limits.cells.is_some_and(|limit| cells > limit) || limits.reached() {
                return Err(ProveError::from(LimitReached));
            }
            let topology = self.topology;
            let facts = &topology.device(device);
            let side = (by != LEAF && !facts.plain).then(|| topology.side_of(device, by));
            for &(number, end) in &facts.links {
                let link = topology.link(number);
                if !self.leads(number, end) || (facts.switch && by == By::link(number)) {
                    continue;
                }
                let tags = match (facts.switch, link.crossing(end, tag)) {
                    (true, Some(tag)) => vec![tag],
                    (true, None) => {
                        self.relies_on_links.insert(number);
                        continue;
                    }
                    (false, _) => link.entered(end).to_vec(),
                };
                self.limited(number);
                let Some(other) = link.ends[1 - end].0 else { continue };
                let passed = match side {
                    None => vec![relation],
                    Some(side) => self.pass(facts.node, Some(side), Some(link.ends[end].2), &relation),
                };
                for relation in passed {
                    self.arrive(other, By::link(number), &tags, relation);
                }
            }
        }
        self.deliver(openers, targets);
        Ok(())
    }

    /// Notes that a link carries some tags only.
    fn limited(&mut self, number: LinkId) {
        if self.topology.is_limited(number) {
            self.relies_on_links.insert(number);
        }
    }

    fn emit(&mut self, openers: &[ClassId]) {
        let topology = self.topology;
        // Leaves that enter alike send together.
        let mut entries: BTreeMap<(ProofDevice, By, Vec<TagClass>), Vec<Range>> = BTreeMap::new();
        for &class in openers {
            let sends = self.model.holdings.get(self.engine.network.classes.get(class).sends).clone();
            for node in self.members(class) {
                for port in topology.ports.get(&node).into_iter().flatten() {
                    let link = topology.link(port.link);
                    if !self.leads(port.link, port.end) {
                        continue;
                    }
                    self.limited(port.link);
                    let Some(device) = link.ends[1 - port.end].0 else { continue };
                    let by = if topology.device(device).plain { LEAF } else { By::link(port.link) };
                    if !self.model.filters.contains_key(&node) {
                        let tags = link.entered(port.end).to_vec();
                        entries.entry((device, by, tags)).or_default().extend(sends.as_slice());
                        continue;
                    }
                    for relation in self.sent(&sends) {
                        for relation in self.pass(node, None, Some(link.ends[port.end].2), &relation) {
                            self.arrive(device, by, link.entered(port.end), relation);
                        }
                    }
                }
                let Some(&device) = topology.session_device.get(&node) else { continue };
                for &(number, end) in &topology.device(device).links {
                    let link = topology.link(number);
                    if !self.leads(number, end) {
                        continue;
                    }
                    self.limited(number);
                    let Some(other) = link.ends[1 - end].0 else { continue };
                    for relation in self.sent(&sends) {
                        for relation in self.pass(node, None, Some(link.ends[end].2), &relation) {
                            self.arrive(other, By::link(number), link.entered(end), relation);
                        }
                    }
                }
            }
        }
        for ((device, by, tags), sends) in entries {
            for relation in self.sent(&Ranges::from_unsorted(sends)) {
                self.arrive(device, by, &tags, relation);
            }
        }
    }

    /// Notes the denials that keep headers from targets.
    fn deliver(&mut self, openers: &[ClassId], targets: &[ClassId]) {
        let topology = self.topology;
        let mut by_device: BTreeMap<ProofDevice, Vec<(By, Relation)>> = BTreeMap::new();
        for (&(device, by, _), relations) in &self.known {
            by_device.entry(device).or_default().extend(relations.iter().map(|relation| (by, *relation)));
        }
        for list in by_device.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        let nodes: Vec<u32> = targets.iter().flat_map(|&class| self.members(class)).collect();
        for node in nodes {
            for port in topology.ports.get(&node).into_iter().flatten() {
                let link = topology.link(port.link);
                let own = Some(link.ends[port.end].2);
                if !self.leads(port.link, 1 - port.end) {
                    continue;
                }
                self.limited(port.link);
                let Some(device) = link.ends[1 - port.end].0 else {
                    self.direct(openers, node, port.link, port.end);
                    continue;
                };
                let out = Some(link.ends[1 - port.end].2);
                let facts = &topology.device(device);
                for (by, relation) in by_device.get(&device).cloned().unwrap_or_default() {
                    let passed = match (by != LEAF && !facts.plain).then(|| topology.side_of(device, by)) {
                        None => vec![relation],
                        side => self.pass(facts.node, side, out, &relation),
                    };
                    for relation in passed {
                        self.pass(node, own, None, &relation);
                    }
                }
                // What the device itself emits to the leaf.
                if openers.iter().any(|&class| self.members(class).contains(&facts.node)) {
                    let sends = self.model.holdings.get(self.model.sends[facts.node as usize]).clone();
                    for relation in self.sent(&sends) {
                        for relation in self.pass(facts.node, None, out, &relation) {
                            self.pass(node, own, None, &relation);
                        }
                    }
                }
            }
            let Some(&device) = topology.session_device.get(&node) else { continue };
            for (by, relation) in by_device.get(&device).cloned().unwrap_or_default() {
                let side = (by != LEAF).then(|| topology.side_of(device, by));
                self.pass(node, side.or(Some((0, 0))), None, &relation);
            }
        }
    }

    /// A link between two nodes that do not forward.
    fn direct(&mut self, openers: &[ClassId], node: u32, link: LinkId, end: usize) {
        let ends = &self.topology.link(link).ends;
        let (own, (_, other, side)) = (ends[end].2, ends[1 - end]);
        if openers.iter().any(|&class| self.members(class).contains(&other)) {
            let sends = self.model.holdings.get(self.model.sends[other as usize]).clone();
            for relation in self.sent(&sends) {
                for relation in self.pass(other, None, Some(side), &relation) {
                    self.pass(node, Some(own), None, &relation);
                }
            }
        }
    }

    fn write(&mut self, openers: &[ClassId], written: &mut Written) {
        let mut ids: Vec<String> =
            openers.iter().flat_map(|&class| self.members(class)).map(|node| self.model.id(node).to_owned()).collect();
        ids.sort_unstable();
        let Written { sets, of_set, relations, of_relation, floods } = written;
        let mut writer = Writer { model: self.model, engine: self.engine, sets, numbers: of_set };
        let mut grouped: BTreeMap<(u32, u8, Option<u32>), BTreeMap<Vec<u32>, Vec<TagClass>>> = BTreeMap::new();
        let mut known: Vec<(Key, Vec<Relation>)> = self.known.drain().collect();
        known.sort_unstable();
        for ((device, by, tag), list) in known {
            let mut numbers: Vec<u32> = Vec::with_capacity(list.len());
            for relation in list {
                let next = number(relations.len());
                numbers.push(*of_relation.entry(relation).or_insert_with(|| {
                    relations.push(writer.relation(&relation));
                    next
                }));
            }
            numbers.sort_unstable();
            let facts = &self.topology.device(device);
            let key = (facts.node, facts.half(), by.number());
            grouped.entry(key).or_default().entry(numbers).or_default().push(tag);
        }
        let mut places: Vec<Place> = Vec::new();
        for ((node, half, by), lists) in grouped {
            for (relations, tags) in lists {
                let tags = (tags != [UNTAGGED]).then(|| self.topology.ranges(&tags));
                places.push((self.model.id(node).to_owned(), half, by, tags, relations));
            }
        }
        floods.push(certificate::Flood { openers: ids, places });
    }
}

/// Writes relations, and the sets they are of once each.
struct Writer<'w, 'p, 'd> {
    model: &'p Model<'d>,
    engine: &'w PathEngine<'p, 'd>,
    sets: &'w mut Vec<FlowSet>,
    numbers: &'w mut HashMap<(Line, SetId), u32>,
}

impl Writer<'_, '_, '_> {
    fn relation(&mut self, relation: &Relation) -> RelationOf {
        let mut product =
            |product: &[SetId; 4]| std::array::from_fn(|dimension| self.set(dimension, product[dimension]));
        let sent = product(&relation.sent);
        let now = product(&relation.now);
        (sent, now, relation.linked)
    }

    fn set(&mut self, dimension: usize, id: SetId) -> u32 {
        let line = match dimension {
            SOURCE | DESTINATION => Line::Address,
            SERVICE => Line::Service,
            _ => Line::SourcePort,
        };
        if let Some(&known) = self.numbers.get(&(line, id)) {
            return known;
        }
        let pools = &self.engine.pools;
        let runs: Vec<(Value, Value)> = match line {
            Line::Address => pools.address.get(id).as_slice().iter().flat_map(|range| self.addresses(*range)).collect(),
            Line::Service => {
                let space = &self.model.spaces.service;
                pools.service.get(id).as_slice().iter().map(|range| numbers(space, *range, LAST_SERVICE)).collect()
            }
            Line::SourcePort => {
                let space = &self.model.spaces.source_port;
                pools.source_port.get(id).as_slice().iter().map(|range| numbers(space, *range, LAST_PORT)).collect()
            }
        };
        let next = number(self.sets.len());
        self.sets.push((line, runs));
        self.numbers.insert((line, id), next);
        next
    }

    /// Runs of positions on the line of addresses.
    fn addresses(&self, range: Range) -> Vec<(Value, Value)> {
        let mut out: Vec<(Value, Value)> = Vec::new();
        let mut open: Option<(Value, Value, crate::document::Family, u128)> = None;
        for atom in range.low..=range.high {
            match self.model.spaces.address.atom(atom) {
                AddressAtom::Addresses(run) => {
                    let text = |value| json!(crate::model::address_text(run.family, value));
                    open = match open.take() {
                        Some((first, _, family, _)) if family == run.family => {
                            Some((first, text(run.high), family, run.high))
                        }
                        before => {
                            out.extend(before.map(|(first, last, ..)| (first, last)));
                            Some((text(run.low), text(run.high), run.family, run.high))
                        }
                    };
                }
                AddressAtom::Symbolic(class) => {
                    out.extend(open.take().map(|(first, last, ..)| (first, last)));
                    let nodes = self.model.symbolic_nodes().into_iter().filter(|&(_, of)| of == class);
                    out.extend(nodes.map(|(node, _)| {
                        let at = json!({ "symbolic": self.model.id(node) });
                        (at.clone(), at)
                    }));
                }
            }
        }
        out.extend(open.map(|(first, last, ..)| (first, last)));
        out
    }
}

/// The last number of a service, and of a source port and one.
const LAST_SERVICE: u32 = 196_860;
const LAST_PORT: u32 = 65_536;

fn numbers(space: &crate::header::NumberSpace, range: Range, last: u32) -> (Value, Value) {
    let end = if range.high + 1 == space.atoms() { last } else { space.first_value(range.high + 1) - 1 };
    (json!(space.first_value(range.low)), json!(end))
}
