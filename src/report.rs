//! The facts of one run, which `render` writes in a format each. How a verdict was found is the engine's affair.

pub mod audit;
pub mod beside;
pub mod cause;
pub mod coverage;
pub mod diff;
pub mod exposure;
pub mod fault;
pub mod ledger;
pub mod note;
pub mod quotes;
pub mod redact;
pub mod repair;
pub mod rules;
pub mod slip;
pub mod why;

use crate::code::Code;
use crate::document::Severity;
use crate::language::Phrase;
use crate::source::{Location, Origin, Told};

pub use audit::Standing;
pub use cause::{Cause, Element, Leak, Shown};
pub use fault::Fault;
pub use note::{Assumption, Guess, Names, Note, Separation};
pub use slip::Slip;

/// The verdict on one requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Holds for this document (適合).
    Proved,
    /// Does not hold (不適合).
    Violated,
    /// Speaks of nobody here (対象外).
    Vacuous,
    /// A limit that the user set was reached first (未判定).
    Undecided,
}

/// The verdict on the document as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Overall {
    Proved,
    Violated,
    Undecided,
}

impl From<Overall> for Verdict {
    fn from(overall: Overall) -> Self {
        match overall {
            Overall::Proved => Self::Proved,
            Overall::Violated => Self::Violated,
            Overall::Undecided => Self::Undecided,
        }
    }
}

/// A concrete packet; addresses as text, symbolic ones as `⟨id⟩`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Packet {
    pub source: String,
    pub destination: String,
    /// `tcp`, `udp`, `sctp`, `icmp`, `icmpv6`, `esp`, `ah`, `gre` or `proto/N`.
    pub protocol: String,
    pub source_port: Option<u16>,
    pub destination_port: Option<u16>,
}

/// A node that a packet passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Node id.
    pub node: String,
    /// Interface it came in by; `None` at the start.
    pub r#in: Option<String>,
    /// Interface it leaves by; `None` at the end.
    pub out: Option<String>,
    /// VLAN tag it leaves with, where the node is a switch, else the tag it enters the next switch with.
    pub vlan: Option<u16>,
    /// What the node translated: the destination first.
    pub translated_by: Vec<Translated>,
    /// Deciding rules, one for each filter that applied; a filter's default has no rule.
    pub decided_by: Vec<DecidedBy>,
}

/// `10.0.0.1:443`, `[2001:db8::1]:443`.
#[must_use]
pub fn address_and_port(address: &str, port: Option<u16>) -> String {
    match port {
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
        None => address.to_owned(),
    }
}

/// What an entry of `nat` made of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translated {
    /// The entry's `id`, or `#3` for the third entry of its node.
    pub entry: String,
    /// Whether it is the source that it translated; else the destination.
    pub source: bool,
    /// Address and port before.
    pub before: String,
    /// Address and port afterwards.
    pub after: String,
    /// Where the entry stands.
    pub location: Location,
}

/// What in a filter permitted a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedBy {
    /// The rule's `id`, or `#3` for the third rule of its filter; `None` for the filter's default.
    pub rule: Option<String>,
    /// Where the rule, or the filter for its default, stands.
    pub location: Location,
}

/// What a session is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// The packet that opens it.
    Packet(Packet),
    /// A transfer: somebody or something outside the network carries data.
    Transfer {
        /// Its id.
        id: String,
        /// Where it stands.
        location: Location,
    },
}

impl Session {
    /// The packet that opens it; a transfer has none.
    #[must_use]
    pub const fn packet(&self) -> Option<&Packet> {
        match &self.means {
            Means::Packet(packet) => Some(packet),
            Means::Transfer { .. } => None,
        }
    }

    /// The same, to change it.
    pub const fn packet_mut(&mut self) -> Option<&mut Packet> {
        match &mut self.means {
            Means::Packet(packet) => Some(packet),
            Means::Transfer { .. } => None,
        }
    }
}

/// One session of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Endpoint that opens it.
    pub from: String,
    /// Endpoint that receives it.
    pub to: String,
    /// What it is made of.
    pub means: Means,
    /// Its way, first hop `from`, last hop `to`; a transfer has none.
    pub hops: Vec<Hop>,
    /// Exceptions (ids) that cover it and waive the requirement.
    pub covered_by: Vec<String>,
}

/// Tuples that share one cause, and a witness for one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What leaks and through what, or what else is wrong.
    pub fault: Fault,
    /// How many tuples share the cause.
    pub tuples: u64,
    /// Endpoints of the witness in the order that data flows; for attribute requirements the tuple itself.
    pub path: Vec<String>,
    /// One session between each two neighbours of `path`; empty for attribute requirements.
    pub sessions: Vec<Session>,
    /// The rule, link, relay, node or exception that lets it through.
    pub location: Option<Location>,
    /// Guesses made in the attacker's favour that the witness rests on, each naming the declaration that would
    /// remove it.
    pub guesses: Vec<Note<Guess>>,
    /// What tells the cause from others, whatever else changes in the document: what kind it is, ids, tags; no places.
    pub cause: Vec<String>,
}

/// What does not stop a run, but is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The place it is about, if any.
    pub location: Option<Location>,
    /// What it tells of.
    pub slip: Slip,
}

impl Warning {
    /// Stable code in kebab-case, such as `undeclared-address`.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.slip.code()
    }
}

impl Warning {
    /// The warning that something to tell of the files of a site is.
    #[must_use]
    pub fn from_told(told: &Told) -> Self {
        let origin = Origin { place: told.place.clone(), text: told.text.clone(), composed: true }.known();
        let location = Location { line: 1, column: 1, start: 0, end: 0, origin: Some(origin) };
        let (message, help) = (told.message.clone(), Some(told.help.clone()));
        Self { location: Some(location), slip: Slip::Told { code: told.code, message, help } }
    }
}

/// What a requirement is about, for those who meet it for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What it means.
    pub meaning: Phrase,
    /// Why it matters.
    pub why: Phrase,
    /// How to mend a violation.
    pub mend: Phrase,
}

/// What was found about one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementReport {
    /// `MN-ISOLATION` and so on.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How grave a violation is: one of a warning does not make the whole violated.
    pub severity: Severity,
    /// Whether it is about who reaches whom: of those, one at least must be decided.
    pub of_ways: bool,
    /// Clause of the founding policy, `6(3)①`.
    pub clause: String,
    /// Short title.
    pub title: Phrase,
    /// What it is about.
    pub help: Help,
    /// Full number of violating tuples.
    pub tuples: u64,
    /// The violating tuples, sorted by code point, up to the limit asked for.
    pub violating: Vec<Vec<String>>,
    /// Grouped by cause.
    pub findings: Vec<Finding>,
    /// For `Proved`, where it was asked for: what its proof rests on, by place.
    pub separated_by: Vec<Note<Separation>>,
    /// For `Proved`: the exceptions in use (ids) that it owes its verdict to.
    pub exceptions: Vec<String>,
    /// For `Violated`: what somebody answers for until a day. The verdict stays.
    pub accepted: Vec<Acceptance>,
}

/// A change of a policy that asks for less, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// The requirement.
    pub id: String,
    /// Its severity in that time; `None`: it is switched off, and nothing was decided of it.
    pub severity: Option<Severity>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub approved_by: String,
    /// The last day, `YYYY-MM-DD`.
    pub until: String,
}

/// Violating tuples that a baseline accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// How many; those that another acceptance has too are counted there only.
    pub tuples: u64,
    /// Who answers for them.
    pub owner: String,
    /// Why.
    pub reason: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    pub expires: String,
}

impl Finding {
    /// What the tuples hang on; `None` where they are no matter of ways through the network.
    #[must_use]
    pub fn culprit(&self) -> Option<&Cause> {
        self.fault.leak().map(|leak| &leak.cause)
    }
}

impl RequirementReport {
    /// How many violating tuples are accepted.
    #[must_use]
    pub fn accepted_tuples(&self) -> u64 {
        self.accepted.iter().map(|one| one.tuples).sum()
    }

    /// Whether it is violated, and every tuple accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.verdict == Verdict::Violated && self.tuples > 0 && self.accepted_tuples() == self.tuples
    }

    /// Whether a violation of it does not make the whole violated.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        matches!(self.severity, Severity::Warning)
    }

    /// How it stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        Standing::of(self.verdict, !self.exceptions.is_empty())
    }
}

impl Report {
    /// How many requirements are violated that are warnings.
    #[must_use]
    pub fn violated_warnings(&self) -> usize {
        self.requirements.iter().filter(|one| one.is_warning() && one.verdict == Verdict::Violated).count()
    }

    /// How the whole stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let excepted = self.requirements.iter().any(|requirement| requirement.standing() == Standing::Excepted);
        Standing::of(self.verdict.into(), excepted)
    }
}

/// The facts of one run on one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
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
    /// `three-tier/alpha`
    pub policy_id: String,
    /// SHA-256 of the policy file, lower-case hex.
    pub policy_sha256: String,
    /// "Today", as used for expiry: `YYYY-MM-DD`.
    pub date: String,
    /// The verdict on the whole.
    pub verdict: Overall,
    /// One for each requirement of the policy that is in effect, in its order.
    pub requirements: Vec<RequirementReport>,
    /// What the policy asks less of on the day, for a time.
    pub loosenings: Vec<Loosening>,
    /// What the verdicts rely upon.
    pub assumptions: Vec<Note<Assumption>>,
    /// Probable slips, and guesses made in the attacker's favour.
    pub warnings: Vec<Warning>,
    /// The certificate that was written in the same run.
    pub certificate: Option<audit::CertificateFacts>,
    /// Further facts, where they were asked for.
    pub audit: Option<Box<audit::Audit>>,
    /// What was found beside the verdicts; `None`: it was not looked for.
    pub beside: Option<Box<beside::Beside>>,
}
