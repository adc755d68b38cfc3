//! What the page says of the audit itself, or leaves room for: number, department, people, conclusion and response.

use super::Document;
use crate::render::audit::{self, Field};
use crate::render::markup::Markup;

/// Number, department, purpose and procedure, when the report was made, and who made it, reviewed and approved it.
pub(super) fn particulars(document: &Document<'_>, page: &mut Markup) {
    page.raw("<table class=\"facts form\"><tbody>\n");
    for field in audit::particulars(document.audit) {
        row(page, field);
    }
    page.raw("</tbody></table>\n<table class=\"facts form people\"><thead><tr><td></td>");
    for heading in audit::SIGNING {
        page.said("th", &[("scope", "col")], heading);
    }
    page.raw("</tr></thead><tbody>\n");
    for (role, name) in audit::people(document.audit) {
        page.raw("<tr>").said("th", &[("scope", "row")], role);
        page.element("td", &[], name.unwrap_or_default()).raw("<td></td><td></td></tr>\n");
    }
    page.raw("</tbody></table>");
}

/// What the auditor concludes and the audited department answers.
pub(super) fn closing(document: &Document<'_>, page: &mut Markup) {
    page.raw("<table class=\"facts form room\"><tbody>\n");
    for field in audit::closing(document.audit) {
        row(page, field);
    }
    page.raw("</tbody></table>");
}

/// A field: what is known, or room to write.
fn row(page: &mut Markup, (name, value): Field<'_>) {
    page.raw("<tr>").said("th", &[("scope", "row")], name);
    page.open("td", &[]);
    for (number, line) in value.unwrap_or_default().lines().enumerate() {
        if number > 0 {
            page.raw("<br>");
        }
        page.text(line);
    }
    page.raw("</td></tr>\n");
}
