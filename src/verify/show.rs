//! Witnesses and causes in the words of a report.

use super::cause::Cause;
use super::place::Places;
use crate::document::{Filter, Span, protocol_word};
use crate::engine::trace::{PassTrace, SessionTrace};
use crate::model::Model;
use crate::report::{DecidedBy, Hop, Location, Packet, Session};

/// `tcp/443`, `icmp`.
pub fn service(session: &SessionTrace) -> String {
    let protocol = protocol_word(session.packet.protocol);
    match session.packet.destination_port {
        Some(port) => format!("{protocol}/{port}"),
        None => protocol,
    }
}

/// Speaks of one document.
#[derive(Clone, Copy)]
pub struct Show<'r, 's, 'd> {
    /// The document, resolved.
    pub model: &'r Model<'d>,
    /// Its places.
    pub places: &'r Places<'s>,
}

impl<'d> Show<'_, '_, 'd> {
    /// Id of a node.
    pub fn id(&self, node: u32) -> &'d str {
        self.model.id(node)
    }

    /// Where a node stands.
    pub fn node_at(&self, node: u32) -> Location {
        let value = &self.model.document.nodes[node as usize];
        self.places.locate(self.model.document.id_span(value))
    }

    /// Where a link stands.
    pub fn link_at(&self, link: u32) -> Location {
        self.places.locate(self.model.document.links[link as usize].span)
    }

    /// A link by its ends, with the interfaces written.
    pub fn link(&self, link: u32) -> String {
        let link = &self.model.document.links[link as usize];
        let name = |id| self.model.document.name(id);
        let end = |end: usize| match link.interface(end) {
            Some(interface) => format!("{}:{}", name(link.ends[end]), name(interface)),
            None => name(link.ends[end]).to_owned(),
        };
        match link.id() {
            Some(id) => id.to_string(),
            None => format!("{}–{}", end(0), end(1)),
        }
    }

    /// A filter of a node.
    pub fn filter(&self, node: u32, filter: u32) -> Option<&'d Filter<'d>> {
        let details = self.model.document.nodes[node as usize].details.as_deref()?;
        details.filters.as_ref()?.get(filter as usize)
    }

    /// The rule's id, or `#3` for the third rule of its filter.
    pub fn rule(&self, node: u32, filter: u32, rule: u32) -> String {
        let found = self.filter(node, filter).and_then(|filter| filter.rules.get(rule as usize));
        match found.and_then(|rule| rule.id.as_deref()) {
            Some(id) => id.to_owned(),
            None => format!("#{}", u64::from(rule) + 1),
        }
    }

    /// Where a rule, or the filter for its default, stands.
    pub fn rule_at(&self, node: u32, filter: u32, rule: Option<u32>) -> Location {
        let found = self.filter(node, filter);
        let span = found.map_or(Span::default(), |filter| {
            rule.and_then(|rule| filter.rules.get(rule as usize)).map_or(filter.span, |rule| rule.span)
        });
        self.places.locate(span)
    }

    /// Where a cause stands.
    pub fn cause_at(&self, cause: &Cause) -> Location {
        match *cause {
            Cause::Rule { node, filter, rule } => self.rule_at(node, filter, rule),
            Cause::Forwarder(node) | Cause::Segment(node, _) | Cause::Relay(node, PassTrace::Undeclared) => {
                self.node_at(node)
            }
            Cause::Link(link, _) => self.link_at(link),
            Cause::Relay(node, PassTrace::Entry { entry, .. }) => {
                let details = self.model.document.nodes[node as usize].details.as_deref();
                let relays = details.and_then(|details| details.relays.as_deref()).unwrap_or_default();
                let span = relays.get(entry as usize).map_or(Span::default(), |relay| relay.span);
                self.places.locate(span)
            }
        }
    }

    /// What tells a cause from others, whatever else changes in the document. A rule without an id is known by its text.
    pub fn cause_key(&self, cause: &Cause) -> Vec<String> {
        let of_tag = |tag: Option<u16>| tag.map(|tag| tag.to_string()).unwrap_or_default();
        match *cause {
            Cause::Rule { node, filter, rule } => {
                let found = self.filter(node, filter);
                let name = found.and_then(|filter| filter.name.as_deref()).unwrap_or_default();
                let mut key = vec!["rule".to_owned(), self.id(node).to_owned(), name.to_owned()];
                let rule = rule.and_then(|rule| found?.rules.get(rule as usize));
                key.extend(rule.map(|rule| match &rule.id {
                    Some(id) => id.to_string(),
                    None => self.places.text(rule.span).split_whitespace().collect::<Vec<_>>().join(" "),
                }));
                key
            }
            Cause::Forwarder(node) => vec!["forwarder".to_owned(), self.id(node).to_owned()],
            Cause::Link(link, tag) => vec!["link".to_owned(), self.link(link), of_tag(tag)],
            Cause::Segment(node, tag) => vec!["segment".to_owned(), self.id(node).to_owned(), of_tag(tag)],
            Cause::Relay(node, pass) => {
                let entry = match pass {
                    PassTrace::Undeclared => String::new(),
                    PassTrace::Entry { entry, .. } => (u64::from(entry) + 1).to_string(),
                };
                vec!["relay".to_owned(), self.id(node).to_owned(), entry]
            }
        }
    }

    /// A session of a witness; `covered` are the exceptions that cover it.
    pub fn session(&self, session: &SessionTrace, covered: &[u32], vlans: bool) -> Session {
        let packet = &session.packet;
        let hops = session.hops.iter().enumerate().map(|(at, hop)| Hop {
            node: self.id(hop.node).to_owned(),
            r#in: hop.r#in.clone(),
            out: hop.out.clone(),
            vlan: hop.tag.or_else(|| session.hops.get(at + 1).and_then(|next| next.tag)).filter(|_| vlans),
            decided_by: hop
                .deciders
                .iter()
                .map(|decider| DecidedBy {
                    rule: decider.rule.map(|rule| self.rule(hop.node, decider.filter, rule)),
                    location: self.rule_at(hop.node, decider.filter, decider.rule),
                })
                .collect(),
        });
        Session {
            from: self.id(session.from).to_owned(),
            to: self.id(session.to).to_owned(),
            packet: Packet {
                source: packet.source.text(self.model),
                destination: packet.destination.text(self.model),
                protocol: protocol_word(packet.protocol),
                source_port: packet.source_port,
                destination_port: packet.destination_port,
            },
            hops: hops.collect(),
            covered_by: covered.iter().map(|&at| self.model.document.exceptions[at as usize].id.to_string()).collect(),
        }
    }

    /// A zone as people call it.
    pub fn zone(&self, zone: Option<u32>) -> [String; 2] {
        match zone {
            Some(0) => ["the My Number tier".into(), "マイナンバー利用事務系".into()],
            Some(1) => ["the LGWAN tier".into(), "LGWAN接続系".into()],
            Some(2) => ["the Internet tier".into(), "インターネット接続系".into()],
            Some(zone) => {
                let id = self.model.names.zones[zone as usize];
                [format!("zone `{id}`"), format!("領域「{id}」")]
            }
            None => ["no zone".into(), "領域なし".into()],
        }
    }
}
