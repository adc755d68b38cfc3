//! The finite set of packet headers that stands for all of them: one for each class of addresses, services and source
//! ports that no selector, address set, route or relay of the document tells apart (spec section 4).

use super::block::{Block, Point};
use super::document::{Document, Item, Service};
use super::place::{Address, Places, is_endpoint};
use super::selection::{Packing, service_matches};
use std::collections::BTreeSet;

pub struct Headers {
    /// Each is in A(u) of an endpoint u.
    pub sources: Vec<Address>,
    /// Each is in R(v) of an endpoint v.
    pub destinations: Vec<Address>,
    pub services: Vec<Packing>,
    /// Ports that a packet may come from, where its protocol has ports.
    pub source_ports: Vec<u16>,
}

pub fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 132)
}

impl Headers {
    pub fn of(places: &Places) -> Headers {
        let document = places.document;
        let endpoints: Vec<usize> = (0..document.nodes.len()).filter(|&n| is_endpoint(&document.nodes[n])).collect();
        let mut addresses: Vec<Address> = representative_points(document).into_iter().map(Address::Known).collect();
        addresses.extend(endpoints.iter().copied().filter(|&n| places.is_symbolic(n)).map(Address::Symbolic));

        let used =
            |address: &Address, has: &dyn Fn(usize, Address) -> bool| endpoints.iter().any(|&n| has(n, *address));
        let sends = |n, address| places.may_send_from(n, address);
        let receives = |n, address| places.receives(n, address);
        let sources = addresses.iter().copied().filter(|address| used(address, &sends));
        let destinations = addresses.iter().copied().filter(|address| used(address, &receives));
        Headers {
            sources: one_of_each_class(sources, |address| seen_as(places, address, true)),
            destinations: one_of_each_class(destinations, |address| seen_as(places, address, false)),
            services: representative_services(document),
            source_ports: representative_source_ports(document),
        }
    }
}

/// Keeps the first of all values that look alike.
fn one_of_each_class<T, S: Ord>(values: impl Iterator<Item = T>, look: impl Fn(&T) -> S) -> Vec<T> {
    let mut seen = BTreeSet::new();
    values.filter(|value| seen.insert(look(value))).collect()
}

/// Everything the document can ask about an address in the role of a source or of a destination.
fn seen_as(places: &Places, &address: &Address, source: bool) -> Vec<bool> {
    let document = places.document;
    let mut answers = match address {
        Address::Known(point) => vec![!point.v6, point.v6],
        Address::Symbolic(_) => vec![false, false],
    };
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

/// All boundary points of every address, CIDR, range and network of the document, and of the two families.
fn representative_points(document: &Document) -> BTreeSet<Point> {
    let mut blocks = vec![Block::everything(false), Block::everything(true)];
    blocks.extend(document.zones.values().flatten());
    let mut items: Vec<&Item> = peer_items(document).collect();
    for node in &document.nodes {
        blocks.extend(&node.addresses);
        blocks.extend(node.routes.iter().flatten().map(|route| route.to));
        items.extend(
            node.filters.iter().flat_map(|filter| &filter.rules).flat_map(|rule| rule.from.iter().chain(&rule.to)),
        );
    }
    blocks.extend(items.into_iter().filter_map(|item| if let Item::Block(block) = item { Some(*block) } else { None }));
    blocks.into_iter().flat_map(Block::boundary).collect()
}

fn representative_services(document: &Document) -> Vec<Packing> {
    let mut lists: Vec<&[Service]> = vec![];
    let mut asks_source_ports = false;
    for node in &document.nodes {
        for rule in node.filters.iter().flat_map(|filter| &filter.rules) {
            lists.push(&rule.service);
            asks_source_ports |= rule.source_port.is_some();
        }
        for relay in node.relays.iter().flatten() {
            lists.extend([&relay.from_service[..], &relay.to_service[..]]);
        }
    }
    lists.extend(document.exceptions.iter().map(|exception| &exception.service[..]));

    let items = || lists.iter().flat_map(|list| list.iter());
    let named: BTreeSet<u8> = items().filter_map(|service| service.protocol).collect();
    let unnamed = (0..=u8::MAX).find(|protocol| !named.contains(protocol) && !has_ports(*protocol));
    let ports = with_neighbours(items().filter_map(|service| service.ports));
    let mut candidates = vec![];
    for protocol in named.iter().copied().chain([6, 17, 132]).chain(unnamed) {
        if has_ports(protocol) {
            candidates.extend(ports.iter().map(|&port| Packing { protocol, port: Some(port) }));
        } else {
            candidates.push(Packing { protocol, port: None });
        }
    }
    one_of_each_class(candidates.into_iter(), |packing| {
        let mut answers: Vec<bool> = lists.iter().map(|list| service_matches(list, *packing)).collect();
        answers.push(asks_source_ports && packing.port.is_some());
        answers
    })
}

fn representative_source_ports(document: &Document) -> Vec<u16> {
    let lists: Vec<&Vec<(u16, u16)>> = document
        .nodes
        .iter()
        .flat_map(|node| &node.filters)
        .flat_map(|filter| &filter.rules)
        .filter_map(|rule| rule.source_port.as_ref())
        .collect();
    let candidates = with_neighbours(lists.iter().flat_map(|list| list.iter().copied()));
    one_of_each_class(candidates.into_iter(), |port| {
        lists.iter().map(|list| in_ranges(list, *port)).collect::<Vec<bool>>()
    })
}

pub fn in_ranges(ranges: &[(u16, u16)], number: u16) -> bool {
    ranges.iter().any(|&(first, last)| first <= number && number <= last)
}

/// The ends of all ranges and the numbers just outside; some number at least.
fn with_neighbours(ranges: impl Iterator<Item = (u16, u16)>) -> BTreeSet<u16> {
    let mut numbers = BTreeSet::from([40000]);
    for (first, last) in ranges {
        numbers.extend([first.saturating_sub(1), first, last, last.saturating_add(1)]);
    }
    numbers
}
