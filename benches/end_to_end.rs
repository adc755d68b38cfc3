//! The whole way from a file to verdicts against the yardstick: what serde_json alone needs to read the same file into
//! plain structs. Each run is a process of its own, runs of both kinds alternate, and memory is the peak that the kernel
//! counted for the process.
//!
//! `cargo bench --bench end_to_end` measures cities of 10,000 and 100,000 endpoints; `SANSO_BENCH_ENDPOINTS=1000000`
//! one of that size, and `SANSO_BENCH_RUNS` sets how often. The bench can also be called on a file:
//! `baseline FILE`, `verify FILE` and `stages FILE` (the second with the time of each stage) do one run.

#![allow(missing_docs)] // a bench has no readers but its file

mod baseline;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use sanso::city::City;
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Decider, Limits, Outcome};
use sanso::model::{Model, names::Names};
use sanso::network::Network;
use sanso::policy::Policy;
use sanso::source::Source;

const DATE: Date = Date { year: 2026, month: 11, day: 22 };

/// Terminals of each tier at a site, so that a city of a million endpoints has 1,667 sites.
const TERMINALS: u32 = 200;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["baseline", file] => measured(|| baseline(file)),
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

/// The peak of this process's resident memory; 0 where the system does not say.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

/// Seconds that this process has been on a processor; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn baseline(file: &str) -> Result<usize, Failure> {
    let bytes = fs::read(file)?;
    let document: baseline::Document = serde_json::from_slice(&bytes)?;
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
    let mut decider = Decider::new(&model, DATE, Limits::default());
    let policy = Policy::built_in("three-tier/alpha").map_err(|_| "no policy")?;
    decider.expect(policy.without_tags());
    for requirement in &policy.requirements {
        let outcome = decider.decide(requirement).map_err(|_| "limit reached")?;
        let proved = match &outcome {
            Outcome::Vacuous => true,
            Outcome::Nodes(nodes) => nodes.is_empty(),
            Outcome::Exceptions(exceptions) => exceptions.is_empty(),
            Outcome::Peers(peers) => peers.tuples.is_empty(),
            Outcome::Paths(paths) => paths.count() == 0,
        };
        std::mem::forget(outcome);
        let verdict = if proved { "" } else { " VIOLATED" };
        stage(&format!("{}{verdict}, {} cells so far", requirement.id, decider.cells()));
    }
    let count = document.nodes.len() + document.links.len();
    std::mem::forget(decider);
    std::mem::forget(model);
    std::mem::forget(names);
    std::mem::forget(document);
    Ok(count)
}

fn compare_all() -> Result<(), Failure> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let sizes = number("SANSO_BENCH_ENDPOINTS").map_or(vec![10_000, 100_000], |size| vec![size]);
    let runs = number("SANSO_BENCH_RUNS").unwrap_or(5).max(1);
    println!("medians of {runs} alternating runs, serde_json / verify and their ratio; time in seconds, memory in MiB");
    println!("endpoints  firewalls  file MB |  wall                   |  processor              |  peak of memory");
    for size in sizes {
        for site_firewalls in [false, true] {
            let file = city_file(size, site_firewalls)?;
            let megabytes = fs::metadata(&file)?.len() as f64 / 1e6;
            let (mut yardstick, mut ours) = (Vec::new(), Vec::new());
            for _ in 0..runs {
                yardstick.push(child("baseline", &file)?);
                ours.push(child("verify", &file)?);
            }
            print!("{size:>9}  {site_firewalls:>9}  {megabytes:>7.1}");
            for (column, digits) in [(0, 3), (1, 3), (2, 0)] {
                let [theirs, ours] = [median(&yardstick, column), median(&ours, column)];
                print!(" | {theirs:>7.digits$} {ours:>7.digits$} ({:.2})", ours / theirs);
            }
            println!();
            fs::remove_file(file)?;
        }
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
fn child(mode: &str, file: &Path) -> Result<[f64; 3], Failure> {
    let output = Command::new(std::env::current_exe()?).arg(mode).arg(file).output()?;
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
