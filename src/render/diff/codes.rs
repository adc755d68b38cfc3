//! The kinds of widening: their codes, and what each means, in both languages.

use crate::code::Code;
use crate::diagnostic::codes;
use crate::language::Lang;

/// Every code, in the order of `docs/diff.md`.
pub const CODES: [Code; 8] = [
    Code::TuplesGained,
    Code::ServicesGained,
    Code::ProvesLess,
    Code::NodeEscapes,
    Code::ExceptionAdded,
    Code::ExceptionWidened,
    Code::RelayWidened,
    Code::TransferWidened,
];

/// What a code means, why it counts, and what to do.
pub(super) struct About {
    pub title: &'static str,
    pub why: &'static str,
    pub mend: &'static str,
}

/// What is to be known of a code of [`CODES`].
pub(super) fn about(code: Code, lang: Lang) -> About {
    let [title, why, mend] = match lang {
        Lang::En => english(code),
        Lang::Ja => japanese(code),
    };
    About { title, why, mend }
}

/// What any code means and why that counts, and what to do: of messages, or one of [`CODES`].
#[must_use]
pub fn explanation(code: Code, lang: Lang) -> [String; 2] {
    if let Some(codes::Explanation { meaning, mend, .. }) = codes::of(code) {
        return [meaning.get(lang).to_owned(), mend.get(lang).to_owned()];
    }
    let About { title, why, mend } = about(code, lang);
    [format!("{title}{}{why}", if lang == Lang::Ja { "。" } else { ". " }), mend.to_owned()]
}

fn english(code: Code) -> [&'static str; 3] {
    match code {
        Code::TuplesGained => [
            "A requirement is violated where it was not",
            "It is the policy's own measure of what is let through.",
            "Take back what the cause shows, or make it narrower; the witness is the way through, hop by hop.",
        ],
        Code::ServicesGained => [
            "A known violation passes over further services",
            "A hole that is known is larger than the one that was accepted.",
            "Permit the services that are needed, and no others.",
        ],
        Code::ProvesLess => [
            "A requirement that was proved is not proved any more",
            "A requirement that speaks of nobody, or that was not decided, proves nothing.",
            "Give back the labels that it speaks of, or raise the limits of the run.",
        ],
        Code::NodeEscapes => [
            "A requirement does not speak of a node any more",
            "A node that loses its label takes its violations out of the count.",
            "Give back its zone, kind or tags, or have the change of its role approved.",
        ],
        Code::ExceptionAdded => [
            "An exception is new",
            "It excuses sessions, which no requirement counts from then on.",
            "Have the exception reviewed: who needs what it opens, and until when.",
        ],
        Code::ExceptionWidened => [
            "An exception excuses more",
            "What it excuses is not seen any more.",
            "Narrow it to what is needed, or have it approved anew.",
        ],
        Code::TransferWidened => [
            "More is carried outside the network, or with less sanitising",
            "Who carries what, and how it is sanitised on the way, is taken on the document's say-so.",
            "Check the procedure of the transfer, and declare only what it does.",
        ],
        _ => [
            "A node relays what it did not, or with less sanitising",
            "What a node is said to relay or to keep back is taken on that say-so.",
            "Check the node's own settings, and declare only what it does.",
        ],
    }
}

fn japanese(code: Code) -> [&'static str; 3] {
    match code {
        Code::TuplesGained => [
            "違反する組が増えた",
            "ネットワークが通してしまうものを、ポリシー自身の尺度で測ったものである。",
            "原因に示す箇所を元に戻すか、範囲を狭めること。ホップごとの経路を証跡として示す。",
        ],
        Code::ServicesGained => [
            "以前からの違反が、より多くのサービスで通る",
            "既知の違反が、把握されていたものより広がっている。",
            "必要なサービスだけを許可すること。",
        ],
        Code::ProvesLess => [
            "適合だった要件が、証明されなくなった",
            "対象のない要件や未判定の要件は、何も証明しない。",
            "要件の対象となる区分を戻すか、時間の上限を延ばすこと。",
        ],
        Code::NodeEscapes => [
            "ノードが要件の対象から外れた",
            "区分を失ったノードの違反は、数えられなくなる。",
            "領域、種類、タグを戻すか、役割の変更について承認を得ること。",
        ],
        Code::ExceptionAdded => [
            "特定通信が追加された",
            "以後、対象の要件はその通信を違反に数えない。",
            "誰がいつまで必要とするのか、特定通信を審査すること。",
        ],
        Code::ExceptionWidened => [
            "特定通信の範囲が広がった",
            "対象となった通信は、違反として現れなくなる。",
            "必要な範囲に狭めるか、改めて承認を得ること。",
        ],
        Code::TransferWidened => [
            "ネットワーク外での受渡しが広がった、または無害化が弱くなった",
            "誰が何を持ち運び、どう無害化するかは、文書の記載どおりに扱われる。",
            "受渡しの手順を確認し、実際に行うことだけを宣言すること。",
        ],
        _ => [
            "中継が広がった、または無害化が弱くなった",
            "中継の有無と無害化は、宣言どおりに扱われる。",
            "ノード自身の設定を確認し、実際の動作だけを宣言すること。",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_messages_or_of_differences() {
        for &code in Code::ALL {
            assert_eq!(codes::of(code).is_none(), CODES.contains(&code), "{code}");
        }
    }
}
