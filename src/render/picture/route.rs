//! Lines between boxes: along channels left of boxes and above rows, so that no line crosses a box. All lines of a box with
//! several are one net: they share their way and part at dots. Nets that meet in a channel take tracks of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::{BOX_HEIGHT, BOX_WIDTH, Box, CHANNEL, Corner, Diagram, Dot, Line};
use crate::report::audit::Drawing;

/// Between two tracks of a channel beside boxes, and above them.
const STEP: [i32; 2] = [5, 4];
/// Between the places where lines enter a box from above.
const ENTRY: i32 = 50;
/// Above a row of boxes: what belongs to the words at the entries.
const WORDS: i32 = 15;
/// Tracks above a row.
const ABOVE: usize = 5;
/// From the top of a box to where its net leaves at its side; lines between neighbours are at half its height.
const OUT: i32 = BOX_HEIGHT - 9;

/// A channel: the gap before the column of that number, or that above a row of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Channel {
    Beside(usize),
    Above(u32, i32),
}

/// A line that turns, before it has its tracks.
struct Bent {
    from: u32,
    to: u32,
    beside: usize,
    entry: i32,
}

/// The lines of a picture whose boxes are placed, and the dots where nets part.
pub(super) fn lines(drawing: &Drawing, diagram: &Diagram) -> (Vec<Line>, Vec<Dot>) {
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
    let columns: BTreeSet<i32> = diagram.boxes.iter().map(|one| one.x).collect();
    let columns: Vec<i32> = columns.into_iter().collect();
    let column = |of: &Box| columns.partition_point(|x| *x < of.x);
    let taken: BTreeSet<(u32, i32, i32)> = diagram.boxes.iter().map(|one| (one.band, one.x, one.y)).collect();
    let mut entered: Vec<i32> = vec![0; diagram.boxes.len()];
    let mut out: Vec<Line> = Vec::with_capacity(links.len());
    let mut bents: Vec<(usize, Bent)> = Vec::new();
    for (ends, links) in links {
        // From the end with more lines to the other.
        let [from, to] = if degree[ends[1] as usize] > degree[ends[0] as usize] { [ends[1], ends[0]] } else { ends };
        let (a, b) = (&diagram.boxes[from as usize], &diagram.boxes[to as usize]);
        let free = |x: i32, y: i32| !taken.contains(&(a.band, x, y));
        let straight = straight(a, b, &free);
        if straight.is_none() {
            let entry = entered[to as usize] % 3;
            if a.x != b.x {
                entered[to as usize] += 1;
            }
            bents.push((out.len(), Bent { from, to, beside: column(a) + usize::from(b.x > a.x), entry }));
        }
        let vlans = vlans(drawing, &links);
        out.push(Line { ends: [from, to], links, corners: straight.unwrap_or_default(), vlans });
    }
    let tracks = tracks(diagram, &columns, bents.iter().map(|(_, bent)| bent));
    for (at, bent) in &bents {
        out[*at].corners = corners(diagram, &columns, &tracks, bent);
    }
    let dots = dots(diagram, &out, bents.iter().map(|(at, bent)| (bent.from, *at)));
    (out, dots)
}

/// One segment, between neighbours in a column or a row.
fn straight(a: &Box, b: &Box, free: &dyn Fn(i32, i32) -> bool) -> Option<Vec<Corner>> {
    if a.band != b.band {
        return None;
    }
    let corner = |x: i32, y: i32| Corner { x, band: a.band, y };
    let (low, high) = (a.y.min(b.y), a.y.max(b.y));
    if a.x == b.x && high - low == super::ROW {
        let x = a.x + BOX_WIDTH - 12;
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

/// From where to where the gap before a column reaches.
fn gap(columns: &[i32], beside: usize) -> (i32, i32) {
    let left = beside.checked_sub(1).and_then(|before| columns.get(before)).map(|x| x + BOX_WIDTH);
    match (left, columns.get(beside)) {
        (Some(left), Some(right)) => (left, *right),
        (Some(left), None) => (left, left + CHANNEL),
        (None, right) => right.map_or((0, CHANNEL), |right| (right - CHANNEL, *right)),
    }
}

/// Where in the gap before a column a track runs.
fn side(columns: &[i32], beside: usize, track: usize) -> i32 {
    let (left, right) = gap(columns, beside);
    let most = ((right - left - 10) / STEP[0]).max(1) as usize;
    right - 6 - STEP[0] * (track % most) as i32
}

/// The track of each net in each channel that it uses: nets side by side in a channel have different ones, as long as there
/// is room.
fn tracks<'b>(
    diagram: &Diagram,
    columns: &[i32],
    bents: impl Iterator<Item = &'b Bent>,
) -> BTreeMap<(Channel, u32), usize> {
    let mut spans: BTreeMap<Channel, BTreeMap<u32, (i32, i32)>> = BTreeMap::new();
    let mut span = |channel: Channel, net: u32, one: i32, other: i32| {
        let known = spans.entry(channel).or_default().entry(net).or_insert((i32::MAX, i32::MIN));
        *known = (known.0.min(one).min(other), known.1.max(one).max(other));
    };
    for Bent { from, to, beside, entry } in bents {
        let (a, b) = (&diagram.boxes[*from as usize], &diagram.boxes[*to as usize]);
        span(Channel::Beside(*beside), *from, diagram.top(a) + OUT, diagram.top(b) - WORDS);
        if a.x != b.x {
            span(Channel::Above(b.band, b.y), *from, side(columns, *beside, 0), b.x + 14 + entry * ENTRY);
        }
    }
    let mut out = BTreeMap::new();
    for (channel, nets) in spans {
        let mut nets: Vec<(u32, (i32, i32))> = nets.into_iter().collect();
        nets.sort_by_key(|(net, span)| (span.0, *net));
        // Where each track is taken until.
        let mut taken: Vec<i32> = Vec::new();
        for (net, (low, high)) in nets {
            let track = taken.iter().position(|until| until + 8 < low).unwrap_or(taken.len());
            if track == taken.len() {
                taken.push(high);
            } else {
                taken[track] = high;
            }
            out.insert((channel, net), track);
        }
    }
    out
}

/// Out to the side, along the channel there, along the channel above the other's row, and in from above; in the same
/// column, from side to side.
fn corners(
    diagram: &Diagram,
    columns: &[i32],
    tracks: &BTreeMap<(Channel, u32), usize>,
    Bent { from, to, beside, entry }: &Bent,
) -> Vec<Corner> {
    let (a, b) = (&diagram.boxes[*from as usize], &diagram.boxes[*to as usize]);
    let track = |channel| tracks.get(&(channel, *from)).copied().unwrap_or(0);
    let corner = |x: i32, of: &Box, y: i32| Corner { x, band: of.band, y };
    let (out, side) = (a.y + OUT, side(columns, *beside, track(Channel::Beside(*beside))));
    if a.x == b.x {
        let into = b.y + 9;
        return vec![corner(a.x, a, out), corner(side, a, out), corner(side, b, into), corner(b.x, b, into)];
    }
    let edge = if b.x > a.x { a.x + BOX_WIDTH } else { a.x };
    let above = b.y - WORDS - STEP[1] * (track(Channel::Above(b.band, b.y)) % ABOVE) as i32;
    let x = b.x + 14 + entry * ENTRY;
    vec![corner(edge, a, out), corner(side, a, out), corner(side, b, above), corner(x, b, above), corner(x, b, b.y)]
}

/// Where three or more pieces of a net meet.
fn dots(diagram: &Diagram, lines: &[Line], bents: impl Iterator<Item = (u32, usize)>) -> Vec<Dot> {
    let mut nets: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    bents.for_each(|(net, line)| nets.entry(net).or_default().push(line));
    let mut out = Vec::new();
    for net in nets.into_values().filter(|net| net.len() > 1) {
        let points =
            |line: &usize| lines[*line].corners.iter().map(|corner| diagram.point(*corner)).collect::<Vec<_>>();
        let ways: Vec<Vec<(i32, i32)>> = net.iter().map(points).collect();
        let pieces: BTreeSet<[(i32, i32); 2]> =
            ways.iter().flat_map(|way| way.windows(2)).map(|two| [two[0].min(two[1]), two[0].max(two[1])]).collect();
        let mut seen: BTreeSet<(i32, i32)> = BTreeSet::new();
        for (line, way) in net.iter().zip(&ways) {
            for (corner, &(x, y)) in lines[*line].corners.iter().zip(way) {
                if !seen.insert((x, y)) {
                    continue;
                }
                // Left, right, up, down.
                let mut arms = [false; 4];
                for &[(x1, y1), (x2, y2)] in &pieces {
                    if y1 == y && y2 == y && x1 <= x && x <= x2 {
                        (arms[0], arms[1]) = (arms[0] || x1 < x, arms[1] || x < x2);
                    }
                    if x1 == x && x2 == x && y1 <= y && y <= y2 {
                        (arms[2], arms[3]) = (arms[2] || y1 < y, arms[3] || y < y2);
                    }
                }
                if arms.iter().filter(|arm| **arm).count() > 2 {
                    out.push(Dot { at: *corner, line: *line as u32 });
                }
            }
        }
    }
    out
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
