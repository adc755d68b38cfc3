//! A least set of edits that mends a document: facts, which `render` says in words.

use super::Session;
use crate::source::Location;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// What the certificate shows, where one was written.
    pub certified: Option<Certified>,
    /// The edits as changes of the devices whose configurations the document was imported from; `None`: of none.
    pub changes: Option<Changes>,
}

/// Edits as changes of devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// By device, in the order of their edits.
    pub devices: Vec<DeviceChange>,
    /// Edits that are not said in a vendor's words.
    pub unsaid: Vec<Unsaid>,
}

/// What is entered on a device. With all of it entered on all devices, and the edits that are not said made, what the configurations
/// then become was decided: nothing violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceChange {
    /// Id of its node.
    pub node: String,
    /// The format of its configuration.
    pub format: &'static str,
    /// What people call the format.
    pub vendor: &'static str,
    /// Its configuration.
    pub file: String,
    /// What a comment begins with there.
    pub comment: &'static str,
    /// What is entered for each edit, in order.
    pub steps: Vec<Step>,
}

/// What is entered for an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The edit, by index.
    pub edit: usize,
    /// The lines.
    pub lines: Vec<String>,
    /// Whether they hold for more interfaces than the edit names.
    pub wider: bool,
}

/// An edit that is not said in a vendor's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// The edit, by index.
    pub edit: usize,
    /// The node, and what people call the format of its configuration, where it has one.
    pub device: Option<(String, &'static str)>,
    /// Why.
    pub why: Why,
}

/// Why an edit is not said in a vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is a promise of people: no device has a line for it.
    Promise,
    /// What it is about was not imported from a device's configuration.
    NotImported,
    /// Changes are not written in this format.
    Format,
    /// The line at its place is no rule of a list that lines can be put into.
    NoPlace,
    /// It cannot be said there.
    NoWords,
    /// The numbers of the list leave no room.
    NoRoom,
    /// Said so, what the configuration then becomes could not be shown to be mended.
    NotShown,
}

/// What a certificate of a repair shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// Its file.
    pub file: String,
    /// What any repair by such edits costs at least.
    pub bound: u64,
    /// How many ways show it.
    pub ways: usize,
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
    /// The requirements that those violate.
    pub requirements: Vec<String>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
