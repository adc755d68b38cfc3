//! Items of the document spelt the way the format spells them, whatever way they were written.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::parse::KINDS;
use super::types::{AddressRange, Cidr, Family, Kind, SelectorItem, ServiceItem};
use crate::number::v4;

impl Kind {
    /// The word of the format: `l3-switch`.
    #[must_use]
    pub fn word(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("host", |(word, _)| word)
    }
}

fn address(family: Family, value: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match family {
        Family::V4 => write!(f, "{}", Ipv4Addr::from(v4(value))),
        Family::V6 => write!(f, "{}", Ipv6Addr::from(value)),
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        address(self.family, self.network, f)?;
        if self.is_single() { Ok(()) } else { write!(f, "/{}", self.length) }
    }
}

impl fmt::Display for AddressRange {
    /// A single address, a CIDR where it is one, else `first-last`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width: u32 = if self.family == Family::V4 { 32 } else { 128 };
        let host_bits = (self.low ^ self.high).checked_ilog2().map_or(0, |top| top + 1);
        let mask = if host_bits >= 128 { u128::MAX } else { (1 << host_bits) - 1 };
        address(self.family, self.low, f)?;
        if self.low == self.high {
            Ok(())
        } else if self.low & mask == 0 && self.high & mask == mask {
            write!(f, "/{}", width - host_bits)
        } else {
            write!(f, "-")?;
            address(self.family, self.high, f)
        }
    }
}

impl fmt::Display for SelectorItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => write!(f, "any"),
            Self::Addresses(range) => write!(f, "{range}"),
            Self::Node(id) => write!(f, "node:{id}"),
            Self::Zone(id) => write!(f, "zone:{id}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Kind(kind) => write!(f, "kind:{}", kind.word()),
            Self::Tag(tag) => write!(f, "tag:{tag}"),
            Self::Fqdn(name) => write!(f, "fqdn:{name}"),
            Self::Not(items) => {
                write!(f, "{{not: ")?;
                if items.len() > 1 {
                    write!(f, "[")?;
                }
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{}", if at == 0 { "" } else { ", " }, item.value)?;
                }
                write!(f, "{}}}", if items.len() > 1 { "]" } else { "" })
            }
        }
    }
}

/// The word of the format for a protocol: `tcp`, `proto/89`.
#[must_use]
pub fn protocol_word(number: u8) -> String {
    let named =
        [(6, "tcp"), (17, "udp"), (132, "sctp"), (1, "icmp"), (58, "icmpv6"), (50, "esp"), (51, "ah"), (47, "gre")];
    match named.iter().find(|(known, _)| *known == number) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("proto/{number}"),
    }
}

impl fmt::Display for ServiceItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => write!(f, "any"),
            Self::Transfer => write!(f, "transfer"),
            Self::Named(name) => write!(f, "{name}"),
            Self::Protocol { number, ports } => {
                write!(f, "{}", protocol_word(*number))?;
                match ports {
                    None => Ok(()),
                    Some((low, high)) if low == high => write!(f, "/{low}"),
                    Some((low, high)) => write!(f, "/{low}-{high}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_spelt_as_addresses_cidrs_or_ranges() {
        let v4 = |low: u32, high: u32| AddressRange { family: Family::V4, low: low.into(), high: high.into() };
        for (range, text) in [
            (v4(0x0a00_0001, 0x0a00_0001), "10.0.0.1"),
            (v4(0x0a00_0000, 0x0a00_00ff), "10.0.0.0/24"),
            (v4(0x0a00_0001, 0x0a00_00ff), "10.0.0.1-10.0.0.255"),
            (v4(0x0a00_0002, 0x0a00_0005), "10.0.0.2-10.0.0.5"),
            (v4(0, u32::MAX), "0.0.0.0/0"),
            (AddressRange { family: Family::V6, low: 0, high: u128::MAX }, "::/0"),
            (AddressRange { family: Family::V6, low: 1, high: 1 }, "::1"),
        ] {
            assert_eq!(range.to_string(), text);
        }
    }
}
