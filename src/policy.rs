//! What a policy demands, as data. A policy is defined by files (`definition`, `chain`), which know nothing of how it is decided;
//! [`Policy`] is what is asked of one document on one day. What kinds of checks have in common is in `kinds`.

mod canonical;
mod catalogue;
mod chain;
pub mod compare;
pub mod definition;
mod editions;
mod kinds;
pub mod lint;
mod pattern;
mod within;

use std::fmt;
use std::sync::OnceLock;

pub use crate::document::policy::{Basis, ExceptionCheck, Methods};
use crate::document::{Date, ServiceItem};
pub use crate::document::{Edition, Severity, Sure, Tier};
use crate::language::Phrase;
use crate::source::sha256_hex;
use catalogue::{BUILT_IN, built_in_source};
pub use catalogue::{built_in_ids, models};
pub use chain::{DEEPEST, Fetch, Told, read};
use definition::Definition;
pub use definition::{Asked, Loosening, Paths};
pub use kinds::SpokenOf;
pub use pattern::{LinkPattern, Named, NodeFacts, NodePattern, any_matches};

/// The policy that is used when none is named.
pub const DEFAULT: &str = "three-tier/alpha";

/// What is asked of a document: requirements in the order in which they are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `three-tier/alpha`
    pub id: String,
    /// The `model` of a document that it is for: `alpha`.
    pub model: String,
    /// Its name.
    pub title: Phrase,
    /// Edition of the national guideline.
    pub edition: Edition,
    /// What documents may call it besides its id: the path of its file as they write it.
    pub called: Vec<String>,
    /// SHA-256 of its canonical JSON, lower-case hex.
    pub sha256: String,
    /// Its canonical JSON, which checkers read.
    pub canonical: String,
    /// Its requirements that are in effect.
    pub requirements: Vec<Requirement>,
    /// What is loosened on the day, in its order.
    pub loosened: Vec<Loosening>,
    /// What is loosened no more.
    pub ended: Vec<Loosening>,
    /// Ids of the requirements that exceptions can waive, those that are switched off among them.
    pub waivable: Vec<String>,
}

/// What a policy demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// `MN-ISOLATION` and so on; unique in its policy.
    pub id: String,
    /// Clause of the founding policy, `6(3)①`.
    pub clause: String,
    /// Short title.
    pub title: Phrase,
    /// What it means.
    pub meaning: Phrase,
    /// Why it matters.
    pub why: Phrase,
    /// How to mend a violation.
    pub mend: Phrase,
    /// How grave a violation is.
    pub severity: Severity,
    /// What is asked.
    pub asked: Asked,
}

/// Why a policy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyError {
    /// There is no policy of this id.
    Unknown(String),
    /// The text is no policy.
    Malformed(String),
}

impl PolicyError {
    /// The error in both languages.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Unknown(id) => {
                let known = built_in_ids().collect::<Vec<_>>();
                Phrase::new(
                    format!("there is no policy `{id}`; known: {}", known.join(", ")),
                    format!("ポリシー `{id}` はありません。使えるもの: {}", known.join("、")),
                )
            }
            Self::Malformed(why) => {
                Phrase::new(format!("the policy cannot be read: {why}"), format!("ポリシーを読み込めません: {why}"))
            }
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase().en)
    }
}

impl std::error::Error for PolicyError {}

fn each_once<'w>(words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl Policy {
    /// What a definition asks on a day.
    #[must_use]
    pub fn of(definition: &Definition, day: Date) -> Self {
        let mut requirements = Vec::new();
        for one in &definition.requirements {
            // What is switched off is told of beside the verdict.
            let Some(severity) = definition.severity_on(one, day) else { continue };
            let help = one.help.clone();
            let texts = |of: fn(crate::document::policy::HelpTexts) -> Phrase| {
                help.clone().map_or_else(|| one.title.clone(), of)
            };
            requirements.push(Requirement {
                id: one.id.clone(),
                clause: one.clause.clone().unwrap_or_default(),
                title: one.title.clone(),
                meaning: texts(|help| help.meaning),
                why: texts(|help| help.why),
                mend: texts(|help| help.mend),
                severity,
                asked: one.asked.clone(),
            });
        }
        let canonical = definition.canonical();
        Self {
            id: definition.id.clone(),
            model: definition.model.clone().unwrap_or_default(),
            title: definition.title.clone(),
            edition: definition.edition,
            called: Vec::new(),
            sha256: sha256_hex(canonical.as_bytes()),
            canonical,
            requirements,
            loosened: definition
                .requirements
                .iter()
                .filter_map(|one| definition.loosened(&one.id, day))
                .cloned()
                .collect(),
            ended: definition.loosenings.iter().filter(|one| one.until < day).cloned().collect(),
            waivable: definition
                .requirements
                .iter()
                .filter(|one| one.asked.is_waivable())
                .map(|one| one.id.clone())
                .collect(),
        }
    }

    /// Whether it is for documents of a model: one that rests on no built-in policy is for all.
    #[must_use]
    pub fn is_for_model(&self, model: &str) -> bool {
        self.model.is_empty() || self.model == model
    }

    /// Whether documents call it so.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name || self.called.iter().any(|called| called == name)
    }

    /// The services that its requirements ask for.
    #[must_use]
    pub fn services(&self) -> Vec<&[ServiceItem<'static>]> {
        self.requirements.iter().filter_map(|requirement| requirement.asked.services()).collect()
    }

    /// The patterns of nodes that its requirements hold.
    pub fn patterns(&self) -> impl Iterator<Item = &NodePattern> {
        let all = self.requirements.iter().flat_map(|requirement| requirement.asked.patterns());
        all.flatten().flat_map(NodePattern::all)
    }

    /// The tags that some requirement looks at, each once.
    #[must_use]
    pub fn known_tags(&self) -> Vec<&str> {
        each_once(self.patterns().flat_map(|pattern| &pattern.tag).map(String::as_str))
    }

    /// The controls that some requirement looks at, each once.
    #[must_use]
    pub fn known_controls(&self) -> Vec<&str> {
        let lists = self.requirements.iter().flat_map(|requirement| requirement.asked.controls());
        let of_patterns = self.patterns().flat_map(|pattern| &pattern.control);
        each_once(lists.chain(of_patterns).map(String::as_str))
    }

    /// A policy that comes with the program; read once.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn built_in(id: &str) -> Result<&'static Self, PolicyError> {
        static READ: [OnceLock<Result<Policy, PolicyError>>; BUILT_IN.len()] =
            [const { OnceLock::new() }; BUILT_IN.len()];
        let index =
            BUILT_IN.iter().position(|(known, ..)| *known == id).ok_or_else(|| PolicyError::Unknown(id.to_owned()))?;
        let read = || Ok(Self::of(&definition(id)?, NO_DAY));
        READ[index].get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// The requirement of this id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// Ids of the requirements that exceptions can waive, in order.
    pub fn path_requirements(&self) -> impl Iterator<Item = &str> {
        self.waivable.iter().map(String::as_str)
    }
}

/// The policy that comes with the program for a model, in an edition of the guideline; `None`: the latest.
#[must_use]
pub fn of_model(model: &str, edition: Option<Edition>) -> Option<&'static Policy> {
    let id = built_in_ids().zip(models()).find(|(_, known)| *known == model)?.0;
    let policy = Policy::built_in(id).ok()?;
    match edition {
        Some(edition) if edition != policy.edition => {
            let definition = defined_in(id, Some(edition)).ok()?;
            let policy = Policy::of(&definition, NO_DAY);
            // There are few, and they stay for as long as the call.
            Some(Box::leak(Box::new(policy)))
        }
        _ => Some(policy),
    }
}

/// Built-in policies loosen nothing, so that the day is no matter.
const NO_DAY: Date = Date { year: 1, month: 1, day: 1 };

/// The definition of a policy that comes with the program.
///
/// # Errors
/// When there is none of this id.
pub fn definition(id: &str) -> Result<Definition, PolicyError> {
    defined_in(id, None)
}

fn defined_in(id: &str, edition: Option<Edition>) -> Result<Definition, PolicyError> {
    let source = built_in_source(id).ok_or_else(|| PolicyError::Unknown(id.to_owned()))?;
    let nowhere = |_: &str, path: &str| Err(Phrase::new(path, path));
    let (read, told) = chain::read_in(source, &nowhere, edition);
    read.ok_or_else(|| {
        let first = told.iter().flat_map(|told| &told.diagnostics).next();
        PolicyError::Malformed(first.map_or_else(String::new, |one| one.message.en.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alpha() -> &'static Policy {
        Policy::built_in(DEFAULT).expect("the built-in policy reads")
    }

    #[test]
    fn alpha_has_the_requirements_of_the_contract_in_order() {
        let found: Vec<(&str, &str)> =
            alpha().requirements.iter().map(|r| (r.id.as_str(), r.clause.as_str())).collect();
        let expected = [
            ("MN-ISOLATION", "6(3)①"),
            ("MN-TERMINAL", "6(3)①"),
            ("LGWAN-INTERNET", "6(3)②"),
            ("INTERNET-CLOUD", "6(3)③"),
            ("INTERNET-MONITOR", "6(3)③"),
            ("EXCEPTION-LIMITED", "6(3)①"),
            ("EXCEPTION-PEER", "6(3)①"),
            ("LABELLED", "2(8)–(10)"),
        ];
        assert_eq!(found, expected);
        let paths: Vec<&str> = alpha().path_requirements().collect();
        assert_eq!(paths, ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"]);
    }

    #[test]
    fn every_built_in_policy_reads_and_bears_its_id_and_digest() {
        for id in built_in_ids() {
            let policy = Policy::built_in(id).expect("reads");
            assert_eq!(policy.id, id);
            assert_eq!(policy.sha256.len(), 64);
        }
        assert!(matches!(Policy::built_in("x"), Err(PolicyError::Unknown(_))));
    }
}
