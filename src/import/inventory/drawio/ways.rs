//! How the lines of a drawing go: straight, or around the shapes that stand in between. A line behind a shape reads as if it
//! ended there.

use std::collections::BTreeMap;

use super::place::Area;

/// A corner of a line.
pub(super) type Corner = (u64, u64);

/// How far from a shape lines run beside it, one after the other: two in one place would read as one.
const BESIDE: [u64; 5] = [12, 18, 24, 30, 36];

/// The corners of each line between two shapes, in order; none: it is straight. O(lines · shapes beside each).
pub(super) fn corners(shapes: &[Area], lines: &[[usize; 2]]) -> Vec<Vec<Corner>> {
    let rows = Rows::of(shapes);
    lines.iter().zip(BESIDE.into_iter().cycle()).map(|(&ends, beside)| rows.around(ends, beside)).collect()
}

/// Shapes by the height at which they begin, from left to right.
struct Rows<'a> {
    shapes: &'a [Area],
    rows: BTreeMap<u64, Vec<usize>>,
    tallest: u64,
}

fn centre(area: &Area) -> Corner {
    (area.x + area.width / 2, area.y + area.height / 2)
}

impl<'a> Rows<'a> {
    fn of(shapes: &'a [Area]) -> Self {
        let mut rows: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (at, area) in shapes.iter().enumerate() {
            rows.entry(area.y).or_default().push(at);
        }
        for row in rows.values_mut() {
            row.sort_by_key(|&at| shapes[at].x);
        }
        Self { shapes, rows, tallest: shapes.iter().map(|area| area.height).max().unwrap_or(0) }
    }

    fn around(&self, ends: [usize; 2], beside: u64) -> Vec<Corner> {
        let [from, to] = ends.map(|end| centre(&self.shapes[end]));
        let [a, b] = ends.map(|end| &self.shapes[end]);
        let above = [a, b].map(|area| area.y.saturating_sub(beside));
        let below = [a, b].map(|area| area.y + area.height + beside);
        let right = [a, b].map(|area| area.x + area.width + beside);
        let left = [a, b].map(|area| area.x.saturating_sub(beside));
        // along the gap above or below a row, along the one beside a column, along both
        let rows = above.into_iter().chain(below).map(|y| vec![(from.0, y), (to.0, y)]);
        let columns = right.into_iter().chain(left).map(|x| vec![(x, from.1), (x, to.1)]);
        let both = [right[0], left[0]].into_iter().flat_map(|x| [above[1], below[1]].map(|y| (x, y)));
        let both = both.map(|(x, y)| vec![(x, from.1), (x, y), (to.0, y)]);
        let free = |corners: &Vec<Corner>| {
            let points: Vec<Corner> = [from].into_iter().chain(corners.iter().copied()).chain([to]).collect();
            points.windows(2).all(|pair| !self.is_crossed([pair[0], pair[1]], ends))
        };
        // where none of them is free, a straight line is as good as any
        [Vec::new()].into_iter().chain(rows).chain(columns).chain(both).find(free).unwrap_or_default()
    }

    /// Whether a shape other than the ends stands in the way from point to point.
    fn is_crossed(&self, [from, to]: [Corner; 2], ends: [usize; 2]) -> bool {
        let (low, high) = (from.1.min(to.1), from.1.max(to.1));
        self.rows.range(low.saturating_sub(self.tallest)..=high).any(|(&top, row)| {
            let bottom = top + self.shapes[row[0]].height;
            let Some([left, right]) = within([from, to], [top, bottom]) else { return false };
            // the first whose right side may lie behind the left end
            let first = row.partition_point(|&at| self.shapes[at].x + self.shapes[at].width < left);
            let beside = row[first..].iter().take_while(|&&at| self.shapes[at].x <= right);
            beside.into_iter().any(|at| !ends.contains(at))
        })
    }
}

/// From where to where a line lies, left and right, while it is between two heights; `None`: it never is.
fn within([from, to]: [Corner; 2], [top, bottom]: [u64; 2]) -> Option<[u64; 2]> {
    let ((x1, y1), (x2, y2)) = if from.1 <= to.1 { (from, to) } else { (to, from) };
    if y2 < top || bottom < y1 {
        return None;
    }
    // at a height that the line reaches
    let at = |y: u64| {
        let (y, height) = (y.clamp(y1, y2) - y1, y2 - y1);
        match (height, x1 <= x2) {
            (0, _) => None,
            (_, true) => Some(x1 + (x2 - x1) * y / height),
            (_, false) => Some(x1 - (x1 - x2) * y / height),
        }
    };
    let [a, b] = [at(top).unwrap_or(x1), at(bottom).unwrap_or(x2)];
    Some([a.min(b), a.max(b)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(x: u64, y: u64) -> Area {
        Area { x, y, width: 80, height: 40 }
    }

    #[test]
    fn a_line_goes_around_what_stands_between_its_ends() {
        // three in a row, and one below the first
        let shapes = [shape(0, 160), shape(120, 160), shape(240, 160), shape(0, 320), shape(0, 240)];
        let found = corners(&shapes[..4], &[[0, 1], [0, 2], [0, 3], [1, 3]]);
        assert_eq!(found, [vec![], vec![(40, 142), (280, 142)], vec![], vec![]]);
        // and with another between the first and the one below it
        let found = corners(&shapes, &[[0, 3], [0, 4], [4, 3]]);
        assert_eq!(found, [vec![(92, 180), (92, 340)], vec![], vec![]]);
    }

    #[test]
    fn no_line_that_has_a_way_around_passes_behind_a_shape() {
        let shapes: Vec<Area> =
            (0..6).flat_map(|row| (0..6).map(move |at| shape(200 + at * 120, 200 + row * 160))).collect();
        let lines: Vec<[usize; 2]> = (0..36).flat_map(|a| (0..a).map(move |b| [a, b])).collect();
        let rows = Rows::of(&shapes);
        let crosses = |ends: [usize; 2], corners: &[Corner]| {
            let [from, to] = ends.map(|end| centre(&shapes[end]));
            let points: Vec<Corner> = [from].into_iter().chain(corners.iter().copied()).chain([to]).collect();
            points.windows(2).any(|pair| rows.is_crossed([pair[0], pair[1]], ends))
        };
        let straight = lines.iter().filter(|&&ends| crosses(ends, &[])).count();
        let left = lines.iter().zip(corners(&shapes, &lines)).filter(|(ends, way)| crosses(**ends, way)).count();
        assert!(straight > 200, "{straight}");
        assert_eq!(left, 0);
    }
}
