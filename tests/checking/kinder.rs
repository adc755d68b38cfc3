//! Kinder documents: changes that close something, and certificates of them that fit the numbering of the document before.

use serde_json::{Value, json};

use super::alter::alter;
use super::places::{class, get_mut};
use crate::interpreter::random::Random;
use crate::interpreter::shrink::{Place, Step, places};

/// What a change did to the numbers that certificates name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shift {
    None,
    /// The link of this number is gone.
    Link(u64),
    /// The rule of a node's filter is gone: node, filter, rule.
    Rule(String, u64, u64),
    /// There is a rule more before all rules of a node's filter.
    FirstRule(String, u64),
    /// The entry of a node's relays is gone.
    Entry(String, u64),
}

/// A change of what stands at a place of this kind; false: not here.
type Change = (&'static str, &'static str, fn(&mut Value, &mut Random, &[String]) -> bool);

fn set(holder: &mut Value, key: &str, value: Value) -> bool {
    let Some(map) = holder.as_object_mut() else { return false };
    map.insert(key.to_owned(), value.clone()) != Some(value)
}

fn one_node(random: &mut Random, nodes: &[String]) -> Value {
    json!(format!("node:{}", random.pick(nodes)))
}

fn as_object(link: &mut Value) {
    if link.is_array() {
        *link = json!({ "between": link.clone() });
    }
}

const RULE: &str = "nodes.filter.rules";
const LINK: &str = "links";
const RELAY: &str = "nodes.relays";
const NODE: &str = "nodes";
const NAT: &str = "nodes.nat";

/// Changes that leave all numbers as they are.
const CHANGES: [Change; 39] = [
    ("a permit turned", RULE, |rule, _, _| rule["action"] == "permit" && set(rule, "action", json!("deny"))),
    ("a permit from one node", RULE, |rule, random, nodes| {
        rule["action"] == "permit" && set(rule, "from", one_node(random, nodes))
    }),
    ("a permit to one node", RULE, |rule, random, nodes| {
        rule["action"] == "permit" && set(rule, "to", one_node(random, nodes))
    }),
    ("a permit of one service", RULE, |rule, random, _| {
        let service = random.pick(&["tcp/443", "udp/53", "icmp", "proto/89", "sctp/1"]);
        rule["action"] == "permit" && set(rule, "service", json!(service))
    }),
    ("a permit from one source port", RULE, |rule, _, _| {
        rule["action"] == "permit" && set(rule, "source_port", json!(7))
    }),
    ("a permit of IPv6", RULE, |rule, _, _| rule["action"] == "permit" && set(rule, "to", json!("::/0"))),
    ("a permit of one address", RULE, |rule, random, _| {
        let address = random.pick(&["10.1.0.1", "10.2.0.1", "10.2.0.77", "192.0.2.9", "2001:db8::1"]);
        rule["action"] == "permit" && set(rule, random.pick(&["from", "to"]), json!(address))
    }),
    ("a deny of all", RULE, |rule, _, _| {
        let deny = json!({ "action": "deny" });
        rule["action"] == "deny" && std::mem::replace(rule, deny.clone()) != deny
    }),
    ("a deny from all", RULE, |rule, random, _| {
        rule["action"] == "deny" && set(rule, random.pick(&["from", "to", "service"]), json!("any"))
    }),
    ("a deny at every interface", RULE, |rule, random, _| {
        let map = rule.as_object_mut().filter(|rule| rule["action"] == "deny");
        map.is_some_and(|map| map.remove(random.pick(&["in", "out", "source_port"])).is_some())
    }),
    ("a default that denies", "nodes.filter", |filter, _, _| {
        filter.is_object() && set(filter, "default", json!("deny"))
    }),
    ("a filter at every interface", "nodes.filter", |filter, random, _| {
        filter.as_object_mut().is_some_and(|map| map.remove(random.pick(&["in", "out"])).is_some())
    }),
    ("one way", LINK, |link, random, _| {
        as_object(link);
        if random.chance(50)
            && let Some(ends) = link["between"].as_array_mut()
        {
            ends.reverse();
        }
        set(link, "one_way", json!(true))
    }),
    ("one VLAN", LINK, |link, random, _| {
        as_object(link);
        let vlan = random.pick(&[1, 10, 20, 30, 100, 4094]);
        set(link, "vlans", json!([vlan]))
    }),
    ("a VLAN less", "links.vlans", |vlans, random, _| {
        let list = vlans.as_array_mut().filter(|list| list.len() > 1);
        list.map(|list| list.remove(random.below(list.len()))).is_some()
    }),
    ("a relay that sanitises", RELAY, |relay, _, _| set(relay, "sanitise", json!("file"))),
    ("a relay one way", RELAY, |relay, _, _| relay["both"] == true && set(relay, "both", json!(false))),
    ("a relay of one peer", RELAY, |relay, random, nodes| {
        let side = random.pick(&["from", "to"]);
        set(relay, side, one_node(random, nodes))
    }),
    ("a relay of one service", RELAY, |relay, random, _| {
        set(relay, random.pick(&["from_service", "to_service"]), json!("tcp/443"))
    }),
    ("a relay list", NODE, |node, _, _| node.is_object() && set(node, "relays", json!([]))),
    ("no forwarder", NODE, |node, _, _| node["kind"] != "l3-switch" && set(node, "forwards", json!(false))),
    ("an address", NODE, |node, random, _| {
        let address =
            random.pick(&["10.1.0.1", "10.2.0.1", "10.2.0.77", "10.9.0.7", "192.0.2.9", "2001:db8::1", "10.2.0.0/24"]);
        match node["addresses"].as_array_mut() {
            Some(list) => list.push(json!(address)),
            None => node["addresses"] = json!([address]),
        }
        true
    }),
    ("another zone", NODE, |node, random, _| {
        let zone = random.pick(&["my-number", "lgwan", "internet"]);
        set(node, "zone", json!(zone))
    }),
    // Of the fourth edition.
    ("a permit for nobody", RULE, |rule, _, _| {
        rule["action"] == "permit" && set(rule, "from", json!({ "not": "any" }))
    }),
    ("a negation turned", RULE, |rule, random, _| {
        let side = random.pick(&["from", "to"]);
        let Some(inner) = rule[side].get("not").cloned() else { return false };
        set(rule, side, inner)
    }),
    ("a denial without condition", RULE, |rule, _, _| {
        let map = rule.as_object_mut().filter(|rule| rule["action"] == "deny");
        map.is_some_and(|map| map.remove("condition").is_some() | map.remove("state").is_some())
    }),
    ("replies only", RULE, |rule, _, _| rule["action"] == "permit" && set(rule, "state", json!("replies"))),
    ("a filter that keeps track", "nodes.filter", |filter, _, _| {
        filter.is_object() && set(filter, "stateful", json!(true))
    }),
    ("a filter for all traffic", "nodes.filter", |filter, _, _| {
        filter.as_object_mut().is_some_and(|map| map.remove("applies_to").is_some())
    }),
    ("another view", "nodes.filter", |filter, random, _| {
        let (side, word) = (random.pick(&["source", "destination"]), random.pick(&["original", "translated"]));
        filter.get("sees").is_some() && set(&mut filter["sees"], side, json!(word))
    }),
    ("a line that stays", "nodes.routes", |route, _, _| {
        route.as_object_mut().is_some_and(|map| map.remove("fails").is_some())
    }),
    ("no native VLAN", LINK, |link, _, _| link.as_object_mut().is_some_and(|map| map.remove("native").is_some())),
    ("no translation", NODE, |node, _, _| node.as_object_mut().is_some_and(|map| map.remove("nat").is_some())),
    ("an entry that keeps", NAT, |entry, random, _| {
        let side = random.pick(&["source", "destination"]);
        entry.get(side).is_some() && entry.get("destination_port").is_none() && set(entry, side, json!("keep"))
    }),
    ("a narrower target", NAT, |entry, random, _| {
        let side = random.pick(&["source", "destination"]);
        entry.get(side).is_some() && set(entry, side, json!(random.pick(&["10.9.0.7", "192.0.2.9"])))
    }),
    ("an entry of one service", NAT, |entry, _, _| set(entry, "service", json!("tcp/443"))),
    ("an entry from one node", NAT, |entry, random, nodes| {
        let node = one_node(random, nodes);
        entry.get("one_to_one").is_none() && set(entry, "from", node)
    }),
    ("an entry of one source port", NAT, |entry, _, _| set(entry, "source_port", json!(7))),
    ("all excepted", "exceptions", |exception, _, _| {
        exception.is_object() && set(exception, "waives", json!(["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"]))
    }),
];

/// The id of the node in which a place lies.
fn node_of(document: &Value, place: &[Step]) -> Option<String> {
    let [Step::Key(list), Step::Index(index), ..] = place else { return None };
    (list == "nodes").then(|| document["nodes"][index]["id"].as_str().map(str::to_owned))?
}

/// Which filter of its node, and which of the list at its end, a place names.
fn numbers(place: &[Step]) -> (u64, u64) {
    let mut indices = place.iter().skip(2).filter_map(|step| match step {
        Step::Index(index) => Some(*index as u64),
        Step::Key(_) => None,
    });
    let all: Vec<u64> = indices.by_ref().collect();
    match all[..] {
        [filter, last] => (filter, last),
        [last] => (0, last),
        _ => (0, 0),
    }
}

/// Takes an item away, or puts a rule before the others.
fn shifted(document: &mut Value, random: &mut Random) -> Option<(&'static str, Shift)> {
    let what = random.below(4);
    let (name, at) =
        [("a link less", LINK), ("a rule less", RULE), ("a denial first", RULE), ("a relay less", RELAY)][what];
    let place = some_place(document, at, random)?;
    let (filter, last) = numbers(&place);
    let node = node_of(document, &place).unwrap_or_default();
    let Some((Step::Index(index), above)) = place.split_last() else { return None };
    let list = get_mut(document, above)?.as_array_mut()?;
    let shift = match what {
        0 => {
            list.remove(*index);
            Shift::Link(*index as u64)
        }
        1 => {
            list.remove(*index);
            Shift::Rule(node, filter, last)
        }
        2 => {
            list.insert(0, json!({ "action": "deny" }));
            Shift::FirstRule(node, filter)
        }
        _ => {
            list.remove(*index);
            Shift::Entry(node, last)
        }
    };
    Some((name, shift))
}

/// A place of an item of such a list, or of such a value.
fn some_place(document: &Value, at: &str, random: &mut Random) -> Option<Place> {
    let fits = |place: &Place| {
        let item = matches!(&place[..], [.., Step::Key(_), Step::Index(_)]);
        let list = matches!(at, RULE | LINK | RELAY | NODE | NAT | "nodes.routes" | "exceptions");
        let filters =
            at == "nodes.filter" && matches!(&place[..], [_, _, Step::Key(key), Step::Index(_)] if key == "filters");
        class(place).replace("filters", "filter") == at && (item == list || filters)
    };
    let fitting: Vec<Place> = places(document).into_iter().filter(fits).collect();
    (!fitting.is_empty()).then(|| random.pick(&fitting))
}

/// A document that allows less, most likely, with what was done; `None` where that which was drawn does not fit.
pub fn kinder(document: &Value, random: &mut Random) -> Option<(String, Value, Shift)> {
    let mut changed = document.clone();
    let (mut said, mut shift) = (Vec::new(), Shift::None);
    for _ in 0..random.between(1, 2) {
        if random.chance(30) && shift == Shift::None {
            let (name, by) = shifted(&mut changed, random)?;
            shift = by;
            said.push(name);
        } else if random.chance(80) {
            let (name, at, change) = random.pick(&CHANGES);
            let nodes: Vec<String> =
                document["nodes"].as_array()?.iter().filter_map(|node| Some(node["id"].as_str()?.to_owned())).collect();
            let place = some_place(&changed, at, random)?;
            if !change(get_mut(&mut changed, &place)?, random, &nodes) {
                return None;
            }
            said.push(name);
        } else {
            let (name, altered) = alter(&changed, random)?;
            changed = altered;
            said.push(name);
        }
    }
    (changed != *document).then(|| (said.join(", "), changed, shift))
}

/// A requirement of a certificate of the kinder document, numbered as the document before numbers.
pub fn fitted(requirement: &Value, shift: &Shift) -> Value {
    let mut fitted = requirement.clone();
    if *shift != Shift::None {
        walk(&mut fitted, shift);
    }
    fitted
}

fn up(value: &mut Value, from: u64) {
    if let Some(number) = value.as_u64().filter(|number| *number >= from) {
        *value = json!(number + 1);
    }
}

fn walk(value: &mut Value, shift: &Shift) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, shift)),
        Value::Object(map) => {
            let translates = map.contains_key("floods");
            for (key, value) in map {
                let items = value.as_array_mut().into_iter().flatten();
                match (key.as_str(), shift) {
                    ("links", Shift::Link(gone)) => {
                        items.for_each(|run| [0, 1].into_iter().for_each(|end| up(&mut run[end], *gone)))
                    }
                    ("sets", Shift::Link(_)) if translates => {}
                    ("places", Shift::Link(gone)) => items.for_each(|place| up(&mut place[2], *gone)),
                    ("sets", Shift::Link(gone)) => {
                        let states = items.filter_map(Value::as_array_mut).flatten();
                        states.for_each(|state| up(&mut state[2], *gone));
                    }
                    ("hops", Shift::Link(gone)) => items.for_each(|hop| up(&mut hop[0], *gone)),
                    ("relies_on", Shift::Rule(node, filter, gone)) => {
                        let own = items.filter(|item| item[0] == node.as_str() && item[1] == *filter);
                        own.for_each(|item| up(&mut item[2], *gone));
                    }
                    ("relies_on", Shift::FirstRule(node, filter)) => {
                        for item in items.filter(|item| item[0] == node.as_str() && item[1] == *filter) {
                            // The rule that was put first there is not: the default, or what stands first, in its stead.
                            item[2] = item[2].as_u64().map_or(Value::Null, |rule| json!(rule.saturating_sub(1)));
                        }
                    }
                    ("stations", Shift::Entry(node, gone)) => {
                        items.filter(|item| item[0] == node.as_str()).for_each(|item| up(&mut item[1], *gone));
                    }
                    _ => walk(value, shift),
                }
            }
        }
        _ => {}
    }
}

/// A requirement whose trees rely on whatever a tree can rely on in a document.
pub fn relying_on_all(requirement: &Value, document: &Value) -> Value {
    let (mut all, none) = (Vec::new(), Vec::new());
    for node in document["nodes"].as_array().unwrap_or(&none) {
        let id = &node["id"];
        let filters: Vec<&Value> =
            node.get("filter").into_iter().chain(node["filters"].as_array().unwrap_or(&none)).collect();
        for (at, filter) in filters.into_iter().enumerate() {
            for (number, rule) in filter["rules"].as_array().unwrap_or(&none).iter().enumerate() {
                if rule["action"] == "deny" {
                    all.push(json!([id, at, number]));
                }
            }
            if filter["default"] == "deny" || filter["default"].is_null() && node["kind"] == "firewall" {
                all.push(json!([id, at, null]));
            }
        }
        if node.get("routes").is_some() {
            all.push(json!([id, null, null]));
        }
    }
    let links = document["links"].as_array().map_or(0, Vec::len);
    let runs = if links == 0 { json!([]) } else { json!([[0, links - 1]]) };
    let mut relying = requirement.clone();
    rely(&mut relying, &json!(all), &runs);
    relying
}

fn rely(value: &mut Value, all: &Value, runs: &Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| rely(value, all, runs)),
        Value::Object(map) if map.contains_key("relies_on") => {
            map.insert("relies_on".to_owned(), all.clone());
            map.insert("links".to_owned(), runs.clone());
        }
        Value::Object(map) => map.values_mut().for_each(|value| rely(value, all, runs)),
        _ => {}
    }
}
