//! Interfaces: their names, security levels, addresses.

use std::net::{IpAddr, Ipv4Addr};

use super::super::cisco_ios::tree::Block;
use super::super::device::Net;
use super::super::ledger::Ledger;
use super::super::set::mask_length;
use super::super::switch::vlan as number_of;
use super::objects::Objects;
use crate::language::Phrase;

/// An interface as configured.
#[derive(Debug, Default)]
pub struct Port {
    /// What the hardware calls it.
    pub hardware: String,
    /// `nameif`.
    pub name: Option<String>,
    /// The line it begins at.
    pub line: u32,
    /// The security level, and the line that says so.
    pub level: Option<(u8, u32)>,
    /// Addresses, those of the standby unit too.
    pub addresses: Vec<Net>,
    /// `shutdown`.
    pub down: bool,
    /// Whether an address is not in the configuration.
    pub dynamic: bool,
    /// Whether IPv6 runs on it.
    pub ipv6: bool,
    /// Whether frames are bridged to it.
    pub bridged: bool,
    /// The VLAN of a subinterface.
    pub vlan: Option<u16>,
    /// The far end of a tunnel.
    pub tunnel: Option<String>,
    /// The aggregate that it is part of.
    pub member_of: Option<String>,
    /// The VLAN of a switched port.
    pub access_vlan: Option<u16>,
    /// VLANs of a trunk.
    pub trunk: Vec<u16>,
    /// Whether packets are routed by something else than the table.
    pub policy_routed: bool,
}

impl Port {
    /// The level: said, else 100 for `inside` and 0 for all others.
    #[must_use]
    pub fn security(&self) -> u8 {
        let inside = self.name.as_deref() == Some("inside");
        self.level.map_or(if inside { 100 } else { 0 }, |(level, _)| level)
    }

    /// The VLAN of a `VlanN` of a device with a switch in it.
    #[must_use]
    pub fn svi(&self) -> Option<u16> {
        self.hardware.to_ascii_lowercase().strip_prefix("vlan").and_then(number_of)
    }
}

/// Reads all interfaces.
pub fn read(blocks: &[Block<'_>], objects: &Objects, ledger: &mut Ledger) -> Vec<Port> {
    let mut out: Vec<Port> = Vec::new();
    for block in blocks.iter().filter(|block| block.starts(&["interface"]) && block.words.len() > 1) {
        ledger.used(block.line);
        let mut port = Port { hardware: block.words[1..].concat(), line: block.line, ..Port::default() };
        for line in &block.below {
            port.line(line, objects, ledger);
        }
        out.push(port);
    }
    out
}

impl Port {
    fn line(&mut self, line: &Block<'_>, objects: &Objects, ledger: &mut Ledger) {
        let number = line.line;
        let mut used = true;
        match line.words[..] {
            ["nameif", name] => self.name = Some(name.to_owned()),
            ["no", "nameif"] => self.name = None,
            ["security-level", level] => {
                self.level = level.parse().ok().filter(|level| *level <= 100).map(|level| (level, number));
                used = self.level.is_some();
            }
            ["shutdown"] => self.down = true,
            ["no", "shutdown"] => self.down = false,
            ["ip", "address", "dhcp" | "pppoe", ..] | ["ipv6", "address", "autoconfig" | "dhcp", ..] => {
                self.dynamic = true;
                self.ipv6 |= line.word(0) == "ipv6";
                ledger.remark(
                    number,
                    Phrase::new("the address is not in the configuration", "アドレスは設定に書かれていない"),
                );
            }
            ["ip", "address", address, mask, ref rest @ ..] => {
                let own = objects.address(address).zip(mask.parse::<Ipv4Addr>().ok().and_then(mask_length));
                used = own.is_some();
                self.addresses.extend(own.map(|(address, length)| Net { address, length }));
                if let ["standby", other, ..] = *rest {
                    // the two units are one device here
                    self.addresses.extend(objects.address(other).map(|address| Net { address, length: 32 }));
                }
            }
            ["ipv6", "address", word, ref rest @ ..] => {
                self.ipv6 = true;
                let net = word.split_once('/').and_then(|(address, length)| {
                    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
                    (address.is_ipv6() && length <= 128).then_some(Net { address, length })
                });
                used = net.is_some() || rest.first() == Some(&"link-local");
                self.addresses.extend(net);
                if let ["standby", other, ..] = *rest {
                    self.addresses.extend(other.parse().ok().map(|address| Net { address, length: 128 }));
                }
            }
            ["ipv6", "enable"] => self.ipv6 = true,
            ["vlan", vlan, ..] => {
                self.vlan = number_of(vlan);
                used = self.vlan.is_some();
            }
            ["bridge-group", ..] => self.bridged = true,
            ["channel-group", group, ..] => self.member_of = Some(format!("Port-channel{group}")),
            ["member-interface", _] => {}
            ["switchport", "access", "vlan", vlan] => self.access_vlan = number_of(vlan),
            ["switchport", "trunk", "allowed", "vlan", ref list @ ..] => {
                let words = list.iter().flat_map(|word| word.split(','));
                for item in words.filter(|item| !item.is_empty()) {
                    let (low, high) = item.split_once('-').unwrap_or((item, item));
                    match number_of(low).zip(number_of(high)) {
                        Some((low, high)) => self.trunk.extend(low..=high),
                        None => used = false,
                    }
                }
            }
            ["switchport", "trunk", "native", "vlan", vlan] => self.access_vlan = number_of(vlan),
            ["switchport", ..] | ["no", "switchport"] => {}
            ["tunnel", "destination", peer, ..] => self.tunnel = Some(format!("tunnel {peer}")),
            ["policy-route", ..] => self.policy_routed = true,
            [
                "no" | "description" | "speed" | "duplex" | "mtu" | "management-only" | "delay" | "flowcontrol"
                | "lacp" | "port-channel" | "mac-address" | "ospf" | "authentication" | "hello-interval" | "hold-time"
                | "split-horizon" | "summary-address" | "igmp" | "pim" | "mfib" | "dhcprelay" | "dhcp" | "cts"
                | "service-policy" | "nve-only" | "zone-member" | "tunnel" | "backup" | "forward" | "ddns" | "power"
                | "eigrp" | "isis" | "bfd" | "allocate-interface" | "cluster" | "keepalive" | "ipv6" | "media-type"
                | "snmp" | "traffic-forward" | "nsf" | "poll-timer" | "rip" | "pppoe" | "cdp" | "lldp" | "security",
                ..,
            ]
            | ["ip", "verify" | "audit" | "ospf" | "rip" | "local" | "dhcp" | "nbar", ..] => {
                return line.each(|number| ledger.without_meaning(number));
            }
            _ => used = false,
        }
        if used {
            ledger.used(number);
        } else {
            ledger.nothing_taken(number);
        }
    }
}
