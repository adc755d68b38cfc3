//! What findings of the kinds of checks say that look at declarations, places, segments and records.

use super::{Sentence, several, zone};
use crate::language::Phrase;
use crate::report::fault::{Fault, Lacking, TransferFault};
use crate::report::why::Obstacle;

/// What a finding says; nothing for those that are said elsewhere.
pub(super) fn said(fault: &Fault) -> Phrase {
    match fault {
        Fault::Unused { exceptions } => {
            let Phrase { en, ja } = several(exceptions);
            let ja = ja.trim_end();
            both!(
                "exception {en} covers no session: nothing that it allows is possible; remove it, or mend what it was for",
                "特定通信 {ja}に当たる通信がない。許した通信は成り立っていない。取り除くか、目的の通信を確かめること"
            )
        }
        Fault::Unattested { exceptions } => {
            let Phrase { en, ja } = several(exceptions);
            let ja = ja.trim_end();
            both!(
                "nobody vouches for the peer of exception {en}: have it confirmed, and write `attested: {{by, basis}}`",
                "特定通信 {ja}の接続先が確認されていない。確認を受け、「attested」に確認者（by）と根拠（basis）を書くこと"
            )
        }
        Fault::Undeclared { of_links, items, lacking } => {
            let Phrase { en, ja } = several(items);
            let (lack_en, lack_ja): (Vec<_>, Vec<_>) =
                lacking.iter().map(Sentence::phrase).map(|Phrase { en, ja }| (en, ja)).unzip();
            let (lack_en, lack_ja) = (lack_en.join(" and "), lack_ja.join("、"));
            let (word_en, word_ja) = if *of_links { ("link ", "リンク ") } else { ("", "") };
            both!(
                "{word_en}{en} does not declare {lack_en}: put it in force, and declare it",
                "{word_ja}{ja}に{lack_ja}の宣言がない。実際に導入したうえで宣言すること"
            )
        }
        Fault::Misplaced { nodes, zone: None } => {
            let Phrase { en, ja } = several(nodes);
            both!(
                "{en} belongs to no zone: give it one where it may be",
                "{ja}は、どの領域にも属さない。許される領域に置くこと"
            )
        }
        Fault::Misplaced { nodes, zone: Some(label) } => {
            let (Phrase { en, ja }, zone) = (several(nodes), zone(label));
            let (zone_en, zone_ja) = (zone.en, zone.ja);
            both!(
                "{en} belongs to {zone_en}, where it may not be: move it",
                "{ja}は{zone_ja}に属している。許される領域に移すこと"
            )
        }
        Fault::Homed { nodes, zones } => {
            let Phrase { en, ja } = several(nodes);
            let (zones_en, zones_ja): (Vec<_>, Vec<_>) =
                zones.iter().map(|id| zone(id)).map(|Phrase { en, ja }| (en, ja)).unzip();
            let (zones_en, zones_ja) = (zones_en.join(" and "), zones_ja.join("と"));
            both!(
                "{en} has addresses in {zones_en} at once: separate it, or put a declared device between them",
                "{ja}は{zones_ja}のアドレスを併せ持つ。機器を分けるか、境界の機器を介すること"
            )
        }
        Fault::Segment { node, others, way } => {
            let Phrase { en, ja } = several(others);
            let steps: Vec<String> = way.iter().map(|(switch, vlan)| format!("{switch} (VLAN {vlan})")).collect();
            if steps.is_empty() {
                return both!(
                    "{node} and {en} are one broadcast domain: put a filtering device between them",
                    "{node} と {ja}が同じセグメントにある。間にフィルターを行う機器を置くこと"
                );
            }
            let steps = steps.join(" → ");
            both!(
                "{node} and {en} are one broadcast domain, by {steps}: give them VLANs of their own",
                "{node} と {ja}が {steps} を通じて同じセグメントにある。VLAN を分けること"
            )
        }
        Fault::Transfers { transfers, faults } => {
            let Phrase { en, ja } = several(transfers);
            let ja = ja.trim_end();
            let (faults_en, faults_ja): (Vec<_>, Vec<_>) =
                faults.iter().map(Sentence::phrase).map(|Phrase { en, ja }| (en, ja)).unzip();
            let (faults_en, faults_ja) = (faults_en.join("; "), faults_ja.join("。"));
            both!("transfer {en}: {faults_en}", "受渡し {ja}: {faults_ja}")
        }
        Fault::NoEvidence { kind, within, last } => {
            let age = within.map_or_else(
                || Phrase::new("", ""),
                |months| both!(" of the last {months} months", "（過去 {months} か月以内）"),
            );
            let last = last.as_ref().map_or_else(
                || both!("there is none", "記録がない"),
                |day| both!("the last is of {day}", "最後の記録は {day} である"),
            );
            Phrase::new(
                format!(
                    "there is no evidence of kind `{kind}`{} that counts today ({}): have it done, and record it in `evidence`",
                    age.en, last.en
                ),
                format!(
                    "今日有効な「{kind}」の実施の記録{}がない（{}）。実施し、「evidence」に記録すること",
                    age.ja, last.ja
                ),
            )
        }
        Fault::Impossible { expectation, from, to, stops } => impossible(expectation, [from, to], stops),
        _ => Phrase::new("", ""),
    }
}

/// What is expected and not possible; what stops it, on the way where the fewest things do.
fn impossible(expectation: &str, [from, to]: [&str; 2], stops: &[Obstacle]) -> Phrase {
    let (en, ja): (Vec<String>, Vec<String>) =
        stops.iter().map(Sentence::phrase).map(|Phrase { en, ja }| (en, ja)).unzip();
    let (en, ja) = (en.join("; "), ja.join("。"));
    if stops.is_empty() {
        return both!(
            "what `{expectation}` expects is not possible from {from} to {to}: a filter, a route or a missing link stops it (what a \
             routing protocol will choose is not looked at)",
            "「{expectation}」が求める通信が {from} から {to} へ成り立たない。フィルター、経路、リンクの不足のいずれかが妨げている（動的経路制御の結果は見ていない）"
        );
    }
    both!(
        "what `{expectation}` expects is not possible from {from} to {to} (what a routing protocol will choose is not looked at). {en}",
        "「{expectation}」が求める通信が {from} から {to} へ成り立たない（動的経路制御の結果は見ていない）。{ja}"
    )
}

impl Sentence for Lacking {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Control(control) => both!("`{control}`", " {control} "),
            Self::OneOf(controls) => {
                let (en, ja) = (controls.join("`, `"), controls.join("、"));
                both!("one of `{en}`", " {ja} のいずれか")
            }
            Self::Owner => both!("an owner", "管理者（owner）"),
            Self::Circuit(circuits) => {
                let (en, ja) = (circuits.join("`, `"), circuits.join("、"));
                both!("a circuit that is one of `{en}`", "回線の種類（{ja} のいずれか）")
            }
        }
    }
}

impl Sentence for TransferFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::NotSanitised => both!(
                "it is not sanitised as it should be: write `sanitise` where it is",
                "求められる方式で無害化されていない。無害化し、「sanitise」に方式を書くこと"
            ),
            Self::NoReason => both!("`reason` is blank", "「reason」（理由）が空である"),
            Self::NoApproval => both!("`approved_by` is blank", "「approved_by」（承認者）が空である"),
            Self::Expired => both!("it has expired: renew it, or end it", "期限が切れている。更新するか、やめること"),
        }
    }
}
