//! Nodes, zones and exceptions of several sources as one: scalars must agree, lists are joined; what a device filters and
//! translates comes from its configuration alone.

use serde_json::{Map, Value, json};

use super::super::ledger::Origin;
use super::super::set::AddressSet;
use super::super::text::Refusal;
use super::Builder;
use crate::language::Phrase;

/// The key under which an object of the assembly bears its place, where the document has no `origin`. It is not written.
pub const AT: &str = "@";

/// Gives an object its place.
pub fn tag(object: &mut Value, place: &str) {
    if let Value::Object(map) = object {
        if !map.contains_key("origin") {
            map.entry(AT).or_insert_with(|| place.into());
        }
        // what stands in it: rules, relays, routes
        for inner in map.values_mut() {
            let items = match inner {
                Value::Array(items) => items.iter_mut().collect(),
                one => vec![one],
            };
            items.into_iter().for_each(|item| tag(item, place));
        }
    }
}

/// Kinds of nodes that forward.
pub(super) const FORWARDING: [&str; 4] = ["router", "firewall", "switch", "l3-switch"];

impl Builder<'_> {
    /// Joins what is said of a node to what is known of it.
    pub(super) fn merge_node(&mut self, id: &str, mut node: Map<String, Value>, origin: &Origin) {
        let Some(&at) = self.by_id.get(id) else {
            node.insert("id".into(), id.into());
            if !node.contains_key("origin") && !node.contains_key(AT) {
                node.insert("origin".into(), origin.to_string().into());
            }
            self.by_id.insert(id.to_owned(), self.nodes.len());
            self.nodes.push(node);
            return;
        };
        let place = node.get(AT).or_else(|| node.get("origin")).and_then(Value::as_str).map(str::to_owned);
        let place = place.unwrap_or_else(|| origin.to_string());
        let is_device = self.machines.iter().any(|machine| machine.device.id == id && !self.is_drawn(machine.unit));
        let mut known = std::mem::take(&mut self.nodes[at]);
        // of a firewall that is only drawn nobody knew what it lets pass
        if !is_device && (node.contains_key("filter") || node.contains_key("filters")) && self.unfiltered.remove(id) {
            known.remove("filters");
        }
        for (key, value) in node {
            match (key.as_str(), known.get_mut(&key)) {
                ("id" | "origin" | AT, _) => {}
                ("filter" | "filters" | "nat", _) if is_device => self.errors.push(Refusal::of(
                    &place,
                    Phrase::new(
                        format!("`{key}` of `{id}` comes from its configuration alone; take it out here"),
                        format!("「{id}」の `{key}` は設定から取り込む。ここには書かないこと"),
                    ),
                )),
                ("routes", Some(_)) if is_device => self.errors.push(Refusal::of(
                    &place,
                    Phrase::new(
                        format!("the routes of `{id}` are in its configuration; take them out here"),
                        format!("「{id}」の経路は設定にある。ここには書かないこと"),
                    ),
                )),
                // what a configuration is of is presumed; what somebody says of it counts
                ("kind", Some(kind)) if is_device => {
                    let forwards = |kind: &Value| kind.as_str().is_some_and(|kind| FORWARDING.contains(&kind));
                    if forwards(kind) && !forwards(&value) {
                        known.entry("forwards").or_insert(true.into());
                    }
                    known.insert(key, value);
                }
                ("forwards", _) if is_device => {
                    known.insert(key, value);
                }
                ("kind", Some(kind)) if self.presumed.remove(id) => *kind = value,
                ("kind", Some(kind)) if *kind == "host" => *kind = value,
                ("kind", Some(_)) if value == "host" => {}
                (_, None) => {
                    known.insert(key, value);
                }
                (_, Some(Value::Array(list))) => {
                    let more = match value {
                        Value::Array(more) => more,
                        one => vec![one],
                    };
                    for item in more {
                        if !list.contains(&item) {
                            list.push(item);
                        }
                    }
                }
                (_, Some(other)) if value.is_array() => {
                    let mut list = vec![other.clone()];
                    list.extend(value.as_array().into_iter().flatten().filter(|item| *item != other).cloned());
                    known.insert(key, list.into());
                }
                // two addresses, each written without brackets
                ("addresses" | "tags" | "controls", Some(other)) if *other != value => {
                    let both = json!([other.clone(), value]);
                    known.insert(key, both);
                }
                (_, Some(other)) if *other != value => {
                    let (ours, theirs) = (other.to_string(), value.to_string());
                    self.errors.push(Refusal::of(
                        &place,
                        Phrase::new(
                            format!("`{key}` of `{id}` is {theirs} here and {ours} elsewhere; they must agree"),
                            format!("「{id}」の `{key}` が、ここでは {theirs}、別の箇所では {ours} になっている。一致させること"),
                        ),
                    ));
                }
                _ => {}
            }
        }
        if is_device && known.get("forwards").is_some_and(|forwards| *forwards == false) && known.contains_key("routes")
        {
            known.remove("routes");
        }
        self.nodes[at] = known;
    }

    /// Adds the networks of tables of segments to the zones.
    pub(super) fn put_zones(&self, out: &mut Map<String, Value>) {
        for row in &self.plan.rows.segments {
            let Some(zone) = &row.zone else { continue };
            let zones = out.entry("zones").or_insert_with(|| json!({}));
            let Some(zones) = zones.as_object_mut() else { return };
            let entry = zones.entry(zone.clone()).or_insert_with(|| json!({}));
            tag(entry, &row.origin.to_string());
            let Some(entry) = entry.as_object_mut() else { continue };
            let mut list = match entry.remove("networks") {
                Some(Value::Array(list)) => list,
                Some(one) => vec![one],
                None => Vec::new(),
            };
            for net in &row.nets {
                // a network within one that the zone has already says nothing new
                let within = list.iter().filter_map(Value::as_str).filter_map(AddressSet::of_word);
                if !within.into_iter().any(|set| net.set().subtract(&set).is_empty()) {
                    list.push(net.word().into());
                }
            }
            entry.insert("networks".into(), list.into());
        }
    }
}
