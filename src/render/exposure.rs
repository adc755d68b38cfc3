//! What is exposed, as text, JSON and Markdown.

use serde_json::{Value, json};

use super::catalogue::Sentence;
use super::json::session_json;
use super::markdown::cell;
use super::page::{BAD, BOLD, CARE, DIM, GOOD, Page};
use super::phrases::phrases;
use super::sentences;
use super::table::{self, Cell};
use super::way;
use crate::language::{Lang, Phrase, plural};
use crate::report::exposure::{Answer, Depth, Exposure, Falls, Halving, Known, PairDepth, Point, Way, ZoneFall};

fn zone(zone: Option<&str>) -> Phrase {
    zone.map_or_else(|| both!("no zone", "領域なし"), |zone| both!("{zone}", "{zone}"))
}

/// What is asked.
fn title(answer: &Answer) -> Phrase {
    match answer {
        Answer::Depths(_) => both!(
            "depth of defence, if every endpoint passes on everything",
            "多層防御の深さ（すべての端点が何でも中継するとみなす）"
        ),
        Answer::Falls(falls) => {
            let from = &falls.from;
            both!("what falls once {from} has fallen", "{from} が侵害されたとき、侵害が及ぶ範囲")
        }
    }
}

/// What heads each part of a depth.
pub(super) fn heads() -> [Phrase; 4] {
    [
        both!("must fail", "破られる防護点"),
        both!("layers, each of which holds by itself", "単独で隔てる層"),
        both!("halved by the fall of", "次の機器だけで半分以下になる"),
        both!("way", "経路"),
    ]
}

pub(super) fn layers_head(known: &Known) -> Phrase {
    let [_, layers, ..] = heads();
    if known.disjoint {
        return layers;
    }
    let Phrase { en, ja } = layers;
    let depth = known.set.len();
    both!("{en}; fewer than {depth} points break no all of them", "{ja}（{depth} 件未満ではすべてを破れない）")
}

fn points(page: &mut Page, file: &str, list: &[Point], lang: Lang) {
    let rows: Vec<Vec<Cell>> = list
        .iter()
        .map(|point| {
            vec![
                Cell::new(format!("- {}", point.text(lang))),
                Cell::new(sentences::at(file, &point.location)).styled(DIM),
            ]
        })
        .collect();
    table::write(page, 6, &rows);
}

/// For people; ends in a newline.
#[must_use]
pub fn text(exposure: &Exposure, lang: Lang, color: bool) -> String {
    let mut page = Page::new(color);
    let name = exposure.name.as_deref().unwrap_or(&exposure.file);
    page.paint(BOLD, name).text(&format!(" ({})", exposure.file)).end();
    page.text(title(&exposure.answer).get(lang)).end();
    match &exposure.answer {
        Answer::Depths(pairs) => pairs.iter().for_each(|pair| depth_text(&mut page, &exposure.file, pair, lang)),
        Answer::Falls(falls) => falls_text(&mut page, &exposure.file, falls, lang),
    }
    page.finish()
}

fn depth_text(page: &mut Page, file: &str, pair: &PairDepth, lang: Lang) {
    let style = match &pair.depth {
        Depth::Known(known) if known.set.is_empty() => BAD,
        Depth::Known(known) if known.set.len() == 1 => CARE,
        Depth::Open => CARE,
        _ => GOOD,
    };
    page.end().paint(BOLD, &pair.text(lang)).text(": ").paint(style, &pair.depth.text(lang)).end();
    let Depth::Known(known) = &pair.depth else { return };
    let [must, _, halved, by] = heads();
    if !known.set.is_empty() {
        page.space(4).text(must.get(lang)).end();
        points(page, file, &known.set, lang);
        page.space(4).text(layers_head(known).get(lang)).end();
        for (at, layer) in known.layers.iter().enumerate() {
            page.space(4).paint(DIM, &format!("{}.", at + 1)).end();
            points(page, file, layer, lang);
        }
    }
    if !known.halved_by.is_empty() {
        page.space(4).text(halved.get(lang)).end();
        for one in &known.halved_by {
            page.space(6).text("- ").text(&one.text(lang)).end();
        }
    }
    page.space(4).text(by.get(lang)).text(": ").text(&known.way.path.join(" -> ")).end();
    sessions(page, file, &known.way, lang);
}

fn sessions(page: &mut Page, file: &str, found: &Way, lang: Lang) {
    for (at, session) in found.sessions.iter().enumerate() {
        way::text(page, (file, &found.path), at, session, phrases(lang));
    }
}

fn summary(falls: &Falls) -> Phrase {
    if falls.open {
        return both!("not decided: a limit was reached", "未判定（上限に達した）");
    }
    let fallen: u64 = falls.zones.iter().map(|zone| zone.fallen).sum();
    let all: u64 = falls.zones.iter().map(|zone| zone.endpoints).sum();
    let steps = plural(falls.steps.len() as u64, "step", "steps");
    let count = falls.steps.len();
    both!(
        "{fallen} of {all} other endpoints fall, in {steps}",
        "ほかの端点 {all} 件のうち {fallen} 件に、{count} 段で及ぶ"
    )
}

/// `lgwan: 12 of 30, from step 2 on`
fn of_zone(one: &ZoneFall) -> Phrase {
    let (name, fallen, all) = (zone(one.zone.as_deref()), one.fallen, one.endpoints);
    let Phrase { en, ja } = name;
    match &one.first {
        Some((step, _)) => {
            both!("{en}: {fallen} of {all}, from step {step} on", "{ja}: {all} 件のうち {fallen} 件（{step} 段目から）")
        }
        None => both!("{en}: none of {all}", "{ja}: {all} 件のうち 0 件"),
    }
}

/// `a, b and 3 more`
fn named(names: &[String], count: u64, most: usize) -> Phrase {
    let shown = &names[..names.len().min(most)];
    let (en, ja) = (shown.join(", "), shown.join("、"));
    match count.saturating_sub(shown.len() as u64) {
        0 => both!("{en}", "{ja}"),
        more => both!("{en} and {more} more", "{ja} ほか {more} 件"),
    }
}

/// Endpoints that texts name of a zone in a step; JSON has more.
const NAMED: usize = 3;

fn falls_text(page: &mut Page, file: &str, falls: &Falls, lang: Lang) {
    let style = if falls.steps.is_empty() && !falls.open { GOOD } else { CARE };
    page.end().paint(style, summary(falls).get(lang)).end();
    for one in &falls.zones {
        page.space(2).text(of_zone(one).get(lang)).end();
    }
    for (at, step) in falls.steps.iter().enumerate() {
        let number = at + 1;
        page.end().paint(BOLD, both!("step {number}", "{number} 段目").get(lang)).end();
        let row = |one: &crate::report::exposure::StepFall| {
            vec![
                Cell::new(zone(one.zone.as_deref()).get(lang)),
                Cell::new(one.count.to_string()).right(),
                Cell::new(named(&one.named, one.count, NAMED).get(lang)),
            ]
        };
        table::write(page, 2, &step.iter().map(row).collect::<Vec<_>>());
    }
    for one in &falls.zones {
        let Some((_, found)) = &one.first else { continue };
        let Phrase { en, ja } = zone(one.zone.as_deref());
        page.end().paint(BOLD, both!("the way to {en}", "{ja} への経路").get(lang)).text(": ");
        page.text(&found.path.join(" -> ")).end();
        sessions(page, file, found, lang);
    }
}

/// As Markdown; ends in a newline.
#[must_use]
pub fn markdown(exposure: &Exposure, lang: Lang) -> String {
    let name = cell(exposure.name.as_deref().unwrap_or(&exposure.file));
    let mut out = format!("# {name}\n\n{}\n", cell(title(&exposure.answer).get(lang)));
    match &exposure.answer {
        Answer::Depths(pairs) => {
            pairs.iter().for_each(|pair| depth_markdown(&mut out, &exposure.file, pair, lang));
        }
        Answer::Falls(falls) => falls_markdown(&mut out, falls, lang),
    }
    out
}

fn listed(list: &[Point], file: &str, lang: Lang) -> String {
    let one = |point: &Point| format!("{} ({})", point.text(lang), sentences::at(file, &point.location));
    cell(&list.iter().map(one).collect::<Vec<_>>().join(phrases(lang).list_comma()))
}

fn depth_markdown(out: &mut String, file: &str, pair: &PairDepth, lang: Lang) {
    out.push_str(&format!("\n## {}\n\n{}\n", cell(&pair.text(lang)), cell(&pair.depth.text(lang))));
    let Depth::Known(known) = &pair.depth else { return };
    let [must, _, halved, by] = heads();
    out.push('\n');
    if !known.set.is_empty() {
        out.push_str(&format!("- {}: {}\n", must.get(lang), listed(&known.set, file, lang)));
        out.push_str(&format!("- {}:\n", layers_head(known).get(lang)));
        for (at, layer) in known.layers.iter().enumerate() {
            out.push_str(&format!("  {}. {}\n", at + 1, listed(layer, file, lang)));
        }
    }
    if !known.halved_by.is_empty() {
        let list: Vec<String> = known.halved_by.iter().map(|one| one.text(lang)).collect();
        out.push_str(&format!("- {}: {}\n", halved.get(lang), cell(&list.join(phrases(lang).list_comma()))));
    }
    out.push_str(&format!("- {}: {}\n", by.get(lang), cell(&known.way.path.join(" -> "))));
    sessions_markdown(out, &known.way, lang);
}

fn sessions_markdown(out: &mut String, found: &Way, lang: Lang) {
    out.push('\n');
    for (at, session) in found.sessions.iter().enumerate() {
        out.push_str(&way::markdown(&found.path, at, session, phrases(lang)));
    }
}

fn falls_markdown(out: &mut String, falls: &Falls, lang: Lang) {
    out.push_str(&format!("\n{}\n\n", summary(falls).get(lang)));
    for one in &falls.zones {
        out.push_str(&format!("- {}\n", cell(of_zone(one).get(lang))));
    }
    if !falls.steps.is_empty() {
        let head = [both!("step", "段"), both!("zone", "領域"), both!("endpoints", "端点"), both!("which", "機器")];
        let [step, of, count, which] = head.each_ref().map(|word| word.get(lang));
        out.push_str(&format!("\n| {step} | {of} | {count} | {which} |\n|---|---|---|---|\n"));
    }
    for (at, step) in falls.steps.iter().enumerate() {
        for one in step {
            let (of, which) = (zone(one.zone.as_deref()), named(&one.named, one.count, NAMED));
            let row = [cell(of.get(lang)), one.count.to_string(), cell(which.get(lang))].join(" | ");
            out.push_str(&format!("| {} | {row} |\n", at + 1));
        }
    }
    for one in &falls.zones {
        let Some((_, found)) = &one.first else { continue };
        out.push_str(&format!("\n## {}\n", cell(&found.path.join(" -> "))));
        sessions_markdown(out, found, lang);
    }
}

fn point(one: &Point, lang: Lang) -> Value {
    use crate::report::exposure::PointKind;
    let mut out = json!({ "kind": one.kind.word(), "message": one.text(lang), "line": one.location.line,
        "column": one.location.column });
    if let Some(origin) = one.location.imported_from() {
        out["origin"] = origin.into();
    }
    if one.alike > 1 {
        out["alike"] = one.alike.into();
    }
    match &one.kind {
        PointKind::Filter { node, filter } => {
            out["node"] = node.as_str().into();
            out["filter"] = filter.clone().into();
        }
        PointKind::Translation { node, entry } => {
            out["node"] = node.as_str().into();
            out["entry"] = entry.as_str().into();
        }
        PointKind::Relay { node, sanitises } => {
            out["node"] = node.as_str().into();
            out["sanitises"] = (*sanitises).into();
        }
        PointKind::OneWay { link } => out["link"] = link.as_str().into(),
        PointKind::Exception { id } => out["exception"] = id.as_str().into(),
        PointKind::Transfer { id } => out["transfer"] = id.as_str().into(),
    }
    out
}

fn way_json(found: &Way) -> Value {
    json!({ "path": found.path, "sessions": found.sessions.iter().map(session_json).collect::<Vec<_>>() })
}

fn depth_json(pair: &PairDepth, lang: Lang) -> Value {
    let answer = match &pair.depth {
        Depth::Nobody => "nobody",
        Depth::Apart => "apart",
        Depth::Open => "undecided",
        Depth::Known(_) => "depth",
    };
    let tiers = pair.tiers.map(crate::document::Tier::word);
    let mut out = json!({ "tiers": tiers, "answer": answer, "message": pair.depth.text(lang) });
    if let Depth::Known(known) = &pair.depth {
        let list = |points: &[Point]| points.iter().map(|one| point(one, lang)).collect::<Vec<_>>();
        let halving = |one: &Halving| json!({ "node": one.node, "left": one.left, "alike": one.alike });
        out["depth"] = known.set.len().into();
        out["set"] = list(&known.set).into();
        out["layers"] = known.layers.iter().map(|layer| list(layer)).collect::<Vec<_>>().into();
        out["disjoint"] = known.disjoint.into();
        out["halved_by"] = known.halved_by.iter().map(halving).collect::<Vec<_>>().into();
        out["way"] = way_json(&known.way);
    }
    out
}

/// As JSON; ends in a newline.
#[must_use]
pub fn json(exposure: &Exposure, lang: Lang) -> String {
    let mut object = json!({ "sanso": env!("CARGO_PKG_VERSION"),
        "topology": { "name": exposure.name, "file": exposure.file, "sha256": exposure.sha256 },
        "policy": exposure.policy });
    match &exposure.answer {
        Answer::Depths(pairs) => {
            object["depths"] = pairs.iter().map(|pair| depth_json(pair, lang)).collect::<Vec<_>>().into();
        }
        Answer::Falls(falls) => {
            let of_zone = |one: &ZoneFall| {
                json!({ "zone": one.zone, "endpoints": one.endpoints, "fallen": one.fallen,
                    "first_step": one.first.as_ref().map(|(step, _)| step),
                    "way": one.first.as_ref().map(|(_, found)| way_json(found)) })
            };
            let of_step = |step: &Vec<crate::report::exposure::StepFall>| {
                let one = |one: &crate::report::exposure::StepFall| json!({ "zone": one.zone, "count": one.count, "named": one.named });
                step.iter().map(one).collect::<Vec<_>>()
            };
            object["from"] = json!({ "node": falls.from, "zone": falls.zone });
            object["answer"] = if falls.open { "undecided" } else { "falls" }.into();
            object["message"] = summary(falls).get(lang).into();
            object["zones"] = falls.zones.iter().map(of_zone).collect::<Vec<_>>().into();
            object["steps"] = falls.steps.iter().map(of_step).collect::<Vec<_>>().into();
        }
    }
    format!("{object:#}\n")
}
