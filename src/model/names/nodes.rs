//! Nodes and links: their ids, the ends of links, and what a node may not be together.

use std::collections::HashMap;

use super::{NONE, Named, Resolver};
use crate::code::Code;
use crate::document::{Filter, Kind, Node};
use crate::source::Span;

impl<'d> Resolver<'_, 'd> {
    /// The table of nodes, and the errors of each node by itself.
    pub(super) fn nodes(&mut self) {
        let document = self.document;
        for (index, node) in (0_u32..).zip(&document.nodes) {
            let known = &mut self.nodes[node.id.index()];
            if *known == NONE {
                *known = index;
            } else {
                // the first keeps the name
                let other = &document.nodes[*known as usize];
                let (span, first) = (document.id_span(node), document.id_span(other));
                self.duplicate(span, first, document.name(node.id), ("node", "ノード"));
            }
            if let Some(zone) = node.zone
                && !self.zones_of_names.contains_key(&zone)
            {
                match self.zones.get(document.name(zone)) {
                    Some(&index) => drop(self.zones_of_names.insert(zone, index)),
                    None => self.dangling(Named::Zone, document.name(zone), document.zone_span(node)),
                }
            }
            if node.details.is_some() || matches!(node.kind, Kind::Firewall | Kind::L3Switch) {
                self.node(node);
            }
        }
    }

    fn node(&mut self, node: &'d Node<'d>) {
        let document = self.document;
        let id = document.name(node.id);
        let details = node.details.as_deref();
        let filters = details.and_then(|details| details.filters.as_deref());
        // a filter that the reader refused was there all the same
        let lost = self.diagnostics.has_errors();
        if node.kind == Kind::Firewall && (filters.is_none() || filters.is_some_and(<[_]>::is_empty) && !lost) {
            self.error(
                Code::FirewallWithoutFilter,
                document.id_span(node),
                (
                    format!("the firewall `{id}` has no filter"),
                    format!("ファイアウォール「{id}」にフィルターがありません"),
                ),
                (
                    "write its `filter`; `filter: {default: permit}` is one that lets everything through",
                    "「filter」を書いてください（すべて通すなら「filter: {default: permit}」）",
                ),
            );
        }
        if node.kind == Kind::L3Switch && node.forwards == Some(false) {
            self.error(
                Code::L3SwitchForwards,
                document.id_span(node),
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
                Code::RoutedVlansNotHere,
                document.id_span(node),
                (
                    format!("`{id}` has `routed_vlans`, but is no l3-switch"),
                    format!("「{id}」は L3 スイッチではないのに「routed_vlans」があります"),
                ),
                ("delete it, or write `kind: l3-switch`", "取り除くか、「kind: l3-switch」としてください"),
            );
        }
        let sanitising = details.relays.iter().flatten().find(|relay| relay.sanitise.is_some());
        if let (Some(relay), Some(zone)) = (sanitising, node.zone) {
            let (zone, span) = (document.name(zone), document.zone_span(node));
            let diagnostic = self.error(
                Code::SanitiserInZone,
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
    fn rule_ids(&mut self, filter: &'d Filter<'d>) {
        let document = self.document;
        let mut seen: HashMap<&str, Span> = HashMap::new();
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
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let mut links = Vec::with_capacity(document.links.len());
        for link in &document.links {
            let ends = link.ends.map(|name| self.nodes[name.index()]);
            for (end, _) in ends.iter().enumerate().filter(|(_, index)| **index == NONE) {
                if !document.incomplete {
                    self.dangling(Named::Node, document.name(link.ends[end]), document.end_span(link, end));
                }
            }
            if !ends.contains(&NONE) {
                links.push(ends);
            }
            if link.ends[0] == link.ends[1] {
                let id = document.name(link.ends[0]);
                self.error(
                    Code::SelfLink,
                    document.end_span(link, 1),
                    (format!("a link from `{id}` to itself"), format!("「{id}」から自分自身へのリンクです")),
                    ("name the node at the other end", "相手側のノードを書いてください"),
                );
            }
            if link.is_uneven() {
                self.uneven(link, ends);
            }
            if let Some(id) = link.id() {
                let span = document.span_of(id, link.span);
                if let Some(first) = seen.insert(id, span) {
                    self.duplicate(span, first, id, ("link", "リンク"));
                }
            }
        }
        links
    }
}
