//! Witnesses as plain data: one concrete packet for each session and every place that it passes, or the transfer that it is. Found by
//! `packet` and `route`, judged by `replay`.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::document::Family;
use crate::model::{LinkId, Model};

use crate::number::v4;
pub use crate::topology::Half;

/// An address of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketAddress {
    /// A real address.
    Known(Family, u128),
    /// The symbolic address of a node.
    Symbolic(u32),
}

impl PacketAddress {
    /// As it is printed: `10.0.0.1`, `2001:db8::1`, `⟨id⟩`.
    #[must_use]
    pub fn text(self, model: &Model<'_>) -> String {
        match self {
            Self::Known(Family::V4, value) => Ipv4Addr::from(v4(value)).to_string(),
            Self::Known(Family::V6, value) => Ipv6Addr::from(value).to_string(),
            Self::Symbolic(node) => format!("⟨{}⟩", model.id(node)),
        }
    }
}

/// A packet that opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packet {
    /// Source address.
    pub source: PacketAddress,
    /// Destination address.
    pub destination: PacketAddress,
    /// IP protocol number.
    pub protocol: u8,
    /// Source port; only for tcp, udp and sctp.
    pub source_port: Option<u16>,
    /// Destination port; only for tcp, udp and sctp.
    pub destination_port: Option<u16>,
}

/// How a packet gets from one place to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// A link of the document.
    Link {
        /// Its index.
        link: LinkId,
        /// Whether it goes from the second end to the first.
        backward: bool,
    },
    /// The link between the halves of an l3-switch: of this VLAN, or of all where `None`.
    L3Link(Option<u16>),
}

/// What in a filter of a node permitted a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatchedRule {
    /// Index of the filter in the node's list.
    pub filter: u32,
    /// Index of the rule; `None`: the filter's default.
    pub rule: Option<u32>,
}

/// A place that a packet passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The node.
    pub node: u32,
    /// The part of it.
    pub half: Half,
    /// Interface it came in by; `None` where it is emitted.
    pub r#in: Option<String>,
    /// Interface it leaves by; `None` where it is delivered.
    pub out: Option<String>,
    /// Way it leaves by.
    pub way: Option<Way>,
    /// VLAN tag it has at a switch.
    pub tag: Option<u16>,
    /// What permitted it, one for each filter that applies.
    pub deciders: Vec<MatchedRule>,
    /// What the node made of it; `None`: it left it as it was.
    pub translation: Option<Box<Translation>>,
}

/// What a node made of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Entry of the node's `nat` that translated the destination, by index; `keep` counts.
    pub destination: Option<u32>,
    /// Entry that translated the source.
    pub source: Option<u32>,
    /// The packet as it leaves, or is delivered.
    pub packet: Packet,
}

/// What a session is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The packet that opens it.
    Packet(Packet),
    /// A transfer, by index: there is no packet.
    Transfer(u32),
}

/// A session, and where it is one of packets the way it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTrace {
    /// Endpoint that opens it; that data is carried from.
    pub from: u32,
    /// Endpoint that receives it; that data is carried to.
    pub to: u32,
    /// What it is made of.
    pub means: Means,
    /// First at `from`, last at `to`; a transfer has none.
    pub hops: Vec<Hop>,
}

impl SessionTrace {
    /// The packet as its opener sees it; a transfer has none.
    #[must_use]
    pub const fn packet(&self) -> Option<Packet> {
        match self.means {
            Means::Packet(packet) => Some(packet),
            Means::Transfer(_) => None,
        }
    }

    /// The packet as its receiver sees it; a transfer has none.
    #[must_use]
    pub fn received(&self) -> Option<Packet> {
        let translated = self.hops.iter().rev().find_map(|hop| hop.translation.as_ref());
        self.packet().map(|sent| translated.map_or(sent, |translation| translation.packet))
    }
}

/// A relay pass on a data path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PassTrace {
    /// Nothing is declared: everything passes.
    Undeclared,
    /// An entry of the node's `relays`, or its mirror.
    Entry {
        /// Index in `relays`.
        entry: u32,
        /// Whether data goes from `to` to `from` by `both`.
        mirror: bool,
    },
}

/// A data path with everything that makes it one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Endpoints in the direction of the data.
    pub nodes: Vec<u32>,
    /// One session between each two neighbours.
    pub sessions: Vec<SessionTrace>,
    /// One pass for each node between the first and the last.
    pub passes: Vec<PassTrace>,
}
