//! Trees into the document, with every error of syntax that can be found. The objects are in `objects`, lists of
//! words of the format in `items`, links in `link`, address translation in `nat`, host names in `outside`, exceptions and the like in `records`; here are the tools that they share.

mod dossier;
mod items;
mod link;
mod nat;
mod objects;
mod outside;
mod place;
mod policy;
mod records;

use super::keys::Object;
use super::places::Places;
use super::slips;
use super::tree::{Tree, Value, shown};
use super::words::Interner;
use super::{Link, NameTable, Node, Spanned, Text, parse};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::language::Phrase;
use crate::nearest::nearest;
use crate::source::Span;

/// The members of the document as a reader hands them over.
#[derive(Default)]
pub(super) struct Body<'s> {
    pub members: Vec<(Spanned<Text<'s>>, Tree<'s>)>,
    /// `nodes` where they were decoded in passing; the member is then an empty list.
    pub nodes: Option<Vec<Node<'s>>>,
    /// `links` likewise.
    pub links: Option<Vec<Link<'s>>>,
    /// The whole object.
    pub span: Span,
    /// What there is instead of an object.
    pub root: Option<Tree<'s>>,
}

/// Decodes trees and collects what is wrong with them.
pub(super) struct Decoder<'d, 's> {
    pub diagnostics: &'d mut Diagnostics,
    pub words: Interner,
    pub names: NameTable<'s>,
    pub text: &'s str,
    /// Whether something with a name was dropped, so that names may seem to dangle.
    pub lost: bool,
    pub places: Places,
    /// Whether the places have to be noted.
    pub notes_places: bool,
    /// Whether a number where a text is wanted is its text, as in YAML, where nobody quotes `id: 12`.
    pub numbers_are_texts: bool,
}

/// The members of an object whose keys were checked against its table.
struct Fields<'s> {
    members: Vec<(&'static str, Spanned<Text<'s>>, Option<Tree<'s>>)>,
    span: Span,
}

impl<'s> Fields<'s> {
    /// The value of a key, which is handed out once.
    fn take(&mut self, key: &'static str) -> Option<Tree<'s>> {
        self.members.iter_mut().find(|(name, ..)| *name == key).and_then(|(.., value)| value.take())
    }

    /// Where a key stands.
    fn key(&self, key: &'static str) -> Option<Span> {
        self.members.iter().find(|(name, ..)| *name == key).map(|(_, key, _)| key.span)
    }
}

fn phrase(en: impl Into<String>, ja: impl Into<String>) -> Option<Phrase> {
    Some(Phrase::new(en, ja))
}

impl<'d, 's> Decoder<'d, 's> {
    /// A decoder of what stands in a text.
    pub fn new(text: &'s str, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            diagnostics,
            words: Interner::default(),
            names: NameTable::of(text),
            text,
            lost: false,
            places: Places::default(),
            notes_places: false,
            numbers_are_texts: false,
        }
    }

    fn error(&mut self, code: Code, span: Span, en: impl Into<String>, ja: impl Into<String>) -> &mut Diagnostic {
        self.diagnostics.error(code, span, Phrase::new(en, ja))
    }

    /// Opens an object: unknown, duplicate and missing keys are reported here.
    fn fields(&mut self, tree: Tree<'s>, object: &'static Object) -> Option<Fields<'s>> {
        let span = tree.span;
        match tree.value {
            Value::Map(members) => Some(self.check_keys(members, span, object)),
            _ => {
                let keys: Vec<_> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
                let keys = if keys.is_empty() { "…".to_owned() } else { keys.join(", ") };
                let slip = match &tree.value {
                    Value::String(text) => slips::colon(text, &names(object)),
                    _ => None,
                };
                self.wrong_type(&tree, ("a mapping", "マッピング"))?.help = slip.map(|(_, help)| help).or_else(|| {
                    phrase(
                        format!("a {} is written with keys: {keys}", object.name),
                        format!("{}はキー（{keys} など）を並べて書きます", object.ja),
                    )
                });
                None
            }
        }
    }

    fn check_keys(
        &mut self,
        members: Vec<(Spanned<Text<'s>>, Tree<'s>)>,
        span: Span,
        object: &'static Object,
    ) -> Fields<'s> {
        let mut fields = Fields { members: Vec::with_capacity(members.len()), span };
        let mut misspelt: Vec<String> = Vec::new();
        for (key, value) in members {
            let Some(known) = object.keys.iter().find(|known| known.name == key.value) else {
                misspelt.extend(self.unknown_key(&key, object));
                continue;
            };
            if let Some(first) = fields.key(known.name) {
                self.duplicate_key(&key, first);
                continue;
            }
            fields.members.push((known.name, key, Some(value)));
        }
        for key in object.keys.iter().filter(|key| key.required) {
            if fields.key(key.name).is_none() && !misspelt.iter().any(|meant| meant == key.name) {
                let name = key.name;
                self.error(
                    Code::MissingKey,
                    span,
                    format!("the {} has no `{name}`", object.name),
                    format!("{}に「{name}」がありません", object.ja),
                )
                .help = phrase(
                    format!("add `{name}`: {}", key.says.0),
                    format!("「{name}」（{}）を書いてください", key.says.1),
                );
            }
        }
        fields
    }

    /// Reports a key that the object does not have; returns the one that it seems to be meant for.
    fn unknown_key(&mut self, key: &Spanned<Text<'s>>, object: &'static Object) -> Option<String> {
        let name = &key.value;
        let all = names(object);
        let slip = slips::colon(name, &all);
        let close = nearest(name, all.iter().copied());
        let meant = slip.as_ref().map(|(key, _)| key.clone()).or_else(|| close.map(str::to_owned));
        self.error(
            Code::UnknownKey,
            key.span,
            format!("a {} has no key `{}`", object.name, shown(name)),
            format!("{}に「{}」というキーはありません", object.ja, shown(name)),
        )
        .help = match (slip.map(|(_, help)| help).or_else(|| slips::indented(name)), close) {
            (Some(help), _) => Some(help),
            (None, Some(close)) => phrase(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
            (None, None) => {
                phrase(format!("the keys are {}", all.join(", ")), format!("使えるキーは {} です", all.join("、")))
            }
        };
        meant
    }

    fn duplicate_key(&mut self, key: &Spanned<Text<'s>>, first: Span) {
        let name = shown(&key.value);
        let diagnostic = self.error(
            Code::DuplicateKey,
            key.span,
            format!("the key `{name}` is here twice"),
            format!("キー「{name}」が重複しています"),
        );
        diagnostic.help = phrase("merge the two, or delete one", "1 つにまとめるか、片方を削除してください");
        diagnostic.related.push((first, Phrase::new("the first is here", "最初のものはここです")));
    }

    /// Reports that a value is of the wrong type, unless it was reported already.
    fn wrong_type(&mut self, tree: &Tree<'s>, expected: (&str, &str)) -> Option<&mut Diagnostic> {
        let (en, ja) = tree.value.name();
        if matches!(tree.value, Value::Refused) {
            return None;
        }
        let diagnostic = self.error(
            Code::WrongType,
            tree.span,
            format!("expected {}, found {en}", expected.0),
            format!("{}が必要ですが、{ja}が書かれています", expected.1),
        );
        diagnostic.help = phrase(format!("write {} here", expected.0), format!("{}を書いてください", expected.1));
        Some(diagnostic)
    }

    /// The text of a span.
    fn written(&self, span: Span) -> &'s str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("…")
    }

    /// A string.
    fn text(&mut self, tree: Tree<'s>) -> Option<Spanned<Text<'s>>> {
        if let Value::String(value) = tree.value {
            return Some(Spanned { value, span: tree.span });
        }
        if let (Value::Number(written), true) = (&tree.value, self.numbers_are_texts) {
            return Some(Spanned { value: Text::Borrowed(written), span: tree.span });
        }
        let scalar = matches!(tree.value, Value::Number(_) | Value::Bool(_));
        let written = shown(self.written(tree.span));
        let diagnostic = self.wrong_type(&tree, ("a string", "文字列"))?;
        if scalar {
            diagnostic.help =
                phrase(format!("put it in quotes: \"{written}\""), format!("引用符で囲んでください: \"{written}\""));
        }
        None
    }

    /// A string kept without its place.
    fn plain_text(&mut self, tree: Option<Tree<'s>>) -> Option<Text<'s>> {
        self.text(tree?).map(|text| text.value)
    }

    /// An id of a node, zone, group or service.
    fn id(&mut self, tree: Tree<'s>) -> Option<Spanned<Text<'s>>> {
        let text = self.text(tree)?;
        self.named(text, parse::check_id)
    }

    /// A word, which may contain `:`.
    fn word(&mut self, tree: Tree<'s>) -> Option<Spanned<Text<'s>>> {
        let text = self.text(tree)?;
        self.named(text, parse::check_word)
    }

    fn named(
        &mut self,
        text: Spanned<Text<'s>>,
        check: fn(&str) -> Result<(), parse::NameFault>,
    ) -> Option<Spanned<Text<'s>>> {
        match check(&text.value) {
            Ok(()) => {
                if let (true, Some((message, help))) = (self.numbers_are_texts, slips::curly(&text.value)) {
                    self.diagnostics.warning(Code::CurlyQuotes, text.span, message).help = Some(help);
                }
                Some(text)
            }
            Err(fault) => {
                self.bad_name(&text.value, text.span, fault);
                None
            }
        }
    }

    fn bad_name(&mut self, name: &str, span: Span, fault: parse::NameFault) {
        use parse::NameFault::{Colon, Control, Empty, OuterSpace};
        let (en, ja, help) = match fault {
            Empty => ("a name must not be empty", "名前が空です", phrase("write a name", "名前を書いてください")),
            Colon => (
                "a name must not contain `:`",
                "名前に「:」は使えません",
                phrase(
                    format!("write `{}`", shown(&name.replace(':', "-"))),
                    format!("「{}」などとしてください", shown(&name.replace(':', "-"))),
                ),
            ),
            Control => (
                "a name must not contain control characters",
                "名前に制御文字（タブや改行など）は使えません",
                phrase("delete them", "制御文字を取り除いてください"),
            ),
            OuterSpace => (
                "a name must not begin or end with white space",
                "名前の前後に空白は置けません",
                phrase(format!("write `{}`", shown(name.trim())), format!("「{}」としてください", shown(name.trim()))),
            ),
        };
        self.error(Code::BadName, span, en, ja).help = help;
    }

    /// A boolean.
    fn boolean(&mut self, tree: Tree<'s>) -> Option<bool> {
        if let Value::Bool(value) = tree.value {
            return Some(value);
        }
        self.wrong_type(&tree, ("true or false", "true か false"))?.help = phrase(
            "write true or false, without quotes (yes, no, on and off are plain words)",
            "引用符なしで true か false と書いてください（yes や no はただの文字列です）",
        );
        None
    }

    /// A word out of a table.
    fn choice<T: Copy>(&mut self, tree: Tree<'s>, table: &[(&'static str, T)], what: (&str, &str)) -> Option<T> {
        let text = self.text(tree)?;
        self.choice_of(text, table, what)
    }

    /// A word out of a table, with its place.
    fn placed_choice<T: Copy>(
        &mut self,
        tree: Tree<'s>,
        table: &[(&'static str, T)],
        what: (&str, &str),
    ) -> Option<Spanned<T>> {
        let span = tree.span;
        self.choice(tree, table, what).map(|value| Spanned { value, span })
    }

    fn choice_of<T: Copy>(
        &mut self,
        text: Spanned<Text<'s>>,
        table: &[(&'static str, T)],
        what: (&str, &str),
    ) -> Option<T> {
        let found = parse::word(table, &text.value);
        if found.is_none() {
            let all: Vec<_> = table.iter().map(|(name, _)| *name).collect();
            let close = nearest(&text.value, all.iter().copied());
            self.error(
                Code::UnknownWord,
                text.span,
                format!("`{}` is no {}", shown(&text.value), what.0),
                format!("「{}」という{}はありません", shown(&text.value), what.1),
            )
            .help = match close {
                Some(close) => phrase(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
                None => {
                    phrase(format!("write one of {}", all.join(", ")), format!("{} のいずれかです", all.join("、")))
                }
            };
        }
        found
    }

    /// A list whose elements are decoded one by one; refused elements are left out.
    fn list<T>(&mut self, tree: Tree<'s>, mut element: impl FnMut(&mut Self, Tree<'s>) -> Option<T>) -> Option<Vec<T>> {
        match tree.value {
            Value::List(list) => Some(list.into_iter().filter_map(|tree| element(self, tree)).collect()),
            _ => {
                self.wrong_type(&tree, ("a list", "リスト"))?.help =
                    phrase("put it in brackets: […]", "角括弧で囲んでください: […]");
                None
            }
        }
    }

    /// A list that must not be empty.
    fn full_list<T>(
        &mut self,
        tree: Tree<'s>,
        element: impl FnMut(&mut Self, Tree<'s>) -> Option<T>,
    ) -> Option<Vec<T>> {
        if matches!(&tree.value, Value::List(list) if list.is_empty()) {
            self.error(Code::EmptyList, tree.span, "an empty list", "リストが空です").help =
                phrase("write what is meant, or leave the key out", "該当するものを書くか、キーごと省いてください");
        }
        self.list(tree, element)
    }

    /// One value or a list of them.
    fn some<T>(&mut self, tree: Tree<'s>, mut element: impl FnMut(&mut Self, Tree<'s>) -> Option<T>) -> Vec<T> {
        match tree.value {
            Value::List(list) => list.into_iter().filter_map(|tree| element(self, tree)).collect(),
            _ => element(self, tree).into_iter().collect(),
        }
    }

    /// One value or a list of them, which must not be empty.
    fn many<T>(&mut self, tree: Tree<'s>, element: impl FnMut(&mut Self, Tree<'s>) -> Option<T>) -> Vec<T> {
        let help = phrase("write what is meant, or leave the key out", "該当するものを書くか、キーごと省いてください");
        self.not_empty(&tree, help);
        self.some(tree, element)
    }

    /// As [`Self::many`], under a key that means any where it is left out, which who empties a list may not expect.
    fn many_or_any<T>(&mut self, tree: Tree<'s>, element: impl FnMut(&mut Self, Tree<'s>) -> Option<T>) -> Vec<T> {
        let help = phrase(
            "write what is meant; to leave the key out means any",
            "該当するものを書くこと。キーを省くと「すべて」の意味になる",
        );
        self.not_empty(&tree, help);
        self.some(tree, element)
    }

    fn not_empty(&mut self, tree: &Tree<'s>, help: Option<Phrase>) {
        if matches!(&tree.value, Value::List(list) if list.is_empty()) {
            let (en, ja) = ("an empty list matches nothing", "空のリストは何にも当てはまりません");
            self.error(Code::EmptyList, tree.span, en, ja).help = help;
        }
    }
}

/// The keys of an object.
fn names(object: &Object) -> Vec<&'static str> {
    object.keys.iter().map(|key| key.name).collect()
}
