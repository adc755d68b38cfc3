//! A policy file as it is written: requirements, named patterns, what it extends and changes. JSON or YAML like a topology,
//! read with the same tools. What the names in it stand for is the affair of [`crate::policy`].

use super::terms::{Circuit, Edition, Severity, Sure, Tier};
use super::{Cidr, Date, Kind, Sanitise, ServiceItem, Spanned};
use crate::diagnostic::Diagnostics;
use crate::language::Phrase;
use crate::source::{Source, Span};

/// A policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// `hikari-city/2026`
    pub id: Spanned<String>,
    /// The policy whose requirements come first: an id, or a path relative to this file.
    pub extends: Option<Spanned<String>>,
    /// Its name.
    pub title: Phrase,
    /// Edition of the national guideline; `None`: that of what it extends, else the latest.
    pub edition: Option<Spanned<Edition>>,
    /// Patterns by name.
    pub patterns: Vec<(Spanned<String>, Pattern)>,
    /// Its own requirements.
    pub requirements: Vec<RequirementEntry>,
    /// What it changes of requirements that it extends.
    pub changes: Vec<Change>,
}

/// Where a requirement comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Name of the source.
    pub source: String,
    /// How sure it is.
    pub sure: Sure,
}

/// What a requirement is about, for those who meet it for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpTexts {
    /// What it means.
    pub meaning: Phrase,
    /// Why it matters.
    pub why: Phrase,
    /// How to mend a violation.
    pub mend: Phrase,
}

/// A requirement as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementEntry {
    /// `MN-THROUGH-FW`
    pub id: Spanned<String>,
    /// How grave a violation is.
    pub severity: Severity,
    /// Editions of the guideline in which it stands; empty: all.
    pub editions: Vec<Edition>,
    /// Clause of the founding policy.
    pub clause: Option<String>,
    /// Where it comes from.
    pub basis: Option<Basis>,
    /// Short title.
    pub title: Phrase,
    /// What it is about.
    pub help: Option<HelpTexts>,
    /// What is checked.
    pub check: Check,
    /// The whole entry.
    pub span: Span,
}

/// A change of a requirement that the policy extends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Id of the requirement.
    pub id: Spanned<String>,
    /// The new severity; `None`: it is switched off.
    pub severity: Option<Severity>,
    /// Why.
    pub reason: Option<String>,
    /// By whom.
    pub approved_by: Option<String>,
    /// Last day on which it has effect.
    pub until: Option<Date>,
    /// The whole entry.
    pub span: Span,
}

/// A pattern of nodes: a node matches if it matches one of these.
pub type Pattern = Vec<NodeMatch>;

/// A condition on a node: all that is given must hold. A list of words is a union; an empty one asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeMatch {
    /// Its label.
    pub zone: Vec<String>,
    /// Whether it has a label.
    pub labelled: Option<bool>,
    /// The tier that its zone belongs to.
    pub tier: Vec<Tier>,
    /// Its kind.
    pub kind: Vec<Kind>,
    /// A tag that it bears.
    pub tag: Vec<String>,
    /// A control that it declares.
    pub control: Vec<String>,
    /// Its id.
    pub node: Vec<String>,
    /// A business that it serves.
    pub business: Vec<String>,
    /// Who owns it.
    pub owner: Vec<String>,
    /// Whether it is of kind `external`.
    pub external: Option<bool>,
    /// Whether communication begins or ends at it.
    pub endpoint: Option<bool>,
    /// Every address that it declares lies in one of these, and there is one.
    pub addresses: Vec<Cidr>,
    /// It matches the pattern of this name.
    pub pattern: Option<Spanned<String>>,
    /// It does not match this.
    pub not: Option<Pattern>,
}

/// A condition on a link: all that is given must hold. `P` is a pattern of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LinkMatch<P = Pattern> {
    /// What its ends match, in either order.
    pub ends: Option<[P; 2]>,
    /// Its circuit is one of these.
    pub circuit: Vec<Circuit>,
    /// It bears one of these tags.
    pub tag: Vec<String>,
    /// One of these owns it.
    pub owner: Vec<String>,
}

/// Ways of sanitising that let data pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Methods {
    /// Any of them.
    Any,
    /// One of these.
    OneOf(Vec<Sanitise>),
}

/// What a requirement of data paths speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths<P = Pattern> {
    /// The side named first in a tuple.
    pub a: P,
    /// The side named second.
    pub b: P,
    /// Paths with a pass of one of these methods do not count.
    pub sanitised_by: Option<Methods>,
    /// Nodes that are taken out.
    pub without: Option<P>,
    /// Services of the last session, as its receiver sees it; `None`: any.
    pub services: Option<Vec<ServiceItem<'static>>>,
}

/// What is asked of exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExceptionCheck {
    /// That they are narrow, justified and in date.
    Limited,
    /// That their outer ends are not exposed.
    Peer,
    /// That they cover a session.
    Used,
    /// That somebody vouches for the peer.
    Attested,
}

/// The kinds of checks: as they are written, or with their names resolved. `P` is a pattern of nodes, `W` the id of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check<P = Pattern, W = Spanned<String>> {
    /// No data path joins the sides.
    Isolation(Paths<P>),
    /// No data path joins the sides but through nodes, which stand in `without`.
    Through(Paths<P>),
    /// No session is opened.
    Sessions {
        /// Who opens it.
        from: P,
        /// Who receives it.
        to: P,
        /// Its services, as the receiver sees them; `None`: any.
        service: Option<Vec<ServiceItem<'static>>>,
        /// Nodes that are taken out.
        without: Option<P>,
    },
    /// No broadcast domain joins the sides.
    Segment {
        /// The side named first in a tuple.
        a: P,
        /// The side named second.
        b: P,
    },
    /// No node has addresses in zones of several tiers.
    Homed {
        /// The nodes.
        nodes: P,
        /// Those that may.
        allowed: Option<P>,
    },
    /// Nodes or links declare what they should.
    Attributes {
        /// Which nodes; `None`: it is asked of links.
        nodes: Option<P>,
        /// Which links.
        links: Vec<LinkMatch<P>>,
        /// Controls, all of which they declare.
        controls: Vec<String>,
        /// Controls, one of which they declare; empty: none is asked.
        any_of: Vec<String>,
        /// That an owner is declared.
        owner: bool,
        /// Circuits, one of which a link is; empty: any.
        circuit: Vec<Circuit>,
    },
    /// Nodes are in some zones or tiers.
    Placement {
        /// The nodes.
        nodes: P,
        /// Zones where they may be.
        zones: Vec<String>,
        /// Tiers where they may be.
        tiers: Vec<Tier>,
    },
    /// Something is asked of exceptions.
    Exceptions {
        /// What.
        check: ExceptionCheck,
        /// Of those that waive one of these; empty: of all.
        of: Vec<W>,
    },
    /// Something is asked of transfers.
    Transfers {
        /// Of those with such an origin; `None`: any.
        from: Option<P>,
        /// Of those with such a destination; `None`: any.
        to: Option<P>,
        /// That one of these methods sanitises; `None`: not asked.
        sanitised_by: Option<Methods>,
        /// That there is a reason and an approver, and that it is in date.
        approved: bool,
    },
    /// Every endpoint has a zone that no address contradicts.
    Labelled,
    /// There is evidence of a kind.
    Evidence {
        /// Which.
        kind: String,
        /// No older than so many months; `None`: however old.
        within: Option<u64>,
    },
    /// What the document expects to be possible is possible.
    Expects,
}

impl<P, W> Check<P, W> {
    /// The same with other patterns and other ids.
    pub fn map<Q, V>(&self, nodes: &mut dyn FnMut(&P) -> Q, id: impl Fn(&W) -> V) -> Check<Q, V> {
        match self {
            Self::Isolation(paths) => Check::Isolation(paths.map(nodes)),
            Self::Through(paths) => Check::Through(paths.map(nodes)),
            Self::Sessions { from, to, service, without } => Check::Sessions {
                from: nodes(from),
                to: nodes(to),
                service: service.clone(),
                without: without.as_ref().map(nodes),
            },
            Self::Segment { a, b } => Check::Segment { a: nodes(a), b: nodes(b) },
            Self::Homed { nodes: which, allowed } => {
                Check::Homed { nodes: nodes(which), allowed: allowed.as_ref().map(nodes) }
            }
            Self::Attributes { nodes: which, links, controls, any_of, owner, circuit } => Check::Attributes {
                nodes: which.as_ref().map(&mut *nodes),
                links: links.iter().map(|link| link.map(nodes)).collect(),
                controls: controls.clone(),
                any_of: any_of.clone(),
                owner: *owner,
                circuit: circuit.clone(),
            },
            Self::Placement { nodes: which, zones, tiers } => {
                Check::Placement { nodes: nodes(which), zones: zones.clone(), tiers: tiers.clone() }
            }
            Self::Exceptions { check, of } => Check::Exceptions { check: *check, of: of.iter().map(id).collect() },
            Self::Transfers { from, to, sanitised_by, approved } => Check::Transfers {
                from: from.as_ref().map(&mut *nodes),
                to: to.as_ref().map(nodes),
                sanitised_by: sanitised_by.clone(),
                approved: *approved,
            },
            Self::Labelled => Check::Labelled,
            Self::Evidence { kind, within } => Check::Evidence { kind: kind.clone(), within: *within },
            Self::Expects => Check::Expects,
        }
    }
}

impl<P> Paths<P> {
    fn map<Q>(&self, nodes: &mut dyn FnMut(&P) -> Q) -> Paths<Q> {
        Paths {
            a: nodes(&self.a),
            b: nodes(&self.b),
            sanitised_by: self.sanitised_by.clone(),
            without: self.without.as_ref().map(nodes),
            services: self.services.clone(),
        }
    }
}

impl<P> LinkMatch<P> {
    fn map<Q>(&self, nodes: &mut dyn FnMut(&P) -> Q) -> LinkMatch<Q> {
        LinkMatch {
            ends: self.ends.as_ref().map(|[a, b]| [nodes(a), nodes(b)]),
            circuit: self.circuit.clone(),
            tag: self.tag.clone(),
            owner: self.owner.clone(),
        }
    }
}

/// Reads a policy file; what is wrong goes to `diagnostics`.
///
/// `None` when there is nothing to speak of. `Some` is only fit for use when `diagnostics` has no errors.
pub fn read_policy(source: &Source, diagnostics: &mut Diagnostics) -> Option<PolicyFile> {
    super::read_other(source, diagnostics, |decoder, body| decoder.policy(body))
}
