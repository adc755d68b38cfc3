//! Which addresses nodes of the document have: what of a line they could use.

use crate::document::AddressRange;
use crate::header::{ANY, AddressAtom, Ranges};
use crate::model::Model;
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
        Some(Remark::Wider { side, used: used.iter().take(NAMED).map(AddressRange::to_string).collect(), more })
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
