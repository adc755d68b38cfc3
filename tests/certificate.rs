//! Certificates can be trusted: every document that is decided gets one, every checker accepts it, and nothing that is
//! false is accepted, whatever is done to a certificate or to the document under it.

use crate::campaign::number;
use crate::engine;
use crate::interpreter;

use crate::checking::checkers::{Checker, Opinion, checkers};
use crate::checking::policies::asked;
use crate::checking::trial::{self, Findings};
use crate::checking::truth::sha256;
use crate::checking::{prove, prove_for};
use crate::interpreter::random;
use sanso::city::{City, Fault};
use sanso::source::Source;
use serde_json::Value;

/// What is wrong with the certificates, plain and complete, of a text; `None` also where the document is refused.
fn trouble(name: &str, text: &str, checkers: &mut [Checker]) -> (usize, Option<String>) {
    let mut issued = 0;
    for complete in [false, true] {
        let certificate = match prove(name, text, complete) {
            Err(_) => return (0, None),
            Ok(Err(error)) => return (issued, Some(format!("{name}, complete {complete}: no certificate: {error}"))),
            Ok(Ok(certificate)) => certificate,
        };
        issued += 1;
        let report = engine::report(name, text).expect("what is proved is verified too");
        for (claim, found) in certificate["requirements"].as_array().expect("an array").iter().zip(report.requirements)
        {
            let tuples: Vec<Vec<String>> = serde_json::from_value(claim["violating"].clone()).expect("tuples");
            let verdict = format!("{:?}", found.verdict).to_lowercase();
            if claim["id"] != found.id || claim["verdict"] != verdict || tuples != found.violating {
                return (issued, Some(format!("{name}: {} differs from what verify says", found.id)));
            }
        }
        let source = Source::new(name, text.as_bytes().to_vec()).expect("UTF-8");
        let json = if sanso::document::is_json(&source) {
            text.to_owned()
        } else {
            sanso::document::convert(&source).expect("it converts")
        };
        for checker in &mut *checkers {
            let opinion = checker.judge(&json, &certificate.to_string());
            if opinion != Opinion::Accepted {
                return (issued, Some(format!("{name}, complete {complete}: {} says {opinion:?}", checker.name)));
            }
        }
    }
    (issued, None)
}

/// How many certificates of these texts were issued. Two threads.
fn all_are_issued_and_accepted(texts: &[(String, String)]) -> usize {
    let half = |half: usize| {
        let mut checkers = checkers();
        let mine = texts.iter().skip(half).step_by(2);
        mine.map(|(name, text)| trouble(name, text, &mut checkers)).collect::<Vec<_>>()
    };
    let found: Vec<(usize, Option<String>)> = std::thread::scope(|scope| {
        let halves = [scope.spawn(|| half(0)), scope.spawn(|| half(1))];
        halves.into_iter().flat_map(|half| half.join().expect("no panic")).collect()
    });
    let wrong: Vec<&String> = found.iter().filter_map(|(_, trouble)| trouble.as_ref()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    found.iter().map(|(issued, _)| issued).sum()
}

fn conformance(cases: &str) -> Vec<(String, String)> {
    let case = |line: &str| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        (format!("{}.json", case["id"].as_str().expect("an id")), case["document"].take().to_string())
    };
    cases.lines().map(case).collect()
}

#[test]
fn every_conformance_case_that_is_decided_gets_a_certificate_that_every_checker_accepts() {
    assert_eq!(all_are_issued_and_accepted(&conformance(include_str!("conformance/cases.jsonl"))), 2 * 585);
}

#[test]
fn every_case_of_the_fourth_edition_that_is_decided_gets_a_certificate_that_every_checker_accepts() {
    let mut texts = conformance(include_str!("conformance/cases-4.jsonl"));
    texts.extend(conformance(include_str!("conformance/own-4.jsonl")));
    let issued = all_are_issued_and_accepted(&texts);
    assert!(issued >= 2 * 500, "{issued}");
}

/// `SANSO_SEED` sets the first seed, `SANSO_DOCUMENTS` how many there are.
#[test]
fn random_documents_of_the_fourth_edition_get_certificates_that_every_checker_accepts() {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 200));
    let text = |seed| (format!("{seed}.json"), interpreter::random::fourth(seed).to_string());
    let texts: Vec<_> = (first..first + count).map(text).collect();
    let issued = all_are_issued_and_accepted(&texts);
    println!("{issued} certificates of {count} documents");
    assert!(issued as u64 >= count, "{issued}");
}

#[test]
fn every_topology_gets_a_certificate_that_every_checker_accepts() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies");
    let mut texts = vec![];
    for folder in ["", "small", "mistakes"] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if name.ends_with(".yaml") || (name.ends_with(".json") && !name.ends_with(".expected.json")) {
                texts.push((name, std::fs::read_to_string(&path).expect("it can be read")));
            }
        }
    }
    assert_eq!(all_are_issued_and_accepted(&texts), 2 * texts.len());
    assert_eq!(texts.len(), 30);
}

/// The policy of a model, alpha with all that the list of rules asks of it.
fn policy_of(model: &str) -> sanso::policy::definition::Definition {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
    let name = if model == "alpha" { "alpha-all" } else { model };
    let file = |name: &str| {
        let text = std::fs::read(format!("{folder}/three-tier-{name}.json")).expect("a policy");
        Source::new(format!("three-tier-{name}.json"), text).expect("UTF-8")
    };
    let nowhere = |_: &str, path: &str| Err(sanso::language::Phrase::new(path, path));
    let (read, told) = sanso::policy::read(file(name), &nowhere);
    read.unwrap_or_else(|| panic!("{model}: {told:?}"))
}

/// The towns of all models and what they are told for each other by: what `sanso prove` issues, both checkers accept.
#[test]
fn every_town_gets_a_certificate_for_the_policy_of_its_model_that_every_checker_accepts() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/models");
    let of_folder = |folder: &str| {
        let model = if folder == "four-layer" { "alpha" } else { folder };
        let definition = policy_of(model);
        let (policy, canonical) = (asked(&definition), definition.canonical());
        let (mut checkers, mut towns) = (checkers(), 0);
        for entry in std::fs::read_dir(format!("{root}/{folder}")).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.to_string_lossy().into_owned();
            if name.ends_with(".expected.json") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("it can be read");
            let certificate = prove_for(policy, &name, &text, true).expect("it is verified");
            let certificate = certificate.unwrap_or_else(|why| panic!("{name}: {why}"));
            let claims = certificate["requirements"].as_array().expect("a list");
            let count = |verdict: &str| claims.iter().filter(|one| one["verdict"] == verdict).count();
            assert!(count("proved") > 10, "{name}");
            assert_eq!(count("violated") == 0, name.ends_with("clean.json"), "{name}");
            for checker in &mut checkers {
                let opinion = checker.judge_for(&text, &certificate.to_string(), &canonical);
                assert_eq!(opinion, Opinion::Accepted, "{name}: {}", checker.name);
            }
            towns += 1;
        }
        towns
    };
    let folders = ["alpha", "alpha-prime", "beta", "beta-prime", "four-layer"];
    let towns = std::thread::scope(|scope| {
        let threads = folders.map(|folder| scope.spawn(move || of_folder(folder)));
        threads.map(|thread| thread.join().expect("no panic"))
    });
    assert_eq!(towns, [2; 5]);
}

#[test]
fn every_document_with_transfers_gets_a_certificate_that_every_checker_accepts() {
    let count = number("SANSO_DOCUMENTS", 80);
    let texts: Vec<(String, String)> =
        (1..=count).map(|seed| (format!("seed {seed}.json"), random::carried(seed).to_string())).collect();
    let issued = all_are_issued_and_accepted(&texts) as u64;
    assert!(issued > count, "{issued} of {count}");
}

#[test]
fn every_generated_city_gets_a_certificate_that_every_checker_accepts() {
    let faults = std::iter::once(vec![]).chain(Fault::ALL.map(|fault| vec![fault]));
    let mut texts = vec![];
    for faults in faults {
        for (ipv6, site_firewalls) in [(false, false), (true, true)] {
            let faults = faults.clone();
            let city = City { sites: 2, terminals: 2, rules: 8, ipv6, site_firewalls, faults, ..City::default() };
            let mut json = vec![];
            city.write(&mut json).expect("it fits");
            let name = format!("{:?} ipv6 {ipv6} firewalls {site_firewalls}.json", city.faults);
            texts.push((name, String::from_utf8(json).expect("UTF-8")));
        }
    }
    assert_eq!(all_are_issued_and_accepted(&texts), 2 * texts.len());
}

#[test]
fn both_checkers_print_the_same() {
    let (root, folder) = (env!("CARGO_MANIFEST_DIR"), env!("CARGO_TARGET_TMPDIR"));
    let [json, certificate] = ["json", "certificate"].map(|end| format!("{folder}/printed.{end}"));
    let cities = [vec![], vec![Fault::ALL[0]]].map(|faults| City { sites: 1, terminals: 1, faults, ..City::default() });
    for city in cities {
        let mut text = vec![];
        city.write(&mut text).expect("it fits");
        std::fs::write(&json, &text).expect("a file");
        let issued = prove("printed.json", &String::from_utf8(text).expect("UTF-8"), false).expect("a document");
        std::fs::write(&certificate, issued.expect("a certificate").to_string()).expect("a file");
        let printed = |program: &str, first: &str, language: &str, format: &str| {
            let call = [first, &json, &certificate, "--lang", language, "--format", format];
            let output = std::process::Command::new(program).args(call).output().expect("it runs");
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("UTF-8")
        };
        let document = sha256(&std::fs::read(&json).expect("a file"));
        for language in ["en", "ja"] {
            let both = |format: &str| {
                let one = printed("python3", &format!("{root}/checker/sanso_check.py"), language, format);
                // Each names itself.
                let other = printed(env!("CARGO_BIN_EXE_sanso"), "check", language, format);
                assert_eq!(one.replace("sanso_check.py", "sanso-check"), other);
                one
            };
            let text = both("text");
            assert!(text.lines().count() > 12 && text.contains("MN-ISOLATION") && text.contains("sanso_check.py 0."));
            let answer: Value = serde_json::from_str(&both("json")).expect("JSON");
            assert_eq!(answer["certificate"]["sha256"], sha256(&std::fs::read(&certificate).expect("a file")));
            assert_eq!(answer["document"]["sha256"], document);
        }
    }
}

/// Seeds tried where nothing else is asked for: more than ten thousand changes.
const PAIRS: u64 = 260;

/// A good share of the changes of every kind is rejected, so that none has become idle.
fn every_change_matters(found: &Findings) {
    // What proves as well as before more often than not.
    let harmless = |class: &str| class == "tool" || class == "date" || class.ends_with(".source_port");
    let (mut of_documents, mut of_certificates) = ([0, 0], [0, 0]);
    for (class, tally) in &found.tallies {
        let tries = tally.rejected + tally.true_still;
        let is_document = class.starts_with("document: ");
        let sums = if is_document { &mut of_documents } else { &mut of_certificates };
        sums[0] += tally.rejected;
        sums[1] += tries;
        let percent = if is_document || harmless(class) { 1 } else { 50 };
        assert!(tries < 40 || tally.rejected * 100 >= tries * percent, "{class}: {tally:?}");
    }
    assert!(of_documents[0] * 100 >= of_documents[1] * 30, "{of_documents:?}");
    assert!(of_certificates[0] * 100 >= of_certificates[1] * 85, "{of_certificates:?}");
    assert!(found.tallies.len() >= 130, "{} kinds of changes", found.tallies.len());
}

/// What was found, and how many changes were rejected, and accepted for they are true.
fn nothing_false_is_accepted(seeds: std::ops::Range<u64>, document: fn(u64) -> Value) -> (Findings, u64, u64) {
    let half = |half: u64| trial::tried(seeds.clone().filter(move |seed| seed % 2 == half), document, 24, 16);
    let found = std::thread::scope(|scope| {
        let halves = [scope.spawn(|| half(0)), scope.spawn(|| half(1))];
        let found = halves.map(|half| half.join().expect("no panic"));
        found.into_iter().reduce(Findings::with).expect("two halves")
    });
    let (mut rejected, mut accepted) = (0, 0);
    for (class, tally) in &found.tallies {
        println!("{:>6} rejected {:>6} still true  {class}", tally.rejected, tally.true_still);
        rejected += tally.rejected;
        accepted += tally.true_still;
    }
    println!("{} documents with certificates, {rejected} rejected, {accepted} still true", found.pairs);
    found.disagreements.iter().for_each(|one| println!("{one}"));
    assert!(found.disagreements.len() as u64 * 1000 <= rejected + accepted, "checkers often disagree on form");
    let falsehoods = &found.accepted_falsehoods;
    assert!(falsehoods.is_empty(), "{} falsehoods:\n{}", falsehoods.len(), falsehoods.join("\n"));
    (found, rejected, accepted)
}

/// As below, with documents of the fourth edition, most of which translate.
#[test]
fn no_forged_certificate_of_the_fourth_edition_is_accepted_unless_it_is_true() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_PAIRS", 60);
    let (_, rejected, _) = nothing_false_is_accepted(first..first + count, interpreter::random::fourth);
    assert!(rejected >= count * 15, "{rejected}");
}

/// `SANSO_SEED` sets the first seed, `SANSO_PAIRS` how many there are.
#[test]
fn no_forged_certificate_and_no_certificate_of_another_document_is_accepted_unless_it_is_true() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_PAIRS", PAIRS);
    let (found, rejected, accepted) = nothing_false_is_accepted(first..first + count, interpreter::random::document);
    if count >= PAIRS {
        assert!(rejected + accepted >= 10_000, "{rejected} + {accepted}");
        every_change_matters(&found);
    }
}

#[cfg(not(feature = "broken-engine"))]
#[test]
fn the_binary_has_no_switch_that_breaks_the_engine() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_sanso")).expect("it is built");
    for word in ["sabotage", "Sabotage", "ForgetsVlans", "broken-engine"] {
        assert!(!binary.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word} is in the binary");
    }
    let manifest = include_str!("../Cargo.toml");
    let mut default = manifest.lines().filter(|line| line.starts_with("default"));
    assert!(!default.any(|line| line.contains("broken-engine")), "a broken engine is a default");
}
