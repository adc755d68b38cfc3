//! Obstacles: what keeps data from getting from one side to another, and the ways that meet the fewest of them.
//!
//! A *way* is a data path of a document in which some things are thought away: at a filter that denies, the rule or default that
//! decides; a route that is not there; an entry of `nat`; a VLAN that a link does not carry or an l3-switch does not route; that a link
//! is one-way; that a node relays nothing of the kind. Each step that needs one counts once: whoever wants the way must change
//! something for each. Sets of headers are carried along as in `translate`, so that the least is taken over all headers and places at
//! once (`docs/decisions`, 0026).

mod exits;
mod fold;
mod ground;
mod search;
mod sweep;
mod twins;
mod walk;

pub use ground::is_new;
pub use search::{Asked, Found, Party, Searcher, Stage};
pub use walk::Trail;

use super::trace::Way;
use crate::model::LinkId;

/// Something that stops data on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obstacle {
    /// A rule of a filter, by index, denies.
    Rule {
        /// The node.
        node: u32,
        /// Index of the filter.
        filter: u32,
        /// Index of the rule.
        rule: u32,
    },
    /// The default of a filter denies.
    Default {
        /// The node.
        node: u32,
        /// Index of the filter.
        filter: u32,
    },
    /// The routes of a node do not lead there.
    Route {
        /// The node.
        node: u32,
        /// Where they would have to lead.
        way: Way,
    },
    /// An entry of `nat` translates.
    Translation {
        /// The node.
        node: u32,
        /// Index of the entry.
        entry: u32,
    },
    /// A link does not carry a VLAN.
    Vlan {
        /// The link.
        link: LinkId,
        /// The VLAN, as it is called where the packet comes from.
        vlan: u16,
    },
    /// An l3-switch does not route a VLAN.
    RoutedVlan {
        /// The node.
        node: u32,
        /// The VLAN.
        vlan: u16,
    },
    /// A link carries packets the other way only, or no replies.
    OneWay {
        /// The link.
        link: LinkId,
    },
    /// A node does not pass on what it gets.
    Relay {
        /// The node.
        node: u32,
    },
    /// There is no link between two nodes.
    NoLink {
        /// The one.
        from: u32,
        /// The other.
        to: u32,
    },
}

/// Something that lets data through on a way, and may be shut: then no way takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passage {
    /// A rule of a filter, by index, permits.
    Rule {
        /// The node.
        node: u32,
        /// Index of the filter.
        filter: u32,
        /// Index of the rule.
        rule: u32,
    },
    /// A transfer carries.
    Transfer(u32),
    /// An entry of the `relays` of a node passes it on.
    Entry {
        /// The node.
        node: u32,
        /// Index of the entry.
        entry: u32,
    },
    /// A node that declares nothing is taken to pass everything on.
    Undeclared {
        /// The node.
        node: u32,
    },
    /// The default of a filter permits.
    Default {
        /// The node.
        node: u32,
        /// Index of the filter.
        filter: u32,
    },
    /// A link carries a VLAN.
    Vlan {
        /// The link.
        link: LinkId,
        /// The VLAN, as it is called at either end.
        vlan: u16,
    },
    /// An l3-switch routes a VLAN.
    RoutedVlan {
        /// The node.
        node: u32,
        /// The VLAN.
        vlan: u16,
    },
    /// A link carries anything.
    Link(LinkId),
}
