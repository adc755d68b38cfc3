//! The audit report in Japanese.

use super::super::super::phrases::grouped;
use super::{Labels, Ledger, Words};

pub struct Japanese;

impl Words for Japanese {
    fn title(&self) -> &'static str {
        "三層分離 監査調書"
    }
    fn running(&self, file: &str, digest: &str) -> String {
        format!("{file}（sha256 {digest}…）")
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
            edit: "編集",
            hops: ["", "ノード", "通り道", "VLAN", "通した設定"],
            proof: "根拠",
            leak: "経路",
            matrix_note: "二つの領域の間（双方向）についてポリシーが求めること、およびその二領域に限った結果を示す。各項目から 4 章の根拠または経路へ移動できる。",
            picture_note: "二領域の間ごとに、最も重い判定を示す。",
            no_requirements: "ポリシーに要件がない。",
            ledger_note: "文書に宣言された内容と、ネットワークが実際に通す通信のうち各例外が対象とするノードの組を示す。",
            no_depth: "調べていない。",
            assumptions_note: "判定は次の事項が事実であることを前提とする。いずれも文書の宣言によるもので、確かめてはいない。",
            no_assumptions: "10 章に挙げる事項のほかにはない。",
            zones_note: "端点を、判定に用いた領域ごとに示す。転送だけを行う機器は領域に属さないため、ここには挙げない。",
            no_zones: "文書に端点がない。",
            not_checked_note: "判定は次の事項について何も示さない。",
            glyphs_note: "見えない文字と、この調書の書体にない文字は、\\u{…} の形で Unicode の番号で示す。",
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
    fn depth(&self) -> &'static str {
        "深さ"
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
    fn statement(&self) -> &'static str {
        "この判定は、上記のダイジェストをもつファイルに書かれたネットワークについて、8 章の前提のもとで証明したものである。10 章に挙げる事項や、実際のネットワークがファイルのとおりであることを示すものではない。"
    }
    fn no_zone(&self) -> &'static str {
        "（領域なし）"
    }
    fn more_nodes(&self, more: u64) -> String {
        format!("ほか {} 件はここでは省略する。すべて 1 章の対象ファイルに記載されている。", grouped(more))
    }
    fn holds(&self) -> &'static str {
        "この文書について、違反する組がないことを証明した。"
    }
    fn holds_with_exceptions(&self, exceptions: &str) -> String {
        format!("この文書について、特定通信（{exceptions}、6 章）を除き、違反する組がないことを証明した。")
    }
    fn nothing_cuts(&self) -> &'static str {
        "分離の根拠として挙げられる個別のルールやリンクはない。"
    }
    fn vacuous(&self) -> &'static str {
        "この文書には対象となるものがない。何も証明していない。"
    }
    fn opens(&self, pairs: u64) -> String {
        format!("{} 組: ", grouped(pairs))
    }
}
