//! Boxes of packets: sets of sources, destinations, services, ways in and ways out. What a line of a filter matches is a
//! union of boxes; chains, class maps and virtual addresses are worked out by cutting one box with another.

use std::sync::LazyLock;

use super::set::{AddressSet, Ranges};

/// The protocols that have ports, by number: tcp, udp, sctp.
pub const WITH_PORTS: [u128; 3] = [6, 17, 132];

/// The last port.
pub const LAST_PORT: u128 = 65535;

/// Services: protocols, and for those that have them, source and destination ports. Where a port is bound, `protocols`
/// holds protocols with ports only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Services {
    /// IP protocol numbers.
    pub protocols: Ranges,
    /// Source ports; all of them: not bound.
    pub source: Ranges,
    /// Destination ports; all of them: not bound.
    pub destination: Ranges,
}

impl Services {
    /// Every packet.
    #[must_use]
    pub fn all() -> Self {
        static ALL: LazyLock<Ranges> = LazyLock::new(|| Ranges::one(0, 255));
        Self::protocols(ALL.clone())
    }

    /// Every packet of some protocols.
    #[must_use]
    pub fn protocols(protocols: Ranges) -> Self {
        Self { protocols, source: all_ports(), destination: all_ports() }
    }

    /// Every packet of a protocol.
    #[must_use]
    pub fn protocol(number: u8) -> Self {
        // of a few protocols there are many services
        static EACH: LazyLock<Vec<Ranges>> =
            LazyLock::new(|| (0..=255).map(|number| Ranges::one(number, number)).collect());
        Self::protocols(EACH[usize::from(number)].clone())
    }

    /// Packets of protocols that have ports, with these ports.
    #[must_use]
    pub fn ports(protocols: &Ranges, source: Ranges, destination: Ranges) -> Self {
        let bound = source != all_ports() || destination != all_ports();
        let protocols = if bound { protocols.intersect(&with_ports()) } else { protocols.clone() };
        Self { protocols, source, destination }
    }

    /// Whether they hold nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.protocols.is_empty() || self.source.is_empty() || self.destination.is_empty()
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let source = self.source.intersect(&other.source);
        let destination = self.destination.intersect(&other.destination);
        Self::ports(&self.protocols.intersect(&other.protocols), source, destination)
    }

    /// What is in this one and not in the other, as services without overlap.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Vec<Self> {
        if self.intersect(other).is_empty() {
            return vec![self.clone()];
        }
        let mut out = vec![Self { protocols: self.protocols.subtract(&other.protocols), ..self.clone() }];
        let protocols = self.protocols.intersect(&other.protocols);
        out.push(Self::ports(&protocols, self.source.subtract(&other.source), self.destination.clone()));
        let source = self.source.intersect(&other.source);
        out.push(Self::ports(&protocols, source, self.destination.subtract(&other.destination)));
        out.retain(|services| !services.is_empty());
        out
    }

    /// What is in none of `all`.
    #[must_use]
    pub fn complement(all: &[Self]) -> Vec<Self> {
        let mut left = vec![Self::all()];
        for services in all {
            left = left.iter().flat_map(|part| part.subtract(services)).collect();
        }
        left
    }
}

/// All ports.
#[must_use]
pub fn all_ports() -> Ranges {
    static ALL: LazyLock<Ranges> = LazyLock::new(|| Ranges::one(0, LAST_PORT));
    ALL.clone()
}

/// The protocols with ports as a set.
#[must_use]
pub fn with_ports() -> Ranges {
    static ALL: LazyLock<Ranges> =
        LazyLock::new(|| Ranges::of(WITH_PORTS.iter().map(|&number| (number, number)).collect()));
    ALL.clone()
}

/// A box of packets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// Source addresses.
    pub from: AddressSet,
    /// Destination addresses.
    pub to: AddressSet,
    /// Services.
    pub services: Services,
    /// Ways in: numbers of the device's interfaces, [`NO_INTERFACE`] for what the device itself sends.
    pub ways_in: Ranges,
    /// Ways out likewise, [`NO_INTERFACE`] for what is delivered to the device.
    pub ways_out: Ranges,
}

/// In place of an interface: the device itself.
pub const NO_INTERFACE: u128 = 0;

/// Every way: every interface, and none.
#[must_use]
pub fn all_ways() -> Ranges {
    static ALL: LazyLock<Ranges> = LazyLock::new(|| Ranges::one(NO_INTERFACE, u128::from(u32::MAX)));
    ALL.clone()
}

impl Region {
    /// Every packet.
    #[must_use]
    pub fn all() -> Self {
        let (from, to) = (AddressSet::all(), AddressSet::all());
        Self { from, to, services: Services::all(), ways_in: all_ways(), ways_out: all_ways() }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let no_family =
            (self.from.v4.is_empty() || self.to.v4.is_empty()) && (self.from.v6.is_empty() || self.to.v6.is_empty());
        no_family || self.services.is_empty() || self.ways_in.is_empty() || self.ways_out.is_empty()
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        Self {
            from: self.from.intersect(&other.from),
            to: self.to.intersect(&other.to),
            services: self.services.intersect(&other.services),
            ways_in: self.ways_in.intersect(&other.ways_in),
            ways_out: self.ways_out.intersect(&other.ways_out),
        }
    }

    /// What is in this one and not in the other, as boxes without overlap.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Vec<Self> {
        let common = self.intersect(other);
        if common.is_empty() {
            return vec![self.clone()];
        }
        let mut out = vec![
            Self { ways_in: self.ways_in.subtract(&other.ways_in), ..self.clone() },
            Self { ways_in: common.ways_in.clone(), ways_out: self.ways_out.subtract(&other.ways_out), ..self.clone() },
        ];
        let ways = Self { ways_in: common.ways_in, ways_out: common.ways_out, ..self.clone() };
        out.push(Self { from: self.from.subtract(&other.from), ..ways.clone() });
        out.push(Self { from: common.from.clone(), to: self.to.subtract(&other.to), ..ways.clone() });
        for services in self.services.subtract(&other.services) {
            out.push(Self { from: common.from.clone(), to: common.to.clone(), services, ..ways.clone() });
        }
        out.retain(|part| !part.is_empty());
        out
    }

    /// Whether all of it is in the other.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.subtract(other).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small boxes: two addresses, tcp and icmp, two ports, two ways.
    fn boxes() -> Vec<Region> {
        let mut out = Vec::new();
        for bits in 0..64u32 {
            let pick = |at: u32, low: u128, high: u128| if bits >> at & 1 == 1 { (low, low) } else { (low, high) };
            let (a, b, c, d) = (pick(0, 1, 2), pick(1, 1, 2), pick(2, 1, 2), pick(3, 80, 81));
            let protocols = if bits >> 4 & 1 == 1 { Ranges::one(6, 6) } else { Ranges::of(vec![(1, 1), (6, 6)]) };
            let ports = if bits >> 5 & 1 == 1 { Ranges::one(d.0, d.1) } else { all_ports() };
            let v4 = |(low, high)| AddressSet { v4: Ranges::one(low, high), v6: Ranges::default() };
            out.push(Region {
                from: v4(a),
                to: v4(b),
                services: Services::ports(&protocols, all_ports(), ports),
                ways_in: Ranges::one(c.0, c.1),
                ways_out: all_ways(),
            });
        }
        out
    }

    fn holds(region: &Region, packet: (u128, u128, u128, u128, u128)) -> bool {
        let (from, to, protocol, port, way) = packet;
        let ported = WITH_PORTS.contains(&protocol);
        region.from.v4.contains(from)
            && region.to.v4.contains(to)
            && region.services.protocols.contains(protocol)
            && (!ported || region.services.destination.contains(port))
            && region.ways_in.contains(way)
    }

    #[test]
    fn cuts_agree_with_packets() {
        let boxes = boxes();
        for a in &boxes {
            for b in &boxes {
                let parts = a.subtract(b);
                let common = a.intersect(b);
                for bits in 0..64u128 {
                    let packet = (
                        1 + (bits & 1),
                        1 + (bits >> 1 & 1),
                        [1, 6][(bits >> 2 & 1) as usize],
                        80 + (bits >> 3 & 3),
                        1 + (bits >> 5),
                    );
                    let (x, y) = (holds(a, packet), holds(b, packet));
                    assert_eq!(holds(&common, packet) && !common.is_empty(), x && y, "{a:?} {b:?} {packet:?}");
                    let count = parts.iter().filter(|part| holds(part, packet)).count();
                    assert_eq!(count, usize::from(x && !y), "{a:?} {b:?} {packet:?}");
                }
            }
        }
    }
}
