//! Which column, band and row everything goes to, and what is drawn as one.

use std::collections::{BTreeMap, BTreeSet};

use super::sites::{Sites, is_forwarder};
use super::{BAND_TOP, BOX_WIDTH, Band, Box, CHANNEL, Column, Diagram, HEAD, MARGIN, ROW, What};
use crate::report::audit::{Drawing, Matrix};

/// Endpoints of a column in the centre that are drawn one by one.
const CENTRE: usize = 24;
/// Endpoints of a switch in the centre that become one box where the column has too many.
const SWITCH: usize = 6;
/// Endpoints of a zone in a site that are drawn one by one.
const SITE: usize = 3;
/// Below an area's last row, and beside its boxes.
const PAD: i32 = 8;

/// A lane, left of the area of that number, or an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Lane(usize),
    Area(usize),
}

/// The picture without its lines.
pub(super) fn placed(drawing: &Drawing, matrix: &Matrix, sites: Sites) -> Diagram {
    let zones: Vec<&str> = zones(drawing, matrix);
    let spots = spots(drawing, &zones, &sites);
    let bands = sites.names.len() + 1;
    // Boxes by band and spot.
    let mut plan: Vec<BTreeMap<Spot, Vec<What>>> = vec![BTreeMap::new(); bands];
    let mut nodes: Vec<Vec<u32>> = vec![Vec::new(); bands];
    let mut by_spot: Vec<BTreeMap<Spot, Vec<u32>>> = vec![BTreeMap::new(); bands];
    let band = |node: u32| sites.site[node as usize].map_or(0, |site| site as usize + 1);
    for &node in &sites.order {
        nodes[band(node)].push(node);
        by_spot[band(node)].entry(spots[node as usize]).or_default().push(node);
    }
    for (number, by_spot) in by_spot.into_iter().enumerate() {
        if let Some(name) = number.checked_sub(1).map(|site| sites.names[site]) {
            let mut forwarders: Vec<u32> =
                nodes[number].iter().copied().filter(|node| is_forwarder(&drawing.nodes[*node as usize])).collect();
            forwarders.sort_by_key(|node| (*node != name, *node));
            let what = if let [one] = forwarders[..] { What::Node(one) } else { What::Forwarders(forwarders) };
            plan[number].entry(Spot::Lane(0)).or_default().push(what);
        }
        for (spot, members) in by_spot {
            let endpoints = members.iter().copied().filter(|node| !is_forwarder(&drawing.nodes[*node as usize]));
            let endpoints: Vec<u32> = endpoints.collect();
            let out = plan[number].entry(spot).or_default();
            if number == 0 {
                let forwarders = members.iter().filter(|node| is_forwarder(&drawing.nodes[**node as usize]));
                out.extend(forwarders.map(|node| What::Node(*node)));
                out.extend(in_centre(endpoints, &sites));
            } else if endpoints.len() > SITE {
                out.push(What::Members(endpoints));
            } else {
                out.extend(endpoints.into_iter().map(What::Node));
            }
        }
    }
    lay(drawing, &zones, plan, nodes, sites)
}

/// Zones in the picture: those of the matrix, then others that only forwarders have.
fn zones<'d>(drawing: &'d Drawing, matrix: &'d Matrix) -> Vec<&'d str> {
    let mut zones: Vec<&str> = matrix.zones.iter().filter_map(Option::as_deref).collect();
    let mut known: BTreeSet<&str> = zones.iter().copied().collect();
    let others = drawing.nodes.iter().filter_map(|node| node.zone.as_deref());
    zones.extend(others.filter(|zone| known.insert(zone)));
    zones
}

/// For each node its area, or, for what has no zone, the lane beside the zones that it touches.
fn spots(drawing: &Drawing, zones: &[&str], sites: &Sites) -> Vec<Spot> {
    let position: BTreeMap<&str, usize> = zones.iter().enumerate().map(|(at, zone)| (*zone, at)).collect();
    let own: Vec<Option<usize>> =
        drawing.nodes.iter().map(|node| node.zone.as_deref().and_then(|zone| position.get(zone).copied())).collect();
    // What zones a VLAN serves: those of endpoints whose links carry it alone.
    let single = |vlans: &Option<Vec<(u16, u16)>>| match vlans.as_deref() {
        Some([(low, high)]) if low == high => Some(*low),
        _ => None,
    };
    let mut served: BTreeMap<u16, BTreeSet<usize>> = BTreeMap::new();
    for link in &drawing.links {
        if let Some(vlan) = single(&link.vlans) {
            let zones = link.ends.iter().filter_map(|end| own[*end as usize]);
            served.entry(vlan).or_default().extend(zones);
        }
    }
    let mut touched: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); drawing.nodes.len()];
    for link in &drawing.links {
        let by_vlan = single(&link.vlans).and_then(|vlan| served.get(&vlan));
        for (end, other) in [(0, 1), (1, 0)].map(|(end, other)| (link.ends[end], link.ends[other])) {
            touched[end as usize].extend(own[other as usize]);
            touched[end as usize].extend(by_vlan.into_iter().flatten());
        }
    }
    // What touches no zone takes after its neighbours, nearest first.
    for _ in 0..4 {
        let before = touched.clone();
        for link in &drawing.links {
            for (end, other) in [(0, 1), (1, 0)].map(|(end, other)| (link.ends[end], link.ends[other])) {
                if before[end as usize].is_empty() && !sites.core.contains(&other) {
                    touched[end as usize].extend(before[other as usize].iter().copied());
                }
            }
        }
    }
    let spot = |node: usize| {
        if let Some(zone) = own[node] {
            return Spot::Area(zone);
        }
        let (low, high) = (touched[node].first().copied(), touched[node].last().copied());
        match (low, high) {
            _ if sites.core.contains(&(node as u32)) || touched[node].len() > 2 => Spot::Lane(0),
            (Some(low), Some(high)) if low < high => Spot::Lane(low + 1),
            (Some(only), _) => Spot::Lane(only),
            _ => Spot::Lane(0),
        }
    };
    (0..drawing.nodes.len()).map(spot).collect()
}

/// Endpoints of a column in the centre: one by one, or, where there are many, by switch.
fn in_centre(endpoints: Vec<u32>, sites: &Sites) -> Vec<What> {
    if endpoints.len() <= CENTRE {
        return endpoints.into_iter().map(What::Node).collect();
    }
    let mut by_home: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
    for node in endpoints {
        by_home.entry(sites.home[node as usize]).or_default().push(node);
    }
    let groups = by_home.into_values().flat_map(|members| {
        if members.len() > SWITCH {
            vec![What::Members(members)]
        } else {
            members.into_iter().map(What::Node).collect()
        }
    });
    groups.collect()
}

/// Gives everything its coordinates.
fn lay(
    drawing: &Drawing,
    zones: &[&str],
    plan: Vec<BTreeMap<Spot, Vec<What>>>,
    nodes: Vec<Vec<u32>>,
    sites: Sites,
) -> Diagram {
    let mut columns: Vec<Column> = Vec::new();
    let mut column_of: BTreeMap<Spot, (usize, i32)> = BTreeMap::new();
    let mut x = MARGIN;
    let spots = (0..zones.len()).flat_map(|zone| [Spot::Lane(zone), Spot::Area(zone)]);
    for spot in spots.chain([Spot::Lane(zones.len())]) {
        let most = plan.iter().filter_map(|band| band.get(&spot)).map(Vec::len).max().unwrap_or(0);
        let (wide, zone) = match spot {
            Spot::Lane(_) if most == 0 => continue,
            Spot::Lane(_) => (most.div_ceil(10).clamp(1, 4) as i32, None),
            Spot::Area(zone) => (most.div_ceil(5).clamp(1, 3) as i32, Some(zones[zone].to_owned())),
        };
        // Lines come in from the left, within an area or, from a lane, before it.
        let width = wide * (CHANNEL + BOX_WIDTH) + PAD;
        column_of.insert(spot, (columns.len(), wide));
        columns.push(Column { zone, x, width });
        x += width + PAD;
    }
    let (mut boxes, mut bands, mut y) = (Vec::new(), Vec::new(), HEAD);
    let mut place = vec![0; drawing.nodes.len()];
    for ((number, by_spot), nodes) in plan.into_iter().enumerate().zip(nodes) {
        let mut rows = 1;
        for (spot, whats) in by_spot {
            let Some(&(column, wide)) = column_of.get(&spot) else { continue };
            for (at, what) in (0_i32..).zip(whats) {
                let (row, sub) = (at / wide, at % wide);
                rows = rows.max(row + 1);
                what.nodes().iter().for_each(|node| place[*node as usize] = boxes.len() as u32);
                let x = columns[column].x + CHANNEL + sub * (CHANNEL + BOX_WIDTH);
                boxes.push(Box { band: number as u32, column: column as u32, what, x, y: BAND_TOP + row * ROW });
            }
        }
        let height = BAND_TOP + rows * ROW - if number == 0 { 0 } else { ROW - super::BOX_HEIGHT - PAD };
        let named = number.checked_sub(1).map(|site| sites.names[site]);
        bands.push(Band { named, nodes, y, height });
        y += height;
    }
    let home = sites.home;
    Diagram {
        columns,
        bands,
        boxes,
        lines: Vec::new(),
        dots: Vec::new(),
        place,
        home,
        width: x + MARGIN,
        height: y + MARGIN,
    }
}
