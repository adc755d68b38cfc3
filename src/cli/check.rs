//! `sanso check`: the checker on a certificate, and whether an attestation covers the files at hand.

use std::path::Path;

use anyhow::Result;
use clap::{Args, ValueEnum};
use sanso::attest::{self, Attested, PublicKey, Role, Statement, Within};
use sanso::language::Lang;
use sanso::render::standing_word;
use sanso::screen::visible;
use sanso::source::sha256_hex;
use sanso_check::call::{Call, Files, judge};
use sanso_check::requirements::Holds;
use unicode_width::UnicodeWidthStr as _;

use super::arguments::CheckArguments;
use super::output::{told, write_answer};
use super::phrases::{Phrases, phrases, signing};
use super::status::Status;
use super::{Context, key};

/// How the checker answers.
#[derive(Args)]
pub struct AnswerArguments {
    /// The format of the answer.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text", hide_possible_values = true,
        hide_default_value = true, conflicts_with = "attestation", help = format_help())]
    format: AnswerFormat,
}

/// A format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn format_help() -> &'static str {
    match super::arguments::LANG.get() {
        Lang::En => "text (default), or json: the checker's answer as one object",
        Lang::Ja => "text（既定）または json（検査プログラムの回答を 1 つのオブジェクトで）",
    }
}

/// Checks; the statuses are: accepted, rejected, unusable.
///
/// # Errors
/// When a file cannot be read or a key is none.
pub fn run(arguments: &CheckArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    // Each file is read once: what is compared is what was checked.
    let document = read(&arguments.file, context)?;
    let certificate = arguments.certificate.as_deref().map(|path| read(path, context)).transpose()?;
    let source = arguments.source.as_deref().map(|path| read(path, context)).transpose()?;
    let reports = arguments.reports.iter().map(|path| read(path, context)).collect::<Result<Vec<_>>>()?;
    let attestation = arguments.attestation.as_deref().map(|path| read(path, context)).transpose()?;
    let trusted = arguments.trust.iter().map(|path| key::public(path, context)).collect::<Result<Vec<_>>>()?;

    let (mut status, mut proof) = (Status::Proved, None);
    if let Some(certificate) = &certificate {
        let text = |given: &Given<'_>| told(given.path).into_owned();
        let call = Call {
            file: text(&document),
            certificate: text(certificate),
            source: source.as_ref().map(text),
            japanese: context.lang == Lang::Ja,
            json: arguments.answer.format == AnswerFormat::Json,
        };
        let files = Files {
            document: &document.bytes,
            certificate: &certificate.bytes,
            source: source.as_ref().map(|source| source.bytes.as_slice()),
        };
        let (code, verdict) = judge(&call, &files);
        status = match code {
            0 => Status::Proved,
            1 => Status::Violated,
            _ => return Ok(Status::Unusable),
        };
        if let sanso_check::Verdict::Accepted { date, requirements, .. } = verdict {
            proof = Some((date, requirements));
        }
    }
    let Some(attestation) = attestation else { return Ok(status) };
    let files = Covered { document, certificate, source, reports, proof };
    let text = match judge_attestation(&attestation, &trusted, &files, words, context.lang) {
        Ok(attested) => page(&attestation, &attested, &files, arguments, &trusted, context.lang),
        Err(why) => {
            status = Status::Violated;
            words.attestation_rejected(&why)
        }
    };
    if let Err(error) = write_answer(text.as_bytes()) {
        anyhow::bail!("{}", words.cannot_write(&error.to_string()));
    }
    Ok(status)
}

fn read<'g>(path: &'g Path, context: &Context) -> Result<Given<'g>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Given { path, bytes }),
        Err(error) => {
            let shown = path.to_string_lossy();
            anyhow::bail!("{}", phrases(context.lang).cannot_read_file(&visible(&shown), &error))
        }
    }
}

/// A file that the call names.
struct Given<'g> {
    path: &'g Path,
    bytes: Vec<u8>,
}

impl Given<'_> {
    fn shown(&self) -> String {
        visible(&told(self.path)).into_owned()
    }
}

/// What the attestation must cover.
struct Covered<'g> {
    document: Given<'g>,
    certificate: Option<Given<'g>>,
    source: Option<Given<'g>>,
    reports: Vec<Given<'g>>,
    /// What the checker accepted: the date, and what holds of each requirement.
    proof: Option<(String, Vec<sanso_check::requirements::Accepted>)>,
}

impl<'g> Covered<'g> {
    /// The files with the roles of which each must have one.
    fn files(&self) -> impl Iterator<Item = (&Given<'g>, &'static [Role])> {
        const DOCUMENT: &[Role] = &[Role::Document, Role::Converted];
        const SOURCE: &[Role] = &[Role::Document];
        const CERTIFICATE: &[Role] = &[Role::Certificate];
        const REPORT: &[Role] = &[Role::Report];
        let one = std::iter::once((&self.document, DOCUMENT));
        let sources = self.source.iter().map(|given| (given, SOURCE));
        let certificates = self.certificate.iter().map(|given| (given, CERTIFICATE));
        one.chain(sources).chain(certificates).chain(self.reports.iter().map(|given| (given, REPORT)))
    }
}

/// The statement, if a trusted key signed it and it covers every file; else why not.
fn judge_attestation(
    attestation: &Given<'_>,
    trusted: &[PublicKey],
    files: &Covered<'_>,
    words: &dyn Phrases,
    lang: Lang,
) -> Result<Attested, String> {
    let shown = attestation.shown();
    let attested = attest::verify(&attestation.bytes, trusted).map_err(|rejection| {
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
    if let Some((date, requirements)) = &files.proof {
        let of = |holds| {
            let such = requirements.iter().filter(move |requirement| requirement.holds == holds);
            such.map(|requirement| requirement.id).collect::<Vec<_>>()
        };
        let same = statement.date == *date
            && statement.passed == of(Holds::Proved)
            && statement.warned == of(Holds::Vacuous)
            && statement.failed == of(Holds::Violated);
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
    files: &Covered<'_>,
    arguments: &CheckArguments,
    trusted: &[PublicKey],
    lang: Lang,
) -> String {
    let words = phrases(lang);
    let Statement { subjects, policy_id, policy_sha256, date, version, passed, warned, failed, .. } =
        &attested.statement;
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
    for (heading, list) in [(words.proved(), passed), (words.vacuous(), warned), (words.violated(), failed)] {
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
    lines.push((words.policy(), format!("{policy_id} (sha256 {policy_sha256})")));
    lines.push((words.date(), date.clone()));
    lines.push((words.tool(), format!("sanso {}", visible(version))));
    for subject in subjects {
        let given = files
            .files()
            .find(|(given, roles)| roles.contains(&subject.role) && sha256_hex(&given.bytes) == subject.sha256);
        let seen = match given {
            Some((given, _)) => words.is_file(&given.shown()),
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
    text.push_str(if files.proof.is_some() { words.signed_and_proved() } else { words.signed_only() });
    text.push('\n');
    text
}
