//! What nodes relay, compared entry by entry: a pass that nobody declared before lets data through on a say-so.

use super::Side;
use super::items::{Selected, hold_services, services};
use crate::document::{Document, Relay, Sanitise};
use crate::engine::passes_everything;
use crate::language::{Phrase, plural};
use crate::report::diff::{Direction, ItemChange, Widening};

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
                    list.iter().filter(|pass| !others.iter().any(|other| other.holds(pass))).count()
                };
                let (more, less) = (count(&is, was), count(was, &is));
                if more > 0 {
                    what.push(Phrase::new(
                        format!(
                            "relays more: {} not declared before",
                            plural(more as u64, "pass that was", "passes that were")
                        ),
                        format!("中継が増えた（新たな中継 {more} 件）"),
                    ));
                }
                if less > 0 {
                    what.push(Phrase::new(
                        format!("relays less: {} gone or narrower", plural(less as u64, "pass is", "passes are")),
                        format!("中継が減った（{less} 件）"),
                    ));
                }
                (widened, narrowed) = (more > 0, less > 0);
            }
            (Relays::Nothing, Relays::Declared(is)) => {
                let count = is.len();
                what.push(Phrase::new(
                    format!("relays now: {} declared", plural(count as u64, "pass is", "passes are")),
                    format!("中継するようになった（{count} 件）"),
                ));
                widened = true;
            }
            (Relays::Everything, Relays::Declared(_)) => {
                what.push(Phrase::new(
                    "declares what it relays; it was taken to pass on everything",
                    "中継する内容が宣言された（以前はすべてを中継するとみなしていた）",
                ));
                narrowed = true;
            }
            (Relays::Everything, Relays::Nothing) => {
                what.push(Phrase::new(
                    "relays nothing; it was taken to pass on everything",
                    "何も中継しなくなった（以前はすべてを中継するとみなしていた）",
                ));
                narrowed = true;
            }
            (Relays::Declared(_), Relays::Nothing) => {
                what.push(Phrase::new("relays nothing any more", "何も中継しなくなった"));
                narrowed = true;
            }
            // Of a node that is new this says no more than its zone does.
            (_, Relays::Everything) if before.is_some() && !matches!(was, Relays::Everything) => {
                what.push(Phrase::new(
                    "is taken to pass on everything: nothing says any more what it relays",
                    "中継の宣言がなくなり、すべてを中継するとみなす",
                ));
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
            let text = Phrase::new(format!("{id} {}", what[0].en), format!("{id}: {}", what[0].ja));
            widenings.push(Widening { code: "relay-widened", requirement: None, text, location });
        }
        out.push(ItemChange { id, direction: Direction::of(widened, narrowed, true), what, location });
    }
    out
}
