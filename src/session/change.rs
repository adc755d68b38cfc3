//! Changes as they are asked for, and as edits of what a session keeps.

use typed_arena::Arena;

use super::store::{LinkNumber, NodeNumber, Store};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::document::{Link, Node, Rule};
use crate::language::Phrase;
use crate::source::Source;
use crate::source::Span;

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
pub(super) fn prepare<'s>(
    store: &mut Store<'s>,
    texts: &'s Texts,
    change: Change<'_>,
) -> Result<Edit<'s>, Diagnostics> {
    match change {
        Change::AddNode(text) => {
            let names = &mut store.frame.names;
            let node = read(texts, text, |source, diagnostics| document::read_node(source, names, diagnostics))?;
            if store.named(node.id).is_some() {
                return Err(refused(Code::DuplicateId, store.text(node.id), DUPLICATE_NODE));
            }
            if let Some(zone) = node.zone.filter(|&zone| store.zone(zone).is_none()) {
                return Err(refused(Code::UnknownZone, store.text(zone), UNKNOWN_ZONE));
            }
            Ok(Edit::AddNode(Box::new(node), Vec::new()))
        }
        Change::RemoveNode(id) => Ok(Edit::RemoveNode(node(store, id)?)),
        Change::AddLink(text) => {
            let link = read_link(store, texts, text)?;
            let ends = ends(store, &link)?;
            if let Some(id) = link.id().filter(|id| store.link_by_id(id).is_some()) {
                return Err(refused(Code::DuplicateId, id, DUPLICATE_LINK));
            }
            Ok(Edit::AddLink(Box::new(link), ends))
        }
        Change::RemoveLink(text) => {
            let link = read_link(store, texts, text)?;
            let ends = ends(store, &link)?;
            let short = if store.links_of(ends[0]).len() <= store.links_of(ends[1]).len() { ends[0] } else { ends[1] };
            let same = |&number: &LinkNumber| {
                store.link(number).is_some_and(|stored| {
                    let own = &stored.link;
                    let interfaces = [0, 1].map(|end| own.interface(end) == link.interface(end));
                    own.ends == link.ends
                        && interfaces == [true; 2]
                        && [0, 1].map(|end| own.vlans_at(end)) == [0, 1].map(|end| link.vlans_at(end))
                        && own.native() == link.native()
                        && own.one_way() == link.one_way()
                        && own.id() == link.id()
                })
            };
            let found = store.links_of(short).iter().copied().find(same);
            found.map(Edit::RemoveLink).ok_or_else(|| refused(Code::UnknownLink, text, UNKNOWN_LINK))
        }
        Change::AddRule { node: id, filter, at, rule } => {
            let node = node(store, id)?;
            let rule = read(texts, rule, document::read_rule)?;
            match store.rules(node, filter) {
                Some(rules) if at <= rules.len() => Ok(Edit::AddRule { node, filter, at, rule: Box::new(rule) }),
                _ => Err(refused(Code::UnknownRule, id, UNKNOWN_RULE)),
            }
        }
        Change::RemoveRule { node: id, filter, at } => {
            let node = node(store, id)?;
            match store.rules(node, filter) {
                Some(rules) if at < rules.len() => Ok(Edit::RemoveRule { node, filter, at }),
                _ => Err(refused(Code::UnknownRule, id, UNKNOWN_RULE)),
            }
        }
    }
}

fn node(store: &Store<'_>, id: &str) -> Result<NodeNumber, Diagnostics> {
    store.find(id).ok_or_else(|| refused(Code::UnknownNode, id, UNKNOWN_NODE))
}

fn ends(store: &Store<'_>, link: &Link<'_>) -> Result<[NodeNumber; 2], Diagnostics> {
    let end = |at: usize| {
        let name = link.ends[at];
        store.named(name).ok_or_else(|| refused(Code::UnknownNode, store.text(name), UNKNOWN_NODE))
    };
    let [a, b] = [end(0)?, end(1)?];
    if a == b { Err(refused(Code::SelfLink, store.text(link.ends[0]), SELF_LINK)) } else { Ok([a, b]) }
}

fn read_link<'s>(store: &mut Store<'s>, texts: &'s Texts, text: &str) -> Result<Link<'s>, Diagnostics> {
    let names = &mut store.frame.names;
    read(texts, text, |source, diagnostics| document::read_link(source, names, diagnostics))
}

/// Reads a part of a document from a text that lasts as long as the session.
fn read<'s, T>(
    texts: &'s Texts,
    text: &str,
    read: impl FnOnce(&'s Source, &mut Diagnostics) -> Option<T>,
) -> Result<T, Diagnostics> {
    let source = Source::new("change.json", text.as_bytes().to_vec());
    let source = source.map_err(|error| said(Code::NotText, error.phrase(), None))?;
    let mut diagnostics = Diagnostics::default();
    match read(texts.0.alloc(source), &mut diagnostics) {
        Some(value) if !diagnostics.has_errors() => Ok(value),
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
        "write its ends in their order, its `vlans`, `native`, `one_way` and `id`",
        "両端を元の順に、「vlans」「native」「one_way」「id」とともに書いてください",
    ),
];
const UNKNOWN_RULE: Words = [
    ("`", "「"),
    ("` has no such filter or place of a rule", "」にそのフィルター、またはルールの位置がありません"),
    ("filters and rules are counted from 0", "フィルターもルールも 0 から数えます"),
];
const SELF_LINK: Words = [
    ("a link from `", "「"),
    ("` to itself", "」から自分自身へのリンクです"),
    ("name the node at the other end", "相手側のノードを書いてください"),
];
fn refused(code: Code, name: &str, [before, behind, help]: Words) -> Diagnostics {
    let message = Phrase::new(format!("{}{name}{}", before.0, behind.0), format!("{}{name}{}", before.1, behind.1));
    said(code, message, Some(Phrase::new(help.0, help.1)))
}

fn said(code: Code, message: Phrase, help: Option<Phrase>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    diagnostics.error(code, Span::default(), message).help = help;
    diagnostics
}
