//! Patterns of nodes and links. What a node is is told by whoever knows the document.

use crate::document::Tier;
use crate::document::policy::LinkMatch;
use crate::document::{Addresses, Cidr, Kind};

/// A condition on a node: all that is given must hold. A list of patterns is a union.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodePattern {
    /// Its label is one of these.
    pub zone: Vec<String>,
    /// Whether it has a label.
    pub labelled: Option<bool>,
    /// Its zone belongs to one of these tiers.
    pub tier: Vec<Tier>,
    /// Its kind is one of these.
    pub kind: Vec<Kind>,
    /// It bears one of these tags.
    pub tag: Vec<String>,
    /// It declares one of these controls.
    pub control: Vec<String>,
    /// Its id is one of these.
    pub node: Vec<String>,
    /// It serves one of these businesses.
    pub business: Vec<String>,
    /// One of these owns it.
    pub owner: Vec<String>,
    /// Whether it is of kind `external`.
    pub external: Option<bool>,
    /// Whether communication begins or ends at it.
    pub endpoint: Option<bool>,
    /// Every address that it declares lies in one of these, and there is one.
    pub addresses: Vec<Cidr>,
    /// It matches the pattern that was named.
    pub named: Option<Named>,
    /// It matches none of these.
    pub not: Option<Vec<NodePattern>>,
}

/// A pattern that another names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it is.
    pub pattern: Vec<NodePattern>,
}

/// A condition on a link.
pub type LinkPattern = LinkMatch<Vec<NodePattern>>;

/// What patterns look at of a node.
#[derive(Clone, Copy, Debug)]
pub struct NodeFacts<'n> {
    /// Its label.
    pub zone: Option<&'n str>,
    /// The tier of its zone.
    pub tier: Option<Tier>,
    /// Its kind.
    pub kind: Kind,
    /// Its tags.
    pub tags: &'n [Box<str>],
    /// The controls that it declares.
    pub controls: &'n [Box<str>],
    /// Its id.
    pub id: &'n str,
    /// The businesses that it serves.
    pub business: &'n [Box<str>],
    /// Who owns it.
    pub owner: Option<&'n str>,
    /// Whether it is an endpoint.
    pub endpoint: bool,
    /// The addresses that it declares.
    pub addresses: &'n Addresses,
}

/// Whether a node matches one of some patterns.
#[must_use]
pub fn any_matches(patterns: &[NodePattern], node: &NodeFacts<'_>) -> bool {
    patterns.iter().any(|pattern| pattern.matches(node))
}

fn is_one(wanted: &[String], word: Option<&str>) -> bool {
    wanted.is_empty() || word.is_some_and(|word| wanted.iter().any(|one| one == word))
}

fn has_one(wanted: &[String], words: &[Box<str>]) -> bool {
    wanted.is_empty() || words.iter().any(|word| wanted.iter().any(|one| **one == **word))
}

impl NodePattern {
    /// Whether a node matches.
    #[must_use]
    pub fn matches(&self, node: &NodeFacts<'_>) -> bool {
        is_one(&self.zone, node.zone)
            && self.labelled.is_none_or(|labelled| labelled == node.zone.is_some())
            && (self.tier.is_empty() || node.tier.is_some_and(|tier| self.tier.contains(&tier)))
            && (self.kind.is_empty() || self.kind.contains(&node.kind))
            && has_one(&self.tag, node.tags)
            && has_one(&self.control, node.controls)
            && is_one(&self.node, Some(node.id))
            && has_one(&self.business, node.business)
            && is_one(&self.owner, node.owner)
            && self.external.is_none_or(|external| external == (node.kind == Kind::External))
            && self.endpoint.is_none_or(|endpoint| endpoint == node.endpoint)
            && (self.addresses.is_empty() || self.holds_addresses(node.addresses))
            && self.named.as_ref().is_none_or(|named| any_matches(&named.pattern, node))
            && self.not.as_ref().is_none_or(|not| !any_matches(not, node))
    }

    /// This pattern, and all that it names or excludes.
    #[must_use]
    pub fn all(&self) -> Vec<&Self> {
        let inner = self.named.iter().flat_map(|named| &named.pattern).chain(self.not.iter().flatten());
        std::iter::once(self).chain(inner.flat_map(Self::all)).collect()
    }

    /// The tag that it asks for, if it asks for one and nothing else.
    #[must_use]
    pub fn only_tag(&self) -> Option<&str> {
        let [tag] = &self.tag[..] else { return None };
        (*self == Self { tag: vec![tag.clone()], ..Self::default() }).then_some(tag)
    }

    /// Whether endpoints that nothing but their ids tells apart on a network match alike: it asks for nothing that may differ.
    #[must_use]
    pub fn is_of_class(&self) -> bool {
        self.all().into_iter().all(|one| {
            let Self { control, node, business, owner, addresses, .. } = one;
            control.is_empty() && node.is_empty() && business.is_empty() && owner.is_empty() && addresses.is_empty()
        })
    }

    /// Whether it looks at nothing of a node but its label and its kind.
    #[must_use]
    pub fn is_of_label_and_kind(&self) -> bool {
        let Self { tag, control, node, business, owner, endpoint, addresses, named, not, .. } = self;
        tag.is_empty()
            && control.is_empty()
            && node.is_empty()
            && business.is_empty()
            && owner.is_empty()
            && endpoint.is_none()
            && addresses.is_empty()
            && named.iter().flat_map(|named| &named.pattern).chain(not.iter().flatten()).all(Self::is_of_label_and_kind)
    }

    fn holds_addresses(&self, declared: &Addresses) -> bool {
        !declared.is_empty() && declared.iter().all(|one| self.addresses.iter().any(|network| holds(network, &one)))
    }
}

/// Whether a network holds another, or an address.
pub(super) fn holds(network: &Cidr, other: &Cidr) -> bool {
    if network.family != other.family || network.length > other.length {
        return false;
    }
    let width = if network.family == crate::document::Family::V4 { 32 } else { 128 };
    let free = width - u32::from(network.length);
    network.network.checked_shr(free).unwrap_or(0) == other.network.checked_shr(free).unwrap_or(0)
}
