//! The ground network: an immutable graph whose nodes are *components* (places between which packets move freely) and
//! whose edges carry guards on headers. Spec, sections 1 (l3-switch), 4 and 5.
//!
//! A packet in flight is on a *directed link* (a link in one direction, with one class of VLAN tags). Switches without filters
//! and routes contract into *domains*, one for each connected run of them and class of tags; a domain passes what comes by one
//! link to all others, and back by the same link only where its switches form a ring. Everything else keeps a node for
//! each group of interfaces that its filters and routes treat alike.

mod build;
mod classes;
mod condensation;
mod forwarding;
mod guard;

use std::sync::Arc;

use crate::graph::{Csr, Edge};
use crate::model::Model;
use crate::number::number;
use crate::topology::Topology;

pub use classes::{ClassId, Classes, EquivalenceClass};
pub use guard::{DenyReason, GuardId, Guards, RuleList, Side, TRUE, lists};

/// A place in the condensed graph.
pub type Component = u32;

/// A directed graph of components. Its edges have a target and a guard.
#[derive(Clone, Debug, Default)]
pub struct ComponentGraph(Csr<(Component, GuardId)>);

impl Edge for (Component, GuardId) {
    fn target(&self) -> u32 {
        self.0
    }
}

impl ComponentGraph {
    /// A graph of edges (from, target, guard) in any order. O(n + m log m).
    fn new(components: usize, mut edges: Vec<(Component, (Component, GuardId))>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        Self(Csr::sorted(components, edges))
    }

    /// Edges out of a component.
    #[must_use]
    pub fn edges(&self, component: Component) -> &[(Component, GuardId)] {
        self.0.of(component)
    }

    /// Number of edges.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.items().len()
    }

    /// Number of components.
    #[must_use]
    pub fn components(&self) -> usize {
        self.0.keys()
    }
}

/// Where a class of endpoints puts packets into the network and takes them out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access {
    /// Components it emits into, each with the guard of its own filters.
    pub emits: Vec<(Component, GuardId)>,
    /// Components it takes from.
    pub takes: Vec<(Component, GuardId)>,
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
    all: ComponentGraph,
    /// Graph without one-way links; `None` where there are none.
    two_way: Option<ComponentGraph>,
    /// The guards of both.
    pub guards: Guards,
    /// Endpoints by treatment.
    pub classes: Classes,
    topology: Arc<Topology>,
}

impl Network {
    /// The network of a model; `without` holds nodes (by index) that packets neither enter, leave nor end at. Who needs
    /// several makes them [of a topology](Self::of).
    #[must_use]
    pub fn new(model: &Model<'_>, without: &dyn Fn(u32) -> bool) -> Self {
        let gone: Vec<u32> = (0..number(model.document.nodes.len())).filter(|&node| without(node)).collect();
        build::build(&Arc::new(Topology::new(model, gone.clone(), &[])), model, &gone)
    }

    /// The network of a model without some of the nodes that its topology may lose, ascending.
    #[must_use]
    pub fn of(topology: &Arc<Topology>, model: &Model<'_>, gone: &[u32]) -> Self {
        build::build(topology, model, gone)
    }

    /// What this network has in common with other networks of the model.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// The graph for a kind of session.
    #[must_use]
    pub fn graph(&self, links: Links) -> &ComponentGraph {
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
