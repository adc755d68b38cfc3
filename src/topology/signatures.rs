//! What endpoints are, wherever they are: those that nothing but their place tells apart have one signature.

use rustc_hash::FxHashMap as HashMap;

use crate::document::Words;
use crate::model::{HoldingId, Model};
use crate::number::number;

/// What an endpoint is, wherever it is: A and R, declared single addresses and label, tags and whether it stands alone,
/// kind and mark. Packed, for there are a million of them.
type Signature = [u64; 4];

/// The signatures of all endpoints, as numbers.
pub(crate) struct Signatures(Vec<u32>);

impl Signatures {
    /// The signatures of a model's endpoints. `marks` tells nodes apart that are alike otherwise; left out: none does.
    pub fn new(model: &Model<'_>, marks: &[u32]) -> Self {
        let mut signatures: HashMap<Signature, u32> = HashMap::default();
        let mut lists: HashMap<&Words, u32> = HashMap::default();
        // Nodes that must stand alone: those with relay entries, and those that relays and exceptions name.
        let individuals = model.individuals();
        let mut of_node = vec![0; model.document.nodes.len()];
        let endpoints = model.document.nodes.iter().zip(&model.labels.endpoint).enumerate();
        for (at, (node, _)) in endpoints.filter(|(_, (_, endpoint))| **endpoint) {
            let tags = if node.tags.is_empty() {
                0
            } else {
                let next = number(lists.len() + 1);
                *lists.entry(&node.tags).or_insert(next)
            };
            let passes_nothing = node.relays().is_some_and(<[_]>::is_empty);
            let individual = if individuals[at] { u64::from(number(at)) + 2 } else { u64::from(passes_nothing) };
            let one_more = |number: Option<u32>| number.map_or(0, |number| u64::from(number) + 1);
            let holding = |id: HoldingId| u64::from(id.number());
            let declared = one_more(model.declared.get(at).map(|id| id.number()));
            let signature = [
                holding(model.sends[at]) << 32 | holding(model.receives[at]),
                declared << 32 | one_more(model.labels.labels[at]),
                u64::from(tags) << 32 | individual,
                node.kind as u64 | u64::from(marks.get(at).copied().unwrap_or(0)) << 32,
            ];
            let next = number(signatures.len());
            of_node[at] = *signatures.entry(signature).or_insert(next);
        }
        Self(of_node)
    }

    /// The signature of an endpoint.
    pub fn of(&self, node: u32) -> u32 {
        self.0[node as usize]
    }
}
