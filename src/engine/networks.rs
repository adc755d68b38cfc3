//! The networks of one model: of the whole document, and of the document without nodes that match some patterns. They are
//! made from one topology, when first asked for, and known by the nodes that are not in them.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::matcher::Matcher;
use crate::model::Model;
use crate::network::Network;
use crate::number::number;
use crate::policy::NodePattern;
use crate::topology::Topology;

/// The networks of one model.
#[derive(Default)]
pub(super) struct Networks {
    topology: Option<Arc<Topology>>,
    /// The nodes that match what networks may be asked for without, ascending. They are few.
    gone: Vec<(Vec<NodePattern>, Arc<[u32]>)>,
    /// Sides that tell apart endpoints which are alike otherwise, and the number of all that each node matches of them; no
    /// numbers where there are no such sides.
    sides: Vec<Vec<NodePattern>>,
    marks: Vec<u32>,
    made: HashMap<Arc<[u32]>, Arc<Network>>,
}

/// The nodes that match one of some patterns, ascending.
fn matching(model: &Model<'_>, patterns: &[NodePattern]) -> Arc<[u32]> {
    let matcher = Matcher::new(model, patterns);
    // Most nodes have no tags, which most such patterns ask for.
    let tagged = patterns.iter().all(|pattern| !pattern.tag.is_empty());
    let nodes = (0..number(model.document.nodes.len())).zip(&model.document.nodes);
    let found = nodes.filter(|(node, value)| !(tagged && value.tags.is_empty()) && matcher.matches(*node));
    found.map(|(node, _)| node).collect()
}

impl Networks {
    /// Networks will be asked for without the nodes that match these. Saying so first spares a topology.
    pub fn expect<'p>(&mut self, model: &Model<'_>, without: impl Iterator<Item = &'p [NodePattern]>) {
        for patterns in without {
            if patterns.is_empty() || self.gone_of(patterns).is_some() {
                continue;
            }
            let nodes = matching(model, patterns);
            if !nodes.is_empty() {
                self.topology = None;
            }
            self.gone.push((patterns.to_vec(), nodes));
        }
    }

    /// Classes of endpoints are to be told apart by these. Saying so first spares a topology, and networks.
    pub fn mark<'p>(&mut self, model: &Model<'_>, sides: impl Iterator<Item = &'p [NodePattern]>) {
        let mut new: Vec<Vec<NodePattern>> = Vec::new();
        for side in sides {
            if !self.sides.iter().chain(&new).any(|known| known == side) {
                new.push(side.to_vec());
            }
        }
        if new.is_empty() {
            return;
        }
        // Networks whose classes are not told apart by these would answer for the wrong nodes.
        (self.topology, self.made) = (None, HashMap::default());
        self.sides.extend(new);
        let matchers: Vec<Matcher<'_, '_, '_>> = self.sides.iter().map(|side| Matcher::new(model, side)).collect();
        let mut known: HashMap<Vec<bool>, u32> = HashMap::default();
        let mark = |node: u32| {
            let bits: Vec<bool> = matchers.iter().map(|side| side.matches(node)).collect();
            let next = number(known.len());
            *known.entry(bits).or_insert(next)
        };
        self.marks = (0..number(model.document.nodes.len())).map(mark).collect();
    }

    /// The nodes that match patterns which were expected.
    fn gone_of(&self, patterns: &[NodePattern]) -> Option<&Arc<[u32]>> {
        self.gone.iter().find(|(known, _)| known == patterns).map(|(_, nodes)| nodes)
    }

    /// A network that was made, and the nodes that are not in it.
    pub fn get(&self, without: &[NodePattern]) -> Option<(&Arc<Network>, &Arc<[u32]>)> {
        let none: &[u32] = &[];
        let gone = if without.is_empty() { none } else { self.gone_of(without)? };
        self.made.get_key_value(gone).map(|(gone, network)| (network, gone))
    }

    /// Makes the networks without each of some nodes, on so many threads.
    pub fn make<'p>(
        &mut self,
        model: &Model<'_>,
        without: impl Iterator<Item = &'p [NodePattern]> + Clone,
        threads: usize,
    ) {
        self.expect(model, without.clone());
        let nodes = |patterns: &[NodePattern]| self.gone_of(patterns).map_or_else(|| Arc::from([]), Arc::clone);
        let mut missing: Vec<Arc<[u32]>> = without.map(nodes).filter(|gone| !self.made.contains_key(gone)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return;
        }
        let topology = self.topology.get_or_insert_with(|| {
            let mut removable: Vec<u32> = self.gone.iter().flat_map(|(_, nodes)| nodes.iter()).copied().collect();
            removable.sort_unstable();
            removable.dedup();
            Arc::new(Topology::new(model, removable, &self.marks))
        });
        let made = super::threads::map(&missing, threads, |gone| Arc::new(Network::of(topology, model, gone)));
        self.made.extend(missing.into_iter().zip(made));
    }
}
