//! Ordered subtraction of boxes: the first line that meets a box decides the part they share; what is left of the box
//! goes on to the lines after it, depth first.

use std::time::Instant;

use crate::lists::List;
use crate::{Box5, Solved, box_of, since, zone};

pub fn solve(list: &List) -> Option<Solved> {
    let start = Instant::now();
    let lines: Vec<(bool, Box5)> = list.lines.iter().map(|line| (line.permit, box_of(line))).collect();
    let prepare = since(start);
    let start = Instant::now();
    let yes = list.pairs.iter().filter(|pair| passes(&lines, zone(pair))).count();
    Some(Solved { prepare, solve: since(start), yes, cells: None })
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

fn passes(lines: &[(bool, Box5)], zone: Box5) -> bool {
    let mut left: Vec<(Box5, usize)> = vec![(zone, 0)];
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
