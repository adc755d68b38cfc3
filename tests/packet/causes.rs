//! `sanso why` where data gets there: how many causes there are. That as many must be shut, and that those named are enough, is held
//! against the interpreter, which tries all sets of one less.

use std::collections::BTreeSet;

use sanso::language::Lang;
use sanso::question::why::{Question, Unanswered, run_why};
use sanso::render::why as words;
use sanso::report::why::{Answer, Causes, Lets, Why};
use sanso::source::Source;
use serde_json::{Value, json};

use super::coverage::{cut, list};
use crate::campaign::number;
use crate::interpreter::{endpoints, fewest_obstacles, random};

fn asked(document: &Value, from: &str, to: &str) -> Option<Why> {
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is a text");
    let question = Question { from, to, services: &[], direct: false, ways: 1, limit: None, memory: None };
    match run_why(&source, &question) {
        Ok(why) => Some(why),
        Err(Unanswered::Question(_)) => None,
        Err(Unanswered::Document(found)) => panic!("{found:?}\n{document}"),
    }
}

/// Something that can be shut, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Passage {
    Rule(usize, Option<usize>, usize),
    Default(usize, Option<usize>),
    Entry(usize, usize),
    Undeclared(usize),
    Transfer(usize),
    Link(usize),
}

fn filters(node: &Value) -> Vec<Option<usize>> {
    (0..list(node, "filters").len()).map(Some).chain(node.get("filter").map(|_| None)).collect()
}

fn filter(node: &mut Value, filter: Option<usize>) -> &mut Value {
    match filter {
        Some(at) => &mut node["filters"][at],
        None => &mut node["filter"],
    }
}

fn node_of(end: &Value) -> &str {
    end.as_str().expect("an end").split(':').next().expect("an id")
}

fn ends(link: &Value) -> [&str; 2] {
    let ends = link.get("between").unwrap_or(link);
    [node_of(&ends[0]), node_of(&ends[1])]
}

/// All passages of a document without VLANs, but for the link without which an endpoint has nothing.
fn universe(document: &Value) -> Vec<Passage> {
    let is_end = endpoints(document).expect("it is read");
    let forwards = |node: &Value| {
        let by_kind = matches!(node["kind"].as_str(), Some("switch" | "l3-switch" | "router" | "firewall"));
        node["forwards"].as_bool().unwrap_or(by_kind)
    };
    let forwards: Vec<bool> = list(document, "nodes").iter().map(forwards).collect();
    let mut out = Vec::new();
    for (at, node) in list(document, "nodes").iter().enumerate() {
        for of in filters(node) {
            let mut node = node.clone();
            let value = filter(&mut node, of).clone();
            for (rule, value) in list(&value, "rules").iter().enumerate() {
                if value["action"] == "permit" {
                    out.push(Passage::Rule(at, of, rule));
                }
            }
            if value["default"] == "permit" {
                out.push(Passage::Default(at, of));
            }
        }
        match node.get("relays") {
            Some(_) => out.extend((0..list(node, "relays").len()).map(|entry| Passage::Entry(at, entry))),
            None if is_end[at] => out.push(Passage::Undeclared(at)),
            None => {}
        }
    }
    out.extend((0..list(document, "transfers").len()).map(Passage::Transfer));
    let links = list(document, "links");
    for (at, link) in links.iter().enumerate() {
        let alone = |id: &&str| {
            let node = list(document, "nodes").iter().position(|node| node["id"] == **id).expect("it is there");
            !forwards[node] && links.iter().filter(|other| ends(other).contains(id)).count() == 1
        };
        if !ends(link).iter().any(alone) {
            out.push(Passage::Link(at));
        }
    }
    out
}

/// A document in which passages are shut. A rule that denies surely matches less than one that permits may match, where addresses are not
/// known: with `wide` it denies everything that comes to it, else perhaps not all that the rule permitted.
fn shut(document: &Value, passages: &BTreeSet<Passage>, wide: bool) -> Value {
    let mut out = document.clone();
    for passage in passages.iter().rev() {
        match *passage {
            Passage::Rule(node, of, rule) => {
                let rule = &mut filter(&mut out["nodes"][node], of)["rules"][rule];
                rule["action"] = "deny".into();
                for key in ["condition", "state"] {
                    rule.as_object_mut().expect("a rule").remove(key);
                }
                if wide {
                    for key in ["from", "to", "service", "source_port"] {
                        rule.as_object_mut().expect("a rule").remove(key);
                    }
                }
            }
            Passage::Default(node, of) => filter(&mut out["nodes"][node], of)["default"] = "deny".into(),
            Passage::Entry(node, entry) => {
                drop(out["nodes"][node]["relays"].as_array_mut().expect("a list").remove(entry));
            }
            Passage::Undeclared(node) => out["nodes"][node]["relays"] = json!([]),
            Passage::Transfer(at) => drop(out["transfers"].as_array_mut().expect("a list").remove(at)),
            Passage::Link(at) => cut(&mut out, at),
        }
    }
    let nodes = list(document, "nodes").len();
    let first = list(document, "links").len() - passages.iter().filter(|one| matches!(one, Passage::Link(_))).count();
    for (at, stub) in out["nodes"].as_array_mut().expect("a list").iter_mut().enumerate().skip(nodes) {
        stub["id"] = format!("stub-{at}").into();
    }
    for (at, link) in out["links"].as_array_mut().expect("a list").iter_mut().enumerate().skip(first) {
        link[1] = format!("stub-{}", nodes + at - first).into();
    }
    out
}

/// A cause that is named, as the test numbers it.
fn named(document: &Value, lets: &Lets) -> Option<Passage> {
    let node = |id: &str| list(document, "nodes").iter().position(|node| node["id"] == *id).expect("it is there");
    let of = |at: usize, name: &Option<String>| {
        let value = &list(document, "nodes")[at];
        let all = filters(value);
        match name {
            None => all[0],
            Some(name) => {
                *all.iter()
                    .enumerate()
                    .find(|(number, of)| {
                        let own = of.map_or(&value["filter"], |of| &value["filters"][of]);
                        own["name"] == **name || format!("#{}", number + 1) == *name
                    })
                    .expect("it is there")
                    .1
            }
        }
    };
    Some(match lets {
        Lets::Rule { node: id, filter: name, rule } => {
            let at = node(id);
            let of = of(at, name);
            let mut value = list(document, "nodes")[at].clone();
            let rules = filter(&mut value, of)["rules"].clone();
            let rules = rules.as_array().expect("a list");
            let number = rules
                .iter()
                .enumerate()
                .position(|(number, value)| value["id"] == **rule || format!("#{}", number + 1) == *rule);
            Passage::Rule(at, of, number.expect("it is there"))
        }
        Lets::Default { node: id, filter: name } => Passage::Default(node(id), of(node(id), name)),
        Lets::Entry { node: id, entry } => Passage::Entry(node(id), usize::try_from(*entry).expect("small") - 1),
        Lets::Undeclared { node: id } => Passage::Undeclared(node(id)),
        Lets::Transfer { id } => {
            Passage::Transfer(list(document, "transfers").iter().position(|one| one["id"] == **id).expect("is there"))
        }
        _ => return None,
    })
}

fn is_plain(document: &Value) -> bool {
    let odd = |node: &Value| node["kind"] == "l3-switch" || node.get("nat").is_some();
    let tagged = |link: &Value| link.get("vlans").is_some() || link.get("native").is_some();
    let has_rules = |node: &Value| filters(node).iter().all(|of| filter(&mut node.clone(), *of).get("rules").is_some());
    let nodes = list(document, "nodes");
    !nodes.iter().any(odd) && !list(document, "links").iter().any(tagged) && nodes.iter().all(has_rules)
}

/// Whether every endpoint declares its addresses.
fn is_known(document: &Value) -> bool {
    let is_end = endpoints(document).expect("it is read");
    let known = |node: &Value| node.get("addresses").is_some_and(|list| !list.as_array().is_some_and(Vec::is_empty));
    list(document, "nodes").iter().zip(is_end).all(|(node, end)| !end || known(node))
}

/// Sets of so many passages.
fn sets(all: &[Passage], count: usize) -> Vec<BTreeSet<Passage>> {
    if count == 0 {
        return vec![BTreeSet::new()];
    }
    let mut out = Vec::new();
    for (at, passage) in all.iter().enumerate() {
        for mut set in sets(&all[at + 1..], count - 1) {
            set.insert(*passage);
            out.push(set);
        }
    }
    out
}

fn gets(document: &Value, pair: (usize, usize)) -> Option<bool> {
    let found = fewest_obstacles(document, &[pair], false, 2_000).expect("it is read")?;
    Some(found[0] == Some(0))
}

fn agree(make: fn(u64) -> Value, by_default: u64) {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_CAUSES", by_default));
    let (mut seen, mut tried) = ([0_usize; 8], 0);
    for seed in first..first + count {
        let document = make(seed);
        if !is_plain(&document) {
            continue;
        }
        let ends: Vec<usize> =
            (0..).zip(endpoints(&document).expect("it is read")).filter(|one| one.1).map(|one| one.0).collect();
        if ends.len() < 2 {
            continue;
        }
        let a = ends[seed as usize % ends.len()];
        let b = ends[(seed as usize + 1 + seed as usize / 7 % (ends.len() - 1)) % ends.len()];
        let [from, to] = [a, b].map(|at| format!("node:{}", document["nodes"][at]["id"].as_str().expect("an id")));
        let Some(why) = asked(&document, &from, &to).filter(|_| a != b) else { continue };
        let Some(gotten) = gets(&document, (a, b)) else { continue };
        let told = format!("seed {seed}, {from} to {to}: {:?}\n{document}", why.causes);
        assert_eq!(matches!(why.answer, Answer::Gets(_)), gotten, "{told}");
        let Some(Causes::Least(set)) = &why.causes else { continue };
        assert!(!set.is_empty(), "{told}");
        let all = universe(&document);
        seen[set.len().min(7)] += 1;
        if let Some(own) = set.iter().map(|cause| named(&document, &cause.lets)).collect::<Option<BTreeSet<_>>>() {
            assert!(own.iter().all(|one| all.contains(one)), "what is named is no passage: {told}");
            assert_ne!(
                gets(&shut(&document, &own, !is_known(&document)), (a, b)),
                Some(true),
                "what is named is not enough: {told}"
            );
        }
        let fewer = sets(&all, set.len() - 1);
        if fewer.len() > 400 {
            continue;
        }
        for fewer in fewer {
            assert_ne!(gets(&shut(&document, &fewer, false), (a, b)), Some(false), "{fewer:?} are enough: {told}");
            tried += 1;
        }
    }
    println!("{seen:?}, {tried} sets");
    if count >= by_default {
        assert!(seen[1] > 5 && seen[2] > 0 && tried > 20, "{seen:?}, {tried} sets");
    }
}

#[test]
fn causes_agree_on_random_documents() {
    agree(random::document, 150);
}

#[test]
fn causes_agree_on_random_documents_with_transfers() {
    agree(random::carried, 60);
}

/// Two firewalls beside each other, two rules on one of them; and what each format says.
#[test]
fn each_cause_is_counted_once() {
    let document = json!({
        "sanso": 1,
        "nodes": [
            { "id": "a", "kind": "server", "zone": "lgwan", "addresses": ["10.1.0.5"] },
            { "id": "b", "kind": "server", "zone": "internet", "addresses": ["10.3.0.5"] },
            { "id": "f", "kind": "firewall", "filter": { "default": "deny", "rules": [
                { "id": "r1", "action": "permit", "from": "node:a", "to": "node:b", "service": "tcp/443" },
                { "id": "r2", "action": "permit", "from": "node:a", "to": "node:b", "service": "tcp/22" }
            ] } },
            { "id": "g", "kind": "firewall", "filter": { "default": "permit", "rules": [] } }
        ],
        "links": [["a", "f:a"], ["f:b", "b"], ["a", "g:a"], ["g:b", "b"]]
    });
    let why = asked(&document, "a", "b").expect("it can be asked");
    let Some(Causes::Least(set)) = &why.causes else { panic!("{:?}", why.causes) };
    // The default of g passes replies of b as well; f permits two ways, and its links can be cut.
    assert_eq!(set.len(), 2, "{set:?}");
    let json: Value = serde_json::from_str(&words::json(&why, Lang::En)).expect("JSON");
    assert_eq!((&json["causes"]["others"], &json["causes"]["exact"]), (&json!(1), &json!(true)));
    assert_eq!(json["causes"]["set"].as_array().map(Vec::len), Some(2));
    assert!(
        words::text(&why, Lang::En, false).contains("other causes: 1 (with 2 causes shut data no longer gets there")
    );
    assert!(words::text(&why, Lang::Ja, false).contains("ほかの原因: 1 件"));
    assert!(words::markdown(&why, Lang::En).contains("other causes: 1"));
    // Nothing between them but their own links.
    let direct = json!({ "sanso": 1, "nodes": [
        { "id": "a", "kind": "server", "zone": "lgwan", "addresses": ["10.1.0.5"] },
        { "id": "s", "kind": "switch" },
        { "id": "b", "kind": "server", "zone": "internet", "addresses": ["10.3.0.5"] }
    ], "links": [["a", "s"], ["s", "b"]] });
    let why = asked(&direct, "a", "b").expect("it can be asked");
    assert_eq!(why.causes, Some(Causes::Links));
}
