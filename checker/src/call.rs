//! A call of the checker: reads the files, prints what was found, chooses the exit status.

use crate::requirements::{Accepted, Holds};
use crate::{POLICY, Place, Verdict, check, sha256};

/// Which files to check, and how to speak.
pub struct Call {
    pub file: String,
    pub certificate: String,
    /// The YAML that the document was converted from.
    pub source: Option<String>,
    pub japanese: bool,
}

impl Call {
    /// Reads `FILE CERT.json [--lang ja|en] [--source YAML]`; `None` when it is not that.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut files, mut source, mut lang) = (Vec::new(), None, None);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--lang" => lang = Some(arguments.next().filter(|lang| lang == "ja" || lang == "en")?),
                "--source" => source = Some(arguments.next()?),
                _ if argument.starts_with('-') => return None,
                _ => files.push(argument),
            }
        }
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
        let japanese = lang.map_or(locale.starts_with("ja"), |lang| lang == "ja");
        let [file, certificate] = <[String; 2]>::try_from(files).ok()?;
        Some(Self { file, certificate, source, japanese })
    }
}

/// The bytes of the files of a call.
pub struct Files<'f> {
    pub document: &'f [u8],
    pub certificate: &'f [u8],
    pub source: Option<&'f [u8]>,
}

/// Checks, prints, and returns the exit status: 0 accepted, 1 rejected, 2 unusable input.
pub fn run(call: &Call) -> u8 {
    let mut contents = Vec::new();
    for name in [Some(&call.file), Some(&call.certificate), call.source.as_ref()].into_iter().flatten() {
        match std::fs::read(name) {
            Ok(bytes) => contents.push(bytes),
            Err(error) => {
                eprintln!("sanso-check: {name}: {error}");
                return 2;
            }
        }
    }
    let [document, certificate, source @ ..] = &contents[..] else { return 2 };
    judge(call, &Files { document, certificate, source: source.first().map(Vec::as_slice) }).0
}

/// As [`run`], of files that were read before; also what was found.
pub fn judge(call: &Call, files: &Files<'_>) -> (u8, Verdict) {
    let verdict = check(files.document, files.certificate);
    (tell(call, files, &verdict), verdict)
}

fn tell(call: &Call, files: &Files<'_>, verdict: &Verdict) -> u8 {
    let say = |en: String, ja: String| println!("{}", if call.japanese { ja } else { en });
    let place = |place: &Place| {
        let name = if place.in_document { &call.file } else { &call.certificate };
        format!("{name}:{}:{}", place.line, place.column)
    };
    match verdict {
        Verdict::Accepted { date, sha256, source_sha256, requirements } => {
            let digest = files.source.map(sha256::hex);
            if digest.as_ref().is_some_and(|digest| digest != source_sha256.as_ref().unwrap_or(sha256)) {
                say(
                    "rejected: topology: --source is not the file that the certificate names".to_owned(),
                    "不受理: topology: --source は証明書の示すファイルではありません".to_owned(),
                );
                return 1;
            }
            say(
                "accepted: what is proved holds, what is vacuous speaks of nobody, and every tuple that is listed violates"
                    .to_owned(),
                "受理: 「適合」の要件は成り立ち、「対象外」の要件に該当するものはなく、挙げられた組はすべて違反しています"
                    .to_owned(),
            );
            let (id, policy) = POLICY;
            let source = source_sha256.as_ref().map(|digest| ("source", "変換元", digest.clone()));
            let facts = [("document", "文書", sha256.clone())].into_iter().chain(source);
            for (en, ja, digest) in facts.chain([("policy", "ポリシー", policy.to_owned())]) {
                let id = if en == "policy" { format!("{id} ") } else { String::new() };
                say(format!("{en}: {id}sha256 {digest}"), format!("{ja}: {id}sha256 {digest}"));
            }
            say(format!("date: {date}"), format!("基準日: {date}"));
            for Accepted { id, holds, violating: n, complete } in requirements {
                let (en, ja) = match (holds, complete) {
                    (Holds::Proved, _) => ("proved".to_owned(), "適合".to_owned()),
                    (Holds::Vacuous, _) => ("vacuous".to_owned(), "対象外".to_owned()),
                    (Holds::Violated, true) => {
                        (format!("violated by exactly {n}"), format!("不適合 {n} 組（これがすべて）"))
                    }
                    (Holds::Violated, false) => (format!("violated by at least {n}"), format!("不適合 {n} 組以上")),
                };
                say(format!("{id:<18} {en}"), format!("{id:<18} {ja}"));
            }
            0
        }
        Verdict::Rejected { requirement, step, place: at, en, ja } => {
            let step: Vec<&str> =
                requirement.iter().copied().chain(Some(step.as_str()).filter(|step| !step.is_empty())).collect();
            let (step, at) = (step.join(": "), place(at));
            say(format!("rejected: {step}: {at}: {en}"), format!("不受理: {step}: {at}: {ja}"));
            1
        }
        Verdict::Unusable { place: at, en, ja } => {
            eprintln!("{}: {}", place(at), if call.japanese { ja } else { en });
            2
        }
    }
}
