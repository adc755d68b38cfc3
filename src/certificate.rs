//! The certificate as it is written. `docs/certificate.md` is normative; names and order of keys follow it.

use serde::Serialize;
use serde_json::Value;

/// Versions of the format: of documents, and of those in which addresses are translated.
pub const VERSIONS: [u32; 2] = [1, 2];

/// What a certificate binds, of whichever kind it is.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Head {
    pub tool: String,
    pub topology: Topology,
    pub policy: PolicyDigest,
    pub date: String,
    /// What is loosened on this date, and what it becomes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loosenings: Vec<(String, &'static str)>,
    pub symbolic: Vec<String>,
}

/// A certificate.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Certificate {
    pub sanso_certificate: u32,
    #[serde(flatten)]
    pub head: Head,
    pub requirements: Vec<Requirement>,
}

/// A certificate of the least that a repair costs.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct RepairCertificate {
    pub sanso_repair: u32,
    #[serde(flatten)]
    pub head: Head,
    pub allowed: Vec<&'static str>,
    pub edits: Vec<&'static str>,
    pub cost: u64,
    pub bound: u64,
    pub ways: Vec<RepairWay>,
}

/// A way that any repair must break.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct RepairWay {
    pub requirement: String,
    pub witness: Witness,
}

/// What it is about.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Topology {
    pub sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json_sha256: Option<String>,
}

/// What it was decided by.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct PolicyDigest {
    pub id: String,
    pub sha256: String,
}

/// One requirement.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Requirement {
    pub id: String,
    pub verdict: &'static str,
    pub violating: Vec<Vec<String>>,
    #[serde(flatten)]
    pub body: Body,
}

/// What depends on the kind of requirement.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Body {
    /// What the document alone decides, and nothing is listed of.
    Declared {},
    Segment {
        complete: bool,
    },
    Sessions {
        complete: bool,
        witnesses: Vec<Session>,
        parts: Vec<SessionsPart>,
    },
    Controls {
        groups: Vec<ControlGroup>,
    },
    Labels {
        groups: Vec<LabelGroup>,
    },
    Exceptions {
        exceptions: Vec<String>,
    },
    Paths {
        complete: bool,
        witnesses: Vec<Witness>,
        parts: Vec<Part>,
    },
    Peers {
        complete: bool,
        witnesses: Vec<PeerWitness>,
        ends: Vec<Ends>,
        part: Option<Box<Part>>,
    },
    /// Exceptions: a session of each that is used, a proof for each that is not.
    Used {
        witnesses: Vec<UsedWitness>,
        trees: Vec<Proof>,
    },
    /// What is expected: sessions of each pair that has all of them, a proof for each that does not.
    Expected {
        shown: Vec<Vec<Session>>,
        missing: Vec<Missing>,
    },
}

/// A session that an exception covers.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct UsedWitness {
    pub end: (String, String),
    pub session: Session,
}

/// A service of which there is no session.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Missing {
    pub service: u32,
    pub push: Proof,
}

/// Nodes that declare the same controls.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct ControlGroup {
    pub declares: Vec<String>,
    pub nodes: Vec<String>,
}

/// Endpoints with the same label.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct LabelGroup {
    pub zone: Option<String>,
    pub nodes: Vec<String>,
}

/// A data path, hop by hop.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Witness {
    pub path: Vec<String>,
    pub passes: Vec<Option<(u32, bool)>>,
    pub sessions: Vec<Session>,
}

/// A session, hop by hop: link, whether it is passed backwards, tag; or the transfer that it is.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Session {
    Packets {
        pull: bool,
        packet: Packet,
        hops: Vec<(u32, bool, Option<u16>)>,
        /// The packet as it leaves a unit that changes it, by the number of hops before that.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        translations: Vec<(u32, Packet)>,
    },
    Transfer {
        transfer: String,
    },
}

/// A concrete packet; addresses as text or `{"symbolic": id}`.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Packet {
    pub source: Value,
    pub destination: Value,
    pub protocol: u8,
    pub source_port: Option<u16>,
    pub destination_port: Option<u16>,
}

/// Why an end of an excepted session is exposed.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct PeerWitness {
    pub end: (String, String),
    pub session: Session,
    pub path: Option<Witness>,
}

/// Ends of the sessions that an exception covers, and the proof that there are no others.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Ends {
    pub exception: String,
    pub nodes: Vec<String>,
    pub tree: Option<Proof>,
}

/// The proof for some pairs.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Part {
    pub a: Option<Vec<String>>,
    pub b: Option<Vec<String>>,
    pub forward: Direction,
    pub backward: Direction,
}

/// A part of a requirement on sessions: only what is opened from `a` to `b`.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct SessionsPart {
    pub a: Option<Vec<String>>,
    pub b: Option<Vec<String>>,
    pub forward: Openings,
}

/// The proof that nothing is opened. There are no stations.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Openings {
    pub stations: [(); 0],
    pub push: Proof,
}

/// The proof for one direction of the data. Stations: node, entry, mirror, level.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Direction {
    pub stations: Vec<(String, Option<u32>, bool, u8)>,
    pub push: Proof,
    pub pull: Proof,
}

/// A session claim's proof.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Proof {
    Tree(Tree),
    Flows(FlowTree),
}

impl Proof {
    /// The denials that it relies on: node, filter and rule; no rule: the filter's default; no filter: the routes.
    #[must_use]
    pub fn relies_on(&self) -> &[(String, Option<u32>, Option<u32>)] {
        match self {
            Self::Tree(tree) => &tree.relies_on,
            Self::Flows(flows) => &flows.relies_on,
        }
    }

    /// The links whose limits it relies on, as runs.
    #[must_use]
    pub fn links(&self) -> &[(u32, u32)] {
        match self {
            Self::Tree(tree) => &tree.links,
            Self::Flows(flows) => &flows.links,
        }
    }
}

/// The proof of a claim in a network that translates: what comes to each place.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct FlowTree {
    pub relies_on: Vec<(String, Option<u32>, Option<u32>)>,
    pub links: Vec<(u32, u32)>,
    pub sets: Vec<FlowSet>,
    pub relations: Vec<RelationOf>,
    pub floods: Vec<Flood>,
}

/// What some openers send to places.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Flood {
    pub openers: Vec<String>,
    pub places: Vec<Place>,
}

/// What a set is a set of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Line {
    Address,
    Service,
    SourcePort,
}

/// A set as the first and last position of each of its runs.
pub type FlowSet = (Line, Vec<(Value, Value)>);

/// Headers as sent and as they are, by sets (source, destination, service, source port), and where both are the same.
pub type RelationOf = ([u32; 4], [u32; 4], [bool; 4]);

/// Node, half, link it came by, tags, relations.
pub type Place = (String, u8, Option<u32>, Option<Vec<(u16, u16)>>, Vec<u32>);

/// A session claim's proof by cells. `links`: the first and last of each run of links whose limits it relies on.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Tree {
    pub relies_on: Vec<(String, Option<u32>, Option<u32>)>,
    pub links: Vec<(u32, u32)>,
    pub sets: Vec<Vec<State>>,
    pub cells: Vec<Cell>,
}

/// Node, half, link it came by, tags.
pub type State = (String, u8, Option<u32>, Option<Vec<(u16, u16)>>);

/// A box of headers and what is proved of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Cell {
    Cut(&'static str, Value, u32, u32),
    Split(Vec<String>, u32, u32),
    Void(bool),
    Closed(u32),
}
