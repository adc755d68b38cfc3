//! From what was weighed to what a finding says of it: the elements, and who reaches whom by them.

use super::show::{Show, service};
use super::weigh::{Blame, Group};
use crate::document::Kind;
use crate::engine::trace::{Way, Witness};
use crate::report;
use crate::report::cause::{Cause, FilterName, Leak, What};
use crate::session::Element;

/// What leaks through what.
pub fn leak(show: Show<'_, '_, '_>, blame: &Blame, group: &Group, witness: &Witness) -> Leak {
    let elements = blame
        .elements
        .iter()
        .map(|element| report::Element { what: what(show, element, witness), location: show.element_at(element) });
    let cause = Cause { elements: elements.collect(), shown: blame.shown };
    let session = match blame.elements.as_slice() {
        [Element::Relays { .. } | Element::RelayEntry { .. }] => None,
        [element] => {
            let candidate = group.candidates.iter().find(|one| one.element == *element);
            let at = candidate.map_or(0, |candidate| candidate.session);
            witness.sessions.get(at.min(witness.sessions.len() - 1))
        }
        _ => None,
    };
    let (from, to) = match session {
        Some(session) => (session.from, session.to),
        None => (witness.nodes[0], witness.nodes[witness.nodes.len() - 1]),
    };
    let opened = session.and_then(|session| session.packet());
    Leak {
        cause,
        from: show.id(from).to_owned(),
        to: show.id(to).to_owned(),
        service: opened.map(|packet| service(&packet)),
    }
}

/// An element as it is said.
fn what(show: Show<'_, '_, '_>, element: &Element, witness: &Witness) -> What {
    let document = show.model.document;
    let node = |node: u32| show.id(node).to_owned();
    let details = |node: u32| document.nodes[node as usize].details.as_deref();
    let filter_of = |node: u32, filter: u32| FilterName {
        name: show.filter(node, filter).and_then(|filter| filter.name.as_deref()).map(str::to_owned),
        number: u64::from(filter) + 1,
    };
    match *element {
        Element::Exception(at) => What::Exception { id: document.exceptions[at as usize].id.to_string() },
        Element::Transfer(at) => {
            What::Transfer { id: show.transfer(at).to_owned(), raw: document.transfers[at as usize].sanitise.is_none() }
        }
        Element::Rule { node: at, filter, rule } => {
            What::Rule { node: node(at), filter: filter_of(at, filter), rule: show.rule(at, filter, rule) }
        }
        Element::Default { node: at, filter } => What::Default { node: node(at), filter: filter_of(at, filter) },
        Element::RelayEntry { node: at, entry } => {
            let relays = details(at).and_then(|details| details.relays.as_deref()).unwrap_or_default();
            let raw = relays.get(entry as usize).is_none_or(|relay| relay.sanitise.is_none());
            What::Relay { node: node(at), entry: u64::from(entry) + 1, raw }
        }
        Element::RoutedVlan { node: at, vlan } => What::RoutedVlan {
            node: node(at),
            vlan,
            other: routed_to(witness, at, vlan),
            declared: details(at).is_some_and(|details| details.routed_vlans.is_some()),
        },
        Element::Vlan { link, vlan } => What::Vlan {
            link: show.link(link),
            vlan,
            declared: document.links[link.index()].vlan_lists().next().is_some(),
        },
        Element::Route { node: at, route } => What::Route { node: node(at), entry: u64::from(route) + 1 },
        Element::Relays { node: at } => What::Relays { node: node(at) },
        Element::Forwarder { node: at } => {
            What::Forwarder { node: node(at), gateway: document.nodes[at as usize].kind == Kind::Gateway }
        }
        Element::Routing { node: at } => What::Routing { node: node(at) },
        Element::Segment { node: at, vlan, zone } => What::Segment {
            node: node(at),
            vlan: Some(vlan).filter(|_| show.uses_vlans()),
            zone: show.model.names.zones[zone as usize].to_owned(),
        },
        Element::Link(link) => What::Link { link: show.link(link) },
    }
}

/// The VLAN that a witness passes an l3-switch to or from, beside one.
fn routed_to(witness: &Witness, node: u32, vlan: u16) -> Option<u16> {
    let hops = witness.sessions.iter().flat_map(|session| &session.hops);
    let l3_links = hops.filter(|hop| hop.node == node).filter_map(|hop| match hop.way {
        Some(Way::L3Link(Some(tag))) => Some(tag),
        _ => None,
    });
    let tags: Vec<u16> = l3_links.collect();
    tags.contains(&vlan).then(|| tags.into_iter().find(|&tag| tag != vlan)).flatten()
}
