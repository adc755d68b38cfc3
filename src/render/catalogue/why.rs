//! Obstacles, and what would have to change.

use super::Sentence;
use crate::language::Phrase;
use crate::report::address_and_port;
use crate::report::why::{Cause, Lets, Obstacle, Stop};

/// `tcp 10.20.1.9 -> 10.10.1.5:445`: what a rule would permit.
fn permitted(one: &Obstacle) -> String {
    one.packet.as_ref().map_or_else(String::new, |packet| {
        let destination = address_and_port(&packet.destination, packet.destination_port);
        format!("{} {} -> {destination}", packet.protocol, packet.source)
    })
}

/// ` of the filter X`, 「のフィルター X 」.
fn of_filter(filter: &Option<String>) -> [String; 2] {
    filter
        .as_ref()
        .map_or_else(Default::default, |name| [format!(" of the filter {name}"), format!("フィルター {name} の")])
}

impl Sentence for Obstacle {
    fn phrase(&self) -> Phrase {
        let packet = permitted(self);
        match &self.stop {
            Stop::Rule { node, filter, rule } => {
                let [of, of_ja] = of_filter(filter);
                both!(
                    "{node}: rule {rule}{of} denies it: put a rule before it that permits {packet}",
                    "{node}: {of_ja}ルール {rule} が拒否している。その前に {packet} を許可するルールを置く"
                )
            }
            Stop::Default { node, filter } => {
                let [of, of_ja] = of_filter(filter);
                both!(
                    "{node}: no rule{of} permits it, and the default denies: add a rule that permits {packet}",
                    "{node}: {of_ja}どのルールも許可せず、既定の動作が拒否している。{packet} を許可するルールを加える"
                )
            }
            Stop::Route { node, interface } => both!(
                "{node}: its routes do not lead there by {interface}: add a route for {packet} with `via` {interface}",
                "{node}: 経路がインターフェース {interface} に向いていない。{packet} のための経路（`via`: {interface}）を加える"
            ),
            Stop::Translation { node, entry } => both!(
                "{node}: the translation {entry} changes it: put an entry before it that keeps {packet}",
                "{node}: アドレス変換 {entry} が書き換えている。その前に {packet} をそのままにするエントリーを置く"
            ),
            Stop::Vlan { link, vlan } => both!(
                "the link {link} does not carry VLAN {vlan}: add it to its `vlans`",
                "リンク {link} が VLAN {vlan} を通さない。`vlans` に加える"
            ),
            Stop::RoutedVlan { node, vlan } => both!(
                "{node}: does not route VLAN {vlan}: add it to `routed_vlans`",
                "{node}: VLAN {vlan} をルーティングしていない。`routed_vlans` に加える"
            ),
            Stop::OneWay { link } => both!(
                "the link {link} is one-way: it would have to carry packets or replies the other way too",
                "リンク {link} は一方向である。逆向きのパケットまたは応答も通す必要がある"
            ),
            Stop::Relay { node, from, to, declared: true } => both!(
                "{node}: passes nothing of the kind on from {from} to {to}: declare it in `relays`",
                "{node}: {from} から {to} への中継を宣言していない。`relays` に加える"
            ),
            Stop::Relay { node, from, to, declared: false } => both!(
                "{node}: is taken to pass nothing on, from {from} to {to} neither: declare it in `relays`",
                "{node}: {from} から {to} へ、何も中継しないとみなされている。`relays` に宣言する"
            ),
            Stop::NoLink { from, to } => both!(
                "no links lead from {from} to {to}: one is missing",
                "{from} から {to} へ続くリンクがない。リンクが一本足りない"
            ),
        }
    }
}

impl Sentence for Cause {
    fn phrase(&self) -> Phrase {
        match &self.lets {
            Lets::Rule { node, filter, rule } => {
                let [of, of_ja] = of_filter(filter);
                both!("{node}: rule {rule}{of} permits it", "{node}: {of_ja}ルール {rule} が許可している")
            }
            Lets::Default { node, filter } => {
                let [of, of_ja] = of_filter(filter);
                both!("{node}: the default{of} permits it", "{node}: {of_ja}既定の動作が許可している")
            }
            Lets::Transfer { id } => both!("the transfer {id} carries it", "受渡し {id} が運んでいる"),
            Lets::Entry { node, entry } => {
                both!(
                    "{node}: passes it on, by entry {entry} of `relays`",
                    "{node}: `relays` の {entry} 番目により中継する"
                )
            }
            Lets::Undeclared { node } => both!(
                "{node}: declares no `relays`, and is taken to pass everything on",
                "{node}: `relays` の記載がなく、何でも中継するとみなされている"
            ),
            Lets::Vlan { link, vlan } => {
                both!("the link {link} carries VLAN {vlan}", "リンク {link} が VLAN {vlan} を通している")
            }
            Lets::RoutedVlan { node, vlan } => {
                both!("{node}: routes VLAN {vlan}", "{node}: VLAN {vlan} をルーティングしている")
            }
            Lets::Link { link } => both!("the link {link}", "リンク {link}"),
        }
    }
}
