//! The ledger of exceptions and transfers, as text, JSON and Markdown.

use serde_json::{Value, json};

use super::catalogue::Sentence;
use super::markdown::cell;
use super::page::{BAD, BOLD, DIM, GOOD, Page};
use super::sentences;
use crate::language::{Lang, Phrase, grouped, plural};
use crate::report::ledger::{Difference, ExceptionEntry, Ledger, TransferEntry};
use crate::source::Location;

/// A remark on an entry, and whether something is to be done.
pub(super) type Said = (Phrase, bool);

fn stated(text: Option<&str>) -> Phrase {
    match text {
        Some(text) => both!("{text}", "{text}"),
        None => both!("not stated", "記載なし"),
    }
}

/// Who answers for it, why, who approved it when, and until when.
fn terms(owner: Option<&str>, reason: Option<&str>, approved: [Option<&str>; 2], expires: Option<&str>) -> Vec<Phrase> {
    let [owner, reason, by] = [owner, reason, approved[0]].map(stated);
    let (on, on_ja) = approved[1].map_or_else(Default::default, |day| (format!(" on {day}"), format!("、{day}")));
    vec![
        Phrase { en: format!("owner: {}", owner.en), ja: format!("管理者: {}", owner.ja) },
        Phrase { en: format!("reason: {}", reason.en), ja: format!("理由: {}", reason.ja) },
        Phrase { en: format!("approved by: {}{on}", by.en), ja: format!("承認者: {}{on_ja}", by.ja) },
        match expires {
            Some(day) => both!("until: {day}", "期限: {day}"),
            None => both!("until: no end", "期限: なし"),
        },
    ]
}

fn changes(differences: &[Difference]) -> Phrase {
    let each = differences.iter().map(|one| {
        let (id, tuples) = (&one.requirement, grouped(one.tuples));
        let words = plural(one.tuples, "tuple", "tuples");
        both!("{id} ({words})", "{id}（{tuples} 組）")
    });
    let (en, ja): (Vec<String>, Vec<String>) = each.map(|Phrase { en, ja }| (en, ja)).unzip();
    Phrase { en: en.join(", "), ja: ja.join("、") }
}

fn undecided() -> Said {
    (both!("not decided: a limit was reached", "未判定（上限に達した）"), false)
}

fn of_exception(one: &ExceptionEntry) -> Vec<Said> {
    let mut out: Vec<Said> = one.entry.faults.iter().map(|fault| (fault.phrase(), true)).collect();
    match &one.entry.opens {
        None => out.push(undecided()),
        Some(opens) if opens.count == 0 => out.push((
            both!("opens nothing: the network lets none of it through", "何も開けていない（ネットワークが通さない）"),
            true,
        )),
        Some(opens) => {
            let pairs = plural(opens.count, "pair of nodes", "pairs of nodes");
            let count = grouped(opens.count);
            let shown: Vec<String> = opens.pairs.iter().take(3).map(|(from, to)| format!("{from} → {to}")).collect();
            let more = if opens.count > shown.len() as u64 { ", …" } else { "" };
            let list = shown.join(", ");
            out.push((both!("opens {pairs}: {list}{more}", "ノードの組 {count} 件に開いている: {list}{more}"), false));
            out.push(match one.needed.as_deref() {
                None => undecided(),
                // What is violated anyway hides what the exception excuses.
                Some([]) if !one.exceeded.is_empty() => (
                    both!(
                        "whether it is needed shows once nothing else lets this data through",
                        "必要かどうかは、他の経路をふさいだ後でなければわからない"
                    ),
                    false,
                ),
                Some([]) => (
                    both!("not needed: without it nothing more is violated", "不要（なくても新たな違反は生じない）"),
                    true,
                ),
                Some(needed) => {
                    let Phrase { en, ja } = changes(needed);
                    (both!("needed: without it {en} would be violated", "必要（なければ{ja}に違反する）"), false)
                }
            });
        }
    }
    if let Some((from, to)) = one.exceeded.first() {
        out.push((
            both!(
                "the network opens more than it says: data also gets between {from} and {to} in ways that nothing excuses",
                "記載より広く開いている（{from} と {to} の間に、除外されない経路でもデータが届く）"
            ),
            true,
        ));
    }
    out
}

fn of_transfer(one: &TransferEntry) -> Vec<Said> {
    let mut out = Vec::new();
    if one.reason.is_none() {
        out.push((both!("no reason is stated", "理由の記載がない"), true));
    }
    if one.approved_by.is_none() {
        out.push((both!("nobody has approved it", "承認者の記載がない"), true));
    }
    if one.expired {
        out.push((both!("it has expired, and data is still carried", "期限が切れているが、受渡しは続いている"), true));
    }
    out.push(match one.violates.as_deref() {
        None => undecided(),
        Some([]) => (both!("violates nothing", "違反の原因になっていない"), false),
        Some(list) => {
            let Phrase { en, ja } = changes(list);
            (both!("violates {en}: gone without it", "違反の原因である（なければ{ja}が解消する）"), true)
        }
    });
    out
}

/// An entry in words, whatever it is.
pub(super) struct Entry<'l> {
    pub id: &'l str,
    pub location: &'l Location,
    pub what: Phrase,
    pub terms: Vec<Phrase>,
    pub said: Vec<Said>,
}

/// Exceptions, and transfers.
pub(super) fn entries(ledger: &Ledger) -> [Vec<Entry<'_>>; 2] {
    let exception = |one: &'_ ExceptionEntry| -> Vec<Phrase> {
        let entry = &one.entry;
        let approved = [entry.approved_by.as_deref(), one.approved_on.as_deref()];
        terms(one.owner.as_deref(), entry.reason.as_deref(), approved, entry.expires.as_deref())
    };
    let transfer = |one: &'_ TransferEntry| -> Vec<Phrase> {
        let approved = [one.approved_by.as_deref(), one.approved_on.as_deref()];
        terms(one.owner.as_deref(), one.reason.as_deref(), approved, one.expires.as_deref())
    };
    let exceptions = ledger.exceptions.iter().map(|one| {
        let (from, to, service) = (one.entry.from.join(", "), one.entry.to.join(", "), one.entry.service.join(", "));
        let waives = one.entry.waives.join(", ");
        let what =
            both!("{from} → {to}, {service} (waives {waives})", "{from} → {to}、{service}（除外する要件: {waives}）");
        Entry { id: &one.entry.id, location: &one.entry.location, what, terms: exception(one), said: of_exception(one) }
    });
    let transfers = ledger.transfers.iter().map(|one| {
        let (from, to) = (one.from.join(", "), one.to.join(", "));
        let what = match one.sanitise {
            Some(method) => both!("{from} → {to}, sanitised: {method}", "{from} → {to}、無害化: {method}"),
            None => both!("{from} → {to}, as it is", "{from} → {to}、無害化なし"),
        };
        Entry { id: &one.id, location: &one.location, what, terms: transfer(one), said: of_transfer(one) }
    });
    [exceptions.collect(), transfers.collect()]
}

fn headings() -> [Phrase; 2] {
    [both!("Exceptions", "特定通信（例外措置）"), both!("Transfers", "媒体などによる受渡し")]
}

fn conclusion(ledger: &Ledger) -> Phrase {
    let all = (ledger.exceptions.len() + ledger.transfers.len()) as u64;
    let faulty = ledger.exceptions.iter().filter(|one| !one.is_in_order()).count()
        + ledger.transfers.iter().filter(|one| !one.is_in_order()).count();
    let (entries, count) = (plural(all, "entry", "entries"), grouped(all));
    match faulty {
        0 if ledger.is_open() => both!("{entries}, not all decided", "{count} 件（未判定のものがある）"),
        0 => both!("{entries}, all in order", "{count} 件、すべて問題なし"),
        faulty => both!("{entries}, {faulty} not in order", "{count} 件のうち {faulty} 件に要対応の点がある"),
    }
}

/// For people; ends in a newline.
#[must_use]
pub fn text(ledger: &Ledger, lang: Lang, color: bool) -> String {
    let mut page = Page::new(color);
    page.paint(BOLD, ledger.name.as_deref().unwrap_or(&ledger.file)).text(&format!(" ({})", ledger.file)).end();
    page.paint(DIM, &format!("{}, {}", ledger.policy, ledger.date)).end();
    for (heading, list) in headings().iter().zip(entries(ledger)) {
        if list.is_empty() {
            continue;
        }
        page.end().paint(BOLD, heading.get(lang)).end();
        for one in list {
            page.space(2).paint(BOLD, one.id).text("  ");
            page.paint(DIM, &sentences::at(&ledger.file, one.location)).end();
            page.space(4).text(one.what.get(lang)).end();
            for term in &one.terms {
                page.space(4).text(term.get(lang)).end();
            }
            for (phrase, bad) in &one.said {
                page.space(4).paint(if *bad { BAD } else { GOOD }, phrase.get(lang)).end();
            }
        }
    }
    page.end().text(conclusion(ledger).get(lang)).end();
    page.finish()
}

/// As Markdown; ends in a newline.
#[must_use]
pub fn markdown(ledger: &Ledger, lang: Lang) -> String {
    let name = cell(ledger.name.as_deref().unwrap_or(&ledger.file));
    let mut out =
        format!("# {name}\n\n{}, {}\n\n{}\n", cell(&ledger.policy), ledger.date, conclusion(ledger).get(lang));
    let words = [both!("id", "ID"), both!("what", "内容"), both!("terms", "条件"), both!("found", "判明したこと")];
    for (heading, list) in headings().iter().zip(entries(ledger)) {
        if list.is_empty() {
            continue;
        }
        let columns: Vec<&str> = words.iter().map(|word| word.get(lang)).collect();
        out.push_str(&format!("\n## {}\n\n| {} |\n|---|---|---|---|\n", heading.get(lang), columns.join(" | ")));
        for one in list {
            let lines = |list: &mut dyn Iterator<Item = &Phrase>| {
                list.map(|phrase| cell(phrase.get(lang))).collect::<Vec<_>>().join("<br>")
            };
            let (terms, said) = (lines(&mut one.terms.iter()), lines(&mut one.said.iter().map(|(phrase, _)| phrase)));
            out.push_str(&format!("| {} | {} | {terms} | {said} |\n", cell(one.id), cell(one.what.get(lang))));
        }
    }
    out
}

fn place(location: &Location, out: &mut Value) {
    out["line"] = location.line.into();
    out["column"] = location.column.into();
    if let Some(origin) = location.imported_from() {
        out["origin"] = origin.into();
    }
}

fn differences(list: &Option<Vec<Difference>>) -> Value {
    let each = |one: &Difference| json!({ "requirement": one.requirement, "tuples": one.tuples });
    list.as_ref().map_or(Value::Null, |list| list.iter().map(each).collect())
}

/// As JSON; ends in a newline.
#[must_use]
pub fn json(ledger: &Ledger, lang: Lang) -> String {
    let said = |list: Vec<Said>| -> Value {
        list.iter().map(|(phrase, bad)| json!({ "message": phrase.get(lang), "in_order": !bad })).collect()
    };
    let exceptions = ledger.exceptions.iter().map(|one| {
        let entry = &one.entry;
        let opens = entry.opens.as_ref();
        let mut out = json!({ "id": entry.id, "from": entry.from, "to": entry.to, "service": entry.service,
            "waives": entry.waives, "owner": one.owner, "reason": entry.reason, "approved_by": entry.approved_by,
            "approved_on": one.approved_on, "expires": entry.expires, "expired": entry.expired,
            "faults": entry.faults.iter().map(|fault| fault.word()).collect::<Vec<_>>(),
            "opens": opens.map(|opens| json!({ "count": opens.count, "pairs": opens.pairs })),
            "needed": differences(&one.needed), "exceeded": one.exceeded, "in_order": one.is_in_order(),
            "remarks": said(of_exception(one)) });
        place(&entry.location, &mut out);
        out
    });
    let transfers = ledger.transfers.iter().map(|one| {
        let mut out = json!({ "id": one.id, "from": one.from, "to": one.to, "sanitise": one.sanitise, "owner": one.owner,
            "reason": one.reason, "approved_by": one.approved_by, "approved_on": one.approved_on, "expires": one.expires,
            "expired": one.expired, "violates": differences(&one.violates), "in_order": one.is_in_order(),
            "remarks": said(of_transfer(one)) });
        place(&one.location, &mut out);
        out
    });
    let object = json!({ "sanso": env!("CARGO_PKG_VERSION"),
        "topology": { "name": ledger.name, "file": ledger.file, "sha256": ledger.sha256 },
        "policy": ledger.policy, "date": ledger.date, "in_order": ledger.is_in_order(),
        "exceptions": exceptions.collect::<Vec<_>>(), "transfers": transfers.collect::<Vec<_>>() });
    format!("{object:#}\n")
}
