//! A slow, literal interpreter of the specification, against which the engine is tested: it decides
//! the requirements packet by packet and shares no code with the library. Each module names its section.

// Each test program that says `mod interpreter;` uses its own part of it.
#![allow(dead_code, unused_imports)]

mod block;
mod classes;
mod document;
mod ground;
mod header;
mod nat;
mod path;
mod place;
mod requirement;
mod selection;
mod session;
mod walk;
pub mod witness;
mod words;

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

/// For each exception the pairs of opener and responder of the sessions that it covers, by id.
///
/// # Errors
/// What could not be read.
pub fn opened(document: &serde_json::Value) -> Result<requirement::Opened, String> {
    Ok(requirement::opened(&document::read(document)?))
}
