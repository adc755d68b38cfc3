//! Warnings of ids that look the same but are not: full and half width, composed and decomposed characters.

use std::collections::HashMap;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::Resolver;
use crate::document::{Span, Spanned, Text};
use crate::language::Phrase;

impl<'d> Resolver<'_, 'd> {
    /// Warns of names of one kind that are equal under NFKC.
    pub(super) fn lookalikes(&mut self) {
        let document = self.document;
        let nodes = document.nodes.iter().map(|node| (document.name(node.id), || document.id_span(node)));
        let mut found = pairs(nodes, |id| {
            let index = self.nodes[document.names.find(id)?.index()];
            document.nodes.get(index as usize).map(|node| document.id_span(node))
        });
        let place = |name: &'d Spanned<Text<'d>>| (&*name.value, || document.span_of(&name.value, name.span));
        let zones = document.zones.iter().map(|zone| place(&zone.id));
        found.extend(pairs(zones, |id| {
            self.zones.get(id).map(|_| {
                document.zones.iter().find(|zone| zone.id.value == id).map_or(Span::default(), |zone| zone.id.span)
            })
        }));
        let groups = document.groups.iter().map(|group| place(&group.name));
        found.extend(pairs(groups, |id| self.groups.get(id).map(|&index| document.groups[index as usize].name.span)));
        let services = document.services.iter().map(|service| place(&service.name));
        found.extend(pairs(services, |id| {
            self.services.get(id).map(|&index| document.services[index as usize].name.span)
        }));
        for (id, span, other) in found {
            let diagnostic = self.diagnostics.warning(
                "lookalike-id",
                span,
                Phrase::new(
                    format!("`{id}` differs from another name by the width or the composition of characters only"),
                    format!("「{id}」は、全角・半角や文字の合成だけが違う別の名前があります"),
                ),
            );
            diagnostic.help = Some(Phrase::new(
                "these are two names; write one of them if one thing is meant",
                "別の名前として扱います。同じものなら表記をそろえてください",
            ));
            diagnostic.related.push((other, Phrase::new("the other is here", "もう一方はここです")));
        }
    }
}

/// The names that equal an earlier or a normalised one under NFKC, with the place of that one.
fn pairs<'d>(
    names: impl Iterator<Item = (&'d str, impl Fn() -> Span)>,
    normalised: impl Fn(&str) -> Option<Span>,
) -> Vec<(&'d str, Span, Span)> {
    let mut found = Vec::new();
    let mut odd: HashMap<String, Span> = HashMap::new();
    for (name, span) in names {
        // a normalised name only collides with one that is not, which will find it
        if name.is_ascii() || is_nfkc_quick(name.chars()) == IsNormalized::Yes {
            continue;
        }
        let normal: String = name.nfkc().collect();
        if normal == name {
            continue;
        }
        if let Some(other) = normalised(&normal) {
            found.push((name, span(), other));
        } else if let Some(&other) = odd.get(&normal) {
            found.push((name, span(), other));
        } else {
            odd.insert(normal, span());
        }
    }
    found
}
