//! Lines between boxes: along channels left of boxes and above rows, so that no line crosses a box.

use std::collections::{BTreeMap, BTreeSet};

use super::{BOX_HEIGHT, BOX_WIDTH, Box, Corner, Diagram, Line};
use crate::report::audit::Drawing;

/// Between two lines side by side in a channel.
const STEP: i32 = 4;
/// Between the places where lines enter a box from above.
const ENTRY: i32 = 44;

/// The lines of a picture whose boxes are placed.
pub(super) fn lines(drawing: &Drawing, diagram: &Diagram) -> Vec<Line> {
    let mut links: BTreeMap<[u32; 2], Vec<u32>> = BTreeMap::new();
    for (number, link) in (0_u32..).zip(&drawing.links) {
        let mut ends = link.ends.map(|end| diagram.place[end as usize]);
        ends.sort_unstable();
        if ends[0] != ends[1] {
            links.entry(ends).or_default().push(number);
        }
    }
    let mut degree: Vec<usize> = vec![0; diagram.boxes.len()];
    links.keys().flatten().for_each(|end| degree[*end as usize] += 1);
    // Boxes with several lines take turns with the tracks of a channel.
    let hubs = (0..diagram.boxes.len()).filter(|at| degree[*at] > 1);
    let track: BTreeMap<usize, i32> = hubs.zip((0..4).cycle()).collect();
    let taken: BTreeSet<(u32, i32, i32)> = diagram.boxes.iter().map(|one| (one.band, one.x, one.y)).collect();
    let mut entered: Vec<i32> = vec![0; diagram.boxes.len()];
    let mut out = Vec::with_capacity(links.len());
    for (ends, links) in links {
        // From the end with more lines to the other.
        let [from, to] = if degree[ends[1] as usize] > degree[ends[0] as usize] { [ends[1], ends[0]] } else { ends };
        let (a, b) = (&diagram.boxes[from as usize], &diagram.boxes[to as usize]);
        let track = track.get(&(from as usize)).copied().unwrap_or(3);
        let free = |x: i32, y: i32| !taken.contains(&(a.band, x, y));
        let corners = straight(a, b, &free).unwrap_or_else(|| {
            let entry = entered[to as usize] % 3;
            if a.x != b.x {
                entered[to as usize] += 1;
            }
            bent(a, b, track, entry)
        });
        let vlans = vlans(drawing, &links);
        out.push(Line { ends: [from, to], links, corners, vlans });
    }
    out
}

/// One segment, between neighbours in a column or a row.
fn straight(a: &Box, b: &Box, free: &dyn Fn(i32, i32) -> bool) -> Option<Vec<Corner>> {
    if a.band != b.band {
        return None;
    }
    let corner = |x: i32, y: i32| Corner { x, band: a.band, y };
    let (low, high) = (a.y.min(b.y), a.y.max(b.y));
    if a.x == b.x && high - low == super::ROW {
        let x = a.x + BOX_WIDTH / 2;
        return Some(vec![corner(x, low + BOX_HEIGHT), corner(x, high)]);
    }
    let (left, right) = (a.x.min(b.x), a.x.max(b.x));
    let between = (left + BOX_WIDTH..right).all(|x| free(x, a.y));
    if a.y == b.y && a.x != b.x && between {
        let y = a.y + BOX_HEIGHT / 2;
        return Some(vec![corner(left + BOX_WIDTH, y), corner(right, y)]);
    }
    None
}

/// Out to the side, along the channel there, along the channel above the other's row, and in from above; in the same
/// column, from side to side.
fn bent(a: &Box, b: &Box, track: i32, entry: i32) -> Vec<Corner> {
    let corner = |x: i32, of: &Box, y: i32| Corner { x, band: of.band, y };
    let out = a.y + 8 + track * 6;
    if a.x == b.x {
        let (side, into) = (a.x - 5 - track * STEP, b.y + BOX_HEIGHT / 2);
        return vec![corner(a.x, a, out), corner(side, a, out), corner(side, b, into), corner(b.x, b, into)];
    }
    let (edge, side) =
        if b.x > a.x { (a.x + BOX_WIDTH, a.x + BOX_WIDTH + 6 + track * STEP) } else { (a.x, a.x - 5 - track * STEP) };
    let (above, x) = (b.y - 10 - track * 3, b.x + 14 + entry * ENTRY);
    vec![corner(edge, a, out), corner(side, a, out), corner(side, b, above), corner(x, b, above), corner(x, b, b.y)]
}

/// What links carry together, merged.
fn vlans(drawing: &Drawing, links: &[u32]) -> Option<Vec<(u16, u16)>> {
    let mut all: Vec<(u16, u16)> = Vec::new();
    for link in links {
        all.extend(drawing.links[*link as usize].vlans.as_ref()?);
    }
    all.sort_unstable();
    let mut out: Vec<(u16, u16)> = Vec::new();
    for (low, high) in all {
        match out.last_mut() {
            Some(last) if u32::from(low) <= u32::from(last.1) + 1 => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    Some(out)
}
