//! Which headers a session has where: pairs, and within a translating node triples, of products of sets. In each
//! dimension the headers either are the same value (*linked*), or each is any of its set: translation takes one of a
//! pool whatever was there before, or maps atom to atom. (The transformations of header space analysis, with boxes kept as
//! products of sets, and the inverse image carried along.)

use crate::header::{DESTINATION, EMPTY, Product, SERVICE, SOURCE, SOURCE_PORT, SetId};
use crate::model::Pools;

/// Headers as their opener sends them, and what they have become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::engine) struct Relation {
    pub sent: Product,
    pub now: Product,
    /// In which dimensions both are the same value.
    pub linked: [bool; 4],
}

/// Headers within a node: as they were sent, as they came, and what they have become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct Crossing {
    pub sent: Product,
    pub came: Product,
    pub now: Product,
    /// In which dimensions `sent` and `came` are the same value.
    pub before: [bool; 4],
    /// In which dimensions `came` and `now` are the same value.
    pub within: [bool; 4],
}

/// Whether each dimension is looked at after its translation.
pub(super) type View = [bool; 4];

/// Everything as it came.
pub(super) const CAME: View = [false; 4];

/// The source as it came, the destination as translated: what filters see unless they say otherwise.
pub(super) const USUAL: View = view(false, false);

/// What a filter with these words in `sees` looks at.
pub(super) const fn view(source_translated: bool, destination_original: bool) -> View {
    let mut view = [false; 4];
    view[SOURCE] = source_translated;
    view[SOURCE_PORT] = source_translated;
    view[DESTINATION] = !destination_original;
    view[SERVICE] = !destination_original;
    view
}

/// The intersection of two sets of a dimension.
pub(super) fn meet(pools: &mut Pools, dimension: usize, a: SetId, b: SetId) -> SetId {
    match dimension {
        SOURCE | DESTINATION => pools.address.intersect(a, b),
        SERVICE => pools.service.intersect(a, b),
        _ => pools.source_port.intersect(a, b),
    }
}

/// What a set of a dimension has that another has not.
fn without(pools: &mut Pools, dimension: usize, a: SetId, b: SetId) -> SetId {
    match dimension {
        SOURCE | DESTINATION => pools.address.subtract(a, b),
        SERVICE => pools.service.subtract(a, b),
        _ => pools.source_port.subtract(a, b),
    }
}

impl Relation {
    /// Headers that are as they were sent.
    pub(in crate::engine) const fn untouched(header: Product) -> Self {
        Self { sent: header, now: header, linked: [true; 4] }
    }

    /// Keeps what was sent within a set; whether anything is left.
    pub(in crate::engine) fn narrow_sent(&mut self, pools: &mut Pools, dimension: usize, set: SetId) -> bool {
        self.sent[dimension] = meet(pools, dimension, self.sent[dimension], set);
        if self.linked[dimension] {
            self.now[dimension] = self.sent[dimension];
        }
        self.sent[dimension] != EMPTY
    }

    /// Keeps what is now within a set; whether anything is left.
    pub fn narrow_now(&mut self, pools: &mut Pools, dimension: usize, set: SetId) -> bool {
        self.now[dimension] = meet(pools, dimension, self.now[dimension], set);
        if self.linked[dimension] {
            self.sent[dimension] = self.now[dimension];
        }
        self.now[dimension] != EMPTY
    }

    /// Whether another relation surely holds all of this one.
    pub(in crate::engine) fn is_within(&self, pools: &mut Pools, other: &Self) -> bool {
        (0..4).all(|at| {
            (self.linked[at] || !other.linked[at])
                && meet(pools, at, self.sent[at], other.sent[at]) == self.sent[at]
                && meet(pools, at, self.now[at], other.now[at]) == self.now[at]
        })
    }
}

impl Crossing {
    /// Headers as they come to a node.
    pub const fn entering(relation: &Relation) -> Self {
        let Relation { sent, now, linked } = *relation;
        Self { sent, came: now, now, before: linked, within: [true; 4] }
    }

    /// Headers as they leave.
    pub(in crate::engine) fn leaving(&self) -> Relation {
        let linked = std::array::from_fn(|at| self.before[at] && self.within[at]);
        Relation { sent: self.sent, now: self.now, linked }
    }

    /// The set that a view sees in a dimension.
    pub const fn seen(&self, view: View, dimension: usize) -> SetId {
        if view[dimension] { self.now[dimension] } else { self.came[dimension] }
    }

    /// Keeps what a view sees within a set; whether anything is left.
    pub fn narrow(&mut self, pools: &mut Pools, view: View, dimension: usize, set: SetId) -> bool {
        let kept = meet(pools, dimension, self.seen(view, dimension), set);
        self.put(view, dimension, kept);
        kept != EMPTY
    }

    /// Puts a part of what a view sees in its place, and in the places that are linked with it.
    const fn put(&mut self, view: View, dimension: usize, part: SetId) {
        if view[dimension] {
            self.now[dimension] = part;
        }
        if !view[dimension] || self.within[dimension] {
            self.came[dimension] = part;
            if self.within[dimension] {
                self.now[dimension] = part;
            }
            if self.before[dimension] {
                self.sent[dimension] = part;
            }
        }
    }

    /// The part whose view lies in a product.
    pub fn within(mut self, pools: &mut Pools, view: View, product: &Product) -> Option<Self> {
        (0..4).all(|dimension| self.narrow(pools, view, dimension, product[dimension])).then_some(self)
    }

    /// The parts whose view does not lie in a product, disjoint.
    pub fn outside(self, pools: &mut Pools, view: View, product: &Product, out: &mut Vec<Self>) {
        if product.contains(&EMPTY) {
            out.push(self);
            return;
        }
        let mut inside = self;
        for (dimension, &set) in product.iter().enumerate() {
            let rest = without(pools, dimension, inside.seen(view, dimension), set);
            if rest != EMPTY {
                let mut part = inside;
                part.put(view, dimension, rest);
                out.push(part);
            }
            if !inside.narrow(pools, view, dimension, set) {
                return;
            }
        }
    }
}
