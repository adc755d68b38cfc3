//! How packets pass the forwarding units: hubs of plain switches, filtering switches, routers.

use rustc_hash::FxHashMap as HashMap;

use super::build::{Builder, End, Layout, Unit, UnitKind, side};
use super::predicate::{PredicateId, Predicates, TRUE};
use super::runs::Runs;
use super::tags::TagClass;
use crate::model::Model;

type Numbers = (u16, u16);

/// A link between two units, in one direction, with one class of tags where an end is a switch.
#[derive(Clone, Copy)]
struct Dart {
    place: u32,
    /// Whether the link carries packets this way.
    open: bool,
}

/// A link as one of its units sees it.
struct PortOfUnit {
    side: Numbers,
    tag: TagClass,
    leaving: Dart,
    arriving: Dart,
}

/// Chains over the leaving darts of a switch such that "all but the i-th" is two places: everything before, and
/// everything after. Linear in the number of darts.
struct Chain {
    before: Vec<Option<u32>>,
    after: Vec<Option<u32>>,
}

impl Chain {
    /// `darts` are the places of leaving darts.
    fn new(builder: &mut Builder, darts: &[u32]) -> Self {
        let mut before = vec![None; darts.len() + 1];
        let mut after = vec![None; darts.len() + 1];
        for at in 0..darts.len() {
            let place = builder.node();
            builder.edge(place, darts[at], TRUE);
            if let Some(previous) = before[at] {
                builder.edge(place, previous, TRUE);
            }
            before[at + 1] = Some(place);
        }
        for at in (0..darts.len()).rev() {
            let place = builder.node();
            builder.edge(place, darts[at], TRUE);
            if let Some(next) = after[at + 1] {
                builder.edge(place, next, TRUE);
            }
            after[at] = Some(place);
        }
        Self { before, after }
    }

    /// The place that leads to all darts.
    fn all(&self) -> Option<u32> {
        self.after[0]
    }

    /// The places that lead to all darts but one.
    fn all_but(&self, index: usize) -> impl Iterator<Item = u32> + use<> {
        [self.before[index], self.after[index + 1]].into_iter().flatten()
    }
}

/// A connected run of plain switches, for one class of tags.
#[derive(Clone, Copy)]
struct Hub {
    /// Where endpoints emit into; leads everywhere.
    entry: u32,
    /// Where endpoints take from.
    exit: u32,
}

/// Where endpoints attach to units.
pub(super) struct Hubs {
    kinds: Vec<UnitKind>,
    tag_lists: Vec<Vec<TagClass>>,
    hubs: HashMap<(Unit, TagClass), Hub>,
    /// Router arrivals and departures by interface.
    routers: HashMap<(Unit, Numbers), (u32, u32)>,
    /// Filtering switches: where leaves of a group of interfaces emit into and take from.
    filtering: HashMap<(Unit, Numbers, TagClass), (u32, u32)>,
    /// What a unit that is an endpoint itself emits into and takes from.
    own: HashMap<Unit, OwnPorts>,
}

/// Places with the predicates of the endpoint's own filters.
pub(super) type OwnPorts = (Vec<(u32, PredicateId)>, Vec<(u32, PredicateId)>);

impl Hubs {
    /// Where a leaf on this port of a unit emits into.
    pub fn entries(&self, unit: Unit, side: Numbers, tags: u32) -> Vec<u32> {
        self.places(unit, side, tags, |hub| hub.entry, |pair| pair.0)
    }

    /// Where a leaf on this port of a unit takes from.
    pub fn exits(&self, unit: Unit, side: Numbers, tags: u32) -> Vec<u32> {
        self.places(unit, side, tags, |hub| hub.exit, |pair| pair.1)
    }

    fn places(
        &self,
        unit: Unit,
        side: Numbers,
        tags: u32,
        hub: impl Fn(&Hub) -> u32,
        pair: impl Fn(&(u32, u32)) -> u32,
    ) -> Vec<u32> {
        let tags = &self.tag_lists[tags as usize];
        match self.kinds[unit as usize] {
            UnitKind::PlainRouter | UnitKind::FilteringRouter => {
                self.routers.get(&(unit, side)).map(pair).into_iter().collect()
            }
            UnitKind::PlainSwitch => tags.iter().filter_map(|&tag| self.hubs.get(&(unit, tag)).map(&hub)).collect(),
            UnitKind::FilteringSwitch => {
                tags.iter().filter_map(|&tag| self.filtering.get(&(unit, side, tag)).map(&pair)).collect()
            }
        }
    }

    /// What a unit that is an endpoint itself emits into and takes from.
    pub fn own(&self, unit: Unit) -> OwnPorts {
        self.own.get(&unit).cloned().unwrap_or_default()
    }
}

/// Ports of each unit to other units, and the groups of interfaces and tags that leaves hang on.
struct Ports {
    units: Vec<Vec<PortOfUnit>>,
    leaves: Vec<Vec<(Numbers, u32)>>,
    /// Two-way links between plain switches.
    joined: Vec<(Unit, Unit, u32)>,
    /// Those as (unit, tags), sorted, for both ends.
    joined_tags: Vec<(Unit, u32)>,
    /// The place of each plain router that has a two-way link to another: one for each connected run of them.
    melted: HashMap<Unit, u32>,
}

impl Ports {
    /// The sets of tags of two-way links between a plain switch and others.
    fn joined_tags(&self, unit: Unit) -> impl Iterator<Item = u32> {
        let first = self.joined_tags.partition_point(|pair| pair.0 < unit);
        self.joined_tags[first..].iter().take_while(move |pair| pair.0 == unit).map(|pair| pair.1)
    }
}

fn ports(layout: &Layout, builder: &mut Builder, with_one_way: bool) -> Ports {
    let count = layout.units.len();
    let mut out = Ports {
        units: (0..count).map(|_| Vec::new()).collect(),
        leaves: vec![Vec::new(); count],
        joined: Vec::new(),
        joined_tags: Vec::new(),
        melted: HashMap::default(),
    };
    let kind = |unit: Unit| layout.units[unit as usize].0;
    let are = |wanted: UnitKind, a: Unit, b: Unit| kind(a) == wanted && kind(b) == wanted;
    let mut runs = Runs::new(count);
    let mut in_runs: Vec<Unit> = Vec::new();
    for link in layout.links.iter().filter(|link| with_one_way || !link.one_way) {
        match link.ends {
            [End::Unit(a, a_side), End::Unit(b, b_side)] => {
                if !link.one_way && are(UnitKind::PlainSwitch, a, b) {
                    out.joined.push((a, b, link.tags));
                    continue;
                }
                // A packet goes back and forth between two routers that pass everything.
                if !link.one_way && are(UnitKind::PlainRouter, a, b) {
                    runs.join(a, b);
                    in_runs.extend([a, b]);
                    continue;
                }
                let untagged = [0];
                let tagged = kind(a).is_switch() || kind(b).is_switch();
                let tags = if tagged { &layout.tag_lists[link.tags as usize][..] } else { &untagged[..] };
                for &tag in tags {
                    let there = Dart { place: builder.node(), open: true };
                    let back = Dart { place: builder.node(), open: !link.one_way };
                    let port = |side, leaving, arriving| PortOfUnit { side, tag, leaving, arriving };
                    out.units[a as usize].push(port(a_side, there, back));
                    out.units[b as usize].push(port(b_side, back, there));
                }
            }
            [End::Unit(unit, side), End::Leaf(..)] | [End::Leaf(..), End::Unit(unit, side)] => {
                let leaves = &mut out.leaves[unit as usize];
                if leaves.last() != Some(&(side, link.tags)) {
                    leaves.push((side, link.tags));
                }
            }
            [End::Leaf(..), End::Leaf(..)] => {}
        }
    }
    for list in &mut out.leaves {
        list.sort_unstable();
        list.dedup();
    }
    out.joined_tags = out.joined.iter().flat_map(|&(a, b, tags)| [(a, tags), (b, tags)]).collect();
    out.joined_tags.sort_unstable();
    out.joined_tags.dedup();
    in_runs.sort_unstable();
    in_runs.dedup();
    let mut places: HashMap<u32, u32> = HashMap::default();
    for unit in in_runs {
        let place = *places.entry(runs.find(unit)).or_insert_with(|| builder.node());
        out.melted.insert(unit, place);
    }
    out
}

/// Wires all units.
pub(super) fn wire(
    model: &Model<'_>,
    layout: &Layout,
    predicates: &mut Predicates,
    builder: &mut Builder,
    with_one_way: bool,
) -> Hubs {
    let ports = ports(layout, builder, with_one_way);
    let mut hubs = Hubs {
        kinds: layout.units.iter().map(|unit| unit.0).collect(),
        tag_lists: layout.tag_lists.clone(),
        hubs: HashMap::default(),
        routers: HashMap::default(),
        filtering: HashMap::default(),
        own: HashMap::default(),
    };
    wire_plain_switches(layout, &ports, builder, &mut hubs);
    for (unit, &(kind, node)) in (0_u32..).zip(&layout.units) {
        let found = layout.session_units.binary_search_by_key(&node, |pair| pair.0);
        let is_endpoint =
            model.labels.endpoint[node as usize] && found.is_ok_and(|at| layout.session_units[at].1 == unit);
        let own = match kind {
            UnitKind::PlainSwitch if is_endpoint => own_of_plain_switch(layout, &ports, unit, &hubs),
            UnitKind::PlainSwitch => continue,
            UnitKind::PlainRouter | UnitKind::FilteringRouter => {
                wire_router(model, node, unit, &ports, predicates, builder, &mut hubs)
            }
            UnitKind::FilteringSwitch => {
                wire_filtering_switch(model, layout, node, unit, &ports, predicates, builder, &mut hubs)
            }
        };
        if is_endpoint {
            hubs.own.insert(unit, own);
        }
    }
    hubs
}

/// Melts plain switches into hubs. A packet that enters a run of switches by one link leaves it by any other; by the
/// same link only where the run holds a ring, for a switch never sends back on the link a packet came by.
fn wire_plain_switches(layout: &Layout, ports: &Ports, builder: &mut Builder, hubs: &mut Hubs) {
    let mut number: HashMap<(Unit, TagClass), u32> = HashMap::default();
    let mut order: Vec<(Unit, TagClass)> = Vec::new();
    let mut note = |unit: Unit, tag: TagClass| {
        let next = u32::try_from(number.len()).unwrap_or(u32::MAX);
        *number.entry((unit, tag)).or_insert_with(|| {
            order.push((unit, tag));
            next
        })
    };
    let mut joins: Vec<(u32, u32)> = Vec::new();
    for &(a, b, tags) in &ports.joined {
        for &tag in &layout.tag_lists[tags as usize] {
            joins.push((note(a, tag), note(b, tag)));
        }
    }
    let plain = (0_u32..).zip(&layout.units).filter(|(_, unit)| unit.0 == UnitKind::PlainSwitch);
    for (unit, _) in plain {
        ports.units[unit as usize].iter().for_each(|port| {
            note(unit, port.tag);
        });
        for &(_, tags) in &ports.leaves[unit as usize] {
            layout.tag_lists[tags as usize].iter().for_each(|&tag| {
                note(unit, tag);
            });
        }
    }
    let count = u32::try_from(order.len()).unwrap_or(u32::MAX);
    let mut runs = Runs::new(order.len());
    joins.into_iter().for_each(|(a, b)| runs.join(a, b));
    let mut members: HashMap<u32, Vec<&PortOfUnit>> = HashMap::default();
    for (unit, _) in (0_u32..).zip(&layout.units).filter(|(_, unit)| unit.0 == UnitKind::PlainSwitch) {
        for port in &ports.units[unit as usize] {
            if let Some(&item) = number.get(&(unit, port.tag)) {
                members.entry(runs.find(item)).or_default().push(port);
            }
        }
    }
    let mut made: HashMap<u32, Hub> = HashMap::default();
    for item in 0..count {
        let run = runs.find(item);
        let list = members.get(&run).map_or(&[][..], Vec::as_slice);
        let ring = runs.has_ring(run);
        let hub = *made.entry(run).or_insert_with(|| wire_hub(builder, list, ring));
        hubs.hubs.insert(order[item as usize], hub);
    }
}

fn wire_hub(builder: &mut Builder, ports: &[&PortOfUnit], ring: bool) -> Hub {
    let exit = builder.node();
    let leaving: Vec<u32> = ports.iter().filter(|port| port.leaving.open).map(|port| port.leaving.place).collect();
    if ring {
        leaving.iter().for_each(|&dart| builder.edge(exit, dart, TRUE));
        ports.iter().filter(|port| port.arriving.open).for_each(|port| builder.edge(port.arriving.place, exit, TRUE));
        return Hub { entry: exit, exit };
    }
    let chain = Chain::new(builder, &leaving);
    let entry = builder.node();
    builder.edge(entry, exit, TRUE);
    if let Some(all) = chain.all() {
        builder.edge(entry, all, TRUE);
    }
    let mut index = 0;
    for port in ports {
        let own = port.leaving.open.then_some(index);
        index += usize::from(port.leaving.open);
        if !port.arriving.open {
            continue;
        }
        match own {
            Some(own) => {
                builder.edge(port.arriving.place, exit, TRUE);
                chain.all_but(own).for_each(|place| builder.edge(port.arriving.place, place, TRUE));
            }
            None => builder.edge(port.arriving.place, entry, TRUE),
        }
    }
    Hub { entry, exit }
}

/// A plain switch with a zone emits on any of its links with any of their tags.
fn own_of_plain_switch(layout: &Layout, ports: &Ports, unit: Unit, hubs: &Hubs) -> OwnPorts {
    let joined = ports.joined_tags(unit);
    let leaves = ports.leaves[unit as usize].iter().map(|leaf| leaf.1);
    let listed = joined.chain(leaves).flat_map(|tags| layout.tag_lists[tags as usize].iter().copied());
    let mut tags: Vec<TagClass> = listed.chain(ports.units[unit as usize].iter().map(|port| port.tag)).collect();
    tags.sort_unstable();
    tags.dedup();
    let own = || tags.iter().filter_map(|&tag| hubs.hubs.get(&(unit, tag)));
    (own().map(|hub| (hub.entry, TRUE)).collect(), own().map(|hub| (hub.exit, TRUE)).collect())
}

/// Interfaces of a unit by treatment.
fn sides(ports: &Ports, unit: Unit) -> Vec<Numbers> {
    let at = unit as usize;
    let units = ports.units[at].iter().map(|port| port.side);
    let mut sides: Vec<Numbers> = units.chain(ports.leaves[at].iter().map(|leaf| leaf.0)).collect();
    sides.sort_unstable();
    sides.dedup();
    sides
}

fn wire_router(
    model: &Model<'_>,
    node: u32,
    unit: Unit,
    ports: &Ports,
    predicates: &mut Predicates,
    builder: &mut Builder,
    hubs: &mut Hubs,
) -> OwnPorts {
    let mut sides = sides(ports, unit);
    let melted = ports.melted.get(&unit).copied();
    if melted.is_some() && sides.is_empty() {
        sides.push((0, 0));
    }
    let mut place = || melted.map_or_else(|| (builder.node(), builder.node()), |place| (place, place));
    let places: Vec<(u32, u32)> = sides.iter().map(|_| place()).collect();
    let (mut emits, mut takes) = (Vec::new(), Vec::new());
    for (&from, &(arrival, departure)) in sides.iter().zip(&places) {
        hubs.routers.insert((unit, from), (arrival, departure));
        takes.push((arrival, predicates.between(model, node, side(from), None)));
        emits.push((departure, predicates.between(model, node, None, side(from))));
        for (&to, &(_, departure)) in sides.iter().zip(&places) {
            builder.edge(arrival, departure, predicates.between(model, node, side(from), side(to)));
        }
    }
    for port in &ports.units[unit as usize] {
        let (arrival, departure) = hubs.routers[&(unit, port.side)];
        if port.arriving.open {
            builder.edge(port.arriving.place, arrival, TRUE);
        }
        if port.leaving.open {
            builder.edge(departure, port.leaving.place, TRUE);
        }
    }
    (emits, takes)
}

/// A switch with filters or routes keeps tags and never sends back, and each pair of interface groups has its own
/// predicate.
#[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename the arguments")]
fn wire_filtering_switch(
    model: &Model<'_>,
    layout: &Layout,
    node: u32,
    unit: Unit,
    ports: &Ports,
    predicates: &mut Predicates,
    builder: &mut Builder,
    hubs: &mut Hubs,
) -> OwnPorts {
    let at = unit as usize;
    let leaves = ports.leaves[at].iter();
    let leaf_groups =
        leaves.flat_map(|&(side, tags)| layout.tag_lists[tags as usize].iter().map(move |&tag| (tag, side)));
    let port_groups = ports.units[at].iter().map(|port| (port.tag, port.side));
    let mut groups: Vec<(TagClass, Numbers)> = leaf_groups.chain(port_groups).collect();
    groups.sort_unstable();
    groups.dedup();
    // For each group: the chain over its leaving darts, and where its leaves take from.
    let mut chains: HashMap<(TagClass, Numbers), (Chain, u32)> = HashMap::default();
    let mut positions: HashMap<usize, usize> = HashMap::default();
    let mut darts_of: HashMap<(TagClass, Numbers), Vec<u32>> = HashMap::default();
    for (index, port) in ports.units[at].iter().enumerate().filter(|(_, port)| port.leaving.open) {
        let darts = darts_of.entry((port.tag, port.side)).or_default();
        positions.insert(index, darts.len());
        darts.push(port.leaving.place);
    }
    for group in &groups {
        let chain = Chain::new(builder, darts_of.get(group).map_or(&[], Vec::as_slice));
        chains.insert(*group, (chain, builder.node()));
    }
    let (mut emits, mut takes) = (Vec::new(), Vec::new());
    let same_tag = |tag: TagClass| {
        let first = groups.partition_point(|group| group.0 < tag);
        groups[first..].iter().take_while(move |group| group.0 == tag).copied()
    };
    for &(tag, from) in &groups {
        let entry = builder.node();
        takes.push((entry, predicates.between(model, node, side(from), None)));
        for group in same_tag(tag) {
            let (chain, exit) = &chains[&group];
            let gate = builder.node();
            builder.edge(entry, gate, predicates.between(model, node, side(from), side(group.1)));
            builder.edge(gate, *exit, TRUE);
            if let Some(all) = chain.all() {
                builder.edge(gate, all, TRUE);
            }
        }
        hubs.filtering.insert((unit, from, tag), (entry, chains[&(tag, from)].1));
        // What the switch itself emits by this group of interfaces.
        let (chain, exit) = &chains[&(tag, from)];
        let own = builder.node();
        builder.edge(own, *exit, TRUE);
        if let Some(all) = chain.all() {
            builder.edge(own, all, TRUE);
        }
        emits.push((own, predicates.between(model, node, None, side(from))));
    }
    for (index, port) in ports.units[at].iter().enumerate().filter(|(_, port)| port.arriving.open) {
        takes.push((port.arriving.place, predicates.between(model, node, side(port.side), None)));
        for group in same_tag(port.tag) {
            let (chain, exit) = &chains[&group];
            let gate = builder.node();
            builder.edge(port.arriving.place, gate, predicates.between(model, node, side(port.side), side(group.1)));
            builder.edge(gate, *exit, TRUE);
            match positions.get(&index).filter(|_| group.1 == port.side) {
                Some(&own) => chain.all_but(own).for_each(|place| builder.edge(gate, place, TRUE)),
                None => {
                    if let Some(all) = chain.all() {
                        builder.edge(gate, all, TRUE);
                    }
                }
            }
        }
    }
    (emits, takes)
}
