//! What tests of certificates share: proving, checking, and what is true.

// Each test program that says `mod checking` uses its own part of it.
#![allow(dead_code)]

pub mod alter;
pub mod checkers;
pub mod forge;
pub mod kinder;
pub mod places;
pub mod policies;
pub mod possible;
pub mod trial;
pub mod truth;

use sanso::certify::{Extent, run_prove};
use sanso::document::Date;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::Value;

/// "Today" in certificates.
pub const DATE: &str = "2026-11-22";

/// The certificate of a text.
///
/// # Errors
/// Why there is none; `Ok(Err(…))` is the fault of the prover, `Err` that of the document.
pub fn prove(name: &str, text: &str, complete: bool) -> Result<Result<Value, String>, String> {
    prove_for(Policy::built_in(DEFAULT).expect("the default policy reads"), name, text, complete)
}

/// The same for any policy.
///
/// # Errors
/// As [`prove`].
pub fn prove_for(policy: &Policy, name: &str, text: &str, complete: bool) -> Result<Result<Value, String>, String> {
    let source = Source::new(name, text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    let options = Options {
        policy,
        date: Date { year: 2026, month: 11, day: 22 },
        max_tuples: usize::MAX,
        limit: None,
        memory: None,
        audit: false,
        rationale: false,
        progress: &Silent,
    };
    match run_prove(&source, &options, Extent { max_tuples: usize::MAX, complete }) {
        Ok(Ok(certificate)) => Ok(Ok(serde_json::to_value(&certificate).expect("a certificate is JSON"))),
        Ok(Err(error)) => Ok(Err(format!("{error:?}"))),
        Err(found) => Err(format!("{} diagnostics", found.into_sorted().len())),
    }
}
