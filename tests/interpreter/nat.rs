//! Address translation (spec section 4a): what a node makes of a packet's destination and source.

use super::classes::{Classes, Role, borne, image, is_in_target, one_to_one};
use super::document::{Node, Translation};
use super::ground::sides_apply;
use super::header::{Header, Headers, in_ranges};
use super::place::{Address, Places};
use super::selection::service_matches;
use std::collections::BTreeSet;

/// The entries of every node, each with its answers to every part of a header.
pub struct Translations<'a> {
    headers: &'a Headers,
    nodes: Vec<Vec<Entry<'a>>>,
}

struct Entry<'a> {
    said: &'a Translation,
    /// By source, by destination: whether it matches loosely, and strictly.
    from: Vec<[bool; 2]>,
    to: Vec<[bool; 2]>,
    service: Vec<bool>,
    /// `None`: the entry has no `source_port`.
    source_ports: Option<Vec<bool>>,
    /// By what is translated, and by the packet's family (unknown, IPv4, IPv6): what it may become.
    becomes: Vec<[Vec<usize>; 3]>,
}

impl<'a> Translations<'a> {
    pub fn of(places: &'a Places, headers: &'a Headers) -> Translations<'a> {
        let entry = |said| Entry::of(places, headers, said);
        let of_node = |node: &'a Node| node.nat.iter().map(entry).collect();
        Translations { headers, nodes: places.document.nodes.iter().map(of_node).collect() }
    }

    /// Step 1: what may become of a header of which the destination is translated, where it came in by this interface
    /// (`None`: the node itself emits it).
    pub fn of_destination(&self, node: usize, header: Header, enters: Option<&str>) -> BTreeSet<Header> {
        if self.nodes[node].is_empty() {
            return BTreeSet::from([header]);
        }
        free(self.of_destination_or_not(node, header, enters))
    }

    /// As above, also as it stays where an entry that would translate it is thought away: then with 1.
    pub fn of_destination_or_not(
        &self,
        node: usize,
        header: Header,
        enters: Option<&str>,
    ) -> BTreeSet<(Header, usize)> {
        let entries = self.nodes[node].iter().filter(|entry| {
            let at_this_moment = if enters.is_some() { entry.said.of_arrived } else { entry.said.of_emitted };
            !entry.said.of_source && at_this_moment && sides_apply(&entry.said.sides, enters, None)
        });
        let becomes = |entry: &Entry| match &entry.said.target {
            None => Some(vec![header]),
            Some(_) => entry.options(header.destination, self.family(header)).map(|options| {
                let service = match entry.said.destination_port {
                    Some(port) => self.headers.with_port(header.service, port),
                    None => header.service,
                };
                options.iter().map(|&destination| Header { destination, service, ..header }).collect()
            }),
        };
        first_that_decides(header, entries, |entry| entry.matches(header, header), becomes)
    }

    /// Step 4: what may become of `header`, the destination of which is translated already, where it comes and leaves
    /// so. `original` is the header before step 1.
    pub fn of_source(
        &self,
        node: usize,
        original: Header,
        header: Header,
        enters: Option<&str>,
        leaves: &str,
    ) -> BTreeSet<Header> {
        if self.nodes[node].is_empty() {
            return BTreeSet::from([header]);
        }
        free(self.of_source_or_not(node, original, header, enters, leaves))
    }

    /// As above, also as it stays where an entry that would translate it is thought away: then with 1.
    pub fn of_source_or_not(
        &self,
        node: usize,
        original: Header,
        header: Header,
        enters: Option<&str>,
        leaves: &str,
    ) -> BTreeSet<(Header, usize)> {
        let entries = self.nodes[node]
            .iter()
            .filter(|entry| entry.said.of_source && sides_apply(&entry.said.sides, enters, Some(leaves)));
        let becomes = |entry: &Entry| match &entry.said.target {
            None => Some(vec![header]),
            Some(_) => entry.options(header.source, self.family(header)).map(|options| {
                // "A translated source port may become any port, but with `one_to_one` it stays; `keep` keeps both."
                let ports = match entry.said.one_to_one {
                    true => vec![header.source_port],
                    false => self.headers.source_ports_of(header.service),
                };
                let from = |&source| ports.iter().map(move |&source_port| Header { source, source_port, ..header });
                options.iter().flat_map(from).collect()
            }),
        };
        // "`to` and `service` at d′ and dp′", but for entries that look at the original destination
        let seen = |entry: &Entry| if entry.said.sees_original_destination { original } else { header };
        first_that_decides(header, entries, |entry| entry.matches(header, seen(entry)), becomes)
    }

    /// "the family of the packet as the step sees it (if its source and destination are both symbolic: any family)"
    fn family(&self, header: Header) -> Option<bool> {
        let of = |address| match address {
            Address::Known(point) => Some(point.v6),
            Address::Symbolic(_) => None,
        };
        of(self.headers.source(header)).or(of(self.headers.destination(header)))
    }
}

/// "An entry that matches strictly decides; one that matches only loosely may decide or not: both are followed. ... the
/// first that decides translates ... Where none decides, nothing is translated." An entry that makes nothing of it
/// (`None`) does not match.
fn first_that_decides<'e, 'a: 'e>(
    header: Header,
    entries: impl Iterator<Item = &'e Entry<'a>>,
    matches: impl Fn(&Entry) -> [bool; 2],
    becomes: impl Fn(&Entry) -> Option<Vec<Header>>,
) -> BTreeSet<(Header, usize)> {
    let mut outcomes = BTreeSet::new();
    for entry in entries {
        let [loosely, strictly] = matches(entry);
        if !loosely {
            continue;
        }
        let Some(made) = becomes(entry) else { continue };
        outcomes.extend(made.into_iter().map(|made| (made, 0)));
        if entry.said.target.is_some() {
            outcomes.insert((header, 1));
        }
        if strictly {
            return outcomes;
        }
    }
    outcomes.insert((header, 0));
    outcomes
}

fn free(outcomes: BTreeSet<(Header, usize)>) -> BTreeSet<Header> {
    outcomes.into_iter().filter(|(_, cost)| *cost == 0).map(|(header, _)| header).collect()
}

impl<'a> Entry<'a> {
    fn of(places: &Places, headers: &Headers, said: &'a Translation) -> Entry<'a> {
        let both = |items, address| [true, false].map(|loose| places.rule_matches(items, address, loose));
        let (own, role) =
            if said.of_source { (&headers.sources, Role::Source) } else { (&headers.destinations, Role::Destination) };
        let pair = one_to_one(said, role);
        let becomes = |&address: &Address| {
            [None, Some(false), Some(true)].map(|family| {
                let options: Vec<Address> = match pair.and_then(|pair| image(pair, address)) {
                    Some(image) => vec![image],
                    // "a symbolic address any of the target"; "Without it any address of the target may be taken."
                    None => own.members.iter().copied().filter(|&to| is_in_target(places, said, to)).collect(),
                };
                may_become(places, own, &options, family)
            })
        };
        Entry {
            said,
            from: headers.sources.members.iter().map(|&address| both(&said.from, address)).collect(),
            to: headers.destinations.members.iter().map(|&address| both(&said.to, address)).collect(),
            service: headers.services.iter().map(|&packing| service_matches(&said.service, packing)).collect(),
            source_ports: said
                .source_port
                .as_ref()
                .map(|ports| headers.source_ports.iter().map(|&port| in_ranges(ports, port)).collect()),
            becomes: own.members.iter().map(becomes).collect(),
        }
    }

    /// Whether it matches loosely, and strictly, a packet that comes from where `from` says to where `to` says.
    fn matches(&self, from: Header, to: Header) -> [bool; 2] {
        let by_port = match (&self.source_ports, from.source_port) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(ports), Some(port)) => ports[port],
        };
        let addresses = [0, 1].map(|meaning| self.from[from.source][meaning] && self.to[to.destination][meaning]);
        let [loosely, strictly] = addresses.map(|matches| matches && by_port && self.service[to.service]);
        [loosely, strictly && !self.said.unsure]
    }

    /// "A target without an address of the family of the packet makes the entry not match": `None`.
    fn options(&self, translated: usize, family: Option<bool>) -> Option<&[usize]> {
        let options = &self.becomes[translated][family.map_or(0, |v6| 1 + usize::from(v6))];
        (!options.is_empty()).then_some(options)
    }
}

/// What may be taken of a target's addresses by a packet of a family.
fn may_become(places: &Places, own: &Classes, target: &[Address], family: Option<bool>) -> Vec<usize> {
    let fits = |address: &&Address| match address {
        Address::Known(point) => family.is_none_or(|v6| point.v6 == v6),
        Address::Symbolic(_) => true,
    };
    let mut taken: BTreeSet<Address> = target.iter().filter(fits).copied().collect();
    // "An address of a target that no node declares as a single address may be anybody's: it is itself, and also ⟨m⟩ for
    // every symbolic address that a header may bear."
    let is_nobodys = |address: &Address| matches!(address, Address::Known(point) if !places.is_declared_single(*point));
    if taken.iter().any(is_nobodys) {
        taken.extend(borne(places).into_iter().map(Address::Symbolic));
    }
    let classes: BTreeSet<usize> = taken.into_iter().filter_map(|address| own.class_of(address)).collect();
    classes.into_iter().collect()
}
