//! Verdicts and violating tuples compared. Tuples of path requirements are compared class by class: nodes that nothing
//! tells apart in either document are looked at together, so that millions of pairs need not be written out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Side;
use super::services::{Joined, paths_of};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::engine::{Item, Outcome, PathOutcome};
use crate::policy::{Asked, Requirement};
use crate::report::diff::{About, Direction, Group, RequirementChange, Services, Widening};
use crate::report::{Finding, Verdict};
use crate::verify::finding::Finder;
use crate::verify::trace::{Broken, Tracer};
use crate::verify::trial::Trials;
use crate::verify::{Options, finding, internal_error, kinds};

/// Whether one of the verdicts is not known.
pub fn is_undecided(requirement: &RequirementChange) -> bool {
    requirement.old == Verdict::Undecided
        || requirement.new == Verdict::Undecided
        || requirement.wider.is_none()
        || requirement.narrower.is_none()
}

/// All requirements, in the order of the policy.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn compare(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    options: &Options<'_>,
    widenings: &mut Vec<Widening>,
) -> Result<Vec<RequirementChange>, Diagnostics> {
    let mut out = Vec::with_capacity(options.policy.requirements.len());
    for (at, requirement) in options.policy.requirements.iter().enumerate() {
        let change = one(old, new, options, (at, requirement)).map_err(|broken| {
            let mut diagnostics = Diagnostics::default();
            diagnostics.push(internal_error(&requirement.id, &broken));
            diagnostics
        })?;
        reasons(at, &change, widenings);
        out.push(change);
    }
    Ok(out)
}

/// What was found of the tuples.
#[derive(Default)]
struct Found {
    gained: Vec<Group>,
    lost: Vec<Group>,
    /// `None`: not compared.
    wider: Option<Vec<Group>>,
    narrower: Option<Vec<Group>>,
    findings: Vec<Finding>,
}

fn one(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    options: &Options<'_>,
    (at, requirement): (usize, &Requirement),
) -> Result<RequirementChange, Broken> {
    let known = |side: &Side<'_, '_, '_, '_>| side.decided.outcomes[at].is_some();
    let found = match &requirement.asked {
        _ if !known(old) || !known(new) => Found::default(),
        Asked::Isolation(_) | Asked::Through(_) | Asked::Sessions { .. } => {
            of_paths(old, new, options, (at, requirement))?
        }
        _ => of_tuples(old, new, options, (at, requirement))?,
    };
    let [before, after] = [&old.report, &new.report].map(|report| &report.requirements[at]);
    let (old_verdict, new_verdict) = (before.verdict, after.verdict);
    let some = |groups: &Option<Vec<Group>>| groups.as_ref().is_some_and(|groups| !groups.is_empty());
    let widened = !found.gained.is_empty() || some(&found.wider) || proves_less(old_verdict, new_verdict);
    let narrowed = !found.lost.is_empty() || some(&found.narrower);
    let compared = found.wider.is_some() && found.narrower.is_some();
    let direction = match Direction::of(widened, narrowed, old_verdict != new_verdict) {
        Direction::Unchanged | Direction::Changed | Direction::Narrowed if !compared => Direction::NotCompared,
        direction => direction,
    };
    Ok(RequirementChange {
        id: requirement.id.clone(),
        clause: requirement.clause.clone(),
        title: requirement.title.clone(),
        old: old_verdict,
        new: new_verdict,
        standings: [before.standing(), after.standing()],
        direction,
        counts: [before.tuples, after.tuples],
        gained: found.gained,
        lost: found.lost,
        wider: found.wider,
        narrower: found.narrower,
        findings: found.findings,
    })
}

/// Whether what was proved is so no longer.
const fn proves_less(old: Verdict, new: Verdict) -> bool {
    matches!(old, Verdict::Proved) && !matches!(new, Verdict::Proved)
}

/// What is wider of a requirement, by its position.
fn reasons(at: usize, change: &RequirementChange, widenings: &mut Vec<Widening>) {
    let mut add = |code, about, location| widenings.push(Widening { code, about, location });
    if proves_less(change.old, change.new) && change.new != Verdict::Violated {
        add(Code::ProvesLess, About::Requirement(at), None);
    }
    for (number, finding) in change.findings.iter().enumerate() {
        add(Code::TuplesGained, About::Finding(at, number), finding.location);
    }
    if change.wider.as_ref().is_some_and(|groups| !groups.is_empty()) {
        add(Code::ServicesGained, About::Requirement(at), None);
    }
}

/// Tuples under construction, the first ones by code point.
#[derive(Default)]
struct Gathered {
    count: u64,
    tuples: BTreeSet<Vec<String>>,
}

type Key = (Vec<Option<String>>, Option<Services>);

/// Groups under construction.
#[derive(Default)]
struct Groups(BTreeMap<Key, Gathered>);

impl Groups {
    fn add_one(&mut self, key: Key, tuple: Vec<String>) {
        let group = self.0.entry(key).or_default();
        group.count += 1;
        group.tuples.insert(tuple);
    }

    /// Adds every pair of two lists, each in order; nobody is a pair with itself.
    fn add_pairs(&mut self, key: Key, [left, right]: [&[&str]; 2], limit: usize) {
        let count = pairs_of(left, right);
        if count == 0 {
            return;
        }
        let group = self.0.entry(key).or_default();
        group.count += count;
        'left: for a in left {
            for (number, b) in right.iter().filter(|b| *b != a).enumerate() {
                let tuple = vec![(*a).to_owned(), (*b).to_owned()];
                if group.tuples.len() >= limit && group.tuples.last().is_none_or(|last| *last < tuple) {
                    // What comes next is greater still.
                    if number == 0 { break 'left } else { continue 'left }
                }
                group.tuples.insert(tuple);
                if group.tuples.len() > limit {
                    group.tuples.pop_last();
                }
            }
        }
    }

    fn finish(self, limit: usize) -> Vec<Group> {
        let groups = self.0.into_iter().map(|((zones, services), Gathered { count, tuples })| Group {
            zones,
            services,
            count,
            tuples: tuples.into_iter().take(limit).collect(),
        });
        let mut groups: Vec<Group> = groups.collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }
}

/// How many pairs of different ids two lists make, each in order.
fn pairs_of(left: &[&str], right: &[&str]) -> u64 {
    let both = left.iter().filter(|id| right.binary_search(id).is_ok()).count();
    left.len() as u64 * right.len() as u64 - both as u64
}

/// The first pair of different ids.
fn first_pair<'x>(left: &[&'x str], right: &[&'x str]) -> Option<[&'x str; 2]> {
    left.iter().find_map(|a| right.iter().find(|b| *b != a).map(|b| [*a, *b]))
}

/// Requirements whose tuples are written out.
fn of_tuples(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    options: &Options<'_>,
    (at, requirement): (usize, &Requirement),
) -> Result<Found, Broken> {
    let tuples = |side: &Side<'_, '_, '_, '_>| -> BTreeMap<Vec<String>, Vec<Item>> {
        let model = side.decided.decider.model();
        let all = side.decided.outcomes[at].as_ref().map(Outcome::tuples).unwrap_or_default();
        let spelt = |tuple: &[Item]| tuple.iter().map(|item| item.id(model)).collect();
        all.into_iter().map(|tuple| (spelt(&tuple), tuple)).collect()
    };
    let (before, after) = (tuples(old), tuples(new));
    let groups = |side: &Side<'_, '_, '_, '_>, mine: &BTreeMap<Vec<String>, Vec<Item>>, others: &BTreeMap<_, _>| {
        let mut groups = Groups::default();
        for (ids, tuple) in mine.iter().filter(|(ids, _)| !others.contains_key(*ids)) {
            let nodes = tuple.iter().filter_map(|item| item.node());
            let zones = nodes.map(|node| side.zone(node).map(str::to_owned)).collect();
            groups.add_one((zones, None), ids.clone());
        }
        groups.finish(options.max_tuples)
    };
    let (gained, lost) = (groups(new, &after, &before), groups(old, &before, &after));
    let only: Vec<Vec<Item>> =
        after.iter().filter(|(ids, _)| !before.contains_key(*ids)).map(|(_, tuple)| tuple.clone()).collect();
    let findings = match new.decided.outcomes[at].as_ref().filter(|_| !only.is_empty()) {
        None => Vec::new(),
        Some(outcome) => {
            let model = new.decided.decider.model();
            let tracer = Tracer::new(model);
            let show = crate::verify::show::Show { model, places: &new.places };
            let trials = Trials::new(model, options, new.decided.decider.limits(), false);
            let finder = Finder { tracer: &tracer, show, trials: &trials };
            kinds::findings(finder, requirement, outcome, &only, new.date)?
        }
    };
    Ok(Found { gained, lost, wider: Some(Vec::new()), narrower: Some(Vec::new()), findings })
}

/// Nodes that nothing tells apart in either document.
struct AlikeNodes<'x> {
    /// Their position on the side of the old and the new outcome.
    at: [Option<usize>; 2],
    /// Ids, in order.
    ids: Vec<&'x str>,
}

/// The nodes of one side of a path requirement in both documents.
fn alike<'x>(sides: [(&Side<'_, '_, '_, 'x>, Option<&PathOutcome>); 2], first: bool) -> Vec<AlikeNodes<'x>> {
    let mut at: HashMap<&'x str, [Option<usize>; 2]> = HashMap::new();
    for (which, (side, paths)) in sides.into_iter().enumerate() {
        let Some(paths) = paths else { continue };
        let classes = if first { &paths.a } else { &paths.b };
        for (position, &class) in classes.iter().enumerate() {
            for &node in &paths.network.classes.get(class).members {
                at.entry(side.decided.decider.model().id(node)).or_default()[which] = Some(position);
            }
        }
    }
    let mut together: BTreeMap<[Option<usize>; 2], Vec<&'x str>> = BTreeMap::new();
    for (id, at) in at {
        together.entry(at).or_default().push(id);
    }
    let alike = together.into_iter().map(|(at, mut ids)| {
        ids.sort_unstable();
        AlikeNodes { at, ids }
    });
    alike.collect()
}

/// In which of the documents a pair violates the requirement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gained,
    Lost,
    Kept,
}

fn of_paths(
    old: &mut Side<'_, '_, '_, '_>,
    new: &mut Side<'_, '_, '_, '_>,
    options: &Options<'_>,
    (at, requirement): (usize, &Requirement),
) -> Result<Found, Broken> {
    let outcomes = [paths_of(old.decided.outcomes[at].as_ref()), paths_of(new.decided.outcomes[at].as_ref())];
    let violated = |which: usize, a: &AlikeNodes<'_>, b: &AlikeNodes<'_>| {
        let (Some(paths), Some(a), Some(b)) = (outcomes[which], a.at[which], b.at[which]) else { return false };
        paths.answer.violating.holds(a, b)
    };
    let sides = [(&*old, outcomes[0]), (&*new, outcomes[1])];
    let (left, right) = (alike(sides, true), alike(sides, false));
    let mut pairs: Vec<(&AlikeNodes<'_>, &AlikeNodes<'_>, Kind)> = Vec::new();
    for a in &left {
        for b in &right {
            match (violated(0, a, b), violated(1, a, b)) {
                (false, true) => pairs.push((a, b, Kind::Gained)),
                (true, false) => pairs.push((a, b, Kind::Lost)),
                (true, true) => pairs.push((a, b, Kind::Kept)),
                (false, false) => {}
            }
        }
    }
    let zone = |side: &Side<'_, '_, '_, '_>, which: usize, nodes: &AlikeNodes<'_>, first: bool| {
        let paths = outcomes[which]?;
        let class = if first { paths.a[nodes.at[which]?] } else { paths.b[nodes.at[which]?] };
        side.zone(paths.network.classes.get(class).members[0]).map(str::to_owned)
    };
    let zones: Vec<Vec<Option<String>>> = pairs
        .iter()
        .map(|(a, b, kind)| {
            let (side, which) = if *kind == Kind::Lost { (&*old, 0) } else { (&*new, 1) };
            vec![zone(side, which, a, true), zone(side, which, b, false)]
        })
        .collect();
    let findings = findings(new, outcomes[1], &pairs, options, requirement)?;
    let asked = |which: usize, without: Kind| {
        let mut classes = [BTreeSet::new(), BTreeSet::new()];
        for (a, b, _) in pairs.iter().filter(|(_, _, kind)| *kind != without) {
            classes[0].extend(a.at[which]);
            classes[1].extend(b.at[which]);
        }
        classes.map(|set| set.into_iter().collect::<Vec<_>>())
    };
    let asked = [asked(0, Kind::Gained), asked(1, Kind::Lost)];
    let [asked_old, asked_new] = asked;
    let before = Joined::ask(old, &requirement.id, at, asked_old);
    let after = Joined::ask(new, &requirement.id, at, asked_new);
    let limit = options.max_tuples;
    let (mut gained, mut lost) = (Groups::default(), Groups::default());
    let (mut wider, mut narrower) = (Groups::default(), Groups::default());
    for ((a, b, kind), zones) in pairs.iter().zip(zones) {
        let bits = |joined: &Option<Joined>, which: usize| {
            let (joined, row, column) = (joined.as_ref()?, a.at[which]?, b.at[which]?);
            Some(joined.of(row, column).to_vec())
        };
        let ids = [a.ids.as_slice(), b.ids.as_slice()];
        match kind {
            Kind::Gained => {
                let services = after.as_ref().zip(bits(&after, 1)).map(|(joined, bits)| joined.services(&bits));
                gained.add_pairs((zones, services), ids, limit);
            }
            Kind::Lost => {
                let services = before.as_ref().zip(bits(&before, 0)).map(|(joined, bits)| joined.services(&bits));
                lost.add_pairs((zones, services), ids, limit);
            }
            Kind::Kept => {
                let (Some(one), Some(other)) = (&before, &after) else { continue };
                let (Some(bits_old), Some(bits_new)) = (bits(&before, 0), bits(&after, 1)) else { continue };
                if let Some(services) = other.services_beyond(&bits_new, one, &bits_old) {
                    wider.add_pairs((zones.clone(), Some(services)), ids, limit);
                }
                if let Some(services) = one.services_beyond(&bits_old, other, &bits_new) {
                    narrower.add_pairs((zones, Some(services)), ids, limit);
                }
            }
        }
    }
    let kept = pairs.iter().any(|(.., kind)| *kind == Kind::Kept);
    let compared = (before.is_some() && after.is_some()) || !kept;
    Ok(Found {
        gained: gained.finish(limit),
        lost: lost.finish(limit),
        wider: compared.then(|| wider.finish(limit)),
        narrower: compared.then(|| narrower.finish(limit)),
        findings,
    })
}

/// What lets the gained pairs through, by cause.
fn findings(
    new: &Side<'_, '_, '_, '_>,
    paths: Option<&PathOutcome>,
    pairs: &[(&AlikeNodes<'_>, &AlikeNodes<'_>, Kind)],
    options: &Options<'_>,
    requirement: &Requirement,
) -> Result<Vec<Finding>, Broken> {
    let Some(paths) = paths else { return Ok(Vec::new()) };
    let model = new.decided.decider.model();
    let mut counts: HashMap<(usize, usize), (u64, [&str; 2])> = HashMap::new();
    for (a, b, _) in pairs.iter().filter(|(.., kind)| *kind == Kind::Gained) {
        let (Some(row), Some(column)) = (a.at[1], b.at[1]) else { continue };
        let Some(ends) = first_pair(&a.ids, &b.ids) else { continue };
        let entry = counts.entry((row, column)).or_insert((0, ends));
        entry.0 += pairs_of(&a.ids, &b.ids);
        entry.1 = entry.1.min(ends);
    }
    if counts.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = |row: usize, column: usize| {
        let (count, ends) = counts.get(&(row, column))?;
        let ends = model.names.node(ends[0]).zip(model.names.node(ends[1])).map(|(a, b)| [a, b]);
        Some((*count, ends))
    };
    let tracer = Tracer::new(model);
    let trials = Trials::new(model, options, new.decided.decider.limits(), false);
    let finder = Finder { tracer: &tracer, show: new.show(), trials: &trials };
    finding::of_some_paths(finder, paths, &requirement.id, paths.claim(Some(&requirement.id)), &chosen)
}
