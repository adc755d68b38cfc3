//! What a device permits against a table of what it is to permit: exact for the header as its filters see it, for whatever
//! interfaces a packet comes in and leaves by. Names that nobody resolved may be anything where a rule permits.

use super::device::{Applies, Device, Filter, Names, Rule};
use super::ledger::Origin;
use super::region::{NO_INTERFACE, Region, Services, with_ports};
use super::set::{AddressSet, Ranges, address};
use crate::document::{Family, protocol_word};

/// The most boxes that are looked at.
const MOST: usize = 20_000;

/// A comparison.
#[derive(Debug, Default)]
pub struct Difference {
    /// Rows of the table of which not everything passes, with a packet that does not, and whether none of it does.
    pub blocked: Vec<(usize, String, bool)>,
    /// Lines of the configuration that let more through than the table lists, with a packet: id and place.
    pub beyond: Vec<(String, Origin, String)>,
}

/// Compares them; `None`: there are too many boxes to say.
#[must_use]
pub fn compare(device: &Device, rows: &[Vec<Region>]) -> Option<Difference> {
    let open = permitted(device)?;
    let mut out = Difference::default();
    for (at, row) in rows.iter().enumerate() {
        let mut left = row.clone();
        for (region, ..) in &open {
            left = subtract(&left, &anyhow(region))?;
        }
        if let Some(region) = left.first() {
            let touches =
                open.iter().any(|(region, ..)| row.iter().any(|one| !one.intersect(&anyhow(region)).is_empty()));
            out.blocked.push((at, example(region), !touches));
        }
    }
    let mut told: Vec<&Origin> = Vec::new();
    for (region, id, origin) in &open {
        if told.contains(&origin) {
            continue;
        }
        let mut left = vec![anyhow(region)];
        for row in rows.iter().flatten() {
            left = subtract(&left, row)?;
            if left.is_empty() {
                break;
            }
        }
        if let Some(region) = left.first() {
            told.push(origin);
            out.beyond.push((id.clone().into(), origin.clone(), example(region)));
        }
    }
    Some(out)
}

fn subtract(left: &[Region], other: &Region) -> Option<Vec<Region>> {
    let left: Vec<Region> = left.iter().flat_map(|part| part.subtract(other)).collect();
    (left.len() <= MOST).then_some(left)
}

/// A box by whatever interfaces.
fn anyhow(region: &Region) -> Region {
    Region { ways_in: super::region::all_ways(), ways_out: super::region::all_ways(), ..region.clone() }
}

/// What all filters for forwarded packets permit, with the line that does: the last one that looked at it.
fn permitted(device: &Device) -> Option<Vec<(Region, Box<str>, Origin)>> {
    let count = device.interfaces.len() as u128;
    let ways = Ranges::one(NO_INTERFACE + 1, count.max(1));
    let mut families = AddressSet::all();
    if !device.ipv4 {
        families = AddressSet::family(Family::V6);
    }
    if !device.ipv6 {
        families = families.intersect(&AddressSet::family(Family::V4));
    }
    let whole = Region { from: families.clone(), to: families, ways_in: ways.clone(), ways_out: ways, ..Region::all() };
    let mut open = vec![(whole, Box::<str>::from(device.id.as_str()), device.origin.clone())];
    let forwarded = |filter: &&Filter| filter.applies.is_empty() || filter.applies.contains(&Applies::Forwarded);
    for filter in device.filters.iter().filter(forwarded) {
        let parts = parts(filter, device)?;
        let mut next = Vec::new();
        for (region, id, origin) in &open {
            for (part, line) in &parts {
                let both = region.intersect(part);
                if both.is_empty() {
                    continue;
                }
                let (id, origin) = line.clone().unwrap_or_else(|| (id.clone(), origin.clone()));
                next.push((both, id, origin));
                if next.len() > MOST {
                    return None;
                }
            }
        }
        open = next;
    }
    Some(open)
}

fn numbers(names: Option<&Names>, device: &Device) -> Ranges {
    match names {
        None => super::region::all_ways(),
        Some(names) => {
            let at =
                |name: &String| device.interfaces.iter().position(|way| way.name == *name).map(|at| at as u128 + 1);
            Ranges::of(names.iter().filter_map(at).map(|at| (at, at)).collect())
        }
    }
}

type Parts = Vec<(Region, Option<(Box<str>, Origin)>)>;

/// What a filter permits, and what it does not look at (without a line).
fn parts(filter: &Filter, device: &Device) -> Option<Parts> {
    let own = Region {
        ways_in: numbers(filter.ways_in.as_ref(), device),
        ways_out: numbers(filter.ways_out.as_ref(), device),
        ..Region::all()
    };
    let mut out: Parts = Region::all().subtract(&own).into_iter().map(|region| (region, None)).collect();
    if let Some(family) = filter.passes {
        let set = AddressSet::family(family);
        out.push((Region { from: set.clone(), to: set, ..own.clone() }, None));
    }
    let mut left = vec![own];
    for rule in filter.rules.iter().filter(|rule| !rule.replies) {
        if !rule.permit && rule.condition.is_some() {
            continue;
        }
        for region in regions(rule, device) {
            if rule.permit {
                let line = Some((rule.id.clone(), rule.origin.clone()));
                let hit = left.iter().map(|part| part.intersect(&region)).filter(|part| !part.is_empty());
                out.extend(hit.map(|part| (part, line.clone())));
            }
            left = subtract(&left, &region)?;
        }
        if out.len() > MOST {
            return None;
        }
    }
    if filter.default_permit {
        let line = Some((filter.default_id.as_str().into(), filter.default_origin.clone()));
        out.extend(left.into_iter().map(|part| (part, line.clone())));
    }
    Some(out)
}

fn regions(rule: &Rule, device: &Device) -> Vec<Region> {
    let side = |selector: &super::device::Selector| if rule.permit { selector.loose() } else { selector.strict() };
    let (from, to) = (side(&rule.from), side(&rule.to));
    let ways_in = numbers(rule.ways_in.as_ref(), device);
    let ways_out = numbers(rule.ways_out.as_ref(), device);
    let one = |services: &Services| Region {
        from: from.clone(),
        to: to.clone(),
        services: services.clone(),
        ways_in: ways_in.clone(),
        ways_out: ways_out.clone(),
    };
    rule.services.iter().map(one).filter(|region| !region.is_empty()).collect()
}

/// A packet in a box, as `sanso packet` takes it.
fn example(region: &Region) -> String {
    let v4 = !region.from.v4.is_empty() && !region.to.v4.is_empty();
    let (family, from, to) =
        if v4 { (Family::V4, &region.from.v4, &region.to.v4) } else { (Family::V6, &region.from.v6, &region.to.v6) };
    let low = |ranges: &Ranges| ranges.first().unwrap_or(0);
    // 203.0.113.1, of the networks that are kept for documentation, reads better than 0.0.0.0
    let someone = |ranges: &Ranges| if ranges.contains(0xcb00_7101) { 0xcb00_7101 } else { low(ranges) };
    let protocols = &region.services.protocols;
    let protocol = [6u128, 17].into_iter().find(|&one| protocols.contains(one)).unwrap_or_else(|| low(protocols));
    let source = if region.services.source.contains(1024) { 1024 } else { low(&region.services.source) };
    let destination = [443u128, 80].into_iter().find(|&port| region.services.destination.contains(port));
    let destination = destination.unwrap_or_else(|| low(&region.services.destination));
    let side = |ranges: &Ranges, port: u128| {
        let ip = address(family, someone(ranges));
        match (with_ports().contains(protocol), ip.is_ipv6()) {
            (false, _) => ip.to_string(),
            (true, false) => format!("{ip}:{port}"),
            (true, true) => format!("[{ip}]:{port}"),
        }
    };
    let word = protocol_word(u8::try_from(protocol).expect("a protocol has 8 bits"));
    format!("{word} {} > {}", side(from, source), side(to, destination))
}
