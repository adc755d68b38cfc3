//! A link in 24 bytes: a network has millions of them, and most say no more than their ends.

use std::sync::Arc;

use super::terms::Circuit;
use super::{NameId, Text, Vlans, Words};
use crate::source::Span;

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
    /// VLANs of both ends; `None` when left out (all, 1–4094), and where each end has its own.
    pub vlans: Option<Vlans>,
    /// VLANs of each end, where they are given by end; `None` of an end: all.
    pub by_end: Option<Box<[Option<Vlans>; 2]>>,
    /// The VLAN that each end takes untagged frames for.
    pub native: Option<[u16; 2]>,
    /// Carries packets from its first end to its second only.
    pub one_way: bool,
    /// Optional id.
    pub id: Option<Text<'s>>,
    /// What circuit it is; internal when left out.
    pub circuit: Circuit,
    /// Who answers for it; `None` when left out.
    pub owner: Option<Text<'s>>,
    /// Controls; empty when left out.
    pub controls: Words,
    /// Tags; empty when left out.
    pub tags: Words,
    /// Free text.
    pub title: Option<Text<'s>>,
    /// Where it was imported from, `file:line`.
    pub origin: Option<Text<'s>>,
    /// Interfaces of the two ends, where they are written (`node:interface`), names of the document.
    pub interfaces: [Option<NameId>; 2],
}

impl LinkDetails<'_> {
    /// Whether it says nothing but what many links say alike: VLANs of both ends, and that it is one-way.
    pub(super) fn is_shared(&self) -> bool {
        let Self {
            vlans: _,
            by_end,
            native,
            one_way: _,
            id,
            circuit,
            owner,
            controls,
            tags,
            title,
            origin,
            interfaces,
        } = self;
        by_end.is_none()
            && native.is_none()
            && id.is_none()
            && *circuit == Circuit::Internal
            && owner.is_none()
            && controls.is_empty()
            && tags.is_empty()
            && title.is_none()
            && origin.is_none()
            && *interfaces == [None, None]
    }

    /// VLANs of an end (0 or 1); `None` when left out (all, 1–4094).
    #[must_use]
    pub fn vlans_at(&self, end: usize) -> Option<&Vlans> {
        match &self.by_end {
            None => self.vlans.as_ref(),
            Some(ends) => ends.get(end)?.as_ref(),
        }
    }
}

impl<'s> Link<'s> {
    /// A link between two nodes that says no more.
    #[must_use]
    pub const fn plain(ends: [NameId; 2], span: Span) -> Self {
        Self { ends, details: None, span }
    }

    /// VLANs of an end (0 or 1); `None` when left out (all, 1–4094).
    #[must_use]
    pub fn vlans_at(&self, end: usize) -> Option<&Vlans> {
        self.details.as_ref()?.vlans_at(end)
    }

    /// VLANs as one list for both ends; `None` when left out (all, 1–4094), and where each end has its own.
    #[must_use]
    pub fn vlans_of_both(&self) -> Option<&Vlans> {
        self.details.as_ref()?.vlans.as_ref()
    }

    /// Every list of VLANs that it names: one, or one of each end.
    pub fn vlan_lists(&self) -> impl Iterator<Item = &Vlans> {
        let ends = if self.is_uneven() { 2 } else { 1 };
        (0..ends).filter_map(|end| self.vlans_at(end))
    }

    /// Whether an end carries this VLAN and no other: without it nothing would be left of its list.
    #[must_use]
    pub fn carries_only(&self, vlan: u16) -> bool {
        self.vlan_lists().any(|list| !list.is_empty() && list.iter().all(|run| *run == (vlan, vlan)))
    }

    /// Whether it names any VLAN.
    #[must_use]
    pub fn names_vlans(&self) -> bool {
        self.vlan_lists().next().is_some() || self.native().is_some()
    }

    /// Whether an end carries a tag.
    #[must_use]
    pub fn carries(&self, end: usize, tag: u16) -> bool {
        self.vlans_at(end).is_none_or(|vlans| vlans.iter().any(|&(low, high)| low <= tag && tag <= high))
    }

    /// The tag with which the other end takes what leaves this end (0 or 1) with a tag, whether it carries it or not.
    #[must_use]
    pub fn renamed(&self, end: usize, tag: u16) -> u16 {
        match self.native() {
            Some([first, second]) if end == 0 && tag == first => second,
            Some([first, second]) if end == 1 && tag == second => first,
            _ => tag,
        }
    }

    /// The VLAN that each end takes untagged frames for.
    #[must_use]
    pub fn native(&self) -> Option<[u16; 2]> {
        self.details.as_ref()?.native
    }

    /// Whether its two ends may differ in what VLANs they know, or in what they call them.
    #[must_use]
    pub fn is_uneven(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.by_end.is_some() || details.native.is_some())
    }

    /// Where it was imported from, `file:line`.
    #[must_use]
    pub fn origin(&self) -> Option<&Text<'s>> {
        self.details.as_ref()?.origin.as_ref()
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

    /// What circuit it is.
    #[must_use]
    pub fn circuit(&self) -> Circuit {
        self.details.as_ref().map_or(Circuit::Internal, |details| details.circuit)
    }

    /// Who answers for it.
    #[must_use]
    pub fn owner(&self) -> Option<&Text<'s>> {
        self.details.as_ref()?.owner.as_ref()
    }

    /// The controls that it declares.
    #[must_use]
    pub fn controls(&self) -> &[Box<str>] {
        self.details.as_ref().map_or(&[], |details| &details.controls)
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> &[Box<str>] {
        self.details.as_ref().map_or(&[], |details| &details.tags)
    }

    /// Its free text.
    #[must_use]
    pub fn title(&self) -> Option<&Text<'s>> {
        self.details.as_ref()?.title.as_ref()
    }

    /// Takes over which packets another link carries, and which way.
    pub fn take_after(&mut self, like: &Self) {
        let details = self.details_mut();
        *details = match &like.details {
            Some(like) => LinkDetails { id: None, origin: None, interfaces: details.interfaces, ..(**like).clone() },
            None => LinkDetails { interfaces: details.interfaces, ..LinkDetails::default() },
        };
    }

    /// What only some links say, to be changed.
    pub fn details_mut(&mut self) -> &mut LinkDetails<'s> {
        Arc::make_mut(self.details.get_or_insert_default())
    }
}
