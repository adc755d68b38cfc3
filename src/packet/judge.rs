//! A packet at a node: destination translation, source translation, filters, in every way that guesses leave open.

use std::net::IpAddr;

use super::matching::{Held, World, source_ports};
use super::{Address, Answer, Decided, Guess, Header, Packet, Way, has_ports};
use crate::document::{
    Action, AddressRange, Family, Filter, Kind, NatEntry, NatSide, NatTarget, Node, Route, Rule, Selector,
    SelectorItem, Spanned, Text,
};

/// The most headers that translations may leave open before only the first of them are followed.
const MOST_BRANCHES: usize = 4096;

/// A side that is settled: an interface, or the node itself.
type Side<'w> = Option<&'w str>;

/// What a translation may make of a header.
#[derive(Clone)]
struct Branch {
    address: Address,
    port: Option<u16>,
    decided: Option<Decided>,
    guess: Option<Guess>,
}

/// What a node does with a packet.
pub fn ask(world: &World<'_>, node: &Node<'_>, way_in: &Way, way_out: &Way, packet: Packet) -> Answer {
    let interfaces = world.interfaces(node);
    let sides = |way: &Way| -> Vec<Option<String>> {
        match way {
            Way::Own => vec![None],
            Way::Interface(name) => vec![Some(name.clone())],
            Way::Any => interfaces.iter().cloned().map(Some).chain([None]).collect(),
        }
    };
    let mut best: Option<Answer> = None;
    for way_in_name in sides(way_in) {
        for way_out_name in sides(way_out) {
            // what the node sends to itself is no question
            if way_in_name.is_none() && way_out_name.is_none() {
                continue;
            }
            let judge = Judge {
                world,
                node,
                way_in: way_in_name.as_deref(),
                way_out: way_out_name.as_deref(),
                routed: *way_out == Way::Any,
            };
            let found = judge.answers(Header::from(packet)).into_iter().min_by_key(rank);
            let Some(mut answer) = found else { continue };
            if *way_out == Way::Any {
                answer.by.clone_from(&way_out_name);
            }
            let better = best.as_ref().is_none_or(|best| rank(&answer) < rank(best));
            if better {
                best = Some(answer);
            }
        }
    }
    best.unwrap_or_else(|| Answer {
        permitted: false,
        leaves: None,
        by: None,
        decided: vec![Decided { what: "routes".into(), id: "no route".into(), origin: None }],
        guesses: Vec::new(),
    })
}

/// What may become of a header between two settled sides of a node, routes asked.
pub fn between(world: &World<'_>, node: &Node<'_>, way_in: Side<'_>, way_out: Side<'_>, header: Header) -> Vec<Answer> {
    Judge { world, node, way_in, way_out, routed: way_out.is_some() }.answers(header)
}

/// Permitted before denied, with few guesses before with many.
fn rank(answer: &Answer) -> (bool, usize) {
    (!answer.permitted, answer.guesses.len())
}

struct Judge<'w, 'd> {
    world: &'w World<'d>,
    node: &'w Node<'w>,
    way_in: Side<'w>,
    way_out: Side<'w>,
    /// Whether routes decide about the way out.
    routed: bool,
}

impl Judge<'_, '_> {
    /// What may become of a header, for each way in which translations may go; nothing where routes lead elsewhere.
    fn answers(&self, before: Header) -> Vec<Answer> {
        let entries: &[NatEntry<'_>] =
            self.node.details.as_ref().and_then(|details| details.nat.as_deref()).unwrap_or(&[]);
        let mut out: Vec<Answer> = Vec::new();
        for destination in self.destinations(entries, &before) {
            let middle = Header {
                destination: destination.address,
                destination_port: destination.port.unwrap_or(before.destination_port),
                ..before
            };
            if self.routed && !self.leads(&middle) {
                continue;
            }
            for source in self.sources(entries, &before, &middle) {
                if out.len() >= MOST_BRANCHES {
                    break;
                }
                let ported = has_ports(before.protocol);
                let source_port = if source.decided.is_some() && ported { source.port } else { before.source_port };
                let after = Header { source: source.address, source_port, ..middle };
                let mut answer = self.filters(&before, &after);
                let mut decided: Vec<Decided> = destination.decided.clone().into_iter().collect();
                decided.append(&mut answer.decided);
                if answer.permitted {
                    decided.extend(source.decided.clone());
                    answer.leaves = Some(after);
                }
                answer.decided = decided;
                answer.guesses.extend(destination.guess.clone());
                answer.guesses.extend(source.guess.clone());
                answer.guesses.sort();
                answer.guesses.dedup();
                out.push(answer);
            }
        }
        out
    }

    /// Whether the way out is one that routes allow: an interface, or delivery to an address of the node.
    fn leads(&self, header: &Header) -> bool {
        let Some(way_out) = self.way_out else {
            let place = self.world.place(self.node);
            return match header.destination {
                Address::Known(address) => self
                    .node
                    .addresses
                    .iter()
                    .any(|cidr| (cidr.family, cidr.network) == super::matching::number(address) && is_full(cidr)),
                Address::Of(at) => at == place,
            };
        };
        if self.way_in.is_none() {
            return true; // what a node emits is not subject to its routes
        }
        let Some(routes) = self.node.details.as_ref().and_then(|details| details.routes.as_ref()) else { return true };
        let matching = |route: &&Route<'_>| match header.destination {
            Address::Known(address) => {
                let (family, value) = super::matching::number(address);
                let cidr = route.to.value;
                if family != cidr.family {
                    return false;
                }
                let host = if family == Family::V4 { 32 } else { 128 } - u32::from(cidr.length);
                value.checked_shr(host).unwrap_or(0) == cidr.network.checked_shr(host).unwrap_or(0)
            }
            Address::Of(_) => route.via.is_some(),
        };
        let mut fitting: Vec<&Route<'_>> = routes.iter().filter(matching).collect();
        let leads = |route: &&&Route<'_>| route.via.as_ref().is_some_and(|via| self.is_way(&via.value, way_out));
        if matches!(header.destination, Address::Of(_)) {
            return fitting.iter().any(|route| leads(&route));
        }
        fitting.sort_by_key(|route| std::cmp::Reverse(route.to.value.length));
        let mut at = 0;
        while at < fitting.len() {
            let length = fitting[at].to.value.length;
            let same: Vec<&Route<'_>> =
                fitting[at..].iter().take_while(|route| route.to.value.length == length).copied().collect();
            if same.iter().any(|route| leads(&route)) {
                return true;
            }
            let fails = same.iter().all(|route| route.via.is_some() && route.fails);
            if !fails {
                return false;
            }
            at += same.len();
        }
        false
    }

    /// Whether a `via` names this interface, or the neighbour at its other end.
    fn is_way(&self, via: &str, way: &str) -> bool {
        if via == way {
            return true;
        }
        let names = &self.world.document.names;
        self.world.document.links.iter().any(|link| {
            (0..2).any(|end| {
                link.ends[end] == self.node.id
                    && names.name(link.interface_or_neighbour(end)) == way
                    && names.name(link.ends[1 - end]) == via
            })
        })
    }

    fn ways(&self, ways_in: Option<&[Spanned<Text<'_>>]>, ways_out: Option<&[Spanned<Text<'_>>]>) -> bool {
        let named = |list: Option<&[Spanned<Text<'_>>]>, way: Side<'_>| match (list, way) {
            (None, _) => true,
            (Some(list), Some(way)) => list.iter().any(|name| name.value == way),
            (Some(_), None) => false,
        };
        named(ways_in, self.way_in) && named(ways_out, self.way_out)
    }

    /// What the header's destination may become.
    fn destinations(&self, entries: &[NatEntry<'_>], before: &Header) -> Vec<Branch> {
        let mut out = Vec::new();
        for entry in entries {
            let NatSide::Destination { port, arrived, emitted } = entry.side else { continue };
            let for_it = if self.way_in.is_some() { arrived } else { emitted };
            if !for_it || !self.ways(entry.r#in.as_deref(), None) {
                continue;
            }
            let ports = (before.source_port, before.destination_port);
            let held = self.entry(entry, before.source, before.destination, before.protocol, ports);
            if !held.loose {
                continue;
            }
            let decided = Some(decided("destination", entry));
            let guess = (!held.strict).then(|| guess_of_entry(entry));
            match self.targets(entry, before.destination, &entry.to) {
                None => out.push(Branch { address: before.destination, port: None, decided, guess }),
                Some(targets) if targets.is_empty() => continue, // none of the packet's family
                Some(targets) => out.extend(targets.into_iter().map(|address| Branch {
                    address,
                    port,
                    decided: decided.clone(),
                    guess: guess.clone(),
                })),
            }
            if held.strict {
                return out;
            }
        }
        out.push(Branch { address: before.destination, port: None, decided: None, guess: None });
        out
    }

    /// What the header's source may become.
    fn sources(&self, entries: &[NatEntry<'_>], before: &Header, middle: &Header) -> Vec<Branch> {
        let mut out = Vec::new();
        let untouched = Branch { address: before.source, port: before.source_port, decided: None, guess: None };
        if self.way_out.is_none() {
            return vec![untouched];
        }
        for entry in entries {
            let NatSide::Source { sees_original_destination } = entry.side else { continue };
            if !self.ways(entry.r#in.as_deref(), entry.out.as_deref()) {
                continue;
            }
            let seen = if sees_original_destination { before } else { middle };
            let ports = (before.source_port, seen.destination_port);
            let held = self.entry(entry, before.source, seen.destination, before.protocol, ports);
            if !held.loose {
                continue;
            }
            let decided = Some(decided("source", entry));
            let guess = (!held.strict).then(|| guess_of_entry(entry));
            // a translated source port may become any
            let port = if entry.one_to_one || entry.target == NatTarget::Keep { before.source_port } else { None };
            match self.targets(entry, before.source, &entry.from) {
                None => out.push(Branch { address: before.source, port, decided, guess }),
                Some(targets) if targets.is_empty() => continue,
                Some(targets) => out.extend(targets.into_iter().map(|address| Branch {
                    address,
                    port,
                    decided: decided.clone(),
                    guess: guess.clone(),
                })),
            }
            if held.strict {
                return out;
            }
        }
        out.push(untouched);
        out
    }

    fn entry(&self, entry: &NatEntry<'_>, from: Address, to: Address, protocol: u8, ports: (Option<u16>, u16)) -> Held {
        if !self.world.service(&entry.service, protocol, ports.1) {
            return Held::NO;
        }
        source_ports(entry.source_port.as_deref(), protocol, ports.0)
            .and(self.world.selector(&entry.from, from))
            .and(self.world.selector(&entry.to, to))
    }

    /// The addresses that an entry may make of one, those that no rule tells apart once; `None`: it stays.
    fn targets(&self, entry: &NatEntry<'_>, old: Address, looked_at: &Selector<'_>) -> Option<Vec<Address>> {
        let NatTarget::Addresses(items) = &entry.target else { return None };
        let family = match old {
            Address::Known(IpAddr::V4(_)) => Some(Family::V4),
            Address::Known(IpAddr::V6(_)) => Some(Family::V6),
            Address::Of(_) => None,
        };
        let fits = |of: Family| family.is_none_or(|family| family == of);
        if entry.one_to_one {
            let from = looked_at.first().map(|item| &item.value);
            let to = items.first().map(|item| &item.value);
            if let (Some(SelectorItem::Addresses(from)), Some(SelectorItem::Addresses(to)), Address::Known(address)) =
                (from, to, old)
            {
                let (_, value) = super::matching::number(address);
                return Some(vec![known(to.family, to.low + (value - from.low))]);
            }
        }
        let mut out = Vec::new();
        for item in items {
            match &item.value {
                SelectorItem::Addresses(range) if fits(range.family) => out.extend(self.representatives(*range)),
                SelectorItem::Node(id) => {
                    let place = self
                        .world
                        .document
                        .names
                        .find(id)
                        .and_then(|name| self.world.document.nodes.iter().position(|node| node.id == name));
                    let Some(at) = place else { continue };
                    let own = self.world.addresses(at);
                    if own.is_empty() {
                        out.push(Address::Of(at));
                    }
                    for cidr in own.iter().filter(|cidr| fits(cidr.family)) {
                        let host = if cidr.family == Family::V4 { 32 } else { 128 } - u32::from(cidr.length);
                        let mask = if host == 128 { u128::MAX } else { (1u128 << host) - 1 };
                        let range = AddressRange { family: cidr.family, low: cidr.network, high: cidr.network | mask };
                        out.extend(self.representatives(range));
                    }
                }
                _ => {}
            }
        }
        Some(out)
    }

    /// One address of a range for each set of addresses that the node's filters tell apart.
    fn representatives(&self, range: AddressRange) -> Vec<Address> {
        let mut cuts = vec![range.low];
        let mut add = |value: u128| {
            if range.low <= value && value <= range.high {
                cuts.push(value);
            }
        };
        if range.low < range.high {
            let filters = self.node.details.iter().filter_map(|details| details.filters.as_ref()).flatten();
            for rule in filters.flat_map(|filter| &filter.rules) {
                for selector in [&rule.from, &rule.to] {
                    self.edges(selector, range.family, 0, &mut add);
                }
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        cuts.into_iter().map(|value| known(range.family, value)).collect()
    }

    fn edges(&self, selector: &Selector<'_>, family: Family, depth: usize, add: &mut dyn FnMut(u128)) {
        for item in selector.iter().filter(|_| depth < 64) {
            match &item.value {
                SelectorItem::Addresses(range) if range.family == family => {
                    add(range.low);
                    add(range.high.saturating_add(1));
                }
                SelectorItem::Not(items) => self.edges(items, family, depth + 1, add),
                SelectorItem::Group(name) => {
                    let group = self.world.document.groups.iter().find(|group| group.name.value == *name);
                    if let Some(group) = group {
                        self.edges(&group.items, family, depth + 1, add);
                    }
                }
                _ => {}
            }
        }
    }

    /// Every filter that applies must permit.
    fn filters(&self, before: &Header, after: &Header) -> Answer {
        let mut answer = Answer { permitted: true, leaves: None, by: None, decided: Vec::new(), guesses: Vec::new() };
        let filters = self.node.details.iter().filter_map(|details| details.filters.as_ref()).flatten();
        for (number, filter) in (1..).zip(filters) {
            let applies = match (self.way_in, self.way_out) {
                (Some(_), Some(_)) => filter.applies_to.forwarded,
                (None, _) => filter.applies_to.emitted,
                (_, None) => filter.applies_to.delivered,
            };
            if !applies || !self.ways(filter.r#in.as_deref(), filter.out.as_deref()) {
                continue;
            }
            let sees = filter.sees.as_ref().map(|sees| sees.value).unwrap_or_default();
            let from = if sees.translated_source && self.way_out.is_some() { after } else { before };
            let to = if sees.translated_destination { after } else { before };
            let seen = Header {
                source: from.source,
                source_port: from.source_port,
                destination: to.destination,
                destination_port: to.destination_port,
                protocol: before.protocol,
            };
            let what = match &filter.name {
                Some(name) => format!("filter {name}"),
                None => format!("filter {number}"),
            };
            let permitted = self.filter(filter, &seen, what, &mut answer);
            if !permitted {
                answer.permitted = false;
                return answer;
            }
        }
        answer
    }

    fn filter(&self, filter: &Filter<'_>, seen: &Header, what: String, answer: &mut Answer) -> bool {
        let stateful = filter.stateful.unwrap_or(self.node.kind == Kind::Firewall);
        for (number, rule) in (1..).zip(&filter.rules) {
            if !self.ways(rule.r#in.as_deref(), rule.out.as_deref()) || (rule.replies && stateful) {
                continue;
            }
            let held = self.rule(rule, seen);
            let permits = rule.action == Action::Permit;
            // SOUNDNESS: a rule that permits may match, one that denies must
            let decides = if permits { held.loose } else { held.strict && !rule.replies && rule.condition.is_none() };
            if !decides {
                continue;
            }
            let id = rule.id.as_deref().map_or_else(|| format!("rule {number}"), str::to_owned);
            if permits {
                if let Some(condition) = &rule.condition {
                    answer.guesses.push(Guess::Condition {
                        what: what.clone(),
                        rule: id.clone(),
                        condition: condition.to_string(),
                    });
                }
                if !held.strict {
                    answer.guesses.push(Guess::Undeclared { what: what.clone(), rule: id.clone() });
                }
            }
            answer.decided.push(Decided { what, id, origin: rule.origin.as_deref().map(str::to_owned) });
            return permits;
        }
        let default =
            filter.default.unwrap_or(if self.node.kind == Kind::Firewall { Action::Deny } else { Action::Permit });
        answer.decided.push(Decided { what, id: "default".into(), origin: None });
        default == Action::Permit
    }

    fn rule(&self, rule: &Rule<'_>, seen: &Header) -> Held {
        if !self.world.service(&rule.service, seen.protocol, seen.destination_port) {
            return Held::NO;
        }
        let ports = source_ports(rule.source_port.as_deref(), seen.protocol, seen.source_port);
        if !ports.loose {
            return Held::NO;
        }
        ports.and(self.world.selector(&rule.from, seen.source)).and(self.world.selector(&rule.to, seen.destination))
    }
}

fn is_full(cidr: crate::document::Cidr) -> bool {
    cidr.length == if cidr.family == Family::V4 { 32 } else { 128 }
}

fn known(family: Family, value: u128) -> Address {
    Address::Known(match family {
        Family::V4 => IpAddr::V4(u32::try_from(value).unwrap_or(u32::MAX).into()),
        Family::V6 => IpAddr::V6(value.into()),
    })
}

fn decided(what: &str, entry: &NatEntry<'_>) -> Decided {
    Decided {
        what: what.to_owned(),
        id: entry.id.as_deref().unwrap_or("nat").to_owned(),
        origin: entry.origin.as_deref().map(str::to_owned),
    }
}

fn guess_of_entry(entry: &NatEntry<'_>) -> Guess {
    Guess::Translation { entry: entry.id.as_deref().unwrap_or("nat").to_owned() }
}
