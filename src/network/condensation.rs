//! From places and edges to components: places that reach each other freely are one.

use super::ComponentGraph;
use super::guard::{GuardId, TRUE};
use crate::graph::{Csr, components};
use crate::number::number;

/// Nodes and edges before condensation.
#[derive(Default)]
pub(super) struct Builder {
    count: u32,
    edges: Vec<(u32, u32, GuardId)>,
}

impl Builder {
    pub fn node(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    /// So many nodes; the first of them.
    pub fn nodes(&mut self, count: usize) -> u32 {
        let first = self.count;
        self.count = number(self.count as usize + count);
        first
    }

    pub fn edge(&mut self, from: u32, to: u32, guard: GuardId) {
        self.edges.push((from, to, guard));
    }

    /// Contracts places that reach each other freely into components. Returns their graph, and the component of each place.
    /// O(n + m), and sorting of the edges that are left.
    pub fn condense(self) -> (ComponentGraph, Vec<u32>) {
        let free = self.edges.iter().filter(|edge| edge.2 == TRUE).map(|&(from, to, _)| (from, to));
        let (component_of, count) = components(&Csr::new(self.count as usize, free));
        let placed = self.edges.into_iter().map(|(a, b, guard)| {
            let [a, b] = [a, b].map(|place| component_of[place as usize]);
            (a, (b, guard))
        });
        let edges = placed.filter(|(from, (to, _))| from != to).collect();
        (ComponentGraph::new(count as usize, edges), component_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each node reaches each other, by closing the relation.
    fn reaches(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
        let mut reach = vec![vec![false; count]; count];
        (0..count).for_each(|at| reach[at][at] = true);
        edges.iter().for_each(|&(from, to)| reach[from][to] = true);
        for via in 0..count {
            for from in 0..count {
                for to in 0..count {
                    reach[from][to] |= reach[from][via] && reach[via][to];
                }
            }
        }
        reach
    }

    #[test]
    fn places_are_one_component_where_each_reaches_the_other_freely_and_edges_lead_to_earlier_ones() {
        let mut state = 1_u64;
        let mut draw = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or(0) % limit
        };
        for _ in 0..2_000 {
            let count = 1 + draw(9);
            let edges: Vec<(usize, usize)> = (0..draw(2 * count + 1)).map(|_| (draw(count), draw(count))).collect();
            let mut builder = Builder::default();
            builder.nodes(count);
            for (at, &(from, to)) in edges.iter().enumerate() {
                // Every third edge is no free one.
                let guard = if at % 3 == 2 { GuardId::new(1) } else { TRUE };
                builder.edge(number(from), number(to), guard);
            }
            let free: Vec<(usize, usize)> =
                edges.iter().enumerate().filter(|(at, _)| at % 3 != 2).map(|(_, &edge)| edge).collect();
            let reach = reaches(count, &free);
            let (graph, component_of) = builder.condense();
            for a in 0..count {
                for b in 0..count {
                    assert_eq!(component_of[a] == component_of[b], reach[a][b] && reach[b][a], "{edges:?} {a} {b}");
                    assert!(!reach[a][b] || component_of[a] >= component_of[b], "{edges:?} {a} {b}");
                }
            }
            for (at, &(from, to)) in
                edges.iter().enumerate().filter(|(_, (from, to))| component_of[*from] != component_of[*to])
            {
                let guard = if at % 3 == 2 { GuardId::new(1) } else { TRUE };
                assert!(graph.edges(component_of[from]).contains(&(component_of[to], guard)), "{edges:?} {at}");
            }
        }
    }
}
