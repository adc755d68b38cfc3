//! The whole run: from the text of a document to a report of facts.

pub(crate) mod assumption;
pub(crate) mod audit;
mod blame;
mod cause;
mod decided;
pub(crate) mod finding;
mod guess;
pub(crate) mod kinds;
pub(crate) mod place;
mod redact;
pub(crate) mod result;
mod separation;
pub(crate) mod show;
pub(crate) mod trace;
pub(crate) mod trial;
pub(crate) mod warning;
mod weigh;
pub(crate) mod why;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Date;
pub use crate::engine::Memory;
use crate::engine::{Excuse, Outcome, threads};
use crate::model::Model;
use crate::policy::{self, DEFAULT, Policy};
use crate::progress::{Phase, Progress, Silent};
use crate::report::slip::Slip;
use crate::report::{Loosening, Overall, Report, RequirementReport, Verdict, Warning};
use crate::source::Source;
use crate::source::Span;
pub use decided::{Decided, with_decisions, with_prepared};
use place::Places;
use result::{Context, ProofBasis};
use show::Show;
use trace::{Broken, Tracer};
use trial::Trials;

/// What a run is asked to do.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// The policy to decide.
    pub policy: &'o Policy,
    /// Today in Japan, for the expiry of exceptions.
    pub date: Date,
    /// Violating tuples listed of each requirement; all are counted.
    pub max_tuples: usize,
    /// After this time what is not decided stays undecided.
    pub limit: Option<Duration>,
    /// Where this much memory is used what is not decided stays undecided.
    pub memory: Option<Memory>,
    /// Whether to gather the facts of [`crate::report::audit`] too.
    pub audit: bool,
    /// Whether to find out what proved path requirements rest on, from their proofs. That takes several times as long as to
    /// decide them; of large documents it is not done, and the report says so.
    pub rationale: bool,
    /// Told how far the run is.
    pub progress: &'o dyn Progress,
}

impl Options<'static> {
    /// The default policy, on a day, without limits; a thousand tuples listed of each requirement, and neither the facts of an audit
    /// nor what proofs rest on.
    ///
    /// # Panics
    /// When the default policy, which comes with the program, cannot be read: never.
    #[must_use]
    pub fn today(year: i32, month: u8, day: u8) -> Self {
        Self {
            policy: Policy::built_in(DEFAULT).expect("the default policy is built in"),
            date: Date { year, month, day },
            max_tuples: 1000,
            limit: None,
            memory: None,
            audit: false,
            rationale: false,
            progress: &Silent,
        }
    }
}

impl Options<'_> {
    /// When a run that begins now has to end; `None`: its time is not limited.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.limit.and_then(|limit| Instant::now().checked_add(limit))
    }
}

/// Verifies a document. The name of the source is the one that places are reported under.
///
/// # Errors
/// The diagnostics when the document cannot be used; at least one of them is an error.
pub fn run_verify(source: &Source, options: &Options<'_>) -> Result<Report, Diagnostics> {
    with_decisions(source, options, |mut decided| report(source, options, &mut decided))
}

/// Verifies a document, and hands what was decided to `then` once the report is made: what else is made of it rests on the same
/// decisions.
///
/// # Errors
/// As [`run_verify`].
pub fn run_verify_and<T>(
    source: &Source,
    options: &Options<'_>,
    then: impl FnOnce(&mut Decided<'_, '_, '_>) -> T,
) -> Result<(Report, T), Diagnostics> {
    with_decisions(source, options, |mut decided| {
        let report = report(source, options, &mut decided)?;
        Ok((report, then(&mut decided)))
    })
}

/// Verifies a document and reports it under pseudonyms: of names, by their order in the document, and of addresses.
/// Warnings about the names themselves are left out. What the verdicts are does not change. `number` tells several
/// documents of one call apart; 0: there is one.
///
/// # Errors
/// As [`run_verify`]; the diagnostics are not redacted.
pub fn run_redacted(source: &Source, options: &Options<'_>, number: usize) -> Result<Report, Diagnostics> {
    let prepare = |document: &mut crate::document::Document<'_>| redact::names(document, options.policy);
    // files that it was put together from have names too
    let copy = source.parts().and_then(|_| Source::new(source.name(), source.text().as_bytes().to_vec()).ok());
    let source = copy.as_ref().unwrap_or(source);
    let mut report = decided::with_prepared(source, options, Some(&prepare), |mut decided| {
        decided.diagnostics = Diagnostics::default();
        report(source, options, &mut decided)
    })?;
    crate::report::redact::addresses(&mut report, number);
    Ok(report)
}

/// The report of what was decided.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub(crate) fn report(
    source: &Source,
    options: &Options<'_>,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Report, Diagnostics> {
    facts(source, options, decided, true)
}

/// As [`report`]; `tries`: whether causes are shown by deciding again without them, and not only likely.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub(crate) fn facts(
    source: &Source,
    options: &Options<'_>,
    decided: &mut Decided<'_, '_, '_>,
    tries: bool,
) -> Result<Report, Diagnostics> {
    let Decided { document, decider, outcomes, diagnostics } = decided;
    let mut diagnostics = diagnostics.clone();
    let (model, policy) = (decider.model(), options.policy);
    let places = Places::of(source, document);
    let tracer = Tracer::new(model);
    let show = Show { model, places: &places };
    let matrix = options.audit.then(|| audit::matrix(decider, policy, outcomes));
    let network = decider.network();
    let find_slips = || warning::find(model, &network, policy);
    let limits = decider.limits();
    let trials = Trials::new(model, options, limits, !tries);
    let context = Context { tracer: &tracer, show, trials: &trials, options, limits };
    let (mut slips, requirements) =
        threads::both(threads::for_model(model), find_slips, || requirement_reports(&context, outcomes));
    let (mut requirements, rests) = match requirements {
        Ok(requirements) => requirements.into_iter().unzip::<_, _, Vec<_>, Vec<_>>(),
        Err((id, broken)) => {
            diagnostics.push(internal_error(id, &broken));
            return Err(diagnostics);
        }
    };
    slips.extend(diagnostics.into_sorted().into_iter().map(|diagnostic| (diagnostic.span, Slip::from(diagnostic))));
    let ended = policy.ended.iter().map(|one| {
        (Span::default(), Slip::LooseningEnded { requirement: one.id.clone(), until: one.until.to_string() })
    });
    slips.extend(ended);
    for (requirement, _) in policy.requirements.iter().zip(&rests).filter(|(_, rests)| rests.unproved) {
        slips.push((Span::default(), Slip::UnprovedVerdict { requirement: requirement.id.clone() }));
    }
    let excuses: Vec<Vec<Excuse>> = policy
        .requirements
        .iter()
        .zip(outcomes.iter())
        .map(|(requirement, outcome)| match outcome {
            Some(Outcome::Paths(paths)) => decider.excused(&requirement.id, paths),
            _ => Vec::new(),
        })
        .collect();
    for (requirement, excuses) in requirements.iter_mut().zip(&excuses) {
        result::excuse(show, options, requirement, excuses);
    }
    // Warnings are counted apart.
    let any = |verdict: Verdict| requirements.iter().any(|one| !one.is_warning() && one.verdict == verdict);
    let verdict = match (any(Verdict::Violated), any(Verdict::Undecided)) {
        (true, _) => Overall::Violated,
        (false, true) => Overall::Undecided,
        (false, false) => Overall::Proved,
    };
    let audit = matrix.map(|matrix| Box::new(audit::of(show, decider, options, matrix, &requirements, &excuses)));
    let assumptions = assumption::of(show, policy, &requirements, &routes_relied_on(model, &rests));
    slips.sort_by(|(span, slip), (at, other)| (span, slip.code(), slip).cmp(&(at, other.code(), other)));
    slips.dedup();
    let located =
        |(span, slip): (Span, Slip)| Warning { location: (span != Span::default()).then(|| places.locate(span)), slip };
    let mut warnings: Vec<Warning> = slips.into_iter().map(located).collect();
    warnings.extend(source.parts().iter().flat_map(|parts| &parts.told).map(Warning::from_told));
    Ok(Report {
        name: document.name.as_deref().map(str::to_owned),
        file: source.name().to_owned(),
        sha256: source.sha256_hex(),
        nodes: document.nodes.len() as u64,
        links: document.links.len() as u64,
        zones: zones(model),
        policy_id: policy.id.clone(),
        policy_sha256: policy.sha256.clone(),
        date: options.date.to_string(),
        verdict,
        requirements,
        loosenings: policy.loosened.iter().map(loosening).collect(),
        assumptions,
        warnings,
        certificate: None,
        audit,
        beside: None,
    })
}

/// The nodes whose routes some proof relies on; where that was not worked out, all that have routes.
fn routes_relied_on(model: &Model<'_>, rests: &[ProofBasis]) -> BTreeSet<u32> {
    match rests.iter().map(|rests| rests.routes.as_ref()).collect::<Option<Vec<_>>>() {
        Some(known) => known.into_iter().flatten().copied().collect(),
        None => model.routes.keys().copied().collect(),
    }
}

/// The reports of all requirements, each with what its proof rests on, or the id of one with a witness that does not stand up to its replay.
fn requirement_reports<'o>(
    context: &Context<'o, '_, '_, '_>,
    outcomes: &[Option<Outcome>],
) -> Result<Vec<(RequirementReport, ProofBasis)>, (&'o str, Broken)> {
    let Options { policy, progress, .. } = *context.options;
    let all = policy.requirements.iter().zip(outcomes).enumerate();
    all.map(|(at, (requirement, outcome))| {
        progress.step(Phase::Witness, at as u64, policy.requirements.len() as u64);
        let report = result::requirement(context, requirement, outcome.as_ref());
        report.map_err(|broken| (requirement.id.as_str(), broken))
    })
    .collect()
}

fn loosening(one: &policy::Loosening) -> Loosening {
    let policy::Loosening { id, severity, reason, approved_by, until } = one.clone();
    Loosening { id, severity, reason, approved_by, until: until.to_string() }
}

/// Labelled endpoints per zone: tiers first, then others in document order.
fn zones(model: &Model<'_>) -> Vec<(String, u64)> {
    let mut counts = vec![0; model.names.zones.len()];
    for (label, endpoint) in model.labels.labels.iter().zip(&model.labels.endpoint) {
        if let (Some(zone), true) = (label, *endpoint) {
            counts[*zone as usize] += 1;
        }
    }
    model.names.zones.iter().map(|zone| (*zone).to_owned()).zip(counts).collect()
}

pub(crate) fn internal_error(requirement: &str, Broken(why): &Broken) -> Diagnostic {
    crate::refusal::not_replayed(requirement, why)
}
