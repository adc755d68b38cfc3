//! What the script of the page walks through, as JSON that no text can break out of.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::findings::{MOST, packet_line};
use super::{Document, kind_words, phrases, zone_words};
use crate::language::Lang;
use crate::render::catalogue::Sentence;
use crate::render::markup::Words;
use crate::render::picture::{BAND_TOP, BOX_HEIGHT, BOX_WIDTH, CHANNEL, What};
use crate::render::sentences::{opened, passed};
use crate::report::{Finding, Hop, Means};
use crate::screen::{fitting, is_unsafe};
use crate::source::Location;

/// Positions of what is named more than once.
#[derive(Default)]
struct Names {
    known: HashMap<String, usize>,
    all: Vec<String>,
}

impl Names {
    fn position(&mut self, name: &str) -> usize {
        if let Some(&at) = self.known.get(name) {
            return at;
        }
        self.known.insert(name.to_owned(), self.all.len());
        self.all.push(name.to_owned());
        self.all.len() - 1
    }
}

/// The JSON text, safe within a `script` element: `<`, `>` and `&` do not occur, nor marks that reorder text.
pub(super) fn of(document: &Document<'_>) -> String {
    let value = json!({
        "unit": { "width": BOX_WIDTH, "height": BOX_HEIGHT, "channel": CHANNEL, "top": BAND_TOP },
        "size": [document.diagram.width, document.diagram.height],
        "nodes": nodes(document),
        "links": links(document),
        "columns": document.diagram.columns.iter().map(|one| json!([one.x, one.width])).collect::<Vec<_>>(),
        "bands": document.diagram.bands.iter().map(|one| json!([one.y, one.height, one.named])).collect::<Vec<_>>(),
        "boxes": boxes(document),
        "lines": lines(document),
        "dots": dots(document),
        "paths": paths(document),
    });
    let text = value.to_string();
    let mut out = String::with_capacity(text.len() + text.len() / 50);
    for c in text.chars() {
        if matches!(c, '<' | '>' | '&' | '\u{fffe}' | '\u{ffff}') || is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn pair(words: Words) -> Value {
    json!([words.ja, words.en])
}

fn both(make: impl Fn(Lang) -> String) -> Value {
    let (ja, en) = (make(Lang::Ja), make(Lang::En));
    json!([fitting(&ja), fitting(&en)])
}

/// Nodes in columns: a value each, or, where few have one, by position.
fn nodes(document: &Document<'_>) -> Value {
    let (drawing, diagram) = (&document.audit.drawing, document.diagram);
    let (mut kinds, mut zones) = (Names::default(), Names::default());
    let kind: Vec<usize> = drawing.nodes.iter().map(|node| kinds.position(node.kind)).collect();
    let zone: Vec<i64> =
        drawing.nodes.iter().map(|node| node.zone.as_deref().map_or(-1, |zone| zones.position(zone) as i64)).collect();
    let titles: serde_json::Map<String, Value> = drawing
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(at, node)| Some((at.to_string(), json!(fitting(node.title.as_deref()?)))))
        .collect();
    let counts: serde_json::Map<String, Value> = drawing
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.count != 1)
        .map(|(at, node)| (at.to_string(), json!(node.count)))
        .collect();
    let class = |zone: &String| document.diagram.columns.iter().position(|column| column.zone.as_ref() == Some(zone));
    json!({
        "id": drawing.nodes.iter().map(|node| fitting(&node.id)).collect::<Vec<_>>(),
        "kind": kind,
        "kinds": kinds.all.iter().map(|kind| pair(kind_words(kind))).collect::<Vec<_>>(),
        "zone": zone,
        "zones": zones.all.iter().map(|zone| both(|lang| zone_words(zone, lang))).collect::<Vec<_>>(),
        "area": zones.all.iter().map(class).collect::<Vec<_>>(),
        "title": titles,
        "count": counts,
        "address": drawing.nodes.iter().map(|node| fitting(&node.addresses.join(" ")).into_owned()).collect::<Vec<_>>(),
        "line": drawing.nodes.iter().map(|node| line(&node.location)).collect::<Vec<_>>(),
        "home": diagram.home.iter().map(|home| home.map_or(-1, i64::from)).collect::<Vec<_>>(),
        "box": diagram.place,
        "endpoint": drawing.nodes.iter().map(|node| u8::from(node.endpoint)).collect::<Vec<_>>(),
    })
}

/// Links as a flat list of both ends, the VLANs' position, and the line of the document.
fn links(document: &Document<'_>) -> Value {
    let mut vlans = Names::default();
    let mut flat: Vec<usize> = Vec::with_capacity(document.audit.drawing.links.len() * 4);
    let mut one_way: Vec<usize> = Vec::new();
    let mut places = serde_json::Map::new();
    for (number, link) in document.audit.drawing.links.iter().enumerate() {
        let text = match &link.vlans {
            None => String::new(),
            Some(ranges) => {
                let each = ranges.iter().map(
                    |(low, high)| {
                        if low == high { low.to_string() } else { format!("{low}-{high}") }
                    },
                );
                format!("VLAN {}", each.collect::<Vec<_>>().join(", "))
            }
        };
        let [one, other] = link.ends.map(|end| end as usize);
        flat.extend([one, other, vlans.position(&text), link.location.line as usize]);
        if let Some(origin) = link.location.imported_from() {
            places.insert(number.to_string(), fitting(origin).into_owned().into());
        }
        if link.one_way {
            one_way.push(number);
        }
    }
    let mut out = json!({ "flat": flat, "vlans": vlans.all, "oneWay": one_way });
    if !places.is_empty() {
        out["places"] = places.into();
    }
    out
}

fn boxes(document: &Document<'_>) -> Value {
    let boxes = document.diagram.boxes.iter().map(|one| {
        let nodes = match &one.what {
            What::Node(_) => 0,
            What::Forwarders(_) => 1,
            What::Members(_) => 2,
        };
        json!([one.band, one.column, one.x, one.y, nodes, one.what.nodes()[0]])
    });
    Value::Array(boxes.collect())
}

fn lines(document: &Document<'_>) -> Value {
    let lines = document.diagram.lines.iter().map(|line| {
        let corners: Vec<i64> = line
            .corners
            .iter()
            .flat_map(|corner| [i64::from(corner.x), i64::from(corner.band), i64::from(corner.y)])
            .collect();
        json!([line.ends[0], line.ends[1], corners])
    });
    Value::Array(lines.collect())
}

/// Where lines part: from the left, the band, from its top, a line there.
fn dots(document: &Document<'_>) -> Value {
    let dots = document.diagram.dots.iter().map(|dot| json!([dot.at.x, dot.at.band, dot.at.y, dot.line]));
    Value::Array(dots.collect())
}

/// The witnesses, each with its way.
fn paths(document: &Document<'_>) -> Value {
    let position: HashMap<&str, usize> =
        document.audit.drawing.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
    let mut out: Vec<Value> = Vec::new();
    for (number, requirement) in document.report.requirements.iter().enumerate() {
        for (at, finding) in requirement.findings.iter().take(MOST).enumerate() {
            if finding.sessions.is_empty() {
                continue;
            }
            out.push(json!({
                "key": format!("{number}-{at}"),
                "name": fitting(&format!("{} {}: {}", requirement.id, at + 1, finding.path.join(" → "))),
                "message": both(|lang| finding.fault.text(lang)),
                "sessions": sessions(finding, &position),
            }));
        }
    }
    Value::Array(out)
}

fn sessions(finding: &Finding, position: &HashMap<&str, usize>) -> Value {
    let sessions = finding.sessions.iter().enumerate().map(|(index, session)| {
        let what = both(|lang| opened(index + 1, session, phrases(lang)));
        let (id, location) = match &session.means {
            Means::Packet(packet) => {
                let hops =
                    session.hops.iter().filter_map(|hop| Some(self::hop(hop, *position.get(hop.node.as_str())?)));
                let line = packet_line(packet);
                return json!({ "what": what, "packet": fitting(&line), "hops": hops.collect::<Vec<_>>() });
            }
            Means::Transfer { id, location } => (id, location),
        };
        // Nothing is passed but the ends.
        let at = both(|lang| match lang {
            Lang::En => format!("{} {id} (line {})", phrases(lang).transfer(), location.line),
            Lang::Ja => format!("{} {id}（{} 行目）", phrases(lang).transfer(), location.line),
        });
        let ends = passed(session).into_iter().filter_map(|node| position.get(node));
        let ends = ends.map(|node| json!({ "node": node, "in": null, "out": null, "vlan": null, "rules": [at] }));
        json!({ "what": what, "transfer": fitting(id), "hops": ends.collect::<Vec<_>>() })
    });
    Value::Array(sessions.collect())
}

/// The line of a place, or where it was imported from.
fn line(location: &Location) -> Value {
    location.imported_from().map_or_else(|| location.line.into(), |origin| fitting(origin).into_owned().into())
}

/// What decided, and where it stands.
fn at(what: &str, location: &Location, lang: Lang) -> String {
    let line = location.line;
    match (location.imported_from(), lang) {
        (Some(origin), Lang::En) => format!("{what} ({})", fitting(origin)),
        (Some(origin), Lang::Ja) => format!("{what}（{}）", fitting(origin)),
        (None, Lang::En) => format!("{what} (line {line})"),
        (None, Lang::Ja) => format!("{what}（{line} 行目）"),
    }
}

fn hop(hop: &Hop, node: usize) -> Value {
    let rules = hop.decided_by.iter().map(|decided| {
        both(|lang| {
            let words = phrases(lang);
            let what = decided.rule.as_ref().map_or_else(|| words.filter_default().to_owned(), |rule| words.rule(rule));
            at(&what, &decided.location, lang)
        })
    });
    let translated =
        hop.translated_by.iter().map(|one| both(|lang| at(&phrases(lang).translated(one), &one.location, lang)));
    let rules = translated.chain(rules);
    json!({
        "node": node,
        "in": hop.r#in.as_deref().map(fitting),
        "out": hop.out.as_deref().map(fitting),
        "vlan": hop.vlan,
        "rules": rules.collect::<Vec<_>>(),
    })
}
