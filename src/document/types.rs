//! The topology document as values with spans: what the user wrote, syntax checked, no name resolved yet.
//! Produced by the readers beside this file, consumed by `model`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::places::Places;
use super::{Link, NameTable, Node};

/// Text of the document: borrowed from the source where it stands there verbatim, owned where it was escaped.
pub type Text<'s> = Cow<'s, str>;

/// A byte range `start..end` of the source text. `Span::default()` (0..0) points at the document as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

/// A value and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in the source.
    pub span: Span,
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
    /// Free text.
    pub note: Option<Text<'s>>,
    /// The whole rule.
    pub span: Span,
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
    /// The whole filter.
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

/// Who vouches for the peer of an exception.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Attested<'s> {
    pub by: Text<'s>,
    pub basis: Text<'s>,
}

/// An exception (特定通信).
#[derive(Clone, Debug)]
pub struct Exception<'s> {
    /// Its id.
    pub id: Text<'s>,
    /// Nodes that open the session.
    pub from: Selector<'s>,
    /// Nodes that receive it.
    pub to: Selector<'s>,
    /// Its services.
    pub service: Service<'s>,
    /// Path requirements it is for, by id; `None` when left out (`MN-ISOLATION`). Never empty.
    pub waives: Option<Vec<Spanned<Text<'s>>>>,
    /// Why; `None` when left out.
    pub reason: Option<Text<'s>>,
    /// By whom; `None` when left out.
    pub approved_by: Option<Text<'s>>,
    /// Last valid day.
    pub expires: Option<Date>,
    /// Attestation of the peer.
    pub attested: Option<Attested<'s>>,
    /// The whole exception.
    pub span: Span,
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
    /// Whether something with a name was refused, with an error, and is missing here: names may seem to dangle.
    pub incomplete: bool,
    pub(super) places: Arc<Places>,
}
