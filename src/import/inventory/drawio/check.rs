//! Whether what a drawing says is what a document may say: what is not is refused where it was drawn, in the words that the
//! reader of documents has for it.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::super::super::Import;
use super::super::super::device::{Device, Join};
use super::super::super::emit;
use super::super::super::ledger::Origin;
use super::super::super::text::Refusal;
use crate::diagnostic::Diagnostics;
use crate::document::{NameTable, read, read_link, read_node};
use crate::language::Phrase;
use crate::source::Source;

/// Checks all that is said of zones, nodes and links.
///
/// # Errors
/// The first thing that no document may say.
pub(super) fn check(import: &Import) -> Result<(), Refusal> {
    let zones = import.inventory.iter().flat_map(|inventory| &inventory.zones);
    for (id, entry, origin) in zones {
        let alone = json!({ "sanso": 1, "zones": { id.as_str(): entry }, "nodes": [{ "id": "x" }] });
        reads(&alone, (entry, origin), |source, found| drop(read(source, found)))?;
    }
    for device in &import.devices {
        node(device)?;
    }
    let kinds: HashMap<&str, &str> = import.devices.iter().map(|device| (device.id.as_str(), device.kind)).collect();
    let mut ids = HashSet::new();
    for join in &import.joins {
        link(join, &kinds)?;
        if let Some(id) = join.said.get("id").and_then(Value::as_str).filter(|id| !ids.insert(*id)) {
            return Err(refusal(
                &join.origin,
                (
                    format!("another connector has the `link_id` {id} too"),
                    format!("`link_id` の {id} がほかのコネクターにもある"),
                ),
            ));
        }
    }
    Ok(())
}

fn node(device: &Device) -> Result<(), Refusal> {
    if device.said.is_empty() {
        return Ok(());
    }
    reads(&emit::node(device), (&device.said, &device.origin), |source, found| {
        drop(read_node(source, &mut NameTable::default(), found))
    })?;
    let (id, kind) = (&device.id, device.kind);
    if device.said.contains_key("routed_vlans") && kind != "l3-switch" {
        return Err(refusal(
            &device.origin,
            (
                format!("`{id}` has `routed_vlans`, but is no l3-switch: delete it, or write so in `kind`"),
                format!(
                    "「{id}」は L3 スイッチではないのに `routed_vlans` がある。取り除くか、`kind` を l3-switch とすること"
                ),
            ),
        ));
    }
    if device.said.get("forwards") == Some(&false.into()) && kind == "l3-switch" {
        return Err(refusal(
            &device.origin,
            (
                format!("`{id}` is an l3-switch, which always forwards: choose another `kind`"),
                format!("「{id}」は L3 スイッチであり、必ず転送する。`kind` を変えること"),
            ),
        ));
    }
    Ok(())
}

fn link(join: &Join, kinds: &HashMap<&str, &str>) -> Result<(), Refusal> {
    if join.said.is_empty() {
        return Ok(());
    }
    let Some(text) = emit::joined_by(join) else { return Ok(()) };
    reads(&text, (&join.said, &join.origin), |source, found| {
        drop(read_link(source, &mut NameTable::default(), found))
    })?;
    let Ok(source) = source(&text) else { return Ok(()) };
    let Some(link) = read_link(&source, &mut NameTable::default(), &mut Diagnostics::default()) else { return Ok(()) };
    let by_end = join.said.get("vlans").is_some_and(Value::is_object);
    for end in [0, 1] {
        let id = &join.ends[end].0;
        let is_switch = kinds.get(id.as_str()).is_some_and(|kind| matches!(*kind, "switch" | "l3-switch"));
        if !is_switch && (link.native().is_some() || by_end && link.vlans_at(end).is_some()) {
            return Err(refusal(
                &join.origin,
                (
                    format!(
                        "only switches have `native` and VLANs of their own at an end, and `{id}` is none: delete them, or write its `kind`"
                    ),
                    format!(
                        "`native` と端ごとの VLAN はスイッチだけのものであり、「{id}」はスイッチではない。取り除くか、`kind` を書くこと"
                    ),
                ),
            ));
        }
        let Some(vlan) = link.native().map(|native| native[end]) else { continue };
        let carried = link.vlans_at(end);
        if carried.is_some_and(|vlans| !vlans.iter().any(|&(low, high)| (low..=high).contains(&vlan))) {
            return Err(refusal(
                &join.origin,
                (
                    format!("the native VLAN {vlan} is not among the VLANs at `{id}`: add it"),
                    format!("ネイティブ VLAN {vlan} が「{id}」側の VLAN にない。加えること"),
                ),
            ));
        }
    }
    Ok(())
}

fn source(json: &Value) -> Result<Source, ()> {
    Source::new("drawing.json", json.to_string().into_bytes()).map_err(|_| ())
}

/// Reads a part of a document; what is wrong with it is told at its origin.
fn reads(
    json: &Value,
    (said, origin): (&Map<String, Value>, &Origin),
    by: impl Fn(&Source, &mut Diagnostics),
) -> Result<(), Refusal> {
    let Ok(source) = source(json) else { return Ok(()) };
    let mut found = Diagnostics::default();
    by(&source, &mut found);
    if !found.has_errors() {
        return Ok(());
    }
    let Some(first) = found.into_sorted().into_iter().next() else { return Ok(()) };
    // the property that it is about
    let holds = |(key, value): &(&String, &Value)| {
        let text = format!("{}:{value}", Value::from(key.as_str()));
        let start = source.text().find(&text);
        start.is_some_and(|start| (start..start + text.len()).contains(&(first.span.start as usize)))
    };
    let key = said.iter().find(holds).map_or_else(String::new, |(key, _)| format!("`{key}`: "));
    let what = match first.help {
        Some(help) => {
            (format!("{key}{}: {}", first.message.en, help.en), format!("{key}{}。{}", first.message.ja, help.ja))
        }
        None => (format!("{key}{}", first.message.en), format!("{key}{}", first.message.ja)),
    };
    Err(refusal(origin, what))
}

fn refusal(origin: &Origin, (en, ja): (String, String)) -> Refusal {
    Refusal::at(&origin.file, origin.line, Phrase::new(en, ja))
}
