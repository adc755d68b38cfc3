//! Interned sets, and the maps between values and atoms.

use rustc_hash::FxHashMap as HashMap;

use super::ranges::{Range, Ranges};
use crate::document::{AddressRange, Family};
use crate::number::number;

/// A set of atoms in one dimension, interned in a [`SetPool`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(u32);

/// All atoms of the dimension.
pub const ANY: SetId = SetId(0);
/// No atom.
pub const EMPTY: SetId = SetId(1);

/// The interned sets of one dimension.
#[derive(Clone, Debug)]
pub struct SetPool {
    sets: Vec<Ranges>,
    index: HashMap<Ranges, SetId>,
}

impl SetPool {
    /// A pool for a dimension of `atoms` atoms; `atoms >= 1`.
    #[must_use]
    pub fn new(atoms: u32) -> Self {
        let mut pool = Self { sets: Vec::new(), index: HashMap::default() };
        pool.intern(Ranges::single(Range::new(0, atoms.saturating_sub(1))));
        pool.intern(Ranges::default());
        pool
    }

    /// The id of a set; equal sets have equal ids.
    pub fn intern(&mut self, set: Ranges) -> SetId {
        if let Some(&id) = self.index.get(&set) {
            return id;
        }
        let id = SetId(number(self.sets.len()));
        self.sets.push(set.clone());
        self.index.insert(set, id);
        id
    }

    /// The set of an id.
    #[must_use]
    pub fn get(&self, id: SetId) -> &Ranges {
        &self.sets[id.0 as usize]
    }

    /// All sets, [`ANY`] and [`EMPTY`] among them.
    #[must_use]
    pub fn sets(&self) -> &[Ranges] {
        &self.sets
    }

    /// All atoms of the dimension.
    #[must_use]
    pub fn all(&self) -> Range {
        self.sets[0].as_slice()[0]
    }

    /// The id of the intersection.
    pub fn intersect(&mut self, a: SetId, b: SetId) -> SetId {
        match (a, b) {
            (ANY, other) | (other, ANY) => other,
            _ if a == b => a,
            _ => {
                let set = self.get(a).intersect(self.get(b));
                self.intern(set)
            }
        }
    }

    /// The id of the union.
    pub fn unite(&mut self, a: SetId, b: SetId) -> SetId {
        match (a, b) {
            (ANY, _) | (_, ANY) => ANY,
            (EMPTY, other) | (other, EMPTY) => other,
            _ if a == b => a,
            _ => {
                let both = [a, b].into_iter().flat_map(|set| self.get(set).as_slice()).copied().collect();
                self.intern(Ranges::from_unsorted(both))
            }
        }
    }

    /// The id of the difference.
    pub fn subtract(&mut self, a: SetId, b: SetId) -> SetId {
        if b == ANY {
            return EMPTY;
        }
        let set = self.get(a).subtract(self.get(b));
        self.intern(set)
    }
}

/// Numbers cut into atoms.
#[derive(Clone, Debug)]
pub struct NumberSpace {
    /// First value of each atom, ascending, beginning with 0.
    starts: Vec<u32>,
}

impl NumberSpace {
    /// The space in which each of `cuts` begins an atom.
    #[must_use]
    pub fn new(mut cuts: Vec<u32>) -> Self {
        cuts.push(0);
        cuts.sort_unstable();
        cuts.dedup();
        Self { starts: cuts }
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> u32 {
        number(self.starts.len())
    }

    /// The atom that holds a value.
    #[must_use]
    pub fn atom(&self, value: u32) -> u32 {
        number(self.starts.partition_point(|&start| start <= value)).saturating_sub(1)
    }

    /// The atoms of values `low..=high`; both ends must be cuts of this space for the answer to be exact.
    #[must_use]
    pub fn range(&self, low: u32, high: u32) -> Range {
        Range::new(self.atom(low), self.atom(high))
    }

    /// The least value of an atom.
    #[must_use]
    pub fn first_value(&self, atom: u32) -> u32 {
        self.starts[atom as usize]
    }
}

/// What an address atom stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressAtom {
    /// A run of addresses.
    Addresses(AddressRange),
    /// A class of symbolic addresses that every rule treats alike.
    Symbolic(u32),
}

/// Addresses cut into atoms: IPv4 first, then symbolic classes, then IPv6, so that what may be the peer of an IPv4
/// address (IPv4, symbolic) is one range, and what may be the peer of an IPv6 address (symbolic, IPv6) another.
#[derive(Clone, Debug)]
pub struct AddressSpace {
    v4: Vec<u32>,
    symbolic: u32,
    v6: Vec<u128>,
}

impl AddressSpace {
    /// The space in which each of the ranges is a union of atoms, with `symbolic` classes of symbolic addresses.
    pub fn new(ranges: impl Iterator<Item = AddressRange>, symbolic: u32) -> Self {
        let (mut v4, mut v6) = (vec![0_u32], vec![0_u128]);
        for range in ranges {
            match range.family {
                Family::V4 => {
                    // One-to-one entries may ask for a cut behind the last address: it is made before it, where it tells apart more,
                    // never less.
                    let clamp = |value: u128| u32::try_from(value).unwrap_or(u32::MAX);
                    v4.push(clamp(range.low));
                    v4.extend(clamp(range.high).checked_add(1));
                }
                Family::V6 => {
                    v6.push(range.low);
                    v6.extend(range.high.checked_add(1));
                }
            }
        }
        v4.sort_unstable();
        v4.dedup();
        v6.sort_unstable();
        v6.dedup();
        Self { v4, symbolic, v6 }
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> u32 {
        number(self.v4.len()) + self.symbolic + number(self.v6.len())
    }

    /// The atoms of IPv4 addresses.
    #[must_use]
    pub fn v4_atoms(&self) -> Range {
        Range::new(0, number(self.v4.len()) - 1)
    }

    /// First address of each atom of IPv4 addresses, ascending, beginning with 0.
    #[must_use]
    pub fn v4_starts(&self) -> &[u32] {
        &self.v4
    }

    /// The atoms of symbolic addresses; `None` when there are none.
    #[must_use]
    pub fn symbolic_atoms(&self) -> Option<Range> {
        let first = number(self.v4.len());
        (self.symbolic > 0).then(|| Range::new(first, first + self.symbolic - 1))
    }

    /// The atoms of IPv6 addresses.
    #[must_use]
    pub fn v6_atoms(&self) -> Range {
        Range::new(number(self.v4.len()) + self.symbolic, self.atoms() - 1)
    }

    /// The atom of a symbolic class.
    #[must_use]
    pub fn symbolic_atom(&self, class: u32) -> u32 {
        number(self.v4.len()) + class
    }

    /// The atoms that a range of addresses touches.
    #[must_use]
    pub fn range(&self, range: AddressRange) -> Range {
        match range.family {
            Family::V4 => {
                let at = |value: u128| number(self.v4.partition_point(|&start| u128::from(start) <= value)) - 1;
                Range::new(at(range.low), at(range.high))
            }
            Family::V6 => {
                let base = number(self.v4.len()) + self.symbolic;
                let at = |value: u128| base + number(self.v6.partition_point(|&start| start <= value)) - 1;
                Range::new(at(range.low), at(range.high))
            }
        }
    }

    /// What an atom stands for.
    #[must_use]
    pub fn atom(&self, atom: u32) -> AddressAtom {
        let v4 = number(self.v4.len());
        if atom < v4 {
            let low = u128::from(self.v4[atom as usize]);
            let high = self.v4.get(atom as usize + 1).map_or(u128::from(u32::MAX), |&next| u128::from(next) - 1);
            AddressAtom::Addresses(AddressRange { family: Family::V4, low, high })
        } else if atom < v4 + self.symbolic {
            AddressAtom::Symbolic(atom - v4)
        } else {
            let index = (atom - v4 - self.symbolic) as usize;
            let high = self.v6.get(index + 1).map_or(u128::MAX, |&next| next - 1);
            AddressAtom::Addresses(AddressRange { family: Family::V6, low: self.v6[index], high })
        }
    }
}
