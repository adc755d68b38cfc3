//! A link in 24 bytes: a network has millions of them, and most say no more than their ends.

use std::sync::Arc;

use super::{NameId, Span, Text, Vlans};

/// A link.
#[derive(Clone, Debug)]
pub struct Link<'s> {
    /// The nodes at its first and second end, names of the document.
    pub ends: [NameId; 2],
    /// What only some links say; links that say the same may share it.
    pub(super) details: Option<Arc<LinkDetails<'s>>>,
    /// The whole link.
    pub span: Span,
}

/// What only some links say.
#[derive(Clone, Debug, Default)]
pub struct LinkDetails<'s> {
    /// VLANs; `None` when left out (all, 1–4094).
    pub vlans: Option<Vlans>,
    /// Carries packets from its first end to its second only.
    pub one_way: bool,
    /// Optional id.
    pub id: Option<Text<'s>>,
    /// Interfaces of the two ends, where they are written (`node:interface`), names of the document.
    pub interfaces: [Option<NameId>; 2],
}

impl<'s> Link<'s> {
    /// A link between two nodes that says no more.
    #[must_use]
    pub const fn plain(ends: [NameId; 2], span: Span) -> Self {
        Self { ends, details: None, span }
    }

    /// VLANs; `None` when left out (all, 1–4094).
    #[must_use]
    pub fn vlans(&self) -> Option<&Vlans> {
        self.details.as_ref()?.vlans.as_ref()
    }

    /// Whether it carries packets from its first end to its second only.
    #[must_use]
    pub fn one_way(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.one_way)
    }

    /// Its id, when it has one.
    #[must_use]
    pub fn id(&self) -> Option<&Text<'s>> {
        self.details.as_ref()?.id.as_ref()
    }

    /// The interface of an end (0 or 1), when it is written.
    #[must_use]
    pub fn interface(&self, end: usize) -> Option<NameId> {
        self.details.as_ref().and_then(|details| details.interfaces.get(end).copied().flatten())
    }

    /// The name of the interface of an end (0 or 1) as filters and routes name it: as written, else the node at the
    /// other end.
    #[must_use]
    pub fn interface_or_neighbour(&self, end: usize) -> NameId {
        self.interface(end).unwrap_or(self.ends[usize::from(end == 0)])
    }

    /// What only some links say, to be changed.
    pub fn details_mut(&mut self) -> &mut LinkDetails<'s> {
        Arc::make_mut(self.details.get_or_insert_default())
    }
}
