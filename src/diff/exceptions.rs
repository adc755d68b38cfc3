//! Exceptions compared, by id: what is written, and what they really open.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::items::{Selected, hold_services, services};
use crate::code::Code;
use crate::document::{Exception, Text};
use crate::number::number;
use crate::report::diff::{About, Change, Direction, ItemChange, Widening};
use crate::source::Location;

/// Pairs listed of what an exception opens; of more only the number is compared.
const PAIRS: usize = 2_000_000;

/// What changed of one exception.
#[derive(Default)]
struct Changes {
    what: Vec<Change>,
    widened: bool,
    narrowed: bool,
    unknown: bool,
}

impl Changes {
    fn wider(&mut self, change: Change) {
        self.what.push(change);
        self.widened = true;
    }

    fn narrower(&mut self, change: Change) {
        self.what.push(change);
        self.narrowed = true;
    }

    fn unknown(&mut self, change: Change) {
        self.what.push(change);
        self.unknown = true;
    }

    fn finish(self, id: String, location: Option<Location>) -> ItemChange {
        let direction = match Direction::of(self.widened, self.narrowed, !self.what.is_empty()) {
            Direction::Unchanged | Direction::Changed | Direction::Narrowed if self.unknown => Direction::NotCompared,
            direction => direction,
        };
        ItemChange { id, direction, what: self.what, location }
    }
}

/// Exceptions that are not what they were.
pub fn compare(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    widenings: &mut Vec<Widening>,
) -> Vec<ItemChange> {
    let index = |side: &Side<'_, '_, '_, '_>| -> BTreeMap<String, usize> {
        let list = side.decided.document.exceptions.iter().enumerate();
        list.map(|(at, exception)| (exception.id.to_string(), at)).collect()
    };
    let (before, after) = (index(old), index(new));
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut out = Vec::new();
    for id in ids {
        let mut changes = Changes::default();
        let (one, other) = (before.get(id).copied(), after.get(id).copied());
        match (one, other) {
            (None, Some(at)) => {
                let [from, to, service] = written_as(&new.decided.document.exceptions[at]);
                changes.wider(Change::Added { from, to, service });
            }
            (Some(at), None) => {
                let [from, to, service] = written_as(&old.decided.document.exceptions[at]);
                changes.narrower(Change::Removed { from, to, service });
            }
            (Some(one), Some(other)) => {
                written(old, new, one, other, &mut changes);
                opened(old, new, one, other, &mut changes);
            }
            (None, None) => {}
        }
        let location = other.map(|at| new.places.locate(new.decided.document.exceptions[at].span));
        let change = changes.finish(id.clone(), location);
        if change.direction.widens() {
            let code = if one.is_none() { Code::ExceptionAdded } else { Code::ExceptionWidened };
            widenings.push(Widening { code, about: About::Exception(out.len()), location });
        }
        if change.direction != Direction::Unchanged {
            out.push(change);
        }
    }
    out
}

fn list<T: std::fmt::Display>(items: impl Iterator<Item = T>) -> Vec<String> {
    items.map(|item| item.to_string()).collect()
}

/// Who opens, who receives, and by which services.
fn written_as(exception: &Exception<'_>) -> [Vec<String>; 3] {
    let ends = [&exception.from, &exception.to].map(|items| list(items.iter().map(|item| &item.value)));
    let [from, to] = ends;
    [from, to, list(exception.service.iter().map(|item| &item.value))]
}

/// What is written of an exception in both documents.
fn written(old: &Side<'_, '_, '_, '_>, new: &Side<'_, '_, '_, '_>, one: usize, other: usize, changes: &mut Changes) {
    let (old_document, new_document) = (old.decided.document, new.decided.document);
    let (before, after) = (&old_document.exceptions[one], &new_document.exceptions[other]);
    let mut held = |key: &'static str, wider: bool, narrower: bool, was: Vec<String>, is: Vec<String>| {
        let direction = Direction::of(wider, narrower, false);
        if direction != Direction::Unchanged {
            changes.what.push(Change::Written { key, direction, was: was.join(", "), is: is.join(", ") });
        }
        changes.widened |= wider;
        changes.narrowed |= narrower;
    };
    let ([was_from, was_to, was_service], [from, to, service]) = (written_as(before), written_as(after));
    for (key, before, after, was_text, text) in
        [("from", &before.from, &after.from, was_from, from), ("to", &before.to, &after.to, was_to, to)]
    {
        let (was, is) = (Selected::of(old_document, before), Selected::of(new_document, after));
        held(key, !was.holds(&is), !is.holds(&was), was_text, text);
    }
    let (was, is) = (services(old_document, &before.service), services(new_document, &after.service));
    held("service", !hold_services(&was, &is), !hold_services(&is, &was), was_service, service);
    let [was, is] = [before, after].map(|one| one.waived().into_iter().collect::<BTreeSet<&str>>());
    held("waives", !is.is_subset(&was), !was.is_subset(&is), list(was.iter()), list(is.iter()));
    match (before.expires, after.expires) {
        (Some(was), Some(is)) if is > was => {
            changes.wider(Change::Extended { was: was.to_string(), is: is.to_string() });
        }
        (Some(was), None) => changes.wider(Change::Unlimited { was: was.to_string() }),
        (was, Some(is)) if was != Some(is) => changes.narrower(Change::Expires { on: is.to_string() }),
        _ => {}
    }
    let expired = |exception: &Exception<'_>, date| exception.expires.is_some_and(|day| day < date);
    match (expired(before, old.date), expired(after, new.date)) {
        (false, true) => changes.what.push(Change::Expired),
        (true, false) => changes.what.push(Change::InDateAgain),
        _ => {}
    }
    match (&before.attested, &after.attested) {
        (None, Some(_)) => changes.wider(Change::Attested),
        (Some(_), None) => changes.narrower(Change::NotAttested),
        (Some(was), Some(is)) if was.by != is.by || was.basis != is.basis => {
            changes.what.push(Change::OtherAttestation);
        }
        _ => {}
    }
    let text = |text: &Option<Text<'_>>| text.as_deref().unwrap_or_default().trim().to_owned();
    if text(&before.reason) != text(&after.reason) {
        changes.what.push(Change::OtherReason);
    }
    if text(&before.approved_by) != text(&after.approved_by) {
        changes.what.push(Change::OtherApproval);
    }
}

/// The pairs of nodes with a session that the exception covers, compared by id.
fn opened(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    one: usize,
    other: usize,
    changes: &mut Changes,
) {
    let ask = |side: &mut Side<'_, '_, '_, '_>, at: usize| side.decided.decider.opened_by(number(at), PAIRS).ok();
    let (Some(before), Some(after)) = (ask(old, one), ask(new, other)) else {
        return changes.unknown(Change::OpensNotCompared);
    };
    let (was, is) = (before.count, after.count);
    let (before, after) = (before.pairs, after.pairs);
    let (before_model, after_model) = (old.decided.decider.model(), new.decided.decider.model());
    // Pairs of the old document by the numbers of the new one; what is not there any more has none.
    let known: BTreeSet<(u32, u32)> = before
        .iter()
        .filter_map(|(from, to)| {
            let node = |node: u32| after_model.names.node(before_model.id(node));
            node(*from).zip(node(*to))
        })
        .collect();
    let gained: Vec<&(u32, u32)> = after.iter().filter(|pair| !known.contains(pair)).collect();
    let kept = after.len() - gained.len();
    let complete = was <= PAIRS as u64 && is <= PAIRS as u64;
    if !complete {
        return match was.cmp(&is) {
            Ordering::Equal => changes.unknown(Change::OpensTooMuch),
            Ordering::Less => changes.wider(Change::Opens { was, is }),
            Ordering::Greater => changes.narrower(Change::Opens { was, is }),
        };
    }
    let lost = (before.len() - kept) as u64;
    if let Some((from, to)) = gained.first() {
        let (from, to) = (after_model.id(*from).to_owned(), after_model.id(*to).to_owned());
        changes.wider(Change::OpensMore { count: gained.len() as u64, from, to });
    }
    if lost > 0 {
        changes.narrower(Change::OpensLess { count: lost });
    }
}
