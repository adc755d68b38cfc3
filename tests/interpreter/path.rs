//! Data flows, relays and data paths (spec section 6).

use super::document::Service;
use super::place::{Address, Places, is_endpoint};
use super::selection::{Packing, service_matches, service_matches_transfer};
use super::session::{Carrier, Session, Sessions};
use std::collections::BTreeSet;

/// Passes that leave a path out, by how they sanitise.
#[derive(Clone, Copy)]
pub enum LeftOut<'q> {
    None,
    /// Those that sanitise in any way.
    Any,
    /// Those that sanitise in one of these ways.
    OneOf(&'q [String]),
}

impl LeftOut<'_> {
    pub fn holds(self, sanitise: &Option<String>) -> bool {
        match (self, sanitise) {
            (_, None) | (LeftOut::None, _) => false,
            (LeftOut::Any, Some(_)) => true,
            (LeftOut::OneOf(methods), Some(method)) => methods.contains(method),
        }
    }
}

/// What is to be found: all paths but those left out, from which requirement exceptions may excuse (`None`: they do not), and
/// which services the last session has (`None`: any).
#[derive(Clone, Copy)]
pub struct Question<'q> {
    pub left_out: LeftOut<'q>,
    pub waiver: Option<&'q str>,
    pub services: Option<&'q [Service]>,
}

impl Question<'_> {
    pub const ALL: Question<'static> = Question { left_out: LeftOut::None, waiver: None, services: None };
}

/// Whether a session has one of some services, "as its receiver sees it".
pub fn has_service(session: &Session, services: &[Service]) -> bool {
    match session.carrier {
        Carrier::Packets { received, .. } => service_matches(services, received.service),
        Carrier::Transfer { .. } => service_matches_transfer(services),
    }
}

/// A data flow as relays see it. Flows that look alike to every relay entry and every exception are one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Flow {
    from: usize,
    to: usize,
    /// The relay entries of `from` that pass something on into this flow's session.
    passed_on_by: Vec<bool>,
    /// The relay entries of `to` that take what comes in this flow's session.
    taken_by: Vec<bool>,
    covered: bool,
    /// Whether a path may end with it.
    last: bool,
}

/// For every node the nodes to which there is a data path that answers the question and is not excused.
pub fn data_paths(places: &Places, sessions: &Sessions, question: Question) -> Vec<BTreeSet<usize>> {
    let mut flows = BTreeSet::new();
    for (session, &two_way) in sessions {
        // "It is raw if every pass on it is raw and no data flow on it is by a sanitising transfer."
        if let Carrier::Transfer { number } = session.carrier
            && question.left_out.holds(&places.document.transfers[number].method)
        {
            continue;
        }
        let covered = question.waiver.is_some_and(|requirement| is_covered(places, session, requirement));
        let last = question.services.is_none_or(|services| has_service(session, services));
        let mut flow = |from, to| {
            flows.insert(Flow {
                from,
                to,
                passed_on_by: entries(places, from, session, question.left_out, false),
                taken_by: entries(places, to, session, question.left_out, true),
                covered,
                last,
            });
        };
        // pushed
        flow(session.opener, session.responder);
        // pulled: "over links none of which is one-way"
        if two_way {
            flow(session.responder, session.opener);
        }
    }
    let flows: Vec<Flow> = flows.into_iter().collect();
    (0..places.document.nodes.len()).map(|a| reached_from(&flows, a)).collect()
}

/// Reachability over (flow, whether some session so far is uncovered): "excused when *every* session on it is covered".
fn reached_from(flows: &[Flow], a: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<(usize, bool)> =
        (0..flows.len()).filter(|&f| flows[f].from == a).map(|f| (f, !flows[f].covered)).collect();
    while let Some((f, uncovered)) = open.pop() {
        if !seen.insert((f, uncovered)) {
            continue;
        }
        let flow = &flows[f];
        if uncovered && flow.last {
            reached.insert(flow.to);
        }
        for (g, next) in flows.iter().enumerate().filter(|(_, next)| next.from == flow.to) {
            if flow.taken_by.iter().zip(&next.passed_on_by).any(|(taken, passed_on)| *taken && *passed_on) {
                open.push((g, uncovered || !next.covered));
            }
        }
    }
    reached
}

/// A session as a relay at one of its ends sees it: the peer, and but for a transfer the peer's address and the service.
pub struct View {
    pub peer: usize,
    pub packets: Option<(Address, Packing)>,
}

/// "A relay sees each session as its own end does."
pub fn view(node: usize, session: &Session) -> View {
    let is_opener = session.opener == node;
    View {
        peer: if is_opener { session.responder } else { session.opener },
        packets: match session.carrier {
            // "the peer's address is for u the destination of h, for v the source of h′"
            Carrier::Packets { sent, .. } if is_opener => Some((sent.destination, sent.service)),
            Carrier::Packets { received, .. } => Some((received.source, received.service)),
            Carrier::Transfer { .. } => None,
        },
    }
}

/// For each pass that `node` knows, whether it takes what comes in this session, or else passes something on in it.
pub fn entries(places: &Places, node: usize, session: &Session, left_out: LeftOut, taking: bool) -> Vec<bool> {
    let declared = &places.document.nodes[node];
    match &declared.relays {
        // "with `relays` declared: only what an entry says"
        Some(relays) => relays
            .iter()
            .filter(|relay| !left_out.holds(&relay.sanitise))
            .map(|relay| {
                let (peers, services) =
                    if taking { (&relay.from, &relay.from_service) } else { (&relay.to, &relay.to_service) };
                let view = view(node, session);
                let by_service = match view.packets {
                    Some((_, service)) => service_matches(services, service),
                    None => service_matches_transfer(services),
                };
                by_service && places.relay_matches(peers, view.peer, view.packets.map(|(address, _)| address))
            })
            .collect(),
        // "without: a forwarding node and a tier node pass nothing; any other endpoint passes everything"
        None => {
            vec![is_endpoint(declared) && !declared.forwards && places.tier(node).is_none()]
        }
    }
}

pub fn is_covered(places: &Places, session: &Session, requirement: &str) -> bool {
    places
        .document
        .exceptions
        .iter()
        .any(|exception| exception.waives.iter().any(|id| id == requirement) && covers(places, exception, session))
}

/// "An exception covers a session (u,v,h,h′) when u matches `from`, v matches `to` and the service as v sees it is in
/// `service`": "u the source of h, v the destination of h′ (in a transfer none)".
pub fn covers(places: &Places, exception: &super::document::Exception, session: &Session) -> bool {
    let (source, destination, by_service) = match session.carrier {
        Carrier::Packets { sent, received } => {
            (Some(sent.source), Some(received.destination), service_matches(&exception.service, received.service))
        }
        Carrier::Transfer { .. } => (None, None, service_matches_transfer(&exception.service)),
    };
    by_service
        && places.exception_matches(&exception.from, session.opener, source)
        && places.exception_matches(&exception.to, session.responder, destination)
}
