//! Slips that somebody may make, one at a time: an edit of the document in memory, which is decided and taken back.

use super::change::Edit;
use super::element::Undo;
use super::held::Held;
use super::store::{LinkNumber, NodeNumber};
use crate::document::{Action, Rule, SelectorItem, ServiceItem, Spanned};
use crate::model::LinkId;

/// A part of a rule that may say `any`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum RulePart {
    From,
    To,
    Service,
}

/// A slip, by indices of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Mutation {
    /// A rule is gone.
    Remove { node: u32, filter: u32, rule: u32 },
    /// A rule permits what it denied, or the other way round.
    Invert { node: u32, filter: u32, rule: u32 },
    /// A part of a rule says `any`.
    Widen { node: u32, filter: u32, rule: u32, part: RulePart },
    /// A link is cut.
    Cut(LinkId),
    /// A link carries every VLAN.
    OpenVlans(LinkId),
    /// A one-way link carries packets both ways.
    BothWays(LinkId),
    /// Nothing says what a node relays.
    OpenRelays(u32),
    /// A node is said to be in another zone.
    Relabel { node: u32, zone: u32 },
}

impl<'s> Held<'s> {
    /// Makes a slip. Returns what takes it back, first to last; `None`: there is no such place, and nothing changed.
    pub fn mutate(&mut self, mutation: Mutation) -> Option<Vec<Undo<'s>>> {
        let mut undo = Vec::new();
        match mutation {
            Mutation::Remove { node, filter, rule } => {
                let (filter, at) = (filter as usize, rule as usize);
                self.store.rules(node, filter)?.get(at)?;
                undo.push(Undo::Edit(self.perform(Edit::RemoveRule { node, filter, at })));
            }
            Mutation::Invert { node, filter, rule } => self.change_rule((node, filter, rule), &mut undo, |rule| {
                rule.action = if rule.action == Action::Permit { Action::Deny } else { Action::Permit };
            })?,
            Mutation::Widen { node, filter, rule, part } => {
                let any = || vec![Spanned::nowhere(SelectorItem::Any)];
                self.change_rule((node, filter, rule), &mut undo, |rule| match part {
                    RulePart::From => rule.from = any(),
                    RulePart::To => rule.to = any(),
                    RulePart::Service => rule.service = vec![Spanned::nowhere(ServiceItem::Any)],
                })?;
            }
            Mutation::Cut(link) => self.cut(LinkNumber::of(link), &mut undo)?,
            Mutation::OpenVlans(link) => self.change_link(LinkNumber::of(link), &mut undo, |value| {
                let details = value.details_mut();
                (details.vlans, details.by_end) = (None, None);
            })?,
            Mutation::BothWays(link) => {
                self.change_link(LinkNumber::of(link), &mut undo, |value| value.details_mut().one_way = false)?;
            }
            Mutation::OpenRelays(node) => self.change_node(node, &mut undo, |value| {
                value.details.get_or_insert_default().relays = None;
            })?,
            Mutation::Relabel { node, zone } => {
                let zone = self.store.zone_name(zone)?;
                self.change_node(node, &mut undo, |value| value.zone = Some(zone))?;
            }
        }
        self.quotient.changed = true;
        Some(undo)
    }

    /// Changes a rule in its place.
    fn change_rule(
        &mut self,
        (node, filter, at): (NodeNumber, u32, u32),
        undo: &mut Vec<Undo<'s>>,
        change: impl FnOnce(&mut Rule<'s>),
    ) -> Option<()> {
        let (filter, at) = (filter as usize, at as usize);
        let mut rule = Box::new(self.store.rules(node, filter)?.get(at)?.clone());
        change(&mut rule);
        let back = self.perform(Edit::RemoveRule { node, filter, at });
        undo.push(Undo::Edit(back));
        let back = self.perform(Edit::AddRule { node, filter, at, rule });
        undo.push(Undo::Edit(back));
        Some(())
    }
}
