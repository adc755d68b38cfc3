//! What the audit report says besides its facts, in both languages: a missing word does not build. Verdicts, findings and
//! zones are said as everywhere else, in `report::phrases`.

mod english;
mod japanese;

use serde::Serialize;

use crate::language::Lang;
use crate::render::audit;
use english::English;
use japanese::Japanese;

/// The words of a language.
pub(super) fn words(lang: Lang) -> &'static dyn Words {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
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
    pub edit: &'static str,
    /// Columns of a session's hops.
    pub hops: [&'static str; 5],
    pub proof: &'static str,
    pub leak: &'static str,
    pub matrix_note: &'static str,
    pub picture_note: &'static str,
    pub no_requirements: &'static str,
    pub ledger_note: &'static str,
    pub no_depth: &'static str,
    pub assumptions_note: &'static str,
    pub no_assumptions: &'static str,
    pub zones_note: &'static str,
    pub no_zones: &'static str,
    pub not_checked_note: &'static str,
    pub glyphs_note: &'static str,
}

/// Names that this report shares with the page in HTML.
#[derive(Serialize)]
#[allow(missing_docs)]
pub(super) struct Shared {
    pub repair: &'static str,
    pub mends: &'static str,
    pub no_exceptions: &'static str,
    pub transfers: &'static str,
    pub depth_note: &'static str,
    pub warnings: &'static str,
    /// Columns of the people: name, date, signature.
    pub people: [&'static str; 3],
}

/// The names of a language.
pub(super) const fn shared(lang: Lang) -> Shared {
    let [name, date, signature] = audit::SIGNING;
    Shared {
        repair: audit::MEND.get(lang),
        mends: audit::MENDS.get(lang),
        no_exceptions: audit::NO_EXCEPTIONS.get(lang),
        transfers: audit::TRANSFERS.get(lang),
        depth_note: audit::DEPTH_NOTE.get(lang),
        warnings: audit::WARNINGS.get(lang),
        people: [name.get(lang), date.get(lang), signature.get(lang)],
    }
}

/// Headings of the sections.
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

/// The headings of a language, in the order that the template numbers them.
pub(super) const fn headings(lang: Lang) -> Headings {
    Headings {
        subject: audit::SUBJECT.get(lang),
        verdict: audit::VERDICT.get(lang),
        matrix: audit::MATRIX.get(lang),
        requirements: audit::REQUIREMENTS.get(lang),
        repairs: audit::REPAIRS.get(lang),
        ledger: audit::EXCEPTIONS.get(lang),
        depth: audit::DEPTH.get(lang),
        assumptions: audit::ASSUMPTIONS.get(lang),
        zones: audit::NODES.get(lang),
        not_checked: audit::NOT_CHECKED.get(lang),
        certificate: audit::CERTIFICATE.get(lang),
        closing: audit::CLOSING.get(lang),
    }
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

/// The words.
pub(super) trait Words: Sync {
    fn title(&self) -> &'static str;
    fn running(&self, file: &str, digest: &str) -> String;
    fn labels(&self) -> Labels;
    fn ledger(&self) -> Ledger;
    fn depth(&self) -> &'static str;

    // Punctuation.
    fn open(&self) -> &'static str;
    fn close(&self) -> &'static str;
    fn gap(&self) -> &'static str;
    fn semicolon(&self) -> &'static str;
    /// Between a message without its period and what follows it.
    fn then(&self) -> &'static str;

    fn place(&self, line: u32, column: u32) -> String;
    fn statement(&self) -> &'static str;

    // Matrix and zones.
    fn no_zone(&self) -> &'static str;
    fn more_nodes(&self, more: u64) -> String;

    // Requirements.
    fn holds(&self) -> &'static str;
    fn holds_with_exceptions(&self, exceptions: &str) -> String;
    fn nothing_cuts(&self) -> &'static str;
    fn vacuous(&self) -> &'static str;

    // Exceptions.
    fn opens(&self, pairs: u64) -> String;
}
