//! What audit reports say of a repair: at each finding, which edits serve its requirement, and the sentences of a section of its own.

use super::{conclusion, left, stuck};
use crate::language::Phrase;
use crate::render::markup::{Words, words};
use crate::report::RequirementReport;
use crate::report::repair::{End, Repair};

/// What the section of repairs holds.
pub const REPAIRS: Words = words(
    "The edits of these kinds that cost least and after which no requirement of severity error is violated by a way through the network, while everything that must be possible (`expects`) still is: rules that deny, VLANs taken off, relays declared (cost 1 each), links cut (cost 3). A proposal: read each before it is made. `sanso repair` writes the document with them, and what is entered on devices.",
    "重大度 error の要件に違反する経路をすべて断ち、必要な通信（`expects`）を残す、最も安い編集の組である。拒否ルールの追加、VLAN の除外、中継の宣言（各コスト 1）、リンクの切断（コスト 3）から選ぶ。提案であり、実施の前に一件ずつ確かめること。編集後の文書と機器ごとの設定変更は `sanso repair` で得られる。",
);

/// What there is to say at a finding.
pub enum Mend {
    /// Edits that serve its requirement, by index.
    Edits(Vec<usize>),
    /// Why there are none.
    None(Phrase),
}

/// What mends a requirement that is violated; `repair` as [`crate::report::beside::Beside`] has it.
pub fn mend(repair: Option<&Repair>, requirement: &RequirementReport) -> Mend {
    if requirement.is_warning() {
        return Mend::None(both!("not looked for: it is a warning", "警告のため求めていない"));
    }
    let Some(repair) = repair else {
        return Mend::None(both!("not looked for", "求めていない"));
    };
    match &repair.end {
        End::Repaired => {
            let serves = |at: &usize| repair.edits[*at].requirements.contains(&requirement.id);
            let edits: Vec<usize> = (0..repair.edits.len()).filter(serves).collect();
            if !edits.is_empty() {
                return Mend::Edits(edits);
            }
            Mend::None(both!(
                "no edit of these kinds: it is no matter of ways through the network",
                "この種の編集では是正できない（経路の問題ではない）"
            ))
        }
        End::NoEdit | End::Collides(_) => Mend::None(both!("none was found", "是正案はない")),
        End::Limit => Mend::None(both!("not decided", "未判定")),
    }
}

/// What was found, sentence by sentence.
pub fn sentences(repair: Option<&Repair>) -> Vec<Phrase> {
    let Some(repair) = repair else {
        return vec![both!(
            "Nothing to repair: no requirement of severity error is violated.",
            "是正は不要（重大度 error の要件に違反はない）。"
        )];
    };
    let mut out: Vec<Phrase> = stuck(repair).into_iter().collect();
    if repair.end == End::Limit {
        let cost = repair.cost;
        out.push(both!(
            "not decided: nothing was found in the time that is given to a report; any repair costs at least {cost}. `sanso repair` looks further",
            "未判定（調書の作成にかける範囲では見つからなかった）。是正には少なくとも {cost} のコストがかかる。`sanso repair` でさらに調べられる"
        ));
    } else {
        out.extend(conclusion(repair));
    }
    out.extend(left(repair));
    out
}
