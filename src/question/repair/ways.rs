//! The ways that violate requirements: found on a document with edits made, and shown on the document as it was.

use std::collections::BTreeSet;

use super::apply::Applied;
use super::edit::{Edit, Universe};
use crate::document::Severity;
use crate::engine::replay::{Claim, Replay};
use crate::engine::trace::{SessionTrace, Way as Step, Witness};
use crate::engine::{Item, MethodSet, Outcome, PeerOutcome};
use crate::policy::{Asked, Policy};
use crate::verify::trace::Tracer;

/// Ways that are collected of one requirement at a time.
const OF_ONE: usize = 24;

/// A way that violates a requirement, of the document as it was.
pub struct Way {
    /// The requirement, by index.
    pub requirement: usize,
    /// The data path.
    pub witness: Witness,
    /// For each of its sessions the exceptions that cover it.
    pub excused: Vec<Vec<u32>>,
    /// Of the peer of an exception: the session that the exception covers.
    pub covered: Option<SessionTrace>,
    /// The edits each of which breaks it.
    pub breaking: BTreeSet<Edit>,
}

/// What is wrong with a document with edits made.
#[derive(Default)]
pub struct Wrong {
    /// Ways, of those requirements that hang on ways.
    pub ways: Vec<Way>,
    /// Requirements that edits do not mend, and how many tuples violate each.
    pub others: Vec<(usize, u64)>,
    /// Expected communication that is not possible: the entry, and the tuple.
    pub missing: BTreeSet<(u32, Vec<Item>)>,
    /// Whether something was not decided, or a way could not be shown.
    pub open: bool,
}

/// Collects ways.
pub struct Collector<'c, 'm, 'd> {
    /// The policy that is decided.
    pub policy: &'c Policy,
    /// The judge of the document as it was.
    pub replay: &'c Replay<'m, 'd>,
    /// Its edits.
    pub universe: &'c Universe<'c, 'm, 'd>,
}

impl Collector<'_, '_, '_> {
    /// What is wrong with a document: `tracer` and `outcomes` are its own;
    pub fn collect(&self, tracer: &Tracer<'_, '_>, outcomes: &[Option<&Outcome>], applied: &Applied) -> Wrong {
        let mut wrong = Wrong::default();
        for (at, (requirement, outcome)) in self.policy.requirements.iter().zip(outcomes).enumerate() {
            if requirement.asked == Asked::Expects {
                match outcome {
                    None => wrong.open = true,
                    Some(outcome) => {
                        wrong.missing.extend(outcome.tuples().into_iter().filter_map(|tuple| match tuple[0] {
                            Item::Expectation(entry) => Some((entry, tuple)),
                            _ => None,
                        }))
                    }
                }
            }
            if requirement.severity != Severity::Error {
                continue;
            }
            let back = |witness: Witness| as_it_was(witness, applied);
            match outcome {
                None => wrong.open = true,
                Some(Outcome::Paths(paths)) => {
                    let pairs: Vec<(usize, usize)> = paths
                        .answer
                        .violating
                        .rows()
                        .enumerate()
                        .flat_map(|(row, columns)| columns.iter().map(move |&column| (row, column as usize)))
                        .collect();
                    let claim = paths.claim(Some(&requirement.id));
                    for (row, column) in spread(&pairs) {
                        let found = tracer.witness(paths, row, column, claim).ok().map(|found| back(found.witness));
                        match found.and_then(|witness| Some((self.replay.judge(&witness, claim).ok()?, witness))) {
                            Some((excused, witness)) => {
                                let breaking = self.universe.breaking(&witness);
                                wrong.ways.push(Way { requirement: at, witness, excused, covered: None, breaking });
                            }
                            None => wrong.open = true,
                        }
                    }
                }
                Some(Outcome::Peers(peers)) => self.peers(at, tracer, peers, &back, &mut wrong),
                Some(outcome) if outcome.count() > 0 => wrong.others.push((at, outcome.count())),
                Some(_) => {}
            }
        }
        wrong
    }

    /// The peers of exceptions that are exposed: by a raw path, together with a session that the exception covers.
    fn peers(
        &self,
        requirement: usize,
        tracer: &Tracer<'_, '_>,
        peers: &PeerOutcome,
        back: &dyn Fn(Witness) -> Witness,
        wrong: &mut Wrong,
    ) {
        let paths = &peers.paths;
        let class = |node: u32| paths.network.classes.of_node.get(node as usize).copied().flatten();
        for (exception, node) in spread(&peers.tuples) {
            let covered = (|| {
                let own = class(node)?;
                let end = peers.ends.iter().find(|end| end.exception == exception && end.class == own)?;
                let ends = [end.session.from(), end.session.to()];
                let other = ends.into_iter().find(|&other| other != own).unwrap_or(own);
                let member = tracer.first_members(paths, other).into_iter().find(|&member| member != node)?;
                let pair = if ends[0] == own { [node, member] } else { [member, node] };
                let session = tracer.session(&paths.pools, &end.session, pair, &[]).ok()?;
                let nodes = vec![session.from, session.to];
                let witness = back(Witness { nodes, sessions: vec![session], passes: Vec::new() });
                let claim = Claim {
                    without: &[],
                    sanitised_by: MethodSet::default(),
                    services: None,
                    sessions: false,
                    waived_by: None,
                };
                self.replay.judge(&witness, claim).ok()?;
                witness.sessions.into_iter().next()
            })();
            let exposed = (|| {
                let row = paths.a.binary_search(&class(node)?).ok()?;
                let column = *paths.answer.violating.row(row).first()? as usize;
                let claim = paths.claim(None);
                let witness = back(tracer.witness(paths, row, column, claim).ok()?.witness);
                self.replay.judge(&witness, claim).ok()?;
                Some(witness)
            })();
            let Some(covered) = covered else {
                wrong.open = true;
                continue;
            };
            // What is labelled of the zone that peers must not be in violates by the session alone.
            let witness = exposed.unwrap_or_else(|| Witness {
                nodes: vec![covered.from, covered.to],
                sessions: vec![covered.clone()],
                passes: Vec::new(),
            });
            let mut breaking = self.universe.breaking(&witness);
            self.universe.breaking_session(&covered, &mut breaking);
            let excused = vec![Vec::new(); witness.sessions.len()];
            wrong.ways.push(Way { requirement, witness, excused, covered: Some(covered), breaking });
        }
    }
}

/// Some of them, evenly spread.
fn spread<T: Copy>(all: &[T]) -> impl Iterator<Item = T> {
    let wanted = all.len().min(OF_ONE);
    (0..wanted).map(move |at| all[at * all.len() / wanted])
}

/// A way of a document with edits made, in the numbers of the document as it was.
fn as_it_was(mut witness: Witness, applied: &Applied) -> Witness {
    for hop in witness.sessions.iter_mut().flat_map(|session| &mut session.hops) {
        if let Some(Step::Link { link, .. }) = &mut hop.way {
            *link = applied.links[link.index()];
        }
        for decider in &mut hop.deciders {
            if let (Some(rule), Some(was)) = (&mut decider.rule, applied.rules.get(&(hop.node, decider.filter))) {
                *rule = was[*rule as usize].expect("a denial lets nothing through");
            }
        }
    }
    witness
}
