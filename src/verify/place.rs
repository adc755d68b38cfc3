//! Places of the document as lines and columns.

use crate::source::Source;
use crate::source::Span;
use crate::source::{Location, SourceText};

/// Turns spans into lines and columns.
pub struct Places<'s> {
    source: &'s Source,
    text: SourceText<'s>,
}

impl<'s> Places<'s> {
    /// The places of a source.
    pub fn new(source: &'s Source) -> Self {
        Self { source, text: SourceText::new(source.name(), source.text()) }
    }

    /// What stands there.
    pub fn text(&self, span: Span) -> &'s str {
        self.source.text().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Line and column of a span.
    pub fn locate(&self, span: Span) -> Location {
        self.text.locate(span)
    }
}
