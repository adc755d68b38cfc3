//! Other representations of packet sets, on the lists of `benches/lists.rs`: ordered subtraction of boxes, and binary
//! decision diagrams. `cargo run --release -- 10000`; a second number limits the size for decision diagrams.

#[path = "../../lists.rs"]
mod lists;

use std::time::Instant;

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddVariable, BddVariableSet};
use lists::{Line, List};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<usize>().ok());
    let size = numbers.next().unwrap_or(1_000);
    let limit = numbers.next().unwrap_or(1_000);
    println!(
        "{:<22} {:>7} {:>11} {:>5} {:>12} {:>11} {:>5}",
        "list", "lines", "boxes ms", "yes", "BDD build ms", "BDD ask ms", "yes"
    );
    for list in lists::all(size) {
        let start = Instant::now();
        let yes = list.pairs.iter().filter(|pair| boxes(&list.lines, pair)).count();
        let by_boxes = start.elapsed().as_secs_f64() * 1e3;
        print!("{:<22} {size:>7} {by_boxes:>11.3} {yes:>5}", list.name);
        if size <= limit {
            let (build, ask, yes) = diagrams(&list);
            print!(" {build:>12.1} {ask:>11.3} {yes:>5}");
        }
        println!();
    }
}

/// One range of numbers in each dimension: source, destination, protocol, source port, destination port.
type Box5 = [(u32, u32); 5];

fn box_of(line: &Line) -> Box5 {
    let wide = |(low, high): (u16, u16)| (low.into(), high.into());
    let protocol = line.protocol.map_or((0, 255), |number| (number.into(), number.into()));
    [line.source, line.destination, protocol, wide(line.source_port), wide(line.port)]
}

fn meet(a: &Box5, b: &Box5) -> Option<Box5> {
    let mut out = *a;
    for dimension in 0..5 {
        out[dimension] = (a[dimension].0.max(b[dimension].0), a[dimension].1.min(b[dimension].1));
        if out[dimension].0 > out[dimension].1 {
            return None;
        }
    }
    Some(out)
}

/// Whether anything passes between a pair: the first line that meets a box decides the part they share; what is left
/// of the box goes on to the lines after it, depth first.
fn boxes(lines: &[Line], pair: &[(u32, u32); 2]) -> bool {
    let lines: Vec<(bool, Box5)> = lines.iter().map(|line| (line.permit, box_of(line))).collect();
    let mut left: Vec<(Box5, usize)> = vec![([pair[0], pair[1], (0, 255), (0, 0xffff), (0, 0xffff)], 0)];
    while let Some((part, first)) = left.pop() {
        let met =
            lines[first..].iter().enumerate().find_map(|(at, line)| Some((first + at, line.0, meet(&part, &line.1)?)));
        let Some((at, permit, inside)) = met else { continue };
        if permit {
            return true;
        }
        let mut rest = part;
        for dimension in 0..5 {
            let ((low, high), (from, to)) = (rest[dimension], inside[dimension]);
            if low < from {
                let mut piece = rest;
                piece[dimension] = (low, from - 1);
                left.push((piece, at + 1));
            }
            if to < high {
                let mut piece = rest;
                piece[dimension] = (to + 1, high);
                left.push((piece, at + 1));
            }
            rest[dimension] = (from, to);
        }
    }
    false
}

/// Bits of each dimension, most significant first, in the order of [`Box5`].
const WIDTHS: [u32; 5] = [32, 32, 8, 16, 16];

/// Milliseconds to build the set of all that the list permits, milliseconds for all questions, and how many are yes.
fn diagrams(list: &List) -> (f64, f64, usize) {
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
    let build = start.elapsed().as_secs_f64() * 1e3;
    let start = Instant::now();
    let asks = |pair: &&[(u32, u32); 2]| {
        let zone = product(&variables, &all, &[pair[0], pair[1], (0, 255), (0, 0xffff), (0, 0xffff)]);
        !zone.and(&permitted).is_false()
    };
    let yes = list.pairs.iter().filter(asks).count();
    (build, start.elapsed().as_secs_f64() * 1e3, yes)
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
