//! Communication that must be possible: whether filters, links, translations and given routes let it through.

use crate::document::{SelectorItem, Spanned};
use crate::engine::decider::RequirementDecider;
use crate::engine::flow_graph::{Carrier, SessionSample};
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
pub struct Side {
    /// Classes with such endpoints, ascending.
    pub classes: Vec<ClassId>,
    /// Of each, those endpoints.
    pub members: Vec<Vec<u32>>,
}

/// What is possible between two classes of what is expected.
#[derive(Clone, Default)]
pub struct Possible {
    /// A session of each service that has one, where they were asked for.
    pub sessions: Vec<Carrier>,
    /// An atom of the services that has none.
    pub lacking: Option<u32>,
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
            let [from, to] = [&expected.from, &expected.to].map(|items| self.side(network, items));
            let possible = self.possible(&mut engine, at, [&from, &to], false)?;
            for (row, possible) in possible.iter().enumerate() {
                for column in (0..possible.len()).filter(|&column| possible[column].lacking.is_some()) {
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

    /// By class of the one side and the other, what is possible of an expectation; `keep`: with sessions to show it by.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn possible(
        &self,
        engine: &mut PathEngine<'_, '_>,
        expectation: u32,
        [from, to]: [&Side; 2],
        keep: bool,
    ) -> Result<Vec<Vec<Possible>>, LimitReached> {
        self.check()?;
        let mut found = vec![vec![Possible::default(); to.classes.len()]; from.classes.len()];
        let services = engine.pools.service.get(self.model.expected[expectation as usize]).clone();
        for atom in services.as_slice().iter().flat_map(|range| range.low..=range.high) {
            let service = engine.pools.service.intern(Ranges::single(Range::new(atom, atom)));
            let (sources, targets, links) = (&from.classes[..], &to.classes[..], Links::All);
            let question = Question { links, sources, targets, product: [ANY; 4] };
            let (answer, [product, received]) = engine.ask(question, [ANY, ANY, service, ANY])?;
            for (row, found) in found.iter_mut().enumerate() {
                let mut there = vec![None; found.len()];
                answer.row(row).into_iter().for_each(|(column, header)| there[column] = Some(header));
                for (column, (found, header)) in found.iter_mut().zip(there).enumerate() {
                    let Some(header) = header else {
                        found.lacking.get_or_insert(atom);
                        continue;
                    };
                    if keep {
                        let (from, to) = (sources[row], targets[column]);
                        let session = SessionSample { from, to, links, header, product, received };
                        found.sessions.push(Carrier::Packets(session));
                    }
                }
            }
        }
        Ok(found)
    }

    /// The endpoints that a selector selects, by class.
    #[must_use]
    pub fn side(&self, network: &Network, items: &[Spanned<SelectorItem<'_>>]) -> Side {
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
