//! A document with edits made: its text, in JSON, so that what is decided is what is written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::edit::{Denial, Edit};
use crate::document::{Document, Kind, Link};
use crate::model::{LinkId, Model};
use crate::number::number;
use crate::source::Span;

/// A document whose text is JSON.
pub struct Base<'b, 'd> {
    /// Its text.
    pub text: &'b str,
    /// The same, read and resolved.
    pub model: &'b Model<'d>,
}

/// What is to be done to a document.
#[derive(Default)]
pub struct Changes<'c> {
    /// Edits; of a denial, the rule before which it stands: 0 is the beginning of its filter.
    pub edits: Vec<(&'c Edit, usize)>,
    /// Rules that are taken out: node, filter, rule.
    pub without: Vec<(u32, u32, u32)>,
}

impl<'c> Changes<'c> {
    /// All denials at the beginning of their filters: there each denies whatever it matches.
    pub fn at_front(chosen: &[&'c Edit]) -> Self {
        Self { edits: chosen.iter().map(|&edit| (edit, 0)).collect(), without: Vec::new() }
    }
}

/// A document with edits made.
pub struct Applied {
    /// Its text.
    pub text: String,
    /// The links of the document that are left, in order; what comes behind them in the new one is new.
    pub links: Vec<LinkId>,
    /// Of each filter that was changed (node, filter): for every rule of the new one which it was; `None`: a denial.
    pub rules: BTreeMap<(u32, u32), Vec<Option<u32>>>,
}

impl Applied {
    /// No document at all.
    pub const fn none() -> Self {
        Self { text: String::new(), links: Vec::new(), rules: BTreeMap::new() }
    }
}

impl Base<'_, '_> {
    /// Makes edits. `None`: the text is not what it should be.
    pub fn apply(&self, changes: &Changes<'_>) -> Option<Applied> {
        let document = self.model.document;
        let mut nodes: BTreeMap<u32, Value> = BTreeMap::new();
        let mut taken: BTreeMap<LinkId, BTreeSet<u16>> = BTreeMap::new();
        let mut cut: BTreeSet<LinkId> = BTreeSet::new();
        let mut unrouted: BTreeMap<u32, BTreeSet<u16>> = BTreeMap::new();
        let mut lists: BTreeSet<(u32, u32)> = changes.without.iter().map(|&(node, filter, _)| (node, filter)).collect();
        for (edit, _) in &changes.edits {
            match edit {
                Edit::Deny(denial) => drop(lists.insert((denial.node, denial.filter))),
                Edit::Relays(node) => self.node(&mut nodes, *node)?["relays"] = json!([]),
                Edit::Routed { node, vlan } => drop(unrouted.entry(*node).or_default().insert(*vlan)),
                Edit::Vlan { link, vlan } => drop(taken.entry(*link).or_default().insert(*vlan)),
                Edit::Cut(link) => drop(cut.insert(*link)),
            }
        }
        let mut rules = BTreeMap::new();
        for (node, filter) in lists {
            let old = self.rewrite(self.node(&mut nodes, node)?, (node, filter), changes)?;
            rules.insert((node, filter), old);
        }
        if !taken.is_empty() || !cut.is_empty() {
            self.pin(&mut nodes)?;
        }
        for (&node, vlans) in &unrouted {
            let left: BTreeSet<u16> = self.routed(node).difference(vlans).copied().collect();
            self.node(&mut nodes, node)?["routed_vlans"] = listed(&left);
        }
        let (stubs, stub_links) = self.stubs(&cut)?;
        let mut pieces: Vec<(Span, String)> = Vec::new();
        for (&node, value) in &nodes {
            pieces.push((document.nodes[node as usize].span, value.to_string()));
        }
        if let (Some(last), false) = (document.nodes.last(), stubs.is_empty()) {
            let behind = Span { start: last.span.end, end: last.span.end };
            pieces.push((behind, stubs.iter().map(|stub| format!(",\n  {stub}")).collect()));
        }
        let left: Vec<LinkId> =
            self.model.names.links().map(|(link, _)| link).filter(|link| !cut.contains(link)).collect();
        let narrowed = |link: LinkId| match taken.get(&link) {
            Some(vlans) => self.narrowed(&document.links[link.index()], vlans),
            None => Some(self.slice(document.links[link.index()].span)?.to_owned()),
        };
        if cut.is_empty() {
            for &link in taken.keys() {
                pieces.push((document.links[link.index()].span, narrowed(link)?));
            }
        } else if let (Some(first), Some(last)) = (document.links.first(), document.links.last()) {
            let kept: Option<Vec<String>> = left.iter().map(|&link| narrowed(link)).collect();
            let all = kept?.into_iter().chain(stub_links.iter().map(Value::to_string));
            let whole = Span { start: first.span.start, end: last.span.end };
            pieces.push((whole, all.collect::<Vec<_>>().join(",\n  ")));
        }
        Some(Applied { text: self.splice(pieces)?, links: left, rules })
    }

    fn slice(&self, span: Span) -> Option<&str> {
        self.text.get(span.start as usize..span.end as usize)
    }

    fn splice(&self, mut pieces: Vec<(Span, String)>) -> Option<String> {
        pieces.sort_by_key(|(span, _)| *span);
        let (mut out, mut at) = (String::with_capacity(self.text.len() + 256), 0);
        for (span, text) in pieces {
            out.push_str(self.text.get(at..span.start as usize)?);
            out.push_str(&text);
            at = span.end as usize;
        }
        out.push_str(self.text.get(at..)?);
        Some(out)
    }

    /// A node as a value, to be changed.
    fn node<'n>(&self, nodes: &'n mut BTreeMap<u32, Value>, node: u32) -> Option<&'n mut Value> {
        if let std::collections::btree_map::Entry::Vacant(entry) = nodes.entry(node) {
            entry.insert(serde_json::from_str(self.slice(self.model.document.nodes[node as usize].span)?).ok()?);
        }
        nodes.get_mut(&node)
    }

    /// Puts denials into a filter, and takes rules out of it; for each rule that is there then which it was.
    fn rewrite(
        &self,
        value: &mut Value,
        (node, filter): (u32, u32),
        changes: &Changes<'_>,
    ) -> Option<Vec<Option<u32>>> {
        let of_node = if value.get("filters").is_some() {
            let filters = value.get_mut("filters")?;
            if filters.is_array() { filters.get_mut(filter as usize)? } else { filters }
        } else {
            value.get_mut("filter")?
        };
        let old = of_node.get("rules").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut denials: Vec<(usize, &Denial)> = Vec::new();
        for (edit, place) in &changes.edits {
            if let Edit::Deny(denial) = edit
                && (denial.node, denial.filter) == (node, filter)
            {
                denials.push((*place, denial));
            }
        }
        let (mut new, mut was) = (Vec::with_capacity(old.len() + denials.len()), Vec::new());
        for at in 0..=old.len() {
            new.extend(denials.iter().filter(|(place, _)| (*place).min(old.len()) == at).map(|(_, one)| rule(one)));
            was.resize(new.len(), None);
            let gone = changes.without.iter().any(|&(of, list, rule)| (of, list, rule as usize) == (node, filter, at));
            new.extend(old.get(at).filter(|_| !gone).cloned());
            was.resize(new.len(), Some(number(at)));
        }
        of_node["rules"] = new.into();
        Some(was)
    }

    /// The VLANs that an l3-switch routes between.
    fn routed(&self, node: u32) -> BTreeSet<u16> {
        let details = self.model.document.nodes[node as usize].details.as_deref();
        match details.and_then(|details| details.routed_vlans.as_ref()) {
            Some(own) => own.iter().flat_map(|&(low, high)| low..=high).collect(),
            None => named(self.model.document),
        }
    }

    /// Edits that together leave a list of VLANs with nothing in it, which no document may say.
    pub fn emptying(&self, chosen: &[&Edit]) -> Option<BTreeSet<Edit>> {
        let vlans =
            |of: &dyn Fn(&Edit) -> Option<u16>| chosen.iter().filter_map(|edit| of(edit)).collect::<BTreeSet<u16>>();
        let all = |edit: &Edit| match edit {
            Edit::Routed { node, .. } => {
                let taken = vlans(&|edit| match edit {
                    Edit::Routed { node: other, vlan } if other == node => Some(*vlan),
                    _ => None,
                });
                self.routed(*node).is_subset(&taken)
            }
            Edit::Vlan { link, .. } => {
                let taken = vlans(&|edit| match edit {
                    Edit::Vlan { link: other, vlan } if other == link => Some(*vlan),
                    _ => None,
                });
                let value = &self.model.document.links[link.index()];
                let gone = |list: &Vec<(u16, u16)>| {
                    list.iter().all(|&(low, high)| (low..=high).all(|tag| taken.contains(&tag)))
                };
                value.vlan_lists().any(gone)
            }
            Edit::Deny(_) | Edit::Relays(_) | Edit::Cut(_) => false,
        };
        let first = chosen.iter().find(|edit| all(edit))?;
        let same = |edit: &&&Edit| match (edit, first) {
            (Edit::Routed { node: a, .. }, Edit::Routed { node: b, .. }) => a == b,
            (Edit::Vlan { link: a, .. }, Edit::Vlan { link: b, .. }) => a == b,
            _ => false,
        };
        Some(chosen.iter().filter(same).map(|edit| (*edit).clone()).collect())
    }

    /// Whatever links name after the edits, what names no VLANs to route routes those that it routed.
    fn pin(&self, nodes: &mut BTreeMap<u32, Value>) -> Option<()> {
        let document = self.model.document;
        let named = named(document);
        for (node, value) in (0_u32..).zip(&document.nodes) {
            let says = value.details.as_deref().is_some_and(|details| details.routed_vlans.is_some());
            if value.kind == Kind::L3Switch && !says && !named.is_empty() {
                self.node(nodes, node)?["routed_vlans"] = listed(&named);
            }
        }
        Some(())
    }

    /// A link without some of its VLANs.
    fn narrowed(&self, link: &Link<'_>, vlans: &BTreeSet<u16>) -> Option<String> {
        let mut value: Value = serde_json::from_str(self.slice(link.span)?).ok()?;
        if value.is_array() {
            value = json!({ "between": value });
        }
        let left = |list: Option<&Vec<(u16, u16)>>| {
            let all = [(1, 4094)];
            let list = list.map_or(&all[..], Vec::as_slice);
            let tags = list.iter().flat_map(|&(low, high)| low..=high).filter(|tag| !vlans.contains(tag));
            listed(&tags.collect())
        };
        let own = link.vlans_of_both();
        value["vlans"] = if link.vlan_lists().next().is_none() || own.is_some() {
            left(own)
        } else {
            let mut sides = serde_json::Map::new();
            for (end, key) in [(0, "a"), (1, "b")] {
                if let Some(list) = link.vlans_at(end) {
                    sides.insert(key.to_owned(), left(Some(list)));
                }
            }
            sides.into()
        };
        Some(value.to_string())
    }

    /// Where filters, routes or translations of a node name the interface of a link that is cut, it leads to a switch with nothing on it.
    fn stubs(&self, cut: &BTreeSet<LinkId>) -> Option<(Vec<Value>, Vec<Value>)> {
        let document = self.model.document;
        let (mut nodes, mut links) = (Vec::new(), Vec::new());
        for &link in cut {
            let value = &document.links[link.index()];
            for end in 0..2 {
                let node = self.model.names.links[link.index()][end];
                let own: Value = serde_json::from_str(self.slice(document.nodes[node as usize].span)?).ok()?;
                let names = [value.interface_or_neighbour(end), value.ends[1 - end]].map(|name| document.name(name));
                let named = names.into_iter().find(|name| mentions(&own, name, false));
                let Some(interface) = named else { continue };
                let mut id = format!("cut-{}-{}", link.index() + 1, end + 1);
                while self.model.names.node(&id).is_some() {
                    id.push('-');
                }
                nodes.push(json!({ "id": id, "kind": "switch" }));
                links.push(json!([format!("{}:{interface}", document.name(value.ends[end])), id]));
            }
        }
        Some((nodes, links))
    }
}

/// Whether a node's filters, routes or translations name an interface.
fn mentions(value: &Value, name: &str, names: bool) -> bool {
    match value {
        Value::String(text) => names && text == name,
        Value::Array(items) => items.iter().any(|item| mentions(item, name, names)),
        Value::Object(map) => {
            map.iter().any(|(key, value)| mentions(value, name, matches!(&**key, "in" | "out" | "via")))
        }
        _ => false,
    }
}

fn named(document: &Document<'_>) -> BTreeSet<u16> {
    let lists = document.links.iter().flat_map(Link::vlan_lists).flatten().flat_map(|&(low, high)| low..=high);
    lists.chain(document.links.iter().filter_map(Link::native).flatten()).collect()
}

/// VLANs as a document lists them: numbers, and runs as texts.
fn listed(tags: &BTreeSet<u16>) -> Value {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for &tag in tags {
        match runs.last_mut() {
            Some((_, high)) if *high + 1 == tag => *high = tag,
            _ => runs.push((tag, tag)),
        }
    }
    let run = |(low, high)| if low == high { json!(low) } else { json!(format!("{low}-{high}")) };
    runs.into_iter().map(run).collect()
}

/// A denial as a rule of the document.
pub fn rule(denial: &Denial) -> Value {
    let mut out = json!({ "action": "deny", "from": denial.from, "to": denial.to, "service": denial.service });
    for (key, interface) in [("in", &denial.r#in), ("out", &denial.out)] {
        if let Some(interface) = interface {
            out[key] = json!([interface]);
        }
    }
    out
}
