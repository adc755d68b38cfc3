//! Units whose filters or routes look at interfaces: a place for each group of interfaces that they treat alike.

use rustc_hash::FxHashMap as HashMap;

use super::chain::Chain;
use super::{Darts, Hubs, Numbers, OwnPorts, PortOfUnit, Unit, side};
use crate::model::Model;
use crate::network::predicate::{Predicates, TRUE};
use crate::network::regions::Builder;
use crate::network::tags::TagClass;

impl Hubs<'_, '_> {
    /// Each pair of interfaces has its own predicate; a router drops tags and may send back.
    pub(super) fn wire_filtering_router(
        &mut self,
        model: &Model<'_>,
        node: u32,
        unit: Unit,
        darts: &Darts<'_, '_>,
        predicates: &mut Predicates,
        builder: &mut Builder,
    ) -> OwnPorts {
        let leaves = self.view.ports(unit).map(|leaf| leaf.side);
        let mut sides: Vec<Numbers> = darts.of(unit).map(|port| port.side).chain(leaves).collect();
        sides.sort_unstable();
        sides.dedup();
        let places: Vec<(u32, u32)> = sides.iter().map(|_| (builder.node(), builder.node())).collect();
        let (mut emits, mut takes) = (Vec::new(), Vec::new());
        for (&from, &(arrival, departure)) in sides.iter().zip(&places) {
            self.sides.insert((unit, from), (arrival, departure));
            takes.push((arrival, predicates.between(model, node, side(from), None)));
            emits.push((departure, predicates.between(model, node, None, side(from))));
            for (&to, &(_, departure)) in sides.iter().zip(&places) {
                builder.edge(arrival, departure, predicates.between(model, node, side(from), side(to)));
            }
        }
        for port in darts.of(unit) {
            let (arrival, departure) = self.sides[&(unit, port.side)];
            if port.arriving.open {
                builder.edge(port.arriving.place, arrival, TRUE);
            }
            if port.leaving.open {
                builder.edge(departure, port.leaving.place, TRUE);
            }
        }
        (emits, takes)
    }

    /// A switch with filters or routes keeps tags and never sends back, and each pair of interface groups has its own
    /// predicate.
    pub(super) fn wire_filtering_switch(
        &mut self,
        model: &Model<'_>,
        node: u32,
        unit: Unit,
        darts: &Darts<'_, '_>,
        predicates: &mut Predicates,
        builder: &mut Builder,
    ) -> OwnPorts {
        let ports: Vec<PortOfUnit> = darts.of(unit).collect();
        let leaves = self.view.ports(unit);
        let leaf_groups = leaves.flat_map(|leaf| self.view.tags(leaf.vlans).iter().map(move |&tag| (tag, leaf.side)));
        let port_groups = ports.iter().map(|port| (port.tag, port.side));
        let mut groups: Vec<(TagClass, Numbers)> = leaf_groups.chain(port_groups).collect();
        groups.sort_unstable();
        groups.dedup();
        // For each group: the chain over its leaving darts, and where its leaves take from.
        let mut chains: HashMap<(TagClass, Numbers), (Chain, u32)> = HashMap::default();
        let mut positions: HashMap<usize, usize> = HashMap::default();
        let mut darts_of: HashMap<(TagClass, Numbers), Vec<u32>> = HashMap::default();
        for (index, port) in ports.iter().enumerate().filter(|(_, port)| port.leaving.open) {
            let darts = darts_of.entry((port.tag, port.side)).or_default();
            positions.insert(index, darts.len());
            darts.push(port.leaving.place);
        }
        for group in &groups {
            let chain = Chain::new(builder, darts_of.get(group).map_or(&[], Vec::as_slice));
            chains.insert(*group, (chain, builder.node()));
        }
        let (mut emits, mut takes) = (Vec::new(), Vec::new());
        let same_tag = |tag: TagClass| {
            let first = groups.partition_point(|group| group.0 < tag);
            groups[first..].iter().take_while(move |group| group.0 == tag).copied()
        };
        for &(tag, from) in &groups {
            let entry = builder.node();
            takes.push((entry, predicates.between(model, node, side(from), None)));
            for group in same_tag(tag) {
                let (chain, exit) = &chains[&group];
                let gate = builder.node();
                builder.edge(entry, gate, predicates.between(model, node, side(from), side(group.1)));
                builder.edge(gate, *exit, TRUE);
                if let Some(all) = chain.all() {
                    builder.edge(gate, all, TRUE);
                }
            }
            self.groups.insert((unit, from, tag), (entry, chains[&(tag, from)].1));
            // What the switch itself emits by this group of interfaces.
            let (chain, exit) = &chains[&(tag, from)];
            let own = builder.node();
            builder.edge(own, *exit, TRUE);
            if let Some(all) = chain.all() {
                builder.edge(own, all, TRUE);
            }
            emits.push((own, predicates.between(model, node, None, side(from))));
        }
        for (index, port) in ports.iter().enumerate().filter(|(_, port)| port.arriving.open) {
            takes.push((port.arriving.place, predicates.between(model, node, side(port.side), None)));
            for group in same_tag(port.tag) {
                let (chain, exit) = &chains[&group];
                let gate = builder.node();
                builder.edge(
                    port.arriving.place,
                    gate,
                    predicates.between(model, node, side(port.side), side(group.1)),
                );
                builder.edge(gate, *exit, TRUE);
                match positions.get(&index).filter(|_| group.1 == port.side) {
                    Some(&own) => chain.all_but(own).for_each(|place| builder.edge(gate, place, TRUE)),
                    None => {
                        if let Some(all) = chain.all() {
                            builder.edge(gate, all, TRUE);
                        }
                    }
                }
            }
        }
        (emits, takes)
    }
}
