//! Witnesses, and elements by name and place, in the words of a report.

use super::place::Places;
use crate::document::{Filter, NatTarget, protocol_word};
use crate::engine::trace::{self, PacketAddress, SessionTrace, Translation};
use crate::model::{LinkId, Model};
use crate::report::{DecidedBy, Hop, Means, Packet, Session, Translated, address_and_port};
use crate::session::Element;
use crate::source::Location;
use crate::source::Span;

/// `tcp/443`, `icmp`.
pub fn service(packet: &trace::Packet) -> String {
    let protocol = protocol_word(packet.protocol);
    match packet.destination_port {
        Some(port) => format!("{protocol}/{port}"),
        None => protocol,
    }
}

/// What bears an id or goes by its place in a list: the id, else `#3` for the third.
pub fn called(id: Option<&str>, at: usize) -> String {
    id.map_or_else(|| format!("#{}", at + 1), str::to_owned)
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
    pub fn link_at(&self, link: LinkId) -> Location {
        self.places.locate(self.model.document.links[link.index()].span)
    }

    /// A link by its ends, with the interfaces written.
    pub fn link(&self, link: LinkId) -> String {
        let link = &self.model.document.links[link.index()];
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

    /// A filter's name, or `#1` for the first; only where it has a name, or its node has several filters.
    pub fn filter_name(&self, node: u32, filter: u32) -> Option<String> {
        let details = self.model.document.nodes[node as usize].details.as_deref()?;
        let filters = details.filters.as_deref()?;
        let name = filters.get(filter as usize)?.name.as_deref();
        (name.is_some() || filters.len() > 1).then(|| called(name, filter as usize))
    }

    /// The rule's id, or `#3` for the third rule of its filter.
    pub fn rule(&self, node: u32, filter: u32, rule: u32) -> String {
        let found = self.filter(node, filter).and_then(|filter| filter.rules.get(rule as usize));
        called(found.and_then(|rule| rule.id.as_deref()), rule as usize)
    }

    /// Where a rule, or the filter for its default, stands.
    pub fn rule_at(&self, node: u32, filter: u32, rule: Option<u32>) -> Location {
        let found = self.filter(node, filter);
        let span = found.map_or(Span::default(), |filter| {
            rule.and_then(|rule| filter.rules.get(rule as usize)).map_or(filter.span, |rule| rule.span)
        });
        self.places.locate(span)
    }

    /// Id of a transfer.
    pub fn transfer(&self, transfer: u32) -> &'d str {
        &self.model.document.transfers[transfer as usize].id
    }

    /// Where a transfer stands.
    pub fn transfer_at(&self, transfer: u32) -> Location {
        self.places.locate(self.model.document.transfers[transfer as usize].span)
    }

    /// Whether some link names VLANs.
    pub fn uses_vlans(&self) -> bool {
        self.model.document.links.iter().any(|link| link.names_vlans())
    }

    /// Where an element stands.
    pub fn element_at(&self, element: &Element) -> Location {
        let details = |node: u32| self.model.document.nodes[node as usize].details.as_deref();
        match *element {
            Element::Exception(at) => self.places.locate(self.model.document.exceptions[at as usize].span),
            Element::Transfer(at) => self.transfer_at(at),
            Element::Rule { node, filter, rule } => self.rule_at(node, filter, Some(rule)),
            Element::Default { node, filter } => self.rule_at(node, filter, None),
            Element::RelayEntry { node, entry } => {
                let relays = details(node).and_then(|details| details.relays.as_deref()).unwrap_or_default();
                self.places.locate(relays.get(entry as usize).map_or(Span::default(), |relay| relay.span))
            }
            Element::Route { node, route } => {
                let routes = details(node).and_then(|details| details.routes.as_deref()).unwrap_or_default();
                self.places.locate(routes.get(route as usize).map_or(Span::default(), |route| route.span))
            }
            Element::RoutedVlan { node, .. }
            | Element::Relays { node }
            | Element::Forwarder { node }
            | Element::Routing { node }
            | Element::Segment { node, .. } => self.node_at(node),
            Element::Vlan { link, .. } | Element::Link(link) => self.link_at(link),
        }
    }

    /// What tells an element from others, whatever else changes in the document. A rule without an id is known by its text.
    pub fn element_key(&self, element: &Element) -> Vec<String> {
        let text = |span: Span| self.places.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        let node = |node: u32| self.id(node).to_owned();
        match *element {
            Element::Exception(at) => {
                vec!["exception".to_owned(), self.model.document.exceptions[at as usize].id.to_string()]
            }
            Element::Transfer(at) => vec!["transfer".to_owned(), self.transfer(at).to_owned()],
            Element::Rule { node: at, filter, .. } | Element::Default { node: at, filter } => {
                let found = self.filter(at, filter);
                let name = found.and_then(|filter| filter.name.as_deref()).unwrap_or_default();
                let mut key = vec!["rule".to_owned(), node(at), name.to_owned()];
                if let Element::Rule { rule, .. } = *element {
                    key.extend(found.and_then(|filter| filter.rules.get(rule as usize)).map(|rule| match &rule.id {
                        Some(id) => id.to_string(),
                        None => text(rule.span),
                    }));
                }
                key
            }
            Element::RelayEntry { node: at, entry } => {
                vec!["relay".to_owned(), node(at), (u64::from(entry) + 1).to_string()]
            }
            Element::Relays { node: at } => vec!["relay".to_owned(), node(at), String::new()],
            Element::RoutedVlan { node: at, vlan } => vec!["routed-vlan".to_owned(), node(at), vlan.to_string()],
            Element::Vlan { link, vlan } => vec!["link".to_owned(), self.link(link), vlan.to_string()],
            Element::Route { node: at, route } => {
                let details = self.model.document.nodes[at as usize].details.as_deref();
                let routes = details.and_then(|details| details.routes.as_deref()).unwrap_or_default();
                let text = routes.get(route as usize).map(|route| text(route.span));
                vec!["route".to_owned(), node(at), text.unwrap_or_default()]
            }
            Element::Forwarder { node: at } => vec!["forwarder".to_owned(), node(at)],
            Element::Routing { node: at } => vec!["routing".to_owned(), node(at)],
            Element::Segment { node: at, vlan, .. } => {
                let vlan = if self.uses_vlans() { vlan.to_string() } else { String::new() };
                vec!["segment".to_owned(), node(at), vlan]
            }
            Element::Link(link) => vec!["link".to_owned(), self.link(link), String::new()],
        }
    }

    /// A session of a witness; `covered` are the exceptions that cover it.
    pub fn session(&self, session: &SessionTrace, covered: &[u32], vlans: bool) -> Session {
        let mut came = session.packet();
        let mut translated_by = |hop: &trace::Hop| {
            let Some(translation) = &hop.translation else { return Vec::new() };
            let before = came.replace(translation.packet);
            before.map_or_else(Vec::new, |before| self.translated(hop.node, &before, translation))
        };
        let hops = session.hops.iter().enumerate().map(|(at, hop)| Hop {
            translated_by: translated_by(hop),
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
            means: match session.means {
                trace::Means::Packet(packet) => Means::Packet(Packet {
                    source: packet.source.text(self.model),
                    destination: packet.destination.text(self.model),
                    protocol: protocol_word(packet.protocol),
                    source_port: packet.source_port,
                    destination_port: packet.destination_port,
                }),
                trace::Means::Transfer(transfer) => {
                    Means::Transfer { id: self.transfer(transfer).to_owned(), location: self.transfer_at(transfer) }
                }
            },
            hops: hops.collect(),
            covered_by: covered.iter().map(|&at| self.model.document.exceptions[at as usize].id.to_string()).collect(),
        }
    }

    /// What entries of a node made of a packet.
    fn translated(&self, node: u32, before: &trace::Packet, translation: &Translation) -> Vec<Translated> {
        let after = &translation.packet;
        let end = |address: PacketAddress, port: Option<u16>| address_and_port(&address.text(self.model), port);
        let ends = [
            (
                translation.destination,
                false,
                before.destination,
                before.destination_port,
                after.destination,
                after.destination_port,
            ),
            (translation.source, true, before.source, before.source_port, after.source, after.source_port),
        ];
        let details = self.model.document.nodes[node as usize].details.as_deref();
        let entries = details.and_then(|details| details.nat.as_deref()).unwrap_or_default();
        let shown = ends.into_iter().filter_map(|(entry, source, was, was_port, is, is_port)| {
            let number = entry?;
            let entry = entries.get(number as usize)?;
            // What is kept is not translated.
            (entry.target != NatTarget::Keep).then(|| Translated {
                entry: called(entry.id.as_deref(), number as usize),
                source,
                before: end(was, was_port),
                after: end(is, is_port),
                location: self.places.locate(entry.span),
            })
        });
        shown.collect()
    }
}
