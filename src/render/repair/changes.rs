//! Edits in the words of vendors: what is entered on each device, with comments that say why, and what is not said and why.

use serde_json::{Value, json};

use super::super::markdown::cell;
use super::super::page::{BOLD, CARE, GOOD, Page};
use crate::language::{Lang, Phrase};
use crate::report::repair::{Changes, DeviceChange, Repair, Step, Unsaid, What, Why};
use crate::screen::visible;

/// The line above what is entered.
fn heading() -> Phrase {
    both!("What is entered on the devices:", "機器に入力する設定:")
}

/// What was shown of it.
fn shown(changes: &Changes) -> Phrase {
    if changes.unsaid.is_empty() {
        both!(
            "entered in the configurations and decided anew: no way violates",
            "設定に反映して取り込み直し、違反する経路がないことを確認済み"
        )
    } else {
        both!(
            "entered in the configurations, the other edits made: no way violates",
            "設定に反映し、ほかの編集も加えて判定し直し、違反がないことを確認済み"
        )
    }
}

/// What an edit does, in a few words.
fn short(what: &What) -> Phrase {
    match what {
        What::Deny { from, to, service, .. } => {
            both!("deny {from} to {to}, {service}", "{from} から {to} への {service} を拒否")
        }
        What::Relays { node } => both!("{node} relays nothing", "{node} は何も中継しない"),
        What::Routed { node, vlan } => {
            both!("{node} routes VLAN {vlan} no more", "{node} で VLAN {vlan} をルーティングしない")
        }
        What::Vlan { link, vlan } => both!("take VLAN {vlan} off {link}", "{link} から VLAN {vlan} を除外"),
        What::Cut { link } => both!("cut {link}", "{link} を切断"),
    }
}

/// The comments above the lines of a step.
fn comments(step: &Step, repair: &Repair, lang: Lang) -> Vec<String> {
    let Some(edit) = repair.edits.get(step.edit) else { return Vec::new() };
    let (number, requirements) = (step.edit + 1, edit.requirements.join(", "));
    let mut out = vec![
        both!("edit {number}, for {requirements}", "編集 {number}: {requirements} の是正").get(lang).to_owned(),
        short(&edit.what).get(lang).to_owned(),
    ];
    if step.wider {
        let wider = both!(
            "It holds on every way that these rules are for, not on one alone.",
            "このルールが適用されるすべてのインターフェースの組に効く"
        );
        out.push(wider.get(lang).to_owned());
    }
    out
}

/// All lines of a device, comments among them.
fn lines(device: &DeviceChange, repair: &Repair, lang: Lang) -> Vec<String> {
    let mut out = Vec::new();
    for step in &device.steps {
        let comments = comments(step, repair, lang).into_iter();
        // A name must not become a line of its own.
        out.extend(comments.map(|comment| format!("{} {}", device.comment, visible(&comment))));
        out.extend(step.lines.iter().cloned());
    }
    out
}

/// What is not said, and why.
fn unsaid(unsaid: &Unsaid) -> Phrase {
    let number = unsaid.edit + 1;
    let (node, vendor) = unsaid.device.as_ref().map_or(("", ""), |(node, vendor)| (node.as_str(), *vendor));
    match unsaid.why {
        Why::Promise => both!(
            "edit {number}: a promise that people keep; no device has a line for it",
            "編集 {number}: 人が守る事柄であり、これに当たる設定行はない"
        ),
        Why::NotImported => both!(
            "edit {number}: what it is about comes from no device's configuration",
            "編集 {number}: 対象は機器の設定から取り込んだものではない"
        ),
        Why::Format => both!(
            "edit {number}: {node}: changes are not written for {vendor}",
            "編集 {number}: {node}: {vendor} の設定変更は書き出せない"
        ),
        Why::NoPlace => both!(
            "edit {number}: {node}: {vendor} has no list of rules there to put it in",
            "編集 {number}: {node}: {vendor} のその場所にはルールを加えるリストがない"
        ),
        Why::NoWords => both!(
            "edit {number}: {node}: {vendor} has no words for it there",
            "編集 {number}: {node}: {vendor} のその場所では書き表せない"
        ),
        Why::NoRoom => both!(
            "edit {number}: {node}: the numbers of the list leave no room ({vendor})",
            "編集 {number}: {node}: リストの行番号に空きがない（{vendor}）"
        ),
        Why::NotShown => both!(
            "edit {number}: {node}: no change of {vendor} was shown to do it",
            "編集 {number}: {node}: {vendor} の変更で是正できることを確認できない"
        ),
    }
}

/// The name of a device's part: node, vendor, file.
fn title(device: &DeviceChange) -> String {
    format!("{} ({}, {})", device.node, device.vendor, device.file)
}

pub(super) fn text(repair: &Repair, page: &mut Page, lang: Lang) {
    let Some(changes) = &repair.changes else { return };
    if !changes.devices.is_empty() {
        page.end().text(heading().get(lang)).end();
        for device in &changes.devices {
            page.end().paint(BOLD, &title(device)).end();
            for line in lines(device, repair, lang) {
                page.space(2).text(&line).end();
            }
        }
        page.end().paint(GOOD, shown(changes).get(lang)).end();
    }
    for one in &changes.unsaid {
        page.paint(CARE, unsaid(one).get(lang)).end();
    }
}

pub(super) fn markdown(repair: &Repair, out: &mut String, lang: Lang) {
    let Some(changes) = &repair.changes else { return };
    for device in &changes.devices {
        out.push_str(&format!("\n## {}\n\n", cell(&title(device))));
        for line in lines(device, repair, lang) {
            // Indented code has no end that a line could be.
            out.push_str(&format!("    {}\n", visible(&line)));
        }
    }
    let proved = (!changes.devices.is_empty()).then(|| shown(changes));
    let all: Vec<Phrase> = proved.into_iter().chain(changes.unsaid.iter().map(unsaid)).collect();
    if !all.is_empty() {
        out.push('\n');
    }
    for phrase in all {
        out.push_str(&format!("- {}\n", cell(phrase.get(lang))));
    }
}

pub(super) fn json(repair: &Repair, lang: Lang) -> (Value, Value) {
    let Some(changes) = &repair.changes else { return (Value::Null, Value::Null) };
    let devices = changes.devices.iter().map(|device| {
        let edits: Vec<usize> = device.steps.iter().map(|step| step.edit + 1).collect();
        json!({ "node": device.node, "format": device.format, "vendor": device.vendor, "file": device.file,
            "edits": edits, "lines": lines(device, repair, lang) })
    });
    let left = changes.unsaid.iter().map(|one| {
        json!({ "edit": one.edit + 1, "node": one.device.as_ref().map(|(node, _)| node), "why": word(one.why),
            "message": unsaid(one).get(lang) })
    });
    (devices.collect(), left.collect())
}

const fn word(why: Why) -> &'static str {
    match why {
        Why::Promise => "promise",
        Why::NotImported => "not-imported",
        Why::Format => "format",
        Why::NoPlace => "no-place",
        Why::NoWords => "no-words",
        Why::NoRoom => "no-room",
        Why::NotShown => "not-shown",
    }
}
