//! What a selector matches: in a rule (spec section 3), in a relay and in an exception (section 6); and services.

use super::block::Block;
use super::document::{Item, Service};
use super::place::{Address, Places};

/// A service as a session has it: protocol and, for tcp, udp and sctp, destination port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Packing {
    pub protocol: u8,
    pub port: Option<u16>,
}

pub fn service_matches(services: &[Service], packing: Packing) -> bool {
    services.iter().any(|service| {
        let protocol_fits = service.protocol.is_none_or(|protocol| protocol == packing.protocol);
        let port_fits = match (service.ports, packing.port) {
            (None, _) => true,
            (Some((first, last)), Some(port)) => first <= port && port <= last,
            (Some(_), None) => false,
        };
        protocol_fits && port_fits
    })
}

impl Places<'_> {
    /// Section 3: "Where a symbolic address might lie in a set of more than one address, or in a single address that
    /// no node declares as a single address, the guess goes to the attacker".
    fn might_lie_in(&self, block: Block) -> bool {
        !block.is_single() || !self.is_declared_single(super::block::Point { v6: block.v6, value: block.first })
    }

    /// The selector of a rule, a set of addresses.
    pub fn rule_matches(&self, items: &[Item], address: Address, permit: bool) -> bool {
        items.iter().any(|item| match item {
            Item::Any => true,
            Item::Block(block) => match address {
                Address::Known(point) => block.holds(point),
                Address::Symbolic(_) => permit && self.might_lie_in(*block),
            },
            Item::Node(n) => self.rule_matches_node(*n, address, permit),
            Item::Zone(zone) => {
                let networks = &self.document.zones[zone];
                let by_networks = match address {
                    Address::Known(point) => networks.iter().any(|network| network.holds(point)),
                    // "a `zone:z` with networks when m has no zone"
                    Address::Symbolic(m) => permit && self.labels[m].is_none() && !networks.is_empty(),
                };
                let of_zone = |&n: &usize| self.labels[n].as_ref() == Some(zone);
                by_networks
                    || (0..self.labels.len()).filter(of_zone).any(|n| self.rule_matches_node(n, address, permit))
            }
            // Kinds and tags are no selectors of rules.
            Item::Kind(_) | Item::Tag(_) => false,
        })
    }

    fn rule_matches_node(&self, n: usize, address: Address, permit: bool) -> bool {
        if !permit {
            return self.surely_has(n, address);
        }
        self.may_send_from(n, address)
            || (matches!(address, Address::Symbolic(_))
                && self.entries[n].iter().any(|entry| self.might_lie_in(entry.block)))
    }

    /// Section 6: "In a relay selector `node:`, `zone:`, `kind:` and `tag:` look at the peer node only, addresses,
    /// ranges and groups at the peer's address in that session."
    pub fn relay_matches(&self, items: &[Item], peer: usize, address: Address) -> bool {
        let node = &self.document.nodes[peer];
        items.iter().any(|item| match item {
            Item::Any => true,
            Item::Node(n) => *n == peer,
            Item::Zone(zone) => self.labels[peer].as_ref() == Some(zone),
            Item::Kind(kind) => node.kind == *kind,
            Item::Tag(tag) => node.tags.contains(tag),
            Item::Block(block) => match address {
                Address::Known(point) => block.holds(point),
                Address::Symbolic(_) => self.might_lie_in(*block),
            },
        })
    }

    /// Section 6: "Here selectors look at nodes, not at what a packet claims".
    pub fn exception_matches(&self, items: &[Item], peer: usize, address: Address) -> bool {
        items.iter().any(|item| match item {
            Item::Any => true,
            Item::Node(n) => *n == peer,
            Item::Zone(zone) => self.labels[peer].as_ref() == Some(zone),
            // "a node that declares, as a single address, the address it has in that session"
            Item::Block(block) => match address {
                Address::Known(point) => block.holds(point) && self.declares_single(peer, point),
                Address::Symbolic(_) => false,
            },
            Item::Kind(_) | Item::Tag(_) => false,
        })
    }
}
