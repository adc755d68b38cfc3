//! *Relay passes*: places where data may rest between two sessions. Spec, section 6.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::methods::MethodSet;
use super::selected::{Holders, NodeItem, Selected, node_items};
use crate::document::{SelectorItem, Spanned};
use crate::header::{ANY, EMPTY, SetId};
use crate::model::{Model, PeerSelector, Pools};
use crate::network::{ClassId, Network};

/// A relay pass of a class of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RelayPass {
    /// The class that relays.
    pub class: ClassId,
    /// The declared pass (index into [`Model::passes`]); `None`: undeclared, passes everything.
    pub pass: Option<u32>,
}

/// Classes that match one side of a pass, ascending, each with the addresses of the peer at which it does.
pub type Matches = Rc<[(ClassId, SetId)]>;

/// Relay passes that ask the same of their peers: one question serves them all.
pub struct RelayPassGroup {
    /// Their numbers in the list of relay passes, ascending; no class has two of them.
    pub relay_passes: Vec<u32>,
    /// Who data may come from, and by which services; `None`: from anybody.
    pub from: (Option<Matches>, SetId),
    /// Who data may go to, and by which services; `None`: to anybody.
    pub to: (Option<Matches>, SetId),
}

/// The relay passes of a network, declared ones first; sanitising passes only where asked for.
#[must_use]
pub fn relay_passes(model: &Model<'_>, network: &Network, sanitised_by: MethodSet) -> Vec<RelayPass> {
    let passes = (0_u32..).zip(&model.passes).filter(|(_, pass)| !sanitised_by.holds(pass.sanitise));
    // A node with relay entries is a class of its own.
    let declared = passes.filter_map(|(index, pass)| {
        let class = network.classes.of_node[pass.node as usize]?;
        Some(RelayPass { class, pass: Some(index) })
    });
    let mut out: Vec<RelayPass> = declared.collect();
    let undeclared = network.classes.ids().filter(|&id| passes_everything(model, network.classes.get(id).members[0]));
    out.extend(undeclared.map(|class| RelayPass { class, pass: None }));
    out
}

/// What one side of a pass asks of a peer, by what it means.
type Demand<'d> = (Vec<NodeItem<'d>>, SetId, SetId);

/// Relay passes in groups that ask the same of their peers, by their first relay passes.
#[must_use]
pub fn group<'d>(
    model: &Model<'d>,
    network: &Network,
    pools: &Pools,
    relay_passes: &[RelayPass],
) -> Vec<RelayPassGroup> {
    let mut peers =
        Peers { model, network, selected: Selected::new(model, network), holders: None, known: HashMap::default() };
    let mut groups: Vec<RelayPassGroup> = Vec::new();
    // A class with several passes that ask the same has each in another group.
    let mut index: HashMap<(Option<[Demand<'d>; 2]>, u32), usize> = HashMap::default();
    let mut earlier: HashMap<(ClassId, Option<[Demand<'d>; 2]>), u32> = HashMap::default();
    for (number, relay_pass) in (0_u32..).zip(relay_passes) {
        let pass = relay_pass.pass.map(|pass| &model.passes[pass as usize]);
        let demand = |side: &PeerSelector<'d>| (node_items(model, side.items), side.addresses, side.service);
        let demands = pass.map(|pass| [demand(&pass.from), demand(&pass.to)]);
        let turn = earlier.entry((relay_pass.class, demands.clone())).or_insert(0);
        let key = (demands, *turn);
        *turn += 1;
        let at = *index.entry(key).or_insert_with(|| {
            let mut side = |side: Option<&PeerSelector<'d>>| match side {
                None => (None, ANY),
                Some(side) => (Some(peers.matches(pools, side)), side.service),
            };
            let (from, to) = (side(pass.map(|pass| &pass.from)), side(pass.map(|pass| &pass.to)));
            groups.push(RelayPassGroup { relay_passes: Vec::new(), from, to });
            groups.len() - 1
        });
        groups[at].relay_passes.push(number);
    }
    groups
}

/// Finds the peers of relays.
struct Peers<'a, 'd> {
    model: &'a Model<'d>,
    network: &'a Network,
    selected: Selected<'a, 'd>,
    /// Classes by the addresses that they send from or receive at.
    holders: Option<Holders>,
    known: HashMap<(Vec<NodeItem<'d>>, SetId), Matches>,
}

impl<'d> Peers<'_, 'd> {
    fn matches(&mut self, pools: &Pools, side: &PeerSelector<'d>) -> Matches {
        let items = node_items(self.model, side.items);
        if let Some(known) = self.known.get(&(items.clone(), side.addresses)) {
            return Rc::clone(known);
        }
        let by_node = self.selected.classes(&items);
        let mut matches: Vec<(ClassId, SetId)> = by_node.iter().map(|&class| (class, ANY)).collect();
        if side.addresses != EMPTY {
            let (model, network) = (self.model, self.network);
            let holdings = |class: ClassId| {
                let class = network.classes.get(class);
                [class.sends, class.receives].into_iter().take(1 + usize::from(class.sends != class.receives))
            };
            // SOUNDNESS: where addresses are translated, a peer may be seen at addresses that are not its own.
            let touching: Vec<ClassId> = if model.nat.is_empty() {
                let holders = self.holders.get_or_insert_with(|| Holders::new(model, network, holdings));
                holders.touching(model, pools.address.get(side.addresses))
            } else {
                network.classes.ids().collect()
            };
            let touching = touching.into_iter();
            let by_address = touching.filter(|class| by_node.binary_search(class).is_err());
            matches.extend(by_address.map(|class| (class, side.addresses)));
            matches.sort_unstable();
        }
        let matches: Matches = matches.into();
        self.known.insert((items, side.addresses), Rc::clone(&matches));
        matches
    }
}

/// Whether an endpoint that declares no relays is taken to pass everything: what nobody vouched for leaks.
#[must_use]
pub fn passes_everything(model: &Model<'_>, node: u32) -> bool {
    let at = node as usize;
    let vouched_for = || model.labels.forwards[at] || model.tier(node).is_some();
    model.document.nodes[at].relays().is_none() && (model.document.breached || !vouched_for())
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
        SelectorItem::Addresses(_) | SelectorItem::Group(_) | SelectorItem::Fqdn(_) | SelectorItem::Not(_) => false,
    })
}

/// The addresses at which a peer matches one side of a pass: any, where the node itself is selected.
#[must_use]
pub fn peer_addresses(model: &Model<'_>, side: Option<&PeerSelector<'_>>, network: &Network, peer: ClassId) -> SetId {
    let Some(side) = side else { return ANY };
    if selects_node(model, side.items, network.classes.get(peer).members[0]) { ANY } else { side.addresses }
}
