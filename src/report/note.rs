//! What is noted of places: assumptions, guesses in the attacker's favour, and what separates. Facts, each with the names
//! and numbers that its sentence needs; `render/catalogue` says them.

use crate::source::Location;

/// A fact about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<F> {
    /// The node it is about, if any.
    pub node: Option<String>,
    /// The place it is about, if any.
    pub location: Option<Location>,
    /// The fact.
    pub fact: F,
}

impl<F> Note<F> {
    /// A fact about no single place.
    pub const fn general(fact: F) -> Self {
        Self { node: None, location: None, fact }
    }

    /// A fact about a place.
    pub const fn at(location: Location, fact: F) -> Self {
        Self { node: None, location: Some(location), fact }
    }

    /// A fact about a node.
    pub fn of(node: &str, location: Location, fact: F) -> Self {
        Self { node: Some(node.to_owned()), location: Some(location), fact }
    }
}

/// What verdicts rely upon and nobody can see in the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// The node relays only what it declares.
    Relays {
        /// Entries of `relays`.
        entries: u64,
        /// How many of them sanitise.
        sanitising: u64,
    },
    /// What an exception covers is excused.
    Excused {
        /// Its id.
        exception: String,
        /// Requirements that it waives.
        waives: Vec<String>,
        /// Who approved it.
        approved_by: Option<String>,
        /// Its last day: `YYYY-MM-DD`.
        expires: Option<String>,
    },
    /// Somebody vouches for the peers of an exception.
    Attested {
        /// Id of the exception.
        exception: String,
        /// Who.
        by: String,
        /// On what ground.
        basis: String,
    },
    /// Endpoints of the tiers pass nothing on: the document has exceptions, and chains of them are not looked at.
    TiersPassNothing,
    /// Nodes have the controls that they declare.
    Controls {
        /// The first of them.
        node: String,
        /// How many more.
        more: u64,
        /// The controls.
        controls: Vec<String>,
    },
    /// Endpoints with IPv4 addresses only speak no IPv6.
    OneFamily {
        /// The first of them.
        node: String,
        /// How many there are.
        endpoints: u64,
    },
    /// No address is translated.
    NoTranslation,
    /// Addresses are translated as `nat` says, and what hides sources admits replies only.
    DeclaredTranslation,
    /// The document is complete.
    Complete,
    /// Violating tuples are accepted in a baseline.
    Accepted {
        /// The last day: `YYYY-MM-DD`.
        until: String,
        /// How many are accepted.
        tuples: u64,
        /// Of how many.
        of: u64,
        /// The requirement.
        requirement: String,
        /// Who answers for them.
        owner: String,
        /// Why.
        reason: Option<String>,
    },
}

impl Assumption {
    /// The assumption without what may change in passing: numbers, and the node that is named for several.
    #[must_use]
    pub fn core(&self) -> Self {
        let mut core = self.clone();
        match &mut core {
            Self::Relays { entries, sanitising } => (*entries, *sanitising) = ((*entries).min(1), 0),
            Self::Controls { more, .. } => *more = (*more).min(1),
            Self::OneFamily { node, endpoints } if *endpoints > 1 => (*node, *endpoints) = (String::new(), 2),
            Self::Accepted { tuples, of, .. } => (*tuples, *of) = (0, 0),
            Self::Excused { .. }
            | Self::Attested { .. }
            | Self::TiersPassNothing
            | Self::OneFamily { .. }
            | Self::NoTranslation
            | Self::DeclaredTranslation
            | Self::Complete => {}
        }
        core
    }
}

/// What a witness takes for true in the attacker's favour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Guess {
    /// The node passes on everything, for it says nothing.
    RelaysEverything,
    /// The node may have any address.
    AnyAddress,
    /// A rule believes a source address that belongs to somebody else.
    Believed {
        /// The rule.
        rule: String,
        /// Who sends.
        sender: String,
        /// The address.
        source: String,
        /// The interface that the packet comes in by.
        r#in: String,
    },
    /// The node sends from an address that belongs to somebody else.
    Claimed {
        /// The address.
        source: String,
    },
    /// A zone in a rule holds all that one of its nodes may have.
    WideZone {
        /// The zone.
        zone: String,
        /// The rule.
        rule: String,
        /// The node.
        holder: String,
    },
    /// The node has no routes, and sends on by any interface.
    NoRoutes {
        /// The interface that it takes here.
        out: String,
        /// The rule that might name it instead.
        rule: Option<String>,
    },
    /// A link carries every VLAN, for it says nothing.
    EveryVlan {
        /// The link.
        link: String,
        /// The VLAN that it carries here.
        vlan: u16,
    },
    /// The node routes between all VLANs, for it says nothing.
    RoutesEveryVlan,
}

/// Some names of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The first ones.
    pub shown: Vec<String>,
    /// How many there are.
    pub count: u64,
}

/// What the proof of a requirement rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Separation {
    /// Not worked out: the document has more nodes and links than this.
    TooLarge(u64),
    /// Not worked out: the proof is long.
    TooLong,
    /// What was decided could not be proved.
    Unproved,
    /// Nothing crosses but what exceptions cover.
    Excepted(Names),
    /// All ways lead through nodes with a tag.
    Through {
        /// The nodes.
        nodes: Names,
        /// The tag.
        tag: String,
    },
    /// No links join the sides.
    Unconnected,
    /// Links join the sides, but nothing is passed on.
    NothingPasses,
    /// A filter.
    Filter {
        /// Its node.
        node: String,
        /// Its name.
        name: Option<String>,
        /// Its number, where it has no name and is not the only one.
        number: Option<u64>,
        /// Whether its default denies, and with how many rules.
        default_deny: Option<u64>,
        /// Rules that deny.
        denied_by: Names,
    },
    /// The routes of a node.
    Routes {
        /// The node.
        node: String,
    },
    /// Links that carry these VLANs alone.
    Vlans {
        /// `10, 20-29`
        vlans: String,
        /// The links.
        links: Names,
    },
    /// A link whose ends know different VLANs.
    UnevenLink {
        /// The link.
        link: String,
    },
    /// A link that passes packets in one direction.
    OneWayLink {
        /// The link.
        link: String,
    },
    /// An l3-switch that routes between these VLANs alone.
    RoutedVlans {
        /// The switch.
        node: String,
        /// `10, 20-29`
        vlans: String,
    },
    /// So many more like the one before.
    More(u64),
    /// Nodes that sanitise what crosses.
    Sanitised(Names),
    /// Nodes that pass on only what they declare.
    Relays(Names),
}
