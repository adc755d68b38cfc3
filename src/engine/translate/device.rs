//! What one node does with headers between two of its sides: translates the destination, then the source, and asks its
//! filters and routes. Spec, section 4a.

mod stopped;

use std::collections::BTreeSet;

use super::relation::{CAME, Crossing, Relation, USUAL, View, view};
use crate::document::{Action, AddressRange};
use crate::engine::obstacle::Passage;
use crate::header::{ANY, AddressAtom, DESTINATION, EMPTY, Range, Ranges, SERVICE, SOURCE, SOURCE_PORT, SetId};
use crate::model::{CompiledNat, Model, NatEntry, PORTED, Pool, Pools, SCTP, TCP, Target, UDP, service_number};
use crate::network::{DenyReason, RuleList, Side, lists};
pub(in crate::engine) use stopped::Place;

/// Which entries of a node translated a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::engine) struct Entries {
    /// Entry with `destination`, by index in the node's `nat`.
    pub destination: Option<u32>,
    /// Entry with `source`.
    pub source: Option<u32>,
}

/// Headers that a node passes, and by which entries it translated them.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Passed {
    pub crossing: Crossing,
    pub entries: Entries,
}

/// The kinds of addresses: IPv4, symbolic, IPv6.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Kinds {
    sets: [SetId; 3],
    /// Source ports of protocols that have ports.
    ports: SetId,
    /// The services of tcp, udp and sctp.
    protocols: [(u8, SetId); 3],
    /// Symbolic addresses that a header may bear.
    pub bearable: SetId,
}

const V4: usize = 0;
const SYMBOLIC: usize = 1;
const V6: usize = 2;

impl Kinds {
    pub fn new(model: &Model<'_>, pools: &mut Pools) -> Self {
        let space = &model.spaces.address;
        let symbolic = space.symbolic_atoms().map_or_else(Ranges::default, Ranges::single);
        let sets = [Ranges::single(space.v4_atoms()), symbolic, Ranges::single(space.v6_atoms())];
        let service = &model.spaces.service;
        let block = |protocol| service.range(service_number(protocol, 0), service_number(protocol, u16::MAX));
        let protocols =
            [TCP, UDP, SCTP].map(|protocol| (protocol, pools.service.intern(Ranges::single(block(protocol)))));
        let ports = Range::new(1, pools.source_port.all().high);
        assert!(service.atom(PORTED) > 0);
        Self {
            sets: sets.map(|set| pools.address.intern(set)),
            ports: pools.source_port.intern(Ranges::single(ports)),
            protocols,
            bearable: pools.address.intern(model.bearable.clone()),
        }
    }
}

/// The nodes of a model at work on headers.
pub(in crate::engine) struct Devices<'a, 'd> {
    pub model: &'a Model<'d>,
    pub kinds: Kinds,
    /// What lets nothing through, for [`Self::cross`].
    pub shut: BTreeSet<Passage>,
}

/// Whether a list of interfaces names the one of a side.
fn named(list: Option<&[u16]>, side: Side) -> bool {
    list.is_none_or(|list| side.is_some_and(|(interface, _)| list.binary_search(&interface).is_ok()))
}

impl<'a, 'd> Devices<'a, 'd> {
    /// The devices of a model.
    pub fn new(model: &'a Model<'d>, pools: &mut Pools) -> Self {
        Self { model, kinds: Kinds::new(model, pools), shut: BTreeSet::new() }
    }

    /// What passes a node from one side to another; `None`: emitted or delivered there. O(rules and entries of the node
    /// times the parts that they leave).
    pub fn pass(&self, pools: &mut Pools, node: u32, r#in: Side, out: Side, relation: &Relation) -> Vec<Passed> {
        self.pass_noting(pools, (node, r#in, out), relation, &mut |_| {})
    }

    /// As [`Self::pass`]; `note` is told of each denial that takes something away.
    pub fn pass_noting(
        &self,
        pools: &mut Pools,
        (node, r#in, out): (u32, Side, Side),
        relation: &Relation,
        note: &mut dyn FnMut(DenyReason),
    ) -> Vec<Passed> {
        let entering = Crossing::entering(relation);
        let untouched = Passed { crossing: entering, entries: Entries::default() };
        let mut passed = match self.model.nat.get(&node) {
            None => vec![untouched],
            Some(nat) => {
                let parts = self.parts(pools, &entering);
                let parts = parts.into_iter().map(|crossing| Passed { crossing, ..untouched }).collect();
                self.translate(pools, nat, r#in, out, parts)
            }
        };
        for list in lists(self.model, node, r#in, out) {
            if passed.is_empty() {
                break;
            }
            let view = self.view_of(&list);
            let each = passed.into_iter();
            passed = each.flat_map(|one| self.permitted(pools, &list, view, one, note)).collect();
        }
        passed
    }

    /// What a list of rules looks at.
    fn view_of(&self, list: &RuleList) -> View {
        match list.decider {
            DenyReason::Default(node, filter) if !sabotaged!(SeesTranslated) => {
                let filter = &self.model.filters[&node][filter as usize];
                view(filter.sees.translated_source, !filter.sees.translated_destination)
            }
            DenyReason::Default(..) | DenyReason::Rule(_) | DenyReason::Routes(_) => USUAL,
        }
    }

    /// The parts of headers that a first-match list permits; they may overlap. A header is permitted if it lies in a
    /// permit rule and in no deny rule before that: whether an earlier permit rule matched it too says nothing new.
    fn permitted(
        &self,
        pools: &mut Pools,
        list: &RuleList,
        view: View,
        one: Passed,
        note: &mut dyn FnMut(DenyReason),
    ) -> Vec<Passed> {
        let Passed { crossing, entries } = one;
        let hull = |crossing: &Crossing, dimension: usize| {
            let set = super::set(pools, dimension, crossing.seen(view, dimension)).as_slice();
            Some(Range::new(set.first()?.low, set.last()?.high))
        };
        let hulls: [Option<Range>; 4] = std::array::from_fn(|dimension| hull(&crossing, dimension));
        let (mut rest, mut out) = (vec![crossing], Vec::new());
        for &id in &list.rules {
            let spans = &self.model.hulls[id.index()];
            let apart = |dimension: usize| hulls[dimension].is_none_or(|hull| !hull.overlaps(spans.ranges[dimension]));
            if (0..4).any(apart) {
                continue;
            }
            let headers = &self.model.rules[id.index()].headers;
            let mut next = Vec::with_capacity(rest.len());
            for part in rest {
                match spans.action {
                    Action::Deny => {
                        let before = next.len();
                        part.outside(pools, view, headers, &mut next);
                        if next[before..] != [part] {
                            note(DenyReason::Rule(id));
                        }
                    }
                    Action::Permit => {
                        let inside = part.within(pools, view, headers);
                        out.extend(inside);
                        // What a rule permits whole, later rules need not look at.
                        if inside != Some(part) {
                            next.push(part);
                        }
                    }
                }
            }
            rest = next;
            if rest.is_empty() {
                break;
            }
        }
        match list.default {
            Action::Permit => out.extend(rest),
            Action::Deny if !rest.is_empty() => note(list.decider),
            Action::Deny => {}
        }
        out.into_iter().map(|crossing| Passed { crossing, entries }).collect()
    }

    /// Headers apart by the kinds of their addresses: IPv4 and IPv6 do not mix, symbolic addresses go with either.
    fn parts(&self, pools: &mut Pools, crossing: &Crossing) -> Vec<Crossing> {
        let mut out = Vec::new();
        for (source, &of_source) in self.kinds.sets.iter().enumerate() {
            for (destination, &of_destination) in self.kinds.sets.iter().enumerate() {
                if source.abs_diff(destination) < 2 {
                    let kinds = [of_source, of_destination, ANY, ANY];
                    out.extend(crossing.within(pools, CAME, &kinds));
                }
            }
        }
        out
    }

    /// The kind of the addresses that a view sees in a dimension of one part.
    fn kind(&self, pools: &Pools, crossing: &Crossing, view: View, dimension: usize) -> usize {
        let first = pools.address.get(crossing.seen(view, dimension)).as_slice().first().map_or(0, |range| range.low);
        let holds = |kind: &usize| pools.address.get(self.kinds.sets[*kind]).touches(Range::new(first, first));
        [V4, SYMBOLIC, V6].into_iter().find(holds).unwrap_or(V4)
    }

    /// The kinds of address that may stand in a packet as a step sees it, whose family the other address and the one
    /// that is replaced give.
    fn families(&self, pools: &Pools, crossing: &Crossing, view: View) -> [bool; 3] {
        let kinds = [SOURCE, DESTINATION].map(|dimension| self.kind(pools, crossing, view, dimension));
        [!kinds.contains(&V6), true, !kinds.contains(&V4)]
    }

    /// Both steps of translation.
    fn translate(
        &self,
        pools: &mut Pools,
        nat: &CompiledNat,
        r#in: Side,
        out: Side,
        parts: Vec<Passed>,
    ) -> Vec<Passed> {
        let fits = |entry: &&NatEntry| {
            let when = if r#in.is_some() { entry.arrived } else { entry.emitted && !sabotaged!(ForgetsOwnOutput) };
            when && !sabotaged!(ForgetsTranslation) && named(entry.r#in.as_deref(), r#in)
        };
        let mut parts = self.step(pools, nat.destination.iter().filter(fits), DESTINATION, parts);
        if out.is_some() {
            let fits = |entry: &&NatEntry| named(entry.r#in.as_deref(), r#in) && named(entry.out.as_deref(), out);
            parts = self.step(pools, nat.source.iter().filter(fits), SOURCE, parts);
        }
        parts
    }

    /// One step: of the entries in their order the first that decides translates. An entry that matches only loosely may
    /// decide or not, and both are followed.
    fn step<'e>(
        &self,
        pools: &mut Pools,
        entries: impl Iterator<Item = &'e NatEntry>,
        dimension: usize,
        parts: Vec<Passed>,
    ) -> Vec<Passed> {
        let (mut rest, mut out) = (parts, Vec::new());
        for entry in entries {
            let mut next = Vec::with_capacity(rest.len());
            let seen = match dimension {
                DESTINATION => CAME,
                _ => view(false, entry.sees_original),
            };
            // A source step sees the destination as it has become, whatever its entries look at.
            let as_it_is = if dimension == DESTINATION { CAME } else { USUAL };
            for part in rest {
                let families = self.families(pools, &part.crossing, as_it_is);
                if !self.has(&entry.target, families) {
                    next.push(part);
                    continue;
                }
                if let Some(crossing) = part.crossing.within(pools, seen, &entry.loose) {
                    let mut entries = part.entries;
                    let slot = if dimension == DESTINATION { &mut entries.destination } else { &mut entries.source };
                    *slot = Some(entry.entry);
                    let translated = self.replace(pools, entry, dimension, families, crossing);
                    out.extend(translated.into_iter().map(|crossing| Passed { crossing, entries }));
                }
                let mut left = Vec::new();
                let strict = if sabotaged!(DecidesLoosely) { &entry.loose } else { &entry.strict };
                part.crossing.outside(pools, seen, strict, &mut left);
                next.extend(left.into_iter().map(|crossing| Passed { crossing, ..part }));
            }
            rest = next;
        }
        out.extend(rest);
        out
    }

    /// Whether a target has an address for a packet of some family.
    fn has(&self, target: &Target, families: [bool; 3]) -> bool {
        match target {
            Target::Keep => true,
            Target::Pool(pool) | Target::OneToOne { pool, .. } => {
                self.sets(pool, families).into_iter().any(|set| set != EMPTY)
            }
        }
    }

    /// The sets of a pool that a packet may take: IPv4, symbolic, IPv6.
    fn sets(&self, pool: &Pool, families: [bool; 3]) -> [SetId; 3] {
        let of = |kind: usize, set: SetId| if families[kind] { set } else { EMPTY };
        let guesses = (families[V4] && pool.guesses[0]) || (families[V6] && pool.guesses[1]);
        let anybody = guesses && !sabotaged!(ForgetsAnybody);
        // Those that the target names are among all.
        let symbolic = if anybody { self.kinds.bearable } else { pool.symbolic };
        [of(V4, pool.v4), symbolic, of(V6, pool.v6)]
    }

    /// What an entry makes of headers that it translates.
    fn replace(
        &self,
        pools: &mut Pools,
        entry: &NatEntry,
        dimension: usize,
        families: [bool; 3],
        crossing: Crossing,
    ) -> Vec<Crossing> {
        let becomes = |crossing: &Crossing, sets: &[SetId]| {
            let kept = sets.iter().filter(|set| **set != EMPTY);
            kept.map(|&set| replaced(crossing, dimension, set)).collect::<Vec<_>>()
        };
        let mut out = match &entry.target {
            Target::Keep => vec![crossing],
            Target::Pool(pool) => becomes(&crossing, &self.sets(pool, families)),
            &Target::OneToOne { from, to, ref pool } => {
                let mut out = Vec::new();
                let before = pools.address.get(crossing.came[dimension]).clone();
                for atom in before.as_slice().iter().flat_map(|range| range.low..=range.high) {
                    let one = pools.address.intern(Ranges::single(Range::new(atom, atom)));
                    let mut single = crossing;
                    single.narrow(pools, CAME, dimension, one);
                    let sets = match self.image(from, to, atom) {
                        Some((image, anybody)) => {
                            let image = pools.address.intern(Ranges::single(Range::new(image, image)));
                            [image, if anybody { self.kinds.bearable } else { EMPTY }, EMPTY]
                        }
                        None => self.sets(pool, families),
                    };
                    out.extend(becomes(&single, &sets));
                }
                out
            }
        };
        if let Some(port) = entry.destination_port {
            out = out.iter().flat_map(|crossing| self.with_port(pools, crossing, port)).collect();
        }
        if dimension == SOURCE && matches!(entry.target, Target::Pool(_)) && !sabotaged!(KeepsSourcePorts) {
            for crossing in &mut out {
                // A translated source port may become any; protocols without ports have none.
                if pools.source_port.intersect(crossing.now[SOURCE_PORT], self.kinds.ports) != EMPTY {
                    *crossing = replaced(crossing, SOURCE_PORT, self.kinds.ports);
                }
            }
        }
        out
    }

    /// What the addresses of an atom become one to one, and whether they may be anybody's; `None` of a symbolic one.
    fn image(&self, from: AddressRange, to: AddressRange, atom: u32) -> Option<(u32, bool)> {
        let space = &self.model.spaces.address;
        let AddressAtom::Addresses(range) = space.atom(atom) else { return None };
        // Atoms are cut where the ranges of an entry begin and end, and each cut on one side is one on the other.
        let low = to.low + range.low.checked_sub(from.low)?;
        let image = space.range(AddressRange { family: to.family, low, high: low }).low;
        let anybody = range.low != range.high || !self.model.ownership.is_declared(to.family, low);
        Some((image, anybody))
    }

    /// Headers with another destination port.
    fn with_port(&self, pools: &mut Pools, crossing: &Crossing, port: u16) -> Vec<Crossing> {
        let mut out = Vec::new();
        for (protocol, services) in
            self.kinds.protocols.into_iter().take(if sabotaged!(ForgetsOtherProtocols) { 1 } else { 3 })
        {
            let mut part = *crossing;
            if part.narrow(pools, CAME, SERVICE, services) {
                let atom = self.model.spaces.service.atom(service_number(protocol, port));
                let service = pools.service.intern(Ranges::single(Range::new(atom, atom)));
                out.push(replaced(&part, SERVICE, service));
            }
        }
        out
    }
}

/// Headers with any value of a set in one dimension, whatever was there before.
const fn replaced(crossing: &Crossing, dimension: usize, set: SetId) -> Crossing {
    let mut out = *crossing;
    out.now[dimension] = set;
    out.within[dimension] = false;
    out
}
