//! A document of several files as one text, which remembers where each of its parts came from.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::Read;
use super::super::assemble::{AT, Note};
use super::super::report::excerpt;
use super::super::texts::Texts;
use crate::language::Phrase;
use crate::number::number;
use crate::source::{Composed, Piece, Source, Told};

/// The lines of a configuration as they may be shown.
#[must_use]
pub fn lines_of(read: &Read) -> Texts {
    read.lines().map(excerpt).collect()
}

/// Writes a document as JSON, an element of a list to a line. `base` goes in front of the places of its parts as they are
/// shown; in the document they do not depend on where the call was made.
///
/// # Errors
/// When it is too large.
pub fn compose(
    name: &str,
    base: &str,
    document: &Value,
    notes: &[Note],
    texts: &HashMap<String, Arc<Texts>>,
) -> Result<Source, Phrase> {
    let mut writer = Writer { out: String::new(), pieces: Vec::new() };
    writer.value(document, 0, 6);
    writer.out.push('\n');
    let Writer { out, pieces } = writer;
    // What is too large is refused before places in it are numbered.
    let source = Source::new(name, out.into_bytes()).map_err(|error| error.phrase())?;
    let shown =
        |file: &str, line: u32| texts.get(file)?.get(usize::try_from(line).ok()?.checked_sub(1)?).map(str::to_owned);
    let pieces = pieces.into_iter().map(|(span, place)| {
        let (file, line) = split(&place);
        let shown = shown(file, line);
        Piece { start: number(span.0), end: number(span.1), place: format!("{base}{place}"), line, text: shown }
    });
    let mut composed = Composed::new(pieces.collect());
    composed.told = notes
        .iter()
        .map(|note| {
            let place = note.origin.to_string();
            let (file, line) = split(&place);
            let text = shown(file, line);
            let place = format!("{base}{place}");
            let (message, help) = (note.what.clone(), note.help.clone());
            Told { code: note.code, place, line, text, message, help }
        })
        .collect();
    Ok(source.composed(composed))
}

/// The file and the line of a place: `fw.conf:12`, `一覧.xlsx [FW] E14`.
fn split(place: &str) -> (&str, u32) {
    if let Some((file, line)) = place.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        return (file, line);
    }
    if let Some((file, cell)) = place.rsplit_once(' ') {
        let row = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
        if let Ok(row) = row.parse() {
            return (file, row);
        }
    }
    (place, 0)
}

struct Writer {
    out: String,
    pieces: Vec<((usize, usize), String)>,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize, open: usize) {
        match value {
            Value::Object(map) => self.object(map, depth, open),
            Value::Array(items) => {
                let lines = open > 0 && items.iter().any(Value::is_object);
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.out.push_str(match (at, lines) {
                        (0, _) => "",
                        (_, true) => ",",
                        (_, false) => ", ",
                    });
                    if lines {
                        self.line(depth + 1);
                    }
                    self.value(item, depth + 1, open.saturating_sub(1));
                }
                if lines {
                    self.line(depth);
                }
                self.out.push(']');
            }
            other => self.out.push_str(&other.to_string()),
        }
    }

    fn object(&mut self, map: &Map<String, Value>, depth: usize, open: usize) {
        let start = self.out.len();
        let place = map.get("origin").or_else(|| map.get(AT)).and_then(Value::as_str);
        let lines = open > 0
            && (depth == 0
                || map.values().any(|value| value.as_array().is_some_and(|items| items.iter().any(Value::is_object))));
        self.out.push('{');
        let mut first = true;
        // what a thing is called stands in front
        let named = ["sanso", "id", "kind"];
        let front = named.iter().filter_map(|key| map.get_key_value(*key));
        let rest = map.iter().filter(|(key, _)| !named.contains(&key.as_str()) && key.as_str() != AT);
        for (key, value) in front.chain(rest) {
            if !first {
                self.out.push_str(if lines { "," } else { ", " });
            }
            first = false;
            if lines {
                self.line(depth + 1);
            }
            self.out.push_str(&Value::from(key.as_str()).to_string());
            self.out.push_str(": ");
            self.value(value, depth + 1, open.saturating_sub(1));
        }
        if lines {
            self.line(depth);
        }
        self.out.push('}');
        if let Some(place) = place {
            let end = self.out.len();
            self.pieces.push(((start, end), place.to_owned()));
        }
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', depth));
    }
}
