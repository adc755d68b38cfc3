//! Decides requirements: sessions, data paths, verdicts.

mod coverage;
mod decide;
mod paths;
mod prove;
mod search;
mod stations;

pub use coverage::Coverage;
pub use decide::{Decider, Outcome, PathOutcome};
pub use paths::{Chain, Flow, PathAnswer, PathEngine, PathQuestion, SessionSample};
pub use prove::{ProveError, Prover, Sides};
pub use search::{Answer, LimitReached, Limits, Question, Search};
pub use stations::{Station, passes_everything, selects_node};
