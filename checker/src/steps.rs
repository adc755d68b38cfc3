//! How packets move: units, links, and what may pass a node in a box. Semantics section 5, certificate section 4.
#![allow(clippy::indexing_slicing)] // units and links are indexed by what this file and the reader made

use crate::devices::Tables;
use crate::document::{Kind, Link, fits};
use crate::meaning::Meaning;
use crate::sets::{Addresses, Headers, IPV6, Numbers, SYMBOLIC, addresses};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// A unit is a node, or one half of an l3-switch: its index is twice the node's, plus the half.
pub type Unit = usize;
pub type Interface = Option<u32>;

/// Links between one forwarding unit and leaves, all alike: same tags, same direction, and nothing names their interfaces.
/// What holds for one holds for all, so that a cell of a proof looks at each kind of socket once.
pub struct Sockets {
    pub unit: Unit,
    pub links: Vec<usize>,
}

/// The document's network, with or without the nodes that a requirement leaves out.
pub struct Network<'m, 'd> {
    pub meaning: &'m Meaning<'d>,
    /// Links to forwarding units, and sockets, by forwarding unit; all links by leaf.
    pub trunks: Vec<Vec<usize>>,
    pub sockets_of: Vec<Vec<usize>>,
    pub sockets: Vec<Sockets>,
    pub socket_of_link: Vec<Option<usize>>,
    pub absent: Vec<bool>,
    /// For documents in which addresses are translated.
    pub tables: Tables,
    /// The VLANs of a link that is not relied on.
    every_tag: Numbers,
    /// For a node with routes and one of its links: the destinations for which the routes lead there.
    routed: HashMap<usize, HashMap<usize, Addresses>>,
}

/// The rules, defaults, routes and links that a proof relies on; for a replay, all of them.
pub enum Relied {
    All,
    Only { denials: HashSet<(usize, Option<usize>, Option<usize>)>, links: Vec<bool> },
}

impl Relied {
    pub fn on(&self, node: usize, filter: Option<usize>, rule: Option<usize>) -> bool {
        match self {
            Relied::All => true,
            Relied::Only { denials, .. } => denials.contains(&(node, filter, rule)),
        }
    }

    /// Whether the VLANs and the direction of a link count; else it carries every VLAN and leads both ways.
    pub fn on_link(&self, link: usize) -> bool {
        match self {
            Relied::All => true,
            Relied::Only { links, .. } => links.get(link).copied().unwrap_or(false),
        }
    }
}

/// One box, and for each node the rules that say something about it, found once.
pub struct InBox<'n, 'm, 'd> {
    pub network: &'n Network<'m, 'd>,
    pub headers: Headers,
    relied: &'n Relied,
    spoken: HashMap<usize, Rc<Vec<Vec<usize>>>>,
}

impl<'m, 'd> Network<'m, 'd> {
    /// `absent`: the nodes that are left out.
    pub fn new(meaning: &'m Meaning<'d>, absent: Vec<bool>) -> Network<'m, 'd> {
        let document = meaning.document;
        let units = document.nodes.len() * 2;
        let mut network = Network {
            meaning,
            trunks: vec![Vec::new(); units],
            sockets_of: vec![Vec::new(); units],
            sockets: Vec::new(),
            socket_of_link: vec![None; document.links.len()],
            absent,
            tables: Tables::new(meaning),
            every_tag: Numbers::of(vec![(1, 4095)]),
            routed: HashMap::new(),
        };
        network.read_routes();
        let mut alike = BTreeMap::new();
        let named = network.named_interfaces();
        for (l, link) in document.links.iter().enumerate() {
            if link.ends.iter().any(|(node, _)| network.absent[*node]) {
                continue;
            }
            let units = link.ends.map(|(node, half)| node * 2 + half);
            let forwards = link.ends.map(|(node, _)| document.nodes[node].forwards);
            let near = usize::from(!forwards[0]);
            if forwards[0] == forwards[1] {
                units.iter().for_each(|unit| network.trunks[*unit].push(l));
                continue;
            }
            let (unit, leaf) = (units[near], units[1 - near]);
            network.trunks[leaf].push(l);
            // A link is alone if the leaf filters, or if a filter or route of the unit names it.
            let routes = network.routed.get(&(unit / 2)).is_some_and(|by_link| by_link.contains_key(&l));
            let named = link.interfaces[near].is_some_and(|i| named.contains(&(unit / 2, i)));
            let alone = (routes || named || network.is_filtered(leaf)).then_some(l);
            let direction = link.one_way.then_some(near);
            let s = *alike.entry((unit, direction, alone, Rc::as_ptr(&link.tags[near]))).or_insert_with(|| {
                network.sockets.push(Sockets { unit, links: Vec::new() });
                network.sockets_of[unit].push(network.sockets.len() - 1);
                network.sockets.len() - 1
            });
            network.sockets[s].links.push(l);
            network.socket_of_link[l] = Some(s);
        }
        network
    }

    fn named_interfaces(&self) -> HashSet<(usize, u32)> {
        let mut named = HashSet::new();
        for (n, node) in self.meaning.document.nodes.iter().enumerate() {
            let of_nat = node.nat.iter().flat_map(|entry| [&entry.enters, &entry.leaves]);
            named.extend(of_nat.flatten().flatten().map(|interface| (n, *interface)));
            for filter in &node.filters {
                let rules = filter.rules.iter().flat_map(|rule| [&rule.enters, &rule.leaves]);
                let all = rules.chain([&filter.enters, &filter.leaves]).flatten().flatten();
                named.extend(all.map(|interface| (n, *interface)));
            }
        }
        named
    }

    /// A destination goes by the vias of the longest prefix that holds it: certificate section 4.
    fn read_routes(&mut self) {
        let symbolic = self.meaning.symbolic;
        for (n, node) in self.meaning.document.nodes.iter().enumerate().filter(|(_, node)| !node.routes.is_empty()) {
            let mut by_prefix = BTreeMap::new();
            for route in &node.routes {
                by_prefix.entry((u32::MAX - route.to.length, route.to)).or_insert_with(Vec::new).push(route);
            }
            let (mut passed, mut by_link) = (Addresses::none(), HashMap::new());
            for ((_, prefix), routes) in by_prefix {
                let range = prefix.range();
                let whole = Addresses::of(vec![addresses(range.rank, range.first, range.last, symbolic)]);
                let left = whole.minus(&passed);
                // Where every route of a prefix may be absent, the next shorter prefix counts too.
                if !routes.iter().all(|route| route.fails) {
                    passed = passed.or(&whole);
                }
                for link in routes.iter().flat_map(|route| &route.via) {
                    let known: &mut Addresses = by_link.entry(*link).or_insert_with(|| {
                        // A symbolic destination matches every route that is not a drop.
                        Addresses::of(if symbolic > 0 { vec![(SYMBOLIC, IPV6)] } else { Vec::new() })
                    });
                    *known = known.or(&left);
                }
            }
            self.routed.insert(n, by_link);
        }
    }

    pub fn link(&self, link: usize) -> &Link {
        &self.meaning.document.links[link]
    }

    pub fn has_node(&self, node: usize) -> bool {
        !self.absent[node]
    }

    pub fn forwards(&self, unit: Unit) -> bool {
        self.meaning.document.nodes[unit / 2].forwards
    }

    /// Switches keep VLAN tags and never send a packet back.
    pub fn is_switch(&self, unit: Unit) -> bool {
        match self.meaning.document.nodes[unit / 2].kind {
            Kind::Switch => self.forwards(unit),
            Kind::L3Switch => unit.is_multiple_of(2),
            _ => false,
        }
    }

    pub fn session_unit(&self, node: usize) -> Unit {
        node * 2 + self.meaning.document.nodes[node].session_half()
    }

    /// It has filters, routes or `nat`: the switch half of an l3-switch has none.
    pub fn is_filtered(&self, unit: Unit) -> bool {
        let node = &self.meaning.document.nodes[unit / 2];
        let says_nothing = node.filters.is_empty() && node.routes.is_empty() && node.nat.is_empty();
        unit == self.session_unit(unit / 2) && !says_nothing
    }

    /// The destinations that the routes of a node lead to a link, where they are relied upon; `None`: any.
    pub fn routed_to(&self, relied: &Relied, node: usize, link: usize) -> Option<Option<&Addresses>> {
        let by_link = self.routed.get(&node).filter(|_| relied.on(node, None, None))?;
        Some(by_link.get(&link))
    }

    /// Which end of the link the unit is.
    pub fn end(&self, link: usize, unit: Unit) -> Option<usize> {
        self.link(link).ends.iter().position(|(node, half)| node * 2 + half == unit)
    }

    pub fn interface(&self, link: usize, unit: Unit) -> Interface {
        self.end(link, unit).and_then(|end| self.link(link).interfaces[end])
    }

    /// Both ends of the link are nodes of this network.
    pub fn has_link(&self, link: usize) -> bool {
        self.link(link).ends.iter().all(|(node, _)| self.has_node(*node))
    }

    /// Where the link leads from the unit; `None` if packets do not go that way. Replies need both ways (`pull`).
    pub fn away(&self, relied: &Relied, link: usize, unit: Unit, pull: bool) -> Option<Unit> {
        let end = self.end(link, unit)?;
        let (node, half) = self.link(link).ends[1 - end];
        let both_ways = !self.link(link).one_way || !relied.on_link(link);
        (both_ways || end == 0 && !pull).then_some(node * 2 + half)
    }

    /// The VLANs that an end of the link carries: the tags with which what bears none yet enters a switch there.
    pub fn carried(&self, relied: &Relied, link: usize, end: usize) -> &Numbers {
        if relied.on_link(link) { &self.link(link).tags[end] } else { &self.every_tag }
    }

    /// Of what a switch at an end of the link holds with these tags: the tags with which it leaves, and those with which
    /// it enters a switch at the other end (certificate section 4).
    pub fn crossing(&self, relied: &Relied, link: usize, end: usize, tags: &Numbers) -> (Numbers, Numbers) {
        let leaving = tags.and(self.carried(relied, link, end));
        let mut entering = leaving.clone();
        if let Some(native) = self.link(link).native {
            let [here, there] = [native[end], native[1 - end]].map(|vlan| (vlan, vlan + 1));
            if leaving.holds(here) {
                // What is not relied on may be missing: then the tag stays.
                let kept = if relied.on_link(link) { leaving.minus(&Numbers::of(vec![here])) } else { leaving.clone() };
                entering = kept.or(&Numbers::of(vec![there]));
            }
        }
        let entering = entering.and(self.carried(relied, link, 1 - end));
        (leaving, entering)
    }

    /// A packet that comes by the link has these tags at a switch; `None` at a unit that drops them.
    pub fn at_switch<'t>(&self, unit: Unit, tags: &'t Numbers) -> Option<&'t Numbers> {
        self.is_switch(unit).then_some(tags)
    }
}

impl<'n, 'm, 'd> InBox<'n, 'm, 'd> {
    pub fn new(network: &'n Network<'m, 'd>, headers: Headers, relied: &'n Relied) -> Self {
        InBox { network, headers, relied, spoken: HashMap::new() }
    }

    /// For each filter, the rules that say something about the box: permits with a header in it, and denials that are
    /// relied on and hold all of it.
    fn spoken(&mut self, node: usize) -> Rc<Vec<Vec<usize>>> {
        if let Some(known) = self.spoken.get(&node) {
            return known.clone();
        }
        let meaning = self.network.meaning;
        let h = self.headers;
        let mut filters = Vec::new();
        for (f, filter) in meaning.document.nodes[node].filters.iter().enumerate() {
            let mut speaking = Vec::new();
            for (r, rule) in filter.rules.iter().enumerate().filter(|(_, rule)| !rule.silent) {
                let (from, to) = &meaning.rules[node][f][r];
                let port = rule.source_port.as_ref();
                let speaks = if rule.permit {
                    to.meets(h.destination)
                        && from.meets(h.source)
                        && rule.service.meets(h.service)
                        && port.is_none_or(|p| p.meets(h.source_port))
                } else {
                    self.relied.on(node, Some(f), Some(r))
                        && to.holds(h.destination)
                        && from.holds(h.source)
                        && rule.service.holds(h.service)
                        && port.is_none_or(|p| p.holds(h.source_port))
                };
                if speaks {
                    speaking.push(r);
                    if rule.enters.is_none() && rule.leaves.is_none() {
                        break; // it decides for every interface
                    }
                }
            }
            filters.push(speaking);
        }
        let filters = Rc::new(filters);
        self.spoken.insert(node, filters.clone());
        filters
    }

    /// May packets of the box pass the unit, from an interface (or emitted) to a link (or delivered)?
    pub fn may_pass(&mut self, unit: Unit, enters: Option<usize>, leaves: Option<usize>) -> bool {
        if !self.network.is_filtered(unit) {
            return true;
        }
        let node = unit / 2;
        let spoken = self.spoken(node);
        let interface = |link: Option<usize>| link.and_then(|link| self.network.interface(link, unit));
        let (i, o) = (interface(enters), interface(leaves));
        for (f, filter) in self.network.meaning.document.nodes[node].filters.iter().enumerate() {
            if !filter.applies(i, o) {
                continue;
            }
            let rules = spoken[f].iter().map(|r| &filter.rules[*r]);
            let permits =
                rules.into_iter().find(|rule| fits(&rule.enters, i) && fits(&rule.leaves, o)).map(|rule| rule.permit);
            if !permits.unwrap_or(filter.default_permit || !self.relied.on(node, Some(f), None)) {
                return false;
            }
        }
        match (enters, leaves, self.network.routed.get(&node)) {
            (Some(_), Some(leaves), Some(by_link)) if self.relied.on(node, None, None) => {
                by_link.get(&leaves).is_some_and(|to| to.meets(self.headers.destination))
            }
            _ => true,
        }
    }
}
