//! What the report is about, the verdict on the whole, and zones against zones.

use super::{Document, class_of, verdict, words};
use crate::render::audit::{self, Row, Value};
use crate::render::markup::Markup;
use crate::render::phrases::policy;
use crate::report::audit::MatrixCell;

/// The verdict, and the facts that say what it is about.
pub(super) fn subject(document: &Document<'_>, page: &mut Markup) {
    let report = document.report;
    let overall = document.audit.overall(report);
    page.open("div", &[("class", &format!("overall {}", class_of(overall)))]);
    page.raw("<p class=\"overall-word\">").say(audit::VERDICT).raw(" ");
    verdict(page, overall);
    page.raw("</p><p>").each(|lang| audit::conclusion(report, document.audit, lang)).raw("</p></div>\n");
    loosened(document, page);
    page.raw("<table class=\"facts\"><tbody>\n");
    rows(page, &audit::subject(report, document.audit));
    page.raw("</tbody></table>");
}

/// Rows of a table of facts.
pub(super) fn rows(page: &mut Markup, rows: &[Row]) {
    for (name, value) in rows {
        page.raw("<tr>").said("th", &[("scope", "row")], *name).raw("<td>");
        match value {
            Value::Text(text) => page.text(text),
            Value::Code(code) => page.element("code", &[], code),
            Value::Phrase(phrase) => page.phrase(phrase),
            Value::Named(phrase, id) => page.phrase(phrase).raw(" ").element("code", &[], id),
        };
        page.raw("</td></tr>\n");
    }
}

/// What the policy asks less of for a time, in a box of its own.
fn loosened(document: &Document<'_>, page: &mut Markup) {
    if document.report.loosenings.is_empty() {
        return;
    }
    page.open("div", &[("class", "overall undecided"), ("id", "loosenings")]);
    page.raw("<p><strong>").each(policy::loosenings).raw("</strong></p><ul>");
    for one in &document.report.loosenings {
        page.raw("<li>").each(|lang| policy::loosening(one, lang)).raw("</li>\n");
    }
    page.raw("</ul></div>\n");
}

/// Zones against zones: each cell leads to its path, or to what separates.
pub(super) fn matrix(document: &Document<'_>, page: &mut Markup) {
    let matrix = &document.audit.matrix;
    page.raw("<p>").say(words(
        "What the path requirements demand between two zones, in either direction, and what was found. A cell leads to the path through, or to what separates.",
        "二つの領域の間（双方向）について、経路の要件が求めることと、その判定。各欄から、通り抜ける経路または分離の根拠へ移動できる。",
    ));
    page.raw("</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"matrix-heading\"><table class=\"matrix\"><thead><tr><td></td>");
    for zone in &matrix.zones {
        page.raw("<th scope=\"col\">");
        document.zone(page, zone.as_deref());
        page.raw("</th>");
    }
    page.raw("</tr></thead><tbody>\n");
    for (row, zone) in matrix.zones.iter().enumerate() {
        page.raw("<tr><th scope=\"row\">");
        document.zone(page, zone.as_deref());
        page.raw("</th>");
        for column in 0..matrix.zones.len() {
            match matrix.cell(row, column) {
                Some(one) if row <= column => cell(document, page, one),
                _ => {
                    page.raw("<td class=\"mirror\"></td>");
                }
            }
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody></table></div>");
}

fn cell(document: &Document<'_>, page: &mut Markup, cell: &MatrixCell) {
    let Some(standing) = cell.standing() else {
        page.raw("<td class=\"free\">").say(audit::NO_DEMAND).raw("</td>");
        return;
    };
    page.open("td", &[("class", class_of(standing))]);
    page.raw("<ul>");
    for demand in &cell.demands {
        let requirement = &document.report.requirements[demand.requirement];
        let standing = demand.standing();
        let finding = demand.findings.iter().copied().find(|at| *at < super::findings::MOST);
        let (target, path) = match finding {
            Some(at) => (format!("#finding-{}-{at}", demand.requirement), Some(format!("{}-{at}", demand.requirement))),
            None => (format!("#requirement-{}", demand.requirement), None),
        };
        let mut attributes = vec![("href", target.as_str())];
        if let Some(path) = &path {
            attributes.push(("data-path", path));
        }
        page.raw("<li>").open("a", &attributes);
        verdict(page, standing);
        page.raw(" ").element("span", &[("class", "id")], &requirement.id);
        page.raw("</a>");
        if demand.tuples > 0 {
            page.raw(" <span class=\"count\">").each(|lang| super::phrases(lang).tuple_count(demand.tuples));
            page.raw("</span>");
        }
        page.raw("</li>");
    }
    page.raw("</ul></td>");
}
