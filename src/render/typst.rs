//! The audit report as data for a Typst template, and the template. The template has the layout and no words; the data
//! have every word, ready to be shown, and nothing of them is ever read as markup. Needs the facts of an audit.

mod beside;
mod findings;
mod sections;
mod words;

use std::io;

use serde::Serialize;

use super::catalogue::Sentence;
use super::phrases::{Phrases, phrases, standing_word};
use super::sentences::short;
use crate::language::Lang;
use crate::report::audit::{Audit, Standing};
use crate::report::{Note, Report, Verdict};
use crate::screen::fitting;
use crate::source::Location;
use beside::RepairsData;
use findings::RequirementData;
use sections::{CertificateData, EntryData, MatrixData, NotesData, RowData, VerdictData, ZoneData};
use words::{Words, words};

/// The template: Typst markup that reads the data as `json("data.json")`.
pub const TEMPLATE: &str = include_str!("typst/report.typ");

/// The data of a report as JSON, one line; `None` when the report is without the facts of an audit. Control,
/// bidirectional and invisible characters are written as `\u{1b}`, very long texts are cut.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn data(report: &Report, lang: Lang) -> io::Result<Option<String>> {
    let Some(audit) = report.audit.as_deref() else { return Ok(None) };
    let writer = Writer { report, audit, lang, phrases: phrases(lang), words: words(lang) };
    serde_json::to_string(&writer.data()).map(Some).map_err(io::Error::from)
}

/// What the template reads.
#[derive(Serialize)]
struct Data {
    lang: &'static str,
    /// Title of the document; with the subject's name, the title of the file.
    title: &'static str,
    /// Name of what the report is about.
    name: Option<String>,
    full_title: String,
    /// `YYYY-MM-DD`
    date: String,
    /// Left in the header of each page.
    running: String,
    /// Headings of columns and the like.
    labels: Named,
    headings: words::Headings,
    verdict: VerdictData,
    particulars: Vec<RowData>,
    people: Vec<RowData>,
    subject: Vec<RowData>,
    matrix: MatrixData,
    requirements: Vec<RequirementData>,
    repairs: RepairsData,
    ledger: Vec<EntryData>,
    transfers: Vec<EntryData>,
    /// Between each two tiers; none: it was not looked for.
    depth: Vec<EntryData>,
    assumptions: NotesData,
    warnings: NotesData,
    zones: Vec<ZoneData>,
    not_checked: Vec<String>,
    certificate: CertificateData,
    closing: Vec<RowData>,
}

/// Names of columns and rows.
#[derive(Serialize)]
struct Named {
    #[serde(flatten)]
    own: words::Labels,
    #[serde(flatten)]
    shared: words::Shared,
}

/// Where text comes from.
struct Writer<'r> {
    report: &'r Report,
    audit: &'r Audit,
    lang: Lang,
    phrases: &'static dyn Phrases,
    words: &'static dyn Words,
}

impl Writer<'_> {
    fn data(&self) -> Data {
        let title = self.words.title();
        Data {
            lang: match self.lang {
                Lang::En => "en",
                Lang::Ja => "ja",
            },
            title,
            name: self.report.name.as_deref().map(shown),
            full_title: match &self.report.name {
                Some(name) => format!("{title} — {}", shown(name)),
                None => title.to_owned(),
            },
            date: self.report.date.clone(),
            running: self.words.running(&running(&self.report.file), &short(&self.report.sha256)),
            labels: Named { own: self.words.labels(), shared: words::shared(self.lang) },
            headings: words::headings(self.lang),
            verdict: self.verdict(),
            particulars: self.particulars(),
            people: self.people(),
            subject: self.subject(),
            matrix: self.matrix(),
            requirements: self.requirements(),
            repairs: self.repairs(),
            ledger: self.ledger(),
            transfers: self.transfers(),
            depth: self.depths(),
            assumptions: self.notes(&self.report.assumptions),
            warnings: self.warnings(),
            zones: self.zones(),
            not_checked: self.audit.not_checked.iter().map(|fact| shown(&fact.text(self.lang))).collect(),
            certificate: self.certificate(),
            closing: self.closing(),
        }
    }

    /// What is shown of a place: `file:line:column` would repeat the file on every line.
    fn place(&self, location: &Location) -> String {
        match location.origin {
            Some(origin) => shown(&origin.place),
            None => self.words.place(location.line, location.column),
        }
    }

    fn note(&self, note: &Note<impl Sentence>) -> String {
        let mut text = String::new();
        if let Some(node) = &note.node {
            text.push_str(&shown(node));
            text.push_str(": ");
        }
        text.push_str(&shown(&note.fact.text(self.lang)));
        if let Some(location) = &note.location {
            text.push_str(self.words.open());
            text.push_str(&self.place(location));
            text.push_str(self.words.close());
        }
        text
    }

    /// How something stands, for the template.
    fn mark(&self, standing: Standing) -> Mark {
        let kind = match standing {
            Standing::Proved => "proved",
            Standing::Excepted => "excepted",
            Standing::Violated => "violated",
            Standing::Undecided => "undecided",
            Standing::Vacuous => "vacuous",
        };
        Mark { kind, word: standing_word(standing, self.lang) }
    }

    /// How the requirement at a position stands.
    fn standing(&self, requirement: usize) -> Standing {
        let verdict = self.report.requirements.get(requirement).map_or(Verdict::Undecided, |one| one.verdict);
        self.audit.standing(requirement, verdict)
    }

    /// A zone as people call it.
    fn zone(&self, zone: Option<&str>) -> String {
        match zone {
            None => self.words.no_zone().to_owned(),
            Some(zone) => self.phrases.zone_names(zone).map_or_else(|| shown(zone), str::to_owned),
        }
    }
}

/// A verdict: `proved`, `excepted`, `violated`, `undecided`, `vacuous` or `none`, which chooses its colour, and its word.
#[derive(Clone, Copy, Serialize)]
struct Mark {
    kind: &'static str,
    word: &'static str,
}

/// Text from outside as it may be shown.
fn shown(text: &str) -> String {
    fitting(text).into_owned()
}

/// A file as the header of a page has room for it.
fn running(file: &str) -> String {
    let name = shown(base(file));
    match name.char_indices().nth(40) {
        None => name,
        Some((end, _)) => format!("{}…", &name[..end]),
    }
}

/// The last part of a path.
fn base(file: &str) -> &str {
    file.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::words::words;
    use super::{TEMPLATE, base, running};
    use crate::language::Lang;

    /// The template numbers its sections; sentences name the numbers.
    #[test]
    fn sentences_name_sections_by_the_numbers_of_the_template() {
        let name = |line: &str| line.strip_prefix("= #heading-of.").map(str::to_owned);
        let labelled =
            |line: &str| Some(line.strip_prefix("#heading(level: 1, heading-of.")?.trim_end_matches(')').to_owned());
        let order: Vec<String> = TEMPLATE.lines().filter_map(|line| name(line).or_else(|| labelled(line))).collect();
        assert_eq!(order.len(), 12, "{order:?}");
        for lang in [Lang::En, Lang::Ja] {
            let (words, labels) = (words(lang), words(lang).labels());
            for (text, section) in [
                (words.holds_with_exceptions("x"), "ledger"),
                (labels.matrix_note.to_owned(), "requirements"),
                (labels.no_assumptions.to_owned(), "not_checked"),
                (words.statement().to_owned(), "assumptions"),
                (words.statement().to_owned(), "not_checked"),
                (words.more_nodes(2), "subject"),
            ] {
                let number = 1 + order.iter().position(|known| known == section).expect("a section");
                let said = match lang {
                    Lang::En => format!("section {number}"),
                    Lang::Ja => format!("{number} 章"),
                };
                assert!(text.contains(&said), "{section} is {said}: {text}");
            }
        }
    }

    #[test]
    fn the_header_names_the_file_without_its_folders() {
        for (file, name) in [("a/b/c.yaml", "c.yaml"), ("c.yaml", "c.yaml"), ("a/", "a"), ("-", "-"), ("C:\\x\\y", "y")]
        {
            assert_eq!(base(file), name);
        }
        assert_eq!(running(&"住".repeat(100)).chars().count(), 41);
    }
}
