//! Patterns on nodes, ready to be asked of a million of them: no words are compared per node.

use crate::document::{Addresses, Kind, Tier};
use crate::model::Model;
use crate::policy::{NodeFacts, NodePattern};

const KINDS: [Kind; 11] = [
    Kind::Switch,
    Kind::L3Switch,
    Kind::Router,
    Kind::Firewall,
    Kind::Host,
    Kind::Terminal,
    Kind::Server,
    Kind::Printer,
    Kind::Storage,
    Kind::External,
    Kind::Gateway,
];

/// The place of a kind in [`KINDS`].
const fn number(kind: Kind) -> usize {
    match kind {
        Kind::Switch => 0,
        Kind::L3Switch => 1,
        Kind::Router => 2,
        Kind::Firewall => 3,
        Kind::Host => 4,
        Kind::Terminal => 5,
        Kind::Server => 6,
        Kind::Printer => 7,
        Kind::Storage => 8,
        Kind::External => 9,
        Kind::Gateway => 10,
    }
}

/// What patterns look at of a node.
pub(super) fn facts<'m>(model: &'m Model<'_>, node: u32) -> NodeFacts<'m> {
    let value = &model.document.nodes[node as usize];
    let label = model.labels.labels[node as usize];
    let details = value.details.as_deref();
    NodeFacts {
        zone: label.map(|zone| model.names.zones[zone as usize]),
        tier: model.names.tier_of(label),
        kind: value.kind,
        tags: &value.tags,
        controls: &value.controls,
        id: model.id(node),
        business: details.map_or(&[], |details| &details.business),
        owner: details.and_then(|details| details.owner.as_deref()),
        endpoint: model.labels.endpoint[node as usize],
        addresses: &value.addresses,
    }
}

/// Patterns of which one must match, on the nodes of one model.
pub struct Matcher<'p, 'm, 'd> {
    model: &'m Model<'d>,
    /// Whether a pattern of nothing but label and kind matches, by label (0: none) and number of the kind.
    plain: Vec<[bool; KINDS.len()]>,
    /// Patterns that ask for tags, which most nodes do not have.
    tagged: Vec<&'p NodePattern>,
    /// All others.
    others: Vec<&'p NodePattern>,
}

impl<'p, 'm, 'd> Matcher<'p, 'm, 'd> {
    /// Reads the patterns.
    #[must_use]
    pub fn new(model: &'m Model<'d>, patterns: &'p [NodePattern]) -> Self {
        let (plain, rest): (Vec<&NodePattern>, Vec<&NodePattern>) =
            patterns.iter().partition(|pattern| pattern.is_of_label_and_kind());
        let (others, tagged): (Vec<&NodePattern>, Vec<&NodePattern>) =
            rest.into_iter().partition(|pattern| pattern.tag.is_empty());
        let labels = std::iter::once((None, None))
            .chain(model.names.zones.iter().copied().map(Some).zip(model.names.bases.iter().copied()));
        let nowhere = Addresses::default();
        let row = |(zone, tier): (Option<&str>, Option<Tier>)| {
            KINDS.map(|kind| {
                let none = &[][..];
                let facts = NodeFacts {
                    zone,
                    tier,
                    kind,
                    tags: none,
                    controls: none,
                    id: "",
                    business: none,
                    owner: None,
                    endpoint: true,
                    addresses: &nowhere,
                };
                plain.iter().any(|one| one.matches(&facts))
            })
        };
        Self { model, plain: labels.map(row).collect(), tagged, others }
    }

    /// Whether a node matches one of the patterns.
    #[must_use]
    pub fn matches(&self, node: u32) -> bool {
        let value = &self.model.document.nodes[node as usize];
        let label = self.model.labels.labels[node as usize];
        if self.plain[label.map_or(0, |zone| zone as usize + 1)][number(value.kind)] {
            return true;
        }
        // A pattern that asks for a tag matches no node without tags.
        let tagged = if value.tags.is_empty() { &[][..] } else { &self.tagged };
        let rest = tagged.iter().chain(&self.others);
        let mut rest = rest.peekable();
        rest.peek().is_some() && {
            let facts = facts(self.model, node);
            rest.any(|pattern| pattern.matches(&facts))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_at_its_number() {
        for (at, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(number(kind), at);
        }
    }
}
