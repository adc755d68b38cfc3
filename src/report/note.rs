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
#[allow(missing_docs)]
pub enum Assumption {
    /// The node relays only what it declares: so many entries.
    Relays { entries: u64, sanitising: u64 },
    /// A transfer carries from these to these only, and what it carries is sanitised by this method. The last day is written `YYYY-MM-DD`.
    Carried {
        transfer: String,
        from: Vec<String>,
        to: Vec<String>,
        sanitise: Option<&'static str>,
        approved_by: Option<String>,
        expires: Option<String>,
    },
    /// Outside the network nothing is carried but by transfers.
    NothingElseCarried,
    /// What an exception covers is excused. The last day is written `YYYY-MM-DD`.
    Excused { exception: String, waives: Vec<String>, approved_by: Option<String>, expires: Option<String> },
    /// Somebody vouches for the peers of an exception.
    Attested { exception: String, by: String, basis: String },
    /// Endpoints of the tiers pass nothing on: the document has exceptions, and chains of them are not looked at.
    TiersPassNothing,
    /// Nodes, this one and so many more, have the controls that they declare.
    Controls { node: String, more: u64, controls: Vec<String> },
    /// So many endpoints with IPv4 addresses only, this one first, speak no IPv6.
    OneFamily { node: String, endpoints: u64 },
    /// So many forwarders, this one first, bear addresses, say nothing of what they relay, and offer no service that joins their sides.
    NoService { node: String, forwarders: u64 },
    /// The routes of so many nodes that proofs rely on, this one first, are in force.
    RoutesInForce { node: String, routers: u64 },
    /// What is sent to multicast addresses is delivered only to those who declare them.
    NoMulticast,
    /// No address is translated.
    NoTranslation,
    /// Addresses are translated as `nat` says, and what hides sources admits replies only.
    DeclaredTranslation,
    /// The document is complete.
    Complete,
    /// So many of the violating tuples are accepted in a baseline.
    Accepted { until: String, tuples: u64, of: u64, requirement: String, owner: String, reason: Option<String> },
}

impl Assumption {
    /// The assumption without what may change in passing: numbers, and the node that is named for several.
    #[must_use]
    pub fn core(&self) -> Self {
        let mut core = self.clone();
        match &mut core {
            Self::Relays { entries, sanitising } => (*entries, *sanitising) = ((*entries).min(1), 0),
            Self::Controls { more, .. } => *more = (*more).min(1),
            Self::OneFamily { node, endpoints: count }
            | Self::NoService { node, forwarders: count }
            | Self::RoutesInForce { node, routers: count }
                if *count > 1 =>
            {
                (*node, *count) = (String::new(), 2);
            }
            Self::Accepted { tuples, of, .. } => (*tuples, *of) = (0, 0),
            Self::Carried { .. }
            | Self::NothingElseCarried
            | Self::Excused { .. }
            | Self::Attested { .. }
            | Self::TiersPassNothing
            | Self::OneFamily { .. }
            | Self::NoService { .. }
            | Self::RoutesInForce { .. }
            | Self::NoMulticast
            | Self::NoTranslation
            | Self::DeclaredTranslation
            | Self::Complete => {}
        }
        core
    }
}

/// What a witness takes for true in the attacker's favour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Guess {
    /// The node passes on everything, for it says nothing.
    RelaysEverything,
    /// The node may have any address.
    AnyAddress,
    /// A rule believes a sender's source address that belongs to somebody else; the packet came in by `in`.
    Believed { rule: String, sender: String, source: String, r#in: String },
    /// The node sends from an address that belongs to somebody else.
    Claimed { source: String },
    /// A zone in a rule holds all that one of its nodes, the holder, may have.
    WideZone { zone: String, rule: String, holder: String },
    /// The node has no routes, and sends on by any interface, here by `out`; the rule might name it instead.
    NoRoutes { out: String, rule: Option<String> },
    /// A link carries every VLAN, for it says nothing; here it carries this one.
    EveryVlan { link: String, vlan: u16 },
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
#[allow(missing_docs)]
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
    Through { nodes: Names, tag: Option<String> },
    /// No links join the sides.
    Unconnected,
    /// Links join the sides, but nothing is passed on.
    NothingPasses,
    /// A filter; `number`: it has no name and is not the only one; `default_deny`: with so many rules.
    Filter { node: String, name: Option<String>, number: Option<u64>, default_deny: Option<u64>, denied_by: Names },
    /// The routes of a node.
    Routes { node: String },
    /// Links that carry these VLANs (`10, 20-29`) alone.
    Vlans { vlans: String, links: Names },
    /// A link whose ends know different VLANs.
    UnevenLink { link: String },
    /// A link that passes packets in one direction.
    OneWayLink { link: String },
    /// An l3-switch that routes between these VLANs alone.
    RoutedVlans { node: String, vlans: String },
    /// So many more like the one before.
    More(u64),
    /// Nodes that sanitise what crosses.
    Sanitised(Names),
    /// Nodes that pass on only what they declare.
    Relays(Names),
    /// Transfers that sanitise what they carry across.
    SanitisedTransfers(Names),
}

#[cfg(test)]
mod tests {
    use super::Assumption;

    fn excused(exception: &str, approved_by: &str) -> Assumption {
        let (waives, approved_by) = (vec!["MN-ISOLATION".to_owned()], Some(approved_by.to_owned()));
        Assumption::Excused { exception: exception.to_owned(), waives, approved_by, expires: None }
    }

    #[test]
    fn only_numbers_and_examples_change_in_passing() {
        let relays = |entries, sanitising| Assumption::Relays { entries, sanitising }.core();
        assert_eq!(relays(1, 0), relays(3, 2));
        assert_ne!(relays(0, 0), relays(1, 0), "nothing is not something");
        let family = |node: &str, endpoints| Assumption::OneFamily { node: node.to_owned(), endpoints }.core();
        assert_eq!(family("a", 2), family("b", 9));
        assert_ne!(family("a", 1), family("b", 1), "the only one is no example");
        // Names are no numbers, whatever they look like.
        assert_ne!(excused("7", "B").core(), excused("8", "B").core());
        assert_ne!(excused("7", "section 3").core(), excused("7", "section 4").core());
    }
}
