//! Elements of a document that let something through, and the edits that take them out.

use super::change::Edit;
use super::held::Held;
use super::store::{LinkNumber, NodeNumber};
use crate::document::{
    Action, Addresses, Exception, Filter, Kind, Link, Node, Relay, Route, Traffic, Transfer, Vlans, Words,
};
use crate::model::LinkId;
use crate::source::Span;

/// An element of a document, by indices of the document. What is most specific comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Element {
    /// An exception.
    Exception(u32),
    /// A transfer.
    Transfer(u32),
    /// A rule of a filter.
    Rule { node: u32, filter: u32, rule: u32 },
    /// The default of a filter: without it the filter denies.
    Default { node: u32, filter: u32 },
    /// An entry of `relays`.
    RelayEntry { node: u32, entry: u32 },
    /// A VLAN among those that an l3-switch routes between.
    RoutedVlan { node: u32, vlan: u16 },
    /// A VLAN of a link that carries others too.
    Vlan { link: LinkId, vlan: u16 },
    /// A route.
    Route { node: u32, route: u32 },
    /// That nothing says what a node relays: without it, it relays nothing.
    Relays { node: u32 },
    /// That a node forwards what no filter of it looks at: without it, it relays only, or denies everything.
    Forwarder { node: u32 },
    /// That an l3-switch routes at all: without it, it is a switch.
    Routing { node: u32 },
    /// That endpoints of a zone share a VLAN with others, seen at a switch: without it, they have a VLAN of their own.
    Segment { node: u32, vlan: u16, zone: u32 },
    /// A link.
    Link(LinkId),
}

/// Links that are given a VLAN of their own at most.
const MOST_LINKS: usize = 1_000;

/// What takes a change back.
pub(super) enum Undo<'s> {
    Edit(Edit<'s>),
    Default { node: NodeNumber, filter: usize, old: Option<Action> },
    Relay { node: NodeNumber, at: usize, relay: Box<Relay<'s>> },
    Routes { node: NodeNumber, routes: Vec<Route<'s>> },
    Exception { at: usize, exception: Box<Exception<'s>> },
    Transfer { at: usize, transfer: Box<Transfer<'s>> },
}

/// VLANs without one.
fn minus(ranges: &[(u16, u16)], vlan: u16) -> Vlans {
    let parts = ranges.iter().flat_map(|&(low, high)| {
        if vlan < low || high < vlan {
            return [Some((low, high)), None];
        }
        [(low < vlan).then(|| (low, vlan - 1)), (vlan < high).then(|| (vlan + 1, high))]
    });
    parts.flatten().collect()
}

fn holds(ranges: &[(u16, u16)], vlan: u16) -> bool {
    ranges.iter().any(|&(low, high)| low <= vlan && vlan <= high)
}

impl<'s> Held<'s> {
    /// Takes elements out. Returns what takes that back, first to last; `None`: one is not there, and nothing changed.
    pub fn take_out(&mut self, elements: &[Element]) -> Option<Vec<Undo<'s>>> {
        let mut elements = elements.to_vec();
        // Of one list the last goes first, so that the others keep their places.
        elements.sort_unstable_by(|a, b| match (a, b) {
            (Element::Rule { .. }, Element::Rule { .. })
            | (Element::RelayEntry { .. }, Element::RelayEntry { .. })
            | (Element::Exception(_), Element::Exception(_))
            | (Element::Transfer(_), Element::Transfer(_))
            | (Element::Route { .. }, Element::Route { .. }) => b.cmp(a),
            _ => a.cmp(b),
        });
        elements.dedup();
        // Whatever goes first, what names no VLANs then names those that the document named.
        let named = self.named_vlans();
        let mut undo = Vec::new();
        for element in elements {
            if self.take_one_out(element, &named, &mut undo).is_none() {
                self.put_back(undo);
                return None;
            }
        }
        self.quotient.changed = true;
        Some(undo)
    }

    /// Takes back what was done.
    pub fn put_back(&mut self, undo: Vec<Undo<'s>>) {
        for step in undo.into_iter().rev() {
            match step {
                Undo::Edit(edit) => drop(self.perform(edit)),
                Undo::Default { node, filter, old } => drop(self.set_default(node, filter, old)),
                Undo::Relay { node, at, relay } => {
                    if let Some(list) = self.store.details_mut(node).and_then(|details| details.relays.as_mut()) {
                        list.insert(at, *relay);
                    }
                }
                Undo::Routes { node, routes } => {
                    if let Some(details) = self.store.details_mut(node) {
                        details.routes = Some(routes);
                    }
                }
                Undo::Exception { at, exception } => self.store.frame.exceptions.insert(at, *exception),
                Undo::Transfer { at, transfer } => self.store.frame.transfers.insert(at, *transfer),
            }
        }
        self.quotient.changed = true;
    }

    /// `named` are the VLANs that links of the document as it was name.
    fn take_one_out(&mut self, element: Element, named: &Vlans, undo: &mut Vec<Undo<'s>>) -> Option<()> {
        match element {
            Element::Exception(at) => {
                let at = at as usize;
                self.store.frame.exceptions.get(at)?;
                let exception = Box::new(self.store.frame.exceptions.remove(at));
                undo.push(Undo::Exception { at, exception });
            }
            Element::Transfer(at) => {
                let at = at as usize;
                self.store.frame.transfers.get(at)?;
                let transfer = Box::new(self.store.frame.transfers.remove(at));
                undo.push(Undo::Transfer { at, transfer });
            }
            Element::Rule { node, filter, rule } => {
                let (filter, at) = (filter as usize, rule as usize);
                self.store.rules(node, filter)?.get(at)?;
                undo.push(Undo::Edit(self.perform(Edit::RemoveRule { node, filter, at })));
            }
            Element::Default { node, filter } => {
                let filter = filter as usize;
                let old = self.set_default(node, filter, Some(Action::Deny))?;
                undo.push(Undo::Default { node, filter, old });
            }
            Element::RelayEntry { node, entry } => {
                let list = self.store.details_mut(node)?.relays.as_mut()?;
                let at = entry as usize;
                list.get(at)?;
                undo.push(Undo::Relay { node, at, relay: Box::new(list.remove(at)) });
            }
            Element::Route { node, route } => {
                let list = self.store.details_mut(node)?.routes.as_mut()?;
                let whole = list.clone();
                match list.len() {
                    // A list without entries would be none, which sends on anywhere.
                    1 => list.get_mut(route as usize)?.via = None,
                    _ => {
                        list.get(route as usize)?;
                        list.remove(route as usize);
                    }
                }
                undo.push(Undo::Routes { node, routes: whole });
            }
            Element::RoutedVlan { node, vlan } => self.stop_routing(node, vlan, named, undo)?,
            Element::Vlan { link, vlan } => {
                let link = LinkNumber::of(link);
                let stored = self.store.link(link)?;
                let own = stored.link.vlans_of_both().cloned().unwrap_or_else(|| named.clone());
                let left = minus(&own, vlan);
                if left.is_empty() {
                    return self.cut(link, undo);
                }
                self.change_link(link, undo, |value| value.details_mut().vlans = Some(left))?;
            }
            Element::Relays { node } => self.change_node(node, undo, |value| {
                value.details.get_or_insert_default().relays = Some(Vec::new());
            })?,
            Element::Forwarder { node } => self.stop_forwarding(node, undo)?,
            Element::Routing { node } => self.change_node(node, undo, |value| {
                value.kind = Kind::Switch;
                if let Some(details) = &mut value.details {
                    (details.filters, details.routes, details.nat, details.routed_vlans) = (None, None, None, None);
                }
            })?,
            Element::Segment { vlan, zone, .. } => self.part(vlan, zone, undo)?,
            Element::Link(link) => self.cut(LinkNumber::of(link), undo)?,
        }
        Some(())
    }

    fn set_default(&mut self, node: NodeNumber, filter: usize, new: Option<Action>) -> Option<Option<Action>> {
        let filter = self.store.details_mut(node)?.filters.as_mut()?.get_mut(filter)?;
        self.quotient.changed = true;
        Some(std::mem::replace(&mut filter.default, new))
    }

    /// Changes a node, with all its links in their places.
    pub(super) fn change_node(
        &mut self,
        at: NodeNumber,
        undo: &mut Vec<Undo<'s>>,
        change: impl FnOnce(&mut Node<'s>),
    ) -> Option<()> {
        self.store.node(at)?;
        let Edit::AddNode(node, links) = self.perform(Edit::RemoveNode(at)) else { return None };
        let mut changed = node.clone();
        change(&mut changed);
        let back = self.perform(Edit::AddNode(changed, links.clone()));
        undo.push(Undo::Edit(Edit::AddNode(node, links)));
        undo.push(Undo::Edit(back));
        Some(())
    }

    pub(super) fn change_link(
        &mut self,
        at: LinkNumber,
        undo: &mut Vec<Undo<'s>>,
        change: impl FnOnce(&mut Link<'s>),
    ) -> Option<()> {
        self.store.link(at)?;
        let Edit::AddLink(link, ends) = self.perform(Edit::RemoveLink(at)) else { return None };
        let mut changed = link.clone();
        change(&mut changed);
        let back = self.perform(Edit::AddLink(changed, ends));
        undo.push(Undo::Edit(Edit::AddLink(link, ends)));
        undo.push(Undo::Edit(back));
        Some(())
    }

    /// Cuts a link. Where filters or routes name one of its ends, that end leads to a switch with nothing on it.
    pub(super) fn cut(&mut self, link: LinkNumber, undo: &mut Vec<Undo<'s>>) -> Option<()> {
        let stored = self.store.link(link)?;
        let (ends, value) = (stored.ends, stored.link.clone());
        undo.push(Undo::Edit(self.perform(Edit::RemoveLink(link))));
        for (end, node) in ends.into_iter().enumerate() {
            let (interface, neighbour) = (value.interface_or_neighbour(end), value.ends[1 - end]);
            let named = [interface, neighbour].into_iter().find(|&name| self.store.mentions_interface(node, name));
            let Some(named) = named else { continue };
            let id = self.store.frame.names.intern(&format!(":cut{}-{end}", link.index()));
            let stub = Node {
                id,
                id_at: u32::MAX,
                zone: None,
                kind: Kind::Switch,
                addresses: Addresses::default(),
                forwards: None,
                controls: Words::default(),
                tags: Words::default(),
                details: None,
                span: Span::default(),
            };
            let mut half = Link::plain([value.ends[end], id], value.span);
            half.details_mut().interfaces = [Some(named), None];
            let back = self.perform(Edit::AddNode(Box::new(stub), vec![(half, node, false)]));
            undo.push(Undo::Edit(back));
        }
        Some(())
    }

    /// Takes a VLAN out of `routed_vlans`, and out of what filters and routes say of its interface.
    fn stop_routing(&mut self, node: NodeNumber, vlan: u16, named: &Vlans, undo: &mut Vec<Undo<'s>>) -> Option<()> {
        let own = self.store.node(node)?.details.as_deref().and_then(|details| details.routed_vlans.clone());
        let left = minus(own.as_ref().unwrap_or(named), vlan);
        if left.is_empty() {
            return self.take_one_out(Element::Routing { node }, named, undo);
        }
        let gone = format!("vlan{vlan}");
        self.change_node(node, undo, |value| {
            let details = value.details.get_or_insert_default();
            details.routed_vlans = Some(left);
            for filter in details.filters.iter_mut().flatten() {
                filter.rules.retain_mut(|rule| {
                    [&mut rule.r#in, &mut rule.out].into_iter().flatten().all(|names| {
                        names.retain(|name| name.value != gone);
                        !names.is_empty()
                    })
                });
                // A filter of an interface that is not there applies to nothing.
                let lists = [&mut filter.r#in, &mut filter.out];
                let idle = lists.into_iter().flatten().any(|names| {
                    names.retain(|name| name.value != gone);
                    names.is_empty()
                });
                if idle {
                    (filter.r#in, filter.out, filter.default) = (None, None, Some(Action::Permit));
                    filter.rules.clear();
                }
            }
            for route in details.routes.iter_mut().flatten() {
                route.via = route.via.take().filter(|via| via.value != gone);
            }
        })
    }

    fn stop_forwarding(&mut self, node: NodeNumber, undo: &mut Vec<Undo<'s>>) -> Option<()> {
        let value = self.store.node(node)?;
        let by_itself = Node { forwards: None, ..value.clone() }.is_forwarder();
        let declared = value.details.as_deref().is_some_and(|details| details.relays.is_some());
        if value.forwards == Some(true) && !by_itself && declared {
            return self.change_node(node, undo, |value| value.forwards = None);
        }
        self.change_node(node, undo, |value| {
            let deny = Filter {
                name: None,
                default: Some(Action::Deny),
                rules: Vec::new(),
                r#in: None,
                out: None,
                applies_to: Traffic::ALL,
                stateful: None,
                sees: None,
                span: value.span,
            };
            value.details.get_or_insert_default().filters.get_or_insert_default().push(deny);
        })
    }

    /// The VLANs that any link names.
    fn named_vlans(&self) -> Vlans {
        let sets = self.store.vlan_sets.iter().filter(|(_, count)| *count > 0);
        let mut there = vec![false; 4096];
        for &(low, high) in sets.filter_map(|(set, _)| set.as_ref()).flatten() {
            there[usize::from(low)..=usize::from(high)].fill(true);
        }
        let tags = (1..=4094_u16).filter(|&tag| there[usize::from(tag)]);
        tags.map(|tag| (tag, tag)).collect()
    }

    /// Gives the endpoints of a zone a VLAN of their own in place of one that they share with others.
    fn part(&mut self, vlan: u16, zone: u32, undo: &mut Vec<Undo<'s>>) -> Option<()> {
        let named = self.named_vlans();
        let mut free = (2..=4094_u16).filter(|&tag| !holds(&named, tag) && tag != vlan);
        let (own, others) = (free.next()?, free.next()?);
        let mut moves: Vec<(LinkNumber, Vlans)> = Vec::new();
        for at in self.store.link_numbers() {
            let Some(stored) = self.store.link(at) else { continue };
            let leaf = stored.ends.into_iter().find(|&end| !self.store.facts[end as usize].forwards);
            let vlans = stored.link.vlans_of_both();
            let swapped = |vlans: &Vlans, new: u16| {
                let mut left = minus(vlans, vlan);
                left.push((new, new));
                left
            };
            let new = match (leaf, vlans) {
                (Some(leaf), vlans) => {
                    let inside = self.store.facts[leaf as usize].label == Some(zone);
                    match vlans {
                        Some(vlans) if holds(vlans, vlan) && inside => swapped(vlans, own),
                        None => vec![if inside { (own, own) } else { (others, others) }],
                        Some(_) => continue,
                    }
                }
                // What joins switches carries the new VLAN too.
                (None, Some(vlans)) if holds(vlans, vlan) && self.joins_switches(at) => {
                    let mut more = vlans.clone();
                    more.push((own, own));
                    more
                }
                (None, _) => continue,
            };
            moves.push((at, new));
        }
        if moves.is_empty() || moves.len() > MOST_LINKS {
            return None;
        }
        for (link, vlans) in moves {
            self.change_link(link, undo, |value| value.details_mut().vlans = Some(vlans))?;
        }
        Some(())
    }

    fn joins_switches(&self, link: LinkNumber) -> bool {
        let switches = |node: NodeNumber| {
            self.store.node(node).is_some_and(|node| matches!(node.kind, Kind::Switch | Kind::L3Switch))
        };
        self.store.link(link).is_some_and(|stored| stored.ends.into_iter().all(switches))
    }
}
