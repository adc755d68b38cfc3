//! Out of the sets of headers that a way ends with, one concrete packet for each part of it.

use super::device::Entries;
use super::relation::{Crossing, Relation};
use crate::document::AddressRange;
use crate::engine::packet::{self, Wanted};
use crate::engine::route::{self, Adjacency};
use crate::engine::trace::{Half, Hop, Packet, PacketAddress, Translation, Way};
use crate::header::{AddressAtom, DESTINATION, Ranges, SERVICE, SOURCE, SOURCE_PORT, SetId};
use crate::model::{Model, Pools, Target, service_of_number};
use crate::network::Side;

/// A place on a way, and what its node made of the headers.
pub(in crate::engine) struct Leg {
    pub node: u32,
    pub half: Half,
    pub came: Option<Way>,
    pub tag: Option<u16>,
    pub crossing: Crossing,
    pub entries: Entries,
}

/// Headers at a place that a search came to.
pub(in crate::engine) struct Visit {
    pub node: u32,
    pub half: Half,
    pub came: Option<Way>,
    pub tag: Option<u16>,
    pub relation: Relation,
    /// The visit before, by index; of the first, itself.
    pub parent: usize,
    /// What the node before made of them.
    pub passed: Option<(Crossing, Entries)>,
}

/// The visits of a way, from the first to one, and the places on it; `end` is what the last node makes of the headers.
pub(in crate::engine) fn way_to<'v>(
    visit: impl Fn(usize) -> &'v Visit,
    last: usize,
    end: (Crossing, Entries),
) -> Option<(Vec<usize>, Vec<Leg>)> {
    let mut chain = vec![last];
    while let now = visit(chain[chain.len() - 1])
        && now.came.is_some()
    {
        chain.push(now.parent);
    }
    chain.reverse();
    let after = chain[1..].iter().map(|&at| visit(at).passed);
    let crossings: Vec<(Crossing, Entries)> = after.chain([Some(end)]).collect::<Option<_>>()?;
    let leg = |(&at, (crossing, entries)): (&usize, (Crossing, Entries))| {
        let &Visit { node, half, came, tag, .. } = visit(at);
        Leg { node, half, came, tag, crossing, entries }
    };
    let legs = chain.iter().zip(crossings).map(leg).collect();
    Some((chain, legs))
}

/// A place on the way of one packet: as it comes to the node, and as it leaves or is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The node.
    pub node: u32,
    /// The part of it.
    pub half: Half,
    /// Way it came by; `None` where it is emitted.
    pub came: Option<Way>,
    /// Way it leaves by; `None` where it is delivered.
    pub leaves: Option<Way>,
    /// VLAN tag it has at a switch.
    pub tag: Option<u16>,
    /// The packet as it comes.
    pub before: Packet,
    /// The packet as it leaves.
    pub after: Packet,
    /// Entries of the node's `nat` that translated the destination and the source, by index.
    pub entries: [Option<u32>; 2],
}

/// The side of a node where a way ends or begins (`leaving`).
pub(in crate::engine) fn side(adjacency: &Adjacency<'_, '_>, node: u32, way: Option<Way>, leaving: bool) -> Side {
    let way = way?;
    let model = adjacency.model();
    let Some(names) = model.interfaces.get(&node) else { return Some((0, 0)) };
    let number = |name: &str| names.get(name);
    let neighbour = match way {
        Way::Link { link, backward } => {
            let ends = model.names.links[link.index()];
            number(model.id(ends[usize::from(backward != leaving)]))
        }
        Way::L3Link(_) => 0,
    };
    Some((number(&route::interface_of(adjacency, way, leaving)), neighbour))
}

/// One packet for each part of a way from one endpoint to another.
pub(in crate::engine) fn steps(model: &Model<'_>, pools: &Pools, legs: &[Leg], ends: [u32; 2]) -> Option<Vec<Step>> {
    // Sets only shrink on a way, so that those at the end of each part hold for the whole part. The last set of what
    // was never replaced is that of the end, and so on backwards.
    let settler = Settler { model, pools };
    let [sources, destinations, services, ports] =
        [SOURCE, DESTINATION, SERVICE, SOURCE_PORT].map(|dimension| settler.values(dimension, legs, ends));
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
    let step = |(at, leg): (usize, &Leg)| {
        let &Leg { node, half, came, tag, entries, .. } = leg;
        let leaves = legs.get(at + 1).and_then(|next| next.came);
        let entries = [entries.destination, entries.source];
        Some(Step { node, half, came, leaves, tag, before: packet(at)?, after: packet(at + 1)?, entries })
    };
    legs.iter().enumerate().map(step).collect()
}

/// The hops of a way, with what permits the packet at each; `None` where something denies it.
pub fn hops(adjacency: &Adjacency<'_, '_>, steps: &[Step]) -> Option<Vec<Hop>> {
    let hop = |step: &Step| {
        let &Step { node, half, came, leaves, tag, before, after, entries } = step;
        let translation = entries.iter().any(Option::is_some).then(|| {
            let [destination, source] = entries;
            Box::new(Translation { destination, source, packet: after })
        });
        let sides = [side(adjacency, node, came, false), side(adjacency, node, leaves, true)];
        Some(Hop {
            node,
            half,
            r#in: came.map(|way| route::interface_of(adjacency, way, false)),
            out: leaves.map(|way| route::interface_of(adjacency, way, true)),
            way: leaves,
            tag,
            deciders: route::deciders(adjacency.model(), (node, half), sides, [&before, &after])?,
            translation,
        })
    };
    steps.iter().map(hop).collect()
}

/// Chooses values.
struct Settler<'s, 'd> {
    model: &'s Model<'d>,
    pools: &'s Pools,
}

impl Settler<'_, '_> {
    /// The value of a dimension before the first node, after it, and so on.
    fn values(&self, dimension: usize, legs: &[Leg], [from, to]: [u32; 2]) -> Option<Vec<Value>> {
        let count = legs.len();
        // Parts between replacements: the place where each ends, its set, and how it goes on.
        let mut parts: Vec<(usize, SetId, Onward)> = Vec::new();
        for (at, Leg { node, crossing, entries, .. }) in legs.iter().enumerate() {
            if !crossing.within[dimension] {
                parts.push((at, crossing.came[dimension], self.onward(dimension, *node, crossing, *entries)));
            }
        }
        let end = &legs.last()?.crossing;
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
