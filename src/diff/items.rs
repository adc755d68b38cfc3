//! Whether one selector or service list holds all that another holds, by what is written: groups and named services are
//! written out, addresses compared as sets, nodes, zones, kinds and tags by name.

use std::collections::BTreeSet;

use crate::document::{AddressRange, Document, SelectorItem, Service, ServiceItem, Spanned};
use crate::engine::ServiceParts;
use crate::model::{SCTP, TCP, UDP, service_number};

/// A selector written out.
#[derive(Default)]
pub struct Selected {
    any: bool,
    ranges: Vec<AddressRange>,
    names: BTreeSet<String>,
}

impl Selected {
    /// What a selector of a document names.
    pub fn of(document: &Document<'_>, items: &[Spanned<SelectorItem<'_>>]) -> Self {
        let mut out = Self::default();
        let mut seen = BTreeSet::new();
        out.add(document, items, &mut seen);
        out.ranges.sort_unstable();
        out
    }

    fn add(&mut self, document: &Document<'_>, items: &[Spanned<SelectorItem<'_>>], seen: &mut BTreeSet<String>) {
        for item in items {
            match &item.value {
                SelectorItem::Any => self.any = true,
                SelectorItem::Addresses(range) => self.ranges.push(*range),
                SelectorItem::Group(name) => {
                    if seen.insert(name.to_string())
                        && let Some(group) = document.groups.iter().find(|group| group.name.value == *name)
                    {
                        self.add(document, &group.items, seen);
                    }
                }
                other => {
                    self.names.insert(other.to_string());
                }
            }
        }
    }

    /// Whether all that `other` names is named here too.
    pub fn holds(&self, other: &Self) -> bool {
        self.any
            || (!other.any
                && other.names.is_subset(&self.names)
                && other.ranges.iter().all(|range| self.holds_range(*range)))
    }

    fn holds_range(&self, range: AddressRange) -> bool {
        let mut next = range.low;
        for own in self.ranges.iter().filter(|own| own.family == range.family) {
            if own.low <= next && own.high >= next {
                match own.high.checked_add(1) {
                    Some(after) if own.high < range.high => next = after,
                    _ => return true,
                }
            }
        }
        false
    }
}

/// What stands for the service of a transfer, which no packet has; not next to the services of packets.
const TRANSFER: u32 = u32::MAX - 1;

/// A service list as ranges of service numbers, sorted and merged.
pub fn services(document: &Document<'_>, items: &Service<'_>) -> Vec<(u32, u32)> {
    fn add(document: &Document<'_>, items: &Service<'_>, seen: &mut BTreeSet<String>, out: &mut Vec<(u32, u32)>) {
        for item in items {
            match &item.value {
                ServiceItem::Any => out.extend([(0, ServiceParts::last()), (TRANSFER, TRANSFER)]),
                ServiceItem::Transfer => out.push((TRANSFER, TRANSFER)),
                ServiceItem::Protocol { number, ports } => {
                    let ported = [TCP, UDP, SCTP].contains(number);
                    let (low, high) = ports.unwrap_or(if ported { (0, u16::MAX) } else { (0, 0) });
                    out.push((service_number(*number, low), service_number(*number, high)));
                }
                ServiceItem::Named(name) => {
                    if seen.insert(name.to_string())
                        && let Some(named) = document.services.iter().find(|named| named.name.value == *name)
                    {
                        add(document, &named.items, seen, out);
                    }
                }
            }
        }
    }
    let mut out = Vec::new();
    add(document, items, &mut BTreeSet::new(), &mut out);
    out.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (low, high) in out {
        match merged.last_mut() {
            Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    merged
}

/// Whether all of `other` is in `one`; both sorted and merged.
pub fn hold_services(one: &[(u32, u32)], other: &[(u32, u32)]) -> bool {
    other.iter().all(|(low, high)| one.iter().any(|(first, last)| first <= low && high <= last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Family;

    #[test]
    fn addresses_are_held_by_several_ranges_together() {
        let range = |low, high| AddressRange { family: Family::V4, low, high };
        let selected = |ranges: &[AddressRange]| Selected { ranges: ranges.to_vec(), ..Selected::default() };
        let two = selected(&[range(0, 4), range(5, 9)]);
        assert!(two.holds(&selected(&[range(2, 8)])));
        assert!(!two.holds(&selected(&[range(2, 10)])));
        assert!(!selected(&[range(0, 4), range(6, 9)]).holds(&two));
        let all = range(0, u128::MAX);
        assert!(selected(&[all]).holds(&selected(&[all])));
    }
}
