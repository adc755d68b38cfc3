//! What a finding says of the elements that its tuples hang on: what lets what through, how to mend it, and what is left then.

use super::show::{Show, service};
use super::weigh::{Blame, Group, Shown};
use crate::document::Kind;
use crate::engine::trace::{Way, Witness};
use crate::language::Phrase;
use crate::report;
use crate::session::Element;

/// The elements as data.
pub fn culprit(show: Show<'_, '_, '_>, blame: &Blame) -> report::Cause {
    let shown = match blame.shown {
        Shown::Decided { gone, left } => report::Shown::Decided { gone, left },
        Shown::Untried => report::Shown::Untried,
        Shown::Unexplained => report::Shown::Unexplained,
    };
    report::Cause { elements: blame.elements.iter().map(|element| element_of(show, element)).collect(), shown }
}

fn element_of(show: Show<'_, '_, '_>, element: &Element) -> report::Element {
    let node = |node: u32| Some(show.id(node).to_owned());
    let filter_of = |at: u32, filter: u32| match show.filter(at, filter).and_then(|filter| filter.name.as_deref()) {
        Some(name) => Some(name.to_owned()),
        None => Some(format!("#{}", u64::from(filter) + 1)),
    };
    let mut out = report::Element {
        kind: kind(element),
        node: None,
        filter: None,
        rule: None,
        entry: None,
        link: None,
        vlan: None,
        zone: None,
        exception: None,
        transfer: None,
        location: show.element_at(element),
    };
    match *element {
        Element::Exception(at) => out.exception = Some(show.model.document.exceptions[at as usize].id.to_string()),
        Element::Transfer(at) => out.transfer = Some(show.transfer(at).to_owned()),
        Element::Rule { node: at, filter, rule } => {
            (out.node, out.filter, out.rule) = (node(at), filter_of(at, filter), Some(show.rule(at, filter, rule)));
        }
        Element::Default { node: at, filter } => (out.node, out.filter) = (node(at), filter_of(at, filter)),
        Element::RelayEntry { node: at, entry } | Element::Route { node: at, route: entry } => {
            (out.node, out.entry) = (node(at), Some(u64::from(entry) + 1));
        }
        Element::RoutedVlan { node: at, vlan } => (out.node, out.vlan) = (node(at), Some(vlan)),
        Element::Vlan { link, vlan } => (out.link, out.vlan) = (Some(show.link(link)), Some(vlan)),
        Element::Relays { node: at } | Element::Forwarder { node: at } | Element::Routing { node: at } => {
            out.node = node(at);
        }
        Element::Segment { node: at, vlan, zone } => {
            out.node = node(at);
            out.vlan = Some(vlan).filter(|_| show.uses_vlans());
            out.zone = Some(show.model.names.zones[zone as usize].to_owned());
        }
        Element::Link(link) => out.link = Some(show.link(link)),
    }
    out
}

/// The kind of an element, in a word.
pub const fn kind(element: &Element) -> &'static str {
    match element {
        Element::Exception(_) => "exception",
        Element::Transfer(_) => "transfer",
        Element::Rule { .. } => "rule",
        Element::Default { .. } => "default",
        Element::RelayEntry { .. } => "relay",
        Element::RoutedVlan { .. } => "routed-vlan",
        Element::Vlan { .. } => "vlan",
        Element::Route { .. } => "route",
        Element::Relays { .. } => "relays",
        Element::Forwarder { .. } => "forwarder",
        Element::Routing { .. } => "routing",
        Element::Segment { .. } => "segment",
        Element::Link(_) => "link",
    }
}

/// What is left after the mend, or why nobody knows.
fn after(shown: Shown) -> Phrase {
    match shown {
        Shown::Decided { left: 0, .. } => {
            Phrase::new("; once mended, nothing is left", "。これを直せば、この要件に違反する組は残らない")
        }
        Shown::Decided { left: 1, .. } => {
            Phrase::new("; once mended, 1 tuple is left", "。これを直しても、この要件に違反する組が 1 件残る")
        }
        Shown::Decided { left, .. } => Phrase::new(
            format!("; once mended, {left} tuples are left"),
            format!("。これを直しても、この要件に違反する組が {left} 件残る"),
        ),
        Shown::Untried => Phrase::new(
            "; likely only: this was not shown by deciding again without it",
            "。これは推定である（除いて判定し直すことによる確認はしていない）",
        ),
        Shown::Unexplained => Phrase::new(
            "; not it alone: no few places were found that mend it",
            "。原因はこれだけではない（少数の箇所を直すだけで済む組み合わせは見つからなかった）",
        ),
    }
}

/// What leaks through what, how to mend it, and what is left then.
pub fn message(show: Show<'_, '_, '_>, blame: &Blame, group: &Group, witness: &Witness) -> Phrase {
    let after = after(blame.shown);
    let said = match blame.elements.as_slice() {
        [element] => {
            let candidate = group.candidates.iter().find(|one| one.element == *element);
            one(show, element, witness, candidate.map_or(0, |candidate| candidate.session))
        }
        elements => {
            let (first, last) = (witness.nodes[0], witness.nodes[witness.nodes.len() - 1]);
            let (first, last) = (show.id(first), show.id(last));
            let names: Vec<Phrase> = elements.iter().map(|element| name(show, element)).collect();
            let en: Vec<&str> = names.iter().map(|name| name.en.as_str()).collect();
            let ja: Vec<&str> = names.iter().map(|name| name.ja.as_str()).collect();
            let count = elements.len();
            Phrase::new(
                format!(
                    "data of {first} reaches {last} by each of {count} places, mend all of them: {}",
                    en.join("; ")
                ),
                format!(
                    "{first} のデータは {count} か所のいずれからでも {last} に届く。すべて直すること: {}",
                    ja.join("、")
                ),
            )
        }
    };
    let en = if blame.elements.len() > 1 {
        after.en.replace("without it", "without them").replace("not it alone", "not they alone")
    } else {
        after.en
    };
    Phrase::new(format!("{}{en}", said.en), format!("{}{}", said.ja, after.ja))
}

/// An element by name.
fn name(show: Show<'_, '_, '_>, element: &Element) -> Phrase {
    match *element {
        Element::Exception(at) => {
            let id = &show.model.document.exceptions[at as usize].id;
            Phrase::new(format!("exception {id}"), format!("特定通信 {id}"))
        }
        Element::Transfer(at) => {
            let id = show.transfer(at);
            Phrase::new(format!("transfer {id}"), format!("受渡し {id}"))
        }
        Element::Rule { node, filter, rule } => {
            let (rule, node) = (show.rule(node, filter, rule), show.id(node));
            Phrase::new(format!("rule {rule} of {node}"), format!("{node} のルール {rule}"))
        }
        Element::Default { node: at, filter } => {
            let node = show.id(at);
            match show.filter(at, filter).and_then(|filter| filter.name.as_deref()) {
                Some(name) => Phrase::new(
                    format!("the default of filter {name} of {node}"),
                    format!("{node} のフィルター {name} の既定動作"),
                ),
                None => Phrase::new(
                    format!("the default of the filter of {node}"),
                    format!("{node} のフィルターの既定動作"),
                ),
            }
        }
        Element::RelayEntry { node, entry } => {
            let (node, number) = (show.id(node), u64::from(entry) + 1);
            Phrase::new(format!("relay #{number} of {node}"), format!("{node} の中継 #{number}"))
        }
        Element::RoutedVlan { node, vlan } => {
            let node = show.id(node);
            Phrase::new(
                format!("VLAN {vlan} among the `routed_vlans` of {node}"),
                format!("{node} の「routed_vlans」の VLAN {vlan}"),
            )
        }
        Element::Vlan { link, vlan } => {
            let link = show.link(link);
            Phrase::new(format!("VLAN {vlan} of the link {link}"), format!("リンク {link} の VLAN {vlan}"))
        }
        Element::Route { node, route } => {
            let (node, number) = (show.id(node), u64::from(route) + 1);
            Phrase::new(format!("route #{number} of {node}"), format!("{node} の経路 #{number}"))
        }
        Element::Relays { node } => {
            let node = show.id(node);
            Phrase::new(format!("that {node} declares no `relays`"), format!("{node} に「relays」の宣言がないこと"))
        }
        Element::Forwarder { node } => {
            let node = show.id(node);
            Phrase::new(
                format!("that {node} forwards without a filter"),
                format!("{node} がフィルターなしで転送すること"),
            )
        }
        Element::Routing { node } => {
            let node = show.id(node);
            Phrase::new(format!("that {node} routes"), format!("{node} がルーティングすること"))
        }
        Element::Segment { node: at, vlan, .. } => {
            let node = show.id(at);
            if show.uses_vlans() {
                Phrase::new(format!("VLAN {vlan} of {node}"), format!("{node} の VLAN {vlan}"))
            } else {
                Phrase::new(format!("the segment of {node}"), format!("{node} のセグメント"))
            }
        }
        Element::Link(link) => {
            let link = show.link(link);
            Phrase::new(format!("the link {link}"), format!("リンク {link}"))
        }
    }
}

/// What one element lets through, and how to mend it.
fn one(show: Show<'_, '_, '_>, element: &Element, witness: &Witness, session: usize) -> Phrase {
    let session = &witness.sessions[session.min(witness.sessions.len() - 1)];
    let (from, to) = (show.id(session.from), show.id(session.to));
    let what = session.packet().map_or_else(|| "transfer".to_owned(), |packet| service(&packet));
    let Phrase { en, ja } = name(show, element);
    let details = |node: u32| show.model.document.nodes[node as usize].details.as_deref();
    match *element {
        Element::Exception(_) if session.packet().is_none() => Phrase::new(
            format!(
                "{en} is for it, and data is carried from {from} to {to}: exchange the peer, have the exception `attested`, or drop it with the transfer"
            ),
            format!(
                "{ja} の相手であり、{from} から {to} へデータが持ち運ばれる。相手を替えるか、「attested」を宣言するか、特定通信を受渡しとともに削除すること"
            ),
        ),
        Element::Transfer(at) => {
            let raw = show.model.document.transfers[at as usize].sanitise.is_none();
            let (how_en, how_ja) = if raw { (" unsanitised", "無害化されずに ") } else { ("", "") };
            Phrase::new(
                format!("{en} carries data{how_en} from {from} to {to}: narrow it or remove it"),
                format!(
                    "{ja} により、{from} のデータが {how_ja}{to} に持ち運ばれる。受渡しの範囲を絞るか取りやめること"
                ),
            )
        }
        Element::Exception(_) => Phrase::new(
            format!(
                "{en} is for it, and {from} opens {what} to {to}: exchange the peer, have the exception `attested`, or drop it with its rules"
            ),
            format!(
                "{ja} の相手であり、{from} から {to} へ {what} で接続できる。相手を替えるか、「attested」を宣言するか、特定通信をルールとともに削除すること"
            ),
        ),
        Element::Rule { .. } => Phrase::new(
            format!("{en} lets {from} open {what} to {to}: narrow it or remove it"),
            format!("{ja} により、{from} から {to} へ {what} で接続できる。ルールを絞るか削除すること"),
        ),
        Element::Default { .. } => Phrase::new(
            format!("{en} lets {from} open {what} to {to}: set `default: deny` and permit what is needed"),
            format!(
                "{ja}により、{from} から {to} へ {what} で接続できる。「default: deny」とし、必要な通信だけを許可すること"
            ),
        ),
        Element::RoutedVlan { node, vlan } => {
            let id = show.id(node);
            let other = routed_to(witness, node, vlan);
            let declared = details(node).is_some_and(|details| details.routed_vlans.is_some());
            let (between_en, between_ja) = match other {
                Some(other) => {
                    (format!("between VLAN {vlan} and VLAN {other}"), format!("VLAN {vlan} と VLAN {other} の間"))
                }
                None => (format!("VLAN {vlan}"), format!("VLAN {vlan}")),
            };
            let (mend_en, mend_ja) = if declared {
                (
                    format!("take VLAN {vlan} out of its `routed_vlans`"),
                    format!("「routed_vlans」から VLAN {vlan} を外すること"),
                )
            } else {
                (
                    format!("declare `routed_vlans` without VLAN {vlan}"),
                    format!("VLAN {vlan} を除いて「routed_vlans」を宣言すること"),
                )
            };
            Phrase::new(
                format!("{id} routes {between_en}, so that {from} opens {what} to {to}: {mend_en}"),
                format!(
                    "{id} が {between_ja}をルーティングするため、{from} から {to} へ {what} で接続できる。{mend_ja}"
                ),
            )
        }
        Element::Routing { node } => {
            let id = show.id(node);
            Phrase::new(
                format!(
                    "{id} routes between all of its links, so that {from} opens {what} to {to}: make it a `switch`"
                ),
                format!(
                    "{id} がすべてのリンクの間をルーティングするため、{from} から {to} へ {what} で接続できる。「kind: switch」とすること"
                ),
            )
        }
        Element::Route { node, .. } => {
            let id = show.id(node);
            Phrase::new(
                format!("{en} leads packets of {from} to {to} ({what}): remove it, or let it `drop`"),
                format!(
                    "{ja} により、{from} から {to} へのパケット（{what}）が {id} から先へ送られる。経路を削除するか「drop」とすること"
                ),
            )
        }
        Element::Forwarder { node } => {
            let id = show.id(node);
            let gateway = show.model.document.nodes[node as usize].kind == Kind::Gateway;
            let (mend_en, mend_ja) = if gateway {
                (
                    "let it relay only (drop `forwards: true`), or give it a `filter`",
                    "転送をやめて中継だけにする（「forwards: true」を消す）か、「filter」を設けること",
                )
            } else {
                (
                    "give it a `filter` that denies, or take it away from one of the two sides",
                    "拒否する「filter」を設けるか、どちらかの領域から切り離すること",
                )
            };
            Phrase::new(
                format!(
                    "{id} forwards packets from {from} to {to} ({what}) and no filter of it decides on them: {mend_en}"
                ),
                format!("{id} が {from} から {to} へのパケット（{what}）を、フィルターを通さずに転送する。{mend_ja}"),
            )
        }
        Element::Vlan { link, vlan } => {
            let name = show.link(link);
            if show.model.document.links[link as usize].vlan_lists().next().is_some() {
                Phrase::new(
                    format!(
                        "the link {name} carries VLAN {vlan}, so that {from} reaches {to} ({what}): take VLAN {vlan} off its `vlans`"
                    ),
                    format!(
                        "リンク {name} が VLAN {vlan} を通すため、{from} から {to} へ {what} で接続できる。「vlans」から {vlan} を外すること"
                    ),
                )
            } else {
                Phrase::new(
                    format!(
                        "the link {name} carries every VLAN, {vlan} among them, so that {from} reaches {to} ({what}): declare its `vlans` without {vlan}"
                    ),
                    format!(
                        "リンク {name} がすべての VLAN（{vlan} を含む）を通すため、{from} から {to} へ {what} で接続できる。{vlan} を除いて「vlans」を宣言すること"
                    ),
                )
            }
        }
        Element::Link(link) => {
            let name = show.link(link);
            Phrase::new(
                format!("over the link {name}, {from} opens {what} to {to}: remove it, or put a firewall there"),
                format!(
                    "リンク {name} を通って、{from} から {to} へ {what} で接続できる。リンクを取り除くか、ファイアウォールを設けること"
                ),
            )
        }
        Element::Segment { zone, .. } => {
            let [zone_en, zone_ja] = show.zone(Some(zone));
            Phrase::new(
                format!(
                    "{en} holds endpoints of both sides, such as {from} and {to} ({what}): give those of {zone_en} a VLAN or a switch of their own"
                ),
                format!(
                    "{ja}に、{from} と {to} のように分けるべき領域の端点が同居している（{what}）。{zone_ja}の端点を別の VLAN またはスイッチに分けること"
                ),
            )
        }
        Element::Relays { node } | Element::RelayEntry { node, .. } => {
            let id = show.id(node);
            let (first, last) = (witness.nodes[0], witness.nodes[witness.nodes.len() - 1]);
            let (first, last) = (show.id(first), show.id(last));
            let Element::RelayEntry { entry, .. } = *element else {
                return Phrase::new(
                    format!(
                        "{id} declares no `relays`, so it is taken to pass on everything, from {first} to {last}: declare \
                         what it relays (`relays: []` for nothing), or give each side a machine of its own"
                    ),
                    format!(
                        "{id} に「relays」の宣言がないため、すべてを中継するとみなされ、{first} のデータが {last} に届く。\
                         中継する内容を宣言する（何も中継しなければ「relays: []」）か、領域ごとに機器を分けること"
                    ),
                );
            };
            let relays = details(node).and_then(|details| details.relays.as_deref()).unwrap_or_default();
            let raw = relays.get(entry as usize).is_none_or(|relay| relay.sanitise.is_none());
            let (how_en, how_ja) = if raw { (" unsanitised", "無害化せずに ") } else { ("", "") };
            Phrase::new(
                format!("{en} passes data{how_en} from {first} to {last}: narrow it or remove it"),
                format!("{ja} により、{first} のデータが {how_ja}{last} に届く。中継を絞るか削除すること"),
            )
        }
    }
}

/// The VLAN that a witness passes an l3-switch to or from, beside one.
fn routed_to(witness: &Witness, node: u32, vlan: u16) -> Option<u16> {
    let hops = witness.sessions.iter().flat_map(|session| &session.hops);
    let l3_links = hops.filter(|hop| hop.node == node).filter_map(|hop| match hop.way {
        Some(Way::Joint(Some(tag))) => Some(tag),
        _ => None,
    });
    let tags: Vec<u16> = l3_links.collect();
    tags.contains(&vlan).then(|| tags.into_iter().find(|&tag| tag != vlan)).flatten()
}
