//! The cheapest set of things that has one of each of some lists and that nothing forbids: exactly, by a SAT solver, whose answers are
//! checked. Things go by number.

use std::cell::Cell;

use batsat::{BasicSolver, Lit, SolverInterface, lbool};

use crate::engine::{LimitReached, Limits};

/// So often a solver asks whether it is to stop before it is given up: a measure of work that is the same on every machine.
const STEPS: u64 = 20_000_000;

/// It looks at the clock once in so many.
const LOOKS: u64 = 256;

/// What a set must do.
#[derive(Default)]
pub struct Demands {
    /// One of each of these must be in it.
    pub one_of: Vec<Vec<usize>>,
    /// Not all of each of these may be in it.
    pub not_all: Vec<Vec<usize>>,
}

impl Demands {
    /// Whether a set does that.
    pub fn are_met(&self, chosen: &[usize]) -> bool {
        let holds = |one: &usize| chosen.contains(one);
        self.one_of.iter().all(|list| list.iter().any(holds)) && !self.not_all.iter().any(|list| list.iter().all(holds))
    }
}

/// Whether something is possible.
fn solved(solver: &mut BasicSolver, assumed: &[Lit]) -> Result<bool, LimitReached> {
    let found = solver.solve_limited(assumed);
    if found == lbool::TRUE || found == lbool::FALSE { Ok(found == lbool::TRUE) } else { Err(LimitReached) }
}

/// A solver that knows the demands, and that the set costs no more than `most`.
fn solver(costs: &[u64], demands: &Demands, most: Option<u64>, limits: Limits) -> (BasicSolver, Vec<Lit>) {
    let mut solver = BasicSolver::default();
    let steps = Cell::new(0);
    solver.cb_mut().set_stop(move || {
        steps.set(steps.get() + 1);
        steps.get() > STEPS || steps.get().is_multiple_of(LOOKS) && limits.reached()
    });
    let mut fresh = || Lit::new(solver.new_var_default(), true);
    let chosen: Vec<Lit> = costs.iter().map(|_| fresh()).collect();
    let mut clauses: Vec<Vec<Lit>> =
        demands.one_of.iter().map(|list| list.iter().map(|&at| chosen[at]).collect()).collect();
    clauses.extend(demands.not_all.iter().map(|list| list.iter().map(|&at| !chosen[at]).collect()));
    if let Some(most) = most {
        // reached[k]: what was chosen so far costs more than k.
        let wide = usize::try_from(most).unwrap_or(usize::MAX);
        let mut reached: Vec<Lit> = Vec::new();
        for (&cost, &lit) in costs.iter().zip(&chosen) {
            let cost = usize::try_from(cost).unwrap_or(usize::MAX);
            let next: Vec<Lit> = (0..wide).map(|_| fresh()).collect();
            for (at, &before) in reached.iter().enumerate() {
                clauses.push(vec![!before, next[at]]);
            }
            // Chosen after a cost of `before`, it costs `before + cost`.
            for before in 0..=wide {
                let mut clause = vec![!lit];
                if before > 0 {
                    match reached.get(before - 1) {
                        Some(&known) => clause.push(!known),
                        None => break,
                    }
                }
                for sum in before..before + cost {
                    let mut clause = clause.clone();
                    // Beyond what it may cost: not both.
                    clause.extend(next.get(sum));
                    clauses.push(clause);
                }
            }
            reached = next;
        }
    }
    for mut clause in clauses {
        solver.add_clause_reuse(&mut clause);
    }
    (solver, chosen)
}

/// The cheapest set, of those that cost the same the one with what comes first; `None`: there is none. `least`: it is known to
/// cost no less.
///
/// # Errors
/// When a limit is reached first.
pub fn cheapest(
    costs: &[u64],
    demands: &Demands,
    least: u64,
    limits: Limits,
) -> Result<Option<Vec<usize>>, LimitReached> {
    if !is_possible(costs, demands, limits)? {
        return Ok(None);
    }
    let mut most = least;
    loop {
        let (mut solver, chosen) = solver(costs, demands, Some(most), limits);
        if !solved(&mut solver, &[])? {
            most += 1;
            continue;
        }
        // What comes first is preferred.
        let mut fixed: Vec<Lit> = Vec::new();
        for &lit in &chosen {
            fixed.push(lit);
            if !solved(&mut solver, &fixed)? {
                fixed.pop();
                fixed.push(!lit);
            }
        }
        let set: Vec<usize> = (0..costs.len()).filter(|&at| fixed[at] == chosen[at]).collect();
        let cost: u64 = set.iter().map(|&at| costs[at]).sum();
        // SOUNDNESS: what the solver says is looked at in whole numbers.
        assert!(demands.are_met(&set) && cost <= most, "the solver's answer is none");
        return Ok(Some(set));
    }
}

/// Whether any set does what is demanded.
///
/// # Errors
/// When a limit is reached first.
pub fn is_possible(costs: &[u64], demands: &Demands, limits: Limits) -> Result<bool, LimitReached> {
    let (mut solver, _) = solver(costs, demands, None, limits);
    solved(&mut solver, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cheapest of all sets, of those the first.
    fn by_hand(costs: &[u64], demands: &Demands) -> Option<Vec<usize>> {
        let sets = (0..1_u32 << costs.len()).map(|bits| (0..costs.len()).filter(|at| bits >> at & 1 == 1).collect());
        let cost = |set: &Vec<usize>| set.iter().map(|&at| costs[at]).sum::<u64>();
        let first = |set: &Vec<usize>| (0..costs.len()).map(|at| !set.contains(&at)).collect::<Vec<bool>>();
        sets.filter(|set: &Vec<usize>| demands.are_met(set)).min_by_key(|set| (cost(set), first(set)))
    }

    #[test]
    fn the_cheapest_set_is_found_and_of_equals_the_first() {
        let mut state: u64 = 7;
        let mut below = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        let (mut found, mut impossible) = (0, 0);
        for _ in 0..400 {
            let costs: Vec<u64> = (0..1 + below(7)).map(|_| if below(3) == 0 { 3 } else { 1 }).collect();
            let mut lists = |most: u64| -> Vec<Vec<usize>> {
                (0..below(most)).map(|_| (0..costs.len()).filter(|_| below(2) == 0).collect()).collect()
            };
            let demands = Demands { one_of: lists(5), not_all: lists(3) };
            let expected = by_hand(&costs, &demands);
            assert_eq!(cheapest(&costs, &demands, 0, Limits::default()), Ok(expected.clone()));
            found += usize::from(expected.is_some());
            impossible += usize::from(expected.is_none());
        }
        assert!(found > 20 && impossible > 20, "{found} {impossible}");
    }
}
