//! Tags and controls that are nearly, and not quite, what the policy looks for.

use std::collections::{BTreeMap, HashSet};

use super::{id_span, warn};
use crate::diagnostic::Diagnostics;
use crate::document::Node;
use crate::model::Model;
use crate::nearest::nearest;
use crate::policy::Policy;

/// Words that are not known and like one that is.
pub fn misspelt(model: &Model<'_>, policy: &Policy, diagnostics: &mut Diagnostics) {
    let (tags, controls) = (policy.known_tags(), policy.known_controls());
    of_key(model, "tags", &tags, |node| &node.tags, diagnostics);
    of_key(model, "controls", &controls, |node| &node.controls, diagnostics);
}

fn of_key(
    model: &Model<'_>,
    key: &str,
    known: &[&str],
    words: impl for<'n> Fn(&'n Node<'_>) -> &'n [Box<str>],
    diagnostics: &mut Diagnostics,
) {
    // Nodes with equal lists share one, so that few lists are ever looked at.
    let mut sound: HashSet<*const Box<str>> = HashSet::new();
    let mut last: *const Box<str> = std::ptr::null();
    // By word: the first node, how many, and what it is like.
    let mut slips: BTreeMap<&str, (u32, u64, &str)> = BTreeMap::new();
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
                slips.entry(word).or_insert((at, 0, meant)).1 += 1;
                clean = false;
            }
        }
        if clean {
            sound.insert(list.as_ptr());
            last = list.as_ptr();
        }
    }
    for (word, (first, count, meant)) in slips {
        let id = model.id(first);
        let (more_en, more_ja) = match count - 1 {
            0 => (String::new(), String::new()),
            1 => (" (and of 1 more node)".to_owned(), "（ほか 1 ノード）".to_owned()),
            more => (format!(" (and of {more} more nodes)"), format!("（ほか {more} ノード）")),
        };
        warn(
            diagnostics,
            "misspelt-word",
            id_span(model, first),
            (
                format!("`{word}` in `{key}` of `{id}`{more_en} means nothing to the policy: did you mean `{meant}`?"),
                format!(
                    "「{id}」{more_ja}の「{key}」にある「{word}」はポリシーの知らない語です。「{meant}」ではありませんか"
                ),
            ),
            (
                "correct the word; it counts only as the policy spells it",
                "語を訂正してください。ポリシーの表記と一致する場合だけ有効です",
            ),
        );
    }
}
