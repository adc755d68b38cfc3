//! The difference of two documents: of random documents with one edit the tuples gained and lost are those of the
//! interpreter, what changes nothing is no difference, and everything that could be wider is said to be.

use crate::campaign::number;
use crate::engine;
mod formats;
use crate::interpreter;
#[allow(dead_code)]
use crate::law;

use std::collections::{BTreeMap, BTreeSet};

use crate::interpreter::random::{self, Random};
use crate::interpreter::{decide, legal};
use sanso::code::Code;
use sanso::diff::run_diff;
use sanso::document::Date;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::render::diff::CODES;
use sanso::report::diff::{Diff, Direction, Group};
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::{Value, json};

const TODAY: Date = Date { year: 2026, month: 11, day: 22 };

fn options() -> Options<'static> {
    Options {
        policy: Policy::built_in(DEFAULT).expect("the default policy reads"),
        date: TODAY,
        max_tuples: usize::MAX,
        limit: None,
        memory: None,
        audit: false,
        rationale: false,
        progress: &Silent,
    }
}

/// The difference, or `None` where one of the two is no topology to verify.
fn diff(old: &Value, new: &Value) -> Option<Diff> {
    let source = |document: &Value| Source::new("d.json", document.to_string().into_bytes()).expect("it is UTF-8");
    run_diff(&source(old), &source(new), &options(), TODAY).ok()
}

fn tuples(groups: &[Group]) -> BTreeSet<Vec<String>> {
    let all: BTreeSet<Vec<String>> = groups.iter().flat_map(|group| group.tuples.clone()).collect();
    let count: u64 = groups.iter().map(|group| group.count).sum();
    assert_eq!(all.len() as u64, count, "a tuple is in two groups, or not listed: {groups:#?}");
    all
}

type Change = fn(&Value, &mut Random) -> Option<Value>;

/// Edits of all kinds.
const EDITS: [Change; 9] = [
    law::deny_in_front,
    law::permit_in_front,
    law::remove_link,
    law::make_one_way,
    law::remove_exception,
    drop_node,
    drop_label,
    other_zone,
    drop_relays,
];

/// Pairs of random documents that differ by one edit.
fn pairs(edits: &[Change], count: u64) -> Vec<(u64, Value, Value)> {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", count);
    let mut out = Vec::new();
    for seed in first..first + count {
        let document = random::document(seed);
        let edit = edits[seed as usize % edits.len()];
        let after = edit(&document, &mut Random::from_seed(seed ^ 0x77)).filter(legal::names_resolve);
        out.extend(after.map(|after| (seed, document, after)));
    }
    assert!(out.len() as u64 * 4 >= count, "only {} of {count} documents were changed", out.len());
    out
}

/// Chooses one node that `fits` and changes it.
fn change_node(
    document: &Value,
    random: &mut Random,
    fits: impl Fn(&Value) -> bool,
    change: impl Fn(&mut Value),
) -> Option<Value> {
    let mut after = document.clone();
    let nodes = after["nodes"].as_array_mut()?;
    let fitting: Vec<usize> = (0..nodes.len()).filter(|&at| fits(&nodes[at])).collect();
    if fitting.is_empty() {
        return None;
    }
    change(&mut nodes[fitting[random.below(fitting.len())]]);
    Some(after)
}

fn drop_label(document: &Value, random: &mut Random) -> Option<Value> {
    change_node(
        document,
        random,
        |node| node.get("zone").is_some(),
        |node| {
            node.as_object_mut().expect("a node").remove("zone");
            node.as_object_mut().expect("a node").remove("addresses");
        },
    )
}

fn other_zone(document: &Value, random: &mut Random) -> Option<Value> {
    let zones = ["my-number", "lgwan", "internet"];
    let zone = zones[random.below(3)];
    change_node(
        document,
        random,
        |node| node.get("zone").is_some_and(|own| own != zone),
        |node| {
            node["zone"] = json!(zone);
        },
    )
}

fn drop_relays(document: &Value, random: &mut Random) -> Option<Value> {
    change_node(
        document,
        random,
        |node| node.get("relays").is_some(),
        |node| {
            node.as_object_mut().expect("a node").remove("relays");
        },
    )
}

/// Removes a node that nothing but links names, with its links.
fn drop_node(document: &Value, random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    let nodes = after["nodes"].as_array_mut()?;
    let at = random.below(nodes.len());
    let id = nodes.remove(at)["id"].as_str()?.to_owned();
    let end = |end: &Value| end.as_str().and_then(|end| end.split(':').next()) == Some(id.as_str());
    after["links"].as_array_mut()?.retain(|link| {
        let ends = link.get("between").unwrap_or(link).as_array().expect("two ends");
        !ends.iter().any(end)
    });
    (!after.to_string().contains(&format!("\"node:{id}\""))).then_some(after)
}

#[test]
fn gained_and_lost_tuples_are_those_of_the_interpreter() {
    let (mut gained, mut lost) = (0, 0);
    for (seed, before, after) in pairs(&EDITS, 450) {
        let Some(diff) = diff(&before, &after) else { continue };
        let (old, new) =
            (decide(&before, engine::DATE).expect("it reads"), decide(&after, engine::DATE).expect("it reads"));
        for requirement in &diff.requirements {
            let set = |decision: &interpreter::Decision| -> BTreeSet<Vec<String>> {
                decision[&requirement.id].iter().flatten().cloned().collect()
            };
            let (old, new) = (set(&old), set(&new));
            let context = || format!("seed {seed}, {}\n{before:#}\n{after:#}", requirement.id);
            assert_eq!(tuples(&requirement.gained), new.difference(&old).cloned().collect(), "gained: {}", context());
            assert_eq!(tuples(&requirement.lost), old.difference(&new).cloned().collect(), "lost: {}", context());
            assert_eq!(requirement.counts, [old.len() as u64, new.len() as u64], "{}", context());
            let sum: u64 = requirement.findings.iter().map(|finding| finding.tuples).sum();
            assert_eq!(sum, requirement.gained_count(), "findings: {}", context());
            gained += usize::from(!requirement.gained.is_empty());
            lost += usize::from(!requirement.lost.is_empty());
            if !requirement.gained.is_empty() {
                assert!(requirement.direction.widens() && diff.direction.widens(), "{}", context());
            }
        }
    }
    assert!(gained > 60 && lost > 60, "{gained} gains and {lost} losses are too few to tell");
}

#[test]
fn gained_and_lost_tuples_are_those_of_the_interpreter_where_data_is_carried() {
    let (mut gained, mut lost) = (0, 0);
    for seed in 1..=number("SANSO_DOCUMENTS", 150) {
        let (before, mut after) = (random::carried(seed), random::carried(seed));
        // Without the transfers, or the other way.
        let (before, after) = if seed % 2 == 0 {
            after["transfers"] = json!([]);
            (before, after)
        } else {
            let mut old = before;
            old["transfers"] = json!([]);
            (old, after)
        };
        let Some(diff) = diff(&before, &after) else { continue };
        let decided = |document: &Value| decide(document, engine::DATE).expect("it reads");
        let (old, new) = (decided(&before), decided(&after));
        for requirement in &diff.requirements {
            let set = |decision: &interpreter::Decision| -> BTreeSet<Vec<String>> {
                decision[&requirement.id].iter().flatten().cloned().collect()
            };
            let (old, new) = (set(&old), set(&new));
            assert_eq!(tuples(&requirement.gained), new.difference(&old).cloned().collect(), "seed {seed}");
            assert_eq!(tuples(&requirement.lost), old.difference(&new).cloned().collect(), "seed {seed}");
            gained += usize::from(!requirement.gained.is_empty());
            lost += usize::from(!requirement.lost.is_empty());
        }
    }
    assert!(gained > 20 && lost > 20, "{gained} gains and {lost} losses are too few to tell");
}

#[test]
fn swapping_the_documents_swaps_gained_and_lost() {
    let mut changed = 0;
    for (seed, before, after) in pairs(&EDITS, 300) {
        let (Some(one), Some(other)) = (diff(&before, &after), diff(&after, &before)) else { continue };
        for (one, other) in one.requirements.iter().zip(&other.requirements) {
            assert_eq!((&one.gained, &one.lost), (&other.lost, &other.gained), "seed {seed}");
            assert_eq!((&one.wider, &one.narrower), (&other.narrower, &other.wider), "seed {seed}");
            changed += usize::from(one.direction != Direction::Unchanged);
        }
        assert_eq!((&one.nodes_added, &one.nodes_removed), (&other.nodes_removed, &other.nodes_added), "seed {seed}");
    }
    assert!(changed > 60, "{changed} changes are too few to tell");
}

/// No difference at all.
fn assert_same(seed: u64, before: &Value, after: &Value) {
    let Some(diff) = diff(before, after) else { return };
    assert_eq!(diff.direction, Direction::Unchanged, "seed {seed}: {diff:#?}\n{before:#}\n{after:#}");
    assert!(diff.widenings.is_empty() && !diff.undecided, "seed {seed}: {diff:#?}");
}

#[test]
fn a_document_does_not_differ_from_itself() {
    for seed in 1..=250 {
        let document = random::document(seed);
        assert_same(seed, &document, &document);
    }
}

/// Gives every rule another id.
fn rename_rules(document: &Value, _random: &mut Random) -> Option<Value> {
    let mut after = document.clone();
    let mut number = 0;
    for node in after["nodes"].as_array_mut()? {
        for (key, value) in node.as_object_mut()? {
            let filters: Vec<&mut Value> = match (key.as_str(), value) {
                ("filter", filter) => vec![filter],
                ("filters", Value::Array(filters)) => filters.iter_mut().collect(),
                _ => vec![],
            };
            for rule in
                filters.into_iter().flat_map(|filter| filter.get_mut("rules").and_then(Value::as_array_mut)).flatten()
            {
                number += 1;
                rule["id"] = json!(format!("renamed-{number}"));
            }
        }
    }
    (number > 0).then_some(after)
}

#[test]
fn names_of_rules_and_the_order_of_lists_are_no_difference() {
    let same: [Change; 4] = [rename_rules, law::shuffle, law::write_out_groups, law::write_out_labels];
    for (seed, before, after) in pairs(&same, 300) {
        assert_same(seed, &before, &after);
    }
}

#[test]
fn relays_of_both_ways_may_be_written_out() {
    for (seed, before, after) in pairs(&[law::write_out_both], 150) {
        let Some(diff) = diff(&before, &after) else { continue };
        // Warnings speak of entries, of which there are more now.
        assert!(
            diff.widenings.is_empty() && diff.relays.is_empty() && diff.transfers.is_empty(),
            "seed {seed}: {diff:#?}"
        );
        let same = diff.requirements.iter().all(|requirement| requirement.direction == Direction::Unchanged);
        assert!(same, "seed {seed}: {diff:#?}");
    }
}

/// Services of pairs in the words of the groups.
fn by_service(groups: &[Group]) -> BTreeMap<Vec<String>, Vec<String>> {
    let mut out: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for group in groups {
        let services = group.services.as_ref().expect("no limit was set");
        let but = services.all_but.then(|| "but".to_owned());
        for tuple in &group.tuples {
            out.entry(tuple.clone()).or_default().extend(but.iter().chain(&services.parts).cloned());
        }
    }
    out
}

/// Two tiers behind a firewall with these rules.
fn two_tiers(rules: Value) -> Value {
    json!({ "sanso": 1, "nodes": [
        { "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] },
        { "id": "lg", "zone": "lgwan", "addresses": ["10.2.0.1"] },
        { "id": "fw", "kind": "firewall", "filter": { "rules": rules } },
    ], "links": [["mn", "fw"], ["lg", "fw"]] })
}

fn permit(service: &str) -> Value {
    json!({ "action": "permit", "from": "10.1.0.1", "to": "10.2.0.1", "service": service })
}

#[test]
fn services_are_compared_where_tuples_stay() {
    let pair = vec!["mn".to_owned(), "lg".to_owned()];
    for (old, new, gained, wider, narrower) in [
        (vec![], vec!["tcp/443"], Some(&["tcp/443"][..]), None, None),
        (vec![], vec!["any"], Some(&["but"]), None, None),
        (vec!["tcp/443"], vec!["any"], None, Some(&["but", "tcp/443"][..]), None),
        (vec!["any"], vec!["tcp/443"], None, None, Some(&["but", "tcp/443"][..])),
        (vec!["tcp/443"], vec!["tcp/400-500"], None, Some(&["tcp/400-442", "tcp/444-500"]), None),
        (vec!["tcp/443", "udp/53"], vec!["udp/53", "icmp"], None, Some(&["icmp"]), Some(&["tcp/443"])),
        (vec!["tcp/443", "tcp/444"], vec!["tcp/443-444"], None, None, None),
        (vec!["tcp/443"], vec!["tcp/443", "tcp/443"], None, None, None),
    ] {
        let rules = |services: &[&str]| two_tiers(services.iter().map(|service| permit(service)).collect());
        let diff = diff(&rules(&old), &rules(&new)).expect("a topology");
        let change = &diff.requirements[0];
        assert_eq!(change.id, "MN-ISOLATION");
        let words =
            |list: Option<&[&str]>| list.map(|list| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let found = |groups: &[Group]| by_service(groups).get(&pair).cloned();
        assert_eq!(found(&change.gained), words(gained), "{old:?} {new:?}");
        assert_eq!(found(change.wider.as_deref().expect("compared")), words(wider), "{old:?} {new:?}");
        assert_eq!(found(change.narrower.as_deref().expect("compared")), words(narrower), "{old:?} {new:?}");
        assert_eq!(change.direction.widens(), gained.is_some() || wider.is_some());
    }
}

#[test]
fn each_planted_widening_is_told_of() {
    let base = json!({ "sanso": 1,
        "zones": { "school": {} },
        "nodes": [
            { "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"], "kind": "terminal",
              "controls": ["mfa", "export-disabled"] },
            { "id": "lg", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            { "id": "pc", "zone": "school", "addresses": ["10.9.0.1"], "relays": [] },
            { "id": "it", "zone": "internet", "addresses": ["10.3.0.1"] },
            { "id": "gw", "kind": "gateway", "addresses": ["10.4.0.1"], "relays": [
                { "from": "node:it", "to": "node:lg", "to_service": "tcp/8443", "sanitise": "file" }] },
            { "id": "fw", "kind": "firewall", "filter": { "rules": [
                { "action": "permit", "from": "10.1.0.1", "to": "10.2.0.1", "service": "tcp/443" },
                { "action": "permit", "from": "any", "to": "10.4.0.1", "service": "tcp/443" },
                { "action": "permit", "from": "10.4.0.1", "to": "10.2.0.1", "service": "tcp/8443" }] } },
        ],
        "links": [["mn", "fw"], ["lg", "fw"], ["pc", "fw"], ["it", "fw"], ["gw", "fw"]],
        "exceptions": [{ "id": "x", "from": "node:mn", "to": "node:lg", "service": "tcp/443", "reason": "r",
                         "approved_by": "c", "expires": "2026-12-31" }] });
    let set = |path: &str, value: Value| {
        let mut after = base.clone();
        match path.rsplit_once('/') {
            Some((parent, key)) => after.pointer_mut(parent).expect("it is there")[key] = value,
            None => unreachable!("paths begin with a slash"),
        }
        after
    };
    let without = |path: &str, key: &str| {
        let mut after = base.clone();
        after.pointer_mut(path).and_then(Value::as_object_mut).expect("it is there").remove(key);
        after
    };
    let push = |path: &str, value: Value| {
        let mut after = base.clone();
        after.pointer_mut(path).and_then(Value::as_array_mut).expect("it is there").push(value);
        after
    };
    let more_rules = |services: &str| {
        push(
            "/nodes/5/filter/rules",
            json!({ "action": "permit", "from": "10.1.0.1", "to": "10.2.0.1", "service": services }),
        )
    };
    let other = json!({ "id": "y", "from": "node:mn", "to": "node:pc", "service": "tcp/22", "reason": "r",
                        "approved_by": "c", "expires": "2026-12-31" });
    for (after, codes) in [
        (more_rules("tcp/22"), &["tuples-gained"][..]),
        (push("/links", json!(["mn", "lg"])), &["tuples-gained"]),
        (without("/nodes/2", "zone"), &["node-escapes", "tuples-gained"]),
        (set("/nodes/0/kind", json!("server")), &["node-escapes", "proves-less"]),
        (set("/nodes/0/controls", json!(["mfa"])), &["tuples-gained"]),
        (push("/exceptions", other), &["exception-added"]),
        (set("/exceptions/0/service", json!("tcp/440-445")), &["exception-widened", "tuples-gained"]),
        (set("/exceptions/0/service", json!(["tcp/443", "tcp/22"])), &["exception-widened"]),
        (set("/exceptions/0/to", json!(["node:lg", "node:pc"])), &["exception-widened"]),
        (set("/exceptions/0/waives", json!(["MN-ISOLATION", "LGWAN-INTERNET"])), &["exception-widened"]),
        (set("/exceptions/0/expires", json!("2027-12-31")), &["exception-widened"]),
        (without("/exceptions/0", "expires"), &["exception-widened"]),
        (set("/exceptions/0/attested", json!({ "by": "b", "basis": "s" })), &["exception-widened"]),
        (set("/exceptions/0/from", json!("zone:my-number")), &["exception-widened", "tuples-gained"]),
        (without("/nodes/4/relays/0", "sanitise"), &["relay-widened", "tuples-gained"]),
        (set("/nodes/4/relays/0/sanitise", json!("screen")), &["relay-widened"]),
        (set("/nodes/4/relays/0/both", json!(true)), &["relay-widened"]),
        (set("/nodes/2/relays", json!([{ "from": "node:mn", "to": "node:lg" }])), &["relay-widened"]),
        (without("/nodes/2", "relays"), &["relay-widened"]),
        (without("/nodes/4", "relays"), &["relay-widened", "tuples-gained"]),
    ] {
        let diff = diff(&base, &after).expect("both are topologies");
        let found: BTreeSet<Code> = diff.widenings.iter().map(|one| one.code).collect();
        assert!(found.iter().map(|code| code.word()).eq(codes.iter().copied()), "{after:#}\n{:#?}", diff.widenings);
        assert!(found.iter().all(|code| CODES.contains(code)), "{found:?}");
        assert!(diff.direction.widens());
    }
    for after in [
        set("/exceptions/0/reason", json!("another one")),
        set("/exceptions/0/expires", json!("2026-12-01")),
        push("/nodes", json!({ "id": "new", "kind": "switch" })),
        set("/nodes/5/filter/rules", json!([])),
        set("/nodes/0/note", json!("a note")),
    ] {
        let diff = diff(&base, &after).expect("both are topologies");
        assert!(diff.widenings.is_empty() && !diff.direction.widens(), "{after:#}\n{:#?}", diff.widenings);
    }
    let unchanged = set("/nodes/0/note", json!("a note"));
    assert_eq!(diff(&base, &unchanged).map(|diff| diff.direction), Some(Direction::Unchanged));
}

#[test]
fn what_is_carried_is_compared_as_it_is_written_and_by_its_service() {
    let with = |rules: Value, transfers: Value| {
        let mut document = two_tiers(rules);
        document["transfers"] = transfers;
        document
    };
    let none = || json!([]);
    let usb = |to: &str| json!([{ "id": "usb", "from": "node:mn", "to": to }]);
    let clean = |method: &str| json!([{ "id": "usb", "from": "node:mn", "to": "node:lg", "sanitise": method }]);
    let by_name = |document: &Value, other: &Value| {
        let diff = diff(document, other).expect("both are topologies");
        let isolation = diff.requirements.into_iter().find(|one| one.id == "MN-ISOLATION").expect("there");
        (isolation, diff.transfers, diff.widenings.iter().map(|one| one.code).collect::<Vec<_>>())
    };
    let services = |groups: &[Group]| by_service(groups).into_values().flatten().collect::<Vec<_>>();

    // A transfer beside packets, and packets beside a transfer.
    let (nothing, packets) = (with(none(), none()), with(json!([permit("tcp/443")]), none()));
    let carried = with(none(), usb("node:lg"));
    let both = with(json!([permit("tcp/443")]), usb("node:lg"));
    let (isolation, items, codes) = by_name(&nothing, &carried);
    assert_eq!(services(&isolation.gained), ["transfer"]);
    assert_eq!((items.len(), items[0].direction), (1, Direction::Widened));
    assert_eq!(codes, ["tuples-gained", "transfer-widened"]);
    let (isolation, ..) = by_name(&packets, &both);
    assert_eq!(services(isolation.wider.as_deref().expect("compared")), ["transfer"]);
    let (isolation, _, codes) = by_name(&carried, &both);
    assert_eq!(services(isolation.wider.as_deref().expect("compared")), ["tcp/443"]);
    assert_eq!(codes, ["services-gained"]);
    let (isolation, items, codes) = by_name(&both, &packets);
    assert_eq!(services(isolation.narrower.as_deref().expect("compared")), ["transfer"]);
    assert_eq!((items[0].direction, codes.len()), (Direction::Narrowed, 0));

    // What is written of it.
    let direction = |one: Value, other: Value| {
        let (_, items, codes) = by_name(&with(none(), one), &with(none(), other));
        let widened = codes.contains(&Code::TransferWidened);
        assert_eq!(widened, items.iter().any(|item| item.direction.widens()), "{items:#?}");
        items.first().map(|item| item.direction)
    };
    assert_eq!(direction(usb("node:lg"), usb("node:lg")), None);
    assert_eq!(direction(usb("node:lg"), usb("any")), Some(Direction::Widened));
    assert_eq!(direction(usb("any"), usb("node:lg")), Some(Direction::Narrowed));
    assert_eq!(direction(clean("file"), usb("node:lg")), Some(Direction::Widened));
    assert_eq!(direction(usb("node:lg"), clean("file")), Some(Direction::Narrowed));
    assert_eq!(direction(clean("file"), clean("screen")), Some(Direction::Both));
}

#[test]
fn a_known_hole_that_grows_is_wider() {
    let hole = |services: Value| two_tiers(json!([{ "action": "permit", "service": services }]));
    let diff = diff(&hole(json!("tcp/443")), &hole(json!("any"))).expect("both are topologies");
    let codes: Vec<Code> = diff.widenings.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["services-gained"]);
}

/// Calls the program in `topologies/`; exit status, stdout, stderr.
fn sanso(arguments: &[&str]) -> (i32, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sanso"))
        .current_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies"))
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("a status"), text(output.stdout), text(output.stderr))
}

const CLEAN: &str = "small/minimal-alpha.yaml";

#[test]
fn every_classic_mistake_is_wider_than_the_clean_city() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/mistakes");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder reads") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        if !name.ends_with(".yaml") {
            continue;
        }
        let file = format!("mistakes/{name}");
        let (status, stdout, stderr) = sanso(&["diff", CLEAN, &file, "--date", "2026-11-22", "--format", "json"]);
        assert_eq!((status, stderr.as_str()), (1, ""), "{name}");
        let found: Value = serde_json::from_str(&stdout).expect("JSON");
        let verdicts = sanso(&["verify", &file, "--date", "2026-11-22", "--format", "json"]).1;
        let verdicts: Value = serde_json::from_str(&verdicts).expect("JSON");
        let lists = [&found["requirements"], &verdicts["requirements"]].map(|list| list.as_array().expect("a list"));
        for (change, requirement) in lists[0].iter().zip(lists[1]) {
            assert_eq!(change["new"], requirement["verdict"], "{name}");
            // The clean city violates nothing.
            assert_eq!(change["tuples"]["gained"], requirement["tuples"], "{name}");
        }
        assert_eq!(sanso(&["diff", &file, &file, "--date", "2026-11-22"]).0, 0, "{name}");
        count += 1;
    }
    assert!(count > 15, "{count}");
}

#[test]
fn what_holds_with_exceptions_is_called_so_as_verify_does() {
    for (lang, word) in [("en", "holds with exceptions"), ("ja", "適合（特定通信を除く）")] {
        for format in ["text", "markdown", "html"] {
            let (_, said, _) =
                sanso(&["diff", CLEAN, CLEAN, "--date", "2026-11-22", "--lang", lang, "--format", format]);
            // both documents as a whole, and MN-ISOLATION of both
            assert!(said.matches(word).count() >= if format == "markdown" { 2 } else { 4 }, "{lang} {format}: {said}");
        }
    }
}

#[test]
fn exit_statuses_are_those_of_the_page() {
    let mistake = "mistakes/m02-shared-printer.yaml";
    for (arguments, status) in [
        (&[CLEAN, CLEAN][..], 0),
        (&[CLEAN, CLEAN, "--fail-on", "change"], 0),
        (&[CLEAN, mistake], 1),
        (&[CLEAN, mistake, "--fail-on", "never"], 0),
        (&[CLEAN, mistake, "--fail-on", "change"], 1),
        (&[CLEAN, CLEAN, "--limit-time", "0"], 3),
        (&[CLEAN, CLEAN, "--limit-time", "0", "--fail-on", "never"], 3),
        (&[CLEAN, "no-such-file"], 2),
        (&["../Cargo.toml", CLEAN], 2),
        (&["-", "-"], 2),
        (&[CLEAN, CLEAN, "--format", "svg"], 2),
        (&[CLEAN, CLEAN, "--fail-on", "sometimes"], 2),
    ] {
        let (found, stdout, stderr) = sanso(&[&["diff", "--date", "2026-11-22"], arguments].concat());
        assert_eq!(found, status, "{arguments:?}: {stdout}{stderr}");
        assert_eq!(stdout.is_empty(), status == 2, "{arguments:?}");
    }
    let (_, stdout, _) = sanso(&["diff", "--date", "2026-11-22", "--limit-time", "0", CLEAN, CLEAN, "--lang", "en"]);
    assert!(stdout.contains("not compared") && !stdout.contains("nothing changed"), "{stdout}");
}

#[test]
fn exceptions_that_expire_between_two_days_are_told_of() {
    let call = ["diff", CLEAN, CLEAN, "--old-date", "2026-11-22", "--date", "2099-01-01", "--lang", "en"];
    let (status, stdout, _) = sanso(&call);
    assert_eq!(status, 1, "{stdout}");
    assert!(stdout.contains("has expired") && stdout.contains("EXCEPTION-LIMITED"), "{stdout}");
}

/// `SANSO_WRITE_GOLDEN=1 cargo test --test suite diff::` writes the goldens anew.
#[test]
fn differences_are_as_recorded() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/diff");
    let write = std::env::var_os("SANSO_WRITE_GOLDEN").is_some();
    for (name, old, new) in [
        ("printer", CLEAN, "mistakes/m02-shared-printer.yaml"),
        ("routing", CLEAN, "mistakes/m10-inter-vlan-routing.yaml"),
        ("mended", "mistakes/m02-shared-printer.yaml", CLEAN),
        ("none", CLEAN, CLEAN),
    ] {
        let formats = [("text", "txt"), ("json", "json"), ("markdown", "md"), ("github", "github")];
        // The long ones are recorded of one example.
        let long = [("sarif", "sarif"), ("junit", "xml"), ("html", "html")];
        for (format, ending) in formats.into_iter().chain(long.into_iter().filter(|_| name == "printer")) {
            for lang in ["en", "ja"] {
                let call = ["diff", old, new, "--date", "2026-11-22", "--format", format, "--lang", lang];
                let (_, found, stderr) = sanso(&call);
                assert_eq!(stderr, "");
                assert_eq!(found, sanso(&call).1, "the same call gives other bytes");
                let path = folder.join(format!("{name}.{lang}.{ending}"));
                if write {
                    std::fs::create_dir_all(&folder).expect("the folder can be made");
                    std::fs::write(&path, &found).expect("the golden can be written");
                }
                let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
                assert!(found == expected, "{path:?} is not what the command writes:\n{found}");
            }
        }
    }
}
