//! The topology document: semantics sections 1 and 2. What is read here is sound: names are resolved to indices.
//!
//! Only the first error is reported: a document with errors is unusable, and the verifier lists all of them.
#![allow(clippy::indexing_slicing)] // every index below was made by this reader, for the table it indexes

use crate::json::{Data, Fault, Value, fault};
use crate::sets::{LAST_IPV4, Numbers, PORTLESS, SERVICES_END, service};
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

type Result<T> = std::result::Result<T, Fault>;

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
        None => fault(
            value.at,
            format!("`{text}` is no address or network"),
            format!("`{text}` は IP アドレスでもネットワークでもありません"),
        ),
        Some(cidr) if cidr.first & cidr.host_bits() != 0 => {
            fault(value.at, format!("`{text}` has host bits set"), format!("`{text}` はホスト部が 0 ではありません"))
        }
        Some(cidr) => Ok(cidr),
    }
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

fn words(value: Option<&Value>) -> Result<Vec<String>> {
    value.map_or(&[][..], items).iter().map(|v| word(v).map(str::to_owned)).collect()
}

fn optional<T>(value: Option<&Value>, default: T, read: impl FnOnce(&Value) -> Result<T>) -> Result<T> {
    value.map_or(Ok(default), read)
}

fn free_text(values: &[Option<&Value>]) -> Result<()> {
    values.iter().flatten().try_for_each(|value| value.text().map(drop))
}

/// Numbers or spans such as `"100-109"`.
fn read_spans(value: &Value, least: u32, most: u32) -> Result<Numbers> {
    let mut spans = Vec::new();
    for item in union(value)? {
        let span = match &item.data {
            Data::Number(digits) => read_span(digits, least, most),
            Data::Text(text) => read_span(text, least, most),
            _ => None,
        };
        match span {
            Some(span) => spans.push(span),
            None => {
                return fault(
                    item.at,
                    format!("a number from {least} to {most}, or `a-b`, expected"),
                    format!("{least}〜{most} の数か `a-b` が必要です"),
                );
            }
        }
    }
    Ok(Numbers::of(spans))
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

/// A service that is no name: semantics section 1.
fn plain_service(text: &str) -> Option<Numbers> {
    let ports = |protocol| (service(protocol, 0), service(protocol, 65_535) + 1);
    let (name, port) = text.split_once('/').map_or((text, None), |(n, p)| (n, Some(p)));
    let protocol = match (name, port) {
        ("any", None) => return Some(Numbers::of(vec![(0, SERVICES_END)])),
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
    let (first, end) = if matches!(protocol, 6 | 17 | 132) {
        ports(protocol)
    } else {
        (service(protocol, 0), service(protocol, 0) + 1)
    };
    let span = match port {
        Some(port) if name != "proto" => read_span(port, 0, 65_535).map(|(low, high)| (first + low, first + high))?,
        _ => (first, end),
    };
    Some(Numbers::of(vec![span]))
}

/// The order in which named lists can be resolved when a list may name others; a circle is an error.
fn order_of_names(
    lists: &[(std::borrow::Cow<str>, Value)],
    names: impl Fn(&str) -> Option<usize>,
) -> Result<Vec<usize>> {
    let (mut order, mut state) = (Vec::new(), vec![0u8; lists.len()]); // 0 new, 1 begun, 2 done
    for root in 0..lists.len() {
        let mut stack = vec![root];
        while let Some(&top) = stack.last() {
            if state[top] == 0 {
                state[top] = 1;
                for item in union(&lists[top].1)? {
                    match names(item.text()?) {
                        Some(next) if state[next] == 0 => stack.push(next),
                        Some(next) if state[next] == 1 => {
                            return fault(item.at, "a name that leads back to itself", "名前の参照が循環しています");
                        }
                        _ => {}
                    }
                }
            } else {
                stack.pop();
                if state[top] == 1 {
                    state[top] = 2;
                    order.push(top);
                }
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
        let dangling =
            |what: &str| fault(value.at, format!("`{text}`: no such {what}"), format!("`{text}`: 存在しません"));
        if text == "any" {
            return Ok(Item::Any);
        }
        if let Some((first, last)) = text.split_once('-').filter(|(first, _)| read_address(first).is_some()) {
            return match (read_address(first), read_address(last)) {
                (Some((rank, first)), Some((other, last))) if rank == other && first <= last => {
                    Ok(Item::Range(Range { rank, first, last }))
                }
                _ => fault(value.at, format!("`{text}` is no range"), format!("`{text}` は範囲ではありません")),
            };
        }
        match text.split_once(':') {
            Some(("node", id)) => self.nodes.get(id).map_or_else(|| dangling("node"), |n| Ok(Item::Node(*n))),
            Some(("zone", id)) => self.zones.get(id).map_or_else(|| dangling("zone"), |z| Ok(Item::Zone(*z))),
            Some(("group", id)) => self.groups.get(id).map_or_else(|| dangling("group"), |g| Ok(Item::Group(*g))),
            Some(("kind", id)) if peer => {
                KINDS.iter().position(|(name, _)| *name == id).map_or_else(|| dangling("kind"), |k| Ok(Item::Kind(k)))
            }
            Some(("tag", tag)) if peer => Ok(Item::Tag(tag.into())),
            _ => read_cidr(value).map(|cidr| Item::Range(cidr.range())),
        }
    }

    fn selector(&self, value: &Value, peer: bool) -> Result<Selector> {
        union(value)?.iter().map(|item| self.item(item, peer)).collect()
    }

    fn service(&self, value: &Value) -> Result<Services> {
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
                (None, None) => {
                    return fault(
                        item.at,
                        format!("`{text}` is no service"),
                        format!("`{text}` というサービスはありません"),
                    );
                }
            };
            sum = Services { set: sum.set.or(&next.set), limited: sum.limited && next.limited };
        }
        Ok(sum)
    }

    /// The interfaces that `in` or `out` names.
    fn sides(&self, value: Option<&Value>, node: usize) -> Result<Option<Vec<u32>>> {
        let Some(value) = value else { return Ok(None) };
        let one = |item: &Value| {
            let text = item.text()?;
            match self.interfaces.get(text).filter(|i| self.of_node.contains(&(node, **i))) {
                Some(interface) => Ok(*interface),
                None => fault(
                    item.at,
                    format!("the node has no interface `{text}`"),
                    format!("このノードにインタフェース `{text}` はありません"),
                ),
            }
        };
        union(value)?.iter().map(one).collect::<Result<Vec<u32>>>().map(Some)
    }

    fn filter(&self, value: &Value, node: usize, kind: Kind) -> Result<Filter> {
        let [default, rules, enters, leaves, name] = value.fields(["default", "rules", "in", "out", "name"])?;
        free_text(&[name])?;
        let mut filter = Filter {
            default_permit: optional(default, kind != Kind::Firewall, |v| choice(v, "permit", "deny"))?,
            rules: Vec::new(),
            enters: self.sides(enters, node)?,
            leaves: self.sides(leaves, node)?,
        };
        let any = || vec![Item::Any];
        let mut ids = HashSet::new();
        for rule in rules.map_or(Ok(&[][..]), |v| v.list())? {
            let ([action], [from, to, service, source_port, enters, leaves, id, note]) =
                rule.object(["action"], ["from", "to", "service", "source_port", "in", "out", "id", "note"])?;
            free_text(&[id, note])?;
            if let Some(id) = id
                && !ids.insert(word(id)?)
            {
                return fault(id.at, "duplicate rule id", "ルールの id が重複しています");
            }
            let everything = Numbers::of(vec![(0, SERVICES_END)]);
            filter.rules.push(Rule {
                at: rule.at,
                permit: choice(action, "permit", "deny")?,
                from: optional(from, any(), |v| self.selector(v, false))?,
                to: optional(to, any(), |v| self.selector(v, false))?,
                service: optional(service, everything, |v| Ok(self.service(v)?.set))?,
                // On the line of source ports, port p is p + 1.
                source_port: optional(source_port, None, |v| {
                    let ports = read_spans(v, 0, 65_535)?;
                    Ok(Some(Numbers::of(ports.spans().iter().map(|(first, end)| (first + 1, end + 1)).collect())))
                })?,
                enters: self.sides(enters, node)?,
                leaves: self.sides(leaves, node)?,
            });
        }
        Ok(filter)
    }

    fn relay(&self, value: &Value) -> Result<Relay> {
        let ([from, to], [from_service, to_service, sanitise, both]) =
            value.object(["from", "to"], ["from_service", "to_service", "sanitise", "both"])?;
        if let Some(method) = sanitise
            && !["mail-text", "screen", "file"].contains(&method.text()?)
        {
            return fault(
                method.at,
                "`mail-text`, `screen` or `file` expected",
                "`mail-text`、`screen`、`file` のいずれかが必要です",
            );
        }
        let services =
            |v: Option<&Value>| optional(v, Numbers::of(vec![(0, SERVICES_END)]), |v| Ok(self.service(v)?.set));
        Ok(Relay {
            from: self.selector(from, true)?,
            to: self.selector(to, true)?,
            from_service: services(from_service)?,
            to_service: services(to_service)?,
            sanitise: sanitise.is_some(),
            both: optional(both, false, |v| v.bool())?,
        })
    }

    /// `links`: of the session unit, with interface and neighbour.
    fn route(&self, value: &Value, links: &[(usize, Option<u32>, &str)]) -> Result<Route> {
        let ([to], [via, drop]) = value.object(["to"], ["via", "drop"])?;
        match (via, drop.map(Value::bool).transpose()?) {
            (Some(_), None) | (None, Some(true)) => {}
            _ => {
                let ja = "経路には `via` か `drop: true` のどちらかが必要です";
                return fault(value.at, "a route needs either `via` or `drop: true`", ja);
            }
        }
        let mut route = Route { to: read_cidr(to)?, via: Vec::new(), drop: via.is_none() };
        if let Some(value) = via {
            let name = value.text()?;
            let interface = self.interfaces.get(name).copied();
            let named =
                |(_, i, neighbour): &&(usize, Option<u32>, &str)| *neighbour == name || i.is_some() && *i == interface;
            route.via.extend(links.iter().filter(named).map(|(link, ..)| *link));
            if route.via.is_empty() {
                return fault(
                    value.at,
                    format!("no interface or neighbour `{name}`"),
                    format!("`{name}` というインタフェースも隣接ノードもありません"),
                );
            }
        }
        Ok(route)
    }
}

fn choice(value: &Value, yes: &str, no: &str) -> Result<bool> {
    match value.text()? {
        text if text == yes => Ok(true),
        text if text == no => Ok(false),
        _ => fault(value.at, format!("`{yes}` or `{no}` expected"), format!("`{yes}` か `{no}` が必要です")),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}

/// A word: not empty, without outer white space and control characters.
fn word<'v>(value: &'v Value) -> Result<&'v str> {
    let text = value.text()?;
    if is_word(text) { Ok(text) } else { bad_name(value.at, text) }
}

/// A word without a colon.
fn good_id(at: usize, text: &str) -> Result<String> {
    if is_word(text) && !text.contains(':') { Ok(text.to_owned()) } else { bad_name(at, text) }
}

fn bad_name<T>(at: usize, text: &str) -> Result<T> {
    fault(at, format!("`{text}` cannot be a name"), format!("`{text}` は名前に使えません"))
}

const NODE_KEYS: [&str; 15] = [
    "id",
    "kind",
    "zone",
    "addresses",
    "forwards",
    "filter",
    "filters",
    "relays",
    "routes",
    "routed_vlans",
    "controls",
    "tags",
    "count",
    "title",
    "note",
];

pub fn read(root: &Value) -> Result<Document> {
    let ([sanso, nodes], [name, model, zones, groups, services, links, exceptions]) =
        root.object(["sanso", "nodes"], ["name", "model", "zones", "groups", "services", "links", "exceptions"])?;
    free_text(&[name])?;
    if !matches!(sanso.data, Data::Number("1")) {
        return fault(sanso.at, "`sanso: 1` expected", "`sanso: 1` が必要です");
    }
    let alpha = match model.map_or(Ok("alpha"), |v| v.text())? {
        "alpha" => true,
        "alpha-prime" | "beta" | "beta-prime" => false,
        _ => return fault(root.at, "unknown model", "未知のモデルです"),
    };
    let mut names = Names::default();
    let zones = read_zones(zones, &mut names)?;
    let groups = read_groups(groups, &mut names)?;
    read_services(services, &mut names)?;
    let node_values = nodes.list()?;
    let (mut nodes, mut fields) = (Vec::with_capacity(node_values.len()), Vec::with_capacity(node_values.len()));
    for value in node_values {
        let found = value.fields(NODE_KEYS)?;
        let node = read_node(value, &found, &names)?;
        if names.nodes.insert(node.id.clone(), nodes.len()).is_some() {
            return fault(
                value.at,
                format!("duplicate id `{}`", node.id),
                format!("id `{}` が重複しています", node.id),
            );
        }
        nodes.push(node);
        fields.push(found);
    }
    let links = read_links(links, &nodes, &fields, &mut names)?;
    // Routes speak of the links of the node's session unit.
    let mut of_unit: HashMap<usize, Vec<(usize, Option<u32>, &str)>> = HashMap::new();
    let routed: Vec<bool> = fields.iter().map(|found| found[8].is_some()).collect();
    for (l, link) in links.iter().enumerate() {
        for (end, (node, half)) in link.ends.into_iter().enumerate() {
            if routed[node] && half == nodes[node].session_half() {
                // Between the halves of an l3-switch there is no neighbour: its routes name `vlanN`.
                let other = link.ends[1 - end].0;
                let neighbour = if other == node { "" } else { nodes[other].id.as_str() };
                of_unit.entry(node).or_default().push((l, link.interfaces[end], neighbour));
            }
        }
    }
    let mut rest = Vec::with_capacity(nodes.len());
    for (n, [_, _, _, _, _, filter, filters, relays, routes, ..]) in fields.iter().enumerate() {
        let mut read_filters = Vec::new();
        for value in filter.iter().copied().chain(filters.map_or(Ok(&[][..]), |v| v.list())?) {
            read_filters.push(names.filter(value, n, nodes[n].kind)?);
        }
        let relays =
            relays.map(|v| v.list()?.iter().map(|r| names.relay(r)).collect::<Result<Vec<_>>>()).transpose()?;
        let near = of_unit.get(&n).map_or(&[][..], Vec::as_slice);
        let routes = match routes {
            Some(v) if v.list()?.is_empty() => return fault(v.at, "`routes` is empty", "`routes` が空です"),
            Some(v) => v.list()?.iter().map(|r| names.route(r, near)).collect::<Result<Vec<_>>>()?,
            None => Vec::new(),
        };
        rest.push((read_filters, relays, routes));
    }
    for (node, (filters, relays, routes)) in nodes.iter_mut().zip(rest) {
        (node.filters, node.relays, node.routes) = (filters, relays, routes);
    }
    for node in &mut nodes {
        if node.sanitises() && node.zone.is_some() {
            return fault(
                node.at,
                "a node with a sanitising relay stands between zones: no `zone`",
                "無害化中継を持つノードには `zone` を書けません",
            );
        }
        let relays = node.relays.as_ref().is_some_and(|relays| !relays.is_empty());
        node.endpoint = !node.forwards || node.zone.is_some() || relays;
        node.label = label(node, &zones);
    }
    let exceptions = read_exceptions(exceptions, &names)?;
    Ok(Document { alpha, zones, groups, nodes, links, exceptions, node_index: names.nodes })
}

fn read_zones(value: Option<&Value>, names: &mut Names) -> Result<Vec<Zone>> {
    let mut zones: Vec<Zone> = ["my-number", "lgwan", "internet"]
        .iter()
        .map(|name| Zone { name: (*name).to_owned(), networks: Vec::new() })
        .collect();
    names.zones = zones.iter().enumerate().map(|(z, zone)| (zone.name.clone(), z)).collect();
    let mut owner: HashMap<Cidr, usize> = HashMap::new();
    for (name, value) in value.map_or(Ok(&[][..]), |v| v.entries())? {
        let [networks, title] = value.fields(["networks", "title"])?;
        free_text(&[title])?;
        let z = *names.zones.entry(good_id(value.at, name)?).or_insert(zones.len());
        if z == zones.len() {
            zones.push(Zone { name: name.to_string(), networks: Vec::new() });
        }
        for network in networks.map_or(&[][..], items) {
            let cidr = read_cidr(network)?;
            if owner.insert(cidr, z).is_some_and(|other| other != z) {
                return fault(network.at, "the same network in two zones", "同じネットワークが二つのゾーンにあります");
            }
            zones[z].networks.push(cidr);
        }
    }
    Ok(zones)
}

fn read_groups(value: Option<&Value>, names: &mut Names) -> Result<Vec<Vec<Range>>> {
    let lists = value.map_or(Ok(&[][..]), |v| v.entries())?;
    lists.iter().try_for_each(|(name, value)| good_id(value.at, name).map(drop))?;
    names.groups = lists.iter().enumerate().map(|(g, (name, _))| (name.to_string(), g)).collect();
    let mut groups: Vec<Vec<Range>> = vec![Vec::new(); lists.len()];
    let of_group = |text: &str| text.strip_prefix("group:").and_then(|name| names.groups.get(name).copied());
    for g in order_of_names(lists, of_group)? {
        let mut ranges = Vec::new();
        for item in union(&lists[g].1)? {
            match names.item(item, false)? {
                Item::Range(range) => ranges.push(range),
                Item::Group(other) => ranges.extend_from_slice(&groups[other]),
                _ => {
                    return fault(
                        item.at,
                        "groups hold addresses and groups",
                        "グループに書けるのはアドレスとグループだけです",
                    );
                }
            }
        }
        ranges.sort_unstable();
        ranges.dedup();
        groups[g] = ranges;
    }
    Ok(groups)
}

fn read_services(value: Option<&Value>, names: &mut Names) -> Result<()> {
    let lists = value.map_or(Ok(&[][..]), |v| v.entries())?;
    let index: HashMap<&str, usize> = lists.iter().enumerate().map(|(s, (name, _))| (name.as_ref(), s)).collect();
    for (name, value) in lists {
        good_id(value.at, name)?;
        if plain_service(name).is_some() {
            return fault(
                value.at,
                format!("`{name}` has a meaning of its own"),
                format!("`{name}` はサービス名に使えません"),
            );
        }
    }
    for s in order_of_names(lists, |text| index.get(text).copied())? {
        let services = names.service(&lists[s].1)?;
        names.services.insert(lists[s].0.to_string(), services);
    }
    Ok(())
}

/// All that does not need the names of other nodes or of interfaces.
fn read_node(value: &Value, fields: &[Option<&Value>; 15], names: &Names) -> Result<Node> {
    let [id, kind, zone, addresses, forwards, filter, filters, _, _, routed, controls, tags, count, title, note] =
        *fields;
    let Some(id) = id else { return fault(value.at, "key `id` is missing", "キー `id` がありません") };
    free_text(&[title, note])?;
    if count.map_or(Ok(1), Value::integer)? == 0 {
        return fault(value.at, "`count` is 0", "`count` が 0 です");
    }
    let word = kind.map_or(Ok("host"), |v| v.text())?;
    let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) else {
        return fault(value.at, format!("unknown kind `{word}`"), format!("未知の種別 `{word}`"));
    };
    let zone = match zone {
        None => None,
        Some(v) => match names.zones.get(v.text()?) {
            None => return fault(v.at, "no such zone", "このゾーンは存在しません"),
            zone => zone.copied(),
        },
    };
    let by_kind = matches!(kind, Kind::Switch | Kind::L3Switch | Kind::Router | Kind::Firewall);
    let forwards = optional(forwards, by_kind, |v| v.bool())?;
    let l3 = *kind == Kind::L3Switch;
    if filter.is_some() && filters.is_some() {
        return fault(value.at, "`filter` and `filters`", "`filter` と `filters` は同時に書けません");
    }
    if *kind == Kind::Firewall && filter.is_none() && filters.is_none() {
        return fault(
            value.at,
            "a firewall needs `filter` or `filters`",
            "ファイアウォールには `filter` か `filters` が必要です",
        );
    }
    if l3 && !forwards || !l3 && routed.is_some() {
        return fault(
            value.at,
            "an l3-switch forwards, and it alone has `routed_vlans`",
            "l3-switch は必ず転送し、`routed_vlans` は l3-switch だけに書けます",
        );
    }
    Ok(Node {
        at: value.at,
        id: good_id(id.at, id.text()?)?,
        kind: *kind,
        zone,
        label: None,
        addresses: addresses.map_or(Ok(Vec::new()), |v| items(v).iter().map(read_cidr).collect())?,
        forwards,
        endpoint: false,
        filters: Vec::new(),
        relays: None,
        routes: Vec::new(),
        controls: words(controls)?,
        tags: words(tags)?,
    })
}

fn read_links(
    value: Option<&Value>,
    nodes: &[Node],
    fields: &[[Option<&Value>; 15]],
    names: &mut Names,
) -> Result<Vec<Link>> {
    let every = Rc::new(Numbers::of(vec![(1, 4095)]));
    let mut known: HashMap<Numbers, Rc<Numbers>> = HashMap::new();
    let mut share = |tags: Numbers| known.entry(tags.clone()).or_insert_with(|| Rc::new(tags)).clone();
    let mut named: Vec<(u32, u32)> = Vec::new();
    let (mut links, mut ids) = (Vec::new(), HashSet::new());
    for value in value.map_or(Ok(&[][..]), |v| v.list())? {
        let [between, vlans, one_way, id, note] = match value.data {
            Data::List(_) => [Some(value), None, None, None, None],
            _ => value.fields(["between", "vlans", "one_way", "id", "note"])?,
        };
        free_text(&[id, note])?;
        if let Some(id) = id
            && !ids.insert(word(id)?)
        {
            return fault(id.at, "duplicate link id", "リンクの id が重複しています");
        }
        let Some(between) = between else {
            return fault(value.at, "key `between` is missing", "キー `between` がありません");
        };
        let (mut ends, mut written, mut ids) = ([0; 2], [None; 2], [""; 2]);
        for (e, end) in between.tuple::<2>()?.iter().enumerate() {
            let text = end.text()?;
            let (id, interface) = text.split_once(':').map_or((text, None), |(id, interface)| (id, Some(interface)));
            match names.nodes.get(id) {
                Some(node) if interface != Some("") => (ends[e], written[e], ids[e]) = (*node, interface, id),
                _ => {
                    return fault(
                        end.at,
                        format!("`{text}`: no such node or interface"),
                        format!("`{text}`: ノードがないか、インタフェース名が空です"),
                    );
                }
            }
        }
        if ends[0] == ends[1] {
            return fault(value.at, "a link from a node to itself", "自分自身へのリンクです");
        }
        let mut interfaces = [None; 2];
        for (e, node) in ends.into_iter().enumerate() {
            // Only filters and routes of a node name its interfaces; the switch half of an l3-switch has none.
            let [_, _, _, _, _, filter, filters, _, routes, ..] = fields[node];
            if nodes[node].kind != Kind::L3Switch && [filter, filters, routes].iter().any(Option::is_some) {
                let interface = names.intern(written[e].unwrap_or(ids[1 - e]));
                names.of_node.insert((node, interface));
                interfaces[e] = Some(interface);
            }
        }
        let tags = match vlans {
            None => every.clone(),
            Some(v) => {
                let tags = read_spans(v, 1, 4094)?;
                named.extend(tags.spans());
                share(tags)
            }
        };
        let one_way = optional(one_way, false, |v| v.bool())?;
        links.push(Link { at: value.at, ends: ends.map(|n| (n, 0)), interfaces, tags, one_way });
    }
    let named = Numbers::of(named);
    for (n, node) in nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::L3Switch) {
        let routed = match fields[n][9] {
            None => named.clone(),
            Some(none) if items(none).is_empty() => Numbers::none(),
            Some(some) => read_spans(some, 1, 4094)?,
        };
        let mut join = |tag: u32, tags: Rc<Numbers>| {
            let interface = names.intern(&format!("vlan{tag}"));
            names.of_node.insert((n, interface));
            links.push(Link {
                at: node.at,
                ends: [(n, 0), (n, 1)],
                interfaces: [None, Some(interface)],
                tags,
                one_way: false,
            });
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

fn read_exceptions(value: Option<&Value>, names: &Names) -> Result<Vec<Exception>> {
    let (mut exceptions, mut ids) = (Vec::new(), HashSet::new());
    for value in value.map_or(Ok(&[][..]), |v| v.list())? {
        let ([id, from, to, service], [reason, approved_by, expires, attested, waives]) = value
            .object(["id", "from", "to", "service"], ["reason", "approved_by", "expires", "attested", "waives"])?;
        free_text(&[reason, approved_by])?;
        if !ids.insert(id.text()?.to_owned()) {
            return fault(id.at, "duplicate exception id", "特定通信の id が重複しています");
        }
        if let Some(date) = expires
            && !is_date(date.text()?)
        {
            return fault(date.at, "a date such as 2027-03-31 expected", "2027-03-31 のような日付が必要です");
        }
        if let Some(attested) = attested {
            free_text(&attested.all_fields(["by", "basis"])?.map(Some))?;
        }
        let mut waived = [waives.is_none(), false, false];
        for item in waives.map_or(Ok(&[][..]), union)? {
            match WAIVABLE.iter().position(|name| item.text().is_ok_and(|text| text == *name)) {
                Some(w) => waived[w] = true,
                None => return fault(item.at, "a path requirement expected", "経路の要件の id が必要です"),
            }
        }
        let blank = |v: Option<&Value>| v.is_none_or(|v| v.text().is_ok_and(|text| text.trim().is_empty()));
        exceptions.push(Exception {
            at: value.at,
            id: word(id)?.to_owned(),
            from: names.selector(from, false)?,
            to: names.selector(to, false)?,
            service: names.service(service)?,
            waives: waived,
            attested: attested.is_some(),
            expires: expires.map(|v| v.text().map(str::to_owned)).transpose()?,
            signed: !blank(reason) && !blank(approved_by),
        });
    }
    Ok(exceptions)
}
