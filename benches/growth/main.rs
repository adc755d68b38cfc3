//! How time and memory grow with one thing of which a document has many, everything else being small.
//!
//! Each size is run in a process of its own, from the file to the report, so that the peak of memory is that of the
//! run. Sizes grow until a run would take longer or hold more than the bounds. Printed are seconds of each phase, the
//! peak in MiB, and exponents: the slope of the line through the last three sizes on logarithmic scales, 1 for linear.
//!
//! ```text
//! cargo bench --bench growth                              # 3 s and 2 GiB a run
//! cargo bench --bench growth -- --full                    # 120 s and 20 GiB a run
//! cargo bench --bench growth -- --seconds 10 --gib 4 relays exceptions
//! growth write "sanitising gateways" 1000 FILE            # the document of a size
//! ```

#![allow(missing_docs)] // a bench has no readers but its file

mod documents;
#[path = "../lists.rs"]
mod lists;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use documents::{KINDS, Kind};
use sanso::document::Date;
use sanso::policy::Policy;
use sanso::progress::{Phase, Progress};
use sanso::source::Source;
use sanso::verify::{Options, run_verify};

type Failure = Box<dyn std::error::Error>;

const DATE: Date = Date { year: 2026, month: 11, day: 22 };

/// What a run took: seconds of reading, resolving, deciding and reporting, and MiB.
#[derive(Clone, Copy)]
struct Figures {
    phases: [f64; 4],
    mib: f64,
}

impl Figures {
    fn seconds(&self) -> f64 {
        self.phases.iter().sum()
    }
}

struct Bounds {
    seconds: f64,
    gib: f64,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run", file] => return run(Path::new(file)),
        ["write", kind, size, file] => {
            let kind = KINDS.iter().find(|known| known.name == kind).ok_or("no such kind")?;
            return Ok(fs::write(file, (kind.make)(size.parse()?))?);
        }
        _ => {}
    }
    let mut bounds = Bounds { seconds: 3.0, gib: 2.0 };
    let mut wanted: Vec<String> = Vec::new();
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse().ok()).ok_or("a number is missing");
        match &*word {
            "--full" => bounds = Bounds { seconds: 120.0, gib: 20.0 },
            "--seconds" => bounds.seconds = number()?,
            "--gib" => bounds.gib = number()?,
            _ => wanted.push(word),
        }
    }
    println!(
        "{:<28} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}",
        "many", "size", "read s", "model s", "decide s", "report s", "total s", "MiB"
    );
    for kind in KINDS.iter().filter(|kind| wanted.is_empty() || wanted.iter().any(|word| kind.name.contains(&**word))) {
        measure(kind, &bounds)?;
    }
    Ok(())
}

/// Runs a kind at growing sizes, as far as the bounds allow.
fn measure(kind: &Kind, bounds: &Bounds) -> Result<(), Failure> {
    let file = std::env::temp_dir().join(format!("sanso-growth-{}.json", std::process::id()));
    let mut points: Vec<(usize, Figures)> = Vec::new();
    let mut size = kind.first;
    let why = loop {
        if kind.most > 0 && size > kind.most {
            break "there are no more";
        }
        fs::write(&file, (kind.make)(size))?;
        match child(&file, bounds)? {
            Ok(figures) => {
                let [read, model, decide, report] = figures.phases;
                println!(
                    "{:<28} {size:>9} {read:>8.3} {model:>8.3} {decide:>8.3} {report:>8.3} {:>9.3} {:>9.1}",
                    kind.name,
                    figures.seconds(),
                    figures.mib
                );
                points.push((size, figures));
                // What the next size will take, as far as the last two tell.
                let growth = |value: fn(&Figures) -> f64, most: f64| {
                    let [.., (_, before), (_, last)] = &points[..] else { return false };
                    value(last) * (value(last) / value(before)).clamp(1.0, (kind.step * kind.step) as f64) > most
                };
                if growth(Figures::seconds, bounds.seconds) {
                    break "the next would take too long";
                }
                if growth(|figures| figures.mib, bounds.gib * 1024.0) {
                    break "the next would be too large";
                }
            }
            Err(why) => break why,
        }
        size *= kind.step;
    };
    let slope = |value: &dyn Fn(&Figures) -> f64| {
        let last: Vec<(f64, f64)> =
            points.iter().rev().take(3).map(|(size, figures)| ((*size as f64).ln(), value(figures).ln())).collect();
        slope(&last).map_or("-".to_owned(), |slope| format!("{slope:.2}"))
    };
    println!(
        "{:<28} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}  ({why} at {size})",
        kind.name,
        "exponent",
        slope(&|figures| figures.phases[0]),
        slope(&|figures| figures.phases[1]),
        slope(&|figures| figures.phases[2]),
        slope(&|figures| figures.phases[3]),
        slope(&Figures::seconds),
        slope(&|figures| figures.mib)
    );
    Ok(fs::remove_file(file)?)
}

/// The slope of the line of least squares.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let over = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>();
    let under = points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>();
    (points.len() > 1).then(|| over / under)
}

/// A run in a process of its own; the reason where it went over the bounds.
fn child(file: &Path, bounds: &Bounds) -> Result<Result<Figures, &'static str>, Failure> {
    let started = Instant::now();
    let mut child = Command::new(std::env::current_exe()?).arg("run").arg(file).stdout(Stdio::piped()).spawn()?;
    loop {
        if child.try_wait()?.is_some() {
            break;
        }
        let resident = memory(&child.id().to_string(), "VmRSS:");
        // Twice the time: some of it is the machine's.
        let over_time = started.elapsed().as_secs_f64() > 2.0 * bounds.seconds;
        if over_time || resident > bounds.gib * 1024.0 {
            stop(&mut child)?;
            return Ok(Err(if over_time { "too long" } else { "too large" }));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[read, model, decide, report, mib] = &numbers[..] else { return Err("a run failed".into()) };
    Ok(Ok(Figures { phases: [read, model, decide, report], mib }))
}

fn stop(child: &mut Child) -> Result<(), Failure> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// A line of what the system says of a process, in MiB; 0 where it does not say.
fn memory(process: &str, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

/// When each phase began.
#[derive(Default)]
struct Stages(Mutex<RefCell<Vec<(Phase, Instant)>>>);

impl Progress for Stages {
    fn step(&self, phase: Phase, _done: u64, _total: u64) {
        if let Ok(stages) = self.0.lock() {
            let mut stages = stages.borrow_mut();
            if stages.last().is_none_or(|last| last.0 != phase) {
                stages.push((phase, Instant::now()));
            }
        }
    }
}

/// Verifies a file and prints the seconds of each phase and the peak of memory.
fn run(file: &Path) -> Result<(), Failure> {
    let stages = Stages::default();
    let source = Source::new("many.json", fs::read(file)?)?;
    let policy = Policy::built_in("three-tier/alpha").map_err(|_| "no policy")?;
    let options = Options {
        policy,
        date: DATE,
        max_tuples: usize::MAX,
        limit: None,
        memory: None,
        audit: false,
        rationale: false,
        progress: &stages,
    };
    let started = Instant::now();
    let report = run_verify(&source, &options).map_err(|found| format!("{found:?}"))?;
    let ended = Instant::now();
    std::mem::forget(report);
    let stages = stages.0.into_inner().map_err(|_| "poisoned")?.into_inner();
    let start_of = |phase: Phase| stages.iter().find(|stage| stage.0 == phase).map_or(ended, |stage| stage.1);
    let times = [started, start_of(Phase::Model), start_of(Phase::Decide), start_of(Phase::Witness), ended];
    for pair in times.windows(2) {
        print!("{:.6} ", pair[1].duration_since(pair[0]).as_secs_f64());
    }
    println!("{:.3}", memory("self", "VmHWM:"));
    Ok(())
}
