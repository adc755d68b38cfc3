//! Exceptions that are used, and what is expected to be possible: certificate section 7a.
#![allow(clippy::indexing_slicing)] // nodes and exceptions

use crate::document::{Document, Exception, Expectation, Services};
use crate::json::Value;
use crate::policy::InEffect;
use crate::proof::{Asks, Check, Claim, Forbids, Nodes, Spot, check_push, check_tree, read, refuse, reject};
use crate::requirements::{Heading, STEP, heading};
use crate::sets::{Numbers, PORTLESS, SERVICES_END, service};
use crate::steps::Network;
use crate::transfers::check_ends;
use crate::witness::{pair, replay};
use std::collections::{BTreeSet, HashSet};

/// Reads the heading, what shows the tuples that hold, and what shows the violating ones.
fn parts<'v, 'a>(
    one: &InEffect,
    value: &'v Value<'a>,
    keys: [&str; 2],
    speaks: bool,
) -> Check<(Heading, [&'v Value<'a>; 2])> {
    let [good, bad] = keys;
    let [written, verdict, violating, good, bad] =
        read(STEP, value.all_fields(["id", "verdict", "violating", good, bad]))?;
    let heading = heading(value.at, one, [written, verdict, violating])?;
    heading.agree(speaks)?;
    Ok((heading, [good, bad]))
}

/// `exceptions` with `used`.
pub fn check_used(network: &Network, one: &InEffect, of: &[String], value: &Value) -> Check<Heading> {
    let (meaning, document) = (network.meaning, network.meaning.document);
    let waives = |e: &&Exception| of.is_empty() || e.waives.iter().any(|(_, id)| of.contains(id));
    let judged: Vec<&Exception> = document.exceptions.iter().filter(waives).collect();
    let (heading, [witnesses, trees]) = parts(one, value, ["witnesses", "trees"], !judged.is_empty())?;
    let unused: HashSet<&String> = heading.violating.iter().flatten().collect();
    if !unused.iter().all(|id| judged.iter().any(|e| e.id == **id)) {
        return reject("violating", value, "not exceptions that are judged", "判定の対象となる特定通信ではありません");
    }
    let list = read("witnesses", witnesses.list())?;
    let used: Vec<&&Exception> = judged.iter().filter(|e| !unused.contains(&e.id)).collect();
    if list.len() != used.len() {
        return reject(
            "witnesses",
            witnesses,
            "one for each exception in use",
            "使われている特定通信ごとに一つ必要です",
        );
    }
    for (i, (item, exception)) in list.iter().zip(used).enumerate() {
        let step = format!("witnesses[{i}]");
        let [end, session] = read(&step, item.all_fields(["end", "session"]))?;
        let [u, v] = pair(network, end, &step)?;
        let replayed = replay(network, u, v, session, &format!("{step}.session"))?;
        if replayed.opener != u || !replayed.is_covered(network, exception) {
            let ja = "特定通信に当たるセッションではありません";
            return refuse(&step, Spot::Document(exception.at), "the exception does not cover this session", ja);
        }
    }
    let list = read("trees", trees.list())?;
    if list.len() != heading.violating.len() {
        return reject(
            "trees",
            trees,
            "one for each exception that is not used",
            "使われていない特定通信ごとに一つ必要です",
        );
    }
    for (i, (tree, id)) in list.iter().zip(heading.violating.iter().flatten()).enumerate() {
        let step = format!("trees[{i}]");
        let Some(exception) = judged.iter().find(|e| e.id == *id) else { continue };
        let matching = |selector| {
            let all = 0..document.nodes.len();
            all.filter(|n| document.nodes[*n].endpoint && meaning.may_be_excepted(selector, *n)).collect::<Nodes>()
        };
        let (openers, targets) = (matching(&exception.from), matching(&exception.to));
        let apart: Nodes = openers.iter().chain(targets.iter()).collect();
        check_ends(network, exception, [&openers, &targets], &apart, &step)?;
        let claim = Claim { pull: false, openers, targets, forbids: Forbids::Cover(exception, &apart) };
        check_tree(network, &claim, tree, &step)?;
    }
    Ok(heading)
}

/// `expects`.
pub fn check_expects(network: &Network, one: &InEffect, value: &Value) -> Check<Heading> {
    let document = network.meaning.document;
    let (heading, [shown, missing]) = parts(one, value, ["shown", "missing"], !document.expects.is_empty())?;
    let claimed: HashSet<&Vec<String>> = heading.violating.iter().collect();
    let (shown_list, missing_list) = (read("shown", shown.list())?, read("missing", missing.list())?);
    if missing_list.len() != heading.violating.len() {
        return reject("missing", missing, "one for each violating tuple", "違反する組ごとに一つ必要です");
    }
    let (mut left, mut found) = (shown_list.iter().enumerate(), HashSet::new());
    for expected in &document.expects {
        let ends = |selector| {
            let all = 0..document.nodes.len();
            all.filter(|n| document.nodes[*n].endpoint && document.is_one_of(selector, *n)).collect::<Vec<usize>>()
        };
        let (from, to) = (ends(&expected.from), ends(&expected.to));
        for (u, v) in from.iter().flat_map(|u| to.iter().map(move |v| (*u, *v))).filter(|(u, v)| u != v) {
            let ids = [expected.id.clone(), document.nodes[u].id.clone(), document.nodes[v].id.clone()].to_vec();
            if claimed.contains(&ids) {
                found.insert(ids);
            } else if let Some((i, sessions)) = left.next() {
                check_shown(network, expected, [u, v], sessions, &format!("shown[{i}]"))?;
            } else {
                let en = format!("nothing shows what is expected from `{}` to `{}`", ids[1], ids[2]);
                let ja = format!("`{}` から `{}` への必要な通信が示されていません", ids[1], ids[2]);
                return refuse("shown", Spot::Document(expected.at), en, ja);
            }
        }
    }
    if left.next().is_some() || found.len() < claimed.len() {
        return reject("shown", shown, "more than is expected", "必要な通信にない組があります");
    }
    for (i, (item, tuple)) in missing_list.iter().zip(&heading.violating).enumerate() {
        let step = format!("missing[{i}]");
        let [number, push] = read(&step, item.all_fields(["service", "push"]))?;
        let service = read(&step, number.integer())?.min(SERVICES_END as usize) as u32;
        let expected = document.expects.iter().find(|expected| tuple.first() == Some(&expected.id));
        let node = |at: usize| tuple.get(at).and_then(|id| document.node_index.get(id)).copied();
        let (Some(expected), Some(u), Some(v)) = (expected, node(1), node(2)) else { continue };
        if !expected.service.holds((service, service + 1)) {
            return reject(&step, number, "not a service that is expected", "必要なサービスではありません");
        }
        let set = Numbers::of(vec![(service, service + 1)]);
        let last = Services { set, transfer: false, word: false, limited: false };
        let asks = Asks { waivers: Vec::new(), methods: [false; 3], last: Some(&last) };
        check_push(network, [&[u], &[v]], &asks, push, &format!("{step}.push"))?;
    }
    Ok(heading)
}

/// Sessions that show every service: those that nothing in the document tells apart are shown by one of them.
fn check_shown(network: &Network, e: &Expectation, [u, v]: [usize; 2], value: &Value, step: &str) -> Check<()> {
    let mut seen = BTreeSet::new();
    for (i, session) in read(step, value.list())?.iter().enumerate() {
        let replayed = replay(network, u, v, session, &format!("{step}[{i}]"))?;
        if replayed.opener != u {
            return reject(step, session, "the other one opens this session", "相手側が開くセッションです");
        }
        seen.extend(replayed.received_service());
    }
    for (first, end) in alike(network.meaning.document, &e.service) {
        if seen.range(first..end).next().is_none() {
            let en = format!("no session shows the services {first} to {}", end - 1);
            return reject(step, value, en, format!("サービス {first}〜{} を示すセッションがありません", end - 1));
        }
    }
    Ok(())
}

/// The spans of a set of services between which nothing in the document makes a difference.
fn alike(document: &Document, services: &Numbers) -> Vec<(u32, u32)> {
    let mut cuts = BTreeSet::from([PORTLESS, service(17, 0), service(132, 0)]);
    let ends = |set: &Numbers| set.spans().iter().flat_map(|(first, end)| [*first, *end]).collect::<Vec<u32>>();
    for node in &document.nodes {
        node.filters.iter().flat_map(|filter| &filter.rules).for_each(|rule| cuts.extend(ends(&rule.service)));
        for entry in &node.nat {
            cuts.extend(ends(&entry.service));
            let becomes = entry.destination_port.into_iter().flat_map(|port| [6, 17, 132].map(|p| service(p, port)));
            cuts.extend(becomes.flat_map(|position| [position, position + 1]));
        }
    }
    let mut found = Vec::new();
    for (first, end) in services.spans() {
        let mut from = *first;
        for cut in cuts.range(first + 1..*end) {
            found.push((from, *cut));
            from = *cut;
        }
        found.push((from, *end));
    }
    found
}
