//! Which sessions exceptions cover. Spec, section 6, "Exceptions".
//!
//! Exceptions are kept by what their sides select, and sides by class, so that a pair of classes is compared with the
//! exceptions that speak of one of the two alone: with n exceptions of a pair each, n steps and not n².

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::selected::{Holders, NodeItem, Selected, node_items};
use crate::document::{SelectorItem, Spanned};
use crate::header::{ANY, EMPTY, EVERYTHING, Product, Ranges, SetId};
use crate::model::{CompiledException, Model, Pools};
use crate::network::{ClassId, Network};
use crate::number::number;

/// What one side of an exception selects.
#[derive(Clone)]
pub struct Side {
    /// The classes that it selects, ascending, each with the addresses at which it matches; no set is empty.
    pub at: Rc<[(ClassId, SetId)]>,
    /// Those that it selects by what they are, ascending: whoever has no address in a session is selected by nothing else.
    by_node: Rc<[ClassId]>,
}

impl Side {
    fn selects_node(&self, class: ClassId) -> bool {
        self.by_node.binary_search(&class).is_ok()
    }
}

/// What one exception covers.
pub struct Covering<'c> {
    /// Its index.
    pub exception: u32,
    /// Who opens, and who receives.
    pub sides: [&'c Side; 2],
    /// The services of packets.
    pub service: SetId,
    /// Whether transfers are covered.
    pub transfer: bool,
}

impl Covering<'_> {
    /// Whether it covers a transfer from one class to another.
    #[must_use]
    pub fn covers_transfer(&self, from: ClassId, to: ClassId) -> bool {
        self.transfer && self.sides[0].selects_node(from) && self.sides[1].selects_node(to)
    }
}

/// What exceptions that waive one requirement cover, for each pair of classes.
pub struct Coverage {
    /// The exceptions.
    exceptions: Vec<Excepted>,
    /// Distinct sides.
    sides: Vec<Side>,
    /// For openers and receivers: exceptions (positions in `exceptions`) by side.
    by_side: [HashMap<u32, Vec<u32>>; 2],
    /// For openers and receivers: sides that select a class.
    by_class: [HashMap<ClassId, Vec<u32>>; 2],
    cache: HashMap<(ClassId, ClassId), Vec<Product>>,
}

/// An exception: its index, its sides (opening, receiving) and its services.
struct Excepted {
    index: u32,
    sides: [u32; 2],
    service: SetId,
    /// Whether transfers are among the services.
    transfer: bool,
}

/// Finds what sides select.
struct SideTable<'a, 'd> {
    model: &'a Model<'d>,
    network: &'a Network,
    selected: Selected<'a, 'd>,
    /// Classes by the single addresses that they declare.
    declarers: Option<Holders>,
    list: Vec<Side>,
    index: HashMap<(Vec<NodeItem<'d>>, SetId), u32>,
}

impl<'d> SideTable<'_, 'd> {
    fn number(&mut self, pools: &mut Pools, items: &'d [Spanned<SelectorItem<'d>>], addresses: SetId) -> u32 {
        let items = node_items(self.model, items);
        let addresses = if items.contains(&NodeItem::Any) { EMPTY } else { addresses };
        if let Some(&known) = self.index.get(&(items.clone(), addresses)) {
            return known;
        }
        let by_node = self.selected.classes(&items);
        let mut side: Vec<(ClassId, SetId)> = by_node.iter().map(|&class| (class, ANY)).collect();
        if addresses != EMPTY && !self.model.declared.is_empty() {
            let (model, network) = (self.model, self.network);
            let declared = |class: ClassId| model.declared.get(network.classes.get(class).members[0] as usize).copied();
            let declarers = self.declarers.get_or_insert_with(|| Holders::new(model, network, declared));
            for class in declarers.touching(model, pools.address.get(addresses)) {
                // Address items cover only addresses that the node declares as single ones.
                if let (Err(_), Some(declared)) = (by_node.binary_search(&class), declared(class)) {
                    let covered = pools.address.get(addresses).intersect(model.holdings.get(declared));
                    side.push((class, pools.address.intern(covered)));
                }
            }
            side.sort_unstable();
        }
        let number = number(self.list.len());
        self.list.push(Side { at: side.into(), by_node });
        self.index.insert((items, addresses), number);
        number
    }
}

impl Coverage {
    /// The exceptions chosen by `include` (by index), on one network.
    pub fn new(model: &Model<'_>, network: &Network, pools: &mut Pools, include: impl Fn(usize) -> bool) -> Self {
        let selected = Selected::new(model, network);
        let mut sides =
            SideTable { model, network, selected, declarers: None, list: Vec::new(), index: HashMap::default() };
        let mut exceptions = Vec::new();
        for (index, exception) in (0_u32..).zip(&model.exceptions).filter(|(index, _)| include(*index as usize)) {
            let from = sides.number(pools, exception.from, exception.from_addresses);
            let to = sides.number(pools, exception.to, exception.to_addresses);
            let CompiledException { service, transfer, .. } = *exception;
            exceptions.push(Excepted { index, sides: [from, to], service, transfer });
        }
        let mut by_side: [HashMap<u32, Vec<u32>>; 2] = Default::default();
        let mut by_class: [HashMap<ClassId, Vec<u32>>; 2] = Default::default();
        for (at, Excepted { sides: of, .. }) in (0_u32..).zip(&exceptions) {
            for end in 0..2 {
                let list = by_side[end].entry(of[end]).or_insert_with(|| {
                    for &(class, _) in &*sides.list[of[end] as usize].at {
                        by_class[end].entry(class).or_default().push(of[end]);
                    }
                    Vec::new()
                });
                list.push(at);
            }
        }
        Self { exceptions, sides: sides.list, by_side, by_class, cache: HashMap::default() }
    }

    /// The addresses at which a side matches a class, if it does.
    fn at(&self, side: u32, class: ClassId) -> Option<SetId> {
        let side = &self.sides[side as usize].at;
        side.binary_search_by_key(&class, |&(known, _)| known).ok().map(|at| side[at].1)
    }

    /// The exceptions that speak of the one class or the other: those of the end that fewer speak of.
    fn speaking(&self, from: ClassId, to: ClassId) -> impl Iterator<Item = &Excepted> {
        let sides = |end: usize, class: &ClassId| self.by_class[end].get(class).map_or(&[][..], Vec::as_slice);
        let of = |end: usize, side: &u32| self.by_side[end].get(side).map_or(&[][..], Vec::as_slice);
        let count =
            |end: usize, class: &ClassId| sides(end, class).iter().map(|side| of(end, side).len()).sum::<usize>();
        // Through the end that fewer exceptions speak of.
        let end = usize::from(count(1, &to) < count(0, &from));
        let near = if end == 0 { from } else { to };
        sides(end, &near).iter().flat_map(move |side| of(end, side)).map(|&at| &self.exceptions[at as usize])
    }

    /// The exceptions that can cover a session of packets from one class to another, with the addresses of both and services.
    fn matching(&self, from: ClassId, to: ClassId) -> impl Iterator<Item = [SetId; 3]> + '_ {
        let speaking = self.speaking(from, to).filter(|one| one.service != EMPTY);
        speaking.filter_map(move |&Excepted { sides, service, .. }| {
            Some([self.at(sides[0], from)?, self.at(sides[1], to)?, service])
        })
    }

    /// Whether an exception covers transfers from one class to another.
    #[must_use]
    pub fn covers_transfer(&self, from: ClassId, to: ClassId) -> bool {
        self.speaking(from, to).any(|one| self.covering(one).covers_transfer(from, to))
    }

    fn covering(&self, one: &Excepted) -> Covering<'_> {
        let sides = one.sides.map(|side| &self.sides[side as usize]);
        Covering { exception: one.index, sides, service: one.service, transfer: one.transfer }
    }

    /// The headers that are covered in a session from one class to another.
    #[must_use]
    pub fn products(&self, from: ClassId, to: ClassId) -> Vec<Product> {
        let mut out: Vec<Product> =
            self.matching(from, to).map(|[source, destination, service]| [source, destination, service, ANY]).collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Whether any exception can cover a session of packets from one class to another.
    #[must_use]
    pub fn touches(&self, from: ClassId, to: ClassId) -> bool {
        self.matching(from, to).next().is_some()
    }

    /// What each exception covers.
    pub fn exceptions(&self) -> impl Iterator<Item = Covering<'_>> {
        self.exceptions.iter().map(|one| self.covering(one))
    }

    /// Classes that match `from` (0) or `to` (1) of any of the exceptions, ascending.
    #[must_use]
    pub fn matched(&self, end: usize) -> Vec<ClassId> {
        let mut out: Vec<ClassId> = self.by_class[end].keys().copied().collect();
        out.sort_unstable();
        out
    }

    /// The part of a product that no exception covers in a session from one class to another, as disjoint products.
    pub fn uncovered(&mut self, pools: &mut Pools, from: ClassId, to: ClassId, product: Product) -> Vec<Product> {
        if !self.touches(from, to) {
            return vec![product];
        }
        let rest = match self.cache.get(&(from, to)) {
            Some(rest) => rest.clone(),
            None => {
                let holes = merge_services(pools, &self.products(from, to));
                let rest = complement(pools, &holes);
                self.cache.insert((from, to), rest.clone());
                rest
            }
        };
        rest.iter().filter_map(|part| intersect(pools, part, &product)).collect()
    }
}

/// Products that differ in services only, as one; `products` are sorted.
fn merge_services(pools: &mut Pools, products: &[Product]) -> Vec<Product> {
    let alike = products.chunk_by(|a, b| a[..2] == b[..2]);
    let merged = alike.map(|list| {
        let [source, destination, _, port] = list[0];
        if list.len() == 1 {
            return list[0];
        }
        let ranges = list.iter().flat_map(|product| pools.service.get(product[2]).as_slice()).copied().collect();
        [source, destination, pools.service.intern(Ranges::from_unsorted(ranges)), port]
    });
    merged.collect()
}

fn intersect(pools: &mut Pools, a: &Product, b: &Product) -> Option<Product> {
    let out = [
        pools.address.intersect(a[0], b[0]),
        pools.address.intersect(a[1], b[1]),
        pools.service.intersect(a[2], b[2]),
        pools.source_port.intersect(a[3], b[3]),
    ];
    (!out.contains(&EMPTY)).then_some(out)
}

/// Everything outside all of the products, as disjoint products.
fn complement(pools: &mut Pools, holes: &[Product]) -> Vec<Product> {
    let mut parts = vec![EVERYTHING];
    for hole in holes {
        let mut next = Vec::new();
        for part in parts {
            let mut inside = part;
            for dimension in 0..3 {
                let pool = if dimension == 2 { &mut pools.service } else { &mut pools.address };
                let mut outside = inside;
                outside[dimension] = pool.subtract(inside[dimension], hole[dimension]);
                inside[dimension] = pool.intersect(inside[dimension], hole[dimension]);
                if outside[dimension] != EMPTY {
                    next.push(outside);
                }
                if inside[dimension] == EMPTY {
                    break;
                }
            }
        }
        parts = next;
    }
    parts
}
