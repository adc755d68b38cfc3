//! Workflow commands of GitHub: what a step prints becomes annotations on the lines of the change.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use super::phrases::{Phrases, phrases, policy};
use super::sentences::conclusion;
use crate::language::Lang;
use crate::render::catalogue::{Sentence, help};
use crate::report::{Report, RequirementReport, Verdict};
use crate::screen::fitting;
use crate::source::Location;

/// Causes annotated of a requirement, and warnings; GitHub shows fewer.
const MOST: usize = 10;

/// A line for each cause, warning and undecided requirement, and one with the verdict; each ends in a newline.
#[must_use]
pub fn render(reports: &[Report], lang: Lang) -> String {
    let mut out = String::new();
    for report in reports {
        let writer = Writer { report, lang, words: phrases(lang) };
        for requirement in &report.requirements {
            match requirement.verdict {
                Verdict::Violated => writer.violated(&mut out, requirement),
                Verdict::Undecided => {
                    let level = level(requirement);
                    writer.line(&mut out, level, None, &writer.title(requirement), writer.words.undecided_note());
                }
                Verdict::Proved | Verdict::Vacuous => {}
            }
        }
        for one in &report.loosenings {
            writer.line(&mut out, "warning", None, policy::loosenings(lang), &policy::loosening(one, lang));
        }
        writer.warnings(&mut out);
        let level = if Verdict::from(report.verdict) == Verdict::Proved { "notice" } else { "error" };
        writer.line(&mut out, level, None, writer.words.heading(), &conclusion(report, lang));
    }
    out
}

const fn level(requirement: &RequirementReport) -> &'static str {
    if requirement.is_warning() { "warning" } else { "error" }
}

struct Writer<'r> {
    report: &'r Report,
    lang: Lang,
    words: &'static dyn Phrases,
}

impl Writer<'_> {
    fn title(&self, requirement: &RequirementReport) -> String {
        format!("{}: {}", requirement.id, policy::title(requirement, self.lang))
    }

    fn violated(&self, out: &mut String, requirement: &RequirementReport) {
        let title = self.title(requirement);
        for finding in requirement.findings.iter().take(MOST) {
            let message = format!(
                "{}{}",
                finding.fault.text(self.lang),
                self.words.aside(&self.words.tuple_count(finding.tuples))
            );
            self.line(out, level(requirement), finding.location.as_ref(), &title, &message);
        }
        if requirement.findings.len() > MOST {
            let more = self.words.more_findings(requirement.findings.len() - MOST);
            self.line(out, level(requirement), None, &title, &more);
        }
        if requirement.findings.is_empty() {
            self.line(out, level(requirement), None, &title, &self.words.violations(requirement.tuples, 0));
        }
    }

    fn warnings(&self, out: &mut String) {
        for warning in self.report.warnings.iter().take(MOST) {
            let mut text = warning.text(self.lang);
            if let Some(help) = help(warning) {
                text.push_str(&self.words.aside(&format!("{}: {}", self.words.help(), help.get(self.lang))));
            }
            self.line(out, "warning", warning.location.as_ref(), warning.code().word(), &text);
        }
        if self.report.warnings.len() > MOST {
            let more = self.words.more_notes(self.report.warnings.len() - MOST);
            self.line(out, "warning", None, self.words.warning(), &more);
        }
    }

    fn line(&self, out: &mut String, level: &str, location: Option<&Location>, title: &str, message: &str) {
        out.push_str(&format!("::{level} "));
        // Standard input has no place in a change.
        if self.report.file != "-" {
            let (file, place) = match location {
                Some(location) => location.to_mend(&self.report.file),
                None => (self.report.file.as_str(), None),
            };
            out.push_str(&format!("file={},", property(file.trim_start_matches("./"))));
            if let Some((line, column)) = place {
                out.push_str(&format!("line={line},col={column},"));
            }
        }
        out.push_str(&format!("title={}::{}\n", property(title), data(message)));
    }
}

/// The text of a command.
fn data(text: &str) -> String {
    fitting(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
