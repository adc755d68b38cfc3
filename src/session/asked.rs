//! What a policy tells apart of nodes that are alike otherwise: nodes that one stands for must be alike in that too.

use crate::document::{Node, Tier};
use crate::policy::{Asked, NodeFacts, NodePattern, Policy, any_matches};

/// The patterns of a policy that tell nodes apart.
#[derive(Default)]
pub(super) struct AskedOfNodes {
    patterns: Vec<Vec<NodePattern>>,
    /// Whether it matters that a node has an owner.
    owners: bool,
    /// Whether nodes that forward must each stand for themselves: some that say nothing of themselves may be taken out.
    pub keeps_forwarders: bool,
    /// Ids of zones by index, and the tiers that they belong to.
    zones: Vec<(String, Option<Tier>)>,
}

impl AskedOfNodes {
    /// Those of a policy, of documents with these zones.
    pub fn new(policy: &Policy, zones: Vec<(String, Option<Tier>)>) -> Self {
        let all = || policy.requirements.iter().map(|requirement| &requirement.asked);
        let mut patterns: Vec<Vec<NodePattern>> = Vec::new();
        for list in all().flat_map(|asked| asked.patterns()) {
            if !list.iter().all(NodePattern::is_of_class) && !patterns.iter().any(|known| known == list) {
                patterns.push(list.to_vec());
            }
        }
        // What has no tag matches none of those that ask for one.
        let without = all().filter_map(|asked| asked.without()).flatten();
        let of_nodes = all().filter_map(|asked| match asked {
            Asked::Attributes { nodes: Some(nodes), .. } | Asked::Placement { nodes, .. } => Some(nodes),
            _ => None,
        });
        let keeps_forwarders = without.into_iter().any(|pattern| pattern.tag.is_empty())
            || of_nodes.flatten().any(may_be_a_bare_forwarder);
        let owners = all().any(|asked| matches!(asked, Asked::Attributes { owner: true, .. }));
        Self { patterns, owners, keeps_forwarders, zones }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && !self.owners
    }

    /// Which of them a node of an id and a label matches.
    pub fn of(&self, value: &Node<'_>, id: &str, label: Option<u32>) -> Vec<bool> {
        let zone = label.and_then(|zone| self.zones.get(zone as usize));
        let details = value.details.as_deref();
        let business = details.map_or(&[][..], |details| &details.business);
        let owner = details.and_then(|details| details.owner.as_deref());
        let facts = NodeFacts {
            zone: zone.map(|(id, _)| id.as_str()),
            tier: zone.and_then(|(_, tier)| *tier),
            kind: value.kind,
            tags: &value.tags,
            controls: &value.controls,
            id,
            business,
            owner,
            endpoint: !value.is_forwarder() || value.zone.is_some() || value.has_relay_entry(),
            addresses: &value.addresses,
        };
        let matched = self.patterns.iter().map(|list| any_matches(list, &facts));
        matched.chain(self.owners.then_some(owner.is_some())).collect()
    }
}

/// Whether a pattern may match what forwards and has neither a zone nor tags.
fn may_be_a_bare_forwarder(pattern: &NodePattern) -> bool {
    let labelled = !pattern.zone.is_empty() || !pattern.tier.is_empty() || pattern.labelled == Some(true);
    pattern.tag.is_empty() && !labelled && pattern.endpoint != Some(true)
}
