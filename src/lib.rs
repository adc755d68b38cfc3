//! sanso (三層): proves that a local government's network keeps its three tiers apart, or shows the packet that gets through.
//!
//! A *document* describes the network: nodes, links, filters, routes, what machines relay. A *policy* names the requirements; the one
//! that comes with the library is `three-tier/alpha`. [`run_verify`] decides each requirement of a document and gives a [`Report`] of
//! facts: verdicts, and for each cause of a violation a [`Finding`] with a packet whose way through the network was replayed. Facts hold no
//! prose; whatever has a sentence is a [`Sentence`].
//!
//! ```
//! use sanso::{Lang, Options, Sentence, Source, Verdict, run_verify};
//!
//! let text = r#"{"sanso": 1, "nodes": [
//!   {"id": "db", "zone": "my-number", "addresses": ["10.1.0.1"]},
//!   {"id": "pc", "zone": "lgwan", "addresses": ["10.2.0.1"]},
//!   {"id": "fw", "kind": "firewall", "filter": {"rules": [
//!     {"action": "permit", "from": ["10.2.0.0/16"], "to": ["10.1.0.0/16"], "service": ["tcp/1433"]}]}}],
//!   "links": [["db", "fw"], ["pc", "fw"]]}"#;
//! let source = Source::new("ward.json", text.as_bytes().to_vec())?;
//! let report = run_verify(&source, &Options::today(2026, 11, 22)).map_err(|_| "the document cannot be used")?;
//!
//! let isolation = report.requirements.iter().find(|one| one.id == "MN-ISOLATION").ok_or("part of the policy")?;
//! assert_eq!((isolation.verdict, isolation.tuples), (Verdict::Violated, 1));
//! let finding = &isolation.findings[0];
//! println!("{}", finding.text(Lang::Ja));
//! assert_eq!(finding.sessions[0].packet().and_then(|packet| packet.destination_port), Some(1433));
//! assert_eq!(finding.location.as_ref().map(|place| place.line), Some(5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A document that is to be asked "what if" again and again stays open in a [`Verifier`]: after each [`Change`] it is decided anew, in
//! time that grows with what the change touches.
//!
//! ```
//! use sanso::{Change, Session, Source, Texts, Verifier};
//!
//! let text = r#"{"sanso": 1, "nodes": [
//!   {"id": "db", "zone": "my-number"}, {"id": "pc", "zone": "lgwan"},
//!   {"id": "fw", "kind": "firewall", "filter": {"rules": []}}],
//!   "links": [["db", "fw"], ["pc", "fw"]]}"#;
//! let source = Source::new("ward.json", text.as_bytes().to_vec())?;
//! let (texts, session) = (Texts::default(), Session::today(2026, 11, 22));
//! let mut verifier = Verifier::new(&source, &texts, &session).map_err(|_| "the document cannot be used")?;
//! assert_eq!(verifier.violating("MN-ISOLATION", 10), [] as [Vec<String>; 0]);
//! let rule = r#"{"action": "permit", "from": ["node:pc"]}"#;
//! verifier.apply(Change::AddRule { node: "fw", filter: 0, at: 0, rule }).map_err(|_| "refused")?;
//! assert_eq!(verifier.violating("MN-ISOLATION", 10), [["db", "pc"]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/verify.rs` and `examples/what_if.rs` do the same with files. [`run_diff`] compares two documents, [`run_prove`] writes a
//! certificate that the independent checkers of `checker/` accept or reject, [`render`] writes reports in every format of the command
//! line. Errors of a document are [`Diagnostics`]: coded, with a place, in English and Japanese.
//!
//! # What is stable
//!
//! What stands at the top of this page, and the modules that are listed. Modules that are not (the sets of headers, the model, the
//! network, the engine) are public for the tests and benches of this repository, and change without notice.
//!
//! # Features
//!
//! `cli`, `check`, `completions` and `pdf` concern the program `sanso` only: a program that uses the library takes
//! `default-features = false`. `sign` adds the module `attest` (signed statements), `junit` the format of that name.

/// Whether the engine has a fault built in on purpose; never without the feature.
#[cfg(feature = "broken-engine")]
macro_rules! sabotaged {
    ($fault:ident) => {
        crate::sabotage::has(crate::sabotage::Sabotage::$fault)
    };
}
#[cfg(not(feature = "broken-engine"))]
macro_rules! sabotaged {
    ($fault:ident) => {
        false
    };
}

#[cfg(feature = "sign")]
pub mod attest;
pub mod certificate;
pub mod certify;
#[doc(hidden)]
pub mod city;
pub mod code;
pub mod diagnostic;
pub mod diff;
pub mod document;
#[doc(hidden)]
pub mod engine;
mod graph;
#[doc(hidden)]
pub mod header;
pub mod import;
pub mod language;
#[doc(hidden)]
pub mod model;
mod nearest;
#[doc(hidden)]
pub mod network;
mod number;
#[doc(hidden)]
pub mod packet;
pub mod policy;
pub mod progress;
pub mod question;
mod refusal;
pub mod render;
pub mod report;
#[cfg(feature = "broken-engine")]
#[doc(hidden)]
pub mod sabotage;
#[doc(hidden)]
pub mod screen;
pub mod session;
pub mod source;
#[doc(hidden)]
pub mod topology;
pub mod verify;

pub use certify::run_prove;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use diff::run_diff;
pub use document::Date;
pub use language::{Lang, Phrase};
pub use policy::Policy;
pub use render::Sentence;
pub use report::{Finding, Report, RequirementReport, Verdict, Warning};
pub use session::{Change, Session, State, Texts, Verifier};
pub use source::Source;
pub use verify::{Options, run_verify};

/// The Rust of the README is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
