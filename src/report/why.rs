//! Why data gets from one side to another, or does not: facts, which `render` says in words.

use super::{Packet, Session};
use crate::source::Location;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The document's name.
    pub name: Option<String>,
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Where data comes from, as asked.
    pub from: String,
    /// Where it is to get, as asked.
    pub to: String,
    /// Services of the last session, as asked; empty: any.
    pub services: Vec<String>,
    /// Whether one session was asked for that the first opens to the second.
    pub direct: bool,
    /// What was found.
    pub answer: Answer,
    /// Where data gets there: what lets it through.
    pub causes: Option<Causes>,
}

/// What lets data through, of all ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Causes {
    /// As few as must be shut before data gets there no longer; each of them is a cause, and all but one are others.
    Least(Vec<Cause>),
    /// So many at least must be shut; a limit was reached before more was known.
    AtLeast(usize),
    /// Some way takes nothing that could be shut but the links of endpoints.
    Links,
}

impl Causes {
    /// How many causes there are beside that of the way that is shown, and whether that is all; `None`: they are not counted.
    #[must_use]
    pub fn others(&self) -> Option<(usize, bool)> {
        match self {
            Self::Least(set) => Some((set.len().saturating_sub(1), true)),
            Self::AtLeast(count) => Some((count.saturating_sub(1), false)),
            Self::Links => None,
        }
    }
}

/// Something that lets data through, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it is.
    pub lets: Lets,
    /// Where it stands.
    pub location: Location,
}

/// What lets data through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Lets {
    /// A rule permits. A filter is named only where its node has several.
    Rule { node: String, filter: Option<String>, rule: String },
    /// A transfer carries it.
    Transfer { id: String },
    /// An entry of `relays` passes it on, by number from 1.
    Entry { node: String, entry: u64 },
    /// A node declares no relays.
    Undeclared { node: String },
    /// The default of a filter permits.
    Default { node: String, filter: Option<String> },
    /// A link carries a VLAN.
    Vlan { link: String, vlan: u16 },
    /// An l3-switch routes a VLAN.
    RoutedVlan { node: String, vlan: u16 },
    /// A link.
    Link { link: String },
}

impl Lets {
    /// The word of the kind.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "rule",
            Self::Transfer { .. } => "transfer",
            Self::Entry { .. } => "relay",
            Self::Undeclared { .. } => "relays",
            Self::Default { .. } => "default",
            Self::Vlan { .. } => "vlan",
            Self::RoutedVlan { .. } => "routed-vlan",
            Self::Link { .. } => "link",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Data gets there, this way.
    Gets(Way),
    /// It does not; ways with the fewest obstacles, none of which shares one with another.
    Stopped(Vec<Way>),
    /// No packet can be addressed from the one to the other: one of them has no address of its own, or their families differ.
    Unaddressed,
    /// A limit was reached first.
    Open,
}

/// A way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Endpoints in the direction of the data.
    pub path: Vec<String>,
    /// One session between each two neighbours.
    pub sessions: Vec<Session>,
    /// What stops data on it, in its order; empty: nothing.
    pub obstacles: Vec<Obstacle>,
}

/// Something that stops data on a way, and would have to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Number of the session, from 1; of a relay that of the session that it would open or answer.
    pub session: usize,
    /// What it is.
    pub stop: Stop,
    /// The packet that it stops, as it sees it.
    pub packet: Option<Packet>,
    /// Where it stands.
    pub location: Option<Location>,
}

/// What stops.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Stop {
    /// A rule denies. A filter is named only where its node has several.
    Rule { node: String, filter: Option<String>, rule: String },
    /// The default of a filter denies.
    Default { node: String, filter: Option<String> },
    /// The routes do not lead to the destination by this interface.
    Route { node: String, interface: String },
    /// An entry of `nat` translates.
    Translation { node: String, entry: String },
    /// A link does not carry a VLAN.
    Vlan { link: String, vlan: u16 },
    /// An l3-switch does not route a VLAN.
    RoutedVlan { node: String, vlan: u16 },
    /// A link is one-way.
    OneWay { link: String },
    /// A node does not pass on what comes from the one to the other; `declared`: it declares relays, and this is not among them.
    Relay { node: String, from: String, to: String, declared: bool },
    /// No links lead from the one to the other.
    NoLink { from: String, to: String },
}

impl Stop {
    /// The word of the kind.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "rule",
            Self::Default { .. } => "default",
            Self::Route { .. } => "route",
            Self::Translation { .. } => "translation",
            Self::Vlan { .. } => "vlan",
            Self::RoutedVlan { .. } => "routed-vlan",
            Self::OneWay { .. } => "one-way",
            Self::Relay { .. } => "relay",
            Self::NoLink { .. } => "no-link",
        }
    }
}
