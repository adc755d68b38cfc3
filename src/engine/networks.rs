//! The networks of one model: of the whole document, and of the document without the nodes that bear a tag. They are made
//! from one topology, when first asked for.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use crate::model::Model;
use crate::network::Network;
use crate::topology::Topology;

/// The networks of one model.
#[derive(Default)]
pub(super) struct Networks {
    topology: Option<Arc<Topology>>,
    /// Nodes by the tags that networks may be asked for without.
    bearers: HashMap<String, Vec<u32>>,
    made: HashMap<Option<String>, Arc<Network>>,
}

impl Networks {
    /// Networks will be asked for without these tags. Saying so first spares a topology.
    pub fn expect<'t>(&mut self, model: &Model<'_>, tags: impl Iterator<Item = &'t str>) {
        let new: Vec<&str> = tags.filter(|&tag| !self.bearers.contains_key(tag)).collect();
        if new.is_empty() {
            return;
        }
        let mut bearers: Vec<Vec<u32>> = vec![Vec::new(); new.len()];
        for (node, value) in (0_u32..).zip(&model.document.nodes).filter(|(_, value)| !value.tags.is_empty()) {
            for (list, tag) in bearers.iter_mut().zip(&new) {
                if value.tags.iter().any(|word| &**word == *tag) {
                    list.push(node);
                }
            }
        }
        if bearers.iter().any(|list| !list.is_empty()) {
            self.topology = None;
        }
        self.bearers.extend(new.into_iter().map(str::to_owned).zip(bearers));
    }

    /// What a network is known by: without bearers of the tag it is the network of the whole document.
    pub fn key<'t>(&self, without_tag: Option<&'t str>) -> Option<&'t str> {
        without_tag.filter(|tag| self.bearers.get(*tag).is_none_or(|list| !list.is_empty()))
    }

    /// A network that was made.
    pub fn get(&self, without_tag: Option<&str>) -> Option<&Arc<Network>> {
        self.made.get(&self.key(without_tag).map(str::to_owned))
    }

    /// Makes the networks without each of some tags, on so many threads.
    pub fn make<'t>(
        &mut self,
        model: &Model<'_>,
        without: impl Iterator<Item = Option<&'t str>> + Clone,
        threads: usize,
    ) {
        self.expect(model, without.clone().flatten());
        let mut missing: Vec<Option<&str>> =
            without.map(|tag| self.key(tag)).filter(|key| !self.made.contains_key(&key.map(str::to_owned))).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return;
        }
        let topology = self.topology.get_or_insert_with(|| {
            let mut removable: Vec<u32> = self.bearers.values().flatten().copied().collect();
            removable.sort_unstable();
            removable.dedup();
            Arc::new(Topology::new(model, removable))
        });
        let bearers = &self.bearers;
        let gone = |key: Option<&str>| key.and_then(|tag| bearers.get(tag)).map_or(&[][..], Vec::as_slice);
        let made = super::threads::map(&missing, threads, |&key| Arc::new(Network::of(topology, model, gone(key))));
        self.made.extend(missing.iter().map(|key| key.map(str::to_owned)).zip(made));
    }
}
