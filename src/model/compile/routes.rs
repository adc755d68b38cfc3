//! Routes as rules on destinations.

use std::collections::BTreeMap;

use super::Compiler;
use crate::document::{AddressRange, Cidr, Family, Route};
use crate::header::Ranges;
use crate::model::AddressSet;
use crate::model::compiled::{CompiledRoutes, CompiledWay};
use crate::model::longest::segments;

/// What the routes for one prefix say.
#[derive(Default)]
struct Ways {
    /// Where they lead.
    via: Vec<u16>,
    /// Whether one of them is always there.
    stays: bool,
}

impl<'d> Compiler<'_, 'd> {
    pub(super) fn routes(&mut self, node: u32, routes: &'d [Route<'d>], symbolic: Ranges) -> CompiledRoutes {
        // Equal prefixes go out by all that any of them names.
        let mut ways: BTreeMap<Cidr, Ways> = BTreeMap::new();
        for route in routes {
            let way = ways.entry(route.to.value).or_default();
            way.stays |= !route.fails || sabotaged!(NothingFails);
            if let Some(name) = &route.via {
                way.via.push(self.interfaces.entry(node).or_default().number(&name.value));
            }
        }
        let vias = with_shorter(ways);
        let mut named: Vec<u16> = vias.values().flatten().copied().collect();
        named.sort_unstable();
        named.dedup();
        let mut destinations: BTreeMap<&[u16], Vec<AddressRange>> = BTreeMap::new();
        for family in [Family::V4, Family::V6] {
            let prefixes = vias.iter().filter(|(prefix, _)| prefix.family == family);
            let prefixes = prefixes.map(|(prefix, via)| (prefix.network, prefix.length, &via[..])).collect();
            let segments = segments(family, prefixes, &[]);
            let ends = segments[1..].iter().map(|next| next.0 - 1).chain([AddressRange::all(family).high]);
            for (&(low, via), high) in segments.iter().zip(ends).filter(|(segment, _)| !segment.1.is_empty()) {
                destinations.entry(via).or_default().push(AddressRange { family, low, high });
            }
        }
        let ways = destinations.into_iter().map(|(via, ranges)| {
            let set = AddressSet { ranges, symbolic: Ranges::default() };
            CompiledWay { permit: self.destination_rule(node, set), via: via.to_vec() }
        });
        let ways = ways.collect();
        let symbolic =
            (!symbolic.is_empty()).then(|| self.destination_rule(node, AddressSet { ranges: Vec::new(), symbolic }));
        CompiledRoutes { ways, named, symbolic }
    }
}

/// Where each prefix leads, sorted: where all of its routes may be absent, also where the next shorter one does.
fn with_shorter(ways: BTreeMap<Cidr, Ways>) -> BTreeMap<Cidr, Vec<u16>> {
    let mut vias: BTreeMap<Cidr, Vec<u16>> = BTreeMap::new();
    // The prefixes that hold the one at hand, the longest last: a prefix comes after those that hold it.
    let mut open: Vec<Cidr> = Vec::new();
    for (prefix, Ways { mut via, stays }) in ways {
        while open.pop_if(|outer| !outer.holds(&prefix)).is_some() {}
        if let (false, Some(outer)) = (stays, open.last()) {
            via.extend(vias.get(outer).into_iter().flatten());
        }
        via.sort_unstable();
        via.dedup();
        vias.insert(prefix, via);
        open.push(prefix);
    }
    vias
}
