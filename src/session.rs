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
//! After every change the verdicts and tuples are those of a fresh run on the changed document (`tests/session.rs` holds the two to
//! each other). A change that would leave a document that cannot be used is refused, and nothing changes.

mod answer;
mod cells;
mod change;
mod fold;
mod forwarders;
mod moves;
mod small;
mod store;

use std::time::Duration;

pub use crate::report::Verdict;
pub use answer::State;
pub use change::{Change, Texts};

use crate::diagnostic::Diagnostics;
use crate::document::{self, Date};
use crate::model::ZoneNetworks;
use crate::model::names::Names;
use crate::policy::{DEFAULT, Policy};
use crate::source::Source;
use crate::verify::{Memory, other_model};
use change::Edit;
use fold::Fold;
use moves::Told;
use small::Decided;
use store::{LinkNumber, NodeNumber, Store};

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

/// A document that changes, and what is decided about it.
pub struct Verifier<'s> {
    store: Store<'s>,
    fold: Fold,
    texts: &'s Texts,
    terms: Session<'s>,
    decided: Decided,
}

impl<'s> Verifier<'s> {
    /// Reads and decides a document. O(n log n), as a fresh run.
    ///
    /// # Errors
    /// The diagnostics when the document cannot be used.
    pub fn new(source: &'s Source, texts: &'s Texts, session: &Session<'s>) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let Some(mut document) = document::read(source, &mut diagnostics) else { return Err(diagnostics) };
        let Some(names) = Names::resolve(&document, &mut diagnostics) else { return Err(diagnostics) };
        if let Some(model) = document.model.as_ref().filter(|model| *model.value != *session.policy.model) {
            diagnostics.push(other_model(&model.value, model.span, session.policy));
            return Err(diagnostics);
        }
        if let Some(link) = document.links.iter().find(|link| link.is_uneven()) {
            return Err(change::uneven(link.span));
        }
        let networks = ZoneNetworks::new(&names);
        let zones: Vec<String> = names.zones.iter().map(|&zone| zone.to_owned()).collect();
        let ends = names.links.clone();
        let all_networks: Vec<_> = names.networks.concat();
        drop(names);
        let (nodes, links) = (std::mem::take(&mut document.nodes), std::mem::take(&mut document.links));
        let mut store = Store::new(document, &zones, networks);
        store.reserve(nodes.len(), links.len());
        for node in nodes {
            store.add_node(node);
        }
        for (link, ends) in links.into_iter().zip(ends) {
            store.add_link(link, ends);
        }
        let mut fold = Fold::new();
        all_networks.iter().for_each(|network| drop(fold.cells.cut(network.range())));
        fold.place_all(&store);
        let decided = small::decide(&mut store, &fold, session)?;
        fold.changed = false;
        Ok(Self { store, fold, texts, terms: *session, decided })
    }

    /// Makes a change and decides the document anew.
    ///
    /// # Errors
    /// What is wrong with the change, or with the document as it would be; then nothing changed. Places are those of the text of the
    /// change, or of the text of what was there before.
    pub fn apply(&mut self, change: Change<'_>) -> Result<(), Diagnostics> {
        let edit = change::prepare(&mut self.store, self.texts, change)?;
        let back = self.perform(edit);
        // What a limit left undecided is tried again.
        if !self.fold.changed && self.decided.outcomes.iter().all(Option::is_some) {
            return Ok(());
        }
        match small::decide(&mut self.store, &self.fold, &self.terms) {
            Ok(decided) => {
                self.decided = decided;
                self.fold.changed = false;
                Ok(())
            }
            Err(diagnostics) => {
                self.perform(back);
                // What was decided before speaks of groups that may have other numbers now.
                self.decided = small::decide(&mut self.store, &self.fold, &self.terms)?;
                self.fold.changed = false;
                Err(diagnostics)
            }
        }
    }

    /// Makes an edit, and returns the one that takes it back.
    fn perform(&mut self, edit: Edit<'s>) -> Edit<'s> {
        let back = match edit {
            Edit::AddNode(node, links) => {
                let at = self.store.add_node(*node);
                self.fold.node_came(&self.store, at);
                for (link, other, first) in links {
                    let ends = if first { [at, other] } else { [other, at] };
                    self.add_link(link, ends);
                }
                Edit::RemoveNode(at)
            }
            Edit::RemoveNode(at) => {
                let mut links = Vec::new();
                while let Some(&link) = self.store.links_of(at).last() {
                    let other = self.store.other(link, at);
                    if let Some((value, ends)) = self.remove_link(link) {
                        links.push((value, other, ends[0] == at));
                    }
                }
                self.fold.node_goes(&self.store, at);
                match self.store.remove_node(at) {
                    Some(node) => {
                        self.fold.node_went(&self.store, &node);
                        Edit::AddNode(Box::new(node), links)
                    }
                    None => Edit::Nothing,
                }
            }
            Edit::AddLink(link, ends) => Edit::RemoveLink(self.add_link(*link, ends)),
            Edit::RemoveLink(link) => match self.remove_link(link) {
                Some((link, ends)) => Edit::AddLink(Box::new(link), ends),
                None => Edit::Nothing,
            },
            Edit::AddRule { node, filter, at, rule } => {
                let told = Told::by(&rule);
                self.store.insert_rule(node, filter, at, *rule);
                self.fold.rule_changed(&self.store, node, &told);
                Edit::RemoveRule { node, filter, at }
            }
            Edit::RemoveRule { node, filter, at } => match self.store.remove_rule(node, filter, at) {
                Some(rule) => {
                    self.fold.rule_changed(&self.store, node, &Told::by(&rule));
                    Edit::AddRule { node, filter, at, rule: Box::new(rule) }
                }
                None => Edit::Nothing,
            },
            Edit::Nothing => Edit::Nothing,
        };
        self.fold.settle(&self.store);
        back
    }

    fn add_link(&mut self, link: document::Link<'s>, ends: [NodeNumber; 2]) -> LinkNumber {
        let link = self.store.add_link(link, ends);
        self.fold.link_changed(&self.store, ends);
        self.fold.join_runs(&self.store, link);
        self.fold.look_at_link(&self.store, link);
        link
    }

    fn remove_link(&mut self, link: LinkNumber) -> Option<(document::Link<'s>, [NodeNumber; 2])> {
        let stored = self.store.remove_link(link)?;
        let ends = stored.ends;
        self.fold.link_went(&self.store, link, ends, stored.link.one_way());
        Some((stored.link, ends))
    }
}
