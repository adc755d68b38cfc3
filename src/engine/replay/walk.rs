//! Follows one packet hop by hop. Spec, sections 4 and 5.

use super::translate::translated;
use super::{Refusal, Replay, demand, refuse};
use crate::document::{Action, Filter, Kind, Link, Node, Route, Rule, Spanned, Text, Traffic};
use crate::engine::trace::{Half, Hop, MatchedRule, Means, Packet, PacketAddress, SessionTrace, Way};
use crate::model::LinkId;

/// Follows a session from the one that opens it to the one that receives it.
pub(super) fn follow(replay: &Replay<'_, '_>, session: &SessionTrace, without: &[u32]) -> Result<(), Refusal> {
    let SessionTrace { from, to, means, hops } = session;
    let labels = &replay.model.labels;
    demand(from != to, "a session leads from a node to itself")?;
    demand(labels.endpoint[*from as usize] && labels.endpoint[*to as usize], "an end is no endpoint")?;
    let (mut packet, received) = match (*means, session.received()) {
        (Means::Packet(packet), Some(received)) => (packet, received),
        (Means::Transfer(transfer), _) => return carried(replay, session, transfer, without),
        (Means::Packet(_), None) => return refuse("a packet is not received"),
    };
    demand(replay.owners.sends(*from, packet.source), "the source is not an address of the sender")?;
    demand(replay.owners.receives(*to, received.destination), "the destination is not received there")?;
    header(&packet)?;
    let (Some(first), Some(last)) = (hops.first(), hops.last()) else { return refuse("it has no hops") };
    demand(first.node == *from && last.node == *to && hops.len() > 1, "the hops do not join its ends")?;
    let mut tag = None;
    for (at, hop) in hops.iter().enumerate() {
        let node = &replay.document.nodes[hop.node as usize];
        demand(without.binary_search(&hop.node).is_err(), "a node on the way is taken out")?;
        demand((node.kind == Kind::L3Switch) == (hop.half != Half::Whole), "a hop is at no part of its node")?;
        let came = at.checked_sub(1).and_then(|before| hops[before].way);
        demand(came.is_some() == (at > 0), "a hop is not reached")?;
        demand(hop.way.is_some() == (at + 1 < hops.len()), "the packet is delivered before the end")?;
        let switch = is_switch(replay, hop);
        let inner = at > 0 && hop.way.is_some();
        demand(inner || hop.half != Half::Switch, "a switch ends no session")?;
        demand(!inner || labels.forwards[hop.node as usize], "a node on the way does not forward")?;
        if let (Some(way), Some(before)) = (came, at.checked_sub(1).map(|before| &hops[before])) {
            arrive(replay, before, hop, way)?;
        }
        tag = enter(replay, hop, came, tag, switch)?;
        let enters = came.map(|way| interface(replay, way, false));
        let leaves = hop.way.map(|way| interface(replay, way, true));
        demand(enters == hop.r#in && leaves == hop.out, "an interface has another name")?;
        if switch && inner {
            demand(came.map(same_link) != hop.way.map(same_link), "a switch sends back where it came from")?;
            demand(hop.way.is_none_or(|way| carries(replay, way, tag, true)), "a link does not carry the tag")?;
        }
        let before = packet;
        packet = translated(replay, node, hop, &before)?;
        header(&packet)?;
        if hop.half != Half::Switch {
            filters(replay, node, hop, [&before, &packet])?;
            if let (true, Some(way)) = (inner, hop.way) {
                demand(routed(replay, node, packet.destination, way), "the routes do not lead there")?;
            }
        }
    }
    Ok(())
}

/// Whether a transfer carries data from the one end to the other.
fn carried(replay: &Replay<'_, '_>, session: &SessionTrace, transfer: u32, without: &[u32]) -> Result<(), Refusal> {
    let document = replay.document;
    let Some(transfer) = document.transfers.get(transfer as usize) else { return refuse("there is no such transfer") };
    demand(session.hops.is_empty(), "a transfer passes no node")?;
    for (items, end) in [(&transfer.from, session.from), (&transfer.to, session.to)] {
        demand(replay.selects_node(items, end), "the transfer is not for this node")?;
        demand(without.binary_search(&end).is_err(), "a transfer begins or ends at a node that is taken out")?;
    }
    Ok(())
}

fn header(packet: &Packet) -> Result<(), Refusal> {
    if let (PacketAddress::Known(a, _), PacketAddress::Known(b, _)) = (packet.source, packet.destination) {
        demand(a == b, "IPv4 and IPv6 are mixed")?;
    }
    let ported = matches!(packet.protocol, 6 | 17 | 132);
    demand(packet.source_port.is_some() == ported && packet.destination_port.is_some() == ported, "ports do not fit")
}

/// Whether the way from one hop leads to the next.
fn arrive(replay: &Replay<'_, '_>, before: &Hop, hop: &Hop, way: Way) -> Result<(), Refusal> {
    match way {
        Way::Link { link, backward } => {
            let Some(ends) = replay.ends(link) else {
                return refuse("there is no such link");
            };
            let (first, second) = if backward { (ends[1], ends[0]) } else { (ends[0], ends[1]) };
            demand(first == before.node && second == hop.node, "a link joins other nodes")?;
            demand(!(backward && document_link(replay, link).one_way()), "a one-way link is used backwards")?;
            demand(before.half != Half::Router && hop.half != Half::Router, "a router half has no links of its own")
        }
        Way::L3Link(vlan) => {
            let halves = [before.half, hop.half];
            let across = halves == [Half::Switch, Half::Router] || halves == [Half::Router, Half::Switch];
            demand(before.node == hop.node && across, "an l3-switch is crossed elsewhere")?;
            let node = &replay.document.nodes[hop.node as usize];
            let own = node.details.as_ref().and_then(|details| details.routed_vlans.as_ref());
            let listed = |list: &[(u16, u16)], tag: u16| list.iter().any(|&(low, high)| (low..=high).contains(&tag));
            let links = &replay.document.links;
            let lists =
                |link: &Link<'_>| [0, 1].into_iter().filter_map(|end| link.vlans_at(end).cloned()).collect::<Vec<_>>();
            let names = |link: &Link<'_>, tag: u16| {
                lists(link).iter().any(|list| listed(list, tag))
                    || link.native().is_some_and(|native| native.contains(&tag))
            };
            let names_none = |link: &Link<'_>| lists(link).iter().all(Vec::is_empty) && link.native().is_none();
            let exists = match (vlan, own) {
                (Some(tag), Some(own)) => listed(own, tag),
                (Some(tag), None) => links.iter().any(|link| names(link, tag)),
                (None, Some(own)) => own.is_empty(),
                (None, None) => links.iter().all(names_none),
            };
            demand(exists, "an l3-switch does not route this VLAN")
        }
    }
}

fn is_switch(replay: &Replay<'_, '_>, hop: &Hop) -> bool {
    let at = hop.node as usize;
    let plain = replay.document.nodes[at].kind == Kind::Switch;
    hop.half == Half::Switch || plain && replay.model.labels.forwards[at]
}

/// The tag of a packet at a place, given the one it left the last with.
fn enter(
    replay: &Replay<'_, '_>,
    hop: &Hop,
    came: Option<Way>,
    before: Option<u16>,
    switch: bool,
) -> Result<Option<u16>, Refusal> {
    if !switch {
        demand(hop.tag.is_none(), "a node that is no switch keeps a tag")?;
        return Ok(None);
    }
    let Some(way) = came else {
        demand(hop.tag.is_none(), "a packet is emitted with a tag")?;
        return Ok(None);
    };
    let Some(tag) = hop.tag else { return refuse("a packet at a switch has no tag") };
    demand((1..=4094).contains(&tag), "there is no such tag")?;
    let sent: Vec<u16> = (1..=4094).filter(|&sent| crossing(replay, way, sent) == tag).collect();
    demand(before.is_none_or(|before| sent.contains(&before)), "a tag changes between switches")?;
    demand(carries(replay, way, Some(tag), false), "a packet enters with a tag that the link does not carry")?;
    Ok(Some(tag))
}

fn document_link<'r>(replay: &'r Replay<'_, '_>, link: LinkId) -> &'r Link<'r> {
    &replay.document.links[link.index()]
}

/// Whether the near end (`leaving`) or the far end of a way carries a tag.
fn carries(replay: &Replay<'_, '_>, way: Way, tag: Option<u16>, leaving: bool) -> bool {
    let Some(tag) = tag else { return true };
    match way {
        Way::Link { link, backward } => {
            let vlans = document_link(replay, link).vlans_at(usize::from(backward == leaving));
            vlans.is_none_or(|vlans| vlans.iter().any(|&(low, high)| (low..=high).contains(&tag)))
        }
        Way::L3Link(vlan) => vlan.is_none_or(|vlan| vlan == tag),
    }
}

/// The tag that a packet has behind a way, of the one it had before. Spec, section 5, Native.
fn crossing(replay: &Replay<'_, '_>, way: Way, tag: u16) -> u16 {
    let Way::Link { link, backward } = way else { return tag };
    match document_link(replay, link).native() {
        Some([first, second]) => match backward {
            false if tag == first => second,
            true if tag == second => first,
            _ => tag,
        },
        None => tag,
    }
}

/// A link without its direction.
const fn same_link(way: Way) -> Way {
    match way {
        Way::Link { link, .. } => Way::Link { link, backward: false },
        Way::L3Link(_) => way,
    }
}

/// The interface at the near end (`leaving`) or the far end of a way.
fn interface(replay: &Replay<'_, '_>, way: Way, leaving: bool) -> String {
    match way {
        Way::Link { link, backward } => {
            let own = document_link(replay, link).interface_or_neighbour(usize::from(backward == leaving));
            replay.document.name(own).to_owned()
        }
        Way::L3Link(vlan) => format!("vlan{}", vlan.unwrap_or(1)),
    }
}

/// Every filter that applies must permit, by what the trace says that decides.
fn filters(replay: &Replay<'_, '_>, node: &Node<'_>, hop: &Hop, [before, after]: [&Packet; 2]) -> Result<(), Refusal> {
    let (enters, leaves) = (hop.r#in.as_deref(), hop.out.as_deref());
    let names = |list: &Option<Vec<Spanned<Text<'_>>>>, side: Option<&str>| match (list, side) {
        (Some(list), Some(side)) => list.iter().any(|name| name.value == side),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let list: &[Filter<'_>] = node.details.as_ref().and_then(|details| details.filters.as_deref()).unwrap_or_default();
    let mut found = Vec::new();
    for (number, filter) in (0_u32..).zip(list) {
        let Traffic { forwarded, emitted, delivered } = filter.applies_to;
        let for_it = match (enters, leaves) {
            (None, _) => emitted,
            (_, None) => delivered,
            _ => forwarded,
        };
        if !for_it || !names(&filter.r#in, enters) || !names(&filter.out, leaves) {
            continue;
        }
        let stateful = filter.stateful.unwrap_or(node.kind == Kind::Firewall);
        let sees = filter.sees.as_ref().map(|sees| sees.value).unwrap_or_default();
        let (source, destination) = (
            if sees.translated_source { after } else { before },
            if sees.translated_destination { after } else { before },
        );
        let packet = Packet { source: source.source, source_port: source.source_port, ..*destination };
        let matches = |rule: &Rule<'_>| {
            names(&rule.r#in, enters) && names(&rule.out, leaves) && rule_matches(replay, rule, &packet, stateful)
        };
        let decides = (0_u32..).zip(&filter.rules).find(|(_, rule)| matches(rule));
        let by_kind = if node.kind == Kind::Firewall { Action::Deny } else { Action::Permit };
        let action = decides.map_or(filter.default.unwrap_or(by_kind), |(_, rule)| rule.action);
        if action == Action::Deny {
            return refuse(format!("a filter of {} denies", replay.document.name(node.id)));
        }
        found.push(MatchedRule { filter: number, rule: decides.map(|(at, _)| at) });
    }
    demand(!replay.is_unchanged() || found == hop.deciders, "another rule decides")
}

pub(super) fn rule_matches(replay: &Replay<'_, '_>, rule: &Rule<'_>, packet: &Packet, stateful: bool) -> bool {
    let from_port = match (&rule.source_port, packet.source_port) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(ranges), Some(port)) => ranges.iter().any(|range| (range.value.0..=range.value.1).contains(&port)),
    };
    let permit = rule.action == Action::Permit;
    // Replies open no session; who forges one gets past a filter that keeps no track of sessions.
    let opens = !rule.replies || permit && !stateful;
    let surely = rule.condition.is_none() || permit;
    from_port
        && opens
        && surely
        && replay.serves(&rule.service, (packet.protocol, packet.destination_port))
        && replay.owners.rule_selects(&rule.from, packet.source, permit)
        && replay.owners.rule_selects(&rule.to, packet.destination, permit)
}

fn routed(replay: &Replay<'_, '_>, node: &Node<'_>, destination: PacketAddress, way: Way) -> bool {
    let Some(routes) = node.details.as_ref().and_then(|details| details.routes.as_ref()) else { return true };
    let out = interface(replay, way, true);
    let neighbour = match way {
        Way::Link { link, backward } => {
            Some(replay.document.name(document_link(replay, link).ends[usize::from(!backward)]))
        }
        Way::L3Link(_) => None,
    };
    let length = |route: &Route<'_>| match destination {
        PacketAddress::Symbolic(_) => Some(0),
        PacketAddress::Known(family, value) => {
            let cidr = route.to.value;
            let width = if family == crate::document::Family::V4 { 32_u32 } else { 128 };
            let host = width.saturating_sub(u32::from(cidr.length));
            let within = cidr.family == family && (host >= 128 || value >> host == cidr.network >> host);
            within.then_some(cidr.length)
        }
    };
    let leads =
        |route: &Route<'_>| route.via.as_ref().is_some_and(|via| *via.value == *out || Some(&*via.value) == neighbour);
    let mut longest = routes.iter().filter_map(length).max();
    while let Some(wanted) = longest {
        let here = || routes.iter().filter(|route| length(route) == Some(wanted));
        if here().any(leads) {
            return true;
        }
        // What may be gone leaves the word to the next shorter prefix; what drops is never gone.
        if !here().all(|route| route.fails) {
            return false;
        }
        longest = routes.iter().filter_map(length).filter(|&shorter| shorter < wanted).max();
    }
    false
}
