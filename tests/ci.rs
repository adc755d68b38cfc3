//! The examples for CI: they are YAML, and every call of sanso in them is one that the program accepts. What is released is packed,
//! installed and run here as far as that goes without a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const EXAMPLES: [&str; 3] = ["docs/ci/github.yaml", "docs/ci/gitlab.yaml", ".pre-commit-hooks.yaml"];

/// What makes and takes releases.
const RELEASES: [&str; 2] = [".github/workflows/release.yaml", ".github/actions/sanso/action.yaml"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The calls of sanso in a file, as words; `cargo install … sanso` is none.
fn calls(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("run: ").trim_start_matches("entry: ");
        line.strip_prefix("sanso ")
    });
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn the_examples_are_yaml() {
    for path in EXAMPLES.into_iter().chain(RELEASES) {
        let source = text(path);
        let events = saphyr_parser::Parser::new_from_str(&source).collect::<Result<Vec<_>, _>>();
        assert!(events.is_ok_and(|events| events.len() > 10), "{path} is no YAML");
    }
}

#[test]
fn every_call_in_the_examples_is_accepted() {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ci");
    fs::create_dir_all(&folder).expect("the folder can be made");
    for name in ["network.yaml", "old.yaml"] {
        fs::copy(root().join("topologies/small/minimal-alpha.yaml"), folder.join(name)).expect("it can be copied");
    }
    let mut count = 0;
    for path in EXAMPLES {
        for mut call in calls(&text(path)) {
            if !call.iter().any(|word| word.ends_with(".yaml")) {
                // A hook gets its files behind the call.
                call.push("network.yaml".to_owned());
            }
            let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
                .args(&call)
                .args(["--date", "2026-11-22"])
                .current_dir(&folder)
                .stdin(Stdio::null())
                .output()
                .expect("the program starts");
            assert_eq!(output.status.code(), Some(0), "{path}: {call:?}: {}", String::from_utf8_lossy(&output.stderr));
            for word in call.iter().filter_map(|word| word.split_once('=')).map(|(_, file)| file) {
                let written = fs::read(folder.join(word)).unwrap_or_default();
                assert!(!written.is_empty(), "{path}: {call:?} does not write {word}");
            }
            count += 1;
        }
    }
    assert!(count >= 5, "{count} calls are not all of them");
}

/// The scripts of the steps of a workflow or an action, by the names of the steps where they have some.
fn steps(path: &str) -> Vec<(String, String)> {
    use saphyr_parser::Event;
    let source = text(path);
    let scalars: Vec<String> = saphyr_parser::Parser::new_from_str(&source)
        .filter_map(|event| match event.expect("YAML").0 {
            Event::Scalar(text, ..) => Some(text.into_owned()),
            _ => None,
        })
        .collect();
    let (mut name, mut steps) = (String::new(), Vec::new());
    for pair in scalars.windows(2) {
        match &*pair[0] {
            "name" => name.clone_from(&pair[1]),
            "run" => steps.push((name.clone(), pair[1].clone())),
            _ => {}
        }
    }
    steps
}

fn bash(script: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new("bash");
    command.args(["-eo", "pipefail", "-c", script, "bash"]).args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

#[test]
fn every_step_is_a_script_that_bash_reads() {
    let mut count = 0;
    for path in EXAMPLES.into_iter().chain(RELEASES) {
        for (name, script) in steps(path) {
            let output = Command::new("bash").args(["-n", "-c", &script]).output().expect("bash starts");
            assert!(output.status.success(), "{path}: {name}: {}", String::from_utf8_lossy(&output.stderr));
            count += 1;
        }
    }
    assert!(count >= 10, "{count} steps are not all of them");
}

#[test]
fn what_is_released_is_what_is_installed() {
    let workflow = text(RELEASES[0]);
    let targets: Vec<&str> = workflow
        .split("target: ")
        .skip(1)
        .filter_map(|rest| rest.split([',', ' ', '\n']).next())
        .filter(|target| target.contains('-'))
        .collect();
    assert!(targets.len() >= 5, "{targets:?}");
    let script = text(".github/actions/sanso/install");
    let known: Vec<&str> = script.split("target=").skip(1).filter_map(|rest| rest.split(' ').next()).collect();
    for target in &known {
        assert!(targets.contains(target), "{target} is not built");
    }
    let manifest = text("Cargo.toml");
    for (line, kind) in [("/sanso-{ target }.tar.gz", "tar.gz"), ("/sanso-{ target }.zip", "zip")] {
        assert!(manifest.contains(&format!("{{ repo }}/releases/download/v{{ version }}{line}")), "{line}");
        assert!(text(".github/package").contains(&format!("$name.{kind}")), "{kind}");
    }
    // what nobody has filled in yet says so
    for path in ["Cargo.toml", "docs/ci/github.yaml", "docs/ci/gitlab.yaml", "docs/ci.md", RELEASES[1]] {
        for url in text(path).split("https://example.").skip(1) {
            assert!(url.starts_with("invalid/REPLACE-ME/sanso"), "{path}: https://example.{url:.40}");
        }
    }
    let container = text("docs/ci/Containerfile");
    for word in container
        .lines()
        .filter(|line| line.starts_with("COPY ") && !line.contains("--from"))
        .flat_map(str::split_whitespace)
        .skip(1)
    {
        assert!(["COPY", ".", "/"].contains(&word) || root().join(word).exists(), "{word}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_packed_program_is_installed_by_the_action_and_verifies() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
    let _ = fs::remove_dir_all(&folder);
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let release = folder.join("releases/download/v0.1.0");
    fs::create_dir_all(&release).expect("the folder can be made");
    let package = root().join(".github/package");
    let release_name = release.to_str().expect("UTF-8");
    let script = r#""$@""#;
    let package = package.to_str().expect("UTF-8");
    let packed = bash(script, &[package, env!("CARGO_BIN_EXE_sanso"), &target, release_name], &folder)
        .output()
        .expect("bash starts");
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let archive = release.join(format!("sanso-{target}.tar.gz"));
    let steps = steps(RELEASES[1]);
    let step = |name: &str| &steps.iter().find(|(step, _)| step == name).expect("the step is there").1;
    let install = |repository: &str| {
        let output = bash(step("Install"), &[], &folder)
            .env("GITHUB_ACTION_PATH", root().join(".github/actions/sanso"))
            .env("GITHUB_PATH", folder.join("path"))
            .env("RUNNER_TEMP", &folder)
            .env("SANSO_REPOSITORY", repository)
            .env("SANSO_VERSION", "0.1.0")
            .output()
            .expect("bash starts");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let here = format!("file://{}", folder.to_str().expect("UTF-8"));
    let (code, said) = install(&here);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(concat!("sanso ", env!("CARGO_PKG_VERSION"))), "{said}");
    let path = fs::read_to_string(folder.join("path")).expect("it was written");
    for file in [
        "sanso_check.py",
        "policies/canonical/three-tier-alpha.json",
        "LICENSE-MIT",
        "completions/sanso.zsh",
        "man/sanso-verify.1",
    ] {
        assert!(Path::new(path.trim()).join(file).exists(), "{file}");
    }
    for (file, code) in [("small/minimal-alpha.yaml", 0), ("mistakes/m01-no-mfa.yaml", 1)] {
        let output = bash(step("Verify"), &[], &folder)
            .env("PATH", format!("{}:{}", path.trim(), std::env::var("PATH").unwrap_or_default()))
            .env("SANSO_FILES", root().join("topologies").join(file))
            .env("SANSO_ARGUMENTS", "--format github --date 2026-11-22")
            .output()
            .expect("bash starts");
        assert_eq!(output.status.code(), Some(code), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    }
    // what is not what was released is not run, and what is not filled in is said so
    let mut bytes = fs::read(&archive).expect("it was packed");
    bytes.push(0);
    fs::write(&archive, bytes).expect("it can be written");
    assert_ne!(install(&here).0, Some(0));
    let (code, said) = install("https://example.invalid/REPLACE-ME/sanso");
    assert_eq!(code, Some(2), "{said}");
}
