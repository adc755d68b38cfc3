//! What is odd about the lines of lists, as text, JSON and Markdown.

use serde_json::{Value, json};

use super::catalogue::Sentence;
use super::page::{BAD, BOLD, CARE, DIM, Page};
use super::phrases::phrases;
use super::sentences;
use crate::document::Action;
use crate::language::{Lang, Phrase, grouped, plural};
use crate::report::Packet;
use crate::report::rules::{Dead, Example, Line, LineName, List, ListKind, Remark, Rules, Side};
use crate::source::Location;

/// The code of a remark in JSON.
const fn code(remark: &Remark) -> &'static str {
    match remark {
        Remark::Shadowed { .. } => "shadowed",
        Remark::Redundant { .. } => "redundant",
        Remark::Dead(_) => "dead",
        Remark::Opposed { .. } => "opposed",
        Remark::Wider { .. } => "wider",
        Remark::Open => "undecided",
    }
}

/// The kinds of remarks, and how many lines bear one.
fn counts(rules: &Rules) -> Vec<(&'static str, Phrase, usize)> {
    let count = |wanted: &str| {
        let lines = rules.lists.iter().flat_map(|list| &list.lines);
        lines.filter(|line| line.remarks.iter().any(|remark| code(remark) == wanted)).count()
    };
    let words = [
        ("shadowed", both!("shadowed", "先の行に隠れる")),
        ("redundant", both!("redundant", "なくてよい")),
        ("dead", both!("dead", "届かない")),
        ("opposed", both!("opposed", "逆の判定と重なる")),
        ("wider", both!("wider than used", "広すぎる")),
        ("undecided", both!("not decided", "未判定")),
    ];
    words.into_iter().map(|(code, phrase)| (code, phrase, count(code))).collect()
}

fn summary(rules: &Rules) -> Phrase {
    let lines = rules.lines() as u64;
    let lists = rules.lists.len() as u64;
    let found: Vec<Phrase> = counts(rules)
        .into_iter()
        .filter(|(.., count)| *count > 0)
        .map(|(_, Phrase { en, ja }, count)| both!("{count} {en}", "{ja} {count} 行"))
        .collect();
    let (en, ja): (Vec<String>, Vec<String>) = found.into_iter().map(|one| (one.en, one.ja)).unzip();
    let (of, of_ja) =
        (format!("{} in {}", plural(lines, "line", "lines"), plural(lists, "list", "lists")), grouped(lines));
    let lists = grouped(lists);
    if en.is_empty() {
        return both!("{of}: nothing to remark", "{lists} 個のリストの {of_ja} 行: 指摘なし");
    }
    let (en, ja) = (en.join(", "), ja.join("、"));
    both!("{of}: {en}", "{lists} 個のリストの {of_ja} 行: {ja}")
}

/// `fw, filter edge`
fn heading(list: &List, lang: Lang) -> String {
    let kind = list.kind.text(lang);
    let name = list.name.as_deref().map_or_else(String::new, |name| format!(" {name}"));
    match lang {
        Lang::En => format!("{}, {kind}{name}", list.node),
        Lang::Ja => format!("{}、{kind}{name}", list.node),
    }
}

/// `tcp 10.1.0.1:1024 -> 10.2.0.1:443, in [lan], out [wan]`
fn example(example: &Example, lang: Lang) -> String {
    let mut text = sentences::packet(&example.packet, phrases(lang));
    match (&example.r#in, &example.out) {
        (None, None) => {}
        (from, to) => {
            let side = |side: &Option<String>| side.as_ref().map_or_else(|| "-".to_owned(), |name| format!("[{name}]"));
            text.push_str(&format!("  {} -> {}", side(from), side(to)));
        }
    }
    text
}

/// Where something stands: in the configuration, where there is one.
fn stands(rules: &Rules, location: &Location) -> String {
    match location.imported_from() {
        Some(origin) if rules.alone => origin.to_owned(),
        _ => sentences::at(&rules.file, location),
    }
}

fn remarked(list: &List) -> impl Iterator<Item = &Line> {
    list.lines.iter().filter(|line| !line.remarks.is_empty())
}

/// For people; ends in a newline.
#[must_use]
pub fn text(rules: &Rules, lang: Lang, color: bool) -> String {
    let mut page = Page::new(color);
    page.paint(BOLD, rules.name.as_deref().unwrap_or(&rules.file)).text(&format!(" ({})", rules.file)).end();
    for list in rules.lists.iter().filter(|list| remarked(list).next().is_some()) {
        page.end().paint(BOLD, &heading(list, lang)).end();
        for line in remarked(list) {
            page.space(2).paint(BOLD, &line.name.id).text("  ");
            page.paint(DIM, &stands(rules, &line.name.location)).end();
            for remark in &line.remarks {
                let style = if remark.is_unused() { BAD } else { CARE };
                page.space(4).paint(style, &remark.text(lang)).end();
                if let Remark::Opposed { example: shown, .. } = remark {
                    page.space(6).text(&example(shown, lang)).end();
                }
            }
        }
    }
    page.end().text(summary(rules).get(lang)).end();
    page.finish()
}

/// As Markdown; ends in a newline.
#[must_use]
pub fn markdown(rules: &Rules, lang: Lang) -> String {
    let cell = super::markdown::cell;
    let words = [both!("line", "行"), both!("where", "場所"), both!("remark", "指摘")];
    let [line, place, remark] = words.each_ref().map(|word| word.get(lang));
    let mut out = format!("# {}\n\n{}\n", cell(rules.name.as_deref().unwrap_or(&rules.file)), summary(rules).get(lang));
    for list in rules.lists.iter().filter(|list| remarked(list).next().is_some()) {
        out.push_str(&format!(
            "\n## {}\n\n| {line} | {place} | {remark} |\n|---|---|---|\n",
            cell(&heading(list, lang))
        ));
        for one in remarked(list) {
            let place = stands(rules, &one.name.location);
            for remark in &one.remarks {
                let mut said = cell(&remark.text(lang));
                if let Remark::Opposed { example: shown, .. } = remark {
                    said.push_str(&format!(" ({})", cell(&example(shown, lang))));
                }
                out.push_str(&format!("| {} | {} | {said} |\n", cell(&one.name.id), cell(&place)));
            }
        }
    }
    out
}

fn place(location: &Location) -> Value {
    let mut out = json!({ "line": location.line, "column": location.column });
    if let Some(origin) = location.imported_from() {
        out["origin"] = origin.into();
    }
    out
}

fn named(line: &LineName) -> Value {
    let mut out = place(&line.location);
    out["id"] = line.id.clone().into();
    out
}

fn packet(example: &Example) -> Value {
    let Packet { source, destination, protocol, source_port, destination_port } = &example.packet;
    json!({ "source": source, "destination": destination, "protocol": protocol, "source_port": source_port,
        "destination_port": destination_port, "in": example.r#in, "out": example.out })
}

fn remark(remark: &Remark, lang: Lang) -> Value {
    let mut out = json!({ "kind": code(remark), "message": remark.text(lang) });
    let list = |lines: &[LineName]| Value::Array(lines.iter().map(named).collect());
    match remark {
        Remark::Shadowed { by, opposed } => {
            out["by"] = list(by);
            out["opposed"] = (*opposed).into();
        }
        Remark::Redundant { like } => out["like"] = list(like),
        Remark::Dead(why) => {
            out["why"] = match why {
                Dead::Nothing => "nothing",
                Dead::Source => "source",
            }
            .into();
        }
        Remark::Opposed { by, more, example } => {
            out["by"] = list(std::slice::from_ref(by));
            out["more"] = (*more).into();
            out["packet"] = packet(example);
        }
        Remark::Wider { side, used, more } => {
            out["side"] = match side {
                Side::From => "from",
                Side::To => "to",
            }
            .into();
            out["used"] = used.clone().into();
            out["more"] = (*more).into();
        }
        Remark::Open => {}
    }
    out
}

/// As JSON; ends in a newline. Every line is there: with what is odd about it, or packets that show that it is needed.
#[must_use]
pub fn json(rules: &Rules, lang: Lang) -> String {
    let lists: Vec<Value> = rules
        .lists
        .iter()
        .map(|list| {
            let lines: Vec<Value> = list
                .lines
                .iter()
                .map(|line| {
                    let mut out = named(&line.name);
                    out["action"] = match line.action {
                        Some(Action::Permit) => "permit".into(),
                        Some(Action::Deny) => "deny".into(),
                        None => Value::Null,
                    };
                    out["remarks"] = line.remarks.iter().map(|one| remark(one, lang)).collect();
                    out["decides"] = line.decides.as_ref().map_or(Value::Null, packet);
                    out["needed"] = line.needed.as_ref().map_or(Value::Null, packet);
                    out
                })
                .collect();
            let kind = match list.kind {
                ListKind::Filter => "filter",
                ListKind::Destination => "destination",
                ListKind::Source => "source",
            };
            let mut out = place(&list.location);
            out["node"] = list.node.clone().into();
            out["kind"] = kind.into();
            out["name"] = list.name.clone().into();
            out["lines"] = lines.into();
            out
        })
        .collect();
    let counts: serde_json::Map<String, Value> =
        counts(rules).into_iter().map(|(code, _, count)| (code.to_owned(), count.into())).collect();
    let object = json!({ "sanso": env!("CARGO_PKG_VERSION"),
        "topology": { "name": rules.name, "file": rules.file, "sha256": rules.sha256 },
        "lines": rules.lines(), "counts": counts, "lists": lists });
    format!("{object:#}\n")
}
