//! oxidd, one thread: the diagram of all that the list permits, shadowed lines left out, then one conjunction for each
//! question. Its store of nodes has a fixed size: beyond it, it gives up.

use std::time::Instant;

use oxidd::bdd::BDDFunction;
use oxidd::util::AllocResult;
use oxidd::{BooleanFunction, Manager, ManagerRef};

use crate::lists::List;
use crate::{Box5, Solved, WIDTHS, box_of, since, zone};

/// Nodes, about 2 GiB of them with their table.
const NODES: usize = 1 << 26;
const CACHE: usize = 1 << 22;

pub fn solve(list: &List) -> Option<Solved> {
    run(list).ok()
}

struct Variables {
    variables: Vec<BDDFunction>,
    negated: Vec<BDDFunction>,
    yes: BDDFunction,
    no: BDDFunction,
}

fn run(list: &List) -> AllocResult<Solved> {
    let manager = oxidd::bdd::new_manager(NODES, CACHE, 1);
    let (variables, yes, no) = manager.with_manager_exclusive(|manager| -> AllocResult<_> {
        let numbers = manager.add_vars(WIDTHS.iter().sum());
        let variables = numbers.map(|number| BDDFunction::var(manager, number)).collect::<AllocResult<Vec<_>>>()?;
        Ok((variables, BDDFunction::t(manager), BDDFunction::f(manager)))
    })?;
    // Operations lock the manager themselves.
    let negated = variables.iter().map(BooleanFunction::not).collect::<AllocResult<Vec<_>>>()?;
    let vars = Variables { variables, negated, yes, no };
    let start = Instant::now();
    let (mut decided, mut permitted) = (vars.no.clone(), vars.no.clone());
    for line in &list.lines {
        let matched = vars.product(&box_of(line))?;
        // matched and not decided
        let fresh = decided.imp_strict(&matched)?;
        if !fresh.satisfiable() {
            continue;
        }
        if line.permit {
            permitted = permitted.or(&fresh)?;
        }
        decided = decided.or(&fresh)?;
    }
    let prepare = since(start);
    let start = Instant::now();
    let mut yes = 0;
    for pair in &list.pairs {
        yes += usize::from(vars.product(&zone(pair))?.and(&permitted)?.satisfiable());
    }
    Ok(Solved { prepare, solve: since(start), yes, cells: None })
}

impl Variables {
    fn product(&self, header: &Box5) -> AllocResult<BDDFunction> {
        let mut out = self.yes.clone();
        let mut first = 0;
        for (&(low, high), width) in header.iter().zip(WIDTHS) {
            let width = width as usize;
            out = out.and(&self.range(first, width, low, high)?)?;
            first += width;
        }
        Ok(out)
    }

    /// The numbers from `low` to `high` in `width` bits: those not below `low` and not above `high`, bit by bit from the
    /// least significant.
    fn range(&self, first: usize, width: usize, low: u32, high: u32) -> AllocResult<BDDFunction> {
        let (mut from, mut to) = (self.yes.clone(), self.yes.clone());
        for bit in 0..width {
            let at = first + width - 1 - bit;
            let (set, clear) = (&self.variables[at], &self.negated[at]);
            from = if low >> bit & 1 == 1 { set.and(&from)? } else { set.or(&from)? };
            to = if high >> bit & 1 == 1 { clear.or(&to)? } else { clear.and(&to)? };
        }
        from.and(&to)
    }
}
