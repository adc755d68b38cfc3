//! Nodes that pass everything contract into one device, large documents are decided on several threads, and nobody can tell.

use crate::engine;
use crate::interpreter;

use crate::engine::report;
use crate::interpreter::random;
use sanso::city::{City, Fault};
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Limits, Outcome, RequirementDecider};
use sanso::language::Lang;
use sanso::model::{Model, names::Names};
use sanso::policy::{DEFAULT, Policy};
use sanso::render::Sentence;
use sanso::source::Source;
use serde_json::{Value, json};

/// What is told of a document, places aside.
fn told(document: &Value) -> Option<String> {
    let report = report("document.json", &document.to_string()).ok()?;
    let mut out = String::new();
    for one in &report.requirements {
        let separated: Vec<String> = one.separated_by.iter().map(|note| note.fact.text(Lang::En)).collect();
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
            let zones = ["my-number", "lgwan", "internet"];
            node["zone"] = json!(zones[draw(3) as usize]);
        }
        if kind == "l3-switch" {
            let vlans: [&[u16]; 3] = [&[10], &[10, 20], &[30]];
            node["routed_vlans"] = json!(vlans[draw(3) as usize]);
        }
        if draw(8) == 0 {
            node["tags"] = json!(["security-cloud"]);
        }
        if draw(6) == 0 {
            let default = ["permit", "deny"][draw(2) as usize];
            node["filter"] = json!({ "default": default });
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

/// What is decided of a document, which must be what the interpreter decides.
fn is_violated(document: &Value, requirement: &str) -> bool {
    let found = engine::engine(document).expect("it is a topology");
    assert_eq!(interpreter::decide(document, engine::DATE).as_ref(), Ok(&found), "{document:#}");
    found[requirement].as_ref().is_some_and(|tuples| !tuples.is_empty())
}

/// A router that lets what comes from `a` out to switches, and what comes from the switches out to `b`.
fn behind_a_router(links: &[Value]) -> Value {
    let rules = json!([
        { "action": "permit", "in": ["a"], "out": ["s"] },
        { "action": "permit", "in": ["s"], "out": ["b"] },
    ]);
    let mut nodes = vec![
        json!({ "id": "a", "zone": "my-number" }),
        json!({ "id": "b", "zone": "lgwan" }),
        json!({ "id": "r", "kind": "router", "filter": { "default": "deny", "rules": rules } }),
    ];
    nodes.extend((1..=3).map(|at| json!({ "id": format!("s{at}"), "kind": "switch" })));
    let mut all = vec![json!(["a", "r:a"]), json!(["b", "r:b"]), json!(["r:s", "s1"]), json!(["s1", "s2"])];
    all.extend_from_slice(links);
    json!({ "sanso": 1, "nodes": nodes, "links": all })
}

#[test]
fn a_packet_comes_back_from_switches_only_where_they_form_a_ring() {
    let tree = behind_a_router(&[json!(["s2", "s3"])]);
    assert!(!is_violated(&tree, "MN-ISOLATION"));
    for ring in [vec![json!(["s2", "s3"]), json!(["s3", "s1"])], vec![json!(["s2", "s1"])]] {
        let ring = behind_a_router(&ring);
        assert!(is_violated(&ring, "MN-ISOLATION"));
        assert!(is_violated(&written_out(&ring).expect("there is no l3-switch"), "MN-ISOLATION"));
    }
    // A link of one VLAN closes the ring for that VLAN.
    assert!(is_violated(
        &behind_a_router(&[json!(["s2", "s3"]), json!({ "between": ["s3", "s1"], "vlans": [7] })]),
        "MN-ISOLATION"
    ));
    // A one-way link closes it too.
    assert!(is_violated(
        &behind_a_router(&[json!(["s2", "s3"]), json!({ "between": ["s3", "s1"], "one_way": true })]),
        "MN-ISOLATION"
    ));
}

#[test]
fn switches_that_are_endpoints_reach_each_other_with_nothing_else_on_them() {
    let pair = |link: Value, vlans: Value| {
        let others = ["switch", "switch"].map(|kind| json!({ "kind": kind }));
        let mut nodes = vec![
            json!({ "id": "x", "kind": "switch", "zone": "my-number" }),
            json!({ "id": "y", "kind": "switch", "zone": "lgwan" }),
        ];
        // Somewhere else a VLAN is named, so that there are two classes of tags.
        nodes.extend(others.into_iter().zip(["u", "v"]).map(|(mut node, id)| {
            node["id"] = json!(id);
            node
        }));
        json!({ "sanso": 1, "nodes": nodes, "links": [link, { "between": ["u", "v"], "vlans": vlans }] })
    };
    assert!(is_violated(&pair(json!(["x", "y"]), json!([5])), "MN-ISOLATION"));
    assert!(is_violated(&pair(json!({ "between": ["x", "y"], "vlans": [6] }), json!([5])), "MN-ISOLATION"));
    assert!(!is_violated(&pair(json!(["x", "u"]), json!([5])), "MN-ISOLATION"));
}

#[test]
fn a_one_way_link_that_ends_at_an_endpoint_is_what_separates_it() {
    let document = json!({
        "sanso": 1,
        "nodes": [
            { "id": "a", "zone": "my-number", "tags": [] },
            { "id": "s", "kind": "switch" },
            { "id": "fw", "kind": "firewall", "filter": { "rules": [{ "action": "deny", "id": "no", "out": ["b"] }], "default": "permit" } },
            { "id": "b", "zone": "lgwan" },
        ],
        "links": [{ "between": ["a", "s"], "one_way": true }, ["s", "fw"], ["fw", "b"]],
    });
    let report = report("document.json", &document.to_string()).expect("it is a topology");
    let notes: Vec<String> = report.requirements[0].separated_by.iter().map(|note| note.fact.text(Lang::En)).collect();
    assert_eq!(notes, ["the filter of fw (denied by no)", "the one-way link a–s"]);
}

/// What an outcome says.
fn tuples(model: &Model<'_>, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Vacuous => "vacuous".to_owned(),
        Outcome::Nodes(list) | Outcome::Exceptions(list) => format!("{list:?}"),
        Outcome::Peers(peers) => format!("{:?}", peers.tuples),
        Outcome::Tuples(tuples) => format!("{tuples:?}"),
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
    let decider = || RequirementDecider::new(&model, Date { year: 2026, month: 11, day: 22 }, Limits::default());
    let (mut one, mut several) = (decider(), decider());
    let alone: Vec<_> = policy.requirements.iter().map(|requirement| one.decide(requirement)).collect();
    let together = several.decide_all(&policy.requirements, &|| {});
    assert_eq!(one.cells(), several.cells());
    for ((requirement, alone), together) in policy.requirements.iter().zip(alone).zip(together) {
        let [alone, together] = [alone, together].map(|outcome| tuples(&model, &outcome.expect("there is no limit")));
        assert_eq!(alone, together, "{}", requirement.id);
    }
}
