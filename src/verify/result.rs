//! From an outcome of the engine to what is reported of a requirement.

use std::collections::BTreeSet;

use super::finding::Finder;
use super::show::Show;
use super::trace::{Broken, Tracer};
use super::trial::Trials;
use super::{Options, finding, kinds, separation};
use crate::engine::{Excuse, Item, Limits, Outcome};
use crate::policy::{Asked, Requirement};
use crate::report::fault::Fault;
use crate::report::{Finding, Help, RequirementReport, Verdict};

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

/// What else is known of a requirement that was decided.
#[derive(Default)]
pub struct ProofBasis {
    /// Whether what is called proved could not be proved: a defect.
    pub unproved: bool,
    /// The nodes whose routes its proof relies on; `None`: any that have some, for it was not worked out.
    pub routes: Option<BTreeSet<u32>>,
}

impl ProofBasis {
    fn on_no_routes() -> Self {
        Self { unproved: false, routes: Some(BTreeSet::new()) }
    }
}

/// The report of one requirement, and what its proof rests on; `None` is an outcome that a limit prevented.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn requirement(
    context: &Context<'_, '_, '_, '_>,
    requirement: &Requirement,
    outcome: Option<&Outcome>,
) -> Result<(RequirementReport, ProofBasis), Broken> {
    let Context { tracer, show, trials, options, limits } = *context;
    let finder = Finder { tracer, show, trials };
    let model = show.model;
    let mut out = RequirementReport {
        id: requirement.id.clone(),
        verdict: Verdict::Undecided,
        severity: requirement.severity,
        of_ways: requirement.asked.is_of_ways(),
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
    let mut proof = ProofBasis::on_no_routes();
    let limit = options.max_tuples;
    let Some(outcome) = outcome else { return Ok((out, proof)) };
    out.tuples = outcome.count();
    match outcome {
        Outcome::Vacuous => {
            out.verdict = Verdict::Vacuous;
            return Ok((out, proof));
        }
        Outcome::Paths(paths) => {
            if out.tuples > 0 {
                let claim = paths.claim(Some(&requirement.id));
                out.findings = finding::of_paths(finder, paths, &requirement.id, claim)?;
                if let Asked::Through(_) = requirement.asked {
                    lead_past(&mut out.findings, finder.show, &paths.without);
                }
            } else if options.rationale {
                let basis = separation::of(show, limits, paths, &requirement.id, &requirement.asked);
                out.separated_by = basis.notes;
                proof = ProofBasis { unproved: basis.unproved, routes: basis.routes };
            } else {
                proof.routes = None;
            }
            let pair = |(a, b)| vec![model.id(a).to_owned(), model.id(b).to_owned()];
            out.violating = paths.list(model, limit).into_iter().map(pair).collect();
        }
        _ => {
            let tuples = outcome.tuples();
            out.findings = kinds::findings(finder, requirement, outcome, &tuples, options.date)?;
            let spelt = |tuple: &Vec<Item>| tuple.iter().map(|item| item.id(model)).collect();
            out.violating = first(tuples.iter().map(spelt), limit);
        }
    }
    out.verdict = if out.tuples == 0 { Verdict::Proved } else { Verdict::Violated };
    Ok((out, proof))
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

/// The first `limit` tuples by code point.
fn first(tuples: impl Iterator<Item = Vec<String>>, limit: usize) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = tuples.collect();
    all.sort_unstable();
    all.truncate(limit);
    all
}

/// Says of findings that the way leads past these nodes.
fn lead_past(findings: &mut [Finding], show: Show<'_, '_, '_>, nodes: &[u32]) {
    let nodes = nodes.first().map(|&first| kinds::several(show.id(first), nodes.len()));
    for finding in findings.iter_mut().filter(|finding| matches!(finding.fault, Fault::Leak(_))) {
        let leak = Box::new(finding.fault.clone());
        finding.fault = Fault::Past { nodes: nodes.clone(), leak };
    }
}
