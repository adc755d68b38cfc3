//! Transfers compared, by id: what is written. What one is said to sanitise is taken on that say-so, as with relays.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::items::Selected;
use crate::code::Code;
use crate::document::{Document, Selector, Transfer};
use crate::report::diff::{About, Change, Direction, ItemChange, Widening};

fn list(items: &Selector<'_>) -> Vec<String> {
    items.iter().map(|item| item.value.to_string()).collect()
}

fn method(transfer: &Transfer<'_>) -> &'static str {
    transfer.sanitise.map_or("-", crate::document::Sanitise::word)
}

/// What is written of a transfer in both documents.
fn written(documents: [&Document<'_>; 2], [before, after]: [&Transfer<'_>; 2]) -> Vec<Change> {
    let mut what = Vec::new();
    let mut held = |key: &'static str, wider: bool, narrower: bool, was: String, is: String| {
        let direction = Direction::of(wider, narrower, false);
        if direction != Direction::Unchanged {
            what.push(Change::Written { key, direction, was, is });
        }
    };
    for (key, before, after) in [("from", &before.from, &after.from), ("to", &before.to, &after.to)] {
        let (was, is) = (Selected::of(documents[0], before), Selected::of(documents[1], after));
        held(key, !was.holds(&is), !is.holds(&was), list(before).join(", "), list(after).join(", "));
    }
    let (was, is) = (before.sanitise, after.sanitise);
    // Another way of sanitising is another transfer.
    let (wider, narrower) = (was != is && was.is_some(), was != is && is.is_some());
    held("sanitise", wider, narrower, method(before).to_owned(), method(after).to_owned());
    what
}

/// Transfers that are not what they were.
pub fn compare(
    old: &Side<'_, '_, '_, '_>,
    new: &Side<'_, '_, '_, '_>,
    widenings: &mut Vec<Widening>,
) -> Vec<ItemChange> {
    let documents = [old.decided.document, new.decided.document];
    let [before, after] = documents.map(|document| {
        document.transfers.iter().map(|transfer| (transfer.id.to_string(), transfer)).collect::<BTreeMap<_, _>>()
    });
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut out: Vec<ItemChange> = Vec::new();
    for id in ids {
        let (one, other) = (before.get(id).copied(), after.get(id).copied());
        let ends = |transfer: &Transfer<'_>| {
            let service = vec![format!("sanitise: {}", method(transfer))];
            (list(&transfer.from), list(&transfer.to), service)
        };
        let what = match (one, other) {
            (Some(one), Some(other)) => written(documents, [one, other]),
            (None, Some(transfer)) => {
                let (from, to, service) = ends(transfer);
                vec![Change::Added { from, to, service }]
            }
            (Some(transfer), None) => {
                let (from, to, service) = ends(transfer);
                vec![Change::Removed { from, to, service }]
            }
            (None, None) => Vec::new(),
        };
        if what.is_empty() {
            continue;
        }
        let wider = |change: &Change| match change {
            Change::Written { direction, .. } => direction.widens(),
            change => matches!(change, Change::Added { .. }),
        };
        let narrower = |change: &Change| match change {
            Change::Written { direction, .. } => matches!(direction, Direction::Narrowed | Direction::Both),
            change => matches!(change, Change::Removed { .. }),
        };
        let (widened, narrowed) = (what.iter().any(wider), what.iter().any(narrower));
        let location = other.map(|transfer| new.places.locate(transfer.span));
        if widened {
            let about = About::Transfer(out.len());
            widenings.push(Widening { code: Code::TransferWidened, about, location });
        }
        out.push(ItemChange { id: id.clone(), direction: Direction::of(widened, narrowed, true), what, location });
    }
    out
}
