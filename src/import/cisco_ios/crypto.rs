//! Crypto maps: what a list matches leaves by a tunnel to a peer instead of by the interface itself, and what comes from
//! there has to match it with both sides exchanged (Cisco, *Configuring Security for VPNs with IPsec*). The interface's own
//! lists see the encrypted packet; its zone and its side of the translation are those of what is in it.

use super::super::device::{Device, Filter, Interface, Rule};
use super::super::ledger::Ledger;
use super::super::region::Region;
use super::super::text::Refusal;
use super::interfaces::Port;
use super::lists::Lists;
use super::tree::Block;
use super::zones::permitted;
use crate::document::Family;
use crate::language::Phrase;

/// A way through a crypto map.
pub struct Tunnel {
    /// The name of the interface that stands for it.
    pub name: String,
    /// The interface that bears the map.
    pub port: String,
    /// The list that says what goes through; `None`: anything.
    list: Option<String>,
    line: u32,
}

/// The tunnels of some interfaces.
pub fn tunnels(blocks: &[Block<'_>], ports: &[&Port], ledger: &mut Ledger) -> Vec<Tunnel> {
    let mut out: Vec<Tunnel> = Vec::new();
    for port in ports {
        let Some((map, bound)) = &port.crypto_map else { continue };
        let of_map = |block: &&Block<'_>| block.starts(&["crypto", "map"]) && block.word(2) == map;
        let mut found = false;
        for block in blocks.iter().filter(of_map) {
            if block.word(3).parse::<u32>().is_err() {
                continue; // what the map as a whole is told
            }
            found = true;
            ledger.used(block.line);
            let (mut peers, mut list) = (Vec::new(), None);
            for line in &block.below {
                match line.words[..] {
                    ["set", "peer", peer, ..] => {
                        peers.push(peer.to_owned());
                        ledger.used(line.line);
                    }
                    ["match", "address", name, ..] => {
                        list = Some(name.to_owned());
                        ledger.used(line.line);
                    }
                    _ => ledger.without_meaning(line.line),
                }
            }
            if peers.is_empty() {
                peers.push(format!("{map} {}", block.word(3))); // whoever calls
            }
            for peer in peers {
                let name = format!("ipsec {peer}");
                if !out.iter().any(|known| known.name == name) {
                    out.push(Tunnel { name, port: port.name.clone(), list: list.clone(), line: block.line });
                } else if let Some(known) = out.iter_mut().find(|known| known.name == name) {
                    known.list = None; // two entries to one peer: anything may go
                }
            }
        }
        if !found {
            ledger.not_understood(
                *bound,
                Phrase::new(
                    format!("the crypto map {map} is not defined; a tunnel to anybody is taken to be there"),
                    format!("暗号マップ {map} が定義されていない。任意の相手へのトンネルがあるものとみなす"),
                ),
            );
            out.push(Tunnel { name: format!("ipsec {map}"), port: port.name.clone(), list: None, line: *bound });
        }
    }
    out
}

/// Adds them to a device: interfaces, and filters of what goes through.
///
/// # Errors
/// When a list becomes too large.
pub fn add(tunnels: &[Tunnel], lists: &Lists, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
    for Tunnel { name, list, line, .. } in tunnels {
        let origin = ledger.origin(*line);
        let mut way = Interface::new(name.clone(), origin.clone());
        way.tunnel = Some(format!("tunnel {}", name.trim_start_matches("ipsec ")));
        device.interfaces.push(way);
        (device.routes, device.tabled) = (None, false);
        let Some(list) = list.as_deref().and_then(|list| lists.get(Family::V4, list)) else { continue };
        let pieces = permitted(list, ledger)?;
        for inward in [false, true] {
            let mut filter =
                Filter::new(format!("{name} {}", if inward { "in" } else { "out" }), false, origin.clone());
            filter.default_id = "not for this tunnel".into();
            for piece in &pieces {
                let region = if inward { mirrored(&piece.region) } else { piece.region.clone() };
                let mut rule = Rule::of(piece.id.clone(), true, &region, piece.origin.clone());
                rule.condition = (!piece.conditions.is_empty()).then(|| piece.conditions.join("; ").into());
                filter.rules.push(rule.into());
            }
            filter.at_side(vec![name.clone()], inward, true);
            device.filters.push(filter);
        }
    }
    Ok(())
}

/// What goes the other way.
fn mirrored(region: &Region) -> Region {
    let mut out = region.clone();
    std::mem::swap(&mut out.from, &mut out.to);
    std::mem::swap(&mut out.services.source, &mut out.services.destination);
    out
}
