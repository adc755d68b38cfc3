//! What stands for what in a large document: searches go through a part of its network in which every endpoint has another that is alike.
//!
//! A plain switch is a *leaf switch* of another where one link alone joins it to what forwards, both ways, and carries every VLAN that
//! its other links carry. Whatever hangs on it might as well hang on any other leaf switch with the same VLANs up to the same node: a
//! VLAN that a link up there lacks is no help, since the links below lack it too. So endpoints are *alike* that nothing tells apart
//! but their ids and which of such switches they hang on; of a class of them one is looked for, on the switch that it has
//! (`docs/decisions`, 0026).
//!
//! What is found so is a way of the document as it is; that none has fewer obstacles rests on what is said here.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::document::{Document, Vlans, Words};
use crate::engine::route::Adjacency;
use crate::engine::trace::Half;
use crate::graph::Csr;
use crate::model::{LinkId, Model};
use crate::number::number;

/// Stands for "none".
const NONE: u32 = u32::MAX;

/// What stands for what.
pub(super) struct Fold {
    /// The switch that each leaf switch hangs on, by node; [`NONE`]: it is no leaf switch.
    parents: Vec<u32>,
    /// The class of each endpoint, by node; [`NONE`]: it is none.
    classes: Vec<u32>,
    /// The members of each class, ascending.
    members: Csr,
}

impl Fold {
    /// O(nodes + links + tags of distinct lists).
    pub fn new(adjacency: &Adjacency<'_, '_>) -> Self {
        let mut lists = Lists::new(adjacency);
        let leaves = Leaves::find(adjacency, &mut lists);
        let classes = Classes::new(adjacency, &mut lists, &leaves).find();
        let count = classes.iter().filter(|&&class| class != NONE).max().map_or(0, |&last| last as usize + 1);
        let nodes = (0..number(classes.len())).zip(classes.iter().copied());
        let members = Csr::new(count, nodes.filter(|(_, class)| *class != NONE).map(|(node, class)| (class, node)));
        Self { parents: leaves.parents, classes, members }
    }

    /// One endpoint of each class, in the order of the document; those `alone` stand for themselves. Whatever hangs on leaf switches at
    /// the end of one of `links` is only told apart by which of them it hangs on.
    pub fn representatives(&self, adjacency: &Adjacency<'_, '_>, alone: &BTreeSet<u32>, links: &[LinkId]) -> Vec<u32> {
        let kept = self.kept(adjacency, links);
        let under = self.under(adjacency, &kept);
        let mut out: Vec<u32> = alone.iter().copied().collect();
        let mut met: HashSet<(usize, u32)> = HashSet::default();
        for class in 0..self.members.keys() {
            let own = self.members.of(number(class));
            let mut free = own.iter().filter(|node| !alone.contains(node));
            if under.is_empty() {
                out.extend(free.next());
                continue;
            }
            for &node in free {
                let place = under.get(&node).copied().unwrap_or(NONE);
                // What has several links hangs on several switches.
                if (place != NONE && adjacency.links_of(node).nth(1).is_some()) || met.insert((class, place)) {
                    out.push(node);
                }
            }
        }
        out.sort_unstable();
        out
    }

    /// The first of some endpoints of each class.
    pub fn first_of_each(&self, nodes: &[u32]) -> Vec<u32> {
        let mut met = HashSet::default();
        nodes.iter().copied().filter(|&node| met.insert(self.classes[node as usize])).collect()
    }

    /// The leaf switches at the ends of some links, and those that they hang on.
    fn kept(&self, adjacency: &Adjacency<'_, '_>, links: &[LinkId]) -> HashSet<u32> {
        let mut out = HashSet::default();
        for &link in links {
            for mut at in adjacency.model().names.links[link.index()] {
                while self.parents[at as usize] != NONE && out.insert(at) {
                    at = self.parents[at as usize];
                }
            }
        }
        out
    }

    /// The endpoints below some leaf switches, each with the nearest of them.
    fn under(&self, adjacency: &Adjacency<'_, '_>, kept: &HashSet<u32>) -> HashMap<u32, u32> {
        let mut out = HashMap::default();
        let mut to_do: Vec<(u32, u32)> = kept.iter().map(|&switch| (switch, switch)).collect();
        while let Some((at, nearest)) = to_do.pop() {
            for (link, second) in adjacency.links_of(at) {
                let other = adjacency.model().names.links[link.index()][usize::from(!second)];
                if !adjacency.model().labels.forwards[other as usize] {
                    out.insert(other, nearest);
                } else if self.parents[other as usize] == at && !kept.contains(&other) {
                    to_do.push((other, nearest));
                }
            }
        }
        out
    }
}

/// The links between some endpoints and what forwards, but for leaf switches that none of them hangs on.
pub(super) struct Links {
    fold: Rc<Fold>,
    /// Leaf switches that are there.
    open: HashSet<u32>,
    /// The endpoints.
    ends: HashSet<u32>,
    /// Links to them, by the node at the other end.
    access: HashMap<u32, Vec<(LinkId, bool)>>,
    /// Links of nodes that were asked for.
    known: RefCell<HashMap<u32, Rc<[(LinkId, bool)]>>>,
}

impl Links {
    /// Those between these endpoints.
    pub fn between(fold: &Rc<Fold>, adjacency: &Adjacency<'_, '_>, ends: &[u32]) -> Self {
        let (mut open, mut access): (_, HashMap<u32, Vec<(LinkId, bool)>>) = (HashSet::default(), HashMap::default());
        let model = adjacency.model();
        for &end in ends {
            for (link, second) in adjacency.access_links_of(end) {
                let other = model.names.links[link.index()][usize::from(!second)];
                if !model.labels.forwards[other as usize] {
                    continue;
                }
                access.entry(other).or_default().push((link, !second));
                let mut at = other;
                while fold.parents[at as usize] != NONE && open.insert(at) {
                    at = fold.parents[at as usize];
                }
            }
        }
        access.values_mut().for_each(|links| links.sort_unstable());
        let ends = ends.iter().copied().collect();
        Self { fold: Rc::clone(fold), open, ends, access, known: RefCell::default() }
    }

    /// Those of a node, each with whether it is the second end.
    pub fn of(&self, adjacency: &Adjacency<'_, '_>, node: u32) -> Rc<[(LinkId, bool)]> {
        if let Some(known) = self.known.borrow().get(&node) {
            return Rc::clone(known);
        }
        let model = adjacency.model();
        let other = |&(link, second): &(LinkId, bool)| model.names.links[link.index()][usize::from(!second)];
        let trunks = adjacency.trunk_links_of(node).filter(|link| self.is_there(other(link)));
        let own = adjacency.access_links_of(node).filter(|_| !model.labels.forwards[node as usize]);
        let own = own.filter(|link| model.labels.forwards[other(link) as usize] || self.ends.contains(&other(link)));
        let access = self.access.get(&node).into_iter().flatten().copied();
        let found: Rc<[(LinkId, bool)]> = trunks.chain(own).chain(access).collect();
        self.known.borrow_mut().insert(node, Rc::clone(&found));
        found
    }

    /// Whether a node is a leaf switch.
    pub fn is_leaf(&self, node: u32) -> bool {
        self.fold.parents[node as usize] != NONE
    }

    fn is_there(&self, node: u32) -> bool {
        !self.is_leaf(node) || self.open.contains(&node)
    }
}

/// Lists of VLANs by number, and which tags each holds of those that stand for all.
struct Lists<'a, 'd> {
    tags: &'a [u16],
    numbers: HashMap<&'d [(u16, u16)], u32>,
    /// Those of links that share what they say, by where it is.
    shared: HashMap<*const (u16, u16), u32>,
    held: Vec<Vec<bool>>,
    within: HashMap<(u32, u32), bool>,
}

impl<'a, 'd> Lists<'a, 'd> {
    fn new(adjacency: &'a Adjacency<'_, 'd>) -> Self {
        let tags = adjacency.tags();
        let held = vec![vec![true; tags.len()]];
        Self { tags, numbers: HashMap::default(), shared: HashMap::default(), held, within: HashMap::default() }
    }

    /// The number of a list; all VLANs are 0.
    fn number(&mut self, list: Option<&'d Vlans>) -> u32 {
        let Some(list) = list else { return 0 };
        if let Some(&known) = self.shared.get(&list.as_ptr()) {
            return known;
        }
        let next = number(self.held.len());
        let at = *self.numbers.entry(list).or_insert(next);
        if at == next {
            let holds = |tag: &u16| list.iter().any(|(low, high)| (low..=high).contains(&tag));
            self.held.push(self.tags.iter().map(holds).collect());
        }
        self.shared.insert(list.as_ptr(), at);
        at
    }

    fn is_within(&mut self, inner: u32, outer: u32) -> bool {
        let held = &self.held;
        let [a, b] = [inner, outer].map(|list| &held[list as usize]);
        inner == outer || *self.within.entry((inner, outer)).or_insert_with(|| a.iter().zip(b).all(|(a, b)| *b || !*a))
    }
}

/// Leaf switches, with what they hang on and by which link.
struct Leaves {
    parents: Vec<u32>,
    trunks: Vec<Option<LinkId>>,
}

impl Leaves {
    fn find<'d>(adjacency: &Adjacency<'_, 'd>, lists: &mut Lists<'_, 'd>) -> Self {
        let model = adjacency.model();
        let count = model.document.nodes.len();
        let mut out = Self { parents: vec![NONE; count], trunks: vec![None; count] };
        let mut up: Vec<u32> = vec![0; count];
        for node in (0..number(count)).filter(|&node| model.labels.forwards[node as usize]) {
            up[node as usize] = number(adjacency.trunk_links_of(node).count());
        }
        let mut to_do: Vec<u32> = (0..number(count)).rev().filter(|&node| up[node as usize] == 1).collect();
        while let Some(node) = to_do.pop() {
            let Some((parent, link)) = out.trunk(adjacency, lists, node).filter(|_| up[node as usize] == 1) else {
                continue;
            };
            (out.parents[node as usize], out.trunks[node as usize]) = (parent, Some(link));
            up[parent as usize] -= 1;
            if up[parent as usize] == 1 {
                to_do.push(parent);
            }
        }
        out
    }

    /// What a switch hangs on by the one link to a node that forwards and does not hang on it, where it may be a leaf switch.
    fn trunk<'d>(&self, adjacency: &Adjacency<'_, 'd>, lists: &mut Lists<'_, 'd>, node: u32) -> Option<(u32, LinkId)> {
        let model = adjacency.model();
        let document: &'d Document<'d> = model.document;
        let other = |(link, second): (LinkId, bool)| model.names.links[link.index()][usize::from(!second)];
        let mut trunks = adjacency.trunk_links_of(node);
        let (trunk, second) = trunks.find(|&link| self.parents[other(link) as usize] != node)?;
        let parent = other((trunk, second));
        let link = &document.links[trunk.index()];
        if ![node, parent].iter().all(|&node| is_bare(model, node)) || link.one_way() || link.is_uneven() {
            return None;
        }
        let carried = lists.number(link.vlans_at(0));
        let mut links = adjacency.links_of(node).filter(|(link, _)| *link != trunk);
        let fits = links.all(|(link, second)| {
            let own = lists.number(document.links[link.index()].vlans_at(usize::from(second)));
            lists.is_within(own, carried)
        });
        fits.then_some((parent, trunk))
    }
}

/// A switch that says nothing of packets and is no end of sessions.
fn is_bare(model: &Model<'_>, node: u32) -> bool {
    let plain = Half::Whole.keeps_tags(model, node) && Half::Whole.is_plain(model, node);
    plain && !model.labels.endpoint[node as usize]
}

/// What a link says to the far end of an endpoint: its place, and by number what it carries.
type Hold = (u32, u32);

/// What tells endpoints apart wherever they hang: label, kind, tags, addresses that are sent from and received at, and whether they
/// pass nothing on.
type Look = [u32; 5];

/// Puts endpoints into classes.
struct Classes<'a, 'l, 'm, 'd> {
    adjacency: &'a Adjacency<'m, 'd>,
    lists: &'a mut Lists<'l, 'd>,
    leaves: &'a Leaves,
    /// Places of leaf switches: what they hang on, and the VLANs of the links up to there.
    places: Vec<u32>,
    known_places: HashMap<(u32, u32), u32>,
    says: HashMap<Says, u32>,
    several: HashMap<Vec<Hold>, u32>,
    tags: HashMap<&'d Words, u32>,
}

/// What a link says: whether it is one-way, and that way; VLANs at both ends, native ones, and its interface in the lists of the node at
/// the far end.
type Says = ([bool; 2], [u32; 2], Option<[u16; 2]>, [u16; 2]);

impl<'a, 'l, 'm, 'd> Classes<'a, 'l, 'm, 'd> {
    fn new(adjacency: &'a Adjacency<'m, 'd>, lists: &'a mut Lists<'l, 'd>, leaves: &'a Leaves) -> Self {
        Self {
            adjacency,
            lists,
            leaves,
            places: vec![NONE; leaves.parents.len()],
            known_places: HashMap::default(),
            says: HashMap::default(),
            several: HashMap::default(),
            tags: HashMap::default(),
        }
    }

    /// The class of each endpoint; [`NONE`]: it is none.
    fn find(mut self) -> Vec<u32> {
        let model = self.adjacency.model();
        let individuals = model.individuals();
        let mut known: HashMap<(Look, u32, u32), u32> = HashMap::default();
        let mut next = 0;
        let mut class = |key: Option<(Look, u32, u32)>| {
            let class = key.map_or(next, |key| *known.entry(key).or_insert(next));
            next += u32::from(class == next);
            class
        };
        let nodes = (0_u32..).zip(&model.document.nodes);
        nodes
            .map(|(node, value)| {
                let at = node as usize;
                if !model.labels.endpoint[at] {
                    return NONE;
                }
                let details = value.details.as_deref();
                let says = details.is_some_and(|it| it.filters.is_some() || it.routes.is_some() || it.nat.is_some());
                if says || model.labels.forwards[at] || individuals[at] {
                    return class(None);
                }
                let passes_nothing = details.is_some_and(|it| it.relays.is_some());
                let tags = number(self.tags.len());
                let look = [
                    model.labels.labels[at].map_or(0, |label| label + 1),
                    value.kind as u32 | u32::from(passes_nothing) << 16,
                    *self.tags.entry(&value.tags).or_insert(tags),
                    model.sends[at].number(),
                    model.receives[at].number(),
                ];
                let (place, says) = self.holds(node);
                class(Some((look, place, says)))
            })
            .collect()
    }

    /// Where an endpoint hangs, and by what. Several links are a list by number, which no place has.
    fn holds(&mut self, node: u32) -> Hold {
        let adjacency = self.adjacency;
        let mut links = adjacency.links_of(node);
        match (links.next(), links.next()) {
            (None, _) => (NONE, 0),
            (Some(only), None) => self.hold(node, only),
            _ => {
                let mut all: Vec<Hold> = adjacency.links_of(node).map(|link| self.hold(node, link)).collect();
                all.sort_unstable();
                let next = number(self.several.len());
                (NONE, 1 + *self.several.entry(all).or_insert(next))
            }
        }
    }

    fn hold(&mut self, node: u32, (link, second): (LinkId, bool)) -> Hold {
        let model = self.adjacency.model();
        let document: &'d Document<'d> = model.document;
        let value = &document.links[link.index()];
        let other = model.names.links[link.index()][usize::from(!second)];
        let interface = match model.interfaces.get(&other) {
            Some(names) => [self.adjacency.interface(link, !second), model.id(node)].map(|name| names.get(name)),
            None => [0; 2],
        };
        let own = usize::from(second);
        let vlans = [own, 1 - own].map(|end| self.lists.number(value.vlans_at(end)));
        let says = ([value.one_way(), second && value.one_way()], vlans, value.native(), interface);
        let next = number(self.says.len());
        (self.place(other), *self.says.entry(says).or_insert(next))
    }

    /// The place of a node: its own, or that of all leaf switches with the same VLANs up to the same node.
    fn place(&mut self, node: u32) -> u32 {
        let at = node as usize;
        let parent = self.leaves.parents[at];
        let Some(trunk) = self.leaves.trunks[at] else { return node };
        if self.places[at] == NONE {
            let document: &'d Document<'d> = self.adjacency.model().document;
            let vlans = self.lists.number(document.links[trunk.index()].vlans_at(0));
            let above = self.place(parent);
            let next = number(self.places.len() + self.known_places.len());
            self.places[at] = *self.known_places.entry((above, vlans)).or_insert(next);
        }
        self.places[at]
    }
}
