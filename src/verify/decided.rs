//! A document read, resolved and decided: what reports and certificates are made from.

use std::time::Instant;

use super::{Options, is_path, nothing_to_verify, other_model};
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::engine::{Decider, Limits, Outcome};
use crate::model::Model;
use crate::model::names::Names;
use crate::progress::Phase;
use crate::source::Source;

/// What was decided about a document.
pub struct Decided<'r, 'm, 'd> {
    /// The document.
    pub document: &'r Document<'r>,
    /// Decides more, or proves what was decided.
    pub decider: Decider<'m, 'd>,
    /// For each requirement of the policy; `None`: undecided.
    pub outcomes: Vec<Option<Outcome>>,
    /// Warnings so far; no errors.
    pub diagnostics: Diagnostics,
}

/// Reads, resolves and decides a document, and hands what was decided to `then`.
///
/// # Errors
/// The diagnostics when the document cannot be used, or those of `then`.
pub fn with_decisions<T>(
    source: &Source,
    options: &Options<'_>,
    then: impl FnOnce(Decided<'_, '_, '_>) -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    let started = Instant::now();
    let Options { policy, progress, .. } = *options;
    let step = |phase, done: usize, total: usize| progress.step(phase, done as u64, total as u64);
    let mut diagnostics = Diagnostics::default();
    step(Phase::Read, 0, source.text().len());
    let Some(document) = document::read(source, &mut diagnostics) else { return Err(diagnostics) };
    step(Phase::Model, 0, document.nodes.len());
    let names = Names::resolve(&document, &mut diagnostics);
    let (Some(names), false) = (names, diagnostics.has_errors()) else { return Err(diagnostics) };
    if let Some(model) = &document.model
        && *model.value != *policy.model
    {
        diagnostics.push(other_model(&model.value, model.span, policy));
        return Err(diagnostics);
    }
    let model = Model::new(&document, &names);
    let limits = Limits { deadline: options.limit.and_then(|limit| started.checked_add(limit)), cells: None };
    let mut decider = Decider::new(&model, options.date, limits);
    let mut outcomes = Vec::with_capacity(policy.requirements.len());
    for (at, requirement) in policy.requirements.iter().enumerate() {
        step(Phase::Decide, at, policy.requirements.len());
        outcomes.push(decider.decide(requirement).ok());
    }
    let mut paths =
        policy.requirements.iter().zip(&outcomes).filter(|(requirement, _)| is_path(&requirement.evaluator));
    if paths.all(|(_, outcome)| matches!(outcome, Some(Outcome::Vacuous))) {
        diagnostics.push(nothing_to_verify());
        return Err(diagnostics);
    }
    then(Decided { document: &document, decider, outcomes, diagnostics })
}
