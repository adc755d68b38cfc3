//! Edits of a document, random ones and their effect on its JSON; and documents in which many are alike.

use sanso::session::Change;
use serde_json::{Value, json};

use crate::interpreter::random::Random;

/// An edit as a session takes it.
#[derive(Clone, Debug)]
pub enum Edit {
    AddNode(Value),
    RemoveNode(String),
    AddLink(Value),
    RemoveLink(Value),
    AddRule { node: String, filter: usize, at: usize, rule: Value },
    RemoveRule { node: String, filter: usize, at: usize },
}

impl Edit {
    pub fn with_change<T>(&self, then: impl FnOnce(Change<'_>) -> T) -> T {
        match self {
            Self::AddNode(node) => then(Change::AddNode(&node.to_string())),
            Self::RemoveNode(id) => then(Change::RemoveNode(id)),
            Self::AddLink(link) => then(Change::AddLink(&link.to_string())),
            Self::RemoveLink(link) => then(Change::RemoveLink(&link.to_string())),
            Self::AddRule { node, filter, at, rule } => {
                then(Change::AddRule { node, filter: *filter, at: *at, rule: &rule.to_string() })
            }
            Self::RemoveRule { node, filter, at } => then(Change::RemoveRule { node, filter: *filter, at: *at }),
        }
    }
}

fn items(document: &Value, key: &str) -> Vec<Value> {
    document[key].as_array().cloned().unwrap_or_default()
}

fn list<'v>(document: &'v mut Value, key: &str) -> &'v mut Vec<Value> {
    if !document[key].is_array() {
        document[key] = json!([]);
    }
    document[key].as_array_mut().expect("it was made one")
}

fn id(node: &Value) -> &str {
    node["id"].as_str().unwrap_or_default()
}

/// The nodes at the ends of a link.
fn ends(link: &Value) -> [String; 2] {
    let between = link.get("between").unwrap_or(link);
    [0, 1].map(|end| between[end].as_str().unwrap_or_default().split(':').next().unwrap_or_default().to_owned())
}

/// The rules of each filter of a node, as they are written.
fn filters(node: &mut Value) -> Vec<&mut Value> {
    let Some(node) = node.as_object_mut() else { return vec![] };
    let mut out = vec![];
    for (key, value) in node {
        match (key.as_str(), value) {
            ("filter", filter) => out.push(filter),
            ("filters", Value::Array(filters)) => out.extend(filters.iter_mut()),
            _ => {}
        }
    }
    out
}

/// Makes an edit in a document.
pub fn apply_to_json(document: &mut Value, edit: &Edit) {
    match edit {
        Edit::AddNode(node) => list(document, "nodes").push(node.clone()),
        Edit::RemoveNode(gone) => {
            list(document, "nodes").retain(|node| id(node) != gone);
            list(document, "links").retain(|link| !ends(link).contains(gone));
        }
        Edit::AddLink(link) => list(document, "links").push(link.clone()),
        Edit::RemoveLink(link) => {
            let links = list(document, "links");
            if let Some(at) = links.iter().position(|known| known == link) {
                links.remove(at);
            }
        }
        Edit::AddRule { node, filter, at, rule } => {
            let found = list(document, "nodes").iter_mut().find(|one| id(one) == node).expect("the node is there");
            let mut filters = filters(found);
            list(filters[*filter], "rules").insert(*at, rule.clone());
        }
        Edit::RemoveRule { node, filter, at } => {
            let found = list(document, "nodes").iter_mut().find(|one| id(one) == node).expect("the node is there");
            let mut filters = filters(found);
            list(filters[*filter], "rules").remove(*at);
        }
    }
}

/// An address near one of the document's, or one of them.
fn address(document: &Value, random: &mut Random) -> Option<String> {
    let nodes = items(document, "nodes");
    let all: Vec<String> = nodes
        .iter()
        .flat_map(|node| match &node["addresses"] {
            Value::Array(list) => list.clone(),
            Value::String(one) => vec![json!(one)],
            _ => vec![],
        })
        .filter_map(|address| address.as_str().map(str::to_owned))
        .filter(|address| !address.contains('/'))
        .collect();
    if all.is_empty() {
        return None;
    }
    let chosen: std::net::IpAddr = random.pick(&all).parse().ok()?;
    let step = random.below(6) as u32;
    Some(match chosen {
        std::net::IpAddr::V4(v4) => std::net::Ipv4Addr::from(u32::from(v4).wrapping_add(step)).to_string(),
        std::net::IpAddr::V6(v6) => std::net::Ipv6Addr::from(u128::from(v6).wrapping_add(step.into())).to_string(),
    })
}

fn fresh(document: &Value, random: &mut Random) -> String {
    let taken = items(document, "nodes");
    loop {
        let name = format!("new{}", random.below(100_000));
        if !taken.iter().any(|node| id(node) == name) {
            return name;
        }
    }
}

/// A node like one of the document's, of another id and perhaps another address.
fn alike(document: &Value, random: &mut Random) -> Option<Value> {
    let nodes = items(document, "nodes");
    let plain: Vec<&Value> = nodes
        .iter()
        .filter(|node| ["filter", "filters", "routes", "relays"].iter().all(|key| node.get(*key).is_none()))
        .collect();
    if plain.is_empty() {
        return None;
    }
    let mut node = random.pick(&plain).clone();
    node["id"] = json!(fresh(document, random));
    if node.get("addresses").is_some()
        && random.chance(80)
        && let Some(own) = address(document, random)
    {
        node["addresses"] = json!([own]);
    }
    Some(node)
}

/// A link like one of a node's, of another node; or one between any two nodes.
fn link(document: &Value, of: Option<&str>, random: &mut Random) -> Option<Value> {
    let (nodes, links) = (items(document, "nodes"), items(document, "links"));
    if nodes.len() < 2 {
        return None;
    }
    let one = of.map_or_else(|| id(&random.pick(&nodes)).to_owned(), str::to_owned);
    if !links.is_empty() && random.chance(60) {
        let mut link = random.pick(&links).clone();
        let end = random.below(2);
        if ends(&link)[1 - end] == one {
            return None;
        }
        if let Some(link) = link.as_object_mut() {
            link.remove("id");
        }
        let list = if link.is_array() { &mut link } else { &mut link["between"] };
        list[end] = json!(one);
        return Some(link);
    }
    let other = id(&random.pick(&nodes)).to_owned();
    if other == one {
        return None;
    }
    let mut ends = [one, other];
    if random.chance(20) {
        let end = random.below(2);
        ends[end] += [":lan", ":x", ":wan"][random.below(3)];
    }
    let mut out = json!({ "between": ends });
    match random.below(10) {
        0..4 => {}
        4..6 => out["vlans"] = json!([10]),
        6 => out["vlans"] = json!([20]),
        7 => out["vlans"] = json!([10, 20]),
        8 => out["vlans"] = json!(["10-30"]),
        _ => out["one_way"] = json!(true),
    }
    Some(out)
}

fn selector(document: &Value, random: &mut Random) -> Option<Value> {
    let nodes = items(document, "nodes");
    Some(match random.below(6) {
        0 => json!("any"),
        1 => json!(format!("node:{}", id(&random.pick(&nodes)))),
        2 => json!(format!("zone:{}", random.pick(&["my-number", "lgwan", "internet"]))),
        3 => json!(["10.0.0.0/8", "10.1.0.0/16"][random.below(2)]),
        4 => json!([address(document, random)?, address(document, random)?]),
        _ => json!(address(document, random)?),
    })
}

fn rule(document: &Value, random: &mut Random) -> Option<Value> {
    let mut nodes = items(document, "nodes");
    let rules: Vec<Value> = nodes.iter_mut().flat_map(filters).flat_map(|filter| items(filter, "rules")).collect();
    if !rules.is_empty() && random.chance(50) {
        let mut rule = random.pick(&rules).clone();
        if let Some(rule) = rule.as_object_mut() {
            rule.remove("id");
            if random.chance(40) {
                let other = if rule["action"] == "deny" { "permit" } else { "deny" };
                rule.insert("action".to_owned(), json!(other));
            }
        }
        return Some(rule);
    }
    let mut rule = json!({ "action": (if random.chance(60) { "permit" } else { "deny" }) });
    for key in ["from", "to"] {
        if random.chance(75) {
            rule[key] = selector(document, random)?;
        }
    }
    if random.chance(30) {
        rule["service"] = json!(random.pick(&["tcp/443", "udp/53", "icmp", "tcp"]));
    }
    Some(rule)
}

/// A random edit of a document; not all are legal.
pub fn random_edit(document: &Value, random: &mut Random) -> Option<Edit> {
    let (nodes, links) = (items(document, "nodes"), items(document, "links"));
    let filtering: Vec<(String, usize, usize)> = nodes
        .iter()
        .flat_map(|node| {
            let mut copy = node.clone();
            let counts: Vec<usize> =
                filters(&mut copy).into_iter().map(|filter| items(filter, "rules").len()).collect();
            let node = id(node).to_owned();
            counts.into_iter().enumerate().map(move |(at, count)| (node.clone(), at, count))
        })
        .collect();
    match random.below(100) {
        0..16 => alike(document, random).map(Edit::AddNode),
        16..24 => {
            let (name, kind) = (fresh(document, random), random.pick(&["switch", "router", "host"]));
            Some(Edit::AddNode(json!({ "id": name, "kind": kind })))
        }
        24..36 if nodes.len() > 2 => Some(Edit::RemoveNode(id(&random.pick(&nodes)).to_owned())),
        36..62 => {
            // Mostly of nodes that have none yet.
            let lonely: Vec<String> = nodes
                .iter()
                .map(|node| id(node).to_owned())
                .filter(|node| !links.iter().any(|link| ends(link).contains(node)))
                .collect();
            let of = (!lonely.is_empty() && random.chance(70)).then(|| random.pick(&lonely).clone());
            link(document, of.as_deref(), random).map(Edit::AddLink)
        }
        62..76 if !links.is_empty() => Some(Edit::RemoveLink(random.pick(&links).clone())),
        76..90 if !filtering.is_empty() => {
            let (node, filter, count) = random.pick(&filtering).clone();
            Some(Edit::AddRule { node, filter, at: random.below(count + 1), rule: rule(document, random)? })
        }
        _ => {
            let full: Vec<_> = filtering.into_iter().filter(|(.., count)| *count > 0).collect();
            if full.is_empty() {
                return None;
            }
            let (node, filter, count) = random.pick(&full).clone();
            Some(Edit::RemoveRule { node, filter, at: random.below(count) })
        }
    }
}

/// Several endpoints like one that has one link, on the same port, with addresses next to its own: so many that two of them do not
/// show what is odd about another.
fn more_of_one(document: &mut Value, random: &mut Random) {
    let links = items(document, "links");
    let nodes = items(document, "nodes");
    let own = |node: &Value| links.iter().filter(|link| ends(link).contains(&id(node).to_owned())).count();
    let special = ["filter", "filters", "routes", "relays"];
    let leaves: Vec<Value> =
        nodes.into_iter().filter(|node| own(node) == 1 && special.iter().all(|key| node.get(*key).is_none())).collect();
    if leaves.is_empty() {
        return;
    }
    let like = random.pick(&leaves);
    let Some(link) = links.iter().find(|link| ends(link).contains(&id(&like).to_owned())) else { return };
    for _ in 0..random.between(3, 6) {
        let name = fresh(document, random);
        let mut node = like.clone();
        node["id"] = json!(name);
        if let Some(Value::String(first)) = node["addresses"].get(0).cloned()
            && let Ok(std::net::IpAddr::V4(first)) = first.parse()
            && node["addresses"].as_array().is_some_and(|list| list.len() == 1)
        {
            let step = random.below(5) as u32;
            node["addresses"] = json!([std::net::Ipv4Addr::from(u32::from(first).wrapping_add(step)).to_string()]);
        }
        let mut link = link.clone();
        if let Some(link) = link.as_object_mut() {
            link.remove("id");
        }
        let list = if link.is_array() { &mut link } else { &mut link["between"] };
        for end in 0..2 {
            let text = list[end].as_str().unwrap_or_default().to_owned();
            let (node, interface) = text.split_once(':').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
            if node == id(&like) {
                list[end] = json!(interface.map_or(name.clone(), |interface| format!("{name}:{interface}")));
            }
        }
        self::list(document, "nodes").push(node);
        self::list(document, "links").push(link);
    }
}

/// A document with more of what it has: endpoints like others, switches that hang on switches, routers next to routers.
pub fn crowd(document: &Value, random: &mut Random) -> Value {
    let mut out = document.clone();
    for _ in 0..2 {
        more_of_one(&mut out, random);
    }
    for _ in 0..random.below(10) {
        let Some(node) = alike(&out, random) else { break };
        let added = id(&node).to_owned();
        list(&mut out, "nodes").push(node);
        if let Some(link) = link(&out, Some(&added), random) {
            list(&mut out, "links").push(link);
        }
    }
    for kind in ["switch", "switch", "router", "router"] {
        let bare: Vec<String> = items(&out, "nodes")
            .iter()
            .filter(|node| node["kind"] == kind && node.as_object().is_some_and(|node| node.len() == 2))
            .map(|node| id(node).to_owned())
            .collect();
        let name = fresh(&out, random);
        list(&mut out, "nodes").push(json!({ "id": name, "kind": kind }));
        let other = if bare.is_empty() || random.chance(20) {
            id(&random.pick(&items(document, "nodes"))).to_owned()
        } else {
            random.pick(&bare).clone()
        };
        let mut trunk = json!({ "between": [other, name] });
        if random.chance(40) {
            trunk["vlans"] = json!([10, 20]);
        }
        list(&mut out, "links").push(trunk);
        for _ in 0..random.below(4) {
            let Some(mut node) = alike(&out, random) else { break };
            node["kind"] = json!(random.pick(&["terminal", "host", "server"]));
            let leaf = id(&node).to_owned();
            list(&mut out, "nodes").push(node);
            let mut link = json!({ "between": [leaf, name] });
            match random.below(4) {
                0 => link["vlans"] = json!([10]),
                1 => link["vlans"] = json!([30]),
                _ => {}
            }
            list(&mut out, "links").push(link);
        }
    }
    out
}
