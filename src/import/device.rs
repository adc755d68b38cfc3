//! One device as every vendor's configuration becomes it: interfaces, filters, translations, routes, each with the place it
//! came from. This is the seam. In which order a device applies what, and which header a filter sees, is said here and in
//! the vendors' modules that fill it; behind it nobody knows vendors.

mod filter;

use std::net::IpAddr;
use std::sync::Arc;

pub use filter::{Applies, Filter, Rule, ServiceList};

use serde_json::{Map, Value};

use super::ledger::Origin;
use super::region::Services;
use super::set::AddressSet;
use super::switch::SwitchPort;

/// Names of a line of a configuration: of interfaces, of addresses. Lines that name the same share them, and no name takes no memory.
pub type Names = Arc<[String]>;

/// Addresses, as a rule names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// Known addresses.
    pub set: AddressSet,
    /// Names that stand for addresses nobody told of: host names, countries, databases of services.
    pub names: Names,
    /// Everything but these.
    pub not: bool,
}

impl Selector {
    /// Every address.
    #[must_use]
    pub fn any() -> Self {
        Self::of(AddressSet::all())
    }

    /// These addresses.
    #[must_use]
    pub fn of(set: AddressSet) -> Self {
        Self { set, names: Names::default(), not: false }
    }

    /// An address that only the name is known of.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { names: [name.into()].into(), ..Self::default() }
    }

    /// What it may hold: names may stand for anything.
    #[must_use]
    pub fn loose(&self) -> AddressSet {
        match (self.not, self.names.is_empty()) {
            (false, true) => self.set.clone(),
            (false, false) => AddressSet::all(),
            (true, _) => self.set.complement(),
        }
    }

    /// What it surely holds: names may stand for nothing, or, where they are excluded, for anything.
    #[must_use]
    pub fn strict(&self) -> AddressSet {
        match (self.not, self.names.is_empty()) {
            (false, _) => self.set.clone(),
            (true, true) => self.set.complement(),
            (true, false) => AddressSet::default(),
        }
    }

    /// The union of two.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.not || other.not {
            // not(A) or B: not(A without B), where B has no names; else what both may be, as a name
            let (not, plain) = if self.not { (self, other) } else { (other, self) };
            if !plain.not && plain.names.is_empty() {
                return Self { set: not.set.subtract(&plain.set), ..not.clone() };
            }
            let set = self.strict().union(&other.strict());
            let mut names: Vec<String> = self.names.iter().chain(&*other.names).cloned().collect();
            names.dedup();
            return Self { set, names: names.into(), not: false };
        }
        Self { set: self.set.union(&other.set), names: self.names_with(other), not: false }
    }

    /// Everything but this.
    #[must_use]
    pub fn negated(mut self) -> Self {
        if self.names.is_empty() {
            return Self::of(if self.not { self.set } else { self.set.complement() });
        }
        self.not = !self.not;
        self
    }

    /// This without another. Where names make it unsure, it may be all that it might, and is surely only the rest.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        if other.names.is_empty() && !self.not {
            let set = self.set.subtract(&other.loose());
            return Self { set, ..self.clone() };
        }
        let set = self.strict().subtract(&other.loose());
        Self { set, names: self.names_with(other), not: false }
    }

    /// The names of two, each once.
    fn names_with(&self, other: &Self) -> Names {
        if other.names.is_empty() {
            return self.names.clone();
        }
        let mut names: Vec<String> = self.names.iter().chain(&*other.names).cloned().collect();
        names.sort();
        names.dedup();
        names.into()
    }
}

/// What a translation makes of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// Itself: the entry matches and ends the search.
    Kept,
    /// One of these.
    Addresses(AddressSet),
    /// An address of the device itself.
    Own,
}

impl Becomes {
    /// One of the addresses of a selector; where nobody knows which those are, it may be any.
    #[must_use]
    pub fn one_of(selector: &Selector) -> Self {
        let known = !selector.not && selector.names.is_empty();
        Self::Addresses(if known { selector.set.clone() } else { AddressSet::default() }).or_any().0
    }

    /// Itself, and whether it is known. SOUNDNESS: of no address at all it may be every one; the document has no such list.
    #[must_use]
    pub fn or_any(self) -> (Self, bool) {
        match self {
            Self::Addresses(set) if set.is_empty() => (Self::Addresses(AddressSet::all()), false),
            known => (known, true),
        }
    }
}

/// An entry of address translation.
#[derive(Clone, Debug)]
pub struct Translation {
    /// Its name for people.
    pub id: String,
    /// Whether it is the destination that is translated (otherwise the source).
    pub destination: bool,
    /// Into what.
    pub becomes: Becomes,
    /// The new destination port.
    pub port: Option<u16>,
    /// The k-th address becomes the k-th.
    pub one_to_one: bool,
    /// Sources that it is for.
    pub from: Selector,
    /// Destinations that it is for.
    pub to: Selector,
    /// Services that it is for.
    pub services: Services,
    /// Names of interfaces in; `None`: any.
    pub ways_in: Option<Names>,
    /// Names of interfaces out; `None`: any.
    pub ways_out: Option<Names>,
    /// Of a destination: for what the device itself sends (otherwise for what arrives).
    pub emitted: bool,
    /// Of a source: it looks at the destination before its translation.
    pub sees_original_destination: bool,
    /// What the model cannot judge; it may translate or not.
    pub condition: Option<Box<str>>,
    /// Where it stands.
    pub origin: Origin,
}

impl Translation {
    /// A translation of every packet.
    #[must_use]
    pub fn new(id: impl Into<String>, destination: bool, becomes: Becomes, origin: Origin) -> Self {
        Self {
            id: id.into(),
            destination,
            becomes,
            port: None,
            one_to_one: false,
            from: Selector::any(),
            to: Selector::any(),
            services: Services::all(),
            ways_in: None,
            ways_out: None,
            emitted: false,
            sees_original_destination: false,
            condition: None,
            origin,
        }
    }

    /// What a line that is not understood may do, if anything: make any address of any of these, of the destination of what comes in by an
    /// interface, and of the source of what leaves by it; `None`: by any.
    #[must_use]
    pub fn lost(id: &str, among: AddressSet, way: Option<&str>, condition: &str, origin: &Origin) -> [Self; 2] {
        [false, true].map(|destination| {
            let by = way.map(|name| [name.to_owned()].into());
            let (ways_in, ways_out) = if destination { (by, None) } else { (None, by) };
            let entry = Self::new(id, destination, Becomes::Addresses(among.clone()), origin.clone());
            Self { ways_in, ways_out, condition: Some(condition.into()), ..entry }
        })
    }
}

/// A network: an address and the length of its prefix. The address may have host bits: it is then the interface's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Net {
    /// The address.
    pub address: IpAddr,
    /// Bits of the prefix, at most those of the family.
    pub length: u8,
}

impl Net {
    /// The network without host bits.
    #[must_use]
    pub fn prefix(self) -> Self {
        let set = self.set();
        let ranges = if self.address.is_ipv4() { set.v4 } else { set.v6 };
        let (family, _) = super::set::number(self.address);
        let low = ranges.first().unwrap_or(0);
        Self { address: super::set::address(family, low), length: self.length }
    }

    /// Its addresses.
    #[must_use]
    pub fn set(self) -> AddressSet {
        AddressSet::network(self.address, self.length).unwrap_or_default()
    }

    /// Whether it is one address.
    #[must_use]
    pub fn is_single(self) -> bool {
        self.length == if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// As the document spells it, with the length also of single addresses.
    #[must_use]
    pub fn word(self) -> String {
        format!("{}/{}", self.address, self.length)
    }
}

/// The VLAN of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The device's own switch carries it (an SVI).
    Own(u16),
    /// Another interface carries it: tagged, or untagged where it is the native VLAN there.
    On {
        /// The name of the other interface.
        parent: String,
        /// The VLAN.
        vlan: u16,
        /// Whether its frames bear no tag.
        native: bool,
    },
}

/// An interface that is up.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its name as rules call it.
    pub name: String,
    /// Its addresses with their networks, secondary ones too.
    pub addresses: Vec<Net>,
    /// The far end where it is a tunnel, as the configuration names it.
    pub tunnel: Option<String>,
    /// Whether it leads nowhere outside the device (a loopback).
    pub internal: bool,
    /// Whether its address is not in the configuration (DHCP, PPPoE).
    pub dynamic: bool,
    /// Its VLAN.
    pub tag: Option<Tag>,
    /// Whether it is a port of the device's switch, which is here because a filter names it.
    pub switched: bool,
    /// Where it stands.
    pub origin: Origin,
}

impl Interface {
    /// An interface without addresses.
    #[must_use]
    pub fn new(name: impl Into<String>, origin: Origin) -> Self {
        Self {
            name: name.into(),
            addresses: Vec::new(),
            tunnel: None,
            internal: false,
            dynamic: false,
            tag: None,
            switched: false,
            origin,
        }
    }
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// The prefix.
    pub to: Net,
    /// The interface; `None` drops.
    pub via: Option<String>,
    /// Whether it may be absent.
    pub fails: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// A device, or one of several on it (a VDOM, a VRF).
#[derive(Clone, Debug)]
pub struct Device {
    /// The node's id.
    pub id: String,
    /// The word of the document.
    pub kind: &'static str,
    /// Where it stands.
    pub origin: Origin,
    /// Interfaces that are up.
    pub interfaces: Vec<Interface>,
    /// Zones of its own, each with its interfaces.
    pub zones: Vec<(String, Vec<String>)>,
    /// Filters in the order in which the device applies them.
    pub filters: Vec<Filter>,
    /// Translations in the device's order.
    pub translations: Vec<Translation>,
    /// Routes; `None`: anything is possible.
    pub routes: Option<Vec<Route>>,
    /// Whether its table of routes alone decides where packets go, so that what it shows of the table is exact.
    pub tabled: bool,
    /// Networks that it has beside the addresses of its interfaces.
    pub networks: Vec<Net>,
    /// Whether packets of IPv6 pass it at all.
    pub ipv6: bool,
    /// Whether packets of IPv4 pass it at all.
    pub ipv4: bool,
    /// What else an inventory says of it, in the keys of a document.
    pub said: Map<String, Value>,
}

impl Device {
    /// A device with nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: &'static str, origin: Origin) -> Self {
        Self {
            id: id.into(),
            kind,
            origin,
            interfaces: Vec::new(),
            zones: Vec::new(),
            filters: Vec::new(),
            translations: Vec::new(),
            routes: None,
            tabled: false,
            networks: Vec::new(),
            ipv6: true,
            ipv4: true,
            said: Map::new(),
        }
    }

    /// A copy that has no filters.
    #[must_use]
    pub fn without_filters(&self) -> Self {
        Self {
            id: self.id.clone(),
            kind: self.kind,
            origin: self.origin.clone(),
            interfaces: self.interfaces.clone(),
            zones: self.zones.clone(),
            filters: Vec::new(),
            translations: self.translations.clone(),
            routes: self.routes.clone(),
            tabled: self.tabled,
            networks: self.networks.clone(),
            ipv6: self.ipv6,
            ipv4: self.ipv4,
            said: self.said.clone(),
        }
    }

    /// The interface that stands for one that is not named itself: that of the longest pattern (`eth+`) it fits, else the
    /// last, which stands for all others.
    #[must_use]
    pub fn standing_for(&self, name: &str) -> Option<String> {
        let fits = |way: &&Interface| way.name.strip_suffix('+').is_some_and(|prefix| name.starts_with(prefix));
        let pattern = self.interfaces.iter().filter(fits).max_by_key(|way| way.name.len());
        pattern.or_else(|| self.interfaces.last()).map(|way| way.name.clone())
    }

    /// An interface by its name.
    #[must_use]
    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.name == name)
    }
}

/// A link between two nodes of one configuration: between VDOMs, or where routes of VRFs leak; a link of an inventory.
#[derive(Clone, Debug)]
pub struct Join {
    /// The ends: a node and its interface.
    pub ends: [(String, String); 2],
    /// Which ends name no interface of their own: it is called after the other node.
    pub bare: [bool; 2],
    /// What an inventory says of it, in the keys of a document.
    pub said: Map<String, Value>,
    /// What an inventory says of the ports at its ends: of switches whose ports are known.
    pub ports: [Option<SwitchPort>; 2],
    /// Where it stands.
    pub origin: Origin,
}

impl Join {
    /// A link of which nothing else is said.
    #[must_use]
    pub fn new(ends: [(String, String); 2], origin: Origin) -> Self {
        Self { ends, bare: [false, false], said: Map::new(), ports: [None, None], origin }
    }
}
