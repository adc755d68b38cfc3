//! Findings of exceptions.

use std::collections::BTreeMap;

use super::{finding, several};
use crate::document::Date;
use crate::engine::{self, exception_faults};
use crate::model::Model;
use crate::report::Finding;
use crate::report::fault::{ExceptionFault, Fault, Several};
use crate::source::Location;
use crate::verify::show::Show;

/// Findings of exceptions that are not limited.
pub(super) fn unlimited(show: Show<'_, '_, '_>, exceptions: &[u32], today: Date) -> Vec<Finding> {
    let mut groups: BTreeMap<Vec<ExceptionFault>, Vec<u32>> = BTreeMap::new();
    for &at in exceptions {
        groups.entry(faults(show.model, at, today)).or_default().push(at);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, list)| list[0]);
    let findings = groups.into_iter().map(|(faults, list)| {
        let id = &*show.model.document.exceptions[list[0] as usize].id;
        let cause = faults.iter().map(|fault| fault.word().to_owned()).collect();
        let fault = Fault::Exceptions { exceptions: several(id, list.len()), faults };
        finding(cause, fault, list.len(), vec![id.to_owned()], exception_at(show, list[0]))
    });
    findings.collect()
}

/// Findings of exceptions that all lack the same.
pub(super) fn each(
    show: Show<'_, '_, '_>,
    exceptions: &[u32],
    cause: &str,
    fault: impl Fn(Several) -> Fault,
) -> Vec<Finding> {
    let one = exceptions.first().map(|&at| {
        let id = &*show.model.document.exceptions[at as usize].id;
        let fault = fault(several(id, exceptions.len()));
        finding(vec![cause.to_owned()], fault, exceptions.len(), vec![id.to_owned()], exception_at(show, at))
    });
    one.into_iter().collect()
}

pub fn exception_at(show: Show<'_, '_, '_>, exception: u32) -> Location {
    let exception = &show.model.document.exceptions[exception as usize];
    show.places.locate(exception.span)
}

/// What is wrong with an exception.
pub fn faults(model: &Model<'_>, exception: u32, today: Date) -> Vec<ExceptionFault> {
    let of = |fault| match fault {
        engine::ExceptionFault::WideFrom => ExceptionFault::WideFrom,
        engine::ExceptionFault::WideTo => ExceptionFault::WideTo,
        engine::ExceptionFault::WideService => ExceptionFault::WideService,
        engine::ExceptionFault::NoReason => ExceptionFault::NoReason,
        engine::ExceptionFault::NoApproval => ExceptionFault::NoApproval,
        engine::ExceptionFault::Expired => ExceptionFault::Expired,
    };
    exception_faults(model, exception, today).into_iter().map(of).collect()
}
