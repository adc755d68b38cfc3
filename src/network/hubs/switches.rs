//! Hubs: runs of plain switches, one for each class of tags. A packet that enters a run of switches by one link leaves it by
//! any other; by the same link only where the run holds a ring, for a switch never sends back on the link a packet came by.

use super::chain::Chain;
use super::{Darts, Lists, PortOfUnit, Unit, UnitKind};
use crate::network::predicate::TRUE;
use crate::network::regions::Builder;
use crate::network::runs::Runs;
use crate::network::tags::TagClass;

/// A connected run of plain switches, for one class of tags.
#[derive(Clone, Copy)]
pub(super) struct Hub {
    /// Where endpoints emit into; leads everywhere.
    pub entry: u32,
    /// Where endpoints take from.
    pub exit: u32,
}

/// The hubs of all plain switches.
pub(super) struct Switches {
    /// For each unit its first item; an item is a class of tags that links of a plain switch carry.
    offsets: Vec<u32>,
    /// The class of each item, ascending within a unit.
    tags: Vec<TagClass>,
    /// The hub of each item.
    hubs: Vec<Hub>,
}

impl Switches {
    /// Wires all plain switches.
    pub fn wire(darts: &Darts<'_, '_>, builder: &mut Builder) -> Self {
        let view = darts.view;
        let units = &view.skeleton.units;
        let mut out = Self::items(darts);
        let plain = || (0_u32..).zip(units).filter(|(_, unit)| unit.kind == UnitKind::PlainSwitch);
        let rings = plain().flat_map(|(unit, info)| out.range(unit).map(move |_| info.ring));
        let mut runs = Runs::with_rings(rings.collect());
        for join in view.skeleton.joins.iter().filter(|join| view.has_join(join) && view.melts(join)) {
            for &tag in view.tags(join.vlans[0]) {
                if let [Some(a), Some(b)] = join.units.map(|unit| out.item(unit, tag)) {
                    runs.join(a, b);
                }
            }
        }
        let count = u32::try_from(out.tags.len()).unwrap_or(u32::MAX);
        let roots: Vec<u32> = (0..count).map(|item| runs.find(item)).collect();
        let (mut members, mut of_run): (Vec<PortOfUnit>, Vec<u32>) = Default::default();
        for (unit, _) in plain() {
            for port in darts.of(unit) {
                if let Some(item) = out.item(unit, port.tag) {
                    members.push(port);
                    of_run.push(roots[item as usize]);
                }
            }
        }
        let by_run = Lists::new(out.tags.len(), of_run.iter().copied().zip(0_u32..));
        for (item, &root) in (0_u32..).zip(&roots) {
            // A root is the first item of its run.
            let hub = match out.hubs.get(root as usize) {
                Some(&hub) => hub,
                None => {
                    let ports = by_run.of(item).iter().map(|&at| members[at as usize]);
                    wire_hub(builder, &ports.collect::<Vec<_>>(), runs.has_ring(root))
                }
            };
            out.hubs.push(hub);
        }
        out
    }

    /// The classes of tags that the links of each plain switch carry.
    fn items(darts: &Darts<'_, '_>) -> Self {
        let view = darts.view;
        let mut endpoints: Vec<Unit> = view.skeleton.sessions.iter().map(|session| session.1).collect();
        endpoints.sort_unstable();
        let mut out = Self { offsets: vec![0], tags: Vec::new(), hubs: Vec::new() };
        // By class: one more than the last unit that it was met at.
        let mut seen = vec![0_u32; usize::from(view.skeleton.tag_classes)];
        for (unit, info) in (0_u32..).zip(&view.skeleton.units) {
            let first = out.tags.len();
            if info.kind == UnitKind::PlainSwitch && view.has_unit(unit) {
                let mut note = |tag: TagClass| {
                    if std::mem::replace(&mut seen[usize::from(tag)], unit + 1) != unit + 1 {
                        out.tags.push(tag);
                    }
                };
                // An endpoint among several switches emits with any tag, since a link of all VLANs joins it to others.
                if info.many && endpoints.binary_search(&unit).is_ok() {
                    (0..view.skeleton.tag_classes).for_each(&mut note);
                }
                view.joins(unit)
                    .for_each(|(_, join, end)| view.tags(join.vlans[end]).iter().copied().for_each(&mut note));
                view.ports(unit).for_each(|port| view.tags(port.vlans).iter().copied().for_each(&mut note));
                out.tags[first..].sort_unstable();
            }
            out.offsets.push(u32::try_from(out.tags.len()).unwrap_or(u32::MAX));
        }
        out
    }

    fn range(&self, unit: Unit) -> std::ops::Range<usize> {
        self.offsets[unit as usize] as usize..self.offsets[unit as usize + 1] as usize
    }

    fn item(&self, unit: Unit, tag: TagClass) -> Option<u32> {
        let range = self.range(unit);
        let at = range.start + self.tags[range].binary_search(&tag).ok()?;
        u32::try_from(at).ok()
    }

    /// The hub of a switch for a class of tags, if any of its links carries them.
    pub fn hub(&self, unit: Unit, tag: TagClass) -> Option<Hub> {
        self.item(unit, tag).map(|item| self.hubs[item as usize])
    }

    /// The hubs of a switch.
    pub fn hubs_of(&self, unit: Unit) -> impl Iterator<Item = Hub> + '_ {
        self.hubs[self.range(unit)].iter().copied()
    }
}

fn wire_hub(builder: &mut Builder, ports: &[PortOfUnit], ring: bool) -> Hub {
    let exit = builder.node();
    let leaving: Vec<u32> = ports.iter().filter(|port| port.leaving.open).map(|port| port.leaving.place).collect();
    if ring {
        leaving.iter().for_each(|&dart| builder.edge(exit, dart, TRUE));
        ports.iter().filter(|port| port.arriving.open).for_each(|port| builder.edge(port.arriving.place, exit, TRUE));
        return Hub { entry: exit, exit };
    }
    let chain = Chain::new(builder, &leaving);
    let entry = builder.node();
    builder.edge(entry, exit, TRUE);
    if let Some(all) = chain.all() {
        builder.edge(entry, all, TRUE);
    }
    let mut index = 0;
    for port in ports {
        let own = port.leaving.open.then_some(index);
        index += usize::from(port.leaving.open);
        if !port.arriving.open {
            continue;
        }
        match own {
            Some(own) => {
                builder.edge(port.arriving.place, exit, TRUE);
                chain.all_but(own).for_each(|place| builder.edge(port.arriving.place, place, TRUE));
            }
            None => builder.edge(port.arriving.place, entry, TRUE),
        }
    }
    Hub { entry, exit }
}
