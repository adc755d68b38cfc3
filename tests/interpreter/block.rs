//! Addresses and blocks of addresses, as the interpreter sees them: numbers with a family (spec sections 1, 3 and 4).

/// One IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub v6: bool,
    pub value: u128,
}

impl Point {
    /// As the library spells it.
    pub fn ip(self) -> std::net::IpAddr {
        if self.v6 {
            std::net::Ipv6Addr::from(self.value).into()
        } else {
            std::net::Ipv4Addr::from(u32::try_from(self.value).expect("an IPv4 address")).into()
        }
    }
}

/// A contiguous set of IP addresses of one family: an address, a CIDR or a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    pub v6: bool,
    pub first: u128,
    pub last: u128,
}

impl Block {
    /// 0.0.0.0/0 or ::/0.
    pub fn everything(v6: bool) -> Block {
        Block { v6, first: 0, last: if v6 { u128::MAX } else { u128::from(u32::MAX) } }
    }

    pub fn is_everything(self) -> bool {
        self == Block::everything(self.v6)
    }

    /// Section 7: "judged by meaning, not spelling": `/32`, `a-a` and `a` are the same single address.
    pub fn is_single(self) -> bool {
        self.first == self.last
    }

    pub fn holds(self, point: Point) -> bool {
        self.v6 == point.v6 && self.first <= point.value && point.value <= self.last
    }

    pub fn holds_all_of(self, other: Block) -> bool {
        self.v6 == other.v6 && self.first <= other.first && other.last <= self.last
    }

    /// Of two CIDRs that hold one address, the one with the longer prefix is the smaller one.
    pub fn is_longer_prefix_than(self, other: Block) -> bool {
        self.last - self.first < other.last - other.first
    }

    pub fn has_prefix_length_of(self, other: Block) -> bool {
        self.last - self.first == other.last - other.first
    }

    /// Reads an address, a CIDR or a range; `None` when the text is none of these.
    pub fn read(text: &str) -> Option<Block> {
        if let Some((address, length)) = text.split_once('/') {
            let point = read_point(address)?;
            let length: u32 = length.parse().ok()?;
            let width = if point.v6 { 128 } else { 32 };
            if length > width {
                return None;
            }
            let host_bits = width - length;
            let mask = if host_bits == 128 { u128::MAX } else { (1u128 << host_bits) - 1 };
            if point.value & mask != 0 {
                return None;
            }
            return Some(Block { v6: point.v6, first: point.value, last: point.value | mask });
        }
        if let Some((first, last)) = text.split_once('-') {
            let (first, last) = (read_point(first)?, read_point(last)?);
            if first.v6 != last.v6 || first.value > last.value {
                return None;
            }
            return Some(Block { v6: first.v6, first: first.value, last: last.value });
        }
        let point = read_point(text)?;
        Some(Block { v6: point.v6, first: point.value, last: point.value })
    }

    /// The first address, and the first one after.
    pub fn cuts(self) -> Vec<Point> {
        let mut values = vec![self.first];
        if self.last < Block::everything(self.v6).last {
            values.push(self.last + 1);
        }
        values.into_iter().map(|value| Point { v6: self.v6, value }).collect()
    }
}

pub fn read_point(text: &str) -> Option<Point> {
    match text.parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(address) => Some(Point { v6: false, value: u128::from(address.to_bits()) }),
        std::net::IpAddr::V6(address) => Some(Point { v6: true, value: address.to_bits() }),
    }
}
