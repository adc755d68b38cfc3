//! Endpoints by treatment: two endpoints of one class are told apart by nothing but their ids, so that one search
//! serves them all.

use rustc_hash::FxHashMap as HashMap;

use super::Attachment;
use super::skeleton::{NONE, Skeleton};
use crate::document::Words;
use crate::model::{HoldingId, Model};

/// A class of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// What the members of a class have in common.
#[derive(Clone, Debug)]
pub struct Class {
    /// The members, ascending.
    pub members: Vec<u32>,
    /// Index into [`Classes::attachments`] for all links, and for two-way links.
    pub attachments: [u32; 2],
    /// A(n).
    pub sends: HoldingId,
    /// R(n).
    pub receives: HoldingId,
}

/// All classes.
#[derive(Default)]
pub struct Classes {
    /// The classes.
    pub list: Vec<Class>,
    /// The distinct attachments.
    pub attachments: Vec<Attachment>,
    /// Class of each node; `None` for nodes that are no endpoints.
    pub of_node: Vec<Option<ClassId>>,
}

impl Classes {
    /// A class by id.
    #[must_use]
    pub fn get(&self, id: ClassId) -> &Class {
        &self.list[id.0 as usize]
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = ClassId> + use<> {
        (0..u32::try_from(self.list.len()).unwrap_or(u32::MAX)).map(ClassId)
    }
}

/// What an endpoint is, wherever it is: A and R, declared single addresses and label, tags and whether it stands alone,
/// kind. Packed, for there are a million of them.
type Sort = [u64; 4];

/// The sorts of all endpoints, as numbers.
pub(super) struct Sorts(Vec<u32>);

impl Sorts {
    /// The sorts of a model's endpoints.
    pub fn new(model: &Model<'_>) -> Self {
        let mut sorts: HashMap<Sort, u32> = HashMap::default();
        let mut lists: HashMap<&Words, u32> = HashMap::default();
        // Nodes that must stand alone: those with relay entries, and those that relays and exceptions name.
        let individuals = model.individuals();
        let mut of_node = vec![0; model.document.nodes.len()];
        let endpoints = model.document.nodes.iter().zip(&model.labels.endpoint).enumerate();
        for (at, (node, _)) in endpoints.filter(|(_, (_, endpoint))| **endpoint) {
            let tags = if node.tags.is_empty() {
                0
            } else {
                let next = u32::try_from(lists.len() + 1).unwrap_or(u32::MAX);
                *lists.entry(&node.tags).or_insert(next)
            };
            let passes_nothing = node.relays().is_some_and(<[_]>::is_empty);
            let number = u32::try_from(at).unwrap_or(u32::MAX);
            let individual = if individuals[at] { u64::from(number) + 2 } else { u64::from(passes_nothing) };
            let one_more = |number: Option<u32>| number.map_or(0, |number| u64::from(number) + 1);
            let holding = |id: HoldingId| u64::from(id.number());
            let declared = one_more(model.declared.get(at).map(|id| id.number()));
            let sort = [
                holding(model.sends[at]) << 32 | holding(model.receives[at]),
                declared << 32 | one_more(model.labels.labels[at]),
                u64::from(tags) << 32 | individual,
                node.kind as u64,
            ];
            let next = u32::try_from(sorts.len()).unwrap_or(u32::MAX);
            of_node[at] = *sorts.entry(sort).or_insert(next);
        }
        Self(of_node)
    }

    /// The sort of an endpoint.
    pub fn of(&self, node: u32) -> u32 {
        self.0[node as usize]
    }
}

/// Groups endpoints by sort and attachments.
pub(super) struct Grouping<'s> {
    sorts: &'s Sorts,
    index: HashMap<(u32, [u32; 2]), ClassId>,
    /// Sort and class that an endpoint on each port had last; [`NONE`]: nobody yet.
    last: Vec<(u32, ClassId)>,
}

impl<'s> Grouping<'s> {
    pub fn new(skeleton: &'s Skeleton) -> Self {
        Self { sorts: &skeleton.sorts, index: HashMap::default(), last: vec![(NONE, ClassId(0)); skeleton.ports.len()] }
    }

    /// The class of an endpoint of a sort that is on this port only, if it was met last there.
    pub fn at_port(&self, port: u32, sort: u32) -> Option<ClassId> {
        let last = self.last.get(port as usize).filter(|last| last.0 == sort);
        last.map(|last| last.1)
    }

    /// The class of an endpoint; `port` is the one that it is on, or [`NONE`].
    pub fn find(
        &mut self,
        model: &Model<'_>,
        classes: &mut Classes,
        node: u32,
        attachments: [u32; 2],
        port: u32,
    ) -> ClassId {
        let sort = self.sorts.of(node);
        let next = ClassId(u32::try_from(classes.list.len()).unwrap_or(u32::MAX));
        let class = *self.index.entry((sort, attachments)).or_insert_with(|| {
            let (sends, receives) = (model.sends[node as usize], model.receives[node as usize]);
            classes.list.push(Class { members: Vec::new(), attachments, sends, receives });
            next
        });
        if let Some(last) = self.last.get_mut(port as usize) {
            *last = (sort, class);
        }
        class
    }
}
