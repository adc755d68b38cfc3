//! What a checker answers, as text for people and as JSON for programs: certificate section 8.

use crate::call::{Call, Files};
use crate::requirements::{Accepted, Holds};
use crate::{POLICY, Place, Verdict, sha256};

/// The version of this checker, which has its own: `--version` and every answer name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The answer to a call, ending with a line end.
pub fn answer(call: &Call, files: &Files<'_>, verdict: &Verdict) -> String {
    if call.json { json(call, files, verdict) } else { text(call, files, verdict) }
}

/// The digests of what was read; of the source that of the certificate where there is no other word.
fn digests(files: &Files<'_>, verdict: &Verdict) -> [Option<String>; 3] {
    let of_certificate = match verdict {
        Verdict::Accepted { source_sha256, .. } => source_sha256.clone(),
        _ => files.source.map(sha256::hex),
    };
    [Some(sha256::hex(files.document)), of_certificate, Some(sha256::hex(files.certificate))]
}

fn text(call: &Call, files: &Files<'_>, verdict: &Verdict) -> String {
    let say = |en: &str, ja: &str| printable(if call.japanese { ja } else { en }) + "\n";
    let mut out = match verdict {
        Verdict::Accepted { .. } => say(
            "accepted: what is proved holds, what is vacuous speaks of nobody, and every tuple that is listed violates",
            "受理: 「適合」の要件は成り立ち、「対象外」の要件に該当するものはなく、挙げられた組はすべて違反しています",
        ),
        Verdict::Rejected { requirement, step, place, en, ja } => {
            let parts = requirement.iter().copied().chain(Some(step.as_str()).filter(|step| !step.is_empty()));
            let (step, at) = (parts.collect::<Vec<_>>().join(": "), shown(call, place));
            say(&format!("rejected: {step}: {at}: {en}"), &format!("不受理: {step}: {at}: {ja}"))
        }
        Verdict::Unusable { place, en, ja } => {
            let at = shown(call, place);
            return say(&format!("{at}: {en}"), &format!("{at}: {ja}"));
        }
    };
    let names = [("document", "文書"), ("source", "変換元"), ("certificate", "証明書")];
    for ((en, ja), digest) in names.into_iter().zip(digests(files, verdict)) {
        if let Some(digest) = digest {
            out += &say(&format!("{en}: sha256 {digest}"), &format!("{ja}: sha256 {digest}"));
        }
    }
    let (id, policy) = POLICY;
    out += &say(&format!("policy: {id} sha256 {policy}"), &format!("ポリシー: {id} sha256 {policy}"));
    out += &say(&format!("checker: sanso-check {VERSION}"), &format!("検査プログラム: sanso-check {VERSION}"));
    let Verdict::Accepted { date, requirements, .. } = verdict else { return out };
    out += &say(&format!("date: {date}"), &format!("基準日: {date}"));
    for Accepted { id, holds, violating: n, complete } in requirements {
        let (en, ja) = match (holds, complete) {
            (Holds::Proved, _) => ("proved".to_owned(), "適合".to_owned()),
            (Holds::Vacuous, _) => ("vacuous".to_owned(), "対象外".to_owned()),
            (Holds::Violated, true) => (format!("violated by exactly {n}"), format!("不適合 {n} 組（これがすべて）")),
            (Holds::Violated, false) => (format!("violated by at least {n}"), format!("不適合 {n} 組以上")),
        };
        out += &say(&format!("{id:<18} {en}"), &format!("{id:<18} {ja}"));
    }
    out
}

fn shown(call: &Call, place: &Place) -> String {
    let name = if place.in_document { &call.file } else { &call.certificate };
    format!("{name}:{}:{}", place.line, place.column)
}

/// What stands in the files must not move the cursor of a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn json(call: &Call, files: &Files<'_>, verdict: &Verdict) -> String {
    let (word, why) = match verdict {
        Verdict::Accepted { .. } => ("accepted", "null".to_owned()),
        Verdict::Rejected { requirement, step, place, en, ja } => {
            ("rejected", why(call, requirement.as_deref(), step, Some(place), if call.japanese { ja } else { en }))
        }
        Verdict::Unusable { place, en, ja } => {
            ("unusable", why(call, None, "document", Some(place), if call.japanese { ja } else { en }))
        }
    };
    let [document, source, certificate] = digests(files, verdict);
    let (date, requirements) = match verdict {
        Verdict::Accepted { date, requirements, .. } => (quoted(date), requirements.iter().map(one).collect()),
        _ => ("null".to_owned(), Vec::new()),
    };
    object(word, [document, source, certificate], &date, &requirements, &why)
}

/// The answer where a file could not be read.
pub fn unread(call: &Call, name: &str, error: &str) -> String {
    if call.json {
        let why = why(call, None, name, None, error);
        object("unusable", [None, None, None], "null", &[], &why)
    } else {
        printable(&format!("sanso-check: {name}: {error}")) + "\n"
    }
}

fn object(word: &str, digests: [Option<String>; 3], date: &str, requirements: &[String], why: &str) -> String {
    let [document, source, certificate] =
        digests.map(|digest| digest.map_or("null".to_owned(), |digest| format!("{{\"sha256\": {}}}", quoted(&digest))));
    let (id, policy) = POLICY;
    let (id, policy, version) = (quoted(id), quoted(policy), quoted(VERSION));
    format!(
        "{{\"answer\": {}, \"checker\": {{\"name\": \"sanso-check\", \"version\": {version}}}, \"document\": {document}, \
         \"source\": {source}, \"certificate\": {certificate}, \"policy\": {{\"id\": {id}, \"sha256\": {policy}}}, \
         \"date\": {date}, \"requirements\": [{}], \"why\": {why}}}\n",
        quoted(word),
        requirements.join(", ")
    )
}

fn one(accepted: &Accepted) -> String {
    let Accepted { id, holds, violating, complete } = accepted;
    let verdict = match holds {
        Holds::Proved => "proved",
        Holds::Vacuous => "vacuous",
        Holds::Violated => "violated",
    };
    let (id, verdict) = (quoted(id), quoted(verdict));
    format!("{{\"id\": {id}, \"verdict\": {verdict}, \"violating\": {violating}, \"complete\": {complete}}}")
}

fn why(call: &Call, requirement: Option<&str>, step: &str, place: Option<&Place>, message: &str) -> String {
    let requirement = requirement.map_or("null".to_owned(), quoted);
    let place = place.map_or(String::new(), |place| format!(", \"place\": {}", quoted(&shown(call, place))));
    let (step, message) = (quoted(step), quoted(message));
    format!("{{\"requirement\": {requirement}, \"step\": {step}, \"message\": {message}{place}}}")
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out += &format!("\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
