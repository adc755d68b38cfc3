//! Results as JUnit XML: a suite for each file, a case for each requirement. No times: the same facts give the same bytes.

use std::io;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::catalogue::Sentence;
use super::phrases::{Phrases, exchange, phrases, policy, standing_word};
use super::sentences::{at, conclusion, decided, packet, session, way};
use crate::language::Lang;
use crate::report::{Finding, Means, Report, RequirementReport, Verdict};
use crate::screen::fitting;

/// Causes shown of a requirement.
const FINDINGS: usize = 10;

/// The reports as XML that ends in a newline. A violated requirement is a failure, an undecided one an error; one that
/// speaks of nobody is skipped, and so is a warning that is not proved and one of which a baseline accepts every violation.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(reports: &[Report], lang: Lang) -> io::Result<String> {
    let mut out = quick_junit::Report::new("sanso");
    for report in reports {
        out.add_test_suite(suite(report, lang));
    }
    out.to_string().map_err(io::Error::other)
}

fn suite(report: &Report, lang: Lang) -> TestSuite {
    let file = name(&report.file, lang);
    let mut suite = TestSuite::new(file.as_str());
    for (name, value) in [
        ("sanso", env!("CARGO_PKG_VERSION")),
        ("sha256", &report.sha256),
        ("policy", &report.policy_id),
        ("policy-sha256", &report.policy_sha256),
        ("date", &report.date),
        ("verdict", Verdict::from(report.verdict).word()),
        ("standing", report.standing().word()),
        ("standing-text", standing_word(report.standing(), lang)),
    ] {
        suite.add_property((name, shown(value).as_str()));
    }
    // A case has no place for it in what readers of JUnit agree on.
    for requirement in report.requirements.iter().filter(|requirement| !requirement.exceptions.is_empty()) {
        let exceptions = requirement.exceptions.join(phrases(lang).list_comma());
        suite.add_property((format!("exceptions-{}", requirement.id).as_str(), shown(&exceptions).as_str()));
    }
    for requirement in report.requirements.iter().filter(|requirement| !requirement.accepted.is_empty()) {
        let of = format!("{}/{}", requirement.accepted_tuples(), requirement.tuples);
        suite.add_property((format!("accepted-{}", requirement.id).as_str(), of.as_str()));
    }
    for one in &report.loosenings {
        suite.add_property((format!("loosened-{}", one.id).as_str(), shown(&policy::loosening(one, lang)).as_str()));
    }
    for requirement in &report.requirements {
        let title = format!("{}: {}", requirement.id, policy::title(requirement, lang));
        let mut case = TestCase::new(shown(&title).as_str(), status(report, requirement, lang));
        case.set_classname(file.as_str());
        suite.add_test_case(case);
    }
    suite.set_system_out(shown(&conclusion(report, lang)).as_str());
    suite
}

fn status(report: &Report, requirement: &RequirementReport, lang: Lang) -> TestCaseStatus {
    let words = phrases(lang);
    let verdict = words.verdict(requirement.verdict);
    match requirement.verdict {
        Verdict::Proved => TestCaseStatus::success(),
        Verdict::Vacuous => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(verdict);
            status
        }
        Verdict::Undecided => {
            let mut status = match requirement.is_warning() {
                true => TestCaseStatus::skipped(),
                false => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            status.set_message(verdict).set_type("undecided").set_description(words.undecided_note());
            status
        }
        Verdict::Violated => {
            let mut lines = vec![requirement.title.get(lang).to_owned()];
            lines.extend(requirement.accepted.iter().map(|one| exchange::accepted(lang, one)));
            let message = words.violations(requirement.tuples, requirement.findings.len());
            let mut status = if requirement.is_warning() {
                let mut status = TestCaseStatus::skipped();
                status.set_message(shown(&format!("{}: {message}", words.warning())));
                status
            } else if requirement.is_accepted() {
                let mut status = TestCaseStatus::skipped();
                status.set_message(shown(&format!("{message}: {}", lines[1])));
                status
            } else {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(message).set_type("violated");
                status
            };
            for (number, finding) in requirement.findings.iter().take(FINDINGS).enumerate() {
                of_finding(&mut lines, number + 1, finding, report, lang, words);
            }
            if requirement.findings.len() > FINDINGS {
                lines.push(words.more_findings(requirement.findings.len() - FINDINGS));
            }
            lines.push(words.explain(&requirement.id));
            let lines: Vec<String> = lines.iter().map(|line| shown(line)).collect();
            status.set_description(lines.join("\n"));
            status
        }
    }
}

fn of_finding(
    lines: &mut Vec<String>,
    number: usize,
    finding: &Finding,
    report: &Report,
    lang: Lang,
    words: &dyn Phrases,
) {
    lines.push(format!("{number}. {}{}", finding.fault.text(lang), words.aside(&words.tuple_count(finding.tuples))));
    if let Some(location) = &finding.location {
        lines.push(format!("   --> {}", at(&name(&report.file, lang), location)));
    }
    if !finding.sessions.is_empty() {
        lines.push(format!("   {}: {}", words.path(), finding.path.join(" -> ")));
    }
    for (index, one) in finding.sessions.iter().enumerate() {
        lines.push(format!("   {}", session(finding, index, one, words)));
        lines.push(match &one.means {
            Means::Packet(sent) => format!("   {}: {}", words.packet(), packet(sent, words)),
            Means::Transfer { id, location } => {
                format!("   {}: {id} ({})", words.transfer(), at(&name(&report.file, lang), location))
            }
        });
        for (number, hop) in one.hops.iter().enumerate() {
            let mut line = format!("     {}. {} {}", number + 1, hop.node, way(hop));
            line.extend(hop.vlan.map(|vlan| format!(" {}", words.vlan(vlan))));
            for one in &hop.translated_by {
                let place = at(&name(&report.file, lang), &one.location);
                line.push_str(&format!(" | {} ({place})", words.translated(one)));
            }
            for one in &hop.decided_by {
                line.push_str(&format!(
                    " | {} ({})",
                    decided(one, words),
                    at(&name(&report.file, lang), &one.location)
                ));
            }
            lines.push(line.trim_end().to_owned());
        }
    }
    for guess in &finding.guesses {
        let node = guess.node.as_deref().map(|node| format!("{node}: ")).unwrap_or_default();
        lines.push(format!("   {}: {node}{}", words.guess(), guess.fact.text(lang)));
    }
}

/// The file as people read it.
pub(super) fn name(file: &str, lang: Lang) -> String {
    if file == "-" { exchange::standard_input(lang).to_owned() } else { shown(file) }
}

/// A text without what XML cannot hold; the rest is escaped by the library.
pub(super) fn shown(text: &str) -> String {
    fitting(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}
