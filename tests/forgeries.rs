//! Certificates of kinder documents: what is proved where a document allows less does not hold where it allows more.

use crate::campaign::number;
use crate::checking::checkers::{Checker, Opinion, checkers};
use crate::checking::forge::{Workshop, rebound};
use crate::checking::kinder::{fitted, kinder, relying_on_all};
use crate::checking::truth::sha256;
use crate::checking::{policies, possible, prove, prove_for};
use crate::interpreter::random::{self, Random};
use serde_json::{Value, json};

/// A(sc) is the one address of its zone's network. Where sc does not declare it, nobody does, and lg, of which no address is
/// known, may have it: a rule that permits it permits lg.
#[test]
fn a_single_address_that_nobody_declares_may_be_anybodys() {
    let document = |selector: &str, declared: bool, backward: bool| {
        let mut sc = json!({ "id": "sc", "kind": "server", "zone": "school" });
        if declared {
            sc["addresses"] = json!(["10.9.0.7"]);
        }
        let mut rule = json!({ "action": "permit", "from": "node:mn", "to": selector });
        if backward {
            rule = json!({ "action": "permit", "from": selector, "to": "node:mn" });
        }
        json!({ "sanso": 1, "groups": { "g": ["10.9.0.7"] },
            "zones": { "my-number": { "networks": ["10.1.0.0/24"] }, "school": { "networks": ["10.9.0.7/32"] } },
            "nodes": [{ "id": "mn", "kind": "server", "addresses": ["10.1.0.1"] }, sc,
                { "id": "lg", "kind": "server", "zone": "lgwan" },
                { "id": "fw", "kind": "firewall", "filter": { "rules": [rule] } }],
            "links": [["mn", "fw"], ["lg", "fw"]] })
        .to_string()
    };
    let mut checkers = checkers();
    for selector in ["node:sc", "zone:school", "10.9.0.7", "10.9.0.7/32", "10.9.0.7-10.9.0.7", "group:g"] {
        for backward in [false, true] {
            let [open, kind] = [false, true].map(|declared| document(selector, declared, backward));
            let [honest, other] = [&open, &kind]
                .map(|text| prove("document.json", text, true).expect("it reads").expect("a certificate"));
            assert_eq!(honest["requirements"][0]["violating"], json!([["mn", "lg"]]), "{selector}");
            assert_eq!(other["requirements"][0]["verdict"], "proved", "{selector}");
            let forged = rebound(&other, &open).to_string();
            for checker in &mut checkers {
                let opinion = checker.judge(&open, &honest.to_string());
                assert_eq!(opinion, Opinion::Accepted, "{}, {selector}", checker.name);
                let opinion = checker.judge(&open, &forged);
                assert!(matches!(opinion, Opinion::Rejected(_)), "{}, {selector}: {opinion:?}", checker.name);
            }
        }
    }
}

/// Certificates of a document, plain and complete, that every checker accepts.
fn accepted(what: &str, document: &Value, checkers: &mut [Checker]) -> Value {
    let text = document.to_string();
    let mut issued = [false, true].map(|complete| {
        let certificate = prove("document.json", &text, complete).expect("it reads").expect("a certificate");
        for checker in &mut *checkers {
            let opinion = checker.judge(&text, &certificate.to_string());
            assert_eq!(opinion, Opinion::Accepted, "{}, complete {complete}: {what}", checker.name);
        }
        certificate
    });
    issued[1].take()
}

/// A cable between two nodes that do not forward: the filter of the one who opens may be all that denies.
#[test]
fn what_keeps_two_nodes_on_one_cable_apart_is_relied_upon() {
    let (by_default, by_rule) = (json!({ "default": "deny" }), json!({ "rules": [{ "action": "deny" }] }));
    let emits_nothing = json!({ "rules": [{ "action": "deny", "out": ["b"] }] });
    let (none, link) = (json!(null), json!(["a", "b"]));
    let diode = json!({ "between": ["a", "b"], "one_way": true });
    let back = json!({ "between": ["b", "a"], "one_way": true });
    let cases = [
        ("the opener's default, the receiver's for replies", &by_default, &none, &link, json!([["a", 0, null]])),
        ("the opener's rule", &by_rule, &none, &link, json!([["a", 0, 0]])),
        ("both filters", &by_rule, &by_default, &link, json!([["a", 0, 0], ["b", 0, null]])),
        ("nothing goes out, over a diode", &emits_nothing, &none, &diode, json!([["a", 0, 0]])),
        ("nothing comes in, over a diode", &none, &by_rule, &diode, json!([["b", 0, 0]])),
        ("b may not open", &none, &by_default, &back, json!([["b", 0, null]])),
    ];
    let mut checkers = checkers();
    for (what, a, b, link, relied) in cases {
        let node = |id: &str, zone: &str, filter: &Value| {
            let mut node = json!({ "id": id, "zone": zone });
            if !filter.is_null() {
                node["filter"] = filter.clone();
            }
            node
        };
        let nodes = [node("a", "my-number", a), node("b", "lgwan", b)];
        let document = json!({ "sanso": 1, "nodes": nodes, "links": [link] });
        let certificate = accepted(what, &document, &mut checkers);
        let isolation = &certificate["requirements"][0];
        assert_eq!(isolation["verdict"], "proved", "{what}");
        let mut found: Vec<Value> = vec![];
        for (direction, claim) in [("forward", "push"), ("forward", "pull"), ("backward", "push"), ("backward", "pull")]
        {
            found.extend(isolation["parts"][0][direction][claim]["relies_on"].as_array().expect("a list").clone());
        }
        found.sort_by_key(Value::to_string);
        found.dedup();
        assert_eq!(json!(found), relied, "{what}");
    }
}

/// It is no switch then: what enters it has no tag.
#[test]
fn a_switch_that_does_not_forward_is_an_end_like_any_other() {
    let document = json!({ "sanso": 1,
        "nodes": [{ "id": "a", "zone": "my-number" }, { "id": "s", "kind": "switch", "forwards": false },
            { "id": "b", "zone": "internet" }],
        "links": [["s", "a"], ["b", "s"]] });
    let certificate = accepted("a switch that does not forward", &document, &mut checkers());
    let isolation = &certificate["requirements"][0];
    assert_eq!(isolation["violating"], json!([["a", "b"]]));
    let sessions = isolation["witnesses"][0]["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    assert!(sessions.iter().all(|session| session["hops"][0][2].is_null()), "{sessions:?}");
}

/// A case of conformance: its document, what holds of it, and its certificate with all that can be proved.
struct Case {
    id: String,
    document: Value,
    text: String,
    expect: Value,
    honest: Value,
}

/// The cases that can be verified at all.
fn cases(text: &str) -> Vec<Case> {
    let case = |line: &str| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        let (document, expect) = (case["document"].take(), case["expect"].take());
        let text = document.to_string();
        let honest = prove("document.json", &text, true).ok()?.expect("a certificate");
        Some(Case { id: case["id"].as_str().expect("an id").to_owned(), document, text, expect, honest })
    };
    text.lines().filter_map(case).collect()
}

/// Whether a requirement of a certificate says what is so.
fn is_true(claim: &Value, expect: &Value) -> bool {
    let truth = &expect[claim["id"].as_str().expect("an id")];
    let (claimed, none) = (claim["violating"].as_array().expect("tuples"), vec![]);
    let tuples = truth.as_array().unwrap_or(&none);
    let verdict = match truth {
        Value::Null => "vacuous",
        _ if tuples.is_empty() => "proved",
        _ => "violated",
    };
    let complete = claim["complete"] != false;
    claim["verdict"] == verdict
        && claimed.iter().all(|tuple| tuples.contains(tuple))
        && (!complete || claimed.len() == tuples.len())
}

/// What was tried, and what was accepted and is false.
#[derive(Default)]
struct Found {
    forgeries: u64,
    still_true: u64,
    accepted: Vec<String>,
    /// By what was done to the document.
    kinds: std::collections::BTreeMap<String, u64>,
}

/// Shows false claims about cases to the checkers, until there were so many or the time is over.
fn try_forgeries(cases: &[Case], seeds: impl Iterator<Item = u64>, most: u64, until: std::time::Instant) -> Found {
    let (mut checkers, mut found) = (checkers(), Found::default());
    for seed in seeds {
        if found.forgeries >= most || std::time::Instant::now() >= until {
            break;
        }
        let mut random = Random::from_seed(seed ^ 0xf0_4e00_0000);
        let case = &cases[random.below(cases.len())];
        let Some((what, kind, shift)) = kinder(&case.document, &mut random) else { continue };
        let Ok(Ok(other)) = prove("document.json", &kind.to_string(), random.chance(80)) else { continue };
        let requirements = other["requirements"].as_array().expect("a list");
        for (at, claim) in requirements.iter().enumerate() {
            if is_true(claim, &case.expect) {
                found.still_true += 1;
                continue;
            }
            // All else is as it should be, and the claim is numbered as the case is, or as it was, or relies on all there is.
            let same = fitted(claim, &shift);
            let mut forms = vec![relying_on_all(&same, &case.document)];
            if same != *claim {
                forms.push(claim.clone());
            }
            forms.push(same);
            for form in forms {
                let mut forged = case.honest.clone();
                forged["requirements"][at] = form;
                found.forgeries += 1;
                *found.kinds.entry(what.split(", ").next().unwrap_or_default().to_owned()).or_default() += 1;
                let written = forged.to_string();
                for checker in &mut checkers {
                    let opinion = checker.judge(&case.text, &written);
                    if !matches!(opinion, Opinion::Rejected(_)) {
                        let stem = format!("{}/forgery-{seed}-{at}", env!("CARGO_TARGET_TMPDIR"));
                        let _ = std::fs::write(format!("{stem}.json"), &case.text);
                        let _ = std::fs::write(format!("{stem}.certificate.json"), &written);
                        let (name, id) = (&checker.name, &case.id);
                        found.accepted.push(format!(
                            "{name} says {opinion:?}: seed {seed}, {id}, {}: {what}; {stem}.json",
                            claim["id"]
                        ));
                    }
                }
            }
        }
    }
    found
}

/// The certificates of kinder documents, with all else from the honest certificate of the case. `SANSO_FORGERIES` says how
/// many false claims are tried, `SANSO_SEED` where to begin, `SANSO_SECONDS` when to stop at the latest.
#[test]
fn what_is_proved_of_a_kinder_document_is_not_accepted_of_a_case_of_conformance() {
    let cases = cases(include_str!("conformance/cases.jsonl"));
    assert_eq!(cases.len(), 585);
    let (most, kinds) = none_is_accepted(&cases, 3000);
    assert!(most < 3000 || kinds >= 30, "{kinds} kinds of changes");
}

/// As above, for the fourth edition.
#[test]
fn what_is_proved_of_a_kinder_document_is_not_accepted_of_a_case_of_the_fourth_edition() {
    let mut all = cases(include_str!("conformance/cases-4.jsonl"));
    all.extend(cases(include_str!("conformance/own-4.jsonl")));
    assert!(all.len() >= 500, "{}", all.len());
    let (most, kinds) = none_is_accepted(&all, 1500);
    assert!(most < 1500 || kinds >= 30, "{kinds} kinds of changes");
}

/// How many false claims were to be tried, and by how many kinds of changes they were made.
fn none_is_accepted(cases: &[Case], usual: u64) -> (u64, usize) {
    let (first, most, seconds) =
        (number("SANSO_SEED", 1), number("SANSO_FORGERIES", usual), number("SANSO_SECONDS", 3600));
    let until = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let start = std::time::Instant::now();
    let halves = std::thread::scope(|scope| {
        let half = |half: u64| {
            scope.spawn(move || try_forgeries(cases, (first..).filter(move |seed| seed % 2 == half), most / 2, until))
        };
        [half(0), half(1)].map(|half| half.join().expect("no panic"))
    });
    let (mut forgeries, mut still_true, mut accepted) = (0, 0, vec![]);
    let mut kinds = std::collections::BTreeMap::<String, u64>::new();
    for half in halves {
        forgeries += half.forgeries;
        still_true += half.still_true;
        accepted.extend(half.accepted);
        half.kinds.into_iter().for_each(|(kind, count)| *kinds.entry(kind).or_default() += count);
    }
    kinds.iter().for_each(|(kind, count)| println!("{count:>6} {kind}"));
    println!("{forgeries} forgeries, {still_true} claims still true, {:?}", start.elapsed());
    assert!(accepted.is_empty(), "{} accepted:\n{}", accepted.len(), accepted.join("\n"));
    assert!(forgeries >= most.min(usual) / 2 * 2 || seconds < 3600, "{forgeries}");
    (if seconds < 3600 { 0 } else { most }, kinds.len())
}

/// What came of changed policies.
#[derive(Default, Debug)]
struct Changed {
    certificates: u64,
    refused: u64,
    /// Accepted for the changed policy, and true of it.
    true_still: u64,
    wrong: Vec<String>,
}

/// What both checkers say, in a word; they must say the same.
fn verdict(checkers: &mut [Checker], document: &str, certificate: &str, policy: &str) -> Result<&'static str, String> {
    let opinions: Vec<(String, Opinion)> = checkers
        .iter_mut()
        .map(|checker| (checker.name.clone(), checker.judge_for(document, certificate, policy)))
        .collect();
    let words: Vec<&str> = opinions
        .iter()
        .map(|(_, opinion)| match opinion {
            Opinion::Accepted => "accepted",
            Opinion::Rejected(_) => "rejected",
            Opinion::Unusable(_) => "unusable",
        })
        .collect();
    if words.iter().all(|word| *word == words[0]) { Ok(words[0]) } else { Err(format!("{opinions:?}")) }
}

/// Certificates of random documents for random policies, and the same certificates under changed policies.
fn try_policies(seeds: impl Iterator<Item = u64>, changes: u32) -> Changed {
    let (mut checkers, mut found) = (checkers(), Changed::default());
    for seed in seeds {
        let mut random = Random::from_seed(seed ^ 0x9011_0000_0000);
        let document: fn(u64) -> Value = random.pick(&[random::fourth, random::carried, random::said]);
        let document = document(seed);
        let (text, words) = (document.to_string(), policies::Words::of(&document));
        let finer = random.chance(30);
        let policy = words.policy(&mut random, finer);
        let definition = policies::definition(&policy.to_string()).expect("a random policy can be read");
        let asked = policies::asked(&definition);
        let complete = random.chance(80);
        let Ok(Ok(certificate)) = prove_for(asked, "document.json", &text, complete) else { continue };
        found.certificates += 1;
        let canonical = definition.canonical();
        let written = certificate.to_string();
        match verdict(&mut checkers, &text, &written, &canonical) {
            Ok("accepted") => {}
            other => {
                let opinions: Vec<Opinion> =
                    checkers.iter_mut().map(|one| one.judge_for(&text, &written, &canonical)).collect();
                let stem = format!("{}/policy-{seed}", env!("CARGO_TARGET_TMPDIR"));
                let _ = std::fs::write(format!("{stem}.json"), &text);
                let _ = std::fs::write(format!("{stem}.certificate.json"), &written);
                let _ = std::fs::write(format!("{stem}.policy.json"), &canonical);
                found.wrong.push(format!("seed {seed}: honest, {other:?} {opinions:?}; {stem}.json: {canonical}"));
            }
        }
        let canonical: Value = serde_json::from_str(&canonical).expect("JSON");
        for turn in 0..changes {
            let Some((what, altered)) = policies::altered(&canonical, &words, &mut random) else { continue };
            let altered_text = altered.to_string();
            let mut say = |what: String| found.wrong.push(format!("seed {seed}, turn {turn}: {what}: {altered_text}"));
            // A certificate for one policy is refused for another.
            match verdict(&mut checkers, &text, &written, &altered_text) {
                Ok("accepted") => say(format!("{what}: accepted for another policy")),
                Err(opinions) => say(format!("{what}: {opinions}")),
                Ok(_) => {}
            }
            // The certificate says that it is for this one: then it must be true of it.
            let mut forged = certificate.clone();
            forged["policy"] = json!({ "id": altered["id"], "sha256": sha256(altered_text.as_bytes()) });
            match verdict(&mut checkers, &text, &forged.to_string(), &altered_text) {
                Err(opinions) => say(format!("{what}, forged: {opinions}")),
                Ok("accepted") => {
                    found.true_still += 1;
                    let Some(definition) = policies::definition(&altered_text) else {
                        found.wrong.push(format!("seed {seed}, {what}: accepted, and no policy: {altered_text}"));
                        continue;
                    };
                    let asked = policies::asked(&definition);
                    let truth = prove_for(asked, "document.json", &text, true);
                    if !truth.as_ref().is_ok_and(|made| made.as_ref().is_ok_and(|truth| says_no_more(&forged, truth))) {
                        found.wrong.push(format!("seed {seed}, {what}: accepted, and false: {altered_text}"));
                    }
                }
                Ok(_) => found.refused += 1,
            }
        }
    }
    found
}

/// Whether all that a certificate says is so by a complete one.
fn says_no_more(certificate: &Value, truth: &Value) -> bool {
    let list = |of: &Value| of["requirements"].as_array().cloned().unwrap_or_default();
    let (claims, truths) = (list(certificate), list(truth));
    claims.len() == truths.len()
        && certificate.get("loosenings") == truth.get("loosenings")
        && claims.iter().zip(&truths).all(|(claim, truth)| {
            let (claimed, tuples) = (claim["violating"].as_array(), truth["violating"].as_array());
            let (Some(claimed), Some(tuples)) = (claimed, tuples) else { return false };
            claim["id"] == truth["id"]
                && claim["verdict"] == truth["verdict"]
                && claimed.iter().all(|tuple| tuples.contains(tuple))
                && (claim["complete"] == false || claimed.len() == tuples.len())
        })
}

/// `SANSO_SEED` sets the first seed, `SANSO_POLICIES` how many there are.
#[test]
fn certificates_for_random_policies_are_accepted_for_them_alone() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_POLICIES", 60));
    let halves = std::thread::scope(|scope| {
        let half =
            |half| scope.spawn(move || try_policies((first..first + count).filter(move |seed| seed % 2 == half), 12));
        [half(0), half(1)].map(|half| half.join().expect("no panic"))
    });
    let mut sum = Changed::default();
    for half in halves {
        sum.certificates += half.certificates;
        sum.refused += half.refused;
        sum.true_still += half.true_still;
        sum.wrong.extend(half.wrong);
    }
    println!("{} certificates, {} changes refused, {} true still", sum.certificates, sum.refused, sum.true_still);
    assert!(sum.wrong.is_empty(), "{}\n{}", sum.wrong.len(), sum.wrong.join("\n"));
    assert!(sum.certificates > count / 2 && sum.refused > count, "{sum:?}");
}

#[test]
fn files_that_are_no_canonical_policies_are_unusable_to_every_checker() {
    let alpha = include_str!("../policies/canonical/three-tier-alpha.json");
    let document = include_str!("../checker/tests/pairs/single-address.json");
    let certificate =
        prove("single-address.json", document, false).expect("it reads").expect("a certificate").to_string();
    let mut checkers = checkers();
    assert_eq!(verdict(&mut checkers, document, &certificate, alpha), Ok("accepted"));
    let changes: [(&str, &str); 22] = [
        (r#""id":"three-tier/alpha""#, r#""extends":"x","id":"three-tier/alpha""#),
        (r#""id":"three-tier/alpha""#, r#""id":"three-tier/alpha","id":"three-tier/alpha""#),
        (r#""id":"three-tier/alpha""#, r#""id":"three-tier/alpha","odd":1"#),
        (r#""sanso-policy":1"#, r#""sanso-policy":2"#),
        (r#""edition":"2025-03","#, ""),
        (r#""labelled":true"#, r#""labelled":1"#),
        (r#""labelled":true"#, r#""labeled":true"#),
        (r#"{"tier":["my-number"]}"#, r#"{"tier":"my-number"}"#),
        (r#"{"tier":["my-number"]}"#, r#"{"tier":["mynumber"]}"#),
        (r#"{"tier":["my-number"]}"#, r#"{"tier":[]}"#),
        (r#"[{"tier":["my-number"]}]"#, r#"{"tier":["my-number"]}"#),
        (r#"[{"tier":["my-number"]}]"#, "[]"),
        (r#"[{"tier":["my-number"]}]"#, r#"[{"pattern":"p"}]"#),
        (r#""sanitised_by":"any""#, r#""sanitised_by":"all""#),
        (r#"{"exceptions":{"limited":true}}"#, r#"{"exceptions":{"limited":false}}"#),
        (r#"{"exceptions":{"limited":true}}"#, r#"{"exceptions":{"limited":true,"used":true}}"#),
        (r#"{"exceptions":{"limited":true}}"#, r#"{"exceptions":{}}"#),
        (r#"{"labelled":{}}"#, r#"{"labelled":{},"expects":{}}"#),
        (r#""of":["MN-ISOLATION"]"#, r#""of":["MN"]"#),
        (r#""severity":"error""#, r#""severity":"grave""#),
        (r#""id":"LABELLED""#, r#""id":"MN-TERMINAL""#),
        (r#""id":"three-tier/alpha""#, r#""change":[{"id":"LABELLED","off":true}],"id":"three-tier/alpha""#),
    ];
    for (from, to) in changes {
        assert!(alpha.contains(from), "{from}");
        let changed = alpha.replacen(from, to, 1);
        assert_eq!(verdict(&mut checkers, document, &certificate, &changed), Ok("unusable"), "{from} -> {to}");
    }
    // Another policy, though one that can be read: of the same id, asking less, and with a line end at its end.
    let others = [
        (r#""sanitised_by":"any""#, r#""sanitised_by":["screen"]"#),
        (r#"["mfa","export-disabled"]"#, r#"["mfa"]"#),
        ("2025-03", "2024-10"),
    ];
    for (from, to) in others {
        assert!(alpha.contains(from), "{from}");
        let changed = alpha.replacen(from, to, 1);
        assert_eq!(verdict(&mut checkers, document, &certificate, &changed), Ok("rejected"), "{from} -> {to}");
    }
    assert_eq!(verdict(&mut checkers, document, &certificate, &format!("{alpha}\n")), Ok("rejected"));
}

/// What came of lies about what is used and what must be possible.
#[derive(Default, Debug)]
struct Lies {
    /// Requirements of these kinds with something violated, and with something that is not.
    violated: u64,
    shown: u64,
    refused: std::collections::BTreeMap<String, u64>,
    true_still: u64,
    wrong: Vec<String>,
}

fn try_lies(seeds: impl Iterator<Item = u64>, turns: u32) -> Lies {
    let (mut checkers, mut found) = (checkers(), Lies::default());
    let definition = possible::policy();
    let (policy, canonical) = (policies::asked(&definition), definition.canonical());
    let mut donors: Vec<Value> = vec![];
    for seed in seeds {
        let mut random = Random::from_seed(seed ^ 0x11e5_0000);
        let document = possible::document(seed);
        let text = document.to_string();
        let Ok(made) = prove_for(policy, "document.json", &text, true) else { continue };
        let honest = made.unwrap_or_else(|why| panic!("seed {seed}: {why}\n{text}"));
        match verdict(&mut checkers, &text, &honest.to_string(), &canonical) {
            Ok("accepted") => {}
            other => found.wrong.push(format!("seed {seed}: honest, {other:?}\n{text}\n{honest}")),
        }
        let of_kinds = honest["requirements"].as_array().into_iter().flatten();
        for claim in of_kinds.filter(|claim| possible::KINDS.iter().any(|id| claim["id"] == *id)) {
            let holds = |key: &str| claim[key].as_array().is_some_and(|list| !list.is_empty());
            found.violated += u64::from(holds("violating"));
            found.shown += u64::from(holds("witnesses") || holds("shown"));
        }
        let workshop = Workshop::new(&document, &honest, &donors.iter().collect::<Vec<_>>());
        for turn in 0..turns {
            let (what, forged) = match turn % 3 {
                0 => {
                    let forgery = workshop.forge(&mut random);
                    (if forgery.malformed { "malformed" } else { "a field changed" }, forgery.certificate)
                }
                1 => match possible::lie(&honest, &document, &mut random) {
                    Some(lie) => lie,
                    None => continue,
                },
                _ => {
                    // What is so in another network.
                    let Some((_, other, shift)) = kinder(&document, &mut random) else { continue };
                    let Ok(Ok(other)) = prove_for(policy, "document.json", &other.to_string(), true) else { continue };
                    let mut forged = honest.clone();
                    for id in possible::KINDS {
                        let at = |of: &Value| of["requirements"].as_array()?.iter().position(|one| one["id"] == id);
                        if let (Some(here), Some(there)) = (at(&forged), at(&other)) {
                            forged["requirements"][here] = fitted(&other["requirements"][there], &shift);
                        }
                    }
                    if forged == honest {
                        continue;
                    }
                    ("what is so elsewhere", forged)
                }
            };
            match verdict(&mut checkers, &text, &forged.to_string(), &canonical) {
                Ok("accepted") if what != "malformed" && says_no_more(&forged, &honest) => found.true_still += 1,
                Ok("accepted") => found.wrong.push(format!("seed {seed}, turn {turn}: {what}: accepted\n{forged}")),
                Ok(_) => *found.refused.entry(what.to_owned()).or_default() += 1,
                // A matter of form, unless it is false.
                Err(opinions) if !says_no_more(&forged, &honest) => {
                    found.wrong.push(format!("seed {seed}, turn {turn}: {what}: {opinions}\n{text}\n{forged}"));
                }
                Err(_) => found.true_still += 1,
            }
        }
        donors.push(honest);
        if donors.len() > 3 {
            donors.remove(0);
        }
    }
    found
}

/// `SANSO_SEED` sets the first seed, `SANSO_PAIRS` how many there are.
#[test]
fn no_lie_about_what_is_used_and_what_must_be_possible_is_accepted() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_PAIRS", 16));
    let halves = std::thread::scope(|scope| {
        let half =
            |half| scope.spawn(move || try_lies((first..first + count).filter(move |seed| seed % 2 == half), 18));
        [half(0), half(1)].map(|half| half.join().expect("no panic"))
    });
    let mut sum = Lies::default();
    for half in halves {
        sum.violated += half.violated;
        sum.shown += half.shown;
        sum.true_still += half.true_still;
        half.refused.into_iter().for_each(|(what, count)| *sum.refused.entry(what).or_default() += count);
        sum.wrong.extend(half.wrong);
    }
    println!(
        "{} violated, {} shown, {:?} refused, {} true still",
        sum.violated, sum.shown, sum.refused, sum.true_still
    );
    assert!(sum.wrong.is_empty(), "{}\n{}", sum.wrong.len(), sum.wrong[..sum.wrong.len().min(3)].join("\n"));
    assert!(sum.violated >= count / 4 && sum.shown >= count / 8 && sum.refused.len() >= 5, "{sum:?}");
    assert!(sum.refused.values().all(|refused| *refused >= count / 2), "{sum:?}");
}

/// Each lie would be believed by a checker that left out one step.
#[test]
fn what_is_used_and_what_must_be_possible_is_checked_step_by_step() {
    let nat = json!([{ "source": "10.9.0.9", "from": "node:c" }]);
    for nat in [None, Some(nat)] {
        let exception = |id: &str, from: &str, to: &str, service: &str| json!({ "id": id, "from": from, "to": to, "service": service });
        let mut document = json!({ "sanso": 1,
            "nodes": [{ "id": "a", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.1"] },
                { "id": "b", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.1"] },
                { "id": "c", "kind": "server", "zone": "internet", "addresses": ["10.3.0.1"] },
                { "id": "fw", "kind": "firewall", "filter": { "rules": [
                    { "action": "permit", "from": "node:a", "to": "node:b", "service": "tcp/443" }] } }],
            "links": [["a", "fw"], ["b", "fw"], ["c", "fw"]],
            "transfers": [{ "id": "t", "from": "node:b", "to": "node:c" }],
            "exceptions": [exception("x1", "node:a", "node:b", "tcp/443"), exception("x2", "node:a", "node:c", "tcp/443"),
                exception("x3", "node:a", "node:b", "tcp/80"), exception("x4", "node:b", "node:c", "transfer")],
            "expects": [{ "id": "e1", "from": "node:a", "to": "node:b", "service": ["tcp/443", "tcp/80"] },
                { "id": "e2", "from": "node:a", "to": "node:b", "service": "tcp/443" },
                { "id": "e3", "from": "node:a", "to": "node:c", "service": "tcp/443" }] });
        if let Some(nat) = nat {
            document["nodes"][3]["nat"] = nat;
        }
        let text = document.to_string();
        let definition = possible::policy();
        let (policy, canonical) = (policies::asked(&definition), definition.canonical());
        let honest = prove_for(policy, "document.json", &text, true).expect("it reads").expect("a certificate");
        let mut checkers = checkers();
        assert_eq!(verdict(&mut checkers, &text, &honest.to_string(), &canonical), Ok("accepted"));
        let at =
            |id: &str| honest["requirements"].as_array().and_then(|all| all.iter().position(|one| one["id"] == id));
        let (used, expected) = (at("USED").expect("it is there"), at("EXPECTED").expect("it is there"));
        let (of_used, of_expected) = (&honest["requirements"][used], &honest["requirements"][expected]);
        assert_eq!(of_used["violating"], json!([["x2"], ["x3"]]));
        assert_eq!(of_expected["violating"], json!([["e1", "a", "b"], ["e3", "a", "c"]]));
        // x1 and x4; of x2 and x3.
        let (witnesses, trees) = (&of_used["witnesses"], &of_used["trees"]);
        let (shown, missing) = (&of_expected["shown"], &of_expected["missing"]);
        let missing_as = |service: u32, push: &Value| json!({ "service": service, "push": push });
        let claims = [
            (
                "a session of another exception",
                used,
                json!({ "violating": [["x2"]], "trees": [trees[0]],
                "witnesses": [witnesses[0], witnesses[0], witnesses[1]] }),
            ),
            (
                "a proof about another exception",
                used,
                json!({ "violating": [["x1"], ["x2"], ["x3"]],
                "trees": [trees[0], trees[0], trees[1]], "witnesses": [witnesses[1]] }),
            ),
            (
                "a proof about packets",
                used,
                json!({ "violating": [["x2"], ["x3"], ["x4"]],
                "trees": [trees[0], trees[1], trees[0]], "witnesses": [witnesses[0]] }),
            ),
            (
                "one of two services",
                expected,
                json!({ "violating": [["e3", "a", "c"]], "missing": [missing[1]],
                "shown": [shown[0], shown[0]] }),
            ),
            (
                "another service",
                expected,
                json!({ "violating": [["e1", "a", "b"], ["e2", "a", "b"], ["e3", "a", "c"]],
                "missing": [missing[0], missing[0], missing[1]], "shown": [] }),
            ),
            (
                "a proof about another node",
                expected,
                json!({ "violating": [["e1", "a", "b"], ["e2", "a", "b"], ["e3", "a", "c"]],
                "missing": [missing[0], missing_as(696, &missing[1]["push"]), missing[1]], "shown": [] }),
            ),
            (
                "a proof about another service",
                expected,
                json!({ "violating": [["e1", "a", "b"], ["e2", "a", "b"], ["e3", "a", "c"]],
                "missing": [missing[0], missing_as(696, &missing[0]["push"]), missing[1]], "shown": [] }),
            ),
        ];
        for (what, at, claim) in claims {
            let mut forged = honest.clone();
            for (key, value) in claim.as_object().into_iter().flatten() {
                forged["requirements"][at][key] = value.clone();
            }
            assert_eq!(verdict(&mut checkers, &text, &forged.to_string(), &canonical), Ok("rejected"), "{what}");
        }
    }
}
