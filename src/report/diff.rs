//! The facts of a comparison of two documents, for one renderer per format. What they mean is written in `docs/diff.md`.

use super::{Assumption, Finding, Loosening, Note, Overall, Standing, Verdict, Warning};
use crate::code::Code;
use crate::language::Phrase;
use crate::source::Location;

/// One of the two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `name` of the document.
    pub name: Option<String>,
    /// File as named in the call, `-` for standard input.
    pub file: String,
    /// SHA-256 of the input bytes, lower-case hex.
    pub sha256: String,
    /// Number of nodes.
    pub nodes: u64,
    /// Number of links.
    pub links: u64,
    /// Labelled endpoints per zone: tiers first, then others in document order.
    pub zones: Vec<(String, u64)>,
    /// "Today" for this document: `YYYY-MM-DD`.
    pub date: String,
    /// The verdict on the whole.
    pub verdict: Overall,
    /// How the whole stands.
    pub standing: Standing,
}

/// Which way something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Nothing that is compared changed.
    Unchanged,
    /// It changed, and lets neither more nor less through.
    Changed,
    /// Less is let through.
    Narrowed,
    /// A limit was reached before it was known.
    NotCompared,
    /// More is let through, or less is demanded.
    Widened,
    /// More of the one, less of the other.
    Both,
}

impl Direction {
    /// Of what was widened, narrowed, or changed in another way.
    #[must_use]
    pub const fn of(widened: bool, narrowed: bool, changed: bool) -> Self {
        match (widened, narrowed, changed) {
            (true, true, _) => Self::Both,
            (true, false, _) => Self::Widened,
            (false, true, _) => Self::Narrowed,
            (false, false, true) => Self::Changed,
            (false, false, false) => Self::Unchanged,
        }
    }

    /// Whether more is let through.
    #[must_use]
    pub const fn widens(self) -> bool {
        matches!(self, Self::Widened | Self::Both)
    }

    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            Self::Narrowed => "narrowed",
            Self::NotCompared => "not-compared",
            Self::Widened => "widened",
            Self::Both => "both",
        }
    }
}

/// A set of services.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Services {
    /// Whether all but `parts` are meant.
    pub all_but: bool,
    /// `tcp/443`, `udp/5000-5010`, `icmp`; in order; then `transfer`.
    pub parts: Vec<String>,
}

/// Tuples of one requirement between the same zones and over the same services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The zone of each node in a tuple; `None`: without a zone. Exceptions in a tuple have no entry here.
    pub zones: Vec<Option<String>>,
    /// Services of the sessions that carry the data; `None`: of a tuple that is no pair of a path requirement, or not
    /// known since a limit was reached first.
    pub services: Option<Services>,
    /// How many.
    pub count: u64,
    /// The tuples, sorted by code point, up to the limit asked for.
    pub tuples: Vec<Vec<String>>,
}

/// A requirement in both documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementChange {
    /// `MN-ISOLATION` and so on.
    pub id: String,
    /// Clause of the founding policy.
    pub clause: String,
    /// Short title.
    pub title: Phrase,
    /// The verdict on the old document.
    pub old: Verdict,
    /// The verdict on the new document.
    pub new: Verdict,
    /// How it stands in the old and in the new document.
    pub standings: [Standing; 2],
    /// Which way it changed.
    pub direction: Direction,
    /// Violating tuples of the old and the new document.
    pub counts: [u64; 2],
    /// Tuples of the new document only.
    pub gained: Vec<Group>,
    /// Tuples of the old document only.
    pub lost: Vec<Group>,
    /// Tuples of both, by the services that they have in the new document only; `None`: not compared.
    pub wider: Option<Vec<Group>>,
    /// Tuples of both, by the services that they had in the old document only; `None`: not compared.
    pub narrower: Option<Vec<Group>>,
    /// What lets the gained tuples through; places are in the new document.
    pub findings: Vec<Finding>,
}

impl RequirementChange {
    /// Number of gained tuples.
    #[must_use]
    pub fn gained_count(&self) -> u64 {
        self.gained.iter().map(|group| group.count).sum()
    }

    /// Number of lost tuples.
    #[must_use]
    pub fn lost_count(&self) -> u64 {
        self.lost.iter().map(|group| group.count).sum()
    }
}

/// What changed of an exception, a node, the relays of a node or a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Change {
    /// The exception or transfer is new.
    Added {
        from: Vec<String>,
        to: Vec<String>,
        service: Vec<String>,
    },
    /// The exception or transfer is gone.
    Removed {
        from: Vec<String>,
        to: Vec<String>,
        service: Vec<String>,
    },
    /// What is written under a key of an exception or transfer is wider, narrower or both.
    Written {
        key: &'static str,
        direction: Direction,
        was: String,
        is: String,
    },
    /// The exception is in use for longer.
    Extended {
        was: String,
        is: String,
    },
    /// The exception does not expire any more.
    Unlimited {
        was: String,
    },
    /// The exception expires on this day.
    Expires {
        on: String,
    },
    Expired,
    InDateAgain,
    Attested,
    NotAttested,
    OtherAttestation,
    OtherReason,
    OtherApproval,
    /// A limit was reached before it was known what the exception opens.
    OpensNotCompared,
    /// Both exceptions open more than can be compared.
    OpensTooMuch,
    /// So many pairs of nodes are opened, more than can be compared.
    Opens {
        was: u64,
        is: u64,
    },
    /// So many more pairs are opened, such as this one.
    OpensMore {
        count: u64,
        from: String,
        to: String,
    },
    /// So many pairs are opened no more.
    OpensLess {
        count: u64,
    },
    /// The node's zone; `None`: it has none.
    Zone {
        was: Option<String>,
        is: Option<String>,
    },
    /// These requirements speak of the node no more, or of one side less.
    Escapes(Vec<String>),
    /// These requirements speak of the node now.
    SpokenOf(Vec<String>),
    /// So many passes were not declared before.
    RelaysMore(u64),
    /// So many passes are gone or narrower.
    RelaysLess(u64),
    /// So many passes, where nothing was relayed.
    RelaysNow(u64),
    /// Passes are declared, where everything was taken to be passed on.
    RelaysDeclared,
    /// Nothing, where everything was taken to be passed on.
    RelaysNothing,
    /// Nothing any more, where passes were declared.
    RelaysNoMore,
    /// Everything: nothing says any more what is relayed.
    RelaysEverything,
}

/// An exception, a node, the relays of a node or a transfer that are not what they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// Its id.
    pub id: String,
    /// Which way it changed.
    pub direction: Direction,
    /// What changed.
    pub what: Vec<Change>,
    /// Where it stands in the new document.
    pub location: Option<Location>,
}

/// Nodes that one of the documents has and the other has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodesOfZone {
    /// Their zone; `None`: endpoints without one, and nodes that are no endpoints.
    pub zone: Option<String>,
    /// How many.
    pub count: u64,
    /// Their ids, sorted by code point, up to the limit asked for.
    pub ids: Vec<String>,
}

/// What of a comparison is wider, by its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A requirement.
    Requirement(usize),
    /// One of the findings of a requirement.
    Finding(usize, usize),
    /// An exception.
    Exception(usize),
    /// A node.
    Node(usize),
    /// The relays of a node.
    Relays(usize),
    /// A transfer.
    Transfer(usize),
}

/// A reason for which the new document is said to be wider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widening {
    /// Stable code in kebab-case, one of those of `docs/diff.md`.
    pub code: Code,
    /// What it is about.
    pub about: About,
    /// The place in the new document.
    pub location: Option<Location>,
}

/// The facts of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The old document.
    pub old: Subject,
    /// The new document.
    pub new: Subject,
    /// `three-tier/alpha`
    pub policy_id: String,
    /// SHA-256 of the policy file, lower-case hex.
    pub policy_sha256: String,
    /// What the policy asks less of for a time.
    pub loosenings: Vec<Loosening>,
    /// Which way the whole changed.
    pub direction: Direction,
    /// Whether a limit was reached before everything was compared.
    pub undecided: bool,
    /// The reasons for saying that it was widened; none: it was not.
    pub widenings: Vec<Widening>,
    /// One for each requirement of the policy, in its order.
    pub requirements: Vec<RequirementChange>,
    /// Exceptions that changed, by id.
    pub exceptions: Vec<ItemChange>,
    /// Nodes of both documents whose zone, or the requirements that speak of them, changed, by id.
    pub nodes: Vec<ItemChange>,
    /// Nodes of the new document only.
    pub nodes_added: Vec<NodesOfZone>,
    /// Nodes of the old document only.
    pub nodes_removed: Vec<NodesOfZone>,
    /// Nodes whose relays changed, by id.
    pub relays: Vec<ItemChange>,
    /// Transfers that changed, by id.
    pub transfers: Vec<ItemChange>,
    /// Assumptions of the new document only; places are in it.
    pub assumptions_added: Vec<Note<Assumption>>,
    /// Assumptions of the old document only; places are in it.
    pub assumptions_removed: Vec<Note<Assumption>>,
    /// Warnings of the new document only.
    pub warnings_gained: Vec<Warning>,
    /// Warnings of the old document only.
    pub warnings_lost: Vec<Warning>,
}

impl Diff {
    /// The requirement that a widening is about.
    #[must_use]
    pub fn requirement(&self, widening: &Widening) -> Option<&RequirementChange> {
        match widening.about {
            About::Requirement(at) | About::Finding(at, _) => self.requirements.get(at),
            About::Exception(_) | About::Node(_) | About::Relays(_) | About::Transfer(_) => None,
        }
    }

    /// The finding that a widening is about.
    #[must_use]
    pub fn finding(&self, widening: &Widening) -> Option<&Finding> {
        match widening.about {
            About::Finding(_, at) => self.requirement(widening)?.findings.get(at),
            _ => None,
        }
    }

    /// The exception, node or relays that a widening is about.
    #[must_use]
    pub fn item(&self, widening: &Widening) -> Option<&ItemChange> {
        match widening.about {
            About::Exception(at) => self.exceptions.get(at),
            About::Node(at) => self.nodes.get(at),
            About::Relays(at) => self.relays.get(at),
            About::Transfer(at) => self.transfers.get(at),
            About::Requirement(_) | About::Finding(..) => None,
        }
    }
}
