//! A picture as elements of SVG, for the drawing alone and for the page that holds it.

use unicode_width::UnicodeWidthChar;

use super::colours::plain;
use crate::language::Lang;
use crate::render::catalogue::Sentence;
use crate::render::markup::{Markup, Words};
use crate::render::phrases::{grouped, plural};
use crate::render::picture::{BOX_HEIGHT, BOX_WIDTH, Box, Diagram, Line, MARGIN, What};
use crate::render::sentences::passed;
use crate::report::audit::{Audit, DrawnNode};
use crate::report::{Finding, Report, Session};
use crate::screen::visible;

/// Columns of text that fit into a box: first line, second line.
const FIT: [usize; 2] = [26, 31];
/// Columns of the words at a line: what fits between two entries of a box.
const VLANS: usize = 10;
/// How much closer the letters of a longer name stand, in columns of a box: it is cut only beyond.
const TIGHT: usize = 7;
/// What a drawing alone says below itself.
const CAPTION: i32 = 40;

/// What a drawing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Use {
    /// A file of its own: its style is within, and the first witness is lit.
    Alone,
    /// Part of a page, which has the style and lights what is asked for.
    Page,
}

/// Draws a picture.
pub(in crate::render) fn draw(page: &mut Markup, report: &Report, audit: &Audit, diagram: &Diagram, r#use: Use) {
    let pen = Pen { audit, diagram, r#use };
    let (width, height) = (diagram.width, diagram.height + if r#use == Use::Alone { CAPTION } else { 0 });
    let view = format!("0 0 {width} {height}");
    let (width, height) = (width.to_string(), height.to_string());
    match r#use {
        Use::Alone => {
            page.open(
                "svg",
                &[
                    ("xmlns", "http://www.w3.org/2000/svg"),
                    ("viewBox", &view),
                    ("width", &width),
                    ("height", &height),
                    ("role", "img"),
                    ("aria-labelledby", "title desc"),
                    (
                        "font-family",
                        "\"BIZ UDPGothic\", \"Noto Sans CJK JP\", \"Hiragino Sans\", \"Yu Gothic\", Meiryo, sans-serif",
                    ),
                ],
            );
            page.open("title", &[("id", "title")]).each(|lang| title(report, lang)).close("title");
            page.open("desc", &[("id", "desc")]).each(|lang| description(report, audit, diagram, lang)).close("desc");
            page.raw("\n<style>\n").raw(&plain(include_str!("diagram.css"))).raw("</style>\n");
            page.empty("rect", &[("width", "100%"), ("height", "100%"), ("fill", "#ffffff")]);
        }
        Use::Page => {
            page.open(
                "svg",
                &[
                    ("id", "diagram"),
                    ("viewBox", &view),
                    ("width", &width),
                    ("height", &height),
                    ("preserveAspectRatio", "xMinYMin meet"),
                    ("role", "group"),
                    ("aria-labelledby", "diagram-heading"),
                    ("aria-describedby", "diagram-desc"),
                ],
            );
        }
    }
    pen.areas(page);
    pen.lines(page);
    pen.boxes(page);
    page.raw("\n").open("g", &[("id", "lit")]);
    if r#use == Use::Alone
        && let Some((_, finding)) = witness(report)
    {
        pen.light(page, finding);
    }
    page.close("g");
    if r#use == Use::Alone {
        caption(page, report, diagram);
    }
    page.raw("\n").close("svg");
}

/// The first witness: its requirement's id and its finding.
pub(in crate::render) fn witness(report: &Report) -> Option<(&str, &Finding)> {
    let mut findings =
        report.requirements.iter().flat_map(|one| one.findings.iter().map(|finding| (one.id.as_str(), finding)));
    findings.find(|(_, finding)| !finding.sessions.is_empty())
}

/// What people call a kind.
pub(in crate::render) fn kind_words(kind: &str) -> Words {
    let (en, ja) = match kind {
        "switch" => ("switch", "スイッチ"),
        "l3-switch" => ("L3 switch", "L3 スイッチ"),
        "router" => ("router", "ルーター"),
        "firewall" => ("firewall", "ファイアウォール"),
        "terminal" => ("terminal", "端末"),
        "server" => ("server", "サーバー"),
        "printer" => ("printer", "プリンター"),
        "storage" => ("storage", "ストレージ"),
        "external" => ("external", "庁外"),
        "gateway" => ("gateway", "ゲートウェイ"),
        _ => ("host", "ホスト"),
    };
    Words { en, ja }
}

/// What people call a zone: the three tiers have names, others their ids.
pub(in crate::render) fn zone_words(zone: &str, lang: Lang) -> String {
    match crate::render::phrases::phrases(lang).zone_names(zone) {
        Some(name) => name.to_owned(),
        None => zone.to_owned(),
    }
}

fn title(report: &Report, lang: Lang) -> String {
    let name = report.name.as_deref().unwrap_or(&report.file);
    match lang {
        Lang::En => format!("Network of {name}"),
        Lang::Ja => format!("{name} ネットワーク構成図"),
    }
}

fn description(report: &Report, audit: &Audit, diagram: &Diagram, lang: Lang) -> String {
    let zones: Vec<String> = diagram
        .columns
        .iter()
        .filter_map(|column| column.zone.as_deref())
        .map(|zone| {
            let endpoints = audit.members.iter().find(|members| members.zone.as_deref() == Some(zone));
            let endpoints = endpoints.map_or(0, |members| members.nodes.len() as u64);
            match lang {
                Lang::En => {
                    format!("{} ({})", zone_words(zone, lang), plural(endpoints, "endpoint", "endpoints"))
                }
                Lang::Ja => format!("{}（端点 {}）", zone_words(zone, lang), grouped(endpoints)),
            }
        })
        .collect();
    let (nodes, links, sites) = (report.nodes, report.links, diagram.bands.len() as u64 - 1);
    match lang {
        Lang::En => format!(
            "{}, {}, {}. Zones: {}.",
            plural(nodes, "node", "nodes"),
            plural(links, "link", "links"),
            plural(sites, "site", "sites"),
            zones.join(", ")
        ),
        Lang::Ja => {
            format!("ノード {}、リンク {}、拠点 {sites}。領域: {}。", grouped(nodes), grouped(links), zones.join("、"))
        }
    }
}

fn caption(page: &mut Markup, report: &Report, diagram: &Diagram) {
    let y = |row: i32| (diagram.height + 8 + row * 16).to_string();
    let x = MARGIN.to_string();
    page.raw("\n").open("text", &[("class", "caption"), ("x", &x), ("y", &y(0))]);
    page.say(Words {
        en: "coloured edge: endpoint of a zone; dashed: endpoint without a zone; red edge: firewall; green edge: sanitises",
        ja: "色の枠: 領域の端点　破線: 領域のない端点　赤枠: ファイアウォール　緑枠: 無害化",
    });
    page.close("text");
    if let Some((id, finding)) = witness(report) {
        page.raw("\n").open("text", &[("class", "caption"), ("x", &x), ("y", &y(1))]);
        page.each(|lang| {
            let message = finding.fault.text(lang);
            match lang {
                Lang::En => format!("lit: a witness against {id}: {message}"),
                Lang::Ja => format!("強調: {id} に反する実例: {message}"),
            }
        });
        page.close("text");
    }
}

/// The text, cut where it would not fit into `columns`.
fn cut(text: &str, columns: usize) -> String {
    let shown = visible(text);
    let mut width = 0;
    for (at, c) in shown.char_indices() {
        width += c.width().unwrap_or(0);
        if width > columns {
            let mut kept: String = shown[..at].to_owned();
            while kept.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>() >= columns && kept.pop().is_some() {}
            kept.push('…');
            return kept;
        }
    }
    shown.into_owned()
}

/// Opens the text of a line of a box; the letters of one that is a little too long stand closer.
fn open_text(page: &mut Markup, (class, y): (&str, &str), text: &str, fit: usize) {
    let room = (BOX_WIDTH - 16).to_string();
    let mut attributes = vec![("class", class), ("x", "8"), ("y", y)];
    if visible(text).chars().map(|c| c.width().unwrap_or(0)).sum::<usize>() > fit {
        attributes.extend([("textLength", room.as_str()), ("lengthAdjust", "spacingAndGlyphs")]);
    }
    page.open("text", &attributes);
}

struct Pen<'p> {
    audit: &'p Audit,
    diagram: &'p Diagram,
    r#use: Use,
}

impl Pen<'_> {
    fn node(&self, node: u32) -> &DrawnNode {
        &self.audit.drawing.nodes[node as usize]
    }

    /// The class that colours a zone.
    fn class_of(&self, zone: &str) -> String {
        let tiers = ["my-number", "lgwan", "internet"];
        let number = tiers.iter().position(|tier| *tier == zone).unwrap_or_else(|| {
            let others = self.diagram.columns.iter().filter_map(|column| column.zone.as_deref());
            3 + others.filter(|one| !tiers.contains(one)).position(|one| one == zone).unwrap_or(0) % 3
        });
        format!("zone-{number}")
    }

    fn areas(&self, page: &mut Markup) {
        page.raw("\n").open("g", &[("id", "areas")]);
        let height = (self.diagram.height - 2 * MARGIN).to_string();
        let top = MARGIN.to_string();
        for column in &self.diagram.columns {
            let Some(zone) = &column.zone else { continue };
            let class = self.class_of(zone);
            let (x, width) = (column.x.to_string(), column.width.to_string());
            page.raw("\n").empty(
                "rect",
                &[
                    ("class", &format!("area {class}")),
                    ("x", &x),
                    ("y", &top),
                    ("width", &width),
                    ("height", &height),
                    ("rx", "4"),
                ],
            );
            let (x, y) = ((column.x + 10).to_string(), (MARGIN + 20).to_string());
            page.open("text", &[("class", &format!("head {class}")), ("x", &x), ("y", &y)]);
            let fit = (column.width / 7).unsigned_abs() as usize;
            page.each(|lang| cut(&zone_words(zone, lang), fit)).close("text");
        }
        for (number, band) in self.diagram.bands.iter().enumerate().skip(1) {
            let (x2, y) = ((self.diagram.width - MARGIN).to_string(), band.y.to_string());
            let x1 = MARGIN.to_string();
            let mut attributes = vec![("class", "band"), ("x1", &*x1), ("x2", &*x2), ("y1", &*y), ("y2", &*y)];
            let number = number.to_string();
            if self.r#use == Use::Page {
                attributes.push(("data-band", &number));
            }
            page.raw("\n").empty("line", &attributes);
        }
        page.close("g");
    }

    /// The way of a line, as SVG writes it; from its second end where it is to be `turned`.
    fn way(&self, line: &Line) -> String {
        let mut out = String::new();
        let (mut last_x, mut last_y) = (i32::MIN, i32::MIN);
        for corner in &line.corners {
            let (x, y) = self.diagram.point(*corner);
            if out.is_empty() {
                out.push_str(&format!("M{x} {y}"));
            } else if x != last_x && y == last_y {
                out.push_str(&format!("H{x}"));
            } else if y != last_y && x == last_x {
                out.push_str(&format!("V{y}"));
            } else if x != last_x {
                out.push_str(&format!("L{x} {y}"));
            }
            (last_x, last_y) = (x, y);
        }
        out
    }

    fn lines(&self, page: &mut Markup) {
        page.raw("\n").open("g", &[("id", "lines")]);
        for (number, line) in self.diagram.lines.iter().enumerate() {
            let (way, number) = (self.way(line), number.to_string());
            let mut attributes = vec![("class", "line"), ("d", way.as_str())];
            if self.r#use == Use::Page {
                attributes.push(("data-line", &number));
            }
            page.raw("\n").empty("path", &attributes);
        }
        for (number, dot) in self.diagram.dots.iter().enumerate() {
            let (x, y) = self.diagram.point(dot.at);
            let (x, y, number) = (x.to_string(), y.to_string(), number.to_string());
            let mut attributes = vec![("class", "dot"), ("cx", x.as_str()), ("cy", y.as_str()), ("r", "2.4")];
            if self.r#use == Use::Page {
                attributes.push(("data-dot", &number));
            }
            page.raw("\n").empty("circle", &attributes);
        }
        for (number, line) in self.diagram.lines.iter().enumerate() {
            let (Some(vlans), Some(end)) = (&line.vlans, line.corners.last()) else { continue };
            if line.corners.len() < 5 {
                continue; // too short for words
            }
            let text = match vlans.as_slice() {
                [] => continue,
                [(low, high)] if low == high => format!("VLAN {low}"),
                [(low, high)] => format!("VLAN {low}-{high}"),
                several => {
                    let each = several.iter().map(|(low, high)| match low == high {
                        true => low.to_string(),
                        false => format!("{low}-{high}"),
                    });
                    format!("VLAN {}", each.collect::<Vec<_>>().join(","))
                }
            };
            let text = if text.len() > VLANS {
                format!("VLAN ×{}", vlans.iter().map(|(low, high)| u32::from(high - low) + 1).sum::<u32>())
            } else {
                text
            };
            let (x, y) = self.diagram.point(*end);
            let (x, y, number) = ((x + 3).to_string(), (y - 3).to_string(), number.to_string());
            let mut attributes = vec![("class", "vlan"), ("x", x.as_str()), ("y", y.as_str())];
            if self.r#use == Use::Page {
                attributes.push(("data-vlan", &number));
            }
            page.raw("\n").element("text", &attributes, &text);
        }
        page.close("g");
    }

    fn boxes(&self, page: &mut Markup) {
        page.raw("\n").open("g", &[("id", "boxes")]);
        for (number, one) in self.diagram.boxes.iter().enumerate() {
            self.one(page, number, one);
        }
        page.close("g");
    }

    fn one(&self, page: &mut Markup, number: usize, one: &Box) {
        let first = self.node(one.what.nodes()[0]);
        let at = format!("translate({},{})", one.x, self.diagram.top(one));
        let number = number.to_string();
        let mut attributes = vec![("class", "box"), ("transform", at.as_str())];
        if self.r#use == Use::Page {
            attributes.extend([("data-box", number.as_str()), ("role", "button"), ("tabindex", "-1")]);
        }
        page.raw("\n").open("g", &attributes);
        if self.r#use == Use::Alone {
            page.element("title", &[], &first.id);
        }
        let several = if matches!(one.what, What::Node(_)) { "" } else { " several" };
        let class = match (&first.zone, first.kind) {
            _ if first.sanitises => "sanitises".to_owned(),
            (_, "firewall") => "firewall".to_owned(),
            (Some(zone), _) => self.class_of(zone),
            (None, _) if first.endpoint => "bare".to_owned(),
            (None, _) => "forwarder".to_owned(),
        };
        let (class, width, height) = (format!("{class}{several}"), BOX_WIDTH.to_string(), BOX_HEIGHT.to_string());
        // Rounded: begins or ends communication; square: passes it on.
        let round = if first.endpoint { "10" } else { "2" };
        page.empty("rect", &[("class", &class), ("width", &width), ("height", &height), ("rx", round)]);
        let name = if matches!(one.what, What::Members(_)) { "" } else { &*first.id };
        open_text(page, ("first", "15"), name, FIT[0]);
        match &one.what {
            What::Node(_) | What::Forwarders(_) => page.text(&cut(&first.id, FIT[0] + TIGHT)),
            What::Members(members) => page.each(|lang| cut(&self.kinds(members, lang), FIT[0])),
        };
        page.close("text");
        let second = match &one.what {
            What::Node(_) => first.title.as_deref().unwrap_or_default(),
            _ => "",
        };
        open_text(page, ("second", "28"), second, FIT[1]);
        match &one.what {
            What::Node(_) => match &first.title {
                Some(title) => page.text(&cut(title, FIT[1] + TIGHT)),
                None => page.say(kind_words(first.kind)),
            },
            What::Forwarders(nodes) | What::Members(nodes) => page.each(|lang| {
                let machines: u64 = nodes[1..].iter().map(|node| self.node(*node).count).sum();
                let more = grouped(machines);
                let forwarders = matches!(one.what, What::Forwarders(_));
                match (lang, forwarders) {
                    (Lang::En, true) => format!("and {}", plural(machines, "more forwarder", "more forwarders")),
                    (Lang::Ja, true) => format!("ほか転送機器 {more} 台"),
                    (Lang::En, false) => cut(&first.id, FIT[1]),
                    (Lang::Ja, false) => format!("{} など", cut(&first.id, FIT[1] - 5)),
                }
            }),
        };
        page.close("text").close("g");
    }

    /// How many of each kind there are, the most first.
    fn kinds(&self, nodes: &[u32], lang: Lang) -> String {
        let mut kinds: Vec<(&str, u64)> = Vec::new();
        for node in nodes {
            let DrawnNode { kind, count: machines, .. } = self.node(*node);
            match kinds.iter_mut().find(|(known, _)| known == kind) {
                Some((_, count)) => *count += machines,
                None => kinds.push((kind, *machines)),
            }
        }
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let each = kinds.iter().map(|(kind, count)| format!("{} {}", kind_words(kind).get(lang), grouped(*count)));
        each.collect::<Vec<_>>().join(if lang == Lang::Ja { "、" } else { ", " })
    }

    /// Lights the way of a witness: its lines, and its boxes in their order.
    fn light(&self, page: &mut Markup, finding: &Finding) {
        let node = |id: &str| self.audit.drawing.nodes.iter().position(|node| node.id == id).map(|at| at as u32);
        let nodes_of = |session: &Session| passed(session).into_iter().filter_map(node).collect::<Vec<_>>();
        let mut order: Vec<u32> = Vec::new();
        for session in &finding.sessions {
            let nodes = nodes_of(session);
            // What is carried passes no link.
            let pairs = nodes.windows(2).filter(|_| session.packet().is_some());
            for pair in pairs {
                if let Some(line) = self.diagram.line_between(pair[0], pair[1]) {
                    page.raw("\n").empty("path", &[("class", "lit"), ("d", &self.way(line))]);
                }
            }
            for node in nodes {
                let place = self.diagram.place[node as usize];
                if order.last() != Some(&place) {
                    order.push(place);
                }
            }
        }
        let mut badges: Vec<(u32, String)> = Vec::new();
        for (number, place) in order.into_iter().enumerate() {
            match badges.iter_mut().find(|(known, _)| *known == place) {
                Some((_, text)) => text.push_str(&format!(",{}", number + 1)),
                None => badges.push((place, (number + 1).to_string())),
            }
        }
        for (place, text) in badges {
            let one = &self.diagram.boxes[place as usize];
            let (x, y, top) = (one.x.to_string(), self.diagram.top(one).to_string(), self.diagram.top(one));
            let (width, height) = (BOX_WIDTH.to_string(), BOX_HEIGHT.to_string());
            page.raw("\n").empty(
                "rect",
                &[("class", "lit-box"), ("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", "4")],
            );
            let wide = 10 + 6 * text.chars().count() as i32;
            let (left, x) = ((one.x + BOX_WIDTH - wide).to_string(), (one.x + BOX_WIDTH - wide / 2).to_string());
            let (y, base, wide) = ((top - 7).to_string(), (top + 3).to_string(), wide.to_string());
            page.empty(
                "rect",
                &[("class", "badge"), ("x", &left), ("y", &y), ("width", &wide), ("height", "14"), ("rx", "7")],
            );
            page.element("text", &[("class", "badge-text"), ("x", &x), ("y", &base)], &text);
        }
    }
}
