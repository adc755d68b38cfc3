//! The eight requirements: certificate sections 1, 2, 6 and 7; semantics section 7.
#![allow(clippy::indexing_slicing)] // nodes and exceptions

use crate::document::{Document, Exception, INTERNET, Item, Kind, LGWAN, MY_NUMBER, WAIVABLE};
use crate::json::{Value, fault};
use crate::meaning::{contradicts, sends_singly};
use crate::proof::{Check, Claim, Forbids, Nodes, Spot, check_part, check_tree, nodes_of, read, refuse, reject};
use crate::steps::Network;
use crate::transfers::check_ends;
use crate::witness::{Wanted, check_witness, pair, replay};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The requirements in the order of the specification.
pub const REQUIREMENTS: [&str; 8] = [
    "MN-ISOLATION",
    "MN-TERMINAL",
    "LGWAN-INTERNET",
    "INTERNET-CLOUD",
    "INTERNET-MONITOR",
    "EXCEPTION-LIMITED",
    "EXCEPTION-PEER",
    "LABELLED",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Proved,
    Violated,
    Vacuous,
}

/// What was accepted about one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub id: &'static str,
    pub holds: Holds,
    pub violating: usize,
    pub complete: bool,
}

type Tuples = Vec<Vec<String>>;

/// What the document alone says about an attribute requirement: of whom it speaks, and who violates it.
pub struct Attribute {
    /// By the controls declared, or for LABELLED by label; for EXCEPTION-LIMITED unused.
    pub groups: BTreeMap<Option<Vec<String>>, Vec<String>>,
    pub speaks: usize,
    pub violating: Tuples,
}

/// Recomputes MN-TERMINAL, INTERNET-MONITOR, LABELLED or EXCEPTION-LIMITED; `None` for the others.
pub fn attribute(document: &Document, id: &str, today: &str) -> Option<Attribute> {
    let mut found = Attribute { groups: BTreeMap::new(), speaks: 0, violating: Vec::new() };
    let has = |controls: &[String], wanted: [&str; 2]| wanted.iter().all(|w| controls.iter().any(|c| c == w));
    for (n, node) in document.nodes.iter().enumerate() {
        let (speaks, holds) = match id {
            "MN-TERMINAL" => (
                document.tier(n) == Some(MY_NUMBER) && node.kind == Kind::Terminal,
                has(&node.controls, ["mfa", "export-disabled"]),
            ),
            "INTERNET-MONITOR" => (node.has_tag("security-cloud"), has(&node.controls, ["monitoring", "blocking"])),
            "LABELLED" => {
                let between = node.kind == Kind::Gateway || node.forwards || node.sanitises();
                let declares = node.relays.as_ref().is_some_and(|relays| !relays.is_empty());
                (
                    node.endpoint,
                    (node.label.is_some() || between && declares) && !contradicts(document, &document.nodes[n]),
                )
            }
            _ => break,
        };
        if speaks {
            let mut key = node.controls.clone();
            key.sort_unstable();
            key.dedup();
            let label = node.label.map(|zone| vec![document.zones[zone].name.clone()]);
            let key = if id == "LABELLED" { label } else { Some(key) };
            found.groups.entry(key).or_default().push(node.id.clone());
            found.speaks += 1;
            if !holds {
                found.violating.push(vec![node.id.clone()]);
            }
        }
    }
    if id == "EXCEPTION-LIMITED" {
        found.speaks = document.exceptions.len();
        for exception in &document.exceptions {
            let narrow = |item: &Item| match item {
                Item::Range(range) => range.first == range.last,
                Item::Group(group) => document.groups[*group].iter().all(|range| range.first == range.last),
                Item::Node(node) => sends_singly(document, *node),
                _ => false,
            };
            let expired = exception.expires.as_ref().is_some_and(|last| last.as_str() < today);
            let limited = exception.from.iter().chain(&exception.to).all(narrow) && exception.service.limited;
            if expired || !limited || !exception.signed {
                found.violating.push(vec![exception.id.clone()]);
            }
        }
    } else if !matches!(id, "MN-TERMINAL" | "INTERNET-MONITOR" | "LABELLED") {
        return None;
    }
    found.violating.sort_unstable();
    found.groups.values_mut().for_each(|nodes| nodes.sort_unstable());
    Some(found)
}

fn texts(value: &Value) -> Result<Vec<String>, crate::json::Fault> {
    value.list()?.iter().map(|item| item.text().map(str::to_owned)).collect()
}

/// `violating`: strictly ascending tuples of so many ids.
fn tuples(value: &Value, arity: usize) -> Result<Tuples, crate::json::Fault> {
    let tuples: Tuples = value.list()?.iter().map(texts).collect::<Result<_, _>>()?;
    let ordered = tuples.iter().zip(tuples.iter().skip(1)).all(|(before, after)| before < after);
    if !ordered || tuples.iter().any(|tuple| tuple.len() != arity) {
        return fault(
            value.at,
            "tuples of this requirement, strictly ascending, expected",
            "この要件の組を昇順に、重複なく並べてください",
        );
    }
    Ok(tuples)
}

/// The step of a requirement itself.
const STEP: &str = "";
/// INTERNET-CLOUD among the path requirements.
const CLOUD: usize = 2;

/// The keys that every requirement has.
struct Heading {
    at: usize,
    holds: Holds,
    violating: Tuples,
}

fn heading(at: usize, id: &str, own: [&Value; 3]) -> Check<Heading> {
    let [written, verdict, violating] = own;
    if read("id", written.text())? != id {
        return reject("id", written, format!("`{id}` expected here"), format!("ここには `{id}` が必要です"));
    }
    let holds = match read("verdict", verdict.text())? {
        "proved" => Holds::Proved,
        "violated" => Holds::Violated,
        "vacuous" => Holds::Vacuous,
        _ => {
            return reject("verdict", verdict, "no verdict that has a certificate", "証明書のある判定ではありません");
        }
    };
    let arity =
        if matches!(id, "MN-ISOLATION" | "LGWAN-INTERNET" | "INTERNET-CLOUD" | "EXCEPTION-PEER") { 2 } else { 1 };
    let violating = read("violating", tuples(violating, arity))?;
    Ok(Heading { at, holds, violating })
}

impl Heading {
    /// The verdict goes with the tuples and with whether the requirement speaks of anybody.
    fn agree(&self, speaks: bool) -> Check<()> {
        let right = match self.holds {
            Holds::Vacuous => !speaks && self.violating.is_empty(),
            Holds::Proved => speaks && self.violating.is_empty(),
            Holds::Violated => speaks && !self.violating.is_empty(),
        };
        if right {
            Ok(())
        } else {
            refuse(
                "verdict",
                Spot::Certificate(self.at),
                "the verdict does not agree with the document or with `violating`",
                "判定が文書または `violating` と合いません",
            )
        }
    }
}

/// Checks one requirement. `plain` and `cloudless` are the network, and the one without the security cloud.
pub fn check(plain: &Network, cloudless: &Network, id: &'static str, today: &str, value: &Value) -> Check<Accepted> {
    let document = plain.meaning.document;
    let (heading, complete) = match id {
        "MN-ISOLATION" => check_paths(plain, 0, id, value)?,
        "LGWAN-INTERNET" => check_paths(plain, 1, id, value)?,
        "INTERNET-CLOUD" => check_paths(cloudless, CLOUD, id, value)?,
        "EXCEPTION-PEER" => check_peers(plain, id, value)?,
        _ => (check_attribute(document, id, today, value)?, true),
    };
    Ok(Accepted { id, holds: heading.holds, violating: heading.violating.len(), complete })
}

fn check_attribute(document: &Document, id: &str, today: &str, value: &Value) -> Check<Heading> {
    let by_group = id != "EXCEPTION-LIMITED";
    let list = if by_group { "groups" } else { "exceptions" };
    let [written, verdict, violating, list] = read(STEP, value.all_fields(["id", "verdict", "violating", list]))?;
    let heading = heading(value.at, id, [written, verdict, violating])?;
    let Some(found) = attribute(document, id, today) else {
        return reject(STEP, value, "not an attribute requirement", "属性の要件ではありません");
    };
    if by_group {
        let key = if id == "LABELLED" { "zone" } else { "declares" };
        let mut groups = Vec::new();
        for (i, group) in read("groups", list.list())?.iter().enumerate() {
            let step = format!("groups[{i}]");
            let [declared, nodes] = read(&step, group.all_fields([key, "nodes"]))?;
            let declared = if id == "LABELLED" {
                declared.nullable(|v| Ok(vec![v.text()?.to_owned()]))
            } else {
                texts(declared).map(Some)
            };
            groups.push((read(&step, declared)?, read(&step, texts(nodes))?));
        }
        if !groups.iter().map(|(key, nodes)| (key, nodes)).eq(found.groups.iter()) {
            return reject("groups", list, "not what the document declares", "文書の宣言と異なります");
        }
    } else if !read("exceptions", texts(list))?.iter().eq(document.exceptions.iter().map(|e| &e.id)) {
        return reject("exceptions", list, "not the document's exceptions", "文書の特定通信と異なります");
    }
    if heading.violating != found.violating {
        let differs = heading
            .violating
            .iter()
            .chain(&found.violating)
            .find(|t| heading.violating.contains(t) != found.violating.contains(t));
        let place = differs
            .and_then(|t| Some(Spot::Document(place_of(document, t.first()?)?)))
            .unwrap_or(Spot::Certificate(violating.at));
        return refuse(
            "violating",
            place,
            "not the tuples that follow from the document",
            "文書から導かれる組と異なります",
        );
    }
    heading.agree(found.speaks > 0)?;
    Ok(heading)
}

fn place_of(document: &Document, id: &str) -> Option<usize> {
    let exception = || document.exceptions.iter().find(|e| e.id == id).map(|e| e.at);
    document.node_index.get(id).map(|n| document.nodes[*n].at).or_else(exception)
}

/// Where the nodes of violating pairs are: `None` if one is not of its side.
fn pairs(document: &Document, violating: &Tuples) -> Option<Vec<[usize; 2]>> {
    let node = |id: &String| document.node_index.get(id).copied();
    violating.iter().map(|tuple| Some([node(tuple.first()?)?, node(tuple.get(1)?)?])).collect()
}

/// What the path requirements and EXCEPTION-PEER share: the heading, whether it is complete, and the witnesses.
fn path_heading<'v, 'a>(
    at: usize,
    id: &str,
    speaks: bool,
    own: [&'v Value<'a>; 5],
) -> Check<(Heading, bool, &'v [Value<'a>])> {
    let [written, verdict, violating, complete, witnesses] = own;
    let heading = heading(at, id, [written, verdict, violating])?;
    heading.agree(speaks)?;
    let is_complete = read("complete", complete.bool())?;
    if !is_complete && heading.holds != Holds::Violated {
        return reject("complete", complete, "`true` expected", "`true` が必要です");
    }
    let list = read("witnesses", witnesses.list())?;
    if list.len() != heading.violating.len() {
        return reject("witnesses", witnesses, "a witness for each tuple expected", "組ごとに一つの実例が必要です");
    }
    Ok((heading, is_complete, list))
}

fn check_paths(network: &Network, requirement: usize, id: &str, value: &Value) -> Check<(Heading, bool)> {
    let document = network.meaning.document;
    let keys = ["id", "verdict", "violating", "complete", "witnesses", "parts"];
    let [written, verdict, violating, complete, witnesses, parts] = read(STEP, value.all_fields(keys))?;
    let (sides, raw) = (sides(document, requirement), WAIVABLE[requirement] == "LGWAN-INTERNET");
    let speaks = sides.iter().all(|side| !side.is_empty());
    let (heading, is_complete, witnesses) =
        path_heading(value.at, id, speaks, [written, verdict, violating, complete, witnesses])?;
    let members: [HashSet<usize>; 2] = [0, 1].map(|side| sides[side].iter().copied().collect());
    let Some(pairs) = pairs(document, &heading.violating)
        .filter(|p| p.iter().all(|[a, b]| members[0].contains(a) && members[1].contains(b)))
    else {
        return reject("violating", violating, "not pairs of the two sides", "両側のノードの組ではありません");
    };
    let wanted = Wanted { waives: Some(requirement), raw };
    for (i, (witness, [a, b])) in witnesses.iter().zip(&pairs).enumerate() {
        let step = format!("witnesses[{i}]");
        let ends = check_witness(network, &wanted, witness, &step)?;
        if ends != [*a, *b] && ends != [*b, *a] {
            return reject(&step, witness, "not a path of this tuple", "この組の経路ではありません");
        }
    }
    let list = read("parts", parts.list())?;
    if heading.holds == Holds::Vacuous || !is_complete {
        if !list.is_empty() {
            return reject("parts", parts, "empty list expected", "空のリストが必要です");
        }
        return Ok((heading, is_complete));
    }
    let mut proved = Vec::new();
    for (i, part) in list.iter().enumerate() {
        let [a, b] = check_part(network, &sides, Some(requirement), raw, part, &format!("parts[{i}]"))?;
        let [a, b] = [a, b].map(|nodes| nodes.map(|nodes| nodes.into_iter().collect::<HashSet<usize>>()));
        proved.push((a, b));
    }
    // Nodes of side a that are in the same parts are covered alike.
    let mut alike: HashMap<Vec<usize>, Vec<usize>> = HashMap::new();
    for a in &sides[0] {
        let within = |i: &usize| proved[*i].0.as_ref().is_none_or(|nodes| nodes.contains(a));
        alike.entry((0..proved.len()).filter(within).collect()).or_default().push(*a);
    }
    let violating: HashSet<[usize; 2]> = pairs.into_iter().collect();
    for (within, nodes) in alike {
        let covered = |b: &&usize| !within.iter().any(|i| proved[*i].1.as_ref().is_none_or(|nodes| nodes.contains(b)));
        for b in sides[1].iter().filter(covered) {
            if let Some(a) = nodes.iter().find(|a| !violating.contains(&[**a, *b])) {
                let [a, b] = [*a, *b].map(|n| &document.nodes[n]);
                let en = format!("no part speaks of `{}` and `{}`", a.id, b.id);
                return refuse(
                    "parts",
                    Spot::Document(a.at),
                    en,
                    format!("`{}` と `{}` の組が証明されていません", a.id, b.id),
                );
            }
        }
    }
    Ok((heading, true))
}

/// EXCEPTION-PEER: certificate section 7.
fn check_peers(network: &Network, id: &str, value: &Value) -> Check<(Heading, bool)> {
    let (meaning, document) = (network.meaning, network.meaning.document);
    let keys = ["id", "verdict", "violating", "complete", "witnesses", "ends", "part"];
    let [written, verdict, violating, complete, witnesses, ends, part] = read(STEP, value.all_fields(keys))?;
    let speaks = !document.exceptions.is_empty();
    let (heading, is_complete, witnesses) =
        path_heading(value.at, id, speaks, [written, verdict, violating, complete, witnesses])?;
    let tier = |node: usize| document.tier(node);
    let is_judged = |exception: &Exception| exception.waives[0] && !exception.attested;
    let judged: Vec<usize> = (0..document.exceptions.len()).filter(|e| is_judged(&document.exceptions[*e])).collect();
    let endpoints: Vec<usize> = (0..document.nodes.len()).filter(|n| document.nodes[*n].endpoint).collect();
    let outside: Nodes = endpoints.iter().copied().filter(|n| tier(*n) != Some(MY_NUMBER)).collect();
    let internet: Nodes = outside.iter().filter(|n| tier(*n) == Some(INTERNET)).collect();
    let mut found = HashSet::new();
    for (i, (witness, tuple)) in witnesses.iter().zip(&heading.violating).enumerate() {
        let step = format!("witnesses[{i}]");
        let place = Spot::Certificate(witness.at);
        let exception = judged.iter().copied().find(|e| tuple.first() == Some(&document.exceptions[*e].id));
        let node = tuple.get(1).and_then(|id| document.node_index.get(id)).copied().filter(|n| outside.has(*n));
        let (Some(exception), Some(node)) = (exception, node) else {
            return refuse(
                &step,
                place,
                "no exception that is judged, or no endpoint outside my-number",
                "判定の対象となる特定通信と my-number 以外の端点の組ではありません",
            );
        };
        found.insert((exception, node));
        let [end, session, path] = read(&step, witness.all_fields(["end", "session", "path"]))?;
        let [u, v] = pair(network, end, &step)?;
        let replayed = replay(network, u, v, session, &format!("{step}.session"))?;
        if replayed.opener != u
            || ![u, v].contains(&node)
            || !replayed.is_covered(network, &document.exceptions[exception])
        {
            return refuse(
                &step,
                place,
                "the exception does not cover this session, or the node is not its end",
                "特定通信に当たらないか、このノードのセッションではありません",
            );
        }
        if path.is_null() != internet.has(node) {
            return refuse(
                &step,
                Spot::Document(document.nodes[node].at),
                "a path is needed exactly if the node is not labelled internet",
                "経路は internet に属さないノードにだけ必要です",
            );
        }
        if !path.is_null() {
            let step = format!("{step}.path");
            let [a, b] = check_witness(network, &Wanted { waives: None, raw: true }, path, &step)?;
            let other = if a == node { b } else { a };
            if ![a, b].contains(&node) || !internet.has(other) {
                return refuse(
                    &step,
                    place,
                    "not a path between the node and an internet node",
                    "このノードと internet のノードの間の経路ではありません",
                );
            }
        }
    }
    let list = read("ends", ends.list())?;
    if !is_complete {
        if !list.is_empty() || !part.is_null() {
            return reject("ends", ends, "`[]` and `null` expected", "`[]` と `null` が必要です");
        }
        return Ok((heading, false));
    }
    if list.len() != judged.len() {
        return reject(
            "ends",
            ends,
            "one item for each exception that is judged",
            "判定の対象となる特定通信ごとに一つ必要です",
        );
    }
    let mut innocent: BTreeSet<usize> = BTreeSet::new();
    for (i, (item, e)) in list.iter().zip(&judged).enumerate() {
        let step = format!("ends[{i}]");
        let exception = &document.exceptions[*e];
        let [id, nodes, tree] = read(&step, item.all_fields(["exception", "nodes", "tree"]))?;
        let listed = read(&step, nodes_of(document, nodes))?;
        let sorted =
            listed.iter().zip(listed.iter().skip(1)).all(|(a, b)| document.nodes[*a].id < document.nodes[*b].id);
        let matching =
            |selector| endpoints.iter().copied().filter(|n| meaning.may_be_excepted(selector, *n)).collect::<Nodes>();
        let (openers, targets) = (matching(&exception.from), matching(&exception.to));
        let all: Nodes = openers.iter().chain(targets.iter()).filter(|n| outside.has(*n)).collect();
        let listed: Nodes = listed.into_iter().collect();
        if read(&step, id.text())? != exception.id
            || !sorted
            || !listed.iter().all(|n| all.has(n))
            || tree.is_null() != (listed.len() == all.len())
        {
            return refuse(
                &step,
                Spot::Document(exception.at),
                "not the possible ends of this exception",
                "この特定通信の端点となりうるノードと異なります",
            );
        }
        if !tree.is_null() {
            let apart = all.minus(&listed);
            check_ends(network, exception, [&openers, &targets], &apart, &step)?;
            let claim = Claim { pull: false, openers, targets, forbids: Forbids::Cover(exception, &apart) };
            check_tree(network, &claim, tree, &format!("{step}.tree"))?;
        }
        for node in listed.iter().filter(|n| !found.contains(&(*e, *n))) {
            if internet.has(node) {
                return refuse(
                    &step,
                    Spot::Document(document.nodes[node].at),
                    "an internet node that is not in `violating`",
                    "internet のノードが `violating` にありません",
                );
            }
            innocent.insert(node);
        }
    }
    let mut sides: [Vec<usize>; 2] = [innocent.into_iter().collect(), internet.iter().collect()];
    sides[0].sort_unstable_by_key(|n| &document.nodes[*n].id);
    let needed = sides.iter().all(|side| !side.is_empty());
    if part.is_null() == needed {
        return reject(
            "part",
            part,
            "`null` exactly if there is nothing to prove",
            "証明すべきものがないときにだけ `null` とします",
        );
    }
    if needed {
        let [a, b] = check_part(network, &sides, None, true, part, "part")?;
        if a.as_ref() != Some(&sides[0]) || b.is_some() {
            return reject(
                "part",
                part,
                "`a`: all nodes not in `violating`; `b`: null",
                "`a` は `violating` にない全ノード、`b` は null とします",
            );
        }
    }
    Ok((heading, true))
}

/// The two sides of a path requirement: semantics section 7.
fn sides(document: &Document, requirement: usize) -> [Vec<usize>; 2] {
    let side = |holds: &dyn Fn(Option<usize>, bool) -> bool| {
        let nodes = document.nodes.iter().enumerate();
        let labelled =
            nodes.filter(|(n, node)| node.label.is_some() && holds(document.tier(*n), node.kind == Kind::External));
        // INTERNET-CLOUD speaks of the network without the tagged nodes.
        labelled.filter(|(_, node)| requirement != CLOUD || !node.has_tag("security-cloud")).map(|(n, _)| n).collect()
    };
    match requirement {
        0 => [side(&|tier, _| tier == Some(MY_NUMBER)), side(&|tier, _| tier != Some(MY_NUMBER))],
        1 => [side(&|tier, _| tier == Some(LGWAN)), side(&|tier, _| tier == Some(INTERNET))],
        _ => [
            side(&|tier, external| tier == Some(LGWAN) || tier == Some(INTERNET) && !external),
            side(&|tier, external| tier == Some(INTERNET) && external),
        ],
    }
}

/// A document in which every path requirement is vacuous is no topology to verify: semantics section 7.
pub fn speaks_of_nobody(document: &Document) -> bool {
    (0..WAIVABLE.len()).all(|requirement| sides(document, requirement).iter().any(Vec::is_empty))
}
