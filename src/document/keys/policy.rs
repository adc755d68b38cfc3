//! The keys of policy files.

use super::Shape::{
    self, Boolean, ById, Cidr, Count, Date, List, Many, OneOf, Scalars, Service, Text, True, Version, Word,
};
use super::{Object, circuits, editions, may, must, tiers};
use crate::document::terms;

pub(in crate::document) static POLICY: Object = Object {
    name: "policy",
    ja: "ポリシー",
    keys: &[
        must("sanso-policy", Version, "version of the format", "書式の版"),
        must("id", Word, "its id", "ID"),
        may("extends", Text, "id or path of the policy that it extends", "もとにするポリシー（ID またはファイル）"),
        must("title", Shape::Object(&PHRASE), "its name", "名称"),
        may("edition", OneOf(editions), "edition of the national guideline", "ガイドラインの版"),
        may("patterns", ById(&Shape::Pattern), "patterns of nodes by name", "ノードの条件（名前ごと）"),
        may("requirements", List(&Shape::Object(&REQUIREMENT)), "its requirements", "要件"),
        may("change", List(&Shape::Object(&CHANGE)), "changes of requirements", "要件の変更"),
    ],
};

pub(in crate::document) static PHRASE: Object = Object {
    name: "text in both languages",
    ja: "日英の文",
    keys: &[must("ja", Text, "in Japanese", "日本語"), must("en", Text, "in English", "英語")],
};

pub(in crate::document) static REQUIREMENT: Object = Object {
    name: "requirement",
    ja: "要件",
    keys: &[
        must("id", Word, "its id", "ID"),
        may("severity", OneOf(severities), "`error` when left out", "重大さ（省略時は error）"),
        may(
            "editions",
            Scalars(&OneOf(editions)),
            "editions in which it stands, all when left out",
            "適用する版（省略時はすべて）",
        ),
        may("clause", Text, "clause of the founding policy", "基本方針の条項"),
        may("basis", Shape::Object(&BASIS), "where it comes from", "根拠"),
        must("title", Shape::Object(&PHRASE), "short title", "表題"),
        may("help", Shape::Object(&HELP), "what it is about", "説明"),
        must("check", Shape::Object(&CHECK), "what is checked", "検査の内容"),
    ],
};

pub(in crate::document) static BASIS: Object = Object {
    name: "basis",
    ja: "根拠",
    keys: &[must("source", Text, "name of the source", "出典"), must("sure", OneOf(sure), "how sure it is", "確かさ")],
};

pub(in crate::document) static HELP: Object = Object {
    name: "help",
    ja: "説明",
    keys: &[
        must("meaning", Shape::Object(&PHRASE), "what it means", "意味"),
        must("why", Shape::Object(&PHRASE), "why it matters", "理由"),
        must("mend", Shape::Object(&PHRASE), "how to mend a violation", "是正の方法"),
    ],
};

pub(in crate::document) static CHANGE: Object = Object {
    name: "change",
    ja: "変更",
    keys: &[
        must("id", Word, "the requirement", "要件の ID"),
        may("severity", OneOf(severities), "its severity from now on", "重大さ"),
        may("off", True, "it is switched off", "適用しない"),
        may("reason", Text, "why", "理由"),
        may("approved_by", Text, "by whom", "承認者"),
        may("until", Date, "last day on which it has effect", "期限（最終日）"),
    ],
};

pub(in crate::document) static CHECK: Object = Object {
    name: "check",
    ja: "検査",
    keys: &[
        may("isolation", Shape::Object(&ISOLATION), "no data path joins two sides", "データの経路がない"),
        may("through", Shape::Object(&THROUGH), "no data path but through some nodes", "特定のノードを必ず経由する"),
        may("sessions", Shape::Object(&SESSIONS), "no session is opened", "セッションが開かれない"),
        may("segment", Shape::Object(&SEGMENT), "no broadcast domain joins two sides", "同じセグメントにない"),
        may("homed", Shape::Object(&HOMED), "no node stands in several tiers", "複数の領域にまたがらない"),
        may("attributes", Shape::Object(&ATTRIBUTES), "declarations of nodes or links", "ノードやリンクの宣言"),
        may("placement", Shape::Object(&PLACEMENT), "where nodes are", "ノードの属する領域"),
        may("exceptions", Shape::Object(&EXCEPTIONS), "what is asked of exceptions", "特定通信の条件"),
        may("transfers", Shape::Object(&TRANSFERS), "what is asked of transfers", "受渡しの条件"),
        may("labelled", Shape::Object(&NOTHING), "every endpoint has a zone", "すべての端点に領域がある"),
        may("evidence", Shape::Object(&EVIDENCE), "there is evidence", "実施の記録がある"),
        may("expects", Shape::Object(&NOTHING), "what is expected is possible", "必要な通信ができる"),
    ],
};

pub(in crate::document) static ISOLATION: Object = Object {
    name: "isolation",
    ja: "分離の検査",
    keys: &[
        must("a", Shape::Pattern, "one side", "一方"),
        must("b", Shape::Pattern, "the other side", "他方"),
        may("sanitised_by", Shape::Methods, "ways of sanitising that let data pass", "許される無害化の方式"),
        may("without", Shape::Pattern, "nodes that are taken out", "除くノード"),
        may("services", Many(&Service), "services of the last session", "最後のセッションのサービス"),
    ],
};

pub(in crate::document) static THROUGH: Object = Object {
    name: "through",
    ja: "経由の検査",
    keys: &[
        must("a", Shape::Pattern, "one side", "一方"),
        must("b", Shape::Pattern, "the other side", "他方"),
        must("nodes", Shape::Pattern, "the nodes that data passes", "経由するノード"),
        may("sanitised_by", Shape::Methods, "ways of sanitising that let data pass", "許される無害化の方式"),
        may("services", Many(&Service), "services of the last session", "最後のセッションのサービス"),
    ],
};

pub(in crate::document) static SESSIONS: Object = Object {
    name: "sessions",
    ja: "セッションの検査",
    keys: &[
        must("from", Shape::Pattern, "who opens them", "開く側"),
        must("to", Shape::Pattern, "who receives them", "受ける側"),
        may("service", Many(&Service), "their services, any when left out", "サービス（省略時はすべて）"),
        may("without", Shape::Pattern, "nodes that are taken out", "除くノード"),
    ],
};

pub(in crate::document) static SEGMENT: Object = Object {
    name: "segment",
    ja: "セグメントの検査",
    keys: &[must("a", Shape::Pattern, "one side", "一方"), must("b", Shape::Pattern, "the other side", "他方")],
};

pub(in crate::document) static HOMED: Object = Object {
    name: "homed",
    ja: "多重接続の検査",
    keys: &[
        must("nodes", Shape::Pattern, "the nodes", "ノード"),
        may("allowed", Shape::Pattern, "those that may", "許されるノード"),
    ],
};

pub(in crate::document) static ATTRIBUTES: Object = Object {
    name: "attributes",
    ja: "宣言の検査",
    keys: &[
        may("nodes", Shape::Pattern, "the nodes", "ノード"),
        may("links", Many(&Shape::Object(&LINKS)), "the links", "リンク"),
        may("controls", Scalars(&Word), "controls, all of them", "対策（すべて）"),
        may("any_of", Scalars(&Word), "controls, one of them", "対策（いずれか）"),
        may("owner", True, "that an owner is declared", "管理者の宣言"),
        may("circuit", Scalars(&OneOf(circuits)), "circuits, one of them; of links", "回線（いずれか。リンクのみ）"),
    ],
};

pub(in crate::document) static LINKS: Object = Object {
    name: "pattern of links",
    ja: "リンクの条件",
    keys: &[
        may("ends", Shape::Patterns, "what its ends match, in either order", "両端の条件（順不同）"),
        may("circuit", Scalars(&OneOf(circuits)), "its circuit", "回線"),
        may("tag", Scalars(&Word), "a tag of it", "タグ"),
        may("owner", Scalars(&Text), "its owner", "管理者"),
    ],
};

pub(in crate::document) static PLACEMENT: Object = Object {
    name: "placement",
    ja: "所在の検査",
    keys: &[
        must("nodes", Shape::Pattern, "the nodes", "ノード"),
        may("zones", Scalars(&Word), "zones where they may be", "許される領域"),
        may("tiers", Scalars(&OneOf(tiers)), "tiers where they may be", "許される層"),
    ],
};

pub(in crate::document) static EXCEPTIONS: Object = Object {
    name: "check of exceptions",
    ja: "特定通信の検査",
    keys: &[
        may("limited", True, "narrow, justified and in date", "限定され、理由と期限がある"),
        may("peer", True, "outer ends are not exposed", "接続先が外部にさらされていない"),
        may("used", True, "they cover a session", "使われている"),
        may("attested", True, "somebody vouches for the peer", "接続先が確認されている"),
        may("of", Scalars(&Word), "of those that waive one of these", "対象の要件"),
    ],
};

pub(in crate::document) static TRANSFERS: Object = Object {
    name: "check of transfers",
    ja: "受渡しの検査",
    keys: &[
        may("from", Shape::Pattern, "where they come from", "渡す側"),
        may("to", Shape::Pattern, "where they go to", "受け取る側"),
        may("sanitised_by", Shape::Methods, "ways of sanitising, one of them", "無害化の方式"),
        may("approved", True, "justified, approved and in date", "理由、承認、期限がある"),
    ],
};

pub(in crate::document) static EVIDENCE: Object = Object {
    name: "check of evidence",
    ja: "記録の検査",
    keys: &[
        must("kind", Word, "its kind", "種別"),
        may("within", Count, "no older than so many months", "期間（か月）"),
    ],
};

pub(in crate::document) static NOTHING: Object =
    Object { name: "check without settings", ja: "設定のない検査", keys: &[] };

pub(in crate::document) static PATTERN: Object = Object {
    name: "pattern",
    ja: "ノードの条件",
    keys: &[
        may("zone", Scalars(&Word), "its zone", "領域"),
        may("labelled", Boolean, "whether it has a zone at all", "領域に属するかどうか"),
        may("tier", Scalars(&OneOf(tiers)), "the tier of its zone", "層"),
        may("kind", Scalars(&OneOf(super::kinds)), "its kind", "種別"),
        may("tag", Scalars(&Word), "a tag of it", "タグ"),
        may("control", Scalars(&Word), "a control that it declares", "対策"),
        may("node", Scalars(&Word), "its id", "ID"),
        may("business", Scalars(&Word), "a business that it serves", "業務"),
        may("owner", Scalars(&Text), "its owner", "管理者"),
        may("external", Boolean, "whether its kind is `external`", "庁外かどうか"),
        may("endpoint", Boolean, "whether it is an endpoint", "端点かどうか"),
        may("addresses", Many(&Cidr), "networks that hold all its addresses", "すべてのアドレスを含むネットワーク"),
        may("pattern", Word, "it matches the pattern of this name", "名前を付けた条件"),
        may("not", Shape::Pattern, "it does not match this", "当てはまらない条件"),
    ],
};

fn severities() -> Vec<&'static str> {
    terms::SEVERITIES.iter().map(|(name, _)| *name).collect()
}

fn sure() -> Vec<&'static str> {
    terms::SURE.iter().map(|(name, _)| *name).collect()
}
