//! Connected runs of boxes that pass everything, told apart by whether they hold a ring.

/// Disjoint sets with a count of edges, to tell rings from trees.
pub(super) struct Runs {
    parent: Vec<u32>,
    /// Whether the set of a root holds a ring.
    ring: Vec<bool>,
}

impl Runs {
    /// So many items, each alone.
    pub fn new(count: usize) -> Self {
        Self { parent: (0..u32::try_from(count).unwrap_or(u32::MAX)).collect(), ring: vec![false; count] }
    }

    /// The root of an item's set.
    pub fn find(&mut self, mut item: u32) -> u32 {
        while self.parent[item as usize] != item {
            let grandparent = self.parent[self.parent[item as usize] as usize];
            self.parent[item as usize] = grandparent;
            item = grandparent;
        }
        item
    }

    /// Adds an edge.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            self.ring[a as usize] = true;
        } else {
            self.parent[b as usize] = a;
            self.ring[a as usize] |= self.ring[b as usize];
        }
    }

    /// Whether the set of a root holds a ring.
    pub fn has_ring(&self, root: u32) -> bool {
        self.ring[root as usize]
    }
}
