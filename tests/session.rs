//! A session gives after every change exactly what a fresh run gives, whatever the changes and their order; and what it refuses, a
//! fresh run refuses.

mod edits;
use crate::campaign::number;
use crate::engine;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::interpreter::random::{self, Random};
use edits::{Edit, apply_to_json, crowd, random_edit};
use sanso::city::{City, Fault};
use sanso::code::Code;
use sanso::policy::Policy;
use sanso::session::{Change, Session, Texts, Verdict, Verifier};
use sanso::source::Source;
use sanso::verify::Memory;
use serde_json::{Value, json};

/// What a session says, in the form of a fresh run's decision.
fn decision(verifier: &Verifier<'_>) -> engine::Decision {
    let states = verifier.states().map(|(id, state)| {
        let tuples = verifier.violating(id, usize::MAX);
        assert_eq!(state.tuples, tuples.len() as u64, "{id}: as many tuples are counted as are listed");
        let found = match state.verdict {
            Verdict::Vacuous => None,
            Verdict::Proved | Verdict::Violated => Some(tuples),
            Verdict::Undecided => panic!("undecided without a limit"),
        };
        (id.to_owned(), found)
    });
    states.collect()
}

fn session() -> Session<'static> {
    Session::today(engine::DATE.0, engine::DATE.1 as u8, engine::DATE.2 as u8)
}

/// What the edits of one session came to.
#[derive(Default)]
struct Tally {
    made: usize,
    refused: usize,
    /// Edits after which fewer nodes were decided than there are.
    folded: usize,
    /// Edits that changed a verdict or its tuples.
    told: usize,
    /// Edits after which only the whole document can be decided, and again not.
    turned: usize,
}

impl Tally {
    /// The sum of both.
    fn with(self, other: Self) -> Self {
        Self {
            made: self.made + other.made,
            refused: self.refused + other.refused,
            folded: self.folded + other.folded,
            told: self.told + other.told,
            turned: self.turned + other.turned,
        }
    }
}

/// Makes random edits and compares with a fresh run after each.
fn follow(name: &str, document: Value, edits: usize, random: &mut Random, tally: &mut Tally) {
    follow_by(session().policy, name, document, edits, random, tally);
}

/// The same by a policy.
fn follow_by(policy: &Policy, name: &str, document: Value, edits: usize, random: &mut Random, tally: &mut Tally) {
    let engine = |document: &Value| engine::decided_by(policy, &document.to_string());
    let Ok(mut known) = engine(&document) else { return };
    let source = Source::new("document.json", document.to_string().into_bytes()).expect("it is UTF-8");
    let (texts, session) = (Texts::default(), Session { policy, ..session() });
    let mut verifier = Verifier::new(&source, &texts, &session).expect("a fresh run takes it");
    assert_eq!(decision(&verifier), known, "{name}, before any edit:\n{document:#}");
    let mut document = document;
    let mut history: Vec<Edit> = Vec::new();
    let mut planned: Vec<Edit> = Vec::new();
    for number in 0..edits {
        // In the middle all that is odd goes, and some of it comes back.
        if number == edits / 2 {
            planned = odd(&document);
        }
        let Some(edit) = planned.pop().or_else(|| random_edit(&document, random)) else { continue };
        let mut after = document.clone();
        apply_to_json(&mut after, &edit);
        let fresh = engine(&after);
        let applied = edit.with_change(|change| verifier.apply(change));
        history.push(edit);
        let context = || format!("{name}, after {history:#?}\n{document}\n{after}");
        match (fresh, applied) {
            (Ok(fresh), Ok(())) => {
                assert_eq!(decision(&verifier), fresh, "{}", context());
                tally.made += 1;
                tally.told += usize::from(fresh != known);
                tally.turned += usize::from(odd(&document).is_empty() != odd(&after).is_empty());
                (document, known) = (after, fresh);
            }
            (Err(_), Err(_)) => {
                assert_eq!(decision(&verifier), known, "what is refused changes nothing: {}", context());
                tally.refused += 1;
            }
            (Ok(_), Err(why)) => panic!("the session refuses {why:?}: {}", context()),
            (Err(why), Ok(())) => panic!("a fresh run refuses {why}: {}", context()),
        }
        let (nodes, decided) = verifier.nodes();
        tally.folded += usize::from(decided < nodes);
    }
}

/// Edits, the last first, that take out what a session decides as a whole only, and put the first of it back.
fn odd(document: &Value) -> Vec<Edit> {
    let list = |key: &str| document[key].as_array().cloned().unwrap_or_default().into_iter();
    let nodes: Vec<Value> = list("nodes").filter(|node| node.get("nat").is_some()).collect();
    let links = list("links").filter(|link| link.get("native").is_some() || link["vlans"].is_object());
    let mut out: Vec<Edit> = nodes.first().cloned().map(Edit::AddNode).into_iter().collect();
    let links: Vec<Value> = links.collect();
    out.extend(links.first().cloned().map(Edit::AddLink));
    let id = |node: &Value| node["id"].as_str().expect("an id").to_owned();
    out.extend(nodes.iter().map(|node| Edit::RemoveNode(id(node))));
    out.extend(links.into_iter().map(Edit::RemoveLink));
    out
}

#[test]
fn after_any_edits_a_session_says_what_a_fresh_run_says() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 240));
    let followed = |seeds: std::iter::StepBy<std::ops::Range<u64>>| {
        let mut tally = Tally::default();
        for seed in seeds {
            let mut random = Random::from_seed(seed ^ 0x5e55);
            let document = crowd(&random::document(seed), &mut random);
            follow(&format!("seed {seed}"), document, 25, &mut random, &mut tally);
        }
        tally
    };
    // The longest test there is: two threads.
    let followed = &followed;
    let [one, other] = std::thread::scope(|scope| {
        let halves = [first, first + 1].map(|begin| (begin..first + count).step_by(2));
        halves.map(|seeds| scope.spawn(move || followed(seeds))).map(|half| half.join().expect("no panic"))
    });
    let tally = one.with(other);
    let Tally { made, refused, folded, told, .. } = tally;
    if count >= 200 {
        assert!(made > 2_000 && refused > 50 && folded > 1_000 && told > 300, "{made} {refused} {folded} {told}");
    }
}

#[test]
fn after_any_edits_where_data_is_carried_a_session_says_what_a_fresh_run_says() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 40));
    let mut tally = Tally::default();
    for seed in first..first + count {
        let mut random = Random::from_seed(seed ^ 0xca22);
        let document = crowd(&random::carried(seed), &mut random);
        follow(&format!("seed {seed} with transfers"), document, 12, &mut random, &mut tally);
    }
    let Tally { made, folded, told, .. } = tally;
    assert!(count < 40 || made > 150 && folded > 60 && told > 20, "{made} {folded} {told}");
}

#[test]
fn after_any_edits_where_addresses_are_translated_a_session_says_what_a_fresh_run_says() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 40));
    let mut tally = Tally::default();
    for seed in first..first + count {
        let mut random = Random::from_seed(seed ^ 0x4a7);
        let document = random::fourth(seed);
        let document = if seed % 2 == 0 { crowd(&document, &mut random) } else { document };
        follow(&format!("seed {seed} of the fourth edition"), document, 12, &mut random, &mut tally);
    }
    let Tally { made, folded, told, turned, .. } = tally;
    assert!(count < 40 || made > 130 && folded > 10 && told > 20 && turned > 20, "{made} {folded} {told} {turned}");
}

/// Segments, addresses in two zones, links and what must be possible hang on more than what stands for the document.
#[test]
fn after_any_edits_a_session_says_by_any_policy_what_a_fresh_run_says() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 12));
    let mut tally = Tally::default();
    for seed in first..first + count {
        let mut random = Random::from_seed(seed ^ 0x90);
        let document = random::said(seed);
        // Many alike, now and then: a fresh run of them takes long.
        let document = if seed % 6 == 0 { crowd(&document, &mut random) } else { document };
        let policy = engine::policy(&random::of_kinds(seed, &document)).expect("a random policy can be read");
        follow_by(&policy, &format!("seed {seed} by a policy"), document, 8, &mut random, &mut tally);
    }
    let Tally { made, folded, told, .. } = tally;
    assert!(count < 12 || made > 30 && folded > 2 && told > 8, "{made} {folded} {told}");
}

#[test]
fn after_any_edits_of_a_city_a_session_says_what_a_fresh_run_says() {
    let mut tally = Tally::default();
    for seed in 0..number("SANSO_CITIES", 16) {
        let mut random = Random::from_seed(seed ^ 0xc17);
        let faults = Fault::ALL.get(seed as usize / 2).copied().filter(|_| seed % 2 == 1);
        let city = City {
            sites: 3,
            terminals: 5,
            rules: 8,
            site_firewalls: seed % 4 < 2,
            ipv6: seed % 8 < 4,
            seed,
            faults: faults.into_iter().collect(),
            ..City::default()
        };
        let mut text = Vec::new();
        city.write(&mut text).expect("a city of this size can be");
        let document = serde_json::from_slice(&text).expect("a city is JSON");
        follow(&format!("city {seed}"), document, 30, &mut random, &mut tally);
    }
    assert!(tally.made > 200 && tally.folded == tally.made + tally.refused, "{} {}", tally.made, tally.folded);
}

#[test]
fn a_change_that_is_refused_says_why() {
    let document = json!({ "sanso": 1, "nodes": [
        { "id": "a", "zone": "my-number" }, { "id": "b", "zone": "lgwan" },
        { "id": "fw", "kind": "firewall", "filter": { "rules": [{ "action": "deny", "from": "node:a" }] } }],
        "links": [["a", "fw"], ["b", "fw:lan"]] });
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is UTF-8");
    let (texts, session) = (Texts::default(), session());
    let mut verifier = Verifier::new(&source, &texts, &session).expect("it can be verified");
    for (change, code) in [
        (Change::AddNode(r#"{"id": "a"}"#), "duplicate-id"),
        (Change::AddNode(r#"{"id": "c", "zone": "nowhere"}"#), "unknown-zone"),
        (Change::AddNode(r#"{"id": "c", "knd": "server"}"#), "unknown-key"),
        (Change::AddNode(r#"{"id": "c"}, {"id": "d"}"#), "json-syntax"),
        (Change::AddNode(r#"{"id": "c""#), "truncated"),
        (Change::AddNode(r#"{"id": "fw2", "kind": "firewall"}"#), "firewall-without-filter"),
        (Change::RemoveNode("c"), "unknown-node"),
        (Change::RemoveNode("a"), "unknown-node"),
        (Change::AddLink(r#"["a", "c"]"#), "unknown-node"),
        (Change::AddLink(r#"["a", "a"]"#), "self-link"),
        (Change::RemoveLink(r#"["fw", "a"]"#), "unknown-link"),
        (Change::AddRule { node: "fw", filter: 1, at: 0, rule: r#"{"action":"deny"}"# }, "unknown-rule"),
        (Change::AddRule { node: "fw", filter: 0, at: 2, rule: r#"{"action":"deny"}"# }, "unknown-rule"),
        (
            Change::AddRule { node: "fw", filter: 0, at: 0, rule: r#"{"action":"deny","in":["x"]}"# },
            "unknown-interface",
        ),
        (Change::AddRule { node: "fw", filter: 0, at: 0, rule: r#"{"action":"deny","to":"node:x"}"# }, "unknown-node"),
        (Change::RemoveRule { node: "fw", filter: 0, at: 1 }, "unknown-rule"),
    ] {
        let why = verifier.apply(change).expect_err("it is refused").into_sorted();
        let codes: Vec<Code> = why.iter().map(|diagnostic| diagnostic.code).collect();
        assert!(codes.iter().any(|known| *known == code), "{change:?}: {codes:?}");
    }
    // Nothing is left of what was refused.
    verifier.apply(Change::RemoveRule { node: "fw", filter: 0, at: 0 }).expect("the rule is there");
    verifier.apply(Change::RemoveNode("a")).expect_err("then there is nothing to verify");
    verifier.apply(Change::AddLink(r#"{"between": ["a", "b"]}"#)).expect("both are there");
    assert_eq!(verifier.violating("MN-ISOLATION", 5), [["a", "b"]]);
    verifier.apply(Change::RemoveLink(r#"["a", "b"]"#)).expect("another spelling of the same link");
    assert_eq!(verifier.violating("MN-ISOLATION", 5), Vec::<Vec<String>>::new());
}

/// Memory in use, as somebody else measures it.
static USED: AtomicU64 = AtomicU64::new(0);

#[test]
fn at_a_limit_what_is_not_decided_is_undecided_until_there_is_room_again() {
    let document = json!({ "sanso": 1, "nodes": [
        { "id": "a", "zone": "my-number" }, { "id": "b", "zone": "lgwan" }, { "id": "c", "zone": "lgwan" },
        { "id": "fw", "kind": "firewall", "filter": { "rules": [] } }], "links": [["a", "fw"], ["b", "fw"], ["c", "fw"]] });
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is UTF-8");
    let texts = Texts::default();
    let session = Session { memory: Some(Memory { used: &USED, limit: 2 }), ..session() };
    let state = |verifier: &Verifier<'_>| verifier.state("MN-ISOLATION").expect("the policy has it").verdict;
    let mut verifier = Verifier::new(&source, &texts, &session).expect("it can be verified");
    assert_eq!(state(&verifier), Verdict::Proved);
    USED.store(2, Ordering::Relaxed);
    let rule = |action| Change::AddRule { node: "fw", filter: 0, at: 0, rule: action };
    verifier.apply(rule(r#"{"action":"permit"}"#)).expect("the rule is legal");
    assert_eq!(state(&verifier), Verdict::Undecided, "not proved, as it was before");
    USED.store(1, Ordering::Relaxed);
    // A change after which the same is to be decided.
    verifier.apply(Change::AddNode(r#"{"id": "d", "zone": "lgwan"}"#)).expect("the node is legal");
    verifier.apply(Change::RemoveNode("d")).expect("the node is there");
    assert_eq!(state(&verifier), Verdict::Violated);
}

/// Edits of a document, each of which a fresh run takes too; the tuples of a requirement before them and after each.
fn told(document: &Value, requirement: &str, edits: &[Edit]) -> Vec<Vec<Vec<String>>> {
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is UTF-8");
    let (texts, session) = (Texts::default(), session());
    let mut verifier = Verifier::new(&source, &texts, &session).expect("it can be verified");
    let mut document = document.clone();
    let mut out = vec![];
    for edit in std::iter::once(None).chain(edits.iter().map(Some)) {
        if let Some(edit) = edit {
            edit.with_change(|change| verifier.apply(change)).expect("the edit is legal");
            apply_to_json(&mut document, edit);
        }
        let fresh = engine::engine(&document).expect("it can be verified");
        assert_eq!(decision(&verifier), fresh, "after {edit:?}");
        out.push(fresh[requirement].clone().unwrap_or_default());
    }
    out
}

#[test]
fn whoever_fills_a_block_takes_its_last_address_from_who_declares_the_block() {
    let host = |at: u32| json!({ "id": format!("h{at}"), "zone": "internet", "addresses": [format!("10.9.0.{at}")] });
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] }),
        json!({ "id": "block", "zone": "lgwan", "addresses": ["10.9.0.0/29"] }),
        json!({ "id": "sw", "kind": "switch" }),
        json!({ "id": "fw", "kind": "firewall", "filter": { "rules": [{ "action": "permit", "from": "10.1.0.1", "to": "10.9.0.0/29" }] } }),
    ];
    nodes.extend((0..7).map(host));
    let mut links = vec![json!(["mn", "fw"]), json!(["fw", "sw"]), json!(["block", "sw"])];
    links.extend((0..7).map(|at| json!([format!("h{at}"), "sw"])));
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links });
    let told = told(
        &document,
        "MN-ISOLATION",
        &[Edit::AddNode(host(7)), Edit::AddLink(json!(["h7", "sw"])), Edit::RemoveNode("h3".to_owned())],
    );
    let block = vec!["mn".to_owned(), "block".to_owned()];
    let found: Vec<bool> = told.iter().map(|tuples| tuples.contains(&block)).collect();
    assert_eq!(found, [true, false, false, true]);
}

#[test]
fn an_address_that_another_tier_declares_too_is_told_apart() {
    let host = |at: u32| json!({ "id": format!("h{at}"), "zone": "lgwan", "addresses": [format!("10.9.0.{at}")] });
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] }),
        json!({ "id": "sw", "kind": "switch" }),
        json!({ "id": "fw", "kind": "firewall", "filter": { "rules": [
            { "action": "deny", "from": "zone:internet" }, { "action": "permit", "to": "10.1.0.1" }] } }),
    ];
    nodes.extend((1..6).map(host));
    let mut links = vec![json!(["mn", "fw"]), json!(["fw", "sw"])];
    links.extend((1..6).map(|at| json!([format!("h{at}"), "sw"])));
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links });
    let other = json!({ "id": "other", "zone": "internet", "addresses": ["10.9.0.5"] });
    let told = told(&document, "MN-ISOLATION", &[Edit::AddNode(other), Edit::RemoveNode("other".to_owned())]);
    let counts: Vec<usize> = told.iter().map(Vec::len).collect();
    assert_eq!(counts, [5, 4, 5]);
}

#[test]
fn two_that_are_alike_may_have_a_session_with_each_other() {
    let host = |at: u32| json!({ "id": format!("h{at}"), "zone": "internet" });
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number" }),
        json!({ "id": "lg", "zone": "lgwan" }),
        json!({ "id": "sw", "kind": "switch" }),
    ];
    nodes.extend((1..4).map(host));
    let links: Vec<Value> = (1..4).map(|at| json!([format!("h{at}"), "sw"])).collect();
    let exception = json!({ "id": "e", "from": "zone:internet", "to": "zone:internet", "service": "any" });
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links, "exceptions": [exception] });
    let edits = [Edit::RemoveNode("h1".to_owned()), Edit::RemoveNode("h2".to_owned())];
    let counts: Vec<usize> = told(&document, "EXCEPTION-PEER", &edits).iter().map(Vec::len).collect();
    assert_eq!(counts, [3, 2, 0]);
}

#[test]
fn what_a_diode_joins_is_not_one() {
    for kind in ["switch", "router"] {
        let document = json!({ "sanso": 1, "nodes": [
            { "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"],
                "filter": { "rules": [{ "action": "deny", "to": "10.1.0.1" }] } },
            { "id": "lg", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            { "id": "a", "kind": kind }, { "id": "b", "kind": kind },
        ], "links": [["lg", "a"], { "between": ["a", "b"], "one_way": true }, ["mn", "b"]] });
        let edits = [Edit::AddLink(json!(["a", "b"])), Edit::RemoveLink(json!(["a", "b"]))];
        let counts: Vec<usize> = told(&document, "MN-ISOLATION", &edits).iter().map(Vec::len).collect();
        assert_eq!(counts, [0, 1, 0], "{kind}");
    }
}

#[test]
fn what_only_a_trunk_names_is_routed_all_the_same() {
    let document = json!({ "sanso": 1, "nodes": [
        { "id": "mn", "zone": "my-number" }, { "id": "lg", "zone": "lgwan" },
        { "id": "l3", "kind": "l3-switch", "filter": { "default": "deny", "rules": [{ "action": "permit", "in": ["vlan10"] }] } },
        { "id": "a", "kind": "switch" }, { "id": "b", "kind": "switch" },
    ], "links": [["mn", "l3"], ["lg", "a"], ["a", "l3"], { "between": ["a", "b"], "vlans": [10] }] });
    let more = json!({ "between": ["a", "b"], "vlans": [20] });
    told(&document, "MN-ISOLATION", &[Edit::AddLink(more.clone()), Edit::RemoveLink(more)]);
}

#[test]
fn a_range_in_a_new_rule_parts_those_who_were_alike() {
    let host = |at: u32| json!({ "id": format!("h{at}"), "zone": "lgwan", "addresses": [format!("10.9.0.{at}")] });
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] }),
        json!({ "id": "sw", "kind": "switch" }),
        json!({ "id": "fw", "kind": "firewall", "filter": { "rules": [] } }),
    ];
    nodes.extend((1..9).map(host));
    let mut links = vec![json!(["mn", "fw"]), json!(["fw", "sw"])];
    links.extend((1..9).map(|at| json!([format!("h{at}"), "sw"])));
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links });
    let rule = |from: &str| Edit::AddRule {
        node: "fw".to_owned(),
        filter: 0,
        at: 0,
        rule: json!({ "action": "permit", "from": from, "to": "10.1.0.1" }),
    };
    let remove = || Edit::RemoveRule { node: "fw".to_owned(), filter: 0, at: 0 };
    let edits = [rule("10.9.0.7-10.9.0.20"), remove(), rule("10.9.0.0/30"), rule("10.9.0.4/30"), remove(), remove()];
    let counts: Vec<usize> = told(&document, "MN-ISOLATION", &edits).iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 2, 0, 3, 7, 3, 0]);
}

#[test]
fn a_forwarder_with_a_zone_is_somebody() {
    for kind in ["switch", "router"] {
        let document = json!({ "sanso": 1, "nodes": [
            { "id": "mn", "zone": "my-number" }, { "id": "a", "kind": kind },
            { "id": "lg", "kind": kind, "zone": "lgwan" },
        ], "links": [["mn", "a"], ["a", "lg"]] });
        let edits = [Edit::RemoveLink(json!(["a", "lg"])), Edit::AddLink(json!(["lg", "a"]))];
        let counts: Vec<usize> = told(&document, "MN-ISOLATION", &edits).iter().map(Vec::len).collect();
        assert_eq!(counts, [1, 0, 1], "{kind}");
    }
}

#[test]
fn addresses_of_routers_take_from_blocks() {
    let document = json!({ "sanso": 1, "nodes": [
        { "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] },
        { "id": "fw", "kind": "firewall", "filter": { "rules": [{ "action": "permit", "to": "10.9.0.0/31" }] } },
        { "id": "r1", "kind": "router", "addresses": ["10.9.0.0"] },
        { "id": "r2", "kind": "router", "addresses": ["10.9.0.1"] },
        { "id": "block", "zone": "lgwan", "addresses": ["10.9.0.0/31"] },
    ], "links": [["mn", "fw"], ["fw", "r1"], ["r1", "r2"], ["r2", "block"]] });
    let bare = json!({ "id": "r2", "kind": "router" });
    let mut edits = vec![Edit::RemoveNode("r2".to_owned()), Edit::AddNode(bare)];
    edits.extend([json!(["r1", "r2"]), json!(["r2", "block"])].map(Edit::AddLink));
    let counts: Vec<usize> = told(&document, "MN-ISOLATION", &edits).iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 0, 0, 0, 1]);
}

#[test]
fn an_interface_that_a_rule_begins_to_name_parts_those_who_hang_on_it() {
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number" }),
        json!({ "id": "fw", "kind": "firewall", "filter": { "rules": [] } }),
    ];
    nodes.extend((1..7).map(|at| json!({ "id": format!("h{at}"), "zone": "lgwan" })));
    let mut links = vec![json!(["mn", "fw"])];
    links.extend((1..7).map(|at| json!([format!("h{at}"), if at < 4 { "fw:wan" } else { "fw:lan" }])));
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links });
    let rule = |side: &str, interface: &str| Edit::AddRule {
        node: "fw".to_owned(),
        filter: 0,
        at: 0,
        rule: json!({ "action": "permit", side: [interface] }),
    };
    let remove = || Edit::RemoveRule { node: "fw".to_owned(), filter: 0, at: 0 };
    // Leaves by `lan`: from the terminal. By the name of its own link: to one of them.
    let edits = [
        rule("in", "lan"),
        remove(),
        rule("out", "mn"),
        remove(),
        rule("out", "lan"),
        Edit::RemoveNode("h5".to_owned()),
    ];
    let counts: Vec<usize> = told(&document, "MN-ISOLATION", &edits).iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 3, 0, 6, 0, 3, 2]);
}

#[test]
fn who_has_the_address_of_a_node_that_is_named_is_told_apart() {
    let host = |at: u32, address: u32| json!({ "id": format!("h{at}"), "zone": "lgwan", "addresses": [format!("10.9.0.{address}")] });
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] }),
        json!({ "id": "sw", "kind": "switch" }),
        json!({ "id": "fw", "kind": "firewall", "filter": { "rules": [{ "action": "permit", "from": "node:h5", "to": "10.1.0.1" }] } }),
    ];
    nodes.extend((1..6).map(|at| host(at, at)));
    nodes.push(host(6, 5));
    let mut links = vec![json!(["mn", "fw"]), json!(["fw", "sw"])];
    links.extend((1..7).map(|at| json!([format!("h{at}"), "sw"])));
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links });
    let remove = Edit::RemoveRule { node: "fw".to_owned(), filter: 0, at: 0 };
    let rule = json!({ "action": "permit", "from": ["node:h1", "node:h5"], "to": "node:mn" });
    let add = Edit::AddRule { node: "fw".to_owned(), filter: 0, at: 0, rule };
    let counts: Vec<usize> = told(&document, "MN-ISOLATION", &[remove, add]).iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 0, 3]);
}

#[test]
fn one_of_many_that_passes_something_on_is_told_apart() {
    let host = |at: u32, relays: bool| {
        let mut node = json!({ "id": format!("x{at}"), "kind": "printer", "addresses": [format!("10.9.0.{at}")] });
        if relays {
            node["relays"] = json!([]);
        }
        node
    };
    let mut nodes = vec![
        json!({ "id": "mn", "zone": "my-number", "addresses": ["10.1.0.1"] }),
        json!({ "id": "lg", "zone": "lgwan", "addresses": ["10.2.0.1"] }),
        json!({ "id": "sw", "kind": "switch" }),
        json!({ "id": "fw", "kind": "firewall", "filter": { "rules": [
            { "action": "permit", "to": "10.9.0.0/24" }, { "action": "permit", "from": "10.9.0.0/24", "to": "10.2.0.1" }] } }),
    ];
    nodes.extend((1..6).map(|at| host(at, true)));
    let mut links = vec![json!(["mn", "fw"]), json!(["lg", "fw"]), json!(["fw", "sw"])];
    links.extend((1..6).map(|at| json!([format!("x{at}"), "sw"])));
    let document = json!({ "sanso": 1, "nodes": nodes, "links": links });
    let edits = [Edit::AddNode(host(6, false)), Edit::AddLink(json!(["x6", "sw"])), Edit::RemoveNode("x6".to_owned())];
    let counts: Vec<usize> = told(&document, "MN-ISOLATION", &edits).iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 0, 1, 0]);
}

#[test]
fn an_address_in_a_network_of_another_zone_is_told_apart() {
    let host = |at: u32, net: u32| json!({ "id": format!("h{net}{at}"), "zone": "lgwan", "addresses": [format!("10.9.{net}.{at}")] });
    let mut nodes = vec![json!({ "id": "mn", "zone": "my-number" }), json!({ "id": "sw", "kind": "switch" })];
    nodes.extend((1..5).map(|at| host(at, 0)));
    nodes.extend((1..3).map(|at| host(at, 1)));
    let links: Vec<Value> = nodes[2..].iter().map(|node| json!([node["id"], "sw"])).collect();
    let zones = json!({ "internet": { "networks": ["10.9.1.0/24"] } });
    let document = json!({ "sanso": 1, "zones": zones, "nodes": nodes, "links": links });
    let edits = [Edit::AddNode(host(3, 1)), Edit::AddNode(host(5, 0)), Edit::RemoveNode("h11".to_owned())];
    let counts: Vec<usize> = told(&document, "LABELLED", &edits).iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 3, 3, 2]);
}
