//! Flows of data between classes and relay passes, as data: what carries each, and the graph that they make.

use super::relay_passes::RelayPass;
use crate::header::{HeaderBox, Product};
use crate::network::{ClassId, Links};

/// Sessions of one pair of classes, as a box of headers that all make one within a product.
#[derive(Clone, Copy, Debug)]
pub struct SessionSample {
    /// Class that opens.
    pub from: ClassId,
    /// Class that receives.
    pub to: ClassId,
    /// Links it uses.
    pub links: Links,
    /// Headers: the box and the product have one in common with A of the one and R of the other.
    pub header: HeaderBox,
    /// See `header`.
    pub product: Product,
    /// Headers as the receiver sees them lie in this product; the same headers where nothing is translated.
    pub received: Product,
}

/// What carries data from one class to another: a session of packets, or a transfer, which is one of its own kind.
#[derive(Clone, Copy, Debug)]
pub enum Carrier {
    /// Packets.
    Packets(SessionSample),
    /// A transfer.
    Transfer {
        /// Its index in the document.
        transfer: u32,
        /// The class that data is carried from.
        from: ClassId,
        /// The class that it is carried to.
        to: ClassId,
    },
}

impl Carrier {
    /// The class that opens the session, or that a transfer begins at.
    #[must_use]
    pub const fn from(&self) -> ClassId {
        match self {
            Self::Packets(session) => session.from,
            Self::Transfer { from, .. } => *from,
        }
    }

    /// The class that receives the session, or that a transfer ends at.
    #[must_use]
    pub const fn to(&self) -> ClassId {
        match self {
            Self::Packets(session) => session.to,
            Self::Transfer { to, .. } => *to,
        }
    }

    /// Both classes, in the direction of the data.
    #[must_use]
    pub fn data_ends(&self) -> [ClassId; 2] {
        match self {
            Self::Packets(session) if session.links == Links::TwoWay => [session.to, session.from],
            _ => [self.from(), self.to()],
        }
    }
}

/// A flow of data.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// What carries it; what no exception covers, where there is such.
    pub carrier: Carrier,
    /// Whether no exception covers that.
    pub uncovered: bool,
}

/// A data path of classes: flows one after the other, in the direction of the data.
pub type Chain = Vec<Flow>;

/// For each class that data comes from, where it flows to, by position, ascending. Most pairs have no flow.
pub(super) type Rows = Vec<Vec<(u32, Flow)>>;

/// The flow to a position.
pub(super) fn flow_to(row: &[(u32, Flow)], to: usize) -> Option<Flow> {
    row.binary_search_by_key(&to, |(at, _)| *at as usize).ok().map(|at| row[at].1)
}

/// Flows among the classes of both sides and the relay passes.
#[derive(Default)]
pub(super) struct FlowGraph {
    pub(super) relay_passes: Vec<RelayPass>,
    /// Direct flows from a to b and from b to a, by position: [direction][from] to (to, flow), ascending.
    pub(super) direct: [Rows; 2],
    /// Flows into relay passes from a and from b: [side][position] to (relay pass, flow).
    pub(super) into: [Vec<Vec<(u32, Flow)>>; 2],
    /// Flows out of relay passes to a and to b: [side][relay pass] to (position, flow).
    pub(super) out: [Vec<Vec<(u32, Flow)>>; 2],
    /// Flows among relay passes.
    pub(super) between: Vec<Vec<(u32, Flow)>>,
}
