//! The network as a graph for Graphviz: zones are clusters, ways that violate are red.
//! <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write;

use super::diagram::{self, Box, Diagram, Line};
use super::phrases::{exchange, phrases};
use crate::language::Lang;
use crate::report::Report;
use crate::screen::visible;

/// Characters shown of a label.
const LONGEST: usize = 60;

/// The report's network as DOT that ends in a newline. It needs the facts of an audit.
#[must_use]
pub fn render(report: &Report, lang: Lang) -> String {
    let diagram = diagram::of(report, lang);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = written(&mut out, &diagram, lang);
    out
}

fn written(out: &mut String, diagram: &Diagram, lang: Lang) -> std::fmt::Result {
    let mut title = vec![diagram.title.clone()];
    title.extend(diagram.marked.then(|| exchange::red(lang).to_owned()));
    writeln!(out, "graph sanso {{")?;
    writeln!(out, "  graph [label={}, labelloc=t, rankdir=LR, newrank=true, fontname=\"sans-serif\"]", quoted(&title))?;
    writeln!(out, "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11]")?;
    writeln!(out, "  edge [fontname=\"sans-serif\", fontsize=9]")?;
    for (number, (zone, boxes)) in diagram.zones.iter().enumerate() {
        match zone {
            Some(zone) => {
                let mut label = vec![zone.clone()];
                label.extend(phrases(lang).zone_names(zone).map(str::to_owned));
                writeln!(out, "  subgraph cluster_{number} {{")?;
                writeln!(out, "    graph [label={}, color=gray50]", quoted(&label))?;
                boxes.iter().try_for_each(|&at| node(out, "    ", at, &diagram.boxes[at]))?;
                writeln!(out, "  }}")?;
            }
            None => boxes.iter().try_for_each(|&at| node(out, "  ", at, &diagram.boxes[at]))?,
        }
    }
    diagram.lines.iter().try_for_each(|line| edge(out, line))?;
    writeln!(out, "}}")
}

fn node(out: &mut String, indent: &str, at: usize, Box { label, kind, count, marked }: &Box) -> std::fmt::Result {
    write!(out, "{indent}n{at} [label={}", quoted(label))?;
    match *kind {
        "firewall" => write!(out, ", shape=octagon, style=solid")?,
        "router" | "l3-switch" => write!(out, ", shape=hexagon, style=solid")?,
        "switch" => write!(out, ", style=solid")?,
        "gateway" => write!(out, ", shape=diamond, style=solid")?,
        "external" => write!(out, ", shape=ellipse, style=dashed")?,
        _ => {}
    }
    if *count > 1 {
        write!(out, ", peripheries=2")?;
    }
    if *marked {
        write!(out, ", color=red, penwidth=2")?;
    }
    writeln!(out, "]")
}

fn edge(out: &mut String, Line { ends: [a, b], label, one_way, marked }: &Line) -> std::fmt::Result {
    let mut attributes = Vec::new();
    attributes.extend(label.as_ref().map(|label| format!("label={}", quoted(std::slice::from_ref(label)))));
    attributes.extend(one_way.then(|| "dir=forward".to_owned()));
    attributes.extend(marked.then(|| "color=red, penwidth=2".to_owned()));
    write!(out, "  n{a} -- n{b}")?;
    if !attributes.is_empty() {
        write!(out, " [{}]", attributes.join(", "))?;
    }
    writeln!(out)
}

/// Lines of a label between quotes. Within them `\` and `&` would mean something too.
fn quoted(lines: &[String]) -> String {
    let line = |text: &String| cut(text).replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", lines.iter().map(line).collect::<Vec<_>>().join("\\n"))
}

/// A text of a label, cut where it is too long, without what could steer a terminal.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => visible(text).into_owned(),
        Some((end, _)) => format!("{}…", visible(&text[..end])),
    }
}
