//! `ip nat`: between interfaces that are `inside` and those that are `outside`.
//!
//! Static entries come before dynamic ones. A static entry of the inside translates both ways: sources on their way out and
//! destinations on their way in.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::chain::{self, Chain, Step, Target};
use super::super::device::{Becomes, Device, Selector, Translation};
use super::super::ledger::{Fate, Ledger, any_of_any};
use super::super::names;
use super::super::region::{Region, Services, all_ports, all_ways};
use super::super::set::{AddressSet, Ranges, mask_length};
use super::super::text::Refusal;
use super::crypto::Tunnel;
use super::interfaces::Port;
use super::lists::Lists;
use super::tree::Block;
use super::zones::{Piece, list_as_chain, permitted};
use crate::document::Family;

struct Reader<'r, 'b, 'l> {
    blocks: &'r [Block<'b>],
    lists: &'r Lists,
    ports: &'r [&'r Port],
    inside: Vec<String>,
    outside: Vec<String>,
    pools: BTreeMap<String, AddressSet>,
    ledger: &'l mut Ledger,
}

/// One `ip nat` line's translations: what stands first, and what stands behind all static ones.
#[derive(Default)]
struct Found {
    fixed: Vec<Translation>,
    dynamic: Vec<Translation>,
}

/// What leads from and to a VRF beside its ports.
#[derive(Clone, Copy)]
pub struct Beside<'b> {
    /// Other VRFs that lead here, and the interface of the link.
    pub leaks: &'b [(Option<String>, String)],
    /// Tunnels that ports bear: they are on the side of the port.
    pub tunnels: &'b [Tunnel],
}

/// Reads the translations of a VRF.
///
/// # Errors
/// When lists become too large.
pub fn read(
    blocks: &[Block<'_>],
    lists: &Lists,
    vrf: Option<&str>,
    ports: &[&Port],
    beside: Beside<'_>,
    device: &mut Device,
    ledger: &mut Ledger,
) -> Result<(), Refusal> {
    let names = |inside: bool| -> Vec<String> {
        let side = ports.iter().filter(|port| if inside { port.nat_inside } else { port.nat_outside });
        side.map(|port| port.name.clone()).collect()
    };
    let with_tunnels = |mut ways: Vec<String>| {
        let borne =
            beside.tunnels.iter().filter(|tunnel| ways.contains(&tunnel.port)).map(|tunnel| tunnel.name.clone());
        let borne: Vec<String> = borne.collect();
        ways.extend(borne);
        ways
    };
    let (inside, outside) = (with_tunnels(names(true)), with_tunnels(names(false)));
    let mut reader = Reader { blocks, lists, ports, inside, outside, pools: BTreeMap::new(), ledger };
    reader.pools();
    let own = reader.inside.clone();
    let mut found = Found::default();
    for block in blocks.iter().filter(|block| block.starts(&["ip", "nat"])) {
        let words: Vec<&str> = block.words[2..].to_vec();
        let of = words.iter().position(|word| *word == "vrf").and_then(|at| words.get(at + 1)).copied();
        let leaked = beside.leaks.iter().find(|(other, _)| of.is_some() && other.as_deref() == of);
        match leaked {
            // of what comes from a VRF that leads in here
            Some((_, way)) => reader.inside = vec![way.clone()],
            None if of != vrf && of.is_some() => continue,
            None => reader.inside.clone_from(&own),
        }
        match words[..] {
            ["inside" | "outside", "source" | "destination", ..] => {
                if reader.inside.is_empty() || reader.outside.is_empty() {
                    // no packet goes from one side to the other here
                    if reader.ledger.fate(block.line) == Fate::NotUnderstood {
                        reader.ledger.without_meaning(block.line);
                    }
                    continue;
                }
                if reader.entry(&words, block.line, &mut found)?.is_some() {
                    reader.ledger.used(block.line);
                } else {
                    reader.lost(block.line, &mut found);
                }
            }
            ["source", ..] => reader.lost(block.line, &mut found),
            [
                "translation" | "log" | "service" | "create" | "settings" | "switchover" | "piggyback-support"
                | "portmap",
                ..,
            ] => {
                reader.ledger.without_meaning(block.line);
            }
            _ => {}
        }
    }
    // a balancer translates what it is asked for to servers that it chooses
    for block in blocks.iter().filter(|block| block.starts(&["ip", "slb", "vserver"])) {
        reader.lost(block.line, &mut found);
    }
    device.translations.extend(found.fixed);
    device.translations.extend(found.dynamic);
    Ok(())
}

impl Reader<'_, '_, '_> {
    /// A line that is not understood: it may translate either side of whatever passes to whatever.
    fn lost(&mut self, line: u32, found: &mut Found) {
        self.ledger.not_understood(line, any_of_any());
        let (id, all) = (format!("nat {line}"), AddressSet::family(Family::V4));
        found.dynamic.extend(Translation::lost(&id, all, None, "ip nat", &self.ledger.origin(line)));
    }

    fn pools(&mut self) {
        for block in self.blocks.iter().filter(|block| block.starts(&["ip", "nat", "pool"])) {
            let mut set = AddressSet::default();
            let mut add = |words: &[&str]| {
                let ends: Vec<IpAddr> = words.iter().filter_map(|word| word.parse().ok()).take(2).collect();
                if let [low, high] = ends[..] {
                    set = set.union(&AddressSet::range(low, high).unwrap_or_default());
                }
            };
            add(&block.words[3..]);
            for line in &block.below {
                add(&line.words);
                self.ledger.used(line.line);
            }
            self.pools.insert(block.word(3).to_owned(), set);
            self.ledger.used(block.line);
        }
    }

    /// A line; `None` where it is not understood.
    fn entry(&mut self, words: &[&str], line: u32, found: &mut Found) -> Result<Option<()>, Refusal> {
        match *words {
            ["inside", "source", "static", ref rest @ ..] => Ok(self.fixed(rest, true, line, found)),
            ["outside", "source", "static", ref rest @ ..] => Ok(self.fixed(rest, false, line, found)),
            ["inside", "source", kind @ ("list" | "route-map"), name, ref rest @ ..] => {
                self.dynamic(kind, name, rest, true, line, found)
            }
            ["outside", "source", kind @ ("list" | "route-map"), name, ref rest @ ..] => {
                self.dynamic(kind, name, rest, false, line, found)
            }
            ["inside", "destination", "list", name, "pool", pool, ..] => {
                let Some(set) = self.pools.get(pool).filter(|set| !set.is_empty()).cloned() else { return Ok(None) };
                for piece in self.matched("list", name, line)? {
                    let mut entry = self.piece(&piece, true, Becomes::Addresses(set.clone()), line);
                    entry.ways_in = Some(self.outside.clone().into());
                    entry.ways_out = None;
                    found.dynamic.push(entry);
                }
                Ok(Some(()))
            }
            _ => Ok(None),
        }
    }

    /// `static A B`, `static tcp A p B q`, `static network A B /n`, with `interface I` for B.
    fn fixed(&mut self, words: &[&str], inside: bool, line: u32, found: &mut Found) -> Option<()> {
        let id = format!("nat {line}");
        let origin = self.ledger.origin(line);
        let (near, far) = if inside { (&self.inside, &self.outside) } else { (&self.outside, &self.inside) };
        let (near, far) = (near.clone(), far.clone());
        let mut source = Translation::new(id.clone(), false, Becomes::Kept, origin.clone());
        let mut destination = Translation::new(id, true, Becomes::Kept, origin);
        source.ways_in = Some(near.into());
        source.ways_out = Some(far.clone().into());
        destination.ways_in = Some(far.into());
        match *words {
            ["network", local, global, length, ..] => {
                let length = match length.strip_prefix('/') {
                    Some(length) => length.parse().ok()?,
                    None => mask_length(length.parse().ok()?)?,
                };
                let local = AddressSet::network(local.parse().ok()?, length)?;
                let global = AddressSet::network(global.parse().ok()?, length)?;
                both(&mut source, &mut destination, &local, &global);
                (source.one_to_one, destination.one_to_one) = (true, true);
            }
            [protocol @ ("tcp" | "udp"), local, port, ref rest @ ..] => {
                let number = names::protocol(protocol)?;
                let (global, rest) = self.global(rest)?;
                let outer = rest.first().and_then(|word| names::port(word, number))?;
                let inner = names::port(port, number)?;
                let protocols = Ranges::one(number.into(), number.into());
                let one = |port: u16| Ranges::one(port.into(), port.into());
                source.services = Services::ports(&protocols, one(inner), all_ports());
                destination.services = Services::ports(&protocols, all_ports(), one(outer));
                destination.port = (inner != outer).then_some(inner);
                self.sides(&mut source, &mut destination, local, &global)?;
            }
            [protocol @ ("esp" | "gre"), local, ref rest @ ..] => {
                let (global, _) = self.global(rest)?;
                let services = Services::protocol(names::protocol(protocol)?);
                (source.services, destination.services) = (services.clone(), services);
                self.sides(&mut source, &mut destination, local, &global)?;
            }
            [local, ref rest @ ..] => {
                let (global, _) = self.global(rest)?;
                self.sides(&mut source, &mut destination, local, &global)?;
            }
            [] => return None,
        }
        if let Some(at) = words.iter().position(|word| *word == "route-map") {
            let condition = format!("route-map {}", words.get(at + 1).copied().unwrap_or(""));
            source.condition = Some(condition.clone().into());
            destination.condition = Some(condition.into());
        }
        found.fixed.push(source);
        found.fixed.push(destination);
        Some(())
    }

    /// An address, or that of an interface; `None` inside where the configuration does not tell it.
    fn global<'w>(&self, words: &'w [&'w str]) -> Option<(Option<IpAddr>, &'w [&'w str])> {
        match *words {
            ["interface", name, ref rest @ ..] => Some((self.address_of(name), rest)),
            [address, ref rest @ ..] => Some((Some(address.parse().ok()?), rest)),
            [] => None,
        }
    }

    fn address_of(&self, name: &str) -> Option<IpAddr> {
        let port = self.ports.iter().find(|port| port.name == name)?;
        port.addresses.iter().map(|net| net.address).find(IpAddr::is_ipv4)
    }

    fn sides(
        &self,
        source: &mut Translation,
        destination: &mut Translation,
        local: &str,
        global: &Option<IpAddr>,
    ) -> Option<()> {
        let local = AddressSet::single(local.parse().ok()?);
        match global {
            Some(global) => both(source, destination, &local, &AddressSet::single(*global)),
            None => {
                // an address that the configuration does not tell: it may be any
                source.from = Selector::of(local.clone());
                source.becomes = Becomes::Own;
                destination.becomes = Becomes::Addresses(local);
                destination.condition = Some("address of the interface".into());
            }
        }
        Some(())
    }

    fn dynamic(
        &mut self,
        kind: &str,
        name: &str,
        words: &[&str],
        inside: bool,
        line: u32,
        found: &mut Found,
    ) -> Result<Option<()>, Refusal> {
        let becomes = match *words {
            ["pool", pool, ..] => match self.pools.get(pool).filter(|set| !set.is_empty()) {
                Some(set) => Becomes::Addresses(set.clone()),
                None => return Ok(None),
            },
            ["interface", ref rest @ ..] => {
                let apart = rest.len() > 1 && rest[1].starts_with(|c: char| c.is_ascii_digit());
                let name = if apart { rest[..2].concat() } else { rest.first().copied().unwrap_or("").to_owned() };
                self.address_of(&name).map_or(Becomes::Own, |address| Becomes::Addresses(AddressSet::single(address)))
            }
            // EOS: `overload` alone is the interface's own address
            ["overload", ..] => Becomes::Own,
            _ => return Ok(None),
        };
        // of `outside source` the replies' way back is the translation of a destination, which only a session opens
        for piece in self.matched(kind, name, line)? {
            let mut entry = self.piece(&piece, false, becomes.clone(), line);
            let (near, far) = if inside { (&self.inside, &self.outside) } else { (&self.outside, &self.inside) };
            entry.ways_in = Some(near.clone().into());
            let leaves = |way: &String| {
                let at = self.ports.iter().position(|port| port.name == *way);
                at.is_none_or(|at| piece.region.ways_out.contains(at as u128 + 1))
            };
            entry.ways_out = Some(far.iter().filter(|way| leaves(way)).cloned().collect());
            found.dynamic.push(entry);
        }
        Ok(Some(()))
    }

    fn piece(&self, piece: &Piece, destination: bool, becomes: Becomes, line: u32) -> Translation {
        let mut entry =
            Translation::new(format!("nat {line} {}", piece.id), destination, becomes, self.ledger.origin(line));
        entry.from = Selector::of(piece.region.from.clone());
        let any = piece.region.to == AddressSet::family(Family::V4);
        entry.to = if any { Selector::any() } else { Selector::of(piece.region.to.clone()) };
        entry.services = piece.region.services.clone();
        entry.condition = (!piece.conditions.is_empty()).then(|| piece.conditions.join("; ")).map(Into::into);
        entry
    }

    /// What a list or route map matches.
    fn matched(&mut self, kind: &str, name: &str, line: u32) -> Result<Vec<Piece>, Refusal> {
        let all = AddressSet::family(Family::V4);
        let all = Region { from: all.clone(), to: all, ..Region::all() };
        let mut chain = Chain::default();
        let whole = |ways_out: Ranges, target: Target, condition: Option<String>, ledger: &Ledger| Step {
            regions: vec![Region { ways_out, ..all.clone() }],
            condition: condition.map(Into::into),
            target,
            id: name.to_owned().into(),
            origin: ledger.origin(line),
        };
        if kind == "list" {
            match self.lists.get(Family::V4, name) {
                Some(list) => chain = list_as_chain(list, &Target::Permit, &Target::Return),
                None => {
                    let condition = Some(format!("list {name}"));
                    chain.steps.push(whole(all_ways(), Target::Permit, condition, self.ledger));
                }
            }
        } else {
            let maps = self.blocks.iter().filter(|block| block.starts(&["route-map"]) && block.word(1) == name);
            let mut any = false;
            for map in maps {
                any = true;
                self.ledger.used(map.line);
                let target = if map.word(2) == "deny" { Target::Return } else { Target::Permit };
                let (mut ways, mut named, mut conditions) = (all_ways(), Vec::new(), Vec::new());
                for below in &map.below {
                    match below.words[..] {
                        ["match", "ip", "address", ref names @ ..] => named.extend(names.iter().copied()),
                        ["match", "interface", ref names @ ..] => {
                            let at = |name: &&str| self.ports.iter().position(|port| port.name == **name);
                            let numbers =
                                names.iter().filter_map(at).map(|at| (at as u128 + 1, at as u128 + 1)).collect();
                            ways = Ranges::of(numbers);
                        }
                        ["match", ..] => conditions.push(below.words.join(" ")),
                        _ => {}
                    }
                    self.ledger.used(below.line);
                }
                let condition = (!conditions.is_empty()).then(|| conditions.join("; "));
                if named.is_empty() {
                    chain.steps.push(whole(ways, target, condition, self.ledger));
                    continue;
                }
                for list in named {
                    let Some(list) = self.lists.get(Family::V4, list) else {
                        let step = whole(ways.clone(), target.clone(), Some(format!("list {list}")), self.ledger);
                        chain.steps.push(step);
                        continue;
                    };
                    for piece in permitted(list, self.ledger)? {
                        let conditions =
                            piece.conditions.into_iter().chain(condition.clone().map(Into::into)).collect::<Vec<_>>();
                        chain.steps.push(Step {
                            regions: vec![Region { ways_out: ways.clone(), ..piece.region }],
                            condition: (!conditions.is_empty()).then(|| conditions.join("; ")).map(Into::into),
                            target: target.clone(),
                            id: piece.id,
                            origin: piece.origin,
                        });
                    }
                }
            }
            if !any {
                chain.steps.push(whole(all_ways(), Target::Permit, Some(format!("route-map {name}")), self.ledger));
            }
        }
        let mut out = Vec::new();
        chain::flatten(&mut &[chain][..], 0, &all, &mut |line| out.push(line.into()))
            .map_err(|tangle| super::super::tangled(self.ledger.file(), &tangle))?;
        Ok(out)
    }
}

/// Both ways of a static entry.
fn both(source: &mut Translation, destination: &mut Translation, local: &AddressSet, global: &AddressSet) {
    source.from = Selector::of(local.clone());
    source.becomes = Becomes::Addresses(global.clone());
    destination.to = Selector::of(global.clone());
    destination.becomes = Becomes::Addresses(local.clone());
}
