//! What leaks through what, how to mend it, and what is left then.

use super::Sentence;
use super::fault::zone;
use crate::language::Phrase;
use crate::report::cause::{Cause, Element, Leak, Shown, What};

impl Sentence for Leak {
    fn phrase(&self) -> Phrase {
        let Self { cause: Cause { elements, shown }, from, to, service } = self;
        let Phrase { en, ja } = match elements.as_slice() {
            [Element { what, .. }] => through(what, from, to, service.as_deref()),
            elements => {
                let names: Vec<Phrase> = elements.iter().map(|element| name(&element.what)).collect();
                let en = names.iter().map(|name| name.en.as_str()).collect::<Vec<_>>().join("; ");
                let ja = names.iter().map(|name| name.ja.as_str()).collect::<Vec<_>>().join("、");
                let count = elements.len();
                both!(
                    "data of {from} reaches {to} by each of {count} places, mend all of them: {en}",
                    "{from} のデータは {count} か所のいずれからでも {to} に届く。すべて直すること: {ja}"
                )
            }
        };
        let Phrase { en: after, ja: after_ja } = after(*shown, elements.len() > 1);
        both!("{en}{after}", "{ja}{after_ja}")
    }
}

/// What is left after the mend, or why nobody knows.
fn after(shown: Shown, several: bool) -> Phrase {
    let (it, not) = if several { ("them", "they") } else { ("it", "it") };
    match shown {
        Shown::Decided { left: 0, .. } => {
            both!("; once mended, nothing is left", "。これを直せば、この要件に違反する組は残らない")
        }
        Shown::Decided { left: 1, .. } => {
            both!("; once mended, 1 tuple is left", "。これを直しても、この要件に違反する組が 1 件残る")
        }
        Shown::Decided { left, .. } => {
            both!("; once mended, {left} tuples are left", "。これを直しても、この要件に違反する組が {left} 件残る")
        }
        Shown::Untried => both!(
            "; likely only: this was not shown by deciding again without {it}",
            "。これは推定である（除いて判定し直すことによる確認はしていない）"
        ),
        Shown::Unexplained => both!(
            "; not {not} alone: no few places were found that mend it",
            "。原因はこれだけではない（少数の箇所を直すだけで済む組み合わせは見つからなかった）"
        ),
    }
}

/// An element by name.
fn name(what: &What) -> Phrase {
    match what {
        What::Exception { id } => both!("exception {id}", "特定通信 {id}"),
        What::Transfer { id, .. } => both!("transfer {id}", "受渡し {id}"),
        What::Rule { node, rule, .. } => both!("rule {rule} of {node}", "{node} のルール {rule}"),
        What::Default { node, filter } => match &filter.name {
            Some(name) => {
                both!("the default of filter {name} of {node}", "{node} のフィルター {name} の既定動作")
            }
            None => both!("the default of the filter of {node}", "{node} のフィルターの既定動作"),
        },
        What::Relay { node, entry, .. } => both!("relay #{entry} of {node}", "{node} の中継 #{entry}"),
        What::RoutedVlan { node, vlan, .. } => {
            both!("VLAN {vlan} among the `routed_vlans` of {node}", "{node} の「routed_vlans」の VLAN {vlan}")
        }
        What::Vlan { link, vlan, .. } => both!("VLAN {vlan} of the link {link}", "リンク {link} の VLAN {vlan}"),
        What::Route { node, entry } => both!("route #{entry} of {node}", "{node} の経路 #{entry}"),
        What::Relays { node } => both!("that {node} declares no `relays`", "{node} に「relays」の宣言がないこと"),
        What::Forwarder { node, .. } => {
            both!("that {node} forwards without a filter", "{node} がフィルターなしで転送すること")
        }
        What::Routing { node } => both!("that {node} routes", "{node} がルーティングすること"),
        What::Segment { node, vlan: Some(vlan), .. } => both!("VLAN {vlan} of {node}", "{node} の VLAN {vlan}"),
        What::Segment { node, vlan: None, .. } => both!("the segment of {node}", "{node} のセグメント"),
        What::Link { link } => both!("the link {link}", "リンク {link}"),
    }
}

/// ` unsanitised`, 「無害化せずに 」, where nothing sanitises.
fn unsanitised(raw: bool, ja: &'static str) -> [&'static str; 2] {
    if raw { [" unsanitised", ja] } else { [""; 2] }
}

/// What one element lets through, and how to mend it.
fn through(element: &What, from: &str, to: &str, service: Option<&str>) -> Phrase {
    let Phrase { en, ja } = name(element);
    let what = service.unwrap_or("transfer");
    match element {
        What::Exception { .. } if service.is_none() => both!(
            "{en} is for it, and data is carried from {from} to {to}: exchange the peer, have the exception `attested`, or drop it with the transfer",
            "{ja} の相手であり、{from} から {to} へデータが持ち運ばれる。相手を替えるか、「attested」を宣言するか、特定通信を受渡しとともに削除すること"
        ),
        What::Exception { .. } => both!(
            "{en} is for it, and {from} opens {what} to {to}: exchange the peer, have the exception `attested`, or drop it with its rules",
            "{ja} の相手であり、{from} から {to} へ {what} で接続できる。相手を替えるか、「attested」を宣言するか、特定通信をルールとともに削除すること"
        ),
        What::Transfer { raw, .. } => {
            let [how, how_ja] = unsanitised(*raw, "無害化されずに ");
            both!(
                "{en} carries data{how} from {from} to {to}: narrow it or remove it",
                "{ja} により、{from} のデータが {how_ja}{to} に持ち運ばれる。受渡しの範囲を絞るか取りやめること"
            )
        }
        What::Rule { .. } => both!(
            "{en} lets {from} open {what} to {to}: narrow it or remove it",
            "{ja} により、{from} から {to} へ {what} で接続できる。ルールを絞るか削除すること"
        ),
        What::Default { .. } => both!(
            "{en} lets {from} open {what} to {to}: set `default: deny` and permit what is needed",
            "{ja}により、{from} から {to} へ {what} で接続できる。「default: deny」とし、必要な通信だけを許可すること"
        ),
        What::RoutedVlan { node, vlan, other, declared } => {
            let between = match other {
                Some(other) => both!("between VLAN {vlan} and VLAN {other}", "VLAN {vlan} と VLAN {other} の間"),
                None => both!("VLAN {vlan}", "VLAN {vlan}"),
            };
            let mend = if *declared {
                both!("take VLAN {vlan} out of its `routed_vlans`", "「routed_vlans」から VLAN {vlan} を外すること")
            } else {
                both!(
                    "declare `routed_vlans` without VLAN {vlan}",
                    "VLAN {vlan} を除いて「routed_vlans」を宣言すること"
                )
            };
            let Phrase { en: between, ja: between_ja } = between;
            let Phrase { en: mend, ja: mend_ja } = mend;
            both!(
                "{node} routes {between}, so that {from} opens {what} to {to}: {mend}",
                "{node} が {between_ja}をルーティングするため、{from} から {to} へ {what} で接続できる。{mend_ja}"
            )
        }
        What::Routing { node } => both!(
            "{node} routes between all of its links, so that {from} opens {what} to {to}: make it a `switch`",
            "{node} がすべてのリンクの間をルーティングするため、{from} から {to} へ {what} で接続できる。「kind: switch」とすること"
        ),
        What::Route { node, .. } => both!(
            "{en} leads packets of {from} to {to} ({what}): remove it, or let it `drop`",
            "{ja} により、{from} から {to} へのパケット（{what}）が {node} から先へ送られる。経路を削除するか「drop」とすること"
        ),
        What::Forwarder { node, gateway } => {
            let Phrase { en: mend, ja: mend_ja } = if *gateway {
                both!(
                    "let it relay only (drop `forwards: true`), or give it a `filter`",
                    "転送をやめて中継だけにする（「forwards: true」を消す）か、「filter」を設けること"
                )
            } else {
                both!(
                    "give it a `filter` that denies, or take it away from one of the two sides",
                    "拒否する「filter」を設けるか、どちらかの領域から切り離すること"
                )
            };
            both!(
                "{node} forwards packets from {from} to {to} ({what}) and no filter of it decides on them: {mend}",
                "{node} が {from} から {to} へのパケット（{what}）を、フィルターを通さずに転送する。{mend_ja}"
            )
        }
        What::Vlan { link, vlan, declared: true } => both!(
            "the link {link} carries VLAN {vlan}, so that {from} reaches {to} ({what}): take VLAN {vlan} off its `vlans`",
            "リンク {link} が VLAN {vlan} を通すため、{from} から {to} へ {what} で接続できる。「vlans」から {vlan} を外すること"
        ),
        What::Vlan { link, vlan, declared: false } => both!(
            "the link {link} carries every VLAN, {vlan} among them, so that {from} reaches {to} ({what}): declare its `vlans` without {vlan}",
            "リンク {link} がすべての VLAN（{vlan} を含む）を通すため、{from} から {to} へ {what} で接続できる。{vlan} を除いて「vlans」を宣言すること"
        ),
        What::Link { link } => both!(
            "over the link {link}, {from} opens {what} to {to}: remove it, or put a firewall there",
            "リンク {link} を通って、{from} から {to} へ {what} で接続できる。リンクを取り除くか、ファイアウォールを設けること"
        ),
        What::Segment { zone: of, .. } => {
            let Phrase { en: zone, ja: zone_ja } = zone(of);
            both!(
                "{en} holds endpoints of both sides, such as {from} and {to} ({what}): give those of {zone} a VLAN or a switch of their own",
                "{ja}に、{from} と {to} のように分けるべき領域の端点が同居している（{what}）。{zone_ja}の端点を別の VLAN またはスイッチに分けること"
            )
        }
        What::Relays { node } => both!(
            "{node} declares no `relays`, so it is taken to pass on everything, from {from} to {to}: declare \
             what it relays (`relays: []` for nothing), or give each side a machine of its own",
            "{node} に「relays」の宣言がないため、すべてを中継するとみなされ、{from} のデータが {to} に届く。\
             中継する内容を宣言する（何も中継しなければ「relays: []」）か、領域ごとに機器を分けること"
        ),
        What::Relay { raw, .. } => {
            let [how, how_ja] = unsanitised(*raw, "無害化せずに ");
            both!(
                "{en} passes data{how} from {from} to {to}: narrow it or remove it",
                "{ja} により、{from} のデータが {how_ja}{to} に届く。中継を絞るか削除すること"
            )
        }
    }
}
