//! An independent checker of certificates: does this certificate prove what it says about this document?
//!
//! Written from `docs/certificate.md` and `docs/semantics.md` alone; it shares no code with the verifier and depends on
//! nothing but the standard library. Read `sets`, `document` (which `read`, `names` and `words` make), `meaning`, `steps`, `proof`, `witness`,
//! `requirements`.
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
pub mod devices;
pub mod document;
pub mod flows;
pub mod json;
pub mod meaning;
pub mod names;
pub mod proof;
pub mod read;
pub mod requirements;
pub mod sets;
pub mod sha256;
pub mod steps;
pub mod transfers;
pub mod witness;
pub mod words;

use json::{Fault, Value, line_column};
use proof::{Check, Refusal, Spot, node_of, read, reject};
use requirements::{Accepted, REQUIREMENTS};
use std::collections::HashSet;

/// The policy that this checker was written for.
pub const POLICY: (&str, &str) =
    ("three-tier/alpha", "92cb427ce4886c2c4eb48cf8a20f6d1d245b46c1b9766c5812db6683deec760e");

/// The edition of the guideline that it is of.
pub const EDITION: &str = "2025-03";

/// A line and column, both from 1, of one of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub in_document: bool,
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted {
        date: String,
        sha256: String,
        source_sha256: Option<String>,
        requirements: Vec<Accepted>,
    },
    Rejected {
        requirement: Option<&'static str>,
        step: String,
        place: Place,
        en: String,
        ja: String,
    },
    /// The document has errors: nothing can be said about it.
    Unusable {
        place: Place,
        en: String,
        ja: String,
    },
}

/// Accepts or rejects a certificate about a document, both JSON.
pub fn check(document: &[u8], certificate: &[u8]) -> Verdict {
    // Nothing here is meant to panic. Should something, the certificate is not accepted.
    let judged = std::panic::catch_unwind(|| judge(document, certificate));
    judged.unwrap_or_else(|_| Verdict::Rejected {
        requirement: None,
        step: String::new(),
        place: Place { in_document: false, line: 1, column: 1 },
        en: "internal error of the checker".to_owned(),
        ja: "検査プログラムの内部エラー".to_owned(),
    })
}

fn unusable(bytes: &[u8], fault: Fault) -> Verdict {
    let (line, column) = line_column(bytes, fault.at);
    Verdict::Unusable { place: Place { in_document: true, line, column }, en: fault.en, ja: fault.ja }
}

fn judge(whole: &[u8], certificate: &[u8]) -> Verdict {
    // A byte order mark, as some editors write it, is part of the file and not of the text.
    let document = whole.strip_prefix("\u{feff}".as_bytes()).unwrap_or(whole);
    let read = json::read(document).and_then(|root| crate::read::read(&root));
    let read = match read {
        Ok(read) => read,
        Err(fault) => return unusable(document, fault),
    };
    if requirements::speaks_of_nobody(&read) {
        let fault = Fault {
            at: 0,
            en: "every path requirement is vacuous: not a topology to verify".to_owned(),
            ja: "どの経路の要件にも対象がなく、検証できません".to_owned(),
        };
        return unusable(document, fault);
    }
    let mut requirement = None;
    match judge_certificate(&read, whole, certificate, &mut requirement) {
        Ok(verdict) => verdict,
        Err(Refusal { step, place, en, ja }) => {
            let (in_document, bytes, at) = match place {
                Spot::Document(at) => (true, document, at),
                Spot::Certificate(at) => (false, certificate, at),
            };
            let (line, column) = line_column(bytes, at);
            Verdict::Rejected { requirement, step, place: Place { in_document, line, column }, en, ja }
        }
    }
}

/// The digests, which bind the certificate to the bytes of one document and one policy: certificate section 1.
fn check_digests(topology: &Value, policy: &Value, sha256: &str) -> Check<Option<String>> {
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
    let [id, digest] = read("policy", policy.all_fields(["id", "sha256"]))?;
    if (read("policy", id.text())?, read("policy", digest.text())?) != POLICY {
        return reject(
            "policy",
            policy,
            "another policy than this checker knows",
            "この検査プログラムの知らないポリシーです",
        );
    }
    Ok(bound.map(|_| own))
}

fn judge_certificate(
    document: &document::Document,
    bytes: &[u8],
    certificate: &[u8],
    current: &mut Option<&'static str>,
) -> Check<Verdict> {
    let root = read("", json::read(certificate))?;
    let keys = ["sanso_certificate", "tool", "topology", "policy", "date", "symbolic", "requirements"];
    let [version, tool, topology, policy, date, symbolic, list] = read("", root.all_fields(keys))?;
    // Format 2 is for documents in which addresses are translated, format 1 for all others.
    let expected = if document.translates() { "2" } else { "1" };
    if !matches!(version.data, json::Data::Number(number) if number == expected) {
        let en = format!("version {expected} of the format expected for this document");
        return reject("sanso_certificate", version, en, format!("この文書には書式の版 {expected} が必要です"));
    }
    read("tool", tool.text())?;
    let sha256 = sha256::hex(bytes);
    let source_sha256 = check_digests(topology, policy, &sha256)?;
    let asks_for_this = document.policy.as_ref().is_none_or(|asked| asked == POLICY.0);
    if !asks_for_this || document.edition.as_ref().is_some_and(|edition| edition != EDITION) {
        return reject("policy", policy, "the document asks for another policy", "文書は別のポリシーを指定しています");
    }
    if document.policy.is_none() && !document.alpha {
        return reject("policy", policy, "the document asks for another model", "文書は別のモデルを指定しています");
    }
    let today = read("date", date.text())?;
    if !words::is_date(today) {
        return reject("date", date, "no date", "日付ではありません");
    }
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
    let list = read("requirements", list.list())?;
    if list.len() != REQUIREMENTS.len() {
        return reject("requirements", &root, "exactly eight requirements expected", "要件はちょうど八つ必要です");
    }
    let meaning = meaning::Meaning::new(document, &order);
    let (plain, cloudless) = (steps::Network::new(&meaning, false), steps::Network::new(&meaning, true));
    let mut requirements = Vec::new();
    for (id, value) in REQUIREMENTS.into_iter().zip(list) {
        *current = Some(id);
        requirements.push(requirements::check(&plain, &cloudless, id, today, value)?);
    }
    Ok(Verdict::Accepted { date: today.to_owned(), sha256, source_sha256, requirements })
}
