//! Cisco ASA (`show running-config`; one context a file).
//!
//! Order of operations (Cisco, *ASA Packet Flow*, document 113396; *Cisco ASA Series Firewall CLI Configuration Guide*, Access
//! Rules, Information About NAT): what comes in has its destination translated back, then comes the list of the interface it
//! came in by, behind it the global one; then the list of the interface it leaves by; then its source is translated. Since
//! version 8.3 lists see real addresses: the source as it came and the destination as translated; before, the addresses as
//! they came. Where no list is bound, what goes to a lower security level passes. Between interfaces of one level, and back
//! out of the interface it came in by, nothing passes, whatever the lists say, unless `same-security-traffic` permits it.
//! What is for the device itself, or sent by it, asks no such list.

mod change;
mod interfaces;
mod lists;
mod manage;
mod nat;
mod objects;
mod routes;
mod silent;
mod tunnels;

use std::sync::Arc;

use smallvec::smallvec;

use super::cisco_ios::tree::{self, Block};
use super::device::{Applies, Device, Filter, Interface, Names, Rule, Tag};
use super::ledger::Ledger;
use super::region::{Services, all_ports};
use super::set::Ranges;
use super::switch::{Switch, SwitchPort};
use super::text::Refusal;
use super::{Configuration, Import, emit};
use crate::document::Family;
use crate::language::Phrase;

pub use change::CHANGE;
use interfaces::Port;
use lists::Lists;
use tunnels::Tunnel;

/// Whether a text is a configuration of an ASA.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let (mut version, mut named, mut level) = (false, false, false);
    let mut list = false;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().take(6).collect();
        match words[..] {
            ["ASA" | "PIX", "Version", ..] => version = true,
            ["nameif", _] => named = true,
            ["security-level", _] => level = true,
            ["access-group", _, "in" | "out", "interface", _, ..] | ["access-group", _, "global"] => list = true,
            ["access-list", _, "extended", "permit" | "deny", ..] => list = true,
            _ => {}
        }
    }
    version || list || named && level
}

/// The interfaces that names mean: with one its tunnels.
pub struct Ways<'t> {
    tunnels: &'t [Tunnel],
}

impl Ways<'_> {
    /// The interfaces of a name; `None`: any.
    #[must_use]
    pub fn of(&self, name: Option<&str>) -> Option<Names> {
        let name = name?;
        let borne = self.tunnels.iter().filter(|tunnel| tunnel.port == name).map(|tunnel| tunnel.name.clone());
        Some([name.to_owned()].into_iter().chain(borne).collect())
    }
}

/// The version of the configuration, as major and minor number.
fn version(lines: &[&str]) -> (u32, u32) {
    let found = lines.iter().find_map(|line| {
        let rest = line.trim().strip_prefix("ASA Version ").or_else(|| line.trim().strip_prefix("PIX Version "))?;
        let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).map(|word| word.parse().ok());
        Some((numbers.next()??, numbers.next().flatten().unwrap_or(0)))
    });
    found.unwrap_or((9, 0))
}

/// Reads a configuration.
///
/// # Errors
/// When it is truncated, or groups hold themselves.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let mut blocks = tree::read_with(&configuration.lines, false, ledger)?;
    let version = version(&configuration.lines);
    let objects = objects::read(&blocks, ledger)?;
    let lists = lists::read(&mut blocks, &objects, version >= (9, 0), ledger);
    let ports = interfaces::read(&blocks, &objects, ledger);
    let host = blocks.iter().find(|block| block.word(0) == "hostname" && block.words.len() > 1);
    let id = host.map(|block| emit::id_word(block.word(1).trim_matches('"'))).filter(|id| !id.is_empty());
    let id = id.unwrap_or_else(|| configuration.id("asa"));
    if let Some(block) = host {
        ledger.used(block.line);
    }
    for block in blocks.iter().filter(|block| block.word(0) == "context") {
        block.each(|line| ledger.without_meaning(line));
        ledger.remark(
            block.line,
            Phrase::new(
                "a context has a configuration of its own; give that too",
                "コンテキストの設定は別のファイルにある。それも取り込むこと",
            ),
        );
    }
    let up: Vec<&Port> = ports.iter().filter(|port| !port.down).collect();
    let named: Vec<&Port> = up.iter().copied().filter(|port| port.name.is_some()).collect();
    let tunnels = tunnels::read(&blocks, &lists, &named, ledger);
    let ways = Ways { tunnels: &tunnels };
    let mut device = Device::new(id.clone(), "firewall", ledger.origin(host.map_or(1, |block| block.line)));
    device.ipv6 = named.iter().any(|port| port.ipv6);
    for port in &named {
        device.interfaces.push(interface(port, &ports, ledger));
    }
    let translations = nat::read(&blocks, &objects, &named, &ways, ledger);
    let reader = Reader {
        blocks: &blocks,
        lists: &lists,
        named: &named,
        ways: &ways,
        real: version >= (8, 3),
        both: version >= (9, 0),
    };
    device.filters = reader.filters(ledger);
    device.filters.push(manage::filter(&blocks, &objects, &named, &ways, ledger));
    device.routes = routes::read(&blocks, &objects, &named, &translations, ledger);
    device.translations = translations.entries;
    tunnels::add(&tunnels, &mut device, ledger);
    let switch = switch(&id, &up, ledger);
    silent::settle(&blocks, ledger);
    let name_of =
        |hardware: &str| ports.iter().find(|port| port.hardware == hardware).and_then(|port| port.name.clone());
    let aliases = named
        .iter()
        .filter(|port| port.vlan.is_none())
        .filter_map(|port| Some((port.hardware.clone(), port.name.clone()?)));
    let parts = ports.iter().filter_map(|port| {
        let of = port.member_of.clone()?;
        Some((port.hardware.clone(), name_of(&of).unwrap_or(of)))
    });
    let members = aliases.chain(parts).collect();
    let down = ports.iter().filter(|port| port.down).map(|port| port.hardware.clone()).collect();
    Ok(Import { devices: vec![device], members, down, switch, ..Import::default() })
}

fn interface(port: &Port, ports: &[Port], ledger: &Ledger) -> Interface {
    let mut way = Interface::new(port.name.clone().unwrap_or_default(), ledger.origin(port.line));
    way.addresses.clone_from(&port.addresses);
    way.dynamic = port.dynamic || port.bridged || port.ipv6 && port.addresses.is_empty();
    way.tunnel.clone_from(&port.tunnel);
    way.internal = port.hardware.to_ascii_lowercase().starts_with("loopback");
    way.tag = match (port.svi(), port.vlan, port.hardware.rsplit_once('.')) {
        (Some(vlan), ..) => Some(Tag::Own(vlan)),
        (None, Some(vlan), Some((parent, _))) => {
            let known = ports.iter().find(|port| port.hardware == parent).and_then(|port| port.name.clone());
            Some(Tag::On { parent: known.unwrap_or_else(|| parent.to_owned()), vlan, native: false })
        }
        _ => None,
    };
    way
}

/// The switch of small devices: `switchport` and `interface VlanN`.
fn switch(id: &str, up: &[&Port], ledger: &Ledger) -> Option<Switch> {
    if !up.iter().any(|port| port.svi().is_some()) {
        return None;
    }
    let physical = |port: &&&Port| {
        let word = port.hardware.to_ascii_lowercase();
        port.name.is_none() && word.contains("ethernet") && !word.contains('.')
    };
    let ports: Vec<SwitchPort> = up
        .iter()
        .filter(physical)
        .map(|port| SwitchPort {
            name: port.hardware.clone(),
            untagged: Some(port.access_vlan.unwrap_or(1)),
            tagged: port.trunk.iter().map(|vlan| (*vlan, *vlan)).collect(),
            negotiates: false,
            part_of: None,
            origin: ledger.origin(port.line),
        })
        .collect();
    (!ports.is_empty()).then(|| Switch { id: id.to_owned(), ports, origin: ledger.origin(1) })
}

struct Reader<'r, 'b> {
    blocks: &'r [Block<'b>],
    lists: &'r Lists,
    named: &'r [&'r Port],
    ways: &'r Ways<'r>,
    /// Whether lists see real addresses.
    real: bool,
    /// Whether a list is of both families.
    both: bool,
}

impl Reader<'_, '_> {
    fn permits(&self, what: &str, ledger: &mut Ledger) -> bool {
        let line = self.blocks.iter().find(|block| block.starts(&["same-security-traffic", "permit", what]));
        if let Some(block) = line {
            ledger.used(block.line);
        }
        line.is_some()
    }

    /// The list that a line binds; `None`: it has no entries, or is not there.
    fn list(&self, name: &str, line: u32, ledger: &mut Ledger) -> Option<&Vec<Arc<Rule>>> {
        ledger.used(line);
        let found = self.lists.get(name);
        if found.is_none() {
            ledger.not_understood(
                line,
                Phrase::new(
                    format!("the list {name} is not defined: taken to permit everything"),
                    format!("リスト {name} が定義されていない。すべてを許可するものとみなす"),
                ),
            );
        }
        found
    }

    fn filters(&self, ledger: &mut Ledger) -> Vec<Filter> {
        let (inter, intra) = (self.permits("inter-interface", ledger), self.permits("intra-interface", ledger));
        let mut out = Vec::new();
        let mut same = self.filter("security levels", true, 1, ledger);
        let (mut inward, mut outward, mut global) = (Vec::new(), Vec::new(), None);
        let mut overridden: Vec<(&str, u32)> = Vec::new();
        for block in self.blocks.iter().filter(|block| block.word(0) == "access-group") {
            match block.words[1..] {
                [name, "in", "interface", way, ref rest @ ..] if rest.first() != Some(&"control-plane") => {
                    inward.push((way, name, block.line));
                    if rest.contains(&"per-user-override") {
                        overridden.push((way, block.line));
                    }
                }
                [name, "out", "interface", way, ..] => outward.push((way, name, block.line)),
                [name, "global", ..] => global = Some((name, block.line)),
                _ => {}
            }
        }
        let global = global.map(|(name, line)| (name, line, self.list(name, line, ledger).cloned()));
        for port in self.named {
            let Some(name) = port.name.as_deref() else { continue };
            let line = port.level.map_or(port.line, |(_, line)| line);
            let equal = |other: &&&Port| other.security() == port.security() && other.name != port.name;
            let others: Vec<String> = self
                .named
                .iter()
                .filter(equal)
                .filter_map(|other| self.ways.of(other.name.as_deref()))
                .flat_map(|ways| ways.to_vec())
                .collect();
            for (banned, what, ways) in
                [(!inter, "same security level", others), (!intra, "same interface", vec![name.to_owned()])]
            {
                if banned && !ways.is_empty() {
                    let mut rule = Rule::all(format!("{name} {what}"), false, ledger.origin(line));
                    rule.ways_in = Some([name.to_owned()].into());
                    rule.ways_out = Some(ways.into());
                    same.rules.push(rule.into());
                }
            }
            let bound: Vec<_> = inward.iter().filter(|(way, ..)| *way == name).collect();
            let mut filter = self.filter(&format!("{name} in"), false, line, ledger);
            filter.ways_in = Some([name.to_owned()].into());
            // whether IPv6 is decided by the levels, since the lists are of IPv4 alone
            let (mut listed, mut six) = (false, self.both);
            for (_, list, line) in &bound {
                let Some(rules) = self.list(list, *line, ledger) else {
                    filter.rules.push(Rule::all(format!("{list} missing"), true, ledger.origin(*line)).into());
                    listed = true;
                    continue;
                };
                listed = true;
                six |= rules.iter().any(|rule| !rule.from.set.v6.is_empty());
                filter.name = format!("{name} in {list}");
                filter.default_origin = ledger.origin(*line);
                filter.rules.extend(rules.iter().cloned());
            }
            for (_, line) in overridden.iter().filter(|(way, _)| *way == name) {
                ledger.not_understood(
                    *line,
                    Phrase::new(
                        "whoever identifies himself gets rules of his own, which the list does not stop: taken to let everything in",
                        "認証した相手には、リストより優先するルールが加わる。すべてを通しうるものとみなす",
                    ),
                );
                let mut rule = Rule::all(format!("{name} per-user-override"), true, ledger.origin(*line));
                rule.condition = Some("per-user-override".into());
                filter.rules.insert(0, rule.into());
            }
            if let Some((list, line, rules)) = &global {
                listed = true;
                filter.default_origin = ledger.origin(*line);
                match rules {
                    Some(rules) => {
                        six |= rules.iter().any(|rule| !rule.from.set.v6.is_empty());
                        filter.rules.extend(rules.iter().cloned());
                    }
                    None => filter.rules.push(Rule::all(format!("{list} missing"), true, ledger.origin(*line)).into()),
                }
            }
            if listed {
                filter.default_id = "implicit deny".into();
            }
            if !listed || !six {
                let family = listed.then_some(Family::V6);
                self.by_level(port, inter, intra, family, &mut filter, ledger);
            }
            self.established(&mut filter, ledger);
            out.push(filter);
        }
        if !same.rules.is_empty() {
            out.insert(0, same);
        }
        for (way, list, line) in outward {
            let Some(rules) = self.list(list, line, ledger) else { continue };
            let mut filter = self.filter(&format!("{way} out {list}"), false, line, ledger);
            filter.default_id = "implicit deny".into();
            filter.ways_out = Some([way.to_owned()].into());
            filter.passes = (!self.both && rules.iter().all(|rule| rule.from.set.v6.is_empty())).then_some(Family::V6);
            filter.rules.clone_from(rules);
            self.established(&mut filter, ledger);
            out.push(filter);
        }
        out
    }

    fn filter(&self, name: &str, permit: bool, line: u32, ledger: &Ledger) -> Filter {
        let mut filter = Filter::new(name, permit, ledger.origin(line));
        filter.applies = vec![Applies::Forwarded];
        filter.stateful = true;
        filter.sees_translated_destination = self.real;
        filter
    }

    /// What passes without a list: to lower levels, and where it is permitted to the same.
    fn by_level(
        &self,
        port: &Port,
        inter: bool,
        intra: bool,
        family: Option<Family>,
        filter: &mut Filter,
        ledger: &Ledger,
    ) {
        let line = port.level.map_or(port.line, |(_, line)| line);
        let reached = |other: &&&Port| {
            let own = other.name == port.name;
            other.security() < port.security() || other.security() == port.security() && if own { intra } else { inter }
        };
        let ways: Vec<String> = self
            .named
            .iter()
            .filter(reached)
            .filter_map(|other| self.ways.of(other.name.as_deref()))
            .flat_map(|ways| ways.to_vec())
            .collect();
        filter.default_id = if family.is_some() { filter.default_id.clone() } else { "security level".into() };
        if ways.is_empty() {
            return;
        }
        let name = port.name.as_deref().unwrap_or_default();
        let mut rule = Rule::all(format!("{name} security level {}", port.security()), true, ledger.origin(line));
        if let Some(family) = family {
            let all = super::device::Selector::of(super::set::AddressSet::family(family));
            (rule.from, rule.to) = (all.clone(), all);
        }
        rule.ways_out = Some(ways.into());
        filter.rules.push(rule.into());
    }

    /// `established`: whoever has a session may be called back. In the attacker's favour everybody has.
    fn established(&self, filter: &mut Filter, ledger: &mut Ledger) {
        for block in self.blocks.iter().filter(|block| block.word(0) == "established") {
            let services = callback(&block.words[1..]).unwrap_or_else(Services::all);
            ledger.not_understood(
                block.line,
                Phrase::new(
                    "who has a session is not known: taken to let these calls back through from everywhere",
                    "既存のセッションの有無は判定できない。この折り返しの通信をどこからでも通すものとみなす",
                ),
            );
            let mut rule = Rule::all(block.words.join(" "), true, ledger.origin(block.line));
            rule.services = smallvec![services];
            rule.condition = Some("established".into());
            filter.rules.insert(0, rule.into());
        }
    }
}

/// `tcp 0 5555 permitto tcp 5556 permitfrom tcp 1024-65535`: what is called back; `None`: anything.
fn callback(words: &[&str]) -> Option<Services> {
    let range = |word: &str| {
        let (low, high) = word.split_once('-').unwrap_or((word, word));
        let (low, high): (u16, u16) = (low.parse().ok()?, high.parse().ok()?);
        Some(if (low, high) == (0, 0) { all_ports() } else { Ranges::one(low.into(), high.into()) })
    };
    let side = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        Some((objects::protocols(words.get(at + 1)?)?, range(words.get(at + 2)?)?))
    };
    let (protocols, to) = side("permitto")?;
    let from = side("permitfrom").map_or_else(all_ports, |(_, from)| from);
    Some(Services::ports(&protocols, from, to))
}
