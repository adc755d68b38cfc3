//! That no repair costs less: ways that violate, and that no cheaper edits lie on all of them. Certificate section 10.
#![allow(clippy::indexing_slicing)] // places and ways are numbered here

use crate::json::Value;
use crate::paths::sides;
use crate::pattern::Matcher;
use crate::policy::{Asked, InEffect, Severity};
use crate::proof::{Asks, Check, Spot, read, refuse, reject};
use crate::requirements::absent;
use crate::steps::{Network, Unit};
use crate::witness::{check_witness, tag_beyond};
use std::collections::BTreeMap;

/// What was accepted of a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Least {
    /// Kinds of edits that were considered.
    pub allowed: Vec<String>,
    /// What its edits cost.
    pub cost: usize,
    /// What any repair by such edits costs at least.
    pub bound: usize,
    /// How many ways show it.
    pub ways: usize,
}

/// The kinds of edits, in this order.
const KINDS: [&str; 4] = ["rules", "links", "relays", "vlans"];

/// The edits of a repair, what each costs, and of which kind it is.
const EDITS: [(&str, usize, usize); 5] =
    [("rule", 1, 0), ("link", 3, 1), ("relays", 1, 2), ("vlan", 1, 3), ("routed-vlan", 1, 3)];

/// How many choices are tried before nothing is accepted.
const MOST_CHOICES: usize = 1_000_000;

/// Where an edit can lie that breaks a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A rule in a filter of a node, between two interfaces.
    Rule(usize, usize, Option<u32>, Option<u32>),
    Link(usize),
    /// A node passes on nothing.
    Relays(usize),
    /// A VLAN of a link.
    Vlan(usize, u32),
    /// A VLAN that an l3-switch routes: the link between its halves.
    Routed(usize),
}

impl Place {
    /// Index in `EDITS`.
    const fn edit(self) -> usize {
        match self {
            Place::Rule(..) => 0,
            Place::Link(_) => 1,
            Place::Relays(_) => 2,
            Place::Vlan(..) => 3,
            Place::Routed(_) => 4,
        }
    }
}

/// The keys of a repair beyond those of every certificate.
pub struct Keys<'v, 'a> {
    pub allowed: &'v Value<'a>,
    pub edits: &'v Value<'a>,
    pub cost: &'v Value<'a>,
    pub bound: &'v Value<'a>,
    pub ways: &'v Value<'a>,
}

/// The whole of it. `networks`: those of the requirements in effect.
pub fn check_least(matcher: &Matcher, asked: &[InEffect], networks: &[Network], keys: &Keys) -> Check<Least> {
    let mut allowed = [false; 4];
    let (mut words, mut last) = (Vec::new(), None);
    for word in read("allowed", keys.allowed.list())? {
        let text = read("allowed", word.text())?;
        let kind = KINDS.iter().position(|kind| *kind == text);
        let Some(kind) = kind.filter(|kind| last.is_none_or(|last| last < *kind)) else {
            return reject("allowed", word, "kinds of edits in their order expected", "編集の種類を順に並べてください");
        };
        (allowed[kind], last) = (true, Some(kind));
        words.push(text.to_owned());
    }
    let mut sum = 0_usize;
    for edit in read("edits", keys.edits.list())? {
        let text = read("edits", edit.text())?;
        let found = EDITS.iter().find(|(word, ..)| *word == text).filter(|(_, _, kind)| allowed[*kind]);
        let Some((_, cost, _)) = found else {
            return reject("edits", edit, "no edit that is allowed", "許された編集ではありません");
        };
        sum = sum.saturating_add(*cost);
    }
    let (cost, bound) = (read("cost", keys.cost.integer())?, read("bound", keys.bound.integer())?);
    if cost != sum {
        return reject("cost", keys.cost, "not what the edits cost", "編集のコストの合計と異なります");
    }
    if bound > cost {
        return reject("bound", keys.bound, "more than the repair itself costs", "是正そのもののコストを超えています");
    }
    let mut numbers = BTreeMap::new();
    let mut ways = Vec::new();
    for (i, way) in read("ways", keys.ways.list())?.iter().enumerate() {
        let places = check_way(matcher, asked, networks, way, &format!("ways[{i}]"))?;
        let of_kind = places.into_iter().filter(|place| allowed[EDITS[place.edit()].2]);
        let mut own: Vec<(usize, usize)> = of_kind
            .map(|place| {
                let next = numbers.len();
                (*numbers.entry(place).or_insert(next), EDITS[place.edit()].1)
            })
            .collect();
        own.sort_unstable();
        own.dedup();
        ways.push(own);
    }
    let budget = bound.checked_sub(1);
    let mut search =
        Search { ways: &ways, chosen: vec![false; numbers.len()], banned: vec![false; numbers.len()], tried: 0 };
    match budget.map_or(Some(false), |budget| search.is_enough(budget)) {
        Some(false) => Ok(Least { allowed: words, cost, bound, ways: ways.len() }),
        Some(true) => reject(
            "bound",
            keys.bound,
            "cheaper edits lie on all these ways",
            "より安い編集で、これらの経路をすべて断てます",
        ),
        None => reject("bound", keys.bound, "too many choices to try", "試すべき組合せが多すぎます"),
    }
}

/// A way that violates a requirement of severity error; returns where edits can break it.
fn check_way(
    matcher: &Matcher,
    asked: &[InEffect],
    networks: &[Network],
    value: &Value,
    step: &str,
) -> Check<Vec<Place>> {
    let [id, witness] = read(step, value.all_fields(["requirement", "witness"]))?;
    let text = read(step, id.text())?;
    let one = asked.iter().find(|one| one.requirement.id == text && one.severity == Severity::Error);
    let (Some(one), Some(Asked::Paths(paths))) = (one, one.map(|one| &one.requirement.asked)) else {
        return reject(
            step,
            id,
            "no requirement on paths of severity error",
            "重大度が error の、経路の要件ではありません",
        );
    };
    let wanted = absent(matcher, &one.requirement.asked);
    let Some(network) = networks.iter().find(|network| Some(&network.absent) == wanted.as_ref()) else {
        return reject(step, id, "no network", "ネットワークがありません");
    };
    let waivers = matcher.document.waiving(&one.requirement.id);
    let asks = Asks { waivers, methods: paths.methods, last: paths.services.as_ref() };
    let step = format!("{step}.witness");
    let [a, b] = check_witness(network, &asks, witness, &step)?;
    let sides = sides(matcher, paths);
    let joins = |a: usize, b: usize| a != b && sides[0].contains(&a) && sides[1].contains(&b);
    if !joins(a, b) && !joins(b, a) {
        return reject(&step, witness, "not a path between the two sides", "両側の間の経路ではありません");
    }
    places(network, witness, &step)
}

/// Where edits can lie that break a way that was replayed.
fn places(network: &Network, witness: &Value, step: &str) -> Check<Vec<Place>> {
    let document = network.meaning.document;
    let [path, passes, sessions] = read(step, witness.all_fields(["path", "passes", "sessions"]))?;
    let nodes = read(step, crate::proof::nodes_of(document, path))?;
    let mut out = Vec::new();
    for (pass, node) in read(step, passes.list())?.iter().zip(nodes.iter().skip(1)) {
        if pass.is_null() {
            out.push(Place::Relays(*node));
        }
    }
    for (i, session) in read(step, sessions.list())?.iter().enumerate() {
        if read(step, session.entries())?.iter().any(|(key, _)| key == "transfer") {
            continue;
        }
        let (pull, hops) = read(
            step,
            session.object(|o| {
                let own = (o.must("pull", Ok)?, o.must("hops", Ok)?);
                o.must("packet", Ok)?;
                o.may("translations", Ok)?;
                Ok(own)
            }),
        )?;
        let opener = if read(step, pull.bool())? { nodes.get(i + 1) } else { nodes.get(i) };
        let Some(opener) = opener else { continue };
        let mut way = Way { network, unit: network.session_unit(*opener), came_by: None, tag: None };
        for hop in read(step, hops.list())? {
            let [link, back, vlan] = read(step, hop.tuple())?;
            let (link, back) = (read(step, link.integer())?, read(step, back.bool())?);
            let vlan = read(step, vlan.nullable(Value::integer))?.and_then(|vlan| u32::try_from(vlan).ok());
            if way.goes(link, usize::from(back), vlan, &mut out).is_none() {
                return refuse(step, Spot::Certificate(hop.at), "no hop", "区間ではありません");
            }
        }
        way.filters(None, &mut out);
    }
    Ok(out)
}

/// A packet on its way.
struct Way<'n, 'm, 'd> {
    network: &'n Network<'m, 'd>,
    unit: Unit,
    came_by: Option<usize>,
    tag: Option<u32>,
}

impl Way<'_, '_, '_> {
    /// The filters that the packet passes here.
    fn filters(&self, leaves: Option<usize>, out: &mut Vec<Place>) {
        let (network, node) = (self.network, self.unit / 2);
        if self.unit != network.session_unit(node) {
            return;
        }
        let interface = |link: Option<usize>| link.and_then(|link| network.interface(link, self.unit));
        let (i, o) = (interface(self.came_by), interface(leaves));
        for (f, filter) in network.meaning.document.nodes[node].filters.iter().enumerate() {
            if filter.applies(i, o) {
                out.push(Place::Rule(node, f, i, o));
            }
        }
    }

    /// The packet leaves by a link.
    fn goes(&mut self, link: usize, end: usize, vlan: Option<u32>, out: &mut Vec<Place>) -> Option<()> {
        let network = self.network;
        self.filters(Some(link), out);
        let said = network.meaning.document.links.get(link)?;
        let (node, half) = *said.ends.get(1 - end)?;
        let other = node * 2 + half;
        let entered = tag_beyond(network, (self.unit, other), (link, end), (vlan, self.tag))?;
        if said.said.is_some() {
            out.push(Place::Link(link));
            let near = vlan.filter(|_| network.is_switch(self.unit));
            let native = |vlan: u32| said.native.is_some_and(|native| native.contains(&vlan));
            // An end that carries nothing at all is no end of a document's link.
            let only = |vlan: u32| said.tags.iter().any(|tags| tags.spans() == [(vlan, vlan.saturating_add(1))]);
            let tags = near.into_iter().chain(entered).filter(|vlan| names_vlans(network) && !native(*vlan));
            out.extend(tags.filter(|vlan| !only(*vlan)).map(|vlan| Place::Vlan(link, vlan)));
        } else if said.tags[0].spans() != EVERY_TAG {
            out.push(Place::Routed(link));
        }
        (self.unit, self.came_by, self.tag) = (other, Some(link), entered);
        Some(())
    }
}

/// The VLANs of an end that none are named of.
const EVERY_TAG: &[(u32, u32)] = &[(1, 4095)];

/// Whether a link of the document names VLANs.
fn names_vlans(network: &Network) -> bool {
    let links = network.meaning.document.links.iter().filter(|link| link.said.is_some());
    links.into_iter().any(|link| link.native.is_some() || link.tags.iter().any(|tags| tags.spans() != EVERY_TAG))
}

/// The search for places that lie on all ways.
struct Search<'s> {
    /// Of each way its places and what an edit there costs.
    ways: &'s [Vec<(usize, usize)>],
    chosen: Vec<bool>,
    /// Places without which it is tried.
    banned: Vec<bool>,
    tried: usize,
}

impl Search<'_> {
    /// Whether so much is enough for places on all ways; `None`: too many choices.
    fn is_enough(&mut self, budget: usize) -> Option<bool> {
        self.tried += 1;
        if self.tried > MOST_CHOICES {
            return None;
        }
        let ways = self.ways;
        let open: Vec<Vec<(usize, usize)>> = ways
            .iter()
            .filter(|way| !way.iter().any(|(place, _)| self.chosen[*place]))
            .map(|way| way.iter().filter(|(place, _)| !self.banned[*place]).copied().collect())
            .collect();
        // Of ways that share no place each costs something.
        let (mut least, mut seen) = (0_usize, Vec::new());
        for way in &open {
            if way.iter().all(|(place, _)| !seen.contains(place)) {
                let Some(cheapest) = way.iter().map(|(_, cost)| *cost).min() else { return Some(false) };
                least += cheapest;
                seen.extend(way.iter().map(|(place, _)| *place));
            }
        }
        if least > budget {
            return Some(false);
        }
        let Some(way) = open.iter().min_by_key(|way| way.len()) else { return Some(true) };
        let mut banned = Vec::new();
        let mut found = Some(false);
        for (place, cost) in way {
            if let Some(left) = budget.checked_sub(*cost) {
                self.chosen[*place] = true;
                found = self.is_enough(left);
                self.chosen[*place] = false;
                if found != Some(false) {
                    break;
                }
            }
            self.banned[*place] = true;
            banned.push(*place);
        }
        banned.into_iter().for_each(|place| self.banned[place] = false);
        found
    }
}
