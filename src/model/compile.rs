//! Filters, routes, relays and exceptions as sets of atoms.

mod asked;
mod named;
mod nat;
mod routes;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::addresses::{NodeFacts, Ownership};
use super::compiled::{
    CompiledException, CompiledFilter, CompiledRule, Interface, Pass, PeerSelector, RuleId, RuleOrigin,
};
use super::hull::Hull;
use super::labels::{Labels, ZoneNetworks};
use super::names::Names;
use super::selectors::{AddressSet, Purpose, SelectorReader};
use super::{
    AskedServices, Model, PORTED, Pools, SCTP, Spaces, TCP, UDP, declared_singles, hold, hold_declared, service_number,
    symbolic_classes,
};
use crate::document::{
    Action, AddressRange, Document, Filter, Kind, Rule, Sees, SelectorItem, ServiceItem, Spanned, Text,
};
use crate::header::{ANY, AddressSpace, NumberSpace, Range, Ranges, SetId, SetPool};
use crate::number::number;

/// A set under construction, by number in [`Drafts`].
#[derive(Clone, Copy)]
struct Draft(u32);

/// Sets before the atoms are known.
struct Drafts<T> {
    sets: Vec<T>,
    index: HashMap<T, u32>,
}

impl<T: Clone + Eq + std::hash::Hash> Drafts<T> {
    fn new() -> Self {
        Self { sets: Vec::new(), index: HashMap::default() }
    }

    fn add(&mut self, set: T) -> Draft {
        if let Some(&number) = self.index.get(&set) {
            return Draft(number);
        }
        let number = number(self.sets.len());
        self.sets.push(set.clone());
        self.index.insert(set, number);
        Draft(number)
    }
}

/// Collects the sets of the whole document.
struct Compiler<'a, 'd> {
    document: &'d Document<'d>,
    names: &'d Names<'d>,
    reader: SelectorReader<'a, 'd>,
    addresses: Drafts<AddressSet>,
    /// As sorted ranges of service numbers; `None` stands for any.
    services: Drafts<Option<Vec<(u32, u32)>>>,
    /// As sorted ranges of port + 1; `None` stands for any.
    source_ports: Drafts<Option<Vec<(u32, u32)>>>,
    rules: Vec<(DraftProduct, CompiledRule)>,
    interfaces: HashMap<u32, Interface<'d>>,
    /// `any` in a rule, once met: most rules have it somewhere.
    any: Option<Draft>,
}

type DraftProduct = [Draft; 4];

fn merged(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let ranges = ranges.into_iter().map(|(low, high)| Range::new(low, high)).collect();
    Ranges::from_unsorted(ranges).as_slice().iter().map(|range| (range.low, range.high)).collect()
}

impl<'d> Compiler<'_, 'd> {
    fn address(&mut self, items: &[Spanned<SelectorItem<'_>>], purpose: Purpose) -> Draft {
        if let ([Spanned { value: SelectorItem::Any, .. }], Purpose::Rule(_)) = (items, purpose) {
            return self.any();
        }
        let set = self.reader.set(items, purpose);
        self.addresses.add(set)
    }

    /// Adds what the items mean to `out`, but for transfers; whether they mean everything. `seen` holds the named services that are in already:
    /// a list may be named a thousand times.
    fn service_ranges(
        &self,
        items: &[Spanned<ServiceItem<'_>>],
        out: &mut Vec<(u32, u32)>,
        seen: &mut HashSet<u32>,
    ) -> bool {
        for item in items {
            match &item.value {
                ServiceItem::Any => return true,
                // no packet has it
                ServiceItem::Transfer => {}
                &ServiceItem::Protocol { number, ports } => {
                    let (low, high) = ports.unwrap_or((0, u16::MAX));
                    out.push((service_number(number, low), service_number(number, high)));
                }
                ServiceItem::Named(name) => {
                    // Names nest at most 64 deep (see `names`), and so does this recursion.
                    if let Some(index) = self.names.service(name)
                        && seen.insert(index)
                        && self.service_ranges(&self.document.services[index as usize].items, out, seen)
                    {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn any(&mut self) -> Draft {
        if let Some(any) = self.any {
            return any;
        }
        let everything = self.reader.everything();
        let any = self.addresses.add(everything);
        self.any = Some(any);
        any
    }

    fn service(&mut self, items: &[Spanned<ServiceItem<'_>>]) -> Draft {
        let mut ranges = Vec::new();
        let any = self.service_ranges(items, &mut ranges, &mut HashSet::default());
        self.services.add((!any).then(|| merged(ranges)))
    }

    /// Whether transfers are among the services.
    fn holds_transfer(&self, items: &[Spanned<ServiceItem<'_>>]) -> bool {
        items.iter().any(|item| match &item.value {
            ServiceItem::Any | ServiceItem::Transfer => true,
            ServiceItem::Protocol { .. } => false,
            // Names nest at most 64 deep (see `names`), and so does this recursion.
            ServiceItem::Named(name) => {
                let index = self.names.service(name);
                index.is_some_and(|index| self.holds_transfer(&self.document.services[index as usize].items))
            }
        })
    }

    fn interface_list(&mut self, node: u32, list: Option<&'d [Spanned<Text<'d>>]>) -> Option<Box<[u16]>> {
        let list = list?;
        let interface = self.interfaces.entry(node).or_default();
        let mut numbers: Vec<u16> = list.iter().map(|name| interface.number(&name.value)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Some(numbers.into_boxed_slice())
    }

    fn rule(&mut self, node: u32, rule: &'d Rule<'d>, stateful: bool, origin: RuleOrigin) {
        let ports = rule.source_port.as_ref().map(|ports| {
            merged(ports.iter().map(|port| (u32::from(port.value.0) + 1, u32::from(port.value.1) + 1)).collect())
        });
        let purpose = Purpose::Rule(rule.action);
        let headers = [
            if matches_nothing(rule, stateful) {
                self.addresses.add(AddressSet::default())
            } else {
                self.address(&rule.from, purpose)
            },
            self.address(&rule.to, purpose),
            self.service(&rule.service),
            self.source_ports.add(ports),
        ];
        let compiled = CompiledRule {
            headers: crate::header::EVERYTHING,
            action: rule.action,
            r#in: self.interface_list(node, rule.r#in.as_deref()),
            out: self.interface_list(node, rule.out.as_deref()),
            origin,
        };
        self.rules.push((headers, compiled));
    }

    fn filter(&mut self, node: u32, kind: Kind, place: u32, filter: &'d Filter<'d>) -> CompiledFilter {
        // A node with a filter has numbers, be it that no interface has one.
        self.interfaces.entry(node).or_default();
        let first = number(self.rules.len());
        let stateful = filter.stateful.unwrap_or(kind == Kind::Firewall);
        for (index, rule) in (0_u32..).zip(&filter.rules) {
            self.rule(node, rule, stateful, RuleOrigin::Filter(node, place, index));
        }
        let by_kind = if kind == Kind::Firewall { Action::Deny } else { Action::Permit };
        CompiledFilter {
            rules: first..number(self.rules.len()),
            default: filter.default.unwrap_or(by_kind),
            r#in: self.interface_list(node, filter.r#in.as_deref()),
            out: self.interface_list(node, filter.out.as_deref()),
            applies_to: filter.applies_to,
            sees: filter.sees.as_ref().map_or_else(Sees::default, |sees| sees.value),
        }
    }

    fn next_rule(&self) -> RuleId {
        RuleId::new(self.rules.len())
    }

    /// A rule that permits a set of destinations.
    fn destination_rule(&mut self, node: u32, set: AddressSet) -> RuleId {
        let any = self.any();
        let (service, source_port) = (self.services.add(None), self.source_ports.add(None));
        let headers = [any, self.addresses.add(set), service, source_port];
        let id = self.next_rule();
        let compiled = CompiledRule {
            headers: crate::header::EVERYTHING,
            action: Action::Permit,
            r#in: None,
            out: None,
            origin: RuleOrigin::Route(node),
        };
        self.rules.push((headers, compiled));
        id
    }
}

struct DraftPass<'d> {
    pass: Pass<'d>,
    from: [Draft; 2],
    to: [Draft; 2],
}

struct DraftException<'d> {
    exception: CompiledException<'d>,
    addresses: [Draft; 2],
    service: Draft,
}

/// Whether a rule matches nothing: replies are none of a filter that keeps track of sessions, and who forges one, or whom a
/// condition is for, is never surely there.
fn matches_nothing(rule: &Rule<'_>, stateful: bool) -> bool {
    let surely = rule.action == Action::Deny;
    let replies = rule.replies && (stateful || surely || sabotaged!(ForgetsForgedReplies));
    replies || rule.condition.is_some() && surely && !sabotaged!(BelievesConditions)
}

/// Resolves everything.
pub(super) fn compile<'d>(
    document: &'d Document<'d>,
    names: &'d Names<'d>,
    labels: Labels,
    networks: ZoneNetworks,
    asked: &[&[ServiceItem<'static>]],
) -> Model<'d> {
    let facts = NodeFacts {
        document,
        names,
        labels: &labels.labels,
        zones: &labels.zones,
        forwards: &labels.forwards,
        endpoint: &labels.endpoint,
    };
    let ownership = Ownership::new(&facts);
    let nodes = || (0_u32..).zip(&document.nodes);
    let detailed: Vec<u32> = nodes().filter(|(_, node)| node.details.is_some()).map(|(index, _)| index).collect();
    let named = named::named_nodes(document, &detailed, names);
    let mut symbolic = symbolic_classes(&facts, named.clone());
    let all_symbolic = AddressSet::everything(&symbolic).symbolic;
    let reader = SelectorReader::new(&facts, &ownership, &symbolic);
    let mut compiler = Compiler {
        document,
        names,
        reader,
        addresses: Drafts::new(),
        services: Drafts::new(),
        source_ports: Drafts::new(),
        rules: Vec::new(),
        interfaces: HashMap::default(),
        any: None,
    };
    let (mut filters, mut routes, mut passes) = (HashMap::default(), HashMap::default(), Vec::new());
    let mut drafts: Vec<(u32, nat::DraftNat)> = Vec::new();
    let mut singles: Option<nat::Singles> = None;
    for &index in &detailed {
        let node = &document.nodes[index as usize];
        let Some(details) = node.details.as_deref() else { continue };
        if let Some(list) = &details.filters {
            let compiled =
                (0_u32..).zip(list).map(|(number, filter)| compiler.filter(index, node.kind, number, filter));
            filters.insert(index, compiled.collect::<Vec<_>>());
        }
        if let Some(list) = &details.routes {
            routes.insert(index, compiler.routes(index, list, all_symbolic.clone()));
        }
        if let Some(list) = &details.nat {
            let singles = singles.get_or_insert_with(|| nat::Singles::new(document));
            drafts.push((index, compiler.nat(index, list, singles)));
        }
        for (entry, relay) in (0_u32..).zip(details.relays.iter().flatten()) {
            let from = [compiler.address(&relay.from, Purpose::Relay), compiler.service(&relay.from_service)];
            let to = [compiler.address(&relay.to, Purpose::Relay), compiler.service(&relay.to_service)];
            let transfer = [&relay.from_service, &relay.to_service].map(|service| compiler.holds_transfer(service));
            let side = |items: &'d [Spanned<SelectorItem<'d>>], transfer| PeerSelector {
                items,
                addresses: ANY,
                service: ANY,
                transfer,
            };
            let both = relay.both;
            #[cfg(feature = "broken-engine")]
            let both = both && !crate::sabotage::has(crate::sabotage::Sabotage::ForgetsMirrors);
            for mirror in [false, true].into_iter().take(1 + usize::from(both)) {
                let sides = [(side(&relay.from, transfer[0]), from), (side(&relay.to, transfer[1]), to)];
                let [(a, draft_a), (b, draft_b)] = sides;
                let ((from, from_draft), (to, to_draft)) =
                    if mirror { ((b, draft_b), (a, draft_a)) } else { ((a, draft_a), (b, draft_b)) };
                let pass = Pass { node: index, entry, mirror, from, to, sanitise: relay.sanitise };
                passes.push(DraftPass { pass, from: from_draft, to: to_draft });
            }
        }
    }
    let exceptions: Vec<DraftException<'d>> = document
        .exceptions
        .iter()
        .map(|exception| {
            let addresses = [&exception.from, &exception.to].map(|side| compiler.address(side, Purpose::Exception));
            let waives = exception.waived();
            DraftException {
                addresses,
                service: compiler.service(&exception.service),
                exception: CompiledException {
                    from: &exception.from,
                    to: &exception.to,
                    from_addresses: ANY,
                    to_addresses: ANY,
                    service: ANY,
                    transfer: compiler.holds_transfer(&exception.service),
                    waives,
                },
            }
        })
        .collect();

    let asked: Vec<_> = asked.iter().map(|items| compiler.asked(items)).collect();
    let expected: Vec<Draft> = document.expects.iter().map(|one| compiler.service(&one.service)).collect();

    let Compiler { addresses, services, source_ports, rules, interfaces, .. } = compiler;
    let predicates = addresses.sets.iter().flat_map(|set| &set.ranges).copied();
    let pairs: Vec<[AddressRange; 2]> = drafts.iter().flat_map(|(_, draft)| draft.one_to_one()).collect();
    let known = predicates.clone().chain(coverage_cuts(document));
    let cuts = match &singles {
        Some(singles) => nat::cuts(&pairs, known, singles),
        None => Some(Vec::new()),
    };
    let too_many_cuts = cuts.is_none();
    let predicates = predicates.chain(coverage_cuts(document));
    let spaces = Spaces {
        address: AddressSpace::new(predicates.chain(cuts.into_iter().flatten()), symbolic.count()),
        service: NumberSpace::new(number_cuts(&services.sets, service_blocks(), service_number(SCTP, u16::MAX) + 1)),
        source_port: NumberSpace::new(number_cuts(&source_ports.sets, vec![1], SOURCE_PORTS)),
    };
    let mut pools = Pools {
        address: SetPool::new(spaces.address.atoms()),
        service: SetPool::new(spaces.service.atoms()),
        source_port: SetPool::new(spaces.source_port.atoms()),
    };
    let address_ids: Vec<SetId> = addresses
        .sets
        .iter()
        .map(|set| {
            let real = set.ranges.iter().map(|&range| spaces.address.range(range));
            let symbolic = set.symbolic.as_slice().iter().map(|classes| {
                Range::new(spaces.address.symbolic_atom(classes.low), spaces.address.symbolic_atom(classes.high))
            });
            pools.address.intern(Ranges::from_unsorted(real.chain(symbolic).collect()))
        })
        .collect();
    let service_ids = number_sets(&services.sets, &spaces.service, &mut pools.service);
    let port_ids = number_sets(&source_ports.sets, &spaces.source_port, &mut pools.source_port);
    let address = |draft: Draft| address_ids[draft.0 as usize];
    let service = |draft: Draft| service_ids[draft.0 as usize];
    let rules: Vec<CompiledRule> = rules
        .into_iter()
        .map(|(drafts, rule)| {
            let [source, destination, service_draft, port] = drafts;
            let headers = [address(source), address(destination), service(service_draft), port_ids[port.0 as usize]];
            CompiledRule { headers, ..rule }
        })
        .collect();
    let hulls = rules.iter().map(|rule| Hull::new(rule, &pools)).collect();
    let passes = passes
        .into_iter()
        .map(|draft| {
            let mut pass = draft.pass;
            (pass.from.addresses, pass.from.service) = (address(draft.from[0]), service(draft.from[1]));
            (pass.to.addresses, pass.to.service) = (address(draft.to[0]), service(draft.to[1]));
            pass
        })
        .collect();
    let exceptions = exceptions
        .into_iter()
        .map(|draft| CompiledException {
            from_addresses: address(draft.addresses[0]),
            to_addresses: address(draft.addresses[1]),
            service: service(draft.service),
            ..draft.exception
        })
        .collect();
    let asked = asked
        .into_iter()
        .map(|(items, draft, transfer)| (items, AskedServices { packets: service(draft), transfer }))
        .collect();
    let expected = expected.into_iter().map(service).collect();
    let nat: HashMap<u32, super::CompiledNat> = drafts
        .into_iter()
        .map(|(node, draft)| (node, draft.settle(&address, &service, &|draft| port_ids[draft.0 as usize])))
        .collect();
    let (mut holdings, sends, receives) = hold(&facts, &ownership, &spaces.address, &mut symbolic);
    let (spoken_of, bearable) = if nat.is_empty() {
        (HashSet::default(), Ranges::default())
    } else {
        let named = named::named_anywhere(document, &detailed, names, named);
        let bearable = named::bearable(&labels, &named, &sends, &holdings, &spaces.address);
        (named, bearable)
    };
    let declared = if exceptions_name_addresses(document) {
        hold_declared(document, &spaces.address, &mut holdings)
    } else {
        Vec::new()
    };
    Model {
        document,
        names,
        labels,
        networks,
        ownership,
        spaces,
        pools,
        holdings,
        sends,
        receives,
        declared,
        detailed,
        rules,
        hulls,
        filters,
        routes,
        nat,
        too_many_cuts,
        spoken_of,
        bearable,
        interfaces,
        passes,
        exceptions,
        asked,
        expected,
    }
}

/// Cuts between protocols with and without ports, and between the ports of one protocol and the next: needed by the
/// root boxes and so that a portless protocol never shares an atom with a port.
fn service_blocks() -> Vec<u32> {
    vec![PORTED, service_number(UDP, 0), service_number(SCTP, 0), service_number(TCP, 0)]
}

/// One more than the last number of a source port.
const SOURCE_PORTS: u32 = 1 << 16 | 1;

/// Where atoms begin; `end` is one more than the last number, behind which there is nothing.
fn number_cuts(sets: &[Option<Vec<(u32, u32)>>], mut cuts: Vec<u32>, end: u32) -> Vec<u32> {
    for (low, high) in sets.iter().flatten().flatten() {
        cuts.push(*low);
        cuts.push(high.saturating_add(1));
    }
    cuts.retain(|&cut| cut < end);
    cuts
}

fn number_sets(sets: &[Option<Vec<(u32, u32)>>], space: &NumberSpace, pool: &mut SetPool) -> Vec<SetId> {
    sets.iter()
        .map(|set| {
            let Some(set) = set else { return ANY };
            let ranges = set.iter().map(|&(low, high)| space.range(low, high)).collect();
            pool.intern(Ranges::from_unsorted(ranges))
        })
        .collect()
}

/// Single addresses of nodes that declare larger CIDRs too: an exception that names addresses covers only the former,
/// so that they need atoms of their own.
fn coverage_cuts<'a>(document: &'a Document<'_>) -> impl Iterator<Item = AddressRange> + 'a {
    let by_address = exceptions_name_addresses(document);
    let mixed = document.nodes.iter().filter(move |node| {
        by_address && node.addresses.len() > 1 && node.addresses.iter().any(|cidr| !cidr.is_single())
    });
    mixed.flat_map(|node| declared_singles(&node.addresses))
}

fn exceptions_name_addresses(document: &Document<'_>) -> bool {
    document.exceptions.iter().any(|exception| {
        let mut items = exception.from.iter().chain(&exception.to);
        items.any(|item| matches!(item.value, SelectorItem::Addresses(_) | SelectorItem::Group(_)))
    })
}
