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
        selectors(document).all(|item| item.strip_prefix("zone:").is_none_or(|zone| zones.contains(zone)));
    zones_known
        && list(&document["nodes"]).iter().all(|node| {
            let (own, neighbours) = interfaces.get(text(&node["id"])).unwrap_or(&empty);
            let filters: Vec<&Value> = node.get("filter").into_iter().chain(list(&node["filters"])).collect();
            let sides_known = filters
                .iter()
                .flat_map(|filter| std::iter::once(*filter).chain(list(&filter["rules"])))
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
                && sides_known
                && vias_known
        })
        && list(&document["exceptions"])
            .iter()
            .all(|exception| ["from", "to", "service"].iter().all(|key| exception.get(*key).is_some()))
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
    let named: Vec<&Value> = list(&document["links"]).iter().filter_map(|link| link.get("vlans")).collect();
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
    let range = |vlan: &Value| {
        let written = vlan.as_str().map_or_else(|| vlan.to_string(), str::to_string);
        let (first, last) = written.split_once('-').unwrap_or((&written, &written));
        match (first.parse::<u16>(), last.parse::<u16>()) {
            (Ok(first), Ok(last)) => (first..=last).collect(),
            _ => vec![],
        }
    };
    list(vlans).iter().flat_map(range).collect()
}

/// All selector items of rules, relays and exceptions.
fn selectors(document: &Value) -> impl Iterator<Item = &str> {
    let nodes = list(&document["nodes"]).iter();
    let holders = nodes.flat_map(|node| {
        let filters = node.get("filter").into_iter().chain(list(&node["filters"]));
        filters.flat_map(|filter| list(&filter["rules"])).chain(list(&node["relays"]))
    });
    let holders = holders.chain(list(&document["exceptions"]));
    holders.flat_map(|holder| list(&holder["from"]).iter().chain(list(&holder["to"]))).map(text)
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
