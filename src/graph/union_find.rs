//! Disjoint sets: what edges join, told apart by whether it holds a ring.

use crate::number::number;

/// Disjoint sets with a count of edges, to tell rings from trees. The root of a set is its least item, and the parent
/// of an item is never greater than the item.
pub(crate) struct UnionFind {
    parent: Vec<u32>,
    /// Whether the set of a root holds a ring.
    ring: Vec<bool>,
}

impl UnionFind {
    /// So many items, each alone.
    pub fn new(count: usize) -> Self {
        Self { parent: (0..number(count)).collect(), ring: vec![false; count] }
    }

    /// Items each alone, some with a ring of their own.
    pub fn with_rings(ring: Vec<bool>) -> Self {
        Self { parent: Self::new(ring.len()).parent, ring }
    }

    /// The root of an item's set.
    pub fn find(&mut self, mut item: u32) -> u32 {
        loop {
            let parent = self.parent[item as usize];
            if parent == item {
                return item;
            }
            let grandparent = self.parent[parent as usize];
            self.parent[item as usize] = grandparent;
            item = grandparent;
        }
    }

    /// Adds an edge.
    pub fn join(&mut self, a: u32, b: u32) {
        // Most items of a large set have its root for a parent.
        let parent = self.parent[a as usize];
        if parent == self.parent[b as usize] && self.parent[parent as usize] == parent {
            self.ring[parent as usize] = true;
            return;
        }
        let (a, b) = (self.find(a), self.find(b));
        let (root, other) = (a.min(b), a.max(b));
        if root == other {
            self.ring[root as usize] = true;
        } else {
            self.parent[other as usize] = root;
            self.ring[root as usize] |= self.ring[other as usize];
        }
    }

    /// Whether the set of a root holds a ring.
    pub fn has_ring(&self, root: u32) -> bool {
        self.ring[root as usize]
    }

    /// The roots of all items.
    pub fn into_roots(mut self) -> Vec<u32> {
        // What is above an item has a lower number, so that its root is known.
        for item in 0..self.parent.len() {
            self.parent[item] = self.parent[self.parent[item] as usize];
        }
        self.parent
    }

    /// The parents of all items, and whether the sets of roots hold rings.
    pub fn into_parts(self) -> (Vec<u32>, Vec<bool>) {
        (self.parent, self.ring)
    }
}
