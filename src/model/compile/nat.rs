//! Entries of `nat` as sets of atoms, and where one-to-one entries cut the addresses. Spec, section 4a.

use rustc_hash::FxHashSet as HashSet;

use super::{Compiler, Draft, DraftProduct, merged};
use crate::document::{Action, AddressRange, Document, Family, NatEntry, NatSide, NatTarget, SelectorItem};
use crate::header::{ANY, EVERYTHING, Product, Ranges, SetId};
use crate::model::declared_singles;
use crate::model::nat::{self, Pool, Target};
use crate::model::selectors::{AddressSet, Purpose};
use crate::model::service_number;

/// An entry before the atoms are known.
pub(super) struct DraftEntry {
    loose: DraftProduct,
    strict: DraftProduct,
    /// What the target holds: IPv4, IPv6, symbolic.
    pool: Option<[Draft; 3]>,
    entry: nat::NatEntry,
}

/// The entries of a node before the atoms are known.
#[derive(Default)]
pub(super) struct DraftNat {
    destination: Vec<DraftEntry>,
    source: Vec<DraftEntry>,
}

/// The single addresses that nodes declare, sorted, each once.
pub(super) struct Singles(Vec<(Family, u128)>);

impl Singles {
    pub fn new(document: &Document<'_>) -> Self {
        let mut list: Vec<(Family, u128)> = Vec::new();
        for node in &document.nodes {
            list.extend(declared_singles(&node.addresses).into_iter().map(|range| (range.family, range.low)));
        }
        list.sort_unstable();
        list.dedup();
        Self(list)
    }

    /// Those in a range.
    fn within(&self, range: AddressRange) -> &[(Family, u128)] {
        let first = self.0.partition_point(|&one| one < (range.family, range.low));
        let end = self.0.partition_point(|&one| one <= (range.family, range.high));
        &self.0[first..end]
    }

    /// Whether nodes declare every address of a range as a single one.
    fn holds_all(&self, range: AddressRange) -> bool {
        u128::try_from(self.within(range).len()).is_ok_and(|count| count > range.high - range.low)
    }
}

impl<'d> Compiler<'_, 'd> {
    /// The entries of a node.
    pub(super) fn nat(&mut self, node: u32, entries: &'d [NatEntry<'d>], singles: &Singles) -> DraftNat {
        // A node that translates has numbers, be it that no interface has one.
        self.interfaces.entry(node).or_default();
        let mut out = DraftNat::default();
        for (number, entry) in (0_u32..).zip(entries) {
            let draft = self.nat_entry(node, number, entry, singles);
            match entry.side {
                NatSide::Source { .. } => out.source.push(draft),
                NatSide::Destination { .. } => out.destination.push(draft),
            }
        }
        out
    }

    fn nat_entry(&mut self, node: u32, number: u32, entry: &'d NatEntry<'d>, singles: &Singles) -> DraftEntry {
        let ports = entry.source_port.as_ref().map(|ports| {
            merged(ports.iter().map(|port| (u32::from(port.value.0) + 1, u32::from(port.value.1) + 1)).collect())
        });
        let (service, port_set) = (self.service(&entry.service), self.source_ports.add(ports));
        let mut product = |purpose: Purpose| {
            [self.address(&entry.from, purpose), self.address(&entry.to, purpose), service, port_set]
        };
        let (loose, strict) = (product(Purpose::Rule(Action::Permit)), product(Purpose::Rule(Action::Deny)));
        let (sees_original, port, arrived, emitted) = match entry.side {
            NatSide::Source { sees_original_destination } => (sees_original_destination, None, true, true),
            NatSide::Destination { port, arrived, emitted } => (false, port, arrived, emitted),
        };
        for protocol in port.iter().flat_map(|_| [super::TCP, super::UDP, super::SCTP]) {
            // The port has atoms of its own.
            let number = service_number(protocol, port.unwrap_or(0));
            self.services.add(Some(vec![(number, number)]));
        }
        let (pool, target) = match &entry.target {
            NatTarget::Keep => (None, Target::Keep),
            NatTarget::Addresses(items) => {
                let (drafts, guesses, first) = self.target(items, singles);
                let pool = Pool { v4: ANY, v6: ANY, symbolic: ANY, guesses };
                let matched = match entry.side {
                    NatSide::Source { .. } => &entry.from,
                    NatSide::Destination { .. } => &entry.to,
                };
                let target = match (entry.one_to_one, matched.first().map(|item| &item.value), first) {
                    (true, Some(&SelectorItem::Addresses(from)), Some(to)) => Target::OneToOne { from, to, pool },
                    _ => Target::Pool(pool),
                };
                (Some(drafts), target)
            }
        };
        let entry = nat::NatEntry {
            entry: number,
            loose: EVERYTHING,
            strict: EVERYTHING,
            r#in: self.interface_list(node, entry.r#in.as_deref()),
            out: self.interface_list(node, entry.out.as_deref()),
            target,
            destination_port: port,
            arrived,
            emitted,
            sees_original,
        };
        DraftEntry { loose, strict, pool, entry }
    }

    /// What a target holds (IPv4, IPv6, symbolic), of which families some may be anybody's, and its first range.
    fn target(
        &mut self,
        items: &'d [crate::document::Spanned<SelectorItem<'d>>],
        singles: &Singles,
    ) -> ([Draft; 3], [bool; 2], Option<AddressRange>) {
        let mut named: AddressSet = self.reader.target(items);
        let first = items.iter().find_map(|item| match item.value {
            SelectorItem::Addresses(range) => Some(range),
            _ => None,
        });
        let symbolic = std::mem::take(&mut named.symbolic);
        let of = |family: Family| named.ranges.iter().copied().filter(move |range| range.family == family);
        let families = [Family::V4, Family::V6];
        let guesses = families.map(|family| of(family).any(|range| !singles.holds_all(range)));
        let [v4, v6] = families.map(|family| AddressSet { ranges: of(family).collect(), symbolic: Ranges::default() });
        let drafts = [
            self.addresses.add(v4),
            self.addresses.add(v6),
            self.addresses.add(AddressSet { ranges: Vec::new(), symbolic }),
        ];
        (drafts, guesses, first)
    }
}

impl DraftNat {
    /// The entries, with sets by draft.
    pub fn settle(
        self,
        address: &impl Fn(Draft) -> SetId,
        service: &impl Fn(Draft) -> SetId,
        port: &impl Fn(Draft) -> SetId,
    ) -> nat::CompiledNat {
        let product = |[source, destination, of_service, of_port]: DraftProduct| -> Product {
            [address(source), address(destination), service(of_service), port(of_port)]
        };
        let settle = |drafts: Vec<DraftEntry>| {
            let entries = drafts.into_iter().map(|draft| {
                let mut entry = draft.entry;
                (entry.loose, entry.strict) = (product(draft.loose), product(draft.strict));
                if let (Some([v4, v6, symbolic]), Target::Pool(pool) | Target::OneToOne { pool, .. }) =
                    (draft.pool, &mut entry.target)
                {
                    (pool.v4, pool.v6, pool.symbolic) = (address(v4), address(v6), address(symbolic));
                }
                entry
            });
            entries.collect()
        };
        nat::CompiledNat { destination: settle(self.destination), source: settle(self.source) }
    }

    /// The ranges of its one-to-one entries.
    pub fn one_to_one(&self) -> impl Iterator<Item = [AddressRange; 2]> + '_ {
        self.destination.iter().chain(&self.source).filter_map(|draft| match draft.entry.target {
            Target::OneToOne { from, to, .. } => Some([from, to]),
            _ => None,
        })
    }
}

/// More cuts than this are not made.
const MOST_CUTS: usize = 1 << 18;

/// Where addresses must be cut besides where the ranges of `known` begin and end, so that one-to-one entries map atoms to
/// atoms: a cut on one side of an entry is one on the other, and a declared single address in a target stands alone.
/// `None`: there would be too many.
pub(super) fn cuts(
    pairs: &[[AddressRange; 2]],
    known: impl Iterator<Item = AddressRange>,
    singles: &Singles,
) -> Option<Vec<AddressRange>> {
    if pairs.is_empty() {
        return Some(Vec::new());
    }
    let mut starts: HashSet<(Family, u128)> = HashSet::default();
    let mut open: Vec<(Family, u128)> = Vec::new();
    let mut note = |open: &mut Vec<(Family, u128)>, range: AddressRange| {
        for start in [Some(range.low), range.high.checked_add(1)].into_iter().flatten() {
            if starts.insert((range.family, start)) {
                open.push((range.family, start));
            }
        }
        starts.len() <= MOST_CUTS
    };
    let single = |(family, value)| AddressRange { family, low: value, high: value };
    let of_targets = pairs.iter().flat_map(|pair| singles.within(pair[1])).map(|&one| single(one));
    for range in known.chain(pairs.iter().flatten().copied()).chain(of_targets) {
        if !note(&mut open, range) {
            return None;
        }
    }
    let mut out: Vec<AddressRange> = Vec::new();
    while let Some((family, start)) = open.pop() {
        out.push(AddressRange { family, low: start, high: AddressRange::all(family).high });
        for &[from, to] in pairs {
            for (here, there) in [(from, to), (to, from)] {
                if here.family == family && here.low < start && start <= here.high {
                    let low = there.low + (start - here.low);
                    let range = AddressRange { family: there.family, low, high: AddressRange::all(there.family).high };
                    if !note(&mut open, range) {
                        return None;
                    }
                }
            }
        }
    }
    Some(out)
}
