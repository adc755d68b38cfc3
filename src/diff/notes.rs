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
    let key = |warning: &Warning| {
        let text = match warning.code {
            // Of the rules that it names only the place of the filter matters.
            "unreachable-rule" => {
                warning.message.en.split(" of `").nth(1).and_then(|rest| rest.split("` never").next()).unwrap_or("")
            }
            _ => &warning.message.en,
        };
        format!("{}: {}", warning.code, bare(text))
    };
    [beyond(&new.warnings, &old.warnings, key), beyond(&old.warnings, &new.warnings, key)]
}

/// What the one list says and the other does not, however often.
fn beyond<T: Clone, K: Ord>(one: &[T], other: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let known: BTreeSet<K> = other.iter().map(&key).collect();
    one.iter().filter(|item| !known.contains(&key(item))).cloned().collect()
}

/// A sentence without the numbers that stand alone in it, and without the example that it gives.
fn bare(text: &str) -> String {
    let text = match text.split_once(", such as ") {
        Some((before, rest)) => format!("{before}{}", rest.split_once(',').map_or("", |(_, after)| after)),
        None => text.to_owned(),
    };
    let is_number = |word: &str| {
        let word = word.trim_matches(|c: char| matches!(c, '#' | ',' | ';' | ':' | '(' | ')'));
        !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
    };
    text.split(' ').filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ")
}
