//! What nodes, and the document around them, mention by name, and the ranges of addresses that they name.

use crate::document::{AddressRange, Document, NatTarget, Node, NodeDetails, Rule, Selector, SelectorItem, Text};

/// A name that a node's filters, routes or relays mention.
#[derive(Clone, Copy)]
pub(super) enum Mention<'a, 's> {
    /// `node:`
    Node(&'a Text<'s>),
    /// An interface or neighbour of the node itself.
    Interface(&'a Text<'s>),
}

/// The nodes that exceptions, transfers, expectations and host names name.
pub(super) fn named_by_frame(frame: &Document<'_>) -> Vec<String> {
    let exceptions = frame.exceptions.iter().flat_map(|exception| exception.from.iter().chain(&exception.to));
    let transfers = frame.transfers.iter().flat_map(|transfer| transfer.from.iter().chain(&transfer.to));
    let host_names = frame.host_names.iter().flat_map(|known| &known.items);
    let expects = frame.expects.iter().flat_map(|expectation| expectation.from.iter().chain(&expectation.to));
    let items = exceptions.chain(transfers).chain(expects).chain(host_names);
    let named = items.filter_map(|item| match &item.value {
        SelectorItem::Node(id) => Some(id.to_string()),
        _ => None,
    });
    named.collect()
}

/// The names of nodes, interfaces and neighbours that a node's filters, routes and relays mention.
pub(super) fn for_each_mention<'s>(details: &NodeDetails<'s>, found: &mut dyn FnMut(Mention<'_, 's>)) {
    for filter in details.filters.iter().flatten() {
        for name in filter.r#in.iter().chain(&filter.out).flatten() {
            found(Mention::Interface(&name.value));
        }
        filter.rules.iter().for_each(|rule| for_each_mention_of_rule(rule, found));
    }
    for relay in details.relays.iter().flatten() {
        mentions_of_selectors([&relay.from, &relay.to], found);
    }
    for entry in details.nat.iter().flatten() {
        mentions_of_selectors([&entry.from, &entry.to], found);
        if let NatTarget::Addresses(items) = &entry.target {
            mentions_of_selectors([items], found);
        }
        for name in entry.r#in.iter().chain(&entry.out).flatten() {
            found(Mention::Interface(&name.value));
        }
    }
    for via in details.routes.iter().flatten().filter_map(|route| route.via.as_ref()) {
        found(Mention::Interface(&via.value));
    }
}

/// The names of nodes and interfaces that a rule mentions.
pub(super) fn for_each_mention_of_rule<'s>(rule: &Rule<'s>, found: &mut dyn FnMut(Mention<'_, 's>)) {
    mentions_of_selectors([&rule.from, &rule.to], found);
    for name in rule.r#in.iter().chain(&rule.out).flatten() {
        found(Mention::Interface(&name.value));
    }
}

fn mentions_of_selectors<'a, 's: 'a>(
    selectors: impl IntoIterator<Item = &'a Selector<'s>>,
    found: &mut dyn FnMut(Mention<'_, 's>),
) {
    for item in selectors.into_iter().flatten() {
        match &item.value {
            SelectorItem::Node(id) => found(Mention::Node(id)),
            SelectorItem::Not(items) => mentions_of_selectors([items], found),
            _ => {}
        }
    }
}

/// The ranges of addresses that a node's filters, routes and relays name, and its networks.
pub(super) fn for_each_range(node: &Node<'_>, found: &mut dyn FnMut(AddressRange)) {
    for cidr in node.addresses.iter().filter(|cidr| !cidr.is_single()) {
        found(cidr.range());
    }
    let Some(details) = &node.details else { return };
    for rule in details.filters.iter().flatten().flat_map(|filter| &filter.rules) {
        ranges_of_selectors([&rule.from, &rule.to], found);
    }
    for relay in details.relays.iter().flatten() {
        ranges_of_selectors([&relay.from, &relay.to], found);
    }
    for entry in details.nat.iter().flatten() {
        ranges_of_selectors([&entry.from, &entry.to], found);
        if let NatTarget::Addresses(items) = &entry.target {
            ranges_of_selectors([items], found);
        }
    }
    for route in details.routes.iter().flatten() {
        found(route.to.value.range());
    }
}

/// The ranges of addresses that selectors name.
pub(super) fn ranges_of_selectors<'a, 's: 'a>(
    selectors: impl IntoIterator<Item = &'a Selector<'s>>,
    found: &mut dyn FnMut(AddressRange),
) {
    for item in selectors.into_iter().flatten() {
        match &item.value {
            SelectorItem::Addresses(range) => found(*range),
            SelectorItem::Not(items) => ranges_of_selectors([items], found),
            _ => {}
        }
    }
}
