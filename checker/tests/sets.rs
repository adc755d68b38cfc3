//! Exhaustive small worlds: every set over a small line, against plain membership.

use sanso_check::sets::{END, IPV6, LAST_IPV4, Position, START, SYMBOLIC, Set, addresses, service};

const LINE: u32 = 6;

/// All subsets of 0..LINE as sets, with their members as bits.
fn all() -> Vec<(u32, Set<u32>)> {
    (0..1 << LINE)
        .map(|bits| (bits, Set::of((0..LINE).filter(|p| bits >> p & 1 == 1).map(|p| (p, p + 1)).collect())))
        .collect()
}

fn bits(set: &Set<u32>) -> u32 {
    set.spans().iter().flat_map(|(first, end)| *first..*end).fold(0, |bits, p| bits | 1 << p)
}

fn is_canonical(set: &Set<u32>) -> bool {
    set.spans().iter().all(|(first, end)| first < end) && set.spans().windows(2).all(|pair| pair[0].1 < pair[1].0)
}

#[test]
fn operations_on_two_sets() {
    for (a, left) in all() {
        assert_eq!(bits(&left), a);
        for (b, right) in all() {
            for (set, expected) in [(left.and(&right), a & b), (left.or(&right), a | b), (left.minus(&right), a & !b)] {
                assert_eq!(bits(&set), expected, "{left:?} {right:?}");
                assert!(is_canonical(&set));
            }
            assert_eq!(left.holds_all_of(&right), b & !a == 0);
        }
    }
}

#[test]
fn a_set_and_a_span() {
    for (a, set) in all() {
        for first in 0..=LINE {
            for end in 0..=LINE {
                let span = (first..end).fold(0, |bits, p| bits | 1 << p);
                assert_eq!(set.meets((first, end)), a & span != 0);
                assert_eq!(set.holds((first, end)), span & !a == 0);
                assert_eq!(bits(&set.within((first, end))), a & span);
            }
        }
    }
}

#[test]
fn unions_of_three_spans() {
    let spans: Vec<(u32, u32)> = (0..=4).flat_map(|first| (0..=4).map(move |end| (first, end))).collect();
    for a in &spans {
        for b in &spans {
            for c in &spans {
                let set = Set::of(vec![*a, *b, *c]);
                assert!(is_canonical(&set));
                let expected = [a, b, c].iter().flat_map(|(first, end)| *first..*end).fold(0, |bits, p| bits | 1 << p);
                assert_eq!(bits(&set), expected);
            }
        }
    }
}

#[test]
fn families_touch_on_the_line_of_addresses() {
    for symbolic in 0..3usize {
        let mut parts = vec![addresses(0, 0, LAST_IPV4, symbolic), addresses(2, 0, u128::MAX, symbolic)];
        parts.extend((0..symbolic as u128).map(|n| addresses(1, n, n, symbolic)));
        assert_eq!(Set::of(parts.clone()).spans(), [(START, END)]);
        for (left_out, part) in parts.iter().enumerate() {
            let others = parts.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, part)| *part).collect();
            let rest = Set::of(others);
            assert!(!rest.meets(*part) && !rest.holds(*part) && !rest.holds((START, END)));
            assert_eq!(Set::of(vec![(START, END)]).minus(&rest).spans(), [*part]);
        }
    }
    assert!(SYMBOLIC < IPV6 && Position(0, LAST_IPV4) < SYMBOLIC);
}

#[test]
fn the_line_of_services_has_no_gap_and_no_overlap() {
    let mut line: Vec<u32> = (0..256).filter(|p| ![6, 17, 132].contains(p)).map(|p| service(p, 0)).collect();
    for protocol in [6, 17, 132] {
        line.extend((0..65_536).map(|port| service(protocol, port)));
    }
    assert!(line.into_iter().eq(0..196_861));
}
