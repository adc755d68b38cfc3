//! A comment on a pull request: GitHub's Markdown, short enough for it. Details unfold.

use super::catalogue::{Sentence, help};
use super::phrases::{Phrases, exchange, grouped, phrases, policy, standing_word};
use super::sentences::{at, conclusion, decided, packet, session, way};
use crate::language::Lang;
use crate::report::audit::Audit;
use crate::report::{Finding, Means, Note, Overall, Report, RequirementReport, Session, Standing, Verdict, Warning};
use crate::screen::visible;
use crate::source::Location;

/// Characters that GitHub takes are 65,536; what says that something was left out has its place behind these.
const MOST: usize = 64_000;
/// Causes shown of a requirement.
const FINDINGS: usize = 10;
/// Warnings shown, assumptions shown.
const NOTES: usize = 20;
/// Zones shown in a matrix.
const ZONES: usize = 20;
/// Characters shown of one text, of one id.
const LONGEST: (usize, usize) = (600, 120);

/// The reports as one comment that ends in a newline. The matrix of zones needs the facts of an audit.
#[must_use]
pub fn render(reports: &[Report], lang: Lang) -> String {
    let mut page = Page { lang, ..Page::default() };
    if reports.len() > 1 {
        let count = |overall| reports.iter().filter(|report| report.verdict == overall).count();
        let (violated, undecided) = (count(Overall::Violated), count(Overall::Undecided));
        page.add(&format!("**{}**\n\n", exchange::files(lang, reports.len(), violated, undecided)));
    }
    for report in reports {
        let writer = Writer { report, lang, words: phrases(lang) };
        if !page.add(&writer.summary()) {
            page.files += 1;
            continue;
        }
        writer.findings(&mut page);
        writer.notes(&mut page);
        page.add(&writer.footer());
    }
    page.finish()
}

/// A comment under construction: what does not fit is counted.
#[derive(Default)]
struct Page {
    out: String,
    characters: usize,
    lang: Lang,
    findings: usize,
    notes: usize,
    files: usize,
}

impl Page {
    /// Adds a part as a whole, or not at all.
    fn add(&mut self, part: &str) -> bool {
        let characters = part.chars().count();
        let fits = self.characters + characters <= MOST;
        if fits {
            self.out.push_str(part);
            self.characters += characters;
        }
        fits
    }

    fn finish(mut self) -> String {
        if self.findings + self.notes + self.files > 0 {
            let left_out = exchange::left_out(self.lang, self.findings, self.notes, self.files);
            self.out.push_str(&format!("> {}\n", escaped(&left_out)));
        }
        let kept = self.out.trim_end().len();
        self.out.truncate(kept);
        self.out.push('\n');
        self.out
    }
}

struct Writer<'r> {
    report: &'r Report,
    lang: Lang,
    words: &'static dyn Phrases,
}

impl Writer<'_> {
    /// What is always shown: the verdict, the matrix, the requirements.
    fn summary(&self) -> String {
        let Report { file, name, requirements, .. } = self.report;
        let file = if file == "-" { escaped(exchange::standard_input(self.lang)) } else { code(file) };
        let name = name.as_deref().map(|name| format!(" {}", text(name))).unwrap_or_default();
        let mark = exchange::standing_mark(self.report.standing());
        let mut out = format!("## {mark} {}:{name} ({file})\n\n", self.words.heading());
        out.push_str(&format!("**{}**\n\n", text(&conclusion(self.report, self.lang))));
        if let Some(audit) = &self.report.audit {
            self.matrix(&mut out, audit);
        }
        let words = self.words;
        out.push_str(&format!("### {}\n\n", exchange::requirements(self.lang)));
        out.push_str(&row(&[words.requirement(), words.verdict_column(), words.tuples_column(), words.title_column()]));
        out.push_str("|---|---|--:|---|\n");
        for requirement in requirements {
            let tuples = match requirement.verdict {
                Verdict::Violated | Verdict::Proved => grouped(requirement.tuples),
                Verdict::Vacuous | Verdict::Undecided => "-".to_owned(),
            };
            let standing = requirement.standing();
            let verdict = format!("{} {}", exchange::standing_mark(standing), standing_word(standing, self.lang));
            let title = text(&policy::title(requirement, self.lang));
            out.push_str(&row(&[&code(&requirement.id), &verdict, &tuples, &title]));
        }
        if !self.report.loosenings.is_empty() {
            out.push_str(&format!("\n**{}**\n\n", policy::loosenings(self.lang)));
            for one in &self.report.loosenings {
                out.push_str(&format!("- {}\n", text(&policy::loosening(one, self.lang))));
            }
        }
        for requirement in requirements.iter().filter(|requirement| requirement.verdict == Verdict::Undecided) {
            out.push_str(&format!("\n{}: {}\n", code(&requirement.id), text(self.words.undecided_note())));
        }
        out.push('\n');
        out
    }

    fn matrix(&self, out: &mut String, audit: &Audit) {
        let all = audit.matrix.zones.len();
        let zones = &audit.matrix.zones[..all.min(ZONES)];
        let name = |zone: &Option<String>| match zone {
            Some(zone) => code(zone),
            None => escaped(exchange::without_zone(self.lang)),
        };
        out.push_str(&format!("### {}\n\n|   |", exchange::zones_against_zones(self.lang)));
        zones.iter().for_each(|zone| out.push_str(&format!(" {} |", name(zone))));
        out.push_str(&format!("\n|---|{}\n", ":-:|".repeat(zones.len())));
        for (a, zone) in zones.iter().enumerate() {
            out.push_str(&format!("| {} |", name(zone)));
            for b in 0..zones.len() {
                let cell = audit.matrix.cell(a, b);
                let tuples: u64 = cell.iter().flat_map(|cell| &cell.demands).map(|demand| demand.tuples).sum();
                match cell.and_then(crate::report::audit::MatrixCell::standing) {
                    None => out.push_str(" · |"),
                    Some(Standing::Violated) => {
                        out.push_str(&format!(" {} {} |", exchange::mark(Verdict::Violated), grouped(tuples)));
                    }
                    Some(standing) => out.push_str(&format!(" {} |", exchange::standing_mark(standing))),
                }
            }
            out.push('\n');
        }
        out.push_str(&format!("\n<sub>{}</sub>\n\n", exchange::matrix_legend(self.lang)));
        if all > ZONES {
            out.push_str(&format!("{}\n\n", exchange::more_zones(self.lang, all - ZONES)));
        }
    }

    fn findings(&self, page: &mut Page) {
        for requirement in self.report.requirements.iter().filter(|one| one.verdict == Verdict::Violated) {
            let mut shown = 0;
            for finding in requirement.findings.iter().take(FINDINGS) {
                shown += usize::from(page.add(&self.finding(requirement, finding)));
            }
            page.findings += requirement.findings.len() - shown;
        }
    }

    fn finding(&self, requirement: &RequirementReport, finding: &Finding) -> String {
        let mut out = format!(
            "<details><summary>{} {}: {}{}</summary>\n\n",
            exchange::mark(requirement.verdict),
            code(&requirement.id),
            text(&finding.fault.text(self.lang)),
            escaped(&self.words.aside(&self.words.tuple_count(finding.tuples))),
        );
        let words = self.words;
        if let Some(location) = &finding.location {
            out.push_str(&format!("- {}: {}\n", exchange::place(self.lang), self.at(location)));
        }
        let path: Vec<String> = finding.path.iter().map(|id| code(id)).collect();
        let name = if finding.sessions.is_empty() { words.affected() } else { words.path() };
        out.push_str(&format!("- {name}: {}\n", path.join(" → ")));
        out.push_str(&format!("- {}\n", text(&words.clause(&requirement.clause))));
        for (index, one) in finding.sessions.iter().enumerate() {
            self.session(&mut out, finding, index, one);
        }
        for guess in finding.guesses.iter().take(NOTES) {
            out.push_str(&format!("\n{}: {}\n", words.guess(), self.note(guess)));
        }
        out.push_str("\n</details>\n\n");
        out
    }

    fn session(&self, out: &mut String, finding: &Finding, index: usize, one: &Session) {
        let (lang, words) = (self.lang, self.words);
        out.push_str(&format!("\n{}  \n", text(&session(finding, index, one, words))));
        match &one.means {
            Means::Packet(sent) => out.push_str(&format!("{}: {}\n\n", words.packet(), code(&packet(sent, words)))),
            Means::Transfer { id, location } => {
                out.push_str(&format!("{}: {} ({})\n\n", words.transfer(), code(id), self.at(location)));
                return;
            }
        }
        let heads = ["#", exchange::node(lang), exchange::way(lang), "VLAN", exchange::decided_by(lang)];
        out.push_str(&row(&heads));
        out.push_str("|--:|---|---|---|---|\n");
        for (number, hop) in one.hops.iter().enumerate() {
            let way = way(hop);
            let way = if way.is_empty() { way } else { code(&way) };
            let vlan = hop.vlan.map(|vlan| vlan.to_string()).unwrap_or_default();
            let translated = hop.translated_by.iter().map(|one| (words.translated(one), &one.location));
            let decided = hop.decided_by.iter().map(|by| (decided(by, words), &by.location));
            let rules: Vec<String> =
                translated.chain(decided).map(|(by, place)| format!("{} ({})", text(&by), self.at(place))).collect();
            let number = (number + 1).to_string();
            out.push_str(&row(&[&number, &code(&hop.node), &way, &vlan, &rules.join("<br>")]));
        }
    }

    fn at(&self, location: &Location) -> String {
        code(&at(&self.report.file, location))
    }

    fn note(&self, note: &Note<impl Sentence>) -> String {
        let node = note.node.as_deref().map(|node| format!("{}: ", code(node))).unwrap_or_default();
        let place = note.location.as_ref().map(|place| format!(" ({})", self.at(place))).unwrap_or_default();
        format!("{node}{}{place}", text(&note.fact.text(self.lang)))
    }

    fn notes(&self, page: &mut Page) {
        let warnings: Vec<String> = self.report.warnings.iter().map(|warning| self.warning(warning)).collect();
        let assumptions: Vec<String> = self.report.assumptions.iter().map(|note| self.note(note)).collect();
        for (title, notes) in
            [(self.words.warnings(warnings.len()), warnings), (self.words.assumptions(assumptions.len()), assumptions)]
        {
            if notes.is_empty() {
                continue;
            }
            let mut out = format!("<details><summary>{title}</summary>\n\n");
            notes.iter().take(NOTES).for_each(|note| out.push_str(&format!("- {note}\n")));
            if notes.len() > NOTES {
                out.push_str(&format!("- {}\n", text(&self.words.more_notes(notes.len() - NOTES))));
            }
            out.push_str("\n</details>\n\n");
            if !page.add(&out) {
                page.notes += notes.len();
            }
        }
    }

    fn warning(&self, warning: &Warning) -> String {
        let mut out = format!("{}: {}", code(warning.code().word()), text(&warning.text(self.lang)));
        if let Some(help) = help(warning) {
            out.push_str(&self.words.aside(&format!("{}: {}", self.words.help(), text(help.get(self.lang)))));
        }
        out.extend(warning.location.as_ref().map(|place| format!(" ({})", self.at(place))));
        out
    }

    fn footer(&self) -> String {
        let Report { file, sha256, policy_id, policy_sha256, date, nodes, links, .. } = self.report;
        let words = self.words;
        let command = format!("sanso verify {} --policy {policy_id} --date {date}", argument(file));
        let mut out = format!("<details><summary>{}</summary>\n\n", exchange::reproduce(self.lang));
        for (name, value) in [
            ("sanso", escaped(env!("CARGO_PKG_VERSION"))),
            (words.file(), format!("{} sha256 {}", code(file), code(sha256))),
            (words.size(), text(&words.nodes_and_links(*nodes, *links))),
            (words.policy(), format!("{} sha256 {}", code(policy_id), code(policy_sha256))),
            (words.date(), text(date)),
        ] {
            out.push_str(&format!("- {name}: {value}\n"));
        }
        out.push_str(&format!("\n<pre>{}</pre>\n\n</details>\n\n", escaped(&shown(&command, LONGEST.0))));
        out
    }
}

fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A file as an argument of a shell.
fn argument(file: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if file.chars().all(plain) { file.to_owned() } else { format!("'{}'", file.replace('\'', "'\\''")) }
}

/// A text without what could steer a terminal, cut where it is long.
fn shown(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => visible(text).into_owned(),
        Some((end, _)) => format!("{}…", visible(&text[..end])),
    }
}

/// A sentence from outside. A mention or a reference is parted from its sign, so that nobody is called.
fn text(text: &str) -> String {
    let shown = shown(text, LONGEST.0);
    let mut parts = shown.split_inclusive(['@', '#']).peekable();
    let mut out = String::new();
    while let Some(part) = parts.next() {
        out.push_str(&escaped(part));
        if part.ends_with(['@', '#']) && parts.peek().is_some() {
            out.push_str("&#8203;");
        }
    }
    out
}

/// An id, a file, a packet: shown as it is, without mentions and links.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(&shown(text, LONGEST.1)))
}

/// What stands in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    escaped(&shown(text, LONGEST.0))
}

/// What means something to Markdown or HTML as character references, which mean themselves in both.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let means = match c {
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '&' | '"' | '\'' | '|' | '$' | '!' | '#' | '@' => {
                true
            }
            // An address of the web would become a link.
            ':' => next == Some('/'),
            '.' => next.is_some_and(char::is_alphanumeric) && out.ends_with("www"),
            _ => false,
        };
        if means {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}
