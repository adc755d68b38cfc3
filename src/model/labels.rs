//! Which nodes forward, which are endpoints, and what zone each belongs to. Spec, sections 1 and 2.

use rustc_hash::FxHashMap as HashMap;

use super::names::Names;
use crate::document::{Cidr, Document, Family, Kind, Node};

/// What a node is, apart from its addresses.
pub struct Labels {
    /// Explicit zone of each node.
    pub zones: Vec<Option<u32>>,
    /// Label of each node.
    pub labels: Vec<Option<u32>>,
    /// Whether each node forwards packets.
    pub forwards: Vec<bool>,
    /// Whether each node is an endpoint.
    pub endpoint: Vec<bool>,
}

impl Node<'_> {
    /// Whether it forwards packets.
    #[must_use]
    pub fn is_forwarder(&self) -> bool {
        let by_kind = matches!(self.kind, Kind::Switch | Kind::L3Switch | Kind::Router | Kind::Firewall);
        self.forwards.unwrap_or(by_kind)
    }

    /// Its declared relays, if it declares any list.
    #[must_use]
    pub fn relays(&self) -> Option<&[crate::document::Relay<'_>]> {
        self.details.as_ref()?.relays.as_deref()
    }

    /// Whether a relay entry of it sanitises.
    #[must_use]
    pub fn sanitises(&self) -> bool {
        self.relays().is_some_and(|relays| relays.iter().any(|relay| relay.sanitise.is_some()))
    }

    /// Whether it declares at least one relay entry.
    #[must_use]
    pub fn has_relay_entry(&self) -> bool {
        self.relays().is_some_and(|relays| !relays.is_empty())
    }
}

/// Zone networks by longest prefix.
pub struct ZoneNetworks {
    zones: HashMap<Cidr, u32>,
    /// Lengths in use per family, longest first.
    lengths: [Vec<u8>; 2],
    /// For single IPv4 addresses: where runs of one zone begin, ascending, and the zone.
    v4: Vec<(u32, Option<u32>)>,
}

impl ZoneNetworks {
    /// Indexes the networks of all zones.
    #[must_use]
    pub fn new(names: &Names<'_>) -> Self {
        let mut zones = HashMap::default();
        let mut lengths: [Vec<u8>; 2] = Default::default();
        for (zone, networks) in (0_u32..).zip(&names.networks) {
            for &network in networks {
                zones.insert(network, zone);
                lengths[usize::from(network.family == Family::V6)].push(network.length);
            }
        }
        for list in &mut lengths {
            list.sort_unstable_by(|a, b| b.cmp(a));
            list.dedup();
        }
        let mut out = Self { zones, lengths, v4: Vec::new() };
        let networks = out.zones.keys().filter(|network| network.family == Family::V4).map(Cidr::range);
        let ends = networks.flat_map(|range| [Some(range.low), range.high.checked_add(1)]);
        let mut cuts: Vec<u32> = ends.flatten().filter_map(|cut| u32::try_from(cut).ok()).chain([0]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let zone = |&start: &u32| out.longest(Cidr { family: Family::V4, network: u128::from(start), length: 32 });
        out.v4 = cuts.iter().map(|start| (*start, zone(start))).collect();
        out.v4.dedup_by_key(|run| run.1);
        out
    }

    /// The zone whose networks hold all of `cidr` in the longest prefix.
    #[must_use]
    pub fn zone_of(&self, cidr: Cidr) -> Option<u32> {
        match u32::try_from(cidr.network) {
            Ok(address) if cidr.family == Family::V4 && cidr.is_single() => {
                let after = self.v4.partition_point(|&(start, _)| start <= address);
                self.v4.get(after.wrapping_sub(1))?.1
            }
            _ => self.longest(cidr),
        }
    }

    fn longest(&self, cidr: Cidr) -> Option<u32> {
        let lengths = &self.lengths[usize::from(cidr.family == Family::V6)];
        lengths.iter().filter(|&&length| length <= cidr.length).find_map(|&length| {
            let host_bits = u32::from(cidr.width() - length);
            let network = if host_bits >= 128 { 0 } else { cidr.network >> host_bits << host_bits };
            self.zones.get(&Cidr { network, length, ..cidr }).copied()
        })
    }
}

impl Labels {
    /// Labels every node.
    #[must_use]
    pub fn new(document: &Document<'_>, names: &Names<'_>, networks: &ZoneNetworks) -> Self {
        let count = document.nodes.len();
        let mut out = Self {
            zones: Vec::with_capacity(count),
            labels: Vec::with_capacity(count),
            forwards: Vec::with_capacity(count),
            endpoint: Vec::with_capacity(count),
        };
        for node in &document.nodes {
            let zone = node.zone.and_then(|zone| names.zone_named(zone));
            let forwards = node.is_forwarder();
            out.zones.push(zone);
            out.labels.push(label_of(node, zone, networks));
            out.forwards.push(forwards);
            out.endpoint.push(!forwards || zone.is_some() || node.has_relay_entry());
        }
        out
    }
}

/// The label of a node with an explicit zone or none. Spec, section 2.
#[must_use]
pub fn label_of(node: &Node<'_>, zone: Option<u32>, networks: &ZoneNetworks) -> Option<u32> {
    let by_address = !node.is_forwarder() && node.kind != Kind::Gateway && !node.sanitises();
    zone.or_else(|| if by_address { common_zone(node, networks) } else { None })
}

fn common_zone(node: &Node<'_>, networks: &ZoneNetworks) -> Option<u32> {
    let zone = networks.zone_of(node.addresses.get(0)?)?;
    node.addresses.iter().skip(1).all(|cidr| networks.zone_of(cidr) == Some(zone)).then_some(zone)
}
