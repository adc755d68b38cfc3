//! One evaluator for each kind of requirement. Spec, section 7.

use rustc_hash::FxHashMap as HashMap;
use std::sync::Arc;

use super::coverage::Coverage;
use super::covered::{covered_ends, covered_pairs};
use super::limited::exception_faults;
use super::matcher::{Matcher, facts};
use super::networks::Networks;
use super::paths::{Carrier, PathAnswer, PathEngine, PathQuestion};
use super::reachability::{LimitReached, Limits};
use super::threads;
use crate::document::{Date, Kind};
use crate::model::{Model, Pools};
use crate::network::{ClassId, Network};
use crate::number::number;
use crate::policy::{Controls, Evaluator, ExceptionsPeer, Isolation, NodePattern, Requirement, any_matches};

/// What was found about a requirement.
pub enum Outcome {
    /// It speaks of nobody here.
    Vacuous,
    /// Nodes that violate it; none: proved.
    Nodes(Vec<u32>),
    /// Exceptions that violate it; none: proved.
    Exceptions(Vec<u32>),
    /// Pairs of exception and node that violate it; none: proved.
    Peers(Box<PeerOutcome>),
    /// Data paths, if any.
    Paths(Box<PathOutcome>),
}

/// What was found about a path requirement.
pub struct PathOutcome {
    /// The network it was decided on.
    pub network: Arc<Network>,
    /// Classes of the side named first.
    pub a: Vec<ClassId>,
    /// Classes of the other side.
    pub b: Vec<ClassId>,
    /// Which pairs are violated, and how.
    pub answer: PathAnswer,
    /// The sets that the answer speaks in.
    pub pools: Pools,
}

/// What was found about the peers of exceptions.
pub struct PeerOutcome {
    /// Pairs of exception and node that violate the requirement; none: proved.
    pub tuples: Vec<(u32, u32)>,
    /// The raw data paths of peers (side a) with nodes of the zone that they must not meet (side b).
    pub paths: PathOutcome,
    /// Outer ends of sessions that exceptions cover.
    pub ends: Vec<CoveredEnd>,
}

/// A class outside at an end of a session that an exception covers.
#[derive(Clone, Copy, Debug)]
pub struct CoveredEnd {
    /// The exception.
    pub exception: u32,
    /// The class.
    pub class: ClassId,
    /// Such a session.
    pub session: Carrier,
}

impl PeerOutcome {
    /// Peers that have no raw data path with a node that they must not meet.
    #[must_use]
    pub fn unexposed(&self) -> Vec<ClassId> {
        let rows = self.paths.a.iter().zip(self.paths.answer.violating.rows());
        rows.filter(|(_, row)| row.is_empty()).map(|(&class, _)| class).collect()
    }
}

impl PathOutcome {
    fn members(&self, class: ClassId) -> &[u32] {
        &self.network.classes.get(class).members
    }

    /// How many pairs of nodes violate the requirement.
    #[must_use]
    pub fn count(&self) -> u64 {
        let size = |class: ClassId| self.members(class).len() as u64;
        let rows = self.a.iter().zip(self.answer.violating.rows());
        rows.map(|(&a, row)| size(a) * row.iter().map(|&b| size(self.b[b as usize])).sum::<u64>()).sum()
    }

    /// The first `limit` violating pairs in the order of their ids.
    #[must_use]
    pub fn list(&self, model: &Model<'_>, limit: usize) -> Vec<(u32, u32)> {
        let rows = self.a.iter().zip(self.answer.violating.rows()).enumerate();
        let violating = rows.filter(|(_, (_, row))| !row.is_empty());
        let mut left: Vec<(u32, usize)> =
            violating.flat_map(|(at, (&class, _))| self.members(class).iter().map(move |&node| (node, at))).collect();
        left.sort_unstable_by_key(|&(node, _)| model.id(node));
        let mut right: HashMap<&[u32], Vec<u32>> = HashMap::default();
        let mut out = Vec::new();
        for (node, at) in left {
            if out.len() == limit {
                return out;
            }
            let row = self.answer.violating.row(at);
            let others = right.entry(row).or_insert_with(|| {
                let classes = row.iter().map(|&b| self.b[b as usize]);
                let mut nodes: Vec<u32> = classes.flat_map(|class| self.members(class)).copied().collect();
                nodes.sort_unstable_by_key(|&node| model.id(node));
                nodes
            });
            for &other in &*others {
                if out.len() == limit {
                    return out;
                }
                out.push((node, other));
            }
        }
        out
    }
}

/// Decides requirements of one model.
pub struct RequirementDecider<'m, 'd> {
    pub(super) model: &'m Model<'d>,
    date: Date,
    pub(super) limits: Limits,
    pub(super) cells: u64,
    networks: Networks,
}

impl<'m, 'd> RequirementDecider<'m, 'd> {
    /// A decider; `date` is today in Japan.
    #[must_use]
    pub fn new(model: &'m Model<'d>, date: Date, limits: Limits) -> Self {
        Self { model, date, limits, cells: 0, networks: Networks::default() }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &'m Model<'d> {
        self.model
    }

    /// From now on these limits hold: what was decided stays, what is decided or proved hereafter has a time of its own.
    pub const fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// How many cells of header space were looked at so far.
    #[must_use]
    pub const fn cells(&self) -> u64 {
        self.cells
    }

    /// Decides a requirement.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn decide(&mut self, requirement: &Requirement) -> Result<Outcome, LimitReached> {
        let threads = threads::for_model(self.model);
        let network = self.network_of(&requirement.evaluator);
        self.networks.make(self.model, network.into_iter(), threads);
        let mut cells = self.cells;
        let outcome = self.judge(requirement, &mut cells);
        self.cells = cells;
        outcome
    }

    /// Decides requirements, several at a time where the document is large; `step` is told of each that is begun. The
    /// outcomes are those of [`Self::decide`], one after the other.
    ///
    /// # Errors
    /// For each that a limit prevents.
    pub fn decide_all(
        &mut self,
        requirements: &[Requirement],
        step: &(dyn Fn() + Sync),
    ) -> Vec<Result<Outcome, LimitReached>> {
        // Cells are counted from one requirement to the next where their number is limited.
        let threads = if self.limits.cells.is_some() { 1 } else { threads::for_model(self.model) };
        if threads == 1 {
            let one = |requirement| {
                step();
                self.decide(requirement)
            };
            return requirements.iter().map(one).collect();
        }
        let networks: Vec<Option<&str>> =
            requirements.iter().filter_map(|requirement| self.network_of(&requirement.evaluator)).collect();
        self.networks.make(self.model, networks.iter().copied(), threads);
        let this = &*self;
        let outcomes = threads::map(requirements, threads, |requirement| {
            step();
            let mut cells = 0;
            let outcome = this.judge(requirement, &mut cells);
            (outcome, cells)
        });
        self.cells += outcomes.iter().map(|(_, cells)| cells).sum::<u64>();
        outcomes.into_iter().map(|(outcome, _)| outcome).collect()
    }

    /// Networks will be asked for without these tags. Saying so before anything is decided spares some work.
    pub fn expect<'t>(&mut self, tags: impl Iterator<Item = &'t str>) {
        self.networks.expect(self.model, tags);
    }

    /// The tag without which a requirement needs a network; `None`: it needs none.
    fn network_of<'r>(&self, evaluator: &'r Evaluator) -> Option<Option<&'r str>> {
        match evaluator {
            Evaluator::Isolation(isolation) => Some(isolation.without_tag.as_deref()),
            Evaluator::ExceptionsPeer(_) if !self.model.document.exceptions.is_empty() => Some(None),
            _ => None,
        }
    }

    /// Decides a requirement whose network is there, and counts cells.
    fn judge(&self, requirement: &Requirement, cells: &mut u64) -> Result<Outcome, LimitReached> {
        let network = self.network_of(&requirement.evaluator).and_then(|tag| self.networks.get(tag));
        match (&requirement.evaluator, network) {
            (Evaluator::Isolation(isolation), Some(network)) => {
                self.isolation(&requirement.id, isolation, network, cells)
            }
            (Evaluator::ExceptionsPeer(settings), Some(network)) => self.exceptions_peer(settings, network, cells),
            // Without exceptions no network was needed.
            (Evaluator::ExceptionsPeer(_), None) => Ok(Outcome::Vacuous),
            // SOUNDNESS: never for want of a network.
            (Evaluator::Isolation(_), None) => Err(LimitReached),
            (Evaluator::Controls(controls), _) => Ok(self.controls(controls)),
            (Evaluator::ExceptionsLimited, _) => Ok(self.exceptions_limited()),
            (Evaluator::Labelled, _) => Ok(self.labelled()),
        }
    }

    /// Whether anything can be decided now.
    fn check(&self) -> Result<(), LimitReached> {
        // SOUNDNESS: where atoms do not map to atoms, what is reached is not known.
        if self.model.too_many_cuts {
            return Err(LimitReached);
        }
        self.limits.check()
    }

    /// The network of the document, or of the document without the nodes that bear a tag.
    pub fn network(&mut self, without_tag: Option<&str>) -> Arc<Network> {
        self.networks.make(self.model, std::iter::once(without_tag), 1);
        match self.networks.get(without_tag) {
            Some(network) => Arc::clone(network),
            None => {
                Arc::new(Network::new(self.model, &|node| without_tag.is_some_and(|tag| self.model.has_tag(node, tag))))
            }
        }
    }

    /// Whether a node matches one of some patterns. Who asks of many nodes asks [a matcher](Self::matcher).
    #[must_use]
    pub fn matches(&self, patterns: &[NodePattern], node: u32) -> bool {
        any_matches(patterns, &facts(self.model, node))
    }

    /// Patterns, to be asked of nodes.
    #[must_use]
    pub fn matcher<'p>(&self, patterns: &'p [NodePattern]) -> Matcher<'p, 'm, 'd> {
        Matcher::new(self.model, patterns)
    }

    fn classes_of(&self, network: &Network, patterns: &[NodePattern]) -> Vec<ClassId> {
        let first = |id: &ClassId| network.classes.get(*id).members[0];
        let matcher = self.matcher(patterns);
        network.classes.ids().filter(|id| matcher.matches(first(id))).collect()
    }

    fn isolation(
        &self,
        id: &str,
        isolation: &Isolation,
        network: &Arc<Network>,
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        self.check()?;
        let (a, b) = (self.classes_of(network, &isolation.a), self.classes_of(network, &isolation.b));
        if a.is_empty() || b.is_empty() {
            return Ok(Outcome::Vacuous);
        }
        let mut engine = PathEngine::new(self.model, network, self.limits);
        engine.cells = *cells;
        let waiving = |index: usize| self.model.exceptions[index].waives.contains(&id);
        let mut coverage = Coverage::new(self.model, network, &mut engine.pools, waiving);
        let question = PathQuestion { a: &a, b: &b, raw_only: isolation.raw_only };
        let answer = engine.decide(&question, &mut coverage);
        *cells = engine.cells;
        let (answer, pools) = (answer?, engine.pools);
        let network = Arc::clone(network);
        Ok(Outcome::Paths(Box::new(PathOutcome { network, a, b, answer, pools })))
    }

    fn controls(&self, settings: &Controls) -> Outcome {
        let matcher = self.matcher(&settings.nodes);
        let count = number(self.model.document.nodes.len());
        let mut nodes = (0..count).filter(|&node| matcher.matches(node)).peekable();
        if nodes.peek().is_none() {
            return Outcome::Vacuous;
        }
        // Nodes with equal lists share one, so that few are ever looked at.
        let mut last: Option<(*const Box<str>, usize, bool)> = None;
        let lacks = |&node: &u32| {
            let declared = &self.model.document.nodes[node as usize].controls;
            match last {
                Some((list, length, lacks)) if list == declared.as_ptr() && length == declared.len() => lacks,
                _ => {
                    let has = |wanted: &String| declared.iter().any(|control| **control == **wanted);
                    let lacks = !settings.controls.iter().all(has);
                    last = Some((declared.as_ptr(), declared.len(), lacks));
                    lacks
                }
            }
        };
        Outcome::Nodes(nodes.filter(lacks).collect())
    }

    fn labelled(&self) -> Outcome {
        let labels = &self.model.labels;
        let mut endpoints = (0_u32..).zip(&self.model.document.nodes).filter(|(at, _)| labels.endpoint[*at as usize]);
        let violates = |(node, value): &(u32, &crate::document::Node<'_>)| match labels.zones[*node as usize] {
            Some(zone) => {
                let mut zones = value.addresses.iter().filter_map(|cidr| self.model.networks.zone_of(cidr));
                zones.any(|other| other != zone)
            }
            None if labels.labels[*node as usize].is_some() => false,
            None => {
                let stands_between = value.kind == Kind::Gateway || value.is_forwarder() || value.sanitises();
                !(stands_between && value.has_relay_entry())
            }
        };
        let mut peekable = endpoints.by_ref().peekable();
        if peekable.peek().is_none() {
            return Outcome::Vacuous;
        }
        Outcome::Nodes(peekable.filter(violates).map(|(node, _)| node).collect())
    }

    fn exceptions_limited(&self) -> Outcome {
        let exceptions = &self.model.document.exceptions;
        if exceptions.is_empty() {
            return Outcome::Vacuous;
        }
        let count = number(exceptions.len());
        let violates = |at: &u32| !exception_faults(self.model, *at, self.date).is_empty();
        Outcome::Exceptions((0..count).filter(violates).collect())
    }

    /// Pairs of nodes with a session that an exception covers and the network lets through: in the order of the document,
    /// opener first, at most `limit` of them; and how many there are.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn opened_by(&mut self, exception: u32, limit: usize) -> Result<Opened, LimitReached> {
        self.check()?;
        let network = self.network(None);
        let mut engine = PathEngine::new(self.model, &network, self.limits);
        engine.cells = self.cells;
        let coverage = Coverage::new(self.model, &network, &mut engine.pools, |at| at == exception as usize);
        let mut sessions = Ok(Vec::new());
        for covering in coverage.exceptions() {
            sessions = covered_pairs(&mut engine, &covering, false);
        }
        self.cells = engine.cells;
        let mut pairs: Vec<(ClassId, ClassId)> =
            sessions?.into_iter().map(|session| (session.from(), session.to())).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let members = |class: ClassId| network.classes.get(class).members.as_slice();
        let (mut listed, mut count) = (Vec::new(), 0);
        for (from, to) in pairs {
            let others = members(to).len() as u64 - u64::from(from == to);
            count += members(from).len() as u64 * others;
            for &opener in members(from) {
                let receivers = members(to).iter().filter(|&&receiver| receiver != opener);
                listed.extend(receivers.take(limit.saturating_sub(listed.len())).map(|&receiver| (opener, receiver)));
                if listed.len() == limit {
                    break;
                }
            }
        }
        listed.sort_unstable();
        Ok(Opened { pairs: listed, count })
    }

    fn exceptions_peer(
        &self,
        settings: &ExceptionsPeer,
        network: &Arc<Network>,
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        let model = self.model;
        self.check()?;
        let zone = |name: &str| model.names.zone(name);
        let label = |class: ClassId| model.labels.labels[network.classes.get(class).members[0] as usize];
        let exposed: Vec<ClassId> =
            network.classes.ids().filter(|&class| label(class) == zone(&settings.exposed_to)).collect();
        let mut engine = PathEngine::new(model, network, self.limits);
        engine.cells = *cells;
        let mut ends: Vec<CoveredEnd> = Vec::new();
        let counts = |index: usize| {
            let attested = model.document.exceptions[index].attested.is_some();
            !attested && model.exceptions[index].waives.contains(&&*settings.waives)
        };
        let coverage = Coverage::new(model, network, &mut engine.pools, counts);
        for covering in coverage.exceptions() {
            let exception = covering.exception;
            let covered = covered_ends(&covered_pairs(&mut engine, &covering, false)?);
            let outside = covered.into_iter().filter(|&(class, _)| label(class) != zone(&settings.inside));
            ends.extend(outside.map(|(class, session)| CoveredEnd { exception, class, session }));
        }
        let mut candidates: Vec<ClassId> = ends.iter().map(|end| end.class).collect();
        candidates.retain(|&class| label(class) != zone(&settings.exposed_to));
        candidates.sort_unstable();
        candidates.dedup();
        let mut none = Coverage::new(model, network, &mut engine.pools, |_| false);
        let question = PathQuestion { a: &candidates, b: &exposed, raw_only: true };
        let answer = engine.decide(&question, &mut none);
        *cells = engine.cells;
        let (answer, pools) = (answer?, engine.pools);
        let violates = |class: ClassId| match candidates.binary_search(&class) {
            Ok(at) => !answer.violating.row(at).is_empty(),
            Err(_) => true,
        };
        let mut tuples: Vec<(u32, u32)> = Vec::new();
        for end in ends.iter().filter(|end| violates(end.class)) {
            tuples.extend(network.classes.get(end.class).members.iter().map(|&node| (end.exception, node)));
        }
        tuples.sort_unstable();
        tuples.dedup();
        let paths = PathOutcome { network: Arc::clone(network), a: candidates, b: exposed, answer, pools };
        Ok(Outcome::Peers(Box::new(PeerOutcome { tuples, paths, ends })))
    }
}

/// What an exception opens: see [`RequirementDecider::opened_by`].
pub struct Opened {
    /// The first pairs of nodes, opener first.
    pub pairs: Vec<(u32, u32)>,
    /// How many pairs there are.
    pub count: u64,
}
