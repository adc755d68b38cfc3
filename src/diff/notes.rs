//! Assumptions and warnings of one report that the other has not. What a name or a number in passing changes about a
//! sentence does not make it another one.

use std::collections::BTreeSet;

use crate::report::{Assumption, Note, Report, Warning};

/// Assumptions gained and lost.
pub fn assumptions(old: &Report, new: &Report) -> [Vec<Note<Assumption>>; 2] {
    let key = |note: &Note<Assumption>| (note.node.clone(), note.fact.core());
    [beyond(&new.assumptions, &old.assumptions, key), beyond(&old.assumptions, &new.assumptions, key)]
}

/// Warnings gained and lost.
pub fn warnings(old: &Report, new: &Report) -> [Vec<Warning>; 2] {
    let key = |warning: &Warning| (warning.code(), warning.slip.core());
    [beyond(&new.warnings, &old.warnings, key), beyond(&old.warnings, &new.warnings, key)]
}

/// What the one list says and the other does not, however often.
fn beyond<T: Clone, K: Ord>(one: &[T], other: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let known: BTreeSet<K> = other.iter().map(&key).collect();
    one.iter().filter(|item| !known.contains(&key(item))).cloned().collect()
}
