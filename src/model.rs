//! The document resolved: names, labels, address sets, filters, relays, exceptions. After this, numbers only.

mod addresses;
mod compile;
mod compiled;
mod hull;
mod labels;
mod longest;
pub mod names;
pub mod nat;
mod selectors;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

pub use addresses::{Entry, NodeFacts, Ownership};
pub use compiled::{
    CompiledException, CompiledFilter, CompiledRoutes, CompiledRule, Interface, Pass, PeerSelector, RuleId, RuleOrigin,
    names_either, names_side,
};
pub use hull::Hull;
pub use labels::{Labels, ZoneNetworks, label_of};
pub use names::LinkId;
pub use nat::{CompiledNat, NatEntry, Pool, Target};
pub use selectors::{AddressSet, Purpose, SymbolicClasses};

use crate::document::{AddressRange, Addresses, Cidr, Document, Family, SelectorItem, ServiceItem, Tier};
use crate::header::{ANY, AddressSpace, NumberSpace, Product, Range, Ranges, SetId, SetPool};
use crate::number::{number, v4};
use names::Names;

/// A set of address atoms that some node holds (A) or receives (R), interned in [`Model::holdings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldingId(u32);

impl HoldingId {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Interned holdings: the atoms in which a node has at least one address. A predicate over atoms holds of an address
/// of the node if and only if it holds of a touched atom, since no predicate cuts an atom.
#[derive(Debug, Default)]
pub struct Holdings {
    sets: Vec<Ranges>,
    index: HashMap<Ranges, HoldingId>,
    /// The holding of one atom, by atom.
    by_atom: Vec<Option<HoldingId>>,
}

impl Holdings {
    fn intern(&mut self, set: Ranges) -> HoldingId {
        if let Some(&id) = self.index.get(&set) {
            return id;
        }
        let id = HoldingId(number(self.sets.len()));
        self.sets.push(set.clone());
        self.index.insert(set, id);
        id
    }

    fn intern_atom(&mut self, atom: u32) -> HoldingId {
        let at = atom as usize;
        if let Some(&Some(id)) = self.by_atom.get(at) {
            return id;
        }
        let id = self.intern(Ranges::single(Range::new(atom, atom)));
        self.by_atom.resize(self.by_atom.len().max(at + 1), None);
        self.by_atom[at] = Some(id);
        id
    }

    /// The set of an id.
    #[must_use]
    pub fn get(&self, id: HoldingId) -> &Ranges {
        &self.sets[id.0 as usize]
    }
}

/// The interned sets of the dimensions; both address dimensions share one pool.
#[derive(Clone, Debug)]
pub struct Pools {
    /// Addresses.
    pub address: SetPool,
    /// Services.
    pub service: SetPool,
    /// Source ports.
    pub source_port: SetPool,
}

impl Pools {
    /// The product that lies in both.
    pub fn meet(&mut self, a: &Product, b: &Product) -> Product {
        [
            self.address.intersect(a[0], b[0]),
            self.address.intersect(a[1], b[1]),
            self.service.intersect(a[2], b[2]),
            self.source_port.intersect(a[3], b[3]),
        ]
    }
}

/// The spaces that atoms come from.
#[derive(Debug)]
pub struct Spaces {
    /// Addresses.
    pub address: AddressSpace,
    /// Services, as [`service_number`].
    pub service: NumberSpace,
    /// Source ports: 0 is none, port p is p + 1.
    pub source_port: NumberSpace,
}

/// A resolved document.
pub struct Model<'d> {
    /// The document.
    pub document: &'d Document<'d>,
    /// Its names.
    pub names: &'d Names<'d>,
    /// Labels and roles of nodes.
    pub labels: Labels,
    /// Zone networks by longest prefix.
    pub networks: ZoneNetworks,
    /// Who receives what.
    pub ownership: Ownership,
    /// The spaces.
    pub spaces: Spaces,
    /// The sets of rules, routes, relays and exceptions.
    pub pools: Pools,
    /// The sets of nodes.
    pub holdings: Holdings,
    /// A(n) of each node.
    pub sends: Vec<HoldingId>,
    /// R(n) of each node.
    pub receives: Vec<HoldingId>,
    /// The single addresses that each node declares, as atoms; empty unless some exception names addresses.
    pub declared: Vec<HoldingId>,
    /// The nodes that declare any [details](crate::document::NodeDetails), ascending: all others filter, route and relay
    /// nothing by declaration.
    pub detailed: Vec<u32>,
    /// All rules of all filters and routes.
    pub rules: Vec<CompiledRule>,
    /// What each rule spans, in its order; most rules are no more than that.
    pub hulls: Vec<Hull>,
    /// Filters of the nodes that have any.
    pub filters: HashMap<u32, Vec<CompiledFilter>>,
    /// Routes of the nodes that have any.
    pub routes: HashMap<u32, CompiledRoutes>,
    /// What nodes translate, by node; documents without `nat` have none.
    pub nat: HashMap<u32, CompiledNat>,
    /// Whether one-to-one entries cut addresses into more atoms than can be told apart: nothing is decided then.
    pub too_many_cuts: bool,
    /// Symbolic addresses that a header may bear, as atoms: of endpoints, and of nodes that a `node:` names.
    pub bearable: Ranges,
    /// Nodes that a `node:` names; not looked for where nothing is translated.
    spoken_of: HashSet<u32>,
    /// Names of interfaces and neighbours that a node's filters and routes mention.
    pub interfaces: HashMap<u32, Interface<'d>>,
    /// Relay passes of declared relays, `both` expanded.
    pub passes: Vec<Pass<'d>>,
    /// Exceptions in document order.
    pub exceptions: Vec<CompiledException<'d>>,
    /// The services of each expectation.
    pub expected: Vec<SetId>,
    /// What was asked for beside the document: see [`Self::services_of`].
    asked: Vec<(Vec<ServiceItem<'static>>, AskedServices)>,
}

/// Services that a policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedServices {
    /// Those of packets.
    pub packets: SetId,
    /// Whether transfers are among them.
    pub transfer: bool,
}

impl AskedServices {
    /// All of them.
    pub const ANY: Self = Self { packets: ANY, transfer: true };
}

/// Protocol numbers that have ports.
pub const TCP: u8 = 6;
/// See [`TCP`].
pub const UDP: u8 = 17;
/// See [`TCP`].
pub const SCTP: u8 = 132;

/// First service number of the protocols with ports.
pub const PORTED: u32 = 256 - 3;

/// Services as one line of numbers: the 253 protocols without ports by rank, then 65,536 numbers for each of tcp, udp
/// and sctp.
#[must_use]
pub fn service_number(protocol: u8, port: u16) -> u32 {
    let block = match protocol {
        TCP => 0,
        UDP => 1,
        SCTP => 2,
        _ => {
            let ported_below = [TCP, UDP, SCTP].into_iter().filter(|&ported| ported < protocol).count();
            return u32::from(protocol) - u32::try_from(ported_below).unwrap_or(0);
        }
    };
    PORTED + (block << 16) + u32::from(port)
}

/// Protocol and destination port of a service number.
#[must_use]
pub fn service_of_number(number: u32) -> (u8, Option<u16>) {
    let Some(ported) = number.checked_sub(PORTED) else {
        let of_rank = |&protocol: &u8| ![TCP, UDP, SCTP].contains(&protocol) && service_number(protocol, 0) == number;
        return ((0..=u8::MAX).find(of_rank).unwrap_or(u8::MAX), None);
    };
    let protocol = match ported >> 16 {
        0 => TCP,
        1 => UDP,
        _ => SCTP,
    };
    (protocol, u16::try_from(ported & 0xffff).ok())
}

impl<'d> Model<'d> {
    /// The rules of a filter, in order.
    #[must_use]
    pub fn rules_of(&self, filter: &CompiledFilter) -> &[CompiledRule] {
        &self.rules[filter.rules.start as usize..filter.rules.end as usize]
    }

    /// Resolves a document whose names are known to resolve.
    #[must_use]
    pub fn new(document: &'d Document<'d>, names: &'d Names<'d>) -> Self {
        Self::asked(document, names, &[])
    }

    /// The same, for those who will ask for services that no document names.
    #[must_use]
    pub fn asked(document: &'d Document<'d>, names: &'d Names<'d>, services: &[&[ServiceItem<'static>]]) -> Self {
        let networks = ZoneNetworks::new(names);
        let labels = Labels::new(document, names, &networks);
        compile::compile(document, names, labels, networks, services)
    }

    /// Services that were said to be asked for; `None`: these were not, and atoms may be cut by them.
    #[must_use]
    pub fn services_of(&self, items: &[ServiceItem<'static>]) -> Option<AskedServices> {
        self.asked.iter().find(|(known, _)| known == items).map(|(_, services)| *services)
    }

    fn facts(&self) -> NodeFacts<'_, 'd> {
        NodeFacts {
            document: self.document,
            names: self.names,
            labels: &self.labels.labels,
            zones: &self.labels.zones,
            forwards: &self.labels.forwards,
            endpoint: &self.labels.endpoint,
        }
    }

    /// The entries of A(n); empty for a symbolic node.
    #[must_use]
    pub fn entries(&self, node: u32) -> Vec<Entry> {
        self.facts().entries(node)
    }

    /// A(n) as addresses; empty for a symbolic node.
    #[must_use]
    pub fn sent_addresses(&self, node: u32) -> Vec<AddressRange> {
        self.entries(node).iter().map(|entry| entry.cidr.range()).collect()
    }

    /// R(n) as addresses; empty for a symbolic node.
    #[must_use]
    pub fn received_addresses(&self, node: u32) -> Vec<AddressRange> {
        let label = self.labels.labels[node as usize];
        let entries = self.entries(node);
        entries.into_iter().flat_map(|entry| self.ownership.received(entry, label, self.names)).collect()
    }

    /// Whether a node's one address is symbolic.
    #[must_use]
    pub fn is_symbolic(&self, node: u32) -> bool {
        self.facts().is_symbolic(node)
    }

    /// All symbolic nodes, each with the class of its address, by class and then by index.
    #[must_use]
    pub fn symbolic_nodes(&self) -> Vec<(u32, u32)> {
        let Some(atoms) = self.spaces.address.symbolic_atoms() else { return Vec::new() };
        let mut out: Vec<(u32, u32)> = Vec::new();
        for (node, &holding) in (0_u32..).zip(&self.sends) {
            if let [range] = self.holdings.get(holding).as_slice()
                && range.low == range.high
                && range.overlaps(atoms)
            {
                out.push((node, range.low - atoms.low));
            }
        }
        out.sort_unstable_by_key(|&(node, class)| (class, node));
        out
    }

    /// Id of a node.
    #[must_use]
    pub fn id(&self, node: u32) -> &'d str {
        self.document.name(self.document.nodes[node as usize].id)
    }

    /// The tier of a node: that of its zone.
    #[must_use]
    pub fn tier(&self, node: u32) -> Option<Tier> {
        self.labels.labels[node as usize].and_then(|zone| self.names.bases[zone as usize])
    }

    /// Whether headers may bear the symbolic address of a node.
    #[must_use]
    pub fn bears(&self, node: u32) -> bool {
        // Others of its class, which rules treat alike, may be heard of where it is not.
        let heard_of = self.labels.endpoint[node as usize] || self.spoken_of.contains(&node);
        let own = self.holdings.get(self.sends[node as usize]).as_slice().first();
        heard_of && own.is_some_and(|range| self.bearable.touches(*range))
    }

    /// Nodes that no other node can stand for: those with relay entries, and those that relays, transfers and exceptions name.
    #[must_use]
    pub fn individuals(&self) -> Vec<bool> {
        let mut out = vec![false; self.document.nodes.len()];
        for &node in &self.detailed {
            out[node as usize] = self.document.nodes[node as usize].has_relay_entry();
        }
        let passes = self.passes.iter().flat_map(|pass| [pass.from.items, pass.to.items]);
        let exceptions = self.exceptions.iter().flat_map(|exception| [exception.from, exception.to]);
        let transfers = self.document.transfers.iter().flat_map(|transfer| [&*transfer.from, &*transfer.to]);
        for item in passes.chain(exceptions).chain(transfers).flatten() {
            if let SelectorItem::Node(id) = &item.value
                && let Some(node) = self.names.node(id)
            {
                out[node as usize] = true;
            }
        }
        out
    }

    /// Whether a node carries a tag.
    #[must_use]
    pub fn has_tag(&self, node: u32, tag: &str) -> bool {
        self.document.nodes[node as usize].tags.iter().any(|word| &**word == tag)
    }
}

/// The atoms of many IPv4 addresses: a table says where those with the same upper half begin.
struct Atoms<'s> {
    starts: &'s [u32],
    /// By upper half: how many atoms begin before it.
    before: Vec<u32>,
}

impl<'s> Atoms<'s> {
    fn new(space: &'s AddressSpace) -> Self {
        let starts = space.v4_starts();
        let mut before = vec![0_u32; (1 << 16) + 1];
        starts.iter().for_each(|&start| before[(start >> 16) as usize + 1] += 1);
        for at in 1..before.len() {
            before[at] += before[at - 1];
        }
        Self { starts, before }
    }

    fn of(&self, address: u32) -> u32 {
        let upper = (address >> 16) as usize;
        let (first, end) = (self.before[upper], self.before[upper + 1]);
        let within = self.starts[first as usize..end as usize].partition_point(|&start| start <= address);
        // The first atom begins with the first address, so that one begins at or before any.
        first + number(within) - 1
    }
}

/// Nodes from which on a table of atoms pays.
const MANY: usize = 1 << 14;

/// Computes A(n) and R(n) of every node in atoms.
fn hold(
    facts: &NodeFacts<'_, '_>,
    ownership: &Ownership,
    space: &AddressSpace,
    symbolic: &mut SymbolicClasses,
) -> (Holdings, Vec<HoldingId>, Vec<HoldingId>) {
    let mut holdings = Holdings::default();
    let count = facts.document.nodes.len();
    let (mut sends, mut receives) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let atoms = (count >= MANY).then(|| Atoms::new(space));
    // R of an entry depends on the entry and the label only.
    let mut received: HashMap<(Entry, Option<u32>), Vec<Range>> = HashMap::default();
    for (index, node) in (0_u32..).zip(&facts.document.nodes) {
        let label = facts.labels[index as usize];
        if let Some(cidr) = node.addresses.only()
            && cidr.is_single()
        {
            // A single declared address is owned by whoever declares it, however many they are.
            let atom = match (&atoms, cidr.family, u32::try_from(cidr.network)) {
                (Some(atoms), Family::V4, Ok(address)) => atoms.of(address),
                _ => space.range(cidr.range()).low,
            };
            let id = holdings.intern_atom(atom);
            sends.push(id);
            receives.push(id);
            continue;
        }
        if facts.is_symbolic(index) {
            let id = holdings.intern_atom(space.symbolic_atom(symbolic.class(index, label)));
            sends.push(id);
            receives.push(id);
            continue;
        }
        let entries = facts.entries(index);
        let sent = entries.iter().map(|entry| space.range(entry.cidr.range())).collect();
        sends.push(holdings.intern(Ranges::from_unsorted(sent)));
        let mut got: Vec<Range> = Vec::new();
        for entry in entries {
            let ranges = received.entry((entry, label)).or_insert_with(|| {
                let owned = ownership.received(entry, label, facts.names);
                let atoms = owned.into_iter().map(|range| space.range(range)).collect();
                Ranges::from_unsorted(atoms).as_slice().to_vec()
            });
            got.extend(&*ranges);
        }
        receives.push(holdings.intern(Ranges::from_unsorted(got)));
    }
    (holdings, sends, receives)
}

/// The single addresses that each node declares, as atoms.
fn hold_declared(document: &Document<'_>, space: &AddressSpace, holdings: &mut Holdings) -> Vec<HoldingId> {
    let singles = document.nodes.iter().map(|node| declared_singles(&node.addresses));
    let sets = singles.map(|list| Ranges::from_unsorted(list.into_iter().map(|one| space.range(one)).collect()));
    sets.map(|set| holdings.intern(set)).collect()
}

/// The symbolic classes of all nodes.
fn symbolic_classes(facts: &NodeFacts<'_, '_>, named: HashSet<u32>) -> SymbolicClasses {
    let mut classes = SymbolicClasses::new(named);
    for index in 0..number(facts.document.nodes.len()) {
        if facts.is_symbolic(index) {
            classes.class(index, facts.labels[index as usize]);
        }
    }
    classes
}

/// The single addresses that a node declares.
pub(crate) fn declared_singles(addresses: &Addresses) -> Vec<AddressRange> {
    addresses.iter().filter(Cidr::is_single).map(|cidr| cidr.range()).collect()
}

/// An address as text.
#[must_use]
pub fn address_text(family: Family, value: u128) -> String {
    match family {
        Family::V4 => std::net::Ipv4Addr::from(v4(value)).to_string(),
        Family::V6 => std::net::Ipv6Addr::from(value).to_string(),
    }
}
