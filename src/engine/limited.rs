//! What is wrong with an exception by itself. Spec, section 7, EXCEPTION-LIMITED.

use crate::document::{Date, SelectorItem, Service, ServiceItem, Spanned, Text};
use crate::model::Model;

/// What is wrong with an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExceptionFault {
    /// An item of `from` is more than a single address.
    WideFrom,
    /// An item of `to` is more than a single address.
    WideTo,
    /// A service is more than one port of a protocol, `icmp` or `icmpv6`.
    WideService,
    /// `reason` is missing or blank.
    NoReason,
    /// `approved_by` is missing or blank.
    NoApproval,
    /// The last valid day is over.
    Expired,
}

/// What is wrong with an exception, by index, on a day; nothing: it is limited.
#[must_use]
pub fn exception_faults(model: &Model<'_>, exception: u32, today: Date) -> Vec<ExceptionFault> {
    let exception = &model.document.exceptions[exception as usize];
    let blank = |text: &Option<Text<'_>>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let wide = |items: &[Spanned<SelectorItem<'_>>]| !items.iter().all(|item| is_single(model, item));
    let faults = [
        (wide(&exception.from), ExceptionFault::WideFrom),
        (wide(&exception.to), ExceptionFault::WideTo),
        (!are_single_services(model, &exception.service), ExceptionFault::WideService),
        (blank(&exception.reason), ExceptionFault::NoReason),
        (blank(&exception.approved_by), ExceptionFault::NoApproval),
        (exception.expires.is_some_and(|last| last < today), ExceptionFault::Expired),
    ];
    faults.into_iter().filter(|(found, _)| *found).map(|(_, fault)| fault).collect()
}

/// Whether a selector item names single addresses only.
fn is_single(model: &Model<'_>, item: &Spanned<SelectorItem<'_>>) -> bool {
    match &item.value {
        SelectorItem::Addresses(range) => range.is_single(),
        SelectorItem::Node(id) => {
            let node = model.names.node(id);
            node.is_some_and(|node| model.entries(node).iter().all(|entry| entry.cidr.is_single()))
        }
        SelectorItem::Group(name) => {
            let items = |group: u32| &model.document.groups[group as usize].items;
            model.names.group(name).is_some_and(|group| items(group).iter().all(|item| is_single(model, item)))
        }
        SelectorItem::Any
        | SelectorItem::Zone(_)
        | SelectorItem::Kind(_)
        | SelectorItem::Tag(_)
        | SelectorItem::Fqdn(_)
        | SelectorItem::Not(_) => false,
    }
}

/// Whether services are each a protocol with one port, icmp, icmpv6 or a transfer.
fn are_single_services(model: &Model<'_>, services: &Service<'_>) -> bool {
    const ICMP: u8 = 1;
    const ICMPV6: u8 = 58;
    services.iter().all(|item| match &item.value {
        ServiceItem::Any => false,
        ServiceItem::Transfer => true,
        ServiceItem::Protocol { ports: Some((low, high)), .. } => low == high,
        ServiceItem::Protocol { number, ports: None } => matches!(*number, ICMP | ICMPV6),
        ServiceItem::Named(name) => {
            let items = |index: u32| &model.document.services[index as usize].items;
            model.names.service(name).is_some_and(|index| are_single_services(model, items(index)))
        }
    })
}
