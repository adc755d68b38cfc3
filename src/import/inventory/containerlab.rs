//! containerlab topologies: nodes and links. Read line by line: of YAML, what such files use.

use std::collections::HashMap;

use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::{Configuration, Import};
use super::{Attached, Plan, Start, no_end};
use crate::language::Phrase;

/// Whether a text is a topology of containerlab.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let starts = |word: &str| lines.iter().any(|line| line.trim_end() == word);
    let has = |word: &str| lines.iter().any(|line| line.trim_start().trim_start_matches("- ").starts_with(word));
    starts("topology:") && has("nodes:") && (has("endpoints:") || has("kind:") || has("image:"))
}

/// The lines of a lab but for those of texts within it, which are other languages. Of anything else all.
#[must_use]
pub fn outside<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    let mut out = Vec::new();
    let mut within: Option<usize> = None;
    let is_lab = recognise(lines);
    for line in lines {
        let depth = line.len() - line.trim_start().len();
        if within.is_some_and(|key| line.trim().is_empty() || depth > key) {
            continue;
        }
        let opens = line.split_once(": ").is_some_and(|(_, value)| value.trim_start().starts_with(['|', '>']));
        within = (is_lab && opens).then_some(depth);
        out.push(*line);
    }
    out
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
    let mut nodes: HashMap<String, Lab> = HashMap::new();
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
            let word = setting(topology, settings, "kind").map(value);
            let kind = match word {
                Some("bridge" | "ovs-bridge") => "switch",
                _ => "router",
            };
            let number = plan.node(name, kind, line.number, ledger);
            let mut ports = None;
            if let Some(line) = setting(topology, settings, "startup-config") {
                ledger.used(line.number);
                if let Some(text) = start(line, name, &configuration.lines, ledger) {
                    let known = word.and_then(known);
                    ports = known.and_then(|(_, ports)| ports);
                    plan.configs.push(Attached {
                        node: plan.id(number).to_owned(),
                        kind: word.map(str::to_owned),
                        format: known.map(|(format, _)| format),
                        text,
                        origin: ledger.origin(line.number),
                    });
                }
            }
            nodes.insert(name.to_owned(), Lab { number, ports });
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

/// A node, and how the interfaces of its kind are called in its configuration.
struct Lab {
    number: usize,
    ports: Option<Ports>,
}

/// What the n-th interface of a lab (`eth1` is the first) is called in a configuration.
type Ports = fn(u32) -> String;

/// The format of configurations of a kind of node, and how its interfaces are called there where the lab says `eth1`.
fn known(kind: &str) -> Option<(&'static str, Option<Ports>)> {
    let plain = kind.strip_prefix("vr-").unwrap_or(kind);
    Some(match plain {
        "ceos" | "arista_ceos" => ("cisco-ios", Some(|n| format!("Ethernet{n}"))),
        "veos" | "arista_veos" | "n9kv" | "cisco_n9kv" => ("cisco-ios", Some(|n| format!("Ethernet1/{n}"))),
        "csr" | "cisco_csr1000v" | "c8000v" | "cisco_c8000v" => {
            ("cisco-ios", Some(|n| format!("GigabitEthernet{}", n.saturating_add(1))))
        }
        "cat9kv" | "cisco_cat9kv" => ("cisco-ios", Some(|n| format!("GigabitEthernet1/0/{n}"))),
        // four to a slot, the first of which is for management
        "cisco_iol" => ("cisco-ios", Some(|n| format!("Ethernet{}/{}", n / 4, n % 4))),
        "asav" | "cisco_asav" => ("cisco-asa", Some(|n| format!("GigabitEthernet0/{}", n.saturating_sub(1)))),
        "vmx"
        | "juniper_vmx"
        | "vsrx"
        | "juniper_vsrx"
        | "juniper_csrx"
        | "vjunosrouter"
        | "juniper_vjunosrouter"
        | "vjunosswitch"
        | "juniper_vjunosswitch" => ("junos", Some(|n| format!("ge-0/0/{}", n.saturating_sub(1)))),
        "vqfx" | "juniper_vqfx" => ("junos", Some(|n| format!("xe-0/0/{}", n.saturating_sub(1)))),
        "juniper_vjunosevolved" => ("junos", Some(|n| format!("et-0/0/{}", n.saturating_sub(1)))),
        "crpd" | "juniper_crpd" => ("junos", None),
        // port1 is for management
        "fortinet_fortigate" | "fortigate" => ("fortios", Some(|n| format!("port{}", n.saturating_add(1)))),
        "pan" | "paloalto_panos" => ("panos", Some(|n| format!("ethernet1/{n}"))),
        _ => return None,
    })
}

/// What is said of a node: by itself, its group, its kind, or all nodes.
fn setting<'l, 't>(topology: &'l [Line<'t>], settings: &'l [Line<'t>], key: &str) -> Option<&'l Line<'t>> {
    let of = |lines: &'l [Line<'t>], key: &str| find(lines, key).map(|(line, _)| line);
    let below = |list: &str, name: &str| find(find(topology, list)?.1, name).map(|(_, lines)| lines);
    let defaults = find(topology, "defaults").map(|(_, lines)| lines);
    if let Some(own) = of(settings, key) {
        return Some(own);
    }
    let group = of(settings, "group").map(value).and_then(|group| below("groups", group));
    let of_group = group.and_then(|lines| of(lines, key));
    let by_kind = || {
        let word = if key == "kind" { None } else { setting(topology, settings, "kind") };
        word.map(value).and_then(|kind| below("kinds", kind)).and_then(|lines| of(lines, key))
    };
    of_group.or_else(by_kind).or_else(|| of(defaults?, key))
}

/// What a node starts with; told where that cannot be read.
fn start(line: &Line<'_>, node: &str, all: &[&str], ledger: &mut Ledger) -> Option<Start> {
    let file = value(line).replace("__clabNodeName__", node);
    let what = if let Some(mark) = file.strip_prefix('|') {
        return Some(Start::Within(block(line, mark, all)));
    } else if file.is_empty() || file.starts_with('>') {
        Phrase::new(
            "a configuration within the lab is read behind `|`, which keeps its lines; the node is taken to forward whatever comes",
            "ラボに埋め込まれた設定は、行を保つ `|` の後にあるものだけを読む。このノードはすべての通信を中継するものとみなす",
        )
    } else if file.contains("://") || file.contains("__clab") {
        Phrase::new(
            "a configuration at an address is not fetched: save it beside the lab, and name that file here; the node is taken to forward whatever comes",
            "URL の設定は取得しない。ラボと同じフォルダーに保存し、そのファイルを書くこと。このノードはすべての通信を中継するものとみなす",
        )
    } else {
        return Some(Start::File(file.trim_start_matches("./").to_owned()));
    };
    ledger.not_understood(line.number, what);
    None
}

/// The lines of a block of text behind `|`, each where it stands in the lab, so that it has its place.
fn block(line: &Line<'_>, mark: &str, all: &[&str]) -> String {
    let indent = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let first = line.number as usize;
    let inside = |text: &&&str| text.trim().is_empty() || indent(text) > line.depth;
    let lines: Vec<&str> = all[first..].iter().take_while(inside).copied().collect();
    let written = mark.chars().find_map(|c| c.to_digit(10)).map(|deeper| line.depth + deeper as usize);
    let least = || lines.iter().find(|text| !text.trim().is_empty()).map_or(0, |text| indent(text));
    let depth = written.unwrap_or_else(least);
    let mut out = "\n".repeat(first);
    for text in lines {
        out.push_str(text.get(depth.min(indent(text))..).unwrap_or_default());
        out.push('\n');
    }
    out
}

fn link(first: &Line<'_>, behind: &[Line<'_>], nodes: &mut HashMap<String, Lab>, plan: &mut Plan, ledger: &mut Ledger) {
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
        let lab = nodes
            .entry(name.clone())
            .or_insert_with(|| Lab { number: plan.node(name, "external", line, ledger), ports: None });
        let number = way.strip_prefix("eth").and_then(|number| number.parse().ok());
        let named = lab.ports.zip(number).map(|(ports, number)| ports(number));
        (lab.number, plan.way(lab.number, named.as_deref().unwrap_or(way), line, ledger))
    };
    let (a, b) = (end(a), end(b));
    plan.join(a, b, line, ledger);
}
