//! The kinds of checks, a file each: what is asked of one model becomes an outcome.

pub mod attributes;
pub mod evidence;
pub mod exceptions;
pub mod expects;
pub mod homed;
mod labelled;
mod paths;
mod placement;
pub mod segment;
pub mod transfers;

use attributes::Declared;

use super::decider::RequirementDecider;
use super::limit::LimitReached;
use super::outcome::Outcome;
use crate::document::policy::ExceptionCheck;
use crate::number::number;
use crate::policy::{Asked, NodePattern, Requirement};

/// The nodes without which a requirement needs a network; `None`: it needs none. Empty patterns match nobody.
pub(super) fn network_of<'r>(decider: &RequirementDecider<'_, '_>, asked: &'r Asked) -> Option<&'r [NodePattern]> {
    match asked {
        Asked::Isolation(_) | Asked::Through(_) | Asked::Sessions { .. } => Some(asked.without().unwrap_or_default()),
        Asked::Exceptions { check: ExceptionCheck::Peer | ExceptionCheck::Used, .. }
            if !decider.model.document.exceptions.is_empty() =>
        {
            Some(&[])
        }
        Asked::Expects if !decider.model.document.expects.is_empty() => Some(&[]),
        _ => None,
    }
}

impl RequirementDecider<'_, '_> {
    /// The nodes that match some patterns and violate what is asked of them; vacuous where none matches.
    fn nodes_that(&self, nodes: &[NodePattern], violates: impl FnMut(&u32) -> bool) -> Outcome {
        let matcher = self.matcher(nodes);
        let count = number(self.model.document.nodes.len());
        let mut spoken = (0..count).filter(|&node| matcher.matches(node)).peekable();
        if spoken.peek().is_none() {
            return Outcome::Vacuous;
        }
        Outcome::Nodes(spoken.filter(violates).collect())
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
        (Asked::Exceptions { check: ExceptionCheck::Peer | ExceptionCheck::Used, .. } | Asked::Expects, None) => {
            Ok(Outcome::Vacuous)
        }
        (Asked::Exceptions { check: ExceptionCheck::Used, of }, Some((network, _))) => {
            decider.exceptions_used(of, network, cells)
        }
        (Asked::Exceptions { check: ExceptionCheck::Limited, of }, _) => Ok(decider.exceptions_limited(of)),
        (Asked::Exceptions { check: ExceptionCheck::Attested, of }, _) => Ok(decider.exceptions_attested(of)),
        (Asked::Attributes { nodes, links, controls, any_of, owner, circuit }, _) => {
            let asked = Declared { controls, any_of, owner: *owner, circuit };
            Ok(match nodes {
                Some(nodes) if any_of.is_empty() && !owner => decider.controls(nodes, controls),
                Some(nodes) => decider.declared_by_nodes(nodes, asked),
                None => decider.declared_by_links(links, asked),
            })
        }
        (Asked::Placement { nodes, zones, tiers }, _) => Ok(decider.placement(nodes, zones, tiers)),
        (Asked::Homed { nodes, allowed }, _) => Ok(decider.homed(nodes, allowed.as_deref())),
        (Asked::Segment { a, b }, _) => decider.segment(a, b),
        (Asked::Transfers { from, to, sanitised_by, approved }, _) => {
            Ok(decider.transfers([from.as_deref(), to.as_deref()], sanitised_by.as_ref(), *approved))
        }
        (Asked::Evidence { kind, within }, _) => Ok(decider.evidence(kind, *within)),
        (Asked::Expects, Some((network, _))) => decider.expects(network, cells),
        (Asked::Labelled, _) => Ok(decider.labelled()),
        // SOUNDNESS: what nothing decides, and what has no network, is undecided.
        _ => Err(LimitReached),
    }
}
