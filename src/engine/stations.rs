//! Relay nodes as *stations*: places where data may rest between two sessions. Spec, section 6.

use crate::document::{SelectorItem, Spanned};
use crate::model::{Model, PeerSelector};
use crate::network::{ClassId, Network};
use crate::space::{ANY, SetId};

/// A relay pass of a class of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Station {
    /// The class that relays.
    pub class: ClassId,
    /// The declared pass (index into [`Model::passes`]); `None`: undeclared, passes everything.
    pub pass: Option<u32>,
}

/// Stations with the same selectors.
#[derive(Clone, Debug)]
pub struct StationGroup {
    /// The declared pass; `None`: undeclared.
    pub pass: Option<u32>,
    /// The classes.
    pub classes: Vec<ClassId>,
}

/// The stations of a network; sanitising passes only where asked for.
#[must_use]
pub fn station_groups(model: &Model<'_>, network: &Network, raw_only: bool) -> Vec<StationGroup> {
    let mut groups = Vec::new();
    for (index, pass) in (0_u32..).zip(&model.passes) {
        if raw_only && pass.sanitise.is_some() {
            continue;
        }
        // A node with relay entries is a class of its own.
        if let Some(class) = network.classes.of_node[pass.node as usize] {
            groups.push(StationGroup { pass: Some(index), classes: vec![class] });
        }
    }
    let undeclared: Vec<ClassId> =
        network.classes.ids().filter(|&id| passes_everything(model, network.classes.get(id).members[0])).collect();
    if !undeclared.is_empty() {
        groups.push(StationGroup { pass: None, classes: undeclared });
    }
    groups
}

/// Whether an endpoint that declares no relays is taken to pass everything: what nobody vouched for leaks.
#[must_use]
pub fn passes_everything(model: &Model<'_>, node: u32) -> bool {
    let at = node as usize;
    let tier = model.labels.labels[at].is_some_and(|zone| zone < 3);
    model.document.nodes[at].relays().is_none() && !model.labels.forwards[at] && !tier
}

/// Whether items that look at nodes select this one.
#[must_use]
pub fn selects_node(model: &Model<'_>, items: &[Spanned<SelectorItem<'_>>], node: u32) -> bool {
    let value = &model.document.nodes[node as usize];
    items.iter().any(|item| match &item.value {
        SelectorItem::Any => true,
        SelectorItem::Node(id) => *id == model.id(node),
        SelectorItem::Zone(id) => model.names.zone(id) == model.labels.labels[node as usize],
        SelectorItem::Kind(kind) => *kind == value.kind,
        SelectorItem::Tag(tag) => value.tags.iter().any(|word| **word == **tag),
        SelectorItem::Addresses(_) | SelectorItem::Group(_) => false,
    })
}

/// The addresses at which a peer matches one side of a pass: any, where the node itself is selected.
#[must_use]
pub fn peer_addresses(model: &Model<'_>, side: Option<&PeerSelector<'_>>, network: &Network, peer: ClassId) -> SetId {
    let Some(side) = side else { return ANY };
    if selects_node(model, side.items, network.classes.get(peer).members[0]) { ANY } else { side.addresses }
}
