//! Whether some products of sets hold all of a region of headers and sides: what every claim about the lines of a list
//! comes down to. The region is parted along the product that leaves least of it open, until a part lies in no product
//! (it is not covered, and shows why) or no part is left (it is, by the products that parted it).

use std::rc::Rc;

use crate::header::{Range, Ranges};

/// Dimensions: the four of a header, the in-side, the out-side.
pub(super) const LINES: usize = 6;
/// The dimension of the in-side; the out-side follows.
pub(super) const IN: usize = 4;

/// A product of sets, one in each dimension.
pub(super) type Region = [Ranges; LINES];

/// Parts looked at of one region before the question stays open.
const MOST_PARTS: usize = 200_000;
/// Products compared with parts of one region before the question stays open.
const MOST_WORK: usize = 200_000_000;

/// Products with what narrows down which of them meet a region.
pub(super) struct Products {
    all: Vec<Region>,
    /// By source, by destination.
    spans: [Spans; 2],
}

/// The answer for a region.
pub(super) enum Covered {
    /// Every header of it lies in one of these products, ascending; none can be left out of them.
    By(Vec<u32>),
    /// Of this part of it nothing lies in any product.
    Not(Region),
    /// It was parted too often.
    Open,
}

impl Products {
    pub fn new(all: Vec<Region>) -> Self {
        let spans = [0, 1].map(|line| Spans::new(&all, line));
        Self { all, spans }
    }

    /// A product.
    pub fn get(&self, at: u32) -> &Region {
        &self.all[at as usize]
    }

    /// The products among `within` that share a header with a region, ascending.
    pub fn meeting(&self, region: &Region, within: std::ops::Range<u32>) -> Vec<u32> {
        // The narrower of the two has fewer to look at.
        let width = |line: usize| region[line].as_slice().iter().map(|range| range.high - range.low).sum::<u32>();
        let line = usize::from(width(0) > width(1));
        let mut found: Vec<u32> = self.spans[line].overlapping(&region[line]);
        found.retain(|at| within.contains(at));
        found.sort_unstable();
        found.dedup();
        found.retain(|at| meets(region, self.get(*at)));
        found
    }

    /// Whether products hold all of a region.
    pub fn cover(&self, region: &Region, products: &[u32]) -> Covered {
        let found = self.parted(region, products);
        let Covered::By(mut by) = found else { return found };
        // What can be left out is not named.
        let mut at = 0;
        while at < by.len() && by.len() > 1 && by.len() <= 24 {
            let others: Vec<u32> = by.iter().copied().filter(|one| *one != by[at]).collect();
            match self.parted(region, &others) {
                Covered::By(fewer) => (by, at) = (fewer, 0),
                _ => at += 1,
            }
        }
        Covered::By(by)
    }

    fn parted(&self, region: &Region, products: &[u32]) -> Covered {
        if is_empty(region) {
            return Covered::By(Vec::new());
        }
        let mut open: Vec<(Region, Rc<[u32]>)> = vec![(region.clone(), products.into())];
        let (mut parts, mut work, mut by) = (0, 0, Vec::new());
        while let Some((part, near)) = open.pop() {
            (parts, work) = (parts + 1, work + near.len());
            if parts > MOST_PARTS || work > MOST_WORK {
                return Covered::Open;
            }
            let near: Vec<u32> = near.iter().copied().filter(|at| meets(&part, self.get(*at))).collect();
            let free = |at: u32| (0..LINES).filter(|&line| !holds(&self.get(at)[line], &part[line])).count();
            let Some((left, next)) = near.iter().map(|&at| (free(at), at)).min() else {
                return Covered::Not(part);
            };
            by.push(next);
            if left == 0 {
                continue;
            }
            let near: Rc<[u32]> = near.into_iter().filter(|at| *at != next).collect();
            let mut inside = part;
            let mut outside: Vec<(usize, Region)> = Vec::new();
            for line in 0..LINES {
                let set = &self.get(next)[line];
                let beyond = inside[line].subtract(set);
                if beyond.is_empty() {
                    continue;
                }
                let mut part = inside.clone();
                part[line] = beyond;
                inside[line] = inside[line].intersect(set);
                outside.push((near.iter().filter(|at| meets(&part, self.get(**at))).count(), part));
            }
            // What fewest products meet is soonest seen to be uncovered: it is looked at first, so it goes on top.
            outside.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            work += near.len() * outside.len();
            open.extend(outside.into_iter().map(|(_, part)| (part, Rc::clone(&near))));
        }
        by.sort_unstable();
        by.dedup();
        Covered::By(by)
    }
}

fn hull(set: &Ranges) -> Option<Range> {
    match set.as_slice() {
        [] => None,
        [only] => Some(*only),
        [first, .., last] => Some(Range::new(first.low, last.high)),
    }
}

fn share(one: &Ranges, other: &Ranges) -> bool {
    let (few, many) = if one.as_slice().len() <= other.as_slice().len() { (one, other) } else { (other, one) };
    few.as_slice().iter().any(|range| many.touches(*range))
}

/// Whether a set holds all of another.
pub(super) fn holds(set: &Ranges, other: &Ranges) -> bool {
    hull(other).is_none_or(|hull| other.is_within(hull, set))
}

/// Whether two products share a header and sides.
pub(super) fn meets(one: &Region, other: &Region) -> bool {
    one.iter().zip(other).all(|(one, other)| share(one, other))
}

/// What two products share.
pub(super) fn meet(one: &Region, other: &Region) -> Region {
    std::array::from_fn(|line| one[line].intersect(&other[line]))
}

/// Whether no header lies in a region.
pub(super) fn is_empty(region: &Region) -> bool {
    region.iter().any(Ranges::is_empty)
}

/// What products span on one line, by first atoms; of each run of spans the last atom is known. What is one of a few ranges has a
/// span of its own: symbolic addresses lie far from all others.
struct Spans {
    sorted: Vec<(Range, u32)>,
    last: Vec<u32>,
}

/// The ranges of a set, or what they span where they are many.
fn spans(set: &Ranges) -> Vec<Range> {
    if set.as_slice().len() <= 4 { set.as_slice().to_vec() } else { hull(set).into_iter().collect() }
}

impl Spans {
    /// Spans in a run.
    const RUN: usize = 64;

    fn new(products: &[Region], line: usize) -> Self {
        let of = |(at, product): (u32, &Region)| spans(&product[line]).into_iter().map(move |range| (range, at));
        let mut sorted: Vec<(Range, u32)> = (0_u32..).zip(products).flat_map(of).collect();
        sorted.sort_unstable();
        let last = |run: &[(Range, u32)]| run.iter().map(|(range, _)| range.high).max().unwrap_or(0);
        let last = sorted.chunks(Self::RUN).map(last).collect();
        Self { sorted, last }
    }

    /// Products with a span that overlaps one of a set, some of them twice.
    fn overlapping(&self, set: &Ranges) -> Vec<u32> {
        let mut out = Vec::new();
        for range in spans(set) {
            let end = self.sorted.partition_point(|(span, _)| span.low <= range.high);
            let runs = self.sorted[..end].chunks(Self::RUN).zip(&self.last).filter(|(_, last)| **last >= range.low);
            let within = runs.flat_map(|(run, _)| run).filter(|(span, _)| span.overlaps(range));
            out.extend(within.map(|(_, at)| *at));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets of a line of eight atoms, as bits.
    fn set(bits: u8) -> Ranges {
        let atoms = (0..8).filter(|at| bits >> at & 1 == 1).map(|at| Range::new(at, at));
        Ranges::from_unsorted(atoms.collect())
    }

    fn product(bits: [u8; 3]) -> Region {
        let all = || Ranges::single(Range::new(0, 0));
        [set(bits[0]), set(bits[1]), set(bits[2]), all(), all(), all()]
    }

    #[test]
    fn covers_what_counting_every_point_says() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as u8
        };
        let (mut yes, mut no) = (0, 0);
        for round in 0..3000 {
            let wide = if round % 2 == 0 { 0 } else { 0x77 };
            let mut one = || [random() | wide, random() | wide, random()];
            let lists: Vec<[u8; 3]> = (0..6).map(|_| one()).collect();
            let asked = [lists[0][0] & 0x3c, lists[0][1], lists[0][2]];
            let inside = |product: &[u8; 3], point: [u32; 3]| (0..3).all(|line| product[line] >> point[line] & 1 == 1);
            let points = (0..512_u32).map(|at| [at & 7, at >> 3 & 7, at >> 6]).filter(|point| inside(&asked, *point));
            let expected = points.clone().all(|point| lists[1..].iter().any(|product| inside(product, point)));
            let products = Products::new(lists[1..].iter().map(|bits| product(*bits)).collect());
            let region = product(asked);
            let near = products.meeting(&region, 0..5);
            match products.cover(&region, &near) {
                Covered::By(by) => {
                    assert!(expected, "{lists:?}");
                    yes += usize::from(!is_empty(&region));
                    let all = |by: &[u32]| {
                        points.clone().all(|point| by.iter().any(|at| inside(&lists[1 + *at as usize], point)))
                    };
                    assert!(all(&by));
                    for left_out in &by {
                        let others: Vec<u32> = by.iter().copied().filter(|at| at != left_out).collect();
                        assert!(by.len() == 1 || !all(&others), "{left_out} is not needed");
                    }
                }
                Covered::Not(part) => {
                    no += 1;
                    assert!(!expected && !is_empty(&part), "{lists:?}");
                    let point: [u32; 3] = std::array::from_fn(|line| part[line].as_slice()[0].low);
                    assert!(inside(&asked, point) && !lists[1..].iter().any(|product| inside(product, point)));
                }
                Covered::Open => panic!("such small products are decided"),
            }
        }
        assert!(yes > 100 && no > 100, "{yes} covered, {no} not");
    }
}
