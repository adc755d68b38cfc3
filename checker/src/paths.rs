//! Requirements on data paths and on sessions: certificate sections 6 and 6a.
#![allow(clippy::indexing_slicing)] // nodes, and parts by their place in a list

use crate::document::Document;
use crate::json::Value;
use crate::pattern::Matcher;
use crate::policy::{InEffect, Paths};
use crate::proof::{Asks, Check, Lists, Spot, check_part, check_sessions_part, read, refuse, reject};
use crate::requirements::{Heading, Holds, STEP, Tuples, path_heading};
use crate::steps::Network;
use crate::witness::{check_session, check_witness};
use std::collections::{HashMap, HashSet};

/// The two sides: endpoints that match, but for those that are left out.
pub fn sides(matcher: &Matcher, asked: &Paths) -> [Vec<usize>; 2] {
    [&asked.a, &asked.b].map(|side| matcher.endpoints(side, asked.without.as_ref()))
}

/// Where the nodes of violating pairs are: `None` if one is not of its side.
fn pairs(document: &Document, violating: &Tuples) -> Option<Vec<[usize; 2]>> {
    let node = |id: &String| document.node_index.get(id).copied();
    violating.iter().map(|tuple| Some([node(tuple.first()?)?, node(tuple.get(1)?)?])).collect()
}

/// What shows a tuple, and what proves part of the pairs.
struct Shown<'s> {
    witness: &'s dyn Fn([usize; 2], &Value, &str) -> Check<()>,
    part: &'s dyn Fn(&Value, &str) -> Check<Lists>,
}

/// `isolation` and `through`.
pub fn check_paths(
    network: &Network,
    one: &InEffect,
    sides: &[Vec<usize>; 2],
    asks: &Asks,
    value: &Value,
) -> Check<(Heading, bool)> {
    let witness = |pair: [usize; 2], witness: &Value, step: &str| {
        let ends = check_witness(network, asks, witness, step)?;
        if ends != pair && ends != [pair[1], pair[0]] {
            return reject(step, witness, "not a path of this tuple", "この組の経路ではありません");
        }
        Ok(())
    };
    let part = |part: &Value, step: &str| check_part(network, sides, asks, part, step);
    check_pairs(network.meaning.document, one, sides, value, &Shown { witness: &witness, part: &part })
}

/// `sessions`.
pub fn check_sessions(
    network: &Network,
    one: &InEffect,
    sides: &[Vec<usize>; 2],
    asks: &Asks,
    value: &Value,
) -> Check<(Heading, bool)> {
    let witness = |pair, witness: &Value, step: &str| check_session(network, asks, pair, witness, step);
    let part = |part: &Value, step: &str| check_sessions_part(network, sides, asks, part, step);
    check_pairs(network.meaning.document, one, sides, value, &Shown { witness: &witness, part: &part })
}

fn check_pairs(
    document: &Document,
    one: &InEffect,
    sides: &[Vec<usize>; 2],
    value: &Value,
    shown: &Shown,
) -> Check<(Heading, bool)> {
    let keys = ["id", "verdict", "violating", "complete", "witnesses", "parts"];
    let [written, verdict, violating, complete, witnesses, parts] = read(STEP, value.all_fields(keys))?;
    let speaks = sides.iter().all(|side| !side.is_empty());
    let (heading, is_complete, witnesses) =
        path_heading(value.at, one, speaks, [written, verdict, violating, complete, witnesses])?;
    let members: [HashSet<usize>; 2] = [0, 1].map(|side| sides[side].iter().copied().collect());
    let Some(pairs) = pairs(document, &heading.violating)
        .filter(|p| p.iter().all(|[a, b]| a != b && members[0].contains(a) && members[1].contains(b)))
    else {
        return reject("violating", violating, "not pairs of the two sides", "両側のノードの組ではありません");
    };
    for (i, (witness, pair)) in witnesses.iter().zip(&pairs).enumerate() {
        (shown.witness)(*pair, witness, &format!("witnesses[{i}]"))?;
    }
    let list = read("parts", parts.list())?;
    if heading.holds == Holds::Vacuous || !is_complete {
        if !list.is_empty() {
            return reject("parts", parts, "empty list expected", "空のリストが必要です");
        }
        return Ok((heading, is_complete));
    }
    let mut proved = Vec::new();
    for (i, part) in list.iter().enumerate() {
        let [a, b] = (shown.part)(part, &format!("parts[{i}]"))?;
        let [a, b] = [a, b].map(|nodes| nodes.map(|nodes| nodes.into_iter().collect::<HashSet<usize>>()));
        proved.push((a, b));
    }
    // Nodes of side a that are in the same parts are covered alike.
    let mut alike: HashMap<Vec<usize>, Vec<usize>> = HashMap::new();
    for a in &sides[0] {
        let within = |i: &usize| proved[*i].0.as_ref().is_none_or(|nodes| nodes.contains(a));
        alike.entry((0..proved.len()).filter(within).collect()).or_default().push(*a);
    }
    let violating: HashSet<[usize; 2]> = pairs.into_iter().collect();
    for (within, nodes) in alike {
        let covered = |b: &&usize| !within.iter().any(|i| proved[*i].1.as_ref().is_none_or(|nodes| nodes.contains(b)));
        for b in sides[1].iter().filter(covered) {
            if let Some(a) = nodes.iter().find(|a| *a != b && !violating.contains(&[**a, *b])) {
                let [a, b] = [*a, *b].map(|n| &document.nodes[n]);
                let en = format!("no part speaks of `{}` and `{}`", a.id, b.id);
                return refuse(
                    "parts",
                    Spot::Document(a.at),
                    en,
                    format!("`{}` と `{}` の組が証明されていません", a.id, b.id),
                );
            }
        }
    }
    Ok((heading, true))
}
