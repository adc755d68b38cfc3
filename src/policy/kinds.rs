//! What kinds of checks have in common for those who decide, show and compare them. A kind that is new has its arms here.

use super::definition::{Asked, Paths};
use super::pattern::{LinkPattern, NodePattern};
use crate::document::ServiceItem;
use crate::document::policy::ExceptionCheck;

/// Whom a requirement speaks of.
#[derive(Clone, Copy, Debug)]
pub enum SpokenOf<'p> {
    /// Endpoints of two sides, but those that match `without`.
    Sides {
        /// The side named first in a tuple, and the side named second.
        sides: [&'p [NodePattern]; 2],
        /// Nodes that are taken out.
        without: Option<&'p [NodePattern]>,
    },
    /// Nodes.
    Nodes(&'p [NodePattern]),
    /// All endpoints.
    Endpoints,
    /// Links.
    Links(&'p [LinkPattern]),
    /// Exceptions that waive one of these; empty: all.
    Exceptions(&'p [String]),
    /// Transfers.
    Transfers,
    /// The document as a whole.
    Document,
}

impl Asked {
    /// Whether it is about who reaches whom: a document of which no such requirement speaks is not worth a verdict.
    #[must_use]
    pub const fn is_of_ways(&self) -> bool {
        matches!(self, Self::Isolation(_) | Self::Through(_) | Self::Sessions { .. } | Self::Segment { .. })
    }

    /// Whether what violates it hangs on what filters, links and relays let through.
    #[must_use]
    pub const fn hangs_on_ways(&self) -> bool {
        matches!(
            self,
            Self::Isolation(_)
                | Self::Through(_)
                | Self::Sessions { .. }
                | Self::Exceptions { check: ExceptionCheck::Peer, .. }
        )
    }

    /// Whether a session follows it: of what the others look at, a quotient document keeps too little, and the whole one is decided.
    #[must_use]
    pub const fn is_followed(&self) -> bool {
        !matches!(
            self,
            Self::Attributes { nodes: None, .. } | Self::Homed { .. } | Self::Segment { .. } | Self::Expects
        )
    }

    /// The services that the last session of a path, or a session, has; `None`: any.
    #[must_use]
    pub fn services(&self) -> Option<&[ServiceItem<'static>]> {
        match self {
            Self::Isolation(Paths { services, .. }) | Self::Through(Paths { services, .. }) => services.as_deref(),
            Self::Sessions { service, .. } => service.as_deref(),
            _ => None,
        }
    }

    /// The sides of it that tell apart endpoints which are alike in everything that filters, relays and exceptions look at.
    /// Segments are decided node by node, without classes of endpoints.
    pub fn marking(&self) -> impl Iterator<Item = &[NodePattern]> {
        let sides = match self.spoken_of() {
            SpokenOf::Sides { sides, .. } if self.is_waivable() => Some(sides),
            _ => None,
        };
        sides.into_iter().flatten().filter(|side| !side.iter().all(NodePattern::is_of_class))
    }

    /// The nodes without which it looks at the network; `None`: it looks at the whole one.
    #[must_use]
    pub fn without(&self) -> Option<&[NodePattern]> {
        match self {
            Self::Isolation(Paths { without, .. }) | Self::Through(Paths { without, .. }) => without.as_deref(),
            Self::Sessions { without, .. } => without.as_deref(),
            _ => None,
        }
    }

    /// The controls that it asks for.
    #[must_use]
    pub fn controls(&self) -> Vec<&String> {
        match self {
            Self::Attributes { controls, any_of, .. } => controls.iter().chain(any_of).collect(),
            _ => Vec::new(),
        }
    }

    /// Whom it speaks of.
    #[must_use]
    pub fn spoken_of(&self) -> SpokenOf<'_> {
        match self {
            Self::Isolation(Paths { a, b, without, .. }) | Self::Through(Paths { a, b, without, .. }) => {
                SpokenOf::Sides { sides: [a, b], without: without.as_deref() }
            }
            Self::Sessions { from, to, without, .. } => {
                SpokenOf::Sides { sides: [from, to], without: without.as_deref() }
            }
            Self::Segment { a, b } => SpokenOf::Sides { sides: [a, b], without: None },
            Self::Homed { nodes, .. } | Self::Placement { nodes, .. } | Self::Attributes { nodes: Some(nodes), .. } => {
                SpokenOf::Nodes(nodes)
            }
            Self::Attributes { links, .. } => SpokenOf::Links(links),
            Self::Labelled => SpokenOf::Endpoints,
            Self::Exceptions { of, .. } => SpokenOf::Exceptions(of),
            Self::Transfers { .. } => SpokenOf::Transfers,
            Self::Evidence { .. } | Self::Expects => SpokenOf::Document,
        }
    }
}
