//! The closure step, exhaustively in a small world: m – s1 – s2 – l, every choice of two VLANs on each link, every set of
//! states. The rules of section 5 are written here once more, tag by tag; and what is accepted must be unreachable.

use sanso_check::meaning::{Meaning, symbolic_nodes};
use sanso_check::proof::{Claim, Forbids, Nodes, check_tree};
use sanso_check::steps::Network;
use sanso_check::{document, json};

const TAGS: [u32; 2] = [10, 20];

fn listed(bits: u32) -> Vec<u32> {
    (0..2).filter(|bit| bits >> bit & 1 == 1).map(|bit| TAGS[bit as usize]).collect()
}

fn state(unit: &str, by: &str, bits: u32) -> Option<String> {
    let spans: Vec<String> = listed(bits).iter().map(|tag| format!("[{tag}, {tag}]")).collect();
    (bits != 0).then(|| format!(r#"["{unit}", 0, {by}, [{}]]"#, spans.join(", ")))
}

#[test]
fn closed_sets_on_two_switches() {
    let (mut accepted, mut reachable) = (0, 0);
    for links in 0..64u32 {
        let [l0, l1, l2] = [links & 3, links >> 2 & 3, links >> 4 & 3];
        let text = format!(
            r#"{{"sanso": 1, "zones": {{"my-number": {{"networks": ["10.1.0.0/16"]}}}}, "nodes": [
{{"id": "m", "addresses": ["10.1.0.1"]}}, {{"id": "s1", "kind": "switch"}}, {{"id": "s2", "kind": "switch"}},
{{"id": "l", "zone": "lgwan", "addresses": ["10.2.0.1"]}}],
"links": [{{"between": ["m", "s1"], "vlans": {:?}}}, {{"between": ["s1", "s2"], "vlans": {:?}}}, {{"between": ["s2", "l"], "vlans": {:?}}}],
"exceptions": [{{"id": "x", "from": "any", "to": "any", "service": "any"}}]}}"#,
            listed(l0),
            listed(l1),
            listed(l2)
        );
        let root = json::read(text.as_bytes()).unwrap();
        let read = document::read(&root).unwrap();
        let meaning = Meaning::new(&read, &symbolic_nodes(&read));
        let network = Network::new(&meaning, false);
        let (m, l) = (read.node_index["m"], read.node_index["l"]);
        let apart: Nodes = [l].into_iter().collect();
        let claim = Claim {
            pull: false,
            openers: [m].into_iter().collect(),
            targets: [l].into_iter().collect(),
            forbids: Forbids::Cover(&read.exceptions[0], &apart),
        };
        for sets in 0..256u32 {
            let [first, back, on, last] = [sets & 3, sets >> 2 & 3, sets >> 4 & 3, sets >> 6 & 3];
            let states =
                [state("s1", "null", first), state("s1", "1", back), state("s2", "1", on), state("s2", "null", last)];
            let states: Vec<String> = states.into_iter().flatten().collect();
            let tree = format!(r#"{{"relies_on": [], "sets": [[{}]], "cells": [{{"closed": 0}}]}}"#, states.join(", "));
            let tree = json::read(tree.as_bytes()).unwrap();
            let holds = check_tree(&network, &claim, &tree, "tree").is_ok();
            let within = |some: u32, all: u32| some & !all == 0;
            let closed = within(l0, first) && within(first & l1, on) && within(last & l1, back);
            let delivered = (on | last) & l2 != 0;
            assert_eq!(holds, closed && !delivered, "{text} {states:?}");
            if holds {
                accepted += 1;
                assert_eq!(l0 & l1 & l2, 0, "accepted, although m reaches l");
            }
        }
        reachable += u32::from(l0 & l1 & l2 != 0);
    }
    assert!(accepted > 0 && reachable > 0);
}
