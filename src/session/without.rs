//! What would be decided of a document without some of its elements. The elements are taken out of the document in memory, it is
//! decided as a session decides it, and they are put back.

use rustc_hash::FxHashMap as HashMap;

use super::element::{Element, Undo};
use super::held::{Held, Resolved};
use super::mutation::Mutation;
use super::quotient::{Place, Quotient};
use super::quotient_document::{self, Stands};
use super::{Session, Verdict};
use crate::document::{Date, Document};
use crate::engine::{Memory, Outcome, RequirementDecider};
use crate::model::names::Names;
use crate::policy::Policy;
use std::time::Duration;

/// Today, and after how much time or memory what is not decided stays undecided.
type Terms = (Date, Option<Duration>, Option<Memory>);

/// A document of which elements are taken out for as long as something is looked at.
pub struct Without<'s> {
    held: Held<'s>,
    policy: Policy,
}

/// The document as it would be, and what was decided of it.
pub struct Look<'l, 'm, 'd> {
    /// Decides more of it. Its model is of a smaller document, in which one node may stand for many.
    pub decider: &'l mut RequirementDecider<'m, 'd>,
    /// For each requirement; `None`: undecided.
    pub outcomes: Vec<Option<Outcome>>,
    stands: Vec<Stands>,
    small: HashMap<Stands, u32>,
    quotient: &'l Quotient,
}

impl<'s> Without<'s> {
    /// `names` are those of `document`, or of one that it is a copy of; `policy` is what will be decided. O(n log n).
    #[must_use]
    pub fn new(document: Document<'s>, names: &Names<'_>, policy: Policy) -> Self {
        let held = Held::new(document, Resolved::of(names), &policy);
        Self { held, policy }
    }

    /// What is decided.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// About how many nodes and links there are to decide.
    #[must_use]
    pub fn size(&self) -> usize {
        let Quotient { kept, visible, by_key, .. } = &self.held.quotient;
        kept.len() + visible.len() + 4 * by_key.len()
    }

    /// From now on nothing stands for the document: every requirement is decided, those too of which a smaller one cannot tell.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.held.store.keep_whole();
        self
    }

    /// Decides the document without these elements, and looks at it. `None`: one of them is not there, or the document would be none
    /// that can be decided.
    pub fn look<T>(
        &mut self,
        elements: &[Element],
        terms: Terms,
        look: impl FnOnce(Look<'_, '_, '_>) -> T,
    ) -> Option<T> {
        let undo = self.held.take_out(elements)?;
        self.look_and_undo(undo, terms, look)
    }

    /// Decides the document with a slip in it, and looks at it. `None`: there is no such place, or the document would be none that can
    /// be decided.
    pub fn mutated<T>(
        &mut self,
        mutation: Mutation,
        terms: Terms,
        look: impl FnOnce(Look<'_, '_, '_>) -> T,
    ) -> Option<T> {
        let undo = self.held.mutate(mutation)?;
        self.look_and_undo(undo, terms, look)
    }

    fn look_and_undo<T>(
        &mut self,
        undo: Vec<Undo<'s>>,
        (date, limit, memory): Terms,
        look: impl FnOnce(Look<'_, '_, '_>) -> T,
    ) -> Option<T> {
        let terms = Session { policy: &self.policy, date, limit, memory };
        let Held { store, quotient } = &mut self.held;
        let quotient = &*quotient;
        let seen = quotient_document::decide_and(store, quotient, &terms, |decider, stands, outcomes| {
            let numbered = stands.iter().copied().zip(0..).filter(|(stands, _)| *stands != Stands::Nobody);
            let small = numbered.collect();
            look(Look { decider, outcomes, stands, small, quotient })
        });
        self.held.put_back(undo);
        seen.ok()
    }
}

impl Look<'_, '_, '_> {
    /// The node of the smaller document that stands for an endpoint, by index; `None`: none does.
    #[must_use]
    pub fn small(&self, node: u32) -> Option<u32> {
        let stands = match self.quotient.place(node) {
            Place::Member { group, .. } => Stands::Group(group),
            _ => Stands::Node(node),
        };
        self.small.get(&stands).copied()
    }

    /// A node that a node of the smaller document stands for; `None`: it stands for none, or for parts of many.
    #[must_use]
    pub fn original(&self, small: u32) -> Option<u32> {
        match *self.stands.get(small as usize)? {
            Stands::Node(node) => Some(node),
            Stands::Group(group) => self.quotient.groups[group as usize].members.iter().min().copied(),
            Stands::Nobody => None,
        }
    }

    /// As [`Self::original`], for all nodes of the smaller document, one after the other; `None`: there are no more.
    #[must_use]
    pub fn stands_for(&self, small: u32) -> Option<Option<u32>> {
        ((small as usize) < self.stands.len()).then(|| self.original(small))
    }

    /// How many nodes a node of the smaller document stands for.
    #[must_use]
    pub fn weight(&self, small: u32) -> u64 {
        match self.stands[small as usize] {
            Stands::Node(_) => 1,
            Stands::Group(group) => self.quotient.groups[group as usize].members.len() as u64,
            Stands::Nobody => 0,
        }
    }

    /// How a requirement stands, and how many tuples violate it.
    #[must_use]
    pub fn state(&self, requirement: usize) -> (Verdict, u64) {
        let tuples = match &self.outcomes[requirement] {
            None => return (Verdict::Undecided, 0),
            Some(Outcome::Vacuous) => return (Verdict::Vacuous, 0),
            Some(outcome) => outcome.count_by(&|node| self.weight(node)),
        };
        (if tuples == 0 { Verdict::Proved } else { Verdict::Violated }, tuples)
    }
}
