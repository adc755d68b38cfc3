//! Which addresses nodes of the document have: what of a line they could use.

use crate::document::{AddressRange, Family};
use crate::header::{ANY, AddressAtom, Ranges};
use crate::model::{Model, address_text};
use crate::report::rules::{Remark, Side};

/// Addresses named of what is used.
const NAMED: usize = 4;

/// Addresses that endpoints send from and receive at, merged and ascending.
pub(super) struct Used {
    sent: Vec<AddressRange>,
    received: Vec<AddressRange>,
}

impl Used {
    pub fn new(model: &Model<'_>) -> Self {
        let endpoints =
            || (0_u32..).zip(&model.labels.endpoint).filter(|(_, endpoint)| **endpoint).map(|(node, _)| node);
        let own = |node: &u32| !model.is_symbolic(*node);
        Self {
            sent: merged(endpoints().filter(own).flat_map(|node| model.sent_addresses(node)).collect()),
            received: merged(endpoints().filter(own).flat_map(|node| model.received_addresses(node)).collect()),
        }
    }

    /// That a side of a line holds addresses that no endpoint has, and others that some has.
    pub fn wider(&self, model: &Model<'_>, side: Side, set: &Ranges) -> Option<Remark> {
        // Who writes `any` means whoever comes.
        if *set == *model.pools.address.get(ANY) {
            return None;
        }
        let known = match side {
            Side::From => &self.sent,
            Side::To => &self.received,
        };
        let written = merged(set.as_slice().iter().flat_map(|range| addresses(model, range.low, range.high)).collect());
        let mut used: Vec<AddressRange> = Vec::new();
        let mut whole = true;
        for range in &written {
            let first = known.partition_point(|one| (one.family, one.high) < (range.family, range.low));
            let within = known[first..].iter().take_while(|one| one.family == range.family && one.low <= range.high);
            let mut next = Some(range.low);
            for one in within {
                let (low, high) = (one.low.max(range.low), one.high.min(range.high));
                whole &= next == Some(low);
                next = high.checked_add(1);
                used.push(AddressRange { family: range.family, low, high });
            }
            whole &= next.is_none_or(|next| next > range.high);
        }
        if whole || used.is_empty() {
            return None;
        }
        let more = used.len() > NAMED;
        Some(Remark::Wider { side, used: used.iter().take(NAMED).map(text).collect(), more })
    }
}

/// The addresses of a run of atoms; symbolic ones are of nodes by themselves.
fn addresses(model: &Model<'_>, low: u32, high: u32) -> impl Iterator<Item = AddressRange> {
    (low..=high).filter_map(|atom| match model.spaces.address.atom(atom) {
        AddressAtom::Addresses(range) => Some(range),
        AddressAtom::Symbolic(_) => None,
    })
}

fn merged(mut ranges: Vec<AddressRange>) -> Vec<AddressRange> {
    ranges.sort_unstable();
    let mut out: Vec<AddressRange> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if last.family == range.family && range.low <= last.high.saturating_add(1) => {
                last.high = last.high.max(range.high);
            }
            _ => out.push(range),
        }
    }
    out
}

/// `10.1.0.0/24`, `10.1.0.3`, `10.1.0.3-10.1.0.9`.
fn text(range: &AddressRange) -> String {
    let width = if range.family == Family::V4 { 32 } else { 128 };
    let first = address_text(range.family, range.low);
    match range.high - range.low {
        0 => first,
        rest if (rest & rest.wrapping_add(1)) == 0 && range.low & rest == 0 => {
            format!("{first}/{}", width - (u128::BITS - rest.leading_zeros()))
        }
        _ => format!("{first}-{}", address_text(range.family, range.high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_as_people_write_them() {
        let v4 = |low, high| text(&AddressRange { family: Family::V4, low, high });
        assert_eq!(v4(0x0a01_0000, 0x0a01_00ff), "10.1.0.0/24");
        assert_eq!(v4(0x0a01_0003, 0x0a01_0003), "10.1.0.3");
        assert_eq!(v4(0x0a01_0003, 0x0a01_0009), "10.1.0.3-10.1.0.9");
        assert_eq!(text(&AddressRange { family: Family::V6, low: 0, high: u128::MAX }), "::/0");
    }
}
