//! Ways past obstacles as facts of reports. Before one is told of, it is replayed in a copy of the document with what would have to
//! change: it must get through with all of it, and must not with any single part left out.

mod change;

use std::collections::BTreeSet;

use super::show::Show;
use super::trace::Broken;
use crate::document::{Document, protocol_word};
use crate::engine::obstacle::{Asked, Found, Obstacle, Searcher, is_new};
use crate::engine::replay::{Claim, Replay};
use crate::engine::route::Adjacency;
use crate::engine::trace::{Hop, Means, Packet, SessionTrace, Translation, Way, Witness};
use crate::engine::{LimitReached, MethodSet, Step, hops};
use crate::model::Model;
use crate::report::Packet as PacketFact;
use crate::report::why::{Answer, Obstacle as Fact, Stop, Way as WayFact};
use change::Changes;

/// Why an answer could not be given.
pub(crate) enum Failed {
    /// A limit was reached.
    Limit,
    /// What was found does not stand up to its replay.
    Broken(Broken),
}

impl From<LimitReached> for Failed {
    fn from(_: LimitReached) -> Self {
        Self::Limit
    }
}

/// Judges ways of one document. Ways past obstacles are judged in a copy of it, which is made when the first is.
pub(crate) struct Judge<'j, 'm, 'd> {
    adjacency: &'j Adjacency<'m, 'd>,
    replay: &'j Replay<'m, 'd>,
    copy: Option<Document<'d>>,
}

/// The answer to a question, with at most `most` ways.
///
/// # Errors
/// When a limit is reached first, or a way does not stand up to its replay.
pub(crate) fn answer(
    show: Show<'_, '_, '_>,
    judge: &mut Judge<'_, '_, '_>,
    searcher: &mut Searcher<'_, '_, '_>,
    asked: Asked<'_>,
    most: usize,
) -> Result<Answer, Failed> {
    let (mut barred, mut ways) = (BTreeSet::new(), Vec::new());
    while ways.len() < most {
        let Some(found) = searcher.least(asked, &barred)? else { break };
        let obstacles = found.obstacles();
        let way = judge.told(show, &found, asked).map_err(Failed::Broken)?;
        if obstacles.is_empty() {
            return Ok(Answer::Gets(way));
        }
        barred.extend(obstacles);
        ways.push(way);
    }
    Ok(if ways.is_empty() { Answer::Unaddressed } else { Answer::Stopped(ways) })
}

/// A way that nothing stops, judged on the document as it is.
///
/// # Errors
/// When it does not stand up to its replay.
pub(crate) fn free(
    adjacency: &Adjacency<'_, '_>,
    replay: &Replay<'_, '_>,
    found: &Found,
    asked: Asked<'_>,
) -> Result<Witness, Broken> {
    let broken = |why: String| {
        let ids: Vec<&str> = found.nodes.iter().map(|&node| adjacency.model().id(node)).collect();
        Broken(format!("{}: {why}", ids.join(", ")))
    };
    let mut sessions = Vec::with_capacity(found.stages.len());
    for stage in &found.stages {
        let (means, hops) = match (&stage.trail, stage.transfer) {
            (Some(trail), _) => {
                let walked = hops(adjacency, &trail.steps).zip(trail.steps.first());
                let (hops, first) = walked.ok_or_else(|| broken("a filter denies".to_owned()))?;
                (Means::Packet(first.before), hops)
            }
            (None, Some(transfer)) => (Means::Transfer(transfer), Vec::new()),
            (None, None) => return Err(broken("a session is made of nothing".to_owned())),
        };
        sessions.push(SessionTrace { from: stage.from, to: stage.to, means, hops });
    }
    let passes = found.passes.iter().copied().collect::<Option<Vec<_>>>();
    let passes = passes.ok_or_else(|| broken("a node relays nothing of it".to_owned()))?;
    let witness = Witness { nodes: found.nodes.clone(), sessions, passes };
    replay.judge(&witness, Claim { sessions: asked.direct, ..ANY }).map_err(|refusal| broken(refusal.0))?;
    Ok(witness)
}

impl<'j, 'm, 'd> Judge<'j, 'm, 'd> {
    /// A judge of ways along these links.
    pub(crate) const fn new(adjacency: &'j Adjacency<'m, 'd>, replay: &'j Replay<'m, 'd>) -> Self {
        Self { adjacency, replay, copy: None }
    }

    /// A way in the words of a report, once it was decided again.
    fn told(&mut self, show: Show<'_, '_, '_>, found: &Found, asked: Asked<'_>) -> Result<WayFact, Broken> {
        let (adjacency, model) = (self.adjacency, show.model);
        let broken = |why: &str| {
            let ids: Vec<&str> = found.nodes.iter().map(|&node| model.id(node)).collect();
            Broken(format!("{}: {why}", ids.join(", ")))
        };
        let obstacles: BTreeSet<Obstacle> = found.obstacles().into_iter().collect();
        let passed = if obstacles.is_empty() {
            free(adjacency, self.replay, found, asked)?.sessions
        } else {
            self.replayed(found, None, asked).map_err(|why| broken(&why))?
        };
        for obstacle in obstacles {
            if self.replayed(found, Some(obstacle), asked).is_ok() {
                return Err(broken(&format!("{obstacle:?} stops nothing")));
            }
        }
        let vlans = show.uses_vlans();
        let sessions = found.stages.iter().zip(passed).map(|(stage, mut session)| {
            if let Some(trail) = &stage.trail {
                for ((at, step), hop) in trail.steps.iter().enumerate().zip(&mut session.hops) {
                    let stopped = trail.stops.iter().any(|(place, _)| *place == at);
                    as_it_is(adjacency, step, stopped, hop);
                }
            }
            show.session(&session, &[], vlans)
        });
        let sessions = sessions.collect();
        let path = found.nodes.iter().map(|&node| model.id(node).to_owned()).collect();
        Ok(WayFact { path, sessions, obstacles: facts(show, adjacency, found) })
    }

    /// The sessions of a way in the document with what would have to change, but for one obstacle; the error says what stops it.
    fn replayed(
        &mut self,
        found: &Found,
        left_in_place: Option<Obstacle>,
        asked: Asked<'_>,
    ) -> Result<Vec<SessionTrace>, String> {
        let changes = Changes::of(self.adjacency, found, left_in_place);
        if changes.lacks_link() {
            return Err("there is no such link".to_owned());
        }
        let original = self.adjacency.model().document;
        let copy = self.copy.get_or_insert_with(|| original.clone());
        changes.apply(copy);
        let witness = witness(self.adjacency, &changes, found);
        let claim = Claim { sessions: asked.direct, ..ANY };
        let judged = witness.and_then(|witness| {
            let replay = self.replay.changed(copy, changes.added());
            replay.judge(&witness, claim).map_err(|refusal| refusal.0)?;
            Ok(witness.sessions)
        });
        changes.take_back(copy, original);
        judged
    }
}

/// A way of data, whatever it violates.
const ANY: Claim<'static> =
    Claim { without: &[], sanitised_by: MethodSet::NONE, services: None, sessions: false, waived_by: None };

/// A way in the document with what would have to change.
fn witness(adjacency: &Adjacency<'_, '_>, changes: &Changes<'_>, found: &Found) -> Result<Witness, String> {
    let mut sessions = Vec::with_capacity(found.stages.len());
    for (at, stage) in found.stages.iter().enumerate() {
        let (means, hops) = match (&stage.trail, stage.transfer) {
            (Some(trail), _) => {
                let steps = changes.steps(at, &trail.steps);
                let first = steps.first().ok_or("it has no hops")?.before;
                (Means::Packet(first), steps.iter().map(|step| changes.hop(adjacency, step)).collect())
            }
            (None, Some(transfer)) => (Means::Transfer(transfer), Vec::new()),
            (None, None) => return Err("a session is made of nothing".to_owned()),
        };
        sessions.push(SessionTrace { from: stage.from, to: stage.to, means, hops });
    }
    Ok(Witness { nodes: found.nodes.clone(), sessions, passes: changes.passes(found) })
}

/// Puts back what of a hop changed with the document: what decides, and by which entries it is translated.
fn as_it_is(adjacency: &Adjacency<'_, '_>, step: &Step, stopped: bool, hop: &mut Hop) {
    // By a link that there is not nothing comes or goes.
    let by_new_link = |way: Option<Way>| way.is_some_and(|way| is_new(adjacency.model(), way));
    let stopped = stopped || by_new_link(step.came) || by_new_link(step.leaves);
    let own = if stopped { None } else { hops(adjacency, std::slice::from_ref(step)) };
    hop.deciders = own.and_then(|mut own| own.pop()).map_or_else(Vec::new, |hop| hop.deciders);
    let [destination, source] = step.entries;
    let translated = destination.is_some() || source.is_some();
    hop.translation = translated.then(|| Box::new(Translation { destination, source, packet: step.after }));
}

fn packet(model: &Model<'_>, packet: &Packet) -> PacketFact {
    PacketFact {
        source: packet.source.text(model),
        destination: packet.destination.text(model),
        protocol: protocol_word(packet.protocol),
        source_port: packet.source_port,
        destination_port: packet.destination_port,
    }
}

/// What stops data on a way, in its order.
fn facts(show: Show<'_, '_, '_>, adjacency: &Adjacency<'_, '_>, found: &Found) -> Vec<Fact> {
    let model = show.model;
    let id = |node: u32| model.id(node).to_owned();
    let mut out = Vec::new();
    for (at, stage) in found.stages.iter().enumerate() {
        let session = at + 1;
        if at > 0 && found.passes[at - 1].is_none() {
            let node = found.nodes[at];
            let declared = model.document.nodes[node as usize].relays().is_some();
            let stop =
                Stop::Relay { node: id(node), from: id(found.nodes[at - 1]), to: id(found.nodes[at + 1]), declared };
            out.push(Fact { session, stop, packet: None, location: Some(show.node_at(node)) });
        }
        for (step, obstacle) in
            stage.trail.iter().flat_map(|trail| trail.stops.iter().map(|(at, one)| (&trail.steps[*at], one)))
        {
            let Some((stop, seen, location)) = fact(show, adjacency, step, *obstacle) else { continue };
            out.push(Fact { session, stop, packet: seen.map(|seen| packet(model, &seen)), location });
        }
    }
    out
}

/// What stops a packet at a step; relays stop none, but what it carries.
fn fact(
    show: Show<'_, '_, '_>,
    adjacency: &Adjacency<'_, '_>,
    step: &Step,
    obstacle: Obstacle,
) -> Option<(Stop, Option<Packet>, Option<crate::source::Location>)> {
    let model = show.model;
    let id = |node: u32| model.id(node).to_owned();
    let filter_name = |node: u32, filter: u32| show.filter_name(node, filter);
    let seen = |node: u32, filter: u32| Some(change::seen_by(model, node, filter, step));
    Some(match obstacle {
        Obstacle::Rule { node, filter, rule } => {
            let stop =
                Stop::Rule { node: id(node), filter: filter_name(node, filter), rule: show.rule(node, filter, rule) };
            (stop, seen(node, filter), Some(show.rule_at(node, filter, Some(rule))))
        }
        Obstacle::Default { node, filter } => {
            let stop = Stop::Default { node: id(node), filter: filter_name(node, filter) };
            (stop, seen(node, filter), Some(show.rule_at(node, filter, None)))
        }
        Obstacle::Route { node, way } => {
            let stop = Stop::Route { node: id(node), interface: change::interface(adjacency, way) };
            (stop, Some(step.after), Some(show.node_at(node)))
        }
        Obstacle::Translation { node, entry } => {
            let details = model.document.nodes[node as usize].details.as_deref();
            let entries = details.and_then(|details| details.nat.as_deref()).unwrap_or_default();
            let found = entries.get(entry as usize);
            let name =
                found.and_then(|found| found.id.as_deref()).map_or_else(|| format!("#{}", entry + 1), str::to_owned);
            let location = found.map(|found| show.places.locate(found.span));
            (Stop::Translation { node: id(node), entry: name }, Some(step.before), location)
        }
        Obstacle::Vlan { link, vlan } => (Stop::Vlan { link: show.link(link), vlan }, None, Some(show.link_at(link))),
        Obstacle::RoutedVlan { node, vlan } => {
            (Stop::RoutedVlan { node: id(node), vlan }, None, Some(show.node_at(node)))
        }
        Obstacle::OneWay { link } => (Stop::OneWay { link: show.link(link) }, None, Some(show.link_at(link))),
        Obstacle::NoLink { from, to } => (Stop::NoLink { from: id(from), to: id(to) }, None, Some(show.node_at(from))),
        Obstacle::Relay { .. } => return None,
    })
}
