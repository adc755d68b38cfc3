//! The whole run: from the bytes of a document to a report of facts.

use std::time::Duration;

use crate::diagnostic::Diagnostics;
use crate::document::{Date, Span};
use crate::language::Phrase;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::report::Report;

/// What a run is asked to do.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// The policy to decide.
    pub policy: &'o Policy,
    /// Today in Japan, for the expiry of exceptions.
    pub date: Date,
    /// Violating tuples listed of each requirement; all are counted.
    pub max_tuples: usize,
    /// After this time what is not decided stays undecided.
    pub limit: Option<Duration>,
    /// Told how far the run is.
    pub progress: &'o dyn Progress,
}

/// Verifies a document. `file_name` is the name that places are reported under.
///
/// # Errors
/// The diagnostics when the document cannot be used; at least one of them is an error.
pub fn run_verify(bytes: &[u8], file_name: &str, options: &Options<'_>) -> Result<Report, Diagnostics> {
    // PLACEHOLDER: to be replaced by the engine. It must refuse: nothing may look like a pass.
    let _ = (bytes, file_name, options);
    let mut diagnostics = Diagnostics::default();
    let message =
        Phrase::new("internal error: verification is not connected", "内部エラー: 検証処理が接続されていません");
    diagnostics.error("internal-error", Span::default(), message);
    Err(diagnostics)
}
