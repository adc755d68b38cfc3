//! From an outcome of the engine to what is reported of a requirement.

use super::Options;
use super::place::Places;
use crate::engine::Outcome;
use crate::model::Model;
use crate::policy::Requirement;
use crate::report::{RequirementReport, Verdict};

/// The report of one requirement; `None` is an outcome that a limit prevented.
pub fn requirement(
    model: &Model<'_>,
    places: &Places<'_>,
    requirement: &Requirement,
    outcome: Option<Outcome>,
    options: &Options<'_>,
) -> RequirementReport {
    let _ = places;
    let mut out = RequirementReport {
        id: requirement.id.clone(),
        verdict: Verdict::Undecided,
        clause: requirement.clause.clone(),
        title: requirement.title.clone(),
        tuples: 0,
        violating: Vec::new(),
        findings: Vec::new(),
        separated_by: Vec::new(),
    };
    let limit = options.max_tuples;
    let node = |node: u32| model.id(node).to_owned();
    let exception = |at: u32| model.document.exceptions[at as usize].id.to_string();
    let (tuples, violating) = match outcome {
        None => return out,
        Some(Outcome::Vacuous) => {
            out.verdict = Verdict::Vacuous;
            return out;
        }
        Some(Outcome::Nodes(nodes)) => (nodes.len() as u64, first(nodes.iter().map(|&at| vec![node(at)]), limit)),
        Some(Outcome::Exceptions(list)) => {
            (list.len() as u64, first(list.iter().map(|&at| vec![exception(at)]), limit))
        }
        Some(Outcome::Peers(peers)) => {
            let list = &peers.tuples;
            (list.len() as u64, first(list.iter().map(|&(at, peer)| vec![exception(at), node(peer)]), limit))
        }
        Some(Outcome::Paths(paths)) => {
            let pairs = paths.list(model, limit);
            (paths.count(), pairs.into_iter().map(|(a, b)| vec![node(a), node(b)]).collect())
        }
    };
    out.verdict = if tuples == 0 { Verdict::Proved } else { Verdict::Violated };
    out.tuples = tuples;
    out.violating = violating;
    out
}

/// The first `limit` tuples by code point.
fn first(tuples: impl Iterator<Item = Vec<String>>, limit: usize) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = tuples.collect();
    all.sort_unstable();
    all.truncate(limit);
    all
}
