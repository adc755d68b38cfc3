//! What audit reports say beside the verdicts: the ledger of exceptions and transfers, and how deep the defence between tiers is. It takes as
//! long as the verdicts do, and is found only for formats that show it.

use super::exposure::PairDepth;
use super::ledger::Ledger;

/// What was found beside the verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The ledger.
    pub ledger: Ledger,
    /// Between each two tiers.
    pub depths: Vec<PairDepth>,
}
