//! Junos: SRX and the routers and switches that share its language; `set` lines and braces.
//!
//! Order of operations (Juniper, *Understanding Packet Processing on SRX Series*; *Flow-Based Sessions*): the filter of the
//! incoming unit sees the header as it came; then static NAT, else destination NAT, translates the destination; the packet is
//! routed, which gives the zone out; the policy of the two zones, then the global ones, then the default decide with the
//! source as it came and the destination as translated; then static NAT backwards, else source NAT, translates the source;
//! the filter of the outgoing unit sees both as translated. What is for the device itself passes the filter of `lo0`, what
//! its zone lets in (`host-inbound-traffic`) and policies to `junos-host`. A unit in no zone passes nothing where there are
//! zones. A filter ends in an implicit discard.

mod applications;
mod books;
mod change;
mod filters;
mod groups;
mod host;
mod interfaces;
mod nat;
mod policies;
mod routes;
mod silent;
mod switching;
mod terms;
mod tree;
mod unit;

use std::collections::BTreeMap;

use super::device::{Device, Interface, Join};
use super::ledger::Ledger;
use super::switch::Switch;
use super::text::Refusal;
use super::words::Node;
use super::{Configuration, Import, emit};
use crate::language::Phrase;

pub use change::CHANGE;
use unit::Unit;

/// Whether a text is a configuration of Junos.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let mut braces = 0;
    let mut known = 0;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().take(4).collect();
        match words[..] {
            ["set" | "deactivate" | "delete", section, second, ..] => {
                let inside = match section {
                    "system" => matches!(second, "host-name" | "services" | "root-authentication" | "login" | "syslog"),
                    "interfaces" => {
                        second.contains('-')
                            || ["irb", "lo0", "vlan", "reth", "ae", "st0", "fxp", "me0", "interface-range"]
                                .iter()
                                .any(|word| second.starts_with(word))
                    }
                    "security" => matches!(
                        second,
                        "policies"
                            | "zones"
                            | "nat"
                            | "address-book"
                            | "ike"
                            | "ipsec"
                            | "screen"
                            | "forwarding-options"
                    ),
                    "firewall" => matches!(second, "family" | "filter" | "policer"),
                    "applications" => matches!(second, "application" | "application-set"),
                    "routing-options" | "routing-instances" | "policy-options" | "vlans" => true,
                    _ => false,
                };
                if inside {
                    return true;
                }
            }
            [name, "{"] | [_, name, "{"] if line.trim_end().ends_with('{') => {
                braces += 1;
                known += usize::from(
                    matches!(
                        name,
                        "interfaces"
                            | "routing-options"
                            | "policy-options"
                            | "security"
                            | "firewall"
                            | "unit"
                            | "inet"
                            | "policies"
                            | "zones"
                            | "applications"
                            | "host-inbound-traffic"
                            | "then"
                            | "match"
                            | "system"
                            | "protocols"
                    ) || words[0] == "unit",
                );
            }
            // others that speak in braces
            ["table", ..] | ["chain", ..] | ["#!/usr/sbin/nft", ..] | ["config", ..] => return false,
            _ => {}
        }
    }
    braces > 1 && known > 1 && lines.iter().any(|line| line.trim_end().ends_with(';'))
}

/// Whether a word fits a pattern with `*`, `?` and `[0-3]`.
fn glob(pattern: &str, word: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let word: Vec<char> = word.chars().collect();
    // (pattern, word) to try; a star may take more
    let (mut at, mut to, mut star) = (0, 0, None);
    while to < word.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, to));
                at += 1;
            }
            Some('[') if class(&pattern[at..], word[to]).is_some_and(|(_, held)| held) => {
                at += class(&pattern[at..], word[to]).map_or(1, |(length, _)| length);
                to += 1;
            }
            Some('?') => (at, to) = (at + 1, to + 1),
            Some(c) if *c == word[to] && *c != '[' => (at, to) = (at + 1, to + 1),
            _ => match star {
                Some((from, taken)) => {
                    star = Some((from, taken + 1));
                    (at, to) = (from + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

/// The length of a class such as `[0-3,7]`, and whether it holds a character.
fn class(pattern: &[char], c: char) -> Option<(usize, bool)> {
    let end = pattern.iter().position(|c| *c == ']')?;
    let (mut held, mut at) = (false, 1);
    while at < end {
        if at + 2 < end && pattern[at + 1] == '-' {
            held |= (pattern[at]..=pattern[at + 2]).contains(&c);
            at += 3;
        } else {
            held |= pattern[at] == c;
            at += 1;
        }
    }
    Some((end + 1, held))
}

/// Reads a configuration.
///
/// # Errors
/// When it is truncated, or sets hold themselves.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = tree::read(&configuration.lines, ledger)?;
    let host = root.at(&["system"]).and_then(|system| system.value("host-name"));
    let named = host.map(|name| emit::id_word(&name.word)).filter(|id| !id.is_empty());
    if let Some(host) = host {
        host.used(ledger);
    }
    let mut out = Import::default();
    let id = named.unwrap_or_else(|| configuration.id("junos"));
    system(&root, &id, &mut out, ledger)?;
    for kind in ["logical-systems", "tenants"] {
        for inner in root.under(&[kind]) {
            system(inner, &format!("{id}/{}", emit::id_word(&inner.word)), &mut out, ledger)?;
        }
    }
    // with logical systems, the main one may have nothing of its own
    if out.devices.len() > 1 && out.devices[0].interfaces.is_empty() {
        out.devices.remove(0);
    }
    joins(&root, &mut out);
    silent::settle(&root, ledger);
    Ok(out)
}

/// What a configuration, or a logical system in it, says.
pub struct Reader<'n, 't> {
    root: &'n Node<'t>,
    units: Vec<Unit>,
    zones: BTreeMap<&'n str, Vec<String>>,
    books: books::Books<'n, 't>,
    applications: applications::Applications<'n, 't>,
}

impl Reader<'_, '_> {
    /// Whether policies between zones decide what passes.
    fn has_zones(&self) -> bool {
        self.zones.values().any(|members| !members.is_empty())
    }

    /// Units that lead outside and are in no zone.
    fn outside(&self) -> Vec<String> {
        let in_zone = |unit: &Unit| self.zones.values().any(|members| members.contains(&unit.name));
        self.units.iter().filter(|unit| !unit.internal && !in_zone(unit)).map(|unit| unit.name.clone()).collect()
    }
}

/// Whether a unit is the port for those who manage the device, outside all zones.
fn is_management(unit: &str) -> bool {
    ["fxp", "em", "me", "vme", "re0:mgmt"].iter().any(|word| {
        unit.strip_prefix(word).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
    })
}

/// `Z`'s interface as a unit: `ge-0/0/0` is `ge-0/0/0.0`.
fn unit_name(word: &str) -> String {
    if word.contains('.') { word.to_owned() } else { format!("{word}.0") }
}

/// What is sent past the policies is not read.
fn packet_mode(root: &Node<'_>, ledger: &Ledger) -> Result<(), Refusal> {
    let mut found = None;
    if let Some(firewall) = root.get("firewall") {
        firewall.each(&mut |node| {
            if node.word == "then" {
                found = found.or(node.get("packet-mode").map(|node| node.line));
            }
        });
    }
    match found {
        Some(line) => Err(Refusal::at(
            ledger.file(),
            line,
            Phrase::new(
                "`packet-mode` sends packets past the policies, which is not read: take the term out, and check what it matches by hand",
                "`packet-mode` はポリシーを経由しない通信を作り、取り込めない。この term を外し、該当する通信は手で確認すること",
            ),
        )),
        None => Ok(()),
    }
}

fn system(root: &Node<'_>, id: &str, out: &mut Import, ledger: &mut Ledger) -> Result<(), Refusal> {
    packet_mode(root, ledger)?;
    let mut units = interfaces::read(root, out, ledger);
    let zones = zones(root, &mut units, ledger);
    let first_line = root.at(&["system", "host-name"]).map_or(1, |node| node.line);
    switching::voices(root, &switching::vlans(root, ledger), &mut units, ledger);
    if let Some(switch) = switching::switch(id, &units, ledger) {
        let switch = Switch { origin: ledger.origin(first_line), ..switch };
        out.switch = Some(switch);
    }
    let books = books::read(root, ledger);
    let applications = applications::read(root);
    let instances = routes::instances(root, &mut units, ledger);
    let reader = Reader { root, units, zones, books, applications };
    let kind = if reader.has_zones() { "firewall" } else { "router" };
    let mut base = Device::new(id, kind, ledger.origin(first_line));
    base.ipv6 = reader.units.iter().any(|unit| unit.ipv6);
    reader.filters(&mut base, ledger)?;
    reader.policies(&mut base, ledger)?;
    reader.host(&mut base, ledger)?;
    reader.translations(&mut base, ledger)?;
    base.filters.sort_by_key(|filter| match (filter.sees_translated_source, filter.sees_translated_destination) {
        (_, false) => 0,
        (false, true) => 1,
        (true, true) => 2,
    });
    for instance in instances {
        let mut device = base.clone();
        if let Some(name) = &instance.name {
            device.id = format!("{id}/{}", emit::id_word(name));
            device.origin = ledger.origin(instance.line);
        }
        let own: Vec<&Unit> =
            reader.units.iter().filter(|unit| instance.whole || unit.instance == instance.name).collect();
        if own.is_empty() && instance.name.is_some() {
            continue;
        }
        device.interfaces = own.iter().map(|unit| interface(unit, ledger)).collect();
        device.filters.retain(|filter| filter.of_instance(&own));
        device.routes = routes::read(&instance, &own, ledger);
        out.devices.push(device);
    }
    Ok(())
}

/// Which filters are asked in an instance: that of `lo0` where its unit is there.
trait OfInstance {
    fn of_instance(&self, own: &[&Unit]) -> bool;
}

impl OfInstance for super::device::Filter {
    fn of_instance(&self, own: &[&Unit]) -> bool {
        let Some(unit) = self.name.strip_prefix("lo0.").and_then(|rest| rest.split(' ').next()) else { return true };
        let name = format!("lo0.{unit}");
        // without one of its own an instance is guarded by that of the main one
        own.iter().any(|unit| unit.name == name)
            || (unit == "0" && !own.iter().any(|unit| unit.name.starts_with("lo0.")))
    }
}

fn interface(unit: &Unit, ledger: &Ledger) -> Interface {
    let mut way = Interface::new(unit.name.clone(), ledger.origin(unit.line));
    way.addresses.clone_from(&unit.addresses);
    way.tunnel.clone_from(&unit.tunnel);
    way.internal = unit.internal;
    way.dynamic = unit.dynamic || (unit.ipv6 && unit.addresses.is_empty());
    way.tag.clone_from(&unit.tag);
    way.switched = unit.switched.is_some();
    way
}

/// The zones and their units; a unit that is named only there is added.
fn zones<'n>(root: &'n Node<'_>, units: &mut Vec<Unit>, ledger: &mut Ledger) -> BTreeMap<&'n str, Vec<String>> {
    let mut out: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut everything = None;
    for zone in root.under(&["security", "zones", "security-zone"]) {
        zone.used_here(ledger);
        let members = out.entry(zone.word.as_ref()).or_default();
        for key in &zone.below {
            match key.word.as_ref() {
                "interfaces" => {
                    key.used_here(ledger);
                    for interface in &key.below {
                        interface.used_here(ledger);
                        if interface.word == "all" {
                            everything = Some(zone.word.as_ref());
                            continue;
                        }
                        let name = unit_name(&interface.word);
                        if !units.iter().any(|unit| unit.name == name) && !interfaces::is_down(root, &name) {
                            units.push(Unit::new(name.clone(), interface.line));
                        }
                        members.push(name);
                    }
                }
                "address-book" | "host-inbound-traffic" => {}
                "screen"
                | "tcp-rst"
                | "description"
                | "application-tracking"
                | "source-identity-log"
                | "advance-policy-based-routing-profile"
                | "enable-reverse-reroute"
                | "unidirectional-session-refreshing" => {
                    key.silent(ledger);
                }
                _ => key.lost(
                    &Phrase::new("unknown in a zone; it was left out", "ゾーンの未知の設定。取り込まない"),
                    ledger,
                ),
            }
        }
    }
    if let Some(zone) = everything {
        let others: Vec<String> = out.values().flatten().cloned().collect();
        let free = units.iter().filter(|unit| !unit.internal && !others.contains(&unit.name));
        let free: Vec<String> = free.map(|unit| unit.name.clone()).collect();
        out.entry(zone).or_default().extend(free);
    }
    for interface in root.under(&["security", "zones", "functional-zone", "management", "interfaces"]) {
        interface.used_here(ledger);
    }
    out
}

/// Logical tunnels: the two units that name each other are a wire.
fn joins(root: &Node<'_>, out: &mut Import) {
    let holder =
        |name: &str| out.devices.iter().find(|device| device.interface(name).is_some()).map(|device| device.id.clone());
    let systems = ["logical-systems", "tenants"].into_iter().flat_map(|kind| root.under(&[kind])).chain([root]);
    let mut joins = Vec::new();
    for system in systems {
        for port in system.under(&["interfaces"]).filter(|port| port.word.starts_with("lt-")) {
            for unit in port.under(&["unit"]) {
                let Some(peer) = unit.text("peer-unit") else { continue };
                let ends = [format!("{}.{}", port.word, unit.word), format!("{}.{peer}", port.word)];
                let (Some(a), Some(b)) = (holder(&ends[0]), holder(&ends[1])) else { continue };
                if a < b {
                    let [x, y] = ends;
                    let origin = out.devices[0].origin.clone();
                    joins.push(Join::new([(a, x), (b, y)], super::ledger::Origin { line: unit.line, ..origin }));
                }
            }
        }
    }
    out.joins = joins;
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn patterns_fit_names() {
        for (pattern, word, fits) in [
            ("*", "ge-0/0/0", true),
            ("ge-*", "ge-0/0/0", true),
            ("ge-*", "xe-0/0/0", false),
            ("ge-0/0/[0-3]", "ge-0/0/2", true),
            ("ge-0/0/[0-3]", "ge-0/0/4", false),
            ("*.0", "ge-0/0/1.0", true),
            ("a?c*", "abcd", true),
            ("a", "ab", false),
        ] {
            assert_eq!(glob(pattern, word), fits, "{pattern} {word}");
        }
    }
}
