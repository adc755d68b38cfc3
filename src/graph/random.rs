//! Random graphs, for tests.

/// A linear congruential generator.
pub(super) struct Random(pub u64);

impl Random {
    /// A number below a limit.
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    /// Up to twice as many edges as there are nodes, some of them twice and some from a node to itself.
    pub fn edges(&mut self, nodes: u32) -> Vec<(u32, u32)> {
        (0..self.below(2 * nodes + 1)).map(|_| (self.below(nodes), self.below(nodes))).collect()
    }
}
