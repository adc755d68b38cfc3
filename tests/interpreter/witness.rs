//! Whether a witness of a report is one: each session is looked for with the one header that the report names, and the
//! passes and exceptions are judged as in `path`.

use super::block::read_point;
use super::document::Document;
use super::ground::Ground;
use super::header::Headers;
use super::path::is_covered;
use super::place::{Address, Places, is_endpoint};
use super::selection::{Packing, service_matches};
use super::session::{Session, sessions};
use serde_json::Value;

/// What a witness is to show.
#[derive(Clone, Copy)]
pub struct Claim<'c> {
    pub raw_only: bool,
    /// The requirement that exceptions may waive.
    pub waiver: Option<&'c str>,
    pub without_tag: Option<&'c str>,
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
        .map(|node| claim.without_tag.is_some_and(|tag| node.tags.iter().any(|word| word == tag)))
        .collect();
    let mut found: Vec<Session> = vec![];
    for (at, session) in shown.iter().enumerate() {
        let (opener, responder) = (node(document, &session["from"])?, node(document, &session["to"])?);
        let packet = &session["packet"];
        let (source, destination) = (address(document, &packet["source"])?, address(document, &packet["destination"])?);
        let service = Packing {
            protocol: protocol(packet["protocol"].as_str().unwrap_or_default())?,
            port: port(&packet["destination_port"]),
        };
        let headers = Headers {
            sources: vec![source],
            destinations: vec![destination],
            services: vec![service],
            source_ports: port(&packet["source_port"]).into_iter().collect(),
        };
        let wanted = Session { opener, responder, source, destination, service };
        let all = sessions(&places, &ground, &headers, &removed);
        let Some(&two_way) = all.get(&wanted) else { return Err(format!("no session {session}")) };
        let pushed = (opener, responder) == (path[at], path[at + 1]);
        let pulled = (responder, opener) == (path[at], path[at + 1]);
        if !pushed && !(pulled && two_way) {
            return Err(format!("no data from {} to {}: {session}", finding["path"][at], finding["path"][at + 1]));
        }
        let hops = list(&session["hops"]);
        let ends = [hops.first(), hops.last()].map(|hop| hop.map(|hop| hop["node"].clone()));
        if ends != [Some(session["from"].clone()), Some(session["to"].clone())] {
            return Err(format!("the hops do not join the ends: {session}"));
        }
        found.push(wanted);
    }
    for (at, pair) in found.windows(2).enumerate() {
        if !passes(&places, path[at + 1], &pair[0], &pair[1], claim.raw_only) {
            return Err(format!("{} does not pass it on", finding["path"][at + 1]));
        }
    }
    let covered = |session: &Session| claim.waiver.is_some_and(|id| is_covered(&places, session, id));
    if found.iter().all(covered) {
        return Err("exceptions cover every session".to_string());
    }
    for (session, shown) in found.iter().zip(&shown) {
        if covered(session) == list(&shown["covered_by"]).is_empty() {
            return Err(format!("covered or not? {shown}"));
        }
    }
    Ok(())
}

fn passes(places: &Places, relay: usize, before: &Session, after: &Session, raw_only: bool) -> bool {
    let declared = &places.document.nodes[relay];
    let peer = |session: &Session| {
        if session.opener == relay {
            (session.responder, session.destination)
        } else {
            (session.opener, session.source)
        }
    };
    let ((from, from_address), (to, to_address)) = (peer(before), peer(after));
    match &declared.relays {
        None => {
            let tiers = ["my-number", "lgwan", "internet"];
            let is_tier = places.labels[relay].as_deref().is_some_and(|zone| tiers.contains(&zone));
            is_endpoint(declared) && !declared.forwards && !is_tier
        }
        Some(relays) => relays.iter().filter(|entry| !(raw_only && entry.sanitises)).any(|entry| {
            places.relay_matches(&entry.from, from, from_address)
                && service_matches(&entry.from_service, before.service)
                && places.relay_matches(&entry.to, to, to_address)
                && service_matches(&entry.to_service, after.service)
        }),
    }
}
