//! Who falls once one endpoint has fallen: whoever data of a fallen one gets to in one flow falls next. Nothing of what nodes declare to relay,
//! and no exception, holds anything back; only the network does.

use std::sync::Arc;

use super::coverage::Coverage;
use super::decider::RequirementDecider;
use super::flow_graph::{Carrier, Flow};
use super::limit::LimitReached;
use super::methods::MethodSet;
use super::party::Party;
use super::paths::PathEngine;
use crate::header::ANY;
use crate::model::Pools;
use crate::network::{ClassId, Links, Network};

/// A class that falls, all of it.
#[derive(Clone, Copy, Debug)]
pub struct Fallen {
    /// The class.
    pub class: ClassId,
    /// A class that fell in the step before.
    pub by: ClassId,
    /// What carries data from there.
    pub carrier: Carrier,
}

/// What falls, step by step.
pub struct Falls {
    /// The network.
    pub network: Arc<Network>,
    /// The class of the endpoint that fell first; that it is among those that fall later says so of its other members.
    pub start: ClassId,
    /// What falls in each step, by class.
    pub steps: Vec<Vec<Fallen>>,
    /// The sets that carriers speak in.
    pub pools: Pools,
}

impl RequirementDecider<'_, '_> {
    /// What falls if an endpoint has fallen; `None`: it is no endpoint. Members of a class fall together, for nothing but their ids tells
    /// them apart.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn falls(&mut self, node: u32) -> Result<Option<Falls>, LimitReached> {
        self.check()?;
        let network = self.network();
        let Some(start) = network.classes.of_node.get(node as usize).copied().flatten() else { return Ok(None) };
        let mut engine = PathEngine::new(self.model, &network, self.limits);
        let steps = engine.fall(start)?;
        let pools = engine.pools;
        Ok(Some(Falls { network, start, steps, pools }))
    }
}

impl PathEngine<'_, '_> {
    fn fall(&mut self, start: ClassId) -> Result<Vec<Vec<Fallen>>, LimitReached> {
        let alone = self.network.classes.get(start).members.len() == 1;
        let mut left: Vec<ClassId> = self.network.classes.ids().filter(|class| !(alone && *class == start)).collect();
        let mut none = Coverage::new(self.model, self.network, &mut self.pools, |_| false);
        let transfers = self.carried(MethodSet::NONE);
        let (mut front, mut steps) = (vec![start], Vec::new());
        while !left.is_empty() {
            let [from, to] = [&front, &left].map(|classes| Party::new(classes));
            // Of several the first class of the step before, and what it opens before what is opened to it.
            let mut found: Vec<Option<(u32, Carrier)>> = vec![None; left.len()];
            let mut note = |by: u32, at: u32, carrier: Carrier| {
                let slot = &mut found[at as usize];
                if slot.is_none_or(|(known, _)| by < known) {
                    *slot = Some((by, carrier));
                }
            };
            let mut of_flow = |by: u32, at: u32, flow: Flow| note(by, at, flow.carrier);
            let ways = [Links::All, Links::TwoWay];
            self.flows([&from, &to], [ANY; 3], [None, None], &ways, &mut none, &mut of_flow)?;
            let wanted: [&dyn Fn(ClassId) -> bool; 2] =
                [&|class| from.position(class).is_some(), &|class| to.position(class).is_some()];
            self.each_carried(&transfers, wanted, &mut |carrier| {
                if let Some((by, at)) = from.position(carrier.from()).zip(to.position(carrier.to())) {
                    note(by, at, carrier);
                }
            })?;
            let fallen = left.iter().zip(found).filter_map(|(&class, found)| {
                let (by, carrier) = found?;
                Some(Fallen { class, by: front[by as usize], carrier })
            });
            let fallen: Vec<Fallen> = fallen.collect();
            if fallen.is_empty() {
                break;
            }
            front = fallen.iter().map(|one| one.class).collect();
            left.retain(|class| front.binary_search(class).is_err());
            steps.push(fallen);
        }
        Ok(steps)
    }
}
