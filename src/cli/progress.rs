//! Progress on stderr, for runs that take longer than a second and that somebody watches.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sanso::language::Lang;
use sanso::progress::{Phase, Progress};

use super::output::write_stderr;
use super::phrases::phrases;

const PATIENCE: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(200);
const CLEAR_LINE: &str = "\r\u{1b}[K";

/// Shows the steps it is told of on one line of stderr until it is dropped.
pub struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    phase: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    finished: Mutex<bool>,
    wake: Condvar,
}

impl Ticker {
    /// A ticker for one file; it shows nothing unless `watched`.
    pub fn start(watched: bool, file: &str, lang: Lang) -> Self {
        let shared = Arc::new(Shared::default());
        let thread = watched.then(|| {
            let (shared, file) = (Arc::clone(&shared), sanso::screen::visible(file).into_owned());
            std::thread::Builder::new().name("progress".to_owned()).spawn(move || shared.show(&file, lang)).ok()
        });
        Self { shared, thread: thread.flatten() }
    }
}

impl Progress for Ticker {
    fn step(&self, phase: Phase, done: u64, total: u64) {
        self.shared.phase.store(phase as u8, Ordering::Relaxed);
        self.shared.total.store(total, Ordering::Relaxed);
        self.shared.done.store(done, Ordering::Relaxed);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        *self.shared.finished.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn show(&self, file: &str, lang: Lang) {
        let start = Instant::now();
        let mut shown = false;
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        while !*finished {
            let pause = if shown { INTERVAL } else { PATIENCE.saturating_sub(start.elapsed()) };
            finished = self.wake.wait_timeout(finished, pause).unwrap_or_else(PoisonError::into_inner).0;
            if !*finished && start.elapsed() >= PATIENCE {
                write_stderr(&format!("{CLEAR_LINE}{file}: {}", self.line(start.elapsed(), lang)));
                shown = true;
            }
        }
        if shown {
            write_stderr(CLEAR_LINE);
        }
    }

    fn line(&self, elapsed: Duration, lang: Lang) -> String {
        let phase = [Phase::Read, Phase::Model, Phase::Decide, Phase::Witness]
            .into_iter()
            .find(|phase| *phase as u8 == self.phase.load(Ordering::Relaxed))
            .unwrap_or(Phase::Read);
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let percent = (done.min(total).saturating_mul(100)).checked_div(total);
        phrases(lang).progress(phase, percent, elapsed.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_runs_end_at_once_and_show_nothing() {
        let start = Instant::now();
        let ticker = Ticker::start(true, "file", Lang::En);
        ticker.step(Phase::Decide, 1, 8);
        drop(ticker);
        assert!(start.elapsed() < PATIENCE);
    }

    #[test]
    fn steps_are_shown_as_percent_where_the_total_is_known() {
        let ticker = Ticker::start(false, "file", Lang::En);
        for (done, total, line) in
            [(1, 8, "deciding 12% (3 s)"), (9, 8, "deciding 100% (3 s)"), (1, 0, "deciding (3 s)")]
        {
            ticker.step(Phase::Decide, done, total);
            assert_eq!(ticker.shared.line(Duration::from_secs(3), Lang::En), line);
        }
    }
}
