//! Broadcast domains: what links and switches alone join. Filters are not looked at; VLANs are kept apart.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::document::Kind;
use crate::engine::decider::RequirementDecider;
use crate::engine::limit::LimitReached;
use crate::engine::outcome::{Item, Outcome};
use crate::graph::UnionFind;
use crate::model::{LinkId, Model};
use crate::number::number;
use crate::policy::NodePattern;

/// Tuples from which on they are not listed.
const MOST_TUPLES: usize = 10_000_000;

/// Places of a switch and a VLAN from which on domains are not looked for.
const MOST_PLACES: usize = 1 << 28;

/// The VLANs in runs that no link of the document tells apart.
struct Tags {
    /// First VLAN of each run, ascending.
    starts: Vec<u16>,
}

impl Tags {
    fn of(model: &Model<'_>) -> Self {
        let mut starts = vec![1_u16];
        let mut cut = |low: u16, high: u16| starts.extend([low, high + 1]);
        for link in &model.document.links {
            link.vlan_lists().flatten().for_each(|&(low, high)| cut(low, high));
            link.native().into_iter().flatten().for_each(|vlan| cut(vlan, vlan));
        }
        for &node in &model.detailed {
            let details = model.document.nodes[node as usize].details.as_deref();
            let routed = details.and_then(|details| details.routed_vlans.as_ref());
            routed.into_iter().flatten().for_each(|&(low, high)| cut(low, high));
        }
        starts.sort_unstable();
        starts.dedup();
        starts.retain(|&start| start <= 4094);
        Self { starts }
    }

    fn run(&self, tag: u16) -> usize {
        self.starts.partition_point(|&start| start <= tag) - 1
    }
}

/// A switch in a VLAN: the first of a run of VLANs that nothing tells apart.
type Place = (u32, u16);

/// Which places are one broadcast domain.
pub struct Domains<'m, 'd> {
    model: &'m Model<'d>,
    tags: Tags,
    /// Number of each switch among the switches.
    switches: HashMap<u32, u32>,
    /// By place: the number of the switch times the number of runs, plus the run.
    places: UnionFind,
    /// The links of each node.
    links: HashMap<u32, Vec<LinkId>>,
}

impl<'m, 'd> Domains<'m, 'd> {
    /// The domains of a document. O(links · VLANs that they carry).
    ///
    /// # Errors
    /// Where there are too many places.
    pub fn of(model: &'m Model<'d>) -> Result<Self, LimitReached> {
        let tags = Tags::of(model);
        let is_switch =
            |(_, node): &(u32, &crate::document::Node<'_>)| matches!(node.kind, Kind::Switch | Kind::L3Switch);
        let switches: HashMap<u32, u32> =
            (0_u32..).zip(&model.document.nodes).filter(is_switch).map(|(node, _)| node).zip(0..).collect();
        let count = switches.len().saturating_mul(tags.starts.len());
        if count > MOST_PLACES {
            return Err(LimitReached);
        }
        let mut out = Self { model, tags, switches, places: UnionFind::new(count), links: links_of(model) };
        for (link, &[a, b]) in model.document.links.iter().zip(&model.names.links) {
            if !out.switches.contains_key(&a) || !out.switches.contains_key(&b) {
                continue;
            }
            for run in 0..out.tags.starts.len() {
                for (near, tag) in out.crossings(link, run) {
                    let (from, to) = if near == 0 { (a, b) } else { (b, a) };
                    if let (Some(one), Some(other)) = (out.place(from, run), out.place(to, out.tags.run(tag))) {
                        out.places.join(one, other);
                    }
                }
            }
        }
        Ok(out)
    }

    /// What leaves an end of a link with a tag of a run and is taken at the other: the end that it leaves, and its tag at the other.
    fn crossings(&self, link: &crate::document::Link<'_>, run: usize) -> Vec<(usize, u16)> {
        let tag = self.tags.starts[run];
        let mut out = Vec::new();
        for end in 0..2 {
            let renamed = link.renamed(end, tag);
            if link.carries(end, tag) && link.carries(1 - end, renamed) {
                out.push((end, renamed));
            }
        }
        out
    }

    fn place(&self, switch: u32, run: usize) -> Option<u32> {
        let number_of = *self.switches.get(&switch)? as usize;
        Some(number(number_of * self.tags.starts.len() + run))
    }

    /// The places that a node is at: of a switch in each VLAN, of what is linked to one in the VLANs of that end.
    fn places_of(&self, node: u32) -> Vec<Place> {
        let value = &self.model.document.nodes[node as usize];
        let runs = &self.tags.starts;
        match value.kind {
            Kind::Switch => return runs.iter().map(|&tag| (node, tag)).collect(),
            // Its router is on the VLANs that it routes; where there are none, on all.
            Kind::L3Switch => {
                let routed = self.routed(node);
                let here = |tag: &&u16| {
                    routed.as_ref().is_none_or(|vlans| vlans.iter().any(|&(l, h)| l <= **tag && **tag <= h))
                };
                return runs.iter().filter(here).map(|&tag| (node, tag)).collect();
            }
            _ => {}
        }
        let mut out = Vec::new();
        for &at in self.links.get(&node).into_iter().flatten() {
            let link = &self.model.document.links[at.index()];
            let [a, b] = self.model.names.links[at.index()];
            let (end, other) = if a == node { (1, b) } else { (0, a) };
            if self.switches.contains_key(&other) {
                out.extend(runs.iter().filter(|&&tag| link.carries(end, tag)).map(|&tag| (other, tag)));
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The VLANs that an l3-switch routes; `None`: its one link to itself carries all.
    fn routed(&self, node: u32) -> Option<Vec<(u16, u16)>> {
        let declared =
            self.model.document.nodes[node as usize].details.as_deref().and_then(|one| one.routed_vlans.clone());
        let routed = declared.unwrap_or_else(|| {
            let links = &self.model.document.links;
            let natives = links.iter().filter_map(|link| link.native()).flatten().map(|vlan| (vlan, vlan));
            links.iter().flat_map(|link| link.vlan_lists().flatten().copied()).chain(natives).collect()
        });
        (!routed.is_empty()).then_some(routed)
    }
}

impl RequirementDecider<'_, '_> {
    /// Decides whether links and switches alone join two sides.
    ///
    /// # Errors
    /// When there is too much to look at.
    pub(in crate::engine) fn segment(&self, a: &[NodePattern], b: &[NodePattern]) -> Result<Outcome, LimitReached> {
        let model = self.model;
        let side = |patterns: &[NodePattern]| -> Vec<u32> {
            let matcher = self.matcher(patterns);
            let endpoints = 0..number(model.document.nodes.len());
            endpoints.filter(|&node| model.labels.endpoint[node as usize] && matcher.matches(node)).collect()
        };
        let sides = [side(a), side(b)];
        if sides.iter().any(Vec::is_empty) {
            return Ok(Outcome::Vacuous);
        }
        let mut domains = Domains::of(model)?;
        let mut of_side = [0, 1].map(|side: usize| {
            let mut members: HashMap<u32, Vec<u32>> = HashMap::default();
            for &node in &sides[side] {
                for (switch, tag) in domains.places_of(node) {
                    let run = domains.tags.run(tag);
                    if let Some(place) = domains.place(switch, run) {
                        members.entry(domains.places.find(place)).or_default().push(node);
                    }
                }
            }
            members
        });
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (domain, mut firsts) in std::mem::take(&mut of_side[0]) {
            let Some(seconds) = of_side[1].get_mut(&domain) else { continue };
            for list in [&mut firsts, &mut *seconds] {
                list.sort_unstable();
                list.dedup();
            }
            if firsts.len().saturating_mul(seconds.len()).saturating_add(pairs.len()) > 4 * MOST_TUPLES {
                return Err(LimitReached);
            }
            pairs.extend(firsts.iter().flat_map(|&one| seconds.iter().map(move |&other| (one, other))));
        }
        // A cable from one to the other.
        let is_of = |side: usize, node: u32| sides[side].binary_search(&node).is_ok();
        for &[one, other] in &model.names.links {
            for (one, other) in [(one, other), (other, one)] {
                if is_of(0, one) && is_of(1, other) {
                    pairs.push((one, other));
                }
            }
        }
        pairs.retain(|(one, other)| one != other);
        pairs.sort_unstable();
        pairs.dedup();
        if pairs.len() > MOST_TUPLES {
            return Err(LimitReached);
        }
        Ok(Outcome::Tuples(pairs.into_iter().map(|(one, other)| vec![Item::Node(one), Item::Node(other)]).collect()))
    }
}

/// The links of each node.
fn links_of(model: &Model<'_>) -> HashMap<u32, Vec<LinkId>> {
    let mut out: HashMap<u32, Vec<LinkId>> = HashMap::default();
    for (at, ends) in model.names.links() {
        ends.iter().for_each(|&end| out.entry(end).or_default().push(at));
    }
    out
}

impl Domains<'_, '_> {
    /// The switches from one node to another that links and switches alone join, each with the VLAN there: a shortest way.
    /// `None` where there is none; empty for a cable.
    #[must_use]
    pub fn way_between(&self, from: u32, to: u32) -> Option<Vec<(u32, u16)>> {
        let of = |node: u32| self.links.get(&node).map_or(&[][..], Vec::as_slice);
        if of(from).iter().any(|&at| self.model.names.links[at.index()].contains(&to)) {
            return Some(Vec::new());
        }
        let starts = self.places_of(from);
        let ends: HashSet<Place> = self.places_of(to).into_iter().collect();
        let mut came: HashMap<Place, Option<Place>> = starts.iter().map(|&place| (place, None)).collect();
        let mut open: VecDeque<Place> = starts.into();
        while let Some(place) = open.pop_front() {
            if ends.contains(&place) {
                let mut way: Vec<Place> =
                    std::iter::successors(Some(place), |at| came.get(at).copied().flatten()).collect();
                way.reverse();
                return Some(way);
            }
            for next in of(place.0).iter().flat_map(|&at| self.beyond(place, at)) {
                came.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    Some(place)
                });
            }
        }
        None
    }

    /// The places at the other end of a link that are one domain with a place at this one, whichever way frames go.
    fn beyond(&self, (switch, tag): Place, at: LinkId) -> Vec<Place> {
        let link = &self.model.document.links[at.index()];
        let [a, b] = self.model.names.links[at.index()];
        let (own, other) = if a == switch { (0, b) } else { (1, a) };
        if !self.switches.contains_key(&other) {
            return Vec::new();
        }
        let run = self.tags.run(tag);
        let leaves = self.crossings(link, run).into_iter().filter(|one| one.0 == own).map(|one| one.1);
        let comes = self.tags.starts.iter().enumerate().filter(|(there, _)| {
            self.crossings(link, *there).iter().any(|one| one.0 != own && self.tags.run(one.1) == run)
        });
        let tags = leaves.chain(comes.map(|(_, &tag)| tag));
        tags.map(|tag| (other, self.tags.starts[self.tags.run(tag)])).collect()
    }
}
