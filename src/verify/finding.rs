//! Violating pairs grouped by what they hang on, each group with a witness.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::blame;
use super::cause;
use super::guess;
use super::show::Show;
use super::trace::{Broken, Replayed, Tracer};
use super::trial::{Trials, is_first};
use super::weigh::{Blame, Found, Group, Problem, weigh};
use crate::engine::replay::Claim;
use crate::engine::trace::Witness;
use crate::engine::{Carrier, PathOutcome, RelayPass};
use crate::network::{ClassId, Links};
use crate::report::{Fault, Finding};

/// Pairs of classes whose chains of flows are looked at for one requirement.
const PAIRS: usize = 100_000;
/// Steps of searches for ways that are spent on one requirement, in links looked at.
const EFFORT: usize = 8_000_000;
/// Ways traced for one requirement, at least and at most.
const TRACED: (usize, usize) = (64, 2_000);
/// Units of tuples that are told apart when a requirement is decided again.
const UNITS: usize = 1_000_000;

/// How many ways are traced for one requirement.
pub fn budget(tracer: &Tracer<'_, '_>) -> usize {
    (EFFORT / (1 + tracer.adjacency().trunk_link_count())).clamp(TRACED.0, TRACED.1)
}

/// What findings are made with.
#[derive(Clone, Copy)]
pub struct Finder<'f, 't, 'm, 's, 'd> {
    /// Finds witnesses.
    pub tracer: &'f Tracer<'m, 'd>,
    /// Speaks of the document.
    pub show: Show<'f, 's, 'd>,
    /// Decides again.
    pub trials: &'f Trials<'t, 'd>,
}

/// Pairs of classes whose sessions are alike: same relays, and alike what carries data.
type Alike = (Vec<RelayPass>, Vec<AlikeCarrier>);

/// Packets between the same attachments with the same headers, or the same transfer.
#[derive(PartialEq, Eq, Hash)]
enum AlikeCarrier {
    Packets([u32; 2], Links, crate::header::HeaderBox, crate::header::Product),
    Transfer(u32),
}

/// Pairs of classes, by position, that are alike.
struct Pairs {
    tuples: u64,
    /// The pairs, each with how many tuples it is and the nodes to show it by (`None`: all, shown by any).
    pairs: Vec<((usize, usize), u64, Option<[u32; 2]>)>,
}

/// Findings for all violating pairs of a path requirement.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn of_paths(
    finder: Finder<'_, '_, '_, '_, '_>,
    paths: &PathOutcome,
    id: &str,
    claim: Claim<'_>,
) -> Result<Vec<Finding>, Broken> {
    let all = |i: usize, j: usize| Some((paths.pairs(paths.a[i], paths.b[j]), None));
    of_some_paths(finder, paths, id, claim, &all)
}

/// See [`of_some_paths`].
pub type Counts<'c> = dyn Fn(usize, usize) -> Option<(u64, Option<[u32; 2]>)> + 'c;

/// Findings for some of the violating pairs of a path requirement: of each pair of classes, by position, `counts` says
/// how many tuples count and by which nodes to show them (left out: all, by any); `None`: none counts.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn of_some_paths(
    finder: Finder<'_, '_, '_, '_, '_>,
    paths: &PathOutcome,
    id: &str,
    claim: Claim<'_>,
    counts: &Counts<'_>,
) -> Result<Vec<Finding>, Broken> {
    let Finder { tracer, trials, .. } = finder;
    let (alike, mut rest) = alike(paths, counts);
    let limit = budget(tracer);
    let mut witnesses: Vec<Option<Replayed>> = Vec::with_capacity(alike.len());
    let mut groups: Vec<Group> = Vec::with_capacity(alike.len());
    let mut members = Members { trials, paths, of_class: FxHashMap::default() };
    let mut units = 0;
    for (number, pairs) in alike.iter().enumerate() {
        let &((a, b), _, ends) = &pairs.pairs[0];
        let mut group = Group { candidates: Vec::new(), units: Vec::new() };
        let mut shown = None;
        if number < limit {
            let replayed = tracer.witness_between(paths, [a, b], ends, claim)?;
            let from_first = is_first(paths, replayed.witness.nodes[0], a);
            group.candidates = cause::candidates(tracer.model(), tracer.adjacency(), &replayed.witness, from_first);
            let (first, last) = (replayed.witness.nodes[0], replayed.witness.nodes[replayed.witness.nodes.len() - 1]);
            shown = Some(if from_first { [first, last] } else { [last, first] });
            witnesses.push(Some(replayed));
        } else {
            witnesses.push(None);
        }
        if units < UNITS {
            members.units(pairs, shown, &mut group);
            units += group.units.len();
        } else {
            group.units = vec![((0, 0), pairs.tuples)];
        }
        groups.push(group);
    }
    let requirement = trials.requirement(id).filter(|_| units < UNITS);
    let problem = Problem { requirement, claim, tuples: paths.count(), groups };
    let Found { blames, rest: open } = weigh(trials, &problem);
    let mut out: Vec<(Blame, Finding)> = Vec::with_capacity(blames.len());
    for blame in blames {
        let (group, own) = match shortest(&blame, &problem, &witnesses) {
            Ok((group, _)) => (group, None),
            // The witness of the group is of a tuple that hangs on something else.
            Err((group, unit)) => (group, between(tracer, paths, problem.groups[group].units[unit].0, claim)),
        };
        if let Some(replayed) = own.as_ref().or(witnesses[group].as_ref()) {
            let finding = of_blame(finder, &blame, &problem.groups[group], replayed);
            out.push((blame, finding));
        }
    }
    let mut out = in_order(out);
    let open_tuples: u64 = open.iter().map(|(_, tuples)| tuples).sum();
    if let Some((pair, ends)) =
        open.first().map(|&(group, _)| (alike[group].pairs[0].0, alike[group].pairs[0].2)).or(rest.first)
    {
        rest.tuples += open_tuples;
        let ends = ends.unwrap_or_else(|| {
            let [a, b] = [paths.a[pair.0], paths.b[pair.1]];
            let second = usize::from(a == b);
            [tracer.first_members(paths, a)[0], tracer.first_members(paths, b)[second]]
        });
        let path = ends.map(|node| finder.show.id(node).to_owned()).to_vec();
        out.push(untraced(rest.tuples, limit, path));
    }
    Ok(out)
}

/// A witness for two nodes.
fn between(
    tracer: &Tracer<'_, '_>,
    paths: &PathOutcome,
    (first, second): (u32, u32),
    claim: Claim<'_>,
) -> Option<Replayed> {
    let class = |node: u32| paths.network.classes.of_node[node as usize];
    let row = paths.a.binary_search(&class(first)?).ok()?;
    let column = paths.b.binary_search(&class(second)?).ok()?;
    tracer.witness_between(paths, [row, column], Some([first, second]), claim).ok()
}

/// The shortest witness among those of a blame, with its group; else a unit that needs one of its own.
pub fn shortest<'w>(
    blame: &Blame,
    problem: &Problem<'_>,
    witnesses: &'w [Option<Replayed>],
) -> Result<(usize, &'w Replayed), (usize, usize)> {
    let length = |witness: &Witness| {
        (witness.sessions.len(), witness.sessions.iter().map(|session| session.hops.len()).sum::<usize>())
    };
    let passes =
        |group: usize| problem.groups[group].candidates.iter().any(|one| blame.elements.contains(&one.element));
    let usable = blame.parts.iter().filter(|part| part.unit == 0 && passes(part.group));
    let found = usable.filter_map(|part| Some((part.group, witnesses[part.group].as_ref()?)));
    let other = blame.parts.iter().find(|part| passes(part.group)).or(blame.parts.first());
    found
        .min_by_key(|(_, replayed)| length(&replayed.witness))
        .ok_or_else(|| other.map_or((0, 0), |part| (part.group, part.unit)))
}

/// Findings with the most tuples first, then by place.
pub fn in_order(mut list: Vec<(Blame, Finding)>) -> Vec<Finding> {
    list.sort_by(|(a, of_a), (b, of_b)| {
        let key = |blame: &Blame, finding: &Finding| (std::cmp::Reverse(blame.tuples), finding.location);
        key(a, of_a).cmp(&key(b, of_b)).then_with(|| a.elements.cmp(&b.elements))
    });
    list.into_iter().map(|(_, finding)| finding).collect()
}

/// What stands for the members of classes, and for how many.
struct Members<'m, 't, 'd> {
    trials: &'m Trials<'t, 'd>,
    paths: &'m PathOutcome,
    of_class: FxHashMap<ClassId, Vec<(u32, u64)>>,
}

impl Members<'_, '_, '_> {
    fn of(&mut self, class: ClassId) -> Vec<(u32, u64)> {
        let (trials, paths) = (self.trials, self.paths);
        let keys = self.of_class.entry(class).or_insert_with(|| {
            let mut keys: FxHashMap<u32, u64> = FxHashMap::default();
            for &node in &paths.network.classes.get(class).members {
                *keys.entry(trials.key(node)).or_default() += 1;
            }
            let mut keys: Vec<(u32, u64)> = keys.into_iter().collect();
            keys.sort_unstable();
            keys
        });
        keys.clone()
    }

    /// The units of a group, that of the pair shown first.
    fn units(&mut self, pairs: &Pairs, shown: Option<[u32; 2]>, group: &mut Group) {
        for &((a, b), tuples, ends) in &pairs.pairs {
            match ends {
                Some([a, b]) => group.units.push(((self.trials.key(a), self.trials.key(b)), tuples)),
                None => {
                    let right = self.of(self.paths.b[b]);
                    // Nobody is a pair with itself.
                    let itself = self.paths.a[a] == self.paths.b[b];
                    for (a, weight) in self.of(self.paths.a[a]) {
                        let of = |&(b, other): &(u32, u64)| ((a, b), weight * (other - u64::from(itself && a == b)));
                        group.units.extend(right.iter().map(of).filter(|(_, tuples)| *tuples > 0));
                    }
                }
            }
        }
        let shown = shown.map(|[a, b]| (self.trials.key(a), self.trials.key(b)));
        if let Some(at) = group.units.iter().position(|(pair, _)| Some(*pair) == shown) {
            group.units.swap(0, at);
        }
    }
}

/// Pairs that were not looked at.
#[derive(Default)]
struct Rest {
    tuples: u64,
    first: Option<((usize, usize), Option<[u32; 2]>)>,
}

/// The violating pairs of classes, those alike together, the largest first; and the rest that was not looked at.
fn alike(paths: &PathOutcome, counts: &Counts<'_>) -> (Vec<Pairs>, Rest) {
    let mut rest = Rest::default();
    let mut index: HashMap<Alike, usize> = HashMap::new();
    let mut groups: Vec<Pairs> = Vec::new();
    let mut looked = 0;
    for (i, row) in paths.answer.violating.rows().enumerate() {
        for j in row.iter().map(|&j| j as usize) {
            let Some((tuples, ends)) = counts(i, j) else { continue };
            looked += 1;
            let Some((chain, relay_passes)) = (if looked <= PAIRS { paths.answer.witness(i, j) } else { None }) else {
                rest.tuples += tuples;
                rest.first.get_or_insert(((i, j), ends));
                continue;
            };
            let sessions = chain.iter().map(|flow| {
                let session = match flow.carrier {
                    Carrier::Packets(session) => session,
                    Carrier::Transfer { transfer, .. } => return AlikeCarrier::Transfer(transfer),
                };
                let attachment =
                    |class| paths.network.classes.get(class).accesses[usize::from(session.links == Links::TwoWay)];
                let ends = [attachment(session.from), attachment(session.to)];
                AlikeCarrier::Packets(ends, session.links, session.header, session.product)
            });
            let at = *index.entry((relay_passes, sessions.collect())).or_insert_with(|| {
                groups.push(Pairs { tuples: 0, pairs: Vec::new() });
                groups.len() - 1
            });
            groups[at].tuples += tuples;
            groups[at].pairs.push(((i, j), tuples, ends));
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.tuples), group.pairs[0].0));
    (groups, rest)
}

fn untraced(tuples: u64, limit: usize, path: Vec<String>) -> Finding {
    Finding {
        fault: Fault::Untraced { limit: limit as u64 },
        tuples,
        path,
        sessions: Vec::new(),
        location: None,
        guesses: Vec::new(),
        cause: vec!["untraced".to_owned()],
    }
}

/// The finding of a blame, shown by a witness.
pub fn of_blame(finder: Finder<'_, '_, '_, '_, '_>, blame: &Blame, group: &Group, replayed: &Replayed) -> Finding {
    let Finder { tracer, show, .. } = finder;
    let Replayed { witness, covered } = replayed;
    let vlans = show.model.document.links.iter().any(|link| link.names_vlans());
    let sessions = witness.sessions.iter().zip(covered).map(|(session, covered)| show.session(session, covered, vlans));
    Finding {
        fault: Fault::Leak(blame::leak(show, blame, group, witness)),
        tuples: blame.tuples,
        path: witness.nodes.iter().map(|&node| show.id(node).to_owned()).collect(),
        sessions: sessions.collect(),
        location: blame.elements.first().map(|element| show.element_at(element)),
        guesses: guess::of(tracer, show, &blame.elements, witness),
        cause: blame.elements.iter().flat_map(|element| show.element_key(element)).collect(),
    }
}
