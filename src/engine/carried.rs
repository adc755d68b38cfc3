//! What transfers carry: sessions without headers, by which data flows one way. Spec, sections 5 and 6.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::coverage::Coverage;
use super::flow_graph::{Carrier, Flow, FlowGraph};
use super::flows::tidy;
use super::limit::LimitReached;
use super::methods::MethodSet;
use super::party::Party;
use super::paths::{PathEngine, PathTerms};
use super::selected::{Selected, node_items};
use crate::model::PeerSelector;
use crate::network::ClassId;

/// A transfer on one network, and the classes that it carries data from and to, ascending.
pub(super) struct Carried {
    transfer: u32,
    from: Rc<[ClassId]>,
    to: Rc<[ClassId]>,
}

/// The peers that one side of a relay pass exchanges transfers with.
enum Peers {
    Nobody,
    Anybody,
    /// These, ascending: a transfer has no address, so that what they are decides.
    Some(Rc<[ClassId]>),
}

impl Peers {
    fn of<'d>(selected: &mut Selected<'_, 'd>, side: Option<&PeerSelector<'d>>) -> Self {
        match side {
            None => Self::Anybody,
            Some(side) if !side.transfer => Self::Nobody,
            Some(side) => Self::Some(selected.classes_of(side.items)),
        }
    }

    fn hold(&self, class: ClassId) -> bool {
        match self {
            Self::Nobody => false,
            Self::Anybody => true,
            Self::Some(classes) => classes.binary_search(&class).is_ok(),
        }
    }
}

impl PathEngine<'_, '_> {
    /// The transfers, but for those that sanitise in one of some ways.
    pub(super) fn carried(&self, sanitised_by: MethodSet) -> Vec<Carried> {
        let transfers = &self.model.document.transfers;
        if transfers.is_empty() || !self.carries || sabotaged!(ForgetsTransfers) {
            return Vec::new();
        }
        let mut selected = Selected::new(self.model, self.network);
        let counted = (0_u32..).zip(transfers).filter(|(_, transfer)| !sanitised_by.holds(transfer.sanitise));
        counted
            .map(|(number, transfer)| {
                let [from, to] = [&transfer.from, &transfer.to].map(|items| selected.classes_of(items));
                Carried { transfer: number, from, to }
            })
            .collect()
    }

    /// Each pair of classes that a transfer carries data between, where `wanted` says that either is.
    pub(super) fn each_carried(
        &self,
        all: &[Carried],
        wanted: [&dyn Fn(ClassId) -> bool; 2],
        each: &mut dyn FnMut(Carrier),
    ) -> Result<(), LimitReached> {
        for Carried { transfer, from, to } in all {
            let to: Vec<ClassId> = to.iter().copied().filter(|&class| wanted[1](class)).collect();
            for &from in from.iter().filter(|&&class| wanted[0](class)) {
                self.limits.check()?;
                // To another node: a class of one carries nothing to itself.
                let alone = self.network.classes.get(from).members.len() == 1;
                for &to in to.iter().filter(|&&to| !(alone && to == from)) {
                    each(Carrier::Transfer { transfer: *transfer, from, to });
                }
            }
        }
        Ok(())
    }

    /// The pairs, by position, that transfers carry data between.
    pub(super) fn carried_between(
        &self,
        [from, to]: [&Party; 2],
        sanitised_by: MethodSet,
    ) -> Result<Vec<(u32, u32)>, LimitReached> {
        let mut pairs = Vec::new();
        let wanted: [&dyn Fn(ClassId) -> bool; 2] =
            [&|class| from.position(class).is_some(), &|class| to.position(class).is_some()];
        self.each_carried(&self.carried(sanitised_by), wanted, &mut |carrier| {
            pairs.extend(from.position(carrier.from()).zip(to.position(carrier.to())));
        })?;
        Ok(pairs)
    }

    /// Adds what transfers carry between the sides, into, out of and among the relay passes of a graph.
    pub(super) fn carry(
        &self,
        sides: &[Party; 2],
        terms: PathTerms,
        coverage: &Coverage,
        graph: &mut FlowGraph,
    ) -> Result<(), LimitReached> {
        let all = self.carried(terms.sanitised_by);
        if all.is_empty() {
            return Ok(());
        }
        let mut selected = Selected::new(self.model, self.network);
        // What each relay pass takes, and what it gives.
        let mut passes: Vec<[Peers; 2]> = Vec::with_capacity(graph.relay_passes.len());
        let mut of_class: HashMap<ClassId, Vec<u32>> = HashMap::default();
        for (number, relay_pass) in (0_u32..).zip(&graph.relay_passes) {
            let pass = relay_pass.pass.map(|pass| &self.model.passes[pass as usize]);
            passes.push([
                Peers::of(&mut selected, pass.map(|pass| &pass.from)),
                Peers::of(&mut selected, pass.map(|pass| &pass.to)),
            ]);
            of_class.entry(relay_pass.class).or_default().push(number);
        }
        let relaying = |class: ClassId| of_class.get(&class).map_or(&[][..], Vec::as_slice);
        let matters = |class| sides.iter().any(|side| side.position(class).is_some()) || of_class.contains_key(&class);
        let mut add = |carrier: Carrier| {
            let (from, to) = (carrier.from(), carrier.to());
            let flow = Flow { carrier, uncovered: !coverage.covers_transfer(from, to) };
            if !flow.uncovered && self.covered_stop {
                return;
            }
            let takers = || relaying(to).iter().copied().filter(|&pass| passes[pass as usize][0].hold(from));
            let givers = || relaying(from).iter().copied().filter(|&pass| passes[pass as usize][1].hold(to));
            for side in 0..2 {
                if let Some(at) = sides[side].position(from) {
                    if let Some(target) = sides[1 - side].position(to).filter(|_| terms.last.transfer) {
                        graph.direct[side][at as usize].push((target, flow));
                    }
                    graph.into[side][at as usize].extend(takers().map(|pass| (pass, flow)));
                }
                if let Some(target) = sides[side].position(to).filter(|_| terms.last.transfer) {
                    givers().for_each(|pass| graph.out[side][pass as usize].push((target, flow)));
                }
            }
            for giver in givers() {
                graph.between[giver as usize].extend(takers().map(|taker| (taker, flow)));
            }
        };
        self.each_carried(&all, [&matters, &matters], &mut add)?;
        for rows in graph.direct.iter_mut().chain(&mut graph.into).chain(&mut graph.out) {
            tidy(rows);
        }
        tidy(&mut graph.between);
        Ok(())
    }
}

impl<'d> Selected<'_, 'd> {
    /// The classes that the items of a selector select by what they are.
    fn classes_of(
        &mut self,
        items: &'d [crate::document::Spanned<crate::document::SelectorItem<'d>>],
    ) -> Rc<[ClassId]> {
        let items = node_items(self.model(), items);
        self.classes(&items)
    }
}
