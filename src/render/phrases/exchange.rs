//! What formats for other programs say besides their facts: comments, annotations, pictures. In both languages: the
//! compiler asks for each.

use super::{grouped, plural};
use crate::code::Code;
use crate::language::Lang;
use crate::report::{Acceptance, Standing, Verdict};

/// One of two.
const fn pick(lang: Lang, en: &'static str, ja: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Ja => ja,
    }
}

/// What a baseline accepts, in a sentence.
pub fn accepted(lang: Lang, acceptance: &Acceptance) -> String {
    let Acceptance { tuples, owner, reason, expires } = acceptance;
    let count = grouped(*tuples);
    let reason = reason.as_ref().map(|reason| match lang {
        Lang::En => format!("; reason: {reason}"),
        Lang::Ja => format!("、理由: {reason}"),
    });
    let reason = reason.unwrap_or_default();
    match lang {
        Lang::En => format!("accepted in the baseline until {expires} ({count}): owner {owner}{reason}"),
        Lang::Ja => format!("ベースラインで {expires} まで受容（{count} 件）: 責任者 {owner}{reason}"),
    }
}

/// Heading of the matrix.
pub const fn zones_against_zones(lang: Lang) -> &'static str {
    pick(lang, "Zones against zones", "領域間の判定")
}

/// Below the matrix.
pub const fn matrix_legend(lang: Lang) -> &'static str {
    pick(
        lang,
        "✅ proved, ☑️ holds with exceptions, ❌ violated (pairs), ❓ undecided, · nothing is demanded",
        "✅ 適合、☑️ 適合（特定通信を除く）、❌ 不適合（組の数）、❓ 未判定、· 要件なし",
    )
}

/// The name of what has no zone.
pub const fn without_zone(lang: Lang) -> &'static str {
    pick(lang, "no zone", "領域なし")
}

/// Heading of the table of requirements.
pub const fn requirements(lang: Lang) -> &'static str {
    pick(lang, "Requirements", "要件")
}

/// Column of places.
pub const fn place(lang: Lang) -> &'static str {
    pick(lang, "place", "場所")
}

/// Column of nodes.
pub const fn node(lang: Lang) -> &'static str {
    pick(lang, "node", "ノード")
}

/// Column of ways through a node.
pub const fn way(lang: Lang) -> &'static str {
    pick(lang, "way", "出入り")
}

/// Column of what decided.
pub const fn decided_by(lang: Lang) -> &'static str {
    pick(lang, "permitted by", "許可したもの")
}

/// Heading of digests and the command.
pub const fn reproduce(lang: Lang) -> &'static str {
    pick(lang, "How to reproduce", "再現方法")
}

/// Why a comment is shorter than its facts.
pub fn left_out(lang: Lang, findings: usize, notes: usize, files: usize) -> String {
    let (findings, notes, files) = (grouped(findings as u64), grouped(notes as u64), grouped(files as u64));
    match lang {
        Lang::En => format!(
            "Left out, because a comment has at most 65,536 characters: causes {findings}, warnings and assumptions \
             {notes}, files {files}. Everything is in --format json."
        ),
        Lang::Ja => format!(
            "コメントの上限（65,536 文字）のため省略: 原因 {findings} か所、警告と前提 {notes} 件、ファイル {files} 件。\
             すべて見るには --format json を使うこと。"
        ),
    }
}

/// Zones that are not shown in a matrix.
pub fn more_zones(lang: Lang, more: usize) -> String {
    match lang {
        Lang::En => format!("{} more zones are not shown.", grouped(more as u64)),
        Lang::Ja => format!("ほか {} 領域は省略。", grouped(more as u64)),
    }
}

/// How many files came to which verdict.
pub fn files(lang: Lang, all: usize, violated: usize, undecided: usize) -> String {
    match lang {
        Lang::En => format!("{}: {violated} violated, {undecided} undecided", plural(all as u64, "file", "files")),
        Lang::Ja => format!("{all} ファイル: 不適合 {violated}、未判定 {undecided}"),
    }
}

/// A verdict at a glance.
pub const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "✅",
        Verdict::Violated => "❌",
        Verdict::Undecided => "❓",
        Verdict::Vacuous => "➖",
    }
}

/// The mark of how something stands.
pub const fn standing_mark(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => mark(Verdict::Proved),
        Standing::Excepted => "☑️",
        Standing::Violated => mark(Verdict::Violated),
        Standing::Undecided => mark(Verdict::Undecided),
        Standing::Vacuous => mark(Verdict::Vacuous),
    }
}

/// The stream that has no name.
pub const fn standard_input(lang: Lang) -> &'static str {
    pick(lang, "standard input", "標準入力")
}

/// What a warning's rule is, in a sentence.
pub fn warning_rule(lang: Lang, code: Code) -> String {
    match lang {
        Lang::En => format!("Warning `{code}` about the document"),
        Lang::Ja => format!("構成ファイルについての警告 `{code}`"),
    }
}

/// What an exit status of a run with results means.
pub const fn exit(lang: Lang, code: u8) -> &'static str {
    match code {
        0 => pick(lang, "no requirement is violated", "不適合の要件はない"),
        1 => pick(lang, "at least one requirement is violated", "不適合の要件がある"),
        _ => pick(lang, "undecided: a limit was reached first; not a pass", "未判定: 上限に達した。適合ではない"),
    }
}

/// In a picture: several alike.
pub fn alike(lang: Lang, kind: &str, count: u64) -> String {
    match lang {
        Lang::En => format!("{kind} ×{}", grouped(count)),
        Lang::Ja => format!("{kind} {} 台", grouped(count)),
    }
}

/// In a picture: what red means.
pub const fn red(lang: Lang) -> &'static str {
    pick(lang, "red: a way that violates a requirement", "赤: 要件に違反する経路")
}

/// In a picture: all VLANs.
pub fn vlans(ranges: &[(u16, u16)]) -> String {
    let one = |&(first, last): &(u16, u16)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    match ranges {
        [] => "VLAN -".to_owned(),
        [first, second, third, rest @ ..] if rest.len() > 1 => {
            format!("VLAN {},{},{}… (+{})", one(first), one(second), one(third), rest.len())
        }
        ranges => format!("VLAN {}", ranges.iter().map(one).collect::<Vec<_>>().join(",")),
    }
}

/// The words of a requirement's help, before its three parts.
pub const fn help(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::En => ["What it means", "Why it matters", "How to mend it"],
        Lang::Ja => ["意味", "理由", "直し方"],
    }
}
