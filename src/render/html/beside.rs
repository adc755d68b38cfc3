//! What is found beside the verdicts: what is said of each entry of the ledger, transfers, repairs, and the depth of defence.

use super::{Document, words};
use crate::language::Lang;
use crate::render::audit::{self, Rung};
use crate::render::ledger::{Entry, entries};
use crate::render::markup::{Markup, Words};
use crate::render::repair::instead;
use crate::render::repair::report::{Mend, REPAIRS, sentences};
use crate::report::exposure::{Depth, PairDepth, Point};
use crate::report::repair::RepairEdit;

/// Owners, and what is needed; under the table of exceptions.
pub(super) fn ledger(document: &Document<'_>, page: &mut Markup) {
    let Some(beside) = document.report.beside.as_deref() else { return };
    let [exceptions, transfers] = entries(&beside.ledger);
    listed(document, page, words("Whether they are needed", "必要性の確認"), &exceptions);
    listed(document, page, audit::TRANSFERS, &transfers);
}

fn listed(document: &Document<'_>, page: &mut Markup, heading: Words, list: &[Entry<'_>]) {
    if list.is_empty() {
        return;
    }
    page.raw("\n<h3>").say(heading).raw("</h3><ul class=\"notes\">");
    for one in list {
        page.raw("<li>").element("b", &[], one.id).raw(" ");
        document.place(page, one.location);
        page.raw("<br>").phrase(&one.what);
        for term in &one.terms {
            page.raw("<br>").phrase(term);
        }
        for (said, bad) in &one.said {
            page.raw(if *bad { "<br><span class=\"verdict bad\">" } else { "<br><span>" }).phrase(said).raw("</span>");
        }
        page.raw("</li>\n");
    }
    page.raw("</ul>");
}

/// What mends a finding, with the edits in their section.
pub(super) fn mend(page: &mut Markup, mend: &Mend) {
    page.raw("<p class=\"mend\">").say(audit::MEND).raw(": ");
    match mend {
        Mend::Edits(edits) => {
            for (index, at) in edits.iter().enumerate() {
                page.raw(if index > 0 { ", " } else { "" });
                page.open("a", &[("href", &format!("#repair-{}", at + 1))]);
                page.each(|lang| edit_name(lang, at + 1)).raw("</a>");
            }
        }
        Mend::None(why) => {
            page.raw("<a href=\"#repairs\">").phrase(why).raw("</a>");
        }
    }
    page.raw("</p>");
}

fn edit_name(lang: Lang, number: usize) -> String {
    match lang {
        Lang::En => format!("edit {number}"),
        Lang::Ja => format!("編集 {number}"),
    }
}

/// The least that has to change.
pub(super) fn repairs(document: &Document<'_>, page: &mut Markup) {
    let Some(beside) = document.report.beside.as_deref() else { return };
    let repair = beside.repair.as_ref();
    page.raw("<p>").say(REPAIRS).raw("</p>\n");
    let edits = repair.map_or(&[][..], |repair| &repair.edits);
    if !edits.is_empty() {
        page.raw("<ol class=\"notes\">");
        for (at, one) in edits.iter().enumerate() {
            edit(document, page, at + 1, one);
        }
        page.raw("</ol>");
    }
    page.raw("<ul class=\"notes\">");
    for sentence in sentences(repair) {
        page.raw("<li>").phrase(&sentence).raw("</li>");
    }
    page.raw("</ul>");
}

fn edit(document: &Document<'_>, page: &mut Markup, number: usize, one: &RepairEdit) {
    page.open("li", &[("id", &format!("repair-{number}"))]).phrase(&one.what).raw(" ");
    document.place(page, &one.location);
    if let Some(phrase) = instead(one) {
        page.raw("<br>").phrase(&phrase);
    }
    page.raw("<br>").say(audit::MENDS).raw(": ");
    for (index, id) in one.requirements.iter().enumerate() {
        page.raw(if index > 0 { ", " } else { "" });
        match document.report.requirements.iter().position(|requirement| requirement.id == *id) {
            Some(at) => page.open("a", &[("href", &format!("#requirement-{at}"))]).text(id).raw("</a>"),
            None => page.text(id),
        };
    }
    page.raw("</li>\n");
}

/// How many enforcement points must fail between each two tiers.
pub(super) fn depth(document: &Document<'_>, page: &mut Markup) {
    let Some(beside) = document.report.beside.as_deref() else { return };
    page.raw("<p>").say(audit::DEPTH_NOTE).raw("</p>\n");
    for pair in &beside.depths {
        of_pair(document, page, pair);
    }
}

fn of_pair(document: &Document<'_>, page: &mut Markup, pair: &PairDepth) {
    page.raw("<h3>").phrase(pair).raw("</h3><p>").phrase(&pair.depth).raw("</p>\n");
    let Depth::Known(known) = &pair.depth else { return };
    page.raw("<dl class=\"facts\">");
    for (head, rung) in audit::rungs(known) {
        page.raw("<dt>").phrase(&head).raw("</dt>");
        match rung {
            Rung::Way(path) => {
                page.element("dd", &[], &path.join(" → "));
                continue;
            }
            Rung::Set(set) => {
                page.raw("<dd>");
                points(document, page, set);
            }
            Rung::Layers(layers) => {
                page.raw("<dd><ol>");
                for layer in layers {
                    page.raw("<li>");
                    points(document, page, layer);
                    page.raw("</li>");
                }
                page.raw("</ol>");
            }
            Rung::Halved(nodes) => {
                page.raw("<dd><ul>");
                for one in nodes {
                    page.raw("<li>").phrase(one).raw("</li>");
                }
                page.raw("</ul>");
            }
        }
        page.raw("</dd>");
    }
    page.raw("</dl>\n");
}

fn points(document: &Document<'_>, page: &mut Markup, list: &[Point]) {
    page.raw("<ul>");
    for point in list {
        page.raw("<li>").phrase(point).raw(" ");
        document.place(page, &point.location);
        page.raw("</li>");
    }
    page.raw("</ul>");
}
