//! What audit reports say beside the verdicts, from the same decisions.

use std::time::Instant;

use super::repair::{Bound, repair_decided};
use super::{exceptions, exposure};
use crate::diagnostic::Diagnostics;
use crate::document::{Document, Node, Severity};
use crate::engine::Limits;
use crate::report::beside::Beside;
use crate::report::repair::Repair;
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::trace::Broken;
use crate::verify::{Decided, Options, internal_error};

/// So many nodes, links and rules are decided again for the repair, all in all: a measure of time by which a report says the same on
/// every machine.
const WORK: usize = 1_000_000;

/// The ledger of exceptions and transfers, how deep the defence between tiers is, and, where something is violated, the least that has to
/// change. All of it together takes no longer than the limit of a run.
///
/// # Errors
/// When a way does not stand up to its replay.
pub fn beside(
    source: &Source,
    options: &Options<'_>,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Beside, Diagnostics> {
    let deadline = options.deadline();
    let limits = decided.decider.limits();
    decided.decider.limit(Limits { deadline, ..limits });
    let ledger = exceptions::ledger_of(source, options, decided);
    let places = Places::of(source, decided.document);
    let show = Show { model: decided.decider.model(), places: &places };
    let depths = exposure::depths(show, &decided.decider, options).map_err(|Broken(why)| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(internal_error("exposure", &Broken(why)));
        diagnostics
    })?;
    Ok(Beside { ledger, depths, repair: repair(source, options, deadline, decided)? })
}

/// The repair; `None`: no requirement of severity error is violated.
fn repair(
    source: &Source,
    options: &Options<'_>,
    deadline: Option<Instant>,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Option<Repair>, Diagnostics> {
    let mut requirements = options.policy.requirements.iter().zip(&decided.outcomes);
    let violated = |outcome: &crate::engine::Outcome| outcome.count() > 0;
    if !requirements.any(|(one, outcome)| one.severity == Severity::Error && outcome.as_ref().is_some_and(violated)) {
        return Ok(None);
    }
    let bound = Bound { deadline, decisions: WORK / size(decided.document).max(1) };
    // The report names the edits; nobody reads the document with them there.
    Ok(Some(Repair { document: String::new(), ..repair_decided(source, options, bound, decided)? }))
}

fn size(document: &Document<'_>) -> usize {
    let rules = |node: &Node<'_>| {
        let filters = node.details.iter().flat_map(|details| details.filters.iter().flatten());
        filters.map(|filter| filter.rules.len()).sum::<usize>()
    };
    document.nodes.len() + document.links.len() + document.nodes.iter().map(rules).sum::<usize>()
}
