//! Whether the names in a document resolve (spec section 1): so that a shrunk or changed document is still a legal one.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whether every zone, interface and neighbour that a document names exists, firewalls have filters, and nodes with a
/// sanitising relay have no explicit zone. (Nodes, groups and services are resolved by `decide` itself.)
pub fn names_resolve(document: &Value) -> bool {
    let mut zones = BTreeSet::from(["my-number", "lgwan", "internet"]);
    zones.extend(document["zones"].as_object().into_iter().flat_map(|zones| zones.keys().map(String::as_str)));
    let interfaces = interfaces(document);
    let empty = (BTreeSet::new(), BTreeSet::new());
    let zones_known =
        selectors(document).iter().all(|item| item.strip_prefix("zone:").is_none_or(|zone| zones.contains(zone)));
    zones_known
        && list(&document["nodes"]).iter().all(|node| {
            let (own, neighbours) = interfaces.get(text(&node["id"])).unwrap_or(&empty);
            let filters: Vec<&Value> = node.get("filter").into_iter().chain(list(&node["filters"])).collect();
            let sides_known = filters
                .iter()
                .flat_map(|filter| std::iter::once(*filter).chain(list(&filter["rules"])))
                .chain(list(&node["nat"]))
                .flat_map(|holder| list(&holder["in"]).iter().chain(list(&holder["out"])))
                .all(|interface| own.contains(text(interface)));
            let vias_known = list(&node["routes"]).iter().all(|route| match route["via"].as_str() {
                Some(via) => own.contains(via) || neighbours.contains(via),
                None => route["drop"] == Value::Bool(true),
            });
            let sanitises = list(&node["relays"]).iter().any(|relay| relay.get("sanitise").is_some());
            node["zone"].as_str().is_none_or(|zone| zones.contains(zone) && !sanitises)
                && (node["kind"] != "firewall" || !filters.is_empty())
                && list(&node["relays"]).iter().all(|relay| relay.get("from").is_some() && relay.get("to").is_some())
                && list(&node["nat"]).iter().all(is_whole)
                && (node.get("nat").is_some() || filters.iter().all(|filter| filter.get("sees").is_none()))
                && sides_known
                && vias_known
        })
        && list(&document["exceptions"])
            .iter()
            .all(|exception| ["from", "to", "service"].iter().all(|key| exception.get(*key).is_some()))
        && list(&document["transfers"])
            .iter()
            .all(|transfer| ["from", "to"].iter().all(|key| transfer.get(*key).is_some()))
        && list(&document["links"]).iter().all(carries_its_natives)
}

/// Whether an entry of `nat` has what it needs.
fn is_whole(entry: &Value) -> bool {
    let has = |key: &str| entry.get(key).is_some();
    (has("source") != has("destination"))
        && (!has("destination_port") || has("service"))
        && (entry["one_to_one"] != Value::Bool(true) || has(if has("source") { "from" } else { "to" }))
}

/// "Each must be among the `vlans` of its end."
fn carries_its_natives(link: &Value) -> bool {
    let natives = numbers(&link["native"]);
    let natives = if let [one] = natives[..] { vec![one, one] } else { natives };
    natives.iter().zip(["a", "b"]).all(|(native, end)| {
        let vlans = if link["vlans"].is_object() { &link["vlans"][end] } else { &link["vlans"] };
        vlans.is_null() || numbers(vlans).contains(native)
    })
}

/// The interfaces and the neighbours of every node.
fn interfaces(document: &Value) -> BTreeMap<&str, (BTreeSet<String>, BTreeSet<String>)> {
    let mut found: BTreeMap<&str, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for link in list(&document["links"]) {
        let ends: Vec<&str> = list(link.get("between").unwrap_or(link)).iter().map(text).collect();
        let [a, b] = ends[..] else { continue };
        for (own, other) in [(a, b), (b, a)] {
            let neighbour = other.split(':').next().unwrap_or("");
            let (node, interface) = own.split_once(':').unwrap_or((own, neighbour));
            let (interfaces, neighbours) = found.entry(node).or_default();
            interfaces.insert(interface.to_string());
            neighbours.insert(neighbour.to_string());
        }
    }
    let named: Vec<&Value> =
        list(&document["links"]).iter().flat_map(|link| [link.get("vlans"), link.get("native")]).flatten().collect();
    for node in list(&document["nodes"]).iter().filter(|node| node["kind"] == "l3-switch") {
        let routed = node.get("routed_vlans").map_or(named.clone(), |vlans| vec![vlans]);
        let mut vlans: BTreeSet<String> =
            routed.iter().flat_map(|list| numbers(list)).map(|vlan| format!("vlan{vlan}")).collect();
        if vlans.is_empty() {
            vlans.insert("vlan1".to_string());
        }
        found.insert(text(&node["id"]), (vlans, BTreeSet::new()));
    }
    found
}

fn numbers(vlans: &Value) -> Vec<u16> {
    match vlans {
        Value::Null => vec![],
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(by_end) => by_end.values().flat_map(numbers).collect(),
        vlan => {
            let written = vlan.as_str().map_or_else(|| vlan.to_string(), str::to_string);
            let (first, last) = written.split_once('-').unwrap_or((&written, &written));
            match (first.parse::<u16>(), last.parse::<u16>()) {
                (Ok(first), Ok(last)) => (first..=last).collect(),
                _ => vec![],
            }
        }
    }
}

/// All selector items of rules, translations, relays, exceptions and transfers, also those within `not`.
fn selectors(document: &Value) -> Vec<&str> {
    let nodes = list(&document["nodes"]).iter();
    let holders = nodes.flat_map(|node| {
        let filters = node.get("filter").into_iter().chain(list(&node["filters"]));
        let rules = filters.flat_map(|filter| list(&filter["rules"]));
        rules.chain(list(&node["relays"])).chain(list(&node["nat"]))
    });
    let holders = holders.chain(list(&document["exceptions"])).chain(list(&document["transfers"]));
    let mut open: Vec<&Value> =
        holders.flat_map(|holder| list(&holder["from"]).iter().chain(list(&holder["to"]))).collect();
    let mut items = vec![];
    while let Some(item) = open.pop() {
        match item.get("not") {
            Some(inner) => open.extend(list(inner)),
            None => items.push(text(item)),
        }
    }
    items
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(values) => values,
        value => std::slice::from_ref(value),
    }
}
