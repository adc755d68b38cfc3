//! Addresses that nobody declares, or that two nodes declare.

use std::collections::HashSet;

use super::{Slips, id_span};
use crate::document::{Action, Family, NatSide, NatTarget, NodeDetails, SelectorItem, Spanned};
use crate::engine::trace::PacketAddress;
use crate::header::{DESTINATION, SOURCE};
use crate::model::Model;
use crate::report::slip::Slip;
use crate::source::Span;

type Single = (Family, u128);

/// Duplicate addresses told of one by one before the rest is only counted.
const DUPLICATES: usize = 100;

/// Single addresses that a selector names, those of groups by the place of the group's item.
fn singles<'i>(model: &'i Model<'_>, items: &'i [Spanned<SelectorItem<'_>>], out: &mut Vec<(Single, Span)>) {
    for item in items {
        match &item.value {
            SelectorItem::Addresses(range) if range.low == range.high => {
                out.push(((range.family, range.low), item.span));
            }
            SelectorItem::Group(name) => {
                if let Some(group) = model.names.group(name) {
                    singles(model, &model.document.groups[group as usize].items, out);
                }
            }
            _ => {}
        }
    }
}

/// Single addresses that the `nat` of a node names, as a filter of it sees one side: before translation what entries match,
/// after it what they make.
fn translated(
    model: &Model<'_>,
    details: &NodeDetails<'_>,
    filter: &crate::document::Filter<'_>,
    side: usize,
) -> HashSet<Single> {
    let sees = filter.sees.as_ref().map(|sees| sees.value).unwrap_or_default();
    let mut out = Vec::new();
    for entry in details.nat.iter().flatten() {
        let (of_side, matched, after) = match entry.side {
            NatSide::Source { .. } => (side == SOURCE, &entry.from, sees.translated_source),
            NatSide::Destination { .. } => (side == DESTINATION, &entry.to, sees.translated_destination),
        };
        match &entry.target {
            _ if !of_side => {}
            NatTarget::Addresses(items) if after => singles(model, items, &mut out),
            _ => singles(model, matched, &mut out),
        }
    }
    out.into_iter().map(|(single, _)| single).collect()
}

/// Permit rules that name a single address nobody declares.
pub fn undeclared(model: &Model<'_>, slips: &mut Slips) {
    let detailed = model.detailed.iter().map(|&node| &model.document.nodes[node as usize]);
    let details = detailed.filter_map(|node| node.details.as_deref());
    let filters = details.flat_map(|details| details.filters.iter().flatten().map(move |filter| (details, filter)));
    let mut asked: Vec<(Single, Span)> = Vec::new();
    let mut groups_seen: HashSet<&str> = HashSet::new();
    for (details, filter) in filters {
        let explained = [SOURCE, DESTINATION].map(|side| translated(model, details, filter, side));
        for rule in filter.rules.iter().filter(|rule| rule.action == Action::Permit) {
            for (side, explained) in [&rule.from, &rule.to].into_iter().zip(&explained) {
                for item in side {
                    // a group is looked at once, however many rules name it
                    let new = match &item.value {
                        SelectorItem::Group(name) => groups_seen.insert(name),
                        _ => true,
                    };
                    if new {
                        let first = asked.len();
                        singles(model, std::slice::from_ref(item), &mut asked);
                        let named = asked.split_off(first);
                        asked.extend(named.into_iter().filter(|(single, _)| !explained.contains(single)));
                    }
                }
            }
        }
    }
    let mut seen = HashSet::new();
    for ((family, value), span) in asked {
        if model.ownership.is_declared(family, value) || !seen.insert(span) {
            continue;
        }
        let address = PacketAddress::Known(family, value).text(model);
        slips.push((span, Slip::UndeclaredAddress { address }));
    }
}

/// Single addresses that two nodes declare.
pub fn duplicate(model: &Model<'_>, slips: &mut Slips) {
    if !model.ownership.has_repeated() {
        return;
    }
    // As one number, so that a million of them sort quickly.
    let mut v4: Vec<u64> = Vec::new();
    let mut v6: Vec<(u128, u32)> = Vec::new();
    for (node, value) in (0_u32..).zip(&model.document.nodes) {
        for cidr in value.addresses.iter().filter(|cidr| cidr.is_single()) {
            match cidr.family {
                Family::V4 => v4.push(u64::from(crate::number::v4(cidr.network)) << 32 | u64::from(node)),
                Family::V6 => v6.push((cidr.network, node)),
            }
        }
    }
    v4.sort_unstable();
    v6.sort_unstable();
    let low = |packed: u64| packed as u32;
    let of_v4 = v4
        .windows(2)
        .filter(|pair| pair[0] >> 32 == pair[1] >> 32)
        .map(|pair| (PacketAddress::Known(Family::V4, u128::from(pair[0] >> 32)), low(pair[0]), low(pair[1])));
    let of_v6 = v6
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| (PacketAddress::Known(Family::V6, pair[0].0), pair[0].1, pair[1].1));
    let mut found: Vec<(PacketAddress, u32, u32)> =
        of_v4.chain(of_v6).filter(|(_, first, second)| first != second).collect();
    found.sort_by_key(|(_, _, second)| *second);
    for &(address, first, second) in found.iter().take(DUPLICATES) {
        let [node, other] = [second, first].map(|node| model.id(node).to_owned());
        slips.push((id_span(model, second), Slip::DuplicateAddress { node, address: address.text(model), other }));
    }
    if let Some(&(_, _, second)) = found.get(DUPLICATES) {
        let (more, node) = ((found.len() - DUPLICATES) as u64, model.id(second).to_owned());
        slips.push((id_span(model, second), Slip::MoreDuplicates { more, node }));
    }
}
