//! NAT descriptors: masquerading, static mappings of addresses and ports, address pools. What comes in is translated before
//! the filters of the interface, what goes out behind them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::device::{Becomes, Interface, Names, Selector, Translation};
use super::super::ledger::{Ledger, any_of_any};
use super::super::names;
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges};
use super::filters;
use super::tree::Line;
use crate::language::Phrase;

/// The most ports that a range with other numbers becomes entries of.
const MOST: u32 = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Masquerade,
    Nat,
}

/// A port or address that is mapped for good.
struct Fixed {
    outer: Option<AddressSet>,
    inner: AddressSet,
    services: Services,
    port: Option<u16>,
    line: u32,
}

#[derive(Default)]
struct Descriptor {
    kind: Option<Kind>,
    /// The outer addresses; `None`: that of the interface.
    outer: Option<AddressSet>,
    inner: Option<AddressSet>,
    fixed: Vec<Fixed>,
    /// Where everything goes that nobody asked for.
    rest: Option<(AddressSet, u32)>,
    /// A line that is not understood.
    lost: Option<u32>,
    line: u32,
}

/// The translations of all interfaces.
pub fn read(lines: &[Line<'_>], interfaces: &[Interface], ledger: &mut Ledger) -> Vec<Translation> {
    let mut all: BTreeMap<u32, Descriptor> = BTreeMap::new();
    for line in lines {
        let ["nat", "descriptor", ref words @ ..] = line.words[..] else { continue };
        let numbered = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
        let known = match *words {
            ["type", _, kind, ..] => numbered(1).map(|number| {
                let descriptor = all.entry(number).or_default();
                descriptor.line = line.line;
                descriptor.kind = match kind {
                    "masquerade" | "nat-masquerade" => Some(Kind::Masquerade),
                    "nat" => Some(Kind::Nat),
                    _ => None,
                };
                kind == "none" || descriptor.kind.is_some()
            }),
            ["address", "outer", _, ref rest @ ..] => numbered(2).map(|number| {
                let descriptor = all.entry(number).or_default();
                let own = matches!(rest.first(), Some(&("ipcp" | "primary" | "secondary" | "map-e")));
                descriptor.outer = if own { None } else { addresses(rest) };
                own || descriptor.outer.is_some()
            }),
            ["address", "inner", _, ref rest @ ..] => numbered(2).map(|number| {
                let auto = rest.first() == Some(&"auto");
                let descriptor = all.entry(number).or_default();
                descriptor.inner = if auto { None } else { addresses(rest) };
                auto || descriptor.inner.is_some()
            }),
            ["static", _, _, ref rest @ ..] => numbered(1).map(|number| {
                let descriptor = all.entry(number).or_default();
                let found = fixed(rest, line.line);
                let known = found.is_some();
                descriptor.fixed.extend(found);
                descriptor.lost = descriptor.lost.or((!known).then_some(line.line));
                known
            }),
            ["masquerade", "static", _, _, ref rest @ ..] => numbered(2).map(|number| {
                let descriptor = all.entry(number).or_default();
                let found = ported(rest, line.line);
                let known = found.is_some();
                descriptor.fixed.extend(found.unwrap_or_default());
                descriptor.lost = descriptor.lost.or((!known).then_some(line.line));
                known
            }),
            ["masquerade", "incoming", _, "forward", address, ..] => numbered(2).map(|number| {
                let found = address.parse().ok().map(AddressSet::single);
                let known = found.is_some();
                all.entry(number).or_default().rest = found.map(|set| (set, line.line));
                known
            }),
            // what else comes in is rejected, discarded, or goes through as it is
            ["masquerade", "incoming", ..] => Some(true),
            ["timer" | "log" | "ftp" | "sip" | "backward-compatibility", ..]
            | ["masquerade", "ttl" | "port" | "session" | "unconvertible" | "rlogin" | "remove", ..] => {
                ledger.without_meaning(line.line);
                continue;
            }
            _ => None,
        };
        if known == Some(true) {
            ledger.used(line.line);
        } else {
            ledger.not_understood(line.line, any_of_any());
            if let Some(number) = words.iter().find_map(|word| word.parse::<u32>().ok()) {
                all.entry(number).or_default().lost = Some(line.line);
            }
        }
    }
    // whoever is within may ask for a port outside
    if let Some(line) = lines.iter().find(|line| line.words[..] == ["upnp", "use", "on"]) {
        let asked = all.values_mut().filter(|descriptor| descriptor.kind == Some(Kind::Masquerade));
        asked.for_each(|descriptor| descriptor.lost = descriptor.lost.or(Some(line.line)));
        ledger.not_understood(
            line.line,
            Phrase::new(
                "whoever is within may have any port translated to itself (UPnP): masquerading may make any address of any",
                "内側の機器が任意のポートの変換を要求できる（UPnP）。マスカレードはどのアドレスをどのアドレスにも変えうるものとみなす",
            ),
        );
    }
    let mut out = Vec::new();
    for line in lines {
        let ["ip", name, "nat", "descriptor", ref rest @ ..] = line.words[..] else { continue };
        let Some(interface) = line.interface(name) else { continue };
        ledger.used(line.line);
        let Some(way) = interfaces.iter().find(|way| way.name == interface) else { continue };
        let mut reversed = false;
        for word in rest {
            if *word == "reverse" {
                reversed = true;
                continue;
            }
            let found = word.parse::<u32>().ok().and_then(|number| Some((number, all.get(&number)?)));
            match found {
                Some((number, descriptor)) if !reversed => descriptor.entries(number, way, &mut out, ledger),
                _ => {
                    ledger.not_understood(
                        line.line,
                        Phrase::new(
                            format!("the descriptor {word} is not defined, or is applied in reverse: it may make any address of any"),
                            format!("NAT ディスクリプター {word} は未定義か逆向きの適用である。どのアドレスをどのアドレスにも変えうるものとみなす"),
                        ),
                    );
                    lost(way, line.line, &mut out, ledger);
                }
            }
        }
    }
    out
}

/// What is not understood may make any address of any.
fn lost(way: &Interface, line: u32, out: &mut Vec<Translation>, ledger: &Ledger) {
    let (id, origin) = (format!("nat descriptor {line}"), ledger.origin(line));
    out.extend(Translation::lost(&id, AddressSet::all(), Some(&way.name), "nat descriptor", &origin));
}

/// `203.0.113.1`, `203.0.113.1-203.0.113.9`, several.
fn addresses(words: &[&str]) -> Option<AddressSet> {
    let mut out = AddressSet::default();
    for item in words.iter().flat_map(|word| word.split(',')).filter(|item| !item.is_empty()) {
        let (low, high) = item.split_once('-').unwrap_or((item, item));
        out = out.union(&AddressSet::range(low.parse().ok()?, high.parse().ok()?)?);
    }
    (!out.is_empty()).then_some(out)
}

/// `OUTER=INNER [COUNT]`, `OUTER=INNER/LENGTH`.
fn fixed(words: &[&str], line: u32) -> Option<Fixed> {
    let (outer, inner) = words.first()?.split_once('=')?;
    let (inner, length) = inner.split_once('/').unwrap_or((inner, ""));
    let (outer, inner): (IpAddr, IpAddr) = (outer.split('/').next()?.parse().ok()?, inner.parse().ok()?);
    let set = |address: IpAddr| -> Option<AddressSet> {
        if !length.is_empty() {
            return AddressSet::network(address, length.parse().ok()?);
        }
        let count: u128 = words.get(1).map_or(Some(1), |word| word.parse().ok()).filter(|count| *count > 0)?;
        let (family, low) = super::super::set::number(address);
        AddressSet::range(address, super::super::set::address_at(family, low.checked_add(count - 1)?)?)
    };
    Some(Fixed { outer: Some(set(outer)?), inner: set(inner)?, services: Services::all(), port: None, line })
}

/// `INNER PROTOCOL [PORT|OUTER=INNER]`.
fn ported(words: &[&str], line: u32) -> Option<Vec<Fixed>> {
    let [inner, protocol, ref rest @ ..] = *words else { return None };
    let inner = addresses(&[inner])?;
    let mut out = Vec::new();
    for protocol in protocol.split(',') {
        let number = names::protocol(protocol)?;
        let protocols = Ranges::one(number.into(), number.into());
        let Some(items) = rest.first().filter(|word| **word != "*") else {
            out.push(Fixed {
                outer: None,
                inner: inner.clone(),
                services: Services::protocols(protocols),
                port: None,
                line,
            });
            continue;
        };
        let range = |text: &str| -> Option<(u16, u16)> {
            if let Some(port) = filters::port(text, number) {
                return Some((port, port));
            }
            let (low, high) = text.split_once('-')?;
            Some((filters::port(low, number)?, filters::port(high, number)?)).filter(|(low, high)| low <= high)
        };
        for item in items.split(',') {
            let (outer, new) = item.split_once('=').unwrap_or((item, item));
            let ((low, high), (first, _)) = (range(outer)?, range(new)?);
            let mut push = |low: u16, high: u16, port: Option<u16>| {
                let services = Services::ports(&protocols, all_ports(), Ranges::one(low.into(), high.into()));
                out.push(Fixed { outer: None, inner: inner.clone(), services, port, line });
            };
            if low == first {
                push(low, high, None);
            } else if u32::from(high - low) < MOST {
                for port in low..=high {
                    push(port, port, Some(first.checked_add(port - low)?));
                }
            } else {
                return None;
            }
        }
    }
    Some(out)
}

impl Descriptor {
    fn entries(&self, number: u32, way: &Interface, out: &mut Vec<Translation>, ledger: &Ledger) {
        let own: Vec<IpAddr> = way.addresses.iter().map(|net| net.address).filter(IpAddr::is_ipv4).collect();
        let own = own.iter().fold(AddressSet::default(), |set, one| set.union(&AddressSet::single(*one)));
        // the addresses that it is known by outside; none: nobody told
        let outer = self.outer.clone().unwrap_or(own);
        let id = format!("nat descriptor {number}");
        let side: Option<Names> = Some([way.name.clone()].into());
        let inward = |to: &AddressSet, inner: &AddressSet, line: u32| {
            let becomes = Becomes::Addresses(inner.clone());
            let mut entry = Translation::new(id.clone(), true, becomes, ledger.origin(line));
            entry.ways_in.clone_from(&side);
            if to.is_empty() {
                entry.condition = Some("address of the interface".into());
            } else {
                entry.to = Selector::of(to.clone());
            }
            entry
        };
        for Fixed { outer: mapped, inner, services, port, line } in &self.fixed {
            let mut entry = inward(mapped.as_ref().unwrap_or(&outer), inner, *line);
            entry.services = services.clone();
            entry.port = *port;
            entry.one_to_one = mapped.is_some();
            out.push(entry);
            if let Some(mapped) = mapped {
                let becomes = Becomes::Addresses(mapped.clone());
                let mut entry = Translation::new(id.clone(), false, becomes, ledger.origin(*line));
                entry.from = Selector::of(inner.clone());
                entry.ways_out.clone_from(&side);
                entry.one_to_one = true;
                out.push(entry);
            }
        }
        if let Some((inner, line)) = &self.rest {
            out.push(inward(&outer, inner, *line));
        }
        if let Some(kind) = self.kind {
            let becomes = if outer.is_empty() { Becomes::Own } else { Becomes::Addresses(outer.clone()) };
            let mut entry = Translation::new(id.clone(), false, becomes, ledger.origin(self.line));
            if let Some(inner) = &self.inner {
                entry.from = Selector::of(inner.clone());
            }
            entry.ways_out.clone_from(&side);
            out.push(entry);
            // whoever has an address of the pool is called by it
            if kind == Kind::Nat {
                let inner = self.inner.clone().unwrap_or_else(AddressSet::all);
                let mut entry = inward(&outer, &inner, self.line);
                entry.condition = Some("nat".into());
                out.push(entry);
            }
        }
        if let Some(line) = self.lost {
            lost(way, line, out, ledger);
        }
    }
}
