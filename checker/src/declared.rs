//! What the document alone says about a requirement: certificate section 2, `docs/policy.md`.
#![allow(clippy::indexing_slicing)] // nodes, zones and groups, which the reader of the document numbered

use crate::document::{Document, Evidence, Exception, Item, Kind, Link, LinkSaid, Node, Selector, Transfer, zone_of};
use crate::meaning::{contradicts, sends_singly};
use crate::pattern::Matcher;
use crate::policy::{Asked, Declared, LinkCondition, OfExceptions, Pattern};
use crate::requirements::Tuples;
use crate::words::is_date;
use std::collections::{BTreeMap, BTreeSet};

/// Of whom a requirement speaks, and who violates it.
pub struct Found {
    pub listed: Listed,
    pub speaks: bool,
    pub violating: Tuples,
}

/// What a certificate lists beside the tuples.
pub enum Listed {
    Nothing,
    /// All nodes that it speaks of, by what they declare, or by their label.
    Groups {
        key: &'static str,
        groups: BTreeMap<Option<Vec<String>>, Vec<String>>,
    },
    /// All exceptions that it speaks of, in document order.
    Exceptions(Vec<String>),
}

/// What follows for a requirement that the document alone decides; `None` for the others.
pub fn found(matcher: &Matcher, asked: &Asked, today: &str) -> Option<Found> {
    let document = matcher.document;
    match asked {
        Asked::NodeAttributes(pattern, declared) => {
            let holds = |node: &Node| declares(&node.controls, node.owner.as_deref(), declared);
            let nodes = matcher.nodes(pattern);
            let mut found = of_nodes(document, &nodes, holds);
            if declared.any_of.is_none() && !declared.owner {
                found.listed = grouped(document, &nodes, "declares", |node| {
                    Some(BTreeSet::from_iter(node.controls.iter().cloned()).into_iter().collect())
                });
            }
            Some(found)
        }
        Asked::Labelled => {
            let nodes: Vec<usize> = (0..document.nodes.len()).filter(|n| document.nodes[*n].endpoint).collect();
            let mut found = of_nodes(document, &nodes, |node| is_labelled(document, node));
            let label = |node: &Node| node.label.map(|zone| vec![document.zones[zone].name.clone()]);
            found.listed = grouped(document, &nodes, "zone", label);
            Some(found)
        }
        Asked::Placement { nodes, zones, tiers } => {
            let there = |node: &Node| {
                node.label.is_some_and(|zone| {
                    let zone = &document.zones[zone];
                    zones.contains(&zone.name) || zone.base.is_some_and(|tier| tiers.contains(&tier))
                })
            };
            Some(of_nodes(document, &matcher.nodes(nodes), there))
        }
        Asked::Homed { nodes, allowed } => {
            let in_zone = |n: &usize| !zones_of(document, &document.nodes[*n]).is_empty();
            let nodes: Vec<usize> =
                matcher.endpoints(nodes, allowed.as_ref()).into_iter().filter(|n| in_zone(n)).collect();
            Some(of_nodes(document, &nodes, |node| is_in_one_tier(document, node)))
        }
        Asked::LinkAttributes(conditions, declared) => {
            let links = document.links.iter().filter_map(|link| Some((link, link.said.as_ref()?)));
            let mut found = Found { listed: Listed::Nothing, speaks: false, violating: Vec::new() };
            for (link, said) in links.filter(|(link, said)| conditions.iter().any(|c| fits(matcher, c, link, said))) {
                found.speaks = true;
                let circuit = declared.circuit.as_ref().is_none_or(|circuits| circuits.contains(&said.circuit));
                if !circuit || !declares(&said.controls, said.owner.as_deref(), declared) {
                    let [a, b] = link.ends.map(|(node, _)| &document.nodes[node].id);
                    found.violating.push(vec![said.id.clone().unwrap_or_else(|| format!("{a} -- {b}"))]);
                }
            }
            found.violating.sort_unstable();
            found.violating.dedup();
            Some(found)
        }
        Asked::Transfers { from, to, methods, approved } => {
            let ends = |selector: &Selector, pattern: &Option<Pattern>| {
                let is_end = |n: &usize| document.nodes[*n].endpoint && document.is_one_of(selector, *n);
                let matches = |n: usize| pattern.as_ref().is_none_or(|pattern| matcher.matches(pattern, n));
                (0..document.nodes.len()).filter(is_end).any(matches)
            };
            let concerns = |t: &&Transfer| ends(&t.from, from) && ends(&t.to, to);
            let judged: Vec<&Transfer> = document.transfers.iter().filter(concerns).collect();
            let holds = |t: &&&Transfer| {
                let sanitises = methods.is_none_or(|methods| t.sanitise.is_some_and(|method| methods[method]));
                let in_date = t.expires.as_ref().is_none_or(|last| today <= last.as_str());
                sanitises && (!approved || t.signed && in_date)
            };
            let mut violating: Tuples = judged.iter().filter(|t| !holds(t)).map(|t| vec![t.id.clone()]).collect();
            violating.sort_unstable();
            Some(Found { listed: Listed::Nothing, speaks: !judged.is_empty(), violating })
        }
        Asked::Evidence { kind, within } => {
            let counts = |e: &Evidence| {
                e.kind == *kind
                    && e.date.as_str() <= today
                    && e.valid_until.as_ref().is_none_or(|last| today <= last.as_str())
                    && within.is_none_or(|months| today <= months_later(&e.date, months).as_str())
            };
            // The empty tuple.
            let violating = if document.evidence.iter().any(counts) { Vec::new() } else { vec![Vec::new()] };
            Some(Found { listed: Listed::Nothing, speaks: true, violating })
        }
        Asked::Exceptions { check, of } => {
            let waives = |e: &&Exception| of.is_empty() || e.waives.iter().any(|(_, id)| of.contains(id));
            let judged: Vec<&Exception> = document.exceptions.iter().filter(waives).collect();
            let holds: &dyn Fn(&Exception) -> bool = match check {
                OfExceptions::Limited => &|e| is_limited(document, e, today),
                OfExceptions::Attested => &|e| e.attested,
                OfExceptions::Peer | OfExceptions::Used => return None,
            };
            let mut violating: Tuples = judged.iter().filter(|e| !holds(e)).map(|e| vec![e.id.clone()]).collect();
            violating.sort_unstable();
            let listed = match check {
                OfExceptions::Limited => Listed::Exceptions(judged.iter().map(|e| e.id.clone()).collect()),
                _ => Listed::Nothing,
            };
            Some(Found { listed, speaks: !judged.is_empty(), violating })
        }
        _ => None,
    }
}

fn fits(matcher: &Matcher, c: &LinkCondition, link: &Link, said: &LinkSaid) -> bool {
    let [a, b] = link.ends.map(|(node, _)| node);
    let ends = |[p, q]: &[Pattern; 2]| {
        let fit = |a, b| matcher.matches(p, a) && matcher.matches(q, b);
        fit(a, b) || fit(b, a)
    };
    c.ends.as_ref().is_none_or(ends)
        && c.circuit.as_ref().is_none_or(|circuits| circuits.contains(&said.circuit))
        && c.tag.as_ref().is_none_or(|tags| tags.iter().any(|tag| said.tags.contains(tag)))
        && c.owner.as_ref().is_none_or(|owners| said.owner.as_ref().is_some_and(|owner| owners.contains(owner)))
}

/// The day of the same number so many months later, or the last of that month.
fn months_later(date: &str, months: usize) -> String {
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok()).unwrap_or(0);
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()), number(parts.next()), number(parts.next()));
    let all = (year * 12 + month).saturating_sub(1).saturating_add(months);
    let (year, month) = (all / 12, all % 12 + 1);
    // Nothing is dated later than this; years of more than four digits would not compare as texts.
    if year > 9999 {
        return "9999-12-31".to_owned();
    }
    let days = (28..=31).rev().find(|day| is_date(&format!("{year:04}-{month:02}-{day:02}"))).unwrap_or(28);
    format!("{year:04}-{month:02}-{:02}", day.min(days))
}

fn of_nodes(document: &Document, nodes: &[usize], holds: impl Fn(&Node) -> bool) -> Found {
    let nodes = nodes.iter().map(|n| &document.nodes[*n]);
    let speaks = nodes.len() > 0;
    let mut violating: Tuples = nodes.filter(|node| !holds(node)).map(|node| vec![node.id.clone()]).collect();
    violating.sort_unstable();
    Found { listed: Listed::Nothing, speaks, violating }
}

fn grouped(
    document: &Document,
    nodes: &[usize],
    key: &'static str,
    by: impl Fn(&Node) -> Option<Vec<String>>,
) -> Listed {
    let mut groups: BTreeMap<Option<Vec<String>>, Vec<String>> = BTreeMap::new();
    for node in nodes.iter().map(|n| &document.nodes[*n]) {
        groups.entry(by(node)).or_default().push(node.id.clone());
    }
    groups.values_mut().for_each(|nodes| nodes.sort_unstable());
    Listed::Groups { key, groups }
}

/// Everything that is asked is declared.
fn declares(controls: &[String], owner: Option<&str>, wanted: &Declared) -> bool {
    wanted.controls.iter().all(|word| controls.contains(word))
        && wanted.any_of.as_ref().is_none_or(|any| any.iter().any(|word| controls.contains(word)))
        && (!wanted.owner || owner.is_some())
}

/// Semantics section 7: LABELLED.
fn is_labelled(document: &Document, node: &Node) -> bool {
    let between = node.kind == Kind::Gateway || node.forwards || node.sanitises();
    let declares = node.relays.as_ref().is_some_and(|relays| !relays.is_empty());
    (node.label.is_some() || between && declares) && !contradicts(document, node)
}

/// The zones that its declared addresses lie in.
fn zones_of(document: &Document, node: &Node) -> BTreeSet<usize> {
    node.addresses.iter().filter_map(|address| zone_of(*address, &document.zones)).collect()
}

/// No two of these zones are of different tiers, or of none.
fn is_in_one_tier(document: &Document, node: &Node) -> bool {
    let zones = zones_of(document, node);
    let tiers: BTreeSet<Option<usize>> = zones.iter().map(|zone| document.zones[*zone].base).collect();
    zones.len() < 2 || tiers.len() == 1 && !tiers.contains(&None)
}

/// Semantics section 7: EXCEPTION-LIMITED.
fn is_limited(document: &Document, exception: &Exception, today: &str) -> bool {
    let narrow = |item: &Item| match item {
        Item::Range(range) => range.first == range.last,
        Item::Group(group) => document.groups[*group].iter().all(|range| range.first == range.last),
        Item::Node(node) => sends_singly(document, *node),
        _ => false,
    };
    let expired = exception.expires.as_ref().is_some_and(|last| last.as_str() < today);
    let limited = exception.from.iter().chain(&exception.to).all(narrow) && exception.service.limited;
    limited && exception.signed && !expired
}
