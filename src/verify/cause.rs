//! What lets a witness through: the rule, link, relay or node to name in a finding.

use super::side::Sides;
use super::trace::Tracer;
use crate::document::Kind;
use crate::engine::route::Detour;
use crate::engine::trace::{Half, Hop, PassTrace, SessionTrace, Way, Witness};

/// What lets data through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A rule of a filter of a node, or the filter's default.
    Rule {
        /// The node.
        node: u32,
        /// Index of its filter.
        filter: u32,
        /// Index of the rule; `None`: the default.
        rule: Option<u32>,
    },
    /// A node that forwards, and has no filter for what passes here.
    Forwarder(u32),
    /// A link, with the tag that should not be on it.
    Link(u32, Option<u16>),
    /// A switch on which endpoints of several zones hang in one segment.
    Segment(u32, Option<u16>),
    /// A relay pass of a node.
    Relay(u32, PassTrace),
}

/// What lets a witness through.
pub fn of(tracer: &Tracer<'_, '_>, sides: &Sides<'_, '_, '_>, witness: &Witness, without_tag: Option<&str>) -> Cause {
    match witness.passes.as_slice() {
        [] => of_session(tracer, sides, &witness.sessions[0], without_tag),
        passes => {
            let zone = |node: u32| tracer.model().labels.labels[node as usize];
            let nodes = &witness.nodes;
            let rank = |(at, pass): &(usize, &PassTrace)| {
                let between = zone(nodes[*at]) != zone(nodes[at + 2]);
                (**pass != PassTrace::Undeclared, !between, *at)
            };
            let chosen = passes.iter().enumerate().min_by_key(rank);
            chosen.map_or(Cause::Forwarder(nodes[0]), |(at, pass)| Cause::Relay(nodes[at + 1], *pass))
        }
    }
}

/// The first known cause that a data path of several sessions passes.
pub fn known(witness: &Witness, is_known: impl Fn(&Cause) -> bool) -> Option<Cause> {
    let hops = witness.sessions.iter().flat_map(|session| session.hops.iter().zip(session.hops.iter().skip(1)));
    let passed = hops.flat_map(|(hop, next)| {
        let rules = hop
            .deciders
            .iter()
            .chain(&next.deciders)
            .zip(hop.deciders.iter().map(|_| hop.node).chain(next.deciders.iter().map(|_| next.node)));
        let mut causes: Vec<Cause> =
            rules.map(|(decider, node)| Cause::Rule { node, filter: decider.filter, rule: decider.rule }).collect();
        causes.push(Cause::Forwarder(hop.node));
        causes.push(Cause::Segment(hop.node, hop.tag));
        if let Some(Way::Link { link, .. }) = hop.way {
            causes.push(Cause::Link(link, next.tag.or(hop.tag)));
        }
        causes
    });
    passed.into_iter().find(|cause| is_known(cause))
}

fn of_session(
    tracer: &Tracer<'_, '_>,
    sides: &Sides<'_, '_, '_>,
    session: &SessionTrace,
    without_tag: Option<&str>,
) -> Cause {
    let SessionTrace { from, to, hops, .. } = session;
    let last = hops.len() - 1;
    let zone = |at: usize| match at {
        0 => tracer.model().labels.labels[*from as usize],
        at if at == last => tracer.model().labels.labels[*to as usize],
        at => sides.of(hops[at].node, hops[at].tag, [*from, *to]),
    };
    let zones: Vec<Option<u32>> = (0..=last).map(zone).collect();
    // The boundary lies between the last hop of the sender's zone and the first of another.
    let far = (1..=last).find(|&at| zones[at].is_some() && zones[at] != zones[0]).unwrap_or(last);
    let near = (0..far).rev().find(|&at| zones[at].is_some() && zones[at] == zones[0]).unwrap_or(0);
    let kind = |hop: &Hop| tracer.model().document.nodes[hop.node as usize].kind;
    let within = || hops.iter().enumerate().take(far + 1).skip(near);
    let deciders = within().flat_map(|(at, hop)| hop.deciders.iter().map(move |decider| (at, hop, decider)));
    let rank = |(at, hop, decider): &(usize, &Hop, &crate::engine::trace::Decider)| {
        (kind(hop) == Kind::Firewall, decider.rule.is_some(), *at)
    };
    if let Some((_, hop, decider)) = deciders.max_by_key(rank) {
        return Cause::Rule { node: hop.node, filter: decider.filter, rule: decider.rule };
    }
    let forwards =
        |(at, hop): &(usize, &Hop)| *at > 0 && *at < last && hop.half != Half::Switch && kind(hop) != Kind::Switch;
    let rank = |(at, hop): &(usize, &Hop)| (matches!(kind(hop), Kind::Gateway | Kind::L3Switch), *at);
    if let Some((_, hop)) = within().filter(forwards).max_by_key(rank) {
        return Cause::Forwarder(hop.node);
    }
    link(tracer, sides, session, without_tag, (near, far), [zones[near], zones[far]])
}

/// The link between two hops that cuts the session, nearest to where its VLAN does not belong.
fn link(
    tracer: &Tracer<'_, '_>,
    sides: &Sides<'_, '_, '_>,
    session: &SessionTrace,
    without_tag: Option<&str>,
    (near, far): (usize, usize),
    zones: [Option<u32>; 2],
) -> Cause {
    let SessionTrace { from, to, packet, hops } = session;
    let cuts = |link: u32| {
        let detour = Detour { without_tag, two_way: false, without_link: Some(link) };
        tracer.wiring().route(*from, *to, packet, detour).is_none()
    };
    let mut best: Option<((bool, usize), usize, u32, Option<u16>)> = None;
    for at in near..far {
        let Some(Way::Link { link, .. }) = hops[at].way else { continue };
        let tag = hops[at + 1].tag.or(hops[at].tag);
        // A tag of the far side's zone does not belong near the start, any other does not belong near the end.
        let foreign_at_start = tag.and_then(|tag| sides.of_tag(tag)).is_some_and(|zone| Some(zone) == zones[1]);
        let distance = if foreign_at_start { at - near } else { far - at };
        let rank = (!cuts(link), distance);
        if best.as_ref().is_none_or(|(known, ..)| rank < *known) {
            best = Some((rank, at, link, tag));
        }
    }
    let Some((_, at, link, tag)) = best else { return Cause::Forwarder(hops[near].node) };
    // A link of one endpoint among many alike is not the cause: the segment they share is.
    let switch = |hop: &Hop| tracer.model().document.nodes[hop.node as usize].kind == Kind::Switch;
    let leaf = if at == 0 {
        Some((*from, &hops[1]))
    } else if at + 2 == hops.len() {
        Some((*to, &hops[at]))
    } else {
        None
    };
    match leaf.filter(|(_, hop)| switch(hop)) {
        Some((node, hop)) if is_one_of_many(tracer, node, hop) => Cause::Segment(hop.node, hop.tag),
        _ => Cause::Link(link, tag),
    }
}

/// Whether other endpoints of the same zone hang on the same switch by links that carry the same tag.
fn is_one_of_many(tracer: &Tracer<'_, '_>, node: u32, switch: &Hop) -> bool {
    let (model, wiring) = (tracer.model(), tracer.wiring());
    let zone = model.labels.labels[node as usize];
    let alike = |(link, second): (u32, bool)| {
        let other = model.names.links[link as usize][usize::from(!second)];
        let carries = switch.tag.is_none_or(|tag| wiring.carries(link, usize::from(second), tag));
        other != node && carries && model.labels.labels[other as usize] == zone
    };
    zone.is_some() && wiring.leaves_of(switch.node).any(alike)
}
