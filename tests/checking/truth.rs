//! Whether what a certificate claims is so, by the slow interpreter.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::interpreter::{Decision, decide};

/// The requirements, in the order of the policy.
pub const REQUIREMENTS: [&str; 8] = [
    "MN-ISOLATION",
    "MN-TERMINAL",
    "LGWAN-INTERNET",
    "INTERNET-CLOUD",
    "INTERNET-MONITOR",
    "EXCEPTION-LIMITED",
    "EXCEPTION-PEER",
    "LABELLED",
];

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is true of a document.
pub struct Truth<'d> {
    document: &'d Value,
    digest: String,
    /// By date: what is decided.
    decisions: HashMap<String, Result<Decision, String>>,
}

impl<'d> Truth<'d> {
    /// `text` is what `document` is written as.
    pub fn of(document: &'d Value, text: &str) -> Self {
        Self { document, digest: sha256(text.as_bytes()), decisions: HashMap::new() }
    }

    /// What the interpreter decides for a date.
    pub fn decision(&mut self, date: &str) -> Result<Decision, String> {
        let day = calendar_date(date).ok_or_else(|| format!("no date: {date}"))?;
        let document = self.document;
        self.decisions.entry(date.to_owned()).or_insert_with(|| decide(document, day)).clone()
    }

    /// The first thing that a certificate claims and that is not so.
    pub fn falsehood(&mut self, certificate: &Value) -> Option<String> {
        let wrong = |what: &str| Some(what.to_owned());
        let topology = &certificate["topology"];
        let nodes = self.document["nodes"].as_array().map_or(&[][..], Vec::as_slice);
        let version = if nodes.iter().any(|node| node.get("nat").is_some()) { 2 } else { 1 };
        if certificate["sanso_certificate"] != version {
            return wrong("another version");
        }
        if topology.get("json_sha256").unwrap_or(&topology["sha256"]) != self.digest.as_str() {
            return wrong("the digest is of another document");
        }
        let policy = sanso::policy::Policy::built_in(sanso::policy::DEFAULT).expect("the default policy reads");
        if certificate["policy"]["id"] != policy.id || certificate["policy"]["sha256"] != policy.sha256 {
            return wrong("the policy is another");
        }
        let decision = match self.decision(certificate["date"].as_str().unwrap_or("")) {
            Ok(decision) => decision,
            Err(error) => return Some(format!("the document or its date cannot be read: {error}")),
        };
        let requirements = certificate["requirements"].as_array().map_or(&[][..], Vec::as_slice);
        if requirements.len() != REQUIREMENTS.len() {
            return wrong("there are not eight requirements");
        }
        requirements.iter().zip(REQUIREMENTS).find_map(|(claim, id)| Self::wrong_claim(claim, id, &decision[id]))
    }

    fn wrong_claim(claim: &Value, id: &str, truth: &Option<Vec<Vec<String>>>) -> Option<String> {
        let wrong = |what: String| Some(format!("{id}: {what}; the interpreter finds {truth:?}"));
        if claim["id"] != id {
            return wrong(format!("is named {}", claim["id"]));
        }
        let verdict = match truth {
            None => "vacuous",
            Some(tuples) if tuples.is_empty() => "proved",
            Some(_) => "violated",
        };
        if claim["verdict"] != verdict {
            return wrong(format!("is claimed to be {}", claim["verdict"]));
        }
        let Ok(claimed) = serde_json::from_value::<Vec<Vec<String>>>(claim["violating"].clone()) else {
            return wrong("has no tuples".to_owned());
        };
        let none = Vec::new();
        let truth = truth.as_ref().unwrap_or(&none);
        if let Some(tuple) = claimed.iter().find(|tuple| !truth.contains(tuple)) {
            return wrong(format!("{tuple:?} does not violate it"));
        }
        if !claimed.is_sorted_by(|a, b| a < b) || claimed.is_empty() != truth.is_empty() {
            return wrong(format!("lists {claimed:?}"));
        }
        let complete = claim.get("complete").is_none_or(|complete| *complete == true);
        if complete && claimed.len() != truth.len() {
            return wrong(format!("lists {claimed:?} as all there are"));
        }
        None
    }
}

fn calendar_date(text: &str) -> Option<(i32, u32, u32)> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return None;
    }
    let (year, month, day): (i32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some((year, month, day))
}
