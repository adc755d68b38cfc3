//! The difference as one page of HTML: no network, both languages, prints. What it says is there without its script,
//! which switches the language only.

use super::codes::about;
use super::phrases::phrases;
use crate::language::Lang;
use crate::render::catalogue::difference::widening;
use crate::render::html::findings::{MOST, finding};
use crate::render::html::{bar, note, opened, place, verdict};
use crate::render::markup::{Markup, Words, words};
use crate::render::phrases::policy;
use crate::render::phrases::{grouped, phrases as general};
use crate::report::diff::{Diff, Direction, Group, ItemChange, NodesOfZone, RequirementChange, Subject};
use crate::report::{Assumption, Note, Warning};
use crate::source::Location;

const SCRIPT: &str = include_str!("page.js");
/// Tuples and ids shown openly; more are folded.
const OPEN: usize = 8;
/// Tuples, ids and notes listed.
const LISTED: usize = 1_000;

/// The sections, in the order that a reviewer reads: id, heading.
const SECTIONS: [(&str, Words); 7] = [
    ("subject", words("The change", "変更の概要")),
    ("wider", words("Wider than before", "拡大した点")),
    ("requirements", words("Requirements, old and new", "要件ごとの判定（旧と新）")),
    ("gained", words("Gained and lost", "増えた違反となくなった違反")),
    ("exceptions", words("Exceptions (特定通信)", "特定通信（例外措置）")),
    ("nodes", words("Nodes, relays and transfers", "ノード、中継、受渡し")),
    ("notes", words("Assumptions and warnings", "前提と警告")),
];

/// The difference as a page that opens in `lang`.
#[must_use]
pub fn render(diff: &Diff, lang: Lang) -> String {
    let mut page = opened(lang, &title(diff, lang), SCRIPT);
    body(&mut page, diff);
    page.raw("\n<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    page.finish()
}

fn title(diff: &Diff, lang: Lang) -> String {
    let name = diff.new.name.as_deref().unwrap_or(&diff.new.file);
    match lang {
        Lang::En => format!("{name}: what the change opens and closes"),
        Lang::Ja => format!("{name} 変更の差分"),
    }
}

fn body(page: &mut Markup, diff: &Diff) {
    page.raw("<a class=\"skip\" href=\"#subject\">").say(words("Skip to the report", "本文へ")).raw("</a>");
    bar(page, &SECTIONS);
    page.raw("\n<main>\n<header class=\"title\"><p class=\"kind\">").each(|lang| phrases(lang).heading()).raw("</p>");
    page.element("h1", &[], diff.new.name.as_deref().unwrap_or(&diff.new.file));
    page.raw("</header>\n");
    for (id, heading) in SECTIONS {
        let heading_id = format!("{id}-heading");
        page.open("section", &[("id", id), ("aria-labelledby", &heading_id)]);
        page.said("h2", &[("id", &heading_id)], heading).raw("\n");
        match id {
            "subject" => subject(page, diff),
            "wider" => wider(page, diff),
            "requirements" => requirements(page, diff),
            "gained" => gained(page, diff),
            "exceptions" => items(page, diff, &diff.exceptions),
            "nodes" => nodes(page, diff),
            _ => notes(page, diff),
        }
        page.raw("\n</section>\n");
    }
    page.raw("</main>");
}

const fn class_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Unchanged => "none",
        Direction::Changed | Direction::NotCompared => "care",
        Direction::Narrowed => "good",
        Direction::Widened | Direction::Both => "bad",
    }
}

const fn mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Unchanged => "＝",
        Direction::Changed => "△",
        Direction::Narrowed => "↓",
        Direction::NotCompared => "？",
        Direction::Widened => "↑",
        Direction::Both => "↕",
    }
}

fn change(page: &mut Markup, direction: Direction) {
    page.open("span", &[("class", &format!("verdict {}", class_of(direction)))]);
    page.raw("<span aria-hidden=\"true\" class=\"mark\">").text(mark(direction)).raw("</span>");
    page.each(|lang| phrases(lang).direction(direction)).raw("</span>");
}

fn nothing(page: &mut Markup) {
    page.raw("<p>").say(words("No change.", "変化なし。")).raw("</p>");
}

fn at(page: &mut Markup, diff: &Diff, location: Option<&Location>) {
    if let Some(location) = location {
        page.raw(" ");
        place(page, &diff.new.file, location);
    }
}

fn head(page: &mut Markup, label: &str, class: &str, headings: &[Words]) {
    page.open("div", &[("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", label)]);
    page.open("table", &[("class", class)]).raw("<thead><tr>");
    for heading in headings {
        page.said("th", &[("scope", "col")], *heading);
    }
    page.raw("</tr></thead><tbody>\n");
}

const FOOT: &str = "</tbody></table></div>\n";

/// The verdict on the change, and what it is a change of.
fn subject(page: &mut Markup, diff: &Diff) {
    page.open("div", &[("class", &format!("overall {}", class_of(diff.direction)))]);
    page.raw("<p class=\"overall-word\">").say(words("The change as a whole", "変更全体")).raw(" ");
    change(page, diff.direction);
    page.raw("</p><p>");
    page.each(|lang| phrases(lang).conclusion(diff.direction, diff.widenings.len(), diff.undecided));
    page.raw("</p></div>\n");
    if !diff.loosenings.is_empty() {
        page.open("div", &[("class", "overall care")]);
        page.raw("<p><strong>").each(policy::loosenings).raw("</strong></p><ul>");
        for one in &diff.loosenings {
            page.raw("<li>").each(|lang| policy::loosening(one, lang)).raw("</li>\n");
        }
        page.raw("</ul></div>\n");
    }
    head(page, "subject-heading", "facts", &[words("", ""), words("Old", "旧"), words("New", "新")]);
    let mut row = |name: Words, value: &dyn Fn(&mut Markup, &Subject)| {
        page.raw("<tr>").said("th", &[("scope", "row")], name);
        for subject in [&diff.old, &diff.new] {
            page.raw("<td>");
            value(page, subject);
            page.raw("</td>");
        }
        page.raw("</tr>\n");
    };
    row(words("Organisation, document", "団体・文書の名称"), &|page, subject| {
        page.text(subject.name.as_deref().unwrap_or("—"));
    });
    row(words("File", "ファイル"), &|page, subject| {
        page.text(&subject.file);
    });
    row(words("SHA-256 of the file", "ファイルの SHA-256"), &|page, subject| {
        page.element("code", &[], &subject.sha256);
    });
    row(words("Size", "規模"), &|page, subject| {
        page.each(|lang| general(lang).nodes_and_links(subject.nodes, subject.links));
    });
    row(words("Reference date", "基準日"), &|page, subject| {
        page.text(&subject.date);
    });
    row(words("Overall verdict", "総合判定"), &|page, subject| {
        verdict(page, subject.standing);
    });
    page.raw("<tr>").said("th", &[("scope", "row")], words("Policy", "ポリシー（版）")).raw("<td colspan=\"2\">");
    page.element("code", &[], &diff.policy_id).raw("<br>").element("code", &[], &diff.policy_sha256);
    page.raw("</td></tr>\n<tr>").said("th", &[("scope", "row")], words("Verifier", "検証プログラム"));
    page.raw("<td colspan=\"2\">").text(concat!("sanso ", env!("CARGO_PKG_VERSION"))).raw("</td></tr>\n").raw(FOOT);
}

/// The reasons to say that it is wider, and why each counts.
fn wider(page: &mut Markup, diff: &Diff) {
    if diff.widenings.is_empty() {
        let none = if diff.undecided {
            words("None was found until a limit was reached.", "上限に達するまでには見つかっていない。")
        } else {
            words("Nothing is wider.", "拡大した点はない。")
        };
        page.raw("<p>").say(none).raw("</p>");
        return;
    }
    let headings =
        [words("Kind", "種類"), words("What is wider", "拡大した点"), words("Why it counts", "拡大とする理由")];
    head(page, "wider-heading", "list", &headings);
    for one in diff.widenings.iter().take(LISTED) {
        page.raw("<tr><th scope=\"row\"><code>")
            .text(one.code.word())
            .raw("</code></th><td>")
            .phrase(&widening(diff, one));
        at(page, diff, one.location.as_ref());
        page.raw("</td><td>").each(|lang| about(one.code, lang).why).raw("</td></tr>\n");
    }
    page.raw(FOOT);
    more(page, diff.widenings.len().saturating_sub(LISTED) as u64);
}

fn more(page: &mut Markup, count: u64) {
    if count > 0 {
        page.raw("<p class=\"more\">").each(|lang| phrases(lang).more(count)).raw("</p>");
    }
}

fn requirements(page: &mut Markup, diff: &Diff) {
    let headings = [
        words("Requirement", "要件"),
        words("Clause", "条項"),
        words("Old", "旧"),
        words("New", "新"),
        words("Gained", "増"),
        words("Lost", "減"),
        words("Change", "変化"),
        words("Title", "内容"),
    ];
    head(page, "requirements-heading", "list", &headings);
    for (number, one) in diff.requirements.iter().enumerate() {
        page.raw("<tr><th scope=\"row\">");
        if one.direction == Direction::Unchanged {
            page.text(&one.id);
        } else {
            page.open("a", &[("href", &format!("#requirement-{number}"))]).text(&one.id).raw("</a>");
        }
        page.raw("</th><td>").text(&one.clause).raw("</td><td>");
        verdict(page, one.standings[0]);
        page.raw("</td><td>");
        verdict(page, one.standings[1]);
        page.raw("</td><td class=\"number\">").text(&grouped(one.gained_count()));
        page.raw("</td><td class=\"number\">").text(&grouped(one.lost_count())).raw("</td><td>");
        change(page, one.direction);
        page.raw("</td><td>").phrase(&one.title).raw("</td></tr>\n");
    }
    page.raw(FOOT);
}

/// Each requirement that changed: gained and lost tuples by zones and services, and what lets them through.
fn gained(page: &mut Markup, diff: &Diff) {
    let mut changed = diff.requirements.iter().enumerate().filter(|(_, one)| one.direction != Direction::Unchanged);
    let Some(first) = changed.next() else { return nothing(page) };
    for (number, requirement) in [first].into_iter().chain(changed) {
        of_requirement(page, diff, number, requirement);
    }
}

fn of_requirement(page: &mut Markup, diff: &Diff, number: usize, requirement: &RequirementChange) {
    let id = format!("requirement-{number}");
    page.open("article", &[("id", &id), ("class", "requirement"), ("aria-labelledby", &format!("{id}-heading"))]);
    page.open("h3", &[("id", &format!("{id}-heading"))]).text(&requirement.id).raw(" ");
    change(page, requirement.direction);
    page.raw("</h3><p>").phrase(&requirement.title).raw(" <span class=\"clause\">");
    page.each(|lang| general(lang).clause(&requirement.clause)).raw("</span></p>\n");
    let sum = |groups: &[Group]| groups.iter().map(|group| group.count).sum::<u64>();
    type Heading = fn(Lang, u64) -> String;
    let (wider, narrower) = (requirement.wider.as_deref(), requirement.narrower.as_deref());
    let lists: [(&str, &[Group], Heading); 4] = [
        ("gained", &requirement.gained, |lang, count| phrases(lang).gained(count)),
        ("lost", &requirement.lost, |lang, count| phrases(lang).lost(count)),
        ("wider", wider.unwrap_or_default(), |lang, count| phrases(lang).wider(count)),
        ("narrower", narrower.unwrap_or_default(), |lang, count| phrases(lang).narrower(count)),
    ];
    for (name, list, heading) in lists.into_iter().filter(|(_, list, _)| !list.is_empty()) {
        let label = format!("{id}-{name}");
        page.open("h4", &[("id", &label)]).each(|lang| heading(lang, sum(list))).raw("</h4>\n");
        groups(page, &label, list);
    }
    if wider.is_none() || narrower.is_none() {
        page.raw("<p>").each(|lang| phrases(lang).services_not_compared()).raw("</p>\n");
    }
    if !requirement.findings.is_empty() {
        page.raw("<h4>").each(|lang| phrases(lang).causes()).raw("</h4>\n");
        for (at, cause) in requirement.findings.iter().take(MOST).enumerate() {
            finding(&diff.new.file, None, page, (number, at), cause);
        }
        let hidden = requirement.findings.len().saturating_sub(MOST);
        if hidden > 0 {
            page.raw("<p class=\"more\">").each(|lang| general(lang).more_findings(hidden)).raw("</p>");
        }
    }
    page.raw("</article>\n");
}

fn groups(page: &mut Markup, label: &str, groups: &[Group]) {
    let headings =
        [words("Zones", "領域"), words("Services", "サービス"), words("Count", "件数"), words("Tuples", "組")];
    head(page, label, "list", &headings);
    for group in groups.iter().take(LISTED) {
        page.raw("<tr><td>").each(|lang| phrases(lang).between(&group.zones)).raw("</td><td>");
        page.each(|lang| phrases(lang).services(group.services.as_ref())).raw("</td><td class=\"number\">");
        page.text(&grouped(group.count)).raw("</td><td>");
        let tuples: Vec<String> = group.tuples.iter().take(LISTED).map(|tuple| tuple.join(" — ")).collect();
        list(page, &tuples, group.count);
        page.raw("</td></tr>\n");
    }
    page.raw(FOOT);
    more(page, groups.len().saturating_sub(LISTED) as u64);
}

/// The first ones of `count`, folded where they are many.
fn list(page: &mut Markup, ids: &[String], count: u64) {
    let fold = ids.len() > OPEN;
    if fold {
        page.raw("<details data-print><summary>").text(&ids[0]).raw(", …</summary>");
    }
    page.raw("<ul class=\"tuples\">");
    for id in ids.iter().take(LISTED) {
        page.element("li", &[], id);
    }
    page.raw("</ul>");
    more(page, count.saturating_sub(ids.len().min(LISTED) as u64));
    if fold {
        page.raw("</details>");
    }
}

fn items(page: &mut Markup, diff: &Diff, items: &[ItemChange]) {
    if items.is_empty() {
        return nothing(page);
    }
    page.raw("<ul class=\"notes\">\n");
    for item in items.iter().take(LISTED) {
        page.raw("<li>").element("b", &[], &item.id).raw(" ");
        change(page, item.direction);
        at(page, diff, item.location.as_ref());
        page.raw("<ul class=\"notes\">");
        for what in &item.what {
            page.raw("<li>").phrase(what).raw("</li>");
        }
        page.raw("</ul></li>\n");
    }
    page.raw("</ul>");
    more(page, items.len().saturating_sub(LISTED) as u64);
}

fn nodes(page: &mut Markup, diff: &Diff) {
    let lists = [&diff.nodes, &diff.relays, &diff.transfers];
    if lists.iter().all(|list| list.is_empty()) && diff.nodes_added.is_empty() && diff.nodes_removed.is_empty() {
        return nothing(page);
    }
    let headings = [
        words("Nodes that changed", "変わったノード"),
        words("Nodes whose relays changed", "中継が変わったノード"),
        words("Transfers that changed", "変わった受渡し"),
    ];
    for (changed, heading) in lists.into_iter().zip(headings).filter(|(list, _)| !list.is_empty()) {
        page.said("h3", &[], heading);
        items(page, diff, changed);
    }
    type Line = fn(Lang, &NodesOfZone) -> String;
    let sides: [(&[NodesOfZone], Words, Line); 2] = [
        (&diff.nodes_added, words("Nodes added", "追加されたノード"), |lang, one| {
            phrases(lang).nodes_added(one.zone.as_deref(), one.count)
        }),
        (&diff.nodes_removed, words("Nodes removed", "削除されたノード"), |lang, one| {
            phrases(lang).nodes_removed(one.zone.as_deref(), one.count)
        }),
    ];
    for (zones, heading, line) in sides.into_iter().filter(|(zones, _, _)| !zones.is_empty()) {
        page.said("h3", &[], heading).raw("<ul class=\"notes\">\n");
        for zone in zones {
            page.raw("<li>").each(|lang| line(lang, zone));
            list(page, &zone.ids, zone.count);
            page.raw("</li>\n");
        }
        page.raw("</ul>");
    }
}

fn notes(page: &mut Markup, diff: &Diff) {
    let Diff { old, new, assumptions_added, assumptions_removed, warnings_gained, warnings_lost, .. } = diff;
    type Heading = fn(Lang) -> &'static str;
    let assumptions: [(&[Note<Assumption>], &str, Heading); 2] = [
        (assumptions_added, &new.file, |lang| phrases(lang).assumptions_added()),
        (assumptions_removed, &old.file, |lang| phrases(lang).assumptions_removed()),
    ];
    let warnings: [(&[Warning], &str, Heading); 2] = [
        (warnings_gained, &new.file, |lang| phrases(lang).warnings_gained()),
        (warnings_lost, &old.file, |lang| phrases(lang).warnings_lost()),
    ];
    if assumptions.iter().all(|(list, _, _)| list.is_empty()) && warnings.iter().all(|(list, _, _)| list.is_empty()) {
        return nothing(page);
    }
    for (list, file, heading) in assumptions.into_iter().filter(|(list, _, _)| !list.is_empty()) {
        page.raw("<h3>").each(heading).raw("</h3><ul class=\"notes\">\n");
        for one in list.iter().take(LISTED) {
            page.raw("<li>");
            note(page, file, one);
            page.raw("</li>\n");
        }
        page.raw("</ul>");
        more(page, list.len().saturating_sub(LISTED) as u64);
    }
    for (list, file, heading) in warnings.into_iter().filter(|(list, _, _)| !list.is_empty()) {
        page.raw("<h3>").each(heading).raw("</h3><ul class=\"notes\">\n");
        for one in list.iter().take(LISTED) {
            page.raw("<li><code>").text(one.code().word()).raw("</code> ").phrase(one);
            if let Some(location) = &one.location {
                page.raw(" ");
                place(page, file, location);
            }
            page.raw("</li>\n");
        }
        page.raw("</ul>");
        more(page, list.len().saturating_sub(LISTED) as u64);
    }
}
