//! The small document that stands for the whole one, and what was decided about it.

use std::time::Instant;

use rustc_hash::FxHashMap as HashMap;

use super::fold::{Anchor, Fold, Place};
use super::store::{NodeNumber, Store};
use crate::diagnostic::Diagnostics;
use crate::document::{Date, Document, Kind, Link, LinkEnd, Node, Span, Text};
use crate::engine::{Decider, Limits, Outcome};
use crate::model::Model;
use crate::model::names::Names;
use crate::policy::Policy;
use crate::verify::{is_path, nothing_to_verify};

/// Whom a node of the small document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// A node.
    Node(NodeNumber),
    /// A group.
    Group(u32),
    /// Nobody who is not counted elsewhere.
    Nobody,
}

/// What was decided about a small document.
pub(super) struct Decided {
    /// By index of a node in the small document.
    pub stands: Vec<Stands>,
    /// Of each requirement; `None`: undecided.
    pub outcomes: Vec<Option<Outcome>>,
}

/// What a session decides by.
#[derive(Clone, Copy)]
pub(super) struct Terms<'o> {
    pub policy: &'o Policy,
    pub date: Date,
    pub limits: Limits,
    pub limit: Option<std::time::Duration>,
}

/// No document can have such an id: names have no colon.
fn of_run(run: u32) -> String {
    format!(":{run}")
}

struct Writer<'a, 's> {
    store: &'a Store<'s>,
    fold: &'a Fold,
    nodes: Vec<Node<'s>>,
    links: Vec<Link<'s>>,
    stands: Vec<Stands>,
    /// Runs that are in the document.
    runs: HashMap<u32, ()>,
    empty: crate::document::Words,
}

impl<'s> Writer<'_, 's> {
    fn bare(&self, id: String, kind: Kind) -> Node<'s> {
        Node {
            id: Text::Owned(id),
            kind,
            zone: None,
            addresses: Box::default(),
            forwards: None,
            controls: self.empty.clone(),
            tags: self.empty.clone(),
            details: None,
            span: Span::default(),
        }
    }

    fn add(&mut self, node: Node<'s>, stands: Stands) {
        self.nodes.push(node);
        self.stands.push(stands);
    }

    /// The id that stands for a node at the end of a link.
    fn id_of(&mut self, node: NodeNumber) -> Option<Text<'s>> {
        match self.fold.place(node) {
            Place::Pendant { .. } | Place::Melted { .. } => self.id_of_anchor(self.fold.anchor(node)),
            _ => self.own_id(node),
        }
    }

    fn own_id(&self, node: NodeNumber) -> Option<Text<'s>> {
        self.store.name(node)
    }

    fn id_of_anchor(&mut self, anchor: Anchor) -> Option<Text<'s>> {
        match anchor {
            Anchor::Node(node) => self.own_id(node),
            Anchor::Run(run) => {
                if self.runs.insert(run, ()).is_none() {
                    let node = self.bare(of_run(run), Kind::Router);
                    self.add(node, Stands::Nobody);
                }
                Some(Text::Owned(of_run(run)))
            }
        }
    }

    /// The links that are no group's. Every interface keeps the name that it had, for the node at the other end may be another now.
    fn visible_links(&mut self) {
        for &link in &self.fold.visible {
            let Some(stored) = self.store.link(link) else { continue };
            let [Some(a), Some(b)] = stored.ends.map(|end| self.id_of(end)) else { continue };
            if a == b {
                continue;
            }
            let interface =
                |end: usize| stored.link.ends[end].interface.clone().or_else(|| self.own_id(stored.ends[1 - end]));
            let ends = [LinkEnd { node: a, interface: interface(0) }, LinkEnd { node: b, interface: interface(1) }];
            let (vlans, one_way) = (stored.link.vlans.clone(), stored.link.one_way);
            self.links.push(Link { ends, vlans, one_way, id: None, span: stored.link.span });
        }
    }

    /// Two of each group.
    fn groups(&mut self) {
        for (at, group) in (0_u32..).zip(&self.fold.groups) {
            for (which, &member) in group.members.iter().take(2).enumerate() {
                let Some(node) = self.store.node(member) else { continue };
                self.add(node.clone(), if which == 0 { Stands::Group(at) } else { Stands::Nobody });
                let Some(attached) = &group.key.attached else { continue };
                let Some(&link) = self.store.links_of(member).first() else { continue };
                let Some(stored) = self.store.link(link) else { continue };
                let Some(anchor) = self.id_of_anchor(attached.anchor) else { continue };
                let far = attached.far.as_deref().map_or_else(|| node.id.clone(), |far| Text::Owned(far.to_owned()));
                let own = LinkEnd { node: node.id.clone(), interface: None };
                let other = LinkEnd { node: anchor, interface: Some(far) };
                let first = stored.ends[0] == member;
                let ends = if first { [own, other] } else { [other, own] };
                let (vlans, one_way) = (stored.link.vlans.clone(), stored.link.one_way);
                self.links.push(Link { ends, vlans, one_way, id: None, span: stored.link.span });
            }
        }
    }

    /// What an l3-switch routes may depend on every VLAN that any link names: a link with each set, apart from everything.
    fn spare_links(&mut self) {
        let is_l3 = |&node: &NodeNumber| self.store.node(node).is_some_and(|node| node.kind == Kind::L3Switch);
        if !self.fold.kept.iter().any(is_l3) {
            return;
        }
        let ids = [":a", ":b"];
        for id in ids {
            let node = self.bare(id.to_owned(), Kind::Switch);
            self.add(node, Stands::Nobody);
        }
        for (set, count) in &self.store.vlan_sets {
            let Some(set) = set.as_ref().filter(|_| *count > 0) else { continue };
            let ends = ids.map(|id| LinkEnd { node: Text::Borrowed(id), interface: None });
            let vlans = Some(Box::new(set.clone()));
            self.links.push(Link { ends, vlans, one_way: false, id: None, span: Span::default() });
        }
    }
}

/// Decides the document that stands for the whole one.
///
/// # Errors
/// What is wrong with the document.
pub(super) fn decide(store: &mut Store<'_>, fold: &Fold, terms: &Terms<'_>) -> Result<Decided, Diagnostics> {
    let kept: Vec<NodeNumber> = fold.kept.iter().copied().collect();
    let stands: Vec<Stands> = kept.iter().map(|&node| Stands::Node(node)).collect();
    let empty = crate::document::Words::from([]);
    let mut writer =
        Writer { store, fold, nodes: Vec::new(), links: Vec::new(), stands, runs: HashMap::default(), empty };
    writer.visible_links();
    writer.groups();
    writer.spare_links();
    let Writer { links, nodes, stands, .. } = writer;
    // Nodes that stand for themselves are lent, not copied: a firewall may have a hundred thousand rules.
    let mut all: Vec<Node<'_>> = kept.iter().filter_map(|&node| store.lend(node)).collect();
    all.extend(nodes);
    (store.frame.nodes, store.frame.links) = (all, links);
    let outcomes = decide_document(&store.frame, terms);
    let nodes = std::mem::take(&mut store.frame.nodes);
    store.frame.links = Vec::new();
    for (node, at) in nodes.into_iter().zip(kept) {
        store.give_back(at, node);
    }
    Ok(Decided { stands, outcomes: outcomes? })
}

fn decide_document(document: &Document<'_>, terms: &Terms<'_>) -> Result<Vec<Option<Outcome>>, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let names = Names::resolve(document, &mut diagnostics);
    let Some(names) = names.filter(|_| !diagnostics.has_errors()) else { return Err(diagnostics) };
    let model = Model::new(document, &names);
    let deadline = terms.limit.and_then(|limit| Instant::now().checked_add(limit));
    let mut decider = Decider::new(&model, terms.date, Limits { deadline, ..terms.limits });
    let outcomes = terms.policy.requirements.iter().map(|requirement| decider.decide(requirement).ok());
    let outcomes: Vec<Option<Outcome>> = outcomes.collect();
    let mut paths = terms.policy.requirements.iter().zip(&outcomes).filter(|(one, _)| is_path(&one.evaluator));
    if paths.all(|(_, outcome)| matches!(outcome, Some(Outcome::Vacuous))) {
        diagnostics.push(nothing_to_verify());
        return Err(diagnostics);
    }
    Ok(outcomes)
}
