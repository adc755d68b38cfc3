//! Endpoints by treatment: two endpoints of one class are told apart by nothing but their ids, so that one search
//! serves them all.

use rustc_hash::FxHashMap as HashMap;

use super::Attachment;
use crate::document::{Kind, Words};
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

#[derive(PartialEq, Eq, Hash)]
struct Key {
    attachments: [u32; 2],
    label: Option<u32>,
    kind: Kind,
    sends: HoldingId,
    receives: HoldingId,
    declared: Option<HoldingId>,
    tags: u32,
    individual: u32,
}

/// Groups endpoints.
pub(super) struct Grouping {
    index: HashMap<Key, ClassId>,
    tags: HashMap<Words, u32>,
    /// Nodes that must stand alone: those with relay entries, and those that relays and exceptions name.
    individuals: Vec<bool>,
}

impl Grouping {
    pub(super) fn new(model: &Model<'_>) -> Self {
        Self { index: HashMap::default(), tags: HashMap::default(), individuals: model.individuals() }
    }

    pub(super) fn add(&mut self, model: &Model<'_>, classes: &mut Classes, node: u32, attachments: [u32; 2]) {
        let at = node as usize;
        let value = &model.document.nodes[at];
        let tags = if value.tags.is_empty() {
            0
        } else if let Some(&known) = self.tags.get(&value.tags) {
            known
        } else {
            let next = u32::try_from(self.tags.len() + 1).unwrap_or(u32::MAX);
            self.tags.insert(value.tags.clone(), next);
            next
        };
        let passes_nothing = value.relays().is_some_and(<[_]>::is_empty);
        let key = Key {
            attachments,
            label: model.labels.labels[at],
            kind: value.kind,
            sends: model.sends[at],
            receives: model.receives[at],
            declared: model.declared.get(at).copied(),
            tags,
            individual: if self.individuals[at] { node + 2 } else { u32::from(passes_nothing) },
        };
        let next = ClassId(u32::try_from(classes.list.len()).unwrap_or(u32::MAX));
        let (sends, receives) = (key.sends, key.receives);
        let id = *self.index.entry(key).or_insert_with(|| {
            classes.list.push(Class { members: Vec::new(), attachments, sends, receives });
            next
        });
        classes.list[id.0 as usize].members.push(node);
        classes.of_node[at] = Some(id);
    }
}
