//! Judges witnesses: follows each packet hop by hop through the document, written straight from the specification. It
//! shares no code with what finds witnesses, so that neither hides a mistake of the other. Labels are the model's.

mod header;
mod owner;
mod translate;
mod walk;

use std::fmt;
use std::sync::Arc;

use super::methods::MethodSet;
use super::trace::{Means, Packet, PassTrace, SessionTrace, Way, Witness};
use crate::document::{Document, Rule, SelectorItem, ServiceItem, Spanned};
use crate::model::{LinkId, Model};
pub use owner::Owners;

/// Why a witness is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a witness claims to violate.
#[derive(Clone, Copy)]
pub struct Claim<'c> {
    /// These nodes are not there; ascending.
    pub without: &'c [u32],
    /// No pass may sanitise in one of these ways.
    pub sanitised_by: MethodSet,
    /// The last session has one of these services, as its receiver sees it; `None`: any.
    pub services: Option<&'c [ServiceItem<'static>]>,
    /// It is one session of packets, opened by the node that comes first.
    pub sessions: bool,
    /// Exceptions that waive this requirement cover sessions; `None`: none do.
    pub waived_by: Option<&'c str>,
}

/// Judges witnesses of one model.
pub struct Replay<'m, 'd> {
    model: &'m Model<'d>,
    /// The document that packets pass: that of the model, or what it becomes by changes of what its nodes and links say.
    document: &'m Document<'d>,
    /// The ends of a link that the document has beyond those of the model.
    added: Option<[u32; 2]>,
    owners: Arc<Owners<'m, 'd>>,
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(why.into()))
}

/// Whether a session has one of some services, as its receiver sees it.
fn has_service(session: &SessionTrace, services: &[ServiceItem<'_>]) -> bool {
    services.iter().any(|item| match (item, session.received()) {
        (ServiceItem::Any, _) | (ServiceItem::Transfer, None) => true,
        (ServiceItem::Protocol { number, ports }, Some(packet)) => {
            let port = packet.destination_port;
            packet.protocol == *number
                && ports.is_none_or(|(low, high)| port.is_some_and(|port| low <= port && port <= high))
        }
        _ => false,
    })
}

fn demand(holds: bool, why: &str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { refuse(why) }
}

impl<'m, 'd> Replay<'m, 'd> {
    /// A judge. O(nodes).
    #[must_use]
    pub fn new(model: &'m Model<'d>) -> Self {
        Self { model, document: model.document, added: None, owners: Arc::new(Owners::new(model)) }
    }

    /// A judge of the same document after changes of what nodes filter, route, translate and relay, and of what links carry; `added` are
    /// the ends of a link that came. Nodes, their labels and who has which address are as before. What decides is not compared: rules
    /// may have other numbers.
    #[must_use]
    pub fn changed<'c>(&'c self, document: &'c Document<'d>, added: Option<[u32; 2]>) -> Replay<'c, 'd> {
        Replay { model: self.model, document, added, owners: Arc::<Owners<'m, 'd>>::clone(&self.owners) }
    }

    /// The nodes at the ends of a link.
    fn ends(&self, link: LinkId) -> Option<[u32; 2]> {
        self.model
            .names
            .links
            .get(link.index())
            .copied()
            .or_else(|| self.added.filter(|_| link == self.model.names.next_link()))
    }

    /// Whether the document is that of the model.
    fn is_unchanged(&self) -> bool {
        std::ptr::eq(self.document, self.model.document)
    }

    /// Follows a witness; returns for each session the exceptions (by index) that cover it.
    ///
    /// # Errors
    /// When it does not show what it claims.
    pub fn judge(&self, witness: &Witness, claim: Claim<'_>) -> Result<Vec<Vec<u32>>, Refusal> {
        let Witness { nodes, sessions, passes } = witness;
        demand(nodes.len() == sessions.len() + 1 && nodes.len() == passes.len() + 2, "its parts do not fit together")?;
        let mut covered = Vec::with_capacity(sessions.len());
        for (at, session) in sessions.iter().enumerate() {
            let pushed = session.from == nodes[at] && session.to == nodes[at + 1];
            let pulled = session.to == nodes[at] && session.from == nodes[at + 1];
            demand(pushed || pulled, "a session is not between neighbours of the path")?;
            walk::follow(self, session, claim.without)?;
            if let Means::Transfer(transfer) = session.means {
                demand(pushed, "a transfer carries nothing back")?;
                let transfer = self.document.transfers.get(transfer as usize);
                demand(transfer.is_some_and(|one| !claim.sanitised_by.holds(one.sanitise)), "the transfer sanitises")?;
            } else if !pushed {
                let one_way = |way: &Way| match way {
                    Way::Link { link, .. } => self.document.links[link.index()].one_way(),
                    Way::L3Link(_) => false,
                };
                let over_diode = session.hops.iter().filter_map(|hop| hop.way.as_ref()).any(one_way);
                demand(!over_diode, "replies would go back over a one-way link")?;
            }
            covered.push(self.covering(session, claim.waived_by));
        }
        for (at, pass) in passes.iter().enumerate() {
            self.pass(nodes[at + 1], *pass, &sessions[at], &sessions[at + 1], claim.sanitised_by)?;
        }
        demand(covered.iter().any(Vec::is_empty), "exceptions cover every session")?;
        let stops = self.document.breached && !covered.iter().all(Vec::is_empty);
        demand(!stops, "an exception covers a session, and still holds")?;
        if let (Some(services), Some(last)) = (claim.services, sessions.last()) {
            demand(has_service(last, services), "the last session has another service")?;
        }
        if claim.sessions {
            let opened = matches!(&sessions[..], [one] if one.from == nodes[0] && one.packet().is_some());
            demand(opened, "it is not one session of packets from the first to the last")?;
        }
        Ok(covered)
    }

    /// Whether a rule that denies surely matches a packet, wherever it comes in and leaves.
    #[must_use]
    pub fn denied_by(&self, rule: &Rule<'_>, packet: &Packet) -> bool {
        walk::rule_matches(self, rule, packet, true)
    }

    /// Whether an address that a node may send from is one that it also receives: nobody has a better claim to it.
    #[must_use]
    pub fn is_own(&self, node: u32, address: super::trace::PacketAddress) -> bool {
        self.owners.receives(node, address)
    }

    /// Whether a relay passes on what arrives in one session into another.
    fn pass(
        &self,
        node: u32,
        pass: PassTrace,
        before: &SessionTrace,
        after: &SessionTrace,
        sanitised_by: MethodSet,
    ) -> Result<(), Refusal> {
        let value = &self.document.nodes[node as usize];
        let relays = value.details.as_ref().and_then(|details| details.relays.as_ref());
        match pass {
            PassTrace::Undeclared => {
                let tier = self.model.tier(node).is_some();
                let silent = self.model.labels.forwards[node as usize] || tier;
                let passes = relays.is_none() && (!silent || self.document.breached);
                demand(passes, "a node passes nothing by itself")
            }
            PassTrace::Entry { entry, mirror } => {
                let Some(entry) = relays.and_then(|list| list.get(entry as usize)) else {
                    return refuse("there is no such relay entry");
                };
                demand(!mirror || entry.both, "the relay entry has no mirror")?;
                demand(!sanitised_by.holds(entry.sanitise), "the relay entry sanitises")?;
                let (from, to) = ((&entry.from, &entry.from_service), (&entry.to, &entry.to_service));
                let (from, to) = if mirror { (to, from) } else { (from, to) };
                for ((peers, services), session) in [(from, before), (to, after)] {
                    let opened = session.to == node;
                    let peer = if opened { session.from } else { session.to };
                    // Each end sees the session with its own header.
                    let seen = if opened { session.received() } else { session.packet() };
                    let (of_peer, of_service) = match seen {
                        Some(packet) => {
                            let address = if opened { packet.source } else { packet.destination };
                            let service = (packet.protocol, packet.destination_port);
                            (self.relay_selects(peers, peer, address), self.serves(services, service))
                        }
                        None => (self.selects_node(peers, peer), self.serves_transfers(services)),
                    };
                    demand(of_peer, "the relay entry is not for this peer")?;
                    demand(of_service, "the relay entry is not for this service")?;
                }
                Ok(())
            }
        }
    }

    /// The exceptions that waive a requirement and cover a session.
    fn covering(&self, session: &SessionTrace, requirement: Option<&str>) -> Vec<u32> {
        let Some(requirement) = requirement else { return Vec::new() };
        let packets = session.packet().zip(session.received());
        let covers = |exception: &crate::document::Exception<'_>| {
            exception.waived().contains(&requirement)
                && match packets {
                    Some((sent, received)) => {
                        self.exception_selects(&exception.from, session.from, sent.source)
                            && self.exception_selects(&exception.to, session.to, received.destination)
                            && self.serves(&exception.service, (received.protocol, received.destination_port))
                    }
                    None => {
                        self.selects_node(&exception.from, session.from)
                            && self.selects_node(&exception.to, session.to)
                            && self.serves_transfers(&exception.service)
                    }
                }
        };
        let exceptions = (0_u32..).zip(&self.document.exceptions);
        exceptions.filter(|(_, exception)| covers(exception)).map(|(at, _)| at).collect()
    }

    /// Whether `node:`, `zone:`, `kind:`, `tag:` or `any` items select a node.
    fn selects_node(&self, items: &[Spanned<SelectorItem<'_>>], node: u32) -> bool {
        let value = &self.document.nodes[node as usize];
        items.iter().any(|item| match &item.value {
            SelectorItem::Any => true,
            SelectorItem::Node(id) => self.model.id(node) == *id,
            SelectorItem::Zone(zone) => {
                self.model.labels.labels[node as usize].is_some_and(|own| self.model.names.zones[own as usize] == zone)
            }
            SelectorItem::Kind(kind) => value.kind == *kind,
            SelectorItem::Tag(tag) => value.tags.iter().any(|own| **own == **tag),
            SelectorItem::Addresses(_) | SelectorItem::Group(_) | SelectorItem::Fqdn(_) | SelectorItem::Not(_) => false,
        })
    }
}
