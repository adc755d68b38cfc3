//! Reads the JSON value of a topology document into plain lists (spec section 1). Only legal documents are expected:
//! what cannot be read is an `Err`, but this is no checker of documents.

use super::block::Block;
use super::words::{Names, blocks, hosts, list, numbers, read_item, selector, services, text, words};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

pub struct Document {
    pub zones: BTreeMap<String, Vec<Block>>,
    /// The tier that each zone belongs to; a tier is its own.
    pub bases: BTreeMap<String, String>,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    pub exceptions: Vec<Exception>,
    pub transfers: Vec<Transfer>,
    pub evidence: Vec<Evidence>,
    pub expects: Vec<Expectation>,
    /// The nodes that a `node:` somewhere in the document names.
    pub named: BTreeSet<usize>,
}

pub struct Node {
    pub id: String,
    pub kind: String,
    pub zone: Option<String>,
    pub addresses: Vec<Block>,
    pub forwards: bool,
    pub filters: Vec<Filter>,
    pub nat: Vec<Translation>,
    /// `None`: nothing declared; `Some(vec![])`: passes nothing.
    pub relays: Option<Vec<Relay>>,
    pub routes: Option<Vec<Route>>,
    pub routed_vlans: Option<Vec<(u16, u16)>>,
    pub controls: Vec<String>,
    pub tags: Vec<String>,
    pub business: Vec<String>,
    pub owner: Option<String>,
}

pub struct Filter {
    pub permit_by_default: bool,
    pub rules: Vec<Rule>,
    pub sides: ZoneMap,
    /// `forwarded`, `emitted`, `delivered`; `None` where left out: all three.
    pub applies_to: Option<Vec<String>>,
    pub stateful: bool,
    /// Which source and which destination it looks at: the translated ones?
    pub sees_translated_source: bool,
    pub sees_translated_destination: bool,
}

/// The `in` and `out` of a filter or a rule; `None` where left out.
pub struct ZoneMap {
    pub enters: Option<Vec<String>>,
    pub leaves: Option<Vec<String>>,
}

pub struct Rule {
    pub permit: bool,
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub service: Vec<Service>,
    pub source_port: Option<Vec<(u16, u16)>>,
    pub sides: ZoneMap,
    /// `state: replies`
    pub replies: bool,
    pub has_condition: bool,
}

/// An entry of `nat` (section 4a).
pub struct Translation {
    /// Whether it translates the source; else the destination.
    pub of_source: bool,
    /// `None`: `keep`.
    pub target: Option<Vec<Target>>,
    pub one_to_one: bool,
    pub destination_port: Option<u16>,
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub service: Vec<Service>,
    pub source_port: Option<Vec<(u16, u16)>>,
    pub sides: ZoneMap,
    /// `sees: {destination: original}` of a `source` entry.
    pub sees_original_destination: bool,
    /// `applies_to` of a `destination` entry.
    pub of_arrived: bool,
    pub of_emitted: bool,
    /// Whether it may decide or not, whatever it matches: it has failed.
    pub unsure: bool,
}

#[derive(Clone, Copy)]
pub enum Target {
    Block(Block),
    Node(usize),
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
    Not(Vec<Item>),
    /// `fqdn:`, with what `names` gives for it, if it does.
    Name(Option<Vec<Item>>),
}

/// One entry of a service list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Any,
    /// The word `transfer`.
    Transfer,
    Packets {
        protocol: u8,
        ports: Option<(u16, u16)>,
    },
}

#[derive(Clone)]
pub struct Relay {
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub from_service: Vec<Service>,
    pub to_service: Vec<Service>,
    /// How it sanitises; `None`: it does not.
    pub sanitise: Option<String>,
}

pub struct Route {
    pub to: Block,
    /// `None`: drop.
    pub via: Option<String>,
    pub fails: bool,
}

pub struct Link {
    pub ends: [End; 2],
    /// Of each end; `None`: all.
    pub vlans: [Option<Vec<(u16, u16)>>; 2],
    /// Which VLAN each end takes untagged frames for.
    pub native: Option<[u16; 2]>,
    pub one_way: bool,
    pub id: Option<String>,
    pub circuit: String,
    pub owner: Option<String>,
    pub controls: Vec<String>,
    pub tags: Vec<String>,
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

/// What is carried by hand, or by a machine outside the network.
pub struct Transfer {
    pub id: String,
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub sanitises: bool,
    pub method: Option<String>,
    pub reason: String,
    pub approved_by: String,
    pub expires: Option<(i32, u32, u32)>,
}

/// That something was done.
pub struct Evidence {
    pub kind: String,
    pub date: (i32, u32, u32),
    pub valid_until: Option<(i32, u32, u32)>,
}

/// What must be possible.
pub struct Expectation {
    pub id: String,
    pub from: Vec<Item>,
    pub to: Vec<Item>,
    pub service: Vec<Service>,
}

type Read<T> = Result<T, String>;

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
    let mut bases = BTreeMap::new();
    for tier in ["my-number", "lgwan", "internet"] {
        zones.insert(tier.to_string(), vec![]);
        bases.insert(tier.to_string(), tier.to_string());
    }
    if let Some(Value::Object(declared)) = document.get("zones") {
        for (id, zone) in declared {
            zones.insert(id.clone(), blocks(zone.get("networks"))?);
            if zone.get("base").is_some() {
                bases.insert(id.clone(), text(zone, "base")?);
            }
        }
    }
    let names = Names {
        nodes: nodes_by_id,
        zones: zones.clone(),
        groups: document.get("groups"),
        services: document.get("services"),
        hosts: hosts(document.get("names"))?,
        named: RefCell::default(),
    };
    let nodes = raw_nodes.iter().map(|node| read_node(node, &names)).collect::<Read<Vec<_>>>()?;
    let links = list(document.get("links")).iter().map(|link| read_link(link, &names)).collect::<Read<Vec<_>>>()?;
    let exceptions = list(document.get("exceptions"))
        .iter()
        .map(|exception| read_exception(exception, &names))
        .collect::<Read<Vec<_>>>()?;
    let transfers = list(document.get("transfers"))
        .iter()
        .map(|transfer| {
            Ok(Transfer {
                id: transfer["id"].as_str().unwrap_or_default().to_string(),
                from: selector(transfer.get("from"), &names)?,
                to: selector(transfer.get("to"), &names)?,
                sanitises: transfer.get("sanitise").is_some(),
                method: transfer.get("sanitise").map(|_| text(transfer, "sanitise")).transpose()?,
                reason: transfer["reason"].as_str().unwrap_or_default().to_string(),
                approved_by: transfer["approved_by"].as_str().unwrap_or_default().to_string(),
                expires: transfer.get("expires").map(read_date).transpose()?,
            })
        })
        .collect::<Read<Vec<_>>>()?;
    let evidence = list(document.get("evidence"))
        .iter()
        .map(|record| {
            let valid_until = record.get("valid_until").map(read_date).transpose()?;
            Ok(Evidence { kind: text(record, "kind")?, date: read_date(&record["date"])?, valid_until })
        })
        .collect::<Read<Vec<_>>>()?;
    let expects = list(document.get("expects"))
        .iter()
        .map(|expected| {
            let [from, to] = ["from", "to"].map(|side| selector(expected.get(side), &names));
            let service = services(expected.get("service"), &names)?;
            Ok(Expectation { id: text(expected, "id")?, from: from?, to: to?, service })
        })
        .collect::<Read<Vec<_>>>()?;
    // What `names` gives is read too where no rule uses it: it may name nodes.
    for given in names.hosts.values() {
        selector(Some(given), &names)?;
    }
    let named = names.named.into_inner();
    Ok(Document { zones, bases, nodes, links, exceptions, transfers, evidence, expects, named })
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
                        sanitise: relay.sanitise.clone(),
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
        nat: list(node.get("nat")).iter().map(|entry| read_translation(entry, names)).collect::<Read<Vec<_>>>()?,
        relays,
        routes,
        routed_vlans: node.get("routed_vlans").map(numbers).transpose()?,
        controls: words(node.get("controls"))?,
        tags: words(node.get("tags"))?,
        business: words(node.get("business"))?,
        owner: node.get("owner").map(|_| text(node, "owner")).transpose()?,
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
    let sees_translated = |side: &str, unless_said: bool| match filter.get("sees").and_then(|sees| sees.get(side)) {
        None => Ok(unless_said),
        Some(word) if word == "translated" => Ok(true),
        Some(word) if word == "original" => Ok(false),
        Some(word) => Err(format!("sees {word}")),
    };
    Ok(Filter {
        permit_by_default,
        rules,
        sides: read_sides(filter)?,
        applies_to: filter.get("applies_to").map(|moments| words(Some(moments))).transpose()?,
        // "left out: true on a `firewall`, false elsewhere"
        stateful: filter.get("stateful").and_then(Value::as_bool).unwrap_or(kind == "firewall"),
        // "left out: source original, destination translated"
        sees_translated_source: sees_translated("source", false)?,
        sees_translated_destination: sees_translated("destination", true)?,
    })
}

fn read_translation(entry: &Value, names: &Names) -> Read<Translation> {
    let of_source = entry.get("source").is_some();
    let given = if of_source { "source" } else { "destination" };
    let target = match words(entry.get(given))? {
        said if said.is_empty() => return Err(format!("neither source nor destination: {entry}")),
        said if said == ["keep"] => None,
        said => Some(said.iter().map(|word| read_target(word, names)).collect::<Read<Vec<_>>>()?),
    };
    let port = entry.get("destination_port").map(numbers).transpose()?;
    let moments = entry.get("applies_to").map_or(Ok(vec!["arrived".into()]), |moments| words(Some(moments)))?;
    Ok(Translation {
        of_source,
        target,
        one_to_one: entry.get("one_to_one").and_then(Value::as_bool) == Some(true),
        destination_port: port.map(|ports| ports[0].0),
        from: selector(entry.get("from"), names)?,
        to: selector(entry.get("to"), names)?,
        service: services(entry.get("service"), names)?,
        source_port: entry.get("source_port").map(numbers).transpose()?,
        sides: read_sides(entry)?,
        sees_original_destination: entry.get("sees").is_some_and(|sees| sees["destination"] == "original"),
        unsure: false,
        of_arrived: moments.iter().any(|moment| moment == "arrived"),
        of_emitted: moments.iter().any(|moment| moment == "emitted"),
    })
}

fn read_target(word: &str, names: &Names) -> Read<Target> {
    let mut items = vec![];
    read_item(word, names, &mut items)?;
    match items[..] {
        [Item::Block(block)] => Ok(Target::Block(block)),
        [Item::Node(n)] => Ok(Target::Node(n)),
        _ => Err(format!("target {word}")),
    }
}

fn read_sides(filter_or_rule: &Value) -> Read<ZoneMap> {
    let side = |key| filter_or_rule.get(key).map(|interfaces| words(Some(interfaces))).transpose();
    Ok(ZoneMap { enters: side("in")?, leaves: side("out")? })
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
        replies: rule.get("state").is_some_and(|state| state == "replies"),
        has_condition: rule.get("condition").is_some(),
    })
}

fn read_relay(entry: &Value, names: &Names) -> Read<Relay> {
    Ok(Relay {
        from: selector(entry.get("from"), names)?,
        to: selector(entry.get("to"), names)?,
        from_service: services(entry.get("from_service"), names)?,
        to_service: services(entry.get("to_service"), names)?,
        sanitise: entry.get("sanitise").map(|_| text(entry, "sanitise")).transpose()?,
    })
}

fn read_route(route: &Value) -> Read<Route> {
    let to = Block::read(&text(route, "to")?).ok_or("route to")?;
    let drop = route.get("drop").and_then(Value::as_bool) == Some(true);
    let fails = route.get("fails").and_then(Value::as_bool) == Some(true);
    Ok(Route { to, via: if drop { None } else { Some(text(route, "via")?) }, fails })
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
    let vlans = match link.get("vlans") {
        // "gives each end a list of its own (a: the first end; a side left out: all)"
        Some(Value::Object(by_end)) => {
            let of = |end| by_end.get(end).map(numbers).transpose();
            [of("a")?, of("b")?]
        }
        // "a plain list is for both"
        plain => {
            let both = plain.map(numbers).transpose()?;
            [both.clone(), both]
        }
    };
    let native = match link.get("native").map(numbers).transpose()?.as_deref() {
        None => None,
        // "`native: v` is [v, v]"
        Some([(v, _)]) => Some([*v, *v]),
        Some([(v, _), (w, _)]) => Some([*v, *w]),
        Some(other) => return Err(format!("native {other:?}")),
    };
    let said = |key: &str| link.get(key).map(|_| text(link, key)).transpose();
    Ok(Link {
        ends,
        vlans,
        native,
        one_way: link.get("one_way").and_then(Value::as_bool) == Some(true),
        id: said("id")?,
        // "default internal"
        circuit: said("circuit")?.unwrap_or_else(|| "internal".into()),
        owner: said("owner")?,
        controls: words(link.get("controls"))?,
        tags: words(link.get("tags"))?,
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
        expires: exception.get("expires").map(read_date).transpose()?,
        attested: exception.get("attested").is_some(),
    })
}

fn read_date(date: &Value) -> Read<(i32, u32, u32)> {
    let date = date.as_str().ok_or("date")?;
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return Err(format!("date {date}")) };
    match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => Ok((year, month, day)),
        _ => Err(format!("date {date}")),
    }
}
