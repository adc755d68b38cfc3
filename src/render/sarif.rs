//! SARIF 2.1.0, for tools that collect findings. <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! Results are what does not hold: GitHub shows every result as an alert, those of kind `pass` too. What holds is listed
//! with the rules and in the properties of the run.

pub(super) mod places;
pub(super) mod shape;

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::json;
use super::phrases::{Phrases, exchange, phrases, standing_word};
use crate::code::Code;
use crate::language::{Lang, Phrase};
use crate::render::catalogue::{Sentence, help};
use crate::report::{Acceptance, Finding, Report, RequirementReport, Verdict, Warning};
use places::{Fingerprints, Places, escaped, language, message, plain, uri};
use shape::{
    Artifact, ArtifactLocation, CodeFlow, Configuration, Driver, FileProperties, Invocation, Log, Notification,
    Outcome, OutcomeProperties, Rule, RuleProperties, RuleReference, Run, RunProperties, Suppression, Text, Tool,
};

pub(super) const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The reports as one run, indented, with a newline at the end; control and bidirectional characters in strings are
/// written as `\u…`.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(reports: &[Report], lang: Lang) -> io::Result<String> {
    let rules = Rules::of(reports, lang);
    let (mut results, mut notifications, mut fingerprints) = (Vec::new(), Vec::new(), Fingerprints::default());
    for (index, report) in reports.iter().enumerate() {
        let places = Places { file: &report.file, index, lang, words: phrases(lang) };
        let mut writer = Writer { places, lang, words: phrases(lang), rules: &rules, fingerprints: &mut fingerprints };
        for requirement in &report.requirements {
            match requirement.verdict {
                Verdict::Violated => {
                    results.extend(requirement.findings.iter().map(|finding| writer.finding(requirement, finding)));
                }
                Verdict::Undecided => {
                    results.push(writer.undecided(requirement));
                    notifications.push(writer.notification(requirement));
                }
                Verdict::Proved | Verdict::Vacuous => {}
            }
        }
        results.extend(report.warnings.iter().map(|warning| writer.warning(warning)));
    }
    let exit_code = exit_code(reports);
    let version = env!("CARGO_PKG_VERSION");
    let driver = Driver { name: "sanso", version, semantic_version: version, rules: rules.list };
    let run = Run {
        tool: Tool { driver },
        invocations: [Invocation {
            exit_code,
            exit_code_description: exchange::exit(lang, exit_code),
            tool_execution_notifications: notifications,
            execution_successful: exit_code != 3,
        }],
        automation_details: None,
        language: language(lang),
        artifacts: reports.iter().enumerate().map(|(index, report)| artifact(report, index, lang)).collect(),
        results,
        column_kind: "unicodeCodePoints",
        properties: RunProperties {
            date: reports.first().map(|report| report.date.clone()).unwrap_or_default(),
            files: reports.iter().map(|report| file_properties(report, lang)).collect(),
        },
    };
    json::pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

/// The exit status that the reports lead to. What is accepted leads to none.
fn exit_code(reports: &[Report]) -> u8 {
    let verdicts = || {
        let accepted = |report: &Report| report.requirements.iter().any(RequirementReport::is_accepted);
        let whole = |report: &Report| (!accepted(report)).then(|| Verdict::from(report.verdict));
        let own = |report: &Report| whole(report).into_iter().chain(of_requirements(report));
        reports.iter().flat_map(own).collect::<Vec<_>>()
    };
    if verdicts().contains(&Verdict::Violated) {
        1
    } else if verdicts().contains(&Verdict::Undecided) {
        3
    } else {
        0
    }
}

fn of_requirements(report: &Report) -> Vec<Verdict> {
    let counts = |requirement: &&RequirementReport| !requirement.is_accepted() && !requirement.is_warning();
    report.requirements.iter().filter(counts).map(|requirement| requirement.verdict).collect()
}

fn artifact(report: &Report, index: usize, lang: Lang) -> Artifact {
    let description = (report.file == "-").then(|| plain(exchange::standard_input(lang)));
    Artifact {
        location: ArtifactLocation { uri: uri(&report.file), index: Some(index), description },
        roles: ["analysisTarget"],
        hashes: BTreeMap::from([("sha-256", report.sha256.clone())]),
    }
}

fn file_properties(report: &Report, lang: Lang) -> FileProperties {
    let requirement = |one: &RequirementReport| (one.id.clone(), one.verdict.word());
    let exceptions = |one: &RequirementReport| (one.id.clone(), one.exceptions.clone());
    let accepted = |one: &RequirementReport| (one.id.clone(), one.accepted_tuples());
    FileProperties {
        uri: uri(&report.file),
        sha256: report.sha256.clone(),
        policy: report.policy_id.clone(),
        policy_sha256: report.policy_sha256.clone(),
        verdict: Verdict::from(report.verdict).word(),
        requirements: report.requirements.iter().map(requirement).collect(),
        standing: report.standing().word(),
        standing_text: standing_word(report.standing(), lang),
        exceptions: report.requirements.iter().filter(|one| !one.exceptions.is_empty()).map(exceptions).collect(),
        accepted: report.requirements.iter().filter(|one| !one.accepted.is_empty()).map(accepted).collect(),
        warnings: report.requirements.iter().filter(|one| one.is_warning()).map(|one| one.id.clone()).collect(),
        loosenings: report.loosenings.iter().map(json::LooseningJson::of).collect(),
    }
}

/// The rules of all reports, each once: requirements, then warnings.
struct Rules {
    list: Vec<Rule>,
    index: HashMap<String, usize>,
}

impl Rules {
    fn of(reports: &[Report], lang: Lang) -> Self {
        let mut rules = Self { list: Vec::new(), index: HashMap::new() };
        for requirement in reports.iter().flat_map(|report| &report.requirements) {
            rules.add(&requirement.id, || of_requirement(requirement, lang));
        }
        let warnings = reports.iter().flat_map(|report| &report.warnings);
        let codes: BTreeMap<Code, &Warning> = warnings.rev().map(|warning| (warning.code(), warning)).collect();
        for (code, warning) in codes {
            rules.add(code.word(), || of_warning(warning, lang));
        }
        rules
    }

    fn add(&mut self, id: &str, rule: impl FnOnce() -> Rule) {
        if !self.index.contains_key(id) {
            self.index.insert(id.to_owned(), self.list.len());
            self.list.push(rule());
        }
    }

    fn position(&self, id: &str) -> usize {
        self.index.get(id).copied().unwrap_or_default()
    }
}

fn of_requirement(requirement: &RequirementReport, lang: Lang) -> Rule {
    let help = &requirement.help;
    let parts = exchange::help(lang).into_iter().zip([&help.meaning, &help.why, &help.mend]);
    let parts: Vec<(&str, &str)> = parts.map(|(title, text)| (title, text.get(lang))).collect();
    let text: Vec<String> = parts.iter().map(|(title, text)| format!("{title}: {}", escaped(text))).collect();
    let markdown: Vec<String> = parts.iter().map(|(title, text)| format!("**{title}**\n\n{}", escaped(text))).collect();
    Rule {
        id: requirement.id.clone(),
        short_description: plain(&escaped(requirement.title.get(lang))),
        full_description: plain(&escaped(help.meaning.get(lang))),
        help: Text { text: text.join("\n"), markdown: Some(markdown.join("\n\n")) },
        default_configuration: Configuration { level: json::severity_word(requirement.severity) },
        properties: RuleProperties {
            clause: Some(requirement.clause.clone()),
            precision: "very-high",
            tags: &["security", "network-segmentation"],
        },
    }
}

fn of_warning(warning: &Warning, lang: Lang) -> Rule {
    let about = exchange::warning_rule(lang, warning.code());
    let help = help(warning).map_or_else(|| plain(&about), |help| message(help.get(lang)));
    Rule {
        id: warning.code().to_string(),
        short_description: plain(&about),
        full_description: plain(&about),
        help,
        default_configuration: Configuration { level: "warning" },
        properties: RuleProperties { clause: None, precision: "high", tags: &["document"] },
    }
}

struct Writer<'r> {
    places: Places<'r>,
    lang: Lang,
    words: &'static dyn Phrases,
    rules: &'r Rules,
    fingerprints: &'r mut Fingerprints,
}

impl Writer<'_> {
    fn finding(&mut self, requirement: &RequirementReport, finding: &Finding) -> Outcome {
        let suppression = |acceptance: &Acceptance| Suppression {
            kind: "external",
            status: "accepted",
            justification: escaped(&exchange::accepted(self.lang, acceptance)),
        };
        let text =
            format!("{}{}", finding.fault.text(self.lang), self.words.aside(&self.words.tuple_count(finding.tuples)));
        Outcome {
            rule_id: requirement.id.clone(),
            rule_index: self.rules.position(&requirement.id),
            kind: "fail",
            level: json::severity_word(requirement.severity),
            message: message(&text),
            locations: [self.places.place(finding.location.as_ref(), None, None)],
            partial_fingerprints: self.fingerprints.of(
                self.places.index,
                &requirement.id,
                finding.cause.iter().map(String::as_str),
            ),
            code_flows: CodeFlow::of(self.places.steps(finding)),
            related_locations: self.places.related(finding),
            // A finding does not list its tuples: where one is left, none of the findings can be passed over.
            suppressions: requirement.accepted.iter().filter(|_| requirement.is_accepted()).map(suppression).collect(),
            properties: OutcomeProperties {
                requirement: None,
                tuples: Some(finding.tuples),
                path: finding.path.clone(),
            },
        }
    }

    fn undecided(&mut self, requirement: &RequirementReport) -> Outcome {
        Outcome {
            rule_id: requirement.id.clone(),
            rule_index: self.rules.position(&requirement.id),
            // The standard asks for the level `none` with every kind but `fail`; the notification is an error.
            kind: "open",
            level: "none",
            message: message(self.words.undecided_note()),
            locations: [self.places.place(None, None, None)],
            partial_fingerprints: self.fingerprints.of(self.places.index, &requirement.id, ["undecided"]),
            code_flows: Vec::new(),
            related_locations: Vec::new(),
            suppressions: Vec::new(),
            properties: OutcomeProperties { requirement: None, tuples: None, path: Vec::new() },
        }
    }

    fn notification(&self, requirement: &RequirementReport) -> Notification {
        let text = format!("{}: {}", requirement.id, self.words.undecided_note());
        Notification {
            locations: [self.places.place(None, None, None)],
            message: message(&text),
            level: json::severity_word(requirement.severity),
            associated_rule: Some(RuleReference {
                id: requirement.id.clone(),
                index: self.rules.position(&requirement.id),
            }),
        }
    }

    fn warning(&mut self, warning: &Warning) -> Outcome {
        let Phrase { en, ja } = warning.phrase();
        let identity = en.clone();
        let mut text = if self.lang == Lang::Ja { ja } else { en };
        if let Some(help) = help(warning) {
            text.push_str(&self.words.aside(&format!("{}: {}", self.words.help(), help.get(self.lang))));
        }
        Outcome {
            rule_id: warning.code().to_string(),
            rule_index: self.rules.position(warning.code().word()),
            kind: "fail",
            level: "warning",
            message: message(&text),
            locations: [self.places.place(warning.location.as_ref(), None, None)],
            partial_fingerprints: self.fingerprints.of(self.places.index, warning.code().word(), [identity.as_str()]),
            code_flows: Vec::new(),
            related_locations: Vec::new(),
            suppressions: Vec::new(),
            properties: OutcomeProperties { requirement: None, tuples: None, path: Vec::new() },
        }
    }
}
