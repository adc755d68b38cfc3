//! The VLANs of a link, whose ends may differ: each end carries a list of its own, or takes untagged frames for another VLAN
//! than the other end does. Spec, section 5, "Native" and "VLAN".

use std::borrow::Cow;

use super::halves::Half;
use super::tags::VlanLists;
use crate::document::Link;
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
        let is_switch = |node: u32| Half::at_links(model, node).keeps_tags(model, node);
        let end = |end: usize| if sabotaged!(ForgetsSecondEnd) { 0 } else { end };
        let lists = [0, 1].map(|at| link.vlans_at(end(at)).map(Vec::as_slice));
        let native = link.native().filter(|[first, second]| first != second && !sabotaged!(ForgetsNative));
        // Only a switch looks at tags, so that the list of the end that is one is all there is.
        match ends.map(is_switch) {
            [true, false] => Self::Even(lists[0]),
            [false, true] => Self::Even(lists[1]),
            [false, false] => Self::Even(None),
            [true, true] if native.is_none() && lists[0] == lists[1] => Self::Even(lists[0]),
            [true, true] => Self::Uneven(lists, native),
        }
    }

    /// The sets of tags that it tells apart: its lists, and the untagged VLAN of each end, where they differ.
    pub fn sets(self) -> impl Iterator<Item = Cow<'l, [(u16, u16)]>> {
        let (lists, native) = match self {
            Self::Even(list) => ([list, None], None),
            Self::Uneven(lists, native) => (lists, native),
        };
        let natives = native.into_iter().flatten().map(|vlan| Cow::Owned(vec![(vlan, vlan)]));
        lists.into_iter().flatten().map(Cow::Borrowed).chain(natives)
    }

    /// Whether both ends carry every VLAN, each under the same name.
    pub(crate) const fn are_all(&self) -> bool {
        matches!(self, Self::Even(None))
    }

    /// Numbers of the lists of both ends, and of those of the untagged VLANs.
    pub(crate) fn of_device_link(&self, lists: &mut VlanLists) -> ([u32; 2], Option<[u32; 2]>) {
        match self {
            Self::Even(list) => ([lists.number(*list); 2], None),
            Self::Uneven(ends, native) => {
                let native = native.map(|native| native.map(|vlan| lists.number(Some(&[(vlan, vlan)]))));
                (ends.map(|list| lists.number(list)), native)
            }
        }
    }

    /// The number of the list, where it is one for both ends: where an end does not forward.
    pub(crate) fn of_leaf(&self, lists: &mut VlanLists) -> u32 {
        match self {
            Self::Even(list) | Self::Uneven([list, _], _) => lists.number(*list),
        }
    }
}
