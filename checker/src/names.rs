//! What a document names, and what is read with these names: selectors, services, filters, `nat`, relays, routes.
#![allow(clippy::indexing_slicing)] // nodes and groups are indexed by what was found among them

use crate::document::{
    Filter, Item, KINDS, Kind, Relay, Route, Rule, Selector, Services, Target, Transfer, Translation,
};
use crate::json::{Data, Object, Result, Value, fault};
use crate::policy::METHODS;
use crate::sets::{Numbers, PORTLESS};
use crate::words::{
    each, every_service, find, host_name, is_permit, is_word, new_word, no_such, one_of, plain_service, read_cidr,
    read_date, read_one, read_range, read_spans, says, union, word,
};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// Where a selector stands: it says which items it may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum At {
    Rule,
    Relay,
    Exception,
    Transfer,
    Group,
    HostName,
    /// What an entry of `nat` translates to.
    Target,
}

impl At {
    fn takes(self, item: &Item) -> bool {
        match item {
            Item::Range(_) => self != At::Transfer,
            Item::Group(_) => !matches!(self, At::Transfer | At::Target),
            Item::Node(_) => self != At::Group,
            Item::Any | Item::Zone(_) => !matches!(self, At::Group | At::HostName | At::Target),
            Item::Kind(_) | Item::Tag(_) => matches!(self, At::Relay | At::Transfer),
            Item::Not(_) | Item::Name(_) => self == At::Rule,
        }
    }
}

/// Names that selectors, services and interfaces are resolved by.
#[derive(Default)]
pub struct Names {
    pub zones: HashMap<String, usize>,
    pub groups: HashMap<String, usize>,
    pub services: HashMap<String, Services>,
    pub nodes: HashMap<String, usize>,
    pub interfaces: HashMap<String, u32>,
    /// Which interfaces a node has, as its filters and routes name them.
    pub of_node: HashSet<(usize, u32)>,
    /// By host name, as they are compared.
    pub hosts: HashMap<String, usize>,
    /// The nodes that a `node:` named so far.
    pub named: RefCell<HashSet<usize>>,
}

/// A link of a node with routes, as they may name it.
pub struct Near {
    pub link: usize,
    pub interface: Option<u32>,
    pub neighbour: Option<usize>,
}

impl Names {
    pub fn intern(&mut self, interface: &str) -> u32 {
        let next = self.interfaces.len() as u32;
        *self.interfaces.entry(interface.to_owned()).or_insert(next)
    }

    pub fn item(&self, value: &Value, at: At) -> Result<Item> {
        let item = match &value.data {
            Data::Object(_) => {
                let [not] = value.all_fields(["not"])?;
                Item::Not(self.selector(not, at)?)
            }
            _ => self.word_item(value)?,
        };
        if at.takes(&item) {
            return Ok(item);
        }
        fault(value.at, "such a selector cannot stand here", "この種のセレクターはここには書けません")
    }

    fn word_item(&self, value: &Value) -> Result<Item> {
        let text = value.text()?;
        match text.split_once(':') {
            _ if text == "any" => Ok(Item::Any),
            Some(("node", id)) => {
                let node = find(&self.nodes, value, ("node", "ノード"), id)?;
                self.named.borrow_mut().insert(node);
                Ok(Item::Node(node))
            }
            Some(("zone", id)) => find(&self.zones, value, ("zone", "領域"), id).map(Item::Zone),
            Some(("group", id)) => find(&self.groups, value, ("group", "グループ"), id).map(Item::Group),
            Some(("kind", id)) => {
                let kind = KINDS.iter().position(|(name, _)| *name == id);
                kind.map_or_else(|| no_such(value.at, ("kind", "種別"), id), |kind| Ok(Item::Kind(kind)))
            }
            Some(("tag", tag)) if is_word(tag) => Ok(Item::Tag(tag.into())),
            Some(("fqdn", name)) if is_word(name) => Ok(Item::Name(self.hosts.get(&host_name(name)).copied())),
            _ => read_range(value).map(Item::Range),
        }
    }

    pub fn selector(&self, value: &Value, at: At) -> Result<Selector> {
        each(union(value)?, |item| self.item(item, at))
    }

    /// `any` where the key is missing.
    fn rule_selector(&self, o: &mut Object, key: &str) -> Result<Selector> {
        Ok(o.may(key, |v| self.selector(v, At::Rule))?.unwrap_or_else(|| vec![Item::Any]))
    }

    pub fn services(&self, value: &Value) -> Result<Services> {
        let mut sum = Services { set: Numbers::none(), transfer: false, word: false, limited: true };
        for item in union(value)? {
            let text = item.text()?;
            let next = match (plain_service(text), self.services.get(text)) {
                (Some(plain), _) => plain,
                (None, Some(named)) => named.clone(),
                (None, None) => return no_such(item.at, ("service", "サービス"), text),
            };
            sum = sum.or(&next);
        }
        Ok(sum)
    }

    /// All services where the key is missing.
    fn all_services(&self, o: &mut Object, key: &str) -> Result<Services> {
        Ok(o.may(key, |v| self.services(v))?.unwrap_or_else(every_service))
    }

    pub fn of_packets(&self, value: &Value) -> Result<Numbers> {
        let services = self.services(value)?;
        if services.word {
            return fault(value.at, "no packet is a `transfer`", "`transfer` はパケットではありません");
        }
        Ok(services.set)
    }

    /// The services of packets: of a rule or an entry of `nat`.
    fn packets(&self, o: &mut Object) -> Result<Numbers> {
        Ok(o.may("service", |v| self.of_packets(v))?.unwrap_or_else(|| every_service().set))
    }

    /// The interfaces that `in` or `out` names.
    fn sides(&self, o: &mut Object, key: &str, node: usize) -> Result<Option<Vec<u32>>> {
        let one = |item: &Value| {
            let interface = find(&self.interfaces, item, ("interface", "インターフェース"), item.text()?)?;
            let own = self.of_node.contains(&(node, interface));
            if own { Ok(interface) } else { no_such(item.at, ("interface", "インターフェース"), item.text()?) }
        };
        o.may(key, |v| each(union(v)?, one))
    }

    /// `sees` is an error on a node that does not translate.
    pub fn filter(&self, value: &Value, node: usize, kind: Kind, translates: bool) -> Result<Filter> {
        let mut ids = HashSet::new();
        value.object(|o| {
            o.may("name", Value::text)?;
            let stateful = o.may("stateful", Value::bool)?.unwrap_or(kind == Kind::Firewall);
            let sees = o.may("sees", |v| {
                if translates {
                    v.fields(["source", "destination"])
                } else {
                    fault(v.at, "`sees` on a node without `nat`", "`nat` のないノードに `sees` は書けません")
                }
            })?;
            let [source, destination] = sees.unwrap_or_default().map(|view| view.map(is_translated).transpose());
            Ok(Filter {
                default_permit: o.may("default", is_permit)?.unwrap_or(kind != Kind::Firewall),
                rules: o
                    .may("rules", |v| each(v.list()?, |v| self.rule(v, node, stateful, &mut ids)))?
                    .unwrap_or_default(),
                enters: self.sides(o, "in", node)?,
                leaves: self.sides(o, "out", node)?,
                applies_to: o
                    .may("applies_to", |v| some_of(v, ["forwarded", "emitted", "delivered"]))?
                    .unwrap_or([true; 3]),
                sees_translated: [source?.unwrap_or(false), destination?.unwrap_or(true)],
            })
        })
    }

    fn rule(&self, value: &Value, node: usize, stateful: bool, ids: &mut HashSet<String>) -> Result<Rule> {
        value.object(|o| {
            o.may("id", |v| new_word(v, ids))?;
            o.may("note", Value::text)?;
            o.may("origin", Value::text)?;
            let permit = o.must("action", is_permit)?;
            let replies = o.may("state", |v| one_of(v, &["replies"]))?.is_some();
            let condition = o.may("condition", |v| match v.text()?.trim() {
                "" => fault(v.at, "a blank condition", "条件が空です"),
                _ => Ok(()),
            })?;
            Ok(Rule {
                at: value.at,
                permit,
                from: self.rule_selector(o, "from")?,
                to: self.rule_selector(o, "to")?,
                service: self.packets(o)?,
                source_port: o.may("source_port", source_ports)?,
                enters: self.sides(o, "in", node)?,
                leaves: self.sides(o, "out", node)?,
                silent: replies && (stateful || !permit) || condition.is_some() && !permit,
            })
        })
    }

    pub fn translation(&self, value: &Value, node: usize, ids: &mut HashSet<String>) -> Result<Translation> {
        let wrong = |at: usize, en: &str, ja: &str| fault(at, format!("`nat`: {en}"), format!("`nat`: {ja}"));
        value.object(|o| {
            o.may("id", |v| new_word(v, ids))?;
            o.may("note", Value::text)?;
            o.may("origin", Value::text)?;
            let (source, destination) = (o.may("source", Ok)?, o.may("destination", Ok)?);
            let (of_source, written) = match (source, destination) {
                (Some(source), None) => (true, source),
                (None, Some(destination)) => (false, destination),
                _ => {
                    return wrong(value.at, "either `source` or `destination`", "`source` か `destination` の一方です");
                }
            };
            let target = match &written.data {
                Data::Text(text) if text == "keep" => None,
                _ => Some(self.selector(written, At::Target)?),
            };
            let (leaves, port) = (self.sides(o, "out", node)?, o.may("destination_port", |v| read_one(v, 0, 65_535))?);
            let sees = o.may("sees", |v| v.all_fields(["destination"]).and_then(|[view]| is_translated(view)))?;
            let applies_to = o.may("applies_to", |v| some_of(v, ["arrived", "emitted"]))?;
            let one_to_one = o.may("one_to_one", Value::bool)?.unwrap_or(false);
            let foreign = if of_source {
                port.is_some() || applies_to.is_some()
            } else {
                leaves.is_some() || sees.is_some() || port.is_some() && (target.is_none() || one_to_one)
            };
            if foreign {
                return wrong(value.at, "keys that do not go together", "両立しないキーがあります");
            }
            let (from, to) = (self.rule_selector(o, "from")?, self.rule_selector(o, "to")?);
            let pair = match (if of_source { &from[..] } else { &to[..] }, target.as_deref()) {
                _ if !one_to_one => None,
                ([Item::Range(one)], Some([Item::Range(other)]))
                    if one.rank == other.rank && one.last - one.first == other.last - other.first =>
                {
                    Some([*one, *other])
                }
                _ => {
                    let ja = "`one_to_one` には同じ種類と大きさの範囲が二つ必要です";
                    return wrong(value.at, "`one_to_one` needs two ranges of one family and size", ja);
                }
            };
            let service = self.packets(o)?;
            if port.is_some() && service.meets((0, PORTLESS)) {
                let ja = "`destination_port` のサービスは tcp、udp、sctp に限ります";
                return wrong(value.at, "`destination_port` is for services of tcp, udp, sctp only", ja);
            }
            let target = target.map(|items| items.iter().filter_map(target_of).collect());
            let [arrived, emitted] = applies_to.unwrap_or([true, false]);
            Ok(Translation {
                of_source,
                target,
                one_to_one: pair,
                destination_port: port,
                from,
                to,
                service,
                source_port: o.may("source_port", source_ports)?,
                enters: self.sides(o, "in", node)?,
                leaves,
                sees_original: sees == Some(false),
                arrived,
                emitted,
            })
        })
    }

    pub fn relay(&self, value: &Value) -> Result<Relay> {
        value.object(|o| {
            Ok(Relay {
                from: o.must("from", |v| self.selector(v, At::Relay))?,
                to: o.must("to", |v| self.selector(v, At::Relay))?,
                from_service: self.all_services(o, "from_service")?,
                to_service: self.all_services(o, "to_service")?,
                sanitise: o.may("sanitise", |v| one_of(v, &METHODS))?,
                both: o.may("both", Value::bool)?.unwrap_or(false),
            })
        })
    }

    pub fn transfer(&self, value: &Value, ids: &mut HashSet<String>) -> Result<Transfer> {
        value.object(|o| {
            o.may("note", Value::text)?;
            o.may("owner", word)?;
            o.may("approved_on", read_date)?;
            let (reason, approved_by) = (o.may("reason", says)?, o.may("approved_by", says)?);
            Ok(Transfer {
                expires: o.may("expires", read_date)?,
                signed: reason == Some(true) && approved_by == Some(true),
                at: value.at,
                id: o.must("id", |v| new_word(v, ids))?,
                from: o.must("from", |v| self.selector(v, At::Transfer))?,
                to: o.must("to", |v| self.selector(v, At::Transfer))?,
                sanitise: o.may("sanitise", |v| one_of(v, &METHODS))?,
            })
        })
    }

    /// `links`: those of the session unit.
    pub fn route(&self, value: &Value, links: &[Near]) -> Result<Route> {
        value.object(|o| {
            o.may("note", Value::text)?;
            o.may("origin", Value::text)?;
            let (to, via, drop) = (o.must("to", read_cidr)?, o.may("via", Ok)?, o.may("drop", Value::bool)?);
            match (via, drop, o.may("fails", Value::bool)?) {
                (None, Some(true), None) => Ok(Route { to, via: Vec::new(), fails: false }),
                (Some(via), None, fails) => {
                    let name = via.text()?;
                    let (interface, node) = (self.interfaces.get(name).copied(), self.nodes.get(name).copied());
                    let named = |near: &&Near| {
                        near.interface.is_some() && near.interface == interface
                            || near.neighbour.is_some() && near.neighbour == node
                    };
                    let links: Vec<usize> = links.iter().filter(named).map(|near| near.link).collect();
                    if links.is_empty() {
                        return no_such(via.at, ("interface or neighbour", "インターフェースや隣接ノード"), name);
                    }
                    Ok(Route { to, via: links, fails: fails == Some(true) })
                }
                _ => {
                    let ja = "経路には `via`（と `fails`）か `drop: true` のどちらかが必要です";
                    fault(value.at, "a route needs either `via` (with `fails` or not) or `drop: true`", ja)
                }
            }
        })
    }
}

fn target_of(item: &Item) -> Option<Target> {
    match item {
        Item::Range(range) => Some(Target::Range(*range)),
        Item::Node(node) => Some(Target::Node(*node)),
        _ => None, // the reader of items takes no others in a target
    }
}

fn is_translated(value: &Value) -> Result<bool> {
    Ok(one_of(value, &["original", "translated"])? == 1)
}

/// Which of these words a list holds.
fn some_of<const N: usize>(value: &Value, words: [&str; N]) -> Result<[bool; N]> {
    let mut found = [false; N];
    for item in union(value)? {
        found[one_of(item, &words)?] = true;
    }
    Ok(found)
}

/// On the line of source ports, port p is p + 1.
fn source_ports(value: &Value) -> Result<Numbers> {
    let ports = read_spans(value, 0, 65_535)?;
    Ok(Numbers::of(ports.spans().iter().map(|(a, b)| (a + 1, b + 1)).collect()))
}
