//! Which slips the requirements of a policy notice, as text, JSON and Markdown.

use serde_json::{Value, json};

use super::catalogue::Sentence;
use super::markdown::cell;
use super::page::{BAD, BOLD, CARE, DIM, GOOD, Page};
use super::sentences;
use crate::language::{Lang, Phrase, grouped, plural};
use crate::report::coverage::{Coverage, Found, SlipKind, TriedSlip, Unnoticed};
use crate::screen::width;

/// Slips of one kind and cause that texts name; JSON has all.
const NAMED: usize = 10;

impl Sentence for SlipKind {
    fn phrase(&self) -> Phrase {
        match self {
            Self::RuleRemoved => both!("rule removed", "ルールの削除"),
            Self::RuleInverted => both!("rule inverted", "ルールの判定の反転"),
            Self::SourceWidened => both!("source widened to any", "送信元を any に拡大"),
            Self::DestinationWidened => both!("destination widened to any", "宛先を any に拡大"),
            Self::ServiceWidened => both!("service widened to any", "サービスを any に拡大"),
            Self::LinkCut => both!("link cut", "リンクの切断"),
            Self::VlansOpened => both!("all VLANs allowed", "全 VLAN の許可"),
            Self::BothWays => both!("one-way link opened both ways", "一方向の解除"),
            Self::RelaysRemoved => both!("list of relays removed", "中継の記載の削除"),
            Self::LabelChanged => both!("moved to another zone", "領域の変更"),
        }
    }
}

impl Sentence for Unnoticed {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Wider => both!(
                "more gets through, but nothing that a requirement forbids: something else stops it, or nobody asks",
                "通信は広がるが、要件が禁じるものは通らない（別の箇所が止めているか、問う要件がない）"
            ),
            Self::Label => both!(
                "the node counts as another zone's, and no requirement is violated by it",
                "別の領域のものとみなされるが、違反する要件がない"
            ),
            Self::Narrower => both!(
                "less gets through, and nothing says that it must: `expects` would",
                "通信が減るが、必要だと言うものがない（`expects` に書けば見つかる）"
            ),
        }
    }
}

/// How many of some slips are what.
#[derive(Default)]
struct Counts {
    tried: u64,
    noticed: u64,
    warned: u64,
    unnoticed: u64,
    undecided: u64,
}

impl Counts {
    fn of<'c>(slips: impl Iterator<Item = &'c TriedSlip>) -> Self {
        let mut out = Self::default();
        for slip in slips {
            out.tried += 1;
            match slip.found {
                Found::Noticed(_) | Found::Refused => out.noticed += 1,
                Found::Warned(_) => out.warned += 1,
                Found::Undecided => out.undecided += 1,
                Found::Unnoticed(_) => out.unnoticed += 1,
            }
        }
        out
    }

    fn row(&self) -> [u64; 5] {
        [self.tried, self.noticed, self.warned, self.unnoticed, self.undecided]
    }
}

fn of_kind(coverage: &Coverage, kind: SlipKind) -> Counts {
    Counts::of(coverage.tried.iter().filter(|slip| slip.kind == kind))
}

fn headings() -> [Phrase; 6] {
    [
        both!("slip", "誤り"),
        both!("tried", "試行"),
        both!("noticed", "検出"),
        both!("warned of", "警告"),
        both!("unnoticed", "未検出"),
        both!("not decided", "未判定"),
    ]
}

fn summary(coverage: &Coverage) -> Phrase {
    let [tried, noticed, warned, unnoticed, undecided] = Counts::of(coverage.tried.iter()).row();
    let (slips, of) = (plural(tried, "slip", "slips"), grouped(coverage.slips as u64));
    let (sampled, sampled_ja) = if coverage.slips as u64 > tried {
        (format!(" (a sample of {of})"), format!("（全 {of} 件からの抽出）"))
    } else {
        Default::default()
    };
    let (open, open_ja) = match undecided {
        0 => Default::default(),
        some => (format!(", {some} not decided"), format!("、{some} 件は未判定")),
    };
    let (warned, warned_ja) = match warned {
        0 => Default::default(),
        some => (format!(", {some} warned of"), format!("、警告だけのものが {some} 件")),
    };
    both!(
        "{slips}{sampled}: {noticed} noticed{warned}, {unnoticed} unnoticed{open}",
        "誤り {tried} 件{sampled_ja}: 検出 {noticed} 件{warned_ja}、未検出 {unnoticed} 件{open_ja}"
    )
}

fn not_decided(coverage: &Coverage) -> Option<Phrase> {
    let list = coverage.undecided.join(", ");
    (!coverage.undecided.is_empty())
        .then(|| both!("not decided for each slip: {list}", "誤りごとの判定をしていない要件: {list}"))
}

/// Slips that nothing notices, by cause and kind.
fn groups(coverage: &Coverage) -> Vec<(Unnoticed, Vec<(SlipKind, Vec<&TriedSlip>)>)> {
    let of = |why: Unnoticed, kind: SlipKind| -> Vec<&TriedSlip> {
        let found = coverage.unnoticed().filter(|(slip, cause)| *cause == why && slip.kind == kind);
        found.map(|(slip, _)| slip).collect()
    };
    let causes = Unnoticed::ALL.into_iter().map(|why| {
        let kinds = SlipKind::ALL.into_iter().map(|kind| (kind, of(why, kind)));
        (why, kinds.filter(|(_, slips)| !slips.is_empty()).collect::<Vec<_>>())
    });
    causes.filter(|(_, kinds)| !kinds.is_empty()).collect()
}

/// `fw R1`, or `pc → lgwan`.
fn named(slip: &TriedSlip) -> String {
    match &slip.zone {
        Some(zone) => format!("{} → {zone}", slip.what),
        None => slip.what.clone(),
    }
}

fn more(count: usize) -> Phrase {
    let count = count - NAMED;
    both!("and {count} more (--format json names all)", "ほか {count} 件（--format json にすべてある）")
}

/// For people; ends in a newline.
#[must_use]
pub fn text(coverage: &Coverage, lang: Lang, color: bool) -> String {
    let mut page = Page::new(color);
    page.paint(BOLD, coverage.name.as_deref().unwrap_or(&coverage.file)).text(&format!(" ({})", coverage.file)).end();
    page.paint(DIM, &format!("{}, {}", coverage.policy, coverage.date)).end().end();
    let words = headings();
    let first = SlipKind::ALL.iter().map(|kind| width(&kind.text(lang))).max().unwrap_or_default();
    let widths: Vec<usize> = words[1..].iter().map(|word| width(word.get(lang)).max(6)).collect();
    let title = words[0].get(lang);
    page.paint(BOLD, title).space(first.saturating_sub(width(title)));
    for (word, columns) in words[1..].iter().zip(&widths) {
        let word = word.get(lang);
        page.space(2 + columns - width(word)).paint(BOLD, word);
    }
    page.end();
    for kind in SlipKind::ALL {
        let counts = of_kind(coverage, kind);
        if counts.tried == 0 {
            continue;
        }
        let name = kind.text(lang);
        page.text(&name).space(first - width(&name));
        for (count, columns) in counts.row().into_iter().zip(&widths) {
            let text = grouped(count);
            page.space(2 + columns.saturating_sub(width(&text))).text(&text);
        }
        page.end();
    }
    for (why, kinds) in groups(coverage) {
        page.end().paint(if why == Unnoticed::Narrower { DIM } else { CARE }, &why.text(lang)).end();
        for (kind, slips) in kinds {
            page.space(2).paint(BOLD, &kind.text(lang)).text(&format!(" ({})", slips.len())).end();
            for slip in slips.iter().take(NAMED) {
                page.space(4).text(&named(slip)).text("  ");
                page.paint(DIM, &sentences::at(&coverage.file, &slip.location)).end();
            }
            if slips.len() > NAMED {
                page.space(4).text(more(slips.len()).get(lang)).end();
            }
        }
    }
    if let Some(phrase) = not_decided(coverage) {
        page.end().paint(BAD, phrase.get(lang)).end();
    }
    page.end().paint(GOOD, summary(coverage).get(lang)).end();
    page.finish()
}

/// As Markdown; ends in a newline.
#[must_use]
pub fn markdown(coverage: &Coverage, lang: Lang) -> String {
    let name = cell(coverage.name.as_deref().unwrap_or(&coverage.file));
    let mut out =
        format!("# {name}\n\n{}, {}\n\n{}\n", cell(&coverage.policy), coverage.date, cell(summary(coverage).get(lang)));
    if let Some(phrase) = not_decided(coverage) {
        out.push_str(&format!("\n{}\n", cell(phrase.get(lang))));
    }
    let words = headings();
    let columns: Vec<&str> = words.iter().map(|word| word.get(lang)).collect();
    out.push_str(&format!("\n| {} |\n|---|---:|---:|---:|---:|---:|\n", columns.join(" | ")));
    for kind in SlipKind::ALL {
        let counts = of_kind(coverage, kind);
        if counts.tried > 0 {
            let row: Vec<String> = counts.row().map(grouped).to_vec();
            out.push_str(&format!("| {} | {} |\n", kind.text(lang), row.join(" | ")));
        }
    }
    for (why, kinds) in groups(coverage) {
        out.push_str(&format!("\n## {}\n", cell(&why.text(lang))));
        for (kind, slips) in kinds {
            out.push_str(&format!("\n### {} ({})\n\n", kind.text(lang), slips.len()));
            for slip in slips.iter().take(NAMED) {
                let at = sentences::at(&coverage.file, &slip.location);
                out.push_str(&format!("- {} ({})\n", cell(&named(slip)), cell(&at)));
            }
            if slips.len() > NAMED {
                out.push_str(&format!("- {}\n", more(slips.len()).get(lang)));
            }
        }
    }
    out
}

/// As JSON; ends in a newline.
#[must_use]
pub fn json(coverage: &Coverage, lang: Lang) -> String {
    let slips: Vec<Value> = coverage
        .tried
        .iter()
        .map(|slip| {
            let (found, by, why) = match &slip.found {
                Found::Noticed(by) => ("noticed", &by[..], None),
                Found::Warned(by) => ("warned", &by[..], None),
                Found::Refused => ("refused", &[][..], None),
                Found::Undecided => ("undecided", &[][..], None),
                Found::Unnoticed(why) => ("unnoticed", &[][..], Some(*why)),
            };
            let mut out = json!({ "kind": slip.kind.word(), "what": slip.what, "zone": slip.zone, "found": found, "by": by,
                "cause": why.map(Unnoticed::word), "message": why.map(|why| why.text(lang)),
                "line": slip.location.line, "column": slip.location.column });
            if let Some(origin) = slip.location.imported_from() {
                out["origin"] = origin.into();
            }
            out
        })
        .collect();
    let counted = |counts: Counts| {
        let [tried, noticed, warned, unnoticed, undecided] = counts.row();
        json!({ "tried": tried, "noticed": noticed, "warned": warned, "unnoticed": unnoticed, "undecided": undecided })
    };
    let kinds: serde_json::Map<String, Value> =
        SlipKind::ALL.into_iter().map(|kind| (kind.word().to_owned(), counted(of_kind(coverage, kind)))).collect();
    let object = json!({ "sanso": env!("CARGO_PKG_VERSION"),
        "topology": { "name": coverage.name, "file": coverage.file, "sha256": coverage.sha256 },
        "policy": coverage.policy, "date": coverage.date, "slips": coverage.slips,
        "counts": counted(Counts::of(coverage.tried.iter())), "kinds": kinds, "undecided": coverage.undecided,
        "tried": slips });
    format!("{object:#}\n")
}
