//! Tuples shown hop by hop, as the certificate writes them.

use serde_json::{Value, json};

use super::Witnesses;
use crate::certificate::{Packet, Session, Witness};
use crate::engine::replay::Claim;
use crate::engine::trace::{self, Means, PacketAddress, PassTrace, SessionTrace, Way};
use crate::engine::{Carrier, PathOutcome, PeerOutcome};
use crate::model::{Model, Pools, address_text};
use crate::policy::Requirement;
use crate::topology::{Half, L3Links};
use crate::verify::trace::{Replayed, Tracer};

/// Finds ways of packets on one model.
pub(super) struct WitnessWriter<'m, 'd> {
    model: &'m Model<'d>,
    tracer: Tracer<'m, 'd>,
    l3_links: L3Links,
}

impl<'m, 'd> WitnessWriter<'m, 'd> {
    pub fn new(model: &'m Model<'d>) -> Self {
        Self { model, tracer: Tracer::new(model), l3_links: L3Links::new(model) }
    }

    fn shown(&self, paths: &PathOutcome, at: [usize; 2], ends: Option<[u32; 2]>, claim: Claim<'_>) -> Option<Witness> {
        let Replayed { witness, .. } = self.tracer.witness_between(paths, at, ends, claim).ok()?;
        Some(self.written(&witness))
    }

    /// A data path as a certificate has it.
    pub fn written(&self, witness: &trace::Witness) -> Witness {
        let sessions = witness.sessions.iter().enumerate();
        let sessions = sessions.map(|(at, session)| self.session(session, session.from != witness.nodes[at]));
        Witness {
            path: witness.nodes.iter().map(|&node| self.model.id(node).to_owned()).collect(),
            passes: witness
                .passes
                .iter()
                .map(|pass| match *pass {
                    PassTrace::Undeclared => None,
                    PassTrace::Entry { entry, mirror } => Some((entry, mirror)),
                })
                .collect(),
            sessions: sessions.collect(),
        }
    }

    fn session(&self, trace: &SessionTrace, pull: bool) -> Session {
        let packet = match trace.means {
            Means::Packet(packet) => packet,
            Means::Transfer(transfer) => {
                let transfer = self.model.document.transfers[transfer as usize].id.to_string();
                return Session::Transfer { transfer };
            }
        };
        let hops = trace.hops.windows(2).filter_map(|pair| {
            let (hop, next) = (&pair[0], &pair[1]);
            // The tag is the switch's on either end of the link; what a switch itself emits may have any.
            let tag = hop.tag.or(next.tag).or_else(|| self.any_tag(hop.way?));
            match hop.way? {
                Way::Link { link, backward } => Some((link.number(), backward, tag)),
                Way::L3Link(vlan) => {
                    let link = self.l3_links.link(hop.node, vlan)?;
                    let to_switch = hop.half == Half::Router;
                    Some((link.number(), to_switch, tag))
                }
            }
        });
        let translated = (0_u32..).zip(&trace.hops).filter_map(|(at, hop)| Some((at, hop.translation.as_ref()?)));
        Session::Packets {
            pull,
            hops: hops.collect(),
            packet: self.packet(&packet),
            translations: translated.map(|(at, translation)| (at, self.packet(&translation.packet))).collect(),
        }
    }

    fn packet(&self, packet: &trace::Packet) -> Packet {
        Packet {
            source: self.address(packet.source),
            destination: self.address(packet.destination),
            protocol: packet.protocol,
            source_port: packet.source_port,
            destination_port: packet.destination_port,
        }
    }

    /// A tag of a link that a switch emits by.
    fn any_tag(&self, way: Way) -> Option<u16> {
        let Way::Link { link, backward } = way else { return None };
        let is_switch = |&node: &u32| Half::at_links(self.model, node).keeps_tags(self.model, node);
        if !self.model.names.links[link.index()].iter().any(is_switch) {
            return None;
        }
        let vlans = self.model.document.links[link.index()].vlans_at(usize::from(backward));
        Some(vlans.and_then(|vlans| vlans.first()).map_or(1, |range| range.0))
    }

    fn address(&self, address: PacketAddress) -> Value {
        match address {
            PacketAddress::Known(family, value) => json!(address_text(family, value)),
            PacketAddress::Symbolic(node) => json!({ "symbolic": self.model.id(node) }),
        }
    }
}

/// Where the class of a node stands in a side.
fn position(paths: &PathOutcome, side: &[crate::network::ClassId], node: u32) -> Option<usize> {
    let class = paths.network.classes.of_node[node as usize]?;
    side.iter().position(|&known| known == class)
}

impl Witnesses for WitnessWriter<'_, '_> {
    fn path(&mut self, demand: &Requirement, outcome: &PathOutcome, a: u32, b: u32) -> Option<Witness> {
        let claim = outcome.claim(Some(&demand.id));
        let at = [position(outcome, &outcome.a, a)?, position(outcome, &outcome.b, b)?];
        self.shown(outcome, at, Some([a, b]), claim)
    }

    fn end(&mut self, outcome: &PeerOutcome, exception: u32, node: u32) -> Option<((u32, u32), Session)> {
        let class = outcome.paths.network.classes.of_node[node as usize]?;
        let end = outcome.ends.iter().find(|end| end.exception == exception && end.class == class)?;
        let carrier = &end.session;
        let members = |class| &outcome.paths.network.classes.get(class).members;
        let other = |class| members(class).iter().copied().find(|&other| other != node);
        let (from, to) =
            if carrier.from() == class { (node, other(carrier.to())?) } else { (other(carrier.from())?, node) };
        Some(((from, to), self.single(&outcome.paths.pools, carrier, [from, to])?))
    }

    fn single(&mut self, pools: &Pools, carrier: &Carrier, ends: [u32; 2]) -> Option<Session> {
        let trace = self.tracer.session(pools, carrier, ends, &[]).ok()?;
        Some(self.session(&trace, false))
    }

    fn exposure(&mut self, outcome: &PeerOutcome, node: u32) -> Option<Witness> {
        let paths = &outcome.paths;
        let a = position(paths, &paths.a, node)?;
        let b = *paths.answer.violating.row(a).first()? as usize;
        let other = *paths.network.classes.get(paths.b[b]).members.first()?;
        self.shown(paths, [a, b], Some([node, other]), paths.claim(None))
    }
}
