//! Changes of one field of a document, most of which open something.

use serde_json::{Value, json};

use super::places::{class, get_mut};
use crate::interpreter::random::Random;
use crate::interpreter::shrink::{Place, Step, places};

/// A change: its name, the kind of place it is made at, and what it does there (false: not here).
type Change = (&'static str, &'static str, fn(&mut Value, &mut Random, &Ids) -> bool);

/// What a document has to offer.
pub struct Ids {
    nodes: Vec<String>,
    addresses: Vec<Value>,
}

fn remove(holder: &mut Value, key: &str) -> bool {
    holder.as_object_mut().is_some_and(|map| map.remove(key).is_some())
}

fn set(holder: &mut Value, key: &str, value: Value) -> bool {
    let Some(map) = holder.as_object_mut() else { return false };
    map.insert(key.to_owned(), value.clone()) != Some(value)
}

fn push(holder: &mut Value, key: &str, value: Value) -> bool {
    let Some(map) = holder.as_object_mut() else { return false };
    match map.entry(key).or_insert_with(|| json!([])) {
        Value::Array(items) => {
            items.push(value);
            true
        }
        other => {
            *other = json!([other.clone(), value]);
            true
        }
    }
}

fn take(holder: &mut Value, random: &mut Random) -> bool {
    let Some(items) = holder.as_array_mut().filter(|items| !items.is_empty()) else { return false };
    items.remove(random.below(items.len()));
    true
}

fn between(link: &mut Value) {
    if link.is_array() {
        *link = json!({ "between": link.clone() });
    }
}

const RULE: &str = "nodes.filter.rules.*";
const RULES: &str = "nodes.filter.rules";
const NODE: &str = "nodes.*";
const LINK: &str = "links.*";
const RELAY: &str = "nodes.relays.*";
const EXCEPTION: &str = "exceptions.*";
const NAT: &str = "nodes.nat.*";

const CHANGES: [Change; 64] = [
    ("rule from any", RULE, |rule, _, _| set(rule, "from", json!("any"))),
    ("rule to any", RULE, |rule, _, _| set(rule, "to", json!("any"))),
    ("rule of any service", RULE, |rule, _, _| set(rule, "service", json!("any"))),
    ("rule of a wider service", RULE, |rule, _, _| set(rule, "service", json!(["tcp", "udp"]))),
    ("rule of any source port", RULE, |rule, _, _| remove(rule, "source_port")),
    ("rule of some source ports", RULE, |rule, _, _| set(rule, "source_port", json!([53, "1024-65535"]))),
    ("rule by any interface in", RULE, |rule, _, _| remove(rule, "in")),
    ("rule by any interface out", RULE, |rule, _, _| remove(rule, "out")),
    ("rule flipped", RULE, |rule, _, _| {
        let other = if rule["action"] == "permit" { "deny" } else { "permit" };
        set(rule, "action", json!(other))
    }),
    ("rule from another node", RULE, |rule, random, ids| {
        set(rule, "from", json!([format!("node:{}", random.pick(&ids.nodes))]))
    }),
    ("rule to another node", RULE, |rule, random, ids| {
        set(rule, "to", json!([format!("node:{}", random.pick(&ids.nodes))]))
    }),
    ("rule of IPv6", RULE, |rule, _, _| set(rule, "from", json!(["::/0"]))),
    ("rule removed", RULES, |rules, random, _| take(rules, random)),
    ("rules swapped", RULES, |rules, random, _| {
        let Some(rules) = rules.as_array_mut().filter(|rules| rules.len() > 1) else { return false };
        let at = random.below(rules.len() - 1);
        rules.swap(at, at + 1);
        true
    }),
    ("permit any first", RULES, |rules, _, _| {
        rules.as_array_mut().is_some_and(|rules| {
            rules.insert(0, json!({ "action": "permit" }));
            true
        })
    }),
    ("permit any last", RULES, |rules, _, _| {
        rules.as_array_mut().is_some_and(|rules| {
            rules.push(json!({ "action": "permit" }));
            true
        })
    }),
    ("default flipped", "nodes.filter", |filter, _, _| {
        let other = if filter["default"] == "permit" { "deny" } else { "permit" };
        filter.is_object() && set(filter, "default", json!(other))
    }),
    ("default left out", "nodes.filter", |filter, _, _| remove(filter, "default")),
    ("filter in removed", "nodes.filter", |filter, _, _| remove(filter, "in")),
    ("filter out removed", "nodes.filter", |filter, _, _| remove(filter, "out")),
    ("filters removed", NODE, |node, _, _| remove(node, "filters") | remove(node, "filter")),
    ("routes removed", NODE, |node, _, _| remove(node, "routes")),
    ("a route removed", "nodes.routes", |routes, random, _| take(routes, random)),
    ("route of all", "nodes.routes.*", |route, _, _| set(route, "to", json!("0.0.0.0/0"))),
    ("link added", "links", |links, random, ids| {
        let (a, b) = (random.pick(&ids.nodes), random.pick(&ids.nodes));
        let Some(links) = links.as_array_mut().filter(|_| a != b) else { return false };
        links.push(json!([a, b]));
        true
    }),
    ("link removed", "links", |links, random, _| take(links, random)),
    ("link moved", LINK, |link, random, ids| {
        between(link);
        let node = random.pick(&ids.nodes);
        link["between"][random.below(2)] = json!(node);
        true
    }),
    ("VLAN added", LINK, |link, random, _| {
        let tag = random.pick(&[10, 20, 30, 40]);
        link.get("vlans").is_some() && push(link, "vlans", json!(tag))
    }),
    ("VLANs removed", LINK, |link, _, _| remove(link, "vlans")),
    ("VLANs of a link", LINK, |link, _, _| {
        between(link);
        set(link, "vlans", json!([10]))
    }),
    ("a VLAN removed", "links.vlans", |vlans, random, _| take(vlans, random)),
    ("one_way removed", LINK, |link, _, _| remove(link, "one_way")),
    ("one_way added", LINK, |link, _, _| {
        between(link);
        set(link, "one_way", json!(true))
    }),
    ("relay raw", RELAY, |relay, _, _| remove(relay, "sanitise")),
    ("relay both", RELAY, |relay, _, _| set(relay, "both", json!(true))),
    ("relay from any", RELAY, |relay, _, _| set(relay, "from", json!("any"))),
    ("relay to any", RELAY, |relay, _, _| set(relay, "to", json!("any"))),
    ("relay of any service", RELAY, |relay, _, _| remove(relay, "from_service") | remove(relay, "to_service")),
    ("relay removed", "nodes.relays", |relays, random, _| take(relays, random)),
    ("relays unsaid", NODE, |node, _, _| remove(node, "relays")),
    ("zone moved", NODE, |node, random, _| {
        let zone = random.pick(&["my-number", "lgwan", "internet"]);
        set(node, "zone", json!(zone))
    }),
    ("zone removed", NODE, |node, _, _| remove(node, "zone")),
    ("address of another", NODE, |node, random, ids| {
        let address = random.pick(&ids.addresses);
        push(node, "addresses", address)
    }),
    ("every address", NODE, |node, random, _| {
        let all = random.pick(&["0.0.0.0/0", "::/0"]);
        push(node, "addresses", json!(all))
    }),
    ("addresses removed", NODE, |node, _, _| remove(node, "addresses")),
    ("forwards", NODE, |node, random, _| set(node, "forwards", json!(random.chance(70)))),
    ("tags and controls removed", NODE, |node, _, _| remove(node, "tags") | remove(node, "controls")),
    // Of the fourth edition.
    ("rule of what is not", RULE, |rule, random, ids| {
        set(rule, "from", json!({ "not": format!("node:{}", random.pick(&ids.nodes)) }))
    }),
    ("rule of an unknown name", RULE, |rule, random, _| set(rule, random.pick(&["from", "to"]), json!("fqdn:nobody."))),
    // A condition is taken to hold where a rule permits, so that only a rule that denies says something else with one.
    ("rule on a condition", RULE, |rule, _, _| rule["action"] == "deny" && set(rule, "condition", json!("nights"))),
    ("rule of replies", RULE, |rule, _, _| set(rule, "state", json!("replies"))),
    ("filter for some traffic", "nodes.filter", |filter, random, _| {
        let traffic = random.pick(&["forwarded", "emitted", "delivered"]);
        filter.is_object() && set(filter, "applies_to", json!(traffic))
    }),
    // Without memory only rules for replies say something else: whoever sends can make a packet look like one.
    ("filter without memory", "nodes.filter", |filter, _, _| {
        let Some(rules) = filter.get_mut("rules").and_then(Value::as_array_mut) else { return false };
        rules.insert(0, json!({ "action": "permit", "state": "replies" }));
        set(filter, "stateful", json!(false))
    }),
    ("route fails", "nodes.routes.*", |route, _, _| route.get("via").is_some() && set(route, "fails", json!(true))),
    ("native VLAN", LINK, |link, random, _| {
        between(link);
        set(link, "native", random.pick(&[json!(10), json!([10, 20]), json!([20, 10])]))
    }),
    ("nat entry removed", "nodes.nat", |list, random, _| take(list, random)),
    ("nat entry of all", NAT, |entry, _, _| {
        remove(entry, "service") | remove(entry, "source_port") | remove(entry, "in") | remove(entry, "out")
    }),
    ("nat target wider", NAT, |entry, random, ids| {
        let side = random.pick(&["source", "destination"]);
        let address = random.pick(&ids.addresses);
        entry.get(side).is_some()
            && entry.get("one_to_one").is_none()
            && set(entry, side, json!([address, "10.2.0.0/24"]))
    }),
    ("nat target another", NAT, |entry, random, ids| {
        let side = random.pick(&["source", "destination"]);
        let address = random.pick(&ids.addresses);
        entry.get(side).is_some() && entry.get("one_to_one").is_none() && set(entry, side, address)
    }),
    ("filter sees otherwise", "nodes.filter", |filter, random, _| {
        let sees = json!({ "source": random.pick(&["original", "translated"]),
            "destination": random.pick(&["original", "translated"]) });
        filter.is_object() && set(filter, "sees", sees)
    }),
    ("exception removed", "exceptions", |list, random, _| take(list, random)),
    ("exception narrowed", EXCEPTION, |exception, _, _| set(exception, "service", json!(["udp/9"]))),
    ("attested removed", EXCEPTION, |exception, _, _| remove(exception, "attested") | remove(exception, "waives")),
    ("exception by another", EXCEPTION, |exception, random, ids| {
        set(exception, "from", json!([format!("node:{}", random.pick(&ids.nodes))]))
    }),
];

/// A changed document and the name of the change; `None` where the one that was drawn does not fit.
pub fn alter(document: &Value, random: &mut Random) -> Option<(&'static str, Value)> {
    let items = |key: &str| document[key].as_array().cloned().unwrap_or_default();
    let own = |node: &Value| node["addresses"].as_array().cloned().unwrap_or_default();
    let mut addresses: Vec<Value> = items("nodes").iter().flat_map(own).collect();
    addresses.push(json!("10.2.0.77"));
    let nodes = items("nodes").iter().filter_map(|node| Some(node["id"].as_str()?.to_owned())).collect();
    let ids = Ids { nodes, addresses };
    let (name, at, change) = random.pick(&CHANGES);
    let fits = |place: &Place| {
        let class = class(place).replace("filters", "filter");
        match &place[..] {
            [.., Step::Index(_), Step::Index(_)] => false,
            [.., Step::Index(_)] => {
                at.strip_suffix(".*") == Some(class.as_str()) || (at == "nodes.filter" && class == at)
            }
            _ => at == class,
        }
    };
    let fitting: Vec<Place> = places(document).into_iter().filter(fits).collect();
    if fitting.is_empty() {
        return None;
    }
    let mut altered = document.clone();
    let place = &fitting[random.below(fitting.len())];
    let changed = change(get_mut(&mut altered, place)?, random, &ids);
    (changed && altered != *document).then_some((name, altered))
}
