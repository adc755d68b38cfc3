//! The way of a session whose header changes on it: the search of `translate` on the document itself, and out of the
//! sets that it ends with one concrete packet for each part of the way.

use std::collections::VecDeque;

use rustc_hash::FxHashMap as HashMap;

use super::device::{Devices, Entries, Kinds, Passed};
use super::relation::{Crossing, Relation};
use super::roots;
use crate::document::AddressRange;
use crate::engine::packet::{self, Wanted};
use crate::engine::paths::SessionSample;
use crate::engine::route::{self, Adjacency, Detour};
use crate::engine::trace::{Half, Hop, Means, Packet, PacketAddress, SessionTrace, Translation, Way};
use crate::header::{AddressAtom, DESTINATION, Ranges, SERVICE, SOURCE, SOURCE_PORT, SetId};
use crate::model::{Model, Pools, Target, service_of_number};
use crate::network::Side;

/// Headers at a place.
struct State {
    node: u32,
    half: Half,
    came: Option<Way>,
    tag: Option<u16>,
    relation: Relation,
    parent: usize,
    /// What the node before made of them.
    passed: Option<(Crossing, Entries)>,
}

/// Looks for the way of a session.
struct Walk<'w, 'm, 'd> {
    adjacency: &'w Adjacency<'m, 'd>,
    model: &'m Model<'d>,
    devices: Devices<'m, 'd>,
    pools: Pools,
    to: u32,
    detour: Detour<'w>,
    /// Links to the target, by the node at the other end.
    last: HashMap<u32, Vec<(u32, bool)>>,
    states: Vec<State>,
    queue: VecDeque<usize>,
    known: HashMap<(u32, Half, Option<Way>, Option<u16>), Vec<Relation>>,
}

/// A shortest way of a session among those of a sample, from one endpoint to another, with a packet that takes it.
#[must_use]
pub fn trace<'m>(
    adjacency: &Adjacency<'m, '_>,
    pools: &Pools,
    sample: &SessionSample,
    [from, to]: [u32; 2],
    detour: Detour<'_>,
) -> Option<SessionTrace> {
    let model = adjacency.model();
    let mut pools = pools.clone();
    let devices = Devices { model, kinds: Kinds::new(model, &mut pools) };
    let mut last: HashMap<u32, Vec<(u32, bool)>> = HashMap::default();
    for (link, second) in adjacency.links_of(to) {
        let other = model.names.links[link as usize][usize::from(!second)];
        last.entry(other).or_default().push((link, !second));
    }
    let walk = Walk {
        adjacency,
        model,
        devices,
        pools,
        to,
        detour,
        last,
        states: Vec::new(),
        queue: VecDeque::new(),
        known: HashMap::default(),
    };
    walk.run(from, sample)
}

impl Walk<'_, '_, '_> {
    fn run(mut self, from: u32, sample: &SessionSample) -> Option<SessionTrace> {
        let gone = |node: u32| self.detour.without.binary_search(&node).is_ok();
        if from == self.to || gone(from) || gone(self.to) {
            return None;
        }
        let half = self.adjacency.half_of_endpoint(from);
        let held = self.model.holdings.get(self.model.sends[from as usize]).clone();
        let held = self.pools.address.intern(held);
        let roots = roots(self.model, &mut self.pools, &self.devices.kinds);
        for root in roots {
            let mut relation = Relation::untouched(root);
            let fits = (0..4).all(|at| relation.narrow_sent(&mut self.pools, at, sample.product[at]))
                && relation.narrow_sent(&mut self.pools, SOURCE, held);
            if fits {
                let at = self.states.len();
                self.states.push(State { node: from, half, came: None, tag: None, relation, parent: at, passed: None });
                self.queue.push_back(at);
            }
        }
        let received = self.model.holdings.get(self.model.receives[self.to as usize]).clone();
        let received = self.pools.address.intern(received);
        while let Some(at) = self.queue.pop_front() {
            let State { node, half, came, tag, relation, .. } = self.states[at];
            let begins = came.is_none();
            if node == self.to && !begins && half == self.adjacency.half_of_endpoint(node) {
                for passed in self.pass(node, half, came, None, &relation) {
                    let mut end = passed.crossing;
                    let view = [true; 4];
                    let fits = (0..4).all(|at| end.narrow(&mut self.pools, view, at, sample.received[at]))
                        && end.narrow(&mut self.pools, view, DESTINATION, received);
                    if fits {
                        return self.settle(from, at, Passed { crossing: end, ..passed });
                    }
                }
            }
            if begins || self.model.labels.forwards[node as usize] {
                self.forward(at, tag);
            }
        }
        None
    }

    /// What passes a node.
    fn pass(
        &mut self,
        node: u32,
        half: Half,
        came: Option<Way>,
        leaves: Option<Way>,
        relation: &Relation,
    ) -> Vec<Passed> {
        if half == Half::Switch {
            return vec![Passed { crossing: Crossing::entering(relation), entries: Entries::default() }];
        }
        let (r#in, out) = (self.side(node, came, false), self.side(node, leaves, true));
        self.devices.pass(&mut self.pools, node, r#in, out, relation)
    }

    /// The side of a node where a way ends or begins.
    fn side(&self, node: u32, way: Option<Way>, leaving: bool) -> Side {
        let way = way?;
        let names = self.model.interfaces.get(&node);
        let number = |name: &str| names.map_or(0, |names| names.get(name));
        let neighbour = match way {
            Way::Link { link, backward } => {
                let ends = self.model.names.links[link as usize];
                number(self.model.id(ends[usize::from(backward != leaving)]))
            }
            Way::Joint(_) => 0,
        };
        Some((number(&route::interface_of(self.adjacency, way, leaving)), neighbour))
    }

    fn forward(&mut self, at: usize, tag: Option<u16>) {
        let State { node, half, came, relation, .. } = self.states[at];
        let switch = self.adjacency.is_switch(node, half);
        for (way, next, next_half) in self.exits(node, half, came.is_none()) {
            if switch && came.is_some() && !route::switches(self.adjacency, came, tag, way) {
                continue;
            }
            for passed in self.pass(node, half, came, Some(way), &relation) {
                let relation = passed.crossing.leaving();
                let tags = match self.adjacency.is_switch(next, next_half) {
                    false => vec![None],
                    true => {
                        let tags = route::tags_after(self.adjacency, tag.filter(|_| switch), way);
                        tags.into_iter().map(Some).collect()
                    }
                };
                for tag in tags {
                    let key = (next, next_half, Some(way), tag);
                    let known = self.known.entry(key).or_default();
                    if known.iter().any(|other| relation.is_within(&mut self.pools, other)) {
                        continue;
                    }
                    known.push(relation);
                    self.queue.push_back(self.states.len());
                    self.states.push(State {
                        node: next,
                        half: next_half,
                        came: Some(way),
                        tag,
                        relation,
                        parent: at,
                        passed: Some((passed.crossing, passed.entries)),
                    });
                }
            }
        }
    }

    /// Ways out of a place, to forwarding nodes and the target.
    fn exits(&self, node: u32, half: Half, begins: bool) -> Vec<(Way, u32, Half)> {
        let l3_links = || self.adjacency.l3_links(node).into_iter().map(Way::Joint);
        if half == Half::Router {
            return l3_links().map(|way| (way, node, Half::Switch)).collect();
        }
        let mut links: Vec<(u32, bool)> = self.adjacency.trunk_links_of(node).collect();
        if begins {
            links.extend(self.adjacency.access_links_of(node));
        }
        links.extend(self.last.get(&node).into_iter().flatten());
        links.sort_unstable();
        links.dedup();
        let open = |&(link, second): &(u32, bool)| {
            let one_way = self.model.document.links[link as usize].one_way();
            self.detour.without_link != Some(link) && !(one_way && (second || self.detour.two_way))
        };
        let mut exits = Vec::new();
        for (link, second) in links.into_iter().filter(open) {
            let other = self.model.names.links[link as usize][usize::from(!second)];
            let gone = self.detour.without.binary_search(&other).is_ok();
            if (other == self.to || self.model.labels.forwards[other as usize]) && !gone {
                exits.push((Way::Link { link, backward: second }, other, self.adjacency.half_at_links(other)));
            }
        }
        if half == Half::Switch {
            exits.extend(l3_links().map(|way| (way, node, Half::Router)));
        }
        exits
    }

    /// One packet for each part of the way that ends in a state, and the hops.
    fn settle(&self, from: u32, last: usize, end: Passed) -> Option<SessionTrace> {
        let mut chain = vec![last];
        while self.states[chain[chain.len() - 1]].came.is_some() {
            chain.push(self.states[chain[chain.len() - 1]].parent);
        }
        chain.reverse();
        // What each node on the way made of the headers.
        let after = chain[1..].iter().map(|&at| self.states[at].passed);
        let mut crossings: Vec<(Crossing, Entries)> = after.collect::<Option<_>>()?;
        crossings.push((end.crossing, end.entries));
        // Sets only shrink on a way, so that those at the end of each part hold for the whole part. The last set of what
        // was never replaced is that of the end, and so on backwards.
        let nodes: Vec<u32> = chain.iter().map(|&at| self.states[at].node).collect();
        let values = [SOURCE, DESTINATION, SERVICE, SOURCE_PORT]
            .map(|dimension| self.values(dimension, &nodes, &crossings, [from, self.to]));
        let [sources, destinations, services, ports] = values;
        let (sources, destinations) = (sources?, destinations?);
        let (services, ports) = (services?, ports?);
        let packet = |at: usize| {
            let Value::Number(service) = services[at] else { return None };
            let (protocol, destination_port) = service_of_number(service);
            let (Value::Address(source), Value::Address(destination)) = (sources[at], destinations[at]) else {
                return None;
            };
            let Value::Number(port) = ports[at] else { return None };
            let source_port = destination_port.and(port.checked_sub(1)).and_then(|port| u16::try_from(port).ok());
            Some(Packet { source, destination, protocol, source_port, destination_port })
        };
        let mut hops = Vec::with_capacity(chain.len());
        for (at, &state) in chain.iter().enumerate() {
            let State { node, half, came, tag, .. } = self.states[state];
            let way = chain.get(at + 1).and_then(|&next| self.states[next].came);
            let (before, after) = (packet(at)?, packet(at + 1)?);
            let entries = crossings[at].1;
            let translates = entries.destination.is_some() || entries.source.is_some();
            let translation = translates.then(|| {
                let Entries { destination, source } = entries;
                Box::new(Translation { destination, source, packet: after })
            });
            hops.push(Hop {
                node,
                half,
                r#in: came.map(|way| route::interface_of(self.adjacency, way, false)),
                out: way.map(|way| route::interface_of(self.adjacency, way, true)),
                way,
                tag,
                deciders: route::deciders(
                    self.model,
                    (node, half),
                    [self.side(node, came, false), self.side(node, way, true)],
                    [&before, &after],
                )?,
                translation,
            });
        }
        Some(SessionTrace { from, to: self.to, means: Means::Packet(packet(0)?), hops })
    }

    /// The value of a dimension before the first node, after it, and so on.
    fn values(
        &self,
        dimension: usize,
        nodes: &[u32],
        crossings: &[(Crossing, Entries)],
        [from, to]: [u32; 2],
    ) -> Option<Vec<Value>> {
        let count = crossings.len();
        // Parts between replacements: the place where each ends, its set, and how it goes on.
        let mut parts: Vec<(usize, SetId, Onward)> = Vec::new();
        for (at, (crossing, entries)) in crossings.iter().enumerate() {
            if !crossing.within[dimension] {
                parts.push((at, crossing.came[dimension], self.onward(dimension, nodes[at], crossing, *entries)));
            }
        }
        let (end, _) = crossings.last()?;
        parts.push((count, end.now[dimension], Onward::Anything));
        let anchor = if dimension == SOURCE { 0 } else { parts.len() - 1 };
        let mut chosen: Vec<Option<Value>> = vec![None; parts.len()];
        let order = std::iter::once(anchor).chain((0..parts.len()).filter(|&at| at != anchor));
        for at in order {
            if chosen[at].is_some() {
                continue;
            }
            let node = match dimension {
                SOURCE if at == anchor => Some((from, self.model.sent_addresses(from))),
                DESTINATION if at == anchor => Some((to, self.model.received_addresses(to))),
                _ => None,
            };
            let value = self.pick(dimension, parts[at].1, node)?;
            chosen[at] = Some(value);
            // One to one both ways.
            let mut ahead = (at, value);
            while let (Onward::By(offset), true) = (parts[ahead.0].2, ahead.0 + 1 < parts.len()) {
                ahead = (ahead.0 + 1, ahead.1.moved(offset, false)?);
                chosen[ahead.0] = Some(ahead.1);
            }
            let mut back = (at, value);
            while let Some(before) = back.0.checked_sub(1)
                && let Onward::By(offset) = parts[before].2
            {
                back = (before, back.1.moved(offset, true)?);
                chosen[before] = Some(back.1);
            }
        }
        let mut out = Vec::with_capacity(count + 1);
        for (part, value) in parts.iter().zip(&chosen) {
            out.resize(part.0 + 1, (*value)?);
        }
        Some(out)
    }

    /// How an address goes on where it is replaced.
    fn onward(&self, dimension: usize, node: u32, crossing: &Crossing, entries: Entries) -> Onward {
        let nat = self.model.nat.get(&node);
        let (list, index) = match dimension {
            SOURCE => (nat.map(|nat| &nat.source), entries.source),
            DESTINATION => (nat.map(|nat| &nat.destination), entries.destination),
            _ => return Onward::Anything,
        };
        let entry = list.into_iter().flatten().find(|entry| Some(entry.entry) == index);
        let real = |set: SetId| {
            let first = self.pools.address.get(set).as_slice().first();
            first.is_some_and(|range| matches!(self.model.spaces.address.atom(range.low), AddressAtom::Addresses(_)))
        };
        match entry.map(|entry| &entry.target) {
            Some(&Target::OneToOne { from, to, .. })
                if real(crossing.came[dimension]) && real(crossing.now[dimension]) =>
            {
                Onward::By([from, to])
            }
            _ => Onward::Anything,
        }
    }

    /// A plain value of a set; an address of a node, where one is given.
    fn pick(&self, dimension: usize, set: SetId, node: Option<(u32, Vec<AddressRange>)>) -> Option<Value> {
        let spaces = &self.model.spaces;
        let number = |value: Option<u32>| value.map(Value::Number);
        match dimension {
            SERVICE => number(packet::number(
                &spaces.service,
                self.pools.service.get(set),
                self.pools.service.all(),
                Wanted::Service,
            )),
            SOURCE_PORT => number(packet::number(
                &spaces.source_port,
                self.pools.source_port.get(set),
                self.pools.source_port.all(),
                Wanted::SourcePort,
            )),
            _ => {
                let set = self.pools.address.get(set);
                let all = self.pools.address.all();
                if let Some((node, own)) = node {
                    return packet::address(self.model, node, &own, set, all).map(Value::Address);
                }
                self.somebody(set).map(Value::Address)
            }
        }
    }

    /// Any address of a set.
    fn somebody(&self, set: &Ranges) -> Option<PacketAddress> {
        let first = set.as_slice().first()?.low;
        match self.model.spaces.address.atom(first) {
            AddressAtom::Addresses(range) => {
                // the first address of a network is seldom a host
                let next = range.low + u128::from(range.low & 0xff == 0 && range.low < range.high);
                Some(PacketAddress::Known(range.family, next))
            }
            AddressAtom::Symbolic(class) => {
                let mut nodes = self.model.symbolic_nodes().into_iter().filter(|known| known.1 == class);
                nodes.find(|known| self.model.bears(known.0)).map(|known| PacketAddress::Symbolic(known.0))
            }
        }
    }
}

/// How the value of a dimension goes on where it is replaced.
#[derive(Clone, Copy)]
enum Onward {
    /// It becomes any of the set that follows.
    Anything,
    /// The k-th address of the first range becomes the k-th of the second.
    By([AddressRange; 2]),
}

/// A value of a dimension.
#[derive(Clone, Copy)]
enum Value {
    Address(PacketAddress),
    /// A service, or a source port and one.
    Number(u32),
}

impl Value {
    /// The address that one becomes, or was before.
    fn moved(self, [from, to]: [AddressRange; 2], back: bool) -> Option<Self> {
        let Self::Address(PacketAddress::Known(family, value)) = self else { return None };
        let (here, there) = if back { (to, from) } else { (from, to) };
        let offset = value.checked_sub(here.low)?;
        Some(Self::Address(PacketAddress::Known(family, there.low + offset)))
    }
}
