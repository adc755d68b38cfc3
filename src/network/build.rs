//! From a skeleton to a network: places and predicates, then regions, and the endpoints by where they are.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::classes::Grouping;
use super::hubs::{Hubs, View, side};
use super::predicate::{PredicateId, Predicates, TRUE};
use super::regions::Builder;
use super::skeleton::{NONE, Numbers, Skeleton, Unit};
use super::{Attachment, Classes, Network, RegionGraph};
use crate::model::Model;

/// The network of a model; `gone`, ascending, are nodes that packets neither enter, leave nor end at.
pub(super) fn build(skeleton: &Arc<Skeleton>, model: &Model<'_>, gone: &[u32]) -> Network {
    debug_assert!(gone.iter().all(|node| skeleton.removable.binary_search(node).is_ok()));
    let mut predicates = Predicates::new();
    let mut view = View::new(skeleton, gone);
    let (all, places) = graph(model, &view, gone, &mut predicates);
    let mut graphs = vec![all];
    let mut all_places = vec![places];
    if skeleton.has_one_way {
        view.with_one_way = false;
        let (two_way, places) = graph(model, &view, gone, &mut predicates);
        graphs.push(two_way);
        all_places.push(places);
    }
    let mut classes = Classes { of_node: vec![None; skeleton.unit_of.len()], ..Classes::default() };
    let mut attachments = Attachments::new(skeleton, &all_places);
    let mut grouping = Grouping::new(skeleton);
    let mut gone = gone.iter().copied().peekable();
    for &node in &skeleton.endpoints {
        while gone.next_if(|&next| next < node).is_some() {}
        if gone.peek() == Some(&node) {
            continue;
        }
        // Most endpoints are alike to the one before on the same port.
        let port = attachments.only_port(node);
        let sort = skeleton.sorts.of(node);
        let class = grouping.at_port(port, sort).unwrap_or_else(|| {
            let first = attachments.of(0, node, &mut classes);
            let second = if skeleton.has_one_way { attachments.of(1, node, &mut classes) } else { first };
            grouping.find(model, &mut classes, node, [first, second], port)
        });
        classes.list[class.0 as usize].members.push(node);
        classes.of_node[node as usize] = Some(class);
    }
    predicates.seal();
    let mut graphs = graphs.into_iter();
    let (all, two_way) = (graphs.next().unwrap_or_default(), graphs.next());
    Network { all, two_way, predicates, classes, skeleton: Arc::clone(skeleton) }
}

/// Regions that endpoints emit into and take from.
#[derive(Clone, Default)]
struct Places {
    emits: Vec<(u32, PredicateId)>,
    takes: Vec<(u32, PredicateId)>,
}

/// Where endpoints are in one graph.
struct AllPlaces {
    /// By port, and then those of `own`.
    list: Vec<Places>,
    /// What endpoints have besides ports: those that forward, and those that links join to each other.
    own: HashMap<u32, Vec<u32>>,
}

impl AllPlaces {
    fn add(&mut self, node: u32, places: Places) {
        self.own.entry(node).or_default().push(u32::try_from(self.list.len()).unwrap_or(NONE));
        self.list.push(places);
    }
}

/// Numbers for the distinct attachments. Most endpoints have one port, which hundreds of others share, so that few
/// attachments are ever built.
struct Attachments<'p> {
    skeleton: &'p Skeleton,
    places: &'p [AllPlaces],
    /// By port, for each graph; [`NONE`]: not asked for yet.
    single: Vec<Vec<u32>>,
    index: HashMap<Attachment, u32>,
}

impl<'p> Attachments<'p> {
    fn new(skeleton: &'p Skeleton, places: &'p [AllPlaces]) -> Self {
        let single = places.iter().map(|_| vec![NONE; skeleton.ports.len()]).collect();
        Self { skeleton, places, single, index: HashMap::default() }
    }

    /// The port of an endpoint that has one, and is nowhere else; else [`NONE`].
    fn only_port(&self, node: u32) -> u32 {
        let first = self.skeleton.first_port[node as usize];
        let elsewhere = |places: &AllPlaces| !places.own.is_empty() && places.own.contains_key(&node);
        let others = &self.skeleton.other_ports;
        let several = !others.is_empty() && others.contains_key(&node);
        if several || self.places.iter().any(elsewhere) { NONE } else { first }
    }

    fn of(&mut self, graph: usize, node: u32, classes: &mut Classes) -> u32 {
        let only = self.only_port(node);
        if only != NONE && self.single[graph][only as usize] != NONE {
            return self.single[graph][only as usize];
        }
        let places = &self.places[graph];
        let own = places.own.get(&node).into_iter().flatten().copied();
        let mut attachment = Attachment::default();
        for at in self.skeleton.ports_at(node).chain(own) {
            attachment.emits.extend(&places.list[at as usize].emits);
            attachment.takes.extend(&places.list[at as usize].takes);
        }
        for list in [&mut attachment.emits, &mut attachment.takes] {
            list.sort_unstable();
            list.dedup();
        }
        let next = u32::try_from(classes.attachments.len()).unwrap_or(NONE);
        let number = match self.index.get(&attachment) {
            Some(&known) => known,
            None => {
                classes.attachments.push(attachment.clone());
                self.index.insert(attachment, next);
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
fn graph(model: &Model<'_>, view: &View<'_>, gone: &[u32], predicates: &mut Predicates) -> (RegionGraph, AllPlaces) {
    let mut builder = Builder::default();
    let hubs = Hubs::wire(view, model, predicates, &mut builder);
    let skeleton = view.skeleton;
    let mut all = AllPlaces { list: vec![Places::default(); skeleton.ports.len()], own: HashMap::default() };
    // Endpoints with filters that say the same are alike.
    let mut known: HashMap<(Unit, Numbers, u32, [bool; 2], [PredicateId; 2]), u32> = HashMap::default();
    for (at, port) in (0_u32..).zip(&skeleton.ports).filter(|(at, _)| view.has_port(*at)) {
        let mut filters = [TRUE; 2];
        if let Some((leaf, leaf_side)) = port.filtered {
            filters = [(None, side(leaf_side)), (side(leaf_side), None)]
                .map(|(r#in, out)| predicates.shared(model, leaf, r#in, out));
            let key = (port.unit, port.side, port.vlans, [port.sends, port.takes], filters);
            let first = *known.entry(key).or_insert(at);
            if first != at {
                all.list[at as usize] = all.list[first as usize].clone();
                continue;
            }
        }
        let places = |open: bool, way: usize| {
            let places = if open { hubs.places(port.unit, port.side, port.vlans, way) } else { Vec::new() };
            places.into_iter().map(|place| (place, filters[way])).collect()
        };
        all.list[at as usize] = Places { emits: places(port.sends, 0), takes: places(port.takes, 1) };
    }
    let is_gone = |node: u32| gone.binary_search(&node).is_ok();
    let direct = skeleton.direct.iter().filter(|link| view.with_one_way || !link.one_way);
    for link in direct.filter(|link| !link.nodes.into_iter().any(is_gone)) {
        let [a, b] = [0, 1].map(|end| (link.nodes[end], link.sides[end]));
        for (from, to) in [(a, b), (b, a)].into_iter().take(2 - usize::from(link.one_way)) {
            let place = builder.node();
            let emit = predicates.shared(model, from.0, None, side(from.1));
            let take = predicates.shared(model, to.0, side(to.1), None);
            all.add(from.0, Places { emits: vec![(place, emit)], takes: Vec::new() });
            all.add(to.0, Places { emits: Vec::new(), takes: vec![(place, take)] });
        }
    }
    for &(node, unit) in skeleton.sessions.iter().filter(|(node, _)| !is_gone(*node)) {
        let (mut emits, takes) = hubs.own(unit);
        if skeleton.unit_of[node as usize] == unit {
            emits.extend(hubs.emitted_unevenly(model, node, predicates));
        }
        all.add(node, Places { emits, takes });
    }
    drop(hubs);
    let (graph, region_of) = builder.condense();
    for list in all.list.iter_mut().flat_map(|places| [&mut places.emits, &mut places.takes]) {
        list.iter_mut().for_each(|(place, _)| *place = region_of[*place as usize]);
    }
    (graph, all)
}
