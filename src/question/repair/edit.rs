//! The edits that a repair may make, and which of them break a way.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::document::{Action, Cidr, Family, Kind, Rule, Selector, SelectorItem, ServiceItem, Spanned};
use crate::engine::replay::Replay;
use crate::engine::trace::{Half, Hop, Packet, PacketAddress, PassTrace, SessionTrace, Way, Witness};
use crate::model::{LinkId, Model};

/// What may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Rules that deny, in filters that are there.
    pub rules: bool,
    /// Links that are cut.
    pub links: bool,
    /// `relays: []` for nodes that declare nothing and pass everything.
    pub relays: bool,
    /// VLANs that are taken from links and from what l3-switches route between.
    pub vlans: bool,
}

impl Allowed {
    /// Everything.
    pub const ALL: Self = Self { rules: true, links: true, relays: true, vlans: true };

    /// The words of `--allow` that stand for it.
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        let all = [(self.rules, "rules"), (self.links, "links"), (self.relays, "relays"), (self.vlans, "vlans")];
        all.into_iter().filter(|(allowed, _)| *allowed).map(|(_, word)| word).collect()
    }
}

/// A rule that denies, at the beginning of a filter or where else it does the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Denial {
    /// The node.
    pub node: u32,
    /// The filter.
    pub filter: u32,
    /// The interface that packets come in by; `None`: the node emits them.
    pub r#in: Option<String>,
    /// The interface that they leave by; `None`: they are for the node.
    pub out: Option<String>,
    /// Whether it is for every service. What is narrower comes first.
    pub any_service: bool,
    /// Whether it is between zones, not prefixes.
    pub zones: bool,
    /// Bits of both prefixes that are left open.
    pub open: u16,
    /// As a selector.
    pub from: String,
    /// As a selector.
    pub to: String,
    /// As a service.
    pub service: String,
}

/// An edit, by indices of the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    /// A rule.
    Deny(Denial),
    /// A node declares that it relays nothing.
    Relays(u32),
    /// A VLAN is no longer among those that an l3-switch routes between.
    Routed { node: u32, vlan: u16 },
    /// A VLAN is taken from a link.
    Vlan { link: LinkId, vlan: u16 },
    /// A link is cut.
    Cut(LinkId),
}

impl Edit {
    /// What it costs.
    pub const fn cost(&self) -> u64 {
        if matches!(self, Self::Cut(_)) { 3 } else { 1 }
    }

    /// The word of a certificate for its kind.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Deny(_) => "rule",
            Self::Relays(_) => "relays",
            Self::Routed { .. } => "routed-vlan",
            Self::Vlan { .. } => "vlan",
            Self::Cut(_) => "link",
        }
    }

    /// Its place in the document: nodes, then links.
    pub const fn place(&self) -> (bool, usize) {
        match self {
            Self::Deny(denial) => (false, denial.node as usize),
            Self::Relays(node) | Self::Routed { node, .. } => (false, *node as usize),
            Self::Vlan { link, .. } | Self::Cut(link) => (true, link.index()),
        }
    }
}

/// A service that the document names, as it is written.
struct Named {
    item: ServiceItem<'static>,
    text: String,
}

/// All edits of a document that are allowed.
pub struct Universe<'u, 'm, 'd> {
    model: &'m Model<'d>,
    replay: &'u Replay<'m, 'd>,
    allowed: Allowed,
    /// Networks of zones, and what nodes declare.
    prefixes: Vec<Cidr>,
    services: Vec<Named>,
    names_vlans: bool,
    /// Whether the document was put together from configurations.
    imported: bool,
    /// By address.
    known: RefCell<FxHashMap<PacketAddress, Vec<Selecting>>>,
}

/// A selector that holds an address: as it is written, and how many bits of it are open; `None`: it is a zone.
type Selecting = (String, Option<u16>);

impl<'u, 'm, 'd> Universe<'u, 'm, 'd> {
    /// Those of a document. O(n log n).
    pub fn new(model: &'m Model<'d>, replay: &'u Replay<'m, 'd>, allowed: Allowed, imported: bool) -> Self {
        let document = model.document;
        let networks = document.zones.iter().flat_map(|zone| &zone.networks).map(|network| network.value);
        let declared = document.nodes.iter().flat_map(|node| node.addresses.iter());
        let mut prefixes: Vec<Cidr> = networks.chain(declared).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        let details = document.nodes.iter().filter_map(|node| node.details.as_deref());
        let filters = details.flat_map(|details| details.filters.iter().flatten());
        let rules = filters.flat_map(|filter| &filter.rules).map(|rule| &rule.service);
        let named = document.services.iter().map(|service| &service.items);
        let excepted = document.exceptions.iter().map(|exception| &exception.service);
        let expected = document.expects.iter().map(|expected| &expected.service);
        let mut services: Vec<Named> = rules
            .chain(named)
            .chain(excepted)
            .chain(expected)
            .flatten()
            .filter_map(|item| match item.value {
                ServiceItem::Protocol { number, ports } => Some(ServiceItem::Protocol { number, ports }),
                _ => None,
            })
            .map(|item| Named { text: item.to_string(), item })
            .collect();
        services.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        services.dedup_by(|a, b| a.text == b.text);
        let names_vlans = document.links.iter().any(|link| link.names_vlans());
        Self { model, replay, allowed, prefixes, services, names_vlans, imported, known: RefCell::default() }
    }

    /// The edits each of which breaks a data path.
    pub fn breaking(&self, witness: &Witness) -> BTreeSet<Edit> {
        let mut out = BTreeSet::new();
        witness.sessions.iter().for_each(|session| self.breaking_session(session, &mut out));
        if self.allowed.relays {
            for (at, pass) in witness.passes.iter().enumerate() {
                if *pass == PassTrace::Undeclared {
                    out.insert(Edit::Relays(witness.nodes[at + 1]));
                }
            }
        }
        out
    }

    /// The edits each of which breaks a session; none breaks a transfer.
    pub fn breaking_session(&self, session: &SessionTrace, out: &mut BTreeSet<Edit>) {
        let Some(mut packet) = session.packet() else { return };
        for (at, hop) in session.hops.iter().enumerate() {
            let before = packet;
            if let Some(translation) = &hop.translation {
                packet = translation.packet;
            }
            if self.allowed.rules {
                self.denials(hop, [&before, &packet], out);
            }
            if let (Some(Way::L3Link(Some(vlan))), true) = (hop.way, self.allowed.vlans)
                && self.may_stop_routing(hop.node, vlan)
            {
                out.insert(Edit::Routed { node: hop.node, vlan });
            }
            let (Some(Way::Link { link, backward }), Some(next)) = (hop.way, session.hops.get(at + 1)) else {
                continue;
            };
            if self.allowed.links && self.is_cable(link) {
                out.insert(Edit::Cut(link));
            }
            if self.allowed.vlans {
                let near = usize::from(backward);
                let near_tag = hop.tag.filter(|_| is_switch(self.model, hop));
                for (end, tag) in [(near, near_tag), (1 - near, next.tag.filter(|_| is_switch(self.model, next)))] {
                    out.extend(tag.filter(|&tag| self.may_lose(link, end, tag)).map(|vlan| Edit::Vlan { link, vlan }));
                }
            }
        }
    }

    /// Whether a link can be cut. Where an importer drew it, one between two switches without a port at either end stands for the ports
    /// of a segment on a switch, and is no cable.
    fn is_cable(&self, link: LinkId) -> bool {
        let value = &self.model.document.links[link.index()];
        let ends = self.model.names.links[link.index()];
        let switches = ends.iter().all(|&end| self.model.document.nodes[end as usize].kind == Kind::Switch);
        !(self.imported && switches && (0..2).all(|end| value.interface(end).is_none()))
    }

    /// Whether a VLAN that an end of a link carries may be taken from the link: not its native one, and not the only one
    /// of an end, of which nothing would be left. A link that names none carries
    /// all, where the document names any.
    fn may_lose(&self, link: LinkId, end: usize, vlan: u16) -> bool {
        let value = &self.model.document.links[link.index()];
        let native = value.native().is_some_and(|native| native.contains(&vlan));
        let names_none = value.vlan_lists().next().is_none();
        !native && !value.carries_only(vlan) && (value.vlans_at(end).is_some() || names_none && self.names_vlans)
    }

    /// Whether nothing of an l3-switch names the interface of a VLAN that it routes.
    fn may_stop_routing(&self, node: u32, vlan: u16) -> bool {
        let Some(details) = self.model.document.nodes[node as usize].details.as_deref() else { return true };
        let interface = format!("vlan{vlan}");
        let named = |list: &Option<Vec<Spanned<crate::document::Text<'_>>>>| {
            list.iter().flatten().any(|name| name.value == interface)
        };
        let filters = || details.filters.iter().flatten();
        let routes = details.routes.iter().flatten().filter_map(|route| route.via.as_ref());
        !(filters().any(|filter| named(&filter.r#in) || named(&filter.out))
            || filters().flat_map(|filter| &filter.rules).any(|rule| named(&rule.r#in) || named(&rule.out))
            || details.nat.iter().flatten().any(|entry| named(&entry.r#in) || named(&entry.out))
            || routes.into_iter().any(|via| via.value == interface))
    }

    /// The rules that deny a packet at a hop; `before` and `after` are the packet as it comes and as it leaves.
    fn denials(&self, hop: &Hop, [before, after]: [&Packet; 2], out: &mut BTreeSet<Edit>) {
        let node = &self.model.document.nodes[hop.node as usize];
        let filters = node.details.as_deref().and_then(|details| details.filters.as_deref()).unwrap_or_default();
        for decider in &hop.deciders {
            let Some(filter) = filters.get(decider.filter as usize) else { continue };
            let sees = filter.sees.as_ref().map(|sees| sees.value).unwrap_or_default();
            let source = if sees.translated_source { after } else { before };
            let destination = if sees.translated_destination { after } else { before };
            let packet = Packet { source: source.source, source_port: source.source_port, ..*destination };
            let [sources, destinations] = [packet.source, packet.destination].map(|address| self.selecting(address));
            let any = ("any".to_owned(), true);
            let matching = self.services.iter().filter(|named| {
                self.replay.denied_by(&denial(any_address(), any_address(), named.item.clone()), &packet)
            });
            let services: Vec<(String, bool)> =
                matching.map(|named| (named.text.clone(), false)).chain([any]).collect();
            for (from, open_from) in &sources {
                for (to, open_to) in &destinations {
                    if open_from.is_some() != open_to.is_some() {
                        continue;
                    }
                    for (service, any_service) in &services {
                        out.insert(Edit::Deny(Denial {
                            node: hop.node,
                            filter: decider.filter,
                            r#in: hop.r#in.clone(),
                            out: hop.out.clone(),
                            any_service: *any_service,
                            zones: open_from.is_none(),
                            open: open_from.unwrap_or_default() + open_to.unwrap_or_default(),
                            from: from.clone(),
                            to: to.clone(),
                            service: service.clone(),
                        }));
                    }
                }
            }
        }
    }

    /// The zones and prefixes that surely hold an address, as a denial means them.
    fn selecting(&self, address: PacketAddress) -> Vec<Selecting> {
        if let Some(known) = self.known.borrow().get(&address) {
            return known.clone();
        }
        let within = |prefix: &&Cidr| match address {
            PacketAddress::Known(family, value) => {
                let range = prefix.range();
                range.family == family && range.low <= value && value <= range.high
            }
            PacketAddress::Symbolic(_) => false,
        };
        let open = |prefix: &Cidr| {
            let width: u16 = if prefix.family == Family::V4 { 32 } else { 128 };
            Some(width.saturating_sub(u16::from(prefix.length)))
        };
        let prefixes = self.prefixes.iter().filter(within);
        let prefixes = prefixes.map(|prefix| (prefix.range().to_string(), open(prefix)));
        let to_itself =
            Packet { source: address, destination: address, protocol: 1, source_port: None, destination_port: None };
        let holds = |zone: &&&str| {
            let zone = SelectorItem::Zone(zone.to_string().into());
            let zone = vec![Spanned::nowhere(zone)];
            self.replay.denied_by(&denial(zone, any_address(), ServiceItem::Any), &to_itself)
        };
        let zones = self.model.names.zones.iter().filter(holds);
        let found: Vec<Selecting> = prefixes.chain(zones.map(|zone| (format!("zone:{zone}"), None))).collect();
        self.known.borrow_mut().insert(address, found.clone());
        found
    }
}

/// Whether a packet has a tag there: at a switch, or at the switch of an l3-switch.
pub fn is_switch(model: &Model<'_>, hop: &Hop) -> bool {
    let plain = model.document.nodes[hop.node as usize].kind == Kind::Switch;
    hop.half == Half::Switch || plain && model.labels.forwards[hop.node as usize]
}

fn any_address() -> Selector<'static> {
    vec![Spanned::nowhere(SelectorItem::Any)]
}

/// A rule that denies.
fn denial(from: Selector<'static>, to: Selector<'static>, service: ServiceItem<'static>) -> Rule<'static> {
    Rule::plain(Action::Deny, from, to, vec![Spanned::nowhere(service)])
}
