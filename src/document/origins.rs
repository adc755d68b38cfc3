//! Where the elements of a document were imported from, as their `origin` says, by place.

use super::{Document, Text};
use crate::source::{Composed, Piece, Span};

impl Document<'_> {
    /// The origins that nodes, rules, entries of `nat`, routes and links bear; `None` where none does.
    #[must_use]
    pub fn origins(&self) -> Option<Composed> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut put = |span: Span, origin: Option<&Text<'_>>| {
            if let Some(origin) = origin {
                let place = origin.to_string();
                pieces.push(Piece { start: span.start, end: span.end, place, line: 0, text: None });
            }
        };
        for node in &self.nodes {
            let Some(details) = &node.details else { continue };
            put(node.span, details.origin.as_ref());
            for rule in details.filters.iter().flatten().flat_map(|filter| &filter.rules) {
                put(rule.span, rule.origin.as_ref());
            }
            details.nat.iter().flatten().for_each(|entry| put(entry.span, entry.origin.as_ref()));
            details.routes.iter().flatten().for_each(|route| put(route.span, route.origin.as_ref()));
        }
        self.links.iter().for_each(|link| put(link.span, link.origin()));
        (!pieces.is_empty()).then(|| Composed::new(pieces))
    }
}
