//! How packets pass the units of one network: hubs of plain switches, filtering switches, routers.

mod chain;
mod filtering;
mod switches;

use rustc_hash::FxHashMap as HashMap;

use super::predicate::{PredicateId, Predicates, Side, TRUE};
use super::regions::Builder;
use super::skeleton::{Join, Lists, NONE, Numbers, Skeleton, Unit, UnitKind};
use super::tags::TagClass;
use super::uneven;
use crate::model::Model;
use switches::Switches;

/// What one network has of a skeleton.
pub(super) struct View<'s> {
    pub skeleton: &'s Skeleton,
    /// Whether the network goes without each unit; empty: without none.
    gone: Vec<bool>,
    /// Whether each port has nobody left on it; empty: every port has somebody.
    empty: Vec<bool>,
    /// Whether one-way links are in.
    pub with_one_way: bool,
}

impl<'s> View<'s> {
    /// The view without some removable nodes.
    pub fn new(skeleton: &'s Skeleton, gone: &[u32]) -> Self {
        let mut out = Self { skeleton, gone: Vec::new(), empty: Vec::new(), with_one_way: true };
        if gone.is_empty() {
            return out;
        }
        out.gone = vec![false; skeleton.units.len()];
        let mut left = vec![0_u32; skeleton.ports.len()];
        let others = skeleton.other_ports.values().flatten();
        let hung = skeleton.first_port.iter().filter(|&&port| port != NONE).chain(others);
        hung.for_each(|&port| left[port as usize] += 1);
        for &node in gone {
            skeleton.ports_at(node).for_each(|port| left[port as usize] -= 1);
        }
        // A node that forwards is a unit of its own, for it is removable; an l3-switch is two.
        let is_gone = |node: u32| gone.binary_search(&node).is_ok();
        for (slot, unit) in out.gone.iter_mut().zip(&skeleton.units) {
            *slot = !unit.many && is_gone(unit.node);
        }
        out.empty = left.iter().map(|&left| left == 0).collect();
        out
    }

    fn has_unit(&self, unit: Unit) -> bool {
        self.gone.is_empty() || !self.gone[unit as usize]
    }

    fn has_join(&self, join: &Join) -> bool {
        (self.with_one_way || !join.one_way) && join.units.iter().all(|&unit| self.has_unit(unit))
    }

    /// Whether anybody hangs on a port.
    pub fn has_port(&self, at: u32) -> bool {
        let port = &self.skeleton.ports[at as usize];
        let used = self.empty.is_empty() || !self.empty[at as usize];
        used && (self.with_one_way || port.sends && port.takes) && self.has_unit(port.unit)
    }

    fn kind(&self, unit: Unit) -> UnitKind {
        self.skeleton.units[unit as usize].kind
    }

    pub fn tags(&self, vlans: u32) -> &'s [TagClass] {
        &self.skeleton.tag_lists[vlans as usize]
    }

    /// Whether a link joins plain switches so that they are one to each of its tags.
    fn melts(&self, join: &Join) -> bool {
        !join.one_way && !join.is_uneven() && join.units.iter().all(|&unit| self.kind(unit) == UnitKind::PlainSwitch)
    }

    /// The ports of a unit that anybody hangs on.
    fn ports(&self, unit: Unit) -> impl Iterator<Item = &'s super::skeleton::Port> + '_ {
        let ports = self.skeleton.ports_of.of(unit).iter();
        ports.filter(|&&at| self.has_port(at)).map(|&at| &self.skeleton.ports[at as usize])
    }

    /// The links of a unit to others, each with the end that the unit is.
    fn joins(&self, unit: Unit) -> impl Iterator<Item = (u32, &'s Join, usize)> + '_ {
        let entries = self.skeleton.joins_of.of(unit).iter();
        entries
            .map(|&entry| (entry / 2, &self.skeleton.joins[entry as usize / 2], entry as usize & 1))
            .filter(|(_, join, _)| self.has_join(join))
    }
}

/// A link between two units, in one direction, with one class of tags where an end is a switch.
#[derive(Clone, Copy)]
struct Dart {
    place: u32,
    /// Whether the link carries packets this way.
    open: bool,
}

/// A link as one of its units sees it.
#[derive(Clone, Copy)]
struct PortOfUnit {
    side: Numbers,
    tag: TagClass,
    leaving: Dart,
    arriving: Dart,
}

/// The darts of all links that do not melt.
struct Darts<'v, 's> {
    view: &'v View<'s>,
    /// First place of each link: two for each class of its tags. [`NONE`]: it has none.
    first: Vec<u32>,
}

impl<'v, 's> Darts<'v, 's> {
    fn new(view: &'v View<'s>, builder: &mut Builder) -> Self {
        let first = view.skeleton.joins.iter().map(|join| {
            if !view.has_join(join) || view.melts(join) {
                return NONE;
            }
            if join.is_uneven() {
                return uneven::wire(join, [0, 1].map(|end| Self::tags(view, join, end)), view, builder);
            }
            builder.nodes(2 * Self::tags(view, join, 0).len())
        });
        Self { first: first.collect(), view }
    }

    fn tags(view: &View<'s>, join: &Join, end: usize) -> &'s [TagClass] {
        let tagged = join.units.iter().any(|&unit| view.kind(unit).is_switch());
        if tagged { view.tags(join.vlans[end]) } else { &[0] }
    }

    /// The links whose ends differ, each with its first place.
    fn uneven(&self) -> Vec<(u32, u32)> {
        let joins = (0_u32..).zip(&self.view.skeleton.joins).zip(&self.first);
        let uneven = joins.filter(|((_, join), first)| **first != NONE && join.is_uneven());
        uneven.map(|((at, _), &first)| (at, first)).collect()
    }

    /// The ports of a unit to other units, in document order.
    fn of(&self, unit: Unit) -> impl Iterator<Item = PortOfUnit> + '_ {
        let joins = self.view.joins(unit).filter(|&(at, ..)| self.first[at as usize] != NONE);
        joins.flat_map(move |(at, join, end)| {
            // The places of an uneven link's ends are apart: those of the first end, then those of the second.
            let (uneven, tags) = (join.is_uneven(), Self::tags(self.view, join, end));
            let before = if uneven && end == 1 { Self::tags(self.view, join, 0).len() } else { 0 };
            let first = self.first[at as usize] + 2 * u32::try_from(before).unwrap_or(u32::MAX);
            let places = (0_u32..).map(move |number| first + 2 * number);
            tags.iter().zip(places).map(move |(&tag, place)| {
                let [out, back] = if uneven && end == 1 { [place + 1, place] } else { [place, place + 1] };
                let there = Dart { place: out, open: true };
                let back = Dart { place: back, open: !join.one_way };
                let (leaving, arriving) = if end == 0 { (there, back) } else { (back, there) };
                PortOfUnit { side: join.sides[end], tag, leaving, arriving }
            })
        })
    }
}

/// Places with the predicates of the endpoint's own filters.
pub(super) type OwnPorts = (Vec<(u32, PredicateId)>, Vec<(u32, PredicateId)>);

/// Where endpoints attach to units.
pub(super) struct Hubs<'v, 's> {
    view: &'v View<'s>,
    switches: Switches,
    /// Arrival and departure of plain routers, by unit; [`NONE`]: it has no link.
    routers: Vec<(u32, u32)>,
    /// Arrivals and departures of filtering routers by interface.
    sides: HashMap<(Unit, Numbers), (u32, u32)>,
    /// Filtering switches: where leaves of a group of interfaces emit into and take from.
    groups: HashMap<(Unit, Numbers, TagClass), (u32, u32)>,
    /// What filtering units that are endpoints themselves emit into and take from.
    own: HashMap<Unit, OwnPorts>,
    /// The first places of links whose ends differ.
    uneven: Vec<(u32, u32)>,
}

impl<'v, 's> Hubs<'v, 's> {
    /// Wires all units.
    pub fn wire(view: &'v View<'s>, model: &Model<'_>, predicates: &mut Predicates, builder: &mut Builder) -> Self {
        let darts = Darts::new(view, builder);
        let switches = Switches::wire(&darts, builder);
        let count = view.skeleton.units.len();
        let mut hubs = Self {
            view,
            switches,
            routers: vec![(NONE, NONE); count],
            sides: HashMap::default(),
            groups: HashMap::default(),
            own: HashMap::default(),
            uneven: darts.uneven(),
        };
        let mut sessions: Vec<Unit> = view.skeleton.sessions.iter().map(|session| session.1).collect();
        sessions.sort_unstable();
        for (unit, info) in (0_u32..).zip(&view.skeleton.units).filter(|(unit, _)| view.has_unit(*unit)) {
            let own = match info.kind {
                UnitKind::PlainSwitch => continue,
                UnitKind::PlainRouter => {
                    hubs.wire_plain_router(unit, info.many, &darts, builder);
                    continue;
                }
                UnitKind::FilteringRouter => {
                    hubs.wire_filtering_router(model, info.node, unit, &darts, predicates, builder)
                }
                UnitKind::FilteringSwitch => {
                    hubs.wire_filtering_switch(model, info.node, unit, &darts, predicates, builder)
                }
            };
            if sessions.binary_search(&unit).is_ok() {
                hubs.own.insert(unit, own);
            }
        }
        hubs
    }

    /// Where leaves on a port of a unit emit into (`way` 0) or take from (`way` 1).
    pub fn places(&self, unit: Unit, side: Numbers, vlans: u32, way: usize) -> Vec<u32> {
        let pick = |(entry, exit): (u32, u32)| if way == 0 { entry } else { exit };
        let tags = self.view.tags(vlans).iter();
        match self.view.kind(unit) {
            UnitKind::PlainSwitch => {
                tags.filter_map(|&tag| self.switches.hub(unit, tag)).map(|hub| pick((hub.entry, hub.exit))).collect()
            }
            UnitKind::PlainRouter => vec![pick(self.routers[unit as usize])],
            UnitKind::FilteringRouter => self.sides.get(&(unit, side)).map(|&pair| pick(pair)).into_iter().collect(),
            UnitKind::FilteringSwitch => {
                tags.filter_map(|&tag| self.groups.get(&(unit, side, tag))).map(|&pair| pick(pair)).collect()
            }
        }
    }

    /// What a unit that is an endpoint itself emits into and takes from.
    pub fn own(&self, unit: Unit) -> OwnPorts {
        match self.view.kind(unit) {
            // A plain switch with a zone emits on any of its links with any of their tags.
            UnitKind::PlainSwitch => {
                let hubs = || self.switches.hubs_of(unit);
                (hubs().map(|hub| (hub.entry, TRUE)).collect(), hubs().map(|hub| (hub.exit, TRUE)).collect())
            }
            UnitKind::PlainRouter => match self.routers[unit as usize] {
                (NONE, _) => OwnPorts::default(),
                (arrival, departure) => (vec![(departure, TRUE)], vec![(arrival, TRUE)]),
            },
            _ => self.own.get(&unit).cloned().unwrap_or_default(),
        }
    }

    /// What a switch that is an endpoint itself emits by its links whose ends differ. It has no tag yet, so that it enters the
    /// other end with any that this one carries, whatever this end carries.
    pub fn emitted_unevenly(
        &self,
        model: &Model<'_>,
        node: u32,
        predicates: &mut Predicates,
    ) -> Vec<(u32, PredicateId)> {
        let mut out = Vec::new();
        for &(at, first) in &self.uneven {
            let join = &self.view.skeleton.joins[at as usize];
            let ends = model.names.links[join.link as usize];
            let open = |end: &usize| ends[*end] == node && !(join.one_way && *end == 1);
            for end in [0, 1].into_iter().filter(open) {
                let own = side(join.sides[end]);
                let predicate = predicates.between(model, node, None, own);
                let tags = [0, 1].map(|end| self.view.tags(join.vlans[end]).len());
                let before = if end == 0 { tags[0] } else { 0 };
                let places = (0..tags[1 - end]).map(|at| first + 2 * u32::try_from(before + at).unwrap_or(NONE) + 1);
                out.extend(places.map(|place| (place, predicate)));
            }
        }
        out
    }

    /// A packet goes back and forth between routers that pass everything, so that a run of them is one place.
    fn wire_plain_router(&mut self, unit: Unit, many: bool, darts: &Darts<'_, '_>, builder: &mut Builder) {
        let linked = self.view.joins(unit).next().is_some() || self.view.ports(unit).next().is_some();
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
        self.routers[unit as usize] = (arrival, departure);
        for port in darts.of(unit) {
            if port.arriving.open {
                builder.edge(port.arriving.place, arrival, TRUE);
            }
            if port.leaving.open {
                builder.edge(departure, port.leaving.place, TRUE);
            }
        }
    }
}

/// A side of a node that is certainly there.
pub(super) const fn side(numbers: Numbers) -> Side {
    Some(numbers)
}
