//! What audit reports say beside the verdicts: the ledger of exceptions and transfers, how deep the defence between tiers is, and the least that
//! has to change. It takes longer than the verdicts do, and is found only for formats that show it.

use super::exposure::PairDepth;
use super::ledger::Ledger;
use super::repair::Repair;

/// What was found beside the verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The ledger.
    pub ledger: Ledger,
    /// Between each two tiers.
    pub depths: Vec<PairDepth>,
    /// What has to change; `None`: nothing, for no requirement of severity error is violated.
    pub repair: Option<Repair>,
}
