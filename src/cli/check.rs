//! `sanso check`: the checker on a certificate, and whether an attestation covers the files at hand.

use anyhow::Result;
use sanso::language::Lang;
use sanso_check::call::{Call, Files, judge};

use super::Context;
use super::arguments::{CheckArguments, CheckFormat};
use super::checked::{Checked, Given, read};
use super::output::told;
use super::status::Status;

/// Checks; the statuses are: accepted, rejected, unusable.
///
/// # Errors
/// When a file cannot be read or a key is none.
pub fn run(arguments: &CheckArguments, context: &Context) -> Result<Status> {
    // Each file is read once: what is compared is what was checked.
    let document = read(&arguments.file, context)?;
    let certificate = arguments.certificate.as_deref().map(|path| read(path, context)).transpose()?;
    let source = arguments.source.as_deref().map(|path| read(path, context)).transpose()?;
    let policy = super::policy::defined(arguments.policy.as_deref(), context)?.map(|policy| policy.canonical());
    // That of the configuration is meant where the certificate names it.
    let policy = policy.filter(|text| {
        let digest = sanso_check::sha256::hex(text.as_bytes());
        let names = |bytes: &[u8]| bytes.windows(digest.len()).any(|part| part == digest.as_bytes());
        arguments.policy.is_some() || certificate.as_ref().is_some_and(|given| names(&given.bytes))
    });
    #[cfg(feature = "sign")]
    let signed = super::attested::Signed::read(arguments, context)?;
    #[cfg(not(feature = "sign"))]
    if arguments.attestation.is_some() {
        anyhow::bail!("{}", super::left_out::attestation(context.lang));
    }

    let (mut status, mut proof) = (Status::Proved, None);
    if let Some(certificate) = &certificate {
        let text = |given: &Given<'_>| told(given.path).into_owned();
        let call = Call {
            file: text(&document),
            certificate: text(certificate),
            source: source.as_ref().map(text),
            policy: arguments.policy.clone(),
            japanese: context.lang == Lang::Ja,
            json: arguments.answer.format == CheckFormat::Json,
        };
        let files = Files {
            document: &document.bytes,
            certificate: &certificate.bytes,
            source: source.as_ref().map(|source| source.bytes.as_slice()),
            policy: policy.as_deref().map(str::as_bytes),
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
    let checked = Checked { document, certificate, source, proof };
    #[cfg(feature = "sign")]
    if let Some(signed) = signed {
        status = status.max(signed.judge(&checked, arguments, context)?);
    }
    #[cfg(not(feature = "sign"))]
    drop(checked);
    Ok(status)
}
