//! A slow, literal interpreter of the specification, against which the engine is tested: it decides
//! the requirements packet by packet and shares no code with the library. Each module names its section.

mod block;
mod classes;
mod depth;
mod document;
mod ground;
mod header;
pub mod kinds;
mod nat;
mod obstacles;
mod path;
mod pattern;
mod place;
pub mod policy;
mod requirement;
mod selection;
mod session;
mod walk;
pub mod witness;
mod words;

pub use depth::{Oracle, Point};
pub use path::LeftOut;
pub use requirement::{Decision, PATH_REQUIREMENTS};

/// Decides the eight requirements of `three-tier/alpha` for `document` on `date` (year, month, day).
///
/// A document whose three path requirements are all vacuous is an input error to the verifier, but is decided here.
///
/// # Errors
/// What could not be read.
pub fn decide(document: &serde_json::Value, date: (i32, u32, u32)) -> Result<Decision, String> {
    Ok(requirement::decide(&document::read(document)?, date))
}

pub mod features;
pub mod legal;
pub mod random;
pub mod shrink;

/// Decides the requirements of a policy for which there is a kind in `kinds`, by id.
///
/// # Errors
/// What could not be read.
pub fn decide_kinds(
    document: &serde_json::Value,
    policy: &serde_json::Value,
    date: (i32, u32, u32),
) -> Result<Decision, String> {
    let read = document::read(document)?;
    let (places, ground) = (place::Places::of(&read), ground::Ground::of(&read));
    let kinds = kinds::Kinds { places: &places, ground: &ground, named: &policy["patterns"], date };
    let of = |requirement: &serde_json::Value| {
        let (kind, asked) = requirement["check"].as_object()?.iter().next()?;
        Some((requirement["id"].as_str()?.to_owned(), kinds.decide(kind, asked)?))
    };
    Ok(policy["requirements"].as_array().into_iter().flatten().filter_map(of).collect())
}

/// The labels of the nodes, in the document's order (spec section 2).
///
/// # Errors
/// What could not be read.
pub fn labels(document: &serde_json::Value) -> Result<Vec<Option<String>>, String> {
    Ok(place::Places::of(&document::read(document)?).labels)
}

/// Checks a finding of a report in JSON.
///
/// # Errors
/// Why its witness is none.
pub fn check_witness(
    document: &serde_json::Value,
    finding: &serde_json::Value,
    claim: witness::Claim,
) -> Result<(), String> {
    witness::check(&document::read(document)?, finding, claim)
}

/// A session that opens with known addresses: opener, responder, source, destination, protocol, destination port.
pub type Known = (String, String, std::net::IpAddr, std::net::IpAddr, u8, Option<u16>);

/// The sessions of a document whose header, as it is sent, bears known addresses; each for some source port.
///
/// # Errors
/// What could not be read.
pub fn known_sessions(document: &serde_json::Value) -> Result<std::collections::BTreeSet<Known>, String> {
    let document = document::read(document)?;
    let places = place::Places::of(&document);
    let nobody = vec![false; document.nodes.len()];
    let headers = header::Headers::of(&places);
    let all = session::sessions(&places, &ground::Ground::of(&document), &headers, &nobody);
    let known = all.keys().filter_map(|session| {
        let session::Carrier::Packets { sent, .. } = session.carrier else { return None };
        let (place::Address::Known(source), place::Address::Known(destination)) = (sent.source, sent.destination)
        else {
            return None;
        };
        let id = |n: usize| document.nodes[n].id.clone();
        let (from, to) = (id(session.opener), id(session.responder));
        Some((from, to, source.ip(), destination.ip(), sent.service.protocol, sent.service.port))
    });
    Ok(known.collect())
}

/// The fewest obstacles on a way for data from one node to another, by index; `direct`: in one session that the first opens. `None` of a pair:
/// there is no way at any price. `None` of all: it would take more than `most` headers.
///
/// # Errors
/// What could not be read.
pub fn fewest_obstacles(
    document: &serde_json::Value,
    pairs: &[(usize, usize)],
    direct: bool,
    most: usize,
) -> Result<Option<Vec<Option<usize>>>, String> {
    Ok(obstacles::fewest(&document::read(document)?, pairs, direct, most))
}

/// Which nodes are endpoints.
///
/// # Errors
/// What could not be read.
pub fn endpoints(document: &serde_json::Value) -> Result<Vec<bool>, String> {
    Ok(document::read(document)?.nodes.iter().map(place::is_endpoint).collect())
}

/// For each exception the pairs of opener and responder of the sessions that it covers, by id.
///
/// # Errors
/// What could not be read.
pub fn opened(document: &serde_json::Value) -> Result<requirement::Opened, String> {
    Ok(requirement::opened(&document::read(document)?))
}
