//! Findings of requirements whose tuples are written out, a file for each kind; those of paths are in `finding`.

mod attributes;
pub(super) mod exceptions;
mod labelled;
mod peers;

use std::collections::HashMap;
use std::hash::Hash;

use super::finding::Finder;
use super::trace::Broken;
use crate::document::Date;
use crate::document::policy::ExceptionCheck;
use crate::engine::{Item, Outcome};
use crate::policy::{Asked, Requirement};
use crate::report::Finding;
use crate::report::fault::{Fault, Several};
use crate::source::Location;

/// Findings for some of the tuples of a requirement.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn findings(
    finder: Finder<'_, '_, '_, '_, '_>,
    requirement: &Requirement,
    outcome: &Outcome,
    tuples: &[Vec<Item>],
    today: Date,
) -> Result<Vec<Finding>, Broken> {
    let show = finder.show;
    let nodes = || tuples.iter().flatten().filter_map(|item| item.node()).collect::<Vec<u32>>();
    Ok(match (&requirement.asked, outcome) {
        (Asked::Attributes { controls, .. }, _) => attributes::lacking(show, controls, &nodes()),
        (Asked::Labelled, _) => labelled::unlabelled(show, &nodes()),
        (Asked::Exceptions { check: ExceptionCheck::Limited, .. }, _) => {
            exceptions::unlimited(show, &exceptions_of(tuples), today)
        }
        (Asked::Exceptions { check: ExceptionCheck::Peer, .. }, Outcome::Peers(found)) => {
            let pairs: Vec<(u32, u32)> = exceptions_of(tuples).into_iter().zip(nodes()).collect();
            peers::of_peers(finder, &requirement.id, found, &pairs)?
        }
        _ => Vec::new(),
    })
}

fn exceptions_of(tuples: &[Vec<Item>]) -> Vec<u32> {
    let exception = |item: &Item| match item {
        Item::Exception(at) => Some(*at),
        _ => None,
    };
    tuples.iter().flatten().filter_map(exception).collect()
}

/// Groups in the order of their first members.
pub(super) fn grouped<K: Clone + Eq + Hash, R>(items: impl Iterator<Item = (K, R)>) -> Vec<(K, Vec<R>)> {
    let mut index: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<(K, Vec<R>)> = Vec::new();
    for (key, item) in items {
        let at = *index.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(item);
    }
    groups
}

pub(super) fn finding(
    cause: Vec<String>,
    fault: Fault,
    tuples: usize,
    path: Vec<String>,
    location: Location,
) -> Finding {
    Finding {
        fault,
        tuples: tuples as u64,
        path,
        sessions: Vec::new(),
        location: Some(location),
        guesses: Vec::new(),
        cause,
        culprit: None,
    }
}

/// The first of so many.
pub(super) fn several(first: &str, count: usize) -> Several {
    Several { first: first.to_owned(), others: count as u64 - 1 }
}
