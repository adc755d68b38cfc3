//! Names of a document as texts, and where they stand in the source.

use std::borrow::Cow;
use std::fmt;

use super::names::offset_in;
use super::tree::{Tree, Value, span};
use super::{Document, Link, NameId, Node, Text, json};
use crate::source::Span;

/// Where the zones of nodes and the ends of links stand, by the start of the element, for what is no JSON. Elements of
/// JSON are read again, since nobody asks but for what is wrong.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Vec<(u32, [u32; 2])>);

impl Places {
    /// Notes the places of an element.
    pub fn add(&mut self, element: Span, places: [u32; 2]) {
        self.0.push((element.start, places));
    }

    /// To be called before any question.
    pub fn sort(&mut self) {
        self.0.sort_unstable();
    }

    fn of(&self, element: Span) -> Option<[u32; 2]> {
        let at = self.0.binary_search_by_key(&element.start, |&(start, _)| start).ok()?;
        self.0.get(at).map(|&(_, places)| places)
    }
}

/// Where a text stands in the source; `u32::MAX` when it does not stand there verbatim.
pub(super) fn start_of(source: &str, text: &Text<'_>) -> u32 {
    let Cow::Borrowed(text) = text else { return u32::MAX };
    offset_in(source, text).and_then(|start| u32::try_from(start).ok()).unwrap_or(u32::MAX)
}

fn member<'t, 's>(tree: &'t Tree<'s>, key: &str) -> Option<&'t Tree<'s>> {
    let Value::Map(members) = &tree.value else { return None };
    members.iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
}

fn verbatim(source: &str, tree: &Tree<'_>) -> Option<usize> {
    match &tree.value {
        Value::String(Cow::Borrowed(text)) => offset_in(source, text),
        _ => None,
    }
}

fn zone_in(source: &str, node: &Tree<'_>) -> Option<usize> {
    verbatim(source, member(node, "zone")?)
}

fn end_in(source: &str, link: &Tree<'_>, end: usize) -> Option<usize> {
    let Value::List(ends) = &member(link, "between").unwrap_or(link).value else { return None };
    verbatim(source, ends.get(end)?)
}

impl<'s> Document<'s> {
    /// A document without anything in it, for nodes, links and the like of this one: it knows the same names under the
    /// same numbers, and places of the same text. Cheap.
    #[must_use]
    pub fn without_contents(&self) -> Self {
        Self {
            text: self.text,
            names: self.names.clone(),
            name: None,
            model: None,
            policy: None,
            edition: None,
            zones: Vec::new(),
            groups: Vec::new(),
            services: Vec::new(),
            nodes: Vec::new(),
            links: Vec::new(),
            exceptions: Vec::new(),
            host_names: Vec::new(),
            transfers: Vec::new(),
            evidence: Vec::new(),
            expects: Vec::new(),
            incomplete: self.incomplete,
            breached: self.breached,
            places: self.places.clone(),
        }
    }

    /// The text of a name.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.name(id)
    }

    /// Where a text of this document stands, when it is borrowed from the source; else `within`, the span of what it
    /// is a part of. The span is that of the characters, without quotes.
    #[must_use]
    pub fn span_of(&self, text: &Text<'_>, within: Span) -> Span {
        let Cow::Borrowed(text) = text else { return within };
        offset_in(self.text, text).map_or(within, |start| span(start, start + text.len()))
    }

    /// Where the id of a node stands; the whole node where it does not stand verbatim.
    #[must_use]
    pub fn id_span(&self, node: &Node<'_>) -> Span {
        self.place(node.id_at as usize, self.name(node.id)).unwrap_or(node.span)
    }

    /// Where the zone of a node stands; the whole node where it does not stand verbatim. Reads the node again.
    #[must_use]
    pub fn zone_span(&self, node: &Node<'_>) -> Span {
        let Some(zone) = node.zone else { return node.span };
        let start = self.places.of(node.span).map(|[start, _]| start as usize);
        let start = start.or_else(|| zone_in(self.text, &json::element(self.text, node.span)?));
        start.and_then(|start| self.place(start, self.name(zone))).unwrap_or(node.span)
    }

    /// Where the node at an end of a link (0 or 1) stands; the whole link where it does not stand verbatim. Reads the
    /// link again.
    #[must_use]
    pub fn end_span(&self, link: &Link<'_>, end: usize) -> Span {
        let Some(&node) = link.ends.get(end) else { return link.span };
        let start = self.places.of(link.span).and_then(|places| places.get(end).map(|&start| start as usize));
        let start = start.or_else(|| end_in(self.text, &json::element(self.text, link.span)?, end));
        start.and_then(|start| self.place(start, self.name(node))).unwrap_or(link.span)
    }

    fn place(&self, start: usize, name: &str) -> Option<Span> {
        let found = self.text.get(start..start + name.len())? == name;
        found.then(|| span(start, start + name.len()))
    }
}

/// As the derived one would be, with names as texts: two documents that say the same at the same places look the same.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<_> = self.nodes.iter().map(|node| ShownNode(self, node)).collect();
        let links: Vec<_> = self.links.iter().map(|link| ShownLink(self, link)).collect();
        f.debug_struct("Document")
            .field("text", &self.text)
            .field("name", &self.name)
            .field("model", &self.model)
            .field("policy", &self.policy)
            .field("edition", &self.edition)
            .field("zones", &self.zones)
            .field("groups", &self.groups)
            .field("services", &self.services)
            .field("nodes", &nodes)
            .field("links", &links)
            .field("exceptions", &self.exceptions)
            .field("host_names", &self.host_names)
            .field("transfers", &self.transfers)
            .field("evidence", &self.evidence)
            .field("expects", &self.expects)
            .field("incomplete", &self.incomplete)
            .finish()
    }
}

struct ShownNode<'a>(&'a Document<'a>, &'a Node<'a>);

impl fmt::Debug for ShownNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(document, node) = self;
        let Node { id, id_at: _, zone, kind, addresses, forwards, controls, tags, details, span } = node;
        f.debug_struct("Node")
            .field("id", &(document.name(*id), document.id_span(node)))
            .field("zone", &zone.map(|zone| (document.name(zone), document.zone_span(node))))
            .field("kind", kind)
            .field("addresses", addresses)
            .field("forwards", forwards)
            .field("controls", controls)
            .field("tags", tags)
            .field("details", details)
            .field("span", span)
            .finish()
    }
}

struct ShownLink<'a>(&'a Document<'a>, &'a Link<'a>);

impl fmt::Debug for ShownLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(document, link) = self;
        let name = |id: NameId| document.name(id);
        f.debug_struct("Link")
            .field("ends", &[0, 1].map(|end| (name(link.ends[end]), document.end_span(link, end))))
            .field("interfaces", &[0, 1].map(|end| link.interface(end).map(name)))
            .field("vlans", &[0, 1].map(|end| link.vlans_at(end)))
            .field("native", &link.native())
            .field("origin", &link.origin())
            .field("one_way", &link.one_way())
            .field("id", &link.id())
            .field("circuit", &link.circuit())
            .field("owner", &link.owner())
            .field("controls", &link.controls())
            .field("tags", &link.tags())
            .field("title", &link.title())
            .field("span", &link.span)
            .finish()
    }
}
