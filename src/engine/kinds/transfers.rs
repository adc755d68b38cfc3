//! What is asked of transfers.

use crate::document::Date;
use crate::document::policy::Methods;
use crate::document::{Text, Transfer};
use crate::engine::decider::RequirementDecider;
use crate::engine::methods::MethodSet;
use crate::engine::outcome::{Item, Outcome};
use crate::engine::relay_passes::selects_node;
use crate::number::number;
use crate::policy::NodePattern;

/// What is wrong with a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferFault {
    /// It does not sanitise, or not in one of the ways that are asked for.
    NotSanitised,
    /// `reason` is missing or blank.
    NoReason,
    /// `approved_by` is missing or blank.
    NoApproval,
    /// The last valid day is over.
    Expired,
}

/// What is wrong with a transfer on a day; nothing: it is as asked.
#[must_use]
pub fn transfer_faults(
    transfer: &Transfer<'_>,
    sanitised_by: Option<&Methods>,
    approved: bool,
    today: Date,
) -> Vec<TransferFault> {
    let blank = |text: &Option<Text<'_>>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let sanitised = sanitised_by.is_none() || MethodSet::of(sanitised_by).holds(transfer.sanitise);
    let faults = [
        (!sanitised, TransferFault::NotSanitised),
        (approved && blank(&transfer.reason), TransferFault::NoReason),
        (approved && blank(&transfer.approved_by), TransferFault::NoApproval),
        (approved && transfer.expires.is_some_and(|last| last < today), TransferFault::Expired),
    ];
    faults.into_iter().filter(|(found, _)| *found).map(|(_, fault)| fault).collect()
}

impl RequirementDecider<'_, '_> {
    /// Decides whether transfers from some endpoints to some are sanitised and approved.
    pub(in crate::engine) fn transfers(
        &self,
        [from, to]: [Option<&[NodePattern]>; 2],
        sanitised_by: Option<&Methods>,
        approved: bool,
    ) -> Outcome {
        let model = self.model;
        let sides = [from, to].map(|patterns| patterns.map(|patterns| self.matcher(patterns)));
        let has_end = |side: usize, items: &[crate::document::Spanned<crate::document::SelectorItem<'_>>]| {
            let matches = |node| sides[side].as_ref().is_none_or(|matcher| matcher.matches(node));
            (0..number(model.document.nodes.len()))
                .any(|node| model.labels.endpoint[node as usize] && selects_node(model, items, node) && matches(node))
        };
        let transfers = (0_u32..).zip(&model.document.transfers);
        let mut spoken = transfers.filter(|(_, one)| has_end(0, &one.from) && has_end(1, &one.to)).peekable();
        if spoken.peek().is_none() {
            return Outcome::Vacuous;
        }
        let wrong = |one: &Transfer<'_>| !transfer_faults(one, sanitised_by, approved, self.date).is_empty();
        Outcome::Tuples(spoken.filter(|(_, one)| wrong(one)).map(|(at, _)| vec![Item::Transfer(at)]).collect())
    }
}
