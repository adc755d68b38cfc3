//! Communication that must be possible: whether filters, links, translations and given routes let it through.

use crate::document::{SelectorItem, Spanned};
use crate::engine::decide::RequirementDecider;
use crate::engine::limit::LimitReached;
use crate::engine::outcome::{Item, Outcome};
use crate::engine::paths::PathEngine;
use crate::engine::reachability::Question;
use crate::engine::relay_passes::selects_node;
use crate::header::{ANY, Range, Ranges};
use crate::network::{ClassId, Links, Network};

/// Tuples from which on they are not listed.
const MOST_TUPLES: usize = 10_000_000;

/// The endpoints of one side of an expectation, by class.
struct Side {
    classes: Vec<ClassId>,
    members: Vec<Vec<u32>>,
}

impl RequirementDecider<'_, '_> {
    /// Decides whether everything that is expected is possible: `[expectation, u, v]` where some service of it has no session of
    /// u to v, as v sees it.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub(in crate::engine) fn expects(
        &self,
        network: &std::sync::Arc<Network>,
        cells: &mut u64,
    ) -> Result<Outcome, LimitReached> {
        let model = self.model;
        if model.document.expects.is_empty() {
            return Ok(Outcome::Vacuous);
        }
        self.check()?;
        let mut engine = PathEngine::new(model, network, self.limits);
        engine.cells = *cells;
        let mut tuples: Vec<Vec<Item>> = Vec::new();
        for (at, expected) in (0_u32..).zip(&model.document.expects) {
            let sides = [&expected.from, &expected.to].map(|items| self.side(network, items));
            let [from, to] = &sides;
            // By pair of classes: whether some service is missing.
            let mut lacking = vec![vec![false; to.classes.len()]; from.classes.len()];
            let services = engine.pools.service.get(model.expected[at as usize]).clone();
            for atom in services.as_slice().iter().flat_map(|range| range.low..=range.high) {
                let service = engine.pools.service.intern(Ranges::single(Range::new(atom, atom)));
                let (sources, targets) = (&from.classes[..], &to.classes[..]);
                let question = Question { links: Links::All, sources, targets, product: [ANY; 4] };
                let (answer, _) = engine.ask(question, [ANY, ANY, service, ANY])?;
                for (row, lacks) in lacking.iter_mut().enumerate() {
                    let mut there = vec![false; lacks.len()];
                    for (column, _) in answer.row(row) {
                        there[column] = true;
                    }
                    lacks.iter_mut().zip(there).for_each(|(lacks, there)| *lacks |= !there);
                }
            }
            for (row, lacks) in lacking.iter().enumerate() {
                for column in (0..lacks.len()).filter(|&column| lacks[column]) {
                    let (us, vs) = (&from.members[row], &to.members[column]);
                    if us.len().saturating_mul(vs.len()).saturating_add(tuples.len()) > MOST_TUPLES {
                        return Err(LimitReached);
                    }
                    let pairs = us.iter().flat_map(|&u| vs.iter().filter(move |&&v| u != v).map(move |&v| (u, v)));
                    tuples.extend(pairs.map(|(u, v)| vec![Item::Expectation(at), Item::Node(u), Item::Node(v)]));
                }
            }
        }
        *cells = engine.cells;
        tuples.sort_unstable();
        Ok(Outcome::Tuples(tuples))
    }

    /// The endpoints that a selector selects, by class.
    fn side(&self, network: &Network, items: &[Spanned<SelectorItem<'_>>]) -> Side {
        let mut side = Side { classes: Vec::new(), members: Vec::new() };
        for class in network.classes.ids() {
            let members = network.classes.get(class).members.iter().copied();
            let members: Vec<u32> = members.filter(|&node| selects_node(self.model, items, node)).collect();
            if !members.is_empty() {
                side.classes.push(class);
                side.members.push(members);
            }
        }
        side
    }
}
