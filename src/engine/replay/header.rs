//! What selectors of relays and exceptions, and services, say to a session. Spec, sections 1 and 6.

use super::Replay;
use crate::document::{Family, SelectorItem, ServiceItem, Spanned};
use crate::engine::trace::PacketAddress;

impl Replay<'_, '_> {
    /// Whether a service list holds the service of transfers.
    pub(super) fn serves_transfers(&self, items: &[Spanned<ServiceItem<'_>>]) -> bool {
        items.iter().any(|item| match &item.value {
            ServiceItem::Any | ServiceItem::Transfer => true,
            ServiceItem::Protocol { .. } => false,
            ServiceItem::Named(name) => {
                let named = self.document.services.iter().find(|known| known.name.value == *name);
                named.is_some_and(|known| self.serves_transfers(&known.items))
            }
        })
    }

    /// Whether a service list holds a protocol and destination port.
    pub(super) fn serves(&self, items: &[Spanned<ServiceItem<'_>>], service: (u8, Option<u16>)) -> bool {
        items.iter().any(|item| match &item.value {
            ServiceItem::Any => true,
            ServiceItem::Transfer => false,
            ServiceItem::Protocol { number, ports } => {
                let in_ports = |(low, high): &(u16, u16)| service.1.is_some_and(|port| *low <= port && port <= *high);
                *number == service.0 && ports.as_ref().is_none_or(in_ports)
            }
            ServiceItem::Named(name) => {
                let named = self.document.services.iter().find(|known| known.name.value == *name);
                named.is_some_and(|known| self.serves(&known.items, service))
            }
        })
    }

    /// Whether a relay's selector matches a peer at an address.
    pub(super) fn relay_selects(&self, items: &[Spanned<SelectorItem<'_>>], peer: u32, address: PacketAddress) -> bool {
        self.selects_node(items, peer)
            || self.some_range(items, &|family, low, high| match address {
                PacketAddress::Known(own, value) => own == family && low <= value && value <= high,
                PacketAddress::Symbolic(_) => self.owners.may_hold_symbolic(family, low, high),
            })
    }

    /// Whether an exception's selector matches a node at an address.
    pub(super) fn exception_selects(
        &self,
        items: &[Spanned<SelectorItem<'_>>],
        node: u32,
        address: PacketAddress,
    ) -> bool {
        if self.selects_node(items, node) {
            return true;
        }
        let PacketAddress::Known(own, value) = address else { return false };
        let declared = &self.document.nodes[node as usize].addresses;
        let length = if own == Family::V4 { 32 } else { 128 };
        declared.iter().any(|cidr| cidr.family == own && cidr.network == value && cidr.length == length)
            && self.some_range(items, &|family, low, high| own == family && low <= value && value <= high)
    }

    /// Whether something holds of a run of addresses among the items, those of groups included.
    fn some_range(&self, items: &[Spanned<SelectorItem<'_>>], test: &dyn Fn(Family, u128, u128) -> bool) -> bool {
        items.iter().any(|item| match &item.value {
            SelectorItem::Addresses(range) => test(range.family, range.low, range.high),
            SelectorItem::Group(name) => {
                let group = self.document.groups.iter().find(|group| group.name.value == *name);
                group.is_some_and(|group| self.some_range(&group.items, test))
            }
            _ => false,
        })
    }
}
