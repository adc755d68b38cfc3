//! From the model to the ground network: units, darts, hubs; then regions by strongly connected components.

use rustc_hash::FxHashMap as HashMap;

use super::classes::Grouping;
use super::hubs::{self, Hubs};
use super::predicate::{PredicateId, Predicates, Side, TRUE};
use super::tags::{TagClass, TagClasses};
use super::{Attachment, Classes, Network, RegionGraph};
use crate::document::Kind;
use crate::model::{Interface, Model};

/// A box that forwards: a forwarding node, or one half of an l3-switch.
pub(super) type Unit = u32;

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A forwarding unit, and the numbers of interface and neighbour there.
    Unit(Unit, (u16, u16)),
    /// An endpoint that does not forward, and the numbers of interface and neighbour there.
    Leaf(u32, (u16, u16)),
}

/// A link between ends, l3-switches split.
pub(super) struct GroundLink {
    pub ends: [End; 2],
    /// Classes of the tags it carries; index into [`Layout::tag_lists`].
    pub tags: u32,
    pub one_way: bool,
}

/// How a unit forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// A switch without filters and routes.
    PlainSwitch,
    /// A switch with filters or routes.
    FilteringSwitch,
    /// Anything else without filters and routes: drops tags, may send back.
    PlainRouter,
    /// The same with filters or routes.
    FilteringRouter,
}

impl UnitKind {
    /// Whether it keeps tags.
    pub const fn is_switch(self) -> bool {
        matches!(self, Self::PlainSwitch | Self::FilteringSwitch)
    }
}

/// The boxes and links of a document.
pub(super) struct Layout {
    /// Kind and node of each unit.
    pub units: Vec<(UnitKind, u32)>,
    pub links: Vec<GroundLink>,
    pub tag_lists: Vec<Vec<TagClass>>,
    /// Forwarders and the unit in which each ends sessions (the router half of an l3-switch), in document order.
    pub session_units: Vec<(u32, Unit)>,
}

/// Nodes and edges before condensation.
#[derive(Default)]
pub(super) struct Builder {
    count: u32,
    edges: Vec<(u32, u32, PredicateId)>,
}

impl Builder {
    pub fn node(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    pub fn edge(&mut self, from: u32, to: u32, predicate: PredicateId) {
        self.edges.push((from, to, predicate));
    }
}

/// The VLANs of the links between the halves of an l3-switch, ascending; one `None`: a single link with all VLANs.
#[must_use]
pub fn joined_vlans(model: &Model<'_>, node: u32) -> Vec<Option<u16>> {
    let details = model.document.nodes[node as usize].details.as_deref();
    let declared = details.and_then(|details| details.routed_vlans.clone());
    let ranges = declared.unwrap_or_else(|| named_vlans(model));
    let mut vlans: Vec<u16> = ranges.iter().flat_map(|&(low, high)| low..=high).collect();
    vlans.sort_unstable();
    vlans.dedup();
    if vlans.is_empty() { vec![None] } else { vlans.into_iter().map(Some).collect() }
}

/// VLANs of the links that an l3-switch's halves are joined by: the interface numbers, each with its VLANs.
fn routed_interfaces(model: &Model<'_>, node: u32, named: &[(u16, u16)]) -> Vec<(u16, Option<Vec<(u16, u16)>>)> {
    let details = model.document.nodes[node as usize].details.as_deref();
    let declared = details.and_then(|details| details.routed_vlans.as_deref());
    let vlans = declared.unwrap_or(named);
    let default = Interface::default();
    let interface = model.interfaces.get(&node).unwrap_or(&default);
    if vlans.is_empty() {
        return vec![(interface.get("vlan1"), None)];
    }
    // VLANs whose interfaces no filter tells apart share a link: a router may send back by the link a packet came by,
    // and each tag still stays with its own VLAN.
    let mut groups: Vec<(u16, Vec<(u16, u16)>)> = Vec::new();
    let mut index: HashMap<u16, usize> = HashMap::default();
    for vlan in vlans.iter().flat_map(|&(low, high)| low..=high) {
        let number = interface.get(&format!("vlan{vlan}"));
        let at = *index.entry(number).or_insert_with(|| {
            groups.push((number, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push((vlan, vlan));
    }
    groups.into_iter().map(|(number, vlans)| (number, Some(vlans))).collect()
}

/// Every VLAN that any link names.
fn named_vlans(model: &Model<'_>) -> Vec<(u16, u16)> {
    let mut named = vec![false; 4096];
    for link in &model.document.links {
        for &(low, high) in link.vlans().into_iter().flatten() {
            (low..=high).for_each(|vlan| named[usize::from(vlan)] = true);
        }
    }
    (1..=4094_u16).filter(|&vlan| named[usize::from(vlan)]).map(|vlan| (vlan, vlan)).collect()
}

/// Distinct sets of VLANs as numbers.
struct TagLists<'a> {
    classes: &'a TagClasses,
    lists: Vec<Vec<TagClass>>,
    index: HashMap<Option<&'a [(u16, u16)]>, u32>,
}

impl<'a> TagLists<'a> {
    fn number(&mut self, set: Option<&'a [(u16, u16)]>) -> u32 {
        let next = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        *self.index.entry(set).or_insert_with(|| {
            self.lists.push(self.classes.of(set));
            next
        })
    }
}

/// Stands for "no unit" and "no entry" in tables by node.
const NONE: u32 = u32::MAX;

fn layout(model: &Model<'_>, without: &[bool]) -> Layout {
    let document = model.document;
    let has_l3 = document.nodes.iter().any(|node| node.kind == Kind::L3Switch);
    let named = if has_l3 { named_vlans(model) } else { Vec::new() };
    let mut units: Vec<(UnitKind, u32)> = Vec::new();
    let mut link_unit: Vec<Unit> = vec![NONE; document.nodes.len()];
    let mut session_units: Vec<(u32, Unit)> = Vec::new();
    let mut joints: Vec<(Unit, Unit, u16, Option<Vec<(u16, u16)>>)> = Vec::new();
    let add = |units: &mut Vec<_>, kind, node| {
        units.push((kind, node));
        u32::try_from(units.len() - 1).unwrap_or(u32::MAX)
    };
    for (node, value) in (0_u32..).zip(&document.nodes) {
        if !model.labels.forwards[node as usize] || without[node as usize] {
            continue;
        }
        let plain = !model.filters.contains_key(&node) && !model.routes.contains_key(&node);
        let kind = match value.kind {
            Kind::L3Switch => UnitKind::PlainSwitch,
            Kind::Switch if plain => UnitKind::PlainSwitch,
            Kind::Switch => UnitKind::FilteringSwitch,
            _ if plain => UnitKind::PlainRouter,
            _ => UnitKind::FilteringRouter,
        };
        let unit = add(&mut units, kind, node);
        link_unit[node as usize] = unit;
        let mut session_unit = unit;
        if value.kind == Kind::L3Switch {
            let kind = if plain { UnitKind::PlainRouter } else { UnitKind::FilteringRouter };
            let router = add(&mut units, kind, node);
            session_unit = router;
            joints.extend(
                routed_interfaces(model, node, &named).into_iter().map(|(number, vlans)| (unit, router, number, vlans)),
            );
        }
        session_units.push((node, session_unit));
    }
    let link_sets = document.links.iter().filter_map(|link| link.vlans().map(Vec::as_slice));
    let joint_sets = joints.iter().filter_map(|joint| joint.3.as_deref());
    let classes = TagClasses::new(link_sets.chain(joint_sets));
    let mut tags = TagLists { classes: &classes, lists: Vec::new(), index: HashMap::default() };
    let mut links = Vec::with_capacity(document.links.len());
    let end_of = |node: u32, other: u32, link: &crate::document::Link<'_>, end: usize| -> End {
        let numbers = model.interfaces.get(&node).map_or((0, 0), |interface| {
            let own = document.name(link.interface_or_neighbour(end));
            (interface.get(own), interface.get(model.id(other)))
        });
        match link_unit[node as usize] {
            NONE => End::Leaf(node, numbers),
            unit => End::Unit(unit, numbers),
        }
    };
    for (link, &[a, b]) in document.links.iter().zip(&model.names.links) {
        if without[a as usize] || without[b as usize] {
            continue;
        }
        let ends = [end_of(a, b, link, 0), end_of(b, a, link, 1)];
        let tags = tags.number(link.vlans().map(Vec::as_slice));
        links.push(GroundLink { ends, tags, one_way: link.one_way() });
    }
    for (switch, router, number, vlans) in &joints {
        let ends = [End::Unit(*switch, (0, 0)), End::Unit(*router, (*number, 0))];
        links.push(GroundLink { ends, tags: tags.number(vlans.as_deref()), one_way: false });
    }
    Layout { units, links, tag_lists: tags.lists, session_units }
}

pub(super) fn build(model: &Model<'_>, without: &dyn Fn(u32) -> bool) -> Network {
    let count = model.document.nodes.len();
    let without: Vec<bool> = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(without).collect();
    let layout = layout(model, &without);
    let mut predicates = Predicates::new();
    let one_way = layout.links.iter().any(|link| link.one_way);
    let (all, ports) = graph(model, &layout, &mut predicates, true);
    let mut graphs = vec![all];
    let mut port_sets = vec![ports];
    if one_way {
        let (two_way, ports) = graph(model, &layout, &mut predicates, false);
        graphs.push(two_way);
        port_sets.push(ports);
    }
    drop(layout);
    let mut classes = Classes { of_node: vec![None; count], ..Classes::default() };
    let mut grouping = Grouping::new(model);
    let mut attachments = Attachments::new(&port_sets);
    for (node, _) in (0_u32..).zip(&without).filter(|(node, gone)| model.labels.endpoint[*node as usize] && !**gone) {
        let first = attachments.of(0, node, &mut classes);
        let second = if one_way { attachments.of(1, node, &mut classes) } else { first };
        grouping.add(model, &mut classes, node, [first, second]);
    }
    let mut graphs = graphs.into_iter();
    Network { all: graphs.next().unwrap_or_default(), two_way: graphs.next(), predicates, classes }
}

/// Attachments of all endpoints in regions of one graph, shared by the many that hang on one switch.
#[derive(Default)]
pub(super) struct RegionPorts {
    /// Index into `emits` and `takes` of the first link end of each endpoint, by node; [`NONE`]: it has no link.
    first: Vec<u32>,
    /// Those of the other link ends of the few endpoints with several.
    others: HashMap<u32, Vec<u32>>,
    emits: Vec<Vec<(u32, PredicateId)>>,
    takes: Vec<Vec<(u32, PredicateId)>>,
}

impl RegionPorts {
    fn add(&mut self, emits: Vec<(u32, PredicateId)>, takes: Vec<(u32, PredicateId)>) -> u32 {
        self.emits.push(emits);
        self.takes.push(takes);
        u32::try_from(self.emits.len() - 1).unwrap_or(NONE)
    }

    fn attach(&mut self, node: u32, port: u32) {
        let first = &mut self.first[node as usize];
        if *first == NONE {
            *first = port;
        } else {
            self.others.entry(node).or_default().push(port);
        }
    }

    fn attachment(&self, ports: &[u32]) -> Attachment {
        let mut out = Attachment::default();
        for &port in ports {
            out.emits.extend(&self.emits[port as usize]);
            out.takes.extend(&self.takes[port as usize]);
        }
        for list in [&mut out.emits, &mut out.takes] {
            list.sort_unstable();
            list.dedup();
        }
        out
    }
}

/// Numbers for the distinct attachments. Most endpoints have one port, which hundreds of others share, so that few
/// attachments are ever built.
struct Attachments<'p> {
    ports: &'p [RegionPorts],
    /// By first port, for each graph; [`NONE`]: not asked for yet.
    single: Vec<Vec<u32>>,
    index: HashMap<Attachment, u32>,
}

impl<'p> Attachments<'p> {
    fn new(ports: &'p [RegionPorts]) -> Self {
        let single = ports.iter().map(|ports| vec![NONE; ports.emits.len()]).collect();
        Self { ports, single, index: HashMap::default() }
    }

    fn of(&mut self, graph: usize, node: u32, classes: &mut Classes) -> u32 {
        let ports = &self.ports[graph];
        let first = ports.first[node as usize];
        let others = ports.others.get(&node).map_or(&[][..], Vec::as_slice);
        if first != NONE && others.is_empty() {
            let known = self.single[graph][first as usize];
            if known != NONE {
                return known;
            }
        }
        let mut all: Vec<u32> = (first != NONE).then_some(first).into_iter().collect();
        all.extend(others);
        let attachment = ports.attachment(&all);
        let next = u32::try_from(classes.attachments.len()).unwrap_or(NONE);
        let number = match self.index.get(&attachment) {
            Some(&known) => known,
            None => {
                classes.attachments.push(attachment.clone());
                self.index.insert(attachment, next);
                next
            }
        };
        if let [only] = all[..] {
            self.single[graph][only as usize] = number;
        }
        number
    }
}

/// Builds the graph of all links or of the two-way ones.
fn graph(
    model: &Model<'_>,
    layout: &Layout,
    predicates: &mut Predicates,
    with_one_way: bool,
) -> (RegionGraph, RegionPorts) {
    let mut builder = Builder::default();
    let hubs: Hubs = hubs::wire(model, layout, predicates, &mut builder, with_one_way);
    let mut ports = RegionPorts { first: vec![NONE; model.document.nodes.len()], ..RegionPorts::default() };
    let mut known: HashMap<(Port, PredicateId, PredicateId), u32> = HashMap::default();
    let mut direct: Vec<(u32, u32, u32, PredicateId, PredicateId)> = Vec::new();
    for link in layout.links.iter().filter(|link| with_one_way || !link.one_way) {
        for (near, far, first) in [(link.ends[0], link.ends[1], true), (link.ends[1], link.ends[0], false)] {
            let End::Leaf(node, side) = near else { continue };
            if !model.labels.endpoint[node as usize] {
                continue;
            }
            let emit = predicates.shared(model, node, None, Some(side));
            let take = predicates.shared(model, node, Some(side), None);
            let (sends, takes) = (first || !link.one_way, !first || !link.one_way);
            match far {
                End::Unit(unit, side) => {
                    let port = Port { unit, side, tags: link.tags, sends, takes };
                    let entry = *known.entry((port, emit, take)).or_insert_with(|| {
                        let places = |open: bool, places: &dyn Fn(Unit, (u16, u16), u32) -> Vec<u32>, predicate| {
                            let places = if open { places(unit, side, link.tags) } else { Vec::new() };
                            places.into_iter().map(|place| (place, predicate)).collect()
                        };
                        let emits = places(sends, &|unit, side, tags| hubs.entries(unit, side, tags), emit);
                        let takes = places(takes, &|unit, side, tags| hubs.exits(unit, side, tags), take);
                        ports.add(emits, takes)
                    });
                    ports.attach(node, entry);
                }
                End::Leaf(other, other_side) if sends => {
                    let take = predicates.shared(model, other, Some(other_side), None);
                    direct.push((builder.node(), node, other, emit, take));
                }
                End::Leaf(..) => {}
            }
        }
    }
    for (place, from, to, emit, take) in direct {
        let (emits, takes) = (ports.add(vec![(place, emit)], vec![]), ports.add(vec![], vec![(place, take)]));
        ports.attach(from, emits);
        ports.attach(to, takes);
    }
    for &(node, unit) in &layout.session_units {
        if model.labels.endpoint[node as usize] {
            let (emits, takes) = hubs.own(unit);
            let own = ports.add(emits, takes);
            ports.attach(node, own);
        }
    }
    drop(hubs);
    let (graph, region_of) = condense(&builder);
    for list in ports.emits.iter_mut().chain(&mut ports.takes) {
        list.iter_mut().for_each(|(place, _)| *place = region_of[*place as usize]);
        list.sort_unstable();
        list.dedup();
    }
    (graph, ports)
}

/// Where a leaf hangs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Port {
    unit: Unit,
    side: (u16, u16),
    tags: u32,
    sends: bool,
    takes: bool,
}

/// Melts places that reach each other freely into regions. O(n + m).
fn condense(builder: &Builder) -> (RegionGraph, Vec<u32>) {
    let count = builder.count as usize;
    let free = builder.edges.iter().filter(|edge| edge.2 == TRUE).map(|&(from, to, _)| (from, to));
    let mut graph = petgraph::graph::DiGraph::<(), (), u32>::with_capacity(count, builder.edges.len());
    (0..count).for_each(|_| {
        graph.add_node(());
    });
    graph.extend_with_edges(free);
    // Kosaraju's algorithm because petgraph's version of Tarjan's recurses as deep as the graph.
    let components = petgraph::algo::kosaraju_scc(&graph);
    let mut region_of = vec![0_u32; count];
    for (region, component) in (0_u32..).zip(&components) {
        component.iter().for_each(|node| region_of[node.index()] = region);
    }
    let placed =
        builder.edges.iter().map(|&(a, b, predicate)| (region_of[a as usize], region_of[b as usize], predicate));
    let edges = placed.filter(|(from, to, _)| from != to).collect();
    (RegionGraph::new(components.len(), edges), region_of)
}

/// A side of a node that is certainly there.
pub(super) const fn side(numbers: (u16, u16)) -> Side {
    Some(numbers)
}
