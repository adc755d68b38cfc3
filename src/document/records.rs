//! What a document records beside nodes and links: excepted communication, what is carried outside the network, evidence,
//! and what must be possible.

use super::{Date, Sanitise, Selector, Service, Spanned, Text};
use crate::source::Span;

/// Data that somebody or something outside the network carries.
#[derive(Clone, Debug)]
pub struct Transfer<'s> {
    /// Its id.
    pub id: Text<'s>,
    /// Endpoints that it is carried from; no addresses and groups.
    pub from: Selector<'s>,
    /// Endpoints that it is carried to; no addresses and groups.
    pub to: Selector<'s>,
    /// The sanitising method; `None`: as it is.
    pub sanitise: Option<Sanitise>,
    /// Why; `None` when left out.
    pub reason: Option<Text<'s>>,
    /// By whom; `None` when left out.
    pub approved_by: Option<Text<'s>>,
    /// Last valid day; what is past it is still carried.
    pub expires: Option<Date>,
    /// Who answers for it; `None` when left out.
    pub owner: Option<Text<'s>>,
    /// When it was approved.
    pub approved_on: Option<Date>,
    /// The whole transfer.
    pub span: Span,
}

/// Who vouches for the peer of an exception.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Attested<'s> {
    pub by: Text<'s>,
    pub basis: Text<'s>,
}

/// An exception (特定通信).
#[derive(Clone, Debug)]
pub struct Exception<'s> {
    /// Its id.
    pub id: Text<'s>,
    /// Nodes that open the session.
    pub from: Selector<'s>,
    /// Nodes that receive it.
    pub to: Selector<'s>,
    /// Its services.
    pub service: Service<'s>,
    /// Requirements it is for, by id; `None` when left out ([`WAIVED_WHEN_LEFT_OUT`]). Never empty.
    pub waives: Option<Vec<Spanned<Text<'s>>>>,
    /// Why; `None` when left out.
    pub reason: Option<Text<'s>>,
    /// By whom; `None` when left out.
    pub approved_by: Option<Text<'s>>,
    /// Last valid day.
    pub expires: Option<Date>,
    /// Attestation of the peer.
    pub attested: Option<Attested<'s>>,
    /// Who answers for it; `None` when left out.
    pub owner: Option<Text<'s>>,
    /// When it was approved.
    pub approved_on: Option<Date>,
    /// The whole exception.
    pub span: Span,
}

/// The requirement that an exception is for when it names none.
pub const WAIVED_WHEN_LEFT_OUT: &str = "MN-ISOLATION";

impl Exception<'_> {
    /// The requirements it is for, by id.
    #[must_use]
    pub fn waived(&self) -> Vec<&str> {
        match &self.waives {
            None => vec![WAIVED_WHEN_LEFT_OUT],
            Some(list) => list.iter().map(|id| &*id.value).collect(),
        }
    }
}

/// Evidence that something was done: an audit from outside, a training.
#[derive(Clone, Debug)]
pub struct Evidence<'s> {
    /// Its id.
    pub id: Text<'s>,
    /// What was done, in a word that policies use: `external-audit`.
    pub kind: Text<'s>,
    /// By whom.
    pub by: Text<'s>,
    /// When; `None` only where an error was reported.
    pub date: Option<Date>,
    /// Last day on which it counts.
    pub valid_until: Option<Date>,
    /// The whole entry.
    pub span: Span,
}

/// Communication that must be possible.
#[derive(Clone, Debug)]
pub struct Expectation<'s> {
    /// Its id.
    pub id: Text<'s>,
    /// Endpoints that open sessions; no addresses and groups.
    pub from: Selector<'s>,
    /// Endpoints that they are opened to; no addresses and groups.
    pub to: Selector<'s>,
    /// Services, each of which must be possible; `transfer` is none of them.
    pub service: Service<'s>,
    /// The whole entry.
    pub span: Span,
}
