//! Permit rules for destinations that no endpoint can receive. Whoever copied such a rule from a device knows somebody who does:
//! a virtual IP that nobody wrote down, a service of the firewall itself, all who listen to a multicast address. Nothing is
//! delivered there, so that what is proved may be false.
//!
//! Of a network that a rule permits a part is nobody's almost everywhere, and that is no slip: a part is told of where it is
//! named by itself, as an item of a list, a group or a name ([decision 0024](../../../docs/decisions/0024-silent-rules.md)).

use std::collections::{HashMap, HashSet};

use super::{Slips, id_span, rule_name};
use crate::document::{
    Action, AddressRange, Cidr, Family, Filter, NatSide, NatTarget, NodeDetails, SelectorItem, Spanned,
};
use crate::header::Range;
use crate::model::Model;
use crate::report::slip::{NoReceiver, Slip};
use crate::source::Span;

const MULTICAST: [AddressRange; 2] = [
    AddressRange { family: Family::V4, low: 0xe000_0000, high: 0xefff_ffff },
    AddressRange { family: Family::V6, low: 0xff << 120, high: u128::MAX },
];
const BROADCAST: AddressRange = AddressRange { family: Family::V4, low: u32::MAX as u128, high: u32::MAX as u128 };
/// Prefixes of which the last address is one of a host.
const POINT_TO_POINT: u8 = 31;

const fn holds(outer: &AddressRange, inner: &AddressRange) -> bool {
    outer.family as u8 == inner.family as u8 && outer.low <= inner.low && inner.high <= outer.high
}

fn meets(one: &AddressRange, other: &AddressRange) -> bool {
    one.family == other.family && one.low <= other.high && other.low <= one.high
}

/// Whether all of a range is multicast.
fn is_multicast(range: &AddressRange) -> bool {
    MULTICAST.iter().any(|all| holds(all, range))
}

/// What one item of a selector names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Addresses(AddressRange),
    Node(u32),
}

/// The parts that items name by themselves, those of groups and host names too, at the place of their item.
fn parts(model: &Model<'_>, items: &[Spanned<SelectorItem<'_>>], out: &mut Vec<(Part, Span)>) {
    for item in items {
        match &item.value {
            SelectorItem::Addresses(range) => out.push((Part::Addresses(*range), item.span)),
            SelectorItem::Node(id) => out.extend(model.names.node(id).map(|node| (Part::Node(node), item.span))),
            SelectorItem::Group(name) => {
                if let Some(group) = model.names.group(name) {
                    parts(model, &model.document.groups[group as usize].items, out);
                }
            }
            SelectorItem::Fqdn(name) => {
                if let Some(known) = model.names.host_name(name) {
                    parts(model, &model.document.host_names[known as usize].items, out);
                }
            }
            _ => {}
        }
    }
}

/// The addresses that items name by themselves.
fn ranges(model: &Model<'_>, items: &[Spanned<SelectorItem<'_>>]) -> Vec<AddressRange> {
    let mut found = Vec::new();
    parts(model, items, &mut found);
    let of = |(part, _): (Part, Span)| match part {
        Part::Addresses(range) => vec![range],
        Part::Node(node) => model.sent_addresses(node),
    };
    found.into_iter().flat_map(of).collect()
}

fn detailed<'m, 'd>(model: &'m Model<'d>) -> impl Iterator<Item = (u32, &'m NodeDetails<'d>)> {
    let details = |&node: &u32| Some((node, model.document.nodes[node as usize].details.as_deref()?));
    model.detailed.iter().filter_map(details)
}

/// The parts that permit rules name as destinations, each once for each node and rule: with the node, the filter and the rule.
fn permitted<'m, 'd>(
    model: &'m Model<'d>,
    mut each: impl FnMut(u32, &'m Filter<'d>, usize, &Spanned<SelectorItem<'d>>, Part, Span),
) {
    // A group is looked at once for each filter, however many rules name it.
    let mut groups: HashSet<(u32, usize, &str)> = HashSet::new();
    let mut found = Vec::new();
    for (node, details) in detailed(model) {
        for (number, filter) in details.filters.iter().flatten().enumerate() {
            for (at, rule) in filter.rules.iter().enumerate().filter(|(_, rule)| rule.action == Action::Permit) {
                for item in &rule.to {
                    if matches!(&item.value, SelectorItem::Group(name) if !groups.insert((node, number, name))) {
                        continue;
                    }
                    parts(model, std::slice::from_ref(item), &mut found);
                    for (part, span) in found.drain(..) {
                        each(node, filter, at, item, part, span);
                    }
                }
            }
        }
    }
}

/// Whether a permit rule names multicast addresses as its destination.
pub fn names_multicast(model: &Model<'_>) -> bool {
    let mut found = false;
    permitted(model, |_, _, _, _, part, _| {
        found |= matches!(part, Part::Addresses(range) if is_multicast(&range));
    });
    found
}

/// Destinations that translations explain.
struct Translated {
    /// By node: before a translation of its own, and after it.
    own: HashMap<u32, [Vec<AddressRange>; 2]>,
    /// What any node translates, and what it makes of sources: there replies come back.
    all: Vec<(u32, AddressRange)>,
}

impl Translated {
    fn new(model: &Model<'_>) -> Self {
        let mut out = Self { own: HashMap::new(), all: Vec::new() };
        if model.nat.is_empty() {
            return out;
        }
        for (node, details) in detailed(model) {
            for entry in details.nat.iter().flatten() {
                let target = match &entry.target {
                    NatTarget::Keep => Vec::new(),
                    NatTarget::Addresses(items) => ranges(model, items),
                };
                let to = ranges(model, &entry.to);
                match entry.side {
                    NatSide::Source { .. } => out.all.extend(target.into_iter().map(|range| (node, range))),
                    NatSide::Destination { .. } => {
                        out.all.extend(to.iter().map(|&range| (node, range)));
                        let [before, after] = out.own.entry(node).or_default();
                        // What is kept is the same afterwards.
                        after.extend(if target.is_empty() { to.clone() } else { target });
                        before.extend(to);
                    }
                }
            }
        }
        out
    }

    /// Whether a filter of a node may mean a destination by what it or another node translates.
    fn explains(&self, node: u32, filter: &Filter<'_>, range: &AddressRange) -> bool {
        let after = filter.sees.as_ref().map(|sees| sees.value).unwrap_or_default().translated_destination;
        self.own.get(&node).is_some_and(|own| own[usize::from(after)].iter().any(|own| meets(own, range)))
            || self.all.iter().any(|(other, translated)| *other != node && meets(translated, range))
    }
}

/// Who receives what.
struct Receivers {
    /// By atom of addresses: how many atoms before it some endpoint receives.
    before: Vec<u32>,
    /// Whether the addresses of some endpoint are unknown, so that they may lie anywhere.
    symbolic: bool,
}

impl Receivers {
    fn new(model: &Model<'_>) -> Self {
        let atoms = model.spaces.address.atoms() as usize;
        let mut steps = vec![0_i32; atoms + 1];
        let mut seen = HashSet::new();
        for (&holding, _) in model.receives.iter().zip(&model.labels.endpoint).filter(|(_, endpoint)| **endpoint) {
            let parts = model.holdings.get(holding).as_slice();
            // Whoever has one address shares it with few.
            if parts.len() > 1 && !seen.insert(holding) {
                continue;
            }
            for part in parts {
                steps[part.low as usize] += 1;
                steps[part.high as usize + 1] -= 1;
            }
        }
        let (mut depth, mut count) = (0, 0);
        let mut before = Vec::with_capacity(atoms + 1);
        for step in steps {
            before.push(count);
            depth += step;
            count += u32::from(depth > 0);
        }
        let received = |range: Range| before[range.high as usize + 1] > before[range.low as usize];
        let symbolic = model.spaces.address.symbolic_atoms().is_some_and(received);
        Self { before, symbolic }
    }

    /// Whether some endpoint receives an address of a range, a symbolic one among others.
    fn any(&self, model: &Model<'_>, range: AddressRange) -> bool {
        let atoms = model.spaces.address.range(range);
        let known = self.before[atoms.high as usize + 1] > self.before[atoms.low as usize];
        known || !range.is_single() && self.symbolic
    }
}

/// Networks of endpoints and zones by their last address.
fn broadcasts(model: &Model<'_>) -> HashMap<u128, Cidr> {
    let endpoints = model.document.nodes.iter().zip(&model.labels.endpoint).filter(|(_, endpoint)| **endpoint);
    let declared = endpoints.flat_map(|(node, _)| node.addresses.iter());
    let networks = declared.chain(model.names.networks.iter().flatten().copied());
    let mut out: HashMap<u128, Cidr> = HashMap::new();
    for network in networks.filter(|one| one.family == Family::V4 && (1..POINT_TO_POINT).contains(&one.length)) {
        let longest = out.entry(network.range().high).or_insert(network);
        if network.length > longest.length {
            *longest = network;
        }
    }
    out
}

/// What is known of those who do not receive.
struct Silent<'m, 'd> {
    model: &'m Model<'d>,
    receivers: Receivers,
    broadcasts: HashMap<u128, Cidr>,
    /// Multicast prefixes that endpoints declare.
    listening: Vec<AddressRange>,
    /// Forwarders that are no endpoints, by their single addresses.
    transit: HashMap<(Family, u128), u32>,
}

impl<'m, 'd> Silent<'m, 'd> {
    fn new(model: &'m Model<'d>) -> Self {
        let (mut listening, mut transit) = (Vec::new(), HashMap::new());
        let nodes = (0_u32..).zip(&model.document.nodes).zip(&model.labels.endpoint);
        for ((node, value), endpoint) in nodes {
            if *endpoint {
                listening.extend(value.addresses.iter().map(|cidr| cidr.range()).filter(is_multicast));
            } else {
                let singles = value.addresses.iter().filter(Cidr::is_single);
                transit.extend(singles.map(|single| ((single.family, single.network), node)));
            }
        }
        Self { model, receivers: Receivers::new(model), broadcasts: broadcasts(model), listening, transit }
    }

    /// Why nobody receives any of a part; `None`: somebody does, or another warning says so.
    fn why(&self, part: Part) -> Option<NoReceiver> {
        let model = self.model;
        let transit = |node: u32| NoReceiver::Transit { node: model.id(node).to_owned() };
        let range = match part {
            Part::Addresses(range) => range,
            Part::Node(node) => {
                let addresses = model.sent_addresses(node);
                let received = addresses.iter().any(|range| self.receivers.any(model, *range));
                return (!model.labels.endpoint[node as usize] && !received).then(|| transit(node));
            }
        };
        if range == AddressRange::all(range.family) {
            // As good as `any`.
            return None;
        }
        if is_multicast(&range) {
            // Whoever has every address is no listener.
            return (!self.listening.iter().any(|one| meets(one, &range))).then_some(NoReceiver::Multicast);
        }
        if range == BROADCAST {
            return Some(NoReceiver::Broadcast { network: None });
        }
        let declared = range.is_single() && model.ownership.is_declared(range.family, range.low);
        if range.is_single() && !declared {
            // That nobody declares it is told of by itself.
            let network = self.broadcasts.get(&range.low).filter(|network| network.family == range.family)?;
            return Some(NoReceiver::Broadcast { network: Some(cidr_text(network)) });
        }
        if self.receivers.any(model, range) {
            return None;
        }
        let borne = || {
            self.transit
                .iter()
                .filter(|((family, value), _)| *family == range.family && (range.low..=range.high).contains(value))
        };
        let node = match range.is_single() {
            true => self.transit.get(&(range.family, range.low)).copied(),
            false => borne().map(|(_, &node)| node).min(),
        };
        Some(node.map_or(NoReceiver::Nobody, transit))
    }
}

fn cidr_text(cidr: &Cidr) -> String {
    SelectorItem::Addresses(cidr.range()).to_string()
}

/// Permit rules with a destination, or an item of it, that no endpoint can receive and that no translation explains.
pub fn unreceived(model: &Model<'_>, slips: &mut Slips) {
    if model.filters.is_empty() {
        return;
    }
    let (silent, translated) = (Silent::new(model), Translated::new(model));
    let mut told: HashSet<(u32, Part)> = HashSet::new();
    permitted(model, |node, filter, at, item, part, span| {
        let Some(why) = silent.why(part) else { return };
        let explained = |range: &AddressRange| translated.explains(node, filter, range);
        let by_translation = match part {
            Part::Addresses(range) => explained(&range),
            Part::Node(of) => model.sent_addresses(of).iter().any(explained),
        };
        if by_translation || !told.insert((node, part)) {
            return;
        }
        let named = match part {
            Part::Addresses(range) => SelectorItem::Addresses(range).to_string(),
            Part::Node(of) => format!("node:{}", model.id(of)),
        };
        let within = match &item.value {
            SelectorItem::Group(_) | SelectorItem::Fqdn(_) => Some(item.value.to_string()),
            _ => None,
        };
        let slip = Slip::UnreceivedDestination {
            rule: rule_name(filter, at),
            node: model.id(node).to_owned(),
            part: named,
            within,
            why,
        };
        slips.push((if span == Span::default() { id_span(model, node) } else { span }, slip));
    });
}
