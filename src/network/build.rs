//! From a topology to a network: places and guards, then components, and the endpoints by where they are.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::classes::Grouping;
use super::forwarding::{Forwarding, View, side};
use super::guard::{GuardId, Guards, TRUE};
use super::{Access, Classes, ComponentGraph, Network};
use crate::model::Model;
use crate::network::condensation::Builder;
use crate::number::number;
use crate::topology::{DeviceId, InterfacePair, NONE, Topology};

/// The network of a model; `gone`, ascending, are nodes that packets neither enter, leave nor end at.
pub(super) fn build(topology: &Arc<Topology>, model: &Model<'_>, gone: &[u32]) -> Network {
    assert!(gone.iter().all(|node| topology.removable.binary_search(node).is_ok()));
    let mut guards = Guards::new();
    let mut view = View::new(topology, gone);
    let (all, places) = graph(model, &view, gone, &mut guards);
    let mut graphs = vec![all];
    let mut all_places = vec![places];
    if topology.has_one_way {
        view.with_one_way = false;
        let (two_way, places) = graph(model, &view, gone, &mut guards);
        graphs.push(two_way);
        all_places.push(places);
    }
    let mut classes = Classes { of_node: vec![None; topology.node_count()], ..Classes::default() };
    let mut accesses = Accesses::new(topology, &all_places);
    let mut grouping = Grouping::new(topology);
    let mut gone = gone.iter().copied().peekable();
    for &node in &topology.endpoints {
        while gone.next_if(|&next| next < node).is_some() {}
        if gone.peek() == Some(&node) {
            continue;
        }
        // Most endpoints are alike to the one before on the same attachment.
        let attachment = accesses.only_attachment(node);
        let signature = topology.signatures.of(node);
        let class = grouping.at_attachment(attachment, signature).unwrap_or_else(|| {
            let first = accesses.of(0, node, &mut classes);
            let second = if topology.has_one_way { accesses.of(1, node, &mut classes) } else { first };
            grouping.find(model, &mut classes, node, [first, second], attachment)
        });
        classes.list[class.index()].members.push(node);
        classes.of_node[node as usize] = Some(class);
    }
    guards.seal();
    let mut graphs = graphs.into_iter();
    let (all, two_way) = (graphs.next().unwrap_or_default(), graphs.next());
    Network { all, two_way, guards, classes, topology: Arc::clone(topology) }
}

/// Components that endpoints emit into and take from.
#[derive(Clone, Default)]
struct Places {
    emits: Vec<(u32, GuardId)>,
    takes: Vec<(u32, GuardId)>,
}

/// Where endpoints are in one graph.
struct AllPlaces {
    /// By attachment, and then those of `own`.
    list: Vec<Places>,
    /// What endpoints have besides attachments: those that forward, and those that links join to each other.
    own: HashMap<u32, Vec<u32>>,
}

impl AllPlaces {
    fn add(&mut self, node: u32, places: Places) {
        self.own.entry(node).or_default().push(number(self.list.len()));
        self.list.push(places);
    }
}

/// Numbers for the distinct accesses. Most endpoints have one attachment, which hundreds of others share, so that few
/// accesses are ever built.
struct Accesses<'p> {
    topology: &'p Topology,
    places: &'p [AllPlaces],
    /// By attachment, for each graph; [`NONE`]: not asked for yet.
    single: Vec<Vec<u32>>,
    index: HashMap<Access, u32>,
}

impl<'p> Accesses<'p> {
    fn new(topology: &'p Topology, places: &'p [AllPlaces]) -> Self {
        let single = places.iter().map(|_| vec![NONE; topology.attachments.len()]).collect();
        Self { topology, places, single, index: HashMap::default() }
    }

    /// The attachment of an endpoint that has one, and is nowhere else; else [`NONE`].
    fn only_attachment(&self, node: u32) -> u32 {
        let first = self.topology.first_attachment[node as usize];
        let elsewhere = |places: &AllPlaces| !places.own.is_empty() && places.own.contains_key(&node);
        let others = &self.topology.other_attachments;
        let several = !others.is_empty() && others.contains_key(&node);
        if several || self.places.iter().any(elsewhere) { NONE } else { first }
    }

    fn of(&mut self, graph: usize, node: u32, classes: &mut Classes) -> u32 {
        let only = self.only_attachment(node);
        if only != NONE && self.single[graph][only as usize] != NONE {
            return self.single[graph][only as usize];
        }
        let places = &self.places[graph];
        let own = places.own.get(&node).into_iter().flatten().copied();
        let mut access = Access::default();
        for at in self.topology.attachments_at(node).chain(own) {
            access.emits.extend(&places.list[at as usize].emits);
            access.takes.extend(&places.list[at as usize].takes);
        }
        for list in [&mut access.emits, &mut access.takes] {
            list.sort_unstable();
            list.dedup();
        }
        let next = number(classes.accesses.len());
        let number = match self.index.get(&access) {
            Some(&known) => known,
            None => {
                classes.accesses.push(access.clone());
                self.index.insert(access, next);
                next
            }
        };
        if only != NONE {
            self.single[graph][only as usize] = number;
        }
        number
    }
}

/// Builds the graph of all links or of the two-way ones.
fn graph(model: &Model<'_>, view: &View<'_>, gone: &[u32], guards: &mut Guards) -> (ComponentGraph, AllPlaces) {
    let mut builder = Builder::default();
    let domains = Forwarding::wire(view, model, guards, &mut builder);
    let topology = view.topology;
    let mut all = AllPlaces { list: vec![Places::default(); topology.attachments.len()], own: HashMap::default() };
    // Endpoints with filters that say the same are alike.
    let mut known: HashMap<(DeviceId, InterfacePair, u32, [bool; 2], [GuardId; 2]), u32> = HashMap::default();
    for (at, attachment) in (0_u32..).zip(&topology.attachments).filter(|(at, _)| view.has_attachment(*at)) {
        let mut filters = [TRUE; 2];
        if let Some((leaf, leaf_side)) = attachment.filtered {
            filters = [(None, side(leaf_side)), (side(leaf_side), None)]
                .map(|(r#in, out)| guards.shared(model, leaf, r#in, out));
            let key =
                (attachment.device, attachment.side, attachment.vlans, [attachment.sends, attachment.takes], filters);
            let first = *known.entry(key).or_insert(at);
            if first != at {
                all.list[at as usize] = all.list[first as usize].clone();
                continue;
            }
        }
        let places = |open: bool, way: usize| {
            let places = if open {
                domains.places(attachment.device, attachment.side, attachment.vlans, way)
            } else {
                Vec::new()
            };
            places.into_iter().map(|place| (place, filters[way])).collect()
        };
        all.list[at as usize] = Places { emits: places(attachment.sends, 0), takes: places(attachment.takes, 1) };
    }
    let is_gone = |node: u32| gone.binary_search(&node).is_ok();
    let direct = topology.direct.iter().filter(|link| view.with_one_way || !link.one_way);
    for link in direct.filter(|link| !link.nodes.into_iter().any(is_gone)) {
        let [a, b] = [0, 1].map(|end| (link.nodes[end], link.sides[end]));
        for (from, to) in [(a, b), (b, a)].into_iter().take(2 - usize::from(link.one_way)) {
            let place = builder.node();
            let emit = guards.shared(model, from.0, None, side(from.1));
            let take = guards.shared(model, to.0, side(to.1), None);
            all.add(from.0, Places { emits: vec![(place, emit)], takes: Vec::new() });
            all.add(to.0, Places { emits: Vec::new(), takes: vec![(place, take)] });
        }
    }
    for &(node, device) in topology.sessions.iter().filter(|(node, _)| !is_gone(*node)) {
        let (mut emits, takes) = domains.own(device);
        if topology.device_of(node) == Some(device) {
            emits.extend(domains.emitted_unevenly(model, node, guards));
        }
        all.add(node, Places { emits, takes });
    }
    drop(domains);
    let (graph, component_of) = builder.condense();
    for list in all.list.iter_mut().flat_map(|places| [&mut places.emits, &mut places.takes]) {
        list.iter_mut().for_each(|(place, _)| *place = component_of[*place as usize]);
    }
    (graph, all)
}
