//! Compressed sparse rows as a graph of petgraph: its visit traits, without a copy. Decision 0019 says what is done by its
//! algorithms and what is not.

use fixedbitset::FixedBitSet;
use petgraph::algo::dominators::{Dominators, simple_fast};
use petgraph::visit::{
    GraphBase, IntoNeighbors, IntoNodeIdentifiers, NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};

use super::csr::{Csr, Edge};
use crate::number::number;

impl<T> GraphBase for Csr<T> {
    type NodeId = u32;
    /// The index of the edge among those of all nodes.
    type EdgeId = u32;
}

impl<'g, T: Edge> IntoNeighbors for &'g Csr<T> {
    type Neighbors = std::iter::Map<std::slice::Iter<'g, T>, fn(&T) -> u32>;

    fn neighbors(self, node: u32) -> Self::Neighbors {
        self.of(node).iter().map(T::target)
    }
}

impl<T> IntoNodeIdentifiers for &Csr<T> {
    type NodeIdentifiers = std::ops::Range<u32>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..number(self.keys())
    }
}

impl<T> NodeIndexable for Csr<T> {
    fn node_bound(&self) -> usize {
        self.keys()
    }

    fn to_index(&self, node: u32) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        number(index)
    }
}

impl<T> NodeCount for Csr<T> {
    fn node_count(&self) -> usize {
        self.keys()
    }
}

impl<T> NodeCompactIndexable for Csr<T> {}

impl<T> Visitable for Csr<T> {
    type Map = FixedBitSet;

    fn visit_map(&self) -> FixedBitSet {
        FixedBitSet::with_capacity(self.keys())
    }

    fn reset_map(&self, map: &mut FixedBitSet) {
        map.clear();
        map.grow(self.keys());
    }
}

/// The nodes that every way from one node passes: dominators.
pub(crate) struct EveryWay(Dominators<u32>);

impl EveryWay {
    /// The ways from a node. O(nodes²) at worst; on graphs of networks little more than O(edges).
    pub fn from<T: Edge>(graph: &Csr<T>, node: u32) -> Self {
        Self(simple_fast(graph, node))
    }

    /// What every way to a node passes, the nearest to it first, and neither end; `None`: there is no way.
    pub fn to(&self, node: u32) -> Option<Vec<u32>> {
        let passed = self.0.strict_dominators(node)?;
        Some(passed.filter(|&passed| passed != self.0.root()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{components, random::Random};
    use super::*;

    /// Whether a way leads from one node to another without a third.
    fn leads(edges: &[(u32, u32)], from: u32, to: u32, without: Option<u32>) -> bool {
        let (mut seen, mut stack) = (std::collections::BTreeSet::new(), vec![from]);
        while let Some(node) = stack.pop() {
            if Some(node) != without && seen.insert(node) {
                stack.extend(edges.iter().filter(|edge| edge.0 == node).map(|edge| edge.1));
            }
        }
        seen.contains(&to)
    }

    #[test]
    fn what_every_way_passes_is_what_no_way_is_left_without() {
        let mut random = Random(7);
        let mut passed = [0; 3];
        for _ in 0..5_000 {
            let count = random.below(9) + 2;
            let edges = random.edges(count);
            let graph = Csr::new(count as usize, edges.iter().copied());
            let expected = leads(&edges, 0, 1, None)
                .then(|| (2..count).filter(|&node| !leads(&edges, 0, 1, Some(node))).collect::<Vec<u32>>());
            let found = EveryWay::from(&graph, 0).to(1);
            if let Some(found) = &found {
                passed[found.len().min(2)] += 1;
            }
            let mut sorted = found.clone();
            sorted.iter_mut().for_each(|list| list.sort_unstable());
            assert_eq!(sorted, expected, "{edges:?}");
            // Nearest to the end first: each passes those behind it.
            for pair in found.iter().flat_map(|list| list.windows(2)) {
                assert!(!leads(&edges, 0, pair[0], Some(pair[1])), "{edges:?} {pair:?}");
            }
        }
        assert!(passed.iter().all(|&times| times > 100), "{passed:?}");
    }

    /// What [`components`] promises, by petgraph's algorithm of Tarjan, which calls itself, and that of Kosaraju.
    #[test]
    fn components_are_those_that_petgraph_finds_in_an_order_that_edges_go_down() {
        let mut random = Random(11);
        let mut cyclic = 0;
        for _ in 0..5_000 {
            let count = random.below(40) + 1;
            let edges = random.edges(count);
            let graph = Csr::new(count as usize, edges.iter().copied());
            let (of, components) = components(&graph);
            let sorted = |mut list: Vec<Vec<u32>>| {
                list.iter_mut().for_each(|component| component.sort_unstable());
                list.sort_unstable();
                list
            };
            let mut own = vec![Vec::new(); components as usize];
            (0..count).for_each(|node| own[of[node as usize] as usize].push(node));
            cyclic += usize::from(own.iter().any(|component| component.len() > 1 && components > 1));
            assert_eq!(sorted(own), sorted(petgraph::algo::tarjan_scc(&graph)), "{edges:?}");
            for &(from, to) in &edges {
                assert!(of[from as usize] >= of[to as usize], "{edges:?}: {from} to {to}");
            }
        }
        assert!(cyclic > 1_000, "{cyclic}");
    }

    /// Deeper than a thread's stack: why [`components`] is not petgraph's.
    #[test]
    fn components_of_a_long_way_need_no_stack() {
        let count = 1_000_000;
        let ring = (0..count).map(|node| (node, (node + 1) % count));
        let (of, components) = components(&Csr::new(count as usize, ring));
        assert_eq!(components, 1);
        assert!(of.iter().all(|&component| component == 0));
    }
}
