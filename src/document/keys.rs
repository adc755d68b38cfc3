//! The keys of the format, one table per object: the decoder checks against it, "did you mean" searches in it, and
//! the JSON Schema is generated from it.

mod policy;
mod records;

pub(super) use policy::*;
pub(super) use records::*;

/// The greatest `count`: the greatest whole number that every reader of JSON keeps as it is.
pub(super) const MOST: u64 = (1 << 53) - 1;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// `1`
    Version,
    /// Free text.
    Text,
    /// An id of a node, zone, group or service.
    Id,
    /// A word: an id that may contain `:`.
    Word,
    Boolean,
    /// `true`
    True,
    /// A whole number from 1 to [`MOST`].
    Count,
    Date,
    /// One of these words.
    OneOf(fn() -> Vec<&'static str>),
    /// An address or CIDR.
    Cidr,
    /// A selector of an exception.
    Selector,
    /// A selector of a rule or an entry of `nat`, which may also be `fqdn:NAME` or `{not: …}`.
    RuleSelector,
    /// A selector of a transfer or an expectation: of a relay, but without addresses and groups.
    TransferSelector,
    /// An address, CIDR, range, `node:ID` or `group:NAME`.
    HostNameItem,
    /// `keep`, or what an address is translated to.
    NatTarget,
    /// A selector of a relay, which may also be `kind:K` or `tag:T`.
    RelaySelector,
    /// An address, CIDR, range or `group:NAME`.
    GroupItem,
    /// An item of a service list.
    Service,
    /// A VLAN or a range of them.
    Vlan,
    /// VLANs of a link, of both ends or by end.
    Vlans,
    /// The untagged VLAN of a link, of both ends or of each.
    Native,
    /// A port or a range of them.
    Port,
    /// One port.
    OnePort,
    /// A link in its short form or as an object.
    Link,
    /// The two ends of a link.
    Ends,
    /// One of these or a list of them, which may be empty.
    Some(&'static Shape),
    /// One of these or a list of them, which must not be empty.
    Many(&'static Shape),
    /// A list, which may be empty.
    List(&'static Shape),
    /// A list, which must not be empty.
    FullList(&'static Shape),
    /// An object with these keys.
    Object(&'static Object),
    /// An object whose keys are ids of the user's choice.
    ById(&'static Shape),
    /// An object whose keys are words of the user's choice.
    ByWord(&'static Shape),
    /// One of these or a list of them, which must not be empty: words of a policy.
    Scalars(&'static Shape),
    /// A pattern of nodes: an object or a list of patterns.
    Pattern,
    /// Two patterns of nodes.
    Patterns,
    /// Ways of sanitising: `any`, or one or some of them.
    Methods,
}

/// A key of an object.
#[derive(Debug)]
pub(super) struct Key {
    pub name: &'static str,
    pub required: bool,
    pub shape: Shape,
    /// What it says, in English and Japanese.
    pub says: (&'static str, &'static str),
}

/// A kind of object.
#[derive(Debug)]
pub(super) struct Object {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its name in Japanese.
    pub ja: &'static str,
    pub keys: &'static [Key],
}

const fn must(name: &'static str, shape: Shape, en: &'static str, ja: &'static str) -> Key {
    Key { name, required: true, shape, says: (en, ja) }
}

const fn may(name: &'static str, shape: Shape, en: &'static str, ja: &'static str) -> Key {
    Key { name, required: false, shape, says: (en, ja) }
}

use Shape::{
    Boolean, ById, ByWord, Cidr, Count, Ends, FullList, GroupItem, HostNameItem, Id, List, Many, NatTarget, Native,
    OneOf, OnePort, Port, RelaySelector, RuleSelector, Service, Some, Text, True, Version, Vlan, Vlans, Word,
};

pub(super) static DOCUMENT: Object = Object {
    name: "document",
    ja: "文書",
    keys: &[
        must("sanso", Version, "version of the format", "書式の版"),
        may("name", Text, "free text", "名称"),
        may("model", Word, "built-in policy, `alpha` when left out", "組込みポリシー（省略時は alpha）"),
        may(
            "policy",
            Text,
            "policy that it is held against: an id, or a file of this folder or below",
            "適用するポリシー（ID、または同じフォルダー以下のファイル）",
        ),
        may("edition", OneOf(editions), "edition of the national guideline", "ガイドラインの版"),
        may("zones", ById(&Shape::Object(&ZONE)), "zones by id", "領域（ID ごと）"),
        may("groups", ById(&Many(&GroupItem)), "address lists by name", "アドレスのグループ（名前ごと）"),
        may("services", ById(&Many(&Service)), "service lists by name", "サービス（名前ごと）"),
        may("names", ByWord(&Many(&HostNameItem)), "what host names stand for", "ホスト名が指すもの（ホスト名ごと）"),
        must("nodes", FullList(&Shape::Object(&NODE)), "nodes", "ノード"),
        may("links", List(&Shape::Link), "links", "リンク"),
        may(
            "transfers",
            List(&Shape::Object(&TRANSFER)),
            "data carried outside the network, such as on a USB memory",
            "ネットワーク外でのデータの受渡し（USB メモリなど）",
        ),
        may("exceptions", List(&Shape::Object(&EXCEPTION)), "excepted communication", "特定通信"),
        may("evidence", FullList(&Shape::Object(&RECORD)), "evidence that something was done", "実施の記録"),
        may(
            "expects",
            FullList(&Shape::Object(&EXPECTATION)),
            "communication that must be possible",
            "可能でなければならない通信",
        ),
    ],
};

pub(super) static ZONE: Object = Object {
    name: "zone",
    ja: "領域",
    keys: &[
        may("base", OneOf(tiers), "the tier that it belongs to", "属する層"),
        may("networks", Many(&Cidr), "its networks", "ネットワーク"),
        may("title", Text, "free text", "表示名"),
    ],
};

pub(super) static NODE: Object = Object {
    name: "node",
    ja: "ノード",
    keys: &[
        must("id", Id, "its id", "ID"),
        may("kind", OneOf(kinds), "its kind, `host` when left out", "種別（省略時は host）"),
        may("zone", Id, "its zone", "領域"),
        may("addresses", Some(&Cidr), "its addresses and CIDRs", "アドレス"),
        may("forwards", Boolean, "whether it forwards packets, whatever its kind", "パケットを転送するか"),
        may("filter", Shape::Object(&FILTER), "its only filter", "フィルター（1 つ）"),
        may("filters", FullList(&Shape::Object(&FILTER)), "its filters", "フィルター（複数）"),
        may(
            "relays",
            List(&Shape::Object(&RELAY)),
            "what it relays; an empty list is nothing",
            "中継（空なら何も中継しない）",
        ),
        may("routes", FullList(&Shape::Object(&ROUTE)), "its routes", "経路"),
        may(
            "nat",
            FullList(&Shape::Object(&NAT)),
            "how it translates addresses; the first entry that matches decides",
            "アドレス変換（先に当たったものが決める）",
        ),
        may("routed_vlans", Some(&Vlan), "VLANs that an l3-switch routes", "l3-switch がルーティングする VLAN"),
        may("controls", Some(&Word), "controls, such as `mfa`", "対策（mfa など）"),
        may("tags", Some(&Word), "tags, such as `security-cloud`", "タグ（security-cloud など）"),
        may("business", Many(&Word), "businesses that it serves, such as `tax`", "業務（tax など）"),
        may("owner", Word, "who answers for it", "管理者"),
        may("count", Count, "how many machines it stands for", "台数"),
        may("title", Text, "free text", "表示名"),
        may("note", Text, "free text", "備考"),
        may("origin", Text, "where it was imported from, `file:line`", "取込元（ファイル:行）"),
    ],
};

pub(super) static FILTER: Object = Object {
    name: "filter",
    ja: "フィルター",
    keys: &[
        may("name", Text, "its name", "名称"),
        may("default", OneOf(actions), "what is done where no rule matches", "どのルールにも当たらないとき"),
        may(
            "rules",
            List(&Shape::Object(&RULE)),
            "its rules; the first that matches decides",
            "ルール（先に当たったものが決める）",
        ),
        may("in", Many(&Word), "interfaces it applies to on the way in", "入力インターフェース"),
        may("out", Many(&Word), "interfaces it applies to on the way out", "出力インターフェース"),
        may(
            "applies_to",
            Many(&OneOf(handled)),
            "packets it is for: `forwarded`, `emitted` by the node, `delivered` to it; all when left out",
            "対象のパケット（forwarded 転送、emitted 自身が送る、delivered 自身宛て。省略時はすべて）",
        ),
        may(
            "stateful",
            Boolean,
            "whether it keeps track of sessions; left out: true on a firewall, false elsewhere",
            "セッションを追跡するか（省略時はファイアウォールで true、それ以外で false）",
        ),
        may("sees", Shape::Object(&SEES), "what it sees of translated packets", "変換の前後どちらを見るか"),
    ],
};

pub(super) static RULE: Object = Object {
    name: "rule",
    ja: "ルール",
    keys: &[
        may("id", Word, "its id", "ID"),
        must("action", OneOf(actions), "what is done", "動作"),
        may("from", Many(&RuleSelector), "sources, `any` when left out", "送信元（省略時は any）"),
        may("to", Many(&RuleSelector), "destinations, `any` when left out", "宛先（省略時は any）"),
        may("service", Many(&Service), "services, `any` when left out", "サービス（省略時は any）"),
        may("source_port", Many(&Port), "source ports", "送信元ポート"),
        may("in", Many(&Word), "interfaces in", "入力インターフェース"),
        may("out", Many(&Word), "interfaces out", "出力インターフェース"),
        may("state", OneOf(states), "`replies`: only replies match", "replies なら応答だけに当たる"),
        may(
            "condition",
            Text,
            "a condition that cannot be judged here: schedule, user, application",
            "ここでは判定できない条件（時間帯、利用者、アプリケーションなど）",
        ),
        may("note", Text, "free text", "備考"),
        may("origin", Text, "where it was imported from, `file:line`", "取込元（ファイル:行）"),
    ],
};

/// What a filter sees.
pub(super) static SEES: Object = Object {
    name: "view",
    ja: "見え方",
    keys: &[
        may("source", OneOf(views), "the source, `original` when left out", "送信元（省略時は original）"),
        may("destination", OneOf(views), "the destination, `translated` when left out", "宛先（省略時は translated）"),
    ],
};

pub(super) static NAT: Object = Object {
    name: "nat entry",
    ja: "アドレス変換",
    keys: &[
        may("id", Word, "its id", "ID"),
        may("source", NatTarget, "what the source becomes; `keep`: it stays", "変換後の送信元（keep なら変えない）"),
        may(
            "destination",
            NatTarget,
            "what the destination becomes; `keep`: it stays",
            "変換後の宛先（keep なら変えない）",
        ),
        may("from", Many(&RuleSelector), "sources, `any` when left out", "送信元（省略時は any）"),
        may("to", Many(&RuleSelector), "destinations, `any` when left out", "宛先（省略時は any）"),
        may("service", Many(&Service), "services, `any` when left out", "サービス（省略時は any）"),
        may("source_port", Many(&Port), "source ports", "送信元ポート"),
        may("in", Many(&Word), "interfaces in", "入力インターフェース"),
        may("out", Many(&Word), "interfaces out; with `source` only", "出力インターフェース（source のときだけ）"),
        may(
            "one_to_one",
            Boolean,
            "the k-th address becomes the k-th of the target",
            "k 番目のアドレスを変換後の k 番目にする",
        ),
        may("destination_port", OnePort, "what the destination port becomes", "変換後の宛先ポート"),
        may(
            "sees",
            Shape::Object(&NAT_SEES),
            "with `source`: what `to` and `service` look at",
            "source のとき to と service が見るもの",
        ),
        may(
            "applies_to",
            Many(&OneOf(translated)),
            "with `destination`: packets it is for, `arrived` when left out",
            "destination のとき対象のパケット（省略時は arrived）",
        ),
        may("note", Text, "free text", "備考"),
        may("origin", Text, "where it was imported from, `file:line`", "取込元（ファイル:行）"),
    ],
};

/// What an entry of `nat` sees.
pub(super) static NAT_SEES: Object = Object {
    name: "view of a nat entry",
    ja: "アドレス変換の見え方",
    keys: &[must("destination", OneOf(views), "the destination before its translation", "変換前の宛先")],
};

/// What a selector is not.
pub(super) static NOT: Object = Object {
    name: "negation",
    ja: "否定",
    keys: &[must("not", Many(&RuleSelector), "what it is not", "当てはまらないもの")],
};

pub(super) static RELAY: Object = Object {
    name: "relay",
    ja: "中継",
    keys: &[
        must("from", Many(&RelaySelector), "peers that data comes from", "データの受取元"),
        must("to", Many(&RelaySelector), "peers that data goes to", "データの渡し先"),
        may("from_service", Many(&Service), "services it comes in by", "受取側のサービス"),
        may("to_service", Many(&Service), "services it goes on by", "渡し側のサービス"),
        may("sanitise", OneOf(sanitises), "how it is sanitised; left out: not", "無害化の方式（省略時は無害化なし）"),
        may("both", Boolean, "adds the mirror entry", "逆向きも中継する"),
    ],
};

pub(super) static ROUTE: Object = Object {
    name: "route",
    ja: "経路",
    keys: &[
        must("to", Cidr, "destination prefix", "宛先"),
        may("via", Word, "interface or neighbour", "インターフェースまたは隣接ノード"),
        may("drop", True, "drops what matches", "破棄する"),
        may("fails", Boolean, "whether it may be absent, its line down", "回線断などで失われ得るか"),
        may("note", Text, "free text", "備考"),
        may("origin", Text, "where it was imported from, `file:line`", "取込元（ファイル:行）"),
    ],
};

pub(super) static LINK: Object = Object {
    name: "link",
    ja: "リンク",
    keys: &[
        must(
            "between",
            Ends,
            "its two ends, `node` or `node:interface`",
            "両端（ノード または ノード:インターフェース）",
        ),
        may(
            "vlans",
            Vlans,
            "VLANs, all when left out; `{a: …, b: …}` by end",
            "VLAN（省略時はすべて。{a: …, b: …} で端ごと）",
        ),
        may(
            "native",
            Native,
            "the VLAN that each end takes untagged frames for",
            "タグなしフレームの VLAN（両端、または端ごと）",
        ),
        may(
            "one_way",
            Boolean,
            "carries packets from the first end to the second only",
            "最初の端から次の端への一方向のみ",
        ),
        may("id", Word, "its id", "ID"),
        may("circuit", OneOf(circuits), "what circuit it is, `internal` when left out", "回線（省略時は internal）"),
        may("owner", Word, "who answers for it", "管理者"),
        may("controls", Some(&Word), "controls, such as `eap-tls`", "対策（eap-tls など）"),
        may("tags", Some(&Word), "tags", "タグ"),
        may("title", Text, "free text", "表示名"),
        may("note", Text, "free text", "備考"),
        may("origin", Text, "where it was imported from, `file:line`", "取込元（ファイル:行）"),
    ],
};

/// VLANs of a link by end.
pub(super) static VLANS_BY_END: Object = Object {
    name: "VLANs by end",
    ja: "端ごとの VLAN",
    keys: &[
        may("a", Many(&Vlan), "VLANs of the first end, all when left out", "最初の端の VLAN（省略時はすべて）"),
        may("b", Many(&Vlan), "VLANs of the second end, all when left out", "次の端の VLAN（省略時はすべて）"),
    ],
};

fn kinds() -> Vec<&'static str> {
    super::parse::KINDS.iter().map(|(name, _)| *name).collect()
}

fn actions() -> Vec<&'static str> {
    super::parse::ACTIONS.iter().map(|(name, _)| *name).collect()
}

fn editions() -> Vec<&'static str> {
    super::terms::EDITIONS.iter().map(|(name, _)| *name).collect()
}

fn tiers() -> Vec<&'static str> {
    super::terms::TIERS.iter().map(|(name, _)| *name).collect()
}

fn circuits() -> Vec<&'static str> {
    super::terms::CIRCUITS.iter().map(|(name, _)| *name).collect()
}

fn sanitises() -> Vec<&'static str> {
    super::parse::SANITISES.iter().map(|(name, _)| *name).collect()
}

fn states() -> Vec<&'static str> {
    super::parse::STATES.iter().map(|(name, ())| *name).collect()
}

fn handled() -> Vec<&'static str> {
    super::parse::HANDLED.iter().map(|(name, _)| *name).collect()
}

fn views() -> Vec<&'static str> {
    super::parse::VIEWS.iter().map(|(name, _)| *name).collect()
}

fn translated() -> Vec<&'static str> {
    super::parse::TRANSLATED.iter().map(|(name, _)| *name).collect()
}

pub(super) static DOSSIER: Object = Object {
    name: "dossier",
    ja: "監査の記載事項",
    keys: &[
        may("number", Text, "number of the report", "調書番号"),
        may("department", Text, "the audited department", "被監査部門"),
        may("purpose", Text, "what the audit is for", "監査目的"),
        may("procedure", Text, "what was done", "監査手続"),
        may("auditor", Text, "who audited", "監査担当者"),
        may("reviewer", Text, "who reviewed the report", "査閲者"),
        may("approver", Text, "who approved it", "承認者"),
        may("conclusion", Text, "what the auditor concludes", "監査人の結論"),
        may("response", Text, "what the audited department answers", "被監査部門の回答"),
    ],
};
