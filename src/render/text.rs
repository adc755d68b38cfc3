//! The report for people: a header, a table of requirements, then what lets data through and what it rests on.

use anstyle::Style;

use super::catalogue::Sentence;
use super::diagnostics;
use super::page::{BAD, BOLD, CARE, DIM, GOOD, Page};
use super::phrases::{Phrases, grouped, phrases, policy, standing_word};
use super::sentences;
use super::table::{self, Cell};
use crate::language::Lang;
use crate::report::{Finding, Hop, Means, Note, Report, RequirementReport, Session, Standing, Verdict};
use crate::source::Location;
use crate::source::SourceText;

/// Causes shown of a requirement.
const FINDINGS: usize = 10;
/// Violating tuples listed of a requirement.
const TUPLES: usize = 6;
/// Lines on what a proved requirement rests on.
const SEPARATIONS: usize = 6;
/// Assumptions, warnings and guesses shown.
const NOTES: usize = 20;

/// What stands before a digest: the figures that checkers print are compared with.
const DIGEST: &str = "SHA-256";

/// How to write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The language.
    pub lang: Lang,
    /// Whether to colour.
    pub color: bool,
}

/// The report as text that ends in a newline. With `source`, the text that the report is about, causes are shown in
/// excerpts. Long lists are cut; each says what is not shown and how to see it.
#[must_use]
pub fn render(report: &Report, source: Option<&SourceText<'_>>, options: Options) -> String {
    let writer = Writer { report, source, lang: options.lang, words: phrases(options.lang) };
    let mut page = Page::new(options.color);
    writer.header(&mut page);
    writer.table(&mut page);
    writer.loosenings(&mut page);
    for requirement in &report.requirements {
        match requirement.verdict {
            Verdict::Violated => writer.violated(&mut page, requirement),
            Verdict::Undecided => writer.undecided(&mut page, requirement),
            Verdict::Proved | Verdict::Vacuous => {}
        }
    }
    writer.separations(&mut page);
    writer.assumptions(&mut page);
    writer.warnings(&mut page);
    writer.conclusion(&mut page);
    page.finish()
}

/// The verdict on the whole in a line that ends in a newline.
#[must_use]
pub fn verdict(report: &Report, options: Options) -> String {
    let writer = Writer { report, source: None, lang: options.lang, words: phrases(options.lang) };
    let mut page = Page::new(options.color);
    writer.verdict(&mut page);
    page.finish()
}

const fn style(standing: Standing) -> Style {
    match standing {
        Standing::Proved | Standing::Excepted => GOOD,
        Standing::Violated => BAD,
        Standing::Undecided => CARE,
        Standing::Vacuous => DIM,
    }
}

struct Writer<'r> {
    report: &'r Report,
    source: Option<&'r SourceText<'r>>,
    lang: Lang,
    words: &'static dyn Phrases,
}

impl Writer<'_> {
    fn header(&self, page: &mut Page) {
        let Report { file, sha256, nodes, links, zones, policy_id, policy_sha256, date, .. } = self.report;
        page.paint(BOLD, self.words.heading());
        if let Some(name) = &self.report.name {
            page.text("  ").paint(BOLD, name);
        }
        page.end();
        let zones: Vec<String> = zones.iter().map(|(zone, count)| self.zone(zone, *count)).collect();
        let mut rows = vec![
            (self.words.file(), file.clone()),
            (DIGEST, sha256.clone()),
            (self.words.size(), self.words.nodes_and_links(*nodes, *links)),
            (self.words.zones(), zones.join(self.words.list_comma())),
            (self.words.policy(), policy_id.clone()),
            (DIGEST, policy_sha256.clone()),
            (self.words.date(), date.clone()),
        ];
        if let Some(certificate) = &self.report.certificate {
            rows.push((self.words.certificate(), certificate.file.clone()));
            rows.push((DIGEST, certificate.sha256.clone()));
        }
        let cells = |(name, value)| vec![Cell::new(name).styled(DIM), Cell::new(value)];
        table::write(page, 2, &rows.into_iter().map(cells).collect::<Vec<_>>());
    }

    fn zone(&self, zone: &str, endpoints: u64) -> String {
        match self.words.zone_names(zone) {
            Some(name) => format!("{name} ({zone}) {}", grouped(endpoints)),
            None => format!("{zone} {}", grouped(endpoints)),
        }
    }

    fn table(&self, page: &mut Page) {
        let words = self.words;
        let mut rows = vec![vec![
            Cell::new(words.requirement()).styled(DIM),
            Cell::new(words.verdict_column()).styled(DIM),
            Cell::new(words.tuples_column()).styled(DIM).right(),
            Cell::new(words.title_column()).styled(DIM),
        ]];
        for requirement in &self.report.requirements {
            let tuples = match requirement.verdict {
                Verdict::Violated | Verdict::Proved => grouped(requirement.tuples),
                Verdict::Vacuous | Verdict::Undecided => "-".to_owned(),
            };
            rows.push(vec![
                Cell::new(&requirement.id),
                Cell::new(standing_word(requirement.standing(), self.lang)).styled(style(requirement.standing())),
                Cell::new(tuples).right(),
                Cell::new(policy::title(requirement, self.lang)),
            ]);
        }
        page.end();
        table::write(page, 0, &rows);
    }

    /// What the policy asks less of stands right under the table.
    fn loosenings(&self, page: &mut Page) {
        if self.report.loosenings.is_empty() {
            return;
        }
        page.end();
        page.paint(BOLD, policy::loosenings(self.lang)).end();
        for one in &self.report.loosenings {
            page.space(2).text("- ").paint(CARE, &policy::loosening(one, self.lang)).end();
        }
    }

    fn heading(&self, page: &mut Page, requirement: &RequirementReport) {
        page.end();
        page.paint(BOLD, &requirement.id).space(2);
        page.paint(style(requirement.standing()), standing_word(requirement.standing(), self.lang)).space(2);
        page.text(&policy::title(requirement, self.lang));
        page.paint(DIM, &format!(" [{}]", self.words.clause(&requirement.clause))).end();
    }

    fn undecided(&self, page: &mut Page, requirement: &RequirementReport) {
        self.heading(page, requirement);
        page.space(2).paint(CARE, self.words.undecided_note()).end();
    }

    fn violated(&self, page: &mut Page, requirement: &RequirementReport) {
        self.heading(page, requirement);
        page.space(2).text(&self.words.violations(requirement.tuples, requirement.findings.len())).end();
        self.affected(page, requirement);
        for (index, finding) in requirement.findings.iter().take(FINDINGS).enumerate() {
            page.end();
            self.finding(page, index + 1, finding);
        }
        if requirement.findings.len() > FINDINGS {
            page.end();
            page.space(2).paint(DIM, &self.words.more_findings(requirement.findings.len() - FINDINGS)).end();
        }
        page.end();
        page.space(2).paint(DIM, &self.words.explain(&requirement.id)).end();
    }

    fn affected(&self, page: &mut Page, requirement: &RequirementReport) {
        if requirement.violating.is_empty() {
            return;
        }
        let listed = requirement.violating.iter().take(TUPLES);
        let tuples: Vec<String> = listed
            .map(|tuple| match tuple.as_slice() {
                [one] => one.clone(),
                several => format!("({})", several.join(", ")),
            })
            .collect();
        page.space(2).paint(DIM, self.words.affected()).text("  ").text(&tuples.join(self.words.list_comma()));
        let more = requirement.tuples.saturating_sub(tuples.len() as u64);
        if more > 0 {
            page.text(self.words.list_comma()).paint(DIM, &self.words.more_tuples(more));
        }
        page.end();
    }

    fn finding(&self, page: &mut Page, number: usize, finding: &Finding) {
        page.space(2).paint(BOLD, &format!("{number}. {}", finding.fault.text(self.lang)));
        page.paint(DIM, &self.words.aside(&self.words.tuple_count(finding.tuples))).end();
        if !finding.sessions.is_empty() {
            let path = finding.path.join(" -> ");
            page.space(5).paint(DIM, self.words.path()).text("  ").text(&path).end();
        }
        for (index, session) in finding.sessions.iter().enumerate() {
            self.session(page, finding, index, session);
        }
        if let Some(location) = &finding.location {
            let label = if finding.sessions.is_empty() { None } else { Some(self.words.cause()) };
            self.place(page, location, label);
        }
        for guess in finding.guesses.iter().take(NOTES) {
            page.space(5).paint(CARE, self.words.guess()).text(": ");
            self.note(page, guess);
        }
        if finding.guesses.len() > NOTES {
            page.space(5).paint(DIM, &self.words.more_notes(finding.guesses.len() - NOTES)).end();
        }
    }

    fn place(&self, page: &mut Page, location: &Location, label: Option<&str>) {
        match self.source {
            Some(source) => {
                let excerpt = diagnostics::excerpt(source, location, label, page.color());
                page.block(5, &excerpt);
            }
            None => {
                page.space(5).text(&format!("--> {}", self.at(location))).end();
            }
        }
    }

    fn at(&self, location: &Location) -> String {
        sentences::at(&self.report.file, location)
    }

    fn session(&self, page: &mut Page, finding: &Finding, index: usize, session: &Session) {
        page.space(5).text(&sentences::session(finding, index, session, self.words)).end();
        match &session.means {
            Means::Packet(packet) => {
                let packet = sentences::packet(packet, self.words);
                page.space(8).paint(DIM, self.words.packet()).text("  ").text(&packet).end();
            }
            Means::Transfer { id, location } => {
                page.space(8).paint(DIM, self.words.transfer()).text("  ").text(id).text("  ");
                page.paint(DIM, &self.at(location)).end();
            }
        }
        let hops = session.hops.iter();
        let rows: Vec<Vec<Cell>> = hops.enumerate().flat_map(|(index, hop)| self.hop(index + 1, hop)).collect();
        table::write(page, 8, &rows);
    }

    /// The rows of a hop: one, and one more for each further filter that applied.
    fn hop(&self, number: usize, hop: &Hop) -> Vec<Vec<Cell>> {
        let vlan = hop.vlan.map(|vlan| self.words.vlan(vlan)).unwrap_or_default();
        let way = sentences::way(hop);
        let translated = hop.translated_by.iter().map(|one| (self.words.translated(one), self.at(&one.location)));
        let decided = hop
            .decided_by
            .iter()
            .map(|decided_by| (sentences::decided(decided_by, self.words), self.at(&decided_by.location)));
        let mut rules = translated.chain(decided);
        let (rule, place) = rules.next().unwrap_or_default();
        let row = |number: String, node: &str, way: String, vlan: String, rule: String, place: String| {
            vec![
                Cell::new(number).styled(DIM).right(),
                Cell::new(node),
                Cell::new(way),
                Cell::new(vlan),
                Cell::new(rule),
                Cell::new(place).styled(DIM),
            ]
        };
        let mut rows = vec![row(number.to_string(), &hop.node, way, vlan, rule, place)];
        rows.extend(rules.map(|(rule, place)| row(String::new(), "", String::new(), String::new(), rule, place)));
        rows
    }

    /// Writes the sentence and place of a note and ends the line.
    fn note(&self, page: &mut Page, note: &Note<impl Sentence>) {
        if let Some(node) = &note.node {
            page.paint(BOLD, node).text(": ");
        }
        page.text(&note.fact.text(self.lang));
        if let Some(location) = &note.location {
            page.paint(DIM, &format!(" ({})", self.at(location)));
        }
        page.end();
    }

    fn separations(&self, page: &mut Page) {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for requirement in &self.report.requirements {
            let notes = &requirement.separated_by;
            let mut id = requirement.id.as_str();
            let mut row = |text: String| rows.push(vec![Cell::new(std::mem::take(&mut id)), Cell::new(text)]);
            for note in notes.iter().take(SEPARATIONS) {
                let mut text = note.fact.text(self.lang);
                if let Some(location) = &note.location {
                    text.push_str(&format!(" ({})", self.at(location)));
                }
                row(text);
            }
            if notes.len() > SEPARATIONS {
                row(self.words.more_notes(notes.len() - SEPARATIONS));
            }
        }
        if !rows.is_empty() {
            page.end();
            page.paint(BOLD, self.words.separated_by()).end();
            table::write(page, 2, &rows);
        }
    }

    fn assumptions(&self, page: &mut Page) {
        let notes = &self.report.assumptions;
        if notes.is_empty() {
            return;
        }
        page.end();
        page.paint(BOLD, &self.words.assumptions(notes.len())).end();
        for note in notes.iter().take(NOTES) {
            page.space(2).text("- ");
            self.note(page, note);
        }
        self.more_notes(page, notes.len());
    }

    fn warnings(&self, page: &mut Page) {
        let warnings = &self.report.warnings;
        if warnings.is_empty() {
            return;
        }
        page.end();
        page.paint(BOLD, &self.words.warnings(warnings.len())).end();
        for warning in warnings.iter().take(NOTES) {
            page.space(2);
            diagnostics::warning_line(page, warning, &self.report.file, self.lang);
        }
        self.more_notes(page, warnings.len());
    }

    fn more_notes(&self, page: &mut Page, all: usize) {
        if all > NOTES {
            page.space(2).paint(DIM, &self.words.more_notes(all - NOTES)).end();
        }
    }

    fn conclusion(&self, page: &mut Page) {
        page.end();
        self.verdict(page);
    }

    fn verdict(&self, page: &mut Page) {
        page.paint(style(self.report.standing()), &sentences::conclusion(self.report, self.lang));
        page.end();
    }
}
