//! Sources and targets of a cell, and where they lie in its headers.

use crate::header::{Range, Ranges};

/// So many of a list, from all parts of it.
pub(super) fn sample<T>(list: &[T]) -> impl Iterator<Item = &T> {
    list.iter().step_by(list.len().div_ceil(SAMPLE).max(1))
}

/// How many sources or targets are looked at to find a cut for all of them.
const SAMPLE: usize = 32;

/// How many sources or targets to a rule are many.
pub(super) const MANY: usize = 8;

/// The middle of where some of the ranges in a range begin, as a cut of the range.
pub(super) fn middle(ranges: impl Iterator<Item = Range>, range: Range) -> Option<u32> {
    let mut starts: Vec<u32> = ranges.map(|range| range.low).collect();
    let half = starts.len() / 2;
    let (_, &mut at, _) = (half < starts.len()).then(|| starts.select_nth_unstable(half))?;
    (at > range.low).then_some(at)
}

/// Parts of a list whose items lie apart in a range: a cell for each part holds less of the range, so that no cut of the
/// range is needed, let alone one after the other. `None` where the parts would overlap too much to be worth it.
pub(super) fn apart<T: Clone>(items: &[T], place: impl Fn(&T) -> Option<Range>, range: Range) -> Option<Vec<Vec<T>>> {
    let mut placed: Vec<(Range, &T)> = items.iter().filter_map(|item| Some((place(item)?, item))).collect();
    if placed.len() < 2 {
        return None;
    }
    placed.sort_by_key(|(place, _)| *place);
    let parts = placed.chunks(placed.len().div_ceil(PARTS));
    let size = |part: &[(Range, &T)]| {
        let high = part.iter().map(|(place, _)| place.high).max().unwrap_or(range.high);
        u64::from(high - part[0].0.low) + 1
    };
    let sum: u64 = parts.clone().map(size).sum();
    let whole = u64::from(range.high - range.low) + 1;
    (sum <= whole + whole / 4)
        .then(|| parts.map(|part| part.iter().map(|(_, item)| (*item).clone()).collect()).collect())
}

/// How many parts a list is parted into at once.
const PARTS: usize = 16;

/// The least range of `range` that holds all that any of the sets has in it.
pub(super) fn hull<'s>(sets: impl Iterator<Item = &'s Ranges>, range: Range) -> Option<Range> {
    let crops = sets.filter_map(|set| crop(set, range));
    crops.reduce(|a, b| Range::new(a.low.min(b.low), a.high.max(b.high)))
}

/// The least range of `range` that holds all that the set has in it; `None` where it has nothing there.
pub(super) fn crop(set: &Ranges, range: Range) -> Option<Range> {
    let parts = set.parts_in(range);
    let (first, last) = (parts.first()?, parts.last()?);
    Some(Range::new(first.low.max(range.low), last.high.min(range.high)))
}
