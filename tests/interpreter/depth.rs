//! The depth of defence, by trying every set of enforcement points, and what falls from an endpoint. Every endpoint that declares no relays
//! passes on everything; where an exception covers a session, nothing is carried by it until the exception has failed.

use super::document::{Document, Item, Relay, Service, read};
use super::ground::Ground;
use super::header::Headers;
use super::path::{LeftOut, Question, data_paths, is_covered};
use super::place::{Places, is_endpoint};
use super::session::{Carrier, Sessions, emitted, sessions};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An enforcement point, by places in the document's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    Filter(usize, usize),
    Translation(usize, usize),
    Relays(usize),
    OneWay(usize),
    Exception(usize),
    Transfer(usize),
}

/// The pairs of tiers, and the requirement that exceptions must waive to count between them.
const PAIRS: [([&str; 2], &str); 3] = [
    (["my-number", "lgwan"], "MN-ISOLATION"),
    (["my-number", "internet"], "MN-ISOLATION"),
    (["lgwan", "internet"], "LGWAN-INTERNET"),
];

impl Point {
    /// Whether it decides which sessions there are.
    fn is_of_network(self) -> bool {
        matches!(self, Point::Filter(..) | Point::Translation(..) | Point::OneWay(_))
    }

    pub fn node(self) -> Option<usize> {
        match self {
            Point::Filter(node, _) | Point::Translation(node, _) | Point::Relays(node) => Some(node),
            Point::OneWay(_) | Point::Exception(_) | Point::Transfer(_) => None,
        }
    }

    fn fail(self, document: &mut Document) {
        match self {
            Point::Filter(node, at) => {
                let filter = &mut document.nodes[node].filters[at];
                filter.rules.clear();
                filter.permit_by_default = true;
            }
            Point::Translation(node, at) => document.nodes[node].nat[at].unsure = true,
            Point::Relays(node) => document.nodes[node].relays.get_or_insert_default().push(everything()),
            Point::OneWay(link) => document.links[link].one_way = false,
            Point::Exception(at) => document.exceptions[at].waives.clear(),
            Point::Transfer(at) => document.transfers[at].method = None,
        }
    }
}

fn everything() -> Relay {
    Relay {
        from: vec![Item::Any],
        to: vec![Item::Any],
        from_service: vec![Service::Any],
        to_service: vec![Service::Any],
        sanitise: None,
    }
}

fn breached(document: &mut Document) {
    for node in &mut document.nodes {
        if is_endpoint(node) && node.relays.is_none() {
            node.relays = Some(vec![everything()]);
        }
    }
}

/// Knows what gets through one document.
pub struct Oracle<'v> {
    value: &'v Value,
    pub points: Vec<Point>,
    known: BTreeMap<Vec<Point>, Sessions>,
    answers: BTreeMap<Vec<Point>, [bool; 3]>,
    /// Whether each pair has somebody on both sides.
    pub inhabited: [bool; 3],
}

impl<'v> Oracle<'v> {
    /// `None`: more headers than `most` would have to be tried.
    ///
    /// # Errors
    /// What could not be read.
    pub fn of(value: &'v Value, most: usize) -> Result<Option<Oracle<'v>>, String> {
        let document = read(value)?;
        let places = Places::of(&document);
        let headers = Headers::of(&places);
        let ends: Vec<usize> = (0..document.nodes.len()).filter(|&n| is_endpoint(&document.nodes[n])).collect();
        if ends.iter().map(|&n| emitted(&places, &headers, n).len()).sum::<usize>() > most {
            return Ok(None);
        }
        let mut points = vec![];
        for (n, node) in document.nodes.iter().enumerate() {
            points.extend((0..node.filters.len()).map(|at| Point::Filter(n, at)));
            let translating = node.nat.iter().enumerate().filter(|(_, entry)| entry.target.is_some());
            points.extend(translating.map(|(at, _)| Point::Translation(n, at)));
            if is_endpoint(node) && node.relays.is_some() {
                points.push(Point::Relays(n));
            }
        }
        points.extend((0..document.links.len()).filter(|&at| document.links[at].one_way).map(Point::OneWay));
        points.extend((0..document.exceptions.len()).map(Point::Exception));
        let sanitises = |at: &usize| document.transfers[*at].method.is_some();
        points.extend((0..document.transfers.len()).filter(sanitises).map(Point::Transfer));
        let there = |tier: &str| ends.iter().any(|&n| places.tier(n) == Some(tier));
        let inhabited = PAIRS.map(|([a, b], _)| there(a) && there(b));
        Ok(Some(Oracle { value, points, known: BTreeMap::new(), answers: BTreeMap::new(), inhabited }))
    }

    /// Between which tiers raw data gets, in either direction, where these have failed.
    pub fn gets(&mut self, failed: &[Point]) -> [bool; 3] {
        let mut failed = failed.to_vec();
        failed.sort_unstable();
        failed.dedup();
        if let Some(known) = self.answers.get(&failed) {
            return *known;
        }
        let network: Vec<Point> = failed.iter().copied().filter(|point| point.is_of_network()).collect();
        let value = self.value;
        let with = |points: &[Point]| {
            let mut document = read(value).expect("it was read before");
            breached(&mut document);
            points.iter().for_each(|point| point.fail(&mut document));
            document
        };
        let all = self.known.entry(network.clone()).or_insert_with(|| {
            let document = with(&network);
            let places = Places::of(&document);
            let nobody = vec![false; document.nodes.len()];
            sessions(&places, &Ground::of(&document), &Headers::of(&places), &nobody)
        });
        let document = with(&failed);
        let places = Places::of(&document);
        let answer = PAIRS.map(|([a, b], waiver)| {
            let carrying = all.iter().filter(|(session, _)| !is_covered(&places, session, waiver));
            let carrying: Sessions = carrying.map(|(session, two_way)| (*session, *two_way)).collect();
            let paths = data_paths(&places, &carrying, Question { left_out: LeftOut::Any, ..Question::ALL });
            let joins = |from: &str, to: &str| {
                let nodes = (0..paths.len()).filter(|&n| places.tier(n) == Some(from));
                nodes.flat_map(|n| &paths[n]).any(|&n| places.tier(n) == Some(to))
            };
            joins(a, b) || joins(b, a)
        });
        self.answers.insert(failed, answer);
        answer
    }

    /// The least number of points that must fail between a pair where some have failed already; `None`: no number does.
    pub fn least(&mut self, pair: usize, already: &[Point]) -> Option<usize> {
        let left: Vec<Point> = self.points.iter().copied().filter(|point| !already.contains(point)).collect();
        let mut sets: Vec<u32> = (0..1_u32 << left.len()).collect();
        sets.sort_by_key(|set| set.count_ones());
        if !self.gets(&[already, &left].concat())[pair] {
            return None;
        }
        let found = sets.into_iter().find(|set| {
            let chosen = left.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, point)| *point);
            let failed: Vec<Point> = already.iter().copied().chain(chosen).collect();
            self.gets(&failed)[pair]
        });
        found.map(|set| set.count_ones() as usize)
    }

    /// What falls from an endpoint, step by step.
    pub fn falls(&mut self, from: usize) -> Vec<BTreeSet<usize>> {
        let document = read(self.value).expect("it was read before");
        let places = Places::of(&document);
        let nobody = vec![false; document.nodes.len()];
        let all = sessions(&places, &Ground::of(&document), &Headers::of(&places), &nobody);
        let mut fallen = BTreeSet::from([from]);
        let mut steps = vec![];
        loop {
            let mut next = BTreeSet::new();
            for (session, &two_way) in &all {
                let pulled = two_way && !matches!(session.carrier, Carrier::Transfer { .. });
                if fallen.contains(&session.opener) {
                    next.insert(session.responder);
                }
                if pulled && fallen.contains(&session.responder) {
                    next.insert(session.opener);
                }
            }
            next.retain(|node| !fallen.contains(node));
            if next.is_empty() {
                return steps;
            }
            fallen.extend(&next);
            steps.push(next);
        }
    }
}
