//! The address line cut into *cells*: maximal runs between the ends of all ranges and networks that the document names.
//! Two declared single addresses of one cell, declared by nodes of the same labels, are told apart by no rule.

use std::collections::BTreeMap;

use crate::document::{AddressRange, Family};

/// Number of a cell.
pub(super) type AddressAtomId = u32;

/// A run of addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub family: Family,
    pub low: u128,
    pub high: u128,
    /// An address of it that no node declares as a single one; `None`: there is none, the cell is *full*.
    pub gap: Option<u128>,
}

/// All cells. They are cut and never joined again: finer cells cost time, not truth.
pub(super) struct AddressAtoms {
    starts: [BTreeMap<u128, AddressAtomId>; 2],
    list: Vec<Cell>,
}

const fn line(family: Family) -> usize {
    match family {
        Family::V4 => 0,
        Family::V6 => 1,
    }
}

impl AddressAtoms {
    /// One cell for each family, in which nothing is declared.
    pub fn new() -> Self {
        let list = [Family::V4, Family::V6].map(|family| {
            let AddressRange { low, high, .. } = AddressRange::all(family);
            Cell { family, low, high, gap: Some(low) }
        });
        Self { starts: [BTreeMap::from([(0, 0)]), BTreeMap::from([(0, 1)])], list: list.to_vec() }
    }

    /// The cell of an address. O(log cells).
    pub fn of(&self, family: Family, address: u128) -> AddressAtomId {
        self.starts[line(family)].range(..=address).next_back().map_or(0, |(_, &cell)| cell)
    }

    pub fn get(&self, cell: AddressAtomId) -> Cell {
        self.list[cell as usize]
    }

    /// Notes an address of the cell that no node declares; `None`: there is none.
    pub fn set_gap(&mut self, cell: AddressAtomId, gap: Option<u128>) {
        self.list[cell as usize].gap = gap;
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Cuts so that both ends of a range are ends of cells. Returns each cut: the cell that was cut, which keeps the lower part, and
    /// the new one. The gaps of both have to be found anew.
    pub fn cut(&mut self, range: AddressRange) -> Vec<(AddressAtomId, AddressAtomId)> {
        let ends = [Some(range.low), range.high.checked_add(1)];
        let last = AddressRange::all(range.family).high;
        let ends = ends.into_iter().flatten().filter(|&end| end <= last);
        ends.filter_map(|end| self.cut_at(range.family, end)).collect()
    }

    fn cut_at(&mut self, family: Family, at: u128) -> Option<(AddressAtomId, AddressAtomId)> {
        let old = self.of(family, at);
        let cell = self.get(old);
        if cell.low == at {
            return None;
        }
        let new = AddressAtomId::try_from(self.list.len()).unwrap_or(AddressAtomId::MAX);
        self.list.push(Cell { low: at, ..cell });
        self.list[old as usize].high = at - 1;
        self.starts[line(family)].insert(at, new);
        Some((old, new))
    }
}
