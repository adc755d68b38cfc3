//! Who may send from an address, who receives it, who surely has it. Spec, section 3.

use rustc_hash::FxHashMap;

use crate::document::{Cidr, Family, Kind, SelectorItem, Spanned, host_name};
use crate::engine::trace::PacketAddress;
use crate::model::Model;

const fn bits(family: Family) -> u8 {
    match family {
        Family::V4 => 32,
        Family::V6 => 128,
    }
}

/// The prefix of a length that an address lies in.
fn prefix(family: Family, value: u128, length: u8) -> Cidr {
    let host = u32::from(bits(family) - length);
    let network = if host >= 128 { 0 } else { value >> host << host };
    Cidr { family, network, length }
}

fn lies_in(cidr: Cidr, family: Family, value: u128) -> bool {
    cidr.family == family && prefix(family, value, cidr.length).network == cidr.network
}

const fn single(cidr: Cidr) -> bool {
    cidr.length == bits(cidr.family)
}

/// Everybody's claims to addresses.
pub struct Owners<'m, 'd> {
    model: &'m Model<'d>,
    /// Prefixes that nodes hold, and whether one of them declares it; forwarders by declared single addresses only.
    claims: FxHashMap<Cidr, bool>,
}

impl<'m, 'd> Owners<'m, 'd> {
    pub(super) fn new(model: &'m Model<'d>) -> Self {
        let mut owners = Self { model, claims: FxHashMap::default() };
        let mut claims: FxHashMap<Cidr, bool> = FxHashMap::default();
        for (node, value) in (0_u32..).zip(&model.document.nodes) {
            if model.labels.forwards[node as usize] {
                claims.extend(value.addresses.iter().filter(|&cidr| single(cidr)).map(|cidr| (cidr, true)));
            } else if let Some(cidr) = value.addresses.only() {
                claims.insert(cidr, true);
            } else {
                for (cidr, declared) in owners.held(node) {
                    *claims.entry(cidr).or_default() |= declared;
                }
            }
        }
        owners.claims = claims;
        owners
    }

    /// A(n) as prefixes, each with whether n declares it; none: symbolic.
    fn held(&self, node: u32) -> Vec<(Cidr, bool)> {
        let value = &self.model.document.nodes[node as usize];
        if !value.addresses.is_empty() {
            return value.addresses.iter().map(|cidr| (cidr, true)).collect();
        }
        let zone = value.zone.map(|zone| self.model.document.name(zone));
        let declared = self.model.document.zones.iter().find(|known| Some(&*known.id.value) == zone);
        let networks = declared.map_or(&[][..], |zone| &zone.networks);
        let mut held: Vec<(Cidr, bool)> = networks.iter().map(|network| (network.value, false)).collect();
        if value.kind == Kind::External {
            held.extend([Family::V4, Family::V6].map(|family| (Cidr { family, network: 0, length: 0 }, false)));
        }
        held
    }

    pub(super) fn is_symbolic(&self, node: u32) -> bool {
        self.held(node).is_empty()
    }

    /// A(n) as runs of addresses; none: symbolic.
    pub(super) fn runs(&self, node: u32) -> Vec<(Family, u128, u128)> {
        let run = |(cidr, _): (Cidr, bool)| {
            let range = cidr.range();
            (range.family, range.low, range.high)
        };
        self.held(node).into_iter().map(run).collect()
    }

    /// Whether nodes declare every address of a run as a single one.
    pub(super) fn all_declared(&self, family: Family, low: u128, high: u128) -> bool {
        let inside = |(cidr, declared): &(&Cidr, &bool)| {
            **declared && cidr.family == family && single(**cidr) && low <= cidr.network && cidr.network <= high
        };
        let count = self.claims.iter().filter(inside).count();
        u128::try_from(count).is_ok_and(|count| count > high - low)
    }

    /// Whether an address is in A(n).
    pub(super) fn sends(&self, node: u32, address: PacketAddress) -> bool {
        match address {
            PacketAddress::Symbolic(owner) => owner == node && self.is_symbolic(node),
            PacketAddress::Known(family, value) => {
                self.held(node).iter().any(|&(cidr, _)| lies_in(cidr, family, value))
            }
        }
    }

    /// Whether an address is in R(n).
    pub(super) fn receives(&self, node: u32, address: PacketAddress) -> bool {
        let PacketAddress::Known(family, value) = address else { return self.sends(node, address) };
        let own = self.held(node).into_iter().filter(|&(cidr, _)| lies_in(cidr, family, value));
        // What takes the longest of n's own prefixes takes the shorter ones too, and all longer ones are others'.
        let Some((longest, declared)) = own.max_by_key(|&(cidr, _)| cidr.length) else { return false };
        let longer = longest.length + 1..=bits(family);
        if longer.clone().any(|length| self.claims.contains_key(&prefix(family, value, length))) {
            return false;
        }
        if declared && longest.length > 0 {
            return true;
        }
        let label = self.model.labels.labels[node as usize].map(|zone| self.model.names.zones[zone as usize]);
        !self.model.document.zones.iter().any(|zone| {
            let takes = |cidr: Cidr| lies_in(cidr, family, value) && cidr.length > longest.length;
            Some(&*zone.id.value) != label && zone.networks.iter().any(|network| takes(network.value))
        })
    }

    /// Whether n surely has an address, as `node:` in a denial means.
    fn surely_has(&self, node: u32, address: PacketAddress) -> bool {
        let PacketAddress::Known(family, value) = address else { return self.sends(node, address) };
        let forwards = self.model.labels.forwards[node as usize];
        let declared = self.model.document.nodes[node as usize].addresses.iter();
        let usable = declared.filter(|&cidr| lies_in(cidr, family, value) && (!forwards || single(cidr)));
        let Some(longest) = usable.max_by_key(|cidr| cidr.length) else { return false };
        if !self.receives(node, address) {
            return false;
        }
        if single(longest) {
            return true;
        }
        let endpoints = (0_u32..).zip(&self.model.labels.endpoint).filter(|(other, is)| **is && *other != node);
        !endpoints.into_iter().any(|(other, _)| self.held(other).iter().any(|&(cidr, _)| cidr == longest))
    }

    /// Whether some node declares an address as a single one.
    fn is_declared(&self, family: Family, value: u128) -> bool {
        self.claims.get(&prefix(family, value, bits(family))).copied().unwrap_or_default()
    }

    /// Whether a symbolic address might lie in a run of addresses.
    pub(super) fn may_hold_symbolic(&self, family: Family, low: u128, high: u128) -> bool {
        low != high || !self.is_declared(family, low)
    }

    fn prefix_may_hold_symbolic(&self, cidr: Cidr) -> bool {
        !single(cidr) || !self.is_declared(cidr.family, cidr.network)
    }

    /// Whether a selector of a rule holds an address.
    pub(super) fn rule_selects(
        &self,
        items: &[Spanned<SelectorItem<'_>>],
        address: PacketAddress,
        permit: bool,
    ) -> bool {
        items.iter().any(|item| match &item.value {
            SelectorItem::Any => true,
            SelectorItem::Addresses(range) => match address {
                PacketAddress::Known(family, value) => {
                    range.family == family && range.low <= value && value <= range.high
                }
                PacketAddress::Symbolic(_) => permit && self.may_hold_symbolic(range.family, range.low, range.high),
            },
            SelectorItem::Group(name) => {
                let group = self.model.document.groups.iter().find(|group| group.name.value == *name);
                group.is_some_and(|group| self.rule_selects(&group.items, address, permit))
            }
            SelectorItem::Node(id) => {
                self.model.names.node(id).is_some_and(|node| self.rule_selects_node(node, address, permit))
            }
            SelectorItem::Zone(zone) => self.rule_selects_zone(zone, address, permit),
            SelectorItem::Fqdn(name) => {
                let names = &self.model.document.host_names;
                match names.iter().find(|known| host_name(&known.name.value) == host_name(name)) {
                    Some(known) => self.rule_selects(&known.items, address, permit),
                    None => permit,
                }
            }
            SelectorItem::Not(items) => !self.rule_selects(items, address, !permit),
            SelectorItem::Kind(_) | SelectorItem::Tag(_) => false,
        })
    }

    fn rule_selects_node(&self, node: u32, address: PacketAddress, permit: bool) -> bool {
        if !permit {
            return self.surely_has(node, address);
        }
        let guessed = matches!(address, PacketAddress::Symbolic(_))
            && self.held(node).iter().any(|&(cidr, _)| self.prefix_may_hold_symbolic(cidr));
        guessed || self.sends(node, address)
    }

    fn rule_selects_zone(&self, zone: &str, address: PacketAddress, permit: bool) -> bool {
        let networks = self.model.document.zones.iter().filter(|known| known.id.value == zone);
        let mut networks = networks.flat_map(|known| &known.networks).map(|network| network.value);
        let labels = &self.model.labels.labels;
        let by_network = match address {
            PacketAddress::Known(family, value) => networks.any(|network| lies_in(network, family, value)),
            PacketAddress::Symbolic(owner) => permit && labels[owner as usize].is_none() && networks.next().is_some(),
        };
        let labelled = |label: Option<u32>| label.is_some_and(|label| self.model.names.zones[label as usize] == zone);
        let members = || (0_u32..).zip(labels).filter(|(_, label)| labelled(**label)).map(|(node, _)| node);
        by_network || members().any(|node| self.rule_selects_node(node, address, permit))
    }
}
