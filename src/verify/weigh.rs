//! Which elements the tuples of a requirement hang on: candidates on their witnesses, tried one by one.
//!
//! Of several that take tuples with them the one is named that takes the most for its price: what is specific is cheap, and each
//! session lost that was to stay (within a tier, or covered by exceptions) costs more than any number of words. Of a rule only what
//! narrowing it could not keep counts. What no single element explains is explained by a few together, of which none can be left out.
//! How many tuples hang on an element is what is gone when the document is decided without it: nothing is estimated.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::cause::Candidate;
use super::trial::{Effect, Pair, Trials};
use crate::engine::replay::Claim;
use crate::report::Shown;
use crate::session::Element;

/// Elements that explain tuples only together, at most.
const TOGETHER: usize = 4;
/// What a session costs that was to stay, and that goes with an element, or with what narrowing a rule leaves of it.
const SESSION: u64 = 64;
const SESSION_OF_RULE: u64 = 8;
/// What it costs that a rule carries what exceptions cover: narrowing keeps it, if there is anything to narrow.
const KEPT_BY_RULE: u64 = 4;

/// What is named for so much or more is wide: links and segments.
const WIDE: u64 = 8;

/// Tuples of which one witness is shown.
pub struct Group {
    /// The elements on the witness.
    pub candidates: Vec<Candidate>,
    /// The tuples, by what stands for them, and how many each stands for.
    pub units: Vec<(Pair, u64)>,
}

impl Group {
    fn tuples(&self) -> u64 {
        self.units.iter().map(|(_, weight)| weight).sum()
    }
}

/// Tuples and the elements that they hang on.
pub struct Blame {
    /// The elements: one, or a few that explain the tuples only together.
    pub elements: Vec<Element>,
    /// Groups with tuples explained, the largest part first.
    pub parts: Vec<Part>,
    /// How many tuples are explained.
    pub tuples: u64,
    /// What was shown.
    pub shown: Shown,
}

/// The tuples of a group that hang on the same.
#[derive(Clone, Copy)]
pub struct Part {
    /// The group.
    pub group: usize,
    /// How many tuples.
    pub tuples: u64,
    /// The first of its units.
    pub unit: usize,
}

/// What was found: what tuples hang on, and for groups without a witness the tuples that hang on nothing found.
pub struct Found {
    /// See above.
    pub blames: Vec<Blame>,
    /// See above.
    pub rest: Vec<(usize, u64)>,
}

/// The requirement, and what is known of it.
pub struct Problem<'p> {
    /// The requirement among those that are tried.
    pub requirement: Option<usize>,
    /// What its witnesses claim.
    pub claim: Claim<'p>,
    /// How many tuples violate it.
    pub tuples: u64,
    /// All groups.
    pub groups: Vec<Group>,
}

/// Finds what all tuples hang on.
pub fn weigh(trials: &Trials<'_, '_>, problem: &Problem<'_>) -> Found {
    let mut weighing = Weighing {
        trials,
        problem,
        open: problem.groups.iter().map(|group| vec![true; group.units.len()]).collect(),
        by_element: BTreeMap::new(),
        found: Vec::new(),
        closer: vec![false; problem.groups.len()],
        fresh: HashMap::default(),
    };
    for (at, group) in problem.groups.iter().enumerate() {
        for candidate in &group.candidates {
            let known = weighing.by_element.entry(candidate.element).or_insert((*candidate, Vec::new()));
            known.0.distance = known.0.distance.min(candidate.distance);
            known.1.push(at);
        }
    }
    if let Some(requirement) = problem.requirement.filter(|_| trials.base().is_some()) {
        loop {
            while let Some((offer, effect)) = weighing.best(requirement) {
                weighing.take(requirement, offer, &effect);
            }
            if !weighing.look_closer(requirement) {
                break;
            }
        }
        weighing.together(requirement);
        weighing.join(requirement);
    }
    weighing.rest();
    let rest = weighing.open_groups().into_iter().map(|group| (group, weighing.count(group, None))).collect();
    Found { blames: weighing.found, rest }
}

struct Weighing<'w, 'p> {
    trials: &'w Trials<'w, 'p>,
    problem: &'w Problem<'w>,
    /// Units that nothing explains yet, by group.
    open: Vec<Vec<bool>>,
    /// Every candidate, and the groups that have it.
    by_element: BTreeMap<Element, (Candidate, Vec<usize>)>,
    found: Vec<Blame>,
    /// Whether a tuple of a group, other than the one that its witness shows, was looked at.
    closer: Vec<bool>,
    /// What such a tuple passes.
    fresh: HashMap<usize, Vec<Candidate>>,
}

/// An element that takes so many tuples, for a price.
#[derive(Clone, Copy)]
struct Offer {
    tuples: u64,
    price: u64,
    candidate: Candidate,
}

impl Offer {
    /// The better one first: more tuples for the price, then the more specific, then what is nearer to the side named first.
    fn compare(&self, other: &Self) -> Ordering {
        let value = |offer: &Self, price: u64| u128::from(offer.tuples) * u128::from(price);
        let by_price = value(other, self.price).cmp(&value(self, other.price));
        let rank = |offer: &Self| {
            let Candidate { element, distance, price, access, .. } = offer.candidate;
            // The VLAN of a port before that of a trunk.
            (price, kind(element), !access, distance)
        };
        by_price
            .then_with(|| rank(self).cmp(&rank(other)))
            .then_with(|| self.candidate.element.cmp(&other.candidate.element))
    }
}

/// Kinds of elements, the most specific first.
const fn kind(element: Element) -> u8 {
    match element {
        Element::Exception(_) => 0,
        Element::Transfer(_) => 1,
        Element::RelayEntry { .. } => 2,
        Element::Rule { .. } => 3,
        Element::Default { .. } => 4,
        Element::RoutedVlan { .. } => 5,
        Element::Vlan { .. } => 6,
        Element::Route { .. } => 7,
        Element::Relays { .. } => 8,
        Element::Forwarder { .. } => 9,
        Element::Routing { .. } => 10,
        Element::Segment { .. } => 11,
        Element::Link(_) => 12,
    }
}

impl Weighing<'_, '_> {
    /// Tuples of a group that are open; with an effect, only those that are gone.
    fn count(&self, group: usize, effect: Option<(usize, &Effect)>) -> u64 {
        let units = self.problem.groups[group].units.iter().zip(&self.open[group]);
        let counts = units.filter(|((pair, _), open)| {
            **open && effect.is_none_or(|(requirement, effect)| effect.is_gone(requirement, *pair))
        });
        counts.map(|((_, weight), _)| weight).sum()
    }

    fn price(&self, candidate: &Candidate, effect: &Effect) -> u64 {
        let (within, covered) = self.trials.lost(effect);
        match candidate.narrows {
            true => {
                let kept = if covered > 0 { KEPT_BY_RULE } else { 0 };
                candidate.price.saturating_add(kept).saturating_add(SESSION_OF_RULE.saturating_mul(within))
            }
            false => candidate.price.saturating_add(SESSION.saturating_mul(within.saturating_add(covered))),
        }
    }

    /// The single element that takes most of what is open for its price. What only could take less than the best known is not tried:
    /// an element takes no tuple whose witness does without it.
    fn best(&self, requirement: usize) -> Option<(Offer, Rc<Effect>)> {
        let open: Vec<u64> = (0..self.open.len()).map(|group| self.count(group, None)).collect();
        let could = |groups: &[usize]| groups.iter().map(|&group| open[group]).sum::<u64>();
        let mut offers: Vec<Offer> = self
            .by_element
            .values()
            .map(|(candidate, groups)| Offer { tuples: could(groups), price: candidate.price, candidate: *candidate })
            .filter(|offer| offer.tuples > 0)
            .collect();
        offers.sort_by(Offer::compare);
        let mut best: Option<(Offer, Rc<Effect>)> = None;
        for offer in offers {
            if best.as_ref().is_some_and(|(best, _)| best.compare(&offer) != Ordering::Greater) {
                break;
            }
            let element = offer.candidate.element;
            let Some(effect) = self.trials.without(&[element]) else {
                if self.trials.spent_out() {
                    return best;
                }
                continue;
            };
            let groups = self.by_element.get(&element).map_or(&[][..], |(_, groups)| groups);
            let tuples: u64 = groups.iter().map(|&group| self.count(group, Some((requirement, &effect)))).sum();
            let offer = Offer { tuples, price: self.price(&offer.candidate, &effect), ..offer };
            if tuples > 0 && best.as_ref().is_none_or(|(best, _)| offer.compare(best) == Ordering::Less) {
                best = Some((offer, effect));
            }
        }
        best
    }

    /// Takes an offer; but where a link or segment is offered, and a few rules and the like explain as much for less, those.
    fn take(&mut self, requirement: usize, offer: Offer, effect: &Effect) {
        if offer.candidate.price >= WIDE {
            let taken = |pair: &Pair| effect.is_gone(requirement, *pair);
            let first = (0..self.open.len()).find_map(|group| {
                let units = self.problem.groups[group].units.iter().zip(&self.open[group]);
                let unit = units.filter(|(_, open)| **open).find(|((pair, _), _)| taken(pair))?;
                Some((group, unit.0.0))
            });
            let few = first.and_then(|(group, pair)| self.few(requirement, group, pair, WIDE));
            if let Some((elements, price)) = few
                && let Some(together) = self.trials.without(&elements)
            {
                let all = |effect: &Effect| {
                    (0..self.open.len()).map(|group| self.count(group, Some((requirement, effect)))).sum::<u64>()
                };
                if price <= offer.price && all(&together) >= all(effect) {
                    return self.assign(elements, Some((requirement, &together)));
                }
            }
        }
        self.assign(vec![offer.candidate.element], Some((requirement, effect)));
    }

    /// Looks at the way of a tuple that is left over of a group; whether there is something new to try.
    fn look_closer(&mut self, requirement: usize) -> bool {
        for group in self.open_groups() {
            let Some(unit) = self.open[group].iter().position(|open| *open).filter(|unit| *unit > 0) else { continue };
            if std::mem::replace(&mut self.closer[group], true) {
                continue;
            }
            let pair = self.problem.groups[group].units[unit].0;
            let Some(found) = self.trials.passes(&[], requirement, pair, self.problem.claim.waived_by) else {
                continue;
            };
            let mut new = false;
            for candidate in &found {
                let known = self.by_element.entry(candidate.element).or_insert((*candidate, Vec::new()));
                if !known.1.contains(&group) {
                    known.1.push(group);
                    new = true;
                }
            }
            self.fresh.insert(group, found);
            if new {
                return true;
            }
        }
        false
    }

    /// Closes what is open and gone without elements (`None`: all of the groups that have the first).
    fn assign(&mut self, elements: Vec<Element>, effect: Option<(usize, &Effect)>) {
        let mut parts: Vec<Part> = Vec::new();
        let own = |group: &Group| group.candidates.iter().any(|one| Some(&one.element) == elements.first());
        for (at, group) in self.problem.groups.iter().enumerate() {
            if effect.is_none() && !own(group) {
                continue;
            }
            let mut part: Option<Part> = None;
            for (unit, ((pair, weight), open)) in group.units.iter().zip(&mut self.open[at]).enumerate() {
                if *open && effect.is_none_or(|(requirement, effect)| effect.is_gone(requirement, *pair)) {
                    *open = false;
                    part.get_or_insert(Part { group: at, tuples: 0, unit }).tuples += weight;
                }
            }
            parts.extend(part);
        }
        parts.sort_by_key(|part| (Reverse(part.tuples), part.group));
        let shown = match effect {
            Some((requirement, effect)) => {
                let left = effect.left(requirement);
                Shown::Decided { gone: self.problem.tuples.saturating_sub(left), left }
            }
            None if self.trials.spent_out() || self.problem.requirement.is_none() => Shown::Untried,
            None => Shown::Unexplained,
        };
        let tuples = parts.iter().map(|part| part.tuples).sum();
        self.found.push(Blame { elements, parts, tuples, shown });
    }

    /// Where one element takes with it what was put to another, and costs no session more, the other is not named.
    fn join(&mut self, requirement: usize) {
        let mut at = 0;
        while at < self.found.len() {
            let other = (0..self.found.len()).find(|&other| other != at && self.covers(requirement, other, at));
            let Some(other) = other else {
                at += 1;
                continue;
            };
            let Blame { mut parts, tuples, .. } = self.found.swap_remove(at);
            let other = if other == self.found.len() { at } else { other };
            let into = &mut self.found[other];
            into.tuples += tuples;
            into.parts.append(&mut parts);
            into.parts.sort_by_key(|part| (Reverse(part.tuples), part.group));
            at = 0;
        }
    }

    /// Whether all tuples of a blame are gone without the one element of another, with no more sessions.
    fn covers(&self, requirement: usize, one: usize, other: usize) -> bool {
        let effect = |blame: &Blame| match (blame.shown, blame.elements.len()) {
            (Shown::Decided { .. }, 1) => self.trials.without(&blame.elements),
            _ => None,
        };
        let (Some(of_one), Some(of_other)) = (effect(&self.found[one]), effect(&self.found[other])) else {
            return false;
        };
        let (within, covered) = self.trials.lost(&of_one);
        let (known, known_covered) = self.trials.lost(&of_other);
        of_one.left(requirement) < of_other.left(requirement)
            && within <= known
            && covered <= known_covered
            && self.found[other].parts.iter().all(|part| {
                let units = &self.problem.groups[part.group].units;
                units
                    .iter()
                    .all(|(pair, _)| !of_other.is_gone(requirement, *pair) || of_one.is_gone(requirement, *pair))
            })
    }

    /// The groups with something open, the largest first.
    fn open_groups(&self) -> Vec<usize> {
        let mut groups: Vec<usize> = (0..self.open.len()).filter(|&at| self.open[at].contains(&true)).collect();
        groups.sort_by_key(|&at| (Reverse(self.problem.groups[at].tuples()), at));
        groups
    }

    /// Explains what no single element does by a few together.
    fn together(&mut self, requirement: usize) {
        for group in self.open_groups() {
            let Some(unit) = self.open[group].iter().position(|open| *open) else { continue };
            let pair = self.problem.groups[group].units[unit].0;
            let Some((elements, _)) = self.few(requirement, group, pair, u64::MAX) else {
                if self.trials.spent_out() {
                    return;
                }
                continue;
            };
            if let Some(effect) = self.trials.without(&elements) {
                self.assign(elements, Some((requirement, &effect)));
            }
        }
    }

    /// Few elements without which a pair is gone, none of which can be left out.
    /// Only elements that are named for less than `below`; with what they cost together.
    fn few(&self, requirement: usize, group: usize, pair: Pair, below: u64) -> Option<(Vec<Element>, u64)> {
        let mut elements: Vec<Element> = Vec::new();
        let mut prices: HashMap<Element, u64> = HashMap::default();
        let own = || self.problem.groups[group].candidates.clone();
        let mut candidates = self.fresh.get(&group).cloned().unwrap_or_else(own);
        let gone = |elements: &[Element]| Some(self.trials.without(elements)?.is_gone(requirement, pair));
        loop {
            let weight = |candidate: &Candidate| {
                let groups = self.by_element.get(&candidate.element).map_or(&[][..], |(_, groups)| groups);
                groups.iter().map(|&group| self.count(group, None)).sum::<u64>().max(1)
            };
            let open = candidates.iter().filter(|one| one.price < below && !elements.contains(&one.element));
            let offers = open.filter_map(|candidate| {
                // Whether it can be taken out at all is known where it was tried alone.
                let effect = self.trials.without(&[candidate.element])?;
                let price = self.price(candidate, &effect);
                Some(Offer { tuples: weight(candidate), price, candidate: *candidate })
            });
            let next = offers.min_by(Offer::compare)?;
            elements.push(next.candidate.element);
            prices.insert(next.candidate.element, next.price);
            if gone(&elements)? {
                break;
            }
            if elements.len() == TOGETHER {
                return None;
            }
            candidates = self.trials.passes(&elements, requirement, pair, self.problem.claim.waived_by)?;
        }
        let mut at = 0;
        while elements.len() > 1 && at < elements.len() {
            let mut fewer = elements.clone();
            fewer.remove(at);
            match gone(&fewer)? {
                true => elements = fewer,
                false => at += 1,
            }
        }
        elements.sort_unstable();
        let price = elements.iter().map(|element| prices.get(element).copied().unwrap_or(0)).sum();
        Some((elements, price))
    }

    /// What was not explained is put to the cheapest element that most of its witnesses pass.
    fn rest(&mut self) {
        loop {
            let mut groups = self.open_groups();
            groups.retain(|&group| !self.problem.groups[group].candidates.is_empty());
            let Some(&first) = groups.first() else { return };
            let mut counts: HashMap<Element, u64> = HashMap::default();
            for group in groups {
                let count = self.count(group, None);
                for candidate in &self.problem.groups[group].candidates {
                    *counts.entry(candidate.element).or_default() += count;
                }
            }
            let offers = self.problem.groups[first].candidates.iter().map(|candidate| Offer {
                tuples: counts.get(&candidate.element).copied().unwrap_or(1),
                price: candidate.price,
                candidate: *candidate,
            });
            let Some(offer) = offers.min_by(Offer::compare) else { return };
            self.assign(vec![offer.candidate.element], None);
        }
    }
}
