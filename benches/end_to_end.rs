//! The whole way from a file to verdicts against the yardstick: what a JSON reader alone needs to read the same file into
//! typed structs. Each run is a process of its own, runs of all kinds alternate, and memory is the peak that the kernel
//! counted for the process.
//!
//! The yardstick is the fastest of the readers: serde_json into structs that borrow their texts, and sonic-rs likewise
//! where `SANSO_YARDSTICK` names the executable of the crate `benches/yardstick`. serde_json into structs that own
//! their texts is shown beside it.
//!
//! `cargo bench --bench end_to_end` measures cities of 10,000 and 100,000 endpoints; `SANSO_BENCH_ENDPOINTS=1000000`
//! one of that size, and `SANSO_BENCH_RUNS` sets how often. The bench can also be called on a file:
//! `strings FILE`, `lent FILE`, `verify FILE` and `stages FILE` (the last with the time of each stage) do one run, and
//! `compare FILE` measures that file instead of cities.

#![allow(missing_docs)] // a bench has no readers but its file

mod baseline;
mod measure;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use sanso::city::City;
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Limits, Outcome, RequirementDecider};
use sanso::model::{Model, names::Names};
use sanso::network::Network;
use sanso::policy::Policy;
use sanso::source::Source;
use serde::Deserialize;

use baseline::Lent;
use measure::{cpu_seconds, peak_mib};

const DATE: Date = Date { year: 2026, month: 11, day: 22 };

/// Terminals of each tier at a site, so that a city of a million endpoints has 1,667 sites.
const TERMINALS: u32 = 200;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["strings", file] => measured(|| yardstick::<String>(&fs::read(file)?)),
        ["lent", file] => measured(|| yardstick::<Lent<'_>>(&fs::read(file)?)),
        ["compare", file] => {
            let runs = number("SANSO_BENCH_RUNS").unwrap_or(5).max(1);
            heading(runs);
            compare(Path::new(file), file, runs)
        }
        ["verify", file] => measured(|| verify(file, false)),
        ["stages", file] => measured(|| verify(file, true)),
        _ => compare_all(),
    }
}

/// Runs a job and prints its seconds, those of the processor, and the peak of memory in MiB.
fn measured(job: impl FnOnce() -> Result<usize, Failure>) -> Result<(), Failure> {
    let start = Instant::now();
    let count = job()?;
    println!("{:.4} {:.4} {:.1} {count}", start.elapsed().as_secs_f64(), cpu_seconds(), peak_mib());
    Ok(())
}

fn yardstick<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<usize, Failure> {
    let document: baseline::Document<T> = serde_json::from_slice(bytes)?;
    let count = document.nodes.len() + document.links.len();
    // Freeing is left to the end of the process, on both sides.
    std::mem::forget(document);
    Ok(count)
}

fn verify(file: &str, tell: bool) -> Result<usize, Failure> {
    let mut last = Instant::now();
    let mut stage = |name: &str| {
        if tell {
            println!("{:>10.1} ms {:>8.1} MiB  {name}", last.elapsed().as_secs_f64() * 1e3, peak_mib());
            last = Instant::now();
        }
    };
    let bytes = fs::read(file)?;
    stage("file");
    let source = Source::new("city.json", bytes)?;
    stage("UTF-8");
    let mut diagnostics = Diagnostics::default();
    let document = document::read(&source, &mut diagnostics).ok_or("no document")?;
    stage("read");
    let names = Names::resolve(&document, &mut diagnostics).ok_or("no names")?;
    stage("names");
    let model = Model::new(&document, &names);
    stage("model");
    if tell {
        let network = Network::new(&model, &|_| false);
        stage("(network)");
        println!("           {} classes", network.classes.list.len());
        std::mem::forget(network);
    }
    let mut decider = RequirementDecider::new(&model, DATE, Limits::default());
    let policy = Policy::built_in("three-tier/alpha").map_err(|_| "no policy")?;
    decider.expect(&policy.requirements);
    // As the program does: several at a time. Stages are told one after the other.
    let outcomes: Vec<_> = if tell {
        let decided = |requirement| {
            let outcome = decider.decide(requirement);
            stage(&format!("{}, {} cells so far", requirement.id, decider.cells()));
            outcome
        };
        policy.requirements.iter().map(decided).collect()
    } else {
        decider.decide_all(&policy.requirements, &|| {})
    };
    for (requirement, outcome) in policy.requirements.iter().zip(&outcomes) {
        let proved = match outcome.as_ref().map_err(|_| "limit reached")? {
            Outcome::Vacuous => true,
            Outcome::Nodes(nodes) => nodes.is_empty(),
            Outcome::Exceptions(exceptions) => exceptions.is_empty(),
            Outcome::Tuples(tuples) => tuples.is_empty(),
            Outcome::Peers(peers) => peers.tuples.is_empty(),
            Outcome::Paths(paths) => paths.count() == 0,
        };
        if tell && !proved {
            println!("{} is VIOLATED", requirement.id);
        }
    }
    std::mem::forget(outcomes);
    let count = document.nodes.len() + document.links.len();
    std::mem::forget(decider);
    std::mem::forget(model);
    std::mem::forget(names);
    std::mem::forget(document);
    Ok(count)
}

fn number(name: &str) -> Option<u32> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn compare_all() -> Result<(), Failure> {
    let sizes = number("SANSO_BENCH_ENDPOINTS").map_or(vec![10_000, 100_000], |size| vec![size]);
    let runs = number("SANSO_BENCH_RUNS").unwrap_or(5).max(1);
    heading(runs);
    for size in sizes {
        for site_firewalls in [false, true] {
            let file = city_file(size, site_firewalls)?;
            compare(&file, &format!("{size} endpoints{}", if site_firewalls { ", firewalls" } else { "" }), runs)?;
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

fn heading(runs: u32) {
    println!("medians of {runs} alternating runs: seconds, seconds of the processor, MiB at the peak;");
    println!("in brackets, how many times what the fastest of the readers that borrow needs");
}

fn compare(file: &Path, what: &str, runs: u32) -> Result<(), Failure> {
    let here = std::env::current_exe()?;
    let mut readers = vec![("serde_json, owned texts", here.clone(), "strings"), ("serde_json", here.clone(), "lent")];
    if let Some(other) = std::env::var_os("SANSO_YARDSTICK") {
        readers.push(("sonic-rs", PathBuf::from(other), "sonic"));
    }
    readers.push(("sanso", here, "verify"));
    let mut measured = vec![Vec::new(); readers.len()];
    for _ in 0..runs {
        for ((_, executable, mode), runs) in readers.iter().zip(&mut measured) {
            runs.push(child(executable, mode, file)?);
        }
    }
    println!("{what}, {:.1} MB", fs::metadata(file)?.len() as f64 / 1e6);
    let medians: Vec<[f64; 3]> = measured.iter().map(|runs| [0, 1, 2].map(|column| median(runs, column))).collect();
    let fastest =
        medians[1..medians.len() - 1].iter().min_by(|a, b| a[0].total_cmp(&b[0])).copied().unwrap_or([1.0; 3]);
    for ((name, ..), [wall, processor, memory]) in readers.iter().zip(&medians) {
        let [of_wall, of_processor, of_memory] = [wall / fastest[0], processor / fastest[1], memory / fastest[2]];
        println!(
            "  {name:<24} {wall:>7.3} ({of_wall:.2})  {processor:>7.3} ({of_processor:.2})  {memory:>6.0} ({of_memory:.2})"
        );
    }
    Ok(())
}

fn city_file(endpoints: u32, site_firewalls: bool) -> Result<PathBuf, Failure> {
    let sites = endpoints.div_ceil(3 * TERMINALS).max(1);
    let city = City { sites, terminals: TERMINALS, site_firewalls, rules: 400, ..City::default() };
    let file = std::env::temp_dir().join(format!("sanso-{}-{endpoints}-{site_firewalls}.json", std::process::id()));
    city.write(File::create(&file)?)?;
    Ok(file)
}

/// What one run in a process of its own prints.
fn child(executable: &Path, mode: &str, file: &Path) -> Result<[f64; 3], Failure> {
    let output = Command::new(executable).arg(mode).arg(file).output()?;
    let text = String::from_utf8(output.stdout)?;
    let mut words = text.split_whitespace();
    let mut next = || words.next().ok_or("a run failed")?.parse::<f64>().map_err(Failure::from);
    Ok([next()?, next()?, next()?])
}

fn median(runs: &[[f64; 3]], column: usize) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(|run| run[column]).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
