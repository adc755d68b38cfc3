//! Places of the document as lines and columns.

use crate::document::Document;
use crate::source::Source;
use crate::source::Span;
use crate::source::{Location, SourceText};

/// Turns spans into lines and columns.
pub struct Places<'s> {
    source: &'s Source,
    text: SourceText<'s>,
}

impl<'s> Places<'s> {
    /// The places of a source, and where its document says that they were imported from.
    pub fn of(source: &'s Source, document: &Document<'_>) -> Self {
        let text = SourceText::of(source);
        Self { source, text: if source.parts().is_some() { text } else { text.with_origins(document.origins()) } }
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
