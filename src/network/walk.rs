//! The skeleton as others walk it: from unit to unit, by the links that do not melt.

use super::skeleton::{NONE, Skeleton, Unit};

impl Skeleton {
    /// The unit of a node at its links, if it forwards.
    #[must_use]
    pub fn unit(&self, node: u32) -> Option<Unit> {
        Some(self.unit_of[node as usize]).filter(|&unit| unit != NONE)
    }

    /// Number of units.
    #[must_use]
    pub fn unit_count(&self) -> usize {
        self.units.len()
    }

    /// The node of a unit; of several the first.
    #[must_use]
    pub fn node(&self, unit: Unit) -> u32 {
        self.units[unit as usize].node
    }

    /// Whether a unit is several nodes: routers, or switches, without filters and routes. A link that joins each of them to
    /// another, both ways and with all VLANs, is not among [`Self::links`].
    #[must_use]
    pub fn is_many(&self, unit: Unit) -> bool {
        self.units[unit as usize].many
    }

    /// The nodes of some units that are several, ascending, each with its unit. O(nodes).
    pub fn members<'s>(&'s self, wanted: &'s [bool]) -> impl Iterator<Item = (u32, Unit)> + 's {
        let units = (0_u32..).zip(self.unit_of.iter().copied());
        units.filter(|&(_, unit)| unit != NONE && wanted[unit as usize])
    }

    /// The links of a unit to forwarding nodes, each with whether the unit is its second end.
    pub fn links(&self, unit: Unit) -> impl Iterator<Item = (u32, bool)> + '_ {
        let entries = self.joins_of.of(unit).iter();
        let links = entries.map(|&entry| (self.joins[entry as usize / 2].link, entry & 1 == 1));
        links.filter(|&(link, _)| link != NONE)
    }

    /// Number of ports.
    #[must_use]
    pub fn port_count(&self) -> usize {
        self.ports.len()
    }

    /// The ports of an endpoint that does not forward: what hangs on one port has links alike to the same node.
    pub fn ports_of_leaf(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        self.ports_at(node)
    }

    /// Of a port by which endpoints can send: a link, and whether the endpoint is its second end.
    #[must_use]
    pub fn sending_link(&self, port: u32, links: &[[u32; 2]]) -> Option<(u32, bool)> {
        let link = self.port_links[port as usize];
        let at = &self.ports[port as usize];
        at.sends.then(|| (link, links[link as usize][0] == at.node))
    }

    /// One-way links that join an endpoint that does not forward to anything.
    #[must_use]
    pub fn one_way_leaves(&self) -> &[u32] {
        &self.one_way_leaves
    }
}
