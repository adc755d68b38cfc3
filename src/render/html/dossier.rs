//! What the page says of the audit itself, or leaves room for: number, department, people, conclusion and response.

use super::{Document, words};
use crate::render::markup::{Markup, Words};

/// Number, department, purpose and procedure, when the report was made, and who made it, reviewed and approved it.
pub(super) fn particulars(document: &Document<'_>, page: &mut Markup) {
    let dossier = &document.audit.dossier;
    page.raw("<table class=\"facts form\"><tbody>\n");
    for (name, value) in [
        (words("Report number", "調書番号"), &dossier.number),
        (words("Audited department", "被監査部門"), &dossier.department),
        (words("Purpose", "監査目的"), &dossier.purpose),
        (words("Procedure", "監査手続"), &dossier.procedure),
        (words("Made at (Japan time)", "作成日時（日本時間）"), &document.audit.created),
    ] {
        row(page, name, value.as_deref());
    }
    page.raw("</tbody></table>\n<table class=\"facts form people\"><thead><tr><td></td>");
    for heading in [words("Name", "氏名"), words("Date", "日付"), words("Signature or seal", "署名・押印")] {
        page.said("th", &[("scope", "col")], heading);
    }
    page.raw("</tr></thead><tbody>\n");
    for (role, name) in [
        (words("Auditor", "監査担当者"), &dossier.auditor),
        (words("Reviewer", "査閲者"), &dossier.reviewer),
        (words("Approver", "承認者"), &dossier.approver),
    ] {
        page.raw("<tr>").said("th", &[("scope", "row")], role);
        page.element("td", &[], name.as_deref().unwrap_or_default()).raw("<td></td><td></td></tr>\n");
    }
    page.raw("</tbody></table>");
}

/// What the auditor concludes and the audited department answers.
pub(super) fn closing(document: &Document<'_>, page: &mut Markup) {
    let dossier = &document.audit.dossier;
    page.raw("<table class=\"facts form room\"><tbody>\n");
    row(page, words("Auditor's conclusion", "監査人の結論"), dossier.conclusion.as_deref());
    row(page, words("Response of the audited department", "被監査部門の回答"), dossier.response.as_deref());
    page.raw("</tbody></table>");
}

/// A field: what is known, or room to write.
fn row(page: &mut Markup, name: Words, value: Option<&str>) {
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
