//! The policy that a certificate is for, as `policy_file` reads it: certificate section 1, `docs/policy.md`. What its patterns
//! match is told by `pattern`.

use crate::document::{Cidr, Services};
use crate::policy_file::read;

/// How grave a violation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Warning,
    Error,
}

pub const SEVERITIES: [&str; 2] = ["warning", "error"];
pub const TIERS: [&str; 3] = ["my-number", "lgwan", "internet"];
pub const METHODS: [&str; 3] = ["mail-text", "screen", "file"];

impl Severity {
    pub fn word(self) -> &'static str {
        if self == Severity::Error { "error" } else { "warning" }
    }
}

/// A pattern of nodes: one of these holds.
pub type Pattern = Vec<Condition>;

/// All that is given holds. `None`: not asked.
#[derive(Debug, Default)]
pub struct Condition {
    pub zone: Option<Vec<String>>,
    pub labelled: Option<bool>,
    /// Indices in `TIERS`.
    pub tier: Option<Vec<usize>>,
    /// Indices in `KINDS`.
    pub kind: Option<Vec<usize>>,
    pub tag: Option<Vec<String>>,
    pub control: Option<Vec<String>>,
    pub node: Option<Vec<String>>,
    pub business: Option<Vec<String>>,
    pub owner: Option<Vec<String>>,
    pub external: Option<bool>,
    pub endpoint: Option<bool>,
    pub addresses: Option<Vec<Cidr>>,
    /// Index in `Policy::patterns`.
    pub named: Option<usize>,
    pub not: Option<Pattern>,
}

/// All that is given holds of a link.
#[derive(Debug)]
pub struct LinkCondition {
    pub ends: Option<[Pattern; 2]>,
    /// Indices in `document::CIRCUITS`.
    pub circuit: Option<Vec<usize>>,
    pub tag: Option<Vec<String>>,
    pub owner: Option<Vec<String>>,
}

/// Which ways of sanitising let data pass: by index in `METHODS`.
pub type Methods = [bool; 3];

/// What is asked of data paths.
#[derive(Debug)]
pub struct Paths {
    pub a: Pattern,
    pub b: Pattern,
    /// Passes of these methods are no stations; none where it is left out.
    pub methods: Methods,
    /// Taken out, on neither side.
    pub without: Option<Pattern>,
    /// Of the last session, as its receiver sees it.
    pub services: Option<Services>,
}

/// What nodes or links declare.
#[derive(Debug)]
pub struct Declared {
    pub controls: Vec<String>,
    pub any_of: Option<Vec<String>>,
    pub owner: bool,
    pub circuit: Option<Vec<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfExceptions {
    Limited,
    Peer,
    Used,
    Attested,
}

/// What is asked, by kind of check.
#[derive(Debug)]
pub enum Asked {
    /// `isolation` and `through`.
    Paths(Paths),
    Sessions {
        from: Pattern,
        to: Pattern,
        service: Option<Services>,
        without: Option<Pattern>,
    },
    Segment {
        a: Pattern,
        b: Pattern,
    },
    Homed {
        nodes: Pattern,
        allowed: Option<Pattern>,
    },
    NodeAttributes(Pattern, Declared),
    LinkAttributes(Vec<LinkCondition>, Declared),
    Placement {
        nodes: Pattern,
        zones: Vec<String>,
        tiers: Vec<usize>,
    },
    /// `of` is empty where all exceptions are meant.
    Exceptions {
        check: OfExceptions,
        of: Vec<String>,
    },
    Transfers {
        from: Option<Pattern>,
        to: Option<Pattern>,
        methods: Option<Methods>,
        approved: bool,
    },
    Labelled,
    Evidence {
        kind: String,
        within: Option<usize>,
    },
    Expects,
}

impl Asked {
    /// Exceptions can waive it.
    pub fn is_waivable(&self) -> bool {
        matches!(self, Asked::Paths(_) | Asked::Sessions { .. })
    }
}

#[derive(Debug)]
pub struct Requirement {
    pub id: String,
    /// As its entry says.
    pub severity: Severity,
    pub asked: Asked,
}

#[derive(Debug)]
pub struct Change {
    pub requirement: usize,
    /// `None`: off.
    pub severity: Option<Severity>,
    /// Of one that asks for less: why, by whom and until when.
    pub loosening: Option<[String; 3]>,
}

/// A change that asks for less, in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    pub id: String,
    /// `None`: off.
    pub severity: Option<Severity>,
    pub reason: String,
    pub approved_by: String,
    pub until: String,
}

impl Loosening {
    /// What the requirement becomes.
    pub fn word(&self) -> &'static str {
        self.severity.map_or("off", Severity::word)
    }
}

#[derive(Debug)]
pub struct Policy {
    pub id: String,
    /// Of its canonical JSON.
    pub sha256: String,
    /// Of the guideline.
    pub edition: &'static str,
    /// Those that have a name, each after those that it names.
    pub patterns: Vec<Pattern>,
    pub requirements: Vec<Requirement>,
    pub changes: Vec<Change>,
}

/// A requirement as it is in effect on a day.
pub struct InEffect<'p> {
    pub requirement: &'p Requirement,
    pub severity: Severity,
}

/// The policies that come with this checker: every file of `policies/canonical`.
pub const BUILT_IN: [&str; 4] = [
    include_str!("../../policies/canonical/three-tier-alpha.json"),
    include_str!("../../policies/canonical/three-tier-alpha-prime.json"),
    include_str!("../../policies/canonical/three-tier-beta.json"),
    include_str!("../../policies/canonical/three-tier-beta-prime.json"),
];

/// The policy of this id that comes with the checker.
pub fn built_in(id: &str) -> Option<Policy> {
    BUILT_IN.iter().filter_map(|text| read(text.as_bytes()).ok()).find(|policy| policy.id == id)
}

impl Policy {
    /// What is asked on a day, and what is loosened then, both in the order of the policy.
    pub fn on(&self, today: &str) -> (Vec<InEffect<'_>>, Vec<Loosening>) {
        let (mut asked, mut loosened) = (Vec::new(), Vec::new());
        for (r, requirement) in self.requirements.iter().enumerate() {
            let mut severity = requirement.severity;
            let mut open: Vec<(&Change, &[String; 3])> = Vec::new();
            for change in self.changes.iter().filter(|change| change.requirement == r) {
                match (&change.loosening, change.severity) {
                    (Some(said), _) => open.push((change, said)),
                    // What asks for as much or more ends what asked for less than that.
                    (None, Some(to)) => {
                        severity = to;
                        open.retain(|(before, _)| before.severity >= Some(to));
                    }
                    (None, None) => {} // refused by the reader
                }
            }
            let last = open.into_iter().rfind(|(_, [.., until])| today <= until.as_str());
            if let Some((change, [reason, approved_by, until])) = last {
                loosened.push(Loosening {
                    id: requirement.id.clone(),
                    severity: change.severity,
                    reason: reason.clone(),
                    approved_by: approved_by.clone(),
                    until: until.clone(),
                });
            }
            let severity = last.map_or(Some(severity), |(change, _)| change.severity);
            asked.extend(severity.map(|severity| InEffect { requirement, severity }));
        }
        (asked, loosened)
    }

    /// The requirements that exceptions may name.
    pub fn may_waive(&self, id: &str) -> bool {
        self.requirements.iter().any(|requirement| requirement.id == id && requirement.asked.is_waivable())
    }
}
