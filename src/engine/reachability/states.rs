//! The guards of a cell, evaluated when first met, and taken back when the search leaves the cell.

use std::sync::Arc;

use super::Reachability;
use crate::header::{EVERYTHING, HeaderBox, Range};
use crate::network::{DenyReason, GuardId, RuleList, TRUE};

/// A guard within a cell.
#[derive(Clone)]
pub(in crate::engine) enum State {
    Permitted,
    Denied(DenyReason),
    Mixed(Arc<[RuleList]>),
}

/// A state with the depth of the cell that it is for; `None`: not evaluated.
type Slot = Option<(u32, State)>;

/// Room for the states of all guards, empty between searches.
#[derive(Default)]
pub(in crate::engine) struct Slots(Vec<Slot>);

/// The states of all guards in one cell of a depth-first search. What an ancestor decided holds in the cell; what it
/// left mixed is narrowed from there. Changes go to a trail, from which they are undone on the way back.
pub(in crate::engine) struct States<'s, 'a, 'd> {
    search: &'s Reachability<'a, 'd>,
    header: HeaderBox,
    depth: u32,
    /// Of each guard what was evaluated on this branch.
    slots: &'s mut Vec<Slot>,
    /// What stood in a slot before the cell of some depth wrote it.
    trail: Vec<(u32, GuardId, Slot)>,
}

impl<'s, 'a, 'd> States<'s, 'a, 'd> {
    /// States of no cell yet.
    pub(in crate::engine) fn new(search: &'s Reachability<'a, 'd>, Slots(slots): &'s mut Slots) -> Self {
        slots.resize(search.network.guards.count(), None);
        Self { search, header: EVERYTHING.map(|_| Range::new(0, 0)), depth: 0, slots, trail: Vec::new() }
    }

    /// Turns to a cell so many cuts below the root. Cells must come in depth-first order.
    pub(in crate::engine) fn enter(&mut self, depth: u32, header: HeaderBox) {
        while self.trail.last().is_some_and(|(written, ..)| *written >= depth) {
            if let Some((_, id, before)) = self.trail.pop() {
                self.slots[id.index()] = before;
            }
        }
        self.depth = depth;
        self.header = header;
    }

    /// How many mixed guards this one counts for; `None` when it denies.
    pub(super) fn weight(&mut self, id: GuardId) -> Option<u32> {
        if id == TRUE {
            return Some(0);
        }
        match self.state(id) {
            State::Permitted => Some(0),
            State::Denied(_) => None,
            State::Mixed(_) => Some(1),
        }
    }

    /// What a guard is in the cell.
    pub(in crate::engine) fn state(&mut self, id: GuardId) -> &State {
        let at = id.index();
        let narrowed = match &self.slots[at] {
            Some((depth, State::Mixed(lists))) if *depth < self.depth => {
                // Most of a large network has nothing to do with the cut.
                let same = self.search.is_all_partial(lists, &self.header);
                Some(if same { State::Mixed(Arc::clone(lists)) } else { self.search.narrow(lists, &self.header) })
            }
            Some(_) => None,
            None => {
                let lists = self.search.network.guards.all_lists(self.search.model, id);
                Some(self.search.narrow(lists, &self.header))
            }
        };
        if let Some(state) = narrowed {
            let before = self.slots[at].replace((self.depth, state));
            self.trail.push((self.depth, id, before));
        }
        // The slot was filled above if it was empty.
        match &self.slots[at] {
            Some((_, state)) => state,
            None => &State::Permitted,
        }
    }
}

impl Drop for States<'_, '_, '_> {
    /// Leaves the room empty for the next search.
    fn drop(&mut self) {
        self.enter(0, self.header);
    }
}
