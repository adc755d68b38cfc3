//! What the reader promises: good documents read the same by every way in, bad ones are refused with a place.

use sanso::code::Code;
use sanso::diagnostic::{Diagnostic, Diagnostics, Severity};
use sanso::document::{Document, NameTable, read, read_link, read_node, read_rule, read_thoroughly};
use sanso::model::names::Names;
use sanso::source::Source;
use sanso::verify::{Options, run_verify};

const CASES: &str = include_str!("conformance/cases.jsonl");
const CASES_4: &str = include_str!("conformance/cases-4.jsonl");

fn documents_of(cases: &str) -> Vec<String> {
    let document =
        |line| serde_json::from_str::<serde_json::Value>(line).expect("cases are JSON")["document"].to_string();
    cases.lines().map(document).collect()
}

/// The documents of the conformance cases of the third edition, as JSON.
fn documents() -> Vec<String> {
    documents_of(CASES)
}

/// Those of both editions.
fn all_documents() -> Vec<String> {
    documents().into_iter().chain(documents_of(CASES_4)).collect()
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
    for (index, text) in all_documents().iter().enumerate() {
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
fn every_conformance_document_is_the_same_as_yaml_of_ours() {
    for (index, text) in documents().iter().enumerate() {
        let yaml = sanso::document::to_yaml(&source("a.json", text)).unwrap_or_else(|| panic!("case {index}"));
        let (_, errors) = outcome(&source("a.yaml", &yaml), true);
        assert_eq!(errors, [], "case {index}: {yaml}");
        let back = sanso::document::convert(&source("a.yaml", &yaml)).expect("it converts");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(value(&back), value(text), "case {index}: {yaml}");
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
    for (index, text) in all_documents().iter().enumerate() {
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
    for (index, text) in all_documents().iter().enumerate().step_by(10) {
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

/// `line:column code «text»` of every diagnostic, warnings marked.
fn places(source: &Source, diagnostics: Vec<Diagnostic>) -> String {
    let line = |diagnostic: Diagnostic| {
        let at = source.position(diagnostic.span.start);
        let mark = if diagnostic.severity == Severity::Warning { " (warning)" } else { "" };
        assert!(diagnostic.help.is_some() || diagnostic.code == "json-syntax", "{diagnostic:?} has no help");
        let text: String = source.slice(diagnostic.span).chars().take(30).collect();
        format!("{}:{} {}{mark} «{}»\n", at.line, at.column, diagnostic.code, text.escape_debug())
    };
    diagnostics.into_iter().map(line).collect()
}

/// The help of every diagnostic of a document with these lines behind `nodes:`, in both languages.
fn helps(lines: &str) -> Vec<(String, String)> {
    let source = source("a.yaml", &format!("sanso: 1\nservices: {{ web: tcp/80 }}\nnodes:\n{lines}\n"));
    let mut diagnostics = Diagnostics::default();
    if let Some(document) = read(&source, &mut diagnostics) {
        Names::resolve(&document, &mut diagnostics);
    }
    let both = |help: sanso::language::Phrase| {
        use sanso::language::Lang;
        (help.get(Lang::En).to_owned(), help.get(Lang::Ja).to_owned())
    };
    diagnostics.into_sorted().into_iter().filter_map(|diagnostic| diagnostic.help.map(both)).collect()
}

#[test]
fn slips_of_hand_and_habit_are_told_as_what_they_are() {
    let rule = |rule: &str| format!("- {{ id: a, kind: router, filter: {{ rules: [{{ action: permit, {rule} }}] }} }}");
    for (lines, en, ja) in [
        ("- id： utm\n  kind: firewall".to_owned(), "full-width: write `id: utm`", "コロンが全角です"),
        ("- { id: a, kind：router }".to_owned(), "full-width: write `kind: router`", "「kind: router」"),
        ("- id:utm\n  kind: firewall".to_owned(), "missing behind the colon: write `id: utm`", "空白がありません"),
        ("- id: a\n  kind:router\n  title: x".to_owned(), "write `kind: router`", "「kind: router」"),
        ("- { id: a, kind:router }".to_owned(), "write `kind: router`", "「kind: router」"),
        ("- id：a".to_owned(), "write `id: a`", "「id: a」"),
        ("- id: a\n　　kind: router".to_owned(), "use half-width spaces", "字下げ"),
        ("- id: a\n  kind: router\n　- id: b".to_owned(), "use half-width spaces", "字下げ"),
        ("- ｛id: a｝".to_owned(), "did you mean `id`", "「id」ではありませんか"),
        (rule("to: all"), "write `any`", "「any」と書いて"),
        (rule("to: ALL"), "write `any`", "「any」と書いて"),
        (rule("to: すべて"), "write `any`", "「any」と書いて"),
        (rule("to: “any”"), "write `any`", "「any」と書いて"),
        (rule("to: “10.1.2.3”"), "no quotes to YAML: write `10.1.2.3`", "引用符ではありません"),
        (rule("to: １０.1.2.3"), "full-width characters: write `10.1.2.3`", "半角で「10.1.2.3」"),
        (rule("to: \"node：a\""), "write `node:a`", "半角で「node:a」"),
        (rule("to: 10.1.2.3～10.1.2.9"), "write `10.1.2.3-10.1.2.9`", "「10.1.2.3-10.1.2.9」"),
        (rule("service: https"), "write tcp/443, or declare `https`", "tcp/443 と書くか"),
        (rule("service: dns"), "write [udp/53, tcp/53]", "[udp/53, tcp/53] と書くか"),
        (rule("service: RDP"), "write tcp/3389", "tcp/3389 と書くか"),
        (rule("service: WEB"), "did you mean `web`", "「web」ではありませんか"),
        (rule("service: TCP/443"), "write tcp/443", "tcp/443 と書いて"),
        (rule("service: 443/tcp"), "write tcp/443", "tcp/443 と書いて"),
        (rule("service: \"tcp:443\""), "write tcp/443", "tcp/443 と書いて"),
        (rule("service: tcp/４４３"), "write tcp/443", "tcp/443 と書いて"),
        (rule("service: \"tcp/80,443\""), "write [tcp/80, tcp/443]", "[tcp/80, tcp/443] と書いて"),
        (rule("source_port: １０２４"), "write `1024`", "半角で「1024」"),
        ("- { id: a, addresses: 10.1.1.1-10.1.1.3 }".to_owned(), "[10.1.1.1, 10.1.1.2/31]", "10.1.1.2/31"),
        ("- { id: a, addresses: 10.1.1.1-10.9.1.3 }".to_owned(), "the CIDRs that make it up", "CIDR に分けて"),
        ("- { id: a, addresses: 10.1.1.１ }".to_owned(), "write `10.1.1.1`", "半角で「10.1.1.1」"),
        ("- { id: a, count: １０ }".to_owned(), "write `10`", "半角で「10」"),
        ("- { id: a, zone: ‘lgwan’ }".to_owned(), "did you mean `lgwan`", "「lgwan」ではありませんか"),
        ("- { id: “a” }".to_owned(), "write `a`", "「a」と書いて"),
        (
            "- id: a\nexceptions: [{ id: x, from: any, to: any, service: any, expires: 令和9年3月31日 }]".to_owned(),
            "write 2027-03-31",
            "2027-03-31 と書いて",
        ),
    ] {
        let found = helps(&lines);
        assert!(found.iter().any(|(help, _)| help.contains(en)), "{lines}: {found:?}");
        assert!(found.iter().any(|(_, help)| help.contains(ja)), "{lines}: {found:?}");
    }
}

#[test]
fn what_is_right_is_taken_for_no_slip() {
    for lines in [
        "- { id: すべて, title: “本庁”, kind: router, filter: { rules: [{ action: permit, to: \"node:すべて\" }] } }",
        "- { id: ルーター, note: １階 }\n- { id: サーバー～１, title: \"id：x\" }",
    ] {
        assert_eq!(helps(lines), [], "{lines}");
    }
}

#[test]
fn a_number_where_yaml_wants_a_name_is_its_text_and_is_converted_to_one() {
    let yaml = "sanso: 1\nname: 2026\nzones: { 100: { networks: [10.1.0.0/16], title: 5 } }\nservices: { 7: tcp/80 }
nodes:
- { id: 012, zone: 100, controls: [1], count: 010, kind: router, filter: { rules: [{ id: 10, action: permit, to: \"node:0x1f\", service: [\"7\"], source_port: [53, 1024-2000], in: 1 }] } }
- { id: 0x1f, zone: 100 }
- { id: 3, kind: switch }
- { id: 4, kind: switch }
names: { 5: 10.0.0.1 }
links: [[012:1, 0x1f], { between: [012, 0x1f], vlans: 10 }, { between: [3, 4], native: 10, vlans: { a: [10, 11], b: 10 } }]
exceptions: [{ id: 1, from: \"node:012\", to: \"node:0x1f\", service: \"7\", reason: 1, expires: 2027-03-31 }]
";
    let yaml = source("a.yaml", yaml);
    let mut diagnostics = Diagnostics::default();
    let document = read(&yaml, &mut diagnostics).expect("it reads");
    let resolved = Names::resolve(&document, &mut diagnostics).is_some();
    assert!(resolved, "{:?}", diagnostics.into_sorted());
    let warned: Vec<_> =
        diagnostics.into_sorted().iter().map(|found| (found.code.word(), yaml.slice(found.span).to_owned())).collect();
    assert_eq!(warned, [("leading-zero", "010".to_owned())]);
    assert_eq!(document.name(document.nodes[0].id), "012");
    let json = source("a.json", &sanso::document::convert(&yaml).expect("it converts"));
    let mut diagnostics = Diagnostics::default();
    let converted = read(&json, &mut diagnostics).expect("it reads");
    assert_eq!(diagnostics.into_sorted(), []);
    assert_eq!(converted.name(converted.nodes[0].id), "012");
    let value: serde_json::Value = serde_json::from_str(json.text()).expect("JSON");
    assert_eq!(value["nodes"][0]["filter"]["rules"][0]["id"], "10");
    assert_eq!(value["nodes"][0]["filter"]["rules"][0]["source_port"][0], 53);
    assert_eq!((&value["nodes"][0]["count"], &value["links"][1]["vlans"]), (&10.into(), &10.into()));
    assert_eq!(value["links"][2]["native"], 10);
    assert_eq!(value["links"][2]["vlans"], serde_json::json!({ "a": [10, 11], "b": 10 }));
    assert_eq!((&value["zones"]["100"]["title"], &value["name"]), (&"5".into(), &"2026".into()));
    // JSON says what it means: there a number is no text
    let (_, errors) = outcome(&source("a.json", r#"{"sanso":1,"nodes":[{"id":12}]}"#), true);
    assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), ["wrong-type"]);
}

/// Each file of `bad-input` has its diagnostics beside it in `FILE.expected`; `SANSO_BLESS=1` writes them.
#[test]
fn bad_input_is_refused_with_all_codes_and_places() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-input");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() >= 15);
    for file in files {
        let name = file.to_str().expect("UTF-8");
        if let Some(input) = name.strip_suffix(".expected") {
            assert!(std::path::Path::new(input).exists(), "{name} is an orphan");
            continue;
        }
        let source = Source::new(name, std::fs::read(&file).expect("readable")).expect("UTF-8");
        let mut diagnostics = Diagnostics::default();
        if read(&source, &mut diagnostics).is_some() {
            // With what the policy has to say.
            diagnostics = run_verify(&source, &Options::today(2026, 11, 22)).expect_err("it is refused");
        }
        assert!(diagnostics.has_errors(), "{name}");
        let found = places(&source, diagnostics.into_sorted());
        let beside = format!("{name}.expected");
        if std::env::var_os("SANSO_BLESS").is_some() {
            std::fs::write(&beside, &found).expect("writable");
        }
        assert_eq!(found, std::fs::read_to_string(&beside).unwrap_or_default(), "{name}");
    }
}

#[test]
fn truncated_json_is_always_an_error_whatever_its_name() {
    for text in documents().iter().step_by(60) {
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            for name in ["a.json", "-", "a.yaml"] {
                // the slow parser of YAML sees what a JSON parser gave up; a sample will do
                if name != "a.json" && end % 16 != 0 {
                    continue;
                }
                let (_, errors) = outcome(&source(name, &text[..end]), true);
                assert!(!errors.is_empty(), "{name} cut at {end} reads: {}", &text[..end]);
            }
        }
    }
}

#[test]
fn garbled_bytes_never_panic_and_both_ways_agree() {
    const GARBLE: [&str; 14] = ["", "\"", "{", "]", ",", ":", "\\", "\0", "三", "-", "&", "9", " ", "\u{3000}"];
    for (index, text) in documents().iter().enumerate().step_by(100) {
        for at in (0..text.len()).filter(|&at| text.is_char_boundary(at) && text.is_char_boundary(at + 1)) {
            let garbled = format!("{}{}{}", &text[..at], GARBLE[at % GARBLE.len()], &text[at + 1..]);
            let json = source("a.json", &garbled);
            assert_eq!(outcome(&json, true), outcome(&json, false), "case {index} garbled at {at}");
            if at % 8 == 0 {
                outcome(&source("a.yaml", &format!("---\n{garbled}")), true);
            }
        }
    }
}

#[test]
fn garbled_or_truncated_block_yaml_never_panics() {
    const GARBLE: [&str; 16] =
        ["", "\"", "{", "]", ",", ":", "\n", "\t", "三", "- ", "&", "*", "|", "? ", "!", "\n---\n"];
    let block = include_str!("bad-input/references.yaml");
    for at in (0..block.len()).filter(|&at| block.is_char_boundary(at) && block.is_char_boundary(at + 1)) {
        let mut texts = vec![block[..at].to_owned()];
        texts.extend(GARBLE.iter().map(|garble| format!("{}{garble}{}", &block[..at], &block[at + 1..])));
        for text in texts {
            let source = source("a.yaml", &text);
            let mut diagnostics = Diagnostics::default();
            match read(&source, &mut diagnostics) {
                Some(document) => assert!(Names::resolve(&document, &mut diagnostics).is_none() || at < 16, "{text}"),
                None => assert!(diagnostics.has_errors(), "{text}"),
            }
            places(&source, diagnostics.into_sorted());
        }
    }
}

#[test]
fn every_mutated_element_reads_the_same_by_both_ways() {
    let mutants = [
        r#"null"#,
        r#"true"#,
        r#"12"#,
        r#"-0"#,
        r#"10.0"#,
        r#"4095"#,
        r#"1e999"#,
        r#""""#,
        r#""a b""#,
        r#"" a""#,
        r#""a:b""#,
        r#""a\u0041\n""#,
        r#""20-30""#,
        r#""010""#,
        r#""10.0.0.1/8""#,
        r#""server""#,
        r#"[]"#,
        r#"{}"#,
        r#"[[]]"#,
        r#"["a","b"]"#,
        r#"["a:","b"]"#,
        r#"["a","b","c"]"#,
        r#"[1,"2-3"]"#,
        r#"["10.0.0.1","::1"]"#,
    ];
    let base = r#"{"sanso":1,"nodes":[{"id":#,"kind":#,"zone":#,"addresses":#,"forwards":#,"controls":#,"tags":#},#],
        "links":[#,[#,#],{"between":#,"vlans":#,"one_way":#,"id":#,"note":#}]}"#;
    let plain = [
        r#""n""#,
        r#""server""#,
        r#""lgwan""#,
        r#"["10.0.0.1"]"#,
        "true",
        r#"["mfa"]"#,
        r#""t""#,
        r#"{"id":"m"}"#,
        r#"["n","m"]"#,
        r#""n""#,
        r#""m:x""#,
        r#"["n","m"]"#,
        "[5]",
        "false",
        r#""l""#,
        r#""""#,
    ];
    let parts: Vec<&str> = base.split('#').collect();
    assert_eq!(parts.len(), plain.len() + 1);
    for target in 0..plain.len() {
        for mutant in mutants {
            let value = |at: usize| if at == target { mutant } else { plain[at] };
            let values = (0..plain.len()).map(value).chain([""]);
            let text: String = parts.iter().zip(values).flat_map(|(part, value)| [*part, value]).collect();
            let json = source("a.json", &text);
            assert_eq!(outcome(&json, true), outcome(&json, false), "{text}");
        }
    }
    // keys twice, unknown, escaped, in another order
    for node in [r#"{"id":"a","id":"a"}"#, r#"{"id":"a","tags":[],"tags":[]}"#, r#"{"\u0069d":"a"}"#, r#"{"ID":"a"}"#] {
        let json = source("a.json", &format!(r#"{{"links":[],"nodes":[{node}],"sanso":1,"nodes":[],"links":[]}}"#));
        assert_eq!(outcome(&json, true), outcome(&json, false), "{node}");
    }
}

#[test]
fn a_source_knows_its_places_and_its_hash() {
    let with_bom = Source::new("x", "\u{feff}三層\r\nab".as_bytes().to_vec()).expect("UTF-8");
    assert_eq!(with_bom.text(), "三層\r\nab");
    assert_eq!(with_bom.line(1), Some("三層"));
    assert_eq!(with_bom.line(3), None);
    let place = |offset| (with_bom.position(offset).line, with_bom.position(offset).column);
    assert_eq!(
        [place(0), place(3), place(4), place(8), place(9), place(99)],
        [(1, 1), (1, 2), (1, 2), (2, 1), (2, 2), (2, 3)]
    );
    assert_ne!(with_bom.sha256(), source("x", with_bom.text()).sha256());
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(source("x", "abc").sha256_hex(), abc);
    let error = Source::new("x", b"ab\nc\x82\xa0".to_vec()).expect_err("Shift_JIS");
    assert!(error.to_string().contains("byte 4 (line 2, column 2)"), "{error}");
}

#[test]
fn plain_scalars_of_yaml_are_resolved_by_the_core_schema() {
    let errors_of = |scalar: &str| {
        let source = source("a.yaml", &format!("sanso: 1\nnodes:\n  - id: a\n    title: {scalar}\n"));
        let mut diagnostics = Diagnostics::default();
        let document = read(&source, &mut diagnostics).expect("a document");
        (
            document.nodes[0]
                .details
                .as_ref()
                .and_then(|details| details.title.as_ref().map(|title| title.to_string())),
            diagnostics.has_errors(),
        )
    };
    for text in ["no", "yes", "on", "1:30", "2027-03-31", "10.0.0.1", "1_000", "0b1", "1e", ".", "0x", "tRue", "1 2"] {
        assert_eq!(errors_of(text), (Some(text.into()), false), "{text}");
    }
    for scalar in ["'12'", "\"12\"", "\"\\x312\""] {
        assert_eq!(errors_of(scalar), (Some("12".into()), false), "{scalar}");
    }
    let others =
        ["010", "12", "+5", "-3", "0x1f", "0o17", "1.5", ".5", "5.", "1e3", "-1.5E-3", ".inf", "-.INF", ".nan"];
    // numbers: their text, where a text is wanted
    for scalar in others {
        assert_eq!(errors_of(scalar), (Some(scalar.into()), false), "{scalar}");
    }
    for scalar in ["true", "False", "~", "null", "", "[a]", "{a: b}"] {
        assert_eq!(errors_of(scalar), (None, true), "{scalar}");
    }
}

#[test]
fn a_yaml_topology_means_what_its_json_means() {
    let yaml = "sanso: 1\nnodes:\n- id: a\n  addresses:\n  - 10.0.0.1\n- {id: b, tags: t}\nlinks:\n- [a, b]\n- between: [a, b]\n  vlans: [0x14, 100-109]\n  one_way: true\n";
    let json = r#"{"sanso": 1, "nodes": [{"id": "a", "addresses": ["10.0.0.1"]}, {"id": "b", "tags": ["t"]}],
        "links": [["a", "b"], {"between": ["a", "b"], "vlans": ["20", "100-109"], "one_way": true}]}"#;
    let (yaml, json) = (source("a.yaml", yaml), source("a.json", json));
    let mut diagnostics = Diagnostics::default();
    let yaml = read(&yaml, &mut diagnostics).expect("a document");
    let json = read(&json, &mut diagnostics).expect("a document");
    assert!(!diagnostics.has_errors());
    assert_eq!(yaml.nodes[0].addresses, json.nodes[0].addresses);
    assert_eq!(yaml.nodes[1].tags, json.nodes[1].tags);
    assert_eq!(yaml.links[1].vlans_at(0), json.links[1].vlans_at(0));
    assert_eq!(yaml.links[1].vlans_at(0), Some(&vec![(20, 20), (100, 109)]));
    assert!(yaml.links[1].one_way());
    let ends = |document: &Document<'_>| document.links[1].ends.map(|end| document.name(end).to_owned());
    assert_eq!(ends(&yaml), ends(&json));
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest_known_one() {
    for (text, expected) in [
        (
            r#"{"sanso": 1, "nodes": [{"id": "juki-db"}, {"id": "sw"}], "links": [["juki-bd", "sw"]]}"#,
            "did you mean `juki-db`?",
        ),
        (r#"{"sanso": 1, "nodes": [{"id": "a", "kidn": "host"}]}"#, "did you mean `kind`?"),
        (r#"{"sanso": 1, "nodes": [{"id": "a", "kind": "Server"}]}"#, "did you mean `server`?"),
        (r#"{"sanso": 1, "nodes": [{"id": "a", "zone": "LGWAN"}]}"#, "did you mean `lgwan`?"),
        (
            r#"{"sanso": 1, "nodes": [{"id": "a", "addresses": "10.20.1.5/24"}]}"#,
            "write 10.20.1.5 for the host, or 10.20.1.0/24 for the network",
        ),
        (r#"{"sanso": 1, "nodes": [{"id": 12}]}"#, "put it in quotes: \"12\""),
    ] {
        let json = source("a.json", text);
        let mut diagnostics = Diagnostics::default();
        let document = read(&json, &mut diagnostics).expect("a document");
        assert!(Names::resolve(&document, &mut diagnostics).is_none());
        let found = diagnostics.into_sorted();
        let helps: Vec<_> =
            found.iter().filter_map(|diagnostic| diagnostic.help.as_ref()).map(|help| &*help.en).collect();
        assert_eq!(helps, [expected], "{text}");
    }
}

#[test]
fn a_hundred_thousand_dangling_names_are_all_reported_without_quadratic_search() {
    let nodes: Vec<_> = (0..100_000).map(|n| format!(r#"{{"id":"node-{n}"}}"#)).collect();
    let links: Vec<_> = (0..100_000).map(|n| format!(r#"["node-{n}","nod-{n}x"]"#)).collect();
    let text = format!(r#"{{"sanso":1,"nodes":[{}],"links":[{}]}}"#, nodes.join(","), links.join(","));
    let json = source("a.json", &text);
    let mut diagnostics = Diagnostics::default();
    let document = read(&json, &mut diagnostics).expect("a document");
    let start = std::time::Instant::now();
    assert!(Names::resolve(&document, &mut diagnostics).is_none());
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    assert_eq!(diagnostics.into_sorted().len(), 100_000);
}

#[test]
fn json_by_name_is_json_and_anything_else_may_be_yaml() {
    let reads = |name: &str, text: &str| {
        let source = source(name, text);
        let mut diagnostics = Diagnostics::default();
        read(&source, &mut diagnostics).is_some() && !diagnostics.has_errors()
    };
    for text in [r#"{"sanso": 1, "nodes": []}"#, "\n { \"sanso\": 1, \"nodes\": [] }\n"] {
        assert!(reads("a.json", text) && reads("a.yaml", text) && reads("-", text), "{text}");
    }
    for text in [
        r#"{"sanso": 1, nodes: [],}"#,
        "{sanso: 1, nodes: []}",
        "sanso: 1\nnodes: []",
        "---\nsanso: 1\nnodes: []\n...\n",
    ] {
        assert!(!reads("a.JSON", text) && reads("a.yml", text) && reads("-", text), "{text}");
    }
}

#[test]
fn single_elements_are_read_into_the_names_of_a_document() {
    let text = source("a.json", r#"{"sanso": 1, "nodes": [{"id": "a"}, {"id": "b"}], "links": [["a", "b"]]}"#);
    let node = source("node", r#"{"id": "c", "zone": "lgwan", "filter": {"rules": []}}"#);
    let links = [source("link", r#"["a", "c:eth0"]"#), source("link", r#"{"between": ["c", "a"], "vlans": 10}"#)];
    let rule = source("rule", r#"{"action": "deny", "to": "node:c"}"#);
    let mut diagnostics = Diagnostics::default();
    let mut document = read(&text, &mut diagnostics).expect("a document");
    let before = document.clone();
    let mut node = read_node(&node, &mut document.names, &mut diagnostics).expect("a node");
    let rule = read_rule(&rule, &mut diagnostics).expect("a rule");
    node.details.as_mut().expect("details").filters.as_mut().expect("filters")[0].rules.push(rule);
    document.nodes.push(node);
    for link in &links {
        document.links.push(read_link(link, &mut document.names, &mut diagnostics).expect("a link"));
    }
    assert_eq!(diagnostics.into_sorted(), []);
    let name = |id| document.name(id);
    assert_eq!(document.links[1].ends.map(name), ["a", "c"]);
    assert_eq!(document.links[1].interface(1).map(name), Some("eth0"));
    assert_eq!(document.links[1].ends[0], document.links[0].ends[0]);
    assert_eq!(document.links[2].vlans_at(0), Some(&vec![(10, 10)]));
    let mut diagnostics = Diagnostics::default();
    let names = Names::resolve(&document, &mut diagnostics).expect("names");
    assert_eq!((names.node("c"), names.links[1]), (Some(2), [0, 2]));
    // a clone made before knows nothing of it
    assert_eq!((before.names.find("c"), before.names.len(), document.names.len()), (None, 2, 5));
    let part = document.without_contents();
    assert_eq!(part.name(document.nodes[2].id), "c");

    for (text, code) in [
        (r#"{"id": "a""#, "truncated"),
        (r#"{"id": "a"} 1"#, "json-syntax"),
        (r#"{"id": "a", "kidn": "host"}"#, "unknown-key"),
        (r#"["a", "b"]"#, "wrong-type"),
    ] {
        let (source, mut diagnostics) = (source("node", text), Diagnostics::default());
        read_node(&source, &mut NameTable::default(), &mut diagnostics);
        assert_eq!(diagnostics.into_sorted()[0].code, code, "{text}");
    }
}

#[test]
fn a_city_that_two_threads_read_is_the_one_that_is_read_thoroughly() {
    let city = sanso::city::City { sites: 10, terminals: 300, site_firewalls: true, ..sanso::city::City::default() };
    let mut text = Vec::new();
    city.write(&mut text).expect("written");
    assert!(text.len() > 1 << 20);
    let city = Source::new("city.json", text).expect("UTF-8");
    let (fast, diagnostics) = outcome(&city, true);
    assert_eq!(diagnostics, []);
    assert_eq!(fast, outcome(&city, false).0);
    let mut diagnostics = Diagnostics::default();
    let document = read(&city, &mut diagnostics).expect("a document");
    let names = Names::resolve(&document, &mut diagnostics);
    assert_eq!(diagnostics.into_sorted(), []);
    assert!(names.is_some());
}

/// A document whose elements are plain, all but a few.
const PLAIN: &str = r#"{"sanso":1,"nodes":[{"id":"a","kind":"server","addresses":["10.0.0.1","2001:db8::1"],"tags":["t"]},
{"id":"三層","zone":"lgwan","forwards":false,"controls":["mfa","x"],"addresses":"10.1.0.0/16"},{"id":"c\u0041"}],
"links":[["a","三層"],["cA:e0","a"],{"between":["a:x:y","cA"],"vlans":[10,"20-30"],"one_way":true,"id":"l","note":"n"},
{"between":["三層","a"],"vlans":5}]}"#;

#[test]
fn white_space_and_odd_bytes_anywhere_read_the_same_by_both_ways() {
    let inserts =
        [" ", "\n", "\t \r\n", "\u{3000}", "\u{85}", "\u{7f}", "0", "-", "\\n", "\\\"", "\"", "[", "}", ":", ",", "\0"];
    for at in (0..PLAIN.len()).filter(|&at| PLAIN.is_char_boundary(at)) {
        for insert in inserts {
            let text = format!("{}{insert}{}", &PLAIN[..at], &PLAIN[at..]);
            let json = source("a.json", &text);
            assert_eq!(outcome(&json, true), outcome(&json, false), "{text}");
        }
        let json = source("a.json", &PLAIN[..at]);
        assert_eq!(outcome(&json, true), outcome(&json, false), "cut at {at}");
    }
}

#[test]
fn keys_twice_odd_numbers_and_deep_nests_read_the_same_by_both_ways() {
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    let nodes = [
        r#"{"id":"a","id":"b"}"#,
        r#"{"id":"a","kind":"host","kind":"host"}"#,
        r#"{"id":"a","zone":"x","zone":"x"}"#,
        r#"{"id":"a","addresses":[],"addresses":[]}"#,
        r#"{"id":"a","addresses":["010.0.0.1"]}"#,
        r#"{"id":"a","addresses":["10.0.0.1/24"]}"#,
        r#"{"id":"a","addresses":["10.0.0.0/024"]}"#,
        r#"{"id":"a","forwards":true,"forwards":true}"#,
        r#"{"id":"a","forwards":truer}"#,
        r#"{"id":"a","tags":["x",],"zone":"z"}"#,
        r#"{"id":"a","tags":["x" "y"]}"#,
        r#"{"id":"a",}"#,
        r#"{}"#,
        &deep,
    ];
    let links = [
        r#"{"between":["a","b"],"vlans":0}"#,
        r#"{"between":["a","b"],"vlans":4095}"#,
        r#"{"between":["a","b"],"vlans":01}"#,
        r#"{"between":["a","b"],"vlans":1.0}"#,
        r#"{"between":["a","b"],"vlans":1e1}"#,
        r#"{"between":["a","b"],"vlans":100000}"#,
        r#"{"between":["a","b"],"vlans":[]}"#,
        r#"{"between":["a","b"],"vlans":[10,]}"#,
        r#"{"between":["a","b"],"vlans":["30-20"]}"#,
        r#"{"between":["a","b"],"vlans":[10],"vlans":[10]}"#,
        r#"{"between":["a","b"],"between":["a","b"]}"#,
        r#"{"between":["a","b"],"note":"a\u0000b"}"#,
        r#"{"vlans":10}"#,
        r#"["a","b",]"#,
        r#"["a:","b"]"#,
        r#"[":a","b"]"#,
        r#"["a:: b","b"]"#,
        r#"["a","a"]"#,
        &deep,
    ];
    for (list, elements) in [("nodes", &nodes[..]), ("links", &links[..])] {
        for element in elements {
            // the good ones around it are as they are without it
            let good = if list == "nodes" { r#"{"id":"g"}"# } else { r#"["g","h"]"# };
            let text = format!(r#"{{"sanso":1,"nodes":[],"{list}":[{good},{element},{good}],"{list}":[{element}]}}"#);
            for text in [text.replace(r#""nodes":[],"nodes""#, r#""nodes""#), text] {
                let json = source("a.json", &text);
                assert_eq!(outcome(&json, true), outcome(&json, false), "{text}");
            }
        }
    }
}

#[test]
fn more_interfaces_than_can_be_told_apart_are_refused() {
    use std::fmt::Write;
    let document = |named: usize| {
        let (mut rules, mut links) = (String::new(), String::new());
        for at in 0..named {
            let comma = if at > 0 { "," } else { "" };
            write!(rules, "{comma}\"i{at}\"").expect("a text takes what is written");
            write!(links, ",[\"fw:i{at}\",\"sw\"]").expect("a text takes what is written");
        }
        format!(
            r#"{{"sanso":1,"nodes":[{{"id":"mn","zone":"my-number"}},{{"id":"lg","zone":"lgwan"}},{{"id":"sw","kind":"switch"}},
{{"id":"fw","kind":"firewall","filter":{{"rules":[{{"action":"deny","in":[{rules}]}}]}}}}],"links":[["mn","sw"],["lg","fw"]{links}]}}"#
        )
    };
    for (named, refused) in [(60_000, false), (60_001, true)] {
        let source = Source::new("d.json", document(named).into_bytes()).expect("it is UTF-8");
        let mut diagnostics = Diagnostics::default();
        let document = sanso::document::read(&source, &mut diagnostics).expect("it reads");
        let resolved = sanso::model::names::Names::resolve(&document, &mut diagnostics).is_some();
        assert_eq!(resolved, !refused, "{named}");
        let codes: Vec<Code> = diagnostics.into_sorted().iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes.contains(&Code::TooManyInterfaces), refused, "{named}: {codes:?}");
    }
}
