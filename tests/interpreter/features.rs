//! Which clauses of the specification a document exercises; for measuring that random documents exercise all of them.

mod fourth;

pub use fourth::{OF_THE_FOURTH, of_the_fourth};
use serde_json::Value;
use std::collections::BTreeSet;

/// The names of all features that random documents are to have.
pub const ALL: [&str; 105] = [
    "zones left out",
    "zone without networks",
    "zone nested in another",
    "zone with several networks",
    "user zone",
    "IPv6 only",
    "IPv4 only",
    "both families",
    "kind left out",
    "kind switch",
    "kind l3-switch",
    "kind router",
    "kind firewall",
    "kind terminal",
    "kind server",
    "kind printer",
    "kind storage",
    "kind external",
    "kind gateway",
    "explicit zone",
    "zone by address",
    "endpoint without addresses",
    "external with addresses",
    "external without addresses",
    "spoofing 0.0.0.0/0 or ::/0",
    "address a CIDR",
    "several addresses",
    "CIDR of two nodes",
    "address in another zone",
    "forwards true",
    "forwards false",
    "forwarder with addresses",
    "forwarder with a zone",
    "forwarder with relays",
    "controls",
    "tag security-cloud",
    "other tag",
    "count",
    "routed_vlans",
    "routed_vlans empty",
    "l3-switch without routed_vlans",
    "l3-switch filter names vlanN",
    "l3-switch with routes",
    "trunk into a switch",
    "link with VLANs",
    "link with several VLANs",
    "VLAN range",
    "one_way",
    "parallel links",
    "named interface",
    "shared interface name",
    "link as an object without more",
    "link as a pair",
    "isolated node",
    "filter",
    "filters",
    "several filters",
    "filter with in",
    "filter with out",
    "filter on an endpoint",
    "filter default left out",
    "filter default permit",
    "filter default deny",
    "permit rule",
    "deny rule",
    "rule with in",
    "rule with out",
    "rule with several interfaces",
    "rule source_port",
    "rule from left out",
    "rule service left out",
    "rule any",
    "rule address",
    "rule CIDR",
    "rule range",
    "rule node",
    "rule zone",
    "rule group",
    "group in a group",
    "service any",
    "service named",
    "service protocol number",
    "service protocol",
    "service port",
    "service port range",
    "route via an interface",
    "route via a neighbour",
    "route drop",
    "several routes for a prefix",
    "relay raw",
    "relay mail-text",
    "relay screen",
    "relay file",
    "relay both",
    "relay services",
    "relay kind",
    "relay tag",
    "relay zone",
    "relay node",
    "relay address",
    "relay group",
    "relays empty",
    "exception",
    "exception waives",
    "exception attested",
];

/// Those of exceptions that need a count of their own.
pub const OF_EXCEPTIONS: [&str; 11] = [
    "exception any",
    "exception address",
    "exception CIDR",
    "exception range",
    "exception node",
    "exception zone",
    "exception group",
    "exception expires",
    "exception expires today",
    "exception reason blank or left out",
    "exception approved_by blank or left out",
];

pub fn of(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut note = |feature: &str| {
        found.insert(feature.to_string());
    };
    of_zones(document, &mut note);
    let nodes = list(&document["nodes"]);
    for node in nodes {
        of_node(node, &mut note);
    }
    for (index, node) in nodes.iter().enumerate() {
        let cidrs = || list(&node["addresses"]).iter().filter(|address| is_cidr(text(address)));
        if cidrs().any(|cidr| nodes[..index].iter().any(|other| list(&other["addresses"]).contains(cidr))) {
            note("CIDR of two nodes");
        }
    }
    of_links(document, &mut note);
    for members in document["groups"].as_object().into_iter().flat_map(|groups| groups.values()) {
        if list(members).iter().any(|member| text(member).starts_with("group:")) {
            note("group in a group");
        }
    }
    for exception in list(&document["exceptions"]) {
        of_exception(exception, &mut note);
    }
    found
}

fn of_zones(document: &Value, note: &mut impl FnMut(&str)) {
    let Some(zones) = document["zones"].as_object() else { return note("zones left out") };
    for (id, zone) in zones {
        let networks = list(&zone["networks"]);
        if networks.is_empty() {
            note("zone without networks");
        }
        if networks.len() > 1 {
            note("zone with several networks");
        }
        if networks.iter().any(|network| text(network).starts_with("10.") && text(network).ends_with("/24")) {
            note("zone nested in another");
        }
        if !["my-number", "lgwan", "internet"].contains(&id.as_str()) {
            note("user zone");
        }
    }
    let written = document["nodes"].to_string() + &document["zones"].to_string();
    match (written.contains("10."), written.contains("fd00:")) {
        (true, true) => note("both families"),
        (true, false) => note("IPv4 only"),
        (false, true) => note("IPv6 only"),
        (false, false) => {}
    }
}

fn of_node(node: &Value, note: &mut impl FnMut(&str)) {
    let kind = node["kind"].as_str().unwrap_or("left out");
    note(&format!("kind {kind}"));
    let by_kind = ["switch", "l3-switch", "router", "firewall"].contains(&kind);
    let forwards = node["forwards"].as_bool().unwrap_or(by_kind);
    let addresses = list(&node["addresses"]);
    let declares = |key: &str| node.get(key).is_some();
    let mut when = |test: bool, feature: &str| {
        if test {
            note(feature)
        }
    };
    when(kind == "left out", "kind left out");
    when(kind == "host", "kind left out");
    when(declares("zone"), "explicit zone");
    when(!declares("zone") && !addresses.is_empty() && !forwards && kind != "gateway", "zone by address");
    when(addresses.is_empty() && !forwards && kind != "external", "endpoint without addresses");
    when(kind == "external" && !addresses.is_empty(), "external with addresses");
    when(kind == "external" && addresses.is_empty(), "external without addresses");
    when(addresses.iter().any(|address| text(address).ends_with("/0")), "spoofing 0.0.0.0/0 or ::/0");
    when(addresses.iter().any(|address| is_cidr(text(address))), "address a CIDR");
    when(addresses.len() > 1, "several addresses");
    let second_byte = match node["zone"].as_str() {
        Some("my-number") => "10.1.",
        Some("lgwan") => "10.2.",
        _ => "",
    };
    let strays = |address: &Value| text(address).starts_with("10.") && !text(address).starts_with(second_byte);
    when(addresses.iter().any(strays), "address in another zone");
    when(forwards && !by_kind, "forwards true");
    when(!forwards && by_kind, "forwards false");
    when(forwards && !addresses.is_empty(), "forwarder with addresses");
    when(forwards && declares("zone"), "forwarder with a zone");
    when(forwards && !list(&node["relays"]).is_empty(), "forwarder with relays");
    when(declares("controls"), "controls");
    when(declares("count"), "count");
    for tag in list(&node["tags"]) {
        when(text(tag) == "security-cloud", "tag security-cloud");
        when(text(tag) != "security-cloud", "other tag");
    }
    if kind == "l3-switch" {
        when(declares("routed_vlans"), "routed_vlans");
        when(node["routed_vlans"].as_array().is_some_and(Vec::is_empty), "routed_vlans empty");
        when(!declares("routed_vlans"), "l3-switch without routed_vlans");
        let filters = node["filter"].to_string() + &node["filters"].to_string();
        when(filters.contains("\"vlan"), "l3-switch filter names vlanN");
        when(declares("routes"), "l3-switch with routes");
    }
    when(declares("filter"), "filter");
    when(declares("filters"), "filters");
    when(list(&node["filters"]).len() > 1, "several filters");
    when((declares("filter") || declares("filters")) && !forwards, "filter on an endpoint");
    for filter in node.get("filter").into_iter().chain(list(&node["filters"])) {
        of_filter(filter, note);
    }
    of_routes(node, note);
    if declares("relays") && list(&node["relays"]).is_empty() {
        note("relays empty");
    }
    for relay in list(&node["relays"]) {
        note(&format!("relay {}", relay["sanitise"].as_str().unwrap_or("raw")));
        if relay["both"] == Value::Bool(true) {
            note("relay both");
        }
        if relay.get("from_service").is_some() && relay.get("to_service").is_some() {
            note("relay services");
        }
        of_selector("relay", relay, note);
    }
}

fn of_filter(filter: &Value, note: &mut impl FnMut(&str)) {
    for side in ["in", "out"] {
        if filter.get(side).is_some() {
            note(&format!("filter with {side}"));
        }
    }
    note(&format!("filter default {}", filter["default"].as_str().unwrap_or("left out")));
    for rule in list(&filter["rules"]) {
        note(&format!("{} rule", text(&rule["action"])));
        for side in ["in", "out"] {
            if rule.get(side).is_some() {
                note(&format!("rule with {side}"));
            }
            if list(&rule[side]).len() > 1 {
                note("rule with several interfaces");
            }
        }
        if rule.get("source_port").is_some() {
            note("rule source_port");
        }
        for key in ["from", "service"] {
            if rule.get(key).is_none() {
                note(&format!("rule {key} left out"));
            }
        }
        for service in list(&rule["service"]) {
            let service = text(service);
            note(match service.split_once('/') {
                _ if service == "any" => "service any",
                _ if ["web", "mgmt", "全部"].contains(&service) => "service named",
                None => "service protocol",
                Some(("proto", _)) => "service protocol number",
                Some((_, ports)) if ports.contains('-') => "service port range",
                Some(_) => "service port",
            });
        }
        of_selector("rule", rule, note);
    }
}

fn of_routes(node: &Value, note: &mut impl FnMut(&str)) {
    let routes = list(&node["routes"]);
    for (index, route) in routes.iter().enumerate() {
        match route["via"].as_str() {
            None => note("route drop"),
            Some(via) if via.chars().last().is_some_and(|last| last.is_ascii_digit()) && !via.starts_with("vlan") => {
                note("route via a neighbour")
            }
            Some(_) => note("route via an interface"),
        }
        if routes[..index].iter().any(|other| other["to"] == route["to"]) {
            note("several routes for a prefix");
        }
    }
}

fn of_selector(of: &str, holder: &Value, note: &mut impl FnMut(&str)) {
    for item in list(&holder["from"]).iter().chain(list(&holder["to"])) {
        let item = text(item);
        let form = match item.split_once(':') {
            Some((form, _)) if ["node", "zone", "group", "kind", "tag"].contains(&form) => form,
            _ if item == "any" => "any",
            _ if item.contains('-') => "range",
            _ if is_cidr(item) => "CIDR",
            _ => "address",
        };
        note(&format!("{of} {form}"));
    }
}

fn of_links(document: &Value, note: &mut impl FnMut(&str)) {
    let mut pairs = BTreeSet::new();
    let mut interfaces = BTreeSet::new();
    let mut linked = BTreeSet::new();
    for link in list(&document["links"]) {
        let ends = if link.is_array() { list(link) } else { list(&link["between"]) };
        note(if link.is_array() { "link as a pair" } else { "link as an object without more" });
        let mut nodes: Vec<&str> = ends.iter().map(|end| text(end).split(':').next().unwrap_or("")).collect();
        nodes.sort();
        linked.extend(nodes.iter().map(|node| node.to_string()));
        if !pairs.insert(nodes) {
            note("parallel links");
        }
        for end in ends.iter().filter(|end| text(end).contains(':')) {
            note("named interface");
            if !interfaces.insert(text(end)) {
                note("shared interface name");
            }
        }
        match link.get("vlans") {
            None => note("trunk into a switch"),
            Some(vlans) => {
                note("link with VLANs");
                if list(vlans).len() > 1 {
                    note("link with several VLANs");
                }
                if list(vlans).iter().any(Value::is_string) {
                    note("VLAN range");
                }
            }
        }
        if link.get("one_way") == Some(&Value::Bool(true)) {
            note("one_way");
        }
    }
    if list(&document["nodes"]).iter().any(|node| !linked.contains(text(&node["id"]))) {
        note("isolated node");
    }
}

fn of_exception(exception: &Value, note: &mut impl FnMut(&str)) {
    note("exception");
    for key in ["waives", "attested", "expires"] {
        if exception.get(key).is_some() {
            note(&format!("exception {key}"));
        }
    }
    if exception["expires"] == "2026-11-22" {
        note("exception expires today");
    }
    for key in ["reason", "approved_by"] {
        if exception[key].as_str().is_none_or(|said| said.trim().is_empty()) {
            note(&format!("exception {key} blank or left out"));
        }
    }
    of_selector("exception", exception, note);
}

fn is_cidr(address: &str) -> bool {
    address.contains('/') && !address.ends_with("/32") && !address.ends_with("/128")
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
