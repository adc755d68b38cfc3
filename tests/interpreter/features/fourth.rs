//! Which clauses of the fourth edition a document exercises.

use super::{list, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// The names of all features that random documents of the fourth edition are to have besides those of the third.
pub const OF_THE_FOURTH: [&str; 92] = [
    "not",
    "not of not",
    "not in a list",
    "not of a name",
    "name given",
    "name given with node:",
    "name given with group:",
    "name not given",
    "name in another case",
    "name with a final dot",
    "permit rule with a condition",
    "deny rule with a condition",
    "permit rule of replies",
    "deny rule of replies",
    "replies where no sessions are kept",
    "stateful true",
    "stateful false",
    "applies_to forwarded",
    "applies_to emitted",
    "applies_to delivered",
    "applies_to of two",
    "route fails",
    "route fails false",
    "several failing routes",
    "failing and lasting routes",
    "native of both",
    "native that differs",
    "native on an l3-switch",
    "vlans of the first end",
    "vlans of the second end",
    "vlans of both ends",
    "vlans by end with native",
    "transfer",
    "transfers",
    "transfer sanitised",
    "transfer raw",
    "transfer expires",
    "transfer any",
    "transfer node",
    "transfer zone",
    "transfer kind",
    "transfer tag",
    "relay service transfer",
    "exception service transfer",
    "service that holds transfer",
    "destination keep",
    "destination address",
    "destination CIDR",
    "destination range",
    "destination node",
    "destination list",
    "destination one_to_one",
    "destination_port",
    "destination applies_to emitted",
    "destination applies_to arrived",
    "destination from",
    "destination to",
    "destination service",
    "destination in",
    "destination source_port",
    "source keep",
    "source address",
    "source CIDR",
    "source range",
    "source node",
    "source list",
    "source one_to_one",
    "source sees original",
    "source sees translated",
    "source from",
    "source to",
    "source service",
    "source in",
    "source out",
    "source source_port",
    "nat not",
    "nat name",
    "several entries of a kind",
    "nat on a firewall",
    "nat on a router",
    "nat on an l3-switch",
    "nat on an endpoint",
    "nat on two nodes",
    "sees source original",
    "sees source translated",
    "sees destination original",
    "sees destination translated",
    "origin of a node",
    "origin of a link",
    "origin of a rule",
    "origin of a route",
    "origin of nat",
];

pub fn of_the_fourth(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut note = |test: bool, feature: &str| {
        if test {
            found.insert(feature.to_string());
        }
    };
    let given: Vec<String> = document["names"].as_object().into_iter().flatten().map(|(name, _)| plain(name)).collect();
    for members in document["names"].as_object().into_iter().flat_map(|names| names.values()) {
        note(list(members).iter().any(|item| text(item).starts_with("node:")), "name given with node:");
        note(list(members).iter().any(|item| text(item).starts_with("group:")), "name given with group:");
    }
    let nodes = list(&document["nodes"]);
    note(nodes.iter().filter(|node| node.get("nat").is_some()).count() > 1, "nat on two nodes");
    for node in nodes {
        note(node.get("origin").is_some(), "origin of a node");
        for filter in node.get("filter").into_iter().chain(list(&node["filters"])) {
            of_filter(filter, &given, node["kind"] == "firewall", &mut note);
        }
        of_routes(list(&node["routes"]), &mut note);
        if node.get("nat").is_some() {
            let is_endpoint = node.get("zone").is_some() || !list(&node["relays"]).is_empty();
            note(is_endpoint, "nat on an endpoint");
            for (kind, on) in [("firewall", "a firewall"), ("router", "a router"), ("l3-switch", "an l3-switch")] {
                note(node["kind"] == kind, &format!("nat on {on}"));
            }
        }
        of_nat(list(&node["nat"]), &given, &mut note);
        for relay in list(&node["relays"]) {
            note(has_transfer(&relay["from_service"]) || has_transfer(&relay["to_service"]), "relay service transfer");
            note(
                [&relay["from_service"], &relay["to_service"]].iter().any(|one| holds_transfer(one)),
                "service that holds transfer",
            );
        }
    }
    for exception in list(&document["exceptions"]) {
        note(has_transfer(&exception["service"]), "exception service transfer");
    }
    for link in list(&document["links"]) {
        of_link(link, nodes, &mut note);
    }
    let transfers = list(&document["transfers"]);
    note(transfers.len() > 1, "transfers");
    for transfer in transfers {
        note(true, "transfer");
        note(transfer.get("sanitise").is_some(), "transfer sanitised");
        note(transfer.get("sanitise").is_none(), "transfer raw");
        note(transfer.get("expires").is_some(), "transfer expires");
        for item in list(&transfer["from"]).iter().chain(list(&transfer["to"])) {
            note(true, &format!("transfer {}", text(item).split(':').next().unwrap_or("")));
        }
    }
    found
}

fn has_transfer(services: &Value) -> bool {
    list(services).iter().any(|service| text(service) == "transfer")
}

fn holds_transfer(services: &Value) -> bool {
    list(services).iter().any(|service| text(service) == "媒体")
}

fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn of_filter(filter: &Value, given: &[String], firewall: bool, note: &mut impl FnMut(bool, &str)) {
    let stateful = filter["stateful"].as_bool();
    note(stateful == Some(true), "stateful true");
    note(stateful == Some(false), "stateful false");
    let moments = list(&filter["applies_to"]);
    note(moments.len() == 2, "applies_to of two");
    for moment in moments {
        note(true, &format!("applies_to {}", text(moment)));
    }
    for side in ["source", "destination"] {
        for word in ["original", "translated"] {
            note(filter["sees"][side] == word, &format!("sees {side} {word}"));
        }
    }
    for rule in list(&filter["rules"]) {
        let action = text(&rule["action"]);
        note(rule.get("condition").is_some(), &format!("{action} rule with a condition"));
        note(rule["state"] == "replies", &format!("{action} rule of replies"));
        let keeps_none = !stateful.unwrap_or(firewall);
        note(rule["state"] == "replies" && keeps_none, "replies where no sessions are kept");
        note(rule.get("origin").is_some(), "origin of a rule");
        of_selectors(rule, given, note);
    }
}

fn of_selectors(holder: &Value, given: &[String], note: &mut impl FnMut(bool, &str)) {
    for selector in [&holder["from"], &holder["to"]] {
        for item in list(selector) {
            note(item.get("not").is_some(), "not");
            note(item.get("not").is_some() && selector.is_array(), "not in a list");
            note(item["not"].get("not").is_some(), "not of not");
            note(text(&item["not"]).starts_with("fqdn:"), "not of a name");
            if let Some(name) = text(item).strip_prefix("fqdn:") {
                note(given.contains(&plain(name)), "name given");
                note(!given.contains(&plain(name)), "name not given");
                note(name.ends_with('.'), "name with a final dot");
                note(name.bytes().any(|byte| byte.is_ascii_uppercase()), "name in another case");
            }
        }
    }
}

fn of_routes(routes: &[Value], note: &mut impl FnMut(bool, &str)) {
    let failing = routes.iter().filter(|route| route["fails"] == Value::Bool(true)).count();
    note(failing > 0, "route fails");
    note(failing > 1, "several failing routes");
    note(failing > 0 && failing < routes.len(), "failing and lasting routes");
    note(routes.iter().any(|route| route["fails"] == Value::Bool(false)), "route fails false");
    note(routes.iter().any(|route| route.get("origin").is_some()), "origin of a route");
}

fn of_nat(entries: &[Value], given: &[String], note: &mut impl FnMut(bool, &str)) {
    for (index, entry) in entries.iter().enumerate() {
        note(entry.get("origin").is_some(), "origin of nat");
        let kind = if entry.get("source").is_some() { "source" } else { "destination" };
        note(entries[..index].iter().any(|other| other.get(kind).is_some()), "several entries of a kind");
        let target = &entry[kind];
        note(list(target).len() > 1, &format!("{kind} list"));
        for item in list(target).iter().map(text) {
            let form = match item {
                "keep" => "keep",
                _ if item.starts_with("node:") => "node",
                _ if item.contains('/') => "CIDR",
                _ if item.contains('-') => "range",
                _ => "address",
            };
            note(true, &format!("{kind} {form}"));
        }
        note(entry["one_to_one"] == Value::Bool(true), &format!("{kind} one_to_one"));
        note(entry.get("destination_port").is_some(), "destination_port");
        for moment in list(&entry["applies_to"]) {
            note(true, &format!("destination applies_to {}", text(moment)));
        }
        for word in ["original", "translated"] {
            note(entry["sees"]["destination"] == word, &format!("source sees {word}"));
        }
        for key in ["from", "to", "service", "in", "out", "source_port"] {
            note(entry.get(key).is_some(), &format!("{kind} {key}"));
        }
        for item in [&entry["from"], &entry["to"]].into_iter().flat_map(list) {
            note(item.get("not").is_some(), "nat not");
            note(text(item).starts_with("fqdn:"), "nat name");
        }
        of_selectors(entry, given, note);
    }
}

fn of_link(link: &Value, nodes: &[Value], note: &mut impl FnMut(bool, &str)) {
    note(link.get("origin").is_some(), "origin of a link");
    let (a, b) = (link["vlans"].get("a").is_some(), link["vlans"].get("b").is_some());
    note(a && !b, "vlans of the first end");
    note(b && !a, "vlans of the second end");
    note(a && b, "vlans of both ends");
    let Some(native) = link.get("native") else { return };
    note(native.is_number(), "native of both");
    note(native.as_array().is_some_and(|pair| pair[0] != pair[1]), "native that differs");
    note(link["vlans"].is_object(), "vlans by end with native");
    let is_l3 = |end: &Value| {
        let id = text(end).split(':').next();
        nodes.iter().any(|node| node["id"].as_str() == id && node["kind"] == "l3-switch")
    };
    note(list(&link["between"]).iter().any(is_l3), "native on an l3-switch");
}
