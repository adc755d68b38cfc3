//! The renderers over reports made by hand: what is printed, aligned and escaped, in both languages.

pub mod sample;

use sanso::code::Code;
use sanso::diagnostic::Diagnostics;
use sanso::language::{Lang, Phrase};
use sanso::render::{diagnostics, json, text};
use sanso::report::{Assumption, Guess, Report, Slip};
use sanso::source::SourceText;
use sanso::source::Span;
use unicode_width::UnicodeWidthStr;

use sample::{FILE, TEXT};

const LANGS: [(Lang, &str); 2] = [(Lang::En, "en"), (Lang::Ja, "ja")];

fn rendered(report: &Report, lang: Lang, color: bool) -> String {
    text::render(report, Some(&SourceText::new(FILE, TEXT)), text::Options { lang, color })
}

/// Compares with `tests/render/golden/NAME`; `SANSO_BLESS=1` writes it anew.
fn check_golden(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render/golden").join(name);
    if std::env::var_os("SANSO_BLESS").is_some() {
        std::fs::write(&path, actual).expect("the golden directory can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(!expected.is_empty(), "{name} is empty or missing; SANSO_BLESS=1 writes it");
    assert_eq!(actual, expected, "{name}");
}

fn sample_diagnostics() -> Diagnostics {
    let mut list = Diagnostics::default();
    let span = |from: &str, to: &str| {
        let place = sample::place(from, to);
        Span { start: place.start, end: place.end }
    };
    let error = list.error(
        Code::UnknownKey,
        span("kind: firewall", "kind"),
        Phrase::new("unknown key `kind`", "不明なキー `kind`"),
    );
    error.help = Some(Phrase::new("did you mean `kinds`?", "`kinds` の誤りではありませんか"));
    let error = list.error(
        Code::DuplicateId,
        span("無害化装置", "置"),
        Phrase::new("the id `無害化装置` is taken", "id `無害化装置` が重複しています"),
    );
    error.related = vec![(span("住基サーバー", "ー"), Phrase::new("first declared here", "最初の宣言はここです"))];
    list.warning(
        Code::UnreachableRule,
        span("- id: R8", "/16"),
        Phrase::new("the rule is loose", "ルールが広すぎます"),
    );
    list.error(Code::NothingToVerify, Span::default(), Phrase::new("nothing to verify", "検証の対象がありません"));
    list
}

#[test]
fn text_reports_are_as_approved() {
    for (lang, suffix) in LANGS {
        for (name, report) in
            [("violated", sample::violated()), ("proved", sample::proved()), ("undecided", sample::undecided())]
        {
            check_golden(&format!("{name}.{suffix}.txt"), &rendered(&report, lang, false));
        }
    }
}

#[test]
fn json_is_as_approved() {
    check_golden("violated.json", &json::render(&[sample::violated()], Lang::En).expect("renders"));
}

#[test]
fn diagnostics_are_as_approved() {
    let list = sample_diagnostics().into_sorted();
    for (lang, suffix) in LANGS {
        let shown = diagnostics::render(&list, &SourceText::new(FILE, TEXT), lang, false);
        check_golden(&format!("diagnostics.{suffix}.txt"), &shown);
    }
}

#[test]
fn every_golden_is_used() {
    let used = ["violated.json", "violated", "proved", "undecided", "diagnostics"];
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render/golden");
    for entry in std::fs::read_dir(directory).expect("there are goldens") {
        let name = entry.expect("readable").file_name().into_string().expect("UTF-8");
        let stem = name.split('.').next().unwrap_or_default();
        assert!(used.contains(&name.as_str()) || used.contains(&stem), "{name} belongs to no test");
    }
}

/// Display columns at which `needles` begin, one for each line that has one.
fn columns(text: &str, needles: &[&str]) -> Vec<usize> {
    text.lines()
        .filter_map(|line| needles.iter().find_map(|needle| line.find(needle)).map(|at| line[..at].width()))
        .collect()
}

#[test]
fn tables_align_by_display_width() {
    let report = sample::violated();
    for (lang, _) in LANGS {
        let text = rendered(&report, lang, false);
        let table: String =
            text.lines().skip_while(|line| !line.is_empty()).skip(1).take(5).map(|line| format!("{line}\n")).collect();
        let mut titles = vec!["title", "内容"];
        titles.extend(report.requirements.iter().map(|requirement| requirement.title.get(lang)));
        let found = columns(&table, &titles);
        assert_eq!(found.len(), 5, "{table}");
        assert!(found.iter().all(|&column| column == found[0]), "{table}");
        let hops: Vec<&str> = text.lines().filter(|line| line.contains("] -> [") || line.contains("  topo")).collect();
        let places = columns(&hops.join("\n"), &["topologies/本庁.yaml:9:7", "topologies/本庁.yaml:10:11"]);
        let vlans_and_rules =
            columns(&hops.join("\n"), &["VLAN 20", "default of", "rule 許", "フィルターの", "ルール 許"]);
        assert!(places.len() == 2 && places[0] == places[1], "{text}");
        assert!(vlans_and_rules.len() == 3 && vlans_and_rules[1] == vlans_and_rules[2], "{text}");
    }
}

#[test]
fn carets_stand_below_what_they_mean() {
    let list = sample_diagnostics().into_sorted();
    let shown = diagnostics::render(&list, &SourceText::new(FILE, TEXT), Lang::Ja, false);
    let lines: Vec<&str> = shown.lines().collect();
    let source = lines.iter().position(|line| line.contains("{ id: 無害化装置")).expect("an excerpt");
    let at = lines[source].find("無害化装置").expect("the id");
    let caret = lines[source + 1].find('^').expect("a caret");
    assert_eq!(lines[source][..at].width(), lines[source + 1][..caret].width(), "{shown}");
    assert_eq!(lines[source + 1].matches('^').count(), "無害化装置".width(), "{shown}");
}

#[test]
fn colour_changes_nothing_but_colour() {
    for (lang, _) in LANGS {
        let plain = rendered(&sample::violated(), lang, false);
        let coloured = rendered(&sample::violated(), lang, true);
        assert!(!plain.contains('\u{1b}'));
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(without_styles(&coloured), plain);
    }
}

fn without_styles(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once('m').map_or("", |(_, rest)| rest);
    }
    out + rest
}

#[test]
fn json_fields_come_in_the_promised_order() {
    let json = json::render(&[sample::violated()], Lang::En).expect("renders");
    let order = [
        "sanso",
        "topology",
        "name",
        "file",
        "sha256",
        "nodes",
        "links",
        "zones",
        "my-number",
        "lgwan",
        "internet",
        "school",
        "policy",
        "id",
        "sha256",
        "verdict",
        "requirements",
        "id",
        "verdict",
        "clause",
        "title",
        "en",
        "ja",
        "tuples",
        "violating",
        "findings",
        "message",
        "tuples",
        "path",
        "sessions",
        "from",
        "to",
        "packet",
        "source",
        "destination",
        "protocol",
        "source_port",
        "destination_port",
        "hops",
        "node",
        "out",
        "node",
        "in",
        "out",
        "vlan",
        "node",
        "in",
        "out",
        "rule",
        "line",
        "column",
        "rules",
    ];
    let keys: Vec<&str> = json
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('"')?.split_once("\": ").map(|(key, _)| key))
        .take(order.len())
        .collect();
    assert_eq!(keys, order);
    assert!(json.starts_with("{\n  \"sanso\"") && json.ends_with("}\n"));
}

#[test]
fn last_filter_decides_in_json_and_all_are_listed() {
    let value = parsed(&[sample::violated()]);
    let hop = &value["requirements"][0]["findings"][0]["sessions"][0]["hops"][2];
    assert_eq!(hop["rule"], "許可7");
    assert_eq!((hop["line"].as_u64(), hop["column"].as_u64()), (Some(10), Some(11)));
    assert_eq!(hop["rules"].as_array().map(Vec::len), Some(2));
    assert!(hop["rules"][0].get("rule").is_none(), "a default has no rule");
}

fn parsed(reports: &[Report]) -> serde_json::Value {
    serde_json::from_str(&json::render(reports, Lang::En).expect("renders")).expect("is JSON")
}

#[test]
fn several_reports_are_an_array() {
    let value = parsed(&[sample::violated(), sample::proved()]);
    assert_eq!(value.as_array().map(Vec::len), Some(2));
    assert_eq!((&value[0]["verdict"], &value[1]["verdict"]), (&"violated".into(), &"proved".into()));
    assert_eq!(parsed(&[]), serde_json::json!([]));
}

#[test]
fn hostile_texts_reach_neither_terminal_nor_layout() {
    let hostile = "a\u{1b}]0;pwned\u{7}\u{9b}31m\u{202e}b\nfake: line\r\u{2066}";
    let mut report = sample::violated();
    report.name = Some(hostile.into());
    report.file = hostile.into();
    report.zones.push((hostile.into(), 1));
    report.requirements[0].violating = vec![vec![hostile.into(), hostile.into()]];
    let finding = &mut report.requirements[0].findings[0];
    finding.fault = sample::leak(hostile);
    finding.path = vec![hostile.into(); 2];
    finding.guesses[0].node = Some(hostile.into());
    finding.guesses[0].fact = Guess::Claimed { source: hostile.into() };
    let session = &mut finding.sessions[0];
    session.from = hostile.into();
    session.covered_by = vec![hostile.into()];
    session.packet_mut().expect("a packet").source = hostile.into();
    session.hops[0].node = hostile.into();
    session.hops[0].out = Some(hostile.into());
    session.hops[2].decided_by[0].rule = Some(hostile.into());
    let (exception, by, basis) = (hostile.into(), hostile.into(), hostile.into());
    report.assumptions[0].fact = Assumption::Attested { exception, by, basis };
    report.warnings[0].slip = Slip::UndeclaredAddress { address: hostile.into() };
    let source = TEXT.replace("許可7", hostile);
    for (lang, _) in LANGS {
        let options = text::Options { lang, color: false };
        let shown = text::render(&report, Some(&SourceText::new(hostile, &source)), options);
        assert_harmless(&shown);
        assert!(!shown.lines().any(|line| line.starts_with("fake")), "{shown}");
        let json = json::render(std::slice::from_ref(&report), lang).expect("renders");
        assert_harmless(&json);
        let value: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
        assert_eq!(value["topology"]["name"], hostile);
    }
}

fn assert_harmless(shown: &str) {
    let bad = shown
        .chars()
        .find(|&c| c != '\n' && (c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
    assert_eq!(bad, None, "{shown:?}");
}

#[test]
fn diagnostics_of_a_huge_hostile_line_stay_small_and_harmless() {
    let text = format!(
        "{{\"a\": \"{}\", \"住\u{202e}\u{1b}[2J\": 1, \"b\": \"{}\"}}",
        "x".repeat(500_000),
        "\u{7}".repeat(500_000)
    );
    let start = text.find("\"住").expect("the key") as u32;
    let mut list = Diagnostics::default();
    for offset in 0..300 {
        let message = Phrase::new(format!("bad \u{1b}[31m {offset}"), "悪い\u{202e}");
        list.error(Code::UnknownKey, Span { start, end: start + 4 + offset }, message).help =
            Some(Phrase::new("drop\nit", "消す\r"));
    }
    let list = list.into_sorted();
    for (lang, _) in LANGS {
        let shown = diagnostics::render(&list, &SourceText::new("a\nb", &text), lang, false);
        assert_harmless(&shown);
        assert!(shown.lines().all(|line| line.width() < 300), "{shown}");
        assert_eq!(shown.matches("unknown-key").count(), 300, "every error is shown");
    }
}

#[test]
fn any_span_renders() {
    let texts = ["", "\n", "基", "a\r\n\tb: 基\r\n", "\u{1b}\u{202e}"];
    for text in texts {
        let source = SourceText::new("f", text);
        for start in 0..=text.len() as u32 + 2 {
            for end in 0..=text.len() as u32 + 2 {
                let mut list = Diagnostics::default();
                list.error(Code::UnknownKey, Span { start, end }, Phrase::new("m", "m"));
                assert_harmless(&diagnostics::render(&list.into_sorted(), &source, Lang::Ja, false));
            }
        }
    }
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let mut report = sample::violated();
    let finding = report.requirements[0].findings[0].clone();
    report.requirements[0].findings = vec![finding; 25];
    report.warnings = vec![report.warnings[0].clone(); 50];
    let text = rendered(&report, Lang::En, false);
    for said in ["15 more causes are not shown", "30 more not shown", "and 1,334 more", "--format json"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn huge_ids_stay_small_on_the_page_and_whole_in_json() {
    let mut report = sample::violated();
    let huge = "基".repeat(1_000_000);
    report.requirements[0].violating = vec![vec![huge.clone(), huge.clone()]];
    report.requirements[0].findings[0].sessions[0].hops[1].node = huge.clone();
    report.requirements[0].findings[0].fault = sample::leak(&huge);
    let text = rendered(&report, Lang::Ja, true);
    assert!(text.len() < 50_000, "{} bytes", text.len());
    assert!(json::render(&[report], Lang::Ja).expect("renders").contains(&huge));
}

#[test]
fn repetitions_are_counted_and_nothing_else_is_left_out() {
    let text = "x\n".repeat(2_000);
    let mut list = Diagnostics::default();
    for line in 0..2_000 {
        let message = if line == 1_500 { "rare" } else { "often" };
        list.error(Code::UnknownKey, Span { start: 2 * line, end: 2 * line + 1 }, Phrase::new(message, message));
    }
    let shown = diagnostics::render(&list.into_sorted(), &SourceText::new("f", &text), Lang::En, false);
    assert_eq!(shown.matches("error[unknown-key]").count(), 100 + 20 + 1, "{shown}");
    assert!(shown.contains("f:1501:1: error[unknown-key]: rare"));
    assert!(shown.contains("and 1,879 more of the same: [unknown-key] often") && shown.contains("2,000 errors"));
}
