//! Nodes and links: their ids, the ends of links, and what a node may not be together.

use rustc_hash::FxHashMap;

use super::{Named, Resolver};
use crate::document::{Filter, Kind, Node, Span};

impl<'d> Resolver<'_, 'd, '_> {
    /// The table of nodes, and the errors of each node by itself.
    pub(super) fn nodes(&mut self) {
        let document = self.document;
        self.nodes.reserve(document.nodes.len());
        for (index, node) in document.nodes.iter().enumerate() {
            if let Some(first) = self.nodes.insert(&node.id, index as u32) {
                // the first keeps the name
                self.nodes.insert(&node.id, first);
                let other = &document.nodes[first as usize];
                let (span, first) = (document.span_of(&node.id, node.span), document.span_of(&other.id, other.span));
                self.duplicate(span, first, &node.id, ("node", "ノード"));
            }
            if let Some(zone) = &node.zone {
                self.find(Named::Zone, zone, node.span);
            }
            if node.details.is_some() || matches!(node.kind, Kind::Firewall | Kind::L3Switch) {
                self.node(node);
            }
        }
    }

    fn node(&mut self, node: &'d Node<'_>) {
        let document = self.document;
        let id = &node.id;
        let details = node.details.as_deref();
        let filters = details.and_then(|details| details.filters.as_deref());
        // a filter that the reader refused was there all the same
        let lost = self.diagnostics.has_errors();
        if node.kind == Kind::Firewall && (filters.is_none() || filters.is_some_and(<[_]>::is_empty) && !lost) {
            self.error(
                "firewall-without-filter",
                document.span_of(id, node.span),
                (
                    format!("the firewall `{id}` has no filter"),
                    format!("ファイアウォール「{id}」にフィルタがありません"),
                ),
                (
                    "write its `filter`; `filter: {default: permit}` is one that lets everything through",
                    "「filter」を書いてください（すべて通すなら「filter: {default: permit}」）",
                ),
            );
        }
        if node.kind == Kind::L3Switch && node.forwards == Some(false) {
            self.error(
                "l3-switch-forwards",
                document.span_of(id, node.span),
                (
                    format!("the l3-switch `{id}` says `forwards: false`"),
                    format!("L3 スイッチ「{id}」に「forwards: false」があります"),
                ),
                (
                    "an l3-switch always forwards: choose another kind",
                    "L3 スイッチは必ず転送します。種別を変えてください",
                ),
            );
        }
        let Some(details) = details else { return };
        if details.routed_vlans.is_some() && node.kind != Kind::L3Switch {
            self.error(
                "routed-vlans-not-here",
                document.span_of(id, node.span),
                (
                    format!("`{id}` has `routed_vlans`, but is no l3-switch"),
                    format!("「{id}」は L3 スイッチではないのに「routed_vlans」があります"),
                ),
                ("delete it, or write `kind: l3-switch`", "取り除くか、「kind: l3-switch」としてください"),
            );
        }
        let sanitising = details.relays.iter().flatten().find(|relay| relay.sanitise.is_some());
        if let (Some(relay), Some(zone)) = (sanitising, &node.zone) {
            let span = document.span_of(zone, node.span);
            let diagnostic = self.error(
                "sanitiser-in-zone",
                span,
                (
                    format!("`{id}` sanitises, and has the zone `{zone}`"),
                    format!("無害化を行う「{id}」に領域「{zone}」が指定されています"),
                ),
                (
                    "delete `zone`: what sanitises stands between the zones",
                    "「zone」を取り除いてください。無害化を行うノードは領域の間に立ちます",
                ),
            );
            diagnostic.related.push((relay.span, super::Phrase::new("it sanitises here", "無害化はここです")));
        }
        for filter in details.filters.iter().flatten() {
            self.rule_ids(filter);
        }
    }

    /// Ids of rules are only unique within their filter.
    fn rule_ids(&mut self, filter: &'d Filter<'_>) {
        let document = self.document;
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for rule in &filter.rules {
            let Some(id) = &rule.id else { continue };
            let span = document.span_of(id, rule.span);
            if let Some(first) = seen.insert(id, span) {
                self.duplicate(span, first, id, ("rule", "ルール"));
            }
        }
    }

    /// The nodes at the ends of each link.
    pub(super) fn links(&mut self) -> Vec<[u32; 2]> {
        let document = self.document;
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        let mut links = Vec::with_capacity(document.links.len());
        for link in &document.links {
            let [first, second] = &link.ends;
            let ends = [&first.node, &second.node].map(|node| self.find(Named::Node, node, link.span));
            if let [Some(first), Some(second)] = ends {
                links.push([first, second]);
            }
            if first.node == second.node {
                self.error(
                    "self-link",
                    document.span_of(&second.node, link.span),
                    (
                        format!("a link from `{}` to itself", first.node),
                        format!("「{}」から自分自身へのリンクです", first.node),
                    ),
                    ("name the node at the other end", "相手側のノードを書いてください"),
                );
            }
            if let Some(id) = &link.id {
                let span = document.span_of(id, link.span);
                if let Some(first) = seen.insert(id, span) {
                    self.duplicate(span, first, id, ("link", "リンク"));
                }
            }
        }
        links
    }
}
