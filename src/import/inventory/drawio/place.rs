//! Where the shapes of a drawing go: a box for each zone with its nodes in it, side by side; above them, in rows, what lies
//! between the zones, the nearer to them the lower. Nothing overlaps, and the same network is always drawn alike.

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
}

/// What is to be placed.
pub(super) struct Wanted {
    /// The width of each node.
    pub(super) widths: Vec<u64>,
    /// The zone of each node, by number.
    pub(super) zones: Vec<Option<usize>>,
    /// How many zones there are, and how wide the name of each is.
    pub(super) titles: Vec<u64>,
    /// Which nodes are joined.
    pub(super) links: Vec<[usize; 2]>,
}

/// Where it all went.
pub(super) struct Places {
    pub(super) nodes: Vec<Area>,
    pub(super) zones: Vec<Area>,
}

const HEIGHT: u64 = 40;
const GAP: u64 = 40;
/// Between rows there is room for lines and the names of interfaces.
const ROW: u64 = 120;
const PAD: u64 = 20;
const HEAD: u64 = 40;
/// How wide a row gets, unless the zones are wider.
const WIDE: u64 = 1600;

pub(super) fn place(wanted: &Wanted) -> Places {
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); wanted.widths.len()];
    for &[a, b] in &wanted.links {
        near[a].push(b);
        near[b].push(a);
    }
    let mut places =
        Places { nodes: vec![Area::default(); wanted.widths.len()], zones: vec![Area::default(); wanted.titles.len()] };
    let width = zones(wanted, &near, &mut places);
    let rows = between(wanted, &near, width.max(WIDE), &mut places);
    // the rows were counted from the zones upwards
    let depth = rows * (HEIGHT + ROW);
    for (node, zone) in places.nodes.iter_mut().zip(&wanted.zones) {
        node.y = if zone.is_some() { node.y + depth } else { depth - (node.y + 1) * (HEIGHT + ROW) };
    }
    places.zones.iter_mut().for_each(|zone| zone.y += depth);
    places
}

/// Puts the nodes of each zone into its box; how wide all boxes are together.
fn zones(wanted: &Wanted, near: &[Vec<usize>], places: &mut Places) -> u64 {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); wanted.titles.len()];
    for (node, zone) in wanted.zones.iter().enumerate() {
        if let Some(zone) = zone {
            members[*zone].push(node);
        }
    }
    let mut x = 0;
    for (zone, mut nodes) in members.into_iter().enumerate() {
        // who hangs on one switch stands together
        nodes.sort_by_key(|&node| {
            let outside = near[node].iter().filter(|&&other| wanted.zones[other] != wanted.zones[node]);
            (outside.min().copied().unwrap_or(usize::MAX), node)
        });
        let column = nodes.iter().map(|&node| wanted.widths[node]).max().unwrap_or(0);
        let columns = (1..).find(|columns| columns * columns * 2 >= nodes.len()).unwrap_or(1);
        let columns_wide = u64::try_from(columns).unwrap_or(1);
        for (at, &node) in nodes.iter().enumerate() {
            let (row, place) = (at / columns, at % columns);
            let (row, place) = (u64::try_from(row).unwrap_or(0), u64::try_from(place).unwrap_or(0));
            places.nodes[node] = Area {
                x: x + PAD + place * (column + GAP),
                y: HEAD + PAD + row * (HEIGHT + GAP),
                width: wanted.widths[node],
                height: HEIGHT,
            };
        }
        let rows = u64::try_from(nodes.len().div_ceil(columns)).unwrap_or(1).max(1);
        let inner = (columns_wide * (column + GAP)).saturating_sub(GAP).max(wanted.titles[zone]);
        let width = inner + 2 * PAD;
        places.zones[zone] = Area { x, y: 0, width, height: HEAD + 2 * PAD + rows * (HEIGHT + GAP) - GAP };
        x += width + GAP;
    }
    x.saturating_sub(GAP)
}

/// Puts what is in no zone into rows above; how many there are. `y` is the number of the row.
fn between(wanted: &Wanted, near: &[Vec<usize>], limit: u64, places: &mut Places) -> u64 {
    let mut placed: Vec<bool> = wanted.zones.iter().map(Option::is_some).collect();
    let mut left: Vec<usize> = (0..placed.len()).filter(|&node| !placed[node]).collect();
    let mut row = 0;
    while !left.is_empty() {
        let (mut level, rest): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|&&node| near[node].iter().any(|&other| placed[other]));
        left = rest;
        if level.is_empty() {
            // what hangs together with no zone: from its first node on, or all that nothing leads to
            let alone = |node: &usize| near[*node].is_empty();
            level = match left.iter().position(|node| !alone(node)) {
                Some(first) => vec![left.remove(first)],
                None => std::mem::take(&mut left),
            };
        }
        let middle = |node: usize| {
            let known = near[node].iter().filter(|&&other| placed[other]);
            let centres: Vec<u64> = known.map(|&other| places.nodes[other].x + places.nodes[other].width / 2).collect();
            let count = u64::try_from(centres.len()).unwrap_or(1).max(1);
            centres.iter().sum::<u64>() / count
        };
        let mut wishes: Vec<(u64, usize)> = level.iter().map(|&node| (middle(node), node)).collect();
        wishes.sort_unstable();
        let mut x = 0;
        for (at, (wish, node)) in wishes.iter().enumerate() {
            let width = wanted.widths[*node];
            if x > 0 && x + width > limit {
                row += 1;
                x = 0;
            }
            // room for those that are still to come
            let behind: u64 = wishes[at..].iter().map(|(_, node)| wanted.widths[*node] + GAP).take(64).sum();
            let last = limit.saturating_sub(behind.min(limit));
            x = x.max(wish.saturating_sub(width / 2).min(last));
            places.nodes[*node] = Area { x, y: row, width, height: HEIGHT };
            x += width + GAP;
        }
        for (_, node) in wishes {
            placed[node] = true;
        }
        row += 1;
    }
    row
}
