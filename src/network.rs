//! The ground network: an immutable graph whose nodes are *regions* (places between which packets move freely) and
//! whose edges carry predicates on headers. Spec, sections 1 (l3-switch), 4 and 5.
//!
//! A packet in flight is on a *dart* (a link in one direction, with one class of VLAN tags). Switches without filters
//! and routes melt into *hubs*, one for each connected run of them and class of tags; a hub passes what comes by one
//! link to all others, and back by the same link only where its switches form a ring. Everything else keeps a node for
//! each group of interfaces that its filters and routes treat alike.

mod build;
mod classes;
mod components;
mod hubs;
mod joints;
mod predicate;
mod regions;
mod runs;
mod skeleton;
mod tags;
mod uneven;
mod walk;

pub use classes::{Class, ClassId, Classes};
pub(crate) use components::components;
pub use predicate::{Decider, PredicateId, Predicates, RuleList, Side, TRUE, lists};

use std::sync::Arc;

use crate::model::Model;
pub use joints::joined_vlans;
pub use skeleton::Skeleton;
pub use tags::{TAGS, TagClass, TagClasses};
pub use uneven::Vlans;

/// A place in the condensed graph.
pub type Region = u32;

/// A directed graph of regions.
#[derive(Clone, Debug, Default)]
pub struct RegionGraph {
    /// Start of each region's edges in `edges`, and the end of the last.
    offsets: Vec<u32>,
    /// Target and predicate.
    edges: Vec<(Region, PredicateId)>,
}

impl RegionGraph {
    /// A graph of edges in any order. O(n + m log m).
    fn new(regions: usize, mut edges: Vec<(Region, Region, PredicateId)>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut offsets = vec![0_u32; regions + 1];
        edges.iter().for_each(|edge| offsets[edge.0 as usize + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let edges = edges.into_iter().map(|(_, to, predicate)| (to, predicate)).collect();
        Self { offsets, edges }
    }

    /// Edges out of a region.
    #[must_use]
    pub fn edges(&self, region: Region) -> &[(Region, PredicateId)] {
        let at = region as usize;
        &self.edges[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }

    /// Number of edges.
    #[must_use]
    pub fn size(&self) -> usize {
        self.edges.len()
    }

    /// Number of regions.
    #[must_use]
    pub fn regions(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }
}

/// Where a class of endpoints puts packets into the network and takes them out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attachment {
    /// Regions it emits into, each with the predicate of its own filters.
    pub emits: Vec<(Region, PredicateId)>,
    /// Regions it takes from.
    pub takes: Vec<(Region, PredicateId)>,
}

/// Which links a session may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Links {
    /// All of them: data is pushed.
    All,
    /// Those that are not one-way: data is pulled.
    TwoWay,
}

/// The network of a document, or of a document without some nodes.
pub struct Network {
    /// Graph of all links.
    all: RegionGraph,
    /// Graph without one-way links; `None` where there are none.
    two_way: Option<RegionGraph>,
    /// The predicates of both.
    pub predicates: Predicates,
    /// Endpoints by treatment.
    pub classes: Classes,
    skeleton: Arc<Skeleton>,
}

impl Network {
    /// The network of a model; `without` holds nodes (by index) that packets neither enter, leave nor end at. Who needs
    /// several makes them [of a skeleton](Self::of).
    #[must_use]
    pub fn new(model: &Model<'_>, without: &dyn Fn(u32) -> bool) -> Self {
        let count = u32::try_from(model.document.nodes.len()).unwrap_or(u32::MAX);
        let gone: Vec<u32> = (0..count).filter(|&node| without(node)).collect();
        build::build(&Arc::new(Skeleton::new(model, gone.clone())), model, &gone)
    }

    /// The network of a model without some of the nodes that its skeleton may lose, ascending.
    #[must_use]
    pub fn of(skeleton: &Arc<Skeleton>, model: &Model<'_>, gone: &[u32]) -> Self {
        build::build(skeleton, model, gone)
    }

    /// What this network has in common with other networks of the model.
    #[must_use]
    pub fn skeleton(&self) -> &Skeleton {
        &self.skeleton
    }

    /// The graph for a kind of session.
    #[must_use]
    pub fn graph(&self, links: Links) -> &RegionGraph {
        match links {
            Links::All => &self.all,
            Links::TwoWay => self.two_way.as_ref().unwrap_or(&self.all),
        }
    }

    /// Whether pulled sessions have a graph of their own.
    #[must_use]
    pub fn has_one_way(&self) -> bool {
        self.two_way.is_some()
    }
}
