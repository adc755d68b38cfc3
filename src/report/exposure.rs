//! What falls when an endpoint is taken over, and how deep the defence between tiers is: facts, which `render` says in words.

use super::Session;
use crate::document::Tier;
use crate::source::Location;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The document's name.
    pub name: Option<String>,
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// The policy whose requirements exceptions waive.
    pub policy: String,
    /// What was found.
    pub answer: Answer,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Between each two tiers.
    Depths(Vec<PairDepth>),
    /// From one endpoint.
    Falls(Falls),
}

/// How deep the defence between two tiers is, in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairDepth {
    /// The tiers.
    pub tiers: [Tier; 2],
    /// How deep.
    pub depth: Depth,
}

/// How deep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Depth {
    /// One of the tiers has no endpoint.
    Nobody,
    /// Data gets through whatever number of enforcement points fails: none does; it is kept apart by links, VLANs, routes and addresses.
    Apart,
    /// A limit was reached first.
    Open,
    /// So many enforcement points must fail.
    Known(Box<Known>),
}

/// A depth, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// If these fail, data gets through, and if one of them holds, it does not; none: it gets through as it is.
    pub set: Vec<Point>,
    /// The way that it then takes: endpoints in the direction of the data, and a session between each two.
    pub way: Way,
    /// Enforcement points of which each list keeps the tiers apart by itself; none where nothing must fail.
    pub layers: Vec<Vec<Point>>,
    /// Whether no two layers have a point in common: then there are as many as must fail.
    pub disjoint: bool,
    /// Nodes whose fall alone leaves at most half, in the order of the document.
    pub halved_by: Vec<Halving>,
}

/// A node whose fall alone halves a depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halving {
    /// The node.
    pub node: String,
    /// How many points must still fail.
    pub left: usize,
    /// How many are like it, itself among them.
    pub alike: u64,
}

/// A way of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Endpoints in the direction of the data.
    pub path: Vec<String>,
    /// A session between each two neighbours.
    pub sessions: Vec<Session>,
}

/// An enforcement point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// Where it stands.
    pub location: Location,
    /// How many are like it and counted with it, itself among them.
    pub alike: u64,
}

/// What an enforcement point is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum PointKind {
    /// A filter; named only where its node has several.
    Filter { node: String, filter: Option<String> },
    /// An entry of `nat`.
    Translation { node: String, entry: String },
    /// What a node declares to relay.
    Relay { node: String, sanitises: bool },
    /// A link that carries packets one way.
    OneWay { link: String },
    /// An exception.
    Exception { id: String },
    /// A transfer that sanitises.
    Transfer { id: String },
}

impl PointKind {
    /// The word of the kind.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Filter { .. } => "filter",
            Self::Translation { .. } => "translation",
            Self::Relay { .. } => "relay",
            Self::OneWay { .. } => "one-way",
            Self::Exception { .. } => "exception",
            Self::Transfer { .. } => "transfer",
        }
    }
}

/// What falls from one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Falls {
    /// The endpoint that fell first.
    pub from: String,
    /// Its zone.
    pub zone: Option<String>,
    /// Whether a limit was reached first: then nothing else is known.
    pub open: bool,
    /// Zones, tiers first, endpoints without one last.
    pub zones: Vec<ZoneFall>,
    /// What falls in each step.
    pub steps: Vec<Vec<StepFall>>,
}

/// What falls of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneFall {
    /// The zone.
    pub zone: Option<String>,
    /// Its endpoints, but for the one that fell first.
    pub endpoints: u64,
    /// Those that fall.
    pub fallen: u64,
    /// The step in which the first of them falls, and the way there.
    pub first: Option<(usize, Way)>,
}

/// What falls of a zone in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFall {
    /// The zone.
    pub zone: Option<String>,
    /// How many endpoints.
    pub count: u64,
    /// The first of them, by id.
    pub named: Vec<String>,
}
