//! What selectors and services match: loosely, as a rule that permits reads them, and strictly, as one that denies does.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use super::{Address, has_ports};
use crate::document::{
    AddressRange, Cidr, Document, Family, Kind, NameId, Node, Selector, SelectorItem, Service, ServiceItem, Spanned,
    host_name,
};

/// Whether something matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// As a rule that permits reads it.
    pub loose: bool,
    /// As a rule that denies reads it; implies `loose`.
    pub strict: bool,
}

impl Held {
    pub const YES: Self = Self { loose: true, strict: true };
    pub const NO: Self = Self { loose: false, strict: false };
    pub const MAYBE: Self = Self { loose: true, strict: false };

    pub fn of(held: bool) -> Self {
        if held { Self::YES } else { Self::NO }
    }

    pub fn or(self, other: Self) -> Self {
        Self { loose: self.loose || other.loose, strict: self.strict || other.strict }
    }

    pub fn and(self, other: Self) -> Self {
        Self { loose: self.loose && other.loose, strict: self.strict && other.strict }
    }
}

/// A document with tables of its names.
pub struct World<'d> {
    pub document: &'d Document<'d>,
    nodes: HashMap<NameId, usize>,
    groups: HashMap<&'d str, &'d Selector<'d>>,
    services: HashMap<&'d str, &'d Service<'d>>,
    host_names: HashMap<String, &'d Selector<'d>>,
    zones: HashMap<&'d str, &'d [Spanned<Cidr>]>,
    labels: Vec<Option<&'d str>>,
    singles: HashSet<(Family, u128)>,
}

pub fn holds(cidr: Cidr, address: IpAddr) -> bool {
    let (family, value) = number(address);
    if family != cidr.family {
        return false;
    }
    let bits = if family == Family::V4 { 32 } else { 128 };
    let host = bits - u32::from(cidr.length);
    value.checked_shr(host).unwrap_or(0) == cidr.network.checked_shr(host).unwrap_or(0)
}

pub fn number(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(address) => (Family::V4, u128::from(u32::from(address))),
        IpAddr::V6(address) => (Family::V6, u128::from(address)),
    }
}

/// Whether it is one address.
pub fn is_single(cidr: Cidr) -> bool {
    cidr.length == if cidr.family == Family::V4 { 32 } else { 128 }
}

const EVERYWHERE: [Cidr; 2] =
    [Cidr { family: Family::V4, network: 0, length: 0 }, Cidr { family: Family::V6, network: 0, length: 0 }];

impl<'d> World<'d> {
    pub fn new(document: &'d Document<'d>) -> Self {
        let mut world = Self {
            document,
            nodes: document.nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect(),
            groups: document.groups.iter().map(|group| (&*group.name.value, &group.items)).collect(),
            services: document.services.iter().map(|service| (&*service.name.value, &service.items)).collect(),
            host_names: document.host_names.iter().map(|name| (host_name(&name.name.value), &name.items)).collect(),
            zones: document.zones.iter().map(|zone| (&*zone.id.value, &zone.networks[..])).collect(),
            labels: Vec::new(),
            singles: HashSet::new(),
        };
        for node in &document.nodes {
            let label = world.label(node);
            world.labels.push(label);
            world
                .singles
                .extend(node.addresses.iter().filter(|cidr| is_single(*cidr)).map(|cidr| (cidr.family, cidr.network)));
        }
        world
    }

    /// Section 2: the zone written, else that of all addresses.
    fn label(&self, node: &'d Node<'d>) -> Option<&'d str> {
        if let Some(zone) = node.zone {
            return Some(self.document.names.name(zone));
        }
        let sanitises = node
            .details
            .as_ref()
            .and_then(|details| details.relays.as_ref())
            .is_some_and(|relays| relays.iter().any(|relay| relay.sanitise.is_some()));
        if forwards(node) || node.kind == Kind::Gateway || sanitises || node.addresses.is_empty() {
            return None;
        }
        let mut label = None;
        for cidr in node.addresses.iter() {
            let zone = self.zone_of(cidr)?;
            if label.is_some_and(|known| known != zone) {
                return None;
            }
            label = Some(zone);
        }
        label
    }

    fn zone_of(&self, cidr: Cidr) -> Option<&'d str> {
        let within = |network: &Cidr| {
            network.family == cidr.family && network.length <= cidr.length && {
                let host = if cidr.family == Family::V4 { 32 } else { 128 } - u32::from(network.length);
                cidr.network.checked_shr(host).unwrap_or(0) == network.network.checked_shr(host).unwrap_or(0)
            }
        };
        let all = self
            .document
            .zones
            .iter()
            .flat_map(|zone| zone.networks.iter().map(move |network| (&*zone.id.value, network.value)));
        all.filter(|(_, network)| within(network)).max_by_key(|(_, network)| network.length).map(|(zone, _)| zone)
    }

    pub fn place(&self, node: &Node<'_>) -> usize {
        self.nodes.get(&node.id).copied().unwrap_or(usize::MAX)
    }

    /// A(n): what it may use as a source; nothing where its address is not known.
    pub fn addresses(&self, at: usize) -> Vec<Cidr> {
        let node = &self.document.nodes[at];
        if !node.addresses.is_empty() {
            return node.addresses.iter().collect();
        }
        let mut out: Vec<Cidr> =
            self.labels.get(at).copied().flatten().map(|zone| self.networks(zone)).unwrap_or_default();
        if node.kind == Kind::External {
            out.extend(EVERYWHERE);
        }
        out
    }

    fn networks(&self, zone: &str) -> Vec<Cidr> {
        self.zones.get(zone).map(|networks| networks.iter().map(|network| network.value).collect()).unwrap_or_default()
    }

    /// Section 3: the part of R(n) that lies in what it declares itself and in nothing of the same length, of more than one address, of
    /// another endpoint.
    fn surely_has(&self, at: usize, address: IpAddr) -> bool {
        let node = &self.document.nodes[at];
        let declared =
            node.addresses.iter().filter(|cidr| holds(*cidr, address) && (!forwards(node) || is_single(*cidr)));
        let Some(longest) = declared.map(|cidr| cidr.length).max() else { return false };
        let shares = |cidr: &Cidr| holds(*cidr, address) && cidr.length == longest && !is_single(*cidr);
        let shared = |other: usize| other != at && self.is_endpoint(other) && self.addresses(other).iter().any(shares);
        self.receives(at, Address::Known(address)) && !(0..self.document.nodes.len()).any(shared)
    }

    /// Whether a node declares an address by itself.
    pub fn is_declared(&self, family: Family, address: u128) -> bool {
        self.singles.contains(&(family, address))
    }

    /// Whether all of a node's addresses are declared by themselves.
    pub fn has_only_single(&self, at: usize) -> bool {
        let own = self.addresses(at);
        !own.is_empty() && own.iter().all(|cidr| is_single(*cidr))
    }

    /// Whether an address is in R(n): section 3.
    pub fn receives(&self, at: usize, address: Address) -> bool {
        let address = match address {
            Address::Of(owner) => return owner == at,
            Address::Known(address) => address,
        };
        let node = &self.document.nodes[at];
        let own = self.addresses(at);
        let Some(longest) = own.iter().filter(|cidr| holds(**cidr, address)).map(|cidr| cidr.length).max() else {
            return false;
        };
        let declared = node.addresses.iter().any(|cidr| cidr.length == longest && holds(cidr, address));
        let label = self.labels[at];
        if !declared || longest == 0 {
            let others = self.document.zones.iter().filter(|zone| Some(&*zone.id.value) != label);
            let mut networks = others.flat_map(|zone| &zone.networks).map(|network| network.value);
            if networks.any(|network| holds(network, address) && network.length > longest) {
                return false;
            }
        }
        (0..self.document.nodes.len()).filter(|other| *other != at).all(|other| {
            let node = &self.document.nodes[other];
            let longer = |cidr: &Cidr| holds(*cidr, address) && cidr.length > longest;
            if forwards(node) {
                !node.addresses.iter().any(|cidr| is_single(cidr) && longer(&cidr))
            } else {
                !self.addresses(other).iter().any(longer)
            }
        })
    }

    /// Whether a node may be the end of a session.
    pub fn is_endpoint(&self, at: usize) -> bool {
        let node = &self.document.nodes[at];
        let relays = node.details.as_ref().and_then(|details| details.relays.as_ref());
        !forwards(node) || node.zone.is_some() || relays.is_some_and(|relays| !relays.is_empty())
    }

    /// What a selector says of an address.
    pub fn selector(&self, selector: &Selector<'_>, address: Address) -> Held {
        selector.iter().fold(Held::NO, |held, item| held.or(self.item(&item.value, address)))
    }

    fn item(&self, item: &SelectorItem<'_>, address: Address) -> Held {
        match item {
            SelectorItem::Any => Held::YES,
            SelectorItem::Addresses(range) => self.range(*range, address),
            SelectorItem::Node(id) => match self.document.names.find(id).and_then(|name| self.nodes.get(&name)) {
                Some(&at) => self.node(at, address),
                None => Held::NO,
            },
            SelectorItem::Zone(id) => self.zone(id, address),
            SelectorItem::Group(name) => {
                self.groups.get(&**name).map_or(Held::NO, |items| self.selector(items, address))
            }
            SelectorItem::Fqdn(name) => {
                self.host_names.get(&host_name(name)).map_or(Held::MAYBE, |items| self.selector(items, address))
            }
            SelectorItem::Not(items) => {
                let held = self.selector(items, address);
                Held { loose: !held.strict, strict: !held.loose }
            }
            // in relays and policies only
            SelectorItem::Kind(_) | SelectorItem::Tag(_) => Held::NO,
        }
    }

    fn range(&self, range: AddressRange, address: Address) -> Held {
        match address {
            Address::Known(address) => {
                let (family, value) = number(address);
                Held::of(family == range.family && (range.low..=range.high).contains(&value))
            }
            Address::Of(_) if range.low < range.high || !self.singles.contains(&(range.family, range.low)) => {
                Held::MAYBE
            }
            Address::Of(_) => Held::NO,
        }
    }

    fn node(&self, at: usize, address: Address) -> Held {
        let own = self.addresses(at);
        match address {
            Address::Known(address) => {
                let loose = own.iter().any(|cidr| holds(*cidr, address));
                Held { loose, strict: loose && self.surely_has(at, address) }
            }
            Address::Of(other) if other == at => Held::YES,
            Address::Of(_) => {
                let open = |cidr: &Cidr| !is_single(*cidr) || !self.singles.contains(&(cidr.family, cidr.network));
                if own.iter().any(open) { Held::MAYBE } else { Held::NO }
            }
        }
    }

    fn zone(&self, id: &str, address: Address) -> Held {
        let networks = self.networks(id);
        let of_networks = match address {
            Address::Known(address) => Held::of(networks.iter().any(|cidr| holds(*cidr, address))),
            Address::Of(at) if self.labels.get(at).copied().flatten() == Some(id) => Held::YES,
            Address::Of(at) if !networks.is_empty() && self.labels.get(at).copied().flatten().is_none() => Held::MAYBE,
            Address::Of(_) => Held::NO,
        };
        let nodes = (0..self.labels.len()).filter(|at| self.labels[*at] == Some(id));
        nodes.fold(of_networks, |held, at| held.or(self.node(at, address)))
    }

    /// Whether a service holds a protocol and destination port.
    pub fn service(&self, service: &Service<'_>, protocol: u8, port: u16) -> bool {
        service.iter().any(|item| match &item.value {
            ServiceItem::Any => true,
            ServiceItem::Protocol { number, ports } => {
                *number == protocol && ports.is_none_or(|(low, high)| low <= port && port <= high)
            }
            ServiceItem::Named(name) => {
                self.services.get(&**name).is_some_and(|items| self.service(items, protocol, port))
            }
            ServiceItem::Transfer => false,
        })
    }

    /// The interfaces of a node: of its links, and those that an `l3-switch` has for its VLANs.
    pub fn interfaces(&self, node: &Node<'_>) -> Vec<String> {
        let names = &self.document.names;
        if node.kind == Kind::L3Switch {
            let vlans = super::vlans::routed_vlans(self.document, node);
            let vlans = if vlans.is_empty() { vec![1] } else { vlans };
            return vlans.iter().map(|vlan| format!("vlan{vlan}")).collect();
        }
        let mut out: Vec<String> = Vec::new();
        for link in &self.document.links {
            for end in 0..2 {
                if link.ends[end] == node.id {
                    let name = names.name(link.interface_or_neighbour(end)).to_owned();
                    if !out.contains(&name) {
                        out.push(name);
                    }
                }
            }
        }
        out
    }
}

/// Whether a node forwards packets.
pub fn forwards(node: &Node<'_>) -> bool {
    node.forwards.unwrap_or(matches!(node.kind, Kind::Switch | Kind::L3Switch | Kind::Router | Kind::Firewall))
}

/// Whether a source port is among some; one that may be any may be among them or not.
pub fn source_ports(ports: Option<&[Spanned<(u16, u16)>]>, protocol: u8, port: Option<u16>) -> Held {
    match (ports, port) {
        (None, _) => Held::YES,
        (Some(_), _) if !has_ports(protocol) => Held::NO,
        (Some(ports), Some(port)) => {
            Held::of(ports.iter().any(|range| (range.value.0..=range.value.1).contains(&port)))
        }
        (Some(ports), None) => {
            if ports.iter().any(|range| range.value == (0, u16::MAX)) {
                Held::YES
            } else {
                Held::MAYBE
            }
        }
    }
}
