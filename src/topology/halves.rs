//! The parts of a node that packets are at: an l3-switch is a switch, which has its links, and a router, which has all else.
//! Spec, section 1.

use crate::document::Kind;
use crate::model::Model;

/// Which part of a node a packet is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// The node: anything but an l3-switch.
    Whole,
    /// The switch of an l3-switch, which has its links.
    Switch,
    /// The router of an l3-switch, which has all else.
    Router,
}

impl Half {
    /// The part of a node that its links are at.
    #[must_use]
    pub fn at_links(model: &Model<'_>, node: u32) -> Self {
        match model.document.nodes[node as usize].kind {
            Kind::L3Switch => Self::Switch,
            _ => Self::Whole,
        }
    }

    /// The part of a node that opens its sessions and ends them.
    #[must_use]
    pub fn of_sessions(model: &Model<'_>, node: u32) -> Self {
        match Self::at_links(model, node) {
            Self::Switch => Self::Router,
            half => half,
        }
    }

    /// Whether this part of a node keeps the tags of packets. A switch that does not forward is an end like any other.
    #[must_use]
    pub fn keeps_tags(self, model: &Model<'_>, node: u32) -> bool {
        let plain = model.document.nodes[node as usize].kind == Kind::Switch;
        model.labels.forwards[node as usize] && (self == Self::Switch || plain)
    }

    /// Whether filters and routes of its node say nothing to this part of it.
    #[must_use]
    pub fn is_plain(self, model: &Model<'_>, node: u32) -> bool {
        let says =
            model.filters.contains_key(&node) || model.routes.contains_key(&node) || model.nat.contains_key(&node);
        self == Self::Switch || !says
    }
}
