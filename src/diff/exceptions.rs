//! Exceptions compared, by id: what is written, and what they really open.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::items::{Selected, hold_services, services};
use crate::document::{Exception, Text};
use crate::language::{Phrase, plural};
use crate::report::diff::{Direction, ItemChange, Widening};
use crate::source::Location;

/// Pairs listed of what an exception opens; of more only the number is compared.
const PAIRS: usize = 2_000_000;

/// What is said of one exception.
#[derive(Default)]
struct Words {
    what: Vec<Phrase>,
    widened: bool,
    narrowed: bool,
    unknown: bool,
}

impl Words {
    fn say(&mut self, en: impl Into<String>, ja: impl Into<String>) {
        self.what.push(Phrase::new(en, ja));
    }

    fn wider(&mut self, en: impl Into<String>, ja: impl Into<String>) {
        self.say(en, ja);
        self.widened = true;
    }

    fn narrower(&mut self, en: impl Into<String>, ja: impl Into<String>) {
        self.say(en, ja);
        self.narrowed = true;
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
        let mut words = Words::default();
        let (one, other) = (before.get(id).copied(), after.get(id).copied());
        match (one, other) {
            (None, Some(at)) => {
                let (en, ja) = summary(&new.decided.document.exceptions[at]);
                words.wider(format!("added: {en}"), format!("追加: {ja}"));
            }
            (Some(at), None) => {
                let (en, ja) = summary(&old.decided.document.exceptions[at]);
                words.narrower(format!("removed: {en}"), format!("削除: {ja}"));
            }
            (Some(one), Some(other)) => {
                written(old, new, one, other, &mut words);
                opened(old, new, one, other, &mut words);
            }
            (None, None) => {}
        }
        let location = other.map(|at| new.places.locate(new.decided.document.exceptions[at].span));
        let change = words.finish(id.clone(), location);
        if change.direction.widens() {
            let code = if one.is_none() { "exception-added" } else { "exception-widened" };
            let join = |parts: Vec<&str>, comma: &str| parts.join(comma);
            let en = join(change.what.iter().map(|phrase| phrase.en.as_str()).collect(), "; ");
            let ja = join(change.what.iter().map(|phrase| phrase.ja.as_str()).collect(), "、");
            let text = Phrase::new(format!("exception {id}: {en}"), format!("特定通信 {id}: {ja}"));
            widenings.push(Widening { code, requirement: None, text, location });
        }
        if change.direction != Direction::Unchanged {
            out.push(change);
        }
    }
    out
}

fn list<T: std::fmt::Display>(items: impl Iterator<Item = T>, comma: &str) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(comma)
}

fn summary(exception: &Exception<'_>) -> (String, String) {
    let text = |comma: &str| {
        let from = list(exception.from.iter().map(|item| &item.value), comma);
        let to = list(exception.to.iter().map(|item| &item.value), comma);
        let service = list(exception.service.iter().map(|item| &item.value), comma);
        format!("{from} -> {to} ({service})")
    };
    (text(", "), text("、"))
}

fn waives<'e>(exception: &'e Exception<'_>) -> BTreeSet<&'e str> {
    match &exception.waives {
        None => BTreeSet::from(["MN-ISOLATION"]),
        Some(list) => list.iter().map(|id| &*id.value).collect(),
    }
}

/// What is written of an exception in both documents.
fn written(old: &Side<'_, '_, '_, '_>, new: &Side<'_, '_, '_, '_>, one: usize, other: usize, words: &mut Words) {
    let (old_document, new_document) = (old.decided.document, new.decided.document);
    let (before, after) = (&old_document.exceptions[one], &new_document.exceptions[other]);
    let mut held = |key: &str, wider: bool, narrower: bool, was: String, is: String| {
        let (en, ja) = match (wider, narrower) {
            (false, false) => return,
            (true, false) => ("wider", "広がった"),
            (false, true) => ("narrower", "狭まった"),
            (true, true) => ("other", "変わった"),
        };
        words.say(format!("{key} is {en}: was {was}, is {is}"), format!("{key} が{ja}: {was} → {is}"));
        words.widened |= wider;
        words.narrowed |= narrower;
    };
    for (key, before, after) in [("from", &before.from, &after.from), ("to", &before.to, &after.to)] {
        let (was, is) = (Selected::of(old_document, before), Selected::of(new_document, after));
        let text = |items: &crate::document::Selector<'_>| list(items.iter().map(|item| &item.value), ", ");
        held(key, !was.holds(&is), !is.holds(&was), text(before), text(after));
    }
    let (was, is) = (services(old_document, &before.service), services(new_document, &after.service));
    let text = |exception: &Exception<'_>| list(exception.service.iter().map(|item| &item.value), ", ");
    held("service", !hold_services(&was, &is), !hold_services(&is, &was), text(before), text(after));
    let (was, is) = (waives(before), waives(after));
    let text = |ids: &BTreeSet<&str>| list(ids.iter(), ", ");
    held("waives", !is.is_subset(&was), !was.is_subset(&is), text(&was), text(&is));
    match (before.expires, after.expires) {
        (Some(was), Some(is)) if is > was => {
            words.wider(format!("extended from {was} to {is}"), format!("期限を {was} から {is} に延長"));
        }
        (Some(was), None) => {
            words
                .wider(format!("does not expire any more (was {was})"), format!("期限なしに変更（以前は {was} まで）"));
        }
        (was, Some(is)) if was != Some(is) => words.narrower(format!("expires on {is}"), format!("期限は {is}")),
        _ => {}
    }
    let expired = |exception: &Exception<'_>, date| exception.expires.is_some_and(|day| day < date);
    match (expired(before, old.date), expired(after, new.date)) {
        (false, true) => words.say("has expired", "期限切れになった"),
        (true, false) => words.say("is in date again", "期限内に戻った"),
        _ => {}
    }
    match (&before.attested, &after.attested) {
        (None, Some(_)) => words.wider(
            "is attested now, so that its peers are not looked at any more",
            "保証が付き、接続先を調べなくなった",
        ),
        (Some(_), None) => words.narrower("is not attested any more", "保証がなくなった"),
        (Some(was), Some(is)) if was.by != is.by || was.basis != is.basis => {
            words.say("its attestation is another one", "保証の内容が変わった");
        }
        _ => {}
    }
    let text = |text: &Option<Text<'_>>| text.as_deref().unwrap_or_default().trim().to_owned();
    if text(&before.reason) != text(&after.reason) {
        words.say("its reason is another one", "理由の記載が変わった");
    }
    if text(&before.approved_by) != text(&after.approved_by) {
        words.say("was approved by somebody else", "承認者が変わった");
    }
}

/// The pairs of nodes with a session that the exception covers, compared by id.
fn opened(old: &mut Side<'_, '_, '_, '_>, new: &mut Side<'_, '_, '_, '_>, one: usize, other: usize, words: &mut Words) {
    let ask = |side: &mut Side<'_, '_, '_, '_>, at: usize| {
        side.decided.decider.opened_by(u32::try_from(at).unwrap_or(u32::MAX), PAIRS).ok()
    };
    let (Some(before), Some(after)) = (ask(old, one), ask(new, other)) else {
        words.unknown = true;
        words.say(
            "what it opens was not compared: a limit was reached first",
            "上限に達したため、開かれる通信は比較していない",
        );
        return;
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
    if !complete && was == is {
        words.unknown = true;
        words.say("it opens too much to be compared", "開かれる通信が多すぎるため比較していない");
        return;
    }
    if !complete {
        let text = (
            format!("opens {}, was {was}", plural(is, "pair of nodes", "pairs of nodes")),
            format!("開かれる組が {was} から {is} に"),
        );
        if is > was {
            words.wider(text.0, text.1)
        } else {
            words.narrower(text.0, text.1)
        }
        return;
    }
    let lost = before.len() - kept;
    if let Some((from, to)) = gained.first() {
        let (from, to, count) = (after_model.id(*from), after_model.id(*to), gained.len());
        words.wider(
            format!(
                "opens {}, such as {from} to {to}",
                plural(count as u64, "more pair of nodes", "more pairs of nodes")
            ),
            format!("開かれる組が {count} 増えた（{from} から {to} など）"),
        );
    }
    if lost > 0 {
        words.narrower(
            format!("opens {} less", plural(lost as u64, "pair of nodes", "pairs of nodes")),
            format!("開かれる組が {lost} 減った"),
        );
    }
}
