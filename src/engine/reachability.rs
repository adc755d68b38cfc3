//! Which classes of endpoints can open a session to which: a search that splits the space of headers only where a
//! rule on an open path demands it.
//!
//! A *cell* is a box of headers. In a cell every guard is permitted, denied or *mixed*. Taking mixed for permitted
//! gives an over-approximation of what can be reached: where that reaches nothing asked for, the cell is closed, and the
//! components reached are an inductive invariant that proves it. Taking mixed for denied gives an under-approximation:
//! what that reaches is reached by every header of the cell. A pair that only the former reaches hangs on a mixed
//! guard of its path; the cell is cut along an edge of one of that guard's rules. (Abstraction refinement over
//! header space; boxes as in header space analysis, cuts as in decision-tree packet classification.)

//!
//! Most cells are looked at once, from all sources together: what they do not reach together none of them reaches. Only
//! where the way is open somewhere, or has been, are sources looked at by groups with the same access.

mod answer;
mod cut;
mod reach;
mod split;
mod states;
mod subgraph;

use std::cell::Cell as Counter;

pub use answer::Answer;
pub(super) use reach::{Scratch, Taken};
use split::{MANY, apart, crop, hull, middle, sample};
pub(super) use states::{Slots, State, States};
use subgraph::Subgraph;

pub use super::limit::{LimitReached, Limits};
use crate::document::Action;
use crate::header::{DESTINATION, HeaderBox, Product, Range, Ranges, SERVICE, SOURCE, SOURCE_PORT};
use crate::model::{Model, PORTED, Pools, RuleId};
use crate::network::{ClassId, Component, DenyReason, GuardId, Links, Network, RuleList, TRUE};
use crate::number::number;

/// Which sessions are asked for: opened by a source class, received by a target class, header in the product.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Links that the session may use.
    pub links: Links,
    /// Classes that open.
    pub sources: &'a [ClassId],
    /// Classes that receive.
    pub targets: &'a [ClassId],
    /// The headers asked for.
    pub product: Product,
}

struct Cell<'n> {
    header: HeaderBox,
    /// Cuts that led here.
    depth: u32,
    /// Positions in the question, those of one access together.
    sources: Vec<u32>,
    targets: Vec<u32>,
    subgraph: Subgraph<'n>,
}

/// Memory of searches of one network, kept from question to question: a network of a million components is not cleared for
/// each of a thousand small questions.
#[derive(Default)]
pub struct Workspace {
    scratch: Scratch,
    slots: Slots,
}

/// Searches one network.
pub struct Reachability<'a, 'd> {
    model: &'a Model<'d>,
    network: &'a Network,
    pools: &'a Pools,
    limits: Limits,
    cells: &'a Counter<u64>,
}

impl<'a, 'd> Reachability<'a, 'd> {
    /// A search that counts the cells it looks at in `cells`.
    pub fn new(
        model: &'a Model<'d>,
        network: &'a Network,
        pools: &'a Pools,
        limits: Limits,
        cells: &'a mut u64,
    ) -> Self {
        Self { model, network, pools, limits, cells: Counter::from_mut(cells) }
    }

    /// Decides a question for all its pairs.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn answer(self, question: &Question<'_>) -> Result<Answer, LimitReached> {
        self.answer_in(question, &mut Workspace::default())
    }

    /// The answer to a question of no headers.
    pub(super) fn nothing(&self, question: &Question<'_>) -> Answer {
        Answer::new(question, |class| self.class(class).members.len() == 1)
    }

    /// As [`Self::answer`], with memory of earlier searches of the same network.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn answer_in(self, question: &Question<'_>, workspace: &mut Workspace) -> Result<Answer, LimitReached> {
        let mut answer = Answer::new(question, |class| self.class(class).members.len() == 1);
        let graph = self.network.graph(question.links);
        workspace.scratch.fit(graph.components());
        // Of a few classes in a large network the search itself sees soon enough that nothing joins them.
        let many = (question.sources.len() + question.targets.len()) * SHARE_OF_GRAPH >= graph.size();
        if many && !self.connected(question) {
            return Ok(answer);
        }
        let numbers = |len: usize| (0..number(len)).collect::<Vec<u32>>();
        let mut sources = numbers(question.sources.len());
        sources.sort_by_key(|&at| (self.access_number(question, at), at));
        let roots = self.roots(&question.product).into_iter();
        let subgraph = Subgraph::Whole(graph);
        let root = |header| {
            let (sources, targets) = (sources.clone(), numbers(question.targets.len()));
            Cell { header, depth: 0, sources, targets, subgraph: subgraph.clone() }
        };
        let mut stack: Vec<Cell<'_>> = roots.map(root).collect();
        let Workspace { scratch, slots } = workspace;
        let mut states = States::new(&self, slots);
        while let Some(cell) = stack.pop() {
            if self.count_cell() {
                return Err(LimitReached);
            }
            if let Some(parts) = self.visit(cell, question, &mut answer, scratch, &mut states) {
                stack.extend(parts);
            }
        }
        Ok(answer)
    }

    /// The network.
    pub(super) fn network(&self) -> &'a Network {
        self.network
    }

    /// A class of the network.
    pub(super) fn class(&self, class: ClassId) -> &'a crate::network::EquivalenceClass {
        self.network.classes.get(class)
    }

    /// A of a class, in atoms.
    pub(super) fn sends(&self, class: ClassId) -> &'a Ranges {
        self.model.holdings.get(self.class(class).sends)
    }

    /// R of a class, in atoms.
    pub(super) fn receives(&self, class: ClassId) -> &'a Ranges {
        self.model.holdings.get(self.class(class).receives)
    }

    /// Counts a cell; whether a limit is reached.
    pub(super) fn count_cell(&self) -> bool {
        let count = self.cells.get() + 1;
        self.cells.set(count);
        // A cell of a large network takes long enough to look at the clock each time.
        self.limits.cells.is_some_and(|limit| count > limit) || self.limits.reached()
    }

    /// Whether any source is joined to any target at all, filters and routes aside. O(network).
    fn connected(&self, question: &Question<'_>) -> bool {
        let graph = self.network.graph(question.links);
        let mut seen = vec![false; graph.components()];
        let mut stack: Vec<Component> = Vec::new();
        let access = |class: &ClassId| self.access(*class, question.links);
        for &(component, _) in question.sources.iter().flat_map(|class| &access(class).emits) {
            if !std::mem::replace(&mut seen[component as usize], true) {
                stack.push(component);
            }
        }
        while let Some(component) = stack.pop() {
            for &(next, _) in graph.edges(component) {
                if !std::mem::replace(&mut seen[next as usize], true) {
                    stack.push(next);
                }
            }
        }
        question.targets.iter().any(|class| access(class).takes.iter().any(|&(component, _)| seen[component as usize]))
    }

    pub(super) fn access(&self, class: ClassId, links: Links) -> &'a crate::network::Access {
        let index = self.network.classes.get(class).accesses[usize::from(links == Links::TwoWay)];
        &self.network.classes.accesses[index as usize]
    }

    /// The header space as boxes: addresses of one family or symbolic ones together, ports where the protocol has
    /// some; cropped to the product.
    fn roots(&self, product: &Product) -> Vec<HeaderBox> {
        let space = &self.model.spaces;
        let all = self.pools.address.all();
        let (v4, v6) = (space.address.v4_atoms(), space.address.v6_atoms());
        let mut pairs = vec![(v4, Range::new(v4.low, v6.low - 1)), (v6, Range::new(v4.high + 1, v6.high))];
        pairs.extend(space.address.symbolic_atoms().map(|symbolic| (symbolic, all)));
        #[cfg(feature = "broken-engine")]
        if crate::sabotage::has(crate::sabotage::Sabotage::ForgetsIpv6) {
            pairs.remove(1);
        }
        let first_ported = space.service.atom(PORTED);
        let (services, ports) = (self.pools.service.all(), self.pools.source_port.all());
        let protocols = [
            (Range::new(0, first_ported - 1), Range::new(0, 0)),
            (Range::new(first_ported, services.high), Range::new(1, ports.high)),
        ];
        let mut out = Vec::new();
        for &(source, destination) in &pairs {
            for &(service, port) in &protocols {
                let header = [source, destination, service, port];
                let cropped: Vec<Range> =
                    (0..4).filter_map(|dimension| crop(self.set(product, dimension), header[dimension])).collect();
                if let Ok(header) = <[Range; 4]>::try_from(cropped) {
                    out.push(header);
                }
            }
        }
        out
    }

    pub(super) fn set(&self, product: &Product, dimension: usize) -> &'a Ranges {
        match dimension {
            SOURCE | DESTINATION => self.pools.address.get(product[dimension]),
            SERVICE => self.pools.service.get(product[SERVICE]),
            _ => self.pools.source_port.get(product[SOURCE_PORT]),
        }
    }

    /// Which access a source of a question has.
    fn access_number(&self, question: &Question<'_>, source: u32) -> u32 {
        self.class(question.sources[source as usize]).accesses[usize::from(question.links == Links::TwoWay)]
    }

    /// Looks at a cell; returns its parts where it is not decided, the one to look at first last.
    fn visit(
        &self,
        cell: Cell<'a>,
        question: &Question<'_>,
        answer: &mut Answer,
        scratch: &mut Scratch,
        states: &mut States<'_, 'a, 'd>,
    ) -> Option<Vec<Cell<'a>>> {
        let header = cell.header;
        let in_cell = |dimension: usize| self.set(&question.product, dimension).touches(header[dimension]);
        if !in_cell(SERVICE) || !in_cell(SOURCE_PORT) {
            return None;
        }
        let alive = |holding: &Ranges, dimension: usize| {
            Ranges::first_common(&[holding, self.set(&question.product, dimension)], header[dimension]).is_some()
        };
        let mut targets = cell.targets;
        targets.retain(|&at| answer.is_asked(at) && alive(self.receives(question.targets[at as usize]), DESTINATION));
        let mut sources = cell.sources;
        sources.retain(|&at| {
            answer.asks(at)
                && alive(self.sends(question.sources[at as usize]), SOURCE)
                && targets.iter().any(|&target| answer.is_open(at, target))
        });
        if sources.is_empty() || targets.is_empty() {
            return None;
        }
        // Headers that no source sends and no target receives are not asked for.
        let mut header = header;
        header[SOURCE] = hull(sources.iter().map(|&at| self.sends(question.sources[at as usize])), header[SOURCE])?;
        let received = targets.iter().map(|&at| self.receives(question.targets[at as usize]));
        header[DESTINATION] = hull(received, header[DESTINATION])?;
        states.enter(cell.depth, header);
        let same = |a: &u32, b: &u32| self.access_number(question, *a) == self.access_number(question, *b);
        let class = |source: u32| question.sources[source as usize];
        // Whose own filters let nothing out here is not asked for.
        let speaks = |group: &&[u32], states: &mut States<'_, 'a, 'd>| {
            let emits = &self.access(class(group[0]), question.links).emits;
            emits.iter().any(|&(_, guard)| states.weight(guard).is_some())
        };
        let groups: Vec<&[u32]> = sources.chunk_by(same).filter(|group| speaks(group, states)).collect();
        if groups.is_empty() {
            return None;
        }
        let first: Vec<ClassId> = groups.iter().map(|group| class(group[0])).collect();
        scratch.reach_on(self, question.links, &cell.subgraph, &first, states);
        let mut ways: Vec<Taken> = Vec::new();
        targets.retain(|&at| {
            let taken = scratch.take(self, question.links, question.targets[at as usize], states);
            ways.extend(taken);
            taken.is_some()
        });
        let left: Vec<ClassId> = targets.iter().map(|&at| question.targets[at as usize]).collect();
        let subgraph = scratch.part(self, question.links, &cell.subgraph, [&first, &left], states);
        let open_way = ways.iter().any(|taken| taken.mixed == 0);
        if open_way {
            self.enter_hits(
                question,
                &header,
                [&cell.subgraph, &subgraph],
                &groups,
                &targets,
                &ways,
                answer,
                scratch,
                states,
            );
        }
        // Who is still asked for: all, as long as nobody has ever come through; else those whose own ways are mixed.
        let untouched = !open_way && answer.is_none();
        let (skipped, obstacle) = if untouched || (groups.len() == 1 && !open_way) {
            (0, scratch.obstacle(&ways, states)?)
        } else {
            self.next_obstacle(question, &subgraph, &groups, &targets, answer, scratch, states)?
        };
        let groups = &groups[skipped..];
        let State::Mixed(lists) = states.state(obstacle).clone() else { return None };
        let (dimension, at) = self.plane(&lists, &header)?;
        let range = header[dimension];
        // A few rules that stand before one of many sources or targets would peel them off one by one: part them by where
        // they lie, or at least halve them.
        let rules = lists.iter().map(|list| list.rules.len()).min().unwrap_or(0);
        let part = |header: HeaderBox, sources: Vec<u32>, targets: Vec<u32>| Cell {
            header,
            depth: cell.depth + 1,
            sources,
            targets,
            subgraph: subgraph.clone(),
        };
        let sends = |group: &&[u32]| hull(group.iter().map(|&at| self.sends(class(at))), range);
        let receives = |at: &u32| crop(self.receives(question.targets[*at as usize]), range);
        let flat = |groups: &[&[u32]]| groups.iter().flat_map(|group| group.iter().copied()).collect::<Vec<u32>>();
        if dimension == SOURCE
            && groups.len() > rules
            && let Some(parts) = apart(groups, sends, range)
        {
            return Some(parts.iter().map(|groups| part(header, flat(groups), targets.clone())).collect());
        }
        if dimension == DESTINATION
            && targets.len() > rules
            && let Some(parts) = apart(&targets, receives, range)
        {
            return Some(parts.into_iter().map(|targets| part(header, flat(groups), targets)).collect());
        }
        let at = match dimension {
            SOURCE if groups.len() > MANY * rules => middle(groups.iter().filter_map(sends), range).unwrap_or(at),
            DESTINATION if left.len() > MANY * rules => {
                middle(targets.iter().filter_map(receives), range).unwrap_or(at)
            }
            SERVICE | SOURCE_PORT if groups.len().max(left.len()) > MANY * rules => self
                .common_plane(question, groups, &left, &header, states)
                .filter(|cut| cut.0 == dimension)
                .map_or(at, |cut| cut.1),
            _ => at,
        };
        let half = |low: u32, high: u32| {
            let mut header = header;
            header[dimension] = Range::new(low, high);
            part(header, flat(groups), targets.clone())
        };
        let (low, high) = (half(range.low, at - 1), half(at, range.high));
        // Where something may be permitted first: an answer of "yes" is sooner found there.
        Some(if self.permits_in(&lists, &high.header) { vec![low, high] } else { vec![high, low] })
    }

    /// Where to cut for many sources and targets at once whose own filters are short: by a sample of all these filters.
    fn common_plane(
        &self,
        question: &Question<'_>,
        groups: &[&[u32]],
        targets: &[ClassId],
        header: &HeaderBox,
        states: &mut States<'_, 'a, 'd>,
    ) -> Option<(usize, u32)> {
        let access = |class: ClassId| self.access(class, question.links);
        let emits = sample(groups).flat_map(|group| &access(question.sources[group[0] as usize]).emits);
        let takes = sample(targets).flat_map(|&target| &access(target).takes);
        let mut rules: Vec<RuleId> = Vec::new();
        for &(_, guard) in emits.chain(takes) {
            if guard != TRUE
                && let State::Mixed(lists) = states.state(guard)
            {
                rules.extend(lists.iter().filter(|list| list.rules.len() <= MANY).flat_map(|list| &list.rules));
            }
        }
        let all = RuleList { rules, default: Action::Deny, decider: DenyReason::Routes(0) };
        self.plane(&[all], header)
    }

    /// Notes the pairs that every header of a cell joins.
    #[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename the arguments")]
    fn enter_hits(
        &self,
        question: &Question<'_>,
        header: &HeaderBox,
        [subgraph, part]: [&Subgraph<'_>; 2],
        groups: &[&[u32]],
        targets: &[u32],
        ways: &[Taken],
        answer: &mut Answer,
        scratch: &mut Scratch,
        states: &mut States<'_, 'a, 'd>,
    ) {
        let index = answer.next_box();
        let free = targets.iter().zip(ways).filter(|(_, way)| way.mixed == 0).map(|(&target, _)| target);
        let free: Vec<u32> = free.collect();
        let mut hit = false;
        let mut note = |group: &[u32], target: u32| {
            for &source in group {
                if answer.is_open(source, target) {
                    answer.note(source, target, index);
                    hit = true;
                }
            }
        };
        if let [group] = groups {
            free.iter().for_each(|&target| note(group, target));
        } else {
            let classes: Vec<ClassId> = free.iter().map(|&target| question.targets[target as usize]).collect();
            let leading = scratch.leading(self, question.links, subgraph, &classes, states);
            for group in groups {
                let class = question.sources[group[0] as usize];
                if !leading.from(self, question.links, class, states) {
                    continue;
                }
                scratch.reach_freely(self, question.links, part, class, states);
                for (&target, &class) in free.iter().zip(&classes) {
                    if scratch.take(self, question.links, class, states).is_some_and(|taken| taken.mixed == 0) {
                        note(group, target);
                    }
                }
            }
        }
        if hit {
            answer.add_box(*header);
        }
    }

    /// The first group of sources with an undecided pair, and the guard that stands in its way.
    #[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename the arguments")]
    fn next_obstacle(
        &self,
        question: &Question<'_>,
        subgraph: &Subgraph<'_>,
        groups: &[&[u32]],
        targets: &[u32],
        answer: &Answer,
        scratch: &mut Scratch,
        states: &mut States<'_, 'a, 'd>,
    ) -> Option<(usize, GuardId)> {
        for (at, group) in groups.iter().enumerate() {
            let is_open = |&target: &u32| group.iter().any(|&source| answer.is_open(source, target));
            let open: Vec<u32> = targets.iter().copied().filter(is_open).collect();
            if open.is_empty() {
                continue;
            }
            scratch.reach_on(self, question.links, subgraph, &[question.sources[group[0] as usize]], states);
            let take = |&target: &u32| scratch.take(self, question.links, question.targets[target as usize], states);
            let ways: Vec<Taken> = open.iter().filter_map(take).collect();
            if let Some(obstacle) = scratch.obstacle(&ways, states) {
                return Some((at, obstacle));
            }
        }
        None
    }
}

/// A question of fewer classes than one to so many edges is small.
const SHARE_OF_GRAPH: usize = 64;
