//! How a packet moves: from where it is, with the header that it has there, to where it may be next, with the header
//! that it may have there (spec sections 4, 4a and 5).

pub mod past;

use super::document::{Document, Filter, Route, Rule};
use super::ground::{Ground, filters_permit, representative_tags};
use super::header::{Header, Headers, in_ranges};
use super::nat::Translations;
use super::place::{Address, Places, is_endpoint};
use super::selection::service_matches;
use std::collections::BTreeSet;

/// A way out of a node.
struct Exit<'a> {
    link: usize,
    /// Which end of the link is here.
    end: usize,
    interface: &'a str,
    to: usize,
    /// The document's id of the next node.
    neighbour: &'a str,
}

/// Where a packet is: the node, the link it came by, and the tag if the node is a switch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    pub at: usize,
    pub came_by: usize,
    pub tag: Option<u16>,
}

/// Where a packet may be next, and whether over a link that is one-way.
pub struct Next {
    pub state: State,
    pub header: Header,
    pub one_way: bool,
}

pub struct Network<'a> {
    places: &'a Places<'a>,
    ground: &'a Ground,
    headers: &'a Headers,
    exits: Vec<Vec<Exit<'a>>>,
    rules: RuleTables,
    translations: Translations<'a>,
    /// By destination.
    routes: Vec<NextHops<'a>>,
    /// One of each class.
    tags: BTreeSet<u16>,
}

impl<'a> Network<'a> {
    /// The network without the `removed` nodes: "packets do not enter, leave or end at them".
    pub fn of(places: &'a Places, ground: &'a Ground, headers: &'a Headers, removed: &[bool]) -> Network<'a> {
        let mut exits: Vec<Vec<Exit>> = ground.nodes.iter().map(|_| vec![]).collect();
        for (link, joined) in ground.links.iter().enumerate() {
            if joined.ends.iter().any(|end| removed[ground.nodes[end.node].node]) {
                continue;
            }
            // "a `one_way` link carries packets from its first end to its second only"
            for end in if joined.one_way { 0..1 } else { 0..2 } {
                let (from, to) = (&joined.ends[end], &joined.ends[1 - end]);
                let neighbour = &places.document.nodes[ground.nodes[to.node].node].id;
                exits[from.node].push(Exit { link, end, interface: &from.interface, to: to.node, neighbour });
            }
        }
        Network {
            tags: representative_tags(places.document),
            places,
            ground,
            headers,
            exits,
            rules: RuleTables::of(places, headers),
            translations: Translations::of(places, headers),
            routes: headers
                .destinations
                .members
                .iter()
                .map(|&destination| next_hops(places.document, ground, destination))
                .collect(),
        }
    }

    /// "Emit: endpoint u puts a packet with source in A(u) on any of its links, if its filters permit." (The router half
    /// of an l3-switch bears its index.)
    pub fn emitted(&self, opener: usize, header: Header) -> Vec<Next> {
        let mut next = vec![];
        for exit in &self.exits[opener] {
            for translated in self.translations.of_destination(opener, header, None) {
                self.leave(opener, None, None, exit, header, translated, &mut next);
            }
        }
        next
    }

    /// What a packet that arrived at `state` with `header` does: the headers with which it is delivered, and where it
    /// is forwarded to.
    pub fn arrived(&self, state: State, header: Header) -> (Vec<Header>, Vec<Next>) {
        let (mut delivered, mut next) = (vec![], vec![]);
        let node = &self.ground.nodes[state.at];
        let declared = &self.places.document.nodes[node.node];
        let enters = self.entered_by(state);
        let translated = match node.is_switch_half {
            true => BTreeSet::from([header]),
            false => self.translations.of_destination(node.node, header, Some(enters)),
        };
        for translated in translated {
            // Deliver: "What is delivered has no translated source: the original counts."
            let is_end = is_endpoint(declared) && !node.is_switch_half;
            if is_end
                && self.places.receives(node.node, self.headers.destination(translated))
                && self.permits(state.at, Some(enters), None, header, translated)
            {
                delivered.push(translated);
            }
            // Forward
            if !declared.forwards {
                continue;
            }
            for exit in &self.exits[state.at] {
                // "a switch not by the link it came by"; "Routes look at d′."
                let is_back = node.is_switch && exit.link == state.came_by;
                let routed = self.routes[translated.destination][state.at]
                    .as_ref()
                    .is_none_or(|vias| vias.contains(exit.interface) || vias.contains(exit.neighbour));
                if !is_back && routed {
                    self.leave(state.at, Some(enters), state.tag, exit, header, translated, &mut next);
                }
            }
        }
        (delivered, next)
    }

    /// The interface by which a packet came to where it is.
    fn entered_by(&self, state: State) -> &'a str {
        let link = &self.ground.links[state.came_by];
        let end = usize::from(link.ends[1].node == state.at);
        &link.ends[end].interface
    }

    /// Steps 4 to 6 of section 4a, and the link.
    #[allow(clippy::too_many_arguments)]
    fn leave(
        &self,
        at: usize,
        enters: Option<&str>,
        tag: Option<u16>,
        exit: &Exit<'a>,
        original: Header,
        header: Header,
        next: &mut Vec<Next>,
    ) {
        let node = &self.ground.nodes[at];
        let leaving = match node.is_switch_half {
            true => BTreeSet::from([header]),
            false => self.translations.of_source(node.node, original, header, enters, exit.interface),
        };
        for leaving in leaving {
            if self.permits(at, enters, Some(exit.interface), original, leaving) {
                let one_way = self.ground.links[exit.link].one_way;
                let states = self.arrivals(exit, tag);
                next.extend(states.into_iter().map(|state| Next { state, header: leaving, one_way }));
            }
        }
    }

    /// "Entering a switch, a packet has one of the tags of that end of the link: the tag it left the last switch with
    /// (or the native VLAN there), or any of them when the last node was no switch. A switch sends it only by links whose
    /// end at the switch carries its tag, and it enters a switch only with a tag of that end. Other nodes drop the tag."
    fn arrivals(&self, exit: &Exit<'a>, tag: Option<u16>) -> Vec<State> {
        let link = &self.ground.links[exit.link];
        if tag.is_some_and(|tag| !link.tags[exit.end].contains(&tag)) {
            return vec![];
        }
        let state = State { at: exit.to, came_by: exit.link, tag: None };
        let other = &self.ground.nodes[exit.to];
        // Decision 0006: a switch that does not forward is an end like any other, and looks at no tags.
        if !other.is_switch || !self.places.document.nodes[other.node].forwards {
            return vec![state];
        }
        let carried = &link.tags[1 - exit.end];
        let may_be = |&&there: &&u16| tag.is_none_or(|tag| link.tag_at_the_other_end(exit.end, tag) == there);
        carried.iter().filter(may_be).map(|&there| State { tag: Some(there), ..state }).collect()
    }

    /// Step 5: whether the filters of a node permit a packet that had the `original` header when it came and has the
    /// `translated` one now.
    fn permits(
        &self,
        at: usize,
        enters: Option<&str>,
        leaves: Option<&str>,
        original: Header,
        translated: Header,
    ) -> bool {
        let node = &self.ground.nodes[at];
        if node.is_switch_half {
            return true;
        }
        let filters = &self.places.document.nodes[node.node].filters;
        filters_permit(filters, enters, leaves, |f, r| {
            let seen = seen_by(&filters[f], original, translated);
            self.rules.match_header(node.node, f, r, seen)
        })
    }
}

/// "Each filter looks at the source and source port before or after step 4 and the destination and port before or after
/// step 1, as its key `sees` says."
fn seen_by(filter: &Filter, original: Header, translated: Header) -> Header {
    let source = if filter.sees_translated_source { translated } else { original };
    let destination = if filter.sees_translated_destination { translated } else { original };
    Header { source: source.source, source_port: source.source_port, ..destination }
}

/// For every node with routes the names of the interfaces and neighbours by which it may forward; `None`: "without
/// `routes`, it may go anywhere".
type NextHops<'a> = Vec<Option<BTreeSet<&'a str>>>;

fn next_hops<'a>(document: &'a Document, ground: &Ground, destination: Address) -> NextHops<'a> {
    ground
        .nodes
        .iter()
        .map(|node| {
            let routes = document.nodes[node.node].routes.as_ref().filter(|_| !node.is_switch_half)?;
            Some(vias(routes, destination))
        })
        .collect()
}

fn vias(routes: &[Route], destination: Address) -> BTreeSet<&str> {
    let Address::Known(point) = destination else {
        // "A symbolic destination matches every route that is not a drop."
        return routes.iter().filter_map(|route| route.via.as_deref()).collect();
    };
    let mut matching: Vec<&Route> = routes.iter().filter(|route| route.to.holds(point)).collect();
    let mut vias = BTreeSet::new();
    while let Some(longest) = matching.iter().map(|route| route.to.last - route.to.first).min() {
        let (of_prefix, shorter): (Vec<&Route>, Vec<&Route>) =
            matching.into_iter().partition(|route| route.to.last - route.to.first == longest);
        vias.extend(of_prefix.iter().filter_map(|route| route.via.as_deref()));
        // "where the longest matching prefix has no `drop` and each of its `via`s fails, the next shorter matching prefix
        // counts too, and so on"
        if of_prefix.iter().any(|route| route.via.is_none() || !route.fails) {
            break;
        }
        matching = shorter;
    }
    vias
}

/// For each rule what it says to each source, destination, service and source port.
struct RuleTables {
    rules: Vec<Vec<Vec<RuleTable>>>,
}

struct RuleTable {
    from: Vec<bool>,
    to: Vec<bool>,
    service: Vec<bool>,
    /// `None`: the rule has no `source_port`.
    source_ports: Option<Vec<bool>>,
}

impl RuleTables {
    fn of(places: &Places, headers: &Headers) -> RuleTables {
        let table = |rule: &Rule| RuleTable {
            from: headers.sources.members.iter().map(|&a| places.rule_matches(&rule.from, a, rule.permit)).collect(),
            to: headers.destinations.members.iter().map(|&a| places.rule_matches(&rule.to, a, rule.permit)).collect(),
            service: headers.services.iter().map(|&packing| service_matches(&rule.service, packing)).collect(),
            source_ports: rule
                .source_port
                .as_ref()
                .map(|ports| headers.source_ports.iter().map(|&port| in_ranges(ports, port)).collect()),
        };
        let of_filter = |filter: &Filter| filter.rules.iter().map(table).collect();
        let of_node = |node: &super::document::Node| node.filters.iter().map(of_filter).collect();
        RuleTables { rules: places.document.nodes.iter().map(of_node).collect() }
    }

    fn match_header(&self, node: usize, f: usize, r: usize, header: Header) -> bool {
        let rule = &self.rules[node][f][r];
        // "A rule with `source_port` matches only packets that have ports."
        let by_port = match (&rule.source_ports, header.source_port) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(ports), Some(port)) => ports[port],
        };
        by_port && rule.from[header.source] && rule.to[header.destination] && rule.service[header.service]
    }
}
