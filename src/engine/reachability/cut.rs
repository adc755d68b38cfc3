//! First-match lists within a box: what is left of them, and where to cut.

use super::{Reachability, State};
use crate::document::Action;
use crate::header::{HeaderBox, Range, Relation};
use crate::model::{RuleId, RuleOrigin};
use crate::network::{DenyReason, RuleList};

/// How many rules of a list are looked at, at least, to choose a cut; and how many ranges of a set.
const SAMPLE: usize = 64;
/// The part of longer lists that is looked at.
const SHARE: usize = 16;

impl Reachability<'_, '_> {
    /// What is left of the lists of a guard within a box. O(rules).
    pub(in crate::engine) fn narrow(&self, lists: &[RuleList], header: &HeaderBox) -> State {
        let mut left: Vec<RuleList> = Vec::new();
        for list in lists {
            let mut rules: Vec<RuleId> = Vec::new();
            let (mut default, mut decider) = (list.default, list.decider);
            for &id in &list.rules {
                match self.relation(id, header) {
                    Relation::Disjoint => {}
                    Relation::Partial => rules.push(id),
                    Relation::Covers => {
                        let rule = &self.model.rules[id.index()];
                        default = rule.action;
                        if let RuleOrigin::Filter(..) = rule.origin {
                            decider = DenyReason::Rule(id);
                        }
                        break;
                    }
                }
            }
            let says = |id: &RuleId| self.model.hulls[id.index()].action;
            while rules.last().is_some_and(|id| says(id) == default) {
                rules.pop();
            }
            match (rules.is_empty(), default) {
                (true, Action::Deny) => return State::Denied(decider),
                (true, Action::Permit) => {}
                (false, _) => left.push(RuleList { rules, default, decider }),
            }
        }
        if left.is_empty() { State::Permitted } else { State::Mixed(left.into()) }
    }

    /// Whether every rule of lists that [`Self::narrow`] left lies partly in a box: then narrowing changes nothing.
    pub(super) fn is_all_partial(&self, lists: &[RuleList], header: &HeaderBox) -> bool {
        lists.iter().flat_map(|list| &list.rules).all(|&id| self.relation(id, header) == Relation::Partial)
    }

    fn relation(&self, id: RuleId, header: &HeaderBox) -> Relation {
        let hull = &self.model.hulls[id.index()];
        let mut out = Relation::Covers;
        for (dimension, &range) in header.iter().enumerate() {
            let part = hull.ranges[dimension];
            if !part.overlaps(range) {
                return Relation::Disjoint;
            }
            if part.low > range.low || part.high < range.high {
                out = Relation::Partial;
            }
            if !hull.exact[dimension] {
                let product = &self.model.rules[id.index()].headers;
                match self.set(product, dimension).relation(range) {
                    Relation::Disjoint => return Relation::Disjoint,
                    Relation::Partial => out = Relation::Partial,
                    Relation::Covers => {}
                }
            }
        }
        out
    }

    /// Whether a rule that permits, or the default if it permits, has headers in a box.
    pub(super) fn permits_in(&self, lists: &[RuleList], header: &HeaderBox) -> bool {
        lists.iter().all(|list| {
            let permits = |id: &&RuleId| self.model.hulls[id.index()].action == Action::Permit;
            let first = list.rules.iter().find(permits);
            first.map_or(list.default == Action::Permit, |&id| self.relation(id, header) != Relation::Disjoint)
        })
    }

    /// Where to cut: the edge of a rule of the shortest list that leaves the halves the fewest rules. A cut costs the
    /// sum of the squares of what it leaves, so that it weighs even halves against rules that are in both.
    pub(in crate::engine) fn plane(&self, lists: &[RuleList], header: &HeaderBox) -> Option<(usize, u32)> {
        let list = lists.iter().min_by_key(|list| list.rules.len())?;
        let size = SAMPLE.max(list.rules.len() / SHARE);
        let step = list.rules.len().div_ceil(size).max(1);
        let mut best: Option<(u64, usize, u32)> = None;
        let (mut lows, mut highs): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        for (dimension, &range) in header.iter().enumerate() {
            if range.low == range.high {
                continue;
            }
            lows.clear();
            highs.clear();
            let mut edges: Vec<u32> = Vec::new();
            for &id in list.rules.iter().step_by(step) {
                let hull = &self.model.hulls[id.index()];
                let part = hull.ranges[dimension];
                lows.push(part.low.max(range.low));
                highs.push(part.high.min(range.high));
                let mut note = |part: Range| {
                    let ends = [part.low, part.high.saturating_add(1)];
                    edges.extend(ends.into_iter().filter(|&at| at > range.low && at <= range.high));
                };
                if hull.exact[dimension] {
                    note(part);
                } else {
                    let set = self.set(&self.model.rules[id.index()].headers, dimension);
                    let parts = set.parts_in(range);
                    parts.iter().step_by(parts.len().div_ceil(SAMPLE).max(1)).for_each(|&part| note(part));
                }
            }
            if edges.is_empty() {
                continue;
            }
            lows.sort_unstable();
            highs.sort_unstable();
            edges.sort_unstable();
            edges.dedup();
            // Rules below an edge begin before it, rules above it end at it or later. Of edges that cost the same the
            // middle one: a set of a thousand parts is one rule.
            let (mut below, mut above) = (0, 0);
            let (mut least, mut ties) = (u64::MAX, Vec::new());
            for at in edges {
                while lows.get(below).is_some_and(|&low| low < at) {
                    below += 1;
                }
                while highs.get(above).is_some_and(|&high| high < at) {
                    above += 1;
                }
                let (low, high) = (below as u64, (highs.len() - above) as u64);
                let cost = low * low + high * high;
                if cost < least {
                    least = cost;
                    ties.clear();
                }
                if cost == least {
                    ties.push(at);
                }
            }
            if let Some(&at) = ties.get(ties.len() / 2)
                && best.is_none_or(|(known, ..)| least < known)
            {
                best = Some((least, dimension, at));
            }
        }
        best.map(|(_, dimension, at)| (dimension, at))
    }
}
