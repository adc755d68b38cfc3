//! Sessions: for every header an explicit search over (node, link it came by, VLAN tag) (spec section 5).

use super::document::Route;
use super::ground::{Ground, filters_permit};
use super::header::{Headers, in_ranges};
use super::place::{Address, Places, is_endpoint};
use super::selection::{Packing, service_matches};
use std::collections::{BTreeMap, BTreeSet};

/// S(u,v,h) for some source port: who opens it to whom, with which addresses, as which service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    pub opener: usize,
    pub responder: usize,
    pub source: Address,
    pub destination: Address,
    pub service: Packing,
}

/// All sessions, each with whether it also exists over links none of which is one-way.
pub type Sessions = BTreeMap<Session, bool>;

/// Decides all sessions of the network without the `removed` nodes: "packets do not enter, leave or end at them".
pub fn sessions(places: &Places, ground: &Ground, headers: &Headers, removed: &[bool]) -> Sessions {
    let mut sessions = Sessions::new();
    let network = Network::of(places, ground, removed);
    let rules = RuleTables::of(places, headers);
    for (d, &destination) in headers.destinations.iter().enumerate() {
        let next_hops = next_hops(places, ground, destination);
        let ends: Vec<bool> = ground
            .nodes
            .iter()
            .map(|node| {
                let document_node = &places.document.nodes[node.node];
                is_endpoint(document_node) && !node.is_switch_half && places.receives(node.node, destination)
            })
            .collect();
        for (s, &source) in headers.sources.iter().enumerate() {
            // "IPv4 and IPv6 do not mix in one packet; a symbolic address goes with either."
            if let (Address::Known(a), Address::Known(b)) = (source, destination)
                && a.v6 != b.v6
            {
                continue;
            }
            for (p, &service) in headers.services.iter().enumerate() {
                let source_ports: Vec<Option<usize>> = match service.port {
                    Some(_) => (0..headers.source_ports.len()).map(Some).collect(),
                    None => vec![None],
                };
                for source_port in source_ports {
                    let matches =
                        |node: usize, f: usize, r: usize| rules.match_header(node, f, r, [s, d, p], source_port);
                    let walk = Walk { network: &network, next_hops: &next_hops, ends: &ends, matches: &matches };
                    for opener in (0..places.document.nodes.len()).filter(|&n| !removed[n]) {
                        if !is_endpoint(&places.document.nodes[opener]) || !places.may_send_from(opener, source) {
                            continue;
                        }
                        let two_way = |responder: usize| Session { opener, responder, source, destination, service };
                        for responder in walk.delivered(opener, true) {
                            sessions.entry(two_way(responder)).or_insert(false);
                        }
                        for responder in walk.delivered(opener, false) {
                            sessions.insert(two_way(responder), true);
                        }
                    }
                }
            }
        }
    }
    sessions
}

/// For every node with routes the names of the interfaces and neighbours by which it may forward to `destination`;
/// `None`: "without `routes`, it may go anywhere".
fn next_hops<'a>(places: &'a Places, ground: &Ground, destination: Address) -> Vec<Option<BTreeSet<&'a str>>> {
    ground
        .nodes
        .iter()
        .map(|node| {
            let routes = places.document.nodes[node.node].routes.as_ref().filter(|_| !node.is_switch_half)?;
            let matching: Vec<&Route> = match destination {
                // "A symbolic destination matches every route that is not a drop."
                Address::Symbolic(_) => routes.iter().collect(),
                Address::Known(point) => {
                    let holding: Vec<&Route> = routes.iter().filter(|route| route.to.holds(point)).collect();
                    let longest = holding.iter().map(|route| route.to.last - route.to.first).min();
                    holding.into_iter().filter(|route| Some(route.to.last - route.to.first) == longest).collect()
                }
            };
            Some(matching.into_iter().filter_map(|route| route.via.as_deref()).collect())
        })
        .collect()
}

/// A way out of a node.
struct Exit<'a> {
    link: usize,
    interface: &'a str,
    to: usize,
    /// The interface by which it enters the next node.
    enters: &'a str,
    /// The document's id of the next node.
    neighbour: &'a str,
}

struct Network<'a> {
    places: &'a Places<'a>,
    ground: &'a Ground,
    exits: Vec<Vec<Exit<'a>>>,
}

impl<'a> Network<'a> {
    fn of(places: &'a Places, ground: &'a Ground, removed: &[bool]) -> Network<'a> {
        let mut exits: Vec<Vec<Exit>> = ground.nodes.iter().map(|_| vec![]).collect();
        for (link, joined) in ground.links.iter().enumerate() {
            let [first, second] = &joined.ends;
            if [first, second].iter().any(|end| removed[ground.nodes[end.node].node]) {
                continue;
            }
            let mut add = |from: &'a super::document::End, to: &'a super::document::End| {
                let neighbour = &places.document.nodes[ground.nodes[to.node].node].id;
                exits[from.node].push(Exit {
                    link,
                    interface: &from.interface,
                    to: to.node,
                    enters: &to.interface,
                    neighbour,
                });
            };
            add(first, second);
            // "a `one_way` link carries packets from its first end to its second only"
            if !joined.one_way {
                add(second, first);
            }
        }
        Network { places, ground, exits }
    }
}

/// Where a packet is: the node, the link it came by, the interface of that link, and the tag if the node is a switch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State<'a> {
    at: usize,
    came_by: usize,
    enters: &'a str,
    tag: Option<u16>,
}

/// The walk of one header.
struct Walk<'a> {
    network: &'a Network<'a>,
    next_hops: &'a [Option<BTreeSet<&'a str>>],
    /// The ground nodes that are endpoints and receive the destination.
    ends: &'a [bool],
    matches: &'a dyn Fn(usize, usize, usize) -> bool,
}

impl<'a> Walk<'a> {
    /// The document's nodes to which the packet that `opener` emits can be delivered.
    fn delivered(&self, opener: usize, over_one_way_links: bool) -> BTreeSet<usize> {
        let ground = self.network.ground;
        let mut delivered = BTreeSet::new();
        if !self.ends.iter().enumerate().any(|(v, end)| *end && v != opener) {
            return delivered;
        }
        let mut seen = BTreeSet::new();
        let mut open = vec![];
        // Emit: "on any of its links, if its filters permit". (The router half of an l3-switch bears its index.)
        for exit in &self.network.exits[opener] {
            if self.link_counts(exit, over_one_way_links) && self.permits(opener, None, Some(exit.interface)) {
                open.extend(self.arrivals(exit, None));
            }
        }
        while let Some(state) = open.pop() {
            if !seen.insert(state) {
                continue;
            }
            let node = &ground.nodes[state.at];
            // Deliver
            if self.ends[state.at] && state.at != opener && self.permits(state.at, Some(state.enters), None) {
                delivered.insert(node.node);
            }
            // Forward
            if !self.network.places.document.nodes[node.node].forwards {
                continue;
            }
            for exit in &self.network.exits[state.at] {
                let link = &ground.links[exit.link];
                // "a switch not by the link it came by", "only by links that carry its tag"
                let switched = !node.is_switch
                    || (exit.link != state.came_by && state.tag.is_none_or(|tag| link.tags.contains(&tag)));
                let routed = self.next_hops[state.at]
                    .as_ref()
                    .is_none_or(|vias| vias.contains(exit.interface) || vias.contains(exit.neighbour));
                if switched
                    && routed
                    && self.link_counts(exit, over_one_way_links)
                    && self.permits(state.at, Some(state.enters), Some(exit.interface))
                {
                    open.extend(self.arrivals(exit, state.tag));
                }
            }
        }
        delivered
    }

    fn link_counts(&self, exit: &Exit, over_one_way_links: bool) -> bool {
        over_one_way_links || !self.network.ground.links[exit.link].one_way
    }

    /// "Entering a switch, a packet has one of the link's tags: the tag it left the last switch with, or any of the
    /// link's when the last node was no switch. Other nodes drop the tag."
    fn arrivals(&self, exit: &Exit<'a>, tag: Option<u16>) -> Vec<State<'a>> {
        let state = State { at: exit.to, came_by: exit.link, enters: exit.enters, tag: None };
        if !self.network.ground.nodes[exit.to].is_switch {
            return vec![state];
        }
        match tag {
            Some(tag) => vec![State { tag: Some(tag), ..state }],
            None => {
                let tags = &self.network.ground.links[exit.link].tags;
                tags.iter().map(|&tag| State { tag: Some(tag), ..state }).collect()
            }
        }
    }

    fn permits(&self, at: usize, enters: Option<&str>, leaves: Option<&str>) -> bool {
        let node = &self.network.ground.nodes[at];
        if node.is_switch_half {
            return true;
        }
        let filters = &self.network.places.document.nodes[node.node].filters;
        filters_permit(filters, enters, leaves, |f, r| (self.matches)(node.node, f, r))
    }
}

/// For each rule what it says to each source, destination, service and source port.
struct RuleTables {
    rules: Vec<Vec<Vec<RuleTable>>>,
}

struct RuleTable {
    by_header: [Vec<bool>; 3],
    /// `None`: the rule has no `source_port`.
    source_ports: Option<Vec<bool>>,
}

impl RuleTables {
    fn of(places: &Places, headers: &Headers) -> RuleTables {
        let table = |rule: &super::document::Rule| RuleTable {
            by_header: [
                headers.sources.iter().map(|&a| places.rule_matches(&rule.from, a, rule.permit)).collect(),
                headers.destinations.iter().map(|&a| places.rule_matches(&rule.to, a, rule.permit)).collect(),
                headers.services.iter().map(|&p| service_matches(&rule.service, p)).collect(),
            ],
            source_ports: rule
                .source_port
                .as_ref()
                .map(|ports| headers.source_ports.iter().map(|&port| in_ranges(ports, port)).collect()),
        };
        let of_filter = |filter: &super::document::Filter| filter.rules.iter().map(table).collect();
        let of_node = |node: &super::document::Node| node.filters.iter().map(of_filter).collect();
        RuleTables { rules: places.document.nodes.iter().map(of_node).collect() }
    }

    fn match_header(&self, node: usize, f: usize, r: usize, header: [usize; 3], source_port: Option<usize>) -> bool {
        let rule = &self.rules[node][f][r];
        // "A rule with `source_port` matches only packets that have ports."
        let from_port = match (&rule.source_ports, source_port) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(ports), Some(port)) => ports[port],
        };
        from_port && header.iter().zip(&rule.by_header).all(|(&index, answers)| answers[index])
    }
}
