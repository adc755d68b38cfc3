//! What tuples hang on: elements of the document that let something through, by names and place.

use std::borrow::Cow;

use crate::source::Location;

/// Data gets, or a session is opened, from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What the tuples hang on.
    pub cause: Cause,
    /// Who opens the session that the element lets through; of relays and of several elements, whose data it is.
    pub from: String,
    /// Who receives it.
    pub to: String,
    /// What the session is opened to, `tcp/443`; `None`: data is carried, by a transfer.
    pub service: Option<String>,
}

/// What tuples hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The elements: one, or a few that have to be mended together.
    pub elements: Vec<Element>,
    /// What deciding again without them showed.
    pub shown: Shown,
}

/// What deciding again without some elements showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// So many tuples of the requirement are gone without them, and so many are left.
    Decided {
        /// Gone.
        gone: u64,
        /// Left.
        left: u64,
    },
    /// It was not decided again: that would have cost more than the bound allows.
    Untried,
    /// It was, and no few elements were found without which the tuples are gone.
    Unexplained,
}

/// An element of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// What it is.
    pub what: What,
    /// Where it stands.
    pub location: Location,
}

/// What lets something through. Nodes, zones, exceptions and transfers go by id; links by id or ends; entries by number, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum What {
    Exception {
        id: String,
    },
    /// `raw`: it does not sanitise.
    Transfer {
        id: String,
        raw: bool,
    },
    /// By its `id`, or `#3` for the third of its filter.
    Rule {
        node: String,
        filter: FilterName,
        rule: String,
    },
    Default {
        node: String,
        filter: FilterName,
    },
    /// An entry of `relays`; `raw`: it does not sanitise.
    Relay {
        node: String,
        entry: u64,
        raw: bool,
    },
    /// A VLAN that an l3-switch routes, and that to or from which it does so here; `declared`: it is among its `routed_vlans`.
    RoutedVlan {
        node: String,
        vlan: u16,
        other: Option<u16>,
        declared: bool,
    },
    /// A VLAN of a link; `declared`: the link names it.
    Vlan {
        link: String,
        vlan: u16,
        declared: bool,
    },
    Route {
        node: String,
        entry: u64,
    },
    /// That a node declares no relays.
    Relays {
        node: String,
    },
    /// That a node forwards what no filter of it looks at.
    Forwarder {
        node: String,
        gateway: bool,
    },
    /// That an l3-switch routes at all.
    Routing {
        node: String,
    },
    /// That endpoints of a zone share a VLAN, or a segment without VLANs, with others.
    Segment {
        node: String,
        vlan: Option<u16>,
        zone: String,
    },
    Link {
        link: String,
    },
}

/// A filter by its name, if it has one, and its number on its node, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct FilterName {
    pub name: Option<String>,
    pub number: u64,
}

impl FilterName {
    /// Its name, or `#1` for the first.
    #[must_use]
    pub fn called(&self) -> Cow<'_, str> {
        self.name.as_deref().map_or_else(|| format!("#{}", self.number).into(), Into::into)
    }
}

impl What {
    /// The kind, in a word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Exception { .. } => "exception",
            Self::Transfer { .. } => "transfer",
            Self::Rule { .. } => "rule",
            Self::Default { .. } => "default",
            Self::Relay { .. } => "relay",
            Self::RoutedVlan { .. } => "routed-vlan",
            Self::Vlan { .. } => "vlan",
            Self::Route { .. } => "route",
            Self::Relays { .. } => "relays",
            Self::Forwarder { .. } => "forwarder",
            Self::Routing { .. } => "routing",
            Self::Segment { .. } => "segment",
            Self::Link { .. } => "link",
        }
    }
}
