//! Longest prefixes as segments: what decides each address of one family.

use crate::document::{AddressRange, Cidr, Family};

/// For each address of a family, what the longest prefix that holds it says: the first address of each segment,
/// ascending, the first one 0; `nobody` where no prefix holds it. Equal prefixes say the same. O(n log n).
pub(super) fn segments<T: Copy + Ord>(family: Family, mut prefixes: Vec<(u128, u8, T)>, nobody: T) -> Vec<(u128, T)> {
    prefixes.sort_unstable();
    prefixes.dedup();
    let mut segments: Vec<(u128, T)> = vec![(0, nobody)];
    // The prefixes that hold the address at hand, the longest last: their last addresses, and what they say.
    let mut open: Vec<(u128, T)> = Vec::new();
    let push = |segments: &mut Vec<(u128, T)>, start: u128, says: T| {
        match segments.last_mut() {
            Some(last) if last.0 == start => last.1 = says,
            Some(last) if last.1 == says => {}
            _ => segments.push((start, says)),
        };
    };
    let max = AddressRange::all(family).high;
    let close = |segments: &mut Vec<(u128, T)>, open: &mut Vec<(u128, T)>, before: Option<u128>| {
        while let Some(&(high, _)) = open.last() {
            if before.is_some_and(|start| high >= start) {
                break;
            }
            open.pop();
            if high < max {
                push(segments, high + 1, open.last().map_or(nobody, |&(_, says)| says));
            }
        }
    };
    for (network, length, says) in prefixes {
        close(&mut segments, &mut open, Some(network));
        push(&mut segments, network, says);
        open.push((Cidr { family, network, length }.range().high, says));
    }
    close(&mut segments, &mut open, None);
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides() {
        let at = |text: &str| u128::from(u32::from(text.parse::<std::net::Ipv4Addr>().expect("an address")));
        let prefixes = vec![
            (at("10.0.0.0"), 8, 1),
            (at("10.1.0.0"), 16, 2),
            (at("10.1.2.0"), 24, 1),
            (at("10.2.0.0"), 16, 1),
            (at("255.255.255.255"), 32, 3),
        ];
        let expected = vec![
            (0, 0),
            (at("10.0.0.0"), 1),
            (at("10.1.0.0"), 2),
            (at("10.1.2.0"), 1),
            (at("10.1.3.0"), 2),
            (at("10.2.0.0"), 1),
            (at("11.0.0.0"), 0),
            (at("255.255.255.255"), 3),
        ];
        assert_eq!(segments(Family::V4, prefixes, 0), expected);
        assert_eq!(segments(Family::V4, vec![(0, 0, 1)], 0), vec![(0, 1)]);
        assert_eq!(segments(Family::V6, vec![(0, 0, 1), (1 << 127, 1, 2)], 0), vec![(0, 1), (1 << 127, 2)]);
        assert_eq!(segments(Family::V6, vec![(0, 128, 1)], 0), vec![(0, 1), (1, 0)]);
    }
}
