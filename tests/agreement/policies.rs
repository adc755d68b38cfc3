//! The engine agrees with the interpreter on random policies over random documents: verdicts and tuples, of a fresh run and
//! of a session; and every witness is one. `SANSO_SEED` and `SANSO_POLICIES` (2,000; by hand 20,000) say which and how many.

use super::engine::{DAY, decision, policy, reported_by};
use super::interpreter::{self, Decision, random};
use crate::campaign::number;
use sanso::language::Lang;
use sanso::render::json as json_format;
use sanso::report::Report;
use sanso::session::{Session, Texts, Verifier};
use sanso::source::Source;
use serde_json::{Map, Value, json};

/// Every fifth document has transfers, every fifth is of the fourth edition, every fifth says what policies ask for.
fn document(seed: u64) -> Value {
    let mut document = match seed % 5 {
        0 => random::carried(seed),
        1 => random::fourth(seed),
        2 => random::said(seed),
        _ => random::document(seed),
    };
    random::with_twins(seed, &mut document);
    document
}

/// What was seen, so that a campaign that asks nothing is noticed.
#[derive(Default, Debug)]
struct Seen {
    violated: usize,
    proved: usize,
    witnesses: usize,
    sessions: usize,
}

/// What is wrong with what the library says of a document by a policy.
fn wrong(document: &Value, asked: &Value, seen: &mut Seen) -> Option<String> {
    let expected = match interpreter::policy::decide(document, asked, super::DATE) {
        Ok(expected) => expected,
        Err(error) => return Some(format!("the interpreter cannot read it: {error}")),
    };
    let policy = match policy(asked) {
        Ok(policy) => policy,
        Err(error) => return Some(format!("the policy is refused: {error}")),
    };
    let is_topology = expected.values().any(Option::is_some);
    let report = match reported_by(&policy, "document.json", &document.to_string(), true) {
        Err(_) if !is_topology => return None,
        Err(error) => return Some(format!("the document is refused: {error}")),
        Ok(_) if !is_topology => return Some("all requirements are vacuous, and it is decided".to_owned()),
        Ok(report) => report,
    };
    for tuples in expected.values().flatten() {
        *(if tuples.is_empty() { &mut seen.proved } else { &mut seen.violated }) += 1;
    }
    let differing = difference(&expected, &decision(&report), "run");
    differing
        .or_else(|| of_session(document, &policy, &expected, seen))
        .or_else(|| of_findings(document, asked, report, seen))
}

fn difference(expected: &Decision, found: &Decision, of: &str) -> Option<String> {
    let wrong = expected.iter().find(|(requirement, tuples)| found.get(*requirement) != Some(*tuples));
    wrong.map(|(requirement, tuples)| {
        format!("{requirement} of the {of}\n  interpreter {tuples:?}\n  engine      {:?}", found.get(requirement))
    })
}

/// Whether a session, which decides a smaller document, says the same; of some documents there is none.
fn of_session(
    document: &Value,
    policy: &sanso::policy::Policy,
    expected: &Decision,
    seen: &mut Seen,
) -> Option<String> {
    let source = Source::new("document.json", document.to_string().into_bytes()).ok()?;
    let (texts, session) = (Texts::default(), Session { policy, date: DAY, limit: None, memory: None });
    let verifier = Verifier::new(&source, &texts, &session).ok()?;
    seen.sessions += 1;
    let tuples = |id: &str| verifier.violating(id, usize::MAX);
    let vacuous = |id: &str| verifier.state(id).is_none_or(|state| state.verdict == sanso::report::Verdict::Vacuous);
    let found: Decision = expected.keys().map(|id| (id.clone(), (!vacuous(id)).then(|| tuples(id)))).collect();
    let counted = |(id, tuples): (&String, &Option<Vec<Vec<String>>>)| {
        verifier.state(id).map(|state| state.tuples) == Some(tuples.as_ref().map_or(0, Vec::len) as u64)
    };
    difference(expected, &found, "session")
        .or_else(|| (!found.iter().all(counted)).then(|| "a session counts otherwise than it lists".to_owned()))
}

/// Whether findings add up, and their witnesses are some.
fn of_findings(document: &Value, asked: &Value, report: Report, seen: &mut Seen) -> Option<String> {
    let rendered: Value =
        serde_json::from_str(&json_format::render(&[report], Lang::En).expect("renders")).expect("JSON");
    for requirement in rendered["requirements"].as_array().into_iter().flatten() {
        let id = requirement["id"].as_str().unwrap_or_default();
        let findings = requirement["findings"].as_array().cloned().unwrap_or_default();
        let sum: u64 = findings.iter().map(|finding| finding["tuples"].as_u64().unwrap_or(0)).sum();
        if requirement["tuples"] != sum {
            return Some(format!("{id}: {} tuples, {sum} in findings", requirement["tuples"]));
        }
        for finding in findings {
            seen.witnesses += 1;
            if let Err(error) = interpreter::policy::check_witness(document, asked, id, &finding) {
                return Some(format!("{id}: {error}\n{finding:#}"));
            }
            let path = finding["path"].as_array().cloned().unwrap_or_default();
            let ends = [path[0].clone(), path[path.len() - 1].clone()];
            let listed = |tuple: &Value| {
                let [a, b] = [&tuple[0], &tuple[1]];
                (*a == ends[0] && *b == ends[1]) || (*a == ends[1] && *b == ends[0])
            };
            if !requirement["violating"].as_array().is_some_and(|tuples| tuples.iter().any(listed)) {
                return Some(format!("{id}: the witness is for no tuple: {finding:#}"));
            }
        }
    }
    None
}

#[test]
fn engine_agrees_with_the_interpreter_on_random_policies() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_POLICIES", 400);
    let search = |half: u64| {
        let mut seen = Seen::default();
        for seed in (first..first + count).filter(|seed| seed % 2 == half) {
            let document = document(seed);
            let asked = random::policy(seed, &document);
            if let Some(what) = wrong(&document, &asked, &mut seen) {
                let small =
                    interpreter::shrink::shrink(&document, |one| wrong(one, &asked, &mut Seen::default()).is_some());
                let what = wrong(&small, &asked, &mut Seen::default()).unwrap_or(what);
                return Err(format!("seed {seed}\n{asked:#}\n{small:#}\n{what}"));
            }
        }
        Ok(seen)
    };
    let halves = std::thread::scope(|scope| {
        [scope.spawn(|| search(0)), scope.spawn(|| search(1))].map(|half| half.join().expect("no panic on any policy"))
    });
    for half in halves {
        let seen = half.unwrap_or_else(|what| panic!("{what}"));
        let enough = seen.violated > 40 && seen.proved > 20 && seen.witnesses > 40 && seen.sessions > 20;
        assert!(count < 400 || enough, "hardly anything is asked: {seen:?}");
    }
}

/// A policy that is read otherwise is noticed: what the interpreter is given says something else than what is decided.
#[test]
fn wrong_readings_of_policies_are_noticed() {
    /// Changes what a check asks.
    type Reading = fn(&mut Map<String, Value>);
    let readings: [(&str, Reading); 8] = [
        ("services of the last session are forgotten", |asked| {
            asked.remove("services");
            asked.remove("service");
        }),
        ("`without` is forgotten", |asked| drop(asked.remove("without"))),
        ("what all must lead through is not taken out", |asked| drop(asked.remove("nodes"))),
        ("one way of sanitising stands for all", |asked| {
            if asked.contains_key("sanitised_by") {
                asked.insert("sanitised_by".into(), json!("any"));
            }
        }),
        ("ways of sanitising are forgotten", |asked| drop(asked.remove("sanitised_by"))),
        ("who opens is who receives", |asked| {
            if let (Some(from), Some(to)) = (asked.remove("from"), asked.remove("to")) {
                asked.extend([("from".to_owned(), to), ("to".to_owned(), from)]);
            }
        }),
        ("ids tell nobody apart", |asked| without_key(asked, "node")),
        ("controls tell nobody apart", |asked| without_key(asked, "control")),
    ];
    for (what, reading) in readings {
        let noticed = (1..600).any(|seed| {
            let document = document(seed);
            let asked = random::policy(seed, &document);
            let mut other = asked.clone();
            for requirement in other["requirements"].as_array_mut().into_iter().flatten() {
                let check = requirement["check"].as_object_mut().expect("a check");
                check.values_mut().filter_map(Value::as_object_mut).for_each(reading);
            }
            let (Ok(policy), Ok(expected)) =
                (policy(&asked), interpreter::policy::decide(&document, &other, super::DATE))
            else {
                return false;
            };
            let report = reported_by(&policy, "document.json", &document.to_string(), false);
            other != asked && report.is_ok_and(|report| difference(&expected, &decision(&report), "run").is_some())
        });
        assert!(noticed, "nobody notices that {what}");
    }
}

/// Takes a key out of the patterns of both sides.
fn without_key(asked: &mut Map<String, Value>, key: &str) {
    for side in ["a", "b", "from", "to"] {
        if let Some(Value::Object(pattern)) = asked.get_mut(side) {
            pattern.remove(key);
        }
    }
}
