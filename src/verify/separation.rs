//! What keeps the two sides of a path requirement apart: found by letting both sides spread through everything that has
//! no filter, and looking at where they stop.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::show::Show;
use super::trace::Tracer;
use crate::document::{Action, Kind};
use crate::engine::PathOutcome;
use crate::engine::route::Wiring;
use crate::language::Phrase;
use crate::model::Model;
use crate::network::{ClassId, Skeleton};
use crate::policy::Isolation;
use crate::report::Note;

/// Notes of one kind before the rest is only counted.
const SHOWN: usize = 10;
/// Names in one sentence.
const NAMES: usize = 4;

/// Where a side spreads to.
#[derive(Default)]
struct Spread {
    /// Tags with which it is at the switches of each unit.
    tags: BTreeMap<u32, BTreeSet<u16>>,
    /// Nodes with filters or routes at which it stops.
    stopped: BTreeSet<u32>,
    /// One-way links that it meets from behind.
    behind: BTreeSet<u32>,
}

/// What separates the sides of a proved requirement.
pub fn of(tracer: &Tracer<'_, '_>, show: Show<'_, '_, '_>, paths: &PathOutcome, isolation: &Isolation) -> Vec<Note> {
    let model = show.model;
    let tag = isolation.without_tag.as_deref();
    let [a, b] = [&paths.a, &paths.b].map(|side| spread(tracer, paths, side, tag));
    let mut out = Vec::new();
    let shared: Vec<u32> = a.stopped.intersection(&b.stopped).copied().collect();
    // Where nothing stops one side, it ends by itself; else every way passes a stop of either side.
    let stops = match (shared.is_empty(), a.stopped.len() <= b.stopped.len()) {
        (false, _) => shared,
        (true, true) => a.stopped.iter().copied().collect(),
        (true, false) => b.stopped.iter().copied().collect(),
    };
    let filters = stops.iter().filter(|node| model.filters.contains_key(node));
    for &node in filters.clone().take(SHOWN) {
        out.push(filter(show, node));
    }
    more(filters.count(), &mut out);
    let shared = a.tags.iter().filter_map(|(unit, tags)| Some((*unit, [tags, b.tags.get(unit)?])));
    let by_vlan: Vec<(u32, [&BTreeSet<u16>; 2])> =
        shared.filter(|(_, [left, right])| left.is_disjoint(right)).collect();
    out.extend(vlans(show, paths, &by_vlan));
    let diodes: Vec<u32> = a.behind.union(&b.behind).copied().collect();
    for &link in diodes.iter().take(SHOWN) {
        let name = show.link(link);
        out.push(Note {
            node: None,
            location: Some(show.link_at(link)),
            text: Phrase::new(format!("the one-way link {name}"), format!("一方向のリンク {name}")),
        });
    }
    more(diodes.len(), &mut out);
    let count = u32::try_from(model.document.nodes.len()).unwrap_or(u32::MAX);
    if let Some(tag) = tag {
        let tagged: Vec<u32> = (0..count).filter(|&node| model.has_tag(node, tag)).collect();
        out.extend(group(show, &tagged, |names| {
            Phrase::new(
                format!("all ways lead through {} (`{tag}`)", names.en),
                format!("すべての経路が {}（{tag}）を通ること", names.ja),
            )
        }));
    }
    if isolation.raw_only {
        let detailed = model.detailed.iter().copied();
        let sanitising: Vec<u32> = detailed.filter(|&node| model.document.nodes[node as usize].sanitises()).collect();
        out.extend(group(show, &sanitising, |names| {
            Phrase::new(format!("what crosses is sanitised by {}", names.en), format!("{} による無害化", names.ja))
        }));
    }
    if out.is_empty() {
        let text = Phrase::new("no link and no relay joins the two sides", "両者をつなぐリンクも中継もないこと");
        out.push(Note { node: None, location: None, text });
    }
    out
}

fn more(count: usize, out: &mut Vec<Note>) {
    if let Some(more) = count.checked_sub(SHOWN).filter(|&more| more > 0) {
        let text = Phrase::new(format!("and {more} more alike"), format!("同様のもの ほか {more} 件"));
        out.push(Note { node: None, location: None, text });
    }
}

fn filter(show: Show<'_, '_, '_>, node: u32) -> Note {
    let value = &show.model.document.nodes[node as usize];
    let filters = value.details.as_deref().and_then(|details| details.filters.as_deref()).unwrap_or_default();
    let rules: usize = filters.iter().map(|filter| filter.rules.len()).sum();
    let by_kind = if value.kind == Kind::Firewall { Action::Deny } else { Action::Permit };
    let denies = filters.iter().any(|filter| filter.default.unwrap_or(by_kind) == Action::Deny);
    let id = show.id(node);
    let text = if denies {
        Phrase::new(
            format!("the filter of {id} (default deny, {rules} {})", if rules == 1 { "rule" } else { "rules" }),
            format!("{id} のフィルター（既定は拒否、ルール {rules} 行）"),
        )
    } else {
        Phrase::new(format!("the deny rules of {id}"), format!("{id} の拒否ルール"))
    };
    let location = filters.first().map(|filter| show.places.locate(filter.span));
    Note { node: Some(id.to_owned()), location, text }
}

/// Names of nodes in a sentence.
struct Names {
    en: String,
    ja: String,
}

fn group(show: Show<'_, '_, '_>, nodes: &[u32], text: impl Fn(Names) -> Phrase) -> Option<Note> {
    let first = *nodes.first()?;
    let shown: Vec<&str> = nodes.iter().take(NAMES).map(|&node| show.id(node)).collect();
    let (mut en, mut ja) = (shown.join(", "), shown.join("、"));
    if nodes.len() > NAMES {
        let more = nodes.len() - NAMES;
        en.push_str(&format!(" and {more} more"));
        ja.push_str(&format!(" ほか {more} 件"));
    }
    Some(Note { node: None, location: Some(show.node_at(first)), text: text(Names { en, ja }) })
}

/// Units of switches that both sides are at, with different tags.
fn vlans(show: Show<'_, '_, '_>, paths: &PathOutcome, units: &[(u32, [&BTreeSet<u16>; 2])]) -> Vec<Note> {
    let skeleton = paths.network.skeleton();
    // alike by the tags of the two sides
    let mut groups: BTreeMap<[String; 2], Vec<u32>> = BTreeMap::new();
    let word = |tags: &BTreeSet<u16>| {
        let shown: Vec<String> = tags.iter().take(NAMES).map(u16::to_string).collect();
        format!("{}{}", shown.join(", "), if tags.len() > NAMES { ", …" } else { "" })
    };
    let words: BTreeMap<u32, [String; 2]> = units.iter().map(|(unit, tags)| (*unit, tags.map(word))).collect();
    let mut many = vec![false; skeleton.unit_count()];
    for (&unit, words) in &words {
        groups.entry(words.clone()).or_default().push(skeleton.node(unit));
        many[unit as usize] = skeleton.is_many(unit);
    }
    if many.contains(&true) {
        for (node, unit) in skeleton.members(&many).filter(|&(node, unit)| node != skeleton.node(unit)) {
            groups.entry(words[&unit].clone()).or_default().push(node);
        }
    }
    groups.values_mut().for_each(|nodes| nodes.sort_unstable());
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(tags, nodes)| (std::cmp::Reverse(nodes.len()), tags.clone()));
    let notes = groups.iter().take(SHOWN).filter_map(|([left, right], nodes)| {
        group(show, nodes, |names| {
            Phrase::new(
                format!("VLAN {left} apart from VLAN {right} on {}", names.en),
                format!("{} における VLAN {left} と VLAN {right} の分離", names.ja),
            )
        })
    });
    let mut out: Vec<Note> = notes.collect();
    more(groups.len(), &mut out);
    out
}

/// Where a side spreads from.
struct Spreading<'r, 'm, 'd> {
    model: &'m Model<'d>,
    wiring: &'r Wiring<'m, 'd>,
    skeleton: &'r Skeleton,
    without_tag: Option<&'r str>,
    /// Whether routers were reached, by unit.
    routers: Vec<bool>,
    /// Units still to be left, with the tag; 0: none.
    queue: VecDeque<(u32, u16)>,
    out: Spread,
}

/// Lets the endpoints of some classes spread.
fn spread(tracer: &Tracer<'_, '_>, paths: &PathOutcome, side: &[ClassId], without_tag: Option<&str>) -> Spread {
    let (model, skeleton) = (tracer.model(), paths.network.skeleton());
    let links = &model.names.links;
    let mut spreading = Spreading {
        model,
        wiring: tracer.wiring(),
        skeleton,
        without_tag,
        routers: vec![false; skeleton.unit_count()],
        queue: VecDeque::new(),
        out: Spread::default(),
    };
    let mut seen = vec![false; skeleton.port_count()];
    for &node in side.iter().flat_map(|&class| &paths.network.classes.get(class).members) {
        match skeleton.unit(node) {
            Some(unit) => {
                if skeleton.is_many(unit) {
                    spreading.enter_from_within(unit);
                }
                let own = |&(link, second): &(u32, bool)| links[link as usize][usize::from(second)] == node;
                skeleton.links(unit).filter(own).for_each(|(link, second)| spreading.arrive(link, second, None));
            }
            None => {
                for port in skeleton.ports_of_leaf(node) {
                    if !std::mem::replace(&mut seen[port as usize], true)
                        && let Some((link, second)) = skeleton.sending_link(port, links)
                    {
                        spreading.arrive(link, second, None);
                    }
                }
            }
        }
    }
    let mut asked = vec![false; paths.network.classes.list.len()];
    side.iter().for_each(|class| asked[class.0 as usize] = true);
    let of_side = |node: u32| paths.network.classes.of_node[node as usize].is_some_and(|class| asked[class.0 as usize]);
    let leaves = skeleton.one_way_leaves().iter().copied();
    spreading.out.behind.extend(leaves.filter(|&link| of_side(links[link as usize][1])));
    spreading.run();
    spreading.out
}

impl Spreading<'_, '_, '_> {
    fn enter(&mut self, unit: u32, tag: u16) {
        if self.out.tags.entry(unit).or_default().insert(tag) {
            self.queue.push_back((unit, tag));
        }
    }

    fn enter_router(&mut self, unit: u32) {
        if !std::mem::replace(&mut self.routers[unit as usize], true) {
            self.queue.push_back((unit, 0));
        }
    }

    /// A node of a unit of several reaches the others by links of all VLANs.
    fn enter_from_within(&mut self, unit: u32) {
        match self.model.document.nodes[self.skeleton.node(unit) as usize].kind {
            Kind::Switch => self.wiring.tags().iter().for_each(|&tag| self.enter(unit, tag)),
            _ => self.enter_router(unit),
        }
    }

    /// Comes by a link from its first or second end.
    fn arrive(&mut self, link: u32, second: bool, tag: Option<u16>) {
        let model = self.model;
        let node = model.names.links[link as usize][usize::from(!second)];
        if model.document.links[link as usize].one_way() && second {
            self.out.behind.insert(link);
            return;
        }
        let gone = self.without_tag.is_some_and(|tag| model.has_tag(node, tag));
        let Some(unit) = self.skeleton.unit(node).filter(|_| !gone) else { return };
        if model.filters.contains_key(&node) || model.routes.contains_key(&node) {
            self.out.stopped.insert(node);
            return;
        }
        match (model.document.nodes[node as usize].kind, tag) {
            (Kind::Switch | Kind::L3Switch, Some(tag)) => self.enter(unit, tag),
            (Kind::Switch | Kind::L3Switch, None) => {
                let wiring = self.wiring;
                wiring.tags().iter().filter(|&&tag| wiring.carries(link, tag)).for_each(|&tag| self.enter(unit, tag));
            }
            _ => self.enter_router(unit),
        }
    }

    fn run(&mut self) {
        let (wiring, skeleton) = (self.wiring, self.skeleton);
        while let Some((unit, tag)) = self.queue.pop_front() {
            let tag = Some(tag).filter(|&tag| tag != 0);
            let node = skeleton.node(unit);
            // An l3-switch routes between its VLANs.
            if let (Kind::L3Switch, Some(own)) = (self.model.document.nodes[node as usize].kind, tag) {
                let routed = wiring.routed_tags(node);
                if routed.contains(&own) {
                    routed.into_iter().for_each(|tag| self.enter(unit, tag));
                }
            }
            for (link, second) in skeleton.links(unit) {
                if tag.is_none_or(|tag| wiring.carries(link, tag)) {
                    self.arrive(link, second, tag);
                }
            }
        }
    }
}
