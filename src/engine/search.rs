//! Which classes of endpoints can open a session to which: a search that splits the space of headers only where a
//! rule on an open path demands it.
//!
//! A *cell* is a box of headers. In a cell every predicate is permitted, denied or *mixed*. Taking mixed for permitted
//! gives an over-approximation of what can be reached: where that reaches nothing asked for, the cell is closed, and the
//! regions reached are an inductive invariant that proves it. Taking mixed for denied gives an under-approximation:
//! what that reaches is reached by every header of the cell. A pair that only the former reaches hangs on a mixed
//! predicate of its path; the cell is cut along an edge of one of that predicate's rules. (Abstraction refinement over
//! header space; boxes as in header space analysis, cuts as in decision-tree packet classification.)

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::Instant;

use crate::document::Action;
use crate::model::{Model, PORTED, Pools, RuleId, RuleOrigin};
use crate::network::{ClassId, Decider, Links, Network, PredicateId, Region, RuleList, TRUE};
use crate::space::{DESTINATION, HeaderBox, Product, Range, Ranges, Relation, SERVICE, SOURCE, SOURCE_PORT};

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

/// For each pair of a question, whether there is a session, and a box of headers that all make one.
#[derive(Clone, Debug)]
pub struct Answer {
    targets: usize,
    /// 0: none; else one more than the index of the box.
    hits: Vec<u32>,
    boxes: Vec<HeaderBox>,
}

const SELF: u32 = u32::MAX;

impl Answer {
    /// The box of headers that open a session from source to target (by position in the question), if any do.
    #[must_use]
    pub fn hit(&self, source: usize, target: usize) -> Option<HeaderBox> {
        match self.hits[source * self.targets + target] {
            0 | SELF => None,
            found => Some(self.boxes[found as usize - 1]),
        }
    }
}

/// A limit that the user set was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReached;

/// Limits of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// When to give up.
    pub deadline: Option<Instant>,
    /// How many cells to look at in all before giving up.
    pub cells: Option<u64>,
}

/// A predicate within a cell.
#[derive(Clone)]
pub(super) enum State {
    Permitted,
    Denied(Decider),
    Mixed(Rc<[RuleList]>),
}

struct Cell {
    header: HeaderBox,
    parent: Option<Rc<HashMap<PredicateId, State>>>,
    sources: Vec<u32>,
    targets: Vec<u32>,
}

/// Searches one network.
pub struct Search<'a, 'd> {
    model: &'a Model<'d>,
    network: &'a Network,
    pools: &'a Pools,
    limits: Limits,
    cells: &'a mut u64,
}

impl<'a, 'd> Search<'a, 'd> {
    /// A search that counts the cells it looks at in `cells`.
    pub fn new(
        model: &'a Model<'d>,
        network: &'a Network,
        pools: &'a Pools,
        limits: Limits,
        cells: &'a mut u64,
    ) -> Self {
        Self { model, network, pools, limits, cells }
    }

    /// Decides a question for all its pairs.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn answer(mut self, question: &Question<'_>) -> Result<Answer, LimitReached> {
        let classes = &self.network.classes;
        let targets = question.targets.len();
        let mut answer = Answer { targets, hits: vec![0; question.sources.len() * targets], boxes: Vec::new() };
        for (at, source) in question.sources.iter().enumerate() {
            if classes.get(*source).members.len() == 1
                && let Some(own) = question.targets.iter().position(|target| target == source)
            {
                // No session leads from an endpoint to itself.
                answer.hits[at * targets + own] = SELF;
            }
        }
        if !self.connected(question) {
            return Ok(answer);
        }
        let numbers = |len: usize| (0..u32::try_from(len).unwrap_or(u32::MAX)).collect::<Vec<u32>>();
        let mut stack: Vec<Cell> = Vec::new();
        for header in self.roots(&question.product) {
            let (sources, targets) = (numbers(question.sources.len()), numbers(targets));
            stack.push(Cell { header, parent: None, sources, targets });
        }
        let mut scratch = Scratch::new(self.network.graph(question.links).regions());
        while let Some(cell) = stack.pop() {
            if self.count_cell() {
                return Err(LimitReached);
            }
            if let Some((low, high)) = self.visit(cell, question, &mut answer, &mut scratch) {
                stack.push(high);
                stack.push(low);
            }
        }
        Ok(answer)
    }

    /// The network.
    pub(super) fn network(&self) -> &'a Network {
        self.network
    }

    /// A class of the network.
    pub(super) fn class(&self, class: ClassId) -> &'a crate::network::Class {
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
    pub(super) fn count_cell(&mut self) -> bool {
        *self.cells += 1;
        let over_time = || self.limits.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        self.limits.cells.is_some_and(|limit| *self.cells > limit) || (*self.cells & 63 == 1 && over_time())
    }

    /// Whether any source is joined to any target at all, filters and routes aside. O(network).
    fn connected(&self, question: &Question<'_>) -> bool {
        let graph = self.network.graph(question.links);
        let mut seen = vec![false; graph.regions()];
        let mut stack: Vec<Region> = Vec::new();
        let attachment = |class: &ClassId| self.attachment(*class, question.links);
        for &(region, _) in question.sources.iter().flat_map(|class| &attachment(class).emits) {
            if !std::mem::replace(&mut seen[region as usize], true) {
                stack.push(region);
            }
        }
        while let Some(region) = stack.pop() {
            for &(next, _) in graph.edges(region) {
                if !std::mem::replace(&mut seen[next as usize], true) {
                    stack.push(next);
                }
            }
        }
        question.targets.iter().any(|class| attachment(class).takes.iter().any(|&(region, _)| seen[region as usize]))
    }

    pub(super) fn attachment(&self, class: ClassId, links: Links) -> &'a crate::network::Attachment {
        let index = self.network.classes.get(class).attachments[usize::from(links == Links::TwoWay)];
        &self.network.classes.attachments[index as usize]
    }

    /// The header space as boxes: addresses of one family or symbolic ones together, ports where the protocol has
    /// some; cropped to the product.
    fn roots(&self, product: &Product) -> Vec<HeaderBox> {
        let space = &self.model.spaces;
        let all = self.pools.address.all();
        let (v4, v6) = (space.address.v4_atoms(), space.address.v6_atoms());
        let mut pairs = vec![(v4, Range::new(v4.low, v6.low - 1)), (v6, Range::new(v4.high + 1, v6.high))];
        pairs.extend(space.address.symbolic_atoms().map(|symbolic| (symbolic, all)));
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

    /// Looks at a cell; returns the two halves where it is not decided.
    fn visit(
        &self,
        cell: Cell,
        question: &Question<'_>,
        answer: &mut Answer,
        scratch: &mut Scratch,
    ) -> Option<(Cell, Cell)> {
        let in_cell = |dimension: usize| self.set(&question.product, dimension).touches(cell.header[dimension]);
        if !in_cell(SERVICE) || !in_cell(SOURCE_PORT) {
            return None;
        }
        let classes = &self.network.classes;
        let alive = |holding, dimension: usize| {
            let sets = [self.model.holdings.get(holding), self.set(&question.product, dimension)];
            Ranges::first_common(&sets, cell.header[dimension]).is_some()
        };
        let mut targets = cell.targets;
        targets.retain(|&at| alive(classes.get(question.targets[at as usize]).receives, DESTINATION));
        let open = |answer: &Answer, source: u32, target: u32| {
            answer.hits[source as usize * answer.targets + target as usize] == 0
        };
        let mut sources = cell.sources;
        sources.retain(|&at| {
            alive(classes.get(question.sources[at as usize]).sends, SOURCE)
                && targets.iter().any(|&target| open(answer, at, target))
        });
        if sources.is_empty() || targets.is_empty() {
            return None;
        }
        let mut states = States::new(self, cell.header, cell.parent);
        // Sources that emit into the same regions through the same filters are one search.
        sources.sort_by_key(|&at| {
            (classes.get(question.sources[at as usize]).attachments[usize::from(question.links == Links::TwoWay)], at)
        });
        let slot = usize::from(question.links == Links::TwoWay);
        let attachment_of = |at: u32| classes.get(question.sources[at as usize]).attachments[slot];
        if sources.len() > 1 && attachment_of(sources[0]) != attachment_of(sources[sources.len() - 1]) {
            // Most cells close at once: look from all sources together first.
            let all: Vec<ClassId> = sources.iter().map(|&at| question.sources[at as usize]).collect();
            scratch.reach(self, question.links, &all, &mut states);
            let reached =
                |&at: &u32| scratch.take(self, question.links, question.targets[at as usize], &mut states).is_some();
            if !targets.iter().any(reached) {
                return None;
            }
        }
        let box_number = u32::try_from(answer.boxes.len() + 1).unwrap_or(SELF - 1);
        let mut hit = false;
        let (mut pending_sources, mut pending_targets) = (Vec::new(), vec![false; targets.len()]);
        let mut obstacle: Option<Rc<[RuleList]>> = None;
        for group in sources.chunk_by(|&a, &b| attachment_of(a) == attachment_of(b)) {
            scratch.reach(self, question.links, &[question.sources[group[0] as usize]], &mut states);
            let mut pending = vec![false; group.len()];
            for (target_at, &target) in targets.iter().enumerate() {
                let class = question.targets[target as usize];
                let Some(found) = scratch.take(self, question.links, class, &mut states) else { continue };
                for (at, &source) in group.iter().enumerate() {
                    if !open(answer, source, target) {
                        continue;
                    }
                    if found.mixed == 0 {
                        answer.hits[source as usize * answer.targets + target as usize] = box_number;
                        hit = true;
                    } else {
                        pending[at] = true;
                        pending_targets[target_at] = true;
                        if obstacle.is_none() {
                            obstacle = scratch.obstacle(&found, &mut states);
                        }
                    }
                }
            }
            pending_sources.extend(group.iter().zip(pending).filter(|(_, pending)| *pending).map(|(&at, _)| at));
        }
        if hit {
            answer.boxes.push(cell.header);
        }
        let (dimension, at) = self.plane(&obstacle?, &cell.header)?;
        let targets: Vec<u32> =
            targets.iter().zip(pending_targets).filter(|(_, pending)| *pending).map(|(&at, _)| at).collect();
        let known = Rc::new(states.known);
        let half = |low: u32, high: u32| {
            let mut header = cell.header;
            header[dimension] = Range::new(low, high);
            Cell { header, parent: Some(Rc::clone(&known)), sources: pending_sources.clone(), targets: targets.clone() }
        };
        let range = cell.header[dimension];
        Some((half(range.low, at - 1), half(at, range.high)))
    }

    /// What is left of the lists of a predicate within a box.
    pub(super) fn narrow(&self, lists: &[RuleList], header: &HeaderBox) -> State {
        let mut left: Vec<RuleList> = Vec::new();
        for list in lists {
            let mut rules: Vec<RuleId> = Vec::new();
            let (mut default, mut decider) = (list.default, list.decider);
            for &id in &list.rules {
                match self.relation(id, header) {
                    Relation::Disjoint => {}
                    Relation::Partial => rules.push(id),
                    Relation::Covers => {
                        let rule = &self.model.rules[id.0 as usize];
                        default = rule.action;
                        if let RuleOrigin::Filter(..) = rule.origin {
                            decider = Decider::Rule(id);
                        }
                        break;
                    }
                }
            }
            let says = |id: &RuleId| self.model.rules[id.0 as usize].action;
            while rules.last().is_some_and(|id| says(id) == default) {
                rules.pop();
            }
            match (rules.is_empty(), default) {
                (true, Action::Deny) => return State::Denied(decider),
                (true, Action::Permit) => {}
                (false, _) => left.push(RuleList { rules, default, decider }),
            }
        }
        if left.is_empty() { State::Permitted } else { State::Mixed(left.into()) }
    }

    fn relation(&self, id: RuleId, header: &HeaderBox) -> Relation {
        let product = &self.model.rules[id.0 as usize].headers;
        let mut out = Relation::Covers;
        for dimension in 0..4 {
            match self.set(product, dimension).relation(header[dimension]) {
                Relation::Disjoint => return Relation::Disjoint,
                Relation::Partial => out = Relation::Partial,
                Relation::Covers => {}
            }
        }
        out
    }

    /// Where to cut: an edge of a rule of the shortest list, such that the larger half keeps few rules.
    pub(super) fn plane(&self, lists: &[RuleList], header: &HeaderBox) -> Option<(usize, u32)> {
        let list = lists.iter().min_by_key(|list| list.rules.len())?;
        let step = list.rules.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<&Product> =
            list.rules.iter().step_by(step).map(|id| &self.model.rules[id.0 as usize].headers).collect();
        let mut best: Option<((usize, usize), usize, u32)> = None;
        for dimension in 0..4 {
            let range = header[dimension];
            if range.low == range.high {
                continue;
            }
            let mut edges: Vec<u32> = Vec::new();
            for product in &sample {
                let set = self.set(product, dimension);
                if set.relation(range) == Relation::Partial {
                    for part in set.as_slice().iter().filter(|part| part.overlaps(range)).take(SAMPLE) {
                        edges
                            .extend([part.low, part.high + 1].iter().filter(|&&at| at > range.low && at <= range.high));
                    }
                }
            }
            edges.sort_unstable();
            let Some(&middle) = edges.get(edges.len() / 2) else { continue };
            let keeps = |low: u32, high: u32| {
                sample.iter().filter(|product| self.set(product, dimension).touches(Range::new(low, high))).count()
            };
            let (left, right) = (keeps(range.low, middle - 1), keeps(middle, range.high));
            let cost = (left.max(right), left + right);
            if best.as_ref().is_none_or(|(known, ..)| cost < *known) {
                best = Some((cost, dimension, middle));
            }
        }
        best.map(|(_, dimension, at)| (dimension, at))
    }
}

/// How many rules of a list are looked at to choose a cut.
const SAMPLE: usize = 64;

/// The least range of `range` that holds all that the set has in it; `None` where it has nothing there.
fn crop(set: &Ranges, range: Range) -> Option<Range> {
    let low = set.first_in(range)?;
    let last = set.as_slice().iter().rev().find(|part| part.low <= range.high)?;
    Some(Range::new(low, last.high.min(range.high)))
}

/// The predicates of a cell, evaluated when first met.
pub(super) struct States<'s, 'a, 'd> {
    search: &'s Search<'a, 'd>,
    header: HeaderBox,
    parent: Option<Rc<HashMap<PredicateId, State>>>,
    pub(super) known: HashMap<PredicateId, State>,
}

impl<'s, 'a, 'd> States<'s, 'a, 'd> {
    /// Of a cell of this box; `parent` holds those of a box around it.
    pub(super) fn new(
        search: &'s Search<'a, 'd>,
        header: HeaderBox,
        parent: Option<Rc<HashMap<PredicateId, State>>>,
    ) -> Self {
        Self { search, header, parent, known: HashMap::new() }
    }

    /// How many mixed predicates this one counts for; `None` when it denies.
    fn weight(&mut self, id: PredicateId) -> Option<u32> {
        if id == TRUE {
            return Some(0);
        }
        match self.state(id) {
            State::Permitted => Some(0),
            State::Denied(_) => None,
            State::Mixed(_) => Some(1),
        }
    }

    pub(super) fn state(&mut self, id: PredicateId) -> &State {
        let Self { search, header, parent, known } = self;
        known.entry(id).or_insert_with(|| match parent.as_ref().and_then(|parent| parent.get(&id)) {
            Some(State::Permitted) => State::Permitted,
            Some(State::Denied(decider)) => State::Denied(*decider),
            Some(State::Mixed(lists)) => search.narrow(lists, header),
            None => search.narrow(&search.network.predicates.lists(search.model, id), header),
        })
    }
}

/// Where a target takes a packet.
pub(super) struct Taken {
    region: Region,
    predicate: PredicateId,
    /// Mixed predicates on the way.
    pub(super) mixed: u32,
    /// The source it comes from.
    pub(super) origin: ClassId,
}

/// Memory of a breadth-first search, reused from cell to cell.
pub(super) struct Scratch {
    round: u32,
    seen: Vec<u32>,
    mixed: Vec<u32>,
    came_from: Vec<(Region, PredicateId)>,
    origin: Vec<ClassId>,
    queue: VecDeque<(Region, u32)>,
}

const START: Region = u32::MAX;

impl Scratch {
    pub(super) fn new(regions: usize) -> Self {
        Self {
            round: 0,
            seen: vec![0; regions],
            mixed: vec![0; regions],
            came_from: vec![(START, TRUE); regions],
            origin: vec![ClassId(0); regions],
            queue: VecDeque::new(),
        }
    }

    fn offer(&mut self, region: Region, mixed: u32, from: (Region, PredicateId), cost: u32, origin: ClassId) {
        let at = region as usize;
        if self.seen[at] == self.round && self.mixed[at] <= mixed {
            return;
        }
        self.seen[at] = self.round;
        self.mixed[at] = mixed;
        self.came_from[at] = from;
        self.origin[at] = origin;
        if cost == 0 { self.queue.push_front((region, mixed)) } else { self.queue.push_back((region, mixed)) }
    }

    /// Breadth-first search with costs 0 and 1: the fewest mixed predicates to each region. O(edges).
    pub(super) fn reach(
        &mut self,
        search: &Search<'_, '_>,
        links: Links,
        sources: &[ClassId],
        states: &mut States<'_, '_, '_>,
    ) {
        self.round += 1;
        self.queue.clear();
        for &source in sources {
            for &(region, predicate) in &search.attachment(source, links).emits {
                if let Some(cost) = states.weight(predicate) {
                    self.offer(region, cost, (START, predicate), cost, source);
                }
            }
        }
        let graph = search.network.graph(links);
        while let Some((region, mixed)) = self.queue.pop_front() {
            if self.mixed[region as usize] < mixed {
                continue;
            }
            for &(next, predicate) in graph.edges(region) {
                if self.seen[next as usize] == self.round && self.mixed[next as usize] <= mixed {
                    continue;
                }
                if let Some(cost) = states.weight(predicate) {
                    let origin = self.origin[region as usize];
                    self.offer(next, mixed + cost, (region, predicate), cost, origin);
                }
            }
        }
    }

    /// Where a target takes packets of the last search with the fewest mixed predicates.
    pub(super) fn take(
        &self,
        search: &Search<'_, '_>,
        links: Links,
        target: ClassId,
        states: &mut States<'_, '_, '_>,
    ) -> Option<Taken> {
        let mut best: Option<Taken> = None;
        for &(region, predicate) in &search.attachment(target, links).takes {
            if self.seen[region as usize] != self.round {
                continue;
            }
            let Some(cost) = states.weight(predicate) else { continue };
            let mixed = self.mixed[region as usize] + cost;
            if best.as_ref().is_none_or(|known| mixed < known.mixed) {
                let origin = self.origin[region as usize];
                best = Some(Taken { region, predicate, mixed, origin });
            }
        }
        best
    }

    /// The mixed predicate on the way to a target that has the fewest rules left.
    pub(super) fn obstacle(&self, taken: &Taken, states: &mut States<'_, '_, '_>) -> Option<Rc<[RuleList]>> {
        let mut best: Option<Rc<[RuleList]>> = None;
        let (mut region, mut predicate) = (taken.region, taken.predicate);
        loop {
            if predicate != TRUE
                && let State::Mixed(lists) = states.state(predicate)
            {
                let size = |lists: &[RuleList]| lists.iter().map(|list| list.rules.len()).min().unwrap_or(0);
                if best.as_ref().is_none_or(|known| size(lists) < size(known)) {
                    best = Some(Rc::clone(lists));
                }
            }
            if region == START {
                return best;
            }
            (region, predicate) = self.came_from[region as usize];
        }
    }
}
