//! The policies of `policies/`: what is the same in all models, what differs, and that each rule of the project's list is somewhere.

use crate::checking::truth::REQUIREMENTS;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sanso::document::Date;
use sanso::language::Phrase;
use sanso::policy::definition::{Asked, Definition, RequirementDefinition};
use sanso::policy::lint::lint;
use sanso::policy::{Severity, built_in_ids, definition, read};
use sanso::source::Source;
use serde_json::Value;

const DAY: Date = Date { year: 2026, month: 11, day: 29 };

const MODELS: [&str; 4] = ["alpha", "alpha-prime", "beta", "beta-prime"];

/// The list of what can be checked of a three-tier network.
const RULES: [&str; 36] = [
    "MN-01", "MN-02", "MN-03", "MN-04", "MN-05", "MN-06", "MN-07", "MN-08", "MN-09", "MN-10", "MN-11", "LG-01",
    "LG-02", "LG-03", "LG-04", "LG-05", "LG-06", "LG-07", "LG-08", "LG-09", "IN-01", "IN-02", "IN-03", "IN-04",
    "MO-01", "SH-01", "SH-02", "SH-03", "SH-04", "SH-05", "SH-06", "SH-07", "SH-08", "SH-09", "GV-01", "GV-02",
];

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The file of a model. α's has but what the contract's section on it says; what is added to it is in one of its own.
fn file(model: &str) -> Source {
    let name = if model == "alpha" { "alpha-all" } else { model };
    let path = format!("policies/three-tier-{name}.json");
    Source::new(&path, text(&path).into_bytes()).expect("it is read")
}

fn policy(model: &str) -> Definition {
    let (read, told) = read(file(model), &|_, path| Err(Phrase::new(path, path)));
    read.unwrap_or_else(|| panic!("{model}: {told:?}"))
}

fn policies() -> Vec<(&'static str, Definition)> {
    MODELS.map(|model| (model, policy(model))).into()
}

/// What a requirement asks, as JSON.
fn check(definition: &Definition, id: &str) -> Value {
    let all = definition.json();
    let one = all["requirements"].as_array().expect("a list").iter().find(|one| one["id"] == id);
    one.map_or(Value::Null, |one| one["check"].clone())
}

#[test]
fn every_policy_reads_bears_its_name_and_is_clean() {
    for (model, policy) in policies() {
        assert!(policy.id == format!("three-tier/{model}") || model == "alpha" && policy.id == "three-tier/alpha-all");
        assert_eq!(policy.model.as_deref(), Some(model));
        assert_eq!(lint(&policy, DAY), [], "{model}");
    }
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    let files: BTreeSet<String> = names.filter(|name| name.ends_with(".json")).collect();
    let models = MODELS.into_iter().chain(["alpha-all"]);
    assert_eq!(files, models.map(|model| format!("three-tier-{model}.json")).collect());
}

/// Whoever reads policies and nothing else reads these.
#[test]
fn every_built_in_policy_is_kept_as_its_canonical_json() {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/canonical")).expect("a folder");
    let kept: BTreeSet<String> =
        folder.map(|file| fs::read_to_string(file.expect("a file").path()).expect("a text")).collect();
    let made: BTreeSet<String> = built_in_ids().map(|id| definition(id).expect("it reads").canonical()).collect();
    assert!(kept == made, "write each with: sanso policy show ID --format json > policies/canonical/NAME.json");
    assert_eq!(built_in_ids().collect::<Vec<_>>(), MODELS.map(|model| format!("three-tier/{model}")));
}

#[test]
fn each_requirement_says_what_it_means_and_where_it_comes_from() {
    for (model, policy) in policies() {
        for one in &policy.requirements {
            let id = &one.id;
            assert!(one.help.is_some() && one.basis.is_some(), "{model} {id}");
            let clause = one.clause.as_deref().expect("a clause");
            assert!(clause.starts_with(|c: char| c.is_ascii_digit()), "{model} {id}: {clause}");
        }
    }
}

#[test]
fn the_same_requirement_has_the_same_words_in_every_model() {
    let mut seen: BTreeMap<String, Vec<(&str, RequirementDefinition)>> = BTreeMap::new();
    for (model, policy) in policies() {
        for one in policy.requirements {
            for (other, before) in seen.entry(one.id.clone()).or_default() {
                let words = |one: &RequirementDefinition| {
                    (one.title.clone(), one.help.clone(), one.clause.clone(), one.basis.clone())
                };
                if before.asked == one.asked {
                    assert_eq!(words(before), words(&one), "{}: {other} and {model}", one.id);
                } else {
                    assert_ne!(before.help, one.help, "{}: {other} and {model} ask different things", one.id);
                }
            }
            seen.get_mut(&one.id).expect("just entered").push((model, one));
        }
    }
}

#[test]
fn every_model_begins_with_the_requirements_of_alpha_that_the_contract_has() {
    for (model, policy) in policies() {
        let ids: Vec<&str> = policy.requirements.iter().take(8).map(|one| one.id.as_str()).collect();
        assert_eq!(ids, REQUIREMENTS, "{model}");
        assert!(policy.requirements.iter().take(8).all(|one| one.severity == Severity::Error), "{model}");
        assert!(policy.requirements.iter().any(|one| one.asked.is_waivable() && one.severity == Severity::Error));
    }
}

#[test]
fn models_differ_as_the_contract_says() {
    let of: BTreeMap<&str, Definition> = policies().into_iter().collect();
    let asks = |model: &str, id: &str| check(&of[model], id);
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let outside = r#"[{"external":true,"not":[{"tag":["approved-cloud"]}],"tier":["internet"]}]"#;
    for (id, models, expected) in [
        ("LGWAN-INTERNET", "alpha-prime", r#"{"isolation":{"a":[{"tier":["lgwan"]}],"b":[{"not":[{"tag":["approved-cloud"]}],"tier":["internet"]}],"sanitised_by":"any"}}"#.to_owned()),
        ("INTERNET-CLOUD", "alpha-prime beta beta-prime", format!(r#"{{"isolation":{{"a":[{{"tier":["lgwan"]}},{{"external":false,"tier":["internet"]}}],"b":{outside},"without":[{{"tag":["security-cloud"]}}]}}}}"#)),
        ("CLOUD-BREAKOUT", "alpha-prime", r#"{"through":{"a":[{"tier":["lgwan"]}],"b":[{"tag":["approved-cloud"]}],"nodes":[{"tag":["breakout"]}]}}"#.to_owned()),
        ("CLOUD-BREAKOUT", "beta beta-prime", r#"{"through":{"a":[{"external":false,"tier":["internet"]}],"b":[{"tag":["approved-cloud"]}],"nodes":[{"tag":["breakout"]}]}}"#.to_owned()),
        ("CLOUD-CONTROLS", "alpha-prime beta beta-prime", r#"{"attributes":{"nodes":[{"tag":["approved-cloud"]}],"controls":["tenant-restriction","user-authentication","malware-check"]}}"#.to_owned()),
        ("BREAKOUT-CONTROLS", "alpha-prime beta beta-prime", r#"{"attributes":{"nodes":[{"tag":["breakout"]}],"controls":["destination-allow-list","monitoring","blocking"]}}"#.to_owned()),
        ("CLOUD-INBOUND", "alpha-prime beta beta-prime", r#"{"sessions":{"from":[{"tag":["approved-cloud"]}],"to":[{"tier":["my-number","lgwan"]},{"external":false,"tier":["internet"]}]}}"#.to_owned()),
        ("SCREEN-DIRECTION", "alpha alpha-prime", r#"{"sessions":{"from":[{"tier":["internet"]}],"to":[{"tier":["lgwan"]}]}}"#.to_owned()),
        ("SCREEN-DIRECTION", "beta beta-prime", r#"{"sessions":{"from":[{"kind":["terminal"],"tier":["internet"]}],"to":[{"tier":["lgwan"]}]}}"#.to_owned()),
        ("SCREEN-DIRECTION-OUT", "beta beta-prime", r#"{"sessions":{"from":[{"kind":["terminal"],"tier":["lgwan"]}],"to":[{"tier":["internet"]}]}}"#.to_owned()),
        ("TERMINAL-EDR", "beta beta-prime", r#"{"attributes":{"nodes":[{"kind":["terminal"],"tier":["internet"]}],"controls":["epp","edr"]}}"#.to_owned()),
        ("ASSETS", "beta", r#"{"placement":{"nodes":[{"business":["bids","personnel","residents"]}],"tiers":["lgwan","my-number"]}}"#.to_owned()),
        ("ASSETS", "beta-prime", r#"{"placement":{"nodes":[{"business":["bids","personnel","residents"]}],"tiers":["lgwan","my-number","internet"]}}"#.to_owned()),
        ("ASSETS-CONTROLS", "beta-prime", r#"{"attributes":{"nodes":[{"business":["bids","personnel","residents"],"tier":["internet"]}],"controls":["access-control","log-management"]}}"#.to_owned()),
        ("EXTERNAL-AUDIT", "alpha-prime", r#"{"evidence":{"kind":"external-audit","within":36}}"#.to_owned()),
        ("EXTERNAL-AUDIT", "beta beta-prime", r#"{"evidence":{"kind":"external-audit","within":12}}"#.to_owned()),
    ] {
        for model in models.split(' ') {
            assert_eq!(asks(model, id), json(&expected), "{model} {id}");
        }
    }
    for model in ["beta", "beta-prime"] {
        assert_eq!(asks(model, "LGWAN-INTERNET"), asks("alpha", "LGWAN-INTERNET"), "{model}");
    }
    for id in ["CLOUD-BREAKOUT", "CLOUD-CONTROLS", "CLOUD-INBOUND", "TERMINAL-EDR", "ASSETS", "EXTERNAL-AUDIT"] {
        assert_eq!(asks("alpha", id), Value::Null, "{id}");
    }
    for id in ["TERMINAL-EDR", "ASSETS"] {
        assert_eq!(asks("alpha-prime", id), Value::Null, "{id}");
    }
}

#[test]
fn only_what_the_founding_policy_states_or_the_model_is_conditional_on_is_an_error() {
    const CONDITIONS: [&str; 12] = [
        "CLOUD-BREAKOUT",
        "CLOUD-EGRESS",
        "CLOUD-CONTROLS",
        "BREAKOUT-CONTROLS",
        "CLOUD-INBOUND",
        "SCREEN-DIRECTION",
        "SCREEN-DIRECTION-OUT",
        "TERMINAL-EDR",
        "ASSETS",
        "ASSETS-CONTROLS",
        "EXTERNAL-AUDIT",
        "MN-BUSINESS",
    ];
    for (model, policy) in policies() {
        for one in policy.requirements.iter().skip(8).filter(|one| one.severity == Severity::Error) {
            assert!(CONDITIONS.contains(&one.id.as_str()), "{model} {}", one.id);
            let is_founded = one.basis.as_ref().is_some_and(|basis| basis.source == "情報セキュリティ基本方針");
            assert!(model != "alpha" || is_founded, "{model} {}", one.id);
        }
    }
}

#[test]
fn wireless_links_of_the_my_number_tier_are_a_matter_of_the_edition() {
    for edition in ["2022-03", "2023-03", "2024-10", "2025-03"] {
        for model in MODELS {
            let site = format!(
                "sanso-policy: 1\nid: s\ntitle: {{ ja: 題, en: t }}\nextends: {model}.json\nedition: '{edition}'\n"
            );
            let source = Source::new("site.yaml", site.into_bytes()).expect("it is read");
            let (read, told) = read(source, &|_, _| Ok(file(model)));
            let read = read.unwrap_or_else(|| panic!("{told:?}"));
            let found: Vec<&RequirementDefinition> =
                read.requirements.iter().filter(|one| one.id == "MN-WIRELESS").collect();
            let [one] = found[..] else { panic!("{edition}: {found:?}") };
            let Asked::Attributes { controls, circuit, .. } = &one.asked else { panic!("{:?}", one.asked) };
            let latest = edition == "2025-03";
            assert_eq!((controls.len(), circuit.len()), if latest { (1, 0) } else { (0, 3) }, "{edition}");
            assert!(!read.canonical().contains("editions"), "the canonical JSON is of one edition");
        }
    }
}

/// The rows of the table of rules in docs/policy.md: rule, and the cell of each model.
fn rows() -> Vec<(String, Vec<String>)> {
    let page = text("docs/policy.md");
    let (_, after) = page.split_once("\n| rule | ").expect("the table of rules");
    let lines = after.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    lines.map(cells).map(|cells| (cells[0].clone(), cells[2..6].to_vec())).collect()
}

#[test]
fn every_rule_of_the_list_is_a_requirement_of_each_model_or_says_why_not() {
    let rows = rows();
    let rules: Vec<&str> = rows.iter().map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(rules, RULES, "each rule once, in the order of the list");
    for (column, (model, policy)) in policies().into_iter().enumerate() {
        let ids: BTreeSet<&str> = policy.requirements.iter().map(|one| one.id.as_str()).collect();
        let mut named = BTreeSet::from(["EXPECTED"]);
        for (rule, cells) in &rows {
            let cell = &cells[column];
            assert!(!cell.is_empty() && cell != "—", "{rule} {model}: neither a requirement nor a reason");
            let is_id = |word: &&str| word.chars().all(|c| c.is_ascii_uppercase() || c == '-');
            let words = if cell.starts_with('—') { Vec::new() } else { cell.split(", ").collect() };
            for id in words.into_iter().filter(is_id) {
                assert!(ids.contains(id), "{rule} {model}: there is no {id}");
                named.insert(ids.get(id).copied().expect("just found"));
            }
        }
        assert!(ids.is_subset(&named), "{model}: of no rule: {:?}", ids.difference(&named));
    }
}
