//! Links: their ends, and the VLANs that each end carries.

use super::super::places::start_of;
use super::super::tree::{Tree, Value};
use super::super::{Link, LinkDetails, Text, Vlans, keys, parse, terms};
use super::{Decoder, phrase};
use crate::code::Code;
use crate::source::Span;

/// An end of a link: the node, and the interface where it is written.
type End<'s> = (Text<'s>, Option<Text<'s>>);

/// VLANs of both ends, or of each.
type LinkVlans = (Option<Vlans>, Option<Box<[Option<Vlans>; 2]>>);

impl<'s> Decoder<'_, 's> {
    /// A link; `None` when its ends cannot be used.
    pub fn link(&mut self, tree: Tree<'s>) -> Option<Link<'s>> {
        let span = tree.span;
        let link = match &tree.value {
            Value::List(_) => self.ends(tree).map(|ends| self.joined(ends, LinkDetails::default(), span)),
            _ => self.link_object(tree),
        };
        self.lost |= link.is_none();
        link
    }

    fn link_object(&mut self, tree: Tree<'s>) -> Option<Link<'s>> {
        let mut fields = self.fields(tree, &keys::LINK)?;
        let ends = fields.take("between").and_then(|tree| self.ends(tree));
        let (vlans, by_end) = fields.take("vlans").map(|tree| self.link_vlans(tree)).unwrap_or_default();
        let native = fields.take("native").and_then(|tree| self.native(tree));
        let one_way = fields.take("one_way").and_then(|tree| self.boolean(tree)).unwrap_or(false);
        let id = fields.take("id").and_then(|tree| self.word(tree)).map(|id| id.value);
        self.plain_text(fields.take("note"));
        let circuit = fields.take("circuit").and_then(|tree| self.choice(tree, &terms::CIRCUITS, ("circuit", "回線")));
        let details = LinkDetails {
            vlans,
            by_end,
            native,
            one_way,
            id,
            circuit: circuit.unwrap_or_default(),
            owner: self.owner(fields.take("owner")),
            controls: self.words(fields.take("controls")),
            tags: self.words(fields.take("tags")),
            title: self.plain_text(fields.take("title")),
            origin: self.plain_text(fields.take("origin")),
            interfaces: [None, None],
        };
        ends.map(|ends| self.joined(ends, details, fields.span))
    }

    /// VLANs of both ends, or of each.
    fn link_vlans(&mut self, tree: Tree<'s>) -> LinkVlans {
        if !matches!(tree.value, Value::Map(_)) {
            return (Some(self.many_or_any(tree, Self::vlan)), None);
        }
        let span = tree.span;
        if matches!(&tree.value, Value::Map(members) if members.is_empty()) {
            self.error(
                Code::EmptyMap,
                span,
                "VLANs by end, but of neither",
                "端ごとの VLAN がどちらの端にもありません",
            )
            .help = phrase(
                "write `a` (the first end) or `b` (the second), or leave `vlans` out",
                "「a」（最初の端）か「b」（次の端）を書くか、「vlans」を省いてください",
            );
        }
        let Some(mut fields) = self.fields(tree, &keys::VLANS_BY_END) else { return (None, None) };
        let ends = ["a", "b"].map(|end| fields.take(end).map(|tree| self.many_or_any(tree, Self::vlan)));
        (None, Some(Box::new(ends)))
    }

    /// The VLAN without tags, of both ends or of each.
    fn native(&mut self, tree: Tree<'s>) -> Option<[u16; 2]> {
        let Value::List(list) = &tree.value else { return self.one_vlan(tree).map(|vlan| [vlan; 2]) };
        if list.len() != 2 {
            let found = list.len();
            self.error(
                Code::WrongLength,
                tree.span,
                format!("a link has two ends, found {found}"),
                format!("リンクの端は 2 つですが、{found} 個あります"),
            )
            .help =
                phrase("write [v, w], or one VLAN for both ends", "[v, w] か、両端に共通の VLAN を 1 つ書いてください");
            return None;
        }
        <[u16; 2]>::try_from(self.list(tree, Self::one_vlan)?).ok()
    }

    fn joined(&mut self, ends: [End<'s>; 2], mut details: LinkDetails<'s>, span: Span) -> Link<'s> {
        if self.notes_places {
            self.places.add(span, [0, 1].map(|end: usize| start_of(self.text, &ends[end].0)));
        }
        details.interfaces = [0, 1].map(|end: usize| ends[end].1.as_ref().map(|name| self.names.intern_text(name)));
        let ends = ends.map(|(node, _)| self.names.intern_text(&node));
        Link { ends, details: self.words.link(details), span }
    }

    fn ends(&mut self, tree: Tree<'s>) -> Option<[End<'s>; 2]> {
        let place = tree.span;
        if let Value::List(list) = &tree.value
            && list.len() != 2
        {
            let found = list.len();
            self.error(
                Code::WrongLength,
                place,
                format!("a link has two ends, found {found}"),
                format!("リンクの端は 2 つですが、{found} 個あります"),
            )
            .help = phrase("write [a, b]", "[a, b] の形で書いてください");
            return None;
        }
        let ends = self.list(tree, |decoder, tree| {
            let text = decoder.text(tree)?;
            match parse::link_end(text.value.clone()) {
                Ok(end) => Some(end),
                Err(fault) => {
                    decoder.bad_name(&text.value, text.span, fault);
                    None
                }
            }
        })?;
        <[End<'s>; 2]>::try_from(ends).ok()
    }
}
