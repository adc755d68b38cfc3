//! From an outcome of the engine to what is reported of a requirement.

use std::collections::BTreeSet;

use super::finding::Finder;
use super::show::Show;
use super::trace::{Broken, Tracer};
use super::trial::Trials;
use super::{Options, attribute, finding, peers, separation};
use crate::engine::replay::Claim;
use crate::engine::{Excuse, Limits, Outcome};
use crate::policy::{Evaluator, Isolation, Requirement};
use crate::report::{Help, RequirementReport, Verdict};

/// What reports are made with.
pub struct Context<'r, 'm, 's, 'd> {
    /// Finds witnesses.
    pub tracer: &'r Tracer<'m, 'd>,
    /// Speaks of the document.
    pub show: Show<'r, 's, 'd>,
    /// Decides again without what may be the cause.
    pub trials: &'r Trials<'r, 'd>,
    /// What was asked.
    pub options: &'r Options<'r>,
    /// Limits on the proofs of which reports tell.
    pub limits: Limits,
}

/// The report of one requirement, and whether what it calls proved could not be proved; `None` is an outcome that a limit
/// prevented.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn requirement(
    context: &Context<'_, '_, '_, '_>,
    requirement: &Requirement,
    outcome: Option<&Outcome>,
) -> Result<(RequirementReport, bool), Broken> {
    let Context { tracer, show, trials, options, limits } = *context;
    let finder = Finder { tracer, show, trials };
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
        exceptions: Vec::new(),
        accepted: Vec::new(),
    };
    let mut unproved = false;
    let limit = options.max_tuples;
    let node = |node: u32| model.id(node).to_owned();
    let exception = |at: u32| model.document.exceptions[at as usize].id.to_string();
    match outcome {
        None => return Ok((out, false)),
        Some(Outcome::Vacuous) => {
            out.verdict = Verdict::Vacuous;
            return Ok((out, false));
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
            out.findings = peers::of_peers(finder, &requirement.id, peers)?;
            let ids = peers.tuples.iter().map(|&(at, peer)| vec![exception(at), node(peer)]);
            out.violating = first(ids, limit);
        }
        Some(Outcome::Paths(paths)) => {
            out.tuples = paths.count();
            let Evaluator::Isolation(isolation) = &requirement.evaluator else { return Ok((out, false)) };
            if out.tuples > 0 {
                let claim = claim(&requirement.id, isolation);
                out.findings = finding::of_paths(finder, paths, &requirement.id, claim)?;
            } else if options.rationale {
                let basis = separation::of(show, limits, paths, &requirement.id, isolation);
                (out.separated_by, unproved) = (basis.notes, basis.unproved);
            }
            out.violating = paths.list(model, limit).into_iter().map(|(a, b)| vec![node(a), node(b)]).collect();
        }
    }
    out.verdict = if out.tuples == 0 { Verdict::Proved } else { Verdict::Violated };
    Ok((out, unproved))
}

/// Notes the exceptions that a proved requirement owes its verdict to.
pub fn excuse(show: Show<'_, '_, '_>, options: &Options<'_>, requirement: &mut RequirementReport, excuses: &[Excuse]) {
    let exceptions: BTreeSet<u32> = excuses.iter().flat_map(|excuse| excuse.exceptions.iter().copied()).collect();
    let declared = |at: &u32| &show.model.document.exceptions[*at as usize];
    requirement.exceptions = exceptions.iter().map(|at| declared(at).id.to_string()).collect();
    if let (true, Some(first)) = (options.rationale, exceptions.first()) {
        let note = separation::excepted(show.places.locate(declared(first).span), &requirement.exceptions);
        requirement.separated_by.insert(0, note);
    }
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
