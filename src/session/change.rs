//! Changes as they are asked for, and as edits of what a session keeps.

use typed_arena::Arena;

use super::store::{LinkNumber, NodeNumber, Store};
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document, Link, Node, Rule, Span};
use crate::language::Phrase;
use crate::source::Source;

/// A change of a document. What is added is written as it would stand there, in JSON.
#[derive(Clone, Copy, Debug)]
pub enum Change<'c> {
    /// Adds a node, such as `{"id": "pc-9", "kind": "terminal", "zone": "lgwan"}`; links to it are added apart.
    AddNode(&'c str),
    /// Removes the node of this id, and its links.
    RemoveNode(&'c str),
    /// Adds a link, such as `["pc-9", "fw:lan"]`.
    AddLink(&'c str),
    /// Removes a link, written as it is or in another spelling of the same; of several that are the same, one.
    RemoveLink(&'c str),
    /// Adds a rule, such as `{"action": "deny", "to": "zone:internet"}`.
    AddRule {
        /// Id of the node.
        node: &'c str,
        /// Index of the filter of the node.
        filter: usize,
        /// Index of the rule before which it is put; the number of rules for the end.
        at: usize,
        /// The rule.
        rule: &'c str,
    },
    /// Removes a rule.
    RemoveRule {
        /// Id of the node.
        node: &'c str,
        /// Index of the filter of the node.
        filter: usize,
        /// Index of the rule.
        at: usize,
    },
}

/// Keeps the texts of a session's changes for as long as the session lasts.
#[derive(Default)]
pub struct Texts(Arena<Source>);

/// A change of what a session keeps.
pub(super) enum Edit<'s> {
    /// A node with its links: each with the node at the other end, and whether the node is the first end.
    AddNode(Box<Node<'s>>, Vec<(Link<'s>, NodeNumber, bool)>),
    RemoveNode(NodeNumber),
    AddLink(Box<Link<'s>>, [NodeNumber; 2]),
    RemoveLink(LinkNumber),
    AddRule {
        node: NodeNumber,
        filter: usize,
        at: usize,
        rule: Box<Rule<'s>>,
    },
    RemoveRule {
        node: NodeNumber,
        filter: usize,
        at: usize,
    },
    Nothing,
}

/// What a change comes to.
///
/// # Errors
/// What is wrong with it by itself; more may turn out when the document is resolved.
pub(super) fn prepare<'s>(store: &Store<'s>, texts: &'s Texts, change: Change<'_>) -> Result<Edit<'s>, Diagnostics> {
    match change {
        Change::AddNode(text) => {
            let mut read = read(texts, "\"nodes\":[", text, "]")?;
            let node = only(&mut read.nodes)?;
            if store.find(&node.id).is_some() {
                return Err(refused("duplicate-id", &node.id, DUPLICATE_NODE));
            }
            if let Some(zone) = node.zone.as_deref().filter(|zone| store.zone(zone).is_none()) {
                return Err(refused("unknown-zone", zone, UNKNOWN_ZONE));
            }
            Ok(Edit::AddNode(Box::new(node), Vec::new()))
        }
        Change::RemoveNode(id) => Ok(Edit::RemoveNode(node(store, id)?)),
        Change::AddLink(text) => {
            let link = read_link(texts, text)?;
            let ends = ends(store, &link)?;
            if link.id.as_deref().is_some_and(|id| store.link_by_id(id).is_some()) {
                return Err(refused("duplicate-id", link.id.as_deref().unwrap_or_default(), DUPLICATE_LINK));
            }
            Ok(Edit::AddLink(Box::new(link), ends))
        }
        Change::RemoveLink(text) => {
            let link = read_link(texts, text)?;
            let ends = ends(store, &link)?;
            let short = if store.links_of(ends[0]).len() <= store.links_of(ends[1]).len() { ends[0] } else { ends[1] };
            let same = |&number: &LinkNumber| {
                store.link(number).is_some_and(|stored| {
                    let own = &stored.link;
                    own.ends == link.ends && own.vlans == link.vlans && own.one_way == link.one_way && own.id == link.id
                })
            };
            let found = store.links_of(short).iter().copied().find(same);
            found.map(Edit::RemoveLink).ok_or_else(|| refused("unknown-link", text, UNKNOWN_LINK))
        }
        Change::AddRule { node: id, filter, at, rule } => {
            let node = node(store, id)?;
            let before = "\"nodes\":[{\"id\":\"-\",\"kind\":\"firewall\",\"filter\":{\"rules\":[";
            let mut read = read(texts, before, rule, "]}}]")?;
            let details = only(&mut read.nodes)?.details;
            let filters = details.and_then(|details| details.filters).unwrap_or_default();
            let mut rules = filters.into_iter().next().map(|filter| filter.rules).unwrap_or_default();
            let rule = only(&mut rules)?;
            match store.rules(node, filter) {
                Some(rules) if at <= rules.len() => Ok(Edit::AddRule { node, filter, at, rule: Box::new(rule) }),
                _ => Err(refused("unknown-rule", id, UNKNOWN_RULE)),
            }
        }
        Change::RemoveRule { node: id, filter, at } => {
            let node = node(store, id)?;
            match store.rules(node, filter) {
                Some(rules) if at < rules.len() => Ok(Edit::RemoveRule { node, filter, at }),
                _ => Err(refused("unknown-rule", id, UNKNOWN_RULE)),
            }
        }
    }
}

fn node(store: &Store<'_>, id: &str) -> Result<NodeNumber, Diagnostics> {
    store.find(id).ok_or_else(|| refused("unknown-node", id, UNKNOWN_NODE))
}

fn ends(store: &Store<'_>, link: &Link<'_>) -> Result<[NodeNumber; 2], Diagnostics> {
    let [a, b] = [node(store, &link.ends[0].node)?, node(store, &link.ends[1].node)?];
    if a == b { Err(refused("self-link", &link.ends[0].node, SELF_LINK)) } else { Ok([a, b]) }
}

fn read_link<'s>(texts: &'s Texts, text: &str) -> Result<Link<'s>, Diagnostics> {
    only(&mut read(texts, "\"nodes\":[],\"links\":[", text, "]")?.links)
}

/// The one thing that a text was to hold.
fn only<T>(read: &mut Vec<T>) -> Result<T, Diagnostics> {
    match (read.pop(), read.pop()) {
        (Some(one), None) => Ok(one),
        _ => Err(refused("one-at-a-time", "", ONE_AT_A_TIME)),
    }
}

/// Reads a part of a document. Lines of messages are those of the part.
fn read<'s>(texts: &'s Texts, before: &str, text: &str, behind: &str) -> Result<Document<'s>, Diagnostics> {
    let whole = format!("{{\"sanso\":1,{before}{text}{behind}}}");
    let source = Source::new("change.json", whole.into_bytes());
    let source = source.map_err(|error| said("not-text", error.phrase(), None))?;
    let source: &'s Source = texts.0.alloc(source);
    let mut diagnostics = Diagnostics::default();
    match document::read(source, &mut diagnostics) {
        Some(document) if !diagnostics.has_errors() => Ok(document),
        _ => Err(diagnostics),
    }
}

/// What is said, in both languages, before and behind a name; and what to do.
type Words = [(&'static str, &'static str); 3];

const DUPLICATE_NODE: Words = [
    ("the node `", "ノード「"),
    ("` is there already", "」はすでにあります"),
    ("give it another id", "別の ID にしてください"),
];
const DUPLICATE_LINK: Words = [
    ("the link `", "リンク「"),
    ("` is there already", "」はすでにあります"),
    ("give it another id", "別の ID にしてください"),
];
const UNKNOWN_ZONE: Words = [
    ("there is no zone `", "領域「"),
    ("`", "」がありません"),
    ("a session has the zones of its document", "使えるのは文書にある領域だけです"),
];
const UNKNOWN_NODE: Words =
    [("there is no node `", "ノード「"), ("`", "」がありません"), ("add it first", "先に追加してください")];
const UNKNOWN_LINK: Words = [
    ("there is no link ", "リンク "),
    ("", " がありません"),
    (
        "write its ends in their order, its `vlans`, `one_way` and `id`",
        "両端を元の順に、「vlans」「one_way」「id」とともに書いてください",
    ),
];
const UNKNOWN_RULE: Words = [
    ("`", "「"),
    ("` has no such filter or place of a rule", "」にそのフィルタ、またはルールの位置がありません"),
    ("filters and rules are counted from 0", "フィルタもルールも 0 から数えます"),
];
const SELF_LINK: Words = [
    ("a link from `", "「"),
    ("` to itself", "」から自分自身へのリンクです"),
    ("name the node at the other end", "相手側のノードを書いてください"),
];
const ONE_AT_A_TIME: Words = [
    ("one thing is added or removed at a time", "追加や削除は 1 つずつです"),
    ("", ""),
    ("write one node, link or rule", "ノード、リンク、ルールのいずれか 1 つを書いてください"),
];

fn refused(code: &'static str, name: &str, [before, behind, help]: Words) -> Diagnostics {
    let message = Phrase::new(format!("{}{name}{}", before.0, behind.0), format!("{}{name}{}", before.1, behind.1));
    said(code, message, Some(Phrase::new(help.0, help.1)))
}

fn said(code: &'static str, message: Phrase, help: Option<Phrase>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    diagnostics.error(code, Span::default(), message).help = help;
    diagnostics
}
