//! VLANs of links whose ends may differ: each end carries a list of its own, or takes untagged frames for another VLAN than
//! the other end does. Spec, section 5, "Native" and "VLAN".

use super::hubs::View;
use super::predicate::TRUE;
use super::regions::Builder;
use super::skeleton::Join;
use super::tags::{TagClass, VlanLists};
use crate::document::{Kind, Link};
use crate::model::Model;

/// A list of VLANs; `None`: all.
type List<'l> = Option<&'l [(u16, u16)]>;

/// The VLANs of a link.
#[derive(Clone, Copy)]
pub enum Vlans<'l> {
    /// The same at both ends.
    Even(List<'l>),
    /// Each end has its own, or its own untagged one.
    Uneven([List<'l>; 2], Option<[u16; 2]>),
}

impl<'l> Vlans<'l> {
    /// Those of a link between two nodes.
    #[must_use]
    pub fn of(model: &'l Model<'_>, link: &'l Link<'_>, ends: [u32; 2]) -> Self {
        if !link.is_uneven() {
            return Self::Even(link.vlans_of_both().map(Vec::as_slice));
        }
        let is_switch = |node: u32| {
            let kind = model.document.nodes[node as usize].kind;
            model.labels.forwards[node as usize] && matches!(kind, Kind::Switch | Kind::L3Switch)
        };
        let lists = [0, 1].map(|end| link.vlans_at(end).map(Vec::as_slice));
        let native = link.native().filter(|[first, second]| first != second);
        // Only a switch looks at tags, so that the list of the end that is one is all there is.
        match ends.map(is_switch) {
            [true, false] => Self::Even(lists[0]),
            [false, true] => Self::Even(lists[1]),
            [false, false] => Self::Even(None),
            [true, true] if native.is_none() && lists[0] == lists[1] => Self::Even(lists[0]),
            [true, true] => Self::Uneven(lists, native),
        }
    }

    /// The lists that it names.
    pub fn lists(self) -> impl Iterator<Item = &'l [(u16, u16)]> {
        let lists = match self {
            Self::Even(list) => [list, None],
            Self::Uneven(lists, _) => lists,
        };
        lists.into_iter().flatten()
    }

    /// Whether both ends carry every VLAN, each under the same name.
    pub(super) const fn are_all(&self) -> bool {
        matches!(self, Self::Even(None))
    }

    /// Numbers of the lists of both ends, and of those of the untagged VLANs.
    pub(super) fn of_join(&self, lists: &mut VlanLists) -> ([u32; 2], Option<[u32; 2]>) {
        match self {
            Self::Even(list) => ([lists.number(*list); 2], None),
            Self::Uneven(ends, native) => {
                let native = native.map(|native| native.map(|vlan| lists.number(Some(&[(vlan, vlan)]))));
                (ends.map(|list| lists.number(list)), native)
            }
        }
    }

    /// The number of the list, where it is one for both ends: where an end does not forward.
    pub(super) fn of_leaf(&self, lists: &mut VlanLists) -> u32 {
        match self {
            Self::Even(list) | Self::Uneven([list, _], _) => lists.number(*list),
        }
    }
}

/// Makes the places of an uneven link: for each end and each of its tags one where packets leave, and one where they arrive;
/// and the ways from what leaves one end to what arrives at the other. Returns the first.
pub(super) fn wire(join: &Join, tags: [&[TagClass]; 2], view: &View<'_>, builder: &mut Builder) -> u32 {
    let first = builder.nodes(2 * (tags[0].len() + tags[1].len()));
    let place = |end: usize, at: usize| {
        let before = if end == 1 { tags[0].len() } else { 0 };
        first + 2 * u32::try_from(before + at).unwrap_or(u32::MAX)
    };
    // Untagged VLANs are classes of their own, for each is a list of its own.
    let native = join.native.map(|lists| lists.map(|list| view.tags(list).first().copied()));
    for from in [0, 1].into_iter().take(2 - usize::from(join.one_way)) {
        for (at, &tag) in tags[from].iter().enumerate() {
            let entering = match native {
                Some(native) if native[from] == Some(tag) => native[1 - from].unwrap_or(tag),
                _ => tag,
            };
            if let Ok(there) = tags[1 - from].binary_search(&entering) {
                builder.edge(place(from, at), place(1 - from, there) + 1, TRUE);
            }
        }
    }
    first
}
