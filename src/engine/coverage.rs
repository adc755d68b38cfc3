//! Which sessions exceptions cover. Spec, section 6, "Exceptions".

use rustc_hash::FxHashMap as HashMap;

use super::stations::selects_node;
use crate::model::{Model, Pools};
use crate::network::{ClassId, Network};
use crate::space::{ANY, EMPTY, EVERYTHING, Product, SetId};

/// What exceptions that waive one requirement cover, for each pair of classes.
pub struct Coverage {
    /// For each exception: the addresses at which each class matches `from` and `to` ([`EMPTY`]: never), and services.
    exceptions: Vec<(Vec<SetId>, Vec<SetId>, SetId)>,
    cache: HashMap<(ClassId, ClassId), Vec<Product>>,
}

impl Coverage {
    /// The exceptions chosen by `include` (by index), on one network.
    pub fn new(model: &Model<'_>, network: &Network, pools: &mut Pools, include: impl Fn(usize) -> bool) -> Self {
        let mut exceptions = Vec::new();
        for (_, exception) in model.exceptions.iter().enumerate().filter(|(index, _)| include(*index)) {
            let mut sides = [(exception.from, exception.from_addresses), (exception.to, exception.to_addresses)]
                .map(|(items, addresses)| {
                    let at = |class: ClassId, pools: &mut Pools| {
                        let node = network.classes.get(class).members[0];
                        if selects_node(model, items, node) {
                            return ANY;
                        }
                        // Address items cover only addresses that the node declares as single ones.
                        let Some(declared) = model.declared.get(node as usize) else { return EMPTY };
                        let covered = pools.address.get(addresses).intersect(model.holdings.get(*declared));
                        pools.address.intern(covered)
                    };
                    network.classes.ids().map(|class| at(class, pools)).collect::<Vec<_>>()
                })
                .into_iter();
            let from = sides.next().unwrap_or_default();
            let to = sides.next().unwrap_or_default();
            exceptions.push((from, to, exception.service));
        }
        Self { exceptions, cache: HashMap::default() }
    }

    /// The headers that are covered in a session from one class to another.
    pub fn products(&self, from: ClassId, to: ClassId) -> Vec<Product> {
        let mut out: Vec<Product> = Vec::new();
        for (sources, destinations, service) in &self.exceptions {
            let (source, destination) = (sources[from.0 as usize], destinations[to.0 as usize]);
            if source != EMPTY && destination != EMPTY {
                out.push([source, destination, *service, ANY]);
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Whether any exception can cover a session from one class to another.
    #[must_use]
    pub fn touches(&self, from: ClassId, to: ClassId) -> bool {
        self.exceptions
            .iter()
            .any(|(sources, destinations, _)| sources[from.0 as usize] != EMPTY && destinations[to.0 as usize] != EMPTY)
    }

    /// For each exception: the addresses at which each class matches `from` and `to`, and services.
    pub fn sides(&self) -> impl Iterator<Item = (&[SetId], &[SetId], SetId)> {
        self.exceptions.iter().map(|(from, to, service)| (from.as_slice(), to.as_slice(), *service))
    }

    /// Classes that match `from` or `to` of any of the exceptions, ascending.
    #[must_use]
    pub fn matched(&self) -> Vec<ClassId> {
        let count = self.exceptions.first().map_or(0, |exception| exception.0.len());
        let hits = |at: usize| self.exceptions.iter().any(|(from, to, _)| from[at] != EMPTY || to[at] != EMPTY);
        (0..count).filter(|&at| hits(at)).map(|at| ClassId(u32::try_from(at).unwrap_or(u32::MAX))).collect()
    }

    /// The part of a product that no exception covers in a session from one class to another, as disjoint products.
    pub fn uncovered(&mut self, pools: &mut Pools, from: ClassId, to: ClassId, product: Product) -> Vec<Product> {
        if !self.touches(from, to) {
            return vec![product];
        }
        let rest = match self.cache.get(&(from, to)) {
            Some(rest) => rest.clone(),
            None => {
                let holes = merge_services(pools, self.products(from, to));
                let rest = complement(pools, &holes);
                self.cache.insert((from, to), rest.clone());
                rest
            }
        };
        rest.iter().filter_map(|part| intersect(pools, part, &product)).collect()
    }
}

/// Products that differ in services only, as one.
fn merge_services(pools: &mut Pools, products: Vec<Product>) -> Vec<Product> {
    let mut merged: Vec<Product> = Vec::new();
    for product in products {
        match merged.iter_mut().find(|known| known[..2] == product[..2]) {
            Some(known) => {
                let both =
                    pools.service.get(known[2]).as_slice().iter().chain(pools.service.get(product[2]).as_slice());
                let both = crate::space::Ranges::from_unsorted(both.copied().collect());
                known[2] = pools.service.intern(both);
            }
            None => merged.push(product),
        }
    }
    merged
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
