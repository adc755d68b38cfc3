//! Clauses of the format that certificates and their checkers do not know yet. There is no certificate for a document that
//! uses one: a checker that reads on would judge another document.

use crate::document::{Document, SelectorItem, Service, ServiceItem, Span, Spanned, Traffic};

/// The first such clause in the order of the kinds below, and where it stands.
#[must_use]
pub fn uncertified(document: &Document<'_>) -> Option<(&'static str, Span)> {
    let outside = document.host_names.first().map(|known| ("names", known.name.span));
    let transfer = document.transfers.first().map(|transfer| ("transfers", transfer.span));
    let service = document.services.iter().find_map(|named| of_service(&named.items));
    let exceptions = document.exceptions.iter().find_map(|exception| of_service(&exception.service));
    outside.or(transfer).or(service).or(exceptions).or_else(|| of_nodes(document)).or_else(|| of_links(document))
}

fn of_nodes(document: &Document<'_>) -> Option<(&'static str, Span)> {
    for node in &document.nodes {
        let Some(details) = node.details.as_deref() else { continue };
        if details.origin.is_some() {
            return Some(("origin", node.span));
        }
        if let Some(entry) = details.nat.iter().flatten().next() {
            return Some(("nat", entry.span));
        }
        for filter in details.filters.iter().flatten() {
            let clauses = [
                (filter.applies_to != Traffic::ALL, "applies_to"),
                (filter.stateful.is_some(), "stateful"),
                (filter.sees.is_some(), "sees"),
            ];
            if let Some((_, clause)) = clauses.into_iter().find(|(used, _)| *used) {
                return Some((clause, filter.span));
            }
            for rule in &filter.rules {
                let clauses = [
                    (rule.replies, "state"),
                    (rule.condition.is_some(), "condition"),
                    (rule.origin.is_some(), "origin"),
                ];
                let own = clauses.into_iter().find(|(used, _)| *used).map(|(_, clause)| (clause, rule.span));
                if let Some(found) = own.or_else(|| of_selector(rule.from.iter().chain(&rule.to))) {
                    return Some(found);
                }
            }
        }
        let relays = details.relays.iter().flatten();
        if let Some(found) = relays.flat_map(|relay| [&relay.from_service, &relay.to_service]).find_map(of_service) {
            return Some(found);
        }
        if let Some(route) = details.routes.iter().flatten().find(|route| route.fails || route.origin.is_some()) {
            return Some((if route.fails { "fails" } else { "origin" }, route.span));
        }
    }
    None
}

fn of_links(document: &Document<'_>) -> Option<(&'static str, Span)> {
    document.links.iter().find_map(|link| match (link.native(), link.is_uneven(), link.origin()) {
        (Some(_), ..) => Some(("native", link.span)),
        (None, true, _) => Some(("vlans: {a, b}", link.span)),
        (None, false, Some(_)) => Some(("origin", link.span)),
        (None, false, None) => None,
    })
}

fn of_selector<'a>(mut items: impl Iterator<Item = &'a Spanned<SelectorItem<'a>>>) -> Option<(&'static str, Span)> {
    items.find_map(|item| match item.value {
        SelectorItem::Fqdn(_) => Some(("fqdn:", item.span)),
        SelectorItem::Not(_) => Some(("{not: …}", item.span)),
        _ => None,
    })
}

fn of_service(items: &Service<'_>) -> Option<(&'static str, Span)> {
    items.iter().find(|item| item.value == ServiceItem::Transfer).map(|item| ("transfer", item.span))
}
