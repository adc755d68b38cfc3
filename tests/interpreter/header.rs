//! The finite set of packet headers that stands for all of them: one for each class of addresses, services and source
//! ports that no selector, address set, route, relay or translation of the document tells apart (spec sections 4, 4a).

use super::classes::{Classes, Role, entries};
use super::document::{Document, Rule, Service};
use super::place::{Address, Places};
use super::selection::{Packing, service_matches};
use std::collections::{BTreeMap, BTreeSet};

/// What a header may be made of.
pub struct Headers {
    pub sources: Classes,
    pub destinations: Classes,
    pub services: Vec<Packing>,
    /// The service that a service becomes with another destination port.
    with_port: BTreeMap<(usize, u16), usize>,
    /// Ports that a packet may come from, where its protocol has ports.
    pub source_ports: Vec<u16>,
}

/// A packet's header, by its places in the lists of `Headers`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Header {
    pub source: usize,
    pub destination: usize,
    pub service: usize,
    pub source_port: Option<usize>,
}

/// What is to be told from everything else although the document does not.
#[derive(Default)]
pub struct Alone {
    pub addresses: Vec<Address>,
    pub services: Vec<Packing>,
    pub source_ports: Vec<u16>,
    /// Services that a policy asks for.
    pub lists: Vec<Vec<Service>>,
}

pub fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 132)
}

impl Headers {
    pub fn of(places: &Places) -> Headers {
        Headers::with(places, &Alone::default())
    }

    pub fn with(places: &Places, alone: &Alone) -> Headers {
        let document = places.document;
        let (services, with_port) = representative_services(document, alone);
        Headers {
            sources: Classes::of(places, Role::Source, &alone.addresses),
            destinations: Classes::of(places, Role::Destination, &alone.addresses),
            services,
            with_port,
            source_ports: representative_source_ports(document, alone),
        }
    }

    pub fn source(&self, header: Header) -> Address {
        self.sources.members[header.source]
    }

    pub fn destination(&self, header: Header) -> Address {
        self.destinations.members[header.destination]
    }

    /// The service with another destination port, where it has one.
    pub fn with_port(&self, service: usize, port: u16) -> usize {
        self.with_port[&(service, port)]
    }

    /// The source ports that a packet of this service may have.
    pub fn source_ports_of(&self, service: usize) -> Vec<Option<usize>> {
        match self.services[service].port {
            Some(_) => (0..self.source_ports.len()).map(Some).collect(),
            None => vec![None],
        }
    }
}

fn rules(document: &Document) -> impl Iterator<Item = &Rule> {
    document.nodes.iter().flat_map(|node| &node.filters).flat_map(|filter| &filter.rules)
}

/// One service of each class, and what each becomes with each port that a translation gives.
fn representative_services(document: &Document, alone: &Alone) -> (Vec<Packing>, BTreeMap<(usize, u16), usize>) {
    let mut lists: Vec<&[Service]> = rules(document).map(|rule| &rule.service[..]).collect();
    lists.extend(entries(document).map(|entry| &entry.service[..]));
    for relay in document.nodes.iter().flat_map(|node| node.relays.iter().flatten()) {
        lists.extend([&relay.from_service[..], &relay.to_service[..]]);
    }
    lists.extend(document.exceptions.iter().map(|exception| &exception.service[..]));
    lists.extend(document.expects.iter().map(|expected| &expected.service[..]));
    lists.extend(alone.lists.iter().map(Vec::as_slice));
    let asks_source_ports = rules(document).any(|rule| rule.source_port.is_some())
        || entries(document).any(|entry| entry.source_port.is_some());
    let given: BTreeSet<u16> = entries(document).filter_map(|entry| entry.destination_port).collect();

    let packets = || {
        lists.iter().flat_map(|list| list.iter()).filter_map(|service| match service {
            Service::Packets { protocol, ports } => Some((*protocol, *ports)),
            Service::Any | Service::Transfer => None,
        })
    };
    let mut named: BTreeSet<u8> = packets().map(|(protocol, _)| protocol).collect();
    named.extend(alone.services.iter().map(|packing| packing.protocol));
    let unnamed = (0..=u8::MAX).find(|protocol| !named.contains(protocol) && !has_ports(*protocol));
    let single = |port: u16| (port, port);
    let alone_ports = alone.services.iter().filter_map(|packing| packing.port).map(single);
    let ports = with_neighbours(
        packets().filter_map(|(_, ports)| ports).chain(given.iter().copied().map(single)).chain(alone_ports),
    );
    let mut candidates = vec![];
    for protocol in named.iter().copied().chain([6, 17, 132]).chain(unnamed) {
        if has_ports(protocol) {
            candidates.extend(ports.iter().map(|&port| Packing { protocol, port: Some(port) }));
        } else {
            candidates.push(Packing { protocol, port: None });
        }
    }
    let answers = |packing: Packing| -> Vec<bool> {
        let listed = lists.iter().map(|list| service_matches(list, packing));
        listed.chain(alone.services.iter().map(|one| *one == packing)).collect()
    };
    let with = |packing: Packing, port: u16| Packing { port: packing.port.map(|_| port), ..packing };
    let look = |packing: Packing| {
        let images: Vec<Vec<bool>> = given.iter().map(|&port| answers(with(packing, port))).collect();
        (answers(packing), images, asks_source_ports && packing.port.is_some())
    };
    let mut looks = BTreeMap::new();
    let mut services = vec![];
    for packing in candidates {
        looks.entry(look(packing)).or_insert_with(|| {
            services.push(packing);
            services.len() - 1
        });
    }
    let mut with_port = BTreeMap::new();
    for (service, &packing) in services.iter().enumerate() {
        for &port in &given {
            with_port.insert((service, port), looks[&look(with(packing, port))]);
        }
    }
    (services, with_port)
}

fn representative_source_ports(document: &Document, alone: &Alone) -> Vec<u16> {
    let of_rules = rules(document).filter_map(|rule| rule.source_port.as_ref());
    let lists: Vec<&Vec<(u16, u16)>> =
        of_rules.chain(entries(document).filter_map(|entry| entry.source_port.as_ref())).collect();
    let singles = alone.source_ports.iter().map(|&port| (port, port));
    let candidates = with_neighbours(lists.iter().flat_map(|list| list.iter().copied()).chain(singles));
    let mut seen = BTreeSet::new();
    let look = |port: u16| {
        let listed = lists.iter().map(|list| in_ranges(list, port));
        listed.chain(alone.source_ports.iter().map(|&one| one == port)).collect::<Vec<bool>>()
    };
    candidates.into_iter().filter(|&port| seen.insert(look(port))).collect()
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
