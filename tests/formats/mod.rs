//! Every format that the command knows: recorded outputs, schemas, and what hostile documents come to in them.
//!
//! A new format needs a row in [`FORMATS`]; all tests go over that list.

pub mod fragments;
mod golden;
mod hostile;
mod law;
pub mod read;

use crate::engine;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sanso::language::Lang;
use sanso::render::{dot, github, html, json, junit, markdown, mermaid, sarif, svg, text};
use sanso::report::Report;
use sanso::source::SourceText;

const LANGS: [(Lang, &str); 2] = [(Lang::En, "en"), (Lang::Ja, "ja")];

/// A format.
struct Format {
    /// Its word in a call.
    word: &'static str,
    /// The ending of its recorded outputs.
    ending: &'static str,
    /// The output for a report on a text.
    render: fn(&Report, &str, Lang) -> String,
    /// Reads an output as its readers do, and refuses what they would refuse or what would act in them.
    read: fn(&str) -> Result<(), String>,
    /// Whether it names every requirement.
    names_requirements: bool,
    /// Whether outputs are recorded as a whole for all of the chosen topologies, or for the violated one only.
    recorded_whole: bool,
}

const FORMATS: &[Format] = &[
    Format {
        word: "text",
        ending: "txt",
        render: |report, text, lang| {
            let source = SourceText::new(&report.file, text);
            text::render(report, Some(&source), text::Options { lang, color: false })
        },
        read: read::text,
        names_requirements: true,
        recorded_whole: false,
    },
    Format {
        word: "json",
        ending: "json",
        render: |report, _, lang| json::render(std::slice::from_ref(report), lang).expect("renders"),
        read: read::json,
        names_requirements: true,
        recorded_whole: false,
    },
    Format {
        word: "markdown",
        ending: "md",
        render: |report, _, lang| markdown::render(std::slice::from_ref(report), lang),
        read: read::markdown,
        names_requirements: true,
        recorded_whole: true,
    },
    Format {
        word: "sarif",
        ending: "sarif",
        render: |report, _, lang| sarif::render(std::slice::from_ref(report), lang).expect("renders"),
        read: read::sarif,
        names_requirements: true,
        recorded_whole: false,
    },
    Format {
        word: "junit",
        ending: "xml",
        render: |report, _, lang| junit::render(std::slice::from_ref(report), lang).expect("renders"),
        read: read::junit,
        names_requirements: true,
        recorded_whole: true,
    },
    Format {
        word: "github",
        ending: "github",
        render: |report, _, lang| github::render(std::slice::from_ref(report), lang),
        read: read::github,
        names_requirements: false,
        recorded_whole: true,
    },
    Format {
        word: "dot",
        ending: "dot",
        render: |report, _, lang| dot::render(report, lang),
        read: read::dot,
        names_requirements: false,
        recorded_whole: true,
    },
    Format {
        word: "mermaid",
        ending: "mmd",
        render: |report, _, lang| mermaid::render(report, lang),
        read: read::mermaid,
        names_requirements: false,
        recorded_whole: true,
    },
    Format {
        word: "html",
        ending: "html",
        render: |report, _, lang| html::render(report, lang).expect("renders"),
        read: read::html,
        names_requirements: true,
        recorded_whole: false,
    },
    Format {
        word: "svg",
        ending: "svg",
        render: |report, _, lang| svg::render(report, lang).expect("renders"),
        read: read::svg,
        names_requirements: false,
        recorded_whole: false,
    },
];

/// Tested in `tests/typeset.rs` and, with the feature of that name, in `tests/pdf.rs`.
const ELSEWHERE: &str = "pdf";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a topology and the report on it.
fn topology(name: &str) -> (String, Report) {
    let text = std::fs::read_to_string(root().join("topologies").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let report = engine::report(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
    (text, report)
}

fn sanso(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanso"));
    command.args(arguments).current_dir(root().join("topologies")).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "SOURCE_DATE_EPOCH"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn every_format_of_the_command_is_tested() {
    let output = sanso(&["verify", "--lang", "en", "--format", "no-such", "x"]).output().expect("the program starts");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    let known = said.split("known formats: ").nth(1).and_then(|rest| rest.split(';').next()).expect("the formats");
    let known: BTreeSet<&str> = known.split(", ").filter(|word| *word != ELSEWHERE).collect();
    assert_eq!(known, FORMATS.iter().map(|format| format.word).collect(), "known to the command, and to this test");
}

#[test]
fn the_command_writes_what_the_renderers_render() {
    let file = "mistakes/m02-shared-printer.yaml";
    let text = std::fs::read_to_string(root().join("topologies").join(file)).expect("the topology");
    let mut report = engine::whole(file, &text).expect("a report");
    // What the command adds for the audit report.
    report.quote(&SourceText::new(file, &text));
    report.audit.as_mut().expect("the facts of an audit").created = Some("2026-11-26 23:59".to_owned());
    let out =
        |word: &str, lang: &str| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("formats-{word}-{lang}"));
    for (lang, code) in LANGS {
        let wanted =
            FORMATS.iter().map(|format| format!("--format={}={}", format.word, out(format.word, code).display()));
        let wanted: Vec<String> = wanted.collect();
        for _ in 0..2 {
            let mut call = sanso(&["verify", file, "--date", "2026-11-22", "--lang", code]);
            call.env("SOURCE_DATE_EPOCH", "1795705199");
            let output = call.args(&wanted).output().expect("the program starts");
            assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(output.stdout.is_empty());
            for format in FORMATS {
                let written = std::fs::read_to_string(out(format.word, code)).expect("written");
                assert!(written == (format.render)(&report, &text, lang), "{} {code}", format.word);
            }
        }
    }
}
