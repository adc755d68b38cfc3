//! An independent checker of certificates: does this certificate prove what it says about this document?
//!
//! Written from `docs/certificate.md` and `docs/semantics.md` alone; it shares no code with the verifier and depends on
//! nothing but the standard library. Read `sets`, `document` (which `read`, `names` and `words` make), `policy` (which
//! `policy_file` makes), `pattern`, `meaning`, `steps`, `proof`, `witness`, `requirements`, `least`.
#![forbid(unsafe_code)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::indexing_slicing
)]

pub mod answer;
pub mod call;
pub mod declared;
pub mod devices;
pub mod document;
pub mod flows;
pub mod json;
pub mod least;
pub mod meaning;
pub mod names;
pub mod paths;
pub mod pattern;
pub mod peers;
pub mod policy;
pub mod policy_file;
pub mod proof;
pub mod read;
pub mod requirements;
pub mod segment;
pub mod sets;
pub mod sha256;
pub mod steps;
pub mod transfers;
pub mod used;
pub mod witness;
pub mod words;

use json::{Fault, Value, line_column};
use least::Least;
use pattern::Matcher;
use policy::{InEffect, Loosening, Policy};
use proof::{Check, Refusal, Spot, node_of, read, reject};
use requirements::{Accepted, Court};
use std::collections::HashSet;

/// Which of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    Document,
    Certificate,
    Policy,
}

/// A line and column, both from 1, of one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub of: Read,
    pub line: usize,
    pub column: usize,
}

/// The policy that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    pub id: String,
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted {
        date: String,
        sha256: String,
        source_sha256: Option<String>,
        policy: Used,
        /// What asks for less than the policy says, on this date.
        loosenings: Vec<Loosening>,
        requirements: Vec<Accepted>,
    },
    /// Accepted, of a repair: it says nothing of verdicts.
    Least {
        date: String,
        sha256: String,
        source_sha256: Option<String>,
        policy: Used,
        loosenings: Vec<Loosening>,
        least: Least,
    },
    Rejected {
        /// `None`: none was given, and none that comes with the checker is named.
        policy: Option<Used>,
        requirement: Option<String>,
        step: String,
        place: Place,
        en: String,
        ja: String,
    },
    /// The document or the policy has errors: nothing can be said about it.
    Unusable { place: Place, en: String, ja: String },
}

/// Accepts or rejects a certificate about a document, both JSON, for a policy that comes with the checker.
pub fn check(document: &[u8], certificate: &[u8]) -> Verdict {
    check_for(document, certificate, None)
}

/// The same for a policy given as its canonical JSON; `None`: that which the certificate names, if it comes with the checker.
pub fn check_for(document: &[u8], certificate: &[u8], policy: Option<&[u8]>) -> Verdict {
    // Nothing here is meant to panic. Should something, the certificate is not accepted.
    let judged = std::panic::catch_unwind(|| judge(document, certificate, policy));
    judged.unwrap_or_else(|_| Verdict::Rejected {
        policy: None,
        requirement: None,
        step: String::new(),
        place: Place { of: Read::Certificate, line: 1, column: 1 },
        en: "internal error of the checker".to_owned(),
        ja: "検査プログラムの内部エラー".to_owned(),
    })
}

fn unusable(of: Read, bytes: &[u8], fault: Fault) -> Verdict {
    let (line, column) = line_column(bytes, fault.at);
    Verdict::Unusable { place: Place { of, line, column }, en: fault.en, ja: fault.ja }
}

/// The built-in policy that a certificate names, whatever else it says.
fn named(certificate: &[u8]) -> Option<Policy> {
    let root = json::read(certificate).ok()?;
    policy::built_in(root.get("policy")?.get("id")?.text().ok()?)
}

fn judge(whole: &[u8], certificate: &[u8], given: Option<&[u8]>) -> Verdict {
    // A byte order mark, as some editors write it, is part of the file and not of the text.
    let document = whole.strip_prefix("\u{feff}".as_bytes()).unwrap_or(whole);
    let policy = match given.map(policy_file::read) {
        Some(Ok(policy)) => Some(policy),
        Some(Err(fault)) => return unusable(Read::Policy, given.unwrap_or_default(), fault),
        None => named(certificate),
    };
    let read = json::read(document).and_then(|root| crate::read::read(&root));
    let read = match read.and_then(|read| policy.as_ref().map_or(Ok(()), |p| fits(&read, p)).map(|()| read)) {
        Ok(read) => read,
        Err(fault) => return unusable(Read::Document, document, fault),
    };
    let mut requirement = None;
    match judge_certificate(&read, policy.as_ref(), whole, certificate, &mut requirement) {
        Ok(verdict) => verdict,
        Err(Refusal { step, place, en, ja }) => {
            let (of, bytes, at) = match place {
                Spot::Document(at) => (Read::Document, document, at),
                Spot::Certificate(at) => (Read::Certificate, certificate, at),
            };
            let (line, column) = line_column(bytes, at);
            let policy = policy.map(|Policy { id, sha256, .. }| Used { id, sha256 });
            Verdict::Rejected { policy, requirement, step, place: Place { of, line, column }, en, ja }
        }
    }
}

/// The document can be held against the policy.
fn fits(document: &document::Document, policy: &Policy) -> json::Result<()> {
    let waived = document.exceptions.iter().flat_map(|e| e.waives.iter().map(move |(at, id)| (e.at, at, id)));
    for (exception, at, id) in waived {
        // What is waived by default may not be there.
        if *at != exception && !policy.may_waive(id) {
            return words::no_such(*at, ("requirement that can be waived", "除外できる要件"), id);
        }
    }
    if requirements::speaks_of_nobody(&Matcher::new(document, policy), policy) {
        return json::fault(
            0,
            "every path requirement is vacuous: not a topology to verify",
            "どの経路の要件にも対象がなく、検証できません",
        );
    }
    Ok(())
}

/// The digests, which bind the certificate to the bytes of one document: certificate section 1.
fn check_digests(topology: &Value, sha256: &str) -> Check<Option<String>> {
    let (source, json) = read("topology", topology.object(|o| Ok((o.must("sha256", Ok)?, o.may("json_sha256", Ok)?))))?;
    let digest = |value: &Value| -> Check<String> {
        let text = read("topology", value.text())?;
        let hex = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(text.to_owned()) } else { reject("topology", value, "no SHA-256", "SHA-256 ではありません") }
    };
    let own = digest(source)?;
    let bound = json.map(&digest).transpose()?;
    if bound.as_ref().unwrap_or(&own) != sha256 {
        return reject(
            "topology",
            topology,
            "a certificate for another document (digests differ)",
            "別の文書の証明書です（ダイジェストが異なります）",
        );
    }
    Ok(bound.map(|_| own))
}

/// The certificate is for this policy, and the document asks for no other.
fn check_policy<'p>(document: &document::Document, policy: Option<&'p Policy>, value: &Value) -> Check<&'p Policy> {
    let [id, digest] = read("policy", value.all_fields(["id", "sha256"]))?;
    let (id, digest) = (read("policy", id.text())?, read("policy", digest.text())?);
    let Some(policy) = policy else {
        return reject(
            "policy",
            value,
            "no policy that comes with this checker: give its canonical JSON with --policy",
            "この検査プログラムに付属しないポリシーです。正規形の JSON を --policy で指定してください",
        );
    };
    if (id, digest) != (&policy.id, &policy.sha256) {
        return reject(
            "policy",
            value,
            format!("a certificate for another policy than `{}` sha256 {}", policy.id, policy.sha256),
            format!("`{}` sha256 {} とは別のポリシーの証明書です", policy.id, policy.sha256),
        );
    }
    let other = match (&document.policy, document.model) {
        // A file that it names cannot be looked for here.
        (Some(asked), _) => *asked != policy.id && ![".json", ".yaml", ".yml"].iter().any(|end| asked.ends_with(end)),
        (None, Some(model)) => {
            let of_model = policy.id.strip_prefix("three-tier/").filter(|word| read::MODELS.contains(word));
            of_model.is_some_and(|of_model| of_model != model)
        }
        (None, None) => false,
    };
    if other || document.edition.as_ref().is_some_and(|edition| edition != policy.edition) {
        return reject("policy", value, "the document asks for another policy", "文書は別のポリシーを指定しています");
    }
    Ok(policy)
}

/// What asks for less on this date is what the certificate says: certificate section 1.
fn check_loosenings(loosenings: &[Loosening], value: Option<&Value>, root: &Value) -> Check<()> {
    let mut said = Vec::new();
    for item in value.map_or(Ok(&[][..]), |value| read("loosenings", value.list()))? {
        let [id, to] = read("loosenings", item.tuple())?;
        said.push((read("loosenings", id.text())?, read("loosenings", to.text())?));
    }
    let expected = loosenings.iter().map(|one| (one.id.as_str(), one.word()));
    if value.is_some() == loosenings.is_empty() || !said.into_iter().eq(expected) {
        return reject(
            "loosenings",
            value.unwrap_or(root),
            "not what the policy loosens on this date",
            "この日付におけるポリシーの緩和と異なります",
        );
    }
    Ok(())
}

/// What every certificate says first, and the document and the policy say of it.
struct Head<'p> {
    policy: &'p Policy,
    today: String,
    asked: Vec<InEffect<'p>>,
    loosenings: Vec<Loosening>,
    order: Vec<usize>,
    sha256: String,
    source_sha256: Option<String>,
}

/// The keys of a certificate, in their order, and its loosenings.
fn keys<'v, 'a, const N: usize>(
    root: &'v Value<'a>,
    keys: [&str; N],
) -> Check<([&'v Value<'a>; N], Option<&'v Value<'a>>)> {
    read(
        "",
        root.object(|o| {
            let mut own = [root; N];
            for (slot, key) in own.iter_mut().zip(keys) {
                *slot = o.must(key, Ok)?;
            }
            Ok((own, o.may("loosenings", Ok)?))
        }),
    )
}

/// Reads it. `expected`: the version of the format, under this key.
fn head<'p>(
    document: &document::Document,
    policy: Option<&'p Policy>,
    bytes: &[u8],
    root: &Value,
    (key, expected): (&str, &str),
    (own, loosened): ([&Value; 6], Option<&Value>),
) -> Check<Head<'p>> {
    let [version, tool, topology, named, date, symbolic] = own;
    if !matches!(version.data, json::Data::Number(number) if number == expected) {
        let en = format!("version {expected} of the format expected for this document");
        return reject(key, version, en, format!("この文書には書式の版 {expected} が必要です"));
    }
    read("tool", tool.text())?;
    let sha256 = sha256::hex(bytes);
    let source_sha256 = check_digests(topology, &sha256)?;
    let policy = check_policy(document, policy, named)?;
    let today = read("date", date.text())?;
    if !words::is_date(today) {
        return reject("date", date, "no date", "日付ではありません");
    }
    let (asked, loosenings) = policy.on(today);
    check_loosenings(&loosenings, loosened, root)?;
    let mut order = Vec::new();
    for item in read("symbolic", symbolic.list())? {
        order.push(read("symbolic", node_of(document, item))?);
    }
    let distinct: HashSet<usize> = order.iter().copied().collect();
    let expected = meaning::symbolic_nodes(document);
    if distinct.len() != order.len() || expected.len() != order.len() || !expected.iter().all(|n| distinct.contains(n))
    {
        return reject(
            "symbolic",
            symbolic,
            "not exactly the nodes with a symbolic address, each once",
            "記号アドレスを持つノードの一覧ではありません",
        );
    }
    Ok(Head { policy, today: today.to_owned(), asked, loosenings, order, sha256, source_sha256 })
}

/// The networks that requirements look at, each once.
fn networks_of<'m, 'd>(
    matcher: &Matcher,
    meaning: &'m meaning::Meaning<'d>,
    asked: &[InEffect],
) -> Vec<steps::Network<'m, 'd>> {
    let mut networks: Vec<steps::Network> = Vec::new();
    for absent in asked.iter().filter_map(|one| requirements::absent(matcher, &one.requirement.asked)) {
        if networks.iter().all(|network| network.absent != absent) {
            networks.push(steps::Network::new(meaning, absent));
        }
    }
    networks
}

fn judge_certificate(
    document: &document::Document,
    policy: Option<&Policy>,
    bytes: &[u8],
    certificate: &[u8],
    current: &mut Option<String>,
) -> Check<Verdict> {
    let root = read("", json::read(certificate))?;
    if root.get("sanso_repair").is_some() {
        return judge_repair(document, policy, bytes, &root);
    }
    let names = ["sanso_certificate", "tool", "topology", "policy", "date", "symbolic", "requirements"];
    let ([version, tool, topology, named, date, symbolic, list], loosened) = keys(&root, names)?;
    // Format 2 is for documents in which addresses are translated, format 1 for all others.
    let expected = if document.translates() { "2" } else { "1" };
    let own = [version, tool, topology, named, date, symbolic];
    let Head { policy, today, asked, loosenings, order, sha256, source_sha256 } =
        head(document, policy, bytes, &root, ("sanso_certificate", expected), (own, loosened))?;
    let list = read("requirements", list.list())?;
    if list.len() != asked.len() {
        let (en, ja) = ("exactly the requirements of the policy", "ポリシーの要件がちょうど必要です");
        return reject(
            "requirements",
            &root,
            format!("{en} expected: {}", asked.len()),
            format!("{ja}: {}", asked.len()),
        );
    }
    let (matcher, meaning) = (Matcher::new(document, policy), meaning::Meaning::new(document, &order));
    let networks = networks_of(&matcher, &meaning, &asked);
    let court = Court { matcher: &matcher, today: &today, networks: &networks };
    let mut requirements = Vec::new();
    for (one, value) in asked.iter().zip(list) {
        *current = Some(one.requirement.id.clone());
        requirements.push(court.check(one, value)?);
    }
    let used = Used { id: policy.id.clone(), sha256: policy.sha256.clone() };
    Ok(Verdict::Accepted { date: today, sha256, source_sha256, policy: used, loosenings, requirements })
}

/// A certificate of a repair: certificate section 10.
fn judge_repair(document: &document::Document, policy: Option<&Policy>, bytes: &[u8], root: &Value) -> Check<Verdict> {
    let names =
        ["sanso_repair", "tool", "topology", "policy", "date", "symbolic", "allowed", "edits", "cost", "bound", "ways"];
    let (own, loosened) = keys(root, names)?;
    let [version, tool, topology, named, date, symbolic, allowed, edits, cost, bound, ways] = own;
    let own = [version, tool, topology, named, date, symbolic];
    let Head { policy, today, asked, loosenings, order, sha256, source_sha256 } =
        head(document, policy, bytes, root, ("sanso_repair", "1"), (own, loosened))?;
    let (matcher, meaning) = (Matcher::new(document, policy), meaning::Meaning::new(document, &order));
    let networks = networks_of(&matcher, &meaning, &asked);
    let keys = least::Keys { allowed, edits, cost, bound, ways };
    let least = least::check_least(&matcher, &asked, &networks, &keys)?;
    let used = Used { id: policy.id.clone(), sha256: policy.sha256.clone() };
    Ok(Verdict::Least { date: today, sha256, source_sha256, policy: used, loosenings, least })
}
