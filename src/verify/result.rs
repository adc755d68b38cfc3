//! From an outcome of the engine to what is reported of a requirement.

use super::show::Show;
use super::trace::{Broken, Tracer};
use super::{Options, attribute, finding, separation};
use crate::engine::Outcome;
use crate::engine::replay::Claim;
use crate::policy::{Evaluator, Isolation, Requirement};
use crate::report::{Help, RequirementReport, Verdict};

/// What reports are made with.
pub struct Context<'r, 'm, 's, 'd> {
    /// Finds witnesses.
    pub tracer: &'r Tracer<'m, 'd>,
    /// Speaks of the document.
    pub show: Show<'r, 's, 'd>,
    /// What was asked.
    pub options: &'r Options<'r>,
}

/// The report of one requirement; `None` is an outcome that a limit prevented.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn requirement(
    context: &Context<'_, '_, '_, '_>,
    requirement: &Requirement,
    outcome: Option<&Outcome>,
) -> Result<RequirementReport, Broken> {
    let Context { tracer, show, options } = *context;
    let model = show.model;
    let mut out = RequirementReport {
        id: requirement.id.clone(),
        verdict: Verdict::Undecided,
        clause: requirement.clause.clone(),
        title: requirement.title.clone(),
        help: Help {
            meaning: requirement.meaning.clone(),
            why: requirement.why.clone(),
            mend: requirement.mend.clone(),
        },
        tuples: 0,
        violating: Vec::new(),
        findings: Vec::new(),
        separated_by: Vec::new(),
    };
    let limit = options.max_tuples;
    let node = |node: u32| model.id(node).to_owned();
    let exception = |at: u32| model.document.exceptions[at as usize].id.to_string();
    match outcome {
        None => return Ok(out),
        Some(Outcome::Vacuous) => {
            out.verdict = Verdict::Vacuous;
            return Ok(out);
        }
        Some(Outcome::Nodes(nodes)) => {
            out.tuples = nodes.len() as u64;
            out.findings = attribute::of_nodes(show, &requirement.evaluator, nodes);
            out.violating = first(nodes.iter().map(|&at| vec![node(at)]), limit);
        }
        Some(Outcome::Exceptions(list)) => {
            out.tuples = list.len() as u64;
            out.findings = attribute::of_exceptions(show, list, options.date);
            out.violating = first(list.iter().map(|&at| vec![exception(at)]), limit);
        }
        Some(Outcome::Peers(peers)) => {
            out.tuples = peers.tuples.len() as u64;
            out.findings = attribute::of_peers(tracer, show, peers)?;
            let ids = peers.tuples.iter().map(|&(at, peer)| vec![exception(at), node(peer)]);
            out.violating = first(ids, limit);
        }
        Some(Outcome::Paths(paths)) => {
            out.tuples = paths.count();
            let Evaluator::Isolation(isolation) = &requirement.evaluator else { return Ok(out) };
            if out.tuples > 0 {
                let claim = claim(&requirement.id, isolation);
                out.findings = finding::of_paths(tracer, show, paths, claim)?;
            } else {
                out.separated_by = separation::of(tracer, show, paths, isolation);
            }
            out.violating = paths.list(model, limit).into_iter().map(|(a, b)| vec![node(a), node(b)]).collect();
        }
    }
    out.verdict = if out.tuples == 0 { Verdict::Proved } else { Verdict::Violated };
    Ok(out)
}

/// What a witness against a path requirement claims.
pub fn claim<'c>(id: &'c str, isolation: &'c Isolation) -> Claim<'c> {
    Claim { without_tag: isolation.without_tag.as_deref(), raw_only: isolation.raw_only, waived_by: Some(id) }
}

/// The first `limit` tuples by code point.
fn first(tuples: impl Iterator<Item = Vec<String>>, limit: usize) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = tuples.collect();
    all.sort_unstable();
    all.truncate(limit);
    all
}
