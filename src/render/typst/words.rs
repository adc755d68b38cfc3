//! What the audit report says besides its facts, in both languages: a missing word does not build. Verdicts, findings and
//! zones are said as everywhere else, in `report::phrases`.

mod english;
mod japanese;

use serde::Serialize;

use crate::language::Lang;
use crate::report::Overall;
use english::English;
use japanese::Japanese;

/// The words of a language.
pub(super) fn words(lang: Lang) -> &'static dyn Words {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// Headings of the sections, in their order.
#[derive(Serialize)]
#[allow(missing_docs)]
pub(super) struct Headings {
    pub subject: &'static str,
    pub verdict: &'static str,
    pub matrix: &'static str,
    pub requirements: &'static str,
    pub repairs: &'static str,
    pub ledger: &'static str,
    pub depth: &'static str,
    pub assumptions: &'static str,
    pub zones: &'static str,
    pub not_checked: &'static str,
    pub certificate: &'static str,
    pub closing: &'static str,
}

/// Headings of columns, and what stands before a text.
#[derive(Serialize)]
#[allow(missing_docs)]
pub(super) struct Labels {
    pub requirement: &'static str,
    pub title: &'static str,
    pub clause: &'static str,
    pub verdict: &'static str,
    pub tuples: &'static str,
    pub separated: &'static str,
    pub affected: &'static str,
    pub cause: &'static str,
    pub place: &'static str,
    pub path: &'static str,
    pub packet: &'static str,
    pub transfer: &'static str,
    pub guesses: &'static str,
    pub repair: &'static str,
    pub edit: &'static str,
    pub mends: &'static str,
    /// Columns of a session's hops.
    pub hops: [&'static str; 5],
    pub proof: &'static str,
    pub leak: &'static str,
    pub matrix_note: &'static str,
    pub picture_note: &'static str,
    pub no_requirements: &'static str,
    pub ledger_note: &'static str,
    pub no_exceptions: &'static str,
    pub transfers: &'static str,
    pub depth_note: &'static str,
    pub no_depth: &'static str,
    pub assumptions_note: &'static str,
    pub no_assumptions: &'static str,
    pub warnings: &'static str,
    pub zones_note: &'static str,
    pub no_zones: &'static str,
    pub not_checked_note: &'static str,
    pub glyphs_note: &'static str,
    /// Columns of the people: name, date, signature.
    pub people: [&'static str; 3],
}

/// Rows of what the audit itself adds.
#[allow(missing_docs)]
pub(super) struct Particulars {
    pub number: &'static str,
    pub department: &'static str,
    pub purpose: &'static str,
    pub procedure: &'static str,
    pub created: &'static str,
    pub auditor: &'static str,
    pub reviewer: &'static str,
    pub approver: &'static str,
    pub conclusion: &'static str,
    pub response: &'static str,
}

/// Rows of the subject.
#[allow(missing_docs)]
pub(super) struct Subject {
    pub name: &'static str,
    pub file: &'static str,
    pub digest: &'static str,
    pub size: &'static str,
    pub model: &'static str,
    pub policy: &'static str,
    pub policy_digest: &'static str,
    pub date: &'static str,
    pub tool: &'static str,
}

/// Rows of an exception.
#[allow(missing_docs)]
pub(super) struct Ledger {
    pub ends: &'static str,
    pub service: &'static str,
    pub waives: &'static str,
    pub reason: &'static str,
    pub approved_by: &'static str,
    pub until: &'static str,
    pub attested: &'static str,
    pub opens: &'static str,
    pub faults: &'static str,
    pub terms: &'static str,
    pub remarks: &'static str,
}

/// Rows of a depth.
#[allow(missing_docs)]
pub(super) struct DepthRows {
    pub depth: &'static str,
    pub set: &'static str,
    pub layers: &'static str,
    pub halved: &'static str,
    pub way: &'static str,
}

/// Rows of the certificate.
#[allow(missing_docs)]
pub(super) struct Certificate {
    pub file: &'static str,
    pub digest: &'static str,
    pub json_digest: &'static str,
}

/// The words.
pub(super) trait Words: Sync {
    fn title(&self) -> &'static str;
    fn running(&self, file: &str, digest: &str) -> String;
    fn headings(&self) -> Headings;
    fn labels(&self) -> Labels;
    fn particulars(&self) -> Particulars;
    fn subject(&self) -> Subject;
    fn ledger(&self) -> Ledger;
    fn depth(&self) -> DepthRows;
    fn certificate(&self) -> Certificate;

    // Punctuation.
    fn open(&self) -> &'static str;
    fn close(&self) -> &'static str;
    fn gap(&self) -> &'static str;
    fn semicolon(&self) -> &'static str;
    /// Between a message without its period and what follows it.
    fn then(&self) -> &'static str;

    fn place(&self, line: u32, column: u32) -> String;
    fn model(&self, model: &str) -> String;
    fn overall(&self, verdict: Overall, violated: usize, undecided: usize, requirements: usize) -> String;
    fn overall_excepted(&self) -> &'static str;
    fn statement(&self) -> &'static str;

    // Matrix and zones.
    fn no_zone(&self) -> &'static str;
    fn no_demand(&self) -> &'static str;
    fn endpoints(&self, count: u64) -> String;
    fn zone_size(&self, endpoints: u64, machines: u64) -> String;
    fn more_nodes(&self, more: u64) -> String;

    // Requirements.
    fn holds(&self) -> &'static str;
    fn holds_with_exceptions(&self, exceptions: &str) -> String;
    fn nothing_cuts(&self) -> &'static str;
    fn vacuous(&self) -> &'static str;

    // Exceptions.
    fn missing(&self) -> &'static str;
    fn no_end(&self) -> &'static str;
    fn expired(&self, day: &str) -> String;
    fn opens(&self, pairs: u64) -> String;
    fn opens_nothing(&self) -> &'static str;
    fn opens_unknown(&self) -> &'static str;

    // The certificate.
    fn certified(&self) -> &'static str;
    fn no_certificate(&self) -> &'static str;
    fn certificate_closing(&self) -> &'static str;
}
