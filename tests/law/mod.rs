//! The changes of which the laws speak; each says when its law is true under the specification.

use crate::interpreter::legal;
use crate::interpreter::random::Random;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Puts a rule in front of some filter. True of any filter and any rule: only this filter's sessions change, whether an
/// exception covers a session does not depend on others, and a path is excused or not by its own sessions alone.
fn in_front(document: &Value, random: &mut Random, action: &str) -> Option<Value> {
    let mut after = document.clone();
    // Selectors and services of another rule of the document make a telling rule.
    let rules: Vec<Value> =
        filters(&mut after).into_iter().flat_map(|filter| list(&filter["rules"]).to_vec()).collect();
    let mut filters = filters(&mut after);
    if filters.is_empty() {
        return None;
    }
    let chosen = random.below(filters.len());
    let mut rule = Map::new();
    rule.insert("action".into(), json!(action));
    for key in ["from", "to", "service", "source_port"] {
        let Some(model) = (!rules.is_empty()).then(|| random.pick(&rules)) else { continue };
        if let Some(value) = model.get(key).filter(|_| random.chance(70)) {
            rule.insert(key.into(), value.clone());
        }
    }
    // Names of interfaces that are this node's.
    let filter = &mut filters[chosen];
    if let Some(model) = list(&filter["rules"]).first().cloned() {
        for side in ["in", "out"] {
            if let Some(interfaces) = model.get(side) {
                rule.insert(side.into(), interfaces.clone());
            }
        }
    }
    let mut rules = list(&filter["rules"]).to_vec();
    rules.insert(0, Value::Object(rule));
    filter["rules"] = json!(rules);
    Some(after)
}

pub fn deny_in_front(document: &Value, random: &mut Random) -> Option<Value> {
    in_front(document, random, "deny")
}

pub fn permit_in_front(document: &Value, random: &mut Random) -> Option<Value> {
    in_front(document, random, "permit")
}

/// Removes a link. True where no filter and no route names an interface or neighbour that goes with it (the document
/// would be illegal), and where no l3-switch routes other VLANs afterwards: without `routed_vlans` it routes those that
/// any link names, and where none is named it is joined to its switch by all.
pub fn remove_link(document: &Value, random: &mut Random) -> Option<Value> {
    let links = list(&document["links"]);
    let by_default = |node: &Value| node["kind"] == "l3-switch" && node.get("routed_vlans").is_none();
    let bound = list(&document["nodes"]).iter().any(by_default);
    let mut free: Vec<usize> = (0..links.len()).filter(|&link| !bound || links[link].get("vlans").is_none()).collect();
    random.shuffle(&mut free);
    free.into_iter().find_map(|link| {
        let mut after = document.clone();
        after["links"].as_array_mut()?.remove(link);
        legal::names_resolve(&after).then_some(after)
    })
}

/// Makes a link one-way. Always true: it carries less, and less can be pulled over it.
pub fn make_one_way(document: &Value, random: &mut Random) -> Option<Value> {
    let links = list(&document["links"]).len();
    if links == 0 {
        return None;
    }
    let mut after = document.clone();
    let link = &mut after["links"][random.below(links)];
    if link.is_array() {
        *link = json!({ "between": link.take() });
    }
    link["one_way"] = json!(true);
    Some(after)
}

/// Removes an exception. True of the path requirements: what it excused is reported.
pub fn remove_exception(document: &Value, random: &mut Random) -> Option<Value> {
    let count = list(&document["exceptions"]).len();
    if count == 0 {
        return None;
    }
    let mut after = document.clone();
    after["exceptions"].as_array_mut()?.remove(random.below(count));
    Some(after)
}

/// The name that `rename` gives a node.
pub fn new_name(id: &str) -> String {
    // Exceptions (`x0`) keep their ids; the order of the others is turned about.
    if id.strip_prefix('x').is_some_and(|rest| rest.parse::<u32>().is_ok()) {
        return id.to_string();
    }
    let reversed: String = id.chars().rev().collect();
    format!("新 {reversed}")
}

/// Renames every node. True where an interface that bears a node's name is renamed with it: left alone, it might no
/// longer be, or become, both an interface and a neighbour.
pub fn rename(document: &Value, _random: &mut Random) -> Option<Value> {
    let ids: Vec<&str> = list(&document["nodes"]).iter().map(|node| text(&node["id"])).collect();
    let rename_one = |name: &str| if ids.contains(&name) { new_name(name) } else { name.to_string() };
    let mut after = document.clone();
    for node in after["nodes"].as_array_mut()? {
        node["id"] = json!(rename_one(text(&node["id"])));
        for route in node.get_mut("routes").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(via) = route.get_mut("via") {
                *via = json!(rename_one(text(via)));
            }
        }
    }
    for link in after["links"].as_array_mut()? {
        let ends = if link.is_array() { link.as_array_mut() } else { link["between"].as_array_mut() };
        for end in ends? {
            let renamed = match text(end).split_once(':') {
                Some((node, interface)) => format!("{}:{}", rename_one(node), rename_one(interface)),
                None => rename_one(text(end)),
            };
            *end = json!(renamed);
        }
    }
    for filter in filters(&mut after) {
        for side in ["in", "out"] {
            change_words(filter, side, |interface| vec![rename_one(interface)]);
        }
    }
    for holder in selector_holders(&mut after) {
        for side in ["in", "out"] {
            change_words(holder, side, |interface| vec![rename_one(interface)]);
        }
        change_selectors(holder, |item| match item.strip_prefix("node:") {
            Some(id) => vec![format!("node:{}", rename_one(id))],
            None => vec![item.to_string()],
        });
    }
    Some(after)
}

/// Shuffles every list whose order means nothing. Always true.
pub fn shuffle(document: &Value, random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    for key in ["nodes", "links", "exceptions"] {
        if let Some(values) = after.get_mut(key).and_then(Value::as_array_mut) {
            random.shuffle(values);
        }
    }
    for node in after["nodes"].as_array_mut()? {
        for key in ["addresses", "controls", "tags", "routes", "relays", "filters"] {
            if let Some(values) = node.get_mut(key).and_then(Value::as_array_mut) {
                random.shuffle(values);
            }
        }
    }
    Some(after)
}

/// Replaces every CIDR and range in a rule, relay or exception by two halves. True of blocks of at least four addresses:
/// the halves then have more than one, so that a symbolic address may lie in either as it may in the whole.
pub fn halve(document: &Value, _random: &mut Random) -> Option<Value> {
    changed_selectors(document, |item| halves(item).unwrap_or(vec![item.to_string()]))
}

fn halves(item: &str) -> Option<Vec<String>> {
    use std::net::IpAddr;
    if let Some((first, last)) = item.split_once('-') {
        // 10.1.0.2-10.1.5.9 in front of and behind the second address
        let (first, last): (IpAddr, IpAddr) = (first.parse().ok()?, last.parse().ok()?);
        return match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                let (a, b) = (first.to_bits(), last.to_bits());
                let middle = a.checked_add(1).filter(|_| b.saturating_sub(a) >= 3)?;
                let address = std::net::Ipv4Addr::from_bits;
                Some(vec![format!("{first}-{}", address(middle)), format!("{}-{last}", address(middle + 1))])
            }
            _ => None,
        };
    }
    let (network, length) = item.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    match network.parse().ok()? {
        IpAddr::V4(network) if length <= 30 => {
            let upper = std::net::Ipv4Addr::from_bits(network.to_bits() | 1 << (31 - length));
            Some(vec![format!("{network}/{}", length + 1), format!("{upper}/{}", length + 1)])
        }
        IpAddr::V6(network) if length <= 126 => {
            let upper = std::net::Ipv6Addr::from_bits(network.to_bits() | 1 << (127 - length));
            Some(vec![format!("{network}/{}", length + 1), format!("{upper}/{}", length + 1)])
        }
        _ => None,
    }
}

/// Writes the mirror entry of every relay with `both`. Always true.
pub fn write_out_both(document: &Value, _random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    for node in after["nodes"].as_array_mut()? {
        let Some(relays) = node.get_mut("relays").and_then(Value::as_array_mut) else { continue };
        let mut mirrors = vec![];
        for relay in relays.iter_mut().filter_map(Value::as_object_mut) {
            if relay.remove("both") != Some(json!(true)) {
                continue;
            }
            let swapped = |key: &String| match key.as_str() {
                "from" => "to".to_string(),
                "to" => "from".to_string(),
                "from_service" => "to_service".to_string(),
                "to_service" => "from_service".to_string(),
                _ => key.clone(),
            };
            let mirror: Map<String, Value> = relay.iter().map(|(key, value)| (swapped(key), value.clone())).collect();
            mirrors.push(Value::Object(mirror));
        }
        relays.extend(mirrors);
    }
    (after != *document).then_some(after)
}

/// Replaces groups by their members. Always true: groups hold nothing but addresses, "a list is a union".
pub fn write_out_groups(document: &Value, _random: &mut Random) -> Option<Value> {
    let groups: BTreeMap<String, Vec<String>> = document["groups"]
        .as_object()?
        .iter()
        .map(|(name, members)| (name.clone(), list(members).iter().map(|member| text(member).to_string()).collect()))
        .collect();
    fn members(item: &str, groups: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        match item.strip_prefix("group:").and_then(|name| groups.get(name)) {
            Some(found) => found.iter().flat_map(|member| members(member, groups)).collect(),
            None => vec![item.to_string()],
        }
    }
    changed_selectors(document, |item| members(item, &groups))
}

/// Gives every node that has its label by its addresses the zone explicitly. True of nodes whose addresses lie in one
/// zone with networks: with addresses declared, A(n) does not depend on the zone being explicit.
pub fn write_out_labels(document: &Value, _random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    let labels = crate::interpreter::labels(document).ok()?;
    for (node, label) in after["nodes"].as_array_mut()?.iter_mut().zip(labels) {
        if let Some(label) = label {
            node["zone"] = json!(label);
        }
    }
    (after != *document).then_some(after)
}

/// Replaces the items of all selectors; `None` where none changes.
fn changed_selectors(document: &Value, change: impl Fn(&str) -> Vec<String>) -> Option<Value> {
    let mut after = document.clone();
    for holder in selector_holders(&mut after) {
        change_selectors(holder, &change);
    }
    (after != *document).then_some(after)
}

fn change_selectors(holder: &mut Value, change: impl Fn(&str) -> Vec<String>) {
    for key in ["from", "to"] {
        change_words(holder, key, &change);
    }
}

/// Replaces each word of the list (or the one word) under a key, where the key is there.
fn change_words(holder: &mut Value, key: &str, change: impl Fn(&str) -> Vec<String>) {
    if let Some(words) = holder.get_mut(key) {
        let changed: Vec<String> = list(words).iter().flat_map(|word| change(text(word))).collect();
        let kept = list(words).iter().map(text).eq(changed.iter().map(String::as_str));
        if !kept {
            *words = json!(changed);
        }
    }
}

/// Everything with `from` and `to`: rules, relays and exceptions.
fn selector_holders(document: &mut Value) -> Vec<&mut Value> {
    let mut holders = vec![];
    let Some(map) = document.as_object_mut() else { return holders };
    for (key, value) in map {
        let values = value.as_array_mut().into_iter().flatten();
        if key == "exceptions" {
            holders.extend(values);
        } else if key == "nodes" {
            for (key, value) in values.filter_map(Value::as_object_mut).flatten() {
                match (key.as_str(), value) {
                    ("relays", Value::Array(relays)) => holders.extend(relays),
                    ("filter", filter) => holders.extend(rules(filter)),
                    ("filters", Value::Array(filters)) => holders.extend(filters.iter_mut().flat_map(rules)),
                    _ => {}
                }
            }
        }
    }
    holders
}

fn rules(filter: &mut Value) -> impl Iterator<Item = &mut Value> {
    filter.get_mut("rules").and_then(Value::as_array_mut).into_iter().flatten()
}

fn filters(document: &mut Value) -> Vec<&mut Value> {
    let mut found = vec![];
    for node in document["nodes"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for (key, value) in node {
            match (key.as_str(), value) {
                ("filter", filter) => found.push(filter),
                ("filters", Value::Array(filters)) => found.extend(filters),
                _ => {}
            }
        }
    }
    found
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
