//! Sets of small integers as sorted, disjoint, non-adjacent inclusive ranges: one dimension of a packet set.

/// An inclusive range of atoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// First atom.
    pub low: u32,
    /// Last atom, `>= low`.
    pub high: u32,
}

impl Range {
    /// The range `low..=high`.
    #[must_use]
    pub const fn new(low: u32, high: u32) -> Self {
        Self { low, high }
    }

    /// Whether the two share an atom.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// How a set lies to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They share nothing.
    Disjoint,
    /// The set holds all of the range.
    Covers,
    /// The set holds some of the range.
    Partial,
}

/// A set of atoms: sorted, disjoint, non-adjacent ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Box<[Range]>);

impl Ranges {
    /// The union of any ranges in any order.
    #[must_use]
    pub fn from_unsorted(mut ranges: Vec<Range>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.low <= last.high.saturating_add(1) => last.high = last.high.max(range.high),
                _ => merged.push(range),
            }
        }
        Self(merged.into_boxed_slice())
    }

    /// One range.
    #[must_use]
    pub fn single(range: Range) -> Self {
        Self(Box::new([range]))
    }

    /// The ranges in ascending order.
    #[must_use]
    pub fn as_slice(&self) -> &[Range] {
        &self.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Index of the first range that ends at or after `atom`.
    fn seek(&self, atom: u32) -> usize {
        self.0.partition_point(|range| range.high < atom)
    }

    /// The ranges that share an atom with `range`. O(log n).
    #[must_use]
    pub fn parts_in(&self, range: Range) -> &[Range] {
        let from = &self.0[self.seek(range.low)..];
        &from[..from.partition_point(|part| part.low <= range.high)]
    }

    /// How the set lies to `range`. O(log n).
    #[must_use]
    pub fn relation(&self, range: Range) -> Relation {
        match self.0.get(self.seek(range.low)) {
            Some(found) if found.low <= range.low && found.high >= range.high => Relation::Covers,
            Some(found) if found.low <= range.high => Relation::Partial,
            _ => Relation::Disjoint,
        }
    }

    /// The least atom that the set shares with `range`. O(log n).
    #[must_use]
    pub fn first_in(&self, range: Range) -> Option<u32> {
        self.0.get(self.seek(range.low)).filter(|found| found.low <= range.high).map(|found| found.low.max(range.low))
    }

    /// Whether the set shares an atom with `range`. O(log n).
    #[must_use]
    pub fn touches(&self, range: Range) -> bool {
        self.first_in(range).is_some()
    }

    /// Whether all that the set has in `range` is in `other` too. O(n log m).
    #[must_use]
    pub fn is_within(&self, range: Range, other: &Self) -> bool {
        self.parts_in(range).iter().all(|part| {
            let clipped = Range::new(part.low.max(range.low), part.high.min(range.high));
            other.relation(clipped) == Relation::Covers
        })
    }

    /// An edge of the set strictly inside `range`: the first atom of the upper part of a cut there.
    #[must_use]
    pub fn edge_in(&self, range: Range) -> Option<u32> {
        let mut edges = self.parts_in(range).iter().flat_map(|part| [part.low, part.high.saturating_add(1)]);
        edges.find(|&edge| edge > range.low && edge <= range.high)
    }

    /// Atoms in both. O(n + m).
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut out = Vec::new();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (low, high) = (a.low.max(b.low), a.high.min(b.high));
            if low <= high {
                out.push(Range::new(low, high));
            }
            if a.high < b.high {
                left.next()
            } else {
                right.next()
            };
        }
        Self(out.into_boxed_slice())
    }

    /// Atoms of `self` that are not in `other`. O(n + m).
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let mut cut = other.0.iter().peekable();
        for range in &self.0 {
            let mut low = range.low;
            let mut open = true;
            while let Some(hole) = cut.peek() {
                if hole.low > range.high {
                    break;
                }
                if hole.high >= low {
                    if hole.low > low {
                        out.push(Range::new(low, hole.low - 1));
                    }
                    if hole.high >= range.high {
                        open = false;
                        break;
                    }
                    low = hole.high + 1;
                }
                cut.next();
            }
            if open {
                out.push(Range::new(low, range.high));
            }
        }
        Self(out.into_boxed_slice())
    }

    /// The least atom in all of the sets and in `range`.
    #[must_use]
    pub fn first_common(sets: &[&Self], range: Range) -> Option<u32> {
        let mut atom = range.low;
        loop {
            let before = atom;
            for set in sets {
                atom = set.first_in(Range::new(atom, range.high))?;
            }
            if atom == before {
                return (atom <= range.high).then_some(atom);
            }
        }
    }
}
