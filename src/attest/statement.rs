//! The statement (in-toto Statement 1, predicate Test Result 0.1): files by digest, and the verdict on the document
//! among them. Written in one form and read strictly: whatever this program would not have written is not accepted.

use std::collections::HashSet;

use sanso_check::json::{self, Fault, Value, fault};

use super::key::sound_name;
use super::loosened::Loosened;
use super::written::{Annotations, Excepted, Predicate, Resource, RestsOn, Sha256Digest, Written};
use crate::document::Date;
use crate::language::Lang;
use crate::policy::{Policy, Severity};
use crate::render::Sentence;
use crate::report::{RequirementReport, Standing, Verdict};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// The tool and, behind it, its version, as a package URL.
const TOOL: &str = "pkg:generic/sanso@";

/// What a file is to the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The document that was verified, as it was given.
    Document,
    /// The document as JSON, which certificates bind, where it was given as YAML or as a site file.
    Converted,
    /// A file that the site file names, by the name that it has there.
    Input,
    /// A certificate of the document, accepted by a checker before it was signed.
    Certificate,
    /// A file that the signer put beside them. Nobody looked into it.
    Report,
}

impl Role {
    /// All, in the order in which subjects stand.
    pub const ALL: [Self; 5] = [Self::Document, Self::Converted, Self::Input, Self::Certificate, Self::Report];

    /// As the statement writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Converted => "document-as-json",
            Self::Input => "input",
            Self::Certificate => "certificate",
            Self::Report => "report",
        }
    }
}

/// A file, by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name without folders, for people; of what a site file names, its name there.
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
    /// None of severity error is violated, but some speak of nobody, or warn.
    Warned,
    /// At least one of severity error is violated.
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
    /// Requirements that speak of nobody, and violated ones of severity warning.
    pub warned: Vec<String>,
    /// Of those, the violated ones.
    pub violated_warnings: Vec<String>,
    /// Requirements of severity error that are violated.
    pub failed: Vec<String>,
    /// What the policy loosens on this date.
    pub loosenings: Vec<Loosened>,
    /// By requirement, the exceptions in use that it owes its verdict to.
    pub exceptions: Vec<(String, Vec<String>)>,
    /// By requirement, what its proof rests on, in words (English).
    pub rests_on: Vec<(String, Vec<String>)>,
    /// When it was signed, as the signer's clock or `SOURCE_DATE_EPOCH` said: `YYYY-MM-DDThh:mm:ssZ`.
    pub time: String,
    /// Who signed, as the key says.
    pub signer: Option<String>,
}

/// A policy of one's own by its id, as it is on a day; `None`: it is not known.
pub type OwnPolicy<'p> = dyn Fn(&str, Date) -> Option<Policy> + 'p;

/// Who signs, and when.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'s> {
    /// `YYYY-MM-DDThh:mm:ssZ`.
    pub time: &'s str,
    /// Whose the key is.
    pub signer: Option<&'s str>,
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
    pub fn new(
        subjects: Vec<Subject>,
        policy: &Policy,
        date: Date,
        requirements: &[RequirementReport],
        signing: Signing<'_>,
    ) -> Result<Self, StatementError> {
        let mut names = HashSet::new();
        if let Some(twice) = subjects.iter().find(|subject| !names.insert(&subject.name)) {
            return Err(StatementError::SameName(twice.name.clone()));
        }
        let (mut passed, mut warned, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        let mut violated_warnings = Vec::new();
        let (mut exceptions, mut rests_on) = (Vec::new(), Vec::new());
        for requirement in requirements {
            let id = &requirement.id;
            match requirement.verdict {
                Verdict::Proved => passed.push(id.to_owned()),
                Verdict::Vacuous => warned.push(id.to_owned()),
                Verdict::Violated if requirement.is_warning() => {
                    warned.push(id.to_owned());
                    violated_warnings.push(id.to_owned());
                }
                Verdict::Violated => failed.push(id.to_owned()),
                Verdict::Undecided => return Err(StatementError::Undecided(id.to_owned())),
            }
            if !requirement.exceptions.is_empty() {
                exceptions.push((id.clone(), requirement.exceptions.clone()));
            }
            let notes = &requirement.separated_by;
            if !notes.is_empty() {
                rests_on.push((id.clone(), notes.iter().map(|note| note.fact.text(Lang::En)).collect()));
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
            violated_warnings,
            failed,
            loosenings: Loosened::of(policy),
            exceptions,
            rests_on,
            time: signing.time.to_owned(),
            signer: signing.signer.map(str::to_owned),
        })
    }

    /// How the whole stands, in an auditor's words.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.failed.is_empty() {
            Standing::of(Verdict::Proved, !self.exceptions.is_empty())
        } else {
            Standing::Violated
        }
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
            annotations: Some(Annotations::Verdict {
                sanso_date: &self.date,
                sanso_standing: self.standing().word(),
                sanso_exceptions: self
                    .exceptions
                    .iter()
                    .map(|(requirement, exceptions)| Excepted { requirement, exceptions })
                    .collect(),
                sanso_rests_on: self.rests_on.iter().map(|(requirement, on)| RestsOn { requirement, on }).collect(),
                sanso_violated_warnings: &self.violated_warnings,
                sanso_loosenings: &self.loosenings,
            }),
            ..Resource::named(&self.policy_id)
        };
        let tool = Resource {
            uri: Some(format!("{TOOL}{}", self.version)),
            annotations: Some(Annotations::Signing { sanso_time: &self.time, sanso_signer: self.signer.as_deref() }),
            ..Resource::named("sanso")
        };
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

    /// Reads what [`Statement::to_json`] writes; `own`: a policy that does not come with this program.
    ///
    /// # Errors
    /// When it is something else: unknown, doubled or missing keys, a type, version or policy that this program does not
    /// know, a result that is not the gravest of its parts, a requirement that is left out.
    pub fn read(bytes: &[u8], own: &OwnPolicy<'_>) -> Result<Self, Fault> {
        let root = json::read(bytes)?;
        let [kind, subjects, predicate_type, predicate] =
            root.all_fields(["_type", "subject", "predicateType", "predicate"])?;
        expect(kind, STATEMENT)?;
        expect(predicate_type, PREDICATE)?;
        let [result, configuration, passed, warned, failed] =
            predicate.all_fields(["result", "configuration", "passedTests", "warnedTests", "failedTests"])?;
        let [policy, tool] = configuration.tuple::<2>()?;
        let (policy_id, policy_sha256, annotations) = described(policy)?;
        let [date, standing, exceptions, rests_on, violated_warnings, loosenings] = annotations.fields([
            "sansoDate",
            "sansoStanding",
            "sansoExceptions",
            "sansoRestsOn",
            "sansoViolatedWarnings",
            "sansoLoosenings",
        ])?;
        let (Some(date), Some(standing), Some(exceptions), Some(rests_on)) = (date, standing, exceptions, rests_on)
        else {
            let en = "`sansoDate`, `sansoStanding`, `sansoExceptions` and `sansoRestsOn` expected";
            let ja = "`sansoDate`、`sansoStanding`、`sansoExceptions`、`sansoRestsOn` が必要です";
            return fault(annotations.at, en, ja);
        };
        let Ok(day) = date.text()?.parse::<Date>() else {
            return fault(date.at, "no date", "日付ではありません");
        };
        let [name, uri, annotations] = tool.all_fields(["name", "uri", "annotations"])?;
        expect(name, "sanso")?;
        let Some(version) = uri.text()?.strip_prefix(TOOL).filter(|version| !version.is_empty()) else {
            return fault(uri.at, format!("`{TOOL}…` expected"), format!("`{TOOL}…` が必要です"));
        };
        let (time, signer) = read_signing(annotations)?;
        let statement = Self {
            subjects: read_subjects(subjects)?,
            policy_id,
            policy_sha256,
            date: date.text()?.to_owned(),
            version: version.to_owned(),
            passed: texts(passed)?,
            warned: texts(warned)?,
            violated_warnings: violated_warnings.map(some_texts).transpose()?.unwrap_or_default(),
            failed: texts(failed)?,
            loosenings: loosenings.map(Loosened::read).transpose()?.unwrap_or_default(),
            exceptions: by_requirement(exceptions, "exceptions")?,
            rests_on: by_requirement(rests_on, "on")?,
            time,
            signer,
        };
        expect(result, statement.outcome().word())?;
        expect(standing, statement.standing().word())?;
        for (list, at) in [(&statement.exceptions, exceptions.at), (&statement.rests_on, rests_on.at)] {
            if !list.iter().all(|(requirement, _)| statement.passed.contains(requirement)) {
                return fault(at, "a requirement that is not proved", "適合ではない要件があります");
            }
        }
        let of_own = own(&statement.policy_id, day);
        let is_it = |known: &&Policy| known.sha256 == statement.policy_sha256;
        let built_in = Policy::built_in(&statement.policy_id).ok().filter(is_it);
        let Some(known) = built_in.or(of_own.as_ref().filter(is_it)) else {
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
        let grave = |id: &String, severity| policy.requirement(id).is_some_and(|one| one.severity == severity);
        let apart = self.failed.iter().all(|id| grave(id, Severity::Error))
            && self.violated_warnings.iter().all(|id| grave(id, Severity::Warning) && self.warned.contains(id));
        if !apart || self.loosenings != Loosened::of(policy) {
            return fault(
                at,
                "severities or loosenings are not those of the policy on this date",
                "重大度または緩和の内容が、この日のポリシーと一致しません",
            );
        }
        if self.passed.is_empty() && self.failed.is_empty() && self.violated_warnings.is_empty() {
            return fault(at, "no requirement speaks of anybody", "対象のある要件が一つもありません");
        }
        Ok(())
    }
}

/// When it was signed, and by whom.
fn read_signing(annotations: &Value<'_>) -> Result<(String, Option<String>), Fault> {
    let [time, signer] = annotations.fields(["sansoTime", "sansoSigner"])?;
    let Some(time) = time else {
        return fault(annotations.at, "key `sansoTime` is missing", "キー `sansoTime` がありません");
    };
    if !is_time(time.text()?) {
        return fault(time.at, "no time (`YYYY-MM-DDThh:mm:ssZ`)", "時刻（`YYYY-MM-DDThh:mm:ssZ`）ではありません");
    }
    let named = signer.map(Value::text).transpose()?.map(str::to_owned);
    if let (Some(value), Some(name)) = (signer, &named)
        && sound_name(name).as_ref() != Some(name)
    {
        return fault(value.at, "no name", "名前ではありません");
    }
    Ok((time.text()?.to_owned(), named))
}

/// Whether a text is a time of the form in which statements bear it.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let Some(clock) = time.strip_suffix('Z') else { return false };
    let part = |part: &str, most: u32| {
        part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse().is_ok_and(|n: u32| n < most)
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = parts[..] else { return false };
    date.parse::<Date>().is_ok() && part(hours, 24) && part(minutes, 60) && part(seconds, 60)
}

/// A list of texts for each of some requirements, each once; no list is empty.
fn by_requirement(list: &Value<'_>, key: &str) -> Result<Vec<(String, Vec<String>)>, Fault> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    for value in list.list()? {
        let [requirement, items] = value.all_fields(["requirement", key])?;
        let (requirement, items) = (requirement.text()?.to_owned(), texts(items)?);
        if items.is_empty() || out.iter().any(|(other, _)| *other == requirement) {
            return fault(value.at, "an empty list, or a requirement twice", "空のリストか、同じ要件の繰り返しです");
        }
        out.push((requirement, items));
    }
    Ok(out)
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

/// As [`texts`], of a list that is left out where it is empty.
fn some_texts(list: &Value<'_>) -> Result<Vec<String>, Fault> {
    let found = texts(list)?;
    if found.is_empty() { fault(list.at, "an empty list", "空のリストです") } else { Ok(found) }
}

fn texts(list: &Value<'_>) -> Result<Vec<String>, Fault> {
    list.list()?.iter().map(|item| item.text().map(str::to_owned)).collect()
}
