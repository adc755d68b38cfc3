//! Decides requirements: sessions, data paths, verdicts.

mod closure;
mod coverage;
mod decide;
mod flows;
mod limit;
mod limited;
mod matcher;
mod networks;
pub mod packet;
mod pairs;
mod paths;
mod prove;
pub mod replay;
pub mod route;
mod search;
mod selected;
mod services;
mod stations;
pub(crate) mod threads;
pub mod trace;
mod wiring;

pub use coverage::Coverage;
pub use decide::{CoveredEnd, Decider, Opened, Outcome, PathOutcome, PeerOutcome};
pub use limit::{LimitReached, Limits, Memory};
pub use limited::{ExceptionFault, exception_faults};
pub use matcher::Matcher;
pub use pairs::Pairs;
pub use paths::{Chain, Flow, PathAnswer, PathEngine, PathQuestion, SessionSample};
pub use prove::{ProveError, Prover, Sides};
pub use search::{Answer, Question, Search, Workspace};
pub use selected::{Holders, NodeItem, Selected, node_items};
pub use services::ServiceParts;
pub use stations::{Station, passes_everything, selects_node};
