//! The closure step, exhaustively in small worlds: m – s1 – s2 – l, every choice of two VLANs and of a direction on each
//! link, of the links that the tree relies on, and of a set of states. The rules of section 5 are written here once more,
//! tag by tag; and what is accepted must be unreachable.

use sanso_check::meaning::{Meaning, symbolic_nodes};
use sanso_check::proof::{Claim, Forbids, Nodes, check_tree};
use sanso_check::steps::Network;
use sanso_check::{json, read};

/// Bit 0 is VLAN 10, bit 1 VLAN 20, bit 2 all the others.
const SPANS: [&[[u32; 2]]; 3] = [&[[10, 10]], &[[20, 20]], &[[1, 9], [11, 19], [21, 4094]]];
const ALL: u32 = 7;

fn spans(bits: u32) -> Vec<[u32; 2]> {
    let mut spans: Vec<_> =
        (0..3).filter(|bit| bits >> bit & 1 == 1).flat_map(|bit| SPANS[bit as usize]).copied().collect();
    spans.sort_unstable();
    spans
}

fn state(unit: &str, by: &str, bits: u32) -> Option<String> {
    (bits != 0).then(|| format!(r#"["{unit}", 0, {by}, {:?}]"#, spans(bits)))
}

fn within(some: u32, all: u32) -> bool {
    some & !all == 0
}

/// A link of the document: its VLANs, and whether it leads right and left.
#[derive(Clone, Copy)]
struct Link {
    tags: u32,
    right: bool,
    left: bool,
}

impl Link {
    fn written(self, near: &str, far: &str) -> String {
        let (near, far) = if self.right { (near, far) } else { (far, near) };
        let vlans: Vec<String> = spans(self.tags).iter().map(|[first, last]| format!("\"{first}-{last}\"")).collect();
        let one_way = !(self.right && self.left);
        format!(r#"{{"between": ["{near}", "{far}"], "vlans": [{}], "one_way": {one_way}}}"#, vlans.join(", "))
    }

    /// As a tree may use it.
    fn relied_on(self, listed: bool, pull: bool) -> Link {
        let both = !listed || self.right && self.left;
        let tags = if listed { self.tags } else { ALL };
        Link { tags, right: both || self.right && !pull, left: both || self.left && !pull }
    }
}

/// Checks every set of states over some sets of tags, for one document; returns how many are accepted.
fn world(links: [Link; 3], pull: bool, tags: &[u32]) -> u32 {
    let text = format!(
        r#"{{"sanso": 1, "zones": {{"my-number": {{"networks": ["10.1.0.0/16"]}}}}, "nodes": [
{{"id": "m", "addresses": ["10.1.0.1"]}}, {{"id": "s1", "kind": "switch"}}, {{"id": "s2", "kind": "switch"}},
{{"id": "l", "zone": "lgwan", "addresses": ["10.2.0.1"]}}],
"links": [{}, {}, {}], "exceptions": [{{"id": "x", "from": "any", "to": "any", "service": "any"}}]}}"#,
        links[0].written("m", "s1"),
        links[1].written("s1", "s2"),
        links[2].written("s2", "l")
    );
    let root = json::read(text.as_bytes()).unwrap();
    let read = read::read(&root).unwrap();
    let meaning = Meaning::new(&read, &symbolic_nodes(&read));
    let network = Network::new(&meaning, vec![false; read.nodes.len()]);
    let (m, l) = (read.node_index["m"], read.node_index["l"]);
    let apart: Nodes = [l].into_iter().collect();
    let claim = Claim {
        pull,
        openers: [m].into_iter().collect(),
        targets: [l].into_iter().collect(),
        forbids: Forbids::Cover(&read.exceptions[0], &apart),
    };
    let real = links.map(|link| link.relied_on(true, pull));
    let reaches = real.iter().fold(ALL, |tags, link| if link.right { tags & link.tags } else { 0 }) != 0;
    let mut accepted = 0;
    for listed in 0..8u32 {
        let runs: Vec<String> = (0..3).filter(|l| listed >> l & 1 == 1).map(|l| format!("[{l}, {l}]")).collect();
        let mut usable = links;
        (0..3).for_each(|l| usable[l] = links[l].relied_on(listed >> l & 1 == 1, pull));
        let [l0, l1, l2] = usable;
        for choice in 0..tags.len().pow(5) {
            let [first, own, back, on, last] = [0, 1, 2, 3, 4].map(|i| tags[choice / tags.len().pow(i) % tags.len()]);
            let states = [
                state("s1", "null", first),
                state("s1", "0", own),
                state("s1", "1", back),
                state("s2", "1", on),
                state("s2", "null", last),
            ];
            let states: Vec<String> = states.into_iter().flatten().collect();
            let tree = format!(
                r#"{{"relies_on": [], "links": [{}], "sets": [[{}]], "cells": [{{"closed": 0}}]}}"#,
                runs.join(", "),
                states.join(", ")
            );
            let tree = json::read(tree.as_bytes()).unwrap();
            let holds = check_tree(&network, &claim, &tree, "tree").is_ok();
            let closed = (!l0.right || within(l0.tags, first | own))
                && (!l1.right || within((first | own) & l1.tags, on))
                && (!l1.left || within(last & l1.tags, back));
            let delivered = l2.right && (on | last) & l2.tags != 0;
            assert_eq!(holds, closed && !delivered, "{text} {runs:?} {states:?}");
            assert!(!(holds && reaches), "accepted, although m reaches l: {text} {runs:?} {states:?}");
            accepted += u32::from(holds);
        }
    }
    accepted
}

#[test]
fn vlans_of_two_switches() {
    for vlans in 0..27u32 {
        let links = [vlans % 3, vlans / 3 % 3, vlans / 9].map(|tags| Link { tags: tags + 1, right: true, left: true });
        let possible = links.iter().fold(ALL, |tags, link| tags & link.tags) != 0;
        assert_eq!(world(links, false, &[0, 1, 2, ALL]) > 0, !possible);
    }
}

#[test]
fn directions_of_three_links() {
    for directions in 0..27u32 {
        let ways = [(true, true), (true, false), (false, true)];
        let links = [directions % 3, directions / 3 % 3, directions / 9]
            .map(|way| ways[way as usize])
            .map(|(right, left)| Link { tags: 3, right, left });
        for pull in [false, true] {
            let possible = links.iter().all(|link| link.relied_on(true, pull).right);
            assert_eq!(world(links, pull, &[0, 3, ALL]) > 0, !possible);
        }
    }
}
