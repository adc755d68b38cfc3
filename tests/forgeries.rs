//! Certificates of kinder documents: what is proved where a document allows less does not hold where it allows more.

#[path = "certificate/mod.rs"]
mod certificate;
mod interpreter;

use certificate::checkers::{Opinion, checkers};
use certificate::forge::rebound;
use certificate::prove;
use serde_json::json;

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
