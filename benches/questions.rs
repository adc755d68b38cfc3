//! How long questions take beside `verify` on the same document: `cargo bench --bench questions` on a ward of 18,000 endpoints and a city of
//! 100,000; `-- FILE …` on documents of one's own that are cities of `sanso generate`; `SANSO_BENCH_ENDPOINTS=1000000` a city of
//! that size. Each call is the program itself, a process of its own, as a user calls it; `verify` and the questions take turns, and
//! medians are compared. `SANSO_BENCH_RUNS` sets how often, `SANSO_PROGRAM` another program to call.

#![allow(missing_docs)] // a bench has no readers but its file

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use sanso::city::City;

type Failure = Box<dyn std::error::Error>;

/// Terminals of each tier at a site, so that a city of a million endpoints has 1,667 sites.
const TERMINALS: u32 = 200;

/// What is asked, and by which words behind the file.
const QUESTIONS: [(&str, &[&str]); 9] = [
    ("verify", &["verify"]),
    ("why node node, stopped", &["why", "FILE", "本庁-MN1", "本庁-LG1"]),
    ("why node node, gets", &["why", "FILE", "税務", "eLTAX"]),
    ("why zone zone, stopped", &["why", "FILE", "zone:my-number", "zone:internet"]),
    ("why zone zone, two ways", &["why", "FILE", "zone:my-number", "zone:lgwan", "--ways", "2"]),
    ("why zone zone, by relays", &["why", "FILE", "zone:internet", "zone:lgwan"]),
    ("why zone zone, --direct", &["why", "FILE", "zone:internet", "zone:lgwan", "--direct"]),
    ("packet", &["packet", "FILE", "--from", "税務", "tcp 10.63.0.11:40000 > 10.255.1.10:443"]),
    ("names for Tab", &["complete"]),
];

fn main() -> Result<(), Failure> {
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runs = number("SANSO_BENCH_RUNS").unwrap_or(3).max(1);
    println!("{runs} runs; medians; in brackets times `verify`: of the clock, of the processors");
    for file in &files {
        compare(Path::new(file), runs)?;
    }
    if files.is_empty() {
        let folder = std::env::temp_dir().join(format!("sanso-questions-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let sizes = number("SANSO_BENCH_ENDPOINTS").map_or_else(|| vec![18_000, 100_000], |size| vec![size]);
        for size in sizes {
            let sites = u32::try_from(size.div_ceil(3 * TERMINALS as usize))?;
            let city = City { sites, terminals: TERMINALS, rules: 400, ..City::default() };
            let file = folder.join("city.json");
            city.write(std::fs::File::create(&file)?)?;
            println!("\n{} endpoints", city.endpoints());
            compare(&file, runs)?;
        }
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

fn compare(file: &Path, runs: usize) -> Result<(), Failure> {
    println!("{}", file.display());
    let mut times: Vec<Vec<Taken>> = QUESTIONS.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for ((_, words), times) in QUESTIONS.iter().zip(&mut times) {
            times.push(call(file, words)?);
        }
    }
    let median = |times: &[Taken], of: fn(&Taken) -> f64| {
        let mut all: Vec<f64> = times.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let [wall, cpu] = [|one: &Taken| one.wall, |one: &Taken| one.cpu];
    let (verify_wall, verify_cpu) = (median(&times[0], wall), median(&times[0], cpu));
    for ((name, _), times) in QUESTIONS.iter().zip(&times) {
        let (seconds, processors) = (median(times, wall), median(times, cpu));
        println!(
            "{name:<28} {seconds:>7.2} s ({:.1})  {processors:>7.2} s ({:.1})  status {}",
            seconds / verify_wall,
            processors / verify_cpu,
            times[0].status
        );
    }
    Ok(())
}

/// Seconds that processes which have ended were on a processor; 0 where the system does not say.
fn processors() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(13) + ticks(14)) / 100.0
}

/// What one call took.
struct Taken {
    wall: f64,
    cpu: f64,
    status: i32,
}

fn call(file: &Path, words: &[&str]) -> Result<Taken, Failure> {
    let program =
        std::env::var_os("SANSO_PROGRAM").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_sanso")), PathBuf::from);
    let mut command = Command::new(program);
    if *words == ["complete"] {
        // As the scripts for bash ask when Tab is pressed behind the beginning of a name.
        command.env("SANSO_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", "3").args(["--", "sanso", "why"]);
        command.arg(file).arg("本庁-MN1");
    } else if let [only] = words {
        command.arg(only).arg(file);
    } else {
        command.args(words.iter().map(|&word| if word == "FILE" { file.as_os_str() } else { word.as_ref() }));
    }
    let (start, before) = (Instant::now(), processors());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), processors() - before);
    Ok(Taken { wall, cpu, status: status.code().unwrap_or(-1) })
}
