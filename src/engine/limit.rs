//! Limits of a run: where one is reached, what is not decided stays undecided.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A limit that the user set was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReached;

/// Limits of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// When to give up.
    pub deadline: Option<Instant>,
    /// How many cells to look at in all before giving up.
    pub cells: Option<u64>,
    /// How much memory to use before giving up.
    pub memory: Option<Memory>,
}

/// A limit on memory, held against what somebody else measures.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Bytes in use, as they were last measured.
    pub used: &'static AtomicU64,
    /// Bytes that may be in use.
    pub limit: u64,
}

impl Limits {
    /// Whether the limit on time or memory is reached.
    #[must_use]
    pub fn reached(&self) -> bool {
        let full = |memory: Memory| memory.used.load(Ordering::Relaxed) >= memory.limit;
        self.memory.is_some_and(full) || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// How much time is left; `None`: it is not limited.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Nothing, while the limits on time and memory hold.
    ///
    /// # Errors
    /// When one of them is reached.
    pub fn check(&self) -> Result<(), LimitReached> {
        if self.reached() { Err(LimitReached) } else { Ok(()) }
    }
}
