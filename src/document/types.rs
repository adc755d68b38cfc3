//! The topology document as values with spans: what the user wrote, syntax checked, no name resolved yet.
//! Produced by the readers beside this file, consumed by `model`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::places::Places;
use super::terms::{Edition, Tier};
use super::{Evidence, Exception, Expectation, Link, NameTable, Node, Transfer};
use crate::source::Span;

/// Text of the document: borrowed from the source where it stands there verbatim, owned where it was escaped.
pub type Text<'s> = Cow<'s, str>;

/// A value and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in the source.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// What stands in no source.
    #[must_use]
    pub const fn nowhere(value: T) -> Self {
        Self { value, span: Span { start: 0, end: 0 } }
    }
}

/// The address families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// An inclusive range of addresses of one family; IPv4 addresses are their 32-bit value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    /// The family of both ends.
    pub family: Family,
    /// First address.
    pub low: u128,
    /// Last address, `>= low`.
    pub high: u128,
}

/// A CIDR without host bits, or a single address (`length` is then 32 or 128).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    /// The family.
    pub family: Family,
    /// Network address; IPv4 as its 32-bit value.
    pub network: u128,
    /// Prefix length in bits.
    pub length: u8,
}

/// An item of a selector list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectorItem<'s> {
    /// `any`
    Any,
    /// An address, CIDR or range; single when `low == high`.
    Addresses(AddressRange),
    /// `node:ID`
    Node(Text<'s>),
    /// `zone:ID`
    Zone(Text<'s>),
    /// `group:NAME`
    Group(Text<'s>),
    /// `kind:K`, in relays only (the reader refuses it elsewhere)
    Kind(Kind),
    /// `tag:T`, in relays only (the reader refuses it elsewhere)
    Tag(Text<'s>),
    /// `fqdn:NAME`, in rules and `nat` only (the reader refuses it elsewhere)
    Fqdn(Text<'s>),
    /// `{not: …}`, in rules and `nat` only; what none of these items is. Never empty.
    Not(Selector<'s>),
}

/// A selector: the union of its items.
pub type Selector<'s> = Vec<Spanned<SelectorItem<'s>>>;

/// An item of a service list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceItem<'s> {
    /// `any`
    Any,
    /// A protocol by IP protocol number; `ports` (inclusive) only for tcp, udp, sctp, `None` meaning all.
    Protocol {
        /// IP protocol number.
        number: u8,
        /// Inclusive destination ports.
        ports: Option<(u16, u16)>,
    },
    /// A name from `services`.
    Named(Text<'s>),
    /// `transfer`: what is carried outside the network.
    Transfer,
}

/// A service list: the union of its items.
pub type Service<'s> = Vec<Spanned<ServiceItem<'s>>>;

/// Kinds of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    Switch,
    L3Switch,
    Router,
    Firewall,
    #[default]
    Host,
    Terminal,
    Server,
    Printer,
    Storage,
    External,
    Gateway,
}

/// What a filter or rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Action {
    Permit,
    Deny,
}

/// A sanitising method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Sanitise {
    MailText,
    Screen,
    File,
}

impl Sanitise {
    /// The word of the format.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MailText => "mail-text",
            Self::Screen => "screen",
            Self::File => "file",
        }
    }
}

/// A line of a filter.
#[derive(Clone, Debug)]
pub struct Rule<'s> {
    /// Optional `id`.
    pub id: Option<Text<'s>>,
    /// The action.
    pub action: Action,
    /// Source addresses; `[Any]` when left out.
    pub from: Selector<'s>,
    /// Destination addresses; `[Any]` when left out.
    pub to: Selector<'s>,
    /// Services; `[Any]` when left out.
    pub service: Service<'s>,
    /// Inclusive source ports; `None` when left out.
    pub source_port: Option<Vec<Spanned<(u16, u16)>>>,
    /// In-interfaces; `None` when left out (any).
    pub r#in: Option<Vec<Spanned<Text<'s>>>>,
    /// Out-interfaces; `None` when left out (any).
    pub out: Option<Vec<Spanned<Text<'s>>>>,
    /// `state: replies`: it speaks of replies only.
    pub replies: bool,
    /// What the model cannot judge; never blank.
    pub condition: Option<Text<'s>>,
    /// Free text.
    pub note: Option<Text<'s>>,
    /// Where it was imported from, `file:line`.
    pub origin: Option<Text<'s>>,
    /// The whole rule.
    pub span: Span,
}

impl<'s> Rule<'s> {
    /// A rule that stands in no source, and says nothing else.
    #[must_use]
    pub const fn plain(action: Action, from: Selector<'s>, to: Selector<'s>, service: Service<'s>) -> Self {
        Self {
            id: None,
            action,
            from,
            to,
            service,
            source_port: None,
            r#in: None,
            out: None,
            replies: false,
            condition: None,
            note: None,
            origin: None,
            span: Span { start: 0, end: 0 },
        }
    }
}

/// Which packets a filter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// Those that the node sends on.
    pub forwarded: bool,
    /// Those that the node itself emits.
    pub emitted: bool,
    /// Those that are for the node itself.
    pub delivered: bool,
}

impl Traffic {
    /// All packets.
    pub const ALL: Self = Self { forwarded: true, emitted: true, delivered: true };
}

/// What a filter sees of a packet that its node translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sees {
    /// The source and source port as they become; else as they were.
    pub translated_source: bool,
    /// The destination and port as they become; else as they were.
    pub translated_destination: bool,
}

impl Default for Sees {
    fn default() -> Self {
        Self { translated_source: false, translated_destination: true }
    }
}

/// A filter of a node.
#[derive(Clone, Debug)]
pub struct Filter<'s> {
    /// Optional name.
    pub name: Option<Text<'s>>,
    /// `default` as written; `None` when left out (deny on firewalls, permit elsewhere).
    pub default: Option<Action>,
    /// Its rules in order.
    pub rules: Vec<Rule<'s>>,
    /// In-interfaces; `None` when left out (any).
    pub r#in: Option<Vec<Spanned<Text<'s>>>>,
    /// Out-interfaces; `None` when left out (any).
    pub out: Option<Vec<Spanned<Text<'s>>>>,
    /// Which packets it is for; [`Traffic::ALL`] when left out.
    pub applies_to: Traffic,
    /// `stateful` as written; `None` when left out (true on firewalls, false elsewhere).
    pub stateful: Option<bool>,
    /// What it sees of translated packets, and where that stands; `None` when left out.
    pub sees: Option<Spanned<Sees>>,
    /// The whole filter.
    pub span: Span,
}

/// What an entry of `nat` makes of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NatTarget<'s> {
    /// It stays.
    Keep,
    /// It becomes any of these; addresses and nodes only, never empty.
    Addresses(Selector<'s>),
}

/// Which way an entry of `nat` translates, and what is the other's alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NatSide {
    /// The source.
    Source {
        /// Whether `to` and `service` look at the destination before its translation.
        sees_original_destination: bool,
    },
    /// The destination.
    Destination {
        /// The port it becomes; `None` when it stays.
        port: Option<u16>,
        /// Whether it is for packets that come in.
        arrived: bool,
        /// Whether it is for packets that the node itself emits.
        emitted: bool,
    },
}

/// An entry of `nat`.
#[derive(Clone, Debug)]
pub struct NatEntry<'s> {
    /// Optional `id`.
    pub id: Option<Text<'s>>,
    /// Which way it translates.
    pub side: NatSide,
    /// What the address becomes.
    pub target: NatTarget<'s>,
    /// Whether the k-th address of `from` or `to` becomes the k-th of the target. Both are then one range each, of one
    /// family and size.
    pub one_to_one: bool,
    /// Source addresses; `[Any]` when left out.
    pub from: Selector<'s>,
    /// Destination addresses; `[Any]` when left out.
    pub to: Selector<'s>,
    /// Services; `[Any]` when left out.
    pub service: Service<'s>,
    /// Inclusive source ports; `None` when left out.
    pub source_port: Option<Vec<Spanned<(u16, u16)>>>,
    /// In-interfaces; `None` when left out (any).
    pub r#in: Option<Vec<Spanned<Text<'s>>>>,
    /// Out-interfaces; `None` when left out (any), and where it translates the destination.
    pub out: Option<Vec<Spanned<Text<'s>>>>,
    /// Free text.
    pub note: Option<Text<'s>>,
    /// Where it was imported from, `file:line`.
    pub origin: Option<Text<'s>>,
    /// The whole entry.
    pub span: Span,
}

/// A relay entry.
#[derive(Clone, Debug)]
pub struct Relay<'s> {
    /// Peers that data comes from.
    pub from: Selector<'s>,
    /// Peers that data goes to.
    pub to: Selector<'s>,
    /// Services of the session it came in; `[Any]` when left out.
    pub from_service: Service<'s>,
    /// Services of the session it goes on in; `[Any]` when left out.
    pub to_service: Service<'s>,
    /// The sanitising method; `None` is a raw pass.
    pub sanitise: Option<Sanitise>,
    /// Adds the mirror entry.
    pub both: bool,
    /// The whole entry.
    pub span: Span,
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route<'s> {
    /// Destination prefix.
    pub to: Spanned<Cidr>,
    /// Interface or neighbour; `None` is `drop: true`.
    pub via: Option<Spanned<Text<'s>>>,
    /// Whether it may be absent, its line down; never with `drop`.
    pub fails: bool,
    /// Where it was imported from, `file:line`.
    pub origin: Option<Text<'s>>,
    /// The whole route.
    pub span: Span,
}

/// Inclusive VLAN ranges, 1–4094, in the order written.
pub type Vlans = Vec<(u16, u16)>;

/// A zone of `zones` (a tier may be left out of the list: it exists all the same).
#[derive(Clone, Debug)]
pub struct Zone<'s> {
    /// Its id.
    pub id: Spanned<Text<'s>>,
    /// The tier that it belongs to, as written; a tier is its own.
    pub base: Option<Spanned<Tier>>,
    /// Its networks.
    pub networks: Vec<Spanned<Cidr>>,
    /// Free text.
    pub title: Option<Text<'s>>,
}

/// A named address list; its items are `Any`-free: addresses and groups only.
#[derive(Clone, Debug)]
pub struct Group<'s> {
    /// Its name.
    pub name: Spanned<Text<'s>>,
    /// Its items: `SelectorItem::Addresses` or `SelectorItem::Group` only.
    pub items: Selector<'s>,
}

/// A named service list.
#[derive(Clone, Debug)]
pub struct NamedService<'s> {
    /// Its name.
    pub name: Spanned<Text<'s>>,
    /// Its items.
    pub items: Service<'s>,
}

/// What a host name in rules stands for.
#[derive(Clone, Debug)]
pub struct HostName<'s> {
    /// The name as written.
    pub name: Spanned<Text<'s>>,
    /// Addresses, nodes and groups only.
    pub items: Selector<'s>,
}

/// A host name as it is compared: without regard to ASCII case and a final dot.
#[must_use]
pub fn host_name(written: &str) -> String {
    written.strip_suffix('.').unwrap_or(written).to_ascii_lowercase()
}

/// A calendar date, year-month-day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Date {
    pub year: i32,
    pub month: u8,
    pub day: u8,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A topology document.
#[derive(Clone)]
pub struct Document<'s> {
    /// The source text, which most texts here are borrowed from.
    pub text: &'s str,
    /// The names of nodes, zones that nodes are in, and interfaces of links.
    pub names: NameTable<'s>,
    /// Free text.
    pub name: Option<Text<'s>>,
    /// `model` as written (`alpha`, `alpha-prime`, `beta`, `beta-prime`).
    pub model: Option<Spanned<Text<'s>>>,
    /// The policy that it asks to be held against, as written: an id, or a file beside it.
    pub policy: Option<Spanned<Text<'s>>>,
    /// The edition of the national guideline that it asks for.
    pub edition: Option<Spanned<Edition>>,
    /// Zones as declared.
    pub zones: Vec<Zone<'s>>,
    /// Address groups.
    pub groups: Vec<Group<'s>>,
    /// Named services.
    pub services: Vec<NamedService<'s>>,
    /// Nodes in document order.
    pub nodes: Vec<Node<'s>>,
    /// Links in document order.
    pub links: Vec<Link<'s>>,
    /// Exceptions in document order.
    pub exceptions: Vec<Exception<'s>>,
    /// What host names in rules stand for.
    pub host_names: Vec<HostName<'s>>,
    /// Transfers in document order.
    pub transfers: Vec<Transfer<'s>>,
    /// Evidence in document order.
    pub evidence: Vec<Evidence<'s>>,
    /// Communication that must be possible, in document order.
    pub expects: Vec<Expectation<'s>>,
    /// Whether something with a name was refused, with an error, and is missing here: names may seem to dangle.
    pub incomplete: bool,
    /// Whether every endpoint that declares no relays passes on everything, those of the tiers too, and sessions that exceptions cover
    /// carry nothing: nothing that can be written, but a question that is asked (`sanso exposure`).
    pub breached: bool,
    pub(super) places: Arc<Places>,
}
