//! The way of one packet: a breadth-first search over (place, link it came by, VLAN tag) on the document itself.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

pub use super::adjacency::Adjacency;
use super::trace::{Half, Hop, MatchedRule, Packet, PacketAddress, Way};
use crate::document::{Action, AddressRange};
use crate::header::{DESTINATION, SERVICE, SOURCE, SOURCE_PORT};
use crate::model::{
    CompiledFilter, CompiledRule, LinkId, Model, PORTED, RuleOrigin, names_either, names_side, service_number,
};
use crate::network::Side;
use crate::topology::L3Switch;

/// What a search may use.
#[derive(Clone, Copy, Default)]
pub struct Detour<'a> {
    /// These nodes are not there; ascending.
    pub without: &'a [u32],
    /// Whether one-way links are out.
    pub two_way: bool,
    /// This link is not there.
    pub without_link: Option<LinkId>,
}

/// Where a packet is.
#[derive(Clone, Copy)]
struct State {
    node: u32,
    half: Half,
    came: Option<Way>,
    tag: Option<u16>,
    parent: usize,
}

/// A step that a packet may take.
struct Exit {
    way: Way,
    node: u32,
    half: Half,
}

impl<'m, 'd> Adjacency<'m, 'd> {
    /// A shortest way of a packet from one endpoint to another, if there is one.
    #[must_use]
    pub fn route(&self, from: u32, to: u32, packet: &Packet, detour: Detour<'_>) -> Option<Vec<Hop>> {
        Walk::new(self, from, to, packet, detour).run()
    }
}

/// The search for one packet.
struct Walk<'w, 'm, 'd> {
    adjacency: &'w Adjacency<'m, 'd>,
    model: &'m Model<'d>,
    from: u32,
    to: u32,
    atoms: [u32; 4],
    destination: PacketAddress,
    detour: Detour<'w>,
    /// Links to the target, by the node at the other end.
    last: HashMap<u32, Vec<(LinkId, bool)>>,
    verdicts: HashMap<(u32, Option<u16>, Option<u16>), bool>,
    states: Vec<State>,
    queue: VecDeque<usize>,
    /// How a plain switch was first entered with a tag, and whether it was entered otherwise too.
    switches: HashMap<(u32, u16), (Option<Way>, bool)>,
    others: HashSet<(u32, Option<Way>, Option<u16>, Option<u16>)>,
}

impl<'w, 'm, 'd> Walk<'w, 'm, 'd> {
    fn new(adjacency: &'w Adjacency<'m, 'd>, from: u32, to: u32, packet: &Packet, detour: Detour<'w>) -> Self {
        let model = adjacency.model;
        let mut last: HashMap<u32, Vec<(LinkId, bool)>> = HashMap::default();
        for (link, second) in adjacency.access_links_of(to) {
            let other = model.names.links[link.index()][usize::from(!second)];
            last.entry(other).or_default().push((link, !second));
        }
        Self {
            adjacency,
            model,
            from,
            to,
            atoms: atoms_of(model, packet),
            destination: packet.destination,
            detour,
            last,
            verdicts: HashMap::default(),
            states: Vec::new(),
            queue: VecDeque::new(),
            switches: HashMap::default(),
            others: HashSet::default(),
        }
    }

    fn gone(&self, node: u32) -> bool {
        self.detour.without.binary_search(&node).is_ok()
    }

    fn open(&self, link: LinkId, second: bool) -> bool {
        let one_way = self.model.document.links[link.index()].one_way();
        self.detour.without_link != Some(link) && !(one_way && (second || self.detour.two_way))
    }

    fn interface_of(&self, way: Way, leaving: bool) -> String {
        interface_of(self.adjacency, way, leaving)
    }

    /// Number of the interface of a way in the filters of the node at one end of it.
    fn number(&self, node: u32, way: Way, leaving: bool) -> u16 {
        self.model.interfaces.get(&node).map_or(0, |names| names.get(&self.interface_of(way, leaving)))
    }

    /// Ways out of a place, to forwarding nodes and the target.
    fn exits(&self, node: u32, half: Half) -> Vec<Exit> {
        if half == Half::Router {
            let l3_links = self.adjacency.l3_links(node);
            return l3_links.into_iter().map(|tag| Exit { way: Way::L3Link(tag), node, half: Half::Switch }).collect();
        }
        let mut exits: Vec<Exit> = Vec::new();
        let target = self.last.get(&node).into_iter().flatten();
        let first = if self.states.is_empty() { self.adjacency.access_links().of(node) } else { &[] };
        let mut seen = HashSet::default();
        for &(link, second) in self.adjacency.trunk_links().of(node).iter().chain(first).chain(target) {
            if !seen.insert((link, second)) {
                continue;
            }
            let other = self.model.names.links[link.index()][usize::from(!second)];
            let passes = other == self.to || self.model.labels.forwards[other as usize];
            if passes && self.open(link, second) && !self.gone(other) {
                let way = Way::Link { link, backward: second };
                exits.push(Exit { way, node: other, half: self.adjacency.half_at_links(other) });
            }
        }
        if half == Half::Switch {
            let l3_links = self.adjacency.l3_links(node).into_iter();
            exits.extend(l3_links.map(|tag| Exit { way: Way::L3Link(tag), node, half: Half::Router }));
        }
        exits
    }

    /// What permits the packet at a node between two ways; `None` where something denies it.
    fn deciders(&self, node: u32, half: Half, came: Option<Way>, leaves: Option<Way>) -> Option<Vec<MatchedRule>> {
        if half == Half::Switch {
            return Some(Vec::new());
        }
        let sides = [came.map(|way| self.number(node, way, false)), leaves.map(|way| self.number(node, way, true))];
        permitting(self.model, node, sides, &|_| self.atoms)
    }

    fn matches(&self, rule: &CompiledRule) -> bool {
        matches(self.model, rule, &self.atoms)
    }

    /// Whether the routes of a node let the packet out by a way.
    fn routed(&self, node: u32, half: Half, leaves: Way) -> bool {
        let Some(routes) = self.model.routes.get(&node).filter(|_| half != Half::Switch) else { return true };
        let neighbour = match leaves {
            Way::Link { link, backward } => {
                let id = self.model.id(self.model.names.links[link.index()][usize::from(!backward)]);
                self.model.interfaces.get(&node).map_or(0, |names| names.get(id))
            }
            Way::L3Link(_) => 0,
        };
        let interface = self.number(node, leaves, true);
        let goes = |via: &[u16]| names_either(via, interface, neighbour);
        match self.destination {
            PacketAddress::Symbolic(_) => goes(&routes.named),
            PacketAddress::Known(..) => {
                let mut ways = routes.ways.iter();
                let chosen = ways.find(|way| self.matches(&self.model.rules[way.permit.index()]));
                chosen.is_some_and(|way| goes(&way.via))
            }
        }
    }

    fn permits(&mut self, node: u32, half: Half, came: Option<Way>, leaves: Option<Way>) -> bool {
        if half == Half::Switch || !self.model.filters.contains_key(&node) {
            return true;
        }
        let key = (node, came.map(|way| self.number(node, way, false)), leaves.map(|way| self.number(node, way, true)));
        if let Some(&known) = self.verdicts.get(&key) {
            return known;
        }
        let permits = self.deciders(node, half, came, leaves).is_some();
        self.verdicts.insert(key, permits);
        permits
    }

    fn run(mut self) -> Option<Vec<Hop>> {
        if self.from == self.to || self.gone(self.from) || self.gone(self.to) {
            return None;
        }
        let half = self.adjacency.half_of_endpoint(self.from);
        let exits = self.exits(self.from, half);
        self.states.push(State { node: self.from, half, came: None, tag: None, parent: 0 });
        for exit in exits {
            if self.permits(self.from, half, None, Some(exit.way)) {
                self.arrive(0, None, &exit);
            }
        }
        while let Some(at) = self.queue.pop_front() {
            let state = self.states[at];
            let ends = state.node == self.to && state.half == self.adjacency.half_of_endpoint(self.to);
            if ends && self.permits(state.node, state.half, state.came, None) {
                return self.trace(at);
            }
            if self.model.labels.forwards[state.node as usize] {
                self.forward(at, state);
            }
        }
        None
    }

    fn forward(&mut self, at: usize, state: State) {
        let State { node, half, came, tag, .. } = state;
        let switch = self.adjacency.is_switch(node, half);
        for exit in self.exits(node, half) {
            if switch && !switches(self.adjacency, came, tag, exit.way) {
                continue;
            }
            if self.routed(node, half, exit.way) && self.permits(node, half, came, Some(exit.way)) {
                self.arrive(at, tag.filter(|_| switch), &exit);
            }
        }
    }

    /// Puts the packet at the end of an exit, with each tag that it may have there.
    fn arrive(&mut self, parent: usize, tag: Option<u16>, exit: &Exit) {
        let Exit { way, node, half } = *exit;
        if !self.adjacency.is_switch(node, half) {
            let number = self.number(node, way, false);
            // a router treats what comes by interfaces without a name in its filters alike
            let key = (node, None, None, Some(number));
            if self.others.insert(key) {
                self.push(State { node, half, came: Some(way), tag: None, parent });
            }
            return;
        }
        let tags = tags_after(self.adjacency, tag, way);
        let plain =
            half == Half::Switch || !(self.model.filters.contains_key(&node) || self.model.routes.contains_key(&node));
        for tag in tags {
            let new = if plain {
                // The second way in only opens the way back by the first; a third opens nothing.
                match self.switches.get_mut(&(node, tag)) {
                    None => self.switches.insert((node, tag), (Some(way), false)).is_none(),
                    Some((first, again)) => *first != Some(way) && !std::mem::replace(again, true),
                }
            } else {
                self.others.insert((node, Some(way), Some(tag), None))
            };
            if new {
                self.push(State { node, half, came: Some(way), tag: Some(tag), parent });
            }
        }
    }

    fn push(&mut self, state: State) {
        self.queue.push_back(self.states.len());
        self.states.push(state);
    }

    /// The hops that led to a state in which the packet is delivered.
    fn trace(&self, last: usize) -> Option<Vec<Hop>> {
        let mut hops = Vec::new();
        let (mut at, mut leaves) = (last, None);
        loop {
            let State { node, half, came, tag, parent } = self.states[at];
            hops.push(Hop {
                node,
                half,
                r#in: came.map(|way| self.interface_of(way, false)),
                out: leaves.map(|way| self.interface_of(way, true)),
                way: leaves,
                tag,
                deciders: self.deciders(node, half, came, leaves)?,
                translation: None,
            });
            if at == 0 {
                break;
            }
            (at, leaves) = (parent, came);
        }
        hops.reverse();
        Some(hops)
    }
}

/// Name of the interface at the near end (`leaving`) or the far end of a way.
pub(super) fn interface_of(adjacency: &Adjacency<'_, '_>, way: Way, leaving: bool) -> String {
    match way {
        Way::Link { link, backward } => adjacency.interface(link, backward == leaving).to_owned(),
        Way::L3Link(vlan) => L3Switch::interface(vlan),
    }
}

/// Whether a switch sends what came to it with a tag on by a way.
pub(super) fn switches(adjacency: &Adjacency<'_, '_>, came: Option<Way>, tag: Option<u16>, leaves: Way) -> bool {
    let same = match (came, leaves) {
        (Some(Way::Link { link, .. }), Way::Link { link: other, .. }) => link == other,
        (Some(came), way) => came == way,
        (None, _) => false,
    };
    let carried = tag.is_none_or(|tag| match leaves {
        Way::Link { link, backward } => adjacency.carries(link, usize::from(backward), tag),
        Way::L3Link(joint) => joint.is_none_or(|joint| joint == tag),
    });
    !same && carried
}

/// The tags with which a packet may enter a switch by a way; `tag` is the one that it left a switch with.
pub(super) fn tags_after(adjacency: &Adjacency<'_, '_>, tag: Option<u16>, way: Way) -> Vec<u16> {
    match (tag, way) {
        (tag, Way::Link { link, backward }) => adjacency.entering(link, usize::from(backward), tag),
        (Some(tag), Way::L3Link(_)) => vec![tag],
        (None, Way::L3Link(Some(joint))) => vec![joint],
        (None, Way::L3Link(None)) => adjacency.tags().to_vec(),
    }
}

/// The atoms of a packet, by dimension.
fn atoms_of(model: &Model<'_>, packet: &Packet) -> [u32; 4] {
    let address = |address: PacketAddress| match address {
        PacketAddress::Known(family, value) => {
            model.spaces.address.range(AddressRange { family, low: value, high: value }).low
        }
        PacketAddress::Symbolic(node) => {
            model.holdings.get(model.sends[node as usize]).as_slice().first().map_or(0, |range| range.low)
        }
    };
    let mut atoms = [0; 4];
    atoms[SOURCE] = address(packet.source);
    atoms[DESTINATION] = address(packet.destination);
    let service = service_number(packet.protocol, packet.destination_port.unwrap_or(0));
    assert_eq!(service >= PORTED, packet.destination_port.is_some());
    atoms[SERVICE] = model.spaces.service.atom(service);
    atoms[SOURCE_PORT] = packet.source_port.map_or(0, |port| model.spaces.source_port.atom(u32::from(port) + 1));
    atoms
}

fn matches(model: &Model<'_>, rule: &CompiledRule, atoms: &[u32; 4]) -> bool {
    let pools = &model.pools;
    (0..4).all(|dimension| {
        let set = match dimension {
            SOURCE | DESTINATION => pools.address.get(rule.headers[dimension]),
            SERVICE => pools.service.get(rule.headers[dimension]),
            _ => pools.source_port.get(rule.headers[dimension]),
        };
        set.touches(crate::header::Range::new(atoms[dimension], atoms[dimension]))
    })
}

/// What permits a packet that a node translates between two sides; `before` and `after` are the packet as it comes and as
/// it leaves. `None` where something denies it.
pub(super) fn deciders(
    model: &Model<'_>,
    (node, half): (u32, Half),
    sides: [Side; 2],
    [before, after]: [&Packet; 2],
) -> Option<Vec<MatchedRule>> {
    if half == Half::Switch {
        return Some(Vec::new());
    }
    let (before, after) = (atoms_of(model, before), atoms_of(model, after));
    let seen = |filter: &CompiledFilter| {
        let mut atoms = before;
        if filter.sees.translated_source {
            (atoms[SOURCE], atoms[SOURCE_PORT]) = (after[SOURCE], after[SOURCE_PORT]);
        }
        if filter.sees.translated_destination {
            (atoms[DESTINATION], atoms[SERVICE]) = (after[DESTINATION], after[SERVICE]);
        }
        atoms
    };
    permitting(model, node, sides.map(|side| side.map(|(interface, _)| interface)), &seen)
}

/// What permits a packet at a node between two interfaces, one for each filter that applies; `seen`: its atoms as a filter
/// sees them. `None` where something denies it.
fn permitting(
    model: &Model<'_>,
    node: u32,
    [r#in, out]: [Option<u16>; 2],
    seen: &dyn Fn(&CompiledFilter) -> [u32; 4],
) -> Option<Vec<MatchedRule>> {
    let named = |list: &Option<Box<[u16]>>, side: Option<u16>| names_side(list.as_deref(), side);
    let mut deciders = Vec::new();
    for (number, filter) in (0_u32..).zip(model.filters.get(&node).into_iter().flatten()) {
        if !filter.applies(r#in, out) {
            continue;
        }
        let atoms = seen(filter);
        let rules = model.rules_of(filter);
        let applies = |rule: &&CompiledRule| named(&rule.r#in, r#in) && named(&rule.out, out);
        let decides = rules.iter().filter(applies).find(|rule| matches(model, rule, &atoms));
        let (action, rule) = match decides.map(|rule| (rule.action, rule.origin)) {
            Some((action, RuleOrigin::Filter(_, _, rule))) => (action, Some(rule)),
            _ => (filter.default, None),
        };
        if action == Action::Deny {
            return None;
        }
        deciders.push(MatchedRule { filter: number, rule });
    }
    Some(deciders)
}
