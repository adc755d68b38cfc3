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
