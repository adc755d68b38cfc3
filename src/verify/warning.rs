//! Probable slips, and guesses made in the attacker's favour that touch many nodes at once.

mod address;
mod connected;
mod destination;
mod filter;
mod together;
mod traffic;
mod tunnel;
mod word;

use crate::document::{Cidr, Filter, Kind, SelectorItem, Spanned};
use crate::engine::{Holders, Selected, node_items, passes_everything};
use crate::header::SetId;
use crate::model::Model;
use crate::network::{ClassId, Network};
use crate::number::number;
use crate::policy::{Asked, Policy};
use crate::report::slip::Slip;
use crate::source::Span;
use crate::verify::show::called;

pub use destination::names_multicast;

/// What is told of, and where; 0..0: of the document as a whole.
pub type Slips = Vec<(Span, Slip)>;

/// The slips in a document that can be used.
pub fn find(model: &Model<'_>, network: &Network, policy: &Policy) -> Slips {
    let mut slips = Slips::new();
    guesses(model, &mut slips);
    expectations(model, policy, &mut slips);
    zones(model, &mut slips);
    switches(model, &mut slips);
    relays(model, network, &mut slips);
    exceptions(model, network, &mut slips);
    address::undeclared(model, &mut slips);
    address::duplicate(model, &mut slips);
    destination::unreceived(model, &mut slips);
    filter::uncovered(model, &mut slips);
    filter::unreachable(model, &mut slips);
    together::both_must(model, &mut slips);
    traffic::nothing(model, &mut slips);
    tunnel::unjoined(model, &mut slips);
    connected::unlinked(model, &mut slips);
    connected::unheard_vlans(model, &mut slips);
    connected::unfiltered_tiers(model, &mut slips);
    connected::routed_vlans(model, &mut slips);
    word::misspelt(model, policy, &mut slips);
    slips
}

fn id_span(model: &Model<'_>, node: u32) -> Span {
    model.document.id_span(&model.document.nodes[node as usize])
}

/// A rule of a filter: its id, or its number from 1.
fn rule_name(filter: &Filter<'_>, rule: usize) -> String {
    called(filter.rules[rule].id.as_deref(), rule)
}

/// Nodes about which something had to be guessed, one warning for each kind of guess.
fn guesses(model: &Model<'_>, slips: &mut Slips) {
    let count = number(model.document.nodes.len());
    let endpoints = || (0..count).filter(|&node| model.labels.endpoint[node as usize]);
    let mut unlabelled =
        endpoints().filter(|&node| model.labels.labels[node as usize].is_none() && passes_everything(model, node));
    if let Some(first) = unlabelled.next() {
        let (node, endpoints) = (model.id(first).to_owned(), 1 + unlabelled.count() as u64);
        slips.push((id_span(model, first), Slip::UnlabelledEndpoint { node, endpoints }));
    }
    let mut symbolic = endpoints().filter(|&node| model.is_symbolic(node));
    if let Some(first) = symbolic.next() {
        let (node, endpoints) = (model.id(first).to_owned(), 1 + symbolic.count() as u64);
        slips.push((id_span(model, first), Slip::SymbolicAddress { node, endpoints }));
    }
}

/// Expectations that nothing in the policy asks about.
fn expectations(model: &Model<'_>, policy: &Policy, slips: &mut Slips) {
    let expects = &model.document.expects;
    let asks = policy.requirements.iter().any(|requirement| matches!(requirement.asked, Asked::Expects));
    if let Some(first) = expects.first().filter(|_| !asks) {
        let (expectation, more) = (first.id.to_string(), expects.len() as u64 - 1);
        slips.push((first.span, Slip::UnaskedExpectation { expectation, more }));
    }
}

/// Zones that are declared and have nobody in them.
fn zones(model: &Model<'_>, slips: &mut Slips) {
    let mut used = vec![false; model.names.zones.len()];
    model.labels.labels.iter().flatten().for_each(|&zone| used[zone as usize] = true);
    for zone in &model.document.zones {
        if model.names.zone(&zone.id.value).is_some_and(|index| !used[index as usize]) {
            slips.push((zone.id.span, Slip::EmptyZone { zone: zone.id.value.to_string() }));
        }
    }
}

/// Switches with addresses in two zones: perhaps they route.
fn switches(model: &Model<'_>, slips: &mut Slips) {
    for (node, value) in (0_u32..).zip(&model.document.nodes).filter(|(_, value)| value.kind == Kind::Switch) {
        let zone = |cidr: Cidr| model.networks.zone_of(cidr);
        let mut zones: Vec<u32> = value.addresses.iter().filter_map(zone).collect();
        zones.sort_unstable();
        zones.dedup();
        if let [first, second, ..] = zones[..] {
            let zones = [first, second].map(|zone| model.names.zones[zone as usize].to_owned());
            slips.push((id_span(model, node), Slip::SwitchInTwoZones { switch: model.id(node).to_owned(), zones }));
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

fn relays(model: &Model<'_>, network: &Network, slips: &mut Slips) {
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
            let (node, entry) = (model.id(pass.node).to_owned(), u64::from(pass.entry) + 1);
            let span = side.items.first().map_or(Span::default(), |item| item.span);
            slips.push((span, Slip::RelayMatchesNobody { key, entry, node }));
        }
    }
}

fn exceptions(model: &Model<'_>, network: &Network, slips: &mut Slips) {
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
            let span = items.first().map_or(exception.span, |item| item.span);
            slips.push((span, Slip::ExceptionMatchesNobody { key, exception: exception.id.to_string() }));
        }
    }
}
