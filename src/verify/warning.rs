//! Probable slips, and guesses made in the attacker's favour that touch many nodes at once.

mod address;
mod connected;
mod filter;
mod traffic;
mod word;

use crate::diagnostic::Diagnostics;
use crate::document::{Cidr, Kind, SelectorItem, Spanned};
use crate::engine::{Holders, Selected, node_items, passes_everything};
use crate::header::SetId;
use crate::language::Phrase;
use crate::model::Model;
use crate::network::{ClassId, Network};
use crate::policy::Policy;
use crate::source::Span;

/// Adds the warnings about a document that can be used.
pub fn add(model: &Model<'_>, network: &Network, policy: &Policy, diagnostics: &mut Diagnostics) {
    guesses(model, diagnostics);
    zones(model, diagnostics);
    switches(model, diagnostics);
    relays(model, network, diagnostics);
    exceptions(model, network, diagnostics);
    address::undeclared(model, diagnostics);
    address::duplicate(model, diagnostics);
    filter::uncovered(model, diagnostics);
    filter::unreachable(model, diagnostics);
    traffic::nothing(model, diagnostics);
    connected::unlinked(model, diagnostics);
    connected::unheard_vlans(model, diagnostics);
    connected::unfiltered_tiers(model, diagnostics);
    connected::routed_vlans(model, diagnostics);
    word::misspelt(model, policy, diagnostics);
}

/// Adds a warning with its help.
fn warn(diagnostics: &mut Diagnostics, code: &'static str, span: Span, message: (String, String), help: (&str, &str)) {
    let warning = diagnostics.warning(code, span, Phrase::new(message.0, message.1));
    warning.help = Some(Phrase::new(help.0, help.1));
}

fn id_span(model: &Model<'_>, node: u32) -> Span {
    model.document.id_span(&model.document.nodes[node as usize])
}

/// Nodes about which something had to be guessed, one warning for each kind of guess.
fn guesses(model: &Model<'_>, diagnostics: &mut Diagnostics) {
    let count = u32::try_from(model.document.nodes.len()).unwrap_or(u32::MAX);
    let endpoints = || (0..count).filter(|&node| model.labels.endpoint[node as usize]);
    let mut unlabelled =
        endpoints().filter(|&node| model.labels.labels[node as usize].is_none() && passes_everything(model, node));
    if let Some(first) = unlabelled.next() {
        let (count, id) = (1 + unlabelled.count(), model.id(first));
        warn(
            diagnostics,
            "unlabelled-endpoint",
            id_span(model, first),
            (
                match count {
                    1 => format!("{id} has neither a zone nor `relays` and is taken to pass on everything"),
                    count => format!(
                        "{count} endpoints without a zone and without `relays`, such as {id}, are taken to pass on everything"
                    ),
                },
                match count {
                    1 => format!("{id} には領域も「relays」もない。すべてを中継するとみなした"),
                    count => {
                        format!("領域も「relays」もない端点が {count} 件ある（{id} など）。すべてを中継するとみなした")
                    }
                },
            ),
            (
                "give them a `zone`, or declare what they relay",
                "「zone」を書くか、中継する内容を「relays」に宣言すること",
            ),
        );
    }
    let mut symbolic = endpoints().filter(|&node| model.is_symbolic(node));
    if let Some(first) = symbolic.next() {
        let (count, id) = (1 + symbolic.count(), model.id(first));
        warn(
            diagnostics,
            "symbolic-address",
            id_span(model, first),
            (
                match count {
                    1 => format!(
                        "the address of {id} is unknown: permit rules for networks are taken to mean it, deny rules are not"
                    ),
                    count => format!(
                        "the addresses of {count} endpoints, such as {id}, are unknown: permit rules for networks are taken to mean them, deny rules are not"
                    ),
                },
                match count {
                    1 => format!(
                        "{id} のアドレスが分からない。ネットワークに対する許可ルールには当たり、拒否ルールには当たらないとみなした"
                    ),
                    count => format!(
                        "アドレスの分からない端点が {count} 件ある（{id} など）。ネットワークに対する許可ルールには当たり、拒否ルールには当たらないとみなした"
                    ),
                },
            ),
            ("declare their `addresses`", "「addresses」を宣言すること"),
        );
    }
}

/// Zones that are declared and have nobody in them.
fn zones(model: &Model<'_>, diagnostics: &mut Diagnostics) {
    let mut used = vec![false; model.names.zones.len()];
    model.labels.labels.iter().flatten().for_each(|&zone| used[zone as usize] = true);
    for zone in &model.document.zones {
        if model.names.zone(&zone.id.value).is_some_and(|index| !used[index as usize]) {
            let id = &zone.id.value;
            warn(
                diagnostics,
                "empty-zone",
                zone.id.span,
                (format!("no node belongs to zone `{id}`"), format!("領域「{id}」に属するノードがない")),
                (
                    "check its `networks` and the addresses of the nodes, or remove the zone",
                    "「networks」とノードのアドレスを確かめるか、領域を削除すること",
                ),
            );
        }
    }
}

/// Switches with addresses in two zones: perhaps they route.
fn switches(model: &Model<'_>, diagnostics: &mut Diagnostics) {
    for (node, value) in (0_u32..).zip(&model.document.nodes).filter(|(_, value)| value.kind == Kind::Switch) {
        let zone = |cidr: Cidr| model.networks.zone_of(cidr);
        let mut zones: Vec<u32> = value.addresses.iter().filter_map(zone).collect();
        zones.sort_unstable();
        zones.dedup();
        if let [first, second, ..] = zones[..] {
            let (id, first, second) =
                (model.id(node), model.names.zones[first as usize], model.names.zones[second as usize]);
            warn(
                diagnostics,
                "switch-in-two-zones",
                id_span(model, node),
                (
                    format!("the switch `{id}` has addresses in the zones `{first}` and `{second}`"),
                    format!("スイッチ「{id}」は、領域「{first}」と「{second}」のアドレスを持つ"),
                ),
                (
                    "if it routes between them, it is an `l3-switch`",
                    "両者の間でルーティングするのであれば「kind: l3-switch」とすること",
                ),
            );
        }
    }
}

/// Whether a selector matches the node or an address of some class.
fn matches_somebody<'d>(
    model: &Model<'d>,
    selected: &mut Selected<'_, 'd>,
    holders: &Holders,
    items: &'d [Spanned<SelectorItem<'d>>],
    addresses: SetId,
) -> bool {
    !selected.classes(&node_items(model, items)).is_empty()
        || !holders.touching(model, model.pools.address.get(addresses)).is_empty()
}

fn relays(model: &Model<'_>, network: &Network, diagnostics: &mut Diagnostics) {
    if model.passes.is_empty() {
        return;
    }
    let mut selected = Selected::new(model, network);
    let class = |class: ClassId| network.classes.get(class);
    let holders = Holders::new(model, network, |id| [class(id).sends, class(id).receives]);
    for pass in model.passes.iter().filter(|pass| !pass.mirror) {
        for (side, key) in [(&pass.from, "from"), (&pass.to, "to")] {
            if matches_somebody(model, &mut selected, &holders, side.items, side.addresses) {
                continue;
            }
            let (id, number) = (model.id(pass.node), u64::from(pass.entry) + 1);
            warn(
                diagnostics,
                "relay-matches-nobody",
                side.items.first().map_or(Span::default(), |item| item.span),
                (
                    format!("`{key}` of relay #{number} of `{id}` matches no endpoint"),
                    format!("「{id}」の中継 #{number} の「{key}」に当たる端点がない"),
                ),
                ("correct it, or remove the entry", "訂正するか、この中継を削除すること"),
            );
        }
    }
}

fn exceptions(model: &Model<'_>, network: &Network, diagnostics: &mut Diagnostics) {
    if model.exceptions.is_empty() {
        return;
    }
    let mut selected = Selected::new(model, network);
    // Only single addresses that a node declares count.
    let declared = |class: ClassId| model.declared.get(network.classes.get(class).members[0] as usize).copied();
    let holders = Holders::new(model, network, declared);
    for (compiled, exception) in model.exceptions.iter().zip(&model.document.exceptions) {
        for (items, set, key) in
            [(compiled.from, compiled.from_addresses, "from"), (compiled.to, compiled.to_addresses, "to")]
        {
            if matches_somebody(model, &mut selected, &holders, items, set) {
                continue;
            }
            let id = &exception.id;
            warn(
                diagnostics,
                "exception-matches-nobody",
                items.first().map_or(exception.span, |item| item.span),
                (
                    format!("`{key}` of exception `{id}` matches no endpoint"),
                    format!("特定通信「{id}」の「{key}」に当たる端点がない"),
                ),
                (
                    "name the node (`node:ID`), or declare its address as a single one",
                    "ノードを「node:ID」で指定するか、ノードに単一のアドレスを宣言すること",
                ),
            );
        }
    }
}
