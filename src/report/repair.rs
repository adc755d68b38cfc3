//! A least set of edits that mends a document: facts, which `render` says in words.

use super::Session;
use crate::source::Location;

/// What was found.
#[derive(Clone, Debug)]
pub struct Repair {
    /// The document's name.
    pub name: Option<String>,
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Id of the policy that requirements are of.
    pub policy: String,
    /// Today in Japan, `YYYY-MM-DD`.
    pub date: String,
    /// How it ended.
    pub end: End,
    /// What the edits cost, or what any set that mends it costs at least.
    pub cost: u64,
    /// The edits, in the order of the document.
    pub edits: Vec<RepairEdit>,
    /// The ways that violate, each of which every set must break: no cheaper set does.
    pub ways: Vec<BrokenWay>,
    /// Entries of `expects` that stay possible.
    pub kept: Vec<String>,
    /// Sets of edits that were left out since together they make an entry impossible, or a list of VLANs empty.
    pub refused: usize,
    /// Requirements that no edit of these kinds mends, and how many tuples violate each.
    pub left: Vec<(String, u64)>,
    /// The document with the edits made, as JSON; empty where there is none.
    pub document: String,
}

/// How a repair ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A cheapest set was found.
    Repaired,
    /// A way violates, and none of the edits that are allowed breaks it.
    NoEdit,
    /// Whatever breaks the ways makes something impossible that must be possible: pairs of expectation and requirement.
    Collides(Vec<(String, String)>),
    /// A limit came first.
    Limit,
}

/// An edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairEdit {
    /// What is done.
    pub what: What,
    /// Where the node, link or rule stands that it is about.
    pub location: Location,
    /// What it costs.
    pub cost: u64,
    /// How many of the ways it breaks.
    pub breaks: usize,
}

/// What an edit does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A rule that denies.
    Deny {
        /// Id of the node.
        node: String,
        /// The filter: its name, or `#1`.
        filter: String,
        /// The rule before which it stands; `None`: behind all.
        before: Option<String>,
        /// The interface that packets come in by.
        r#in: Option<String>,
        /// The interface that they leave by.
        out: Option<String>,
        /// Sources.
        from: String,
        /// Destinations.
        to: String,
        /// Service.
        service: String,
        /// The rule that may be deleted instead: nothing else is lost that must be possible.
        or_delete: Option<String>,
    },
    /// A node declares that it relays nothing.
    Relays {
        /// Its id.
        node: String,
    },
    /// An l3-switch routes a VLAN no more.
    Routed {
        /// Its id.
        node: String,
        /// The VLAN.
        vlan: u16,
    },
    /// A VLAN is taken from a link.
    Vlan {
        /// The link.
        link: String,
        /// The VLAN.
        vlan: u16,
    },
    /// A link is cut.
    Cut {
        /// The link.
        link: String,
    },
}

/// A way that violates a requirement.
#[derive(Clone, Debug)]
pub struct BrokenWay {
    /// The requirement.
    pub requirement: String,
    /// The nodes that data passes.
    pub path: Vec<String>,
    /// Its sessions, hop by hop.
    pub sessions: Vec<Session>,
    /// Of the peer of an exception: the session that the exception covers.
    pub covered: Option<Session>,
    /// How many edits there are each of which breaks it.
    pub candidates: usize,
}
