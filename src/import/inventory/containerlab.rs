//! containerlab topologies: nodes and links. Read line by line: of YAML, what such files use.

use std::collections::HashMap;

use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::{Configuration, Import};
use super::{Plan, no_end};
use crate::language::Phrase;

/// Whether a text is a topology of containerlab.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let starts = |word: &str| lines.iter().any(|line| line.trim_end() == word);
    let has = |word: &str| lines.iter().any(|line| line.trim_start().trim_start_matches("- ").starts_with(word));
    starts("topology:") && has("nodes:") && (has("endpoints:") || has("kind:") || has("image:"))
}

/// A line without its comment: how deep it stands, and what it says.
struct Line<'t> {
    depth: usize,
    text: &'t str,
    number: u32,
}

fn lines<'t>(configuration: &Configuration<'t>, ledger: &mut Ledger) -> Vec<Line<'t>> {
    let mut out = Vec::new();
    for (number, line) in (1u32..).zip(&configuration.lines) {
        ledger.without_meaning(number);
        let mut quote = None;
        let mut end = line.len();
        for (at, c) in line.char_indices() {
            match (c, quote) {
                ('"' | '\'', None) => quote = Some(c),
                (c, Some(mark)) if c == mark => quote = None,
                ('#', None) if at == 0 || line[..at].ends_with(char::is_whitespace) => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let line = line[..end].trim_end();
        let text = line.trim_start();
        if !text.is_empty() {
            out.push(Line { depth: line.len() - text.len(), text, number });
        }
    }
    out
}

/// The lines below one.
fn below<'l, 't>(lines: &'l [Line<'t>], at: usize) -> &'l [Line<'t>] {
    let depth = lines[at].depth;
    let list_may_stand_level =
        |line: &Line<'_>| line.depth == depth && line.text.starts_with("- ") && !lines[at].text.starts_with("- ");
    let rest = &lines[at + 1..];
    let end = rest.iter().position(|line| line.depth <= depth && !list_may_stand_level(line)).unwrap_or(rest.len());
    &rest[..end]
}

/// What a key on the level of the first of some lines leads to.
fn find<'l, 't>(lines: &'l [Line<'t>], key: &str) -> Option<(&'l Line<'t>, &'l [Line<'t>])> {
    let depth = lines.first()?.depth;
    let at =
        lines.iter().position(|line| line.depth == depth && line.text.split(':').next().map(plain) == Some(key))?;
    Some((&lines[at], below(lines, at)))
}

fn plain(word: &str) -> &str {
    word.trim().trim_matches(['"', '\''])
}

fn value<'t>(line: &Line<'t>) -> &'t str {
    line.text.split_once(':').map_or("", |(_, value)| plain(value))
}

/// Reads a topology.
///
/// # Errors
/// Never; what is not understood is told.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let all = lines(configuration, ledger);
    let mut plan = Plan::default();
    let mut nodes: HashMap<String, usize> = HashMap::new();
    let topology: &[Line<'_>] = match find(&all, "topology") {
        Some((line, below)) => {
            ledger.used(line.number);
            below
        }
        None => &[],
    };
    if let Some((line, inner)) = find(topology, "nodes") {
        ledger.used(line.number);
        let depth = inner.first().map_or(0, |line| line.depth);
        for (at, line) in inner.iter().enumerate().filter(|(_, line)| line.depth == depth) {
            ledger.used(line.number);
            let name = plain(line.text.split(':').next().unwrap_or(line.text));
            let settings = below(inner, at);
            settings.iter().for_each(|line| ledger.used(line.number));
            let kind = match find(settings, "kind").map(|(line, _)| value(line)) {
                Some("bridge" | "ovs-bridge") => "switch",
                _ => "router",
            };
            if let Some((line, _)) = find(settings, "startup-config") {
                ledger.remark(
                    line.number,
                    Phrase::new(
                        "this file is not read: name it under `devices` of a site file with this node's id",
                        "このファイルは読まない。サイトファイルの `devices` にこのノードの id で挙げること",
                    ),
                );
            }
            nodes.insert(name.to_owned(), plan.node(name, kind, line.number, ledger));
        }
    }
    if let Some((line, inner)) = find(topology, "links") {
        ledger.used(line.number);
        let depth = inner.first().map_or(0, |line| line.depth);
        for (at, first) in inner.iter().enumerate().filter(|(_, line)| line.depth == depth) {
            let behind = below(inner, at);
            link(first, behind, &mut nodes, &mut plan, ledger);
        }
    }
    Ok(plan.finish(ledger))
}

fn link(
    first: &Line<'_>,
    behind: &[Line<'_>],
    nodes: &mut HashMap<String, usize>,
    plan: &mut Plan,
    ledger: &mut Ledger,
) {
    let mut ends: Vec<(String, String)> = Vec::new();
    let mut node: Option<String> = None;
    for line in [first].into_iter().chain(behind) {
        ledger.used(line.number);
        let text = line.text.trim_start_matches("- ").trim_start_matches('{').trim_end_matches('}').trim();
        let (key, rest) = text.split_once(':').map_or((text, ""), |(key, rest)| (plain(key), rest.trim()));
        match key {
            "endpoints" if rest.starts_with('[') => {
                let inner = rest.trim_start_matches('[');
                let inner = inner.split(']').next().unwrap_or(inner);
                ends.extend(
                    inner
                        .split(',')
                        .filter_map(|end| plain(end).split_once(':'))
                        .map(|(a, b)| (a.to_owned(), b.to_owned())),
                );
            }
            "endpoints" | "type" | "mtu" | "vars" | "labels" | "mac" => {}
            "node" => node = Some(plain(rest).to_owned()),
            "interface" => ends.extend(node.take().map(|node| (node, plain(rest).to_owned()))),
            _ => {
                // an item of the list: `- a:eth1`
                if line.text.starts_with("- ")
                    && let Some((a, b)) = plain(line.text.trim_start_matches("- ")).split_once(':')
                {
                    ends.push((plain(a).to_owned(), plain(b).to_owned()));
                }
            }
        }
    }
    let [a, b] = &ends[..] else {
        [first].into_iter().chain(behind).for_each(|line| ledger.not_understood(line.number, no_end()));
        return;
    };
    let line = first.number;
    let mut end = |(name, way): &(String, String)| {
        // `host`, `mgmt-net`, `macvlan` lead out of the lab
        let node = match nodes.get(name) {
            Some(node) => *node,
            None => {
                let node = plan.node(name, "external", line, ledger);
                nodes.insert(name.clone(), node);
                node
            }
        };
        (node, plan.way(node, way, line, ledger))
    };
    let (a, b) = (end(a), end(b));
    plan.join(a, b, line, ledger);
}
