//! What findings say, and what is not checked.

use super::Sentence;
use crate::language::Phrase;
use crate::report::Finding;
use crate::report::fault::{ExceptionFault, Fault, LabelFault, NotChecked, Several};

mod kinds;

impl Sentence for Finding {
    fn phrase(&self) -> Phrase {
        self.fault.phrase()
    }
}

impl Sentence for Fault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Leak(leak) => leak.phrase(),
            Self::Peer { exceptions, leak } => {
                let Phrase { en, ja } = leak.phrase();
                Phrase::new(
                    format!("a peer of exception {} is connected to the Internet tier: {en}", exceptions.join(", ")),
                    format!("特定通信 {} の相手がインターネット接続系とつながっている。{ja}", exceptions.join("、")),
                )
            }
            Self::Past { nodes, leak } => {
                let Phrase { en, ja } = leak.phrase();
                match nodes.as_ref().map(several) {
                    Some(Phrase { en: past, ja: past_ja }) => Phrase::new(
                        format!("past {past}, which it must lead through: {en}"),
                        format!("経由すべき {past_ja}を通らない経路がある。{ja}"),
                    ),
                    None => Phrase::new(
                        format!("there is no node that it must lead through: {en}"),
                        format!("経由すべきノードが構成にない。{ja}"),
                    ),
                }
            }
            Self::Exposed { exception, peers } => {
                let Phrase { en, ja } = several(peers);
                both!(
                    "exception {exception} is for {en}, which is of the Internet tier itself: exchange the peer, or have the exception `attested`",
                    "特定通信 {exception} の相手 {ja}は、それ自体がインターネット接続系に属する。相手を替えるか、「attested」を宣言すること"
                )
            }
            Self::Untraced { limit } => both!(
                "further pairs, not traced one by one (at most {limit} ways are traced for a requirement): mend what is \
                     shown and verify again",
                "個別には追跡していない組（追跡する経路は一つの要件につき {limit} 本まで）。示した原因を直し、改めて検証すること"
            ),
            Self::UntracedPeers { limit } => both!(
                "further peers, not traced one by one (at most {limit} are): mend what is shown and verify again",
                "個別には追跡していない相手（追跡するのは {limit} 件まで）。示した原因を直し、改めて検証すること"
            ),
            Self::Controls { nodes, lacking } => {
                let Phrase { en, ja } = several(nodes);
                let lacking: Vec<String> = lacking.iter().map(|control| format!("`{control}`")).collect();
                Phrase::new(
                    format!(
                        "{en} does not declare {}: put it in force and declare it in `controls`",
                        lacking.join(" and ")
                    ),
                    format!(
                        "{ja}に {} の宣言がない。実際に導入したうえで「controls」に宣言すること",
                        lacking.join("、")
                    ),
                )
            }
            Self::Label { nodes, fault } => {
                let (Phrase { en, ja }, fault) = (several(nodes), fault.phrase());
                Phrase::new(format!("{en} {}", fault.en), format!("{ja}{}", fault.ja))
            }
            Self::Exceptions { exceptions, faults } => {
                let Phrase { en, ja } = several(exceptions);
                let (faults_en, faults_ja): (Vec<_>, Vec<_>) =
                    faults.iter().map(Sentence::phrase).map(|Phrase { en, ja }| (en, ja)).unzip();
                Phrase::new(
                    format!("exception {en}: {}", faults_en.join("; ")),
                    format!("特定通信 {}: {}", ja.trim_end(), faults_ja.join("。")),
                )
            }
            other => kinds::said(other),
        }
    }
}

/// `a (and 3 others)`, `a ほか 3 件`; where there are none, the Japanese word ends in a space.
fn several(Several { first, others }: &Several) -> Phrase {
    match others {
        0 => Phrase::new(first.clone(), format!("{first} ")),
        1 => both!("{first} (and 1 other)", "{first} ほか 1 件"),
        more => both!("{first} (and {more} others)", "{first} ほか {more} 件"),
    }
}

/// A zone as people call it.
pub(super) fn zone(zone: &str) -> Phrase {
    match zone {
        "my-number" => both!("the My Number tier", "マイナンバー利用事務系"),
        "lgwan" => both!("the LGWAN tier", "LGWAN接続系"),
        "internet" => both!("the Internet tier", "インターネット接続系"),
        id => both!("zone `{id}`", "領域「{id}」"),
    }
}

impl Sentence for LabelFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Contradiction { own, other } => {
                let (own, other) = (zone(own), zone(other));
                Phrase::new(
                    format!(
                        "is declared to be of {} but has an address in the networks of {}: correct the one or the other",
                        own.en, other.en
                    ),
                    format!(
                        "の領域は{}と宣言されているが、アドレスは{}のネットワークに含まれる。どちらかを訂正すること",
                        own.ja, other.ja
                    ),
                )
            }
            Self::NoRelays => both!(
                "stands between zones but declares no relay entry: declare what it relays in `relays`, or give it a `zone`",
                "は領域の間に立つが、中継の宣言がない。中継する内容を「relays」に宣言するか、「zone」を書くこと"
            ),
            Self::NoAddresses => both!(
                "belongs to no zone: it declares neither `zone` nor `addresses`",
                "は、どの領域にも属さない。「zone」または「addresses」を宣言すること"
            ),
            Self::SeveralZones => both!(
                "belongs to no zone: its addresses lie in the networks of several zones; separate it, or declare a `gateway` with `relays`",
                "は、複数の領域のアドレスを持つため、どの領域にも属さない。機器を分けるか、「kind: gateway」として「relays」を宣言すること"
            ),
            Self::NoNetwork => both!(
                "belongs to no zone: it has an address in no zone's networks; declare its `zone` or complete the `networks`",
                "は、どの領域のネットワークにも含まれないアドレスを持つ。「zone」を宣言するか、領域の「networks」を補うこと"
            ),
        }
    }
}

impl Sentence for ExceptionFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::WideFrom => both!(
                "`from` names more than single addresses: name the nodes that need it",
                "「from」が単一のアドレスに限られていない。必要なノードだけを書くこと"
            ),
            Self::WideTo => both!(
                "`to` names more than single addresses: name the nodes that are meant",
                "「to」が単一のアドレスに限られていない。相手のノードだけを書くこと"
            ),
            Self::WideService => both!(
                "`service` names more than single ports: name the ports needed",
                "「service」が単一のポートに限られていない。必要なポートだけを書くこと"
            ),
            Self::NoReason => both!("`reason` is blank", "「reason」（理由）が空である"),
            Self::NoApproval => both!("`approved_by` is blank", "「approved_by」（承認者）が空である"),
            Self::Expired => both!(
                "it has expired: renew it, or remove it with its rules",
                "期限が切れている。更新するか、ルールとともに削除すること"
            ),
        }
    }
}

impl Sentence for NotChecked {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Reality => both!(
                "whether the network that exists is the one in the document: no device was asked and no configuration read",
                "実際のネットワークが文書のとおりであるか（機器への問い合わせや設定の読み取りは行っていない）"
            ),
            Self::Declarations => both!(
                "whether the declared relays, controls and attestations are true and in force",
                "宣言された中継、対策、保証が事実であり、有効に働いているか"
            ),
            Self::Content => {
                both!("what sanitising does to the content that it lets through", "無害化を経た内容そのものの安全性")
            }
            Self::OtherWays => both!(
                "ways beside the network that are not in the document: removable media, people, wireless links",
                "文書にない、ネットワーク以外の経路（可搬媒体、人による持ち出し、無線など）"
            ),
            Self::Weaknesses => both!(
                "weaknesses of software and devices, and configuration apart from what the document can say",
                "ソフトウェアや機器の脆弱性、および文書で表せない設定"
            ),
            Self::OtherClauses => both!(
                "the clauses of the security policy for which this policy has no requirement",
                "このポリシーに要件のない、情報セキュリティポリシーの条項"
            ),
            Self::Vacuous { requirement, of_paths } => {
                let Phrase { en, ja } = match of_paths {
                    true => both!("a side has no endpoint", "一方の側に端点がない"),
                    false => both!("no such node or exception", "該当するノードや特定通信がない"),
                };
                both!(
                    "{requirement} speaks of nobody in this document ({en})",
                    "{requirement} はこの文書では対象外である（{ja}）"
                )
            }
            Self::Undecided { requirement } => {
                both!(
                    "{requirement} was not decided: a limit was reached first",
                    "{requirement} は上限に達したため未判定である"
                )
            }
        }
    }
}
