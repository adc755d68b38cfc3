//! What the report is about, the verdict on the whole, and zones against zones.

use super::{Document, class_of, verdict, words};
use crate::language::Lang;
use crate::render::markup::{Markup, Words};
use crate::render::phrases::{are, policy};
use crate::report::Verdict;
use crate::report::audit::{MatrixCell, Standing};

/// The verdict, and the facts that say what it is about.
pub(super) fn subject(document: &Document<'_>, page: &mut Markup) {
    let (report, audit) = (document.report, document.audit);
    let overall = audit.overall(report);
    page.open("div", &[("class", &format!("overall {}", class_of(overall)))]);
    page.raw("<p class=\"overall-word\">").say(words("Overall verdict", "総合判定")).raw(" ");
    verdict(page, overall);
    page.raw("</p><p>").each(|lang| conclusion(document, overall, lang)).raw("</p></div>\n");
    loosened(document, page);
    page.raw("<table class=\"facts\"><tbody>\n");
    let mut row = |name: Words, value: &dyn Fn(&mut Markup)| {
        page.raw("<tr>").said("th", &[("scope", "row")], name).raw("<td>");
        value(page);
        page.raw("</td></tr>\n");
    };
    row(words("Organisation, document", "団体・文書の名称"), &|page| {
        page.text(report.name.as_deref().unwrap_or("—"));
    });
    row(words("File", "ファイル"), &|page| {
        page.text(&report.file);
    });
    row(words("SHA-256 of the file", "ファイルの SHA-256"), &|page| {
        page.element("code", &[], &report.sha256);
    });
    row(words("Size", "規模"), &|page| {
        page.each(|lang| super::phrases(lang).nodes_and_links(report.nodes, report.links));
    });
    row(words("Model", "モデル"), &|page| {
        page.text(&audit.model);
    });
    row(words("Policy", "ポリシー（版）"), &|page| {
        page.phrase(&audit.policy_title).raw(" ").element("code", &[], &report.policy_id);
    });
    row(words("SHA-256 of the policy", "ポリシーの SHA-256"), &|page| {
        page.element("code", &[], &report.policy_sha256);
    });
    row(words("Reference date", "基準日"), &|page| {
        page.text(&report.date);
    });
    row(words("Verifier", "検証プログラム"), &|page| {
        page.text(concat!("sanso ", env!("CARGO_PKG_VERSION")));
    });
    row(words("Certificate", "証明書"), &|page| {
        match &report.certificate {
            Some(certificate) => page.text(&certificate.file),
            None => page.say(words("none was written in this run", "この実行では書き出していない")),
        };
    });
    page.raw("</tbody></table>");
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

fn conclusion(document: &Document<'_>, overall: Standing, lang: Lang) -> String {
    let warnings = document.report.violated_warnings();
    let aside = match (warnings, lang) {
        (0, _) => String::new(),
        (1, Lang::En) => " 1 requirement that is a warning is violated.".to_owned(),
        (_, Lang::En) => format!(" {warnings} requirements that are warnings are violated."),
        (_, Lang::Ja) => format!("重大度が警告の {warnings} 要件が不適合である。"),
    };
    format!("{}{aside}", of_errors(document, overall, lang))
}

/// What is said of the requirements that are no warnings.
fn of_errors(document: &Document<'_>, overall: Standing, lang: Lang) -> String {
    let requirements: Vec<_> = document.report.requirements.iter().filter(|one| !one.is_warning()).collect();
    let count = |verdict: Verdict| requirements.iter().filter(|one| one.verdict == verdict).count();
    let (all, violated) = (requirements.len(), count(Verdict::Violated));
    let (undecided, vacuous) = (count(Verdict::Undecided), count(Verdict::Vacuous));
    let every = document.report.requirements.iter().enumerate().filter(|(_, one)| !one.is_warning());
    let excepted = every.filter(|(at, one)| document.audit.standing(*at, one.verdict) == Standing::Excepted).count();
    match (overall, lang) {
        (Standing::Violated, Lang::En) => {
            format!("{violated} of {all} requirements {} violated in this document.", are(violated))
        }
        (Standing::Violated, Lang::Ja) => format!("この文書について、{all} 要件のうち {violated} 要件が不適合である。"),
        (Standing::Undecided, Lang::En) => {
            format!("{undecided} of {all} requirements {} undecided. This is not a pass.", are(undecided))
        }
        (Standing::Undecided, Lang::Ja) => {
            format!("{all} 要件のうち {undecided} 要件が未判定である。適合を意味しない。")
        }
        (_, Lang::En) => {
            let mut text = "Proved for this document: no requirement is violated".to_owned();
            if excepted > 0 {
                text.push_str(&format!(
                    "; {excepted} {} with exceptions that are in use",
                    if excepted == 1 { "holds" } else { "hold" }
                ));
            }
            if vacuous > 0 {
                text.push_str(&format!("; {vacuous} {} of nobody here", if vacuous == 1 { "speaks" } else { "speak" }));
            }
            text + "."
        }
        (_, Lang::Ja) => {
            let mut text = "この文書について、不適合の要件がないことを証明した".to_owned();
            if excepted > 0 {
                text.push_str(&format!("。{excepted} 要件は、使われている特定通信を除いて適合である"));
            }
            if vacuous > 0 {
                text.push_str(&format!("。{vacuous} 要件は対象外"));
            }
            text + "。"
        }
    }
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
        page.raw("<td class=\"free\">").say(words("nothing demanded", "要件なし")).raw("</td>");
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
