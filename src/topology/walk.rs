//! The topology as others walk it: from device to device, by the links that do not contract.

use super::{Device, L3Links, NONE, Topology};

impl Topology {
    /// The device of a node at its links, if it forwards.
    #[must_use]
    pub fn device(&self, node: u32) -> Option<Device> {
        Some(self.device_of[node as usize]).filter(|&device| device != NONE)
    }

    /// Number of devices.
    #[must_use]
    pub fn device_count(&self) -> usize {
        self.devices.len()
    }

    /// The node of a device; of several the first.
    #[must_use]
    pub fn node(&self, device: Device) -> u32 {
        self.devices[device as usize].node
    }

    /// Whether a device is several nodes: routers, or switches, without filters and routes. A link that joins each of them to
    /// another, both ways and with all VLANs, is not among [`Self::links`].
    #[must_use]
    pub fn is_many(&self, device: Device) -> bool {
        self.devices[device as usize].many
    }

    /// The nodes of some devices that are several, ascending, each with its device. O(nodes).
    pub fn members<'s>(&'s self, wanted: &'s [bool]) -> impl Iterator<Item = (u32, Device)> + 's {
        let devices = (0_u32..).zip(self.device_of.iter().copied());
        devices.filter(|&(_, device)| device != NONE && wanted[device as usize])
    }

    /// The links of a device to forwarding nodes, each with whether the device is its second end.
    pub fn links(&self, device: Device) -> impl Iterator<Item = (u32, bool)> + '_ {
        let entries = self.device_links_of.of(device).iter();
        let links = entries.map(|&entry| (self.device_links[entry as usize / 2].link, entry & 1 == 1));
        links.filter(|&(link, _)| link != NONE)
    }

    /// Number of attachments.
    #[must_use]
    pub fn attachment_count(&self) -> usize {
        self.attachments.len()
    }

    /// The attachments of an endpoint that does not forward: what hangs on one attachment has links alike to the same node.
    pub fn attachments_of_leaf(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        self.attachments_at(node)
    }

    /// Of an attachment by which endpoints can send: a link, and whether the endpoint is its second end.
    #[must_use]
    pub fn sending_link(&self, attachment: u32, links: &[[u32; 2]]) -> Option<(u32, bool)> {
        let link = self.attachment_links[attachment as usize];
        let at = &self.attachments[attachment as usize];
        at.sends.then(|| (link, links[link as usize][0] == at.node))
    }

    /// The links within l3-switches.
    #[must_use]
    pub const fn l3_links(&self) -> &L3Links {
        &self.l3_links
    }

    /// One-way links that join an endpoint that does not forward to anything.
    #[must_use]
    pub fn one_way_leaves(&self) -> &[u32] {
        &self.one_way_leaves
    }
}
