//! How a packet moves where what stops it is thought away: each step with what it costs, which is how many things stop it.

use super::super::ground::filters_that_deny;
use super::super::header::Header;
use super::super::place::is_endpoint;
use super::{Exit, Network, State, seen_by};
use std::collections::BTreeSet;

/// A step: where the packet may be next, or that it is delivered (`None`), the header that it then has, and the cost.
pub type Step = (Option<State>, Header, usize);

impl<'a> Network<'a> {
    /// Every way out of a node, against one-way links too: those with whether so.
    fn ways(&self, at: usize) -> Vec<(Exit<'a>, bool)> {
        let mut out = vec![];
        for (link, joined) in self.ground.links.iter().enumerate() {
            for end in 0..2 {
                let (from, to) = (&joined.ends[end], &joined.ends[1 - end]);
                if from.node == at {
                    let neighbour = &self.places.document.nodes[self.ground.nodes[to.node].node].id;
                    let exit = Exit { link, end, interface: &from.interface, to: to.node, neighbour };
                    out.push((exit, joined.one_way && end == 1));
                }
            }
        }
        out
    }

    /// What may become of a packet at a node, where it came to or (`None`) is emitted. `two_way`: replies carry the data.
    pub fn steps(&self, at: usize, came: Option<State>, header: Header, two_way: bool) -> Vec<Step> {
        let node = &self.ground.nodes[at];
        let declared = &self.places.document.nodes[node.node];
        let enters = came.map(|state| self.entered_by(state));
        let translated = match node.is_switch_half {
            true => BTreeSet::from([(header, 0)]),
            false => self.translations.of_destination_or_not(node.node, header, enters),
        };
        let mut out = vec![];
        for (translated, kept) in translated {
            let ends = came.is_some() && is_endpoint(declared) && !node.is_switch_half;
            if ends && self.places.receives(node.node, self.headers.destination(translated)) {
                out.push((None, translated, kept + self.denials(at, enters, None, header, translated)));
            }
            if came.is_some() && !declared.forwards {
                continue;
            }
            for (exit, backwards) in self.ways(at) {
                if node.is_switch && came.is_some_and(|state| state.came_by == exit.link) {
                    continue;
                }
                let link = &self.ground.links[exit.link];
                let vias = self.routes[translated.destination][at].as_ref().filter(|_| came.is_some());
                let routed = vias.is_none_or(|vias| vias.contains(exit.interface) || vias.contains(exit.neighbour));
                let one_way = link.one_way && (backwards || two_way);
                let cost = kept + usize::from(!routed) + usize::from(one_way) + usize::from(link.unrouted);
                let leaving = match node.is_switch_half {
                    true => BTreeSet::from([(translated, 0)]),
                    false => self.translations.of_source_or_not(node.node, header, translated, enters, exit.interface),
                };
                for (leaving, more) in leaving {
                    let cost = cost + more + self.denials(at, enters, Some(exit.interface), header, leaving);
                    let tag = came.and_then(|state| state.tag);
                    out.extend(
                        self.tagged(&exit, tag)
                            .into_iter()
                            .map(|(state, lacks)| (Some(state), leaving, cost + usize::from(lacks))),
                    );
                }
            }
        }
        out
    }

    fn denials(
        &self,
        at: usize,
        enters: Option<&str>,
        leaves: Option<&str>,
        original: Header,
        header: Header,
    ) -> usize {
        let node = &self.ground.nodes[at];
        if node.is_switch_half {
            return 0;
        }
        let filters = &self.places.document.nodes[node.node].filters;
        filters_that_deny(filters, enters, leaves, |f, r| {
            self.rules.match_header(node.node, f, r, seen_by(&filters[f], original, header))
        })
    }

    /// Where a packet may be behind a way out, and whether the link does not carry it so. Between the halves of an l3-switch there is
    /// no VLAN but that of the link.
    fn tagged(&self, exit: &Exit, tag: Option<u16>) -> Vec<(State, bool)> {
        let link = &self.ground.links[exit.link];
        let inner = self.ground.nodes[exit.to].node == self.ground.nodes[link.ends[exit.end].node].node;
        let leaves = tag.is_none_or(|tag| link.tags[exit.end].contains(&tag));
        if inner && !leaves {
            return vec![];
        }
        let state = State { at: exit.to, came_by: exit.link, tag: None };
        if !self.ground.nodes[exit.to].is_switch {
            return vec![(state, !leaves)];
        }
        let carried = &link.tags[1 - exit.end];
        let arrives = |there: u16| (State { tag: Some(there), ..state }, !leaves || !carried.contains(&there));
        match tag {
            Some(tag) => vec![arrives(link.tag_at_the_other_end(exit.end, tag))],
            None if inner => carried.iter().map(|&there| arrives(there)).collect(),
            None => self.tags.iter().copied().map(arrives).collect(),
        }
    }
}
