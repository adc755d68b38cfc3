//! Limits on time and memory: whatever they are, no verdict changes but to undecided, no process is killed, and the
//! memory of the process stays near the limit.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sanso::city::City;
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Limits, Memory, Outcome, RequirementDecider};
use sanso::model::{Model, names::Names};
use sanso::policy::{DEFAULT, Policy};
use sanso::source::Source;
use serde_json::Value;

#[path = "../benches/lists.rs"]
mod lists;

const MIB: u64 = 1 << 20;

/// What a process may hold above its limit: what the limit allows a report, and what is taken between two looks at it
/// (more where the machine is busy).
fn slack(limit: u64) -> u64 {
    limit / 8 + 64 * MIB
}

struct Run {
    status: i32,
    stdout: String,
    stderr: String,
    took: Duration,
    /// Peak of memory in bytes; 0 where the system does not say.
    peak: u64,
}

fn run(arguments: &[&str]) -> Run {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .args(["--lang", "en"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let (mut out, mut err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let text = |stream: &mut dyn Read| {
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("output is UTF-8");
        text
    };
    let mut peak = 0;
    let (stdout, stderr) = std::thread::scope(|scope| {
        let (stdout, stderr) = (scope.spawn(|| text(&mut out)), scope.spawn(|| text(&mut err)));
        while child.try_wait().expect("the program can be waited for").is_none() {
            peak = peak.max(peak_of(child.id()));
            std::thread::sleep(Duration::from_millis(1));
        }
        (stdout.join().expect("stdout is read"), stderr.join().expect("stderr is read"))
    });
    let status = child.wait().expect("the program can be waited for");
    let code = status.code().expect("the program was not killed");
    Run { status: code, stdout, stderr, took: started.elapsed(), peak }
}

fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

fn file(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the temporary directory can be written");
    path
}

/// Two tiers on one switch, so that every pair of so many nodes violates.
fn flat(side: usize) -> String {
    let mut nodes = String::new();
    let mut links = String::new();
    for at in 0..side {
        let comma = if at > 0 { "," } else { "" };
        nodes += &format!("{comma}{{\"id\":\"a{at}\",\"zone\":\"my-number\"}},{{\"id\":\"b{at}\",\"zone\":\"lgwan\"}}");
        links += &format!("{comma}[\"a{at}\",\"s\"],[\"b{at}\",\"s\"]");
    }
    format!("{{\"sanso\":1,\"nodes\":[{nodes},{{\"id\":\"s\",\"kind\":\"switch\"}}],\"links\":[{links}]}}")
}

fn city(city: &City) -> String {
    let mut json = Vec::new();
    city.write(&mut json).expect("a city of this size can be");
    String::from_utf8(json).expect("the city is UTF-8")
}

/// Documents that are hard on a limit, each for another reason.
fn documents() -> Vec<(&'static str, String)> {
    vec![
        ("city.json", city(&City { sites: 60, terminals: 200, rules: 400, ..City::default() })),
        ("city-firewalls.json", city(&City { sites: 150, terminals: 20, site_firewalls: true, ..City::default() })),
        ("flat.json", flat(700)),
        ("wide.json", lists::document(&lists::wide(2_000))),
        ("closed.json", lists::document(&lists::closed(4_000, false))),
        ("interleaved.json", lists::document(&lists::interleaved(4_000))),
        ("alternating.json", lists::document(&lists::alternating(2_000))),
        ("crossed.json", lists::document(&lists::crossed(4_000))),
        ("fw.json", lists::document(&lists::class_bench("fw", 8_000))),
    ]
}

/// The verdicts of a report in JSON; `None`: there is no report.
fn verdicts(text: &str) -> Option<BTreeMap<String, (String, u64)>> {
    if text.is_empty() {
        return None;
    }
    let report: Value = serde_json::from_str(text).expect("a report is whole or not there");
    let requirements = report["reports"][0]["requirements"].as_array().or(report["requirements"].as_array());
    let verdict = |one: &Value| {
        let text = |key: &str| one[key].as_str().expect("a text").to_owned();
        (text("id"), (text("verdict"), one["tuples"].as_u64().unwrap_or(0)))
    };
    Some(requirements.expect("requirements").iter().map(verdict).collect())
}

/// Holds a limited run against an unlimited one.
fn compare(name: &str, limit: &str, limited: &Run, whole: &Run) {
    let told = format!("{name} {limit}: status {}, {}", limited.status, limited.stderr);
    if limited.status != whole.status {
        assert_eq!(limited.status, 3, "{told}");
    }
    let Some(found) = verdicts(&limited.stdout) else {
        assert_eq!(limited.status, 3, "no report, and not undecided: {told}");
        assert!(limited.stderr.contains("undecided: --limit-"), "{told}");
        return;
    };
    let all = verdicts(&whole.stdout).expect("without limits there is a report");
    assert_eq!(found.len(), all.len(), "{told}");
    for (id, one) in &found {
        assert!(*one == all[id] || one.0 == "undecided", "{told}: {id} is {one:?} and not {:?}", all[id]);
    }
    if found.values().any(|one| one.0 == "undecided") {
        assert!([1, 3].contains(&limited.status), "{told}");
    }
}

#[test]
fn whatever_the_limit_on_memory_a_run_ends_near_it_and_never_with_another_verdict() {
    for (name, content) in documents() {
        let path = file(name, &content);
        let call = ["verify", path.to_str().expect("UTF-8"), "--format", "json", "--max-tuples", "1000000"];
        let whole = run(&call);
        assert!([0, 1].contains(&whole.status), "{name}: {}", whole.stderr);
        for part in [0, 1, 2, 5, 8, 10, 20] {
            let limit = whole.peak.max(16 * MIB) * part / 10;
            let text = limit.to_string();
            let limited = run(&[&call[..], &["--limit-memory", &text]].concat());
            compare(name, &format!("{} MiB", limit / MIB), &limited, &whole);
            let most = limit + slack(limit);
            assert!(limited.peak <= most, "{name}: {} bytes with a limit of {limit}", limited.peak);
            if part == 0 {
                assert_eq!(limited.status, 3, "{name}");
            }
        }
        let roomy = run(&[&call[..], &["--limit-memory", "1T"]].concat());
        assert_eq!((roomy.status, &roomy.stdout), (whole.status, &whole.stdout), "{name}");
    }
}

#[test]
fn whatever_the_limit_on_time_a_run_ends_in_time_and_never_with_another_verdict() {
    for (name, content) in documents() {
        let path = file(&format!("time-{name}"), &content);
        let call = ["verify", path.to_str().expect("UTF-8"), "--format", "json"];
        let whole = run(&call);
        for limit in ["0", "0.01", "0.1", "0.5"] {
            let limited = run(&[&call[..], &["--limit-time", limit]].concat());
            compare(name, limit, &limited, &whole);
            // The limit, a second for the report, another turn for writing it; and a busy machine.
            assert!(limited.took < Duration::from_secs(20), "{name} {limit}: {:?}", limited.took);
        }
    }
}

#[test]
fn every_command_with_limits_ends_undecided_where_they_are_nothing() {
    let old = file("limits-old.json", &flat(2));
    let new = file("limits-new.json", &flat(3));
    let (old, new) = (old.to_str().expect("UTF-8"), new.to_str().expect("UTF-8"));
    for call in [vec!["verify", new], vec!["prove", new], vec!["diff", old, new], vec!["verify", old, new]] {
        for limit in ["--limit-time", "--limit-memory"] {
            let limited = run(&[&call[..], &[limit, "0"]].concat());
            assert_eq!(limited.status, 3, "{call:?} {limit}: {} {}", limited.stdout, limited.stderr);
            assert!(!limited.stdout.contains(": proved"), "{call:?} {limit}: {}", limited.stdout);
        }
    }
    for size in ["lots", "1.5G", "-1", ""] {
        let refused = run(&["verify", new, "--limit-memory", size]);
        assert_eq!(refused.status, 2, "{size}: {}", refused.stderr);
    }
}

/// What is decided of each requirement: `None`, undecided; else the tuples, none where it is vacuous.
fn decide(model: &Model<'_>, limits: Limits) -> Vec<Option<Vec<Vec<u32>>>> {
    let policy = Policy::built_in(DEFAULT).expect("the default policy reads");
    let mut decider = RequirementDecider::new(model, Date { year: 2026, month: 11, day: 22 }, limits);
    let tuples = |outcome: Outcome| match outcome {
        Outcome::Vacuous => Vec::new(),
        Outcome::Nodes(list) | Outcome::Exceptions(list) => list.into_iter().map(|one| vec![one]).collect(),
        Outcome::Peers(peers) => peers.tuples.iter().map(|&(a, b)| vec![a, b]).collect(),
        Outcome::Tuples(_) => unreachable!("no requirement of the default policy has other tuples"),
        Outcome::Paths(paths) => paths.list(model, usize::MAX).into_iter().map(|(a, b)| vec![a, b]).collect(),
    };
    policy.requirements.iter().map(|requirement| decider.decide(requirement).ok().map(tuples)).collect()
}

#[test]
fn wherever_a_search_is_cut_short_what_is_decided_is_what_is_decided_without_limits() {
    static USED: AtomicU64 = AtomicU64::new(1);
    let mut texts: Vec<String> = documents().into_iter().skip(2).map(|(_, text)| text).collect();
    let topologies = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/ward-alpha.json");
    texts.push(std::fs::read_to_string(topologies).expect("the topology is there"));
    for text in texts {
        let source = Source::new("limits.json", text.into_bytes()).expect("UTF-8");
        let mut diagnostics = Diagnostics::default();
        let document = document::read(&source, &mut diagnostics).expect("the document is sound");
        let names = Names::resolve(&document, &mut diagnostics).expect("the names resolve");
        let model = Model::new(&document, &names);
        let whole = decide(&model, Limits::default());
        assert!(whole.iter().all(Option::is_some));
        for cells in [0, 1, 2, 3, 5, 8, 13, 21, 55, 144, 377, 987, 2_584] {
            let limited = decide(&model, Limits { cells: Some(cells), ..Limits::default() });
            for (some, all) in limited.iter().zip(&whole) {
                assert!(some.is_none() || some == all, "{cells} cells");
            }
        }
        USED.store(2, Ordering::Relaxed);
        let full = Limits { memory: Some(Memory { used: &USED, limit: 2 }), ..Limits::default() };
        let limited = decide(&model, full);
        assert!(limited.iter().any(Option::is_none));
        assert!(limited.iter().zip(&whole).all(|(some, all)| some.is_none() || some == all));
    }
}
