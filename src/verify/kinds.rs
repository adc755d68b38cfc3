//! Findings of requirements whose tuples are written out, a file for each kind; those of paths are in `finding`.

mod attributes;
pub(super) mod exceptions;
mod expects;
mod labelled;
mod peers;
mod places;
mod records;
mod segment;

use std::collections::HashMap;
use std::hash::Hash;

use super::finding::Finder;
use super::trace::Broken;
use crate::document::Date;
use crate::document::policy::ExceptionCheck;
use crate::engine::{Declared, Item, Outcome, transfer_faults};
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
        (Asked::Attributes { nodes: Some(_), any_of, owner: false, controls, .. }, _) if any_of.is_empty() => {
            attributes::lacking(show, controls, &nodes())
        }
        (Asked::Attributes { controls, any_of, owner, circuit, .. }, _) => {
            let asked = Declared { controls, any_of, owner: *owner, circuit };
            attributes::undeclared(show, asked, tuples)
        }
        (Asked::Placement { .. }, _) => places::misplaced(show, &nodes()),
        (Asked::Homed { .. }, _) => places::between_tiers(show, &nodes()),
        (Asked::Segment { .. }, _) => segment::joined(show, tuples),
        (Asked::Transfers { sanitised_by, approved, .. }, _) => {
            let faults = |transfer: &crate::document::Transfer<'_>| {
                transfer_faults(transfer, sanitised_by.as_ref(), *approved, today)
            };
            records::unlawful_transfers(show, tuples, &faults)
        }
        (Asked::Evidence { kind, within }, _) => records::without_evidence(show, kind, *within, !tuples.is_empty()),
        (Asked::Expects, _) => expects::impossible(finder, tuples)?,
        (Asked::Exceptions { check: ExceptionCheck::Used, .. }, _) => {
            exceptions::each(show, &exceptions_of(tuples), "unused", |exceptions| Fault::Unused { exceptions })
        }
        (Asked::Exceptions { check: ExceptionCheck::Attested, .. }, _) => {
            exceptions::each(show, &exceptions_of(tuples), "unattested", |exceptions| Fault::Unattested { exceptions })
        }
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
    }
}

/// The first of so many.
pub(super) fn several(first: &str, count: usize) -> Several {
    Several { first: first.to_owned(), others: count as u64 - 1 }
}
