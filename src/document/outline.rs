//! A file of which a document is only a part: its members as values in JSON, each with its place. What they mean is for
//! others to say; numbers and texts are what a document would have.

use super::decode::Body;
use super::keys;
use super::tree::{Tree, Value};
use super::write::{item_of, shape_of, write};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::language::Phrase;
use crate::source::{Source, Span};

/// A member of a file.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its key.
    pub key: String,
    /// Where the key stands.
    pub span: Span,
    /// The value as JSON.
    pub json: String,
    /// Where the value stands.
    pub value_span: Span,
    /// Elements of a list, as JSON, and members of a mapping with their keys; empty for anything else.
    pub parts: Vec<Part>,
}

/// An element or member of a value.
#[derive(Clone, Debug)]
pub struct Part {
    /// The key, in a mapping.
    pub key: Option<String>,
    /// The value as JSON.
    pub json: String,
    /// Where it stands.
    pub span: Span,
}

/// The members of a file in YAML or JSON; `None`, and why, where it is neither or a key stands there twice.
pub fn outline(source: &Source, diagnostics: &mut Diagnostics) -> Option<Vec<Member>> {
    super::read_other(source, diagnostics, |decoder, body| members(body, decoder.diagnostics))
}

fn members(body: Body<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<Member>> {
    if let Some(root) = body.root {
        let (en, ja) = root.value.name();
        let what =
            Phrase::new(format!("a mapping is wanted, not {en}"), format!("マッピングが必要です（{ja}ではなく）"));
        diagnostics.error(Code::WrongType, root.span, what);
        return None;
    }
    let mut out: Vec<Member> = Vec::new();
    let mut good = true;
    for (key, value) in body.members {
        if out.iter().any(|known| known.key == key.value) {
            duplicate(&key.value, key.span, diagnostics);
            good = false;
            continue;
        }
        good &= no_duplicates(&value, diagnostics);
        let shape = shape_of(&keys::DOCUMENT, &key.value);
        let as_json = |tree: &Tree<'_>, shape| {
            let mut out = String::new();
            write(tree, shape, &mut out).map(|()| out)
        };
        let (Some(json), span) = (as_json(&value, shape), value.span) else {
            good = false;
            continue;
        };
        let inner = shape.map(item_of);
        let parts = match &value.value {
            Value::List(items) => {
                let part = |item: &Tree<'_>| Some(Part { key: None, json: as_json(item, inner)?, span: item.span });
                items.iter().filter_map(part).collect()
            }
            Value::Map(members) => members
                .iter()
                .filter_map(|(key, item)| {
                    let shape = match inner {
                        Some(keys::Shape::ById(shape) | keys::Shape::ByWord(shape)) => Some(*shape),
                        _ => None,
                    };
                    Some(Part { key: Some(key.value.to_string()), json: as_json(item, shape)?, span: item.span })
                })
                .collect(),
            _ => Vec::new(),
        };
        out.push(Member { key: key.value.to_string(), span: key.span, json, value_span: span, parts });
    }
    good.then_some(out)
}

fn duplicate(key: &str, span: Span, diagnostics: &mut Diagnostics) {
    let what = Phrase::new(format!("the key `{key}` stands here twice"), format!("キー「{key}」が重複しています"));
    diagnostics.error(Code::DuplicateKey, span, what);
}

fn no_duplicates(tree: &Tree<'_>, diagnostics: &mut Diagnostics) -> bool {
    match &tree.value {
        Value::List(items) => {
            // each is looked at, whatever was found before
            let bad = items.iter().filter(|item| !no_duplicates(item, diagnostics)).count();
            bad == 0
        }
        Value::Map(members) => {
            let mut seen = std::collections::HashSet::new();
            let mut good = true;
            for (key, value) in members {
                if !seen.insert(&*key.value) {
                    duplicate(&key.value, key.span, diagnostics);
                    good = false;
                }
                good &= no_duplicates(value, diagnostics);
            }
            good
        }
        _ => true,
    }
}

/// The keys of a document.
#[must_use]
pub fn document_keys() -> Vec<&'static str> {
    keys::DOCUMENT.keys.iter().map(|key| key.name).collect()
}
