//! What policy a document asks for, found without reading the rest of it: the policy is chosen before the document is
//! decided, and a city is not read twice.

use super::decode::Decoder;
use super::json::Cursor;
use super::terms::{self, Edition};
use super::tree::{Tree, Value, span};
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
    if !KEYS.iter().any(|key| text.contains(key)) {
        return asks;
    }
    if text.trim_start().starts_with('{') && of_json(text, &mut asks).is_some() {
        return asks;
    }
    of_lines(text).unwrap_or_else(|| of_yaml(text).unwrap_or_default())
}

/// The keys that are heard.
const KEYS: [&str; 3] = ["policy", "model", "edition"];

/// What a whole YAML document asks for; `None`: it cannot be read.
fn of_yaml(text: &str) -> Option<Asks<'_>> {
    let mut asks = Asks::default();
    let mut unheard = Diagnostics::default();
    let body = yaml::body(text, &mut Decoder::new(text, &mut unheard)).ok()?;
    body.members.into_iter().for_each(|(key, value)| asks.hear(&key.value, value));
    Some(asks)
}

/// The same of a document whose margin holds nothing but plain keys, items of lists and comments, and one plain word behind each key
/// that is heard: lines tell it, without reading what is between. `None`: they do not tell.
fn of_lines(text: &str) -> Option<Asks<'_>> {
    let mut asks = Asks::default();
    let (mut start, mut within, mut heard, mut seen) = (0, false, false, [false; KEYS.len()]);
    for whole in text.split_inclusive('\n') {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (at, after_heard) = (start, heard);
        start += whole.len();
        if line.contains(['\r', '\t']) {
            return None;
        }
        if line.trim_start_matches(' ').is_empty() || line.starts_with('#') {
            continue;
        }
        heard = false;
        if line.starts_with(' ') {
            // It may go on with the word of the line before, or the margin be farther in.
            if after_heard || !within {
                return None;
            }
            continue;
        }
        within = true;
        if line == "-" || line.starts_with("- ") {
            continue;
        }
        let (key, rest) = line.split_once(':')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !key.starts_with(|c: char| c.is_ascii_alphabetic()) || !key.chars().all(plain) {
            return None;
        }
        let Some(known) = KEYS.iter().position(|known| *known == key) else {
            if rest.is_empty() || rest.starts_with(' ') {
                continue;
            }
            return None;
        };
        if std::mem::replace(&mut seen[known], true) {
            return None;
        }
        let rest = rest.strip_prefix(' ')?;
        let word = rest.split(" #").next().unwrap_or_default().trim_matches(' ');
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-');
        let begins = |c: char| c.is_alphanumeric() || matches!(c, '.' | '/');
        if !word.starts_with(begins) || !word.chars().all(plain) || yaml::no_text(word).is_some() {
            return None;
        }
        let low = at + key.len() + 1 + (rest.find(word)? + 1);
        let value = Value::String(Text::Borrowed(word));
        asks.hear(key, Tree { value, span: span(low, low + word.len()) });
        heard = true;
    }
    Some(asks)
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
            "edition" => self.edition = parse::word(&terms::EDITIONS, &value),
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
        if KEYS.contains(&&*key.value) {
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
    use super::{Asks, asks, of_lines, of_yaml};
    use crate::document::Edition;
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

    /// Documents of a few lines that are hard to tell, each line once or twice.
    #[test]
    fn lines_tell_what_the_whole_tells_or_nothing() {
        let lines = [
            "policy: a.yaml\n",
            "policy: a.yaml # why\n",
            "policy: 住基/b.yaml\r\n",
            "model:   beta  \n",
            "model: null\n",
            "model: \"beta\"\n",
            "model: x y\n",
            "model: x#y\n",
            "model:\n",
            "model:x\n",
            "edition: 2024-10\n",
            "edition: \"2024-10\"\n",
            "name: |\n",
            "name: \"a\n",
            "name: 'a\n",
            "name: [\n",
            "nodes: {a,\n",
            "nodes:\n",
            "- id: a\n",
            "- {id: a,\n",
            "  policy: c.yaml\n",
            "  ]\n",
            "  }\n",
            "  \"\n",
            "  '\n",
            "\n",
            "# policy: d.yaml\n",
            "---\n",
            "? policy\n",
            "\"model\": beta\n",
            "policy: e.yaml",
            "\tx\n",
        ];
        let mut told = 0;
        let mut hold = |text: &str| {
            if let (Some(lines), Some(whole)) = (of_lines(text), of_yaml(text)) {
                assert_eq!(lines, whole, "{text}");
                told += usize::from(lines != Asks::default());
            }
        };
        for first in lines {
            for second in lines {
                hold(&format!("{first}{second}"));
                for third in lines {
                    hold(&format!("{first}{second}{third}"));
                }
            }
        }
        assert!(told > 500, "lines tell too little: {told}");
        let plain = "sanso: 1\nmodel: beta\nname: 市\nnodes:\n  - { id: a }\npolicy: a.yaml # b\nedition: 2024-10\n";
        let plain = of_lines(plain).expect("it is told");
        assert_eq!(plain.policy.expect("it stands there").value, "a.yaml");
        assert_eq!(plain.model.expect("it stands there").value, "beta");
        assert_eq!(plain.edition, Some(Edition::Of2024));
    }

    #[test]
    fn nothing_is_asked_where_nothing_stands() {
        for text in ["{\"nodes\": [{\"policy\": \"x\"}]}", "{", "{\"policy\": 1", "policy", "", "{\"policy\": [\"x\"]}"]
        {
            assert_eq!(told("a.json", text).0, None, "{text}");
        }
    }
}
