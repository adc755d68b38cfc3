//! What the verdicts rely upon and nobody can see in the document: listed, so that whoever signs knows.

use super::show::Show;
use crate::document::{Exception, Family};
use crate::engine::Matcher;
use crate::language::Phrase;
use crate::policy::{Evaluator, Policy};
use crate::report::{Note, RequirementReport, Verdict};

/// The assumptions of a run, those of single places first.
pub fn of(show: Show<'_, '_, '_>, policy: &Policy, requirements: &[RequirementReport]) -> Vec<Note> {
    let mut out = Vec::new();
    relays(show, &mut out);
    exceptions(show, &mut out);
    controls(show, policy, requirements, &mut out);
    one_family(show, &mut out);
    let translation = if show.model.nat.is_empty() {
        (
            "addresses are not translated (NAT): rules are written with the addresses that packets bear",
            "アドレス変換（NAT）は行われず、ルールは変換前のアドレスで書かれている",
        )
    } else {
        (
            "addresses are translated only as `nat` says, and what hides sources lets in nothing but replies",
            "アドレス変換（NAT）は「nat」に書かれたとおりにだけ行われ、送信元を変換する機器は応答だけを通す",
        )
    };
    for (en, ja) in [
        translation,
        (
            "the document is complete: every node and link that exists is in it",
            "文書に漏れがなく、存在するすべてのノードとリンクが書かれている",
        ),
    ] {
        out.push(Note { node: None, location: None, text: Phrase::new(en, ja) });
    }
    out
}

fn relays(show: Show<'_, '_, '_>, out: &mut Vec<Note>) {
    for node in show.model.detailed.iter().map(|&node| &show.model.document.nodes[node as usize]) {
        let Some(relays) = node.relays() else { continue };
        let span = relays.first().map_or(show.model.document.id_span(node), |relay| relay.span);
        let sanitised = relays.iter().filter(|relay| relay.sanitise.is_some()).count();
        let text = match relays.len() {
            0 => Phrase::new("relays nothing (`relays: []`)", "何も中継しない（「relays: []」）"),
            count => Phrase::new(
                format!(
                    "relays only what it declares: {count} {}, {sanitised} of them sanitising",
                    if count == 1 { "entry" } else { "entries" }
                ),
                format!("宣言された中継だけを行う（{count} 件、うち無害化 {sanitised} 件）"),
            ),
        };
        out.push(Note {
            node: Some(show.model.document.name(node.id).to_owned()),
            location: Some(show.places.locate(span)),
            text,
        });
    }
}

fn exceptions(show: Show<'_, '_, '_>, out: &mut Vec<Note>) {
    let exceptions = &show.model.document.exceptions;
    for exception in exceptions {
        let Exception { id, approved_by, expires, attested, span, .. } = exception;
        let waives = match &exception.waives {
            None => "MN-ISOLATION".to_owned(),
            Some(list) => list.iter().map(|id| &*id.value).collect::<Vec<_>>().join(", "),
        };
        let (mut en, mut ja) = (
            format!("exception {id}: the sessions that it covers are excused from {waives}"),
            format!("特定通信 {id}: 対象のセッションは {waives} の違反としない"),
        );
        if let Some(by) = approved_by.as_deref().filter(|by| !by.trim().is_empty()) {
            en.push_str(&format!("; approved by {by}"));
            ja.push_str(&format!("。承認: {by}"));
        }
        if let Some(day) = expires {
            en.push_str(&format!("; until {day}"));
            ja.push_str(&format!("。期限: {day}"));
        }
        let location = Some(show.places.locate(*span));
        out.push(Note { node: None, location, text: Phrase::new(en, ja) });
        if let Some(attested) = attested {
            let (by, basis) = (&attested.by, &attested.basis);
            let text = Phrase::new(
                format!(
                    "exception {id}: {by} vouches for its peers ({basis}); their ways to the Internet tier are not looked at"
                ),
                format!(
                    "特定通信 {id}: 接続先は {by} が保証する（{basis}）。接続先とインターネット接続系との経路は調べない"
                ),
            );
            out.push(Note { node: None, location, text });
        }
    }
    if !exceptions.is_empty() {
        let text = Phrase::new(
            "nodes of the tiers pass nothing on by themselves: a chain across several tiers of which exceptions excuse every part is not reported",
            "三層の各領域の端末やサーバーは自らデータを中継しない。すべての区間が特定通信に当たる、複数の領域にまたがる連鎖は報告されない",
        );
        out.push(Note { node: None, location: None, text });
    }
}

/// Nodes whose declared controls a requirement that holds relies upon.
fn controls(show: Show<'_, '_, '_>, policy: &Policy, requirements: &[RequirementReport], out: &mut Vec<Note>) {
    let model = show.model;
    for (requirement, report) in policy.requirements.iter().zip(requirements) {
        let Evaluator::Controls(settings) = &requirement.evaluator else { continue };
        if report.verdict != Verdict::Proved {
            continue;
        }
        let matcher = Matcher::new(model, &settings.nodes);
        let count = u32::try_from(model.document.nodes.len()).unwrap_or(u32::MAX);
        let mut nodes = (0..count).filter(|&node| matcher.matches(node));
        let Some(first) = nodes.next() else { continue };
        let (more, words) = (nodes.count(), settings.controls.join(", "));
        let id = show.id(first);
        let text = match more {
            0 => Phrase::new(
                format!("{id} has the controls it declares: {words}"),
                format!("{id} に宣言どおりの対策がある: {words}"),
            ),
            more => Phrase::new(
                format!("{id} and {more} more have the controls they declare: {words}"),
                format!("{id} ほか {more} 件に宣言どおりの対策がある: {words}"),
            ),
        };
        out.push(Note { node: None, location: Some(show.node_at(first)), text });
    }
}

fn one_family(show: Show<'_, '_, '_>, out: &mut Vec<Note>) {
    let model = show.model;
    let only_v4 = |(value, endpoint): &(&crate::document::Node<'_>, &bool)| {
        **endpoint && !value.addresses.is_empty() && value.addresses.iter().all(|cidr| cidr.family == Family::V4)
    };
    let mut nodes = model.document.nodes.iter().zip(&model.labels.endpoint).filter(only_v4);
    let Some((first, _)) = nodes.next() else { return };
    let (count, id) = (1 + nodes.count(), model.document.name(first.id));
    let text = Phrase::new(
        match count {
            1 => format!("{id}, which declares IPv4 addresses only, sends and receives no IPv6"),
            count => {
                format!("{count} endpoints that declare IPv4 addresses only, such as {id}, send and receive no IPv6")
            }
        },
        match count {
            1 => format!("IPv4 アドレスだけを宣言した端点 {id} は IPv6 で通信しない"),
            count => format!("IPv4 アドレスだけを宣言した端点（{id} など {count} 件）は IPv6 で通信しない"),
        },
    );
    let location = Some(show.places.locate(model.document.id_span(first)));
    out.push(Note { node: None, location, text });
}
