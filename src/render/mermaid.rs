//! The network as a Mermaid flowchart, which GitHub and others draw within Markdown. <https://mermaid.js.org/syntax/flowchart.html>

use std::fmt::Write;

use super::diagram::{self, Box, Diagram, Line};
use super::dot::cut;
use super::phrases::{exchange, phrases};
use crate::language::Lang;
use crate::report::Report;

/// The report's network as a flowchart that ends in a newline. It needs the facts of an audit.
#[must_use]
pub fn render(report: &Report, lang: Lang) -> String {
    let diagram = diagram::of(report, lang);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = written(&mut out, &diagram, lang);
    out
}

fn written(out: &mut String, diagram: &Diagram, lang: Lang) -> std::fmt::Result {
    writeln!(out, "flowchart LR")?;
    let mut title = vec![diagram.title.clone()];
    title.extend(diagram.marked.then(|| exchange::red(lang).to_owned()));
    writeln!(out, "  title[{}]", quoted(&title))?;
    for (number, (zone, boxes)) in diagram.zones.iter().enumerate() {
        match zone {
            Some(zone) => {
                let mut label = vec![zone.clone()];
                label.extend(phrases(lang).zone_names(zone).map(str::to_owned));
                writeln!(out, "  subgraph z{number} [{}]", quoted(&label))?;
                boxes.iter().try_for_each(|&at| node(out, "    ", at, &diagram.boxes[at]))?;
                writeln!(out, "  end")?;
            }
            None => boxes.iter().try_for_each(|&at| node(out, "  ", at, &diagram.boxes[at]))?,
        }
    }
    diagram.lines.iter().try_for_each(|line| edge(out, line))?;
    writeln!(out, "  classDef violated stroke:#c00,stroke-width:3px")?;
    writeln!(out, "  style title fill:none,stroke:none")?;
    for (at, _) in diagram.lines.iter().enumerate().filter(|(_, line)| line.marked) {
        writeln!(out, "  linkStyle {at} stroke:#c00,stroke-width:3px")?;
    }
    Ok(())
}

fn node(out: &mut String, indent: &str, at: usize, Box { label, kind, count, marked }: &Box) -> std::fmt::Result {
    let (open, close) = match *kind {
        _ if *count > 1 => ("[[", "]]"),
        "firewall" | "router" | "l3-switch" => ("{{", "}}"),
        "switch" => ("[", "]"),
        "gateway" => ("{", "}"),
        "external" => ("([", "])"),
        _ => ("(", ")"),
    };
    let class = if *marked { ":::violated" } else { "" };
    writeln!(out, "{indent}n{at}{open}{}{close}{class}", quoted(label))
}

fn edge(out: &mut String, Line { ends: [a, b], label, one_way, .. }: &Line) -> std::fmt::Result {
    let arrow = if *one_way { "-->" } else { "---" };
    match label {
        Some(label) => writeln!(out, "  n{a} {arrow}|{}| n{b}", quoted(std::slice::from_ref(label))),
        None => writeln!(out, "  n{a} {arrow} n{b}"),
    }
}

/// Lines of a label between quotes; what is not plain is written as `#60;`.
fn quoted(lines: &[String]) -> String {
    let mut out = String::from("\"");
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            out.push_str("<br>");
        }
        for (at, c) in cut(line).char_indices() {
            match c {
                // At the beginning, and a full stop behind a number, would make a list of it.
                ' ' | '-' | ',' if at > 0 => out.push(c),
                c if c.is_ascii_alphanumeric() || !c.is_ascii() => out.push(c),
                c => out.push_str(&format!("#{};", u32::from(c))),
            }
        }
    }
    out.push('"');
    out
}
