//! The topology document: semantics sections 1 and 2. What is read here is sound: names are resolved to indices.
//!
//! Only the first error is reported: a document with errors is unusable, and the verifier lists all of them.
#![allow(clippy::indexing_slicing)] // every index below was made by this reader, for the table it indexes

use crate::json::{Data, Object, Result, Value, fault};
use crate::sets::{LAST_IPV4, Numbers, PORTLESS, SERVICES_END, service};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Switch,
    L3Switch,
    Router,
    Firewall,
    Host,
    Terminal,
    Server,
    Printer,
    Storage,
    External,
    Gateway,
}

const KINDS: [(&str, Kind); 11] = [
    ("switch", Kind::Switch),
    ("l3-switch", Kind::L3Switch),
    ("router", Kind::Router),
    ("firewall", Kind::Firewall),
    ("host", Kind::Host),
    ("terminal", Kind::Terminal),
    ("server", Kind::Server),
    ("printer", Kind::Printer),
    ("storage", Kind::Storage),
    ("external", Kind::External),
    ("gateway", Kind::Gateway),
];

/// The tiers are the first three zones of every document.
pub const MY_NUMBER: usize = 0;
pub const LGWAN: usize = 1;
pub const INTERNET: usize = 2;
/// The path requirements, as `waives` names them.
pub const WAIVABLE: [&str; 3] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"];

/// An address or a network; rank 0 is IPv4, 2 IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    pub rank: u8,
    pub first: u128,
    pub length: u32,
}

impl Cidr {
    fn host_bits(self) -> u128 {
        let all = if self.rank == 0 { LAST_IPV4 } else { u128::MAX };
        if self.is_single() { 0 } else { all >> self.length }
    }

    pub fn range(self) -> Range {
        Range { rank: self.rank, first: self.first, last: self.first | self.host_bits() }
    }

    pub fn is_single(self) -> bool {
        self.length == width(self.rank)
    }

    pub fn holds(self, other: Cidr) -> bool {
        let (outer, inner) = (self.range(), other.range());
        outer.rank == inner.rank && outer.first <= inner.first && inner.last <= outer.last
    }
}

fn width(rank: u8) -> u32 {
    if rank == 0 { 32 } else { 128 }
}

/// The addresses `first..=last` of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    pub rank: u8,
    pub first: u128,
    pub last: u128,
}

/// One item of a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    Any,
    Range(Range),
    Group(usize),
    Node(usize),
    Zone(usize),
    /// Index in `KINDS`.
    Kind(usize),
    Tag(Rc<str>),
}

pub type Selector = Vec<Item>;

#[derive(Clone, Debug)]
pub struct Services {
    pub set: Numbers,
    /// Every item is a protocol with one port, icmp or icmpv6 (EXCEPTION-LIMITED).
    pub limited: bool,
}

#[derive(Debug)]
pub struct Rule {
    pub at: usize,
    pub permit: bool,
    pub from: Selector,
    pub to: Selector,
    pub service: Numbers,
    pub source_port: Option<Numbers>,
    pub enters: Option<Vec<u32>>,
    pub leaves: Option<Vec<u32>>,
}

#[derive(Debug)]
pub struct Filter {
    pub default_permit: bool,
    pub rules: Vec<Rule>,
    pub enters: Option<Vec<u32>>,
    pub leaves: Option<Vec<u32>>,
}

#[derive(Debug)]
pub struct Relay {
    pub from: Selector,
    pub to: Selector,
    pub from_service: Numbers,
    pub to_service: Numbers,
    pub sanitise: bool,
    pub both: bool,
}

#[derive(Debug)]
pub struct Route {
    pub to: Cidr,
    /// The links it leads to; none for a drop.
    pub via: Vec<usize>,
    pub drop: bool,
}

#[derive(Debug)]
pub struct Node {
    pub at: usize,
    pub id: String,
    pub kind: Kind,
    pub zone: Option<usize>,
    pub label: Option<usize>,
    pub addresses: Vec<Cidr>,
    pub forwards: bool,
    pub endpoint: bool,
    pub filters: Vec<Filter>,
    pub relays: Option<Vec<Relay>>,
    pub routes: Vec<Route>,
    pub controls: Vec<String>,
    pub tags: Vec<String>,
}

impl Node {
    pub fn sanitises(&self) -> bool {
        self.relays.iter().flatten().any(|relay| relay.sanitise)
    }

    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|t| t == tag)
    }

    /// Nobody vouched for what it does with data: semantics section 6.
    pub fn passes_everything(&self) -> bool {
        self.relays.is_none() && !self.forwards && !self.label.is_some_and(|zone| zone <= INTERNET)
    }

    /// The half where its sessions begin and end: of an l3-switch, the router.
    pub fn session_half(&self) -> usize {
        usize::from(self.kind == Kind::L3Switch)
    }
}

/// A link between units (node, half); those between the halves of l3-switches come after those of the document.
#[derive(Debug)]
pub struct Link {
    pub at: usize,
    pub ends: [(usize, usize); 2],
    pub interfaces: [Option<u32>; 2],
    pub tags: Rc<Numbers>,
    pub one_way: bool,
}

#[derive(Debug)]
pub struct Exception {
    pub at: usize,
    pub id: String,
    pub from: Selector,
    pub to: Selector,
    pub service: Services,
    pub waives: [bool; 3],
    pub attested: bool,
    pub expires: Option<String>,
    /// `reason` and `approved_by` are there and not blank.
    pub signed: bool,
}

#[derive(Debug)]
pub struct Zone {
    pub name: String,
    pub networks: Vec<Cidr>,
}

#[derive(Debug)]
pub struct Document {
    pub alpha: bool,
    pub zones: Vec<Zone>,
    pub groups: Vec<Vec<Range>>,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    pub exceptions: Vec<Exception>,
    pub node_index: HashMap<String, usize>,
}

impl Document {
    /// What a node is, whatever its address: `any`, `node:`, `zone:`, `kind:`, `tag:` (semantics section 6).
    pub fn is_one_of(&self, selector: &Selector, node: usize) -> bool {
        let n = &self.nodes[node];
        selector.iter().any(|item| match item {
            Item::Any => true,
            Item::Node(other) => *other == node,
            Item::Zone(zone) => n.label == Some(*zone),
            Item::Kind(kind) => KINDS[*kind].1 == n.kind,
            Item::Tag(tag) => n.has_tag(tag),
            Item::Range(_) | Item::Group(_) => false,
        })
    }

    /// The addresses, ranges and members of groups that a selector names.
    pub fn ranges<'a>(&'a self, selector: &'a Selector) -> impl Iterator<Item = Range> + 'a {
        selector.iter().flat_map(|item| match item {
            Item::Range(range) => std::slice::from_ref(range).iter().copied(),
            Item::Group(group) => self.groups[*group].iter().copied(),
            _ => [].iter().copied(),
        })
    }
}

pub fn read_address(text: &str) -> Option<(u8, u128)> {
    if text.contains(':') {
        text.parse::<Ipv6Addr>().ok().map(|a| (2, u128::from(a)))
    } else {
        text.parse::<Ipv4Addr>().ok().map(|a| (0, u128::from(u32::from(a))))
    }
}

/// A whole number of at most five digits, without sign or leading zero.
fn read_number(text: &str) -> Option<u32> {
    let plain = text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// `a` or `a-b`, within the limits.
fn read_span(text: &str, least: u32, most: u32) -> Option<(u32, u32)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (read_number(first)?, read_number(last)?);
    (least <= first && first <= last && last <= most).then_some((first, last + 1))
}

fn read_cidr(value: &Value) -> Result<Cidr> {
    let text = value.text()?;
    let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
    let parsed = read_address(address).and_then(|(rank, first)| {
        let length = length.map_or(Some(width(rank)), read_number)?;
        (length <= width(rank)).then_some(Cidr { rank, first, length })
    });
    match parsed {
        None => no_such(value.at, ("address or network", "IP アドレスやネットワーク"), text),
        Some(cidr) if cidr.first & cidr.host_bits() != 0 => {
            fault(value.at, format!("`{text}` has host bits set"), format!("`{text}` はホスト部が 0 ではありません"))
        }
        Some(cidr) => Ok(cidr),
    }
}

fn no_such<T>(at: usize, (en, ja): (&str, &str), text: &str) -> Result<T> {
    fault(at, format!("`{text}` is no {en}"), format!("`{text}` という{ja}はありません"))
}

fn find<T: Copy>(known: &HashMap<String, T>, value: &Value, what: (&str, &str), name: &str) -> Result<T> {
    known.get(name).map_or_else(|| no_such(value.at, what, name), |found| Ok(*found))
}

/// One of these words: its index.
fn one_of(value: &Value, words: &[&str]) -> Result<usize> {
    let text = value.text()?;
    let wrong = || {
        let words = words.join(", ");
        fault(value.at, format!("`{text}` is none of {words}"), format!("`{text}` は {words} のいずれでもありません"))
    };
    words.iter().position(|word| *word == text).map_or_else(wrong, Ok)
}

fn is_permit(value: &Value) -> Result<bool> {
    Ok(one_of(value, &["deny", "permit"])? == 1)
}

/// One item, or a list of them that may be empty.
fn items<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    match &value.data {
        Data::List(items) => items,
        _ => std::slice::from_ref(value),
    }
}

/// One item, or a list of them: a union, which must not be empty.
fn union<'v, 'a>(value: &'v Value<'a>) -> Result<&'v [Value<'a>]> {
    match items(value) {
        [] => fault(value.at, "an empty list matches nothing", "空のリストは何にも一致しません"),
        items => Ok(items),
    }
}

/// A list that must not be empty.
fn filled<'v, 'a>(value: &'v Value<'a>) -> Result<&'v [Value<'a>]> {
    match value.list()? {
        [] => fault(value.at, "the list is empty", "リストが空です"),
        items => Ok(items),
    }
}

fn each<'v, 'a, T>(items: &'v [Value<'a>], read: impl FnMut(&'v Value<'a>) -> Result<T>) -> Result<Vec<T>> {
    items.iter().map(read).collect()
}

/// Numbers or spans such as `"100-109"`.
fn read_spans(value: &Value, least: u32, most: u32) -> Result<Numbers> {
    let spans = each(union(value)?, |item| {
        let span = match &item.data {
            Data::Number(digits) => read_span(digits, least, most),
            Data::Text(text) => read_span(text, least, most),
            _ => None,
        };
        let wrong = || {
            let en = format!("a number from {least} to {most}, or `a-b`, expected");
            fault(item.at, en, format!("{least}〜{most} の数か `a-b` が必要です"))
        };
        span.map_or_else(wrong, Ok)
    });
    spans.map(Numbers::of)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}

/// Not empty, without outer white space and control characters.
fn word(value: &Value) -> Result<String> {
    let text = value.text()?;
    if is_word(text) { Ok(text.to_owned()) } else { bad_name(value.at, text) }
}

fn words(value: &Value) -> Result<Vec<String>> {
    each(items(value), word)
}

/// A word without a colon.
fn good_id(at: usize, text: &str) -> Result<String> {
    if is_word(text) && !text.contains(':') { Ok(text.to_owned()) } else { bad_name(at, text) }
}

fn bad_name<T>(at: usize, text: &str) -> Result<T> {
    fault(at, format!("`{text}` cannot be a name"), format!("`{text}` は名前に使えません"))
}

/// A word that nothing else of its sort has for an id.
fn new_word(value: &Value, known: &mut HashSet<String>) -> Result<String> {
    let id = word(value)?;
    if known.insert(id.clone()) { Ok(id) } else { duplicate(value.at, &id) }
}

fn duplicate<T>(at: usize, id: &str) -> Result<T> {
    fault(at, format!("duplicate id `{id}`"), format!("id `{id}` が重複しています"))
}

pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |t: &str| t.parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

fn read_date(value: &Value) -> Result<String> {
    let text = value.text()?;
    if is_date(text) {
        Ok(text.to_owned())
    } else {
        no_such(value.at, ("date (2027-03-31)", "日付（2027-03-31 など）"), text)
    }
}

/// What no service may be named, alone or before a `/`.
const PROTOCOLS: [&str; 9] = ["tcp", "udp", "sctp", "icmp", "icmpv6", "esp", "ah", "gre", "proto"];

/// A service that is no name: semantics section 1.
fn plain_service(text: &str) -> Option<Numbers> {
    let (name, port) = text.split_once('/').map_or((text, None), |(n, p)| (n, Some(p)));
    let protocol = match (name, port) {
        ("any", None) => return Some(every_service()),
        ("proto", Some(number)) => read_number(number).filter(|n| *n <= 255)?,
        ("tcp", _) => 6,
        ("udp", _) => 17,
        ("sctp", _) => 132,
        ("icmp", None) => 1,
        ("icmpv6", None) => 58,
        ("esp", None) => 50,
        ("ah", None) => 51,
        ("gre", None) => 47,
        _ => return None,
    };
    let (first, last) = match port {
        Some(port) if name != "proto" => read_span(port, 0, 65_535).map(|(first, end)| (first, end - 1))?,
        _ if matches!(protocol, 6 | 17 | 132) => (0, 65_535),
        _ => (0, 0),
    };
    Some(Numbers::of(vec![(service(protocol, first), service(protocol, last) + 1)]))
}

fn every_service() -> Numbers {
    Numbers::of(vec![(0, SERVICES_END)])
}

type Entry<'a> = (Cow<'a, str>, Value<'a>);

fn entries<'v, 'a>(value: Option<&'v Value<'a>>) -> Result<&'v [Entry<'a>]> {
    value.map_or(Ok(&[]), Value::entries)
}

/// The greatest `count`, how many lists may stand one within the other, and interfaces that a node may name.
const MOST: usize = (1 << 53) - 1;
const NESTED: usize = 64;
const NAMED: usize = 60_000;

/// Named lists, which may name others with this prefix: each after those it names. A circle is an error, and too many of
/// them one within the other.
fn in_order<'v, 'a>(value: Option<&'v Value<'a>>, prefix: &str) -> Result<Vec<&'v Entry<'a>>> {
    let lists = entries(value)?;
    lists.iter().try_for_each(|(name, value)| good_id(value.at, name).map(drop))?;
    let index: HashMap<&str, usize> = lists.iter().enumerate().map(|(i, (name, _))| (name.as_ref(), i)).collect();
    let named = |item: &Value| -> Result<Option<usize>> {
        Ok(item.text()?.strip_prefix(prefix).and_then(|name| index.get(name)).copied())
    };
    // How many stand one within the other: 0 new, `usize::MAX` begun.
    let (mut order, mut height) = (Vec::new(), vec![0; lists.len()]);
    for root in 0..lists.len() {
        let mut stack = vec![root];
        while let Some(&top) = stack.last() {
            let items = union(&lists[top].1)?;
            if height[top] == 0 {
                height[top] = usize::MAX;
                for item in items {
                    match named(item)? {
                        Some(next) if height[next] == 0 => stack.push(next),
                        Some(next) if height[next] == usize::MAX => {
                            return fault(item.at, "a name that leads back to itself", "名前の参照が循環しています");
                        }
                        _ => {}
                    }
                }
                continue;
            }
            stack.pop();
            if height[top] == usize::MAX {
                height[top] = 1;
                for item in items {
                    height[top] = height[top].max(named(item)?.map_or(1, |inner| height[inner] + 1));
                }
                if height[top] > NESTED {
                    let en = format!("lists within lists, more than {NESTED}");
                    return fault(lists[top].1.at, en, format!("一覧の入れ子が {NESTED} 段を超えています"));
                }
                order.push(&lists[top]);
            }
        }
    }
    Ok(order)
}

/// Names that selectors, services and interfaces are resolved by.
#[derive(Default)]
struct Names {
    zones: HashMap<String, usize>,
    groups: HashMap<String, usize>,
    services: HashMap<String, Services>,
    nodes: HashMap<String, usize>,
    interfaces: HashMap<String, u32>,
    /// Which interfaces a node has, as its filters and routes name them.
    of_node: HashSet<(usize, u32)>,
}

impl Names {
    fn intern(&mut self, interface: &str) -> u32 {
        let next = self.interfaces.len() as u32;
        *self.interfaces.entry(interface.to_owned()).or_insert(next)
    }

    fn item(&self, value: &Value, peer: bool) -> Result<Item> {
        let text = value.text()?;
        if text == "any" {
            return Ok(Item::Any);
        }
        if let Some((first, last)) = text.split_once('-').filter(|(first, _)| read_address(first).is_some()) {
            return match (read_address(first), read_address(last)) {
                (Some((rank, first)), Some((other, last))) if rank == other && first <= last => {
                    Ok(Item::Range(Range { rank, first, last }))
                }
                _ => no_such(value.at, ("range", "範囲"), text),
            };
        }
        match text.split_once(':') {
            Some(("node", id)) => find(&self.nodes, value, ("node", "ノード"), id).map(Item::Node),
            Some(("zone", id)) => find(&self.zones, value, ("zone", "領域"), id).map(Item::Zone),
            Some(("group", id)) => find(&self.groups, value, ("group", "グループ"), id).map(Item::Group),
            Some(("kind", id)) if peer => {
                let kind = KINDS.iter().position(|(name, _)| *name == id);
                kind.map_or_else(|| no_such(value.at, ("kind", "種別"), id), |kind| Ok(Item::Kind(kind)))
            }
            Some(("tag", tag)) if peer && is_word(tag) => Ok(Item::Tag(tag.into())),
            _ => read_cidr(value).map(|cidr| Item::Range(cidr.range())),
        }
    }

    fn selector(&self, value: &Value) -> Result<Selector> {
        each(union(value)?, |item| self.item(item, false))
    }

    /// A selector of a relay may also name kinds and tags.
    fn peers(&self, value: &Value) -> Result<Selector> {
        each(union(value)?, |item| self.item(item, true))
    }

    fn services(&self, value: &Value) -> Result<Services> {
        let mut sum = Services { set: Numbers::none(), limited: true };
        for item in union(value)? {
            let text = item.text()?;
            let next = match (plain_service(text), self.services.get(text)) {
                (Some(set), _) => {
                    let limited = set.spans().iter().all(|(first, end)| {
                        end - first == 1 && (*first >= PORTLESS || *first == service(1, 0) || *first == service(58, 0))
                    });
                    Services { set, limited }
                }
                (None, Some(named)) => named.clone(),
                (None, None) => return no_such(item.at, ("service", "サービス"), text),
            };
            sum = Services { set: sum.set.or(&next.set), limited: sum.limited && next.limited };
        }
        Ok(sum)
    }

    /// All services where the key is missing.
    fn service_set(&self, o: &mut Object, key: &str) -> Result<Numbers> {
        Ok(o.may(key, |v| self.services(v))?.map_or_else(every_service, |services| services.set))
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

    fn filter(&self, value: &Value, node: usize, kind: Kind) -> Result<Filter> {
        let mut ids = HashSet::new();
        value.object(|o| {
            o.may("name", Value::text)?;
            Ok(Filter {
                default_permit: o.may("default", is_permit)?.unwrap_or(kind != Kind::Firewall),
                rules: o.may("rules", |v| each(v.list()?, |v| self.rule(v, node, &mut ids)))?.unwrap_or_default(),
                enters: self.sides(o, "in", node)?,
                leaves: self.sides(o, "out", node)?,
            })
        })
    }

    fn rule(&self, value: &Value, node: usize, ids: &mut HashSet<String>) -> Result<Rule> {
        // On the line of source ports, port p is p + 1.
        let shifted = |ports: Numbers| Numbers::of(ports.spans().iter().map(|(a, b)| (a + 1, b + 1)).collect());
        value.object(|o| {
            o.may("id", |v| new_word(v, ids))?;
            o.may("note", Value::text)?;
            Ok(Rule {
                at: value.at,
                permit: o.must("action", is_permit)?,
                from: o.may("from", |v| self.selector(v))?.unwrap_or_else(|| vec![Item::Any]),
                to: o.may("to", |v| self.selector(v))?.unwrap_or_else(|| vec![Item::Any]),
                service: self.service_set(o, "service")?,
                source_port: o.may("source_port", |v| read_spans(v, 0, 65_535).map(shifted))?,
                enters: self.sides(o, "in", node)?,
                leaves: self.sides(o, "out", node)?,
            })
        })
    }

    fn relay(&self, value: &Value) -> Result<Relay> {
        value.object(|o| {
            Ok(Relay {
                from: o.must("from", |v| self.peers(v))?,
                to: o.must("to", |v| self.peers(v))?,
                from_service: self.service_set(o, "from_service")?,
                to_service: self.service_set(o, "to_service")?,
                sanitise: o.may("sanitise", |v| one_of(v, &["mail-text", "screen", "file"]))?.is_some(),
                both: o.may("both", Value::bool)?.unwrap_or(false),
            })
        })
    }

    /// `links`: those of the session unit.
    fn route(&self, value: &Value, links: &[Near]) -> Result<Route> {
        let (to, via, drop) =
            value.object(|o| Ok((o.must("to", read_cidr)?, o.may("via", Ok)?, o.may("drop", Value::bool)?)))?;
        match (via, drop) {
            (None, Some(true)) => Ok(Route { to, via: Vec::new(), drop: true }),
            (Some(via), None) => {
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
                Ok(Route { to, via: links, drop: false })
            }
            _ => {
                let ja = "経路には `via` か `drop: true` のどちらかが必要です";
                fault(value.at, "a route needs either `via` or `drop: true`", ja)
            }
        }
    }
}

/// A link of a node with routes, as they may name it.
struct Near {
    link: usize,
    interface: Option<u32>,
    neighbour: Option<usize>,
}

/// What a node says of its interfaces, which are known when the links have been read.
struct Unread<'v, 'a> {
    /// `filter`, or those of `filters`.
    filters: Vec<&'v Value<'a>>,
    relays: Option<&'v Value<'a>>,
    routes: Option<&'v Value<'a>>,
    routed_vlans: Option<&'v Value<'a>>,
    /// It has one of `filter`, `filters` and `routes`.
    names_interfaces: bool,
}

pub fn read(root: &Value) -> Result<Document> {
    root.object(|o| {
        let mut names = Names::default();
        o.may("name", Value::text)?;
        let sanso = o.must("sanso", Ok)?;
        if !matches!(sanso.data, Data::Number("1")) {
            return fault(sanso.at, "`sanso: 1` expected", "`sanso: 1` が必要です");
        }
        let model = o.may("model", |v| one_of(v, &["alpha", "alpha-prime", "beta", "beta-prime"]))?;
        let zones = read_zones(o.may("zones", Ok)?, &mut names)?;
        let groups = read_groups(o.may("groups", Ok)?, &mut names)?;
        read_services(o.may("services", Ok)?, &mut names)?;
        let (mut nodes, mut unread) = (Vec::new(), Vec::new());
        for value in o.must("nodes", Value::list)? {
            let (node, rest) = read_node(value, &names)?;
            if names.nodes.insert(node.id.clone(), nodes.len()).is_some() {
                return duplicate(value.at, &node.id);
            }
            nodes.push(node);
            unread.push(rest);
        }
        let links = read_links(o.may("links", Value::list)?.unwrap_or_default(), &nodes, &unread, &mut names)?;
        read_rest(&mut nodes, &unread, &links, &names)?;
        for node in &mut nodes {
            if node.sanitises() && node.zone.is_some() {
                let en = "a node with a sanitising relay stands between zones: no `zone`";
                return fault(node.at, en, "無害化を行う中継を持つノードには `zone` を書けません");
            }
            let relays = node.relays.as_ref().is_some_and(|relays| !relays.is_empty());
            node.endpoint = !node.forwards || node.zone.is_some() || relays;
            node.label = label(node, &zones);
        }
        let exceptions = o.may("exceptions", |v| read_exceptions(v, &names))?.unwrap_or_default();
        let alpha = model.is_none_or(|model| model == 0);
        Ok(Document { alpha, zones, groups, nodes, links, exceptions, node_index: names.nodes })
    })
}

fn read_zones(value: Option<&Value>, names: &mut Names) -> Result<Vec<Zone>> {
    let tier = |name: &str| Zone { name: name.to_owned(), networks: Vec::new() };
    let mut zones: Vec<Zone> = ["my-number", "lgwan", "internet"].map(tier).into();
    names.zones = zones.iter().enumerate().map(|(z, zone)| (zone.name.clone(), z)).collect();
    let mut owner: HashMap<Cidr, usize> = HashMap::new(); // in one zone or in two: once
    for (name, value) in entries(value)? {
        let networks = value.object(|o| {
            o.may("title", Value::text)?;
            o.may("networks", union)
        })?;
        let z = *names.zones.entry(good_id(value.at, name)?).or_insert(zones.len());
        if z == zones.len() {
            zones.push(Zone { name: name.to_string(), networks: Vec::new() });
        }
        for network in networks.unwrap_or_default() {
            let cidr = read_cidr(network)?;
            if owner.insert(cidr, z).is_some() {
                return fault(network.at, "the same network twice", "同じネットワークが二度書かれています");
            }
            zones[z].networks.push(cidr);
        }
    }
    Ok(zones)
}

fn read_groups(value: Option<&Value>, names: &mut Names) -> Result<Vec<Vec<Range>>> {
    let mut groups: Vec<Vec<Range>> = Vec::new();
    for (name, value) in in_order(value, "group:")? {
        let mut ranges = Vec::new();
        for item in union(value)? {
            match names.item(item, false)? {
                Item::Range(range) => ranges.push(range),
                Item::Group(other) => ranges.extend_from_slice(&groups[other]),
                _ => {
                    let ja = "グループに書けるのはアドレスとグループだけです";
                    return fault(item.at, "groups hold addresses and groups", ja);
                }
            }
        }
        ranges.sort_unstable();
        ranges.dedup();
        names.groups.insert(name.to_string(), groups.len());
        groups.push(ranges);
    }
    Ok(groups)
}

fn read_services(value: Option<&Value>, names: &mut Names) -> Result<()> {
    for (name, value) in in_order(value, "")? {
        if name == "any" || PROTOCOLS.contains(&name.split('/').next().unwrap_or_default()) {
            return bad_name(value.at, name);
        }
        let services = names.services(value)?;
        names.services.insert(name.to_string(), services);
    }
    Ok(())
}

/// All that does not need the names of other nodes or of interfaces.
fn read_node<'v, 'a>(value: &'v Value<'a>, names: &Names) -> Result<(Node, Unread<'v, 'a>)> {
    value.object(|o| {
        o.may("title", Value::text)?;
        o.may("note", Value::text)?;
        if o.may("count", Value::integer)?.is_some_and(|count| !(1..=MOST).contains(&count)) {
            let en = format!("`count` is a whole number from 1 to {MOST}");
            return fault(value.at, en, format!("`count` は 1〜{MOST} の整数です"));
        }
        let kind = o.may("kind", |v| one_of(v, &KINDS.map(|(name, _)| name)))?.map_or(Kind::Host, |k| KINDS[k].1);
        let by_kind = matches!(kind, Kind::Switch | Kind::L3Switch | Kind::Router | Kind::Firewall);
        let node = Node {
            at: value.at,
            id: o.must("id", |v| good_id(v.at, v.text()?))?,
            kind,
            zone: o.may("zone", |v| find(&names.zones, v, ("zone", "領域"), v.text()?))?,
            label: None,
            addresses: o.may("addresses", |v| each(items(v), read_cidr))?.unwrap_or_default(),
            forwards: o.may("forwards", Value::bool)?.unwrap_or(by_kind),
            endpoint: false,
            filters: Vec::new(),
            relays: None,
            routes: Vec::new(),
            controls: o.may("controls", words)?.unwrap_or_default(),
            tags: o.may("tags", words)?.unwrap_or_default(),
        };
        let (filter, filters) = (o.may("filter", Ok)?, o.may("filters", filled)?);
        let (routes, routed_vlans) = (o.may("routes", Ok)?, o.may("routed_vlans", Ok)?);
        match (filter, filters) {
            (Some(_), Some(_)) => {
                return fault(value.at, "`filter` and `filters`", "`filter` と `filters` は同時に書けません");
            }
            (None, None) if kind == Kind::Firewall => {
                let ja = "ファイアウォールには `filter` か `filters` が必要です";
                return fault(value.at, "a firewall needs `filter` or `filters`", ja);
            }
            _ => {}
        }
        let l3 = kind == Kind::L3Switch;
        if l3 && !node.forwards || !l3 && routed_vlans.is_some() {
            let en = "an l3-switch forwards, and it alone has `routed_vlans`";
            return fault(value.at, en, "l3-switch は必ず転送し、`routed_vlans` は l3-switch だけに書けます");
        }
        let rest = Unread {
            filters: filter.into_iter().chain(filters.unwrap_or_default()).collect(),
            relays: o.may("relays", Ok)?,
            routes,
            routed_vlans,
            names_interfaces: filter.is_some() || filters.is_some() || routes.is_some(),
        };
        Ok((node, rest))
    })
}

fn read_links(values: &[Value], nodes: &[Node], unread: &[Unread], names: &mut Names) -> Result<Vec<Link>> {
    let every = Rc::new(Numbers::of(vec![(1, 4095)]));
    let mut known: HashMap<Numbers, Rc<Numbers>> = HashMap::new();
    let mut share = |tags: Numbers| known.entry(tags.clone()).or_insert_with(|| Rc::new(tags)).clone();
    let vlans = |v: &Value| read_spans(v, 1, 4094);
    let mut named: Vec<(u32, u32)> = Vec::new();
    let (mut links, mut ids) = (Vec::new(), HashSet::new());
    for value in values {
        let (between, tags, one_way) = match value.data {
            Data::List(_) => (value, None, None),
            _ => value.object(|o| {
                o.may("id", |v| new_word(v, &mut ids))?;
                o.may("note", Value::text)?;
                Ok((o.must("between", Ok)?, o.may("vlans", vlans)?, o.may("one_way", Value::bool)?))
            })?,
        };
        let (mut ends, mut written, mut ids) = ([0; 2], [None; 2], [""; 2]);
        for (e, end) in between.tuple::<2>()?.iter().enumerate() {
            let text = end.text()?;
            let (id, interface) = text.split_once(':').map_or((text, None), |(id, interface)| (id, Some(interface)));
            if interface.is_some_and(|interface| !is_word(interface)) {
                return bad_name(end.at, text);
            }
            (ends[e], written[e], ids[e]) = (find(&names.nodes, end, ("node", "ノード"), id)?, interface, id);
        }
        if ends[0] == ends[1] {
            return fault(value.at, "a link from a node to itself", "自分自身へのリンクです");
        }
        let mut interfaces = [None; 2];
        for (e, node) in ends.into_iter().enumerate() {
            // Only filters and routes of a node name its interfaces; the switch half of an l3-switch has none.
            if nodes[node].kind != Kind::L3Switch && unread[node].names_interfaces {
                let interface = names.intern(written[e].unwrap_or(ids[1 - e]));
                names.of_node.insert((node, interface));
                interfaces[e] = Some(interface);
            }
        }
        named.extend(tags.iter().flat_map(Numbers::spans));
        let tags = tags.map_or_else(|| every.clone(), &mut share);
        let one_way = one_way.unwrap_or(false);
        links.push(Link { at: value.at, ends: ends.map(|n| (n, 0)), interfaces, tags, one_way });
    }
    let named = Numbers::of(named);
    for (n, node) in nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::L3Switch) {
        let routed = match unread[n].routed_vlans {
            None => named.clone(),
            Some(none) if items(none).is_empty() => Numbers::none(),
            Some(some) => vlans(some)?,
        };
        let mut join = |tag: u32, tags: Rc<Numbers>| {
            let interface = names.intern(&format!("vlan{tag}"));
            names.of_node.insert((n, interface));
            let (ends, interfaces) = ([(n, 0), (n, 1)], [None, Some(interface)]);
            links.push(Link { at: node.at, ends, interfaces, tags, one_way: false });
        };
        if routed.is_empty() {
            join(1, every.clone());
        }
        for tag in routed.spans().iter().flat_map(|(first, end)| *first..*end) {
            join(tag, share(Numbers::of(vec![(tag, tag + 1)])));
        }
    }
    Ok(links)
}

/// Filters, relays and routes.
fn read_rest(nodes: &mut [Node], unread: &[Unread], links: &[Link], names: &Names) -> Result<()> {
    // Routes speak of the links of the node's session unit.
    let mut of_unit: HashMap<usize, Vec<Near>> = HashMap::new();
    for (l, link) in links.iter().enumerate() {
        for (end, (node, half)) in link.ends.into_iter().enumerate() {
            if unread[node].routes.is_some() && half == nodes[node].session_half() {
                // Between the halves of an l3-switch there is no neighbour: its routes name `vlanN`.
                let neighbour = Some(link.ends[1 - end].0).filter(|other| *other != node);
                of_unit.entry(node).or_default().push(Near { link: l, interface: link.interfaces[end], neighbour });
            }
        }
    }
    for (n, (node, Unread { filters, relays, routes, .. })) in nodes.iter_mut().zip(unread).enumerate() {
        let mut named = HashSet::new();
        let of_routes = routes.map_or(&[][..], |value| items(value));
        filters.iter().copied().chain(of_routes).for_each(|value| mentioned(value, &mut named));
        if named.len() > NAMED {
            let ja = format!("フィルターと経路が {NAMED} を超えるインターフェースを挙げています");
            return fault(node.at, format!("filters and routes name more than {NAMED} interfaces"), ja);
        }
        node.filters = filters.iter().map(|v| names.filter(v, n, node.kind)).collect::<Result<_>>()?;
        node.relays = relays.map(|v| each(v.list()?, |v| names.relay(v))).transpose()?;
        if let Some(value) = routes {
            let near = of_unit.get(&n).map_or(&[][..], Vec::as_slice);
            node.routes = each(filled(value)?, |v| names.route(v, near))?;
        }
    }
    Ok(())
}

/// The interfaces and neighbours that filters (and their rules) and routes name.
fn mentioned<'v>(value: &'v Value, names: &mut HashSet<&'v str>) {
    let Data::Object(entries) = &value.data else { return };
    for (key, value) in entries {
        match key.as_ref() {
            "in" | "out" | "via" => names.extend(items(value).iter().filter_map(|name| name.text().ok())),
            "rules" => items(value).iter().for_each(|rule| mentioned(rule, names)),
            _ => {}
        }
    }
}

/// The zone whose networks hold all of the address in the longest prefix.
pub fn zone_of(address: Cidr, zones: &[Zone]) -> Option<usize> {
    let networks = zones.iter().enumerate().flat_map(|(z, zone)| zone.networks.iter().map(move |n| (n, z)));
    networks.filter(|(network, _)| network.holds(address)).max_by_key(|(network, _)| network.length).map(|(_, z)| z)
}

/// Semantics section 2.
fn label(node: &Node, zones: &[Zone]) -> Option<usize> {
    if node.zone.is_some() || node.forwards || node.kind == Kind::Gateway || node.sanitises() {
        return node.zone;
    }
    let first = zone_of(*node.addresses.first()?, zones)?;
    node.addresses.iter().all(|address| zone_of(*address, zones) == Some(first)).then_some(first)
}

fn read_exceptions(value: &Value, names: &Names) -> Result<Vec<Exception>> {
    let mut ids = HashSet::new();
    let says = |v: &Value| v.text().map(|text| !text.trim().is_empty());
    each(value.list()?, |value| {
        value.object(|o| {
            let (reason, approved_by) = (o.may("reason", says)?, o.may("approved_by", says)?);
            Ok(Exception {
                at: value.at,
                id: o.must("id", |v| new_word(v, &mut ids))?,
                from: o.must("from", |v| names.selector(v))?,
                to: o.must("to", |v| names.selector(v))?,
                service: o.must("service", |v| names.services(v))?,
                waives: o.may("waives", read_waives)?.unwrap_or([true, false, false]),
                attested: o.may("attested", read_attested)?.is_some(),
                expires: o.may("expires", read_date)?,
                signed: reason == Some(true) && approved_by == Some(true),
            })
        })
    })
}

fn read_attested(value: &Value) -> Result<()> {
    value.all_fields(["by", "basis"])?.iter().try_for_each(|said| said.text().map(drop))
}

fn read_waives(value: &Value) -> Result<[bool; 3]> {
    let mut waived = [false; 3];
    for item in union(value)? {
        waived[one_of(item, &WAIVABLE)?] = true;
    }
    Ok(waived)
}
