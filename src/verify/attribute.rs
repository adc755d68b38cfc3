//! Findings of requirements on single nodes and exceptions, grouped by what is wrong.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::cause;
use super::finding::{self, Traced};
use super::show::Show;
use super::side::Sides;
use super::trace::{Broken, Tracer};
use crate::document::Date;
use crate::engine::replay::Claim;
use crate::engine::{ExceptionFault, PeerOutcome, exception_faults};
use crate::language::Phrase;
use crate::policy::Evaluator;
use crate::report::{Finding, Location};

/// What is wrong with the label of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum LabelFault {
    /// A declared address lies in the networks of another zone than the explicit one: explicit, other.
    Contradiction(u32, u32),
    /// A gateway, forwarder or sanitiser that declares no relay entry.
    NoRelays,
    /// No zone and no addresses.
    NoAddresses,
    /// Addresses in the networks of several zones.
    SeveralZones,
    /// Addresses in no zone's networks.
    NoNetwork,
}

/// Groups in the order of their first members.
fn grouped<K: Copy + Eq + Hash, R>(items: impl Iterator<Item = (K, R)>) -> Vec<(K, Vec<R>)> {
    let mut index: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<(K, Vec<R>)> = Vec::new();
    for (key, item) in items {
        let at = *index.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(item);
    }
    groups
}

fn finding(cause: Vec<String>, message: Phrase, tuples: usize, path: Vec<String>, location: Location) -> Finding {
    Finding {
        message,
        tuples: tuples as u64,
        path,
        sessions: Vec::new(),
        location: Some(location),
        guesses: Vec::new(),
        cause,
    }
}

/// Findings of nodes that lack controls or a sound label.
pub fn of_nodes(show: Show<'_, '_, '_>, evaluator: &Evaluator, nodes: &[u32]) -> Vec<Finding> {
    match evaluator {
        Evaluator::Controls(controls) => lacking(show, &controls.controls, nodes),
        _ => unlabelled(show, nodes),
    }
}

fn lacking(show: Show<'_, '_, '_>, wanted: &[String], nodes: &[u32]) -> Vec<Finding> {
    let missing = |node: u32| {
        let declared = &show.model.document.nodes[node as usize].controls;
        let lacks = |control: &&String| !declared.iter().any(|own| **own == ***control);
        wanted.iter().filter(lacks).map(String::as_str).collect::<Vec<_>>()
    };
    let mut groups: BTreeMap<Vec<&str>, Vec<u32>> = BTreeMap::new();
    for &node in nodes {
        groups.entry(missing(node)).or_default().push(node);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, nodes)| nodes[0]);
    let findings = groups.into_iter().map(|(missing, nodes)| {
        let words: Vec<String> = missing.iter().map(|word| format!("`{word}`")).collect();
        let first = show.id(nodes[0]);
        let (others_en, others_ja) = others(nodes.len());
        let message = Phrase::new(
            format!(
                "{first}{others_en} does not declare {}: put it in force and declare it in `controls`",
                words.join(" and ")
            ),
            format!(
                "{first}{others_ja}に {} の宣言がない。実際に導入したうえで「controls」に宣言すること",
                words.join("、")
            ),
        );
        let cause = ["controls"].into_iter().chain(missing).map(str::to_owned).collect();
        finding(cause, message, nodes.len(), vec![first.to_owned()], show.node_at(nodes[0]))
    });
    findings.collect()
}

/// " and 3 others", "ほか 3 件"
fn others(count: usize) -> (String, String) {
    match count - 1 {
        0 => (String::new(), " ".to_owned()),
        1 => (" (and 1 other)".to_owned(), " ほか 1 件".to_owned()),
        more => (format!(" (and {more} others)"), format!(" ほか {more} 件")),
    }
}

fn label_fault(show: Show<'_, '_, '_>, node: u32) -> LabelFault {
    let model = show.model;
    let value = &model.document.nodes[node as usize];
    let zones: Vec<Option<u32>> = value.addresses.iter().map(|cidr| model.networks.zone_of(cidr)).collect();
    if let Some(own) = model.labels.zones[node as usize] {
        let other = zones.iter().flatten().copied().find(|&zone| zone != own);
        return LabelFault::Contradiction(own, other.unwrap_or(own));
    }
    if value.kind == crate::document::Kind::Gateway || value.is_forwarder() || value.sanitises() {
        return LabelFault::NoRelays;
    }
    match zones.as_slice() {
        [] => LabelFault::NoAddresses,
        zones if zones.contains(&None) => LabelFault::NoNetwork,
        _ => LabelFault::SeveralZones,
    }
}

fn unlabelled(show: Show<'_, '_, '_>, nodes: &[u32]) -> Vec<Finding> {
    let groups = grouped(nodes.iter().map(|&node| (label_fault(show, node), node)));
    let findings = groups.into_iter().map(|(fault, nodes)| {
        let first = show.id(nodes[0]);
        let (more_en, more_ja) = others(nodes.len());
        let message = match fault {
            LabelFault::Contradiction(own, other) => {
                let ([own_en, own_ja], [other_en, other_ja]) = (show.zone(Some(own)), show.zone(Some(other)));
                Phrase::new(
                    format!("{first}{more_en} is declared to be of {own_en} but has an address in the networks of {other_en}: correct the one or the other"),
                    format!("{first}{more_ja}の領域は{own_ja}と宣言されているが、アドレスは{other_ja}のネットワークに含まれる。どちらかを訂正すること"),
                )
            }
            LabelFault::NoRelays => Phrase::new(
                format!("{first}{more_en} stands between zones but declares no relay entry: declare what it relays in `relays`, or give it a `zone`"),
                format!("{first}{more_ja}は領域の間に立つが、中継の宣言がない。中継する内容を「relays」に宣言するか、「zone」を書くこと"),
            ),
            LabelFault::NoAddresses => Phrase::new(
                format!("{first}{more_en} belongs to no zone: it declares neither `zone` nor `addresses`"),
                format!("{first}{more_ja}は、どの領域にも属さない。「zone」または「addresses」を宣言すること"),
            ),
            LabelFault::SeveralZones => Phrase::new(
                format!("{first}{more_en} belongs to no zone: its addresses lie in the networks of several zones; separate it, or declare a `gateway` with `relays`"),
                format!("{first}{more_ja}は、複数の領域のアドレスを持つため、どの領域にも属さない。機器を分けるか、「kind: gateway」として「relays」を宣言すること"),
            ),
            LabelFault::NoNetwork => Phrase::new(
                format!("{first}{more_en} belongs to no zone: it has an address in no zone's networks; declare its `zone` or complete the `networks`"),
                format!("{first}{more_ja}は、どの領域のネットワークにも含まれないアドレスを持つ。「zone」を宣言するか、領域の「networks」を補うこと"),
            ),
        };
        let zone = |zone: u32| show.model.names.zones[zone as usize];
        let cause = match fault {
            LabelFault::Contradiction(own, other) => vec!["contradiction", zone(own), zone(other)],
            LabelFault::NoRelays => vec!["no-relays"],
            LabelFault::NoAddresses => vec!["no-addresses"],
            LabelFault::SeveralZones => vec!["several-zones"],
            LabelFault::NoNetwork => vec!["no-network"],
        };
        let cause = cause.into_iter().map(str::to_owned).collect();
        finding(cause, message, nodes.len(), vec![first.to_owned()], show.node_at(nodes[0]))
    });
    findings.collect()
}

/// Findings of exceptions that are not limited.
pub fn of_exceptions(show: Show<'_, '_, '_>, exceptions: &[u32], today: Date) -> Vec<Finding> {
    let mut groups: BTreeMap<Vec<ExceptionFault>, Vec<u32>> = BTreeMap::new();
    for &at in exceptions {
        groups.entry(exception_faults(show.model, at, today)).or_default().push(at);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, list)| list[0]);
    let findings = groups.into_iter().map(|(faults, list)| {
        let exception = &show.model.document.exceptions[list[0] as usize];
        let phrases: Vec<(&str, &str)> = faults.iter().map(|fault| fault_phrase(*fault)).collect();
        let en: Vec<&str> = phrases.iter().map(|(en, _)| *en).collect();
        let ja: Vec<&str> = phrases.iter().map(|(_, ja)| *ja).collect();
        let (more_en, more_ja) = others(list.len());
        let (id, more_ja) = (&exception.id, more_ja.trim_end());
        let message = Phrase::new(
            format!("exception {id}{more_en}: {}", en.join("; ")),
            format!("特定通信 {id}{more_ja}: {}", ja.join("。")),
        );
        let location = exception_at(show, list[0]);
        let cause = faults.iter().map(|fault| fault_word(*fault).to_owned()).collect();
        finding(cause, message, list.len(), vec![exception.id.to_string()], location)
    });
    findings.collect()
}

fn exception_at(show: Show<'_, '_, '_>, exception: u32) -> Location {
    let exception = &show.model.document.exceptions[exception as usize];
    show.places.locate(exception.span)
}

/// What is wrong with an exception, in a word.
const fn fault_word(fault: ExceptionFault) -> &'static str {
    match fault {
        ExceptionFault::WideFrom => "wide-from",
        ExceptionFault::WideTo => "wide-to",
        ExceptionFault::WideService => "wide-service",
        ExceptionFault::NoReason => "no-reason",
        ExceptionFault::NoApproval => "no-approval",
        ExceptionFault::Expired => "expired",
    }
}

/// What is wrong with an exception, in both languages.
pub const fn fault_phrase(fault: ExceptionFault) -> (&'static str, &'static str) {
    match fault {
        ExceptionFault::WideFrom => (
            "`from` names more than single addresses: name the nodes that need it",
            "「from」が単一のアドレスに限られていない。必要なノードだけを書くこと",
        ),
        ExceptionFault::WideTo => (
            "`to` names more than single addresses: name the nodes that are meant",
            "「to」が単一のアドレスに限られていない。相手のノードだけを書くこと",
        ),
        ExceptionFault::WideService => (
            "`service` names more than single ports: name the ports needed",
            "「service」が単一のポートに限られていない。必要なポートだけを書くこと",
        ),
        ExceptionFault::NoReason => ("`reason` is blank", "「reason」（理由）が空である"),
        ExceptionFault::NoApproval => ("`approved_by` is blank", "「approved_by」（承認者）が空である"),
        ExceptionFault::Expired => (
            "it has expired: renew it, or remove it with its rules",
            "期限が切れている。更新するか、ルールとともに削除すること",
        ),
    }
}

/// Findings of peers of exceptions: those that are exposed themselves, then those that have a raw path.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn of_peers(tracer: &Tracer<'_, '_>, show: Show<'_, '_, '_>, peers: &PeerOutcome) -> Result<Vec<Finding>, Broken> {
    let PeerOutcome { tuples, paths, .. } = peers;
    let claim = Claim { without_tag: None, raw_only: true, waived_by: None };
    let sides = Sides::new(tracer.model(), tracer.wiring());
    let limit = finding::budget(tracer);
    let position = |node: u32| {
        let class = paths.network.classes.of_node[node as usize]?;
        let a = paths.a.binary_search(&class).ok()?;
        let b = *paths.answer.violating.row(a).first()? as usize;
        Some((a, b))
    };
    let groups = grouped(tuples.iter().map(|&(exception, node)| ((exception, position(node)), node)));
    let (mut exposed, mut traced, mut rest) = (Vec::new(), BTreeMap::new(), Vec::new());
    for (number, ((exception, position), nodes)) in groups.into_iter().enumerate() {
        let Some((a, b)) = position else {
            exposed.push((exception, nodes));
            continue;
        };
        if number >= limit {
            rest.extend(nodes.into_iter().map(|node| (exception, node)));
            continue;
        }
        let replayed = tracer.witness(paths, a, b, claim)?;
        let cause = cause::of(tracer, &sides, &replayed.witness, None);
        let by_cause = traced.entry(exception).or_insert_with(HashMap::new);
        finding::merge(by_cause, cause, Traced { tuples: nodes.len() as u64, replayed });
    }
    let id = |exception: u32| show.model.document.exceptions[exception as usize].id.to_string();
    let mut out = Vec::new();
    for (exception, nodes) in exposed {
        let (first, name) = (show.id(nodes[0]), id(exception));
        let (more_en, more_ja) = others(nodes.len());
        let message = Phrase::new(
            format!(
                "exception {name} is for {first}{more_en}, which is of the Internet tier itself: exchange the peer, or have the exception `attested`"
            ),
            format!(
                "特定通信 {name} の相手 {first}{more_ja}は、それ自体がインターネット接続系に属する。相手を替えるか、「attested」を宣言すること"
            ),
        );
        let cause = vec!["exposed".to_owned(), name.clone()];
        out.push(finding(cause, message, nodes.len(), vec![name, first.to_owned()], exception_at(show, exception)));
    }
    for (exception, by_cause) in traced {
        for (cause, traced) in finding::in_order(by_cause, show) {
            let mut found = finding::of_cause(tracer, show, &cause, &traced);
            let name = id(exception);
            found.cause.insert(0, name.clone());
            found.message = Phrase::new(
                format!("a peer of exception {name} is connected to the Internet tier: {}", found.message.en),
                format!("特定通信 {name} の相手がインターネット接続系とつながっている。{}", found.message.ja),
            );
            out.push(found);
        }
    }
    if let Some(&(exception, node)) = rest.first() {
        let message = Phrase::new(
            format!("further peers, not traced one by one (at most {limit} are): mend what is shown and verify again"),
            format!("個別には追跡していない相手（追跡するのは {limit} 件まで）。示した原因を直し、改めて検証すること"),
        );
        let path = vec![id(exception), show.id(node).to_owned()];
        let cause = vec!["untraced".to_owned()];
        out.push(finding(cause, message, rest.len(), path, exception_at(show, exception)));
    }
    Ok(out)
}
