//! What findings blame: the element that was broken on purpose, in the documents of `tests/blame/`, in every mistake of `topologies/`
//! and in every fault of the generator; and whatever is blamed, the document without it has as many tuples left as the finding says.

use crate::engine;

use std::fs;
use std::path::{Path, PathBuf};

use crate::interpreter::random;
use sanso::city::{City, Fault};
use sanso::document::convert;
use sanso::language::Lang;
use sanso::render::Sentence;
use sanso::report::cause::{FilterName, What};
use sanso::report::{Element, Finding, Report, Shown};
use sanso::source::Source;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn report(name: &str, text: &str) -> Report {
    engine::report(name, text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The files of a folder that end so, by name.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(end));
    files.sort();
    assert!(!files.is_empty());
    files
}

/// `rule fw bad`, `vlan a–b 10`, `link a–b`, `exception e`.
fn words(element: &Element) -> String {
    let own = match &element.what {
        What::Exception { id } | What::Transfer { id, .. } => id.clone(),
        What::Rule { node, rule, .. } => format!("{node} {rule}"),
        What::Relay { node, entry, .. } | What::Route { node, entry } => format!("{node} #{entry}"),
        What::RoutedVlan { node: name, vlan, .. }
        | What::Vlan { link: name, vlan, .. }
        | What::Segment { node: name, vlan: Some(vlan), .. } => format!("{name} {vlan}"),
        What::Default { node: name, .. }
        | What::Relays { node: name }
        | What::Forwarder { node: name, .. }
        | What::Routing { node: name }
        | What::Segment { node: name, vlan: None, .. }
        | What::Link { link: name } => name.clone(),
    };
    format!("{} {own}", element.what.word())
}

/// What a finding blames: elements of ways by name, else what is wrong and where.
fn blamed(finding: &Finding) -> String {
    match finding.culprit() {
        Some(cause) => cause.elements.iter().map(words).collect::<Vec<_>>().join(" + "),
        None => format!("{} at {}", finding.cause.join(" "), finding.path[0]),
    }
}

fn left(finding: &Finding) -> u64 {
    match finding.culprit().map(|cause| cause.shown) {
        Some(Shown::Decided { left, .. }) => left,
        shown => panic!("{shown:?}: {}", finding.fault.text(Lang::En)),
    }
}

#[test]
fn small_documents_blame_what_was_broken() {
    for path in files(&root().join("tests/blame"), ".yaml") {
        let text = fs::read_to_string(&path).expect("a file");
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# blame: ")).collect();
        let report = report(&path.to_string_lossy(), &text);
        let mut found = Vec::new();
        for requirement in &report.requirements {
            for finding in requirement.findings.iter().filter(|finding| finding.culprit().is_some()) {
                let (id, all, some) = (&requirement.id, requirement.tuples, finding.tuples);
                found.push(format!("{id} {}, {some} of {all}, left {}", blamed(finding), left(finding)));
            }
        }
        assert!(!expected.is_empty(), "{path:?} says nothing");
        let sorted = |mut list: Vec<String>| {
            list.sort();
            list
        };
        assert_eq!(sorted(found), sorted(expected.into_iter().map(str::to_owned).collect()), "{path:?}");
    }
}

#[test]
fn every_mistake_blames_the_element_that_was_broken() {
    for path in files(&root().join("topologies/mistakes"), ".yaml") {
        let expected = fs::read_to_string(path.with_extension("expected.json")).expect("an expectation");
        let expected: Value = serde_json::from_str(&expected).expect("JSON");
        let report = report(&path.to_string_lossy(), &fs::read_to_string(&path).expect("a file"));
        let violated = report.requirements.iter().filter(|requirement| requirement.tuples > 0);
        let found: serde_json::Map<String, Value> =
            violated.map(|one| (one.id.clone(), one.findings.iter().map(blamed).collect::<Vec<_>>().into())).collect();
        assert_eq!(expected["blame"], Value::Object(found), "{path:?}");
        for finding in report.requirements.iter().flat_map(|requirement| &requirement.findings) {
            if finding.culprit().is_some() {
                assert_eq!(left(finding), 0, "{path:?}: {}", finding.fault.text(Lang::En));
            }
        }
    }
}

/// The ward of a fault as text.
fn ward(fault: Fault) -> String {
    let mut json = Vec::new();
    let city = City { sites: 8, terminals: 12, rules: 40, faults: vec![fault], ..City::default() };
    city.write(&mut json).expect("it fits");
    String::from_utf8(json).expect("UTF-8")
}

#[test]
fn every_fault_blames_the_element_that_was_broken() {
    for fault in Fault::ALL {
        let report = report("city.json", &ward(fault));
        let requirement = report.requirements.iter().find(|one| one.id == fault.violates()).expect("the requirement");
        let found: Vec<String> = requirement.findings.iter().map(blamed).collect();
        assert_eq!(found, [fault.breaks()], "{}", fault.name());
    }
}

/// The ends of a link of a document, each as node and interface.
fn ends(link: &Value) -> [(String, String); 2] {
    let list = link.as_array().or_else(|| link["between"].as_array()).expect("ends");
    let parts =
        |at: usize| list[at].as_str().expect("an end").split_once(':').unwrap_or((list[at].as_str().unwrap(), ""));
    let (a, b) = (parts(0), parts(1));
    let name = |interface: &str, other: &str| if interface.is_empty() { other } else { interface }.to_owned();
    [(a.0.to_owned(), name(a.1, b.0)), (b.0.to_owned(), name(b.1, a.0))]
}

fn link_name(link: &Value) -> String {
    let list = link.as_array().or_else(|| link["between"].as_array()).expect("ends");
    let name = format!("{}–{}", list[0].as_str().expect("text"), list[1].as_str().expect("text"));
    link["id"].as_str().map_or(name, str::to_owned)
}

/// VLANs of a list such as `[10, "20-22"]`.
fn vlans(list: &Value) -> Vec<u64> {
    let one = |item: &Value| match item.as_u64() {
        Some(vlan) => vec![vlan],
        None => {
            let (low, high) = item.as_str().and_then(|text| text.split_once('-')).expect("a range");
            (low.parse().expect("VLAN")..=high.parse().expect("VLAN")).collect()
        }
    };
    match list.as_array() {
        Some(list) => list.iter().flat_map(one).collect(),
        None => one(list),
    }
}

/// Every VLAN that a link names.
fn named(document: &Value) -> Vec<u64> {
    let links = document["links"].as_array().into_iter().flatten();
    let mut all: Vec<u64> =
        links.filter(|link| !link["vlans"].is_null()).flat_map(|link| vlans(&link["vlans"])).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Takes a VLAN off a link of a document in JSON, or the link out of it.
fn take_off_link(document: &mut Value, name: &str, vlan: Option<u16>, named: &[u64]) {
    let links = document["links"].as_array_mut().expect("links");
    let at = links.iter().position(|link| link_name(link) == *name).expect("the link");
    if let Some(vlan) = vlan {
        let mut left = if links[at]["vlans"].is_null() { named.to_vec() } else { vlans(&links[at]["vlans"]) };
        left.retain(|one| *one != u64::from(vlan));
        if links[at].is_array() {
            links[at] = json!({ "between": links[at] });
        }
        links[at]["vlans"] = json!(left);
        return;
    }
    // Its interfaces stay: they lead to switches with nothing on them.
    for (stub, (node, interface)) in ["stub-a", "stub-b"].into_iter().zip(ends(&links.remove(at))) {
        links.push(json!([format!("{node}:{interface}"), stub]));
    }
    let nodes = document["nodes"].as_array_mut().expect("nodes");
    nodes.extend(["stub-a", "stub-b"].map(|stub| json!({ "id": stub, "kind": "switch" })));
}

fn node_of<'v>(document: &'v mut Value, id: &str) -> &'v mut Value {
    let nodes = document["nodes"].as_array_mut().expect("nodes");
    nodes.iter_mut().find(|node| node["id"] == *id).expect("the node")
}

/// The number of what is called `#3`, from 0.
fn number(text: &str) -> Option<usize> {
    text.strip_prefix('#')?.parse::<usize>().ok().map(|at| at - 1)
}

fn filter_of<'v>(node: &'v mut Value, filter: &FilterName) -> &'v mut Value {
    if node["filters"].is_null() {
        return &mut node["filter"];
    }
    let list = node["filters"].as_array_mut().expect("filters");
    let at = list.iter().position(|one| one["name"] == *filter.called()).or_else(|| number(&filter.called()));
    &mut list[at.expect("the filter")]
}

/// Takes an element out of a document in JSON; whether that is done here.
fn take_out(document: &mut Value, element: &Element, named: &[u64]) -> bool {
    match &element.what {
        What::Exception { id } => {
            document["exceptions"].as_array_mut().expect("exceptions").retain(|one| one["id"] != **id);
        }
        What::Transfer { id, .. } => {
            document["transfers"].as_array_mut().expect("transfers").retain(|one| one["id"] != **id);
        }
        What::Vlan { link, vlan, .. } => take_off_link(document, link, Some(*vlan), named),
        What::Link { link } => take_off_link(document, link, None, named),
        What::Rule { node, filter, rule: name } => {
            let rules = &mut filter_of(node_of(document, node), filter)["rules"];
            let rules = rules.as_array_mut().expect("rules");
            let at = rules.iter().position(|rule| rule["id"] == **name).or_else(|| number(name));
            rules.remove(at.expect("the rule"));
        }
        What::Default { node, filter } => {
            filter_of(node_of(document, node), filter)["default"] = json!("deny");
        }
        What::Relay { node, entry, .. } => {
            let at = usize::try_from(*entry).expect("a number") - 1;
            node_of(document, node)["relays"].as_array_mut().expect("relays").remove(at);
        }
        What::Relays { node } => node_of(document, node)["relays"] = json!([]),
        What::RoutedVlan { node, vlan, .. } => {
            let node = node_of(document, node);
            let mut left = if node["routed_vlans"].is_null() { named.to_vec() } else { vlans(&node["routed_vlans"]) };
            left.retain(|one| *one != u64::from(*vlan));
            node["routed_vlans"] = json!(left);
            return !left.is_empty();
        }
        What::Forwarder { node, .. } => {
            let node = node_of(document, node);
            let relays = node["relays"].is_array() && node["forwards"] == true;
            let by_itself =
                ["router", "l3-switch", "firewall", "switch"].contains(&node["kind"].as_str().unwrap_or(""));
            if relays && !by_itself {
                node.as_object_mut().expect("a node").remove("forwards");
            } else {
                let deny = json!({ "default": "deny", "rules": [] });
                let mut list = node["filters"].as_array().cloned().unwrap_or_default();
                list.extend(node.as_object_mut().expect("a node").remove("filter"));
                list.push(deny);
                node["filters"] = json!(list);
            }
        }
        What::Route { .. } | What::Routing { .. } | What::Segment { .. } => return false,
    }
    true
}

/// Takes out what each finding blames and decides what is left by a fresh run; how many findings were held to it so.
fn check(name: &str, document: &Value) -> usize {
    let Ok(report) = engine::report(name, &document.to_string()) else { return 0 };
    let mut checked = 0;
    for requirement in &report.requirements {
        for finding in &requirement.findings {
            let Some(cause) = finding.culprit() else { continue };
            let Shown::Decided { gone, left } = cause.shown else { continue };
            let what = || format!("{name}: {}: {}\n{document}", requirement.id, finding.fault.text(Lang::En));
            assert_eq!(gone + left, requirement.tuples, "{}", what());
            assert!(finding.tuples <= gone, "{}", what());
            let mut without = document.clone();
            // Of one list the last goes first.
            let mut elements = cause.elements.clone();
            elements.sort_by_key(|element| {
                (!matches!(element.what, What::Rule { .. }), std::cmp::Reverse(element.location))
            });
            if !elements.iter().all(|element| take_out(&mut without, element, &named(document))) {
                continue;
            }
            // Filters may name what is gone; and where nobody is left to part, nothing is verified.
            let Ok(fresh) = engine::report(name, &without.to_string()) else { continue };
            let fresh = fresh.requirements.iter().find(|one| one.id == requirement.id).expect("the requirement");
            assert_eq!(fresh.tuples, left, "{}\nwithout it: {without}", what());
            checked += 1;
        }
    }
    checked
}

#[test]
fn what_is_left_is_what_a_fresh_run_says() {
    let mut checked = 0;
    let folders = [root().join("tests/blame"), root().join("topologies/mistakes")];
    for path in folders.iter().flat_map(|folder| files(folder, ".yaml")) {
        let text = fs::read(&path).expect("a file");
        let source = Source::new(path.to_string_lossy(), text).expect("a text");
        let json = convert(&source).unwrap_or_else(|| panic!("{path:?} does not read"));
        checked += check(&path.to_string_lossy(), &serde_json::from_str(&json).expect("JSON"));
    }
    assert!(checked > 15, "{checked}");
    for fault in Fault::ALL {
        checked += check(fault.name(), &serde_json::from_str(&ward(fault)).expect("JSON"));
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn what_is_left_of_random_documents_is_what_a_fresh_run_says() {
    let number = |name: &str, or: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let (seed, count) = (number("SANSO_SEED", 7), number("SANSO_DOCUMENTS", 150));
    let checked: usize = (seed..seed + count).map(|seed| check(&format!("seed {seed}"), &random::document(seed))).sum();
    assert!(checked as u64 > count / 3, "{checked} of {count}");
    // The same of documents that translate addresses and so on, and of those in which data is carried.
    let fourth = |seed: u64| check(&format!("seed {seed} of the fourth"), &random::fourth(seed));
    let checked: usize = (seed..seed + count).map(fourth).sum();
    assert!(checked as u64 > count / 20, "{checked} of {count} of the fourth");
    let carried = |seed: u64| check(&format!("seed {seed} with transfers"), &random::carried(seed));
    let checked: usize = (seed..seed + count).map(carried).sum();
    assert!(checked as u64 > count / 3, "{checked} of {count} with transfers");
}
