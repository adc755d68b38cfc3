//! Tags and controls that are nearly, and not quite, what the policy looks for.

use std::collections::{BTreeMap, HashSet};

use super::{Slips, id_span};
use crate::document::Node;
use crate::model::Model;
use crate::nearest::nearest;
use crate::policy::Policy;
use crate::report::slip::Slip;

/// Words that are not known and like one that is.
pub fn misspelt(model: &Model<'_>, policy: &Policy, slips: &mut Slips) {
    let (tags, controls) = (policy.known_tags(), policy.known_controls());
    of_key(model, "tags", &tags, |node| &node.tags, slips);
    of_key(model, "controls", &controls, |node| &node.controls, slips);
}

fn of_key(
    model: &Model<'_>,
    key: &'static str,
    known: &[&str],
    words: impl for<'n> Fn(&'n Node<'_>) -> &'n [Box<str>],
    slips: &mut Slips,
) {
    // Nodes with equal lists share one, so that few lists are ever looked at.
    let mut sound: HashSet<*const Box<str>> = HashSet::new();
    let mut last: *const Box<str> = std::ptr::null();
    // By word: the first node, how many, and what it is like.
    let mut misspelt: BTreeMap<&str, (u32, u64, &str)> = BTreeMap::new();
    for (at, node) in (0_u32..).zip(&model.document.nodes) {
        let list = words(node);
        if list.is_empty() || list.as_ptr() == last {
            continue;
        }
        if sound.contains(&list.as_ptr()) {
            last = list.as_ptr();
            continue;
        }
        let has = |word: &str| list.iter().any(|other| **other == *word);
        let mut clean = true;
        for word in list.iter().filter(|word| !known.contains(&&***word)) {
            // Who bears the right word too means something else by this one.
            if let Some(meant) = nearest(word, known.iter().copied()).filter(|meant| !has(meant)) {
                misspelt.entry(word).or_insert((at, 0, meant)).1 += 1;
                clean = false;
            }
        }
        if clean {
            sound.insert(list.as_ptr());
            last = list.as_ptr();
        }
    }
    for (word, (first, count, meant)) in misspelt {
        let [word, node, meant] = [word, model.id(first), meant].map(str::to_owned);
        slips.push((id_span(model, first), Slip::MisspeltWord { word, key, node, more: count - 1, meant }));
    }
}
