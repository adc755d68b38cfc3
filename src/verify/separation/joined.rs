//! Which nodes links join at all, whatever these carry, and whatever nodes do with packets.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;

/// Islands of nodes that links join, without the nodes of a tag, which are islands of their own kind.
pub struct Joined {
    above: Vec<u32>,
    /// Nodes of the tag.
    tagged: Vec<u32>,
    /// Links between the two kinds: the tagged node, and the other.
    shores: Vec<(u32, u32)>,
}

impl Joined {
    /// The islands of the document; `tag` parts them.
    pub fn new(model: &Model<'_>, tag: Option<&str>) -> Self {
        let count = u32::try_from(model.document.nodes.len()).unwrap_or(u32::MAX);
        let apart: Vec<bool> = (0..count).map(|node| tag.is_some_and(|tag| model.has_tag(node, tag))).collect();
        let tagged = (0..count).filter(|&node| apart[node as usize]).collect();
        let mut out = Self { above: (0..count).collect(), tagged, shores: Vec::new() };
        for &[a, b] in &model.names.links {
            match (apart[a as usize], apart[b as usize]) {
                (true, false) => out.shores.push((a, b)),
                (false, true) => out.shores.push((b, a)),
                _ => {
                    let (a, b) = (out.find(a), out.find(b));
                    out.above[a.max(b) as usize] = a.min(b);
                }
            }
        }
        // Whatever is above a node has a lower number.
        for node in 0..out.above.len() {
            out.above[node] = out.above[out.above[node] as usize];
        }
        out
    }

    fn find(&mut self, mut node: u32) -> u32 {
        while self.above[node as usize] != node {
            self.above[node as usize] = self.above[self.above[node as usize] as usize];
            node = self.above[node as usize];
        }
        node
    }

    fn of(&self, node: u32) -> u32 {
        self.above[node as usize]
    }

    fn islands(&self, nodes: &[u32]) -> BTreeSet<u32> {
        nodes.iter().map(|&node| self.of(node)).collect()
    }

    /// Whether some island holds a node of either side.
    pub fn join(&self, a: &[u32], b: &[u32]) -> bool {
        !self.islands(a).is_disjoint(&self.islands(b))
    }

    /// The tagged nodes that islands of both sides meet at.
    pub fn tagged_between(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let [a, b] = [a, b].map(|side| self.islands(side));
        // By island of tagged nodes: whether each side comes to it.
        let mut meets: BTreeMap<u32, [bool; 2]> = BTreeMap::new();
        for &(tagged, other) in &self.shores {
            let island = self.of(other);
            let meets = meets.entry(self.of(tagged)).or_default();
            meets[0] |= a.contains(&island);
            meets[1] |= b.contains(&island);
        }
        let between = |node: &&u32| meets.get(&self.of(**node)) == Some(&[true, true]);
        self.tagged.iter().filter(between).copied().collect()
    }
}
