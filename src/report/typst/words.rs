//! What the audit report says besides its facts, in both languages: a missing word does not build. Verdicts, findings and
//! zones are said as everywhere else, in `report::phrases`.

use serde::Serialize;

use super::super::Overall;
use super::super::phrases::grouped;
use crate::language::Lang;

/// The words of a language.
pub(super) fn words(lang: Lang) -> &'static dyn Words {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// Headings of the sections, in their order.
#[derive(Serialize)]
#[allow(missing_docs)]
pub(super) struct Headings {
    pub subject: &'static str,
    pub verdict: &'static str,
    pub matrix: &'static str,
    pub requirements: &'static str,
    pub ledger: &'static str,
    pub assumptions: &'static str,
    pub zones: &'static str,
    pub not_checked: &'static str,
    pub certificate: &'static str,
}

/// Headings of columns, and what stands before a text.
#[derive(Serialize)]
#[allow(missing_docs)]
pub(super) struct Labels {
    pub requirement: &'static str,
    pub title: &'static str,
    pub clause: &'static str,
    pub verdict: &'static str,
    pub tuples: &'static str,
    pub separated: &'static str,
    pub affected: &'static str,
    pub cause: &'static str,
    pub place: &'static str,
    pub path: &'static str,
    pub packet: &'static str,
    pub guesses: &'static str,
    /// Columns of a session's hops.
    pub hops: [&'static str; 5],
    pub proof: &'static str,
    pub leak: &'static str,
    pub matrix_note: &'static str,
    pub picture_note: &'static str,
    pub no_requirements: &'static str,
    pub ledger_note: &'static str,
    pub no_exceptions: &'static str,
    pub assumptions_note: &'static str,
    pub no_assumptions: &'static str,
    pub warnings: &'static str,
    pub zones_note: &'static str,
    pub no_zones: &'static str,
    pub not_checked_note: &'static str,
    pub glyphs_note: &'static str,
}

/// Rows of the subject.
#[allow(missing_docs)]
pub(super) struct Subject {
    pub name: &'static str,
    pub file: &'static str,
    pub digest: &'static str,
    pub size: &'static str,
    pub model: &'static str,
    pub policy: &'static str,
    pub policy_digest: &'static str,
    pub date: &'static str,
    pub tool: &'static str,
}

/// Rows of an exception.
#[allow(missing_docs)]
pub(super) struct Ledger {
    pub ends: &'static str,
    pub service: &'static str,
    pub waives: &'static str,
    pub reason: &'static str,
    pub approved_by: &'static str,
    pub until: &'static str,
    pub attested: &'static str,
    pub opens: &'static str,
    pub faults: &'static str,
}

/// Rows of the certificate.
#[allow(missing_docs)]
pub(super) struct Certificate {
    pub file: &'static str,
    pub digest: &'static str,
    pub json_digest: &'static str,
}

/// The words.
pub(super) trait Words: Sync {
    fn title(&self) -> &'static str;
    fn running(&self, file: &str, digest: &str) -> String;
    fn headings(&self) -> Headings;
    fn labels(&self) -> Labels;
    fn subject(&self) -> Subject;
    fn ledger(&self) -> Ledger;
    fn certificate(&self) -> Certificate;

    // Punctuation.
    fn open(&self) -> &'static str;
    fn close(&self) -> &'static str;
    fn gap(&self) -> &'static str;
    fn semicolon(&self) -> &'static str;
    /// Between a message without its period and what follows it.
    fn then(&self) -> &'static str;

    fn place(&self, line: u32, column: u32) -> String;
    fn model(&self, model: &str) -> String;
    fn overall(&self, verdict: Overall, violated: usize, undecided: usize, requirements: usize) -> String;
    fn overall_excepted(&self) -> &'static str;
    fn statement(&self) -> &'static str;

    // Matrix and zones.
    fn no_zone(&self) -> &'static str;
    fn no_demand(&self) -> &'static str;
    fn endpoints(&self, count: u64) -> String;
    fn zone_size(&self, endpoints: u64, machines: u64) -> String;
    fn more_nodes(&self, more: u64) -> String;

    // Requirements.
    fn holds(&self) -> &'static str;
    fn holds_with_exceptions(&self, exceptions: &str) -> String;
    fn nothing_cuts(&self) -> &'static str;
    fn vacuous(&self) -> &'static str;

    // Exceptions.
    fn missing(&self) -> &'static str;
    fn no_end(&self) -> &'static str;
    fn expired(&self, day: &str) -> String;
    fn opens(&self, pairs: u64) -> String;
    fn opens_nothing(&self) -> &'static str;
    fn opens_unknown(&self) -> &'static str;

    // The certificate.
    fn certified(&self) -> &'static str;
    fn no_certificate(&self) -> &'static str;
    fn certificate_closing(&self) -> &'static str;
}

struct English;

fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

impl Words for English {
    fn title(&self) -> &'static str {
        "Audit report on the separation of the three tiers"
    }
    fn running(&self, file: &str, digest: &str) -> String {
        format!("{file}  (sha256 {digest}…)")
    }
    fn headings(&self) -> Headings {
        Headings {
            subject: "Subject",
            verdict: "Verdict",
            matrix: "Zone against zone",
            requirements: "Requirements",
            ledger: "Exceptions",
            assumptions: "Assumptions relied upon",
            zones: "Nodes by zone",
            not_checked: "Not checked",
            certificate: "Certificate and how to check it",
        }
    }
    fn labels(&self) -> Labels {
        Labels {
            requirement: "Requirement",
            title: "Title",
            clause: "Clause",
            verdict: "Verdict",
            tuples: "Tuples",
            separated: "Separated by",
            affected: "Affected",
            cause: "Lets it through",
            place: "Place",
            path: "Data path",
            packet: "Packet",
            guesses: "Guesses that it rests on",
            hops: ["", "Node", "Way", "VLAN", "Decided by"],
            proof: "proof",
            leak: "path",
            matrix_note: "What the policy demands between two zones, in either direction, and what was found for these two zones alone. Each entry leads to its proof or to its path in section 4.",
            picture_note: "The gravest verdict between each two zones.",
            no_requirements: "The policy has no requirement.",
            ledger_note: "As the document declares them, and the pairs of nodes between which an exception covers a session that the network really lets through.",
            no_exceptions: "The document declares no exceptions.",
            assumptions_note: "The verdicts hold if these hold; they were taken from the document and not tested.",
            no_assumptions: "None beyond section 8.",
            warnings: "Warnings",
            zones_note: "Endpoints as they were labelled. Network devices that only forward belong to no zone and are not listed.",
            no_zones: "The document has no endpoints.",
            not_checked_note: "The verdicts say nothing of these:",
            glyphs_note: "Invisible characters, and those that the font of this report does not have, are written as \\u{…} with their Unicode number.",
        }
    }
    fn subject(&self) -> Subject {
        Subject {
            name: "Organisation or name",
            file: "File",
            digest: "SHA-256 of the file",
            size: "Network",
            model: "Model",
            policy: "Policy",
            policy_digest: "Edition (SHA-256)",
            date: "Date of reference",
            tool: "Tool",
        }
    }
    fn ledger(&self) -> Ledger {
        Ledger {
            ends: "From → to",
            service: "Service",
            waives: "Waives",
            reason: "Why",
            approved_by: "Approved by",
            until: "Valid until",
            attested: "Peer attested by",
            opens: "Really opens",
            faults: "Wrong with it",
        }
    }
    fn certificate(&self) -> Certificate {
        Certificate { file: "File", digest: "SHA-256 of the certificate", json_digest: "SHA-256 of document.json" }
    }
    fn open(&self) -> &'static str {
        " ("
    }
    fn close(&self) -> &'static str {
        ")"
    }
    fn gap(&self) -> &'static str {
        " "
    }
    fn semicolon(&self) -> &'static str {
        "; "
    }
    fn then(&self) -> &'static str {
        "; "
    }
    fn place(&self, line: u32, column: u32) -> String {
        format!("line {line}:{column}")
    }
    fn model(&self, model: &str) -> String {
        match model {
            "alpha" => "α".to_owned(),
            "beta" => "β".to_owned(),
            other => other.to_owned(),
        }
    }
    fn overall(&self, verdict: Overall, violated: usize, undecided: usize, requirements: usize) -> String {
        match verdict {
            Overall::Proved => format!("None of {requirements} requirements is violated."),
            Overall::Violated => format!("{violated} of {requirements} requirements are violated."),
            Overall::Undecided => format!("{undecided} of {requirements} requirements are undecided: not a pass."),
        }
    }
    fn overall_excepted(&self) -> &'static str {
        "No requirement is violated, but some hold only because declared exceptions are excused: see section 5."
    }
    fn statement(&self) -> &'static str {
        "Proved for this document: the verdict is about the network that is written in the file with the digest above, under the assumptions of section 6. It says nothing of what section 8 lists, nor whether the network that exists is the one in the file."
    }
    fn no_zone(&self) -> &'static str {
        "(no zone)"
    }
    fn no_demand(&self) -> &'static str {
        "no demand"
    }
    fn endpoints(&self, count: u64) -> String {
        plural(count, "endpoint", "endpoints")
    }
    fn zone_size(&self, endpoints: u64, machines: u64) -> String {
        if endpoints == machines {
            self.endpoints(endpoints)
        } else {
            format!("{}, {}", self.endpoints(endpoints), plural(machines, "machine", "machines"))
        }
    }
    fn more_nodes(&self, more: u64) -> String {
        format!(
            "{} not listed here; all of them stand in the document of section 1.",
            plural(more, "more node is", "more nodes are")
        )
    }
    fn holds(&self) -> &'static str {
        "Proved for this document: no tuple violates it."
    }
    fn holds_with_exceptions(&self, exceptions: &str) -> String {
        format!(
            "Proved for this document, apart from what exceptions excuse: {exceptions} (section 5). Every tuple that is not excused was found not to violate it."
        )
    }
    fn nothing_cuts(&self) -> &'static str {
        "No single rule or link stands out as what separates."
    }
    fn vacuous(&self) -> &'static str {
        "It speaks of nobody in this document; nothing was proved."
    }
    fn missing(&self) -> &'static str {
        "not stated"
    }
    fn no_end(&self) -> &'static str {
        "does not expire"
    }
    fn expired(&self, day: &str) -> String {
        format!("{day} (expired)")
    }
    fn opens(&self, pairs: u64) -> String {
        format!("{}: ", plural(pairs, "pair", "pairs"))
    }
    fn opens_nothing(&self) -> &'static str {
        "nothing: the network lets no session through that it covers"
    }
    fn opens_unknown(&self) -> &'static str {
        "not decided: a limit was reached first"
    }
    fn certified(&self) -> &'static str {
        "The certificate holds the proofs and paths of this report. Two programs that share no code with the verifier check it against the document:"
    }
    fn no_certificate(&self) -> &'static str {
        "No certificate was written in this run: the verdicts rest on the verifier alone. To have one written, which two independent programs (sanso-check and sanso_check.py) can check:"
    }
    fn certificate_closing(&self) -> &'static str {
        "Compare the digests of the files with those of this report first (sha256sum). A checker answers accepted or rejected; this report does not replace its answer."
    }
}

struct Japanese;

impl Words for Japanese {
    fn title(&self) -> &'static str {
        "三層分離 監査調書"
    }
    fn running(&self, file: &str, digest: &str) -> String {
        format!("{file}（sha256 {digest}…）")
    }
    fn headings(&self) -> Headings {
        Headings {
            subject: "対象",
            verdict: "総合判定",
            matrix: "領域間の判定",
            requirements: "要件ごとの判定",
            ledger: "特定通信（例外）の台帳",
            assumptions: "判定の前提",
            zones: "領域別のノード",
            not_checked: "検証していない事項",
            certificate: "証明書と検査の方法",
        }
    }
    fn labels(&self) -> Labels {
        Labels {
            requirement: "要件",
            title: "内容",
            clause: "条項",
            verdict: "判定",
            tuples: "件数",
            separated: "分離の根拠",
            affected: "該当",
            cause: "通過箇所",
            place: "箇所",
            path: "データの経路",
            packet: "パケット",
            guesses: "根拠に含まれる推定",
            hops: ["", "ノード", "通り道", "VLAN", "通した設定"],
            proof: "根拠",
            leak: "経路",
            matrix_note: "二つの領域の間（双方向）についてポリシーが求めること、およびその二領域に限った結果です。各項目から 4 章の根拠または経路へ移動できます。",
            picture_note: "領域間ごとに最も重い判定を示します。",
            no_requirements: "ポリシーに要件がありません。",
            ledger_note: "文書に宣言された内容と、ネットワークが実際に通す通信のうち各例外が対象とするノードの組です。",
            no_exceptions: "文書に特定通信の宣言はありません。",
            assumptions_note: "判定は次の事項が事実であることを前提とします。いずれも文書の宣言によるもので、確かめてはいません。",
            no_assumptions: "8 章に挙げる事項のほかにはありません。",
            warnings: "警告",
            zones_note: "端点を、判定に用いた領域ごとに示します。転送だけを行う機器は領域に属さないため、ここには挙げません。",
            no_zones: "文書に端点がありません。",
            not_checked_note: "判定は次の事項について何も示しません。",
            glyphs_note: "見えない文字と、この調書の書体にない文字は、\\u{…} の形で Unicode の番号を示しています。",
        }
    }
    fn subject(&self) -> Subject {
        Subject {
            name: "団体・文書名",
            file: "ファイル",
            digest: "ファイルの SHA-256",
            size: "構成",
            model: "モデル",
            policy: "ポリシー",
            policy_digest: "ポリシーの版（SHA-256）",
            date: "基準日",
            tool: "ツール",
        }
    }
    fn ledger(&self) -> Ledger {
        Ledger {
            ends: "接続元 → 接続先",
            service: "サービス",
            waives: "対象とする要件",
            reason: "理由",
            approved_by: "承認者",
            until: "期限",
            attested: "相手先の保証",
            opens: "実際に開く通信",
            faults: "不備",
        }
    }
    fn certificate(&self) -> Certificate {
        Certificate { file: "ファイル", digest: "証明書の SHA-256", json_digest: "document.json の SHA-256" }
    }
    fn open(&self) -> &'static str {
        "（"
    }
    fn close(&self) -> &'static str {
        "）"
    }
    fn gap(&self) -> &'static str {
        ""
    }
    fn semicolon(&self) -> &'static str {
        "；"
    }
    fn then(&self) -> &'static str {
        "。"
    }
    fn place(&self, line: u32, column: u32) -> String {
        format!("{line} 行 {column} 列")
    }
    fn model(&self, model: &str) -> String {
        match model {
            "alpha" => "αモデル".to_owned(),
            "beta" => "βモデル".to_owned(),
            other => other.to_owned(),
        }
    }
    fn overall(&self, verdict: Overall, violated: usize, undecided: usize, requirements: usize) -> String {
        match verdict {
            Overall::Proved => format!("{requirements} 要件に不適合はありません。"),
            Overall::Violated => format!("{requirements} 要件のうち {violated} 要件が不適合です。"),
            Overall::Undecided => {
                format!("{requirements} 要件のうち {undecided} 要件が未判定です。適合ではありません。")
            }
        }
    }
    fn overall_excepted(&self) -> &'static str {
        "不適合の要件はありません。ただし、特定通信を除いた判定を含みます（5 章を参照）。"
    }
    fn statement(&self) -> &'static str {
        "この判定は、上記のダイジェストをもつファイルに書かれたネットワークについて、6 章の前提のもとで証明したものです。8 章に挙げる事項や、実際のネットワークがファイルのとおりであることを示すものではありません。"
    }
    fn no_zone(&self) -> &'static str {
        "（領域なし）"
    }
    fn no_demand(&self) -> &'static str {
        "要件なし"
    }
    fn endpoints(&self, count: u64) -> String {
        format!("端点 {}", grouped(count))
    }
    fn zone_size(&self, endpoints: u64, machines: u64) -> String {
        if endpoints == machines {
            self.endpoints(endpoints)
        } else {
            format!("端点 {}、機器 {} 台", grouped(endpoints), grouped(machines))
        }
    }
    fn more_nodes(&self, more: u64) -> String {
        format!("ほか {} 件はここでは省略しています。すべて 1 章の対象ファイルに記載されています。", grouped(more))
    }
    fn holds(&self) -> &'static str {
        "この文書について、違反する組がないことを証明しました。"
    }
    fn holds_with_exceptions(&self, exceptions: &str) -> String {
        format!("この文書について、特定通信（{exceptions}、5 章）を除き、違反する組がないことを証明しました。")
    }
    fn nothing_cuts(&self) -> &'static str {
        "分離の根拠として挙げられる個別のルールやリンクはありません。"
    }
    fn vacuous(&self) -> &'static str {
        "この文書には該当するものがありません。何も証明していません。"
    }
    fn missing(&self) -> &'static str {
        "記載なし"
    }
    fn no_end(&self) -> &'static str {
        "期限なし"
    }
    fn expired(&self, day: &str) -> String {
        format!("{day}（期限切れ）")
    }
    fn opens(&self, pairs: u64) -> String {
        format!("{} 組: ", grouped(pairs))
    }
    fn opens_nothing(&self) -> &'static str {
        "なし（対象となる通信をネットワークは通しません）"
    }
    fn opens_unknown(&self) -> &'static str {
        "未判定（指定された上限に達しました）"
    }
    fn certified(&self) -> &'static str {
        "証明書には、この調書の判定の根拠と経路が収められています。検証プログラムとコードを共有しない二つのプログラムで、文書と照らして検査できます。"
    }
    fn no_certificate(&self) -> &'static str {
        "この実行では証明書を作成していません。判定は検証プログラムだけによるものです。独立した二つのプログラム（sanso-check と sanso_check.py）で検査できる証明書は、次のように作成します。"
    }
    fn certificate_closing(&self) -> &'static str {
        "検査の前に、各ファイルのダイジェストがこの調書のものと一致することを確かめてください（sha256sum）。検査プログラムは受理または不受理を答えます。この調書はその答えに代わるものではありません。"
    }
}
