//! Whether a node may make of a packet what a trace says it did. Spec, section 4a.

use super::{Refusal, Replay, demand, refuse};
use crate::document::{Family, NatEntry, NatSide, NatTarget, Node, SelectorItem, Spanned, Text};
use crate::engine::trace::{Half, Hop, Packet, PacketAddress};

/// Whether a list of interfaces names one; what has none is not named.
fn names(list: Option<&Vec<Spanned<Text<'_>>>>, side: Option<&str>) -> bool {
    list.is_none_or(|list| side.is_some_and(|side| list.iter().any(|name| name.value == *side)))
}

/// The packet after a hop, given the one that came.
pub(super) fn translated(
    replay: &Replay<'_, '_>,
    node: &Node<'_>,
    hop: &Hop,
    before: &Packet,
) -> Result<Packet, Refusal> {
    let entries = node.details.as_ref().and_then(|details| details.nat.as_deref()).unwrap_or_default();
    let after = hop.translation.as_ref().map_or(*before, |translation| translation.packet);
    if hop.half == Half::Switch || entries.is_empty() {
        demand(hop.translation.is_none(), "a node translates without entries")?;
        return Ok(after);
    }
    let (destination, source) =
        hop.translation.as_ref().map_or((None, None), |translation| (translation.destination, translation.source));
    let (enters, leaves) = (hop.r#in.as_deref(), hop.out.as_deref());
    let numbered = || (0_u32..).zip(entries);
    // The destination first.
    let mut middle = *before;
    let fits = |entry: &NatEntry<'_>| match entry.side {
        NatSide::Source { .. } => false,
        NatSide::Destination { arrived, emitted, .. } => {
            (if enters.is_some() { arrived } else { emitted }) && names(entry.r#in.as_ref(), enters)
        }
    };
    let list: Vec<(u32, &NatEntry<'_>)> = numbered().filter(|(_, entry)| fits(entry)).collect();
    if let Some(entry) = decides(replay, &list, destination, before, before, before)? {
        demand(replay.becomes(entry, &entry.to, before, before.destination, after.destination), "no such destination")?;
        middle.destination = after.destination;
        if let NatSide::Destination { port: Some(port), .. } = entry.side {
            middle.destination_port = Some(port);
        }
    }
    // Then the source, where it leaves.
    let mut end = middle;
    let fits = |entry: &NatEntry<'_>| match entry.side {
        NatSide::Destination { .. } => false,
        NatSide::Source { .. } => {
            leaves.is_some() && names(entry.r#in.as_ref(), enters) && names(entry.out.as_ref(), leaves)
        }
    };
    let list: Vec<(u32, &NatEntry<'_>)> = numbered().filter(|(_, entry)| fits(entry)).collect();
    if let Some(entry) = decides(replay, &list, source, &middle, &middle, before)? {
        demand(replay.becomes(entry, &entry.from, &middle, before.source, after.source), "no such source")?;
        end.source = after.source;
        let stays = entry.one_to_one || entry.target == NatTarget::Keep;
        if !stays && end.source_port.is_some() {
            demand(after.source_port.is_some(), "a translated source has lost its port")?;
            end.source_port = after.source_port;
        }
    }
    demand(end == after, "a node changes what no entry translates")?;
    Ok(after)
}

/// The entry that a trace names, if it may be the one that decides; `family`: the packet as the step sees it, `seen` what
/// entries look at, `original` what those look at that see the destination before its translation.
fn decides<'e, 'd>(
    replay: &Replay<'_, '_>,
    list: &[(u32, &'e NatEntry<'d>)],
    named: Option<u32>,
    family: &Packet,
    seen: &Packet,
    original: &Packet,
) -> Result<Option<&'e NatEntry<'d>>, Refusal> {
    for &(number, entry) in list {
        let looks_at = match entry.side {
            NatSide::Source { sees_original_destination: true } => original,
            _ => seen,
        };
        let matches = |loosely: bool| replay.entry_matches(entry, looks_at, loosely);
        let takes = replay.has_family(&entry.target, family);
        if named == Some(number) {
            demand(takes && matches(true), "an entry does not match what it translates")?;
            return Ok(Some(entry));
        }
        demand(!takes || !matches(false), "an entry before surely translates")?;
    }
    match named {
        None => Ok(None),
        Some(_) => refuse("there is no such entry here"),
    }
}

/// The family of a packet; `None`: any, for both addresses are symbolic.
fn family_of(packet: &Packet) -> Option<Family> {
    [packet.source, packet.destination].into_iter().find_map(|address| match address {
        PacketAddress::Known(family, _) => Some(family),
        PacketAddress::Symbolic(_) => None,
    })
}

impl Replay<'_, '_> {
    /// Whether an entry matches a packet, loosely (as a permit rule would) or strictly (as a deny rule would).
    fn entry_matches(&self, entry: &NatEntry<'_>, packet: &Packet, loosely: bool) -> bool {
        let from_port = match (&entry.source_port, packet.source_port) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(ranges), Some(port)) => ranges.iter().any(|range| (range.value.0..=range.value.1).contains(&port)),
        };
        from_port
            && self.serves(&entry.service, (packet.protocol, packet.destination_port))
            && self.owners.rule_selects(&entry.from, packet.source, loosely)
            && self.owners.rule_selects(&entry.to, packet.destination, loosely)
    }

    /// The runs of addresses of a target, and its symbolic nodes.
    fn target(&self, items: &[Spanned<SelectorItem<'_>>]) -> (Vec<(Family, u128, u128)>, Vec<u32>) {
        let (mut runs, mut symbolic) = (Vec::new(), Vec::new());
        for item in items {
            match &item.value {
                SelectorItem::Addresses(range) => runs.push((range.family, range.low, range.high)),
                SelectorItem::Node(id) => {
                    let Some(node) = self.model.names.node(id) else { continue };
                    if self.owners.is_symbolic(node) {
                        symbolic.push(node);
                    }
                    runs.extend(self.owners.runs(node));
                }
                _ => {}
            }
        }
        (runs, symbolic)
    }

    /// Whether a target has an address of the family of a packet.
    fn has_family(&self, target: &NatTarget<'_>, packet: &Packet) -> bool {
        let NatTarget::Addresses(items) = target else { return true };
        let (runs, symbolic) = self.target(items);
        let family = family_of(packet);
        !symbolic.is_empty() || runs.iter().any(|run| family.is_none_or(|family| run.0 == family))
    }

    /// Whether an entry may make one address of another; `matched` is its `from` or `to`, whichever it replaces.
    fn becomes(
        &self,
        entry: &NatEntry<'_>,
        matched: &[Spanned<SelectorItem<'_>>],
        packet: &Packet,
        before: PacketAddress,
        after: PacketAddress,
    ) -> bool {
        let NatTarget::Addresses(items) = &entry.target else { return before == after };
        let (runs, symbolic) = self.target(items);
        let family = family_of(packet);
        let (mut runs, symbolic) =
            (runs.into_iter().filter(|run| family.is_none_or(|family| run.0 == family)).collect::<Vec<_>>(), symbolic);
        if let (true, PacketAddress::Known(_, value), [matched], [(family, low, _)]) =
            (entry.one_to_one, before, matched, &runs[..])
            && let SelectorItem::Addresses(from) = &matched.value
        {
            let Some(offset) = value.checked_sub(from.low) else { return false };
            runs = vec![(*family, low + offset, low + offset)];
        }
        match after {
            PacketAddress::Known(family, value) => {
                runs.iter().any(|&(own, low, high)| own == family && low <= value && value <= high)
            }
            PacketAddress::Symbolic(node) => {
                symbolic.contains(&node)
                    || self.model.bears(node)
                        && self.owners.is_symbolic(node)
                        && runs.iter().any(|&(family, low, high)| !self.owners.all_declared(family, low, high))
            }
        }
    }
}
