//! Every word that a text report or a diagnostic has of its own, in both languages: a missing one does not build.

pub(super) mod exchange;
pub(super) mod policy;
mod population;

use crate::code::Code;
use crate::language::Lang;
pub(super) use crate::language::{grouped, plural};
use crate::report::audit::Standing;
use crate::report::{Translated, Verdict};
pub(super) use population::population;

/// The word for a verdict: proved / violated / vacuous / undecided, 適合 / 不適合 / 対象外 / 未判定.
#[must_use]
pub fn verdict_word(verdict: Verdict, lang: Lang) -> &'static str {
    phrases(lang).verdict(verdict)
}

/// The word for how a requirement or the whole stands: as [`verdict_word`], or "holds with exceptions", 適合（特定通信を除く）.
#[must_use]
pub fn standing_word(standing: Standing, lang: Lang) -> &'static str {
    let verdict = match (standing, lang) {
        (Standing::Excepted, Lang::En) => return "holds with exceptions",
        (Standing::Excepted, Lang::Ja) => return "適合（特定通信を除く）",
        (Standing::Proved, _) => Verdict::Proved,
        (Standing::Violated, _) => Verdict::Violated,
        (Standing::Undecided, _) => Verdict::Undecided,
        (Standing::Vacuous, _) => Verdict::Vacuous,
    };
    verdict_word(verdict, lang)
}

/// The sentences of a language.
pub(super) fn phrases(lang: Lang) -> &'static dyn Phrases {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// How the whole stands, and how many requirements stand how.
pub(super) struct Counts {
    pub standing: Standing,
    pub violated: usize,
    pub undecided: usize,
    pub excepted: usize,
    pub requirements: usize,
}

/// What a report says besides its facts.
pub(super) trait Phrases: Sync {
    fn verdict(&self, verdict: Verdict) -> &'static str;

    // The header.
    fn heading(&self) -> &'static str;
    fn file(&self) -> &'static str;
    fn size(&self) -> &'static str;
    fn nodes_and_links(&self, nodes: u64, links: u64) -> String;
    fn zones(&self) -> &'static str;
    fn zone_names(&self, zone: &str) -> Option<&'static str>;
    fn policy(&self) -> &'static str;
    fn date(&self) -> &'static str;
    fn certificate(&self) -> &'static str;
    fn list_comma(&self) -> &'static str;
    fn aside(&self, text: &str) -> String;

    // The table of requirements.
    fn requirement(&self) -> &'static str;
    fn verdict_column(&self) -> &'static str;
    fn tuples_column(&self) -> &'static str;
    fn title_column(&self) -> &'static str;

    // Findings.
    fn clause(&self, clause: &str) -> String;
    fn violations(&self, tuples: u64, findings: usize) -> String;
    fn affected(&self) -> &'static str;
    fn more_tuples(&self, more: u64) -> String;
    fn more_findings(&self, more: usize) -> String;
    fn tuple_count(&self, tuples: u64) -> String;
    fn path(&self) -> &'static str;
    fn session(&self, number: usize, from: &str, to: &str) -> String;
    fn carried(&self, number: usize, from: &str, to: &str, transfer: &str) -> String;
    fn pulled(&self) -> &'static str;
    fn excepted_by(&self, exceptions: &str) -> String;
    fn packet(&self) -> &'static str;
    fn transfer(&self) -> &'static str;
    fn any_port(&self) -> &'static str;
    fn vlan(&self, vlan: u16) -> String;
    fn rule(&self, rule: &str) -> String;
    fn filter_default(&self) -> &'static str;
    /// What an entry of `nat` made of a packet.
    fn translated(&self, translated: &Translated) -> String;
    fn cause(&self) -> &'static str;
    fn guess(&self) -> &'static str;

    // What else a verdict rests on.
    fn separated_by(&self) -> &'static str;
    fn and_more(&self, more: usize) -> String;
    fn undecided_note(&self) -> &'static str;
    fn assumptions(&self, count: usize) -> String;
    fn warnings(&self, count: usize) -> String;
    fn more_notes(&self, more: usize) -> String;
    fn conclusion(&self, counts: &Counts) -> String;
    fn explain(&self, requirement: &str) -> String;

    // Diagnostics.
    fn error(&self) -> &'static str;
    fn warning(&self) -> &'static str;
    fn note(&self) -> &'static str;
    fn help(&self) -> &'static str;
    fn more_of_the_same(&self, more: usize, code: Code, message: &str) -> String;
    fn unusable(&self, file: &str, errors: usize, warnings: usize) -> String;
}

struct English;

/// The verb for a number of things.
pub(super) const fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

impl Phrases for English {
    fn verdict(&self, verdict: Verdict) -> &'static str {
        verdict.word()
    }
    fn heading(&self) -> &'static str {
        "Separation of the three tiers"
    }
    fn file(&self) -> &'static str {
        "file"
    }
    fn size(&self) -> &'static str {
        "network"
    }
    fn nodes_and_links(&self, nodes: u64, links: u64) -> String {
        format!("{}, {}", plural(nodes, "node", "nodes"), plural(links, "link", "links"))
    }
    fn zones(&self) -> &'static str {
        "zones"
    }
    fn zone_names(&self, _zone: &str) -> Option<&'static str> {
        None
    }
    fn policy(&self) -> &'static str {
        "policy"
    }
    fn date(&self) -> &'static str {
        "date"
    }
    fn certificate(&self) -> &'static str {
        "certificate"
    }
    fn list_comma(&self) -> &'static str {
        ", "
    }
    fn aside(&self, text: &str) -> String {
        format!(" ({text})")
    }
    fn requirement(&self) -> &'static str {
        "requirement"
    }
    fn verdict_column(&self) -> &'static str {
        "verdict"
    }
    fn tuples_column(&self) -> &'static str {
        "tuples"
    }
    fn title_column(&self) -> &'static str {
        "title"
    }
    fn clause(&self, clause: &str) -> String {
        format!("clause {clause}")
    }
    fn violations(&self, tuples: u64, findings: usize) -> String {
        let findings = plural(findings as u64, "cause", "causes");
        format!("{}, {findings}", plural(tuples, "violating tuple", "violating tuples"))
    }
    fn affected(&self) -> &'static str {
        "affected"
    }
    fn more_tuples(&self, more: u64) -> String {
        format!("and {} more (all: --format json --max-tuples N)", grouped(more))
    }
    fn more_findings(&self, more: usize) -> String {
        format!("{} not shown (all: --format json)", plural(more as u64, "more cause is", "more causes are"))
    }
    fn tuple_count(&self, tuples: u64) -> String {
        plural(tuples, "tuple", "tuples")
    }
    fn path(&self) -> &'static str {
        "data path"
    }
    fn session(&self, number: usize, from: &str, to: &str) -> String {
        format!("session {number}: {from} opens to {to}")
    }
    fn carried(&self, number: usize, from: &str, to: &str, transfer: &str) -> String {
        format!("session {number}: data is carried from {from} to {to} by transfer {transfer}")
    }
    fn pulled(&self) -> &'static str {
        "the data travels in the replies"
    }
    fn excepted_by(&self, exceptions: &str) -> String {
        format!("covered by exception {exceptions}")
    }
    fn packet(&self) -> &'static str {
        "packet"
    }
    fn transfer(&self) -> &'static str {
        "transfer"
    }
    fn any_port(&self) -> &'static str {
        "no ports"
    }
    fn vlan(&self, vlan: u16) -> String {
        format!("VLAN {vlan}")
    }
    fn rule(&self, rule: &str) -> String {
        format!("rule {rule}")
    }
    fn filter_default(&self) -> &'static str {
        "default of the filter"
    }
    fn translated(&self, Translated { entry, source, before, after, .. }: &Translated) -> String {
        let what = if *source { "source" } else { "destination" };
        format!("nat {entry}: {what} {before} becomes {after}")
    }
    fn cause(&self) -> &'static str {
        "lets it through"
    }
    fn guess(&self) -> &'static str {
        "guess"
    }
    fn separated_by(&self) -> &'static str {
        "separated by"
    }
    fn and_more(&self, more: usize) -> String {
        format!("and {} more", grouped(more as u64))
    }
    fn undecided_note(&self) -> &'static str {
        "a limit was reached before this was decided; it is not a pass (see --limit-time, --limit-memory)"
    }
    fn assumptions(&self, count: usize) -> String {
        format!("Assumptions ({})", grouped(count as u64))
    }
    fn warnings(&self, count: usize) -> String {
        format!("Warnings ({})", grouped(count as u64))
    }
    fn more_notes(&self, more: usize) -> String {
        format!("{} more not shown (all: --format json)", grouped(more as u64))
    }
    fn conclusion(&self, counts: &Counts) -> String {
        let Counts { standing, violated, undecided, excepted, requirements } = *counts;
        match standing {
            Standing::Excepted => format!(
                "verdict: holds with exceptions; {excepted} of {requirements} requirements {} with exceptions in use",
                if excepted == 1 { "holds" } else { "hold" }
            ),
            Standing::Proved | Standing::Vacuous => {
                format!("verdict: proved; none of {requirements} requirements is violated")
            }
            Standing::Violated => {
                format!("verdict: violated; {violated} of {requirements} requirements {} violated", are(violated))
            }
            Standing::Undecided => format!(
                "verdict: undecided; {undecided} of {requirements} requirements {} undecided: not a pass",
                are(undecided)
            ),
        }
    }
    fn explain(&self, requirement: &str) -> String {
        format!("what it means and how to mend it: sanso explain {requirement}")
    }
    fn error(&self) -> &'static str {
        "error"
    }
    fn warning(&self) -> &'static str {
        "warning"
    }
    fn note(&self) -> &'static str {
        "note"
    }
    fn help(&self) -> &'static str {
        "help"
    }
    fn more_of_the_same(&self, more: usize, code: Code, message: &str) -> String {
        format!("and {} more of the same: [{code}] {message}", grouped(more as u64))
    }
    fn unusable(&self, file: &str, errors: usize, warnings: usize) -> String {
        let errors = plural(errors as u64, "error", "errors");
        match warnings {
            0 => format!("{file}: {errors}; nothing was verified"),
            n => format!("{file}: {errors}, {}; nothing was verified", plural(n as u64, "warning", "warnings")),
        }
    }
}

struct Japanese;

impl Phrases for Japanese {
    fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Proved => "適合",
            Verdict::Violated => "不適合",
            Verdict::Vacuous => "対象外",
            Verdict::Undecided => "未判定",
        }
    }
    fn heading(&self) -> &'static str {
        "三層分離の検証結果"
    }
    fn file(&self) -> &'static str {
        "ファイル"
    }
    fn size(&self) -> &'static str {
        "構成"
    }
    fn nodes_and_links(&self, nodes: u64, links: u64) -> String {
        format!("ノード {}、リンク {}", grouped(nodes), grouped(links))
    }
    fn zones(&self) -> &'static str {
        "領域"
    }
    fn zone_names(&self, zone: &str) -> Option<&'static str> {
        match zone {
            "my-number" => Some("マイナンバー利用事務系"),
            "lgwan" => Some("LGWAN接続系"),
            "internet" => Some("インターネット接続系"),
            _ => None,
        }
    }
    fn policy(&self) -> &'static str {
        "ポリシー"
    }
    fn date(&self) -> &'static str {
        "基準日"
    }
    fn certificate(&self) -> &'static str {
        "証明書"
    }
    fn list_comma(&self) -> &'static str {
        "、"
    }
    fn aside(&self, text: &str) -> String {
        format!("（{text}）")
    }
    fn requirement(&self) -> &'static str {
        "要件"
    }
    fn verdict_column(&self) -> &'static str {
        "判定"
    }
    fn tuples_column(&self) -> &'static str {
        "件数"
    }
    fn title_column(&self) -> &'static str {
        "内容"
    }
    fn clause(&self, clause: &str) -> String {
        format!("基本方針 {clause}")
    }
    fn violations(&self, tuples: u64, findings: usize) -> String {
        format!("違反 {} 件、原因 {} か所", grouped(tuples), grouped(findings as u64))
    }
    fn affected(&self) -> &'static str {
        "違反する組"
    }
    fn more_tuples(&self, more: u64) -> String {
        format!("ほか {} 件（すべて見るには --format json --max-tuples N）", grouped(more))
    }
    fn more_findings(&self, more: usize) -> String {
        format!("ほか {} か所の原因は省略（すべて見るには --format json）", grouped(more as u64))
    }
    fn tuple_count(&self, tuples: u64) -> String {
        format!("{} 件", grouped(tuples))
    }
    fn path(&self) -> &'static str {
        "データの経路"
    }
    fn session(&self, number: usize, from: &str, to: &str) -> String {
        format!("セッション {number}: {from} から {to} へ接続")
    }
    fn carried(&self, number: usize, from: &str, to: &str, transfer: &str) -> String {
        format!("セッション {number}: {from} から {to} へデータを持ち運ぶ（受渡し {transfer}）")
    }
    fn pulled(&self) -> &'static str {
        "データは応答に載って流れる"
    }
    fn excepted_by(&self, exceptions: &str) -> String {
        format!("特定通信 {exceptions} の対象")
    }
    fn packet(&self) -> &'static str {
        "パケット"
    }
    fn transfer(&self) -> &'static str {
        "受渡し"
    }
    fn any_port(&self) -> &'static str {
        "ポートなし"
    }
    fn vlan(&self, vlan: u16) -> String {
        format!("VLAN {vlan}")
    }
    fn rule(&self, rule: &str) -> String {
        format!("ルール {rule}")
    }
    fn filter_default(&self) -> &'static str {
        "フィルターの既定動作"
    }
    fn translated(&self, Translated { entry, source, before, after, .. }: &Translated) -> String {
        let what = if *source { "送信元" } else { "宛先" };
        format!("nat {entry}：{what} {before} を {after} に変換")
    }
    fn cause(&self) -> &'static str {
        "ここを通過"
    }
    fn guess(&self) -> &'static str {
        "推定"
    }
    fn separated_by(&self) -> &'static str {
        "分離の根拠"
    }
    fn and_more(&self, more: usize) -> String {
        format!("ほか {} 件", grouped(more as u64))
    }
    fn undecided_note(&self) -> &'static str {
        "指定された上限に達したため判定できていない。適合ではない（--limit-time、--limit-memory を参照）"
    }
    fn assumptions(&self, count: usize) -> String {
        format!("前提（{} 件）", grouped(count as u64))
    }
    fn warnings(&self, count: usize) -> String {
        format!("警告（{} 件）", grouped(count as u64))
    }
    fn more_notes(&self, more: usize) -> String {
        format!("ほか {} 件は省略（すべて見るには --format json）", grouped(more as u64))
    }
    fn conclusion(&self, counts: &Counts) -> String {
        let Counts { standing, violated, undecided, excepted, requirements } = *counts;
        match standing {
            Standing::Excepted => format!(
                "総合判定: 適合（特定通信を除く）（{requirements} 要件のうち {excepted} 要件は特定通信を除いて適合）"
            ),
            Standing::Proved | Standing::Vacuous => format!("総合判定: 適合（{requirements} 要件に不適合なし）"),
            Standing::Violated => format!("総合判定: 不適合（{requirements} 要件のうち {violated} 要件が不適合）"),
            Standing::Undecided => {
                format!("総合判定: 未判定（{requirements} 要件のうち {undecided} 要件が未判定。適合ではない）")
            }
        }
    }
    fn explain(&self, requirement: &str) -> String {
        format!("要件の意味と直し方: sanso explain {requirement}")
    }
    fn error(&self) -> &'static str {
        "エラー"
    }
    fn warning(&self) -> &'static str {
        "警告"
    }
    fn note(&self) -> &'static str {
        "参考"
    }
    fn help(&self) -> &'static str {
        "対処"
    }
    fn more_of_the_same(&self, more: usize, code: Code, message: &str) -> String {
        format!("ほか {} 件の同じ指摘: [{code}] {message}", grouped(more as u64))
    }
    fn unusable(&self, file: &str, errors: usize, warnings: usize) -> String {
        let errors = grouped(errors as u64);
        match warnings {
            0 => format!("{file}: エラー {errors} 件。検証は行われていない"),
            n => format!("{file}: エラー {errors} 件、警告 {} 件。検証は行われていない", grouped(n as u64)),
        }
    }
}
