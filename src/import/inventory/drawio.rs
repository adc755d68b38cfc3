//! Drawings of draw.io (diagrams.net), plain and compressed: shapes that a connector ends at, or whose `data` says that they
//! are, are nodes; connectors with both ends are links. What a drawing leaves open, it leaves open: a shape that does not say
//! what it is, is taken to forward whatever comes.

mod cells;
mod check;
mod place;
mod said;
mod tags;
mod ways;
mod write;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::{Configuration, Import};
use super::Plan;
use crate::language::Phrase;
use cells::{Cell, Page};
use said::{INTERFACES, LINK, LINK_ID, NODE, NODE_ID, VLANS, ZONE};

pub use write::{Drawing, draw};

/// The word of `kind` that makes a shape a zone.
const ZONE_KIND: &str = "zone";

/// Whether a text is a drawing of draw.io.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().take(20).any(|line| line.contains("<mxfile") || line.contains("<mxGraphModel"))
}

/// Reads a drawing.
///
/// # Errors
/// When it is cut off, what is compressed in it cannot be unpacked, two shapes of one node contradict each other, or what is
/// said is nothing that a document may say.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let pages = cells::pages(configuration, ledger)?;
    let mut reader = Reader {
        file: configuration.file,
        plan: Plan::default(),
        named: HashMap::new(),
        unknown: BTreeMap::new(),
        ledger,
    };
    for page in &pages {
        reader.page(page)?;
    }
    let Reader { plan, unknown, .. } = reader;
    for (line, names) in unknown {
        let list = |mark: &str| {
            let words: Vec<String> = names
                .iter()
                .map(|(name, count)| if *count > 1 { format!("{name} ({count})") } else { name.clone() })
                .collect();
            words.join(mark)
        };
        ledger.not_understood(
            line,
            Phrase::new(
                format!("these properties are not known here, and nothing was taken from them: {}", list(", ")),
                format!("次のプロパティは解釈できない。何も取り込まない: {}", list("、")),
            ),
        );
    }
    let import = plan.finish(ledger);
    check::check(&import)?;
    Ok(import)
}

struct Reader<'c, 'l> {
    file: &'c str,
    plan: Plan,
    /// Nodes whose shapes give their id in so many words: several shapes may be one node.
    named: HashMap<String, usize>,
    /// Properties that nobody knows, by line, with how often each stands there.
    unknown: BTreeMap<u32, BTreeMap<String, usize>>,
    ledger: &'l mut Ledger,
}

impl Reader<'_, '_> {
    fn page(&mut self, page: &Page) -> Result<(), Refusal> {
        let shapes: HashMap<&str, &Cell> = page.cells.iter().map(|cell| (cell.id.as_str(), cell)).collect();
        for layer in page.hidden_layers() {
            self.ledger.remark(
                layer.line,
                Phrase::new(
                    "a layer that is hidden; it was read like the others",
                    "非表示のレイヤー。ほかのレイヤーと同じく取り込む",
                ),
            );
        }
        let is_zone = |cell: &Cell| !cell.edge && cell.property("kind") == Some(ZONE_KIND);
        for cell in page.cells.iter().filter(|cell| is_zone(cell)) {
            self.zone(cell);
        }
        let ends: HashMap<&str, [&Cell; 2]> = page
            .cells
            .iter()
            .filter(|cell| cell.edge)
            .filter_map(|edge| {
                let end = |at: usize| {
                    let end = shapes.get(edge.ends[at].as_deref()?).copied()?;
                    (!end.edge && !is_zone(end)).then_some(end)
                };
                Some((edge.id.as_str(), [end(0)?, end(1)?]))
            })
            .collect();
        let ended: HashSet<&str> = ends.values().flatten().map(|cell| cell.id.as_str()).collect();
        let mut nodes: HashMap<&str, usize> = HashMap::new();
        for cell in page.cells.iter().filter(|cell| !cell.edge && !is_zone(cell)) {
            let says = ["node", "zone", "kind", "addresses", "forwards"];
            let says = says.iter().any(|key| cell.property(key).is_some_and(|value| !value.trim().is_empty()));
            if says || ended.contains(cell.id.as_str()) {
                let zone = page.ancestors(cell, &shapes).find(|cell| is_zone(cell)).map(zone_id);
                nodes.insert(&cell.id, self.node(cell, zone.as_deref())?);
            } else if !page.is_label(cell, &shapes) {
                self.unknown(cell, &[]);
            }
        }
        let labels = page.all_labels();
        for edge in page.cells.iter().filter(|cell| cell.edge) {
            let others = labels.get(edge.id.as_str()).map_or(&[][..], Vec::as_slice);
            let found = ends.get(edge.id.as_str()).map(|ends| ends.map(|cell| nodes.get(cell.id.as_str()).copied()));
            match found {
                Some([Some(a), Some(b)]) if a == b => self.ledger.remark(
                    edge.line,
                    Phrase::new(
                        "a connector from a node to itself; it was left out",
                        "同じノードに戻るコネクター。取り込まない",
                    ),
                ),
                Some([Some(a), Some(b)]) => self.link(edge, [a, b], others),
                _ => self.ledger.remark(
                    edge.line,
                    Phrase::new(
                        "a connector without a node at both ends; it was left out",
                        "両端がノードの図形につながっていないコネクター。取り込まない",
                    ),
                ),
            }
        }
        Ok(())
    }

    /// Counts the properties of a cell that are not among these.
    fn unknown(&mut self, cell: &Cell, known: &[&str]) {
        for (name, _) in &cell.properties {
            if !known.contains(&name.as_str()) && !said::ITS_OWN.contains(&name.as_str()) {
                *self.unknown.entry(cell.line).or_default().entry(name.clone()).or_default() += 1;
            }
        }
    }

    fn zone(&mut self, cell: &Cell) {
        let mut entry = Map::new();
        for (key, shape) in ZONE {
            if let Some(value) = cell.property(key).and_then(|text| said::value(text, *shape)) {
                entry.insert((*key).to_owned(), value);
            }
        }
        let known: Vec<&str> = ["kind", "zone"].into_iter().chain(ZONE.iter().map(|(key, _)| *key)).collect();
        self.unknown(cell, &known);
        self.plan.zones.push((zone_id(cell), entry, self.ledger.origin(cell.line)));
    }

    /// The node of a shape; several shapes that give one id in so many words are one.
    fn node(&mut self, cell: &Cell, zone: Option<&str>) -> Result<usize, Refusal> {
        let known: Vec<&str> = NODE.iter().map(|(key, _)| *key).chain([NODE_ID]).collect();
        self.unknown(cell, &known);
        let mut said = Map::new();
        for (key, shape) in NODE {
            if let Some(value) = cell.property(key).and_then(|text| said::value(text, *shape)) {
                said.insert((*key).to_owned(), value);
            }
        }
        self.zone_of(cell, zone, &mut said);
        self.own_addresses(cell, &mut said);
        let mut kind = None;
        if let Some(word) = said.remove("kind") {
            kind = super::kind(word.as_str().unwrap_or_default());
            if kind.is_none() {
                self.ledger.not_understood(
                    cell.line,
                    Phrase::new(
                        format!("{word} is no kind of node; it is taken to forward whatever comes"),
                        format!("{word} というノードの種別はない。すべての通信を中継するものとみなす"),
                    ),
                );
            }
        }
        if let Some(id) = cell.property(NODE_ID).filter(|id| !id.trim().is_empty()) {
            if let Some(&at) = self.named.get(id) {
                return self.again(at, cell, kind, said);
            }
            let at = self.plan.node(id, kind.unwrap_or("router"), cell.line, self.ledger);
            self.named.insert(id.to_owned(), at);
            self.plan.say(at, kind, said);
            return Ok(at);
        }
        let name = if cell.label.is_empty() { format!("shape {}", cell.id) } else { cell.label.clone() };
        if self.plan.has(&name) {
            self.ledger.remark(
                cell.line,
                Phrase::new(
                    format!("another shape bears this label too: it is taken for another node (where it is the same one, give both the property `node` with one value): {name}"),
                    format!("同じラベルの図形がほかにもある。別のノードとみなす（同じものなら、両方のプロパティ `node` を同じ値にすること）: {name}"),
                ),
            );
        }
        let at = self.plan.node(&name, kind.unwrap_or("router"), cell.line, self.ledger);
        self.plan.say(at, kind, said);
        Ok(at)
    }

    /// The zone that a shape says it is of; else the one that it is drawn in.
    fn zone_of(&mut self, cell: &Cell, around: Option<&str>, said: &mut Map<String, Value>) {
        let Some(around) = around else { return };
        match said.get("zone").and_then(Value::as_str) {
            // empty: of none
            None if cell.property("zone").is_some() => {}
            None => {
                said.insert("zone".into(), around.into());
            }
            Some(own) if own != around => {
                let own = own.to_owned();
                self.ledger.remark(
                    cell.line,
                    Phrase::new(
                        format!("it is drawn in the zone {around}; its property `zone` counts: {own}"),
                        format!("領域 {around} の中に描かれているが、プロパティ `zone` の {own} とする"),
                    ),
                );
            }
            Some(_) => {}
        }
    }

    /// `10.20.1.5/24`, as interfaces have it, is the address.
    fn own_addresses(&mut self, cell: &Cell, said: &mut Map<String, Value>) {
        for word in said.get_mut("addresses").and_then(Value::as_array_mut).into_iter().flatten() {
            let net = word.as_str().and_then(super::net).filter(|net| net.prefix() != *net);
            if let Some(net) = net {
                self.ledger.remark(
                    cell.line,
                    Phrase::new(
                        format!("{} is the address of an interface: {} was taken", net.word(), net.address),
                        format!("{} はインターフェースのアドレス。{} とする", net.word(), net.address),
                    ),
                );
                *word = net.address.to_string().into();
            }
        }
    }

    /// Another shape of a node.
    fn again(
        &mut self,
        at: usize,
        cell: &Cell,
        kind: Option<&'static str>,
        said: Map<String, Value>,
    ) -> Result<usize, Refusal> {
        let Some(key) = self.plan.say_more(at, kind, said) else { return Ok(at) };
        let id = self.plan.id(at).to_owned();
        Err(Refusal::at(
            self.file,
            cell.line,
            Phrase::new(
                format!("another shape of `{id}` says another `{key}`; they must agree"),
                format!("「{id}」の別の図形と `{key}` が食い違っている。一致させること"),
            ),
        ))
    }

    fn link(&mut self, edge: &Cell, [a, b]: [usize; 2], others: &[&Cell]) {
        let known = LINK.iter().map(|(key, _)| *key).chain(INTERFACES).chain(VLANS).chain([LINK_ID]);
        let known: Vec<&str> = known.collect();
        self.unknown(edge, &known);
        let mut said = Map::new();
        for (key, shape) in LINK {
            if let Some(value) = edge.property(key).and_then(|text| said::value(text, *shape)) {
                said.insert((*key).to_owned(), value);
            }
        }
        // a list of no VLAN is written nowhere: it is an empty field
        if said.get("vlans").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            said.remove("vlans");
        }
        let by_end = VLANS.map(|key| edge.property(key).and_then(|text| said::value(text, said::Shape::Vlans)));
        said::by_end(
            &mut said,
            by_end.map(|side| side.filter(|side| side.as_array().is_none_or(|side| !side.is_empty()))),
        );
        if let Some(id) = edge.property(LINK_ID).filter(|id| !id.trim().is_empty()) {
            said.insert("id".into(), id.into());
        }
        let (labels, middle) = edge.labels(others);
        if !middle.is_empty() && !said.contains_key("title") {
            said.insert("title".into(), middle.into());
        }
        let way = |at: usize| {
            let own = edge.property(INTERFACES[at]).map(str::to_owned);
            own.or_else(|| labels[at].clone()).filter(|name| !name.trim().is_empty())
        };
        let ends = [(a, way(0)), (b, way(1))];
        self.plan.draw(ends, said, edge.line, self.ledger);
    }
}

fn zone_id(cell: &Cell) -> String {
    let own = cell.property("zone").map(str::trim).filter(|id| !id.is_empty());
    own.map_or_else(|| cell.label.clone(), str::to_owned)
}
