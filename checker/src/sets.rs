//! Sets on a line, and boxes of packet headers: certificate section 3.
//!
//! Everything is half-open: a span holds its first position and ends before its second.

/// A set of positions: spans in ascending order that neither overlap nor touch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Set<T>(Vec<(T, T)>);

impl<T: Ord + Copy> Set<T> {
    /// The union of the spans, in any order, overlapping or empty.
    pub fn of(mut spans: Vec<(T, T)>) -> Set<T> {
        spans.retain(|(first, end)| first < end);
        spans.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(spans.len());
        for (first, end) in spans {
            match merged.last_mut() {
                Some(last) if first <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((first, end)),
            }
        }
        Set(merged)
    }

    pub fn none() -> Set<T> {
        Set(Vec::new())
    }

    pub fn spans(&self) -> &[(T, T)] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Some position of the span is in the set.
    pub fn meets(&self, span: (T, T)) -> bool {
        let next = self.0.partition_point(|(_, end)| *end <= span.0);
        span.0 < span.1 && self.0.get(next).is_some_and(|(first, _)| *first < span.1)
    }

    /// Every position of the span is in the set.
    pub fn holds(&self, span: (T, T)) -> bool {
        let next = self.0.partition_point(|(_, end)| *end <= span.0);
        span.0 >= span.1 || self.0.get(next).is_some_and(|(first, end)| *first <= span.0 && span.1 <= *end)
    }

    pub fn holds_all_of(&self, other: &Set<T>) -> bool {
        other.0.iter().all(|span| self.holds(*span))
    }

    /// The part of the set that lies in the span.
    pub fn within(&self, span: (T, T)) -> Set<T> {
        let next = self.0.partition_point(|(_, end)| *end <= span.0);
        let inside = self.0.iter().skip(next).take_while(|(first, _)| *first < span.1);
        Set(inside.map(|(first, end)| ((*first).max(span.0), (*end).min(span.1))).filter(|(f, e)| f < e).collect())
    }

    pub fn and(&self, other: &Set<T>) -> Set<T> {
        let (small, large) = if self.0.len() <= other.0.len() { (self, other) } else { (other, self) };
        Set(small.0.iter().flat_map(|span| large.within(*span).0).collect())
    }

    pub fn or(&self, other: &Set<T>) -> Set<T> {
        Set::of(self.0.iter().chain(&other.0).copied().collect())
    }

    pub fn minus(&self, other: &Set<T>) -> Set<T> {
        let mut rest = Vec::new();
        for (first, end) in &self.0 {
            let mut from = *first;
            for (cut, resume) in other.within((*first, *end)).0 {
                rest.push((from, cut));
                from = resume;
            }
            rest.push((from, *end));
        }
        rest.retain(|(first, end)| first < end);
        Set(rest)
    }
}

/// A position on the line of addresses: rank 0 IPv4, 1 symbolic (by the order of `symbolic`), 2 IPv6; rank 3 is the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u8, pub u128);

pub type Addresses = Set<Position>;
/// Services, source ports and VLAN tags are plain integers.
pub type Numbers = Set<u32>;
pub type AddressSpan = (Position, Position);
pub type NumberSpan = (u32, u32);

pub const START: Position = Position(0, 0);
pub const SYMBOLIC: Position = Position(1, 0);
pub const IPV6: Position = Position(2, 0);
pub const END: Position = Position(3, 0);
pub const LAST_IPV4: u128 = 0xffff_ffff;
/// The line of services: 253 protocols without ports, then the ports of tcp, udp and sctp.
pub const PORTLESS: u32 = 253;
pub const SERVICES_END: u32 = 196_861;
pub const PORTS_END: u32 = 65_537;

/// The span of the addresses `first..=last` of one rank. Its end is the next position of the line, so that the last IPv4
/// address touches the first symbolic one (or, where there is none, the first IPv6 one).
pub fn addresses(rank: u8, first: u128, last: u128, symbolic: usize) -> AddressSpan {
    let end = match (rank, last) {
        (0, LAST_IPV4) if symbolic > 0 => SYMBOLIC,
        (0, LAST_IPV4) => IPV6,
        (1, last) if last.saturating_add(1) >= symbolic as u128 => IPV6,
        (_, last) => last.checked_add(1).map_or(END, |next| Position(rank, next)),
    };
    (Position(rank, first), end)
}

/// The service of a protocol and, where it has ports, a destination port.
pub fn service(protocol: u32, port: u32) -> u32 {
    match protocol {
        6 => 253 + port,
        17 => 65_789 + port,
        132 => 131_325 + port,
        0..6 => protocol,
        7..17 => protocol - 1,
        18..132 => protocol - 2,
        _ => protocol - 3,
    }
}

/// A box: an interval on each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headers {
    pub source: AddressSpan,
    pub destination: AddressSpan,
    pub service: NumberSpan,
    pub source_port: NumberSpan,
}

pub const FULL: Headers = Headers {
    source: (START, END),
    destination: (START, END),
    service: (0, SERVICES_END),
    source_port: (0, PORTS_END),
};

impl Headers {
    /// No packet lies in the box.
    pub fn is_void(&self, symbolic: usize) -> bool {
        let lines = |span: AddressSpan| Families::of(&Set::of(vec![span]), symbolic);
        let portless = self.service.0 < PORTLESS && self.source_port.0 == 0;
        let with_port = self.service.1 > PORTLESS && self.source_port.1 > 1;
        !lines(self.source).go_with(lines(self.destination)) || !(portless || with_port)
    }
}

/// Which families of addresses a set has some of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Families {
    pub v4: bool,
    pub symbolic: bool,
    pub v6: bool,
}

impl Families {
    pub fn of(set: &Addresses, symbolic: usize) -> Families {
        Families {
            v4: set.meets((START, SYMBOLIC)),
            symbolic: set.meets((SYMBOLIC, Position(1, symbolic as u128))),
            v6: set.meets((IPV6, END)),
        }
    }

    pub fn any(self) -> bool {
        self.v4 || self.symbolic || self.v6
    }

    /// Some source of these and some destination of those may go together: semantics section 4.
    pub fn go_with(self, other: Families) -> bool {
        self.v4 && other.v4 || self.v6 && other.v6 || self.symbolic && other.any() || other.symbolic && self.any()
    }
}
