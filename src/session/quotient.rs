//! What stands for what: a session decides a quotient document in which one place stands for many that are alike.
//!
//! * Endpoints that are *alike* (same kind, zone, words, attachment, and addresses in the same cells) form a group; two of a group
//!   stand for all of it, since a session needs two different ends.
//! * A plain switch with one trunk to another, whose other links carry nothing that the trunk does not, is a *leaf switch*: whatever
//!   hangs on it might as well hang on the other.
//! * Plain routers that two-way links join are one *run*: packets go back and forth between them freely.
//!
//! Whatever is not certain to be one of these is kept as it is. Spec, sections 3 to 5; `docs/decisions/0012-session.md` has the
//! reasons why nothing is lost.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use super::address_atoms::{AddressAtomId, AddressAtoms};
use super::store::{LinkNumber, NodeNumber, Store};
use crate::document::{Cidr, Kind, NameId, Node, NodeDetails, Words};
use crate::number::number;

/// Where a node went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// There is no such node.
    Gone,
    /// It stands for itself.
    Kept,
    /// It is one of a group, at this position.
    Member { group: u32, at: u32 },
    /// A switch whose links are taken for links of its parent; the link joins the two.
    LeafSwitch { parent: NodeNumber, link: LinkNumber },
    /// A router of a run.
    Contracted { run: u32 },
}

/// What endpoints hang on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Anchor {
    Node(NodeNumber),
    Run(u32),
}

/// The one link of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Attached {
    pub anchor: Anchor,
    /// The interface at the anchor, where the anchor mentions it.
    pub far: Option<NameId>,
    /// Number of the set of VLANs.
    pub vlans: u32,
    /// Whether it carries packets from the endpoint, and to it.
    pub carries: [bool; 2],
}

/// An entry of `addresses`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// A single address, by its cell and the labels of all who declare it.
    Single {
        cell: AddressAtomId,
        labels: u32,
    },
    Block(Cidr),
}

/// What the members of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub attached: Option<Attached>,
    kind: Kind,
    zone: Option<u32>,
    controls: u32,
    tags: u32,
    passes_nothing: bool,
    /// What the policy tells apart.
    mark: u32,
    pub addresses: Box<[Part]>,
}

/// Endpoints that are alike; none: the slot is free.
pub(super) struct Group {
    pub key: Key,
    pub members: Vec<NodeNumber>,
}

/// Where every node went.
pub(super) struct Quotient {
    pub places: Vec<Place>,
    pub kept: BTreeSet<NodeNumber>,
    /// Links that the quotient document has, beside those of groups.
    pub visible: BTreeSet<LinkNumber>,
    pub groups: Vec<Group>,
    pub by_key: HashMap<Key, u32>,
    free_groups: Vec<u32>,
    /// How many leaf switches each node is the parent of, and a bound on how deep they hang.
    pub children: Vec<u32>,
    pub height: Vec<u8>,
    /// Routers of each run.
    pub run_sizes: Vec<u32>,
    pub free_runs: Vec<u32>,
    pub cells: AddressAtoms,
    words: HashMap<Words, u32>,
    marks: HashMap<Vec<bool>, u32>,
    label_sets: HashMap<Vec<Option<u32>>, u32>,
    pub subsets: HashMap<(u32, u32), bool>,
    /// Whether the quotient document is another than the one last decided.
    pub changed: bool,
    /// Endpoints to be looked at again.
    pub queue: Vec<NodeNumber>,
    /// While everything is placed for the first time, links are not looked at.
    pub bulk: bool,
}

/// Details that say nothing of how packets or data pass.
pub(super) fn is_plain(details: Option<&NodeDetails<'_>>) -> bool {
    details.is_none_or(|details| {
        details.filters.is_none()
            && details.relays.is_none()
            && details.routes.is_none()
            && details.nat.is_none()
            && details.routed_vlans.is_none()
    })
}

impl Quotient {
    /// Nothing is placed yet.
    pub fn new() -> Self {
        Self {
            places: Vec::new(),
            kept: BTreeSet::new(),
            visible: BTreeSet::new(),
            groups: Vec::new(),
            by_key: HashMap::default(),
            free_groups: Vec::new(),
            children: Vec::new(),
            height: Vec::new(),
            run_sizes: Vec::new(),
            free_runs: Vec::new(),
            cells: AddressAtoms::new(),
            words: HashMap::default(),
            marks: HashMap::default(),
            label_sets: HashMap::default(),
            subsets: HashMap::default(),
            changed: true,
            queue: Vec::new(),
            bulk: false,
        }
    }

    /// Makes room for nodes up to this number.
    pub fn grow(&mut self, nodes: NodeNumber) {
        let nodes = nodes as usize;
        if self.places.len() < nodes {
            self.places.resize(nodes, Place::Gone);
            self.children.resize(nodes, 0);
            self.height.resize(nodes, 0);
        }
    }

    pub fn place(&self, node: NodeNumber) -> Place {
        self.places[node as usize]
    }

    /// Puts a node somewhere; not for members, which are put by [`Self::join`].
    pub fn put(&mut self, store: &Store<'_>, node: NodeNumber, place: Place) {
        let before = std::mem::replace(&mut self.places[node as usize], place);
        if before == place {
            return;
        }
        if before == Place::Kept {
            self.kept.remove(&node);
        }
        if place == Place::Kept {
            self.kept.insert(node);
        }
        let is_member = |place: Place| matches!(place, Place::Member { .. });
        // Groups know themselves whether a member more or less changes anything.
        self.changed |= !(is_member(before) && place == Place::Gone || before == Place::Gone && is_member(place));
        self.look_at_links(store, node);
    }

    /// Finds out anew which links of a node the quotient document has.
    pub fn look_at_links(&mut self, store: &Store<'_>, node: NodeNumber) {
        if self.bulk {
            return;
        }
        for &link in store.links_of(node) {
            self.look_at_link(store, link);
        }
    }

    /// Finds out anew whether the quotient document has a link.
    pub fn look_at_link(&mut self, store: &Store<'_>, link: LinkNumber) {
        let visible = store.link(link).is_some_and(|stored| {
            let places = stored.ends.map(|end| self.place(end));
            let contracted = |place: &Place| matches!(place, Place::Contracted { .. });
            let hides = |place: &Place| match *place {
                Place::Gone | Place::Member { .. } => true,
                Place::LeafSwitch { link: trunk, .. } => trunk == link,
                Place::Kept | Place::Contracted { .. } => false,
            };
            !places.iter().any(hides) && (stored.link.one_way() || !places.iter().all(contracted))
        });
        self.changed |= if visible { self.visible.insert(link) } else { self.visible.remove(&link) };
    }

    /// What a node that forwards is taken for.
    pub fn anchor(&self, node: NodeNumber) -> Anchor {
        let mut at = node;
        loop {
            match self.place(at) {
                Place::LeafSwitch { parent, .. } => at = parent,
                Place::Contracted { run } => return Anchor::Run(run),
                _ => return Anchor::Node(at),
            }
        }
    }

    fn words(&mut self, words: &Words) -> u32 {
        let next = number(self.words.len());
        if let Some(&known) = self.words.get(words) {
            return known;
        }
        self.words.insert(words.clone(), next);
        next
    }

    /// The labels of all who declare an address, as a number.
    fn labels_of(&mut self, store: &Store<'_>, holders: &[NodeNumber]) -> u32 {
        let label = |node: NodeNumber| store.facts[node as usize].label;
        if let [first, rest @ ..] = holders
            && rest.iter().all(|&other| label(other) == label(*first))
        {
            return label(*first).map_or(0, |zone| zone + 1);
        }
        let mut labels: Vec<Option<u32>> = holders.iter().map(|&node| label(node)).collect();
        labels.sort_unstable();
        labels.dedup();
        // Behind the numbers of single labels.
        let next = (1 << 31) + number(self.label_sets.len());
        *self.label_sets.entry(labels).or_insert(next)
    }

    /// What an endpoint has in common with those that are alike; `None`: it stands for itself.
    fn key(&mut self, store: &Store<'_>, node: NodeNumber) -> Option<Key> {
        let value = store.node(node)?;
        let facts = store.facts[node as usize];
        let details = value.details.as_deref();
        let passes_nothing = details.is_some_and(|details| details.relays.as_ref().is_some_and(Vec::is_empty));
        let plain = is_plain(details) || passes_nothing && details.is_some_and(only_passes_nothing);
        // These kinds are errors without a filter, or where they do not forward.
        let odd = matches!(value.kind, Kind::Firewall | Kind::L3Switch);
        if facts.forwards || !plain || odd || store.is_mentioned(value.id) {
            return None;
        }
        let attached = match *store.links_of(node) {
            [] => None,
            [link] => {
                let stored = store.link(link)?;
                let end = usize::from(stored.ends[0] != node);
                let other = stored.ends[1 - end];
                if !store.facts[other as usize].forwards {
                    return None;
                }
                let far = stored.link.interface(1 - end).filter(|&name| store.mentions_interface(other, name));
                let carries = if stored.link.one_way() { [end == 0, end == 1] } else { [true; 2] };
                Some(Attached { anchor: self.anchor(other), far, vlans: stored.vlans, carries })
            }
            _ => return None,
        };
        let singles = value.addresses.iter().filter(Cidr::is_single).count();
        if singles > 0 && singles < value.addresses.len() {
            return None;
        }
        let mut addresses = Vec::with_capacity(value.addresses.len());
        for cidr in value.addresses.iter() {
            if !cidr.is_single() {
                addresses.push(Part::Block(cidr));
                continue;
            }
            let cell = self.cells.of(cidr.family, cidr.network);
            // Where every address of a cell is somebody's, whoever is left out would leave a hole.
            self.cells.get(cell).gap?;
            let labels = self.labels_of(store, store.holders(cidr.family, cidr.network));
            addresses.push(Part::Single { cell, labels });
        }
        let (controls, tags) = (self.words(&value.controls), self.words(&value.tags));
        let (kind, zone) = (value.kind, facts.zone);
        let mark = if store.asked.is_empty() {
            0
        } else {
            let next = number(self.marks.len());
            let bits = store.asked.of(value, store.text(value.id), facts.label);
            *self.marks.entry(bits).or_insert(next)
        };
        Some(Key { attached, kind, zone, controls, tags, passes_nothing, mark, addresses: addresses.into() })
    }

    /// Puts an endpoint where it belongs now.
    pub fn place_endpoint(&mut self, store: &Store<'_>, node: NodeNumber) {
        let key = self.key(store, node);
        if let (Place::Member { group, .. }, Some(key)) = (self.place(node), &key)
            && self.groups[group as usize].key == *key
        {
            return;
        }
        self.leave(node);
        match key {
            Some(key) => self.join(store, node, key),
            None => self.put(store, node, Place::Kept),
        }
    }

    /// Takes a node out of its group, if it is in one.
    pub fn leave(&mut self, node: NodeNumber) {
        let Place::Member { group, at } = self.place(node) else { return };
        self.places[node as usize] = Place::Gone;
        let members = &mut self.groups[group as usize].members;
        members.swap_remove(at as usize);
        if let Some(&moved) = members.get(at as usize) {
            self.places[moved as usize] = Place::Member { group, at };
        }
        let left = self.groups[group as usize].members.len();
        self.changed |= left < 2;
        if left == 0 {
            self.by_key.remove(&self.groups[group as usize].key);
            self.free_groups.push(group);
        }
    }

    fn join(&mut self, store: &Store<'_>, node: NodeNumber, key: Key) {
        let group = match self.by_key.get(&key) {
            Some(&known) => known,
            None => self.open_group(key),
        };
        let members = &mut self.groups[group as usize].members;
        members.push(node);
        let at = number(members.len() - 1);
        self.changed |= at < 2;
        self.put(store, node, Place::Member { group, at });
    }

    /// A new group without members yet.
    pub fn open_group(&mut self, key: Key) -> u32 {
        let group = self.free_groups.pop().unwrap_or_else(|| number(self.groups.len()));
        self.by_key.insert(key.clone(), group);
        let new = Group { key, members: Vec::new() };
        match self.groups.get_mut(group as usize) {
            Some(slot) => *slot = new,
            None => self.groups.push(new),
        }
        group
    }

    /// Looks at all endpoints that were put off.
    pub fn settle(&mut self, store: &Store<'_>) {
        let mut queue = std::mem::take(&mut self.queue);
        queue.sort_unstable();
        queue.dedup();
        for node in queue.drain(..) {
            if store.node(node).is_some() && !store.facts[node as usize].forwards {
                self.place_endpoint(store, node);
            }
        }
        self.queue = queue;
    }
}

/// Whether `relays: []` is all that the details say.
fn only_passes_nothing(details: &NodeDetails<'_>) -> bool {
    details.filters.is_none() && details.routes.is_none() && details.nat.is_none() && details.routed_vlans.is_none()
}

/// A node that forwards and says no more than that.
pub(super) fn is_bare(store: &Store<'_>, node: NodeNumber, value: &Node<'_>) -> bool {
    store.facts[node as usize].forwards
        && !store.asked.keeps_forwarders
        && is_plain(value.details.as_deref())
        && value.zone.is_none()
        && value.addresses.is_empty()
        && value.tags.is_empty()
        && !store.is_mentioned(value.id)
}
