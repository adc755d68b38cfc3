//! What the documentation quotes is what the program says.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use sanso::Lang;
use sanso::code::Code;
use sanso::render::diff::explanation;

#[path = "../examples/verify.rs"]
#[allow(dead_code)]
mod verify_example;
#[path = "../examples/what_if.rs"]
#[allow(dead_code)]
mod what_if_example;

/// A page, by its path in the repository.
fn page(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The blocks between fences of a page, with the word behind the opening fence.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let (mut blocks, mut open) = (Vec::new(), None::<(&str, String)>);
    for line in text.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(word), None) => open = Some((word, String::new())),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some((word, body))) => open = Some((word, body + line + "\n")),
            (None, None) => {}
        }
    }
    blocks
}

/// Calls `sanso`; exit status, stdout, stderr.
fn sanso(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_readme_quotes_the_report() {
    let readme = page("README.md");
    for (lang, first) in [("en", "Separation of the three tiers"), ("ja", "三層分離の検証結果")] {
        let file = "topologies/mistakes/m02-shared-printer.yaml";
        let (status, report, _) = sanso(&["verify", file, "--date", "2026-11-22", "--lang", lang], "");
        assert_eq!(status, 1);
        let blocks = blocks(&readme);
        let quoted = blocks.iter().find(|(_, body)| body.starts_with(first)).expect("the README quotes a report");
        for part in quoted.1.split("\n…\n") {
            assert!(report.contains(part.trim()), "README.md quotes\n{part}\nbut the report is\n{report}");
        }
    }
}

#[test]
fn the_examples_say_what_they_are_for() {
    let found = verify_example::verify("topologies/mistakes/m02-shared-printer.yaml").expect("it is a document");
    for part in
        ["MN-ISOLATION: 9 violating tuples\n", ".yaml:26:11\n", "  tcp juki-db -> core-sw -> mfp\n", "LABELLED: 1 "]
    {
        assert!(found.contains(part), "{part:?} is not in\n{found}");
    }
    let nothing = verify_example::verify("topologies/small/minimal-alpha.yaml").expect("it is a document");
    assert_eq!(nothing, "");
    let told = verify_example::verify("README.md").expect_err("it is no document").to_string();
    assert!(told.contains("README.md:"), "{told}");

    let permit = r#"{"action": "permit", "from": ["10.2.0.0/16"]}"#;
    let said = what_if_example::what_if(&[r#"{"action": "deny"}"#, permit, "{"]).expect("its document can be used");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].ends_with(": opens nothing"), "{said}");
    assert!(lines[1].ends_with(": db and pc"), "{said}");
    assert!(lines[2].contains(": refused: "), "{said}");
}

#[test]
fn the_readme_quotes_the_first_finding_of_a_site() {
    let readme = page("README.md");
    for (lang, first) in [("en", "MN-ISOLATION  violated"), ("ja", "MN-ISOLATION  不適合")] {
        let file = "topologies/import/hikari-slips/site.yaml";
        let (status, report, _) = sanso(&["verify", file, "--date", "2026-11-22", "--lang", lang], "");
        assert_eq!(status, 1);
        let blocks = blocks(&readme);
        let quoted = blocks.iter().find(|(_, body)| body.starts_with(first)).expect("the README quotes a finding");
        for part in quoted.1.split("\n…\n") {
            assert!(report.contains(part.trim()), "README.md quotes\n{part}\nbut the report is\n{report}");
        }
    }
}

#[test]
fn the_whole_file_of_the_format_page_is_proved() {
    let format = page("docs/format.md");
    let blocks = blocks(&format);
    let whole = blocks.iter().find(|(word, body)| *word == "yaml" && body.starts_with("sanso: 1")).expect("an example");
    let (status, report, diagnostics) = sanso(&["verify", "-", "--lang", "en", "--date", "2026-11-22"], &whole.1);
    assert_eq!(status, 0, "{report}{diagnostics}");
    let vacuous = report.lines().filter(|line| line.contains(" vacuous ")).count();
    assert_eq!(vacuous, 0, "the example shows every requirement\n{report}");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("topologies/README.md")];
    for folder in ["docs", "docs/decisions"] {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    let mut dead = Vec::new();
    for path in pages {
        let text = fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.contains(char::is_whitespace) {
                continue;
            }
            if !path.parent().unwrap().join(target).exists() {
                dead.push(format!("{}: {target}", path.strip_prefix(root).unwrap().display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

#[test]
fn reports_speak_plain_japanese() {
    // Words of letters; a report is a record.
    const POLITE: [&str; 5] = ["です", "ます", "ません", "ました", "ください"];
    let (mut files, mut polite) = (0, Vec::new());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| POLITE.iter().any(|word| line.contains(word)));
            polite.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
            files += 1;
        }
    }
    assert!(files > 40, "{files}");
    assert!(polite.is_empty(), "{}", polite.join("\n"));
}

/// The tuples that an example says violate a requirement, and the requirements that it says hold.
fn claims(example: &str) -> (Vec<Vec<&str>>, Vec<&str>) {
    let said = |word: &'static str| {
        example.lines().filter_map(move |line| line.trim().strip_prefix("# ")?.strip_prefix(word)?.strip_prefix(": "))
    };
    (
        said("fails").map(|words| words.split(' ').collect()).collect(),
        said("holds").flat_map(|words| words.split(' ')).collect(),
    )
}

#[test]
fn what_the_page_of_devices_says_of_its_examples_is_decided() {
    let page = page("docs/devices.md");
    let blocks: Vec<String> =
        blocks(&page).into_iter().filter(|(word, _)| *word == "yaml").map(|(_, body)| body).collect();
    let (town, examples) = blocks.split_first().expect("the town comes first");
    let (mut failing, mut holding) = (0, 0);
    for example in examples {
        let text = match example.starts_with("sanso: 1") {
            true => example.clone(),
            false => town.clone() + example,
        };
        let (status, report, diagnostics) = sanso(&["verify", "-", "--format", "json", "--date", "2026-11-22"], &text);
        assert!(status < 2, "{diagnostics}\n{text}");
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let requirement = |id: &str| {
            let all = report["requirements"].as_array().unwrap();
            all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id}")).clone()
        };
        let (fails, holds) = claims(example);
        assert!(!fails.is_empty() || !holds.is_empty(), "nothing is said of\n{example}");
        for words in &fails {
            let tuple = serde_json::json!(words[1..]);
            let violating = requirement(words[0])["violating"].clone();
            assert!(violating.as_array().unwrap().contains(&tuple), "{words:?} not among {violating} of\n{example}");
        }
        for id in &holds {
            assert_eq!(requirement(id)["verdict"], "proved", "{id} of\n{example}");
        }
        (failing, holding) = (failing + fails.len(), holding + holds.len());
    }
    assert!(failing >= 14 && holding >= 5, "{failing} {holding}");
}

/// `SANSO_BLESS=1` writes the rows anew.
#[test]
fn the_page_of_codes_has_a_row_for_each() {
    const MARK: &str = "|---|---|---|\n";
    let page = page("docs/codes.md");
    let (head, rows) = page.split_once(MARK).expect("a table");
    let cell = |code: Code, lang| {
        explanation(code, lang).join(" ").replace('|', "\\|").replace('*', "\\*").replace('<', "&lt;")
    };
    let row = |&code: &Code| format!("| `{code}` | {} | {} |\n", cell(code, Lang::En), cell(code, Lang::Ja));
    let expected: String = Code::ALL.iter().map(row).collect();
    if std::env::var_os("SANSO_BLESS").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md"), format!("{head}{MARK}{expected}"))
            .unwrap();
    } else {
        assert_eq!(rows, expected, "SANSO_BLESS=1 writes the rows of docs/codes.md anew");
    }
}
