//! GNS3 projects.

use std::collections::HashMap;

use super::super::json::{self, Json, Value};
use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::{Configuration, Import};
use super::{Plan, no_end};

/// Whether a text is a project of GNS3.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let has = |word: &str| lines.iter().any(|line| line.contains(word));
    lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| line.trim_start().starts_with('{'))
        && has("\"topology\"")
        && has("\"node_type\"")
}

/// Reads a project.
///
/// # Errors
/// When it is no JSON, or cut off.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = json::read(configuration.file, &configuration.lines)?;
    ledger.all_without_meaning();
    let mut plan = Plan::default();
    let mut nodes: HashMap<&str, usize> = HashMap::new();
    let topology = root.get("topology");
    for node in topology.and_then(|topology| topology.get("nodes")).map_or(&[][..], Json::list) {
        used(node, ledger);
        let Some(id) = node.str("node_id") else { continue };
        let kind = match node.str("node_type").unwrap_or("") {
            "ethernet_switch" | "ethernet_hub" | "atm_switch" | "frame_relay_switch" => "switch",
            "vpcs" => "host",
            "cloud" | "nat" => "external",
            _ => "router",
        };
        nodes.insert(id, plan.node(node.str("name").unwrap_or(id), kind, node.lines.0, ledger));
    }
    for link in topology.and_then(|topology| topology.get("links")).map_or(&[][..], Json::list) {
        used(link, ledger);
        if link.get("suspend").is_some_and(|suspend| suspend.value == Value::Truth(true)) {
            continue;
        }
        let ends: Vec<(usize, String)> = link
            .get("nodes")
            .map_or(&[][..], Json::list)
            .iter()
            .filter_map(|end| {
                let node = *nodes.get(end.str("node_id")?)?;
                let word = |key: &str| end.get(key).and_then(Json::word).unwrap_or("0").to_owned();
                let label = end.get("label").and_then(|label| label.str("text")).map(str::to_owned);
                Some((node, label.unwrap_or_else(|| format!("{}/{}", word("adapter_number"), word("port_number")))))
            })
            .collect();
        let [a, b] = &ends[..] else {
            (link.lines.0..=link.lines.1).for_each(|line| ledger.not_understood(line, no_end()));
            continue;
        };
        let line = link.lines.0;
        let ends = [a, b].map(|(node, way)| (*node, plan.way(*node, way, line, ledger)));
        let [a, b] = ends;
        plan.join(a, b, line, ledger);
    }
    Ok(plan.finish(ledger))
}

fn used(json: &Json<'_>, ledger: &mut Ledger) {
    (json.lines.0..=json.lines.1).for_each(|line| ledger.used(line));
}
