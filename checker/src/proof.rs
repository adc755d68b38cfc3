//! Proofs that nothing forbidden happens: trees of boxes, closed sets, directions, parts. Certificate sections 5 and 6.
#![allow(clippy::indexing_slicing)] // nodes, units and stations; what a certificate numbers goes through `get`

use crate::document::{Document, Exception, Services};
use crate::json::{Fault, Value, fault};
use crate::meaning::{Meaning, services};
use crate::policy::Methods;
use crate::sets::{AddressSpan, Addresses, END, FULL, Families, Headers, Numbers, Position, START};
use crate::steps::{InBox, Network, Relied, Sockets, Unit};
use crate::{flows, transfers};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Nodes in ascending order, each once: compact, since there may be a million.
#[derive(Clone, Debug, Default)]
pub struct Nodes(Vec<usize>);

impl FromIterator<usize> for Nodes {
    fn from_iter<I: IntoIterator<Item = usize>>(nodes: I) -> Nodes {
        let mut nodes: Vec<usize> = nodes.into_iter().collect();
        nodes.sort_unstable();
        nodes.dedup();
        Nodes(nodes)
    }
}

impl Nodes {
    pub fn has(&self, node: usize) -> bool {
        self.0.binary_search(&node).is_ok()
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().copied()
    }

    pub fn minus(&self, other: &Nodes) -> Nodes {
        self.iter().filter(|node| !other.has(*node)).collect()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
use std::rc::Rc;

/// So many openers may be copied by the splits of one tree: it bounds time and memory.
const MOST_COPIED: usize = 1 << 27;

/// Why a certificate is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `parts[0].forward.push.cells[7]`.
    pub step: String,
    /// The byte of the certificate, or of the document where what is said concerns something there.
    pub place: Spot,
    pub en: String,
    pub ja: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Certificate(usize),
    Document(usize),
}

pub type Check<T> = Result<T, Refusal>;

/// Names the step at which a certificate cannot be read.
pub fn read<T>(step: &str, result: Result<T, Fault>) -> Check<T> {
    result.map_err(|Fault { at, en, ja }| Refusal { step: step.to_owned(), place: Spot::Certificate(at), en, ja })
}

pub fn refuse<T>(step: &str, place: Spot, en: impl Into<String>, ja: impl Into<String>) -> Check<T> {
    Err(Refusal { step: step.to_owned(), place, en: en.into(), ja: ja.into() })
}

/// Refuses what stands at a place of the certificate.
pub fn reject<T>(step: &str, value: &Value, en: impl Into<String>, ja: impl Into<String>) -> Check<T> {
    refuse(step, Spot::Certificate(value.at), en, ja)
}

pub fn node_of(document: &Document, value: &Value) -> Result<usize, Fault> {
    let id = value.text()?;
    match document.node_index.get(id) {
        Some(node) => Ok(*node),
        None => fault(value.at, format!("no node `{id}`"), format!("ノード `{id}` はありません")),
    }
}

pub fn nodes_of(document: &Document, value: &Value) -> Result<Vec<usize>, Fault> {
    value.list()?.iter().map(|item| node_of(document, item)).collect()
}

/// A position on the line of addresses: certificate section 3.
pub fn position(meaning: &Meaning, value: &Value) -> Result<Position, Fault> {
    if let Ok(text) = value.text() {
        return match crate::words::read_address(text) {
            Some((rank, first)) => Ok(Position(rank, first)),
            None => {
                fault(value.at, format!("`{text}` is no address"), format!("`{text}` は IP アドレスではありません"))
            }
        };
    }
    let [id] = value.all_fields(["symbolic"])?;
    let node = node_of(meaning.document, id)?;
    match meaning.place[node] {
        Some(index) => Ok(Position(1, index as u128)),
        None => fault(value.at, "this node has no symbolic address", "このノードに記号アドレスはありません"),
    }
}

/// What a tree proves about sessions.
pub struct Claim<'c> {
    pub pull: bool,
    pub openers: Nodes,
    pub targets: Nodes,
    pub forbids: Forbids<'c>,
}

pub enum Forbids<'c> {
    /// That data flows on from what is said to be all of it: section 6.
    Flow(&'c Flow<'c>),
    /// That an exception covers a session with one of these nodes: section 7.
    Cover(&'c Exception, &'c Nodes),
}

/// Which data paths count: certificate section 6.
#[derive(Clone)]
pub struct Asks<'p> {
    /// The exceptions that excuse.
    pub waivers: Vec<usize>,
    /// Passes and transfers that sanitise in one of these ways do not count.
    pub methods: Methods,
    /// What the last session is of, as its receiver sees it.
    pub last: Option<&'p Services>,
}

impl Asks<'_> {
    pub fn counts(&self, sanitise: Option<usize>) -> bool {
        sanitise.is_none_or(|method| self.methods.get(method) != Some(&true))
    }
}

/// The data states of a direction, and where data must not come.
pub struct Flow<'p> {
    starts: Nodes,
    ends: Nodes,
    /// The level of the stations that are listed.
    listed: HashMap<usize, usize>,
    pub asks: Asks<'p>,
    /// Which passes are stations: none of the nodes that are left out, none that sanitises in a way that does not count.
    is_station: Vec<bool>,
}

/// A data state, or a role in which data is received: without a station, a start or an end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stand {
    pub station: Option<usize>,
    /// As a state its level; as a role: whether data of covered sessions may come here.
    pub level: usize,
}

impl Flow<'_> {
    pub fn states(&self, meaning: &Meaning, node: usize) -> Vec<Stand> {
        let own = meaning.stations_of.get(&node).into_iter().flatten();
        let listed = own.filter_map(|s| self.listed.get(s).map(|level| Stand { station: Some(*s), level: *level }));
        self.starts.has(node).then_some(Stand { station: None, level: 0 }).into_iter().chain(listed).collect()
    }

    /// In a role, level 0 means that covered sessions of level 0 may lead here.
    pub fn roles(&self, meaning: &Meaning, node: usize) -> Vec<Stand> {
        let own = meaning.stations_of.get(&node).into_iter().flatten().filter(|s| self.is_station[**s]);
        let open = own.filter(|s| self.listed.get(s) != Some(&1));
        let open = open.map(|s| Stand { station: Some(*s), level: usize::from(!self.listed.contains_key(s)) });
        self.ends.has(node).then_some(Stand { station: None, level: 0 }).into_iter().chain(open).collect()
    }
}

impl Claim<'_> {
    /// Is the session forbidden? `u` opens, with its sources in the box; `v` receives, with its destinations in the box.
    fn forbids(&self, meaning: &Meaning, h: &Headers, u: (usize, &Addresses), v: (usize, &Addresses)) -> bool {
        match &self.forbids {
            Forbids::Cover(exception, apart) => {
                let from = meaning.families(&meaning.excepted(&exception.from, u.0, u.1));
                let to = meaning.families(&meaning.excepted(&exception.to, v.0, v.1));
                let concerns = apart.has(u.0) || apart.has(v.0);
                concerns && exception.service.set.meets(h.service) && from.go_with(to)
            }
            Forbids::Flow(flow) => {
                let (x, y) = if self.pull { (v, u) } else { (u, v) };
                let roles = flow.roles(meaning, y.0);
                flow.states(meaning, x.0).into_iter().any(|state| {
                    roles.iter().any(|role| {
                        let mut carried = services(h.service);
                        if let Some(s) = state.station.map(|s| &meaning.stations[s]) {
                            carried = carried.and(&s.to_service.set);
                            if !meaning.peer(&s.to, &s.to_addresses, y.0, y.1) {
                                return false;
                            }
                        }
                        if let Some(r) = role.station.map(|s| &meaning.stations[s]) {
                            carried = carried.and(&r.from_service.set);
                            if !meaning.peer(&r.from, &r.from_addresses, x.0, x.1) {
                                return false;
                            }
                        } else if let Some(last) = flow.asks.last {
                            carried = carried.and(&last.set);
                        }
                        let may_be_excused = state.level == 0 && role.level == 0;
                        let excused = || meaning.excused(&flow.asks.waivers, [u, v], &carried);
                        !carried.is_empty() && !(may_be_excused && excused())
                    })
                })
            }
        }
    }

    /// What `forbids` can see of a node on one side, so that nodes that look alike are judged once. `others` are the
    /// stations of the nodes on the other side.
    fn look(&self, meaning: &Meaning, node: usize, has: &Addresses, opens: bool, others: &BTreeSet<usize>) -> Look {
        let mut looks = Vec::new();
        let side = |exception: &Exception| {
            let selector = if opens { &exception.from } else { &exception.to };
            meaning.excepted(selector, node, has)
        };
        match &self.forbids {
            Forbids::Cover(exception, apart) => {
                looks.push(usize::from(apart.has(node)));
                let Families { v4, symbolic, v6 } = meaning.families(&side(exception));
                looks.extend([v4, symbolic, v6].map(usize::from));
            }
            Forbids::Flow(flow) => {
                let gives = opens != self.pull;
                let stands = if gives { flow.states(meaning, node) } else { flow.roles(meaning, node) };
                for stand in stands {
                    // All that pass everything are alike.
                    let own = stand.station.map_or(1, |s| if meaning.stations[s].entry.is_none() { 2 } else { s + 3 });
                    looks.extend([own, stand.level]);
                }
                looks.push(usize::MAX);
                for station in others.iter().map(|s| &meaning.stations[*s]) {
                    let (selector, named) = if gives {
                        (&station.from, &station.from_addresses)
                    } else {
                        (&station.to, &station.to_addresses)
                    };
                    looks.push(usize::from(meaning.peer(selector, named, node, has)));
                }
                let exceptions = flow.asks.waivers.iter().map(|e| &meaning.document.exceptions[*e]);
                looks.extend(exceptions.map(|e| usize::from(side(e).holds_all_of(has))));
            }
        }
        Look(meaning.families(has), looks)
    }

    fn stations(&self, meaning: &Meaning, nodes: &[(usize, Addresses)]) -> BTreeSet<usize> {
        let own = nodes.iter().filter_map(|(node, _)| meaning.stations_of.get(node)).flatten().copied();
        match self.forbids {
            Forbids::Cover(..) => BTreeSet::new(),
            Forbids::Flow(_) => own.filter(|s| meaning.stations[*s].entry.is_some()).collect(),
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Look(Families, Vec<usize>);

/// The openers of a cell, sorted so that a cell need not look at each: those behind like sockets together.
struct Openers {
    nodes: Nodes,
    /// Per socket: the hull of all sources, and the links with their openers.
    sockets: Vec<(usize, AddressSpan, Vec<(usize, usize)>)>,
    /// Openers with links that are no sockets.
    others: Vec<usize>,
}

/// From the first to the last address of all sets: what lies outside is in none of them.
fn hull<'a>(sets: impl Iterator<Item = &'a Rc<Addresses>>) -> AddressSpan {
    sets.flat_map(|set| set.spans().first().zip(set.spans().last()))
        .fold((END, START), |(first, end), (low, high)| (first.min(low.0), end.max(high.1)))
}

fn overlap(a: AddressSpan, b: AddressSpan) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Links of one socket are alike only if the proof relies on both or on neither: of socket s, 2s are those on which it
/// does not rely, 2s + 1 the others.
pub fn socket_of(network: &Network, relied: &Relied, link: usize) -> Option<usize> {
    network.socket_of_link[link].map(|s| s * 2 + usize::from(relied.on_link(link)))
}

/// The nodes' links that are sockets, by socket, with the hull of the nodes' sets; and the nodes that have other links.
fn by_socket(
    network: &Network,
    relied: &Relied,
    nodes: &Nodes,
    sets: &[Rc<Addresses>],
) -> (BTreeMap<usize, (AddressSpan, Vec<(usize, usize)>)>, Vec<usize>) {
    let (mut links, mut others) = (Vec::new(), Vec::new());
    for node in nodes.iter() {
        let unit = network.session_unit(node);
        let mut other = network.forwards(unit);
        for link in &network.trunks[unit] {
            match socket_of(network, relied, *link) {
                Some(socket) => links.push((socket, *link, node)),
                None => other = true,
            }
        }
        if other {
            others.push(node);
        }
    }
    links.sort_by_key(|(socket, ..)| *socket); // almost in order already
    let united = links.chunk_by(|(a, ..), (b, ..)| a == b).filter_map(|links| {
        let (socket, ..) = links.first()?;
        let own = links.iter().map(|(_, link, node)| (*link, *node)).collect();
        Some((*socket, (hull(links.iter().map(|(.., node)| &sets[*node])), own)))
    });
    (united.collect(), others)
}

impl Openers {
    fn new(network: &Network, relied: &Relied, nodes: Nodes) -> Openers {
        let (sockets, others) = by_socket(network, relied, &nodes, &network.meaning.sends);
        Openers { nodes, sockets: sockets.into_iter().map(|(s, (hull, links))| (s, hull, links)).collect(), others }
    }
}

#[derive(PartialEq, Eq, Hash)]
pub struct State {
    pub unit: Unit,
    pub by: Option<usize>,
    /// For switches.
    pub tags: Option<Numbers>,
}

#[derive(Default)]
struct States {
    /// By unit.
    list: Vec<State>,
    /// The tags of all states of a unit by a link together.
    held: HashMap<(Unit, Option<usize>), Option<Numbers>>,
}

impl States {
    /// Arrival at a forwarding unit: section 5, rule 3.
    fn hold(&self, unit: Unit, by: usize, from_leaf: bool, tags: Option<&Numbers>) -> bool {
        let own = self.held.get(&(unit, Some(by)));
        let any = if from_leaf { self.held.get(&(unit, None)) } else { None };
        match tags {
            None => own.is_some() || any.is_some(),
            Some(tags) => match (own.and_then(Option::as_ref), any.and_then(Option::as_ref)) {
                (Some(own), Some(any)) => own.holds_all_of(tags) || own.or(any).holds_all_of(tags),
                (Some(held), None) | (None, Some(held)) => held.holds_all_of(tags),
                (None, None) => tags.is_empty(),
            },
        }
    }
}

/// To which of the leaves behind a socket something is delivered.
#[derive(Clone, Copy, PartialEq)]
enum Delivered {
    All,
    AllBut(usize),
}

pub struct Tree<'t, 'm, 'd> {
    network: &'t Network<'m, 'd>,
    claim: &'t Claim<'t>,
    relied: Relied,
    sets: Vec<States>,
    /// For each socket, one of its links.
    links: Vec<Option<usize>>,
    /// Targets behind sockets, with the hull of their destinations.
    targets: BTreeMap<usize, (AddressSpan, Vec<(usize, usize)>)>,
    step: &'t str,
}

/// A tree proves that no forbidden session of the claim exists: section 5.
pub fn check_tree(network: &Network, claim: &Claim, value: &Value, step: &str) -> Check<()> {
    if network.meaning.document.translates() {
        return flows::check_flows(network, claim, value, step);
    }
    let [relied, links, sets, cells] = read(step, value.all_fields(["relies_on", "links", "sets", "cells"]))?;
    let relied = read_relied(network, relied, links, step)?;
    let mut states = Vec::new();
    for (s, set) in read(step, sets.list())?.iter().enumerate() {
        states.push(read_states(network, set, &format!("{step}.sets[{s}]"))?);
    }
    let targets = by_socket(network, &relied, &claim.targets, &network.meaning.receives).0;
    let some_link = |socket: &Sockets| {
        [false, true].map(|listed| socket.links.iter().copied().find(|l| relied.on_link(*l) == listed))
    };
    let links = network.sockets.iter().flat_map(some_link).collect();
    let tree = Tree { network, claim, relied, sets: states, links, targets, step };
    tree.cells(read(step, cells.list())?, cells.at)
}

/// The denials and links that a proof relies upon.
pub fn read_relied(network: &Network, denials: &Value, links: &Value, step: &str) -> Check<Relied> {
    let mut listed = vec![false; network.meaning.document.links.len()];
    let wrong = ["links, ascending, expected", "リンクを昇順に書きます"];
    for (first, last) in read(&format!("{step}.links"), read_spans(links, 0, listed.len(), wrong))? {
        listed[first..=last].fill(true);
    }
    Ok(Relied::Only { denials: read_denials(network, denials, step)?, links: listed })
}

/// `[first, last]` of spans from `least` to below `end`, ascending and apart.
fn read_spans(value: &Value, least: usize, end: usize, wrong: [&str; 2]) -> Result<Vec<(usize, usize)>, Fault> {
    let (mut spans, mut next) = (Vec::new(), least);
    for pair in value.list()? {
        let [first, last] = pair.tuple()?;
        let (first, last) = (first.integer()?, last.integer()?);
        if first < next || last < first || last >= end {
            let [en, ja] = wrong;
            return fault(pair.at, en, ja);
        }
        next = last + 1;
        spans.push((first, last));
    }
    Ok(spans)
}

fn read_denials(network: &Network, value: &Value, step: &str) -> Check<HashSet<(usize, Option<usize>, Option<usize>)>> {
    let mut items = HashSet::new();
    for (i, item) in read(step, value.list())?.iter().enumerate() {
        let step = format!("{step}.relies_on[{i}]");
        let [node, filter, rule] = read(&step, item.tuple())?;
        let n = read(&step, node_of(network.meaning.document, node))?;
        let filter = read(&step, filter.nullable(Value::integer))?;
        let rule = read(&step, rule.nullable(Value::integer))?;
        let node = &network.meaning.document.nodes[n];
        let denies = match (filter.map(|f| node.filters.get(f)), rule) {
            (None, None) => !node.routes.is_empty(),
            (Some(Some(filter)), None) => !filter.default_permit,
            (Some(Some(filter)), Some(rule)) => filter.rules.get(rule).is_some_and(|rule| !rule.permit),
            _ => false,
        };
        if !denies || !items.insert((n, filter, rule)) {
            return refuse(
                &step,
                Spot::Document(node.at),
                "no denial of this node, or listed twice",
                "このノードの拒否ではないか、重複しています",
            );
        }
    }
    Ok(items)
}

/// Where packets may be: a forwarding unit, the link they came by, the tags they bear.
pub fn read_state(network: &Network, item: &Value, [node, half, by, tags]: [&Value; 4], step: &str) -> Check<State> {
    let n = read(step, node_of(network.meaning.document, node))?;
    let half = read(step, half.integer())?;
    let by = read(step, by.nullable(Value::integer))?;
    let unit = n * 2 + half.min(1);
    if half > network.meaning.document.nodes[n].session_half() || !network.forwards(unit) || !network.has_node(n) {
        return reject(step, item, "no forwarding unit", "転送する機器ではありません");
    }
    let comes_by = by.map_or(!network.is_filtered(unit), |link| {
        link < network.meaning.document.links.len() && network.end(link, unit).is_some() && network.has_link(link)
    });
    if !comes_by {
        return reject(
            step,
            item,
            "not a link of this unit, or `null` where filters, routes or `nat` need the link",
            "この機器のリンクではないか、フィルター、経路、`nat` があるのに `null` です",
        );
    }
    let wrong = ["VLAN tags from 1 to 4094, ascending, expected", "VLAN は 1〜4094 を昇順に書きます"];
    let tags = read(step, tags.nullable(|value| read_spans(value, 1, 4095, wrong)))?;
    let tags = tags.map(|spans| spans.into_iter().map(|(first, last)| (first as u32, last as u32 + 1)).collect());
    if tags.is_some() != network.is_switch(unit) {
        return reject(step, item, "tags are for switches alone", "VLAN を持つのはスイッチだけです");
    }
    Ok(State { unit, by, tags: tags.map(Numbers::of) })
}

fn read_states(network: &Network, value: &Value, step: &str) -> Check<States> {
    let mut states = States::default();
    let mut seen = HashSet::new();
    for (i, item) in read(step, value.list())?.iter().enumerate() {
        let step = format!("{step}[{i}]");
        let [node, half, by, tags] = read(&step, item.tuple())?;
        let State { unit, by, tags } = read_state(network, item, [node, half, by, tags], &step)?;
        if !seen.insert((unit, by, tags.clone())) {
            return reject(&step, item, "the state is there twice", "状態が重複しています");
        }
        let held = states.held.entry((unit, by)).or_insert_with(|| tags.clone());
        if let (Some(held), Some(tags)) = (held, &tags) {
            *held = held.or(tags);
        }
        states.list.push(State { unit, by, tags });
    }
    states.list.sort_by_key(|state| state.unit);
    Ok(states)
}

impl Tree<'_, '_, '_> {
    fn cells(&self, cells: &[Value], at: usize) -> Check<()> {
        let mut pending: Vec<Option<(Headers, Rc<Openers>)>> = cells.iter().map(|_| None).collect();
        match pending.first_mut() {
            Some(root) => {
                *root = Some((FULL, Rc::new(Openers::new(self.network, &self.relied, self.claim.openers.clone()))))
            }
            None => return refuse(self.step, Spot::Certificate(at), "no cells", "セルがありません"),
        }
        let mut copied = 0usize;
        for (c, cell) in cells.iter().enumerate() {
            let step = format!("{}.cells[{c}]", self.step);
            let no_parent =
                || reject(&step, cell, "no cell before names this one", "このセルを指すセルが前にありません");
            let Some((headers, openers)) = pending[c].take() else { return no_parent() };
            let [cut, split, void, closed] = read(&step, cell.fields(["cut", "split", "void", "closed"]))?;
            let children = match (cut, split, void, closed) {
                (Some(cut), None, None, None) => {
                    let [line, position, low, high] = read(&step, cut.tuple())?;
                    let (lower, higher) = self.cut(headers, line, position, &step)?;
                    Some([(low, lower, openers.clone()), (high, higher, openers)])
                }
                (None, Some(split), None, None) => {
                    let [ids, low, high] = read(&step, split.tuple())?;
                    let listed = read(&step, nodes_of(self.network.meaning.document, ids))?;
                    let chosen: Nodes = listed.iter().copied().collect();
                    if listed.is_empty()
                        || chosen.len() != listed.len()
                        || !chosen.iter().all(|node| openers.nodes.has(node))
                    {
                        return reject(
                            &step,
                            ids,
                            "not openers of this cell, each once",
                            "このセルの開く側のノードではないか、重複しています",
                        );
                    }
                    copied = copied.saturating_add(openers.nodes.len());
                    if copied > MOST_COPIED {
                        return reject(
                            &step,
                            cell,
                            "a limit of this checker is reached",
                            "この検査プログラムの上限に達しました",
                        );
                    }
                    let others = openers.nodes.minus(&chosen);
                    let [chosen, others] =
                        [chosen, others].map(|nodes| Rc::new(Openers::new(self.network, &self.relied, nodes)));
                    Some([(low, headers, chosen), (high, headers, others)])
                }
                (None, None, Some(void), None) if read(&step, void.bool())? => {
                    if !headers.is_void(self.network.meaning.symbolic) {
                        return reject(&step, cell, "the box is not void", "空でない範囲です");
                    }
                    None
                }
                (None, None, None, Some(closed)) => {
                    let Some(states) = self.sets.get(read(&step, closed.integer())?) else {
                        return reject(&step, closed, "no such set", "この集合はありません");
                    };
                    self.closed(states, headers, &openers, &step)?;
                    None
                }
                _ => {
                    return reject(
                        &step,
                        cell,
                        "one of `cut`, `split`, `void: true`, `closed` expected",
                        "`cut`、`split`、`void: true`、`closed` のいずれか一つが必要です",
                    );
                }
            };
            for (child, headers, openers) in children.into_iter().flatten() {
                let index = read(&step, child.integer())?;
                match pending.get_mut(index) {
                    Some(slot @ None) if index > c => *slot = Some((headers, openers)),
                    _ => {
                        return reject(&step, child, "not a later cell of its own", "後にある別のセルではありません");
                    }
                }
            }
        }
        Ok(())
    }

    fn cut(&self, box_: Headers, line: &Value, at: &Value, step: &str) -> Check<(Headers, Headers)> {
        let (mut low, mut high) = (box_, box_);
        let address = |span: AddressSpan| -> Check<Option<(AddressSpan, AddressSpan)>> {
            let p = read(step, position(self.network.meaning, at))?;
            Ok((span.0 < p && p < span.1).then_some(((span.0, p), (p, span.1))))
        };
        let number = |span: (u32, u32)| -> Check<Option<((u32, u32), (u32, u32))>> {
            let p = u32::try_from(read(step, at.integer())?).unwrap_or(u32::MAX);
            Ok((span.0 < p && p < span.1).then_some(((span.0, p), (p, span.1))))
        };
        let cut = match read(step, line.text())? {
            "source" => address(box_.source)?.map(|(l, h)| (low.source, high.source) = (l, h)),
            "destination" => address(box_.destination)?.map(|(l, h)| (low.destination, high.destination) = (l, h)),
            "service" => number(box_.service)?.map(|(l, h)| (low.service, high.service) = (l, h)),
            "source_port" => number(box_.source_port)?.map(|(l, h)| (low.source_port, high.source_port) = (l, h)),
            _ => return reject(step, line, "no such line", "この軸はありません"),
        };
        match cut {
            Some(()) => Ok((low, high)),
            None => reject(step, at, "the position is not inside the cell", "位置がセルの中にありません"),
        }
    }

    /// A set is closed for a box and openers: the five rules of section 5.
    fn closed(&self, states: &States, headers: Headers, openers: &Openers, step: &str) -> Check<()> {
        let (network, meaning, relied, pull) = (self.network, self.network.meaning, &self.relied, self.claim.pull);
        let mut inside = InBox::new(network, headers, &self.relied);
        let mut sockets: HashMap<usize, Delivered> = HashMap::new();
        let mut nodes: BTreeSet<usize> = BTreeSet::new();
        let missing = |unit: Unit, link: usize, what: &str| {
            let link = network.link(link);
            let id = &meaning.document.nodes[unit / 2].id;
            let en = format!("a packet {what} by this link arrives at `{id}`, and the set does not hold that");
            refuse(
                step,
                Spot::Document(link.at),
                en,
                format!("このリンクからパケットが `{id}` に届きますが、集合に含まれていません"),
            )
        };
        // 1. Emit, behind sockets.
        for (s, _, links) in openers.sockets.iter().filter(|(_, sources, _)| overlap(*sources, headers.source)) {
            let unit = network.sockets[*s / 2].unit;
            for (link, node) in links {
                let leaf = node * 2;
                let Some(end) = network.end(*link, unit) else { continue };
                if network.away(relied, *link, leaf, pull).is_none() || !inside.may_pass(leaf, None, Some(*link)) {
                    break; // alike for all links of these sockets
                }
                let tags = network.at_switch(unit, network.carried(relied, *link, end));
                if states.hold(unit, usize::MAX, true, tags) {
                    break; // a state that came by `null` holds what comes from any leaf
                }
                if meaning.sends[*node].meets(headers.source) && !states.hold(unit, *link, true, tags) {
                    return missing(unit, *link, "emitted");
                }
            }
        }
        // 1. Emit, elsewhere.
        for node in openers.others.iter().filter(|node| meaning.sends[**node].meets(headers.source)) {
            let unit = network.session_unit(*node);
            for link in network.trunks[unit]
                .iter()
                .chain(network.sockets_of[unit].iter().flat_map(|s| &network.sockets[*s].links))
            {
                let Some(other) = network.away(relied, *link, unit, pull) else { continue };
                let Some(end) = network.end(*link, other) else { continue };
                if inside.may_pass(unit, None, Some(*link)) {
                    if !network.forwards(other) {
                        if inside.may_pass(other, Some(*link), None) {
                            nodes.insert(other / 2);
                        }
                    } else if !states.hold(
                        other,
                        *link,
                        !network.forwards(unit),
                        network.at_switch(other, network.carried(relied, *link, end)),
                    ) {
                        return missing(other, *link, "emitted");
                    }
                }
            }
        }
        for own in states.list.chunk_by(|a, b| a.unit == b.unit) {
            // 2. and 3. Step and arrive at units: all states of the unit at once, or else one by one.
            let Some(State { unit, .. }) = own.first() else { continue };
            let every_tag = network.is_switch(*unit).then(|| {
                Numbers::of(own.iter().flat_map(|state| state.tags.iter().flat_map(Numbers::spans)).copied().collect())
            });
            for link in &network.trunks[*unit] {
                let Some(other) = network.away(relied, *link, *unit, pull) else { continue };
                let Some(end) = network.end(*link, *unit) else { continue };
                let hold = |tags: &Numbers| states.hold(other, *link, false, network.at_switch(other, tags));
                let held = |tags: Option<&Numbers>| match tags {
                    None => hold(network.carried(relied, *link, 1 - end)),
                    Some(tags) => {
                        let (leaving, entering) = network.crossing(relied, *link, end, tags);
                        leaving.is_empty() || network.is_switch(other) && entering.is_empty() || hold(&entering)
                    }
                };
                if held(every_tag.as_ref()) {
                    continue;
                }
                for State { by, tags, .. } in own.iter().filter(|s| s.tags.is_none() || s.by != Some(*link)) {
                    if !held(tags.as_ref()) && inside.may_pass(*unit, *by, Some(*link)) {
                        return missing(other, *link, "sent on");
                    }
                }
            }
        }
        for State { unit, by, tags } in &states.list {
            let node = unit / 2;
            // 2. and 3. Step and arrive at leaves.
            for s in network.sockets_of[*unit].iter().flat_map(|s| [s * 2, s * 2 + 1]) {
                let Some(link) = self.links[s].filter(|_| sockets.get(&s) != Some(&Delivered::All)) else { continue };
                let Some(end) = network.end(link, *unit) else { continue };
                let spans = network.carried(relied, link, end).spans();
                let carried = tags.as_ref().is_none_or(|tags| spans.iter().any(|span| tags.meets(*span)));
                let Some(leaf) = network.away(relied, link, *unit, pull).filter(|_| carried) else { continue };
                let back = by.filter(|by| tags.is_some() && socket_of(network, relied, *by) == Some(s));
                let before = sockets.get(&s).copied();
                let after = match (back, before) {
                    (None, _) => Delivered::All,
                    (Some(back), None) => Delivered::AllBut(back),
                    (Some(back), Some(Delivered::AllBut(other))) if back == other => Delivered::AllBut(back),
                    _ => Delivered::All,
                };
                if before != Some(after)
                    && inside.may_pass(*unit, *by, Some(link))
                    && inside.may_pass(leaf, Some(link), None)
                {
                    sockets.insert(s, after);
                }
            }
            // 4. Deliver at forwarders.
            if meaning.document.nodes[node].endpoint
                && *unit == network.session_unit(node)
                && inside.may_pass(*unit, *by, None)
            {
                nodes.insert(node);
            }
        }
        self.nothing_forbidden(headers, openers, &sockets, &nodes, step)
    }

    /// Rule 5.
    fn nothing_forbidden(
        &self,
        h: Headers,
        openers: &Openers,
        sockets: &HashMap<usize, Delivered>,
        nodes: &BTreeSet<usize>,
        step: &str,
    ) -> Check<()> {
        let meaning = self.network.meaning;
        let mut received: Vec<usize> = nodes.iter().copied().filter(|node| self.claim.targets.has(*node)).collect();
        for (socket, delivered) in sockets {
            if let Some((_, links)) = self.targets.get(socket).filter(|(all, _)| overlap(*all, h.destination)) {
                received.extend(
                    links.iter().filter(|(link, _)| *delivered != Delivered::AllBut(*link)).map(|(_, node)| *node),
                );
            }
        }
        received.sort_unstable();
        received.dedup();
        let inside = |sets: &[Rc<Addresses>], node: usize, span: AddressSpan| {
            let has = sets[node].within(span);
            (!has.is_empty()).then_some((node, has))
        };
        let receivers: Vec<_> =
            received.into_iter().filter_map(|v| inside(&meaning.receives, v, h.destination)).collect();
        if receivers.is_empty() {
            return Ok(());
        }
        let senders: Vec<_> = openers.nodes.iter().filter_map(|u| inside(&meaning.sends, u, h.source)).collect();
        // Of those that look alike two are enough: one may be the other end itself.
        let alike = |side: &[(usize, Addresses)], other: &[(usize, Addresses)], opens: bool| {
            let others = self.claim.stations(meaning, other);
            let mut groups: HashMap<Look, Vec<usize>> = HashMap::new();
            for (i, (node, has)) in side.iter().enumerate() {
                let group = groups.entry(self.claim.look(meaning, *node, has, opens, &others)).or_default();
                if group.len() < 2 {
                    group.push(i);
                }
            }
            groups
        };
        let (from, to) = (alike(&senders, &receivers, true), alike(&receivers, &senders, false));
        for (from_look, from) in &from {
            for (_, to) in to.iter().filter(|(to_look, _)| from_look.0.go_with(to_look.0)) {
                let pairs = from.iter().flat_map(|u| to.iter().map(|v| (&senders[*u], &receivers[*v])));
                if let Some((u, v)) = pairs.into_iter().find(|(u, v)| u.0 != v.0)
                    && self.claim.forbids(meaning, &h, (u.0, &u.1), (v.0, &v.1))
                {
                    let (u, v) = (&meaning.document.nodes[u.0], &meaning.document.nodes[v.0]);
                    let en = format!("the set does not exclude a forbidden session from `{}` to `{}`", u.id, v.id);
                    let ja =
                        format!("`{}` から `{}` への禁じられたセッションを、この集合では排除できません", u.id, v.id);
                    return refuse(step, Spot::Document(v.at), en, ja);
                }
            }
        }
        Ok(())
    }
}

/// A direction: what is said to be all that data from the starts can come to, and that no end is among it. Section 6.
pub fn check_direction(
    network: &Network,
    [starts, ends]: [&[usize]; 2],
    asks: &Asks,
    value: &Value,
    step: &str,
) -> Check<()> {
    let meaning = network.meaning;
    let [stations, push, pull] = read(step, value.all_fields(["stations", "push", "pull"]))?;
    let is_station =
        meaning.stations.iter().map(|s| network.has_node(s.node) && asks.counts(s.sanitise)).collect::<Vec<_>>();
    let mut flow = flow_of([starts, ends], asks, is_station);
    for (i, item) in read(step, stations.list())?.iter().enumerate() {
        let step = format!("{step}.stations[{i}]");
        let [node, entry, mirror, level] = read(&step, item.tuple())?;
        let n = read(&step, node_of(meaning.document, node))?;
        let entry = read(&step, entry.nullable(Value::integer))?;
        let mirror = read(&step, mirror.bool())?;
        let level = read(&step, level.integer())?;
        let station = meaning.station(n, entry, mirror).filter(|s| flow.is_station[*s]);
        if level > 1 || !station.is_some_and(|s| flow.listed.insert(s, level).is_none()) {
            return reject(&step, item, "no station, or listed twice", "中継ではないか、重複しています");
        }
    }
    let listed = flow.listed.keys().map(|s| meaning.stations[*s].node);
    let near: Nodes = flow.starts.iter().chain(listed).collect();
    let open = (0..meaning.stations.len()).filter(|s| flow.is_station[*s] && flow.listed.get(s) != Some(&1));
    let far: Nodes = flow.ends.iter().chain(open.map(|s| meaning.stations[s].node)).collect();
    transfers::check_flows(network, &flow, &near, &far, step)?;
    let claim = |pull, openers: &Nodes, targets: &Nodes| Claim {
        pull,
        openers: openers.clone(),
        targets: targets.clone(),
        forbids: Forbids::Flow(&flow),
    };
    check_tree(network, &claim(false, &near, &far), push, &format!("{step}.push"))?;
    check_tree(network, &claim(true, &far, &near), pull, &format!("{step}.pull"))
}

fn flow_of<'p>([starts, ends]: [&[usize]; 2], asks: &Asks<'p>, is_station: Vec<bool>) -> Flow<'p> {
    let set = |nodes: &[usize]| nodes.iter().copied().collect::<Nodes>();
    Flow { starts: set(starts), ends: set(ends), listed: HashMap::new(), asks: asks.clone(), is_station }
}

/// The one direction of a requirement on sessions: what the starts open to the ends, with no stations and no pull. Section 6.
fn check_openings(network: &Network, sides: [&[usize]; 2], asks: &Asks, value: &Value, step: &str) -> Check<()> {
    let [stations, push] = read(step, value.all_fields(["stations", "push"]))?;
    if !read(step, stations.list())?.is_empty() {
        return reject(step, stations, "sessions have no stations", "セッションの要件に中継はありません");
    }
    check_push(network, sides, asks, push, &format!("{step}.push"))
}

/// A tree that proves that none of the starts opens a session to one of the ends.
pub fn check_push(network: &Network, sides: [&[usize]; 2], asks: &Asks, tree: &Value, step: &str) -> Check<()> {
    let flow = flow_of(sides, asks, vec![false; network.meaning.stations.len()]);
    let (openers, targets) = (flow.starts.clone(), flow.ends.clone());
    check_tree(network, &Claim { pull: false, openers, targets, forbids: Forbids::Flow(&flow) }, tree, step)
}

/// The two lists of a part, `None`: the whole side.
pub type Lists = [Option<Vec<usize>>; 2];

fn read_lists(network: &Network, sides: &[Vec<usize>; 2], values: [&Value; 2], step: &str) -> Check<Lists> {
    let mut lists = [None, None];
    for ((list, value), side) in lists.iter_mut().zip(values).zip(sides) {
        let nodes = read(step, value.nullable(|v| nodes_of(network.meaning.document, v)))?;
        let side: HashSet<&usize> = side.iter().collect();
        let mut seen = HashSet::new();
        let mut fits = |nodes: &Vec<usize>| nodes.iter().all(|n| side.contains(n) && seen.insert(*n));
        if nodes.as_ref().is_some_and(|nodes| nodes.is_empty() || !fits(nodes)) {
            return reject(step, value, "not nodes of this side", "この側のノードではありません");
        }
        *list = nodes;
    }
    Ok(lists)
}

/// A part: no data path, either way, between its `a` and its `b`. Returns the two lists.
pub fn check_part(network: &Network, sides: &[Vec<usize>; 2], asks: &Asks, value: &Value, step: &str) -> Check<Lists> {
    let [a, b, forward, backward] = read(step, value.all_fields(["a", "b", "forward", "backward"]))?;
    let lists = read_lists(network, sides, [a, b], step)?;
    let [a, b] = [0, 1].map(|side| lists[side].as_ref().unwrap_or(&sides[side]).as_slice());
    check_direction(network, [a, b], asks, forward, &format!("{step}.forward"))?;
    check_direction(network, [b, a], asks, backward, &format!("{step}.backward"))?;
    Ok(lists)
}

/// A part of a requirement on sessions: none from its `a` to its `b`.
pub fn check_sessions_part(
    network: &Network,
    sides: &[Vec<usize>; 2],
    asks: &Asks,
    value: &Value,
    step: &str,
) -> Check<Lists> {
    let [a, b, forward] = read(step, value.all_fields(["a", "b", "forward"]))?;
    let lists = read_lists(network, sides, [a, b], step)?;
    let [a, b] = [0, 1].map(|side| lists[side].as_ref().unwrap_or(&sides[side]).as_slice());
    check_openings(network, [a, b], asks, forward, &format!("{step}.forward"))?;
    Ok(lists)
}
