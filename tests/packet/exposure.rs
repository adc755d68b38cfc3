//! `sanso exposure` on documents made for it: what counts once and what twice, what the answer says, in both languages.

use std::process::Command;

use sanso::language::Lang;
use sanso::question::exposure::{Asking, Unasked, run_exposure};
use sanso::render::exposure as in_words;
use sanso::report::exposure::{Answer, Depth, Exposure, Known};
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::{Value, json};

fn asked(document: &Value, asking: Asking<'_>) -> Result<Exposure, Unasked> {
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("a text");
    run_exposure(&source, &Options::today(2026, 11, 22), asking).unwrap_or_else(|told| panic!("{told:?}\n{document}"))
}

/// The depths between my-number and lgwan, my-number and internet, lgwan and internet.
fn depths(document: &Value) -> [Depth; 3] {
    let Answer::Depths(pairs) = asked(document, Asking::Depth).expect("it can be asked").answer else {
        panic!("no depths")
    };
    let depths: Vec<Depth> = pairs.into_iter().map(|pair| pair.depth).collect();
    depths.try_into().expect("three pairs")
}

fn known(depth: &Depth) -> &Known {
    match depth {
        Depth::Known(known) => known,
        other => panic!("{other:?}"),
    }
}

fn words(known: &Known) -> Vec<&'static str> {
    known.set.iter().map(|point| point.kind.word()).collect()
}

/// A firewall that denies everything.
fn wall(id: &str) -> Value {
    json!({"id": id, "kind": "firewall", "filter": {"rules": []}})
}

#[test]
fn a_filter_that_a_way_passes_twice_counts_once() {
    // Families do not mix, so that data goes to the gateway and from there, each time through the wall.
    let document = json!({"sanso": 1, "nodes": [
        {"id": "db", "zone": "my-number", "addresses": ["2001:db8:1::1"]},
        {"id": "web", "zone": "internet", "addresses": ["203.0.113.5"]},
        {"id": "gw", "kind": "gateway", "addresses": ["2001:db8:9::1", "192.0.2.9"]},
        wall("fw")], "links": [["db", "fw"], ["web", "fw"], ["gw", "fw"]]});
    let [apart, depth, _] = depths(&document);
    assert_eq!(apart, Depth::Nobody);
    let known = known(&depth);
    assert_eq!(words(known), ["filter"]);
    assert_eq!((known.way.path.len(), known.layers.len(), known.disjoint), (3, 1, true));
    assert_eq!(known.halved_by.iter().map(|one| (&*one.node, one.left)).collect::<Vec<_>>(), [("fw", 0)]);
}

#[test]
fn layers_overlap_where_ways_share_points() {
    // From each of three servers two exceptions must fail, any two of three.
    let exception = |id: &str, nodes: [&str; 2]| {
        let ends: Vec<String> = nodes.iter().chain(&["lg"]).map(|node| format!("node:{node}")).collect();
        json!({"id": id, "from": ends, "to": ends, "service": "any", "reason": "r", "approved_by": "CISO"})
    };
    let document = json!({"sanso": 1, "nodes": [
        {"id": "a1", "zone": "my-number"}, {"id": "a2", "zone": "my-number"}, {"id": "a3", "zone": "my-number"},
        {"id": "lg", "zone": "lgwan"}, {"id": "sw", "kind": "switch"}],
        "links": [["a1", "sw"], ["a2", "sw"], ["a3", "sw"], ["lg", "sw"]],
        "exceptions": [exception("e1", ["a1", "a3"]), exception("e2", ["a1", "a2"]), exception("e3", ["a2", "a3"])]});
    let [depth, ..] = depths(&document);
    let known = known(&depth);
    assert_eq!(words(known), ["exception", "exception"]);
    assert!(!known.disjoint);
    assert_eq!(known.layers.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2]);
    assert!(known.halved_by.is_empty());
}

#[test]
fn every_kind_of_point_holds_and_fails() {
    let ends = |more: Value, links: Value, rest: Value| {
        let mut document = json!({"sanso": 1, "nodes": [
            {"id": "lg", "zone": "lgwan", "addresses": ["10.2.0.1"]},
            {"id": "in", "zone": "internet", "addresses": ["10.3.0.1"]}], "links": links});
        document["nodes"].as_array_mut().expect("nodes").extend(more.as_array().expect("nodes").iter().cloned());
        document.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        document
    };
    let relay = |relays: Value| json!([{"id": "gw", "kind": "gateway", "relays": relays}]);
    let through = json!([["lg", "gw"], ["gw", "in"]]);
    // A router turns whatever comes from the one side to nobody.
    let hides = json!([{"id": "r", "kind": "router", "nat": [{"destination": "192.0.2.1", "in": ["in", "lg"]}]}]);
    let transfer = |sanitise: Value| {
        let mut one = json!({"id": "usb", "from": ["node:in"], "to": ["node:lg"]});
        one.as_object_mut().expect("an object").extend(sanitise.as_object().expect("an object").clone());
        json!({"transfers": [one]})
    };
    let av = json!({"exceptions": [{"id": "av", "from": ["node:lg"], "to": ["node:in"], "service": "any", "waives": ["LGWAN-INTERNET"]},
        {"id": "back", "from": ["node:in"], "to": ["node:lg"], "service": "any", "waives": ["LGWAN-INTERNET"]}]});
    let elsewhere = json!({"exceptions": [{"id": "av", "from": ["node:lg"], "to": ["node:in"], "service": "any"}]});
    let none = json!({});
    for (document, expected) in [
        (ends(relay(json!([])), through.clone(), none.clone()), Some(&["relay"][..])),
        (
            ends(relay(json!([{"from": "any", "to": "any", "sanitise": "file"}])), through.clone(), none.clone()),
            Some(&["relay"]),
        ),
        (ends(relay(json!([{"from": "any", "to": "any"}])), through.clone(), none.clone()), Some(&[])),
        (ends(json!([{"id": "gw", "kind": "gateway"}]), through.clone(), none.clone()), Some(&[])),
        (ends(hides, json!([["lg", "r"], ["r", "in"]]), none.clone()), Some(&["translation"])),
        (ends(json!([]), json!([]), transfer(json!({"sanitise": "file"}))), Some(&["transfer"])),
        (ends(json!([]), json!([]), transfer(json!({}))), Some(&[])),
        (ends(json!([wall("fw")]), json!([["lg", "fw"], ["fw", "in"]]), none.clone()), Some(&["filter"])),
        (ends(json!([]), json!([["lg", "in"]]), none.clone()), Some(&[])),
        (ends(json!([]), json!([["lg", "in"]]), av), Some(&["exception"])),
        // What is for another requirement holds nothing here.
        (ends(json!([]), json!([["lg", "in"]]), elsewhere), Some(&[])),
        (ends(json!([]), json!([]), none), None),
    ] {
        let [.., depth] = depths(&document);
        match expected {
            Some(expected) => assert_eq!(words(known(&depth)), expected, "{document}"),
            None => assert_eq!(depth, Depth::Apart, "{document}"),
        }
    }
}

#[test]
fn a_one_way_link_is_a_point() {
    // Two diodes that lead to the same collector: data gets to neither side before one of them fails.
    let document = json!({"sanso": 1, "nodes": [{"id": "lg", "zone": "lgwan"}, {"id": "in", "zone": "internet"},
        {"id": "log", "relays": [{"from": "any", "to": "any"}]}],
        "links": [{"between": ["lg", "log"], "one_way": true}, {"between": ["in", "log"], "one_way": true}]});
    let [.., depth] = depths(&document);
    assert_eq!(words(known(&depth)), ["one-way"]);
}

#[test]
fn what_falls_is_told_by_step_and_zone() {
    let document = json!({"sanso": 1, "nodes": [
        {"id": "a", "zone": "my-number", "addresses": ["10.1.0.1"]}, {"id": "b", "zone": "lgwan", "addresses": ["10.2.0.1"]},
        {"id": "c", "zone": "internet", "addresses": ["10.3.0.1"]}, {"id": "d", "zone": "internet", "addresses": ["10.3.0.2"]},
        {"id": "gw", "kind": "gateway", "addresses": ["10.9.0.1"], "relays": []},
        {"id": "fw", "kind": "firewall", "filter": {"rules": [
            {"action": "permit", "from": "10.1.0.1", "to": "10.9.0.1"}, {"action": "permit", "from": "10.2.0.1", "to": "10.9.0.1"}]}}],
        "links": [["a", "fw"], ["b", "fw"], ["gw", "fw"], ["c", "fw"]],
        "transfers": [{"id": "usb", "from": ["node:b"], "to": ["node:d"], "sanitise": "file"}]});
    let exposure = asked(&document, Asking::From("a")).expect("it can be asked");
    let Answer::Falls(falls) = &exposure.answer else { panic!("no falls") };
    let steps: Vec<Vec<&str>> =
        falls.steps.iter().map(|step| step.iter().flat_map(|one| &one.named).map(String::as_str).collect()).collect();
    // `b` opens a session to the fallen gateway, and takes what it answers.
    assert_eq!(steps, [vec!["gw"], vec!["b"], vec!["d"]]);
    let internet = falls.zones.iter().find(|zone| zone.zone.as_deref() == Some("internet")).expect("it has endpoints");
    assert_eq!((internet.endpoints, internet.fallen), (2, 1));
    assert_eq!(
        internet.first.as_ref().map(|(step, way)| (*step, way.path.join(" "))),
        Some((3, "a gw b d".to_owned()))
    );
    let text = in_words::text(&exposure, Lang::En, false);
    assert!(text.contains("3 of 4 other endpoints fall, in 3 steps") && text.contains("by transfer"), "{text}");
    assert_eq!(asked(&document, Asking::From("aa")), Err(Unasked::Nobody(Some("a".to_owned()))));
    assert_eq!(asked(&document, Asking::From("fw")), Err(Unasked::NoEndpoint));
}

/// Columns, full-width characters counted as two.
fn width(text: &str) -> usize {
    text.chars().map(|c| 1 + usize::from(c >= '\u{2e80}')).sum()
}

#[test]
fn both_languages_say_it_in_eighty_columns() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/small/minimal-alpha.yaml");
    let source = Source::new("m.yaml", std::fs::read(file).expect("a file")).expect("a text");
    for asking in [Asking::Depth, Asking::From("tax-srv")] {
        let exposure =
            run_exposure(&source, &Options::today(2026, 11, 22), asking).expect("usable").expect("it is there");
        for lang in [Lang::En, Lang::Ja] {
            let text = in_words::text(&exposure, lang, false);
            // Hops are as wide as their rules; so are findings.
            let told = text.lines().filter(|line| !line.contains("m.yaml:") && !line.contains("->"));
            told.for_each(|line| assert!(width(line) <= 80, "{line}"));
            let markdown = in_words::markdown(&exposure, lang);
            assert!(markdown.starts_with("# ") && markdown.ends_with('\n'), "{markdown}");
        }
        let object: Value = serde_json::from_str(&in_words::json(&exposure, Lang::En)).expect("JSON");
        match asking {
            Asking::Depth => {
                let depths: Vec<&Value> =
                    object["depths"].as_array().expect("a list").iter().map(|one| &one["depth"]).collect();
                assert_eq!(depths, [1, 2, 1]);
            }
            Asking::From(_) => assert_eq!(object["answer"], "falls"),
        }
    }
}

#[test]
fn the_program_answers_and_tells_what_is_wrong() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/small/minimal-alpha.yaml");
    let run = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_sanso")).args(["--lang", "en", "exposure", file]).args(arguments).output();
        let output = output.expect("the program starts");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (status, said) = run(&[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("my-number – internet: depth 2: 2 enforcement points must fail"), "{said}");
    let (status, said) = run(&["--from", "tax-svr"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("did you mean `tax-srv`?"), "{said}");
}

#[test]
fn the_audit_report_has_the_depth_and_what_is_found_of_exceptions() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/small/minimal-alpha.yaml");
    let page = |arguments: &[&str]| {
        let mut call = Command::new(env!("CARGO_BIN_EXE_sanso"));
        let output = call.args(["verify", file, "--format", "html"]).args(arguments);
        String::from_utf8(output.output().expect("the program starts").stdout).expect("UTF-8")
    };
    let whole = page(&[]);
    for text in ["多層防御の深さ", "depth 2: 2 enforcement points must fail", "needed: without it MN-ISOLATION"]
    {
        assert!(whole.contains(text), "{text}");
    }
    // Its ways have addresses, which nobody redacts.
    assert!(!page(&["--redact"]).contains("多層防御の深さ"));
}
