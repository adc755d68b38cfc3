//! A link as the certificate speaks of it, and the tags with which packets cross it.

use crate::number::number;
use crate::topology::{InterfacePair, TagClass, TagClasses, Vlans};

/// A device of the certificate, which calls it unit: a node that forwards, or one half of an l3-switch. Nothing contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ProofDevice(u32);

impl ProofDevice {
    /// The device at a place in the table of devices.
    pub fn at(index: usize) -> Self {
        Self(number(index))
    }

    /// Its place in the table of devices.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A link between devices or leaves.
pub(super) struct Link {
    pub ends: [(Option<ProofDevice>, u32, InterfacePair); 2],
    /// Classes of the tags that it carries; where its ends differ, that its first end does.
    pub tags: Vec<TagClass>,
    pub one_way: bool,
    /// What its second end does otherwise.
    pub uneven: Option<Box<Uneven>>,
}

/// The second end of a link whose ends differ.
pub(super) struct Uneven {
    tags: Vec<TagClass>,
    /// The classes of the untagged VLANs of both ends.
    native: Option<[TagClass; 2]>,
}

impl Link {
    /// The classes of the tags of a document's link, by what [`Self::tags`] and [`Self::uneven`] hold.
    pub fn tags_of(vlans: &Vlans<'_>, classes: &TagClasses) -> (Vec<TagClass>, Option<Box<Uneven>>) {
        match vlans {
            Vlans::Even(list) => (classes.of(*list), None),
            Vlans::Uneven([first, second], native) => {
                let native = native.and_then(|native| {
                    let [first, second] = native.map(|vlan| classes.of(Some(&[(vlan, vlan)])).first().copied());
                    Some([first?, second?])
                });
                (classes.of(*first), Some(Box::new(Uneven { tags: classes.of(*second), native })))
            }
        }
    }

    /// Whether it keeps any packet of so many classes of tags from crossing it as it is.
    pub fn is_limited(&self, every: usize) -> bool {
        self.one_way || self.tags.len() < every || self.uneven.is_some()
    }

    fn tags_at(&self, end: usize) -> &[TagClass] {
        match &self.uneven {
            Some(uneven) if end == 1 => &uneven.tags,
            _ => &self.tags,
        }
    }

    /// The tag with which what a switch at an end sends with a tag enters the other end, if it does.
    pub fn crossing(&self, from: usize, tag: TagClass) -> Option<TagClass> {
        let Some(uneven) = &self.uneven else { return self.tags.contains(&tag).then_some(tag) };
        let entering = match uneven.native {
            Some(native) if native[from] == tag => native[1 - from],
            _ => tag,
        };
        (self.tags_at(from).contains(&tag) && self.tags_at(1 - from).contains(&entering)).then_some(entering)
    }

    /// The tags with which what has none yet enters the far end: what is emitted, and what comes from what is no switch.
    pub fn entered(&self, from: usize) -> &[TagClass] {
        self.tags_at(1 - from)
    }
}
