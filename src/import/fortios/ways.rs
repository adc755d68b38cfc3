//! Interfaces, zones and SD-WAN zones of a VDOM.

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use super::super::device::{Interface, Names, Net, Tag};
use super::super::ledger::{Ledger, mirrored};
use super::super::region::NO_INTERFACE;
use super::super::set::{AddressSet, Ranges, mask_length};
use super::tree::Section;
use crate::language::Phrase;

/// Sections whose entries are switches: ports bridged in software or in hardware.
pub const SWITCHES: [&str; 2] = ["system switch-interface", "system virtual-switch"];

/// The interfaces of a VDOM by number from 1, and the groups that policies name.
#[derive(Default)]
pub struct Ways {
    /// Interfaces that are up.
    pub interfaces: Vec<Interface>,
    /// What each opens to the device itself: words of `allowaccess`, and the line.
    pub access: Vec<(String, Vec<String>, u32)>,
    /// Zones: members, and whether traffic between them is free.
    pub zones: BTreeMap<String, (Vec<String>, bool, u32)>,
    /// Interfaces that are down.
    down: HashSet<String>,
    /// Whether an address is not in the configuration.
    pub dynamic: bool,
}

/// Reads them. `system` holds the interfaces: of a device with VDOMs, the section `global`; `vdom` is `None` for a
/// device without.
pub fn read(system: &Section, root: &Section, vdom: Option<&str>, ledger: &mut Ledger) -> Ways {
    let mut out = Ways::default();
    let roots: Vec<&Section> = if std::ptr::eq(system, root) { vec![system] } else { vec![system, root] };
    for section in roots.iter().flat_map(|root| root.sections("system interface")) {
        section.used(&[], ledger);
        for entry in &section.inner {
            let of = entry.value("vdom");
            if vdom.is_some_and(|vdom| !of.is_empty() && of != vdom) {
                continue;
            }
            out.interface(entry, ledger);
            entry.rest_is_silent(ledger);
        }
    }
    for root in &roots {
        out.members(root, ledger);
    }
    for section in root.sections("system zone") {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(&["interface", "intrazone"], ledger);
            entry.rest_is_silent(ledger);
            let free = entry.value("intrazone") == "allow";
            let members = entry.values("interface").to_vec();
            out.zones.insert(entry.name.clone(), (members, free, entry.lines.0));
        }
    }
    for section in root.sections("system sdwan").chain(root.sections("system virtual-wan-link")) {
        out.sdwan(section, ledger);
    }
    out
}

impl Ways {
    fn interface(&mut self, entry: &Section, ledger: &mut Ledger) {
        entry.used(
            &[
                "vdom",
                "ip",
                "status",
                "type",
                "interface",
                "vlanid",
                "allowaccess",
                "mode",
                "remote-ip",
                "member",
                "trust-ip-1",
            ],
            ledger,
        );
        if entry.value("status") == "down" {
            self.down.insert(entry.name.clone());
            return;
        }
        let mut way = Interface::new(entry.name.clone(), ledger.origin(entry.lines.0));
        way.addresses.extend(net(entry.values("ip")));
        let vlan = super::super::switch::vlan(entry.value("vlanid"));
        way.tag = vlan.map(|vlan| Tag::On { parent: entry.value("interface").to_owned(), vlan, native: false });
        for section in &entry.inner {
            section.used(&["ip6-address", "ip6-allowaccess"], ledger);
            let own = section.value("ip6-mode");
            way.dynamic |= !matches!(own, "" | "static") || section.is_on("autoconf");
            if let Some((address, length)) = section.value("ip6-address").split_once('/') {
                let parsed: Option<(IpAddr, u8)> = address.parse().ok().zip(length.parse().ok());
                way.addresses.extend(
                    parsed.filter(|(_, length)| *length <= 128).map(|(address, length)| Net { address, length }),
                );
            }
            for second in section.inner.iter().filter(|_| section.name == "secondaryip") {
                second.used(&["ip"], ledger);
                way.addresses.extend(net(second.values("ip")));
            }
        }
        if matches!(entry.value("mode"), "dhcp" | "pppoe") {
            self.dynamic = true;
            way.dynamic = true;
            ledger.remark(
                entry.lines.0,
                Phrase::new("the address is not in the configuration", "アドレスは設定に書かれていない"),
            );
        }
        way.internal = entry.value("type") == "loopback";
        if entry.value("type") == "tunnel" {
            // those of IPsec get their far end from phase 1
            let name = &entry.name;
            let far = if name.starts_with("ssl.") { "ssl-vpn".to_owned() } else { format!("tunnel {name}") };
            way.tunnel = Some(far);
        }
        let access = entry.values("allowaccess").to_vec();
        let line = entry.setting("allowaccess").map_or(entry.lines.0, |setting| setting.lines.0);
        self.access.push((entry.name.clone(), access, line));
        match self.interfaces.iter_mut().find(|known| known.name == way.name) {
            Some(known) => {
                known.addresses.extend(way.addresses);
                known.tunnel = known.tunnel.take().or(way.tunnel);
            }
            None => self.interfaces.push(way),
        }
    }

    /// Ports of switches and aggregates are no interfaces of their own; tunnels have a far end.
    fn members(&mut self, root: &Section, ledger: &mut Ledger) {
        let mut parts: HashSet<String> = HashSet::new();
        for section in root.sections("system interface") {
            for entry in &section.inner {
                if matches!(entry.value("type"), "aggregate" | "redundant" | "hard-switch") {
                    parts.extend(entry.values("member").iter().cloned());
                }
            }
        }
        for name in SWITCHES {
            for section in root.sections(name) {
                section.used(&[], ledger);
                for entry in &section.inner {
                    entry.used(&["member", "vdom", "physical-switch"], ledger);
                    if entry.is_on("span") {
                        ledger
                            .not_understood(entry.setting("span").map_or(entry.lines.0, |one| one.lines.0), mirrored());
                    }
                    parts.extend(entry.values("member").iter().cloned());
                    for port in entry.sections("port") {
                        port.used(&[], ledger);
                        parts.extend(port.inner.iter().map(|port| port.name.clone()));
                        port.inner.iter().for_each(|port| port.used(&[], ledger));
                    }
                    entry.rest_is_silent(ledger);
                    self.named(&entry.name, ledger.origin(entry.lines.0));
                }
            }
        }
        self.interfaces.retain(|way| !parts.contains(&way.name) || !way.addresses.is_empty());
        for name in ["vpn ipsec phase1-interface", "vpn ipsec phase1"] {
            for section in root.sections(name) {
                section.used(&[], ledger);
                for entry in &section.inner {
                    entry.used(&["interface", "remote-gw", "type", "ike-version"], ledger);
                    entry.rest_is_silent(ledger);
                    let peer = entry.value("remote-gw");
                    let peer = if peer.is_empty() { entry.name.clone() } else { peer.to_owned() };
                    let way = self.named(&entry.name, ledger.origin(entry.lines.0));
                    way.tunnel = Some(format!("vpn {peer}"));
                    if entry.value("type") == "dynamic" {
                        // what is behind whoever dials in becomes a route
                        self.dynamic = true;
                        ledger.remark(
                            entry.lines.0,
                            Phrase::new(
                                "whoever dials in brings routes: every route is taken to be possible",
                                "接続してきた相手への経路が加わる。どの経路もありうるものとみなす",
                            ),
                        );
                    }
                }
            }
        }
        for name in ["system gre-tunnel", "system ipip-tunnel", "system sit-tunnel", "system vxlan"] {
            for section in root.sections(name) {
                section.used(&[], ledger);
                for entry in &section.inner {
                    entry.used(&["interface", "remote-gw", "local-gw", "remote-ip", "destination"], ledger);
                    entry.rest_is_silent(ledger);
                    let peer = format!("{}{}", entry.value("remote-gw"), entry.value("remote-ip"));
                    let peer = if peer.is_empty() { entry.name.clone() } else { peer };
                    self.named(&entry.name, ledger.origin(entry.lines.0)).tunnel = Some(format!("tunnel {peer}"));
                }
            }
        }
    }

    fn named(&mut self, name: &str, origin: super::super::ledger::Origin) -> &mut Interface {
        let at = self.interfaces.iter().position(|way| way.name == name).unwrap_or_else(|| {
            self.interfaces.push(Interface::new(name, origin));
            self.interfaces.len() - 1
        });
        &mut self.interfaces[at]
    }

    fn sdwan(&mut self, section: &Section, ledger: &mut Ledger) {
        section.used(&["status"], ledger);
        let default = "virtual-wan-link";
        for zones in section.sections("zone") {
            zones.used(&[], ledger);
            for entry in &zones.inner {
                entry.used(&[], ledger);
                self.zones.entry(entry.name.clone()).or_insert((Vec::new(), false, entry.lines.0));
            }
        }
        for members in section.sections("members").chain(section.sections("member")) {
            members.used(&[], ledger);
            for entry in &members.inner {
                entry.used(&["interface", "zone", "gateway"], ledger);
                let zone = if entry.value("zone").is_empty() { default } else { entry.value("zone") };
                let interface = entry.value("interface").to_owned();
                let known = self.zones.entry(zone.to_owned()).or_insert((Vec::new(), false, entry.lines.0));
                if !known.0.contains(&interface) {
                    known.0.push(interface);
                }
            }
        }
        section.rest_is_silent(ledger);
    }

    /// The interfaces that a policy's words mean; `None`: any. One that is not configured is taken as one of its own.
    pub fn of(&mut self, words: &[String], line: u32, ledger: &mut Ledger) -> Option<Names> {
        if words.is_empty() || words.iter().any(|word| word == "any") {
            return None;
        }
        let mut out: Vec<String> = Vec::new();
        for word in words {
            match self.zones.get(word) {
                Some((members, ..)) => {
                    out.extend(members.iter().filter(|member| !self.down.contains(*member)).cloned())
                }
                None if self.down.contains(word) => {}
                None => out.push(word.clone()),
            }
        }
        out.sort();
        out.dedup();
        for name in &out {
            if !self.interfaces.iter().any(|way| way.name == *name) {
                let origin = ledger.origin(line);
                let way = self.named(name, origin);
                way.tunnel = name.starts_with("ssl.").then(|| "ssl-vpn".to_owned());
            }
        }
        Some(out.into())
    }

    /// The addresses of some interfaces; `None` where one of them is not told.
    #[must_use]
    pub fn own(&self, names: Option<&[String]>) -> Option<AddressSet> {
        let mut out = AddressSet::default();
        for way in self.interfaces.iter().filter(|way| names.is_none_or(|names| names.contains(&way.name))) {
            if way.dynamic || way.addresses.is_empty() {
                return None;
            }
            for net in &way.addresses {
                out = out.union(&AddressSet::single(net.address));
            }
        }
        Some(out)
    }

    /// Interfaces as numbers; `None`: every one.
    #[must_use]
    pub fn numbers(&self, names: Option<&[String]>) -> Ranges {
        match names {
            None => Ranges::one(NO_INTERFACE + 1, u128::from(u32::MAX)),
            Some(names) => {
                let at = |name: &String| self.interfaces.iter().position(|way| way.name == *name);
                Ranges::of(names.iter().filter_map(at).map(|at| (at as u128 + 1, at as u128 + 1)).collect())
            }
        }
    }

    /// Numbers as names; `None`: every one.
    #[must_use]
    pub fn names(&self, numbers: &Ranges) -> Option<Names> {
        if Ranges::one(NO_INTERFACE + 1, self.interfaces.len() as u128).is_within(numbers) {
            return None;
        }
        let held = |at: usize| numbers.contains(at as u128 + 1);
        Some(self.interfaces.iter().enumerate().filter(|(at, _)| held(*at)).map(|(_, way)| way.name.clone()).collect())
    }
}

/// `10.0.0.1 255.255.255.0`, `10.0.0.1/24`; `0.0.0.0 0.0.0.0` is none.
fn net(values: &[String]) -> Option<Net> {
    let (address, length): (Ipv4Addr, u8) = match values {
        [prefix] => {
            let (address, length) = prefix.split_once('/')?;
            (address.parse().ok()?, length.parse().ok()?)
        }
        [address, mask, ..] => (address.parse().ok()?, mask_length(mask.parse().ok()?)?),
        [] => return None,
    };
    (!address.is_unspecified() && length <= 32).then_some(Net { address: address.into(), length })
}
