//! What a checker answers, as text for people and as JSON for programs: certificate section 8.

use crate::call::{Call, Files};
use crate::least::Least;
use crate::policy::{Loosening, Severity};
use crate::requirements::{Accepted, Holds};
use crate::{Place, Read, Used, Verdict, sha256};

/// The version of this checker, which has its own: `--version` and every answer name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The answer to a call, ending with a line end.
pub fn answer(call: &Call, files: &Files<'_>, verdict: &Verdict) -> String {
    if call.json { json(call, files, verdict) } else { text(call, files, verdict) }
}

/// The digests of what was read; of the source that of the certificate where there is no other word.
fn digests(files: &Files<'_>, verdict: &Verdict) -> [Option<String>; 3] {
    let of_certificate = match verdict {
        Verdict::Accepted { source_sha256, .. } | Verdict::Least { source_sha256, .. } => source_sha256.clone(),
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
        Verdict::Least { least: Least { bound, cost, .. }, .. } => say(
            &format!(
                "accepted: every way that is listed violates, and to break them all costs at least {bound} (this repair: {cost})"
            ),
            &format!(
                "受理: 挙げられた経路はいずれも違反であり、すべてを断つには {bound} 以上のコストがかかります（この是正は {cost}）"
            ),
        ),
        Verdict::Rejected { policy: _, requirement, step, place, en, ja } => {
            let parts = requirement.as_deref().into_iter().chain(Some(step.as_str()).filter(|step| !step.is_empty()));
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
    if let Some(Used { id, sha256 }) = policy_of(verdict) {
        out += &say(&format!("policy: {id} sha256 {sha256}"), &format!("ポリシー: {id} sha256 {sha256}"));
    }
    out += &say(&format!("checker: sanso-check {VERSION}"), &format!("検査プログラム: sanso-check {VERSION}"));
    let (date, loosenings, requirements) = match verdict {
        Verdict::Accepted { date, loosenings, requirements, .. } => (date, loosenings, &requirements[..]),
        Verdict::Least { date, loosenings, .. } => (date, loosenings, &[][..]),
        _ => return out,
    };
    out += &say(&format!("date: {date}"), &format!("基準日: {date}"));
    for one @ Loosening { id, reason, approved_by, until, .. } in loosenings {
        let (en, ja) = match one.severity {
            Some(_) => ("a warning only", "警告にとどめる"),
            None => ("switched off", "適用しない"),
        };
        out += &say(
            &format!("loosened: {id}: {en} until {until}, approved by {approved_by}: {reason}"),
            &format!("緩和: {id}: {ja}（{until} まで、承認者 {approved_by}）: {reason}"),
        );
    }
    for Accepted { id, severity, holds, violating: n, complete } in requirements {
        let (mut en, mut ja) = match (holds, complete) {
            (Holds::Proved, _) => ("proved".to_owned(), "適合".to_owned()),
            (Holds::Vacuous, _) => ("vacuous".to_owned(), "対象外".to_owned()),
            (Holds::Violated, true) => (format!("violated by exactly {n}"), format!("不適合 {n} 組（これがすべて）")),
            (Holds::Violated, false) => (format!("violated by at least {n}"), format!("不適合 {n} 組以上")),
        };
        if *severity == Severity::Warning {
            (en, ja) = (en + " (a warning)", ja + "（警告）");
        }
        out += &say(&format!("{id:<18} {en}"), &format!("{id:<18} {ja}"));
    }
    out
}

/// The policy that was used, where one was.
fn policy_of(verdict: &Verdict) -> Option<&Used> {
    match verdict {
        Verdict::Accepted { policy, .. } | Verdict::Least { policy, .. } => Some(policy),
        Verdict::Rejected { policy, .. } => policy.as_ref(),
        Verdict::Unusable { .. } => None,
    }
}

fn shown(call: &Call, place: &Place) -> String {
    let name = match place.of {
        Read::Document => &call.file,
        Read::Certificate => &call.certificate,
        Read::Policy => call.policy.as_ref().unwrap_or(&call.file),
    };
    format!("{name}:{}:{}", place.line, place.column)
}

/// What stands in the files must not move the cursor of a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn json(call: &Call, files: &Files<'_>, verdict: &Verdict) -> String {
    let (word, why) = match verdict {
        Verdict::Accepted { .. } | Verdict::Least { .. } => ("accepted", "null".to_owned()),
        Verdict::Rejected { policy: _, requirement, step, place, en, ja } => {
            ("rejected", why(call, requirement.as_deref(), step, Some(place), if call.japanese { ja } else { en }))
        }
        Verdict::Unusable { place, en, ja } => {
            let step = if place.of == Read::Policy { "policy" } else { "document" };
            ("unusable", why(call, None, step, Some(place), if call.japanese { ja } else { en }))
        }
    };
    let [document, source, certificate] = digests(files, verdict);
    let (date, loosenings, requirements) = match verdict {
        Verdict::Accepted { date, loosenings, requirements, .. } => {
            (quoted(date), loosenings.iter().map(loosened).collect(), requirements.iter().map(one).collect())
        }
        Verdict::Least { date, loosenings, .. } => {
            (quoted(date), loosenings.iter().map(loosened).collect(), Vec::new())
        }
        _ => ("null".to_owned(), Vec::new(), Vec::new()),
    };
    let why = match verdict {
        Verdict::Least { least, .. } => format!("{why}, \"repair\": {}", repair(least)),
        _ => why,
    };
    object(word, [document, source, certificate], policy_of(verdict), &date, [&loosenings, &requirements], &why)
}

fn repair(least: &Least) -> String {
    let Least { allowed, cost, bound, ways } = least;
    let allowed: Vec<String> = allowed.iter().map(|word| quoted(word)).collect();
    format!("{{\"allowed\": [{}], \"cost\": {cost}, \"bound\": {bound}, \"ways\": {ways}}}", allowed.join(", "))
}

/// The answer where a file could not be read.
pub fn unread(call: &Call, name: &str, error: &str) -> String {
    if call.json {
        let why = why(call, None, name, None, error);
        object("unusable", [None, None, None], None, "null", [&[], &[]], &why)
    } else {
        printable(&format!("sanso-check: {name}: {error}")) + "\n"
    }
}

fn object(
    word: &str,
    digests: [Option<String>; 3],
    policy: Option<&Used>,
    date: &str,
    [loosenings, requirements]: [&[String]; 2],
    why: &str,
) -> String {
    let [document, source, certificate] =
        digests.map(|digest| digest.map_or("null".to_owned(), |digest| format!("{{\"sha256\": {}}}", quoted(&digest))));
    let policy = policy.map_or("null".to_owned(), |Used { id, sha256 }| {
        format!("{{\"id\": {}, \"sha256\": {}}}", quoted(id), quoted(sha256))
    });
    let version = quoted(VERSION);
    format!(
        "{{\"answer\": {}, \"checker\": {{\"name\": \"sanso-check\", \"version\": {version}}}, \"document\": {document}, \
         \"source\": {source}, \"certificate\": {certificate}, \"policy\": {policy}, \"date\": {date}, \
         \"loosenings\": [{}], \"requirements\": [{}], \"why\": {why}}}\n",
        quoted(word),
        loosenings.join(", "),
        requirements.join(", ")
    )
}

fn loosened(one: &Loosening) -> String {
    let values = [&one.id, one.word(), &one.reason, &one.approved_by, &one.until];
    let keys = ["id", "severity", "reason", "approved_by", "until"];
    let pairs = keys.iter().zip(values).map(|(key, value)| format!("{}: {}", quoted(key), quoted(value)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

fn one(accepted: &Accepted) -> String {
    let Accepted { id, severity, holds, violating, complete } = accepted;
    let verdict = match holds {
        Holds::Proved => "proved",
        Holds::Vacuous => "vacuous",
        Holds::Violated => "violated",
    };
    let (id, severity, verdict) = (quoted(id), quoted(severity.word()), quoted(verdict));
    format!(
        "{{\"id\": {id}, \"severity\": {severity}, \"verdict\": {verdict}, \"violating\": {violating}, \"complete\": {complete}}}"
    )
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
