//! biodivine-lib-bdd: the diagram of all that the list permits, shadowed lines left out, then one conjunction for each
//! question.

use std::time::Instant;

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddVariable, BddVariableSet};

use crate::lists::List;
use crate::{Box5, Solved, WIDTHS, box_of, since, zone};

pub fn solve(list: &List) -> Option<Solved> {
    let variables = BddVariableSet::new_anonymous(104);
    let all = variables.variables();
    let start = Instant::now();
    let (mut decided, mut permitted) = (variables.mk_false(), variables.mk_false());
    for line in &list.lines {
        let fresh = product(&variables, &all, &box_of(line)).and_not(&decided);
        if fresh.is_false() {
            continue;
        }
        if line.permit {
            permitted = permitted.or(&fresh);
        }
        decided = decided.or(&fresh);
    }
    let prepare = since(start);
    let start = Instant::now();
    let asks = |pair: &&[(u32, u32); 2]| !product(&variables, &all, &zone(pair)).and(&permitted).is_false();
    let yes = list.pairs.iter().filter(asks).count();
    Some(Solved { prepare, solve: since(start), yes, cells: None })
}

fn product(variables: &BddVariableSet, all: &[BddVariable], header: &Box5) -> Bdd {
    let mut out = variables.mk_true();
    let mut first = 0;
    for (&(low, high), width) in header.iter().zip(WIDTHS) {
        let bits = &all[first..first + width as usize];
        first += width as usize;
        out = out.and(&range(variables, bits, low.into(), high.into()));
    }
    out
}

/// The numbers of a range, as a union of prefixes.
fn range(variables: &BddVariableSet, bits: &[BddVariable], low: u64, high: u64) -> Bdd {
    let mut out = variables.mk_false();
    let mut at = low;
    while at <= high {
        let fits = |free: &u32| at % (1 << free) == 0 && at + (1 << free) - 1 <= high;
        let free = (0..=bits.len() as u32).rev().find(fits).unwrap_or(0);
        let mut prefix = BddPartialValuation::empty();
        for (place, &bit) in bits.iter().enumerate().take(bits.len() - free as usize) {
            prefix.set_value(bit, at >> (bits.len() - 1 - place) & 1 == 1);
        }
        out = out.or(&variables.mk_conjunctive_clause(&prefix));
        at += 1 << free;
    }
    out
}
