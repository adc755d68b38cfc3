//! Reads the JSON value of a topology document into plain lists (spec section 1). Only legal documents are expected:
//! what cannot be read is an `Err`, but this is no checker of documents.

use super::block::Block;
use serde_json::Value;
use std::collections::BTreeMap;

pub struct Document {
    pub zones: BTreeMap<String, Vec<Block>>,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    pub exceptions: Vec<Exception>,
}

pub struct Node {
    pub id: String,
    pub kind: String,
    pub zone: Option<String>,
    pub addresses: Vec<Block>,
    pub forwards: bool,
    pub filters: Vec<Filter>,
    /// `None`: nothing declared; `Some(vec![])`: passes nothing.
    pub relays: Option<Vec<Relay>>,
    pub routes: Option<Vec<Route>>,
    pub routed_vlans: Option<Vec<(u16, u16)>>,
    pub controls: Vec<String>,
    pub tags: Vec<String>,
}

pub struct Filter {
    pub permit_by_default: bool,
    pub rules: Vec<Rule>,
    pub sides: Sides,
}

/// The `in` and `out` of a filter or a rule; `None` where left out.
pub struct Sides {
    pub enters: Option<Vec<String>>,
    pub leaves: Option<Vec<String>>,
}

pub struct Rule {
    pub permit: bool,
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub service: Vec<Service>,
    pub source_port: Option<Vec<(u16, u16)>>,
    pub sides: Sides,
}

/// One entry of a selector; groups are replaced by what they hold.
#[derive(Clone, Debug)]
pub enum Item {
    Any,
    Block(Block),
    Node(usize),
    Zone(String),
    Kind(String),
    Tag(String),
}

/// One entry of a service list; `None` means "any".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    pub protocol: Option<u8>,
    pub ports: Option<(u16, u16)>,
}

#[derive(Clone)]
pub struct Relay {
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub from_service: Vec<Service>,
    pub to_service: Vec<Service>,
    pub sanitises: bool,
}

pub struct Route {
    pub to: Block,
    /// `None`: drop.
    pub via: Option<String>,
}

pub struct Link {
    pub ends: [End; 2],
    /// `None`: all.
    pub vlans: Option<Vec<(u16, u16)>>,
    pub one_way: bool,
}

#[derive(Clone)]
pub struct End {
    pub node: usize,
    pub interface: String,
}

pub struct Exception {
    pub id: String,
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub service: Vec<Service>,
    pub waives: Vec<String>,
    pub reason: String,
    pub approved_by: String,
    pub expires: Option<(i32, u32, u32)>,
    pub attested: bool,
}

type Read<T> = Result<T, String>;

/// The names that selectors and services may use.
struct Names<'a> {
    nodes: BTreeMap<String, usize>,
    zones: BTreeMap<String, Vec<Block>>,
    groups: Option<&'a Value>,
    services: Option<&'a Value>,
}

pub fn read(document: &Value) -> Read<Document> {
    let raw_nodes = list(document.get("nodes"));
    let mut nodes_by_id = BTreeMap::new();
    for (index, node) in raw_nodes.iter().enumerate() {
        if nodes_by_id.insert(text(node, "id")?, index).is_some() {
            return Err(format!("two nodes {}", text(node, "id")?));
        }
    }
    let mut zones = BTreeMap::new();
    // "the three tiers always exist, others may be added"
    for tier in ["my-number", "lgwan", "internet"] {
        zones.insert(tier.to_string(), vec![]);
    }
    if let Some(Value::Object(declared)) = document.get("zones") {
        for (id, zone) in declared {
            zones.insert(id.clone(), blocks(zone.get("networks"))?);
        }
    }
    let names = Names {
        nodes: nodes_by_id,
        zones: zones.clone(),
        groups: document.get("groups"),
        services: document.get("services"),
    };
    let nodes = raw_nodes.iter().map(|node| read_node(node, &names)).collect::<Read<Vec<_>>>()?;
    let links = list(document.get("links")).iter().map(|link| read_link(link, &names)).collect::<Read<Vec<_>>>()?;
    let exceptions = list(document.get("exceptions"))
        .iter()
        .map(|exception| read_exception(exception, &names))
        .collect::<Read<Vec<_>>>()?;
    Ok(Document { zones, nodes, links, exceptions })
}

fn read_node(node: &Value, names: &Names) -> Read<Node> {
    let kind = node.get("kind").map_or(Ok("host".to_string()), |_| text(node, "kind"))?;
    let forwards = match node.get("forwards") {
        Some(value) => value.as_bool().ok_or("forwards")?,
        None => matches!(kind.as_str(), "switch" | "l3-switch" | "router" | "firewall"),
    };
    let mut filters = vec![];
    for filter in node.get("filter").into_iter().chain(list(node.get("filters"))) {
        filters.push(read_filter(filter, &kind, names)?);
    }
    let relays = match node.get("relays") {
        None => None,
        Some(entries) => {
            let mut relays = vec![];
            for entry in list(Some(entries)) {
                let relay = read_relay(entry, names)?;
                // "`both: true` adds the mirror entry"
                if entry.get("both").and_then(Value::as_bool) == Some(true) {
                    relays.push(Relay {
                        from: relay.to.clone(),
                        to: relay.from.clone(),
                        from_service: relay.to_service.clone(),
                        to_service: relay.from_service.clone(),
                        sanitises: relay.sanitises,
                    });
                }
                relays.push(relay);
            }
            Some(relays)
        }
    };
    let routes = match node.get("routes") {
        None => None,
        Some(routes) => Some(list(Some(routes)).iter().map(read_route).collect::<Read<Vec<_>>>()?),
    };
    Ok(Node {
        id: text(node, "id")?,
        zone: node.get("zone").map(|_| text(node, "zone")).transpose()?,
        addresses: blocks(node.get("addresses"))?,
        forwards,
        filters,
        relays,
        routes,
        routed_vlans: node.get("routed_vlans").map(numbers).transpose()?,
        controls: words(node.get("controls"))?,
        tags: words(node.get("tags"))?,
        kind,
    })
}

fn read_filter(filter: &Value, kind: &str, names: &Names) -> Read<Filter> {
    let permit_by_default = match filter.get("default").and_then(Value::as_str) {
        // "A filter's default is permit on every kind but `firewall`"
        None => kind != "firewall",
        Some("permit") => true,
        Some("deny") => false,
        Some(other) => return Err(format!("default {other}")),
    };
    let rules = list(filter.get("rules")).iter().map(|rule| read_rule(rule, names)).collect::<Read<Vec<_>>>()?;
    Ok(Filter { permit_by_default, rules, sides: read_sides(filter)? })
}

fn read_sides(filter_or_rule: &Value) -> Read<Sides> {
    let side = |key| filter_or_rule.get(key).map(|interfaces| words(Some(interfaces))).transpose();
    Ok(Sides { enters: side("in")?, leaves: side("out")? })
}

fn read_rule(rule: &Value, names: &Names) -> Read<Rule> {
    Ok(Rule {
        permit: match text(rule, "action")?.as_str() {
            "permit" => true,
            "deny" => false,
            other => return Err(format!("action {other}")),
        },
        from: selector(rule.get("from"), names)?,
        to: selector(rule.get("to"), names)?,
        service: services(rule.get("service"), names)?,
        source_port: rule.get("source_port").map(numbers).transpose()?,
        sides: read_sides(rule)?,
    })
}

fn read_relay(entry: &Value, names: &Names) -> Read<Relay> {
    Ok(Relay {
        from: selector(entry.get("from"), names)?,
        to: selector(entry.get("to"), names)?,
        from_service: services(entry.get("from_service"), names)?,
        to_service: services(entry.get("to_service"), names)?,
        sanitises: entry.get("sanitise").is_some(),
    })
}

fn read_route(route: &Value) -> Read<Route> {
    let to = Block::read(&text(route, "to")?).ok_or("route to")?;
    let drop = route.get("drop").and_then(Value::as_bool) == Some(true);
    Ok(Route { to, via: if drop { None } else { Some(text(route, "via")?) } })
}

fn read_link(link: &Value, names: &Names) -> Read<Link> {
    let ends = match link {
        Value::Array(ends) => ends,
        _ => link.get("between").and_then(Value::as_array).ok_or("between")?,
    };
    // A node's id holds no `:`, so the first one begins the interface.
    let parts = ends
        .iter()
        .map(|end| {
            let end = end.as_str().ok_or("end")?;
            let (node, interface) = end.split_once(':').map_or((end, None), |(node, rest)| (node, Some(rest)));
            Ok((node, *names.nodes.get(node).ok_or(format!("no node {node}"))?, interface))
        })
        .collect::<Read<Vec<_>>>()?;
    let [(a, a_node, a_interface), (b, b_node, b_interface)] = parts[..] else { return Err("two ends".into()) };
    // "without an interface, the interface is named after the node at the other end"
    let ends = [
        End { node: a_node, interface: a_interface.unwrap_or(b).to_string() },
        End { node: b_node, interface: b_interface.unwrap_or(a).to_string() },
    ];
    Ok(Link {
        ends,
        vlans: link.get("vlans").map(numbers).transpose()?,
        one_way: link.get("one_way").and_then(Value::as_bool) == Some(true),
    })
}

fn read_exception(exception: &Value, names: &Names) -> Read<Exception> {
    let optional = |key| exception.get(key).and_then(Value::as_str).unwrap_or("").to_string();
    Ok(Exception {
        id: text(exception, "id")?,
        from: selector(exception.get("from"), names)?,
        to: selector(exception.get("to"), names)?,
        service: services(exception.get("service"), names)?,
        // "left out: `MN-ISOLATION`"
        waives: exception.get("waives").map_or(Ok(vec!["MN-ISOLATION".into()]), |waives| words(Some(waives)))?,
        reason: optional("reason"),
        approved_by: optional("approved_by"),
        expires: exception.get("expires").map(|_| read_date(&optional("expires"))).transpose()?,
        attested: exception.get("attested").is_some(),
    })
}

fn read_date(date: &str) -> Read<(i32, u32, u32)> {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return Err(format!("date {date}")) };
    match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => Ok((year, month, day)),
        _ => Err(format!("date {date}")),
    }
}

/// A selector; left out it is `any`, as in a rule.
fn selector(value: Option<&Value>, names: &Names) -> Read<Vec<Item>> {
    let mut items = vec![];
    match value {
        None => items.push(Item::Any),
        Some(_) => {
            for word in words(value)? {
                read_item(&word, names, &mut items)?;
            }
        }
    }
    Ok(items)
}

fn read_item(word: &str, names: &Names, items: &mut Vec<Item>) -> Read<()> {
    if word == "any" {
        items.push(Item::Any);
    } else if let Some(id) = word.strip_prefix("node:") {
        items.push(Item::Node(*names.nodes.get(id).ok_or(format!("no node {id}"))?));
    } else if let Some(zone) = word.strip_prefix("zone:") {
        if !names.zones.contains_key(zone) {
            return Err(format!("no zone {zone}"));
        }
        items.push(Item::Zone(zone.to_string()));
    } else if let Some(kind) = word.strip_prefix("kind:") {
        items.push(Item::Kind(kind.to_string()));
    } else if let Some(tag) = word.strip_prefix("tag:") {
        items.push(Item::Tag(tag.to_string()));
    } else if let Some(group) = word.strip_prefix("group:") {
        let members = names.groups.and_then(|groups| groups.get(group)).ok_or(format!("no group {group}"))?;
        for member in words(Some(members))? {
            read_item(&member, names, items)?;
        }
    } else {
        items.push(Item::Block(Block::read(word).ok_or(format!("selector {word}"))?));
    }
    Ok(())
}

/// A service list; left out it is `any`.
fn services(value: Option<&Value>, names: &Names) -> Read<Vec<Service>> {
    let mut items = vec![];
    match value {
        None => items.push(Service { protocol: None, ports: None }),
        Some(_) => {
            for word in words(value)? {
                read_service(&word, names, &mut items)?;
            }
        }
    }
    Ok(items)
}

fn read_service(word: &str, names: &Names, items: &mut Vec<Service>) -> Read<()> {
    if word == "any" {
        items.push(Service { protocol: None, ports: None });
        return Ok(());
    }
    if let Some(named) = names.services.and_then(|services| services.get(word)) {
        for member in words(Some(named))? {
            read_service(&member, names, items)?;
        }
        return Ok(());
    }
    if let Some(number) = word.strip_prefix("proto/") {
        let protocol = number.parse().map_err(|_| format!("service {word}"))?;
        items.push(Service { protocol: Some(protocol), ports: None });
        return Ok(());
    }
    let (name, ports) = word.split_once('/').map_or((word, None), |(name, ports)| (name, Some(ports)));
    let protocol = match name {
        "tcp" => 6,
        "udp" => 17,
        "sctp" => 132,
        "icmp" => 1,
        "icmpv6" => 58,
        "esp" => 50,
        "ah" => 51,
        "gre" => 47,
        _ => return Err(format!("service {word}")),
    };
    let ports = ports.map(read_numbers).transpose()?;
    items.push(Service { protocol: Some(protocol), ports });
    Ok(())
}

/// Ports or VLANs: a number, `first-last`, or a list of these.
fn numbers(value: &Value) -> Read<Vec<(u16, u16)>> {
    match value {
        Value::Array(values) => Ok(values.iter().map(numbers).collect::<Read<Vec<_>>>()?.concat()),
        Value::Number(_) => Ok(vec![read_numbers(&value.to_string())?]),
        Value::String(range) => Ok(vec![read_numbers(range)?]),
        _ => Err(format!("number {value}")),
    }
}

fn read_numbers(range: &str) -> Read<(u16, u16)> {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(format!("range {range}")),
    }
}

fn blocks(value: Option<&Value>) -> Read<Vec<Block>> {
    words(value)?.iter().map(|word| Block::read(word).ok_or(format!("address {word}"))).collect()
}

fn words(value: Option<&Value>) -> Read<Vec<String>> {
    list(value).iter().map(|word| Ok(word.as_str().ok_or(format!("word {word}"))?.to_string())).collect()
}

/// A list, or one value standing for a list of one.
fn list(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

fn text(value: &Value, key: &str) -> Read<String> {
    Ok(value.get(key).and_then(Value::as_str).ok_or(format!("{key} of {value}"))?.to_string())
}
