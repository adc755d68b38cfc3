//! Devices as a document. What is written is read again by the ordinary reader, so that every slip shows.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::device::{Becomes, Device, Filter, Interface, Join, Names, Net, Rule, Selector, Translation};
use super::ledger::Origin;
use super::region::{Services, all_ports};
use super::set::{AddressSet, Ranges};
use super::switch::{Carried, vlan_words};
use crate::document::{Family, protocol_word};

/// The document of some devices and the segments between them.
#[must_use]
pub fn document(devices: &[Device], joins: &[Join]) -> Value {
    let mut nodes: Vec<Value> = devices.iter().map(node).collect();
    let mut links = Vec::new();
    links.extend(joins.iter().filter_map(joined_by));
    let joined: HashSet<(&str, &str)> =
        joins.iter().flat_map(|join| &join.ends).map(|(node, way)| (node.as_str(), way.as_str())).collect();
    segments(devices, &joined, &mut nodes, &mut links);
    json!({ "sanso": 1, "nodes": nodes, "links": links })
}

/// A text that may stand in an id: `:` separates nodes from interfaces.
#[must_use]
pub fn id_word(text: &str) -> String {
    text.chars().map(|c| if c == ':' || c.is_control() { '-' } else { c }).collect::<String>().trim().to_owned()
}

/// An interface as the document may name it.
pub(super) fn way_word(name: &str) -> String {
    let word: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let word = word.trim();
    if word.is_empty() { "unnamed".to_owned() } else { word.to_owned() }
}

/// Interfaces of a list that lead somewhere; of one that names only others nothing comes of it (`Err`).
fn ways(list: Option<&Names>, device: &Device) -> Result<Option<Value>, ()> {
    let Some(list) = list else { return Ok(None) };
    let leads = |name: &&String| device.interfaces.iter().any(|way| way.name == **name && !way.internal);
    let mut words: Vec<String> = list.iter().filter(leads).map(|name| way_word(name)).collect();
    words.dedup();
    if words.is_empty() { Err(()) } else { Ok(Some(words.into())) }
}

/// Puts `in` and `out` into an item; `None` where it can then apply to nothing.
fn put_ways(
    item: &mut Map<String, Value>,
    way_in: Option<&Names>,
    way_out: Option<&Names>,
    device: &Device,
) -> Option<()> {
    for (key, list) in [("in", way_in), ("out", way_out)] {
        if let Some(words) = ways(list, device).ok()? {
            item.insert(key.into(), words);
        }
    }
    Some(())
}

pub(super) fn node(device: &Device) -> Value {
    node_with(device, &device.filters)
}

/// A device with filters that are kept elsewhere.
pub(super) fn node_with(device: &Device, filters: &[Filter]) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), device.id.clone().into());
    out.insert("kind".into(), device.kind.into());
    let mut addresses: Vec<String> =
        device.interfaces.iter().flat_map(|way| &way.addresses).map(|net| net.address.to_string()).collect();
    addresses.extend(device.networks.iter().map(|net| net.prefix().word()));
    addresses.sort();
    addresses.dedup();
    if !addresses.is_empty() {
        out.insert("addresses".into(), addresses.into());
    }
    let mut ids = HashSet::new();
    let mut of_nat = HashSet::new();
    let entries: Vec<Value> =
        device.translations.iter().filter_map(|entry| translation(entry, device, &mut of_nat)).collect();
    let translates = !entries.is_empty();
    let filters: Vec<Value> =
        filters.iter().filter_map(|filter| self::filter(filter, device, translates, &mut ids)).collect();
    // a firewall must say what it filters
    if !filters.is_empty() || device.kind == "firewall" {
        out.insert("filters".into(), filters.into());
    }
    if translates {
        out.insert("nat".into(), entries.into());
    }
    if let Some(routes) = device.routes.as_ref().filter(|routes| !routes.is_empty()) {
        let leads = |via: &String| device.interfaces.iter().any(|way| way.name == *via && !way.internal);
        let routes: Vec<Value> = routes
            .iter()
            .filter(|route| route.via.as_ref().is_none_or(leads))
            .map(|route| {
                let mut out = json!({ "to": route.to.prefix().word(), "origin": route.origin.to_string() });
                match &route.via {
                    Some(via) => out["via"] = way_word(via).into(),
                    None => out["drop"] = true.into(),
                }
                if route.fails {
                    out["fails"] = true.into();
                }
                out
            })
            .collect();
        if !routes.is_empty() {
            out.insert("routes".into(), routes.into());
        }
    }
    for (key, value) in &device.said {
        match (out.get_mut(key), value) {
            (Some(Value::Array(known)), Value::Array(more)) => {
                let new: Vec<Value> = more.iter().filter(|item| !known.contains(item)).cloned().collect();
                known.extend(new);
            }
            _ => drop(out.insert(key.clone(), value.clone())),
        }
    }
    out.insert("origin".into(), device.origin.to_string().into());
    Value::Object(out)
}

/// A name not borne yet: `7`, then `7 (2)`.
fn unique(id: &str, ids: &mut HashSet<String>) -> String {
    let id = id_text(id);
    if ids.insert(id.clone()) {
        return id;
    }
    let mut at = 2u32;
    loop {
        let next = format!("{id} ({at})");
        if ids.insert(next.clone()) {
            return next;
        }
        at += 1;
    }
}

fn id_text(id: &str) -> String {
    let clean: String = id.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    if clean.is_empty() { "rule".to_owned() } else { clean.to_owned() }
}

fn filter(filter: &Filter, device: &Device, translates: bool, ids: &mut HashSet<String>) -> Option<Value> {
    let mut out = Map::new();
    out.insert("name".into(), id_text(&filter.name).into());
    put_ways(&mut out, filter.ways_in.as_ref(), filter.ways_out.as_ref(), device)?;
    let mut rules = Vec::new();
    for rule in &filter.rules {
        write_rule(rule, device, ids, &mut rules);
    }
    if !filter.default_permit {
        let passing = filter.passes.filter(|family| if *family == Family::V4 { device.ipv4 } else { device.ipv6 });
        if let Some(family) = passing {
            let all = if family == Family::V4 { "0.0.0.0/0" } else { "::/0" };
            let id = unique(&format!("{} {}", filter.name, if family == Family::V4 { "IPv4" } else { "IPv6" }), ids);
            rules.push(json!({ "id": id, "action": "permit", "from": [all], "to": [all],
                "origin": filter.default_origin.to_string() }));
        }
    }
    let action = if filter.default_permit { "permit" } else { "deny" };
    let id = unique(&format!("{} {}", filter.name, filter.default_id), ids);
    rules.push(json!({ "id": id, "action": action, "origin": filter.default_origin.to_string() }));
    if !filter.applies.is_empty() {
        let words: Vec<&str> = filter.applies.iter().map(|applies| applies.word()).collect();
        out.insert("applies_to".into(), words.into());
    }
    out.insert("stateful".into(), filter.stateful.into());
    if translates {
        let word = |translated: bool| if translated { "translated" } else { "original" };
        out.insert(
            "sees".into(),
            json!({ "source": word(filter.sees_translated_source),
                "destination": word(filter.sees_translated_destination) }),
        );
    }
    out.insert("default".into(), action.into());
    out.insert("rules".into(), rules.into());
    Some(Value::Object(out))
}

/// The families of a rule: nothing where a packet could not have both addresses.
fn spelt(from: &Selector, to: &Selector, device: &Device) -> Option<(Value, Value)> {
    let one_family = |selector: &Selector| selector.names.is_empty() && !selector.not;
    if one_family(from) && one_family(to) {
        let v4 = !from.set.v4.is_empty() && !to.set.v4.is_empty();
        let v6 = !from.set.v6.is_empty() && !to.set.v6.is_empty();
        if !v4 && !v6 {
            return None;
        }
        // what one side has of a family that the other lacks never meets
        let keep = |set: &AddressSet| AddressSet {
            v4: if v4 { set.v4.clone() } else { Ranges::default() },
            v6: if v6 { set.v6.clone() } else { Ranges::default() },
        };
        let (from, to) = (keep(&from.set), keep(&to.set));
        let full = |set: &AddressSet| {
            let all = AddressSet::all();
            (!v4 || set.v4 == all.v4) && (!v6 || set.v6 == all.v6)
        };
        let (from_full, to_full) = (full(&from), full(&to));
        // `any` on one side says no more than the other side does; on both it would speak of the other family too
        let other = (!v4 && device.ipv4) || (!v6 && device.ipv6);
        let any_from = from_full && (!to_full || !other);
        let any_to = to_full && (!from_full || !other);
        let word = |any: bool, set: &AddressSet| if any { Value::from("any") } else { set.words().into() };
        return Some((word(any_from, &from), word(any_to, &to)));
    }
    Some((selector(from), selector(to)))
}

fn selector(selector: &Selector) -> Value {
    // everything but nothing is everything
    if selector.not && selector.names.is_empty() && selector.set.is_empty() {
        return "any".into();
    }
    if selector.names.is_empty() && !selector.not {
        return if selector.set.is_all() { "any".into() } else { selector.set.words().into() };
    }
    let mut items: Vec<Value> = if selector.set.is_all() {
        vec!["any".into()]
    } else {
        selector.set.words().into_iter().map(Value::from).collect()
    };
    items.extend(selector.names.iter().map(|name| Value::from(fqdn_word(name))));
    if selector.not { json!([{ "not": items }]) } else { items.into() }
}

/// A name as an item of a selector. What no document may hold is written so that no other name becomes the same.
fn fqdn_word(name: &str) -> String {
    let mut out = "fqdn:".to_owned();
    for c in name.trim().chars() {
        if c.is_control() { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    if out.len() == "fqdn:".len() { out + "unnamed" } else { out }
}

fn is_nothing(selector: &Selector) -> bool {
    !selector.not && selector.names.is_empty() && selector.set.is_empty()
}

fn write_rule(rule: &Rule, device: &Device, ids: &mut HashSet<String>, out: &mut Vec<Value>) {
    // what only replies match opens no session
    if rule.replies || is_nothing(&rule.from) || is_nothing(&rule.to) {
        return;
    }
    let mut sides = Map::new();
    if put_ways(&mut sides, rule.ways_in.as_ref(), rule.ways_out.as_ref(), device).is_none() {
        return;
    }
    let Some((from, to)) = spelt(&rule.from, &rule.to, device) else { return };
    for (source_ports, services) in by_source_port(&rule.services) {
        let mut item = Map::new();
        item.insert("id".into(), unique(&rule.id, ids).into());
        item.insert("action".into(), if rule.permit { "permit" } else { "deny" }.into());
        for (key, value) in [("from", &from), ("to", &to)] {
            if *value != "any" {
                item.insert(key.into(), value.clone());
            }
        }
        if services != ["any"] {
            item.insert("service".into(), services.into());
        }
        if let Some(ports) = source_ports {
            item.insert("source_port".into(), ports.into());
        }
        item.extend(sides.clone());
        if let Some(condition) = &rule.condition {
            item.insert("condition".into(), id_text(condition).into());
        }
        item.insert("origin".into(), rule.origin.to_string().into());
        out.push(Value::Object(item));
    }
}

/// Services by the source ports they are bound to; those that are not bound first.
fn by_source_port(all: &[Services]) -> Vec<(Option<Vec<Value>>, Vec<String>)> {
    let mut groups: Vec<(&Ranges, Vec<String>)> = Vec::new();
    for services in all.iter().filter(|services| !services.is_empty()) {
        let words = service_words(services);
        match groups.iter_mut().find(|(source, _)| **source == services.source) {
            Some((_, known)) => {
                known.extend(words.into_iter().filter(|word| !known.contains(word)).collect::<Vec<_>>())
            }
            None => groups.push((&services.source, words)),
        }
    }
    groups
        .into_iter()
        .map(|(source, words)| {
            let words = if words.iter().any(|word| word == "any") { vec!["any".to_owned()] } else { words };
            ((*source != all_ports()).then(|| port_values(source)), words)
        })
        .collect()
}

fn port_values(ports: &Ranges) -> Vec<Value> {
    ports.ranges().map(|(low, high)| port_word(low, high)).collect()
}

fn port_word(low: u128, high: u128) -> Value {
    if low == high { json!(u16::try_from(low).unwrap_or(0)) } else { format!("{low}-{high}").into() }
}

fn service_words(services: &Services) -> Vec<String> {
    if services.protocols == Ranges::one(0, 255) {
        return vec!["any".into()];
    }
    let mut out = Vec::new();
    for (low, high) in services.protocols.ranges() {
        for number in low..=high {
            let word = protocol_word(u8::try_from(number).unwrap_or(u8::MAX));
            if services.destination == all_ports() {
                out.push(word);
                continue;
            }
            for (low, high) in services.destination.ranges() {
                out.push(if low == high { format!("{word}/{low}") } else { format!("{word}/{low}-{high}") });
            }
        }
    }
    out
}

/// An entry as the document has it: services with several protocols and ports are fine, one entry does.
fn translation(entry: &Translation, device: &Device, ids: &mut HashSet<String>) -> Option<Value> {
    let mut sides = Map::new();
    put_ways(&mut sides, entry.ways_in.as_ref(), entry.ways_out.as_ref(), device)?;
    if is_nothing(&entry.from) || is_nothing(&entry.to) || entry.services.is_empty() {
        return None;
    }
    let mut out = Map::new();
    out.insert("id".into(), unique(&entry.id, ids).into());
    let target: Value = match &entry.becomes.clone().or_any().0 {
        Becomes::Kept => "keep".into(),
        Becomes::Own => format!("node:{}", device.id).into(),
        Becomes::Addresses(set) => {
            let mut words = set.words();
            if words.len() == 1 { words.remove(0).into() } else { words.into() }
        }
    };
    out.insert(if entry.destination { "destination" } else { "source" }.into(), target);
    if let Some(port) = entry.port {
        out.insert("destination_port".into(), port.into());
    }
    let looked_at = if entry.destination { &entry.to } else { &entry.from };
    // of one family and size
    let size = |set: &AddressSet| set.only().map(|(family, low, high)| (family, high - low));
    let in_pairs = matches!(&entry.becomes, Becomes::Addresses(set) if size(set).is_some() && size(set) == size(&looked_at.set))
        && looked_at.names.is_empty()
        && !looked_at.not
        && entry.condition.is_none();
    if entry.one_to_one && in_pairs && entry.port.is_none() {
        out.insert("one_to_one".into(), true.into());
    }
    // What may translate or not is told by a name that nobody knows: it may be every address, or none.
    let mut from = selector(&entry.from);
    let to = selector(&entry.to);
    if let Some(condition) = &entry.condition {
        let name = fqdn_word(&id_word(condition).replace(' ', "_"));
        from = json!([{ "not": [{ "not": from }, { "not": name }] }]);
    }
    for (key, value) in [("from", from), ("to", to)] {
        if value != "any" {
            // a plain address stays plain, so that `one_to_one` finds one
            let value = match value {
                Value::Array(mut items) if items.len() == 1 && items[0].is_string() => items.remove(0),
                value => value,
            };
            out.insert(key.into(), value);
        }
    }
    let words = service_words(&entry.services);
    if words != ["any"] {
        out.insert("service".into(), words.into());
    }
    if entry.services.source != all_ports() {
        out.insert("source_port".into(), port_values(&entry.services.source).into());
    }
    out.extend(sides);
    if entry.emitted {
        out.insert("applies_to".into(), json!(["emitted"]));
    }
    if entry.sees_original_destination {
        out.insert("sees".into(), json!({ "destination": "original" }));
    }
    out.insert("origin".into(), entry.origin.to_string().into());
    Some(Value::Object(out))
}

/// A segment: the networks that one wire carries, and the interfaces on it.
#[derive(Default)]
struct Segment<'d> {
    nets: Vec<Net>,
    ways: Vec<(&'d str, &'d Interface)>,
}

/// The segments as switches, those who live there as one host for each network, and hosts behind interfaces without
/// addresses.
fn segments(devices: &[Device], joined: &HashSet<(&str, &str)>, nodes: &mut Vec<Value>, links: &mut Vec<Value>) {
    let mut of_net: BTreeMap<Net, usize> = BTreeMap::new();
    let mut all: Vec<Segment<'_>> = Vec::new();
    let mut taken: HashSet<String> = devices.iter().map(|device| device.id.clone()).collect();
    for device in devices {
        for way in &device.interfaces {
            if joined.contains(&(device.id.as_str(), way.name.as_str())) || way.internal {
                continue;
            }
            let nets: Vec<Net> = way
                .addresses
                .iter()
                .filter(|net| !net.is_single() && !is_link_local(net))
                .map(|net| net.prefix())
                .collect();
            if nets.is_empty() || way.tunnel.is_some() {
                let (id, kind) = match &way.tunnel {
                    Some(peer) => (id_word(peer), "external"),
                    None => (id_word(&format!("hosts {} {}", device.id, way.name)), "host"),
                };
                let new = taken.insert(id.clone());
                if new {
                    nodes.push(json!({ "id": id, "kind": kind, "origin": way.origin.to_string() }));
                }
                links.push(link(&format!("{}:{}", device.id, way_word(&way.name)), &id, &way.origin));
                continue;
            }
            // two networks on one interface are one wire
            let known: Vec<usize> = nets.iter().filter_map(|net| of_net.get(net).copied()).collect();
            let at = known.first().copied().unwrap_or_else(|| {
                all.push(Segment::default());
                all.len() - 1
            });
            for &other in known.iter().filter(|&&other| other != at) {
                let Segment { nets, ways } = std::mem::take(&mut all[other]);
                of_net.values_mut().filter(|of| **of == other).for_each(|of| *of = at);
                all[at].nets.extend(nets);
                all[at].ways.extend(ways);
            }
            for net in nets {
                if of_net.insert(net, at).is_none() {
                    all[at].nets.push(net);
                }
            }
            all[at].ways.push((&device.id, way));
        }
    }
    for Segment { nets, ways } in all {
        let (Some(first), Some((_, way))) = (nets.first(), ways.first()) else { continue };
        let id = id_word(&first.word());
        taken.insert(id.clone());
        nodes.push(json!({ "id": id, "kind": "switch", "origin": way.origin.to_string() }));
        for net in &nets {
            let hosts = format!("hosts {}", id_word(&net.word()));
            nodes.push(json!({ "id": hosts, "kind": "host", "addresses": [net.word()],
                "origin": way.origin.to_string() }));
            links.push(link(&hosts, &id, &way.origin));
        }
        for (device, way) in ways {
            links.push(link(&format!("{device}:{}", way_word(&way.name)), &id, &way.origin));
        }
    }
}

/// A link that a configuration or an inventory knows; `None`: nothing passes between its ports.
pub(super) fn joined_by(join: &Join) -> Option<Value> {
    let end = |at: usize| match (&join.ends[at], join.bare[at]) {
        ((node, _), true) => node.clone(),
        ((node, way), false) => format!("{node}:{}", way_word(way)),
    };
    let mut out = json!({ "between": [end(0), end(1)] });
    match &join.ports {
        [Some(a), Some(b)] => Carried::between(a, b)?.put(&mut out),
        [Some(port), None] | [None, Some(port)] => out["vlans"] = vlan_words(&port.vlans()),
        [None, None] => {}
    }
    for (key, value) in &join.said {
        out[key] = value.clone();
    }
    out["origin"] = join.origin.to_string().into();
    Some(out)
}

pub(super) fn is_link_local(net: &Net) -> bool {
    matches!(net.address, std::net::IpAddr::V6(address) if address.is_unicast_link_local())
}

pub(super) fn link(a: &str, b: &str, origin: &Origin) -> Value {
    json!({ "between": [a, b], "origin": origin.to_string() })
}
