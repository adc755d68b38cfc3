//! `sanso exposure --from`: what falls once one endpoint has fallen, each session of the ways replayed.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap as HashMap;

use crate::engine::replay::Claim;
use crate::engine::trace::Witness;
use crate::engine::{Carrier, Fallen, Falls as Found, LimitReached, MethodSet, RequirementDecider};
use crate::network::{ClassId, Links};
use crate::report::exposure::{Falls, StepFall, Way, ZoneFall};
use crate::verify::show::Show;
use crate::verify::trace::{Broken, Tracer};

/// Endpoints of a zone that are named in each step.
const NAMED: usize = 20;

/// What falls from an endpoint.
///
/// # Errors
/// When a session does not stand up to its replay.
pub fn falls(show: Show<'_, '_, '_>, decider: &mut RequirementDecider<'_, '_>, node: u32) -> Result<Falls, Broken> {
    let (found, open) = match decider.falls(node) {
        Ok(found) => (found, false),
        Err(LimitReached) => (None, true),
    };
    let zone = |label: Option<u32>| label.map(|zone| show.model.names.zones[zone as usize].to_owned());
    let mut out = Falls {
        from: show.id(node).to_owned(),
        zone: zone(show.model.labels.labels[node as usize]),
        open,
        zones: Vec::new(),
        steps: Vec::new(),
    };
    let Some(found) = found else { return Ok(out) };
    let told = Told::new(show, &found, node);
    // Labels by number; endpoints without one come last.
    let mut zones: BTreeMap<u32, ZoneFall> = BTreeMap::new();
    let labels = show.model.labels.labels.iter().zip(&show.model.labels.endpoint).zip(0..);
    for ((label, _), _) in labels.filter(|((_, endpoint), other)| **endpoint && *other != node) {
        let empty = || ZoneFall { zone: zone(*label), endpoints: 0, fallen: 0, first: None };
        zones.entry(label.unwrap_or(u32::MAX)).or_insert_with(empty).endpoints += 1;
    }
    for (step, fallen) in found.steps.iter().enumerate() {
        let mut by_zone: BTreeMap<u32, StepFall> = BTreeMap::new();
        for one in fallen {
            let members = told.others(one.class);
            let Some(&first) = members.first() else { continue };
            let label = show.model.labels.labels[first as usize];
            let key = label.unwrap_or(u32::MAX);
            let empty = || StepFall { zone: zone(label), count: 0, named: Vec::new() };
            let entry = by_zone.entry(key).or_insert_with(empty);
            entry.count += members.len() as u64;
            entry.named.extend(members.iter().map(|&node| show.id(node).to_owned()));
            if let Some(zone) = zones.get_mut(&key) {
                zone.fallen += members.len() as u64;
                if zone.first.is_none() {
                    zone.first = Some((step + 1, told.way(one.class)?));
                }
            }
        }
        let mut of_step: Vec<StepFall> = by_zone.into_values().collect();
        for zone in &mut of_step {
            zone.named.sort_unstable();
            zone.named.truncate(NAMED);
        }
        out.steps.push(of_step);
    }
    out.zones = zones.into_values().collect();
    Ok(out)
}

/// Tells how classes fell.
struct Told<'t, 'r, 's, 'd> {
    show: Show<'r, 's, 'd>,
    tracer: Tracer<'r, 'd>,
    found: &'t Found,
    node: u32,
    by: HashMap<ClassId, Fallen>,
}

impl<'t, 'r, 's, 'd> Told<'t, 'r, 's, 'd> {
    fn new(show: Show<'r, 's, 'd>, found: &'t Found, node: u32) -> Self {
        let by = found.steps.iter().flatten().map(|one| (one.class, *one)).collect();
        Self { show, tracer: Tracer::new(show.model), found, node, by }
    }

    /// The members of a class that did not fall first, by id.
    fn others(&self, class: ClassId) -> Vec<u32> {
        let members = self.found.network.classes.get(class).members.iter().copied();
        let mut members: Vec<u32> = members.filter(|&member| member != self.node).collect();
        members.sort_unstable_by_key(|&member| self.show.id(member));
        members
    }

    /// The sessions from the endpoint that fell first to one of a class.
    fn way(&self, class: ClassId) -> Result<Way, Broken> {
        let mut chain: Vec<Fallen> = Vec::new();
        let mut at = class;
        while let Some(one) = self.by.get(&at) {
            chain.push(*one);
            // The first step is from the endpoint itself, whatever of its class falls later.
            if self.found.steps[0].iter().any(|first| first.class == at) {
                break;
            }
            at = one.by;
        }
        chain.reverse();
        let mut nodes = vec![self.node];
        let mut sessions = Vec::with_capacity(chain.len());
        let vlans = self.show.uses_vlans();
        for one in chain {
            let from = nodes[nodes.len() - 1];
            let to = self.others(one.class).into_iter().find(|&member| member != from);
            let to = to.ok_or_else(|| Broken("a class has nobody who falls".to_owned()))?;
            let broken = |why: &str| Broken(format!("{}, {}: {why}", self.show.id(from), self.show.id(to)));
            let pulled = matches!(one.carrier, Carrier::Packets(session) if session.links == Links::TwoWay);
            let ends = if pulled { [to, from] } else { [from, to] };
            let session = self.tracer.session(&self.found.pools, &one.carrier, ends, &[]);
            let session = session.map_err(|why| broken(&why))?;
            let witness = Witness { nodes: vec![from, to], sessions: vec![session], passes: Vec::new() };
            let claim =
                Claim { without: &[], sanitised_by: MethodSet::NONE, services: None, sessions: false, waived_by: None };
            self.tracer.replay().judge(&witness, claim).map_err(|refusal| broken(&refusal.0))?;
            sessions.extend(witness.sessions.iter().map(|session| self.show.session(session, &[], vlans)));
            nodes.push(to);
        }
        let path = nodes.iter().map(|&node| self.show.id(node).to_owned()).collect();
        Ok(Way { path, sessions })
    }
}
