//! The sites of a network, which no document names: what hangs together once the core is taken out. The core is the
//! fewest forwarders with most forwarders beside them whose loss leaves no cluster with more than half of the endpoints.

use std::cmp::Reverse;
use std::collections::VecDeque;

use crate::graph::Csr;
use crate::number::number;
use crate::report::audit::{Drawing, DrawnNode};

/// Forwarders taken out at most, before the network counts as one.
const CORE: usize = 8;
/// Up to so many nodes are shown without sites, each by itself.
const SMALL: usize = 60;
/// Endpoints that a site has at least.
const LEAST: u64 = 3;

/// Sites and what belongs to them.
pub(super) struct Sites {
    /// For each node, its site; `None`: the centre.
    pub site: Vec<Option<u32>>,
    /// For each site, the forwarder that it is named after.
    pub names: Vec<u32>,
    /// For each node, the forwarder that it is attached to; a forwarder is attached to itself.
    pub home: Vec<Option<u32>>,
    /// Nodes from the core outwards, the centre's way through the network.
    pub order: Vec<u32>,
    /// The core.
    pub core: Vec<u32>,
}

/// Whether a node is drawn as a forwarder.
pub(super) fn is_forwarder(node: &DrawnNode) -> bool {
    matches!(node.kind, "switch" | "l3-switch" | "router" | "firewall")
}

impl Sites {
    pub(super) fn new(drawing: &Drawing) -> Self {
        let count = drawing.nodes.len();
        let beside = Csr::new(
            count,
            drawing.links.iter().flat_map(|link| [link.ends, [link.ends[1], link.ends[0]]]).map(<(u32, u32)>::from),
        );
        let forwards: Vec<bool> = drawing.nodes.iter().map(is_forwarder).collect();
        let home = homes(&forwards, &beside);
        let mut weight = vec![0_u64; count];
        for (node, home) in home.iter().enumerate() {
            if let (Some(home), false) = (home, forwards[node]) {
                weight[*home as usize] += 1;
            }
        }
        let (core, clusters) = core(&forwards, &beside, &weight);
        let mut site: Vec<Option<u32>> = vec![None; count];
        let mut names = Vec::new();
        if count > SMALL && !core.is_empty() {
            let outside = |node: &u32| matches!(drawing.nodes[*node as usize].kind, "gateway" | "external");
            let mut central = vec![false; clusters.len()];
            let cluster_of = |node: u32| clusters.iter().position(|cluster| cluster.binary_search(&node).is_ok());
            for (node, home) in (0_u32..).zip(&home) {
                if let (true, Some(cluster)) = (outside(&node), home.and_then(cluster_of)) {
                    central[cluster] = true;
                }
            }
            let mut of_forwarder: Vec<Option<u32>> = vec![None; count];
            for (cluster, _) in clusters.iter().zip(central).filter(|(_, central)| !central) {
                if cluster.iter().map(|node| weight[*node as usize]).sum::<u64>() < LEAST {
                    continue;
                }
                let by_core = |node: &&u32| beside.of(**node).iter().any(|other| core.contains(other));
                let busiest = || cluster.iter().max_by_key(|node| (beside.of(**node).len(), Reverse(**node)));
                let Some(name) = cluster.iter().find(by_core).or_else(busiest) else { continue };
                cluster.iter().for_each(|node| of_forwarder[*node as usize] = Some(number(names.len())));
                names.push(*name);
            }
            for (node, home) in home.iter().enumerate() {
                site[node] = home.and_then(|home| of_forwarder[home as usize]);
            }
        }
        let order = order(&core, &forwards, &beside);
        Self { site, names, home, order, core }
    }
}

/// For each node, the nearest forwarder; of several the one that comes first in the document.
fn homes(forwards: &[bool], beside: &Csr) -> Vec<Option<u32>> {
    let mut home: Vec<Option<u32>> = vec![None; forwards.len()];
    let mut queue: VecDeque<u32> = VecDeque::new();
    for (node, _) in (0_u32..).zip(forwards).filter(|(_, forwards)| **forwards) {
        home[node as usize] = Some(node);
        queue.push_back(node);
    }
    while let Some(node) = queue.pop_front() {
        for &other in beside.of(node) {
            if home[other as usize].is_none() {
                home[other as usize] = home[node as usize];
                queue.push_back(other);
            }
        }
    }
    home
}

/// The core, and the clusters of the other forwarders, each sorted, in document order.
fn core(forwards: &[bool], beside: &Csr, weight: &[u64]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let all: u64 = weight.iter().sum();
    let forwarders = || (0_u32..).zip(forwards).filter(|(_, forwards)| **forwards).map(|(node, _)| node);
    let degree = |node: u32| beside.of(node).iter().filter(|other| forwards[**other as usize]).count();
    let mut candidates: Vec<u32> = forwarders().filter(|node| degree(*node) > 1).collect();
    candidates.sort_by_key(|node| (Reverse(degree(*node)), *node));
    let mut core: Vec<u32> = Vec::new();
    for &next in candidates.iter().take(CORE) {
        core.push(next);
        let clusters = clusters(forwards, beside, &core);
        let heaviest =
            clusters.iter().map(|cluster| cluster.iter().map(|node| weight[*node as usize]).sum::<u64>()).max();
        if heaviest.unwrap_or(0) * 2 <= all {
            return (core, clusters);
        }
    }
    (Vec::new(), Vec::new())
}

fn clusters(forwards: &[bool], beside: &Csr, core: &[u32]) -> Vec<Vec<u32>> {
    let mut seen: Vec<bool> = forwards.iter().map(|forwards| !forwards).collect();
    core.iter().for_each(|node| seen[*node as usize] = true);
    let mut out = Vec::new();
    for start in 0..number(forwards.len()) {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        let (mut cluster, mut at) = (vec![start], 0);
        while let Some(&node) = cluster.get(at) {
            at += 1;
            for &other in beside.of(node) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    cluster.push(other);
                }
            }
        }
        cluster.sort_unstable();
        out.push(cluster);
    }
    out
}

/// All nodes: outwards from the core, or from the first forwarder where there is none; neighbours in document order.
fn order(core: &[u32], forwards: &[bool], beside: &Csr) -> Vec<u32> {
    let mut seen = vec![false; forwards.len()];
    let mut out: Vec<u32> = Vec::with_capacity(forwards.len());
    let forwarders = (0_u32..).zip(forwards).filter(|(_, forwards)| **forwards).map(|(node, _)| node);
    for start in core.iter().copied().chain(forwarders).chain(0..number(forwards.len())) {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        let mut at = out.len();
        out.push(start);
        while let Some(&node) = out.get(at) {
            at += 1;
            for &other in beside.of(node) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    out.push(other);
                }
            }
        }
    }
    out
}
