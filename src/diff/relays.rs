//! What nodes relay, compared entry by entry: a pass that nobody declared before lets data through on a say-so.

use super::Side;
use super::items::{Selected, hold_services, services};
use crate::code::Code;
use crate::document::{Document, Relay, Sanitise};
use crate::engine::passes_everything;
use crate::report::diff::{About, Change, Direction, ItemChange, Widening};

/// A pass in one direction.
struct Pass {
    ends: [Selected; 2],
    services: [Vec<(u32, u32)>; 2],
    sanitise: Option<Sanitise>,
}

impl Pass {
    /// Whether all that `other` passes is passed here too. Another way of sanitising is another pass.
    fn holds(&self, other: &Self) -> bool {
        (0..2).all(|end| {
            self.ends[end].holds(&other.ends[end]) && hold_services(&self.services[end], &other.services[end])
        }) && (self.sanitise.is_none() || self.sanitise == other.sanitise)
    }
}

/// What a node relays.
enum Relays {
    Nothing,
    Everything,
    Declared(Vec<Pass>),
}

fn passes(document: &Document<'_>, entries: &[Relay<'_>]) -> Vec<Pass> {
    let mut out = Vec::new();
    for entry in entries {
        let pass = |ends: [&crate::document::Selector<'_>; 2], list: [&crate::document::Service<'_>; 2]| Pass {
            ends: ends.map(|items| Selected::of(document, items)),
            services: list.map(|items| services(document, items)),
            sanitise: entry.sanitise,
        };
        out.push(pass([&entry.from, &entry.to], [&entry.from_service, &entry.to_service]));
        if entry.both {
            out.push(pass([&entry.to, &entry.from], [&entry.to_service, &entry.from_service]));
        }
    }
    out
}

fn of(side: &Side<'_, '_, '_, '_>, node: u32) -> Relays {
    let model = side.decided.decider.model();
    match side.decided.document.nodes[node as usize].relays() {
        Some(entries) if !entries.is_empty() => Relays::Declared(passes(side.decided.document, entries)),
        None if model.labels.endpoint[node as usize] && passes_everything(model, node) => Relays::Everything,
        _ => Relays::Nothing,
    }
}

/// Nodes whose relays are not what they were.
pub fn compare(
    old: &Side<'_, '_, '_, '_>,
    new: &Side<'_, '_, '_, '_>,
    widenings: &mut Vec<Widening>,
) -> Vec<ItemChange> {
    let mut out = Vec::new();
    for (after, _) in (0_u32..).zip(&new.decided.document.nodes) {
        let before = old.decided.decider.model().names.node(new.show().id(after));
        let was = before.map_or(Relays::Nothing, |before| of(old, before));
        let mut what = Vec::new();
        let (mut widened, mut narrowed) = (false, false);
        match (&was, of(new, after)) {
            (Relays::Declared(was), Relays::Declared(is)) => {
                let count = |list: &[Pass], others: &[Pass]| {
                    list.iter().filter(|pass| !others.iter().any(|other| other.holds(pass))).count() as u64
                };
                let (more, less) = (count(&is, was), count(was, &is));
                (widened, narrowed) = (more > 0, less > 0);
                what.extend(widened.then_some(Change::RelaysMore(more)));
                what.extend(narrowed.then_some(Change::RelaysLess(less)));
            }
            (Relays::Nothing, Relays::Declared(is)) => {
                what.push(Change::RelaysNow(is.len() as u64));
                widened = true;
            }
            (Relays::Everything, Relays::Declared(_)) => {
                what.push(Change::RelaysDeclared);
                narrowed = true;
            }
            (Relays::Everything, Relays::Nothing) => {
                what.push(Change::RelaysNothing);
                narrowed = true;
            }
            (Relays::Declared(_), Relays::Nothing) => {
                what.push(Change::RelaysNoMore);
                narrowed = true;
            }
            // Of a node that is new this says no more than its zone does.
            (_, Relays::Everything) if before.is_some() && !matches!(was, Relays::Everything) => {
                what.push(Change::RelaysEverything);
                widened = true;
            }
            (Relays::Nothing, Relays::Nothing) | (_, Relays::Everything) => {}
        }
        if what.is_empty() {
            continue;
        }
        let location = Some(new.show().node_at(after));
        let id = new.show().id(after).to_owned();
        if widened {
            widenings.push(Widening { code: Code::RelayWidened, about: About::Relays(out.len()), location });
        }
        out.push(ItemChange { id, direction: Direction::of(widened, narrowed, true), what, location });
    }
    out
}
