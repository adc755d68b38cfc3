//! Warnings of ids that look the same but are not: full and half width, composed and decomposed characters.

use std::collections::HashMap;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::Resolver;
use crate::code::Code;
use crate::document::{Spanned, Text};
use crate::language::Phrase;
use crate::source::Span;

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
                Code::LookalikeId,
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

/// Characters that leave any name normalised, wherever they stand in it; each is looked up once.
struct Steady {
    asked: Vec<u64>,
    yes: Vec<u64>,
}

impl Default for Steady {
    /// Room for the characters of the Basic Multilingual Plane; the others are not asked about.
    fn default() -> Self {
        Self { asked: vec![0; 1024], yes: vec![0; 1024] }
    }
}

impl Steady {
    fn has(&mut self, c: char) -> bool {
        let (at, bit) = (c as usize / 64, 1 << (c as usize % 64));
        let (Some(asked), Some(yes)) = (self.asked.get_mut(at), self.yes.get_mut(at)) else { return false };
        if *asked & bit == 0 {
            *asked |= bit;
            // without a combining class, order does not matter either
            if is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes && canonical_combining_class(c) == 0 {
                *yes |= bit;
            }
        }
        *yes & bit != 0
    }
}

/// The names that equal an earlier or a normalised one under NFKC, with the place of that one.
fn pairs<'d>(
    names: impl Iterator<Item = (&'d str, impl Fn() -> Span)>,
    normalised: impl Fn(&str) -> Option<Span>,
) -> Vec<(&'d str, Span, Span)> {
    let mut found = Vec::new();
    let mut steady = Steady::default();
    let mut odd: HashMap<String, Span> = HashMap::new();
    for (name, span) in names {
        // a normalised name only collides with one that is not, which will find it
        if name.is_ascii() || name.chars().all(|c| steady.has(c)) || is_nfkc_quick(name.chars()) == IsNormalized::Yes {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_steady_characters_are_normalised() {
        let mut steady = Steady::default();
        let all: Vec<char> = ('\0'..='\u{ffff}').filter(|&c| steady.has(c)).collect();
        assert!(all.contains(&'層') && all.contains(&'a') && !all.contains(&'Ａ') && !all.contains(&'\u{3099}'));
        for step in [1, 7, 1009] {
            let name: String = (0..all.len()).map(|at| all[at * step % all.len()]).collect();
            assert_eq!(is_nfkc_quick(name.chars()), IsNormalized::Yes, "{step}");
        }
    }
}
