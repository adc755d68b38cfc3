//! What the audit report says in every format, once: the names of its sections and rows, what stands in them, and how its
//! certificate is checked. A format chooses the order of sections and how a row looks.

use super::exposure::{heads, layers_head};
use super::markup::{Words, words};
use super::phrases::{are, grouped, phrases, plural};
use crate::language::{Lang, Phrase};
use crate::report::audit::{Audit, Standing};
use crate::report::exposure::{Halving, Known, Point};
use crate::report::{Report, Verdict};

/// Names of sections.
pub(super) const SUBJECT: Words = words("Subject", "対象");
pub(super) const MATRIX: Words = words("Zones against zones", "領域間の判定");
pub(super) const REQUIREMENTS: Words = words("Requirements", "要件ごとの判定");
pub(super) const REPAIRS: Words = words("Repairs", "是正案");
pub(super) const EXCEPTIONS: Words = words("Exceptions (特定通信)", "特定通信（例外措置）");
pub(super) const DEPTH: Words = words("Depth of defence", "多層防御の深さ");
pub(super) const ASSUMPTIONS: Words = words("What the verdicts rely upon", "判定の前提");
pub(super) const NODES: Words = words("Nodes by zone", "領域ごとのノード");
pub(super) const NOT_CHECKED: Words = words("What was not checked", "検証していない事項");
pub(super) const CERTIFICATE: Words = words("Certificate, and how to check it", "証明書と検査の方法");
pub(super) const CLOSING: Words = words("Conclusion and response", "監査人の結論と被監査部門の回答");

/// Within sections.
pub(super) const VERDICT: Words = words("Overall verdict", "総合判定");
pub(super) const WARNINGS: Words = words("Warnings", "警告");
pub(super) const TRANSFERS: Words = words("Transfers", "媒体などによる受渡し");
pub(super) const MEND: Words = words("Repair", "是正");
pub(super) const MENDS: Words = words("for", "対象");
pub(super) const NO_EXCEPTIONS: Words = words("The document has no exceptions.", "この文書に特定通信の宣言はない。");
pub(super) const NO_DEMAND: Words = words("nothing demanded", "要件なし");
pub(super) const DEPTH_NOTE: Words = words(
    "The least number of enforcement points (filters, translations, relays, one-way links, exceptions, sanitising transfers) that must fail before data gets from the one tier to the other, in either direction, if every endpoint that declares no relays passes on everything. It is no verdict.",
    "中継を宣言していない端点がすべて何でも中継するとみなしたとき、二つの層のあいだで（どちらかの向きに）データが届くために破られなければならない防護点（フィルター、アドレス変換、中継、一方向リンク、特定通信、受渡しの無害化）の最小の数を示す。判定ではない。",
);

/// What is said of an exception that does not say it.
pub(super) const MISSING: Words = words("not stated", "記載なし");
pub(super) const NO_END: Words = words("no end", "期限なし");
pub(super) const EXPIRED: Words = words("expired", "期限切れ");
pub(super) const OPENS_UNKNOWN: Words = words("not decided: a limit was reached", "未判定（上限に達した）");
pub(super) const OPENS_NOTHING: Words =
    words("nothing: the network lets none of it through", "なし（ネットワークが通さない）");

/// Columns of those who sign.
pub(super) const SIGNING: [Words; 3] =
    [words("Name", "氏名"), words("Date", "日付"), words("Signature or seal", "署名・押印")];

/// What stands in a row.
pub(super) enum Value {
    /// Text from outside, or the same in both languages.
    Text(String),
    /// A digest or an id, to be copied.
    Code(String),
    /// A sentence.
    Phrase(Phrase),
    /// A sentence, and an id.
    Named(Phrase, String),
}

/// A row: its name, and what stands in it.
pub(super) type Row = (Words, Value);

/// A row of what somebody adds to the report: its name, and what is known already.
pub(super) type Field<'a> = (Words, Option<&'a str>);

/// Number, department, purpose and procedure, and when the report was made.
pub(super) fn particulars(audit: &Audit) -> [Field<'_>; 5] {
    let dossier = &audit.dossier;
    [
        (words("Report number", "調書番号"), dossier.number.as_deref()),
        (words("Audited department", "被監査部門"), dossier.department.as_deref()),
        (words("Purpose", "監査目的"), dossier.purpose.as_deref()),
        (words("Procedure", "監査手続"), dossier.procedure.as_deref()),
        (words("Made at (Japan time)", "作成日時（日本時間）"), audit.created.as_deref()),
    ]
}

/// Who made, reviewed and approved it.
pub(super) fn people(audit: &Audit) -> [Field<'_>; 3] {
    let dossier = &audit.dossier;
    [
        (words("Auditor", "監査担当者"), dossier.auditor.as_deref()),
        (words("Reviewer", "査閲者"), dossier.reviewer.as_deref()),
        (words("Approver", "承認者"), dossier.approver.as_deref()),
    ]
}

/// What the auditor concludes and the audited department answers.
pub(super) fn closing(audit: &Audit) -> [Field<'_>; 2] {
    let dossier = &audit.dossier;
    [
        (words("Auditor's conclusion", "監査人の結論"), dossier.conclusion.as_deref()),
        (words("Response of the audited department", "被監査部門の回答"), dossier.response.as_deref()),
    ]
}

const FILE: Words = words("File", "ファイル");
const FILE_DIGEST: Words = words("SHA-256 of the file", "ファイルの SHA-256");
const POLICY_DIGEST: Words = words("SHA-256 of the policy", "ポリシーの SHA-256");

/// What the report is about.
pub(super) fn subject(report: &Report, audit: &Audit) -> Vec<Row> {
    let each = |make: &dyn Fn(Lang) -> String| Value::Phrase(Phrase::new(make(Lang::En), make(Lang::Ja)));
    let certificate = match &report.certificate {
        Some(certificate) => Value::Text(certificate.file.clone()),
        None => Value::Phrase(Phrase::new("none was written in this run", "この実行では書き出していない")),
    };
    vec![
        (
            words("Organisation, document", "団体・文書の名称"),
            Value::Text(report.name.clone().unwrap_or("—".to_owned())),
        ),
        (FILE, Value::Text(report.file.clone())),
        (FILE_DIGEST, Value::Code(report.sha256.clone())),
        (words("Size", "規模"), each(&|lang| phrases(lang).nodes_and_links(report.nodes, report.links))),
        (words("Model", "モデル"), model(&audit.model)),
        (words("Policy", "ポリシー（版）"), Value::Named(audit.policy_title.clone(), report.policy_id.clone())),
        (POLICY_DIGEST, Value::Code(report.policy_sha256.clone())),
        (words("Reference date", "基準日"), Value::Text(report.date.clone())),
        (words("Verifier", "検証プログラム"), Value::Text(concat!("sanso ", env!("CARGO_PKG_VERSION")).to_owned())),
        (CERTIFICATE_FILE, certificate),
    ]
}

/// A model as people write it.
fn model(word: &str) -> Value {
    let greek = match word {
        "alpha" => "α",
        "alpha-prime" => "α′",
        "beta" => "β",
        "beta-prime" => "β′",
        _ => return Value::Text(word.to_owned()),
    };
    Value::Phrase(Phrase::new(greek, format!("{greek}モデル")))
}

const CERTIFICATE_FILE: Words = words("Certificate", "証明書");

/// How the certificate is checked: what is said first, the rows of what is compared, calls of the checkers (or the one
/// that writes a certificate), and what is said last.
pub(super) struct Checked {
    pub first: Words,
    pub rows: Vec<Row>,
    pub calls: Vec<String>,
    pub last: Words,
}

/// The certificate of a report, or how one is had.
pub(super) fn certificate(report: &Report) -> Checked {
    let last = words(
        "Get the checkers from the project, run both, and compare the digests that they print with those above. A checker accepts or rejects; this report does not replace its answer.",
        "検査プログラムは開発元から入手して両方を実行し、表示されるダイジェストを上の値と照合する。検査プログラムは受理または不受理を答える。この調書はその答えに代わるものではない。",
    );
    let file = quoted(&report.file);
    let Some(facts) = &report.certificate else {
        return Checked {
            first: words(
                "No certificate was written in this run: this report rests on the verifier alone. To have one written, which two independent programs (sanso-check and sanso_check.py) can check:",
                "この実行では証明書を書き出していない。この調書は検証プログラムだけに依拠する。独立した二つのプログラム（sanso-check と sanso_check.py）で検査できる証明書は、次のように作成する。",
            ),
            rows: Vec::new(),
            calls: vec![format!("sanso verify {file} --certificate CERT.json")],
            last,
        };
    };
    let mut rows = vec![
        (CERTIFICATE_FILE, Value::Text(facts.file.clone())),
        (words("SHA-256 of the certificate", "証明書の SHA-256"), Value::Code(facts.sha256.clone())),
    ];
    let (certificate, mut calls) = (quoted(&facts.file), Vec::new());
    let arguments = match &facts.json_sha256 {
        None => format!("{file} {certificate}"),
        Some(json) => {
            let name = words("SHA-256 of the document as JSON", "JSON に変換した文書の SHA-256");
            rows.push((name, Value::Code(json.clone())));
            calls.push(format!("sanso convert {file} -o document.json"));
            format!("document.json {certificate} --source {file}")
        }
    };
    rows.push((FILE_DIGEST, Value::Code(report.sha256.clone())));
    rows.push((POLICY_DIGEST, Value::Code(report.policy_sha256.clone())));
    calls.extend([format!("sanso-check {arguments}"), format!("python3 sanso_check.py {arguments}")]);
    let first = words(
        "The certificate holds the proofs and paths of this report. Two checkers, independent of the verifier, accept or reject it against the document:",
        "証明書には、この調書の判定の根拠と経路が収められている。検証プログラムから独立した二つの検査プログラムが、文書と照らして受理または不受理とする。",
    );
    Checked { first, rows, calls, last }
}

/// A file as a shell takes it.
fn quoted(file: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ':' | '@');
    if !file.is_empty() && file.chars().all(plain) {
        file.to_owned()
    } else {
        format!("'{}'", file.replace('\'', "'\\''"))
    }
}

/// What is said of the whole.
pub(super) fn conclusion(report: &Report, audit: &Audit, lang: Lang) -> String {
    let aside = match (report.violated_warnings(), lang) {
        (0, _) => String::new(),
        (1, Lang::En) => " 1 requirement that is a warning is violated.".to_owned(),
        (warnings, Lang::En) => format!(" {warnings} requirements that are warnings are violated."),
        (warnings, Lang::Ja) => format!("重大度が警告の {warnings} 要件が不適合である。"),
    };
    of_errors(report, audit, lang) + &aside
}

/// What is said of the requirements that are no warnings.
fn of_errors(report: &Report, audit: &Audit, lang: Lang) -> String {
    let errors: Vec<_> = report.requirements.iter().enumerate().filter(|(_, one)| !one.is_warning()).collect();
    let count = |verdict: Verdict| errors.iter().filter(|(_, one)| one.verdict == verdict).count();
    let (all, violated) = (errors.len(), count(Verdict::Violated));
    let (undecided, vacuous) = (count(Verdict::Undecided), count(Verdict::Vacuous));
    let excepted = errors.iter().filter(|(at, one)| audit.standing(*at, one.verdict) == Standing::Excepted).count();
    match (audit.overall(report), lang) {
        (Standing::Violated, Lang::En) => {
            format!("{violated} of {all} requirements {} violated in this document.", are(violated))
        }
        (Standing::Violated, Lang::Ja) => format!("この文書について、{all} 要件のうち {violated} 要件が不適合である。"),
        (Standing::Undecided, Lang::En) => {
            format!("{undecided} of {all} requirements {} undecided. This is not a pass.", are(undecided))
        }
        (Standing::Undecided, Lang::Ja) => {
            format!("{all} 要件のうち {undecided} 要件が未判定である。適合を意味しない。")
        }
        (_, Lang::En) => {
            let mut text = "Proved for this document: no requirement is violated".to_owned();
            if excepted > 0 {
                let hold = if excepted == 1 { "holds" } else { "hold" };
                text.push_str(&format!("; {excepted} {hold} with exceptions that are in use"));
            }
            if vacuous > 0 {
                text.push_str(&format!("; {vacuous} {} of nobody here", if vacuous == 1 { "speaks" } else { "speak" }));
            }
            text + "."
        }
        (_, Lang::Ja) => {
            let mut text = "この文書について、不適合の要件がないことを証明した".to_owned();
            if excepted > 0 {
                text.push_str(&format!("。{excepted} 要件は、使われている特定通信を除いて適合である"));
            }
            if vacuous > 0 {
                text.push_str(&format!("。{vacuous} 要件は対象外"));
            }
            text + "。"
        }
    }
}

/// How many there are of a zone.
pub(super) fn zone_size(endpoints: u64, machines: u64, lang: Lang) -> String {
    match (endpoints == machines, lang) {
        (true, Lang::En) => plural(endpoints, "endpoint", "endpoints"),
        (true, Lang::Ja) => format!("端点 {}", grouped(endpoints)),
        (false, Lang::En) => {
            format!("{}, {}", plural(endpoints, "endpoint", "endpoints"), plural(machines, "machine", "machines"))
        }
        (false, Lang::Ja) => format!("端点 {}、機器 {} 台", grouped(endpoints), grouped(machines)),
    }
}

/// A row of a depth that is known.
pub(super) enum Rung<'k> {
    /// What must fail.
    Set(&'k [Point]),
    /// Layers, each of which holds by itself.
    Layers(&'k [Vec<Point>]),
    /// What halves it by its fall.
    Halved(&'k [Halving]),
    /// The way that is open then.
    Way(&'k [String]),
}

/// The rows of a depth: what heads each, and what is in it. Where nothing must fail there is the way alone.
pub(super) fn rungs(known: &Known) -> Vec<(Phrase, Rung<'_>)> {
    let [must, _, halved, by] = heads();
    let mut out = Vec::new();
    if !known.set.is_empty() {
        out.push((must, Rung::Set(&known.set)));
        out.push((layers_head(known), Rung::Layers(&known.layers)));
    }
    if !known.halved_by.is_empty() {
        out.push((halved, Rung::Halved(&known.halved_by)));
    }
    out.push((by, Rung::Way(&known.way.path)));
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn files_are_quoted_for_a_shell() {
        for (file, text) in
            [("a/b.yaml", "a/b.yaml"), ("住基.json", "住基.json"), ("a b", "'a b'"), ("a'b", "'a'\\''b'")]
        {
            assert_eq!(quoted(file), text);
        }
    }
}
