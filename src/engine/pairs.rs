//! Sets of pairs of positions, as rows. Where much is violated rows are alike, and alike rows are kept once.

use std::sync::Arc;

use rustc_hash::FxHashSet as HashSet;

/// For each position on the one side, positions on the other.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    rows: Vec<Arc<[u32]>>,
}

impl Pairs {
    /// Pairs from rows in any order, with or without repetitions.
    #[must_use]
    pub fn new(rows: Vec<Vec<u32>>) -> Self {
        let mut known: HashSet<Arc<[u32]>> = HashSet::default();
        let share = |mut row: Vec<u32>| {
            row.sort_unstable();
            row.dedup();
            if let Some(same) = known.get(row.as_slice()) {
                return Arc::clone(same);
            }
            let row: Arc<[u32]> = row.into();
            known.insert(Arc::clone(&row));
            row
        };
        Self { rows: rows.into_iter().map(share).collect() }
    }

    /// The rows in order, each ascending.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        self.rows.iter().map(|row| &**row)
    }

    /// The row of a position.
    #[must_use]
    pub fn row(&self, a: usize) -> &[u32] {
        &self.rows[a]
    }

    /// Whether a pair is in the set.
    #[must_use]
    pub fn holds(&self, a: usize, b: usize) -> bool {
        u32::try_from(b).is_ok_and(|b| self.rows[a].binary_search(&b).is_ok())
    }
}
