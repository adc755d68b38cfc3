//! Reads the words of a document: selectors, services, addresses, ports and VLANs (spec sections 1 and 3).

use super::block::Block;
use super::document::{Item, Service};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

type Read<T> = Result<T, String>;

/// The names that selectors and services may use.
#[derive(Default)]
pub struct Names<'a> {
    pub nodes: BTreeMap<String, usize>,
    pub zones: BTreeMap<String, Vec<Block>>,
    pub groups: Option<&'a Value>,
    pub services: Option<&'a Value>,
    /// What `names` gives, by the name as names are compared.
    pub hosts: BTreeMap<String, &'a Value>,
    /// The nodes that a `node:` named so far.
    pub named: RefCell<BTreeSet<usize>>,
}

/// The entries of `names`.
pub fn hosts(names: Option<&Value>) -> Read<BTreeMap<String, &Value>> {
    let mut hosts = BTreeMap::new();
    for (name, given) in names.and_then(Value::as_object).into_iter().flatten() {
        if hosts.insert(host(name), given).is_some() {
            return Err(format!("two names {name}"));
        }
    }
    Ok(hosts)
}

/// "Names are compared without regard to ASCII case and a final dot"
fn host(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// A selector; left out it is `any`, as in a rule.
pub fn selector(value: Option<&Value>, names: &Names) -> Read<Vec<Item>> {
    let mut items = vec![];
    match value {
        None => items.push(Item::Any),
        Some(_) => {
            for entry in list(value) {
                match entry.get("not") {
                    Some(inner) => items.push(Item::Not(selector(Some(inner), names)?)),
                    None => read_item(entry.as_str().ok_or(format!("selector {entry}"))?, names, &mut items)?,
                }
            }
        }
    }
    Ok(items)
}

pub fn read_item(word: &str, names: &Names, items: &mut Vec<Item>) -> Read<()> {
    if word == "any" {
        items.push(Item::Any);
    } else if let Some(id) = word.strip_prefix("node:") {
        let node = *names.nodes.get(id).ok_or(format!("no node {id}"))?;
        names.named.borrow_mut().insert(node);
        items.push(Item::Node(node));
    } else if let Some(zone) = word.strip_prefix("zone:") {
        if !names.zones.contains_key(zone) {
            return Err(format!("no zone {zone}"));
        }
        items.push(Item::Zone(zone.to_string()));
    } else if let Some(kind) = word.strip_prefix("kind:") {
        items.push(Item::Kind(kind.to_string()));
    } else if let Some(tag) = word.strip_prefix("tag:") {
        items.push(Item::Tag(tag.to_string()));
    } else if let Some(name) = word.strip_prefix("fqdn:") {
        let given = names.hosts.get(&host(name)).map(|given| selector(Some(given), names)).transpose()?;
        items.push(Item::Name(given));
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
pub fn services(value: Option<&Value>, names: &Names) -> Read<Vec<Service>> {
    let mut items = vec![];
    match value {
        None => items.push(Service::Any),
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
        items.push(Service::Any);
        return Ok(());
    }
    if word == "transfer" {
        items.push(Service::Transfer);
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
        items.push(Service::Packets { protocol, ports: None });
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
    items.push(Service::Packets { protocol, ports });
    Ok(())
}

/// Ports or VLANs: a number, `first-last`, or a list of these.
pub fn numbers(value: &Value) -> Read<Vec<(u16, u16)>> {
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

pub fn blocks(value: Option<&Value>) -> Read<Vec<Block>> {
    words(value)?.iter().map(|word| Block::read(word).ok_or(format!("address {word}"))).collect()
}

pub fn words(value: Option<&Value>) -> Read<Vec<String>> {
    list(value).iter().map(|word| Ok(word.as_str().ok_or(format!("word {word}"))?.to_string())).collect()
}

/// A list, or one value standing for a list of one.
pub fn list(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

pub fn text(value: &Value, key: &str) -> Read<String> {
    Ok(value.get(key).and_then(Value::as_str).ok_or(format!("{key} of {value}"))?.to_string())
}
