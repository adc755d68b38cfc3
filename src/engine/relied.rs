//! What the proof of a path requirement relies on, without the proof: the filters, routes and links that a certificate of it
//! names.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::Coverage;
use super::paths::PathAnswer;
use super::prove::{ProveError, Prover, ZoneMap};
use crate::certificate::{Part, Proof};
use crate::model::{LinkId, Model};

/// What a proof relies on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relied {
    /// By node and filter: whether its default denies, and which rules do.
    pub filters: BTreeMap<(u32, u32), (bool, BTreeSet<u32>)>,
    /// Nodes whose routes keep packets away.
    pub routes: BTreeSet<u32>,
    /// Links whose VLANs or direction keep packets away: by their number in the document, then those between the halves of
    /// l3-switches, in the order of certificates.
    pub links: BTreeSet<LinkId>,
}

impl Relied {
    fn add(&mut self, model: &Model<'_>, proof: &Proof) {
        for (id, filter, rule) in proof.relies_on() {
            let Some(node) = model.names.node(id) else { continue };
            let Some(filter) = *filter else {
                self.routes.insert(node);
                continue;
            };
            let (default, rules) = self.filters.entry((node, filter)).or_default();
            match rule {
                Some(rule) => drop(rules.insert(*rule)),
                None => *default = true,
            }
        }
        self.links.extend(
            proof.links().iter().flat_map(|&(first, last)| first..=last).map(|link| LinkId::new(link as usize)),
        );
    }
}

fn proofs(part: &Part) -> [&Proof; 4] {
    let [forward, backward] = [&part.forward, &part.backward];
    [&forward.push, &forward.pull, &backward.push, &backward.pull]
}

impl Prover<'_, '_> {
    /// What the proof of every pair that `answer` does not call violating relies on.
    ///
    /// # Errors
    /// When a limit is reached first, or what was decided is not so: a defect.
    pub fn relied(
        &mut self,
        sides: &ZoneMap<'_>,
        answer: &PathAnswer,
        coverage: &mut Coverage,
    ) -> Result<Relied, ProveError> {
        let parts = self.parts(sides, answer, coverage)?;
        let mut relied = Relied::default();
        parts.iter().flat_map(proofs).for_each(|proof| relied.add(self.model, proof));
        Ok(relied)
    }
}
