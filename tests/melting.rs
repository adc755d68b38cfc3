//! Boxes that pass everything melt, large documents are decided on several threads, and nobody can tell.

mod engine;
#[allow(dead_code, reason = "only its random documents are wanted here")]
mod interpreter;

use engine::report;
use interpreter::random;
use sanso::city::{City, Fault};
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Decider, Limits, Outcome};
use sanso::model::{Model, names::Names};
use sanso::policy::{DEFAULT, Policy};
use sanso::source::Source;
use serde_json::{Value, json};

/// What is told of a document, places aside.
fn told(document: &Value) -> Option<String> {
    let report = report("document.json", &document.to_string()).ok()?;
    let mut out = String::new();
    for one in &report.requirements {
        let separated: Vec<&str> = one.separated_by.iter().map(|note| note.text.en.as_str()).collect();
        out += &format!("{} {:?} {:?} {separated:?}\n", one.id, one.verdict, one.violating);
    }
    Some(out)
}

/// The same document, every VLAN of every link written out: then no switches are one from the start. `None`: it would be
/// another document, for an l3-switch routes between the VLANs that are named.
fn written_out(document: &Value) -> Option<Value> {
    let routes_named =
        |node: &Value| node.get("kind") == Some(&json!("l3-switch")) && node.get("routed_vlans").is_none();
    if document["nodes"].as_array()?.iter().any(routes_named) {
        return None;
    }
    let mut out = document.clone();
    for link in out.get_mut("links")?.as_array_mut()? {
        if link.is_array() {
            *link = json!({ "between": link });
        }
        let link = link.as_object_mut()?;
        link.entry("vlans").or_insert(json!(["1-4094"]));
    }
    Some(out)
}

/// Switches, some of them endpoints, on links of all VLANs and of some.
fn switches(seed: u64) -> Value {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |limit: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % limit
    };
    let count = 3 + draw(5);
    let mut nodes = vec![json!({"id":"a","zone":"my-number"}), json!({"id":"b","zone":"lgwan"})];
    for at in 0..count {
        let kind = ["switch", "switch", "switch", "router", "l3-switch"][draw(5) as usize];
        let mut node = json!({ "id": format!("s{at}"), "kind": kind });
        if draw(4) == 0 {
            node["zone"] = json!(["my-number", "lgwan", "internet"][draw(3) as usize]);
        }
        if kind == "l3-switch" {
            node["routed_vlans"] = json!([[10], [10, 20], [30]][draw(3) as usize]);
        }
        if draw(8) == 0 {
            node["tags"] = json!(["security-cloud"]);
        }
        if draw(6) == 0 {
            node["filter"] = json!({ "default": ["permit", "deny"][draw(2) as usize] });
        }
        nodes.push(node);
    }
    let mut links = Vec::new();
    for _ in 0..count + draw(count) {
        let (a, b) = (draw(count), draw(count));
        if a != b {
            let mut link = json!({ "between": [format!("s{a}"), format!("s{b}")] });
            match draw(6) {
                0 => link["vlans"] = json!([10]),
                1 => link["vlans"] = json!([20, 30]),
                2 => link["one_way"] = json!(true),
                _ => {}
            }
            links.push(link);
        }
    }
    for leaf in ["a", "b"] {
        let mut link = json!({ "between": [leaf, format!("s{}", draw(count))] });
        match draw(4) {
            0 => link["vlans"] = json!([10]),
            1 => link["vlans"] = json!([20]),
            2 if draw(2) == 0 => link["one_way"] = json!(true),
            _ => {}
        }
        links.push(link);
    }
    json!({ "sanso": 1, "nodes": nodes, "links": links })
}

#[test]
fn links_of_all_vlans_say_the_same_written_out() {
    let mut compared = 0;
    for document in (0..400).map(random::document).chain((0..1_500).map(switches)) {
        let Some(other) = written_out(&document) else { continue };
        let (first, second) = (told(&document), told(&other));
        assert_eq!(first, second, "{document:#}");
        compared += usize::from(first.is_some());
    }
    assert!(compared > 300, "only {compared} documents were usable");
}

#[test]
fn switches_are_decided_as_the_interpreter_does() {
    for seed in 0..1_500 {
        let document = switches(seed);
        let Ok(found) = engine::engine(&document) else { continue };
        assert_eq!(interpreter::decide(&document, engine::DATE).as_ref(), Ok(&found), "seed {seed}: {document:#}");
    }
}

/// What an outcome says.
fn tuples(model: &Model<'_>, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Vacuous => "vacuous".to_owned(),
        Outcome::Nodes(list) | Outcome::Exceptions(list) => format!("{list:?}"),
        Outcome::Peers(peers) => format!("{:?}", peers.tuples),
        Outcome::Paths(paths) => format!("{} {:?}", paths.count(), paths.list(model, 2_000)),
    }
}

#[test]
fn a_large_city_is_decided_the_same_by_several_threads_as_by_one() {
    let faults = vec![Fault::TrunkPort, Fault::WideRule, Fault::SharedPrinter];
    let city = City { sites: 20, terminals: 200, rules: 20, site_firewalls: true, faults, ..City::default() };
    let mut json = Vec::new();
    city.write(&mut json).expect("it fits");
    let source = Source::new("city.json", json).expect("UTF-8");
    let mut diagnostics = Diagnostics::default();
    let document = document::read(&source, &mut diagnostics).expect("it is sound");
    assert!(document.nodes.len() + document.links.len() > 20_000, "smaller documents are decided on one thread");
    let names = Names::resolve(&document, &mut diagnostics).expect("every name resolves");
    let model = Model::new(&document, &names);
    let policy = Policy::built_in(DEFAULT).expect("it reads");
    let decider = || Decider::new(&model, Date { year: 2026, month: 11, day: 22 }, Limits::default());
    let (mut one, mut several) = (decider(), decider());
    let alone: Vec<_> = policy.requirements.iter().map(|requirement| one.decide(requirement)).collect();
    let together = several.decide_all(&policy.requirements, &|| {});
    assert_eq!(one.cells(), several.cells());
    for ((requirement, alone), together) in policy.requirements.iter().zip(alone).zip(together) {
        let [alone, together] = [alone, together].map(|outcome| tuples(&model, &outcome.expect("there is no limit")));
        assert_eq!(alone, together, "{}", requirement.id);
    }
}
