//! The audit report (監査調書) as one page of HTML: no network, both languages, prints, and a drawing to walk through. What
//! it says is there without its script; the script adds the walking.

mod beside;
mod data;
mod dossier;
pub(super) mod findings;
mod lists;
mod policy;
mod slices;
mod summary;

use super::audit;
use super::catalogue::Sentence;
use super::markup::{Langs, Markup, Words, words};
use super::phrases::{grouped, phrases, plural, standing_word};
use super::picture::Diagram;
use super::svg::{FactsMissing, Use, draw, kind_words, variables, zone_words};
use crate::language::Lang;
use crate::report::Note;
use crate::report::Report;
use crate::report::audit::{Audit, Standing};
use crate::source::Location;

const STYLE: &str = concat!(include_str!("svg/diagram.css"), include_str!("html/style.css"));
const SCRIPT: &str = include_str!("html/script.js");

/// The report as a page that opens in `lang`.
///
/// # Errors
/// When the report is without the facts for auditors.
pub fn render(report: &Report, lang: Lang) -> Result<String, FactsMissing> {
    let audit = report.audit.as_deref().ok_or(FactsMissing)?;
    let diagram = Diagram::new(&audit.drawing, &audit.matrix);
    let document = Document { report, audit, diagram: &diagram };
    let mut page = opened(lang, &document.title(lang), SCRIPT);
    document.body(&mut page);
    page.raw("\n<script type=\"application/json\" id=\"facts\">").raw(&data::of(&document)).raw("</script>\n");
    page.raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    Ok(page.finish())
}

/// A page in both languages up to its body. It opens in `lang`; besides its style, nothing but `script` may run.
pub(super) fn opened(lang: Lang, title: &str, script: &str) -> Markup {
    let (light, dark) = (variables(false), variables(true));
    let style = format!(
        ":root{{{light}color-scheme:light}}\n\
         @media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}color-scheme:dark}}}}\n\
         @media screen{{:root[data-theme=dark]{{{dark}color-scheme:dark}}}}\n{STYLE}"
    );
    let content_policy = policy::of(&style, script);
    let mut page = Markup::html(Langs::Both);
    page.raw("<!DOCTYPE html>\n")
        .open("html", &[("lang", lang_word(lang))])
        .raw("\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").raw(&content_policy).raw("\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.element("title", &[], title);
    page.raw("\n<style>").raw(&style).raw("</style>\n</head>\n<body>\n");
    page
}

/// What is at hand everywhere on a page: its sections, and its tools.
pub(super) fn bar(page: &mut Markup, sections: &[(&str, Words)]) {
    page.raw("\n<div class=\"bar\">").raw("<nav>");
    page.open("details", &[]).said("summary", &[], words("Contents", "目次")).open("ol", &[]);
    for (id, heading) in sections {
        page.open("li", &[]).open("a", &[("href", &format!("#{id}"))]).say(*heading).close("a").close("li");
    }
    page.raw("</ol></details></nav>");
    // Each language is offered in itself.
    page.raw(
        "<div class=\"tools\" id=\"tools\" hidden>\
         <button type=\"button\" data-lang=\"ja\" lang=\"ja\" class=\"always\">日本語</button>\
         <button type=\"button\" data-lang=\"en\" lang=\"en\" class=\"always\">English</button>\
         <button type=\"button\" id=\"theme\">",
    );
    page.say(words("Light / dark", "明暗")).raw("</button><button type=\"button\" id=\"print\">");
    page.say(words("Print", "印刷")).raw("</button></div></div>");
}

const fn lang_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Ja => "ja",
    }
}

/// What the page is about.
struct Document<'r> {
    report: &'r Report,
    audit: &'r Audit,
    diagram: &'r Diagram,
}

/// The sections, in the order that an auditor reads: id, heading.
const SECTIONS: [(&str, Words); 13] = [
    ("dossier", words("Particulars of the audit", "監査の記載事項")),
    ("subject", audit::SUBJECT),
    ("matrix", audit::MATRIX),
    ("network", words("Network", "ネットワーク構成図")),
    ("requirements", audit::REQUIREMENTS),
    ("repairs", audit::REPAIRS),
    ("exceptions", audit::EXCEPTIONS),
    ("depth", audit::DEPTH),
    ("assumptions", audit::ASSUMPTIONS),
    ("nodes", audit::NODES),
    ("not-checked", audit::NOT_CHECKED),
    ("certificate", audit::CERTIFICATE),
    ("closing", audit::CLOSING),
];

impl Document<'_> {
    fn title(&self, lang: Lang) -> String {
        let name = self.report.name.as_deref().unwrap_or(&self.report.file);
        match lang {
            Lang::En => format!("{name}: audit report on the separation of the three tiers"),
            Lang::Ja => format!("{name} 三層分離 監査調書"),
        }
    }

    fn body(&self, page: &mut Markup) {
        page.open("a", &[("class", "skip"), ("href", "#subject")]);
        page.say(words("Skip to the report", "本文へ")).close("a");
        // What was not looked for has no section.
        let looked_for = |id: &str| !matches!(id, "depth" | "repairs") || self.report.beside.is_some();
        let sections: Vec<(&str, Words)> = SECTIONS.into_iter().filter(|(id, _)| looked_for(id)).collect();
        bar(page, &sections);
        page.raw("\n<main>\n<header class=\"title\">").open("p", &[("class", "kind")]);
        page.say(words("Audit report: separation of the three tiers", "三層分離 監査調書")).close("p");
        page.element("h1", &[], self.report.name.as_deref().unwrap_or(&self.report.file));
        page.raw("</header>\n");
        for (id, heading) in sections {
            let heading_id = if id == "network" { "diagram-heading".to_owned() } else { format!("{id}-heading") };
            let mut attributes = vec![("id", id), ("aria-labelledby", &*heading_id)];
            // On paper a wide drawing lies across its page.
            if id == "network" && slices::wanted(self.diagram) {
                attributes.push(("class", "sliced"));
            } else if id == "network" && self.diagram.width * 10 > self.diagram.height * 9 {
                attributes.push(("class", "across"));
            }
            page.open("section", &attributes);
            page.said("h2", &[("id", &heading_id)], heading).raw("\n");
            match id {
                "dossier" => dossier::particulars(self, page),
                "closing" => dossier::closing(self, page),
                "subject" => summary::subject(self, page),
                "matrix" => summary::matrix(self, page),
                "network" => self.network(page),
                "requirements" => findings::requirements(self, page),
                "repairs" => beside::repairs(self, page),
                "exceptions" => {
                    lists::exceptions(self, page);
                    beside::ledger(self, page);
                }
                "depth" => beside::depth(self, page),
                "assumptions" => lists::assumptions(self, page),
                "nodes" => lists::nodes(self, page),
                "not-checked" => lists::not_checked(self, page),
                _ => lists::certificate(self, page),
            }
            page.raw("\n</section>\n");
        }
        page.raw("</main>");
    }

    fn network(&self, page: &mut Markup) {
        page.raw("<p id=\"diagram-desc\">").say(words(
            "Zones are areas, sites are rows; what has no zone of its own stands between the areas.",
            "領域を縦の区画、拠点を横の段で示す。領域に属さない機器は区画の間に置く。",
        ));
        page.raw(" ").said(
            "span",
            &[("class", "screen")],
            words(
                "A box for several opens on demand. Keys in the drawing: arrows move, Enter opens or shows, + − 0 zoom, Esc clears.",
                "まとめて示したものは選ぶと展開する。図の操作: 矢印キーで移動、Enter で表示・展開、+ − 0 で拡大縮小、Esc で解除。",
            ),
        );
        page.raw("</p>\n<div class=\"diagram-tools\" id=\"diagram-tools\" hidden>");
        page.raw("<label for=\"search\">").say(words("Search nodes", "ノードを検索")).raw("</label>");
        page.raw("<input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">");
        page.raw("<label for=\"path\">").say(words("Path", "経路")).raw("</label><select id=\"path\"></select>");
        for (id, what) in [
            ("step-back", words("Previous hop", "前のホップ")),
            ("step-on", words("Next hop", "次のホップ")),
            ("zoom-in", words("Zoom in", "拡大")),
            ("zoom-out", words("Zoom out", "縮小")),
            ("zoom-fit", words("Whole", "全体")),
            ("collapse", words("Collapse all", "すべて折りたたむ")),
        ] {
            page.open("button", &[("type", "button"), ("id", id)]).say(what).raw("</button>");
        }
        page.raw("</div>\n<div class=\"stage\"><div class=\"canvas\" id=\"canvas\">");
        let mut drawing = Markup::svg(Langs::Both);
        draw(&mut drawing, self.report, self.audit, self.diagram, Use::Page);
        page.append(drawing);
        page.raw("</div>\n<div class=\"panel\" id=\"panel\" hidden></div></div>");
        if slices::wanted(self.diagram) {
            slices::draw(self.diagram, page);
        }
        page.raw("<p class=\"sr\" id=\"live\" role=\"status\"></p>\n<p class=\"legend\">").say(words(
            "Coloured edge: endpoint of a zone. Dashed: endpoint without a zone. Red edge: firewall. Green edge: sanitises. The same facts as text: the hops of each path are under Requirements, all nodes under Nodes by zone.",
            "色の枠: 領域の端点。破線: 領域のない端点。赤枠: ファイアウォール。緑枠: 無害化。図と同じ内容は、経路は「要件ごとの判定」の表、ノードは「領域ごとのノード」の表にもある。",
        ));
        page.raw("</p>");
    }

    /// A zone by its name, with its id where they differ.
    fn zone(&self, page: &mut Markup, zone: Option<&str>) {
        match zone {
            None => {
                page.say(words("without a zone", "領域なし"));
            }
            Some(zone) => {
                page.each(|lang| zone_words(zone, lang));
            }
        }
    }

    /// A place in the document.
    fn place(&self, page: &mut Markup, location: &Location) {
        place(page, &self.report.file, location);
    }

    /// A sentence about a place.
    fn note(&self, page: &mut Markup, one: &Note<impl Sentence>) {
        note(page, &self.report.file, one);
    }
}

/// A place in a file.
pub(super) fn place(page: &mut Markup, file: &str, location: &Location) {
    let place = location.shown(file);
    page.element("span", &[("class", "place")], &place);
}

/// A sentence about a place in a file.
pub(super) fn note(page: &mut Markup, file: &str, note: &Note<impl Sentence>) {
    if let Some(node) = &note.node {
        page.element("b", &[], node).raw(": ");
    }
    page.phrase(&note.fact);
    if let Some(location) = &note.location {
        page.raw(" ");
        place(page, file, location);
    }
}

/// The mark of a verdict, its class and its word.
pub(super) fn verdict(page: &mut Markup, standing: Standing) {
    page.open("span", &[("class", &format!("verdict {}", class_of(standing)))]);
    page.open("span", &[("aria-hidden", "true"), ("class", "mark")]).text(mark(standing)).raw("</span>");
    page.each(|lang| standing_word(standing, lang)).raw("</span>");
}

const fn class_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "good",
        Standing::Excepted => "excepted",
        Standing::Violated => "bad",
        Standing::Undecided => "care",
        Standing::Vacuous => "none",
    }
}

const fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "○",
        Standing::Excepted => "※",
        Standing::Violated => "×",
        Standing::Undecided => "△",
        Standing::Vacuous => "－",
    }
}
