//! The PDF as its readers get it, with the tools of poppler: `cargo test --features pdf --test pdf`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

/// Writes the PDF of a topology; its path. The exit status of the run is not looked at.
fn pdf(file: &Path, lang: &str, name: &str, more: &[&str]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .arg("verify")
        .arg(file)
        .args(["--date", "2026-11-22", "--lang", lang, "--format", &format!("pdf={}", path.display())])
        .args(more)
        .stdin(Stdio::null())
        .env("SOURCE_DATE_EPOCH", "1795705199")
        .output()
        .expect("the program starts");
    assert!(path.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

fn topology(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(name)
}

/// What a tool of poppler says.
fn tool(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .args(if program == "pdftotext" { &["-"][..] } else { &[] })
        .output()
        .unwrap_or_else(|error| panic!("{program} (of poppler-utils): {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text without white space, as lines break where the layout wants.
fn text(file: &Path) -> String {
    tool("pdftotext", &["-enc", "UTF-8"], file).split_whitespace().collect()
}

fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        let part: String = part.split_whitespace().collect();
        assert!(text.contains(&part), "{part} is not in\n{text}");
    }
}

#[test]
fn the_text_has_titles_verdicts_digests_and_page_numbers() {
    let file = topology("mistakes/m02-shared-printer.yaml");
    let ja = text(&pdf(&file, "ja", "text.ja.pdf", &[]));
    let digest = sanso::source::sha256_hex(&fs::read(&file).expect("it can be read"));
    assert_contains(
        &ja,
        &[
            "三層分離 監査調書",
            "ひかり市",
            &digest,
            "2026-11-22",
            "マイナンバー利用事務系は他の領域と通信できない",
            "LGWAN接続系とインターネット接続系は通信経路を分割し、無害化通信に限る",
            "インターネットとの通信は自治体情報セキュリティクラウドを経由する",
            "特定通信は相手先とポートを限定し、理由・承認・期限が整っている",
            "適合",
            "不適合",
            "juki-db → mfp → lg-fs",
            "検証していない事項",
            "調書番号",
            "2026-11-26 23:59",
            "監査人の結論",
            "26 | - { id: mfp, kind: printer",
            "1/",
        ],
    );
    let en = text(&pdf(&file, "en", "text.en.pdf", &[]));
    assert_contains(
        &en,
        &["Audit report on the separation of the three tiers", &digest, "violated", "What was not checked"],
    );
}

#[test]
fn fonts_are_embedded_subsets_and_the_file_is_an_archival_document() {
    let path = pdf(&topology("small/minimal-alpha.yaml"), "ja", "archive.pdf", &[]);
    let fonts = tool("pdffonts", &[], &path);
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(!rows.is_empty(), "{fonts}");
    for row in rows {
        // name, type, encoding, then: embedded, subset, mapped to Unicode
        let flags: Vec<&str> = row.split_whitespace().filter(|word| matches!(*word, "yes" | "no")).collect();
        assert!(row.contains("BIZUDPGothic") && flags == ["yes", "yes", "yes"], "{fonts}");
    }
    let info = tool("pdfinfo", &[], &path);
    for part in ["Title:           三層分離 監査調書", "Creator:         sanso ", "Tagged:          yes", "A4"]
    {
        assert!(info.contains(part), "{part} is not in\n{info}");
    }
    let metadata: String = tool("pdfinfo", &["-meta"], &path).split_whitespace().collect();
    let attribute = metadata.contains("pdfaid:part=\"2\"") && metadata.contains("pdfaid:conformance=\"A\"");
    let element = metadata.contains("<pdfaid:part>2<") && metadata.contains("<pdfaid:conformance>A<");
    assert!(attribute || element, "{metadata}");
    // the date is that of the report, not of a clock
    assert!(metadata.contains("2026-11-22"), "{metadata}");
    let bytes = fs::read(&path).expect("it can be read");
    assert!(bytes.len() < 1_000_000, "{} bytes", bytes.len());
    let structure = tool("pdfinfo", &["-struct-text"], &path);
    assert!(structure.contains("H1") && structure.contains("Table"), "{structure:.2000}");
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let file = topology("mistakes/m10-inter-vlan-routing.yaml");
    let runs = ["same-1.pdf", "same-2.pdf"].map(|name| fs::read(pdf(&file, "ja", name, &[])).expect("it can be read"));
    assert!(runs[0] == runs[1]);
    // the bookmarks
    let has = |needle: &[u8]| runs[0].windows(needle.len()).any(|window| window == needle);
    assert!(has(b"/Outlines"));
}

#[test]
fn a_certificate_of_the_same_run_is_named() {
    let certificate = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certified.json");
    let certificate_name = certificate.display().to_string();
    let more = ["--certificate", certificate_name.as_str()];
    let found = text(&pdf(&topology("small/minimal-alpha.yaml"), "en", "certified.pdf", &more));
    let digest = sanso::source::sha256_hex(&fs::read(&certificate).expect("it was written"));
    assert_contains(&found, &[&digest, "sanso-check document.json", "sanso_check.py", "--source"]);
}

#[test]
fn a_ward_is_set_in_reasonable_time_and_size() {
    let start = Instant::now();
    let path = pdf(&topology("ward-alpha.json"), "ja", "ward.pdf", &[]);
    assert!(start.elapsed() < Duration::from_secs(240), "{:?}", start.elapsed());
    assert!(fs::metadata(&path).expect("it is there").len() < 2_000_000);
    assert_contains(&text(&path), &["すべて 1 章の対象ファイルに記載されている"]);
    let info = tool("pdfinfo", &[], &path);
    let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")).and_then(|pages| pages.trim().parse().ok());
    assert!(pages.is_some_and(|pages: u32| (4..=60).contains(&pages)), "{info}");
}

#[test]
fn hostile_names_are_shown_and_do_nothing() {
    let names =
        ["<script>alert(1)</script>", "#panic(\"x\")$]\\`\"", "a\u{202e}b", "switch\u{2067}x", "😀\u{10ffff}\u{5d0}"];
    let (long, shapeless) = ("x".repeat(10_000), "😀".repeat(10_000));
    let node = |id: &str, zone: &str, address: &str| json!({ "id": id, "kind": "server", "zone": zone, "addresses": [address], "relays": [] });
    let links = [names[0], names[1], names[2], names[4], &long, &shapeless].map(|id| json!([id, names[3]]));
    let document = json!({
        "sanso": 1,
        "name": names[1],
        "nodes": [
            node(names[0], "my-number", "10.1.0.1"),
            node(names[1], "lgwan", "10.1.0.2"),
            node(names[2], "internet", "10.1.0.3"),
            node(names[4], "internet", "10.1.0.5"),
            node(&long, "internet", "10.1.0.4"),
            node(&shapeless, "lgwan", "10.1.0.6"),
            { "id": names[3], "kind": "switch" },
        ],
        "links": links,
    });
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile.json");
    fs::write(&file, document.to_string()).expect("it can be written");
    for lang in ["en", "ja"] {
        let path = pdf(&file, lang, &format!("hostile.{lang}.pdf"), &[]);
        let shown = text(&path);
        assert_contains(&shown, &[names[0], names[1], "a\\u{202e}b", "switch\\u{2067}x"]);
        // what the fonts do not have
        assert_contains(&shown, &["\\u{1f600}\\u{10ffff}\\u{5d0}"]);
        assert!(!shown.contains(['\u{202e}', '\u{fffd}']));
        let bytes = fs::read(&path).expect("it can be read");
        for active in [&b"/JavaScript"[..], b"/Launch", b"/EmbeddedFile", b"/URI"] {
            assert!(!bytes.windows(active.len()).any(|window| window == active));
        }
    }
}

const TEMPLATE: &str = r#"
    #set document(title: "t", date: datetime(year: 2026, month: 11, day: 22))
    #set text(font: "BIZ UDPGothic", fallback: false, lang: "ja")
    = Title
    #json("data.json").text
"#;

#[test]
fn any_character_can_be_set() {
    let all = (0x20..0x11_0000_u32).step_by(331).filter_map(char::from_u32);
    let all: String = all.filter(|c| !c.is_control()).flat_map(|c| [c, ' ']).collect();
    let data = json!({ "text": format!("{all} 葛\u{e0100}城 が か\u{3099} ⟨x⟩ 髙﨑① 😀") }).to_string();
    let bytes = sanso_pdf::compile(TEMPLATE, &data, "test").expect("a PDF");
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("any.pdf");
    fs::write(&path, bytes).expect("it can be written");
    assert_contains(&text(&path), &["〈x〉", "髙﨑①", "\\u{1f600}"]);
}

#[test]
fn a_template_reaches_nothing_but_its_data() {
    for reach in ["read(\"/etc/passwd\")", "datetime.today()", "import \"@preview/cetz:0.1.0\"", "image(\"x.png\")"] {
        assert!(sanso_pdf::compile(&format!("#{reach}"), "{}", "test").is_err(), "{reach}");
    }
}
