//! The adapter between the tests and the library: runs it on a document as a user would.

// Each test program that says `mod engine;` uses its own part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;

use sanso::document::Date;
use sanso::engine::{Item, Outcome};
use sanso::language::{Lang, Phrase};
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::render::diagnostics;
use sanso::report::{Report, Verdict};
use sanso::source::Source;
use sanso::source::SourceText;
use sanso::verify::{Decided, Options, run_verify, run_verify_and, with_decisions};
use serde_json::Value;

/// "Today" in the tests: year, month, day.
pub const DATE: (i32, u32, u32) = (2026, 11, 22);

/// Requirement → `None` (vacuous) or the complete sorted list of its violating tuples.
pub type Decision = BTreeMap<String, Option<Vec<Vec<String>>>>;

/// The report on a text, all tuples listed.
///
/// # Errors
/// The diagnostics of a document that cannot be verified.
pub fn report(name: &str, text: &str) -> Result<Report, String> {
    reported(name, text, true)
}

/// The same by another policy than the default.
///
/// # Errors
/// As above.
pub fn report_by(policy: &Policy, name: &str, text: &str) -> Result<Report, String> {
    reported_by(policy, name, text, true)
}

/// As [`report`], without what proofs rest on.
///
/// # Errors
/// As [`report`].
pub fn quick(name: &str, text: &str) -> Result<Report, String> {
    reported(name, text, false)
}

fn reported(name: &str, text: &str, rationale: bool) -> Result<Report, String> {
    reported_by(Policy::built_in(DEFAULT).expect("the default policy reads"), name, text, rationale)
}

/// The day of the tests.
pub const DAY: Date = Date { year: DATE.0, month: DATE.1 as u8, day: DATE.2 as u8 };

/// What a policy file asks on [`DATE`].
///
/// # Errors
/// What is wrong with it.
pub fn policy(value: &Value) -> Result<Policy, String> {
    let source = Source::new("policy.json", value.to_string().into_bytes()).map_err(|error| error.to_string())?;
    let nowhere = |_: &str, path: &str| Err(Phrase::new(path, path));
    let (read, told) = sanso::policy::read(source, &nowhere);
    let definition = read.ok_or_else(|| {
        let all = told.iter().flat_map(|told| &told.diagnostics).map(|one| one.message.en.clone());
        all.collect::<Vec<_>>().join("; ")
    })?;
    Ok(Policy::of(&definition, DAY))
}

/// The report on a text by a policy, all tuples listed.
///
/// # Errors
/// The diagnostics of a document that cannot be verified.
pub fn reported_by(policy: &Policy, name: &str, text: &str, rationale: bool) -> Result<Report, String> {
    let source = Source::new(name, text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    let options = Options {
        policy,
        date: Date { year: 2026, month: 11, day: 22 },
        max_tuples: usize::MAX,
        limit: None,
        memory: None,
        audit: true,
        rationale,
        progress: &Silent,
    };
    run_verify(&source, &options)
        .map_err(|found| diagnostics::render(&found.into_sorted(), &SourceText::new(name, text), Lang::En, false))
}

/// As [`report`], with what audit reports say beside the verdicts.
///
/// # Errors
/// As [`report`].
pub fn whole(name: &str, text: &str) -> Result<Report, String> {
    let source = Source::new(name, text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    let options = Options { audit: true, rationale: true, ..Options::today(DATE.0, DATE.1 as u8, DATE.2 as u8) };
    let found =
        run_verify_and(&source, &options, |decided| sanso::question::beside::beside(&source, &options, decided));
    let whole = found.and_then(|(report, beside)| Ok(Report { beside: Some(Box::new(beside?)), ..report }));
    whole.map_err(|found| diagnostics::render(&found.into_sorted(), &SourceText::new(name, text), Lang::En, false))
}

/// The verdicts of a report.
///
/// # Panics
/// When a requirement is undecided although no limit was set.
pub fn decision(report: &Report) -> Decision {
    let tuples = |verdict: Verdict, violating: &Vec<Vec<String>>| match verdict {
        Verdict::Vacuous => None,
        Verdict::Proved | Verdict::Violated => Some(violating.clone()),
        Verdict::Undecided => panic!("undecided without a limit"),
    };
    report.requirements.iter().map(|one| (one.id.clone(), tuples(one.verdict, &one.violating))).collect()
}

/// The verdicts by a policy alone: nothing is traced, and no cause looked for.
///
/// # Errors
/// The diagnostics of a document that cannot be verified.
///
/// # Panics
/// When a requirement is undecided although no limit was set.
pub fn decided_by(policy: &Policy, text: &str) -> Result<Decision, String> {
    let source = Source::new("document.json", text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    let options = Options { policy, ..Options::today(DATE.0, DATE.1 as u8, DATE.2 as u8) };
    let found = with_decisions(&source, &options, |Decided { decider, outcomes, .. }| {
        let model = decider.model();
        let tuples = |outcome: Option<Outcome>| match outcome.expect("undecided without a limit") {
            Outcome::Vacuous => None,
            Outcome::Paths(paths) => {
                let pair = |(a, b)| vec![model.id(a).to_owned(), model.id(b).to_owned()];
                Some(paths.list(model, usize::MAX).into_iter().map(pair).collect())
            }
            other => {
                let spelt = |tuple: &Vec<_>| tuple.iter().map(|item: &Item| item.id(model)).collect();
                let mut tuples: Vec<Vec<String>> = other.tuples().iter().map(spelt).collect();
                tuples.sort_unstable();
                Some(tuples)
            }
        };
        let ids = policy.requirements.iter().map(|one| one.id.clone());
        Ok(ids.zip(outcomes.into_iter().map(tuples)).collect())
    });
    found.map_err(|found| {
        diagnostics::render(&found.into_sorted(), &SourceText::new("document.json", text), Lang::En, false)
    })
}

/// What the library decides for `document` on [`DATE`].
///
/// # Errors
/// The diagnostics of a document that cannot be verified, such as one whose path requirements are all vacuous.
pub fn engine(document: &Value) -> Result<Decision, String> {
    reported("document.json", &document.to_string(), false).map(|report| decision(&report))
}
