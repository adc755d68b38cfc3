//! Who stands between two sides: nodes that data of one side comes to and from which data goes to the other, if whatever
//! comes to a node were passed on. Only what such nodes declare of their relays keeps the sides apart there.

use super::coverage::Coverage;
use super::flow_graph::Flow;
use super::methods::MethodSet;
use super::party::Party;
use super::paths::PathEngine;
use super::reachability::LimitReached;
use super::relay_passes::passes_everything;
use crate::header::ANY;
use crate::network::{ClassId, Links};

impl PathEngine<'_, '_> {
    /// The classes that declare relays and stand between the two sides, in either direction, ascending;
    /// transfers that sanitise in one of some ways do not count.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn between(
        &mut self,
        a: &[ClassId],
        b: &[ClassId],
        sanitised_by: MethodSet,
    ) -> Result<Vec<ClassId>, LimitReached> {
        let (model, network) = (self.model, self.network);
        let first = |class: ClassId| network.classes.get(class).members[0];
        let declares = |class: ClassId| model.document.nodes[first(class) as usize].relays().is_some();
        // Sides are ascending.
        let of_a_side = |class: &ClassId| a.binary_search(class).is_ok() || b.binary_search(class).is_ok();
        let middle: Vec<ClassId> = network
            .classes
            .ids()
            .filter(|&class| declares(class) || passes_everything(model, first(class)))
            .filter(|class| !of_a_side(class))
            .collect();
        if !middle.iter().any(|&class| declares(class)) {
            return Ok(Vec::new());
        }
        let [a, b, middle_party] = [a, b, &middle].map(Party::new);
        let among = self.joined([&middle_party, &middle_party], sanitised_by)?;
        let mut found = vec![false; middle.len()];
        for [from, to] in [[&a, &b], [&b, &a]] {
            let comes = self.joined([from, &middle_party], sanitised_by)?.into_iter().map(|(_, to)| to).collect();
            let goes = self.joined([&middle_party, to], sanitised_by)?.into_iter().map(|(from, _)| from).collect();
            let reached = spread(comes, &among, middle.len(), |&(from, to)| (from, to));
            let leading = spread(goes, &among, middle.len(), |&(from, to)| (to, from));
            for (at, found) in found.iter_mut().enumerate() {
                *found = *found || reached[at] && leading[at];
            }
        }
        let standing = middle.into_iter().zip(found).filter(|&(class, found)| found && declares(class));
        Ok(standing.map(|(class, _)| class).collect())
    }

    /// The pairs, by position, of which data flows from the one to the other.
    fn joined(&mut self, parties: [&Party; 2], sanitised_by: MethodSet) -> Result<Vec<(u32, u32)>, LimitReached> {
        let mut none = Coverage::new(self.model, self.network, &mut self.pools, |_| false);
        let mut pairs = Vec::new();
        let mut note = |from: u32, to: u32, _: Flow| pairs.push((from, to));
        self.flows(parties, [ANY; 3], [None, None], &[Links::All, Links::TwoWay], &mut none, &mut note)?;
        pairs.extend(self.carried_between(parties, sanitised_by)?);
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }
}

/// The positions that are reached from some of them by steps.
fn spread(from: Vec<u32>, steps: &[(u32, u32)], count: usize, step: impl Fn(&(u32, u32)) -> (u32, u32)) -> Vec<bool> {
    let mut next: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (from, to) in steps.iter().map(step) {
        next[from as usize].push(to);
    }
    let mut reached = vec![false; count];
    let mut stack = from;
    while let Some(at) = stack.pop() {
        if !std::mem::replace(&mut reached[at as usize], true) {
            stack.extend(&next[at as usize]);
        }
    }
    reached
}
