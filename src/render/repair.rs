//! A least set of edits that mends a document, as text, JSON and Markdown.

mod changes;
pub(super) mod report;

use serde_json::{Value, json};

use super::catalogue::Sentence;
use super::json::session::session_json;
use super::markdown::cell;
use super::page::{BAD, BOLD, CARE, DIM, GOOD, Page};
use super::sentences;
use crate::language::{Lang, Phrase, plural};
use crate::report::repair::{Certified, End, Repair, RepairEdit, What};
use crate::screen::visible;

impl Sentence for What {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Deny { node, filter, before, r#in, out, from, to, service, .. } => {
                let side = |side: &Option<String>| side.as_deref().unwrap_or("-").to_owned();
                let (enters, leaves) = (side(r#in), side(out));
                let rule = format!("deny {from} → {to}, {service}, [{enters}] → [{leaves}]");
                match before {
                    Some(rule_after) => both!(
                        "{node}, filter {filter}: add `{rule}` before {rule_after}",
                        "{node} のフィルター {filter}: {rule_after} の前に `{rule}` を追加"
                    ),
                    None => both!(
                        "{node}, filter {filter}: add `{rule}` at the end",
                        "{node} のフィルター {filter}: 末尾に `{rule}` を追加"
                    ),
                }
            }
            Self::Relays { node } => both!(
                "{node}: declare `relays: []`, once it is true that it passes nothing on",
                "{node}: 何も中継しないことを確かめたうえで `relays: []` と記載"
            ),
            Self::Routed { node, vlan } => both!(
                "{node}: take VLAN {vlan} off `routed_vlans` (its interface vlan{vlan} is shut)",
                "{node}: `routed_vlans` から VLAN {vlan} を除外（インターフェース vlan{vlan} を停止）"
            ),
            Self::Vlan { link, vlan } => {
                both!("link {link}: take VLAN {vlan} off `vlans`", "リンク {link}: `vlans` から VLAN {vlan} を除外")
            }
            Self::Cut { link } => both!("link {link}: cut it", "リンク {link}: 切断"),
        }
    }
}

/// What may be done instead of an edit.
pub(super) fn instead(edit: &RepairEdit) -> Option<Phrase> {
    match &edit.what {
        What::Deny { or_delete: Some(rule), .. } => {
            Some(both!("or delete {rule}: that mends it too", "または {rule} を削除（それでも是正される）"))
        }
        _ => None,
    }
}

fn conclusion(repair: &Repair) -> Vec<Phrase> {
    let (edits, count) = (plural(repair.edits.len() as u64, "edit", "edits"), repair.edits.len());
    let (ways, number, cost) = (plural(repair.ways.len() as u64, "way", "ways"), repair.ways.len(), repair.cost);
    let mut out = Vec::new();
    match &repair.end {
        End::Repaired if repair.edits.is_empty() => {
            out.push(both!("nothing to repair: no way violates", "是正は不要（違反する経路はない）"));
        }
        End::Repaired => {
            out.push(both!(
                "{edits}, cost {cost}; with them no way violates, as decided anew",
                "編集 {count} 件、コスト {cost}。これで違反する経路はなくなる（判定し直して確認済み）"
            ));
            out.push(both!(
                "no cheaper set: there are {ways} to break, which costs at least {cost}",
                "これより安い組はない（違反する経路 {number} 本をすべて断つには {cost} 以上かかる）"
            ));
            let (refused, sets) = (repair.refused, plural(repair.refused as u64, "set", "sets"));
            if refused > 0 {
                out.push(both!(
                    "left out: {sets} that would take away what must stay",
                    "残すべきものを失う組 {refused} 件は除いた"
                ));
            }
        }
        End::NoEdit => out.push(both!(
            "not repaired: a way violates, and no edit that is allowed breaks it",
            "是正できない（許された編集では断てない違反の経路がある）"
        )),
        End::Collides(pairs) => {
            for (entry, requirement) in pairs {
                out.push(both!(
                    "not repaired: what mends {requirement} takes away {entry} of `expects`",
                    "是正できない（{requirement} を是正すると、`expects` の {entry} が通らない）"
                ));
            }
            if pairs.is_empty() {
                out.push(both!("not repaired: no set of edits does", "是正できない（是正する編集の組がない）"));
            }
        }
        End::Limit => out.push(both!(
            "not decided: a limit came first; any repair costs at least {cost}",
            "未判定（上限に達した）。是正には少なくとも {cost} のコストがかかる"
        )),
    }
    out
}

/// What the certificate shows.
fn certified(repair: &Repair) -> Option<Phrase> {
    let Certified { file, bound, .. } = repair.certified.as_ref()?;
    let file = visible(file);
    Some(if *bound == repair.cost {
        both!(
            "certificate {file}: shown for the checkers that any costs at least {bound}",
            "証明書 {file}: {bound} 以上かかることを検査プログラムで確かめられる"
        )
    } else {
        both!(
            "certificate {file}: shown for the checkers is only that any costs at least {bound}",
            "証明書 {file}: 検査プログラムで確かめられるのは {bound} 以上かかることまで"
        )
    })
}

/// What is violated all the same.
fn left(repair: &Repair) -> Vec<Phrase> {
    let left = repair.left.iter().map(|(requirement, tuples)| {
        let words = plural(*tuples, "tuple", "tuples");
        both!(
            "left: {requirement} ({words}), no matter of ways: sanso explain {requirement}",
            "残る違反: {requirement}（{tuples} 組）。経路の問題ではない: sanso explain {requirement}"
        )
    });
    left.collect()
}

/// The way that shows why there is no edit.
fn stuck(repair: &Repair) -> Option<Phrase> {
    let way = repair.ways.iter().find(|way| way.candidates == 0).filter(|_| repair.end == End::NoEdit)?;
    let (requirement, path) = (&way.requirement, way.path.join(" → "));
    Some(both!("{requirement}: {path}", "{requirement}: {path}"))
}

/// For people; ends in a newline.
#[must_use]
pub fn text(repair: &Repair, lang: Lang, color: bool) -> String {
    let mut page = Page::new(color);
    page.paint(BOLD, repair.name.as_deref().unwrap_or(&repair.file)).text(&format!(" ({})", repair.file)).end();
    page.paint(DIM, &format!("{}, {}", repair.policy, repair.date)).end().end();
    for (at, edit) in repair.edits.iter().enumerate() {
        page.text(&format!("{:>3}. ", at + 1)).paint(BOLD, &edit.what.text(lang)).end();
        page.space(5).paint(DIM, &sentences::at(&repair.file, &edit.location)).end();
        if let Some(phrase) = instead(edit) {
            page.space(5).text(phrase.get(lang)).end();
        }
    }
    if !repair.edits.is_empty() {
        page.end();
    }
    if let Some(phrase) = stuck(repair) {
        page.paint(CARE, phrase.get(lang)).end();
    }
    let style = if repair.end == End::Repaired { GOOD } else { BAD };
    for phrase in conclusion(repair) {
        page.paint(style, phrase.get(lang)).end();
    }
    if let Some(phrase) = certified(repair) {
        page.text(phrase.get(lang)).end();
    }
    for phrase in left(repair) {
        page.paint(BAD, phrase.get(lang)).end();
    }
    changes::text(repair, &mut page, lang);
    page.finish()
}

/// As Markdown; ends in a newline.
#[must_use]
pub fn markdown(repair: &Repair, lang: Lang) -> String {
    let name = cell(repair.name.as_deref().unwrap_or(&repair.file));
    let mut out = format!("# {name}\n\n{}, {}\n\n", cell(&repair.policy), repair.date);
    for (at, edit) in repair.edits.iter().enumerate() {
        let place = sentences::at(&repair.file, &edit.location);
        out.push_str(&format!("{}. {} ({})", at + 1, cell(&edit.what.text(lang)), cell(&place)));
        if let Some(phrase) = instead(edit) {
            out.push_str(&format!(". {}", cell(phrase.get(lang))));
        }
        out.push('\n');
    }
    if !repair.edits.is_empty() {
        out.push('\n');
    }
    for phrase in stuck(repair).iter().chain(&conclusion(repair)).chain(&certified(repair)).chain(&left(repair)) {
        out.push_str(&format!("- {}\n", cell(phrase.get(lang))));
    }
    changes::markdown(repair, &mut out, lang);
    out
}

fn edit(edit: &RepairEdit, lang: Lang) -> Value {
    let mut out = match &edit.what {
        What::Deny { node, filter, before, r#in, out, from, to, service, or_delete } => {
            json!({ "kind": "deny", "node": node, "filter": filter, "before": before, "in": r#in, "out": out,
                "from": from, "to": to, "service": service, "or_delete": or_delete })
        }
        What::Relays { node } => json!({ "kind": "relays", "node": node }),
        What::Routed { node, vlan } => json!({ "kind": "routed-vlan", "node": node, "vlan": vlan }),
        What::Vlan { link, vlan } => json!({ "kind": "vlan", "link": link, "vlan": vlan }),
        What::Cut { link } => json!({ "kind": "cut", "link": link }),
    };
    out["cost"] = edit.cost.into();
    out["breaks"] = edit.breaks.into();
    out["requirements"] = edit.requirements.clone().into();
    out["message"] = edit.what.text(lang).into();
    out["line"] = edit.location.line.into();
    out["column"] = edit.location.column.into();
    if let Some(origin) = edit.location.imported_from() {
        out["origin"] = origin.into();
    }
    out
}

/// As JSON; ends in a newline. The ways are there hop by hop, as findings have them.
#[must_use]
pub fn json(repair: &Repair, lang: Lang) -> String {
    let (end, pairs) = match &repair.end {
        End::Repaired => ("repaired", &[][..]),
        End::NoEdit => ("no-edit", &[][..]),
        End::Collides(pairs) => ("collides", &pairs[..]),
        End::Limit => ("undecided", &[][..]),
    };
    let ways = repair.ways.iter().map(|way| {
        json!({ "requirement": way.requirement, "path": way.path,
            "sessions": way.sessions.iter().map(session_json).collect::<Vec<_>>(),
            "covered": way.covered.as_ref().map(session_json), "candidates": way.candidates })
    });
    let (changes, unsaid) = changes::json(repair, lang);
    let mut object = json!({ "sanso": env!("CARGO_PKG_VERSION"),
        "topology": { "name": repair.name, "file": repair.file, "sha256": repair.sha256 },
        "policy": repair.policy, "date": repair.date, "result": end, "cost": repair.cost,
        "edits": repair.edits.iter().map(|one| edit(one, lang)).collect::<Vec<_>>(),
        "collides": pairs.iter().map(|(entry, requirement)| json!({ "expects": entry, "requirement": requirement })).collect::<Vec<_>>(),
        "kept": repair.kept, "refused": repair.refused,
        "left": repair.left.iter().map(|(id, tuples)| json!({ "requirement": id, "tuples": tuples })).collect::<Vec<_>>(),
        "messages": conclusion(repair).iter().chain(&left(repair)).map(|phrase| phrase.get(lang).to_owned()).collect::<Vec<_>>(),
        "ways": ways.collect::<Vec<_>>() });
    if let Some(Certified { file, bound, ways }) = &repair.certified {
        object["certificate"] = json!({ "file": file, "bound": bound, "ways": ways });
    }
    if repair.changes.is_some() {
        (object["changes"], object["unsaid"]) = (changes, unsaid);
    }
    format!("{object:#}\n")
}
