//! Nodes that rules name, and the symbolic addresses that headers may bear.

use rustc_hash::FxHashSet as HashSet;

use crate::document::{Document, NatTarget, SelectorItem, Spanned};
use crate::header::{AddressSpace, Ranges};
use crate::model::labels::Labels;
use crate::model::names::Names;
use crate::model::{HoldingId, Holdings};

fn add(items: &[Spanned<SelectorItem<'_>>], names: &Names<'_>, named: &mut HashSet<u32>) {
    for item in items {
        match &item.value {
            SelectorItem::Node(id) => named.extend(names.node(id)),
            SelectorItem::Not(items) => add(items, names, named),
            _ => {}
        }
    }
}

/// With the nodes that rules name, those that relays, transfers, exceptions and expectations name.
pub(super) fn named_anywhere(
    document: &Document<'_>,
    detailed: &[u32],
    names: &Names<'_>,
    mut named: HashSet<u32>,
) -> HashSet<u32> {
    let details = detailed.iter().filter_map(|&node| document.nodes[node as usize].details.as_ref());
    for relay in details.flat_map(|details| details.relays.iter().flatten()) {
        add(&relay.from, names, &mut named);
        add(&relay.to, names, &mut named);
    }
    for transfer in &document.transfers {
        add(&transfer.from, names, &mut named);
        add(&transfer.to, names, &mut named);
    }
    for exception in &document.exceptions {
        add(&exception.from, names, &mut named);
        add(&exception.to, names, &mut named);
    }
    for expectation in &document.expects {
        add(&expectation.from, names, &mut named);
        add(&expectation.to, names, &mut named);
    }
    named
}

/// Nodes that `node:` items of rules, of host names and of `nat` name; `detailed` are the nodes that have any.
pub(super) fn named_nodes(document: &Document<'_>, detailed: &[u32], names: &Names<'_>) -> HashSet<u32> {
    let mut named = HashSet::default();
    document.host_names.iter().for_each(|known| add(&known.items, names, &mut named));
    for details in detailed.iter().filter_map(|&node| document.nodes[node as usize].details.as_ref()) {
        for rule in details.filters.iter().flatten().flat_map(|filter| &filter.rules) {
            add(&rule.from, names, &mut named);
            add(&rule.to, names, &mut named);
        }
        for entry in details.nat.iter().flatten() {
            add(&entry.from, names, &mut named);
            add(&entry.to, names, &mut named);
            if let NatTarget::Addresses(items) = &entry.target {
                add(items, names, &mut named);
            }
        }
    }
    named
}

/// The symbolic addresses that headers may bear: of endpoints, and of nodes that a `node:` names.
pub(super) fn bearable(
    labels: &Labels,
    named: &HashSet<u32>,
    sends: &[HoldingId],
    holdings: &Holdings,
    space: &AddressSpace,
) -> Ranges {
    let Some(symbolic) = space.symbolic_atoms() else { return Ranges::default() };
    let speaks = (0_u32..).zip(sends).filter(|(node, _)| labels.endpoint[*node as usize] || named.contains(node));
    let atoms = speaks.flat_map(|(_, &holding)| holdings.get(holding).as_slice());
    Ranges::from_unsorted(atoms.copied().filter(|range| range.overlaps(symbolic)).collect())
}
