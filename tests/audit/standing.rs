//! One verdict in every form, and exceptions named where, and only where, a verdict is owed to them.

use sanso::certify::{Extent, run_prove};
use sanso::document::Date;
use sanso::language::Lang;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::render::{Sentence, html, json, junit, markdown, sarif, text, typst};
use sanso::report::audit::Standing;
use sanso::report::{Report, Verdict};
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::{Value, json};

use super::{audited, engine};

const PATHS: [&str; 3] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"];

fn report(document: &Value) -> Option<Report> {
    engine::report("d.json", &document.to_string()).ok()
}

#[test]
fn exceptions_are_named_where_and_only_where_a_verdict_is_owed_to_them() {
    let (mut owed, mut free) = (0, 0);
    let policy = Policy::built_in(DEFAULT).expect("it reads");
    for (name, document, with, _) in audited() {
        if document["exceptions"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        let keeping = |keep: &dyn Fn(&str) -> bool| {
            let mut document = document.clone();
            let list = document["exceptions"].as_array_mut().expect("a list");
            list.retain(|exception| keep(exception["id"].as_str().expect("an id")));
            engine::decided_by(policy, &document.to_string())
        };
        let Ok(without) = keeping(&|_| false) else { continue };
        for one in with.requirements.iter().filter(|one| PATHS.contains(&one.id.as_str())) {
            let violated = without[&one.id].as_ref().is_some_and(|tuples| !tuples.is_empty());
            let expected = Standing::of(one.verdict, violated);
            assert_eq!(one.standing(), expected, "{name}: {}", one.id);
            if one.verdict != Verdict::Proved {
                assert!(one.exceptions.is_empty(), "{name}: {}", one.id);
                continue;
            }
            if !violated {
                free += 1;
                continue;
            }
            owed += 1;
            // Those that are named do.
            let named = keeping(&|id| one.exceptions.iter().any(|exception| exception == id)).expect("as before");
            assert_eq!(named[&one.id], Some(vec![]), "{name}: {}: {:?}", one.id, one.exceptions);
            assert!(
                one.separated_by[0].fact.text(Lang::En).contains(&one.exceptions[0]),
                "{name}: {:?}",
                one.separated_by[0]
            );
        }
    }
    assert!(owed > 20 && free > 50, "{owed} and {free} are too few to tell");
}

#[test]
fn what_a_verdict_rests_on_is_in_its_proof() {
    let policy = Policy::built_in(DEFAULT).expect("it reads");
    let (mut named, mut apart) = (0, 0);
    for (name, document, report, _) in audited().step_by(3) {
        let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is text");
        let date = Date { year: 2026, month: 11, day: 22 };
        let options = Options {
            policy,
            date,
            max_tuples: 0,
            limit: None,
            memory: None,
            audit: false,
            rationale: false,
            progress: &Silent,
        };
        let extent = Extent { max_tuples: usize::MAX, complete: false };
        let certificate = run_prove(&source, &options, extent).expect("it can be used").expect("it is proved");
        let certificate = serde_json::to_value(&certificate).expect("it is written");
        for (one, proof) in report.requirements.iter().zip(certificate["requirements"].as_array().expect("a list")) {
            if one.verdict != Verdict::Proved || !PATHS.contains(&one.id.as_str()) {
                assert!(one.separated_by.is_empty(), "{name}: {}", one.id);
                continue;
            }
            assert!(!one.separated_by.is_empty(), "{name}: {}", one.id);
            let mut filters: Vec<String> = Vec::new();
            for part in proof["parts"].as_array().expect("a list") {
                for tree in [
                    &part["forward"]["push"],
                    &part["forward"]["pull"],
                    &part["backward"]["push"],
                    &part["backward"]["pull"],
                ] {
                    let items = tree["relies_on"].as_array().expect("a list").iter();
                    filters.extend(items.map(|item| item[0].as_str().expect("an id").to_owned()));
                }
            }
            let nothing =
                one.separated_by.iter().any(|note| note.fact.text(Lang::En).starts_with("nothing is connected"));
            let cut = one.separated_by.iter().any(|note| note.fact.text(Lang::En).ends_with("more alike"));
            let said: Vec<&str> = one.separated_by.iter().filter_map(|note| note.node.as_deref()).collect();
            for node in &said {
                let routes = one
                    .separated_by
                    .iter()
                    .any(|note| note.fact.text(Lang::En).starts_with(&format!("{node} routes between")));
                assert!(routes || filters.iter().any(|id| id == node), "{name}: {}: {node} of {filters:?}", one.id);
            }
            if nothing {
                assert_eq!(one.separated_by.iter().filter(|note| note.node.is_some()).count(), 0, "{name}");
                apart += 1;
            } else if !cut && !one.separated_by.iter().any(|note| note.fact.text(Lang::En).starts_with("all ways lead"))
            {
                assert!(
                    filters.iter().all(|id| said.contains(&id.as_str())),
                    "{name}: {}: {filters:?} in {said:?}",
                    one.id
                );
            }
            named += said.len();
        }
    }
    assert!(named > 100 && apart > 10, "{named} and {apart} are too few to tell");
}

#[test]
fn where_nothing_is_connected_nothing_else_is_named() {
    let report = engine::report("no-links.yaml", include_str!("no-links.yaml")).expect("it can be verified");
    for id in PATHS {
        let one = report.requirements.iter().find(|one| one.id == id).expect("the policy has it");
        let notes: Vec<String> = one.separated_by.iter().map(|note| note.fact.text(Lang::En)).collect();
        assert_eq!(notes, ["nothing is connected: no way of links leads from one side to the other"], "{id}");
    }
}

/// A gateway between the LGWAN and the Internet, a firewall before the My Number tier, and an exception through it.
fn town(relay: &Value, service: &str) -> Value {
    let node = |id: &str, zone: &str, address: &str| json!({ "id": id, "kind": "server", "zone": zone, "addresses": [address] });
    json!({
        "sanso": 1,
        "nodes": [
            node("tax", "my-number", "10.1.0.1"),
            node("eltax", "lgwan", "10.2.0.1"),
            node("web", "internet", "10.3.0.1"),
            { "id": "gw", "kind": "gateway", "addresses": ["10.9.0.1"], "relays": relay },
            { "id": "idle", "kind": "gateway", "addresses": ["10.9.0.2"], "relays": relay },
            { "id": "fw", "kind": "firewall", "filter": { "default": "deny", "rules": [
                { "id": "r", "action": "permit", "from": "node:tax", "to": "node:eltax", "service": "tcp/443" }
            ] } },
        ],
        "links": [["tax", "fw"], ["fw", "eltax"], ["eltax", "gw"], ["gw", "web"], ["idle", "tax"]],
        "exceptions": [{
            "id": "e-tax", "from": "node:tax", "to": "node:eltax", "service": service, "reason": "r",
            "approved_by": "CISO", "expires": "2027-03-31", "attested": { "by": "b", "basis": "b" },
        }],
    })
}

#[test]
fn relays_are_named_where_data_would_cross_without_them() {
    let cleaning = json!([{ "from": "zone:internet", "to": "zone:lgwan", "sanitise": "file" }]);
    let said = |relay: &Value| {
        let report = report(&town(relay, "tcp/443")).expect("it can be verified");
        let one = report.requirements.iter().find(|one| one.id == "LGWAN-INTERNET").expect("the policy has it");
        assert_eq!(one.verdict, Verdict::Proved);
        one.separated_by.iter().map(|note| note.fact.text(Lang::En)).collect::<Vec<_>>()
    };
    // Of the firewall the proof needs that it passes nothing on; of the idle gateway nothing.
    let fw = "the filter of fw (default deny, 1 rule)";
    assert_eq!(said(&cleaning), [fw, "what crosses is sanitised by gw"]);
    assert_eq!(said(&json!([])), [fw, "gw passes on only what `relays` say"]);
}

#[test]
fn what_is_carried_is_named_where_data_would_cross_without_its_sanitising() {
    let said = |sanitise: &str, to: &str, relay: Value| {
        let mut document = town(&relay, "tcp/443");
        document["links"] = json!([["tax", "fw"], ["fw", "eltax"]]);
        document["transfers"] = json!([{ "id": "usb", "from": "node:web", "to": to, "sanitise": sanitise }]);
        document["nodes"][3]["relays"] = relay;
        document["links"].as_array_mut().expect("links").push(json!(["gw", "eltax"]));
        let report = report(&document).expect("it can be verified");
        let one = report.requirements.iter().find(|one| one.id == "LGWAN-INTERNET").expect("the policy has it");
        assert_eq!(one.verdict, Verdict::Proved);
        one.separated_by.iter().map(|note| note.fact.text(Lang::En)).collect::<Vec<_>>()
    };
    let nothing = "nothing is connected: no way of links leads from one side to the other";
    let clean = "what is carried by the transfer usb is sanitised";
    assert_eq!(said("file", "node:eltax", json!([])), [nothing, clean]);
    // To a relay, which does not pass it on raw.
    assert_eq!(said("file", "node:gw", json!([{ "from": "any", "to": "any" }])), [nothing]);
}

#[test]
fn what_is_carried_to_a_relay_is_kept_apart_by_what_the_relay_declares() {
    let mut document = town(&json!([]), "tcp/443");
    document["links"] = json!([["tax", "fw"], ["fw", "eltax"], ["gw", "eltax"]]);
    document["transfers"] = json!([{ "id": "usb", "from": "node:web", "to": "node:gw" }]);
    let report = report(&document).expect("it can be verified");
    let one = report.requirements.iter().find(|one| one.id == "LGWAN-INTERNET").expect("the policy has it");
    let said: Vec<String> = one.separated_by.iter().map(|note| note.fact.text(Lang::En)).collect();
    assert!(said.iter().any(|note| note == "gw passes on only what `relays` say"), "{said:?}");
    assert!(said.iter().all(|note| !note.starts_with("nothing is connected")), "{said:?}");
}

#[test]
fn one_verdict_in_every_form() {
    let cleaning = json!([{ "from": "zone:internet", "to": "zone:lgwan", "sanitise": "file" }]);
    for (service, standing, word, en) in [
        ("tcp/443", "excepted", "適合（特定通信を除く）", "holds with exceptions"),
        ("tcp/80", "violated", "不適合", "violated"),
    ] {
        let report = report(&town(&cleaning, service)).expect("it can be verified");
        assert_eq!(report.standing().word(), standing);
        let reports = std::slice::from_ref(&report);
        let options = |lang| text::Options { lang, color: false };
        let forms = |lang| {
            [
                ("text", text::render(&report, None, options(lang))),
                ("markdown", markdown::render(reports, lang)),
                ("html", html::render(&report, lang).expect("the facts are there")),
                ("pdf", typst::data(&report, lang).expect("it serialises").expect("the facts are there")),
                ("sarif", sarif::render(reports, lang).expect("it serialises")),
                ("junit", junit::render(reports, lang).expect("it serialises")),
            ]
        };
        for (form, said) in forms(Lang::Ja) {
            assert!(said.contains(word), "{form}: {word}\n{said}");
            assert_eq!(
                said.contains("適合（特定通信を除く）"),
                standing == "excepted" || form == "markdown",
                "{form}: {said}"
            );
        }
        for (form, said) in forms(Lang::En) {
            assert!(said.contains(en), "{form}: {en}\n{said}");
        }
        let said: Value =
            serde_json::from_str(&json::render(reports, Lang::En).expect("it serialises")).expect("it is JSON");
        assert_eq!(said["standing"], standing);
        let isolation = &said["requirements"][0];
        assert_eq!((&isolation["id"], &isolation["standing"]), (&json!("MN-ISOLATION"), &json!(standing)));
        let exceptions = if standing == "excepted" { json!(["e-tax"]) } else { Value::Null };
        assert_eq!(isolation.get("exceptions").cloned().unwrap_or_default(), exceptions);
        let sarif: Value = serde_json::from_str(&forms(Lang::En)[4].1).expect("it is JSON");
        let file = &sarif["runs"][0]["properties"]["files"][0];
        assert_eq!(file["standing"].as_str().or(file["standing_text"].as_str()), Some(standing));
        let named = forms(Lang::En)[5].1.contains("e-tax");
        assert_eq!(named, standing == "excepted");
    }
}
