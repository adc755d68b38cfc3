//! A document read, resolved and decided: what reports and certificates are made from.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::Options;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::engine::{Limits, Outcome, RequirementDecider};
use crate::model::Model;
use crate::model::names::{Names, check_waived};
use crate::progress::Phase;
use crate::refusal::{held_against, nothing_to_verify};
use crate::source::Source;

/// Bytes from which on a text is hashed on a thread of its own.
const LARGE: usize = 1 << 20;

/// What was decided about a document.
pub struct Decided<'r, 'm, 'd> {
    /// The document.
    pub document: &'r Document<'r>,
    /// Decides more, or proves what was decided.
    pub decider: RequirementDecider<'m, 'd>,
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
    with_prepared(source, options, None, then)
}

/// Changes a document of which every name resolves, to one of which every name resolves again.
pub type Prepare<'p> = dyn Fn(&mut Document<'_>) + 'p;

/// As [`with_decisions`], of the document as `prepare` changes it, where it is there.
///
/// # Errors
/// As [`with_decisions`]; what is wrong with the names is told of the document as it was.
pub fn with_prepared<T>(
    source: &Source,
    options: &Options<'_>,
    prepare: Option<&Prepare<'_>>,
    then: impl FnOnce(Decided<'_, '_, '_>) -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    let started = Instant::now();
    let mut diagnostics = Diagnostics::default();
    options.progress.step(Phase::Read, 0, source.text().len() as u64);
    let Some(document) = document::read(source, &mut diagnostics) else { return Err(diagnostics) };
    let decide = || decide(document, diagnostics, started, options, prepare, then);
    // Whatever is made of the document bears the digest of its text.
    if source.text().len() < LARGE || std::thread::available_parallelism().is_ok_and(|threads| threads.get() == 1) {
        return decide();
    }
    std::thread::scope(|scope| {
        scope.spawn(|| source.sha256());
        decide()
    })
}

/// Resolves and decides a document that was read.
fn decide<T>(
    mut document: Document<'_>,
    mut diagnostics: Diagnostics,
    started: Instant,
    options: &Options<'_>,
    prepare: Option<&Prepare<'_>>,
    then: impl FnOnce(Decided<'_, '_, '_>) -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    let Options { policy, progress, .. } = *options;
    let step = |phase, done: usize, total: usize| progress.step(phase, done as u64, total as u64);
    step(Phase::Model, 0, document.nodes.len());
    let waivable: Vec<&str> = policy.path_requirements().collect();
    let refused = held_against(&document, policy);
    if let Some(prepare) = prepare {
        check_waived(&document, &waivable, &mut diagnostics);
        refused.iter().cloned().for_each(|one| diagnostics.push(one));
        let resolves = Names::resolve(&document, &mut diagnostics).is_some();
        if !resolves || diagnostics.has_errors() {
            return Err(diagnostics);
        }
        prepare(&mut document);
    }
    // What there is to say of the names is said once.
    let (mut again, told_before) = (Diagnostics::default(), prepare.is_some());
    if !told_before {
        check_waived(&document, &waivable, &mut diagnostics);
        refused.into_iter().for_each(|one| diagnostics.push(one));
    }
    let names = Names::resolve(&document, if told_before { &mut again } else { &mut diagnostics });
    let (Some(names), false) = (names, diagnostics.has_errors() || again.has_errors()) else {
        return Err(if again.has_errors() { again } else { diagnostics });
    };
    let model = Model::asked(&document, &names, &policy.services());
    let deadline = options.limit.and_then(|limit| started.checked_add(limit));
    let limits = Limits { deadline, cells: None, memory: options.memory };
    let mut decider = RequirementDecider::new(&model, options.date, limits);
    decider.expect(&policy.requirements);
    let begun = AtomicUsize::new(0);
    let begin = || step(Phase::Decide, begun.fetch_add(1, Ordering::Relaxed), policy.requirements.len());
    let outcomes: Vec<Option<Outcome>> =
        decider.decide_all(&policy.requirements, &begin).into_iter().map(Result::ok).collect();
    let mut paths = policy.requirements.iter().zip(&outcomes).filter(|(requirement, _)| requirement.asked.is_of_ways());
    if paths.all(|(_, outcome)| matches!(outcome, Some(Outcome::Vacuous))) {
        diagnostics.push(nothing_to_verify());
        return Err(diagnostics);
    }
    then(Decided { document: &document, decider, outcomes, diagnostics })
}
