//! Trees of cells that prove session claims. `docs/certificate.md`, section 5.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::topology::ProofTopology;
use super::walker::Walker;
use crate::certificate::{Cell, Tree};
use crate::engine::paths::PathEngine;
use crate::engine::reachability::{LimitReached, Reachability, Scratch, Slots, State, States};
use crate::header::{
    AddressAtom, DESTINATION, HeaderBox, Product, Range, Ranges, Relation, SERVICE, SOURCE, SOURCE_PORT,
};
use crate::model::{Model, PORTED};
use crate::network::{ClassId, Links};
use crate::number::number;

/// A session that a claim forbids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forbidden {
    /// Headers that make it one.
    pub product: Product,
    /// Whether it is allowed where a single exception covers it.
    pub excusable: bool,
}

/// What a tree is to prove: no opener opens a forbidden session to a target.
pub(super) struct Claim<'c> {
    pub links: Links,
    pub openers: Vec<ClassId>,
    pub targets: Vec<ClassId>,
    /// What is forbidden between an opener and a target.
    pub forbidden: &'c dyn Fn(ClassId, ClassId) -> Vec<Forbidden>,
    /// What single exceptions cover between an opener and a target.
    pub covered: &'c dyn Fn(ClassId, ClassId) -> Vec<Product>,
}

/// Why there is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProveError {
    /// A limit was reached first.
    Limit,
    /// The claim is false: a defect of the engine, for it was decided to be true.
    FalseClaim,
}

impl From<LimitReached> for ProveError {
    fn from(_: LimitReached) -> Self {
        Self::Limit
    }
}

struct Work {
    index: usize,
    header: HeaderBox,
    /// Cuts and splits that led here.
    depth: u32,
    openers: Vec<ClassId>,
}

/// What stands in the way of closing a cell.
enum Obstacle {
    /// Cut here.
    Cut(usize, u32),
    /// Look at these openers apart.
    Split(Vec<ClassId>),
}

/// Builds trees on one network.
pub(super) struct TreeBuilder<'t, 'a, 'd> {
    model: &'a Model<'d>,
    search: &'t Reachability<'a, 'd>,
    topology: &'t ProofTopology,
    claim: &'t Claim<'t>,
    pairs: Pairs,
    scratch: Scratch,
    tree: Tree,
    sets: HashMap<Vec<crate::certificate::State>, u32>,
}

/// Proves a claim.
pub(super) fn prove(
    engine: &mut PathEngine<'_, '_>,
    topology: &ProofTopology,
    claim: &Claim<'_>,
) -> Result<Tree, ProveError> {
    let components = engine.network.graph(claim.links).components();
    let model = engine.model;
    let search = Reachability::new(model, engine.network, &engine.pools, engine.limits, &mut engine.cells);
    let mut scratch = Scratch::default();
    scratch.fit(components);
    let mut builder = TreeBuilder {
        model,
        search: &search,
        topology,
        claim,
        pairs: HashMap::new(),
        scratch,
        tree: Tree::default(),
        sets: HashMap::new(),
    };
    builder.run()?;
    Ok(builder.tree)
}

impl TreeBuilder<'_, '_, '_> {
    fn run(&mut self) -> Result<(), ProveError> {
        let mut walker = Walker::new(self.topology, self.model, self.claim.links);
        let mut stack = self.roots();
        let mut slots = Slots::default();
        let mut states = States::new(self.search, &mut slots);
        while let Some(work) = stack.pop() {
            if self.search.count_cell() {
                return Err(ProveError::Limit);
            }
            let index = work.index;
            let source = |class: ClassId| self.search.class(class).sends;
            let alive: Vec<ClassId> = work
                .openers
                .iter()
                .copied()
                .filter(|&class| self.model.holdings.get(source(class)).touches(work.header[SOURCE]))
                .collect();
            let search = self.search;
            states.enter(work.depth, work.header);
            let obstacle = if alive.is_empty() {
                None
            } else {
                self.scratch.reach(search, self.claim.links, &alive, &mut states);
                obstacle(search, self.claim, &mut self.pairs, &self.scratch, &alive, &work.header, &mut states)?
            };
            match obstacle {
                None => {
                    let network = search.network();
                    let members = |&class: &ClassId| (class, search.class(class).members.as_slice());
                    let openers: Vec<(ClassId, &[u32])> = alive.iter().map(members).collect();
                    let targets: Vec<(ClassId, &[u32])> = self.claim.targets.iter().map(members).collect();
                    let (claim, pairs, header) = (self.claim, &mut self.pairs, &work.header);
                    let mut guarded = |target: ClassId| is_guarded(search, claim, pairs, &alive, target, header);
                    let guards = &network.guards;
                    let set = walker.close(search, &openers, &targets, &mut states, header, guards, &mut guarded);
                    let next = number(self.tree.sets.len());
                    let number = *self.sets.entry(set).or_insert_with_key(|set| {
                        self.tree.sets.push(set.clone());
                        next
                    });
                    self.tree.cells[index] = Cell::Closed(number);
                }
                Some(Obstacle::Cut(dimension, at)) => {
                    let (low, high) = self.cut(index, dimension, at);
                    for (index, half) in [
                        (high, Range::new(at, work.header[dimension].high)),
                        (low, Range::new(work.header[dimension].low, at - 1)),
                    ] {
                        let mut header = work.header;
                        header[dimension] = half;
                        let openers = work.openers.clone();
                        stack.push(Work { index, header, depth: work.depth + 1, openers });
                    }
                }
                Some(Obstacle::Split(apart)) => {
                    let (low, high) = (self.tree.cells.len(), self.tree.cells.len() + 1);
                    self.tree.cells.extend([Cell::Void(true), Cell::Void(true)]);
                    let nodes = apart.iter().flat_map(|&class| &self.search.class(class).members);
                    let mut ids: Vec<String> = nodes.map(|&node| self.model.id(node).to_owned()).collect();
                    ids.sort_unstable();
                    self.tree.cells[index] = Cell::Split(ids, number(low), number(high));
                    let (first, rest): (Vec<ClassId>, Vec<ClassId>) =
                        work.openers.iter().partition(|class| apart.contains(class));
                    for (index, openers) in [(high, rest), (low, first)] {
                        stack.push(Work { index, header: work.header, depth: work.depth + 1, openers });
                    }
                }
            }
        }
        self.tree.links = super::topology::runs(walker.relies_on_links.into_iter());
        let items = walker.relies_on.into_iter();
        self.tree.relies_on =
            items.map(|(node, filter, rule)| (self.model.id(node).to_owned(), filter, rule)).collect();
        Ok(())
    }

    fn cut(&mut self, index: usize, dimension: usize, at: u32) -> (usize, usize) {
        let (low, high) = (self.tree.cells.len(), self.tree.cells.len() + 1);
        self.tree.cells.extend([Cell::Void(true), Cell::Void(true)]);
        let (line, position) = self.position(dimension, at);
        self.tree.cells[index] = Cell::Cut(line, position, number(low), number(high));
        (low, high)
    }

    fn position(&self, dimension: usize, at: u32) -> (&'static str, Value) {
        let spaces = &self.model.spaces;
        match dimension {
            SOURCE => ("source", self.address_position(at)),
            DESTINATION => ("destination", self.address_position(at)),
            SERVICE => ("service", json!(spaces.service.first_value(at))),
            _ => ("source_port", json!(spaces.source_port.first_value(at))),
        }
    }

    fn address_position(&self, at: u32) -> Value {
        match self.model.spaces.address.atom(at) {
            AddressAtom::Addresses(range) => json!(crate::model::address_text(range.family, range.low)),
            AddressAtom::Symbolic(class) => {
                let node = self.model.symbolic_nodes().into_iter().find(|&(_, of)| of == class);
                json!({ "symbolic": node.map_or("", |(node, _)| self.model.id(node)) })
            }
        }
    }

    /// The cells that part the header space into boxes of headers that can be, and void ones.
    fn roots(&mut self) -> Vec<Work> {
        self.tree.cells.push(Cell::Void(true));
        let spaces = &self.model.spaces;
        let (v4, v6) = (spaces.address.v4_atoms(), spaces.address.v6_atoms());
        let symbolic = spaces.address.symbolic_atoms();
        let all = Range::new(v4.low, v6.high);
        let first_ported = spaces.service.atom(PORTED);
        let services = Range::new(0, spaces.service.atoms() - 1);
        let ports = Range::new(0, spaces.source_port.atoms() - 1);
        let full: HeaderBox = [all, all, services, ports];
        // Sources of one kind, each with the destinations that may go with it.
        let mut pieces = vec![(0_usize, full)];
        let split = |builder: &mut Self, pieces: Vec<(usize, HeaderBox)>, dimension: usize, at: u32| {
            let mut out = Vec::new();
            for (index, header) in pieces {
                if at <= header[dimension].low || at > header[dimension].high {
                    out.push((index, header));
                    continue;
                }
                let (low, high) = builder.cut(index, dimension, at);
                for (index, half) in
                    [(low, Range::new(header[dimension].low, at - 1)), (high, Range::new(at, header[dimension].high))]
                {
                    let mut header = header;
                    header[dimension] = half;
                    out.push((index, header));
                }
            }
            out
        };
        if let Some(symbolic) = symbolic {
            pieces = split(self, pieces, SOURCE, symbolic.low);
        }
        pieces = split(self, pieces, SOURCE, v6.low);
        let mut parted = Vec::new();
        for piece in pieces {
            let source = piece.1[SOURCE].low;
            let at = match source {
                _ if source == v4.low => Some(v6.low),
                _ if source == v6.low => Some(v4.high + 1),
                _ => None,
            };
            match at {
                Some(at) => parted.extend(split(self, vec![piece], DESTINATION, at)),
                None => parted.push(piece),
            }
        }
        let valid_pair = |header: &HeaderBox| {
            let (source, destination) = (header[SOURCE].low, header[DESTINATION].low);
            #[cfg(feature = "broken-engine")]
            if source == v6.low && crate::sabotage::has(crate::sabotage::Sabotage::ForgetsIpv6) {
                return false;
            }
            !(source == v4.low && destination == v6.low || source == v6.low && destination == v4.low)
        };
        let pairs: Vec<(usize, HeaderBox)> = parted.into_iter().filter(|(_, header)| valid_pair(header)).collect();
        let by_protocol = split(self, pairs, SERVICE, first_ported);
        let by_port = split(self, by_protocol, SOURCE_PORT, 1);
        let valid_port = |header: &HeaderBox| (header[SERVICE].low < first_ported) == (header[SOURCE_PORT].low == 0);
        let openers = &self.claim.openers;
        let valid = by_port.into_iter().filter(|(_, header)| valid_port(header));
        let work = valid.map(|(index, header)| Work { index, header, depth: 0, openers: openers.clone() });
        work.collect()
    }
}

/// Pairs of classes with the sessions between them that a claim forbids, as far as they were asked for.
type Pairs = HashMap<(ClassId, ClassId), Rc<[Forbidden]>>;

fn forbidden(claim: &Claim<'_>, pairs: &mut Pairs, opener: ClassId, target: ClassId) -> Rc<[Forbidden]> {
    Rc::clone(pairs.entry((opener, target)).or_insert_with(|| (claim.forbidden)(opener, target).into()))
}

/// Whether some session of the box from an opener to the target is forbidden.
fn is_guarded(
    search: &Reachability<'_, '_>,
    claim: &Claim<'_>,
    pairs: &mut Pairs,
    alive: &[ClassId],
    target: ClassId,
    header: &HeaderBox,
) -> bool {
    search.receives(target).touches(header[DESTINATION])
        && alive.iter().filter(|&&opener| opener != target || search.class(opener).members.len() > 1).any(|&opener| {
            let list = forbidden(claim, pairs, opener, target);
            list.iter().any(|one| is_open(search, claim, opener, target, header, one))
        })
}

/// What keeps a cell from being closed, if anything does.
fn obstacle(
    search: &Reachability<'_, '_>,
    claim: &Claim<'_>,
    pairs: &mut Pairs,
    scratch: &Scratch,
    alive: &[ClassId],
    header: &HeaderBox,
    states: &mut States<'_, '_, '_>,
) -> Result<Option<Obstacle>, ProveError> {
    for &target in &claim.targets {
        if !search.receives(target).touches(header[DESTINATION]) {
            continue;
        }
        let Some(taken) = scratch.take(search, claim.links, target, states) else { continue };
        for &opener in alive {
            if opener == target && search.class(opener).members.len() == 1 {
                continue;
            }
            let list = forbidden(claim, pairs, opener, target);
            let Some(open) = list.iter().find(|one| is_open(search, claim, opener, target, header, one)) else {
                continue;
            };
            if taken.mixed > 0 {
                let obstacle = scratch.obstacle(&[taken], states).ok_or(ProveError::FalseClaim)?;
                let State::Mixed(lists) = states.state(obstacle) else { return Err(ProveError::FalseClaim) };
                let (dimension, at) = search.plane(lists, header).ok_or(ProveError::FalseClaim)?;
                return Ok(Some(Obstacle::Cut(dimension, at)));
            }
            // The way is open to some opener; is it to this one, or does the forbidden part fill the box?
            let slot = usize::from(claim.links == Links::TwoWay);
            let access = |class: ClassId| search.class(class).accesses[slot];
            if access(taken.origin) != access(opener) {
                let apart = alive.iter().copied().filter(|&class| access(class) == access(opener)).collect();
                return Ok(Some(Obstacle::Split(apart)));
            }
            let cut = boundary(search, claim, opener, target, header, open).ok_or(ProveError::FalseClaim)?;
            return Ok(Some(Obstacle::Cut(cut.0, cut.1)));
        }
    }
    Ok(None)
}

/// Whether some header of the box makes a forbidden session that no single exception covers for the whole box.
fn is_open(
    search: &Reachability<'_, '_>,
    claim: &Claim<'_>,
    opener: ClassId,
    target: ClassId,
    header: &HeaderBox,
    forbidden: &Forbidden,
) -> bool {
    let (sends, receives) = (search.sends(opener), search.receives(target));
    let product = &forbidden.product;
    let meets = |holding: &Ranges, dimension: usize| {
        Ranges::first_common(&[holding, search.set(product, dimension)], header[dimension]).is_some()
    };
    let possible = meets(sends, SOURCE)
        && meets(receives, DESTINATION)
        && search.set(product, SERVICE).touches(header[SERVICE])
        && search.set(product, SOURCE_PORT).touches(header[SOURCE_PORT]);
    if !possible || !forbidden.excusable {
        return possible;
    }
    let excused = (claim.covered)(opener, target).iter().any(|cover| {
        let services = search.set(product, SERVICE).intersect(search.set(cover, SERVICE));
        sends.is_within(header[SOURCE], search.set(cover, SOURCE))
            && receives.is_within(header[DESTINATION], search.set(cover, DESTINATION))
            && search.set(product, SERVICE).is_within(header[SERVICE], &services)
    });
    !excused
}

/// An edge of the forbidden part, or of what exceptions cover, inside the box.
fn boundary(
    search: &Reachability<'_, '_>,
    claim: &Claim<'_>,
    opener: ClassId,
    target: ClassId,
    header: &HeaderBox,
    forbidden: &Forbidden,
) -> Option<(usize, u32)> {
    let mut products = vec![forbidden.product];
    if forbidden.excusable {
        products.extend((claim.covered)(opener, target));
    }
    for product in &products {
        for dimension in [SOURCE, DESTINATION, SERVICE, SOURCE_PORT] {
            let set = search.set(product, dimension);
            if set.relation(header[dimension]) == Relation::Partial
                && let Some(at) = set.edge_in(header[dimension])
            {
                return Some((dimension, at));
            }
        }
    }
    None
}
