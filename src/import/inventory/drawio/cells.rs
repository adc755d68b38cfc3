//! The cells of a drawing: shapes, connectors, their labels and the layers that they lie in.

use std::collections::{HashMap, HashSet};

use super::super::super::Configuration;
use super::super::super::ledger::Ledger;
use super::super::super::text::Refusal;
use super::tags::{Tag, label, tags, unpacked};
use crate::language::Phrase;

/// A shape or connector.
pub(super) struct Cell {
    pub(super) id: String,
    pub(super) label: String,
    /// The attributes of what wraps it, in their order.
    pub(super) properties: Vec<(String, String)>,
    pub(super) edge: bool,
    pub(super) ends: [Option<String>; 2],
    pub(super) line: u32,
    parent: Option<String>,
    hidden: bool,
    /// Of a label on a connector: where it stands, from -1 at the source to 1 at the target.
    along: f64,
}

impl Cell {
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether its label only shows properties.
    fn shows(&self) -> bool {
        self.property("placeholders") == Some("1")
    }
}

/// A page.
#[derive(Default)]
pub(super) struct Page {
    pub(super) cells: Vec<Cell>,
}

impl Page {
    /// Layers that are not shown: what lies in the root right away.
    pub(super) fn hidden_layers(&self) -> impl Iterator<Item = &Cell> {
        let roots: HashSet<&str> =
            self.cells.iter().filter(|cell| cell.parent.is_none()).map(|cell| cell.id.as_str()).collect();
        let layer = move |cell: &&Cell| cell.parent.as_deref().is_some_and(|parent| roots.contains(parent));
        self.cells.iter().filter(|cell| cell.hidden).filter(layer)
    }

    /// What a cell lies in, from within.
    pub(super) fn ancestors<'p>(
        &'p self,
        cell: &'p Cell,
        by_id: &HashMap<&str, &'p Cell>,
    ) -> impl Iterator<Item = &'p Cell> {
        // deeper than anybody draws, or one that lies in itself
        let mut left = 64;
        let up = |cell: &&'p Cell| cell.parent.as_deref().and_then(|parent| by_id.get(parent).copied());
        std::iter::successors(up(&cell), up).take_while(move |_| {
            left -= 1;
            left > 0
        })
    }

    /// Whether a cell is the label of a connector.
    pub(super) fn is_label(&self, cell: &Cell, by_id: &HashMap<&str, &Cell>) -> bool {
        cell.parent.as_deref().and_then(|parent| by_id.get(parent)).is_some_and(|parent| parent.edge)
    }

    /// The labels that connectors have beside their own, by connector.
    pub(super) fn all_labels(&self) -> HashMap<&str, Vec<&Cell>> {
        let edges: HashSet<&str> = self.cells.iter().filter(|cell| cell.edge).map(|cell| cell.id.as_str()).collect();
        let mut out: HashMap<&str, Vec<&Cell>> = HashMap::new();
        for cell in self.cells.iter().filter(|cell| !cell.edge && !cell.shows() && !cell.label.is_empty()) {
            if let Some(edge) = cell.parent.as_deref().and_then(|parent| edges.get(parent)) {
                out.entry(edge).or_default().push(cell);
            }
        }
        out
    }
}

impl Cell {
    /// The labels at the two ends of a connector, and the one in its middle; `others` are those beside its own.
    pub(super) fn labels(&self, others: &[&Self]) -> ([Option<String>; 2], String) {
        let (mut ends, mut middle) = ([None, None], self.label.clone());
        if self.shows() {
            middle.clear();
        }
        for cell in others {
            let place = if cell.along < 0.0 { &mut ends[0] } else { &mut ends[1] };
            if cell.along == 0.0 {
                if middle.is_empty() {
                    middle.clone_from(&cell.label);
                }
            } else if place.is_none() {
                *place = Some(cell.label.clone());
            }
        }
        (ends, middle)
    }
}

/// The pages of a drawing.
///
/// # Errors
/// When it is cut off, or what is compressed in it cannot be unpacked.
pub(super) fn pages(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Vec<Page>, Refusal> {
    ledger.all_without_meaning();
    let text = configuration.lines.join("\n");
    let all = tags(&text, 1);
    closed(&all, configuration.file)?;
    let mut pages = vec![Reader::default()];
    for (tag, behind) in &all {
        if tag.name == "diagram" && !tag.closes {
            pages.push(Reader::default());
            let packed = behind.trim();
            if packed.is_empty() {
                continue;
            }
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
            if let Some(page) = pages.last_mut() {
                for (inner, _) in tags(&text, 0) {
                    page.take(&Tag { line: tag.line, ..inner });
                }
            }
            continue;
        }
        if let Some(page) = pages.last_mut()
            && page.take(tag)
        {
            ledger.used(tag.line);
            page.page.cells.last().iter().for_each(|cell| ledger.used(cell.line));
        }
    }
    Ok(pages.into_iter().map(|reader| reader.page).collect())
}

/// Whether every element is closed.
fn closed(all: &[(Tag<'_>, &str)], file: &str) -> Result<(), Refusal> {
    let (mut depth, mut last) = (0usize, 1);
    for (tag, _) in all {
        last = tag.line;
        let plain = !tag.alone && !tag.name.starts_with(['?', '!']);
        depth = if tag.closes { depth.saturating_sub(1) } else { depth + usize::from(plain) };
    }
    if depth == 0 {
        return Ok(());
    }
    Err(Refusal::at(
        file,
        last,
        Phrase::new(
            "an element is not closed: the drawing is truncated; save it again",
            "要素が閉じていない。図が途中で切れているので、保存し直すこと",
        ),
    ))
}

#[derive(Default)]
struct Reader {
    page: Page,
    /// The attributes of the element around the next cell, which bears its id, label and properties.
    around: Option<(u32, Vec<(String, String)>)>,
}

impl Reader {
    /// Takes a tag in; whether it was a cell.
    fn take(&mut self, tag: &Tag<'_>) -> bool {
        match tag.name {
            "object" | "UserObject" if !tag.closes => {
                let owned = |(name, value): &(&str, std::borrow::Cow<'_, str>)| {
                    ((*name).to_owned(), value.clone().into_owned())
                };
                self.around = Some((tag.line, tag.attributes.iter().map(owned).collect()));
            }
            "object" | "UserObject" => self.around = None,
            "mxCell" if !tag.closes => {
                let (line, properties) = self.around.clone().unwrap_or_else(|| (tag.line, Vec::new()));
                let own =
                    |name: &str| properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                let word = |name: &str| tag.get(name).filter(|word| !word.is_empty()).map(str::to_owned);
                let cell = Cell {
                    id: own("id").or_else(|| word("id")).unwrap_or_default(),
                    label: label(&own("label").or_else(|| word("value")).unwrap_or_default()),
                    edge: tag.get("edge") == Some("1"),
                    ends: [word("source"), word("target")],
                    line,
                    parent: word("parent"),
                    hidden: tag.get("visible") == Some("0"),
                    along: 0.0,
                    properties,
                };
                self.page.cells.push(self.shown(cell));
                return true;
            }
            "mxGeometry" if !tag.closes => {
                if let (Some(cell), Some("1")) = (self.page.cells.last_mut(), tag.get("relative")) {
                    cell.along =
                        tag.get("x").and_then(|x| x.parse().ok()).filter(|x: &f64| x.is_finite()).unwrap_or(0.0);
                }
            }
            _ => {}
        }
        false
    }

    /// A cell whose label shows its properties, as people see it.
    fn shown(&self, mut cell: Cell) -> Cell {
        if cell.shows() && !cell.edge {
            for (name, value) in &cell.properties {
                cell.label = cell.label.replace(&format!("%{name}%"), value);
            }
        }
        cell
    }
}
