//! Formats of differences, and what makes a difference count.

use clap::ValueEnum;

use super::super::phrases::Phrases;
use super::{Wanted, wanted as wanted_of_verify, wanted_of};

/// A format of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffFormat {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
    /// For comments on merge requests.
    Markdown,
    /// For tools that collect findings.
    Sarif,
    /// For tools that collect results of tests.
    Junit,
    /// For reviewers: a page that works without a network.
    Html,
    /// Annotations of a GitHub workflow.
    Github,
}

/// All formats and their words.
const FORMATS: [(&str, DiffFormat); 7] = [
    ("text", DiffFormat::Text),
    ("json", DiffFormat::Json),
    ("markdown", DiffFormat::Markdown),
    ("sarif", DiffFormat::Sarif),
    ("junit", DiffFormat::Junit),
    ("html", DiffFormat::Html),
    ("github", DiffFormat::Github),
];

impl DiffFormat {
    /// The word in a call.
    pub fn word(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("text", |(word, _)| word)
    }
}

/// What makes a difference end in status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Anything that is wider.
    Widening,
    /// Anything that is not as it was.
    Change,
    /// Nothing.
    Never,
}

/// Reads `markdown` or `markdown=diff.md`.
///
/// # Errors
/// A sentence on what is wrong.
pub fn wanted(text: &str, words: &dyn Phrases) -> Result<Wanted<DiffFormat>, String> {
    wanted_of(&FORMATS, text, words, |word| {
        let known = FORMATS.map(|(word, _)| word).join(", ");
        match wanted_of_verify(word, words) {
            Ok(_) => words.not_a_format_of_diff(word, &known),
            Err(_) => words.bad_format(&known),
        }
    })
}
