//! Peers of exceptions that are exposed to the Internet: certificate section 7.
#![allow(clippy::indexing_slicing)] // nodes and exceptions

use crate::document::{Exception, INTERNET, MY_NUMBER};
use crate::json::Value;
use crate::policy::InEffect;
use crate::proof::{Asks, Check, Claim, Forbids, Nodes, Spot, check_part, check_tree, nodes_of, read, refuse, reject};
use crate::requirements::{Heading, STEP, path_heading};
use crate::steps::Network;
use crate::transfers::check_ends;
use crate::witness::{check_witness, pair, replay};
use std::collections::{BTreeSet, HashSet};

/// `of`: the requirements whose exceptions are judged; empty: all exceptions.
pub fn check_peers(network: &Network, one: &InEffect, of: &[String], value: &Value) -> Check<(Heading, bool)> {
    let (meaning, document) = (network.meaning, network.meaning.document);
    let keys = ["id", "verdict", "violating", "complete", "witnesses", "ends", "part"];
    let [written, verdict, violating, complete, witnesses, ends, part] = read(STEP, value.all_fields(keys))?;
    let speaks = !document.exceptions.is_empty();
    let (heading, is_complete, witnesses) =
        path_heading(value.at, one, speaks, [written, verdict, violating, complete, witnesses])?;
    let waives = |e: &Exception| of.is_empty() || e.waives.iter().any(|(_, id)| of.contains(id));
    let is_judged = |exception: &Exception| waives(exception) && !exception.attested;
    // Raw paths, whatever covers them.
    let asks = Asks { waivers: Vec::new(), methods: [true; 3], last: None };
    let judged: Vec<usize> = (0..document.exceptions.len()).filter(|e| is_judged(&document.exceptions[*e])).collect();
    let endpoints: Vec<usize> = (0..document.nodes.len()).filter(|n| document.nodes[*n].endpoint).collect();
    let outside: Nodes = endpoints.iter().copied().filter(|n| document.tier(*n) != Some(MY_NUMBER)).collect();
    let internet: Nodes = outside.iter().filter(|n| document.tier(*n) == Some(INTERNET)).collect();
    let mut found = HashSet::new();
    for (i, (witness, tuple)) in witnesses.iter().zip(&heading.violating).enumerate() {
        let step = format!("witnesses[{i}]");
        let place = Spot::Certificate(witness.at);
        let exception = judged.iter().copied().find(|e| tuple.first() == Some(&document.exceptions[*e].id));
        let node = tuple.get(1).and_then(|id| document.node_index.get(id)).copied().filter(|n| outside.has(*n));
        let (Some(exception), Some(node)) = (exception, node) else {
            return refuse(
                &step,
                place,
                "no exception that is judged, or no endpoint outside my-number",
                "判定の対象となる特定通信と my-number 以外の端点の組ではありません",
            );
        };
        found.insert((exception, node));
        let [end, session, path] = read(&step, witness.all_fields(["end", "session", "path"]))?;
        let [u, v] = pair(network, end, &step)?;
        let replayed = replay(network, u, v, session, &format!("{step}.session"))?;
        if replayed.opener != u
            || ![u, v].contains(&node)
            || !replayed.is_covered(network, &document.exceptions[exception])
        {
            return refuse(
                &step,
                place,
                "the exception does not cover this session, or the node is not its end",
                "特定通信に当たらないか、このノードのセッションではありません",
            );
        }
        if path.is_null() != internet.has(node) {
            return refuse(
                &step,
                Spot::Document(document.nodes[node].at),
                "a path is needed exactly if the node is not labelled internet",
                "経路は internet に属さないノードにだけ必要です",
            );
        }
        if !path.is_null() {
            let step = format!("{step}.path");
            let [a, b] = check_witness(network, &asks, path, &step)?;
            let other = if a == node { b } else { a };
            if ![a, b].contains(&node) || !internet.has(other) {
                return refuse(
                    &step,
                    place,
                    "not a path between the node and an internet node",
                    "このノードと internet のノードの間の経路ではありません",
                );
            }
        }
    }
    let list = read("ends", ends.list())?;
    if !is_complete {
        if !list.is_empty() || !part.is_null() {
            return reject("ends", ends, "`[]` and `null` expected", "`[]` と `null` が必要です");
        }
        return Ok((heading, false));
    }
    if list.len() != judged.len() {
        return reject(
            "ends",
            ends,
            "one item for each exception that is judged",
            "判定の対象となる特定通信ごとに一つ必要です",
        );
    }
    let mut innocent: BTreeSet<usize> = BTreeSet::new();
    for (i, (item, e)) in list.iter().zip(&judged).enumerate() {
        let step = format!("ends[{i}]");
        let exception = &document.exceptions[*e];
        let [id, nodes, tree] = read(&step, item.all_fields(["exception", "nodes", "tree"]))?;
        let listed = read(&step, nodes_of(document, nodes))?;
        let sorted =
            listed.iter().zip(listed.iter().skip(1)).all(|(a, b)| document.nodes[*a].id < document.nodes[*b].id);
        let matching =
            |selector| endpoints.iter().copied().filter(|n| meaning.may_be_excepted(selector, *n)).collect::<Nodes>();
        let (openers, targets) = (matching(&exception.from), matching(&exception.to));
        let all: Nodes = openers.iter().chain(targets.iter()).filter(|n| outside.has(*n)).collect();
        let listed: Nodes = listed.into_iter().collect();
        if read(&step, id.text())? != exception.id
            || !sorted
            || !listed.iter().all(|n| all.has(n))
            || tree.is_null() != (listed.len() == all.len())
        {
            return refuse(
                &step,
                Spot::Document(exception.at),
                "not the possible ends of this exception",
                "この特定通信の端点となりうるノードと異なります",
            );
        }
        if !tree.is_null() {
            let apart = all.minus(&listed);
            check_ends(network, exception, [&openers, &targets], &apart, &step)?;
            let claim = Claim { pull: false, openers, targets, forbids: Forbids::Cover(exception, &apart) };
            check_tree(network, &claim, tree, &format!("{step}.tree"))?;
        }
        for node in listed.iter().filter(|n| !found.contains(&(*e, *n))) {
            if internet.has(node) {
                return refuse(
                    &step,
                    Spot::Document(document.nodes[node].at),
                    "an internet node that is not in `violating`",
                    "internet のノードが `violating` にありません",
                );
            }
            innocent.insert(node);
        }
    }
    let mut sides: [Vec<usize>; 2] = [innocent.into_iter().collect(), internet.iter().collect()];
    sides[0].sort_unstable_by_key(|n| &document.nodes[*n].id);
    let needed = sides.iter().all(|side| !side.is_empty());
    if part.is_null() == needed {
        return reject(
            "part",
            part,
            "`null` exactly if there is nothing to prove",
            "証明すべきものがないときにだけ `null` とします",
        );
    }
    if needed {
        let [a, b] = check_part(network, &sides, &asks, part, "part")?;
        if a.as_ref() != Some(&sides[0]) || b.is_some() {
            return reject(
                "part",
                part,
                "`a`: all nodes not in `violating`; `b`: null",
                "`a` は `violating` にない全ノード、`b` は null とします",
            );
        }
    }
    Ok((heading, true))
}
