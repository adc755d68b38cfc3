//! What one node does with one packet: translation, filters, the header that leaves. A walk in concrete addresses by
//! `docs/semantics.md`, sections 3 to 5; it shares no code with the engine.

mod judge;
mod matching;
mod parse;
mod vlans;
mod walk;

use std::fmt;
use std::net::IpAddr;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, Node, protocol_word};
use crate::language::Phrase;
use crate::model::names::Names;
use crate::source::Source;

pub use parse::{Bad, Line, csv, packet};
pub use walk::{Ended, Reached, Step, Walk};

/// A packet that opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Source address.
    pub source: IpAddr,
    /// Destination address, of the same family.
    pub destination: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
    /// Source port; 0 for protocols without ports.
    pub source_port: u16,
    /// Destination port; 0 for protocols without ports.
    pub destination_port: u16,
}

/// Whether a protocol has ports in the model: tcp, udp, sctp.
#[must_use]
pub fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 132)
}

/// A side of a packet at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// None: the node itself sends it, or it is for the node.
    Own,
    /// This interface.
    Interface(String),
    /// Any of them, and none: whichever lets it through.
    Any,
}

/// An address that a packet bears, or that the model only knows the owner of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A known one.
    Known(IpAddr),
    /// That of a node which declares none, by its place in the document.
    Of(usize),
}

/// A header somewhere on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub source: Address,
    /// Destination address.
    pub destination: Address,
    /// IP protocol number.
    pub protocol: u8,
    /// Source port; `None`: a translation may make it any.
    pub source_port: Option<u16>,
    /// Destination port.
    pub destination_port: u16,
}

impl From<Packet> for Header {
    fn from(packet: Packet) -> Self {
        Self {
            source: Address::Known(packet.source),
            destination: Address::Known(packet.destination),
            protocol: packet.protocol,
            source_port: Some(packet.source_port),
            destination_port: packet.destination_port,
        }
    }
}

/// What decided at one place of the node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decided {
    /// `destination`, `source` (translations), or `filter` with its name.
    pub what: String,
    /// The entry's or rule's id, or what stands for one.
    pub id: String,
    /// Where it was imported from, `file:line`.
    pub origin: Option<String>,
}

/// What was taken to hold for a packet to pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guess {
    /// The condition of a rule.
    Condition {
        /// The filter.
        what: String,
        /// The rule.
        rule: String,
        /// What must hold.
        condition: String,
    },
    /// That a name or an address which nobody declared is the one that a rule names.
    Undeclared {
        /// The filter.
        what: String,
        /// The rule.
        rule: String,
    },
    /// That an entry of a translation is the one that matches.
    Translation {
        /// The entry.
        entry: String,
    },
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it passes.
    pub permitted: bool,
    /// The header that leaves, or that the node itself sees; `None` where it does not pass.
    pub leaves: Option<Header>,
    /// The interface it leaves by, where the call left that open.
    pub by: Option<String>,
    /// What decided, in the order in which the node asks.
    pub decided: Vec<Decided>,
    /// What was taken to hold for it to pass.
    pub guesses: Vec<Guess>,
}

/// A document and the errors in it.
#[must_use]
pub fn document(source: &Source) -> (Option<Document<'_>>, Vec<Diagnostic>) {
    let mut found = Diagnostics::default();
    let document = crate::document::read(source, &mut found);
    if let Some(document) = &document {
        drop(Names::resolve(document, &mut found));
    }
    let counts = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    (document, found.into_sorted().into_iter().filter(counts).collect())
}

/// A document that packets are asked about.
pub struct Asker<'d> {
    world: matching::World<'d>,
}

impl<'d> Asker<'d> {
    /// For a document that was read and resolved without errors.
    #[must_use]
    pub fn new(document: &'d Document<'d>) -> Self {
        Self { world: matching::World::new(document) }
    }

    /// The node of an id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&'d Node<'d>> {
        let document = self.world.document;
        let name = document.names.find(id)?;
        document.nodes.iter().find(|node| node.id == name)
    }

    /// The interfaces of a node as its rules call them, in the order of the links.
    #[must_use]
    pub fn interfaces(&self, node: &Node<'_>) -> Vec<String> {
        self.world.interfaces(node)
    }

    /// What a node does with a packet.
    #[must_use]
    pub fn ask(&self, node: &Node<'_>, way_in: &Way, way_out: &Way, packet: Packet) -> Answer {
        judge::ask(&self.world, node, way_in, way_out, packet)
    }

    /// Where a packet that a node sends gets to, and where its other ways end.
    ///
    /// # Errors
    /// When the node may not send it: it has another address.
    pub fn walk(&self, node: &Node<'_>, packet: Packet) -> Result<Walk, Phrase> {
        walk::walk(&self.world, node, packet)
    }

    /// A header as the contract spells it: `tcp 10.0.0.1:1024 > 10.0.0.2:443`.
    #[must_use]
    pub fn show(&self, header: &Header) -> String {
        let side = |address: Address, port: Option<u16>| {
            let (text, six) = match address {
                Address::Known(address) => (address.to_string(), address.is_ipv6()),
                Address::Of(node) => {
                    let document = self.world.document;
                    let id = document.nodes.get(node).map_or("", |node| document.names.name(node.id));
                    (format!("⟨{id}⟩"), false)
                }
            };
            if !has_ports(header.protocol) {
                return text;
            }
            let port = port.map_or_else(|| "*".to_owned(), |port| port.to_string());
            if six { format!("[{text}]:{port}") } else { format!("{text}:{port}") }
        };
        let (source, destination) =
            (side(header.source, header.source_port), side(header.destination, Some(header.destination_port)));
        format!("{} {source} > {destination}", protocol_word(header.protocol))
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |address: IpAddr, port: u16| match (has_ports(self.protocol), address) {
            (false, address) => address.to_string(),
            (true, IpAddr::V6(address)) => format!("[{address}]:{port}"),
            (true, address) => format!("{address}:{port}"),
        };
        let (source, destination) =
            (side(self.source, self.source_port), side(self.destination, self.destination_port));
        write!(f, "{} {source} > {destination}", protocol_word(self.protocol))
    }
}
