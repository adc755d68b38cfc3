//! The keys of what a document records beside nodes and links.

use super::Shape::{self, Date, Many, OneOf, Selector, Service, Text, TransferSelector, Word};
use super::{Object, may, must, sanitises};

pub(in crate::document) static TRANSFER: Object = Object {
    name: "transfer",
    ja: "受渡し",
    keys: &[
        must("id", Word, "its id", "ID"),
        must("from", Many(&TransferSelector), "where data is carried from", "受渡し元"),
        must("to", Many(&TransferSelector), "where it is carried to", "受渡し先"),
        may("sanitise", OneOf(sanitises), "how it is sanitised; left out: not", "無害化の方式（省略時は無害化なし）"),
        may("reason", Text, "why", "理由"),
        may("approved_by", Text, "by whom", "承認者"),
        may("expires", Date, "last valid day", "有効期限（最終日）"),
        may("owner", Word, "who answers for it", "管理者"),
        may("approved_on", Date, "when it was approved", "承認日"),
        may("note", Text, "free text", "備考"),
    ],
};

pub(in crate::document) static EXCEPTION: Object = Object {
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
        may("owner", Word, "who answers for it", "管理者"),
        may("approved_on", Date, "when it was approved", "承認日"),
        may("attested", Shape::Object(&ATTESTED), "who vouches for the peer", "接続先の確認"),
    ],
};

pub(in crate::document) static ATTESTED: Object = Object {
    name: "attested",
    ja: "接続先の確認",
    keys: &[must("by", Text, "by whom", "確認者"), must("basis", Text, "on what basis", "根拠")],
};

pub(in crate::document) static RECORD: Object = Object {
    name: "record of evidence",
    ja: "実施の記録",
    keys: &[
        must("id", Word, "its id", "ID"),
        must("kind", Word, "what was done, such as `external-audit`", "種別（external-audit など）"),
        must("by", Text, "by whom", "実施者"),
        must("date", Date, "when", "実施日"),
        may("valid_until", Date, "last day on which it counts", "有効期限（最終日）"),
        may("note", Text, "free text", "備考"),
    ],
};

pub(in crate::document) static EXPECTATION: Object = Object {
    name: "expectation",
    ja: "必要な通信",
    keys: &[
        must("id", Word, "its id", "ID"),
        must("from", Many(&TransferSelector), "who opens the session", "セッションを開く側"),
        must("to", Many(&TransferSelector), "who receives it", "セッションを受ける側"),
        must("service", Many(&Service), "its services, all of them", "サービス（そのすべて）"),
        may("note", Text, "free text", "備考"),
    ],
};
