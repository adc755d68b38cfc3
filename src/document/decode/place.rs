//! What items a selector may hold where it stands.

use super::super::keys;
use super::super::tree::Tree;
use super::super::{SelectorItem, Spanned};
use super::{Decoder, phrase};
use crate::code::Code;
use crate::source::Span;

/// Where a selector stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Rule,
    Relay,
    Exception,
    Group,
    Transfer,
    Expectation,
    HostName,
    /// What an entry of `nat` translates to.
    Target,
}

impl<'s> Decoder<'_, 's> {
    /// `{not: …}`
    pub(super) fn negation(&mut self, tree: Tree<'s>, place: Place) -> Option<Spanned<SelectorItem<'s>>> {
        let span = tree.span;
        let mut fields = self.fields(tree, &keys::NOT)?;
        if place != Place::Rule {
            self.selector_not_here(
                span,
                ("`{not: …}` stands in rules and `nat` only", "「{not: …}」を書けるのはルールと「nat」だけです"),
                ("name what is meant", "当てはまるものを書いてください"),
            );
            return None;
        }
        // trees are at most 64 deep, and so is this recursion
        let items = self.many(fields.take("not")?, |decoder, tree| decoder.selector_item(tree, place));
        Some(Spanned { value: SelectorItem::Not(items), span })
    }

    /// Whether such an item can stand here; says so where it cannot.
    pub(super) fn item_here(&mut self, item: &SelectorItem<'s>, place: Place, span: Span) -> bool {
        use SelectorItem::{Addresses, Any, Fqdn, Group, Kind, Node, Not, Tag, Zone};
        let (message, help) = match (item, place) {
            (Addresses(_), Place::Transfer) | (Group(_), Place::Transfer) => (
                ("a transfer has no addresses", "受渡しにアドレスはありません"),
                (
                    "name nodes: `node:ID`, `zone:ID`, `kind:K` or `tag:T`",
                    "ノードを node:ID、zone:ID、kind:K、tag:T で書いてください",
                ),
            ),
            (Addresses(_), Place::Expectation) | (Group(_), Place::Expectation) => (
                ("`expects` names nodes, not addresses", "「expects」にはアドレスではなくノードを書きます"),
                (
                    "name nodes: `node:ID`, `zone:ID`, `kind:K` or `tag:T`",
                    "ノードを node:ID、zone:ID、kind:K、tag:T で書いてください",
                ),
            ),
            (Fqdn(_), Place::Relay | Place::Exception | Place::Transfer | Place::Expectation) => (
                ("`fqdn:` stands in rules and `nat` only", "「fqdn:」を書けるのはルールと「nat」だけです"),
                ("name the nodes (`node:ID`) or their addresses", "ノード（node:ID）かアドレスで書いてください"),
            ),
            (Kind(_) | Tag(_), Place::Rule | Place::Exception) => (
                (
                    "`kind:` and `tag:` select peers of relays, and nothing elsewhere",
                    "「kind:」と「tag:」は中継でだけ使えます",
                ),
                ("name the nodes (`node:ID`) or their addresses", "ノード（node:ID）かアドレスで書いてください"),
            ),
            (Addresses(_) | Group(_), Place::Group | Place::HostName)
            | (Node(_), Place::HostName)
            | (Addresses(_) | Node(_), Place::Target)
            | (Any | Node(_) | Zone(_) | Kind(_) | Tag(_), Place::Transfer | Place::Expectation)
            | (_, Place::Rule | Place::Relay | Place::Exception) => return true,
            // a negation was judged where it was read
            (Not(_), _) => return true,
            (_, Place::Group) => (
                ("a group holds addresses and groups only", "グループに書けるのはアドレスと他のグループだけです"),
                (
                    "write addresses, CIDRs, ranges or `group:NAME`",
                    "アドレス、CIDR、範囲、「group:名前」のいずれかを書いてください",
                ),
            ),
            (_, Place::HostName) => (
                (
                    "a host name stands for addresses, nodes and groups only",
                    "ホスト名が指せるのはアドレス、ノード、グループだけです",
                ),
                (
                    "write addresses, CIDRs, ranges, `node:ID` or `group:NAME`",
                    "アドレス、CIDR、範囲、「node:ID」、「group:名前」のいずれかを書いてください",
                ),
            ),
            (_, Place::Target) => (
                ("this is nothing that an address can become", "変換後のアドレスにはなりません"),
                (
                    "write `keep`, or addresses, CIDRs, ranges and `node:ID`",
                    "「keep」か、アドレス、CIDR、範囲、「node:ID」を書いてください",
                ),
            ),
        };
        self.selector_not_here(span, message, help);
        false
    }

    fn selector_not_here(&mut self, span: Span, message: (&str, &str), help: (&str, &str)) {
        self.error(Code::SelectorNotHere, span, message.0, message.1).help = phrase(help.0, help.1);
    }
}
