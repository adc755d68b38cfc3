//! A broken engine proves what is false, and every checker rejects its certificate: `cargo test --features broken-engine
//! --test broken_engine`.

#[path = "certificate/mod.rs"]
mod certificate;
mod interpreter;

use certificate::checkers::{Checker, Opinion, checkers};
use certificate::prove;
use certificate::truth::Truth;
use interpreter::random;
use sanso::sabotage::{Sabotage, with};
use serde_json::{Value, json};

/// What is wrong with the certificate that a broken engine issues for a document; `None` where it issues none, or
/// nothing is. A certificate that is false must be rejected by every checker.
fn falsehood(sabotage: Sabotage, document: &Value, checkers: &mut [Checker]) -> Option<String> {
    let text = document.to_string();
    let certificate = with(sabotage, || prove("document.json", &text, true)).ok()?.ok()?;
    let falsehood = Truth::of(document, &text).falsehood(&certificate)?;
    for checker in checkers {
        let opinion = checker.judge(&text, &certificate.to_string());
        assert!(
            matches!(opinion, Opinion::Rejected(_)),
            "{}: {opinion:?} of an engine that {sabotage:?}: {falsehood}\n{text}\n{certificate}",
            checker.name
        );
        println!("{sabotage:?}: {falsehood}\n  {}: {opinion:?}", checker.name);
    }
    Some(falsehood)
}

/// The broken engine says of this document that My Number is kept apart, which is false.
fn is_caught(sabotage: Sabotage, document: &Value) {
    let mut checkers = checkers();
    let found = falsehood(sabotage, document, &mut checkers).expect("a false certificate");
    assert!(found.starts_with("MN-ISOLATION: is claimed to be \"proved\""), "{found}");
    // The engine that is not broken has it right, and is believed.
    let text = document.to_string();
    let certificate = prove("document.json", &text, true).expect("a document").expect("a certificate");
    assert_eq!(Truth::of(document, &text).falsehood(&certificate), None);
    for checker in &mut checkers {
        assert_eq!(checker.judge(&text, &certificate.to_string()), Opinion::Accepted, "{}", checker.name);
    }
}

fn document(nodes: Value, links: Value) -> Value {
    json!({ "sanso": 1, "nodes": nodes, "links": links })
}

#[test]
fn an_engine_that_forgets_vlans_is_caught() {
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.5"] },
        { "id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.5"] },
        { "id": "sw1", "kind": "switch" },
        { "id": "sw2", "kind": "switch" },
    ]);
    let links = json!([
        { "between": ["mn", "sw1"], "vlans": [20] },
        { "between": ["sw1", "sw2"], "vlans": [10, 20] },
        { "between": ["sw2", "lg"], "vlans": [20] },
    ]);
    is_caught(Sabotage::ForgetsVlans, &document(nodes, links));
}

#[test]
fn an_engine_that_forgets_ipv6_is_caught() {
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.5", "2001:db8:1::5"] },
        { "id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.5", "2001:db8:2::5"] },
        { "id": "fw", "kind": "firewall",
          "filter": { "default": "deny", "rules": [{ "action": "permit", "from": "::/0", "to": "::/0" }] } },
    ]);
    is_caught(Sabotage::ForgetsIpv6, &document(nodes, json!([["mn", "fw"], ["fw", "lg"]])));
}

#[test]
fn an_engine_that_forgets_pulled_data_is_caught() {
    let rule = |from: &str| json!({ "action": "permit", "from": from, "to": "node:gw", "service": "tcp/443" });
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.5"] },
        { "id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.5"] },
        { "id": "gw", "kind": "gateway", "addresses": ["10.9.0.5"],
          "relays": [{ "from": "zone:my-number", "to": "zone:lgwan" }] },
        { "id": "fw", "kind": "firewall", "filter": { "default": "deny", "rules": [rule("node:mn"), rule("node:lg")] } },
    ]);
    is_caught(Sabotage::ForgetsPulls, &document(nodes, json!([["mn", "fw"], ["fw", "lg"], ["fw", "gw"]])));
}

#[test]
fn an_engine_that_forgets_mirror_entries_is_caught() {
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.5"] },
        { "id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.5"] },
        { "id": "gw", "kind": "gateway", "addresses": ["10.9.0.5"],
          "relays": [{ "from": "zone:lgwan", "to": "zone:my-number", "both": true }] },
    ]);
    let one_way = |a: &str, b: &str| json!({ "between": [a, b], "one_way": true });
    is_caught(Sabotage::ForgetsMirrors, &document(nodes, json!([one_way("mn", "gw"), one_way("gw", "lg")])));
}

#[test]
fn an_engine_that_forgets_strangers_is_caught() {
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.5"] },
        { "id": "net", "kind": "external", "zone": "internet", "addresses": ["0.0.0.0/0"] },
        { "id": "fw", "kind": "firewall",
          "filter": { "default": "deny", "rules": [{ "action": "permit", "from": "node:mn", "to": "any" }] } },
    ]);
    is_caught(Sabotage::ForgetsStrangers, &document(nodes, json!([["mn", "fw"], ["fw", "net"]])));
}

#[test]
fn no_checker_believes_a_broken_engine_on_random_documents() {
    use Sabotage::{ForgetsIpv6, ForgetsMirrors, ForgetsPulls, ForgetsStrangers, ForgetsVlans};
    let mut checkers = checkers();
    for sabotage in [ForgetsVlans, ForgetsIpv6, ForgetsPulls, ForgetsMirrors, ForgetsStrangers] {
        let documents = (0..250).map(random::document);
        let count = documents.filter(|document| falsehood(sabotage, document, &mut checkers).is_some()).count();
        println!("{sabotage:?}: {count} false certificates, all rejected");
        assert!(count > 0, "{sabotage:?} never matters");
    }
}
