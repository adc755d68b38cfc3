//! Address translation: the entries of `nat`, and what of an entry excludes what else.

use super::super::tree::{Tree, Value};
use super::super::{NatEntry, NatSide, NatTarget, Selector, SelectorItem, Spanned, keys, parse};
use super::place::Place;
use super::{Decoder, Fields, phrase};
use crate::code::Code;
use crate::language::Phrase;
use crate::source::Span;

impl<'s> Decoder<'_, 's> {
    /// An entry of `nat`.
    pub(super) fn nat_entry(&mut self, tree: Tree<'s>) -> Option<NatEntry<'s>> {
        let mut fields = self.fields(tree, &keys::NAT)?;
        let is_source = self.nat_direction(&fields);
        self.nat_keys(&fields, is_source == Some(true));
        let target_tree = match is_source? {
            true => fields.take("source"),
            false => fields.take("destination"),
        };
        let target_span = target_tree.as_ref().map(|tree| tree.span).unwrap_or(fields.span);
        let target = target_tree.and_then(|tree| self.nat_target(tree));
        let sees = fields.take("sees").and_then(|tree| self.nat_sees(tree));
        let applies_to = fields.take("applies_to").map(|tree| {
            self.many(tree, |decoder, tree| {
                decoder.choice(tree, &parse::TRANSLATED, ("way of a packet into a node", "パケットの来方"))
            })
        });
        let port = fields.take("destination_port").and_then(|tree| self.one_port(tree));
        let side = if is_source? {
            NatSide::Source { sees_original_destination: sees == Some(false) }
        } else {
            let listed = |emitted: bool| applies_to.as_ref().map_or(!emitted, |list| list.contains(&emitted));
            NatSide::Destination { port, arrived: listed(false), emitted: listed(true) }
        };
        let one_to_one_key = fields.key("one_to_one");
        let port_key = fields.key("destination_port");
        let one_to_one = fields.take("one_to_one").and_then(|tree| self.boolean(tree)).unwrap_or(false);
        let matched_key = if is_source? { "from" } else { "to" };
        let matched_span = fields.key(matched_key);
        let entry = NatEntry {
            id: fields.take("id").and_then(|tree| self.word(tree)).map(|id| id.value),
            side,
            target: target.unwrap_or(NatTarget::Keep),
            one_to_one,
            from: self.selector(fields.take("from"), Place::Rule),
            to: self.selector(fields.take("to"), Place::Rule),
            service: self.service(fields.take("service")),
            source_port: fields.take("source_port").map(|tree| self.many_or_any(tree, Self::port)),
            r#in: fields.take("in").map(|tree| self.many_or_any(tree, Self::word)),
            out: fields.take("out").map(|tree| self.many_or_any(tree, Self::word)),
            note: self.plain_text(fields.take("note")),
            origin: self.plain_text(fields.take("origin")),
            span: fields.span,
        };
        let is_keep = entry.target == NatTarget::Keep;
        if let (true, Some(key)) = (one_to_one, one_to_one_key) {
            if let Some(port) = port_key {
                self.nat_conflict(port, key, "one_to_one", "destination_port");
            }
            self.one_to_one(&entry, key, matched_span, (matched_key, target_span));
        }
        if let (true, Some(port), false) = (is_keep, port_key, is_source?) {
            self.nat_conflict(port, target_span, "destination: keep", "destination_port");
        }
        Some(entry)
    }

    /// Whether an entry translates the source; `None`, with an error, where it says neither or both.
    fn nat_direction(&mut self, fields: &Fields<'s>) -> Option<bool> {
        let help = phrase(
            "write `source` (the sender is hidden) or `destination` (a virtual address); two entries for both",
            "「source」（送信元を変える）か「destination」（宛先を変える）のどちらかを書いてください。両方なら 2 つに分けます",
        );
        match (fields.key("source"), fields.key("destination")) {
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            (Some(_), Some(second)) => {
                self.error(
                    Code::ConflictingKeys,
                    second,
                    "both `source` and `destination`",
                    "「source」と「destination」の両方があります",
                )
                .help = help;
                None
            }
            (None, None) => {
                self.error(
                    Code::MissingKey,
                    fields.span,
                    "neither `source` nor `destination`",
                    "「source」も「destination」もありません",
                )
                .help = help;
                None
            }
        }
    }

    /// Keys that go with one direction only.
    fn nat_keys(&mut self, fields: &Fields<'s>, is_source: bool) {
        let (own, others) = match (is_source, fields.key("source").or(fields.key("destination"))) {
            (_, None) => return,
            (true, Some(own)) => ((own, "source"), ["destination_port", "applies_to"]),
            (false, Some(own)) => ((own, "destination"), ["out", "sees"]),
        };
        for other in others {
            if let Some(key) = fields.key(other) {
                self.nat_conflict(key, own.0, own.1, other);
            }
        }
    }

    fn nat_conflict(&mut self, key: Span, first: Span, has: &str, name: &str) {
        let diagnostic = self.error(
            Code::ConflictingKeys,
            key,
            format!("an entry with `{has}` has no `{name}`"),
            format!("「{has}」があるときに「{name}」は書けません"),
        );
        diagnostic.help = phrase(format!("delete `{name}`"), format!("「{name}」を取り除いてください"));
        diagnostic.related.push((first, Phrase::new(format!("`{has}` is here"), format!("「{has}」はここです"))));
    }

    /// `keep`, or what an address becomes.
    fn nat_target(&mut self, tree: Tree<'s>) -> Option<NatTarget<'s>> {
        if matches!(&tree.value, Value::String(text) if text == "keep") {
            return Some(NatTarget::Keep);
        }
        let items: Selector<'s> = self.many(tree, |decoder, tree| decoder.selector_item(tree, Place::Target));
        (!items.is_empty()).then_some(NatTarget::Addresses(items))
    }

    fn nat_sees(&mut self, tree: Tree<'s>) -> Option<bool> {
        let mut fields = self.fields(tree, &keys::NAT_SEES)?;
        let tree = fields.take("destination")?;
        self.choice(tree, &parse::VIEWS, ("view that an entry of `nat` can have", "アドレス変換の見え方"))
    }

    /// One to one takes two ranges of one family and size.
    fn one_to_one(
        &mut self,
        entry: &NatEntry<'s>,
        key: Span,
        matched_span: Option<Span>,
        (matched_key, target_span): (&str, Span),
    ) {
        let matched = if matched_key == "from" { &entry.from } else { &entry.to };
        let NatTarget::Addresses(target) = &entry.target else {
            return self.nat_conflict(key, target_span, "keep", "one_to_one");
        };
        let range = |items: &[Spanned<SelectorItem<'s>>]| match items {
            [Spanned { value: SelectorItem::Addresses(range), .. }] => Some(*range),
            _ => None,
        };
        // what was refused has been told of
        if matched_span.is_some() && matched.is_empty() {
            return;
        }
        let (Some(matched), Some(becomes)) = (range(matched), range(target)) else {
            self.error(
                Code::BadOneToOne,
                key,
                format!("`one_to_one` needs a target and a `{matched_key}` that are one address, CIDR or range each"),
                format!("「one_to_one」には、変換後と「{matched_key}」がそれぞれ 1 つのアドレス、CIDR、範囲である必要があります"),
            )
            .help = phrase("write an entry for each pair of ranges", "範囲の組ごとに 1 つずつ書いてください");
            return;
        };
        if matched.family != becomes.family || matched.high - matched.low != becomes.high - becomes.low {
            let diagnostic = self.error(
                Code::BadOneToOne,
                key,
                format!("`{matched_key}` ({matched}) and the target ({becomes}) are not of one family and size"),
                format!("「{matched_key}」（{matched}）と変換後（{becomes}）の種類か大きさが違います"),
            );
            diagnostic.help = phrase("make both the same size", "同じ大きさにしてください");
            diagnostic.related.push((target_span, Phrase::new("the target is here", "変換後はここです")));
        }
    }
}
