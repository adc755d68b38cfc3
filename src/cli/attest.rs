//! `sanso attest`: verifies the document, has the certificate checked, and signs what came out. Nothing is signed on
//! anybody's word but for reports, which are bound by their digests alone.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::attest::{self, Role, Signing, Statement, StatementError, Subject};
use sanso::import::site::is_site;
use sanso::policy::Policy;
use sanso::render::diagnostics;
use sanso::report::{Report, Verdict};
use sanso::screen::visible;
use sanso::source::SourceText;
use sanso::source::{Source, sha256_hex};
use sanso::verify::{Options, run_verify};
use sanso_check::requirements::Holds;

use super::arguments::AttestArguments;
use super::chosen::Choice;
use super::open::open_as_it_is;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::Status;
use super::texts::Both;
use super::{Context, apart, date, key, limits, site};

/// Verifies and signs.
///
/// # Errors
/// When the call or one of its files cannot be used, the certificate is not one of this verdict, or the attestation cannot
/// be written.
pub fn run(arguments: &AttestArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let date = date::today(arguments.date, phrases(context.lang))?;
    let read = [&arguments.file, &arguments.key].into_iter().chain(&arguments.certificate).chain(&arguments.reports);
    apart::check(read.map(PathBuf::as_path), arguments.output.as_deref(), context)?;
    let choice = Choice::of(arguments.policy.as_deref(), arguments.date, context)?;
    // Before the long run: a key that cannot be used is told of at once.
    let key = key::private(&arguments.key, arguments.passphrase_file.as_deref(), context)?;
    let time = date::now(words)?;
    let limits = limits::Set::from(&arguments.limits);
    limits.watch(context);
    let given = match open_as_it_is(&arguments.file, limits, context) {
        Ok(given) => given,
        Err(status) => return Ok(status),
    };
    let digest = given.sha256_hex();
    let (source, inputs) = if is_site(given.text().as_bytes()) {
        match site::with_files(&given, &arguments.file, context) {
            Ok(read) => read,
            Err(status) => return Ok(status),
        }
    } else {
        (given, Vec::new())
    };
    let chosen = match choice.for_document(&source, &arguments.file) {
        Ok(chosen) => chosen,
        Err(status) => return Ok(status),
    };
    chosen.tell(context);
    let policy = chosen.policy;
    let mut others = Vec::new();
    let certificate = arguments.certificate.as_deref().map(|path| (path, Role::Certificate));
    for (path, role) in
        certificate.into_iter().chain(arguments.reports.iter().map(|path| (path.as_path(), Role::Report)))
    {
        let shown = path.to_string_lossy();
        match std::fs::read(path) {
            Ok(bytes) => others.push((path, role, bytes)),
            Err(error) => bail!("{}", words.cannot_read_file(&visible(&shown), &error)),
        }
    }

    let ticker = Ticker::start(context.shows_progress(), source.name(), context.lang);
    let options = Options {
        policy,
        date,
        max_tuples: 0,
        limit: limits.time,
        memory: limits.memory(),
        audit: false,
        rationale: true,
        progress: &ticker,
    };
    let outcome = run_verify(&source, &options);
    drop(ticker);
    let report = match outcome {
        Ok(report) => report,
        Err(list) => {
            let text = SourceText::of(&source);
            write_stderr(&diagnostics::render(&list.into_sorted(), &text, context.lang, context.stderr.color));
            return Ok(Status::Unusable);
        }
    };
    let json = if source.parts().is_some() {
        Some(source.text().to_owned())
    } else if sanso::document::is_json(&source) {
        None
    } else {
        sanso::document::convert(&source)
    };
    if let Some((path, Role::Certificate, bytes)) = others.first() {
        let certificate = Certificate { path, bytes, policy };
        certificate.hold_to(&source, json.as_deref(), &report, context)?;
    }

    let mut subjects = vec![subject(&arguments.file, digest, Role::Document)];
    if let Some(json) = &json {
        let mut converted = subject(&arguments.file, sha256_hex(json.as_bytes()), Role::Converted);
        converted.name.push_str(".json");
        subjects.push(converted);
    }
    let input = |(name, bytes): &(String, Vec<u8>)| Subject {
        name: name.clone(),
        sha256: sha256_hex(bytes),
        role: Role::Input,
    };
    subjects.extend(inputs.iter().map(input));
    subjects.extend(others.iter().map(|(path, role, bytes)| subject(path, sha256_hex(bytes), *role)));
    let signing = Signing { time: &time, signer: key.name() };
    let statement = match Statement::new(subjects, policy, date, &report.requirements, signing) {
        Ok(statement) => statement,
        Err(StatementError::Undecided(id)) => {
            write_stderr(&format!("sanso: {}\n", words.not_attested_in_time(&id)));
            return Ok(Status::Undecided);
        }
        Err(StatementError::SameName(name)) => bail!("{}", words.same_name(&visible(&name))),
    };
    let envelope = attest::seal(&statement.to_json(), &key);
    // What nobody would accept is not written.
    if let Err(rejection) = attest::verify(&envelope, &[key.public()], &|_, _| Some(policy.clone())) {
        bail!("{}: {}", words.internal_error(), rejection.why.get(context.lang));
    }
    write_output(arguments.output.as_deref(), &envelope, context)?;
    Ok(Status::of(&report))
}

/// A file by its name, without the folders that it lies in: they are nobody's business.
fn subject(path: &Path, sha256: String, role: Role) -> Subject {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Subject { name, sha256, role }
}

const OF_A_REPAIR: Both =
    Both("this certificate is of a repair and says nothing of verdicts", "是正の証明書であり、判定を示すものではない");

struct Certificate<'c> {
    path: &'c Path,
    bytes: &'c [u8],
    policy: &'c Policy,
}

impl Certificate<'_> {
    /// Lets the checker judge the certificate, and compares what it accepts with what was found here.
    fn hold_to(&self, source: &Source, json: Option<&str>, report: &Report, context: &Context) -> Result<()> {
        let words = phrases(context.lang);
        let shown = self.path.to_string_lossy();
        let shown = visible(&shown);
        let bom = if source.had_byte_order_mark() { "\u{feff}" } else { "" };
        let whole = format!("{bom}{}", source.text());
        let document = json.unwrap_or(&whole);
        let accepted =
            match sanso_check::check_for(document.as_bytes(), self.bytes, Some(self.policy.canonical.as_bytes())) {
                sanso_check::Verdict::Accepted { date, source_sha256, requirements, .. } => {
                    (date, source_sha256, requirements)
                }
                sanso_check::Verdict::Rejected { step, place, en, ja, requirement, .. } => {
                    let why = if context.lang == sanso::language::Lang::Ja { ja } else { en };
                    let step: Vec<&str> =
                        requirement.as_deref().into_iter().chain([&*step]).filter(|part| !part.is_empty()).collect();
                    // Places in a document that was converted for the checker are nowhere in the file.
                    let place = match place.of {
                        sanso_check::Read::Certificate => format!("{shown}:{}:{}", place.line, place.column),
                        _ => shown.to_string(),
                    };
                    bail!("{}", words.certificate_rejected(&place, &step.join(": "), &visible(&why)));
                }
                sanso_check::Verdict::Least { .. } => {
                    bail!("{}", words.certificate_rejected(&shown, "", OF_A_REPAIR.get(context.lang)))
                }
                sanso_check::Verdict::Unusable { en, ja, .. } => {
                    let why = if context.lang == sanso::language::Lang::Ja { ja } else { en };
                    bail!("{}", words.certificate_rejected(&shown, "", &visible(&why)));
                }
            };
        let (date, source_sha256, requirements) = accepted;
        // The document of a site is JSON itself.
        if source.parts().is_none() && json.is_some() && source_sha256 != Some(source.sha256_hex()) {
            bail!("{}", words.certificate_of_another_file(&shown));
        }
        if date != report.date {
            bail!("{}", words.certificate_of_another_day(&shown, &visible(&date), &report.date));
        }
        let agrees = requirements.len() == report.requirements.len()
            && requirements.iter().zip(&report.requirements).all(|(theirs, ours)| {
                let theirs_holds = match theirs.holds {
                    Holds::Proved => Verdict::Proved,
                    Holds::Vacuous => Verdict::Vacuous,
                    Holds::Violated => Verdict::Violated,
                };
                // What was not decided in time is told of later.
                theirs.id == ours.id && (theirs_holds == ours.verdict || ours.verdict == Verdict::Undecided)
            });
        if !agrees {
            bail!("{}", words.certificate_disagrees(&shown));
        }
        Ok(())
    }
}
