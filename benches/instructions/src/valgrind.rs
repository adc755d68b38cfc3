//! Runs work under callgrind and reads how many instructions it took.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use crate::{Failure, work};

/// The start of the program with a small file, from the first instruction of the process to the last.
const START: &str = "start";
pub const SMALL_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../topologies/small/minimal-alpha.yaml");

/// What counts depend on beside the source. Where one of them differs from the baseline's, nothing can be concluded.
pub fn tools() -> Result<BTreeMap<String, String>, Failure> {
    let first_line = |program: &str, arguments: &[&str]| -> Result<String, Failure> {
        let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
    };
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let tools = [
        ("rustc", first_line(&rustc, &["--version"])?),
        ("valgrind", first_line("valgrind", &["--version"])?),
        ("libc", first_line("ldd", &["--version"])?),
        ("target", format!("{}-{}", env::consts::ARCH, env::consts::OS)),
        // The C library chooses its copies and searches of memory by what the processor can do.
        ("avx2", fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains(" avx2 ")).to_string()),
    ];
    Ok(tools.map(|(name, tool)| (name.to_owned(), tool)).into())
}

/// Counts all work, as much at a time as there are processors.
pub fn count_all() -> Result<BTreeMap<String, u64>, Failure> {
    let names: Vec<&str> = work::ALL.iter().map(|(name, _)| *name).chain([START]).collect();
    let (left, counted) = (Mutex::new(names), Mutex::new(BTreeMap::new()));
    let failure = Mutex::new(None);
    let processors = processors()?;
    thread::scope(|scope| {
        for processor in processors {
            let (left, counted, failure) = (&left, &counted, &failure);
            scope.spawn(move || {
                while let Some(name) = lock(left).pop() {
                    match count(name, processor) {
                        Ok(count) => drop(lock(counted).insert(name.to_owned(), count)),
                        Err(error) => *lock(failure) = Some(format!("{name}: {error}")),
                    }
                }
            });
        }
    });
    match lock(&failure).take() {
        Some(failure) => Err(failure.into()),
        None => Ok(std::mem::take(&mut lock(&counted))),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The processors that this process may run on.
fn processors() -> Result<Vec<u32>, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let list =
        status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).ok_or("no list of processors")?;
    let mut all = Vec::new();
    for range in list.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        all.extend(first.parse::<u32>()?..=last.parse()?);
    }
    Ok(all)
}

/// The instructions of one piece of work. It is held on one processor: then the program sees one and starts no threads,
/// so that the counts are the same on machines with few processors and with many.
fn count(name: &str, processor: u32) -> Result<u64, Failure> {
    let own = env::current_exe()?;
    let mut command = Command::new("taskset");
    command.args([
        "--cpu-list",
        &processor.to_string(),
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
    ]);
    if name == START {
        command.arg(sanso(&own)?).args(["verify", "--lang", "en", "--date", "2026-11-22", SMALL_FILE]);
    } else {
        // Threads, should there be any, are counted from their beginning.
        command.args(["--toggle-collect=*guarded_region*", "--toggle-collect=*thread_start*"]);
        command.arg(own).args(["run", name]);
    }
    // The environment lies on the stack of the process and is gone through by the C library and by the program.
    let path = env::var_os("PATH").unwrap_or_default();
    let output = command.env_clear().env("PATH", path).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, count)| count.trim().parse());
    match count {
        Some(Ok(count)) if output.status.success() && count > 0 => Ok(count),
        _ => Err(format!("nothing was counted ({}):\n{text}", output.status).into()),
    }
}

/// The program, built beside this one.
pub fn sanso(own: &Path) -> Result<PathBuf, Failure> {
    let path = own.with_file_name("sanso");
    match path.is_file() {
        true => Ok(path),
        false => Err(format!("{} is missing: cargo build --release --bin sanso", path.display()).into()),
    }
}
