//! Patterns on nodes, ready to be asked of a million of them: no words are compared per node.

use crate::document::Kind;
use crate::model::Model;
use crate::policy::NodePattern;

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

/// Patterns of which one must match, on the nodes of one model.
pub struct Matcher<'p, 'm, 'd> {
    model: &'m Model<'d>,
    /// Whether a pattern without a tag matches, by label (0: none) and number of the kind.
    plain: Vec<[bool; KINDS.len()]>,
    /// Patterns with a tag.
    tagged: Vec<&'p NodePattern>,
}

impl<'p, 'm, 'd> Matcher<'p, 'm, 'd> {
    /// Reads the patterns.
    #[must_use]
    pub fn new(model: &'m Model<'d>, patterns: &'p [NodePattern]) -> Self {
        let (tagged, plain): (Vec<&NodePattern>, Vec<&NodePattern>) =
            patterns.iter().partition(|pattern| pattern.tag.is_some());
        let labels = std::iter::once(None).chain(model.names.zones.iter().copied().map(Some));
        let row = |zone: Option<&str>| KINDS.map(|kind| plain.iter().any(|one| one.matches(zone, kind, &[])));
        Self { model, plain: labels.map(row).collect(), tagged }
    }

    /// Whether a node matches one of the patterns.
    #[must_use]
    pub fn matches(&self, node: u32) -> bool {
        let value = &self.model.document.nodes[node as usize];
        let label = self.model.labels.labels[node as usize];
        if self.plain[label.map_or(0, |zone| zone as usize + 1)][number(value.kind)] {
            return true;
        }
        // A pattern with a tag matches no node without tags.
        !self.tagged.is_empty() && !value.tags.is_empty() && {
            let zone = label.map(|zone| self.model.names.zones[zone as usize]);
            self.tagged.iter().any(|pattern| pattern.matches(zone, value.kind, &value.tags))
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
