//! Labels, endpoints and who has which address: spec sections 1 (endpoint), 2 and 3 (A(n), R(n), what n surely has).

use super::block::{Block, Point};
use super::document::{Document, Node};

/// An address of a packet header: a known one, or the symbolic ⟨n⟩ of node n.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    Known(Point),
    Symbolic(usize),
}

/// An entry of A(n).
#[derive(Clone, Copy)]
pub struct Entry {
    pub block: Block,
    /// Whether n itself declares it; otherwise it comes from its zone or from being `external`.
    pub declared: bool,
}

pub struct Places<'d> {
    pub document: &'d Document,
    pub labels: Vec<Option<String>>,
    /// A(n); empty means the symbolic address ⟨n⟩ alone.
    pub entries: Vec<Vec<Entry>>,
}

pub fn has_sanitising_relay(node: &Node) -> bool {
    node.relays.iter().flatten().any(|relay| relay.sanitise.is_some())
}

pub fn has_relay_entry(node: &Node) -> bool {
    node.relays.iter().flatten().next().is_some()
}

/// Section 1: "a node that does not forward, or one that forwards and has an explicit `zone` or at least one relay
/// entry".
pub fn is_endpoint(node: &Node) -> bool {
    !node.forwards || node.zone.is_some() || has_relay_entry(node)
}

/// "the zone whose `networks` holds all of it in the longest prefix"
pub fn zone_of_block(document: &Document, block: Block) -> Option<&str> {
    let mut best: Option<(&str, Block)> = None;
    for (zone, networks) in &document.zones {
        for &network in networks {
            if network.holds_all_of(block) && best.is_none_or(|(_, found)| network.is_longer_prefix_than(found)) {
                best = Some((zone, network));
            }
        }
    }
    best.map(|(zone, _)| zone)
}

/// Section 2.
fn label(document: &Document, node: &Node) -> Option<String> {
    if node.zone.is_some() {
        return node.zone.clone();
    }
    if node.forwards || node.kind == "gateway" || has_sanitising_relay(node) || node.addresses.is_empty() {
        return None;
    }
    let first = zone_of_block(document, node.addresses[0])?;
    let all_in_one = node.addresses.iter().all(|&block| zone_of_block(document, block) == Some(first));
    all_in_one.then(|| first.to_string())
}

/// Section 3: A(n).
fn entries(document: &Document, node: &Node, label: Option<&String>) -> Vec<Entry> {
    if !node.addresses.is_empty() {
        return node.addresses.iter().map(|&block| Entry { block, declared: true }).collect();
    }
    let networks = label.and_then(|zone| document.zones.get(zone)).cloned().unwrap_or_default();
    let mut entries: Vec<Entry> = networks.into_iter().map(|block| Entry { block, declared: false }).collect();
    if node.kind == "external" {
        entries.push(Entry { block: Block::everything(false), declared: false });
        entries.push(Entry { block: Block::everything(true), declared: false });
    }
    entries
}

impl<'d> Places<'d> {
    pub fn of(document: &'d Document) -> Places<'d> {
        let labels: Vec<_> = document.nodes.iter().map(|node| label(document, node)).collect();
        let entries =
            document.nodes.iter().zip(&labels).map(|(node, label)| entries(document, node, label.as_ref())).collect();
        Places { document, labels, entries }
    }

    /// The tier that a node's zone belongs to.
    pub fn tier(&self, n: usize) -> Option<&str> {
        self.document.bases.get(self.labels[n].as_ref()?).map(String::as_str)
    }

    pub fn is_symbolic(&self, n: usize) -> bool {
        self.entries[n].is_empty()
    }

    /// Whether `address` is in A(n).
    pub fn may_send_from(&self, n: usize, address: Address) -> bool {
        match address {
            Address::Symbolic(m) => m == n && self.is_symbolic(n),
            Address::Known(point) => self.entries[n].iter().any(|entry| entry.block.holds(point)),
        }
    }

    /// Whether `address` is in R(n).
    pub fn receives(&self, n: usize, address: Address) -> bool {
        let Address::Known(point) = address else { return self.may_send_from(n, address) };
        self.entries[n].iter().any(|entry| entry.block.holds(point) && !self.is_taken(n, *entry, point))
    }

    /// Whether somebody else has a more specific claim to `point` than n by its entry.
    fn is_taken(&self, n: usize, entry: Entry, point: Point) -> bool {
        let claims = |block: Block| block.holds(point) && block.is_longer_prefix_than(entry.block);
        let by_a_node = self.document.nodes.iter().enumerate().any(|(m, node)| {
            // "For this, a forwarder other than n has only the single addresses it declares."
            let counts = |other: &&Entry| !node.forwards || (other.declared && other.block.is_single());
            m != n && self.entries[m].iter().filter(counts).any(|other| claims(other.block))
        });
        // "nor, where n does not itself declare the entry or it is 0.0.0.0/0 or ::/0, the networks of a zone other
        // than n's label"
        let by_a_zone = (!entry.declared || entry.block.is_everything())
            && self.document.zones.iter().any(|(zone, networks)| {
                self.labels[n].as_ref() != Some(zone) && networks.iter().any(|&network| claims(network))
            });
        by_a_node || by_a_zone
    }

    /// What `node:n` means in a deny rule: "only what n surely has".
    pub fn surely_has(&self, n: usize, address: Address) -> bool {
        let Address::Known(point) = address else { return self.may_send_from(n, address) };
        if !self.receives(n, address) {
            return false;
        }
        let forwards = self.document.nodes[n].forwards;
        // "the longest such": the smallest block that n itself declares and that holds the address
        let declared = self.entries[n]
            .iter()
            .filter(|entry| entry.declared && entry.block.holds(point) && (!forwards || entry.block.is_single()));
        let Some(longest) = declared.map(|entry| entry.block).min_by_key(|block| block.last - block.first) else {
            return false;
        };
        // "and in no CIDR of the same length as the longest such, of more than one address, in another endpoint's A"
        let shared = (0..self.entries.len()).any(|m| {
            m != n
                && is_endpoint(&self.document.nodes[m])
                && self.entries[m].iter().any(|entry| {
                    !entry.block.is_single() && entry.block.has_prefix_length_of(longest) && entry.block.holds(point)
                })
        });
        !shared
    }

    /// Whether any node declares `point` as a single address.
    pub fn is_declared_single(&self, point: Point) -> bool {
        (0..self.entries.len()).any(|n| self.declares_single(n, point))
    }

    pub fn declares_single(&self, n: usize, point: Point) -> bool {
        self.document.nodes[n].addresses.iter().any(|block| block.is_single() && block.holds(point))
    }
}
