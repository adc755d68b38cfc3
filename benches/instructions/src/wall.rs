//! How long a user waits for the verdict on a small file.

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::valgrind::{SMALL_FILE, sanso};

const RUNS: usize = 200;

/// Prints the least, the median and the 95th of a hundred of so many runs, and the same of a program that does nothing,
/// by turns: what the system needs to start any process.
pub fn tell() -> Result<ExitCode, Failure> {
    let sanso = sanso(&env::current_exe()?)?;
    let (mut ours, mut nothing) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(time(&sanso, &["verify", "--lang", "en", SMALL_FILE])?);
        nothing.push(time(Path::new("/bin/true"), &[])?);
    }
    for (name, times) in [("sanso verify, a small file", &mut ours), ("/bin/true", &mut nothing)] {
        times.sort_unstable();
        let [least, median, late] = [0, RUNS / 2, RUNS * 95 / 100].map(|at| times[at].as_secs_f64() * 1e3);
        println!("{name:<28} least {least:.2} ms, median {median:.2} ms, 95 of 100 within {late:.2} ms");
    }
    Ok(ExitCode::SUCCESS)
}

fn time(program: &Path, arguments: &[&str]) -> Result<Duration, Failure> {
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
    let elapsed = start.elapsed();
    if status.success() { Ok(elapsed) } else { Err(format!("{}: {status}", program.display()).into()) }
}
