//! Sets of numbers as sorted, disjoint, inclusive ranges: addresses, ports, protocols and interfaces of a device.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, LazyLock};

use crate::document::{AddressRange, Family};

/// A set of numbers: ranges in order that neither overlap nor touch. Most sets of a configuration are one range of small numbers (an
/// address of IPv4, a port, a protocol), and a hundred thousand lines have half a million of them: such a set takes no memory of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ranges(Kept);

/// How a set is kept; of one set always in the same way, so that equal sets are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kept {
    /// One range of small numbers, or none, where the first is greater.
    One(u32, u32),
    /// Whatever else; copies share it.
    Many(Arc<[(u128, u128)]>),
}

const NONE: Kept = Kept::One(1, 0);

impl Default for Ranges {
    fn default() -> Self {
        Self(NONE)
    }
}

impl Ranges {
    /// All from `low` to `high`, both included; nothing where `low` is greater.
    #[must_use]
    pub fn one(low: u128, high: u128) -> Self {
        match (u32::try_from(low), u32::try_from(high)) {
            _ if low > high => Self::default(),
            (Ok(low), Ok(high)) => Self(Kept::One(low, high)),
            _ => Self(Kept::Many(Arc::new([(low, high)]))),
        }
    }

    /// The union of ranges in any order.
    #[must_use]
    pub fn of(mut ranges: Vec<(u128, u128)>) -> Self {
        ranges.sort_unstable();
        let mut out: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match out.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => out.push((low, high)),
            }
        }
        Self::normal(out)
    }

    /// Ranges that are in order and neither overlap nor touch.
    fn normal(ranges: Vec<(u128, u128)>) -> Self {
        match ranges[..] {
            [] => Self::default(),
            [(low, high)] => Self::one(low, high),
            _ => Self(Kept::Many(ranges.into())),
        }
    }

    /// The ranges.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = (u128, u128)> + Clone + '_ {
        let (one, many) = match &self.0 {
            &Kept::One(low, high) => ((low <= high).then(|| (low.into(), high.into())), &[][..]),
            Kept::Many(many) => (None, &many[..]),
        };
        one.into_iter().chain(many.iter().copied())
    }

    /// The ranges of a set of VLANs.
    pub fn vlans(&self) -> impl Iterator<Item = (u16, u16)> + '_ {
        let short = |value: u128| u16::try_from(value).expect("a VLAN has 16 bits");
        self.ranges().map(move |(low, high)| (short(low), short(high)))
    }

    /// Its range where it is a single one.
    #[must_use]
    pub fn only(&self) -> Option<(u128, u128)> {
        let mut ranges = self.ranges();
        ranges.next().filter(|_| ranges.next().is_none())
    }

    /// The least number in it.
    #[must_use]
    pub fn first(&self) -> Option<u128> {
        self.ranges().next().map(|(low, _)| low)
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == NONE
    }

    /// Whether it holds `value`.
    #[must_use]
    pub fn contains(&self, value: u128) -> bool {
        match &self.0 {
            &Kept::One(low, high) => (u128::from(low)..=high.into()).contains(&value),
            Kept::Many(many) => {
                let behind = many.partition_point(|&(low, _)| low <= value);
                behind > 0 && value <= many[behind - 1].1
            }
        }
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        Self::of(self.ranges().chain(other.ranges()).collect())
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (&Kept::One(la, ha), &Kept::One(lb, hb)) => return Self::one(la.max(lb).into(), ha.min(hb).into()),
            (Kept::Many(a), Kept::Many(b)) if Arc::ptr_eq(a, b) => return self.clone(),
            _ => {}
        }
        // all of one range: what is common is one of the two
        for (one, two) in [(self, other), (other, self)] {
            if let (Some((low, high)), Some((first, _)), Some((_, last))) =
                (one.only(), two.ranges().next(), two.ranges().next_back())
                && low <= first
                && last <= high
            {
                return two.clone();
            }
        }
        let (mut a, mut b) = (self.ranges().peekable(), other.ranges().peekable());
        let mut out = Vec::new();
        while let (Some(&(la, ha)), Some(&(lb, hb))) = (a.peek(), b.peek()) {
            if la.max(lb) <= ha.min(hb) {
                out.push((la.max(lb), ha.min(hb)));
            }
            if ha <= hb {
                a.next()
            } else {
                b.next()
            };
        }
        Self::normal(out)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let mut cuts = other.ranges().peekable();
        for (mut low, high) in self.ranges() {
            while cuts.peek().is_some_and(|&(_, end)| end < low) {
                cuts.next();
            }
            let mut open = true;
            let mut ahead = cuts.clone();
            while let Some(&(start, end)) = ahead.peek() {
                if start > high {
                    break;
                }
                if start > low {
                    out.push((low, start - 1));
                }
                if end >= high {
                    open = false;
                    break;
                }
                low = end + 1;
                ahead.next();
            }
            if open {
                out.push((low, high));
            }
        }
        Self::normal(out)
    }

    /// Whether all of it is in the other.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.subtract(other).is_empty()
    }
}

/// A set of addresses of both families.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AddressSet {
    /// IPv4 addresses as their 32-bit values.
    pub v4: Ranges,
    /// IPv6 addresses.
    pub v6: Ranges,
}

const ALL_V4: u128 = u32::MAX as u128;

static EVERY_V4: LazyLock<Ranges> = LazyLock::new(|| Ranges::one(0, ALL_V4));
static EVERY_V6: LazyLock<Ranges> = LazyLock::new(|| Ranges::one(0, u128::MAX));

impl AddressSet {
    /// Every address of both families.
    #[must_use]
    pub fn all() -> Self {
        Self { v4: EVERY_V4.clone(), v6: EVERY_V6.clone() }
    }

    /// Every address of a family.
    #[must_use]
    pub fn family(family: Family) -> Self {
        match family {
            Family::V4 => Self { v4: EVERY_V4.clone(), v6: Ranges::default() },
            Family::V6 => Self { v4: Ranges::default(), v6: EVERY_V6.clone() },
        }
    }

    /// The addresses from `low` to `high`; `None` where the families differ or `low` is greater.
    #[must_use]
    pub fn range(low: IpAddr, high: IpAddr) -> Option<Self> {
        let ((fa, a), (fb, b)) = (number(low), number(high));
        (fa == fb && a <= b).then(|| match fa {
            Family::V4 => Self { v4: Ranges::one(a, b), v6: Ranges::default() },
            Family::V6 => Self { v4: Ranges::default(), v6: Ranges::one(a, b) },
        })
    }

    /// One address.
    #[must_use]
    pub fn single(address: IpAddr) -> Self {
        Self::range(address, address).unwrap_or_default()
    }

    /// The network of `length` bits that holds `address`; host bits fall away. `None` for a length that is none.
    #[must_use]
    pub fn network(address: IpAddr, length: u8) -> Option<Self> {
        let (family, value) = number(address);
        let width: u8 = if family == Family::V4 { 32 } else { 128 };
        let host = width.checked_sub(length)?;
        let mask = if host == 128 { u128::MAX } else { (1u128 << host) - 1 };
        let range = Ranges::one(value & !mask, value | mask);
        Some(match family {
            Family::V4 => Self { v4: range, v6: Ranges::default() },
            Family::V6 => Self { v4: Ranges::default(), v6: range },
        })
    }

    /// The addresses of a word of a document: an address, a network, or a range.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        if let Some((low, high)) = word.split_once('-')
            && let (Ok(low), Ok(high)) = (low.trim().parse(), high.trim().parse())
        {
            return Self::range(low, high);
        }
        match word.split_once('/') {
            Some((address, length)) => Self::network(address.parse().ok()?, length.parse().ok()?),
            None => word.parse().ok().map(Self::single),
        }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Its range where it is a single one.
    #[must_use]
    pub fn only(&self) -> Option<(Family, u128, u128)> {
        let (family, ranges) = match (self.v4.is_empty(), self.v6.is_empty()) {
            (false, true) => (Family::V4, &self.v4),
            (true, false) => (Family::V6, &self.v6),
            _ => return None,
        };
        ranges.only().map(|(low, high)| (family, low, high))
    }

    /// Whether it holds everything.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    /// Whether it holds this address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match number(address) {
            (Family::V4, value) => self.v4.contains(value),
            (Family::V6, value) => self.v6.contains(value),
        }
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// What is in any of them: one sort for all, not a union each.
    #[must_use]
    pub fn union_of<'s>(sets: impl Iterator<Item = &'s Self> + Clone) -> Self {
        let v4 = sets.clone().flat_map(|set| set.v4.ranges()).collect();
        let v6 = sets.flat_map(|set| set.v6.ranges()).collect();
        Self { v4: Ranges::of(v4), v6: Ranges::of(v6) }
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersect(&other.v4), v6: self.v6.intersect(&other.v6) }
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        Self { v4: self.v4.subtract(&other.v4), v6: self.v6.subtract(&other.v6) }
    }

    /// What is not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().subtract(self)
    }

    /// Its ranges as the document spells them: an address, a CIDR, or `first-last`.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let of = |family, ranges: &Ranges| -> Vec<String> {
            let word = |(low, high)| AddressRange { family, low, high }.to_string();
            ranges.ranges().map(word).collect()
        };
        let mut out = of(Family::V4, &self.v4);
        out.extend(of(Family::V6, &self.v6));
        out
    }
}

/// An address as family and number.
#[must_use]
pub fn number(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(address) => (Family::V4, u128::from(u32::from(address))),
        IpAddr::V6(address) => (Family::V6, u128::from(address)),
    }
}

/// The address of a family and a number that is one of it: of a set of addresses.
#[must_use]
pub fn address(family: Family, value: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from(crate::number::v4(value))),
        Family::V6 => IpAddr::V6(Ipv6Addr::from(value)),
    }
}

/// The address of a family and any number; `None`: no address has it.
#[must_use]
pub fn address_at(family: Family, value: u128) -> Option<IpAddr> {
    (family == Family::V6 || value <= ALL_V4).then(|| address(family, value))
}

/// The prefix length of a netmask such as `255.255.255.0`; `None` where its ones are not in front.
#[must_use]
pub fn mask_length(mask: Ipv4Addr) -> Option<u8> {
    let bits = u32::from(mask);
    let ones = bits.leading_ones();
    (bits.checked_shl(ones).unwrap_or(0) == 0).then_some(u8::try_from(ones).unwrap_or(32))
}

/// The most prefixes that a wildcard may be as an exact union.
const MOST_PREFIXES: u32 = 4096;

/// The addresses that agree with `address` in every bit that is not set in `free`. Exact where that is a union of at
/// most 4,096 prefixes; else the smallest range around it (for rules that permit), with `false`.
#[must_use]
pub fn wildcard(address: Ipv4Addr, free: Ipv4Addr) -> (AddressSet, bool) {
    let (base, free) = (u32::from(address) & !u32::from(free), u32::from(free));
    let tail = free.trailing_ones();
    let tail_mask = if tail == 32 { u32::MAX } else { (1u32 << tail) - 1 };
    let scattered = free & !tail_mask;
    let count = scattered.count_ones();
    if count > MOST_PREFIXES.ilog2() {
        return (of_v4(Ranges::one(u128::from(base), u128::from(base | free))), false);
    }
    let mut ranges = Vec::with_capacity(1 << count);
    let mut bits = 0u32;
    loop {
        ranges.push((u128::from(base | bits), u128::from(base | bits | tail_mask)));
        bits = (bits | !scattered).wrapping_add(1) & scattered; // the next subset of the scattered bits
        if bits == 0 {
            break;
        }
    }
    (of_v4(Ranges::of(ranges)), true)
}

fn of_v4(v4: Ranges) -> AddressSet {
    AddressSet { v4, v6: Ranges::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets() -> Vec<Ranges> {
        (0u32..256)
            .map(|bits| Ranges::of((0..8).filter(|at| bits >> at & 1 == 1).map(|at| (at, at)).collect()))
            .collect()
    }

    #[test]
    fn sets_agree_with_bits() {
        for (i, a) in sets().iter().enumerate() {
            for (j, b) in sets().iter().enumerate() {
                for at in 0..8u32 {
                    let (x, y) = (i >> at & 1 == 1, j >> at & 1 == 1);
                    let at = u128::from(at);
                    assert_eq!(a.union(b).contains(at), x || y);
                    assert_eq!(a.intersect(b).contains(at), x && y);
                    assert_eq!(a.subtract(b).contains(at), x && !y, "{a:?} {b:?} {at}");
                }
                assert_eq!(a.is_within(b), i & !j == 0);
                assert_eq!(Ranges::of(a.subtract(b).ranges().collect()), a.subtract(b), "normal");
            }
        }
    }

    #[test]
    fn complements_end_at_the_last_address() {
        let all = AddressSet::all();
        assert!(all.complement().is_empty());
        let one = AddressSet::single("255.255.255.255".parse().unwrap());
        assert_eq!(one.complement().complement(), one);
        assert_eq!(AddressSet::network("::".parse().unwrap(), 0).unwrap().words(), ["::/0"]);
    }

    #[test]
    fn no_address_is_behind_the_last() {
        assert_eq!(address_at(Family::V4, ALL_V4), Some("255.255.255.255".parse().unwrap()));
        assert_eq!(address_at(Family::V4, ALL_V4 + 1), None);
        assert_eq!(address_at(Family::V6, ALL_V4 + 1), Some("::1:0:0".parse().unwrap()));
    }

    #[test]
    fn wildcards_are_exact_unions() {
        let at = |text: &str| text.parse::<Ipv4Addr>().unwrap();
        let (set, exact) = wildcard(at("10.0.1.0"), at("0.0.254.3"));
        assert!(exact);
        for (address, held) in [("10.0.1.3", true), ("10.0.3.0", true), ("10.0.2.0", false), ("10.0.1.4", false)] {
            assert_eq!(set.contains(address.parse().unwrap()), held, "{address}");
        }
        assert_eq!(wildcard(at("1.2.3.4"), at("255.255.255.255")).0, AddressSet::family(Family::V4));
        assert_eq!(wildcard(at("10.1.0.0"), at("0.0.255.255")).0.words(), ["10.1.0.0/16"]);
        let (set, exact) = wildcard(at("10.0.0.1"), at("0.255.255.254"));
        assert!(!exact && set.contains(at("10.9.9.9").into()));
    }

    #[test]
    fn masks_have_their_ones_in_front() {
        let length = |text: &str| mask_length(text.parse().unwrap());
        assert_eq!(length("255.255.254.0"), Some(23));
        assert_eq!(length("0.0.0.0"), Some(0));
        assert_eq!(length("255.255.255.255"), Some(32));
        assert_eq!(length("255.0.255.0"), None);
    }
}
