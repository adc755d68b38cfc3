//! What a policy's patterns match in a document: `docs/policy.md`.
#![allow(clippy::indexing_slicing)] // nodes, and named patterns, which the reader of the policy numbered

use crate::document::{Document, KINDS, Kind};
use crate::policy::{Condition, Pattern, Policy};

/// A document under the patterns of a policy.
pub struct Matcher<'d> {
    pub document: &'d Document,
    /// For each named pattern, whether each node matches it.
    named: Vec<Vec<bool>>,
}

impl<'d> Matcher<'d> {
    pub fn new(document: &'d Document, policy: &Policy) -> Self {
        let mut matcher = Matcher { document, named: Vec::new() };
        for pattern in &policy.patterns {
            // Those that it names are before it.
            let nodes = (0..document.nodes.len()).map(|node| matcher.matches(pattern, node)).collect();
            matcher.named.push(nodes);
        }
        matcher
    }

    pub fn matches(&self, pattern: &Pattern, node: usize) -> bool {
        pattern.iter().any(|condition| self.holds(condition, node))
    }

    /// The nodes that match.
    pub fn nodes(&self, pattern: &Pattern) -> Vec<usize> {
        (0..self.document.nodes.len()).filter(|node| self.matches(pattern, *node)).collect()
    }

    /// The endpoints that match, but for those that match `without`.
    pub fn endpoints(&self, pattern: &Pattern, without: Option<&Pattern>) -> Vec<usize> {
        let taken_out = |node: usize| without.is_some_and(|without| self.matches(without, node));
        let endpoint = |node: &usize| self.document.nodes[*node].endpoint && !taken_out(*node);
        self.nodes(pattern).into_iter().filter(endpoint).collect()
    }

    fn holds(&self, c: &Condition, node: usize) -> bool {
        let n = &self.document.nodes[node];
        let label = n.label.map(|zone| self.document.zones[zone].name.as_str());
        let kind = KINDS.iter().position(|(_, kind)| *kind == n.kind);
        let in_one = |network: &crate::document::Cidr| {
            c.addresses.as_ref().is_some_and(|all| all.iter().any(|one| one.holds(*network)))
        };
        is_one(&c.zone, label)
            && c.labelled.is_none_or(|labelled| labelled == n.label.is_some())
            && number(&c.tier, self.document.tier(node))
            && number(&c.kind, kind)
            && has_one(&c.tag, &n.tags)
            && has_one(&c.control, &n.controls)
            && is_one(&c.node, Some(&n.id))
            && has_one(&c.business, &n.business)
            && is_one(&c.owner, n.owner.as_deref())
            && c.external.is_none_or(|external| external == (n.kind == Kind::External))
            && c.endpoint.is_none_or(|endpoint| endpoint == n.endpoint)
            && (c.addresses.is_none() || !n.addresses.is_empty() && n.addresses.iter().all(in_one))
            && c.named.is_none_or(|pattern| self.named[pattern][node])
            && c.not.as_ref().is_none_or(|not| !self.matches(not, node))
    }
}

fn is_one(wanted: &Option<Vec<String>>, word: Option<&str>) -> bool {
    wanted.as_ref().is_none_or(|wanted| word.is_some_and(|word| wanted.iter().any(|one| one == word)))
}

fn has_one(wanted: &Option<Vec<String>>, words: &[String]) -> bool {
    wanted.as_ref().is_none_or(|wanted| words.iter().any(|word| wanted.contains(word)))
}

fn number(wanted: &Option<Vec<usize>>, number: Option<usize>) -> bool {
    wanted.as_ref().is_none_or(|wanted| number.is_some_and(|number| wanted.contains(&number)))
}
