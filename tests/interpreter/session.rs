//! Sessions: for every endpoint and every header that it may emit, an explicit search over (where the packet is, the
//! header that it has there) (spec section 5); and transfers, sessions of their own kind.

use super::ground::Ground;
use super::header::{Header, Headers};
use super::place::{Address, Places, is_endpoint};
use super::selection::Packing;
use super::walk::{Network, State};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// Who opens it to whom, and how: S(u,v,h,h′) for some source port, or a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    pub opener: usize,
    pub responder: usize,
    pub carrier: Carrier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carrier {
    /// "u sees the session as h, v as h′."
    Packets {
        sent: Seen,
        received: Seen,
    },
    Transfer {
        number: usize,
    },
}

/// A session as one of its ends sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub source: Address,
    pub destination: Address,
    pub service: Packing,
}

/// All sessions, each with whether it also exists over links none of which is one-way (a transfer does not).
pub type Sessions = BTreeMap<Session, bool>;

/// Decides all sessions of the network without the `removed` nodes: "packets do not enter, leave or end at them,
/// transfers neither begin nor end there".
pub fn sessions(places: &Places, ground: &Ground, headers: &Headers, removed: &[bool]) -> Sessions {
    let mut sessions = transfers(places, removed);
    let nodes = &places.document.nodes;
    let openers = (0..nodes.len()).filter(|&n| !removed[n] && is_endpoint(&nodes[n]));
    let sent = openers.flat_map(|opener| emitted(places, headers, opener).into_iter().map(move |sent| (opener, sent)));
    // Those with the same header side by side: what is found of the one serves the others.
    let mut sent: Vec<(usize, Header)> = sent.collect();
    sent.sort_by_key(|&(opener, header)| (header, opener));
    sessions.extend(opened_by(places, ground, headers, removed, sent.into_iter()));
    sessions
}

/// Those that the openers open with the headers.
pub fn opened_by(
    places: &Places,
    ground: &Ground,
    headers: &Headers,
    removed: &[bool],
    openers: impl Iterator<Item = (usize, Header)>,
) -> Sessions {
    let mut sessions = Sessions::new();
    let network = Network::of(places, ground, headers, removed);
    let mut walk = Walk { network: &network, ground, number: FxHashMap::default(), known: vec![] };
    let mut last = None;
    let translates = places.document.nodes.iter().any(|node| !node.nat.is_empty());
    let has_one_way_links = ground.links.iter().any(|link| link.one_way);
    for (opener, sent) in openers {
        // Where nothing is translated a step is of use to packets of the same header only.
        if !translates && last.replace(sent) != Some(sent) {
            walk.number.clear();
            walk.known.clear();
        }
        let mut note = |over_one_way_links: bool, two_way: bool| {
            for (responder, received) in walk.delivered(opener, sent, over_one_way_links) {
                let carrier = Carrier::Packets { sent: Seen::of(headers, sent), received: Seen::of(headers, received) };
                *sessions.entry(Session { opener, responder, carrier }).or_insert(false) |= two_way;
            }
        };
        note(true, !has_one_way_links);
        if has_one_way_links {
            note(false, true);
        }
    }
    sessions
}

impl Seen {
    pub fn of(headers: &Headers, header: Header) -> Seen {
        Seen {
            source: headers.source(header),
            destination: headers.destination(header),
            service: headers.services[header.service],
        }
    }
}

/// "every endpoint that matches its `from` to every other endpoint that matches its `to`"
pub fn transfers(places: &Places, removed: &[bool]) -> Sessions {
    let nodes = &places.document.nodes;
    let endpoints: Vec<usize> = (0..nodes.len()).filter(|&n| is_endpoint(&nodes[n]) && !removed[n]).collect();
    let mut sessions = Sessions::new();
    for (number, transfer) in places.document.transfers.iter().enumerate() {
        for &opener in endpoints.iter().filter(|&&n| places.relay_matches(&transfer.from, n, None)) {
            for &responder in endpoints.iter().filter(|&&n| n != opener && places.relay_matches(&transfer.to, n, None))
            {
                sessions.insert(Session { opener, responder, carrier: Carrier::Transfer { number } }, false);
            }
        }
    }
    sessions
}

/// The headers that an endpoint may emit.
pub fn emitted(places: &Places, headers: &Headers, opener: usize) -> Vec<Header> {
    let mut emitted = vec![];
    for (source, &from) in headers.sources.members.iter().enumerate() {
        if !places.may_send_from(opener, from) {
            continue;
        }
        for (destination, &to) in headers.destinations.members.iter().enumerate() {
            // "IPv4 and IPv6 do not mix in one packet; a symbolic address goes with either."
            if let (Address::Known(a), Address::Known(b)) = (from, to)
                && a.v6 != b.v6
            {
                continue;
            }
            for service in 0..headers.services.len() {
                for source_port in headers.source_ports_of(service) {
                    emitted.push(Header { source, destination, service, source_port });
                }
            }
        }
    }
    emitted
}

/// What happens to packets, each step found once.
struct Walk<'a> {
    network: &'a Network<'a>,
    ground: &'a Ground,
    number: FxHashMap<(State, Header), usize>,
    known: Vec<Known>,
}

struct Known {
    place: (State, Header),
    /// Found when first asked for.
    step: Option<Step>,
}

struct Step {
    delivered: Vec<Header>,
    /// What is next, and whether over a link that is one-way.
    next: Vec<(usize, bool)>,
}

impl Walk<'_> {
    /// The endpoints that the packet can be delivered at, but the opener, and the headers that it then has.
    fn delivered(&mut self, opener: usize, sent: Header, over_one_way_links: bool) -> BTreeSet<(usize, Header)> {
        let mut delivered = BTreeSet::new();
        let mut seen = FxHashSet::default();
        let mut open: Vec<usize> = vec![];
        for next in self.network.emitted(opener, sent) {
            if over_one_way_links || !next.one_way {
                open.push(self.number(next.state, next.header));
            }
        }
        while let Some(number) = open.pop() {
            if !seen.insert(number) {
                continue;
            }
            let node = self.ground.nodes[self.known[number].place.0.at].node;
            let step = self.step(number);
            if node != opener {
                delivered.extend(step.delivered.iter().map(|&header| (node, header)));
            }
            open.extend(step.next.iter().filter(|(_, one_way)| over_one_way_links || !one_way).map(|(next, _)| *next));
        }
        delivered
    }

    fn number(&mut self, state: State, header: Header) -> usize {
        let known = &mut self.known;
        *self.number.entry((state, header)).or_insert_with(|| {
            known.push(Known { place: (state, header), step: None });
            known.len() - 1
        })
    }

    fn step(&mut self, number: usize) -> &Step {
        if self.known[number].step.is_none() {
            let (state, header) = self.known[number].place;
            let (delivered, next) = self.network.arrived(state, header);
            let next = next.into_iter().map(|next| (self.number(next.state, next.header), next.one_way)).collect();
            self.known[number].step = Some(Step { delivered, next });
        }
        self.known[number].step.as_ref().expect("found just now")
    }
}
