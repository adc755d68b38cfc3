//! Devices whose filters or routes look at interfaces: a place for each group of interfaces that they treat alike.

use rustc_hash::FxHashMap as HashMap;

use super::all_but_one::AllButOne;
use super::{AttachmentOfDevice, DeviceId, DirectedLinks, Forwarding, InterfacePair, OwnAttachments, side};
use crate::model::Model;
use crate::network::condensation::Builder;
use crate::network::guard::{Guards, TRUE};
use crate::topology::TagClass;

impl Forwarding<'_, '_> {
    /// Each pair of interfaces has its own guard; a router drops tags and may send back.
    pub(super) fn wire_filtering_router(
        &mut self,
        model: &Model<'_>,
        node: u32,
        device: DeviceId,
        directed_links: &DirectedLinks<'_, '_>,
        guards: &mut Guards,
        builder: &mut Builder,
    ) -> OwnAttachments {
        let leaves = self.view.attachments(device).map(|leaf| leaf.side);
        let mut sides: Vec<InterfacePair> =
            directed_links.of(device).map(|attachment| attachment.side).chain(leaves).collect();
        sides.sort_unstable();
        sides.dedup();
        let places: Vec<(u32, u32)> = sides.iter().map(|_| (builder.node(), builder.node())).collect();
        let (mut emits, mut takes) = (Vec::new(), Vec::new());
        for (&from, &(arrival, departure)) in sides.iter().zip(&places) {
            self.sides.insert((device, from), (arrival, departure));
            takes.push((arrival, guards.between(model, node, side(from), None)));
            emits.push((departure, guards.between(model, node, None, side(from))));
            for (&to, &(_, departure)) in sides.iter().zip(&places) {
                builder.edge(arrival, departure, guards.between(model, node, side(from), side(to)));
            }
        }
        for attachment in directed_links.of(device) {
            let (arrival, departure) = self.sides[&(device, attachment.side)];
            if attachment.arriving.open {
                builder.edge(attachment.arriving.place, arrival, TRUE);
            }
            if attachment.leaving.open {
                builder.edge(departure, attachment.leaving.place, TRUE);
            }
        }
        (emits, takes)
    }

    /// A switch with filters or routes keeps tags and never sends back, and each pair of interface groups has its own
    /// guard.
    pub(super) fn wire_filtering_switch(
        &mut self,
        model: &Model<'_>,
        node: u32,
        device: DeviceId,
        directed_links: &DirectedLinks<'_, '_>,
        guards: &mut Guards,
        builder: &mut Builder,
    ) -> OwnAttachments {
        let attachments: Vec<AttachmentOfDevice> = directed_links.of(device).collect();
        let leaves = self.view.attachments(device);
        let leaf_groups = leaves.flat_map(|leaf| self.view.tags(leaf.vlans).iter().map(move |&tag| (tag, leaf.side)));
        let attachment_groups = attachments.iter().map(|attachment| (attachment.tag, attachment.side));
        let mut groups: Vec<(TagClass, InterfacePair)> = leaf_groups.chain(attachment_groups).collect();
        groups.sort_unstable();
        groups.dedup();
        // For each group: the chain over its leaving directed links, and where its leaves take from.
        let mut chains: HashMap<(TagClass, InterfacePair), (AllButOne, u32)> = HashMap::default();
        let mut positions: HashMap<usize, usize> = HashMap::default();
        let mut directed_links_of: HashMap<(TagClass, InterfacePair), Vec<u32>> = HashMap::default();
        for (index, attachment) in attachments.iter().enumerate().filter(|(_, attachment)| attachment.leaving.open) {
            let directed_links = directed_links_of.entry((attachment.tag, attachment.side)).or_default();
            positions.insert(index, directed_links.len());
            directed_links.push(attachment.leaving.place);
        }
        for group in &groups {
            let chain = AllButOne::new(builder, directed_links_of.get(group).map_or(&[], Vec::as_slice));
            chains.insert(*group, (chain, builder.node()));
        }
        let (mut emits, mut takes) = (Vec::new(), Vec::new());
        let same_tag = |tag: TagClass| {
            let first = groups.partition_point(|group| group.0 < tag);
            groups[first..].iter().take_while(move |group| group.0 == tag).copied()
        };
        for &(tag, from) in &groups {
            let entry = builder.node();
            takes.push((entry, guards.between(model, node, side(from), None)));
            for group in same_tag(tag) {
                let (chain, exit) = &chains[&group];
                let gate = builder.node();
                builder.edge(entry, gate, guards.between(model, node, side(from), side(group.1)));
                builder.edge(gate, *exit, TRUE);
                if let Some(all) = chain.all() {
                    builder.edge(gate, all, TRUE);
                }
            }
            self.groups.insert((device, from, tag), (entry, chains[&(tag, from)].1));
            // What the switch itself emits by this group of interfaces.
            let (chain, exit) = &chains[&(tag, from)];
            let own = builder.node();
            builder.edge(own, *exit, TRUE);
            if let Some(all) = chain.all() {
                builder.edge(own, all, TRUE);
            }
            emits.push((own, guards.between(model, node, None, side(from))));
        }
        for (index, attachment) in attachments.iter().enumerate().filter(|(_, attachment)| attachment.arriving.open) {
            takes.push((attachment.arriving.place, guards.between(model, node, side(attachment.side), None)));
            for group in same_tag(attachment.tag) {
                let (chain, exit) = &chains[&group];
                let gate = builder.node();
                builder.edge(
                    attachment.arriving.place,
                    gate,
                    guards.between(model, node, side(attachment.side), side(group.1)),
                );
                builder.edge(gate, *exit, TRUE);
                match positions.get(&index).filter(|_| group.1 == attachment.side) {
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
