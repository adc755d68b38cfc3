//! A call of the checker: reads the files, prints what was found, chooses the exit status.

use crate::answer::{VERSION, answer, unread};
use crate::{Place, Read, Used, Verdict, check_for, sha256};
use std::io::Write;

/// What `sanso-check` is called with.
pub const USAGE: &str =
    "sanso-check FILE CERT.json [--policy POLICY.json] [--source YAML] [--format text|json] [--lang ja|en]";

/// Which files to check, and how to speak.
pub struct Call {
    pub file: String,
    pub certificate: String,
    /// The YAML that the document was converted from.
    pub source: Option<String>,
    /// The canonical JSON of the policy; else one that comes with the checker.
    pub policy: Option<String>,
    pub japanese: bool,
    /// An object for programs instead of text.
    pub json: bool,
}

impl Call {
    /// Reads what [`USAGE`] says; `None` when it is not that.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut files, mut source, mut policy, mut lang, mut json) = (Vec::new(), None, None, None, false);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--lang" => lang = Some(arguments.next().filter(|lang| lang == "ja" || lang == "en")?),
                "--format" => json = arguments.next().filter(|word| word == "text" || word == "json")? == "json",
                "--source" => source = Some(arguments.next()?),
                "--policy" => policy = Some(arguments.next()?),
                _ if argument.starts_with('-') => return None,
                _ => files.push(argument),
            }
        }
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
        let japanese = lang.map_or(locale.starts_with("ja"), |lang| lang == "ja");
        let [file, certificate] = <[String; 2]>::try_from(files).ok()?;
        Some(Self { file, certificate, source, policy, japanese, json })
    }
}

/// The bytes of the files of a call.
pub struct Files<'f> {
    pub document: &'f [u8],
    pub certificate: &'f [u8],
    pub source: Option<&'f [u8]>,
    pub policy: Option<&'f [u8]>,
}

/// The whole program: checks, prints, and returns the exit status: 0 accepted, 1 rejected, 2 unusable input, or an answer
/// that could not be written.
pub fn main(arguments: &[String]) -> u8 {
    if arguments == ["--version"] {
        return said(0, &format!("sanso-check {VERSION}\n"));
    }
    match Call::parse(arguments.iter().cloned()) {
        Some(call) => run(&call),
        None => {
            complain(&format!("usage: {USAGE}\n       sanso-check --version\n"));
            2
        }
    }
}

fn run(call: &Call) -> u8 {
    let mut contents = Vec::new();
    for name in [Some(&call.file), Some(&call.certificate), call.source.as_ref(), call.policy.as_ref()] {
        let Some(name) = name else {
            contents.push(None);
            continue;
        };
        match std::fs::read(name) {
            Ok(bytes) => contents.push(Some(bytes)),
            Err(error) => {
                tell(call, 2, &unread(call, name, &error.to_string()));
                return 2;
            }
        }
    }
    let [Some(document), Some(certificate), source, policy] = &contents[..] else { return 2 };
    judge(call, &Files { document, certificate, source: source.as_deref(), policy: policy.as_deref() }).0
}

/// Checks files that were read, prints, and returns the exit status and what was found.
pub fn judge(call: &Call, files: &Files<'_>) -> (u8, Verdict) {
    let verdict = with_source(check_for(files.document, files.certificate, files.policy), files.source);
    let status = match verdict {
        Verdict::Accepted { .. } | Verdict::Least { .. } => 0,
        Verdict::Rejected { .. } => 1,
        Verdict::Unusable { .. } => 2,
    };
    (tell(call, status, &answer(call, files, &verdict)), verdict)
}

/// What is accepted only if the source is the file that the certificate names.
fn with_source(verdict: Verdict, source: Option<&[u8]>) -> Verdict {
    let (Verdict::Accepted { sha256, source_sha256, policy, .. }
    | Verdict::Least { sha256, source_sha256, policy, .. }) = &verdict
    else {
        return verdict;
    };
    let digest = source.map(sha256::hex);
    if digest.as_ref().is_none_or(|digest| digest == source_sha256.as_ref().unwrap_or(sha256)) {
        return verdict;
    }
    Verdict::Rejected {
        policy: Some(Used::clone(policy)),
        requirement: None,
        step: "topology".to_owned(),
        place: Place { of: Read::Certificate, line: 1, column: 1 },
        en: "--source is not the file that the certificate names".to_owned(),
        ja: "--source は証明書の示すファイルではありません".to_owned(),
    }
}

/// Prints an answer: one that tells of unusable input to people goes to stderr.
fn tell(call: &Call, status: u8, answer: &str) -> u8 {
    if status == 2 && !call.json {
        complain(answer);
        return 2;
    }
    said(status, answer)
}

/// Prints, and returns the exit status; where nobody gets the answer, nothing is known.
fn said(status: u8, answer: &str) -> u8 {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(answer.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => status,
        Err(error) => {
            complain(&format!("sanso-check: the answer could not be written, so that nothing is known: {error}\n"));
            2
        }
    }
}

/// Tells on stderr, if anybody listens there.
fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
