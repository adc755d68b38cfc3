//! Sessions in networks that translate addresses. Spec, section 4a.
//!
//! Where nothing translates, a header is the same everywhere, and `search` cuts the space of headers only where a rule
//! on an open path demands it. Where something does, headers change on the way, and what matters at one end is not what
//! matters at the other: this search carries pairs of products (what was sent, what it is now) forward from all sources
//! of one access at a time, until nothing new comes to any place. Exact, for translation maps products to products.
//! Documents without `nat` never come here.

mod device;
mod relation;
pub(super) mod settle;
mod way;

use std::collections::VecDeque;

use rustc_hash::FxHashMap as HashMap;

use super::reachability::{Answer, LimitReached, Limits, Question};
use crate::header::{DESTINATION, EMPTY, HeaderBox, Product, Range, Ranges, SERVICE, SOURCE, SetId};
use crate::model::{Model, PORTED, Pools};
use crate::network::{ClassId, Component, ComponentGraph, GuardId, Links, Network, TRUE};
use crate::number::number;
pub(super) use device::{Devices, Entries, Kinds, Place};
pub(super) use relation::{Crossing, Relation};
pub use way::trace;

/// The set of an id in a dimension.
fn set(pools: &Pools, dimension: usize, id: SetId) -> &Ranges {
    match dimension {
        SOURCE | DESTINATION => pools.address.get(id),
        SERVICE => pools.service.get(id),
        _ => pools.source_port.get(id),
    }
}

/// Searches one network that translates.
pub(super) struct Translated<'a, 'd> {
    model: &'a Model<'d>,
    network: &'a Network,
    pools: &'a mut Pools,
    limits: Limits,
    cells: &'a mut u64,
}

/// Relations that came to places, and those still to be looked at.
#[derive(Default)]
struct Frontier {
    known: HashMap<Component, Vec<Relation>>,
    queue: VecDeque<(Component, Relation)>,
}

/// So many of the relations known at a place are compared with a new one.
const COMPARED: usize = 64;

impl Frontier {
    /// Notes a relation at a place, unless it is within a known one.
    fn offer(&mut self, pools: &mut Pools, component: Component, relation: Relation) {
        let known = self.known.entry(component).or_default();
        if known.contains(&relation) || known.iter().rev().take(COMPARED).any(|other| relation.is_within(pools, other))
        {
            return;
        }
        known.push(relation);
        self.queue.push_back((component, relation));
    }
}

/// Headers that may go together: addresses of one family or symbolic ones, ports where the protocol has some.
pub(super) fn roots(model: &Model<'_>, pools: &mut Pools, kinds: &Kinds) -> Vec<Product> {
    let space = &model.spaces;
    let (v4, v6) = (space.address.v4_atoms(), space.address.v6_atoms());
    let mut pairs = vec![(v4, Range::new(v4.low, v6.low - 1)), (v6, Range::new(v4.high + 1, v6.high))];
    pairs.extend(space.address.symbolic_atoms().map(|symbolic| (symbolic, pools.address.all())));
    let first_ported = space.service.atom(PORTED);
    let (services, ports) = (pools.service.all(), pools.source_port.all());
    let protocols = [
        (Range::new(0, first_ported - 1), Range::new(0, 0)),
        (Range::new(first_ported, services.high), Range::new(1, ports.high)),
    ];
    let symbolic = space.address.symbolic_atoms().map_or_else(Ranges::default, Ranges::single);
    // Where nothing is translated a header bears the addresses of its two ends only.
    let unheard =
        if model.nat.is_empty() { Ranges::default() } else { symbolic.subtract(pools.address.get(kinds.bearable)) };
    let address = |pools: &mut Pools, range: Range| {
        let set = Ranges::single(range).subtract(&unheard);
        pools.address.intern(set)
    };
    let mut out = Vec::new();
    for (source, destination) in pairs {
        for (service, port) in protocols {
            out.push([
                address(pools, source),
                address(pools, destination),
                pools.service.intern(Ranges::single(service)),
                pools.source_port.intern(Ranges::single(port)),
            ]);
        }
    }
    out
}

/// The components from which one of `ends` can be reached, filters aside.
fn leading(graph: &ComponentGraph, ends: impl Iterator<Item = Component>) -> Vec<bool> {
    let mut back: Vec<Vec<Component>> = vec![Vec::new(); graph.components()];
    let components = 0..number(graph.components());
    for from in components {
        graph.edges(from).iter().for_each(|&(to, _)| back[to as usize].push(from));
    }
    let mut found = vec![false; graph.components()];
    let mut stack: Vec<Component> = ends.collect();
    while let Some(component) = stack.pop() {
        if !std::mem::replace(&mut found[component as usize], true) {
            stack.extend(&back[component as usize]);
        }
    }
    found
}

impl<'a, 'd> Translated<'a, 'd> {
    /// A search that counts the relations it looks at in `cells`.
    pub fn new(
        model: &'a Model<'d>,
        network: &'a Network,
        pools: &'a mut Pools,
        limits: Limits,
        cells: &'a mut u64,
    ) -> Self {
        Self { model, network, pools, limits, cells }
    }

    /// Decides a question for all its pairs: sessions whose header as sent lies in the question's product, and as received
    /// in `received`.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn answer(mut self, question: &Question<'_>, received: &Product) -> Result<Answer, LimitReached> {
        let network = self.network;
        let mut answer = Answer::new(question, |class| network.classes.get(class).members.len() == 1);
        if question.product.contains(&EMPTY) || received.contains(&EMPTY) {
            return Ok(answer);
        }
        let graph = network.graph(question.links);
        let access = |class: ClassId| {
            let index = network.classes.get(class).accesses[usize::from(question.links == Links::TwoWay)];
            (index, &network.classes.accesses[index as usize])
        };
        let mut takers: HashMap<Component, Vec<(u32, GuardId)>> = HashMap::default();
        for (target, &class) in (0_u32..).zip(question.targets) {
            for &(component, guard) in &access(class).1.takes {
                takers.entry(component).or_default().push((target, guard));
            }
        }
        let useful = leading(graph, takers.keys().copied());
        let mut groups: HashMap<u32, Vec<u32>> = HashMap::default();
        for (source, &class) in (0_u32..).zip(question.sources) {
            groups.entry(access(class).0).or_default().push(source);
        }
        let mut groups: Vec<(u32, Vec<u32>)> = groups.into_iter().collect();
        groups.sort_unstable();
        let devices = Devices::new(self.model, self.pools);
        let roots = roots(self.model, self.pools, &devices.kinds);
        let wanted = self.wanted(question);
        for (_, sources) in groups {
            let sent = sources.iter().flat_map(|&at| self.sends(question.sources[at as usize]).as_slice()).copied();
            let sent = Ranges::from_unsorted(sent.collect());
            let mut first = question.product;
            let held = self.pools.address.intern(sent);
            first[SOURCE] = self.pools.address.intersect(first[SOURCE], held);
            first[DESTINATION] = self.pools.address.intersect(first[DESTINATION], wanted);
            let mut frontier = Frontier::default();
            for &(component, guard) in &access(question.sources[sources[0] as usize]).1.emits {
                if !useful[component as usize] {
                    continue;
                }
                for root in &roots {
                    let mut relation = Relation::untouched(*root);
                    if !(0..4).all(|at| relation.narrow_sent(self.pools, at, first[at])) {
                        continue;
                    }
                    for relation in self.pass(&devices, guard, &relation) {
                        frontier.offer(self.pools, component, relation);
                    }
                }
            }
            while let Some((component, relation)) = frontier.queue.pop_front() {
                *self.cells += 1;
                if self.limits.cells.is_some_and(|limit| *self.cells > limit) || self.limits.reached() {
                    return Err(LimitReached);
                }
                for &(target, guard) in takers.get(&component).into_iter().flatten() {
                    let open = |at: &&u32| answer.is_open(**at, target);
                    let open: Vec<u32> = sources.iter().filter(open).copied().collect();
                    if !open.is_empty() {
                        self.take(&devices, question, received, (&relation, guard), &open, target, &mut answer);
                    }
                }
                for &(next, guard) in graph.edges(component) {
                    if useful[next as usize] {
                        for relation in self.pass(&devices, guard, &relation) {
                            frontier.offer(self.pools, next, relation);
                        }
                    }
                }
            }
        }
        Ok(answer)
    }

    /// Destinations that a target receives, or that some entry may translate: no others get anywhere.
    fn wanted(&mut self, question: &Question<'_>) -> SetId {
        let received = question.targets.iter().flat_map(|&class| self.receives(class).as_slice()).copied();
        let mut wanted: Vec<Range> = received.collect();
        for entry in self.model.nat.values().flat_map(|nat| &nat.destination) {
            wanted.extend(self.pools.address.get(entry.loose[DESTINATION]).as_slice());
        }
        self.pools.address.intern(Ranges::from_unsorted(wanted))
    }

    fn sends(&self, class: ClassId) -> &'a Ranges {
        self.model.holdings.get(self.network.classes.get(class).sends)
    }

    fn receives(&self, class: ClassId) -> &'a Ranges {
        self.model.holdings.get(self.network.classes.get(class).receives)
    }

    /// What a guard lets pass.
    fn pass(&mut self, devices: &Devices<'_, '_>, guard: GuardId, relation: &Relation) -> Vec<Relation> {
        if guard == TRUE {
            return vec![*relation];
        }
        let (node, r#in, out) = self.network.guards.sides(guard);
        let passed = devices.pass(self.pools, node, r#in, out, relation);
        passed.iter().map(|one| one.crossing.leaving()).collect()
    }

    /// Notes which of some sources a target takes headers of.
    #[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename the arguments")]
    fn take(
        &mut self,
        devices: &Devices<'_, '_>,
        question: &Question<'_>,
        received: &Product,
        (relation, guard): (&Relation, GuardId),
        sources: &[u32],
        target: u32,
        answer: &mut Answer,
    ) {
        let receives = self.receives(question.targets[target as usize]).clone();
        let receives = self.pools.address.intern(receives);
        for mut relation in self.pass(devices, guard, relation) {
            let ends = (0..4).all(|at| relation.narrow_now(self.pools, at, received[at]))
                && relation.narrow_now(self.pools, DESTINATION, receives);
            if !ends {
                continue;
            }
            for &source in sources.iter().filter(|&&source| answer.is_open(source, target)).collect::<Vec<_>>() {
                let held = self.sends(question.sources[source as usize]).clone();
                let held = self.pools.address.intern(held);
                let mut own = relation;
                if own.narrow_sent(self.pools, SOURCE, held) {
                    answer.note(source, target, answer.next_box());
                    answer.add_box(self.hull(&own.sent));
                }
            }
        }
    }

    /// The least box that holds a product.
    fn hull(&self, product: &Product) -> HeaderBox {
        std::array::from_fn(|dimension| {
            let set = set(self.pools, dimension, product[dimension]).as_slice();
            let (first, last) = (set.first().map_or(0, |range| range.low), set.last().map_or(0, |range| range.high));
            Range::new(first, last)
        })
    }
}
