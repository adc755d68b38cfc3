//! Work on several threads. What comes out never depends on how many there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::Model;

/// Nodes and links together from which on more than one thread pays.
const LARGE: usize = 2_000;

/// Threads for work on a model: as many as the system says there are processors, one for a small document.
#[must_use]
pub(crate) fn for_model(model: &Model<'_>) -> usize {
    let size = model.document.nodes.len() + model.document.links.len();
    if size < LARGE { 1 } else { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) }
}

/// Does two things, the first on a thread of its own where there is more than one.
pub(crate) fn both<A: Send, B>(threads: usize, first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
    if threads <= 1 {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        match first.join() {
            Ok(first) => (first, second),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Applies `work` to each item, on so many threads; the results in the order of the items.
pub(super) fn map<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let run = || {
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            let result = work(item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    // A panic of a thread goes on in this one when the scope ends.
    std::thread::scope(|scope| {
        (1..threads).for_each(|_| {
            scope.spawn(run);
        });
        run();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_come_in_the_order_of_the_items_whatever_the_threads() {
        let items: Vec<u64> = (0..1_000).collect();
        let expected: Vec<u64> = items.iter().map(|item| item * item).collect();
        for threads in [0, 1, 2, 3, 7, 2_000] {
            assert_eq!(super::map(&items, threads, |item| item * item), expected, "{threads}");
        }
    }
}
