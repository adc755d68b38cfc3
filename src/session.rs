//! A session: a document that changes rule by rule, link by link, node by node, and is decided anew after each change in time
//! that grows with what the change touches, not with the document.
//!
//! ```
//! use sanso::session::{Change, Session, Texts, Verifier};
//! use sanso::source::Source;
//!
//! let document = r#"{"sanso": 1, "nodes": [
//!   {"id": "db", "zone": "my-number"}, {"id": "pc", "zone": "lgwan"},
//!   {"id": "fw", "kind": "firewall", "filter": {"rules": []}}],
//!   "links": [["db", "fw"], ["pc", "fw"]]}"#;
//! let source = Source::new("ward.json", document.as_bytes().to_vec())?;
//! let (texts, session) = (Texts::default(), Session::today(2026, 11, 22));
//! let mut verifier = Verifier::new(&source, &texts, &session).map_err(|_| "unusable")?;
//! assert_eq!(verifier.state("MN-ISOLATION").map(|state| state.tuples), Some(0));
//! verifier.apply(Change::AddRule { node: "fw", filter: 0, at: 0, rule: r#"{"action": "permit"}"# }).map_err(|_| "refused")?;
//! assert_eq!(verifier.violating("MN-ISOLATION", 10), [["db", "pc"]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where nodes translate addresses, or the ends of links differ in their VLANs, the whole document is decided after each change; so is
//! what a policy asks of links, segments, declared addresses and communication that must be possible.
//!
//! After every change the verdicts and tuples are those of a fresh run on the changed document (`tests/session.rs` holds the two to
//! each other). A change that would leave a document that cannot be used is refused, and nothing changes.

mod address_atoms;
mod answer;
mod asked;
mod change;
mod element;
mod forwarders;
mod held;
mod mention;
mod moves;
mod mutation;
mod quotient;
mod quotient_document;
mod small;
mod store;
mod without;

use std::time::Duration;

pub use crate::report::Verdict;
pub use answer::State;
pub use change::{Change, Texts};
pub use element::Element;
pub use mutation::{Mutation, RulePart};
pub use small::{Small, Whom};
pub use without::{Look, Without};

use crate::diagnostic::Diagnostics;
use crate::document::{self, Date};
use crate::engine::Memory;
use crate::model::names::{Names, check_waived};
use crate::policy::{DEFAULT, Policy};
use crate::refusal::held_against;
use crate::source::Source;
use held::{Held, Resolved};
use quotient_document::Decided;

/// What a session decides by.
#[derive(Clone, Copy, Debug)]
pub struct Session<'o> {
    /// The policy to decide.
    pub policy: &'o Policy,
    /// Today in Japan, for the expiry of exceptions.
    pub date: Date,
    /// After this time, of each change, what is not decided stays undecided.
    pub limit: Option<Duration>,
    /// While this much memory is in use, what is not decided stays undecided.
    pub memory: Option<Memory>,
}

impl Session<'static> {
    /// The default policy, on a day, without limits.
    ///
    /// # Panics
    /// When the default policy, which comes with the program, cannot be read: never.
    #[must_use]
    pub fn today(year: i32, month: u8, day: u8) -> Self {
        let policy = Policy::built_in(DEFAULT).expect("the default policy is built in");
        Self { policy, date: Date { year, month, day }, limit: None, memory: None }
    }
}

/// Whether a quotient document can stand for a document: not where the ends of links differ in their VLANs, nor where addresses
/// are translated, so that who is alike elsewhere may not be.
#[must_use]
pub fn has_quotient(document: &document::Document<'_>) -> bool {
    !document.links.iter().any(document::Link::is_uneven) && !document.nodes.iter().any(translates)
}

/// Whether a node translates addresses.
fn translates(node: &document::Node<'_>) -> bool {
    node.details.as_ref().is_some_and(|details| details.nat.is_some())
}

/// A document that changes, and what is decided about it.
pub struct Verifier<'s> {
    held: Held<'s>,
    texts: &'s Texts,
    terms: Session<'s>,
    /// The requirements that hang on more than the quotient document keeps, if there are any.
    apart: Option<Policy>,
    decided: Decided,
}

/// What a policy asks that is decided of the whole document alone.
fn apart(policy: &Policy) -> Option<Policy> {
    let mut apart = policy.clone();
    apart.requirements.retain(|one| !one.asked.is_followed());
    (!apart.requirements.is_empty()).then_some(apart)
}

impl<'s> Verifier<'s> {
    /// Reads and decides a document. O(n log n), as a fresh run.
    ///
    /// # Errors
    /// The diagnostics when the document cannot be used.
    pub fn new(source: &'s Source, texts: &'s Texts, session: &Session<'s>) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let Some(document) = document::read(source, &mut diagnostics) else { return Err(diagnostics) };
        check_waived(&document, &session.policy.path_requirements().collect::<Vec<_>>(), &mut diagnostics);
        held_against(&document, session.policy).into_iter().for_each(|one| diagnostics.push(one));
        let Some(names) = Names::resolve(&document, &mut diagnostics) else { return Err(diagnostics) };
        let resolved = Resolved::of(&names);
        drop(names);
        let mut held = Held::new(document, resolved, session.policy);
        let apart = apart(session.policy);
        let decided = quotient_document::decide(&mut held.store, &held.quotient, session, apart.as_ref())?;
        held.quotient.changed = false;
        Ok(Self { held, texts, terms: *session, apart, decided })
    }

    /// Makes a change and decides the document anew.
    ///
    /// # Errors
    /// What is wrong with the change, or with the document as it would be; then nothing changed. Places are those of the text of the
    /// change, or of the text of what was there before.
    pub fn apply(&mut self, change: Change<'_>) -> Result<(), Diagnostics> {
        let edit = change::prepare(&mut self.held.store, self.texts, change)?;
        let was_whole = self.held.store.must_be_whole();
        let back = self.held.perform(edit);
        let whole = was_whole || self.held.store.must_be_whole() || self.apart.is_some();
        // What a limit left undecided is tried again.
        if !whole && !self.held.quotient.changed && self.decided.outcomes.iter().all(Option::is_some) {
            return Ok(());
        }
        match self.decide() {
            Ok(decided) => {
                self.decided = decided;
                self.held.quotient.changed = false;
                Ok(())
            }
            Err(diagnostics) => {
                self.held.perform(back);
                // What was decided before speaks of groups that may have other numbers now.
                self.decided = self.decide()?;
                self.held.quotient.changed = false;
                Err(diagnostics)
            }
        }
    }

    fn decide(&mut self) -> Result<Decided, Diagnostics> {
        let Held { store, quotient } = &mut self.held;
        quotient_document::decide(store, quotient, &self.terms, self.apart.as_ref())
    }
}
