//! A document in which points have failed, decided; and the way that data then takes, on the whole document.

use super::points::Point;
use crate::diagnostic::Diagnostics;
use crate::document::{Date, Document};
use crate::engine::route::Detour;
use crate::engine::trace::{Means, PacketAddress, SessionTrace, Witness};
use crate::engine::{LimitReached, Limits, Outcome, PathOutcome, RequirementDecider};
use crate::model::Model;
use crate::model::names::Names;
use crate::policy::Requirement;
use crate::verify::trace::{Broken, Replayed, Tracer};

/// Pairs of classes that are looked at for a shortest way.
const PAIRS: usize = 200;

/// What is asked of variants.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// That no raw data gets from one tier to the other, unless exceptions excuse it.
    pub requirement: &'a Requirement,
    pub date: Date,
    pub limits: Limits,
}

/// A copy of a document in which points have failed.
pub fn failed<'d>(document: &Document<'d>, points: impl IntoIterator<Item = Point>) -> Document<'d> {
    let mut copy = document.clone();
    points.into_iter().for_each(|point| point.fail(&mut copy));
    copy
}

/// Decides a document; `None`: one side has nobody.
fn decided<T>(
    document: &Document<'_>,
    asked: Asked<'_>,
    then: impl FnOnce(&Model<'_>, Option<&PathOutcome>) -> T,
) -> Result<T, LimitReached> {
    // Points that fail leave every name where it was.
    let names = Names::resolve(document, &mut Diagnostics::default()).ok_or(LimitReached)?;
    let model = Model::new(document, &names);
    let mut decider = RequirementDecider::new(&model, asked.date, asked.limits);
    Ok(match decider.decide(asked.requirement)? {
        Outcome::Paths(paths) => then(&model, Some(&paths)),
        _ => then(&model, None),
    })
}

/// Whether data gets through.
///
/// # Errors
/// When a limit is reached first.
pub fn gets_through(document: &Document<'_>, asked: Asked<'_>) -> Result<bool, LimitReached> {
    decided(document, asked, |_, paths| {
        paths.is_some_and(|paths| paths.answer.violating.rows().any(|row| !row.is_empty()))
    })
}

/// A shortest way of data, replayed; `None`: there is none.
fn shortest(model: &Model<'_>, paths: &PathOutcome, requirement: &str) -> Option<Result<Replayed, Broken>> {
    let rows = paths.answer.violating.rows().enumerate();
    let pairs = rows.flat_map(|(a, row)| row.iter().map(move |&b| (a, b as usize))).take(PAIRS);
    let length = |&(a, b): &(usize, usize)| paths.answer.witness(a, b).map_or(usize::MAX, |(chain, _)| chain.len());
    let (a, b) = pairs.min_by_key(length)?;
    Some(Tracer::new(model).witness(paths, a, b, paths.claim(Some(requirement))))
}

/// How data gets through a document in which points have failed, found on `small` and shown on `whole`, which it stands for; with nodes
/// and points as the whole one numbers them.
///
/// # Errors
/// When a limit is reached first; and where what was decided does not stand up to its replay.
pub fn way(
    whole: &Document<'_>,
    small: Option<(&Document<'_>, &[Point])>,
    points: &[Point],
    asked: Asked<'_>,
) -> Result<Result<Replayed, Broken>, LimitReached> {
    let copy = failed(whole, points.iter().copied());
    if let Some((small, of_small)) = small {
        let small = failed(small, of_small.iter().copied());
        let shown = decided(&small, asked, |model, paths| {
            let found = shortest(model, paths?, &asked.requirement.id)?.ok()?;
            moved(model, &copy, &found.witness, asked)
        })?;
        if let Some(shown) = shown {
            return Ok(Ok(shown));
        }
    }
    // What stands for the whole one does not show the way: an address that it has to spare may be somebody's.
    decided(&copy, asked, |model, paths| {
        let found = paths.and_then(|paths| shortest(model, paths, &asked.requirement.id));
        found.unwrap_or_else(|| Err(Broken("no data gets through the whole document".to_owned())))
    })
}

/// A way through a small document, through the whole one; `None`: it does not lead there so.
fn moved(small: &Model<'_>, whole: &Document<'_>, witness: &Witness, asked: Asked<'_>) -> Option<Replayed> {
    let names = Names::resolve(whole, &mut Diagnostics::default())?;
    let model = Model::new(whole, &names);
    let tracer = Tracer::new(&model);
    let of_whole = |node: u32| names.node(small.id(node));
    let address = |address: PacketAddress| match address {
        PacketAddress::Symbolic(node) => of_whole(node).map(PacketAddress::Symbolic),
        PacketAddress::Known(..) => Some(address),
    };
    let nodes: Vec<u32> = witness.nodes.iter().map(|&node| of_whole(node)).collect::<Option<_>>()?;
    let mut sessions = Vec::with_capacity(witness.sessions.len());
    for (session, from_data) in witness.sessions.iter().zip(&nodes) {
        let (from, to) = (of_whole(session.from)?, of_whole(session.to)?);
        let (means, hops) = match session.means {
            Means::Transfer(transfer) => (Means::Transfer(transfer), Vec::new()),
            Means::Packet(mut packet) => {
                packet.source = address(packet.source)?;
                packet.destination = address(packet.destination)?;
                let detour = Detour { two_way: from != *from_data, ..Detour::default() };
                (Means::Packet(packet), tracer.adjacency().route(from, to, &packet, detour)?)
            }
        };
        sessions.push(SessionTrace { from, to, means, hops });
    }
    let witness = Witness { nodes, sessions, passes: witness.passes.clone() };
    let claim = crate::engine::replay::Claim {
        without: &[],
        sanitised_by: crate::engine::MethodSet::ALL,
        services: None,
        sessions: false,
        waived_by: Some(&asked.requirement.id),
    };
    let covered = tracer.replay().judge(&witness, claim).ok()?;
    Some(Replayed { witness, covered })
}
