//! What was decided about the quotient document, said of the whole one.

use rustc_hash::FxHashMap as HashMap;

use super::Verifier;
use super::quotient_document::Stands;
use super::store::NodeNumber;
use crate::engine::{Item, Outcome, PathOutcome};
use crate::report::Verdict;

/// A requirement as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The verdict.
    pub verdict: Verdict,
    /// How many tuples violate it.
    pub tuples: u64,
}

impl Verifier<'_> {
    /// How a requirement of the policy stands, by id; `None`: it has no such requirement. O(what was decided about classes).
    #[must_use]
    pub fn state(&self, requirement: &str) -> Option<State> {
        let at = self.terms.policy.requirements.iter().position(|known| known.id == requirement)?;
        Some(self.state_of(at))
    }

    /// Every requirement, in the order of the policy.
    pub fn states(&self) -> impl Iterator<Item = (&str, State)> {
        let requirements = self.terms.policy.requirements.iter().enumerate();
        requirements.map(|(at, requirement)| (requirement.id.as_str(), self.state_of(at)))
    }

    /// The first violating tuples of a requirement, sorted; none where it is not violated or there is no such requirement.
    #[must_use]
    pub fn violating(&self, requirement: &str, limit: usize) -> Vec<Vec<String>> {
        let at = self.terms.policy.requirements.iter().position(|known| known.id == requirement);
        let outcome = at.and_then(|at| Some((at, self.decided.outcomes[at].as_ref()?)));
        let mut tuples: Vec<Vec<String>> = match outcome {
            None | Some((_, Outcome::Vacuous)) => Vec::new(),
            Some((_, Outcome::Paths(paths))) => self.pairs(paths, limit),
            Some((at, outcome)) if self.is_followed(at) => {
                outcome.tuples().iter().flat_map(|tuple| self.spelt(tuple)).collect()
            }
            Some((_, outcome)) => {
                outcome.tuples().iter().map(|tuple| tuple.iter().map(|item| self.of_whole(*item)).collect()).collect()
            }
        };
        tuples.sort_unstable();
        tuples.truncate(limit);
        tuples
    }

    /// How many nodes the document has, and how many the document that was decided in its place.
    #[must_use]
    pub fn nodes(&self) -> (usize, usize) {
        (self.held.store.count(), self.decided.stands.len())
    }

    /// Whether the quotient document decides a requirement.
    fn is_followed(&self, requirement: usize) -> bool {
        self.terms.policy.requirements[requirement].asked.is_followed()
    }

    fn state_of(&self, requirement: usize) -> State {
        let weight = |node: u32| self.members(node).len() as u64;
        let tuples = match &self.decided.outcomes[requirement] {
            None => return State { verdict: Verdict::Undecided, tuples: 0 },
            Some(Outcome::Vacuous) => return State { verdict: Verdict::Vacuous, tuples: 0 },
            Some(outcome) if self.is_followed(requirement) => outcome.count_by(&weight),
            Some(outcome) => outcome.count(),
        };
        State { verdict: if tuples == 0 { Verdict::Proved } else { Verdict::Violated }, tuples }
    }

    /// The tuples that a tuple of the quotient document stands for, by id.
    fn spelt(&self, tuple: &[Item]) -> Vec<Vec<String>> {
        let mut out: Vec<Vec<String>> = vec![Vec::new()];
        for item in tuple {
            let ids: Vec<String> = match *item {
                Item::Node(node) => self.members(node).iter().map(|&node| self.id(node)).collect(),
                Item::Exception(at) => vec![self.exception(at)],
                Item::Transfer(at) => vec![self.held.store.frame.transfers[at as usize].id.to_string()],
                // No requirement that a quotient document follows speaks of these.
                Item::Link(_) | Item::Expectation(_) => Vec::new(),
            };
            out = out
                .iter()
                .flat_map(|tuple| ids.iter().map(|id| [&tuple[..], std::slice::from_ref(id)].concat()))
                .collect();
        }
        out
    }

    /// The id of what was decided about in the whole document.
    fn of_whole(&self, item: Item) -> String {
        let ((nodes, links), store) = (&self.decided.whole, &self.held.store);
        match item {
            Item::Node(node) => self.id(nodes[node as usize]),
            Item::Exception(at) => self.exception(at),
            Item::Transfer(at) => store.frame.transfers[at as usize].id.to_string(),
            Item::Expectation(at) => store.frame.expects[at as usize].id.to_string(),
            Item::Link(at) => store.link(links[at.index()]).map_or_else(String::new, |stored| {
                let [a, b] = stored.ends;
                stored.link.id().map_or_else(|| format!("{} -- {}", self.id(a), self.id(b)), ToString::to_string)
            }),
        }
    }

    /// The first pairs, by the ids of the first nodes and then of the others.
    fn pairs(&self, paths: &PathOutcome, limit: usize) -> Vec<Vec<String>> {
        let members = |class| paths.network.classes.get(class).members.iter().flat_map(|&node| self.members(node));
        let mut left: Vec<(String, usize)> = Vec::new();
        for (at, (&class, row)) in paths.a.iter().zip(paths.answer.violating.rows()).enumerate() {
            if !row.is_empty() {
                left.extend(members(class).map(|&node| (self.id(node), at)));
            }
        }
        left.sort_unstable();
        let mut out: Vec<Vec<String>> = Vec::new();
        let mut right: HashMap<&[u32], Vec<String>> = HashMap::default();
        for (first, at) in left {
            let row = paths.answer.violating.row(at);
            let others = right.entry(row).or_insert_with(|| {
                let classes = row.iter().map(|&b| paths.b[b as usize]);
                let mut others: Vec<String> = classes.flat_map(members).map(|&node| self.id(node)).collect();
                others.sort_unstable();
                others
            });
            let others = others.iter().filter(|other| **other != first);
            out.extend(others.take(limit - out.len()).map(|other| vec![first.clone(), other.clone()]));
            if out.len() == limit {
                break;
            }
        }
        out
    }

    /// The nodes that a node of the quotient document stands for.
    fn members(&self, node: u32) -> &[NodeNumber] {
        match &self.decided.stands[node as usize] {
            Stands::Node(node) => std::slice::from_ref(node),
            Stands::Group(group) => &self.held.quotient.groups[*group as usize].members,
            Stands::Nobody => &[],
        }
    }

    fn id(&self, node: NodeNumber) -> String {
        self.held.store.node(node).map_or_else(String::new, |node| self.held.store.text(node.id).to_owned())
    }

    fn exception(&self, at: u32) -> String {
        self.held.store.frame.exceptions[at as usize].id.clone().into_owned()
    }
}
