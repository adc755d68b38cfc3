//! The quotient document that stands for the whole one, and what was decided about it.

use std::time::Instant;

use rustc_hash::FxHashSet as HashSet;

use super::Session;
use super::quotient::{Anchor, Place, Quotient};
use super::store::{LinkNumber, NodeNumber, Store};
use crate::diagnostic::Diagnostics;
use crate::document::{Addresses, Document, Kind, Link, NameId, NameTable, Node, Vlans, Words};
use crate::engine::{Limits, Outcome, RequirementDecider};
use crate::model::Model;
use crate::model::names::Names;
use crate::policy::Policy;
use crate::refusal::nothing_to_verify;
use crate::source::Span;

/// Whom a node of the quotient document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stands {
    /// A node.
    Node(NodeNumber),
    /// A group.
    Group(u32),
    /// Nobody who is not counted elsewhere.
    Nobody,
}

/// What was decided about a quotient document; and of requirements that it does not follow, about the whole one.
pub(super) struct Decided {
    /// By index of a node in the quotient document.
    pub stands: Vec<Stands>,
    /// Of each requirement; `None`: undecided.
    pub outcomes: Vec<Option<Outcome>>,
    /// The nodes and links of the whole document by their index in it, where there are such requirements.
    pub whole: (Vec<NodeNumber>, Vec<LinkNumber>),
}

/// Writes the quotient document. It has a table of names of its own, or as many names would have to be looked at as the whole has.
struct Writer<'a, 's> {
    store: &'a Store<'s>,
    quotient: &'a Quotient,
    names: NameTable<'s>,
    nodes: Vec<Node<'s>>,
    links: Vec<Link<'s>>,
    stands: Vec<Stands>,
    /// The link of the whole document that each link is; `None`: it is none.
    numbers: Vec<Option<LinkNumber>>,
    /// Runs that are in the document.
    runs: HashSet<u32>,
}

impl<'a, 's> Writer<'a, 's> {
    /// Nothing is written yet; nodes that stand for themselves come first.
    fn new(store: &'a Store<'s>, quotient: &'a Quotient) -> Self {
        Self {
            store,
            quotient,
            names: NameTable::default(),
            nodes: Vec::new(),
            links: Vec::new(),
            stands: quotient.kept.iter().map(|&node| Stands::Node(node)).collect(),
            numbers: Vec::new(),
            runs: HashSet::default(),
        }
    }

    /// Everything but the nodes that stand for themselves is written.
    fn written(mut self) -> Self {
        self.visible_links();
        self.groups();
        self.spare_links();
        self
    }

    fn add_bare(&mut self, id: &str, kind: Kind) -> NameId {
        let id = self.names.intern(id);
        let node = Node {
            id,
            id_at: u32::MAX,
            zone: None,
            kind,
            addresses: Addresses::default(),
            forwards: None,
            controls: Words::default(),
            tags: Words::default(),
            details: None,
            span: Span::default(),
        };
        self.add(node, Stands::Nobody);
        id
    }

    fn add(&mut self, node: Node<'s>, stands: Stands) {
        self.nodes.push(node);
        self.stands.push(stands);
    }

    /// A name of the whole document, in the small one.
    fn name(&mut self, name: NameId) -> NameId {
        self.names.intern(self.store.text(name))
    }

    /// The name that stands for a node at the end of a link.
    fn name_of(&mut self, node: NodeNumber) -> Option<NameId> {
        match self.quotient.place(node) {
            Place::LeafSwitch { .. } | Place::Contracted { .. } => self.name_of_anchor(self.quotient.anchor(node)),
            _ => self.store.node(node).map(|node| self.name(node.id)),
        }
    }

    fn name_of_anchor(&mut self, anchor: Anchor) -> Option<NameId> {
        match anchor {
            Anchor::Node(node) => self.store.node(node).map(|node| self.name(node.id)),
            Anchor::Run(run) => {
                // No name of a document has a colon.
                let id = format!(":{run}");
                if self.runs.insert(run) {
                    return Some(self.add_bare(&id, Kind::Router));
                }
                Some(self.names.intern(&id))
            }
        }
    }

    fn add_link(&mut self, ends: [NameId; 2], like: (LinkNumber, &Link<'s>), interfaces: [Option<NameId>; 2]) {
        let (number, like) = like;
        let mut link = Link::plain(ends, like.span);
        if like.names_vlans() || like.one_way() || interfaces != [None; 2] {
            link.take_after(like);
            link.details_mut().interfaces = interfaces;
        }
        self.links.push(link);
        self.numbers.push(Some(number));
    }

    /// The links that are no group's. Where the node at the other end is another now, an interface that nobody named is named
    /// otherwise too; but no filter or route mentions the name that it had, or that node would stand for itself.
    fn visible_links(&mut self) {
        for &link in &self.quotient.visible {
            let Some(stored) = self.store.link(link) else { continue };
            let [Some(a), Some(b)] = stored.ends.map(|end| self.name_of(end)) else { continue };
            if a == b {
                continue;
            }
            let interfaces = [0, 1].map(|end| stored.link.interface(end).map(|name| self.name(name)));
            self.add_link([a, b], (link, &stored.link), interfaces);
        }
    }

    /// Two of each group.
    fn groups(&mut self) {
        for (at, group) in (0_u32..).zip(&self.quotient.groups) {
            for (which, &member) in group.members.iter().take(2).enumerate() {
                let Some(node) = self.store.node(member) else { continue };
                let (id, zone) = (self.name(node.id), node.zone.map(|zone| self.name(zone)));
                self.add(
                    Node { id, zone, ..node.clone() },
                    if which == 0 { Stands::Group(at) } else { Stands::Nobody },
                );
                let Some(attached) = &group.key.attached else { continue };
                let Some(&link) = self.store.links_of(member).first() else { continue };
                let Some(stored) = self.store.link(link) else { continue };
                let Some(anchor) = self.name_of_anchor(attached.anchor) else { continue };
                let far = attached.far.map(|far| self.name(far));
                if stored.ends[0] == member {
                    self.add_link([id, anchor], (link, &stored.link), [None, far]);
                } else {
                    self.add_link([anchor, id], (link, &stored.link), [far, None]);
                }
            }
        }
    }

    /// What an l3-switch routes may depend on every VLAN that any link names: a link with each set, apart from everything.
    fn spare_links(&mut self) {
        let is_l3 = |&node: &NodeNumber| self.store.node(node).is_some_and(|node| node.kind == Kind::L3Switch);
        if !self.quotient.kept.iter().any(is_l3) {
            return;
        }
        let ends = [":a", ":b"].map(|id| self.add_bare(id, Kind::Switch));
        for (set, count) in &self.store.vlan_sets {
            let Some(set) = set.as_ref().filter(|_| *count > 0) else { continue };
            let mut link = Link::plain(ends, Span::default());
            link.details_mut().vlans = Some(Vlans::from(set.clone()));
            self.links.push(link);
            self.numbers.push(None);
        }
    }
}

/// A quotient document on its own, whom its nodes stand for, and which links of the whole one its links are.
pub(super) type Alone<'s> = (Document<'s>, Vec<Stands>, Vec<Option<LinkNumber>>);

/// The document that stands for the whole one; not where only the whole one can be decided.
pub(super) fn alone<'s>(store: &Store<'s>, quotient: &Quotient) -> Alone<'s> {
    let mut writer = Writer::new(store, quotient);
    let mut kept: Vec<Node<'s>> = Vec::new();
    for node in quotient.kept.iter().filter_map(|&node| store.node(node)) {
        let (id, zone) = (writer.name(node.id), node.zone.map(|zone| writer.name(zone)));
        kept.push(Node { id, zone, ..node.clone() });
    }
    let Writer { names, links, nodes, stands, numbers, .. } = writer.written();
    let mut document = store.frame.clone();
    kept.extend(nodes);
    (document.names, document.nodes, document.links) = (names, kept, links);
    (document, stands, numbers)
}

/// Decides the document that stands for the whole one, and the whole one by `apart`, the requirements that the other does not follow.
///
/// # Errors
/// What is wrong with the document.
pub(super) fn decide(
    store: &mut Store<'_>,
    quotient: &Quotient,
    terms: &Session<'_>,
    apart: Option<&Policy>,
) -> Result<Decided, Diagnostics> {
    let whole = (Vec::new(), Vec::new());
    let mut decided = decide_and(store, quotient, terms, |_, stands, outcomes| Decided { stands, outcomes, whole })?;
    let Some(policy) = apart else { return Ok(decided) };
    decided.whole = (store.all_nodes(), store.all_links().map(|(number, _)| number).collect());
    if !store.must_be_whole() {
        let asked = Session { policy, ..*terms };
        let mut outcomes = decide_whole(store, &asked, |_, _, outcomes| Ok(outcomes))?.into_iter();
        for (one, outcome) in terms.policy.requirements.iter().zip(&mut decided.outcomes) {
            if !one.asked.is_followed() {
                *outcome = outcomes.next().flatten();
            }
        }
        speaks_of_somebody(terms, &decided.outcomes)?;
    }
    Ok(decided)
}

/// Decides the document that stands for the whole one, and looks at it and at what was decided.
///
/// # Errors
/// What is wrong with the document.
pub(super) fn decide_and<T>(
    store: &mut Store<'_>,
    quotient: &Quotient,
    terms: &Session<'_>,
    look: impl FnOnce(&mut RequirementDecider<'_, '_>, Vec<Stands>, Vec<Option<Outcome>>) -> T,
) -> Result<T, Diagnostics> {
    if store.must_be_whole() {
        return decide_whole(store, terms, |decider, stands, outcomes| {
            speaks_of_somebody(terms, &outcomes)?;
            Ok(look(decider, stands, outcomes))
        });
    }
    let kept: Vec<NodeNumber> = quotient.kept.iter().copied().collect();
    let mut writer = Writer::new(store, quotient);
    let mut lent: Vec<(NodeNumber, NameId, Option<NameId>)> = Vec::with_capacity(kept.len());
    for &node in &kept {
        if let Some(value) = writer.store.node(node) {
            let (id, zone) = (writer.name(value.id), value.zone.map(|zone| writer.name(zone)));
            lent.push((node, id, zone));
        }
    }
    let Writer { mut names, links, nodes, stands, .. } = writer.written();
    // Nodes that stand for themselves are lent, not copied: a firewall may have a hundred thousand rules.
    let mut all: Vec<Node<'_>> = Vec::with_capacity(stands.len());
    for (node, id, zone) in &mut lent {
        if let Some(mut value) = store.lend(*node) {
            std::mem::swap(&mut value.id, id);
            std::mem::swap(&mut value.zone, zone);
            all.push(value);
        }
    }
    all.extend(nodes);
    std::mem::swap(&mut store.frame.names, &mut names);
    (store.frame.nodes, store.frame.links) = (all, links);
    let seen = decide_document(&store.frame, terms, |decider, mut outcomes| {
        // SOUNDNESS: a group of nodes stands for what the quotient keeps of them; what else a requirement looks at is not known here.
        for (one, outcome) in terms.policy.requirements.iter().zip(&mut outcomes) {
            outcome.take_if(|_| !one.asked.is_followed());
        }
        speaks_of_somebody(terms, &outcomes)?;
        Ok(look(decider, stands, outcomes))
    });
    store.frame.names = names;
    store.frame.links = Vec::new();
    for (mut value, (node, id, zone)) in std::mem::take(&mut store.frame.nodes).into_iter().zip(lent) {
        (value.id, value.zone) = (id, zone);
        store.give_back(node, value);
    }
    seen
}

/// Decides the whole document, in which every node stands for itself.
fn decide_whole<T>(
    store: &mut Store<'_>,
    terms: &Session<'_>,
    look: impl FnOnce(&mut RequirementDecider<'_, '_>, Vec<Stands>, Vec<Option<Outcome>>) -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    let numbers = store.all_nodes();
    store.frame.links = store.all_links().map(|(_, link)| link.clone()).collect();
    store.frame.nodes = numbers.iter().filter_map(|&node| store.lend(node)).collect();
    let stands = numbers.iter().map(|&node| Stands::Node(node)).collect();
    let seen = decide_document(&store.frame, terms, |decider, outcomes| look(decider, stands, outcomes));
    store.frame.links = Vec::new();
    for (value, number) in std::mem::take(&mut store.frame.nodes).into_iter().zip(numbers) {
        store.give_back(number, value);
    }
    seen
}

fn decide_document<T>(
    document: &Document<'_>,
    terms: &Session<'_>,
    look: impl FnOnce(&mut RequirementDecider<'_, '_>, Vec<Option<Outcome>>) -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let names = Names::resolve(document, &mut diagnostics);
    let Some(names) = names.filter(|_| !diagnostics.has_errors()) else { return Err(diagnostics) };
    let model = Model::asked(document, &names, &terms.policy.services());
    let deadline = terms.limit.and_then(|limit| Instant::now().checked_add(limit));
    let mut decider =
        RequirementDecider::new(&model, terms.date, Limits { deadline, memory: terms.memory, ..Limits::default() });
    let outcomes = decider.decide_all(&terms.policy.requirements, &|| {}).into_iter().map(Result::ok).collect();
    look(&mut decider, outcomes)
}

/// A document of which no requirement on ways speaks is not worth a verdict.
fn speaks_of_somebody(terms: &Session<'_>, outcomes: &[Option<Outcome>]) -> Result<(), Diagnostics> {
    let mut ways = terms.policy.requirements.iter().zip(outcomes).filter(|(one, _)| one.asked.is_of_ways());
    if !ways.all(|(_, outcome)| matches!(outcome, Some(Outcome::Vacuous))) {
        return Ok(());
    }
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(nothing_to_verify());
    Err(diagnostics)
}
