//! The table `nat`: entries in the order in which its chains come to them.

use std::net::{IpAddr, Ipv6Addr};

use super::super::chain::Target;
use super::super::device::{Becomes, Device, Translation};
use super::super::linux::{self, Makes};
use super::super::region::Region;
use super::super::set::AddressSet;
use super::super::text::Refusal;
use super::Reader;
use super::matches::Place;
use super::tree::Table;
use crate::document::Family;
use crate::language::Phrase;

impl Reader<'_, '_> {
    pub(super) fn translations(&mut self, device: &mut Device) -> Result<(), Refusal> {
        let tables = self.tables;
        for table in tables.iter().filter(|table| table.name == "nat") {
            for (chain, destination, emitted) in
                [("PREROUTING", true, false), ("OUTPUT", true, true), ("POSTROUTING", false, false)]
            {
                if let Some(at) = table.chain(chain) {
                    let entries = self.entries(table, at, chain, destination, emitted)?;
                    // nothing but entries that leave things as they are: nothing is translated
                    if entries.iter().any(|entry| entry.becomes != Becomes::Kept) {
                        device.translations.extend(entries);
                    }
                }
            }
            for rule in table.chain("INPUT").map_or(&[][..], |at| &table.chains[at].rules) {
                self.ledger.not_understood(
                    rule.line,
                    Phrase::new(
                        "a source translated on its way in to the machine itself; it was left out",
                        "機器自身宛ての通信の送信元変換。取り込まない",
                    ),
                );
            }
        }
        Ok(())
    }

    fn entries(
        &mut self,
        table: &Table<'_>,
        at: usize,
        name: &str,
        destination: bool,
        emitted: bool,
    ) -> Result<Vec<Translation>, Refusal> {
        let place = Place { ways: self.ways, family: table.family, tracked: self.tracked, local: None };
        let mut makes: Vec<Makes> = Vec::new();
        let family = table.family;
        let (ways_in, ways_out) = linux::ways_of_chain(name);
        let all = AddressSet::family(family);
        let start = Region { from: all.clone(), to: all, ways_in, ways_out, ..Region::all() };
        let mut flat = Vec::new();
        let other = &mut |target: &str, options: &[String]| {
            makes.push(made(target, options, family)?);
            Some(Target::Other(makes.len() - 1))
        };
        self.flat(table, at, &place, &start, other, &mut |line| flat.push(line))?;
        Ok(linux::entries(&flat, &makes, self.ways, family, destination, emitted, self.ledger))
    }
}

/// What a target with options makes; `None` for targets that are not known.
fn made(target: &str, options: &[String], family: Family) -> Option<Makes> {
    let value =
        |names: &[&str]| options.windows(2).find(|pair| names.contains(&pair[0].as_str())).map(|pair| pair[1].as_str());
    match target {
        "DNAT" | "SNAT" => {
            let value = value(&["--to-destination", "--to-source"])?;
            let (address, ports) = address_and_ports(value)?;
            Some(Makes { becomes: Becomes::Addresses(range(address, family)?), ports, one_to_one: false })
        }
        "REDIRECT" => {
            let ports = match value(&["--to-ports", "--to-port"]) {
                Some(ports) => Some(port_range(ports)?),
                None => None,
            };
            Some(Makes { becomes: Becomes::Own, ports, one_to_one: false })
        }
        "MASQUERADE" => Some(Makes { becomes: Becomes::Own, ports: None, one_to_one: false }),
        "NETMAP" => {
            let value = value(&["--to"])?;
            let (address, length) =
                value.split_once('/').unwrap_or((value, if family == Family::V4 { "32" } else { "128" }));
            let set = AddressSet::network(address.parse().ok()?, length.parse().ok()?)?;
            Some(Makes { becomes: Becomes::Addresses(set), ports: None, one_to_one: true })
        }
        _ => None,
    }
}

/// `10.0.0.1:80`, `10.0.0.1-10.0.0.9:80-90`, `[2001:db8::1]:80`, `2001:db8::1`, `:80`.
fn address_and_ports(value: &str) -> Option<(&str, Option<(u16, u16)>)> {
    if let Some(rest) = value.strip_prefix('[') {
        let (address, behind) = rest.split_once(']')?;
        let ports = match behind.strip_prefix(':') {
            Some(ports) => Some(port_range(ports)?),
            None => None,
        };
        return Some((address, ports));
    }
    if value.parse::<Ipv6Addr>().is_ok()
        || value.split_once('-').is_some_and(|(low, _)| low.parse::<Ipv6Addr>().is_ok())
    {
        return Some((value, None));
    }
    match value.split_once(':') {
        Some((address, ports)) => Some((address, Some(port_range(ports)?))),
        None => Some((value, None)),
    }
}

fn port_range(ports: &str) -> Option<(u16, u16)> {
    let ports = ports.split('/').next()?;
    let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then_some((low, high))
}

fn range(words: &str, family: Family) -> Option<AddressSet> {
    let (low, high) = words.split_once('-').unwrap_or((words, words));
    let (low, high): (IpAddr, IpAddr) = (low.parse().ok()?, high.parse().ok()?);
    Some(AddressSet::range(low, high)?.intersect(&AddressSet::family(family)))
}
