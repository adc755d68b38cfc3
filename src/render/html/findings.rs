//! Each requirement: its verdict, what separates, or what leaks with a witness hop by hop.

use super::{Document, beside, grouped, note, phrases, place, verdict, words};
use crate::render::markup::Markup;
use crate::render::phrases::{policy, population};
use crate::render::repair::report::{Mend, mend};
use crate::render::sentences::opened;
use crate::report::audit::Standing;
use crate::report::quotes::Quotes;
use crate::report::{Finding, Hop, Means, Packet, RequirementReport, Session, Verdict};

/// Findings of a requirement that are shown; the page says how many more there are.
pub(in crate::render) const MOST: usize = 200;
/// Notes and tuples shown openly; more are folded.
const OPEN: usize = 8;
/// Tuples listed of a requirement.
const TUPLES: usize = 1_000;

/// A table of all, then each.
pub(super) fn requirements(document: &Document<'_>, page: &mut Markup) {
    page.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"requirements-heading\"><table class=\"list\"><thead><tr>");
    for heading in [
        words("Requirement", "要件"),
        words("Clause", "条項"),
        words("Verdict", "判定"),
        words("Violating tuples", "違反する組"),
        words("Title", "内容"),
    ] {
        page.said("th", &[("scope", "col")], heading);
    }
    page.raw("</tr></thead><tbody>\n");
    for number in in_table_order(&document.report.requirements) {
        let requirement = &document.report.requirements[number];
        page.raw("<tr><th scope=\"row\">").open("a", &[("href", &format!("#requirement-{number}"))]);
        page.text(&requirement.id).raw("</a></th><td>").text(&requirement.clause).raw("</td><td>");
        verdict(page, document.audit.standing(number, requirement.verdict));
        page.raw("</td><td class=\"number\">");
        match requirement.verdict {
            Verdict::Proved | Verdict::Violated => page.text(&grouped(requirement.tuples)),
            Verdict::Vacuous | Verdict::Undecided => page.text("－"),
        };
        page.raw("</td><td>").each(|lang| policy::title(requirement, lang)).raw("</td></tr>\n");
    }
    page.raw("</tbody></table></div>\n");
    for (number, requirement) in document.report.requirements.iter().enumerate() {
        one(document, page, number, requirement);
    }
}

/// Requirements as a table has them: those of one clause together, warnings last.
pub(in crate::render) fn in_table_order(requirements: &[RequirementReport]) -> Vec<usize> {
    let first = |clause: &str| requirements.iter().position(|one| one.clause == clause);
    let mut order: Vec<usize> = (0..requirements.len()).collect();
    order.sort_by_key(|&at| (requirements[at].is_warning(), first(&requirements[at].clause), at));
    order
}

fn one(document: &Document<'_>, page: &mut Markup, number: usize, requirement: &RequirementReport) {
    let id = format!("requirement-{number}");
    page.open("article", &[("id", &id), ("class", "requirement"), ("aria-labelledby", &format!("{id}-heading"))]);
    page.open("h3", &[("id", &format!("{id}-heading"))]).text(&requirement.id).raw(" ");
    let standing = document.audit.standing(number, requirement.verdict);
    verdict(page, standing);
    page.raw("</h3><p>").each(|lang| policy::title(requirement, lang)).raw(" <span class=\"clause\">");
    page.each(|lang| phrases(lang).clause(&requirement.clause)).raw("</span></p>\n");
    match requirement.verdict {
        Verdict::Violated => violated(document, page, number, requirement),
        Verdict::Undecided => {
            page.raw("<p>").each(|lang| phrases(lang).undecided_note()).raw("</p>");
        }
        Verdict::Vacuous => {
            page.raw("<p>")
                .say(words(
                    "It speaks of nobody in this document; nothing was proved.",
                    "この文書には対象となるものがない。何も証明していない。",
                ))
                .raw("</p>");
        }
        Verdict::Proved => proved(document, page, number, requirement, standing),
    }
    page.raw("</article>\n");
}

fn proved(
    document: &Document<'_>,
    page: &mut Markup,
    number: usize,
    requirement: &RequirementReport,
    standing: Standing,
) {
    page.raw("<p>").say(words("Proved for this document.", "この文書について証明した。")).raw(" ");
    page.each(|lang| population(document.audit.populations[number], lang));
    if standing == Standing::Excepted {
        page.raw(" ").say(words(
            "It holds only because these exceptions, which are in use, are excused:",
            "使われている次の特定通信を除いて適合である:",
        ));
        for at in &document.audit.excused[number] {
            page.raw(" ").open("a", &[("href", &format!("#exception-{at}"))]);
            page.text(&document.audit.ledger[*at].id).raw("</a>");
        }
    }
    page.raw("</p>\n");
    let notes = &requirement.separated_by;
    if notes.is_empty() {
        return;
    }
    let fold = notes.len() > OPEN;
    if fold {
        page.raw("<details data-print><summary>");
    } else {
        page.raw("<h4>");
    }
    page.say(words("Separated by", "分離の根拠"));
    if fold {
        page.raw(" (").text(&grouped(notes.len() as u64)).raw(")</summary>");
    } else {
        page.raw("</h4>");
    }
    page.raw("<ul class=\"notes\">");
    for note in notes.iter().take(TUPLES) {
        page.raw("<li>");
        document.note(page, note);
        page.raw("</li>\n");
    }
    page.raw("</ul>");
    more(page, notes.len().saturating_sub(TUPLES));
    if fold {
        page.raw("</details>");
    }
}

/// Says how many are not shown.
pub(super) fn more(page: &mut Markup, count: usize) {
    if count > 0 {
        page.raw("<p class=\"more\">").each(|lang| phrases(lang).more_notes(count)).raw("</p>");
    }
}

fn violated(document: &Document<'_>, page: &mut Markup, number: usize, requirement: &RequirementReport) {
    page.raw("<p>").each(|lang| phrases(lang).violations(requirement.tuples, requirement.findings.len())).raw("</p>\n");
    let mend = document.report.beside.as_deref().map(|beside| mend(beside.repair.as_ref(), requirement));
    let around = Around { quotes: &document.audit.quotes, mend };
    for (at, finding) in requirement.findings.iter().take(MOST).enumerate() {
        self::finding(&document.report.file, Some(&around), page, (number, at), finding);
    }
    let hidden = requirement.findings.len().saturating_sub(MOST);
    if hidden > 0 {
        page.raw("<p class=\"more\">").each(|lang| phrases(lang).more_findings(hidden)).raw("</p>");
    }
    if requirement.violating.is_empty() {
        return;
    }
    page.raw("<details")
        .raw(if requirement.violating.len() <= OPEN { " open" } else { "" })
        .raw(" data-print><summary>");
    page.each(|lang| phrases(lang).affected())
        .raw(" (")
        .text(&grouped(requirement.tuples))
        .raw(")</summary><ul class=\"tuples\">");
    for tuple in requirement.violating.iter().take(TUPLES) {
        page.element("li", &[], &tuple.join(" — "));
    }
    page.raw("</ul>");
    let hidden = requirement.tuples.saturating_sub(requirement.violating.len().min(TUPLES) as u64);
    if hidden > 0 {
        page.raw("<p class=\"more\">").each(|lang| phrases(lang).more_tuples(hidden)).raw("</p>");
    }
    page.raw("</details>\n");
}

/// What a page with a drawing shows around a cause.
pub(in crate::render) struct Around<'a> {
    quotes: &'a Quotes,
    /// `None`: no repair was looked for on this page.
    mend: Option<Mend>,
}

/// A cause, with its witness hop by hop; with `around` on a page that has a drawing to show it in.
pub(in crate::render) fn finding(
    file: &str,
    around: Option<&Around<'_>>,
    page: &mut Markup,
    (number, at): (usize, usize),
    finding: &Finding,
) {
    page.open("section", &[("class", "finding"), ("id", &format!("finding-{number}-{at}"))]);
    page.raw("<h4>").text(&format!("{}. ", at + 1)).phrase(&finding.fault).raw(" <span class=\"count\">");
    page.each(|lang| phrases(lang).tuple_count(finding.tuples)).raw("</span></h4>\n");
    if let Some(location) = &finding.location {
        page.raw("<p>").say(words("Place", "箇所")).raw(": ");
        place(page, file, location);
        page.raw("</p>");
        if let Some(quote) = around.and_then(|around| around.quotes.at(location)) {
            page.element("pre", &[("class", "quote")], &quote.numbered().join("\n"));
        }
    }
    if !finding.sessions.is_empty() {
        page.raw("<p>").each(|lang| phrases(lang).path()).raw(": ");
        for (index, node) in finding.path.iter().enumerate() {
            if index > 0 {
                page.raw(" → ");
            }
            page.element("b", &[], node);
        }
        if around.is_some() {
            let path = format!("{number}-{at}");
            page.open("button", &[("type", "button"), ("class", "screen light"), ("data-path", &path)]);
            page.say(words("Show in the drawing", "図で示す")).raw("</button>");
        }
        page.raw("</p>\n");
    }
    for (index, session) in finding.sessions.iter().enumerate() {
        let flow = finding.path.get(index).zip(finding.path.get(index + 1));
        let pulled = flow.is_some_and(|(source, sink)| *source == session.to && *sink == session.from);
        self::session(file, page, (number, at, index), session, pulled);
    }
    if !finding.guesses.is_empty() {
        page.raw("<p>").each(|lang| phrases(lang).guess()).raw(":</p><ul class=\"notes\">");
        for guess in &finding.guesses {
            page.raw("<li>");
            note(page, file, guess);
            page.raw("</li>");
        }
        page.raw("</ul>");
    }
    if let Some(mend) = around.and_then(|around| around.mend.as_ref()) {
        beside::mend(page, mend);
    }
    page.raw("</section>\n");
}

/// A packet on one line.
pub(super) fn packet_line(packet: &Packet) -> String {
    let end = |address: &str, port: Option<u16>| match port {
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
        None => address.to_owned(),
    };
    let source = end(&packet.source, packet.source_port);
    format!("{} {source} → {}", packet.protocol, end(&packet.destination, packet.destination_port))
}

fn session(file: &str, page: &mut Markup, (number, at, index): (usize, usize, usize), session: &Session, pulled: bool) {
    let said = |page: &mut Markup| {
        page.each(|lang| opened(index + 1, session, phrases(lang)));
        if pulled {
            page.raw(" — ").each(|lang| phrases(lang).pulled());
        }
        if !session.covered_by.is_empty() {
            let covered = |lang| phrases(lang).excepted_by(&session.covered_by.join(phrases(lang).list_comma()));
            page.raw(" — ").each(covered);
        }
        page.raw("<br>");
    };
    let packet = match &session.means {
        Means::Packet(packet) => packet,
        Means::Transfer { id, location } => {
            page.raw("<p>");
            said(page);
            page.each(|lang| phrases(lang).transfer()).raw(" ").element("code", &[], id).raw(" ");
            place(page, file, location);
            page.raw("</p>\n");
            return;
        }
    };
    page.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" ");
    let id = format!("session-{number}-{at}-{index}");
    page.raw(&format!("aria-labelledby=\"{id}\"><table class=\"hops\"><caption id=\"{id}\">"));
    said(page);
    page.each(|lang| phrases(lang).packet()).raw(" ").element("code", &[], &packet_line(packet));
    page.raw("</caption><thead><tr>");
    for heading in [
        words("Hop", "ホップ"),
        words("Node", "ノード"),
        words("In", "入力"),
        words("Out", "出力"),
        words("VLAN", "VLAN"),
        words("Let through by", "通したルール"),
    ] {
        page.said("th", &[("scope", "col")], heading);
    }
    page.raw("</tr></thead><tbody>");
    for (hop_number, hop) in session.hops.iter().enumerate() {
        self::hop(file, page, hop_number + 1, hop);
    }
    page.raw("</tbody></table></div>\n");
}

fn hop(file: &str, page: &mut Markup, number: usize, hop: &Hop) {
    page.raw("<tr><td class=\"number\">").text(&number.to_string()).raw("</td>");
    page.element("th", &[("scope", "row")], &hop.node);
    page.element("td", &[], hop.r#in.as_deref().unwrap_or("")).element("td", &[], hop.out.as_deref().unwrap_or(""));
    page.element("td", &[], &hop.vlan.map(|vlan| vlan.to_string()).unwrap_or_default()).raw("<td>");
    for (index, translated) in hop.translated_by.iter().enumerate() {
        if index > 0 {
            page.raw("<br>");
        }
        page.each(|lang| phrases(lang).translated(translated)).raw(" ");
        place(page, file, &translated.location);
    }
    for (index, decided) in hop.decided_by.iter().enumerate() {
        if index > 0 || !hop.translated_by.is_empty() {
            page.raw("<br>");
        }
        match &decided.rule {
            Some(rule) => page.each(|lang| phrases(lang).rule(rule)),
            None => page.each(|lang| phrases(lang).filter_default()),
        };
        page.raw(" ");
        place(page, file, &decided.location);
    }
    page.raw("</td></tr>\n");
}
