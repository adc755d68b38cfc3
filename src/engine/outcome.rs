//! What is found about requirements.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::flow_graph::Carrier;
use super::paths::{PathAnswer, PathTerms};
use super::replay::Claim;
use crate::document::ServiceItem;
use crate::model::{LinkId, Model, Pools};
use crate::network::{ClassId, Network};

/// What was found about a requirement.
pub enum Outcome {
    /// It speaks of nobody here.
    Vacuous,
    /// Nodes that violate it; none: proved.
    Nodes(Vec<u32>),
    /// Exceptions that violate it; none: proved.
    Exceptions(Vec<u32>),
    /// Tuples of other things that violate it, in any order; none: proved.
    Tuples(Vec<Vec<Item>>),
    /// Pairs of exception and node that violate it; none: proved.
    Peers(Box<PeerOutcome>),
    /// Data paths or sessions, if any.
    Paths(Box<PathOutcome>),
}

/// What a place of a tuple names, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A node.
    Node(u32),
    /// A link.
    Link(LinkId),
    /// An exception.
    Exception(u32),
    /// A transfer.
    Transfer(u32),
    /// An expectation.
    Expectation(u32),
}

impl Item {
    /// The node, if it is one.
    #[must_use]
    pub const fn node(self) -> Option<u32> {
        match self {
            Self::Node(node) => Some(node),
            _ => None,
        }
    }

    /// Its id as tuples have it.
    #[must_use]
    pub fn id(self, model: &Model<'_>) -> String {
        match self {
            Self::Node(node) => model.id(node).to_owned(),
            Self::Link(link) => {
                let [a, b] = model.names.links[link.index()].map(|end| model.id(end));
                match model.document.links[link.index()].id() {
                    Some(id) => id.to_string(),
                    None => format!("{a} -- {b}"),
                }
            }
            Self::Exception(at) => model.document.exceptions[at as usize].id.to_string(),
            Self::Transfer(at) => model.document.transfers[at as usize].id.to_string(),
            Self::Expectation(at) => model.document.expects[at as usize].id.to_string(),
        }
    }
}

impl Outcome {
    /// The tuples that violate it, but for those of paths, which may be many.
    #[must_use]
    pub fn tuples(&self) -> Vec<Vec<Item>> {
        match self {
            Self::Vacuous | Self::Paths(_) => Vec::new(),
            Self::Nodes(nodes) => nodes.iter().map(|&node| vec![Item::Node(node)]).collect(),
            Self::Exceptions(list) => list.iter().map(|&at| vec![Item::Exception(at)]).collect(),
            Self::Tuples(tuples) => tuples.clone(),
            Self::Peers(peers) => {
                let pair = |&(exception, node): &(u32, u32)| vec![Item::Exception(exception), Item::Node(node)];
                peers.tuples.iter().map(pair).collect()
            }
        }
    }

    /// How many tuples violate it.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::Vacuous => 0,
            Self::Nodes(list) | Self::Exceptions(list) => list.len() as u64,
            Self::Tuples(tuples) => tuples.len() as u64,
            Self::Peers(peers) => peers.tuples.len() as u64,
            Self::Paths(paths) => paths.count(),
        }
    }

    /// The same where a node counts as `weight` says.
    #[must_use]
    pub fn count_by(&self, weight: &dyn Fn(u32) -> u64) -> u64 {
        let of = |tuple: &[Item]| {
            tuple.iter().map(|item| if let Item::Node(node) = item { weight(*node) } else { 1 }).product::<u64>()
        };
        match self {
            Self::Vacuous => 0,
            Self::Nodes(nodes) => nodes.iter().map(|&node| weight(node)).sum(),
            Self::Exceptions(list) => list.len() as u64,
            Self::Tuples(tuples) => tuples.iter().map(|tuple| of(tuple)).sum(),
            Self::Peers(peers) => peers.tuples.iter().map(|&(_, node)| weight(node)).sum(),
            Self::Paths(paths) => paths.count_by(weight),
        }
    }
}

/// What was found about a path requirement.
pub struct PathOutcome {
    /// The network it was decided on.
    pub network: Arc<Network>,
    /// The nodes that are not in it, ascending.
    pub without: Arc<[u32]>,
    /// Services that the last session of a path has, as its receiver sees it; `None`: any.
    pub services: Option<Vec<ServiceItem<'static>>>,
    /// Classes of the side named first.
    pub a: Vec<ClassId>,
    /// Classes of the other side.
    pub b: Vec<ClassId>,
    /// Which pairs are violated, and how.
    pub answer: PathAnswer,
    /// The sets that the answer speaks in.
    pub pools: Pools,
}

/// What was found about the peers of exceptions.
pub struct PeerOutcome {
    /// Pairs of exception and node that violate the requirement; none: proved.
    pub tuples: Vec<(u32, u32)>,
    /// The raw data paths of peers (side a) with nodes of the zone that they must not meet (side b).
    pub paths: PathOutcome,
    /// Outer ends of sessions that exceptions cover.
    pub ends: Vec<CoveredEnd>,
}

/// A class outside at an end of a session that an exception covers.
#[derive(Clone, Copy, Debug)]
pub struct CoveredEnd {
    /// The exception.
    pub exception: u32,
    /// The class.
    pub class: ClassId,
    /// Such a session.
    pub session: Carrier,
}

impl PeerOutcome {
    /// Peers that have no raw data path with a node that they must not meet.
    #[must_use]
    pub fn unexposed(&self) -> Vec<ClassId> {
        let rows = self.paths.a.iter().zip(self.paths.answer.violating.rows());
        rows.filter(|(_, row)| row.is_empty()).map(|(&class, _)| class).collect()
    }
}

impl PathOutcome {
    /// What a witness of it claims; `waived_by`: exceptions that waive this requirement cover sessions.
    #[must_use]
    pub fn claim<'c>(&'c self, waived_by: Option<&'c str>) -> Claim<'c> {
        let PathTerms { sanitised_by, sessions, .. } = self.answer.terms;
        Claim { without: &self.without, sanitised_by, services: self.services.as_deref(), sessions, waived_by }
    }

    /// Which paths counted.
    #[must_use]
    pub const fn terms(&self) -> PathTerms {
        self.answer.terms
    }

    fn members(&self, class: ClassId) -> &[u32] {
        &self.network.classes.get(class).members
    }

    /// Whether two nodes violate the requirement, the first one of the side named first.
    #[must_use]
    pub fn holds(&self, a: u32, b: u32) -> bool {
        let at = |side: &[ClassId], node: u32| {
            let class = (*self.network.classes.of_node.get(node as usize)?)?;
            side.binary_search(&class).ok()
        };
        at(&self.a, a).zip(at(&self.b, b)).is_some_and(|(a, b)| self.answer.violating.holds(a, b))
    }

    /// How many pairs of nodes violate the requirement.
    #[must_use]
    pub fn count(&self) -> u64 {
        let rows = self.a.iter().zip(self.answer.violating.rows());
        rows.map(|(&a, row)| row.iter().map(|&b| self.pairs(a, self.b[b as usize])).sum::<u64>()).sum()
    }

    /// How many pairs of different nodes two classes make.
    #[must_use]
    pub fn pairs(&self, a: ClassId, b: ClassId) -> u64 {
        let size = |class: ClassId| self.members(class).len() as u64;
        size(a) * (size(b) - u64::from(a == b))
    }

    /// The first `limit` violating pairs in the order of their ids.
    #[must_use]
    pub fn list(&self, model: &Model<'_>, limit: usize) -> Vec<(u32, u32)> {
        let rows = self.a.iter().zip(self.answer.violating.rows()).enumerate();
        let violating = rows.filter(|(_, (_, row))| !row.is_empty());
        let mut left: Vec<(u32, usize)> =
            violating.flat_map(|(at, (&class, _))| self.members(class).iter().map(move |&node| (node, at))).collect();
        left.sort_unstable_by_key(|&(node, _)| model.id(node));
        let mut right: HashMap<&[u32], Vec<u32>> = HashMap::default();
        let mut out = Vec::new();
        for (node, at) in left {
            if out.len() == limit {
                return out;
            }
            let row = self.answer.violating.row(at);
            let others = right.entry(row).or_insert_with(|| {
                let classes = row.iter().map(|&b| self.b[b as usize]);
                let mut nodes: Vec<u32> = classes.flat_map(|class| self.members(class)).copied().collect();
                nodes.sort_unstable_by_key(|&node| model.id(node));
                nodes
            });
            for &other in others.iter().filter(|&&other| other != node) {
                if out.len() == limit {
                    return out;
                }
                out.push((node, other));
            }
        }
        out
    }
}
