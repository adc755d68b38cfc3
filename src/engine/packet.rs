//! One concrete packet out of a set of headers, for two concrete endpoints: the plainest that will do.

use super::flow_graph::SessionSample;
use super::trace::{Packet, PacketAddress};
use crate::document::{AddressRange, Family};
use crate::header::{AddressAtom, DESTINATION, NumberSpace, Range, Ranges, SERVICE, SOURCE, SOURCE_PORT};
use crate::model::{Model, Pools, TCP, service_number, service_of_number};

/// Services that a reader knows, tried in this order.
const KNOWN_SERVICES: [(u8, u16); 15] = [
    (TCP, 443),
    (TCP, 80),
    (TCP, 445),
    (TCP, 22),
    (TCP, 3389),
    (TCP, 25),
    (17, 53),
    (TCP, 8080),
    (TCP, 8443),
    (TCP, 1433),
    (TCP, 5432),
    (17, 123),
    (TCP, 1024),
    (1, 0),
    (58, 0),
];

/// A source port that clients use.
const CLIENT_PORT: u16 = 1024;

/// Addresses for documentation, which stand for "somewhere in the Internet".
const SOMEWHERE: [(Family, u128); 3] = [
    (Family::V4, 0xcb00_710a),                               // 203.0.113.10
    (Family::V4, 0xc633_640a),                               // 198.51.100.10
    (Family::V6, 0x2001_0db8_0000_0000_0000_0000_0000_0010), // 2001:db8::10
];

/// A packet from `u` to `v` among the headers of a sample; `None` when there is none, which the sample rules out.
#[must_use]
pub fn choose(model: &Model<'_>, pools: &Pools, sample: &SessionSample, u: u32, v: u32) -> Option<Packet> {
    let source_set = pools.address.get(sample.product[SOURCE]);
    let destination_set = pools.address.get(sample.product[DESTINATION]);
    let sent = if model.is_symbolic(u) { Vec::new() } else { model.sent_addresses(u) };
    let received = if model.is_symbolic(v) { Vec::new() } else { model.received_addresses(v) };
    let source = address(model, u, &sent, source_set, sample.header[SOURCE])?;
    let destination = address(model, v, &received, destination_set, sample.header[DESTINATION])?;
    let spaces = &model.spaces;
    let services = pools.service.get(sample.product[SERVICE]);
    let service = number(&spaces.service, services, sample.header[SERVICE], Wanted::Service)?;
    let (protocol, destination_port) = service_of_number(service);
    let source_port = match destination_port {
        None => None,
        Some(_) => {
            let ports = pools.source_port.get(sample.product[SOURCE_PORT]);
            let port = number(&spaces.source_port, ports, sample.header[SOURCE_PORT], Wanted::SourcePort)?;
            Some(u16::try_from(port.checked_sub(1)?).ok()?)
        }
    };
    Some(Packet { source, destination, protocol, source_port, destination_port })
}

/// An address of a node that lies in a set and a range of atoms; `own` are its addresses, none of a symbolic node.
pub(super) fn address(
    model: &Model<'_>,
    node: u32,
    own: &[AddressRange],
    set: &Ranges,
    atoms: Range,
) -> Option<PacketAddress> {
    let space = &model.spaces.address;
    if own.is_empty() {
        let atom = model.holdings.get(model.sends[node as usize]).as_slice().first()?.low;
        let fits = model.is_symbolic(node) && set.first_in(Range::new(atom, atom)).is_some();
        return (fits && atoms.low <= atom && atom <= atoms.high).then_some(PacketAddress::Symbolic(node));
    }
    let within = |family: Family, value: u128| {
        let one = AddressRange { family, low: value, high: value };
        let atom = space.range(one).low;
        atoms.low <= atom && atom <= atoms.high && set.first_in(Range::new(atom, atom)).is_some()
    };
    let wide = |range: &&AddressRange| range.high - range.low >= 1 << 24;
    for (family, value) in SOMEWHERE {
        let mut wide = own.iter().filter(wide);
        if wide.any(|range| range.family == family && range.low <= value && value <= range.high)
            && within(family, value)
        {
            return Some(PacketAddress::Known(family, value));
        }
    }
    let mut own: Vec<AddressRange> = own.to_vec();
    own.sort_unstable();
    for range in own {
        let touched = space.range(range);
        let (low, high) = (touched.low.max(atoms.low), touched.high.min(atoms.high));
        if low > high {
            continue;
        }
        let Some(atom) = set.first_in(Range::new(low, high)) else { continue };
        let AddressAtom::Addresses(run) = space.atom(atom) else { continue };
        let least = run.low.max(range.low);
        // the first address of a network is seldom a host
        let next = least + u128::from(least & 0xff == 0 && least < run.high.min(range.high));
        return Some(PacketAddress::Known(range.family, next));
    }
    None
}

/// Which numbers a reader likes to see.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// Services that he knows.
    Service,
    /// A port of clients.
    SourcePort,
}

impl Wanted {
    fn numbers(self) -> Vec<u32> {
        match self {
            Self::Service => KNOWN_SERVICES.iter().map(|&(protocol, port)| service_number(protocol, port)).collect(),
            Self::SourcePort => vec![u32::from(CLIENT_PORT) + 1],
        }
    }
}

/// A number in a set and a range of atoms: one of those wanted, else the least that is not 0, else 0.
#[must_use]
pub fn number(space: &NumberSpace, set: &Ranges, atoms: Range, wanted: Wanted) -> Option<u32> {
    let inside = |atom: u32| atoms.low <= atom && atom <= atoms.high && set.first_in(Range::new(atom, atom)).is_some();
    for value in wanted.numbers() {
        if inside(space.atom(value)) {
            return Some(value);
        }
    }
    let atom = set.first_in(atoms)?;
    let first = space.first_value(atom);
    // port 0 exists but is never used
    let second = first.checked_add(1).filter(|&next| first != 0 && space.atom(next) == atom);
    let zero_port = service_of_number(first).1 == Some(0);
    Some(second.filter(|_| zero_port).unwrap_or(first))
}
