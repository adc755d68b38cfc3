//! The audit report before it is set: its words in both languages to the letter, hostile documents escaped, large ones
//! summarised. `SANSO_BLESS=1` writes `tests/typeset/` anew.

use crate::engine;

use std::fs;
use std::path::Path;

use sanso::language::Lang;
use sanso::render::typst;
use serde_json::{Value, json};

const LANGS: [(Lang, &str); 2] = [(Lang::En, "en"), (Lang::Ja, "ja")];

fn data(name: &str, text: &str, lang: Lang) -> Value {
    let report = engine::whole(name, text).unwrap_or_else(|found| panic!("{found}"));
    let data = typst::data(&report, lang).expect("it serialises").expect("the facts were asked for");
    serde_json::from_str(&data).expect("it is JSON")
}

fn topology(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(file)).expect("it can be read")
}

/// All strings in a value.
fn strings<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(fields) => fields.values().for_each(|item| strings(item, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn data_are_as_approved() {
    for (file, stem) in
        [("small/minimal-alpha.yaml", "minimal-alpha"), ("mistakes/m02-shared-printer.yaml", "m02-shared-printer")]
    {
        for (lang, suffix) in LANGS {
            let actual = format!("{:#}\n", data(file, &topology(file), lang));
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/typeset/{stem}.{suffix}.json"));
            if std::env::var_os("SANSO_BLESS").is_some() {
                fs::write(&path, &actual).expect("the golden can be written");
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert!(!expected.is_empty(), "{path:?} is missing; SANSO_BLESS=1 writes it");
            assert!(actual == expected, "{path:?} is not what is said:\n{actual}");
        }
    }
}

/// A network of two tiers and a gateway, all of whose names are hostile.
fn hostile() -> String {
    let names =
        ["<script>alert(1)</script>", "#panic(\"x\") $ ] \\ ` \"", "a\u{202e}b\u{2066}c\u{200b}d", "switch\u{2067}x"];
    let long = "x".repeat(10_000);
    let node = |id: &str, zone: &str, address: &str| json!({ "id": id, "kind": "server", "zone": zone, "addresses": [address], "relays": [] });
    let links = [names[0], names[1], names[2], &long].map(|id| json!([id, names[3]]));
    json!({
        "sanso": 1,
        "name": names[1],
        "nodes": [
            node(names[0], "my-number", "10.1.0.1"),
            node(names[1], "lgwan", "10.1.0.2"),
            node(names[2], "internet", "10.1.0.3"),
            node(&long, "internet", "10.1.0.4"),
            { "id": names[3], "kind": "switch" },
        ],
        "links": links,
    })
    .to_string()
}

#[test]
fn hostile_names_are_shown_and_do_nothing() {
    for (lang, _) in LANGS {
        let data = data("d\u{202e}.json", &hostile(), lang);
        let mut all = Vec::new();
        strings(&data, &mut all);
        let unsafe_characters =
            |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{2069}');
        for text in &all {
            assert!(!text.contains(unsafe_characters), "{text:?}");
            assert!(text.chars().count() < 10_000, "{text:.60}… is not cut");
        }
        for shown in ["<script>alert(1)</script>", "a\\u{202e}b\\u{2066}c\\u{200b}d"] {
            assert!(all.iter().any(|text| text.contains(shown)), "{shown}");
        }
    }
}

#[test]
fn the_ward_is_summarised_and_what_is_left_out_is_said() {
    for (lang, _) in LANGS {
        let data = data("ward-alpha.json", &topology("ward-alpha.json"), lang);
        for zone in data["zones"].as_array().expect("zones") {
            let listed = zone["nodes"].as_array().expect("nodes").len();
            let all: usize = zone["size"]
                .as_str()
                .and_then(|size| size.split(|c: char| !c.is_ascii_digit() && c != ',').find(|part| !part.is_empty()))
                .and_then(|number| number.trim_end_matches(',').replace(',', "").parse().ok())
                .expect("a number of endpoints");
            assert!(listed <= 200, "{listed} nodes are listed");
            assert_eq!(zone["more"].is_null(), listed == all, "{}", zone["name"]);
        }
        assert!(data.to_string().len() < 200_000);
    }
}

#[test]
fn the_template_has_no_words() {
    let text = typst::TEMPLATE.lines().map(|line| line.split("//").next().unwrap_or_default());
    assert!(
        text.clone().all(|line| line.is_ascii() || line.contains("trim") || line.contains('→')),
        "a word in a language"
    );
    assert_eq!(text.filter(|line| line.contains("json(")).count(), 1);
}
