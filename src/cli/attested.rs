//! `sanso check --attestation`: whether a trusted key signed it, and whether it covers the files at hand.

use anyhow::{Result, bail};
use sanso::attest::{self, Attested, OwnPolicy, PublicKey, Role, Statement, Subject, Within};
use sanso::document::Date;
use sanso::import::site::is_site;
use sanso::language::Lang;
use sanso::policy::Policy;
use sanso::policy::definition::Definition;
use sanso::render::standing_word;
use sanso::screen::visible;
use sanso::source::{Source, sha256_hex};
use sanso_check::policy::Severity;
use sanso_check::requirements::{Accepted, Holds};
use unicode_width::UnicodeWidthStr as _;

use super::arguments::CheckArguments;
use super::checked::{Checked, Given, read};
use super::output::{told, write_answer};
use super::phrases::{Phrases, phrases, signing};
use super::status::Status;
use super::{Context, key, site};

/// An attestation as the call gives it.
pub struct Signed<'g> {
    attestation: Given<'g>,
    reports: Vec<Given<'g>>,
    trusted: Vec<PublicKey>,
    /// The policy that the call names.
    policy: Option<Definition>,
}

impl<'g> Signed<'g> {
    /// Reads what the call names, if it names an attestation.
    ///
    /// # Errors
    /// When a file cannot be read or a key is none.
    pub fn read(arguments: &'g CheckArguments, context: &Context) -> Result<Option<Self>> {
        let Some(attestation) = &arguments.attestation else { return Ok(None) };
        let reports = arguments.reports.iter().map(|path| read(path, context)).collect::<Result<Vec<_>>>()?;
        let attestation = read(attestation, context)?;
        let trusted = arguments.trust.iter().map(|path| key::public(path, context)).collect::<Result<Vec<_>>>()?;
        let policy = super::policy::defined(arguments.policy.as_deref(), context)?;
        Ok(Some(Self { attestation, reports, trusted, policy }))
    }

    /// Judges it, and says so.
    ///
    /// # Errors
    /// When the answer cannot be written.
    pub fn judge(&self, checked: &Checked<'g>, arguments: &CheckArguments, context: &Context) -> Result<Status> {
        let words = phrases(context.lang);
        let Ok(inputs) = inputs(&checked.document, context)? else { return Ok(Status::Unusable) };
        let files = Covered { checked, reports: &self.reports, inputs };
        let own = |id: &str, day: Date| self.policy.as_ref().filter(|one| one.id == id).map(|one| Policy::of(one, day));
        let (text, status) = match judge(&self.attestation, (&self.trusted, &own), &files, words, context.lang) {
            Ok(attested) => {
                let text = page(&self.attestation, &attested, &files, arguments, &self.trusted, context.lang);
                (text, Status::Proved)
            }
            Err(why) => (words.attestation_rejected(&why), Status::Violated),
        };
        if let Err(error) = write_answer(text.as_bytes()) {
            bail!("{}", words.cannot_write(&error.to_string()));
        }
        Ok(status)
    }
}

/// The files that a document names, where it is a site file.
fn inputs(document: &Given<'_>, context: &Context) -> Result<Result<Vec<(String, Vec<u8>)>, Status>> {
    if !is_site(&document.bytes) {
        return Ok(Ok(Vec::new()));
    }
    match Source::new(document.shown(), document.bytes.clone()) {
        Ok(source) => Ok(site::with_files(&source, document.path, context).map(|(_, files)| files)),
        Err(error) => bail!("{}: {}", document.shown(), error.phrase().get(context.lang)),
    }
}

/// What the attestation must cover.
struct Covered<'c, 'g> {
    checked: &'c Checked<'g>,
    reports: &'c [Given<'g>],
    /// What the document names, where it is a site file.
    inputs: Vec<(String, Vec<u8>)>,
}

impl<'c, 'g> Covered<'c, 'g> {
    /// The files with the roles of which each must have one.
    fn files(&self) -> impl Iterator<Item = (&'c Given<'g>, &'static [Role])> {
        const DOCUMENT: &[Role] = &[Role::Document, Role::Converted];
        const SOURCE: &[Role] = &[Role::Document];
        const CERTIFICATE: &[Role] = &[Role::Certificate];
        const REPORT: &[Role] = &[Role::Report];
        let one = std::iter::once((&self.checked.document, DOCUMENT));
        let sources = self.checked.source.iter().map(|given| (given, SOURCE));
        let certificates = self.checked.certificate.iter().map(|given| (given, CERTIFICATE));
        one.chain(sources).chain(certificates).chain(self.reports.iter().map(|given| (given, REPORT)))
    }
}

/// The statement, if a trusted key signed it and it covers every file; else why not.
fn judge(
    attestation: &Given<'_>,
    (trusted, own): (&[PublicKey], &OwnPolicy<'_>),
    files: &Covered<'_, '_>,
    words: &dyn Phrases,
    lang: Lang,
) -> Result<Attested, String> {
    let shown = attestation.shown();
    let attested = attest::verify(&attestation.bytes, trusted, own).map_err(|rejection| {
        let payload = if rejection.within == Within::Payload { ": payload" } else { "" };
        let why = visible(rejection.why.get(lang)).into_owned();
        format!("{shown}{payload}:{}:{}: {why}", rejection.line, rejection.column)
    })?;
    let statement = &attested.statement;
    for key in trusted.iter().filter(|key| attested.signers.iter().any(|signer| signer == key.id())) {
        if let (Some(name), Some(other)) = (key.name(), statement.signer.as_deref())
            && name != other
        {
            return Err(signing::other_signer(lang, &visible(other), &visible(name)));
        }
    }
    for (given, roles) in files.files() {
        let digest = sha256_hex(&given.bytes);
        if statement.subject(roles, &digest).is_none() {
            let as_other = statement.subject(&Role::ALL, &digest).map(|other| words.role(other.role));
            return Err(words.not_covered(&given.shown(), &digest, words.role(roles[0]), as_other));
        }
    }
    for (name, bytes) in &files.inputs {
        let digest = sha256_hex(bytes);
        // By name too: two configurations that change places are another site.
        let is_it =
            |subject: &Subject| subject.role == Role::Input && subject.name == *name && subject.sha256 == digest;
        if !statement.subjects.iter().any(is_it) {
            return Err(words.not_covered(&visible(name), &digest, words.role(Role::Input), None));
        }
    }
    if let Some((date, requirements)) = &files.checked.proof {
        let of = |holds| {
            let such = requirements.iter().filter(move |requirement| requirement.holds == holds);
            such.map(|requirement| requirement.id.as_str()).collect::<Vec<_>>()
        };
        let warns =
            |requirement: &&Accepted| requirement.holds == Holds::Violated && requirement.severity == Severity::Warning;
        let is_warned = |requirement: &&Accepted| requirement.holds == Holds::Vacuous || warns(requirement);
        let ids = |which: &dyn Fn(&&Accepted) -> bool| {
            requirements.iter().filter(which).map(|requirement| requirement.id.as_str()).collect::<Vec<_>>()
        };
        let same = statement.date == *date
            && statement.passed == of(Holds::Proved)
            && statement.warned == ids(&is_warned)
            && statement.violated_warnings == ids(&warns)
            && statement.failed == ids(&|one| one.holds == Holds::Violated && !warns(one));
        if !same {
            return Err(words.proof_disagrees(&shown));
        }
    }
    Ok(attested)
}

/// What is attested, for people.
fn page(
    attestation: &Given<'_>,
    attested: &Attested,
    files: &Covered<'_, '_>,
    arguments: &CheckArguments,
    trusted: &[PublicKey],
    lang: Lang,
) -> String {
    let words = phrases(lang);
    let Statement { subjects, policy_id, policy_sha256, date, version, passed, warned, failed, .. } =
        &attested.statement;
    let violated_warnings = &attested.statement.violated_warnings;
    let vacuous: Vec<String> = warned.iter().filter(|id| !violated_warnings.contains(id)).cloned().collect();
    let mut lines: Vec<(&str, String)> = Vec::new();
    for signer in &attested.signers {
        let of = trusted.iter().zip(&arguments.trust).find(|(key, _)| key.id() == signer);
        let path = of.map(|(_, path)| told(path)).unwrap_or_default();
        let name = of.and_then(|(key, _)| key.name()).or(attested.statement.signer.as_deref());
        let name = name.map(|name| format!("{}, ", visible(name))).unwrap_or_default();
        lines.push((words.signed_by(), format!("{name}{} ({signer})", visible(&path))));
    }
    lines.push((signing::time(lang), attested.statement.time.clone()));
    lines.push((signing::standing(lang), standing_word(attested.statement.standing(), lang).to_owned()));
    let outcome = attested.statement.outcome();
    lines.push((words.result(), format!("{}: {}", outcome.word(), words.outcome(outcome))));
    for (heading, list) in [
        (words.proved(), passed),
        (words.vacuous(), &vacuous),
        (words.violated(), failed),
        (signing::violated_warnings(lang), violated_warnings),
    ] {
        if !list.is_empty() {
            lines.push((heading, list.join(", ")));
        }
    }
    for (heading, lists) in [
        (signing::exceptions(lang), &attested.statement.exceptions),
        (signing::rests_on(lang), &attested.statement.rests_on),
    ] {
        for (requirement, items) in lists {
            lines.push((heading, format!("{}: {}", visible(requirement), visible(&items.join(", ")))));
        }
    }
    lines.push((words.policy(), format!("{} (sha256 {policy_sha256})", visible(policy_id))));
    for one in &attested.statement.loosenings {
        lines.push((signing::loosened(lang), visible(&signing::loosening(lang, one)).into_owned()));
    }
    lines.push((words.date(), date.clone()));
    lines.push((words.tool(), format!("sanso {}", visible(version))));
    for subject in subjects {
        let given = files
            .files()
            .find(|(given, roles)| roles.contains(&subject.role) && sha256_hex(&given.bytes) == subject.sha256);
        let input = files.inputs.iter().any(|(name, _)| subject.role == Role::Input && *name == subject.name);
        let seen = match given {
            Some((given, _)) => words.is_file(&given.shown()),
            None if input => words.is_file(&visible(&subject.name)),
            None => words.not_given().to_owned(),
        };
        lines.push((
            words.role(subject.role),
            format!("{} (sha256 {}): {seen}", visible(&subject.name), subject.sha256),
        ));
    }
    let widest = lines.iter().map(|(heading, _)| heading.width()).max().unwrap_or(0);
    let mut text = words.attestation_accepted(&attestation.shown());
    for (heading, line) in lines {
        text.push_str(&format!("  {heading}{:1$}  {line}\n", "", widest - heading.width()));
    }
    text.push_str(if files.checked.proof.is_some() { words.signed_and_proved() } else { words.signed_only() });
    text.push('\n');
    text
}
