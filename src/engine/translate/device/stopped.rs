//! What a node would make of headers if what stops them there did not: as `pass`, with the obstacles that each part meets.

use super::{CAME, Devices, Entries, USUAL, View, named, view};
use crate::document::Action;
use crate::engine::obstacle::{Obstacle, Passage};
use crate::engine::trace::Way;
use crate::engine::translate::relation::{Crossing, Relation};
use crate::header::{DESTINATION, SOURCE};
use crate::model::{CompiledNat, Model, NatEntry, Pools, RuleId, RuleOrigin, Target};
use crate::network::{DenyReason, RuleList, Side, lists};

/// Headers that would pass a node, by which entries it translates them, and what stops them.
#[derive(Clone)]
pub(in crate::engine) struct Crossed {
    pub crossing: Crossing,
    pub entries: Entries,
    pub stops: Vec<Obstacle>,
}

/// A node between two of its sides; `way` is the one that leaves.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Place {
    pub node: u32,
    pub sides: [Side; 2],
    pub leaves: Option<Way>,
}

fn of_rule(model: &Model<'_>, id: RuleId, node: u32, leaves: Option<Way>) -> Option<Obstacle> {
    match (model.rules[id.index()].origin, leaves) {
        (RuleOrigin::Filter(node, filter, rule), _) => Some(Obstacle::Rule { node, filter, rule }),
        (RuleOrigin::Route(_), Some(way)) => Some(Obstacle::Route { node, way }),
        (RuleOrigin::Route(_), None) => None,
    }
}

impl<'a, 'd> Devices<'a, 'd> {
    /// What passes a place, free or past obstacles that may be thought away, at most `most` of them. Parts may overlap: a header that a
    /// permit rule lets pass may also be in a part that a later deny rule stops.
    pub(in crate::engine) fn cross(
        &self,
        pools: &mut Pools,
        place: Place,
        relation: &Relation,
        most: usize,
        may: &dyn Fn(&Obstacle) -> bool,
    ) -> Vec<Crossed> {
        let Place { node, sides: [r#in, out], .. } = place;
        let entering = Crossing::entering(relation);
        let untouched = Crossed { crossing: entering, entries: Entries::default(), stops: Vec::new() };
        let mut parts = match self.model.nat.get(&node) {
            None => vec![untouched],
            Some(nat) => {
                let parts = self.parts(pools, &entering).into_iter();
                let parts = parts.map(|crossing| Crossed { crossing, ..untouched.clone() }).collect();
                self.translate_or_not(pools, nat, place, parts, may)
            }
        };
        for list in lists(self.model, node, r#in, out) {
            let view = self.view_of(&list);
            let each = parts.into_iter().filter(|one| one.stops.len() <= most);
            parts = each.flat_map(|one| self.stopped(pools, &list, (view, place), &one, may)).collect();
        }
        parts.retain(|one| one.stops.len() <= most);
        parts
    }

    /// The parts of headers that a first-match list permits, and those that it denies, each with what denies it.
    fn stopped(
        &self,
        pools: &mut Pools,
        list: &RuleList,
        (view, place): (View, Place),
        one: &Crossed,
        may: &dyn Fn(&Obstacle) -> bool,
    ) -> Vec<Crossed> {
        let mut out = Vec::new();
        let mut push = |crossing: Crossing, stop: Option<Obstacle>| {
            let mut stops = one.stops.clone();
            stops.extend(stop);
            out.push(Crossed { crossing, entries: one.entries, stops });
        };
        let mut rest = vec![one.crossing];
        for &id in &list.rules {
            let headers = &self.model.rules[id.index()].headers;
            let action = self.model.rules[id.index()].action;
            let mut next = Vec::with_capacity(rest.len());
            for part in rest {
                let Some(inside) = part.within(pools, view, headers) else {
                    next.push(part);
                    continue;
                };
                match action {
                    Action::Deny => {
                        if let Some(stop) = of_rule(self.model, id, place.node, place.leaves).filter(may) {
                            push(inside, Some(stop));
                        }
                        part.outside(pools, view, headers, &mut next);
                    }
                    Action::Permit if self.is_shut(id) => part.outside(pools, view, headers, &mut next),
                    Action::Permit => {
                        push(inside, None);
                        if inside != part {
                            next.push(part);
                        }
                    }
                }
            }
            rest = next;
            if rest.is_empty() {
                break;
            }
        }
        let stop = match (list.default, list.decider, place.leaves) {
            (Action::Permit, DenyReason::Default(node, filter), _)
                if self.shut.contains(&Passage::Default { node, filter }) =>
            {
                return out;
            }
            (Action::Permit, ..) => None,
            (_, DenyReason::Default(node, filter), _) => Some(Obstacle::Default { node, filter }),
            (_, DenyReason::Routes(node), Some(way)) => Some(Obstacle::Route { node, way }),
            (_, DenyReason::Rule(_) | DenyReason::Routes(_), _) => return out,
        };
        if stop.as_ref().is_none_or(may) {
            rest.into_iter().for_each(|part| push(part, stop));
        }
        out
    }

    /// Whether a rule that permits is shut.
    fn is_shut(&self, id: RuleId) -> bool {
        let origin = self.model.rules[id.index()].origin;
        matches!(origin, RuleOrigin::Filter(node, filter, rule) if self.shut.contains(&Passage::Rule { node, filter, rule }))
    }

    /// Both steps of translation, and what stays as it is where an entry is thought away.
    fn translate_or_not(
        &self,
        pools: &mut Pools,
        nat: &CompiledNat,
        place: Place,
        parts: Vec<Crossed>,
        may: &dyn Fn(&Obstacle) -> bool,
    ) -> Vec<Crossed> {
        let [r#in, out] = place.sides;
        let fits = |entry: &&NatEntry| {
            let when = if r#in.is_some() { entry.arrived } else { entry.emitted };
            when && named(entry.r#in.as_deref(), r#in)
        };
        let node = place.node;
        let mut parts = self.step_or_not(pools, nat.destination.iter().filter(fits), (DESTINATION, node), parts, may);
        if out.is_some() {
            let fits = |entry: &&NatEntry| named(entry.r#in.as_deref(), r#in) && named(entry.out.as_deref(), out);
            parts = self.step_or_not(pools, nat.source.iter().filter(fits), (SOURCE, node), parts, may);
        }
        parts
    }

    fn step_or_not<'e>(
        &self,
        pools: &mut Pools,
        entries: impl Iterator<Item = &'e NatEntry>,
        (dimension, node): (usize, u32),
        parts: Vec<Crossed>,
        may: &dyn Fn(&Obstacle) -> bool,
    ) -> Vec<Crossed> {
        let (mut rest, mut out) = (parts, Vec::new());
        for entry in entries {
            let mut next = Vec::with_capacity(rest.len());
            let seen = if dimension == DESTINATION { CAME } else { view(false, entry.sees_original) };
            let as_it_is = if dimension == DESTINATION { CAME } else { USUAL };
            let stop = Obstacle::Translation { node, entry: entry.entry };
            for part in rest {
                let families = self.families(pools, &part.crossing, as_it_is);
                let inside = part.crossing.within(pools, seen, &entry.loose);
                let Some(inside) = inside.filter(|_| self.has(&entry.target, families)) else {
                    next.push(part);
                    continue;
                };
                let mut entries = part.entries;
                let slot = if dimension == DESTINATION { &mut entries.destination } else { &mut entries.source };
                *slot = Some(entry.entry);
                for crossing in self.replace(pools, entry, dimension, families, inside) {
                    out.push(Crossed { crossing, entries, stops: part.stops.clone() });
                }
                if !matches!(entry.target, Target::Keep) && may(&stop) {
                    let mut stops = part.stops.clone();
                    stops.push(stop);
                    out.push(Crossed { crossing: inside, entries: part.entries, stops });
                }
                let mut left = Vec::new();
                part.crossing.outside(pools, seen, &entry.strict, &mut left);
                next.extend(left.into_iter().map(|crossing| Crossed { crossing, ..part.clone() }));
            }
            rest = next;
        }
        out.extend(rest);
        out
    }
}
