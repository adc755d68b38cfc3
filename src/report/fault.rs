//! What is wrong: with the nodes, exceptions and ways that findings are about, and what a run cannot see. Facts;
//! `render/catalogue` says them.

use super::cause::Leak;
use super::why::Obstacle;

/// What a finding says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Fault {
    /// Something leaks.
    Leak(Leak),
    /// Something leaks past the nodes that it must lead through; `None`: there are no such nodes.
    Past { nodes: Option<Several>, leak: Box<Fault> },
    /// A peer of these exceptions is connected to the Internet tier.
    Peer { exceptions: Vec<String>, leak: Box<Fault> },
    /// These peers of an exception are of the Internet tier themselves.
    Exposed { exception: String, peers: Several },
    /// Further pairs, of which so many are traced at most.
    Untraced { limit: u64 },
    /// Further peers, of which so many are traced at most.
    UntracedPeers { limit: u64 },
    /// Nodes do not declare these controls.
    Controls { nodes: Several, lacking: Vec<String> },
    /// Nodes have no sound label.
    Label { nodes: Several, fault: LabelFault },
    /// Exceptions are not limited.
    Exceptions { exceptions: Several, faults: Vec<ExceptionFault> },
    /// Exceptions cover no session.
    Unused { exceptions: Several },
    /// Nobody vouches for the peers of exceptions.
    Unattested { exceptions: Several },
    /// Nodes or links do not declare what they should.
    Undeclared { of_links: bool, items: Several, lacking: Vec<Lacking> },
    /// Nodes are in a zone, or in none, where they may not be.
    Misplaced { nodes: Several, zone: Option<String> },
    /// A node has addresses in these zones.
    Homed { nodes: Several, zones: Vec<String> },
    /// Endpoints are in one broadcast domain: switches on a way, each with the VLAN there.
    Segment { node: String, others: Several, way: Vec<(String, u16)> },
    /// Transfers are not as they should be.
    Transfers { transfers: Several, faults: Vec<TransferFault> },
    /// There is no record that counts; the last one of the kind, if any.
    NoEvidence { kind: String, within: Option<u64>, last: Option<String> },
    /// What is expected is not possible, first of all from one node to another; what stops it on the way with the fewest
    /// obstacles, where that was looked for and some packet can be addressed there.
    Impossible { expectation: String, from: String, to: String, stops: Vec<Obstacle> },
}

impl Fault {
    /// What leaks, if something does.
    #[must_use]
    pub fn leak(&self) -> Option<&Leak> {
        match self {
            Self::Leak(leak) => Some(leak),
            Self::Past { leak, .. } | Self::Peer { leak, .. } => leak.leak(),
            _ => None,
        }
    }
}

/// What is not declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// A control.
    Control(String),
    /// One of some controls.
    OneOf(Vec<String>),
    /// An owner.
    Owner,
    /// One of some circuits.
    Circuit(Vec<String>),
}

impl Lacking {
    /// In words that tell it from others.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Control(control) => control.clone(),
            Self::OneOf(controls) => controls.join("|"),
            Self::Owner => "owner".to_owned(),
            Self::Circuit(circuits) => circuits.join("|"),
        }
    }
}

/// What is wrong with a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum TransferFault {
    NotSanitised,
    NoReason,
    NoApproval,
    Expired,
}

impl TransferFault {
    /// In a word, which tells it from others.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotSanitised => "not-sanitised",
            Self::NoReason => "no-reason",
            Self::NoApproval => "no-approval",
            Self::Expired => "expired",
        }
    }
}

/// Some that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several {
    /// The first one.
    pub first: String,
    /// How many others.
    pub others: u64,
}

/// What is wrong with the label of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum LabelFault {
    /// A declared address lies in the networks of another zone than its own.
    Contradiction { own: String, other: String },
    /// A gateway, forwarder or sanitiser that declares no relay entry.
    NoRelays,
    /// No zone and no addresses.
    NoAddresses,
    /// Addresses in the networks of several zones.
    SeveralZones,
    /// Addresses in no zone's networks.
    NoNetwork,
}

/// What is wrong with an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum ExceptionFault {
    /// It names more than single addresses, or ports.
    WideFrom,
    WideTo,
    WideService,
    /// It has none.
    NoReason,
    NoApproval,
    Expired,
}

impl ExceptionFault {
    /// In a word, which tells it from others.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WideFrom => "wide-from",
            Self::WideTo => "wide-to",
            Self::WideService => "wide-service",
            Self::NoReason => "no-reason",
            Self::NoApproval => "no-approval",
            Self::Expired => "expired",
        }
    }
}

/// What a run on a document does not look at, or a reader must not read into it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NotChecked {
    /// Whether the network is the one in the document.
    Reality,
    /// Whether relays, controls and attestations are true.
    Declarations,
    /// Address translation, and the content that sanitising lets through.
    Content,
    /// Ways beside the network.
    OtherWays,
    /// Weaknesses of software and devices.
    Weaknesses,
    /// Clauses without a requirement.
    OtherClauses,
    /// A requirement that speaks of nobody: a side has no endpoint, or nothing is of its kind.
    Vacuous { requirement: String, of_paths: bool },
    /// A requirement that a limit left open.
    Undecided { requirement: String },
}
