//! What proofs rest on.

use super::{Sentence, names};
use crate::language::Phrase;
use crate::report::note::{Names, Separation};

impl Sentence for Separation {
    fn phrase(&self) -> Phrase {
        match self {
            Self::TooLarge(most) => both!(
                "not worked out: more than {most} nodes and links; `sanso prove` shows what the proof relies on",
                "未算出（ノードとリンクが {most} を超えるため。証明が依拠する箇所は sanso prove で分かる）"
            ),
            Self::TooLong => both!(
                "not worked out: the proof is long; `sanso prove` shows what it relies on",
                "未算出（証明が長いため。証明が依拠する箇所は sanso prove で分かる）"
            ),
            Self::Unproved => both!(
                "what was decided could not be proved: do not rely on it",
                "判定を証明できなかった。この判定に依拠しないこと"
            ),
            Self::Excepted(exceptions) => {
                let (noun, covers) =
                    if exceptions.count == 1 { ("exception", "covers") } else { ("exceptions", "cover") };
                let Phrase { en, ja } = names(exceptions);
                both!("nothing crosses but what the {noun} {en} {covers}", "通るのは特定通信 {ja} だけであること")
            }
            Self::Through { nodes, tag } => {
                let Phrase { en, ja } = names(nodes);
                match tag {
                    Some(tag) => {
                        both!("all ways lead through {en} (`{tag}`)", "すべての経路が {ja}（{tag}）を通ること")
                    }
                    None => both!("all ways lead through {en}", "すべての経路が {ja} を通ること"),
                }
            }
            Self::Unconnected => both!(
                "nothing is connected: no way of links leads from one side to the other",
                "何も接続されていないこと（両者の間をたどれるリンクがない）"
            ),
            Self::NothingPasses => both!(
                "links join the two sides, but nothing between them passes anything on, and no address leads across",
                "リンクはつながっているが、間のノードは何も中継せず、相手に届くアドレスもないこと"
            ),
            Self::Filter { node, name, number, default_deny, denied_by } => {
                let (en, ja) = match (name, number) {
                    (Some(name), _) => (format!("the filter {name} of {node}"), format!("{node} のフィルター {name}")),
                    (None, Some(number)) => {
                        (format!("filter #{number} of {node}"), format!("{node} のフィルター #{number}"))
                    }
                    (None, None) => (format!("the filter of {node}"), format!("{node} のフィルター")),
                };
                let (inside_en, inside_ja) = basis(*default_deny, denied_by);
                both!("{en} ({inside_en})", "{ja}（{inside_ja}）")
            }
            Self::Routes { node } => both!("the routes of {node}", "{node} の経路（routes）"),
            Self::Vlans { vlans, links } => {
                let noun = if links.count == 1 { "link" } else { "links" };
                let Phrase { en, ja } = names(links);
                both!("VLAN {vlans} alone on the {noun} {en}", "リンク {ja} が VLAN {vlans} だけを運ぶこと")
            }
            Self::UnevenLink { link } => both!(
                "which VLANs each end of the link {link} knows",
                "リンク {link} の各端が扱う VLAN が宣言どおりであること"
            ),
            Self::OneWayLink { link } => {
                both!("the one-way link {link}", "一方向のリンク {link}")
            }
            Self::RoutedVlans { node, vlans } => both!(
                "{node} routes between VLAN {vlans} alone",
                "{node} がルーティングするのは VLAN {vlans} の間だけであること"
            ),
            Self::More(more) => both!("and {more} more alike", "同様のもの ほか {more} 件"),
            Self::Sanitised(nodes) => {
                let Phrase { en, ja } = names(nodes);
                both!("what crosses is sanitised by {en}", "{ja} による無害化")
            }
            Self::Relays(nodes) => {
                let passes = if nodes.count == 1 { "passes" } else { "pass" };
                let Phrase { en, ja } = names(nodes);
                both!("{en} {passes} on only what `relays` say", "{ja} が「relays」に宣言した内容だけを中継すること")
            }
            Self::SanitisedTransfers(transfers) => {
                let noun = if transfers.count == 1 { "transfer" } else { "transfers" };
                let Phrase { en, ja } = names(transfers);
                both!("what is carried by the {noun} {en} is sanitised", "受渡し {ja} で持ち運ぶデータを無害化すること")
            }
        }
    }
}

/// What of a filter denies.
fn basis(default_deny: Option<u64>, denied_by: &Names) -> (String, String) {
    let Phrase { en, ja } = names(denied_by);
    let denied = (format!("denied by {en}"), format!("拒否ルール {ja}"));
    let Some(rules) = default_deny else { return denied };
    let noun = if rules == 1 { "rule" } else { "rules" };
    let default = (format!("default deny, {rules} {noun}"), format!("既定は拒否、ルール {rules} 行"));
    match denied_by.count {
        0 => default,
        _ => (format!("{}; {}", default.0, denied.0), format!("{}。{}", default.1, denied.1)),
    }
}
