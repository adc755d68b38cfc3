//! Drawings of draw.io (diagrams.net), plain and compressed: shapes that a connector ends at are nodes, connectors with both
//! ends are links. What a drawing leaves open, it leaves open: a shape is taken to forward whatever comes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read as _;

use base64ct::{Base64Unpadded, Encoding as _};
use flate2::read::DeflateDecoder;

use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::xml::{attributes, unescaped};
use super::super::{Configuration, Import};
use super::Plan;
use crate::language::Phrase;

/// The most bytes that a drawing may unpack to.
const MOST: u64 = 64 << 20;

/// Whether a text is a drawing of draw.io.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().take(20).any(|line| line.contains("<mxfile") || line.contains("<mxGraphModel"))
}

/// A tag: its name, its attributes, whether it closes, its line.
struct Tag<'t> {
    name: &'t str,
    attributes: Vec<(&'t str, Cow<'t, str>)>,
    closes: bool,
    alone: bool,
    line: u32,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }
}

/// The tags of a text, with the text behind each; lines are counted from `first`.
fn tags(text: &str, first: u32) -> Vec<(Tag<'_>, &str)> {
    let mut out = Vec::new();
    let (mut rest, mut line) = (text, first);
    let count = |text: &str| u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0);
    while let Some(start) = rest.find('<') {
        line += count(&rest[..start]);
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            let end = comment.find("-->").unwrap_or(comment.len());
            line += count(&comment[..end]);
            rest = &comment[end..];
            continue;
        }
        // a mark may stand in the text of an attribute
        let mut quote = None;
        let end = rest.char_indices().find(|&(_, c)| {
            match (c, quote) {
                ('"' | '\'', None) => quote = Some(c),
                (c, Some(mark)) if c == mark => quote = None,
                _ => {}
            }
            c == '>' && quote.is_none()
        });
        let Some((end, _)) = end else { break };
        let inner = &rest[..end];
        let at = line;
        line += count(inner);
        rest = &rest[end + 1..];
        let behind = &rest[..rest.find('<').unwrap_or(rest.len())];
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let (alone, inner) = inner.strip_suffix('/').map_or((false, inner), |inner| (true, inner));
        let name_end = inner.find(char::is_whitespace).unwrap_or(inner.len());
        out.push((
            Tag { name: &inner[..name_end], attributes: attributes(&inner[name_end..]), closes, alone, line: at },
            behind,
        ));
    }
    out
}

/// The label of a shape without its markup.
fn label(text: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for c in text.chars() {
        match c {
            '<' => {
                inside = true;
                out.push(' ');
            }
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    unescaped(&out).split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// A shape or connector.
struct Cell {
    id: String,
    label: String,
    edge: bool,
    ends: [Option<String>; 2],
    line: u32,
}

/// Reads a drawing.
///
/// # Errors
/// When it is cut off, or what is compressed in it cannot be unpacked.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    (1..=u32::try_from(configuration.lines.len()).unwrap_or(u32::MAX)).for_each(|line| ledger.without_meaning(line));
    let text = configuration.lines.join("\n");
    let all = tags(&text, 1);
    let mut depth = 0usize;
    let mut last = 1;
    for (tag, _) in &all {
        last = tag.line;
        let plain = !tag.alone && !tag.name.starts_with(['?', '!']);
        depth = if tag.closes { depth.saturating_sub(1) } else { depth + usize::from(plain) };
    }
    if depth > 0 {
        return Err(Refusal::at(
            configuration.file,
            last,
            Phrase::new(
                "an element is not closed: the drawing is truncated; save it again",
                "要素が閉じていない。図が途中で切れているので、保存し直すこと",
            ),
        ));
    }
    let mut pages: Vec<Vec<Cell>> = vec![Vec::new()];
    let mut wrapped: Option<(String, String)> = None;
    for (tag, behind) in &all {
        if tag.name == "diagram" && !tag.closes {
            pages.push(Vec::new());
            let packed = behind.trim();
            if !packed.is_empty() {
                ledger.used(tag.line);
                let Some(text) = unpacked(packed) else {
                    return Err(Refusal::at(
                        configuration.file,
                        tag.line,
                        Phrase::new(
                            "this page cannot be unpacked: save the drawing uncompressed",
                            "このページを展開できない。圧縮せずに保存し直すこと",
                        ),
                    ));
                };
                let mut inner = None;
                for (tag, _) in tags(&text, 0) {
                    cell(&tag, &mut inner, pages.last_mut());
                }
                pages.last_mut().into_iter().flatten().for_each(|cell| cell.line = tag.line);
            }
            continue;
        }
        let before: usize = pages.iter().map(Vec::len).sum();
        cell(tag, &mut wrapped, pages.last_mut());
        if pages.iter().map(Vec::len).sum::<usize>() > before {
            ledger.used(tag.line);
        }
    }
    let mut plan = Plan::default();
    for cells in &pages {
        page(cells, &mut plan, ledger);
    }
    Ok(plan.finish(ledger))
}

/// Takes a tag in: a cell, or what wraps one and bears its id and label.
fn cell(tag: &Tag<'_>, wrapped: &mut Option<(String, String)>, page: Option<&mut Vec<Cell>>) {
    match tag.name {
        "object" | "UserObject" if !tag.closes => {
            *wrapped = Some((tag.get("id").unwrap_or("").to_owned(), tag.get("label").unwrap_or("").to_owned()));
        }
        "object" | "UserObject" => *wrapped = None,
        "mxCell" if !tag.closes => {
            let (id, text) = wrapped
                .clone()
                .unwrap_or_else(|| (tag.get("id").unwrap_or("").to_owned(), tag.get("value").unwrap_or("").to_owned()));
            let end = |key: &str| tag.get(key).filter(|end| !end.is_empty()).map(str::to_owned);
            let cell = Cell {
                id,
                label: label(&text),
                edge: tag.get("edge") == Some("1"),
                ends: [end("source"), end("target")],
                line: tag.line,
            };
            if let Some(page) = page {
                page.push(cell);
            }
        }
        _ => {}
    }
}

fn page(cells: &[Cell], plan: &mut Plan, ledger: &mut Ledger) {
    let by_id: HashMap<&str, &Cell> = cells.iter().map(|cell| (cell.id.as_str(), cell)).collect();
    let mut nodes: HashMap<&str, usize> = HashMap::new();
    for edge in cells.iter().filter(|cell| cell.edge) {
        let ends: Vec<&Cell> = edge
            .ends
            .iter()
            .flatten()
            .filter_map(|end| by_id.get(end.as_str()).copied())
            .filter(|cell| !cell.edge)
            .collect();
        let [a, b] = ends[..] else {
            ledger.remark(
                edge.line,
                Phrase::new(
                    "a connector without a shape at both ends; it was left out",
                    "両端が図形につながっていないコネクター。取り込まない",
                ),
            );
            continue;
        };
        let ends = [a, b].map(|cell| {
            let node = *nodes.entry(cell.id.as_str()).or_insert_with(|| {
                let name = if cell.label.is_empty() { format!("shape {}", cell.id) } else { cell.label.clone() };
                plan.node(&name, "router", cell.line, ledger)
            });
            (node, plan.way(node, &edge.label, edge.line, ledger))
        });
        let [a, b] = ends;
        plan.join(a, b, edge.line, ledger);
    }
}

/// A page as it is stored: base64 of deflate of percent signs.
fn unpacked(packed: &str) -> Option<String> {
    let plain: String = packed.chars().filter(|c| !c.is_ascii_whitespace() && *c != '=').collect();
    let bytes = Base64Unpadded::decode_vec(&plain).ok()?;
    let mut inflated = Vec::new();
    DeflateDecoder::new(&*bytes).take(MOST + 1).read_to_end(&mut inflated).ok()?;
    if inflated.len() as u64 > MOST {
        return None;
    }
    let mut out = Vec::with_capacity(inflated.len());
    let mut at = 0;
    while let Some(&byte) = inflated.get(at) {
        if byte == b'%' {
            let digits = std::str::from_utf8(inflated.get(at + 1..at + 3)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}
