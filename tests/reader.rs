//! What the reader promises: good documents read the same by every way in, bad ones are refused with a place.

use sanso::diagnostic::{Diagnostic, Diagnostics};
use sanso::document::{read, read_thoroughly};
use sanso::model::names::Names;
use sanso::source::Source;

const CASES: &str = include_str!("conformance/cases.jsonl");

/// The documents of the conformance cases, as JSON.
fn documents() -> Vec<String> {
    let document =
        |line| serde_json::from_str::<serde_json::Value>(line).expect("cases are JSON")["document"].to_string();
    CASES.lines().map(document).collect()
}

fn source(name: &str, text: &str) -> Source {
    Source::new(name, text.as_bytes().to_vec()).expect("UTF-8")
}

/// The document as text to compare, and the diagnostics.
fn outcome(source: &Source, fast: bool) -> (String, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    let document = if fast { read(source, &mut diagnostics) } else { read_thoroughly(source, &mut diagnostics) };
    (format!("{document:?}"), diagnostics.into_sorted())
}

#[test]
fn every_conformance_document_reads_the_same_by_both_ways_and_as_yaml() {
    for (index, text) in documents().iter().enumerate() {
        let json = source("a.json", text);
        let (fast, errors) = outcome(&json, true);
        assert_eq!(errors, [], "case {index}");
        assert_eq!(fast, outcome(&json, false).0, "case {index}");
        // flow style YAML, at the same offsets when the JSON is moved as far
        let yaml = source("a.yaml", &format!("---\n{text}"));
        let moved = source("a.json", &format!("    {text}"));
        let (yaml_document, errors) = outcome(&yaml, true);
        assert_eq!(errors, [], "case {index} as YAML");
        let (moved_document, _) = outcome(&moved, true);
        let same_but_text = |debug: &str| debug.split_once(", name: ").expect("a document").1.to_owned();
        assert_eq!(same_but_text(&yaml_document), same_but_text(&moved_document), "case {index} as YAML");
    }
}

#[test]
fn every_name_of_every_conformance_document_resolves() {
    for (index, text) in documents().iter().enumerate() {
        let json = source("a.json", text);
        let mut diagnostics = Diagnostics::default();
        let document = read(&json, &mut diagnostics).expect("a document");
        let resolved = Names::resolve(&document, &mut diagnostics).is_some();
        assert_eq!(diagnostics.into_sorted(), [], "case {index}");
        assert!(resolved, "case {index}");
    }
}

#[test]
fn the_schema_accepts_every_conformance_document() {
    let validator = jsonschema::draft202012::new(&sanso::document::schema()).expect("a schema");
    for (index, text) in documents().iter().enumerate() {
        let document = serde_json::from_str(text).expect("JSON");
        let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "case {index}: {errors:?}");
    }
}

/// Calls `with` for every object of a JSON value.
fn each_object(value: &mut serde_json::Value, with: &mut dyn FnMut(&mut serde_json::Map<String, serde_json::Value>)) {
    match value {
        serde_json::Value::Array(list) => list.iter_mut().for_each(|item| each_object(item, with)),
        serde_json::Value::Object(map) => {
            with(map);
            map.values_mut().for_each(|item| each_object(item, with));
        }
        _ => {}
    }
}

#[test]
fn an_unknown_key_in_any_object_fails_in_the_schema_and_in_the_reader() {
    let validator = jsonschema::draft202012::new(&sanso::document::schema()).expect("a schema");
    for (index, text) in documents().iter().enumerate().step_by(10) {
        let original: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let mut count = 0;
        each_object(&mut original.clone(), &mut |_| count += 1);
        for target in (0..count).step_by(7) {
            let (mut document, mut at) = (original.clone(), 0);
            each_object(&mut document, &mut |map| {
                if at == target {
                    map.insert("unheard-of".into(), 1.into());
                }
                at += 1;
            });
            assert!(!validator.is_valid(&document), "case {index}, object {target}");
            let (_, errors) = outcome(&source("a.json", &document.to_string()), true);
            assert!(!errors.is_empty(), "case {index}, object {target}");
        }
    }
}
