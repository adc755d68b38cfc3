//! Which classes data reaches through relay passes: the flows of a question, closed. Spec, section 6.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::flow_graph::{FlowGraph, Rows};
use super::pairs::Pairs;
use super::reachability::{LimitReached, Limits};
use crate::graph::{Csr, components};
use crate::number::number;

/// Follows flows from every class of either side through the relay passes: the pairs with a path that is not excused.
pub(super) fn close(graph: &FlowGraph, counts: [usize; 2], limits: Limits) -> Result<Pairs, LimitReached> {
    let mut rests = RelayComponents::new(&graph.between);
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); counts[0]];
    for (side, &count) in counts.iter().enumerate() {
        let ends = rests.ends(&graph.out[1 - side]);
        // Classes whose data comes to rest alike reach alike.
        let mut known: HashMap<Vec<u32>, Rc<[u32]>> = HashMap::default();
        for start in 0..count {
            limits.check()?;
            let first = graph.into[side][start].iter();
            let mut first: Vec<u32> = first.map(|&(relay_pass, flow)| rests.of(relay_pass, flow.uncovered)).collect();
            first.sort_unstable();
            first.dedup();
            let through = match known.get(&first) {
                Some(through) => Rc::clone(through),
                None => {
                    let through: Rc<[u32]> = rests.through(&first, &ends).into();
                    known.insert(first, Rc::clone(&through));
                    through
                }
            };
            let direct = graph.direct[side][start].iter().filter(|(_, flow)| flow.uncovered).map(|&(to, _)| to);
            let reached = direct.chain(through.iter().copied());
            if side == 0 {
                rows[start].extend(reached);
            } else {
                let start = number(start);
                reached.for_each(|target| rows[target as usize].push(start));
            }
        }
    }
    Ok(Pairs::new(rows))
}

/// Where data rests: relay passes, each once for data that passed an uncovered session and once for data that did not.
/// Those that data goes round between are one: a thousand relays that all pass to each other are not looked at a
/// thousand times each.
struct RelayComponents {
    /// The number of each relay pass without and with an uncovered session passed.
    of: Vec<u32>,
    /// Where data goes on to from each, without repetition.
    onward: Vec<Vec<u32>>,
    /// In which search each was last seen.
    seen: Vec<u32>,
    round: u32,
}

impl RelayComponents {
    /// Of flows among relay passes. O(flows log flows).
    fn new(between: &Rows) -> Self {
        let state = |relay_pass: u32, uncovered: bool| relay_pass * 2 + u32::from(uncovered);
        let numbers = || 0..number(between.len());
        let mut flows: Csr = Csr::default();
        for relay_pass in numbers() {
            for passed in [false, true] {
                for &(next, flow) in &between[relay_pass as usize] {
                    flows.push(state(next, passed || flow.uncovered));
                }
                flows.end_list();
            }
        }
        let (of, count) = components(&flows);
        let mut onward: Vec<Vec<u32>> = vec![Vec::new(); count as usize];
        for (at, &from) in (0_u32..).zip(&of) {
            let targets = flows.of(at).iter().map(|&to| of[to as usize]);
            onward[from as usize].extend(targets.filter(|&to| to != from));
        }
        onward.iter_mut().for_each(tidy);
        Self { of, onward, seen: vec![0; count as usize], round: 0 }
    }

    /// The rest of data that came to a relay pass.
    fn of(&self, relay_pass: u32, uncovered: bool) -> u32 {
        self.of[relay_pass as usize * 2 + usize::from(uncovered)]
    }

    /// For each rest the classes that data flows to from there, when an uncovered session was passed by then.
    fn ends(&self, out: &Rows) -> Vec<Vec<u32>> {
        let mut ends: Vec<Vec<u32>> = vec![Vec::new(); self.onward.len()];
        for (relay_pass, flows) in (0_u32..).zip(out) {
            for passed in [false, true] {
                let flows = flows.iter().filter(|(_, flow)| passed || flow.uncovered);
                ends[self.of(relay_pass, passed) as usize].extend(flows.map(|&(target, _)| target));
            }
        }
        ends.iter_mut().for_each(tidy);
        ends
    }

    /// The classes that data reaches from where it came to rest, ascending.
    fn through(&mut self, first: &[u32], ends: &[Vec<u32>]) -> Vec<u32> {
        self.round += 1;
        let mut reached: Vec<u32> = Vec::new();
        let mut stack: Vec<u32> = first.to_vec();
        while let Some(rest) = stack.pop() {
            let at = rest as usize;
            if std::mem::replace(&mut self.seen[at], self.round) == self.round {
                continue;
            }
            reached.extend(&ends[at]);
            stack.extend(self.onward[at].iter().filter(|&&next| self.seen[next as usize] != self.round));
        }
        tidy(&mut reached);
        reached
    }
}

fn tidy(list: &mut Vec<u32>) {
    list.sort_unstable();
    list.dedup();
}
