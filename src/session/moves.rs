//! What has to be looked at again after a change, and no more than that.

use super::mention::{
    Mention, for_each_mention, for_each_mention_of_rule, for_each_range, named_by_frame, ranges_of_selectors,
};
use super::quotient::{Part, Place, Quotient};
use super::store::{LinkNumber, NodeNumber, Store};
use crate::document::{AddressRange, Cidr, Node, Rule, Text};
use crate::number::number;

/// What a rule names.
pub(super) struct Told<'s> {
    ranges: Vec<AddressRange>,
    names: Vec<Text<'s>>,
    interfaces: bool,
}

impl<'s> Told<'s> {
    /// What this rule names.
    pub fn by(rule: &Rule<'s>) -> Self {
        let (mut ranges, mut names, mut interfaces) = (Vec::new(), Vec::new(), false);
        ranges_of_selectors([&rule.from, &rule.to], &mut |range| ranges.push(range));
        for_each_mention_of_rule(rule, &mut |mention| {
            let (Mention::Node(name) | Mention::Interface(name)) = mention;
            names.push(name.clone());
            interfaces |= matches!(mention, Mention::Interface(_));
        });
        Self { ranges, names, interfaces }
    }
}

impl Quotient {
    /// Places every node for the first time.
    pub fn place_all(&mut self, store: &Store<'_>) {
        self.grow(store.node_numbers());
        self.bulk = true;
        let frame = &store.frame;
        let exceptions = frame.exceptions.iter().flat_map(|exception| [&exception.from, &exception.to]);
        let groups = frame.groups.iter().map(|group| &group.items);
        let mut ranges = Vec::new();
        let host_names = frame.host_names.iter().map(|known| &known.items);
        ranges_of_selectors(groups.chain(exceptions).chain(host_names), &mut |range| ranges.push(range));
        let mut mentioned: Vec<NodeNumber> = Vec::new();
        for id in named_by_frame(frame) {
            mentioned.extend(store.find(&id));
        }
        for value in (0..store.node_numbers()).filter_map(|node| store.node(node)) {
            for_each_range(value, &mut |range| ranges.push(range));
            if let Some(details) = &value.details {
                for_each_mention(details, &mut |mention| {
                    let (Mention::Node(name) | Mention::Interface(name)) = mention;
                    mentioned.extend(store.find(name));
                });
            }
        }
        for value in mentioned.into_iter().filter_map(|node| store.node(node)) {
            ranges.extend(value.addresses.iter().map(|cidr| cidr.range()));
        }
        ranges.sort_unstable();
        ranges.dedup();
        ranges.into_iter().for_each(|range| drop(self.cells.cut(range)));
        for cell in 0..self.cells.count() {
            self.find_gap(store, number(cell), None);
        }
        self.place_forwarders(store);
        for node in 0..store.node_numbers() {
            if !store.facts[node as usize].forwards {
                self.place_endpoint(store, node);
            }
        }
        self.bulk = false;
        store.link_numbers().for_each(|link| self.look_at_link(store, link));
    }

    /// Looks for an address of a cell that no node declares, first behind the one that was known.
    fn find_gap(&mut self, store: &Store<'_>, cell: u32, behind: Option<u128>) {
        let value = self.cells.get(cell);
        let is_free = |address: u128| store.holders(value.family, address).is_empty();
        let from = behind.unwrap_or(value.low).max(value.low);
        let gap = (from..=value.high).find(|&address| is_free(address));
        let gap = gap.or_else(|| (value.low..from).find(|&address| is_free(address)));
        self.cells.set_gap(cell, gap);
    }

    /// Puts off everybody who declares a single address of a cell. O(addresses): only for cells that are full.
    fn put_off_cell(&mut self, store: &Store<'_>, cell: u32) {
        let value = self.cells.get(cell);
        let mut address = value.low;
        loop {
            self.queue.extend(store.holders(value.family, address));
            if address == value.high {
                break;
            }
            address += 1;
        }
    }

    /// Cuts cells at the ends of a range, and groups with them.
    fn cut(&mut self, store: &Store<'_>, range: AddressRange) {
        for (old, new) in self.cells.cut(range) {
            self.part_groups(store, old, new);
            for cell in [old, new] {
                self.find_gap(store, cell, None);
                if self.cells.get(cell).gap.is_none() {
                    self.put_off_cell(store, cell);
                }
            }
        }
    }

    /// A name is mentioned now, or no longer.
    fn mention_changed(&mut self, store: &Store<'_>, name: &str) {
        let Some(node) = store.find(name) else { return };
        if let Some(value) = store.node(node) {
            for cidr in value.addresses.iter() {
                self.cut(store, cidr.range());
            }
        }
        self.look_again(store, node);
        let mentioned = store.node(node).is_some_and(|value| store.is_mentioned(value.id));
        if store.facts[node as usize].forwards && !mentioned {
            // Switches may hang on it again.
            let next: Vec<NodeNumber> = store.links_of(node).iter().map(|&link| store.other(link, node)).collect();
            next.into_iter().for_each(|next| self.look_again(store, next));
        }
    }

    fn look_again(&mut self, store: &Store<'_>, node: NodeNumber) {
        if store.facts[node as usize].forwards {
            self.place_forwarder(store, node);
        } else {
            self.queue.push(node);
        }
    }

    /// A rule came to a node, or went.
    pub fn rule_changed(&mut self, store: &Store<'_>, node: NodeNumber, told: &Told<'_>) {
        self.changed = true;
        told.ranges.iter().for_each(|&range| self.cut(store, range));
        told.names.iter().for_each(|name| self.mention_changed(store, name));
        if told.interfaces {
            self.put_off_leaves(store, node);
        }
    }

    /// A node came, without links as yet.
    pub fn node_came(&mut self, store: &Store<'_>, node: NodeNumber) {
        self.grow(store.node_numbers());
        let Some(value) = store.node(node) else { return };
        for_each_range(value, &mut |range| self.cut(store, range));
        self.mentions_changed(store, value);
        if store.is_mentioned(value.id) {
            value.addresses.iter().for_each(|cidr| self.cut(store, cidr.range()));
        }
        for cidr in value.addresses.iter().filter(Cidr::is_single) {
            self.queue.extend(store.holders(cidr.family, cidr.network));
            let cell = self.cells.of(cidr.family, cidr.network);
            if self.cells.get(cell).gap == Some(cidr.network) {
                self.find_gap(store, cell, Some(cidr.network));
                if self.cells.get(cell).gap.is_none() {
                    self.put_off_cell(store, cell);
                }
            }
        }
        self.look_again(store, node);
    }

    /// A node is about to go; its links are gone.
    pub fn node_goes(&mut self, store: &Store<'_>, node: NodeNumber) {
        self.leave(node);
        self.expand(store, node);
        self.put(store, node, Place::Gone);
        (self.children[node as usize], self.height[node as usize]) = (0, 0);
    }

    /// A node went.
    pub fn node_went(&mut self, store: &Store<'_>, value: &Node<'_>) {
        for cidr in value.addresses.iter().filter(Cidr::is_single) {
            let holders = store.holders(cidr.family, cidr.network);
            self.queue.extend(holders);
            let cell = self.cells.of(cidr.family, cidr.network);
            if holders.is_empty() && self.cells.get(cell).gap.is_none() {
                self.cells.set_gap(cell, Some(cidr.network));
                self.put_off_cell(store, cell);
            }
        }
        self.mentions_changed(store, value);
    }

    fn mentions_changed(&mut self, store: &Store<'_>, value: &Node<'_>) {
        let Some(details) = &value.details else { return };
        for_each_mention(details, &mut |mention| {
            let (Mention::Node(name) | Mention::Interface(name)) = mention;
            self.mention_changed(store, name);
        });
    }

    /// A link between these nodes came.
    pub fn link_changed(&mut self, store: &Store<'_>, ends: [NodeNumber; 2]) {
        ends.into_iter().for_each(|end| self.look_again(store, end));
    }

    /// A link between these nodes went.
    pub fn link_went(&mut self, store: &Store<'_>, link: LinkNumber, ends: [NodeNumber; 2], one_way: bool) {
        self.changed |= self.visible.remove(&link);
        self.link_changed(store, ends);
        let [a, b] = ends.map(|end| self.place(end));
        if let (Place::Contracted { run }, Place::Contracted { run: other }) = (a, b)
            && run == other
            && !one_way
        {
            self.hold(store, ends[0], ends[1]);
        }
    }

    /// Parts the groups of a cell that was cut; the new cell is the upper part.
    fn part_groups(&mut self, store: &Store<'_>, old: u32, new: u32) {
        let low = self.cells.get(new).low;
        for group in 0..self.groups.len() {
            if self.groups[group].members.is_empty() {
                continue;
            }
            let in_old = |part: &Part| matches!(part, Part::Single { cell, .. } if *cell == old);
            let parts = &self.groups[group].key.addresses;
            let Some(at) = parts.iter().position(in_old) else { continue };
            if parts.iter().filter(|part| in_old(part)).count() > 1 {
                let members = &self.groups[group].members;
                self.queue.extend(members);
                continue;
            }
            self.part_group(store, group, at, (new, low));
        }
    }

    /// Parts one group by the address at a position.
    fn part_group(&mut self, store: &Store<'_>, group: usize, at: usize, (new, low): (u32, u128)) {
        let is_upper = |&node: &NodeNumber| {
            store.node(node).and_then(|value| value.addresses.get(at)).is_some_and(|cidr| cidr.network >= low)
        };
        let (upper, lower): (Vec<NodeNumber>, Vec<NodeNumber>) =
            self.groups[group].members.iter().copied().partition(is_upper);
        if upper.is_empty() {
            return;
        }
        self.changed = true;
        let below = self.groups[group].key.clone();
        let mut above = below.clone();
        if let Some(Part::Single { cell, .. }) = above.addresses.get_mut(at) {
            *cell = new;
        }
        // The larger part keeps the number of the group.
        let moves_upper = upper.len() <= lower.len();
        let (stay, go, own, other) =
            if moves_upper { (lower, upper, below, above) } else { (upper, lower, above, below) };
        self.by_key.remove(&self.groups[group].key);
        self.by_key.insert(own.clone(), number(group));
        self.groups[group].key = own;
        self.sit(group, stay);
        if !go.is_empty() {
            let opened = self.open_group(other) as usize;
            self.sit(opened, go);
        }
    }

    /// Makes these nodes the members of a group.
    fn sit(&mut self, group: usize, members: Vec<NodeNumber>) {
        for (at, &node) in (0_u32..).zip(&members) {
            self.places[node as usize] = Place::Member { group: number(group), at };
        }
        self.groups[group].members = members;
    }
}
