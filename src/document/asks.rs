//! What policy a document asks for, found without reading the rest of it: the policy is chosen before the document is
//! decided, and a city is not read twice.

use super::decode::Decoder;
use super::json::Cursor;
use super::policy::Edition;
use super::tree::{Tree, Value};
use super::{Spanned, Text, parse, yaml};
use crate::diagnostic::Diagnostics;
use crate::source::Source;

/// What a document says of the policy that it is to be held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks<'s> {
    /// `policy`: an id, or a path from the folder of the document.
    pub policy: Option<Spanned<Text<'s>>>,
    /// `model`
    pub model: Option<Spanned<Text<'s>>>,
    /// `edition`
    pub edition: Option<Edition>,
}

/// What a document asks for. Of one that cannot be read nothing is sure; whoever reads it will say what is wrong.
#[must_use]
pub fn asks(source: &Source) -> Asks<'_> {
    let text = source.text();
    let mut asks = Asks::default();
    if !["policy", "model", "edition"].iter().any(|key| text.contains(key)) {
        return asks;
    }
    if text.trim_start().starts_with('{') && of_json(text, &mut asks).is_some() {
        return asks;
    }
    asks = Asks::default();
    let mut unheard = Diagnostics::default();
    let mut decoder = Decoder::new(text, &mut unheard);
    if let Ok(body) = yaml::body(text, &mut decoder) {
        body.members.into_iter().for_each(|(key, value)| asks.hear(&key.value, value));
    }
    asks
}

impl<'s> Asks<'s> {
    /// Takes over a member of the document, if it is one of these.
    fn hear(&mut self, key: &str, Tree { value, span }: Tree<'s>) {
        let value = match value {
            Value::String(text) => text,
            Value::Number(text) => Text::Borrowed(text),
            _ => return,
        };
        match key {
            "policy" => self.policy = Some(Spanned { value, span }),
            "model" => self.model = Some(Spanned { value, span }),
            "edition" => self.edition = parse::word(&parse::EDITIONS, &value),
            _ => {}
        }
    }
}

/// Looks at the members of an object; `None` where this is not JSON as far as it was looked at.
fn of_json<'s>(text: &'s str, asks: &mut Asks<'s>) -> Option<()> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.opens(b'{').ok()?;
    if cursor.skip(b'}') {
        return Some(());
    }
    loop {
        let key = cursor.key().ok()?;
        if ["policy", "model", "edition"].contains(&&*key.value) {
            asks.hear(&key.value, cursor.tree(1).ok()?);
        } else {
            cursor.peek()?;
            cursor.at = behind(text.as_bytes(), cursor.at)?;
        }
        if cursor.closes(b'}').ok()? {
            return Some(());
        }
    }
}

/// What is behind a value that begins here: only strings and brackets are looked at.
fn behind(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match *bytes.get(at)? {
            b'"' => at = string_end(bytes, at + 1)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

/// Where the quote is that ends a string.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::asks;
    use crate::document::policy::Edition;
    use crate::source::Source;

    /// Policy, model and edition, and where the policy stands.
    fn told(name: &str, text: &str) -> (Option<String>, Option<String>, Option<Edition>, String) {
        let source = Source::new(name, text.as_bytes().to_vec()).unwrap();
        let found = asks(&source);
        let place =
            found.policy.as_ref().map_or("", |one| &source.text()[one.span.start as usize..one.span.end as usize]);
        let text = |one: Option<super::Spanned<super::Text<'_>>>| one.map(|one| one.value.into_owned());
        (text(found.policy.clone()), text(found.model), found.edition, place.to_owned())
    }

    #[test]
    fn json_and_yaml_are_asked_alike_wherever_the_keys_stand() {
        let wanted = (Some("a.yaml".into()), Some("beta".into()), Some(Edition::Of2024));
        for (name, text) in [
            (
                "a.json",
                r#"{"model": "beta", "nodes": [{"id": "}\"]", "note": "\\"}], "policy": "a.yaml", "edition": "2024-10"}"#,
            ),
            (
                "a.json",
                r#"{"name":"\u0022","nodes":[{"policy":"no"},["model"]],"policy":"a.yaml","edition":"2024-10","x":1,"model":"beta"}"#,
            ),
            ("a.yaml", "nodes:\n  - { id: a, policy: no }\npolicy: a.yaml\nmodel: beta\nedition: 2024-10\n"),
            ("a.yaml", "{nodes: [{id: a}], policy: a.yaml, model: beta, edition: 2024-10}\n"),
        ] {
            let (policy, model, edition, place) = told(name, text);
            assert_eq!((policy, model, edition), wanted, "{text}");
            assert_eq!(place.trim_matches('"'), "a.yaml");
        }
    }

    #[test]
    fn nothing_is_asked_where_nothing_stands() {
        for text in ["{\"nodes\": [{\"policy\": \"x\"}]}", "{", "{\"policy\": 1", "policy", "", "{\"policy\": [\"x\"]}"]
        {
            assert_eq!(told("a.json", text).0, None, "{text}");
        }
    }
}
