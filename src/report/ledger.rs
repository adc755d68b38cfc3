//! The ledger of exceptions and transfers: what each is, what it opens, and what would be without it.

use super::audit::LedgerEntry;
use crate::source::Location;

/// The ledger of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The document's name.
    pub name: Option<String>,
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Id of the policy that requirements are of.
    pub policy: String,
    /// Today in Japan, `YYYY-MM-DD`.
    pub date: String,
    /// Exceptions, in the order of the document.
    pub exceptions: Vec<ExceptionEntry>,
    /// Transfers, in the order of the document.
    pub transfers: Vec<TransferEntry>,
}

/// What a requirement would be without an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Id of the requirement.
    pub requirement: String,
    /// Violating tuples that come with an exception gone, or that go with a transfer gone.
    pub tuples: u64,
}

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    /// What it is and what it opens.
    pub entry: LedgerEntry,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When it was approved.
    pub approved_on: Option<String>,
    /// What would be violated without it; empty: it is not needed, or [`Self::exceeded`] hides that it is. `None`: a limit was reached
    /// first.
    pub needed: Option<Vec<Difference>>,
    /// Pairs that it opens between which data gets in other ways too, that nothing excuses: a requirement that it waives is violated.
    pub exceeded: Vec<(String, String)>,
}

impl ExceptionEntry {
    /// Whether nothing is to be done about it.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let used = self.entry.opens.as_ref().is_none_or(|opens| opens.count > 0);
        let needed = self.needed.as_ref().is_none_or(|needed| !needed.is_empty());
        self.entry.faults.is_empty() && !self.entry.expired && used && needed && self.exceeded.is_empty()
    }

    /// Whether something was not decided.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.needed.is_none() || self.entry.opens.is_none()
    }
}

/// A transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferEntry {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub location: Location,
    /// Endpoints that it is carried from, as written.
    pub from: Vec<String>,
    /// Endpoints that it is carried to, as written.
    pub to: Vec<String>,
    /// The sanitising method.
    pub sanitise: Option<&'static str>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// By whom it was approved.
    pub approved_by: Option<String>,
    /// When it was approved.
    pub approved_on: Option<String>,
    /// Last valid day; what is past it is still carried.
    pub expires: Option<String>,
    /// Whether that day is over.
    pub expired: bool,
    /// What is violated because of it; empty: nothing. `None`: a limit was reached first.
    pub violates: Option<Vec<Difference>>,
}

impl TransferEntry {
    /// Whether nothing is to be done about it.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let stated = self.reason.is_some() && self.approved_by.is_some();
        stated && !self.expired && self.violates.as_ref().is_none_or(Vec::is_empty)
    }
}

impl Ledger {
    /// Whether nothing is to be done about any entry.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        self.exceptions.iter().all(ExceptionEntry::is_in_order) && self.transfers.iter().all(TransferEntry::is_in_order)
    }

    /// Whether something was not decided.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.exceptions.iter().any(ExceptionEntry::is_open) || self.transfers.iter().any(|one| one.violates.is_none())
    }
}
