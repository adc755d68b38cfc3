//! The fewest obstacles on a way, by trying everything: for every endpoint and every header that it may emit the cheapest ways to
//! wherever it may be delivered, every flow between any two nodes, and the cheapest row of flows.

use super::document::Document;
use super::ground::Ground;
use super::header::{Header, Headers};
use super::path::{LeftOut, entries};
use super::place::{Places, is_endpoint};
use super::session::{Carrier, Seen, Session, emitted, transfers};
use super::walk::past::Step;
use super::walk::{Network, State};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Steps by place and header, found when first asked for.
type Known = HashMap<(usize, Option<State>, Header, bool), Rc<[Step]>>;

/// A flow as relays see it: from, to, whether one session that the first opens, the entries that it goes out and comes in by.
type Flow = (usize, usize, bool, Vec<bool>, Vec<bool>);

/// `None`: more headers than `most` would have to be tried.
pub fn fewest(document: &Document, pairs: &[(usize, usize)], direct: bool, most: usize) -> Option<Vec<Option<usize>>> {
    let places = Places::of(document);
    let ground = Ground::past_all(document);
    let headers = Headers::of(&places);
    let nobody = vec![false; document.nodes.len()];
    let network = Network::of(&places, &ground, &headers, &nobody);
    let openers = || (0..document.nodes.len()).filter(|&n| is_endpoint(&document.nodes[n]));
    if openers().map(|opener| emitted(&places, &headers, opener).len()).sum::<usize>() > most {
        return None;
    }
    let mut known = Known::new();
    let mut flows: BTreeMap<Flow, usize> = BTreeMap::new();
    let one_way = document.links.iter().any(|link| link.one_way);
    let mut add = |session: Session, from: usize, to: usize, cost: usize| {
        let out = entries(&places, from, &session, LeftOut::None, false);
        let taken = entries(&places, to, &session, LeftOut::None, true);
        let pushed = session.opener == from && !matches!(session.carrier, Carrier::Transfer { .. });
        let least = flows.entry((from, to, pushed, out, taken)).or_insert(cost);
        *least = cost.min(*least);
    };
    for opener in openers() {
        for sent in emitted(&places, &headers, opener) {
            let delivered = cheapest(&network, &ground, &mut known, (opener, sent), false);
            let replied = match one_way {
                true => cheapest(&network, &ground, &mut known, (opener, sent), true),
                false => delivered.clone(),
            };
            for (pulled, found) in [(false, delivered), (true, replied)] {
                for ((responder, received), cost) in found {
                    let (sent, received) = (Seen::of(&headers, sent), Seen::of(&headers, received));
                    let session = Session { opener, responder, carrier: Carrier::Packets { sent, received } };
                    let (from, to) = if pulled { (responder, opener) } else { (opener, responder) };
                    add(session, from, to, cost);
                }
            }
        }
    }
    for session in transfers(&places, &nobody).into_keys() {
        add(session, session.opener, session.responder, 0);
    }
    Some(pairs.iter().map(|&(a, b)| if direct { alone(&flows, a, b) } else { chained(&flows, a, b) }).collect())
}

/// Where a packet may be delivered, with which header, at what cost: places are looked at in the order of their costs.
fn cheapest(
    network: &Network,
    ground: &Ground,
    known: &mut Known,
    (opener, sent): (usize, Header),
    two_way: bool,
) -> BTreeMap<(usize, Header), usize> {
    let mut delivered = BTreeMap::new();
    let mut done = BTreeSet::new();
    let mut open = BTreeSet::from([(0, opener, None, sent)]);
    while let Some((cost, at, came, header)) = open.pop_first() {
        if !done.insert((at, came, header)) {
            continue;
        }
        let step = known.entry((at, came, header, two_way));
        let steps = Rc::clone(step.or_insert_with(|| network.steps(at, came, header, two_way).into()));
        for &(next, header, more) in steps.iter() {
            match next {
                Some(state) => {
                    open.insert((cost + more, state.at, Some(state), header));
                }
                None => {
                    let node = ground.nodes[at].node;
                    if node != opener {
                        let least = delivered.entry((node, header)).or_insert(cost + more);
                        *least = (cost + more).min(*least);
                    }
                }
            }
        }
    }
    delivered
}

fn alone(flows: &BTreeMap<Flow, usize>, a: usize, b: usize) -> Option<usize> {
    flows
        .iter()
        .filter(|((from, to, pushed, ..), _)| (*from, *to, *pushed) == (a, b, true))
        .map(|(_, cost)| *cost)
        .min()
}

fn chained(flows: &BTreeMap<Flow, usize>, a: usize, b: usize) -> Option<usize> {
    let mut done: BTreeSet<(usize, &Vec<bool>)> = BTreeSet::new();
    let mut open: BTreeSet<(usize, usize, &Vec<bool>)> = flows
        .iter()
        .filter(|((from, ..), _)| *from == a)
        .map(|((_, to, _, _, taken), cost)| (*cost, *to, taken))
        .collect();
    while let Some((cost, at, taken)) = open.pop_first() {
        if at == b {
            return Some(cost);
        }
        if !done.insert((at, taken)) {
            continue;
        }
        for ((from, to, _, out, taken_there), more) in flows {
            if *from == at {
                let passes = taken.iter().zip(out).any(|(taken, out)| *taken && *out);
                open.insert((cost + more + usize::from(!passes), *to, taken_there));
            }
        }
    }
    None
}
