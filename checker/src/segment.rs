//! Broadcast domains: what links and switches alone join, VLANs kept, whatever filters say. `docs/policy.md`, certificate section 2.
#![allow(clippy::indexing_slicing)] // nodes, links, and places in tables made here

use crate::document::{Document, Kind, Link};
use crate::json::Value;
use crate::policy::InEffect;
use crate::proof::{Check, Spot, read, refuse, reject};
use crate::requirements::{Heading, Holds, STEP, heading};
use std::collections::{BTreeMap, BTreeSet};

/// In which domains each node is.
pub struct Domains {
    of_node: Vec<BTreeSet<usize>>,
}

/// Sets of things that are joined to each other.
struct Joined(Vec<usize>);

impl Joined {
    fn first(&mut self, of: usize) -> usize {
        let mut at = of;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a] = b;
    }
}

impl Domains {
    pub fn of(document: &Document) -> Domains {
        // VLANs between which no link makes a difference are looked at together.
        let mut cuts = BTreeSet::from([1, 4095]);
        for link in &document.links {
            let carried = link.tags.iter().flat_map(|tags| tags.spans()).flat_map(|(first, end)| [*first, *end]);
            cuts.extend(carried.chain(link.native.into_iter().flatten().flat_map(|vlan| [vlan, vlan + 1])));
        }
        let tags: Vec<u32> = cuts.iter().copied().filter(|tag| (1..4095).contains(tag)).collect();
        let number: BTreeMap<u32, usize> = tags.iter().copied().zip(0..).collect();
        let is_switch = |(node, half): (usize, usize)| match document.nodes[node].kind {
            Kind::Switch => true,
            Kind::L3Switch => half == 0,
            _ => false,
        };
        // After the domains of each switch and VLAN, one for each link.
        let place = |node: usize, tag: u32| node * tags.len() + number[&tag];
        let first_link = document.nodes.len() * tags.len();
        let mut joined = Joined((0..first_link + document.links.len()).collect());
        let mut there: Vec<(usize, usize)> = Vec::new();
        for (l, link) in document.links.iter().enumerate() {
            let [a, b] = link.ends;
            // A cable joins whoever are its ends.
            there.extend([(a.0, first_link + l), (b.0, first_link + l)]);
            match [is_switch(a), is_switch(b)] {
                [true, true] => {
                    for (near, far) in [(0, 1), (1, 0)] {
                        for tag in &tags {
                            if let Some(beyond) = crossing(link, near, *tag) {
                                joined.join(place(link.ends[near].0, *tag), place(link.ends[far].0, beyond));
                            }
                        }
                    }
                }
                [false, false] => {}
                [near_is_switch, _] => {
                    let near = usize::from(!near_is_switch);
                    let (switch, other) = (link.ends[near].0, link.ends[1 - near].0);
                    let carried = tags.iter().filter(|tag| link.tags[near].holds((**tag, **tag + 1)));
                    there.extend(carried.map(|tag| (other, place(switch, *tag))));
                }
            }
        }
        // A switch that is an end itself is in all of its own.
        let switches = (0..document.nodes.len()).filter(|n| document.nodes[*n].kind == Kind::Switch);
        there.extend(switches.flat_map(|n| tags.iter().map(move |tag| (n, *tag))).map(|(n, tag)| (n, place(n, tag))));
        let mut of_node = vec![BTreeSet::new(); document.nodes.len()];
        for (node, at) in there {
            let first = joined.first(at);
            of_node[node].insert(first);
        }
        Domains { of_node }
    }

    fn share(&self, a: usize, b: usize) -> bool {
        !self.of_node[a].is_disjoint(&self.of_node[b])
    }
}

/// The VLAN in which what a switch sends over a link with this tag is at the switch on the other side.
fn crossing(link: &Link, near: usize, tag: u32) -> Option<u32> {
    let carries = |end: usize, tag: u32| link.tags[end].holds((tag, tag + 1));
    let beyond = match link.native {
        Some(native) if native[near] == tag => native[1 - near],
        _ => tag,
    };
    (carries(near, tag) && carries(1 - near, beyond)).then_some(beyond)
}

/// A requirement of kind `segment`: its tuples are true, and where it is complete there are no others.
pub fn check_segment(
    document: &Document,
    one: &InEffect,
    sides: &[Vec<usize>; 2],
    value: &Value,
) -> Check<(Heading, bool)> {
    let [written, verdict, violating, complete] =
        read(STEP, value.all_fields(["id", "verdict", "violating", "complete"]))?;
    let heading = heading(value.at, one, [written, verdict, violating])?;
    let is_complete = read("complete", complete.bool())?;
    heading.agree(sides.iter().all(|side| !side.is_empty()))?;
    if !is_complete && heading.holds != Holds::Violated {
        return reject("complete", complete, "`true` expected", "`true` が必要です");
    }
    let domains = Domains::of(document);
    let claimed: BTreeSet<&Vec<String>> = heading.violating.iter().collect();
    let mut found = 0;
    // Nodes of side b by domain.
    let mut there: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for b in &sides[1] {
        domains.of_node[*b].iter().for_each(|domain| there.entry(*domain).or_default().push(*b));
    }
    let wrong = |node: usize| {
        let en = "not the tuples that follow from the links and VLANs";
        refuse("violating", Spot::Document(document.nodes[node].at), en, "リンクと VLAN から導かれる組と異なります")
    };
    for a in &sides[0] {
        let near: BTreeSet<usize> =
            domains.of_node[*a].iter().filter_map(|d| there.get(d)).flatten().copied().collect();
        for b in near.into_iter().filter(|b| b != a && domains.share(*a, *b)) {
            let tuple: Vec<String> = [*a, b].map(|n| document.nodes[n].id.clone()).into();
            if claimed.contains(&tuple) {
                found += 1;
            } else if is_complete {
                return wrong(*a);
            }
        }
    }
    // Every tuple that is claimed was found.
    if found < claimed.len() {
        let en = "tuples that do not follow from the links and VLANs";
        return refuse("violating", Spot::Certificate(violating.at), en, "リンクと VLAN から導かれない組があります");
    }
    Ok((heading, is_complete))
}
