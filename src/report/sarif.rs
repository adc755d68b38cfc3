//! SARIF 2.1.0, for tools that collect findings. <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! Results are what does not hold: GitHub shows every result as an alert, those of kind `pass` too. What holds is listed
//! with the rules and in the properties of the run.

mod shape;

use std::collections::{BTreeMap, HashMap};
use std::io;

use sha2::{Digest, Sha256};

use super::phrases::{Phrases, exchange, phrases};
use super::screen::fitting;
use super::sentences::{decided, packet, session};
use super::{Finding, Hop, Location, Report, RequirementReport, Verdict, Warning, json};
use crate::language::Lang;
use shape::{
    Artifact, ArtifactLocation, CodeFlow, Configuration, Driver, FileProperties, Invocation, Log, LogicalLocation,
    Notification, Outcome, OutcomeProperties, PhysicalLocation, Place, Region, Rule, RuleProperties, RuleReference,
    Run, RunProperties, Step, Text, ThreadFlow, Tool,
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the fingerprints, with the version of what goes into them.
const FINGERPRINT: &str = "sansoCause/v1";
/// Places related to one result.
const RELATED: usize = 50;

/// The reports as one run, indented, with a newline at the end; control and bidirectional characters in strings are
/// written as `\u…`.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(reports: &[Report], lang: Lang) -> io::Result<String> {
    let rules = Rules::of(reports, lang);
    let (mut results, mut notifications, mut fingerprints) = (Vec::new(), Vec::new(), HashMap::new());
    for (index, report) in reports.iter().enumerate() {
        let mut writer =
            Writer { report, index, lang, words: phrases(lang), rules: &rules, fingerprints: &mut fingerprints };
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
        language: match lang {
            Lang::En => "en",
            Lang::Ja => "ja",
        },
        artifacts: reports.iter().enumerate().map(|(index, report)| artifact(report, index, lang)).collect(),
        results,
        column_kind: "unicodeCodePoints",
        properties: RunProperties {
            date: reports.first().map(|report| report.date.clone()).unwrap_or_default(),
            files: reports.iter().map(file_properties).collect(),
        },
    };
    json::pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

/// The exit status that the reports lead to.
fn exit_code(reports: &[Report]) -> u8 {
    let verdicts = || {
        let own = |report: &Report| [Verdict::from(report.verdict)].into_iter().chain(of_requirements(report));
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
    report.requirements.iter().map(|requirement| requirement.verdict).collect()
}

fn artifact(report: &Report, index: usize, lang: Lang) -> Artifact {
    let description = (report.file == "-").then(|| plain(exchange::standard_input(lang)));
    Artifact {
        location: ArtifactLocation { uri: uri(&report.file), index, description },
        roles: ["analysisTarget"],
        hashes: BTreeMap::from([("sha-256", report.sha256.clone())]),
    }
}

fn file_properties(report: &Report) -> FileProperties {
    let requirement = |one: &RequirementReport| (one.id.clone(), one.verdict.word());
    FileProperties {
        uri: uri(&report.file),
        sha256: report.sha256.clone(),
        policy: report.policy_id.clone(),
        policy_sha256: report.policy_sha256.clone(),
        verdict: Verdict::from(report.verdict).word(),
        requirements: report.requirements.iter().map(requirement).collect(),
    }
}

/// A file as a URI reference: relative where it is, every other byte than those of plain names as `%E5`.
fn uri(file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file);
    let mut out = if file.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A text for people, cut where it is very long.
fn message(text: &str) -> Text {
    plain(&escaped(&fitting(text)))
}

/// `](` would make a link of a text, braces a placeholder.
fn escaped(text: &str) -> String {
    text.replace("](", "\\](").replace('{', "{{").replace('}', "}}")
}

fn plain(text: &str) -> Text {
    Text { text: text.to_owned(), markdown: None }
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
        let codes: BTreeMap<&str, &Warning> = warnings.rev().map(|warning| (warning.code, warning)).collect();
        for (code, warning) in codes {
            rules.add(code, || of_warning(warning, lang));
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
        default_configuration: Configuration { level: "error" },
        properties: RuleProperties {
            clause: Some(requirement.clause.clone()),
            precision: "very-high",
            tags: &["security", "network-segmentation"],
        },
    }
}

fn of_warning(warning: &Warning, lang: Lang) -> Rule {
    let about = exchange::warning_rule(lang, warning.code);
    let help = warning.help.as_ref().map_or_else(|| plain(&about), |help| message(help.get(lang)));
    Rule {
        id: warning.code.to_owned(),
        short_description: plain(&about),
        full_description: plain(&about),
        help,
        default_configuration: Configuration { level: "warning" },
        properties: RuleProperties { clause: None, precision: "high", tags: &["document"] },
    }
}

struct Writer<'r> {
    report: &'r Report,
    index: usize,
    lang: Lang,
    words: &'static dyn Phrases,
    rules: &'r Rules,
    fingerprints: &'r mut HashMap<(usize, String), usize>,
}

impl Writer<'_> {
    fn finding(&mut self, requirement: &RequirementReport, finding: &Finding) -> Outcome {
        let text = format!("{} ({})", finding.message.get(self.lang), self.words.tuple_count(finding.tuples));
        let steps = self.steps(finding);
        let flow = CodeFlow { thread_flows: [ThreadFlow { locations: steps }] };
        Outcome {
            rule_id: requirement.id.clone(),
            rule_index: self.rules.position(&requirement.id),
            kind: "fail",
            level: "error",
            message: message(&text),
            locations: [self.place(finding.location.as_ref(), None, None)],
            partial_fingerprints: self.fingerprint(&requirement.id, finding.cause.iter().map(String::as_str)),
            code_flows: if flow.thread_flows[0].locations.is_empty() { vec![] } else { vec![flow] },
            related_locations: self.related(finding),
            properties: OutcomeProperties { tuples: Some(finding.tuples), path: finding.path.clone() },
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
            locations: [self.place(None, None, None)],
            partial_fingerprints: self.fingerprint(&requirement.id, ["undecided"]),
            code_flows: Vec::new(),
            related_locations: Vec::new(),
            properties: OutcomeProperties { tuples: None, path: Vec::new() },
        }
    }

    fn notification(&self, requirement: &RequirementReport) -> Notification {
        let text = format!("{}: {}", requirement.id, self.words.undecided_note());
        Notification {
            locations: [self.place(None, None, None)],
            message: message(&text),
            level: "error",
            associated_rule: RuleReference { id: requirement.id.clone(), index: self.rules.position(&requirement.id) },
        }
    }

    fn warning(&mut self, warning: &Warning) -> Outcome {
        let mut text = warning.message.get(self.lang).to_owned();
        if let Some(help) = &warning.help {
            text.push_str(&format!(" ({}: {})", self.words.help(), help.get(self.lang)));
        }
        Outcome {
            rule_id: warning.code.to_owned(),
            rule_index: self.rules.position(warning.code),
            kind: "fail",
            level: "warning",
            message: message(&text),
            locations: [self.place(warning.location.as_ref(), None, None)],
            partial_fingerprints: self.fingerprint(warning.code, [warning.message.en.as_str()]),
            code_flows: Vec::new(),
            related_locations: Vec::new(),
            properties: OutcomeProperties { tuples: None, path: Vec::new() },
        }
    }

    /// Every hop of every session, at the rules that let it pass.
    fn steps(&self, finding: &Finding) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, one) in finding.sessions.iter().enumerate() {
            let opened = format!("{} ({})", session(finding, index, one, self.words), packet(&one.packet, self.words));
            steps.push(Step { location: self.place(None, Some(&one.from), Some(message(&opened))), nesting_level: 0 });
            for hop in &one.hops {
                let text = |rule: Option<String>| Some(message(&self.hop(hop, rule)));
                if hop.decided_by.is_empty() {
                    let location = self.place(None, Some(&hop.node), text(None));
                    steps.push(Step { location, nesting_level: 1 });
                }
                for by in &hop.decided_by {
                    let text = text(Some(decided(by, self.words)));
                    let location = self.place(Some(&by.location), Some(&hop.node), text);
                    steps.push(Step { location, nesting_level: 1 });
                }
            }
        }
        steps
    }

    /// `fw-core: lan -> mn, VLAN 20, rule R7`
    fn hop(&self, hop: &Hop, rule: Option<String>) -> String {
        let way = match (&hop.r#in, &hop.out) {
            (None, None) => None,
            (r#in, out) => {
                let side = |name: &Option<String>| name.clone().unwrap_or_default();
                Some(format!("{} -> {}", side(r#in), side(out)).trim().to_owned())
            }
        };
        let vlan = hop.vlan.map(|vlan| self.words.vlan(vlan));
        let parts: Vec<String> = [way, vlan, rule].into_iter().flatten().collect();
        if parts.is_empty() {
            hop.node.clone()
        } else {
            format!("{}: {}", hop.node, parts.join(self.words.list_comma()))
        }
    }

    /// The other rules on the way, then the guesses.
    fn related(&self, finding: &Finding) -> Vec<Place> {
        let mut out: Vec<Place> = Vec::new();
        let mut known: Vec<Location> = finding.location.iter().copied().collect();
        let hops = finding.sessions.iter().flat_map(|session| &session.hops);
        for (hop, by) in hops.flat_map(|hop| hop.decided_by.iter().map(move |by| (hop, by))) {
            if !known.contains(&by.location) && out.len() < RELATED {
                known.push(by.location);
                let text = message(&format!("{}: {}", hop.node, decided(by, self.words)));
                out.push(self.place(Some(&by.location), Some(&hop.node), Some(text)));
            }
        }
        for guess in &finding.guesses {
            if out.len() < RELATED {
                let node = guess.node.as_deref();
                let of_node = node.map(|node| format!("{node}: ")).unwrap_or_default();
                let text = format!("{}: {of_node}{}", self.words.guess(), guess.text.get(self.lang));
                out.push(self.place(guess.location.as_ref(), node, Some(message(&text))));
            }
        }
        for (number, place) in out.iter_mut().enumerate() {
            place.id = Some(number + 1);
        }
        out
    }

    fn place(&self, location: Option<&Location>, node: Option<&str>, message: Option<Text>) -> Place {
        let artifact_location = ArtifactLocation { uri: uri(&self.report.file), index: self.index, description: None };
        let region = location.map(|&Location { line, column, .. }| Region { start_line: line, start_column: column });
        let of_node = |node: &str| LogicalLocation { fully_qualified_name: node.to_owned(), kind: "resource" };
        Place {
            id: None,
            physical_location: PhysicalLocation { artifact_location, region },
            logical_locations: node.map(of_node).into_iter().collect(),
            message,
        }
    }

    /// A digest of what tells a result from others, whatever lines move; a second one alike gets a number.
    fn fingerprint<'t>(
        &mut self,
        rule: &'t str,
        parts: impl IntoIterator<Item = &'t str>,
    ) -> BTreeMap<&'static str, String> {
        let mut hash = Sha256::new();
        for part in [rule].into_iter().chain(parts) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut text: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let seen = self.fingerprints.entry((self.index, text.clone())).or_default();
        *seen += 1;
        if *seen > 1 {
            text.push_str(&format!(":{seen}"));
        }
        BTreeMap::from([(FINGERPRINT, text)])
    }
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn files_are_uris() {
        for (file, expected) in [
            ("topologies/a.yaml", "topologies/a.yaml"),
            ("./a b.yaml", "a%20b.yaml"),
            ("本庁.yaml", "%E6%9C%AC%E5%BA%81.yaml"),
            ("c:x%", "c%3Ax%25"),
            ("/tmp/a?#.json", "file:///tmp/a%3F%23.json"),
            ("../a", "../a"),
            ("-", "-"),
        ] {
            assert_eq!(uri(file), expected);
        }
    }

    #[test]
    fn messages_hold_no_links_and_no_placeholders() {
        assert_eq!(message("[a](http://b) \\ {0}").text, "[a\\](http://b) \\ {{0}}");
    }
}
