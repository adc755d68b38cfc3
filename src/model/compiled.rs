//! What filters, routes, relays and exceptions become: numbers and sets of atoms.

use rustc_hash::FxHashMap as HashMap;

use crate::document::{Action, Sanitise, Sees, SelectorItem, Spanned, Traffic};
use crate::header::{Product, SetId};
use crate::number::id_type;

id_type! {
    /// Index of a rule in [`super::Model::rules`].
    pub struct RuleId;
}

/// Where a compiled rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleOrigin {
    /// A line of a filter: node, filter and rule by index.
    Filter(u32, u32, u32),
    /// A route of a node, by the prefix it is for.
    Route(u32),
}

/// A rule as a product of sets.
#[derive(Clone, Debug)]
pub struct CompiledRule {
    /// The headers it matches.
    pub headers: Product,
    /// What it says.
    pub action: Action,
    /// In-interfaces by number, sorted; `None`: any, also none at all.
    pub r#in: Option<Box<[u16]>>,
    /// Out-interfaces by number, sorted; `None`: any, also none at all.
    pub out: Option<Box<[u16]>>,
    /// Where it comes from.
    pub origin: RuleOrigin,
}

/// A filter of a node.
#[derive(Clone, Debug)]
pub struct CompiledFilter {
    /// Its rules, a run of [`super::Model::rules`].
    pub rules: std::ops::Range<u32>,
    /// Its default.
    pub default: Action,
    /// In-interfaces by number, sorted; `None`: any, also none at all.
    pub r#in: Option<Box<[u16]>>,
    /// Out-interfaces by number, sorted; `None`: any, also none at all.
    pub out: Option<Box<[u16]>>,
    /// Which packets it is for.
    pub applies_to: Traffic,
    /// What it sees of translated packets.
    pub sees: Sees,
}

impl CompiledFilter {
    /// Its rules, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = RuleId> + use<> {
        self.rules.clone().map(RuleId)
    }
}

impl CompiledFilter {
    /// Whether it is for packets that come in by an interface (`None`: that the node itself emits) and leave by one
    /// (`None`: that are delivered to it).
    #[must_use]
    pub fn applies(&self, r#in: Option<u16>, out: Option<u16>) -> bool {
        let traffic = match (r#in, out) {
            (Some(_), Some(_)) => self.applies_to.forwarded,
            (None, _) => self.applies_to.emitted,
            (Some(_), None) => self.applies_to.delivered,
        };
        (traffic || sabotaged!(AppliesToAll))
            && names_side(self.r#in.as_deref(), r#in)
            && names_side(self.out.as_deref(), out)
    }
}

/// Whether a list of interfaces names the one of a side. A packet that has no such side is not named.
#[must_use]
pub fn names_side(list: Option<&[u16]>, side: Option<u16>) -> bool {
    match (list, side) {
        (None, _) => true,
        (Some(list), Some(interface)) => list.contains(&interface),
        (Some(_), None) => false,
    }
}

/// Destinations that go out of a node by the same interfaces.
#[derive(Clone, Debug)]
pub struct CompiledWay {
    /// The rule that permits them.
    pub permit: RuleId,
    /// Interfaces and neighbours they go out by, as numbers of [`Interface`], sorted; at least one.
    pub via: Vec<u16>,
}

/// The routes of a node: no destination has two ways. What has none is dropped.
#[derive(Clone, Debug)]
pub struct CompiledRoutes {
    /// The ways.
    pub ways: Vec<CompiledWay>,
    /// Interfaces and neighbours that some route names, though longer prefixes may leave nothing that goes there; sorted.
    pub named: Vec<u16>,
    /// The rule that permits symbolic destinations; `None` when there are none.
    pub symbolic: Option<RuleId>,
}

/// Whether a sorted list of interfaces and neighbours names either of what is on one side of a node.
#[must_use]
pub fn names_either(via: &[u16], interface: u16, neighbour: u16) -> bool {
    [interface, neighbour].iter().any(|number| via.binary_search(number).is_ok())
}

/// Numbers for the interfaces and neighbours that the filters and routes of one node mention. Names that none mentions
/// have the number 0; a name stands for an interface and for a neighbour alike.
#[derive(Clone, Debug, Default)]
pub struct Interface<'d> {
    numbers: HashMap<&'d str, u16>,
}

impl<'d> Interface<'d> {
    pub(super) fn number(&mut self, name: &'d str) -> u16 {
        let next = u16::try_from(self.numbers.len() + 1).expect("more than 60,000 names are refused before");
        *self.numbers.entry(name).or_insert(next)
    }

    /// The number of a name; 0 when no filter or route mentions it.
    #[must_use]
    pub fn get(&self, name: &str) -> u16 {
        self.numbers.get(name).copied().unwrap_or(0)
    }

    /// The name of a number that some filter or route mentions.
    #[must_use]
    pub fn name(&self, number: u32) -> Option<&'d str> {
        self.numbers.iter().find(|(_, known)| u32::from(**known) == number).map(|(name, _)| *name)
    }
}

/// Which peers one side of a relay pass speaks of.
#[derive(Clone, Debug)]
pub struct PeerSelector<'d> {
    /// The items as written.
    pub items: &'d [Spanned<SelectorItem<'d>>],
    /// Addresses of the peer in the session that its address items match.
    pub addresses: SetId,
    /// Services of the session.
    pub service: SetId,
    /// Whether transfers are among them.
    pub transfer: bool,
}

/// A relay entry in one direction.
#[derive(Clone, Debug)]
pub struct Pass<'d> {
    /// The node that relays.
    pub node: u32,
    /// Index of the entry in the node's `relays`.
    pub entry: u32,
    /// Whether this is the mirror of an entry with `both`.
    pub mirror: bool,
    /// Where data comes from.
    pub from: PeerSelector<'d>,
    /// Where it goes to.
    pub to: PeerSelector<'d>,
    /// How it is sanitised; `None`: raw.
    pub sanitise: Option<Sanitise>,
}

/// An exception as sets.
#[derive(Clone, Debug)]
pub struct CompiledException<'d> {
    /// Nodes that open.
    pub from: &'d [Spanned<SelectorItem<'d>>],
    /// Nodes that receive.
    pub to: &'d [Spanned<SelectorItem<'d>>],
    /// Addresses that the address items of `from` name.
    pub from_addresses: SetId,
    /// Addresses that the address items of `to` name.
    pub to_addresses: SetId,
    /// Its services.
    pub service: SetId,
    /// Whether transfers are among them.
    pub transfer: bool,
    /// The path requirements it waives.
    pub waives: Vec<&'d str>,
}
