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

/// Whether a service matches a packet.
pub fn service_matches(services: &[Service], packing: Packing) -> bool {
    services.iter().any(|service| match *service {
        Service::Any => true,
        Service::Transfer => false,
        Service::Packets { protocol, ports } => {
            let port_fits = match (ports, packing.port) {
                (None, _) => true,
                (Some((first, last)), Some(port)) => first <= port && port <= last,
                (Some(_), None) => false,
            };
            protocol == packing.protocol && port_fits
        }
    })
}

/// Section 5: "the service `transfer`, which only the service `any` and the word `transfer` in a service match".
pub fn service_matches_transfer(services: &[Service]) -> bool {
    services.iter().any(|service| matches!(service, Service::Any | Service::Transfer))
}

impl Places<'_> {
    /// Section 3: "Where a symbolic address might lie in a set of more than one address, or in a single address that
    /// no node declares as a single address, the guess goes to the attacker".
    fn might_lie_in(&self, block: Block) -> bool {
        !block.is_single() || !self.is_declared_single(super::block::Point { v6: block.v6, value: block.first })
    }

    /// The selector of a rule or of an entry of `nat`, a set of addresses: its loose meaning, that of a permit rule, or
    /// its strict one, that of a deny rule.
    pub fn rule_matches(&self, items: &[Item], address: Address, loose: bool) -> bool {
        items.iter().any(|item| match item {
            Item::Any => true,
            Item::Block(block) => match address {
                Address::Known(point) => block.holds(point),
                Address::Symbolic(_) => loose && self.might_lie_in(*block),
            },
            Item::Node(n) => self.rule_matches_node(*n, address, loose),
            Item::Zone(zone) => {
                let networks = &self.document.zones[zone];
                let by_networks = match address {
                    Address::Known(point) => networks.iter().any(|network| network.holds(point)),
                    // "a `zone:z` with networks when m has no zone"
                    Address::Symbolic(m) => loose && self.labels[m].is_none() && !networks.is_empty(),
                };
                let of_zone = |&n: &usize| self.labels[n].as_ref() == Some(zone);
                by_networks || (0..self.labels.len()).filter(of_zone).any(|n| self.rule_matches_node(n, address, loose))
            }
            // "`{not: X}` matches loosely what X does not match strictly, and strictly what X does not match loosely"
            Item::Not(items) => !self.rule_matches(items, address, !loose),
            Item::Name(Some(given)) => self.rule_matches(given, address, loose),
            // "A name that `names` does not give may be any address: in a permit rule it matches every address and
            // every symbolic address, in a deny rule none."
            Item::Name(None) => loose,
            // Kinds and tags are no selectors of rules.
            Item::Kind(_) | Item::Tag(_) => false,
        })
    }

    fn rule_matches_node(&self, n: usize, address: Address, loose: bool) -> bool {
        if !loose {
            return self.surely_has(n, address);
        }
        self.may_send_from(n, address)
            || (matches!(address, Address::Symbolic(_))
                && self.entries[n].iter().any(|entry| self.might_lie_in(entry.block)))
    }

    /// Section 6: "In a relay selector `node:`, `zone:`, `kind:` and `tag:` look at the peer node only, addresses,
    /// ranges and groups at the peer's address in that session; they match no transfer" (which has no address).
    pub fn relay_matches(&self, items: &[Item], peer: usize, address: Option<Address>) -> bool {
        let node = &self.document.nodes[peer];
        items.iter().any(|item| match item {
            Item::Any => true,
            Item::Node(n) => *n == peer,
            Item::Zone(zone) => self.labels[peer].as_ref() == Some(zone),
            Item::Kind(kind) => node.kind == *kind,
            Item::Tag(tag) => node.tags.contains(tag),
            Item::Block(block) => match address {
                Some(Address::Known(point)) => block.holds(point),
                Some(Address::Symbolic(_)) => self.might_lie_in(*block),
                None => false,
            },
            // "In exceptions, relays and transfers `fqdn:` and `{not: ...}` are errors."
            Item::Not(_) | Item::Name(_) => false,
        })
    }

    /// Section 6: "Here selectors look at nodes, not at what a packet claims". The address is the one that the peer has
    /// in the session, "in a transfer none".
    pub fn exception_matches(&self, items: &[Item], peer: usize, address: Option<Address>) -> bool {
        items.iter().any(|item| match item {
            Item::Any => true,
            Item::Node(n) => *n == peer,
            Item::Zone(zone) => self.labels[peer].as_ref() == Some(zone),
            // "a node that declares, as a single address, the address it has in that session"
            Item::Block(block) => match address {
                Some(Address::Known(point)) => block.holds(point) && self.declares_single(peer, point),
                Some(Address::Symbolic(_)) | None => false,
            },
            Item::Kind(_) | Item::Tag(_) | Item::Not(_) | Item::Name(_) => false,
        })
    }
}
