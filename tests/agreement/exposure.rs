//! `sanso exposure` agrees with the interpreter, which tries every set of enforcement points: on how many must fail, that those named do, that
//! each layer holds by itself, which nodes halve it, and what falls from a node. `SANSO_SEED` as elsewhere; `SANSO_DEPTHS` documents of
//! each kind.

use crate::campaign::number;
use crate::interpreter::{Oracle, Point, endpoints, random};
use sanso::question::exposure::{Asking, run_exposure};
use sanso::report::exposure::{Answer, Depth, Halving, Known, Point as Fact, PointKind};
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Documents with more points than that take too long to try all sets of.
const POINTS: usize = 9;

fn asked(document: &Value, asking: Asking<'_>) -> Result<Answer, String> {
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is a text");
    match run_exposure(&source, &Options::today(2026, 11, 22), asking) {
        Ok(Ok(exposure)) => Ok(exposure.answer),
        Ok(Err(unasked)) => Err(format!("{unasked:?}")),
        Err(diagnostics) => Err(format!("refused: {diagnostics:?}")),
    }
}

/// The place of what a list calls by its id or as `#3`.
fn place(list: Option<&Value>, key: &str, name: &str) -> Option<usize> {
    if let Some(number) = name.strip_prefix('#').and_then(|number| number.parse::<usize>().ok()) {
        return Some(number - 1);
    }
    list?.as_array()?.iter().position(|one| one[key] == name)
}

/// A named point as the interpreter has it.
fn point(document: &Value, fact: &Fact) -> Option<Point> {
    let node = |id: &str| document["nodes"].as_array()?.iter().position(|node| node["id"] == id);
    Some(match &fact.kind {
        PointKind::Filter { node: id, filter } => {
            let at = node(id)?;
            let filters = document["nodes"][at].get("filters");
            Point::Filter(at, filter.as_ref().map_or(Some(0), |name| place(filters, "name", name))?)
        }
        PointKind::Translation { node: id, entry } => {
            let at = node(id)?;
            Point::Translation(at, place(document["nodes"][at].get("nat"), "id", entry)?)
        }
        PointKind::Relay { node: id, .. } => Point::Relays(node(id)?),
        // Links mostly have no name of their own.
        PointKind::OneWay { .. } => {
            let links = document["links"].as_array()?;
            let mut one_way = (0..links.len()).filter(|&at| links[at]["one_way"] == true);
            let only = one_way.next()?;
            one_way.next().is_none().then_some(Point::OneWay(only))?
        }
        PointKind::Exception { id } => Point::Exception(place(document.get("exceptions"), "id", id)?),
        PointKind::Transfer { id } => Point::Transfer(place(document.get("transfers"), "id", id)?),
    })
}

fn points(document: &Value, facts: &[Fact]) -> Option<Vec<Point>> {
    facts.iter().map(|fact| point(document, fact)).collect()
}

/// What is wrong with a depth that was found.
fn wrong(document: &Value, oracle: &mut Oracle<'_>, pair: usize, known: &Known) -> Option<String> {
    let expected = oracle.least(pair, &[]);
    let depth = known.set.len();
    if expected != Some(depth) {
        return Some(format!("depth {depth}, expected {expected:?}"));
    }
    if known.disjoint && known.layers.len() != depth {
        return Some(format!("{} disjoint layers show a depth of {depth}", known.layers.len()));
    }
    if let Some(set) = points(document, &known.set)
        && !oracle.gets(&set)[pair]
    {
        return Some(format!("{set:?} does not do"));
    }
    for layer in &known.layers {
        let Some(layer) = points(document, layer) else { continue };
        let others: Vec<Point> = oracle.points.iter().copied().filter(|point| !layer.contains(point)).collect();
        if oracle.gets(&others)[pair] {
            return Some(format!("the layer {layer:?} does not hold"));
        }
    }
    let nodes: BTreeSet<usize> = oracle.points.iter().filter_map(|point| point.node()).collect();
    let mut halving = BTreeMap::new();
    for node in nodes.into_iter().filter(|_| depth > 0) {
        let own: Vec<Point> = oracle.points.iter().copied().filter(|point| point.node() == Some(node)).collect();
        let left = oracle.least(pair, &own).expect("it gets through where more has failed");
        if left <= depth / 2 {
            halving.insert(document["nodes"][node]["id"].as_str().expect("an id").to_owned(), left);
        }
    }
    let listed = |one: &Halving| one.alike == 1 || halving.contains_key(&one.node);
    let found: BTreeMap<String, usize> = known.halved_by.iter().map(|one| (one.node.clone(), one.left)).collect();
    let alike = known.halved_by.iter().any(|one| one.alike > 1);
    if !known.halved_by.iter().all(listed) || (!alike && found != halving) {
        return Some(format!("halved by {found:?}, expected {halving:?}"));
    }
    None
}

fn difference(document: &Value, oracle: &mut Oracle<'_>, seen: &mut BTreeMap<String, u32>) -> Option<String> {
    let Answer::Depths(pairs) = (match asked(document, Asking::Depth) {
        Ok(answer) => answer,
        Err(refused) => return Some(refused),
    }) else {
        return Some("no depths".to_owned());
    };
    for (pair, found) in pairs.iter().enumerate() {
        let (said, bad) = match &found.depth {
            Depth::Nobody => ("nobody".to_owned(), oracle.inhabited[pair].then(|| "somebody is there".to_owned())),
            Depth::Apart => {
                let least = oracle.least(pair, &[]);
                ("apart".to_owned(), least.map(|least| format!("{least} do, and none was said to")))
            }
            Depth::Open => ("open".to_owned(), Some("not decided".to_owned())),
            Depth::Known(known) => {
                let overlapping = if known.disjoint { "" } else { ", overlapping layers" };
                (format!("{}{overlapping}", known.set.len()), wrong(document, oracle, pair, known))
            }
        };
        *seen.entry(said).or_insert(0) += 1;
        if let Some(bad) = bad {
            return Some(format!("pair {pair}: {bad}"));
        }
    }
    None
}

/// What is wrong with what falls from a node.
fn fall_difference(document: &Value, oracle: &mut Oracle<'_>, node: usize) -> Option<String> {
    let id = |node: usize| document["nodes"][node]["id"].as_str().expect("an id").to_owned();
    let Answer::Falls(falls) = (match asked(document, Asking::From(&id(node))) {
        Ok(answer) => answer,
        Err(refused) => return Some(refused),
    }) else {
        return Some("nothing of falls".to_owned());
    };
    let names = |step: &BTreeSet<usize>| step.iter().map(|&node| id(node)).collect::<BTreeSet<_>>();
    let expected: Vec<BTreeSet<String>> = oracle.falls(node).iter().map(names).collect();
    let found: Vec<BTreeSet<String>> =
        falls.steps.iter().map(|step| step.iter().flat_map(|zone| zone.named.clone()).collect()).collect();
    let count: u64 = falls.zones.iter().map(|zone| zone.fallen).sum();
    if expected != found || count != expected.iter().map(|step| step.len() as u64).sum::<u64>() {
        return Some(format!("from {}: {found:?}, expected {expected:?}", id(node)));
    }
    let ways = falls.zones.iter().all(|zone| (zone.fallen > 0) == zone.first.is_some());
    (!ways).then(|| "a zone falls without a way, or has one and does not".to_owned())
}

fn agree(make: fn(u64) -> Value, by_default: u64, most_headers: usize) -> BTreeMap<String, u32> {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DEPTHS", by_default));
    let (mut seen, mut wrong) = (BTreeMap::new(), vec![]);
    for seed in first..first + count {
        let document = make(seed);
        let Some(mut oracle) = Oracle::of(&document, most_headers).expect("it is read") else { continue };
        let ends = endpoints(&document).expect("it is read");
        let ends: Vec<usize> = (0..ends.len()).filter(|&node| ends[node]).collect();
        if let Some(&node) = ends.get(seed as usize % ends.len().max(1))
            && let Some(bad) = fall_difference(&document, &mut oracle, node)
        {
            wrong.push(format!("seed {seed}: {bad}\n{document}"));
        }
        if oracle.points.len() > POINTS {
            *seen.entry("too many points".to_owned()).or_insert(0) += 1;
            continue;
        }
        if let Some(bad) = difference(&document, &mut oracle, &mut seen) {
            wrong.push(format!("seed {seed}: {bad}\n{document}"));
        }
    }
    println!("{seen:?}");
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[0]);
    seen
}

/// How often documents were of a depth.
fn enough(seen: &BTreeMap<String, u32>, least: &[(&str, u32)]) {
    for (said, times) in least {
        assert!(seen.get(*said).is_some_and(|seen| seen >= times), "{said}: {seen:?}");
    }
}

#[test]
fn depths_agree_on_random_documents() {
    let seen = agree(random::document, 150, 1_000);
    if std::env::var_os("SANSO_DEPTHS").is_none() {
        enough(&seen, &[("0", 20), ("1", 20), ("2", 5), ("apart", 5)]);
    }
}

#[test]
fn depths_agree_on_random_documents_of_the_fourth_edition() {
    agree(random::fourth, 30, 600);
}

#[test]
fn depths_agree_on_random_documents_with_transfers() {
    agree(random::carried, 60, 1_000);
}
