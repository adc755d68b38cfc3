//! What a policy demands, as data: the files of `policies/`, read into requirements, each for one of a few evaluators.
//! How a requirement is decided is the engine's affair.

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de};
use sha2::{Digest, Sha256};

use crate::document::Kind;
use crate::language::Phrase;

/// Policies that come with the program: id and text.
const BUILT_IN: [(&str, &str); 1] = [("three-tier/alpha", include_str!("../policies/three-tier-alpha.json"))];

/// The policy that is used when none is named.
pub const DEFAULT: &str = "three-tier/alpha";

/// A policy: requirements in the order in which they are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `three-tier/alpha`
    pub id: String,
    /// The `model` of a document that it is for: `alpha`.
    pub model: String,
    /// Its name.
    pub title: Phrase,
    /// SHA-256 of the policy file, lower-case hex.
    pub sha256: String,
    /// Its requirements.
    pub requirements: Vec<Requirement>,
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
    /// How it is decided.
    pub evaluator: Evaluator,
}

/// The kinds of requirements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Evaluator {
    /// No data path, either way, between a node of side `a` and a node of side `b`, but excused ones. Tuples: `[a, b]`.
    Isolation(Isolation),
    /// Every matching node declares controls. Tuples: `[node]`.
    Controls(Controls),
    /// Every exception is narrow, justified and in date. Tuples: `[exception]`.
    ExceptionsLimited(ExceptionsLimited),
    /// The outer ends of exceptions are not exposed. Tuples: `[exception, node]`.
    ExceptionsPeer(ExceptionsPeer),
    /// Every endpoint has a zone that no address contradicts. Tuples: `[node]`.
    Labelled(Labelled),
}

impl Evaluator {
    /// Whether it speaks of data paths between two sides.
    #[must_use]
    pub const fn is_path(&self) -> bool {
        matches!(self, Self::Isolation(_))
    }
}

/// A path requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Isolation {
    /// The side named first in a tuple.
    pub a: Vec<NodePattern>,
    /// The side named second.
    pub b: Vec<NodePattern>,
    /// Only paths without a sanitising pass count.
    pub raw_only: bool,
    /// Nodes with this tag are taken out: packets do not enter, leave or end at them, they are on neither side.
    #[serde(default)]
    pub without_tag: Option<String>,
}

/// A requirement on what nodes declare.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controls {
    /// The nodes it speaks of.
    pub nodes: Vec<NodePattern>,
    /// Controls that each of them must declare.
    pub controls: Vec<String>,
}

/// A requirement on every exception; it has no settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionsLimited {}

/// A requirement on the outer ends of sessions that exceptions cover.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionsPeer {
    /// Exceptions that waive this requirement are looked at.
    pub waives: String,
    /// Ends labelled with this zone are inside; all others are peers.
    pub inside: String,
    /// A peer must neither be labelled with this zone nor have a raw data path with a node of it.
    pub exposed_to: String,
}

/// A requirement on the labels of endpoints; it has no settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {}

/// A condition on a node: all that is given must hold. A list of patterns is a union.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePattern {
    /// The node is labelled with this zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// The node is labelled, with another zone than this.
    #[serde(default)]
    pub not_zone: Option<String>,
    /// The node is of this kind.
    #[serde(default, deserialize_with = "kind")]
    pub kind: Option<Kind>,
    /// The node is not of this kind.
    #[serde(default, deserialize_with = "kind")]
    pub not_kind: Option<Kind>,
    /// The node bears this tag.
    #[serde(default)]
    pub tag: Option<String>,
}

impl NodePattern {
    /// Whether a node with this zone label, kind and tags matches.
    #[must_use]
    pub fn matches(&self, zone: Option<&str>, kind: Kind, tags: &[Box<str>]) -> bool {
        self.zone.as_deref().is_none_or(|wanted| zone == Some(wanted))
            && self.not_zone.as_deref().is_none_or(|other| zone.is_some_and(|zone| zone != other))
            && self.kind.is_none_or(|wanted| kind == wanted)
            && self.not_kind.is_none_or(|other| kind != other)
            && self.tag.as_deref().is_none_or(|wanted| tags.iter().any(|tag| **tag == *wanted))
    }
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

/// Ids of the policies that come with the program.
pub fn built_in_ids() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(id, _)| *id)
}

fn each_once<'w>(words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl Policy {
    /// Tags without whose nodes a requirement looks at the network.
    pub fn without_tags(&self) -> impl Iterator<Item = &str> {
        self.requirements.iter().filter_map(|requirement| match &requirement.evaluator {
            Evaluator::Isolation(isolation) => isolation.without_tag.as_deref(),
            _ => None,
        })
    }

    /// The tags that some requirement looks at, each once.
    #[must_use]
    pub fn known_tags(&self) -> Vec<&str> {
        let patterns = self.requirements.iter().flat_map(|requirement| match &requirement.evaluator {
            Evaluator::Isolation(isolation) => [isolation.a.as_slice(), &isolation.b],
            Evaluator::Controls(controls) => [controls.nodes.as_slice(), &[]],
            _ => [&[][..], &[]],
        });
        let of_patterns = patterns.flatten().filter_map(|pattern: &NodePattern| pattern.tag.as_deref());
        each_once(of_patterns.chain(self.without_tags()))
    }

    /// The controls that some requirement looks at, each once.
    #[must_use]
    pub fn known_controls(&self) -> Vec<&str> {
        let lists = self.requirements.iter().filter_map(|requirement| match &requirement.evaluator {
            Evaluator::Controls(controls) => Some(&controls.controls),
            _ => None,
        });
        each_once(lists.flatten().map(String::as_str))
    }

    /// A policy that comes with the program; read once.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn built_in(id: &str) -> Result<&'static Self, PolicyError> {
        static READ: [OnceLock<Result<Policy, PolicyError>>; BUILT_IN.len()] =
            [const { OnceLock::new() }; BUILT_IN.len()];
        let index =
            BUILT_IN.iter().position(|(known, _)| *known == id).ok_or_else(|| PolicyError::Unknown(id.to_owned()))?;
        READ[index].get_or_init(|| Self::parse(BUILT_IN[index].1)).as_ref().map_err(Clone::clone)
    }

    /// Reads a policy file (JSON).
    ///
    /// # Errors
    /// When it is not one: unknown or missing keys, a requirement twice, a requirement that speaks of nobody.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let malformed = |why: String| PolicyError::Malformed(why);
        let file: PolicyFile = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let mut ids = HashSet::new();
        for requirement in &file.requirements {
            let id = requirement.id.as_str();
            if !ids.insert(id) {
                return Err(malformed(format!("requirement {id} stands there twice")));
            }
            let sides: &[&[NodePattern]] = match &requirement.evaluator {
                Evaluator::Isolation(isolation) => &[&isolation.a, &isolation.b],
                Evaluator::Controls(controls) => &[&controls.nodes],
                Evaluator::ExceptionsLimited(_) | Evaluator::ExceptionsPeer(_) | Evaluator::Labelled(_) => &[],
            };
            if sides.iter().any(|side| side.is_empty() || side.contains(&NodePattern::default())) {
                return Err(malformed(format!("requirement {id} names no node, or all of them")));
            }
        }
        for requirement in &file.requirements {
            if let Evaluator::ExceptionsPeer(peer) = &requirement.evaluator
                && !ids.contains(peer.waives.as_str())
            {
                return Err(malformed(format!("{} waives {}, which is not there", requirement.id, peer.waives)));
            }
        }
        let sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let PolicyFile { id, model, title, requirements } = file;
        let requirements = requirements.into_iter().map(Requirement::from).collect();
        Ok(Self { id, model, title: title.into(), sha256, requirements })
    }

    /// The requirement of this id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// Ids of the path requirements, in order: those that exceptions can waive.
    pub fn path_requirements(&self) -> impl Iterator<Item = &str> {
        self.requirements
            .iter()
            .filter(|requirement| matches!(requirement.evaluator, Evaluator::Isolation(_)))
            .map(|requirement| requirement.id.as_str())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    id: String,
    model: String,
    title: Both,
    requirements: Vec<RequirementFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    id: String,
    clause: String,
    title: Both,
    evaluator: Evaluator,
    help: Help,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Help {
    meaning: Both,
    why: Both,
    mend: Both,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    en: String,
    ja: String,
}

impl From<Both> for Phrase {
    fn from(Both { en, ja }: Both) -> Self {
        Self { en, ja }
    }
}

impl From<RequirementFile> for Requirement {
    fn from(file: RequirementFile) -> Self {
        let RequirementFile { id, clause, title, evaluator, help: Help { meaning, why, mend } } = file;
        Self { id, clause, title: title.into(), meaning: meaning.into(), why: why.into(), mend: mend.into(), evaluator }
    }
}

/// Reads the name of a kind as documents write it.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Kind>, D::Error> {
    let word = String::deserialize(deserializer)?;
    word.parse().map(Some).map_err(|()| de::Error::custom(format!("unknown kind `{word}`")))
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

    #[test]
    fn sides_match_as_the_contract_says() {
        let sides = |id: &str| match &alpha().requirement(id).expect("known").evaluator {
            Evaluator::Isolation(Isolation { a, b, .. }) => [a, b],
            other => panic!("{other:?}"),
        };
        let on = |side: &[NodePattern], zone, kind| side.iter().any(|pattern| pattern.matches(zone, kind, &[]));
        let (server, external) = (Kind::Server, Kind::External);
        for (id, zone, kind, expected) in [
            ("MN-ISOLATION", Some("my-number"), server, [true, false]),
            ("MN-ISOLATION", Some("school"), server, [false, true]),
            ("MN-ISOLATION", None, server, [false, false]),
            ("LGWAN-INTERNET", Some("lgwan"), external, [true, false]),
            ("LGWAN-INTERNET", Some("internet"), external, [false, true]),
            ("INTERNET-CLOUD", Some("lgwan"), external, [true, false]),
            ("INTERNET-CLOUD", Some("internet"), server, [true, false]),
            ("INTERNET-CLOUD", Some("internet"), external, [false, true]),
            ("INTERNET-CLOUD", Some("school"), server, [false, false]),
        ] {
            assert_eq!(sides(id).map(|side| on(side, zone, kind)), expected, "{id} {zone:?} {kind:?}");
        }
        let tag: Box<str> = "security-cloud".into();
        let pattern = NodePattern { tag: Some("security-cloud".into()), ..NodePattern::default() };
        assert!(pattern.matches(None, server, &[tag]) && !pattern.matches(None, server, &[]));
    }

    #[test]
    fn slips_in_a_policy_file_are_errors() {
        let good = BUILT_IN[0].1;
        for (from, to) in [
            ("\"raw_only\": true", "\"rawonly\": true"),
            ("\"why\"", "\"whence\""),
            ("\"kind\": \"terminal\"", "\"kind\": \"terminals\""),
            ("\"id\": \"MN-TERMINAL\"", "\"id\": \"MN-ISOLATION\""),
            ("\"labelled\": {}", "\"labelled\": { \"x\": 1 }"),
            ("\"labelled\": {}", "\"unlabelled\": {}"),
            ("\"waives\": \"MN-ISOLATION\"", "\"waives\": \"MN-ISOLATIONS\""),
            ("\"a\": [{ \"zone\": \"my-number\" }]", "\"a\": []"),
            ("\"a\": [{ \"zone\": \"my-number\" }]", "\"a\": [{}]"),
            ("\"clause\": \"6(3)②\",", "\"clause\": \"6(3)②\", \"clause\": \"\","),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            assert!(matches!(Policy::parse(&text), Err(PolicyError::Malformed(_))), "{to}");
        }
    }
}
