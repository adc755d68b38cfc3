//! Strongly connected components.

use super::NONE;
use super::csr::{Csr, Edge};
use crate::number::number;

/// The strongly connected component of each node and how many there are, those that nothing leads out of first: Tarjan's
/// algorithm with a stack of its own, for a graph may be deeper than the thread's stack.
pub fn components<T: Edge>(graph: &Csr<T>) -> (Vec<u32>, u32) {
    let (offsets, edges) = graph.parts();
    let count = graph.keys();
    let mut component = vec![NONE; count];
    let mut components = 0;
    // 0: not visited; else one more than the number of the visit.
    let mut visit = vec![0_u32; count];
    let mut lowest = vec![0_u32; count];
    let mut visits = 0;
    let mut open: Vec<u32> = Vec::new();
    // A node, and its next edge.
    let mut calls: Vec<(u32, u32)> = Vec::new();
    for start in 0..number(count) {
        if visit[start as usize] != 0 {
            continue;
        }
        let mut next = Some(start);
        loop {
            if let Some(node) = next.take() {
                visits += 1;
                visit[node as usize] = visits;
                lowest[node as usize] = visits;
                open.push(node);
                calls.push((node, offsets[node as usize]));
            }
            let Some((node, edge)) = calls.last_mut() else { break };
            let at = *node as usize;
            if *edge < offsets[at + 1] {
                let target = edges[*edge as usize].target();
                *edge += 1;
                if visit[target as usize] == 0 {
                    next = Some(target);
                } else if component[target as usize] == NONE {
                    lowest[at] = lowest[at].min(visit[target as usize]);
                }
                continue;
            }
            calls.pop();
            if lowest[at] == visit[at] {
                while let Some(member) = open.pop() {
                    component[member as usize] = components;
                    if member as usize == at {
                        break;
                    }
                }
                components += 1;
            }
            if let Some(&(parent, _)) = calls.last() {
                lowest[parent as usize] = lowest[parent as usize].min(lowest[at]);
            }
        }
    }
    (component, components)
}
