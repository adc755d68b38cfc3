//! What nodes and links declare.

use crate::document::Circuit;
use crate::engine::decider::RequirementDecider;
use crate::engine::matcher::Matcher;
use crate::engine::outcome::{Item, Outcome};
use crate::model::{LinkId, Model};
use crate::policy::{LinkPattern, NodePattern};

/// What is to be declared.
#[derive(Clone, Copy, Debug)]
pub struct Declared<'a> {
    /// Controls, all of them.
    pub controls: &'a [String],
    /// Controls, one of them; empty: none is asked.
    pub any_of: &'a [String],
    /// An owner.
    pub owner: bool,
    /// Circuits, one of which a link is; empty: any.
    pub circuit: &'a [Circuit],
}

/// Something that is not declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// A control.
    Control(String),
    /// One of some controls.
    OneOf(Vec<String>),
    /// An owner.
    Owner,
    /// One of some circuits.
    Circuit(Vec<Circuit>),
}

impl Declared<'_> {
    /// What is lacking where these controls are declared, and whether an owner and which circuit is.
    #[must_use]
    pub fn lacking(&self, controls: &[Box<str>], owner: bool, circuit: Option<Circuit>) -> Vec<Lack> {
        let has = |wanted: &String| controls.iter().any(|control| **control == **wanted);
        let mut out: Vec<Lack> =
            self.controls.iter().filter(|wanted| !has(wanted)).cloned().map(Lack::Control).collect();
        if !self.any_of.is_empty() && !self.any_of.iter().any(has) {
            out.push(Lack::OneOf(self.any_of.to_vec()));
        }
        if self.owner && !owner {
            out.push(Lack::Owner);
        }
        if circuit.is_some_and(|circuit| !self.circuit.is_empty() && !self.circuit.contains(&circuit)) {
            out.push(Lack::Circuit(self.circuit.to_vec()));
        }
        out
    }

    /// What a node does not declare.
    #[must_use]
    pub fn lacking_of_node(&self, model: &Model<'_>, node: u32) -> Vec<Lack> {
        let node = &model.document.nodes[node as usize];
        self.lacking(&node.controls, node.details.as_ref().is_some_and(|details| details.owner.is_some()), None)
    }

    /// What a link does not declare.
    #[must_use]
    pub fn lacking_of_link(&self, model: &Model<'_>, link: LinkId) -> Vec<Lack> {
        let link = &model.document.links[link.index()];
        self.lacking(link.controls(), link.owner().is_some(), Some(link.circuit()))
    }
}

/// A pattern of links, ready to be asked.
struct LinkMatcher<'p, 'm, 'd> {
    pattern: &'p LinkPattern,
    ends: Option<[Matcher<'p, 'm, 'd>; 2]>,
}

impl LinkMatcher<'_, '_, '_> {
    fn matches(&self, model: &Model<'_>, link: LinkId) -> bool {
        let (ends, link) = (model.names.links[link.index()], &model.document.links[link.index()]);
        let LinkPattern { ends: _, circuit, tag, owner } = self.pattern;
        (circuit.is_empty() || circuit.contains(&link.circuit()))
            && (tag.is_empty() || link.tags().iter().any(|own| tag.iter().any(|tag| **own == **tag)))
            && (owner.is_empty() || link.owner().is_some_and(|own| owner.iter().any(|owner| *own == **owner)))
            && self.ends.as_ref().is_none_or(|[a, b]| {
                let [first, second] = ends;
                a.matches(first) && b.matches(second) || a.matches(second) && b.matches(first)
            })
    }
}

impl RequirementDecider<'_, '_> {
    /// Decides whether nodes declare controls.
    pub(in crate::engine) fn controls(&self, nodes: &[NodePattern], controls: &[String]) -> Outcome {
        // Nodes with equal lists share one, so that few are ever looked at.
        let mut last: Option<(*const Box<str>, usize, bool)> = None;
        let lacks = |&node: &u32| {
            let declared = &self.model.document.nodes[node as usize].controls;
            match last {
                Some((list, length, lacks)) if list == declared.as_ptr() && length == declared.len() => lacks,
                _ => {
                    let has = |wanted: &String| declared.iter().any(|control| **control == **wanted);
                    let lacks = !controls.iter().all(has);
                    last = Some((declared.as_ptr(), declared.len(), lacks));
                    lacks
                }
            }
        };
        self.nodes_that(nodes, lacks)
    }

    /// Decides whether nodes declare what they should.
    pub(in crate::engine) fn declared_by_nodes(&self, nodes: &[NodePattern], asked: Declared<'_>) -> Outcome {
        self.nodes_that(nodes, |&node| !asked.lacking_of_node(self.model, node).is_empty())
    }

    /// Decides whether links declare what they should. Links that are called the same are one tuple.
    pub(in crate::engine) fn declared_by_links(&self, links: &[LinkPattern], asked: Declared<'_>) -> Outcome {
        let model = self.model;
        let matchers: Vec<LinkMatcher<'_, '_, '_>> = links
            .iter()
            .map(|pattern| {
                let ends = pattern.ends.as_ref().map(|ends| ends.each_ref().map(|end| self.matcher(end)));
                LinkMatcher { pattern, ends }
            })
            .collect();
        let matches = |link: &LinkId| matchers.iter().any(|matcher| matcher.matches(model, *link));
        let mut links = model.names.links().map(|(link, _)| link).filter(matches).peekable();
        if links.peek().is_none() {
            return Outcome::Vacuous;
        }
        let mut called = std::collections::HashSet::new();
        let lacks = |&link: &LinkId| !asked.lacking_of_link(model, link).is_empty();
        let once = |&link: &LinkId| called.insert(Item::Link(link).id(model));
        Outcome::Tuples(links.filter(lacks).filter(once).map(|link| vec![Item::Link(link)]).collect())
    }
}
