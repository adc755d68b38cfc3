//! What a certificate costs: its size, and the time to check it (in Rust and in Python) against the time to solve (`verify`)
//! and to prove. Cities of 1,000 and 10,000 endpoints and lists of 100 to 10,000 rules; with `--full` up to a million
//! endpoints and 100,000 rules. Each run is a process of its own; times are of the processor, reading of files included.
//!
//! It can also be called on files: `verify FILE`, `prove FILE CERT`, `check FILE CERT`, `python FILE CERT`.

#![allow(missing_docs)] // a bench has no readers but its file

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sanso::certify::{Extent, run_prove};
use sanso::city::City;
use sanso::document::Date;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::source::Source;
use sanso::verify::{Options, run_verify};

type Failure = Box<dyn std::error::Error>;

/// As in `end_to_end`: a million endpoints are 1,667 sites.
const TERMINALS: u32 = 200;
/// Python gets no larger documents than this.
const MOST_IN_PYTHON: u32 = 10_000;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["verify", file] => measured(|| verify(file)),
        ["prove", file, certificate] => measured(|| prove(file, certificate)),
        ["check", file, certificate] => measured(|| check(file, certificate)),
        ["python", file, certificate] => python(file, certificate),
        ["--full"] => compare_all(&[1_000, 10_000, 100_000, 1_000_000], &[100, 1_000, 10_000, 100_000]),
        _ => compare_all(&[1_000, 10_000], &[100, 1_000, 10_000]),
    }
}

/// Runs a job and prints the seconds that all threads were on a processor.
fn measured(job: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    job()?;
    println!("{:.4}", cpu_time::ProcessTime::now().as_duration().as_secs_f64());
    Ok(())
}

fn options() -> Options<'static> {
    let policy = Policy::built_in(DEFAULT).expect("the default policy reads");
    let date = Date { year: 2026, month: 11, day: 22 };
    Options {
        policy,
        date,
        max_tuples: 1_000,
        limit: None,
        memory: None,
        audit: false,
        rationale: false,
        progress: &Silent,
    }
}

fn verify(file: &str) -> Result<(), Failure> {
    let source = Source::new(file, fs::read(file)?)?;
    let report = run_verify(&source, &options()).map_err(|_| "the document has errors")?;
    std::mem::forget(report); // freeing is left to the end of the process
    Ok(())
}

fn prove(file: &str, certificate: &str) -> Result<(), Failure> {
    let source = Source::new(file, fs::read(file)?)?;
    let proved = run_prove(&source, &options(), Extent { max_tuples: 1_000, complete: false });
    let proved = proved.map_err(|_| "the document has errors")?.map_err(|error| format!("{error:?}"))?;
    fs::write(certificate, serde_json::to_vec(&proved)?)?;
    std::mem::forget(proved);
    Ok(())
}

fn check(file: &str, certificate: &str) -> Result<(), Failure> {
    match sanso_check::check(&fs::read(file)?, &fs::read(certificate)?) {
        sanso_check::Verdict::Accepted { .. } => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

fn python(file: &str, certificate: &str) -> Result<(), Failure> {
    let script = "import sys, time; sys.path.insert(0, sys.argv[1]); import sanso_check; \
        read = lambda name: open(name, 'rb').read(); result = sanso_check.check(read(sys.argv[2]), read(sys.argv[3])); \
        assert result.status == 0, result; print(time.process_time())";
    let checker = concat!(env!("CARGO_MANIFEST_DIR"), "/checker");
    let output = Command::new("python3").args(["-c", script, checker, file, certificate]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    println!("{}", String::from_utf8(output.stdout)?.trim());
    Ok(())
}

fn compare_all(endpoints: &[u32], rules: &[u32]) -> Result<(), Failure> {
    println!("seconds of the processor");
    println!(
        "{:>9} {:>8} {:>8} | {:>8} {:>11} | {:>8} {:>8} {:>8} {:>8}",
        "endpoints", "links", "rules", "file MB", "certificate", "verify", "prove", "check", "python"
    );
    for &size in endpoints {
        let sites = size.div_ceil(3 * TERMINALS).max(1);
        let terminals = TERMINALS.min(size.div_ceil(3));
        compare(City { sites, terminals, rules: 400, ..City::default() }, size)?;
    }
    for &rules in rules {
        compare(City { sites: 2, terminals: 50, rules, ..City::default() }, 300)?;
    }
    Ok(())
}

fn compare(city: City, endpoints: u32) -> Result<(), Failure> {
    let stem = std::env::temp_dir().join(format!("sanso-{}-{endpoints}-{}", std::process::id(), city.rules));
    let [file, certificate] = ["json", "certificate"].map(|end| stem.with_extension(end));
    city.write(File::create(&file)?)?;
    let text = fs::read_to_string(&file)?;
    let links = text.matches("\"between\"").count();
    let rules = text.matches("\"action\"").count();
    let megabytes = text.len() as f64 / 1e6;
    drop(text);
    let run = |mode: &str, certificate: Option<&PathBuf>| child(mode, &file, certificate.map(PathBuf::as_path));
    let times = [run("verify", None)?, run("prove", Some(&certificate))?, run("check", Some(&certificate))?];
    let [verify, prove, check] = times;
    let slow = if endpoints.max(city.rules) <= MOST_IN_PYTHON {
        format!("{:.3}", run("python", Some(&certificate))?)
    } else {
        "-".to_owned()
    };
    let bytes = fs::metadata(&certificate)?.len();
    println!(
        "{endpoints:>9} {links:>8} {rules:>8} | {megabytes:>8.2} {bytes:>11} | {verify:>8.3} {prove:>8.3} {check:>8.3} {slow:>8}"
    );
    fs::remove_file(file)?;
    fs::remove_file(certificate)?;
    Ok(())
}

/// What one run in a process of its own prints.
fn child(mode: &str, file: &Path, certificate: Option<&Path>) -> Result<f64, Failure> {
    let output = Command::new(std::env::current_exe()?).arg(mode).arg(file).args(certificate).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
