//! LeafSwitch switches and runs of routers, kept up while links come and go.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::quotient::{Place, Quotient, is_bare};
use super::store::{LinkNumber, NodeNumber, Store};
use crate::document::Kind;
use crate::number::number;

/// Switches hang at most this deep.
const DEEPEST: u8 = 60;

fn is_bare_switch(store: &Store<'_>, node: NodeNumber) -> bool {
    store.node(node).is_some_and(|value| value.kind == Kind::Switch && is_bare(store, node, value))
}

fn is_bare_router(store: &Store<'_>, node: NodeNumber) -> bool {
    let routes = |kind| !matches!(kind, Kind::Switch | Kind::L3Switch | Kind::Firewall);
    store.node(node).is_some_and(|value| routes(value.kind) && is_bare(store, node, value))
}

impl Quotient {
    /// Places all nodes that forward, for the first time.
    pub fn place_forwarders(&mut self, store: &Store<'_>) {
        let forwarders = || (0..store.node_numbers()).filter(|&node| store.facts[node as usize].forwards);
        for node in forwarders() {
            self.put(store, node, Place::Kept);
        }
        let mut leaves: Vec<NodeNumber> =
            forwarders().filter(|&node| store.facts[node as usize].forwarder_links == 1).rev().collect();
        while let Some(node) = leaves.pop() {
            if let Some(parent) = self.hang(store, node) {
                leaves.push(parent);
            }
        }
        self.contract_all(store, forwarders().filter(|&node| is_bare_router(store, node)).collect());
    }

    /// Contracts routers, none of which is contracted yet.
    fn contract_all(&mut self, store: &Store<'_>, routers: Vec<NodeNumber>) {
        let mut to_do: Vec<NodeNumber> = Vec::new();
        for &router in &routers {
            self.places[router as usize] = Place::Contracted { run: u32::MAX };
            self.kept.remove(&router);
        }
        for &router in &routers {
            if self.place(router) != (Place::Contracted { run: u32::MAX }) {
                continue;
            }
            let run = self.new_run();
            self.places[router as usize] = Place::Contracted { run };
            to_do.push(router);
            while let Some(node) = to_do.pop() {
                self.run_sizes[run as usize] += 1;
                for &link in store.links_of(node) {
                    let other = store.other(link, node);
                    if self.place(other) == (Place::Contracted { run: u32::MAX }) && is_two_way(store, link) {
                        self.places[other as usize] = Place::Contracted { run };
                        to_do.push(other);
                    }
                }
            }
        }
        self.changed = true;
    }

    fn new_run(&mut self) -> u32 {
        if let Some(run) = self.free_runs.pop() {
            self.run_sizes[run as usize] = 0;
            return run;
        }
        self.run_sizes.push(0);
        number(self.run_sizes.len() - 1)
    }

    /// Looks anew at a node that forwards, after its links or what others mention changed.
    pub fn place_forwarder(&mut self, store: &Store<'_>, node: NodeNumber) {
        // Each step up or down changes something, or is the last.
        let mut to_do = vec![node];
        while let Some(node) = to_do.pop() {
            match self.place(node) {
                Place::LeafSwitch { parent, link } => {
                    if self.trunk(store, node) != Some((parent, link)) {
                        self.children[parent as usize] -= 1;
                        self.put(store, node, Place::Kept);
                        self.put_off_leaves(store, node);
                        // The parent has one more link to a node that is not its child, and this one may hang elsewhere.
                        to_do.extend([parent, node]);
                    }
                }
                Place::Contracted { .. } if !is_bare_router(store, node) => self.expand(store, node),
                Place::Contracted { .. } => {}
                _ if is_bare_router(store, node) => self.contract(store, node),
                _ => {
                    self.put(store, node, Place::Kept);
                    if let Some(parent) = self.hang(store, node) {
                        self.put_off_leaves(store, node);
                        to_do.push(parent);
                    }
                }
            }
            if self.children[node as usize] > 0 && !is_bare_switch(store, node) {
                let children = store.links_of(node).iter().map(|&link| store.other(link, node));
                to_do.extend(children.filter(|&child| self.is_child(child, node)));
            }
        }
    }

    fn is_child(&self, node: NodeNumber, parent: NodeNumber) -> bool {
        matches!(self.place(node), Place::LeafSwitch { parent: own, .. } if own == parent)
    }

    /// Makes a switch a leaf switch where it can be; returns its parent.
    fn hang(&mut self, store: &Store<'_>, node: NodeNumber) -> Option<NodeNumber> {
        if self.place(node) != Place::Kept || self.height[node as usize] >= DEEPEST {
            return None;
        }
        let (parent, link) = self.trunk(store, node)?;
        self.put(store, node, Place::LeafSwitch { parent, link });
        self.children[parent as usize] += 1;
        self.height[parent as usize] = self.height[parent as usize].max(self.height[node as usize] + 1);
        Some(parent)
    }

    /// The one link of a switch to another such that everything on the switch might as well hang on the other: the only one to a
    /// node that forwards (but for its own children), and every other link carries no more than it does.
    fn trunk(&mut self, store: &Store<'_>, node: NodeNumber) -> Option<(NodeNumber, LinkNumber)> {
        let up = store.facts[node as usize].forwarder_links.checked_sub(self.children[node as usize])?;
        if up != 1 || !is_bare_switch(store, node) {
            return None;
        }
        let links = store.links_of(node);
        let is_up = |link: LinkNumber| {
            let other = store.other(link, node);
            store.facts[other as usize].forwards && !self.is_child(other, node)
        };
        let trunk = links.iter().copied().find(|&link| is_up(link))?;
        let parent = store.other(trunk, node);
        if !is_bare_switch(store, parent) || !is_two_way(store, trunk) {
            return None;
        }
        let mut at = parent;
        while let Place::LeafSwitch { parent: above, .. } = self.place(at) {
            if above == node {
                return None;
            }
            at = above;
        }
        let carried = store.link(trunk)?.vlans;
        let holds = links.iter().all(|&link| {
            let own = store.link(link).map_or(carried, |link| link.vlans);
            own == carried || self.is_subset(store, own, carried)
        });
        holds.then_some((parent, trunk))
    }

    /// Whether a set of VLANs is within another, by number.
    fn is_subset(&mut self, store: &Store<'_>, inner: u32, outer: u32) -> bool {
        *self.subsets.entry((inner, outer)).or_insert_with(|| {
            let tags = |set: u32| {
                let mut there = vec![false; 4096];
                match &store.vlan_sets[set as usize].0 {
                    None => there[1..=4094].fill(true),
                    Some(ranges) => {
                        ranges.iter().for_each(|&(low, high)| there[usize::from(low)..=usize::from(high)].fill(true));
                    }
                }
                there
            };
            tags(inner).into_iter().zip(tags(outer)).all(|(inner, outer)| outer || !inner)
        })
    }

    /// Puts off all endpoints that hang on a node, or on switches that hang on it.
    pub fn put_off_leaves(&mut self, store: &Store<'_>, node: NodeNumber) {
        let mut to_do = vec![node];
        while let Some(node) = to_do.pop() {
            for &link in store.links_of(node) {
                let other = store.other(link, node);
                if !store.facts[other as usize].forwards {
                    self.queue.push(other);
                } else if self.is_child(other, node) {
                    to_do.push(other);
                }
            }
        }
    }

    fn run_of(&self, node: NodeNumber) -> Option<u32> {
        match self.place(node) {
            Place::Contracted { run } => Some(run),
            _ => None,
        }
    }

    /// The routers of the same run next to one, each as often as there are links.
    fn next_in_run<'a>(&'a self, store: &'a Store<'_>, node: NodeNumber) -> impl Iterator<Item = NodeNumber> + 'a {
        let run = self.run_of(node);
        let links = store.links_of(node).iter().filter(|&&link| is_two_way(store, link));
        links.map(move |&link| store.other(link, node)).filter(move |&other| run.is_some() && self.run_of(other) == run)
    }

    fn contract(&mut self, store: &Store<'_>, node: NodeNumber) {
        let run = self.new_run();
        self.run_sizes[run as usize] = 1;
        self.put(store, node, Place::Contracted { run });
        self.put_off_leaves(store, node);
        for &link in store.links_of(node) {
            self.join_runs(store, link);
        }
    }

    /// Joins the runs at the ends of a two-way link. O(links of the smaller run).
    pub fn join_runs(&mut self, store: &Store<'_>, link: LinkNumber) {
        let Some([a, b]) = store.link(link).filter(|link| !link.link.one_way()).map(|link| link.ends) else { return };
        let (Some(of_a), Some(of_b)) = (self.run_of(a), self.run_of(b)) else { return };
        if of_a == of_b {
            return;
        }
        let size = |run: u32| self.run_sizes[run as usize];
        let (small, start, large) = if size(of_a) < size(of_b) { (of_a, a, of_b) } else { (of_b, b, of_a) };
        let moved = self.flood(store, start);
        self.rename(store, &moved, large);
        self.run_sizes[small as usize] = 0;
        self.free_runs.push(small);
    }

    /// All routers of the run of one.
    fn flood(&self, store: &Store<'_>, start: NodeNumber) -> Vec<NodeNumber> {
        let mut seen: HashSet<NodeNumber> = HashSet::from_iter([start]);
        let mut found = vec![start];
        let mut at = 0;
        while let Some(&node) = found.get(at) {
            at += 1;
            let next = self.next_in_run(store, node).filter(|&next| seen.insert(next));
            found.extend(next);
        }
        found
    }

    fn rename(&mut self, store: &Store<'_>, routers: &[NodeNumber], run: u32) {
        for &router in routers {
            self.places[router as usize] = Place::Contracted { run };
            self.put_off_leaves(store, router);
        }
        self.run_sizes[run as usize] += number(routers.len());
        self.changed = true;
    }

    /// Takes a router out of its run, which may fall apart.
    pub fn expand(&mut self, store: &Store<'_>, node: NodeNumber) {
        let Some(run) = self.run_of(node) else { return };
        let next: Vec<NodeNumber> = self.next_in_run(store, node).collect();
        self.run_sizes[run as usize] -= 1;
        self.put(store, node, Place::Kept);
        self.put_off_leaves(store, node);
        if self.run_sizes[run as usize] == 0 {
            self.free_runs.push(run);
        }
        // One of each part found so far.
        let mut parts: Vec<NodeNumber> = Vec::new();
        for router in next {
            if !parts.iter().any(|&part| self.run_of(part) == self.run_of(router) && self.hold(store, part, router)) {
                parts.push(router);
            }
        }
    }

    /// Whether two routers of one run are still joined; where they are not, the smaller part becomes a run of its own. The search
    /// goes on from both at once, so that it costs no more than the smaller part twice, and little where a short way joins them.
    pub fn hold(&mut self, store: &Store<'_>, a: NodeNumber, b: NodeNumber) -> bool {
        if a == b {
            return true;
        }
        let mut side: HashMap<NodeNumber, usize> = HashMap::from_iter([(a, 0), (b, 1)]);
        let mut found = [vec![a], vec![b]];
        let mut at = [0; 2];
        let mut passed = [0_usize; 2];
        loop {
            let turn = usize::from(passed[1] < passed[0]);
            let Some(&node) = found[turn].get(at[turn]) else {
                let apart = std::mem::take(&mut found[turn]);
                if let Some(run) = self.run_of(a) {
                    self.run_sizes[run as usize] -= number(apart.len());
                }
                let own = self.new_run();
                self.rename(store, &apart, own);
                return false;
            };
            at[turn] += 1;
            passed[turn] += 1 + store.links_of(node).len();
            for next in self.next_in_run(store, node) {
                match side.get(&next) {
                    Some(&known) if known != turn => return true,
                    Some(_) => {}
                    None => {
                        side.insert(next, turn);
                        found[turn].push(next);
                    }
                }
            }
        }
    }
}

fn is_two_way(store: &Store<'_>, link: LinkNumber) -> bool {
    store.link(link).is_some_and(|link| !link.link.one_way())
}
