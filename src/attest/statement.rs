//! The statement (in-toto Statement 1, predicate Test Result 0.1): files by digest, and the verdict on the document
//! among them. Written in one form and read strictly: whatever this program would not have written is not accepted.

use std::collections::HashSet;

use sanso_check::json::{self, Fault, Value, fault};
use serde::Serialize;

use crate::document::Date;
use crate::policy::Policy;
use crate::report::Verdict;

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// The tool and, behind it, its version, as a package URL.
const TOOL: &str = "pkg:generic/sanso@";

/// What a file is to the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The document that was verified, as it was given.
    Document,
    /// The document as JSON, which certificates bind, where it was given as YAML.
    Converted,
    /// A certificate of the document, accepted by a checker before it was signed.
    Certificate,
    /// A file that the signer put beside them. Nobody looked into it.
    Report,
}

impl Role {
    /// All, in the order in which subjects stand.
    pub const ALL: [Self; 4] = [Self::Document, Self::Converted, Self::Certificate, Self::Report];

    /// As the statement writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Converted => "document-as-json",
            Self::Certificate => "certificate",
            Self::Report => "report",
        }
    }
}

/// A file, by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name without folders; for people.
    pub name: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What it is.
    pub role: Role,
}

/// The result as a whole: the gravest of the requirements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every requirement is proved.
    Passed,
    /// None is violated, but some speak of nobody.
    Warned,
    /// At least one is violated.
    Failed,
}

impl Outcome {
    /// As the statement writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Warned => "WARNED",
            Self::Failed => "FAILED",
        }
    }
}

/// What is attested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The files, by role; one is the document.
    pub subjects: Vec<Subject>,
    /// Id of the policy.
    pub policy_id: String,
    /// SHA-256 of the policy.
    pub policy_sha256: String,
    /// Today, as the verdict took it, `YYYY-MM-DD`.
    pub date: String,
    /// Version of the program that verified.
    pub version: String,
    /// Requirements that are proved.
    pub passed: Vec<String>,
    /// Requirements that speak of nobody.
    pub warned: Vec<String>,
    /// Requirements that are violated.
    pub failed: Vec<String>,
}

/// Why there is nothing to attest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementError {
    /// A requirement is undecided.
    Undecided(String),
    /// Two files have the same name.
    SameName(String),
}

impl Statement {
    /// The statement that a run of this program gives: the verdict on each requirement of the policy.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn new<'v>(
        subjects: Vec<Subject>,
        policy: &Policy,
        date: Date,
        verdicts: impl IntoIterator<Item = (&'v str, Verdict)>,
    ) -> Result<Self, StatementError> {
        let mut names = HashSet::new();
        if let Some(twice) = subjects.iter().find(|subject| !names.insert(&subject.name)) {
            return Err(StatementError::SameName(twice.name.clone()));
        }
        let (mut passed, mut warned, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (id, verdict) in verdicts {
            match verdict {
                Verdict::Proved => passed.push(id.to_owned()),
                Verdict::Vacuous => warned.push(id.to_owned()),
                Verdict::Violated => failed.push(id.to_owned()),
                Verdict::Undecided => return Err(StatementError::Undecided(id.to_owned())),
            }
        }
        Ok(Self {
            subjects,
            policy_id: policy.id.clone(),
            policy_sha256: policy.sha256.clone(),
            date: date.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            passed,
            warned,
            failed,
        })
    }

    /// The result as a whole.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match (self.failed.is_empty(), self.warned.is_empty()) {
            (false, _) => Outcome::Failed,
            (true, false) => Outcome::Warned,
            (true, true) => Outcome::Passed,
        }
    }

    /// The subject with this digest and one of these roles.
    #[must_use]
    pub fn subject(&self, roles: &[Role], sha256: &str) -> Option<&Subject> {
        self.subjects.iter().find(|subject| roles.contains(&subject.role) && subject.sha256 == sha256)
    }

    /// The bytes to sign.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let subject = self.subjects.iter().map(|subject| Resource {
            digest: Some(Sha256Digest { sha256: &subject.sha256 }),
            annotations: Some(Annotations::Role { sanso_role: subject.role.word() }),
            ..Resource::named(&subject.name)
        });
        let policy = Resource {
            digest: Some(Sha256Digest { sha256: &self.policy_sha256 }),
            annotations: Some(Annotations::Date { sanso_date: &self.date }),
            ..Resource::named(&self.policy_id)
        };
        let tool = Resource { uri: Some(format!("{TOOL}{}", self.version)), ..Resource::named("sanso") };
        let written = Written {
            r#type: STATEMENT,
            subject: subject.collect(),
            predicate_type: PREDICATE,
            predicate: Predicate {
                result: self.outcome().word(),
                configuration: [policy, tool],
                passed_tests: &self.passed,
                warned_tests: &self.warned,
                failed_tests: &self.failed,
            },
        };
        // An object of texts always has a form in JSON.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Reads what [`Statement::to_json`] writes.
    ///
    /// # Errors
    /// When it is something else: unknown, doubled or missing keys, a type, version or policy that this program does not
    /// know, a result that is not the gravest of its parts, a requirement that is left out.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let root = json::read(bytes)?;
        let [kind, subjects, predicate_type, predicate] =
            root.all_fields(["_type", "subject", "predicateType", "predicate"])?;
        expect(kind, STATEMENT)?;
        expect(predicate_type, PREDICATE)?;
        let [result, configuration, passed, warned, failed] =
            predicate.all_fields(["result", "configuration", "passedTests", "warnedTests", "failedTests"])?;
        let [policy, tool] = configuration.tuple::<2>()?;
        let (policy_id, policy_sha256, annotations) = described(policy)?;
        let [date] = annotations.all_fields(["sansoDate"])?;
        if date.text()?.parse::<Date>().is_err() {
            return fault(date.at, "no date", "日付ではありません");
        }
        let [name, uri] = tool.all_fields(["name", "uri"])?;
        expect(name, "sanso")?;
        let Some(version) = uri.text()?.strip_prefix(TOOL).filter(|version| !version.is_empty()) else {
            return fault(uri.at, format!("`{TOOL}…` expected"), format!("`{TOOL}…` が必要です"));
        };
        let statement = Self {
            subjects: read_subjects(subjects)?,
            policy_id,
            policy_sha256,
            date: date.text()?.to_owned(),
            version: version.to_owned(),
            passed: texts(passed)?,
            warned: texts(warned)?,
            failed: texts(failed)?,
        };
        expect(result, statement.outcome().word())?;
        let known = Policy::built_in(&statement.policy_id).ok();
        let Some(known) = known.filter(|known| known.sha256 == statement.policy_sha256) else {
            return fault(policy.at, "another policy than this program knows", "このプログラムの知らないポリシーです");
        };
        statement.covers(known, predicate.at)?;
        Ok(statement)
    }

    /// Whether each requirement of the policy stands in exactly one list, and nothing else does.
    fn covers(&self, policy: &Policy, at: usize) -> Result<(), Fault> {
        let mut listed: Vec<&str> =
            [&self.passed, &self.warned, &self.failed].into_iter().flatten().map(String::as_str).collect();
        let mut wanted: Vec<&str> = policy.requirements.iter().map(|requirement| requirement.id.as_str()).collect();
        listed.sort_unstable();
        wanted.sort_unstable();
        if listed != wanted {
            return fault(
                at,
                "the lists of tests are not the requirements of the policy, each once",
                "テストの一覧が、ポリシーの要件（それぞれ一度ずつ）と一致しません",
            );
        }
        if self.passed.is_empty() && self.failed.is_empty() {
            return fault(at, "no requirement speaks of anybody", "対象のある要件が一つもありません");
        }
        Ok(())
    }
}

fn read_subjects(list: &Value<'_>) -> Result<Vec<Subject>, Fault> {
    let mut subjects: Vec<Subject> = Vec::new();
    for value in list.list()? {
        let (name, sha256, annotations) = described(value)?;
        let [word] = annotations.all_fields(["sansoRole"])?;
        let Some(role) = Role::ALL.into_iter().find(|role| word.text().is_ok_and(|word| word == role.word())) else {
            return fault(word.at, "unknown role", "未知の役割です");
        };
        if subjects.iter().any(|other| other.name == name) {
            return fault(value.at, "two subjects of this name", "同じ名前の対象が二つあります");
        }
        subjects.push(Subject { name, sha256, role });
    }
    let count = |role| subjects.iter().filter(|subject| subject.role == role).count();
    if count(Role::Document) != 1 || count(Role::Converted) > 1 || count(Role::Certificate) > 1 {
        return fault(
            list.at,
            "exactly one document, and at most one JSON of it and one certificate expected",
            "構成の文書はちょうど一つ、その JSON と証明書は一つまでです",
        );
    }
    Ok(subjects)
}

/// A resource with a name, a SHA-256 and annotations.
fn described<'v, 'j>(value: &'v Value<'j>) -> Result<(String, String, &'v Value<'j>), Fault> {
    let [name, digest, annotations] = value.all_fields(["name", "digest", "annotations"])?;
    let [sha256] = digest.all_fields(["sha256"])?;
    let text = sha256.text()?;
    if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return fault(sha256.at, "no SHA-256", "SHA-256 ではありません");
    }
    if name.text()?.is_empty() {
        return fault(name.at, "a name expected", "名前が必要です");
    }
    Ok((name.text()?.to_owned(), text.to_owned(), annotations))
}

fn expect(value: &Value<'_>, text: &str) -> Result<(), Fault> {
    if value.text()? == text {
        return Ok(());
    }
    fault(value.at, format!("`{text}` expected"), format!("`{text}` が必要です"))
}

fn texts(list: &Value<'_>) -> Result<Vec<String>, Fault> {
    list.list()?.iter().map(|item| item.text().map(str::to_owned)).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'w> {
    #[serde(rename = "_type")]
    r#type: &'static str,
    subject: Vec<Resource<'w>>,
    predicate_type: &'static str,
    predicate: Predicate<'w>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate<'w> {
    result: &'static str,
    configuration: [Resource<'w>; 2],
    passed_tests: &'w [String],
    warned_tests: &'w [String],
    failed_tests: &'w [String],
}

/// in-toto's description of a resource, as far as it is used here.
#[derive(Serialize)]
struct Resource<'w> {
    name: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Sha256Digest<'w>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations<'w>>,
}

impl<'w> Resource<'w> {
    const fn named(name: &'w str) -> Self {
        Self { name, uri: None, digest: None, annotations: None }
    }
}

#[derive(Serialize)]
struct Sha256Digest<'w> {
    sha256: &'w str,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Annotations<'w> {
    Role { sanso_role: &'static str },
    Date { sanso_date: &'w str },
}
