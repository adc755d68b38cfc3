//! Nodes compared, by id: their zones, and the requirements that speak of them. A node that no requirement speaks of
//! any more has escaped, however little else changed.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use crate::code::Code;
use crate::policy::{Policy, SpokenOf};
use crate::report::diff::{About, Change, Direction, ItemChange, NodesOfZone, Widening};
use crate::verify::Options;

/// The requirements that speak of a node; of path requirements, each side by itself.
fn scope<'p>(side: &Side<'_, '_, '_, '_>, policy: &'p Policy, node: u32) -> BTreeSet<(&'p str, u8)> {
    let decider = &side.decided.decider;
    let model = decider.model();
    let endpoint = model.labels.endpoint[node as usize];
    let mut out = BTreeSet::new();
    for requirement in &policy.requirements {
        let id = requirement.id.as_str();
        match requirement.asked.spoken_of() {
            SpokenOf::Sides { sides, without } => {
                let taken_out = without.is_some_and(|without| decider.matches(without, node));
                for (number, patterns) in (0..).zip(sides) {
                    if endpoint && !taken_out && decider.matches(patterns, node) {
                        out.insert((id, number));
                    }
                }
            }
            SpokenOf::Nodes(patterns) => {
                if decider.matches(patterns, node) {
                    out.insert((id, 0));
                }
            }
            SpokenOf::Endpoints => {
                if endpoint {
                    out.insert((id, 0));
                }
            }
            // These speak of no nodes.
            SpokenOf::Links(_) | SpokenOf::Exceptions(_) | SpokenOf::Transfers | SpokenOf::Document => {}
        }
    }
    out
}

/// Nodes of both documents whose zone or requirements changed.
pub fn changed(
    old: &Side<'_, '_, '_, '_>,
    new: &Side<'_, '_, '_, '_>,
    policy: &Policy,
    widenings: &mut Vec<Widening>,
) -> Vec<ItemChange> {
    let mut out = Vec::new();
    for (after, _) in (0_u32..).zip(&new.decided.document.nodes) {
        let Some(before) = old.decided.decider.model().names.node(new.show().id(after)) else { continue };
        let mut what = Vec::new();
        let (was, is) = (old.zone(before), new.zone(after));
        if was != is {
            what.push(Change::Zone { was: was.map(str::to_owned), is: is.map(str::to_owned) });
        }
        let (spoke, speaks) = (scope(old, policy, before), scope(new, policy, after));
        let beyond = |one: &BTreeSet<(&str, u8)>, other: &BTreeSet<_>| -> Vec<String> {
            let ids: BTreeSet<&str> = one.difference(other).map(|(id, _)| *id).collect();
            ids.into_iter().map(str::to_owned).collect()
        };
        let (left, joined) = (beyond(&spoke, &speaks), beyond(&speaks, &spoke));
        let escapes = !left.is_empty();
        what.extend(escapes.then_some(Change::Escapes(left)));
        what.extend((!joined.is_empty()).then_some(Change::SpokenOf(joined)));
        if what.is_empty() {
            continue;
        }
        let location = Some(new.show().node_at(after));
        if escapes {
            widenings.push(Widening { code: Code::NodeEscapes, about: About::Node(out.len()), location });
        }
        let direction = Direction::of(escapes, false, true);
        out.push(ItemChange { id: new.show().id(after).to_owned(), direction, what, location });
    }
    out
}

/// Nodes that the one document has and the other has not: by zone, tiers first, those without a zone last.
pub fn only_in(one: &Side<'_, '_, '_, '_>, other: &Side<'_, '_, '_, '_>, options: &Options<'_>) -> Vec<NodesOfZone> {
    let model = one.decided.decider.model();
    let mut zones: BTreeMap<usize, NodesOfZone> = BTreeMap::new();
    for (at, _) in (0_u32..).zip(&one.decided.document.nodes) {
        if other.decided.decider.model().names.node(model.id(at)).is_some() {
            continue;
        }
        let zone = one.zone(at);
        let place = zone.map_or(usize::MAX, |zone| model.names.zone(zone).map_or(usize::MAX, |at| at as usize));
        let entry = zones.entry(place).or_insert_with(|| NodesOfZone {
            zone: zone.map(str::to_owned),
            count: 0,
            ids: Vec::new(),
        });
        entry.count += 1;
        if entry.ids.len() < options.max_tuples {
            entry.ids.push(model.id(at).to_owned());
        }
    }
    zones.into_values().collect()
}
