//! Why data gets from one side to another, or does not, as text, JSON and Markdown.

mod causes;

use serde_json::{Value, json};

use super::catalogue::Sentence;
use super::json::session_json;
use super::markdown::cell;
use super::page::{BAD, BOLD, DIM, GOOD, Page};
use super::phrases::phrases;
use super::sentences;
use super::way;
use crate::language::{Lang, Phrase, plural};
use crate::report::why::{Answer, Obstacle, Way, Why};

/// What was asked: `a → b (tcp/443)`.
fn asked(why: &Why) -> Phrase {
    let (from, to) = (&why.from, &why.to);
    let mut terms = why.services.clone();
    let mut terms_ja = terms.clone();
    if why.direct {
        terms.push("one session".to_owned());
        terms_ja.push("直接の通信".to_owned());
    }
    if terms.is_empty() {
        return both!("{from} → {to}", "{from} → {to}");
    }
    let (terms, terms_ja) = (terms.join(", "), terms_ja.join("、"));
    both!("{from} → {to} ({terms})", "{from} → {to}（{terms_ja}）")
}

fn conclusion(why: &Why) -> Phrase {
    match &why.answer {
        Answer::Gets(_) => both!("data gets there", "データが届く"),
        Answer::Stopped(ways) => {
            let least = ways.first().map_or(0, |way| way.obstacles.len()) as u64;
            let stops = plural(least, "obstacle", "obstacles");
            both!(
                "data does not get there; the way with the fewest obstacles meets {stops}",
                "データは届かない。障害が最も少ない経路で、障害は {least} 件"
            )
        }
        Answer::Unaddressed => both!(
            "data does not get there: no packet can be addressed from the one to the other",
            "データは届かない。一方から他方へ宛てられるパケットがない"
        ),
        Answer::Open => both!("not decided: a limit was reached", "未判定（上限に達した）"),
    }
}

/// `2 obstacles: a -> b`
fn heading(number: usize, way: &Way) -> Phrase {
    let path = way.path.join(" -> ");
    let count = way.obstacles.len() as u64;
    let stops = plural(count, "obstacle", "obstacles");
    match count {
        0 => both!("{path}", "{path}"),
        _ => both!("{number}. {stops}: {path}", "{number}. 障害 {count} 件: {path}"),
    }
}

fn ways(why: &Why) -> &[Way] {
    match &why.answer {
        Answer::Gets(way) => std::slice::from_ref(way),
        Answer::Stopped(ways) => ways,
        Answer::Unaddressed | Answer::Open => &[],
    }
}

/// What stops data in a session.
fn stops(way: &Way, session: usize) -> impl Iterator<Item = &Obstacle> {
    way.obstacles.iter().filter(move |one| one.session == session)
}

/// For people; ends in a newline.
#[must_use]
pub fn text(why: &Why, lang: Lang, color: bool) -> String {
    let words = phrases(lang);
    let mut page = Page::new(color);
    page.paint(BOLD, why.name.as_deref().unwrap_or(&why.file)).text(&format!(" ({})", why.file)).end();
    let style = if matches!(why.answer, Answer::Gets(_)) { GOOD } else { BAD };
    page.text(asked(why).get(lang)).text(": ").paint(style, conclusion(why).get(lang)).end();
    for (number, found) in ways(why).iter().enumerate() {
        page.end().paint(BOLD, heading(number + 1, found).get(lang)).end();
        for (at, session) in found.sessions.iter().enumerate() {
            way::text(&mut page, (&why.file, &found.path), at, session, words);
            for stop in stops(found, at + 1) {
                page.space(5).paint(BAD, "×").text(" ").text(&stop.text(lang)).end();
                if let Some(location) = &stop.location {
                    page.space(7).paint(DIM, &format!("--> {}", sentences::at(&why.file, location))).end();
                }
            }
        }
    }
    if let Some(found) = &why.causes {
        page.end().text(causes::others(found).get(lang)).end();
        for cause in causes::least(why) {
            page.text("  - ").text(&cause.text(lang)).end();
            page.space(4).paint(DIM, &format!("--> {}", sentences::at(&why.file, &cause.location))).end();
        }
    }
    page.finish()
}

/// As Markdown; ends in a newline.
#[must_use]
pub fn markdown(why: &Why, lang: Lang) -> String {
    let words = phrases(lang);
    let name = cell(why.name.as_deref().unwrap_or(&why.file));
    let mut out = format!("# {name}\n\n{}: {}\n", cell(asked(why).get(lang)), conclusion(why).get(lang));
    let heads = [both!("obstacle", "障害"), both!("where", "場所")];
    for (number, found) in ways(why).iter().enumerate() {
        out.push_str(&format!("\n## {}\n\n", cell(heading(number + 1, found).get(lang))));
        for (at, session) in found.sessions.iter().enumerate() {
            out.push_str(&way::markdown(&found.path, at, session, words));
        }
        if !found.obstacles.is_empty() {
            let [what, place] = heads.each_ref().map(|word| word.get(lang));
            out.push_str(&format!("\n| {what} | {place} |\n|---|---|\n"));
        }
        for stop in &found.obstacles {
            let place = stop.location.as_ref().map(|location| sentences::at(&why.file, location)).unwrap_or_default();
            out.push_str(&format!("| {} | {} |\n", cell(&stop.text(lang)), cell(&place)));
        }
    }
    if let Some(found) = &why.causes {
        out.push_str(&format!("\n{}\n", cell(causes::others(found).get(lang))));
        for (at, cause) in causes::least(why).iter().enumerate() {
            let place = sentences::at(&why.file, &cause.location);
            let gap = if at == 0 { "\n" } else { "" };
            out.push_str(&format!("{gap}- {} ({})\n", cell(&cause.text(lang)), cell(&place)));
        }
    }
    out
}

pub(super) fn obstacle(one: &Obstacle, lang: Lang) -> Value {
    let mut out = json!({ "kind": one.stop.word(), "session": one.session, "message": one.text(lang) });
    if let Some(packet) = &one.packet {
        out["packet"] = json!({ "source": packet.source, "destination": packet.destination, "protocol": packet.protocol,
            "source_port": packet.source_port, "destination_port": packet.destination_port });
    }
    if let Some(location) = &one.location {
        out["line"] = location.line.into();
        out["column"] = location.column.into();
        if let Some(origin) = location.imported_from() {
            out["origin"] = origin.into();
        }
    }
    names(one, &mut out);
    out
}

/// The names in what stops.
fn names(one: &Obstacle, out: &mut Value) {
    use crate::report::why::Stop;
    match &one.stop {
        Stop::Rule { node, filter, rule } => {
            out["node"] = node.as_str().into();
            out["filter"] = filter.clone().into();
            out["rule"] = rule.as_str().into();
        }
        Stop::Default { node, filter } => {
            out["node"] = node.as_str().into();
            out["filter"] = filter.clone().into();
        }
        Stop::Route { node, interface } => {
            out["node"] = node.as_str().into();
            out["interface"] = interface.as_str().into();
        }
        Stop::Translation { node, entry } => {
            out["node"] = node.as_str().into();
            out["entry"] = entry.as_str().into();
        }
        Stop::Vlan { link, vlan } => {
            out["link"] = link.as_str().into();
            out["vlan"] = (*vlan).into();
        }
        Stop::RoutedVlan { node, vlan } => {
            out["node"] = node.as_str().into();
            out["vlan"] = (*vlan).into();
        }
        Stop::OneWay { link } => out["link"] = link.as_str().into(),
        Stop::Relay { node, from, to, .. } => {
            out["node"] = node.as_str().into();
            out["from"] = from.as_str().into();
            out["to"] = to.as_str().into();
        }
        Stop::NoLink { from, to } => {
            out["from"] = from.as_str().into();
            out["to"] = to.as_str().into();
        }
    }
}

/// As JSON; ends in a newline.
#[must_use]
pub fn json(why: &Why, lang: Lang) -> String {
    let answer = match &why.answer {
        Answer::Gets(_) => "gets",
        Answer::Stopped(_) => "stopped",
        Answer::Unaddressed => "unaddressed",
        Answer::Open => "undecided",
    };
    let way = |way: &Way| {
        let sessions: Vec<_> = way.sessions.iter().map(session_json).collect();
        let obstacles: Vec<Value> = way.obstacles.iter().map(|one| obstacle(one, lang)).collect();
        json!({ "path": way.path, "sessions": sessions, "obstacles": obstacles })
    };
    let mut object = json!({ "sanso": env!("CARGO_PKG_VERSION"),
        "topology": { "name": why.name, "file": why.file, "sha256": why.sha256 },
        "from": why.from, "to": why.to, "services": why.services, "direct": why.direct,
        "answer": answer, "message": conclusion(why).get(lang), "ways": ways(why).iter().map(way).collect::<Vec<_>>() });
    if let Some(found) = &why.causes {
        object["causes"] = causes::json(found, lang);
    }
    format!("{object:#}\n")
}
