//! Interfaces: addresses, the lists bound to them, zones, sides of the translation, VRFs.

use std::net::{IpAddr, Ipv4Addr};

use super::super::device::Net;
use super::super::ledger::Ledger;
use super::super::neighbours::same_port;
use super::super::set::mask_length;
use super::super::switch::vlan as number_of;
use super::ranges;
use super::tree::Block;
use crate::language::Phrase;

/// What a switched port is told to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing, or to ask the other end.
    Dynamic,
    /// A port of one VLAN.
    Access,
    /// A port of many.
    Trunk,
}

/// An interface as configured.
#[derive(Debug)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// The line it begins at.
    pub line: u32,
    /// Addresses, secondary ones too, and those that it shares with others (HSRP, VRRP) as single addresses.
    pub addresses: Vec<Net>,
    /// Lists: whether of IPv6, name, whether inward, line.
    pub lists: Vec<(bool, String, bool, u32)>,
    /// `shutdown`.
    pub down: bool,
    /// The VRF.
    pub vrf: Option<String>,
    /// The zone of the zone-based firewall, and the line that says so.
    pub zone: Option<(String, u32)>,
    /// `ip nat inside`.
    pub nat_inside: bool,
    /// `ip nat outside`.
    pub nat_outside: bool,
    /// Whether packets are routed by something else than the table.
    pub policy_routed: bool,
    /// Whether IPv6 runs on it.
    pub ipv6: bool,
    /// Whether it has an address that the configuration does not tell.
    pub dynamic: bool,
    /// Whether frames are bridged to it, which is not understood further.
    pub bridged: bool,
    /// Whether it is a switched port.
    pub switched: bool,
    /// The VLAN of an access port.
    pub access_vlan: Option<u16>,
    /// `no switchport`.
    pub routed: bool,
    /// What it is told to be as a switched port.
    pub mode: Mode,
    /// VLANs that it carries as a trunk; `None`: all.
    pub allowed: Option<Vec<(u16, u16)>>,
    /// The native VLAN of a trunk.
    pub native: Option<u16>,
    /// The VLAN of telephones.
    pub voice: Option<u16>,
    /// The VLAN of a subinterface, and whether its frames bear no tag.
    pub encapsulation: Option<(u16, bool)>,
    /// The crypto map, and the line that says so.
    pub crypto_map: Option<(String, u32)>,
    /// The far end of a tunnel.
    pub tunnel: Option<String>,
    /// The aggregate that it is part of.
    pub member_of: Option<u32>,
    /// The number of the group that it is bridged with.
    pub bridge: Option<String>,
    /// The line by which whoever identifies himself gets rules of his own.
    pub admits: Option<u32>,
}

/// Reads all interfaces. One that is configured twice is one.
pub fn read(blocks: &[Block<'_>], ledger: &mut Ledger) -> Vec<Port> {
    let mut out: Vec<Port> = Vec::new();
    for block in blocks.iter().filter(|block| block.starts(&["interface"])) {
        let Some(names) = ranges::names(&block.words[1..], blocks) else {
            let what = Phrase::new(
                "it is not plain which interfaces are meant; nothing was taken from here",
                "どのインターフェースか分からない。何も取り込まない",
            );
            block.each(|line| ledger.not_understood(line, what.clone()));
            continue;
        };
        ledger.used(block.line);
        let several = names.len() > 1;
        for name in names {
            // who names several shortens
            let same = |port: &Port| port.name == name || several && same_port(&port.name, &name);
            let at = out.iter().position(same).unwrap_or_else(|| {
                out.push(Port::new(&name, block.line));
                out.len() - 1
            });
            // what a template says is overridden by what the interface itself says
            for line in block.below.iter().filter(|line| inherits(line)) {
                let given = blocks.iter().find(|block| is_template(block, line.word(2)));
                for line in given.iter().flat_map(|template| &template.below) {
                    out[at].line(line, ledger);
                }
                match given {
                    Some(template) => [template.line, line.line].iter().for_each(|line| ledger.used(*line)),
                    None => ledger.nothing_taken(line.line),
                }
            }
            for line in block.below.iter().filter(|line| !inherits(line)) {
                out[at].line(line, ledger);
            }
        }
    }
    // who is bridged to an interface is where that is
    let routed = |port: &Port| {
        let name = port.name.to_ascii_lowercase();
        let number = name.strip_prefix("bvi").or_else(|| name.strip_prefix("bdi"))?;
        Some((number.trim().to_owned(), port.vrf.clone()?))
    };
    let vrfs: Vec<(String, String)> = out.iter().filter_map(routed).collect();
    for port in out.iter_mut().filter(|port| port.vrf.is_none()) {
        let found = vrfs.iter().find(|(number, _)| port.bridge.as_ref() == Some(number));
        port.vrf = found.map(|(_, vrf)| vrf.clone());
    }
    let known: Vec<(String, Vec<Net>)> = out.iter().map(|port| (port.name.clone(), port.addresses.clone())).collect();
    for port in &mut out {
        // of `ip unnumbered X`: the address of X, on no network of its own
        let Some(other) = port.tunnel.as_deref().filter(|_| port.addresses.is_empty()) else { continue };
        if let Some((_, addresses)) = known.iter().find(|(name, _)| name == other) {
            port.addresses = addresses.iter().map(|net| single(net.address)).collect();
        }
    }
    out
}

/// `source template NAME` of IOS-XE, `inherit port-profile NAME` of NX-OS.
fn inherits(line: &Block<'_>) -> bool {
    line.starts(&["source", "template"]) || line.starts(&["inherit", "port-profile"])
}

fn is_template(block: &Block<'_>, name: &str) -> bool {
    matches!(block.word(0), "template" | "port-profile") && block.words.last() == Some(&name)
}

fn single(address: IpAddr) -> Net {
    Net { address, length: if address.is_ipv4() { 32 } else { 128 } }
}

impl Port {
    fn new(name: &str, line: u32) -> Self {
        Self {
            name: name.to_owned(),
            line,
            addresses: Vec::new(),
            lists: Vec::new(),
            down: false,
            vrf: None,
            zone: None,
            nat_inside: false,
            nat_outside: false,
            policy_routed: false,
            ipv6: false,
            dynamic: false,
            bridged: false,
            switched: false,
            access_vlan: None,
            routed: false,
            mode: Mode::Dynamic,
            allowed: None,
            native: None,
            voice: None,
            encapsulation: None,
            crypto_map: None,
            tunnel: None,
            member_of: None,
            bridge: None,
            admits: None,
        }
    }

    fn line(&mut self, line: &Block<'_>, ledger: &mut Ledger) {
        let number = line.line;
        let words: Vec<&str> = line.words.clone();
        let mut used = true;
        match words[..] {
            ["shutdown"] => self.down = true,
            ["no", "shutdown"] => self.down = false,
            ["no", "switchport"] => (self.switched, self.routed) = (false, true),
            ["no", "ip" | "ipv6", "address", ..] => {}
            ["ip", "address", "dhcp" | "negotiated" | "pool", ..] => {
                self.dynamic = true;
                ledger.remark(
                    number,
                    Phrase::new("the address is not in the configuration", "アドレスは設定に書かれていない"),
                );
            }
            ["ip", "address", ref rest @ ..] => used = self.address(rest),
            ["ipv6", "address", word, ref rest @ ..] => {
                self.ipv6 = true;
                used = match (net(word), rest.first()) {
                    (Some(net), rest) if rest != Some(&"link-local") => {
                        // with `eui-64` the address itself is not told, its network is
                        self.addresses.push(net);
                        true
                    }
                    _ => rest.first() == Some(&"link-local") || matches!(word, "autoconfig" | "dhcp"),
                };
            }
            ["ipv6", "enable"] => self.ipv6 = true,
            ["ip", "access-group", name, way @ ("in" | "out"), ..] => {
                self.lists.push((false, name.to_owned(), way == "in", number));
            }
            ["ipv6", "traffic-filter" | "access-group", name, way @ ("in" | "out"), ..] => {
                self.lists.push((true, name.to_owned(), way == "in", number));
            }
            // IOS-XR and old NX-OS bind ports so
            ["ip", "port", "access-group", name, way @ ("in" | "out")] => {
                self.lists.push((false, name.to_owned(), way == "in", number));
            }
            ["ip", "vrf", "forwarding", name] | ["vrf", "forwarding" | "member", name] | ["vrf", name] => {
                self.vrf = Some(name.to_owned());
            }
            ["zone-member", "security", name] => self.zone = Some((name.to_owned(), number)),
            ["ip", "nat", "inside"] => self.nat_inside = true,
            ["ip", "nat", "outside"] => self.nat_outside = true,
            ["ip", "nat", "enable"] => (self.nat_inside, self.nat_outside) = (true, true),
            ["ip" | "ipv6", "policy", "route-map", ..] => self.policy_routed = true,
            ["switchport", ref rest @ ..] => {
                (self.switched, self.routed) = (true, false);
                used = self.switchport(rest, number, ledger);
            }
            ["ip", "unnumbered", name] => self.tunnel = Some(name.to_owned()),
            ["tunnel", "destination", peer, ..] => self.tunnel = Some(format!("tunnel {peer}")),
            ["crypto", "map", name, ..] => self.crypto_map = Some((name.to_owned(), number)),
            ["channel-group", group, ..] => self.member_of = group.parse().ok(),
            ["encapsulation", kind, vlan, ref rest @ ..] if kind.eq_ignore_ascii_case("dot1q") => {
                let vlan = if vlan == "vlan" { rest.first().copied().unwrap_or("") } else { vlan };
                self.encapsulation = number_of(vlan).map(|vlan| (vlan, rest.contains(&"native")));
                used = self.encapsulation.is_some();
            }
            ["encapsulation", ..] => {}
            ["standby" | "vrrp" | "glbp" | "hsrp" | "vrrpv3", ref rest @ ..] => {
                self.shared(rest);
                self.shared_below(line, ledger);
            }
            ["ip", "virtual-router", "address", word] => {
                if let Some(net) = net(word) {
                    self.addresses.push(single(net.address));
                }
            }
            // frames pass it without an address; where to is not understood
            ["bridge-group" | "xconnect" | "bridge-domain" | "l2vpn", ..] | ["service", "instance", ..] => {
                self.bridged = true;
                let inner = line.below.iter().find(|below| below.starts(&["bridge-domain"])).map(|below| below.word(1));
                let own = matches!(words[0], "bridge-group" | "bridge-domain").then(|| line.word(1));
                self.bridge = own.or(inner).map(str::to_owned).or_else(|| self.bridge.take());
                used = false;
                line.below.iter().for_each(|below| {
                    below.each(|number| {
                        ledger.nothing_taken(number);
                    });
                });
            }
            ["ip", "admission" | "auth-proxy", ..] => {
                self.admits = Some(number);
                used = false;
            }
            ["authentication" | "access-session" | "dot1x", "port-control", "auto"] => {
                self.admits = Some(number);
                ledger.without_meaning(number);
                return;
            }
            // what lets replies back in: replies pass in any case
            ["ip" | "ipv6", "inspect", ..] => {}
            _ => {
                if is_silent(&words) {
                    line.each(|number| ledger.without_meaning(number));
                } else {
                    line.each(|number| {
                        ledger.not_understood(
                            number,
                            Phrase::new(
                                "unknown line of an interface; nothing was taken from it",
                                "インターフェースの未知の行。何も取り込まない",
                            ),
                        );
                    });
                }
                return;
            }
        }
        if used {
            ledger.used(number);
        } else {
            ledger.nothing_taken(number);
        }
    }

    /// `A MASK [secondary]`, `A/n [secondary]`.
    fn address(&mut self, words: &[&str]) -> bool {
        let found = match *words {
            [word, ..] if word.contains('/') => net(word),
            [address, mask, ..] => {
                let parsed = address.parse::<Ipv4Addr>().ok().zip(mask.parse().ok().and_then(mask_length));
                parsed.map(|(address, length)| Net { address: address.into(), length })
            }
            _ => None,
        };
        self.addresses.extend(found);
        found.is_some()
    }

    /// `standby 1 ip 10.0.0.1`: the shared address is this device's too.
    fn shared(&mut self, words: &[&str]) {
        let Some(at) = words.iter().position(|word| matches!(*word, "ip" | "ipv4" | "ipv6" | "address")) else {
            return;
        };
        let address = words[at + 1..].iter().find_map(|word| word.parse::<IpAddr>().ok());
        self.addresses.extend(address.map(single));
    }

    /// NX-OS: `hsrp 1` and below it `ip 10.0.0.1`; IOS-XE: `vrrp 1 address-family ipv4` and below it `address 10.0.0.1 primary`.
    fn shared_below(&mut self, line: &Block<'_>, ledger: &mut Ledger) {
        for below in &line.below {
            self.shared(&below.words);
            ledger.used(below.line);
        }
    }
}

fn net(word: &str) -> Option<Net> {
    let (address, length) = word.split_once('/')?;
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
}

/// Lines of an interface that say nothing about which packets pass: how fast, how named, how watched.
fn is_silent(words: &[&str]) -> bool {
    const FIRST: &[&str] = &[
        "no",
        "default",
        "description",
        "duplex",
        "speed",
        "negotiation",
        "media-type",
        "mtu",
        "bandwidth",
        "delay",
        "load-interval",
        "keepalive",
        "cdp",
        "lldp",
        "spanning-tree",
        "logging",
        "snmp",
        "carrier-delay",
        "arp",
        "mop",
        "hold-queue",
        "storm-control",
        "udld",
        "power",
        "mls",
        "qos",
        "service-policy",
        "auto",
        "priority-queue",
        "queue-set",
        "srr-queue",
        "macro",
        "ntp",
        "clock",
        "dampening",
        "flowcontrol",
        "mac-address",
        "half-duplex",
        "full-duplex",
        "beacon",
        "trust",
        "ospfv3",
        "isis",
        "bfd",
        "fair-queue",
        "random-detect",
        "traffic-shape",
        "rate-limit",
        "tx-ring-limit",
        "service",
        "standby-group",
        "device-tracking",
        "authentication",
        "dot1x",
        "mab",
        "access-session",
        "errdisable",
        "link",
        "transceiver",
        "priority-flow-control",
        "lacp",
        "pagp",
        "peer",
        "ppp",
        "dialer",
        "pppoe",
        "pppoe-client",
        "cts",
        "nmsp",
        "platform",
        "hardware",
        "crypto-engine",
        "history",
        "fec",
        "trunk",
        "l2protocol",
        "l2protocol-tunnel",
        "mpls",
        "monitor",
        "sampler",
        "flow",
        "eigrp",
        "pim",
        "ipv4",
        "logging-event",
        "threshold",
        "stackwise-virtual",
        "dual-active",
        "autostate",
        "private-vlan",
    ];
    const OF_IP: &[&str] = &[
        "mtu",
        "tcp",
        "ospf",
        "rip",
        "eigrp",
        "router",
        "authentication",
        "pim",
        "igmp",
        "mroute-cache",
        "route-cache",
        "redirects",
        "unreachables",
        "proxy-arp",
        "directed-broadcast",
        "helper-address",
        "flow",
        "nbar",
        "summary-address",
        "bandwidth-percent",
        "hello-interval",
        "hold-time",
        "split-horizon",
        "dhcp",
        "arp",
        "verify",
        "mask-reply",
        "nd",
        "mld",
        "virtual-reassembly",
        "load-sharing",
        "cef",
        "local-proxy-arp",
        "port-unreachable",
        "attached-host-route",
        "icmp",
        "rsvp",
        "accounting",
        "irdp",
        "access-list",
        "sla",
        "cgmp",
        "multicast",
        "traffic-export",
        "passive-interface",
    ];
    match *words {
        ["ip" | "ipv6", second, ..] => OF_IP.contains(&second),
        ["tunnel", second, ..] => matches!(
            second,
            "source" | "mode" | "key" | "path-mtu-discovery" | "protection" | "checksum" | "vrf" | "ttl" | "tos"
        ),
        [first, ..] => FIRST.contains(&first),
        [] => true,
    }
}
