//! Classes of addresses in one role, source or destination: what nothing in the document tells apart, whatever it is
//! translated to on its way, is one class (spec sections 3 to 4a).

use super::block::{Block, Point};
use super::document::{Document, Item, Target, Translation};
use super::place::{Address, Places, is_endpoint};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Source,
    Destination,
}

pub struct Classes {
    /// One address of each class.
    pub members: Vec<Address>,
    /// The class of the addresses from this one to before the next; `None`: of addresses that no packet bears.
    of: BTreeMap<Address, Option<usize>>,
}

impl Classes {
    /// `alone` are addresses that are to be classes of their own.
    pub fn of(places: &Places, role: Role, alone: &[Address]) -> Classes {
        let document = places.document;
        let mut candidates: Vec<Address> = cuts(document, role, alone).into_iter().map(Address::Known).collect();
        candidates.extend(borne(places).into_iter().map(Address::Symbolic));
        let used: Vec<Address> = candidates.iter().copied().filter(|&address| is_used(places, role, address)).collect();
        let mut class: BTreeMap<Address, usize> =
            number(used.iter().map(|&address| (address, seen_as(places, address, role, alone))));
        // What looks alike is told apart by what it becomes, one to one, until nothing more is.
        let pairs: Vec<(Block, Block)> = entries(document).filter_map(|entry| one_to_one(entry, role)).collect();
        loop {
            let finer = number(used.iter().map(|address| {
                let images: Vec<Option<usize>> = pairs
                    .iter()
                    .map(|pair| image(*pair, *address).and_then(|image| last_at_or_before(&class, image)).copied())
                    .collect();
                (*address, (class[address], images))
            }));
            if finer.values().max() == class.values().max() {
                break;
            }
            class = finer;
        }
        let mut members = vec![];
        for address in &used {
            if class[address] == members.len() {
                members.push(*address);
            }
        }
        let of = candidates.iter().map(|address| (*address, class.get(address).copied())).collect();
        Classes { members, of }
    }

    pub fn class_of(&self, address: Address) -> Option<usize> {
        *last_at_or_before(&self.of, address)?
    }
}

fn last_at_or_before<T>(map: &BTreeMap<Address, T>, address: Address) -> Option<&T> {
    match address {
        Address::Known(_) => map.range(..=address).next_back().map(|(_, value)| value),
        Address::Symbolic(_) => map.get(&address),
    }
}

/// Numbers looks in the order in which they occur.
fn number<L: Ord>(looks: impl Iterator<Item = (Address, L)>) -> BTreeMap<Address, usize> {
    let mut numbers = BTreeMap::new();
    looks
        .map(|(address, look)| {
            let next = numbers.len();
            (address, *numbers.entry(look).or_insert(next))
        })
        .collect()
}

/// "A header that is emitted bears ⟨n⟩ only of endpoints n, and of nodes that a `node:` somewhere names."
pub fn borne(places: &Places) -> BTreeSet<usize> {
    let document = places.document;
    (0..document.nodes.len())
        .filter(|n| places.is_symbolic(*n) && (is_endpoint(&document.nodes[*n]) || document.named.contains(n)))
        .collect()
}

pub fn entries(document: &Document) -> impl Iterator<Item = &Translation> {
    document.nodes.iter().flat_map(|node| &node.nat)
}

/// The addresses that become others one to one by this entry in this role, and those that they become.
pub fn one_to_one(entry: &Translation, role: Role) -> Option<(Block, Block)> {
    let matched = if entry.of_source { &entry.from } else { &entry.to };
    match (&matched[..], entry.target.as_deref()) {
        ([Item::Block(from)], Some([Target::Block(to)]))
            if entry.one_to_one && entry.of_source == (role == Role::Source) =>
        {
            Some((*from, *to))
        }
        _ => None,
    }
}

/// "the k-th address becomes the k-th"
pub fn image((from, to): (Block, Block), address: Address) -> Option<Address> {
    match address {
        Address::Known(point) if from.holds(point) => {
            Some(Address::Known(Point { v6: to.v6, value: to.first + (point.value - from.first) }))
        }
        _ => None,
    }
}

/// Whether a packet may bear the address in this role and be delivered anywhere.
fn is_used(places: &Places, role: Role, address: Address) -> bool {
    let document = places.document;
    let by_an_end = (0..document.nodes.len()).any(|n| {
        let has = match role {
            Role::Source => places.may_send_from(n, address),
            Role::Destination => places.receives(n, address),
        };
        has && is_endpoint(&document.nodes[n])
    });
    let of_role = entries(document).filter(|entry| entry.of_source == (role == Role::Source));
    let by_an_entry = of_role.filter(|entry| entry.target.is_some()).any(|entry| {
        let is_translated = role == Role::Destination && places.rule_matches(&entry.to, address, true);
        // An address that nobody declares may be any symbolic one.
        is_translated || is_in_target(places, entry, address) || matches!(address, Address::Symbolic(_))
    });
    by_an_end || by_an_entry
}

/// Whether the target is written to hold the address.
pub fn is_in_target(places: &Places, entry: &Translation, address: Address) -> bool {
    entry.target.iter().flatten().any(|target| match (target, address) {
        (Target::Block(block), Address::Known(point)) => block.holds(point),
        (Target::Block(_), Address::Symbolic(_)) => false,
        // "`node:n` (A(n))"; "A `node:n` with a symbolic address is ⟨n⟩ alone."
        (Target::Node(n), _) => places.may_send_from(*n, address),
    })
}

/// Everything the document can ask about an address in its role.
fn seen_as(places: &Places, address: Address, role: Role, alone: &[Address]) -> Vec<bool> {
    let document = places.document;
    let source = role == Role::Source;
    let mut answers = match address {
        Address::Known(point) => vec![!point.v6, point.v6, places.is_declared_single(point)],
        Address::Symbolic(_) => vec![false, false, false],
    };
    answers.extend(borne(places).iter().map(|n| address == Address::Symbolic(*n)));
    answers.extend(alone.iter().map(|one| address == *one));
    for n in 0..document.nodes.len() {
        answers.push(if source { places.may_send_from(n, address) } else { places.receives(n, address) });
        if let Address::Known(point) = address {
            answers.push(places.declares_single(n, point));
        }
    }
    for node in &document.nodes {
        for rule in node.filters.iter().flat_map(|filter| &filter.rules) {
            let items = if source { &rule.from } else { &rule.to };
            answers.push(places.rule_matches(items, address, rule.permit));
        }
        for entry in &node.nat {
            let items = if source { &entry.from } else { &entry.to };
            answers.extend([true, false].map(|loose| places.rule_matches(items, address, loose)));
            answers.push(entry.of_source == source && is_in_target(places, entry, address));
        }
        for route in node.routes.iter().flatten() {
            answers.push(matches!(address, Address::Known(point) if route.to.holds(point)));
        }
    }
    for item in peer_items(document) {
        if let (Item::Block(block), Address::Known(point)) = (item, address) {
            answers.push(block.holds(point));
        }
    }
    answers
}

/// The selector items of relays and exceptions.
fn peer_items(document: &Document) -> impl Iterator<Item = &Item> {
    let relays = document.nodes.iter().flat_map(|node| node.relays.iter().flatten());
    let of_relays = relays.flat_map(|relay| relay.from.iter().chain(&relay.to));
    of_relays.chain(document.exceptions.iter().flat_map(|exception| exception.from.iter().chain(&exception.to)))
}

/// Where the answer to any question about addresses may change: the first addresses of all sets and of what lies between
/// them; and, before a translation one to one, where what comes out of it may be told apart.
fn cuts(document: &Document, role: Role, alone: &[Address]) -> BTreeSet<Point> {
    let mut blocks = vec![Block::everything(false), Block::everything(true)];
    blocks.extend(document.zones.values().flatten());
    let mut items: Vec<&Item> = peer_items(document).collect();
    for node in &document.nodes {
        blocks.extend(&node.addresses);
        blocks.extend(node.routes.iter().flatten().map(|route| route.to));
        let rules = node.filters.iter().flat_map(|filter| &filter.rules);
        items.extend(rules.flat_map(|rule| rule.from.iter().chain(&rule.to)));
        items.extend(node.nat.iter().flat_map(|entry| entry.from.iter().chain(&entry.to)));
        for target in node.nat.iter().flat_map(|entry| entry.target.iter().flatten()) {
            if let Target::Block(block) = target {
                blocks.push(*block);
            }
        }
    }
    while let Some(item) = items.pop() {
        match item {
            Item::Block(block) => blocks.push(*block),
            Item::Not(inner) | Item::Name(Some(inner)) => items.extend(inner),
            _ => {}
        }
    }
    blocks.extend(alone.iter().filter_map(|address| match address {
        Address::Known(point) => Some(Block { v6: point.v6, first: point.value, last: point.value }),
        Address::Symbolic(_) => None,
    }));
    let mut cuts: BTreeSet<Point> = blocks.into_iter().flat_map(Block::cuts).collect();
    let pairs: Vec<(Block, Block)> = entries(document).filter_map(|entry| one_to_one(entry, role)).collect();
    let mut fresh: Vec<Point> = cuts.iter().copied().collect();
    while let Some(cut) = fresh.pop() {
        for (from, to) in &pairs {
            if to.holds(cut) {
                let before = Point { v6: from.v6, value: from.first + (cut.value - to.first) };
                if cuts.insert(before) {
                    fresh.push(before);
                }
            }
        }
        assert!(cuts.len() < 10_000, "a document that is too much for the interpreter");
    }
    cuts
}
