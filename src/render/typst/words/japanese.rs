//! The audit report in Japanese.

use super::super::super::phrases::grouped;
use super::{Certificate, DepthRows, Headings, Labels, Ledger, Particulars, Subject, Words};
use crate::report::Overall;

pub struct Japanese;

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
            repairs: "是正案",
            ledger: "特定通信（例外措置）の台帳",
            depth: "多層防御の深さ",
            assumptions: "判定の前提",
            zones: "領域ごとのノード",
            not_checked: "検証していない事項",
            certificate: "証明書と検査の方法",
            closing: "監査人の結論と被監査部門の回答",
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
            affected: "違反する組",
            cause: "通過箇所",
            place: "箇所",
            path: "データの経路",
            packet: "パケット",
            transfer: "受渡し",
            guesses: "根拠に含まれる推定",
            repair: "是正",
            edit: "編集",
            mends: "対象",
            hops: ["", "ノード", "通り道", "VLAN", "通した設定"],
            proof: "根拠",
            leak: "経路",
            matrix_note: "二つの領域の間（双方向）についてポリシーが求めること、およびその二領域に限った結果を示す。各項目から 4 章の根拠または経路へ移動できる。",
            picture_note: "二領域の間ごとに、最も重い判定を示す。",
            no_requirements: "ポリシーに要件がない。",
            ledger_note: "文書に宣言された内容と、ネットワークが実際に通す通信のうち各例外が対象とするノードの組を示す。",
            no_exceptions: "文書に特定通信の宣言はない。",
            transfers: "媒体などによる受渡し",
            depth_note: "中継を宣言していない端点がすべて何でも中継するとみなしたとき、二つの層のあいだで（どちらかの向きに）データが届くために破られなければならない防護点の最小の数を示す。層はそれぞれ単独で二つの層を隔てる。判定ではない。",
            no_depth: "調べていない。",
            assumptions_note: "判定は次の事項が事実であることを前提とする。いずれも文書の宣言によるもので、確かめてはいない。",
            no_assumptions: "10 章に挙げる事項のほかにはない。",
            warnings: "警告",
            zones_note: "端点を、判定に用いた領域ごとに示す。転送だけを行う機器は領域に属さないため、ここには挙げない。",
            no_zones: "文書に端点がない。",
            not_checked_note: "判定は次の事項について何も示さない。",
            glyphs_note: "見えない文字と、この調書の書体にない文字は、\\u{…} の形で Unicode の番号で示す。",
            people: ["氏名", "日付", "署名・押印"],
        }
    }
    fn particulars(&self) -> Particulars {
        Particulars {
            number: "調書番号",
            department: "被監査部門",
            purpose: "監査目的",
            procedure: "監査手続",
            created: "作成日時（日本時間）",
            auditor: "監査担当者",
            reviewer: "査閲者",
            approver: "承認者",
            conclusion: "監査人の結論",
            response: "被監査部門の回答",
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
            terms: "条件",
            remarks: "確認結果",
        }
    }
    fn depth(&self) -> DepthRows {
        DepthRows {
            depth: "深さ",
            set: "破られる防護点",
            layers: "単独で隔てる層",
            halved: "侵害で半分以下になる機器",
            way: "経路",
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
            Overall::Proved => format!("{requirements} 要件に不適合はない。"),
            Overall::Violated => format!("{requirements} 要件のうち {violated} 要件が不適合である。"),
            Overall::Undecided => {
                format!("{requirements} 要件のうち {undecided} 要件が未判定である。適合ではない。")
            }
        }
    }
    fn overall_excepted(&self) -> &'static str {
        "不適合の要件はない。ただし、特定通信を除いた判定を含む（5 章を参照）。"
    }
    fn statement(&self) -> &'static str {
        "この判定は、上記のダイジェストをもつファイルに書かれたネットワークについて、8 章の前提のもとで証明したものである。10 章に挙げる事項や、実際のネットワークがファイルのとおりであることを示すものではない。"
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
        format!("ほか {} 件はここでは省略する。すべて 1 章の対象ファイルに記載されている。", grouped(more))
    }
    fn holds(&self) -> &'static str {
        "この文書について、違反する組がないことを証明した。"
    }
    fn holds_with_exceptions(&self, exceptions: &str) -> String {
        format!("この文書について、特定通信（{exceptions}、5 章）を除き、違反する組がないことを証明した。")
    }
    fn nothing_cuts(&self) -> &'static str {
        "分離の根拠として挙げられる個別のルールやリンクはない。"
    }
    fn vacuous(&self) -> &'static str {
        "この文書には対象となるものがない。何も証明していない。"
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
        "なし（対象となる通信をネットワークは通さない）"
    }
    fn opens_unknown(&self) -> &'static str {
        "未判定（指定された上限に達した）"
    }
    fn certified(&self) -> &'static str {
        "証明書には、この調書の判定の根拠と経路が収められている。検証プログラムとコードを共有しない二つのプログラムで、文書と照らして検査できる。"
    }
    fn no_certificate(&self) -> &'static str {
        "この実行では証明書を作成していない。判定は検証プログラムだけによるものである。独立した二つのプログラム（sanso-check と sanso_check.py）で検査できる証明書は、次のように作成する。"
    }
    fn certificate_closing(&self) -> &'static str {
        "検査の前に、各ファイルのダイジェストがこの調書のものと一致することを確かめること（sha256sum）。検査プログラムは受理または不受理を答える。この調書はその答えに代わるものではない。"
    }
}
