//! Endpoints by treatment: two endpoints of one class are told apart by nothing but their ids, so that one search
//! serves them all.

use rustc_hash::FxHashMap as HashMap;

use super::Access;
use crate::model::{HoldingId, Model};
use crate::number::id_type;
use crate::topology::{NONE, Signatures, Topology};

id_type! {
    /// A class of endpoints.
    pub struct ClassId;
}

/// What the members of a class have in common.
#[derive(Clone, Debug)]
pub struct EquivalenceClass {
    /// The members, ascending.
    pub members: Vec<u32>,
    /// Index into [`Classes::accesses`] for all links, and for two-way links.
    pub accesses: [u32; 2],
    /// A(n).
    pub sends: HoldingId,
    /// R(n).
    pub receives: HoldingId,
}

/// All classes.
#[derive(Default)]
pub struct Classes {
    /// The classes.
    pub list: Vec<EquivalenceClass>,
    /// The distinct accesses.
    pub accesses: Vec<Access>,
    /// Class of each node; `None` for nodes that are no endpoints.
    pub of_node: Vec<Option<ClassId>>,
}

impl Classes {
    /// A class by id.
    #[must_use]
    pub fn get(&self, id: ClassId) -> &EquivalenceClass {
        &self.list[id.index()]
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = ClassId> + use<> {
        (0..self.list.len()).map(ClassId::new)
    }
}

/// Groups endpoints by signature and accesses.
pub(super) struct Grouping<'s> {
    signatures: &'s Signatures,
    index: HashMap<(u32, [u32; 2]), ClassId>,
    /// Signature and class that an endpoint on each attachment had last; [`NONE`]: nobody yet.
    last: Vec<(u32, ClassId)>,
}

impl<'s> Grouping<'s> {
    pub fn new(topology: &'s Topology) -> Self {
        Self {
            signatures: &topology.signatures,
            index: HashMap::default(),
            last: vec![(NONE, ClassId(0)); topology.attachments.len()],
        }
    }

    /// The class of an endpoint of a signature that is on this attachment only, if it was met last there.
    pub fn at_attachment(&self, attachment: u32, signature: u32) -> Option<ClassId> {
        let last = self.last.get(attachment as usize).filter(|last| last.0 == signature);
        last.map(|last| last.1)
    }

    /// The class of an endpoint; `attachment` is the one that it is on, or [`NONE`].
    pub fn find(
        &mut self,
        model: &Model<'_>,
        classes: &mut Classes,
        node: u32,
        accesses: [u32; 2],
        attachment: u32,
    ) -> ClassId {
        let signature = self.signatures.of(node);
        let next = ClassId::new(classes.list.len());
        let class = *self.index.entry((signature, accesses)).or_insert_with(|| {
            let (sends, receives) = (model.sends[node as usize], model.receives[node as usize]);
            classes.list.push(EquivalenceClass { members: Vec::new(), accesses, sends, receives });
            next
        });
        if let Some(last) = self.last.get_mut(attachment as usize) {
            *last = (signature, class);
        }
        class
    }
}
