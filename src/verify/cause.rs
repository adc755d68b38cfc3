//! What may have let a witness through: the elements that it passes, each a candidate for the cause. Which of them it is, is
//! shown by deciding again without it (`trial`, `weigh`).

use crate::document::Kind;
use crate::engine::route::Adjacency;
use crate::engine::trace::{Half, Hop, Means, PassTrace, SessionTrace, Way, Witness};
use crate::model::{LinkId, Model};
use crate::session::Element;

/// An element that a witness passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The element.
    pub element: Element,
    /// How many sessions lie between it and the side named first.
    pub distance: usize,
    /// The session that passes it; of a relay the one before.
    pub session: usize,
    /// What it costs to name it, whatever hangs on it: the more specific, the less.
    pub price: u64,
    /// Whether it is of a link of an endpoint.
    pub access: bool,
    /// Whether narrowing it would leave alone what exceptions cover.
    pub narrows: bool,
}

/// What naming an element costs. A link is named in place of many rules only, and the link of an endpoint, without which the endpoint
/// may have nothing at all, of still more.
const fn price(element: Element, access: bool) -> u64 {
    match element {
        Element::Exception(_)
        | Element::Transfer(_)
        | Element::Rule { .. }
        | Element::Default { .. }
        | Element::RelayEntry { .. }
        | Element::RoutedVlan { .. }
        | Element::Vlan { .. }
        | Element::Relays { .. } => 1,
        Element::Forwarder { .. } | Element::Routing { .. } => 2,
        Element::Route { .. } => 4,
        Element::Link(_) if access => 12,
        Element::Link(_) => 8,
        Element::Segment { .. } => 16,
    }
}

/// Gathers candidates.
struct Gather<'g, 'm, 'd> {
    model: &'m Model<'d>,
    adjacency: &'g Adjacency<'m, 'd>,
    uses_vlans: bool,
    found: Vec<Candidate>,
    /// Links without which an endpoint has nothing at all, each with where it is passed.
    alone: Vec<(LinkId, (usize, usize))>,
}

/// The elements that a witness passes, each once. `from_first`: whether its data comes from the side named first.
pub fn candidates(
    model: &Model<'_>,
    adjacency: &Adjacency<'_, '_>,
    witness: &Witness,
    from_first: bool,
) -> Vec<Candidate> {
    let uses_vlans = model.document.links.iter().any(|link| link.names_vlans());
    let mut gather = Gather { model, adjacency, uses_vlans, found: Vec::new(), alone: Vec::new() };
    let last = witness.sessions.len() - 1;
    let distance = |session: usize| if from_first { session } else { last - session };
    for (at, session) in witness.sessions.iter().enumerate() {
        gather.session(session, (distance(at), at));
    }
    for (at, pass) in witness.passes.iter().enumerate() {
        let node = witness.nodes[at + 1];
        let element = match *pass {
            PassTrace::Undeclared => Element::Relays { node },
            PassTrace::Entry { entry, .. } => Element::RelayEntry { node, entry },
        };
        gather.add(element, (distance(at), at), false);
    }
    if gather.found.is_empty() {
        for (link, place) in std::mem::take(&mut gather.alone) {
            gather.add(Element::Link(link), place, true);
        }
    }
    gather.found
}

impl Gather<'_, '_, '_> {
    fn add(&mut self, element: Element, (distance, session): (usize, usize), access: bool) {
        match self.found.iter_mut().find(|known| known.element == element) {
            Some(known) => {
                if distance < known.distance {
                    (known.distance, known.session) = (distance, session);
                }
            }
            None => {
                let narrows = matches!(
                    element,
                    Element::Transfer(_) | Element::Rule { .. } | Element::Default { .. } | Element::RelayEntry { .. }
                );
                let price = price(element, access);
                self.found.push(Candidate { element, distance, session, price, access, narrows });
            }
        }
    }

    fn kind(&self, hop: &Hop) -> Kind {
        self.model.document.nodes[hop.node as usize].kind
    }

    fn session(&mut self, session: &SessionTrace, place: (usize, usize)) {
        let SessionTrace { from, to, means, hops } = session;
        if let Means::Transfer(transfer) = *means {
            return self.add(Element::Transfer(transfer), place, false);
        }
        let last = hops.len() - 1;
        for (at, hop) in hops.iter().enumerate() {
            let node = hop.node;
            for decider in &hop.deciders {
                let filter = decider.filter;
                let element = match decider.rule {
                    Some(rule) => Element::Rule { node, filter, rule },
                    None => Element::Default { node, filter },
                };
                self.add(element, place, false);
            }
            if let (true, Some(way)) = (at < last, hop.way) {
                self.way(hop, &hops[at + 1], way, place);
            }
            if at == 0 || at == last {
                continue;
            }
            match (hop.half, self.kind(hop)) {
                (Half::Router, _) => {
                    for way in [hops[at - 1].way, hop.way].into_iter().flatten() {
                        let element = match way {
                            Way::L3Link(Some(vlan)) => Element::RoutedVlan { node, vlan },
                            _ => Element::Routing { node },
                        };
                        self.add(element, place, false);
                    }
                }
                (Half::Switch, _) | (_, Kind::Switch) => {}
                _ if hop.deciders.is_empty() => self.add(Element::Forwarder { node }, place, false),
                _ => {}
            }
            self.routes(hop, place);
        }
        let within = &hops[1..last.max(1)];
        let switches = |hop: &Hop| hop.half == Half::Switch || self.kind(hop) == Kind::Switch;
        let forwards = |node: u32| self.model.labels.forwards[node as usize];
        if let Some(first) = within.first()
            && within.iter().all(switches)
            && !forwards(*from)
            && !forwards(*to)
        {
            let (node, vlan) = (first.node, first.tag.unwrap_or(1));
            let zones = [*from, *to].map(|end| self.model.labels.labels[end as usize]);
            for zone in zones.into_iter().flatten().filter(|_| zones[0] != zones[1]) {
                self.add(Element::Segment { node, vlan, zone }, place, false);
            }
        }
    }

    fn way(&mut self, hop: &Hop, next: &Hop, way: Way, place: (usize, usize)) {
        let Way::Link { link, backward } = way else { return };
        let ends = self.model.names.links[link.index()];
        let access = ends.iter().any(|&end| !self.model.labels.forwards[end as usize]);
        let tag = next.tag.or(hop.tag).filter(|_| self.uses_vlans);
        if let Some(vlan) = tag.filter(|tag| self.adjacency.is_named(*tag)) {
            let carried =
                self.adjacency.tags().iter().filter(|&&tag| self.adjacency.carries(link, usize::from(backward), tag));
            if carried.count() > 1 {
                self.add(Element::Vlan { link, vlan }, place, access);
            }
        }
        // Without its only link an endpoint has nothing at all: that explains everything, and nothing.
        let alone =
            |end: u32| !self.model.labels.forwards[end as usize] && self.adjacency.links_of(end).nth(1).is_none();
        let between_two = ends.iter().all(|&end| !self.model.labels.forwards[end as usize]);
        if between_two || !ends.iter().any(|&end| alone(end)) {
            self.add(Element::Link(link), place, access);
        } else {
            self.alone.push((link, place));
        }
    }

    /// The routes by which a packet may have left.
    fn routes(&mut self, hop: &Hop, place: (usize, usize)) {
        let details = self.model.document.nodes[hop.node as usize].details.as_deref();
        let Some(routes) = details.and_then(|details| details.routes.as_ref()) else { return };
        let neighbour = match hop.way {
            Some(Way::Link { link, backward }) => {
                Some(self.model.id(self.model.names.links[link.index()][usize::from(!backward)]))
            }
            _ => None,
        };
        for (at, route) in (0_u32..).zip(routes) {
            let Some(via) = &route.via else { continue };
            if hop.out.as_deref() == Some(&*via.value) || neighbour == Some(&*via.value) {
                self.add(Element::Route { node: hop.node, route: at }, place, false);
            }
        }
    }
}
