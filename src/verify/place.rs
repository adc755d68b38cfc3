//! Places of the document as lines and columns.

use crate::document::Span;
use crate::report::{Location, SourceText};
use crate::source::Source;

/// Turns spans into lines and columns.
pub struct Places<'s> {
    text: SourceText<'s>,
}

impl<'s> Places<'s> {
    /// The places of a source.
    pub fn new(source: &'s Source) -> Self {
        Self { text: SourceText::new(source.name(), source.text()) }
    }

    /// Line and column of a span.
    pub fn locate(&self, span: Span) -> Location {
        self.text.locate(span)
    }
}
