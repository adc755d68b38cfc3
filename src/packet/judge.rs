//! A packet at a node: destination translation, source translation, filters, in every way that guesses leave open.

mod translation;

use super::matching::{Held, World, holds, is_single, source_ports};
use super::{Address, Answer, Decided, Guess, Header, Packet, Way, has_ports};
use crate::document::{Action, Filter, Kind, Link, NatEntry, Node, Route, Rule, Spanned, Text};

/// The most headers that translations may leave open before only the first of them are followed.
const MOST_BRANCHES: usize = 4096;

/// A side that is settled: an interface, or the node itself.
type Side<'w> = Option<&'w str>;

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
                link: None,
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

/// What may become of a header between two settled sides of a node, routes asked; `link` is that by which it leaves, where it is one of the
/// document.
pub fn between<'w, 'd>(
    world: &'w World<'d>,
    node: &'w Node<'w>,
    way_in: Side<'w>,
    way_out: Side<'w>,
    link: Option<&'w Link<'d>>,
    header: Header,
) -> Vec<Answer> {
    Judge { world, node, way_in, way_out, link, routed: way_out.is_some() }.answers(header)
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
    /// The link of the way out, where it is known: an interface may have several.
    link: Option<&'w Link<'d>>,
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
                    .any(|cidr| (cidr.family, cidr.network) == super::matching::number(address) && is_single(cidr)),
                Address::Of(at) => at == place,
            };
        };
        if self.way_in.is_none() {
            return true; // what a node emits is not subject to its routes
        }
        let Some(routes) = self.node.details.as_ref().and_then(|details| details.routes.as_ref()) else { return true };
        let matching = |route: &&Route<'_>| match header.destination {
            Address::Known(address) => holds(route.to.value, address),
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
        let links = self.link.map_or(&self.world.document.links[..], std::slice::from_ref);
        links.iter().any(|link| {
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
