//! Certificates of kinder documents: what is proved where a document allows less does not hold where it allows more.

#[path = "certificate/mod.rs"]
mod certificate;
mod interpreter;

use certificate::checkers::{Checker, Opinion, checkers};
use certificate::forge::rebound;
use certificate::prove;
use serde_json::{Value, json};

/// A(sc) is the one address of its zone's network. Where sc does not declare it, nobody does, and lg, of which no address is
/// known, may have it: a rule that permits it permits lg.
#[test]
fn a_single_address_that_nobody_declares_may_be_anybodys() {
    let document = |selector: &str, declared: bool, backward: bool| {
        let mut sc = json!({ "id": "sc", "kind": "server", "zone": "school" });
        if declared {
            sc["addresses"] = json!(["10.9.0.7"]);
        }
        let mut rule = json!({ "action": "permit", "from": "node:mn", "to": selector });
        if backward {
            rule = json!({ "action": "permit", "from": selector, "to": "node:mn" });
        }
        json!({ "sanso": 1, "groups": { "g": ["10.9.0.7"] },
            "zones": { "my-number": { "networks": ["10.1.0.0/24"] }, "school": { "networks": ["10.9.0.7/32"] } },
            "nodes": [{ "id": "mn", "kind": "server", "addresses": ["10.1.0.1"] }, sc,
                { "id": "lg", "kind": "server", "zone": "lgwan" },
                { "id": "fw", "kind": "firewall", "filter": { "rules": [rule] } }],
            "links": [["mn", "fw"], ["lg", "fw"]] })
        .to_string()
    };
    let mut checkers = checkers();
    for selector in ["node:sc", "zone:school", "10.9.0.7", "10.9.0.7/32", "10.9.0.7-10.9.0.7", "group:g"] {
        for backward in [false, true] {
            let [open, kind] = [false, true].map(|declared| document(selector, declared, backward));
            let [honest, other] = [&open, &kind]
                .map(|text| prove("document.json", text, true).expect("it reads").expect("a certificate"));
            assert_eq!(honest["requirements"][0]["violating"], json!([["mn", "lg"]]), "{selector}");
            assert_eq!(other["requirements"][0]["verdict"], "proved", "{selector}");
            let forged = rebound(&other, &open).to_string();
            for checker in &mut checkers {
                let opinion = checker.judge(&open, &honest.to_string());
                assert_eq!(opinion, Opinion::Accepted, "{}, {selector}", checker.name);
                let opinion = checker.judge(&open, &forged);
                assert!(matches!(opinion, Opinion::Rejected(_)), "{}, {selector}: {opinion:?}", checker.name);
            }
        }
    }
}

/// Certificates of a document, plain and complete, that every checker accepts.
fn accepted(what: &str, document: &Value, checkers: &mut [Checker]) -> Value {
    let text = document.to_string();
    let mut issued = [false, true].map(|complete| {
        let certificate = prove("document.json", &text, complete).expect("it reads").expect("a certificate");
        for checker in &mut *checkers {
            let opinion = checker.judge(&text, &certificate.to_string());
            assert_eq!(opinion, Opinion::Accepted, "{}, complete {complete}: {what}", checker.name);
        }
        certificate
    });
    issued[1].take()
}

/// A cable between two nodes that do not forward: the filter of the one who opens may be all that denies.
#[test]
fn what_keeps_two_nodes_on_one_cable_apart_is_relied_upon() {
    let (by_default, by_rule) = (json!({ "default": "deny" }), json!({ "rules": [{ "action": "deny" }] }));
    let emits_nothing = json!({ "rules": [{ "action": "deny", "out": ["b"] }] });
    let (none, link) = (json!(null), json!(["a", "b"]));
    let diode = json!({ "between": ["a", "b"], "one_way": true });
    let back = json!({ "between": ["b", "a"], "one_way": true });
    let cases = [
        ("the opener's default, the receiver's for replies", &by_default, &none, &link, json!([["a", 0, null]])),
        ("the opener's rule", &by_rule, &none, &link, json!([["a", 0, 0]])),
        ("both filters", &by_rule, &by_default, &link, json!([["a", 0, 0], ["b", 0, null]])),
        ("nothing goes out, over a diode", &emits_nothing, &none, &diode, json!([["a", 0, 0]])),
        ("nothing comes in, over a diode", &none, &by_rule, &diode, json!([["b", 0, 0]])),
        ("b may not open", &none, &by_default, &back, json!([["b", 0, null]])),
    ];
    let mut checkers = checkers();
    for (what, a, b, link, relied) in cases {
        let node = |id: &str, zone: &str, filter: &Value| {
            let mut node = json!({ "id": id, "zone": zone });
            if !filter.is_null() {
                node["filter"] = filter.clone();
            }
            node
        };
        let nodes = [node("a", "my-number", a), node("b", "lgwan", b)];
        let document = json!({ "sanso": 1, "nodes": nodes, "links": [link] });
        let certificate = accepted(what, &document, &mut checkers);
        let isolation = &certificate["requirements"][0];
        assert_eq!(isolation["verdict"], "proved", "{what}");
        let mut found: Vec<Value> = vec![];
        for (direction, claim) in [("forward", "push"), ("forward", "pull"), ("backward", "push"), ("backward", "pull")]
        {
            found.extend(isolation["parts"][0][direction][claim]["relies_on"].as_array().expect("a list").clone());
        }
        found.sort_by_key(Value::to_string);
        found.dedup();
        assert_eq!(json!(found), relied, "{what}");
    }
}

/// It is no switch then: what enters it has no tag.
#[test]
fn a_switch_that_does_not_forward_is_an_end_like_any_other() {
    let document = json!({ "sanso": 1,
        "nodes": [{ "id": "a", "zone": "my-number" }, { "id": "s", "kind": "switch", "forwards": false },
            { "id": "b", "zone": "internet" }],
        "links": [["s", "a"], ["b", "s"]] });
    let certificate = accepted("a switch that does not forward", &document, &mut checkers());
    let isolation = &certificate["requirements"][0];
    assert_eq!(isolation["violating"], json!([["a", "b"]]));
    let sessions = isolation["witnesses"][0]["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    assert!(sessions.iter().all(|session| session["hops"][0][2].is_null()), "{sessions:?}");
}
