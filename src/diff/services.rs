//! By which services pairs of nodes are joined in the one document and in the other, in the words of the format.

use std::collections::HashMap;

use super::Side;
use crate::document::protocol_word;
use crate::engine::{PathOutcome, ServiceParts};
use crate::model::{PORTED, service_number, service_of_number};
use crate::report::diff::Services;

/// For pairs of classes of one document, by position, a bit for each part of its services.
pub struct Joined {
    parts: ServiceParts,
    rows: HashMap<usize, usize>,
    columns: HashMap<usize, usize>,
    words: usize,
    bits: Vec<u64>,
}

impl Joined {
    /// Asks for the services of the pairs of some classes; `None`: a limit was reached first.
    pub fn ask(side: &mut Side<'_, '_, '_, '_>, id: &str, at: usize, [rows, columns]: [Vec<usize>; 2]) -> Option<Self> {
        let decided = &mut side.decided;
        let parts = ServiceParts::new(decided.decider.model());
        let words = parts.count().div_ceil(64) as usize;
        let index = |list: &[usize]| list.iter().enumerate().map(|(at, &class)| (class, at)).collect();
        let mut out = Self {
            rows: index(&rows),
            columns: index(&columns),
            words,
            bits: vec![0; rows.len() * columns.len() * words],
            parts,
        };
        let Some(Some(paths)) = decided.outcomes.get(at).map(|outcome| paths_of(outcome.as_ref())) else {
            return Some(out);
        };
        if rows.is_empty() || columns.is_empty() {
            return Some(out);
        }
        let (bits, width) = (&mut out.bits, columns.len());
        let mut told = |part: u32, joined: &[Vec<bool>]| {
            for (row, line) in joined.iter().enumerate() {
                for column in line.iter().enumerate().filter(|(_, joined)| **joined).map(|(column, _)| column) {
                    bits[(row * width + column) * words + part as usize / 64] |= 1 << (part % 64);
                }
            }
        };
        decided.decider.joined_by(id, paths, [&rows, &columns], &out.parts, &mut told).ok()?;
        Some(out)
    }

    /// The bits of a pair that was asked for.
    pub fn of(&self, row: usize, column: usize) -> &[u64] {
        let Some((row, column)) = self.rows.get(&row).zip(self.columns.get(&column)) else { return &[] };
        let at = (row * self.columns.len() + column) * self.words;
        &self.bits[at..at + self.words]
    }

    fn has(&self, bits: &[u64], number: u32) -> bool {
        Self::has_part(bits, self.parts.of(number))
    }

    fn has_part(bits: &[u64], part: u32) -> bool {
        bits.get(part as usize / 64).is_some_and(|word| word >> (part % 64) & 1 == 1)
    }

    /// Whether data is carried, where the document knows transfers.
    fn carried(&self, bits: &[u64]) -> Option<bool> {
        self.parts.of_transfers().map(|part| Self::has_part(bits, part))
    }

    /// The services that bits stand for.
    pub fn services(&self, bits: &[u64]) -> Services {
        let ranges = self.ranges(self.parts.starts(), &|number| self.has(bits, number));
        words_of(&ranges, self.carried(bits))
    }

    /// The services that the one pair has and the other has not; `None` where there are none.
    pub fn services_beyond(&self, bits: &[u64], other: &Self, others: &[u64]) -> Option<Services> {
        let mut starts = [self.parts.starts(), other.parts.starts()].concat();
        starts.sort_unstable();
        starts.dedup();
        let beyond = |number: u32| self.has(bits, number) && !other.has(others, number);
        let ranges = self.ranges(&starts, &beyond);
        let carried = self.carried(bits).map(|carried| carried && other.carried(others) != Some(true));
        (!ranges.is_empty() || carried == Some(true)).then(|| words_of(&ranges, carried))
    }

    /// The ranges between `starts` whose first number is inside, adjacent ones as one.
    fn ranges(&self, starts: &[u32], inside: &dyn Fn(u32) -> bool) -> Vec<(u32, u32)> {
        let mut out: Vec<(u32, u32)> = Vec::new();
        for (at, &low) in starts.iter().enumerate().filter(|(_, low)| inside(**low)) {
            let high = starts.get(at + 1).map_or(ServiceParts::last(), |next| next - 1);
            match out.last_mut() {
                Some(last) if last.1 + 1 == low => last.1 = high,
                _ => out.push((low, high)),
            }
        }
        out
    }
}

/// The outcome of a path requirement.
pub fn paths_of(outcome: Option<&crate::engine::Outcome>) -> Option<&PathOutcome> {
    match outcome {
        Some(crate::engine::Outcome::Paths(paths)) => Some(paths),
        _ => None,
    }
}

/// Ranges of service numbers in words, and whether transfers are with them (`None`: nothing is carried at all): those that are
/// there, or, where that is shorter, those that are not.
pub fn words_of(ranges: &[(u32, u32)], carried: Option<bool>) -> Services {
    let mut missing: Vec<(u32, u32)> = Vec::new();
    let mut next = 0;
    for &(low, high) in ranges {
        if next < low {
            missing.push((next, low - 1));
        }
        next = high + 1;
    }
    if next <= ServiceParts::last() {
        missing.push((next, ServiceParts::last()));
    }
    let (mut there, mut missing) = (spelt(ranges), spelt(&missing));
    match carried {
        Some(true) => there.push("transfer".to_owned()),
        Some(false) => missing.push("transfer".to_owned()),
        None => {}
    }
    if missing.len() < there.len() || missing.is_empty() {
        Services { all_but: true, parts: missing }
    } else {
        Services { all_but: false, parts: there }
    }
}

fn spelt(ranges: &[(u32, u32)]) -> Vec<String> {
    let mut out = Vec::new();
    for &(low, high) in ranges {
        let last = high.min(PORTED - 1);
        if low < PORTED && last - low < 4 {
            out.extend((low..=last).map(|number| protocol_word(service_of_number(number).0)));
        } else if low < PORTED {
            out.push(format!("proto/{}-{}", service_of_number(low).0, service_of_number(last).0));
        }
        for protocol in [crate::model::TCP, crate::model::UDP, crate::model::SCTP] {
            let (first, end) = (service_number(protocol, 0), service_number(protocol, u16::MAX));
            let (from, to) = (low.max(first), high.min(end));
            if from > to {
                continue;
            }
            let word = protocol_word(protocol);
            out.push(match (from - first, to - first) {
                (0, 0xffff) => word,
                (port, same) if port == same => format!("{word}/{port}"),
                (low, high) => format!("{word}/{low}-{high}"),
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_named_by_what_is_there_or_by_what_is_not() {
        let tcp = |port| service_number(6, port);
        let last = ServiceParts::last();
        for (ranges, all_but, parts) in [
            (vec![(0, last)], true, &[][..]),
            (vec![(tcp(443), tcp(443))], false, &["tcp/443"]),
            (
                vec![(tcp(80), tcp(90)), (service_number(17, 53), service_number(17, 53))],
                false,
                &["tcp/80-90", "udp/53"],
            ),
            (vec![(0, tcp(442)), (tcp(444), last)], true, &["tcp/443"]),
            (vec![(service_number(1, 0), service_number(1, 0))], false, &["icmp"]),
            (vec![(tcp(0), tcp(65_535))], false, &["tcp"]),
            (vec![(0, PORTED - 1)], false, &["proto/0-255"]),
            (vec![], false, &[]),
        ] {
            let found = words_of(&ranges, None);
            assert_eq!(
                (found.all_but, found.parts.as_slice()),
                (all_but, parts.map_strings().as_slice()),
                "{ranges:?}"
            );
        }
    }

    #[test]
    fn transfers_are_named_beside_services() {
        let all = [(0, ServiceParts::last())];
        let one = [(service_number(6, 443), service_number(6, 443))];
        for (ranges, carried, all_but, parts) in [
            (&all[..], true, true, &[][..]),
            (&all, false, true, &["transfer"]),
            (&one, true, false, &["tcp/443", "transfer"]),
            (&one, false, false, &["tcp/443"]),
            (&[], true, false, &["transfer"]),
        ] {
            let found = words_of(ranges, Some(carried));
            assert_eq!((found.all_but, found.parts), (all_but, parts.map_strings()), "{ranges:?} {carried}");
        }
    }

    trait Strings {
        fn map_strings(&self) -> Vec<String>;
    }

    impl Strings for [&str] {
        fn map_strings(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }
}
