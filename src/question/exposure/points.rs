//! Enforcement points, and what a document is in which some of them have failed. To fail adds ways and takes none away.

use std::borrow::Cow;

use crate::document::{
    Action, Document, Filter, NatEntry, NatSide, NatTarget, Relay, Rule, Selector, SelectorItem, Service, ServiceItem,
    Spanned,
};
use crate::model::{LinkId, Model};
use crate::report::exposure::{Point as Fact, PointKind};
use crate::session::{Element, Small, Whom};
use crate::source::Span;
use crate::verify::show::{Show, called};

/// An enforcement point of a document, by indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// A filter of a node.
    Filter(u32, u32),
    /// An entry of `nat` of a node.
    Translation(u32, u32),
    /// What an endpoint declares to relay.
    Relays(u32),
    /// A one-way link.
    OneWay(LinkId),
    /// An exception.
    Exception(u32),
    /// A transfer that sanitises.
    Transfer(u32),
}

/// No document gives this name: whoever names it may mean any address.
const NOBODY_KNOWS: &str = "?";

/// What a selector matches, but never surely.
fn unsure<'s>(selector: &Selector<'s>) -> Selector<'s> {
    let not = |items: Selector<'s>| Spanned::nowhere(SelectorItem::Not(items));
    vec![not(vec![not(selector.clone()), Spanned::nowhere(SelectorItem::Fqdn(Cow::Borrowed(NOBODY_KNOWS)))])]
}

fn anything<'s>() -> (Selector<'s>, Service<'s>) {
    (vec![Spanned::nowhere(SelectorItem::Any)], vec![Spanned::nowhere(ServiceItem::Any)])
}

impl Point {
    /// All of a document, nodes first.
    pub fn all(model: &Model<'_>) -> Vec<Self> {
        let document = model.document;
        let mut out = Vec::new();
        for (node, value) in (0_u32..).zip(&document.nodes) {
            let Some(details) = value.details.as_deref() else { continue };
            let filters = (0_u32..).zip(details.filters.iter().flatten());
            out.extend(filters.map(|(filter, _)| Self::Filter(node, filter)));
            let entries = (0_u32..).zip(details.nat.iter().flatten());
            let translating = entries.filter(|(_, entry)| !matches!(entry.target, NatTarget::Keep));
            out.extend(translating.map(|(entry, _)| Self::Translation(node, entry)));
            if details.relays.is_some() && model.labels.endpoint[node as usize] {
                out.push(Self::Relays(node));
            }
        }
        let one_way = (0..).map(LinkId::new).zip(&document.links).filter(|(_, link)| link.one_way());
        out.extend(one_way.map(|(link, _)| Self::OneWay(link)));
        out.extend((0_u32..).zip(&document.exceptions).map(|(at, _)| Self::Exception(at)));
        let sanitising = (0_u32..).zip(&document.transfers).filter(|(_, one)| one.sanitise.is_some());
        out.extend(sanitising.map(|(at, _)| Self::Transfer(at)));
        out
    }

    /// The node that it is a part of.
    pub const fn node(self) -> Option<u32> {
        match self {
            Self::Filter(node, _) | Self::Translation(node, _) | Self::Relays(node) => Some(node),
            Self::OneWay(_) | Self::Exception(_) | Self::Transfer(_) => None,
        }
    }

    /// The same of the whole document; `None`: the part of the small one is no part of it.
    pub fn of_whole(self, small: &Small<'_>) -> Option<Self> {
        let of = |node: u32| small.nodes[node as usize].node();
        Some(match self {
            Self::Filter(node, filter) => Self::Filter(of(node)?, filter),
            Self::Translation(node, entry) => Self::Translation(of(node)?, entry),
            Self::Relays(node) => Self::Relays(of(node)?),
            Self::OneWay(link) => Self::OneWay(small.links[link.index()]?),
            Self::Exception(_) | Self::Transfer(_) => self,
        })
    }

    /// How many are like it and counted with it; 0: it is counted with another.
    pub fn alike(self, model: &Model<'_>, small: &Small<'_>) -> u64 {
        let of = |node: u32| match small.nodes[node as usize] {
            Whom::Node(_, alike) => alike,
            Whom::Like(_) => 0,
            Whom::None => 1,
        };
        match (self.node(), self) {
            (Some(node), _) => of(node),
            // The link of one of a group is like those of the others.
            (None, Self::OneWay(link)) => {
                let [a, b] = model.names.links[link.index()].map(of);
                if a == 0 || b == 0 { 0 } else { a.max(b) }
            }
            (None, _) => 1,
        }
    }

    /// Lets it fail in a document.
    pub fn fail(self, document: &mut Document<'_>) {
        match self {
            Self::Filter(node, filter) => {
                let own = document.nodes[node as usize].details.as_mut().and_then(|it| it.filters.as_mut());
                if let Some(own) = own.and_then(|filters| filters.get_mut(filter as usize)) {
                    open(own);
                }
            }
            Self::Translation(node, entry) => {
                let own = document.nodes[node as usize].details.as_mut().and_then(|it| it.nat.as_mut());
                if let Some(own) = own.and_then(|entries| entries.get_mut(entry as usize)) {
                    loosen(own);
                }
            }
            Self::Relays(node) => {
                let own = document.nodes[node as usize].details.as_mut().and_then(|it| it.relays.as_mut());
                own.into_iter().for_each(|relays| relays.push(everything()));
            }
            Self::OneWay(link) => document.links[link.index()].details_mut().one_way = false,
            Self::Exception(at) => document.exceptions[at as usize].waives = Some(Vec::new()),
            Self::Transfer(at) => document.transfers[at as usize].sanitise = None,
        }
    }

    /// In the words of a report, of the whole document.
    pub fn fact(self, show: Show<'_, '_, '_>, alike: u64) -> Fact {
        let id = |node: u32| show.id(node).to_owned();
        let details = |node: u32| show.model.document.nodes[node as usize].details.as_deref();
        let (kind, location) = match self {
            Self::Filter(node, filter) => {
                let name = show.filter_name(node, filter);
                (PointKind::Filter { node: id(node), filter: name }, show.rule_at(node, filter, None))
            }
            Self::Translation(node, entry) => {
                let found = details(node).and_then(|it| it.nat.as_ref()?.get(entry as usize));
                let name = called(found.and_then(|found| found.id.as_deref()), entry as usize);
                let span = found.map_or(Span::default(), |found| found.span);
                (PointKind::Translation { node: id(node), entry: name }, show.places.locate(span))
            }
            Self::Relays(node) => {
                let sanitises = show.model.document.nodes[node as usize].sanitises();
                (PointKind::Relay { node: id(node), sanitises }, show.node_at(node))
            }
            Self::OneWay(link) => (PointKind::OneWay { link: show.link(link) }, show.link_at(link)),
            Self::Exception(at) => {
                let exception = &show.model.document.exceptions[at as usize];
                (PointKind::Exception { id: exception.id.to_string() }, show.element_at(&Element::Exception(at)))
            }
            Self::Transfer(at) => (PointKind::Transfer { id: show.transfer(at).to_owned() }, show.transfer_at(at)),
        };
        Fact { kind, location, alike }
    }
}

/// A filter permits everything. What its rules name is still named.
fn open(filter: &mut Filter<'_>) {
    let ((from, service), to) = (anything(), anything().0);
    filter.rules.insert(0, Rule::plain(Action::Permit, from, to, service));
    filter.default = Some(Action::Permit);
}

/// An entry translates or does not. What it is one to one from stays one range.
fn loosen(entry: &mut NatEntry<'_>) {
    let side = if matches!(entry.side, NatSide::Source { .. }) { &mut entry.to } else { &mut entry.from };
    *side = unsure(side);
}

fn everything<'s>() -> Relay<'s> {
    let ((from, from_service), (to, to_service)) = (anything(), anything());
    Relay { from, to, from_service, to_service, sanitise: None, both: false, span: Span::default() }
}
