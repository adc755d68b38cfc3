//! Shows forged certificates and changed documents to the checkers, and holds whatever they accept to the truth.

use serde_json::Value;
use std::collections::BTreeMap;

use super::alter::alter;
use super::checkers::{Checker, Opinion, checkers};
use super::forge::{Workshop, rebound};
use super::prove;
use super::truth::Truth;
use crate::interpreter::random::Random;

/// How often something was tried, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By every checker.
    pub rejected: u64,
    /// By some checker, and still true.
    pub true_still: u64,
}

/// What was found.
#[derive(Default)]
pub struct Findings {
    /// By kind of change.
    pub tallies: BTreeMap<String, Tally>,
    /// Documents with certificates.
    pub pairs: u64,
    /// What is true and not accepted by every checker: a matter of form.
    pub disagreements: Vec<String>,
    /// What was accepted and is false, or against the format.
    pub accepted_falsehoods: Vec<String>,
}

impl Findings {
    /// Both.
    pub fn with(mut self, other: Findings) -> Findings {
        for (class, tally) in other.tallies {
            let sum = self.tallies.entry(class).or_default();
            sum.rejected += tally.rejected;
            sum.true_still += tally.true_still;
        }
        self.pairs += other.pairs;
        self.disagreements.extend(other.disagreements);
        self.accepted_falsehoods.extend(other.accepted_falsehoods);
        self
    }
}

/// One court: its checkers and what it found.
struct Court {
    checkers: Vec<Checker>,
    findings: Findings,
}

impl Court {
    /// `what` tells how to find it again.
    fn judge(
        &mut self,
        class: &str,
        what: &str,
        text: &str,
        certificate: &Value,
        malformed: bool,
        truth: &mut Truth<'_>,
    ) {
        let written = certificate.to_string();
        let mut accepted = vec![];
        for checker in &mut self.checkers {
            if checker.judge(text, &written) == Opinion::Accepted {
                accepted.push(checker.name.clone());
            }
        }
        let tally = self.findings.tallies.entry(class.to_owned()).or_default();
        if accepted.is_empty() {
            tally.rejected += 1;
            return;
        }
        tally.true_still += 1;
        let falsehood = if malformed { Some("against the format".to_owned()) } else { truth.falsehood(certificate) };
        if falsehood.is_none() && accepted.len() < self.checkers.len() {
            self.findings.disagreements.push(format!("{what}: true, and accepted by {accepted:?} only"));
        }
        if let Some(falsehood) = falsehood {
            let number = self.findings.accepted_falsehoods.len();
            let stem = format!("{}/falsehood-{:?}-{number}", env!("CARGO_TARGET_TMPDIR"), std::thread::current().id());
            let _ = std::fs::write(format!("{stem}.json"), text);
            let _ = std::fs::write(format!("{stem}.certificate.json"), &written);
            self.findings
                .accepted_falsehoods
                .push(format!("{what}\n  accepted by {accepted:?}: {falsehood}\n  see {stem}.json"));
        }
    }
}

/// Tries so many changes of so many certificates, one for each seed whose document is decided.
pub fn tried(
    seeds: impl Iterator<Item = u64>,
    document: fn(u64) -> Value,
    forgeries: u32,
    alterations: u32,
) -> Findings {
    let mut court = Court { checkers: checkers(), findings: Findings::default() };
    let mut donors: Vec<Value> = vec![];
    for seed in seeds {
        let mut random = Random::from_seed(seed ^ 0x5a5a_0000_0000);
        let document = document(seed);
        let text = document.to_string();
        let complete = random.chance(70);
        let Ok(Ok(certificate)) = prove("document.json", &text, complete) else { continue };
        court.findings.pairs += 1;
        let mut truth = Truth::of(&document, &text);
        let workshop = Workshop::new(&document, &certificate, &donors.iter().collect::<Vec<_>>());
        for turn in 0..forgeries {
            let forged = workshop.forge(&mut random);
            let what = format!("seed {seed}, complete {complete}, forgery {turn}: {}", forged.what);
            court.judge(&forged.class, &what, &text, &forged.certificate, forged.malformed, &mut truth);
        }
        for turn in 0..alterations {
            let Some((name, altered)) = alter(&document, &mut random) else { continue };
            let class = format!("document: {name}");
            let altered_text = altered.to_string();
            let what = format!("seed {seed}, complete {complete}, alteration {turn}: {name}");
            let old = rebound(&certificate, &altered_text);
            court.judge(&class, &what, &altered_text, &old, false, &mut Truth::of(&altered, &altered_text));
            // What is proved of the changed document does not hold for this one.
            if let Ok(Ok(other)) = prove("document.json", &altered_text, complete) {
                let what = format!("{what}, the other way round");
                court.judge(&class, &what, &text, &rebound(&other, &text), false, &mut truth);
            }
        }
        donors.push(certificate);
        if donors.len() > 4 {
            donors.remove(0);
        }
    }
    court.findings
}
