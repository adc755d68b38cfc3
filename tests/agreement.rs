//! The engine agrees with the interpreter on random documents. `SANSO_SEED` sets the first seed, `SANSO_DOCUMENTS` how
//! many there are: `SANSO_SEED=42 SANSO_DOCUMENTS=1 cargo test --test suite agreement::` repeats one.

use crate::campaign::number;
use crate::engine;
use crate::interpreter;
mod alike;
mod exposure;
mod kinds;
mod obstacles;
mod policies;

use crate::engine::{DATE, engine, report};
use crate::interpreter::random::Random;
use crate::interpreter::{Decision, PATH_REQUIREMENTS, decide, random, shrink};
use sanso::report::Verdict;
use serde_json::{Value, json};

type Engine = fn(&Value) -> Result<Decision, String>;

/// What is wrong with what `engine` says of `document`; `None` when it says what the interpreter says.
fn disagreement(engine: Engine, document: &Value) -> Option<String> {
    let expected = match decide(document, DATE) {
        Ok(expected) => expected,
        Err(error) => return Some(format!("the interpreter cannot read the document: {error}")),
    };
    // "A document in which every path requirement is vacuous is not a topology to verify: that is an input error."
    let is_topology = PATH_REQUIREMENTS.iter().any(|requirement| expected[*requirement].is_some());
    match engine(document) {
        Err(_) if !is_topology => None,
        Ok(_) if !is_topology => Some("every path requirement is vacuous: this should be an input error".to_string()),
        Err(error) => Some(format!("the engine refuses the document: {error}")),
        Ok(found) if found == expected => None,
        Ok(found) => {
            let mut differences = vec![];
            for (requirement, tuples) in &expected {
                if found.get(requirement) != Some(tuples) {
                    let found = found.get(requirement);
                    differences.push(format!("{requirement}\n  interpreter {tuples:?}\n  engine      {found:?}"));
                }
            }
            Some(differences.join("\n"))
        }
    }
}

/// The first disagreement of each of two threads over the documents of so many seeds, each with its shrunk document.
fn disagreements(engine: Engine, document: fn(u64) -> Value, first: u64, count: u64) -> Vec<String> {
    let search = |half: u64| {
        let seed = (first..first + count)
            .filter(|seed| seed % 2 == half)
            .find(|&seed| disagreement(engine, &document(seed)).is_some())?;
        // The same kind of disagreement: a refusal does not become a wrong tuple while shrinking.
        let whole = document(seed);
        let refused = |document: &Value| engine(document).is_err();
        let faulty =
            |document: &Value| refused(document) == refused(&whole) && disagreement(engine, document).is_some();
        let smallest = shrink::shrink(&whole, faulty);
        let what = disagreement(engine, &smallest).unwrap_or_default();
        Some(format!("seed {seed}, shrunk:\n{smallest:#}\n{what}"))
    };
    std::thread::scope(|scope| {
        let halves = [scope.spawn(|| search(0)), scope.spawn(|| search(1))];
        halves.into_iter().filter_map(|half| half.join().expect("no panic on any document")).collect()
    })
}

#[test]
fn engine_agrees_with_the_interpreter_on_random_documents() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", 2000);
    let found = disagreements(engine, random::document, first, count);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn engine_agrees_with_the_interpreter_on_random_documents_of_the_fourth_edition() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", 500);
    let found = disagreements(engine, random::fourth, first, count);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn engine_agrees_with_the_interpreter_on_random_documents_with_transfers() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", 800);
    let found = disagreements(engine, random::carried, first, count);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn engine_agrees_with_the_interpreter_on_random_documents_with_what_they_say_for_policies() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", 500);
    let found = disagreements(engine, random::said, first, count);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// Two endpoints of two addresses each, all of whose sessions are one that a rule permits; and two exceptions that name
/// addresses and a port: every combination of a coarse choice.
#[test]
fn exceptions_by_address_excuse_what_they_name_and_nothing_else() {
    const SOURCES: [&[&str]; 3] = [&["10.2.0.1"], &["10.2.0.9"], &["10.2.0.1", "10.2.0.9"]];
    const DESTINATIONS: [&[&str]; 3] = [&["10.1.0.1"], &["10.1.0.9"], &["10.1.0.1", "10.1.0.9"]];
    let shapes = || (0..3).flat_map(|from| (0..3).flat_map(move |to| (0..2).map(move |port| (from, to, port))));
    let service = |port: usize| ["tcp/443", "tcp/80"][port];
    let exception = |id: &str, (from, to, port): (usize, usize, usize)| json!({ "id": id, "from": SOURCES[from], "to": DESTINATIONS[to], "service": service(port), "reason": "r", "approved_by": "a" });
    for (number, first) in shapes().enumerate() {
        for second in shapes().skip(number) {
            for permitted in shapes().filter(|&(from, to, _)| from < 2 && to < 2) {
                let (from, to, port) = permitted;
                let rule = json!({ "action": "permit", "from": SOURCES[from], "to": DESTINATIONS[to], "service": service(port) });
                let document = json!({ "sanso": 1, "nodes": [
                    { "id": "m", "zone": "my-number", "addresses": DESTINATIONS[2] },
                    { "id": "l", "zone": "lgwan", "addresses": SOURCES[2] },
                    { "id": "fw", "kind": "firewall", "filter": { "rules": [rule] } } ],
                    "links": [["m", "fw"], ["l", "fw"]],
                    "exceptions": [exception("e1", first), exception("e2", second)] });
                let found = disagreement(engine, &document);
                assert_eq!(found, None, "{first:?} {second:?} {permitted:?}");
            }
        }
    }
}

/// Two relays that ask for the same peers, but by other services; a firewall permits one service on each side of one
/// of them.
#[test]
fn relays_that_differ_in_services_alone_are_told_apart() {
    let service = |port: usize| ["tcp/443", "tcp/80"][port];
    let pairs = || (0..2).flat_map(|from| (0..2).map(move |to| (from, to)));
    let relay = |(from, to): (usize, usize)| json!([{ "from": "zone:internet", "from_service": service(from), "to": "zone:lgwan", "to_service": service(to) }]);
    for (first, second) in pairs().flat_map(|first| pairs().map(move |second| (first, second))) {
        for ((left, right), gateway) in pairs().flat_map(|ports| ["g1", "g2"].map(|gateway| (ports, gateway))) {
            let gateway = format!("node:{gateway}");
            let rules = json!([
                { "action": "permit", "from": "node:i", "to": gateway, "service": service(left) },
                { "action": "permit", "from": gateway, "to": "node:l", "service": service(right) } ]);
            let document = json!({ "sanso": 1, "nodes": [
                { "id": "i", "zone": "internet", "addresses": ["10.3.0.1"] },
                { "id": "l", "zone": "lgwan", "addresses": ["10.2.0.1"] },
                { "id": "g1", "kind": "gateway", "addresses": ["10.9.0.1"], "relays": relay(first) },
                { "id": "g2", "kind": "gateway", "addresses": ["10.9.0.2"], "relays": relay(second) },
                { "id": "fw", "kind": "firewall", "filter": { "rules": rules } } ],
                "links": [["i", "fw"], ["l", "fw"], ["g1", "fw"], ["g2", "fw"]] });
            assert_eq!(disagreement(engine, &document), None, "{first:?} {second:?} {left} {right} {gateway}");
        }
    }
}

/// Relays that pass everything, any of which may open sessions to any other, or to the two tiers; some of the sessions
/// are covered by exceptions. A way is excused only if every session of it is, wherever on the way they come.
#[test]
fn relays_that_pass_to_each_other_keep_in_mind_what_no_exception_covers() {
    let nodes = ["m", "g1", "g2", "g3", "l"];
    let (mut violated, mut excused) = (0, 0);
    for seed in 0..600 {
        let mut random = Random::from_seed(seed);
        let (mut rules, mut exceptions) = (Vec::new(), Vec::new());
        for (from, to) in nodes.iter().flat_map(|from| nodes.iter().map(move |to| (from, to))) {
            if from == to || (*from, *to) == ("m", "l") || (*from, *to) == ("l", "m") || random.below(3) > 0 {
                continue;
            }
            let [from_node, to_node] = [from, to].map(|id| format!("node:{id}"));
            rules.push(json!({ "action": "permit", "from": from_node, "to": to_node, "service": "tcp/443" }));
            if random.below(4) > 0 {
                exceptions.push(json!({ "id": format!("e-{from}-{to}"), "from": from_node, "to": to_node,
                    "service": "tcp/443", "reason": "r", "approved_by": "a" }));
            }
        }
        let gateway = |id: &str, address: &str| json!({ "id": id, "kind": "gateway", "addresses": [address], "relays": [{ "from": "any", "to": "any" }] });
        let document = json!({ "sanso": 1, "nodes": [
            { "id": "m", "zone": "my-number", "addresses": ["10.1.0.1"] },
            { "id": "l", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            gateway("g1", "10.9.0.1"), gateway("g2", "10.9.0.2"), gateway("g3", "10.9.0.3"),
            { "id": "fw", "kind": "firewall", "filter": { "rules": rules } } ],
            "links": nodes.iter().map(|id| json!([id, "fw"])).collect::<Vec<_>>(), "exceptions": exceptions });
        assert_eq!(disagreement(engine, &document), None, "seed {seed}: {document:#}");
        let report = report("d.json", &document.to_string()).expect("the document is sound");
        let isolation = report.requirements.iter().find(|one| one.id == "MN-ISOLATION").expect("the policy has it");
        let violates = isolation.verdict == Verdict::Violated;
        let shown = isolation.findings.iter().all(|finding| !finding.sessions.is_empty());
        assert!(shown, "seed {seed}: every violation is shown by its packets: {document:#}");
        violated += u32::from(violates);
        excused += u32::from(!violates);
    }
    assert!(violated > 100 && excused > 100, "{violated} {excused}");
}

/// A destination whose address nobody knows may lie in any prefix, also in one that longer prefixes leave nothing of.
#[test]
fn routes_may_lead_to_unknown_addresses_by_prefixes_of_which_nothing_is_left() {
    let halves = ["10.0.0.0/9", "10.128.0.0/9"].map(|to| json!({ "to": to, "via": "b" }));
    for ways in [0, 1] {
        let mut routes = halves.to_vec();
        routes.extend((ways == 1).then(|| json!({ "to": "10.0.0.0/8", "via": "a" })));
        let document = json!({ "sanso": 1, "nodes": [
            { "id": "m", "zone": "my-number", "addresses": ["10.1.0.1"] },
            { "id": "l", "zone": "lgwan" }, { "id": "k", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            { "id": "r", "kind": "router", "routes": routes } ],
            "links": [["m", "r:m"], ["l", "r:a"], ["k", "r:b"]] });
        assert_eq!(disagreement(engine, &document), None, "{document:#}");
        let found = engine(&document).expect("the document is sound")["MN-ISOLATION"].clone().unwrap_or_default();
        assert_eq!(found.contains(&vec!["m".to_owned(), "l".to_owned()]), ways == 1, "{found:?}");
    }
}

/// An engine with a fault: it overlooks diodes.
fn blind_to_diodes(document: &Value) -> Result<Decision, String> {
    let mut seen = document.clone();
    for link in seen["links"].as_array_mut().into_iter().flatten() {
        if let Some(link) = link.as_object_mut() {
            link.remove("one_way");
        }
    }
    interpreter_as_engine(&seen)
}

fn interpreter_as_engine(document: &Value) -> Result<Decision, String> {
    let decision = decide(document, DATE)?;
    if PATH_REQUIREMENTS.iter().all(|requirement| decision[*requirement].is_none()) {
        return Err("nothing to verify".to_string());
    }
    Ok(decision)
}

#[test]
fn interpreter_agrees_with_itself() {
    assert_eq!(disagreements(interpreter_as_engine, random::document, 1, 200), Vec::<String>::new());
}

#[test]
fn a_fault_is_found_and_shrunk_to_what_it_takes() {
    let found = disagreements(blind_to_diodes, random::document, 1, 300);
    assert_eq!(found.len(), 2, "each thread finds one");
    for report in found {
        let (_, shrunk) = report.split_once("shrunk:\n").expect("a document");
        let mut values = serde_json::Deserializer::from_str(shrunk).into_iter::<Value>();
        let document = values.next().expect("a document").expect("JSON");
        let links = document["links"].as_array().expect("links");
        assert!(links.iter().any(|link| link["one_way"] == json!(true)), "{report}");
        assert!(document["nodes"].as_array().expect("nodes").len() <= 5, "{report}");
    }
}

/// A random document of the fourth edition that translates nothing: such documents are decided in cells, not by floods.
fn without_translation(seed: u64) -> Value {
    let mut document = random::fourth(seed);
    for node in document["nodes"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        node.remove("nat");
        let one = node.get_mut("filter").into_iter().collect::<Vec<_>>();
        one.into_iter().filter_map(Value::as_object_mut).for_each(|filter| drop(filter.remove("sees")));
        let several = node.get_mut("filters").and_then(Value::as_array_mut).into_iter().flatten();
        several.filter_map(Value::as_object_mut).for_each(|filter| drop(filter.remove("sees")));
    }
    document
}

#[test]
fn engine_agrees_on_the_fourth_edition_but_for_translation() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", 400);
    let found = disagreements(engine, without_translation, first, count);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// From relay to relay, and among nodes that nothing but their ids tells apart.
#[test]
fn what_is_carried_between_relays_and_among_what_is_alike() {
    for relays in [json!([{ "from": "any", "to": "any" }]), Value::Null] {
        let gateway = |id: &str| {
            let mut node = json!({ "id": id, "kind": "gateway" });
            if !relays.is_null() {
                node["relays"] = relays.clone();
            }
            node
        };
        let document = json!({ "sanso": 1, "nodes": [
            { "id": "m", "zone": "my-number" }, { "id": "l", "zone": "lgwan" }, gateway("g1"), gateway("g2") ],
            "links": [["m", "g1"], ["g2", "l"]],
            "transfers": [{ "id": "t", "from": "node:g1", "to": "node:g2" }] });
        assert_eq!(disagreement(engine, &document), None);
        let isolation = engine(&document).expect("it is decided")["MN-ISOLATION"].clone();
        assert_eq!(isolation, Some(vec![vec!["m".to_owned(), "l".to_owned()]]));
    }
    for count in 1..=2 {
        let mut nodes = vec![json!({ "id": "m", "zone": "my-number" }), json!({ "id": "l", "zone": "lgwan" })];
        nodes.extend((0..count).map(|number| json!({ "id": format!("i{number}"), "zone": "internet" })));
        let document = json!({ "sanso": 1, "nodes": nodes, "links": [],
            "transfers": [{ "id": "t", "from": "zone:internet", "to": "zone:internet" }],
            "exceptions": [{ "id": "e", "from": "zone:internet", "to": "zone:internet", "service": "transfer",
                "reason": "r", "approved_by": "c" }] });
        assert_eq!(disagreement(engine, &document), None);
        let peers = engine(&document).expect("it is decided")["EXCEPTION-PEER"].clone();
        // One alone hands nothing to itself.
        assert_eq!(peers.map(|peers| peers.len()), Some(if count == 1 { 0 } else { 2 }));
    }
    // Of two that are alike, a transfer names one.
    let document = json!({ "sanso": 1, "nodes": [
        { "id": "m1", "zone": "my-number" }, { "id": "m2", "zone": "my-number" },
        { "id": "l1", "zone": "lgwan" }, { "id": "l2", "zone": "lgwan" } ], "links": [],
        "transfers": [{ "id": "t", "from": "node:m2", "to": "node:l1" }] });
    assert_eq!(disagreement(engine, &document), None);
    let isolation = engine(&document).expect("it is decided")["MN-ISOLATION"].clone();
    assert_eq!(isolation, Some(vec![vec!["m2".to_owned(), "l1".to_owned()]]));
}

/// What a switch itself emits has no tag yet: it enters the other end of its link with any that this end carries, whatever
/// the native VLANs are. What it sends on keeps its tag.
#[test]
fn what_a_switch_emits_enters_an_uneven_link_with_any_vlan() {
    for (emits, one_way) in [(true, true), (true, false), (false, false)] {
        let source = if emits {
            json!({ "id": "s1", "kind": "switch", "zone": "internet" })
        } else {
            json!({ "id": "s1", "kind": "switch" })
        };
        let document = json!({ "sanso": 1, "nodes": [
            source,
            { "id": "s2", "kind": "switch" },
            { "id": "i", "zone": "internet" },
            { "id": "l", "kind": "server", "zone": "lgwan" } ],
            "links": [
                { "between": ["s1", "s2:up"], "native": [20, 21], "one_way": one_way },
                { "between": ["i", "s1"], "vlans": [20] },
                { "between": ["l", "s2"], "vlans": { "b": [20] } } ] });
        assert_eq!(disagreement(engine, &document), None, "{emits} {one_way}");
        let pairs = engine(&document).expect("it is decided")["LGWAN-INTERNET"].clone().expect("it speaks of somebody");
        // VLAN 20 of the first switch is VLAN 21 of the second.
        assert_eq!(pairs.contains(&vec!["l".to_owned(), "s1".to_owned()]), emits, "{pairs:?}");
        // The other way, VLAN 20 stays as it is.
        assert_eq!(pairs.contains(&vec!["l".to_owned(), "i".to_owned()]), !one_way, "{pairs:?}");
    }
}
