//! The keys of the format, one table per object: the decoder checks against it, "did you mean" searches in it, and
//! the JSON Schema is generated from it.

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
    /// A selector of a rule or exception.
    Selector,
    /// A selector of a relay, which may also be `kind:K` or `tag:T`.
    RelaySelector,
    /// An address, CIDR, range or `group:NAME`.
    GroupItem,
    /// An item of a service list.
    Service,
    /// A VLAN or a range of them.
    Vlan,
    /// A port or a range of them.
    Port,
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
    Boolean, ById, Cidr, Count, Date, Ends, FullList, GroupItem, Id, List, Many, OneOf, Port, RelaySelector, Selector,
    Service, Some, Text, True, Version, Vlan, Word,
};

pub(super) static DOCUMENT: Object = Object {
    name: "document",
    ja: "文書",
    keys: &[
        must("sanso", Version, "version of the format", "書式の版"),
        may("name", Text, "free text", "名称"),
        may("model", Word, "built-in policy, `alpha` when left out", "組込みポリシー（省略時は alpha）"),
        may("zones", ById(&Shape::Object(&ZONE)), "zones by id", "領域（ID ごと）"),
        may("groups", ById(&Many(&GroupItem)), "address lists by name", "アドレスのグループ（名前ごと）"),
        may("services", ById(&Many(&Service)), "service lists by name", "サービス（名前ごと）"),
        must("nodes", FullList(&Shape::Object(&NODE)), "nodes", "ノード"),
        may("links", List(&Shape::Link), "links", "リンク"),
        may("exceptions", List(&Shape::Object(&EXCEPTION)), "excepted communication", "特定通信"),
    ],
};

pub(super) static ZONE: Object = Object {
    name: "zone",
    ja: "領域",
    keys: &[may("networks", Many(&Cidr), "its networks", "ネットワーク"), may("title", Text, "free text", "表示名")],
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
        may("routed_vlans", Some(&Vlan), "VLANs that an l3-switch routes", "l3-switch がルーティングする VLAN"),
        may("controls", Some(&Word), "controls, such as `mfa`", "対策（mfa など）"),
        may("tags", Some(&Word), "tags, such as `security-cloud`", "タグ（security-cloud など）"),
        may("count", Count, "how many machines it stands for", "台数"),
        may("title", Text, "free text", "表示名"),
        may("note", Text, "free text", "備考"),
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
    ],
};

pub(super) static RULE: Object = Object {
    name: "rule",
    ja: "ルール",
    keys: &[
        may("id", Word, "its id", "ID"),
        must("action", OneOf(actions), "what is done", "動作"),
        may("from", Many(&Selector), "sources, `any` when left out", "送信元（省略時は any）"),
        may("to", Many(&Selector), "destinations, `any` when left out", "宛先（省略時は any）"),
        may("service", Many(&Service), "services, `any` when left out", "サービス（省略時は any）"),
        may("source_port", Many(&Port), "source ports", "送信元ポート"),
        may("in", Many(&Word), "interfaces in", "入力インターフェース"),
        may("out", Many(&Word), "interfaces out", "出力インターフェース"),
        may("note", Text, "free text", "備考"),
    ],
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
        may("vlans", Many(&Vlan), "VLANs, all when left out", "VLAN（省略時はすべて）"),
        may(
            "one_way",
            Boolean,
            "carries packets from the first end to the second only",
            "最初の端から次の端への一方向のみ",
        ),
        may("id", Word, "its id", "ID"),
        may("note", Text, "free text", "備考"),
    ],
};

pub(super) static EXCEPTION: Object = Object {
    name: "exception",
    ja: "特定通信",
    keys: &[
        must("id", Word, "its id", "ID"),
        must("from", Many(&Selector), "who opens the session", "セッションを開く側"),
        must("to", Many(&Selector), "who receives it", "セッションを受ける側"),
        must("service", Many(&Service), "its services", "サービス"),
        may(
            "waives",
            Many(&Word),
            "requirements it is for, `MN-ISOLATION` when left out",
            "対象の要件（省略時は MN-ISOLATION）",
        ),
        may("reason", Text, "why", "理由"),
        may("approved_by", Text, "by whom", "承認者"),
        may("expires", Date, "last valid day", "有効期限（最終日）"),
        may("attested", Shape::Object(&ATTESTED), "who vouches for the peer", "接続先の確認"),
    ],
};

pub(super) static ATTESTED: Object = Object {
    name: "attested",
    ja: "接続先の確認",
    keys: &[must("by", Text, "by whom", "確認者"), must("basis", Text, "on what basis", "根拠")],
};

fn kinds() -> Vec<&'static str> {
    super::parse::KINDS.iter().map(|(name, _)| *name).collect()
}

fn actions() -> Vec<&'static str> {
    super::parse::ACTIONS.iter().map(|(name, _)| *name).collect()
}

fn sanitises() -> Vec<&'static str> {
    super::parse::SANITISES.iter().map(|(name, _)| *name).collect()
}
