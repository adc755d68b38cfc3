//! Which flows of data there are among the sides of a question and the relay passes. Spec, section 6.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::coverage::Coverage;
use super::flow_graph::{Carrier, Flow, FlowGraph, Rows, SessionSample};
use super::party::Party;
use super::paths::PathEngine;
use super::reachability::{LimitReached, Question};
use super::relay_passes::{Matches, RelayPassGroup, group};
use crate::header::{ANY, DESTINATION, EMPTY, SERVICE, SOURCE, SetId};
use crate::network::{ClassId, Links};
use crate::number::number;

impl PathEngine<'_, '_> {
    /// Flows of data from each of `from` to each of `to`, over sessions whose peers match: `peers[0]` is what `to` asks of
    /// `from`, `peers[1]` what `from` asks of `to`; `services` what `from` and `to` ask, each as its end sees it, and what is asked
    /// as the receiver of the session sees it. Each goes to `out` by the positions of both; of one pair there may be several.
    pub(super) fn flows(
        &mut self,
        [from, to]: [&Party; 2],
        services: [SetId; 3],
        peers: [Option<&Matches>; 2],
        ways: &[Links],
        coverage: &mut Coverage,
        out: &mut dyn FnMut(u32, u32, Flow),
    ) -> Result<(), LimitReached> {
        // Peers that match by what they are, and peers that match by address, are asked for apart.
        let to_parts = to.parts(peers[1]);
        let from_parts = if to_parts.is_empty() { Vec::new() } else { from.parts(peers[0]) };
        if from_parts.is_empty() || from.classes.is_empty() || to.classes.is_empty() {
            return Ok(());
        }
        self.limits.check()?;
        if services.contains(&EMPTY) || self.within == EMPTY {
            return Ok(());
        }
        // Pairs, by position, of which a flow is known that no exception covers; kept where a pair may come again.
        let mut bare: HashSet<(u32, u32)> = HashSet::default();
        let again = from_parts.len() * to_parts.len() * ways.len() > 1;
        for (from_set, from_part) in &from_parts {
            for (to_set, to_part) in &to_parts {
                for &links in ways {
                    let pushed = links == Links::All;
                    // Who opens knows its peer by the destination, who receives by the source.
                    let (sent, received) = match pushed {
                        true => ([ANY, *to_set, services[0], ANY], [*from_set, ANY, services[1], ANY]),
                        false => ([ANY, *from_set, services[1], ANY], [*to_set, ANY, services[0], ANY]),
                    };
                    let within = self.pools.service.intersect(received[SERVICE], self.within);
                    let within = self.pools.service.intersect(within, services[2]);
                    let received = [received[SOURCE], ANY, within, ANY];
                    let (senders, takers) = (from.pick(from_part), to.pick(to_part));
                    let (sources, targets) = if pushed { (&senders, &takers) } else { (&takers, &senders) };
                    let question = Question { links, sources, targets, product: sent };
                    let (answer, [product, received]) = self.ask(question, received)?;
                    if answer.is_none() {
                        continue;
                    }
                    for (source, &opener) in sources.iter().enumerate() {
                        for (target, header) in answer.row(source) {
                            let (i, j) = if pushed { (source, target) } else { (target, source) };
                            let pair = (from_part[i], to_part[j]);
                            if again && bare.contains(&pair) {
                                continue;
                            }
                            let receiver = targets[target];
                            let session =
                                SessionSample { from: opener, to: receiver, links, header, product, received };
                            let found = self.uncovered(session, coverage)?;
                            if found.is_none() && self.covered_stop {
                                continue;
                            }
                            if again && found.is_some() {
                                bare.insert(pair);
                            }
                            let flow = Flow {
                                carrier: Carrier::Packets(found.unwrap_or(session)),
                                uncovered: found.is_some(),
                            };
                            out(pair.0, pair.1, flow);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Direct flows from each of `from` to each of `to`, by sessions of some services as their receiver sees them.
    pub(super) fn direct(
        &mut self,
        parties: [&Party; 2],
        services: SetId,
        coverage: &mut Coverage,
    ) -> Result<Rows, LimitReached> {
        let mut rows: Rows = vec![Vec::new(); parties[0].classes.len()];
        // Pulling adds nothing: the session counts in either direction of the data.
        let mut note = |from: u32, to: u32, flow| rows[from as usize].push((to, flow));
        self.flows(parties, [ANY, ANY, services], [None, None], &[Links::All], coverage, &mut note)?;
        tidy(&mut rows);
        Ok(rows)
    }

    /// A session of the same classes, links and product that no exception covers.
    fn uncovered(
        &mut self,
        session: SessionSample,
        coverage: &mut Coverage,
    ) -> Result<Option<SessionSample>, LimitReached> {
        if !coverage.touches(session.from, session.to) {
            return Ok(Some(session));
        }
        // Exceptions look at the source as sent, and at the rest as it is received.
        let seen = [session.product[SOURCE], session.received[DESTINATION], session.received[SERVICE], ANY];
        for part in coverage.uncovered(&mut self.pools, session.from, session.to, seen) {
            let sent = self.pools.meet(&session.product, &[part[SOURCE], ANY, ANY, ANY]);
            let received = self.pools.meet(&session.received, &[ANY, part[DESTINATION], part[SERVICE], ANY]);
            let question =
                Question { links: session.links, sources: &[session.from], targets: &[session.to], product: sent };
            let (answer, [product, received]) = self.ask(question, received)?;
            if let Some(header) = answer.hit(0, 0) {
                return Ok(Some(SessionSample { header, product, received, ..session }));
            }
        }
        Ok(None)
    }

    /// Finds the flows into, out of and among the relay passes of a graph; the last ones are of some services, as the receiver of
    /// the session sees them.
    pub(super) fn wire_stations(
        &mut self,
        sides: &[Party; 2],
        last: SetId,
        coverage: &mut Coverage,
        graph: &mut FlowGraph,
    ) -> Result<(), LimitReached> {
        const BOTH_WAYS: [Links; 2] = [Links::All, Links::TwoWay];
        #[cfg(feature = "broken-engine")]
        let ways: &[Links] = match crate::sabotage::has(crate::sabotage::Sabotage::ForgetsPulls) {
            true => &BOTH_WAYS[..1],
            false => &BOTH_WAYS,
        };
        #[cfg(not(feature = "broken-engine"))]
        let ways: &[Links] = &BOTH_WAYS;
        let groups: Vec<(RelayPassGroup, Party)> = group(self.model, self.network, &self.pools, &graph.relay_passes)
            .into_iter()
            .map(|group| {
                let classes: Vec<ClassId> =
                    group.relay_passes.iter().map(|&number| graph.relay_passes[number as usize].class).collect();
                (group, Party::new(&classes))
            })
            .collect();
        graph.between = vec![Vec::new(); graph.relay_passes.len()];
        for (side, party) in sides.iter().enumerate() {
            graph.into[side] = vec![Vec::new(); party.classes.len()];
            graph.out[side] = vec![Vec::new(); graph.relay_passes.len()];
            for (group, members) in &groups {
                let number = |at: u32| group.relay_passes[at as usize];
                let (from, service) = (group.from.0.as_ref(), group.from.1);
                let rows = &mut graph.into[side];
                let mut note = |at: u32, member: u32, flow| rows[at as usize].push((number(member), flow));
                self.flows([party, members], [ANY, service, ANY], [from, None], ways, coverage, &mut note)?;
                let (to, service) = (group.to.0.as_ref(), group.to.1);
                let rows = &mut graph.out[side];
                let mut note = |member: u32, at: u32, flow| rows[number(member) as usize].push((at, flow));
                self.flows([members, party], [service, ANY, last], [None, to], ways, coverage, &mut note)?;
            }
            tidy(&mut graph.into[side]);
            tidy(&mut graph.out[side]);
        }
        for ((left, left_members), others) in groups.iter().zip(neighbours(&groups)) {
            for other in others {
                let (right, right_members) = &groups[other as usize];
                let services = [left.to.1, right.from.1, ANY];
                let peers = [right.from.0.as_ref(), left.to.0.as_ref()];
                let mut note = |from: u32, to: u32, flow| {
                    let relay_pass = left.relay_passes[from as usize] as usize;
                    graph.between[relay_pass].push((right.relay_passes[to as usize], flow));
                };
                self.flows([left_members, right_members], services, peers, ways, coverage, &mut note)?;
            }
        }
        tidy(&mut graph.between);
        Ok(())
    }
}

/// Puts rows in order: of several flows between the same two the first that no exception covers, else the first.
pub(super) fn tidy(rows: &mut Rows) {
    for row in rows {
        row.sort_by_key(|(at, flow)| (*at, !flow.uncovered));
        row.dedup_by_key(|(at, _)| *at);
        row.shrink_to_fit();
    }
}

/// For each group of relay passes the groups, ascending, with a member that it may hand data to: those that `to` selects.
fn neighbours(groups: &[(RelayPassGroup, Party)]) -> Vec<Vec<u32>> {
    let count = number(groups.len());
    let mut of_class: HashMap<ClassId, Vec<u32>> = HashMap::default();
    for (number, (_, members)) in (0_u32..).zip(groups) {
        members.classes.iter().for_each(|&class| of_class.entry(class).or_default().push(number));
    }
    let to = |(group, _): &(RelayPassGroup, Party)| match &group.to.0 {
        None => (0..count).collect(),
        Some(matches) if matches.len() < of_class.len() => {
            let mut found: Vec<u32> =
                matches.iter().filter_map(|(class, _)| of_class.get(class)).flatten().copied().collect();
            found.sort_unstable();
            found.dedup();
            found
        }
        Some(matches) => {
            let selected = |class: &ClassId| matches.binary_search_by_key(class, |&(known, _)| known).is_ok();
            let found = of_class.iter().filter(|(class, _)| selected(class)).flat_map(|(_, list)| list).copied();
            let mut found: Vec<u32> = found.collect();
            found.sort_unstable();
            found.dedup();
            found
        }
    };
    groups.iter().map(to).collect()
}
