//! Limits of a call that hold whatever it is doing: a thread looks at the clock and at the memory of the process.
//!
//! Searches look at the same limits themselves ([`sanso::engine::Limits`]) and end in time, so that what was decided
//! before is still reported. Whatever does not (reading a file, building a network, writing a page) is ended from here,
//! a little later, without a result: undecided, and never a pass. Without limits there is no thread.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sanso::verify::Memory;

use super::Context;
use super::arguments::LimitArguments;
use super::output::{while_writing, write_stderr};
use super::phrases::phrases;
use super::status::Status;

/// Memory of the process when it was last looked at, in bytes.
static USED: AtomicU64 = AtomicU64::new(0);

/// When the call ends whatever it is doing.
static END: Mutex<Option<Instant>> = Mutex::new(None);

/// How often the thread looks.
const INTERVAL: Duration = Duration::from_millis(4);

/// Limits that a call sets.
#[derive(Clone, Copy, Default)]
pub struct Set {
    /// For each file, until what is not decided stays undecided.
    pub time: Option<Duration>,
    /// Bytes of memory of the process.
    pub memory: Option<u64>,
}

impl From<&LimitArguments> for Set {
    fn from(arguments: &LimitArguments) -> Self {
        Self { time: arguments.limit_time, memory: arguments.limit_memory }
    }
}

impl Set {
    /// Watches over the limits until the process ends.
    pub fn watch(self, context: &Context) {
        if self.time.is_none() && self.memory.is_none() {
            return;
        }
        self.turns(1);
        look();
        let (lang, clear) = (context.lang, context.stderr.is_terminal);
        let watch = move || {
            loop {
                std::thread::sleep(INTERVAL);
                let ended = lock(&END).is_some_and(|end| Instant::now() >= end);
                if ended {
                    stop(clear, phrases(lang).out_of_time());
                }
                if let Some(limit) = self.memory
                    && look() > hard(limit)
                {
                    stop(clear, phrases(lang).out_of_memory());
                }
            }
        };
        // Where there is no thread to be had, the searches still look at the limits.
        drop(std::thread::Builder::new().name("limits".to_owned()).spawn(watch));
    }

    /// So many turns begin: a file each, or what comes after the last. Each has the limit on time to itself, and a quarter
    /// of it more, at least a second, to report what was decided within it.
    pub fn turns(self, count: u32) {
        let turn = |time: Duration| time.checked_add((time / 4).max(Duration::from_secs(1)))?.checked_mul(count);
        *lock(&END) = self.time.and_then(turn).and_then(|time| Instant::now().checked_add(time));
    }

    /// What searches look at.
    pub fn memory(self) -> Option<Memory> {
        self.memory.map(|limit| Memory { used: &USED, limit })
    }

    /// Whether a file can be read at all within the limit on memory.
    ///
    /// # Errors
    /// When it cannot; that is told on stderr.
    pub fn has_room_for(self, file: &Path, context: &Context) -> Result<(), Status> {
        let size = std::fs::metadata(file).map_or(0, |facts| facts.len());
        match self.memory {
            Some(limit) if size > limit => {
                write_stderr(&format!("sanso: {}\n", phrases(context.lang).out_of_memory()));
                Err(Status::Undecided)
            }
            _ => Ok(()),
        }
    }
}

/// Where the process is ended: searches have stopped at the limit itself, and the report may need a little more.
const fn hard(limit: u64) -> u64 {
    limit.saturating_add(limit / 8)
}

/// Looks at the memory of the process.
fn look() -> u64 {
    // Where the system does not say, there is no limit to be held; the call was refused before (see `size_value`).
    let used = memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem as u64);
    USED.store(used, Ordering::Relaxed);
    used
}

/// Ends the call, undecided.
fn stop(clear: bool, why: &str) -> ! {
    let _nobody_writes = while_writing();
    let clear = if clear { "\r\u{1b}[K" } else { "" };
    write_stderr(&format!("{clear}sanso: {why}\n"));
    std::process::exit(Status::Undecided.code().into())
}

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
