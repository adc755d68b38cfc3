//! Data paths: flows between endpoints and stations, and what they chain to. Spec, section 6.

use std::collections::VecDeque;

use super::coverage::Coverage;
use super::search::{LimitReached, Limits, Question, Search};
use super::stations::{Station, StationGroup, peer_addresses, station_groups};
use crate::model::{Model, PeerSelector, Pools};
use crate::network::{ClassId, Links, Network};
use crate::space::{ANY, EMPTY, HeaderBox, Product, SetId};

/// Sessions of one pair of classes, as a box of headers that all make one within a product.
#[derive(Clone, Copy, Debug)]
pub struct SessionSample {
    /// Class that opens.
    pub from: ClassId,
    /// Class that receives.
    pub to: ClassId,
    /// Links it uses.
    pub links: Links,
    /// Headers: the box and the product have one in common with A of the one and R of the other.
    pub header: HeaderBox,
    /// See `header`.
    pub product: Product,
}

/// A flow of data.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// A session that carries it; one that no exception covers, where there is one.
    pub session: SessionSample,
    /// Whether no exception covers that session.
    pub uncovered: bool,
}

/// What is asked: data paths between two sides, either way.
pub struct PathQuestion<'a> {
    /// Classes of the side named first.
    pub a: &'a [ClassId],
    /// Classes of the other side.
    pub b: &'a [ClassId],
    /// Whether sanitised paths do not count.
    pub raw_only: bool,
}

/// A data path of classes: flows one after the other, in the direction of the data.
pub type Chain = Vec<Flow>;

/// Decides path questions on one network.
pub struct PathEngine<'a, 'd> {
    /// The model.
    pub model: &'a Model<'d>,
    /// The network.
    pub network: &'a Network,
    /// Sets of the model, and those made on the way.
    pub pools: Pools,
    /// Limits.
    pub limits: Limits,
    /// Cells looked at.
    pub cells: u64,
    /// Sessions of other services than these are left out.
    pub within: SetId,
}

/// The answer to a path question.
pub struct PathAnswer {
    /// For each pair of positions in `a` and `b` whether there is a data path that is not excused.
    pub violating: Vec<Vec<bool>>,
    pub(super) graph: FlowGraph,
    a: Vec<ClassId>,
    b: Vec<ClassId>,
}

/// For each class that data comes from, where it flows to, by position, ascending. Most pairs have no flow.
pub(super) type Rows = Vec<Vec<(u32, Flow)>>;

/// The flow to a position.
fn flow_to(row: &[(u32, Flow)], to: usize) -> Option<Flow> {
    row.binary_search_by_key(&to, |(at, _)| *at as usize).ok().map(|at| row[at].1)
}

/// Flows among the classes of both sides and the stations.
#[derive(Default)]
pub(super) struct FlowGraph {
    pub(super) stations: Vec<Station>,
    /// Direct flows from a to b and from b to a, by position: [direction][from] to (to, flow), ascending.
    pub(super) direct: [Rows; 2],
    /// Flows into stations from a and from b: [side][position] to (station, flow).
    pub(super) into: [Vec<Vec<(u32, Flow)>>; 2],
    /// Flows out of stations to a and to b: [side][station] to (position, flow).
    pub(super) out: [Vec<Vec<(u32, Flow)>>; 2],
    /// Flows among stations.
    pub(super) between: Vec<Vec<(u32, Flow)>>,
}

impl<'a, 'd> PathEngine<'a, 'd> {
    /// An engine for one network.
    pub fn new(model: &'a Model<'d>, network: &'a Network, limits: Limits) -> Self {
        Self { model, network, pools: model.pools.clone(), limits, cells: 0, within: ANY }
    }

    /// Decides a question; sessions covered by `coverage` excuse, paths of such sessions only are excused.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn decide(&mut self, question: &PathQuestion<'_>, coverage: &mut Coverage) -> Result<PathAnswer, LimitReached> {
        let sides = [question.a, question.b];
        let mut graph = FlowGraph::default();
        for (direction, direct) in graph.direct.iter_mut().enumerate() {
            let (from, to) = (sides[direction], sides[1 - direction]);
            // Pulling adds nothing: the session counts in either direction of the data.
            *direct = self.flows(from, to, [ANY; 2], [None, None], &[Links::All], coverage)?;
        }
        let groups = station_groups(self.model, self.network, question.raw_only);
        self.wire_stations(&groups, sides, coverage, &mut graph)?;
        let mut answer = PathAnswer {
            violating: vec![vec![false; question.b.len()]; question.a.len()],
            graph,
            a: question.a.to_vec(),
            b: question.b.to_vec(),
        };
        answer.close();
        Ok(answer)
    }

    /// Flows of data from each of `from` to each of `to`, over sessions of `services` whose peers match: `peers[0]` is
    /// what `to` asks of `from`, `peers[1]` what `from` asks of `to`.
    fn flows(
        &mut self,
        from: &[ClassId],
        to: &[ClassId],
        services: [SetId; 2],
        peers: [Option<&PeerSelector<'_>>; 2],
        ways: &[Links],
        coverage: &mut Coverage,
    ) -> Result<Rows, LimitReached> {
        let mut out: Rows = vec![Vec::new(); from.len()];
        let service = self.pools.service.intersect(services[0], services[1]);
        let service = self.pools.service.intersect(service, self.within);
        if service == EMPTY || from.is_empty() || to.is_empty() {
            return Ok(out);
        }
        // Peers that match by what they are, and peers that match by address, are asked for apart.
        let by_match = |engine: &Self, classes: &[ClassId], side| {
            let mut parts: Vec<(SetId, Vec<usize>)> = Vec::new();
            for (at, &class) in classes.iter().enumerate() {
                let set = peer_addresses(engine.model, side, engine.network, class);
                match parts.iter_mut().find(|part| part.0 == set) {
                    Some(part) => part.1.push(at),
                    None if set != EMPTY => parts.push((set, vec![at])),
                    None => {}
                }
            }
            parts
        };
        let to_parts = by_match(self, to, peers[1]);
        let from_parts = if to_parts.is_empty() { Vec::new() } else { by_match(self, from, peers[0]) };
        // Pairs, by position, of which a flow is known that no exception covers.
        let mut bare: Vec<bool> = Vec::new();
        for (from_set, from_part) in &from_parts {
            for (to_set, to_part) in &to_parts {
                for &links in ways {
                    let pushed = links == Links::All;
                    let product =
                        if pushed { [*from_set, *to_set, service, ANY] } else { [*to_set, *from_set, service, ANY] };
                    let pick = |all: &[ClassId], part: &[usize]| part.iter().map(|&at| all[at]).collect::<Vec<_>>();
                    let (senders, takers) = (pick(from, from_part), pick(to, to_part));
                    let (sources, targets) = if pushed { (&senders, &takers) } else { (&takers, &senders) };
                    let question = Question { links, sources, targets, product };
                    let search = Search::new(self.model, self.network, &self.pools, self.limits, &mut self.cells);
                    let answer = search.answer(&question)?;
                    if answer.is_none() {
                        continue;
                    }
                    bare.resize(from.len() * to.len(), false);
                    for (i, &from_at) in from_part.iter().enumerate() {
                        for (j, &to_at) in to_part.iter().enumerate() {
                            let hit = if pushed { answer.hit(i, j) } else { answer.hit(j, i) };
                            let Some(header) = hit else { continue };
                            if bare[from_at * to.len() + to_at] {
                                continue;
                            }
                            let (opener, receiver) =
                                if pushed { (from[from_at], to[to_at]) } else { (to[to_at], from[from_at]) };
                            let session = SessionSample { from: opener, to: receiver, links, header, product };
                            let found = self.uncovered(session, coverage)?;
                            bare[from_at * to.len() + to_at] = found.is_some();
                            let flow = Flow { session: found.unwrap_or(session), uncovered: found.is_some() };
                            out[from_at].push((u32::try_from(to_at).unwrap_or(u32::MAX), flow));
                        }
                    }
                }
            }
        }
        for row in &mut out {
            // Of several flows the first that no exception covers, else the first.
            row.sort_by_key(|(at, flow)| (*at, !flow.uncovered));
            row.dedup_by_key(|(at, _)| *at);
            row.shrink_to_fit();
        }
        Ok(out)
    }

    /// A session of the same classes, links and product that no exception covers.
    fn uncovered(
        &mut self,
        session: SessionSample,
        coverage: &mut Coverage,
    ) -> Result<Option<SessionSample>, LimitReached> {
        if !coverage.touches(session.from, session.to) {
            return Ok(Some(session));
        }
        for product in coverage.uncovered(&mut self.pools, session.from, session.to, session.product) {
            let question = Question { links: session.links, sources: &[session.from], targets: &[session.to], product };
            let search = Search::new(self.model, self.network, &self.pools, self.limits, &mut self.cells);
            if let Some(header) = search.answer(&question)?.hit(0, 0) {
                return Ok(Some(SessionSample { header, product, ..session }));
            }
        }
        Ok(None)
    }

    fn wire_stations(
        &mut self,
        groups: &[StationGroup],
        sides: [&[ClassId]; 2],
        coverage: &mut Coverage,
        graph: &mut FlowGraph,
    ) -> Result<(), LimitReached> {
        const BOTH_WAYS: [Links; 2] = [Links::All, Links::TwoWay];
        let model = self.model;
        let side_of = |group: &StationGroup, from: bool| -> Option<&'a PeerSelector<'d>> {
            let pass = &model.passes[group.pass? as usize];
            Some(if from { &pass.from } else { &pass.to })
        };
        let service_of = |side: Option<&PeerSelector<'_>>| side.map_or(ANY, |side| side.service);
        #[cfg(feature = "broken-engine")]
        let ways: &[Links] = match crate::sabotage::has(crate::sabotage::Sabotage::ForgetsPulls) {
            true => &BOTH_WAYS[..1],
            false => &BOTH_WAYS,
        };
        #[cfg(not(feature = "broken-engine"))]
        let ways: &[Links] = &BOTH_WAYS;
        let mut first: Vec<u32> = Vec::new();
        for group in groups {
            first.push(u32::try_from(graph.stations.len()).unwrap_or(u32::MAX));
            graph.stations.extend(group.classes.iter().map(|&class| Station { class, pass: group.pass }));
        }
        let number = |group: usize, at: usize| first[group] + u32::try_from(at).unwrap_or(u32::MAX);
        graph.between = vec![Vec::new(); graph.stations.len()];
        for (side, classes) in sides.into_iter().enumerate() {
            graph.into[side] = vec![Vec::new(); classes.len()];
            graph.out[side] = vec![Vec::new(); graph.stations.len()];
            for (index, group) in groups.iter().enumerate() {
                let (from, to) = (side_of(group, true), side_of(group, false));
                let flows =
                    self.flows(classes, &group.classes, [service_of(from), ANY], [from, None], ways, coverage)?;
                for (at, row) in flows.iter().enumerate() {
                    let found = row.iter().map(|&(j, flow)| (number(index, j as usize), flow));
                    graph.into[side][at].extend(found);
                }
                let flows = self.flows(&group.classes, classes, [service_of(to), ANY], [None, to], ways, coverage)?;
                for (i, row) in flows.into_iter().enumerate() {
                    graph.out[side][number(index, i) as usize].extend(row);
                }
            }
        }
        for (i, left) in groups.iter().enumerate() {
            for (j, right) in groups.iter().enumerate() {
                let (to, from) = (side_of(left, false), side_of(right, true));
                let services = [service_of(to), service_of(from)];
                let flows = self.flows(&left.classes, &right.classes, services, [from, to], ways, coverage)?;
                for (at, row) in flows.iter().enumerate() {
                    let found = row.iter().map(|&(k, flow)| (number(j, k as usize), flow));
                    graph.between[number(i, at) as usize].extend(found);
                }
            }
        }
        Ok(())
    }
}

impl PathAnswer {
    /// Follows flows from every class of either side through the stations.
    fn close(&mut self) {
        for side in 0..2 {
            let count = if side == 0 { self.a.len() } else { self.b.len() };
            for start in 0..count {
                let reached = self.reached(side, start);
                for (target, found) in reached.into_iter().enumerate() {
                    if found {
                        let (a, b) = if side == 0 { (start, target) } else { (target, start) };
                        self.violating[a][b] = true;
                    }
                }
            }
        }
    }

    /// Which classes of the other side data of one class reaches by a path that is not excused.
    fn reached(&self, side: usize, start: usize) -> Vec<bool> {
        let mut reached = vec![false; if side == 0 { self.b.len() } else { self.a.len() }];
        for (target, _) in self.graph.direct[side][start].iter().filter(|(_, flow)| flow.uncovered) {
            reached[*target as usize] = true;
        }
        let mut seen = vec![[false; 2]; self.graph.stations.len()];
        let mut queue: VecDeque<(u32, bool)> = VecDeque::new();
        let mut offer = |queue: &mut VecDeque<_>, station: u32, uncovered: bool| {
            if !std::mem::replace(&mut seen[station as usize][usize::from(uncovered)], true) {
                queue.push_back((station, uncovered));
            }
        };
        for &(station, flow) in &self.graph.into[side][start] {
            offer(&mut queue, station, flow.uncovered);
        }
        while let Some((station, uncovered)) = queue.pop_front() {
            for &(target, flow) in &self.graph.out[1 - side][station as usize] {
                reached[target as usize] |= uncovered || flow.uncovered;
            }
            for &(next, flow) in &self.graph.between[station as usize] {
                offer(&mut queue, next, uncovered || flow.uncovered);
            }
        }
        reached
    }

    /// The stations that data of some classes of a side reaches, each with its level: 1 where an uncovered session was
    /// passed on some way there, else 0.
    #[must_use]
    pub fn levels(&self, side: usize, starts: &[ClassId]) -> Vec<(Station, u8)> {
        let classes = if side == 0 { &self.a } else { &self.b };
        let mut levels: Vec<Option<u8>> = vec![None; self.graph.stations.len()];
        let mut queue: VecDeque<u32> = VecDeque::new();
        let offer = |queue: &mut VecDeque<u32>, levels: &mut Vec<Option<u8>>, station: u32, uncovered: bool| {
            let slot = &mut levels[station as usize];
            if slot.is_none_or(|known| known < u8::from(uncovered)) {
                *slot = Some(u8::from(uncovered));
                queue.push_back(station);
            }
        };
        for (at, _) in classes.iter().enumerate().filter(|(_, class)| starts.contains(class)) {
            for &(station, flow) in self.graph.into[side].get(at).into_iter().flatten() {
                offer(&mut queue, &mut levels, station, flow.uncovered);
            }
        }
        while let Some(station) = queue.pop_front() {
            let uncovered = levels[station as usize] == Some(1);
            for &(next, flow) in &self.graph.between[station as usize] {
                offer(&mut queue, &mut levels, next, uncovered || flow.uncovered);
            }
        }
        let reached = self.graph.stations.iter().zip(levels);
        reached.filter_map(|(station, level)| Some((*station, level?))).collect()
    }

    /// A shortest data path between two positions that is not excused, in the direction of the data, with the stations
    /// it passes.
    #[must_use]
    pub fn witness(&self, a: usize, b: usize) -> Option<(Chain, Vec<Station>)> {
        let candidates = [(0, a, b), (1, b, a)].into_iter().filter_map(|(side, from, to)| self.chain(side, from, to));
        candidates.min_by_key(|(chain, _)| chain.len())
    }

    fn chain(&self, side: usize, start: usize, target: usize) -> Option<(Chain, Vec<Station>)> {
        if let Some(flow) = flow_to(&self.graph.direct[side][start], target).filter(|flow| flow.uncovered) {
            return Some((vec![flow], Vec::new()));
        }
        // Breadth-first over (station, whether an uncovered session was passed), with the flow that led there.
        let mut came: Vec<[Option<(Option<(u32, bool)>, Flow)>; 2]> = vec![[None; 2]; self.graph.stations.len()];
        let mut queue: VecDeque<(u32, bool)> = VecDeque::new();
        for &(station, flow) in &self.graph.into[side][start] {
            let slot = &mut came[station as usize][usize::from(flow.uncovered)];
            if slot.is_none() {
                *slot = Some((None, flow));
                queue.push_back((station, flow.uncovered));
            }
        }
        while let Some((station, uncovered)) = queue.pop_front() {
            let last = flow_to(&self.graph.out[1 - side][station as usize], target);
            if let Some(flow) = last.filter(|flow| uncovered || flow.uncovered) {
                let (mut chain, mut stations) = (vec![flow], Vec::new());
                let mut state = Some((station, uncovered));
                while let Some((station, uncovered)) = state {
                    stations.push(self.graph.stations[station as usize]);
                    let (before, flow) = came[station as usize][usize::from(uncovered)]?;
                    chain.push(flow);
                    state = before;
                }
                chain.reverse();
                stations.reverse();
                return Some((chain, stations));
            }
            for &(next, flow) in &self.graph.between[station as usize] {
                let next_uncovered = uncovered || flow.uncovered;
                let slot = &mut came[next as usize][usize::from(next_uncovered)];
                if slot.is_none() {
                    *slot = Some((Some((station, uncovered)), flow));
                    queue.push_back((next, next_uncovered));
                }
            }
        }
        None
    }
}
