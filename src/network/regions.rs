//! From places and edges to regions: places that reach each other freely are one.

use super::RegionGraph;
use super::components::components;
use super::predicate::{PredicateId, TRUE};
use super::skeleton::NONE;

/// Nodes and edges before condensation.
#[derive(Default)]
pub(super) struct Builder {
    count: u32,
    edges: Vec<(u32, u32, PredicateId)>,
}

impl Builder {
    pub fn node(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    /// So many nodes; the first of them.
    pub fn nodes(&mut self, count: usize) -> u32 {
        let first = self.count;
        self.count += u32::try_from(count).unwrap_or(NONE);
        first
    }

    pub fn edge(&mut self, from: u32, to: u32, predicate: PredicateId) {
        self.edges.push((from, to, predicate));
    }

    /// Melts places that reach each other freely into regions. Returns their graph, and the region of each place.
    /// O(n + m), and sorting of the edges that are left.
    pub fn condense(self) -> (RegionGraph, Vec<u32>) {
        let free = || self.edges.iter().filter(|edge| edge.2 == TRUE);
        let mut offsets = vec![0_u32; self.count as usize + 2];
        free().for_each(|edge| offsets[edge.0 as usize + 2] += 1);
        for at in 2..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut targets = vec![0_u32; offsets.last().map_or(0, |&end| end as usize)];
        for &(from, to, _) in free() {
            let next = &mut offsets[from as usize + 1];
            targets[*next as usize] = to;
            *next += 1;
        }
        let (region_of, count) = components(&offsets[..=self.count as usize], &targets);
        let placed = self.edges.into_iter().map(|(a, b, predicate)| {
            let [a, b] = [a, b].map(|place| region_of[place as usize]);
            (a, b, predicate)
        });
        let edges = placed.filter(|(from, to, _)| from != to).collect();
        (RegionGraph::new(count as usize, edges), region_of)
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
    fn places_are_one_region_where_each_reaches_the_other_freely_and_edges_lead_to_earlier_regions() {
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
            let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
            for (at, &(from, to)) in edges.iter().enumerate() {
                // Every third edge is no free one.
                let predicate = if at % 3 == 2 { PredicateId(1) } else { TRUE };
                builder.edge(number(from), number(to), predicate);
            }
            let free: Vec<(usize, usize)> =
                edges.iter().enumerate().filter(|(at, _)| at % 3 != 2).map(|(_, &edge)| edge).collect();
            let reach = reaches(count, &free);
            let (graph, region_of) = builder.condense();
            for a in 0..count {
                for b in 0..count {
                    assert_eq!(region_of[a] == region_of[b], reach[a][b] && reach[b][a], "{edges:?} {a} {b}");
                    assert!(!reach[a][b] || region_of[a] >= region_of[b], "{edges:?} {a} {b}");
                }
            }
            for (at, &(from, to)) in
                edges.iter().enumerate().filter(|(_, (from, to))| region_of[*from] != region_of[*to])
            {
                let predicate = if at % 3 == 2 { PredicateId(1) } else { TRUE };
                assert!(graph.edges(region_of[from]).contains(&(region_of[to], predicate)), "{edges:?} {at}");
            }
        }
    }
}
