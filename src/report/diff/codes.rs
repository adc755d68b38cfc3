//! The kinds of widening: their codes, and what each means, in both languages.

use crate::language::Lang;

/// Every code, in the order of `docs/diff.md`.
pub const CODES: [&str; 7] = [
    "tuples-gained",
    "services-gained",
    "proves-less",
    "node-escapes",
    "exception-added",
    "exception-widened",
    "relay-widened",
];

/// What a code means, why it counts, and what to do.
pub(super) struct About {
    pub title: &'static str,
    pub why: &'static str,
    pub mend: &'static str,
}

/// What is to be known of a code of [`CODES`].
pub(super) fn about(code: &str, lang: Lang) -> About {
    let [title, why, mend] = match lang {
        Lang::En => english(code),
        Lang::Ja => japanese(code),
    };
    About { title, why, mend }
}

fn english(code: &str) -> [&'static str; 3] {
    match code {
        "tuples-gained" => [
            "A requirement is violated where it was not",
            "It is the policy's own measure of what is let through.",
            "Take back what the cause shows, or make it narrower; the witness is the way through, hop by hop.",
        ],
        "services-gained" => [
            "A known violation passes over further services",
            "A hole that is known is larger than the one that was accepted.",
            "Permit the services that are needed, and no others.",
        ],
        "proves-less" => [
            "A requirement that was proved is not proved any more",
            "A requirement that speaks of nobody, or that was not decided, proves nothing.",
            "Give back the labels that it speaks of, or raise the limits of the run.",
        ],
        "node-escapes" => [
            "A requirement does not speak of a node any more",
            "A node that loses its label takes its violations out of the count.",
            "Give back its zone, kind or tags, or have the change of its role approved.",
        ],
        "exception-added" => [
            "An exception is new",
            "It excuses sessions, which no requirement counts from then on.",
            "Have the exception reviewed: who needs what it opens, and until when.",
        ],
        "exception-widened" => [
            "An exception excuses more",
            "What it excuses is not seen any more.",
            "Narrow it to what is needed, or have it approved anew.",
        ],
        _ => [
            "A node relays what it did not, or with less sanitising",
            "What a node is said to relay or to keep back is taken on that say-so.",
            "Check the node's own settings, and declare only what it does.",
        ],
    }
}

fn japanese(code: &str) -> [&'static str; 3] {
    match code {
        "tuples-gained" => [
            "違反が増えた",
            "通してしまうものを、ポリシー自身の尺度で測ったものです。",
            "原因に示す箇所を元に戻すか、範囲を狭めてください。証跡はホップごとの経路です。",
        ],
        "services-gained" => [
            "以前からの違反が、より多くのサービスで通る",
            "既知の穴が、認められていたものより広がっています。",
            "必要なサービスだけを許可してください。",
        ],
        "proves-less" => [
            "適合だった要件が、証明されなくなった",
            "対象のない要件や、判定されなかった要件は、何も証明しません。",
            "要件の対象となるラベルを戻すか、時間の上限を延ばしてください。",
        ],
        "node-escapes" => [
            "ノードが要件の対象から外れた",
            "ラベルを失ったノードの違反は、数えられなくなります。",
            "領域、種類、タグを戻すか、役割の変更について承認を得てください。",
        ],
        "exception-added" => [
            "特定通信が追加された",
            "以後、どの要件もその通信を数えません。",
            "誰がいつまで必要とするのか、特定通信を審査してください。",
        ],
        "exception-widened" => [
            "特定通信の範囲が広がった",
            "対象となった通信は見えなくなります。",
            "必要な範囲に狭めるか、改めて承認を得てください。",
        ],
        _ => [
            "中継が広がった、または無害化が弱くなった",
            "中継の有無は、申告どおりに扱われます。",
            "ノード自身の設定を確認し、実際の動作だけを申告してください。",
        ],
    }
}
