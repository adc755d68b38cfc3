//! Trials: the document decided again without some of its elements. Each is made once, whatever asks for it, and together they cost
//! about as much as deciding the document did: what they would cost beyond that is not tried, and the report says so.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::Options;
use super::cause::{self, Candidate};
use super::trace::Tracer;
use crate::engine::{Limits, Outcome, Pairs, PathOutcome};
use crate::model::{LinkId, Model};
use crate::policy::Policy;
use crate::report::Verdict;
use crate::session::{Element, Look, Without};

/// Nodes and links, and twice the cells, that are decided again at least, where a document is small: about half a second.
const EFFORT: usize = 400_000;

/// What a cell of headers that is looked at costs, in nodes and links: long lists are cut into many.
const CELL: usize = 2;

/// Nodes up to which each stands for itself in tuples; in larger documents one of a group that a session makes stands for it.
const SINGLE: usize = 500;

/// A tuple of a requirement as it is looked for: for paths the nodes of both sides, for peers exception and node.
pub type Pair = (u32, u32);

/// What is left of a requirement.
enum Rest {
    /// Nothing, or it was not asked for.
    Nothing,
    /// Positions of nodes on both sides, and the pairs of positions that violate it.
    Paths { sides: [HashMap<u32, u32>; 2], violating: Pairs },
    /// Exceptions and nodes.
    Peers(HashSet<Pair>),
}

/// What the document would be without some elements.
pub struct Effect {
    /// For each requirement that is looked at, how many tuples violate it.
    left: Vec<u64>,
    rest: Vec<Rest>,
    /// Pairs of endpoints of one tier with a session.
    within: u64,
    /// Pairs with a session that exceptions cover.
    covered: u64,
}

impl Effect {
    /// How many tuples of a requirement are left.
    pub fn left(&self, requirement: usize) -> u64 {
        self.left[requirement]
    }

    /// Whether a tuple of a requirement is gone.
    pub fn is_gone(&self, requirement: usize, (first, second): Pair) -> bool {
        match &self.rest[requirement] {
            Rest::Nothing => true,
            Rest::Paths { sides: [a, b], violating } => match (a.get(&first), b.get(&second)) {
                (Some(&a), Some(&b)) => !violating.holds(a as usize, b as usize),
                _ => true,
            },
            Rest::Peers(left) => !left.contains(&(first, second)),
        }
    }
}

struct State<'d> {
    without: Option<Without<'d>>,
    base: Option<Rc<Effect>>,
    /// For each node of the document the one that stands for it.
    keys: Vec<u32>,
    /// The distinct ones.
    distinct: Vec<u32>,
    known: HashMap<Vec<Element>, Option<Rc<Effect>>>,
    /// Nodes and links that may be decided again yet.
    left: usize,
    spent_out: bool,
}

/// Trials on one document.
pub struct Trials<'t, 'd> {
    model: &'t Model<'d>,
    options: &'t Options<'t>,
    limits: Limits,
    state: RefCell<State<'d>>,
}

impl<'t, 'd> Trials<'t, 'd> {
    /// None is made yet; with `none`, none ever is.
    pub fn new(model: &'t Model<'d>, options: &'t Options<'t>, limits: Limits, none: bool) -> Self {
        let size = model.document.nodes.len() + model.document.links.len();
        let state = State {
            without: None,
            base: None,
            keys: Vec::new(),
            distinct: Vec::new(),
            known: HashMap::default(),
            left: size.max(EFFORT),
            spent_out: none,
        };
        Self { model, options, limits, state: RefCell::new(state) }
    }

    /// What they may take.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The number of a requirement among those that are looked at.
    pub fn requirement(&self, id: &str) -> Option<usize> {
        looked_at(self.options.policy).position(|known| known.id == id)
    }

    /// Whether some trial was not made, for what it would have cost.
    pub fn spent_out(&self) -> bool {
        self.state.borrow().spent_out
    }

    /// The node that stands for a node in a tuple.
    pub fn key(&self, node: u32) -> u32 {
        self.base();
        self.state.borrow().keys.get(node as usize).copied().unwrap_or(node)
    }

    /// The document as it is; `None`: it costs too much to look at it.
    pub fn base(&self) -> Option<Rc<Effect>> {
        let mut state = self.state.borrow_mut();
        // Of some documents no smaller one can stand for the whole.
        if state.without.is_none() && !state.spent_out && !crate::session::has_quotient(self.model.document) {
            state.spent_out = true;
        }
        if state.without.is_none() && !state.spent_out {
            let document = self.model.document.clone();
            let requirements = looked_at(self.options.policy).cloned().collect();
            let policy = Policy { requirements, ..self.options.policy.clone() };
            state.without = Some(Without::new(document, self.model.names, policy));
            drop(state);
            let base = self.run(&[], |look| {
                let mut keys: Vec<u32> = (0..).take(self.model.document.nodes.len()).collect();
                let few = keys.len() <= SINGLE;
                let originals: Vec<Option<u32>> = (0..).map_while(|at| look.stands_for(at)).collect();
                for (node, key) in keys.iter_mut().enumerate().filter(|_| !few) {
                    let small = u32::try_from(node).ok().and_then(|node| look.small(node));
                    if let Some(original) = small.and_then(|small| originals[small as usize]) {
                        *key = original;
                    }
                }
                let mut state = self.state.borrow_mut();
                let own = (0..).zip(&keys).filter(|(node, key)| node == *key && look.small(*node).is_some());
                state.distinct = own.map(|(node, _)| node).collect();
                state.keys = keys;
            });
            self.state.borrow_mut().base = base.map(|(effect, ())| effect);
            return self.state.borrow().base.clone();
        }
        state.base.clone()
    }

    /// The document without these elements; `None`: it was not decided.
    pub fn without(&self, elements: &[Element]) -> Option<Rc<Effect>> {
        let mut sorted = elements.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        self.base()?;
        if let Some(known) = self.state.borrow().known.get(&sorted) {
            return known.clone();
        }
        let effect = self.run(&sorted, |_| ()).map(|(effect, ())| effect);
        if !self.state.borrow().spent_out || effect.is_some() {
            self.state.borrow_mut().known.insert(sorted, effect.clone());
        }
        effect
    }

    /// Sessions that are to stay, and that are lost without elements: within a tier, and covered by exceptions.
    pub fn lost(&self, effect: &Effect) -> (u64, u64) {
        let Some(base) = self.base() else { return (0, 0) };
        (base.within.saturating_sub(effect.within), base.covered.saturating_sub(effect.covered))
    }

    /// The elements that a tuple still passes in the document without some; `None`: it was not decided, or the tuple is gone.
    pub fn passes(
        &self,
        elements: &[Element],
        requirement: usize,
        (first, second): Pair,
        waived_by: Option<&str>,
    ) -> Option<Vec<Candidate>> {
        let trace = |look: &mut Look<'_, '_, '_>| {
            let (paths, a, b) = match look.outcomes[requirement].as_ref()? {
                Outcome::Paths(paths) => (&**paths, first, Some(second)),
                Outcome::Peers(peers) => (&peers.paths, second, None),
                _ => return None,
            };
            let class = |node: u32| paths.network.classes.of_node[look.small(node)? as usize];
            let row = paths.a.binary_search(&class(a)?).ok()?;
            let (column, ends) = match b {
                Some(b) => {
                    let column = paths.b.binary_search(&class(b)?).ok()?;
                    (column, Some([look.small(a)?, look.small(b)?]))
                }
                None => (*paths.answer.violating.row(row).first()? as usize, None),
            };
            let model = look.decider.model();
            let tracer = Tracer::new(model);
            let replayed = tracer.witness_between(paths, [row, column], ends, paths.claim(waived_by)).ok()?;
            let from_first = is_first(paths, replayed.witness.nodes[0], row);
            let found = cause::candidates(model, tracer.adjacency(), &replayed.witness, from_first);
            let translated = found.into_iter().filter_map(|candidate| {
                let element = self.translate(model, candidate.element, &|small| look.original(small))?;
                Some(Candidate { element, ..candidate })
            });
            Some(translated.collect::<Vec<_>>())
        };
        self.run(elements, trace)?.1
    }

    /// An element of a smaller document, in the document.
    fn translate(&self, small: &Model<'_>, element: Element, original: &dyn Fn(u32) -> Option<u32>) -> Option<Element> {
        let details = |model: &Model<'_>, node: u32| {
            model.document.nodes[node as usize].details.as_deref().map(|it| {
                let filters =
                    it.filters.iter().flatten().map(|filter| filter.rules.iter().map(|rule| rule.span).collect());
                let filters: Vec<Vec<_>> = filters.collect();
                let relays: Vec<_> = it.relays.iter().flatten().map(|relay| relay.span).collect();
                let routes: Vec<_> = it.routes.iter().flatten().map(|route| route.span).collect();
                (filters, relays, routes)
            })
        };
        let number = |at: usize| u32::try_from(at).ok();
        let link = |link: LinkId| {
            let span = small.document.links[link.index()].span;
            self.model.document.links.iter().position(|own| own.span == span).map(LinkId::new)
        };
        Some(match element {
            Element::Exception(at) => Element::Exception(at),
            Element::Transfer(at) => {
                let span = small.document.transfers[at as usize].span;
                Element::Transfer(number(self.model.document.transfers.iter().position(|own| own.span == span)?)?)
            }
            Element::Rule { node, filter, rule } => {
                let span = details(small, node)?.0[filter as usize][rule as usize];
                let node = original(node)?;
                let rules = details(self.model, node)?.0;
                let rule = number(rules.get(filter as usize)?.iter().position(|own| *own == span)?)?;
                Element::Rule { node, filter, rule }
            }
            Element::Default { node, filter } => {
                let node = original(node)?;
                details(self.model, node)?.0.get(filter as usize)?;
                Element::Default { node, filter }
            }
            Element::RelayEntry { node, entry } => {
                let span = details(small, node)?.1[entry as usize];
                let node = original(node)?;
                let entry = number(details(self.model, node)?.1.iter().position(|own| *own == span)?)?;
                Element::RelayEntry { node, entry }
            }
            Element::Route { node, route } => {
                let span = details(small, node)?.2[route as usize];
                let node = original(node)?;
                let route = number(details(self.model, node)?.2.iter().position(|own| *own == span)?)?;
                Element::Route { node, route }
            }
            Element::RoutedVlan { node, vlan } => Element::RoutedVlan { node: original(node)?, vlan },
            Element::Relays { node } => Element::Relays { node: original(node)? },
            Element::Forwarder { node } => Element::Forwarder { node: original(node)? },
            Element::Routing { node } => Element::Routing { node: original(node)? },
            Element::Segment { node, vlan, zone } => Element::Segment { node: original(node)?, vlan, zone },
            Element::Vlan { link: at, vlan } => Element::Vlan { link: link(at)?, vlan },
            Element::Link(at) => Element::Link(link(at)?),
        })
    }

    /// Decides the document without elements and looks at it; `None`: it was not decided.
    fn run<T>(&self, elements: &[Element], more: impl FnOnce(&mut Look<'_, '_, '_>) -> T) -> Option<(Rc<Effect>, T)> {
        let mut taken = {
            let mut state = self.state.borrow_mut();
            let size = state.without.as_ref()?.size();
            let late = self.limits.deadline.is_some_and(|deadline| deadline <= Instant::now());
            // The first trial is the document as it is, and tells what the others cost.
            if size > state.left || late {
                state.spent_out = true;
                return None;
            }
            state.left -= size;
            state.without.take()?
        };
        let limit = self.limits.left();
        let gone: Vec<u32> = elements
            .iter()
            .filter_map(|element| match element {
                Element::Exception(at) => Some(*at),
                _ => None,
            })
            .collect();
        let mut cells = 0;
        let seen = taken.look(elements, (self.options.date, limit, self.limits.memory), |mut look| {
            let seen = more(&mut look);
            let effect = self.effect(&mut look, &gone).map(|effect| (effect, seen));
            cells = look.decider.cells();
            effect
        });
        let mut state = self.state.borrow_mut();
        state.without = Some(taken);
        let cells = usize::try_from(cells).unwrap_or(usize::MAX);
        state.left = state.left.saturating_sub(cells.saturating_mul(CELL));
        match seen {
            Some(None) => {
                state.spent_out = true;
                None
            }
            Some(Some((effect, seen))) => Some((Rc::new(effect), seen)),
            None => None,
        }
    }

    /// What is to be kept of a trial; `None`: a limit was reached. `without` are exceptions that were taken out.
    fn effect(&self, look: &mut Look<'_, '_, '_>, without: &[u32]) -> Option<Effect> {
        let count = look.outcomes.len();
        let states: Vec<(Verdict, u64)> = (0..count).map(|at| look.state(at)).collect();
        if states.iter().any(|(verdict, _)| *verdict == Verdict::Undecided) {
            return None;
        }
        let left = states.into_iter().map(|(_, tuples)| tuples).collect();
        let weights: Vec<u64> = (0..).map_while(|at| look.stands_for(at).map(|_| look.weight(at))).collect();
        let weight = |node: u32| weights[node as usize];
        let labels = &look.decider.model().labels.labels;
        let (mut covered, mut unlawful) = (0, 0);
        let mut rest = Vec::with_capacity(count);
        for outcome in &look.outcomes {
            rest.push(match outcome {
                Some(Outcome::Paths(paths)) => {
                    let size =
                        |class| paths.network.classes.get(class).members.iter().map(|&node| weight(node)).sum::<u64>();
                    covered += paths.answer.covered().map(|(from, to)| size(from) * size(to)).sum::<u64>();
                    // What violates is not to stay, within a tier or not.
                    let label = |class| labels[paths.network.classes.get(class).members[0] as usize];
                    for (&a, row) in paths.a.iter().zip(paths.answer.violating.rows()) {
                        let alike = row.iter().map(|&b| paths.b[b as usize]).filter(|&b| label(b) == label(a));
                        unlawful += size(a) * alike.map(size).sum::<u64>();
                    }
                    self.rest_of(look, paths)
                }
                Some(Outcome::Peers(peers)) => {
                    // Exceptions have the numbers that they have in the document.
                    let number = |at: u32| without.iter().fold(at, |at, &gone| at + u32::from(gone <= at));
                    let left: HashSet<Pair> =
                        peers.tuples.iter().map(|&(exception, small)| (number(exception), small)).collect();
                    Rest::Peers(self.peers_of(look, &left))
                }
                _ => Rest::Nothing,
            });
        }
        let tiers: Vec<u32> =
            (0_u32..).zip(&self.model.names.bases).filter(|(_, base)| base.is_some()).map(|(zone, _)| zone).collect();
        let mut within = 0;
        for zone in tiers {
            within += look.decider.sessions_within(zone, &weight).ok()?;
        }
        Some(Effect { left, rest, within: within.saturating_sub(unlawful), covered })
    }

    /// Exceptions and nodes of the document, from those of the smaller one.
    fn peers_of(&self, look: &Look<'_, '_, '_>, left: &HashSet<Pair>) -> HashSet<Pair> {
        let exceptions: HashSet<u32> = left.iter().map(|(exception, _)| *exception).collect();
        let keys = &self.state.borrow().distinct;
        let small = keys.iter().filter_map(|&key| Some((key, look.small(key)?)));
        let of = |(key, small): (u32, u32)| {
            let own = exceptions.iter().filter(move |&&exception| left.contains(&(exception, small)));
            own.map(move |&exception| (exception, key)).collect::<Vec<_>>()
        };
        small.flat_map(of).collect()
    }

    fn rest_of(&self, look: &Look<'_, '_, '_>, paths: &PathOutcome) -> Rest {
        let positions = |classes: &[crate::network::ClassId]| -> HashMap<u32, u32> {
            let at: HashMap<crate::network::ClassId, u32> = classes.iter().copied().zip(0..).collect();
            let mut out = HashMap::default();
            let mut add = |key: u32, small: u32| {
                if let Some(&position) = paths.network.classes.of_node[small as usize].and_then(|class| at.get(&class))
                {
                    out.insert(key, position);
                }
            };
            for &key in &self.state.borrow().distinct {
                if let Some(small) = look.small(key) {
                    add(key, small);
                }
            }
            out
        };
        let violating = paths.answer.violating.clone();
        Rest::Paths { sides: [positions(&paths.a), positions(&paths.b)], violating }
    }
}

/// Whether a node is of a class of the side named first, by position.
pub fn is_first(paths: &PathOutcome, node: u32, row: usize) -> bool {
    paths.network.classes.of_node[node as usize] == Some(paths.a[row])
}

/// The requirements that are decided again: those whose tuples hang on ways through the network.
fn looked_at(policy: &Policy) -> impl Iterator<Item = &crate::policy::Requirement> {
    policy.requirements.iter().filter(|requirement| requirement.asked.hangs_on_ways())
}
