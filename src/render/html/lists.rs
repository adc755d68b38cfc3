//! The ledger of exceptions, assumptions and warnings, nodes by zone, what was not checked, and the certificate.

use super::findings::more;
use super::{Document, grouped, kind_words, plural, summary, words};
use crate::render::audit::{self, Checked};
use crate::render::catalogue::help;
use crate::render::markup::{Markup, Words};
use crate::report::audit::LedgerEntry;

/// Notes shown openly; more are folded.
const OPEN: usize = 12;
/// Notes listed.
const MOST: usize = 2_000;

fn head(page: &mut Markup, label: &str, class: &str, headings: &[Words]) {
    page.open("div", &[("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", label)]);
    page.open("table", &[("class", class)]).raw("<thead><tr>");
    for heading in headings {
        page.said("th", &[("scope", "col")], *heading);
    }
    page.raw("</tr></thead><tbody>\n");
}

/// Who, why, until when, and what each really opens.
pub(super) fn exceptions(document: &Document<'_>, page: &mut Markup) {
    if document.audit.ledger.is_empty() {
        page.raw("<p>").say(audit::NO_EXCEPTIONS).raw("</p>");
        return;
    }
    let headings = [
        words("Exception", "特定通信"),
        words("From, to, service", "送信元・宛先・サービス"),
        words("Excused from", "対象の要件"),
        words("Reason, approval", "理由・承認"),
        words("Until", "期限"),
        words("Attested", "接続先の確認"),
        words("Really opens", "実際に開く範囲"),
    ];
    head(page, "exceptions-heading", "list ledger", &headings);
    for (number, entry) in document.audit.ledger.iter().enumerate() {
        ledger_row(document, page, number, entry);
    }
    page.raw("</tbody></table></div>");
}

fn ledger_row(document: &Document<'_>, page: &mut Markup, number: usize, entry: &LedgerEntry) {
    let missing = audit::MISSING;
    page.open("tr", &[("id", &format!("exception-{number}"))]).raw("<th scope=\"row\">").text(&entry.id).raw("<br>");
    document.place(page, &entry.location);
    page.raw("</th><td>").text(&entry.from.join(", ")).raw(" → ").text(&entry.to.join(", "));
    page.raw("<br>").text(&entry.service.join(", ")).raw("</td><td>").text(&entry.waives.join(", ")).raw("</td><td>");
    match &entry.reason {
        Some(reason) => page.text(reason),
        None => page.say(missing),
    };
    page.raw("<br>").say(words("approved by: ", "承認者: "));
    match &entry.approved_by {
        Some(approved) => page.text(approved),
        None => page.say(missing),
    };
    for fault in &entry.faults {
        page.raw("<br><span class=\"verdict bad\">").phrase(fault).raw("</span>");
    }
    page.raw("</td><td>");
    match &entry.expires {
        Some(expires) => page.element("span", &[("class", "date")], expires),
        None => page.say(audit::NO_END),
    };
    if entry.expired {
        page.raw(" <span class=\"verdict bad\">").say(audit::EXPIRED).raw("</span>");
    }
    page.raw("</td><td>");
    match &entry.attested {
        Some((by, basis)) => page.text(by).raw("<br>").text(basis),
        None => page.say(words("not attested", "なし")),
    };
    page.raw("</td><td>");
    match &entry.opens {
        None => {
            page.say(audit::OPENS_UNKNOWN);
        }
        Some(opens) if opens.count == 0 => {
            page.say(audit::OPENS_NOTHING);
        }
        Some(opens) => {
            let count = grouped(opens.count);
            page.each(|lang| match lang {
                crate::language::Lang::En => plural(opens.count, "pair of nodes", "pairs of nodes"),
                crate::language::Lang::Ja => format!("ノードの組 {count} 件"),
            });
            page.raw("<ul class=\"tuples\">");
            for (from, to) in &opens.pairs {
                page.element("li", &[], &format!("{from} → {to}"));
            }
            page.raw("</ul>");
            more(page, usize::try_from(opens.count).unwrap_or(usize::MAX).saturating_sub(opens.pairs.len()));
        }
    }
    page.raw("</td></tr>\n");
}

/// A list that is folded where it is long.
fn folded(page: &mut Markup, count: usize, summary: Words, list: impl FnOnce(&mut Markup)) {
    if count > OPEN {
        page.raw("<details data-print><summary>")
            .say(summary)
            .raw(" (")
            .text(&grouped(count as u64))
            .raw(")</summary>");
        list(page);
        page.raw("</details>\n");
    } else {
        list(page);
    }
}

/// What the verdicts rely upon, and warnings.
pub(super) fn assumptions(document: &Document<'_>, page: &mut Markup) {
    let notes = &document.report.assumptions;
    if notes.is_empty() {
        page.raw("<p>").say(words("None beyond the document itself.", "文書の記載のほかにはない。")).raw("</p>");
    }
    folded(page, notes.len(), words("All", "すべて"), |page| {
        page.raw("<ul class=\"notes\">");
        for note in notes.iter().take(MOST) {
            page.raw("<li>");
            document.note(page, note);
            page.raw("</li>\n");
        }
        page.raw("</ul>");
        more(page, notes.len().saturating_sub(MOST));
    });
    let warnings = &document.report.warnings;
    if warnings.is_empty() {
        return;
    }
    page.raw("\n<h3>").say(audit::WARNINGS).raw("</h3>");
    folded(page, warnings.len(), words("All", "すべて"), |page| {
        page.raw("<ul class=\"notes\">");
        for warning in warnings.iter().take(MOST) {
            page.raw("<li>").phrase(warning).raw(" ").element("code", &[], warning.code().word());
            if let Some(location) = &warning.location {
                page.raw(" ");
                document.place(page, location);
            }
            if let Some(help) = help(warning) {
                page.raw("<br>").phrase(&help);
            }
            page.raw("</li>\n");
        }
        page.raw("</ul>");
        more(page, warnings.len().saturating_sub(MOST));
    });
}

/// How many of each zone are at each site, and who they are.
pub(super) fn nodes(document: &Document<'_>, page: &mut Markup) {
    let (drawing, diagram) = (&document.audit.drawing, document.diagram);
    let mut zones: Vec<Option<&str>> =
        diagram.columns.iter().filter_map(|column| column.zone.as_deref()).map(Some).collect();
    zones.push(None);
    let of = |node: &u32| &drawing.nodes[*node as usize];
    page.raw("<p>").say(words(
        "Sites are not in the document: they are what hangs together once the core is taken out, each named after its switch.",
        "拠点は文書に記載されたものではない。中心となる機器を除いたときにつながっているまとまりを、そのスイッチの名で示す。",
    ));
    page.raw("</p>\n");
    let mut headings = vec![words("Site", "拠点")];
    headings.push(words("Forwarders", "転送機器"));
    page.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"nodes-heading\"><table class=\"list\"><thead><tr>");
    for heading in headings {
        page.said("th", &[("scope", "col")], heading);
    }
    for zone in &zones {
        page.raw("<th scope=\"col\">");
        document.zone(page, *zone);
        page.raw("</th>");
    }
    page.raw("</tr></thead><tbody>\n");
    for band in &diagram.bands {
        page.raw("<tr><th scope=\"row\">");
        match band.named {
            Some(node) => page.text(&of(&node).id),
            None => page.say(words("centre", "中心")),
        };
        let forwarders = band.nodes.iter().filter(|node| !of(node).endpoint).count();
        page.raw("</th>").element("td", &[("class", "number")], &grouped(forwarders as u64));
        for zone in &zones {
            let count = band.nodes.iter().filter(|node| of(node).endpoint && of(node).zone.as_deref() == *zone).count();
            page.element("td", &[("class", "number")], &grouped(count as u64));
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody></table></div>\n");
    for members in &document.audit.members {
        page.raw("<h3>");
        document.zone(page, members.zone.as_deref());
        if let (Some(zone), Some(title)) = (&members.zone, &members.title) {
            page.raw(" <span class=\"quiet\">").text(title).raw(" (").text(zone).raw(")</span>");
        }
        let size = |lang| audit::zone_size(members.nodes.len() as u64, members.machines, lang);
        page.raw("</h3><p>").each(size);
        page.raw("</p>\n");
        for band in &diagram.bands {
            let here = band.nodes.iter().filter(|node| of(node).endpoint && of(node).zone == members.zone);
            let mut here: Vec<u32> = here.copied().collect();
            if here.is_empty() {
                continue;
            }
            here.sort_unstable();
            page.raw("<details").raw(if here.len() <= OPEN { " open" } else { "" }).raw("><summary>");
            match band.named {
                Some(node) => page.text(&of(&node).id),
                None => page.say(words("centre", "中心")),
            };
            page.raw(" (").text(&grouped(here.len() as u64)).raw(")</summary><p class=\"ids\">");
            for (at, node) in here.iter().enumerate() {
                page.raw(if at > 0 { ", " } else { "" }).text(&of(node).id);
            }
            page.raw("</p></details>\n");
        }
    }
    let forwarders: Vec<_> = drawing.nodes.iter().filter(|node| !node.endpoint).collect();
    page.raw("<h3>").say(words("Forwarders", "転送機器")).raw("</h3>");
    folded(page, forwarders.len(), words("All", "すべて"), |page| {
        page.raw("<ul class=\"tuples\">");
        for node in &forwarders {
            page.raw("<li>").text(&node.id).raw(" — ").say(kind_words(node.kind));
            if let Some(title) = &node.title {
                page.raw(" — ").text(title);
            }
            page.raw("</li>");
        }
        page.raw("</ul>");
    });
}

/// What a reader must not read into the report.
pub(super) fn not_checked(document: &Document<'_>, page: &mut Markup) {
    page.raw("<ul class=\"notes\">");
    for fact in &document.audit.not_checked {
        page.raw("<li>").phrase(fact).raw("</li>\n");
    }
    page.raw("</ul>");
}

/// The certificate, and the calls of the two checkers.
pub(super) fn certificate(document: &Document<'_>, page: &mut Markup) {
    let Checked { first, rows, calls, last } = audit::certificate(document.report);
    page.raw("<p>").say(first).raw("</p>\n");
    if !rows.is_empty() {
        page.raw("<table class=\"facts\"><tbody>\n");
        summary::rows(page, &rows);
        page.raw("</tbody></table>\n");
    }
    page.raw("<pre>").text(&calls.join("\n")).raw("</pre>\n<p>").say(last).raw("</p>");
}
