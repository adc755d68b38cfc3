//! Virtual addresses. They translate the destination before the policy is looked up, the first that fits decides.

use std::collections::HashMap;
use std::net::IpAddr;

use super::super::device::{Becomes, Names, Selector, Translation};
use super::super::ledger::{Ledger, Origin};
use super::super::region::{Region, Services, all_ports, all_ways, with_ports};
use super::super::set::{AddressSet, Ranges};
use super::tree::Section;
use super::ways::Ways;
use crate::document::Family;
use crate::language::Phrase;

/// The most entries that a port range with another number becomes.
const MOST_ENTRIES: u32 = 4096;

/// A virtual address.
#[derive(Clone, Debug)]
pub struct Vip {
    /// Its name.
    pub name: String,
    /// What it translates, without what those before it translate.
    pub pieces: Vec<Region>,
    /// What it translates, as written.
    whole: Region,
    ways: Option<Names>,
    mapped: AddressSet,
    /// The first outer and the first inner port, where ports are mapped.
    ports: Option<(u16, u16)>,
    /// Whether inner addresses are as written; otherwise they may be any.
    exact: bool,
    /// Why it may translate or not.
    pub unsure: Option<Box<str>>,
    origin: Origin,
}

/// The virtual addresses of a VDOM.
#[derive(Default)]
pub struct Vips {
    /// In order.
    pub all: Vec<Vip>,
    groups: HashMap<String, Vec<String>>,
}

/// Reads them.
pub fn read(root: &Section, ways: &mut Ways, ledger: &mut Ledger) -> Vips {
    let mut out = Vips::default();
    for (name, family) in [("firewall vip", Family::V4), ("firewall vip6", Family::V6)] {
        for section in root.sections(name) {
            section.used(&[], ledger);
            for entry in &section.inner {
                if let Some(vip) = vip(entry, family, ways, ledger) {
                    out.all.push(vip);
                }
                entry.rest_is_silent(ledger);
            }
        }
    }
    for section in root.sections("firewall vipgrp").chain(root.sections("firewall vipgrp6")) {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(&["member", "interface"], ledger);
            entry.rest_is_silent(ledger);
            out.groups.insert(entry.name.clone(), entry.values("member").to_vec());
        }
    }
    for at in 0..out.all.len() {
        let mut pieces = vec![out.all[at].whole.clone()];
        for before in out.all[..at].iter().filter(|vip| vip.unsure.is_none()) {
            if !before.whole.intersect(&out.all[at].whole).is_empty() {
                pieces = pieces.iter().flat_map(|piece| piece.subtract(&before.whole)).collect();
            }
        }
        out.all[at].pieces = pieces;
    }
    out
}

fn vip(entry: &Section, family: Family, ways: &mut Ways, ledger: &mut Ledger) -> Option<Vip> {
    entry.used(
        &[
            "extip",
            "mappedip",
            "extintf",
            "portforward",
            "protocol",
            "extport",
            "mappedport",
            "type",
            "src-filter",
            "status",
            "service",
            "mapped-addr",
            "srcintf-filter",
            "portmapping-type",
        ],
        ledger,
    );
    if entry.value("status") == "disable" {
        return None;
    }
    let line_of = |key: &str| entry.setting(key).map_or(entry.lines.0, |setting| setting.lines.0);
    let listed = entry.values("extintf").to_vec();
    let names = ways.of(&listed, entry.lines.0, ledger);
    let mut unsure = None;
    let ext = match entry
        .setting("extip")
        .and_then(|setting| addresses(&setting.values[..1.min(setting.values.len())], family))
    {
        // whatever address the interface has
        Some(set) if set == AddressSet::single(IpAddr::from([0, 0, 0, 0])) => {
            ways.own(names.as_deref()).unwrap_or_else(|| {
                unsure = Some("extip 0.0.0.0".into());
                ledger.remark(
                    line_of("extip"),
                    Phrase::new(
                        "the address of the interface is not in the configuration: any address may be translated",
                        "インターフェースのアドレスが設定にない。どのアドレス宛てでも変換されうるものとみなす",
                    ),
                );
                AddressSet::family(family)
            })
        }
        Some(set) => set,
        // SOUNDNESS: it may translate whatever comes
        None => {
            unsure = Some("extip".into());
            ledger.not_understood(
                line_of("extip"),
                Phrase::new(
                    "the outer address of this virtual address is not understood: it may translate any address",
                    "この VIP の外側アドレスを解釈できない。どのアドレス宛てでも変換しうるものとみなす",
                ),
            );
            AddressSet::family(family)
        }
    };
    // a balancer's servers, or the mapped addresses
    let servers: Vec<String> = entry
        .sections("realservers")
        .flat_map(|section| {
            section.used(&[], ledger);
            section.inner.iter()
        })
        .map(|server| server.value("ip").to_owned())
        .collect();
    let mapped = if entry.values("mappedip").is_empty() { &servers[..] } else { entry.values("mappedip") };
    let found = addresses(mapped, family);
    let exact = found.is_some();
    let mapped = found.unwrap_or_else(|| {
        ledger.not_understood(
            line_of("mappedip"),
            Phrase::new(
                "the inner address of this virtual address is not understood: it may be any address",
                "この VIP の内側アドレスを解釈できない。どのアドレスへの変換でもありうるものとみなす",
            ),
        );
        AddressSet::family(family)
    });
    let forwards = entry.is_on("portforward");
    let balances = matches!(entry.value("type"), "load-balance" | "server-load-balance");
    let number = match entry.value("protocol") {
        "udp" => 17,
        "sctp" => 132,
        "icmp" => 1,
        _ => 6,
    };
    let range = |key: &str| {
        let (low, high) = entry.value(key).split_once('-').unwrap_or((entry.value(key), entry.value(key)));
        Some((low.parse::<u16>().ok()?, high.parse::<u16>().ok()?)).filter(|(low, high)| low <= high)
    };
    let protocol = Ranges::one(number, number);
    let (mut services, mut ports) = (Services::all(), None);
    if number == 1 && forwards {
        services = Services::protocols(protocol);
    } else if forwards || (balances && range("extport").is_some()) {
        if let Some((low, high)) = range("extport") {
            services = Services::ports(&protocol, all_ports(), Ranges::one(low.into(), high.into()));
            ports = Some((low, range("mappedport").map_or(low, |(low, _)| low)));
        } else {
            unsure.get_or_insert_with(|| "extport".into());
            services = Services::protocols(protocol);
            ledger.not_understood(
                line_of("extport"),
                Phrase::new(
                    "the outer ports of this virtual address are not understood: they may be any",
                    "この VIP の外側ポートを解釈できない。どのポートでもありうるものとみなす",
                ),
            );
        }
    }
    let from = match entry.values("src-filter") {
        [] => AddressSet::all(),
        filter => addresses(filter, family).unwrap_or_else(AddressSet::all),
    };
    let ways_in = ways.numbers(names.as_deref());
    let whole = Region { from, to: ext, services, ways_in, ways_out: all_ways() };
    Some(Vip {
        name: entry.name.clone(),
        pieces: Vec::new(),
        whole,
        ways: names,
        mapped,
        ports,
        exact,
        unsure,
        origin: ledger.origin(entry.lines.0),
    })
}

fn addresses(words: &[String], family: Family) -> Option<AddressSet> {
    let mut out = AddressSet::default();
    for word in words {
        let set = if let Some((address, length)) = word.split_once('/') {
            AddressSet::network(address.parse().ok()?, length.parse().ok()?)?
        } else {
            let (low, high) = word.split_once('-').unwrap_or((word, word));
            let (low, high): (IpAddr, IpAddr) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
            AddressSet::range(low, high)?
        };
        out = out.union(&set);
    }
    let out = out.intersect(&AddressSet::family(family));
    (!out.is_empty()).then_some(out)
}

impl Vips {
    /// The numbers of the virtual addresses that a name means, alone or as a group; `None` where it names none.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Vec<usize>> {
        let one = |name: &str| self.all.iter().position(|vip| vip.name == name);
        if let Some(at) = one(name) {
            return Some(vec![at]);
        }
        self.groups.get(name).map(|members| members.iter().filter_map(|member| one(member)).collect())
    }

    /// The entries of translation, in order.
    pub fn entries(&self, ledger: &mut Ledger) -> Vec<Translation> {
        let mut out = Vec::new();
        for vip in &self.all {
            vip.entries(&mut out, ledger);
        }
        out
    }
}

impl Vip {
    /// What becomes of the source of what an inner host sends out itself: its outer address. A policy with NAT and without a
    /// pool does so; whether for this interface is not sure.
    pub fn outward(&self, id: &str) -> Option<Translation> {
        let whole =
            self.ports.is_none() && self.whole.services == Services::all() && self.exact && self.unsure.is_none();
        let becomes = Becomes::Addresses(self.whole.to.clone());
        let mut entry = Translation::new(format!("{id} vip {}", self.name), false, becomes, self.origin.clone());
        entry.from = Selector::of(self.mapped.clone());
        entry.one_to_one = self.offset().is_some();
        entry.ways_out.clone_from(&self.ways);
        entry.sees_original_destination = true;
        entry.condition = Some("vip".into());
        whole.then_some(entry)
    }

    /// The distance from outer to inner addresses, where the k-th becomes the k-th.
    fn offset(&self) -> Option<(Family, u128, u128)> {
        if !self.exact || self.unsure.is_some() {
            return None;
        }
        let ((family, low, high), (other, to, last)) = (self.whole.to.only()?, self.mapped.only()?);
        (family == other && high - low == last - to).then_some((family, low, to))
    }

    fn entries(&self, out: &mut Vec<Translation>, ledger: &mut Ledger) {
        let mut entry = Translation::new(
            format!("vip {}", self.name),
            true,
            Becomes::Addresses(self.mapped.clone()),
            self.origin.clone(),
        );
        entry.to = Selector::of(self.whole.to.clone());
        if self.whole.from != AddressSet::all() {
            entry.from = Selector::of(self.whole.from.clone());
        }
        entry.services = self.whole.services.clone();
        entry.condition.clone_from(&self.unsure);
        entry.ways_in.clone_from(&self.ways);
        let many = self.whole.to.only().is_some_and(|(_, low, high)| low < high);
        let paired = self.offset();
        let shift = self.ports.filter(|(outer, inner)| outer != inner);
        let Some((outer, inner)) = shift else {
            entry.one_to_one = many && paired.is_some();
            out.push(entry);
            return;
        };
        // another port: an entry each, and one for each address where they go in pairs
        let (low, high) = self.whole.services.destination.ranges().next().unwrap_or((0, 0));
        let addresses: Vec<Option<(IpAddr, IpAddr)>> = match (many, paired) {
            (true, Some((family, low, to))) => {
                let (_, _, high) = self.whole.to.only().unwrap_or((family, low, low));
                let at = |value| super::super::set::address(family, value);
                (0..=high - low).take(MOST_ENTRIES as usize + 1).map(|k| Some((at(low + k), at(to + k)))).collect()
            }
            _ => vec![None],
        };
        let count = (high - low + 1).saturating_mul(addresses.len() as u128);
        if count > u128::from(MOST_ENTRIES) {
            ledger.not_understood(
                self.origin.line,
                Phrase::new(
                    "this maps more than 4,096 pairs of address and port: the port is taken to stay",
                    "アドレスとポートの組が 4,096 を超える。ポートは変わらないものとみなす",
                ),
            );
            out.push(entry);
            return;
        }
        for pair in addresses {
            for port in low..=high {
                let mut entry = entry.clone();
                if let Some((from, to)) = pair {
                    entry.to = Selector::of(AddressSet::single(from));
                    entry.becomes = Becomes::Addresses(AddressSet::single(to));
                }
                entry.services = Services::ports(&self.whole.services.protocols, all_ports(), Ranges::one(port, port));
                let inner = u128::from(inner) + (port - u128::from(outer));
                entry.port = u16::try_from(inner).ok();
                out.push(entry);
            }
        }
    }

    /// What of a policy's services, which speak of inner ports, it translates: as outer services.
    fn outer_services(&self, services: &Services) -> Services {
        let Some((outer, inner)) = self.ports else { return services.clone() };
        let protocols = services.protocols.intersect(&with_ports());
        let shifted = services.destination.ranges().filter_map(|(low, high)| {
            let back = |port: u128| (port + u128::from(outer)).checked_sub(u128::from(inner));
            let high = back(high)?;
            Some((back(low).unwrap_or(0), high.min(u128::from(u16::MAX))))
        });
        Services::ports(&protocols, services.source.clone(), Ranges::of(shifted.collect()))
    }

    /// The outer addresses that become some of `inner`: all that may (`loose`), or all that surely do.
    fn outer_addresses(&self, inner: &AddressSet, loose: bool) -> AddressSet {
        if let Some((family, low, to)) = self.offset() {
            let common = self.mapped.intersect(inner);
            let ranges = if family == Family::V4 { &common.v4 } else { &common.v6 };
            let back = Ranges::of(ranges.ranges().map(|(a, b)| (a - to + low, b - to + low)).collect());
            return match family {
                Family::V4 => AddressSet { v4: back, v6: Ranges::default() },
                Family::V6 => AddressSet { v4: Ranges::default(), v6: back },
            };
        }
        let held =
            if loose { !self.mapped.intersect(inner).is_empty() } else { self.mapped.subtract(inner).is_empty() };
        if held { self.whole.to.clone() } else { AddressSet::default() }
    }

    /// What it translates of what a policy with these services matches that names it.
    #[must_use]
    pub fn named(&self, services: &Services) -> Vec<Region> {
        let outer = Region { services: self.outer_services(services), ..Region::all() };
        self.pieces.iter().map(|piece| piece.intersect(&outer)).filter(|piece| !piece.is_empty()).collect()
    }

    /// What it translates to addresses and services that a policy names.
    #[must_use]
    pub fn reached(&self, inner: &AddressSet, services: &Services, loose: bool) -> Vec<Region> {
        let outer = Region { to: self.outer_addresses(inner, loose), ..Region::all() };
        self.named(services).iter().map(|piece| piece.intersect(&outer)).filter(|piece| !piece.is_empty()).collect()
    }
}
