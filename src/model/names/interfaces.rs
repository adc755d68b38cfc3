//! Interfaces that filters, rules, routes and entries of `nat` name: the ends of links, or the VLANs that an l3-switch routes.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Resolver;
use crate::code::Code;
use crate::document::{Filter, Kind, NameId, NatEntry, Node, NodeDetails, Spanned, Text};

/// Interfaces and neighbours that the filters and routes of one node may name.
const MOST_MENTIONED: usize = 60_000;

/// The interfaces of one node.
#[derive(Default)]
struct Interfaces {
    names: FxHashSet<NameId>,
    neighbours: FxHashSet<NameId>,
}

/// A set of VLANs.
struct Vlans(Vec<bool>);

impl Vlans {
    fn new() -> Self {
        Self(vec![false; 4096])
    }

    fn add(&mut self, ranges: &[(u16, u16)]) {
        for &(low, high) in ranges {
            if let Some(range) = self.0.get_mut(usize::from(low)..=usize::from(high)) {
                range.fill(true);
            }
        }
    }

    /// Names of the interfaces to them; `vlan1` where there is no VLAN.
    fn names(&self) -> FxHashSet<String> {
        let vlans = self.0.iter().zip(0..).filter(|(there, _)| **there);
        let names: FxHashSet<String> = vlans.map(|(_, vlan): (_, u16)| format!("vlan{vlan}")).collect();
        if names.is_empty() { FxHashSet::from_iter(["vlan1".to_owned()]) } else { names }
    }
}

impl<'d> Resolver<'_, 'd> {
    /// Every interface that is named exists.
    pub(super) fn interfaces(&mut self) {
        // a link that the reader refused may have had the interface
        if self.document.incomplete {
            return;
        }
        let document = self.document;
        let mut interfaces: FxHashMap<NameId, Interfaces> = FxHashMap::default();
        let asks = |node: &&Node<'_>| node.details.as_deref().is_some_and(names_interfaces);
        let asking: Vec<&'d Node<'d>> = document.nodes.iter().filter(asks).collect();
        if asking.is_empty() {
            return;
        }
        for node in &asking {
            interfaces.entry(node.id).or_default();
        }
        let mut all_vlans = Vlans::new();
        for link in &document.links {
            link.vlan_lists().for_each(|vlans| all_vlans.add(vlans));
            link.native().into_iter().flatten().for_each(|vlan| all_vlans.add(&[(vlan, vlan)]));
            for (here, there) in [(0, 1), (1, 0)] {
                if let Some(of_node) = interfaces.get_mut(&link.ends[here]) {
                    of_node.names.insert(link.interface_or_neighbour(here));
                    of_node.neighbours.insert(link.ends[there]);
                }
            }
        }
        let every_vlan = all_vlans.names();
        for node in asking {
            let Some(details) = &node.details else { continue };
            if node.kind == Kind::L3Switch {
                let own = details.routed_vlans.as_deref().map(|vlans| {
                    let mut set = Vlans::new();
                    set.add(vlans);
                    set.names()
                });
                let names = own.as_ref().unwrap_or(&every_vlan);
                self.check(node, details, |name, _| names.contains(name), names.iter().map(|name| &**name));
            } else if let Some(of_node) = interfaces.get(&node.id) {
                let known = |name: &str, via| {
                    let is_in = |names: &FxHashSet<NameId>, id| names.contains(&id);
                    let id = document.names.find(name);
                    id.is_some_and(|id| is_in(&of_node.names, id) || via && is_in(&of_node.neighbours, id))
                };
                self.check(node, details, known, of_node.names.iter().map(|&name| document.name(name)));
            }
        }
    }

    fn check<'c>(
        &mut self,
        node: &Node<'d>,
        details: &'d NodeDetails<'d>,
        known: impl Fn(&str, bool) -> bool,
        names: impl Iterator<Item = &'c str>,
    ) {
        // sorted, so that the nearest of equals does not depend on the hasher
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        let mut mentioned: FxHashSet<&str> = FxHashSet::default();
        for filter in details.filters.iter().flatten() {
            let rules = filter.rules.iter().flat_map(|rule| [&rule.r#in, &rule.out]);
            for name in [&filter.r#in, &filter.out].into_iter().chain(rules).flatten().flatten() {
                mentioned.insert(&name.value);
                if !known(&name.value, false) {
                    self.unknown_interface(node, name, &names, false);
                }
            }
        }
        for name in details.nat.iter().flatten().flat_map(|entry| [&entry.r#in, &entry.out]).flatten().flatten() {
            mentioned.insert(&name.value);
            if !known(&name.value, false) {
                self.unknown_interface(node, name, &names, false);
            }
        }
        for route in details.routes.iter().flatten() {
            if let Some(via) = route.via.as_ref().filter(|via| !known(&via.value, true)) {
                self.unknown_interface(node, via, &names, true);
            }
        }
        mentioned.extend(details.routes.iter().flatten().filter_map(|route| route.via.as_ref()).map(|via| &*via.value));
        // SOUNDNESS: later stages number them in 16 bits, and two under one number would share what is said of one.
        if mentioned.len() > MOST_MENTIONED {
            let (id, span) = (self.document.name(node.id), self.document.id_span(node));
            let message = (
                format!("the filters, `nat` and routes of `{id}` name more than {MOST_MENTIONED} interfaces"),
                format!(
                    "「{id}」のフィルター、「nat」、経路が {MOST_MENTIONED} を超えるインターフェースを指しています"
                ),
            );
            let help = (
                "give interfaces that are treated alike one name",
                "同じ扱いのインターフェースは 1 つの名前にまとめてください",
            );
            self.error(Code::TooManyInterfaces, span, message, help);
        }
    }

    fn unknown_interface(&mut self, node: &Node<'d>, name: &Spanned<Text<'d>>, names: &[&str], via: bool) {
        const SHOWN: usize = 12;
        let close = self.nearest(&name.value, names.iter().copied());
        let mut list: Vec<&str> = names.iter().copied().take(SHOWN).collect();
        if names.len() > SHOWN {
            list.push("…");
        }
        let help = match close {
            Some(close) => (format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
            None if list.is_empty() => {
                ("it has none: no link ends at it".to_owned(), "リンクがつながっていません".to_owned())
            }
            None => (format!("its interfaces are {}", list.join(", ")), format!("あるのは {} です", list.join("、"))),
        };
        let (id, name, span) = (self.document.name(node.id), &name.value, name.span);
        let (en, ja) = if via {
            ("interface or neighbour", "インターフェースや隣接ノード")
        } else {
            ("interface", "インターフェース")
        };
        let message = (format!("`{id}` has no {en} `{name}`"), format!("「{id}」に{ja}「{name}」はありません"));
        self.error(Code::UnknownInterface, span, message, help);
    }
}

fn names_interfaces(details: &NodeDetails<'_>) -> bool {
    let filter = |filter: &Filter<'_>| {
        filter.r#in.is_some()
            || filter.out.is_some()
            || filter.rules.iter().any(|rule| rule.r#in.is_some() || rule.out.is_some())
    };
    let entry = |entry: &NatEntry<'_>| entry.r#in.is_some() || entry.out.is_some();
    details.routes.is_some() || details.nat.iter().flatten().any(entry) || details.filters.iter().flatten().any(filter)
}
