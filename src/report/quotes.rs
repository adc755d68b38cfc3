//! The lines of a document that findings name, for reports that are read without the document at hand.

use std::collections::BTreeMap;

use super::Report;
use crate::source::{Location, SourceText};

/// Lines by the place that is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotes(BTreeMap<Location, Quote>);

/// Lines of a document as they may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Number of the first line, from 1.
    pub line: usize,
    /// The lines; long ones are cut.
    pub lines: Vec<String>,
}

impl Quotes {
    /// What stands at a place.
    #[must_use]
    pub fn at(&self, location: &Location) -> Option<&Quote> {
        self.0.get(location)
    }
}

impl Quote {
    /// The lines with their numbers: `26 | - { id: mfp }`.
    #[must_use]
    pub fn numbered(&self) -> Vec<String> {
        let last = (self.line + self.lines.len()).saturating_sub(1).to_string().len();
        let one = |(at, text): (usize, &String)| format!("{:>last$} | {text}", self.line + at);
        self.lines.iter().enumerate().map(one).collect()
    }
}

impl Report {
    /// Notes what stands in the document at the causes of findings, where the facts of an audit are asked for.
    pub fn quote(&mut self, source: &SourceText<'_>) {
        let Some(audit) = &mut self.audit else { return };
        let findings = self.requirements.iter().flat_map(|requirement| &requirement.findings);
        for location in findings.filter_map(|finding| finding.location) {
            if let Some(excerpt) = source.excerpt(&location) {
                let lines = excerpt.text.lines().map(str::to_owned).collect();
                audit.quotes.0.insert(location, Quote { line: excerpt.line, lines });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Quote;

    #[test]
    fn lines_bear_their_numbers() {
        let quote = Quote { line: 9, lines: vec!["a".into(), " b".into()] };
        assert_eq!(quote.numbered(), [" 9 | a", "10 |  b"]);
    }
}
