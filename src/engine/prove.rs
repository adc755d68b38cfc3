//! Proofs that no forbidden session exists, for the certificate. What is decided is proved again, cell by cell, in a form
//! that a checker follows with local checks alone. `docs/certificate.md`, sections 5 to 7.

mod flows;
mod link;
mod possible;
mod topology;
mod tree;
mod walker;

use std::borrow::Cow;
use std::collections::HashMap;

use topology::ProofTopology;
use tree::{Claim, Forbidden};

pub use tree::ProveError;

use super::coverage::Coverage;
use super::paths::{PathAnswer, PathEngine};
use super::reachability::Limits;
use super::relay_passes::{RelayPass, peer_addresses, relay_passes, selects_node};
use crate::certificate::{Direction, Ends, Part, Proof};
use crate::header::{ANY, EMPTY, SetId};
use crate::model::{Model, PeerSelector};
use crate::network::{ClassId, Links, Network};

/// Proves claims on one network.
pub struct Prover<'p, 'd> {
    pub(super) model: &'p Model<'d>,
    network: &'p Network,
    topology: ProofTopology,
    engine: PathEngine<'p, 'd>,
}

/// The two sides of a part.
pub struct ZoneMap<'s> {
    /// Classes of the side named first.
    pub a: &'s [ClassId],
    /// Classes of the other side.
    pub b: &'s [ClassId],
}

impl<'p, 'd> Prover<'p, 'd> {
    /// A prover for the network of the document without some nodes.
    #[must_use]
    pub fn new(model: &'p Model<'d>, network: &'p Network, without: &dyn Fn(u32) -> bool, limits: Limits) -> Self {
        let topology = ProofTopology::new(model, without);
        Self { model, network, topology, engine: PathEngine::new(model, network, limits) }
    }

    /// Exceptions, chosen by index, as coverage on this network.
    pub fn coverage(&mut self, include: impl Fn(usize) -> bool) -> Coverage {
        Coverage::new(self.model, self.network, &mut self.engine.pools, include)
    }

    /// Ids of the members of classes, sorted.
    fn ids(&self, classes: &[ClassId]) -> Vec<String> {
        let nodes = classes.iter().flat_map(|&class| &self.network.classes.get(class).members);
        let mut ids: Vec<String> = nodes.map(|&node| self.model.id(node).to_owned()).collect();
        ids.sort_unstable();
        ids
    }

    /// The parts that prove every pair that `answer` does not call violating.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn parts(
        &mut self,
        sides: &ZoneMap<'_>,
        answer: &PathAnswer,
        coverage: &mut Coverage,
    ) -> Result<Vec<Part>, ProveError> {
        let mut rows: HashMap<&[u32], Vec<ClassId>> = HashMap::new();
        let mut order: Vec<&[u32]> = Vec::new();
        // Of what data comes back to nothing is proved: it is no pair.
        let excluded: Vec<Cow<'_, [u32]>> = (0_u32..)
            .zip(answer.violating.rows())
            .map(|(at, row)| {
                let mut own = answer.loops.iter().filter(|(a, _)| *a == at).map(|&(_, b)| b).peekable();
                if own.peek().is_none() {
                    return Cow::Borrowed(row);
                }
                let mut row: Vec<u32> = row.iter().copied().chain(own).collect();
                row.sort_unstable();
                Cow::Owned(row)
            })
            .collect();
        for (&class, row) in sides.a.iter().zip(excluded.iter().map(AsRef::as_ref)) {
            rows.entry(row).or_insert_with(|| {
                order.push(row);
                Vec::new()
            });
            rows.entry(row).or_default().push(class);
        }
        let mut parts = Vec::new();
        for row in order {
            let Some(a) = rows.get(row) else { continue };
            let free = (0_u32..).zip(sides.b).filter(|(at, _)| row.binary_search(at).is_err());
            let b: Vec<ClassId> = free.map(|(_, &class)| class).collect();
            if b.is_empty() {
                continue;
            }
            let whole = [a.len() == sides.a.len(), b.len() == sides.b.len()];
            parts.push(self.part([a, &b], whole, answer, coverage)?);
        }
        Ok(parts)
    }

    /// One part; `whole` says of each side whether it is all of it.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn part(
        &mut self,
        sides: [&[ClassId]; 2],
        whole: [bool; 2],
        answer: &PathAnswer,
        coverage: &mut Coverage,
    ) -> Result<Part, ProveError> {
        let named = |prover: &Self, side: usize| (!whole[side]).then(|| prover.ids(sides[side]));
        let (a, b) = (named(self, 0), named(self, 1));
        let forward = self.direction(0, sides[0], sides[1], answer, coverage)?;
        let [starts, ends]: [&[ClassId]; 2] = if answer.terms.sessions { [&[], &[]] } else { [sides[1], sides[0]] };
        let backward = self.direction(1, starts, ends, answer, coverage)?;
        Ok(Part { a, b, forward, backward })
    }

    fn direction(
        &mut self,
        side: usize,
        starts: &[ClassId],
        ends: &[ClassId],
        answer: &PathAnswer,
        coverage: &Coverage,
    ) -> Result<Direction, ProveError> {
        let listed = answer.levels(side, starts);
        let all = match answer.terms.sessions {
            true => Vec::new(),
            false => relay_passes(self.model, self.network, answer.terms.sanitised_by),
        };
        let levels: HashMap<RelayPass, u8> = listed.iter().copied().collect();
        let level = |relay_pass: &RelayPass| levels.get(relay_pass).copied();
        let open: Vec<(RelayPass, Option<u8>)> = all
            .iter()
            .map(|relay_pass| (*relay_pass, level(relay_pass)))
            .filter(|(_, level)| *level != Some(1))
            .collect();
        let unique = |mut classes: Vec<ClassId>| {
            classes.sort_unstable();
            classes.dedup();
            classes
        };
        let holders =
            unique(starts.iter().copied().chain(listed.iter().map(|(relay_pass, _)| relay_pass.class)).collect());
        let takers = unique(ends.iter().copied().chain(open.iter().map(|(relay_pass, _)| relay_pass.class)).collect());
        let flow = FlowClaim {
            model: self.model,
            network: self.network,
            starts,
            ends,
            last: answer.terms.last.packets,
            listed: &listed,
            open: &open,
        };
        let push = self.flow_tree(&flow, Links::All, holders.clone(), takers.clone(), coverage)?;
        // Sessions alone are of those who open them.
        let (takers, holders) = if answer.terms.sessions { Default::default() } else { (takers, holders) };
        let pull = self.flow_tree(&flow, Links::TwoWay, takers, holders, coverage)?;
        let mut relay_passes: Vec<(u32, Option<u32>, bool, u8)> = Vec::new();
        for &(relay_pass, level) in &listed {
            let pass = relay_pass.pass.map(|pass| &self.model.passes[pass as usize]);
            for &node in &self.network.classes.get(relay_pass.class).members {
                relay_passes.push((node, pass.map(|pass| pass.entry), pass.is_some_and(|pass| pass.mirror), level));
            }
        }
        relay_passes.sort_unstable();
        let named = relay_passes
            .into_iter()
            .map(|(node, entry, mirror, level)| (self.model.id(node).to_owned(), entry, mirror, level));
        Ok(Direction { stations: named.collect(), push, pull })
    }

    fn flow_tree(
        &mut self,
        flow: &FlowClaim<'_, '_>,
        links: Links,
        openers: Vec<ClassId>,
        targets: Vec<ClassId>,
        coverage: &Coverage,
    ) -> Result<Proof, ProveError> {
        #[cfg(feature = "broken-engine")]
        let openers = match crate::sabotage::has(crate::sabotage::Sabotage::ForgetsPulls) && links == Links::TwoWay {
            true => Vec::new(),
            false => openers,
        };
        if !self.model.nat.is_empty() {
            let look = flow.looks(coverage, links);
            let (engine, topology) = (&mut self.engine, &self.topology);
            return flows::prove(engine, topology, links, [&openers, &targets], &look).map(Proof::Flows);
        }
        // All products are interned before the search borrows the pools.
        let mut products: HashMap<(ClassId, ClassId), Vec<Forbidden>> = HashMap::new();
        let specials = flow.is_special();
        for &opener in &openers {
            self.engine.limits.check()?;
            for &target in &targets {
                if specials(opener) || specials(target) {
                    products.insert((opener, target), flow.forbidden(&mut self.engine.pools, links, opener, target));
                }
            }
        }
        let plain = |opener: ClassId, target: ClassId| {
            let (from, to) = if links == Links::All { (opener, target) } else { (target, opener) };
            flow.direct(from, to)
        };
        let forbidden = |opener: ClassId, target: ClassId| {
            products.get(&(opener, target)).cloned().unwrap_or_else(|| plain(opener, target))
        };
        let covered = |opener: ClassId, target: ClassId| coverage.products(opener, target);
        let claim = Claim { links, openers, targets, forbidden: &forbidden, covered: &covered };
        tree::prove(&mut self.engine, &self.topology, &claim).map(Proof::Tree)
    }

    /// The proof that an exception covers no session with an end in `others`.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn ends(
        &mut self,
        exception: usize,
        nodes: &[ClassId],
        matched: &[ClassId],
        coverage: &Coverage,
    ) -> Result<Ends, ProveError> {
        let others: Vec<ClassId> = matched.iter().copied().filter(|class| !nodes.contains(class)).collect();
        let id = self.model.document.exceptions[exception].id.to_string();
        if others.is_empty() {
            return Ok(Ends { exception: id, nodes: self.ids(nodes), tree: None });
        }
        let concerns = |class: ClassId| others.contains(&class);
        let tree = self.covers_none(coverage, &|opener, target| concerns(opener) || concerns(target))?;
        Ok(Ends { exception: id, nodes: self.ids(nodes), tree: Some(tree) })
    }
}

/// What flows of data a direction forbids.
struct FlowClaim<'f, 'd> {
    model: &'f Model<'d>,
    network: &'f Network,
    starts: &'f [ClassId],
    ends: &'f [ClassId],
    /// Services of sessions that lead to ends, as their receiver sees them.
    last: SetId,
    /// Relay passes where data may rest, with their levels.
    listed: &'f [(RelayPass, u8)],
    /// Relay passes that are not listed with level 1.
    open: &'f [(RelayPass, Option<u8>)],
}

impl FlowClaim<'_, '_> {
    /// Classes that relay in some way that matters here: their sessions are looked at one by one.
    fn is_special(&self) -> impl Fn(ClassId) -> bool + use<> {
        let mut special: Vec<ClassId> = self.listed.iter().map(|(relay_pass, _)| relay_pass.class).collect();
        special.extend(self.open.iter().map(|(relay_pass, _)| relay_pass.class));
        special.sort_unstable();
        special.dedup();
        move |class| special.binary_search(&class).is_ok()
    }

    /// What openers look like to the claim: those that look alike may be taken for one another where their sources are the same.
    fn looks(&self, coverage: &Coverage, links: Links) -> impl Fn(ClassId) -> flows::Look {
        let special = self.is_special();
        let excepted = [coverage.matched(0), coverage.matched(1)].concat();
        move |class: ClassId| {
            if special(class) || excepted.contains(&class) {
                return (Some(class), Vec::new());
            }
            let gives = links == Links::All;
            let side = if gives { self.starts } else { self.ends };
            let asking =
                self.listed.iter().map(|(station, _)| station).chain(self.open.iter().map(|(station, _)| station));
            let passes = asking.filter_map(|station| Some(&self.model.passes[station.pass? as usize]));
            let asks = passes.map(|pass| if gives { &pass.from } else { &pass.to });
            let first = self.network.classes.get(class).members[0];
            let mut matched: Vec<bool> = asks.map(|side| selects_node(self.model, side.items, first)).collect();
            matched.push(side.binary_search(&class).is_ok());
            (None, matched)
        }
    }

    /// Forbidden flows between classes that do not relay.
    fn direct(&self, from: ClassId, to: ClassId) -> Vec<Forbidden> {
        if self.starts.binary_search(&from).is_ok() && self.ends.binary_search(&to).is_ok() {
            vec![Forbidden { product: [ANY, ANY, self.last, ANY], excusable: true }]
        } else {
            Vec::new()
        }
    }

    /// Forbidden sessions from an opener to a target.
    fn forbidden(
        &self,
        pools: &mut crate::model::Pools,
        links: Links,
        opener: ClassId,
        target: ClassId,
    ) -> Vec<Forbidden> {
        let pushed = links == Links::All;
        let (from, to) = if pushed { (opener, target) } else { (target, opener) };
        type Side<'d> = Option<&'d PeerSelector<'d>>;
        let pass = |relay_pass: &RelayPass| relay_pass.pass.map(|pass| &self.model.passes[pass as usize]);
        // Data states of the one: what they ask of the next peer, and their level.
        let mut states: Vec<(Side<'_>, u8)> = Vec::new();
        if self.starts.binary_search(&from).is_ok() {
            states.push((None, 0));
        }
        for (relay_pass, level) in self.listed.iter().filter(|(relay_pass, _)| relay_pass.class == from) {
            states.push((pass(relay_pass).map(|pass| &pass.to), *level));
        }
        // Roles of the other: what they ask of the peer before, and whether covered sessions may lead there.
        let mut roles: Vec<(Side<'_>, SetId, bool)> = Vec::new();
        if self.ends.binary_search(&to).is_ok() {
            roles.push((None, self.last, true));
        }
        for (relay_pass, level) in self.open.iter().filter(|(relay_pass, _)| relay_pass.class == to) {
            roles.push((pass(relay_pass).map(|pass| &pass.from), ANY, *level == Some(0)));
        }
        let mut out = Vec::new();
        for (to_side, level) in &states {
            for (from_side, last, may_be_covered) in &roles {
                let service = |side: &Side<'_>| side.map_or(ANY, |side| side.service);
                let service = pools.service.intersect(service(to_side), service(from_side));
                let service = pools.service.intersect(service, *last);
                let from_set = peer_addresses(self.model, *from_side, self.network, from);
                let to_set = peer_addresses(self.model, *to_side, self.network, to);
                if [service, from_set, to_set].contains(&EMPTY) {
                    continue;
                }
                let addresses = if pushed { [from_set, to_set] } else { [to_set, from_set] };
                let product = [addresses[0], addresses[1], service, ANY];
                out.push(Forbidden { product, excusable: *level == 0 && *may_be_covered });
            }
        }
        out
    }
}
