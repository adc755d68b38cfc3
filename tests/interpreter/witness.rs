//! Whether a witness of a report is one: each session is looked for with the one header that the report names, and the
//! passes and exceptions are judged as in `path`.

use super::block::read_point;
use super::document::{Document, Service};
use super::ground::Ground;
use super::header::{Alone, Header, Headers};
use super::path::{LeftOut, entries, has_service, is_covered};
use super::place::{Address, Places};
use super::selection::Packing;
use super::session::{Carrier, Seen, Session, emitted, opened_by, transfers};
use serde_json::Value;

/// What a witness is to show.
#[derive(Clone, Copy)]
pub struct Claim<'c> {
    pub left_out: LeftOut<'c>,
    /// The requirement that exceptions may waive.
    pub waiver: Option<&'c str>,
    pub without_tag: Option<&'c str>,
    /// Nodes that are not there, by id.
    pub without: &'c [String],
    /// Services of the last session; `None`: any.
    pub services: Option<&'c [Service]>,
    /// Whether it is one session of packets from the first to the last.
    pub session: bool,
}

impl Claim<'_> {
    pub const ALL: Claim<'static> = Claim {
        left_out: LeftOut::None,
        waiver: None,
        without_tag: None,
        without: &[],
        services: None,
        session: false,
    };
}

fn node(document: &Document, id: &Value) -> Result<usize, String> {
    document.nodes.iter().position(|node| id == node.id.as_str()).ok_or_else(|| format!("no node {id}"))
}

fn address(document: &Document, text: &Value) -> Result<Address, String> {
    let text = text.as_str().ok_or("an address is no text")?;
    match text.strip_prefix('⟨').and_then(|rest| rest.strip_suffix('⟩')) {
        Some(id) => Ok(Address::Symbolic(node(document, &id.into())?)),
        None => read_point(text).map(Address::Known).ok_or_else(|| format!("no address: {text}")),
    }
}

fn protocol(word: &str) -> Result<u8, String> {
    let known =
        [("tcp", 6), ("udp", 17), ("sctp", 132), ("icmp", 1), ("icmpv6", 58), ("esp", 50), ("ah", 51), ("gre", 47)];
    let number = word.strip_prefix("proto/").and_then(|number| number.parse().ok());
    let named = known.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
    named.or(number).ok_or_else(|| format!("no protocol: {word}"))
}

fn port(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|port| u16::try_from(port).ok())
}

/// Checks a finding of a report in JSON.
///
/// # Errors
/// Why its witness is none.
pub fn check(document: &Document, finding: &Value, claim: Claim) -> Result<(), String> {
    let places = Places::of(document);
    let ground = Ground::of(document);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let path = list(&finding["path"]).iter().map(|id| node(document, id)).collect::<Result<Vec<_>, _>>()?;
    let shown = list(&finding["sessions"]);
    if shown.len() + 1 != path.len() {
        return Err(format!("{} sessions for a path of {}", shown.len(), path.len()));
    }
    let removed: Vec<bool> = document
        .nodes
        .iter()
        .map(|node| {
            let tagged = claim.without_tag.is_some_and(|tag| node.tags.iter().any(|word| word == tag));
            tagged || claim.without.contains(&node.id)
        })
        .collect();
    // For each that is shown, the sessions that it may be: what is sent is shown, what is received may be several.
    let mut found: Vec<Vec<Session>> = vec![];
    for (at, session) in shown.iter().enumerate() {
        let (opener, responder) = (node(document, &session["from"])?, node(document, &session["to"])?);
        if let Some(id) = session.get("transfer") {
            found.push(vec![carried(&places, &removed, (opener, responder), id, claim)?]);
            if (opener, responder) != (path[at], path[at + 1]) {
                return Err(format!("nothing is carried back: {session}"));
            }
            if session.get("packet").is_some() || !list(&session["hops"]).is_empty() {
                return Err(format!("what is carried is no packet: {session}"));
            }
            continue;
        }
        let packet = &session["packet"];
        let (source, destination) = (address(document, &packet["source"])?, address(document, &packet["destination"])?);
        let service = Packing {
            protocol: protocol(packet["protocol"].as_str().unwrap_or_default())?,
            port: port(&packet["destination_port"]),
        };
        let alone = Alone {
            addresses: vec![source, destination],
            services: vec![service],
            source_ports: port(&packet["source_port"]).into_iter().collect(),
            lists: claim.services.iter().map(|list| list.to_vec()).collect(),
        };
        let wanted = Seen { source, destination, service };
        let pushed = (opener, responder) == (path[at], path[at + 1]);
        let pulled = (responder, opener) == (path[at], path[at + 1]);
        let headers = Headers::with(&places, &alone);
        let source_port = port(&packet["source_port"]);
        let is_shown = |sent: &Header| {
            Seen::of(&headers, *sent) == wanted
                && sent.source_port.map(|port| headers.source_ports[port]) == source_port
        };
        let sent = emitted(&places, &headers, opener).into_iter().filter(is_shown);
        let all = opened_by(&places, &ground, &headers, &removed, sent.map(|sent| (opener, sent)));
        let ours: Vec<(Session, bool)> =
            all.into_iter().filter(|(session, _)| session.responder == responder).collect();
        if ours.is_empty() {
            return Err(format!("no session {session}"));
        }
        let carrying: Vec<Session> =
            ours.into_iter().filter(|(_, two_way)| pushed || pulled && *two_way).map(|(session, _)| session).collect();
        if carrying.is_empty() {
            return Err(format!("no data from {} to {}: {session}", finding["path"][at], finding["path"][at + 1]));
        }
        let hops = list(&session["hops"]);
        let ends = [hops.first(), hops.last()].map(|hop| hop.map(|hop| hop["node"].clone()));
        if ends != [Some(session["from"].clone()), Some(session["to"].clone())] {
            return Err(format!("the hops do not join the ends: {session}"));
        }
        found.push(carrying);
    }
    let covered = |session: &Session| claim.waiver.is_some_and(|id| is_covered(&places, session, id));
    // Which of them the path may have come to, in one choice of all before, as far as it is shown.
    let mut ways: Vec<Vec<Session>> = vec![vec![]];
    for (at, (choices, shown)) in found.iter().zip(&shown).enumerate() {
        let is_as_shown = |session: &&Session| covered(session) != list(&shown["covered_by"]).is_empty();
        let choices: Vec<Session> = choices.iter().filter(is_as_shown).copied().collect();
        if choices.is_empty() {
            return Err(format!("covered or not? {shown}"));
        }
        let goes_on = |way: &Vec<Session>, next: &Session| {
            way.last().is_none_or(|last| passes(&places, path[at], last, next, claim.left_out))
        };
        ways = ways
            .iter()
            .flat_map(|way| choices.iter().filter(|next| goes_on(way, next)).map(|next| [&way[..], &[*next]].concat()))
            .collect();
        if ways.is_empty() {
            return Err(format!("{} does not pass it on", finding["path"][at]));
        }
    }
    let ends_well = |way: &Vec<Session>| {
        let last = way.last().expect("a way of some sessions");
        let opened = way.len() == 1 && last.opener == path[0] && !matches!(last.carrier, Carrier::Transfer { .. });
        claim.services.is_none_or(|services| has_service(last, services)) && (opened || !claim.session)
    };
    ways.retain(ends_well);
    if ways.is_empty() {
        return Err("its last session has another service, or it is not one session".to_string());
    }
    if ways.iter().all(|way| way.iter().all(covered)) {
        return Err("exceptions cover every session".to_string());
    }
    Ok(())
}

/// The transfer of this id between two nodes.
fn carried(
    places: &Places,
    removed: &[bool],
    (opener, responder): (usize, usize),
    id: &Value,
    claim: Claim,
) -> Result<Session, String> {
    let is_it = |number: usize| *id == *places.document.transfers[number].id;
    let left_out = |number: usize| claim.left_out.holds(&places.document.transfers[number].method);
    let mut all = transfers(places, removed).into_keys();
    let found = all.find(|session| {
        let this = matches!(session.carrier, Carrier::Transfer { number } if is_it(number) && !left_out(number));
        this && (session.opener, session.responder) == (opener, responder)
    });
    found.ok_or_else(|| format!("no transfer {id}, or it sanitises"))
}

fn passes(places: &Places, relay: usize, before: &Session, after: &Session, left_out: LeftOut) -> bool {
    let taken = entries(places, relay, before, left_out, true);
    let passed_on = entries(places, relay, after, left_out, false);
    taken.iter().zip(&passed_on).any(|(taken, passed_on)| *taken && *passed_on)
}
