//! The difference of two documents: of random documents with one edit the tuples gained and lost are those of the
//! interpreter, what changes nothing is no difference, and everything that could be wider is said to be.

mod engine;
mod interpreter;
mod law;

use std::collections::{BTreeMap, BTreeSet};

use interpreter::random::{self, Random};
use interpreter::{decide, legal};
use sanso::diff::run_diff;
use sanso::document::Date;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::report::diff::{Diff, Direction, Group};
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::{Value, json};

const TODAY: Date = Date { year: 2026, month: 11, day: 22 };

fn options() -> Options<'static> {
    Options {
        policy: Policy::built_in(DEFAULT).expect("the default policy reads"),
        date: TODAY,
        max_tuples: usize::MAX,
        limit: None,
        audit: false,
        progress: &Silent,
    }
}

/// The difference, or `None` where one of the two is no topology to verify.
fn diff(old: &Value, new: &Value) -> Option<Diff> {
    let source = |document: &Value| Source::new("d.json", document.to_string().into_bytes()).expect("it is UTF-8");
    run_diff(&source(old), &source(new), &options(), TODAY).ok()
}

fn tuples(groups: &[Group]) -> BTreeSet<Vec<String>> {
    let all: BTreeSet<Vec<String>> = groups.iter().flat_map(|group| group.tuples.clone()).collect();
    let count: u64 = groups.iter().map(|group| group.count).sum();
    assert_eq!(all.len() as u64, count, "a tuple is in two groups, or not listed: {groups:#?}");
    all
}

type Change = fn(&Value, &mut Random) -> Option<Value>;

/// Edits of all kinds.
const EDITS: [Change; 9] = [
    law::deny_in_front,
    law::permit_in_front,
    law::remove_link,
    law::make_one_way,
    law::remove_exception,
    drop_node,
    drop_label,
    other_zone,
    drop_relays,
];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}

/// Pairs of random documents that differ by one edit.
fn pairs(edits: &[Change], count: u64) -> Vec<(u64, Value, Value)> {
    let first = number("SANSO_SEED").unwrap_or(1);
    let count = number("SANSO_DOCUMENTS").unwrap_or(count);
    let mut out = Vec::new();
    for seed in first..first + count {
        let document = random::document(seed);
        let edit = edits[seed as usize % edits.len()];
        let after = edit(&document, &mut Random::from_seed(seed ^ 0x77)).filter(legal::names_resolve);
        out.extend(after.map(|after| (seed, document, after)));
    }
    assert!(out.len() as u64 * 4 >= count, "only {} of {count} documents were changed", out.len());
    out
}

/// Chooses one node that `fits` and changes it.
fn change_node(
    document: &Value,
    random: &mut Random,
    fits: impl Fn(&Value) -> bool,
    change: impl Fn(&mut Value),
) -> Option<Value> {
    let mut after = document.clone();
    let nodes = after["nodes"].as_array_mut()?;
    let fitting: Vec<usize> = (0..nodes.len()).filter(|&at| fits(&nodes[at])).collect();
    if fitting.is_empty() {
        return None;
    }
    change(&mut nodes[fitting[random.below(fitting.len())]]);
    Some(after)
}

fn drop_label(document: &Value, random: &mut Random) -> Option<Value> {
    change_node(
        document,
        random,
        |node| node.get("zone").is_some(),
        |node| {
            node.as_object_mut().expect("a node").remove("zone");
            node.as_object_mut().expect("a node").remove("addresses");
        },
    )
}

fn other_zone(document: &Value, random: &mut Random) -> Option<Value> {
    let zones = ["my-number", "lgwan", "internet"];
    let zone = zones[random.below(3)];
    change_node(
        document,
        random,
        |node| node.get("zone").is_some_and(|own| own != zone),
        |node| {
            node["zone"] = json!(zone);
        },
    )
}

fn drop_relays(document: &Value, random: &mut Random) -> Option<Value> {
    change_node(
        document,
        random,
        |node| node.get("relays").is_some(),
        |node| {
            node.as_object_mut().expect("a node").remove("relays");
        },
    )
}

/// Removes a node that nothing but links names, with its links.
fn drop_node(document: &Value, random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    let nodes = after["nodes"].as_array_mut()?;
    let at = random.below(nodes.len());
    let id = nodes.remove(at)["id"].as_str()?.to_owned();
    let end = |end: &Value| end.as_str().and_then(|end| end.split(':').next()) == Some(id.as_str());
    after["links"].as_array_mut()?.retain(|link| {
        let ends = link.get("between").unwrap_or(link).as_array().expect("two ends");
        !ends.iter().any(end)
    });
    (!after.to_string().contains(&format!("\"node:{id}\""))).then_some(after)
}

#[test]
fn gained_and_lost_tuples_are_those_of_the_interpreter() {
    let (mut gained, mut lost) = (0, 0);
    for (seed, before, after) in pairs(&EDITS, 450) {
        let Some(diff) = diff(&before, &after) else { continue };
        let (old, new) =
            (decide(&before, engine::DATE).expect("it reads"), decide(&after, engine::DATE).expect("it reads"));
        for requirement in &diff.requirements {
            let set = |decision: &interpreter::Decision| -> BTreeSet<Vec<String>> {
                decision[&requirement.id].iter().flatten().cloned().collect()
            };
            let (old, new) = (set(&old), set(&new));
            let context = || format!("seed {seed}, {}\n{before:#}\n{after:#}", requirement.id);
            assert_eq!(tuples(&requirement.gained), new.difference(&old).cloned().collect(), "gained: {}", context());
            assert_eq!(tuples(&requirement.lost), old.difference(&new).cloned().collect(), "lost: {}", context());
            assert_eq!(requirement.counts, [old.len() as u64, new.len() as u64], "{}", context());
            let sum: u64 = requirement.findings.iter().map(|finding| finding.tuples).sum();
            assert_eq!(sum, requirement.gained_count(), "findings: {}", context());
            gained += usize::from(!requirement.gained.is_empty());
            lost += usize::from(!requirement.lost.is_empty());
            if !requirement.gained.is_empty() {
                assert!(requirement.direction.widens() && diff.direction.widens(), "{}", context());
            }
        }
    }
    assert!(gained > 60 && lost > 60, "{gained} gains and {lost} losses are too few to tell");
}

#[test]
fn swapping_the_documents_swaps_gained_and_lost() {
    let mut changed = 0;
    for (seed, before, after) in pairs(&EDITS, 300) {
        let (Some(one), Some(other)) = (diff(&before, &after), diff(&after, &before)) else { continue };
        for (one, other) in one.requirements.iter().zip(&other.requirements) {
            assert_eq!((&one.gained, &one.lost), (&other.lost, &other.gained), "seed {seed}");
            assert_eq!((&one.wider, &one.narrower), (&other.narrower, &other.wider), "seed {seed}");
            changed += usize::from(one.direction != Direction::Unchanged);
        }
        assert_eq!((&one.nodes_added, &one.nodes_removed), (&other.nodes_removed, &other.nodes_added), "seed {seed}");
    }
    assert!(changed > 60, "{changed} changes are too few to tell");
}

/// No difference at all.
fn assert_same(seed: u64, before: &Value, after: &Value) {
    let Some(diff) = diff(before, after) else { return };
    assert_eq!(diff.direction, Direction::Unchanged, "seed {seed}: {diff:#?}\n{before:#}\n{after:#}");
    assert!(diff.widenings.is_empty() && !diff.undecided, "seed {seed}: {diff:#?}");
}

#[test]
fn a_document_does_not_differ_from_itself() {
    for seed in 1..=250 {
        let document = random::document(seed);
        assert_same(seed, &document, &document);
    }
}

/// Gives every rule another id.
fn rename_rules(document: &Value, _random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    let mut number = 0;
    for node in after["nodes"].as_array_mut()? {
        for (key, value) in node.as_object_mut()? {
            let filters: Vec<&mut Value> = match (key.as_str(), value) {
                ("filter", filter) => vec![filter],
                ("filters", Value::Array(filters)) => filters.iter_mut().collect(),
                _ => vec![],
            };
            for rule in
                filters.into_iter().flat_map(|filter| filter.get_mut("rules").and_then(Value::as_array_mut)).flatten()
            {
                number += 1;
                rule["id"] = json!(format!("renamed-{number}"));
            }
        }
    }
    (number > 0).then_some(after)
}

#[test]
fn names_of_rules_and_the_order_of_lists_are_no_difference() {
    let same: [Change; 5] =
        [rename_rules, law::shuffle, law::write_out_both, law::write_out_groups, law::write_out_labels];
    for (seed, before, after) in pairs(&same, 300) {
        assert_same(seed, &before, &after);
    }
}

/// Services of pairs in the words of the groups.
fn by_service(groups: &[Group]) -> BTreeMap<Vec<String>, Vec<String>> {
    let mut out: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for group in groups {
        let services = group.services.as_ref().expect("no limit was set");
        let but = services.all_but.then(|| "but".to_owned());
        for tuple in &group.tuples {
            out.entry(tuple.clone()).or_default().extend(but.iter().chain(&services.parts).cloned());
        }
    }
    out
}

/// Two tiers behind a firewall with these rules.
fn two_tiers(rules: Value) -> Value {
    json!({ "sanso": 1, "nodes": [
        { "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] },
        { "id": "lg", "zone": "lgwan", "addresses": ["10.2.0.1"] },
        { "id": "fw", "kind": "firewall", "filter": { "rules": rules } },
    ], "links": [["mn", "fw"], ["lg", "fw"]] })
}

fn permit(service: &str) -> Value {
    json!({ "action": "permit", "from": "10.1.0.1", "to": "10.2.0.1", "service": service })
}

#[test]
fn services_are_compared_where_tuples_stay() {
    let pair = vec!["mn".to_owned(), "lg".to_owned()];
    for (old, new, gained, wider, narrower) in [
        (vec![], vec!["tcp/443"], Some(&["tcp/443"][..]), None, None),
        (vec![], vec!["any"], Some(&["but"]), None, None),
        (vec!["tcp/443"], vec!["any"], None, Some(&["but", "tcp/443"][..]), None),
        (vec!["any"], vec!["tcp/443"], None, None, Some(&["but", "tcp/443"][..])),
        (vec!["tcp/443"], vec!["tcp/400-500"], None, Some(&["tcp/400-442", "tcp/444-500"]), None),
        (vec!["tcp/443", "udp/53"], vec!["udp/53", "icmp"], None, Some(&["icmp"]), Some(&["tcp/443"])),
        (vec!["tcp/443", "tcp/444"], vec!["tcp/443-444"], None, None, None),
        (vec!["tcp/443"], vec!["tcp/443", "tcp/443"], None, None, None),
    ] {
        let rules = |services: &[&str]| two_tiers(services.iter().map(|service| permit(service)).collect());
        let diff = diff(&rules(&old), &rules(&new)).expect("a topology");
        let change = &diff.requirements[0];
        assert_eq!(change.id, "MN-ISOLATION");
        let words =
            |list: Option<&[&str]>| list.map(|list| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let found = |groups: &[Group]| by_service(groups).get(&pair).cloned();
        assert_eq!(found(&change.gained), words(gained), "{old:?} {new:?}");
        assert_eq!(found(change.wider.as_deref().expect("compared")), words(wider), "{old:?} {new:?}");
        assert_eq!(found(change.narrower.as_deref().expect("compared")), words(narrower), "{old:?} {new:?}");
        assert_eq!(change.direction.widens(), gained.is_some() || wider.is_some());
    }
}
