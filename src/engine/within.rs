//! Sessions within a zone: what keeping zones apart should leave alone.

use super::coverage::Coverage;
use super::decider::RequirementDecider;
use super::limit::LimitReached;
use super::methods::MethodSet;
use super::outcome::PathOutcome;
use super::party::Party;
use super::paths::{PathAnswer, PathEngine};
use crate::header::ANY;
use crate::network::ClassId;

impl RequirementDecider<'_, '_> {
    /// Between how many pairs of endpoints of a zone there is a session, either way. `weight` says for how many endpoints a
    /// node counts. O(pairs of classes of the zone), and the search for them.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn sessions_within(&mut self, zone: u32, weight: &dyn Fn(u32) -> u64) -> Result<u64, LimitReached> {
        let network = self.network();
        let members = |class: ClassId| network.classes.get(class).members.as_slice();
        let labels = &self.model.labels.labels;
        let classes: Vec<ClassId> =
            network.classes.ids().filter(|&class| labels[members(class)[0] as usize] == Some(zone)).collect();
        let sizes: Vec<u64> =
            classes.iter().map(|&class| members(class).iter().map(|&node| weight(node)).sum()).collect();
        let mut engine = PathEngine::new(self.model, &network, self.limits);
        engine.cells = self.cells;
        let mut none = Coverage::new(self.model, &network, &mut engine.pools, |_| false);
        let party = Party::new(&classes);
        let rows = engine.direct([&party, &party], ANY, &mut none);
        self.cells = engine.cells;
        let mut rows: Vec<Vec<u32>> =
            rows?.into_iter().map(|row| row.into_iter().map(|(to, _)| to).collect()).collect();
        for (from, to) in engine.carried_between([&party, &party], MethodSet::NONE)? {
            rows[from as usize].push(to);
        }
        for row in &mut rows {
            row.sort_unstable();
            row.dedup();
        }
        let mut count = 0;
        for (from, row) in rows.iter().enumerate() {
            for to in row.iter().map(|to| *to as usize) {
                let both = || u32::try_from(from).is_ok_and(|at| rows[to].binary_search(&at).is_ok());
                count += match from.cmp(&to) {
                    std::cmp::Ordering::Equal => sizes[from] * sizes[from].saturating_sub(1) / 2,
                    std::cmp::Ordering::Greater if both() => 0,
                    _ => sizes[from] * sizes[to],
                };
            }
        }
        Ok(count)
    }
}

impl PathOutcome {
    /// How many pairs of nodes violate the requirement, where a node counts as `weight` says.
    #[must_use]
    pub fn count_by(&self, weight: &dyn Fn(u32) -> u64) -> u64 {
        let size = |class| self.network.classes.get(class).members.iter().map(|&node| weight(node)).sum();
        let sizes: Vec<u64> = self.b.iter().map(|&class| size(class)).collect();
        let rows = self.a.iter().zip(self.answer.violating.rows()).filter(|(_, row)| !row.is_empty());
        let of_row = |(&class, row): (&ClassId, &[u32])| {
            let others: u64 = row.iter().map(|&b| sizes[b as usize]).sum();
            // Nobody is a pair with itself.
            let itself = row.iter().any(|&b| self.b[b as usize] == class);
            size(class) * others.saturating_sub(u64::from(itself))
        };
        rows.map(of_row).sum()
    }
}

impl PathAnswer {
    /// The pairs of classes of both sides with a session between them that exceptions cover, and none that they do not.
    pub fn covered(&self) -> impl Iterator<Item = (ClassId, ClassId)> + '_ {
        let sides = [(&self.a, &self.b), (&self.b, &self.a)];
        self.graph.direct.iter().zip(sides).flat_map(|(rows, (from, to))| {
            rows.iter().zip(from).flat_map(move |(row, &from)| {
                row.iter().filter(|(_, flow)| !flow.uncovered).map(move |(at, _)| (from, to[*at as usize]))
            })
        })
    }
}
