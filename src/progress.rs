//! How far a run has come, for whoever started it. Progress never changes a result.

/// The phases of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading the document; counted in bytes.
    Read,
    /// Resolving names and labelling nodes; counted in nodes.
    Model,
    /// Deciding requirements; counted in requirements or searches.
    Decide,
    /// Building and replaying witnesses; counted in findings.
    Witness,
}

/// Told of each step; called from any thread, often: must be cheap.
pub trait Progress: Sync {
    /// `done` of `total` steps of a phase are done; a `total` of 0 means that it is not known.
    fn step(&self, phase: Phase, done: u64, total: u64);
}

/// Takes no notice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _phase: Phase, _done: u64, _total: u64) {}
}
