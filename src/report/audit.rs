//! Further facts, for reports that auditors read: the zone matrix, the ledger of exceptions, who is in which zone, the
//! network as a drawing, and what was not checked. They cost time and memory with the network's size, so that they are
//! gathered only for formats that show them.

use super::fault::{ExceptionFault, NotChecked};
use super::quotes::Quotes;
use super::{Report, Verdict};
pub use crate::document::Dossier;
use crate::language::Phrase;
use crate::source::Location;

/// The facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Model of the policy (`alpha`).
    pub model: String,
    /// Title of the policy.
    pub policy_title: Phrase,
    /// What is demanded and found between each two zones.
    pub matrix: Matrix,
    /// The exceptions of the document, in its order.
    pub ledger: Vec<LedgerEntry>,
    /// For each requirement, positions in the ledger of the exceptions that it owes its verdict to.
    pub excused: Vec<Vec<usize>>,
    /// Endpoints by zone: tiers first, then others in document order, those without a zone last.
    pub members: Vec<ZoneMembers>,
    /// The network.
    pub drawing: Drawing,
    /// What the run did not look at, and what a reader must not read into it.
    pub not_checked: Vec<NotChecked>,
    /// For each requirement, whom its verdict speaks of.
    pub populations: Vec<Population>,
    /// What the call says of the audit itself.
    pub dossier: Dossier,
    /// When the report was made, in Japan: `2026-11-22 09:00`; `None`: to be filled in by hand.
    pub created: Option<String>,
    /// The lines of the document that findings name.
    pub quotes: Quotes,
}

/// Whom a verdict speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Population {
    /// Each of so many endpoints against each of so many others.
    Pairs(u64, u64),
    /// So many nodes.
    Nodes(u64),
    /// So many exceptions.
    Exceptions(u64),
    /// So many links.
    Links(u64),
    /// So many transfers.
    Transfers(u64),
    /// The document as a whole.
    Document,
}

/// Zones against zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Zones that have endpoints, tiers first; `None` stands for endpoints without a zone and is last.
    pub zones: Vec<Option<String>>,
    /// For each two positions `a <= b` in `zones`, row by row: (0, 0), (0, 1), …, (1, 1), ….
    pub cells: Vec<MatrixCell>,
}

/// What is demanded between two zones, in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// Position of one zone.
    pub a: usize,
    /// Position of the other zone, `>= a`.
    pub b: usize,
    /// The path requirements that speak of the two zones; none: the policy demands nothing between them.
    pub demands: Vec<Demand>,
}

/// A path requirement between two zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Position of the requirement in the report.
    pub requirement: usize,
    /// The verdict for these two zones alone.
    pub verdict: Verdict,
    /// Violating pairs between the two zones.
    pub tuples: u64,
    /// Positions of the requirement's findings whose witness joins the two zones.
    pub findings: Vec<usize>,
    /// Positions in the ledger of the exceptions that cover the sessions of data paths between the two zones, which are
    /// excused.
    pub excused: Vec<usize>,
}

/// A verdict in an auditor's words, which tell what holds from what holds because something is excused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Holds (適合).
    Proved,
    /// Holds, with exceptions that are in use (適合（特定通信を除く）).
    Excepted,
    /// Does not hold (不適合).
    Violated,
    /// Not decided (未判定).
    Undecided,
    /// Speaks of nobody (対象外).
    Vacuous,
}

impl Standing {
    /// The words for a verdict while something is excused, or nothing is.
    #[must_use]
    pub const fn of(verdict: Verdict, excused: bool) -> Self {
        match verdict {
            Verdict::Proved if excused => Self::Excepted,
            Verdict::Proved => Self::Proved,
            Verdict::Violated => Self::Violated,
            Verdict::Undecided => Self::Undecided,
            Verdict::Vacuous => Self::Vacuous,
        }
    }

    /// As programs read it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Excepted => "excepted",
            Self::Violated => "violated",
            Self::Undecided => "undecided",
            Self::Vacuous => "vacuous",
        }
    }

    /// The gravest first.
    const fn gravity(self) -> u8 {
        match self {
            Self::Violated => 4,
            Self::Undecided => 3,
            Self::Excepted => 2,
            Self::Proved => 1,
            Self::Vacuous => 0,
        }
    }
}

impl Demand {
    /// How it stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        Standing::of(self.verdict, !self.excused.is_empty())
    }
}

impl Audit {
    /// How the requirement at a position of the report stands.
    #[must_use]
    pub fn standing(&self, requirement: usize, verdict: Verdict) -> Standing {
        Standing::of(verdict, self.excused.get(requirement).is_some_and(|excused| !excused.is_empty()))
    }

    /// How the whole stands.
    #[must_use]
    pub fn overall(&self, report: &Report) -> Standing {
        report.standing()
    }
}

impl Matrix {
    /// The cell of two positions, in either order.
    #[must_use]
    pub fn cell(&self, one: usize, other: usize) -> Option<&MatrixCell> {
        let (a, b) = (one.min(other), one.max(other));
        self.cells.iter().find(|cell| cell.a == a && cell.b == b)
    }
}

impl MatrixCell {
    /// The gravest verdict of the demands; `None`: nothing is demanded.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let grave = |verdict: &Verdict| match verdict {
            Verdict::Violated => 3,
            Verdict::Undecided => 2,
            Verdict::Proved => 1,
            Verdict::Vacuous => 0,
        };
        self.demands.iter().map(|demand| demand.verdict).max_by_key(grave)
    }

    /// How it stands: the gravest of its demands; `None`: nothing is demanded.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.demands.iter().map(Demand::standing).max_by_key(|standing| standing.gravity())
    }
}

/// An exception (特定通信).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub location: Location,
    /// Who opens the session, as written.
    pub from: Vec<String>,
    /// Who receives it, as written.
    pub to: Vec<String>,
    /// Its services, as written.
    pub service: Vec<String>,
    /// Requirements that it waives.
    pub waives: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Last valid day; `None`: it does not expire.
    pub expires: Option<String>,
    /// Whether that day is over.
    pub expired: bool,
    /// By whom and on what basis the peer is attested.
    pub attested: Option<(String, String)>,
    /// What is wrong with it by itself (EXCEPTION-LIMITED).
    pub faults: Vec<ExceptionFault>,
    /// What it really opens; `None`: a limit was reached first.
    pub opens: Option<Opens>,
}

/// Pairs of nodes between which an exception covers a session that the network lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    /// How many pairs; none: nothing in the network uses the exception.
    pub count: u64,
    /// The first of them, opener and receiver.
    pub pairs: Vec<(String, String)>,
}

/// The endpoints of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneMembers {
    /// The zone; `None`: without a zone.
    pub zone: Option<String>,
    /// Its `title` in the document.
    pub title: Option<String>,
    /// Ids, in document order.
    pub nodes: Vec<String>,
    /// How many machines they stand for (`count`).
    pub machines: u64,
}

/// The network for pictures. Everything is in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Its nodes.
    pub nodes: Vec<DrawnNode>,
    /// Its links.
    pub links: Vec<DrawnLink>,
}

/// A node in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnNode {
    /// Its id.
    pub id: String,
    /// The word for its kind in the document (`l3-switch`).
    pub kind: &'static str,
    /// Its label.
    pub zone: Option<String>,
    /// Whether it is an endpoint.
    pub endpoint: bool,
    /// Whether it forwards packets.
    pub forwards: bool,
    /// Whether a relay entry of it sanitises.
    pub sanitises: bool,
    /// Whether it declares relays or, without declaring any, passes everything on.
    pub relays: bool,
    /// Its `title` in the document.
    pub title: Option<String>,
    /// Declared addresses as text.
    pub addresses: Vec<String>,
    /// How many machines it stands for.
    pub count: u64,
    /// Where it stands.
    pub location: Location,
}

/// A link in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnLink {
    /// Positions of its ends in [`Drawing::nodes`].
    pub ends: [u32; 2],
    /// Interfaces at the ends, where written.
    pub interfaces: [Option<String>; 2],
    /// Its VLANs as inclusive ranges; `None`: all.
    pub vlans: Option<Vec<(u16, u16)>>,
    /// Whether it carries packets from its first end to its second only.
    pub one_way: bool,
    /// Where it stands.
    pub location: Location,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Its file as named in the call.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// SHA-256 of the JSON that `sanso convert` makes of the document, which the certificate binds, where the document is
    /// no JSON itself.
    pub json_sha256: Option<String>,
}
