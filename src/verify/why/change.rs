//! What would have to change in a document so that one packet gets by its obstacles: as narrow as it can be written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::document::{
    Action, AddressRange, Cidr, Document, Family, Link, NatEntry, NatSide, NatTarget, Relay, Route, Rule, Selector,
    SelectorItem, Service, ServiceItem, Spanned,
};
use crate::engine::Step;
use crate::engine::obstacle::{Found, Obstacle, is_new};
use crate::engine::route::Adjacency;
use crate::engine::trace::{Hop, Packet, PacketAddress, PassTrace, Translation, Way};
use crate::model::{LinkId, Model};
use crate::number::number;
use crate::source::Span;

/// A packet as a filter sees it.
pub(super) fn seen_by(model: &Model<'_>, node: u32, filter: u32, step: &Step) -> Packet {
    let sees = model.filters[&node][filter as usize].sees;
    // What is delivered has no translated source.
    let source = if sees.translated_source && step.leaves.is_some() { &step.after } else { &step.before };
    let destination = if sees.translated_destination { &step.after } else { &step.before };
    Packet { source: source.source, source_port: source.source_port, ..*destination }
}

/// The name of the interface by which a packet leaves a node. By the link that there is not nothing is routed.
pub(super) fn interface(adjacency: &Adjacency<'_, '_>, way: Way) -> String {
    match way {
        Way::Link { .. } if is_new(adjacency.model(), way) => String::new(),
        Way::Link { link, backward } => adjacency.interface(link, backward).to_owned(),
        Way::L3Link(vlan) => crate::topology::L3Switch::interface(vlan),
    }
}

/// Changes of one document for one way.
pub(super) struct Changes<'d> {
    /// Node, filter, and the place that a rule goes to.
    rules: BTreeMap<(u32, u32, u32), Vec<Rule<'d>>>,
    /// Node and the place that an entry of `nat` goes to.
    kept: BTreeMap<(u32, u32), Vec<NatEntry<'d>>>,
    routes: Vec<(u32, Route<'d>)>,
    /// Link, end, VLAN.
    vlans: Vec<(LinkId, usize, u16)>,
    routed: BTreeMap<u32, Vec<u16>>,
    two_way: Vec<LinkId>,
    relays: Vec<(u32, Relay<'d>)>,
    link: Option<[u32; 2]>,
    /// Whether the way needs a link that is left out.
    lacks_link: bool,
    /// Stage, step, and which of its translations does not happen: entry, and whether of the source.
    untranslated: Vec<(usize, usize, u32, bool)>,
    /// Nodes between, by their place, that get an entry of relays.
    relaying: BTreeMap<usize, u32>,
}

fn address<'d>(model: &Model<'d>, address: PacketAddress) -> Selector<'d> {
    vec![Spanned::nowhere(match address {
        PacketAddress::Known(family, value) => {
            SelectorItem::Addresses(AddressRange { family, low: value, high: value })
        }
        PacketAddress::Symbolic(node) => SelectorItem::Node(Cow::Borrowed(model.id(node))),
    })]
}

fn service<'d>(packet: &Packet) -> Service<'d> {
    let ports = packet.destination_port.map(|port| (port, port));
    vec![Spanned::nowhere(ServiceItem::Protocol { number: packet.protocol, ports })]
}

fn permit<'d>(model: &Model<'d>, packet: &Packet) -> Rule<'d> {
    let (from, to) = (address(model, packet.source), address(model, packet.destination));
    Rule::plain(Action::Permit, from, to, service(packet))
}

impl<'d> Changes<'d> {
    /// What a way needs, but for one obstacle.
    pub(super) fn of(adjacency: &Adjacency<'_, 'd>, found: &Found, left_in_place: Option<Obstacle>) -> Self {
        let mut out = Self {
            rules: BTreeMap::new(),
            kept: BTreeMap::new(),
            routes: Vec::new(),
            vlans: Vec::new(),
            routed: BTreeMap::new(),
            two_way: Vec::new(),
            relays: Vec::new(),
            link: None,
            lacks_link: false,
            untranslated: Vec::new(),
            relaying: BTreeMap::new(),
        };
        let model = adjacency.model();
        for (at, pass) in found.passes.iter().enumerate() {
            let node = found.nodes[at + 1];
            if pass.is_none() && left_in_place != Some(Obstacle::Relay { node }) {
                out.relay(model, at + 1, [found.nodes[at], node, found.nodes[at + 2]]);
            }
        }
        for (stage, trail) in
            found.stages.iter().enumerate().filter_map(|(at, stage)| Some((at, stage.trail.as_ref()?)))
        {
            for (at, obstacle) in &trail.stops {
                if left_in_place != Some(*obstacle) {
                    out.past(adjacency, (stage, *at), &trail.steps, *obstacle);
                } else if matches!(obstacle, Obstacle::NoLink { .. }) {
                    out.lacks_link = true;
                }
            }
        }
        out
    }

    pub(super) const fn lacks_link(&self) -> bool {
        self.lacks_link
    }

    fn relay(&mut self, model: &Model<'d>, at: usize, [before, node, after]: [u32; 3]) {
        let peer = |node: u32| vec![Spanned::nowhere(SelectorItem::Node(Cow::Borrowed(model.id(node))))];
        let any = || vec![Spanned::nowhere(ServiceItem::Any)];
        let entry = Relay {
            from: peer(before),
            to: peer(after),
            from_service: any(),
            to_service: any(),
            sanitise: None,
            both: false,
            span: Span::default(),
        };
        let own = model.document.nodes[node as usize].relays().map_or(0, <[_]>::len);
        let added = self.relays.iter().filter(|(other, _)| *other == node).count();
        self.relaying.insert(at, number(own + added));
        self.relays.push((node, entry));
    }

    fn past(&mut self, adjacency: &Adjacency<'_, 'd>, place: (usize, usize), steps: &[Step], obstacle: Obstacle) {
        let model = adjacency.model();
        let step = &steps[place.1];
        match obstacle {
            Obstacle::Rule { node, filter, rule } => {
                let rules = self.rules.entry((node, filter, rule)).or_default();
                rules.push(permit(model, &seen_by(model, node, filter, step)));
            }
            Obstacle::Default { node, filter } => {
                let compiled = &model.filters[&node][filter as usize];
                let end = compiled.rules.end - compiled.rules.start;
                let rules = self.rules.entry((node, filter, end)).or_default();
                rules.push(permit(model, &seen_by(model, node, filter, step)));
            }
            Obstacle::Route { node, .. } => {
                // A route to one address hides those that it had: the others of this way are given again.
                let same = |other: &&Step| other.node == node && other.after.destination == step.after.destination;
                for way in steps.iter().filter(same).filter_map(|other| other.leaves) {
                    self.routes.push((node, route(adjacency, way, step.after.destination)));
                }
            }
            Obstacle::Translation { node, entry } => self.keep(model, place, step, (node, entry)),
            Obstacle::Vlan { link, vlan } => {
                let document = &model.document.links[link.index()];
                // A packet that comes from no switch has the VLAN of the other end.
                let Some(Way::Link { backward, .. }) = step.leaves else { return };
                let end = usize::from(backward);
                let near = step.tag.is_some();
                let there = if near { document.renamed(end, vlan) } else { vlan };
                self.vlans.push((link, 1 - end, there));
                if near {
                    self.vlans.push((link, end, vlan));
                }
            }
            Obstacle::RoutedVlan { node, vlan } => {
                self.routed.entry(node).or_insert_with(|| adjacency.routed_tags(node)).push(vlan);
            }
            Obstacle::OneWay { link } => self.two_way.push(link),
            Obstacle::NoLink { from, to } => self.link = Some([from, to]),
            Obstacle::Relay { .. } => {}
        }
    }

    fn keep(&mut self, model: &Model<'d>, (stage, at): (usize, usize), step: &Step, (node, entry): (u32, u32)) {
        let details = model.document.nodes[node as usize].details.as_deref();
        let Some(own) = details.and_then(|details| details.nat.as_deref()?.get(entry as usize)) else { return };
        let (side, seen, of_source) = match own.side {
            NatSide::Source { sees_original_destination: true } => (own.side, step.before, true),
            NatSide::Source { .. } => {
                let destination = Packet { source: step.before.source, ..step.after };
                (own.side, Packet { source_port: step.before.source_port, ..destination }, true)
            }
            NatSide::Destination { arrived, emitted, .. } => {
                (NatSide::Destination { port: None, arrived, emitted }, step.before, false)
            }
        };
        let kept = NatEntry {
            id: None,
            side,
            target: NatTarget::Keep,
            one_to_one: false,
            from: address(model, seen.source),
            to: address(model, seen.destination),
            service: service(&seen),
            source_port: None,
            r#in: own.r#in.clone(),
            out: own.out.clone(),
            note: None,
            origin: None,
            span: Span::default(),
        };
        self.kept.entry((node, entry)).or_default().push(kept);
        self.untranslated.push((stage, at, entry, of_source));
    }

    /// Makes the changes. What goes in further down goes in first.
    pub(super) fn apply(&self, document: &mut Document<'d>) {
        for (&(node, filter, at), rules) in self.rules.iter().rev() {
            let details = document.nodes[node as usize].details.get_or_insert_default();
            if let Some(filter) = details.filters.as_mut().and_then(|filters| filters.get_mut(filter as usize)) {
                let at = (at as usize).min(filter.rules.len());
                filter.rules.splice(at..at, rules.iter().cloned());
            }
        }
        for (&(node, at), entries) in self.kept.iter().rev() {
            let details = document.nodes[node as usize].details.get_or_insert_default();
            if let Some(nat) = details.nat.as_mut() {
                nat.splice(at as usize..at as usize, entries.iter().cloned());
            }
        }
        for (node, route) in &self.routes {
            let details = document.nodes[*node as usize].details.get_or_insert_default();
            details.routes.get_or_insert_default().push(route.clone());
        }
        for (&node, vlans) in &self.routed {
            let details = document.nodes[node as usize].details.get_or_insert_default();
            details.routed_vlans.get_or_insert_default().extend(vlans.iter().map(|&vlan| (vlan, vlan)));
        }
        for (node, relay) in &self.relays {
            let details = document.nodes[*node as usize].details.get_or_insert_default();
            details.relays.get_or_insert_default().push(relay.clone());
        }
        for &(link, end, vlan) in &self.vlans {
            let link = &mut document.links[link.index()];
            if !link.carries(end, vlan) {
                let details = link.details_mut();
                let own = details.by_end.as_mut().map_or(details.vlans.as_mut(), |ends| ends[end].as_mut());
                own.into_iter().for_each(|list| list.push((vlan, vlan)));
            }
        }
        for &link in &self.two_way {
            document.links[link.index()].details_mut().one_way = false;
        }
        if let Some([from, to]) = self.link {
            let ends = [document.nodes[from as usize].id, document.nodes[to as usize].id];
            document.links.push(Link::plain(ends, Span::default()));
        }
    }

    /// Makes a document in which they were made what it was.
    pub(super) fn take_back(&self, document: &mut Document<'d>, original: &Document<'d>) {
        let lists = self.rules.keys().map(|&(node, ..)| node).chain(self.kept.keys().map(|&(node, _)| node));
        let own = self.routes.iter().map(|(node, _)| *node).chain(self.relays.iter().map(|(node, _)| *node));
        for node in lists.chain(own).chain(self.routed.keys().copied()) {
            document.nodes[node as usize].clone_from(&original.nodes[node as usize]);
        }
        document.links.truncate(original.links.len());
        for link in self.vlans.iter().map(|&(link, ..)| link).chain(self.two_way.iter().copied()) {
            document.links[link.index()].clone_from(&original.links[link.index()]);
        }
    }

    /// The ends of the link that they add.
    pub(super) const fn added(&self) -> Option<[u32; 2]> {
        self.link
    }

    /// A hop of a way in the document as it becomes; what decides there is left out.
    pub(super) fn hop(&self, adjacency: &Adjacency<'_, '_>, step: &Step) -> Hop {
        let &Step { node, half, came, leaves, tag, after, entries: [destination, source], .. } = step;
        let name = |way: Way, leaving: bool| match way {
            Way::Link { link, backward } => match self.link.filter(|_| is_new(adjacency.model(), way)) {
                Some([from, to]) => adjacency.model().id(if leaving { to } else { from }).to_owned(),
                None => adjacency.interface(link, backward == leaving).to_owned(),
            },
            Way::L3Link(vlan) => crate::topology::L3Switch::interface(vlan),
        };
        let translated = destination.is_some() || source.is_some();
        Hop {
            node,
            half,
            r#in: came.map(|way| name(way, false)),
            out: leaves.map(|way| name(way, true)),
            way: leaves,
            tag,
            deciders: Vec::new(),
            translation: translated.then(|| Box::new(Translation { destination, source, packet: after })),
        }
    }

    /// The steps of a session in the document as it becomes: entries of `nat` have other numbers.
    pub(super) fn steps(&self, stage: usize, steps: &[Step]) -> Vec<Step> {
        let mut out = steps.to_vec();
        for (at, step) in out.iter_mut().enumerate() {
            let node = step.node;
            let before = |entry: u32, with: bool| {
                let goes = |place: u32| place < entry || with && place == entry;
                let added = self.kept.iter().filter(|((other, place), _)| *other == node && goes(*place));
                number(added.map(|(_, list)| list.len()).sum::<usize>())
            };
            for entry in step.entries.iter_mut().flatten() {
                *entry += before(*entry, true);
            }
            for &(_, _, entry, of_source) in self.untranslated.iter().filter(|one| (one.0, one.1) == (stage, at)) {
                step.entries[usize::from(of_source)] = Some(entry + before(entry, false));
            }
        }
        out
    }

    /// How each node between passes data on.
    pub(super) fn passes(&self, found: &Found) -> Vec<PassTrace> {
        let pass = |(at, pass): (usize, &Option<PassTrace>)| {
            let added = self.relaying.get(&(at + 1)).map(|&entry| PassTrace::Entry { entry, mirror: false });
            pass.or(added).unwrap_or(PassTrace::Undeclared)
        };
        found.passes.iter().enumerate().map(pass).collect()
    }
}

fn route<'d>(adjacency: &Adjacency<'_, 'd>, way: Way, destination: PacketAddress) -> Route<'d> {
    let to = match destination {
        PacketAddress::Known(family, network) => {
            Cidr { family, network, length: if family == Family::V4 { 32 } else { 128 } }
        }
        PacketAddress::Symbolic(_) => Cidr { family: Family::V4, network: 0, length: 0 },
    };
    let via = Some(Spanned::nowhere(Cow::Owned(interface(adjacency, way))));
    Route { to: Spanned::nowhere(to), via, fails: false, origin: None, span: Span::default() }
}
