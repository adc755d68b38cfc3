//! A session gives after every change exactly what a fresh run gives, whatever the changes and their order; and what it refuses, a
//! fresh run refuses.

#[path = "session/edits.rs"]
mod edits;
mod engine;
mod interpreter;

use edits::{Edit, apply_to_json, crowd, random_edit};
use interpreter::random::{self, Random};
use sanso::city::{City, Fault};
use sanso::session::{Change, Session, Texts, Verdict, Verifier};
use sanso::source::Source;
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
}

/// Makes random edits and compares with a fresh run after each.
fn follow(name: &str, document: Value, edits: usize, random: &mut Random, tally: &mut Tally) {
    let Ok(mut known) = engine::engine(&document) else { return };
    let source = Source::new("document.json", document.to_string().into_bytes()).expect("it is UTF-8");
    let (texts, session) = (Texts::default(), session());
    let mut verifier = Verifier::new(&source, &texts, &session).expect("a fresh run takes it");
    assert_eq!(decision(&verifier), known, "{name}, before any edit:\n{document:#}");
    let mut document = document;
    let mut history: Vec<Edit> = Vec::new();
    for _ in 0..edits {
        let Some(edit) = random_edit(&document, random) else { continue };
        let mut after = document.clone();
        apply_to_json(&mut after, &edit);
        let fresh = engine::engine(&after);
        let applied = edit.with_change(|change| verifier.apply(change));
        history.push(edit);
        let context = || format!("{name}, after {history:#?}\n{document}\n{after}");
        match (fresh, applied) {
            (Ok(fresh), Ok(())) => {
                assert_eq!(decision(&verifier), fresh, "{}", context());
                tally.made += 1;
                tally.told += usize::from(fresh != known);
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

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

#[test]
fn after_any_edits_a_session_says_what_a_fresh_run_says() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 240));
    let mut tally = Tally::default();
    for seed in first..first + count {
        let mut random = Random::from_seed(seed ^ 0x5e55);
        let document = crowd(&random::document(seed), &mut random);
        follow(&format!("seed {seed}"), document, 25, &mut random, &mut tally);
    }
    let Tally { made, refused, folded, told } = tally;
    if count >= 200 {
        assert!(made > 2_000 && refused > 50 && folded > 1_000 && told > 300, "{made} {refused} {folded} {told}");
    }
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
        let codes: Vec<&str> = why.iter().map(|diagnostic| diagnostic.code).collect();
        assert!(codes.contains(&code), "{change:?}: {codes:?}");
    }
    // Nothing is left of what was refused.
    verifier.apply(Change::RemoveRule { node: "fw", filter: 0, at: 0 }).expect("the rule is there");
    verifier.apply(Change::RemoveNode("a")).expect_err("then there is nothing to verify");
    verifier.apply(Change::AddLink(r#"{"between": ["a", "b"]}"#)).expect("both are there");
    assert_eq!(verifier.violating("MN-ISOLATION", 5), [["a", "b"]]);
    verifier.apply(Change::RemoveLink(r#"["a", "b"]"#)).expect("another spelling of the same link");
    assert_eq!(verifier.violating("MN-ISOLATION", 5), Vec::<Vec<String>>::new());
}
