//! The kinds of checks, a file each: what is asked of one model becomes an outcome.

mod attributes;
pub mod exceptions;
mod labelled;
mod paths;

use super::decide::RequirementDecider;
use super::limit::LimitReached;
use super::outcome::Outcome;
use crate::document::policy::ExceptionCheck;
use crate::policy::{Asked, NodePattern, Requirement};

/// The nodes without which a requirement needs a network; `None`: it needs none. Empty patterns match nobody.
pub(super) fn network_of<'r>(decider: &RequirementDecider<'_, '_>, asked: &'r Asked) -> Option<&'r [NodePattern]> {
    match asked {
        Asked::Isolation(_) | Asked::Through(_) | Asked::Sessions { .. } => Some(asked.without().unwrap_or_default()),
        Asked::Exceptions { check: ExceptionCheck::Peer, .. } if !decider.model.document.exceptions.is_empty() => {
            Some(&[])
        }
        _ => None,
    }
}

/// Decides a requirement whose network is there, and counts cells.
///
/// # Errors
/// When a limit is reached first.
pub(super) fn judge(
    decider: &RequirementDecider<'_, '_>,
    requirement: &Requirement,
    cells: &mut u64,
) -> Result<Outcome, LimitReached> {
    let network = network_of(decider, &requirement.asked).and_then(|without| decider.made(without));
    match (&requirement.asked, network) {
        (Asked::Isolation(_) | Asked::Through(_) | Asked::Sessions { .. }, Some(network)) => {
            decider.paths(requirement, network, cells)
        }
        (Asked::Exceptions { check: ExceptionCheck::Peer, of }, Some(network)) => {
            decider.exceptions_peer(of, network, cells)
        }
        // Without exceptions no network was needed.
        (Asked::Exceptions { check: ExceptionCheck::Peer, .. }, None) => Ok(Outcome::Vacuous),
        (Asked::Exceptions { check: ExceptionCheck::Limited, .. }, _) => Ok(decider.exceptions_limited()),
        (Asked::Attributes { nodes: Some(nodes), controls, .. }, _) => Ok(decider.controls(nodes, controls)),
        (Asked::Labelled, _) => Ok(decider.labelled()),
        // SOUNDNESS: what nothing decides, and what has no network, is undecided.
        _ => Err(LimitReached),
    }
}
