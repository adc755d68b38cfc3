//! Which nodes links and transfers join at all, whatever these carry, and whatever nodes do with packets.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{MethodSet, selects_node};
use crate::graph::{Csr, EveryWay, UnionFind};
use crate::model::Model;
use crate::number::number;

/// Islands of nodes that links and transfers join, but some nodes apart, which are islands of their own kind.
pub struct Joined {
    /// The island of each node, by its first node.
    island: Vec<u32>,
    /// The nodes that are apart.
    tagged: Vec<u32>,
    /// Islands that links join: one of tagged nodes, and another.
    shores: Vec<(u32, u32)>,
}

impl Joined {
    /// The islands of the document; nodes in `without` part them, and what sanitises in one of some ways joins nothing.
    pub fn new(model: &Model<'_>, without: &[u32], sanitised_by: MethodSet) -> Self {
        let nodes = || 0..number(model.document.nodes.len());
        let apart: Vec<bool> = nodes().map(|node| without.binary_search(&node).is_ok()).collect();
        let mut links = model.names.links.clone();
        for transfer in model.document.transfers.iter().filter(|one| !sanitised_by.holds(one.sanitise)) {
            // None begins or ends at a node that is taken out.
            let ends = |items| {
                let there = |node: &u32| model.labels.endpoint[*node as usize] && !apart[*node as usize];
                nodes().filter(there).filter(|&node| selects_node(model, items, node)).collect::<Vec<u32>>()
            };
            let (from, to) = (ends(&transfer.from), ends(&transfer.to));
            let Some(&first) = from.first().filter(|_| !to.is_empty()) else { continue };
            links.extend(from.into_iter().chain(to).map(|node| [first, node]));
        }
        Self::of(apart, &links)
    }

    /// The islands of nodes that are tagged or not.
    fn of(apart: Vec<bool>, links: &[[u32; 2]]) -> Self {
        let mut sets = UnionFind::new(apart.len());
        let mut shores = Vec::new();
        for &[a, b] in links {
            match (apart[a as usize], apart[b as usize]) {
                (true, false) => shores.push((a, b)),
                (false, true) => shores.push((b, a)),
                _ => sets.join(a, b),
            }
        }
        let island = sets.into_roots();
        shores.iter_mut().for_each(|(a, b)| (*a, *b) = (island[*a as usize], island[*b as usize]));
        let tagged = (0..number(apart.len())).filter(|&node| apart[node as usize]).collect();
        Self { island, tagged, shores }
    }

    fn islands(&self, nodes: &[u32]) -> BTreeSet<u32> {
        nodes.iter().map(|&node| self.island[node as usize]).collect()
    }

    /// Whether some island holds a node of either side.
    pub fn join(&self, a: &[u32], b: &[u32]) -> bool {
        !self.islands(a).is_disjoint(&self.islands(b))
    }

    /// The tagged nodes that ways between the sides lead through: of ways side by side each those that every one of its kind
    /// passes. Ways through one island that holds both sides do not count.
    pub fn tagged_between(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let [a, b] = [a, b].map(|side| self.islands(side));
        let of_side = |island: u32| a.contains(&island) || b.contains(&island);
        // What is between: islands of neither side, as far as they hang together.
        let mut between = UnionFind::new(self.island.len());
        for &(tagged, other) in self.shores.iter().filter(|(_, other)| !of_side(*other)) {
            between.join(tagged, other);
        }
        // The ways of each of these from one side to the other: it has an end of its own, and the beginning is that of all.
        let first = number(self.island.len());
        let mut ends: BTreeMap<u32, u32> = BTreeMap::new();
        let mut ways: BTreeSet<(u32, u32)> = BTreeSet::new();
        for &(tagged, other) in &self.shores {
            if a.contains(&other) {
                ways.insert((first, tagged));
            }
            if b.contains(&other) {
                let next = first + 1 + number(ends.len());
                ways.insert((tagged, *ends.entry(between.find(tagged)).or_insert(next)));
            }
            if !of_side(other) {
                ways.extend([(tagged, other), (other, tagged)]);
            }
        }
        let graph: Csr = Csr::sorted(self.island.len() + 1 + ends.len(), ways.iter().copied().collect());
        let every_way = EveryWay::from(&graph, first);
        let is_tagged: BTreeSet<u32> = self.islands(&self.tagged);
        let mut found: BTreeSet<u32> = BTreeSet::new();
        for (&part, &end) in &ends {
            let Some(passed) = every_way.to(end) else { continue };
            let before = found.len();
            found.extend(passed.into_iter().filter(|island| is_tagged.contains(island)));
            if found.len() == before {
                // Several side by side: those that the first side comes to.
                found.extend(graph.of(first).iter().filter(|&&tagged| between.find(tagged) == part));
            }
        }
        self.tagged.iter().copied().filter(|&node| found.contains(&self.island[node as usize])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes in a row: of the first side, tagged, neither, tagged, of the second side.
    #[test]
    fn tagged_nodes_one_behind_the_other_are_each_passed() {
        let joined = Joined::of(vec![false, true, false, true, false], &[[0, 1], [1, 2], [2, 3], [3, 4]]);
        assert!(!joined.join(&[0], &[4]));
        assert_eq!(joined.tagged_between(&[0], &[4]), [1, 3]);
        assert_eq!(joined.tagged_between(&[4], &[0]), [1, 3]);
    }

    #[test]
    fn a_tagged_node_beside_two_in_a_row_is_not_all_that_is_passed() {
        let links = [[0, 1], [1, 4], [0, 2], [2, 5], [5, 3], [3, 4]];
        let joined = Joined::of(vec![false, true, true, true, false, false], &links);
        assert_eq!(joined.tagged_between(&[0], &[4]), [1, 2, 3]);
        assert_eq!(joined.tagged_between(&[4], &[0]), [1, 2, 3]);
    }

    #[test]
    fn a_tagged_node_that_hangs_on_one_side_only_is_not_passed() {
        let joined = Joined::of(vec![false, true, false, true, true], &[[0, 1], [1, 2], [0, 3], [1, 4]]);
        // The fourth is of the same island as the second.
        assert_eq!(joined.tagged_between(&[0], &[2]), [1, 4]);
    }

    /// Whether links lead from one node to another without some.
    fn leads(links: &[[u32; 2]], from: u32, to: u32, without: &[u32]) -> bool {
        let (mut seen, mut stack) = (BTreeSet::new(), vec![from]);
        while let Some(node) = stack.pop() {
            if !without.contains(&node) && seen.insert(node) {
                stack.extend(links.iter().filter(|link| link[0] == node).map(|link| link[1]));
                stack.extend(links.iter().filter(|link| link[1] == node).map(|link| link[0]));
            }
        }
        seen.contains(&to)
    }

    #[test]
    fn no_way_is_left_without_what_is_named_and_nobody_is_named_where_there_is_no_way() {
        let mut state = 5_u64;
        let mut below = |limit: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u32::try_from(state >> 33).unwrap_or(0) % limit
        };
        let mut seen = [0; 3];
        for _ in 0..5_000 {
            let count = below(9) + 3;
            // Neither side is tagged.
            let apart: Vec<bool> = (0..count).map(|node| node > 1 && below(2) == 0).collect();
            let links: Vec<[u32; 2]> = (0..below(2 * count)).map(|_| [below(count), below(count)]).collect();
            let joined = Joined::of(apart.clone(), &links);
            let named = joined.tagged_between(&[0], &[1]);
            let tagged: Vec<u32> = (0..count).filter(|&node| apart[node as usize]).collect();
            if joined.join(&[0], &[1]) {
                assert!(leads(&links, 0, 1, &tagged), "{links:?} {tagged:?}");
                continue;
            }
            let connected = leads(&links, 0, 1, &[]);
            assert_eq!(connected, !named.is_empty(), "{links:?} {tagged:?} {named:?}");
            assert!(!leads(&links, 0, 1, &named), "{links:?} {tagged:?} {named:?}");
            // One island that every way passes is named whole, and then nothing is that some way leads past.
            let island = |node: u32| joined.island[node as usize];
            let whole = |of: u32| tagged.iter().copied().filter(|&node| island(node) == of).collect::<Vec<u32>>();
            let passed = |of: u32| connected && !leads(&links, 0, 1, &whole(of));
            let every: Vec<u32> = tagged.iter().copied().filter(|&node| passed(island(node))).collect();
            if !every.is_empty() {
                assert_eq!(named, every, "{links:?} {tagged:?}");
            }
            seen[usize::from(connected) + usize::from(!every.is_empty())] += 1;
        }
        assert!(seen.iter().all(|&times| times > 30), "{seen:?}");
    }
}
