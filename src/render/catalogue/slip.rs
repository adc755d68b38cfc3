//! What warnings say, and what to do about them.

use super::Sentence;
use crate::language::Phrase;
use crate::report::Warning;
use crate::report::slip::{Applies, NoReceiver, Slip};

impl Sentence for Warning {
    /// What is wrong: lower-case, no final period.
    fn phrase(&self) -> Phrase {
        said(&self.slip).0
    }
}

/// What to do about a warning.
pub fn help(warning: &Warning) -> Option<Phrase> {
    said(&warning.slip).1
}

/// What is wrong, and what to do about it.
fn said(slip: &Slip) -> (Phrase, Option<Phrase>) {
    let (message, help) = match slip {
        Slip::Told { message, help, .. } => return (message.clone(), help.clone()),
        Slip::UnlabelledEndpoint { node, endpoints: 1 } => (
            both!(
                "{node} has neither a zone nor `relays` and is taken to pass on everything",
                "{node} には領域も「relays」もない。すべてを中継するとみなした"
            ),
            unlabelled(),
        ),
        Slip::UnlabelledEndpoint { node, endpoints } => (
            both!(
                "{endpoints} endpoints without a zone and without `relays`, such as {node}, are taken to pass on everything",
                "領域も「relays」もない端点が {endpoints} 件ある（{node} など）。すべてを中継するとみなした"
            ),
            unlabelled(),
        ),
        Slip::SymbolicAddress { node, endpoints: 1 } => (
            both!(
                "the address of {node} is unknown: permit rules for networks are taken to mean it, deny rules are not",
                "{node} のアドレスが分からない。ネットワークに対する許可ルールには当たり、拒否ルールには当たらないとみなした"
            ),
            symbolic(),
        ),
        Slip::SymbolicAddress { node, endpoints } => (
            both!(
                "the addresses of {endpoints} endpoints, such as {node}, are unknown: permit rules for networks are taken to mean them, deny rules are not",
                "アドレスの分からない端点が {endpoints} 件ある（{node} など）。ネットワークに対する許可ルールには当たり、拒否ルールには当たらないとみなした"
            ),
            symbolic(),
        ),
        Slip::UnaskedExpectation { expectation, more } => (
            match more {
                0 => both!(
                    "what `{expectation}` expects is not judged: the policy has no requirement of kind `expects`",
                    "「{expectation}」が求める通信は判定していない。ポリシーに「expects」の要件がない"
                ),
                more => both!(
                    "what `{expectation}` and {more} more expect is not judged: the policy has no requirement of kind `expects`",
                    "「{expectation}」ほか {more} 件が求める通信は判定していない。ポリシーに「expects」の要件がない"
                ),
            },
            both!(
                "hold it against a policy that has one, such as `policies/three-tier-alpha-all.json`",
                "「expects」の要件を持つポリシー（「policies/three-tier-alpha-all.json」など）で検証すること"
            ),
        ),
        Slip::EmptyZone { zone } => (
            both!("no node belongs to zone `{zone}`", "領域「{zone}」に属するノードがない"),
            both!(
                "check its `networks` and the addresses of the nodes, or remove the zone",
                "「networks」とノードのアドレスを確かめるか、領域を削除すること"
            ),
        ),
        Slip::SwitchInTwoZones { switch, zones: [first, second] } => (
            both!(
                "the switch `{switch}` has addresses in the zones `{first}` and `{second}`",
                "スイッチ「{switch}」は、領域「{first}」と「{second}」のアドレスを持つ"
            ),
            both!(
                "if it routes between them, it is an `l3-switch`",
                "両者の間でルーティングするのであれば「kind: l3-switch」とすること"
            ),
        ),
        Slip::RelayMatchesNobody { key, entry, node } => (
            both!(
                "`{key}` of relay #{entry} of `{node}` matches no endpoint",
                "「{node}」の中継 #{entry} の「{key}」に当たる端点がない"
            ),
            both!("correct it, or remove the entry", "訂正するか、この中継を削除すること"),
        ),
        Slip::ExceptionMatchesNobody { key, exception } => (
            both!(
                "`{key}` of exception `{exception}` matches no endpoint",
                "特定通信「{exception}」の「{key}」に当たる端点がない"
            ),
            both!(
                "name the node (`node:ID`), or declare its address as a single one",
                "ノードを「node:ID」で指定するか、ノードに単一のアドレスを宣言すること"
            ),
        ),
        Slip::UndeclaredAddress { address } => (
            both!(
                "a permit rule names {address}, which no node declares",
                "許可ルールが、どのノードも宣言していない {address} を指定している"
            ),
            both!(
                "declare the node that has it, write its translation as `nat`, or correct the rule",
                "そのアドレスを持つノードを宣言するか、変換されるものは「nat」に書くか、ルールを訂正すること"
            ),
        ),
        Slip::UnreceivedDestination { rule, node, part, within, why } => {
            unreceived(rule, node, part, within.as_ref(), why)
        }
        Slip::BothMustPermit { rule, node, filter, other, more } => {
            let (more_en, more_ja) = match more {
                0 => Default::default(),
                more => (format!(" (and so with {more} more rules)"), format!("（ほか {more} 行）")),
            };
            (
                both!(
                    "rule {rule} of the filter {filter} of `{node}`{more_en} permits nothing, for the filter {other} denies it: every filter that applies must permit",
                    "「{node}」のフィルター {filter} のルール {rule}{more_ja}が許可する通信は、フィルター {other} がすべて拒否する（適用されるフィルターのすべてが許可しなければ通らない）"
                ),
                both!(
                    "if one of them is enough, write `in` and `out` on each filter, or put the rules into one filter",
                    "どちらか一方の許可で通るのであれば、各フィルターに「in」「out」を書くか、一つのフィルターにまとめること"
                ),
            )
        }
        Slip::Tunnel { rule, node, carriers } => {
            let (en, ja) = (carriers.join(", "), carriers.join("、"));
            (
                both!(
                    "rule {rule} of `{node}` permits {en}, which carries other packets, and no link joins the ends: what goes through such a tunnel is not decided",
                    "「{node}」のルール {rule} は、ほかの通信を運ぶ {ja} を許可するが、両端を結ぶリンクがない。このトンネルを通る通信は判定の対象外である"
                ),
                both!(
                    "write the tunnel as a link between its ends, or take the service out of the rule",
                    "トンネルをその両端の間のリンクとして書くか、ルールからこのサービスを除くこと"
                ),
            )
        }
        Slip::MoreDuplicates { more, node } => (
            both!(
                "{more} more addresses are declared by two nodes, from `{node}` on",
                "ほかに {more} 件のアドレスが二つのノードで宣言されている（「{node}」以降）"
            ),
            duplicate(),
        ),
        Slip::DuplicateAddress { node, address, other } => (
            both!(
                "`{node}` declares {address}, and so does `{other}`",
                "「{node}」と「{other}」が同じアドレス {address} を宣言している"
            ),
            duplicate(),
        ),
        Slip::UncoveredInterfaces { firewall, from, to, more } => {
            let (more_en, more_ja) = match more {
                0 => Default::default(),
                more => (format!(" (and {more} more pairs)"), format!("（ほか {more} 組）")),
            };
            (
                both!(
                    "no filter of the firewall `{firewall}` applies from `{from}` to `{to}`{more_en}: everything passes there",
                    "ファイアウォール「{firewall}」には「{from}」から「{to}」への通信{more_ja}に適用されるフィルターがなく、すべて通過する"
                ),
                both!(
                    "add a filter for it, or one without `in` and `out`",
                    "フィルターを加えるか、「in」と「out」のないフィルターを設けること"
                ),
            )
        }
        Slip::UnreachableRule { rule, node, earlier, more } => {
            let (more_en, more_ja) = match more {
                0 => Default::default(),
                more => (
                    format!(" ({more} more rules of this filter are covered likewise)"),
                    format!("（このフィルターにはほかに {more} 行）"),
                ),
            };
            (
                both!(
                    "rule {rule} of `{node}` never decides: rule {earlier} before it matches all that it matches{more_en}",
                    "「{node}」のルール {rule} は、前にあるルール {earlier} にすべて含まれるため、使われることがない{more_ja}"
                ),
                both!("reorder the rules, or remove it", "ルールの順序を直すか、削除すること"),
            )
        }
        Slip::AppliesToNothing(what) => {
            let (what_en, what_ja) = match what {
                Applies::Filter => ("filter", "フィルター"),
                Applies::Rule => ("rule", "ルール"),
                Applies::Nat => ("entry of `nat`", "アドレス変換"),
            };
            (
                both!(
                    "this {what_en} can apply to no packet, for `applies_to` leaves none that passes its interfaces",
                    "「applies_to」の対象にこのインターフェースを通るパケットがないため、この{what_ja}は何にも適用されない"
                ),
                both!(
                    "what a node emits comes in by no interface, and what is delivered to it leaves by none: take out `in` or `out`",
                    "自身が送るパケットに入力側の、自身宛てのパケットに出力側のインターフェースはない。「in」か「out」を取り除くこと"
                ),
            )
        }
        Slip::UnlinkedNode { node } => (
            both!("`{node}` has no link: nothing reaches it", "「{node}」にはリンクがなく、どこからも到達できない"),
            unlinked(),
        ),
        Slip::MoreUnlinked { more, node } => (
            both!(
                "{more} more nodes, such as `{node}`, have no link",
                "ほかに {more} 件のノード（「{node}」など）にもリンクがない"
            ),
            unlinked(),
        ),
        Slip::UnheardVlan { switch, vlans, node } => {
            let word = |&(low, high): &(u16, u16)| if low == high { low.to_string() } else { format!("{low}-{high}") };
            let vlans = vlans.iter().map(word).collect::<Vec<_>>().join(", ");
            (
                both!(
                    "no other link of `{switch}` carries VLAN {vlans} of `{node}`: nothing reaches it",
                    "「{node}」の VLAN {vlans} を運ぶリンクが「{switch}」にほかになく、どこからも到達できない"
                ),
                both!(
                    "correct the VLAN here, or add it to the uplink of the switch",
                    "ここの VLAN を訂正するか、スイッチの上位リンクの「vlans」に加えること"
                ),
            )
        }
        Slip::EmptyRoutedVlans { node } => (
            both!(
                "`routed_vlans` of `{node}` is empty: it is taken to route between all VLANs, by `vlan1`",
                "「{node}」の「routed_vlans」が空のため、すべての VLAN の間で（「vlan1」で）ルーティングするとみなした"
            ),
            both!(
                "name the VLANs that it routes; if it routes none, it is a `switch`",
                "ルーティングする VLAN を書くこと。ルーティングしないのであれば「kind: switch」とする"
            ),
        ),
        Slip::TierWithoutFilter { tier } => (
            both!(
                "no link leads from zone `{tier}` to a filter: no filter keeps it apart",
                "領域「{tier}」からフィルターに至るリンクがなく、フィルターによる分離はない"
            ),
            both!(
                "check its links, and whether the firewall in front of it is in the document",
                "リンクと、境界のファイアウォールが文書にあるかを確かめること"
            ),
        ),
        Slip::MisspeltWord { word, key, node, more, meant } => {
            let (more_en, more_ja) = match more {
                0 => Default::default(),
                1 => (" (and of 1 more node)".to_owned(), "（ほか 1 ノード）".to_owned()),
                more => (format!(" (and of {more} more nodes)"), format!("（ほか {more} ノード）")),
            };
            (
                both!(
                    "`{word}` in `{key}` of `{node}`{more_en} means nothing to the policy: did you mean `{meant}`?",
                    "「{node}」{more_ja}の「{key}」にある「{word}」はポリシーにない語である。「{meant}」の誤りではないか"
                ),
                both!(
                    "correct the word; it counts only as the policy spells it",
                    "語を訂正すること。ポリシーの表記と一致する場合だけ有効である"
                ),
            )
        }
        Slip::LooseningEnded { requirement, until } => (
            both!(
                "the loosening of {requirement} ended on {until} and has no effect any more",
                "{requirement} の緩和は {until} に期限が切れ、効力がない"
            ),
            both!(
                "take it out of the policy, or have it approved anew",
                "ポリシーから削除するか、改めて承認を受けること"
            ),
        ),
        Slip::UnprovedVerdict { requirement } => (
            both!(
                "{requirement} was decided to hold, but that could not be proved: do not rely on it",
                "{requirement} は適合と判定したが、証明できなかった。この判定に依拠しないこと"
            ),
            both!(
                "this is a mistake of sanso, not of the document: please report it, with the document if you may",
                "文書ではなく sanso の誤りである。可能なら文書を添えて報告すること"
            ),
        ),
        Slip::AcceptedGone { tuples, requirement, owner } => (
            both!(
                "{tuples} accepted tuples of {requirement} do not violate any more (owner {owner})",
                "受容した {tuples} 組（{requirement}）はもう違反していない（責任者 {owner}）"
            ),
            both!(
                "bring the baseline up to date with `sanso baseline`",
                "`sanso baseline` でベースラインを更新すること"
            ),
        ),
        Slip::AcceptedExpired { tuples, requirement, expires, owner } => (
            both!(
                "the acceptance of {tuples} violating tuples of {requirement} expired on {expires} (owner {owner}): they count again",
                "{tuples} 組の違反（{requirement}）の受容は {expires} に期限が切れた（責任者 {owner}）。再び不適合として数える"
            ),
            both!(
                "mend them, or accept them anew with `sanso baseline`",
                "是正するか、`sanso baseline` で改めて受容すること"
            ),
        ),
        Slip::AcceptanceExpiresSoon { tuples, requirement, expires, owner } => (
            both!(
                "the acceptance of {tuples} violating tuples of {requirement} expires on {expires} (owner {owner})",
                "{tuples} 組の違反（{requirement}）の受容は {expires} に期限が来る（責任者 {owner}）"
            ),
            soon(),
        ),
        Slip::ExceptionExpiresSoon { exception, expires } => (
            both!(
                "the exception `{exception}` expires on {expires}",
                "特定通信「{exception}」は {expires} に期限が来る"
            ),
            soon(),
        ),
        Slip::TransferExpiresSoon { transfer, expires } => (
            both!("the transfer `{transfer}` expires on {expires}", "受渡し「{transfer}」は {expires} に期限が来る"),
            soon(),
        ),
    };
    (message, Some(help))
}

fn unreceived(rule: &str, node: &str, part: &str, within: Option<&String>, why: &NoReceiver) -> (Phrase, Phrase) {
    let (within_en, within_ja) = match within {
        Some(within) => (format!(" (in {within})"), format!("（{within}）")),
        None => Default::default(),
    };
    let Phrase { en, ja } = match why {
        NoReceiver::Nobody => both!("where no endpoint is", "宛先となる端点がない"),
        NoReceiver::Transit { node } => both!(
            "which only `{node}` bears: it forwards and is no endpoint",
            "そのアドレスを持つのは、転送するだけで端点でない「{node}」だけである"
        ),
        NoReceiver::Multicast => {
            both!("which is multicast and nobody declares", "宣言した端点のないマルチキャストである")
        }
        NoReceiver::Broadcast { network: None } => both!("which is broadcast", "ブロードキャストである"),
        NoReceiver::Broadcast { network: Some(network) } => {
            both!("the broadcast address of {network}", "{network} のブロードキャストアドレスである")
        }
    };
    let message = Phrase::new(
        format!("rule {rule} of `{node}` permits {part}{within_en}, {en}: nobody receives what is sent there"),
        format!(
            "「{node}」のルール {rule} が宛先として許可する {part}{within_ja} は、{ja}。送られた通信は誰にも届かないとみなした"
        ),
    );
    let help = match why {
        NoReceiver::Nobody => both!(
            "declare who is there, write its translation as `nat`, or correct the rule",
            "そこにあるノードを宣言するか、変換されるものは「nat」に書くか、ルールを訂正すること"
        ),
        NoReceiver::Transit { .. } => both!(
            "if it is translated, write `nat`; if the device offers a service there, give it its `zone`, or `relays`",
            "変換されるのであれば「nat」に書き、機器自身がサービスを提供するのであれば、その「zone」か「relays」を書くこと"
        ),
        NoReceiver::Multicast => both!(
            "declare the address on the nodes that listen to it, or take it out of the rule",
            "受信するノードの「addresses」に書くか、ルールから除くこと"
        ),
        NoReceiver::Broadcast { .. } => both!(
            "permit the network if broadcasts are passed on to all of it, or take it out of the rule",
            "ネットワーク全体に転送されるのであればそのネットワークを許可し、そうでなければルールから除くこと"
        ),
    };
    (message, help)
}

fn duplicate() -> Phrase {
    both!(
        "correct the address, or have one node stand for the machine",
        "アドレスを訂正するか、同じ機器であれば一つのノードにまとめること"
    )
}

fn unlinked() -> Phrase {
    both!(
        "add its links to `links`; if it really stands alone, leave it out",
        "「links」に接続を書くこと。実際にどこにもつながっていないのであれば、ノードごと省く"
    )
}

fn soon() -> Phrase {
    both!("have it approved again, or take it out, before that day", "期限までに改めて承認を得るか、取り除くこと")
}

fn unlabelled() -> Phrase {
    both!("give them a `zone`, or declare what they relay", "「zone」を書くか、中継する内容を「relays」に宣言すること")
}

fn symbolic() -> Phrase {
    both!("declare their `addresses`", "「addresses」を宣言すること")
}
