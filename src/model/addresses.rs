//! Who has which address: A (may send from), R (receives), and what a node surely has. Spec, section 3.

use rustc_hash::FxHashMap as HashMap;

use super::longest::segments;
use super::names::Names;
use crate::document::{AddressRange, Cidr, Document, Family, Kind, Node};

/// An entry of A(n).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The prefix.
    pub cidr: Cidr,
    /// Whether the node itself declares it; else it comes from its zone or from being `external`.
    pub declared: bool,
}

impl Cidr {
    /// Bits of an address of its family.
    #[must_use]
    pub const fn width(&self) -> u8 {
        match self.family {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    /// Whether it is one address.
    #[must_use]
    pub const fn is_single(&self) -> bool {
        self.length == self.width()
    }

    /// Its addresses.
    #[must_use]
    pub fn range(&self) -> AddressRange {
        let host_bits = u32::from(self.width() - self.length);
        let span = if host_bits >= 128 { u128::MAX } else { (1_u128 << host_bits) - 1 };
        AddressRange { family: self.family, low: self.network, high: self.network | span }
    }

    /// Whether it holds all of `other`.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        let (outer, inner) = (self.range(), other.range());
        self.family == other.family && outer.low <= inner.low && inner.high <= outer.high
    }
}

impl AddressRange {
    /// Every address of a family.
    #[must_use]
    pub const fn all(family: Family) -> Self {
        let high = match family {
            Family::V4 => u32::MAX as u128,
            Family::V6 => u128::MAX,
        };
        Self { family, low: 0, high }
    }

    /// Whether it is one address.
    #[must_use]
    pub const fn is_single(&self) -> bool {
        self.low == self.high
    }
}

const DEFAULT_V4: Cidr = Cidr { family: Family::V4, network: 0, length: 0 };
const DEFAULT_V6: Cidr = Cidr { family: Family::V6, network: 0, length: 0 };

/// Whether a node's one address is symbolic: it has no entries.
#[must_use]
pub fn is_symbolic(node: &Node<'_>, zone: Option<u32>, names: &Names<'_>) -> bool {
    let networks = zone.map_or(&[][..], |zone| &names.networks[zone as usize]);
    node.addresses.is_empty() && networks.is_empty() && node.kind != Kind::External
}

/// The entries of A(n); empty for a node whose one address is symbolic.
#[must_use]
pub fn entries(node: &Node<'_>, zone: Option<u32>, names: &Names<'_>) -> Vec<Entry> {
    if !node.addresses.is_empty() {
        return node.addresses.iter().map(|cidr| Entry { cidr, declared: true }).collect();
    }
    let networks = zone.map_or(&[][..], |zone| &names.networks[zone as usize]);
    let mut entries: Vec<Entry> = networks.iter().map(|&cidr| Entry { cidr, declared: false }).collect();
    if node.kind == Kind::External {
        entries.extend([DEFAULT_V4, DEFAULT_V6].map(|cidr| Entry { cidr, declared: false }));
    }
    entries
}

/// For each address of one family, the longest prefix that any node's A holds it in.
#[derive(Clone, Debug, Default)]
struct LongestPrefixes {
    /// First address of each segment, ascending, and the length of the longest prefix plus one; 0: nobody's.
    segments: Vec<(u128, u8)>,
}

impl LongestPrefixes {
    /// `prefixes` are network, length, and length plus one.
    fn new(prefixes: Vec<(u128, u8, u8)>, family: Family) -> Self {
        Self { segments: segments(family, prefixes, 0) }
    }

    /// The parts of `range` whose longest prefix is at most `length` long.
    fn at_most(&self, range: AddressRange, length: u8) -> Vec<AddressRange> {
        let mut out: Vec<AddressRange> = Vec::new();
        let mut index = self.segments.partition_point(|&(start, _)| start <= range.low).saturating_sub(1);
        while let Some(&(start, longest)) = self.segments.get(index) {
            if start > range.high {
                break;
            }
            let high = self.segments.get(index + 1).map_or(range.high, |&(next, _)| (next - 1).min(range.high));
            let low = start.max(range.low);
            if longest <= length + 1 {
                match out.last_mut() {
                    Some(last) if last.high.checked_add(1) == Some(low) => last.high = high,
                    _ => out.push(AddressRange { family: range.family, low, high }),
                }
            }
            index += 1;
        }
        out
    }
}

/// Ownership of addresses: who receives what.
pub struct Ownership {
    /// Of all prefixes but the single IPv4 addresses that nodes declare.
    longest: [LongestPrefixes; 2],
    /// The single addresses that nodes declare, sorted, each once.
    singles: Vec<u32>,
    singles_v6: Vec<u128>,
    /// Whether any of them is declared twice.
    repeated: bool,
    /// Endpoints that hold a CIDR of more than one address in their A: how many, and one of them.
    holders: HashMap<Cidr, (u32, u32)>,
}

/// What [`Ownership`] needs to know of the nodes.
pub struct NodeFacts<'a, 'd> {
    /// The document.
    pub document: &'a Document<'d>,
    /// Its names.
    pub names: &'a Names<'a>,
    /// Label of each node.
    pub labels: &'a [Option<u32>],
    /// Explicit zone of each node.
    pub zones: &'a [Option<u32>],
    /// Whether each node forwards.
    pub forwards: &'a [bool],
    /// Whether each node is an endpoint.
    pub endpoint: &'a [bool],
}

impl NodeFacts<'_, '_> {
    /// Whether a node's one address is symbolic.
    #[must_use]
    pub fn is_symbolic(&self, node: u32) -> bool {
        is_symbolic(&self.document.nodes[node as usize], self.zones[node as usize], self.names)
    }

    /// The entries of A(n).
    #[must_use]
    pub fn entries(&self, node: u32) -> Vec<Entry> {
        entries(&self.document.nodes[node as usize], self.zones[node as usize], self.names)
    }
}

const fn family_index(family: Family) -> usize {
    match family {
        Family::V4 => 0,
        Family::V6 => 1,
    }
}

impl Ownership {
    /// Reads who declares what. O(n log n).
    #[must_use]
    pub fn new(facts: &NodeFacts<'_, '_>) -> Self {
        let mut prefixes: [Vec<(u128, u8, u8)>; 2] = Default::default();
        let mut holders: HashMap<Cidr, (u32, u32)> = HashMap::default();
        let (mut singles, mut singles_v6): (Vec<u32>, Vec<u128>) = Default::default();
        for (index, node) in (0_u32..).zip(&facts.document.nodes) {
            let at = index as usize;
            let mut note = |entry: Entry| {
                if entry.declared && entry.cidr.is_single() {
                    match u32::try_from(entry.cidr.network) {
                        Ok(address) if entry.cidr.family == Family::V4 => {
                            singles.push(address);
                            return;
                        }
                        _ => singles_v6.push(entry.cidr.network),
                    }
                }
                // A forwarder takes addresses from others only by the single addresses it declares.
                let counts = !facts.forwards[at] || (entry.declared && entry.cidr.is_single());
                if counts {
                    let Cidr { family, network, length } = entry.cidr;
                    prefixes[family_index(family)].push((network, length, length + 1));
                }
                if facts.endpoint[at] && !entry.cidr.is_single() {
                    holders.entry(entry.cidr).or_insert((0, index)).0 += 1;
                }
            };
            node.addresses.iter().for_each(|cidr| note(Entry { cidr, declared: true }));
            // Most nodes have addresses, or nothing that they could have instead.
            if node.addresses.is_empty() && !facts.is_symbolic(index) {
                facts.entries(index).into_iter().for_each(&mut note);
            }
        }
        let declared = singles.len() + singles_v6.len();
        singles.sort_unstable();
        singles.dedup();
        singles_v6.sort_unstable();
        singles_v6.dedup();
        let repeated = singles.len() + singles_v6.len() < declared;
        let [v4, v6] = prefixes;
        let longest = [LongestPrefixes::new(v4, Family::V4), LongestPrefixes::new(v6, Family::V6)];
        Self { longest, singles, singles_v6, repeated, holders }
    }

    /// Whether any single address is declared twice, by one node or by two.
    #[must_use]
    pub fn has_repeated(&self) -> bool {
        self.repeated
    }

    /// Whether any node declares this address as a single one.
    #[must_use]
    pub fn is_declared(&self, family: Family, address: u128) -> bool {
        match family {
            Family::V4 => u32::try_from(address).is_ok_and(|address| self.singles.binary_search(&address).is_ok()),
            Family::V6 => self.singles_v6.binary_search(&address).is_ok(),
        }
    }

    /// The parts of `range` that no prefix longer than `length` holds.
    fn at_most(&self, range: AddressRange, length: u8) -> Vec<AddressRange> {
        let kept = self.longest[family_index(range.family)].at_most(range, length);
        if range.family == Family::V6 || length >= 32 {
            return kept;
        }
        let mut out: Vec<AddressRange> = Vec::with_capacity(kept.len());
        for part in kept {
            let first = self.singles.partition_point(|&single| u128::from(single) < part.low);
            let mut low = part.low;
            for single in self.singles[first..].iter().map(|&single| u128::from(single)) {
                if single > part.high {
                    break;
                }
                if single > low {
                    out.push(AddressRange { low, high: single - 1, ..part });
                }
                low = single + 1;
            }
            if low <= part.high {
                out.push(AddressRange { low, ..part });
            }
        }
        out
    }

    /// The part of R(n) that comes from one entry of A(n): what no longer prefix of another node and, where the entry
    /// is not the node's own declaration or is a default route, no longer network of another zone holds.
    #[must_use]
    pub fn received(&self, entry: Entry, label: Option<u32>, names: &Names<'_>) -> Vec<AddressRange> {
        #[cfg(feature = "broken-engine")]
        if entry.cidr.length == 0 && crate::sabotage::has(crate::sabotage::Sabotage::ForgetsStrangers) {
            return Vec::new();
        }
        let kept = self.at_most(entry.cidr.range(), entry.cidr.length);
        if entry.declared && entry.cidr.length > 0 {
            return kept;
        }
        let foreign = (0_u32..).zip(&names.networks).filter(|&(zone, _)| Some(zone) != label);
        let taken: Vec<AddressRange> = foreign
            .flat_map(|(_, networks)| networks)
            .filter(|network| entry.cidr.holds(network) && network.length > entry.cidr.length)
            .map(Cidr::range)
            .collect();
        subtract(&kept, taken)
    }

    /// The addresses that n surely has, which a deny rule's `node:n` means.
    #[must_use]
    pub fn surely(&self, facts: &NodeFacts<'_, '_>, node: u32) -> Vec<AddressRange> {
        let at = node as usize;
        let declared: Vec<Cidr> = facts.document.nodes[at].addresses.iter().collect();
        let usable = |cidr: &&Cidr| !facts.forwards[at] || cidr.is_single();
        let received: Vec<AddressRange> = facts
            .entries(node)
            .into_iter()
            .flat_map(|entry| self.received(entry, facts.labels[at], facts.names))
            .collect();
        let mut out = Vec::new();
        for cidr in declared.iter().filter(usable) {
            let others =
                self.holders.get(cidr).is_some_and(|&(count, holder)| count > 1 || (count == 1 && holder != node));
            if others && !cidr.is_single() {
                continue;
            }
            // What a longer declaration of n itself holds is judged by that one.
            let longer = declared.iter().filter(usable).filter(|other| other.length > cidr.length && cidr.holds(other));
            let own = subtract(&[cidr.range()], longer.map(|other| other.range()).collect());
            out.extend(intersect(&own, &received));
        }
        out
    }
}

/// `ranges` without `holes`; ranges of one family.
fn subtract(ranges: &[AddressRange], mut holes: Vec<AddressRange>) -> Vec<AddressRange> {
    holes.sort_unstable_by_key(|hole| hole.low);
    let mut out = Vec::new();
    for range in ranges {
        let mut low = Some(range.low);
        for hole in holes.iter().filter(|hole| hole.family == range.family) {
            let Some(from) = low else { break };
            if hole.high < from || hole.low > range.high {
                continue;
            }
            if hole.low > from {
                out.push(AddressRange { low: from, high: hole.low - 1, ..*range });
            }
            low = hole.high.checked_add(1).filter(|&next| next <= range.high);
        }
        if let Some(low) = low {
            out.push(AddressRange { low, ..*range });
        }
    }
    out
}

/// What both lists hold.
fn intersect(left: &[AddressRange], right: &[AddressRange]) -> Vec<AddressRange> {
    let mut out = Vec::new();
    for a in left {
        for b in right.iter().filter(|b| b.family == a.family) {
            let (low, high) = (a.low.max(b.low), a.high.min(b.high));
            if low <= high {
                out.push(AddressRange { family: a.family, low, high });
            }
        }
    }
    out
}
