//! A document as a drawing that people move about and import again. It holds nodes, interfaces, links, VLANs and zones; what
//! it does not hold is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr as _;

use super::super::super::set::AddressSet;
use super::place::{Area, Wanted, place};
use super::said::{self, INTERFACES, LINK, LINK_ID, NODE, NODE_ID, Shape, VLANS, ZONE};
use super::ways::{Corner, corners};
use super::{ZONE_KIND, tags};

/// A document as a drawing.
pub struct Drawing {
    /// The file.
    pub text: String,
    /// Keys of nodes and of links that it does not hold, each with how many say something there.
    pub without: Vec<(String, usize)>,
    /// Keys of the document that it does not hold.
    pub keys: Vec<String>,
}

/// The keys of a node that a drawing has beside its properties.
const NODE_KEYS: [&str; 1] = ["id"];
/// The same of a link.
const LINK_KEYS: [&str; 3] = ["id", "between", "vlans"];
/// What a document has that a drawing holds.
const HELD: [&str; 4] = ["sanso", "zones", "nodes", "links"];

/// Draws a document, given as JSON that was read without errors.
#[must_use]
pub fn draw(json: &str) -> Option<Drawing> {
    let document: Value = serde_json::from_str(json).ok()?;
    let list = |key: &str| document[key].as_array().map_or(&[][..], Vec::as_slice);
    let links: Vec<Map<String, Value>> = list("links").iter().filter_map(link).collect();
    let writer = Writer { zones: Zones::of(&document), nodes: list("nodes"), links, without: BTreeMap::new() };
    let (text, without) = writer.write()?;
    let keys = document.as_object()?.keys().filter(|key| !HELD.contains(&key.as_str())).cloned().collect();
    Some(Drawing { text, without: without.into_iter().collect(), keys })
}

/// A link in its long form.
fn link(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        Value::Array(_) => Some(Map::from_iter([("between".to_owned(), value.clone())])),
        _ => None,
    }
}

/// The zones that are drawn: those that a document declares, and those that nodes say they are of.
struct Zones<'d> {
    ids: Vec<String>,
    entries: Vec<Option<&'d Map<String, Value>>>,
    sets: Vec<AddressSet>,
}

/// The tiers, from left to right.
const TIERS: [&str; 3] = ["my-number", "lgwan", "internet"];

impl<'d> Zones<'d> {
    fn of(document: &'d Value) -> Self {
        let declared = document["zones"].as_object();
        let mut ids: Vec<String> = declared.into_iter().flat_map(Map::keys).cloned().collect();
        let nodes = document["nodes"].as_array().into_iter().flatten();
        ids.extend(nodes.filter_map(|node| node["zone"].as_str()).map(str::to_owned));
        let rank = |id: &str| TIERS.iter().position(|tier| *tier == id).unwrap_or(TIERS.len());
        ids.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
        ids.dedup();
        let entries: Vec<_> = ids.iter().map(|id| declared?.get(id)?.as_object()).collect();
        let set = |entry: &Option<&Map<String, Value>>| {
            words(entry.and_then(|entry| entry.get("networks")))
                .filter_map(addresses)
                .fold(AddressSet::default(), |all, one| all.union(&one))
        };
        let sets = entries.iter().map(set).collect();
        Self { ids, entries, sets }
    }

    /// The zone of a node: the one that it says, or that its addresses are in.
    fn of_node(&self, node: &Value) -> Option<usize> {
        if let Some(zone) = node["zone"].as_str() {
            return self.ids.iter().position(|id| id == zone);
        }
        let mut all = words(node.get("addresses")).filter_map(addresses);
        let first = all.next()?;
        let zone = self.sets.iter().position(|set| first.subtract(set).is_empty())?;
        all.all(|set| set.subtract(&self.sets[zone]).is_empty()).then_some(zone)
    }
}

/// One word, or a list of them.
fn words(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    value.and_then(Value::as_str).into_iter().chain(list)
}

fn addresses(word: &str) -> Option<AddressSet> {
    match super::super::net(word) {
        Some(net) => Some(net.set()),
        None => word.parse().ok().map(AddressSet::single),
    }
}

struct Writer<'d> {
    zones: Zones<'d>,
    nodes: &'d [Value],
    links: Vec<Map<String, Value>>,
    without: BTreeMap<String, usize>,
}

/// An end of a link.
fn end(link: &Map<String, Value>, at: usize) -> Option<(&str, Option<&str>)> {
    let text = link.get("between")?.get(at)?.as_str()?;
    Some(text.split_once(':').map_or((text, None), |(node, way)| (node, Some(way))))
}

impl Writer<'_> {
    fn write(mut self) -> Option<(String, BTreeMap<String, usize>)> {
        let ids: BTreeMap<&str, usize> =
            self.nodes.iter().enumerate().filter_map(|(at, node)| Some((node["id"].as_str()?, at))).collect();
        let mut ends = Vec::new();
        for link in &self.links {
            ends.push([*ids.get(end(link, 0)?.0)?, *ids.get(end(link, 1)?.0)?]);
        }
        let width = |text: &str| 24 + 8 * u64::try_from(text.width()).unwrap_or(0);
        let places = place(&Wanted {
            widths: self
                .nodes
                .iter()
                .map(|node| {
                    let label = width(node["id"].as_str().unwrap_or_default()).max(80);
                    wide(node["kind"].as_str().unwrap_or("host"), label)
                })
                .collect(),
            zones: self.nodes.iter().map(|node| self.zones.of_node(node)).collect(),
            titles: self.zones.ids.iter().map(|id| width(id)).collect(),
            links: ends.clone(),
        });
        let mut out = String::from(concat!(
            "<mxfile host=\"sanso\">\n<diagram id=\"page\" name=\"Page-1\">\n",
            "<mxGraphModel grid=\"1\" gridSize=\"10\" page=\"0\">\n<root>\n<mxCell id=\"0\"/>\n",
            "<mxCell id=\"zones\" value=\"zones\" parent=\"0\"/>\n",
            "<mxCell id=\"links\" value=\"links\" parent=\"0\"/>\n",
            "<mxCell id=\"nodes\" value=\"nodes\" parent=\"0\"/>\n",
        ));
        for (at, area) in places.zones.iter().enumerate() {
            self.zone(at, *area, &mut out);
        }
        let links = std::mem::take(&mut self.links);
        let ways = corners(&places.nodes, &ends);
        for (at, ((link, ends), way)) in links.iter().zip(&ends).zip(&ways).enumerate() {
            self.link(at, link, *ends, way, &mut out);
        }
        for (at, (node, area)) in self.nodes.iter().zip(&places.nodes).enumerate() {
            self.node(at, node, *area, &mut out);
        }
        out.push_str("</root>\n</mxGraphModel>\n</diagram>\n</mxfile>\n");
        Some((out, self.without))
    }

    fn zone(&self, at: usize, area: Area, out: &mut String) {
        let id = &self.zones.ids[at];
        let mut properties = vec![("kind", ZONE_KIND.to_owned()), ("zone", id.clone())];
        if let Some(entry) = self.zones.entries[at] {
            for (key, shape) in ZONE {
                properties.extend(entry.get(*key).map(|value| (*key, said::text(value, *shape))));
            }
        }
        // nothing that is dropped on it becomes a part of it: moving shapes about changes nothing
        let style = "rounded=0;html=1;fillColor=#f7f7f7;strokeColor=#999999;verticalAlign=top;align=left;spacingLeft=8;\
                     container=0;dropTarget=0;collapsible=0;connectable=0;";
        open(&format!("z{at}"), id, &properties, false, out);
        shape(style, "zones", area, out);
    }

    fn node(&mut self, at: usize, node: &Value, area: Area, out: &mut String) {
        let Some(map) = node.as_object() else { return };
        let id = node["id"].as_str().unwrap_or_default();
        let kind = node["kind"].as_str().unwrap_or("host");
        let mut properties = Vec::new();
        if tags::label(&html(id)) != id {
            properties.push((NODE_ID, id.to_owned()));
        }
        properties.push(("kind", kind.to_owned()));
        for (key, shape) in NODE.iter().filter(|(key, _)| *key != "kind") {
            properties.extend(map.get(*key).map(|value| (*key, said::text(value, *shape))));
        }
        self.miss(map, NODE, &NODE_KEYS);
        open(&format!("n{at}"), id, &properties, false, out);
        shape(style(kind), "nodes", area, out);
    }

    fn link(&mut self, at: usize, link: &Map<String, Value>, ends: [usize; 2], way: &[Corner], out: &mut String) {
        let mut properties = Vec::new();
        for (side, key) in INTERFACES.into_iter().enumerate() {
            properties.extend(end(link, side).and_then(|(_, way)| Some((key, way?.to_owned()))));
        }
        if let Some(Value::Object(sides)) = link.get("vlans") {
            for (side, key) in ["a", "b"].into_iter().zip(VLANS) {
                properties.extend(sides.get(side).map(|value| (key, said::text(value, Shape::Vlans))));
            }
        }
        for (key, shape) in LINK {
            let value = link.get(*key).filter(|value| !value.is_object());
            properties.extend(value.map(|value| (*key, said::text(value, *shape))));
        }
        properties.extend(link.get("id").map(|id| (LINK_ID, said::text(id, Shape::Text))));
        self.miss(link, LINK, &LINK_KEYS);
        let id = format!("l{at}");
        let one_way = link.get("one_way") == Some(&Value::Bool(true));
        let arrow = if one_way { "endArrow=block" } else { "endArrow=none" };
        let label = if link.get("vlans").is_some_and(|vlans| !vlans.is_object()) { "%vlans%" } else { "" };
        open(&id, label, &properties, true, out);
        let [a, b] = ends;
        let _ = writeln!(
            out,
            "<mxCell style=\"{arrow};html=1;strokeColor=#666666;fontSize=9;\" edge=\"1\" parent=\"links\" source=\"n{a}\" target=\"n{b}\">\n\
             <mxGeometry relative=\"1\" as=\"geometry\"{}</mxCell>\n</object>",
            geometry(way)
        );
        for (side, along) in [("a", "-0.7"), ("b", "0.7")] {
            let key = format!("interface_{side}");
            if !properties.iter().any(|(known, _)| *known == key) {
                continue;
            }
            open(&format!("{id}{side}"), &format!("%{key}%"), &[], true, out);
            let _ = writeln!(
                out,
                "<mxCell style=\"edgeLabel;html=1;align=center;verticalAlign=middle;resizable=0;fontSize=9;\" vertex=\"1\" connectable=\"0\" parent=\"{id}\">\n\
                 <mxGeometry x=\"{along}\" relative=\"1\" as=\"geometry\"/>\n</mxCell>\n</object>"
            );
        }
    }

    /// Counts what an element says that a drawing has no property for.
    fn miss(&mut self, map: &Map<String, Value>, table: &[(&str, Shape)], held: &[&str]) {
        for key in map.keys().filter(|key| said::shape(table, key).is_none() && !held.contains(&key.as_str())) {
            *self.without.entry(key.clone()).or_default() += 1;
        }
    }
}

/// The element around a cell, which bears its properties.
fn open(id: &str, label: &str, properties: &[(&str, String)], shows: bool, out: &mut String) {
    let _ = write!(out, "<object id=\"{id}\" label=\"{}\"", attribute(&html(label)));
    if shows {
        out.push_str(" placeholders=\"1\"");
    }
    for (key, value) in properties {
        let _ = write!(out, " {key}=\"{}\"", attribute(value));
    }
    out.push_str(">\n");
}

/// What ends the geometry of a line: its corners, where it has some.
fn geometry(way: &[Corner]) -> String {
    if way.is_empty() {
        return "/>\n".to_owned();
    }
    let points: String = way.iter().map(|(x, y)| format!("<mxPoint x=\"{x}\" y=\"{y}\"/>")).collect();
    format!(">\n<Array as=\"points\">{points}</Array>\n</mxGeometry>\n")
}

fn shape(style: &str, layer: &str, area: Area, out: &mut String) {
    let Area { x, y, width, height } = area;
    let _ = writeln!(
        out,
        "<mxCell style=\"{style}\" vertex=\"1\" parent=\"{layer}\">\n\
         <mxGeometry x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" as=\"geometry\"/>\n</mxCell>\n</object>"
    );
}

/// How a kind is drawn.
fn style(kind: &str) -> &'static str {
    match kind {
        "switch" | "l3-switch" => "rounded=0;html=1;fillColor=#dae8fc;strokeColor=#6c8ebf;",
        "router" => "ellipse;html=1;fillColor=#dae8fc;strokeColor=#6c8ebf;",
        "firewall" => "rounded=0;html=1;fillColor=#f8cecc;strokeColor=#b85450;strokeWidth=2;",
        "gateway" => "rhombus;html=1;fillColor=#fff2cc;strokeColor=#d6b656;",
        "external" => "ellipse;html=1;dashed=1;fillColor=#ffffff;strokeColor=#666666;",
        "server" | "storage" => "rounded=0;html=1;fillColor=#d5e8d4;strokeColor=#82b366;",
        _ => "rounded=1;html=1;fillColor=#ffffff;strokeColor=#666666;",
    }
}

/// How wide a shape is that holds a label: in the middle of a rhombus there is half of its width for it, of an ellipse two thirds.
fn wide(kind: &str, label: u64) -> u64 {
    match kind {
        "gateway" => label * 2,
        "router" | "external" => label * 3 / 2,
        _ => label,
    }
}

/// A text within markup.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text as the value of an attribute. What XML has no way of writing becomes a sign that something was there.
fn attribute(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
