//! Which sessions that an exception covers there really are. Spec, section 6, "Exceptions".

use std::collections::BTreeMap;

use super::coverage::{Covering, Side};
use super::flow_graph::{Carrier, SessionSample};
use super::methods::MethodSet;
use super::paths::PathEngine;
use super::reachability::{LimitReached, Question};
use crate::header::{ANY, EMPTY, SetId};
use crate::network::{ClassId, Links};

/// Classes at either end of sessions, each with one of them.
pub(super) fn covered_ends(sessions: &[Carrier]) -> Vec<(ClassId, Carrier)> {
    let mut ends: Vec<(ClassId, Carrier)> = Vec::new();
    for &session in sessions {
        ends.extend([(session.from(), session), (session.to(), session)]);
    }
    ends.sort_by_key(|end| end.0);
    ends.dedup_by_key(|end| end.0);
    ends
}

/// Sessions that an exception covers and the network lets through, one for each pair of classes and product, and transfers that it
/// covers: but for those that sanitise in one of some ways.
pub(super) fn covered_pairs(
    engine: &mut PathEngine<'_, '_>,
    covering: &Covering<'_>,
    sanitised_by: MethodSet,
) -> Result<Vec<Carrier>, LimitReached> {
    // Classes by the addresses at which they match.
    let by_set = |side: &Side| {
        let mut sets: BTreeMap<SetId, Vec<ClassId>> = BTreeMap::new();
        side.at.iter().for_each(|&(class, set)| sets.entry(set).or_default().push(class));
        sets
    };
    let [openers, receivers] = covering.sides.map(by_set);
    let mut sessions: Vec<Carrier> = Vec::new();
    for (&source, sources) in openers.iter().filter(|_| covering.service != EMPTY) {
        for (&destination, targets) in &receivers {
            // Selectors of exceptions look at the source as sent, and at the rest as it is received.
            let sent = [source, ANY, ANY, ANY];
            let question = Question { links: Links::All, sources, targets, product: sent };
            let (answer, [product, received]) = engine.ask(question, [ANY, destination, covering.service, ANY])?;
            for (i, &from) in sources.iter().enumerate() {
                let found = answer.row(i).into_iter();
                sessions.extend(found.map(|(j, header)| {
                    let (to, links) = (targets[j], Links::All);
                    Carrier::Packets(SessionSample { from, to, links, header, product, received })
                }));
            }
        }
    }
    let transfers = engine.carried(sanitised_by);
    engine.each_carried(&transfers, [&|_| covering.transfer, &|_| true], &mut |carrier| {
        if covering.covers_transfer(carrier.from(), carrier.to()) {
            sessions.push(carrier);
        }
    })?;
    Ok(sessions)
}
