//! Findings of requirements on single nodes and exceptions, grouped by what is wrong.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::show::Show;
use crate::document::Date;
use crate::engine::{ExceptionFault, exception_faults};
use crate::language::Phrase;
use crate::policy::Evaluator;
use crate::report::Finding;
use crate::source::Location;

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
pub(super) fn grouped<K: Copy + Eq + Hash, R>(items: impl Iterator<Item = (K, R)>) -> Vec<(K, Vec<R>)> {
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

pub(super) fn finding(
    cause: Vec<String>,
    message: Phrase,
    tuples: usize,
    path: Vec<String>,
    location: Location,
) -> Finding {
    Finding {
        message,
        tuples: tuples as u64,
        path,
        sessions: Vec::new(),
        location: Some(location),
        guesses: Vec::new(),
        cause,
        culprit: None,
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
pub(super) fn others(count: usize) -> (String, String) {
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

pub(super) fn exception_at(show: Show<'_, '_, '_>, exception: u32) -> Location {
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
