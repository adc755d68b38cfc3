//! A broken engine proves what is false, and every checker rejects its certificate: `cargo test --features broken-engine
//! --test broken_engine`.

mod checking;

use checking::checkers::{Checker, Opinion, checkers};
use checking::prove;
use checking::truth::Truth;
use sanso::sabotage::{Sabotage, with};
use sanso_interpreter as interpreter;
use sanso_interpreter::random;
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
          "filter": { "default": "deny", "rules": [{ "action": "permit", "to": "any", "in": ["mn"] }] } },
    ]);
    is_caught(Sabotage::ForgetsStrangers, &document(nodes, json!([["mn", "fw"], ["fw", "net"]])));
}

/// A firewall between a My Number server and an LGWAN server, with what it says.
fn between(firewall: Value) -> Value {
    let mut firewall = firewall;
    (firewall["id"], firewall["addresses"]) = (json!("fw"), json!(["198.51.100.5"]));
    firewall["kind"] = firewall.get("kind").cloned().unwrap_or(json!("firewall"));
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.5"] },
        { "id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.5"] },
        firewall,
    ]);
    document(nodes, json!([["mn", "fw"], ["fw", "lg"]]))
}

fn permits(rule: Value) -> Value {
    let mut rule = rule;
    rule["action"] = json!("permit");
    json!({ "default": "deny", "rules": [rule] })
}

/// Two switches between them, with what the link between the switches says.
fn trunk(link: Value) -> Value {
    let mut link = link;
    link["between"] = json!(["sw1", "sw2"]);
    let nodes = json!([
        { "id": "mn", "kind": "server", "zone": "my-number" },
        { "id": "lg", "kind": "server", "zone": "lgwan" },
        { "id": "sw1", "kind": "switch" },
        { "id": "sw2", "kind": "switch" },
    ]);
    let links = json!([{ "between": ["mn", "sw1"], "vlans": [10] }, link, { "between": ["sw2", "lg"], "vlans": [20] }]);
    document(nodes, links)
}

/// To the firewall's own address, which it translates to that of the LGWAN server.
fn virtual_address(entry: Value, filter: Value) -> Value {
    let (mut entry, mut filter) = (entry, filter);
    (entry["destination"], entry["to"]) = (json!("10.2.0.5"), json!("198.51.100.5"));
    filter["sees"] = json!({ "destination": "original" });
    between(json!({ "nat": [entry], "filter": filter }))
}

#[test]
fn an_engine_that_negates_a_rule_in_its_own_meaning_is_caught() {
    // Another has the same network, so that nobody surely has it.
    let mut document = between(json!({ "filter": permits(json!({ "from": { "not": "node:mn" }, "to": "node:lg" })) }));
    document["nodes"][0]["addresses"] = json!(["10.1.0.0/24"]);
    let other = json!({ "id": "mn2", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.0/24"] });
    document["nodes"].as_array_mut().expect("a list").push(other);
    is_caught(Sabotage::NegatesAlike, &document);
}

#[test]
fn an_engine_that_trusts_unknown_names_is_caught() {
    let filter = permits(json!({ "from": "node:mn", "to": "fqdn:update.example.jp" }));
    is_caught(Sabotage::TrustsUnknownNames, &between(json!({ "filter": filter })));
}

#[test]
fn an_engine_that_believes_conditions_is_caught() {
    let rules = json!([{ "action": "deny", "condition": "nights" }]);
    is_caught(Sabotage::BelievesConditions, &between(json!({ "filter": { "default": "permit", "rules": rules } })));
}

#[test]
fn an_engine_that_forgets_forged_replies_is_caught() {
    let router = json!({ "kind": "router", "filter": permits(json!({ "from": "node:mn", "state": "replies" })) });
    is_caught(Sabotage::ForgetsForgedReplies, &between(router));
}

#[test]
fn an_engine_that_takes_every_filter_for_all_traffic_is_caught() {
    let filter = json!({ "default": "deny", "applies_to": ["delivered", "emitted"] });
    is_caught(Sabotage::AppliesToAll, &between(json!({ "filter": filter })));
}

#[test]
fn an_engine_that_trusts_every_line_is_caught() {
    let routes = json!([{ "to": "10.2.0.0/16", "via": "fw", "fails": true }, { "to": "0.0.0.0/0", "via": "lg" }]);
    let mut document = between(json!({ "filter": { "default": "permit" } }));
    let nodes = document["nodes"].as_array_mut().expect("a list");
    (nodes[2]["id"], nodes[2]["kind"], nodes[2]["routes"]) = (json!("r"), json!("router"), routes);
    nodes.push(json!({ "id": "fw", "kind": "firewall", "filter": { "default": "deny" } }));
    document["links"] = json!([["mn", "r"], ["r", "lg"], ["r", "fw"]]);
    is_caught(Sabotage::NothingFails, &document);
}

#[test]
fn an_engine_that_forgets_native_vlans_is_caught() {
    is_caught(Sabotage::ForgetsNative, &trunk(json!({ "native": [10, 20] })));
}

#[test]
fn an_engine_that_forgets_the_second_end_is_caught() {
    let link = json!({ "native": [10, 20], "vlans": { "a": [10], "b": [20] } });
    is_caught(Sabotage::ForgetsSecondEnd, &trunk(link));
}

#[test]
fn an_engine_that_forgets_translation_is_caught() {
    let filter = permits(json!({ "from": "node:mn", "to": "198.51.100.5" }));
    is_caught(Sabotage::ForgetsTranslation, &virtual_address(json!({}), filter));
}

#[test]
fn an_engine_that_forgets_to_translate_what_a_node_emits_is_caught() {
    let filter = permits(json!({ "from": "node:fw", "to": "198.51.100.5" }));
    let mut document = virtual_address(json!({ "applies_to": "emitted" }), filter);
    let nodes = document["nodes"].as_array_mut().expect("a list");
    nodes[2]["zone"] = json!("my-number");
    nodes.remove(0);
    document["links"] = json!([["fw", "lg"]]);
    is_caught(Sabotage::ForgetsOwnOutput, &document);
}

#[test]
fn an_engine_that_takes_what_may_match_for_what_does_is_caught() {
    let entry = json!({ "destination": "192.0.2.1", "to": "fqdn:update.example.jp" });
    is_caught(Sabotage::DecidesLoosely, &between(json!({ "nat": [entry], "filter": { "default": "permit" } })));
}

#[test]
fn an_engine_that_takes_an_address_for_nobodys_is_caught() {
    let mut document = virtual_address(json!({}), permits(json!({ "from": "node:mn", "to": "198.51.100.5" })));
    document["nodes"][1].as_object_mut().expect("a node").remove("addresses");
    is_caught(Sabotage::ForgetsAnybody, &document);
}

#[test]
fn an_engine_that_forgets_other_protocols_is_caught() {
    let entry = json!({ "destination_port": 53, "service": ["udp/5353", "tcp/5353"] });
    let filter = permits(json!({ "from": "node:mn", "to": "198.51.100.5", "service": "udp/5353" }));
    is_caught(Sabotage::ForgetsOtherProtocols, &virtual_address(entry, filter));
}

#[test]
fn an_engine_that_keeps_source_ports_is_caught() {
    let nat = json!([{ "source": "198.51.100.5", "from": "node:mn" }]);
    let filter = |port: u16| permits(json!({ "source_port": port, "to": "node:lg", "service": "tcp" }));
    let mut document = between(json!({ "nat": nat, "filter": filter(1000) }));
    let second = json!({ "id": "fw2", "kind": "firewall", "filter": filter(7) });
    document["nodes"].as_array_mut().expect("a list").push(second);
    document["links"] = json!([["mn", "fw"], ["fw", "fw2"], ["fw2", "lg"]]);
    is_caught(Sabotage::KeepsSourcePorts, &document);
}

#[test]
fn an_engine_that_takes_every_filter_to_see_translated_destinations_is_caught() {
    let filter = permits(json!({ "from": "node:mn", "to": "198.51.100.5" }));
    is_caught(Sabotage::SeesTranslated, &virtual_address(json!({}), filter));
}

#[test]
fn an_engine_that_forgets_transfers_is_caught() {
    let mut document = between(json!({ "filter": { "default": "deny" } }));
    document["transfers"] = json!([{ "id": "usb", "from": "node:mn", "to": "zone:lgwan" }]);
    is_caught(Sabotage::ForgetsTransfers, &document);
}

#[test]
fn no_checker_believes_an_engine_broken_in_the_fourth_edition_on_random_documents() {
    let mut checkers = checkers();
    let mut caught = 0;
    for sabotage in Sabotage::OF_THE_FOURTH_EDITION {
        let documents = (0..60).map(random::fourth);
        let count = documents.filter(|document| falsehood(sabotage, document, &mut checkers).is_some()).count();
        println!("{sabotage:?}: {count} false certificates, all rejected");
        caught += usize::from(count > 0);
    }
    assert!(caught >= 8, "{caught} of 16 faults matter");
}

#[test]
fn no_checker_believes_a_broken_engine_on_random_documents() {
    use Sabotage::{ForgetsIpv6, ForgetsMirrors, ForgetsPulls, ForgetsStrangers, ForgetsVlans};
    let mut checkers = checkers();
    for sabotage in [ForgetsVlans, ForgetsIpv6, ForgetsPulls, ForgetsMirrors, ForgetsStrangers] {
        let documents = (0..250).map(random::document);
        let count = documents.filter(|document| falsehood(sabotage, document, &mut checkers).is_some()).count();
        println!("{sabotage:?}: {count} false certificates, all rejected");
        // A mirror entry alone rarely matters: sessions carry data either way.
        assert!(count > 0 || sabotage == ForgetsMirrors, "{sabotage:?} never matters");
    }
}
