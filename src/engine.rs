//! Decides requirements: sessions, data paths, verdicts.

mod coverage;
mod decide;
mod limited;
mod matcher;
mod networks;
pub mod packet;
mod paths;
mod prove;
pub mod replay;
pub mod route;
mod search;
mod services;
mod stations;
pub(crate) mod threads;
pub mod trace;
mod wiring;

pub use coverage::Coverage;
pub use decide::{CoveredEnd, Decider, Opened, Outcome, PathOutcome, PeerOutcome};
pub use limited::{ExceptionFault, exception_faults};
pub use matcher::Matcher;
pub use paths::{Chain, Flow, PathAnswer, PathEngine, PathQuestion, SessionSample};
pub use prove::{ProveError, Prover, Sides};
pub use search::{Answer, LimitReached, Limits, Question, Search};
pub use services::ServiceParts;
pub use stations::{Station, passes_everything, selects_node};
