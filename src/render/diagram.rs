//! The network as a picture of bounded size: nodes that are alike are drawn as one, and the ways that violate are marked.
//! What is drawn is decided here; how it is written is for `dot` and `mermaid`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::phrases::{exchange, phrases};
use super::sentences::passed;
use crate::language::Lang;
use crate::report::audit::{Drawing, DrawnNode};
use crate::report::{Report, Verdict};

/// Boxes that a picture should have at most.
const BOXES: usize = 200;
/// Endpoints alike that are still drawn one by one while there is room.
const ALIKE: usize = 12;
/// Names given of nodes that are drawn as one.
const NAMES: usize = 2;

/// A picture.
pub(super) struct Diagram {
    /// Title and verdict.
    pub title: String,
    /// Zones, in the order of the report; `None` holds what belongs to none.
    pub zones: Vec<(Option<String>, Vec<usize>)>,
    /// What is drawn.
    pub boxes: Vec<Box>,
    /// What joins boxes.
    pub lines: Vec<Line>,
    /// Whether anything is marked.
    pub marked: bool,
}

/// A node, or several alike.
pub(super) struct Box {
    /// Lines of text: what it is called, and what it is.
    pub label: Vec<String>,
    /// The word of its kind.
    pub kind: &'static str,
    /// How many nodes it stands for.
    pub count: usize,
    /// Whether a way that violates passes it.
    pub marked: bool,
}

/// A link, or several alike.
#[derive(Clone)]
pub(super) struct Line {
    /// Boxes that it joins, the first one first where it is one-way.
    pub ends: [usize; 2],
    /// Its VLANs.
    pub label: Option<String>,
    /// Whether it carries packets from its first end only.
    pub one_way: bool,
    /// Whether a way that violates passes it.
    pub marked: bool,
}

/// Which box each node is in.
type Boxes = Vec<usize>;

/// The picture of a report; without the facts of an audit, an empty one.
pub(super) fn of(report: &Report, lang: Lang) -> Diagram {
    let empty = Drawing::default();
    let drawing = report.audit.as_deref().map_or(&empty, |audit| &audit.drawing);
    let ways = ways(report, drawing);
    let on_way: BTreeSet<u32> = ways.iter().flatten().copied().collect();
    let neighbours = neighbours(drawing);
    let of_node = boxes(drawing, &neighbours, &on_way);
    let count = of_node.iter().max().map_or(0, |last| last + 1);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (node, &at) in (0_u32..).zip(&of_node) {
        members[at].push(node);
    }
    let drawn = |members: &Vec<u32>| one_box(drawing, members, on_way.contains(&members[0]), lang);
    let steps: BTreeSet<[u32; 2]> =
        ways.iter().flat_map(|way| way.windows(2).flat_map(|pair| [[pair[0], pair[1]], [pair[1], pair[0]]])).collect();
    let name = report.name.as_deref().unwrap_or(&report.file);
    let verdict = phrases(lang).verdict(report.verdict.into());
    Diagram {
        title: format!("{name}: {verdict}"),
        zones: zones(report, drawing, &members),
        boxes: members.iter().map(drawn).collect(),
        lines: lines(drawing, &of_node, &steps),
        marked: !on_way.is_empty(),
    }
}

/// The ways of the first finding of each violated requirement, session by session.
fn ways(report: &Report, drawing: &Drawing) -> Vec<Vec<u32>> {
    let index: HashMap<&str, u32> = (0..).zip(&drawing.nodes).map(|(at, node)| (node.id.as_str(), at)).collect();
    let violated = report.requirements.iter().filter(|requirement| requirement.verdict == Verdict::Violated);
    let mut out = Vec::new();
    for finding in violated.filter_map(|requirement| requirement.findings.first()) {
        for session in &finding.sessions {
            let nodes = passed(session).into_iter().filter_map(|node| index.get(node).copied());
            match session.packet() {
                Some(_) => out.push(nodes.collect()),
                // What is carried passes no link.
                None => out.extend(nodes.map(|node| vec![node])),
            }
        }
        if finding.sessions.is_empty() {
            out.extend(finding.path.iter().filter_map(|id| index.get(id.as_str()).map(|&at| vec![at])));
        }
    }
    out
}

/// What a node hangs on: the neighbour, and by what kind of link.
type Neighbour<'d> = (u32, (Option<&'d [(u16, u16)]>, bool, bool));

fn neighbours(drawing: &Drawing) -> Vec<Vec<Neighbour<'_>>> {
    let mut out = vec![Vec::new(); drawing.nodes.len()];
    for link in &drawing.links {
        let [a, b] = link.ends;
        let vlans = link.vlans.as_deref();
        if let Some(list) = out.get_mut(a as usize) {
            list.push((b, (vlans, link.one_way, false)));
        }
        if let Some(list) = out.get_mut(b as usize) {
            list.push((a, (vlans, link.one_way, true)));
        }
    }
    out
}

/// The finest grouping that is small enough: every node by itself; endpoints of one zone and kind on the same
/// neighbours together where they are many; wherever they are two; nodes whose surroundings are alike to some depth.
fn boxes(drawing: &Drawing, neighbours: &[Vec<Neighbour<'_>>], on_way: &BTreeSet<u32>) -> Boxes {
    let own: Boxes = (0..drawing.nodes.len()).collect();
    let nodes = || (0_u32..).zip(&drawing.nodes);
    let alone = |at: u32, node: &DrawnNode| on_way.contains(&at) || !node.endpoint;
    let mut twins: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for (at, node) in nodes().filter(|(at, node)| !alone(*at, node)) {
        let mut around = neighbours[at as usize].clone();
        around.sort_unstable();
        twins.entry((looks(node), around)).or_default().push(at);
    }
    let mut best = own.clone();
    for most in [ALIKE, 1] {
        let mut grouping = own.clone();
        for group in twins.values().filter(|group| group.len() > most) {
            for &node in group {
                grouping[node as usize] = group[0] as usize;
            }
        }
        best = numbered(&grouping);
        if count(&best) <= BOXES {
            return best;
        }
    }
    // What looks alike, then what also has neighbours that look alike, and so on.
    let colour = |(at, node)| (looks(node), on_way.contains(&at).then_some(at));
    let mut grouping = by_key(nodes().map(colour));
    if count(&grouping) <= BOXES {
        best = grouping.clone();
    }
    for _ in 0..8 {
        let finer = by_key(neighbours.iter().zip(&grouping).map(|(around, &own)| {
            let around: BTreeSet<_> = around.iter().map(|(node, link)| (grouping[*node as usize], *link)).collect();
            (own, around)
        }));
        if count(&finer) > BOXES || count(&finer) == count(&grouping) {
            break;
        }
        best.clone_from(&finer);
        grouping = finer;
    }
    best
}

/// What tells nodes apart at a glance.
fn looks(node: &DrawnNode) -> (Option<&str>, &'static str, bool, bool, bool) {
    (node.zone.as_deref(), node.kind, node.endpoint, node.sanitises, node.relays)
}

fn count(grouping: &Boxes) -> usize {
    grouping.iter().max().map_or(0, |last| last + 1)
}

/// Groups by a key, numbered in the order of their first members.
fn by_key<K: Ord>(keys: impl Iterator<Item = K>) -> Boxes {
    let mut known = BTreeMap::new();
    keys.map(|key| {
        let next = known.len();
        *known.entry(key).or_insert(next)
    })
    .collect()
}

fn numbered(grouping: &Boxes) -> Boxes {
    by_key(grouping.iter().copied())
}

fn one_box(drawing: &Drawing, members: &[u32], marked: bool, lang: Lang) -> Box {
    let nodes: Vec<&DrawnNode> = members.iter().map(|&at| &drawing.nodes[at as usize]).collect();
    let kind = nodes[0].kind;
    let machines = nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(node.count));
    let ids = |most: usize| nodes.iter().take(most).map(|node| node.id.as_str()).collect::<Vec<_>>().join(", ");
    let label = if let [node] = nodes.as_slice() {
        let mut label = vec![node.id.clone()];
        label.extend(node.title.clone().filter(|title| *title != node.id));
        label.extend((machines > 1).then(|| exchange::alike(lang, kind, machines)));
        label
    } else {
        let more = if nodes.len() > NAMES { ", …" } else { "" };
        vec![exchange::alike(lang, kind, machines), format!("{}{more}", ids(NAMES))]
    };
    Box { label, kind, count: nodes.len(), marked }
}

/// Boxes by zone, in the order of the report.
fn zones(report: &Report, drawing: &Drawing, members: &[Vec<u32>]) -> Vec<(Option<String>, Vec<usize>)> {
    let order: HashMap<&str, usize> =
        report.zones.iter().enumerate().map(|(at, (zone, _))| (zone.as_str(), at)).collect();
    let mut zones: BTreeMap<(usize, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (at, members) in members.iter().enumerate() {
        let zone = drawing.nodes[members[0] as usize].zone.as_deref();
        let rank = zone.and_then(|zone| order.get(zone).copied()).unwrap_or(usize::MAX);
        zones.entry((rank, zone)).or_default().push(at);
    }
    zones.into_iter().map(|((_, zone), boxes)| (zone.map(str::to_owned), boxes)).collect()
}

/// Links between boxes; those between the same boxes by the same VLANs are one line.
fn lines(drawing: &Drawing, of_node: &Boxes, steps: &BTreeSet<[u32; 2]>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut known: HashMap<([usize; 2], Option<&[(u16, u16)]>, bool), usize> = HashMap::new();
    for link in &drawing.links {
        let [Some(&a), Some(&b)] = link.ends.map(|end| of_node.get(end as usize)) else { continue };
        let ends = if link.one_way || a <= b { [a, b] } else { [b, a] };
        let at = *known.entry((ends, link.vlans.as_deref(), link.one_way)).or_insert_with(|| {
            let label = link.vlans.as_deref().map(exchange::vlans);
            lines.push(Line { ends, label, one_way: link.one_way, marked: false });
            lines.len() - 1
        });
        lines[at].marked |= steps.contains(&link.ends);
    }
    lines
}
