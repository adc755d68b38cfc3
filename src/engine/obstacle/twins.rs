//! Endpoints that nothing tells apart but their ids, not even with obstacles thought away: they hang on the same nodes by links that say
//! the same. One of them stands for all.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap as HashMap;

use crate::document::{Kind, Vlans};
use crate::engine::route::Adjacency;
use crate::model::HoldingId;

/// What a link says to its far end: the node there, the VLANs of both ends, the native ones, whether it is one-way, and its
/// interface in the lists of that node.
type Hold<'d> = (u32, bool, [Option<&'d Vlans>; 2], Option<[u16; 2]>, bool, [u16; 2]);

/// What tells endpoints apart.
#[derive(PartialEq, Eq, Hash)]
struct Look<'d> {
    label: Option<u32>,
    kind: Kind,
    tags: &'d [Box<str>],
    holds: [HoldingId; 2],
    links: Vec<Hold<'d>>,
    /// A node that is like no other.
    own: Option<u32>,
}

/// One endpoint of each class, in the order of the document; `alone` are classes of their own.
pub(super) fn representatives(adjacency: &Adjacency<'_, '_>, alone: &BTreeSet<u32>) -> Vec<u32> {
    let model = adjacency.model();
    let individuals = model.individuals();
    let mut seen: HashMap<Look<'_>, ()> = HashMap::default();
    let mut out = Vec::new();
    for (node, value) in (0_u32..).zip(&model.document.nodes) {
        let at = node as usize;
        if !model.labels.endpoint[at] {
            continue;
        }
        let details = value.details.as_deref();
        let says = details
            .is_some_and(|it| it.filters.is_some() || it.relays.is_some() || it.routes.is_some() || it.nat.is_some());
        let own = model.labels.forwards[at] || individuals[at] || alone.contains(&node) || says;
        let mut links: Vec<Hold<'_>> = Vec::new();
        if !own {
            links.extend(adjacency.links_of(node).map(|(link, second)| {
                let document = &model.document.links[link.index()];
                let other = model.names.links[link.index()][usize::from(!second)];
                let name = adjacency.interface(link, !second);
                let names = model.interfaces.get(&other);
                let number = [name, model.id(node)].map(|name| names.map_or(0, |names| names.get(name)));
                let vlans = [document.vlans_at(usize::from(second)), document.vlans_at(usize::from(!second))];
                (other, second && document.one_way(), vlans, document.native(), document.one_way(), number)
            }));
            links.sort_unstable();
        }
        let look = Look {
            label: model.labels.labels[at],
            kind: value.kind,
            tags: &value.tags,
            holds: [model.sends[at], model.receives[at]],
            links,
            own: own.then_some(node),
        };
        if seen.insert(look, ()).is_none() {
            out.push(node);
        }
    }
    out
}
