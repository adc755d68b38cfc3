//! Findings of transfers, and of evidence that is not there.

use std::collections::BTreeMap;

use super::{finding, several};
use crate::document::Transfer;
use crate::engine::{self, Item};
use crate::report::Finding;
use crate::report::fault::{Fault, TransferFault};
use crate::source::{Location, Span};
use crate::verify::show::Show;

/// Findings of transfers, by what is wrong with them.
pub(super) fn unlawful_transfers(
    show: Show<'_, '_, '_>,
    tuples: &[Vec<Item>],
    faults: &dyn Fn(&Transfer<'_>) -> Vec<engine::TransferFault>,
) -> Vec<Finding> {
    let transfers = &show.model.document.transfers;
    let mut groups: BTreeMap<Vec<TransferFault>, Vec<u32>> = BTreeMap::new();
    for item in tuples.iter().flatten() {
        let Item::Transfer(at) = *item else { continue };
        let faults = faults(&transfers[at as usize]).into_iter().map(of).collect();
        groups.entry(faults).or_default().push(at);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, list)| list[0]);
    let findings = groups.into_iter().map(|(faults, list)| {
        let first = &transfers[list[0] as usize];
        let cause = faults.iter().map(|fault| fault.word().to_owned()).collect();
        let fault = Fault::Transfers { transfers: several(&first.id, list.len()), faults };
        finding(cause, fault, list.len(), vec![first.id.to_string()], show.places.locate(first.span))
    });
    findings.collect()
}

fn of(fault: engine::TransferFault) -> TransferFault {
    match fault {
        engine::TransferFault::NotSanitised => TransferFault::NotSanitised,
        engine::TransferFault::NoReason => TransferFault::NoReason,
        engine::TransferFault::NoApproval => TransferFault::NoApproval,
        engine::TransferFault::Expired => TransferFault::Expired,
    }
}

/// The finding that there is no record that counts.
pub(super) fn without_evidence(
    show: Show<'_, '_, '_>,
    kind: &str,
    within: Option<u64>,
    violated: bool,
) -> Vec<Finding> {
    if !violated {
        return Vec::new();
    }
    let records = show.model.document.evidence.iter().filter(|record| *record.kind == *kind);
    let last = records.max_by_key(|record| record.date);
    let location: Location = show.places.locate(last.map_or(Span::default(), |record| record.span));
    let day = last.and_then(|record| record.date).map(|date| date.to_string());
    let fault = Fault::NoEvidence { kind: kind.to_owned(), within, last: day };
    vec![finding(vec!["evidence".to_owned(), kind.to_owned()], fault, 1, Vec::new(), location)]
}
