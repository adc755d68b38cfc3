//! The difference as SARIF 2.1.0: a rule for each kind of widening, a result for each reason to say that the new document
//! is wider. What is narrower, or the same, is in the properties of the run: GitHub shows every result as an alert.

use std::collections::BTreeMap;
use std::io;

use super::codes::{CODES, about};
use super::phrases::phrases;
use crate::code::Code;
use crate::language::Lang;
use crate::render::catalogue::difference::widening;
use crate::render::json;
use crate::render::phrases::{exchange, phrases as general};
use crate::render::sarif::SCHEMA;
use crate::render::sarif::places::{Fingerprints, Places, escaped, language, message, plain, uri};
use crate::render::sarif::shape::{
    Artifact, ArtifactLocation, AutomationDetails, ChangeProperties, CodeFlow, Configuration, Driver, Invocation, Log,
    Notification, Outcome, OutcomeProperties, RequirementProperties, Rule, RuleProperties, Run, SideProperties, Text,
    Tool,
};
use crate::report::Verdict;
use crate::report::diff::{Diff, RequirementChange, Subject, Widening};

/// The difference as one run that ended in `exit_code`, indented, with a newline at the end; control and bidirectional
/// characters in strings are written as `\u…`.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(diff: &Diff, exit_code: u8, lang: Lang) -> io::Result<String> {
    let places = Places { file: &diff.new.file, index: 0, lang, words: general(lang) };
    let undecided = diff.undecided.then(|| Notification {
        locations: [places.place(None, None, None)],
        message: message(general(lang).undecided_note()),
        level: "error",
        associated_rule: None,
    });
    let version = env!("CARGO_PKG_VERSION");
    let rules = CODES.map(|code| rule(code, lang)).into();
    let run = Run {
        tool: Tool { driver: Driver { name: "sanso", version, semantic_version: version, rules } },
        invocations: [Invocation {
            exit_code,
            exit_code_description: phrases(lang).exit(exit_code),
            tool_execution_notifications: undecided.into_iter().collect(),
            execution_successful: !diff.undecided,
        }],
        automation_details: Some(AutomationDetails { id: "sanso-diff/" }),
        language: language(lang),
        artifacts: vec![
            artifact(&diff.new, 0, "analysisTarget", lang),
            artifact(&diff.old, 1, "referencedOnCommandLine", lang),
        ],
        results: results(diff, &places, lang),
        column_kind: "unicodeCodePoints",
        properties: ChangeProperties {
            change: diff.direction.word(),
            undecided: diff.undecided,
            policy: diff.policy_id.clone(),
            policy_sha256: diff.policy_sha256.clone(),
            loosenings: diff.loosenings.iter().map(json::LooseningJson::of).collect(),
            old: side(&diff.old),
            new: side(&diff.new),
            requirements: diff.requirements.iter().map(requirement).collect(),
        },
    };
    json::pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

fn artifact(subject: &Subject, index: usize, role: &'static str, lang: Lang) -> Artifact {
    let description = (subject.file == "-").then(|| plain(exchange::standard_input(lang)));
    Artifact {
        location: ArtifactLocation { uri: uri(&subject.file), index: Some(index), description },
        roles: [role],
        hashes: BTreeMap::from([("sha-256", subject.sha256.clone())]),
    }
}

fn side(Subject { file, sha256, date, verdict, .. }: &Subject) -> SideProperties {
    SideProperties {
        uri: uri(file),
        sha256: sha256.clone(),
        date: date.clone(),
        verdict: Verdict::from(*verdict).word(),
    }
}

fn requirement(one: &RequirementChange) -> (String, RequirementProperties) {
    let properties = RequirementProperties {
        old: one.old.word(),
        new: one.new.word(),
        change: one.direction.word(),
        gained: one.gained_count(),
        lost: one.lost_count(),
    };
    (one.id.clone(), properties)
}

fn rule(code: Code, lang: Lang) -> Rule {
    let about = about(code, lang);
    let [_, why, mend] = exchange::help(lang);
    let text = format!("{why}: {}\n{mend}: {}", about.why, about.mend);
    let markdown = format!("**{why}**\n\n{}\n\n**{mend}**\n\n{}", about.why, about.mend);
    Rule {
        id: code.to_string(),
        short_description: plain(&escaped(about.title)),
        full_description: plain(&escaped(about.why)),
        help: Text { text, markdown: Some(markdown) },
        default_configuration: Configuration { level: "error" },
        properties: RuleProperties {
            clause: None,
            precision: "very-high",
            tags: &["security", "network-segmentation", "change"],
        },
    }
}

fn results<'d>(diff: &'d Diff, places: &Places<'_>, lang: Lang) -> Vec<Outcome> {
    let mut fingerprints = Fingerprints::default();
    let mut result = |one: &'d Widening| {
        let Widening { code, location, .. } = one;
        let (finding, text) = (diff.finding(one), widening(diff, one));
        let requirement = diff.requirement(one).map(|change| &change.id);
        let about = requirement.into_iter().map(String::as_str);
        let parts: Vec<&str> = match finding {
            Some(finding) => about.chain(finding.cause.iter().map(String::as_str)).collect(),
            // Their sentences hold numbers, which change.
            None if requirement.is_some() => about.collect(),
            None => vec![text.en.as_str()],
        };
        Outcome {
            rule_id: code.to_string(),
            rule_index: CODES.iter().position(|known| known == code).unwrap_or_default(),
            kind: "fail",
            level: "error",
            message: message(text.get(lang)),
            locations: [places.place(location.as_ref(), None, None)],
            partial_fingerprints: fingerprints.of(places.index, code.word(), parts),
            code_flows: finding.map(|finding| CodeFlow::of(places.steps(finding))).unwrap_or_default(),
            related_locations: finding.map(|finding| places.related(finding)).unwrap_or_default(),
            suppressions: Vec::new(),
            properties: OutcomeProperties {
                requirement: requirement.cloned(),
                tuples: finding.map(|finding| finding.tuples),
                path: finding.map(|finding| finding.path.clone()).unwrap_or_default(),
            },
        }
    };
    diff.widenings.iter().map(&mut result).collect()
}
