//! Clauses of the format that certificates and their checkers do not know yet. There is no certificate for a document that
//! uses one: a checker that reads on would judge another document.

use crate::document::Document;
use crate::source::Span;

/// The first such clause, and where it stands.
#[must_use]
pub fn uncertified(document: &Document<'_>) -> Option<(&'static str, Span)> {
    document.transfers.first().map(|transfer| ("transfers", transfer.span))
}
