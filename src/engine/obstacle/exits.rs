//! Ways out of a place, each with what must be thought away to take it.

use super::fold::Links;
use super::ground::{Ground, new_link};
use super::{Obstacle, Passage};
use crate::engine::route;
use crate::engine::trace::{Half, Way};
use crate::model::LinkId;

/// A way out of a place, what it needs, and the tag with which it comes to a switch.
pub(super) struct Exit {
    pub way: Way,
    pub node: u32,
    pub half: Half,
    pub tag: Option<u16>,
    pub stops: Vec<Obstacle>,
}

/// Where packets come in, as far as it matters for how they go on.
pub(super) type Entrance = (u32, Half, Option<Way>, Option<u16>);

/// How packets came to a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// They are emitted there.
    Not,
    By(Way),
    /// By several ways: what may go back by one of them may, whoever asks sees to the others.
    Anyhow,
}

impl Came {
    pub fn by(way: Option<Way>) -> Self {
        way.map_or(Self::Not, Self::By)
    }
}

/// Where packets are.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub node: u32,
    pub half: Half,
    pub came: Came,
    pub tag: Option<u16>,
}

/// Where ways may lead.
#[derive(Clone, Copy)]
pub(super) struct Leads<'l> {
    /// Endpoints that are to receive, by node.
    pub targets: &'l [bool],
    /// Whether replies carry the data: over no link that is one-way.
    pub two_way: bool,
    /// Who opens the session: it leads to somebody else.
    pub from: Option<u32>,
    /// A new link may join the opener and this node.
    pub new_link: Option<(u32, u32)>,
    /// The links that there are; `None`: all of the document.
    pub links: Option<&'l Links>,
}

impl Ground<'_, '_, '_> {
    fn is_shut(&self, passage: Passage) -> bool {
        self.devices.shut.contains(&passage)
    }

    /// Where an exit comes in. To a router that says nothing of packets it is all one by which link they come; that is only looked at in
    /// large documents, since of ways that are equal another may then be found first.
    pub fn entrance(&self, exit: &Exit, large: bool) -> Entrance {
        let same = || self.model.labels.forwards[exit.node as usize] && exit.half.is_plain(self.model, exit.node);
        let all_one = large && !self.adjacency.is_switch(exit.node, exit.half) && exit.half == Half::Whole && same();
        (exit.node, exit.half, Some(exit.way).filter(|_| !all_one), exit.tag)
    }

    /// Ways out of a place to forwarding nodes and targets.
    pub fn exits(&self, at: At, leads: Leads<'_>) -> Vec<Exit> {
        let mut out = Vec::new();
        if at.half != Half::Router {
            match leads.links {
                Some(links) => {
                    links.of(self.adjacency, at.node).iter().for_each(|&link| self.by_link(at, leads, link, &mut out))
                }
                None => self.adjacency.links_of(at.node).for_each(|link| self.by_link(at, leads, link, &mut out)),
            }
            if let Some((from, to)) = leads.new_link.filter(|_| at.came == Came::Not) {
                let half = self.adjacency.half_at_links(to);
                let tag = self.adjacency.is_switch(to, half).then(|| self.adjacency.tags()[0]);
                let stops = vec![Obstacle::NoLink { from, to }];
                out.push(Exit { way: new_link(self.model), node: to, half, tag, stops });
            }
        }
        if at.half != Half::Whole {
            self.across(at, &mut out);
        }
        out
    }

    fn by_link(&self, at: At, leads: Leads<'_>, (link, second): (LinkId, bool), out: &mut Vec<Exit>) {
        let switch = at.came != Came::Not && self.adjacency.is_switch(at.node, at.half);
        let other = self.model.names.links[link.index()][usize::from(!second)];
        let ends = leads.targets[other as usize] && leads.from != Some(other);
        let back = matches!(at.came, Came::By(Way::Link { link: same, .. }) if same == link);
        let goes = (ends || self.model.labels.forwards[other as usize]) && !(switch && back);
        if goes && !self.is_shut(Passage::Link(link)) {
            let way = Way::Link { link, backward: second };
            self.over(way, other, at.tag.filter(|_| switch), leads.two_way, out);
        }
    }

    /// Over a link; `tag` is that of a packet that leaves a switch.
    fn over(&self, way: Way, other: u32, tag: Option<u16>, two_way: bool, out: &mut Vec<Exit>) {
        let Way::Link { link, backward } = way else { return };
        let adjacency = self.adjacency;
        let document = &self.model.document.links[link.index()];
        let end = usize::from(backward);
        let half = adjacency.half_at_links(other);
        let mut stops = Vec::new();
        if document.one_way() && (backward || two_way) {
            stops.push(Obstacle::OneWay { link });
        }
        let lacking = |vlan: u16| Obstacle::Vlan { link, vlan };
        let shut = |vlan: Option<u16>| vlan.is_some_and(|vlan| self.is_shut(Passage::Vlan { link, vlan }));
        let mut exit = |tag: Option<u16>, lacks: Option<u16>| {
            if shut(tag) {
                return;
            }
            let mut stops = stops.clone();
            stops.extend(lacks.map(lacking));
            out.push(Exit { way, node: other, half, tag, stops });
        };
        let switch = adjacency.is_switch(other, half);
        if shut(tag) {
            return;
        }
        match (tag, switch) {
            (None, false) => exit(None, None),
            (Some(tag), false) => exit(None, Some(tag).filter(|&tag| !adjacency.carries(link, end, tag))),
            (Some(tag), true) => {
                let there = document.renamed(end, tag);
                let carried = adjacency.carries(link, end, tag) && adjacency.carries(link, 1 - end, there);
                exit(Some(there), (!carried).then_some(tag));
            }
            (None, true) => {
                for &there in adjacency.tags() {
                    exit(Some(there), (!adjacency.carries(link, 1 - end, there)).then_some(there));
                }
            }
        }
    }

    /// Between the halves of an l3-switch.
    fn across(&self, At { node, half, came, tag }: At, out: &mut Vec<Exit>) {
        let adjacency = self.adjacency;
        let routed = adjacency.l3_links(node);
        let next = if half == Half::Switch { Half::Router } else { Half::Switch };
        let mut ways: Vec<(Option<u16>, bool)> = routed.iter().map(|joint| (*joint, true)).collect();
        if !routed.contains(&None) {
            let missing = adjacency.tags().iter().filter(|tag| !routed.contains(&Some(**tag)));
            ways.extend(missing.map(|tag| (Some(*tag), false)));
        }
        for (joint, there) in ways {
            if joint.is_some_and(|vlan| self.is_shut(Passage::RoutedVlan { node, vlan })) {
                continue;
            }
            let way = Way::L3Link(joint);
            let lacks: Vec<Obstacle> =
                joint.filter(|_| !there).map(|vlan| Obstacle::RoutedVlan { node, vlan }).into_iter().collect();
            if half == Half::Router {
                for tag in route::tags_after(adjacency, None, way) {
                    out.push(Exit { way, node, half: next, tag: Some(tag), stops: lacks.clone() });
                }
            } else if came != Came::By(way) && joint.is_none_or(|joint| tag == Some(joint)) {
                out.push(Exit { way, node, half: next, tag: None, stops: lacks });
            }
        }
    }
}
