//! Silence is not evidence: what nothing is connected to is told of.

use std::process::Command;

use sanso::language::Lang;
use sanso::render::{Sentence, help};
use sanso::report::{Report, Warning};
use serde_json::{Value, json};

use super::engine;

fn report(document: &Value) -> Report {
    engine::report("d.json", &document.to_string()).expect("the document can be verified")
}

fn of_code<'r>(report: &'r Report, code: &str) -> Vec<&'r Warning> {
    report.warnings.iter().filter(|warning| warning.code() == code).collect()
}

/// A terminal of each tier behind a firewall, the first by an access switch.
fn town(access: &Value, uplink: &Value) -> Value {
    json!({
        "sanso": 1,
        "nodes": [
            { "id": "pc", "kind": "terminal", "zone": "my-number", "addresses": ["10.1.0.1"], "controls": ["mfa", "export-disabled"] },
            { "id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            { "id": "it", "kind": "server", "zone": "internet", "addresses": ["10.3.0.1"] },
            { "id": "sw", "kind": "switch" },
            { "id": "fw", "kind": "firewall", "filter": { "default": "deny", "rules": [] } },
        ],
        "links": [
            { "between": ["pc", "sw"], "vlans": access },
            { "between": ["sw", "fw"], "vlans": uplink },
            ["lg", "fw"],
            ["it", "fw"],
        ],
    })
}

#[test]
fn every_node_without_a_link_is_named() {
    let text = include_str!("no-links.yaml");
    let report = engine::report("no-links.yaml", text).expect("it can be verified");
    let warnings = of_code(&report, "unlinked-node");
    assert_eq!(warnings.len() as u64, report.nodes);
    assert!(warnings.iter().all(|warning| warning.location.is_some() && help(warning).is_some()));
    let tiers: Vec<String> =
        of_code(&report, "tier-without-filter").iter().map(|warning| warning.text(Lang::En)).collect();
    for tier in ["my-number", "lgwan", "internet"] {
        assert!(tiers.iter().any(|message| message.contains(&format!("`{tier}`"))), "{tiers:?}");
    }
    // Where there are links to filters nothing of it is said.
    let report = self::report(&town(&json!([10]), &json!([10])));
    assert_eq!(report.warnings, []);
}

#[test]
fn an_access_vlan_that_nobody_carries_is_told_of() {
    for (access, uplink, heard) in [
        (json!([10]), json!([20]), false),
        (json!([10]), json!([20, "11-19"]), false),
        (json!([10]), json!(["5-15"]), true),
        (json!([10, 20]), json!([20]), true),
    ] {
        let report = report(&town(&access, &uplink));
        let told = of_code(&report, "unheard-vlan");
        // From the other side of the switch the firewall's link is as unheard.
        assert_eq!(told.is_empty(), heard, "{access} {uplink}: {told:?}");
    }
    let report = report(&town(&json!([10]), &json!([20])));
    let told = of_code(&report, "unheard-vlan");
    assert!(told[0].text(Lang::En).contains("VLAN 10 of `pc`"), "{told:?}");
    // A second machine in the VLAN hears it; so does a switch that routes it.
    let mut two = town(&json!([10]), &json!([20]));
    two["nodes"].as_array_mut().expect("a list").push(json!({ "id": "pc2", "kind": "server", "zone": "my-number" }));
    two["links"].as_array_mut().expect("a list").push(json!({ "between": ["pc2", "sw"], "vlans": [10] }));
    let told = self::report(&two);
    assert!(of_code(&told, "unheard-vlan").iter().all(|warning| !warning.text(Lang::En).contains("`pc")), "{told:?}");
    for (routed, heard) in [(json!([10, 20]), true), (json!([20]), false)] {
        let mut routing = town(&json!([10]), &json!([20]));
        routing["nodes"][3] = json!({ "id": "sw", "kind": "l3-switch", "routed_vlans": routed });
        let told = self::report(&routing);
        let pc = of_code(&told, "unheard-vlan").iter().any(|warning| warning.text(Lang::En).contains("`pc`"));
        assert_eq!(pc, !heard, "{routed}");
    }
}

#[test]
fn a_tier_is_told_of_only_where_no_way_leads_to_a_filter() {
    let mut document = town(&json!([10]), &json!([10]));
    document["links"].as_array_mut().expect("a list").retain(|link| link["between"] != json!(["sw", "fw"]));
    let told = report(&document);
    let tiers = of_code(&told, "tier-without-filter");
    assert_eq!(tiers.len(), 1, "{tiers:?}");
    assert!(tiers[0].text(Lang::En).contains("`my-number`"), "{tiers:?}");
}

#[test]
fn words_near_those_of_the_policy_are_asked_about() {
    let mut document = town(&json!([10]), &json!([10]));
    document["nodes"][0]["controls"] = json!(["mfa", "export-disable", "patched"]);
    document["nodes"][1]["tags"] = json!(["securitycloud", "floor-1"]);
    document["nodes"][2]["tags"] = json!(["security-cloud", "security-cloud2"]);
    let told = report(&document);
    let found: Vec<(String, String)> = of_code(&told, "misspelt-word")
        .iter()
        .map(|warning| (warning.text(Lang::En), warning.text(Lang::Ja)))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    for (word, meant) in [("export-disable", "export-disabled"), ("securitycloud", "security-cloud")] {
        let said = |text: &str| text.contains(word) && text.contains(meant);
        assert!(found.iter().any(|(en, ja)| said(en) && said(ja)), "{word}: {found:?}");
    }
}

#[test]
fn routed_vlans_that_are_empty_are_told_of() {
    let mut document = town(&json!([10]), &json!([10]));
    document["nodes"][3] = json!({ "id": "sw", "kind": "l3-switch", "routed_vlans": [] });
    assert_eq!(of_code(&report(&document), "empty-routed-vlans").len(), 1);
}

#[test]
fn a_call_may_fail_on_warnings() {
    let folder = std::env::temp_dir().join(format!("sanso-silence-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, document: &Value| {
        let path = folder.join(name);
        std::fs::write(&path, document.to_string()).expect("it is written");
        path
    };
    let status = |file: &std::path::Path, more: &[&str]| {
        let call = Command::new(env!("CARGO_BIN_EXE_sanso")).arg("verify").arg(file).args(more).output();
        call.expect("the program starts").status.code()
    };
    let clean = write("clean.json", &town(&json!([10]), &json!([10])));
    let silent = write("silent.json", &town(&json!([10]), &json!([20])));
    assert_eq!(status(&clean, &["--fail-on", "warning"]), Some(0));
    assert_eq!(status(&silent, &["--fail-on", "warning"]), Some(1));
    assert_eq!(status(&silent, &["--fail-on", "violation"]), Some(0));
    assert_eq!(status(&silent, &[]), Some(0));
    std::fs::remove_dir_all(folder).expect("it goes");
}

#[test]
fn filters_that_can_apply_to_nothing_are_told_of() {
    let mut document = town(&json!([10]), &json!([10]));
    for (applies_to, sides, rule, expected) in [
        (json!("emitted"), json!({ "in": ["lg"] }), json!({}), 1),
        (json!("emitted"), json!({ "out": ["lg"] }), json!({}), 0),
        (json!("emitted"), json!({}), json!({ "in": ["it"] }), 1),
        (json!(["delivered", "emitted"]), json!({ "in": ["lg"] }), json!({ "out": ["it"] }), 1),
        (json!(["delivered", "emitted"]), json!({ "in": ["lg"] }), json!({ "in": ["it"] }), 0),
        (json!(["delivered", "forwarded"]), json!({ "in": ["lg"], "out": ["it"] }), json!({}), 0),
        (json!("delivered"), json!({ "out": ["it"] }), json!({}), 1),
    ] {
        let mut filter = json!({ "applies_to": applies_to, "rules": [{ "action": "permit" }] });
        let fill = |into: &mut Value, from: &Value| {
            from.as_object().into_iter().flatten().for_each(|(key, value)| into[key] = value.clone());
        };
        fill(&mut filter, &sides);
        fill(&mut filter["rules"][0], &rule);
        document["nodes"][4] = json!({ "id": "fw", "kind": "firewall", "filters": [filter] });
        let told = report(&document);
        assert_eq!(of_code(&told, "applies-to-nothing").len(), expected, "{applies_to} {sides} {rule}");
        // Where no filter is for what is forwarded, everything passes.
        let forwards = applies_to.to_string().contains("forwarded") && sides == json!({});
        assert_eq!(of_code(&told, "uncovered-interfaces").is_empty(), forwards, "{applies_to} {sides}");
    }
}
