//! The guesses in the attacker's favour that a witness rests on, each naming the declaration that would remove it.

use super::show::Show;
use super::trace::Tracer;
use crate::document::{Kind, Rule, SelectorItem, Spanned};
use crate::engine::trace::{Half, Packet, PacketAddress, PassTrace, SessionTrace, Way, Witness};
use crate::report::note::{Guess, Note};
use crate::session::Element;
use crate::source::Location;

/// The guesses of a witness.
pub fn of(tracer: &Tracer<'_, '_>, show: Show<'_, '_, '_>, causes: &[Element], witness: &Witness) -> Vec<Note<Guess>> {
    let mut out = Vec::new();
    for session in &witness.sessions {
        // Of what is carried nothing is guessed.
        let Some(packet) = session.packet() else { continue };
        symbolic(show, session, packet, &mut out);
        spoofed(tracer, show, session, packet, &mut out);
        by_zone(show, session, packet, &mut out);
        unrouted(tracer, show, session, causes, &mut out);
        trunks(show, session, &mut out);
        routed_vlans(show, session, &mut out);
    }
    for (&node, pass) in witness.nodes.iter().skip(1).zip(&witness.passes) {
        if *pass == PassTrace::Undeclared {
            out.push(Note::of(show.id(node), show.node_at(node), Guess::RelaysEverything));
        }
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|note| seen.insert((note.location, note.fact.clone())));
    out
}

fn symbolic(show: Show<'_, '_, '_>, session: &SessionTrace, packet: Packet, out: &mut Vec<Note<Guess>>) {
    for (address, node) in [(packet.source, session.from), (packet.destination, session.to)] {
        if matches!(address, PacketAddress::Symbolic(_)) {
            out.push(Note::of(show.id(node), show.node_at(node), Guess::AnyAddress));
        }
    }
}

/// Rules that permitted the packet of a session: node, location, the rule.
fn permits<'r, 'd>(
    show: Show<'r, '_, 'd>,
    session: &'r SessionTrace,
) -> impl Iterator<Item = (u32, String, Location, &'d Rule<'d>, Option<&'r str>)> + 'r
where
    'd: 'r,
{
    session.hops.iter().flat_map(move |hop| {
        hop.deciders.iter().filter_map(move |decider| {
            let rule = show.filter(hop.node, decider.filter)?.rules.get(decider.rule? as usize)?;
            let name = show.rule(hop.node, decider.filter, decider.rule?);
            let place = show.rule_at(hop.node, decider.filter, decider.rule);
            Some((hop.node, name, place, rule, hop.r#in.as_deref()))
        })
    })
}

/// A source that belongs to somebody else, believed by a rule that does not ask where the packet came in.
fn spoofed(
    tracer: &Tracer<'_, '_>,
    show: Show<'_, '_, '_>,
    session: &SessionTrace,
    packet: Packet,
    out: &mut Vec<Note<Guess>>,
) {
    if tracer.replay().is_own(session.from, packet.source) {
        return;
    }
    let (sender, source) = (show.id(session.from), packet.source.text(show.model));
    let rule = permits(show, session).find(|(_, _, _, rule, came)| rule.r#in.is_none() && came.is_some());
    let found = match rule {
        Some((node, rule, place, _, Some(came))) => {
            let (sender, r#in) = (sender.to_owned(), came.to_owned());
            Note::of(show.id(node), place, Guess::Believed { rule, sender, source, r#in })
        }
        _ => Note::of(sender, show.node_at(session.from), Guess::Claimed { source }),
    };
    out.push(found);
}

/// `zone:z` that holds all addresses because of a node of the zone.
fn by_zone(show: Show<'_, '_, '_>, session: &SessionTrace, packet: Packet, out: &mut Vec<Note<Guess>>) {
    let model = show.model;
    let inside = |items: &[Spanned<SelectorItem<'_>>], address: PacketAddress| {
        let PacketAddress::Known(family, value) = address else { return None };
        let SelectorItem::Zone(zone) = &items.iter().find(|item| matches!(item.value, SelectorItem::Zone(_)))?.value
        else {
            return None;
        };
        if items.len() > 1 {
            return None;
        }
        let zone = model.names.zone(zone)?;
        let holds =
            |range: crate::document::AddressRange| range.family == family && range.low <= value && value <= range.high;
        if model.names.networks[zone as usize].iter().any(|network| holds(network.range())) {
            return None;
        }
        let nodes = (0_u32..).zip(&model.labels.labels).filter(|(_, label)| **label == Some(zone));
        let wide = |node: u32| model.sent_addresses(node).into_iter().any(|range| !range.is_single() && holds(range));
        let alone = |node: u32| {
            let value = &model.document.nodes[node as usize].addresses;
            !value.only().is_some_and(|cidr| cidr.is_single()) && wide(node)
        };
        nodes.map(|(node, _)| node).find(|&node| alone(node)).map(|node| (zone, node))
    };
    for (node, name, place, rule, _) in permits(show, session) {
        let sides = [(&rule.from, packet.source), (&rule.to, packet.destination)];
        for (zone, holder) in sides.into_iter().filter_map(|(items, address)| inside(items, address)) {
            let (zone, holder) = (model.names.zones[zone as usize].to_owned(), show.id(holder).to_owned());
            out.push(Note::of(show.id(node), place, Guess::WideZone { zone, rule: name.clone(), holder }));
        }
    }
}

/// A node that forwards anywhere because it declares no routes, where its rule does not say by which interface.
fn unrouted(
    tracer: &Tracer<'_, '_>,
    show: Show<'_, '_, '_>,
    session: &SessionTrace,
    causes: &[Element],
    out: &mut Vec<Note<Guess>>,
) {
    let model = show.model;
    let inner = session.hops.iter().filter(|hop| hop.r#in.is_some() && hop.out.is_some() && hop.half != Half::Switch);
    for hop in inner {
        let value = &model.document.nodes[hop.node as usize];
        let concerned = causes.iter().any(|cause| match cause {
            Element::Rule { node, .. } | Element::Forwarder { node } | Element::RoutedVlan { node, .. } => {
                *node == hop.node
            }
            _ => false,
        });
        let crossing = tracer.adjacency().links_of(hop.node).take(3).count() > 2 || hop.half == Half::Router;
        if value.kind == Kind::Switch || model.routes.contains_key(&hop.node) || !concerned || !crossing {
            continue;
        }
        let rules = hop.deciders.iter().filter_map(|decider| {
            let filter = show.filter(hop.node, decider.filter)?;
            let rule = filter.rules.get(decider.rule? as usize)?;
            Some((rule.out.is_some() || filter.out.is_some(), show.rule(hop.node, decider.filter, decider.rule?)))
        });
        let rules: Vec<(bool, String)> = rules.collect();
        if rules.iter().any(|(says, _)| *says) {
            continue;
        }
        let out_by = hop.out.as_deref().unwrap_or_default().to_owned();
        let rule = rules.into_iter().next().map(|(_, rule)| rule);
        out.push(Note::of(show.id(hop.node), show.node_at(hop.node), Guess::NoRoutes { out: out_by, rule }));
    }
}

/// Links to switches that carry all VLANs because they say nothing.
fn trunks(show: Show<'_, '_, '_>, session: &SessionTrace, out: &mut Vec<Note<Guess>>) {
    let links = &show.model.document.links;
    if links.iter().all(|link| !link.names_vlans()) {
        return;
    }
    for (hop, next) in session.hops.iter().zip(session.hops.iter().skip(1)) {
        let Some(Way::Link { link, backward }) = hop.way else { continue };
        let Some(tag) = hop.tag.or(next.tag) else { continue };
        let near = usize::from(backward);
        if [near, 1 - near].iter().all(|&end| links[link.index()].vlans_at(end).is_none()) {
            out.push(Note::at(show.link_at(link), Guess::EveryVlan { link: show.link(link), vlan: tag }));
        }
    }
}

/// An l3-switch that routes between all VLANs because it says nothing.
fn routed_vlans(show: Show<'_, '_, '_>, session: &SessionTrace, out: &mut Vec<Note<Guess>>) {
    for hop in session.hops.iter().filter(|hop| hop.half == Half::Router) {
        let details = show.model.document.nodes[hop.node as usize].details.as_deref();
        if details.is_some_and(|details| details.routed_vlans.is_some()) {
            continue;
        }
        out.push(Note::of(show.id(hop.node), show.node_at(hop.node), Guess::RoutesEveryVlan));
    }
}
