//! The command as a user calls it: exit statuses, which stream gets what, languages.

mod completions;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn sanso(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanso"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "SOURCE_DATE_EPOCH"] {
        command.env_remove(name);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    sanso(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

/// A file of its own for one test.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the temporary directory can be written");
    path
}

/// Whether a call is refused: exit status 2, nothing on stdout, the reason on stderr.
fn assert_refused(output: &Output, reason: &str) {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(text(&output.stdout), "");
    assert!(stderr.contains(reason), "{reason} is not in: {stderr}");
    assert!(!stderr.contains('\u{1b}'), "colour without a terminal: {stderr:?}");
}

#[test]
fn calls_that_cannot_be_used_are_refused_in_both_languages() {
    for (call, en, ja) in [
        ("", "a command is missing", "コマンドを指定"),
        ("", "  baseline     Accept", "  schema       構成ファイル"),
        ("verify x --expires-within 30", "30d or 8w", "30d や 8w"),
        ("verify x --baseline b --redact", "does not go with --redact", "--redact は一緒に使えません"),
        ("verify no-such-*.yaml", "no file matches the pattern", "当てはまるファイルがありません"),
        ("verify", "missing: <FILE>", "引数が足りません: <FILE>"),
        ("verfy x", "did you mean `verify`", "`verify` の誤り"),
        ("verify --fromat json x", "did you mean `--format`", "`--format` の誤り"),
        ("verify x --format yaml", "known formats: text, json", "指定できる形式は text, json"),
        ("verify x --date 2026-02-30", "day of the calendar", "実在する日"),
        ("verify x --date", "needs a value", "値が必要"),
        ("verify x --max-tuples many", "whole number", "整数"),
        ("verify x --limit-time -1", "--limit-time", "--limit-time"),
        ("verify x --format json --format text", "only one format", "形式は 1 つだけ"),
        ("verify x --policy three-tier/omega", "known: three-tier/alpha", "使えるもの: three-tier/alpha"),
        ("verify - -", "standard input", "標準入力"),
        ("verify no-such-file", "cannot read no-such-file", "no-such-file が見つかりません"),
        ("explain host-bit", "did you mean the code `host-bits`", "コード「host-bits」ではありませんか"),
        ("explain MN-ISOLATIONS", "known: MN-ISOLATION", "要件の一覧: MN-ISOLATION"),
    ] {
        for (lang, reason) in [("en", en), ("ja", ja)] {
            let mut arguments = vec!["--lang", lang];
            arguments.extend(call.split_whitespace());
            assert_refused(&run(&arguments), reason);
        }
    }
    assert_refused(&run(&["--lang", "fr", "verify", "x"]), "allowed: ja, en");
}

#[test]
fn the_day_comes_from_the_call_or_from_source_date_epoch() {
    let file = topology("small/minimal-alpha.yaml");
    let call = ["verify", &file, "--format", "json", "--limit-time", "0"];
    let date = |output: &Output| {
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        json["date"].as_str().map(str::to_owned)
    };
    let with = |epoch: &str| sanso(&call).env("SOURCE_DATE_EPOCH", epoch).output().expect("the program starts");
    // Midnight in Japan is 15:00 UTC of the day before.
    assert_eq!(date(&with("1774969199")).as_deref(), Some("2026-03-31"));
    assert_eq!(date(&with("1774969200")).as_deref(), Some("2026-04-01"));
    let asked = sanso(&call).args(["--date", "2026-11-22"]).env("SOURCE_DATE_EPOCH", "x").output().expect("it starts");
    assert_eq!(date(&asked).as_deref(), Some("2026-11-22"));
    for epoch in ["", "x", "-1", "1.5", "99999999999999999999"] {
        assert_refused(&with(epoch), "SOURCE_DATE_EPOCH");
        let japanese = sanso(&call).args(["--lang", "ja"]).env("SOURCE_DATE_EPOCH", epoch).output().expect("it starts");
        assert_refused(&japanese, "環境変数 SOURCE_DATE_EPOCH");
    }
    let prove = sanso(&["prove", &file, "--lang", "en"]).env("SOURCE_DATE_EPOCH", "x").output().expect("it starts");
    assert_refused(&prove, "SOURCE_DATE_EPOCH is `x`");
}

#[test]
fn bad_input_is_refused_whatever_it_is() {
    let contents: [&[u8]; 8] = [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"{",
        b"[1, 2]",
        b"sanso: 2\n",
        b"{\"sanso\": 1}",
        b"\x1b]0;x\x07: [\xe2\x80\xae",
    ];
    for (index, content) in contents.iter().enumerate() {
        let path = file(&format!("bad-{index}"), content);
        for format in ["text", "json"] {
            assert_refused(&run(&["verify", "--format", format, path.to_str().expect("UTF-8")]), "bad-");
        }
    }
}

#[test]
fn every_unusable_file_is_told_of_before_anything_is_written() {
    let first = file("unusable-1", b"{");
    let call = ["verify", first.to_str().expect("UTF-8"), "missing-2", "--lang", "ja"];
    let output = run(&call);
    for reason in ["unusable-1", "missing-2 が見つかりません"] {
        assert_refused(&output, reason);
    }
}

#[test]
fn standard_input_is_read() {
    let mut child = sanso(&["verify", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("is piped").write_all(b"{").expect("the program reads");
    assert_refused(&child.wait_with_output().expect("it ends"), "-:1:");
}

#[test]
fn a_checker_given_yaml_names_the_call_that_converts_it() {
    let yaml = topology("small/minimal-alpha.yaml");
    for (lang, hint) in [("en", "convert it first, with `sanso convert FILE"), ("ja", "「sanso convert FILE")] {
        assert_refused(&run(&["check", &yaml, &yaml, "--lang", lang]), hint);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = Command::new("python3")
            .arg(root.join("checker/sanso_check.py"))
            .args([&yaml, &yaml, "--lang", lang])
            .output()
            .expect("python3 starts");
        assert_refused(&python, hint);
    }
}

#[test]
fn a_directory_where_one_file_is_wanted_is_told_of() {
    for call in ["prove .", "convert .", "check . .", "attest . --key .", "diff . .", "explain MN-ISOLATION --policy ."]
    {
        for (lang, hint) in [("en", "directory"), ("ja", "ディレクトリー")] {
            let mut arguments: Vec<&str> = call.split(' ').collect();
            arguments.extend(["--lang", lang]);
            let hint = if call.starts_with("explain") { "three-tier" } else { hint };
            assert_refused(&run(&arguments), hint);
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error_once() {
    for call in ["verify", "prove", "rules", "repair", "exposure", "coverage", "import", "convert", "why"] {
        let ends: &[&str] = if call == "why" { &["a", "b"] } else { &[] };
        for (lang, error) in [("en", "error: "), ("ja", "エラー: ")] {
            let output = run(&[&[call, "no-such.yaml", "--lang", lang], ends].concat());
            let told = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{call}: {told}");
            assert!(told.contains("no-such.yaml"), "{call}: {told}");
            assert_eq!(told.matches(error).count(), 1, "{call}: {told}");
        }
    }
}

#[test]
fn hostile_file_names_are_escaped() {
    let output = run(&["verify", "no\u{1b}[31m\u{202e}\nsuch"]);
    assert_refused(&output, "no\\u{1b}[31m\\u{202e}\\u{a}such");
    let output = run(&["verify", "--\u{1b}[31m"]);
    assert_refused(&output, "\\u{1b}");
}

#[test]
fn help_is_understandable_in_both_languages() {
    for (call, en, ja) in [
        (&["--help"][..], "Exit statuses", "終了ステータス"),
        (&["verify", "--help"], "Topology files", "構成ファイル"),
        (&["verify", "-h"], "Usage: sanso verify", "使い方: sanso verify"),
        (&["explain", "--help"], "Explain a requirement", "要件を説明"),
        (&["explain", "MN-ISOLATION"], "What it means", "意味"),
        (&["explain"], "LABELLED", "LABELLED"),
        (&["explain", "host-bits"], "is either a host or a network", "ホストなのかネットワークなのか"),
        (&["explain", "Relay-Widened"], "How to mend it", "直し方"),
        (&["explain"], "Codes of messages", "メッセージと差分のコード"),
    ] {
        for (lang, expected) in [("en", en), ("ja", ja)] {
            let output = sanso(call).args(["--lang", lang]).output().expect("the program starts");
            assert_eq!(output.status.code(), Some(0));
            assert_eq!(text(&output.stderr), "");
            let stdout = text(&output.stdout);
            assert!(stdout.contains(expected), "{expected} is not in: {stdout}");
            let japanese = stdout.lines().filter(|line| line.chars().any(|c| ('ぁ'..='ん').contains(&c))).count();
            assert_eq!(japanese > 0, lang == "ja", "{stdout}");
        }
    }
    assert!(text(&run(&["--version"]).stdout).starts_with("sanso "));
}

#[test]
fn locale_chooses_the_language() {
    for (variables, japanese) in [
        (&[("LANG", "ja_JP.UTF-8")][..], true),
        (&[("LANG", "ja_JP.UTF-8"), ("LC_MESSAGES", "C")], false),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "ja_JP")], true),
        (&[("LC_ALL", ""), ("LANG", "ja_JP")], true),
        (&[("LANG", "C.UTF-8")], false),
        (&[], false),
    ] {
        let output = sanso(&["--help"]).envs(variables.iter().copied()).output().expect("the program starts");
        assert_eq!(text(&output.stdout).contains("使い方"), japanese, "{variables:?}");
    }
    let output = sanso(&["--help", "--lang", "en"]).env("LANG", "ja_JP").output().expect("the program starts");
    assert!(text(&output.stdout).contains("Usage"));
}

#[test]
fn reader_that_goes_away_is_no_error() {
    let mut child =
        sanso(&["explain"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn stdout_that_cannot_be_written_is_status_2() {
    for call in [&["explain"][..], &["--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let output = sanso(call).stdout(full).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("cannot write"), "{}", text(&output.stderr));
    }
}

/// A file of `topologies/`.
fn topology(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(name).to_string_lossy().into_owned()
}

#[test]
fn exit_statuses_are_those_of_the_contract() {
    let (good, bad) = (topology("small/minimal-alpha.yaml"), topology("mistakes/m18-backup.yaml"));
    let broken = file("status-broken.yaml", b"sanso: 1\nnodes: [{ id: a }]\nlinks: [[a, b]]\n");
    let empty = file("status-empty.yaml", b"sanso: 1\nnodes: [{ id: a }, { id: b }]\nlinks: [[a, b]]\n");
    let (broken, empty) = (broken.to_string_lossy(), empty.to_string_lossy());
    for (arguments, status) in [
        (&["verify", &good][..], 0),
        (&["verify", &bad], 1),
        (&["verify", &good, &bad], 1),
        (&["verify", &broken], 2),
        (&["verify", &empty], 2),
        (&["verify", &good, &broken], 2),
        (&["verify", "--limit-time", "0", &good], 3),
        (&["verify", "--limit-time", "1000", &good], 0),
    ] {
        let output = sanso(arguments).args(["--date", "2026-11-22"]).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(status == 2, output.stdout.is_empty(), "{arguments:?}");
        if status != 2 {
            let again = sanso(arguments).args(["--date", "2026-11-22"]).output().expect("the program starts");
            assert_eq!(output.stdout, again.stdout, "{arguments:?}");
        }
    }
    assert!(text(&run(&["verify", &empty]).stderr).contains("nothing to verify"));
}

#[test]
fn generated_networks_can_be_verified() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated.json");
    let path = path.to_str().expect("UTF-8");
    for (faults, status) in [(&[][..], 0), (&["--fault", "any-any", "--fault", "no-mfa"], 1)] {
        let output =
            sanso(&["generate", "--sites", "2", "-o", path]).args(faults).output().expect("the program starts");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), ""), "{}", text(&output.stderr));
        assert_eq!(run(&["verify", "--date", "2026-11-22", path]).status.code(), Some(status));
    }
    let output = run(&["generate", "--sites", "1", "--terminals", "1"]);
    assert!(text(&output.stdout).starts_with("{\"sanso\":1,"));
    assert_refused(&run(&["generate", "--fault", "no-such"]), "shared-storage");
    assert_refused(&run(&["generate", "--sites", "0"]), "sites and terminals");
}

#[test]
fn the_schema_is_json() {
    let output = run(&["schema"]);
    assert_eq!(output.status.code(), Some(0));
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(schema["$schema"].is_string());
}

#[cfg(not(feature = "pdf"))]
#[test]
fn a_pdf_is_refused_where_it_was_not_built_in_and_the_call_that_builds_it_is_said() {
    let (topology, out) = (topology("small/minimal-alpha.yaml"), file("refused.pdf", b"before"));
    let format = format!("pdf={}", out.display());
    for (lang, sentence) in
        [("en", "was built without the format `pdf`"), ("ja", "pdf 形式を含めずにビルドされています")]
    {
        let output = run(&["verify", &topology, "--lang", lang, "--format", &format]);
        assert_refused(&output, sentence);
        assert_refused(&output, "cargo build --release --features pdf\n");
    }
    assert_eq!(std::fs::read(&out).expect("it is still there"), b"before");
}

/// A directory of its own for one test, with one in it.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(path.join("sub")).expect("the temporary directory can be written");
    path
}

/// A call from a directory, on a fixed day.
fn run_in(folder: &Path, call: &str) -> Output {
    let words: Vec<&str> = call.split_whitespace().collect();
    sanso(&words).args(["--date", "2026-11-29"]).current_dir(folder).output().expect("the program starts")
}

#[test]
fn directories_and_patterns_name_files_and_give_lists() {
    let folder = folder("several");
    std::fs::copy(topology("small/minimal-alpha.yaml"), folder.join("b.yaml")).expect("it can be copied");
    std::fs::copy(topology("mistakes/m01-no-mfa.yaml"), folder.join("sub/a.yml")).expect("it can be copied");
    std::fs::write(folder.join("other.yaml"), "a: 1").expect("it can be written");
    std::fs::write(folder.join(".hidden.yaml"), "sanso: 9").expect("it can be written");
    let names = |output: &Output| -> Vec<String> {
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let name = |report: &serde_json::Value| report["topology"]["file"].as_str().expect("a name").to_owned();
        json.as_array().expect("an array").iter().map(name).collect()
    };
    let output = run_in(&folder, "verify . --format json");
    assert_eq!((output.status.code(), names(&output)), (Some(1), vec!["./b.yaml".into(), "./sub/a.yml".into()]));
    assert!(text(&output.stderr).contains("other.yaml"), "what is left out is told of: {}", text(&output.stderr));
    let output = run_in(&folder, "verify b.* --format json");
    assert_eq!((output.status.code(), names(&output)), (Some(0), vec!["b.yaml".into()]), "a list, of one too");
    let output = run_in(&folder, "verify b.yaml ./b.yaml sub/../b.yaml --format json");
    assert_eq!(names(&output), ["b.yaml"], "each once");
    // what is broken is not passed over: the gravest counts, 2 before 1 before 0
    std::fs::write(folder.join("sub/broken.json"), "{\"sanso\": 1,").expect("it can be written");
    assert_refused(&run_in(&folder, "verify . --quiet"), "broken.json");
    std::fs::remove_file(folder.join("b.yaml")).expect("it can be removed");
    std::fs::remove_dir_all(folder.join("sub")).expect("it can be removed");
    assert_refused(&run_in(&folder, "verify ."), "holds no topology file");
}

#[test]
fn a_configuration_above_the_file_speaks_where_the_call_does_not() {
    let folder = folder("configured");
    std::fs::copy(topology("small/minimal-alpha.yaml"), folder.join("sub/a.yaml")).expect("it can be copied");
    let configure = |toml: &str| std::fs::write(folder.join("sanso.toml"), toml).expect("it can be written");
    configure("lang = \"ja\"\nformats = [\"text\", \"json=sub/out.json\"]\n");
    let output = run_in(&folder, "verify sub/a.yaml");
    assert!(text(&output.stdout).contains("総合判定"));
    assert!(text(&output.stderr).contains("設定ファイル: sanso.toml"));
    assert!(folder.join("sub/out.json").exists());
    let output = run_in(&folder, "verify sub/a.yaml --lang en --format text --quiet");
    assert!(text(&output.stdout).contains("proved"), "the call goes first");
    assert_eq!(text(&output.stderr), "");
    let output = run_in(&folder, "verify sub/a.yaml --quiet");
    assert_eq!((output.status.code(), text(&output.stdout), text(&output.stderr)), (Some(0), "", ""));
    assert!(!text(&run_in(&folder, "verify sub/a.yaml --no-config").stdout).contains("総合判定"));
    configure("fail-on = \"warning\"\nexpires-within = \"52w\"\n");
    let output = run_in(&folder, "verify sub/a.yaml");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("[expires-soon]: the exception `eltax` expires on 2027-03-31"));
    for (toml, place, reason) in [
        ("polcy = \"x\"", "sanso.toml:1:1", "did you mean `policy`"),
        ("policy = \"x\"", "sanso.toml:1:11", "there is no policy `x`"),
        ("lang = \"fr\"", "sanso.toml:1:9", "neither ja nor en"),
        ("\nlang = 1", "sanso.toml:2:8", "double quotes"),
        ("lang = ja", "sanso.toml:1:8", "not TOML"),
        ("formats = [\"jsn\"]", "sanso.toml:1:13", "known formats"),
        ("formats = [\"json=../x.json\"]", "sanso.toml:1:13", "outside the directory"),
        ("baseline = \"/b.toml\"", "sanso.toml:1:13", "outside the directory"),
        ("expires-within = \"soon\"", "sanso.toml:1:19", "30d or 8w"),
    ] {
        configure(toml);
        let output = run_in(&folder, "verify sub/a.yaml");
        assert_refused(&output, place);
        assert_refused(&output, reason);
    }
    // two files, two configurations
    configure("");
    std::fs::write(folder.join("sub/sanso.toml"), "").expect("it can be written");
    std::fs::copy(topology("small/minimal-alpha.yaml"), folder.join("b.yaml")).expect("it can be copied");
    assert_refused(&run_in(&folder, "verify b.yaml sub/a.yaml"), "two configurations");
    assert_eq!(run_in(&folder, "verify b.yaml sub/a.yaml --config sanso.toml").status.code(), Some(0));
}

#[test]
fn a_baseline_passes_over_what_it_accepts_until_it_expires_and_over_nothing_else() {
    let folder = folder("accepted");
    let copy = |from: &str| std::fs::copy(topology(from), folder.join("a.yaml")).expect("it can be copied");
    copy("mistakes/m01-no-mfa.yaml");
    let accept = "baseline a.yaml -o b.toml --owner 田中 --reason 移行中 --expires";
    assert_refused(&run_in(&folder, "baseline a.yaml -o b.toml"), "1 violations are not accepted yet");
    assert_refused(&run_in(&folder, &format!("{accept} 2026-11-28")), "begin expired");
    assert!(!folder.join("b.toml").exists());
    assert_eq!(run_in(&folder, &format!("{accept} 2026-12-31")).status.code(), Some(0));
    let verify = |more: &str| run_in(&folder, &format!("verify a.yaml --baseline b.toml {more}"));
    // accepted, shown as such, and a violation all the same
    let output = verify("");
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{page}");
    for said in
        ["MN-TERMINAL", "violated", "accepted in the baseline until 2026-12-31 (1 of 1", "田中", "移行中", "not proved"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let json: serde_json::Value = serde_json::from_slice(&verify("--format json").stdout).expect("JSON");
    assert_eq!(json["verdict"], "violated");
    assert!(json["assumptions"].to_string().contains("田中"));
    let accepted = "accepted in the baseline until 2026-12-31 (1): owner 田中; reason: 移行中";
    let sarif: serde_json::Value = serde_json::from_slice(&verify("--format sarif").stdout).expect("JSON");
    let run = &sarif["runs"][0];
    let of_requirement = |id: &'static str| move |one: &&serde_json::Value| one["ruleId"] == id;
    let results = || run["results"].as_array().expect("a list").iter();
    let suppressed = results().find(of_requirement("MN-TERMINAL")).expect("a result");
    assert_eq!(suppressed["suppressions"][0]["status"], "accepted");
    assert_eq!(suppressed["suppressions"][0]["justification"], accepted);
    assert_eq!(run["invocations"][0]["exitCode"], 0);
    assert_eq!(run["properties"]["files"][0]["accepted"]["MN-TERMINAL"], 1);
    let junit = verify("--format junit");
    let junit = text(&junit.stdout);
    assert!(junit.contains("failures=\"0\"") && junit.contains("<skipped message=\"1 violating tuple"), "{junit}");
    assert!(junit.contains(accepted) && junit.contains("name=\"accepted-MN-TERMINAL\" value=\"1/1\""), "{junit}");
    assert_eq!(verify("--expires-within 31d").status.code(), Some(0));
    assert!(!text(&verify("--expires-within 31d").stdout).contains("expires-soon"));
    let output = verify("--fail-on warning --expires-within 32d");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("[expires-soon]: the acceptance of 1 violating tuples of MN-TERMINAL"));
    // the day after the last it counts again
    let late =
        sanso(&["verify", "a.yaml", "--baseline", "b.toml", "--date", "2027-01-01"]).current_dir(&folder).output();
    let late = late.expect("it starts");
    assert_eq!(late.status.code(), Some(1));
    assert!(text(&late.stdout).contains("[accepted-expired]"));
    // another violation counts
    copy("mistakes/m02-shared-printer.yaml");
    let output = verify("");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("[accepted-gone]: 1 accepted tuples of MN-TERMINAL"));
    assert_eq!(run_in(&folder, &format!("{accept} 2026-12-31")).status.code(), Some(0));
    let written = std::fs::read_to_string(folder.join("b.toml")).expect("it was written");
    assert!(!written.contains("MN-TERMINAL"), "{written}");
    assert_eq!(verify("").status.code(), Some(0));
    // one tuple of the same cause less, and it counts: tuples are accepted, not causes
    let tuple = written.lines().find(|line| line.starts_with("  [\"juki-db")).expect("a tuple");
    std::fs::write(folder.join("b.toml"), written.replacen(&format!("{tuple}\n"), "", 1)).expect("it can be written");
    assert_eq!(verify("").status.code(), Some(1));
    let junit = verify("--format junit");
    let junit = text(&junit.stdout);
    assert!(junit.contains("<failure message=\"9 violating tuples") && junit.contains("value=\"8/9\""), "{junit}");
    let sarif: serde_json::Value = serde_json::from_slice(&verify("--format sarif").stdout).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("a list").iter();
    let suppressed: Vec<bool> = results
        .filter(|one| one["ruleId"] == "MN-ISOLATION" || one["ruleId"] == "LABELLED")
        .map(|one| one["suppressions"].is_array() && one["ruleId"] == "LABELLED")
        .collect();
    assert_eq!(suppressed, [false, true], "{sarif:#}");
    std::fs::write(folder.join("b.toml"), &written).expect("it can be written");
    // the same from anywhere, and of another file nothing is accepted
    let output = run_in(&folder.join("sub"), "verify ../a.yaml --baseline ../b.toml");
    assert_eq!(output.status.code(), Some(0));
    std::fs::copy(folder.join("a.yaml"), folder.join("c.yaml")).expect("it can be copied");
    assert_eq!(run_in(&folder, "verify c.yaml --baseline b.toml").status.code(), Some(1));
    for (toml, reason) in [
        (written.replace("version = 1", "version = 2"), "of version 2"),
        (written.replace("owner = \"田中\"", "owner = \" \""), "nobody answers"),
        (written.replace("2026-12-31", "2026-12-32"), "no date"),
        (written.replace("owner", "onwer"), "did you mean `owner`"),
        (written.replacen("tuples = [", "tuples = [[", 1), "not TOML"),
    ] {
        std::fs::write(folder.join("b.toml"), toml).expect("it can be written");
        assert_refused(&verify(""), reason);
        assert_refused(&verify(""), "b.toml:");
    }
}

#[test]
fn help_fits_the_columns_there_are_in_both_languages() {
    let width =
        |line: &str| line.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum::<usize>();
    for lang in ["en", "ja"] {
        for command in ["", "verify", "diff", "watch", "prove", "check", "attest", "baseline", "completions"] {
            for columns in ["60", "80", "120"] {
                let call: Vec<&str> = command.split_whitespace().chain(["--help", "--lang", lang]).collect();
                let output = sanso(&call).env("COLUMNS", columns).output().expect("it starts");
                assert_eq!(output.status.code(), Some(0));
                let most: usize = columns.parse().expect("a number");
                for line in text(&output.stdout).lines() {
                    assert!(width(line) <= most, "{command} {columns}: {line}");
                }
            }
        }
    }
    // without a command: all of them
    let output = run(&["--lang", "ja"]);
    for command in ["verify", "baseline", "completions", "schema"] {
        assert!(text(&output.stderr).lines().any(|line| line.trim_start().starts_with(command)), "{command}");
    }
}

#[test]
fn colour_is_what_the_call_says() {
    let file = topology("small/minimal-alpha.yaml");
    for (when, colored) in [("always", true), ("never", false), ("auto", false)] {
        let output = run(&["verify", &file, "--color", when]);
        assert_eq!(text(&output.stdout).contains('\u{1b}'), colored, "{when}");
    }
}

#[test]
fn a_document_is_written_as_yaml_where_the_file_is_called_so() {
    let folder = folder("yaml");
    let json = folder.join("a.json");
    let city =
        run(&["generate", "--sites", "2", "--terminals", "2", "-o", folder.join("a.yaml").to_str().expect("UTF-8")]);
    assert_eq!(city.status.code(), Some(0), "{}", text(&city.stderr));
    let written = std::fs::read_to_string(folder.join("a.yaml")).expect("it was written");
    assert!(written.starts_with("sanso: 1\n") && written.contains("\n  - { id: "), "{written}");
    let in_folder = |call: &[&str]| sanso(call).current_dir(&folder).output().expect("it starts");
    for call in [
        ["convert", "a.yaml", "-o", "a.json"],
        ["convert", "a.json", "-o", "b.YML"],
        ["convert", "b.YML", "-o", "b.json"],
    ] {
        assert_eq!(in_folder(&call).status.code(), Some(0), "{call:?}");
    }
    assert_eq!(std::fs::read(&json).expect("it was written"), std::fs::read(folder.join("b.json")).expect("so was it"));
}

#[test]
fn the_particulars_of_an_audit_are_in_its_report() {
    // The example of the documentation.
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md")).expect("it is there");
    let from = page.find("```yaml\nnumber:").expect("an example") + "```yaml\n".len();
    let example = &page[from..from + page[from..].find("```").expect("its end")];
    let dossier = file("dossier.yaml", example.as_bytes()).display().to_string();
    let topology = topology("mistakes/m02-shared-printer.yaml");
    let call = |more: &[&str]| {
        let mut call = vec!["verify", &topology, "--lang", "ja", "--date", "2026-11-22", "--format", "html"];
        call.extend(more);
        sanso(&call).env("SOURCE_DATE_EPOCH", "1795705199").output().expect("the program starts")
    };
    let with = call(&["--dossier", &dossier]);
    assert_eq!(with.status.code(), Some(1), "{}", text(&with.stderr));
    for part in [
        "令和8年度 情監第7号",
        "総務部 情報政策課",
        "監査 花子",
        "査閲 太郎",
        "承認 次郎",
        "構成の文書を機器の設定と照合した。<br>sanso により検証し",
        "令和9年1月末までに複合機を領域ごとに分ける。",
        // 1795705199 is the last second of a day in Japan
        "2026-11-26 23:59",
        // what the finding names, as it stands in the document
        "26 |   - { id: mfp, kind: printer, addresses: [10.10.9.9, 10.20.9.9]",
    ] {
        assert!(text(&with.stdout).contains(part), "{part} is missing");
    }
    assert_eq!(with.stdout, call(&["--dossier", &dossier]).stdout, "the same bytes");
    let without = call(&[]);
    assert!(!text(&without.stdout).contains("情監第7号") && text(&without.stdout).contains("調書番号"));
    let redacted = call(&["--redact"]);
    assert!(!text(&redacted.stdout).contains("複合機(二枚差し)"), "nothing of the document under --redact");

    let slip = file("slip.yaml", "auditor: a\nreveiwer: b\n".as_bytes()).display().to_string();
    let refused = call(&["--dossier", &slip]);
    assert_refused(&refused, "slip.yaml:2:1");
    assert!(text(&refused.stderr).contains("「reviewer」ではありませんか"), "{}", text(&refused.stderr));
    assert_refused(&run(&["verify", &topology, "--lang", "en", "--dossier", &dossier]), "add --format html=FILE");
    assert_refused(&call(&["--dossier", "no-such-file"]), "no-such-file");
}
