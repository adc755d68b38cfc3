//! What the words of a document mean as sets of addresses: semantics sections 3, 4 and 6.
//!
//! It needs the certificate's order of symbolic addresses, which decides where on the line they stand.
#![allow(clippy::indexing_slicing)] // nodes, zones and groups are indexed by what the reader of the document resolved

use crate::document::{Cidr, Document, Item, Kind, Node, Range, Selector, Services, zone_of};
use crate::sets::{Addresses, END, Families, IPV6, NumberSpan, Numbers, Position, START, SYMBOLIC, addresses};
use crate::words::every_service;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A relay pass of a node: an entry, the mirror of one, or the pass of a node that passes everything.
#[derive(Debug)]
pub struct Station {
    pub node: usize,
    pub entry: Option<usize>,
    pub mirror: bool,
    pub sanitise: Option<usize>,
    pub from: Selector,
    pub to: Selector,
    /// What the addresses, ranges and groups of `from` and `to` match.
    pub from_addresses: Rc<Addresses>,
    pub to_addresses: Rc<Addresses>,
    pub from_service: Services,
    pub to_service: Services,
}

pub struct Meaning<'d> {
    pub document: &'d Document,
    /// How many symbolic addresses there are, and each node's place among them.
    pub symbolic: usize,
    pub place: Vec<Option<usize>>,
    /// A(n) and R(n) of semantics section 3.
    pub sends: Vec<Rc<Addresses>>,
    pub receives: Vec<Rc<Addresses>>,
    /// For each node, filter and rule: the sets of sources and destinations.
    pub rules: Vec<Vec<Vec<(Rc<Addresses>, Rc<Addresses>)>>>,
    pub stations: Vec<Station>,
    pub stations_of: HashMap<usize, Vec<usize>>,
    /// The single addresses that nodes declare.
    pub singles: HashSet<(u8, u128)>,
    /// CIDRs of more than one address in the A of endpoints, and in how many.
    shared: HashMap<Cidr, usize>,
}

/// The entries of A(n), and whether n declares them itself. None of either: A is the symbolic address.
fn entries(document: &Document, node: &Node) -> (Vec<Cidr>, bool) {
    if !node.addresses.is_empty() {
        return (node.addresses.clone(), true);
    }
    let mut entries = node.label.map_or(Vec::new(), |zone| document.zones[zone].networks.clone());
    if node.kind == Kind::External {
        entries.extend([0, 2].map(|rank| Cidr { rank, first: 0, length: 0 }));
    }
    (entries, false)
}

/// The nodes whose A is a symbolic address.
pub fn symbolic_nodes(document: &Document) -> Vec<usize> {
    let nodes = document.nodes.iter().enumerate();
    nodes.filter(|(_, node)| entries(document, node).0.is_empty()).map(|(n, _)| n).collect()
}

/// Whether A(n) is single addresses, or symbolic: EXCEPTION-LIMITED.
pub fn sends_singly(document: &Document, node: usize) -> bool {
    entries(document, &document.nodes[node]).0.iter().all(|entry| entry.is_single())
}

/// A declared address contradicts the explicit zone of its node: LABELLED.
pub fn contradicts(document: &Document, node: &Node) -> bool {
    let zones = node.addresses.iter().filter_map(|address| zone_of(*address, &document.zones));
    node.zone.is_some_and(|own| zones.into_iter().any(|zone| zone != own))
}

impl<'d> Meaning<'d> {
    /// `order`: all nodes with a symbolic address, in the order of the certificate.
    pub fn new(document: &'d Document, order: &[usize]) -> Meaning<'d> {
        let mut place = vec![None; document.nodes.len()];
        for (index, node) in order.iter().enumerate() {
            place[*node] = Some(index);
        }
        let mut meaning = Meaning {
            document,
            symbolic: order.len(),
            place,
            sends: Vec::new(),
            receives: Vec::new(),
            rules: Vec::new(),
            stations: Vec::new(),
            stations_of: HashMap::new(),
            singles: HashSet::new(),
            shared: HashMap::new(),
        };
        meaning.addresses_of_nodes();
        let mut known = HashMap::new();
        for node in &document.nodes {
            let of_filter = |filter: &crate::document::Filter| {
                let both = |r: &crate::document::Rule| [&r.from, &r.to].map(|s| (s.clone(), r.permit));
                let pairs = filter.rules.iter().map(|rule| {
                    both(rule).map(|key| {
                        known.entry(key.clone()).or_insert_with(|| Rc::new(meaning.selector(&key.0, key.1))).clone()
                    })
                });
                pairs.map(|[from, to]| (from, to)).collect()
            };
            let of_node = node.filters.iter().map(of_filter).collect();
            meaning.rules.push(of_node);
        }
        meaning.stations_of_nodes();
        meaning
    }

    pub fn span(&self, range: Range) -> (Position, Position) {
        addresses(range.rank, range.first, range.last, self.symbolic)
    }

    /// The entries of A(n) that are no symbolic address.
    pub fn entries(&self, node: usize) -> Vec<Cidr> {
        entries(self.document, &self.document.nodes[node]).0
    }

    pub fn symbol(&self, node: usize) -> Option<(Position, Position)> {
        self.place[node].map(|index| addresses(1, index as u128, index as u128, self.symbolic))
    }

    fn addresses_of_nodes(&mut self) {
        let document = self.document;
        let of_nodes: Vec<(Vec<Cidr>, bool)> = document.nodes.iter().map(|node| entries(document, node)).collect();
        // What takes addresses away from shorter prefixes; a forwarder has only its single addresses for this.
        let mut takers: Vec<Cidr> = Vec::new();
        for (node, (entries, declared)) in document.nodes.iter().zip(&of_nodes) {
            takers.extend(entries.iter().filter(|e| !node.forwards || *declared && e.is_single()));
            self.singles.extend(node.addresses.iter().filter(|e| e.is_single()).map(|e| (e.rank, e.first)));
            let wide: HashSet<&Cidr> = entries.iter().filter(|e| node.endpoint && !e.is_single()).collect();
            for entry in wide {
                *self.shared.entry(*entry).or_default() += 1;
            }
        }
        takers.sort_unstable();
        takers.dedup();
        let mut sent: HashMap<Vec<Cidr>, Rc<Addresses>> = HashMap::new();
        let mut kept: HashMap<(Cidr, Option<Option<usize>>), Rc<Addresses>> = HashMap::new();
        for (n, (node, (entries, declared))) in document.nodes.iter().zip(of_nodes).enumerate() {
            if let Some(symbol) = self.symbol(n) {
                let own = Rc::new(Addresses::of(vec![symbol]));
                self.sends.push(own.clone());
                self.receives.push(own);
                continue;
            }
            // A longer prefix of n itself takes nothing from n: it has its own turn, and then keeps at least as much.
            let parts: Vec<Rc<Addresses>> = entries
                .iter()
                .map(|entry| {
                    if entry.is_single() {
                        return Rc::new(Addresses::of(vec![self.span(entry.range())])); // nothing is longer
                    }
                    let by_zone = (!declared || entry.length == 0).then_some(node.label);
                    kept.entry((*entry, by_zone))
                        .or_insert_with(|| Rc::new(self.kept_of(*entry, by_zone, &takers)))
                        .clone()
                })
                .collect();
            self.receives.push(match &parts[..] {
                [one] => one.clone(),
                _ => Rc::new(Addresses::of(parts.iter().flat_map(|part| part.spans().to_vec()).collect())),
            });
            let spans = entries.iter().map(|entry| self.span(entry.range())).collect();
            if let ([only], [one]) = (&entries[..], &parts[..])
                && only.is_single()
            {
                self.sends.push(one.clone());
                continue;
            }
            self.sends.push(sent.entry(entries).or_insert_with(|| Rc::new(Addresses::of(spans))).clone());
        }
    }

    /// The part of an entry that no longer prefix takes: those of nodes and, where `by_zone` has the label of the node,
    /// those of the networks of other zones.
    fn kept_of(&self, entry: Cidr, by_zone: Option<Option<usize>>, takers: &[Cidr]) -> Addresses {
        let whole = entry.range();
        // Networks nest or are apart: whatever begins inside and sorts after is a longer prefix.
        let from = takers.partition_point(|taker| *taker <= entry);
        let inside = takers[from..].iter().take_while(|t| t.rank == whole.rank && t.first <= whole.last);
        let mut taken: Vec<_> = inside.map(|taker| self.span(taker.range())).collect();
        for (z, zone) in self.document.zones.iter().enumerate() {
            if by_zone.is_some_and(|label| label != Some(z)) {
                let longer = zone.networks.iter().filter(|n| n.length > entry.length && entry.holds(**n));
                taken.extend(longer.map(|network| self.span(network.range())));
            }
        }
        Addresses::of(vec![self.span(whole)]).minus(&Addresses::of(taken))
    }

    /// What `node:n` is in a deny rule: only what n surely has.
    fn surely(&self, n: usize) -> Addresses {
        let node = &self.document.nodes[n];
        if self.place[n].is_some() {
            return Addresses::clone(&self.sends[n]);
        }
        let mut declared: Vec<Cidr> =
            node.addresses.iter().copied().filter(|e| !node.forwards || e.is_single()).collect();
        declared.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.length));
        declared.dedup();
        let (mut sure, mut longer) = (Addresses::none(), Addresses::none());
        for entry in declared {
            let whole = Addresses::of(vec![self.span(entry.range())]);
            let own = usize::from(node.endpoint);
            if self.shared.get(&entry).is_none_or(|endpoints| *endpoints <= own) {
                sure = sure.or(&whole.minus(&longer));
            }
            longer = longer.or(&whole);
        }
        sure.and(&self.receives[n])
    }

    /// A selector as a set, in its loose or its strict meaning: semantics section 3. What is guessed about symbolic
    /// addresses, and about names that nobody knows, goes to the attacker.
    pub fn selector(&self, selector: &Selector, permit: bool) -> Addresses {
        let (mut spans, mut guess_all, mut guess_unzoned) = (Vec::new(), false, false);
        for range in self.document.ranges(selector) {
            spans.push(self.span(range));
            guess_all |= self.might_hold_any(range);
        }
        for item in selector {
            let mut member = |n: usize| {
                let set = if permit { self.sends[n].clone() } else { Rc::new(self.surely(n)) };
                spans.extend_from_slice(set.spans());
                // A single entry is declared by nobody where it is the network of n's zone.
                guess_all |=
                    entries(self.document, &self.document.nodes[n]).0.iter().any(|e| self.might_hold_any(e.range()));
            };
            match item {
                Item::Any => spans.push((START, END)),
                Item::Not(inner) => {
                    let other = self.selector(inner, !permit);
                    spans.extend_from_slice(Addresses::of(vec![(START, END)]).minus(&other).spans());
                }
                Item::Name(Some(given)) => {
                    spans.extend_from_slice(self.selector(&self.document.host_names[*given], permit).spans());
                }
                Item::Name(None) => spans.extend(permit.then_some((START, END))),
                Item::Node(n) => member(*n),
                Item::Zone(zone) => {
                    (0..self.document.nodes.len())
                        .filter(|n| self.document.nodes[*n].label == Some(*zone))
                        .for_each(&mut member);
                    let networks = &self.document.zones[*zone].networks;
                    guess_unzoned |= !networks.is_empty();
                    spans.extend(networks.iter().map(|network| self.span(network.range())));
                }
                Item::Range(_) | Item::Group(_) => {} // above
                Item::Kind(_) | Item::Tag(_) => {}    // no addresses
            }
        }
        if permit && guess_all && self.symbolic > 0 {
            spans.push((SYMBOLIC, IPV6));
        } else if permit && guess_unzoned {
            let unzoned = (0..self.document.nodes.len()).filter(|n| self.document.nodes[*n].label.is_none());
            spans.extend(unzoned.filter_map(|n| self.symbol(n)));
        }
        Addresses::of(spans)
    }

    /// A symbolic address might lie in the range: it is wide, or a single address that nobody declares.
    fn might_hold_any(&self, range: Range) -> bool {
        range.first != range.last || !self.singles.contains(&(range.rank, range.first))
    }

    fn stations_of_nodes(&mut self) {
        let everything = every_service();
        let document = self.document;
        let ranges = |selector: &Selector| -> Selector { self.document.ranges(selector).map(Item::Range).collect() };
        let mut stations = Vec::new();
        for (n, node) in document.nodes.iter().enumerate() {
            if document.passes_everything(n) {
                stations.push(Station {
                    node: n,
                    entry: None,
                    mirror: false,
                    sanitise: None,
                    from: vec![Item::Any],
                    to: vec![Item::Any],
                    from_addresses: Rc::new(Addresses::none()),
                    to_addresses: Rc::new(Addresses::none()),
                    from_service: everything.clone(),
                    to_service: everything.clone(),
                });
            }
            for (e, relay) in node.relays.iter().flatten().enumerate() {
                let from_addresses = Rc::new(self.selector(&ranges(&relay.from), true));
                let to_addresses = Rc::new(self.selector(&ranges(&relay.to), true));
                let mut station = Station {
                    node: n,
                    entry: Some(e),
                    mirror: false,
                    sanitise: relay.sanitise,
                    from: relay.from.clone(),
                    to: relay.to.clone(),
                    from_addresses,
                    to_addresses,
                    from_service: relay.from_service.clone(),
                    to_service: relay.to_service.clone(),
                };
                if relay.both {
                    let mirror = Station {
                        mirror: true,
                        from: station.to.clone(),
                        to: station.from.clone(),
                        from_addresses: station.to_addresses.clone(),
                        to_addresses: station.from_addresses.clone(),
                        from_service: station.to_service.clone(),
                        to_service: station.from_service.clone(),
                        ..station
                    };
                    stations.push(std::mem::replace(&mut station, mirror));
                }
                stations.push(station);
            }
        }
        for (s, station) in stations.iter().enumerate() {
            self.stations_of.entry(station.node).or_default().push(s);
        }
        self.stations = stations;
    }

    pub fn station(&self, node: usize, entry: Option<usize>, mirror: bool) -> Option<usize> {
        let own = self.stations_of.get(&node)?;
        own.iter().copied().find(|s| self.stations[*s].entry == entry && self.stations[*s].mirror == mirror)
    }

    /// The addresses that a selector of an exception matches when it is this node that has them.
    pub fn excepted(&self, selector: &Selector, node: usize, has: &Addresses) -> Addresses {
        if self.document.is_one_of(selector, node) {
            return has.clone();
        }
        let declared = self.document.nodes[node].addresses.iter().filter(|e| e.is_single());
        let own = Addresses::of(declared.map(|e| self.span(e.range())).collect());
        let named = self.document.ranges(selector).map(|range| self.span(range)).filter(|span| own.meets(*span));
        Addresses::of(named.collect()).and(&own).and(has)
    }

    /// A node matches a selector of an exception by what it is, or by an address that it declares as single.
    pub fn may_be_excepted(&self, selector: &Selector, node: usize) -> bool {
        self.document.is_one_of(selector, node) || {
            let declared = self.document.nodes[node].addresses.iter().filter(|e| e.is_single());
            let own: Vec<Range> = declared.map(|e| e.range()).collect();
            let inside = |r: Range| own.iter().any(|a| a.rank == r.rank && r.first <= a.first && a.last <= r.last);
            self.document.ranges(selector).any(inside)
        }
    }

    /// One of these exceptions covers all the headers: certificate section 6, semantics section 6.
    pub fn excused(&self, waivers: &[usize], ends: [(usize, &Addresses); 2], services: &Numbers) -> bool {
        waivers.iter().any(|e| self.covers(&self.document.exceptions[*e], ends, services))
    }

    /// An exception covers a transfer between two nodes: neither has an address in it.
    pub fn covers_transfer(&self, e: &crate::document::Exception, [from, to]: [usize; 2]) -> bool {
        e.service.transfer && self.document.is_one_of(&e.from, from) && self.document.is_one_of(&e.to, to)
    }

    /// `ends`: the opener with its sources, the receiver with its destinations.
    pub fn covers(&self, e: &crate::document::Exception, ends: [(usize, &Addresses); 2], services: &Numbers) -> bool {
        let sides = [&e.from, &e.to].into_iter().zip(ends);
        e.service.set.holds_all_of(services)
            && sides.into_iter().all(|(selector, (node, has))| self.excepted(selector, node, has).holds_all_of(has))
    }

    pub fn families(&self, set: &Addresses) -> Families {
        Families::of(set, self.symbolic)
    }

    /// The peer matches one side of a station, with these addresses.
    pub fn peer(&self, selector: &Selector, named: &Addresses, peer: usize, has: &Addresses) -> bool {
        self.document.is_one_of(selector, peer) || named.spans().iter().any(|span| has.meets(*span))
    }
}

pub fn services(span: NumberSpan) -> Numbers {
    Numbers::of(vec![span])
}
