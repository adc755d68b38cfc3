//! Interfaces, switched ports and routes.

use std::net::IpAddr;

use super::super::device::{Device, Interface, Net, Route, Tag};
use super::super::ledger::{Ledger, Origin, mirrored};
use super::super::switch::{Switch, SwitchPort, vlan};
use super::tree::Block;
use crate::language::Phrase;

/// An interface or port.
#[derive(Clone, Debug)]
pub struct Port {
    /// As the device has it.
    pub way: Interface,
    /// Whether it is shut down.
    pub down: bool,
    /// Whether it is a port of the switch.
    pub is_port: bool,
    /// Its hardware lists with the lines that bind them.
    pub lists: Vec<(String, u32)>,
    /// The aggregate that it is a part of.
    pub part_of: Option<String>,
    /// Whether it has IPv6.
    pub ipv6: bool,
    trunk: bool,
    access: u16,
    native: Option<u16>,
    allowed: Vec<(u16, u16)>,
    voice: Vec<(u16, u16)>,
}

/// `port1.0.1-1.0.4,port1.0.9` as names.
fn names(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for item in text.split(',') {
        let Some((low, high)) =
            item.split_once('-').filter(|(low, _)| low.starts_with("port") || low.starts_with("vlan"))
        else {
            out.push(item.to_owned());
            continue;
        };
        let high = high.trim_start_matches("port").trim_start_matches("vlan");
        let (base, first) = match low.rsplit_once('.') {
            Some((base, first)) => (format!("{base}."), first),
            None => ("vlan".to_owned(), low.trim_start_matches("vlan")),
        };
        let last = high.rsplit('.').next().unwrap_or(high);
        match (first.parse::<u32>(), last.parse::<u32>()) {
            (Ok(first), Ok(last)) if first <= last && last - first < 4096 => {
                out.extend((first..=last).map(|number| format!("{base}{number}")));
            }
            _ => out.push(item.to_owned()),
        }
    }
    out
}

fn net(word: &str) -> Option<Net> {
    let (address, length) = word.split_once('/')?;
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
}

/// Reads all interfaces.
pub fn read(blocks: &[Block<'_>], ledger: &mut Ledger) -> Vec<Port> {
    let mut out: Vec<Port> = Vec::new();
    for block in blocks.iter().filter(|block| block.word(0) == "interface" && block.words.len() > 1) {
        ledger.used(block.line);
        for name in names(block.word(1)) {
            let at = out.iter().position(|port| port.way.name == name).unwrap_or_else(|| {
                out.push(new(&name, ledger.origin(block.line)));
                out.len() - 1
            });
            block.below.iter().for_each(|line| setting(line, &mut out[at], ledger));
        }
    }
    // a port of an aggregate speaks as that
    for at in 0..out.len() {
        let Some(of) = out[at].part_of.clone() else { continue };
        if !out.iter().any(|port| port.way.name == of) {
            let mut port = out[at].clone();
            port.way.name = of;
            port.part_of = None;
            out.push(port);
        }
    }
    out
}

fn new(name: &str, origin: Origin) -> Port {
    let mut way = Interface::new(name, origin);
    let is_port = ["port", "sa", "po"]
        .iter()
        .any(|word| name.strip_prefix(word).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
    way.internal = name == "lo" || name.starts_with("lo1");
    way.switched = is_port;
    if let Some(number) = name.strip_prefix("vlan").and_then(vlan) {
        way.tag = Some(Tag::Own(number));
    }
    if name.starts_with("tunnel") {
        way.tunnel = Some(format!("tunnel {name}"));
    }
    Port {
        way,
        down: false,
        is_port,
        lists: Vec::new(),
        part_of: None,
        ipv6: false,
        trunk: false,
        access: 1,
        native: Some(1),
        allowed: Vec::new(),
        voice: Vec::new(),
    }
}

fn setting(line: &Block<'_>, port: &mut Port, ledger: &mut Ledger) {
    ledger.used(line.line);
    match line.words[..] {
        ["shutdown"] => port.down = true,
        ["no", "shutdown"] => port.down = false,
        ["ip" | "ipv6", "address", "dhcp" | "negotiated" | "autoconfig", ..]
        | ["ip", "unnumbered", ..]
        | ["ipv6", "enable"] => {
            port.way.dynamic = true;
            port.ipv6 |= line.word(0) == "ipv6";
        }
        [family @ ("ip" | "ipv6"), "address", word, ..] => {
            port.ipv6 |= family == "ipv6";
            match net(word) {
                Some(net) => port.way.addresses.push(net),
                None => {
                    port.way.dynamic = true;
                    ledger.not_understood(
                        line.line,
                        Phrase::new("this is no address; it may be any", "アドレスではない。どれでもありうる"),
                    );
                }
            }
        }
        ["access-group", list, ..] => port.lists.push((list.to_owned(), line.line)),
        ["switchport"] => {}
        ["switchport", "mode", "trunk", ..] => port.trunk = true,
        ["switchport", "mode", ..] => port.trunk = false,
        ["switchport", "access", "vlan", number] => port.access = vlan(number).unwrap_or(1),
        ["switchport", "trunk", "native", "vlan", number] => port.native = vlan(number),
        ["switchport", "trunk", "allowed", "vlan", ref list @ ..] => {
            for item in list.iter().flat_map(|word| word.split(',')) {
                let (low, high) = item.split_once('-').unwrap_or((item, item));
                match (item, vlan(low).zip(vlan(high))) {
                    ("all", _) => port.allowed = vec![(1, 4094)],
                    ("none", _) => port.allowed.clear(),
                    ("add", _) => {}
                    (_, Some(range)) => port.allowed.push(range),
                    // what may be taken away is left: the port may carry it
                    _ => {}
                }
            }
        }
        ["switchport", "voice", "vlan", number, ..] => port.voice.extend(vlan(number).map(|number| (number, number))),
        ["switchport", "vlan", "translation", ..] | ["switchport", "vlan-stacking", ..] => {
            ledger.nothing_taken(line.line)
        }
        // frames pass without an address
        ["bridge-group", ..] => port.way.dynamic = true,
        ["mirror", ..] => ledger.not_understood(line.line, mirrored()),
        ["channel-group", number, ..] => port.part_of = Some(format!("po{number}")),
        ["static-channel-group", number, ..] => port.part_of = Some(format!("sa{number}")),
        ["encapsulation", "dot1q", number, ..] => {
            let parent = port.way.name.split('.').next().unwrap_or(&port.way.name).to_owned();
            port.way.tag = vlan(number).map(|vlan| Tag::On { parent, vlan, native: false });
        }
        ["tunnel", "destination", peer, ..] => port.way.tunnel = Some(format!("tunnel {peer}")),
        ["ip", "vrf", "forwarding", ..] | ["ip", "policy-route", ..] => {}
        [
            "description"
            | "no"
            | "speed"
            | "duplex"
            | "mtu"
            | "lldp"
            | "spanning-tree"
            | "loop-protection"
            | "thrash-limiting"
            | "storm-control"
            | "tunnel"
            | "ppp"
            | "arp"
            | "lacp"
            | "power-inline"
            | "service-policy"
            | "mls"
            | "dot1x"
            | "auth"
            | "snmp"
            | "flowcontrol"
            | "polarity"
            | "keepalive"
            | "switchport"
            | "egress-rate-limit"
            | "atmf"
            | "dynamic-vlan-creation"
            | "epsr"
            | "udld"
            | "bandwidth"
            | "ipsec",
            ..,
        ]
        | [
            "ip" | "ipv6",
            "dhcp" | "dhcp-relay" | "igmp" | "pim" | "ospf" | "rip" | "proxy-arp" | "tcp" | "nd" | "mld"
            | "local-proxy-arp" | "redirects",
            ..,
        ] => {
            ledger.without_meaning(line.line);
        }
        _ => ledger.nothing_taken(line.line),
    }
}

/// The switch that the ports make; `None` where there are none.
pub fn switch(id: &str, ports: &[Port], origin: Origin) -> Option<Switch> {
    let of = |port: &Port| {
        let (untagged, tagged) =
            if port.trunk { (port.native, port.allowed.clone()) } else { (Some(port.access), port.voice.clone()) };
        SwitchPort {
            name: port.way.name.clone(),
            untagged,
            tagged,
            negotiates: false,
            part_of: port.part_of.clone(),
            origin: port.way.origin.clone(),
        }
    };
    let ports: Vec<SwitchPort> = ports.iter().filter(|port| port.is_port && !port.down).map(of).collect();
    (!ports.is_empty()).then(|| Switch { id: id.to_owned(), ports, origin })
}

/// The routes; `None`: anything is possible.
pub fn routes(blocks: &[Block<'_>], device: &Device, ledger: &mut Ledger) -> Option<Vec<Route>> {
    let mut possible: Option<u32> = None;
    for block in blocks {
        let steers = block.starts(&["policy-based-routing"]) || block.starts(&["sd-wan"]);
        if block.word(0) == "router" || steers || (block.starts(&["ipv6", "router"])) {
            possible = possible.or(Some(block.line));
        }
        if steers {
            block.each(&mut |line| ledger.without_meaning(line));
        }
    }
    let mut out: Vec<Route> = Vec::new();
    for way in device.interfaces.iter().filter(|way| !way.switched) {
        for net in way.addresses.iter().filter(|net| !net.is_single()) {
            out.push(Route { to: net.prefix(), via: Some(way.name.clone()), fails: false, origin: way.origin.clone() });
        }
    }
    let connected = out.len();
    for block in blocks.iter().filter(|block| block.starts(&["ip", "route"]) || block.starts(&["ipv6", "route"])) {
        ledger.used(block.line);
        let (Some(to), hop) = (net(block.word(2)), block.word(3)) else {
            possible = possible.or(Some(block.line));
            continue;
        };
        let origin = ledger.origin(block.line);
        if hop.eq_ignore_ascii_case("null") {
            out.push(Route { to: to.prefix(), via: None, fails: false, origin });
            continue;
        }
        let leads = |way: &&Interface| match hop.parse::<IpAddr>() {
            Ok(hop) => way.addresses.iter().any(|net| !net.is_single() && net.set().contains(hop)),
            Err(_) => way.name == hop,
        };
        let ways: Vec<String> = device.interfaces.iter().filter(leads).map(|way| way.name.clone()).collect();
        if ways.is_empty() && hop.parse::<IpAddr>().is_ok() {
            possible = possible.or(Some(block.line));
        }
        out.extend(ways.into_iter().map(|way| Route {
            to: to.prefix(),
            via: Some(way),
            fails: false,
            origin: origin.clone(),
        }));
    }
    if let Some(line) = possible {
        ledger.remark(line, Phrase::new("every route is taken to be possible", "どの経路もありうるものとみなす"));
        return None;
    }
    (out.len() > connected && !device.interfaces.iter().any(|way| way.dynamic)).then_some(out)
}
