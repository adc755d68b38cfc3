//! A policy as it is defined: everything that it extends joined, names of patterns resolved. It is the same whatever the date;
//! its canonical JSON is what digests and checkers speak of.

use crate::document::Date;
use crate::document::policy::{Basis, Change, Check, HelpTexts};
use crate::document::{Edition, Severity};
use crate::language::Phrase;

use super::pattern::NodePattern;

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// `hikari-city/2026`
    pub id: String,
    /// The model of the built-in policy that it rests on: `alpha`; `None`: it rests on none.
    pub model: Option<String>,
    /// Its name.
    pub title: Phrase,
    /// Edition of the national guideline.
    pub edition: Edition,
    /// Patterns by name, each after those that it names.
    pub patterns: Vec<(String, Vec<NodePattern>)>,
    /// Its requirements, those that it extends first; severities as they are without loosenings.
    pub requirements: Vec<RequirementDefinition>,
    /// What is loosened, and until when.
    pub loosenings: Vec<Loosening>,
    /// All changes as they are written, in order.
    pub changes: Vec<Change>,
}

/// A requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementDefinition {
    /// `MN-THROUGH-FW`
    pub id: String,
    /// Editions in which it stands; empty: all, as always once a policy is read whole.
    pub editions: Vec<Edition>,
    /// How grave a violation is, as its entry says.
    pub written: Severity,
    /// The same after changes that ask for more.
    pub severity: Severity,
    /// Clause of the founding policy.
    pub clause: Option<String>,
    /// Where it comes from.
    pub basis: Option<Basis>,
    /// Short title.
    pub title: Phrase,
    /// What it is about.
    pub help: Option<HelpTexts>,
    /// What is asked.
    pub asked: Asked,
}

/// A change that asks for less, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// The requirement.
    pub id: String,
    /// Its severity in that time; `None`: it is switched off.
    pub severity: Option<Severity>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub approved_by: String,
    /// Last day on which it has effect.
    pub until: Date,
}

/// What a requirement of data paths speaks of.
pub type Paths = crate::document::policy::Paths<Vec<NodePattern>>;

/// What is asked, by kind of check.
pub type Asked = Check<Vec<NodePattern>, String>;

impl Asked {
    /// The kind in policy files: `isolation`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Isolation(_) => "isolation",
            Self::Through(_) => "through",
            Self::Sessions { .. } => "sessions",
            Self::Segment { .. } => "segment",
            Self::Homed { .. } => "homed",
            Self::Attributes { .. } => "attributes",
            Self::Placement { .. } => "placement",
            Self::Exceptions { .. } => "exceptions",
            Self::Transfers { .. } => "transfers",
            Self::Labelled => "labelled",
            Self::Evidence { .. } => "evidence",
            Self::Expects => "expects",
        }
    }

    /// Whether exceptions can waive it.
    #[must_use]
    pub const fn is_waivable(&self) -> bool {
        matches!(self, Self::Isolation(_) | Self::Through(_) | Self::Sessions { .. })
    }

    /// The patterns of nodes that it holds.
    #[must_use]
    pub fn patterns(&self) -> Vec<&[NodePattern]> {
        match self {
            Self::Isolation(Paths { a, b, without, .. }) | Self::Through(Paths { a, b, without, .. }) => {
                let mut out: Vec<&[NodePattern]> = vec![a, b];
                out.extend(without.as_deref());
                out
            }
            Self::Sessions { from, to, without, .. } => {
                let mut out: Vec<&[NodePattern]> = vec![from, to];
                out.extend(without.as_deref());
                out
            }
            Self::Segment { a, b } => vec![a, b],
            Self::Homed { nodes, allowed } => {
                let mut out: Vec<&[NodePattern]> = vec![nodes];
                out.extend(allowed.as_deref());
                out
            }
            Self::Attributes { nodes, links, .. } => {
                let ends = links.iter().flat_map(|link| link.ends.iter().flatten()).map(Vec::as_slice);
                nodes.as_deref().into_iter().chain(ends).collect()
            }
            Self::Placement { nodes, .. } => vec![nodes],
            Self::Transfers { from, to, .. } => from.as_deref().into_iter().chain(to.as_deref()).collect(),
            Self::Exceptions { .. } | Self::Labelled | Self::Evidence { .. } | Self::Expects => Vec::new(),
        }
    }
}

impl Definition {
    /// The requirement of this id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&RequirementDefinition> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// The loosening of a requirement that has effect on a day; of several the last.
    #[must_use]
    pub fn loosened(&self, id: &str, day: Date) -> Option<&Loosening> {
        self.loosenings.iter().rev().find(|one| one.id == id && day <= one.until)
    }

    /// How grave a violation of a requirement is on a day; `None`: it is switched off.
    #[must_use]
    pub fn severity_on(&self, requirement: &RequirementDefinition, day: Date) -> Option<Severity> {
        match self.loosened(&requirement.id, day) {
            Some(loosening) => loosening.severity,
            None => Some(requirement.severity),
        }
    }
}
